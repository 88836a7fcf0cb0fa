"""Places from an OpenStreetMap extract: villages, roads, house numbers, industrial land, named buildings.

Streams the file once; only objects inside the city's extent are kept. The data is © OpenStreetMap contributors, ODbL:
what is made from it must say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import files
from industrymap.errors import ConfigError, GazetteerError

if TYPE_CHECKING:
    import os

    from industrymap.citypack import CityPack

__all__ = ["ATTRIBUTION", "read"]

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"

_EXTENSIONS = ("pbf", "osm")
_PLACES = frozenset({"village", "hamlet", "neighbourhood", "quarter"})
_KEYS = ("place", "highway", "landuse", "building", "addr:housenumber")
_NAMES = ("name:zh", "name:zh-Hans", "alt_name", "old_name", "short_name", "official_name")


def read(path: str | os.PathLike[str], *, pack: CityPack) -> pd.DataFrame:
    """Read places from an ``.osm.pbf`` (or ``.osm``) file.

    Parameters
    ----------
    path : path
        An extract, of the city or of anything around it.
    pack : CityPack
        The city: only what lies in its extent is kept.

    Returns
    -------
    places : DataFrame
        :data:`industrymap.geocoding.gazetteer.PLACE_COLUMNS` and ``geometry`` (WGS 84), sorted by kind, name and id.

    Raises
    ------
    ConfigError
        The package osmium is not installed.
    GazetteerError
        The file is damaged, or holds nothing of this city.
    """
    source = files.check(path, allow=_EXTENSIONS)
    try:
        import osmium
    except ImportError as error:
        raise ConfigError(
            "Reading OpenStreetMap files needs the package osmium: pip install 'industrymap[osm]'.",
            "读取 OpenStreetMap 文件需要 osmium：pip install 'industrymap[osm]'。",
        ) from error
    shapes = osmium.geom.WKBFactory()
    processor = osmium.FileProcessor(str(source.path)).with_locations().with_areas()
    try:
        rows = [
            row
            for thing in processor.with_filter(osmium.filter.KeyFilter(*_KEYS))
            for row in _places_of(thing, shapes)
        ]
    except RuntimeError as error:
        raise GazetteerError(
            f"{source.name} is damaged: {error}.", f"{source.name} 已损坏：{error}。"
        ) from error
    places = _table(rows, source.name, pack)
    if not len(places):
        raise GazetteerError(
            f"{source.name} holds no named place of {pack.name_en or pack.name}.",
            f"{source.name} 中没有{pack.name}的地名。",
        )
    return places


def _places_of(thing: Any, shapes: Any) -> list[dict[str, Any]]:
    """Return the places one object is: a building may be a name and a house number at once."""
    tags = {tag.k: tag.v for tag in thing.tags}
    kinds = [kind for kind in (_kind(thing, tags), _numbered(thing, tags)) if kind]
    if not kinds:
        return []
    try:
        geometry = _shape(thing, shapes)
    except RuntimeError:
        # A way whose nodes lie outside the extract has no shape.
        return []
    name = tags.get("name", "")
    aliases = dict.fromkeys(tags[key] for key in _NAMES if key in tags)
    return [
        {
            "place_id": _identity(thing),
            "kind": kind,
            "name": "" if kind == "address" else name,
            "aliases": "" if kind == "address" else "|".join(a for a in aliases if a != name),
            "road": tags.get("addr:street", "") if kind == "address" else "",
            "number": tags.get("addr:housenumber", "") if kind == "address" else "",
            "wkb": geometry,
        }
        for kind in kinds
    ]


def _kind(thing: Any, tags: dict[str, str]) -> str:
    if "name" not in tags:
        return ""
    locality = tags.get("place") in _PLACES
    # A closed way comes a second time as an area; as a way it can only be a road.
    if thing.is_way():
        return "road" if "highway" in tags else ""
    if thing.is_node() or locality:
        return "village" if locality else ""
    if tags.get("landuse") == "industrial":
        return "park"
    return "building" if "building" in tags else ""


def _numbered(thing: Any, tags: dict[str, str]) -> str:
    there = "addr:housenumber" in tags and "addr:street" in tags
    # A house drawn as a closed way comes a second time as an area, which is the one that counts.
    return "address" if there and (thing.is_node() or thing.is_area()) else ""


def _shape(thing: Any, shapes: Any) -> str:
    if thing.is_node():
        return str(shapes.create_point(thing))
    if thing.is_way():
        return str(shapes.create_linestring(thing))
    return str(shapes.create_multipolygon(thing))


def _identity(thing: Any) -> str:
    if thing.is_area():
        return f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
    return f"{'n' if thing.is_node() else 'w'}{thing.id}"


def _table(rows: list[dict[str, Any]], name: str, pack: CityPack) -> pd.DataFrame:
    import shapely

    geometry = np.asarray(shapely.from_wkb([row.pop("wkb") for row in rows]), dtype=object)
    columns = ("place_id", "kind", "name", "aliases", "road", "number")
    places = pd.DataFrame(rows, columns=list(columns)).astype("string")
    places["district_code"] = places["town_code"] = pd.array([""] * len(rows), dtype="string")
    centre = shapely.centroid(geometry)
    lon, lat = shapely.get_x(centre), shapely.get_y(centre)
    point = shapely.get_dimensions(geometry) == 0
    places["lon"], places["lat"] = np.where(point, lon, np.nan), np.where(point, lat, np.nan)
    # A house is a point: where its outline is known, the point inside it.
    house = (places["kind"] == "address").to_numpy(dtype=bool)
    places.loc[house, "lon"], places.loc[house, "lat"] = lon[house], lat[house]
    places["radius_m"] = np.nan
    places["source"] = pd.array([f"{name} ({ATTRIBUTION})"] * len(rows), dtype="string")
    # Only roads and areas keep a shape.
    geometry[point | house] = None
    places["geometry"] = pd.Series(geometry, index=places.index, dtype=object)
    west, south, east, north = pack.extent
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    kept = places[inside].sort_values(["kind", "name", "place_id"], kind="stable")
    return kept.reset_index(drop=True)
