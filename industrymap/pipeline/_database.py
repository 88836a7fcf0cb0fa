"""Between reading and measuring: polygon layers live in the workspace's database.

The first build brings them in. From then on the database speaks: changes go through ``industrymap changes apply``, with who and
why, and a layer file that differs from what was brought in is reported, never taken over silently.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from industrymap import issues, schemas
from industrymap.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

    from industrymap.files import Source
    from industrymap.pipeline._inputs import Inputs
    from industrymap.store import Base, Edit
    from industrymap.workspace import LayerSource, Workspace

__all__ = ["through_database"]

WHO = "industrymap build"
"""Who the change log names for the first import of a layer."""

FILE_CHANGED = issues.rule(
    "layers.file_changed",
    "warning",
    "文件与导入数据库时不同，本次仍以数据库为准；请用 `industrymap changes apply` 查看差异并登记更新",
    "the file differs from what the database was given; the database was used: see and record the difference with "
    "`industrymap changes apply`",
)


def through_database(
    workspace: Workspace, inputs: Inputs
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame]:
    """Bring layers into the database the first time, and take them from it ever after.

    Parameters
    ----------
    workspace : Workspace
    inputs : Inputs
        As read from the files.

    Returns
    -------
    layers : dict of str to GeoDataFrame
        As the database holds them today.
    issues : DataFrame
        Files that differ from it.

    Raises
    ------
    StoreError
        The database is damaged, or another process keeps it busy.
    """
    from industrymap import store

    base = store.open(workspace)
    layers: dict[str, gpd.GeoDataFrame] = dict(inputs.layers)
    differing: list[pd.DataFrame] = []
    held = base.layers() if base.exists() else {}
    known: set[str] = set()
    for source in workspace.layers:
        frame = layers[source.name]
        given = inputs.checked[source.name]
        today = base.current(source.name) if source.name in held else None
        if today is None or today.empty:
            with suppress(ConflictError):  # another build was faster
                _bring_in(base, source, frame, given)
            today = base.current(source.name)
        layers[source.name] = _with_further(today, frame, schemas.key(source.schema))
        if given.sha256 not in known:
            known = _hashes(base)  # asked late: another build may have brought it in
        if given.sha256 not in known:
            record = {"rule": FILE_CHANGED, "source": source.file.name, "column": source.name}
            differing.append(issues.from_records([record]))
    return layers, issues.concat(differing)


def _hashes(base: Base) -> set[str]:
    """Return SHA-256 of every file that changes came from."""
    if not base.exists():
        return set()
    return set(base.changes()["source_sha256"].dropna())


def _bring_in(base: Base, source: LayerSource, frame: gpd.GeoDataFrame, given: Source) -> None:
    base.add_layer(source.name, schema=source.schema)
    base.apply(_additions(source, frame), WHO, "首次导入 · first import", given)


def _additions(source: LayerSource, frame: gpd.GeoDataFrame) -> Iterator[Edit]:
    """Return one edit per feature of a layer file."""
    from industrymap.store import Edit, fields_of

    fields = [name for name in fields_of(source.schema) if name in frame]
    key = frame[schemas.key(source.schema)].astype(str)
    plain = frame[fields].astype(object).where(frame[fields].notna(), None)
    records: Any = plain.to_dict("records")
    for id_, record, shape in zip(key, records, frame.geometry, strict=True):
        yield Edit(layer=source.name, id=id_, record=record, geometry=shape, must="add")


def _with_further(today: gpd.GeoDataFrame, frame: gpd.GeoDataFrame, key: str) -> gpd.GeoDataFrame:
    """Return the database's layer with the file's further columns beside it."""
    further = [c for c in frame.columns if c not in today.columns]
    beside = frame.set_index(key)[further].reindex(today[key].to_numpy())
    return today.assign(**{str(c): beside[c].array for c in further})
