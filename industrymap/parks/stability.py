"""Rank stability: how often a park stays in the list when weights and inputs vary within their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap.parks import pilots
from industrymap.parks.candidates import standing
from industrymap.parks.score import Weights, scaled, score, weigh

if TYPE_CHECKING:
    from industrymap.columns import Flags, Floats, Texts
    from industrymap.parks.score import Indicator
    from industrymap.standards import Standard

__all__ = ["choose_many", "stability"]

# So many draws at once: the table of a chunk has draws × parks × indicators numbers.
_CHUNK = 100
_SHARES = ("legal_paper_share", "block_overlap", "sublet_share")
# Below every score, so that sorting and comparing need no second test.
_UNRANKED = -np.inf


def stability(  # noqa: PLR0913 - what is chosen by, and how it is varied
    parks: pd.DataFrame,
    *,
    standard: Standard,
    weights: Standard,
    draws: int = 1000,
    seed: int = 2019,
    per_district: int | None = None,
    total: int | None = None,
    everyone: bool = False,
) -> pd.DataFrame:
    """Choose the pilots ``draws`` times, each time with weights and inputs a little different.

    In every draw each weight is multiplied by a number drawn evenly from 1 ± ``weight_spread``, and each uncertain input of each park
    from 1 ± its own spread; eligibility, score and limits are applied anew.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks, measured.
    standard, weights : Standard
        As for :func:`industrymap.parks.pilots.choose`; the spreads are in ``weights`` under ``[stability]``.
    draws : int
        How often.
    seed : int
        The same seed gives the same answer.
    per_district, total : int, optional
        Limits, as for :func:`industrymap.parks.pilots.choose`.
    everyone : bool
        As for :func:`industrymap.parks.pilots.choose`.

    Returns
    -------
    stability : DataFrame
        Aligned with ``parks``: ``in_list`` (share of draws in which the park is chosen), ``eligible`` (share in which it is eligible),
        ``rank_low``, ``rank_median``, ``rank_high`` (5th, 50th and 95th percentile of its rank where it has one).
    """
    wanted = Weights.of(weights)
    limits = pilots.limits_of(standard, weights, per_district=per_district, total=total)
    possible = _may_be_eligible(parks, standard, wanted)
    coverage = score(parks, wanted)["pilot_score_coverage"]
    stand = standing(parks, coverage, weights=weights, everyone=everyone)
    # Draws vary figures and weights, not whether a park takes part at all.
    possible &= (stand == "candidate").to_numpy(dtype=bool)
    candidates = parks[possible].reset_index(drop=True)
    # Seeded: the same data give the same shares in the list on every machine.
    generator = np.random.default_rng(seed)
    choice = _Choice(candidates=candidates, standard=standard, weights=wanted, limits=limits)
    parts = [
        _chunk(choice, generator, min(_CHUNK, draws - start)) for start in range(0, draws, _CHUNK)
    ]
    ranks = np.concatenate([rank for rank, _ in parts]) if parts else np.empty((0, len(candidates)))
    chosen = np.concatenate([c for _, c in parts]) if parts else ranks != 0
    return _spread_out(parks, possible, ranks, chosen)


def choose_many(points: Floats, districts: Texts, *, per_district: int, total: int) -> Flags:
    """Return who is chosen in each row of ``points`` (draws × parks; ``-inf`` where not eligible).

    The same as going down the ranking and passing over full districts: a park is taken if it is among the first ``per_district`` of its
    district, and among the first ``total`` of all such.
    """
    able = points > _UNRANKED
    # First the best of each district, then the best of all: the same as going down the list, without a loop per draw.
    for district in np.unique(districts):
        mine = np.flatnonzero(districts == district)
        able[:, mine] &= points[:, mine] >= _nth_best(points[:, mine], per_district)
    kept = np.where(able, points, _UNRANKED)
    return able & (kept >= _nth_best(kept, total))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """Who is chosen among, by what, and how many at most in a district and in all."""

    candidates: pd.DataFrame
    standard: Standard
    weights: Weights
    limits: tuple[int, int]


def _chunk(choice: _Choice, generator: np.random.Generator, draws: int) -> tuple[Floats, Flags]:
    """Return ranks and choices of several draws at once: draws × candidates."""
    candidates, weights, limits = choice.candidates, choice.weights, choice.limits
    n = len(candidates)
    varied = _varied(candidates, weights, generator, draws)
    share = np.array([i.weight for i in weights.indicators])
    spread = weights.weight_spread
    # Weights are drawn per draw, inputs per draw and park: a wrong weight hits all parks alike, a wrong figure one.
    drawn = share * generator.uniform(1 - spread, 1 + spread, (draws, len(share)))
    tables = np.stack([_scaled(varied, i, draws, n) for i in weights.indicators], axis=-1)
    # One draw at a time: weights differ between draws, not between parks.
    points = np.stack([weigh(tables[d], drawn[d])[0] for d in range(draws)])
    judged = pilots.verdicts(varied, choice.standard).reshape(draws, n)
    # equal points go by position, that is by id
    order = np.argsort(np.argsort(candidates["park_id"].astype("string").to_numpy(dtype=object)))
    # A billionth apart: less than any difference of scores that means something.
    points = np.where(judged & ~np.isnan(points), points - 1e-9 * order, _UNRANKED)
    ranks = (
        np.argsort(np.argsort(-points, axis=1, kind="stable"), axis=1, kind="stable").astype(
            np.float64
        )
        + 1.0
    )
    ranks[points == _UNRANKED] = np.nan
    districts = pilots.districts_of(candidates)
    return ranks, choose_many(points, districts, per_district=limits[0], total=limits[1])


def _varied(
    candidates: pd.DataFrame, weights: Weights, generator: np.random.Generator, draws: int
) -> pd.DataFrame:
    """Return the candidates ``draws`` times over, uncertain inputs multiplied by their draw."""
    many = candidates.iloc[np.tile(np.arange(len(candidates)), draws)].reset_index(drop=True)
    changed = {}
    for name, spread in weights.input_spread.items():
        if name in many and spread > 0:
            values = many[name].to_numpy(dtype=float, na_value=np.nan)
            values = values * generator.uniform(1 - spread, 1 + spread, len(many))
            # A share drawn above 1 would be no share.
            values = np.minimum(values, 1.0) if name in _SHARES else values
            changed[name] = pd.Series(values).astype("Float64")
    return pd.DataFrame(many.assign(**changed))


def _may_be_eligible(parks: pd.DataFrame, standard: Standard, weights: Weights) -> Flags:
    """Leave out parks that no draw can make eligible: a criterion over sure inputs fails or is open."""
    possible = np.ones(len(parks), dtype=bool)
    table = pilots.criterion_table(parks, standard)
    for criterion in pilots.criteria(standard):
        # A criterion over inputs that vary may turn out either way.
        if not set(criterion.passes.fields()) & set(weights.input_spread):
            possible &= table[criterion.id].fillna(value=False).to_numpy(dtype=bool)
    return possible


def _scaled(varied: pd.DataFrame, indicator: Indicator, draws: int, n: int) -> Floats:
    if indicator.field not in varied:
        return np.full((draws, n), np.nan)
    values = varied[indicator.field].to_numpy(dtype=float, na_value=np.nan)
    return scaled(values, indicator).reshape(draws, n)


def _nth_best(points: Floats, n: int) -> Floats:
    """Return the n-th largest of each row, as a column; the smallest where there are fewer."""
    k = min(n, points.shape[1])
    if k == 0:
        # No place to give: nothing reaches infinity.
        return np.full((len(points), 1), np.inf)
    return np.partition(points, points.shape[1] - k, axis=1)[:, [points.shape[1] - k]]


def _spread_out(parks: pd.DataFrame, possible: Flags, ranks: Floats, chosen: Flags) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "in_list": np.zeros(len(parks)),
            "eligible": np.zeros(len(parks)),
            "rank_low": np.nan,
            "rank_median": np.nan,
            "rank_high": np.nan,
        },
        index=parks.index,
    )
    rows = np.flatnonzero(possible)
    if len(rows) and len(ranks):
        # Share of the draws; parks that no draw can choose keep their 0.
        table.iloc[rows, 0] = chosen.mean(axis=0)
        table.iloc[rows, 1] = (~np.isnan(ranks)).mean(axis=0)
        ranked = (~np.isnan(ranks)).any(axis=0)
        if ranked.any():
            low, median, high = np.nanpercentile(ranks[:, ranked], (5, 50, 95), axis=0)
            table.iloc[rows[ranked], 2:] = np.stack([low, median, high], axis=1)
    return table.astype("Float64")
