"""Issues whose sentences differ from row to row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import issues

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["issues_per_row"]


def issues_per_row(
    records: pd.DataFrame,
    at: NDArray[np.int64],
    rule: issues.Rule,
    *,
    column: str,
    values: pd.Series[Any] | None = None,
    **details: list[Any],
) -> pd.DataFrame:
    """Build one issue per position, with the details of each in its sentences.

    Parameters
    ----------
    records : DataFrame
        Has ``source`` and ``source_row``, and ``column`` unless ``values`` is given.
    at : ndarray of int
        Positions in ``records``.
    rule : Rule
    column : str
        Shown as the column.
    values : Series, optional
        What was found, aligned with ``records``; the column itself by default.
    **details : list
        One entry per position.
    """
    if not len(at):
        return issues.empty()
    chosen = records[["source", "source_row"]].iloc[at]
    found = (records[column] if values is None else values).iloc[at]
    size = len(at)
    table = pd.DataFrame(
        {
            "source": chosen["source"].array,
            "row": chosen["source_row"].array,
            "column": column,
            "value": found.astype("string").str.slice(0, 200).array,
            "rule": rule.id,
            "level": rule.level,
            "zh": _sentences(rule.zh, details, size),
            "en": _sentences(rule.en, details, size),
        }
    )
    kinds: Any = dict.fromkeys(issues.COLUMNS, "string") | {"row": "Int64"}
    return table.astype(kinds)


def _sentences(
    template: str, details: dict[str, list[Any]], size: int
) -> pd.api.extensions.ExtensionArray:
    """Fill the ``{name}`` places of a template, all rows at once."""
    out = pd.Series([""] * size, dtype="string")
    # Every second piece of the split is a name: whole columns are joined, no sentence is formatted
    # by itself.
    for number, piece in enumerate(re.split(r"\{(\w+)\}", template)):
        if number % 2:
            out = out + pd.Series(details[piece], dtype="string").fillna("")
        elif piece:
            out = out + piece
    return out.array
