"""The one page of the desk: our modules linked into one script, which the policy names by its hash."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources

from industrymap.webmap import modules

__all__ = ["MAP_POLICY", "PAGE_POLICY", "page", "policy", "sources"]

MAP_POLICY = (
    "sandbox allow-scripts allow-downloads allow-modals allow-popups; frame-ancestors 'none'"
)
"""The map is opened as if it came from nowhere: it cannot read the desk's cookie nor ask it for anything. What it may load
stands in the map's own policy."""

PAGE_POLICY = "sandbox allow-modals; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'"
"""Reports and sheets hold no script: none would run. Printing stays possible."""

_SHARED = ("basics/dom",)
"""Modules of the map's page that the desk uses as they are."""

_HTML = """\
<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>industrymap</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<div id="desk"><p class="too-old">正在打开……若长时间没有内容，请换用较新的浏览器。<span lang="en">Opening … If nothing appears, use a newer browser.</span></p></div>
<script>{leaflet}</script>
<script>{script}</script>
</body>
</html>
"""


def sources() -> dict[str, str]:
    """Return module name → source of the desk's modules, and of those of the map's page that it shares."""
    of_map = modules.sources()
    return {name: of_map[name] for name in _SHARED} | modules.sources("industrymap.desk")


@cache
def page() -> str:
    """Return the page; whose workspaces there are it asks for."""
    return _HTML.format(style=_style(), leaflet=_leaflet(), script=_script())


@cache
def policy() -> str:
    """Return what the page may load: its own two scripts and its style, each by its hash, and answers of the desk."""
    scripts = " ".join(_hash(code) for code in (_leaflet(), _script()))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {_hash(_style())}; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _script() -> str:
    return modules.ascii_only(f"(() => {{\n{modules.link(sources())}}})();")


@cache
def _leaflet() -> str:
    code = _file("xstatic.pkg.leaflet", "data", "leaflet.js")
    return re.sub(r"\n?//# sourceMappingURL=.*", "", code).replace("</script", r"<\/script").replace("\r\n", "\n")  # fmt: skip


@cache
def _style() -> str:
    # Colours, letters and the plainest elements are those of the map's page: its first paragraph.
    basics = _file("industrymap.webmap", "page.css").partition("\n\n")[0]
    leaflet = re.sub(r"url\([^)]*\)", "none", _file("xstatic.pkg.leaflet", "data", "leaflet.css"))
    return f"{basics}\n{leaflet}\n{_file('industrymap.desk', 'desk.css')}".replace("\r\n", "\n")


def _file(package: str, *place: str) -> str:
    return resources.files(package).joinpath(*place).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
