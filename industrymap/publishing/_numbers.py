"""The figures that are published, the areas they are summed over, and what everybody knows of each firm's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.columns import flags, floats
from industrymap.publishing._bounds import Figures
from industrymap.schemas import DISTRICTS, LayerRecord
from industrymap.schemas import layers as layer_records
from industrymap.terms import ABOVE_SCALE_10K_CNY

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from industrymap.publishing._audit import Cells

__all__ = [
    "COUNTS",
    "RECORDS",
    "REVENUE",
    "SUMS",
    "Why",
    "counted_in",
    "figures_of",
    "leave_out",
    "order_of",
]

RECORDS = {record.name: record for record in layer_records() if record.area}
"""What may be published of a layer is decided for the shipped ones only: each with its key and the firms' column for it."""

_ORDER = {"subject": 0, "container": 1}
"""Which cell is given up first, where one must be: the smaller area; of districts and towns, the town."""

COUNTS = {"firms": "", "base_firms": "in_base", "above_scale": "above_scale"}
"""Number of firms of an area → the firms' column that says who is counted, or none where everybody is."""

REVENUE = "base_revenue_10k_cny"
SUMS = {REVENUE: "revenue_10k_cny", "base_tax_10k_cny": "tax_10k_cny", "base_staff": "staff"}
"""Figure of an area → the firms' column it is the sum of, over the base."""

Why = dict[tuple[str, str], dict[int, str]]
"""Layer and field → row → why its number is withheld."""


def order_of(record: LayerRecord) -> int:
    """Return when the cells of a layer are given up."""
    return _ORDER[record.role] + (record.name == DISTRICTS)


def counted_in(firms: pd.DataFrame, name: str) -> Any:
    """Return which firms a number of ``COUNTS`` counts."""
    return flags(firms, COUNTS[name]) if COUNTS[name] else np.ones(len(firms), dtype=bool)


def figures_of(
    firms: pd.DataFrame, field: str, counted: Any, cells: Cells, threshold_10k_cny: float
) -> Figures:
    """Return a figure of every firm with what everybody knows of it: of the revenue, the class the firm is in."""
    value = np.nan_to_num(floats(firms, SUMS[field]))
    lowest, highest = np.minimum(value, 0.0), np.full(len(value), np.inf)
    if field == REVENUE:
        # A firm's class is public and bounds its revenue; a value outside its class widens the
        # bounds.
        above = flags(firms, "above_scale")
        lowest = np.minimum(value, np.where(above, ABOVE_SCALE_10K_CNY, threshold_10k_cny))
        highest = np.where(above, np.inf, np.maximum(value, ABOVE_SCALE_10K_CNY))
    # Sorted by atom and cut where the next one begins.
    order = np.argsort(cells.atom, kind="stable")
    order = order[counted[order]]
    ends = np.cumsum(np.bincount(cells.atom[order], minlength=cells.n_atoms))
    return Figures(value=value, lowest=lowest, highest=highest, of_atom=np.split(order, ends[:-1]))


def leave_out(shown: Any, left_out: Mapping[int, str], field: str, cells: Cells, why: Why) -> None:
    """Mark cells as not shown, and keep the reasons."""
    for layer, part in cells.slices.items():
        rows = {c - part.start: r for c, r in left_out.items() if part.start <= c < part.stop}
        why.setdefault((layer, field), {}).update(rows)
    shown[sorted(left_out)] = False
