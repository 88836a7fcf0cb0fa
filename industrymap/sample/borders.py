"""Borders between towns: Voronoi edges whose straight lines wander, without ever crossing another.

A line stays inside the two triangles between its edge and the two sites; those triangles tile the plane.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point
from shapely.ops import polygonize

from industrymap.sample.seats import CENTRE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry import Polygon

__all__ = ["Edge", "Key", "cells_of", "edges_of", "jagged"]

_MIN_STEP_M = 260.0


class Edge(NamedTuple):
    """One straight edge that two cells share: its ends, the numbers of the sites on either side, and their places."""

    start: tuple[float, float]
    end: tuple[float, float]
    left: int
    right: int
    apexes: tuple[tuple[float, float], tuple[float, float]]


Key = tuple[tuple[int, int], tuple[int, int]]


def edges_of(sites: NDArray[np.float64]) -> dict[Key, Edge]:
    """Return the edges that two Voronoi cells share, with the two sites on either side."""
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            # Far beyond the city, so that no cell at the edge is cut off.
            MultiPoint(sites),
            ordered=True,
            extend_to=Point(CENTRE).buffer(2e5),
        )
    )
    seen: dict[Key, list[tuple[int, tuple[float, float], tuple[float, float]]]] = {}
    for number, cell in enumerate(cells):
        ring = shapely.get_coordinates(cell.exterior)
        for a, b in pairwise(ring):
            start, end = (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))
            seen.setdefault(_key(start, end), []).append((number, start, end))
    edges = {}
    for key in sorted(seen):
        if len(seen[key]) == 2:
            (one, start, end), (other, _, _) = seen[key]
            apexes = (_pair(sites[one]), _pair(sites[other]))
            edges[key] = Edge(start, end, one, other, apexes)
    return edges


def _pair(row: NDArray[np.float64]) -> tuple[float, float]:
    return float(row[0]), float(row[1])


def _key(start: tuple[float, float], end: tuple[float, float]) -> Key:
    a, b = _node(start), _node(end)
    return (a, b) if a < b else (b, a)


# To 0.1 m: the same corner of two cells may differ in its last bit.
def _node(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0] * 10), round(point[1] * 10)


def jagged(edge: Edge, rng: np.random.Generator, *, smooth: bool) -> LineString:
    """Replace an edge by a line that wanders, never leaving the two triangles to its sites."""
    start, end = np.array(edge.start), np.array(edge.end)
    length = float(np.hypot(*(end - start)))
    # A power of two, for the halving in _wander.
    steps = max(2, 2 ** int(np.ceil(np.log2(max(1.0, length / _MIN_STEP_M)))))
    t = np.linspace(0, 1, steps + 1)
    offset = _wander(steps, rng, roughness=0.36 if smooth else 0.58) * length * 0.16
    if smooth:
        offset = offset * 1.3
    along = (end - start) / max(length, 1e-9)
    across = np.array([-along[1], along[0]])
    room_left, room_right = np.full(steps + 1, np.inf), np.full(steps + 1, np.inf)
    for apex in edge.apexes:
        relative = np.array(apex) - start
        height, foot = float(relative @ across), float(relative @ along) / max(length, 1e-9)
        room = _triangle_room(t, abs(height), foot)
        if height > 0:
            room_left = room
        else:
            room_right = room
    room = np.where(offset > 0, room_left, room_right) * 0.5
    room = np.where(np.isfinite(room), room, length)
    # Bent back smoothly at half of the room: a hard cut would draw straight pieces along the
    # triangle.
    bounded = np.tanh(offset / np.maximum(room, 1e-6)) * room
    points = start + np.outer(t * length, along) + np.outer(bounded, across)
    points[0], points[-1] = start, end
    return LineString(np.round(points, 2))


def _triangle_room(t: NDArray[np.float64], height: float, foot: float) -> NDArray[np.float64]:
    """Return how far one may step sideways at ``t`` inside a triangle with its apex over ``foot``."""
    room = np.full(t.shape, np.inf)
    if foot > 0:
        room = np.minimum(room, height * t / foot)
    if foot < 1:
        room = np.minimum(room, height * (1 - t) / (1 - foot))
    return room


def _wander(steps: int, rng: np.random.Generator, *, roughness: float) -> NDArray[np.float64]:
    """Return a midpoint-displacement profile of ``steps + 1`` values that starts and ends at 0."""
    values = np.zeros(steps + 1)
    size, amplitude = steps, 1.0
    while size > 1:
        half = size // 2
        middle = np.arange(half, steps, size)
        bump = rng.normal(0, 1, len(middle)).clip(-1.6, 1.6) * amplitude
        values[middle] = (values[middle - half] + values[middle + half]) / 2 + bump
        size, amplitude = half, amplitude * roughness
    return values


def cells_of(lines: dict[Key, LineString], sites: NDArray[np.float64]) -> list[Polygon]:
    """Close the lines into one polygon per site."""
    faces = list(polygonize(shapely.union_all(list(lines.values()))))
    tree = shapely.STRtree(faces)
    site, face = tree.query(shapely.points(sites), predicate="within")
    face_of_site = dict(zip(site.tolist(), face.tolist(), strict=True))
    return [shapely.normalize(faces[face_of_site[number]]) for number in range(len(sites))]
