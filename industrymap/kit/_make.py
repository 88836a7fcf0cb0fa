"""Gathering a kit from OpenStreetMap: districts and towns, villages, main roads, industrial land, named estates."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from industrymap import boundaries, export, files
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from industrymap import web
    from industrymap.citypack import CityPack

    Progress = Callable[[str, int, int], None]

__all__ = ["ABOUT", "Kit", "make"]

ABOUT = "kit.json"
"""The file of a kit that says what it is."""

# How names of industrial estates end; OpenStreetMap has no tag of its own for them.
_ESTATE = "(工业园|工业区|工业城|产业园|产业基地|科技园|创意园|软件园|物流园|创新园|园区|工业村)"
_ROADS = "^(motorway|trunk|primary|secondary|tertiary)$"
_VILLAGES = "^(village|hamlet|neighbourhood|quarter)$"
_WANTED: dict[str, tuple[str, ...]] = {
    "villages": (f'nwr["place"~"{_VILLAGES}"]["name"]',),
    "roads": (f'way["highway"~"{_ROADS}"]["name"]',),
    "industrial_land": ('wr["landuse"="industrial"]',),
    # Without roads and administrative units, whose names contain such words as well (科技园路).
    "estates": (f'nwr["name"~"{_ESTATE}"]["highway"!~"."]["boundary"!="administrative"]',),
}
"""Part of a kit → what is asked for."""

_KINDS = {"villages": "village", "roads": "road", "estates": "park"}
"""Part → kind of place in the gazetteer."""
_TITLES = {
    "villages": "村社",
    "roads": "主要道路",
    "industrial_land": "工业用地",
    "estates": "园区",
}
# Former and short names are what old tables still write.
_NAMES = ("name:zh", "name:zh-Hans", "alt_name", "old_name", "short_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What was gathered.

    Attributes
    ----------
    path : Path
    counts : dict of str to int
        Features by part: districts, towns, villages, roads, industrial_land, estates.
    source : str
        Whose data it is; must be shown with it.
    as_of : date or None
        The day the server's data is of.
    notes : tuple of (str, str)
        What a person must know, in Chinese and English: parts that the server has nothing of.
    """

    path: Path
    counts: dict[str, int]
    source: str
    as_of: date | None
    notes: tuple[tuple[str, str], ...]


def make(
    pack: CityPack,
    path: Path,
    *,
    url: str | None = None,
    progress: Progress | None = None,
    retry: web.Retry | None = None,
) -> Kit:
    """Gather a kit of a city from an Overpass API server, and write it.

    Parameters
    ----------
    pack : CityPack
    path : Path
        The ``.zip`` to write; replaced whole, or left as it was.
    url : str, optional
        An Overpass API server; else the one in ``INDUSTRYMAP_OVERPASS_URL``, else the public one.
    progress : callable, optional
        Called as ``progress(part, done, total)``: bytes of each of the five requests.
    retry : Retry, optional
        How often a busy server is asked again.

    Returns
    -------
    kit : Kit

    Raises
    ------
    ProviderError
        The server did not serve us, or holds no district of this city.
    WriteFailedError
        The file cannot be written.
    """
    server = boundaries.endpoint(url)
    bar = partial(progress, "boundaries") if progress else None
    edges = boundaries.fetch(pack, url=server, progress=bar, retry=retry)
    frames: dict[str, gpd.GeoDataFrame] = dict(edges.levels)
    days = [edges.as_of]
    # One request for each part: a server refuses a question that takes it too long.
    for part, wanted in _WANTED.items():
        bar = partial(progress, part) if progress else None
        answer = boundaries.ask(
            boundaries.city_query(pack, wanted), url=server, progress=bar, retry=retry
        )
        days.append(boundaries.as_of(answer))
        frames[part] = _features(part, answer["elements"])
    # An estate that is drawn as industrial land is found by that layer: given twice, its address would fit two places.
    land = frames["industrial_land"]["code"]
    frames["estates"] = frames["estates"][~frames["estates"]["code"].isin(land)]
    # The oldest day is the one that holds for the whole kit.
    known = [day for day in days if day is not None]
    day = min(known) if known else None
    counts = {name: len(frame) for name, frame in frames.items()}
    _write(path, pack, frames, counts, day)
    return Kit(
        path=path,
        counts=counts,
        source=boundaries.ATTRIBUTION,
        as_of=day,
        notes=tuple(_missing(frames, pack)),
    )


def _features(part: str, elements: Iterable[Any]) -> gpd.GeoDataFrame:
    """Return the elements of an answer that have a shape, each once, by their identity."""
    rows: dict[str, dict[str, Any]] = {}
    for element in elements:
        shape = _shape(element, area=part != "roads") if isinstance(element, dict) else None
        if shape is None or shape.is_empty:
            continue
        tags = element.get("tags") or {}
        name = str(tags.get("name", ""))
        aliases = dict.fromkeys(str(tags[key]) for key in _NAMES if tags.get(key))
        # Numbers of nodes, ways and relations overlap: n12, w12 and r12 are three things.
        identity = f"{str(element.get('type'))[:1]}{element.get('id')}"
        rows[identity] = {
            "code": identity,
            "kind": _KINDS.get(part, "park"),
            "name": name,
            "aliases": "|".join(alias for alias in aliases if alias != name),
            "geometry": shape,
        }
    # Sorted: a server answers in any order, and the same data must give the same file.
    ordered = [rows[key] for key in sorted(rows)]
    columns = ["code", "kind", "name", "aliases", "geometry"]
    frame = gpd.GeoDataFrame(ordered, columns=columns, geometry="geometry", crs="EPSG:4326")
    return gpd.GeoDataFrame(frame.astype(dict.fromkeys(columns[:-1], "string")))


def _shape(element: Mapping[str, Any], *, area: bool) -> Any:
    """Return the shape of one element; a closed way is an area where areas are looked for."""
    kind = element.get("type")
    if kind == "node":
        return _point(element)
    if kind == "relation":
        return boundaries.assemble(element.get("members", ())).geometry
    points = [spot for spot in map(_corner, element.get("geometry") or ()) if spot is not None]
    if len(points) < 2:
        return None
    # A closed road is a roundabout, not an area.
    if area and len(points) > 3 and points[0] == points[-1]:
        return shapely.make_valid(shapely.Polygon(points))
    return shapely.LineString(points)


def _point(element: Mapping[str, Any]) -> Any:
    spot = _corner(element)
    return None if spot is None else shapely.Point(spot)


def _corner(place: Any) -> tuple[float, float] | None:
    """Return longitude and latitude; a way that leaves the box has corners without any."""
    if not isinstance(place, dict):
        return None
    lon, lat = place.get("lon"), place.get("lat")
    if not isinstance(lon, int | float) or not isinstance(lat, int | float):
        return None
    return (float(lon), float(lat)) if np.isfinite(lon) and np.isfinite(lat) else None


def _missing(frames: Mapping[str, gpd.GeoDataFrame], pack: CityPack) -> Iterable[tuple[str, str]]:
    towns = frames.get("towns")
    # Towns of today: the pack also keeps those that were merged, for old addresses.
    wanted = len(pack.current("town"))
    have = 0 if towns is None else len(towns)
    if have < wanted:
        yield (
            f"OpenStreetMap 有 {have} 个镇街的边界，城市包中有 {wanted} 个：其余按城市包的镇街点定位",
            f"OpenStreetMap has boundaries of {counted(have, 'town')}, the city pack names {wanted}: the others are placed by the pack's points",
        )
    for part, title in _TITLES.items():
        if not len(frames[part]):
            yield (f"没有{title}", f"nothing was found for {part.replace('_', ' ')}")


def _write(
    path: Path,
    pack: CityPack,
    frames: Mapping[str, gpd.GeoDataFrame],
    counts: Mapping[str, int],
    day: date | None,
) -> None:
    """Put the parts and what they are into one archive."""
    about = {
        # The version of this form of file.
        "kit": 1,
        "city": pack.pack_id,
        "name": pack.name,
        "source": boundaries.ATTRIBUTION,
        "data_date": day.isoformat() if day else "",
        "made_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "counts": dict(counts),
    }
    contents = {ABOUT: (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()}
    with tempfile.TemporaryDirectory(prefix="industrymap-") as folder:
        for name, frame in frames.items():
            # A file without features would be refused when the kit is used.
            if len(frame):
                contents[f"{name}.geojson"] = _geojson(Path(folder), name, frame, pack, day)
    files.write_bytes(path, files.zipped(contents))


def _geojson(
    folder: Path, name: str, frame: gpd.GeoDataFrame, pack: CityPack, day: date | None
) -> bytes:
    title = f"{pack.name}{_TITLES.get(name, '边界')}"
    meta = export.Meta(title=title, source=boundaries.ATTRIBUTION, data_date=day)
    layer = "divisions" if name in boundaries.LEVELS else "places"
    if name == "industrial_land":
        layer, frame = (
            "zones",
            frame.rename(columns={"code": "zone_id"}).drop(columns=["kind", "aliases"]),
        )
    written = export.write(frame, folder / f"{name}.geojson", layer=layer, name=name, meta=meta)
    return files.read_bytes(files.check(written[0], allow=("geojson",)))
