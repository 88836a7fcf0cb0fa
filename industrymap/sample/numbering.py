"""House numbers: where they stand, and which of them the gazetteer knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap.sample.streets import NUMBER_STEP_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from industrymap.sample.streets import Road

__all__ = ["draw_number", "known_numbers", "number_level", "number_places"]

_SPARSE_EVERY = 20
_DEPTH_M = {"arterial": 26.0, "local": 19.0, "village": 15.0, "estate": 38.0}
"""Metres from the middle of a road to the house that bears the number, by kind of road."""


def number_places(picks: Sequence[tuple[Road, int]]) -> NDArray[np.float64]:
    """Return where house numbers stand.

    Parameters
    ----------
    picks : sequence of (Road, int)
        Road and number, from 1; odd numbers on the left of the line, even ones on the right.

    Returns
    -------
    places : ndarray
        Easting and northing, metres, n x 2.
    """
    if not picks:
        return np.empty((0, 2))
    lines = np.array([road.line for road, _ in picks], dtype=object)
    number = np.array([n for _, n in picks])
    length = shapely.length(lines)
    along = np.minimum((number + 1) // 2 * NUMBER_STEP_M, length - 1)
    here, back, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, at))
        for at in (along, np.maximum(along - 3, 0), np.minimum(along + 3, length))
    )
    way = ahead - back
    way /= np.hypot(way[:, 0], way[:, 1])[:, None]
    depth = np.array([_DEPTH_M[road.kind] for road, _ in picks]) * np.where(number % 2, 1, -1)
    places: NDArray[np.float64] = here + np.column_stack([-way[:, 1], way[:, 0]]) * depth[:, None]
    return places


def known_numbers(road: Road) -> list[int]:
    """Return the numbers that the gazetteer knows of a sparsely numbered road, whoever uses them."""
    if road.knowledge != "sparse":
        return []
    last = road.last_number
    steps = {m + k for m in range(1, last, _SPARSE_EVERY) for k in (0, 1)}
    return sorted(n for n in steps | {1, 2, last - 1, last} if 1 <= n <= last)


def draw_number(road: Road, rng: np.random.Generator) -> int:
    """Return a house number; on a sparse road one that the gazetteer does not know."""
    number = int(rng.integers(1, road.last_number + 1))
    if road.knowledge == "sparse" and road.last_number > 8:
        known = set(known_numbers(road))
        while number in known:
            number = int(rng.integers(1, road.last_number + 1))
    return number


def number_level(road: Road, number: int) -> str:
    """Return the finest level that a number of this road can reach."""
    if road.knowledge == "full":
        return "address"
    if road.knowledge == "none":
        return "road"
    return "address" if number in known_numbers(road) else "interpolated"
