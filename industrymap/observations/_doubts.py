"""What looks wrong in new figures beside those that are known: slips of a unit, cumulative figures that fall, revisions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from industrymap import issues, periods, schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from industrymap.periods import Period

__all__ = ["doubts"]

_SLIP = issues.rule(
    "observation.slip", "warning",
    "{entity} 的{measure}（{period}）为 {now}，是{other}（{before}）的约 {times} 倍，计量单位可能有误；已读入",
    "{measure} of {entity} in {period} is {now}, about {times} times that of {other} ({before}): its unit may be wrong; taken in",
)  # fmt: skip
_FALLS = issues.rule(
    "observation.falls", "warning",
    "{entity} 的{measure}累计数由 {before}（{other}）降到 {now}（{period}）；已读入",
    "cumulative {measure} of {entity} falls from {before} ({other}) to {now} ({period}); taken in",
)  # fmt: skip
_REVISED = issues.rule(
    "observation.revised", "info",
    "{entity} 的{measure}（{period}）原为 {before}，现为 {now}；原值保留",
    "{measure} of {entity} in {period} was {before} and is now {now}; what was known before is kept",
)  # fmt: skip

_KEY = ["kind", "entity", "measure"]
_SLIPS = (10.0, 100.0, 10_000.0)
"""千元 for 万元, 百万 for 亿, 元 for 万元: what a wrong unit multiplies by."""
_NEAR = math.log10(1.35)
"""How near a ratio must be to one of them; the year on year of a district stays well inside."""


def doubts(
    new: pd.DataFrame, known: pd.DataFrame, names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Compare new observations with each other and with what is known.

    Parameters
    ----------
    new : DataFrame
        ``observations`` of a :class:`Reading`.
    known : DataFrame
        As the running database returns it.
    names : mapping of str to str, optional
        Code of an entity → what it is called in sentences.

    Returns
    -------
    issues : DataFrame
        A figure that is 10, 100 or 10,000 times that of the same period of last year or of the period before; a cumulative
        figure that falls within a year; a figure that is known with another value.
    """
    # Rates of growth have no unit to slip in and rise or fall as they like.
    figures = new[~new["measure"].astype(str).str.contains(":")]
    if figures.empty:
        return issues.empty()
    old = known.merge(figures[_KEY].drop_duplicates(), on=_KEY)
    every: dict[tuple[str, str, str], dict[Period, float]] = {}
    # Only what the database held: a later line of the same file is no revision.
    before = {(key, period): value for key, period, value in _rows(old)}
    # New figures last, so that a revised one is compared with the others as it is now.
    for key, period, value in [*_rows(old), *_rows(figures)]:
        every.setdefault(key, {})[period] = value
    records: list[dict[str, object]] = []
    places = zip(figures["source"].tolist(), figures["row"].tolist(), strict=True)
    for (key, period, value), (source, row) in zip(_rows(figures), places, strict=True):
        about = {
            "source": source,
            "row": row,
            "entity": (names or {}).get(key[1], key[1]),
            "measure": schemas.measure(key[2]).zh,
        }
        about |= {"period": str(period), "value": f"{value:,.10g}", "now": f"{value:,.10g}"}
        was = before.get((key, period))
        # Not equal bit by bit: a figure may have come back from a workbook with fewer digits.
        if was is not None and not math.isclose(was, value, rel_tol=1e-12, abs_tol=1e-6):
            records.append({**about, "rule": _REVISED, "before": f"{was:,.10g}"})
        records += [{**about, **doubt} for doubt in _of_course(every[key], period, key[2])]
    return issues.from_records(records)


def _rows(table: pd.DataFrame) -> list[tuple[tuple[str, str, str], Period, float]]:
    kinds, entities, measures = (table[name].astype(str).tolist() for name in _KEY)
    texts = table["period"].astype(str)
    # Thousands of figures are of a few periods: each is read once.
    period_of = {text: periods.parse(text) for text in texts.unique()}
    when = [period_of[text] for text in texts]
    keys = zip(kinds, entities, measures, strict=True)
    return list(zip(keys, when, table["value"].astype(float).tolist(), strict=True))


def _of_course(
    course: dict[Period, float], period: Period, measure: str
) -> list[dict[str, object]]:
    doubts_of_course: list[dict[str, object]] = []
    value = course[period]
    flow = schemas.measure(measure).counts == "flow"
    # The year before is the best comparison, because seasons repeat; an earlier period of the year
    # is the next best.
    same = [p for p in (period.last_year,) if p in course]
    # By time: figures come in the order in which files were sent, and a late one is not the latest.
    earlier = sorted(
        p for p in course if p.year == period.year and p < period and p.first == period.first
    )
    for other in same or [p for p in earlier[-1:] if not flow or p.months == period.months]:
        times = _slip(value, course[other])
        if times:
            doubts_of_course.append(
                {
                    "rule": _SLIP,
                    "other": str(other),
                    "before": f"{course[other]:,.10g}",
                    "times": f"{times:g}",
                }
            )
    # Cumulative figures cannot fall but by a correction, which somebody should have announced.
    if flow and period.is_cumulative and earlier:
        other = earlier[-1]
        # A slip of the unit already explains the fall.
        if course[other] > value > 0 and not doubts_of_course:
            doubts_of_course.append(
                {"rule": _FALLS, "other": str(other), "before": f"{course[other]:,.10g}"}
            )
    return doubts_of_course


def _slip(value: float, before: float) -> float:
    """Return by which wrong unit a value may differ from another, 0 where by none."""
    # Losses and zeros have no ratio that would say anything.
    if value <= 0 or before <= 0:
        return 0.0
    ratio = math.log10(value / before)
    for times in _SLIPS:
        # In powers of ten: a third up or down is the most a year changes, and far from any wrong
        # unit.
        if abs(abs(ratio) - math.log10(times)) < _NEAR:
            return times if ratio > 0 else 1 / times
    return 0.0
