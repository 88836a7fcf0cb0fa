"""How firmly an evaluation ranks: other weights and choices, each indicator left out, and which choice moves the ranks most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import evaluation, indicators
from industrymap.errors import EvaluationError
from industrymap.evaluation import robustness as ranks_of
from industrymap.evaluation import sensitivity
from industrymap.pipeline._evaluations import arranged, open_run

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from industrymap.evaluation import Inputs, Method
    from industrymap.pipeline._evaluations import Run

__all__ = ["FACTORS", "Robustness", "RobustnessOptions", "robustness"]

FACTORS = ("normalise", "mean", "treat", "weights")
"""What is chosen anew in each draw: the scale, the mean, whether outliers are drawn in, the weights."""
_SCALES = ("min_max", "z_score", "percentile_rank")
_MEANS = ("arithmetic", "geometric")


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustnessOptions:
    """What is tried.

    Attributes
    ----------
    draws : int
        Independent draws of all choices together.
    noise : float
        Each weight is multiplied by a number within ``1 ± noise``.
    seed : int
        The same seed gives the same figures.

    Examples
    --------
    >>> RobustnessOptions().draws
    1000
    """

    draws: int = 1000
    noise: float = 0.25
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """How firm the ranks of an evaluation are.

    Attributes
    ----------
    run : Run
    options : RobustnessOptions
    ranks : DataFrame
        ``unit, name, rank, low, median, high``: the evaluation's rank, and the middle nine in ten of the ranks drawn.
    without : DataFrame
        ``indicator, moved, largest``: how many areas change their rank without it, and by how many places the one that does most.
    factors : DataFrame
        ``factor, first, total``: share of the variance of the mean shift of ranks that a choice explains alone, and with all
        that it takes part in.
    """

    run: Run
    options: RobustnessOptions
    ranks: pd.DataFrame
    without: pd.DataFrame
    factors: pd.DataFrame


def robustness(
    folder: str | Path, run_id: str, options: RobustnessOptions | None = None
) -> Robustness:
    """Try an evaluation with other scales, means, treatments and weights.

    Parameters
    ----------
    folder : path
        The workspace.
    run_id : str
        An evaluation, or its first digits.
    options : RobustnessOptions, optional

    Raises
    ------
    EvaluationError
        There is no such evaluation, it ranks fewer than two areas, or fewer than ten draws are asked for.

    Notes
    -----
    The result whose variance is shared out is the mean absolute shift of ranks (OECD/JRC, Handbook on Constructing Composite
    Indicators, 2008, step 7).

    Examples
    --------
    >>> import industrymap as im
    >>> im.robustness(".", "3b1e").ranks[["name", "low", "high"]]  # doctest: +SKIP
    """
    options = options or RobustnessOptions()
    if options.draws < 10 or not 0 <= options.noise < 1:
        raise EvaluationError(
            "Robustness needs at least ten draws and a noise of at least 0 and below 1.",
            "稳健性分析至少抽取 10 次，权重扰动应在 0（含）到 1（不含）之间。",
        )
    run = open_run(folder, run_id)
    units = run.scores["unit"].astype(str).tolist()
    method = evaluation.load_method(run.folder / "method.toml")
    inputs = arranged(
        run.inputs,
        indicators.load(run.folder / "definitions.toml"),
        units,
        least_firms=method.least_firms,
    )
    # Ranked anew: what was kept has its own order.
    stated = ranks_of.ranks(evaluation.score(inputs, method).scores)
    if (~np.isnan(stated)).sum() < 2:
        raise EvaluationError(
            f"The evaluation {run.id} ranks fewer than two areas: there is nothing to shift.",
            f"评价 {run.id} 排名的对象不足两个，无从分析。",
        )
    trial = _Trial(inputs, method, stated, options)
    # Two samples and one for each factor: together about as many draws as asked for take part in the intervals.
    shares = sensitivity.sobol(trial.shift, len(FACTORS), samples=max(5, options.draws // 2), seed=options.seed)  # fmt: skip
    return Robustness(
        run=run,
        options=options,
        ranks=_intervals(run, trial),
        without=_without(inputs, method, stated),
        factors=pd.DataFrame({"factor": FACTORS, "first": shares.first, "total": shares.total}),
    )


class _Trial:
    """The evaluation under points of choices, each within 0 … 1; keeps every rank it has seen."""

    def __init__(
        self,
        inputs: Inputs,
        method: Method,
        stated: NDArray[np.float64],
        options: RobustnessOptions,
    ) -> None:
        self.inputs, self.method, self.stated = inputs, method, stated
        self.seen: list[NDArray[np.float64]] = []
        # A scale that needs its own ends is always the stated one: others have no use for them.
        self.scales = tuple(dict.fromkeys((method.normaliser, *_SCALES)))
        self.means = tuple(dict.fromkeys((method.mean, *_MEANS)))
        weights = evaluation.score(inputs, method).weights
        self.taking = np.flatnonzero(weights > 0)
        self.drawn = ranks_of.noisy_weights(
            weights[self.taking], noise=options.noise, draws=options.draws, seed=options.seed
        )
        groups = np.array(inputs.groups)[self.taking]
        self.groups = [groups == g for g in dict.fromkeys(groups.tolist())]

    def shift(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by how many places the areas move on average, for each point."""
        ranks = self.ranks(points)
        self.seen.append(ranks)
        return np.asarray(np.nanmean(np.abs(ranks - self.stated), axis=1))

    def ranks(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the ranks, shape (points, units)."""
        sizes = (len(self.scales), len(self.means), 2, len(self.drawn))
        # The last number of a choice is never drawn, but 1.0 * size would be one past it.
        chosen = np.minimum((points * sizes).astype(int), np.array(sizes) - 1)
        out = np.full((len(points), len(self.stated)), np.nan)
        # Points of one scale, mean and treatment differ by weights alone: they are scored together.
        for choice in np.unique(chosen[:, :3], axis=0):
            at = (chosen[:, :3] == choice).all(axis=1)
            out[at] = ranks_of.ranks(self._scores(choice, self.drawn[chosen[at, 3]]))
        return out

    def _scores(
        self, choice: NDArray[np.int_], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return scores, shape (weights, units), as :func:`industrymap.evaluation.score` makes them, all weights at once."""
        method = replace(
            self.method,
            normaliser=self.scales[choice[0]],
            mean=self.means[choice[1]],
            treatment=("none", "winsorise")[choice[2]],
        )
        values = evaluation.score(self.inputs, method).normalised[:, self.taking]
        parts = [_mean(values[:, at], weights[:, at], method) for at in self.groups]
        # Of the drawn weights of its indicators: a group's own weight is in them already.
        outer = np.column_stack([weights[:, at].sum(axis=1) for at in self.groups])
        scores = _mean(np.stack(parts, axis=2), outer, method)
        # Estimates look like known values here: who had too little known for a score has none in any draw.
        if method.imputation != "none":
            scores = np.where(np.isnan(self.stated), np.nan, scores)
        return scores


def _mean(
    values: NDArray[np.float64], weights: NDArray[np.float64], method: Method
) -> NDArray[np.float64]:
    """Return the method's mean over the last axis: values of shape (units, parts) or (draws, units, parts), weights (draws, parts)."""
    share = weights / weights.sum(axis=1, keepdims=True)
    return evaluation.aggregate.power_mean(
        values,
        share[:, None, :],
        power=evaluation.MEANS[method.mean],
        min_coverage=method.least_coverage,
    ).scores


def _intervals(run: Run, trial: _Trial) -> pd.DataFrame:
    seen = np.concatenate(trial.seen)
    ranked = ~np.isnan(seen).all(axis=0)
    out = np.full((3, seen.shape[1]), np.nan)
    out[:, ranked] = np.nanquantile(seen[:, ranked], [0.05, 0.5, 0.95], axis=0)
    return run.scores[["unit", "name", "rank"]].assign(low=out[0], median=out[1], high=out[2])


def _without(inputs: Inputs, method: Method, stated: NDArray[np.float64]) -> pd.DataFrame:
    """Return what becomes of the ranks without each indicator in turn, by the method as it is."""
    rows = []
    weights = evaluation.score(inputs, method).weights
    for i in np.flatnonzero(weights > 0):
        kept = [n for n in range(len(inputs.ids)) if n != i]
        rest = replace(
            inputs,
            amounts=inputs.amounts[:, kept],
            ids=[inputs.ids[n] for n in kept],
            groups=[inputs.groups[n] for n in kept],
            direction=inputs.direction[kept],
        )
        # The only one that takes part: without it there is no score, and no rank to shift.
        if not (weights[kept] > 0).any():
            continue
        shift = np.abs(ranks_of.ranks(evaluation.score(rest, method).scores) - stated)
        known = shift[~np.isnan(shift)]
        rows.append((inputs.ids[int(i)], int((known > 0).sum()), float(known.max(initial=0.0))))
    table = pd.DataFrame(rows, columns=["indicator", "moved", "largest"])
    return table.sort_values(
        ["moved", "largest"], ascending=False, kind="stable", ignore_index=True
    )
