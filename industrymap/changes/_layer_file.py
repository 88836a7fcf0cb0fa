"""A layer's file beside what the database took in: whether it has changed since, and the edits that would take it in again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from industrymap import issues, schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

    from industrymap.store import Base, Edit
    from industrymap.workspace import LayerSource

__all__ = ["FILE_CHANGED", "additions", "file_difference", "is_not_taken_in", "replacing"]

FILE_CHANGED = issues.rule(
    "layers.file_changed",
    "warning",
    "文件在导入后有改动，与数据库相比：新增 {added}、修改 {changed}、删除 {removed}；本次仍以数据库为准。核对："
    "`industrymap changes plan {file} --layer {layer} --complete`；整体采用：`industrymap build --reimport {layer}`",
    "the file has changed since it was imported ({added} added, {changed} changed, {removed} removed against the database); the "
    "database version was used. Review with `industrymap changes plan {file} --layer {layer} --complete`, take it in with "
    "`industrymap build --reimport {layer}`",
)


def file_difference(
    base: Base, source: LayerSource, frame: gpd.GeoDataFrame, today: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return how a changed file differs from the database as an issue; none where only its bytes do.

    Parameters
    ----------
    base : Base
    source : LayerSource
        The layer, with its file.
    frame : GeoDataFrame
        What the file holds.
    today : GeoDataFrame
        What the database holds.
    """
    plan = base.preview(replacing(source, frame, today))
    counts = Counter(item.action for item in plan.items)
    if not counts and not plan.conflicts:
        return issues.empty()
    record = {
        "rule": FILE_CHANGED,
        "source": source.file.name,
        "column": source.name,
        "added": counts["add"],
        # a feature whose later state is known already conflicts with today's date, and differs all the same
        "changed": counts["change"] + len(plan.conflicts),
        "removed": counts["remove"],
        "file": source.file.name,
        "layer": source.name,
    }
    return issues.from_records([record])


def is_not_taken_in(base: Base, layer: str, sha256: str) -> bool:
    """Return whether the database keeps a layer and no change of it came from a file with this SHA-256.

    By content, not by date: a file that was only copied has not changed.
    """
    if not base.exists() or layer not in base.layers():
        return False
    return sha256 not in set(base.changes()["source_sha256"].dropna())


def replacing(source: LayerSource, frame: gpd.GeoDataFrame, today: gpd.GeoDataFrame) -> list[Edit]:
    """Return the edits that make the database's layer what its file holds."""
    from dataclasses import replace

    from industrymap.store import Edit

    # Additions that may meet what is there already: a known feature becomes a change.
    edits = [replace(edit, must=None) for edit in additions(source, frame)]
    gone = set(today[schemas.key(source.schema)].astype(str)) - {edit.id for edit in edits}
    return edits + [Edit(layer=source.name, id=id_, record=None) for id_ in sorted(gone)]


def additions(source: LayerSource, frame: gpd.GeoDataFrame) -> Iterator[Edit]:
    """Return one edit per feature of a layer file."""
    from industrymap.store import Edit, fields_of

    fields = [name for name in fields_of(source.schema) if name in frame]
    key = frame[schemas.key(source.schema)].astype(str)
    plain = frame[fields].astype(object).where(frame[fields].notna(), None)
    records: Any = plain.to_dict("records")
    for id_, record, shape in zip(key, records, frame.geometry, strict=True):
        yield Edit(layer=source.name, id=id_, record=record, geometry=shape, must="add")
