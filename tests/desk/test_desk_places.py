"""Answers on places: two people's review files become one, and nobody's answer is lost silently."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tiny_workspace import tiny_workspace

from industrymap import pipeline
from industrymap.desk import inbox
from industrymap.desk.tasks import TASKS

if TYPE_CHECKING:
    from pathlib import Path

FIRMS = "企业名称,营业收入(万元),地址\n" + "".join(f"企{n}公司,{1200 + n},云麓市第{n}地\n" for n in range(6))  # fmt: skip


def ask(task: str, folder: Path, **said: Any) -> Any:
    return TASKS[task](lambda **_: None, folder=str(folder), said=said)


def places(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = TASKS["places.all"](lambda **_: None, folder=str(folder))["places"]  # fmt: skip
    return sorted(found, key=lambda one: one["address"])


def dropped(folder: Path, data: bytes) -> str:
    number: str = inbox.begin(folder, ["geocode_review.csv"])["draft"]
    arrival = inbox.arrival(folder, number, 0)
    arrival.add(data)
    arrival.finish()
    return number


@pytest.mark.slow
def test_two_reviews_are_merged_and_only_contradictions_are_left_to_decide(tmp_path: Path) -> None:
    mine = tiny_workspace(tmp_path / "mine", FIRMS)
    pipeline.build(mine)
    theirs = tmp_path / "theirs"
    shutil.copytree(mine, theirs)
    at = {one["address"]: one["id"] for one in places(mine)}
    first, second, third = sorted(at)[:3]

    def point(folder: Path, address: str, lon: float) -> None:
        ask("places.save", folder, id=at[address], answer="point", lon=lon, lat=26.05)

    point(mine, first, 114.01)
    point(mine, second, 114.02)
    point(theirs, second, 114.05)
    point(theirs, third, 114.03)
    number = dropped(mine, (theirs / "outputs/geocode_review.csv").read_bytes())
    done = ask("places.merge", mine, draft=number)
    assert (done["taken"], done["same"], done["unknown"]) == (1, 0, 0)
    (conflict,) = done["conflicts"]
    assert conflict["address"] == second
    now = {one["address"]: one["confirmed"]["lon"] for one in places(mine)}
    assert (now[first], now[second], now[third]) == (114.01, 114.02, 114.03)
    # The file waits where it was dropped, and not among the files.
    assert TASKS["files.listed"](lambda **_: None, folder=str(mine))["drafts"] == []
    done = ask("places.merge", mine, draft=number, theirs=[conflict["id"]])
    assert done["conflicts"] == []
    assert {one["address"]: one["confirmed"]["lon"] for one in places(mine)}[second] == 114.05
    assert inbox.drafts(mine) == []


@pytest.mark.slow
def test_a_file_that_is_no_review_of_these_places_is_refused(tmp_path: Path) -> None:
    folder = tiny_workspace(tmp_path / "city", FIRMS)
    pipeline.build(folder)
    before = (folder / "outputs/geocode_review.csv").read_bytes()
    number = dropped(folder, "甲,乙\n1,2\n".encode())
    with pytest.raises(Exception, match=r"review|address|answers"):
        ask("places.merge", folder, draft=number)
    assert (folder / "outputs/geocode_review.csv").read_bytes() == before
