"""How polygons of two layers lie to each other: shares, a matrix of overlaps, distances; all in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap import datum

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from industrymap.columns import Flags, Floats, Geometries, Positions

__all__ = ["distance_m", "distance_to_larger_m", "overlap_matrix", "projected", "share_inside"]


def projected(polygons: pd.DataFrame, crs: str) -> Geometries:
    """Return the geometries (WGS 84) in the city's projected CRS: metres, or it is refused."""
    shapes = np.asarray(polygons["geometry"].array, dtype=object)
    return datum.convert_geometry(shapes, source="wgs84", target=datum.metric(crs))


def share_inside(polygons: Geometries, others: Geometries) -> Floats:
    """Return the share of each polygon's area that lies inside any of the others.

    Parameters
    ----------
    polygons, others : ndarray of geometries
        In one projected CRS, metres.

    Returns
    -------
    share : ndarray of float
        0 to 1; ``NaN`` for a missing or empty polygon.
    """
    area = shapely.area(polygons)
    inside = np.zeros(len(polygons))
    mine, theirs = _meeting(polygons, others)
    if len(mine):
        for i, group in _groups(mine, theirs):
            pieces = [shapely.intersection(polygons[i], others[j]) for j in group]
            # blocks that overlap each other must not count twice
            inside[i] = shapely.area(pieces[0] if len(pieces) == 1 else shapely.union_all(pieces))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(area > 0, np.minimum(inside / area, 1.0), np.nan)


def distance_m(polygons: Geometries, others: Geometries) -> Floats:
    """Return the distance from each polygon to the nearest of the others, 0 where they touch.

    Returns
    -------
    distance_m : ndarray of float
        ``NaN`` for a missing polygon, and everywhere if there are no others.
    """
    distance = np.full(len(polygons), np.nan)
    usable = _usable(polygons)
    candidates = others[_usable(others)]
    if len(candidates) and usable.any():
        tree = shapely.STRtree(candidates)
        # One neighbour a polygon suffices: the distance is the same to all nearest ones.
        (rows, _), gaps = tree.query_nearest(
            polygons[usable], return_distance=True, all_matches=False
        )
        distance[np.flatnonzero(usable)[rows]] = gaps
    return distance


def distance_to_larger_m(polygons: Geometries, *, first_m: float = 500.0) -> Floats:
    """Return the distance from each polygon to the nearest one of larger area in the same layer.

    Looks within ``first_m`` and doubles the reach for those that found none.

    Returns
    -------
    distance_m : ndarray of float
        ``NaN`` for the largest and for a missing polygon.
    """
    area = shapely.area(polygons)
    distance = np.full(len(polygons), np.nan)
    usable = _usable(polygons)
    if not usable.any():
        return distance
    tree = shapely.STRtree(polygons)
    # The largest park has no larger one.
    open_rows = np.flatnonzero(usable & (area < area[usable].max()))
    reach = first_m
    while len(open_rows):
        # The nearest larger park is usually close; asking the tree for all pairs at once would be quadratic.
        mine, theirs = tree.query(polygons[open_rows], predicate="dwithin", distance=reach)
        rows = open_rows[mine]
        larger = area[theirs] > area[rows]
        rows, theirs = rows[larger], theirs[larger]
        gaps = shapely.distance(polygons[rows], polygons[theirs])
        best = np.full(len(polygons), np.inf)
        # The least of several gaps of one row; plain assignment would keep the last.
        np.minimum.at(best, rows, gaps)
        done = open_rows[np.isfinite(best[open_rows])]
        distance[done] = best[done]
        open_rows = np.setdiff1d(open_rows, done)
        reach *= 2.0
    return distance


def overlap_matrix(  # noqa: PLR0913 - two layers, their keys, the CRS and a threshold
    polygons: gpd.GeoDataFrame,
    others: gpd.GeoDataFrame,
    *,
    crs: str,
    key: str,
    other_key: str,
    min_m2: float = 1.0,
) -> pd.DataFrame:
    """List every pair of polygons that overlap, with the shared area.

    Parameters
    ----------
    polygons, others : GeoDataFrame
        WGS 84. The same frame twice lists overlaps inside one layer, each pair once.
    crs : str
        The city's projected CRS.
    key, other_key : str
        Their id columns.
    min_m2 : float
        Shared areas below this are left out: outlines that touch share slivers.

    Returns
    -------
    overlaps : DataFrame
        ``left``, ``right`` (ids), ``overlap_m2``, ``share_left``, ``share_right`` (of each one's own area), the largest first.
    """
    a = projected(polygons, crs)
    b = a if others is polygons else projected(others, crs)
    mine, theirs = _meeting(a, b)
    if others is polygons:
        # Within one layer every pair comes twice, and every polygon meets itself.
        once = mine < theirs
        mine, theirs = mine[once], theirs[once]
    shared = shapely.area(shapely.intersection(a[mine], b[theirs]))
    keep = shared >= min_m2
    mine, theirs, shared = mine[keep], theirs[keep], shared[keep]
    table = pd.DataFrame(
        {
            "left": polygons[key].astype("string").to_numpy()[mine],
            "right": others[other_key].astype("string").to_numpy()[theirs],
            "overlap_m2": shared,
            "share_left": shared / shapely.area(a[mine]),
            "share_right": shared / shapely.area(b[theirs]),
        }
    )
    order = ["overlap_m2", "left", "right"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _usable(shapes: Geometries) -> Flags:
    return ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)


def _meeting(polygons: Geometries, others: Geometries) -> tuple[Positions, Positions]:
    """Return positions of pairs whose outlines or insides meet."""
    if len(polygons) == 0 or len(others) == 0:
        none = np.array([], dtype=np.int64)
        return none, none
    pairs = shapely.STRtree(others).query(polygons, predicate="intersects")
    return pairs[0], pairs[1]


def _groups(mine: Positions, theirs: Positions) -> Iterator[tuple[int, Positions]]:
    """Yield each position in ``mine`` with all the positions it is paired with."""
    order = np.argsort(mine, kind="stable")
    mine, theirs = mine[order], theirs[order]
    starts = np.flatnonzero(np.r_[True, mine[1:] != mine[:-1]])
    yield from zip(mine[starts].tolist(), np.split(theirs, starts[1:]), strict=True)
