"""Values of one firm that contradict the one used: between sources, and two figures for one year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import issues, texts
from industrymap.enterprises._row_issues import issues_per_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["conflicts", "contradictions"]

CONFLICT = issues.rule(
    "source.conflict",
    "info",
    "来源不一致：采用 {used}（{where}）",
    "sources disagree: {used} is used ({where})",
)
TWO_FIGURES = issues.rule(
    "figure.two_for_year",
    "warning",
    "{year}有两个不同数值：采用 {used}（{where}）",
    "two different figures{year_en}: {used} is used ({where})",
)
UNIT_SUSPECT = issues.rule(
    "figure.unit_suspect",
    "warning",
    "{year}的两个数值相差约 {ratio} 倍，疑为单位错误：采用 {used}（{where}）",
    "two figures{year_en} differ by a factor of about {ratio}, most likely a unit error: {used} is used ({where})",
)


def conflicts(
    records: pd.DataFrame, firm: NDArray[np.int64], used: NDArray[np.int64], field: str
) -> pd.DataFrame:
    """List values of other tables that differ from the one used by more than punctuation."""
    # -1 where a record belongs to no firm, or its firm has no value of the field.
    place = np.where(firm >= 0, used[firm], -1)
    mine = np.arange(len(firm))
    other = np.flatnonzero((place >= 0) & (place != mine))
    table = records["table"].to_numpy()
    # Two rows of one table are a repeated row, reported elsewhere.
    other = other[table[other] != table[place[other]]]
    other = other[records[field].notna().to_numpy(dtype=bool)[other]]
    if not len(other):
        return issues.empty()
    raw = records[field]
    differs = raw.take(other).to_numpy() != raw.take(place[other]).to_numpy()
    other = other[np.asarray(differs, dtype=bool)]
    here, there = texts.key(raw.take(other)), texts.key(raw.take(place[other]))
    # One within the other is the same value with more said: 某路1号 and 天河区某路1号.
    unlike = [
        a is not pd.NA and b is not pd.NA and a not in b and b not in a
        for a, b in zip(here, there, strict=True)
    ]
    other = other[np.array(unlike, dtype=bool)]
    where = records["source"].take(place[other]).tolist()
    return issues_per_row(
        records, other, CONFLICT, column=field, used=raw.take(place[other]).tolist(), where=where
    )


def contradictions(
    records: pd.DataFrame,
    rows: pd.DataFrame,
    group: NDArray[np.int64],
    used: NDArray[np.int64],
    field: str,
) -> pd.DataFrame:
    """List figures that differ from the one used by more than rounding (one unit of 万元 and 0.1 %)."""
    values = rows[field].to_numpy()
    several = np.flatnonzero((np.bincount(group) > 1)[group] & (used[group] >= 0))
    taken = values[used[group[several]]]
    # Rounding to whole 万元 and to three digits is how offices write the same figure.
    other = np.abs(values[several] - taken) > np.maximum(1.0, 1e-3 * np.abs(taken))
    at = several[other]
    if not len(at):
        return issues.empty()
    place = used[group[at]]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(np.log10(np.abs(values[at] / values[place])))
        power = np.round(ratio)
        # A nought beside a figure is infinitely many powers of ten away, and no slip of a unit.
        near = np.abs(ratio - power) < 0.02
    # 元 for 万元 is 10⁴ and for 亿元 10⁸, 千元 for 万元 only 10: from 10³ on a coincidence is no longer
    # likely.
    suspect = (power >= 3) & near & np.isfinite(ratio)
    record = rows["record"].to_numpy()
    found = []
    for mask, rule in ((suspect, UNIT_SUSPECT), (~suspect, TWO_FIGURES)):
        part, origin = at[mask], place[mask]
        theirs = records[["source", "source_row"]].iloc[record[origin]]
        year = rows["year"].take(part).astype("string")
        details = {
            # A table without a year says so in no sentence: its figures are simply two.
            "year": (year + " 年").fillna("").tolist(),
            "year_en": (" for " + year).fillna("").tolist(),
            "used": _plain(values[origin]),
            "where": (theirs["source"] + ":" + theirs["source_row"].astype("string")).tolist(),
        }
        if rule is UNIT_SUSPECT:
            details["ratio"] = [f"10^{int(p)}" for p in power[mask]]
        mine = records[["source", "source_row"]].iloc[record[part]].reset_index(drop=True)
        shown = pd.Series(_plain(values[part]), dtype="string")
        everyone = np.arange(len(part), dtype=np.int64)
        found.append(issues_per_row(mine, everyone, rule, column=field, values=shown, **details))
    return issues.concat(found)


def _plain(values: NDArray[np.float64]) -> list[str]:
    return [f"{value:.15g}" for value in values]
