"""Normalise: bring indicators of different units and directions to one scale.

Every function takes ``values`` of shape ``(units, indicators)`` and ``direction`` of shape ``(indicators,)`` (1 where
more is better, -1 where less is) and returns an array of the shape of ``values``, higher always better. ``NaN`` stays
``NaN`` and takes no part. An indicator that is the same for every unit tells nobody apart: methods that divide by its
spread give every unit the middle of the scale, never a zero that looks like the worst.

Formulas after OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), chapter 5, where nothing else is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from industrymap.errors import EvaluationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "benchmark_ratio",
    "borda",
    "distance_to_best",
    "distance_to_reference",
    "distance_to_target",
    "efficacy",
    "goalposts",
    "min_max",
    "percentile_rank",
    "rank",
    "share_of_best",
    "z_score",
]


def min_max(
    values: NDArray[np.float64],
    direction: NDArray[np.float64],
    *,
    low: float = 0.0,
    high: float = 100.0,
) -> NDArray[np.float64]:
    """Map the worst known value to ``low`` and the best to ``high``: ``(x - min) / (max - min)``.

    Examples
    --------
    >>> min_max(np.array([[1.0], [3.0], [2.0]]), np.array([-1.0])).ravel()
    array([100.,   0.,  50.])
    """
    signed = values * direction
    worst, best = _ends(signed)
    return low + (high - low) * _share(signed, worst, best)


def z_score(
    values: NDArray[np.float64],
    direction: NDArray[np.float64],
    *,
    mean: float = 0.0,
    deviation: float = 1.0,
) -> NDArray[np.float64]:
    """Return ``(x - mean) / standard deviation`` (sample deviation, n - 1), shifted to ``mean`` and ``deviation``.

    Examples
    --------
    >>> z_score(np.array([[1.0], [2.0], [3.0]]), np.array([1.0]), mean=50, deviation=10).ravel()
    array([40., 50., 60.])
    """
    signed = values * direction
    centre, spread = _moments(signed)
    flat = ~(spread > 0)
    scaled = (signed - centre) / np.where(flat, 1.0, spread)
    # Rounding leaves a constant a spread of a few bits, which the flat rule catches as an exact zero.
    return mean + deviation * np.where(flat & ~np.isnan(signed), 0.0, scaled)


def rank(values: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1, the best; units with the same value share the mean of their ranks.

    This is the one function here whose small results are good: it is for showing, not for adding up.

    Examples
    --------
    >>> rank(np.array([[5.0], [9.0], [5.0], [np.nan]]), np.array([1.0])).ravel()
    array([2.5, 1. , 2.5, nan])
    """
    return np.column_stack([_mean_ranks(-column) for column in (values * direction).T])


def borda(values: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Borda points: how many known units are worse, those of the same value counting a half.

    Examples
    --------
    >>> borda(np.array([[5.0], [9.0], [5.0]]), np.array([1.0])).ravel()
    array([0.5, 2. , 0.5])
    """
    return np.column_stack([_mean_ranks(column) for column in (values * direction).T]) - 1.0


def percentile_rank(
    values: NDArray[np.float64], direction: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of the other known units that are worse, 0 to 100; a single unit gets 50.

    Examples
    --------
    >>> percentile_rank(np.array([[5.0], [9.0], [7.0]]), np.array([1.0])).ravel()
    array([  0., 100.,  50.])
    """
    points = borda(values, direction)
    # Only units with a known value are compared with; the unit itself is not one of them.
    others = np.sum(~np.isnan(values), axis=0) - 1
    single = np.where(np.isnan(points), np.nan, 50.0)
    return np.where(others > 0, 100.0 * points / np.maximum(others, 1), single)


def distance_to_best(
    values: NDArray[np.float64], direction: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ``1 - (best - x) / (best - worst)``, 0 to 1: how much of the way from the worst to the best is done.

    Examples
    --------
    >>> distance_to_best(np.array([[1.0], [3.0], [2.0]]), np.array([1.0])).ravel()
    array([0. , 1. , 0.5])
    """
    return min_max(values, direction, low=0.0, high=1.0)


def distance_to_reference(
    values: NDArray[np.float64], direction: NDArray[np.float64], *, unit: int
) -> NDArray[np.float64]:
    """Return ``x / x of the reference unit``, inverted where less is better: 1 is as good as the reference.

    Parameters
    ----------
    unit : int
        Position of the reference, a city to compare with for instance. Where its value is not known or 0, so is
        every ratio.
    """
    return _ratio(values, np.broadcast_to(values[unit], values.shape[1:]), direction)


def distance_to_target(
    values: NDArray[np.float64], direction: NDArray[np.float64], *, target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of the way from the worst unit to ``target`` that is done, at most 1.

    Parameters
    ----------
    target : ndarray of float64, shape (indicators,)
        In the unit of its indicator.
    """
    signed = values * direction
    # The worst in the direction of the indicator, so signs are turned first.
    worst, _ = _ends(signed)
    return np.minimum(_share(signed, worst, target * direction), 1.0)


def share_of_best(
    values: NDArray[np.float64], direction: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ``x / best`` where more is better and ``best / x`` where less is, 0 to 1. Values must be positive.

    Raises
    ------
    EvaluationError
        Where a value is negative: a share of a negative best says nothing.
    """
    _require_not_negative(values, "share of the best")
    best = np.where(direction > 0, _ends(values)[1], _ends(values)[0])
    return _ratio(values, best, direction)


def goalposts(
    values: NDArray[np.float64],
    direction: NDArray[np.float64],
    *,
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Map fixed ``lower`` and ``upper`` ends to 0 and 100 and hold what lies outside at the ends.

    Fixed ends make years comparable: a unit's score does not move because another unit did.

    Raises
    ------
    EvaluationError
        Where an upper end is not above its lower end.
    """
    # Ends in the wrong order would turn best into worst without a complaint.
    _require_order(lower, upper, "goalposts")
    share = np.clip((values - lower) / (upper - lower), 0.0, 1.0)
    return 100.0 * np.where(direction > 0, share, 1.0 - share)


def efficacy(
    values: NDArray[np.float64],
    direction: NDArray[np.float64],
    *,
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    base: float = 60.0,
    cap: float = 100.0,
) -> NDArray[np.float64]:
    """Return the efficacy score (功效系数法): ``base + (100 - base) × (x - x_u) / (x_s - x_u)``.

    The unacceptable value 不允许值 scores ``base`` (60 by custom), the satisfactory value 满意值 100; what is worse
    than unacceptable falls below ``base`` but never below 0, what is better than satisfactory stops at ``cap``.

    Parameters
    ----------
    ends : tuple of two ndarrays of float64, shape (indicators,)
        Unacceptable and satisfactory value of each indicator, in its own unit.

    Raises
    ------
    EvaluationError
        Where the satisfactory value is not better than the unacceptable one.

    Examples
    --------
    >>> efficacy(np.array([[8.0]]), np.array([1.0]), ends=(np.array([5.0]), np.array([10.0]))).item()
    84.0
    """
    unacceptable, satisfactory = ends
    _require_order(unacceptable * direction, satisfactory * direction, "efficacy")
    # Both ends carry the direction, so one formula serves indicators of either kind.
    share = (values - unacceptable) / (satisfactory - unacceptable)
    return np.clip(base + (100.0 - base) * share, 0.0, cap)


def benchmark_ratio(
    values: NDArray[np.float64],
    direction: NDArray[np.float64],
    *,
    benchmark: NDArray[np.float64],
    cap: float = np.inf,
    floor: float = 0.0,
) -> NDArray[np.float64]:
    """Return ``x / benchmark`` (inverted where less is better), held between ``floor`` and ``cap``.

    The form of the 亩均论英雄 rules: 黄岩 2022 is ``Σ weight × x / benchmark`` with tax per mu against 24.097, and so on.

    Raises
    ------
    EvaluationError
        Where a benchmark is not positive.

    Examples
    --------
    >>> benchmark_ratio(np.array([[48.194], [12.0485]]), np.array([1.0]), benchmark=np.array([24.097]), cap=1.5).ravel()
    array([1.5, 0.5])
    """
    if not np.all(benchmark > 0):
        raise EvaluationError("a benchmark must be a positive number", "基准值须为正数")
    return np.clip(_ratio(values, benchmark, direction), floor, cap)


def _ends(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the greatest known value of each column; NaN where none is known."""
    known = ~np.isnan(values)
    # A column without any value has no ends; infinities would pass for numbers.
    none = ~known.any(axis=0)
    least = np.min(np.where(known, values, np.inf), axis=0, initial=np.inf)
    greatest = np.max(np.where(known, values, -np.inf), axis=0, initial=-np.inf)
    return np.where(none, np.nan, least), np.where(none, np.nan, greatest)


def _share(
    values: NDArray[np.float64], worst: NDArray[np.float64], best: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where values lie between two ends; the middle where the ends are one."""
    width = best - worst
    share = (values - worst) / np.where(width == 0, 1.0, width)
    # All units equal: none is better, so all are in the middle.
    return np.where((width == 0) & ~np.isnan(values), 0.5, share)


def _moments(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and sample deviation of the known values of each column."""
    known = ~np.isnan(values)
    n = known.sum(axis=0)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(n, 1)
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
    least, greatest = _ends(values)
    deviation = np.sqrt(squares / np.maximum(n - 1, 1))
    # Equal values can have a tiny deviation from rounding, and a z-score would blow it up.
    return mean, np.where(least == greatest, 0.0, deviation)


def _mean_ranks(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1, the smallest; ties share their mean; NaN has none."""
    out = np.full(column.shape, np.nan)
    known = ~np.isnan(column)
    _, inverse, counts = np.unique(column[known], return_inverse=True, return_counts=True)
    # Of equal values the last has rank cumsum, the first cumsum - count + 1.
    last = np.cumsum(counts)
    out[known] = (last - (counts - 1) / 2.0)[inverse]
    return out


def _ratio(
    values: NDArray[np.float64], reference: NDArray[np.float64], direction: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return x / reference, or reference / x where less is better; unknown where the divisor is 0."""
    above = np.where(direction > 0, values, reference)
    below = np.where(direction > 0, reference, values)
    out = np.full(values.shape, np.nan)
    # Dividing by 0 leaves unknown, not infinite.
    np.divide(above, below, out=out, where=below != 0)
    return out


def _require_not_negative(values: NDArray[np.float64], method: str) -> None:
    if np.any(values < 0):
        raise EvaluationError(
            f"{method}: a value is negative; use min-max or a z-score",
            "有负值，不能按最优值之比标准化；请改用极差法或 Z 分数",
        )


def _require_order(low: NDArray[np.float64], high: NDArray[np.float64], method: str) -> None:
    wrong = np.flatnonzero(~(high > low))
    if wrong.size:
        raise EvaluationError(
            f"{method}: indicator {wrong[0] + 1} has a better end that is not better than its worse end",
            f"第 {wrong[0] + 1} 个指标的上限不优于下限",
        )
