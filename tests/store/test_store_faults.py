"""The database under faults: kills, two writers, a busy file, a damaged file, a file that is not ours."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import shapely

from industrymap.errors import StoreBusyError, StoreError
from industrymap.store import Edit, Store, _database, copies, restore

PARKS = "village_parks"


def edit(id_: str, record: Any = (), **more: Any) -> Edit:
    return Edit(layer=PARKS, id=id_, record=dict(record), **more)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "base.gpkg", timeout_s=0.2)
    made.apply(
        [edit("P1", {"name": "甲园"}, geometry=shapely.box(113, 23, 113.01, 23.01))], "甲", "乙"
    )
    return made


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need fork")
def test_a_kill_at_any_moment_of_a_write_leaves_the_last_good_state(tmp_path: Path) -> None:
    script = Path(__file__).parents[1] / "helpers" / "store_kills.py"
    run = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "30"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "30 kills" in run.stdout


WRITER = """
import sys
from industrymap.store import Edit, Store
store = Store(sys.argv[1], timeout_s=60)
for n in range(25):
    own = Edit(layer="village_parks", id=f"{sys.argv[2]}{n}", record={"name": sys.argv[2]})
    shared = Edit(layer="village_parks", id="P1", record={"note": f"{sys.argv[2]}{n}"})
    store.apply([own, shared], sys.argv[2], "write")
"""


def test_two_writers_at_once_lose_nothing(store: Store) -> None:
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, str(store.path), who]) for who in "ab"]
    assert [run.wait(120) for run in runs] == [0, 0]
    assert len(store.changes()) == 51
    names = store.current(PARKS)["name"].value_counts()
    assert (names["a"], names["b"]) == (25, 25)
    notes = set(store.history("P1")["note"].dropna())
    assert notes == {f"{who}{n}" for who in "ab" for n in range(25)}
    assert store.check() == []


def test_two_processes_may_make_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "base.gpkg"
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), who]) for who in "ab"]
    assert [run.wait(120) for run in runs] == [0, 0]
    assert len(Store(path).changes()) == 50


def test_a_file_somebody_else_is_writing_is_busy_and_stays(store: Store) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError, match="try again") as caught:
        store.apply([edit("P1", {"name": "乙园"})], "甲", "乙")
    assert "QGIS" in caught.value.zh
    assert store.current(PARKS)["name"].tolist() == ["甲园"]
    other.execute("ROLLBACK")
    other.close()
    assert store.apply([edit("P1", {"name": "乙园"})], "甲", "乙") == 2


def test_a_reader_in_the_middle_of_reading_makes_the_writer_wait(store: Store) -> None:
    reader = sqlite3.connect(store.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM village_parks").fetchone()
    with pytest.raises(StoreBusyError):
        store.apply([edit("P1", {"name": "乙园"})], "甲", "乙")
    reader.execute("ROLLBACK")
    reader.close()
    assert store.check() == []


def test_a_file_that_qgis_has_put_into_its_own_journal_mode_serves_as_well(store: Store) -> None:
    viewer = sqlite3.connect(store.path, isolation_level=None)
    assert viewer.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal"
    viewer.execute("BEGIN")
    viewer.execute("SELECT count(*) FROM village_parks").fetchone()
    assert store.apply([edit("P1", {"name": "乙园"})], "甲", "乙") == 2
    viewer.execute("ROLLBACK")
    viewer.close()
    assert store.current(PARKS)["name"].tolist() == ["乙园"]
    assert store.check() == []


def test_a_damaged_page_is_one_sentence_and_nothing_is_written(store: Store) -> None:
    many = [edit(f"Q{n}", {"note": "x" * 500}) for n in range(500)]
    store.apply(many, "甲", "乙")
    data = bytearray(store.path.read_bytes())
    data[len(data) // 3 : len(data) // 3 * 2] = os.urandom(len(data) // 3)
    store.path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        store.apply([edit(f"Q{n}", {"note": "y"}) for n in range(500)], "甲", "乙")
    assert store.path.read_bytes() == bytes(data)


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + b"\1" * 5000])
def test_a_file_that_is_no_database_is_refused_and_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "base.gpkg"
    path.write_bytes(content)
    with pytest.raises(StoreError):
        Store(path).apply([edit("P1")], "甲", "乙")
    with pytest.raises(StoreError):
        Store(path).current(PARKS)
    assert path.read_bytes() == content


def test_a_geopackage_of_another_program_is_refused_and_stays(tmp_path: Path) -> None:
    import geopandas as gpd

    path = tmp_path / "base.gpkg"
    gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=4326).to_file(path, layer="x")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not an industrymap database"):
        Store(path).apply([edit("P1")], "甲", "乙")
    assert path.read_bytes() == before


def test_a_database_of_a_newer_program_is_refused(store: Store) -> None:
    db = sqlite3.connect(store.path)
    db.execute("UPDATE industrymap_store SET version = 99")
    db.commit()
    db.close()
    with pytest.raises(StoreError, match="upgrade the program"):
        store.current(PARKS)


def test_an_empty_file_left_by_a_kill_at_its_making_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "base.gpkg"
    _database._note_making(path)
    path.touch()
    store = Store(path)
    assert not store.exists()
    assert store.apply([edit("P1")], "甲", "乙") == 1


def test_a_database_that_lost_its_content_is_refused_and_nothing_is_brought_in_over_it(
    store: Store,
) -> None:
    store.apply([edit("P1", {"far": 9.0})], "甲", "乙")
    store.path.write_bytes(b"")
    assert store.exists()
    for use in (
        lambda: store.current(PARKS),
        lambda: store.apply([edit("P9")], "甲", "乙"),
        lambda: store.undo(1, "甲", "乙"),
        store.require_sound,
        store.check,
    ):
        with pytest.raises(StoreError, match=r"is empty.*doctor --restore"):
            use()
    assert store.path.read_bytes() == b""


def test_a_damaged_page_is_refused_before_anything_is_read_or_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "base.gpkg")
    many = [
        edit(f"P{n}", {"note": "x" * 500}, geometry=shapely.box(113, 23, 113.01, 23.01))
        for n in range(300)
    ]
    store.apply(many, "甲", "乙")
    store.apply([edit("P1", {"far": 1.0})], "甲", "乙")
    content = bytearray(store.path.read_bytes())
    content[-40 * 4096 : -36 * 4096] = bytes(4 * 4096)
    store.path.write_bytes(content)
    for use in (store.require_sound, lambda: store.apply([edit("P1", {"far": 2.0})], "甲", "乙")):
        with pytest.raises(StoreError, match=r"is damaged.*doctor --restore"):
            use()
    assert store.path.read_bytes() == bytes(content)


def test_each_change_leaves_a_copy_of_what_was_before_and_a_few_are_kept(store: Store) -> None:
    for n in range(8):
        store.apply([edit("P1", {"far": float(n + 3)})], "甲", "乙")
    kept = copies(store.path)
    assert [copy.change for copy in kept] == [8, 7, 6, 5, 4]
    assert Store(kept[0].path).current(PARKS)["far"].tolist()[0] == 9.0
    assert Store(kept[0].path).check() == []


def test_a_copy_is_put_back_in_place_and_the_damaged_file_is_kept(store: Store) -> None:
    store.apply([edit("P1", {"far": 3.0})], "甲", "乙")
    store.apply([edit("P1", {"far": 4.0})], "甲", "乙")
    store.path.write_bytes(b"SQLite format 3\0 and then nothing of use")
    done = restore(store.path)
    assert (done.copy.change, len(store.changes())) == (2, 2)
    assert store.current(PARKS)["far"].tolist()[0] == 3.0
    assert done.aside is not None
    assert done.aside.read_bytes().endswith(b"nothing of use")
    assert restore(store.path, 1).copy.change == 1
    with pytest.raises(StoreError, match="copies hold change"):
        restore(store.path, 77)


MAKER = """
import os, signal, sqlite3, sys
from industrymap.store import _tables
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN IMMEDIATE")
_tables.create(db)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_file_whose_making_was_killed_is_none_and_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "base.gpkg"
    subprocess.run([sys.executable, "-c", MAKER, str(path)], check=False)
    assert path.stat().st_size > 0, "the kill fell in the middle of the making"
    store = Store(path)
    assert not store.exists()
    with pytest.raises(StoreError, match="changes apply"):
        store.current(PARKS)
    assert store.apply([edit("P1")], "甲", "乙") == 1
    assert store.check() == []


def test_a_database_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="changes apply"):
        Store(tmp_path / "base.gpkg").current(PARKS)


def test_a_folder_that_cannot_hold_it_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="permissions"):
        Store(tmp_path / "none" / "base.gpkg").apply([edit("P1")], "甲", "乙")


def _fill(path: str, limit: int) -> None:
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        Store(path).apply([edit(f"F{n}", {"note": "x" * 1000}) for n in range(2000)], "甲", "乙")
    except StoreError:
        sys.exit(7)


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_no_room_for_the_change_leaves_what_was_there(store: Store) -> None:
    context = multiprocessing.get_context("spawn")
    child = context.Process(
        target=_fill, args=(str(store.path), store.path.stat().st_size + 200_000)
    )
    child.start()
    child.join(60)
    assert child.exitcode == 7
    assert store.check() == []
    assert len(store.changes()) == 1
