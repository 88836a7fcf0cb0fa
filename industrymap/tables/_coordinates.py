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
# Each half may say which it is instead of a comma between them: E114°00′22.3″ N25°59′41″, 东经114.0062 北纬25.9947, 114.0062E 25.9947N.
_SAYS = r"(?:[NSEWnsew](?![a-zA-Z])|东经|西经|北纬|南纬|经度|纬度)"
_NAMED = rf"^\s*[(（]?(?P<one>{_SAYS}[^NSEWnsew东西南北经纬,，;；、]+?)[\s,，;；、/]*(?P<two>{_SAYS}[^NSEWnsew东西南北经纬,，;；、]+?)[)）]?\s*$"
_ENDS = (
    r"^\s*(?P<one>\d[^NSEWnsew]*?[NSEWnsew])[\s,，;；、/]*(?P<two>\d[^NSEWnsew]*?[NSEWnsew])\s*$"
)
_ANGLES = r"^\s*(?P<one>\d{1,3}\s*[°度]\S*)\s+(?P<two>\d{1,3}\s*[°度]\S*)\s*$"
_WRITINGS = (_PAIR, _SPACED, _NAMED, _ENDS, _ANGLES)
_HEADED = re.compile(
    r"(?:经纬度|坐标|l(?:on|ng)[\s_,-]*lat|lat[\s_,-]*l(?:on|ng))(?:信息|数据|点|值)?[\s*＊]*(?:[(（].*)?$",
    re.IGNORECASE,
)
_MAYBE = re.compile(r"\d.*[,，;；|/、\s].*\d")
_MOSTLY = 0.8
_DATUMS = (
    ("gcj02", re.compile(r"gcj|高德|amap|gaode|腾讯|tencent|火星|国测局|google")),
    ("bd09", re.compile(r"bd-?09|百度|baidu")),
    ("cgcs2000", re.compile(r"cgcs|2000|大地|天地图")),
    ("wgs84", re.compile(r"wgs|gps|84")),
)

UNREADABLE = issues.rule(
    "coordinate.pair_unreadable",
    "warning",
    "不是一对经纬度，按缺失处理",
    "not a pair of longitude and latitude: taken as missing",
)
NO_PAIRS = issues.rule(
    "coordinate.no_pairs",
    "warning",
    "列名是坐标，但 {n} 行的写法都认不出一对经纬度（如“{such}”），未读入；请分成经度、纬度两列",
    "is headed as coordinates, but none of its {n} cells is a pair that can be read (e.g. {such!r}): not read; write longitude and latitude "
    "into two columns",
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

PARTS = issues.rule(
    "coordinate.parts_unreadable",
    "warning",
    "度、分、秒各列合不成一个坐标（缺分或秒、分秒不在 0–60，或度已带小数），按缺失处理",
    "degrees, minutes and seconds make no coordinate (one is missing, not from 0 to 60, or the degrees have decimals): taken as missing",
)
TWO_DATUMS = issues.rule(
    "coordinate.two_datums",
    "warning",
    "“{lon}”与“{lat}”所写的坐标系不同，不成一对，坐标未读入；请只留一对经纬度，或改列名",
    "{lon} and {lat} name different datums and are no pair: no coordinates were read; keep one pair, or rename the columns",
)
_AXES = {
    "lon": re.compile(r"(?:经度|东经)[\W_]*(度|°|分|′|'|秒|″|\"|'')?[\W_]*$"),
    "lat": re.compile(r"(?:纬度|北纬)[\W_]*(度|°|分|′|'|秒|″|\"|'')?[\W_]*$"),
}
_PART_OF = {"度": 0, "°": 0, "分": 1, "′": 1, "'": 1, "秒": 2, "″": 2, '"': 2, "''": 2}


def tidy_coordinates(
    frame: pd.DataFrame, headings: Mapping[str, str], *, layer: str | None, source: str
) -> tuple[pd.DataFrame, dict[str, str], list[Decision], pd.DataFrame]:
    """Give a table its columns ``lon`` and ``lat``.

    Parameters
    ----------
    frame : DataFrame of string
        Has ``source_row``.
    headings : mapping of str to str
        Column → heading as the file has it.
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
    # Whole degrees alone are a place up to 100 km away: they are joined also where no schema is asked for.
    out, added, told, odd = _joined_parts(frame, headings, source)
    found: list[pd.DataFrame] = [odd]
    if layer is None or not _has_places(layer):
        return out, added, told, odd
    if not {"lon", "lat"} & set(out.columns):
        out, split_added, split_told, unread = _split(out, headings, source)
        added |= split_added
        told += split_told
        found.append(unread)
    if {"lon", "lat"} <= set(out.columns):
        out, swapped = _put_right(out, {**headings, **added}, source)
        found.append(swapped)
        out, datum_added, datum_told, unpaired = _datum_of_heading(
            out, {**headings, **added}, source
        )
        added |= datum_added
        told += datum_told
        found.append(unpaired)
    return out, added, told, issues.concat(found)


def _has_places(layer: str) -> bool:
    return {"lon", "lat"} <= {f.name for f in schemas.fields(layer) if f.stage == "read"}


def _joined_parts(
    frame: pd.DataFrame, headings: Mapping[str, str], source: str
) -> tuple[pd.DataFrame, dict[str, str], list[Decision], pd.DataFrame]:
    """Read degrees, minutes and seconds in columns of their own as one coordinate."""
    out = frame
    added: dict[str, str] = {}
    told: list[Decision] = []
    found: list[pd.DataFrame] = []
    for axis, pattern in _AXES.items():
        parts: dict[int, str] = {}
        for column, heading in headings.items():
            part = pattern.search(unicodedata.normalize("NFKC", heading).strip())
            if part is not None:
                # 经度 beside 经度（分） is the degrees.
                parts.setdefault(_PART_OF.get(part[1] or "度", 0), column)
        if not {0, 1} <= set(parts):
            continue
        columns = [parts[at] for at in sorted(parts)]
        value, bad = _decimal_degrees(frame, columns)
        heading = "、".join(headings[column] for column in columns)
        shown = frame.assign(_parts=frame[columns].fillna("").agg(" ".join, axis=1))
        found.append(issues.from_mask(shown, bad, PARTS, column="_parts", header=heading, source=source))  # fmt: skip
        out = out.assign(**{axis: _texts(value)})
        added[axis] = heading
        told.append(
            Decision(
                f"“{heading}”合读为一个坐标（度 + 分/60 + 秒/3600）。",
                f"{heading!r} are read together as one coordinate (degrees + minutes/60 + seconds/3600).",
                "coordinates",
            )
        )
    return out, added, told, issues.concat(found)


def _decimal_degrees(
    frame: pd.DataFrame, columns: list[str]
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return decimal degrees, and the rows that say something and make none."""
    parts = [number_cells(frame[c].astype("string").str.rstrip("°度′'分″\"秒 "), unit="度").result for c in columns]  # fmt: skip
    degrees, minutes = parts[0], parts[1]
    # 58.2 minutes need no seconds; 58 minutes without them may be a place two kilometres away.
    seconds = (
        parts[2].mask(parts[2].isna() & (minutes % 1 != 0), 0) if len(parts) > 2 else minutes * 0
    )
    good = minutes.between(0, 60, inclusive="left") & seconds.between(0, 60, inclusive="left")
    good &= degrees % 1 == 0
    good = good.fillna(value=False).astype(bool)
    value = (degrees + minutes / 60 + seconds / 3600).where(good)
    return value, frame[columns].notna().any(axis=1) & ~good


def _split(
    frame: pd.DataFrame, headings: Mapping[str, str], source: str
) -> tuple[pd.DataFrame, dict[str, str], list[Decision], pd.DataFrame]:
    """Look for a column that holds both, by what it holds and not by its name."""
    unread: list[pd.DataFrame] = []
    for column, heading in headings.items():
        # One look at a few cells spares most columns.
        few = [cell for cell in frame[column].array[:200].tolist() if isinstance(cell, str)][:30]
        headed = _HEADED.search(unicodedata.normalize("NFKC", heading)) is not None
        likely = sum(map(bool, map(_MAYBE.search, few))) >= _MOSTLY * len(few)
        if not few or not (headed or likely):
            continue
        text = frame[column].astype("string")
        filled = text.notna()
        one, two = _halves(text)
        east_first, north_first = _first_and_second(one, two), _first_and_second(two, one)
        read = east_first | north_first
        # Below 经纬度 every pair counts, however many other cells are written otherwise.
        if not read.sum() > (0 if headed else _MOSTLY * filled.sum()):
            unread += [_no_pairs(frame, column, heading, source)] if headed else []
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
    return frame, {}, [], issues.concat(unread)


def _halves(text: pd.Series[Any]) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return the two numbers of each cell that is written like a pair."""
    pairs = text.str.extract(_WRITINGS[0])
    for writing in _WRITINGS[1:]:
        pairs = pairs.fillna(text.str.extract(writing))
    one, two = (number_cells(pairs[part].astype("string"), unit="度").result for part in ("one", "two"))  # fmt: skip
    return one, two


def _first_and_second(east: pd.Series[Any], north: pd.Series[Any]) -> pd.Series[Any]:
    """Tell where two numbers can be east and north, in degrees or in metres of a projection."""
    metres = _within(east, 1e5, 9.5e5) | _within(east, 1.31e7, 4.6e7)
    return (_is_lon(east) & _is_lat(north)) | (metres & _within(north, 1.8e6, 6.2e6))


def _within(values: pd.Series[Any], low: float, high: float) -> pd.Series[Any]:
    return values.between(low, high).fillna(value=False).astype(bool)


def _no_pairs(frame: pd.DataFrame, column: str, heading: str, source: str) -> pd.DataFrame:
    cells = frame[column].dropna()
    record = {"rule": NO_PAIRS, "source": source, "column": heading, "n": len(cells), "such": str(cells.iloc[0])[:40]}  # fmt: skip
    return issues.from_records([record])


def _is_lon(values: pd.Series[Any]) -> pd.Series[Any]:
    return _within(values, 73, 136)


def _is_lat(values: pd.Series[Any]) -> pd.Series[Any]:
    return _within(values, 3, 54)


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
    frame: pd.DataFrame, headings: Mapping[str, str], source: str
) -> tuple[pd.DataFrame, dict[str, str], list[Decision], pd.DataFrame]:
    """Take the datum that the headings of coordinates name, where no row says its own."""
    heading = headings.get("lon", "")
    name, other = _datum_named(heading), _datum_named(headings.get("lat", ""))
    if name and other and name != other:
        # 高德经度 with 百度纬度 is half of one place and half of another.
        record = {"rule": TWO_DATUMS, "source": source, "column": heading, "lon": heading, "lat": headings["lat"]}  # fmt: skip
        nowhere = pd.Series(pd.NA, index=frame.index, dtype="string")
        return frame.assign(lon=nowhere, lat=nowhere), {}, [], issues.from_records([record])
    if name is None or ("datum" in frame.columns and frame["datum"].notna().any()):
        return frame, {}, [], issues.empty()
    out = frame.copy()
    out["datum"] = pd.Series(name, index=frame.index, dtype="string").where(frame["lon"].notna())
    told = Decision(
        f"坐标系按列名“{heading}”取 {name}。", f"The datum is {name}, as the heading {heading!r} says.", "datum"
    )  # fmt: skip
    return out, {"datum": heading}, [told], issues.empty()


def _datum_named(heading: str) -> str | None:
    text = unicodedata.normalize("NFKC", heading).lower()
    return next((name for name, words in _DATUMS if words.search(text)), None)
