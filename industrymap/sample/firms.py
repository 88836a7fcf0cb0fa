"""The firms themselves: what is true of each, before any table misspells it.

Cluster, size and tiers are chosen first; code, product, name and figures follow from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from industrymap.sample import _codes, _words
from industrymap.sample._random import happens, pick, stream
from industrymap.sample.firm_figures import YEARS, draw_revenue, draw_staff, draw_tiers
from industrymap.sample.firm_spots import place_firms
from industrymap.sample.industries import themes
from industrymap.sample.places import within

if TYPE_CHECKING:
    from industrymap.sample.industries import Industry
    from industrymap.sample.places import Map, Spot

__all__ = ["FIRMS", "REGISTERED_ONLY", "Firm", "draw_firms"]

FIRMS = 18_650
"""Firms with a revenue at scale 1."""

REGISTERED_ONLY = 650
"""Firms at scale 1 that only the register knows."""

_CITY, _CITY_SHORT, _PROVINCE = "云麓市", "云麓", "岚东"
_ENDINGS = ("有限公司", "有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
_MOVED_SHARE = 0.42
"""Share of firms that work elsewhere than where they are registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """One firm.

    Attributes
    ----------
    number : int
        Its place in the list: the ``firm_id`` of the truth files.
    uscc : str
        Credit code with a right check digit.
    name : str
        As registered.
    industry : Industry
        Clusters, code and words.
    product : str
        Main product.
    operating, registered : Spot
        Where it works and where it is registered; often the same.
    revenue_yuan : tuple of float or None
        One per year of :data:`~industrymap.sample.firm_figures.YEARS`; ``None`` where it did not exist.
    staff : int
        Persons in the last year.
    tax_yuan, rd_yuan, output_yuan : float
        Of the last year.
    tiers : tuple of str
        Official lists it is on, by label id.
    established : str
        ISO date.
    park, block : int
        Number of the park and block that hold its working place, -1 for none.
    """

    number: int
    uscc: str
    name: str
    industry: Industry
    product: str
    operating: Spot
    registered: Spot
    revenue_yuan: tuple[float | None, ...]
    staff: int
    tax_yuan: float
    rd_yuan: float
    output_yuan: float
    tiers: tuple[str, ...]
    established: str
    park: int
    block: int

    @property
    def size_class(self) -> str | None:
        """Return the size class of 2017: both figures must hold, else one class down."""
        revenue = self.revenue_yuan[-1]
        if revenue is None:
            return None
        for name, staff, yuan in (("large", 1000, 4e8), ("medium", 300, 2e7), ("small", 20, 3e6)):
            if self.staff >= staff and revenue >= yuan:
                return name
        return "micro"


def draw_firms(city: Map, *, seed: int, scale: float) -> tuple[Firm, ...]:
    """Draw the firms of the city.

    Parameters
    ----------
    city : Map
        Where they can be.
    seed : int
        Chance.
    scale : float
        1 for about 19,300 firms, of which about 16,000 reach 10 million yuan.

    Returns
    -------
    firms : tuple of Firm
    """
    with_revenue, without = round(FIRMS * scale), max(1, round(REGISTERED_ONLY * scale))
    count = with_revenue + without
    rng = stream(seed, "firms")
    spots = place_firms(city, count, seed=seed, subject="operating")
    # A stream of its own, or every firm would be registered where it works.
    offices = place_firms(city, count, seed=seed, subject="registered")
    spots, offices = _gather(spots, offices, rng)
    places = np.array([spot.place for spot in spots])
    parks = within(places, [p.shape for p in city.parcels]).tolist()
    blocks = within(places, [b.shape for b in city.estates.blocks]).tolist()
    leading = themes(city, seed)
    # The first firms lie right at a line, whatever the scale.
    edges = max(12, round(40 * min(scale, 1.0)))
    names: set[str] = set()
    codes: set[str] = set()
    drawn = []
    for number, (spot, office) in enumerate(zip(spots, offices, strict=True)):
        registered = office if happens(rng, _MOVED_SHARE) else spot
        kind = leading.industry(spot, blocks[number], rng)
        edge = number if number < edges else None
        revenue = draw_revenue(rng, edge=edge) if number < with_revenue else (None,) * len(YEARS)
        last = revenue[-1] or 0.0
        staff = draw_staff(kind, revenue[-1], rng)
        drawn.append(
            Firm(
                number=number,
                uscc=_uscc(city, registered, codes, rng),
                name=_words.unique(partial(_name, kind, spot, city, rng), names),
                industry=kind,
                product=pick(rng, kind.products),
                operating=spot,
                registered=registered,
                revenue_yuan=revenue,
                staff=staff,
                tax_yuan=round(last * min(0.3, max(0.001, rng.lognormal(-3.44, 0.6))), 2),
                rd_yuan=_rd(kind, last, rng),
                output_yuan=float(round(last * rng.uniform(0.9, 1.08), -2)),
                tiers=draw_tiers(kind, last, rng),
                established=_established(revenue, rng),
                park=parks[number],
                block=blocks[number],
            )
        )
    return tuple(drawn)


def _gather(
    spots: list[Spot], offices: list[Spot], rng: np.random.Generator
) -> tuple[list[Spot], list[Spot]]:
    """Register a few dozen firms at one and the same number, as agencies do."""
    buildings = [n for n, spot in enumerate(offices) if spot.kind == "building"]
    if not buildings:
        return spots, offices
    common = offices[buildings[0]]
    chosen = set(rng.choice(len(offices), max(4, len(offices) // 320), replace=False).tolist())
    return spots, [common if n in chosen else office for n, office in enumerate(offices)]


def _rd(kind: Industry, revenue: float, rng: np.random.Generator) -> float:
    if happens(rng, 0.25):
        return 0.0
    share = rng.lognormal(-3.35, 0.6) if kind.labels else rng.lognormal(-4.83, 0.8)
    return float(round(revenue * min(0.4, share), -2))


def _established(revenue: tuple[float | None, ...], rng: np.random.Generator) -> str:
    first = next((y for y, r in zip(YEARS, revenue, strict=True) if r is not None), 2024)
    # A firm with figures from the first year on may be older than they are.
    latest = first - 1 if first == YEARS[0] else first
    year = max(1985, min(latest, round(latest - rng.gamma(2.2, 5.0))))
    return f"{year}-{int(rng.integers(1, 13)):02d}-{int(rng.integers(1, 29)):02d}"


def _uscc(city: Map, spot: Spot, codes: set[str], rng: np.random.Generator) -> str:
    division = city.plan.towns[spot.town].district_code
    return _words.unique(partial(_draw_code, division, rng), codes)


def _draw_code(division: str, rng: np.random.Generator) -> str:
    return _codes.credit_code(division, _codes.draw_serial(rng))


def _name(kind: Industry, spot: Spot, city: Map, rng: np.random.Generator) -> str:
    district = city.district_names[city.plan.towns[spot.town].district_code]
    place = pick(rng, (_CITY, _CITY, _CITY_SHORT, _PROVINCE, _CITY + district, ""))
    ending, middle = pick(rng, _ENDINGS), pick(rng, kind.words)
    if not place:
        return f"{_words.brand(rng)}{middle}（{_CITY_SHORT}）{ending}"
    return f"{place}{_words.brand(rng)}{middle}{ending}"
