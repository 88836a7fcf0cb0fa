"""The ``folium.Map`` underneath the page, with the page's own head and body around its ``div``."""

from __future__ import annotations

from typing import Any

import folium
from branca.element import Element

from industrymap.webmap._guests import Guarded

__all__ = ["Skeleton"]

_HEAD = """<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light">
<meta name="referrer" content="no-referrer">
<!--industrymap:head-->"""

_SHELL = """<div id="app" class="app" data-state="loading">
<header id="top" class="top"></header>
<aside id="left" class="panel left"></aside>
<main id="stage" class="stage"><div class="folium-map" id="%s"></div></main>
<aside id="right" class="panel right"></aside>
<footer id="foot" class="foot"></footer>
<p class="blocked too-old">浏览器过旧，打不开此地图：请使用 Chrome 或 Edge 84、Firefox 113、Safari 16.4 及更新版本（360 等浏览器请用极速模式）。
This browser is too old for the map: please use Chrome or Edge 84, Firefox 113, Safari 16.4 or newer.</p>
<noscript><p class="blocked">此地图需要启用 JavaScript。 This map needs JavaScript.</p></noscript>
</div>"""

# Without layers there is nothing to open on.
_WORLD = (-180.0, -60.0, 180.0, 75.0)


class Skeleton(folium.Map):
    """A Folium map without tiles, without the scripts and styles Folium takes from other hosts.

    Parameters
    ----------
    bounds : list of float, optional
        West, south, east, north in WGS 84 degrees of what the page opens on.
    """

    def __init__(self, bounds: list[float] | None) -> None:
        west, south, east, north = bounds or _WORLD
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            zoom_start=10 if bounds else 3,
            # No basemap of its own: the page must not ask the network unless somebody switches one
            # on.
            tiles=None,
            prefer_canvas=True,
            zoom_control=False,
            attribution_control=False,
            # Without it clusters throw "Map has no maxZoom specified" on a map without tiles.
            max_zoom=19,
            min_zoom=3,
            zoom_snap=0.25,
            zoom_delta=0.5,
            wheel_px_per_zoom_level=90,
            fade_animation=False,
        )
        self._id = "industrymap"  # Folium's own is random
        # Folium would load Leaflet, jQuery and Bootstrap from other hosts.
        self.default_js = []
        self.default_css = []
        self.options |= {"min_zoom": 3, "max_zoom": 19}

    def render(self, **kwargs: Any) -> str:
        """Render as Folium does, then put the page's head and body in the place of Folium's."""
        rendered: str = super().render(**kwargs)  # type: ignore[no-untyped-call]
        figure: Any = self.get_root()
        # Each layer of the user in a try of its own: one that fails must not take the page down.
        for name, element in list(figure.script._children.items()):  # noqa: SLF001 - Folium has no other way
            if name != self.get_name() and not isinstance(element, Guarded):
                figure.script._children[name] = Guarded(element)  # noqa: SLF001
        figure.header.add_child(Element(_HEAD), name=self.get_name())
        figure.html.add_child(Element(_SHELL % self.get_name()), name=self.get_name())
        return rendered
