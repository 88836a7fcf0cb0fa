"""From columns to points: the value of every item, its benchmark, and what a missing value is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap.columns import Flags, Floats, Positions, floats

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.grading._records import Benchmark, Item, Scope

__all__ = ["Measured", "Side", "measure", "points_at", "ratio_of_sums", "value_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Firms of one year in one scope, and the group each belongs to.

    Attributes
    ----------
    frame : DataFrame
    groups : ndarray of int, shape (n,)
        Numbers of the same groups in both years.
    """

    frame: pd.DataFrame
    groups: Positions


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The items of the firms of a scope; every array is of shape (firms, items).

    Attributes
    ----------
    items : tuple of Item
        Those with a weight; what stands in for one is in ``stand_ins``.
    amounts, benchmarks : ndarray of float64
        ``NaN`` where not known; in the item's unit.
    ratios : ndarray of float64
        Value over benchmark (or the other way round where less is better), between floor and cap; what a missing value counts as.
    weights : ndarray of float64
        Points at the benchmark; they differ between firms only where a rule gives the weight of missing values to the others.
    points : ndarray of float64
    known : ndarray of bool
        Whether the value and its benchmark are known.
    standing_in : ndarray of int
        Which stand-in was used, counted within ``stand_ins`` of the item from 1; 0 for the item itself.
    stand_ins : tuple of tuple of Item
        One tuple for each item.
    """

    items: tuple[Item, ...]
    amounts: Floats
    benchmarks: Floats
    ratios: Floats
    weights: Floats
    points: Floats
    known: Flags
    standing_in: Positions
    stand_ins: tuple[tuple[Item, ...], ...]

    def item_used(self, row: int, at: int) -> Item:
        """Return the item that a firm's points come from: the item itself, or what stands in for it."""
        number = int(self.standing_in[row, at])
        return self.stand_ins[at][number - 1] if number else self.items[at]


def value_of(frame: pd.DataFrame, item: Item) -> Floats:
    """Return an item of every row; ``NaN`` where a column is not known or what it is divided by is not above 0."""
    over, under = floats(frame, item.of), floats(frame, item.per)
    out = np.full(len(frame), np.nan)
    np.divide(over, under, out=out, where=under > 0)
    return out * item.scale


def ratio_of_sums(frame: pd.DataFrame, item: Item) -> tuple[float, int]:
    """Return an item of a group, and how many firms it rests on: its sums over one another, of the firms that have both.

    Never a mean of ratios; by fsum, so that no order of rows changes it. ``NaN`` where no firm has both.
    """
    known = ~np.isnan(value_of(frame, item))
    if not known.any():
        return math.nan, 0
    over, under = floats(frame, item.of)[known], floats(frame, item.per)[known]
    return math.fsum(over.tolist()) / math.fsum(under.tolist()) * item.scale, int(known.sum())


def points_at(item: Item, value: float, benchmark: float) -> float:
    """Return the points of one value; ``NaN`` where it or its benchmark is not known."""
    return float(_ratio(item, np.array([value]), np.array([benchmark]))[0]) * item.weight


def measure(scope: Scope, now: Side, before: Side | None) -> Measured:
    """Measure the firms of a scope.

    Parameters
    ----------
    scope : Scope
    now : Side
        The firms graded.
    before : Side, optional
        Those of the year before, for benchmarks that are taken from it; without them such a benchmark is not known.
    """
    items = tuple(item for item in scope.items if not item.instead_of)
    stand_ins = tuple(tuple(o for o in scope.items if o.instead_of == i.id) for i in items)
    shape = (len(now.frame), len(items))
    amounts, benchmarks, ratios = (np.full(shape, np.nan) for _ in range(3))
    standing_in = np.zeros(shape, dtype=np.int64)
    for at, item in enumerate(items):
        for number, one in enumerate((item, *stand_ins[at])):
            value = value_of(now.frame, one)
            benchmark = _benchmark(one, now if not one.benchmark.previous else before, now.groups)
            # A stand-in is asked only where neither the item nor an earlier stand-in can be judged.
            free = np.isnan(ratios[:, at])
            amounts[free, at], benchmarks[free, at] = value[free], benchmark[free]
            ratios[free, at] = _ratio(one, value, benchmark)[free]
            standing_in[free & ~np.isnan(ratios[:, at]), at] = number
    known = ~np.isnan(ratios)
    weights = np.broadcast_to(np.array([item.weight for item in items]), shape).copy()
    _fill_missing(items, ratios, weights, known)
    return Measured(
        items=items,
        amounts=amounts,
        benchmarks=benchmarks,
        ratios=ratios,
        weights=weights,
        points=ratios * weights,
        known=known,
        standing_in=standing_in,
        stand_ins=stand_ins,
    )


def _fill_missing(items: tuple[Item, ...], ratios: Floats, weights: Floats, known: Flags) -> None:
    for at, item in enumerate(items):
        gone = ~known[:, at]
        # Never more than the worst known value: where a floor lies below 0, a missing value is worth the floor.
        worth = min(0.0, item.floor)
        ratios[gone, at] = min(item.cap, 1.0) if item.missing == "benchmark" else worth
        if item.missing == "reweigh":
            weights[gone, at] = 0.0
    if any(item.missing == "reweigh" for item in items):
        total = sum(item.weight for item in items)
        left = weights.sum(axis=1)
        weights *= np.divide(total, left, out=np.zeros_like(left), where=left > 0)[:, None]


def _ratio(item: Item, value: Floats, benchmark: Floats) -> Floats:
    over, under = (value, benchmark) if item.better == "more" else (benchmark, value)
    ratio = np.full(len(value), np.nan)
    known = ~np.isnan(value) & (benchmark > 0)
    np.divide(over, under, out=ratio, where=known & (under != 0))
    if item.better == "less":
        # Nothing used, or less than nothing, is as good as can be: the cap, which such an item must have.
        ratio[known & (value <= 0)] = item.cap
    clipped: Floats = np.clip(ratio, item.floor, item.cap)
    return clipped


def _benchmark(item: Item, side: Side | None, groups: Positions) -> Floats:
    """Return the benchmark of each firm graded."""
    about = item.benchmark
    if about.kind == "fixed":
        return np.full(len(groups), about.value)
    if side is None:
        return np.full(len(groups), np.nan)
    by_group = _by_group(item, about, side)
    # A group that only the year graded has is beyond those of the year before.
    padded = np.append(by_group, np.full(int(groups.max(initial=-1)) + 1, np.nan))
    found: Floats = padded[groups] * about.times
    return found


def _by_group(item: Item, about: Benchmark, side: Side) -> Floats:
    out = np.full(int(side.groups.max(initial=-1)) + 1, np.nan)
    for group in np.unique(side.groups):
        frame = side.frame[side.groups == group]
        if about.kind == "quantile":
            value = value_of(frame, item)
            value = value[~np.isnan(value)]
            out[group] = np.quantile(value, about.quantile) if len(value) else np.nan
        else:
            out[group] = ratio_of_sums(frame, item)[0]
    return out
