"""Results from the desk are those of the commands: the same files, byte for byte, and the reasons beside them."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from desk_server import running

from industrymap import pipeline
from industrymap.cli import main
from industrymap.files import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desk_server import Running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small sample city that was built, with a map review number."""
    city = tmp_path_factory.mktemp("results") / "city"
    shutil.copytree(small_city, city)
    config = city / "industrymap.toml"
    text = config.read_text(encoding="utf-8")
    assert 'review_number = ""' in text
    config.write_text(text.replace('review_number = ""', 'review_number = "粤S(2026)001号"', 1), encoding="utf-8")  # fmt: skip
    return city


@pytest.fixture(scope="module")
def by_command(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the city on which the commands work."""
    copy = tmp_path_factory.mktemp("commands") / "city"
    shutil.copytree(built, copy)
    return copy


@pytest.fixture(scope="module")
def desk(built: Path, by_command: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:  # fmt: skip
    assert by_command.is_dir()  # copied before the desk writes anything
    with running(tmp_path_factory.mktemp("home"), built, closed_s=1200.0) as found:
        yield found


def command(folder: Path, *words: str) -> None:
    with suppress(SystemExit):
        main(["--lang", "zh", *words, "-w", str(folder)])


def ask(desk: Running, product: str, **said: Any) -> Any:
    answer = desk.post(f"/api/w/{desk.desk.first}/products/{product}", {"lang": "zh", **said})
    assert answer.status_code == 200, answer.text
    return answer.json()


def long(desk: Running, kind: str, **said: Any) -> Any:
    number = desk.desk.first
    assert desk.post(f"/api/w/{number}/{kind}", {"lang": "zh", **said}).status_code == 200
    job = desk.desk.opened[number].job
    assert job is not None
    until = time.monotonic() + 240
    while job.state == "running" and time.monotonic() < until:
        time.sleep(0.1)
    assert job.state == "done", job.error
    return job.result


def same(one: Path, other: Path, names: list[str]) -> None:
    assert names
    assert [n for n in names if digest(one / n) != digest(other / n)] == []


def test_lists_are_those_of_the_command_with_reasons_and_versions(
    desk: Running, built: Path, by_command: Path
) -> None:
    command(by_command, "lists", "make")
    made = ask(desk, "lists", ids=[])
    names = sorted(f"outputs/lists/{one['id']}.xlsx" for one in made["made"])
    same(built, by_command, names)
    same(built, by_command, sorted(str(p.relative_to(built)) for p in (built / "lists").rglob("*.csv")))  # fmt: skip
    listed = next(one for one in made["made"] if one["firms"])
    one = ask(desk, "list", id=listed["id"])
    assert one["n"] == listed["firms"]
    assert all(row["zh"] and row["en"] for row in one["rows"])
    again = ask(desk, "lists", ids=[listed["id"]])["made"][0]
    assert (again["new"], again["entered"], again["left"]) == (False, 0, 0)


def test_the_stock_take_is_that_of_the_command(desk: Running, built: Path, by_command: Path) -> None:  # fmt: skip
    command(by_command, "report")
    files = ask(desk, "stocktake")["files"]
    same(built, by_command, ["outputs/stocktake.html", "outputs/stocktake.xlsx"])
    page = desk.get(f"/w/{desk.desk.first}/see/{files[0]['id']}")
    assert page.content == (built / "outputs/stocktake.html").read_bytes()
    assert page.headers["Content-Security-Policy"].startswith("sandbox")
    assert "allow-scripts" not in page.headers["Content-Security-Policy"]


def test_park_sheets_are_those_of_the_command(desk: Running, built: Path, by_command: Path) -> None:
    parks = pipeline.layer(built, "village_parks")
    where = f"园区编号 = {parks['park_id'].iloc[0]}"
    command(by_command, "parks", "sheets", "--where", where, "--each")
    drawn = long(desk, "sheets", where=where, each=True)
    assert drawn["parks"] == 1
    names = sorted(p.name for p in (by_command / "outputs/sheets").iterdir())
    assert len(names) == 3
    same(built / "outputs/sheets", by_command / "outputs/sheets", names)


def test_checks_of_blocks_are_those_of_the_command(desk: Running, built: Path, by_command: Path) -> None:  # fmt: skip
    command(by_command, "blocks", "check", "-o", str(by_command / "outputs/checks.xlsx"))
    found = ask(desk, "checks")
    same(built, by_command, ["outputs/checks.xlsx"])
    assert found["n"] == sum(found["counts"].values()) == len(pipeline.layer(built, "checks"))
    # What is broken stands first.
    states = [row["status"] for row in found["rows"]]
    assert states == sorted(states, key=["fail", "undetermined", "info", "pass"].index)


def test_pilots_are_those_of_the_command_and_stand_beside_those_of_other_weights(
    desk: Running, built: Path, by_command: Path
) -> None:
    known = desk.get(f"/api/w/{desk.desk.first}/products").json()
    changed = known["weights"][0]["indicators"][0]["id"]
    for name, shift in (("pilots", ()), ("pilots-2", ("--weight", f"{changed}=90"))):
        command(by_command, "parks", "pilots", *shift, "-o", str(by_command / f"outputs/{name}.xlsx"))  # fmt: skip
    found = ask(desk, "pilots", sides=[{}, {"weights": {changed: "90"}}])
    same(built, by_command, ["outputs/pilots.xlsx", "outputs/pilots-2.xlsx"])
    ours, theirs = ([row for row in found["rows"] if row["sides"][n]["chosen"]] for n in (0, 1))
    assert len(ours) == found["sides"][0]["chosen"]
    assert len(theirs) == found["sides"][1]["chosen"]
    assert f"{changed} = 90" in found["sides"][1]["weights"]["en"]


@pytest.mark.parametrize("kind", ["geojson", "xlsx", "csv", "gpkg", "zip"])
def test_an_export_with_a_filter_is_that_of_the_command(
    desk: Running, built: Path, by_command: Path, kind: str
) -> None:
    where = "面积 > 10000"
    target = by_command / f"outputs/exports/village_parks.{kind}"
    target.parent.mkdir(exist_ok=True)
    command(by_command, "export", "--layer", "parks", "--where", where, "-o", str(target))
    done = ask(desk, "export", layer="village_parks", format="shp" if kind == "zip" else kind, where=where)  # fmt: skip
    assert done["rows"] > 0
    same(built, by_command, [f"outputs/exports/village_parks.{kind}"])


def test_a_filter_in_vain_is_said(desk: Running) -> None:
    done = ask(desk, "export", layer="village_parks", format="csv", where="区 = 没有的区", name="../vain")  # fmt: skip
    assert done["rows"] == 0
    assert "没有的区" in done["absent"][0]["zh"]
    assert done["files"][0]["file"] == "vain.csv"


def test_the_public_profile_is_that_of_the_command_with_its_report(
    desk: Running, built: Path, by_command: Path
) -> None:
    with suppress(SystemExit):
        main(["build", str(by_command), "--profile", "public"])
    found = long(desk, "public")
    names = sorted(p.name for p in (by_command / "outputs/public").iterdir())
    same(built / "outputs/public", by_command / "outputs/public", names)
    same(built, by_command, [f"outputs/{pipeline.WITHHELD}"])
    assert found["withheld"] == sum(one["n"] for one in found["reasons"])
    assert {one["file"] for one in found["files"]} == set(names)


def test_products_are_listed_and_handed_over_by_number(desk: Running, built: Path) -> None:
    listed = desk.get(f"/api/w/{desk.desk.first}/results").json()
    assert {"lists", "sheets", "exports", "public", ""} <= {one["folder"] for one in listed}
    for one in listed:
        data = desk.get(f"/w/{desk.desk.first}/out/{one['id']}").content
        assert data == (built / "outputs" / one["folder"] / one["file"]).read_bytes()
