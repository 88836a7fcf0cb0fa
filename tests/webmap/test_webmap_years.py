"""A past year on a page that a build wrote: its own base, its own figures, and nothing of today's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import lake_city
import pytest
from webmap_browser import opened

from industrymap import pipeline, workspace
from industrymap.store import Edit, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser
    from webmap_browser import Opened


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = lake_city.write(tmp_path_factory.mktemp("years"))
    pipeline.build(folder)
    with opened(browser, folder / "outputs/map.html") as shown:
        yield shown


def show(page: Opened, key: str) -> None:
    """Bring the slider to its first or last step."""
    page.page.focus(".time-slider")
    page.page.keyboard.press(key)
    page.page.wait_for_timeout(200)
    page.settle()


def figure(page: Opened, name: str) -> str:
    return page.page.inner_text(f".figure:has(.figure-name:text-is('{name}'))")


@pytest.mark.browser
def test_a_past_year_shows_its_own_base(page: Opened) -> None:
    show(page, "End")
    assert page.count("enterprises") == 9
    assert "共 9" in figure(page, "入库企业")
    show(page, "Home")
    assert page.count("enterprises") == 8
    assert "共 8" in figure(page, "入库企业")
    assert "1.1" in figure(page, "营业收入")


@pytest.mark.browser
def test_what_a_past_year_lacks_is_unknown(page: Opened) -> None:
    show(page, "Home")
    assert "8 家中 0 家有数据" in figure(page, "从业人员")
    show(page, "End")
    assert "9 家均有数据" in figure(page, "从业人员")


@pytest.mark.browser
def test_areas_add_up_the_base_of_the_year(page: Opened) -> None:
    read = "(app) => ['W1', 'W2'].map((_, row) => app.model.layer('warehouses').columns.value('base_firms', row))"
    page.app("(app) => app.model.layer('warehouses').columns.load(['base_firms'])")
    show(page, "Home")
    assert page.app(read) == [3, 0]
    show(page, "End")
    assert page.app(read) == [4, 0]


@pytest.mark.browser
def test_growth_is_shown_on_the_whole_and_on_the_constant_panel(page: Opened) -> None:
    show(page, "Home")
    note = page.page.inner_text(".time-note")
    assert "2024 年在库企业 8 家" in note
    assert "全部在库 +36%（新进 1 家，退出 1 家，缺一年数据 1 家）；两年均在库的 7 家 +23%" in note
    # the day the data are of, not the day of the build
    assert "数据库自 2025-12-31 起才有记录，此处所示为现状" in note
    assert page.complaints == []


@pytest.mark.browser
def test_what_leaves_the_page_says_the_year_it_shows(page: Opened) -> None:
    show(page, "Home")
    page.page.click("button[title='导出所选数据']")
    with page.page.expect_download() as saved:
        page.page.click(".menu button:has-text('CSV') >> nth=0")
    assert "2024年" in saved.value.suggested_filename
    show(page, "End")


@pytest.mark.browser
def test_growth_is_that_of_the_selection(page: Opened) -> None:
    show(page, "Home")
    west = [{"field": "district", "op": "in", "words": ["湖西区"]}]
    page.app("(app, items) => app.store.set({ filters: { shared: items } })", west)
    page.settle()
    page.page.wait_for_selector(".time-note:has-text('其中符合当前筛选 2 家')")
    note = page.page.inner_text(".time-note")
    # of the three firms in the west one has no revenue of 2024 and one has fallen out of the base
    assert (
        "所选企业 +26%（新进 0 家，退出 1 家，缺一年数据 1 家）；两年均在所选中的 1 家 +19%" in note
    )
    page.app("(app) => app.store.set({ filters: {} })")
    page.settle()


@pytest.fixture(scope="module")
def grown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Open a page whose database held other parks and blocks at the end of 2024 than today."""
    folder = lake_city.write(tmp_path_factory.mktemp("grown"))
    config = folder / workspace.CONFIG
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("2025-12-31", "2024-06-30"), encoding="utf-8")
    pipeline.build(folder)
    config.write_text(text, encoding="utf-8")
    change(folder)
    pipeline.build(folder)
    with opened(browser, folder / "outputs/map.html") as shown:
        yield shown
        # a test reads a canvas back, which the page never does
        assert [c for c in shown.complaints if "willReadFrequently" not in c] == []


def change(folder: Path) -> None:
    edits = [
        Edit(layer="village_parks", id="P1", record={"far": 2.5}),
        Edit(layer="village_parks", id="P2", record={"name": "西园"}, geometry=lake_city.box(0.15, 0.05)),
        Edit(layer="industrial_blocks", id="B1", record={"level": 2}),
    ]  # fmt: skip
    store = Store(workspace.load(folder).database)
    store.apply(edits, "规划科", "新园区", valid_from=date(2025, 3, 1))


@pytest.mark.browser
def test_parks_and_blocks_of_a_past_year_are_those_of_the_database(grown: Opened) -> None:
    read = "async (app) => [await app.model.parks.columns.read('far', 0), await app.model.layer('blocks').columns.read('level', 0)]"
    assert (grown.count("parks"), grown.app(read)) == (2, [2.5, "2"])
    show(grown, "Home")
    assert (grown.count("parks"), grown.app(read)) == (1, [0.6, "1"])
    assert "共 1" in figure(grown, "村级工业园")
    assert "2024-06-30 起的记录" in grown.page.inner_text(".time-note")
    grown.page.keyboard.press("ArrowRight")
    grown.page.wait_for_selector(".time-badge:has-text('2024 年')")
    grown.settle()
    firms = "async (app) => await app.model.parks.columns.read('base_firms', 0)"
    assert grown.app(firms) == 3
    show(grown, "End")
    assert (grown.count("parks"), grown.app(read)) == (2, [2.5, "2"])


@pytest.mark.browser
def test_a_past_park_is_neither_edited_nor_ranked(grown: Opened) -> None:
    show(grown, "Home")
    grown.app("(app) => { app.store.set({ tab: 'choose' }); app.select('parks', 0); }")
    grown.page.wait_for_selector("p:has-text('回到现状后可修改')")
    assert "园区比选只用现状数据" in grown.page.inner_text(".tab-body")
    show(grown, "End")
    grown.page.wait_for_selector("summary:has-text('修改与变更')")
    grown.app("(app) => { app.clearPick(); app.store.set({ tab: 'overview' }); }")


@pytest.mark.browser
def test_the_slider_names_its_steps_and_plays_them_once(page: Opened) -> None:
    ticks = page.page.locator(".time-ticks span").all_text_contents()
    assert ticks == sorted(ticks)
    assert len(ticks) == 1 + int(page.page.get_attribute(".time-slider", "max") or 0) >= 2
    play = page.page.locator(".time-row button[aria-pressed]").first
    show(page, "End")
    play.click()
    # it begins at the first step, whatever was shown
    page.page.wait_for_selector(f".time-badge:has-text('{ticks[0]}')")
    page.page.wait_for_selector(".time-row button[aria-pressed=true]")
    # and ends by itself at the last
    page.page.wait_for_selector(f".time-badge:has-text('{ticks[-1]}')")
    assert play.get_attribute("aria-pressed") == "false"


@pytest.mark.browser
def test_two_years_are_swiped(grown: Opened) -> None:
    """Left of the divider the parks and firms of 2024, right of it those of today."""
    grown.app("(app) => app.stage.show('parks', 1)")
    seen = "(app) => { const p = app.model.parks.shapes.anchor(1); const s = 256 * 2 ** app.stage.map.getZoom(); const o = app.stage.map.getPixelOrigin(); const b = app.stage.areas._bounds.min; const r = app.stage.areas._container.width / parseFloat(app.stage.areas._container.style.width); return [...app.stage.areas._ctx.getImageData((p[0] * s - o.x - b.x) * r, (p[1] * s - o.y - b.y) * r, 1, 1).data]; }"
    grown.settle()
    today = grown.app(seen)
    grown.page.click(".timeline button[aria-label*='对比']")
    grown.page.wait_for_selector(".compare-bar")
    assert grown.page.locator(".compare-bar select").nth(0).input_value() == "year@2024"
    for key, same in (("Home", True), ("End", False)):
        grown.page.focus(".divider")
        grown.page.keyboard.press(key)
        grown.settle()
        assert (grown.app(seen) == today) is same
    assert grown.count("parks") == 2  # the figures beside the map stay those of the slider
    grown.page.click(".compare-bar .icon-button")
