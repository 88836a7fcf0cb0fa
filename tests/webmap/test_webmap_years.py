"""A past year on a page that a build wrote: its own base, its own figures, and nothing of today's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lake_city
import pytest
from webmap_browser import opened

from industrymap import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    assert "共 9" in figure(page, "企业")
    show(page, "Home")
    assert page.count("enterprises") == 8
    assert "共 8" in figure(page, "企业")
    assert "1.1" in figure(page, "营业收入")


@pytest.mark.browser
def test_what_a_past_year_lacks_is_unknown(page: Opened) -> None:
    show(page, "Home")
    assert "8 家中 0 家有数据" in figure(page, "从业人员")
    show(page, "End")
    assert "9 家中 9 家有数据" in figure(page, "从业人员")


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
    assert "数据库没有这一年的记录" in note
    assert page.complaints == []
