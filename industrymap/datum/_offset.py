"""The offsets of GCJ-02 (国测局坐标) and BD-09 (百度坐标), vectorised.

GCJ-02 has one publicly known forward formula: a polynomial with sines over longitude − 105° and latitude − 35°,
scaled to degrees on the Krassowsky 1940 ellipsoid (a = 6 378 245 m, e² = 0.00669342162296594323). It agrees with the
map vendors' own output to about 0.65 m. Its inverse is a fixed-point iteration with contraction ≤ 0.0072, run
a fixed number of times and without any test inside the loop, so that it ends everywhere; four steps leave 1.5e-11°.

BD-09 adds a turn and a shift to GCJ-02; the closed form that undoes it is 0.23 m off, and two corrections bring that to
micrometres.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from industrymap.datum._regions import offset_applies

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Coordinates = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

__all__ = [
    "bd09_to_gcj02",
    "bd09_to_wgs84",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

AXIS_M = 6378245.0
ECCENTRICITY_2 = 0.00669342162296594323
STEPS = 4
_SIN_35, _COS_35 = np.sin(np.radians(35.0)), np.cos(np.radians(35.0))
_BD_TURN = np.pi * 3000.0 / 180.0
_CHUNK = 8192  # arrays of 64 kB stay in the cache


def wgs84_to_gcj02(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    """Move WGS 84 points to GCJ-02; points outside the mainland stay where they are."""
    return _by_chunks(_to_gcj02, lon, lat)


def gcj02_to_wgs84(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    """Move GCJ-02 points to WGS 84; points whose place is outside the mainland stay where they are."""
    return _by_chunks(_from_gcj02, lon, lat)


def gcj02_to_bd09(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    """Move GCJ-02 points to BD-09, without asking where they are."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    """Move BD-09 points to GCJ-02, without asking where they are."""
    x, y = lon - 0.0065, lat - 0.006
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * _BD_TURN)
    found_lon, found_lat = radius * np.cos(angle), radius * np.sin(angle)
    # BD-09 states only the way there: the way back is corrected by what the way there makes of it.
    for _ in range(2):
        back_lon, back_lat = gcj02_to_bd09(found_lon, found_lat)
        found_lon, found_lat = found_lon + (lon - back_lon), found_lat + (lat - back_lat)
    return found_lon, found_lat


def wgs84_to_bd09(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    """Move WGS 84 points to BD-09; points outside the mainland stay where they are."""
    return _by_chunks(_to_bd09, lon, lat)


def bd09_to_wgs84(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    """Move BD-09 points to WGS 84; points whose place is outside the mainland stay where they are."""
    return _by_chunks(_from_bd09, lon, lat)


def _to_gcj02(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    east, north = _shift(lon, lat)
    applies = offset_applies(lon, lat)
    return np.where(applies, lon + east, lon), np.where(applies, lat + north, lat)


def _from_gcj02(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    found_lon, found_lat = _undo(lon, lat)
    # By where the point really lies: at the border the shifted point may lie on the other side.
    applies = offset_applies(found_lon, found_lat)
    return np.where(applies, found_lon, lon), np.where(applies, found_lat, lat)


def _to_bd09(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    east, north = _shift(lon, lat)
    bd_lon, bd_lat = gcj02_to_bd09(lon + east, lat + north)
    applies = offset_applies(lon, lat)
    return np.where(applies, bd_lon, lon), np.where(applies, bd_lat, lat)


def _from_bd09(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    found_lon, found_lat = _undo(*bd09_to_gcj02(lon, lat))
    applies = offset_applies(found_lon, found_lat)
    return np.where(applies, found_lon, lon), np.where(applies, found_lat, lat)


def _undo(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    """Find the point whose shift leads to ``lon, lat``: each step subtracts the shift of the last guess."""
    found_lon, found_lat = lon, lat
    for _ in range(STEPS):
        # Over its own length the shift hardly changes, so each step brings the guess much closer.
        east, north = _shift(found_lon, found_lat)
        found_lon, found_lat = lon - east, lat - north
    return found_lon, found_lat


def _shift(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Coordinates:
    """Return the GCJ-02 offset of each point in degrees, wherever it lies.

    Sines are what costs. All of them are of multiples of πx/60 and πy/180, so they are built from one sine and one cosine
    each by the formulas for multiple angles; what that adds in rounding is far below a nanometre.
    """
    x, y = lon - 105.0, lat - 35.0
    root, product = np.sqrt(np.abs(x)), 0.1 * x * y

    sine, cosine = np.sin(x * (np.pi / 60)), np.cos(x * (np.pi / 60))
    # πx/60 doubled is πx/30, times five πx/12; that doubled twice is πx/3, times three πx.
    sin_x30 = 2 * sine * cosine
    sin_x12, cos_x12 = _five(sine, cosine)
    sin_x3, cos_x3 = _double(*_double(sin_x12, cos_x12))
    sin_x, cos_x = _three(sin_x3, cos_x3)
    sin_2x = 2 * sin_x * cos_x
    ripple = sin_2x * (80 - 80 * sin_2x * sin_2x)  # 20 sin 6πx + 20 sin 2πx

    third, cos_third = np.sin(y * (np.pi / 180)), np.cos(y * (np.pi / 180))
    sine, cosine = _three(third, cos_third)
    sin_y30 = 2 * sine * cosine
    # The same ladder, from πy/180 times three.
    sin_y12, cos_y12 = _five(sine, cosine)
    sin_y3, _ = _double(*_double(sin_y12, cos_y12))
    sin_y = sin_y3 * (3 - 4 * sin_y3 * sin_y3)

    north_m = ripple + 20 * sin_y + 40 * sin_y3 + 160 * sin_y12 + 320 * sin_y30
    north_m *= 2 / 3
    north_m += 2 * x + y * (3 + 0.2 * y) + product + 0.2 * root - 100

    east_m = ripple + 20 * sin_x + 40 * sin_x3 + 150 * sin_x12 + 300 * sin_x30
    east_m *= 2 / 3
    east_m += x * (1 + 0.1 * x) + 2 * y + product + 0.1 * root + 300

    # The latitude is y + 35°, so its sine follows from those of y that are at hand.
    sin_lat = third * _COS_35 + cos_third * _SIN_35
    cos_lat = cos_third * _COS_35 - third * _SIN_35
    curve = 1 - ECCENTRICITY_2 * sin_lat * sin_lat
    prime_vertical = (180 / np.pi / AXIS_M) * np.sqrt(curve)
    east = east_m * prime_vertical / cos_lat
    north = north_m * prime_vertical * curve * (1 / (1 - ECCENTRICITY_2))
    return east, north


def _double(sine: npt.NDArray[np.float64], cosine: npt.NDArray[np.float64]) -> Coordinates:
    """Return sine and cosine of twice the angle."""
    return 2 * sine * cosine, 1 - 2 * sine * sine


def _three(sine: npt.NDArray[np.float64], cosine: npt.NDArray[np.float64]) -> Coordinates:
    """Return sine and cosine of three times the angle."""
    square = sine * sine
    return sine * (3 - 4 * square), cosine * (1 - 4 * square)


def _five(sine: npt.NDArray[np.float64], cosine: npt.NDArray[np.float64]) -> Coordinates:
    """Return sine and cosine of five times the angle."""
    square = sine * sine
    return sine * (5 + square * (16 * square - 20)), cosine * (1 + square * (16 * square - 12))


def _by_chunks(
    move: Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], Coordinates],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
) -> Coordinates:
    out_lon, out_lat = np.empty_like(lon), np.empty_like(lat)
    # NaN and numbers far off run through the formulas and come out as NaN.
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        for start in range(0, lon.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            out_lon[part], out_lat[part] = move(lon[part], lat[part])
    return out_lon, out_lat
