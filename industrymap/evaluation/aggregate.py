"""Aggregate: from normalised indicators to one score, with its coverage.

An unknown indicator takes no part: the weights of the known ones are divided by their sum, and ``coverage`` says how
much of the weight rests on known values. Below ``min_coverage`` there is no score, because a unit must not rise by
keeping a bad figure to itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap.errors import EvaluationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Aggregate", "contributions", "copeland", "power_mean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """Scores of units.

    Attributes
    ----------
    scores : ndarray of float64, shape (units,)
        ``NaN`` where too little is known.
    coverage : ndarray of float64, shape (units,)
        Weight of the known indicators, 0 to 1.
    """

    scores: NDArray[np.float64]
    coverage: NDArray[np.float64]


def power_mean(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    power: float = 1.0,
    min_coverage: float = 0.6,
) -> Aggregate:
    """Return the weighted generalised mean ``(Σ w xᵖ)^(1/p)``: 1 arithmetic, 0 geometric, -1 harmonic.

    The lower the power, the less a strength makes up for a weakness (OECD/JRC 2008, chapter 6). The mean is over the last axis;
    weights may have axes before it, such as one for each of many draws.

    Raises
    ------
    EvaluationError
        Where ``power`` is below 1 and a known value is not positive: a zero would decide everything.

    Examples
    --------
    >>> scores = np.array([[100.0, 25.0], [np.nan, 40.0]])
    >>> power_mean(scores, np.array([0.5, 0.5]), power=0, min_coverage=0.5)
    Aggregate(scores=array([50., 40.]), coverage=array([1. , 0.5]))
    """
    known = ~np.isnan(values)
    if power < 1 and np.any(values[known] <= 0):
        raise EvaluationError(
            f"a mean with power {power:g} needs positive values; map the worst to 1 instead of 0",
            f"幂次为 {power:g} 的平均要求数值为正；请把最差值映射为 1 而不是 0",
        )
    share = np.where(known, weights, 0.0)
    coverage = share.sum(axis=-1)
    # The weight of what is unknown is shared out among the rest.
    share /= np.where(coverage == 0, 1.0, coverage)[..., None]
    # 1 takes the place of an unknown value: its share is 0, and neither logarithm nor power trips over
    # it.
    filled = np.where(known, values, 1.0)
    if power == 0:
        scores = np.exp((share * np.log(filled)).sum(axis=-1))
    else:
        scores = (share * filled**power).sum(axis=-1) ** (1.0 / power)
    # A hair of tolerance: 0.2 + 0.2 + 0.2 is a little less than 0.6.
    enough = (coverage >= min_coverage - 1e-9) & (coverage > 0)
    return Aggregate(scores=np.where(enough, scores, np.nan), coverage=coverage)


def contributions(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each indicator adds to the arithmetic score; the row adds up to the score, unknown ones add 0."""
    known = ~np.isnan(values)
    # The weights of what is known fill up to 1, as in the score itself, or the parts would not add
    # up to it.
    share = np.where(known, weights, 0.0)
    total = share.sum(axis=1, keepdims=True)
    return np.where(known, values, 0.0) * share / np.where(total == 0, 1.0, total)


def copeland(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Copeland scores: duels won minus duels lost, each won by more weight of better indicators.

    An indicator takes part in a duel where both units are known. It asks only for order, so nothing makes up for
    anything (Copeland 1951; OECD/JRC 2008, 6.4).

    Examples
    --------
    >>> copeland(np.array([[3.0, 3.0], [2.0, 2.0], [1.0, 9.0]]), np.array([0.6, 0.4]))
    array([ 2.,  0., -2.])
    """
    scores = np.zeros(len(values))
    for unit, row in enumerate(values):
        # Comparisons with NaN are false both ways, which leaves the indicator out of that duel.
        balance = ((row > values) * weights).sum(axis=1) - ((row < values) * weights).sum(axis=1)
        # Rounded, so that weights in balance do not decide a duel by their last bit.
        scores[unit] = np.sign(np.round(balance, 12)).sum()
    return scores
