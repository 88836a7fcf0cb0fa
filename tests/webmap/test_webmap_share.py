"""What leaves the page: tables, change files, prints, pictures, codes, cards."""

from __future__ import annotations

import csv
import io
import re
import shutil
import struct
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

import openpyxl
import pytest
import webmap_city
from webmap_browser import Opened, opened

from industrymap import export, schemas
from industrymap.webmap import IndustryMap

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def page_path(page: Opened) -> Path:
    return Path(unquote(urlparse(page.page.url).path))


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
    assert sheet.title == "村级工业园（模拟数据）"  # as in a workbook of the command line
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


FEW = """(app) => app.store.set({ filters: { parks: [{ field: 'far', op: 'range', min: null, max: 0.6 }],
    shared: [{ field: 'district', op: 'in', words: [app.model.parks.columns.column('district').words[0]] }] } })"""


def dialog(page: Opened, paper: str, *, listed: bool = True) -> None:
    page.page.evaluate("window.print = () => {}")
    page.page.click("button[aria-label='打印']")
    page.page.check(f".dialog input[value={paper}]")
    page.page.set_checked(".dialog input[name=list]", listed)


def printed(page: Opened, tmp_path: Path) -> tuple[bytes, str]:
    """The PDF that Chromium makes of the sheet, and its text."""
    page.page.click(".dialog .primary")
    page.page.wait_for_selector(".dialog", state="detached")
    path = tmp_path / "sheet.pdf"
    path.write_bytes(page.page.pdf(prefer_css_page_size=True))
    page.page.evaluate("document.querySelector('.print-sheet').remove()")
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return path.read_bytes(), done.stdout.decode()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext (poppler-utils) here")
@pytest.mark.parametrize(
    ("paper", "size"),
    [("a4l", (297, 210)), ("a4p", (210, 297)), ("a3l", (420, 297)), ("a3p", (297, 420))],
)
def test_a_print_is_one_sheet_whose_text_is_text(
    page: Opened, city: MapModel, tmp_path: Path, paper: str, size: tuple[int, int]
) -> None:
    page.app(FEW)
    page.settle()
    dialog(page, paper)
    page.page.fill(".dialog input[name=title]", "低效园区一览")
    page.page.fill(".dialog input[name=note]", "供会议讨论")
    pdf, text = printed(page, tmp_path)
    box = [float(v) for v in pdf.split(b"/MediaBox [")[1].split(b"]")[0].split()]
    assert (box[2] / 72 * 25.4, box[3] / 72 * 25.4) == pytest.approx(size, abs=1)
    assert text.count("\f") == 1
    parks = city.parks[
        (city.parks["far"] <= 0.6)
        & (
            city.parks["district"]
            == page.app("(app) => app.model.parks.columns.column('district').words[0]")
        )
    ]
    assert 0 < len(parks) <= 12
    for words in (
        "低效园区一览", "供会议讨论", f"村级工业园 {len(parks)}", "容积率：≤ 0.6", "北", "位置图",
        "数据截至 2026-06-30", "审图号", "来源：", "用地面积（亩）", *parks["name"],
    ):  # fmt: skip
        assert words in text, words
    assert re.search(r"1 : [\d,]+000\b", text)
    assert not re.search(r"其余 \d+ 项", text)


def test_the_ratio_of_a_print_is_true_and_the_selection_fits(page: Opened, city: MapModel) -> None:
    page.app(FEW)
    page.settle()
    dialog(page, "a4p")
    page.page.click(".dialog .primary")
    page.page.wait_for_selector(".dialog", state="detached")
    found = page.page.evaluate(
        """() => { const root = document.querySelector('.print-sheet svg'); const words = [...root.querySelectorAll('text')].map((t) => t.textContent);
          const bar = [...root.querySelectorAll('svg path')].map((p) => p.getAttribute('d')).find((d) => (d.match(/L/g) || []).length === 3);
          const xs = bar.match(/[ML]([\\d.]+)/g).map((v) => Number(v.slice(1)));
          document.querySelector('.print-sheet').remove();
          return { wide: Number(root.viewBox.baseVal.width), bar: xs[2] - xs[1], words }; }"""
    )
    ratio = next(w for w in found["words"] if w.startswith("1 : "))
    metres = next(w for w in found["words"] if re.fullmatch(r"[\d.]+ k?m", w))
    length = float(metres.split()[0]) * (1000 if metres.endswith("km") else 1)
    on_paper = found["bar"] / found["wide"] * 0.194  # metres: 194 mm are between the margins
    assert length / on_paper == pytest.approx(float(ratio[4:].replace(",", "")), rel=0.01)


@pytest.mark.parametrize("topic", ["enterprises", "areas"])
def test_the_legend_of_a_print_is_whole_and_in_letters_of_their_own_width(
    page: Opened, topic: str
) -> None:
    page.page.click(f"[data-topic={topic}]")
    page.settle()
    dialog(page, "a4p", listed=False)
    page.page.click(".dialog .primary")
    page.page.wait_for_selector(".dialog", state="detached")
    words = page.page.evaluate(
        """() => { const found = [...document.querySelectorAll('.print-sheet svg text')].map((t) => [t.textContent, t.getAttribute('x'), t.hasAttribute('textLength')]);
          document.querySelector('.print-sheet').remove(); return found; }"""
    )
    assert [w for w, _, squeezed in words if squeezed] == []
    assert not any(re.search(r"其余 \d+ 项", w) for w, _, _ in words)
    said = " ".join(w for w, _, _ in words)
    if topic == "enterprises":
        assert "道路" in said
        # the scale of circles stands in one column
        places = [float(x) for w, x, _ in words if re.fullmatch(r"[\d.]+ 亿元", w)]
        assert len(places) == 3
        assert max(places) - min(places) < 40
    else:
        assert "镇街界" in said  # towns are shaded, so their borders are drawn
        assert re.search(r"n = \d+", said)


def test_a_long_list_stands_on_the_pages_behind_the_map(page: Opened, tmp_path: Path) -> None:
    dialog(page, "a4l")
    said = int(re.search(r"约 (\d+) 页", page.page.inner_text(".pages-note"))[1])
    _, text = printed(page, tmp_path)
    pages = text.split("\f")[:-1]
    assert len(pages) > 2
    assert said == pytest.approx(len(pages) - 1, rel=0.15, abs=1)
    assert "1 : " in pages[0]
    assert all("用地面积" in p and "（亩）" in p for p in pages[1:-1])


@pytest.mark.parametrize("pixels", [1080, 2400])
def test_a_picture_has_the_width_that_was_asked_for(page: Opened, pixels: int) -> None:
    page.app(FEW)
    page.settle()
    dialog(page, "a4p")
    page.page.select_option(".dialog select", str(pixels))
    data = saved(page, ".dialog .button:text-is('存为图片')")
    wide, tall = struct.unpack(">II", data[16:24])
    assert wide == pixels
    assert tall / wide == pytest.approx(280 / 194, rel=0.02)


USUAL = """async (app) => {
  const word = (layer, field, i) => app.model.layer(layer).columns.column(field).words[i];
  app.store.set({ topic: 'parks', subject: 'parks', tab: 'table', sort: { parks: { field: 'land_area_m2', down: true } }, filters: {
    shared: [{ field: 'district', op: 'in', words: [word('parks', 'district', 0), word('parks', 'district', 1)] }],
    parks: [{ field: 'route', op: 'in', words: ['upgrade'] }, { field: 'far', op: 'range', min: null, max: 0.85 }, { field: 'above_scale', op: 'range', min: 1, max: null }] } });
  app.stage.map.setView([23.2013, 113.5127], 12.5, { animate: false });
  await app.engine.run(); app.select('parks', 7); return app.codes.make(); }"""


def test_a_code_of_a_usual_view_is_short_and_opens_in_another_copy(
    browser: Browser, page: Opened, city: MapModel, tmp_path: Path
) -> None:
    code = page.app(USUAL)
    assert len(code) <= 300
    # the colleague's copy has the parks in another order, and stands elsewhere
    turned = city.with_frames(parks=city.parks.iloc[::-1].reset_index(drop=True))
    with opened(browser, IndustryMap(turned).save(tmp_path / "other.html")) as other:
        other.page.fill(".search-input", f"看这里：{code} 谢谢")
        other.page.click("[role=option]")
        other.page.wait_for_selector(".sheet-head")
        other.settle()
        kept = "(app) => [app.store.state.filters, app.store.state.tab, app.store.state.sort]"
        drop = "(app) => JSON.parse(JSON.stringify(app.store.state.filters), (k, v) => (v === null ? undefined : v))"
        assert other.app(drop) == page.app(drop)
        assert other.app(kept)[1:] == page.app(kept)[1:]
        assert other.count("parks") == page.count("parks")
        name = "(app) => app.model.parks.columns.read('park_id', app.store.state.picked.row)"
        assert other.app(name) == page.app(name)
        where = "(app) => { const c = app.stage.map.getCenter(); return [c.lng, c.lat, app.stage.map.getZoom()]; }"
        assert other.app(where) == pytest.approx(page.app(where), abs=1e-3)
        assert other.complaints == []


@pytest.mark.parametrize(
    "text",
    ["IM1AAAAAAAAAAAA", "IM0e30bm9uc2Vuc2U", "IM0" + "eyJ2IjoyLCJsIjo3fQ", "IM1" + "x" * 900],
)
def test_a_code_that_makes_no_sense_changes_nothing(page: Opened, text: str) -> None:
    before = page.app("(app) => JSON.stringify([app.store.state.filters, app.store.state.layers])")
    page.page.fill(".search-input", text)
    page.page.click("[role=option]")
    page.settle()
    assert (
        page.app("(app) => JSON.stringify([app.store.state.filters, app.store.state.layers])")
        == before
    )


def test_views_and_notes_are_kept_and_travel_as_a_small_file(
    browser: Browser, page: Opened
) -> None:
    page.app(
        "(app) => { app.store.set({ filters: { parks: [{ field: 'route', op: 'in', words: ['upgrade'] }] } }); app.select('parks', 3); }"
    )
    page.settle()
    n = page.count("parks")
    page.page.fill(".note-box", "<b>先看</b>")
    page.page.press(".note-box", "Tab")
    page.page.click(".tool[title*='链接']")
    page.page.fill(".dialog input[placeholder='给当前视图起名']", "改造提升")
    page.page.click(".dialog .button:text-is('保存')")
    data = saved(page, ".dialog .button:text-is('导出为文件')")
    page.page.click(".dialog .primary")
    assert len(data) < 2000
    with opened(browser, page_path(page)) as other:
        other.page.click(".tool[title*='链接']")
        other.page.set_input_files(
            ".dialog input[type=file]",
            [{"name": "v.json", "mimeType": "application/json", "buffer": data}],
        )
        other.page.wait_for_selector(".notice:has-text('1')")
        other.page.click(".tool[title*='链接']")
        other.page.click(".kept-views .link:text-is('改造提升')")
        other.page.wait_for_selector(".note-box")
        other.settle()
        assert other.count("parks") == n
        assert other.page.input_value(".note-box") == "<b>先看</b>"
        assert other.complaints == []


def test_a_card_is_one_picture_with_title_three_figures_map_and_date(page: Opened) -> None:
    page.app(
        "(app) => { const own = CanvasRenderingContext2D.prototype.fillText; window.said = []; window.back = () => { CanvasRenderingContext2D.prototype.fillText = own; };"
        " CanvasRenderingContext2D.prototype.fillText = function (t, ...r) { window.said.push(t); return own.call(this, t, ...r); }; }"
    )
    page.page.click("button[title='导出所选数据']")
    data = saved(page, ".menu [role=menuitem]:text-is('卡片（发微信等）')")
    said = page.page.evaluate("() => { window.back(); return window.said; }")
    assert struct.unpack(">II", data[16:24]) == (1080, 1440)
    title, day = page.app("(app) => [app.model.meta.title, app.model.meta.data_date]")
    assert title in said
    assert any(day in words for words in said)
    assert {"村级工业园", "企业", "营业收入"} <= set(said)
    page.page.evaluate("() => { delete window.said; delete window.back; }")


def words_of_card(page: Opened) -> list[str]:
    """Return what a card says, in the order in which it is written."""
    page.app(
        "(app) => { const own = CanvasRenderingContext2D.prototype.fillText; window.said = []; window.back = () => { CanvasRenderingContext2D.prototype.fillText = own; };"
        " CanvasRenderingContext2D.prototype.fillText = function (t, ...r) { window.said.push(t); return own.call(this, t, ...r); }; }"
    )
    page.page.click("button[title='导出所选数据']")
    saved(page, ".menu [role=menuitem]:text-is('卡片（发微信等）')")
    said: list[str] = page.page.evaluate(
        "() => { const { said } = window; window.back(); delete window.said; delete window.back; return said; }"
    )
    return said


def test_a_card_of_filtered_firms_says_nothing_of_parks_elsewhere(
    page: Opened, city: MapModel
) -> None:
    page.app(
        "(app) => app.store.set({ filters: { enterprises: [{ field: 'revenue_10k_cny', op: 'range', min: 20000, max: null }] } })"
    )
    page.settle()
    said = words_of_card(page)
    figures = said[: said.index("税收") + 1]
    assert "村级工业园" not in figures
    n = int((city.enterprises["revenue_10k_cny"] >= 20000).sum())
    assert f"{n:,}" in said


def test_a_card_of_filtered_parks_says_nothing_of_firms_elsewhere(
    page: Opened, city: MapModel
) -> None:
    page.app(FEW)
    page.settle()
    said = words_of_card(page)
    district = page.app("(app) => app.model.parks.columns.column('district').words[0]")
    chosen = city.parks[(city.parks["far"] <= 0.6) & (city.parks["district"] == district)]
    assert "营业收入" not in said
    assert said[said.index("其中的企业") + 1] == str(int(chosen["firms"].sum()))
