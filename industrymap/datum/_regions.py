"""Where the Chinese offset applies: the mainland, and neither Hong Kong, Macau, Taiwan nor abroad.

The test is made on WGS 84 coordinates, with one outline and four cut-outs of a few dozen corners each:

- ``MAINLAND``: the 1:110m Natural Earth outline (public domain), widened by 0.3° and simplified, so that every
  mainland place, Hainan included, lies inside. Along a land border a foreign place within about half a degree
  may still count as inside. Islands south of 17.9°N are outside.
- ``HONG_KONG``: after the description of the boundary in State Council Order No. 221 (1997); the Shenzhen River and the
  waters are drawn by hand between its points, to about 500 m.
- ``MACAU``: the peninsula, Taipa and Coloane, drawn by hand to about 200 m.
- ``TAIWAN``: the main island with Penghu, and the islands of Kinmen and Matsu off the mainland's coast.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["offset_applies", "region"]

MAINLAND = [
    (79.9, 42.4), (79.9, 43.1), (80.4, 43.3), (79.7, 45.0), (82.2, 45.8), (83.0, 47.6), (85.1, 47.3), (85.5, 48.7),
    (87.7, 49.6), (88.3, 48.8), (90.4, 48.0), (91.2, 47.1), (91.1, 45.6), (93.5, 45.3), (95.4, 44.5), (96.5, 43.0),
    (100.9, 43.0), (105.0, 41.9), (107.7, 42.8), (109.2, 42.8), (111.4, 43.9), (111.0, 44.5), (111.6, 45.3),
    (113.4, 45.1), (117.3, 47.0), (119.3, 47.1), (118.1, 47.7), (115.6, 47.4), (115.2, 48.3), (116.6, 50.2),
    (117.9, 49.8), (119.0, 50.3), (120.4, 52.1), (119.9, 52.6), (120.0, 53.0), (122.2, 53.7), (123.6, 53.8),
    (126.1, 53.1), (127.9, 50.0), (129.6, 49.7), (130.7, 49.0), (131.2, 48.1), (135.0, 48.8), (135.3, 48.5),
    (133.3, 45.0), (131.4, 44.8), (131.4, 42.9), (130.9, 42.2), (130.0, 42.5), (128.4, 41.8), (128.2, 41.2),
    (126.9, 41.4), (124.5, 39.7), (122.2, 38.5), (122.9, 37.6), (122.9, 36.7), (121.3, 35.9), (121.0, 34.5),
    (123.0, 31.9), (123.2, 30.2), (122.5, 28.2), (121.3, 27.0), (120.6, 25.9), (118.9, 24.2), (117.4, 23.0),
    (116.5, 22.5), (114.7, 21.8), (111.6, 21.1), (111.3, 19.7), (110.5, 18.2), (109.6, 17.9), (108.4, 18.5),
    (108.4, 19.6), (108.8, 20.7), (108.2, 21.3), (107.0, 21.5), (106.4, 22.0), (106.4, 22.6), (105.3, 22.9),
    (104.8, 22.6), (104.0, 22.4), (103.5, 22.4), (102.4, 22.3), (102.0, 22.1), (102.1, 21.2), (101.8, 20.9), (99.1, 21.9), (99.1, 22.8), (98.4, 23.7), (97.7, 23.6),
    (97.3, 23.9), (97.4, 25.1), (98.4, 26.1), (98.4, 27.3), (97.8, 28.0), (96.0, 28.2), (96.0, 29.1), (95.3, 28.7),
    (94.6, 29.0), (92.5, 27.6), (90.0, 28.0), (88.8, 27.0), (88.5, 27.7), (85.8, 27.9), (78.6, 31.3), (78.2, 32.5),
    (78.3, 32.9), (78.9, 32.8), (78.6, 34.2), (77.7, 35.2), (75.9, 35.8), (74.7, 37.3), (74.5, 38.2), (73.6, 38.4),
    (73.3, 39.4), (73.7, 40.2), (74.6, 40.6), (76.4, 40.8), (76.9, 41.4), (78.0, 41.5),
]  # fmt: skip

HONG_KONG = [
    (113.8450, 22.1485), (114.5024, 22.1485), (114.5024, 22.3650), (114.4548, 22.4687), (114.4552, 22.5450),
    (114.4450, 22.5540), (114.3500, 22.5600), (114.2600, 22.5560), (114.2263, 22.5437), (114.2269, 22.5480),
    (114.2067, 22.5565), (114.1900, 22.5550), (114.1800, 22.5565), (114.1640, 22.5610), (114.1570, 22.5560),
    (114.1510, 22.5520), (114.1420, 22.5430), (114.1290, 22.5380), (114.1145, 22.5300), (114.1050, 22.5270),
    (114.0950, 22.5235), (114.0850, 22.5180), (114.0780, 22.5150), (114.0680, 22.5148), (114.0600, 22.5130),
    (114.0500, 22.5070), (114.0400, 22.5030), (114.0200, 22.5050), (113.9951, 22.5101), (113.9478, 22.4724),
    (113.8691, 22.4340), (113.8691, 22.3100), (113.8350, 22.2800), (113.8350, 22.2000),
]  # fmt: skip

MACAU = [
    (113.5280, 22.1050), (113.6100, 22.1050), (113.6100, 22.2100), (113.5560, 22.2155), (113.5450, 22.2155),
    (113.5400, 22.2110), (113.5350, 22.2000), (113.5350, 22.1900), (113.5480, 22.1550), (113.5470, 22.1250),
]  # fmt: skip

TAIWAN = [
    [(119.2, 23.0), (120.6, 21.7), (122.3, 21.7), (122.6, 25.9), (121.2, 25.6), (119.6, 24.2), (119.2, 23.8)],
    [(118.20, 24.38), (118.50, 24.38), (118.50, 24.53), (118.41, 24.535), (118.38, 24.53), (118.29, 24.48), (118.21, 24.455)],
    [(119.86, 25.90), (120.10, 25.90), (120.55, 26.30), (120.55, 26.42), (120.45, 26.42), (119.86, 26.27)],
]  # fmt: skip

_CELL = 0.25
_WEST, _SOUTH, _EAST, _NORTH = 73.0, 17.5, 136.0, 54.0
_COLUMNS = int((_EAST - _WEST) / _CELL)
_ROWS = int((_NORTH - _SOUTH) / _CELL)


@cache
def region() -> shapely.Geometry:
    """Return the area where the offset applies, as one WGS 84 geometry."""
    cut = shapely.union_all([shapely.Polygon(ring) for ring in (HONG_KONG, MACAU, *TAIWAN)])
    area = shapely.difference(shapely.Polygon(MAINLAND), cut)
    shapely.prepare(area)
    return area


def offset_applies(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Return for each WGS 84 point whether GCJ-02 and BD-09 move it.

    A table of quarter-degree cells answers for nearly every point; only points in cells that a border crosses are
    tested against the outline. ``NaN`` lies nowhere.

    Parameters
    ----------
    lon, lat : ndarray of float
        Degrees, WGS 84.

    Returns
    -------
    applies : ndarray of bool

    Examples
    --------
    >>> import numpy as np
    >>> offset_applies(np.array([113.26, 114.17, 121.56]), np.array([23.13, 22.32, 25.03])).tolist()  # 广州, 香港, 台北
    [True, False, False]
    """
    cells = _cells()
    with np.errstate(invalid="ignore"):
        # Counted from the rim of outside cells, one cell beyond the table's own edge.
        column = (lon - (_WEST - _CELL)) * (1 / _CELL)
        row = (lat - (_SOUTH - _CELL)) * (1 / _CELL)
        # Comparisons with NaN are false, so NaN falls into the border column, which is outside.
        column = np.where(column > 0, np.minimum(column, _COLUMNS + 1), 0).astype(np.intp)
        row = np.where(row > 0, np.minimum(row, _ROWS + 1), 0).astype(np.intp)
    state = cells[row, column]
    applies: npt.NDArray[np.bool_] = state == _INSIDE
    border = np.flatnonzero(state == _BORDER)
    if border.size:
        applies[border] = shapely.contains_xy(region(), lon[border], lat[border])
    return applies


_OUTSIDE, _INSIDE, _BORDER = 0, 1, 2


@cache
def _cells() -> npt.NDArray[np.uint8]:
    """Return the table of cells, with a rim of outside cells on all four sides."""
    west, south = np.meshgrid(
        _WEST + _CELL * np.arange(_COLUMNS), _SOUTH + _CELL * np.arange(_ROWS)
    )
    boxes = shapely.box(west, south, west + _CELL, south + _CELL)
    # All cells that the area touches first, then those that lie wholly inside.
    state = np.where(shapely.intersects(region(), boxes), _BORDER, _OUTSIDE)
    state = np.where(shapely.contains_properly(region(), boxes), _INSIDE, state)
    return np.pad(state.astype(np.uint8), 1, constant_values=_OUTSIDE)
