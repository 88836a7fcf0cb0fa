"""What changed from one package to the next, figure by figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from industrymap.packages._pack import open_package

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["difference"]

_COMPARED = {
    "indicators": (["level", "unit", "indicator", "period"], "value"),
    "scores": (["unit", "period"], "score"),
    "index": (["unit", "period"], "index"),
    "series": (["kind", "entity", "measure", "period"], "value"),
}
"""Table → the columns that name a figure, and the figure."""


def difference(before: str | Path, after: str | Path) -> pd.DataFrame:
    """Return the figures that two packages state differently.

    Parameters
    ----------
    before, after : path
        Packages, the earlier one first.

    Returns
    -------
    DataFrame
        ``table, of, before, after, change``: which table, what the figure is of, its values as written, and ``new``, ``gone`` or
        ``changed``.

    Raises
    ------
    PackageError, FileMissingError, FileRefusedError
        As in :func:`industrymap.packages.open_package`.
    """
    old, new = open_package(before), open_package(after)
    found = []
    for name, (key, value) in _COMPARED.items():
        sides = []
        for package in (old, new):
            table = package.table(name)
            # A package may lack a table: an index needs two periods.
            table = (
                table
                if set(key) <= set(table)
                else pd.DataFrame(columns=[*key, value], dtype="string")
            )
            sides.append(table.loc[table[value].notna(), [*key, value]].drop_duplicates(key))
        both = sides[0].merge(sides[1], on=key, how="outer", suffixes=("_before", "_after"))
        earlier, later = both[f"{value}_before"], both[f"{value}_after"]
        change = pd.Series("changed", index=both.index, dtype="string")
        change = change.mask(earlier.isna(), "new").mask(later.isna(), "gone")
        differs = earlier.isna() | later.isna() | (earlier != later).fillna(value=True)
        rows = pd.DataFrame(
            {
                "table": name,
                "of": both[key].fillna("").agg(" ".join, axis=1)
                if len(both)
                else pd.Series(dtype="string"),
                "before": earlier,
                "after": later,
                "change": change,
            }
        )
        found.append(rows[differs])
    return pd.concat(found, ignore_index=True)
