"""Coordinates as tables bring them: both in one column, the axes swapped, the datum in a heading.

Degrees in China tell which is which: longitudes lie from 73 to 136, latitudes from 3 to 54. In a projected system X is north
(GB/T 18314, 4.2), about 2 to 6 million metres there, and Y is east, 100 to 900 thousand, with the zone's number in front or not.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import issues, schemas
from industrymap.cells import number_cells
from industrymap.files import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["tidy_coordinates"]

_PAIR = r"^\s*(?:POINT\s*)?[\(\[（【]?\s*(?P<one>[^,，;；|/、]+?)\s*[,，;；|/、]\s*(?P<two>[^,，;；|/、]+?)\s*[\)\]）】]?\s*$"
_SPACED = r"^\s*(?:POINT\s*(?:Z\s*)?)?[\(\[（]?\s*(?P<one>[+-]?\d{1,3}\.\d+)\s+(?P<two>[+-]?\d{1,3}\.\d+)(?:\s+[\d.]+)?\s*[\)\]）]?\s*$"
_MAYBE = re.compile(r"\d.*[,，;；|/、\s].*\d")
_MOSTLY = 0.8
_DATUMS = (
    ("gcj02", re.compile(r"gcj|高德|amap|腾讯|火星|google")),
    ("bd09", re.compile(r"bd-?09|百度|baidu")),
    ("cgcs2000", re.compile(r"cgcs|2000|大地")),
    ("wgs84", re.compile(r"wgs|gps|84")),
)

UNREADABLE = issues.rule(
    "coordinate.pair_unreadable",
    "warning",
    "不是一对经纬度，按缺失处理",
    "not a pair of longitude and latitude: taken as missing",
)
SWAPPED_ROW = issues.rule(
    "coordinate.swapped_row",
    "info",
    "经度和纬度颠倒（或 X、Y 互换），已调正",
    "longitude and latitude (or X and Y) were swapped: put right",
)
SWAPPED = issues.rule(
    "coordinate.swapped",
    "info",
    "{n} 行的两个坐标互换（经纬度颠倒，或 X 为北、Y 为东），已调正",
    "{n} rows had their coordinates swapped (latitude first, or X north and Y east): put right",
)


def tidy_coordinates(
    frame: pd.DataFrame, headings: Mapping[str, str], *, layer: str | None, source: str
) -> tuple[pd.DataFrame, dict[str, str], list[Decision], pd.DataFrame]:
    """Give a table its columns ``lon`` and ``lat``.

    Parameters
    ----------
    frame : DataFrame of string
        Has ``source_row``.
    headings : mapping of str to str
        Column → heading as it stands in the file.
    layer : str or None
        Only schemas with ``lon`` and ``lat`` are looked at.
    source : str
        For the issues.

    Returns
    -------
    frame : DataFrame
    added : dict of str to str
        New column → the heading it came from.
    decisions : list of Decision
    issues : DataFrame
    """
    if layer is None or not _has_places(layer):
        return frame, {}, [], issues.empty()
    out = frame
    added: dict[str, str] = {}
    told: list[Decision] = []
    found: list[pd.DataFrame] = []
    if not {"lon", "lat"} & set(frame.columns):
        out, added, told, unread = _split(frame, headings, source)
        found.append(unread)
    if {"lon", "lat"} <= set(out.columns):
        out = _with_minutes(out, headings)
        out, swapped = _put_right(out, {**headings, **added}, source)
        found.append(swapped)
        out, datum_added, datum_told = _datum_of_heading(out, {**headings, **added})
        added |= datum_added
        told += datum_told
    return out, added, told, issues.concat(found)


def _with_minutes(frame: pd.DataFrame, headings: Mapping[str, str]) -> pd.DataFrame:
    """Put degrees, minutes and seconds that stand in columns of their own together: 经度（度）, 经度（分）, 经度（秒）."""
    order = list(headings)
    out = frame
    for name in ("lon", "lat"):
        at = order.index(name) if name in headings else len(order)
        parts = [
            column
            for column, words in zip(order[at + 1 : at + 3], (_MINUTES, _SECONDS), strict=False)
            if words.search(headings[column]) and column in frame.columns
        ]
        # 分 and 秒 in turn, or 分 alone: anything else beside a longitude has nothing to do with it.
        if parts and _MINUTES.search(headings[parts[0]]):
            values = number_cells(frame[name].astype("string"), unit="度").result
            for column, share in zip(parts, (60, 3600), strict=False):
                values += number_cells(frame[column].astype("string")).result.fillna(0) / share
            out = out.assign(**{name: _texts(values).fillna(frame[name])})
    return out


_MINUTES = re.compile(r"分(?:[)）′'\s]*)$")
_SECONDS = re.compile(r"秒(?:[)）″\"\s]*)$")


def _has_places(layer: str) -> bool:
    return {"lon", "lat"} <= {f.name for f in schemas.fields(layer) if f.stage == "read"}


def _split(
    frame: pd.DataFrame, headings: Mapping[str, str], source: str
) -> tuple[pd.DataFrame, dict[str, str], list[Decision], pd.DataFrame]:
    """Look for a column that holds both, by what it holds and not by its name."""
    # One look at a few cells spares most columns; taken at once, since a table may have thousands.
    looked_at = frame[list(headings)].head(200).to_numpy(dtype=object)
    for at, (column, heading) in enumerate(headings.items()):
        few = [cell for cell in looked_at[:, at].tolist() if isinstance(cell, str)][:30]
        if not few or sum(map(bool, map(_MAYBE.search, few))) < _MOSTLY * len(few):
            continue
        text = frame[column].astype("string")
        filled = text.notna()
        pairs = text.str.extract(_PAIR).fillna(text.str.extract(_SPACED))
        one, two = (number_cells(pairs[part].astype("string"), unit="度").result for part in ("one", "two"))  # fmt: skip
        east_first, north_first = _is_lon(one) & _is_lat(two), _is_lat(one) & _is_lon(two)
        read = east_first | north_first
        if not read.sum() > _MOSTLY * filled.sum():
            continue
        out = frame.copy()
        out["lon"] = _texts(one.where(east_first, two).where(read))
        out["lat"] = _texts(two.where(east_first, one).where(read))
        turned = int(north_first.sum())
        order_zh = "“经度,纬度”" if turned == 0 else "“纬度,经度”" if turned == read.sum() else "两种顺序"  # fmt: skip
        order_en = "longitude, latitude" if turned == 0 else "latitude, longitude" if turned == read.sum() else "both orders"  # fmt: skip
        told = Decision(
            f"“{heading}”一列含经纬度（{order_zh}），已拆为经度和纬度。",
            f"{heading!r} holds both coordinates ({order_en}): split into longitude and latitude.",
            "coordinates",
        )
        bad = issues.from_mask(frame, filled & ~read, UNREADABLE, column=column, header=heading, source=source)  # fmt: skip
        return out, {"lon": heading, "lat": heading}, [told], bad
    return frame, {}, [], issues.empty()


def _is_lon(values: pd.Series[Any]) -> pd.Series[Any]:
    return values.between(73, 136).fillna(value=False).astype(bool)


def _is_lat(values: pd.Series[Any]) -> pd.Series[Any]:
    return values.between(3, 54).fillna(value=False).astype(bool)


def _texts(values: pd.Series[Any]) -> pd.Series[Any]:
    return values.map(lambda value: f"{value:.12g}", na_action="ignore").astype("string")


def _put_right(
    frame: pd.DataFrame, headings: Mapping[str, str], source: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Swap the coordinates of rows that can only be meant the other way round."""
    lon, lat = (
        number_cells(frame[name].astype("string"), unit="度").result for name in ("lon", "lat")
    )
    degrees = _is_lat(lon) & _is_lon(lat)
    north = lon.between(1.8e6, 6.2e6).fillna(value=False).astype(bool)
    east = lat.between(1e5, 9.5e5) | lat.between(1.31e7, 4.6e7)
    swapped = degrees | (north & east.fillna(value=False).astype(bool))
    if not swapped.any():
        return frame, issues.empty()
    out = frame.copy()
    out["lon"] = frame["lon"].mask(swapped, frame["lat"])
    out["lat"] = frame["lat"].mask(swapped, frame["lon"])
    heading = headings.get("lon", "lon")
    if swapped.sum() < _MOSTLY * frame["lon"].notna().sum():
        return out, issues.from_mask(frame, swapped, SWAPPED_ROW, column="lon", header=heading, source=source)  # fmt: skip
    # A column that is swapped throughout is said once.
    first = frame.loc[swapped.to_numpy(dtype=bool), "source_row"].iloc[0]
    record = {"rule": SWAPPED, "source": source, "row": first, "column": heading, "n": int(swapped.sum())}  # fmt: skip
    return out, issues.from_records([record])


def _datum_of_heading(
    frame: pd.DataFrame, headings: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[str, str], list[Decision]]:
    """Take the datum that a heading of coordinates names, where no row says its own."""
    if "datum" in frame.columns and frame["datum"].notna().any():
        return frame, {}, []
    heading = headings.get("lon", "")
    text = unicodedata.normalize("NFKC", heading).lower()
    name = next((name for name, words in _DATUMS if words.search(text)), None)
    if name is None:
        return frame, {}, []
    out = frame.copy()
    out["datum"] = pd.Series(name, index=frame.index, dtype="string").where(frame["lon"].notna())
    told = Decision(
        f"坐标系按列名“{heading}”取 {name}。", f"The datum is {name}, as the heading {heading!r} says.", "datum"
    )  # fmt: skip
    return out, {"datum": heading}, [told]
