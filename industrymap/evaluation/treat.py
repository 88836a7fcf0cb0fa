"""Treat outliers before normalising, so that one extreme unit does not press all others together.

``values`` has the shape ``(units, indicators)``; ``NaN`` stays. The rule of the OECD/JRC handbook: an indicator is
treated where its skew is over 2 in size and its kurtosis over 3.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Treated", "is_extreme", "kurtosis", "skewness", "winsorise"]

MOST_SKEW = 2.0
MOST_KURTOSIS = 3.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """Values after treatment.

    Attributes
    ----------
    values : ndarray of float64, shape (units, indicators)
        With extreme values drawn in.
    changed : ndarray of bool, shape (units, indicators)
        Which were; a report names them.
    """

    values: NDArray[np.float64]
    changed: NDArray[np.bool_]


def skewness(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sample skewness G1 of each indicator; NaN below 3 known values or without spread."""
    n, second, third, _ = _central(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        g1 = third / second**1.5
        # The factor makes G1 of a sample out of g1 of a population, as spreadsheets and COINr
        # compute it.
        return np.where((n > 2) & (second > 0), g1 * np.sqrt(n * (n - 1.0)) / (n - 2.0), np.nan)


def kurtosis(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sample excess kurtosis G2 of each indicator; NaN below 4 known values or without spread."""
    n, second, _, fourth = _central(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        g2 = fourth / second**2 - 3.0
        # G2, the sample form of the excess: 0 for a normal distribution.
        sample = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g2 + 6.0)
        return np.where((n > 3) & (second > 0), sample, np.nan)


def is_extreme(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which indicators are skewed by a few extreme units."""
    return (np.abs(skewness(values)) > MOST_SKEW) & (kurtosis(values) > MOST_KURTOSIS)


def winsorise(values: NDArray[np.float64], *, most: int = 5) -> Treated:
    """Draw the most extreme value in to the next one, until the indicator is no longer extreme.

    Parameters
    ----------
    most : int, default 5
        Most units to draw in per indicator; one that needs more is left as it is and is better served by a logarithm.

    Examples
    --------
    >>> treated = winsorise(np.array([[1.0], [2.0], [3.0], [2.0], [1.0], [500.0]]))
    >>> treated.values.ravel(), int(treated.changed.sum())
    (array([1., 2., 3., 2., 1., 3.]), 1)
    """
    out = values.copy()
    for indicator in np.flatnonzero(is_extreme(values)):
        drawn = _draw_in(values[:, indicator], most)
        if drawn is not None:
            out[:, indicator] = drawn
    return Treated(values=out, changed=(out != values) & ~np.isnan(values))


def _draw_in(column: NDArray[np.float64], most: int) -> NDArray[np.float64] | None:
    """Return the column with up to ``most`` values drawn in, or ``None`` where that is not enough."""
    # Skewed to the right, the largest values are drawn in; to the left, the smallest.
    above = float(skewness(column[:, None])[0]) > 0
    # Distinct values: drawing in to an equal neighbour would change nothing.
    ordered = np.unique(column[~np.isnan(column)])
    for steps in range(1, min(most, len(ordered) - 1) + 1):
        limit = ordered[-1 - steps] if above else ordered[steps]
        drawn: NDArray[np.float64] = (
            np.minimum(column, limit) if above else np.maximum(column, limit)
        )
        # Several units may share a value: all of them count.
        if int(((drawn != column) & ~np.isnan(column)).sum()) > most:
            return None
        if not is_extreme(drawn[:, None])[0]:
            return drawn
    return None


def _central(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.int_], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return n and the second, third and fourth central moments of the known values."""
    known = ~np.isnan(values)
    n = known.sum(axis=0)
    # Columns without a value divide by 1 and come out as 0; n tells them apart.
    least = np.maximum(n, 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / least
    off = np.where(known, values - mean, 0.0)
    return (
        n,
        (off**2).sum(axis=0) / least,
        (off**3).sum(axis=0) / least,
        (off**4).sum(axis=0) / least,
    )
