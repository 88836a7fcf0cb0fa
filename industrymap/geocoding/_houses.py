"""House numbers along a road: the one that is known, or the place between its neighbours on the same side."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Houses", "Spot"]

_METRES_PER_DEGREE = 111_320.0
_MAX_GAP = 200
"""Numbers farther apart than this are no neighbours."""


class Spot(NamedTuple):
    """A point with its radius: longitude, latitude in degrees, metres."""

    lon: float
    lat: float
    radius_m: float


class Houses:
    """The numbered houses of one road within one town, by number.

    Parameters
    ----------
    houses : iterable of (int, Spot)
        Number and place, ascending; odd and even mixed.
    """

    __slots__ = ("_sides",)

    def __init__(self, houses: Iterable[tuple[int, Spot]]) -> None:
        sides: tuple[tuple[list[int], list[Spot]], ...] = (([], []), ([], []))
        for number, spot in houses:
            known, places = sides[number % 2]
            if known and known[-1] == number:
                places[-1] = _between(places[-1], spot)
                continue
            known.append(number)
            places.append(spot)
        self._sides = sides

    def exact(self, number: int) -> Spot | None:
        """Return the house with this number."""
        known, places = self._sides[number % 2]
        at = bisect_left(known, number)
        if at < len(known) and known[at] == number:
            return places[at]
        return None

    def interpolated(self, number: int) -> Spot | None:
        """Return the place between the nearest lower and higher number on the same side.

        Chinese streets have odd numbers on one side and even ones on the other, ascending. The radius reaches the farther
        of the two neighbours, so the house lies inside it if the numbers ascend at all.
        """
        known, places = self._sides[number % 2]
        at = bisect_left(known, number)
        if at == 0 or at == len(known) or known[at] - known[at - 1] > _MAX_GAP:
            return None
        lower, upper = places[at - 1], places[at]
        share = (number - known[at - 1]) / (known[at] - known[at - 1])
        lon = lower.lon + share * (upper.lon - lower.lon)
        lat = lower.lat + share * (upper.lat - lower.lat)
        reach = max(
            _metres(lon, lat, lower) + lower.radius_m, _metres(lon, lat, upper) + upper.radius_m
        )
        return Spot(lon, lat, reach)


def _between(one: Spot, other: Spot) -> Spot:
    """Return the middle of two houses that carry the same number, reaching both."""
    lon, lat = (one.lon + other.lon) / 2, (one.lat + other.lat) / 2
    reach = max(_metres(lon, lat, one) + one.radius_m, _metres(lon, lat, other) + other.radius_m)
    return Spot(lon, lat, reach)


def _metres(lon: float, lat: float, spot: Spot) -> float:
    x = (spot.lon - lon) * _METRES_PER_DEGREE * math.cos(math.radians(lat))
    return math.hypot(x, (spot.lat - lat) * _METRES_PER_DEGREE)
