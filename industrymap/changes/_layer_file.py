"""A layer's file beside what the database took in: whether it has changed since, and the edits that would take it in again."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from industrymap import issues, schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

    from industrymap.store import Base, Edit
    from industrymap.workspace import LayerSource

__all__ = [
    "FIRST_IMPORT",
    "RE_IMPORT",
    "additions",
    "file_difference",
    "import_reason",
    "not_taken_in",
    "reason",
    "replacing",
]

FILE_CHANGED = issues.rule(
    "layers.file_changed",
    "warning",
    "文件在导入后有改动，与数据库相比：新增 {added}、修改 {changed}、删除 {removed}；本次仍以数据库为准。核对："
    "`industrymap changes plan {file} --layer {layer} --complete`；整体采用：`industrymap build --reimport {layer}`",
    "the file has changed since it was imported ({added} added, {changed} changed, {removed} removed against the database); the "
    "database version was used. Review with `industrymap changes plan {file} --layer {layer} --complete`, take it in with "
    "`industrymap build --reimport {layer}`",
)

SETTINGS_CHANGED = issues.rule(
    "layers.settings_changed",
    "warning",
    "industrymap.toml 中该图层的设置（坐标系、列、单位或表）在导入后有改动，尚未生效；按新设置读出的与数据库相比：新增 {added}、"
    "修改 {changed}、删除 {removed}；本次仍以数据库为准。采用新设置：`industrymap build --reimport {layer}`",
    "the settings of this layer in industrymap.toml (datum, columns, units or table) have changed since it was imported and are not in "
    "force: read with them, {added} are added, {changed} changed, {removed} removed against the database, which was used. Put them in "
    "force with `industrymap build --reimport {layer}`",
)
FIRST_IMPORT, RE_IMPORT = "首次导入 · first import", "重新导入 · re-import"
"""Why the change log says a layer was taken in."""


def reason(why: str, lang: str) -> str:
    """Return why a change was made, in one language where the log itself wrote it in both.

    Examples
    --------
    >>> reason(FIRST_IMPORT, "zh"), reason("季度更新 · Q3", "en")
    ('首次导入', '季度更新 · Q3')
    """
    for both in (FIRST_IMPORT, RE_IMPORT):
        if why.startswith(both):
            zh, en = both.split(" · ")
            return (zh if lang == "zh" else en) + why.removeprefix(both)
    return why


def file_difference(
    base: Base,
    source: LayerSource,
    frame: gpd.GeoDataFrame,
    today: gpd.GeoDataFrame,
    rule: issues.Rule,
) -> pd.DataFrame:
    """Return how a changed file, or one read otherwise, differs from the database as an issue; none where only bytes or words do.

    Parameters
    ----------
    base : Base
    source : LayerSource
        The layer, with its file.
    frame : GeoDataFrame
        What the file holds.
    today : GeoDataFrame
        What the database holds.
    rule : Rule
        What :func:`not_taken_in` said.
    """
    plan = base.preview(replacing(source, frame, today))
    counts = Counter(item.action for item in plan.items)
    if not counts and not plan.conflicts:
        return issues.empty()
    record = {
        "rule": rule,
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


def not_taken_in(base: Base, source: LayerSource, sha256: str) -> issues.Rule | None:
    """Return what speaks of a file that the database did not take in as it is, or as the workspace says today that it is read.

    By content, not by date: a file that was only copied has not changed.
    """
    if not base.exists() or source.name not in base.layers():
        return None
    log = base.changes()
    reasons = log.loc[log["source_sha256"] == sha256, "why"].tolist()
    if not reasons:
        return FILE_CHANGED
    # One file may hold several layers: what is said of another one counts for that one.
    imports = [why for why in reasons if _is_of(why, source.name)]
    return SETTINGS_CHANGED if imports and imports[-1] not in _import_reasons(source) else None


def _is_of(why: str, layer: str) -> bool:
    return why in {FIRST_IMPORT, RE_IMPORT} or why.startswith(
        (f"{FIRST_IMPORT} [{layer}]", f"{RE_IMPORT} [{layer}]")
    )


def _import_reasons(source: LayerSource) -> set[str]:
    """Return what the change log says where a layer was taken in with today's settings."""
    return {import_reason(kind, source) for kind in (FIRST_IMPORT, RE_IMPORT)}


def import_reason(kind: str, source: LayerSource) -> str:
    """Return what the change log says of an import, with the settings the file was read with where there are any."""
    said = {
        "datum": source.datum,
        "table": source.table,
        "columns": dict(source.columns),
        "units": dict(source.units),
    }
    words = [
        f"{name} = {json.dumps(value, ensure_ascii=False, sort_keys=True)}"
        for name, value in said.items()
        if value
    ]
    return f"{kind} [{source.name}] {'; '.join(words)}" if words else kind


def replacing(source: LayerSource, frame: gpd.GeoDataFrame, today: gpd.GeoDataFrame) -> list[Edit]:
    """Return the edits that make the database's layer what its file holds."""
    from dataclasses import replace

    from industrymap.store import Edit

    # Additions that may meet what is there already: a known feature becomes a change.
    edits = [replace(edit, must=None) for edit in additions(source, frame)]
    # The file is the whole layer: what it does not have is gone.
    gone = set(today[schemas.key(source.schema)].astype(str)) - {edit.id for edit in edits}
    return edits + [Edit(layer=source.name, id=id_, record=None) for id_ in sorted(gone)]


def additions(source: LayerSource, frame: gpd.GeoDataFrame) -> Iterator[Edit]:
    """Return one edit per feature of a layer file."""
    from industrymap.store import Edit, fields_of

    fields = [name for name in fields_of(source.schema) if name in frame]
    key = frame[schemas.key(source.schema)].astype(str)
    # None is the one kind of unknown that the database compares.
    plain = frame[fields].astype(object).where(frame[fields].notna(), None)
    records: Any = plain.to_dict("records")
    for id_, record, shape in zip(key, records, frame.geometry, strict=True):
        yield Edit(layer=source.name, id=id_, record=record, geometry=shape, must="add")
