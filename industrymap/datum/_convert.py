"""Move numbers and geometries from any coordinate system to any other, by way of WGS 84."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import ProjError

from industrymap.datum import _offset
from industrymap.datum._systems import WGS84, Datum, resolve
from industrymap.errors import DatumError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    Coordinates = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

__all__ = ["convert", "convert_geometry", "convert_rows", "pipeline_steps"]


def convert(
    x: npt.ArrayLike, y: npt.ArrayLike, *, source: str | Datum, target: str | Datum = "wgs84"
) -> Coordinates:
    """Move points from one datum or CRS to another.

    Parameters
    ----------
    x, y : array-like of float
        Longitude and latitude in degrees, or easting and northing in metres; same shape.
    source, target : str or Datum
        Anything :func:`resolve` accepts.

    Returns
    -------
    x, y : ndarray of float
        In ``target``. ``NaN`` stays ``NaN``, and a point that ``target`` cannot hold becomes ``NaN``.

    Raises
    ------
    DatumError
        See :func:`resolve`; nothing leads from one to the other (an ellipsoid that is not the Earth's); or ``x`` and ``y``
        differ in shape.

    Examples
    --------
    >>> lon, lat = convert([113.2644], [23.1291], source="wgs84", target="gcj02")
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (113.26973, 23.126423)
    """
    start, end = resolve(source), resolve(target)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    # One y for several x would make points that nobody has stated.
    if x.shape != y.shape:
        raise DatumError(
            f"x and y differ in shape: {x.shape} and {y.shape}.",
            f"x 与 y 形状不同：{x.shape} 与 {y.shape}。",
        )
    shape = x.shape
    x, y = x.ravel(), y.ravel()
    # Systems that count as one need no conversion; a copy all the same, so that no caller shares an
    # array.
    if start == end or (start.as_wgs84 and end.as_wgs84):
        return x.reshape(shape).copy(), y.reshape(shape).copy()
    x, y = _leave_wgs84(*_reach_wgs84(x, y, start), end)
    return x.reshape(shape), y.reshape(shape)


def convert_geometry(
    geometries: Any, *, source: str | Datum, target: str | Datum = "wgs84"
) -> npt.NDArray[np.object_]:
    """Move geometries of any type from one datum or CRS to another.

    Parameters
    ----------
    geometries : array-like of shapely geometries
        A GeoSeries, a list or an array; ``None`` and empty geometries are allowed.
    source, target : str or Datum
        Anything :func:`resolve` accepts.

    Returns
    -------
    geometries : ndarray of object
        Same length and types. Heights (Z) stay as they are; measures (M) are dropped.

    Examples
    --------
    >>> import shapely
    >>> moved = convert_geometry([shapely.Point(113.2644, 23.1291), None], source="wgs84", target="gcj02")
    >>> shapely.get_coordinates(moved[:1]).round(4).tolist(), moved[1]
    ([[113.2697, 23.1264]], None)
    """
    start, end = resolve(source), resolve(target)
    array = np.asarray(geometries, dtype=object)

    def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = convert(points[:, 0], points[:, 1], source=start, target=end)
        return np.column_stack([x, y, *points.T[2:]])

    moved: npt.NDArray[np.object_] = np.array(array, dtype=object, copy=True)
    # A view: what is written into it below is in the result.
    flat = moved.reshape(-1)
    # Flat and tall geometries apart: transforming both at once would give the flat ones a height.
    tall = shapely.has_z(flat)
    for with_z in (False, True):
        chosen = tall == with_z
        if chosen.any():
            flat[chosen] = shapely.transform(flat[chosen], move, include_z=with_z)
    return moved


def convert_rows(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    sources: Iterable[str | None],
    default: str | Datum | None = None,
    target: str | Datum = "wgs84",
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Mapping[str, DatumError]]:
    """Move points whose datum may differ from row to row.

    Parameters
    ----------
    x, y : array-like of float
        One number each per row.
    sources : iterable of str or None
        The datum of each row; ``None``, ``<NA>`` or empty takes ``default``.
    default : str or Datum, optional
        The file's datum. Rows without a datum become ``NaN`` where it is missing.
    target : str or Datum
        Anything :func:`resolve` accepts.

    Returns
    -------
    x, y : ndarray of float
        In ``target``; ``NaN`` in rows whose datum cannot be used.
    refused : mapping of str to DatumError
        Why, per text in ``sources`` (``""`` for rows without any).

    Examples
    --------
    >>> x, y, refused = convert_rows([113.27, 113.27], [23.13, 23.13], sources=["gcj02", "1954"], default=None)
    >>> x.round(4).tolist(), sorted(refused)
    ([113.2647, nan], ['1954'])
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    names = np.array([_text(source) for source in sources], dtype=object)
    out_x, out_y = np.full(x.shape, np.nan), np.full(y.shape, np.nan)
    refused: dict[str, DatumError] = {}
    # Once for each datum that occurs, not once a row.
    for name in sorted(set(names)):
        rows = names == name
        try:
            source = resolve(default if not name and default is not None else name)
        except DatumError as error:
            # One bad name costs its own rows only.
            refused[name] = error
            continue
        out_x[rows], out_y[rows] = convert(x[rows], y[rows], source=source, target=target)
    return out_x, out_y, refused


def _text(source: object) -> str:
    return source.strip() if isinstance(source, str) else ""


def _reach_wgs84(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], source: Datum
) -> Coordinates:
    if source.as_wgs84:
        return x, y
    if source.kind == "gcj02":
        return _offset.gcj02_to_wgs84(x, y)
    if source.kind == "bd09":
        return _offset.bd09_to_wgs84(x, y)
    return _project(x, y, source, inverse=True)


def _leave_wgs84(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], target: Datum
) -> Coordinates:
    if target.as_wgs84:
        return lon, lat
    if target.kind == "gcj02":
        return _offset.wgs84_to_gcj02(lon, lat)
    if target.kind == "bd09":
        return _offset.wgs84_to_bd09(lon, lat)
    return _project(lon, lat, target, inverse=False)


def _project(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], datum: Datum, *, inverse: bool
) -> Coordinates:
    """Run PROJ between ``datum`` and WGS 84 degrees."""
    # A pipeline is written towards WGS 84, a CRS away from it.
    direction = "INVERSE" if inverse != (datum.kind == "pipeline") else "FORWARD"
    found_x, found_y = _transformer(datum).transform(x, y, direction=direction)
    # PROJ answers with infinity where a point cannot be projected: unknown, not far away.
    bad = ~(np.isfinite(found_x) & np.isfinite(found_y))
    return np.where(bad, np.nan, found_x), np.where(bad, np.nan, found_y)


# Looking an operation up in PROJ's database costs far more than running it.
@lru_cache(maxsize=64)
def _transformer(datum: Datum) -> pyproj.Transformer:
    """Return the operation from WGS 84 degrees to ``datum``, or for a pipeline from it to degrees."""
    if datum.kind == "pipeline":
        return pyproj.Transformer.from_pipeline(datum.definition)
    crs = pyproj.CRS.from_user_input(datum.definition)
    return _operation(_degrees_of(crs), crs, datum)


def _operation(source: pyproj.CRS, target: pyproj.CRS, datum: Datum) -> pyproj.Transformer:
    """Return what leads between ``datum`` and degrees, in either direction."""
    try:
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
    except ProjError as error:
        raise DatumError(
            f"Nothing leads from {datum.en} to WGS 84: its ellipsoid is not one of the Earth's. Check its definition.",
            f"{datum.zh}无法转换到 WGS 84：其椭球不是地球椭球，请核对坐标系定义。",
        ) from error


def pipeline_steps(datum: Datum) -> str:
    """Return the PROJ steps that lead from a projected system to WGS 84 degrees, for use in a longer pipeline."""
    crs = pyproj.CRS.from_user_input(datum.definition)
    steps = _operation(crs, _degrees_of(crs), datum).definition
    # PROJ allows no pipeline within a pipeline: only the steps go in.
    words = [word for word in steps.split() if word != "proj=pipeline"]
    return " ".join(f"+{word}" for word in words)


def _degrees_of(crs: pyproj.CRS) -> pyproj.CRS:
    """Return the degrees that count as WGS 84 for this system.

    A system on CGCS2000, or on a GRS 80-like ellipsoid of unknown datum, is unprojected and nothing else (stated
    policy); any other goes through PROJ's operation to WGS 84.
    """
    geodetic = crs.geodetic_crs
    # A bound CRS states how it leads to WGS 84; that statement is followed.
    if not crs.is_bound and geodetic is not None and geodetic.datum is not None:
        name = geodetic.datum.name.lower()
        # EPSG and ESRI write the name in their own ways.
        if (
            "china 2000" in name
            or "china_2000" in name
            or "unknown" in name
            or "not specified" in name
        ):
            return geodetic
    return pyproj.CRS.from_user_input(WGS84.definition)
