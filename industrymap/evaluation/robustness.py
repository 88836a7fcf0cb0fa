"""Robustness: how firm a rank is when weights and choices could have been others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RankInterval", "noisy_weights", "rank_intervals", "ranks", "without_each"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankInterval:
    """Ranks of units over many draws; 1 is the best.

    Attributes
    ----------
    low, median, high : ndarray of float64, shape (units,)
        5 %, 50 % and 95 % quantiles of the rank.
    """

    low: NDArray[np.float64]
    median: NDArray[np.float64]
    high: NDArray[np.float64]


def noisy_weights(
    weights: NDArray[np.float64], *, noise: float, draws: int, seed: int
) -> NDArray[np.float64]:
    """Return ``draws`` sets of weights, each multiplied by a number within ``1 ± noise``, adding up to 1.

    Returns
    -------
    ndarray of float64, shape (draws, indicators)
        The same for the same ``seed`` on every machine.
    """
    # PCG64 by name: numpy may change its default generator, and the same seed must give the same
    # ranks.
    random = np.random.Generator(np.random.PCG64(seed))
    drawn = weights * random.uniform(1.0 - noise, 1.0 + noise, size=(draws, len(weights)))
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks along the last axis, 1 the best; units with the same score share the best rank of theirs.

    A unit without a score has no rank. Scores that differ only by rounding (1e-9) are the same.

    Examples
    --------
    >>> ranks(np.array([70.0, 90.0, 70.0, np.nan]))
    array([ 2.,  1.,  2., nan])
    """
    # Without rounding, two areas with the same figures would be parted by the last bit of a sum.
    rounded = np.atleast_2d(np.round(scores, 9))
    out = np.full(rounded.shape, np.nan)
    for row, result in zip(rounded, out, strict=True):
        known = ~np.isnan(row)
        ordered = np.sort(-row[known])
        # How many known scores are strictly better, plus one.
        result[known] = np.searchsorted(ordered, -row[known], side="left") + 1
    return out.reshape(scores.shape)


def rank_intervals(
    values: NDArray[np.float64], weight_sets: NDArray[np.float64], *, min_coverage: float = 0.6
) -> RankInterval:
    """Return the interval of each unit's rank over sets of weights, by the arithmetic mean of known indicators.

    Parameters
    ----------
    values : ndarray of float64, shape (units, indicators)
        Normalised, higher better.
    weight_sets : ndarray of float64, shape (draws, indicators)
        See :func:`noisy_weights`.
    """
    known = ~np.isnan(values)
    # Two matrix products score every draw at once.
    coverage = known.astype(float) @ weight_sets.T
    totals = np.where(known, values, 0.0) @ weight_sets.T
    scores = np.where(coverage >= min_coverage - 1e-9, totals, np.nan) / np.where(
        coverage == 0, 1.0, coverage
    )
    drawn = ranks(scores.T)
    # A unit without a score in any draw has no interval, and nanquantile would warn of it.
    ranked = ~np.isnan(drawn).all(axis=0)
    out = np.full((3, len(values)), np.nan)
    # Nine draws in ten: the ends of the middle 90 %.
    out[:, ranked] = np.nanquantile(drawn[:, ranked], [0.05, 0.5, 0.95], axis=0)
    return RankInterval(low=out[0], median=out[1], high=out[2])


def without_each(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each unit's rank with one indicator left out, one after the other.

    Returns
    -------
    ndarray of float64, shape (indicators, units)
        Row j: ranks without indicator j, its weight shared out among the rest.
    """
    # One row a set of weights, each with another indicator at 0.
    left = np.tile(weights, (len(weights), 1))
    np.fill_diagonal(left, 0.0)
    known = ~np.isnan(values)
    coverage = known.astype(float) @ left.T
    totals = np.where(known, values, 0.0) @ left.T
    return ranks(
        (np.where(coverage > 0, totals, np.nan) / np.where(coverage == 0, 1.0, coverage)).T
    )
