"""What the village parks inside a block, district or town add up to: land, FAR, output per floor area, hazards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap import schemas
from industrymap.columns import numbers
from industrymap.measure._overlaps import projected

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.columns import Geometries

__all__ = ["inner_points_in", "parks_inside"]


def parks_inside(
    parks: gpd.GeoDataFrame, ids: pd.Series[str], shapes: Geometries, *, key: str | None, crs: str
) -> pd.DataFrame:
    """Add up the parks of every polygon, as the records of the figures over ``parks`` say.

    A ratio is the sum of one column ÷ the sum of the other, each over the parks that bring both parts. A park has a hazard where its fire
    hazard is major or its environment serious; it has none only where both are known.

    Parameters
    ----------
    parks : GeoDataFrame
        Village industrial parks, measured.
    ids : Series
        Of the polygons.
    shapes : ndarray of geometries
        The polygons in ``crs``.
    key : str or None
        The column of ``parks`` that holds the polygons' id; ``None``: a park belongs to the polygon its inner point lies in.
    crs : str

    Returns
    -------
    figures : DataFrame
        Aligned with ``ids``: the figures, ``n_…`` (parks that bring the figure) and ``coverage_…``.
    """
    where = (
        inner_points_in(parks, ids, shapes, crs=crs) if key is None else parks[key].astype("string")
    )
    wanted = ids.astype("string")
    # a park that states its floor-area ratio and not its floor area brings the floor area all the same
    land = numbers(parks, "land_area_m2")
    inputs = {"floor_area_m2": numbers(parks, "floor_area_m2").fillna(numbers(parks, "far") * land)}
    hazard = _hazard(parks)

    def total(values: pd.Series[float], rows: pd.Series[bool]) -> pd.Series[float]:
        # The sum of nothing is unknown, not 0.
        held = values.where(rows).groupby(where).sum(min_count=1)
        return wanted.map(held).astype("Float64")

    def count(rows: pd.Series[bool]) -> pd.Series[int]:
        held = rows.fillna(value=False).groupby(where).sum()
        return wanted.map(held).fillna(0).astype("Int64")

    def column(name: str) -> pd.Series[float]:
        return inputs[name] if name in inputs else numbers(parks, name)

    number = count(where.notna())
    figures: dict[str, pd.Series[float] | pd.Series[int]] = {}
    for record in (i for i in schemas.indicators(schemas.BLOCKS) if i.over == "parks"):
        if record.kind == "sum":
            figures[record.id] = total(column(record.of), column(record.of).notna())
        elif record.kind == "ratio":
            upper, lower = column(record.of), column(record.per)
            both = upper.notna() & (lower > 0)
            figures[record.id] = total(upper, both) * record.factor / total(lower, both)
            figures[record.n] = count(both)
        elif record.kind == "count":
            known = count(hazard.notna()) if record.of else number
            figures[record.n or record.id] = known
            # where nothing is known of any, that none has a hazard would be a guess
            if record.of:
                figures[record.id] = count(hazard).mask((known == 0) & (number > 0))
        elif record.kind == "coverage":
            share = figures[f"n_{record.of}"] / number.where(number > 0)
            figures[record.id] = share.astype("Float64")
    return pd.DataFrame(figures, index=ids.index)


def inner_points_in(
    others: gpd.GeoDataFrame, ids: pd.Series[str], shapes: Geometries, *, crs: str
) -> pd.Series[str]:
    """Return the id of the polygon that each feature's inner point lies in; the first where several hold it.

    Parameters
    ----------
    others : GeoDataFrame
        Points or polygons, WGS 84.
    ids : Series
        Of the polygons.
    shapes : ndarray of geometries
        The polygons in ``crs``.
    crs : str

    Returns
    -------
    ids : Series
        Aligned with ``others``; ``<NA>`` outside every polygon.
    """
    points = shapely.point_on_surface(projected(others, crs))
    inner, polygon = shapely.STRtree(shapes).query(points, predicate="intersects")
    located = np.full(len(others), None, dtype=object)
    names = ids.astype("string").to_numpy(dtype=object)
    # written backwards, so that of several polygons the first is written last and stays
    located[inner[::-1]] = names[polygon[::-1]]
    return pd.Series(located, index=others.index, dtype="string")


def _hazard(parks: pd.DataFrame) -> pd.Series[bool]:
    """Return whether a park has a hazard; unknown where nothing bad is known and something is not known."""
    bad = pd.Series(data=False, index=parks.index, dtype="boolean")
    for name, worst in (("fire_hazard", "major"), ("environment_status", "serious")):
        state = parks[name].astype("string") if name in parks else pd.NA
        bad |= (pd.Series(state, index=parks.index, dtype="string") == worst).astype("boolean")
    return bad
