"""Values that cannot all be true are reported in the page's form, in the words of change files and builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from webmap_browser import opened

from industrymap import changes, citypack, store, workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser
    from webmap_browser import Opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser: Browser, small_city: Path) -> Iterator[Opened]:
    with opened(browser, small_city / "outputs/map.html") as page:
        yield page
        assert page.complaints == []


@pytest.fixture(scope="module")
def park(page: Opened) -> str:
    """Open the form of a park whose floor, land and reported land agree, and return its id."""
    row = page.app("""async (app) => {
        const { columns, n } = app.model.parks;
        await columns.load(['far', 'floor_area_m2', 'land_area_m2', 'land_area_reported_m2']);
        const of = (name, row) => columns.value(name, row);
        for (let row = 0; row < n; row++) {
            const land = of('land_area_m2', row);
            const fits = Math.abs(of('far', row) - of('floor_area_m2', row) / land) < 0.02;
            if (fits && Math.abs(of('land_area_reported_m2', row) / land - 1) < 0.01) return row;
        }
    }""")
    page.app("(app, row) => app.select('parks', row)", row)
    page.page.click("summary:has-text('修改与变更')")
    return page.app("(app, row) => app.model.parks.columns.value('park_id', row)", row)


def field(label: str) -> str:
    return f".edit-line:has(label:has-text('{label}')) >> nth=0"


def put(page: Opened, label: str, text: str) -> str:
    """Type a value and return what is said of it."""
    box = page.page.locator(f"{field(label)} >> input")
    box.fill(text)
    box.press("Tab")
    return page.page.locator(f"{field(label)} >> .contradiction").text_content() or ""


def told(small_city: Path, tmp_path: Path, park: str, column: str, value: str) -> list[str]:
    """Return what a change file with this value is told."""
    space = workspace.load(small_city)
    path = tmp_path / "change.csv"
    path.write_text(f"park_id,action,{column}\n{park},change,{value}\n", encoding="utf-8")
    plan = changes.plan(
        changes.read(path, schema="village_parks"),
        store=store.open(space),
        pack=citypack.load(space.city),
    )
    return [*plan.findings["zh"]]


def test_a_ratio_that_contradicts_floor_and_land_is_said_as_in_a_change_file(
    page: Opened, park: str, small_city: Path, tmp_path: Path
) -> None:
    said = put(page, "容积率", "9.5")
    assert said.startswith("填报容积率 9.5 与建筑面积÷用地面积")
    assert said in told(small_city, tmp_path, park, "容积率", "9.5")
    assert "1 个园区的数值互相矛盾" in page.page.inner_text(".edit-bar")
    page.page.click(".edit-bar [title='撤销']")
    assert page.page.locator(f"{field('容积率')} >> .contradiction").text_content() == ""


def test_a_reported_area_that_contradicts_the_polygon_is_said_as_in_a_change_file(
    page: Opened, park: str, small_city: Path, tmp_path: Path
) -> None:
    said = put(page, "用地面积（填报）", "5000")
    assert said.startswith("填报面积 5,000 m² 与图形面积")
    assert said in told(small_city, tmp_path, park, "用地面积(m²)", "5000")
    page.app("(app) => app.edits.clear()")


def test_more_of_a_part_than_of_the_whole_is_said_as_in_a_change_file(
    page: Opened, park: str, small_city: Path, tmp_path: Path
) -> None:
    said = put(page, "规上企业数（填报）", "99999")
    assert said.startswith("规上企业数（填报） 99999 多于企业数（填报）")
    assert said in told(small_city, tmp_path, park, "规上企业数", "99999")
    page.app("(app) => app.edits.clear()")


@pytest.mark.usefixtures("park")
def test_the_form_shows_a_value_as_people_write_it(page: Opened) -> None:
    page.app(
        "(app) => { const { layer, row } = app.store.state.picked; app.clearPick(); app.select(layer, row); }"
    )
    page.page.click("summary:has-text('修改与变更')")
    box = page.page.locator(f"{field('用地面积（填报）')} >> input")
    shown = box.input_value()
    assert shown.isdecimal()
    # what stands there, typed again, is no change
    box.fill("1")
    box.press("Tab")
    assert put(page, "用地面积（填报）", shown) == ""
    assert page.app("(app) => app.edits.size") == 0


@pytest.mark.usefixtures("park")
def test_a_year_that_is_no_year_is_said_whether_number_or_word(page: Opened) -> None:
    assert put(page, "计划年份", "2205") == "计划年份 2205 不是年份"
    assert put(page, "计划年份", "明年") == "计划年份 明年 不是年份"
    assert put(page, "计划年份", "2027") == ""
    page.app("(app) => app.edits.clear()")


@pytest.mark.usefixtures("park")
def test_a_corner_that_makes_the_polygon_contradict_is_said_at_the_area(page: Opened) -> None:
    page.app("""(app) => {
        const { row } = app.store.state.picked;
        const id = app.model.parks.columns.value('park_id', row);
        const shape = app.model.parks.shapes.geometry(row);
        const [[x, y], ...rest] = shape.coordinates[0];
        const far = [x + 0.02, y + 0.02];
        app.edits.setGeometry(id, { type: 'Polygon', coordinates: [[far, ...rest.slice(0, -1), far]] });
    }""")
    note = page.page.locator(f"{field('用地面积（填报）')} >> .contradiction")
    assert "与图形面积" in (note.text_content() or "")
    page.app("(app) => app.edits.clear()")
