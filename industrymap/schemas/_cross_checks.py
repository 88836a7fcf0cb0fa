"""Figures that an area reports and the sum of its firms says as well: how far apart the two may be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from industrymap.schemas._tables import read_table

__all__ = ["CrossCheck", "cross_checks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossCheck:
    """Two columns of one layer that speak of the same thing from two sources.

    Attributes
    ----------
    reported, summed : str
        What the area itself reports, and what its firms add up to.
    known : str
        How many firms the sum rests on.
    over : float
        How many times what is reported the sum may be: a part is larger than the whole only as far as the two measure different things.
    """

    reported: str
    summed: str
    known: str
    over: float


@cache
def cross_checks(schema: str) -> tuple[CrossCheck, ...]:
    """Return the pairs of a schema, from ``cross_checks.csv``.

    Examples
    --------
    >>> from industrymap.schemas import PARKS
    >>> [(one.reported, one.summed) for one in cross_checks(PARKS)][0]
    ('output_10k_cny', 'base_revenue_10k_cny')
    """
    return tuple(
        CrossCheck(
            reported=row["reported"],
            summed=row["summed"],
            known=row["known"],
            over=float(row["over"]),
        )
        for row in read_table("cross_checks.csv")
        if row["schema"] == schema
    )
