"""Scores of districts from their figures: item by item, part by part, ranked, with awards."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import tables
from industrymap.columns import Floats, floats, texts
from industrymap.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.assessment._records import Assessment, Award, Item

__all__ = ["Scores", "read_figures", "score"]

_BRACKET = re.compile(r"^(.*?)\s*[（(]([^（()）]*)[)）]\s*$")
_WORST = 0.6
"""Of its weight, what 功效系数法 gives the worst district."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Districts assessed.

    Attributes
    ----------
    of : Assessment
    districts : DataFrame
        The best first: ``rank, district, score, known`` (points that could be given at all), the points of each part (``part.<id>``) and the value and
        points of each item (``value.<id>``, ``points.<id>``).
    awards : DataFrame
        ``award, award_en, district, place, figure``.
    """

    of: Assessment
    districts: pd.DataFrame
    awards: pd.DataFrame


def read_figures(path: Path, of: Assessment) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the figures of districts: one row a district, a column for each item.

    Returns
    -------
    figures : DataFrame
        ``district`` and a column an item, missing where the table has none.
    issues : DataFrame
        What of the table could not be used.

    Raises
    ------
    TableError
        It has no column of districts or of any item, a district is there twice, or a heading gives another unit than the assessment.
    """
    table = tables.read(path, layer="divisions", wanted=("name",))
    names = texts(table.frame, "name")
    twice = sorted({str(n) for n in names if n and (names == n).sum() > 1})
    if twice:
        raise TableError(
            f"{table.name}: the district {twice[0]} is there twice.",
            f"{table.name}：“{twice[0]}”出现两次。",
        )
    columns = {column: _heading(text) for column, text in table.headings.items()}
    out: dict[str, object] = {"district": pd.array([n or None for n in names], dtype="string")}
    items = [item for part in of.parts for item in part.items]
    for item in items:
        hit = [c for c, (name, _) in columns.items() if name == item.heading and c in table.frame]
        values = np.full(len(names), np.nan)
        if hit:
            unit = columns[hit[0]][1]
            # Per cent taken for per mille would be a score that looks right.
            if unit and unit != item.unit:
                raise TableError(
                    f"{table.name}: {item.heading} is in {unit}, the assessment takes {item.unit or 'no unit'}.",
                    f"{table.name}：“{item.heading}”的单位为“{unit}”，考核办法用“{item.unit or '无单位'}”。",
                )
            read = tables.number(table.frame[hit[0]], unit="", factor=1.0)
            values = read.to_numpy(dtype=np.float64, na_value=np.nan)
        out[item.id] = pd.array(values, dtype="Float64")
    frame = pd.DataFrame(out)
    if frame[[item.id for item in items]].isna().all(axis=None):
        raise TableError(
            f"{table.name} has no figure of any item; expected headings: {', '.join(i.heading for i in items)}.",
            f"{table.name} 没有任何考核指标的数据；应有表头：{'、'.join(i.heading for i in items)}。",
        )
    return frame[frame["district"].notna()].reset_index(drop=True), table.issues


def _heading(text: str) -> tuple[str, str]:
    """Return a heading without its unit, and the unit."""
    plain = "".join(text.split())
    hit = _BRACKET.match(plain)
    return (hit[1], hit[2]) if hit else (plain, "")


def score(of: Assessment, figures: pd.DataFrame) -> Scores:
    """Score districts.

    Parameters
    ----------
    of : Assessment
    figures : DataFrame
        As :func:`read_figures` returns it.

    Notes
    -----
    What is not known gives no points, and ``known`` says how many points could be given at all, so that a district is not read as bad where it
    is only unknown. Points are 0 at least.
    """
    out = pd.DataFrame({"district": figures["district"].to_numpy()})
    total, known = np.zeros(len(out)), np.zeros(len(out))
    details: dict[str, Floats] = {}
    for part in of.parts:
        mine = np.zeros(len(out))
        for item in part.items:
            value = floats(figures, item.id)
            points = _points(item, value)
            details[f"value.{item.id}"], details[f"points.{item.id}"] = value, points
            mine += np.nan_to_num(points)
            known += np.where(np.isnan(points), 0.0, item.weight)
        details[f"part.{part.id}"] = mine
        total += mine
    out["score"] = total.round(4)
    out["known"] = known
    parts = {k: v.round(4) for k, v in details.items() if k.startswith("part.")}
    rest = {k: v for k, v in details.items() if not k.startswith("part.")}
    out = out.assign(**parts, **rest)
    out = out.sort_values(["score", "district"], ascending=[False, True], ignore_index=True)
    out.insert(0, "rank", out["score"].rank(method="min", ascending=False).astype("Int64"))
    found = [_awarded(award, out) for award in of.awards]
    columns = ["award", "award_en", "district", "place", "figure"]
    rows = [row for rows in found for row in rows]
    return Scores(of=of, districts=out, awards=pd.DataFrame(rows, columns=columns))


def _points(item: Item, value: Floats) -> Floats:
    known = value[~np.isnan(value)]
    if not len(known):
        return np.full(len(value), np.nan)
    least, most = float(known.min()), float(known.max())
    best, worst = (most, least) if item.better == "more" else (least, most)
    if item.method == "efficacy":
        # All alike: nobody is worse than the best.
        share = np.where(np.isnan(value), np.nan, 1.0)
        if best != worst:
            share = _WORST + (1 - _WORST) * (value - worst) / (best - worst)
    else:
        mark = item.target if item.method == "target" else best
        over, under = (value, np.full(len(value), mark))
        if item.better == "less":
            over, under = under, over
        share = np.full(len(value), np.nan)
        np.divide(over, under, out=share, where=under > 0)
        # Nothing used where less is better is as good as can be.
        if item.better == "less":
            share[value <= 0] = item.cap
    points: Floats = np.clip(share, 0.0, item.cap) * item.weight
    return points


def _awarded(award: Award, table: pd.DataFrame) -> list[dict[str, object]]:
    """Return who has an award; equal figures share a place, and all of them have it."""
    column = next(c for c in ("score", f"part.{award.by}", f"points.{award.by}") if c in table and (c != "score" or award.by == "score"))  # fmt: skip
    points = floats(table, column)
    rows: list[dict[str, object]] = []
    order = sorted(
        (n for n in range(len(points)) if not math.isnan(points[n])),
        key=lambda n: (-points[n], str(table["district"].iloc[n])),
    )
    for n in order:
        place = 1 + int((points > points[n] + 1e-9).sum())
        if place <= award.places:
            rows.append({"award": award.zh, "award_en": award.en, "district": table["district"].iloc[n], "place": place, "figure": float(points[n])})  # fmt: skip
    return rows
