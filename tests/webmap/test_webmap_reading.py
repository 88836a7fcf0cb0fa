"""Reading the map: classes, heat, hexagons, two states side by side, ruler, dates, pictures, sharpness."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import webmap_city
from pyproj import Geod
from webmap_browser import Opened, opened

from industrymap import report
from industrymap.terms import FEWEST_FIRMS
from industrymap.webmap import IndustryMap, MapModel, Snapshot, Standard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def city() -> MapModel:
    city = webmap_city.model(800, parks=200, blocks=20)
    routes = city.parks.set_index("park_id")["route"]
    other = routes.where(routes != "keep", "upgrade")
    standards = (
        Standard(id="a", zh="标准甲", routes=routes),
        Standard(id="b", zh="标准乙", official=False, routes=other),
    )
    earlier = Snapshot(date="2024-12-31", parks=city.parks.iloc[:100])
    meta = replace(city.meta, review_number="江S(2026)7号")
    return replace(city, standards=standards, snapshots=(earlier,), meta=meta)


@pytest.fixture(scope="module")
def written(city: MapModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return IndustryMap(city).save(tmp_path_factory.mktemp("page") / "map.html")


@pytest.fixture(scope="module")
def shared(browser: Browser, written: Path) -> Iterator[Opened]:
    with opened(browser, written) as page:
        page.page.click(".hint-card .button")
        yield page
        # the tests read canvases back, which the page never does
        assert [c for c in page.complaints if "willReadFrequently" not in c] == []
        assert page.requests == []


@pytest.fixture
def page(shared: Opened) -> Opened:
    shared.reset()
    return shared


PIXEL = """(app, [sheet, row]) => {
    const { map } = app.stage;
    const [x, y] = app.model.layer('parks').shapes.anchor(row);
    const scale = 256 * 2 ** map.getZoom();
    const origin = map.getPixelOrigin();
    const corner = app.stage[sheet]._bounds.min;
    const ratio = window.devicePixelRatio;
    const at = [x * scale - origin.x - corner.x, y * scale - origin.y - corner.y].map((v) => Math.round(v * ratio));
    return [...app.stage[sheet]._ctx.getImageData(...at, 1, 1).data];
}"""


def look_at(page: Opened, row: int) -> None:
    """Bring one park to the middle of the map, with nothing drawn over it."""
    page.app(
        "(app, row) => { app.store.set({ layers: { ...app.store.state.layers, enterprises: false, blocks: false, water: false, roads: false } }); app.stage.show('parks', row); }",
        row,
    )


def pixel(page: Opened, row: int) -> np.ndarray:
    """Return the colour in the middle of a park: the areas over the ground."""
    over, under = (np.array(page.app(PIXEL, [sheet, row]), float) for sheet in ("areas", "ground"))
    share = over[3] / 255
    return over[:3] * share + under[:3] * (1 - share)


def paint_of(page: Opened, word: str) -> np.ndarray:
    """Return the colour of a route as it lies on the land, as the map paints it."""
    colors = page.app(
        "(app) => Object.fromEntries(app.model.layer('parks').categories('route').map((c) => [c.word, c.color]))"
    )
    rgb = np.array([int(colors[word][i : i + 2], 16) for i in (1, 3, 5)])
    land = np.array([0xFB, 0xFA, 0xF7])
    return rgb * 0.62 + land * 0.38


# two states side by side


@pytest.mark.browser
def test_two_standards_lie_left_and_right_of_a_divider(page: Opened, city: MapModel) -> None:
    row = int(np.flatnonzero(city.parks["route"] == "keep")[0])
    look_at(page, row)
    page.page.click("[role=tab]:has-text('园区比选')")
    page.page.click(".choose-tabs button:has-text('标准对比'), button:has-text('标准对比')")
    page.page.click("button:has-text('左右对比')")
    page.page.focus(".divider")
    page.page.keyboard.press("End")
    page.settle()
    left = pixel(page, row)
    page.page.keyboard.press("Home")
    page.settle()
    right = pixel(page, row)
    assert np.allclose(left, paint_of(page, "keep"), atol=3)
    assert np.allclose(right, paint_of(page, "upgrade"), atol=3)
    page.page.click(".compare-bar .icon-button")
    assert page.page.locator(".compare-bar").is_hidden()


@pytest.mark.browser
def test_two_dates_lie_left_and_right(page: Opened, city: MapModel) -> None:
    old, new = 40, 150  # the earlier version holds the first hundred parks
    page.page.click(".timeline [title='与现状左右对比']")
    page.page.wait_for_selector(".compare-bar")
    captions = page.page.locator(".compare-bar select")
    assert captions.nth(0).input_value() == "parks@0"
    assert captions.nth(1).input_value() == "now"
    for row, in_left in ((old, True), (new, False)):
        look_at(page, row)
        colour = paint_of(page, str(city.parks["route"].iloc[row]))
        for key, shown in (("End", in_left), ("Home", True)):
            page.page.focus(".divider")
            page.page.keyboard.press(key)
            page.settle()
            assert np.allclose(pixel(page, row), colour, atol=3) is shown, (row, key)
    page.page.click(".compare-bar .icon-button")


@pytest.mark.browser
def test_the_slider_shows_the_parks_of_an_earlier_date(page: Opened, city: MapModel) -> None:
    assert page.count("parks") == 200
    page.page.focus(".time-slider")
    page.page.keyboard.press("Home")
    page.page.wait_for_selector(".time-badge:has-text('2024-12-31')")
    page.settle()
    assert page.count("parks") == 100
    assert "共 100" in page.page.inner_text(".figure:has(.figure-name:text-is('村级工业园'))")
    assert page.page.locator(".time-badge.stale").count() == 1
    page.page.focus(".time-slider")
    page.page.keyboard.press("End")
    page.page.wait_for_selector(f".time-badge:has-text('{city.meta.data_date}')")


# classes


def choose_far(page: Opened) -> None:
    section = page.page.locator(".section", has_text="村级工业园").first
    section.locator("select.mini").first.select_option("far")
    page.page.wait_for_selector("select[aria-label='分级方法']")


def legend_counts(page: Opened) -> list[int]:
    section = page.page.locator(".section", has_text="村级工业园").first
    return [int(t.replace(",", "")) for t in section.locator(".category .number").all_inner_texts()]


@pytest.mark.browser
@pytest.mark.parametrize("method", ["quantile", "equal", "jenks", "manual"])
def test_the_classes_of_a_choropleth_are_switched_and_the_unknown_is_a_class_of_its_own(
    page: Opened, city: MapModel, method: str
) -> None:
    choose_far(page)
    page.page.select_option("select[aria-label='分级方法']", method)
    if method == "manual":
        page.page.fill("input[aria-label='分级界限，以逗号分隔']", "0.5, 0.85, 1.2")
        page.page.keyboard.press("Enter")
    far = city.parks["far"]
    known = far.dropna().to_numpy(dtype=float)
    limits = page.app("(app) => app.coloring('parks').limits")
    inner = {
        "quantile": np.quantile(known, [0.2, 0.4, 0.6, 0.8]),
        "equal": np.linspace(known.min(), known.max(), 6)[1:-1],
        "manual": np.array([0.5, 0.85, 1.2]),
    }.get(method)
    if inner is not None:
        step = np.diff(np.sort(known)).max() if method == "quantile" else 0.005  # limits are round
        assert np.allclose(limits[1:-1], inner, atol=step)
    edges = [-np.inf, *limits[1:-1], np.inf]
    expected = [int(((known >= a) & (known < b)).sum()) for a, b in itertools.pairwise(edges)]
    counts = legend_counts(page)
    assert counts[:-1] == expected
    assert counts[-1] == int(far.isna().sum())
    assert sum(counts) == len(far)
    assert "无数据" in page.page.inner_text(".section:has-text('村级工业园') .categories >> nth=0")


@pytest.mark.browser
def test_jenks_has_the_least_spread_within_classes(page: Opened, city: MapModel) -> None:
    known = np.sort(city.parks["far"].dropna().to_numpy(dtype=float))

    def spread(limits: list[float]) -> float:
        cuts = np.searchsorted(known, limits[1:-1])
        return float(sum(((p - p.mean()) ** 2).sum() for p in np.split(known, cuts) if len(p)))

    choose_far(page)
    found = {}
    for method in ("quantile", "equal", "jenks"):
        page.page.select_option("select[aria-label='分级方法']", method)
        found[method] = spread(page.app("(app) => app.coloring('parks').limits"))
    assert found["jenks"] <= min(found.values()) + 1e-9


@pytest.mark.browser
def test_a_class_of_the_legend_filters(page: Opened, city: MapModel) -> None:
    choose_far(page)
    section = page.page.locator(".section", has_text="村级工业园").first
    counts = legend_counts(page)
    section.locator(".category").nth(1).click()
    page.settle()
    assert page.count("parks") == counts[1]


# density


INKED = "(app) => { const { canvas } = app.stage.firms._ctx; const d = app.stage.firms._ctx.getImageData(0, 0, canvas.width, canvas.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 8) n++; return n; }"


@pytest.mark.browser
@pytest.mark.parametrize("mode", ["heat", "hexbin"])
def test_heat_and_hexagons_follow_the_selection(page: Opened, mode: str) -> None:
    page.page.click(".topics [data-topic=enterprises]")
    page.app(
        "(app) => app.store.set({ layers: { ...app.store.state.layers, districts: false, towns: false, water: false } })"
    )
    page.page.select_option(".topic-how select", mode)
    page.settle()
    full = page.app(INKED)
    page.page.click(".category:has-text('生物医药')")
    page.settle()
    part = page.app(INKED)
    page.app(
        "(app) => app.store.set({ filters: { enterprises: [{ op: 'range', field: 'revenue_10k_cny', min: 1e12, max: null }] } })"
    )
    page.settle()
    none = page.app(INKED)
    assert none < part < full
    assert none == 0


SPY = """(app, act) => {
    const said = [];
    const own = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) { said.push(String(text)); return own.call(this, text, ...rest); };
    const restore = () => { CanvasRenderingContext2D.prototype.fillText = own; };
    window.spied = { said, restore };
}"""


@pytest.mark.browser
def test_hexagons_add_up_to_the_exactly_placed_firms(page: Opened, city: MapModel) -> None:
    page.app(
        "(app) => { app.store.set({ layers: { enterprises: true } , mode: 'graded', topic: 'enterprises' }); app.stage.map.setView([23.12, 113.42], 9, { animate: false }); }"
    )
    page.page.evaluate("delete window.spied")
    page.app(SPY)
    page.page.select_option(".topic-how select", "hexbin")
    page.settle()
    said = page.page.evaluate("() => { window.spied.restore(); return window.spied.said; }")
    page.page.evaluate("delete window.spied")
    numbers = [int(t) for t in said if re.fullmatch(r"\d+", t)]
    firms = city.enterprises
    coarse = firms["geocode_level"].isin(["village", "town", "district"])
    exact = int((firms.geometry.notna() & ~coarse).sum())
    assert sum(numbers) % exact == 0  # one painting or several of the same
    assert sum(numbers) >= exact


# concentration


@pytest.mark.browser
def test_concentration_and_location_quotients_are_those_of_the_report(
    page: Opened, city: MapModel
) -> None:
    page.app("(app) => app.store.set({ subject: 'enterprises' })")
    panel = page.page.locator(".chart:has(h3:text-is('集中度'))")

    def shown() -> tuple[str, list[list[str]]]:
        rows = [r.split("\t") for r in panel.locator("tbody tr").all_inner_texts()]
        return panel.locator("p.hint").inner_text(), rows

    def expected(firms: pd.DataFrame) -> tuple[str, dict[tuple[str, str], tuple[float, int]]]:
        revenue = firms["revenue_10k_cny"].dropna().astype(float)
        share = report.largest_share(revenue, n=4)
        assert share is not None
        table = report.location_quotient(
            firms["revenue_10k_cny"], place=firms["district"], kind=firms["cluster"].fillna("")
        )
        numbers = firms[firms["revenue_10k_cny"].notna()].value_counts(["cluster", "district"])
        return f"{share * 100:.0f}%", {
            (c, d): (table.loc[d, c], n) for (c, d), n in numbers.items() if n >= FEWEST_FIRMS
        }

    firms = city.enterprises
    words = {label.value: label.zh for t in city.taxonomies for label in t.labels}
    for chosen in (firms, firms[firms["size_class"] == "small"]):
        if len(chosen) < len(firms):
            page.app(
                "(app) => app.store.set({ filters: { ...app.store.state.filters, enterprises: [{ op: 'in', field: 'size_class', words: ['small'] }] } })"
            )
        page.settle()
        share, quotients = expected(chosen)
        said, rows = shown()
        assert share in said
        assert rows
        best = sorted((q for q, _ in quotients.values()), reverse=True)
        for place, (cluster, district, quotient, n) in enumerate(rows):
            found = next(
                v for (c, d), v in quotients.items() if words.get(c, c) == cluster and d == district
            )
            assert float(quotient) == pytest.approx(found[0], abs=0.005)
            assert int(n) == found[1]
            assert float(quotient) == pytest.approx(best[place], abs=0.005)


# ruler


@pytest.mark.browser
def test_the_ruler_measures_on_the_ellipsoid_and_says_so_in_words(page: Opened) -> None:
    page.page.click("button[aria-label^='测量']")
    box = page.page.locator(".folium-map").bounding_box()
    assert box is not None
    points = [(box["x"] + dx, box["y"] + dy) for dx, dy in ((200, 200), (520, 260), (380, 520))]
    true = [
        page.app("(app, [x, y]) => app.pixelToTrue(x, y)", [x - box["x"], y - box["y"]])
        for x, y in points
    ]
    for x, y in points:
        page.page.mouse.click(x, y)
    text = page.page.inner_text(".ruler-text")
    length = sum(GEOD.inv(*a, *b)[2] for a, b in itertools.pairwise(true))
    surface = abs(GEOD.polygon_area_perimeter(*zip(*true, strict=True))[0])
    km, square = (float(v.replace(",", "")) for v in re.findall(r"[\d,.]+", text))
    assert km == pytest.approx(length / 1000, rel=0.006)
    assert square == pytest.approx(surface / 1e6, rel=0.006)
    page.page.keyboard.press("Escape")
    assert page.page.locator(".ruler-text").is_hidden()


# what must be said


@pytest.mark.browser
@pytest.mark.parametrize(("date", "warned"), [("2019-03-31", True), ("2100-01-01", False)])
def test_old_data_is_warned_of(
    browser: Browser, city: MapModel, tmp_path: Path, *, date: str, warned: bool
) -> None:
    bare = city.with_frames(enterprises=None, blocks=None, towns=None)
    model = replace(bare, meta=replace(city.meta, data_date=date))
    with opened(browser, IndustryMap(model).save(tmp_path / "map.html")) as page:
        assert f"数据截至 {date}" in page.page.inner_text(".facts-line")
        assert ("请核实后使用" in page.page.inner_text(".facts-line")) is warned


SAID = (
    "江城市制造业产业地图",
    "数据截至 2026-06-30",
    "审图号：江S(2026)7号",
    "模拟数据",
    "来源：模拟样例",
    "北",
)


@pytest.mark.browser
def test_a_picture_says_title_date_source_number_scale_and_legend(page: Opened) -> None:
    page.app(SPY)
    with page.page.expect_download() as saved:
        page.page.click("button[aria-label='导出所选数据']")
        page.page.click("[role=menuitem]:text-is('PNG')")
    said = page.page.evaluate("() => { window.spied.restore(); return window.spied.said; }")
    page.page.evaluate("delete window.spied")
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    everything = "\n".join(said)
    for words in (*SAID, "改造提升", "村级工业园 200"):
        assert words in everything, words
    assert "汽车" not in everything, (
        "clusters of firms are in no legend where no firm is drawn in their colours"
    )
    assert any(re.fullmatch(r"[\d.]+ (km|m)", t) for t in said)


@pytest.mark.browser
def test_a_print_says_the_same(page: Opened) -> None:
    page.page.evaluate("window.print = () => {}")
    page.page.click("button[aria-label='打印']")
    page.page.click(".dialog label:has-text('A3 横向')")
    page.page.click(".dialog .button.primary")
    page.page.wait_for_selector(".print-sheet.a3l image[href]", state="attached")
    said = page.page.locator(".print-sheet svg text").all_text_contents()
    everything = "\n".join(said)
    for words in (*SAID, "改造提升"):
        assert words in everything, words
    assert any(re.fullmatch(r"[\d.]+ (km|m)", t) for t in said)
    page.page.evaluate("document.querySelector('.print-sheet').remove()")


@pytest.mark.browser
def test_a_fine_screen_gets_a_fine_picture(browser: Browser, written: Path) -> None:
    with opened(browser, written, device_scale_factor=2) as page:
        sizes = page.app(
            "(app) => ['ground', 'areas', 'firms', 'top'].map((s) => { const c = app.stage[s]._ctx.canvas; return c.width / parseFloat(c.style.width); })"
        )
        assert sizes == pytest.approx([2, 2, 2, 2], abs=0.01)
        edge = page.page.screenshot(clip={"x": 600, "y": 300, "width": 100, "height": 100})
    assert int.from_bytes(edge[16:20], "big") == 200  # the width a PNG states


def test_earlier_versions_come_oldest_first(city: MapModel) -> None:
    later = Snapshot(date="2025-06-30", parks=city.parks.iloc[:120])
    shown = IndustryMap(replace(city, snapshots=(*city.snapshots, later))).payload.manifest
    dates = [layer["date"] for layer in shown["layers"] if "date" in layer]
    assert dates == sorted(dates)
    assert pd.to_datetime(dates).is_monotonic_increasing
