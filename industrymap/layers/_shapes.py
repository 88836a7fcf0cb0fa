"""Coordinates to geometries, one feature at a time, with what was wrong noted instead of raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap import files
from industrymap.errors import LayerError
from industrymap.layers._layer import object_array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from industrymap.files import Limits

    Builder = Callable[[Sequence[Any], "Budget", list[str]], shapely.Geometry]

__all__ = ["Budget", "from_coordinates", "from_wkb"]


class Budget:
    """Counts features and vertices and stops at the limits."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.features = 0
        self.vertices = 0

    def spend(self, *, features: int = 0, vertices: int = 0) -> None:
        """Add to the count.

        Raises
        ------
        LayerError
            More than the limits allow.
        """
        self.features += features
        self.vertices += vertices
        if self.features > self.limits.max_features:
            self._over("features", "个要素", "max_features")
        if self.vertices > self.limits.max_vertices:
            self._over("vertices", "个顶点", "max_vertices")

    def _over(self, en: str, zh: str, name: str) -> None:
        limit = getattr(self.limits, name)
        raise LayerError(
            f"{self.name} has more than {limit:,} {en} {files.more_en(name)}.",
            f"{self.name} 超过 {limit:,} {zh}{files.more_zh(name)}。",
        )


def from_wkb(
    wkb: npt.NDArray[np.object_], budget: Budget
) -> tuple[npt.NDArray[np.object_], dict[int, list[str]]]:
    """Build geometries from WKB; what cannot be built is missing and noted."""
    with np.errstate(all="ignore"):  # signalling NaN among the coordinates
        # The whole array at once is far faster; only arcs force the way one by one.
        try:
            geometries = shapely.from_wkb(wkb, on_invalid="ignore")
        except NotImplementedError:  # arcs among them: shapely reads none of the array
            geometries = object_array(map(_straight, wkb))
    given = np.array([item is not None for item in wkb], dtype=bool)
    notes = {int(i): ["unreadable"] for i in np.flatnonzero(given & shapely.is_missing(geometries))}
    budget.spend(features=len(wkb), vertices=int(shapely.get_num_coordinates(geometries).sum()))
    return geometries, notes


def _straight(wkb: bytes | None) -> shapely.Geometry | None:
    """Build one geometry, or none where it is made of arcs."""
    try:
        return shapely.from_wkb(wkb, on_invalid="ignore")
    except NotImplementedError:
        return None


def from_coordinates(
    geometry: object, budget: Budget, *, depth: int = 0
) -> tuple[shapely.Geometry | None, list[str]]:
    """Build one geometry from GeoJSON's ``type`` and ``coordinates``.

    Returns
    -------
    geometry, notes : geometry or None, list of str
        Codes: ``missing``, ``unknown_type``, ``bad_coordinates``, ``not_finite``, ``too_few_points``, ``unclosed``.
    """
    if geometry is None:
        return None, ["missing"]
    if not isinstance(geometry, dict):
        return None, ["unknown_type"]
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        return _collection(geometry.get("geometries"), budget, depth)
    builder = _BUILDERS.get(str(kind))
    return (
        (None, ["unknown_type"])
        if builder is None
        else _built(builder, geometry.get("coordinates"), budget)
    )


def _collection(
    parts: object, budget: Budget, depth: int
) -> tuple[shapely.Geometry | None, list[str]]:
    # Eight levels: no drawing nests collections deeper, and recursion must end.
    if not isinstance(parts, list | tuple) or depth > 8:
        return None, ["bad_coordinates"]
    built = [from_coordinates(part, budget, depth=depth + 1) for part in parts]
    notes = [note for _, notes_of in built for note in notes_of]
    return shapely.GeometryCollection([g for g, _ in built if g is not None]), notes


def _built(
    builder: Builder, coordinates: object, budget: Budget
) -> tuple[shapely.Geometry | None, list[str]]:
    """Build one geometry; whatever is wrong with its numbers is noted, never raised."""
    if not isinstance(coordinates, list | tuple):
        return None, ["bad_coordinates"]
    notes: list[str] = []
    try:
        return builder(coordinates, budget, notes), notes
    except (ValueError, TypeError, OverflowError, shapely.errors.ShapelyError):
        # One reason is enough, and the more exact one was noted where it was found.
        return None, notes if "not_finite" in notes else [*notes, "bad_coordinates"]


def _points(
    coordinates: Sequence[Any], budget: Budget, notes: list[str]
) -> npt.NDArray[np.float64]:
    budget.spend(vertices=len(coordinates))
    array = np.array(coordinates, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] < 2:
        raise ValueError("positions of unequal length")
    # Longitude, latitude, height; a fourth number (a measure) means nothing here.
    array = array[:, :3]
    if not np.isfinite(array[:, :2]).all():
        notes.append("not_finite")
        raise ValueError("a coordinate is not a finite number")
    return array


def _point(coordinates: Sequence[Any], budget: Budget, notes: list[str]) -> shapely.Geometry:
    array = _points([coordinates] if coordinates else [], budget, notes)
    return shapely.Point(array[0]) if len(array) else shapely.Point()


def _line(coordinates: Sequence[Any], budget: Budget, notes: list[str]) -> shapely.LineString:
    array = _points(coordinates, budget, notes)
    if len(array) == 1:
        notes.append("too_few_points")
        raise ValueError("a line of one point")
    return shapely.LineString(array)


def _polygon(coordinates: Sequence[Any], budget: Budget, notes: list[str]) -> shapely.Polygon:
    rings = [
        ring for ring in (_ring(part, budget, notes) for part in coordinates) if ring is not None
    ]
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _ring(
    coordinates: Sequence[Any], budget: Budget, notes: list[str]
) -> shapely.LinearRing | None:
    array = _points(coordinates, budget, notes)
    closed = not len(array) or np.array_equal(array[0, :2], array[-1, :2])
    if not closed:
        # Closed before it is counted: a triangle may come with three points and no repeated first.
        array = np.vstack([array, array[:1]])
    if len(array) < 4:
        if len(array):
            notes.append("too_few_points")
        return None
    if not closed:
        notes.append("unclosed")
    return shapely.LinearRing(array)


def _multi_point(coordinates: Sequence[Any], budget: Budget, notes: list[str]) -> shapely.Geometry:
    return shapely.MultiPoint(_points(coordinates, budget, notes))


def _multi_line(coordinates: Sequence[Any], budget: Budget, notes: list[str]) -> shapely.Geometry:
    return shapely.MultiLineString([_line(part, budget, notes) for part in coordinates])


def _multi_polygon(
    coordinates: Sequence[Any], budget: Budget, notes: list[str]
) -> shapely.Geometry:
    parts = [_polygon(part, budget, notes) for part in coordinates]
    return shapely.MultiPolygon([part for part in parts if not part.is_empty])


_BUILDERS: Mapping[str, Builder] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": _multi_point,
    "MultiLineString": _multi_line,
    "MultiPolygon": _multi_polygon,
}
