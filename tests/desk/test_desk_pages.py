"""Every page of the desk on a small city whose texts try to run: shown as text, usable by keys and by everybody."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_server import running
from hostile_texts import CORPUS
from tiny_workspace import tiny_workspace

from industrymap import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk_server import Running
    from playwright.sync_api import Browser, Page

PLACES = 24
PAGES = {
    "files": ".drop",
    "build": ".build-head button",
    "issues": ".issue",
    "places": ".place-address",
    "changes": ".log td",
    "results": "tbody td",
    "settings": "input[data-act='workspace.title']",
}


def _firms() -> str:
    """Return firms whose names and addresses try to run; every address says no more than the city."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["企业名称", "统一社会信用代码", "营业收入(万元)", "地址", *CORPUS[:3]])
    for n in range(PLACES):
        text = CORPUS[n % len(CORPUS)].replace("\x00", "")
        table.writerow([f"{text}{n}公司", text, 1200 + n, f"云麓市{text}{n}", text, text, text])
    return out.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("pages")
    city = tiny_workspace(folder / "city", _firms())
    pipeline.build(city)
    with running(folder / "home", city) as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Browser, desk: Running) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    found = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    found.on("request", lambda request: asked.append(request.url))
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    found.set_default_timeout(60_000)
    found.goto(desk.keys.address)
    found.wait_for_selector(".menu")
    yield found
    assert wrong == []
    assert [url for url in asked if not url.startswith((desk.base, "data:"))] == []
    context.close()


def show(page: Page, desk: Running, name: str) -> None:
    page.evaluate(f"location.hash = '#/w/{desk.desk.first}/{name}'")
    page.wait_for_selector(f"[data-page={name}][aria-current]")
    page.wait_for_selector(PAGES[name])


@pytest.mark.browser
def test_the_token_is_gone_from_the_address(page: Page, desk: Running) -> None:
    assert "token" not in page.url
    assert page.evaluate("document.cookie") == ""


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_hostile_texts_as_text(page: Page, desk: Running, name: str) -> None:
    show(page, desk, name)
    seen = page.inner_text("main")
    for _ in range(PLACES if name == "places" else 0):
        page.keyboard.press("n")
        seen += page.inner_text(".place")
    assert page.evaluate("window.fired") is None
    if name in {"issues", "places"}:
        assert "window.fired=1" in seen


@pytest.mark.browser
def test_a_file_named_and_filled_with_hostile_texts_is_shown_as_text(page: Page, desk: Running) -> None:  # fmt: skip
    show(page, desk, "files")
    name = "<img src=x onerror=window.fired=1>{{7*7}}.csv"
    page.set_input_files("[data-act=files]", [{"name": name, "mimeType": "text/csv", "buffer": _firms().encode()}])  # fmt: skip
    page.wait_for_selector(".columns tbody tr")
    assert page.evaluate("window.fired") is None
    assert "{{7*7}}" in page.inner_text("main")
    page.click("[data-act=drop]")
    page.wait_for_selector(".empty")


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_everybody(page: Page, desk: Running, name: str) -> None:
    show(page, desk, name)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert found.response["violations"] == []


@pytest.mark.browser
def test_places_are_answered_by_keys_faster_than_a_person_reads(page: Page, desk: Running) -> None:
    show(page, desk, "results")
    show(page, desk, "places")
    folder = desk.desk.opened[desk.desk.first].folder
    page.evaluate("document.activeElement.blur()")
    times = []
    for n in range(6):
        page.wait_for_selector(f"main [role=status]:has-text('第 {n + 1} / ')")
        page.mouse.click(900, 500)
        page.wait_for_selector("[data-act=confirm]:not([disabled])")
        began = time.perf_counter()
        with page.expect_response("**/places/save") as saved:
            page.keyboard.press("x" if n == 5 else "Enter")
        assert saved.value.ok
        times.append(time.perf_counter() - began)
    # On a quiet machine 30 ms; here others may be at work.
    assert min(times) < 1.0
    text = (folder / "outputs/geocode_review.csv").read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert sum(bool(line["确认经度"]) for line in lines) == 5
    assert [line["备注"] for line in lines].count("不在本市") == 1


@pytest.mark.browser
def test_the_next_build_takes_the_places(page: Page, desk: Running) -> None:
    folder = desk.desk.opened[desk.desk.first].folder
    built = pipeline.build(folder)
    assert int(built.enterprises["geocode_source"].eq("confirmed").sum()) == 5


@pytest.mark.browser
def test_the_other_language_is_one_click_away(page: Page, desk: Running) -> None:
    show(page, desk, "files")
    page.click(".bar-language")
    page.wait_for_selector("text=Choose files")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.click(".bar-language")
    page.wait_for_selector("text=选择文件")


@pytest.mark.browser
def test_home_can_be_used_by_everybody_and_shows_a_title_as_text(page: Page, desk: Running) -> None:
    page.evaluate("location.hash = '#/'")
    page.wait_for_selector("[data-act=create]")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert found.response["violations"] == []
    title = "<img src=x onerror=window.fired=1>{{7*7}}"
    page.fill("input[name=title]", title)
    page.click("[data-act=create]")
    page.wait_for_selector(".drop")
    assert page.inner_text("h1") == title
    assert page.evaluate("window.fired") is None
    made = desk.desk.shelf.workspaces()[0]
    assert made["title"] == title
    assert "/" not in made["folder"]
