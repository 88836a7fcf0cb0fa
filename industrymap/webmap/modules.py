"""Link the page's ES modules into one script that a hash can pin.

The modules in ``js/`` are plain ES modules and run as they are from a development server. Inside one HTML
file they cannot import each other: an inline module has no address, and ``data:`` or ``blob:`` addresses
would have to be allowed in the Content-Security-Policy. So each module becomes a function that returns its
exports, in the order in which they need each other. Three forms are understood, and a test holds every
module to them::

    import { a, b as c } from "./other.js";      import { d } from "../data/model.js";
    export function f() {}      export async function g() {}
    export const K = 1;         export class C {}

A module is named by its place below ``js/``, without the ending: ``map/stage``. Which folder may import from which is
drawn in ``docs/page.md``. Comments on lines of their own and indentation are stripped. The page carries the script compressed
(two fifths of its length), so that a minifier would save next to nothing more.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["ascii_only", "imports", "link", "script", "sources"]

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/(?:\.\./)*[a-z_/]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\b|const\b|class\b)", re.MULTILINE)
_NAME = re.compile(r"^export (?:async )?(?:function\*?|const|class) (\w+)", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n", re.MULTILINE)
_QUOTED = re.compile(r"""\\.|"[^"\\]*"|'[^'\\]*'""")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ENTRY = "main"


@cache
def script() -> str:
    """Return the page's whole script, in ASCII: a browser then holds one byte for each character instead of two."""
    return ascii_only(f"(() => {{\n{link(sources())}}})();")


def ascii_only(code: str) -> str:
    r"""Return a script whose texts and patterns name every other character by its number.

    Examples
    --------
    >>> ascii_only('f("亩", /[一-龥]/u)')
    'f("\\u4ea9", /[\\u4e00-\\u9fa5]/u)'
    """
    return _BEYOND_ASCII.sub(lambda found: _numbered(found[0]), code)


def _numbered(character: str) -> str:
    # JavaScript counts in units of 16 bits: a character beyond them is two
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def sources(package: str = "industrymap.webmap") -> dict[str, str]:
    """Return module name → source of every module in a package's folder ``js``, in the order of the names; by default the page's."""
    return dict(sorted(_modules_in(resources.files(package).joinpath("js"), "")))


def _modules_in(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _modules_in(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".js"):
            yield prefix + entry.name.removesuffix(".js"), entry.read_text(encoding="utf-8")


def link(modules: dict[str, str], *, entry: str = _ENTRY) -> str:
    r"""Return one script that runs ``entry`` with everything it imports.

    Raises
    ------
    ConfigError
        A module is missing, two need each other, one uses another form of import or export, or a template text goes
        over several lines.

    Examples
    --------
    >>> print(link({"main": 'import { two } from "./n.js";\nlog(two);', "n": "export const two = 2;"}))
    "use strict";
    const $n = (() => {
    const two = 2;
    return { two };
    })();
    const $main = (() => {
    const { two } = $n;
    log(two);
    return {  };
    })();
    <BLANKLINE>
    """
    # One function a module: names of one cannot meet those of another, as with real modules, which a page opened from a file may not
    # load.
    wrapped = [_wrap(name, modules[name]) for name in _order(modules, entry)]
    return '"use strict";\n' + "".join(wrapped)


def imports(name: str, source: str) -> list[str]:
    """Return the names of the modules that a module imports.

    Examples
    --------
    >>> imports("map/stage", 'import { h } from "../basics/dom.js";')
    ['basics/dom']
    """
    return [_resolved(name, place) for _, place in _IMPORT.findall(source)]


def _resolved(name: str, place: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), place))


def _variable(name: str) -> str:
    # "/" cannot be in a variable, and no folder or file name holds a "$", so two names never become one.
    return "$" + name.replace("/", "$")


def _order(modules: dict[str, str], entry: str) -> list[str]:
    done: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        # A circle has no order in which every name exists before it is used.
        if name in path:
            loop = " → ".join((*path, name))
            raise ConfigError(
                f"Page modules need each other: {loop}.", f"页面模块循环引用：{loop}。"
            )
        if name not in modules:
            raise ConfigError(f"There is no page module {name!r}.", f"没有页面模块 {name!r}。")
        if name not in done:
            # What is needed comes first, so that one pass over the script suffices.
            for needed in imports(name, modules[name]):
                visit(needed, (*path, name))
            done.append(name)

    visit(entry, ())
    return done


def _wrap(name: str, source: str) -> str:
    exports = _NAME.findall(source)
    body = _IMPORT.sub(lambda found: _binding(name, found), source)
    body = _EXPORT.sub("", body)
    strange = _OTHER.search(body)
    if strange:
        line = strange.group()
        raise ConfigError(
            f"Page module {name!r} has a form the linker does not know: {line}",
            f"页面模块 {name!r} 用了链接器不认识的写法：{line}",
        )
    body = _COMMENT.sub("", body)
    split = next((s for s in body.splitlines() if _QUOTED.sub("", s).count("`") % 2), None)
    if split is not None:
        # Without indentation such a text would be another one.
        raise ConfigError(
            f"Page module {name!r} has a template text over several lines: {split.strip()}",
            f"页面模块 {name!r} 有跨行的模板字符串：{split.strip()}",
        )
    plain = "\n".join(filter(None, _INDENT.sub("", body).split("\n")))
    return f"const {_variable(name)} = (() => {{\n{plain}\nreturn {{ {', '.join(exports)} }};\n}})();\n"


def _binding(name: str, match: re.Match[str]) -> str:
    names = ", ".join(
        part.strip().replace(" as ", ": ") for part in match[1].split(",") if part.strip()
    )
    return f"const {{ {names} }} = {_variable(_resolved(name, match[2]))};"
