"""A road line: how far along it a house is, how far beside it, and what lies between two houses."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from industrymap.terms import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = ["HousePosition", "RoadLine"]

_LINE = 1
"""Shapely's type number of a LineString."""

_MAX_ASIDE_M = 200.0
"""A house farther from the line than this does not belong to it."""

_MAX_BEYOND_M = 5.0
"""Nor does a house that lies farther than this beyond its end."""


class HousePosition(NamedTuple):
    """Where a house is on a road.

    Attributes
    ----------
    part : int
        Part of the line, counted from 0; a dual carriageway has two.
    along_m : float
        Metres from the beginning of the part.
    offset_m : float
        Metres from the line, positive on its left.
    """

    part: int
    along_m: float
    offset_m: float


class RoadLine:
    """A road's line in local metres.

    Parameters
    ----------
    line : LineString, MultiLineString or GeometryCollection
        Longitude, latitude (WGS 84 degrees). Segments that meet end to end are joined; what is no line, or has no length, is
        left out.

    Examples
    --------
    >>> from shapely import LineString
    >>> road = RoadLine(LineString([(113.40, 23.10), (113.41, 23.10), (113.41, 23.11)]))
    >>> one, other = road.locate([113.405, 113.4101], [23.1001, 23.105])
    >>> one.offset_m > 0 > other.offset_m
    True
    """

    __slots__ = ("_lat", "_lines", "_lon", "_parts", "_scale")

    def __init__(self, line: BaseGeometry) -> None:
        import shapely

        # Local metres around the road's first vertex: within a city's road the error of a flat Earth is far below a house's width.
        self._lon, self._lat = shapely.get_coordinates(line)[0].tolist()
        self._scale = METRES_PER_DEGREE * math.cos(math.radians(self._lat))
        parts = shapely.get_parts(shapely.transform(line, self._flat))
        parts = parts[(shapely.get_type_id(parts) == _LINE) & (shapely.length(parts) > 0)]
        # Maps draw a road in many segments; distances along it need one line.
        merged = shapely.line_merge(shapely.multilinestrings(parts))
        self._lines = np.array(shapely.get_parts(merged), dtype=object)
        self._parts = [_Part(shapely.get_coordinates(part)) for part in self._lines]

    def locate(self, lon: Sequence[float], lat: Sequence[float]) -> list[HousePosition | None]:
        """Return where points lie along the nearest part of the line, ``None`` for those that belong to none."""
        import shapely

        if not self._parts:
            return [None] * len(lon)
        at = self._flat(np.column_stack([lon, lat]))
        points = np.asarray(shapely.points(at), dtype=object)
        distance = shapely.distance(points[:, None], self._lines[None, :])
        # A road of two carriageways: each house belongs to the nearer one.
        nearest = distance.argmin(axis=1)
        along = shapely.line_locate_point(self._lines[nearest], points)
        positions: list[HousePosition | None] = []
        places = zip(at.tolist(), nearest.tolist(), along.tolist(), strict=True)
        for (x, y), number, s in places:
            part = self._parts[number]
            beyond, offset = part.offset(s, x, y)
            # A house far from the line was imported with the wrong road or the wrong datum: it must not steer the others.
            on_line = abs(offset) <= _MAX_ASIDE_M and beyond <= _MAX_BEYOND_M
            positions.append(HousePosition(number, s, offset) if on_line else None)
        return positions

    def between(
        self, one: HousePosition, other: HousePosition, share: float
    ) -> tuple[float, float, float] | None:
        """Return the place at a share of the way from one house to the other, on their side of the road.

        Parameters
        ----------
        one, other : HousePosition
            Two houses.
        share : float
            0 at the first, 1 at the second.

        Returns
        -------
        place : tuple of float or None
            Longitude, latitude (WGS 84 degrees) and the metres from there to the farthest spot of the way between the
            houses; ``None`` where they are on different parts or sides of the line.
        """
        # Odd and even numbers are on opposite sides; between houses of two sides there is no place.
        if one.part != other.part or one.offset_m * other.offset_m < 0:
            return None
        part = self._parts[one.part]
        along = one.along_m + share * (other.along_m - one.along_m)
        offset = one.offset_m + share * (other.offset_m - one.offset_m)
        x, y = part.at(along, offset)
        way = [part.at(one.along_m, one.offset_m), part.at(other.along_m, other.offset_m)]
        way += part.vertices(one.along_m, other.along_m)
        # The farthest bend of the way between the houses bounds the error of the interpolation.
        reach = max(math.hypot(x - a, y - b) for a, b in way) + abs(offset)
        return self._lon + x / self._scale, self._lat + y / METRES_PER_DEGREE, reach

    def _flat(self, degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        origin = np.array([self._lon, self._lat])
        flat: npt.NDArray[np.float64] = (degrees - origin) * np.array(
            [self._scale, METRES_PER_DEGREE]
        )
        return flat


class _Part:
    """One unbroken line, by its vertices and their distances from its beginning."""

    __slots__ = ("_along", "_x", "_y")

    def __init__(self, vertices: npt.NDArray[np.float64]) -> None:
        steps = np.hypot(*np.diff(vertices, axis=0).T)
        # Repeated vertices have no direction.
        keep = np.r_[True, steps > 0]
        self._x, self._y = (axis.tolist() for axis in vertices[keep].T)
        self._along = np.r_[0.0, np.cumsum(steps[steps > 0])].tolist()

    def at(self, along: float, offset: float) -> tuple[float, float]:
        """Return the point so far along the line and so far to its left."""
        here, dx, dy = self._segment(along)
        rest = along - self._along[here]
        return self._x[here] + dx * rest - dy * offset, self._y[here] + dy * rest + dx * offset

    def offset(self, along: float, x: float, y: float) -> tuple[float, float]:
        """Return how far beyond the ends of the line a point lies, and how far to the left of its foot."""
        here, dx, dy = self._segment(along)
        right, up = self._x[here], self._y[here]
        onward = dx * (x - right) + dy * (y - up) + self._along[here]
        # Only at an end of the line can a point lie beyond it.
        beyond = max(-onward, onward - self._along[-1]) if along in {0.0, self._along[-1]} else 0.0
        foot = self.at(along, 0.0)
        # The distance to the foot, not to the line of the segment: at a bend they differ.
        distance = math.hypot(x - foot[0], y - foot[1])
        left = dx * (y - up) - dy * (x - right)
        return max(beyond, 0.0), math.copysign(distance, left)

    def vertices(self, one: float, other: float) -> list[tuple[float, float]]:
        """Return the vertices between two distances along the line."""
        first, last = (bisect_right(self._along, s) for s in sorted((one, other)))
        return list(zip(self._x[first:last], self._y[first:last], strict=True))

    def _segment(self, along: float) -> tuple[int, float, float]:
        """Return the number and the direction of the segment that holds a distance along the line."""
        here = min(max(bisect_right(self._along, along) - 1, 0), len(self._along) - 2)
        length = self._along[here + 1] - self._along[here]
        dx = (self._x[here + 1] - self._x[here]) / length
        dy = (self._y[here + 1] - self._y[here]) / length
        return here, dx, dy
