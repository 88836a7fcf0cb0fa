"""Observations as arrays: one row an entity, one column a period, one array a measure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from industrymap import schemas
from industrymap.periods import Period, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Carried", "Grid", "grid"]

_STALE_MONTHS = 12
"""A state (land, staff) holds until it is stated anew, but no longer than a year: most are stated once a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Figures used for a period without being stated for it.

    Attributes
    ----------
    measure : str
        Of what.
    differences : int
        Figures that are one cumulative figure less another (1—6月 minus 1—3月).
    states : int
        States that were stated at an earlier day, at most a year before.
    """

    measure: str
    differences: int
    states: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Figures of some entities.

    Attributes
    ----------
    entities : tuple of str
        Codes, in order of the rows.
    periods : tuple of Period
        In order of the columns.
    measures : mapping of str to ndarray of float64, shape (entities, periods)
        By id; ``NaN`` where nothing is known. A measure that is known nowhere has no array.
    said : ndarray of bool, shape (entities, periods)
        Whether anything at all was reported of an entity for that period.
    carried : tuple of Carried
        What is not the figure of its period as it was reported.
    """

    entities: tuple[str, ...]
    periods: tuple[Period, ...]
    measures: Mapping[str, NDArray[np.float64]]
    said: NDArray[np.bool_]
    carried: tuple[Carried, ...] = field(default=())


def grid(
    known: pd.DataFrame,
    entities: Sequence[str],
    periods: Sequence[Period],
    *,
    only: Collection[str] | None = None,
) -> Grid:
    """Arrange observations of one kind.

    Parameters
    ----------
    known : DataFrame
        Columns ``entity``, ``measure``, ``period``, ``value`` of :meth:`industrymap.series.ParquetSeries.known`; one kind.
    entities : sequence of str
        Codes; observations of others are left out.
    periods : sequence of Period
        Periods that are asked for. A flow that is not stated for one of them is the difference of two cumulative
        figures where both are known; a state is the latest one stated within twelve months before the period's end.
    only : collection of str, optional
        Measures to arrange; others only say that their entity was heard of.

    Returns
    -------
    Grid
    """
    place = {entity: i for i, entity in enumerate(entities)}
    # Entities that nobody asked for get -1 and are left out below.
    row = _codes(known["entity"], place)
    columns: dict[Period, int] = {}
    of_text = {text: parse(text) for text in known["period"].astype(str).unique()}
    # Every period known, not only those asked for: differences and earlier states come from the
    # others.
    for period in sorted({*of_text.values(), *periods}):
        columns[period] = len(columns)
    column = _codes(known["period"], {text: columns[p] for text, p in of_text.items()})
    amount = known["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    measure = known["measure"].astype("category")
    of_measure = measure.cat.codes.to_numpy()
    chosen = np.array([columns[p] for p in periods], dtype=np.int64)
    values: dict[str, NDArray[np.float64]] = {}
    carried = []
    said = np.zeros((len(entities), len(periods)), dtype=bool)
    for number, name in enumerate(measure.cat.categories):
        # Each measure has an array of its own: formulas combine whole arrays, never single rows.
        here = (of_measure == number) & (row >= 0)
        if not here.any():
            continue
        whole = np.full((len(entities), len(columns)), np.nan)
        whole[row[here], column[here]] = amount[here]
        stated = whole[:, chosen]
        # Before the measure is passed over: what a firm said of anything makes it one of the
        # period's firms.
        said |= ~np.isnan(stated)
        if only is not None and name not in only:
            continue
        values[name], differences, states = _completed(name, whole, stated, columns, periods)
        if differences or states:
            carried.append(Carried(measure=name, differences=differences, states=states))
    return Grid(
        entities=tuple(entities),
        periods=tuple(periods),
        measures=values,
        said=said,
        carried=tuple(carried),
    )


def _codes(column: pd.Series, place: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the position of each value; -1 where it has none. Each text is looked up once, not each row."""
    texts = column.astype("category")
    at = np.array([place.get(str(c), -1) for c in texts.cat.categories], dtype=np.int64)
    codes = texts.cat.codes.to_numpy()
    return np.where(codes >= 0, at[codes], -1) if len(at) else np.full(len(column), -1)


def _completed(
    name: str,
    whole: NDArray[np.float64],
    stated: NDArray[np.float64],
    columns: Mapping[Period, int],
    periods: Sequence[Period],
) -> tuple[NDArray[np.float64], int, int]:
    """Return a measure's figures with gaps filled by what the figures of other periods prove, and how many were filled each way."""
    stem, _, figure = name.partition(":")
    counts = schemas.measure(stem).counts
    # A growth rate has neither a difference nor a state: only the published one of that period serves.
    if figure or counts not in {"flow", "state"}:
        return stated, 0, 0
    out = stated.copy()
    for i, period in enumerate(periods):
        gap = np.isnan(out[:, i])
        if not gap.any():
            continue
        proved = (
            _difference(whole, columns, period)
            if counts == "flow"
            else _latest(whole, columns, period)
        )
        # Only gaps are filled: what was stated for the period itself holds.
        out[gap, i] = proved[gap]
    filled = int((~np.isnan(out)).sum() - (~np.isnan(stated)).sum())
    return (out, filled, 0) if counts == "flow" else (out, 0, filled)


def _difference(
    whole: NDArray[np.float64], columns: Mapping[Period, int], period: Period
) -> NDArray[np.float64]:
    """Return 1—6月 minus 1—3月 for the second quarter; ``NaN`` where one of them is not known."""
    unknown = np.full(len(whole), np.nan)
    # A period from January on is itself the cumulative figure, so nothing can be taken from it.
    if period.first == 1:
        return unknown
    to, before = (
        columns.get(period.cumulative),
        columns.get(Period(period.year, 1, period.first - 1)),
    )
    if to is None or before is None:
        return unknown
    out: NDArray[np.float64] = whole[:, to] - whole[:, before]
    return out


def _latest(
    whole: NDArray[np.float64], columns: Mapping[Period, int], period: Period
) -> NDArray[np.float64]:
    """Return the state stated last at or before the end of a period, unless it is older than a year."""
    # Months since year 0: December and the January after it are one apart.
    end = period.year * 12 + period.last
    out = np.full(len(whole), np.nan)
    # Oldest first, so that the latest is what remains.
    for other, column in sorted(columns.items()):
        age = end - (other.year * 12 + other.last)
        if 0 <= age <= _STALE_MONTHS:
            there = ~np.isnan(whole[:, column])
            out[there] = whole[there, column]
    return out
