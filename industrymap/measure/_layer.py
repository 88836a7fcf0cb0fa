"""One layer measured: area, density, yield, firms, overlaps, distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from industrymap import schemas
from industrymap.errors import LayerError, nearest
from industrymap.measure._figures import area, nearness, ratios
from industrymap.measure._firms import firm_figures, firm_sums
from industrymap.measure._overlaps import projected
from industrymap.measure._parks_inside import parks_inside
from industrymap.measure._suppress import suppress

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd


__all__ = ["measure", "recount"]


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
    DatumError
        ``crs`` is in degrees, in another unit than the metre, or Web Mercator.

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
    # A layer that only the workspace knows has the figures of any polygon, and what the workspace says of it.
    figures = schemas.figures_of(layer)
    column = key or record.firm_column
    shapes = projected(polygons, crs)
    # A block lies in the blocks by itself.
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
    # Last: ratios divide what the steps above have added.
    out = out.assign(**ratios(out, figures, record))
    out["measured_as_of"] = _date(out, enterprises, as_of)
    return out if min_n is None else suppress(out, min_n=min_n)  # type: ignore[return-value]


def recount(
    polygons: gpd.GeoDataFrame, enterprises: pd.DataFrame, *, layer: str, key: str = ""
) -> pd.DataFrame:
    """Work out again what rests on firms, for other firms or another year, of polygons that are measured.

    Parameters
    ----------
    polygons : GeoDataFrame
        As :func:`measure` returned it: its areas serve the figures per mu.
    enterprises : DataFrame
        One row per firm, with the key of the layer and the figures to add up.
    layer : str
        Its schema.
    key : str, optional
        The column of ``enterprises`` that holds the polygons' id.

    Returns
    -------
    figures : DataFrame
        Aligned with ``polygons``.
    """
    record = schemas.measured()[layer]
    figures = schemas.figures_of(layer)
    sums = firm_sums(enterprises, key or record.firm_column, polygons[schemas.key(layer)])
    sums = sums.assign(**{record.area: polygons[record.area]})
    # only what is made of the sums: the ratios of what a park reports itself do not change with its firms
    made = [f for f in figures if f.kind == "ratio" and f.of in sums]
    return sums.assign(**ratios(sums, made, record)).drop(columns=record.area)


def _date(
    polygons: pd.DataFrame, enterprises: pd.DataFrame | None, as_of: date | str | None
) -> pd.Series[str]:
    """Return the date of the firms' figures: as given, else their latest year."""
    text = None if as_of is None else str(as_of)
    if text is None and enterprises is not None and "year" in enterprises:
        latest = enterprises["year"].max()
        text = None if pd.isna(latest) else str(int(latest))
    return pd.Series(text, index=polygons.index, dtype="string")
