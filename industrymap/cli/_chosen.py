"""Rows of a built layer that a filter chooses, with the related layers it asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from industrymap.cli._talk import say

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from industrymap.filters import Filter
    from industrymap.workspace import Workspace

__all__ = ["listed_fields", "rows_kept", "rows_where"]


def rows_where(
    space: Workspace, name: str, where: str | Filter | None, *, schema: str | None = None
) -> gpd.GeoDataFrame:
    """Return the rows of layer ``name`` for which ``where`` is surely true; all without a filter."""
    from industrymap import filters, pipeline

    frame: Any = pipeline.layer(space, name)
    if where:
        wanted = filters.parse(where) if isinstance(where, str) else where
        frame = rows_kept(space, frame, wanted, layer=schema or name)
    return frame  # type: ignore[no-any-return]


def rows_kept(space: Workspace, frame: pd.DataFrame, wanted: Filter, *, layer: str) -> pd.DataFrame:
    """Return the rows for which ``wanted`` is surely true, looking at related layers where it asks for them."""
    from industrymap import pipeline

    relations = pipeline.related(space, frame, wanted, schema=layer)
    # Said beside the answer, not in place of it: 0 rows of a misspelt name would look like a finding.
    for one in wanted.absent(frame, layer=layer, relations=relations):
        say(one.zh, one.en, err=True)
    return wanted.keep(frame, layer=layer, relations=relations)


def listed_fields(text: str | None, frame: pd.DataFrame, *, layer: str) -> list[str] | None:
    """Return the columns that a list names in either language, separated by commas of either width; ``None`` without one."""
    from industrymap import filters

    if not text:
        return None
    words = [word.strip() for word in re.split(r"[,，、;；]", text) if word.strip()]
    present = [str(name) for name in frame.columns]
    return [
        word if word in present else filters.field_named(word, layer=layer, columns=present)
        for word in words
    ]
