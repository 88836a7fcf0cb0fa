"""Why scores changed from one evaluation to another: revision, method, benchmark, value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from industrymap import evaluation, indicators, workspace
from industrymap.errors import EvaluationError
from industrymap.pipeline._evaluations import arranged
from industrymap.pipeline._indicators import IndicatorOptions, values_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from industrymap.evaluation import Inputs, Method
    from industrymap.indicators import IndicatorSet
    from industrymap.pipeline._evaluations import Run

__all__ = ["changed", "changed_parts"]

_SHOWN = 8
"""Decimal places of a difference of two scores."""
_MOST = 2_000
"""Most areas of which each is scored by itself: a second or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What an evaluation was made by."""

    run: Run
    of: IndicatorSet
    method: Method

    @classmethod
    def read(cls, run: Run) -> _Side:
        return cls(
            run=run,
            of=indicators.load(run.folder / "definitions.toml"),
            method=evaluation.load_method(run.folder / "method.toml"),
        )


def changed(before: Run, after: Run) -> pd.DataFrame:
    """Return why scores changed from one evaluation to another.

    Parameters
    ----------
    before, after : Run
        Of the same level and workspace.

    Returns
    -------
    DataFrame
        ``unit, name, score_before, score_after, rank_before, rank_after``, and the change in four parts that add up to it, largest
        change first:

        - ``by_revision``: what is known of the earlier period by now, beside what was known then;
        - ``by_method``: what the later definitions and method make of those figures, the stated benchmarks left as they were;
        - ``by_benchmark``: the stated benchmarks and ends of the later method, and what all other areas did, against whom an
          area is measured where a scale or a weight is taken from the figures;
        - ``by_value``: what the area's own figures did from one period to the other, all others as they were.

    Raises
    ------
    EvaluationError
        The two are of different levels, or of more than 2,000 areas.

    Notes
    -----
    The parts are taken in this order, each on what the one before it left; in another order they would share out a little
    differently. Definitions that changed are computed anew from what the running database knew at the later evaluation.
    """
    if before.about["level"] != after.about["level"]:
        raise EvaluationError(
            f"{before.id} is of the level {before.about['level']}, {after.id} of {after.about['level']}: they have no area in common.",
            f"评价 {before.id} 是 {before.about['level']} 级，{after.id} 是 {after.about['level']} 级，没有共同的对象。",
        )
    both = before.scores[["unit", "name", "score", "rank"]].merge(
        after.scores[["unit", "score", "rank"]], on="unit", suffixes=("_before", "_after")
    )
    if len(both) > _MOST:
        raise EvaluationError(
            f"{len(both):,} areas are too many to score each by itself; at most {_MOST:,} can be taken apart.",
            f"对象有 {len(both):,} 个，逐一分解过多；至多 {_MOST:,} 个。",
        )
    old, new = _Side.read(before), _Side.read(after)
    # Over every area there was then: one that is gone since took part in the scale.
    units = before.scores["unit"].astype(str).tolist()
    revised, redefined = _between(old, new)
    steps = [
        before.scores["score"].to_numpy(dtype=np.float64, na_value=np.nan),
        _scores(_arranged(revised, old, units), old.method),
        *_by_method(redefined, old, new, units),
        _each_alone(redefined, new, units),
    ]
    at = [units.index(unit) for unit in both["unit"].astype(str)]
    start, revision, method, stated, alone = (step[at] for step in steps)
    end = both["score_after"].to_numpy(dtype=np.float64, na_value=np.nan)
    parts = {
        "by_revision": revision - start,
        "by_method": method - revision,
        # Stated ends first, then the others: both are what an area is measured against.
        "by_benchmark": (stated - method) + (end - alone),
        "by_value": alone - stated,
    }
    for name, part in parts.items():
        # To the places that scores are kept with, so that nothing is left that nobody changed.
        both[name] = part.round(_SHOWN) + 0.0
    size = (both["score_after"] - both["score_before"]).abs()
    return both.loc[size.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def changed_parts(before: Run, after: Run, area: str) -> pd.DataFrame:
    """Take the change of one area's score apart by indicator.

    Parameters
    ----------
    before, after : Run
    area : str
        Its code or name.

    Returns
    -------
    DataFrame
        ``indicator, group``, then ``value, normalised, weight, points`` of both evaluations as ``…_before`` and ``…_after``, and
        ``change`` of the points; what moved the score most first. An indicator that took part in one of the two has no figures in
        the other, and its points count as 0 there.

    Raises
    ------
    EvaluationError
        One of the two has no such area.
    """
    columns = ["indicator", "group", "value", "normalised", "weight", "points"]
    (_, one), (_, other) = before.explain(area), after.explain(area)
    table = one[columns].merge(
        other[columns], on=["indicator", "group"], how="outer", suffixes=("_before", "_after")
    )
    table["change"] = table["points_after"].fillna(0.0) - table["points_before"].fillna(0.0)
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _between(old: _Side, new: _Side) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the earlier period's figures as known at the later evaluation: by the earlier definitions, and by the later."""
    same = {
        name: old.run.about[name] == new.run.about[name] for name in ("period", "vintage", "basis")
    }
    same_text = old.of.text == new.of.text
    # The later evaluation is of that period itself: its figures are those that are known now.
    if same_text and same["period"]:
        return new.run.inputs, new.run.inputs
    revised = old.run.inputs if same["vintage"] else _computed(old, old, new)
    if same_text:
        return revised, revised
    return revised, new.run.inputs if same["period"] else _computed(new, old, new)


def _computed(by: _Side, old: _Side, new: _Side) -> pd.DataFrame:
    """Return the figures of the earlier period by some definitions, from what was known at the later evaluation."""
    about = old.run.about
    options = IndicatorOptions(
        level=str(about["level"]),
        periods=[str(about["period"])],
        as_of=_number(new.run.about["vintage"]),
        basis=str(about.get("basis", "")),
    )
    return values_of(workspace.load(_workspace(old.run)), by.of, options).figures.table


def _workspace(run: Run) -> Path:
    # <workspace>/runs/<id>
    return run.folder.parent.parent


def _number(vintage: object) -> int:
    return int(str(vintage))


def _by_method(
    figures: pd.DataFrame, old: _Side, new: _Side, units: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scores by the later method with the earlier stated ends, and with its own."""
    inputs = _arranged(figures, new, units)
    # An end that only one of the two states has nothing it could be compared with: it belongs to the method.
    common = {i: old.method.ends[i] for i in new.method.ends if i in old.method.ends}
    held = replace(new.method, ends={**new.method.ends, **common})
    return _scores(inputs, held), _scores(inputs, new.method)


def _each_alone(figures: pd.DataFrame, new: _Side, units: list[str]) -> NDArray[np.float64]:
    """Return the score of each area with its own later figures, all others having their earlier ones."""
    every = {*figures["indicator"], *new.run.inputs["indicator"]}
    then = _arranged(figures, new, units, present=every)
    now = _arranged(new.run.inputs, new, units, present=every)
    out = np.full(len(units), np.nan)
    for place in range(len(units)):
        amounts = then.amounts.copy()
        amounts[place] = now.amounts[place]
        out[place] = _scores(replace(then, amounts=amounts), new.method)[place]
    return out


def _arranged(
    figures: pd.DataFrame, by: _Side, units: list[str], *, present: Collection[str] = ()
) -> Inputs:
    return arranged(figures, by.of, units, least_firms=by.method.least_firms, present=present)


def _scores(inputs: Inputs, method: Method) -> NDArray[np.float64]:
    return evaluation.score(inputs, method).scores
