"""An index of several periods, one of them 100, from a set of indicators and a method's weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import evaluation
from industrymap.errors import EvaluationError
from industrymap.periods import parse
from industrymap.pipeline._evaluations import arranged, chosen_method
from industrymap.pipeline._indicators import IndicatorOptions, indicator_values

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from industrymap.evaluation import Inputs, Method
    from industrymap.indicators import IndicatorSet
    from industrymap.periods import Period
    from industrymap.pipeline._indicators import IndicatorValues

__all__ = ["FORMULAS", "IndexOptions", "IndexSeries", "index_of", "index_series"]

FORMULAS = ("fixed", "geometric", "chained", "symmetric")
"""Against the base period, by arithmetic or geometric mean; or chained, by plain or symmetric growth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """How an index is made.

    Attributes
    ----------
    indicators : IndicatorOptions
        Level, day and basis, and the periods: two or more.
    base : str
        The period that is 100; the first by default.
    formula : str
        One of :data:`FORMULAS`.

    Examples
    --------
    >>> IndexOptions(indicators=IndicatorOptions(periods=["2024", "2025"])).formula
    'fixed'
    """

    indicators: IndicatorOptions
    base: str = ""
    formula: str = "fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSeries:
    """An index of every area.

    Attributes
    ----------
    of : IndicatorSet
    method : Method
    base : str
        The period that is 100.
    table : DataFrame
        ``unit, name, period, index, coverage``: Float64; ``<NA>`` where too little weight rests on indicators known in every period.
    left_out : dict of str to int
        Indicator → areas in which it takes no part, not being known and positive in every period.
    """

    of: IndicatorSet
    method: Method
    base: str
    table: pd.DataFrame
    left_out: dict[str, int]


def index_series(
    folder: str | Path, set_id: str, method_id: str, options: IndexOptions
) -> IndexSeries:
    """Return the index of every area over several periods.

    Raises
    ------
    EvaluationError
        Fewer than two periods, a base that is none of them, an unknown formula, or weights that are taken from the figures.
    IndicatorError
        As in :func:`indicator_values`.

    Notes
    -----
    An indicator takes part in an area where it is known and positive in every period, and each time of enough of the area's firms
    (``least_firms`` of the method); its weight is else shared out among the
    rest, and ``coverage`` says how much weight is left. Where less is better, the inverse is taken.

    Examples
    --------
    >>> import industrymap as im
    >>> options = im.IndexOptions(indicators=im.IndicatorOptions(periods=["2023", "2024", "2025"]))
    >>> im.index_series(".", "gz-1-5-n", "equal-proposal", options).base  # doctest: +SKIP
    '2023'
    """
    if options.formula not in FORMULAS:
        raise EvaluationError(
            f"There is no formula {options.formula!r}; there are: {', '.join(FORMULAS)}.",
            f"没有指数公式“{options.formula}”；可用：{'、'.join(FORMULAS)}。",
        )
    # As a set: a period asked for twice would make a link of no growth in a chain.
    periods = sorted({parse(p) for p in options.indicators.periods})
    if len(periods) < 2:
        raise EvaluationError("An index needs at least two periods.", "指数至少需要两个时期。")
    base = parse(options.base) if options.base else periods[0]
    if base not in periods:
        raise EvaluationError(
            f"The base period {base} is none of the periods asked for.",
            f"基期 {base} 不在所选时期中。",
        )
    method = chosen_method(folder, method_id)
    asked = replace(options.indicators, periods=[str(p) for p in periods])
    done = indicator_values(folder, set_id, asked)
    return index_of(done, method, base=base, formula=options.formula)


def index_of(done: IndicatorValues, method: Method, *, base: Period, formula: str) -> IndexSeries:
    """Return the index of indicators that were computed: of all their periods, ``base`` at 100.

    Raises
    ------
    EvaluationError
        Fewer than two periods, or weights that are taken from the figures.
    """
    periods = list(done.periods)
    if len(periods) < 2:
        raise EvaluationError("An index needs at least two periods.", "指数至少需要两个时期。")
    cube, ids, groups = _cube(done, [str(p) for p in periods], method)
    # Only stated weights: weights drawn from the data would change from period to period, and the
    # index with them.
    weights = evaluation.stated_weights(ids, groups, method)
    rows, left_out = [], dict.fromkeys(ids, 0)
    for i, (code, name) in enumerate(done.units.names.items()):
        # Known and above zero in every period, or its growth cannot be chained; each area decides
        # for itself.
        whole = (cube[:, i] > 0).all(axis=0)
        for id_ in np.array(ids)[~whole]:
            left_out[str(id_)] += 1
        coverage = float(weights[whole].sum())
        values = np.full(len(periods), np.nan)
        # A hair less, because weights are sums of fractions.
        if coverage > 0 and coverage >= method.least_coverage - 1e-9:
            # The weights of what is there fill up to 1, so that 100 stays 100.
            part = weights[whole] / coverage
            values = _index(cube[:, i][:, whole], part, periods.index(base), formula)
        rows += [(code, name, str(p), v, coverage) for p, v in zip(periods, values, strict=True)]
    table = pd.DataFrame(rows, columns=["unit", "name", "period", "index", "coverage"])
    table["index"] = pd.array([None if np.isnan(v) else v for v in table["index"]], dtype="Float64")
    return IndexSeries(
        of=done.of,
        method=method,
        base=str(base),
        table=table,
        left_out={i: n for i, n in left_out.items() if n},
    )


def _cube(
    done: IndicatorValues, periods: list[str], method: Method
) -> tuple[NDArray[np.float64], list[str], list[str]]:
    """Return figures of shape ``(periods, units, indicators)``, more always being better, with ids and groups."""
    units = list(done.units.codes)
    table = done.figures.table
    # An indicator that one period lacks altogether has no column of its own there.
    parts = [
        arranged(table[table["period"] == p], done.of, units, least_firms=method.least_firms)
        for p in periods
    ]
    ids = [i.id for i in done.of.indicators if any(i.id in part.ids for part in parts)]
    cube = np.stack([_columns(part, ids) for part in parts])
    of = {i.id: i for i in done.of.indicators}
    less = np.array([float(of[i].direction) < 0 for i in ids])
    # An indicator of which less is better is turned over: a fall in energy per unit then raises the
    # index.
    with np.errstate(divide="ignore", invalid="ignore"):
        # An infinite inverse of 0 is no figure either.
        inverse = np.where(cube > 0, 1.0 / cube, np.nan)
    return np.where(less, inverse, cube), ids, [of[i].group for i in ids]


def _columns(part: Inputs, ids: list[str]) -> NDArray[np.float64]:
    """Return figures of shape ``(units, ids)``; unknown where the part has no such indicator."""
    columns = dict(zip(part.ids, part.amounts.T, strict=True))
    unknown = np.full(part.amounts.shape[0], np.nan)
    return np.column_stack([columns.get(i, unknown) for i in ids])


def _index(
    values: NDArray[np.float64], weights: NDArray[np.float64], base: int, formula: str
) -> NDArray[np.float64]:
    if formula == "chained":
        return evaluation.index.chained(values, weights, base=base)
    if formula == "symmetric":
        return evaluation.index.symmetric(values, weights, base=base)
    return evaluation.index.fixed_base(values, weights, base=base, geometric=formula == "geometric")
