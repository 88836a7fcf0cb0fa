"""Cells that are empty or coarse: row by row where they are few, one line per table where most are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import issues

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["missing_values_issues"]

# A column that is mostly empty is one fact; twenty scattered blanks are twenty things to ask for.
_MOST = 0.5
_FEW = 20


def missing_values_issues(
    records: pd.DataFrame,
    mask: pd.Series[bool],
    rule: issues.Rule,
    whole: issues.Rule,
    *,
    column: str,
) -> pd.DataFrame:
    """List rows where ``mask`` holds; a table where it holds for most rows gets one line.

    Parameters
    ----------
    records : DataFrame
        ``source, source_row`` and ``column``.
    mask : Series of bool
    rule, whole : Rule
        For a row; for a table, with ``{n}`` and ``{of}``.
    column : str
    """
    # Of a good table nothing is missing, and it need not be parted.
    if not mask.any():
        return issues.empty()
    found = []
    for source, part in records[["source", "source_row", column]].groupby("source", sort=True):
        here = mask.loc[part.index]
        n = int(here.sum())
        if n > _FEW and n > _MOST * len(part):
            record = {"source": source, "row": None, "column": column, "value": None}
            found.append(issues.from_records([{**record, "rule": whole, "n": n, "of": len(part)}]))
        elif n:
            found.append(issues.from_mask(part, here, rule, column=column))
    return issues.concat(found)
