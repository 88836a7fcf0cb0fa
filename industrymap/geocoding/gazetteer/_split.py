"""Roads cut where they leave a town, because an address names one town and not the whole road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import datum

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

__all__ = ["NEAR_M", "split_at_towns"]

NEAR_M = 120.0
"""A road that comes this near to a town is also written with that town's name: it runs along the boundary."""

_KEYS = ["name", "district_code", "town_code"]


def split_at_towns(roads: pd.DataFrame, areas: gpd.GeoDataFrame | None, crs: str) -> pd.DataFrame:
    """Cut every road line at the boundaries of areas.

    Parameters
    ----------
    roads : DataFrame
        Places of kind ``road``, geometry in WGS 84 where known.
    areas : GeoDataFrame or None
        Towns (or districts) with ``code``; without them roads stay whole.
    crs : str
        Projected CRS.

    Returns
    -------
    pieces : DataFrame
        One row per road and town with the codes of the town, and ``near``: whether the road only comes near it. Roads
        without a line, and those outside every area, stay as they are.
    """
    import shapely

    roads = roads.assign(near=False)
    shapes = np.array(roads["geometry"], dtype=object)
    lines = np.flatnonzero(shapely.get_dimensions(shapes) == 1)
    if areas is None or not len(areas) or not len(lines):
        return roads
    # Cut and measured in metres: a degree of longitude is shorter than one of latitude.
    flat = datum.convert_geometry(shapes[lines], source="wgs84", target=crs)
    polygons = datum.convert_geometry(areas.geometry.to_numpy(), source="wgs84", target=crs)
    codes = areas["code"].astype("string").to_numpy(dtype=object)
    around = np.asarray(shapely.buffer(polygons, NEAR_M), dtype=object)
    drawn = roads.iloc[lines].assign(road_row=lines)
    own = _pieces(drawn, flat, polygons, codes, stay=True)
    near = _pieces(drawn, flat, around, codes, stay=False)
    own_keys = pd.MultiIndex.from_frame(own[_KEYS])
    # A road that runs through a town is not listed as one that only comes near it.
    near = near[~pd.MultiIndex.from_frame(near[_KEYS]).isin(own_keys)].assign(near=True)
    pieces = pd.concat([own, near], ignore_index=True)
    back = datum.convert_geometry(pieces["geometry"].to_numpy(), source=crs, target="wgs84")
    pieces["geometry"] = pd.Series(back, index=pieces.index, dtype=object)
    # A road outside every boundary must not be lost: it stays whole.
    outside = np.setdiff1d(np.arange(len(roads)), own["road_row"].to_numpy())
    parts = [pieces.drop(columns="road_row"), roads.iloc[outside]]
    joined: pd.DataFrame = pd.concat([p for p in parts if len(p)], ignore_index=True)
    return joined


def _pieces(
    roads: pd.DataFrame,
    flat: npt.NDArray[np.object_],
    polygons: npt.NDArray[np.object_],
    codes: npt.NDArray[np.object_],
    *,
    stay: bool,
) -> pd.DataFrame:
    """Return the part of every line in every polygon; with ``stay``, a road that states its town stays in it."""
    import shapely

    line, polygon = shapely.STRtree(polygons).query(flat, predicate="intersects")
    stated = roads["town_code"].to_numpy(dtype=object)[line]
    pairs = zip(stated, codes[polygon], strict=True)
    # A road that its file puts into a town is not shared with the neighbours its line touches.
    fits = np.array([not stay or not town or town == code for town, code in pairs], dtype=bool)
    line, polygon = line[fits], polygon[fits]
    parts = flat[line].copy()
    # Cutting costs most and is spared where a line lies wholly inside.
    across = ~shapely.contains_properly(polygons[polygon], parts)
    parts[across] = shapely.intersection(parts[across], polygons[polygon][across])
    # A line that only touches the boundary leaves a point, and no part of a road.
    keep = shapely.length(parts) > 0
    piece_codes = codes[polygon[keep]]
    pieces: pd.DataFrame = roads.iloc[line[keep]].reset_index(drop=True)
    pieces["geometry"] = pd.Series(parts[keep], index=pieces.index, dtype=object)
    # The first six digits are the district; a code of six digits is a district and no town.
    pieces["district_code"] = pd.array([code[:6] for code in piece_codes], dtype="string")
    pieces["town_code"] = pd.array([c if len(c) > 6 else "" for c in piece_codes], dtype="string")
    # The point of the whole road need not lie on this piece: it is measured anew.
    pieces[["lon", "lat"]] = np.nan
    return pieces
