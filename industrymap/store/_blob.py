"""Geometries as GeoPackage stores them: a header with the envelope, then WKB (OGC 12-128r18, clause 2.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap.files import with_header, without_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

__all__ = ["bounds_of", "decode", "encode", "normalised", "same_shape"]

_SRS_ID = 4326
# A shape that went through a file of seven decimals and back must not count as changed.
_SAME_DEG = 1e-9


def encode(geometry: BaseGeometry | None) -> bytes | None:
    """Return the blob of a geometry in longitude, latitude (WGS 84); ``None`` stays ``None``."""
    if geometry is None:
        return None
    body: bytes = shapely.to_wkb(geometry, byte_order=1, output_dimension=2)
    bounds = None if geometry.is_empty else geometry.bounds
    return with_header(body, bounds, srs_id=_SRS_ID)


def decode(blobs: Iterable[bytes | None]) -> Any:
    """Return an array of geometries from blobs; a single-part collection comes back as its part.

    Raises
    ------
    ValueError
        A blob is no GeoPackage geometry.
    """
    shapes = shapely.from_wkb(np.array([_body(blob) for blob in blobs], dtype=object))
    parts = shapely.get_num_geometries(shapes)
    # Kept as multipolygons, because a layer has one type; a single polygon is handed out as one.
    many = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON
    single = many & (parts == 1)
    return np.where(single, shapely.get_geometry(shapes, 0), shapes)


def normalised(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """Return a geometry as the store keeps it: two dimensions, polygons as multipolygons."""
    if geometry is None:
        return None
    flat: BaseGeometry = shapely.force_2d(geometry)
    return shapely.MultiPolygon([flat]) if isinstance(flat, shapely.Polygon) else flat


def same_shape(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    """Return whether two geometries draw the same thing, to 1e-9 degrees (0.1 mm), wherever their rings begin."""
    a, b = normalised(one), normalised(other)
    if a is None or b is None:
        # Empty shapes have no rings to compare.
        return a is b
    return a.equals(b) if a.is_empty or b.is_empty else _near(a, b)


def _near(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(
        shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), tolerance=_SAME_DEG)
    )


def _body(blob: bytes | None) -> bytes | None:
    if blob is None:
        return None
    wkb = without_header(blob)
    if wkb is None:
        msg = "not a GeoPackage geometry"
        raise ValueError(msg)
    return wkb


def bounds_of(
    geometries: Sequence[BaseGeometry | None],
) -> tuple[float, float, float, float] | None:
    """Return the bounds of geometries together, ``None`` where there are none."""
    there = [g for g in geometries if g is not None and not g.is_empty]
    if not there:
        return None
    west, south, east, north = (float(v) for v in shapely.total_bounds(np.array(there)))
    return west, south, east, north
