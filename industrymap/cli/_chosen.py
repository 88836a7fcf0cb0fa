"""Rows of a built layer that a filter chooses, with the related layers it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from industrymap.filters import Filter
    from industrymap.workspace import Workspace

__all__ = ["chosen", "kept"]


def chosen(
    space: Workspace, name: str, where: str | None, *, schema: str | None = None
) -> gpd.GeoDataFrame:
    """Return the rows of layer ``name`` for which ``where`` is surely true; all without a filter."""
    from industrymap import filters, pipeline

    frame: Any = pipeline.layer(space, name)
    if where:
        frame = kept(space, frame, filters.parse(where), layer=schema or name)
    return frame  # type: ignore[no-any-return]


def kept(space: Workspace, frame: pd.DataFrame, wanted: Filter, *, layer: str) -> pd.DataFrame:
    """Return the rows for which ``wanted`` is surely true, looking at related firms where it asks for them."""
    from industrymap import pipeline

    asks = any(field.startswith("enterprises.") for field in wanted.fields())
    relations = {"enterprises": pipeline.layer(space, "enterprises")} if asks else {}
    return wanted.keep(frame, layer=layer, relations=relations)
