"""Layers that a user adds with Folium: what they need comes from packages, what fails alone stays away, nothing is fetched."""

from __future__ import annotations

import base64
import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

from branca.element import Element

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Guarded", "left_out", "prelude", "style_hashes", "without_hosts"]

# Addresses with a host only: what is written into the page itself needs no network.
_FETCHED = re.compile(
    r"""\s*<(?:script|link)\b[^>]*\b(?:src|href)=["'](?:https?:)?//[^>]*>(?:\s*</script>)?"""
)
_FILE = re.compile(r"""(?:src|href)=["'][^"']*/([\w.@-]+)["']""")
_PICTURES = re.compile(
    r"""L\.(?:tileLayer(?:\.wms)?|imageOverlay|videoOverlay)\(\s*["'](?!data:|blob:)([^"']+)"""
)
_HOST = re.compile(r"(?:https?:)?//([^/]+)")
_ICON = re.compile(r'"icon": "([\w-]+)"')
_STYLED = re.compile(r"""style=(["'])([^"'<>\n]*)\1""")

# Folium's icons are Bootstrap's glyphs of old, which no package carries with their font; these are Font Awesome's names for them.
_GLYPHS = {
    "info-sign": "circle-info", "ok-sign": "circle-check", "remove-sign": "circle-xmark", "question-sign": "circle-question", "ok": "check",
    "remove": "xmark", "map-marker": "location-dot", "home": "house", "cog": "gear", "time": "clock", "warning-sign": "triangle-exclamation",
    "search": "magnifying-glass", "plus-sign": "circle-plus", "minus-sign": "circle-minus", "info": "circle-info", "exclamation-sign": "circle-exclamation",
}  # fmt: skip


class Guarded(Element):
    """The script of one layer, whose failure stops no other."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self._inner = inner

    def render(self, **kwargs: Any) -> str:
        """Render the layer's script between braces of its own."""
        return f"try {{\n{self._inner.render(**kwargs)}\n}} catch (error) {{ industrymapGuests.fail(error); }}"


def prelude(scripts: str, *, hosts: Collection[str] = ()) -> str:
    """Return the script that comes before Folium's: jQuery for popups, marker pictures, and the icons that are used.

    Pictures from anywhere but ``hosts``, those of the page's own basemaps, are not asked for.
    """
    # Only icons that are used: the whole font would dwarf the page's own script.
    wanted = sorted(set(_ICON.findall(scripts)))
    glyphs = {n: g for n in wanted if (g := _glyph(n))}
    given = {"markers": _markers(), "glyphs": glyphs, "hosts": sorted(hosts)}
    own = resources.files(__package__).joinpath("guests.js").read_text(encoding="utf-8")
    jquery = (
        resources.files("xstatic.pkg.jquery")
        .joinpath("data", "jquery.min.js")
        .read_text(encoding="utf-8")
    )
    # A source map would be asked for when somebody opens the developer tools.
    jquery = re.sub(r"\n?//# sourceMappingURL=.*", "", jquery).replace("</script", r"<\/script")
    data = json.dumps(given).replace("</", r"<\/")
    return f"<script>{jquery}</script>\n<script>{own.replace('(() => {', f'(() => {{ const GIVEN = {data};', 1)}</script>\n"


def without_hosts(html: str) -> str:
    """Return a piece of the page without the scripts and styles that Folium would fetch."""
    return _FETCHED.sub("", html)


def left_out(html: str, *, hosts: Collection[str] = ()) -> list[str]:
    """Return what a piece of the page would fetch: files by their names, tiles and pictures by their host.

    Examples
    --------
    >>> left_out('L.tileLayer(  "https://tile.example.org/{z}/{x}/{y}.png"')
    ['tile.example.org']
    """
    named = {m[1] for tag in _FETCHED.findall(html) for m in [_FILE.search(tag)] if m}
    pictures = {address for address in _PICTURES.findall(html) if not _allowed(address, hosts)}
    return sorted(named | {m[1] if (m := _HOST.match(one)) else one for one in pictures})


def _allowed(address: str, hosts: Collection[str]) -> bool:
    """Tell whether the policy lets an address through: ``https://*.example.org`` means every host under it."""
    match = _HOST.match(address)
    if match is None:
        return False
    names = [host.removeprefix("https://") for host in hosts]
    # a tile server's name may itself hold a choice: {s}.tile.example.org
    return any(
        match[1].endswith(name[1:]) if name.startswith("*.") else match[1] == name for name in names
    )


def style_hashes(html: str) -> list[str]:
    """Return the style attributes that the user's layers write, for the policy to name each by its hash."""
    return sorted({text for _, text in _STYLED.findall(html)})


def _markers() -> dict[str, str]:
    folder = resources.files("xstatic.pkg.leaflet").joinpath("data", "images")
    files = {
        "iconUrl": "marker-icon.png",
        "iconRetinaUrl": "marker-icon-2x.png",
        "shadowUrl": "marker-shadow.png",
    }
    return {
        key: f"data:image/png;base64,{base64.b64encode(folder.joinpath(name).read_bytes()).decode('ascii')}"
        for key, name in files.items()
    }


def _glyph(name: str) -> tuple[str, str] | None:
    """Return the view box and path of one icon of Font Awesome, ``None`` where it has none of that name."""
    plain = name.removeprefix("fa-")
    icons = resources.files("xstatic.pkg.font_awesome").joinpath("data", "svgs", "solid")
    drawing = icons.joinpath(f"{_GLYPHS.get(plain, plain)}.svg")
    if not drawing.is_file():
        return None
    text = drawing.read_text(encoding="utf-8")
    box, path = re.search(r'viewBox="([^"]+)"', text), re.search(r'<path d="([^"]+)"', text)
    return (box[1], path[1]) if box and path else None
