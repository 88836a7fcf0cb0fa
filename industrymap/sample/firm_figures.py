"""The figures of a firm: five years of revenue, persons, and the official lists it is on."""

from __future__ import annotations

from math import log, log10
from typing import TYPE_CHECKING

from industrymap.sample._random import Weighted, happens

if TYPE_CHECKING:
    import numpy as np

    from industrymap.sample.industries import Industry

__all__ = ["LISTED", "YEARS", "draw_revenue", "draw_staff", "draw_tiers"]

YEARS = (2021, 2022, 2023, 2024, 2025)

LISTED = {
    "srdi": "专精特新中小企业",
    "hightech": "高新技术企业",
    "little_giant": "专精特新“小巨人”企业",
    "champion": "制造业单项冠军",
    "two_high_four_new": "“两高四新”企业",
}
"""Label id → name of the official lists that the sample brings."""

_BASE_SHARE = 0.858
_BANDS: Weighted[tuple[float, float]] = Weighted(
    # 万元 from, to → share of the base; log-normal within, cut into bands
    {(1000, 2000): 0.55, (2000, 10_000): 0.30, (10_000, 50_000): 0.11, (50_000, 900_000): 0.04}
)
_EDGES_YUAN = (
    9_999_999.99, 10_000_000.0, 10_000_000.01, 19_999_999.99, 20_000_000.0, 8_000_000.0,
    7_999_999.99, 499_999_999.99, 500_000_000.0, 100_000_000.0, 3_000_000.0, 400_000_000.0,
)  # fmt: skip
"""Revenues that lie right at a line."""


def draw_revenue(rng: np.random.Generator, *, edge: int | None = None) -> tuple[float | None, ...]:
    """Draw five years of revenue, yuan: the last first, then back by growth.

    Parameters
    ----------
    rng : Generator
        Chance.
    edge : int, optional
        Take the last year from the revenues that lie right at a line.

    Returns
    -------
    revenue : tuple of float or None
        Whole hundreds of yuan (0.01 万元), but for the edges; ``None`` for years before the firm began.
    """
    if edge is not None:
        last = _EDGES_YUAN[edge % len(_EDGES_YUAN)]
    elif happens(rng, _BASE_SHARE):
        low, high = _BANDS.pick(rng)
        # Within a band, small is more common than large.
        last = round(low * (high / low) ** rng.beta(1.0, 1.35) * 1e4, -2)
    else:
        last = round(rng.triangular(60, 900, 999) * 1e4, -2)
    years: list[float | None] = [float(last)]
    value, alive = float(last), True
    for _ in YEARS[1:]:
        # Back in time by growth: the last year is what decides who is in the base.
        value /= 1 + max(-0.45, min(0.9, rng.normal(0.055, 0.16)))
        alive = alive and rng.random() > 0.025
        years.append(float(round(value, -2)) if alive else None)
    return tuple(reversed(years))


def draw_staff(kind: Industry, revenue: float | None, rng: np.random.Generator) -> int:
    """Draw the number of persons from revenue per head, which grows with size."""
    if revenue is None:
        return int(rng.integers(1, 60))
    per_head = min(6e6, max(2e5, rng.lognormal(log(750_000), 0.45)))
    per_head *= (max(revenue, 1e5) / 3e7) ** 0.12 / (kind.median_staff / 100) ** 0.25
    return max(1, int(revenue / per_head + 0.5))


def draw_tiers(kind: Industry, revenue: float, rng: np.random.Generator) -> tuple[str, ...]:
    """Choose the official lists, by label id; larger firms are on more of them."""
    if not kind.labels or revenue < 1e7:
        return ()
    size = log10(revenue / 1e7)
    chances = {
        "hightech": 0.16 + 0.16 * size,
        "srdi": 0.05 + 0.08 * size if revenue < 6e8 else 0.02,
        "two_high_four_new": 0.03 * size,
    }
    tiers = [label for label, chance in chances.items() if happens(rng, chance)]
    # Little giants are chosen among the specialised firms (专精特新), never beside them.
    if "srdi" in tiers and happens(rng, 0.16):
        tiers.append("little_giant")
    if revenue > 4e8 and happens(rng, 0.10):
        tiers.append("champion")
    return tuple(sorted(tiers))
