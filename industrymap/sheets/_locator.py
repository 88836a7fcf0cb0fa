"""The small map in the corner: where in the city the park lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap.sheets._shapes import Circle, Mark, Rect, shape_of

if TYPE_CHECKING:
    from industrymap.sheets._map_decorations import Frame

__all__ = ["Locator"]

_SIZE = 25.0
_MARGIN = 1.6
# A corner map of 25 mm shows no bend finer than this part of the city's width.
_DETAIL = 250


class Locator:
    """The districts of a city, simplified once, and where they are drawn in the corner of a map.

    Parameters
    ----------
    districts : ndarray of geometries
        In the city's projected CRS.
    """

    def __init__(self, districts: Any) -> None:
        self.bounds = shapely.total_bounds(districts)
        west, south, east, north = self.bounds
        longest = max(east - west, north - south)
        self.mm = (_SIZE - 2 * _MARGIN) / longest
        self.width = (east - west) * self.mm + 2 * _MARGIN
        self.height = (north - south) * self.mm + 2 * _MARGIN
        self.shapes = shapely.simplify(districts, longest / _DETAIL)
        # Every park of the batch is looked up in the same districts.
        shapely.prepare(self.shapes)

    def draw(self, park: Any, frame: Frame, *, color: str) -> list[Mark]:
        """Return the marks of the corner map, the park's district tinted and the park as a dot."""
        left, top = frame.x + 1.2, frame.y + 1.2
        centre = shapely.centroid(park)

        def place(points: Any) -> Any:
            west, _, _, north = self.bounds
            x = left + _MARGIN + (points[:, 0] - west) * self.mm
            return np.column_stack([x, top + _MARGIN + (north - points[:, 1]) * self.mm])

        marks: list[Mark] = [
            Rect(
                x=left, y=top, width=self.width, height=self.height,
                fill="#ffffff", stroke="#c3cad2", weight=0.2, radius=0.6,
            )
        ]  # fmt: skip
        for shape, own in zip(self.shapes, shapely.intersects(self.shapes, centre), strict=True):
            fill = "#cfdde6" if own else "#eef1f4"
            marks += shape_of(
                shapely.transform(shape, place), fill=fill, stroke="#ffffff", weight=0.2
            )
        x, y = place(shapely.get_coordinates(centre))[0]
        return [
            *marks,
            Circle(
                x=round(float(x), 2), y=round(float(y), 2), radius=0.9, fill=color, stroke="#ffffff"
            ),
        ]
