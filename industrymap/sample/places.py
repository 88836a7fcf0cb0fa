"""What stands in the city: buildings, the whole map, and the spots a firm can be at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap.sample import _words
from industrymap.sample._random import stream
from industrymap.sample.numbering import number_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from industrymap.sample.estates import Estates
    from industrymap.sample.plan import Plan
    from industrymap.sample.quarters import Parcel
    from industrymap.sample.streets import Road, Village

__all__ = ["Building", "Map", "Spot", "put_buildings", "towns_of", "within"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A named building at a road number."""

    name: str
    road: int
    number: int
    town: int
    place: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place a firm can be at.

    Attributes
    ----------
    kind : str
        ``park``, ``road``, ``building`` or ``village``.
    place : tuple of float
        Easting and northing, metres.
    town : int
        Number of the town that holds it.
    village, road, number, park, building : int
        What its address can name; -1 (0 for the number) where it does not apply.
    """

    kind: str
    place: tuple[float, float]
    town: int
    village: int = -1
    road: int = -1
    number: int = 0
    park: int = -1
    building: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Everything that stands in the city, for those who put firms into it."""

    plan: Plan
    estates: Estates
    villages: tuple[Village, ...]
    roads: tuple[Road, ...]
    parcels: tuple[Parcel, ...]
    buildings: tuple[Building, ...]

    @property
    def district_names(self) -> dict[str, str]:
        """Return district code → name."""
        return {district.code: district.name for district in self.plan.districts}


def put_buildings(
    plan: Plan, roads: tuple[Road, ...], *, seed: int, scale: float
) -> tuple[Building, ...]:
    """Put named buildings along local streets and arterials, most of them near the middle."""
    rng = stream(seed, "buildings")
    wanted = max(40, round(620 * min(scale, 1.0)))
    weight = np.array(
        [
            0.0
            if road.kind not in ("local", "arterial") or road.line.length < 200
            else np.exp(-plan.towns[road.towns[0]].remoteness / 11e3)
            for road in roads
        ]
    )
    taken: set[str] = set()
    buildings: list[Building] = []
    # Twice as many as wanted: some fall into water or outside the city.
    chosen = rng.choice(len(roads), wanted * 2, p=weight / weight.sum())
    drafts = [
        (int(road), int(rng.integers(1, min(roads[road].last_number, 400) + 1))) for road in chosen
    ]
    spots = number_places([(roads[r], n) for r, n in drafts])
    towns = towns_of(spots, plan)
    dry = ~shapely.contains_xy(plan.wet.buffer(20), *spots.T)
    for place in np.flatnonzero((towns >= 0) & dry)[:wanted].tolist():
        (road, number), (x, y) = drafts[place], spots[place].tolist()
        name = _words.unique(partial(_words.building_name, rng), taken)
        buildings.append(
            Building(
                name=name,
                road=road,
                number=number,
                town=int(towns[place]),
                place=(x, y),
            )
        )
    return tuple(buildings)


def towns_of(places: NDArray[np.float64], plan: Plan) -> NDArray[np.int64]:
    """Return the number of the town that holds each place, -1 outside the city."""
    return within(places, [town.shape for town in plan.towns])


def within(places: NDArray[np.float64], shapes: Sequence[object]) -> NDArray[np.int64]:
    """Return the number of the smallest shape that holds each place, -1 where none does."""
    polygons = np.array(shapes, dtype=object)
    shapely.prepare(polygons)
    place, shape = shapely.STRtree(polygons).query(shapely.points(places), predicate="within")
    # Larger shapes are written first, so that the smallest is what stays.
    order = np.argsort(-shapely.area(polygons)[shape], kind="stable")
    owner = np.full(len(places), -1, dtype=np.int64)
    owner[place[order]] = shape[order]
    return owner
