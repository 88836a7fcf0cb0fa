"""The review: addresses for a person to look at, in a CSV that Excel edits, read back as confirmed places.

One line per distinct address: unplaced ones, ones placed no finer than a village, and ones with a conflict, with the reason
and the candidates. A person fills 确认经度, 确认纬度, 坐标系 (or only 确认镇街/区) and 备注; the next build reads them. What a person
wrote is carried over into every later review file, also when it could not be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import files, schemas
from industrymap.geocoding.address import address_keys, row_id
from industrymap.geocoding.review._file import FILLED, HEADERS, Confirmed, read, settled
from industrymap.geocoding.review.levels import fineness
from industrymap.geocoding.review.sanity import lonlat

if TYPE_CHECKING:
    import os
    from pathlib import Path

__all__ = ["COARSE", "CONFIRMED_RADIUS_M", "HEADERS", "NAME", "Confirmed", "make", "read", "write"]

NAME = "geocode_review.csv"
"""The file's name in the outputs folder."""

COARSE = "village"
"""Places at this level and coarser ones are put up for review."""

CONFIRMED_RADIUS_M = 30.0
"""Radius of a place a person confirmed, in metres."""

_TEXTS = [c for c in HEADERS if c not in {"firms", "radius_m", "lon", "lat"}]
_MAX_NAMES = 3

_REASONS = {
    "conflict": ("地址与所填信息矛盾", "the address contradicts itself"),
    "ambiguous": ("有多个同样合适的地点", "several places fit equally well"),
    "out_of_city": ("地址在本市之外", "the address lies outside the city"),
    "relative": ("地址为相对位置", "the address is relative to something else"),
    "vague": ("地址含糊", "the address is vague"),
    "misspelt": ("区名有一字之差", "one character of the district's name is wrong"),
    "other_district": ("位置不在地址所写的区", "the place is not in the district named"),
    "outside_city": ("位置在城市范围之外", "the place lies outside the city"),
}
_CONFLICTS = {"conflict", "ambiguous", "other_district", "outside_city"}
_UNPLACED = ("未能定位", "not placed")
_COARSE_REASON = ("只定位到{level}", "placed only by {level}")


def make(
    frame: pd.DataFrame, *, confirmed: Confirmed | None = None, lang: str = "zh"
) -> pd.DataFrame:
    """Collect the addresses that a person should look at.

    Parameters
    ----------
    frame : DataFrame
        Geocoded: ``address``, ``geocode_level``, ``geocode_radius_m``, ``geocode_issues`` (codes separated by ``;``),
        ``geometry`` or ``lon, lat``; ``name`` and ``geocode_candidates`` where there are any.
    confirmed : Confirmed, optional
        What the last review file held; its lines stay.
    lang : str
        Language of the reasons.

    Returns
    -------
    review : DataFrame
        Columns of :data:`HEADERS`, one row per distinct address: conflicts, then unplaced, then coarse ones, those with
        most firms first; then what people had already confirmed.
    """
    known = confirmed or settled({}, {})
    written = known.written
    rows = _doubtful(frame, lang)
    # A confirmed address is settled and only returns among the confirmed lines below.
    rows = rows[~rows.index.isin(known.places.index)].copy()
    for column in FILLED:
        rows[column] = rows.index.to_series().map(written[column]).astype("string").fillna("")
    done = written[~written.index.isin(rows.index)].copy()
    done["reason"] = "已确认" if lang == "zh" else "confirmed"
    parts = [part for part in (rows, done.reindex(columns=list(HEADERS))) if len(part)]
    if not parts:
        return rows.reset_index(drop=True)
    return pd.concat(parts, ignore_index=True)[list(HEADERS)]


def write(review: pd.DataFrame, path: str | os.PathLike[str], *, lang: str = "zh") -> Path:
    """Write a review for Excel: UTF-8 with a byte-order mark, no cell that Excel would run as a formula.

    Parameters
    ----------
    review : DataFrame
        From :func:`make`.
    path : path
        A ``.csv`` file; replaced atomically.
    lang : str
        Language of the headers.
    """
    safe = review.copy()
    for column in _TEXTS:
        texts = safe[column].astype("string").fillna("")
        # -12.5 is a number to Excel: an apostrophe would make it a text.
        numbers = texts.str.fullmatch(r"-?\d+(\.\d+)?")
        safe[column] = texts.where(numbers, files.neutralise(texts))
    for column in ("lon", "lat"):
        safe[column] = pd.to_numeric(safe[column], errors="coerce").round(6)
    safe.columns = pd.Index([HEADERS[c][0 if lang == "zh" else 1] for c in safe.columns])
    text = safe.to_csv(index=False, lineterminator="\r\n")
    return files.write_bytes(path, b"\xef\xbb\xbf" + text.encode("utf-8"))


def _doubtful(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return one row per doubtful address, by its key."""
    codes, levels = _text(frame, "geocode_issues"), frame["geocode_level"].astype("string")
    # A few dozen pairs of codes and level cover all rows, so each pair is judged once.
    kinds = pd.DataFrame({"codes": codes, "level": levels}).fillna("")
    distinct = kinds.drop_duplicates().itertuples(index=False, name=None)
    judged = {(code, level): _judge(code, level, lang) for code, level in distinct}
    verdicts = [judged[kind] for kind in kinds.itertuples(index=False, name=None)]
    order = np.array([order for order, _ in verdicts], dtype=np.int64)
    key = address_keys(frame["address"])
    kept = np.flatnonzero((order >= 0) & key.notna().to_numpy(dtype=bool))
    lon, lat = lonlat(frame)
    words = schemas.labels("geocode_level", lang)
    table = pd.DataFrame(
        {
            "key": key.iloc[kept].to_numpy(dtype=object),
            "name": _text(frame, "name").iloc[kept].to_numpy(dtype=object),
            "address": _text(frame, "address").iloc[kept].to_numpy(dtype=object),
            "reason": [verdicts[at][1] for at in kept],
            "level": [words.get(levels.iloc[at], "") for at in kept],
            "radius_m": frame["geocode_radius_m"].astype("Float64").iloc[kept].array,
            "lon": lon[kept],
            "lat": lat[kept],
            "candidates": _text(frame, "geocode_candidates").iloc[kept].to_numpy(dtype=object),
            "order": order[kept],
        }
    )
    names = _names(table["key"], table["name"])
    rows = table.drop_duplicates("key").set_index("key")
    rows["firms"] = rows.index.map(key.value_counts().to_dict()).astype("Int64")
    rows["name"] = [names.get(k, "") for k in rows.index]
    rows["id"] = [row_id(str(k)) for k in rows.index]
    # The key breaks ties, so that the file always has one order.
    rows = rows.assign(by=rows.index).sort_values(
        ["order", "firms", "by"], ascending=[True, False, True]
    )
    return rows.assign(**dict.fromkeys(FILLED, ""))[list(HEADERS)]


def _judge(codes: str, level: str, lang: str) -> tuple[int, str]:
    """Return the order of a row in the review (-1: not in it) and its reasons as a sentence."""
    at = 0 if lang == "zh" else 1
    issue_codes = [code for code in codes.split(";") if code]
    reasons = [_REASONS[code][at] for code in issue_codes if code in _REASONS]
    joined = "；" if lang == "zh" else "; "
    conflict = bool(_CONFLICTS & set(issue_codes))
    if not level:
        return (0 if conflict else 1), joined.join([_UNPLACED[at], *reasons])
    coarse = fineness(level) >= fineness(COARSE)
    if not coarse and not conflict:
        return -1, ""
    label = schemas.labels("geocode_level", lang).get(level, level)
    head = [_COARSE_REASON[at].format(level=label)] if coarse else []
    return (0 if conflict else 2), joined.join([*head, *reasons])


def _names(keys: pd.Series[str], names: pd.Series[str]) -> dict[str, str]:
    """Return the names of the firms at each address, the first few of them."""
    by_address: dict[str, list[str]] = {}
    for key, name in zip(keys, names, strict=True):
        known = by_address.setdefault(key, [])
        # One name more than is shown says that there are others.
        if not pd.isna(name) and name not in known and len(known) <= _MAX_NAMES:
            known.append(str(name))
    return {
        key: "、".join(known[:_MAX_NAMES]) + (" …" if len(known) > _MAX_NAMES else "")
        for key, known in by_address.items()
    }


def _text(frame: pd.DataFrame, column: str) -> pd.Series[str]:
    if column in frame.columns:
        return frame[column].astype("string")
    return pd.Series(pd.NA, index=frame.index, dtype="string")
