"""Blocks that form one area: which ones touch, or nearly so, and how large they are together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap import datum
from industrymap.columns import connected, texts

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
    ids = texts(blocks, "block_id")
    # Chains count: two blocks that are far apart form one area by way of those between them.
    near = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap_m)
    root = connected(len(shapes), zip(*near.tolist(), strict=True))
    rows = []
    for group in np.unique(root):
        members = np.flatnonzero(root == group)
        names = sorted(ids[members])
        # As a union: blocks of a group may overlap, and a gap of 30 m between them is not theirs.
        whole = shapes[members[0]] if len(members) == 1 else shapely.union_all(shapes[members])
        rows.append(
            {
                # The smallest id stays the same from run to run, whatever the order of the blocks.
                "area_id": names[0],
                "blocks": ";".join(names),
                "n": len(members),
                "area_m2": float(shapely.area(whole)),
            }
        )
    table = pd.DataFrame(rows, columns=["area_id", "blocks", "n", "area_m2"])
    table = table[table["area_m2"] >= min_m2]
    return table.sort_values(["area_m2", "area_id"], ascending=[False, True], ignore_index=True)
