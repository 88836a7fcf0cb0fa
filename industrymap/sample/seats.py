"""Where the towns of the plan have their seats: inside the outline, closer together towards the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from industrymap.sample.units import Unit

__all__ = ["CENTRE", "outer_ring", "seats", "town_order"]

CENTRE = (500_000.0, 2_876_000.0)
"""Easting and northing of the middle of the city, metres: nothing real is meant."""

_SEATS: dict[str, tuple[float, float]] = {
    # kilometres east and north of the middle, one per district code
    "990103": (-1.5, 3.0),
    "990104": (5.5, 4.5),
    "990105": (6.5, -3.0),
    "990106": (-3.5, -4.5),
    "990111": (-17.0, 8.0),
    "990112": (20.0, 7.0),
    "990113": (2.0, 20.0),
    "990114": (-6.0, -23.0),
    "990115": (20.0, -22.0),
    "990117": (-17.0, 33.0),
    "990118": (30.0, 29.0),
}
_RADIUS_KM = 48.0


def seats(
    districts: list[Unit], towns: list[Unit], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Place every town's seat inside its district, closer together towards the middle."""
    seats = np.array([_SEATS[u.code] for u in districts])
    cloud = rng.uniform(-60, 60, (60_000, 2))
    cloud = cloud[_inside_outline(cloud)]
    nearest = np.argmin(((cloud[:, None, :] - seats[None]) ** 2).sum(-1), axis=1)
    places, owner = [], []
    for number, district in enumerate(districts):
        count = sum(1 for town in towns if town.parent_code == district.code)
        points = _spread(cloud[nearest == number], seats[number], count, rng)
        places.append(points)
        owner += [number] * count
    return np.vstack(places) * 1000 + np.array(CENTRE), np.array(owner)


def _spread(
    cloud: NDArray[np.float64], seat: NDArray[np.float64], count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Spread ``count`` points over a cloud, denser near the seat and near the middle (weighted k-means)."""
    to_seat = np.hypot(*(cloud - seat).T)
    to_middle = np.hypot(*cloud.T)
    weight = np.exp(-to_seat / 9.0) + np.exp(-to_middle / 12.0) + 0.03
    points = cloud[rng.choice(len(cloud), count, replace=False, p=weight / weight.sum())]
    for _ in range(12):
        mine = np.argmin(((cloud[:, None, :] - points[None]) ** 2).sum(-1), axis=1)
        total = np.bincount(mine, weight, count)
        points = np.column_stack(
            [np.bincount(mine, weight * cloud[:, axis], count) / total for axis in (0, 1)]
        )
    spread: NDArray[np.float64] = points
    return spread


def _radius_km(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the outline's distance from the middle at an angle, kilometres."""
    return _RADIUS_KM * (
        1
        + 0.10 * np.cos(angle - 0.9)
        + 0.13 * np.cos(2 * (angle - 1.1))
        + 0.07 * np.cos(3 * angle + 0.4)
        + 0.045 * np.cos(5 * angle + 2.0)
    )


def _inside_outline(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    angle = np.arctan2(points[:, 1], points[:, 0])
    inside: NDArray[np.bool_] = np.hypot(points[:, 0], points[:, 1]) < _radius_km(angle) - 2
    return inside


def outer_ring(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return sites outside the city, so that every town has a border; two rings keep the outline close."""
    rings = []
    for count, out in ((90, 4.0), (40, 40.0)):
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(-0.02, 0.02, count)
        radius = _radius_km(angle) + out + rng.uniform(-2, 2, count)
        rings.append(np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None])
    ring: NDArray[np.float64] = np.vstack(rings) * 1000 + np.array(CENTRE)
    return ring


def town_order(
    sites: NDArray[np.float64], owner: NDArray[np.int64], towns: list[Unit]
) -> list[int]:
    """Give streets the sites near the middle and towns those farther out, district by district."""
    far = np.hypot(*(sites - np.array(CENTRE)).T)
    order: list[int] = []
    codes = list(dict.fromkeys(town.parent_code for town in towns))
    for number, _ in enumerate(codes):
        mine = np.flatnonzero(owner == number)
        order += [int(i) for i in mine[np.argsort(far[mine], kind="stable")]]
    return order
