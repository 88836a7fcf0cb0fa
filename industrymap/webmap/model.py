"""What the page is given: frames, labels, and what must be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

__all__ = [
    "Criterion",
    "Label",
    "MapModel",
    "Meta",
    "PageLayer",
    "Scoring",
    "Snapshot",
    "Standard",
    "Taxonomy",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One value of a taxonomy: what stands in the column, what people read, and its colour.

    Attributes
    ----------
    value : str
        The value as it stands in the column.
    zh, en : str
        Labels; ``en`` falls back to ``zh``.
    color : str
        ``#rrggbb``, or empty: the page then takes the next colour of its palette.
    """

    value: str
    zh: str
    en: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """The labels of one enterprise column, in the order of the legend.

    Attributes
    ----------
    id : str
        The taxonomy's id in its city pack.
    zh, en : str
        Its name.
    column : str
        The enterprise column that holds its primary label.
    labels : tuple of Label
    official : bool
        False for a proposal: the page says so.
    source : str
        The document it comes from.
    """

    id: str
    zh: str
    en: str
    column: str = "cluster"
    labels: tuple[Label, ...] = ()
    official: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of the park score.

    ``s = (value − zero) ÷ (one − zero)``, cut to 0–1; the score is ``100 · Σ w·s ÷ Σ w`` over the criteria whose value is
    known.

    Attributes
    ----------
    column : str
        A numeric column of the parks.
    weight : float
        Where its slider starts, 0 to 100.
    zero, one : float, optional
        Values that give 0 and 1; ``zero > one`` where less is better. Where they are missing the page takes
        the 5th and 95th percentile of the parks.
    zh, en : str
        Labels; empty: the column's own.
    spread : float
        Relative uncertainty of the value, half width, for the stability of the ranking.
    """

    column: str
    weight: float = 10.0
    zero: float | None = None
    one: float | None = None
    zh: str = ""
    en: str = ""
    spread: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How parks are ranked when the page opens.

    Attributes
    ----------
    criteria : tuple of Criterion
    weight_spread : float
        How far weights are varied, relatively, for the stability of the ranking.
    per_district, total : int
        At most so many parks of one district, and in all; 0 sets no limit.
    zh, en, source : str
        Name of the score and where it comes from.
    official : bool
        False for a proposal: the page says so.
    """

    criteria: tuple[Criterion, ...]
    weight_spread: float = 0.2
    per_district: int = 4
    total: int = 20
    zh: str = ""
    en: str = ""
    source: str = ""
    official: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A dated standard and what it says of every park, so that standards can be compared in the page.

    Attributes
    ----------
    id : str
    zh, en : str
        Its name.
    routes : Series of str, optional
        Route by park_id (the index) under this standard.
    effective_from, effective_to, source : str
    official : bool
        False for a proposal: the page says so.
    """

    id: str
    zh: str
    en: str = ""
    routes: pd.Series[str] | None = None
    effective_from: str = ""
    effective_to: str = ""
    source: str = ""
    official: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The parks as they stood at an earlier date, for the time slider and the comparison.

    Attributes
    ----------
    date : str
        ``YYYY-MM-DD``.
    parks : GeoDataFrame
        The same columns as the parks of the model.
    """

    date: str
    parks: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLayer:
    """A layer beyond those the model names: drawn, filtered, charted, listed and exported from this record.

    Attributes
    ----------
    id : str
        The layer's name in the workspace.
    frame : GeoDataFrame
        Points, lines or polygons; geometry is WGS 84.
    zh, en : str
        What people read; empty: the id, and for ``en`` the Chinese name.
    schema : str
        Schema that names its columns; columns it does not know are shown under their own name.
    """

    id: str
    frame: gpd.GeoDataFrame
    zh: str = ""
    en: str = ""
    schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What must be said about the data: it stands in the title block and under every print.

    Attributes
    ----------
    title, producer, source : str
    data_date : str
        ``YYYY-MM-DD`` the figures describe.
    built_on : str
        Date of the build; empty leaves it out, so that the same input gives the same bytes.
    crs_note : str
        The coordinate system in words.
    review_number : str
        审图号; empty for internal use.
    simulated : bool
        True puts 模拟数据 on the page, every print and every export.
    profile : str
        ``internal`` or ``public``.
    stale_after_days : int
        The page warns when the data date is older than this on the day it is opened.
    versions : mapping of str to str
        Program and rule versions, shown under "about".
    """

    title: str = "制造业产业地图"
    producer: str = ""
    source: str = ""
    data_date: str = ""
    built_on: str = ""
    crs_note: str = "WGS 84 (EPSG:4326)"
    review_number: str = ""
    simulated: bool = False
    profile: str = "internal"
    stale_after_days: int = 730
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapModel:
    """Everything the page shows. Every frame may be empty or ``None``; geometry is WGS 84.

    Attributes
    ----------
    enterprises : GeoDataFrame, optional
        One row per firm, columns as in ``schemas/enterprises.csv``; geometry may be missing. Columns
        the schema does not know are shown under their own name.
    parks, blocks : GeoDataFrame, optional
        Columns as in ``schemas/village_parks.csv`` and ``schemas/industrial_blocks.csv``.
    districts, towns : GeoDataFrame, optional
        Columns ``code``, ``name``, ``parent_code``, and any measure.
    zones : GeoDataFrame, optional
        Columns as in ``schemas/zones.csv``.
    water, roads : GeoDataFrame, optional
        Background; of its columns only ``name`` is used.
    layers : tuple of PageLayer
        Further layers, drawn above the areas in this order.
    meta : Meta
    taxonomies : tuple of Taxonomy
        The first is the one the map is coloured by.
    standards : tuple of Standard
        The first is the one ``route`` follows.
    scoring : Scoring, optional
        Starting point of the score sliders; without it the page proposes criteria from the columns it finds.
    snapshots : tuple of Snapshot
        Earlier versions of the parks, oldest first.
    years : DataFrame, optional
        Long table ``enterprise_id, year, revenue_10k_cny`` for the time slider.

    Examples
    --------
    >>> import folium
    >>> import geopandas as gpd
    >>> import industrymap as im
    >>> firms = gpd.GeoDataFrame(
    ...     {"name": ["甲厂"], "geocode_level": ["address"]},
    ...     geometry=gpd.points_from_xy([113.3], [23.1]),
    ...     crs="EPSG:4326",
    ... )
    >>> page = im.IndustryMap(im.MapModel(enterprises=firms))
    >>> isinstance(page.map, folium.Map)
    True
    """

    enterprises: gpd.GeoDataFrame | None = None
    parks: gpd.GeoDataFrame | None = None
    blocks: gpd.GeoDataFrame | None = None
    districts: gpd.GeoDataFrame | None = None
    towns: gpd.GeoDataFrame | None = None
    zones: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    layers: tuple[PageLayer, ...] = ()
    meta: Meta = field(default_factory=Meta)
    taxonomies: tuple[Taxonomy, ...] = ()
    standards: tuple[Standard, ...] = ()
    scoring: Scoring | None = None
    snapshots: tuple[Snapshot, ...] = ()
    years: pd.DataFrame | None = None
