"""What leaves the page: tables, change files, prints, pictures, codes, cards."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import openpyxl
import pytest
import webmap_city
from webmap_browser import Opened, opened

from industrymap import export, schemas
from industrymap.webmap import IndustryMap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from industrymap.webmap import MapModel

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city() -> MapModel:
    return webmap_city.model(600, parks=120, blocks=30)


@pytest.fixture(scope="module")
def shared(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city).save(tmp_path_factory.mktemp("page") / "map.html")
    with opened(browser, path, accept_downloads=True) as page:
        yield page


@pytest.fixture
def page(shared: Opened) -> Iterator[Opened]:
    shared.reset()
    yield shared
    assert shared.requests == []
    assert shared.complaints == []


def saved(page: Opened, click: str) -> bytes:
    with page.page.expect_download() as download:
        page.page.click(click)
    return download.value.path().read_bytes()


def taken(page: Opened, layer: str, kind: str) -> bytes:
    page.page.click("button[title='导出所选数据']")
    return saved(
        page, f".menu-heading:has-text('{layer}') ~ [role=menuitem]:text-is('{kind}') >> nth=0"
    )


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("layer", ["parks", "blocks", "enterprises"])
def test_a_table_of_the_page_is_the_one_that_python_writes(
    page: Opened, city: MapModel, tmp_path: Path, layer: str
) -> None:
    record = next(m.record for m in city.layers if m.record.id == layer)
    frame = city.frame(layer)
    for taxonomy in (
        city.taxonomies if layer == "enterprises" else ()
    ):  # in a build these are words already
        words = {label.value: label.zh for label in taxonomy.labels}
        frame = frame.assign(**{taxonomy.column: frame[taxonomy.column].map(words)})
    [path] = export.write(
        frame,
        tmp_path / "a.csv",
        layer=record.schema,
        everyday=True,
        meta=export.Meta(simulated=True),
    )
    mine, theirs = rows_of(taken(page, record.zh, "CSV")), rows_of(path.read_bytes())
    assert mine[0] == theirs[0]
    assert sorted(mine[1:]) == sorted(theirs[1:])


def test_a_workbook_prints_on_pages_with_title_filter_date_and_source(page: Opened) -> None:
    page.app(
        "(app) => app.store.set({ filters: { parks: [{ field: 'far', op: 'range', min: null, max: 0.9 }] } })"
    )
    page.settle()
    sheet = openpyxl.load_workbook(io.BytesIO(taken(page, "村级工业园", "Excel"))).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert len(heads) == len(set(heads)) <= len(schemas.shown("village_parks"))
    assert "用地面积（亩）" in heads
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
    assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    assert sheet.print_title_rows == "$1:$1"
    title = page.app("(app) => app.model.meta.title")
    said = sheet.oddHeader.left.text
    assert said.startswith(title)
    assert "0.9" in said
    assert page.app("(app) => app.model.meta.source") in sheet.oddFooter.left.text
    assert page.app("(app) => app.model.meta.data_date") in sheet.oddFooter.left.text


def test_the_columns_of_a_table_are_the_readers_choice(page: Opened) -> None:
    page.page.click("button[title='导出所选数据']")
    page.page.click(
        ".menu-heading:has-text('村级工业园') ~ [role=menuitem]:text-is('选择列…') >> nth=0"
    )
    for name in ("区", "镇街"):
        page.page.uncheck(f".column-list label:has(span:text-is('{name}')) input")
    own = rows_of(saved(page, ".dialog .primary:text-is('CSV')"))[0]
    assert own[:3] == ["园区编号", "园区名称", "整治路径"]
    page.app("(app) => app.store.set({ columns: { parks: 'all' } })")
    every = rows_of(taken(page, "村级工业园", "CSV"))[0]
    assert "用地面积（图上）（m²）" in every
    assert len(every) > len(own)
    assert not [name for name in every if "英文" in name]


def test_a_change_file_that_was_saved_is_opened_again(page: Opened) -> None:
    page.app(
        "(app) => { app.edits.setValue('VP00003', 'far', 0.31, null); app.edits.setValue('VP00004', 'ownership', 'mixed', null); }"
    )
    text = saved(page, ".edit-bar .primary").decode("utf-8-sig")
    assert "原容积率" in text
    assert "mixed" not in text
    before = page.app("(app) => { const all = [...app.edits.all]; app.edits.clear(); return all; }")
    with page.page.expect_file_chooser() as chooser:
        page.page.click("button[title='导出所选数据']")
        page.page.click(".menu [role=menuitem]:text-is('打开变更文件…')")
    chooser.value.set_files([{"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode()}])
    page.page.wait_for_selector(".notice:has-text('2')")
    assert page.app("(app) => [...app.edits.all]") == before
    page.app("(app) => app.edits.clear()")
