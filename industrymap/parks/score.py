"""The transparent score of a park: indicators brought to 0–1 between fixed points, times their weights."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.columns import floats
from industrymap.errors import RuleError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.columns import Floats
    from industrymap.standards import Standard

__all__ = ["Indicator", "Weights", "parts", "reweighted", "scaled", "score", "weigh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator of the score.

    Attributes
    ----------
    id, field : str
        Its name, and the column it reads.
    weight : float
        Its share of the score.
    zero, one : float
        Values that give 0 and 1; between them it is linear, beyond them it is cut. ``zero > one`` where less is better.
    zh, en : str
        Labels.
    """

    id: str
    field: str
    weight: float
    zero: float
    one: float
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A weights file.

    Attributes
    ----------
    standard_id : str
    indicators : tuple of Indicator
    weight_spread : float
        How far weights are varied, relatively, when the stability of the ranking is asked for.
    input_spread : mapping
        Field → relative uncertainty of the input, half width.
    """

    standard_id: str
    indicators: tuple[Indicator, ...]
    weight_spread: float = 0.2
    input_spread: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, standard: Standard) -> Weights:
        """Read the weights of a standard of kind ``pilot_score``.

        Raises
        ------
        RuleError
            An indicator whose field is no number of the park layer, a negative weight, two equal fixed points.
        """
        if standard.kind != "pilot_score":
            raise RuleError(
                f"Standard {standard.id} is of kind {standard.kind}, expected pilot_score.",
                f"标准 {standard.id} 的类型是 {standard.kind}，应为 pilot_score。",
            )
        rows = standard.body.get("indicator", [])
        indicators = tuple(_indicator(standard.id, row) for row in rows)
        if not indicators or sum(i.weight for i in indicators) <= 0:
            raise RuleError(
                f"Standard {standard.id} gives no weight to anything.",
                f"标准 {standard.id} 没有任何权重。",
            )
        stability = standard.body.get("stability", {})
        return cls(
            standard_id=standard.id,
            indicators=indicators,
            weight_spread=float(stability.get("weight_spread", 0.2)),
            input_spread={
                _number_field(standard.id, k): float(v)
                for k, v in stability.get("inputs", {}).items()
            },
        )

    def with_weights(self, changes: Mapping[str, float]) -> Weights:
        """Return these weights with some of them changed by indicator id.

        Raises
        ------
        RuleError
            An id that is not known, or a negative weight.
        """
        known = [i.id for i in self.indicators]
        for name, weight in changes.items():
            if name not in known:
                near = nearest(name, known) or known
                raise RuleError(
                    f"There is no indicator {name!r}; known: {', '.join(near)}.",
                    f"没有指标“{name}”；可用：{'、'.join(near)}。",
                )
            if weight < 0:
                raise RuleError(
                    f"The weight of {name} is {weight:g}; expected 0 or more.",
                    f"{name} 的权重为 {weight:g}，应不小于 0。",
                )
        changed = tuple(
            replace(i, weight=float(changes.get(i.id, i.weight))) for i in self.indicators
        )
        return replace(self, indicators=changed)


def reweighted(standard: Standard, changes: Mapping[str, float]) -> Standard:
    """Return a weights file with some of its weights changed, for a choice by other weights.

    Raises
    ------
    RuleError
        An indicator that is not known, or a negative weight.
    """
    if not changes:
        return standard
    # For its errors alone: an unknown id or a negative weight.
    Weights.of(standard).with_weights(changes)
    rows = [
        row | {"weight": changes.get(row["id"], row["weight"])}
        for row in standard.body["indicator"]
    ]
    # The changed weights travel in the standard's title, so that a list made by them says so.
    adjustments = ", ".join(f"{name} = {weight:g}" for name, weight in changes.items())
    return replace(
        standard,
        zh=f"{standard.zh}（调整 {adjustments}）",
        en=f"{standard.en} with {adjustments}",
        body={**standard.body, "indicator": rows},
    )


def parts(parks: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """Return each indicator's value between 0 and 1, ``<NA>`` where its input is unknown."""
    return pd.DataFrame(
        {
            i.id: pd.Series(scaled(floats(parks, i.field), i), index=parks.index).astype("Float64")
            for i in weights.indicators
        }
    )


def scaled(values: Floats, indicator: Indicator) -> Floats:
    """Bring raw values to 0–1 between the indicator's fixed points; ``NaN`` stays."""
    # Fixed points and not the parks' own range: a park's score does not move because another park is added.
    return np.clip((values - indicator.zero) / (indicator.one - indicator.zero), 0.0, 1.0)


def score(parks: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """Score every park.

    ``score = 100 · Σ wᵢ·sᵢ / Σ wᵢ`` over the indicators whose input is known. The share of the weight that is known is
    beside it: a score that rests on half of the weight is not the same thing as one that rests on all of it.

    Returns
    -------
    scored : DataFrame
        ``pilot_score`` (0 to 100, ``<NA>`` where nothing is known) and ``pilot_score_coverage`` (0 to 1).
    """
    table = parts(parks, weights).to_numpy(dtype=float, na_value=np.nan)
    share = np.array([i.weight for i in weights.indicators])
    points, coverage = weigh(table, share)
    return pd.DataFrame(
        {
            "pilot_score": pd.Series(points, index=parks.index).astype("Float64"),
            "pilot_score_coverage": pd.Series(coverage, index=parks.index).astype("Float64"),
        }
    )


def weigh(table: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Return the weighted mean ·100 over what is known, and the share of the weight that is known."""
    known = ~np.isnan(table)
    # What is unknown takes its weight with it: as 0 it would count as the worst value.
    weight = known @ share
    total = np.where(known, table, 0.0) @ share
    with np.errstate(invalid="ignore", divide="ignore"):
        # A park of which nothing is known has no score, not a score of 0.
        points = np.where(weight > 0, 100.0 * total / weight, np.nan)
    # Out of all weight, including what is unknown: that share is what coverage means.
    return points, weight / share.sum()


def _indicator(standard: str, row: Mapping[str, Any]) -> Indicator:
    name = _number_field(standard, row.get("field"))
    weight, zero, one = (float(row.get(key, 0.0)) for key in ("weight", "zero", "one"))
    # Equal fixed points would divide by 0.
    if weight < 0 or zero == one:
        raise RuleError(
            f"Standard {standard}, {row.get('id')}: weight {weight:g} must be 0 or more, and zero and one must differ.",
            f"标准 {standard} 的 {row.get('id')}：权重 {weight:g} 应不小于 0，且 zero 与 one 不能相等。",
        )
    return Indicator(
        id=row["id"],
        field=name,
        weight=weight,
        zero=zero,
        one=one,
        zh=row["zh"],
        en=row["en"],
    )


def _number_field(standard: str, name: object) -> str:
    numbers = {f.name for f in schemas.fields(schemas.PARKS) if f.dtype in ("float", "int")}
    if name not in numbers:
        near = ", ".join(nearest(str(name), numbers))
        raise RuleError(
            f"Standard {standard}: {name!r} is no number of a park; did you mean {near or 'another'}?",
            f"标准 {standard}：“{name}”不是园区的数值字段，是否为 {near or '其他字段'}？",
        )
    return str(name)
