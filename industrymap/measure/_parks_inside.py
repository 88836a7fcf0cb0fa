"""What the village parks inside a block, district or town add up to: land, FAR, output per floor area, hazards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap.columns import numbers
from industrymap.measure._overlaps import projected

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.columns import Geometries

__all__ = ["parks_inside"]


def parks_inside(
    parks: gpd.GeoDataFrame, ids: pd.Series[str], shapes: Geometries, *, key: str | None, crs: str
) -> pd.DataFrame:
    """Add up the parks of every polygon.

    FAR is Σ floor ÷ Σ land and output per floor area Σ output ÷ Σ floor, each over the parks that bring both parts. A park has a hazard
    where its fire hazard is major or its environment serious; it has none only where both are known.

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
        Aligned with ``ids``: ``parks``, ``park_land_m2``, ``park_far``, ``park_output_per_floor_yuan_m2``, ``hazard_parks``, and
        ``n_…`` (parks that bring the figure) and ``coverage_…`` beside the last three.
    """
    where = _located(parks, ids, shapes, crs) if key is None else parks[key].astype("string")
    land, floor = numbers(parks, "land_area_m2"), numbers(parks, "floor_area_m2")
    floor = floor.fillna(numbers(parks, "far") * land)
    output = numbers(parks, "output_10k_cny")
    hazard = _hazard(parks)
    wanted = ids.astype("string")

    def total(values: pd.Series[float], rows: pd.Series[bool]) -> pd.Series[float]:
        held = values.where(rows).groupby(where).sum(min_count=1)
        return wanted.map(held).astype("Float64")

    def count(rows: pd.Series[bool]) -> pd.Series[int]:
        held = rows.fillna(value=False).groupby(where).sum()
        return wanted.map(held).fillna(0).astype("Int64")

    number = count(where.notna())
    both, made = floor.notna() & land.notna(), output.notna() & (floor > 0)
    known = {
        "park_far": count(both),
        "park_output_per_floor_yuan_m2": count(made),
        "hazard_parks": count(hazard.notna()),
    }
    figures = {
        "parks": number,
        "park_land_m2": total(land, land.notna()),
        "park_far": total(floor, both) / total(land, both),
        "park_output_per_floor_yuan_m2": total(output, made) * 1e4 / total(floor, made),
        "hazard_parks": count(hazard).mask((known["hazard_parks"] == 0) & (number > 0)),
    }
    for name, n in known.items():
        figures[f"n_{name}"] = n
        figures[f"coverage_{name}"] = (n / number.where(number > 0)).astype("Float64")
    return pd.DataFrame(figures, index=ids.index)


def _located(
    parks: gpd.GeoDataFrame, ids: pd.Series[str], shapes: Geometries, crs: str
) -> pd.Series[str]:
    """Return the id of the polygon each park's inner point lies in; the first where several hold it."""
    points = shapely.point_on_surface(projected(parks, crs))
    park, polygon = shapely.STRtree(shapes).query(points, predicate="intersects")
    found = np.full(len(parks), None, dtype=object)
    names = ids.astype("string").to_numpy(dtype=object)
    # written backwards, so that of several polygons the first is written last and stays
    found[park[::-1]] = names[polygon[::-1]]
    return pd.Series(found, index=parks.index, dtype="string")


def _hazard(parks: pd.DataFrame) -> pd.Series[bool]:
    """Return whether a park has a hazard; unknown where nothing bad is known and something is not known."""
    bad = pd.Series(data=False, index=parks.index, dtype="boolean")
    for name, worst in (("fire_hazard", "major"), ("environment_status", "serious")):
        state = parks[name].astype("string") if name in parks else pd.NA
        bad |= (pd.Series(state, index=parks.index, dtype="string") == worst).astype("boolean")
    return bad
