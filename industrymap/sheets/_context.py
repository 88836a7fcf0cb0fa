"""What a batch of sheets is drawn with: the layers around the parks, and what every page says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from industrymap.standards import Standard

__all__ = ["Options", "SheetContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What every sheet of a batch says.

    Attributes
    ----------
    lang : str
        ``"zh"`` or ``"en"``.
    title : str
        Of the workspace, shown small above the park's name.
    producer, source, data_date, review_number : str
        For the foot of the page; empty ones are left out.
    simulated : bool
        Marks every page 模拟数据.
    standards : tuple of str
        Titles of the standards the page rests on, proposals marked as such.
    version : str
        Of the program.
    """

    lang: str = "zh"
    title: str = ""
    producer: str = ""
    source: str = ""
    data_date: str = ""
    review_number: str = ""
    simulated: bool = False
    standards: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetContext:
    """What sheets show besides the parks.

    Attributes
    ----------
    crs : str
        The city's projected CRS.
    options : Options
    blocks, districts, water, roads : GeoDataFrame, optional
        What the map shows besides the parks.
    enterprises : GeoDataFrame, optional
        Firms after assignment: dots on the map, and the largest ones of each park by name.
    weights : Standard, optional
        Of kind ``pilot_score``: shows what the score is made of.
    clusters : mapping
        Cluster id → label, where the firms hold ids.
    history : mapping
        Park id → ``(date, what happened)``, the latest first.
    """

    crs: str
    options: Options = field(default_factory=Options)
    blocks: gpd.GeoDataFrame | None = None
    districts: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    enterprises: gpd.GeoDataFrame | None = None
    weights: Standard | None = None
    clusters: Mapping[str, str] = field(default_factory=dict)
    history: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
