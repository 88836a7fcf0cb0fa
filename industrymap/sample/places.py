"""Where firms stand: in a village park, along a numbered road, in a named building, or just somewhere in a village.

Each spot is chosen with its town, road and number first; the address is written from it afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap.sample import _words
from industrymap.sample._dice import stream
from industrymap.sample.streets import number_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from industrymap.sample.estates import Estates
    from industrymap.sample.plan import Plan
    from industrymap.sample.quarters import Parcel
    from industrymap.sample.streets import Road, Village

__all__ = ["Building", "Map", "Spot", "known_numbers", "put_buildings", "settle"]

_SPARSE_EVERY = 20


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


def known_numbers(road: Road) -> list[int]:
    """Return the numbers the gazetteer knows of a sparsely numbered road, whoever uses them."""
    if road.knowledge != "sparse":
        return []
    last = road.last_number
    ends = {1, 2, last - 1, last}
    return sorted(
        n
        for n in ends | {m + k for m in range(1, last, _SPARSE_EVERY) for k in (0, 1)}
        if 1 <= n <= last
    )


def put_buildings(
    plan: Plan, roads: tuple[Road, ...], *, seed: int, scale: float
) -> tuple[Building, ...]:
    """Put named buildings along local streets and arterials, most of them near the middle."""
    dice = stream(seed, "buildings")
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
    found: list[Building] = []
    chosen = dice.choice(len(roads), wanted * 2, p=weight / weight.sum())
    drafts = [
        (int(road), int(dice.integers(1, min(roads[road].last_number, 400) + 1))) for road in chosen
    ]
    spots = np.array([number_place(roads[r], n, depth=22) for r, n in drafts])
    towns = towns_of(spots, plan)
    wet = shapely.contains_xy(plan.wet.buffer(20), *spots.T)
    for (road, number), place, town, drowned in zip(drafts, spots, towns, wet, strict=True):
        if town < 0 or drowned or len(found) >= wanted:
            continue
        name = _words.unique(partial(_words.building_name, dice), taken)
        found.append(
            Building(
                name=name,
                road=road,
                number=number,
                town=int(town),
                place=(float(place[0]), float(place[1])),
            )
        )
    return tuple(found)


def settle(city: Map, count: int, *, seed: int, subject: str) -> list[Spot]:
    """Choose ``count`` spots.

    Parameters
    ----------
    city : Map
        What stands there.
    count : int
        How many.
    seed : int
        Chance.
    subject : str
        Name of the stream, so that two calls differ.

    Returns
    -------
    spots : list of Spot
        In no particular order; none stands in water or outside the city.
    """
    dice = stream(seed, subject)
    kinds = dice.choice(
        ["park", "estate", "street", "building", "village"],
        count,
        p=[0.30, 0.29, 0.31, 0.07, 0.03],
    )
    numbers = {kind: int((kinds == kind).sum()) for kind in np.unique(kinds)}
    found: dict[str, list[Spot]] = {
        "park": _in_parks(city, numbers.get("park", 0), dice),
        "estate": _on_roads(city, numbers.get("estate", 0), ("estate",), dice),
        "street": _on_roads(city, numbers.get("street", 0), ("arterial", "local", "village"), dice),
        "building": _in_buildings(city, numbers.get("building", 0), dice),
        "village": _in_villages(city, numbers.get("village", 0), dice),
    }
    queues = {kind: iter(spots) for kind, spots in found.items()}
    return [next(queues[kind]) for kind in kinds.tolist()]


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


def _in_parks(city: Map, count: int, dice: np.random.Generator) -> list[Spot]:
    shapes = np.array([p.shape for p in city.parcels], dtype=object)
    weight = shapely.area(shapes) ** 0.75
    chosen = dice.choice(len(shapes), count, p=weight / weight.sum())
    places = _inside(shapes[chosen], dice)
    return [
        Spot(
            kind="park",
            place=(float(x), float(y)),
            town=city.parcels[park].town,
            village=city.parcels[park].village,
            park=park,
        )
        for park, (x, y) in zip(chosen.tolist(), places, strict=True)
    ]


def _inside(shapes: NDArray[np.object_], dice: np.random.Generator) -> NDArray[np.float64]:
    """Return one point well inside each shape."""
    shrunk = shapely.buffer(shapes, -2.0)
    shapes = np.where(shapely.is_empty(shrunk), shapes, shrunk)
    places = np.zeros((len(shapes), 2))
    left = np.arange(len(shapes))
    for _ in range(200):
        if not len(left):
            break
        box = shapely.bounds(shapes[left])
        draw = dice.random((len(left), 2))
        points = np.round(box[:, :2] + draw * (box[:, 2:] - box[:, :2]), 2)
        places[left] = points
        left = left[~shapely.contains_xy(shapes[left], *points.T)]
    if len(left):
        places[left] = shapely.get_coordinates(shapely.point_on_surface(shapes[left]))
    return places


def _on_roads(
    city: Map, count: int, kinds: tuple[str, ...], dice: np.random.Generator
) -> list[Spot]:
    """Put firms behind numbered frontages."""
    weight = np.array([_road_weight(road, kinds, city.plan) for road in city.roads])
    found: list[Spot] = []
    wet = city.plan.wet.buffer(8)
    while len(found) < count:
        chosen = dice.choice(
            len(weight), int((count - len(found)) * 1.15) + 20, p=weight / weight.sum()
        )
        drafts = [(road, _number(city.roads[road], dice)) for road in chosen.tolist()]
        near, far = (16.0, 52.0) if kinds == ("estate",) else (4.0, 30.0)
        depth = dice.uniform(near, far, len(drafts))
        places = np.array(
            [
                number_place(city.roads[r], n, depth=float(d))
                for (r, n), d in zip(drafts, depth, strict=True)
            ]
        )
        places = np.round(places, 2)
        fronts = np.array([number_place(city.roads[r], n) for r, n in drafts])
        towns, front_towns = towns_of(places, city.plan), towns_of(fronts, city.plan)
        dry = ~shapely.contains_xy(wet, *places.T)
        for (road, number), place, town, front, good in zip(
            drafts, places, towns, front_towns, dry, strict=True
        ):
            # A firm whose frontage lies across the border would have two towns.
            if (
                good
                and town >= 0
                and town == front
                and town in city.roads[road].towns
                and len(found) < count
            ):
                found.append(
                    Spot(
                        kind="road",
                        place=(float(place[0]), float(place[1])),
                        town=int(town),
                        road=road,
                        number=number,
                    )
                )
    return found


def _road_weight(road: Road, kinds: tuple[str, ...], plan: Plan) -> float:
    if road.kind not in kinds or road.line.length < 150:
        return 0.0
    near = 0.25 + float(np.exp(-plan.towns[road.towns[0]].remoteness / 16e3))
    density = {"arterial": 0.45, "local": 1.0, "village": 1.3, "estate": 1.0}[road.kind]
    return float(road.line.length) * near * density


def _number(road: Road, dice: np.random.Generator) -> int:
    number = int(dice.integers(1, road.last_number + 1))
    if road.knowledge == "sparse":
        known = set(known_numbers(road))
        while number in known and road.last_number > 8:
            number = int(dice.integers(1, road.last_number + 1))
    return number


def _in_buildings(city: Map, count: int, dice: np.random.Generator) -> list[Spot]:
    found = []
    for building in dice.choice(len(city.buildings), count).tolist():
        home = city.buildings[building]
        x, y = np.array(home.place) + dice.normal(0, 6, 2).clip(-12, 12)
        found.append(
            Spot(
                kind="building",
                place=(round(float(x), 2), round(float(y), 2)),
                town=home.town,
                road=home.road,
                number=home.number,
                building=building,
            )
        )
    return found


def _in_villages(city: Map, count: int, dice: np.random.Generator) -> list[Spot]:
    weight = np.array([np.exp(-city.plan.towns[v.town].remoteness / 20e3) for v in city.villages])
    chosen = dice.choice(len(weight), count, p=weight / weight.sum())
    shapes = np.array([city.villages[v].shape for v in chosen.tolist()], dtype=object)
    dry = shapely.difference(shapely.buffer(shapes, -15), city.plan.wet.buffer(10))
    dry = np.where(shapely.is_empty(dry), shapes, dry)
    return [
        Spot(kind="village", place=(float(x), float(y)), town=city.villages[v].town, village=v)
        for v, (x, y) in zip(chosen.tolist(), _inside(dry, dice), strict=True)
    ]
