"""Writing a change: versions, current layers, log; and reading back what it touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.files import marks, sql
from industrymap.store import _rows, _tables
from industrymap.store._blob import bounds_of, encode, normalised
from industrymap.store._rules import Touched, no_such_change, restored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import date

    from industrymap.store._model import Item, Version

__all__ = ["log", "touched", "write"]


def log(  # noqa: PLR0913 - one argument for each column
    db: sqlite3.Connection,
    items: Sequence[Item],
    *,
    at: str,
    who: str,
    why: str,
    day: date,
    source: str | None = None,
    sha256: str | None = None,
    undoes: int | None = None,
) -> int:
    counts = [sum(i.action == action for i in items) for action in ("add", "change", "remove")]
    done = db.execute(
        "INSERT INTO change_log (at, who, why, source, source_sha256, valid_from, added, changed, removed, undoes) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (at, who.strip(), why.strip(), source, sha256, day.isoformat(), *counts, undoes),
    )
    # The number of a change is the row of the log.
    return int(done.lastrowid or 0)


def write(db: sqlite3.Connection, change: int, items: Sequence[Item]) -> None:
    """Write the versions of a change, bring the current layers up to date, and log every item."""
    for item in items:
        number = _write_version(db, change, item)
        _write_current(db, change, item)
        db.execute(
            "INSERT INTO change_items (change_id, layer, feature_id, action, fields, related, before, after) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                change,
                item.layer,
                item.id,
                item.action,
                ";".join(item.fields),
                item.related or None,
                # The version before, so that an undo knows what to restore.
                item.before.number if item.before else None,
                number,
            ),
        )
    for layer in sorted({item.layer for item in items}):
        _note_contents(db, layer, items)


# The version first: the current row and the log name its number.
def _write_version(db: sqlite3.Connection, change: int, item: Item) -> int:
    history = f"{item.layer}_history"
    day = item.valid_from.isoformat()
    if item.before:
        db.execute(
            sql("UPDATE {table} SET ended_by = ? WHERE fid = ?", table=history),
            (change, item.before.number),
        )
        # an undo may begin before the latest version did: from its day on, no earlier version holds
        shorten = sql(
            "UPDATE {table} SET valid_to = ?1 WHERE {key} = ?2 AND (valid_to IS NULL OR valid_to > ?1)",
            table=history,
            key=next(iter(item.record)),
        )
        db.execute(shorten, (day, item.id))
    # A removal is a version too, without a shape: the day it ended must be in the history.
    removed = item.action == "remove"
    shape = None if removed else encode(normalised(item.geometry))
    names = ["geom", *item.record, "valid_from", "removed", "change_id"]
    values = [shape, *item.record.values(), day, removed, change]
    return _insert(db, history, names, values)


def _write_current(db: sqlite3.Connection, change: int, item: Item) -> None:
    key = next(iter(item.record))
    if item.action == "remove":
        query = sql("DELETE FROM {table} WHERE {key} = ?", table=item.layer, key=key)
        db.execute(query, (item.id,))
        return
    names = ["geom", *item.record, "valid_from", "change_id"]
    shape = encode(normalised(item.geometry))
    values = [shape, *item.record.values(), item.valid_from.isoformat(), change]
    if item.action == "add":
        _insert(db, item.layer, names, values)
        return
    pairs = ", ".join(sql("{name} = ?", name=name) for name in names)
    update = sql("UPDATE {table} SET ", table=item.layer) + pairs + sql(" WHERE {key} = ?", key=key)
    db.execute(update, (*values, item.id))


def _insert(db: sqlite3.Connection, table: str, names: list[str], values: list[Any]) -> int:
    insert = sql("INSERT INTO {table} ({names}) VALUES ", table=table, names=names)
    done = db.execute(insert + marks(len(names)), values)
    return int(done.lastrowid or 0)


def _note_contents(db: sqlite3.Connection, layer: str, items: Sequence[Item]) -> None:
    """Bring date and extent of a layer's registration up to date; an extent grows and is not narrowed again."""
    shapes = [item.geometry for item in items if item.layer == layer and item.action != "remove"]
    bounds = bounds_of(shapes)
    for table in (layer, f"{layer}_history"):
        db.execute(
            "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?",
            (table,),
        )
        if bounds:
            west, south, east, north = bounds
            db.execute(
                "UPDATE gpkg_contents SET min_x = min(ifnull(min_x, ?1), ?1), min_y = min(ifnull(min_y, ?2), ?2), "
                "max_x = max(ifnull(max_x, ?3), ?3), max_y = max(ifnull(max_y, ?4), ?4) WHERE table_name = ?5",
                (west, south, east, north, table),
            )


def touched(db: sqlite3.Connection, change: int) -> Iterator[Touched]:
    """Yield what a change touched, with what became of it since.

    Raises
    ------
    StoreError
        There is no such change.
    """
    rows = db.execute(
        "SELECT layer, feature_id, before, after, fields, related FROM change_items WHERE change_id = ? ORDER BY id",
        (change,),
    ).fetchall()
    if not rows:
        raise no_such_change(
            change, db.execute("SELECT max(id) FROM change_log").fetchone()[0] or 0
        )
    put_back = _PutBack(db)
    for layer, id_, before, after, fields, related in rows:
        schema = _rows.schema_of(_tables.layers(db), layer)

        # The defaults bind this round's layer: a plain closure would see the last one.
        def version(number: int, layer: str = layer, schema: str = schema) -> Version:
            row_of_version = _rows.select(db, layer, schema, "fid = ?", (number,))
            return _rows.versions(row_of_version, schema)[0]

        now = _rows.latest(db, layer, schema, [id_])[id_]
        yield Touched(
            layer=layer,
            id=id_,
            before=None if before is None else version(before),
            made=version(after),
            now=now,
            restores=put_back.chain(layer, id_, now.number),
            fields=tuple(fields.split(";")) if fields else (),
            related=related or "",
        )


class _PutBack:
    """Answers which version an undo restored; every undo's items are read once, however many features it touched."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.items: dict[int, dict[tuple[str, str], int | None]] = {}

    def chain(self, layer: str, id_: str, number: int) -> tuple[int, ...]:
        query = sql("SELECT change_id FROM {table} WHERE fid = ?", table=f"{layer}_history")

        def step(version: int) -> int | None:
            return self.before(*self.db.execute(query, (version,)).fetchone()).get((layer, id_))

        return restored(number, step)

    def before(self, change: int) -> dict[tuple[str, str], int | None]:
        """Return feature → version before the change that this one undoes; empty where it undoes none."""
        if change not in self.items:
            rows = self.db.execute(
                "SELECT layer, feature_id, before FROM change_items "
                "WHERE change_id = (SELECT undoes FROM change_log WHERE id = ?)",
                (change,),
            )
            self.items[change] = {(layer, id_): before for layer, id_, before in rows}
        return self.items[change]
