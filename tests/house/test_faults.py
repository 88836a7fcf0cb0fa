"""What goes wrong with a machine: each fault is recovered from or refused with one sentence, and nothing is lost.

Others stand where they belong: kills in ``test_build_kills``, damaged pages and busy databases in ``test_store_faults``, damaged caches
in ``test_cache``, an interrupted geocoding in ``test_chain``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import build_kills
import pytest
import shapely

from industrymap import doctor, files, pipeline
from industrymap.errors import ConflictError, IndustryMapError, WriteFailedError
from industrymap.store import Edit, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def mount(folder: Path, *options: str) -> Path:
    """Mount a small memory disk, or skip where that is not allowed."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    if not ROOT or shutil.which("mount") is None:
        pytest.skip("only root can mount a disk")
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    mounted: list[Path] = []

    def make(*options: str) -> Path:
        mounted.append(mount(tmp_path / f"disk{len(mounted)}", *options))
        return mounted[-1]

    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tiny workspace that has been built."""
    folder = build_kills.tiny(tmp_path_factory.mktemp("faults") / "city")
    pipeline.build(folder)
    return folder


def in_a_child(job: Callable[[], str], *, user: int | None = None) -> str:
    """Run a job in a process of its own, as another user where one is named; return what it says."""
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if user is not None:
                os.seteuid(user)
            os.write(tell, job().encode())
        except BaseException:  # noqa: BLE001 - the child has nobody else to tell
            os.write(tell, traceback.format_exc()[-3000:].encode())
        finally:
            os._exit(0)
    os.close(tell)
    said = b""
    while part := os.read(hear, 65536):
        said += part
    os.close(hear)
    os.waitpid(child, 0)
    return said.decode()


# a full disk


def test_a_full_disk_is_one_sentence_and_the_old_file_stands(disk: Callable[..., Path]) -> None:
    folder = disk("size=512k")
    path = files.write_text(folder / "a.txt", "旧" * 1000)
    with pytest.raises(WriteFailedError, match="the disk is full") as caught:
        files.write_bytes(path, b"x" * 1_000_000)
    assert "磁盘已满" in caught.value.zh
    assert path.read_text(encoding="utf-8") == "旧" * 1000
    assert [p.name for p in folder.iterdir()] == ["a.txt"]


@pytest.mark.slow
def test_a_build_on_a_full_disk_is_one_sentence_and_old_outputs_stand(
    city: Path, disk: Callable[..., Path]
) -> None:
    size = sum(p.stat().st_size for p in city.rglob("*") if p.is_file())
    own = disk(f"size={size + 600_000}") / "city"
    shutil.copytree(city, own)
    before = build_kills.look(own)
    with pytest.raises(WriteFailedError, match="the disk is full"):
        pipeline.build(own)
    after = build_kills.look(own)
    assert after == before
    told = {f.about: f.en for f in doctor.examine(own) if f.level == "do"}
    assert "make room before you build" in told["disk"]


# no permission; a file another program holds open is refused in the same words: Windows answers so, nothing else here can


@FORK
@pytest.mark.skipif(not ROOT, reason="only root can become another user for a moment")
def test_a_folder_without_permission_is_one_sentence(tmp_path: Path) -> None:
    path = files.write_text(tmp_path / "a.txt", "旧")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder.name.startswith(("pytest", "test_")):
            folder.chmod(0o755)

    def job() -> str:
        try:
            files.write_text(path, "新")
        except WriteFailedError as error:
            return error.en
        return "written"

    said = in_a_child(job, user=65534)
    assert "there is no permission, or the file is open in another program" in said
    assert path.read_text(encoding="utf-8") == "旧"


def test_a_read_only_disk_is_one_sentence_and_doctor_says_so(
    city: Path, disk: Callable[..., Path]
) -> None:
    folder = disk("size=60m")
    shutil.copytree(city, folder / "city")
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with pytest.raises(WriteFailedError, match="the disk is read-only"):
        files.write_text(folder / "city" / "outputs" / "issues.csv", "x")
    assert any("cannot be written" in f.en for f in doctor.examine(folder / "city"))


# a clock that goes back


def edit(id_: str, name: str) -> list[Edit]:
    return [Edit(layer="village_parks", id=id_, record={"name": name}, geometry=shapely.box(113, 23, 113.1, 23.1))]  # fmt: skip


def at(year: int) -> Callable[[], datetime]:
    return lambda: datetime(year, 3, 1, tzinfo=UTC)


def test_a_clock_that_went_back_cannot_rewrite_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "base.gpkg"
    Store(path, now=at(2026)).apply(edit("P1", "甲"), "me", "first")
    with pytest.raises(ConflictError, match="2020-03-01, but its state since 2026-03-01"):
        Store(path, now=at(2020)).apply(edit("P1", "乙"), "me", "the clock is wrong")
    Store(path, now=at(2020)).apply(edit("P2", "丙"), "me", "another park")
    store = Store(path, now=at(2026))
    assert store.changes()["why"].tolist() == ["first", "another park"]  # in the order of writing
    assert store.current("village_parks").set_index("park_id")["name"].to_dict() == {"P1": "甲", "P2": "丙"}  # fmt: skip
    assert store.check() == []


def test_doctor_tells_of_changes_from_the_future(city: Path, tmp_path: Path) -> None:
    own = shutil.copytree(city, tmp_path / "city")
    assert not any(f.about == "clock" for f in doctor.examine(own))
    Store(own / "base.gpkg", now=at(2199)).apply(edit("新园", "甲"), "me", "from the future")
    (told,) = [f for f in doctor.examine(own) if f.about == "clock"]
    assert "2199-03-01" in told.en
    assert "set the clock right" in told.en
    assert doctor.verdict(doctor.examine(own)) == 1


def test_a_leftover_from_the_future_is_not_taken_for_a_file_being_written(
    city: Path, tmp_path: Path
) -> None:
    own = shutil.copytree(city, tmp_path / "city")
    leftover = own / "outputs" / ".map.0123456789ab.html"
    leftover.write_bytes(b"half")
    os.utime(leftover, (4e9, 4e9))
    assert any(f.about == "leftovers" and f.level == "do" for f in doctor.examine(own))


# two builds at once


@FORK
@pytest.mark.slow
def test_two_builds_at_once_leave_one_whole_set_and_one_database(
    city: Path, tmp_path: Path
) -> None:
    own = shutil.copytree(city, tmp_path / "city")
    whole = build_kills.look(own)
    (own / "base.gpkg").unlink()
    shutil.rmtree(own / "outputs")

    def job() -> str:
        try:
            pipeline.build(own)
        except IndustryMapError as error:
            return f"refused: {error.en}"
        return "built"

    hear, tell = os.pipe()
    other = os.fork()
    if other == 0:
        os.close(hear)
        os.write(tell, job().encode())
        os._exit(0)
    os.close(tell)
    mine = in_a_child(job)
    said = os.read(hear, 65536).decode()
    os.waitpid(other, 0)
    assert "built" in {mine, said}
    assert all(word == "built" or word.startswith("refused: ") for word in (mine, said)), (mine, said)  # fmt: skip
    found = build_kills.look(own)
    assert found.layers == whole.layers, "a layer was brought in twice, or by half"
    assert found.files == whole.files


# what is damaged is named, and the sound rest goes on


@pytest.mark.slow
def test_a_damaged_database_refuses_the_build_in_one_sentence_and_stays(
    city: Path, tmp_path: Path
) -> None:
    own = shutil.copytree(city, tmp_path / "city")
    database = own / "base.gpkg"
    data = bytearray(database.read_bytes())
    for page in range(20, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    database.write_bytes(data)
    before = {p: p.read_bytes() for p in own.rglob("*") if p.is_file()}
    with pytest.raises(IndustryMapError) as caught:
        pipeline.build(own)
    assert "\n" not in caught.value.en
    assert "base.gpkg" in caught.value.en
    assert {p: p.read_bytes() for p in own.rglob("*") if p.is_file()} == before
    assert doctor.verdict(doctor.examine(own)) == 2
    assert sys.exc_info()[0] is None
