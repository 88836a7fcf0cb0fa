"""Reading a review file back, as a person left it: encodings, separators, datums, and every line that cannot be used."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import cells, files, issues
from industrymap.errors import DatumError, TableError
from industrymap.geocoding.address import address_key
from industrymap.tables import unguarded

if TYPE_CHECKING:
    import os

    from industrymap.terms import Extent

__all__ = ["FILLED", "HEADERS", "Confirmed", "read", "settled", "table"]

HEADERS: dict[str, tuple[str, str]] = {
    "id": ("编号", "ID"),
    "name": ("企业名称", "Enterprise"),
    "firms": ("企业数", "Firms"),
    "address": ("地址", "Address"),
    "reason": ("原因", "Reason"),
    "level": ("现级别", "Level now"),
    "radius_m": ("现半径（米）", "Radius now (m)"),
    "lon": ("现经度", "Longitude now (WGS 84)"),
    "lat": ("现纬度", "Latitude now (WGS 84)"),
    "candidates": ("候选", "Candidates"),
    "confirmed_lon": ("确认经度", "Confirmed longitude"),
    "confirmed_lat": ("确认纬度", "Confirmed latitude"),
    "confirmed_datum": ("坐标系", "Datum"),
    "confirmed_division": ("确认镇街/区", "Confirmed town or district"),
    "note": ("备注", "Note"),
}
"""Column → its header in Chinese and in English; both are read back."""

FILLED = ["confirmed_lon", "confirmed_lat", "confirmed_datum", "confirmed_division", "note"]
"""The columns a person fills."""

_EXTENSIONS = ("csv", "tsv", "txt")
_PLAIN = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,20})?")
_TITLES = 6
"""Lines among which the headings are looked for."""
_PAIR = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*[,;、\s]\s*(-?\d+(?:\.\d+)?)\s*$")

NO_ROW = issues.rule(
    "review.unknown_row",
    "error",
    "编号和地址都为空，不知道确认的是哪个地址；本行未采用。",
    "Neither an ID nor an address says which address this confirms; the line was not used.",
)
NO_DATUM = issues.rule(
    "review.no_datum",
    "error",
    "填了坐标但没有填坐标系，应为 WGS84、CGCS2000、GCJ-02（高德、腾讯）或 BD-09（百度）；本行未采用。",
    "Coordinates without a datum: expected WGS84, CGCS2000, GCJ-02 (Amap, Tencent) or BD-09 (Baidu); not used.",
)
BAD_DATUM = issues.rule(
    "review.bad_datum",
    "error",
    "坐标系无法识别：{zh} 本行未采用。",
    "The datum cannot be used: {en} The line was not used.",
)
BAD_NUMBER = issues.rule(
    "review.bad_number",
    "error",
    "确认经度与确认纬度应为十进制度数（如 113.264、23.129）；本行未采用。",
    "Longitude and latitude should be decimal degrees such as 113.264 and 23.129; the line was not used.",
)
OUTSIDE = issues.rule(
    "review.outside_city",
    "error",
    "确认的位置（{lon:.5f}, {lat:.5f}）在城市范围之外，请核对坐标和坐标系；本行未采用。",
    "The confirmed place {lon:.5f}, {lat:.5f} lies outside the city: check the numbers and the datum; not used.",
)
SWAPPED = issues.rule(
    "review.swapped",
    "info",
    "经度与纬度填反，已互换。",
    "Longitude and latitude were swapped; they were put right.",
)
TWICE = issues.rule(
    "review.twice",
    "error",
    "同一地址确认了不同的位置（另见第 {other} 行）；两行均未采用。",
    "The same address is confirmed at different places (see row {other}, too); neither was used.",
)
WORKBOOK = issues.rule(
    "review.workbook",
    "warning",
    "复核表另存成了 Excel 工作簿，未读取；请另存为 CSV",
    "the review was saved as a workbook, which is not read: save it as CSV",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What people confirmed.

    Attributes
    ----------
    places : DataFrame
        Index: the address key. ``lon, lat`` (WGS 84, ``<NA>`` where only a division was confirmed), ``division``, ``note``,
        ``source``, ``source_row``.
    written : DataFrame
        Index: the address key. Everything people wrote, as they wrote it, to be carried into the next review file.
    """

    places: pd.DataFrame
    written: pd.DataFrame


def read(
    path: str | os.PathLike[str],
    *,
    kept: str | os.PathLike[str] | None = None,
    extent: Extent | None = None,
) -> tuple[Confirmed, pd.DataFrame]:
    """Read a review file that a person may have edited.

    Parameters
    ----------
    path : path
        CSV in UTF-8, UTF-16 or GB18030, separated by comma, semicolon or tab, as Excel and WPS save it. A missing
        file is an empty review.
    kept : path, optional
        What earlier builds kept of review files, of the same form. An address in the review file is as that file
        says, also where its cells were cleared; all others are as they were kept.
    extent : tuple of float, optional
        West, south, east, north of the city in WGS 84 degrees; a place outside is refused.

    Returns
    -------
    confirmed : Confirmed
    issues : DataFrame
        One line per line that could not be used.

    Raises
    ------
    TableError
        The file has none of the columns of a review.
    FileRefusedError
        The file is not text.
    """
    rows = _lines(Path(path))
    listed = {key for _, _, row in rows if (key := address_key(row["address"]))}
    # Only addresses that the review file does not list: a cell cleared there takes the decision
    # back.
    if kept is not None:
        rows += [one for one in _lines(Path(kept)) if address_key(one[2]["address"]) not in listed]
    places: dict[str, dict[str, Any]] = {}
    written: dict[str, dict[str, str]] = {}
    bad: list[dict[str, Any]] = []
    for name, number, row in rows:
        # Most lines of a review are still empty.
        if not any(row[c] for c in FILLED):
            continue
        place, problems = _place(row, extent)
        bad += [{**p, "source": name, "row": number} for p in problems]
        key = address_key(row["address"])
        if not key:
            continue
        # Kept even where it cannot be used: a person's work must be in the next file.
        written[key] = row
        if place is None:
            continue
        place |= {"source": name, "source_row": number}
        other = places.get(key)
        if other is not None and not _same(other, place):
            clash = {"rule": TWICE, "source": name, "column": "address", "value": row["address"]}
            bad.append({**clash, "row": number, "other": other["source_row"]})
            bad.append({**clash, "row": other["source_row"], "other": number})
            places[key] = {**other, "refused": True}
            continue
        places[key] = place
    sound = {key: place for key, place in places.items() if not place.get("refused")}
    return settled(sound, written), issues.concat([issues.from_records(bad), _other_format(path)])


def table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Return every line of a review file as its cells stand, with the columns of :data:`HEADERS`, all of them text.

    Raises
    ------
    TableError, FileRefusedError
        As :func:`read`.
    """
    rows = [row for _, _, row in _lines(Path(path))]
    return pd.DataFrame(rows, columns=list(HEADERS), dtype="string").fillna("")


def _lines(path: Path) -> list[tuple[str, int, dict[str, str]]]:
    """Return each line of a file with the file's name and the line's number; none where there is no file."""
    if not path.exists():
        return []
    source = files.check(path, allow=_EXTENSIONS)
    return [(source.name, *row) for row in _rows(files.read_text(source), source.name)]


def _other_format(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Report a review that was saved as a workbook beside the file that is read."""
    # Whatever Excel or WPS offers: a decision saved there must not be lost without a word.
    others = [Path(path).with_suffix(f".{e}") for e in files.TABLES if e not in _EXTENSIONS]
    return issues.from_records(
        {"rule": WORKBOOK, "source": beside.name} for beside in others if beside.exists()
    )


def _rows(text: str, name: str) -> list[tuple[int, dict[str, str]]]:
    """Split the file into rows by column name, each with its number as Excel shows it."""
    known = {label: column for column, labels in HEADERS.items() for label in labels}
    # A person may have put a title above the headings.
    top = text.lstrip("\ufeff").split("\n", _TITLES)[:_TITLES]
    # Excel and WPS save commas, semicolons or tabs, by the computer's language: the one that yields
    # most known headers.
    separator = max(
        ",;\t",
        key=lambda s: max(sum(c.strip(' "\r') in known for c in line.split(s)) for line in top),
    )
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    try:
        table = list(reader)
    except csv.Error as error:
        raise TableError(
            f"{name} is not a readable CSV: {error}.", f"{name} 不是可读的 CSV：{error}。"
        ) from error
    needed = {"address", "confirmed_lon", "confirmed_lat"}
    every = [[known.get(cell.strip()) for cell in line] for line in table[:_TITLES]] or [[]]
    at = max(range(len(every)), key=lambda n: (len(needed & set(every[n])), -n))
    heads = every[at]
    missing = sorted(HEADERS[c][0] for c in needed - set(heads))
    if missing:
        raise TableError(
            f"{name} is no review file: it lacks the columns {', '.join(missing)}.",
            f"{name} 不是复核表：缺少列 {'、'.join(missing)}。",
        )
    rows = []
    for number, held in enumerate(table[at + 1 :], start=at + 2):
        row = dict.fromkeys(HEADERS, "")
        # A line that a person edited may have lost its last cells.
        row |= {c: _plain(v) for c, v in zip(heads, held, strict=False) if c is not None}
        rows.append((number, row))
    return rows


def _plain(cell: str) -> str:
    """Return a cell's text without the apostrophe that keeps a spreadsheet from running it."""
    text = unguarded(cell).strip(" \t\r\n\u3000")
    return text[1:] if text.startswith("'") and files.is_formula(text[1:]) else text


def _place(
    row: dict[str, str], extent: Extent | None
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return what one line confirms, and what is wrong with it."""
    if not address_key(row["address"]):
        return None, [{"rule": NO_ROW, "column": HEADERS["address"][0], "value": row["id"]}]
    place: dict[str, Any] = {
        "lon": None,
        "lat": None,
        "division": row["confirmed_division"] or None,
        "note": row["note"] or None,
    }
    lon_text, lat_text = _pair(row["confirmed_lon"], row["confirmed_lat"])
    if not lon_text and not lat_text:
        return (place if place["division"] else None), []
    point, problems = _point(lon_text, lat_text, row["confirmed_datum"], extent)
    return (place | point if point else None), problems


def _point(
    lon_text: str, lat_text: str, datum: str, extent: Extent | None
) -> tuple[dict[str, float] | None, list[dict[str, Any]]]:
    """Return the confirmed point in WGS 84, and what is wrong with it."""
    shown = {"column": HEADERS["confirmed_lon"][0], "value": f"{lon_text}, {lat_text}"}
    x, y = _number(lon_text), _number(lat_text)
    if x is None or y is None:
        return None, [{"rule": BAD_NUMBER, **shown}]
    if not datum:
        return None, [{"rule": NO_DATUM, **shown}]
    try:
        lon, lat, swapped = _to_wgs84(x, y, datum, extent)
    except DatumError as error:
        named = {"column": HEADERS["confirmed_datum"][0], "value": datum}
        return None, [{"rule": BAD_DATUM, **named, "zh": error.zh, "en": error.en}]
    if not _within(lon, lat, extent):
        return None, [{"rule": OUTSIDE, **shown, "lon": lon, "lat": lat}]
    return {"lon": lon, "lat": lat}, [{"rule": SWAPPED, **shown}] if swapped else []


def _pair(lon: str, lat: str) -> tuple[str, str]:
    """Take "113.26,23.13", as map sites copy it, apart where it is in one cell."""
    for one, other in ((lon, lat), (lat, lon)):
        both = _PAIR.match(unicodedata.normalize("NFKC", one))
        if both and not other:
            return both[1], both[2]
    return _said(lon), _said(lat)


def _said(text: str) -> str:
    """Return a cell, blank where it holds what people write for nothing: 无, —."""
    if not text or _PLAIN.fullmatch(text):
        return text
    read = cells.number_cells(pd.Series([text], dtype="string"), unit="度")
    understood_as_nothing = read.result.isna() & ~read.unreadable
    return "" if understood_as_nothing.all() else text


def _number(text: str) -> float | None:
    # Most cells are plain numbers, and a review may have thousands of lines.
    if _PLAIN.fullmatch(text):
        return float(text)
    # As in tables: 113.264°E, 东经113.264, 113°15′50″; what could be two numbers (113,264) is none.
    read = cells.number(pd.Series([text], dtype="string"), unit="度").iloc[0]
    # 东经113度 says no more than where in China: nobody confirms a place by it.
    return None if pd.isna(read) or float(read).is_integer() else float(read)


def _to_wgs84(x: float, y: float, datum: str, extent: Extent | None) -> tuple[float, float, bool]:
    from industrymap.datum import convert, resolve

    known = resolve(datum)
    # As it was written first; the other way round only where that lies outside.
    for swapped, (east, north) in ((False, (x, y)), (True, (y, x))):
        lon, lat = convert(np.array([east]), np.array([north]), source=known, target="wgs84")
        # Without the extent of a city, that of China.
        if _within(float(lon[0]), float(lat[0]), extent or (73.0, 3.0, 136.0, 54.0)):
            return round(float(lon[0]), 8), round(float(lat[0]), 8), swapped
    # Neither way fits: the message shows the place as it was written.
    lon, lat = convert(np.array([x]), np.array([y]), source=known, target="wgs84")
    return float(lon[0]), float(lat[0]), False


def _within(lon: float, lat: float, extent: Extent | None) -> bool:
    west, south, east, north = extent or (-180.0, -90.0, 180.0, 90.0)
    return west <= lon <= east and south <= lat <= north


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[c] == other[c] for c in ("lon", "lat", "division"))


def settled(places: dict[str, dict[str, Any]], written: dict[str, dict[str, str]]) -> Confirmed:
    """Return places and what was written, by address key, as frames."""
    types: dict[str, Any] = {
        "lon": "Float64",
        "lat": "Float64",
        "division": "string",
        "note": "string",
        "source": "string",
        "source_row": "Int64",
    }
    table = pd.DataFrame.from_dict(places, orient="index", columns=None).reindex(
        columns=list(types)
    )
    kept = pd.DataFrame.from_dict(written, orient="index").reindex(columns=list(HEADERS))
    return Confirmed(places=table.astype(types), written=kept.astype("string"))
