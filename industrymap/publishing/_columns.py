"""The list of columns that may be shown, and how many firms a number needs."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

__all__ = ["FEWEST_FIRMS", "fields"]

FEWEST_FIRMS = 3
"""A figure over fewer firms leads back to one of them and is left out (a proposal)."""


@cache
def fields(layer: str) -> dict[str, str]:
    """Return field → ``plain``, ``count`` or ``figure`` for a layer; empty where it is not published.

    Examples
    --------
    >>> fields("enterprises")
    {}
    >>> fields("village_parks")["base_revenue_10k_cny"]
    'figure'
    """
    text = resources.files(__package__).joinpath("public.csv").read_text(encoding="utf-8")
    return {r["field"]: r["kind"] for r in csv.DictReader(text.splitlines()) if r["layer"] == layer}
