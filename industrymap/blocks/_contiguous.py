"""Blocks that form one area: which ones touch, or nearly so, and how large they are together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from industrymap import datum

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["contiguous"]


def contiguous(
    blocks: gpd.GeoDataFrame, *, crs: str, gap_m: float = 30.0, min_m2: float = 0.0
) -> pd.DataFrame:
    """Group blocks into contiguous areas.

    Parameters
    ----------
    blocks : GeoDataFrame
        WGS 84, with ``block_id``.
    crs : str
        The city's projected CRS.
    gap_m : float
        Blocks this near to each other count as one area: a road or a ditch between them does not part them. Proposal.
    min_m2 : float
        Only areas of at least this size.

    Returns
    -------
    areas : DataFrame
        ``area_id`` (the smallest block id in it), ``blocks`` (ids separated by ``;``), ``n``, ``area_m2`` (without counting
        overlaps twice), the largest first.
    """
    shapes = datum.convert_geometry(np.asarray(blocks.geometry.array), source="wgs84", target=crs)
    ids = blocks["block_id"].astype("string").fillna("").to_numpy(dtype=object)
    root = _components(shapes, gap_m)
    rows = []
    for group in np.unique(root):
        members = np.flatnonzero(root == group)
        names = sorted(ids[members])
        whole = shapes[members[0]] if len(members) == 1 else shapely.union_all(shapes[members])
        rows.append(
            {
                "area_id": names[0],
                "blocks": ";".join(names),
                "n": len(members),
                "area_m2": float(shapely.area(whole)),
            }
        )
    table = pd.DataFrame(rows, columns=["area_id", "blocks", "n", "area_m2"])
    table = table[table["area_m2"] >= min_m2]
    return table.sort_values(["area_m2", "area_id"], ascending=[False, True], ignore_index=True)


def _components(shapes: Any, gap_m: float) -> Any:
    """Return for each shape the smallest position in its group (union-find over near pairs)."""
    parent = np.arange(len(shapes))
    if len(shapes) == 0:
        return parent
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap_m)
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        if a < b:
            ra, rb = _root(parent, a), _root(parent, b)
            parent[max(ra, rb)] = min(ra, rb)
    return np.array([_root(parent, i) for i in range(len(shapes))])


def _root(parent: Any, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = int(parent[i])
    return i
