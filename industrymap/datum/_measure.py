"""Areas and lengths on the ground: in the city's projected CRS, or on the ellipsoid; never in degrees."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from industrymap.datum._convert import convert_geometry
from industrymap.datum._systems import Datum, resolve
from industrymap.errors import DatumError

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["area_m2", "length_m", "metric"]


def area_m2(geometries: Any, crs: str | Datum | None = None) -> npt.NDArray[np.float64]:
    """Measure the area of WGS 84 geometries.

    Parameters
    ----------
    geometries : array-like of shapely geometries
        WGS 84 longitude, latitude.
    crs : str or Datum, optional
        The projected CRS to measure in, such as the city pack's; without one the area on the WGS 84 ellipsoid is
        returned. A Gauss-Krüger zone is at most 0.03 % too large within 1° of its central meridian at 23°N; Web Mercator is 18 %
        too large there and is refused.

    Returns
    -------
    area_m2 : ndarray of float
        Square metres; ``NaN`` for a missing geometry.

    Raises
    ------
    DatumError
        ``crs`` is in degrees or Web Mercator.

    Examples
    --------
    >>> import shapely
    >>> square = shapely.box(113.30, 23.10, 113.31, 23.11)
    >>> float(area_m2([square], "EPSG:4547")[0].round()), float(area_m2([square])[0].round())
    (1134653.0, 1134511.0)
    """
    if crs is None:
        return _on_ellipsoid(geometries, shapely.area, "area")
    return shapely.area(convert_geometry(geometries, source="wgs84", target=metric(crs)))


def length_m(geometries: Any, crs: str | Datum | None = None) -> npt.NDArray[np.float64]:
    """Measure the length (of a polygon: the perimeter) of WGS 84 geometries.

    Parameters
    ----------
    geometries : array-like of shapely geometries
        WGS 84 longitude, latitude.
    crs : str or Datum, optional
        As in :func:`area_m2`.

    Returns
    -------
    length_m : ndarray of float
        Metres; ``NaN`` for a missing geometry.

    Raises
    ------
    DatumError
        ``crs`` is in degrees or Web Mercator.

    Examples
    --------
    >>> import shapely
    >>> line = shapely.LineString([(113.30, 23.10), (113.30, 23.11)])
    >>> float(length_m([line], "EPSG:4547")[0].round(1))
    1107.5
    """
    if crs is None:
        return _on_ellipsoid(geometries, shapely.length, "length")
    return shapely.length(convert_geometry(geometries, source="wgs84", target=metric(crs)))


def metric(crs: str | Datum) -> Datum:
    """Return a projected system in which areas and lengths may be measured.

    Raises
    ------
    DatumError
        It is in degrees, in feet or another unit than the metre, or Web Mercator.

    Examples
    --------
    >>> metric("EPSG:4547").id
    'EPSG:4547'
    """
    datum = resolve(crs)
    if datum.in_degrees:
        raise DatumError(
            f"Areas and lengths cannot be measured in degrees ({datum.id}); give a projected CRS such as EPSG:4547.",
            f"不能用经纬度（{datum.id}）量算面积和长度，请给出投影坐标系，如 EPSG:4547。",
        )
    if datum.id in {"EPSG:3857", "EPSG:900913"}:
        raise DatumError(
            "Web Mercator (EPSG:3857) overstates areas by 18 % at 23°N; give a projected CRS such as EPSG:4547.",
            "Web 墨卡托（EPSG:3857）在北纬 23° 处面积偏大 18%，请给出投影坐标系，如 EPSG:4547。",
        )
    unit = _unit(datum)
    if unit != "metre":
        raise DatumError(
            f"Areas and lengths are measured in metres, and {datum.id} is in {unit}; give a projected CRS such as EPSG:4547.",
            f"面积和长度以米量算，而 {datum.id} 的单位是 {unit}，请给出投影坐标系，如 EPSG:4547。",
        )
    return datum


@cache
def _unit(datum: Datum) -> str:
    """Return the unit of the first axis; what states none, such as a pipeline, is in metres by its definition."""
    if datum.kind != "projected" or not datum.definition:
        return "metre"
    axes = pyproj.CRS.from_user_input(datum.definition).axis_info
    return axes[0].unit_name if axes else "metre"


def _on_ellipsoid(geometries: Any, planar: Any, what: str) -> npt.NDArray[np.float64]:
    geod = pyproj.Geod(ellps="WGS84")
    array = np.asarray(geometries, dtype=object)
    measured = np.array(
        planar(array), dtype=float
    )  # NaN where a geometry is missing, 0 where it has none
    flat, shapes = measured.reshape(-1), array.reshape(-1)
    # One by one, which is slow, so only those that have an area or a length.
    for place in np.flatnonzero(flat > 0):
        if what == "area":
            # The sign of a ring's area is its direction: outlines and holes must run opposite ways.
            flat[place] = abs(
                geod.geometry_area_perimeter(shapely.orient_polygons(shapes[place]))[0]
            )
        else:
            flat[place] = geod.geometry_length(shapes[place])
    return measured
