"""A GeoPackage as what it is, an SQLite file, opened so that nothing in it can act.

Read-only, schema not trusted, every statement but plain reading forbidden. Views and virtual tables, which can reach
other files and addresses, may lie in the file (some programs put harmless ones there) but cannot be read.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError, LayerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from industrymap.files._source import Source

__all__ = ["Database", "database"]

_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION})
_FUNCTIONS = frozenset({"count"})


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    Attributes
    ----------
    connection : sqlite3.Connection
        Text comes as bytes, so that the caller sees what is really there.
    tables : frozenset of str
        The plain tables; nothing else can be read.
    """

    connection: sqlite3.Connection
    tables: frozenset[str]


@contextmanager
def database(source: Source) -> Iterator[Database]:
    """Open a checked GeoPackage for reading.

    Raises
    ------
    FileRefusedError
        A journal lies beside it that another program has yet to finish.
    LayerError
        The database is damaged, or something but a plain table was asked for.
    """
    _refuse_unfinished(source)
    # Immutable: SQLite then makes no journal, locks nothing and ignores a -wal file lying beside
    # it.
    address = f"{source.path.as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            # Functions and virtual tables named inside the file's own schema are not run.
            connection.execute("PRAGMA trusted_schema = OFF")
            # Damaged pages are noticed instead of being followed.
            connection.execute("PRAGMA cell_size_check = ON")
            # A file cut short while it is mapped would end the process with a signal.
            connection.execute("PRAGMA mmap_size = 0")
            # Table names as readable text, whatever bytes they hold; values below stay bytes, to be
            # decoded by the reader.
            connection.text_factory = _shown
            tables = _plain_tables(connection)
            connection.text_factory = bytes
            # Last: the list of tables had to be read from sqlite_master, which is closed from here
            # on.
            connection.set_authorizer(_only(tables))
            yield Database(connection, tables)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        # Python's words on undecodable bytes would tell a planner nothing.
        why = "" if isinstance(error, UnicodeDecodeError) else f": {error}"
        raise LayerError(
            f"{source.name} is damaged or holds what may not be read{why}.",
            f"{source.name} 已损坏或含不允许读取的内容{why}。",
        ) from error


def _shown(text: bytes) -> str:
    return text.decode("utf-8", errors="backslashreplace")


def _refuse_unfinished(source: Source) -> None:
    for suffix in ("-wal", "-journal"):
        beside = source.path.with_name(source.name + suffix)
        # An empty one is left by a program that closed properly.
        if beside.exists() and beside.stat().st_size:
            raise FileRefusedError(
                f"{source.name} is still open in another program (QGIS?), with changes in {beside.name}: close it first.",
                f"{source.name} 仍在其他程序（如 QGIS）中打开，改动还在 {beside.name} 中，请先关闭。",
            )


def _plain_tables(connection: sqlite3.Connection) -> frozenset[str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    # A virtual table is a "table" in the schema too; only its statement tells.
    return frozenset(
        str(name)
        for name, sql in rows
        if not " ".join(str(sql or "").lower().split()).startswith("create virtual table")
    )


def _only(tables: frozenset[str]) -> Callable[..., int]:
    def authorise(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        # Views are refused here: reading one asks for a name that is no plain table.
        if action == sqlite3.SQLITE_READ and first not in tables:
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_FUNCTION and second not in _FUNCTIONS:
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY

    return authorise
