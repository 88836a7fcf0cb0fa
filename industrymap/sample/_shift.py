"""From the plan's metres to degrees, and to the shifted datums that online maps use.

Written from the public forward formulas, apart from the room that converts: what it should find is here.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from industrymap.sample.plan import CRS

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import Transformer

__all__ = ["to_bd09", "to_gcj02", "to_wgs84"]

_A, _EE = 6378245.0, 0.00669342162296594323


@cache
def _transformer() -> Transformer:
    from pyproj import Transformer

    # CGCS2000 is treated as equal to WGS 84: the projection alone is undone.
    return Transformer.from_crs("EPSG:4490", CRS, always_xy=True)


def to_wgs84(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return longitude and latitude of eastings and northings (n x 2)."""
    if not len(places):
        return np.empty((0, 2))
    lon, lat = _transformer().transform(places[:, 0], places[:, 1], direction="INVERSE")
    return np.column_stack([lon, lat])


def to_gcj02(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift WGS 84 longitude and latitude (n x 2) to GCJ-02."""
    lon, lat = points[:, 0], points[:, 1]
    x, y = lon - 105.0, lat - 35.0
    pi, root = np.pi, np.sqrt(np.abs(x))
    waves = (20 * np.sin(6 * x * pi) + 20 * np.sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20 * np.sin(y * pi) + 40 * np.sin(y / 3 * pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * pi) + 320 * np.sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20 * np.sin(x * pi) + 40 * np.sin(x / 3 * pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * pi) + 300 * np.sin(x / 30 * pi)) * 2 / 3
    radians = np.radians(lat)
    magic = 1 - _EE * np.sin(radians) ** 2
    root_magic = np.sqrt(magic)
    north = north * 180 / ((_A * (1 - _EE)) / (magic * root_magic) * pi)
    east = east * 180 / (_A / root_magic * np.cos(radians) * pi)
    return np.column_stack([lon + east, lat + north])


def to_bd09(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift WGS 84 longitude and latitude (n x 2) to BD-09."""
    lon, lat = to_gcj02(points).T
    turn = np.pi * 3000.0 / 180.0
    reach = np.hypot(lon, lat) + 0.00002 * np.sin(lat * turn)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * turn)
    return np.column_stack([reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006])
