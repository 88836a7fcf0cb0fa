"""A dropped file: read as a check reads it, mended by a person, taken in without a word of the configuration lost."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from tiny_workspace import tiny_workspace

from industrymap import files, pipeline, workspace
from industrymap.desk import inbox
from industrymap.desk.jobs import Job
from industrymap.desk.rooms import Desk
from industrymap.desk.shelf import Shelf
from industrymap.desk.shortcut import text_of, write_shortcut
from industrymap.desk.tasks import TASKS
from industrymap.desk.tasks import workspace as made
from industrymap.desk.work import RefusedError, Worker
from industrymap.errors import ConfigError, FileRefusedError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

T = TypeVar("T")
FIRMS = "单位名称,全年进账,地址\n甲公司,12000000,云麓市青棠区\n乙公司,9000000,云麓市青棠区\n"
MENDED = {"全年进账": {"field": "revenue_10k_cny", "unit": "元"}}


def quiet(**_: Any) -> None:
    """Hear of no progress."""


def ask(task: str, folder: Path, **said: Any) -> Any:
    return TASKS[task](quiet, folder=str(folder), said=said)


def dropped(folder: Path, **contents: bytes) -> str:
    names = [name.replace("__", ".") for name in contents]
    number: str = inbox.begin(folder, names)["draft"]
    for part, data in enumerate(contents.values()):
        arrival = inbox.arrival(folder, number, part)
        arrival.add(data)
        arrival.finish()
    return number


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    made.new(quiet, folder=str(folder), title="试验", city="sample", producer="某局")
    return folder


def test_a_new_workspace_names_no_file_that_is_not_there(city: Path) -> None:
    space = workspace.load(city)
    assert (space.tables, space.layers, space.districts, space.producer) == ((), (), None, "某局")
    assert "制图单位" in (city / "industrymap.toml").read_text("utf-8")


def test_a_column_nobody_knows_is_shown_and_what_a_person_says_of_it_is_used(city: Path) -> None:
    number = dropped(city, 收入__csv=FIRMS.encode("gb18030"))
    before = ask("files.check", city, draft=number, choices={})
    unknown = {c["heading"]: c for c in before["reads"][0]["columns"]}["全年进账"]
    assert unknown["field"] == ""
    choices = {"what": "statistics", "columns": MENDED}
    after = ask("files.check", city, draft=number, choices=choices)
    known = {c["heading"]: c for c in after["reads"][0]["columns"]}["全年进账"]
    assert known["field"] == "revenue_10k_cny"
    assert "0.0001" in known["en"]
    assert "1 firm" in after["firms"][1]["en"]


def test_rows_are_shown_as_they_stand_with_headings_marked(city: Path) -> None:
    number = dropped(city, 收入__csv=f"某市企业收入表,,\n{FIRMS}".encode())
    preview = ask("files.check", city, draft=number, choices={})["reads"][0]["preview"]
    assert preview["rows"][0][0] == "某市企业收入表"
    assert (preview["heads"], preview["data"]) == ([2], 3)


def test_taking_in_copies_the_bytes_and_keeps_every_other_word(city: Path) -> None:
    number = dropped(city, 收入__csv=FIRMS.encode("gb18030"))
    config = city / "industrymap.toml"
    config.write_text(config.read_text("utf-8") + "\n# 我的备注 stays\n", encoding="utf-8")
    before = [line for line in config.read_text("utf-8").splitlines() if line.startswith("#")]
    ask("files.take", city, draft=number, choices={"what": "statistics", "columns": MENDED})
    after = config.read_text("utf-8")
    assert [line for line in after.splitlines() if line.startswith("#")] == before
    assert (city / "layers" / "收入.csv").read_bytes() == FIRMS.encode("gb18030")
    [table] = workspace.load(city).tables
    assert (table.columns, table.units) == ({"全年进账": "revenue_10k_cny"}, {"全年进账": "元"})
    assert inbox.drafts(city) == []


def test_a_file_that_is_there_is_replaced_only_when_a_person_says_so(city: Path) -> None:
    for _ in range(2):
        number = dropped(city, a__csv=FIRMS.encode())
        choices = {"what": "statistics"}
        if (city / "layers" / "a.csv").exists():
            with pytest.raises(ConfigError, match="is there already"):
                ask("files.take", city, draft=number, choices=choices)
            ask("files.take", city, draft=number, choices=choices, replace=True)
        else:
            ask("files.take", city, draft=number, choices=choices)
    assert len(workspace.load(city).tables) == 1


def test_boundaries_are_taken_in_where_boundaries_lie(city: Path) -> None:
    square = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"青棠区"},"geometry":{"type":"Polygon","coordinates":[[[114,26],[114.1,26],[114.1,26.1],[114,26]]]}}]}'
    number = dropped(city, d__geojson=square.encode())
    chosen = ask("files.check", city, draft=number, choices={"what": "districts", "datum": "gcj02"})
    assert "GCJ-02" in str(chosen["reads"][0]["understood"])
    ask("files.take", city, draft=number, choices={"what": "districts", "datum": "gcj02"})
    edge = workspace.load(city).districts
    assert edge is not None
    assert (edge.file, edge.datum) == ((city / "boundaries/d.geojson").resolve(), "gcj02")


def test_parts_of_a_layer_are_taken_in_together(city: Path) -> None:
    number = dropped(city, a__dbf=b"1", a__shp=b"2", a__prj=b"3")
    assert inbox.main_file(city, number).name == "a.shp"


def test_a_choice_that_would_spoil_the_configuration_is_not_written(city: Path) -> None:
    number = dropped(city, a__csv=FIRMS.encode())
    before = (city / "industrymap.toml").read_bytes()
    wrong = {"what": "statistics", "columns": {"地址": {"field": "no_such_field", "unit": ""}}}
    with pytest.raises(ConfigError, match="no_such_field"):
        ask("files.take", city, draft=number, choices=wrong)
    assert (city / "industrymap.toml").read_bytes() == before


def test_a_file_larger_than_allowed_leaves_nothing(tmp_path: Path) -> None:
    arrival = files.Arrival(tmp_path / "a.csv", most=3)
    with pytest.raises(FileRefusedError, match="more than 3"):
        arrival.add(b"1234")
    assert list(tmp_path.iterdir()) == []


def alone(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: a browser of another test keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_a_cancelled_build_leaves_the_outputs_as_they_were(tmp_path: Path) -> None:
    folder = tiny_workspace(tmp_path / "city", FIRMS)
    (folder / "outputs" / "map.html").write_text("before", encoding="utf-8")

    async def cancelled() -> Job:
        begun = asyncio.Event()
        job = Job(kind="build", changed=begun.set)
        job.start("build.run", {"folder": str(folder)})
        await begun.wait()
        await job.cancel()
        return job

    assert alone(cancelled()).state == "cancelled"
    assert [p.name for p in (folder / "outputs").iterdir()] == ["map.html"]


def test_a_process_that_is_killed_is_said_and_comes_again() -> None:
    async def killed() -> bytes:
        worker = Worker()
        await worker.ask("workspace.cities", {})
        asked = asyncio.create_task(worker.ask("workspace.cities", {}))
        await asyncio.sleep(0)
        await worker.end()
        with pytest.raises(RefusedError, match="ended unexpectedly"):
            await asked
        answer = await worker.ask("workspace.cities", {})
        await worker.end()
        return answer

    assert b"sample" in alone(killed())


def test_a_process_that_waits_gives_its_memory_back_and_comes_again(tmp_path: Path) -> None:
    async def asked_twice() -> tuple[bool, bytes]:
        worker = Worker()
        await worker.ask("workspace.cities", {})
        await worker.rest()
        rested = not worker.running
        answer = await worker.ask("workspace.cities", {})
        await worker.end()
        return rested, answer

    rested, answer = alone(asked_twice())
    assert rested
    assert b"sample" in answer


@pytest.mark.parametrize(
    ("platform", "name", "said"),
    [
        (
            "win32",
            "industrymap.bat",
            '"C:\\py 3\\python.exe" "-m" "industrymap" "desk" "D:\\50%% city"',
        ),
        ("darwin", "industrymap.command", "exec 'C:\\py 3\\python.exe' -m industrymap desk"),
        ("linux", "industrymap.desktop", 'Exec="C:\\\\\\\\py 3\\\\\\\\python.exe" "-m"'),
    ],
)
def test_an_icon_starts_the_desk(
    platform: str, name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said in text_of(platform, "C:\\py 3\\python.exe", "D:\\50% city")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "Desktop").mkdir()
    path = write_shortcut(None, platform=platform)
    assert path == (tmp_path / "Desktop" / name).resolve()


def test_a_question_that_is_being_answered_keeps_the_desk_awake(tmp_path: Path) -> None:
    folder = tiny_workspace(tmp_path / "city", FIRMS)

    async def asked() -> tuple[bool, bool, bool]:
        desk = Desk(Shelf(tmp_path / "home"))
        number = desk.enter(folder)
        before = desk.busy
        asking = asyncio.create_task(desk.opened[number].quick.ask("workspace.cities", {}))
        await asyncio.sleep(0.05)
        during = desk.busy
        await asking
        after = desk.busy
        await desk.close()
        return before, during, after

    assert alone(asked()) == (False, True, False)


SHIFTED = "企业名称,经度,纬度,地址\n" + "".join(
    f"企{n}公司,{114.0 + n / 1000:.4f},26.05,云麓市青棠区\n" for n in range(5)
)


def test_where_points_would_lie_in_each_datum_is_shown_beside_the_districts(city: Path) -> None:
    square = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"青棠区"},"geometry":{"type":"Polygon","coordinates":[[[113.99,26],[114.1,26],[114.1,26.1],[113.99,26.1],[113.99,26]]]}}]}'
    number = dropped(city, d__geojson=square.encode())
    ask("files.take", city, draft=number, choices={"what": "districts", "datum": "wgs84"})
    number = dropped(city, p__csv=SHIFTED.encode())
    found = ask("files.where", city, draft=number, choices={"what": "coordinates"})
    assert found["n"] == 5
    lat, lon = found["points"]["wgs84"][0]
    assert (lat, lon) == (26.05, 114.0)
    # Numbers of GCJ-02 lie some 500 m further south-east than the place they mean.
    away = [found["points"][name][0] for name in ("gcj02", "bd09")]
    assert all(0.001 < lon - b < 0.02 for _, b in away)
    assert found["shares"]["wgs84"] == {"named": 1.0, "within": 1.0, "n": 5}
    assert len(found["outlines"]) == 1


def test_reading_of_a_file_that_was_taken_in_is_mended_and_everything_else_stays(city: Path) -> None:  # fmt: skip
    number = dropped(city, 收入__csv=FIRMS.encode("gb18030"))
    ask("files.take", city, draft=number, choices={"what": "statistics"})
    config = city / "industrymap.toml"
    text = config.read_text("utf-8")
    kind = 'kind = "statistics"'
    config.write_text(text.replace(kind, f"{kind}, year = 2023", 1), encoding="utf-8")
    (one,) = [n for n in TASKS["files.listed"](quiet, folder=str(city))["named"] if n["id"]]
    before = ask("files.check", city, named=one["id"])
    assert before["choices"]["columns"] == {}
    unknown = {c["heading"]: c for c in before["reads"][0]["columns"]}["全年进账"]
    assert unknown["field"] == ""
    choices = before["choices"] | {"columns": MENDED}
    after = ask("files.check", city, named=one["id"], choices=choices)
    known = {c["heading"]: c for c in after["reads"][0]["columns"]}["全年进账"]
    assert known["field"] == "revenue_10k_cny"
    ask("files.mend", city, named=one["id"], choices=choices)
    [table] = workspace.load(city).tables
    assert (table.columns, table.units) == ({"全年进账": "revenue_10k_cny"}, {"全年进账": "元"})
    assert table.year == 2023
    # Taking it back leaves the entry as it was.
    ask("files.mend", city, named=one["id"], choices=choices | {"columns": {}})
    [table] = workspace.load(city).tables
    assert (table.columns, table.year) == ({}, 2023)


@pytest.mark.slow
def test_what_a_file_adds_and_changes_is_said_before_it_is_taken_in(tmp_path: Path) -> None:
    firms = "企业名称,统一社会信用代码,2024年营业收入(万元),地址\n甲公司,,1200,云麓市青棠区\n乙公司,,900,云麓市青棠区\n"
    folder = tiny_workspace(tmp_path / "city", firms)
    pipeline.build(folder)
    more = "企业名称,2024年营业收入(万元),2023年营业收入(万元)\n甲公司,1300,1000\n乙公司,900,800\n丙公司,5,\n"
    number = dropped(folder, more__csv=more.encode())
    said = ask("files.check", folder, draft=number, choices={"what": "statistics"})["effect"]
    assert "the base has (by credit code or name): 2;" in said[0]["en"]
    assert "not in it: 1, such as 丙公司" in said[0]["en"]
    by_year = {line["en"][11:15]: line["en"] for line in said[1:]}
    assert "0 new, 1 different, 1 the same" in by_year["2024"]
    assert "2 new, 0 different, 0 the same" in by_year["2023"]
    parks = dropped(folder, parks__geojson=(folder / "parks.geojson").read_bytes().replace(b'"P3"', b'"P9"'))  # fmt: skip
    said = ask("files.check", folder, draft=parks, choices={"what": "village_parks"})["effect"]
    assert "1 new, 0 of another outline, 1 not in this file" in said[0]["en"]
    assert "under Changes" in said[1]["en"]
