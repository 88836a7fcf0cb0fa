"""What a careful reader can know of a firm from its rows alone: less than the truth, and never more.

Rows are consulted in the stated source order, statistics before tax. A value that no row states, or that rows state in
two ways, is not expected to be known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.sample.firm_figures import YEARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.sample.firms import Firm
    from industrymap.sample.rows import Row

__all__ = ["Expected", "expect"]

_NOT_A_CODE = {"industry_short", "industry_text"}
_OTHER_NAME = {"old_name", "name_note"}
_MICRO_YUAN = 3e6
"""Below this revenue a firm is micro, whatever its staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the rows of one firm support.

    Attributes
    ----------
    identity_sound : bool
        Whether every row bears a valid code and the firm's present name: it can be compared value by value.
    revenue_yuan : tuple of float or None
        By year.
    size_class : str or None
        From revenue and staff as stated; the classes are those of industry, so only there.
    clusters : tuple of str or None
        ``None`` where no row brings what decides.
    """

    identity_sound: bool
    revenue_yuan: tuple[float | None, ...]
    size_class: str | None
    clusters: tuple[str, ...] | None


def expect(firm: Firm, rows: Sequence[Row]) -> Expected:
    """Return what the rows of a firm support.

    Parameters
    ----------
    firm : Firm
        The truth.
    rows : sequence of Row
        Its rows in every table.

    Returns
    -------
    expected : Expected
    """
    statistics = [row for row in rows if row.table == "statistics"]
    tax = [row for row in rows if row.table == "tax"]
    revenue = _last_revenue(statistics, tax)
    earlier = tuple(
        value if statistics or any(row.year == year for row in tax) else None
        for year, value in zip(YEARS[:-1], firm.revenue_yuan[:-1], strict=True)
    )
    staff = next((row.cells["staff"] for row in statistics), None)
    return Expected(
        identity_sound=all(
            row.code_status == "valid" and not _OTHER_NAME & set(row.dirt) for row in rows
        ),
        revenue_yuan=(*earlier, revenue),
        size_class=_size_class(revenue, staff) if "13" <= firm.industry.code[:2] <= "43" else None,
        clusters=_clusters(firm, [*statistics, *tax]),
    )


def _last_revenue(statistics: list[Row], tax: list[Row]) -> float | None:
    # Statistics before tax, as the configuration of the sample states.
    for group in (statistics, tax):
        stated = {row.revenue_yuan for row in group if row.revenue_yuan is not None}
        # Stated in two ways, it is not known.
        if len(stated) > 1:
            return None
        if stated:
            return stated.pop()
    return None


def _size_class(revenue: float | None, staff: int | None) -> str | None:
    """Return the size class of 2017: both figures must hold, else one class down."""
    if revenue is None or (staff is None and revenue >= _MICRO_YUAN):
        return None
    for name, persons, yuan in (("large", 1000, 4e8), ("medium", 300, 2e7), ("small", 20, 3e6)):
        if staff is not None and staff >= persons and revenue >= yuan:
            return name
    return "micro"


def _clusters(firm: Firm, rows: list[Row]) -> tuple[str, ...] | None:
    coded = [row for row in rows if row.cells["industry"]]
    if not coded or _NOT_A_CODE & set(coded[0].dirt):
        return None
    product = any(row.cells.get("product") for row in rows)
    return None if firm.industry.needs_product and not product else firm.industry.labels
