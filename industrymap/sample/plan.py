"""The plan of the invented city: outline, eleven districts, 176 towns, and its waters.

The plan is drawn once, from a fixed number, because the city pack names its units: a seed changes what is
in the city, never the city. Everything here is in metres, in the projected CRS of the pack.

Towns are the cells of a Voronoi diagram whose straight edges were replaced by jagged lines; the river runs along
such edges, as rivers do along borders.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from industrymap.sample._random import stream
from industrymap.sample.borders import cells_of, edges_of, jagged
from industrymap.sample.seats import CENTRE, outer_ring, seats, town_order
from industrymap.sample.units import PACK, Unit, former_units, units
from industrymap.sample.waters import waters, wet_edges

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["CRS", "PACK", "District", "Plan", "Town", "draw", "former_units"]

CRS = "EPSG:4547"
_SEED = 990100


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """One district: its code, name and land."""

    code: str
    name: str
    shape: Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """One town or street.

    Attributes
    ----------
    code, name, district_code : str
        As in the pack's ``divisions.csv``.
    shape : Polygon
        Its land, tiling the city with the others.
    seat : tuple of float
        Easting and northing of its middle, metres.
    remoteness : float
        Distance of the seat from the middle of the city, metres.
    """

    code: str
    name: str
    district_code: str
    shape: Polygon
    seat: tuple[float, float]
    remoteness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole plan."""

    centre: tuple[float, float]
    districts: tuple[District, ...]
    towns: tuple[Town, ...]
    neighbours: tuple[tuple[int, int, LineString], ...]
    water: tuple[tuple[str, BaseGeometry], ...]
    wet: BaseGeometry
    """All waters in one shape."""


@cache
def draw() -> Plan:
    """Draw the plan."""
    rng = stream(_SEED, "plan")
    districts = [u for u in units() if u.level == "district" and not u.valid_to]
    towns = [u for u in units() if u.level == "town" and not u.valid_to]
    sites, owner = seats(districts, towns, rng)
    ring = outer_ring(rng)
    edges = edges_of(np.vstack([sites, ring]))
    river_keys, island_keys, brook_keys = wet_edges(edges, len(sites))
    wet_keys = river_keys | island_keys | brook_keys
    lines = {
        key: jagged(edge, rng, smooth=key in wet_keys)
        for key, edge in edges.items()
        if min(edge.left, edge.right) < len(sites)
    }
    cells = cells_of(lines, sites)
    order = town_order(sites, owner, towns)
    drawn = tuple(
        _town(unit, cells[site], tuple(sites[site]))
        for unit, site in zip(towns, order, strict=True)
    )
    place = {site: number for number, site in enumerate(order)}
    between = [
        (
            min(place[edge.left], place[edge.right]),
            max(place[edge.left], place[edge.right]),
            # Lower number first, so that each pair of towns is listed once.
            lines[key],
        )
        for key, edge in edges.items()
        if edge.left in place and edge.right in place
    ]
    neighbours = tuple(sorted(between, key=lambda entry: entry[:2]))
    city = shapely.union_all([town.shape for town in drawn])
    wet_lines = tuple(
        [lines[k] for k in sorted(keys)] for keys in (river_keys, island_keys, brook_keys)
    )
    water = waters(wet_lines, city, rng)
    return Plan(
        centre=CENTRE,
        districts=tuple(
            District(
                code=u.code,
                name=u.name,
                shape=_joined([t.shape for t in drawn if t.district_code == u.code]),
            )
            for u in districts
        ),
        towns=drawn,
        neighbours=neighbours,
        water=water,
        wet=shapely.union_all([shape for _, shape in water]),
    )


def _joined(shapes: list[Polygon]) -> Polygon:
    whole = shapely.union_all(shapes)
    if not isinstance(whole, Polygon):
        msg = "the towns of a district do not hang together"
        raise TypeError(msg)
    return whole


def _town(unit: Unit, shape: Polygon, site: tuple[float, float]) -> Town:
    return Town(
        code=unit.code,
        name=unit.name,
        district_code=unit.parent_code,
        shape=shape,
        seat=(float(site[0]), float(site[1])),
        remoteness=float(np.hypot(site[0] - CENTRE[0], site[1] - CENTRE[1])),
    )
