"""The page that a build wrote, opened in Chromium: safe, silent, and answering."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import webmap_city
from hostile_texts import CORPUS, hostile
from webmap_browser import PHONE, Opened, opened

from industrymap import basemaps
from industrymap.errors import ConfigError
from industrymap.webmap import (
    IndustryMap,
    MapModel,
    Meta,
    build,
    modules,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def city() -> MapModel:
    return webmap_city.model(3000, parks=400, blocks=90)


@pytest.fixture(scope="module")
def written(city: MapModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return IndustryMap(city).save(tmp_path_factory.mktemp("page") / "map.html")


@pytest.fixture(scope="module")
def shared(browser: Browser, written: Path) -> Iterator[Opened]:
    with opened(browser, written) as page:
        yield page


@pytest.fixture
def page(shared: Opened) -> Iterator[Opened]:
    """Return the page as it opens; every test leaves it without a request and without a complaint."""
    shared.reset()
    yield shared
    assert shared.requests == []
    assert shared.complaints == []


@pytest.mark.browser
def test_no_text_runs_and_every_text_arrives(
    browser: Browser, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    model = hostile()
    tables = [
        model.frame(name)
        for name in ("enterprises", "parks", "blocks", "districts", "towns", "zones")
    ]
    record_property("inputs", int(sum((t == CORPUS[0]).sum().sum() for t in tables) * len(CORPUS)))
    path = IndustryMap(model).save(tmp_path / "map.html")
    with opened(browser, path) as page:
        for lang in ("en", "zh"):
            page.app("(app, lang) => app.store.set({ lang })", lang)
            for layer in ("enterprises", "parks", "blocks", "districts"):
                for row in range(len(CORPUS)):
                    page.app("(app, [id, row]) => app.select(id, row)", [layer, row])
            page.app(
                "(app) => app.store.set({ tab: 'table', subject: 'enterprises', picked: null })"
            )
            page.page.fill(".search-input", "<")
            page.page.wait_for_selector("[role=option]")
        page.page.wait_for_timeout(100)
        record_property("fired", int(page.page.evaluate("window.fired") is not None))
        assert page.page.evaluate("window.fired") is None
        assert (
            page.page.evaluate("document.querySelectorAll('img, iframe, svg[onload]').length") == 0
        )
        order = IndustryMap(model).payload.order["enterprises"]
        read = "async (app, name) => { const c = app.model.layer('enterprises').columns; const out = []; for (let i = 0; i < c.n; i++) out.push(await c.read(name, i)); return out; }"
        for name in ("name", "cluster", "uscc", CORPUS[7]):
            assert page.app(read, name) == [CORPUS[i] for i in order]
        fields = page.app("(app) => [...app.model.layer('enterprises').columns.fields.keys()]")
        assert {CORPUS[7], CORPUS[0]} <= set(fields)
        assert page.app("(app) => app.model.meta.title") == model.meta.title
        assert page.page.inner_text(".brand h1").split() != []
    assert page.requests == []
    assert page.complaints == []


def test_templates_do_not_run_while_building() -> None:
    model = hostile()
    page = build(model).decode()
    manifest = json.loads(re.search(r'id="industrymap">(.*?)</script>', page, re.DOTALL)[1])
    assert manifest["meta"]["title"] == model.meta.title
    assert [label["zh"] for label in manifest["taxonomies"][0]["labels"]] == CORPUS
    assert manifest["standards"][0]["source"] == model.standards[0].source


def test_lone_surrogates_survive_the_build() -> None:
    frame = gpd.GeoDataFrame(
        {"park_id": ["a"], "name": pd.Series(["x\ud800y"], dtype=object)},
        geometry=[shapely.box(113, 23, 114, 24)],
        crs=4326,
    )
    page = build(MapModel.of(parks=frame, meta=Meta(title="t\udfff")))
    assert b"\\udfff" in page


def test_infinite_and_missing_numbers_survive_the_build() -> None:
    frame = gpd.GeoDataFrame(
        {"park_id": ["a", "b"], "far": [float("inf"), float("nan")]},
        geometry=[shapely.box(113, 23, 114, 24), None],
        crs=4326,
    )
    manifest = build(MapModel.of(parks=frame)).split(b'id="industrymap">')[1].split(b"</script>")[0]
    assert b"NaN" not in manifest
    json.loads(manifest)


def test_the_policy_pins_every_script_and_style(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    rules = html.unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1])
    assert "unsafe-inline" not in rules
    assert "unsafe-eval" not in rules
    assert "http" not in rules
    runnable = [
        body
        for kind, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
        if "text/plain" not in kind and "json" not in kind
    ]
    assert len(runnable) == 3
    packed = re.search(r'id="industrymap-program">([^<]+)<', text)[1]
    program = zlib.decompress(base64.b64decode(packed)).decode("ascii")
    assert program == modules.script()
    for body in [*runnable, program]:
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules


@pytest.mark.browser
def test_a_script_put_into_the_file_afterwards_does_not_run(
    browser: Browser, written: Path, tmp_path: Path
) -> None:
    text = written.read_text(encoding="utf-8")
    changed = tmp_path / "changed.html"
    changed.write_text(
        text.replace(
            "</body>", "<script>window.fired=1</script><img src=x onerror='window.fired=2'></body>"
        ),
        encoding="utf-8",
    )
    with opened(browser, changed) as page:
        assert page.page.evaluate("window.fired") is None


@pytest.mark.browser
def test_the_page_asks_for_nothing_and_complains_of_nothing(page: Opened) -> None:
    page.page.mouse.move(600, 400)
    page.page.mouse.wheel(0, -400)
    page.page.wait_for_timeout(400)
    assert page.page.evaluate("performance.getEntriesByType('resource').length") == 0


@pytest.mark.browser
def test_the_page_makes_no_globals_of_its_own(
    browser: Browser, written: Path, tmp_path: Path
) -> None:
    bare_page = tmp_path / "bare.html"
    bare_page.write_text("<!DOCTYPE html><title>bare</title>", encoding="utf-8")
    names = "Object.getOwnPropertyNames(window)"
    with opened(browser, written) as page:
        mine = set(page.page.evaluate(names))
        page.page.goto(bare_page.as_uri())
        bare = set(page.page.evaluate(names))
    ids = {
        n
        for n in mine - bare
        if n
        not in {"L", "leaflet", "_leaflet_events", "L_NO_TOUCH", "L_DISABLE_3D", "map_industrymap"}
    }
    assert {n for n in ids if not n.startswith(("industrymap", "__playwright"))} == set()


SEEN = """(app) => JSON.stringify({
  state: app.store.state, counts: ["enterprises", "parks", "blocks"].map((id) => app.engine.result(id).count),
  kept: ["enterprises", "parks", "blocks"].map((id) => app.engine.result(id).version),
  sheets: [...document.querySelectorAll("canvas.sheet")].map((c) => c.toDataURL()), text: document.body.innerText })"""


DRAWN = """(app) => { const d = app.stage.points.get('enterprises') || { circles: [], units: [] };
  return d.circles.reduce((n, c) => n + c.rows.length, 0) + d.units.reduce((n, u) => n + u.count, 0); }"""
"""Firms in circles and in the counts of places known roughly."""


@pytest.mark.browser
def test_the_app_is_frozen_once_composed(page: Opened) -> None:
    assert page.app("(app) => Object.isFrozen(app) && Object.isFrozen(app.tabs)")


@pytest.mark.browser
def test_the_page_warms_up_its_filters_when_idle_and_nothing_changes(page: Opened) -> None:
    # asked from outside: the page's policy lets nothing be evaluated within
    page.page.evaluate(
        """() => new Promise((done) => {
          const look = () => (performance.getEntriesByName('industrymap:warm').length ? done() : setTimeout(look, 50));
          look();
        })"""
    )
    page.settle()
    before = page.app(SEEN)
    page.app(
        """(app) => app.engine.warmUp([
          {id: "enterprises", item: {op: "range", field: "revenue_10k_cny", min: 5000, max: null}},
          {id: "parks", item: {op: "in", field: "district", words: ["白云区"]}}])"""
    )
    assert page.app(SEEN) == before


@pytest.mark.browser
def test_a_click_on_the_legend_filters_map_figures_chart_and_table(
    page: Opened, city: MapModel
) -> None:
    page.page.click(".category:has-text('汽车')")
    page.settle()
    wanted = int((city.enterprises["cluster"] == "auto").sum())
    assert page.count("enterprises") == wanted
    assert f"{wanted:,}" in page.page.inner_text(".selection .segments button:has-text('企业')")
    assert page.page.locator(".chip").count() == 1
    page.page.click(".selection .segments button:has-text('企业')")
    page.page.click("[role=tab]:has-text('列表')")
    page.page.wait_for_selector(".filler .tr")
    assert page.page.inner_text(".table-bar .number") == f"{wanted:,} 行"
    assert page.app(DRAWN) <= wanted
    page.page.click(".category:has-text('汽车')")
    page.settle()
    assert page.count("enterprises") == len(city.enterprises)


@pytest.mark.browser
def test_circles_and_counts_add_up_to_what_is_placed(page: Opened, city: MapModel) -> None:
    page.page.click(".topics [data-topic=enterprises]")
    page.app("(app) => app.stage.map.setView([23.12, 113.42], 8, {animate: false})")
    assert page.app(DRAWN) == int(city.enterprises.geometry.notna().sum())


@pytest.mark.browser
def test_legend_counts_leave_out_their_own_filter(page: Opened, city: MapModel) -> None:
    page.page.click(".category:has-text('汽车')")
    page.page.click(".category:has-text('新材料')")
    page.page.click("details:has(h3:text-is('区')) .category >> nth=0")
    page.settle()
    district = page.app("(app) => app.store.state.filters.shared[0].words[0]")
    frame = city.enterprises
    expected = frame[frame["district"] == district]["cluster"].value_counts()
    counts = page.app(
        "(app) => { const l = app.model.layer('enterprises'); const c = app.engine.counts('enterprises', 'cluster'); return Object.fromEntries(l.categories('cluster').map((x) => [x.word, c[x.code]])); }"
    )
    assert {k: v for k, v in counts.items() if v} == expected.to_dict()
    assert page.count("enterprises") == int(expected[["auto", "materials"]].sum())


@pytest.mark.browser
def test_a_district_filters_parks_blocks_and_firms_alike(page: Opened, city: MapModel) -> None:
    district = city.parks["district"].iloc[0]
    page.app(
        "(app, d) => app.store.set({ filters: { shared: [{ field: 'district', op: 'in', words: [d] }] } })",
        district,
    )
    page.settle()
    for layer in ("parks", "blocks", "enterprises"):
        assert page.count(layer) == int((getattr(city, layer)["district"] == district).sum())


@pytest.mark.browser
def test_unknown_stays_unknown_under_not(page: Opened, city: MapModel) -> None:
    page.app(
        "(app) => app.store.set({ filters: { parks: [{ field: 'far', op: 'range', min: null, max: 0.85, not: true }] } })"
    )
    page.settle()
    assert page.count("parks") == int((city.parks["far"] > 0.85).sum())
    group = "(app) => app.store.set({ filters: { parks: [{ op: 'group', join: 'and', not: true, items: [{ field: 'far', op: 'range', min: null, max: 0.85 }, { field: 'route', op: 'in', words: ['upgrade'] }] }] } })"
    page.app(group)
    page.settle()
    far, route = city.parks["far"] <= 0.85, city.parks["route"].astype("string") == "upgrade"
    assert page.count("parks") == int((~(far & route)).fillna(False).sum())


@pytest.mark.browser
def test_a_click_on_a_park_shows_its_sheet(page: Opened, city: MapModel) -> None:
    page.app(
        "(app) => { app.store.set({ layers: { ...app.store.state.layers, enterprises: false } }); app.stage.show('parks', 7); }"
    )
    at = page.app(
        "(app) => { const s = app.model.layer('parks').shapes; const [x, y] = s.anchor(7); const m = app.stage.map; const scale = 256 * 2 ** m.getZoom(); const o = m.getPixelOrigin(); const p = m.layerPointToContainerPoint([x * scale - o.x, y * scale - o.y]); const r = m.getContainer().getBoundingClientRect(); return [p.x + r.x, p.y + r.y]; }"
    )
    page.page.mouse.click(*at)
    page.page.wait_for_selector(".sheet-title h2")
    assert page.app("(app) => app.store.state.picked") == {"layer": "parks", "row": 7}
    assert page.page.inner_text(".sheet-title h2") == city.parks["name"].iloc[7]
    page.page.click(".sheet-head .icon-button")
    assert page.page.locator(".details").is_hidden()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("text", "field"),
    [("jcs", "name"), ("工业大道", "address"), ("9144", "uscc"), ("第1工业园", "name")],
)
def test_search_finds_names_codes_addresses_and_initials(
    page: Opened, text: str, field: str
) -> None:
    page.page.fill(".search-input", text)
    page.page.wait_for_selector("[role=option]")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector(".sheet-title h2")
    picked = page.app("(app) => app.store.state.picked")
    value = page.app(
        "(app, [p, f]) => app.model.layer(p.layer).columns.read(f, p.row)", [picked, field]
    )
    assert text in value or field == "name"


@pytest.mark.browser
def test_search_says_when_it_finds_nothing(page: Opened) -> None:
    page.page.fill(".search-input", "没有这家企业")
    page.page.wait_for_selector(".results .hint")
    assert "没有这家企业" in page.page.inner_text(".results")


@pytest.mark.browser
def test_the_table_sorts_by_any_column_with_the_unknown_last(page: Opened, city: MapModel) -> None:
    page.page.click("[role=tab]:has-text('列表')")
    for clicks, ascending in ((1, False), (2, True)):
        page.page.click(".th button:has-text('容积率')")
        page.page.wait_for_selector(".filler .tr", state="attached")
        page.page.wait_for_timeout(120)
        shown = page.app(
            "(app) => [...document.querySelectorAll('.filler .tr')].map((r) => Number(r.dataset.row))"
        )
        values = [
            v
            for v in page.app(
                "(app, rows) => rows.map((r) => app.model.layer('parks').columns.value('far', r))",
                shown,
            )
            if v is not None
        ]
        assert values == sorted(values, reverse=not ascending), clicks
        assert values[0] == (city.parks["far"].min() if ascending else city.parks["far"].max())


@pytest.mark.browser
def test_only_the_rows_in_sight_exist(page: Opened) -> None:
    page.page.click(".selection .segments button:has-text('企业')")
    page.page.click("[role=tab]:has-text('列表')")
    page.page.wait_for_selector(".filler .tr")
    page.app("() => { document.querySelector('.scroller').scrollTop = 1e6; }")
    page.page.wait_for_timeout(200)
    assert page.page.locator(".filler .tr").count() < 60
    assert (
        page.app(
            "(app) => Number(document.querySelector('.filler .tr:last-child').getAttribute('aria-rowindex'))"
        )
        == 3001
    )


@pytest.mark.browser
def test_the_language_switches_everything(page: Opened) -> None:
    page.page.click(".tool.text")
    assert page.page.inner_text("[role=tab] >> nth=0") == "Overview"
    assert page.page.evaluate("document.documentElement.lang") == "en"
    left = page.page.inner_text("#left")
    assert "Vehicles" in left
    assert "汽车" not in left


@pytest.mark.browser
def test_a_phone_has_the_map_and_one_sheet(browser: Browser, written: Path) -> None:
    with opened(browser, written, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        assert page.page.locator(".phone-head").is_visible()
        assert page.app("() => document.documentElement.scrollWidth") <= 390
        page.page.tap(".phone-tabs button >> nth=1")
        page.page.wait_for_timeout(300)
        assert page.page.locator(".figures").is_visible()
        assert page.page.locator("#left").is_hidden()
        page.page.tap(".handle")
        assert page.app("(app) => app.store.state.pull") == "full"
    assert page.complaints == []


@pytest.mark.browser
def test_a_browser_without_decompression_is_told_so(browser: Browser, written: Path) -> None:
    with opened(browser, written, before="delete window.DecompressionStream", ready=False) as page:
        page.page.wait_for_selector("[role=alert]")
        assert "浏览器过旧" in page.page.inner_text("[role=alert]")


@pytest.mark.browser
@pytest.mark.parametrize(
    "end", ["a block that the first picture needs", "the program", "the last block"]
)
def test_a_truncated_page_says_so(
    browser: Browser, written: Path, tmp_path: Path, end: str
) -> None:
    text = written.read_text(encoding="utf-8")
    cut = tmp_path / "cut.html"
    if end == "the last block":
        text = text[: text.rindex('id="industrymap-') + 400]
    else:
        name = "3" if end == "a block that the first picture needs" else "program"
        pattern = rf'(id="industrymap-{name}">.{{40}}).*?</script>'
        text = re.sub(pattern, r"\1</script>", text, flags=re.DOTALL)
    cut.write_text(text, encoding="utf-8")
    with opened(browser, cut, ready=False) as page:
        page.page.wait_for_selector("[role=alert]")
        assert "不完整" in page.page.inner_text("[role=alert]")


@pytest.mark.browser
@pytest.mark.parametrize(
    "without",
    [
        ("enterprises",),
        ("parks",),
        ("blocks",),
        ("districts", "towns"),
        ("water", "roads", "zones"),
        ("enterprises", "parks", "blocks"),
        ("enterprises", "parks", "blocks", "districts", "towns", "water", "roads"),
    ],
)
def test_any_layer_may_be_missing(
    browser: Browser, city: MapModel, tmp_path: Path, without: tuple[str, ...]
) -> None:
    path = IndustryMap(city.with_frames(**dict.fromkeys(without))).save(tmp_path / "map.html")
    with opened(browser, path) as page:
        page.page.click("[role=tab]:has-text('列表')")
        # parks are compared only where there are parks
        compared = page.page.locator("[role=tab]:has-text('园区比选')").count()
        assert compared == ("parks" not in without)
        page.page.mouse.move(640, 400)
        assert page.page.locator(".brand h1").is_visible()
    assert page.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("layer", ["enterprises", "parks"])
def test_a_layer_may_be_empty(browser: Browser, city: MapModel, tmp_path: Path, layer: str) -> None:
    path = IndustryMap(city.with_frames(**{layer: city.frame(layer).iloc[:0]})).save(
        tmp_path / "map.html"
    )
    with opened(browser, path) as page:
        assert page.count(layer) == 0
    assert page.complaints == []


def test_a_public_page_needs_its_approval_number(city: MapModel) -> None:
    with pytest.raises(ConfigError, match="approval number"):
        build(replace(city, meta=replace(city.meta, profile="public")))


def test_a_public_page_holds_no_firm_and_no_figure_over_few_firms(city: MapModel) -> None:
    shown = IndustryMap(
        replace(city, meta=replace(city.meta, profile="public", review_number="GS(2026)1号"))
    )
    layers = {layer["id"] for layer in shown.payload.manifest["layers"]}
    assert "enterprises" not in layers
    assert "parks" in layers
    from industrymap.webmap.publishing import publishable

    meta = replace(city.meta, profile="public", review_number="x")
    measured = city.parks.assign(base_firms=city.parks["firms"])
    parks = publishable(
        replace(city.with_frames(parks=measured, enterprises=None), meta=meta)
    ).parks
    few = city.parks["firms"] < 3
    assert parks.loc[few, "base_revenue_10k_cny"].isna().all()
    assert parks["base_revenue_10k_cny"].notna().any()
    assert "note" not in parks.columns


def test_a_public_page_calls_what_it_withholds_not_published_and_never_unknown(
    browser: Browser, city: MapModel, tmp_path: Path
) -> None:
    meta = replace(city.meta, profile="public", review_number="GS(2026)1号")
    parks = city.parks.assign(route=city.parks["route"].mask(city.parks["firms"] < 3))
    path = IndustryMap(replace(city.with_frames(parks=parks, enterprises=None), meta=meta)).save(
        tmp_path / "map.html"
    )
    with opened(browser, path) as page:
        said = page.page.inner_text("body")
        tabs = page.page.locator("[role=tab]").all_inner_texts()
    assert "未公布" in said
    assert "未知" not in said
    assert "按发布规则隐去" in said
    assert "区镇" not in " ".join(tabs)  # nothing to compare without firms


def test_an_unknown_basemap_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="osm"):
        build(MapModel(), basemaps=["osmm"])


@pytest.mark.parametrize("basemap", basemaps.BASEMAPS, ids=lambda b: b.id)
def test_a_basemap_s_addresses_lie_on_its_own_hosts(basemap: basemaps.Basemap) -> None:
    for url in basemap.urls:
        host = re.match(r"https://([^/]+)", url)[1].replace("{s}", "0")
        assert any(
            re.fullmatch(re.escape(h.removeprefix("https://")).replace(r"\*", r"[\w.-]+"), host)
            for h in basemap.hosts
        )


def with_layers(city: MapModel) -> IndustryMap:
    import folium
    from folium.plugins import HeatMap

    page = IndustryMap(city.with_frames(enterprises=None))
    HeatMap([[23.1, 113.4]]).add_to(page.map)  # a plugin from another host
    icon = folium.Icon(color="red", icon="info-sign")
    folium.TileLayer("https://tile.example.org/{z}/{x}/{y}.png", attr="x").add_to(page.map)
    picture = "https://pictures.example.org/a.png"
    folium.raster_layers.ImageOverlay(picture, [[23.0, 113.3], [23.1, 113.4]]).add_to(page.map)
    folium.Marker([23.1, 113.4], popup="甲厂<b>1</b>", tooltip="提示", icon=icon).add_to(page.map)
    folium.Marker([23.2, 113.5], popup=folium.Popup("乙", max_width=200)).add_to(page.map)
    folium.CircleMarker([23.15, 113.45], radius=5, popup="圈").add_to(page.map)
    line = {"type": "LineString", "coordinates": [[113.3, 23.0], [113.6, 23.3]]}
    feature = {"type": "Feature", "properties": {"a": "线"}, "geometry": line}
    collection = {"type": "FeatureCollection", "features": [feature]}
    folium.GeoJson(collection, popup=folium.GeoJsonPopup(["a"])).add_to(page.map)
    return page


def test_layers_of_the_user_s_own_widen_the_policy_by_hash_only(city: MapModel) -> None:
    text = with_layers(city).html()
    rules = html.unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1])
    assert "unsafe-inline" not in rules
    assert "unsafe-eval" not in rules
    assert "http" not in rules
    assert not re.search(r"<(?:script|link)[^>]*(?:src|href)=", text)


@pytest.mark.browser
def test_layers_of_the_user_s_own_work_offline_and_what_cannot_is_said(
    browser: Browser, city: MapModel, tmp_path: Path
) -> None:
    with opened(browser, with_layers(city).save(tmp_path / "own.html")) as page:
        said = page.page.inner_text(".notice")
        for name in ("leaflet_heat", "tile.example.org", "pictures.example.org"):
            assert name in said
        assert page.page.locator(".folium-pin path").count() == 2  # the pin and its icon
        marker = page.page.locator("img.leaflet-marker-icon")
        assert marker.evaluate("(i) => i.naturalWidth") == 25
        said = page.page.evaluate(
            """() => { const said = []; map_industrymap.eachLayer((l) => { if (!l.getPopup?.()) return;
              l.openPopup(); said.push(document.querySelector('.leaflet-popup-content').innerText.trim()); l.closePopup(); }); return said; }"""
        )
        assert {"甲厂1", "乙", "圈"} <= set(said)
        page.page.locator(".folium-pin").dispatch_event("mouseover")
        assert page.page.inner_text(".leaflet-tooltip").strip() == "提示"
        line = "() => { let n = 0; map_industrymap.eachLayer((l) => { n += Boolean(l.feature && l.getLatLngs); }); return n; }"
        assert page.page.evaluate(line) == 1
        assert page.count("parks") == len(city.parks)
    assert page.requests == []
    assert page.complaints == []
