"""Rows of a built layer that a filter chooses, with the related layers it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.workspace import Workspace

__all__ = ["chosen"]


def chosen(
    space: Workspace, name: str, where: str | None, *, schema: str | None = None
) -> gpd.GeoDataFrame:
    """Return the rows of layer ``name`` for which ``where`` is surely true; all without a filter."""
    from industrymap import filters, pipeline

    frame: Any = pipeline.layer(space, name)
    if not where:
        return frame  # type: ignore[no-any-return]
    wanted = filters.parse(where)
    asks = any(field.startswith("enterprises.") for field in wanted.fields())
    relations = {"enterprises": pipeline.layer(space, "enterprises")} if asks else {}
    return wanted.keep(frame, layer=schema or name, relations=relations)  # type: ignore[return-value]
