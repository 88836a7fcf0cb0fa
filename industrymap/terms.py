"""The terms that several rooms must mean alike: units, thresholds and the kinds of tables, addresses and places.

A number or a list of words that two rooms would otherwise each write down has its one home here.
"""

from __future__ import annotations

__all__ = [
    "ABOVE_SCALE_10K_CNY",
    "ADDRESS_KINDS",
    "FEWEST_FIRMS",
    "FINE_LEVELS",
    "FIRM_KINDS",
    "METRES_PER_DEGREE",
    "MU_M2",
    "SHORTEST_DEGREE_M",
    "SUM_SCALE",
    "TABLE_KINDS",
    "Extent",
]

Extent = tuple[float, float, float, float]
"""``west, south, east, north``, degrees in WGS 84."""

MU_M2 = 2000.0 / 3.0
"""Square metres in one mu (亩): fifteen mu are one hectare (国务院 1984, 法定计量单位)."""

METRES_PER_DEGREE = 111_320.0
"""Metres in one degree of the equator (WGS 84); a degree of longitude is shorter by the cosine of the latitude."""

SHORTEST_DEGREE_M = 110_500.0
"""Less than any degree of latitude has (110,574 m at the equator): for tests that have to err on the safe side."""

FEWEST_FIRMS = 3
"""A figure over fewer firms leads back to one of them and is not shown (统计法 2024, 第二十八条: data from which a single
respondent can be identified or inferred must not be disclosed). The number itself is a proposal; three is the common minimum."""

FINE_LEVELS = ("given", "confirmed", "address", "interpolated", "building")
"""Geocode levels fine enough to say in which park a firm is."""

TABLE_KINDS = ("statistics", "tax", "registry", "list", "coordinates")
"""What an enterprise table is; the default source order follows it. The first three make firms; a list or a table of
coordinates only adds to firms."""

FIRM_KINDS = ("statistics", "tax", "registry")
"""The kinds of tables whose rows make firms."""

ADDRESS_KINDS = ("operating", "registered")
"""Which address of a firm is placed first: where it works, or where it is registered."""

ABOVE_SCALE_10K_CNY = 2000.0
"""规模以上工业: main-business revenue of 20 million yuan (since 2011)."""

SUM_SCALE = 1_000_000
"""Figures are added up as whole millionths of their unit: whole numbers have the same sum in every order."""
