"""One layer measured: area, density, yield, firms, overlaps, distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

<<<<<<< HEAD
from industrymap.columns import numbers
=======
from industrymap import schemas
>>>>>>> main
from industrymap.errors import LayerError, nearest
from industrymap.measure._figures import MU_M2, area, nearness, ratios
from industrymap.measure._firms import firm_figures
from industrymap.measure._overlaps import projected
from industrymap.measure._parks_inside import parks_inside
from industrymap.measure._suppress import suppress
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from industrymap.columns import Floats, Geometries

<<<<<<< HEAD
__all__ = ["measure"]

=======
>>>>>>> main

def measure(  # noqa: PLR0913 - layers to look at, and how to report
    polygons: gpd.GeoDataFrame,
    enterprises: pd.DataFrame | None = None,
    *,
    layer: str,
    crs: str,
    blocks: gpd.GeoDataFrame | None = None,
    parks: gpd.GeoDataFrame | None = None,
    key: str | None = None,
    min_n: int | None = None,
    as_of: date | str | None = None,
) -> gpd.GeoDataFrame:
    """Measure every polygon of a layer.

    Land is the area of the polygon in the city's projected CRS; what was reported stays beside it with the difference. Tax, revenue
    and jobs are per mu of **land** (1 mu = 2000/3 m²); output is per m² of **floor** area; FAR is floor ÷ land.

    Parameters
    ----------
    polygons : GeoDataFrame
        WGS 84, typed by the layer's schema.
    enterprises : DataFrame, optional
        Firms after :func:`industrymap.assign.assign`.
    layer : str
        Its schema: that of a shipped layer that is measured, or of a layer of the workspace.
    crs : str
        The city's projected CRS, e.g. ``"EPSG:4547"``.
    blocks : GeoDataFrame, optional
        Industrial blocks, for the parks' overlap and distance, and the share of a division inside blocks.
    parks : GeoDataFrame, optional
        Village parks, measured: what those inside each block or division add up to.
    key : str, optional
        The column of ``enterprises`` and of ``parks`` that holds the polygons' id (for towns: ``town_code``).
    min_n : int, optional
        Figures resting on fewer firms become ``<NA>``, with the reason in ``suppressed``.
    as_of : date or str, optional
        The date or year of the firms' figures, written into ``measured_as_of``.

    Returns
    -------
    polygons : GeoDataFrame
        With the layer's measured fields, and ``n_…`` and ``coverage_…`` beside each figure that rests on firms.

    Raises
    ------
    LayerError
        A layer without measures.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> import industrymap as im
    >>> parks = gpd.GeoDataFrame(
    ...     {"park_id": ["a"], "floor_area_m2": [60000.0]},
    ...     geometry=[shapely.box(113.300, 23.020, 113.304, 23.023)],
    ...     crs="EPSG:4326",
    ... )
    >>> measured = im.measure_layer(parks, layer="village_parks", crs="EPSG:4547")
    >>> measured[["land_area_m2", "far"]].round(2).to_dict("records")
    [{'land_area_m2': 136241.09, 'far': 0.44}]
    """
    record = schemas.measured().get(layer)
    if record is None:
        near = ", ".join(nearest(layer, schemas.measured()) or schemas.measured())
        raise LayerError(
            f"The layer {layer!r} has no measures; known: {near}.",
            f"图层“{layer}”没有指标；可用：{near}。",
        )
    figures = schemas.indicators(layer if layer in schemas.shipped() else "*")
    column = key or record.firm_column
    shapes = projected(polygons, crs)
    near_blocks = None if blocks is None or layer == schemas.BLOCKS else projected(blocks, crs)
    out = polygons.assign(**area(polygons, shapes, record))
    if enterprises is not None and column in enterprises:
        sums = firm_figures(enterprises, column, polygons[schemas.key(layer)])
        out = out.assign(**{str(name): sums[name] for name in sums})
    if parks is not None and any(f.over == "parks" for f in figures):
        # parks know their district and town, but not the block they lie in
        by = column if column in {"district_code", "town_code"} else None
        inside = parks_inside(parks, polygons[schemas.key(layer)], shapes, key=by, crs=crs)
        out = out.assign(**{str(name): inside[name] for name in inside})
    out = out.assign(**nearness(out, shapes, near_blocks, figures))
    out = out.assign(**ratios(out, figures, record))
    out["measured_as_of"] = _date(out, enterprises, as_of)
    return out if min_n is None else suppress(out, min_n=min_n)  # type: ignore[return-value]


<<<<<<< HEAD
def _with_area(polygons: gpd.GeoDataFrame, shapes: Geometries, layer: str) -> gpd.GeoDataFrame:
    column, reported = (
        ("land_area_m2", "land_area_reported_m2")
        if layer == "village_parks"
        else ("area_m2", "area_reported_m2")
    )
    measured = shapely.area(shapes)
    # an empty polygon has no area; 0 would divide the rates made of it
    area = _column(np.where(measured > 0, measured, np.nan), polygons)
    out = polygons.assign(**{column: area})
    if reported in polygons:
        out["area_difference"] = polygons[reported].astype("Float64") / area - 1.0
    return out


def _with_park_figures(parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add FAR where it is not given, output per floor area, and yield per mu of land."""
    mu = parks["land_area_m2"] / MU_M2
    floor = numbers(parks, "floor_area_m2")
    given = numbers(parks, "far")
    output = numbers(parks, "output_10k_cny")
    return parks.assign(
        far=given.fillna(floor / parks["land_area_m2"]),
        output_per_floor_yuan_m2=output * 1e4 / floor.where(floor > 0),
        output_per_mu_10k_cny=output / mu,
        tax_per_mu_10k_cny=numbers(parks, "tax_10k_cny") / mu,
    )


def _with_neighbours(
    parks: gpd.GeoDataFrame, shapes: Geometries, blocks: Geometries | None
) -> gpd.GeoDataFrame:
    out = parks.assign(larger_park_distance_m=_column(distance_to_larger_m(shapes), parks))
    if blocks is None:
        return out
    return out.assign(
        block_overlap=_column(share_inside(shapes, blocks), parks),
        block_distance_m=_column(distance_m(shapes, blocks), parks),
    )


def _with_rates(polygons: gpd.GeoDataFrame, area: str) -> gpd.GeoDataFrame:
    """Add revenue, tax and jobs of the base per mu of land."""
    if "base_firms" not in polygons:
        return polygons
    mu = polygons[area] / MU_M2
    return polygons.assign(
        revenue_per_mu_10k_cny=polygons["base_revenue_10k_cny"] / mu,
        base_tax_per_mu_10k_cny=polygons["base_tax_10k_cny"] / mu,
        jobs_per_mu=polygons["base_staff"].astype("Float64") / mu,
    )


def _date(
    polygons: pd.DataFrame, enterprises: pd.DataFrame | None, as_of: date | str | None
) -> pd.Series[str]:
=======
def _date(
    polygons: pd.DataFrame, enterprises: pd.DataFrame | None, as_of: date | str | None
) -> pd.Series:
>>>>>>> main
    """Return the date of the firms' figures: as given, else their latest year."""
    text = None if as_of is None else str(as_of)
    if text is None and enterprises is not None and "year" in enterprises:
        latest = enterprises["year"].max()
<<<<<<< HEAD
        text = None if pd.isna(latest) else str(int(latest))
    return pd.Series(text, index=polygons.index, dtype="string")


def _ratio(frame: pd.DataFrame, name: str, whole: pd.Series[float]) -> pd.Series[float]:
    return numbers(frame, name) / whole


def _column(values: Floats, frame: pd.DataFrame) -> pd.Series[float]:
    return pd.Series(values, index=frame.index).astype("Float64")
=======
        said = None if pd.isna(latest) else str(int(latest))
    return pd.Series(said, index=polygons.index, dtype="string")
>>>>>>> main
