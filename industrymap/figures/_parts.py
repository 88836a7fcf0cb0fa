"""Totals that nobody reported, added up from parts that all did."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from industrymap.series import COLUMNS, from_units, to_units

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["from_parts"]


def from_parts(
    known: pd.DataFrame, *, kind: str, into: Mapping[str, str], whole: str
) -> pd.DataFrame:
    """Return observations of wholes, each the sum of its parts' own totals.

    A whole has a figure of a measure and period only where every one of its parts has: a sum of ten of eleven districts looks
    like a fall. Published rates of growth are no amounts and are left out.

    Parameters
    ----------
    known : DataFrame
        What was known: :meth:`industrymap.series.ParquetSeries.known`.
    kind : str
        Kind of the parts, ``district`` for instance.
    into : mapping of str to str
        Part → whole; every part of a whole must be named.
    whole : str
        Kind of the wholes.

    Returns
    -------
    DataFrame
        The columns of ``known``; ``vintage`` is the latest of the parts', status ``estimated``.

    Examples
    --------
    >>> rows = [("district", e, "output_10k_cny", p, v, "万元", "reported", 1) for e, p, v in (("a", "2024", 2.0), ("b", "2024", 3.0), ("a", "2025", 4.0))]
    >>> known = pd.DataFrame(rows, columns=[*COLUMNS, "vintage"]).astype({"value": "Float64"})
    >>> from_parts(known, kind="district", into={"a": "c", "b": "c"}, whole="city")[["entity", "period", "value"]].values.tolist()
    [['c', '2024', 5.0]]
    """
    rows = known[(known["kind"].astype(str) == kind) & known["value"].notna()]
    rows = rows.astype(dict.fromkeys(("entity", "measure", "period", "unit"), "str"))
    rows = rows[rows["entity"].isin(into) & ~rows["measure"].str.contains(":")]
    columns = [*COLUMNS, "vintage"]
    if rows.empty:
        return known.iloc[:0][columns]
    # Whole millionths: the same sum in whatever order the parts come.
    table = rows.assign(entity=rows["entity"].map(into), units=to_units(rows["value"]))
    groups = table.groupby(["entity", "measure", "period"], sort=True)
    done = groups.agg(units=("units", "sum"), n=("units", "size"), unit=("unit", "first"), kinds=("unit", "nunique"), vintage=("vintage", "max"))  # fmt: skip
    parts = Counter(into.values())
    # Every part there, all in one unit: else it is not the whole.
    whole_ones = done["n"].to_numpy() == done.index.get_level_values("entity").map(parts).to_numpy()
    done = done[whole_ones & (done["kinds"] == 1).to_numpy()].reset_index()
    done["value"] = pd.array(from_units(done["units"].to_numpy()), dtype="Float64")
    out: pd.DataFrame = done.assign(kind=whole, status="estimated")[columns]
    return out
