"""What a brief is made of, gathered by whoever knows the workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from industrymap.brief._patterns import Outline, Target
    from industrymap.export import Meta
    from industrymap.figures import Figures
    from industrymap.indicators import IndicatorSet
    from industrymap.periods import Period

__all__ = ["Area", "Material"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area: the city or one of its districts."""

    level: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that a brief of one area and period is told from.

    Attributes
    ----------
    area : Area
    period : Period
        A quarter, a month, or the months from January.
    known : DataFrame
        What was known: :meth:`industrymap.series.ParquetSeries.known`, the city's sums of districts included.
    sums : frozenset of str
        Measures of the city that are sums of its districts.
    districts, parts, clusters : mapping of str to str
        Code → name: all districts; the areas that this one consists of (districts or towns); clusters (none for a district).
    of : IndicatorSet
    ratios : Figures
        The set computed for the area, for the months from January and those of the year before.
    firms : DataFrame
        ``enterprise_id``, ``name``, ``district_code``: monitored firms of the area.
    firm_figures : DataFrame
        ``enterprise_id``, ``measure``, ``year``, ``value``: what they reported by year.
    targets : sequence of Target
    shapes : GeoDataFrame, optional
        Boundaries of the parts by ``code``, WGS 84.
    meta : Meta
        Title, producer, source, date, whether simulated.
    vintage : int
    as_known : str
        The day of that addition.
    notes : sequence of (str, str)
        What else a reader must know.
    outline : Outline
    """

    area: Area
    period: Period
    known: pd.DataFrame = field(repr=False)
    sums: frozenset[str] = frozenset()
    districts: Mapping[str, str]
    parts: Mapping[str, str]
    clusters: Mapping[str, str]
    of: IndicatorSet
    ratios: Figures | None = None
    firms: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["enterprise_id", "name", "district_code"])
    )
    firm_figures: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["enterprise_id", "measure", "year", "value"])
    )
    targets: Sequence[Target] = ()
    shapes: gpd.GeoDataFrame | None = None
    meta: Meta
    vintage: int
    as_known: str
    notes: Sequence[tuple[str, str]] = ()
    outline: Outline
