"""Gazetteer files: tables, layers and standard addresses become places; a file that contradicts itself is refused.

A table may not have a column that nobody knows: a misspelt header would lose its values unseen. A layer may: map data
comes with whatever its maker kept. Coordinates need a datum, in a column, or declared for the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pandas as pd

from industrymap import files, issues
from industrymap.citypack import split
from industrymap.errors import DatumError, GazetteerError, nearest
from industrymap.geocoding.gazetteer._import_checks import (
    Sheet,
    check_codes,
    divisions_of,
    kinds_of,
)

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import numpy.typing as npt

    from industrymap.citypack import CityPack

__all__ = ["EXTENSIONS", "read", "read_folder", "write"]

EXTENSIONS = tuple(dict.fromkeys((*files.TABLES, *files.LAYERS)))
"""Extensions of gazetteer files."""

_TABLES = ("csv", "tsv", "xlsx", "xlsm", "xls")
_KEPT = "parquet"

NO_PLACE = issues.rule(
    "gazetteer.no_place",
    "warning",
    "这一行既没有名称，也没有道路和门牌号，未采用。",
    "Neither a name nor a road with a number: the row was not used.",
)
OUTSIDE = issues.rule(
    "gazetteer.outside_city",
    "warning",
    "位置（{lon:.5f}, {lat:.5f}）在城市范围之外，未采用。",
    "The place {lon:.5f}, {lat:.5f} lies outside the city: it was not used.",
)


def read(
    path: str | os.PathLike[str],
    *,
    pack: CityPack,
    datum: str | None = None,
    kind: str | None = None,
    sheet: str | int | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a gazetteer file.

    Parameters
    ----------
    path : path
        A table (csv, tsv, xlsx, xls) or a layer (GeoJSON, GeoPackage, Shapefile, KML, GeoParquet) with the columns of the
        ``places`` schema: ``kind, name, aliases, district, town, road, number, lon, lat, datum`` …, or a standard-address
        table with ``address`` (标准地址), ``lon``, ``lat`` and ``datum``.
    pack : CityPack
        The city: its divisions, and the extent that a place may lie in.
    datum : str, optional
        What the coordinates are in where no ``datum`` column says so.
    kind : str, optional
        Kind of every place where no ``kind`` column says so.
    sheet : str or int, optional
        Sheet of a workbook.

    Returns
    -------
    places : DataFrame
        :data:`industrymap.geocoding.gazetteer.PLACE_COLUMNS` and ``geometry``, in WGS 84.
    issues : DataFrame
        Rows that were left out.

    Raises
    ------
    GazetteerError
        Unknown columns, kinds or divisions, a missing or wrong datum, duplicate codes, parents or successors that do not
        exist, a place that is its own ancestor; the first row is named.
    """
    extension = files.check(path, allow=EXTENSIONS).extension
    if extension in _TABLES:
        sheet_, file_issues = _read_table(path, sheet, pack)
    else:
        sheet_, file_issues = _read_layer(path, datum, pack)
    # First: what follows walks along parents and successors, and must not meet a cycle.
    check_codes(sheet_)
    places = _places(sheet_, kind)
    # A layer was brought to WGS 84 as it was read; a table's columns are brought there here.
    if extension in _TABLES:
        places = _located(places, sheet_, datum)
    kept, left_out = _kept(places, sheet_)
    return _succeeded(kept, sheet_), issues.concat([file_issues, left_out])


def read_folder(folder: Path) -> list[pd.DataFrame]:
    """Return the imported gazetteers of a workspace, by file name; a missing folder holds none."""
    import shapely

    imported = []
    for path in sorted(folder.glob(f"*.{_KEPT}")) if folder.is_dir() else []:
        source = files.check(path, allow=(_KEPT,))
        table = files.read_parquet(source)[0].to_pandas()
        table["geometry"] = np.asarray(shapely.from_wkb(table["geometry"].to_numpy()), dtype=object)
        imported.append(table)
    return imported


def write(places: pd.DataFrame, folder: Path, name: str) -> Path:
    """Keep imported places in a workspace, in place of an earlier import of the same name."""
    import shapely

    path = files.make_folder(folder) / f"{name}.{_KEPT}"
    shapes = np.asarray(shapely.to_wkb(places["geometry"].to_numpy(dtype=object)), dtype=object)
    with files.atomic(path) as temporary:
        places.assign(geometry=shapes).to_parquet(temporary, index=False)
    return path


def _read_table(
    path: str | os.PathLike[str], sheet: str | int | None, pack: CityPack
) -> tuple[Sheet, pd.DataFrame]:
    from industrymap import schemas, tables

    table = tables.read(path, sheet=sheet, layer="places")
    fields = schemas.fields("places")
    known = [field.name for field in fields]
    # source and source_row were added in reading.
    unknown = [str(c) for c in table.frame if c not in {*known, "source", "source_row"}]
    if unknown:
        near = [nearest(column, known, n=1) for column in unknown]
        hints = [f"{c} ({n[0]}?)" if n else c for c, n in zip(unknown, near, strict=True)]
        raise GazetteerError(
            f"{table.name}, header row: unknown columns {', '.join(hints)}. Known: {', '.join(known)}.",
            f"{table.name} 表头行：无法识别的列 {'、'.join(hints)}。可用的列：{'、'.join(f.zh for f in fields)}。",
        )
    rows = [int(row) for row in table.frame["source_row"]]
    frame = table.frame.drop(columns=["source", "source_row"]).reset_index(drop=True)
    return Sheet(frame, rows, table.name, pack), table.issues


def _read_layer(
    path: str | os.PathLike[str], datum: str | None, pack: CityPack
) -> tuple[Sheet, pd.DataFrame]:
    from industrymap import layers

    layer = layers.read(path, layer="places", datum=datum)
    rows = [int(row) for row in layer.rows]
    frame = pd.DataFrame(layer.frame).reset_index(drop=True)
    return Sheet(frame, rows, layer.name, pack), layer.issues


def _places(sheet: Sheet, kind: str | None) -> pd.DataFrame:
    """Return places with kinds, names and codes; coordinates of a table come later."""
    parts = _parts(sheet)
    road, number, name = (
        [stated or part for stated, part in zip(sheet.text(c), parts[c], strict=True)]
        for c in ("road", "number", "name")
    )
    districts, towns = divisions_of(sheet)
    numbered = [bool(r and n) for r, n in zip(road, number, strict=True)]
    shapes = sheet.frame["geometry"] if "geometry" in sheet.frame else [None] * len(sheet.rows)
    places = pd.DataFrame(
        {
            "place_id": sheet.text("code"),
            "kind": kinds_of(sheet, kind, names=name, numbered=numbered),
            "name": name,
            "aliases": sheet.text("aliases"),
            "district_code": [
                a or b for a, b in zip(districts, parts["district_code"], strict=True)
            ],
            "town_code": [a or b for a, b in zip(towns, parts["town_code"], strict=True)],
            "road": road,
            "number": number,
            "source": sheet.name,
        },
        dtype="string",
    )
    places["lon"] = places["lat"] = np.nan
    places["radius_m"] = _numbers(sheet, "radius_m")
    places["geometry"] = pd.Series(list(shapes), dtype=object)
    return places


def _parts(sheet: Sheet) -> dict[str, list[str]]:
    """Split standard addresses into what a place needs."""
    from industrymap.geocoding.address import parse_all
    from industrymap.geocoding.gazetteer import Gazetteer

    addresses = sheet.text("address")
    columns = ("district_code", "town_code", "road", "number", "name")
    # Without standard addresses no gazetteer has to be built.
    if not any(addresses):
        return {column: [""] * len(addresses) for column in columns}
    parsed = parse_all(addresses, Gazetteer.build(sheet.pack))
    parts = [a.components for a in parsed]
    numbered = ["roadno" in p for p in parts]
    return {
        "district_code": [a.district_code or "" for a in parsed],
        "town_code": [a.town_code or "" for a in parsed],
        "road": [p.get("road", "") if n else "" for p, n in zip(parts, numbered, strict=True)],
        "number": [p.get("roadno", "") for p in parts],
        "name": [p.get("poi", "") or p.get("village", "") for p in parts],
    }


def _located(places: pd.DataFrame, sheet: Sheet, declared: str | None) -> pd.DataFrame:
    """Bring the coordinates of a table to WGS 84, each row in its own datum."""
    from industrymap.datum import convert

    x, y = _numbers(sheet, "lon"), _numbers(sheet, "lat")
    datums = np.array([stated or declared or "" for stated in sheet.text("datum")], dtype=object)
    there = np.isfinite(x) & np.isfinite(y)
    lon, lat = np.where(there, x, np.nan), np.where(there, y, np.nan)
    # Sorted, so that every run refuses the same row first.
    for text in sorted(set(datums[there])):
        at = np.flatnonzero(there & (datums == text))
        first = int(at[0])
        if not text:
            sheet.refuse(
                first,
                "coordinates without a datum: add a column datum, or declare it with --datum",
                "有坐标但没有坐标系，请添加“坐标系”列，或用 --datum 指定",
            )
        try:
            lon[at], lat[at] = convert(x[at], y[at], source=text, target="wgs84")
        except DatumError as error:
            sheet.refuse(first, error.en.rstrip("."), error.zh.rstrip("。"))
        outside = at[~_inside(lon[at], lat[at], sheet.pack)]
        # More than half outside: it is the datum that is wrong, not the rows.
        if len(outside) * 2 > len(at):
            _refuse_datum(sheet, outside, (x, y), text, len(at))
    return places.assign(lon=lon, lat=lat)


def _refuse_datum(
    sheet: Sheet,
    outside: npt.NDArray[np.int64],
    points: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
    datum: str,
    total: int,
) -> NoReturn:
    """Refuse rows of one datum that mostly lie outside the city: the datum is wrong, or the columns are swapped."""
    at = int(outside[0])
    shown = f"{points[0][at]:g}, {points[1][at]:g}"
    city = sheet.pack.name_en or sheet.pack.name
    sheet.refuse(
        at,
        f"{shown} in {datum} lies outside {city}, as do {len(outside)} of {total} rows: the datum is wrong, or longitude "
        "and latitude are swapped",
        f"{shown}（{datum}）在{sheet.pack.name}范围之外，共 {total} 行中有 {len(outside)} 行如此：坐标系有误，或经纬度填反",
    )


def _numbers(sheet: Sheet, column: str) -> npt.NDArray[np.float64]:
    values = pd.to_numeric(pd.Series(sheet.text(column), dtype="string"), errors="coerce")
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _inside(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], pack: CityPack
) -> npt.NDArray[np.bool_]:
    west, south, east, north = pack.extent
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _kept(places: pd.DataFrame, sheet: Sheet) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out rows that name nothing, and places outside the city."""
    import shapely

    road, number = places["road"] != "", places["number"] != ""
    nameless = ((places["name"] == "") & ~(road & number)).to_numpy(dtype=bool)
    # A place that is known by its shape alone is judged by the middle of its bounds.
    bounds = shapely.bounds(places["geometry"].to_numpy(dtype=object)).reshape(-1, 4)
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    lon = np.where(np.isnan(places["lon"]), middle[:, 0], places["lon"])
    lat = np.where(np.isnan(places["lat"]), middle[:, 1], places["lat"])
    outside = np.isfinite(lon) & ~_inside(lon, lat, sheet.pack)
    shown = places["name"].where(places["name"] != "", places["road"])
    records = [
        {
            "rule": rule,
            "source": sheet.name,
            "row": sheet.rows[at],
            "column": "name",
            "value": shown[at],
            "lon": float(lon[at]),
            "lat": float(lat[at]),
        }
        # Each row is reported once: one that names nothing is not outside as well.
        for rule, rows in ((NO_PLACE, nameless), (OUTSIDE, outside & ~nameless))
        for at in np.flatnonzero(rows)
    ]
    return places[~(nameless | outside)], issues.from_records(records)


def _succeeded(places: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """Let the name of a place that has ended become another name of its successors."""
    ended = pd.Series(sheet.text("valid_to")) != ""
    successors = sheet.text("replaced_by")
    aliases: dict[str, list[str]] = {}
    for at in places.index[ended[places.index]]:
        for code in split(successors[at]):
            aliases.setdefault(code, []).append(str(places["name"][at]))
    kept = places[~ended[places.index]].reset_index(drop=True)
    joined = [
        "|".join(filter(None, (old, *aliases.get(code, ()))))
        for code, old in zip(kept["place_id"], kept["aliases"], strict=True)
    ]
    return kept.assign(aliases=pd.array(joined, dtype="string"))
