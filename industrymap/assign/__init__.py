"""Which park, block, district and town a firm is in: by geometry, the smallest polygon wins.

What the address named is compared with what the geometry says. Where they differ, both stay readable: the columns hold the
geometry's answer, ``assign_issues`` says so, and the issues table quotes the address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap import columns
from industrymap.assign._divisions import Notes, division, name_divisions
from industrymap.assign._join import column_at, locate, smallest
from industrymap.errors import LayerError
from industrymap.terms import FINE_LEVELS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from industrymap.columns import Flags, Floats, Positions, Texts

__all__ = ["assign", "containing", "locate", "name_divisions", "smallest"]


def assign(
    enterprises: gpd.GeoDataFrame,
    *,
    parks: gpd.GeoDataFrame | None = None,
    blocks: gpd.GeoDataFrame | None = None,
    districts: gpd.GeoDataFrame | None = None,
    towns: gpd.GeoDataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Assign every placed firm to its park, block, district and town.

    Parameters
    ----------
    enterprises : GeoDataFrame
        Points in WGS 84 with ``geocode_level``; ``district_code`` and ``town_code`` where the address named them, and
        ``district_declared``, ``town_declared`` where the table did.
    parks, blocks : GeoDataFrame, optional
        Polygons with ``park_id`` and ``block_id``. Only firms whose place is fine enough (:data:`industrymap.terms.FINE_LEVELS`) are assigned,
        and those placed at the park whose name their address holds.
    districts, towns : GeoDataFrame, optional
        Polygons with ``code`` and ``name``. A coarse place counts for a town only where its whole circle lies in it.

    Returns
    -------
    enterprises : GeoDataFrame
        With ``park_id``, ``block_id``, ``district_code``, ``district``, ``town_code``, ``town`` and ``assign_issues``.
    issues : DataFrame
        Conflicts between the place and what the address or the table names.

    Raises
    ------
    LayerError
        The firms have no geometry.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> import industrymap as im
    >>> parks = gpd.GeoDataFrame(
    ...     {"park_id": ["large", "small"]},
    ...     geometry=[shapely.box(113.30, 23.10, 113.32, 23.12), shapely.box(113.30, 23.10, 113.31, 23.11)],
    ...     crs="EPSG:4326",
    ... )
    >>> firms = gpd.GeoDataFrame(
    ...     {"geocode_level": ["address", "district"]},
    ...     geometry=gpd.points_from_xy([113.305, 113.305], [23.105, 23.105]),
    ...     crs="EPSG:4326",
    ... )
    >>> placed, conflicts = im.assign_polygons(firms, parks=parks)
    >>> placed["park_id"].tolist()  # the smallest wins; a district is too coarse to be in a park
    ['small', <NA>]
    """
    if "geometry" not in enterprises.columns:
        raise LayerError(
            "The firms have no geometry: geocode them first (industrymap.geocode).",
            "企业没有位置（geometry），请先定位（industrymap.geocode）。",
        )
    x, y = _coordinates(enterprises)
    level = columns.texts(enterprises, "geocode_level")
    fine = np.isin(level, FINE_LEVELS)
    notes = Notes(enterprises)
    in_park, in_block = smallest(x, y, parks), smallest(x, y, blocks)
    named_park = _at_named_park(enterprises, level, in_park, parks)
    # a coarse place says nothing about the park around it, unless the address itself names that park
    in_park = np.where(fine | named_park, in_park, -1)
    in_block = np.where(
        fine | (named_park & _park_in_block(in_park, in_block, parks, blocks)), in_block, -1
    )
    district = division(enterprises, (x, y), polygons=districts, kind="district", notes=notes)
    town = division(enterprises, (x, y), polygons=towns, kind="town", notes=notes)
    out = enterprises.assign(
        park_id=column_at(parks, "park_id", in_park, enterprises),
        block_id=column_at(blocks, "block_id", in_block, enterprises),
        **district,
        **town,
    )
    out["assign_issues"] = notes.codes()
    return out, notes.collector.table()


def containing(
    enterprises: gpd.GeoDataFrame, polygons: gpd.GeoDataFrame, *, key: str
) -> pd.Series[str]:
    """Return for each firm the key of the smallest polygon it is in, where its place is fine enough to tell.

    Parameters
    ----------
    enterprises : GeoDataFrame
        Points in WGS 84 with ``geocode_level``.
    polygons : GeoDataFrame
        Any layer, WGS 84.
    key : str
        Its key column.

    Returns
    -------
    keys : Series of str
        Aligned with ``enterprises``.
    """
    x, y = _coordinates(enterprises)
    level = columns.texts(enterprises, "geocode_level")
    inside = np.where(np.isin(level, FINE_LEVELS), smallest(x, y, polygons), -1)
    return column_at(polygons, key, inside, enterprises)


def _coordinates(frame: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    # A firm without a place gives NaN, which lies in no polygon.
    shapes = np.asarray(frame.geometry.array)
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _at_named_park(
    frame: pd.DataFrame, level: Texts, in_park: Positions, parks: gpd.GeoDataFrame | None
) -> Flags:
    """Return which firms were placed at a park, lie in it, and name it."""
    named = np.zeros(len(frame), dtype=bool)
    if parks is None or "name" not in parks:
        return named
    names = columns.texts(parks, "name")
    mentions = _mentions(frame)
    for i in np.flatnonzero((level == "park") & (in_park >= 0)):
        name = names[in_park[i]]
        named[i] = bool(name) and name in mentions[i]
    return named


def _mentions(frame: pd.DataFrame) -> Texts:
    """Return, for each firm, every text in which it may name the park it is in."""
    text = np.full(len(frame), "", dtype=object)
    # A line break between them, so that no name is found across two texts.
    for column in ("geocode_evidence", "address", "park_declared"):
        text = text + "\n" + columns.texts(frame, column)
    return text


def _park_in_block(
    in_park: Positions,
    in_block: Positions,
    parks: gpd.GeoDataFrame | None,
    blocks: gpd.GeoDataFrame | None,
) -> Flags:
    """Return where the whole park lies in the block, so that being in the park is being in the block."""
    inside = np.zeros(len(in_park), dtype=bool)
    if parks is None or blocks is None:
        return inside
    both = np.flatnonzero((in_park >= 0) & (in_block >= 0))
    if len(both):
        park = np.asarray(parks.geometry.array)[in_park[both]]
        block = np.asarray(blocks.geometry.array)[in_block[both]]
        inside[both] = shapely.covers(block, park)
    return inside
