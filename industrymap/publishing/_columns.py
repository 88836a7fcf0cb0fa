"""The list of columns that may be shown, and how many firms a number needs."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from industrymap.terms import FEWEST_FIRMS

__all__ = ["fields", "note"]


@cache
def fields(layer: str) -> dict[str, str]:
    """Return field → ``plain``, ``count``, ``figure`` or ``decided`` for a layer; empty where it is not published.

    Examples
    --------
    >>> fields("enterprises")
    {}
    >>> fields("industrial_blocks")["base_revenue_10k_cny"]
    'figure'
    """
    text = resources.files(__package__).joinpath("public.csv").read_text(encoding="utf-8")
    return {r["field"]: r["kind"] for r in csv.DictReader(text.splitlines()) if r["layer"] == layer}


def note(review_number: str) -> str:
    """Return what a published file says of itself beside its title.

    Examples
    --------
    >>> note("粤S(2025)001号")
    '公开版，少于 3 家企业或能推算出个别企业的数据已隐去；审图号 粤S(2025)001号'
    """
    return (
        f"公开版，少于 {FEWEST_FIRMS} 家企业或能推算出个别企业的数据已隐去；审图号 {review_number}"
    )
