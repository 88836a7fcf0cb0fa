"""How the page shows a layer: its role, and which of its columns stand where.

A layer that is not listed here needs no entry: the page then takes its columns by their kind, so a new layer is drawn, filtered, charted,
listed and exported from its record alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import shapely

__all__ = ["VIEWS", "View", "geometry_kind", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page's view of one layer.

    Attributes
    ----------
    role : str
        ``subject`` (listed and filtered), ``container`` (areas that hold subjects) or ``context`` (background).
    style : str
        How it is drawn: ``solid``, ``outline``, ``points``, ``border``, ``land``, ``water``, ``road``, ``zone``.
    short_zh, short_en : str
        A name of one or two words for buttons; empty: the layer's own.
    topic_zh, topic_en : str
        What the map is about when this layer is its subject; empty: the layer's own name.
    unit_zh, unit_en : str
        What one row is called after a number.
    key : str
        The column that identifies a row, and that other layers refer to.
    duty : str
        ``firms``: the rows that areas add up; ``parks``: what is ranked, compared and edited.
    first : tuple of str
        Columns decoded before the first picture.
    color : tuple of str
        Columns it can be coloured by, best first; the page opens on the first that is there.
    charts, table, facts, ranges, more, search : tuple of str
        Columns of the charts, the table, the sheet's figures, the sliders, the folded lists of the legend and the search.
    amount : str
        The column whose sum weighs a chart; ``amount_key`` its string in the page.
    """

    role: str
    style: str
    short_zh: str = ""
    short_en: str = ""
    topic_zh: str = ""
    topic_en: str = ""
    unit_zh: str = "个"
    unit_en: str = ""
    key: str = ""
    duty: str = ""
    first: tuple[str, ...] = ()
    color: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    search: tuple[str, ...] = ("name",)
    amount: str = ""
    amount_key: str = ""


VIEWS = {
    "districts": View(role="container", style="border", key="code", first=("name", "code", "name_en")),
    "towns": View(role="container", style="border", key="code", first=("name", "code", "name_en")),
    "water": View(role="context", style="water", first=("name",), search=()),
    "roads": View(role="context", style="road", first=("name",), search=()),
    "zones": View(role="context", style="zone", first=("name",), search=()),
    "blocks": View(
        role="subject",
        style="outline",
        short_zh="产业区块",
        short_en="Blocks",
        topic_zh="产业区块",
        topic_en="Industrial blocks",
        key="block_id",
        first=("district", "area_m2", "area_reported_m2"),
        color=("level", "district", "industrial_share", "area_m2", "firms", "base_revenue_10k_cny"),
        charts=("level", "district", "cluster_name"),
        table=(
            "name", "district", "town", "level", "area_m2", "industrial_share", "firms", "above_scale", "base_revenue_10k_cny", "block_id",
        ),
        facts=(
            "area_m2", "industrial_share", "firms", "above_scale", "base_revenue_10k_cny", "base_tax_10k_cny", "base_staff",
        ),
        ranges=("area_m2", "industrial_share"),
        search=("name", "block_id"),
        amount="area_m2",
        amount_key="by_area",
    ),
    "parks": View(
        role="subject",
        style="solid",
        short_zh="村级工业园",
        short_en="Village parks",
        topic_zh="园区整治",
        topic_en="Park renewal",
        key="park_id",
        duty="parks",
        first=("district", "land_area_m2", "land_area_reported_m2"),
        color=(
            "route", "project_status", "ownership", "district", "far", "land_area_m2", "tax_per_mu_10k_cny",
            "output_per_floor_yuan_m2", "above_scale", "block_overlap", "pilot_score",
        ),
        charts=("route", "district", "ownership", "project_status", "planned_use"),
        table=(
            "name", "district", "town", "route", "land_area_m2", "far", "above_scale", "firms", "tax_per_mu_10k_cny",
            "output_per_floor_yuan_m2", "pilot_rank", "park_id",
        ),
        facts=(
            "land_area_m2", "floor_area_m2", "far", "firms", "above_scale", "output_10k_cny", "tax_10k_cny", "tax_per_mu_10k_cny",
            "output_per_floor_yuan_m2", "block_overlap", "pilot_rank", "pilot_score",
        ),
        ranges=(
            "land_area_m2", "far", "above_scale", "tax_per_mu_10k_cny", "output_per_floor_yuan_m2", "block_overlap",
        ),
        more=("ownership", "planned_use", "project_status", "pilot_eligible"),
        search=("name", "park_id", "village"),
        amount="land_area_m2",
        amount_key="by_area",
    ),
    "enterprises": View(
        role="subject",
        style="points",
        short_zh="企业",
        short_en="Firms",
        topic_zh="企业与集群",
        topic_en="Firms and clusters",
        unit_zh="家",
        key="enterprise_id",
        duty="firms",
        first=("geocode_level", "geocode_radius_m", "district", "revenue_10k_cny", "tax_10k_cny", "staff"),
        color=(
            "cluster", "revenue_band", "size_class", "geocode_level", "district", "revenue_10k_cny", "tax_10k_cny", "staff",
        ),
        charts=("cluster", "district", "block_id", "park_id", "revenue_band", "size_class", "town"),
        table=(
            "name", "district", "town", "cluster", "revenue_10k_cny", "tax_10k_cny", "staff", "size_class", "tiers", "geocode_level",
            "uscc", "address",
        ),
        facts=("revenue_10k_cny", "tax_10k_cny", "staff", "rd_10k_cny", "established_on", "industry_code"),
        ranges=("revenue_10k_cny", "tax_10k_cny", "staff"),
        more=("revenue_band", "size_class", "tiers", "geocode_level"),
        search=("name", "uscc", "address"),
        amount="revenue_10k_cny",
        amount_key="by_amount",
    ),
}  # fmt: skip
"""The layers that this package knows, by their id in the page."""

_STYLES = {"point": "points", "line": "road", "area": "solid"}


def record(layer: str, geometry: str) -> dict[str, Any]:
    """Return what the manifest says of a layer's view; of a layer never heard of, role and style.

    Examples
    --------
    >>> record("warehouses", "area")["role"]
    'subject'
    """
    view = VIEWS.get(layer) or View(role="subject", style=_STYLES[geometry], search=())
    return {name: value for name, value in asdict(view).items() if value}


def geometry_kind(geometries: np.ndarray[Any, np.dtype[np.object_]]) -> str:
    """Return ``point``, ``line`` or ``area``: what most of the geometries of a layer are.

    Examples
    --------
    >>> geometry_kind(shapely.points([[0, 0], [1, 1]]))
    'point'
    """
    dimensions = shapely.get_dimensions(geometries)
    kinds, counts = np.unique(dimensions[dimensions >= 0], return_counts=True)
    # a layer without any geometry is a table of places nobody knows yet
    return "point" if not len(kinds) else ("point", "line", "area")[int(kinds[counts.argmax()])]
