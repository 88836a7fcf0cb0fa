"""Reading versions and changes: every query of the store is here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from industrymap.errors import StoreError, did_you_mean, nearest
from industrymap.files import marks, sql
from industrymap.store import _frames, _tables
from industrymap.store._blob import decode
from industrymap.store._model import Version
from industrymap.store._rules import no_such_change

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from industrymap.schemas import Field

__all__ = [
    "When",
    "changes",
    "fields_of",
    "history_mismatch",
    "latest",
    "moment",
    "related",
    "schema_of",
    "select",
    "states",
    "undone",
    "unknown_feature_error",
    "versions",
]

When = date | int | None
"""A day, the number of a change, or ``None`` for now."""

_MOST_AT_ONCE = 500


def fields_of(schema: str) -> dict[str, Field]:
    return {field.name: field for field in _tables.columns(schema)}


def schema_of(known: Mapping[str, str], layer: str) -> str:
    if layer not in known:
        raise StoreError(
            f"The database has no layer {layer!r}; it has {', '.join(known)}.",
            f"数据库中没有图层“{layer}”；现有：{'、'.join(known)}。",
        )
    return known[layer]


def latest(
    db: sqlite3.Connection, layer: str, schema: str, ids: Sequence[str], *, base: int | None = None
) -> dict[str, Version]:
    """Return the latest version of each feature, or the one that was latest just after change ``base``."""
    key = _tables.key_of(schema)
    where, values = moment(db, base)
    versions_by_id: dict[str, Version] = {}
    for start in range(0, len(ids), _MOST_AT_ONCE):
        # Older builds of SQLite take 999 values in one query.
        part = ids[start : start + _MOST_AT_ONCE]
        condition = sql("{key} IN ", key=key) + f"{marks(len(part))} AND {where}"
        for version in versions(select(db, layer, schema, condition, (*part, *values)), schema):
            versions_by_id[str(version.record[key])] = version
    return versions_by_id


def states(db: sqlite3.Connection, layer: str, schema: str, when: When) -> dict[str, Version]:
    key = _tables.key_of(schema)
    where, values = moment(db, when)
    rows = select(db, layer, schema, f"NOT removed AND {where}", values)
    return {str(version.record[key]): version for version in versions(rows, schema)}


def moment(db: sqlite3.Connection, when: When) -> tuple[str, tuple[Any, ...]]:
    """Return the condition that picks, of each feature, the version of a moment.

    Raises
    ------
    StoreError
        A change of that number was never made.
    """
    if when is None:
        return "ended_by IS NULL", ()
    if isinstance(when, int):
        last = db.execute("SELECT max(id) FROM change_log").fetchone()[0] or 0
        # 0 is the state before the first change; a later number would show today under another name.
        if not 0 <= when <= last:
            raise no_such_change(when, last)
    # By what was known just after the change: versions written by then, and not ended by then.
    if isinstance(when, int):
        return "change_id <= ? AND (ended_by IS NULL OR ended_by > ?)", (when, when)
    day = when.isoformat()
    # By what held on the day, as far as is known now.
    return "valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", (day, day)


def select(
    db: sqlite3.Connection,
    layer: str,
    schema: str,
    where: str,
    values: tuple[Any, ...],
) -> list[tuple[Any, ...]]:
    names = ["fid", "geom", *fields_of(schema), *_frames.VERSION_COLUMNS]
    # SQLite takes a quoted name it does not know for a text, so a column of a later schema is asked for as NULL
    there = _tables.names_of(db, f"{layer}_history")
    if not there:
        return []  # a layer of the workspace that nothing was brought into yet
    columns = [name if name in there else None for name in names]
    query = sql("SELECT {columns} FROM {table} WHERE ", columns=columns, table=f"{layer}_history")
    # versions of one feature come in the order they were written
    order = sql(" ORDER BY {key}, fid", key=_tables.key_of(schema))
    return db.execute(query + where + order, values).fetchall()


def versions(rows: list[tuple[Any, ...]], schema: str) -> list[Version]:
    names = list(fields_of(schema))
    shapes = decode(row[1] for row in rows)
    read = []
    for row, shape in zip(rows, shapes, strict=True):
        # The last five columns are those of the version, in the order of VERSION_COLUMNS.
        valid_from, _, removed, change, _ = row[2 + len(names) :]
        read.append(
            Version(
                number=row[0],
                record=dict(zip(names, row[2 : 2 + len(names)], strict=True)),
                geometry=shape,
                removed=bool(removed),
                valid_from=date.fromisoformat(valid_from),
                change=change,
            )
        )
    return read


def changes(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    query = sql("SELECT {columns} FROM change_log ORDER BY id", columns=_frames.LOG_COLUMNS)
    return db.execute(query).fetchall()


def undone(db: sqlite3.Connection) -> dict[int, int]:
    """Return change → the latest one that undoes it."""
    return dict(
        db.execute("SELECT id, undone_by FROM change_log WHERE undone_by IS NOT NULL").fetchall()
    )


def related(db: sqlite3.Connection, layer: str, id_: str) -> dict[int, str]:
    """Return change → the features one came from or became in it, separated by ``;``."""
    rows = db.execute(
        "SELECT change_id, related FROM change_items WHERE layer = ? AND feature_id = ? AND related IS NOT NULL",
        (layer, id_),
    )
    return dict(rows.fetchall())


def unknown_feature_error(id_: str, layer: str, db: sqlite3.Connection, schema: str) -> StoreError:
    query = sql("SELECT {key} FROM {table}", key=_tables.key_of(schema), table=layer)
    rows = db.execute(query).fetchall()
    en, zh = did_you_mean(nearest(id_, [str(row[0]) for row in rows], n=1))
    return StoreError(
        f"No feature {id_!r} exists or ever existed in {layer}.{en}",
        f"{layer} 中从未有过“{id_}”。{zh}",
    )


def history_mismatch(db: sqlite3.Connection, layer: str, schema: str) -> list[tuple[str, str]]:
    """Return a sentence where the current layer is not what its history says."""
    columns = ("geom", *fields_of(schema), "valid_from", "change_id")
    current = sql("SELECT {columns} FROM {table}", columns=columns, table=layer)
    known = sql(
        "SELECT {columns} FROM {table} WHERE ended_by IS NULL AND NOT removed",
        columns=columns,
        table=f"{layer}_history",
    )
    odd = 0
    # both ways: rows that the layer has and the history has not, and the reverse
    # EXCEPT takes the rows of the first query that the second has not.
    for one, other in ((current, known), (known, current)):
        odd += len(db.execute(f"{one} EXCEPT {other}").fetchall())
    if not odd:
        return []
    return [
        (
            f"图层 {layer} 有 {odd} 处与历史记录不符（被其他程序绕过日志修改）。",
            f"{odd} rows of {layer} are not what the history says (edited past the log by another program).",
        )
    ]
