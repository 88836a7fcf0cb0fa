"""Parcels: a piece of land cut again and again by slanted lines, as cadastres grow.

Land is kept as quadrilaterals (4 x 2 arrays, metres, counter-clockwise). Every cut leaves two, so that parcels of
one piece never overlap; a parcel's outline then bends, loses corners and steps back, always inward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    Quad = NDArray[np.float64]

__all__ = ["biggest", "cut", "outline", "quad", "shrink_to"]


def quad(
    centre: tuple[float, float],
    width: float,
    height: float,
    angle: float,
    rng: np.random.Generator,
) -> Quad:
    """Return a slightly crooked rectangle of ``width`` by ``height`` metres, turned by ``angle`` radians."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2 * np.array([width, height])
    corners = corners + rng.uniform(-0.06, 0.06, (4, 2)) * np.array([width, height])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    placed: Quad = corners @ turn + np.array(centre)
    return placed


def cut(
    land: Quad, weights: Sequence[float], rng: np.random.Generator
) -> tuple[list[Quad], list[tuple[Quad, int]]]:
    """Cut ``land`` into one parcel per weight, larger weights getting more land.

    Returns
    -------
    parcels : list of Quad
        In the order of ``weights``.
    lines : list of (Quad, int)
        The cuts as 2 x 2 arrays, with their depth: 0 for the first, widest street.
    """
    lines: list[tuple[Quad, int]] = []
    parcels: list[Quad] = []

    def divide(piece: Quad, share: Sequence[float], depth: int) -> None:
        if len(share) == 1:
            parcels.append(piece)
            return
        running = np.cumsum(share)
        # Cut where both halves have about the same weight, so that parcels stay compact.
        half = int(np.argmin(np.abs(running[:-1] / running[-1] - 0.5))) + 1
        part = float(running[half - 1] / running[-1])
        one, other, line = _halve(piece, part, rng)
        lines.append((line, depth))
        divide(one, share[:half], depth + 1)
        divide(other, share[half:], depth + 1)

    divide(land, list(weights), 0)
    return parcels, lines


def _halve(piece: Quad, part: float, rng: np.random.Generator) -> tuple[Quad, Quad, Quad]:
    """Cut across the longer side, the cut leaning a little."""
    a, b, c, d = piece
    wide = np.hypot(*(b - a)) + np.hypot(*(c - d)) >= np.hypot(*(d - a)) + np.hypot(*(c - b))
    # Across the longer side, or parcels become strips.
    if not wide:
        a, b, c, d = b, c, d, a
    lean = float(rng.uniform(-0.07, 0.07)) * min(part, 1 - part) * 2
    start = a + (b - a) * (part + lean)
    end = d + (c - d) * (part - lean)
    return np.array([a, start, end, d]), np.array([start, b, c, end]), np.array([start, end])


def outline(parcel: Quad, gap: float, rng: np.random.Generator, *, wild: float = 1.0) -> Polygon:
    """Draw a parcel's outline inside its quadrilateral.

    Parameters
    ----------
    parcel : Quad
        The land.
    gap : float
        Metres kept free along every side, for lanes.
    rng : Generator
        Chance.
    wild : float
        How often corners are lost and sides bend.

    Returns
    -------
    outline : Polygon
        May be empty where the land is narrower than its lanes.
    """
    inner = _inset(parcel, gap)
    if inner is None:
        return shapely.Polygon()
    centre = inner.mean(axis=0)
    points: list[NDArray[np.float64]] = []
    losses = rng.random(4)
    for corner in range(4):
        here, after, before = inner[corner], inner[(corner + 1) % 4], inner[corner - 1]
        points += _corner(here, before, after, float(losses[corner]) / wild, rng)
        points += _side(here, after, centre, rng, wild)
    ring = np.round(np.array(points), 2)
    shape = shapely.Polygon(ring)
    return shape if shape.is_valid else biggest(shape.buffer(0))


def _corner(
    here: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    loss: float,
    rng: np.random.Generator,
) -> list[NDArray[np.float64]]:
    """Keep, chamfer or notch one corner."""
    if loss > 0.45:
        return [here]
    back = (before - here) * float(rng.uniform(0.08, 0.34))
    on = (after - here) * float(rng.uniform(0.08, 0.34))
    if loss < 0.16:
        return [here + back, here + back + on, here + on]
    return [here + back * 0.5, here + on * 0.5]


def _side(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    centre: NDArray[np.float64],
    rng: np.random.Generator,
    wild: float,
) -> list[NDArray[np.float64]]:
    """Bend a side inward at one or two points, or leave it straight."""
    bends = int(rng.choice(3, p=[0.5, 0.34, 0.16])) if wild else 0
    places = np.sort(rng.uniform(0.4, 0.62, bends)) if bends < 2 else np.array([0.42, 0.58])
    bends_at = []
    for place in places:
        on_side = start + (end - start) * float(place)
        bends_at.append(on_side + (centre - on_side) * float(rng.uniform(0.01, 0.12)))
    return bends_at


def _inset(parcel: Quad, gap: float) -> Quad | None:
    """Move every side inward by ``gap``; ``None`` where nothing is left."""
    shifted = []
    for number in range(4):
        a, b = parcel[number], parcel[(number + 1) % 4]
        along = b - a
        length = float(np.hypot(*along))
        # A side shorter than three lanes leaves no parcel worth drawing.
        if length < 3 * gap:
            return None
        normal = np.array([-along[1], along[0]]) / length
        shifted.append((a + normal * gap, along))
    corners = np.array([_meet(shifted[n - 1], shifted[n]) for n in range(4)])
    following = np.roll(corners, -1, axis=0)
    area = float(np.sum(corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0])) / 2
    turns = np.roll(parcel, -1, axis=0) - parcel
    kept = following - corners
    # Moved inward too far, a side turns round: then nothing is left inside.
    same_way = bool(np.all((turns * kept).sum(axis=1) > 0))
    return corners if area > 0 and same_way else None


def _meet(
    one: tuple[NDArray[np.float64], NDArray[np.float64]],
    other: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    (p, r), (q, s) = one, other
    cross = r[0] * s[1] - r[1] * s[0]
    t = ((q[0] - p[0]) * s[1] - (q[1] - p[1]) * s[0]) / cross
    crossing: NDArray[np.float64] = p + r * t
    return crossing


def biggest(shape: BaseGeometry) -> Polygon:
    """Return the largest polygon of a shape; an empty one where it has none."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    if not parts:
        return shapely.Polygon()
    largest = max(parts, key=lambda part: part.area)
    return shapely.Polygon(largest.exterior)


def shrink_to(shapes: NDArray[np.object_], total_m2: float) -> NDArray[np.object_]:
    """Shrink shapes about their own middles until they measure ``total_m2`` together."""
    factor = float(np.sqrt(total_m2 / shapely.area(shapes).sum()))
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    moved = middle[owner] + (points - middle[owner]) * factor
    shrunk: NDArray[np.object_] = shapely.set_coordinates(shapes.copy(), np.round(moved, 3))
    return shrunk
