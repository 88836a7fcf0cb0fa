"""The connection: one writer at a time, a busy timeout, whole transactions, one sentence for every failure."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import IndustryMapError, StoreBusyError, StoreError
from industrymap.store import _copies, _tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["exists", "missing", "quick_check", "reading", "require_sound", "writing"]

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def reading(path: Path, *, timeout_s: float) -> Iterator[sqlite3.Connection]:
    """Yield a connection on which everything that is read belongs to one moment.

    Raises
    ------
    StoreError
        There is no store, the file is another one, or it is damaged.
    StoreBusyError
        Another program kept it locked for longer than ``timeout_s`` seconds.
    """
    if not exists(path):
        raise missing(path)
    with _connected(path, timeout_s) as db:
        # One transaction for everything that is read, so that a writer in between shows in nothing
        # or in all of it.
        db.execute("BEGIN")
        # A file without tables that was not just being made has lost what it held.
        if _is_new(db):
            raise _emptied(path)
        _verify(db, path)
        try:
            yield db
        finally:
            _end(db, "ROLLBACK")


@contextmanager
def writing(path: Path, *, timeout_s: float) -> Iterator[sqlite3.Connection]:
    """Yield a connection in a transaction that ends up whole on disk, or not at all.

    Raises
    ------
    StoreBusyError
        Another process is writing, and went on for longer than ``timeout_s`` seconds.
    StoreError
        The file is another one, is damaged, or cannot be written.
    """
    making = not exists(path)
    if making:
        # A kill while the file is being made leaves an empty one: the note tells it from an emptied one.
        _note_making(path)
    with _connected(path, timeout_s) as db:
        # A change that was reported as made must survive a power cut.
        db.execute("PRAGMA synchronous = FULL")
        # The writer's lock at once: two that read first and then wrote could both believe they were alone.
        db.execute("BEGIN IMMEDIATE")
        try:
            if _is_new(db) and not making:
                # bringing layers in anew would hide that everything recorded so far is gone
                raise _emptied(path)
            if _is_new(db):
                _tables.create(db)
            _verify(db, path)
            if not making:
                require_sound(db, path)
                # the writer's lock is held: what another connection reads now is the state before this change
                _copies.copy_before_change(path)
            # Opens the guard against programs that edit past the log; closed again in the same transaction.
            db.execute("UPDATE industrymap_store SET writing = 1")
            for layer, schema in _tables.layers(db).items():
                # Columns that the schema gained since; nothing is ever dropped.
                _tables.upgrade_layer(db, layer, schema)
            yield db
            db.execute("UPDATE industrymap_store SET writing = 0")
            db.execute("COMMIT")
        finally:
            _end(db, "ROLLBACK")
    files.remove(_making(path))


def exists(path: Path) -> bool:
    """Return whether there is a database; what a kill in the middle of its making left behind is none.

    A file of 0 bytes that was not left by such a kill is a database that lost its content: it exists, and whoever opens it gets
    an error that says so.
    """
    if not path.is_file():
        return False
    if path.stat().st_size == 0:
        return not _making(path).exists()
    if not path.with_name(f"{path.name}-journal").exists():
        return True
    # a journal is left by a kill, or belongs to a writer at work: opening the file rolls the former back
    # A short wait only: the question is whether the file exists, and a busy one does.
    db = sqlite3.connect(path.resolve(), timeout=1.0, isolation_level=None)
    try:
        new = _is_new(db)
    except sqlite3.Error:
        return True  # busy or damaged: whoever opens it next says so
    finally:
        db.close()
    if new:
        _note_making(path)
    return not new


def _making(path: Path) -> Path:
    """Return the empty file that tells a database that is being made from one that lost its content."""
    return path.with_name(f".{path.name}.making")


def _note_making(path: Path) -> None:
    if (
        path.parent.is_dir()
    ):  # else the database itself cannot be made, which is said in its own sentence
        files.write_text(_making(path), "")


def missing(path: Path) -> StoreError:
    """Return the error for a database that has not been made yet."""
    return StoreError(
        f"There is no database {path} yet: bring a first layer in with `industrymap changes apply`.",
        f"数据库 {path} 尚不存在：请先用 `industrymap changes apply` 导入图层。",
    )


def require_sound(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a file with damaged pages, whichever of them would be read.

    Raises
    ------
    StoreError
        What SQLite finds wrong, and what to do.
    """
    wrong = quick_check(db)
    if wrong:
        raise _damaged(path, wrong[0])


def quick_check(db: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong with the file; empty where it is sound."""
    faults = [str(row[0]) for row in db.execute("PRAGMA quick_check(20)")]
    return [] if faults == ["ok"] else faults


@contextmanager
def _connected(path: Path, timeout_s: float) -> Iterator[sqlite3.Connection]:
    try:
        # autocommit: transactions are opened and closed by hand
        db = sqlite3.connect(path.resolve(), timeout=timeout_s, isolation_level=None)
    except sqlite3.Error as error:
        raise _failure(path, error) from error
    try:
        # A file from outside may carry views and triggers that call functions.
        db.execute("PRAGMA trusted_schema = OFF")
        yield db
    except IndustryMapError:
        raise
    except sqlite3.Error as error:
        raise _failure(path, error) from error
    finally:
        db.close()


def _end(db: sqlite3.Connection, verb: str) -> None:
    if db.in_transaction:
        db.execute(verb)


def _is_new(db: sqlite3.Connection) -> bool:
    return not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()


def _verify(db: sqlite3.Connection, path: Path) -> None:
    application = db.execute("PRAGMA application_id").fetchone()[0]
    ours = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'industrymap_store'").fetchone()
    if application != _tables.APPLICATION_ID or not ours:
        raise StoreError(
            f"{path} is not an industrymap database; it stays as it is. Name another file, or bring its layers in with "
            "`industrymap changes apply`.",
            f"{path} 不是 industrymap 数据库，未作改动；请另指定文件，或用 `industrymap changes apply` 导入其中的图层。",
        )
    version = db.execute("SELECT version FROM industrymap_store").fetchone()[0]
    # An older program would not keep what a newer one has added.
    if version > _tables.VERSION:
        raise StoreError(
            f"{path} was written by a newer industrymap (store version {version}, this one knows {_tables.VERSION}): "
            "upgrade the program.",
            f"{path} 由更新版本的 industrymap 写入（数据库版本 {version}，本程序支持 {_tables.VERSION}）：请升级程序。",
        )


# An empty file is not filled again: whoever lost it would not notice that the history is gone.
def _emptied(path: Path) -> StoreError:
    return StoreError(
        f"{path} is empty: everything it held is gone, so nothing was brought in anew over it. {_copies.advice(path)[1]}",
        f"{path} 是空文件，其中的内容已丢失，因此没有重新导入覆盖。{_copies.advice(path)[0]}",
    )


def _damaged(path: Path, what: str) -> StoreError:
    return StoreError(
        f"{path} is damaged ({what}): nothing was changed. {_copies.advice(path)[1]}",
        f"{path} 已损坏（{what}）：未作任何改动。{_copies.advice(path)[0]}",
    )


def _failure(path: Path, error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", None)
    # The low byte is the primary code; the rest tells variants of one failure apart.
    primary = None if code is None else code & 0xFF
    if primary in _BUSY:
        return StoreBusyError(
            f"Another program is using {path.name} (another apply, or QGIS with open edits): nothing was changed; try again "
            "when it has finished.",
            f"另一个程序正在使用 {path.name}（另一次写入，或 QGIS 中未保存的编辑）：未作任何改动，请待其结束后重试。",
        )
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _damaged(path, str(error))
    if primary == sqlite3.SQLITE_FULL:
        return StoreError(
            f"The disk is full: {path.name} is as it was before.",
            f"磁盘已满：{path.name} 保持原状。",
        )
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            f"{path} cannot be opened for writing: check the folder's permissions.",
            f"无法写入 {path}：请检查文件夹权限。",
        )
    return StoreError(f"{path}: {error}.", f"{path}：{error}。")
