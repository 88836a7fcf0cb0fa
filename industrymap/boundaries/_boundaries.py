"""Boundaries under the names and codes of a city pack."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from industrymap import datum, export, issues, layers
from industrymap.boundaries._overpass import ATTRIBUTION, ask, endpoint, query
from industrymap.boundaries._rings import assemble
from industrymap.columns import texts
from industrymap.errors import LayerError, ProviderError
from industrymap.files import Decision
from industrymap.issues import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from industrymap import web
    from industrymap.citypack import CityPack

__all__ = ["LEVELS", "Boundaries", "as_of", "convert", "fetch", "write"]

LEVELS = {"districts": 6, "towns": 8}
"""Level → ``admin_level`` in OpenStreetMap; the city itself is 5."""

_TITLES = {"districts": "区级行政区划边界", "towns": "镇街边界"}
_DIVISION = {"districts": "district", "towns": "town"}

UNCLOSED = rule(
    "boundaries.unclosed",
    "warning",
    "边界有 {open_ways} 段未闭合（断口约 {gap_m} 米），已按能闭合的部分成面",
    "{open_ways} ways of the boundary close no ring (a gap of about {gap_m} m); what closes was kept",
)
NO_RING = rule(
    "boundaries.no_ring",
    "error",
    "边界没有一处闭合，无法成面，已舍去",
    "no ring of the boundary closes: it was left out",
)
UNKNOWN = rule(
    "boundaries.unknown",
    "info",
    "城市包中没有此名称的现行区划，已舍去",
    "the city pack knows no current division of this name: it was left out",
)
MISSING = rule(
    "boundaries.missing",
    "warning",
    "没有取得此区划的边界",
    "no boundary was found for this division",
)
DOUBLE = rule(
    "boundaries.double",
    "warning",
    "同一区划有多个边界，保留面积最大的一个",
    "the division has several boundaries: the largest was kept",
)
OUTSIDE = rule(
    "boundaries.implausible",
    "warning",
    "{zh}",
    "{en}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundaries:
    """Boundaries of one city.

    Attributes
    ----------
    levels : mapping of str to GeoDataFrame
        ``districts`` and ``towns``, each where there are any: ``code, name, parent_code, geometry`` in WGS 84, sorted by code.
    issues : DataFrame
        What is missing, unknown or does not close.
    source : str
        Whose data it is; must be shown with it.
    as_of : date or None
        The date the data is of.
    decisions : tuple of Decision
        How a file was understood.
    """

    levels: Mapping[str, gpd.GeoDataFrame]
    issues: pd.DataFrame
    source: str
    as_of: date | None = None
    decisions: tuple[Decision, ...] = ()


@dataclass(slots=True)
class _NamedAreas:
    """Named areas of one level before they are matched with the pack."""

    names: list[tuple[str, ...]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def fetch(
    pack: CityPack,
    *,
    url: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    retry: web.Retry | None = None,
) -> Boundaries:
    """Take a city's district and, where present, town boundaries from OpenStreetMap.

    Parameters
    ----------
    pack : CityPack
        Its name finds the city, its divisions give the codes.
    url : str, optional
        An Overpass API server; else the one in ``INDUSTRYMAP_OVERPASS_URL``, else the public one.
    progress : callable, optional
        Called with bytes done and total.
    retry : Retry, optional
        How often a busy server is asked again; a few times within two minutes by default.

    Returns
    -------
    boundaries : Boundaries

    Raises
    ------
    ProviderError
        The server did not serve us, or holds no district of this city.
    """
    server = endpoint(url)
    text = query(pack, tuple(LEVELS.values()))
    answer = ask(text, url=server, progress=progress, retry=retry)
    notes: list[dict[str, Any]] = []
    areas = {level: _relations(answer["elements"], admin, notes) for level, admin in LEVELS.items()}
    # OpenStreetMap may lack towns; without any district the answer is of no use.
    if not areas["districts"].shapes:
        raise ProviderError(
            f"{server} holds no district boundary inside {pack.name_en or pack.name}.",
            f"{server} 没有{pack.name}的区级边界。",
        )
    return _named(areas, pack, notes, source=ATTRIBUTION, as_of=as_of(answer))


def convert(
    path: str | Path, *, pack: CityPack, level: str = "districts", declared: str | None = None
) -> Boundaries:
    """Take boundaries from a file the user has.

    Parameters
    ----------
    path : path
        Any layer format.
    pack : CityPack
        Its divisions give the codes, its extent shows whether the coordinates can be right.
    level : str
        ``districts`` or ``towns``.
    declared : str, optional
        Datum or CRS of the file, where the file does not say.

    Returns
    -------
    boundaries : Boundaries

    Raises
    ------
    FileRefusedError, FileMissingError, DatumError, LayerError
        The file cannot be read, says no CRS, or names no division of the city.
    """
    read = layers.read(path, layer="divisions", datum=declared)
    frame = read.frame
    notes: list[dict[str, Any]] = []
    names = _name_column(frame, pack, level)
    areas = _NamedAreas(
        names=[(text,) for text in texts(frame, names).tolist()],
        shapes=list(frame.geometry),
        rows=list(range(1, len(frame) + 1)),
    )
    named = _named({level: areas}, pack, notes, source="", as_of=None)
    if level not in named.levels:
        raise LayerError(
            f"{path}: no feature has the name of a {_DIVISION[level]} of {pack.name_en or pack.name}.",
            f"{path}：没有一个要素的名称是{pack.name}的{'区' if level == 'districts' else '镇街'}。",
        )
    # Names match in any datum: only the coordinates show that a wrong one was declared.
    odd = _implausible(named.levels[level], pack)
    everything = issues.concat([read.issues, named.issues, issues.from_records(odd)])
    return Boundaries(
        levels=named.levels,
        issues=everything,
        source=str(getattr(path, "name", path)),
        decisions=(*(d for d in read.decisions if d.kind != "unmatched"), *_of_names(names)),
    )


def _of_names(column: str) -> tuple[Decision, ...]:
    """Say which column the names were taken from, where it is none that every division table has."""
    if column == "name":
        return ()
    return (Decision(f"名称取自“{column}”列。", f"The names are those of the column {column!r}."),)


def write(boundaries: Boundaries, folder: Path, *, city: str) -> list[Path]:
    """Write each level as ``<level>.geojson`` (RFC 7946) with its source and date, and return the paths."""
    written: list[Path] = []
    for level, frame in boundaries.levels.items():
        meta = export.Meta(
            title=f"{city}{_TITLES[level]}", source=boundaries.source, data_date=boundaries.as_of
        )
        written += export.write(frame, folder / f"{level}.geojson", layer="divisions", meta=meta)
    return written


def as_of(answer: Mapping[str, Any]) -> date | None:
    """Return the day the server's data is of."""
    text = str((answer.get("osm3s") or {}).get("timestamp_osm_base", ""))
    try:
        return datetime.fromisoformat(text).date()
    # Without a readable time stamp the day stays unknown.
    except ValueError:
        return None


def _relations(
    elements: Iterable[Any], admin_level: int, notes: list[dict[str, Any]]
) -> _NamedAreas:
    """Assemble the relations of one level, and note what does not close."""
    relations = _NamedAreas()
    for row, element in enumerate(elements, start=1):
        # The elements come from a server: what is no object has no tags.
        tags = element.get("tags", {}) if isinstance(element, dict) else {}
        if tags.get("admin_level") != str(admin_level) or element.get("type") != "relation":
            continue
        names = _names(tags)
        built = assemble(element.get("members", ()))
        note = {
            "source": f"relation/{element.get('id')}",
            "row": row,
            "column": "name",
            "value": names[0] if names else "",
        }
        if built.geometry is None:
            notes.append(note | {"rule": NO_RING})
            continue
        if built.open_ways:
            notes.append(
                note
                | {"rule": UNCLOSED, "open_ways": built.open_ways, "gap_m": f"{built.gap_m:,.0f}"}
            )
        relations.names.append(names)
        relations.shapes.append(built.geometry)
        relations.rows.append(row)
    return relations


def _names(tags: Mapping[str, str]) -> tuple[str, ...]:
    # The simplified name first: the pack writes names so.
    keys = ("name:zh-Hans", "name:zh", "name", "official_name", "alt_name", "short_name")
    # Several names in one tag are separated by semicolons in OpenStreetMap.
    texts = [part.strip() for key in keys for part in str(tags.get(key, "")).split(";")]
    return tuple(dict.fromkeys(text for text in texts if text))


def _named(
    areas: Mapping[str, _NamedAreas],
    pack: CityPack,
    notes: list[dict[str, Any]],
    *,
    source: str,
    as_of: date | None,
) -> Boundaries:
    """Give every area the code and name of its division; districts first, because they tell towns of one name apart."""
    frames: dict[str, gpd.GeoDataFrame] = {}
    for level in LEVELS:
        if level in areas:
            frame = _match(areas[level], pack, level, frames.get("districts"), notes)
            if len(frame):
                frames[level] = frame
                notes += _absent(frame, pack, level)
    return Boundaries(levels=frames, issues=issues.from_records(notes), source=source, as_of=as_of)


def _match(
    areas: _NamedAreas,
    pack: CityPack,
    level: str,
    districts: gpd.GeoDataFrame | None,
    notes: list[dict[str, Any]],
) -> gpd.GeoDataFrame:
    known = _current(pack, level)
    best: dict[str, tuple[float, Any]] = {}
    for names, shape, row in zip(areas.names, areas.shapes, areas.rows, strict=True):
        codes = sorted({code for name in names for code in known.get(name, ())})
        code = _chosen(codes, shape, pack, districts)
        note = {"source": level, "row": row, "column": "name", "value": names[0] if names else ""}
        if code is None:
            notes.append(note | {"rule": UNKNOWN})
            continue
        # OpenStreetMap keeps former outlines beside the present one now and then.
        if code in best:
            notes.append(note | {"rule": DOUBLE})
        # In square degrees, which will do to compare two outlines of one place.
        if code not in best or shape.area > best[code][0]:
            best[code] = (shape.area, shape)
    codes = sorted(best)
    table = pack.divisions.set_index("code").loc[codes, ["name", "parent_code"]].reset_index()
    return gpd.GeoDataFrame(
        table[["code", "name", "parent_code"]].astype("string"),
        geometry=[best[code][1] for code in codes],
        crs="EPSG:4326",
    )


def _current(pack: CityPack, level: str) -> dict[str, tuple[str, ...]]:
    """Return name or alias → codes of today's divisions of a level."""
    table = pack.divisions
    here = table[
        (table["level"] == _DIVISION[level]) & (table["valid_to"] == "") & (table["code"] != "")
    ]
    codes_by_name: dict[str, list[str]] = {}
    for code, name, aliases in zip(here["code"], here["name"], here["aliases"], strict=True):
        # Aliases too: OpenStreetMap may use the former name of a district.
        for text in (name, *aliases.split("|")):
            if text:
                codes_by_name.setdefault(text, []).append(code)
    return {name: tuple(codes) for name, codes in codes_by_name.items()}


def _chosen(
    codes: list[str], shape: Any, pack: CityPack, districts: gpd.GeoDataFrame | None
) -> str | None:
    """Return the one division that the area can be: a town must lie in its own district, where that is known.

    Towns of one name exist in several districts, and in the cities around.
    """
    if not codes or shape is None or shape.is_empty:
        return None
    # Towns without districts: a name that several districts share decides nothing.
    if districts is None:
        return codes[0] if len(codes) == 1 else None
    # A point inside, and not the whole shape: outlines of two sources differ along their border.
    spot = shapely.point_on_surface(shape)
    around = set(districts.loc[shapely.contains(np.asarray(districts.geometry), spot), "code"])
    parents = dict(zip(pack.divisions["code"], pack.divisions["parent_code"], strict=True))
    inside = [code for code in codes if parents[code] in around]
    return inside[0] if len(inside) == 1 else None


def _absent(frame: gpd.GeoDataFrame, pack: CityPack, level: str) -> list[dict[str, Any]]:
    names = dict(zip(pack.divisions["code"], pack.divisions["name"], strict=True))
    every = {code for codes in _current(pack, level).values() for code in codes}
    return [
        {"rule": MISSING, "source": level, "column": "code", "value": f"{code} {names[code]}"}
        for code in sorted(every - set(frame["code"]))
    ]


def _name_column(frame: gpd.GeoDataFrame, pack: CityPack, level: str) -> str:
    """Return the column that holds the divisions' names: whichever knows most of them."""
    known = set(_current(pack, level))
    given = [c for c in frame.columns if c != frame.geometry.name]
    # By content, as every source heads its columns in its own way.
    hits = {column: int(frame[column].astype("string").isin(known).sum()) for column in given}
    best = max(hits, key=lambda column: hits[column], default="")
    return best if hits.get(best) else "name"


def _implausible(frame: gpd.GeoDataFrame, pack: CityPack) -> list[dict[str, Any]]:
    points = shapely.get_coordinates(np.asarray(frame.geometry))
    # All corners, since a datum shift moves every one of them.
    messages = datum.plausible(points[:, 0], points[:, 1], "wgs84", pack.extent)
    return [
        {"rule": OUTSIDE, "source": "", "column": "geometry", "value": "", "zh": m.zh, "en": m.en}
        for m in messages
    ]
