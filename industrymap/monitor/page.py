"""The monitoring pages as one offline HTML file: our modules, one style, blocks of data, a policy that names them by hash.

No text of a user passes through a template: titles, names and figures stand in the data block and are shown as text nodes.
"""

from __future__ import annotations

import html
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from industrymap.errors import ConfigError
from industrymap.monitor.pack import FORMAT, pack
from industrymap.webmap import modules
from industrymap.webmap.shared import deflate, escaped_json, policy, tight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.monitor.model import MonitorModel

__all__ = ["build", "program", "sources"]

_SHARED = (
    "basics/colors",
    "basics/dom",
    "basics/store",
    "basics/xlsx",
    "basics/zip",
    "data/block",
    "data/columns",
    "data/credit_codes",
    "words/format",
)
"""Modules of the map's page that these pages use as they are."""
_PRODUCT = {"zh": "制造业高质量发展监测", "en": "Manufacturing monitoring"}
_NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_HEAD = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="app" class="monitor" data-state="loading">
<p class="blocked too-old">浏览器过旧，打不开此页面：请使用 Chrome 或 Edge 84、Firefox 113、Safari 16.4 及更新版本。
This browser is too old: please use Chrome or Edge 84, Firefox 113, Safari 16.4 or newer.</p>
<noscript><p class="blocked">此页面需要启用 JavaScript。 This page needs JavaScript.</p></noscript>
</div>
"""


def build(model: MonitorModel, *, lang: str = "zh") -> bytes:
    """Return the monitoring pages.

    Parameters
    ----------
    model : MonitorModel
        Everything they show.
    lang : str
        Language they open in, ``zh`` or ``en``; the reader can switch.

    Returns
    -------
    page : bytes
        UTF-8 HTML that asks for nothing beyond itself. The same model gives the same bytes.

    Raises
    ------
    ConfigError
        Another language, or a figure too large for a page.

    Examples
    --------
    >>> import industrymap as im
    >>> im.monitor_page(im.monitor_model("."))[:15]  # doctest: +SKIP
    b'<!DOCTYPE html>'
    """
    if lang not in {"zh", "en"}:
        raise ConfigError(
            f"The page speaks 'zh' or 'en', not {lang!r}.",
            f"页面语言只有 zh 和 en，没有 {lang!r}。",
        )
    return "".join(_pieces(model, lang)).encode("utf-8")


def sources() -> dict[str, str]:
    """Return module name → source of the pages' modules, and of those of the map's page that they share."""
    of_map = modules.sources()
    return {name: of_map[name] for name in _SHARED} | modules.sources("industrymap.monitor")


@cache
def program() -> str:
    """Return the pages' whole script, in ASCII."""
    return modules.ascii_only(f"(() => {{\n{modules.link(sources())}}})();")


def _pieces(model: MonitorModel, lang: str) -> Iterator[str]:
    packed = pack(model)
    start = f"<script>{_file('industrymap.webmap', 'start.js')}</script>\n"
    style = _style()
    runs = f"<style>{style}</style>{start}<script>{program()}</script>"
    yield _HEAD.format(
        lang="zh-CN" if lang == "zh" else "en",
        policy=html.escape(policy(runs)),
        title=html.escape(_NEVER.sub("", f"{model.meta.title} · {_PRODUCT[lang]}")),
        style=style,
    )
    manifest = {"format": FORMAT, "lang": lang, "blocks": packed.places}
    yield f'<script type="application/json" id="industrymap">{escaped_json(manifest)}</script>\n'
    yield from _blocks(packed.blocks, packed.late, late=False)
    # Behind what the first picture needs: it runs while the browser still reads the rest.
    yield f'<script type="text/plain" id="industrymap-program">{_compressed()}</script>\n'
    yield start
    yield from _blocks(packed.blocks, packed.late, late=True)
    yield "</body>\n</html>\n"


def _blocks(blocks: list[str], behind: set[int], *, late: bool) -> Iterator[str]:
    for number, block in enumerate(blocks):
        if (number in behind) is late:
            yield f'<script type="text/plain" id="industrymap-{number}">{block}</script>\n'


@cache
def _compressed() -> str:
    return deflate(program().encode("ascii"), level=9)


@cache
def _style() -> str:
    # Colours, letters and the plainest elements are those of the map's page: its first paragraph.
    basics = _file("industrymap.webmap", "page.css").partition("\n\n")[0]
    return tight(f"{basics}\n{_file('industrymap.monitor', 'monitor.css')}".replace("\r\n", "\n"))


def _file(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")
