"""The cache of provider answers: on disk at once, whole after a kill, recovered after damage."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from industrymap.errors import QuotaError, WriteFailedError
from industrymap.geocoding.online.cache import Cache
from industrymap.geocoding.online.providers import Answer

if TYPE_CHECKING:
    from pathlib import Path

CHINA = timezone(timedelta(hours=8))


def answer(lon: float = 113.3, **changes: object) -> Answer:
    values: dict[str, object] = {
        "lon": lon,
        "lat": 23.1,
        "level": "address",
        "radius_m": 60.0,
        "score": 0.8,
        "provider": "amap",
        "said": "门牌号 某路1号",
        "district": "某区",
    }
    return Answer(**(values | changes))  # type: ignore[arg-type]


def test_answers_come_back_as_they_were(tmp_path: Path) -> None:
    kept = {"甲路1号": answer(), "无此地": None, "乙路2号": answer(level=None)}
    with Cache(tmp_path / "c.sqlite") as cache:
        cache.put("amap", "某市", kept)
    with Cache(tmp_path / "c.sqlite") as cache:
        assert cache.get("amap", "某市", [*kept, "没问过"]) == kept
        assert cache.get("amap", "他市", kept) == {}
        assert cache.get("baidu", "某市", kept) == {}
        assert cache.count("amap") == 3


def test_many_addresses_are_looked_up_at_once(tmp_path: Path) -> None:
    kept = {f"{n}号": answer(113 + n / 1e5) for n in range(3_000)}
    with Cache(tmp_path / "c.sqlite") as cache:
        cache.put("amap", "某市", kept)
        assert cache.get("amap", "某市", kept) == kept


def test_a_cache_without_a_file_serves_one_run() -> None:
    with Cache(None) as cache:
        cache.put("amap", "某市", {"a": answer()})
        assert cache.get("amap", "某市", ["a"]) == {"a": answer()}


def test_a_quota_is_counted_over_runs_and_ends_at_midnight_in_china(tmp_path: Path) -> None:
    moment = [datetime(2025, 6, 1, 23, 50, tzinfo=CHINA)]
    path = tmp_path / "c.sqlite"
    with Cache(path, now=lambda: moment[0]) as cache:
        cache.spend("amap", 6, quota=10)
    with Cache(path, now=lambda: moment[0]) as cache:
        with pytest.raises(QuotaError, match="tomorrow"):
            cache.spend("amap", 5, quota=10)
        cache.spend("amap", 4, quota=10)
        assert cache.spent("amap") == 10
        assert cache.spent("baidu") == 0
    moment[0] += timedelta(minutes=20)
    with Cache(path, now=lambda: moment[0]) as cache:
        assert cache.spent("amap") == 0
        cache.use_up("amap", quota=10)
        with pytest.raises(QuotaError):
            cache.spend("amap", 1, quota=10)


WRITER = """
import sys
from industrymap.geocoding.online.cache import Cache
from industrymap.geocoding.online.providers import Answer
cache = Cache(sys.argv[1])
for n in range(100_000):
    found = Answer(lon=113.0, lat=23.0, level="road", radius_m=1.0, score=1.0, provider="amap", said=str(n))
    cache.put("amap", "某市", {f"{n}号": found})
    print(n, flush=True)
"""


@pytest.mark.parametrize("after_s", [0.02, 0.1, 0.3])
def test_a_killed_run_loses_no_answer_it_had(tmp_path: Path, after_s: float) -> None:
    path = tmp_path / "c.sqlite"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(after_s)
    os.kill(child.pid, signal.SIGKILL)
    said = [line for line in child.stdout.read().split("\n") if line.isdecimal()]
    child.wait()
    child.stdout.close()
    last = int(said[-1]) if said else 0
    with Cache(path) as cache:
        assert cache.notes == []
        known = cache.get("amap", "某市", [f"{n}号" for n in range(last + 1)])
    assert len(known) == last + 1


def damage(path: Path, *, at: float, length: int = 600) -> None:
    data = bytearray(path.read_bytes())
    start = int(len(data) * at)
    data[start : start + length] = os.urandom(length)
    path.write_bytes(data)


def full(path: Path, n: int = 2_000, *, width: int = 50) -> None:
    with Cache(path) as cache:
        cache.put("amap", "某市", {f"{i:05d}号": answer(said="x" * width) for i in range(n)})
        cache.spend("amap", 7, quota=100)


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_a_damaged_cache_is_moved_aside_and_asked_again(tmp_path: Path, at: float) -> None:
    path = tmp_path / "c.sqlite"
    full(path)
    damage(path, at=at, length=4096)
    with Cache(path) as cache:
        [(zh, en)] = cache.notes
        assert "已损坏" in zh
        assert "c.damaged-1.sqlite" in en
        assert cache.count("amap") == 0
        # What was spent cannot be asked for: it is carried over where the file still says it.
        assert cache.spent("amap") == 7
        cache.put("amap", "某市", {"新": answer()})
        assert cache.get("amap", "某市", ["新"]) == {"新": answer()}
    assert (tmp_path / "c.damaged-1.sqlite").exists()
    with Cache(path) as cache:
        assert cache.notes == []


@pytest.mark.parametrize(
    "content",
    [b"this is not a database at all" * 100, b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 5000],
)
def test_a_file_that_is_no_database_is_moved_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(content)
    with Cache(path) as cache:
        assert len(cache.notes) == 1
        cache.put("amap", "某市", {"a": None})
    assert (tmp_path / "c.damaged-1.sqlite").read_bytes() == content


def test_a_cache_of_a_later_version_is_moved_aside_not_misread(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    full(path, 10)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with Cache(path) as cache:
        assert len(cache.notes) == 1


def test_a_cache_of_the_first_version_is_read_on(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    full(path, 10)
    db = sqlite3.connect(path)
    db.execute("ALTER TABLE answers ADD COLUMN crc INTEGER")
    db.execute("PRAGMA user_version = 1")
    db.close()
    for _ in range(2):
        with Cache(path) as cache:
            assert cache.notes == []
            assert cache.get("amap", "某市", ["00003号"]) == {"00003号": answer(said="x" * 50)}


def test_a_number_that_damage_made_a_text_counts_as_never_asked(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    full(path, 3)
    db = sqlite3.connect(path)
    db.execute("UPDATE answers SET lon = 'x' WHERE address = '00001号'")
    db.commit()
    db.close()
    with Cache(path) as cache:
        found = cache.get("amap", "某市", ["00000号", "00001号"])
    assert list(found) == ["00000号"]


def test_a_truncated_cache_is_recovered(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    full(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with Cache(path) as cache:
        assert len(cache.notes) == 1
        cache.put("amap", "某市", {"a": None})


def test_damage_found_in_the_middle_of_a_run_is_recovered_too(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    full(path, 5_000, width=1_000)  # more than SQLite keeps in memory
    with Cache(path) as cache:
        damage(path, at=0.2, length=path.stat().st_size // 2)
        wanted = [f"{i:05d}号" for i in range(5_000)]
        found = cache.get("amap", "某市", wanted)
        assert set(found) <= set(wanted)
        cache.put("amap", "某市", {"新": None})
        assert cache.get("amap", "某市", ["新"]) == {"新": None}
        assert len(cache.notes) == 1


def test_two_processes_share_a_cache(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    script = WRITER.replace("100_000", "200").replace('f"{n}号"', 'f"{n}号" + sys.argv[2]')
    runs = [
        subprocess.Popen([sys.executable, "-c", script, str(path), who], stdout=subprocess.DEVNULL)
        for who in "ab"
    ]
    assert [run.wait(60) for run in runs] == [0, 0]
    with Cache(path) as cache:
        assert cache.count("amap") == 400
        assert cache.notes == []


def test_a_place_where_no_file_can_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WriteFailedError):
        Cache(tmp_path / "file" / "c.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(WriteFailedError, match="cache"):
        Cache(tmp_path / "folder.sqlite")
