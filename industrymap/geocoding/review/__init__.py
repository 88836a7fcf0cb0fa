"""What a person reviews: doubtful addresses in a table that comes back confirmed, and checks on all places."""

from __future__ import annotations

from industrymap.geocoding.review._file import HEADERS, Confirmed, read, table
from industrymap.geocoding.review._kept import KEPT, keep, not_taken, taken
from industrymap.geocoding.review._table import COARSE, CONFIRMED_RADIUS_M, NAME, make, write

__all__ = [
    "COARSE",
    "CONFIRMED_RADIUS_M",
    "HEADERS",
    "KEPT",
    "NAME",
    "Confirmed",
    "keep",
    "make",
    "not_taken",
    "read",
    "table",
    "taken",
    "write",
]
