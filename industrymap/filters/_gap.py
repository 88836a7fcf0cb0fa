"""How far a row is from meeting a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.filters._evaluate import Evaluator
from industrymap.filters._nodes import And, Between, Compare, Not, Number, Or

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from industrymap.columns import Floats
    from industrymap.filters._nodes import Node

__all__ = ["gap"]


def gap(node: Node, frame: pd.DataFrame, *, layer: str, relations: Mapping[str, Any]) -> Floats:
    """Return the relative shortfall of every row."""
    return _gap(node, Evaluator(frame, layer, relations), want=True)


def _gap(node: Node, over: Evaluator, *, want: bool) -> Floats:
    match node:
        case Not(item):
            return _gap(item, over, want=not want)
        case And(items) | Or(items):
            parts = np.stack([_gap(item, over, want=want) for item in items])
            # To make NOT (a OR b) hold, both must change, as for an AND.
            every = isinstance(node, And) == want
            # All must be reached: the farthest counts and an unknown one makes it unknown. One suffices: the nearest known one counts.
            worst: Floats = parts.max(axis=0) if every else np.fmin.reduce(parts, axis=0)
            return worst
        case Between(left, low, high):
            both = And((Compare(left, ">=", low), Compare(left, "<=", high)))
            return _gap(both, over, want=want)
        case Compare(left, op, Number(limit)) if op not in ("=", "!="):
            return _number_gap(over, node, over.series(left), limit, want=want)
        case _:
            return _yes_or_no(over, node, want=want)


def _number_gap(
    over: Evaluator, node: Node, values: pd.Series[Any], limit: float, *, want: bool
) -> Floats:
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    # Relative to the limit, so that land in m² and shares can be compared.
    off = np.abs(numbers - limit) / max(abs(limit), 1e-12)
    holds = over.value(node).to_numpy(dtype=bool, na_value=False) == want
    return np.where(np.isnan(numbers), np.nan, np.where(holds, 0.0, off))


def _yes_or_no(over: Evaluator, node: Node, *, want: bool) -> Floats:
    value = over.value(node)
    holds = value.to_numpy(dtype=bool, na_value=False) == want
    # A yes or no has no distance: it holds, or nothing short of changing it helps.
    return np.where(np.asarray(value.isna()), np.nan, np.where(holds, 0.0, np.inf))
