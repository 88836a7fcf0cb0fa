"""Copies of the database: one before each change, the latest few kept, and putting one back in place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import StoreError
from industrymap.store import _tables

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MOST_COPIES", "Copy", "Restored", "advice", "copies", "copy_before_change", "restore"]

MOST_COPIES = 5
"""So many copies are kept; the oldest goes first."""

_FOLDER = (".industrymap", "copies")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of the database.

    Attributes
    ----------
    path : Path
    change : int
        The last change that it holds.
    """

    path: Path
    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What putting a copy in place did.

    Attributes
    ----------
    copy : Copy
    aside : Path or None
        Where the file that was there before went.
    """

    copy: Copy
    aside: Path | None


def copies(path: Path) -> list[Copy]:
    """Return the copies of a database, the latest written first."""
    folder = path.parent.joinpath(*_FOLDER)
    if not folder.is_dir():
        return []
    written = sorted(
        folder.glob(f"{path.stem}.change-*{path.suffix}"),
        # By when they were written: after a restore, change numbers begin again below those of older copies.
        key=lambda p: (p.stat().st_mtime_ns, p.name),
        reverse=True,
    )
    # The number of the last change is the end of the name; a file that a person renamed is not
    # counted.
    numbers = [copy.stem.rpartition("-")[2] for copy in written]
    pairs = zip(written, numbers, strict=True)
    return [Copy(path=copy, change=int(number)) for copy, number in pairs if number.isdecimal()]


def copy_before_change(path: Path) -> Copy:
    """Copy the database as it is, and let the oldest copies go.

    SQLite itself makes the copy, page by page: a plain copy of a file that is being written could hold half a change.

    Raises
    ------
    WriteFailedError
        No room or no permission: then the change is not made either.
    """
    with closing(sqlite3.connect(path.resolve(), isolation_level=None)) as source:
        last = source.execute("SELECT ifnull(max(id), 0) FROM change_log").fetchone()[0]
        name = f"{path.stem}.change-{last:06d}{path.suffix}"
        target = files.make_folder(path.parent.joinpath(*_FOLDER)) / name
        with (
            files.atomic(target) as temporary,
            closing(sqlite3.connect(temporary, isolation_level=None)) as copy,
        ):
            # Within the writer's lock, so nothing changes between two pages.
            source.backup(copy)
    # Only after the new copy is whole.
    for old in copies(path)[MOST_COPIES:]:
        files.remove(old.path)
    return Copy(path=target, change=int(last))


def restore(path: Path, change: int | None = None) -> Restored:
    """Put a copy in place; what was there is kept beside it.

    Parameters
    ----------
    path : Path
        Of the database.
    change : int, optional
        The last change that the copy shall hold; the latest sound copy by default.

    Raises
    ------
    StoreError
        There is no such copy, or none is sound.
    """
    there = copies(path)
    wanted = [copy for copy in there if change in (None, copy.change)]
    # A damaged copy must not replace a damaged file.
    sound = next((copy for copy in wanted if _is_sound(copy.path)), None)
    if sound is None:
        listed = [str(copy.change) for copy in there]
        raise StoreError(
            f"There is no sound copy of {path.name} to restore"
            + (f"; copies hold change {', '.join(listed)}." if listed else "."),
            f"没有可用于恢复 {path.name} 的完好副本"
            + (f"；现有副本对应的变更编号：{'、'.join(listed)}。" if listed else "。"),
        )
    aside = None
    if path.exists():
        aside = path.with_name(f"{path.stem}.replaced{path.suffix}")
        with files.atomic(aside) as temporary:
            files.copy(path, temporary)
    # a journal belongs to the file that goes: it must not be played into the copy
    files.remove(path.with_name(f"{path.name}-journal"))
    with files.atomic(path) as temporary:
        files.copy(sound.path, temporary)
    return Restored(copy=sound, aside=aside)


def advice(path: Path) -> tuple[str, str]:
    """Return what to do about a database that cannot be used, in Chinese and English."""
    there = copies(path)
    if not there:
        return (
            "请用备份恢复该文件；确定不再需要其中的记录，可将其移走后重新生成。",
            "Restore the file from a backup; if nothing in it is needed any more, move it away and build again.",
        )
    return (
        f"恢复变更 {there[0].change} 之后的自动副本：industrymap doctor --restore。",
        f"Restore the automatic copy made after change {there[0].change}: industrymap doctor --restore.",
    )


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path.resolve(), isolation_level=None)) as db:
            verdict = [str(row[0]) for row in db.execute("PRAGMA quick_check(1)")]
            ours = db.execute("PRAGMA application_id").fetchone()[0] == _tables.APPLICATION_ID
            return verdict == ["ok"] and bool(ours)
    except sqlite3.Error:
        return False
