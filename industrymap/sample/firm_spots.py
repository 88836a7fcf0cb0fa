"""Where firms settle: in a village park, along a numbered road, in a named building, or just somewhere in a village.

Each spot is chosen with its town, road and number first; the address is written from it afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap.sample._random import stream
from industrymap.sample.numbering import draw_number, number_places
from industrymap.sample.places import Spot, towns_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from industrymap.sample.places import Map
    from industrymap.sample.plan import Plan
    from industrymap.sample.streets import Road

__all__ = ["place_firms"]

_YARD_M = 10.0
"""How far, east and north, a firm's point may lie from the house that bears its number, metres."""


def place_firms(city: Map, count: int, *, seed: int, subject: str) -> list[Spot]:
    """Choose ``count`` spots.

    Parameters
    ----------
    city : Map
        What is there.
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
    rng = stream(seed, subject)
    kinds = rng.choice(
        ["park", "estate", "street", "building", "village"],
        count,
        p=[0.30, 0.29, 0.31, 0.07, 0.03],
    )
    numbers = {kind: int((kinds == kind).sum()) for kind in np.unique(kinds)}
    spots_by_kind: dict[str, list[Spot]] = {
        "park": _in_parks(city, numbers.get("park", 0), rng),
        "estate": _on_roads(city, numbers.get("estate", 0), ("estate",), rng),
        "street": _on_roads(city, numbers.get("street", 0), ("arterial", "local", "village"), rng),
        "building": _in_buildings(city, numbers.get("building", 0), rng),
        "village": _in_villages(city, numbers.get("village", 0), rng),
    }
    queues = {kind: iter(spots) for kind, spots in spots_by_kind.items()}
    return [next(queues[kind]) for kind in kinds.tolist()]


def _in_parks(city: Map, count: int, rng: np.random.Generator) -> list[Spot]:
    shapes = np.array([p.shape for p in city.parcels], dtype=object)
    weight = shapely.area(shapes) ** 0.75
    chosen = rng.choice(len(shapes), count, p=weight / weight.sum())
    places = _inside(shapes[chosen], rng)
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


def _inside(shapes: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return one point well inside each shape."""
    # 2 m from the edge, so that rounding to degrees leaves the point inside.
    shrunk = shapely.buffer(shapes, -2.0)
    shapes = np.where(shapely.is_empty(shrunk), shapes, shrunk)
    places = np.zeros((len(shapes), 2))
    left = np.arange(len(shapes))
    for _ in range(200):
        if not len(left):
            break
        box = shapely.bounds(shapes[left])
        draw = rng.random((len(left), 2))
        points = np.round(box[:, :2] + draw * (box[:, 2:] - box[:, :2]), 2)
        places[left] = points
        left = left[~shapely.contains_xy(shapes[left], *points.T)]
    # A shape too narrow to be hit by chance.
    if len(left):
        places[left] = shapely.get_coordinates(shapely.point_on_surface(shapes[left]))
    return places


def _on_roads(
    city: Map, count: int, kinds: tuple[str, ...], rng: np.random.Generator
) -> list[Spot]:
    """Put firms around the houses that bear their numbers."""
    weight = np.array([_road_weight(road, kinds, city.plan) for road in city.roads])
    wet = city.plan.wet.buffer(8)
    spots: list[Spot] = []
    while len(spots) < count:
        # More than are missing, because some fall into water or across a border.
        many = int((count - len(spots)) * 1.15) + 20
        chosen = rng.choice(len(weight), many, p=weight / weight.sum()).tolist()
        drafts = [(road, draw_number(city.roads[road], rng)) for road in chosen]
        houses = number_places([(city.roads[r], n) for r, n in drafts])
        places = np.round(houses + rng.uniform(-_YARD_M, _YARD_M, houses.shape), 2)
        towns = towns_of(places, city.plan)
        # A firm whose house lies across the border would have two towns.
        good = (
            (towns >= 0)
            & (towns == towns_of(houses, city.plan))
            & ~shapely.contains_xy(wet, *places.T)
        )
        for (road, number), (x, y), town, fine in zip(
            drafts, places.tolist(), towns.tolist(), good.tolist(), strict=True
        ):
            if fine and town in city.roads[road].towns:
                spots.append(Spot(kind="road", place=(x, y), town=town, road=road, number=number))
    return spots[:count]


def _road_weight(road: Road, kinds: tuple[str, ...], plan: Plan) -> float:
    if road.kind not in kinds or road.line.length < 150:
        return 0.0
    near = 0.25 + float(np.exp(-plan.towns[road.towns[0]].remoteness / 16e3))
    density = {"arterial": 0.45, "local": 1.0, "village": 1.3, "estate": 1.0}[road.kind]
    return float(road.line.length) * near * density


def _in_buildings(city: Map, count: int, rng: np.random.Generator) -> list[Spot]:
    spots = []
    for building in rng.choice(len(city.buildings), count).tolist():
        home = city.buildings[building]
        x, y = np.array(home.place) + rng.uniform(-_YARD_M, _YARD_M, 2)
        spots.append(
            Spot(
                kind="building",
                place=(round(float(x), 2), round(float(y), 2)),
                town=home.town,
                road=home.road,
                number=home.number,
                building=building,
            )
        )
    return spots


def _in_villages(city: Map, count: int, rng: np.random.Generator) -> list[Spot]:
    weight = np.array([np.exp(-city.plan.towns[v.town].remoteness / 20e3) for v in city.villages])
    chosen = rng.choice(len(weight), count, p=weight / weight.sum())
    shapes = np.array([city.villages[v].shape for v in chosen.tolist()], dtype=object)
    dry = shapely.difference(shapely.buffer(shapes, -15), city.plan.wet.buffer(10))
    dry = np.where(shapely.is_empty(dry), shapes, dry)
    return [
        Spot(kind="village", place=(float(x), float(y)), town=city.villages[v].town, village=v)
        for v, (x, y) in zip(chosen.tolist(), _inside(dry, rng), strict=True)
    ]
