"""One page from each library, as its documentation says to make it, with the same firms and polygons.

Every page shows all firms (coloured by cluster where the library does that without code of one's own), their 15 attributes when
one is clicked or pointed at, and the 3,395 parks and blocks. Nobody loads a basemap. A function takes the city and the file to
write; what it needs to import is imported before the clock starts (:func:`load`).
"""

from __future__ import annotations

import importlib
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CENTRE = (23.12, 113.42)
ZOOM = 10
PARK_FIELDS = ["park_id", "name", "district", "town", "land_area_m2", "far", "firms", "route"]
BLOCK_FIELDS = ["block_id", "name", "district", "town", "level", "area_m2", "firms"]
COLORS = {
    "auto": (59, 111, 182),
    "display": (217, 130, 43),
    "materials": (42, 157, 143),
    "consumer": (181, 68, 110),
    "equipment": (107, 95, 181),
    "biomed": (138, 154, 43),
    "other": (139, 151, 165),
}
EMPTY_STYLE = {"version": 8, "sources": {}, "layers": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A way to make a page.

    Attributes
    ----------
    title
        How the table calls it.
    package
        The distribution whose version is stated.
    imports
        Modules that must be there, imported before the clock starts.
    make
        Writes the page.
    webgl
        Whether it draws with WebGL, which runs in software on a machine without a graphics card.
    filters
        Whether a reader of the page can filter by attribute without a server: ``driven`` where the benchmark does it,
        ``panel`` where the page has a panel for it that is not driven, else ``no``.
    """

    title: str
    package: str
    imports: tuple[str, ...]
    make: Callable[[Any, Path], None]
    webgl: bool = False
    filters: str = "no"


def load(peer: Peer) -> None:
    """Import what a peer needs."""
    logging.getLogger("maplibre").setLevel(logging.ERROR)  # it warns that shiny is not installed
    for name in peer.imports:
        importlib.import_module(name)


def firms(city: Any) -> Any:
    """Return firms that have a place; peers cannot hold one without."""
    frame = city.enterprises
    return frame[frame.geometry.notna()]


def polygons(city: Any) -> list[tuple[str, Any]]:
    """Return blocks and parks with the fields that are shown of them."""
    return [
        ("产业区块", city.blocks[[*BLOCK_FIELDS, "geometry"]]),
        ("村级工业园", city.parks[[*PARK_FIELDS, "geometry"]]),
    ]


def attributes(frame: Any) -> list[str]:
    """Return the names of all columns but the geometry."""
    return [c for c in frame.columns if c != "geometry"]


def plain(frame: Any) -> Any:
    """Return a frame without pandas' own missing values, which JSON writers do not know."""
    table = pd.DataFrame(frame.drop(columns="geometry")).astype(object)
    return table.where(table.notna(), None)


def industrymap(city: Any, path: Path) -> None:
    from industrymap import webmap

    webmap.IndustryMap(city).save(path)


def _folium() -> Any:
    import folium

    page = folium.Map(location=CENTRE, zoom_start=ZOOM, tiles=None, prefer_canvas=True)
    page.options["maxZoom"] = 18  # clusters ask for it where no tiles say it
    return page


def _folium_polygons(page: Any, city: Any) -> None:
    import folium

    for name, frame in polygons(city):
        popup = folium.GeoJsonPopup(attributes(frame))
        folium.GeoJson(frame, name=name, popup=popup).add_to(page)


def folium_markers(city: Any, path: Path) -> None:
    import folium
    from folium.plugins import MarkerCluster

    page = _folium()
    _folium_polygons(page, city)
    cluster = MarkerCluster().add_to(page)
    frame = firms(city)
    names = attributes(frame)
    rows = plain(frame).itertuples(index=False)
    for lat, lon, row in zip(frame.geometry.y, frame.geometry.x, rows, strict=True):
        text = "<br>".join(f"{n}: {v}" for n, v in zip(names, row, strict=True))
        folium.Marker((lat, lon), popup=text).add_to(cluster)
    page.save(path)


def folium_fast(city: Any, path: Path) -> None:
    from folium.plugins import FastMarkerCluster

    page = _folium()
    _folium_polygons(page, city)
    frame = firms(city)
    table = plain(frame)
    table.insert(0, "lat", frame.geometry.y.to_numpy())
    table.insert(1, "lon", frame.geometry.x.to_numpy())
    callback = (
        "function (row) {"
        f"const names = {json.dumps(attributes(frame))};"
        "const marker = L.marker(new L.LatLng(row[0], row[1]));"
        "marker.bindPopup(() => names.map((n, i) => n + ': ' + row[i + 2]).join('<br>'));"
        "return marker; }"
    )
    FastMarkerCluster(table.to_numpy().tolist(), callback=callback).add_to(page)
    page.save(path)


def folium_geojson(city: Any, path: Path) -> None:
    import folium

    page = _folium()
    _folium_polygons(page, city)
    frame = firms(city)
    folium.GeoJson(
        frame,
        marker=folium.CircleMarker(radius=3, fill=True, weight=1),
        popup=folium.GeoJsonPopup(attributes(frame)),
    ).add_to(page)
    page.save(path)


def explore(city: Any, path: Path) -> None:
    page = None
    for _, frame in polygons(city):
        page = frame.explore(m=page, tiles=None, prefer_canvas=True)
    page = firms(city).explore(m=page, column="cluster", marker_kwds={"radius": 3})
    page.save(path)


def _colored(frame: Any) -> list[tuple[int, int, int]]:
    return [COLORS.get(c, COLORS["other"]) for c in frame["cluster"]]


def pydeck(city: Any, path: Path) -> None:
    import pydeck as deck

    layers = [
        deck.Layer(
            "GeoJsonLayer", data=json.loads(frame.to_json()), pickable=True, get_fill_color=[80, 120, 200, 90]
        )
        for _, frame in polygons(city)
    ]  # fmt: skip
    frame = firms(city)
    table = plain(frame)
    table["lon"], table["lat"] = frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy()
    table["color"] = _colored(frame)
    layers.append(
        deck.Layer(
            "ScatterplotLayer", data=table, get_position=["lon", "lat"], get_fill_color="color",
            get_radius=40, radius_min_pixels=2, pickable=True,
        )
    )  # fmt: skip
    view = deck.ViewState(latitude=CENTRE[0], longitude=CENTRE[1], zoom=ZOOM - 1)
    text = "\n".join(f"{n}: {{{n}}}" for n in attributes(frame))
    page = deck.Deck(
        layers, initial_view_state=view, tooltip={"text": text}, map_provider=None, map_style=None
    )
    page.to_html(str(path), offline=True, notebook_display=False)


def lonboard(city: Any, path: Path) -> None:
    import numpy as np
    from lonboard import Map, PolygonLayer, ScatterplotLayer

    layers = [
        PolygonLayer.from_geopandas(frame, get_fill_color=[80, 120, 200, 90])
        for _, frame in polygons(city)
    ]
    frame = firms(city)
    colors = np.array(_colored(frame), dtype=np.uint8)
    layers.append(
        ScatterplotLayer.from_geopandas(
            frame, get_fill_color=colors, get_radius=40, radius_min_pixels=2
        )
    )
    Map(layers, basemap=None).to_html(path)


def kepler(city: Any, path: Path) -> None:
    from keplergl import KeplerGl

    data = dict(polygons(city))
    frame = firms(city)
    table = pd.DataFrame(frame.drop(columns="geometry"))
    table["longitude"], table["latitude"] = frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy()
    state = {"latitude": CENTRE[0], "longitude": CENTRE[1], "zoom": ZOOM - 1}
    config = {"version": "v1", "config": {"mapState": state}}  # it opens far away otherwise
    page = KeplerGl(data={"企业": table, **data}, config=config)
    page.save_to_html(file_name=str(path), center_map=False)


def maplibre(city: Any, path: Path) -> None:
    from maplibre import Layer, LayerType, Map, MapOptions
    from maplibre.sources import GeoJSONSource

    page = Map(MapOptions(style=EMPTY_STYLE, center=CENTRE[::-1], zoom=ZOOM - 1))
    for name, frame in polygons(city):
        source = GeoJSONSource(data=json.loads(frame.to_json()))
        page.add_layer(
            Layer(
                id=name,
                type=LayerType.FILL,
                source=source,
                paint={"fill-color": "#5078c8", "fill-opacity": 0.35},
            )
        )
        page.add_tooltip(name)
    frame = firms(city)
    steps = [v for name, rgb in COLORS.items() for v in (name, "rgb({},{},{})".format(*rgb))]
    color = ["match", ["get", "cluster"], *steps, "#888888"]
    source = GeoJSONSource(data=json.loads(frame.to_json()))
    page.add_layer(
        Layer(
            id="企业",
            type=LayerType.CIRCLE,
            source=source,
            paint={"circle-color": color, "circle-radius": 3},
        )
    )
    page.add_tooltip("企业")
    path.write_text(page.to_html(style="height: 100vh;"), encoding="utf-8")


PEERS = {
    "industrymap": Peer(
        title="industrymap", package="industrymap", imports=("industrymap.webmap.page", "folium", "pypinyin"), make=industrymap, filters="driven"
    ),
    "folium-markers": Peer(
        title="folium markers (MarkerCluster)", package="folium", imports=("folium.plugins",), make=folium_markers
    ),
    "folium-fast": Peer(
        title="folium FastMarkerCluster", package="folium", imports=("folium.plugins",), make=folium_fast
    ),
    "folium-geojson": Peer(title="folium GeoJson", package="folium", imports=("folium",), make=folium_geojson),
    "explore": Peer(
        title="geopandas.explore", package="geopandas",
        imports=("geopandas", "folium", "matplotlib.pyplot", "mapclassify"), make=explore,
    ),
    "pydeck": Peer(title="pydeck offline", package="pydeck", imports=("pydeck",), make=pydeck, webgl=True),
    "lonboard": Peer(title="lonboard", package="lonboard", imports=("lonboard",), make=lonboard, webgl=True),
    "kepler": Peer(
        title="kepler.gl", package="keplergl", imports=("keplergl",), make=kepler, webgl=True, filters="panel"
    ),
    "maplibre": Peer(title="maplibre", package="maplibre", imports=("maplibre",), make=maplibre, webgl=True),
}  # fmt: skip
