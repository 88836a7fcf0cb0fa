"""The map is about one subject; names stay in their areas; what is drawn is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.ops
import webmap_city
from webmap_browser import opened

from industrymap import schemas
from industrymap.schemas import Field, LayerRecord
from industrymap.webmap import IndustryMap, MapLayer, MapModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from webmap_browser import Opened

SUBJECTS = ("parks", "enterprises", "blocks", "areas", "largest")
STACKED = 9


@pytest.fixture(scope="module")
def city() -> MapModel:
    model = webmap_city.model(2500, parks=600, blocks=120)
    firms = model.enterprises.copy()
    exact = firms.index[firms["geocode_level"].isin(["given", "address"])][:STACKED]
    firms.loc[exact, "geometry"] = shapely.Point(113.40031, 23.10027)
    return model.with_frames(enterprises=firms)


@pytest.fixture(scope="module")
def page(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city).save(tmp_path_factory.mktemp("subjects") / "map.html")
    with opened(browser, path) as found:
        yield found


def webmap_path(page: Opened) -> Path:
    return Path(unquote(urlsplit(page.page.url).path))


def go(
    page: Opened, topic: str, zoom: float = 0, at: tuple[float, float] = (113.42, 23.12)
) -> None:
    page.page.click(f"[data-topic={topic}]")
    page.app(
        "(app, [zoom, lon, lat]) => (zoom ? app.stage.map.setView([lat, lon], zoom, { animate: false }) : app.stage.home())",
        [zoom, *at],
    )
    page.page.wait_for_timeout(150)


@pytest.mark.browser
@pytest.mark.parametrize("topic", SUBJECTS)
def test_a_subject_is_drawn_and_kept_in_the_link(page: Opened, topic: str) -> None:
    page.reset()
    go(page, topic)
    assert page.app("(app) => app.store.state.topic") == topic
    page.page.wait_for_timeout(500)
    link = page.page.evaluate("location.hash")
    page.reset()
    page.page.wait_for_timeout(600)  # the address follows the state after a moment
    page.page.evaluate("(hash) => { location.hash = hash; }", link)
    page.page.wait_for_selector(f".topics [data-topic={topic}][aria-pressed=true]")
    assert page.complaints == []


STROKES = """window.strokes = {};
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  const pane = /leaflet-(\\w+)-pane/.exec(this.canvas.parentNode?.className || '');
  if (pane) window.strokes[pane[1]] = (window.strokes[pane[1]] || 0) + 1;
  return clear.apply(this, box);
};
new MutationObserver(() => { window.opening = { ...window.strokes }; }).observe(document, { subtree: true, attributeFilter: ['data-state'] });"""


@pytest.mark.browser
def test_nothing_is_drawn_twice(browser: Browser, page: Opened) -> None:
    with opened(browser, webmap_path(page), before=STROKES) as fresh:
        sheets = ("ground", "areas", "dust", "firms", "names", "top")
        assert fresh.page.evaluate("window.opening") == dict.fromkeys(sheets, 1)
        # a filter whose few parks lie out of sight moves the map, and the moved map is drawn once; names may follow a frame later
        drawn = fresh.app(
            """async (app) => {
            app.stage.map.setView([22.6, 113.9], 13, { animate: false });
            await new Promise((next) => setTimeout(next, 300));
            const { words } = app.model.parks.columns.column('district');
            window.strokes = {};
            const told = new Promise((next) => { const stop = app.engine.watch(() => { stop(); next(); }); });
            const before = app.stage.map.getZoom();
            app.store.set({ filters: { shared: [{ op: 'in', field: 'district', words: [words[0]] }] } });
            await told;
            return { moved: app.stage.map.getZoom() !== before, areas: window.strokes.areas, firms: window.strokes.firms };
            }"""
        )
        assert drawn == {"moved": True, "areas": 1, "firms": 1}
        assert fresh.complaints == []


@pytest.mark.browser
def test_the_map_stands_on_whole_pixels(page: Opened) -> None:
    page.reset()
    go(page, "parks", 11, (113.42123, 23.12345))
    moved = page.app(
        "(app) => ['ground', 'areas', 'firms', 'names', 'top'].map((s) => app.stage[s]._container.style.transform)"
    )
    assert not [one for one in moved if "." in one or "scale" in one]


@pytest.mark.browser
def test_firms_are_not_drawn_over_parks_at_city_scale(page: Opened) -> None:
    page.reset()
    go(page, "parks", 10)
    assert page.app("(app) => [...app.stage.points.values()].flatMap((d) => d.circles).length") == 0


@pytest.mark.browser
@pytest.mark.parametrize("zoom", [9, 11, 13, 15])
def test_circles_never_cover_each_other(page: Opened, zoom: int) -> None:
    page.reset()
    go(page, "enterprises", zoom)
    near = page.app(
        """(app) => { const c = app.stage.points.get('enterprises').circles; let n = 0;
        for (let i = 0; i < c.length; i++) for (let j = 0; j < i; j++) if (Math.hypot(c[i].x - c[j].x, c[i].y - c[j].y) < c[i].r + c[j].r) n++;
        return [n, c.length]; }"""
    )
    assert near[0] == 0
    assert near[1] > 5


LABELS = """(app) => { const view = app.stage.firms._view(app.stage.firms._bounds.getSize());
  return app.stage.labels.drawn.filter((l) => app.model.layer(l.layer)?.role === 'container').map((l) => ({ text: l.text, layer: l.layer, row: l.row,
    box: [l.box[0] + 3, l.box[1] + 2, l.box[2] - 3, l.box[3] - 2].map((v, k) => (v + (k % 2 ? view.top : view.left)) / view.scale) })); }"""
"""Names of districts and towns, and the numbers of firms known no closer, that were drawn, with their boxes in world units."""


def world(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return a geometry in the page's world units: the web Mercator square from 0 to 1."""

    def project(xy: np.ndarray) -> np.ndarray:
        lat = np.radians(xy[:, 1])
        return np.c_[xy[:, 0] / 360 + 0.5, (1 - np.log(np.tan(lat) + 1 / np.cos(lat)) / np.pi) / 2]

    return shapely.transform(geometry, project)


def strays(page: Opened, frames: dict[str, gpd.GeoDataFrame]) -> tuple[list[str], int]:
    """Return the names that leave their area at the present view, and how many there are."""
    found = page.app(LABELS)
    wrong = [
        label["text"]
        for label in found
        if not world(frames[label["layer"]].geometry.iloc[label["row"]])
        .buffer(2e-9)
        .contains(shapely.box(*label["box"]))
    ]
    return wrong, len(found)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1366, 768), (820, 1180), (390, 844)])
def test_names_and_numbers_of_firms_never_leave_their_area(
    page: Opened, city: MapModel, size: tuple[int, int]
) -> None:
    frames = {"districts": city.frame("districts"), "towns": city.frame("towns")}
    page.page.set_viewport_size({"width": size[0], "height": size[1]})
    said = counted = 0
    for lang in ("zh", "en"):
        page.reset()
        page.app("(app, lang) => app.store.set({ lang })", lang)
        for topic in ("parks", "enterprises", "areas"):
            page.app("(app, topic) => app.store.set({ topic })", topic)
            for zoom in (8.5, 9.3, 10, 11.2, 12.6, 14):
                page.app(
                    "(app, zoom) => app.stage.map.setView([23.12, 113.42], zoom, { animate: false })",
                    zoom,
                )
                wrong, n = strays(page, frames)
                assert wrong == []
                said += n
                counted += page.app("(app) => app.stage.labels.drawn.filter((l) => l.count).length")
    page.page.set_viewport_size({"width": 1366, "height": 768})
    page.reset()
    assert said > 50
    assert counted > 20


@pytest.mark.browser
@pytest.mark.parametrize(("zoom", "topic"), [(0, "largest"), (12.5, "parks"), (13.3, "parks")])
def test_no_name_lies_under_a_control_or_is_cut_off_at_the_edge(
    page: Opened, zoom: float, topic: str
) -> None:
    page.reset()
    go(page, topic, zoom)
    covered, names = page.app(
        """(app) => { const { map, firms, labels } = app.stage; const home = document.querySelector('.folium-map').getBoundingClientRect();
        const corner = firms._bounds.min.subtract(map.containerPointToLayerPoint([0, 0]));
        const over = [...document.querySelectorAll('.topic-bar > *, .map-buttons > *, .timeline, .says, .foot-left')].map((e) => e.getBoundingClientRect()).filter((b) => b.height);
        const boxes = labels.drawn.map(({ text, box }) => ({ text, x0: box[0] + corner.x, y0: box[1] + corner.y, x1: box[2] + corner.x, y1: box[3] + corner.y }));
        const inside = (b) => b.x1 > 0 && b.y1 > 0 && b.x0 < home.width && b.y0 < home.height;
        const cut = (b) => inside(b) && (b.x0 < 0 || b.y0 < 0 || b.x1 > home.width || b.y1 > home.height);
        const under = (b) => over.some((o) => b.x0 < o.right - home.left && b.x1 > o.left - home.left && b.y0 < o.bottom - home.top && b.y1 > o.top - home.top);
        return [boxes.filter((b) => cut(b) || under(b)).map((b) => b.text), boxes.filter(inside).length]; }"""
    )
    assert covered == []
    assert names > 5


@pytest.mark.browser
def test_the_largest_firms_are_the_largest_wherever_their_place_is_known_from(
    page: Opened, city: MapModel
) -> None:
    page.reset()
    go(page, "largest")
    top = city.enterprises.nlargest(100, "revenue_10k_cny")
    rough = top["geocode_level"].isin(["village", "town", "district"]) & top.geometry.notna()
    exact = top.geometry.notna() & ~rough
    drawn = page.app(
        "(app) => { const { circles, units } = app.stage.points.get('enterprises'); return [circles.reduce((n, c) => n + c.rows.length, 0), units.reduce((n, u) => n + u.count, 0)]; }"
    )
    assert drawn == [int(exact.sum()), int(rough.sum())]
    assert rough.any()
    # and beside them the list, the totals and the other legend are of every firm
    said = page.page.inner_text(".topic-note")
    assert "收入最高的 100 家" in said
    assert f"全部 {len(city.enterprises):,} 家" in said


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390), (683, 384)])
def test_a_small_screen_opens_on_the_whole_city_between_its_controls(
    browser: Browser, page: Opened, city: MapModel, width: int, height: int
) -> None:
    path = Path(urlsplit(page.page.url).path)
    size = {"width": width, "height": height}
    with opened(browser, path, viewport=size, is_mobile=True, has_touch=True) as phone:
        phone.page.wait_for_timeout(300)
        west, south, east, north = city.frame("districts").total_bounds
        corners = [[north, west], [south, east]]
        (x0, y0), (x1, y1) = phone.app(
            "(app, corners) => corners.map((c) => { const p = app.stage.map.latLngToContainerPoint(c); return [p.x, p.y]; })",
            corners,
        )
        topics = phone.page.locator(".topic-bar").bounding_box()
        stage = phone.page.locator(".folium-map").bounding_box()
        assert x0 >= 0
        assert x1 <= stage["width"]
        assert y0 + stage["y"] >= topics["y"] + topics["height"] - 1
        if height > width:
            # the first hint leaves the city to be seen; what is in force is in sight in the row of topics
            assert phone.page.locator(".hint-card").bounding_box()["y"] >= y1
            assert x1 <= phone.page.locator(".map-buttons").bounding_box()["x"]
        phone.page.tap(".hint-card .icon-button")
        phone.page.click("[data-topic=largest]")
        place = phone.page.locator("[data-topic=largest]").bounding_box()
        bar = phone.page.locator(".topics").bounding_box()
        assert bar["x"] <= place["x"]
        assert place["x"] + place["width"] <= bar["x"] + bar["width"] + 1


@pytest.mark.browser
@pytest.mark.parametrize("file", ["districts_wgs84_coarse", "districts_gcj02"])
def test_real_districts_keep_their_names(
    browser: Browser, real: Path, tmp_path: Path, file: str
) -> None:
    """Anywhere over the real districts, at any zoom and size and in both languages: views drawn by lot, the same every time."""
    districts = gpd.read_file(real / f"{file}.geojson")
    named = {"Name_County": "name", "Code_County": "code", "adcode": "code"}
    frame = districts.rename(columns=named)[["code", "name", "geometry"]].astype({"code": "string"})
    frame["name_en"] = pd.Series([f"District {i}" for i in range(len(frame))], dtype="string")
    path = IndustryMap(MapModel.of(districts=frame)).save(tmp_path / "map.html")
    west, south, east, north = frame.total_bounds
    lot = np.random.default_rng(2019)
    said = 0
    with opened(browser, path) as page:
        for width, height in ((1366, 768), (820, 1180), (390, 844), (844, 390)):
            page.page.set_viewport_size({"width": width, "height": height})
            for lang in ("zh", "en"):
                page.app("(app, lang) => app.store.set({ lang })", lang)
                for _ in range(4):
                    at = [lot.uniform(8, 13), lot.uniform(west, east), lot.uniform(south, north)]
                    page.app(
                        "async (app, [z, lon, lat]) => { app.stage.map.setView([lat, lon], z, { animate: false }); await new Promise((r) => setTimeout(r, 20)); }",
                        at,
                    )
                    wrong, n = strays(page, {"districts": frame})
                    assert wrong == [], (lang, width, at)
                    said += n
    assert said > 40


@pytest.mark.browser
def test_firms_on_one_spot_open_as_a_list(page: Opened) -> None:
    page.reset()
    go(page, "enterprises", 17, (113.40031, 23.10027))
    box = page.app(
        "(app) => { const r = app.stage.element.getBoundingClientRect(); const p = app.stage.map.latLngToContainerPoint([23.10027, 113.40031]); return [p.x + r.x, p.y + r.y]; }"
    )
    page.page.mouse.click(*box)
    page.page.wait_for_selector(".details .firms")
    assert page.page.locator(".details .firms li").count() == STACKED
    page.page.keyboard.press("Escape")
    page.page.wait_for_selector(".details", state="hidden")


@pytest.mark.browser
@pytest.mark.parametrize("tool", ["lasso", "box", "circle"])
def test_the_end_of_a_selection_tool_is_no_click_on_the_map(page: Opened, tool: str) -> None:
    page.reset()
    go(page, "parks", 11)
    label = page.app("(app, tool) => app.t(`draw_${tool}`)", tool)
    page.page.click(f"[aria-label='{label}']")
    box = page.app(
        "(app) => { const r = app.stage.element.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }"
    )
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    page.page.mouse.move(x - 80, y - 80)
    page.page.mouse.down()
    for dx, dy in ((80, -80), (80, 80), (-80, 80), (0, 0)):
        page.page.mouse.move(x + dx, y + dy, steps=4)
    page.page.mouse.up()
    page.settle()
    assert page.app("(app) => [app.store.state.picked, app.store.state.bubble]") == [None, None]
    assert page.app("(app) => app.store.state.filters.shared.length") == 1
    page.reset()


@pytest.mark.browser
def test_a_tooltip_does_not_outlive_the_place_it_was_about(page: Opened) -> None:
    page.reset()
    go(page, "parks", 12)
    box = page.app(
        "(app) => { const r = app.stage.element.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }"
    )
    page.page.mouse.move(*box)
    page.page.wait_for_selector(".tooltip:not([hidden])")
    page.app("(app) => app.stage.map.setView([23.3, 113.6], 12, { animate: false })")
    page.page.wait_for_selector(".tooltip", state="hidden")


@pytest.mark.browser
def test_a_firm_known_to_its_district_is_shown_as_wide_as_it_may_be(
    page: Opened, city: MapModel
) -> None:
    page.reset()
    row = page.app(
        "(app) => { const f = app.model.firms; const r = f.columns.column('geocode_radius_m').values; for (let i = f.points.exact; i < f.points.placed; i++) if (r[i] > 1000) return [i, r[i]]; }"
    )
    page.app("(app, row) => app.select('enterprises', row, true)", row[0])
    page.page.wait_for_selector(".notice:has-text('位置仅知到')")
    wide = page.app(
        "(app) => { const b = app.stage.map.getBounds(); return app.stage.map.distance(b.getSouthWest(), b.getSouthEast()); }"
    )
    assert wide > 2 * row[1]


@pytest.mark.browser
def test_a_widened_panel_leaves_topics_notes_and_the_city_in_sight(
    page: Opened, city: MapModel
) -> None:
    page.reset()
    go(page, "parks")
    page.app("(app) => app.store.set({ wide: true })")
    page.page.wait_for_timeout(300)
    topics, notes, over = page.app(
        """() => { const stage = document.querySelector('.stage').getBoundingClientRect();
        const inside = (e) => { const b = e.getBoundingClientRect(); return b.width > 0 && b.left >= stage.left - 1 && b.right <= stage.right + 1; };
        return [[...document.querySelectorAll('.topics button')].every(inside), [...document.querySelectorAll('.says span')].every(inside),
          [...document.querySelectorAll('.timeline:not([hidden]), .timeline:not([hidden]) button, .map-buttons button')].filter((e) => e.offsetWidth).every(inside)]; }"""
    )
    held = page.app("(app, b) => app.stage.map.getBounds().contains([[b[1], b[0]], [b[3], b[2]]])", [*city.frame("districts").total_bounds])  # fmt: skip
    page.app("(app) => app.store.set({ wide: false })")
    page.page.wait_for_timeout(300)
    assert (topics, notes, over, held) == (True, True, True, True)


@pytest.mark.browser
def test_a_district_whose_middle_is_off_the_screen_is_named_where_it_is_seen(
    page: Opened, city: MapModel
) -> None:
    page.reset()
    district = city.frame("districts").geometry.iloc[0]
    west, south, east, north = district.bounds
    inside = shapely.Point(west + 0.2 * (east - west), (south + north) / 2)
    at = shapely.ops.nearest_points(district.buffer(-0.01), inside)[0]
    go(page, "parks", 15.5, (at.x, at.y))
    wrong, _ = strays(page, {"districts": city.frame("districts"), "towns": city.frame("towns")})
    seen = page.app(
        """(app) => { const { drawn, seen } = app.stage.labels; const outer = app.model.containers[0].id;
        return drawn.filter((l) => l.layer === outer && l.box[0] >= seen[0] && l.box[2] <= seen[2] && l.box[1] >= seen[1] && l.box[3] <= seen[3]).map((l) => l.row); }"""
    )
    assert wrong == []
    assert seen == [0]
    page.reset()


@pytest.mark.browser
def test_lines_of_blocks_can_be_followed_on_a_dark_ground(page: Opened) -> None:
    page.reset()
    go(page, "blocks")
    page.app("(app) => app.store.set({ dark: true })")
    colors = page.app("(app) => [app.coloring('blocks').colors.slice(1), app.legendRows('blocks').map((r) => r.color)]")  # fmt: skip
    page.app("(app) => app.store.set({ dark: false })")

    def light(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    ground = light("#1d242c")
    assert min((light(c) + 0.05) / (ground + 0.05) for c in colors[0]) >= 3
    assert set(colors[0]) <= set(colors[1])


@pytest.mark.browser
def test_a_chart_measures_all_its_bars_in_one_unit(page: Opened) -> None:
    page.reset()
    go(page, "parks")
    page.page.click(".segments.small button:has-text('面积')")
    for chart in page.page.locator(".charts .chart").all():
        units = {words.split()[-1] for words in chart.locator(".row > .number").all_inner_texts()}
        assert units in ({"亩"}, set())
    page.page.click(".segments.small button:has-text('数量')")


@pytest.mark.browser
def test_the_legend_of_a_print_counts_what_is_drawn(page: Opened, city: MapModel) -> None:
    page.reset()
    go(page, "parks")
    page.app(
        "(app) => app.store.set({ filters: { parks: [{ field: 'route', op: 'in', words: ['upgrade'] }] } })"
    )
    page.settle()
    facets = page.app("(app) => app.legendRows('parks').filter((r) => r.n).length")
    drawn = page.app(
        "(app) => app.drawnLegend().filter((l) => l.shape === 'square' && !l.sign).map((l) => [l.label, l.n])"
    )
    assert facets > 1, "the legend beside the map counts what a click would bring"
    assert drawn == [["改造提升", f"{page.count('parks'):,}"]]
    page.reset()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("mode", "wanted"),
    [("heat", "企业密度"), ("hexbin", "每个蜂窝的企业数"), ("graded", "圆的面积随营业收入")],
)
def test_every_way_to_draw_firms_has_its_own_legend(page: Opened, mode: str, wanted: str) -> None:
    page.reset()
    go(page, "enterprises")
    page.app("(app, mode) => app.store.set({ mode })", mode)
    page.page.wait_for_timeout(100)
    lines = page.app("(app) => app.drawnLegend()")
    assert wanted in json.dumps(lines, ensure_ascii=False)
    clusters = [line for line in lines if line.get("shape") == "circle" and not line.get("sign")]
    assert bool(clusters) == (mode == "graded"), (
        "colours of clusters are in the legend only where they are on the map"
    )
    page.reset()


@pytest.mark.browser
def test_a_choropleth_says_unit_method_and_number(page: Opened) -> None:
    page.reset()
    go(page, "areas")
    head = page.app("(app) => app.drawnLegend()[0]")
    assert "（亿元/km²）" in head["heading"]
    assert "n = " in head["note"]
    assert "分位数" in head["note"]
    page.reset()


@pytest.mark.browser
@pytest.mark.parametrize("layer", ["districts", "towns"])
def test_every_class_of_a_choropleth_has_a_small_swatch_and_its_words(
    page: Opened, layer: str
) -> None:
    page.reset()
    go(page, "areas")
    page.app(
        "(app, id) => app.store.set({ color: { ...app.store.state.color, districts: '', towns: '', [id]: '@firms' } })",
        layer,
    )
    page.settle()
    rows = page.page.locator(".section.lead .category")
    page.page.locator(".section.lead .category").nth(3).wait_for(state="attached")
    for swatch, words in rows.evaluate_all(
        "(rows) => rows.map((row) => ['.swatch', '.category-name'].map((s) => row.querySelector(s).getBoundingClientRect().width))"
    ):
        assert swatch < 20
        assert words > 60


@pytest.mark.browser
def test_an_empty_selection_names_the_condition_that_empties_it(page: Opened) -> None:
    page.reset()
    page.app(
        "(app) => app.store.set({ filters: { parks: [{ field: 'route', op: 'in', words: ['upgrade'] }, { field: 'far', op: 'range', min: 1e6, max: null }] } })"
    )
    page.settle()
    page.page.wait_for_selector(".empty-note li")
    first = page.page.locator(".empty-note li").first
    assert "容积率" in first.inner_text()
    first.locator("button").click()
    page.settle()
    assert page.count("parks") > 0
    page.reset()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(820, 1180), (844, 390)])
def test_the_map_keeps_most_of_the_width_of_a_tablet(page: Opened, width: int, height: int) -> None:
    page.page.set_viewport_size({"width": width, "height": height})
    page.page.wait_for_timeout(100)
    wide = page.app("(app) => app.stage.element.getBoundingClientRect().width")
    page.page.set_viewport_size({"width": 1366, "height": 768})
    assert wide >= 0.6 * width


@pytest.mark.browser
def test_a_tablet_shows_the_title_beside_every_warning(page: Opened) -> None:
    page.reset()
    page.page.set_viewport_size({"width": 820, "height": 1180})
    page.app(
        "(app) => { window.dated = app.model.meta.data_date; app.model.meta.data_date = '2019-12-31'; app.store.set({ lang: 'en' }); }"
    )
    shown = page.page.evaluate(
        "['.brand h1', '.pill.simulated', '.pill.stale'].map((s) => { const e = document.querySelector(s); return [e.clientWidth, e.scrollWidth, s]; })"
    )
    page.app("(app) => { app.model.meta.data_date = window.dated; app.store.set({ lang: 'zh' }); }")
    page.page.set_viewport_size({"width": 1366, "height": 768})
    (title, title_all, _), (simulated, simulated_all, _), (stale, _, _) = shown
    assert (title, simulated) == (title_all, simulated_all)
    assert stale > 30


@pytest.mark.browser
def test_escape_closes_what_is_open_the_innermost_first(page: Opened) -> None:
    page.reset()
    page.app("(app) => app.select('parks', 3)")
    page.page.wait_for_selector(".details .sheet-body")
    page.page.click(".add-line button")
    page.page.wait_for_selector(".builder")
    page.page.keyboard.press("Escape")
    assert page.page.locator(".builder").count() == 0
    assert page.app("(app) => Boolean(app.store.state.picked)")
    page.page.keyboard.press("Escape")
    assert not page.app("(app) => Boolean(app.store.state.picked)")
    assert page.page.locator(".details .sheet-body").count() == 0


@pytest.mark.browser
def test_a_selection_out_of_sight_is_fitted_which_is_said_with_a_way_back(page: Opened) -> None:
    page.reset()
    page.app("(app) => app.stage.map.setView([22.6, 113.9], 13, { animate: false })")
    page.app(
        "(app) => app.store.set({ filters: { parks: [{ op: 'in', field: 'district', words: [app.model.parks.columns.column('district').words[0]] }] } })"
    )
    page.page.wait_for_selector(".notice-offer")
    assert page.app("(app) => app.stage.map.getZoom()") != 13
    page.page.click(".notice-offer")
    assert page.app("(app) => app.stage.map.getZoom()") == 13


@pytest.mark.browser
def test_colours_that_mean_something_stay_in_forced_colours(page: Opened) -> None:
    page.reset()
    page.page.emulate_media(forced_colors="active")
    seen = page.page.evaluate(
        """() => [...document.querySelectorAll('.category .swatch, .row-bar')].slice(0, 12).map((e) => {
        const { backgroundColor } = getComputedStyle(e); return [e.className, backgroundColor, getComputedStyle(document.body).backgroundColor]; })"""
    )
    page.page.emulate_media(forced_colors="none")
    assert len({colour for name, colour, _ in seen if name == "swatch"}) >= 4
    assert not [one for one in seen if one[1] == one[2]]


@pytest.mark.browser
def test_a_strict_comparison_leaves_its_limit_out(page: Opened, city: MapModel) -> None:
    page.reset()
    limit = float(city.parks["land_area_m2"].dropna().median())
    for item, wanted in (
        ({"min": None, "max": limit, "below": True}, (city.parks["land_area_m2"] < limit).sum()),
        ({"min": limit, "max": None, "above": True}, (city.parks["land_area_m2"] > limit).sum()),
        ({"min": limit, "max": limit}, (city.parks["land_area_m2"] == limit).sum()),
    ):
        page.app(
            "(app, item) => app.store.set({ filters: { parks: [{ field: 'land_area_m2', op: 'range', ...item }] } })",
            item,
        )
        page.settle()
        assert page.count("parks") == int(wanted)
    page.reset()


@pytest.mark.browser
def test_the_view_before_comes_back(page: Opened) -> None:
    page.reset()
    go(page, "parks", 10)
    go(page, "parks", 14)
    page.page.click(f"[aria-label='{page.app('(app) => app.t(`previous_view`)')}']")
    assert page.app("(app) => app.stage.map.getZoom()") == 10


@pytest.fixture
def warehouses() -> Iterator[LayerRecord]:
    """Make a schema of a workspace known, and forget it again."""
    text = {"unit": "", "short": "", "aliases": (), "stage": "read", "description": ""}
    fields = [
        Field(name="shed_id", dtype="str", zh="编号", en="Id", **text),
        Field(name="name", dtype="str", zh="名称", en="Name", **text),
        Field(name="cooling", dtype="str", zh="冷藏", en="Cooling", **text),
        Field(name="height_m", dtype="float", zh="净高", en="Height", **(text | {"unit": "米"})),
    ]
    schemas.add_schema("warehouses", fields)
    yield LayerRecord(
        name="warehouses",
        id="warehouses",
        schema="warehouses",
        role="subject",
        style="fill",
        zh="仓库",
        en="Warehouses",
    )
    schemas.begin()


@pytest.mark.browser
def test_a_layer_never_heard_of_is_drawn_filtered_charted_listed_and_exported(
    browser: Browser, city: MapModel, warehouses: LayerRecord, tmp_path: Path
) -> None:
    rng = np.random.default_rng(4)
    sheds = gpd.GeoDataFrame(
        {
            "name": [f"仓库{i}" for i in range(40)],
            "shed_id": [f"W{i}" for i in range(40)],
            "cooling": ["冷库" if i % 3 else "普通" for i in range(40)],
            "height_m": np.arange(40) / 2 + 6,
        },
        geometry=[
            shapely.box(x, y, x + 0.004, y + 0.003)
            for x, y in rng.uniform((113.3, 23.0), (113.6, 23.2), (40, 2))
        ],
        crs=4326,
    )
    path = IndustryMap(
        MapModel(layers=(*city.layers, MapLayer(record=warehouses, frame=sheds)))
    ).save(tmp_path / "map.html")
    with opened(browser, path) as page:
        page.page.click("[data-topic=warehouses]")
        page.settle()
        assert page.app("(app) => app.store.state.subject") == "warehouses"
        page.page.wait_for_selector(".chart h3:text-is('冷藏')")
        page.page.click(".category:has-text('冷库')")
        page.settle()
        cold = int((sheds["cooling"] == "冷库").sum())
        assert page.count("warehouses") == cold
        page.page.click("[role=tab]:has-text('列表')")
        page.page.wait_for_selector(".filler .tr:has-text('仓库')")
        assert page.page.inner_text(".table-bar .number") == f"{cold} 行"
        at = page.app(
            "(app) => { app.stage.show('warehouses', 1); const [x, y] = app.model.layer('warehouses').shapes.anchor(1); const m = app.stage.map; const s = 256 * 2 ** m.getZoom(); const o = m.getPixelOrigin(); const p = m.layerPointToContainerPoint([x * s - o.x, y * s - o.y]); return app.stage.hit(p); }"
        )
        assert at == {"layer": "warehouses", "row": 1}
        with page.page.expect_download() as saved:
            page.page.click(f"[aria-label='{page.app('(app) => app.t(`export`)')}']")
            page.page.locator(".menu button:text-is('GeoJSON')").last.click()
        features = json.loads(saved.value.path().read_text(encoding="utf-8"))["features"]
        assert {f["properties"]["cooling"] for f in features} == {"冷库"}
        assert len(features) == cold
        assert page.complaints == []
