"""How closely a firm's figure can be worked out from published sums, by somebody who knows a rival's.

The reader knows which firm is in which area, whether it is in the base or above scale (which bounds its revenue from below and
above), every published sum, and, being a firm himself, one figure in each area. What he cannot know is how a sum is shared out. The
bounds are those of linear programming over the sums; where a sum is alone, the program is a subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.publishing._rules import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

__all__ = ["Figures", "capped", "dominated", "exposed", "extremes"]

_EPSILON = 1e-6
"""Relative rounding of sums, which are added up in millionths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One figure of every firm, and what everybody knows of it without a sum.

    Attributes
    ----------
    value, lowest, highest : ndarray of float, one per firm
        ``highest`` may be infinite.
    of_atom : list of ndarray of int
        The firms of each atom.
    """

    value: Values
    lowest: Values
    highest: Values
    of_atom: Sequence[NDArray[np.intp]]

    def firms(self, atoms: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the firms of several atoms."""
        return np.concatenate([self.of_atom[a] for a in atoms])


def exposed(figures: Figures, firms: NDArray[np.intp], least: float, most: float) -> bool:
    """Return whether a firm among those behind a sum is given away by the bounds of that sum (p % rule).

    Wider bounds give away less: what is safe where the sum is known is safe wherever it is not.

    Parameters
    ----------
    figures : Figures
    firms : ndarray of int
        Behind the sum.
    least, most : float
        Bounds of the sum: equal where it can be worked out.
    """
    x, low, high = (a[firms] for a in (figures.value, figures.lowest, figures.highest))
    total = float(x.sum())
    size = np.abs(x)
    # a firm of the area knows its own figure: the one whose figure is furthest from what everybody knows learns most
    others_low = low.sum() - low + _largest_other(x - low)
    sure_most = most - others_low
    slack = RULES.p_percent * size + _EPSILON * abs(total)
    if bool((sure_most - x < slack).any()):
        return True
    others_high = np.array(
        [capped(np.delete(x, i), np.delete(high, i)) for i in _few_endless(high)]
    )
    if not len(others_high):
        return False
    known_least = np.maximum(low, least - others_high)
    known_most = np.minimum(high, sure_most)
    # classes alone (1,000 to 2,000 万元) bound nobody this closely: only together with a sum can they
    near = (known_most - x <= slack) & (x - known_least <= slack)
    return bool(near.any())


def dominated(figures: Figures, firms: NDArray[np.intp]) -> bool:
    """Return whether one firm makes up too much of a sum (dominance rule)."""
    size = np.abs(figures.value[firms])
    return bool(size.max() > RULES.dominance_share * size.sum())


def _largest_other(values: Values) -> Values:
    """Return for each place the largest value of all other places, 0 for a single one."""
    if len(values) == 1:
        return np.zeros(1)
    order = np.argsort(values)
    out: Values = np.full(len(values), max(values[order[-1]], 0.0))
    out[order[-1]] = max(values[order[-2]], 0.0)
    return out


def _few_endless(high: Values) -> range:
    """Return every place, or none where more than two firms have no upper bound: then no sum bounds anybody from below."""
    return range(len(high) if (~np.isfinite(high)).sum() <= 2 else 0)


def capped(value: Values, highest: Values) -> float:
    """Return the most that firms can be together for somebody who knows the one that narrows it most."""
    endless = ~np.isfinite(highest)
    # The firm without an upper bound is the one that is known; two of them leave no bound.
    if endless.sum() > 1:
        return np.inf
    if endless.any():
        return float(highest[~endless].sum() + value[endless].sum())
    return float(highest.sum() - (highest - value).max(initial=0.0))


def extremes(
    sums: NDArray[np.float64], lowest: Values, highest: Values, actual: Values, place: int
) -> tuple[float, float, list[int]]:
    """Return the least and most that one part can be, given sums of parts, and the sums that say so.

    Parameters
    ----------
    sums : ndarray, one row per sum, one column per part
        1 where the part is in the sum.
    lowest, highest, actual : ndarray of float, one per part
        What is known of the part besides, and what it is.
    place : int
        The part asked for.
    """
    import highspy

    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call] # the library leaves it untyped
    solver.silent()
    # Scaled to about 1, because the solver's tolerances are absolute.
    scale = max(float(np.abs(actual).max()), 1.0)
    for low, high in zip(lowest / scale, highest / scale, strict=True):
        solver.addVar(low, min(high, highspy.kHighsInf))
    for row in sums:
        parts = np.flatnonzero(row).astype(np.int32)
        known = float(row @ actual) / scale
        solver.addRow(known, known, len(parts), parts, row[parts])
    solver.changeColCost(place, 1.0)
    bounds: list[float] = []
    binding: set[int] = set()
    for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
        solver.changeObjectiveSense(sense)
        solver.run()
        status: Any = solver.getModelStatus()
        endless = status in {
            highspy.HighsModelStatus.kUnbounded,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        }
        bounds.append(np.inf if endless else solver.getInfo().objective_function_value * scale)
        # A sum with a price has a part in the bound.
        prices = np.array(solver.getSolution().row_dual)
        binding |= set(np.flatnonzero(np.abs(prices) > _EPSILON).tolist())
    return bounds[0], bounds[1], sorted(binding)
