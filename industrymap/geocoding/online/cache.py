"""What providers answered, kept on disk so that nothing is asked twice and a killed run loses nothing.

One SQLite file per workspace: every answer (also "no such place") by provider, city and normalised address, and what
each provider was asked today. Each answer is committed as it comes, so a run that is killed continues where it stopped. A
damaged file is moved aside and its answers are asked again; what was spent today is carried over where it can be read.
:attr:`Cache.notes` says so.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.errors import QuotaError, WriteFailedError
from industrymap.geocoding.online.providers import Answer

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

__all__ = ["NAME", "Cache", "wrong_with"]

NAME = "geocodes.sqlite"
"""The cache's file name in a workspace."""

_CHINA = timezone(timedelta(hours=8))
_VERSION = 2
# Older builds of SQLite take 999 values in one query.
_MOST_AT_ONCE = 500
_COLUMNS = (
    "provider",
    "city",
    "address",
    "found",
    "lon",
    "lat",
    "level",
    "radius_m",
    "score",
    "said",
    "district",
    "asked_on",
)

_SCHEMA = f"""
CREATE TABLE answers (
    provider TEXT NOT NULL, city TEXT NOT NULL, address TEXT NOT NULL, found INTEGER NOT NULL,
    lon REAL, lat REAL, level TEXT, radius_m REAL, score REAL, said TEXT, district TEXT, asked_on TEXT NOT NULL,
    PRIMARY KEY (provider, city, address)
) WITHOUT ROWID;
CREATE TABLE spent (
    provider TEXT NOT NULL, day TEXT NOT NULL, asked INTEGER NOT NULL, PRIMARY KEY (provider, day)
) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
"""


class Cache:
    """The answers of providers.

    Parameters
    ----------
    path : path or None
        The file; made where missing. ``None`` keeps everything in memory, for one run.
    now : callable, optional
        Returns the present moment; for tests of the change of day.

    Attributes
    ----------
    notes : list of (str, str)
        What a person should know, in Chinese and English: a damaged file that was moved aside.

    Raises
    ------
    WriteFailedError
        The file cannot be made or written.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None, *, now: Callable[[], datetime] | None = None
    ) -> None:
        self.path = None if path is None else Path(path)
        self.notes: list[tuple[str, str]] = []
        self._now = now or (lambda: datetime.now(tz=_CHINA))
        self._db = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def get(self, provider: str, city: str, addresses: Iterable[str]) -> dict[str, Answer | None]:
        """Return what is known: address → answer, ``None`` where the provider knew no such place.

        Addresses never asked are absent.
        """
        wanted = list(dict.fromkeys(addresses))
        known: dict[str, Answer | None] = {}
        for start in range(0, len(wanted), _MOST_AT_ONCE):
            part = wanted[start : start + _MOST_AT_ONCE]
            query = files.sql(
                "SELECT {columns} FROM answers WHERE provider = ? AND city = ? AND address IN ",
                columns=_COLUMNS,
            )
            for row in self._rows(query + files.marks(len(part)), (provider, city, *part)):
                # A number that damage made a text counts as never asked.
                with suppress(TypeError, ValueError):
                    known[row[2]] = _answer(row)
        return known

    def put(self, provider: str, city: str, answers: Mapping[str, Answer | None]) -> None:
        """Keep answers; they are on disk when this returns."""
        day = self._now().date().isoformat()
        rows = [_row(provider, city, address, answer, day) for address, answer in answers.items()]
        query = files.sql("INSERT OR REPLACE INTO answers ({columns}) VALUES ", columns=_COLUMNS)
        with self._writing() as db:
            db.executemany(query + files.marks(len(_COLUMNS)), rows)

    def count(self, provider: str) -> int:
        """Return how many addresses this provider has answered."""
        rows = self._rows("SELECT count(*) FROM answers WHERE provider = ?", (provider,))
        return int(rows[0][0]) if rows else 0

    def spent(self, provider: str) -> int:
        """Return how many addresses the provider was asked today (midnight in China ends the day)."""
        day = self._now().astimezone(_CHINA).date().isoformat()
        rows = self._rows("SELECT asked FROM spent WHERE provider = ? AND day = ?", (provider, day))
        return int(rows[0][0]) if rows else 0

    def spend(self, provider: str, n: int, *, quota: int) -> None:
        """Count ``n`` addresses against today's quota, before they are asked.

        Raises
        ------
        QuotaError
            Fewer than ``n`` are left; nothing is counted.
        """
        day = self._now().astimezone(_CHINA).date().isoformat()
        # Read and counted under one write lock: two runs at once must not both take the last of the
        # allowance.
        with self._writing() as db:
            row = db.execute(
                "SELECT asked FROM spent WHERE provider = ? AND day = ?", (provider, day)
            ).fetchone()
            asked = int(row[0]) if row else 0
            if asked + n > quota:
                raise _used_up(provider, quota)
            db.execute("INSERT OR REPLACE INTO spent VALUES (?, ?, ?)", (provider, day, asked + n))

    def use_up(self, provider: str, *, quota: int) -> None:
        """Note that the provider itself says that today's allowance is used up."""
        day = self._now().astimezone(_CHINA).date().isoformat()
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO spent VALUES (?, ?, ?)", (provider, day, quota))

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            # A locked or unwritable file is not a damaged one: moving it aside would lose its
            # answers.
            return self._db.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error
        except sqlite3.DatabaseError:
            self._recover()
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error
        except sqlite3.DatabaseError:
            self._recover()
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            raise self._unusable(error) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return _prepared(_connect(":memory:"))
        files.make_folder(self.path.parent)
        try:
            db = _connect(str(self.path))
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            return _prepared(db)
        # Locked or unwritable again, and not damaged.
        except sqlite3.OperationalError as error:
            db.close()
            raise self._unusable(error) from error
        except sqlite3.DatabaseError:
            db.close()
            return self._start_afresh(self.path)

    def _recover(self) -> None:
        self._db.close()
        self._db = self._start_afresh(self.path) if self.path else _prepared(_connect(":memory:"))

    def _start_afresh(self, path: Path) -> sqlite3.Connection:
        """Move the damaged file aside and begin a new one; answers can be asked again, a spent allowance cannot."""
        aside = _aside(path)
        path.rename(aside)
        # The journal belongs to the damaged file: left behind, SQLite would play it into the new one.
        for tail in ("-wal", "-shm"):
            beside = path.with_name(path.name + tail)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + tail))
        db = _prepared(_connect(str(path)))
        db.executemany("INSERT INTO spent VALUES (?, ?, ?)", _spent_in(aside))
        zh = f"地理编码缓存 {path.name} 已损坏，原文件移至 {aside.name}；其中的结果将重新查询。"
        en = (
            f"The geocoding cache {path.name} was damaged and moved to {aside.name}; its answers will be asked "
            "again."
        )
        self.notes.append((zh, en))
        return db

    def _unusable(self, error: sqlite3.Error) -> WriteFailedError:
        return WriteFailedError(
            f"The geocoding cache {self.path} cannot be used: {error}.",
            f"无法使用地理编码缓存 {self.path}：{error}。",
        )


def wrong_with(path: Path) -> str:
    """Return what SQLite finds wrong with a cache file, without changing it; empty where it is sound."""
    db = None
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
        verdict = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)
    finally:
        if db is not None:
            db.close()
    return "" if verdict == "ok" else verdict


def _connect(name: str) -> sqlite3.Connection:
    # autocommit: transactions are opened and closed by hand
    db = sqlite3.connect(name, timeout=30.0, isolation_level=None)
    db.text_factory = _decoded
    return db


def _decoded(data: bytes) -> str:
    # Damage inside a text must not end a run: SQLite would raise at bytes that are not UTF-8.
    return data.decode("utf-8", "replace")


def _prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    """Check the file and make its tables; anything but a sound cache raises ``DatabaseError``."""
    # A log written ahead: a run that is killed leaves whole transactions behind.
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        msg = "damaged pages"
        raise sqlite3.DatabaseError(msg)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == 1:
        # The first version kept a checksum beside every answer.
        db.execute("ALTER TABLE answers DROP COLUMN crc")
        db.execute(f"PRAGMA user_version = {_VERSION}")
        return db
    if version not in (0, _VERSION):
        msg = f"cache of version {version}"
        raise sqlite3.DatabaseError(msg)
    if version == 0:
        db.execute("BEGIN IMMEDIATE")
        # Two runs may open a new cache at once, so the version is read again under the lock.
        if db.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in _SCHEMA.strip().split(";\n"):
                db.execute(statement)
        db.execute("COMMIT")
    return db


def _aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    return aside


def _spent_in(damaged: Path) -> list[tuple[str, str, int]]:
    """Return what was asked on which day, as far as a damaged file still says so."""
    try:
        old = _connect(str(damaged))
    except sqlite3.Error:
        return []
    try:
        rows = old.execute("SELECT provider, day, asked FROM spent").fetchall()
    except sqlite3.Error:
        return []
    finally:
        old.close()
    # Damage may have made a text of a count.
    return [row for row in rows if isinstance(row[2], int)]


def _answer(row: tuple[Any, ...]) -> Answer | None:
    provider, _, _, is_placed, lon, lat, level, radius_m, score, said, district, _ = row
    if not is_placed:
        return None
    numbers = {"lon": lon, "lat": lat, "radius_m": radius_m, "score": score}
    return Answer(
        level=level,
        provider=provider,
        said=said,
        district=district,
        **{name: float(number) for name, number in numbers.items()},
    )


def _row(
    provider: str, city: str, address: str, answer: Answer | None, day: str
) -> tuple[str | float | None, ...]:
    if answer is None:
        return (provider, city, address, 0, *[None] * 7, day)
    where = (answer.lon, answer.lat, answer.level, answer.radius_m, answer.score)
    return (provider, city, address, 1, *where, answer.said, answer.district, day)


def _used_up(provider: str, quota: int) -> QuotaError:
    return QuotaError(
        f"Today's allowance of {provider} ({quota:,} addresses) is used up; what was found is kept, run the same "
        "command again tomorrow.",
        f"{provider} 今日配额（{quota:,} 条）已用完；已得结果均已保存，明日重新运行同一命令即可继续。",
    )
