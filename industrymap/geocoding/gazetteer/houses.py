"""House numbers along a road: the one that is known, or the place between its neighbours on the same side.

Where the road's line is known, the place between two houses lies along the line and as far aside of it as they do; where
it is not, on the straight way between them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from industrymap.geocoding.gazetteer._road_line import RoadLine
from industrymap.terms import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from industrymap.geocoding.gazetteer._road_line import HousePosition

__all__ = ["Houses", "Spot"]

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
    line : LineString or MultiLineString, optional
        The road, where it is known (WGS 84 degrees).
    """

    __slots__ = ("_line", "_positions", "_road_line", "_sides")

    def __init__(
        self, houses: Iterable[tuple[int, Spot]], line: BaseGeometry | None = None
    ) -> None:
        sides: tuple[tuple[list[int], list[Spot]], ...] = (([], []), ([], []))
        for number, spot in houses:
            known, places = sides[number % 2]
            # Two buildings with one number: the answer lies between them and its radius reaches both.
            if known and known[-1] == number:
                places[-1] = _between(places[-1], spot)
                continue
            known.append(number)
            places.append(spot)
        self._sides = sides
        self._line = line
        self._road_line: RoadLine | None = None
        self._positions: tuple[list[HousePosition | None], ...] = ([], [])

    def __len__(self) -> int:
        """Return how many house numbers are known."""
        return sum(len(known) for known, _ in self._sides)

    def spans(self, number: int) -> bool:
        """Return whether a number lies between the least and the greatest that are known."""
        known = [numbers for numbers, _ in self._sides if numbers]
        return min(n[0] for n in known) <= number <= max(n[-1] for n in known)

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
        of the two neighbours and everything between them, so the house lies inside it if the numbers ascend at all.
        """
        known, places = self._sides[number % 2]
        at = bisect_left(known, number)
        # Beyond the known numbers a road may go anywhere; over a wide gap it may turn.
        if at == 0 or at == len(known) or known[at] - known[at - 1] > _MAX_GAP:
            return None
        lower, upper = places[at - 1], places[at]
        share = (number - known[at - 1]) / (known[at] - known[at - 1])
        # Along the road where its line is known, else straight between the neighbours.
        lon, lat, reach = self._along(number % 2, at, share) or (
            lower.lon + share * (upper.lon - lower.lon),
            lower.lat + share * (upper.lat - lower.lat),
            0.0,
        )
        reach = max(
            reach,
            _metres(lon, lat, lower) + lower.radius_m,
            _metres(lon, lat, upper) + upper.radius_m,
        )
        return Spot(lon, lat, reach)

    def _along(self, side: int, at: int, share: float) -> tuple[float, float, float] | None:
        """Return the place between two neighbours along the road's line, or ``None`` where the line does not lead past both."""
        if self._line is None:
            return None
        # Lines are worked out for roads that are asked for: a city has tens of thousands.
        if self._road_line is None:
            self._road_line = RoadLine(self._line)
            self._positions = tuple(
                self._road_line.locate([s.lon for s in places], [s.lat for s in places])
                if places
                else []
                for _, places in self._sides
            )
        lower, upper = self._positions[side][at - 1 : at + 1]
        if lower is None or upper is None:
            return None
        return self._road_line.between(lower, upper, share)


def _between(one: Spot, other: Spot) -> Spot:
    """Return the middle of two houses that carry the same number, reaching both."""
    lon, lat = (one.lon + other.lon) / 2, (one.lat + other.lat) / 2
    reach = max(_metres(lon, lat, one) + one.radius_m, _metres(lon, lat, other) + other.radius_m)
    return Spot(lon, lat, reach)


def _metres(lon: float, lat: float, spot: Spot) -> float:
    x = (spot.lon - lon) * METRES_PER_DEGREE * math.cos(math.radians(lat))
    return math.hypot(x, (spot.lat - lat) * METRES_PER_DEGREE)
