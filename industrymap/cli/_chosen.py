"""Rows of a built layer that a filter chooses, with what the filter asks for in vain said beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.cli._talk import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from industrymap.filters import Absent, Filter
    from industrymap.workspace import Workspace

__all__ = ["rows_where", "say_absent"]


def rows_where(
    space: Workspace, name: str, where: str | Filter | None, *, schema: str | None = None
) -> gpd.GeoDataFrame:
    """Return the rows of layer ``name`` for which ``where`` is surely true; all without a filter."""
    from industrymap import pipeline

    frame: Any = pipeline.layer(space, name)
    kept, absent = pipeline.rows_kept(space, frame, where, layer_name=schema or name)
    say_absent(absent)
    return kept  # type: ignore[return-value]


def say_absent(absent: Iterable[Absent]) -> None:
    """Say beside the answer which names no row has: 0 rows of a misspelt name would look like a finding."""
    for one in absent:
        say(one.zh, one.en, err=True)
