"""The store in one GeoPackage file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap.files import sql
from industrymap.schemas import PARKS
from industrymap.store import _database, _frames, _rows, _tables, _writes
from industrymap.store._model import plan
from industrymap.store._rules import inverse_of, raise_conflicts, require, require_in_force

if TYPE_CHECKING:
    import os
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from industrymap.files import Source
    from industrymap.store._model import Edit, Plan, Version
    from industrymap.store._rows import When

__all__ = ["NAME", "Store"]

NAME = "base.gpkg"
"""The database's file name in a workspace."""


class Store:
    """The workspace's database: current layers, their history, and who changed what, when and why.

    Parameters
    ----------
    path : path
        The GeoPackage; made by the first :meth:`apply`.
    layers : mapping of str to str, optional
        Further layers → their schema, such as a workspace names; each is made when something is brought into it.
    timeout_s : float
        How long to wait for another writer, in seconds.
    now : callable, optional
        Returns the present moment.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        layers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.path = Path(path)
        self._named = {**_tables.LAYERS, **(layers or {})}
        self.timeout_s = timeout_s
        self._now = now or (lambda: datetime.now(tz=UTC))

    def __repr__(self) -> str:
        made = "" if self.exists() else ", not made yet"
        return f"<Store {self.path}{made}>"

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def exists(self) -> bool:
        """Return whether there is a database yet."""
        return _database.exists(self.path)

    def layers(self) -> dict[str, str]:
        """Return layer → schema."""
        if not self.exists():
            return dict(self._named)
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            return self._known(db)

    def add_layer(self, layer: str, *, schema: str) -> None:
        """Make a further layer of a known schema, where it is not there yet."""
        with _database.writing(self.path, timeout_s=self.timeout_s) as db:
            # Looked up inside the transaction: another process may have made it a moment ago.
            if layer not in _tables.layers(db):
                _tables.create_layer(db, layer, schema)

    def preview(self, edits: Iterable[Edit], *, valid_from: date | None = None) -> Plan:
        """Return what :meth:`apply` would do and what conflicts with it; nothing is written."""
        # An iterator could be read only once, and edits are looked at several times.
        edits = list(edits)
        # Without a file there is nothing to compare with, and none must be made for a preview.
        if not self.exists():
            fields = {
                e.layer: _rows.fields_of(_rows.schema_of(self._named, e.layer)) for e in edits
            }
            return plan(edits, latest={}, seen={}, fields=fields, on=valid_from or self._today())
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            return _planned(db, edits, valid_from or self._today(), self._known(db))

    def apply(
        self,
        changes: Iterable[Edit],
        who: str,
        why: str,
        source: Source | None = None,
        *,
        valid_from: date | None = None,
    ) -> int | None:
        """Make a set of edits, all or none.

        Parameters
        ----------
        changes : iterable of Edit
        who, why : str
            The person and the reason; both must say something.
        source : files.Source, optional
            The file the changes came from; its name and SHA-256 are logged.
        valid_from : date, optional
            Day from which they hold; today by default.

        Returns
        -------
        change : int or None
            Number of the change; ``None`` where nothing differs.

        Raises
        ------
        ConflictError
            Something changed since, does not exist, exists already or is named twice: each named, nothing written.
        StoreBusyError
            Another process is writing.
        StoreError
            No person or reason given, or the file cannot be used.
        """
        # Before the file is touched: a change that nobody answers for must not even take the lock.
        require(who, why)
        day = valid_from or self._today()
        edits = list(changes)
        if not self.exists():
            # so that a refused first change leaves no file behind
            raise_conflicts(self.preview(edits, valid_from=day))
        with _database.writing(self.path, timeout_s=self.timeout_s) as db:
            # A layer of the workspace gets its tables with the first change that brings something into it.
            for layer in sorted({edit.layer for edit in edits} - _tables.layers(db).keys()):
                _tables.create_layer(db, layer, _rows.schema_of(self._named, layer))
            # Planned again under the lock: what the preview saw may have changed since.
            planned = _planned(db, edits, day, self._known(db))
            raise_conflicts(planned)
            # An empty change would be a line in the log that says nothing.
            if not planned.items:
                # None, and not a number, so that nobody looks for the change in the log.
                return None
            name, sha256 = (source.name, source.sha256) if source else (None, None)
            change = _writes.log(
                db,
                planned.items,
                at=self._stamp(),
                who=who,
                why=why,
                day=day,
                source=name,
                sha256=sha256,
            )
            _writes.write(db, change, planned.items)
            return change

    def undo(self, change: int, who: str, why: str) -> int:
        """Take a change back: everything it touched becomes what it was before.

        It holds from the same day as the change, so that the change no longer shows as of any day; as of a number of a
        change it still does. A later change that was itself undone is no obstacle: what counts is whether the feature is
        what this change made of it.

        Parameters
        ----------
        change : int
            Its number; undoing an undo brings the change back.
        who, why : str

        Returns
        -------
        change : int
            Number of the new change.

        Raises
        ------
        ConflictError
            A feature was changed again later, or the change was undone already.
        """
        require(who, why)
        if not self.exists():
            raise _database.missing(self.path)
        with _database.writing(self.path, timeout_s=self.timeout_s) as db:
            # Undoing an undo is allowed, undoing the same change twice is not.
            require_in_force(change, _rows.undone(db))
            items = inverse_of(change, _writes.touched(db, change))
            # From the first day the change held, so that no day shows what was a mistake.
            day = min(item.valid_from for item in items)
            number = _writes.log(
                db, items, at=self._stamp(), who=who, why=why, day=day, undoes=change
            )
            _writes.write(db, number, items)
            db.execute("UPDATE change_log SET undone_by = ? WHERE id = ?", (number, change))
            return number

    def current(self, layer: str) -> gpd.GeoDataFrame:
        """Return a layer as it is, with ``valid_from`` and ``change_id`` (the version to base changes on)."""
        return self.as_of(None, layer)

    def as_of(self, when: When, layer: str) -> gpd.GeoDataFrame:
        """Return a layer as it was.

        Parameters
        ----------
        when : date, int or None
            A day: what held on it, as far as is known today. The number of a change: what was known just after it.
            ``None``: now.
        layer : str

        Returns
        -------
        frame : GeoDataFrame
            Typed by the schema, WGS 84, sorted by key, with ``valid_from`` and ``change_id``.

        Raises
        ------
        StoreError
            A change of that number was never made.
        """
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            schema = _rows.schema_of(self._known(db), layer)
            where, values = _rows.moment(db, when)
            rows = _rows.select(db, layer, schema, f"NOT removed AND {where}", values)
            return _frames.layer_frame(rows, schema)

    def history(self, id_: str, layer: str = PARKS) -> gpd.GeoDataFrame:
        """Return every version of one feature, oldest first, with who made it, when and why, and what it came from or became.

        Raises
        ------
        StoreError
            There never was such a feature.
        """
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            schema = _rows.schema_of(self._known(db), layer)
            its = sql("{key} = ?", key=_tables.key_of(schema))
            rows = _rows.select(db, layer, schema, its, (id_,))
            if not rows:
                raise _rows.unknown_feature_error(id_, layer, db, schema)
            return _frames.history_frame(
                rows, schema, _rows.changes(db), _rows.related(db, layer, id_)
            )

    def changes(self) -> pd.DataFrame:
        """Return the change log, oldest first."""
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            return _frames.log_frame(_rows.changes(db))

    def diff(self, a: When, b: When, layer: str | None = None) -> pd.DataFrame:
        """Return what differs between two moments, one line per field.

        Parameters
        ----------
        a, b : date, int or None
            As in :meth:`as_of`; ``None`` is now.
        layer : str, optional
            Every layer by default.

        Returns
        -------
        difference : DataFrame
            ``layer, id, kind`` (``added``, ``changed``, ``removed``), ``field, before, after`` (text) and the two geometries
            where the field is ``geometry``.
        """
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            known = self._known(db)
            wanted = [layer] if layer else list(known)
            records: list[dict[str, Any]] = []
            # Compared by versions, not by frames: an unchanged feature has the same version number and costs nothing.
            for name in wanted:
                schema = _rows.schema_of(known, name)
                before, after = (_rows.states(db, name, schema, when) for when in (a, b))
                records += _frames.difference(name, before, after, _rows.fields_of(schema))
            return _frames.difference_frame(records)

    def change_before(self, day: date) -> int:
        """Return the number of the last change made on or before a day, 0 where there is none."""
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            row = db.execute(
                # By when it was written down, not by when it holds: this answers what was known on a day.
                "SELECT max(id) FROM change_log WHERE date(at) <= ?",
                (day.isoformat(),),
            ).fetchone()
            return int(row[0] or 0)

    def require_sound(self) -> None:
        """Refuse a damaged file, whichever of its pages would be read.

        Raises
        ------
        StoreError
            What is wrong, and what to do.
        """
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            _database.require_sound(db, self.path)

    def check(self) -> list[tuple[str, str]]:
        """Check the whole file and return what is wrong, in Chinese and English; empty where it is sound."""
        with _database.reading(self.path, timeout_s=self.timeout_s) as db:
            faults = [
                (f"数据库页损坏：{text}", f"damaged page: {text}")
                for text in _database.quick_check(db)
            ]
            # On damaged pages a comparison would report nonsense.
            for layer in [] if faults else _tables.layers(db):
                faults += _rows.history_mismatch(db, layer, _tables.layers(db)[layer])
            return faults

    def _known(self, db: sqlite3.Connection) -> dict[str, str]:
        # The database goes before the workspace's file: its layers have data.
        return {**self._named, **_tables.layers(db)}

    def _today(self) -> date:
        # The calendar day where the user is; the log itself is kept in UTC.
        return self._now().astimezone().date()

    # Milliseconds in UTC: the log sorts by it as text, in whatever time zone a change was made.
    def _stamp(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _planned(
    db: sqlite3.Connection, edits: Sequence[Edit], day: date, known: Mapping[str, str]
) -> Plan:
    schemas = {
        layer: _rows.schema_of(known, layer) for layer in dict.fromkeys(e.layer for e in edits)
    }
    latest: dict[tuple[str, str], Version] = {}
    seen: dict[tuple[str, str, int], Version | None] = {}
    for layer, schema in schemas.items():
        ids = [e.id for e in edits if e.layer == layer]
        latest |= {(layer, k): v for k, v in _rows.latest(db, layer, schema, ids).items()}
        # Rows that were made from an older version are compared with that version, so that two people who changed different fields do not
        # conflict.
        for base in sorted({e.base for e in edits if e.layer == layer and e.base is not None}):
            # Only the features that somebody saw in that state are read in it.
            theirs = [e.id for e in edits if e.layer == layer and e.base == base]
            then = _rows.latest(db, layer, schema, theirs, base=base)
            seen |= {(layer, id_, base): then.get(id_) for id_ in theirs}
    fields = {layer: _rows.fields_of(schema) for layer, schema in schemas.items()}
    return plan(edits, latest=latest, seen=seen, fields=fields, on=day)
