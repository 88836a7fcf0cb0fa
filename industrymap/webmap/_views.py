"""How the page arranges the layers it has known from the start: which of their columns are where.

What a layer is (role, style, colours, charts) is in its record, :mod:`industrymap.schemas`. A layer that is not listed here needs no
entry: the page then takes its columns by their kind, so a new layer is drawn, filtered, charted, listed and exported from its record alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["VIEWS", "View", "view_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page's view of one layer.

    Attributes
    ----------
    topic_zh, topic_en : str
        What the map is about when this layer is its subject; empty: the layer's own name.
    unit_zh, unit_en : str
        What one row is called after a number.
    duty : str
        ``firms``: the rows that areas add up; ``parks``: what is ranked, compared and edited.
    first : tuple of str
        Columns decoded before the first picture.
    color : tuple of str
        Columns it can be coloured by beside those of its record.
    table, facts, ranges, more, search : tuple of str
        Columns of the table, the sheet's figures, the sliders, the folded lists of the legend and the search.
    amount_key : str
        The page's string for the sum that weighs a chart.
    """

    topic_zh: str = ""
    topic_en: str = ""
    unit_zh: str = "个"
    unit_en: str = ""
    duty: str = ""
    first: tuple[str, ...] = ()
    color: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    search: tuple[str, ...] = ("name",)
    amount_key: str = ""


VIEWS = {
    "districts": View(first=("name", "code", "name_en")),
    "towns": View(first=("name", "code", "name_en")),
    "water": View(first=("name",), search=()),
    "roads": View(first=("name",), search=()),
    "zones": View(first=("name",), search=()),
    "blocks": View(
        first=("district", "area_m2", "area_reported_m2"),
        color=("level", "district", "industrial_share", "area_m2", "base_firms", "base_revenue_10k_cny"),
        table=(
            "name", "district", "town", "level", "area_m2", "industrial_share", "base_firms", "above_scale", "base_revenue_10k_cny", "block_id",
        ),
        facts=(
            "area_m2", "industrial_share", "base_firms", "above_scale", "base_revenue_10k_cny", "base_tax_10k_cny", "base_staff",
        ),
        ranges=("area_m2", "industrial_share"),
        search=("name", "block_id"),
        amount_key="by_area",
    ),
    "parks": View(
        topic_zh="园区整治",
        topic_en="Park renewal",
        duty="parks",
        first=("district", "land_area_m2", "land_area_reported_m2"),
        color=(
            "route", "project_status", "ownership", "district", "far", "land_area_m2", "tax_per_mu_10k_cny",
            "output_per_floor_yuan_m2", "above_scale", "block_overlap", "pilot_score",
        ),
        table=(
            "name", "district", "town", "route", "land_area_m2", "far", "above_scale", "base_firms", "tax_per_mu_10k_cny",
            "output_per_floor_yuan_m2", "pilot_rank", "park_id",
        ),
        facts=(
            "land_area_m2", "floor_area_m2", "far", "base_firms", "above_scale", "output_10k_cny", "base_revenue_10k_cny", "tax_10k_cny",
            "base_tax_10k_cny", "tax_per_mu_10k_cny", "output_per_floor_yuan_m2", "block_overlap", "pilot_rank", "pilot_score",
        ),
        ranges=(
            "land_area_m2", "far", "above_scale", "tax_per_mu_10k_cny", "output_per_floor_yuan_m2", "block_overlap",
        ),
        more=("ownership", "planned_use", "project_status", "pilot_eligible"),
        search=("name", "park_id", "village"),
        amount_key="by_area",
    ),
    "enterprises": View(
        topic_zh="企业与集群",
        topic_en="Enterprises and clusters",
        unit_zh="家",
        duty="firms",
        first=("geocode_level", "geocode_radius_m", "district", "revenue_10k_cny", "tax_10k_cny", "staff"),
        color=(
            "cluster", "revenue_band", "size_class", "geocode_level", "district", "revenue_10k_cny", "tax_10k_cny", "staff",
        ),
        table=(
            "name", "district", "town", "cluster", "revenue_10k_cny", "tax_10k_cny", "staff", "size_class", "tiers", "geocode_level",
            "uscc", "address",
        ),
        facts=("revenue_10k_cny", "tax_10k_cny", "staff", "rd_10k_cny", "established_on", "industry_code"),
        ranges=("revenue_10k_cny", "tax_10k_cny", "staff"),
        more=("revenue_band", "size_class", "tiers", "geocode_level"),
        search=("name", "uscc", "address"),
        amount_key="by_amount",
    ),
}  # fmt: skip
"""The layers that this package knows, by their id in the page."""


def view_of(layer: str) -> dict[str, Any]:
    """Return what the manifest says of a layer's view; of a layer never heard of, nothing.

    Examples
    --------
    >>> view_of("parks")["duty"], view_of("warehouses")
    ('parks', {})
    """
    view = VIEWS.get(layer)
    return {} if view is None else {name: value for name, value in asdict(view).items() if value}
