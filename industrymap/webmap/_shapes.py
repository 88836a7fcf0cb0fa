"""Geometries as the page reads them: whole steps of 1e-7 degree, as differences in variable-length integers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap.webmap._bytes import interleave, varint, zigzag

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["STEPS_PER_DEGREE", "Points", "place", "shapes"]

STEPS_PER_DEGREE = 10_000_000
"""One step is 1e-7 degree: at most 1.2 cm, so a rounded coordinate is at most 0.6 cm off."""

_CELL_BITS = 16


class Points:
    """Points in the order in which they are stored.

    Attributes
    ----------
    order : ndarray of int
        Row of the frame at each stored place: exactly placed, coarsely placed, then those without a place.
    n_exact, n_placed : int
    x0, y0, shift : int
        Grid: cell = (steps − origin) >> shift.
    key : ndarray of uint32
        Morton key of the cell, rising within the exact and within the coarse ones.
    rest_x, rest_y : ndarray of uint32
        The bits below the cell.
    """

    __slots__ = ("key", "n_exact", "n_placed", "order", "rest_x", "rest_y", "shift", "x0", "y0")

    def __init__(self, x: NDArray[np.int64], y: NDArray[np.int64], group: NDArray[np.int8]) -> None:
        # Groups: 0 placed exactly, 1 placed by an area (village, town, district), 2 without a
        # place.
        placed = group < 2
        self.x0 = int(x[placed].min()) if placed.any() else 0
        self.y0 = int(y[placed].min()) if placed.any() else 0
        dx, dy = x[placed] - self.x0, y[placed] - self.y0
        span = int(max(dx.max(), dy.max())) if len(dx) else 0
        # The grid is as fine as 16 bits allow over the city's extent; what a cell cannot hold is
        # kept as a rest.
        self.shift = max(0, span.bit_length() - _CELL_BITS)
        key = interleave(dx >> self.shift, dy >> self.shift)
        # Group before key: exact points come first, so that the page draws them without asking row
        # by row.
        rank = np.argsort(
            (group[placed].astype(np.uint64) << np.uint64(32)) | key.astype(np.uint64),
            kind="stable",
        )
        self.n_placed = len(rank)
        self.n_exact = int((group == 0).sum())
        self.order = np.concatenate([np.flatnonzero(placed)[rank], np.flatnonzero(~placed)])
        mask = (1 << self.shift) - 1
        self.key = key[rank]
        self.rest_x = (dx[rank] & mask).astype(np.uint32)
        self.rest_y = (dy[rank] & mask).astype(np.uint32)


def place(geometries: NDArray[Any], coarse: NDArray[np.bool_]) -> Points:
    """Arrange points along a Morton curve.

    Parameters
    ----------
    geometries : ndarray of Point
        WGS 84; missing and empty ones are kept without a place. What is not a point counts as its centre.
    coarse : ndarray of bool
        True where the place is only a village, a town or a district.
    """
    if len(geometries) and (shapely.get_type_id(geometries) > 0).any():
        # A firm given as an area is one point on the map.
        geometries = shapely.centroid(geometries)
    lon, lat = shapely.get_x(geometries), shapely.get_y(geometries)
    there = np.isfinite(lon) & np.isfinite(lat)
    group = np.where(there, coarse.astype(np.int8), np.int8(2))
    x = np.rint(np.where(there, lon, 0) * STEPS_PER_DEGREE).astype(np.int64)
    y = np.rint(np.where(there, lat, 0) * STEPS_PER_DEGREE).astype(np.int64)
    return Points(x, y, group)


def shapes(geometries: NDArray[Any], *, step: int = 1) -> dict[str, list[bytes]]:
    """Encode polygons and lines.

    Parameters
    ----------
    geometries : ndarray of geometry
        WGS 84. Points and empty geometries become features without rings.
    step : int
        Grid in units of 1e-7 degree; 1 for layers that are exported, more for the background.

    Returns
    -------
    parts : dict of str to list of bytes
        ``counts``: each feature's number of parts, then each part's number of rings (0 for a line), then
        each ring's number of points without the closing one. ``xy``: x and y of each point as the
        difference from the point before, the first of all from 0.
    """
    kind = shapely.get_type_id(geometries)
    useful = np.isin(kind, (1, 3, 5, 6, 7)) & ~shapely.is_empty(geometries)
    shaped = geometries.copy()
    # An empty polygon keeps the feature's place in the order: counts are by row.
    shaped[~useful] = shapely.Polygon()
    members, whole = shapely.get_parts(shaped, return_index=True)
    parts, member = shapely.get_parts(members, return_index=True)  # a collection holds multi-parts
    feature = whole[member]
    nested = shapely.get_type_id(parts)
    keep = np.isin(nested, (1, 3)) & ~shapely.is_empty(parts)
    parts, feature = parts[keep], feature[keep]
    is_line = shapely.get_type_id(parts) == 1
    rings, part = _rings(parts, is_line)
    lengths, coordinates = _open(rings, is_line[part])
    n_rings = np.where(is_line, 0, np.bincount(part, minlength=len(parts)))
    per_feature = np.bincount(feature, minlength=len(geometries))
    counts = np.concatenate([per_feature, n_rings, lengths]).astype(np.uint64)
    # Rounded before the differences: rounding each move would add up along a border.
    steps = np.rint(coordinates * (STEPS_PER_DEGREE / step)).astype(np.int64)
    moves = np.diff(steps, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return {"counts": [varint(counts)], "xy": [varint(zigzag(moves.ravel()))]}


def _rings(
    parts: NDArray[Any], is_line: NDArray[np.bool_]
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return every ring (or line) and the part it belongs to, in order."""
    rings, of_polygon = shapely.get_rings(parts[~is_line], return_index=True)
    # Rings of polygons and lines come from two calls; sorting by owner puts them back in the file's
    # order.
    owner = np.concatenate([np.flatnonzero(~is_line)[of_polygon], np.flatnonzero(is_line)])
    lines = np.concatenate([rings, parts[is_line]])
    order = np.argsort(owner, kind="stable")
    return lines[order], owner[order]


def _open(
    rings: NDArray[Any], is_line: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return points per ring and all coordinates, rings without their closing point."""
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    lengths = np.bincount(ring, minlength=len(rings)).astype(np.int64)
    closing = np.zeros(len(coordinates), dtype=bool)
    # The first point again, which the page adds: a ring of four corners is stored as four.
    closing[np.cumsum(lengths)[~is_line] - 1] = True
    return lengths - ~is_line, coordinates[~closing]
