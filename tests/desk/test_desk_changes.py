"""A change file in the desk: what it would do, taking it in, looking back, undoing; nothing else than what was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from desk_server import running
from tiny_workspace import tiny_workspace

from industrymap import pipeline, store, workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desk_server import Running
    from playwright.sync_api import Browser

FIRMS = "企业名称,营业收入(万元),地址\n甲公司,1200,云麓市\n"
CHANGE = "园区编号,容积率,用途\nP1,1.5,\n"
WRONG = "园区编号,容积率\nP9,1.5\n"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny_workspace(tmp_path_factory.mktemp("changes") / "city", FIRMS)
    pipeline.build(folder)
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, city: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("home"), city) as found:
        yield found


def ask(desk: Running, name: str, **said: Any) -> Any:
    answer = desk.post(f"/api/w/{desk.desk.first}/{name}", said)
    return answer.json()


def seen(desk: Running) -> Any:
    return desk.get(f"/api/w/{desk.desk.first}/changes", **{"X-Desk": "1"}).json()


def arrived(desk: Running, name: str, text: str) -> str:
    number = str(ask(desk, "arrive", names=[name])["draft"])
    assert desk.send(f"/api/w/{desk.desk.first}/arrive/{number}/0", text.encode()).ok
    return number


def far(city: Path) -> Any:
    parks = store.open(workspace.load(city)).current("village_parks")
    return parks.set_index("park_id").loc["P1", "far"]


def test_a_change_is_shown_taken_in_kept_and_undone(desk: Running, city: Path) -> None:
    before = far(city)
    draft = arrived(desk, "季度.csv", CHANGE)
    how = {"draft": draft, "layer": "village_parks"}
    shown = ask(desk, "changes/plan", **how)
    assert shown["counts"] == {"add": 0, "change": 1, "remove": 0}
    assert [(one["id"], one["zh"], one["after_zh"]) for one in shown["lines"]] == [
        ("P1", "容积率", "1.5")
    ]
    assert far(city) is before or far(city) == before
    done = ask(desk, "changes/apply", **how, who="张", why="季度", seen=shown["seen"])
    assert far(city) == 1.5
    assert [path.name for path in (city / "changes").iterdir()] == [f"{done['change']:04} 季度.csv"]
    entry = seen(desk)["log"][0]
    assert (entry["who"], entry["why"], entry["changed"]) == ("张", "季度", 1)
    lines = ask(desk, "changes/history", layer="village_parks", id="P1")["lines"]
    assert [(one["before_zh"], one["after_zh"]) for one in lines if one["zh"] == "容积率"] == [
        ("—", "1.5")
    ]
    undone = ask(desk, "changes/undo", change=done["change"], who="张", why="误")
    assert undone["change"] == done["change"] + 1
    assert far(city) is before or far(city) == before


def test_a_file_that_cannot_be_taken_says_why_and_writes_nothing(desk: Running) -> None:
    draft = arrived(desk, "wrong.csv", WRONG)
    how = {"draft": draft, "layer": "village_parks"}
    shown = ask(desk, "changes/plan", **how)
    assert shown["refused"]
    assert "P9" in "".join(one["value"] + one["zh"] for one in shown["findings"])
    n = len(seen(desk)["log"])
    assert "未写入" in ask(desk, "changes/apply", **how, seen=shown["seen"])["zh"]
    assert len(seen(desk)["log"]) == n
    ask(desk, "files/drop", draft=draft)


def test_what_was_agreed_to_is_the_difference_that_was_shown(desk: Running, city: Path) -> None:
    draft = arrived(desk, "a.csv", CHANGE.replace("1.5", "1.9"))
    how = {"draft": draft, "layer": "village_parks"}
    shown = ask(desk, "changes/plan", **how)
    base = store.open(workspace.load(city))
    base.apply([store.Edit(layer="village_parks", id="P2", record={"far": 0.3})], "李", "他处")
    assert "又有变更" in ask(desk, "changes/apply", **how, seen=shown["seen"])["zh"]
    ask(desk, "files/drop", draft=draft)


def test_the_import_of_a_whole_layer_is_not_undone_by_a_slip(desk: Running) -> None:
    assert "图层将为空" in ask(desk, "changes/undo", change=1)["zh"]


@pytest.mark.parametrize("said", [{"change": 0}, {"change": 999}, {"change": "1"}, {}])
def test_no_such_change(desk: Running, said: dict[str, Any]) -> None:
    assert ask(desk, "changes/undo", **said)["en"] == "There is no such change."


def test_a_layer_as_it_was_is_a_workbook(desk: Running) -> None:
    place = f"/w/{desk.desk.first}/as-of.xlsx"
    assert desk.get(f"{place}?kind=village_parks&source=2100-01-01").content[:2] == b"PK"
    assert "不是日期" in desk.get(f"{place}?kind=village_parks&source=gestern").json()["zh"]


@pytest.mark.browser
def test_a_change_file_is_dropped_looked_at_and_written_by_clicks(
    browser: Browser, desk: Running, city: Path
) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.set_default_timeout(60_000)
    page.goto(desk.keys.address)
    page.click("[data-page=changes]")
    page.wait_for_selector("[data-page=changes][aria-current]")
    name = "<img src=x onerror=window.fired=1>.csv"
    page.set_input_files(
        "[data-act=files]",
        [{"name": name, "mimeType": "text/csv", "buffer": CHANGE.replace("1.5", "2.5").encode()}],
    )
    page.wait_for_selector("td:has-text('2.5')")
    assert page.evaluate("window.fired") is None
    page.fill("input[name=who]", "王")
    page.fill("input[name=why]", "季度")
    page.click("[data-act=apply]")
    page.wait_for_selector("[role=status]:has-text('已写入')")
    assert far(city) == 2.5
    page.click("[data-act^=undo-]")
    page.fill("[data-act=undo-form] label:nth-of-type(2) input", "误")
    page.click("[data-act=undo-now]")
    page.wait_for_selector("[role=status]:has-text('已撤销')")
    page.fill("[data-act=feature]", "P1")
    page.click("[data-act=history]")
    page.wait_for_selector(".versions li")
    assert "容积率: — → 2.5" in page.inner_text(".versions")
    page.context.close()
