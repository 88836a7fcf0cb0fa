"""Firms of one group graded as one, where the rule says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from industrymap.columns import floats, texts
from industrymap.grading._inputs import NUMBERS

__all__ = ["together"]


def together(firms: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Put the firms of one group into one row.

    Parameters
    ----------
    firms : DataFrame
        With ``group_code`` and ``used_land_mu``.

    Returns
    -------
    units : DataFrame
        One row a group or a firm of none. A group's figures are sums, not known where one of its firms' is not; everything else is that of its
        firm of the largest revenue.
    lead_of : dict of str to str
        Firm → the firm that stands for its group, for every firm of a group of several.
    """
    groups = texts(firms, "group_code")
    revenue = floats(firms, "revenue_10k_cny")
    ids = texts(firms, "enterprise_id")
    members: dict[str, list[int]] = {}
    for n, group in enumerate(groups):
        if group:
            members.setdefault(group, []).append(n)
    out = firms.copy()
    lead_of: dict[str, str] = {}
    gone: set[int] = set()
    summed = [c for c in (*NUMBERS, "used_land_mu", "rented_land_mu") if c in out]
    columns = {c: floats(out, c).copy() for c in summed}
    for _, rows in sorted(members.items()):
        if len(rows) == 1:
            continue
        # Of equal revenues the first by identifier: the order of rows decides nothing.
        lead = min(rows, key=lambda n: (-np.nan_to_num(revenue[n], nan=-1.0), ids[n]))
        for values in columns.values():
            values[lead] = values[sorted(rows, key=lambda n: ids[n])].sum()
        lead_of |= {ids[n]: ids[lead] for n in rows}
        gone |= set(rows) - {lead}
    out = out.assign(**{c: pd.array(v, dtype="Float64") for c, v in columns.items()})
    kept = np.array([n not in gone for n in range(len(out))], dtype=bool)
    return out[kept].reset_index(drop=True), lead_of
