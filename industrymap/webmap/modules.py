"""Link the page's ES modules into one script that a hash can pin.

The modules in ``js/`` are plain ES modules and run as they stand from a development server. Inside one HTML
file they cannot import each other: an inline module has no address, and ``data:`` or ``blob:`` addresses
would have to be allowed in the Content-Security-Policy. So each module becomes a function that returns its
exports, in the order in which they need each other. Three forms are understood, and a test holds every
module to them::

    import { a, b as c } from "./other.js";
    export function f() {}      export async function g() {}
    export const K = 1;         export class C {}

Comments on lines of their own, indentation and spaces that no text can hold stay at home: a fifth of the script.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from industrymap.errors import ConfigError

__all__ = ["link", "script", "sources"]

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z_]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\b|const\b|class\b)", re.MULTILINE)
_NAME = re.compile(r"^export (?:async )?(?:function\*?|const|class) (\w+)", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n", re.MULTILINE)
_QUOTED = re.compile(r"""\\.|"[^"\\]*"|'[^'\\]*'""")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_TEXT = re.compile(r"""["'`/]""")
_SPACED = re.compile(r" ?(=>|&&|\|\||[,=?:;{}]) ?")
_ENTRY = "main"


@cache
def script() -> str:
    """Return the page's whole script."""
    return link(sources())


def sources() -> dict[str, str]:
    """Return module name → source of every module that ships with the page."""
    folder = resources.files(__package__).joinpath("js")
    return {
        entry.name.removesuffix(".js"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".js")
    }


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
    const two=2;
    return { two };
    })();
    const $main = (() => {
    const{two}=$n;
    log(two);
    return {  };
    })();
    <BLANKLINE>
    """
    wrapped = [_wrap(name, modules[name]) for name in _order(modules, entry)]
    return '"use strict";\n' + "".join(wrapped)


def _order(modules: dict[str, str], entry: str) -> list[str]:
    done: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            loop = " → ".join((*path, name))
            raise ConfigError(
                f"Page modules need each other: {loop}.", f"页面模块循环引用：{loop}。"
            )
        if name not in modules:
            raise ConfigError(f"There is no page module {name!r}.", f"没有页面模块 {name!r}。")
        if name not in done:
            for _, needed in _IMPORT.findall(modules[name]):
                visit(needed, (*path, name))
            done.append(name)

    visit(entry, ())
    return done


def _wrap(name: str, source: str) -> str:
    exports = _NAME.findall(source)
    body = _IMPORT.sub(_binding, source)
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
    tight = "\n".join(map(_tight, filter(None, _INDENT.sub("", body).split("\n"))))
    return f"const ${name} = (() => {{\n{tight}\nreturn {{ {', '.join(exports)} }};\n}})();\n"


def _tight(line: str) -> str:
    """Return a line without the spaces around marks, unless it may hold a text, a pattern or a comment."""
    return line if _TEXT.search(line) else _SPACED.sub(r"\1", line)


def _binding(found: re.Match[str]) -> str:
    names = ", ".join(
        part.strip().replace(" as ", ": ") for part in found[1].split(",") if part.strip()
    )
    return f"const {{ {names} }} = ${found[2]};"
