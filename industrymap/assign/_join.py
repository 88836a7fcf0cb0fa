"""Points and polygons to the polygons that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap.columns import optional_texts

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from industrymap.columns import Floats, Geometries, Positions

__all__ = ["column_at", "locate", "smallest"]


def locate(
    polygons: gpd.GeoDataFrame,
    *,
    districts: gpd.GeoDataFrame | None = None,
    towns: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Say in which district and town each polygon lies: the one that holds most of it.

    Parameters
    ----------
    polygons : GeoDataFrame
        Parks or blocks, WGS 84.
    districts, towns : GeoDataFrame, optional
        Polygons with ``code`` and ``name``.

    Returns
    -------
    polygons : GeoDataFrame
        With ``district_code`` and ``town_code``; ``district`` and ``town`` are filled where the file left them blank. A polygon outside
        every district has no code.
    """
    added: dict[str, pd.Series[str]] = {}
    for kind, layer in (("district", districts), ("town", towns)):
        if layer is None:
            continue
        held = _holds_most(np.asarray(polygons.geometry.array), np.asarray(layer.geometry.array))
        added[f"{kind}_code"] = column_at(layer, "code", held, polygons)
        # The name in the file stays; the code comes from where the polygon lies.
        name = column_at(layer, "name", held, polygons)
        added[kind] = polygons[kind].astype("string").fillna(name) if kind in polygons else name
    return polygons.assign(**added)


def smallest(x: Floats, y: Floats, polygons: gpd.GeoDataFrame | None) -> Positions:
    """Return for each point the position of the smallest polygon that holds it, ``-1`` where none does.

    Points on an outline count as inside. Equal areas go to the polygon that comes first. Points are sorted once into strips; each
    polygon then looks only at the points of its bounding box, so the time grows with what is inside and not with the product.

    Parameters
    ----------
    x, y : ndarray of float, shape (n,)
        In the polygons' coordinates; ``NaN`` where a point has no place.
    polygons : GeoDataFrame or None
        Polygons; ``None`` or empty means none holds anything.

    Returns
    -------
    position : ndarray of int, shape (n,)

    Examples
    --------
    >>> import geopandas as gpd
    >>> both = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9), shapely.box(1, 1, 2, 2)])
    >>> smallest(np.array([1.5, 5.0, 20.0]), np.array([1.5, 5.0, 20.0]), both)
    array([ 1,  0, -1])
    """
    position = np.full(len(x), -1, dtype=np.int64)
    if polygons is None or len(polygons) == 0 or len(x) == 0:
        return position
    shapes = np.asarray(polygons.geometry.array)
    # What has no place is in no polygon, and NaN would spoil the order of the strips.
    placed = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if len(placed) == 0:
        return position
    bins = _XBins(x[placed])
    order = placed[bins.order]
    xs, ys = x[order], y[order]
    bounds = shapely.bounds(shapes)
    # West and east limits come from the strips, south and north below, the outline last: each test is dearer than the one before.
    first, last = bins.between(bounds[:, 0], bounds[:, 2])
    hit = np.full(len(order), -1, dtype=np.int64)
    # Prepared outlines answer each point in logarithmic time.
    shapely.prepare(shapes)
    # from the largest to the smallest: a smaller polygon writes over a larger one
    for i in _largest_first(shapes):
        strip = ys[first[i] : last[i]]
        near = first[i] + np.flatnonzero((strip >= bounds[i, 1]) & (strip <= bounds[i, 3]))
        if len(near):
            hit[near[shapely.intersects_xy(shapes[i], xs[near], ys[near])]] = i
    position[order] = hit
    return position


class _XBins:
    """Points in narrow strips of equal width from west to east.

    Sorting the strips' 16-bit numbers is ten times as fast as sorting the coordinates, and as good: what a strip holds too
    much is dropped by the exact test that follows.
    """

    _BINS = 65_536
    _NARROWEST = 1e-9

    def __init__(self, x: Floats) -> None:
        self.west = x.min()
        width = x.max() - self.west
        # points on one meridian, or as good as that, share one strip
        self.scale = (self._BINS - 1) / width if width > self._NARROWEST else 0.0
        bins = self._bin(x)
        self.order = np.argsort(bins, kind="stable")
        self.starts = np.zeros(self._BINS + 1, dtype=np.int64)
        np.cumsum(np.bincount(bins, minlength=self._BINS), out=self.starts[1:])

    def between(self, west: Floats, east: Floats) -> tuple[Positions, Positions]:
        """Return the first and one past the last sorted point of every stretch; an empty one for a missing bound."""
        some = ~(np.isnan(west) | np.isnan(east))
        west, east = np.where(some, west, self.west), np.where(some, east, self.west)
        # A polygon wholly west of all points would otherwise fall into the first strip.
        beyond = (east < self.west) | ~some
        first = self.starts[self._bin(west)]
        return first, np.where(beyond, first, self.starts[self._bin(east).astype(np.int64) + 1])

    def _bin(self, x: Floats) -> NDArray[np.uint16]:
        at = (x - self.west) * self.scale
        return np.asarray(np.clip(at, 0, self._BINS - 1), dtype=np.uint16)


def _largest_first(shapes: Geometries) -> Positions:
    """Order by area, largest first; of equal ones the first in the frame comes last and so wins."""
    area = shapely.area(shapes)
    return np.lexsort((-np.arange(len(shapes)), -area))


def _holds_most(shapes: Geometries, areas: Geometries) -> Positions:
    """Return for each shape the position of the area that holds most of it, ``-1`` where none meets it.

    Shares are compared in degrees: at one place these differ from metres by one factor for all.
    """
    best = np.full(len(shapes), -1, dtype=np.int64)
    if len(areas) == 0:
        return best
    mine, theirs = shapely.STRtree(areas).query(shapes, predicate="intersects")
    # Most polygons lie in one area: nothing to intersect, which is the slow part.
    alone = np.bincount(mine, minlength=len(shapes))[mine] == 1
    best[mine[alone]] = theirs[alone]
    mine, theirs = mine[~alone], theirs[~alone]
    shared = shapely.area(shapely.intersection(shapes[mine], areas[theirs]))
    # the largest share is written last; of equal ones the first area
    order = np.lexsort((-theirs, shared))
    best[mine[order]] = theirs[order]
    return best


def column_at(
    polygons: gpd.GeoDataFrame | None, column: str, position: Positions, frame: pd.DataFrame
) -> pd.Series[str]:
    """Return a column of the polygons at each row's position, missing where that is ``-1``; indexed as ``frame``."""
    values = np.full(len(position), None, dtype=object)
    if polygons is not None and column in polygons:
        ids = optional_texts(polygons, column)
        hit = position >= 0
        values[hit] = ids[position[hit]]
    return pd.Series(values, index=frame.index, dtype="string")
