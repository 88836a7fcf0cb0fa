"""Choosing parks in the page agrees with choosing them in Python; people of every kind can reach it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

import numpy as np
import pandas as pd
import pytest
import webmap_city
from webmap_browser import PHONE, Opened, linked, opened

from industrymap import datum
from industrymap.parks import score, whatif
from industrymap.webmap import (
    Criterion,
    IndustryMap,
    MapModel,
    PastYear,
    Scoring,
    Snapshot,
    Standard,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CRITERIA = [
    ("far", 15.0, 2.0, 0.4),
    ("land_area_m2", 20.0, 6666.7, 200000.0),
    ("output_per_floor_yuan_m2", 25.0, 10000.0, 0.0),
    ("above_scale", 10.0, 0.0, 10.0),
]


@pytest.fixture(scope="module")
def city() -> MapModel:
    city = webmap_city.model(600, parks=150, blocks=20)
    parks = city.parks.assign(
        base_staff=np.arange(150) + 10.0, tax_10k_cny=city.parks["output_10k_cny"] * 0.05
    )
    routes = parks.set_index("park_id")["route"]
    ids = pd.Series(webmap_city.credit_codes(600, np.random.default_rng(3)), dtype="string")
    firms = city.enterprises.assign(enterprise_id=ids.to_numpy(), in_base=True)
    there = pd.Series(np.arange(600) < 300)
    of_2024 = pd.DataFrame({"in_base": there, "revenue_10k_cny": there.map({True: 100.0})})
    dated = {"enterprises": ("in_base", "revenue_10k_cny", "tax_10k_cny", "staff")}
    past = PastYear(year=2024, frames={"enterprises": of_2024}, dated=dated)
    return replace(
        city.with_frames(parks=parks, enterprises=firms),
        years=(past,),
        standards=(
            Standard(id="a", zh="甲", routes=routes),
            Standard(
                id="b", zh="乙", official=False, routes=routes.where(routes != "keep", "upgrade")
            ),
        ),
        snapshots=(Snapshot(date="2024-12-31", parks=parks.iloc[:100]),),
        scoring=Scoring(
            criteria=tuple(Criterion(column=c, weight=w, zero=z, one=o) for c, w, z, o in CRITERIA),
            per_district=3,
            total=12,
        ),
    )


@pytest.fixture(scope="module")
def page(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city, basemaps=["osm", "amap"]).save(
        tmp_path_factory.mktemp("page") / "map.html"
    )
    with opened(browser, path) as page:
        yield page
        assert page.complaints == []
        assert page.requests == []


def scores(city: MapModel) -> pd.Series[float]:
    indicators = tuple(
        score.Indicator(id=c, field=c, weight=w, zero=z, one=o, zh=c, en=c)
        for c, w, z, o in CRITERIA
    )
    points = score.score(city.parks, score.Weights(standard_id="x", indicators=indicators))[
        "pilot_score"
    ]
    return points.set_axis(city.parks["park_id"]).astype(float)


@pytest.mark.browser
def test_the_ranking_is_the_one_python_makes(page: Opened, city: MapModel) -> None:
    page.reset()
    page.page.click("[data-tab=choose]")
    page.page.wait_for_selector(".rank")
    shown = page.page.locator(".rank-line .strong").all_inner_texts()
    expected = scores(city).sort_values(ascending=False)
    assert [float(s) for s in shown[:40]] == pytest.approx(expected.iloc[:40].tolist(), abs=0.051)
    assert page.page.locator(".rank.chosen").count() <= 12
    names = page.page.locator(".rank.chosen .where").all_inner_texts()
    assert max(pd.Series(names).value_counts()) <= 3


@pytest.mark.browser
def test_a_weight_changes_the_ranking_at_once(page: Opened) -> None:
    page.reset()
    page.page.click("[data-tab=choose]")
    page.page.wait_for_selector(".rank")
    before = page.page.inner_text(".ranking")
    page.page.focus(".weight >> nth=0")
    for _ in range(15):
        page.page.keyboard.press("ArrowRight")
    assert page.page.inner_text(".ranking") != before
    page.page.wait_for_selector(".firm:has-text('入选率')")


@pytest.mark.browser
def test_what_if_is_python_s(browser: Browser, city: MapModel) -> None:
    probe = 'import { whatIf } from "./choose/scenario.js";\nwindow.whatIf = whatIf;\n'
    chosen = city.parks.iloc[[3, 8, 20, 33]]
    names = {
        "land": "land_area_m2",
        "floor": "floor_area_m2",
        "output": "output_10k_cny",
        "tax": "tax_10k_cny",
        "staff": "base_staff",
    }
    rows = [
        {k: None if pd.isna(r[c]) else float(r[c]) for k, c in names.items()}
        for _, r in chosen.iterrows()
    ]
    script = "(rows) => window.whatIf(rows.map((r) => Object.fromEntries(Object.entries(r).map(([k, v]) => [k, v === null ? NaN : v]))), { far: 2.5, outputPerFloor: null, taxPerOutput: null, floorPerJob: null })"
    with linked(browser, probe) as blank:
        found = blank.evaluate(script, rows)
    table = whatif.what_if(city.parks, chosen["park_id"], whatif.Plan(far=2.5)).set_index("figure")
    for mine, theirs in (
        ("floor", "floor"),
        ("output", "output"),
        ("tax", "tax"),
        ("staff", "jobs"),
    ):
        assert found[mine]["after"] == pytest.approx(table.loc[theirs, "after"], rel=1e-9)


@pytest.mark.browser
def test_two_standards_are_crossed_and_a_cell_filters(page: Opened, city: MapModel) -> None:
    page.reset()
    page.app("(app) => app.store.set({ tab: 'choose', choosing: 'standards' })")
    page.page.wait_for_selector(".cross")
    keep = int((city.parks["route"] == "keep").sum())
    assert f"：{keep} 个" in page.page.inner_text(".lead-line")
    page.page.click(".cross .differs button")
    page.settle()
    assert page.count("parks") == keep


@pytest.mark.browser
def test_the_year_slider_shows_the_firms_of_the_year(page: Opened) -> None:
    page.reset()
    page.page.focus(".time-slider")
    page.page.keyboard.press("Home")
    page.page.wait_for_timeout(150)
    page.settle()
    assert page.count("enterprises") == 300
    assert page.page.inner_text(".time-badge") == "2024 年"


@pytest.mark.browser
def test_no_serious_accessibility_violation(page: Opened, browser: Browser) -> None:
    base = pytest.importorskip(
        "axe_playwright_python.base", reason="axe-playwright-python is not installed"
    )
    page.reset()
    axe = base.AXE_FILE_PATH.read_text(encoding="utf-8")
    page.page.evaluate(axe)
    states: list[str] = [
        "app.store.set({})",
        "app.store.set({ tab: 'table' })",
        "app.store.set({ tab: 'choose', choosing: 'rank' })",
        "app.store.set({ choosing: 'standards' })",
        "app.store.set({ choosing: 'basket', shortlist: { 3: '一期' } })",
        "app.store.set({ choosing: 'peers', benchmark: 3 })",
        "app.store.set({ tab: 'districts', picked: { layer: 'enterprises', row: 3 } })",
        "app.store.set({ tab: 'choose', picked: { layer: 'parks', row: 3 } })",
        "document.querySelectorAll('.details details').forEach((d) => (d.open = true))",
        "(app.store.set({ picked: null }), document.querySelector('.add-line button').click())",
        "(document.querySelector('.builder .icon-button').click(), document.querySelector('.add-line button + button').click())",
        "(document.querySelector('.builder .sheet-head .icon-button').click(), app.compare('parks@0', 'now'))",
        "app.store.set({ comparing: null, color: { ...app.store.state.color, parks: 'far' } })",
        # dialogs, menus and lists that lie over the page
        "document.querySelector(\"button[aria-label='打印']\").click()",
        f"({CLOSE}, document.querySelector(\"button[aria-label='链接、代码与保存的视图']\").click())",
        f"({CLOSE}, app.store.set({{ topic: 'areas' }}), document.querySelector(\"button[title='导出所选数据']\").click())",
        "[...document.querySelectorAll('[role=menuitem]')].find((one) => one.textContent.includes('选择列')).click()",
        f"({CLOSE}, (app.root.querySelector('.search-input').value = '工业'), app.root.querySelector('.search-input').dispatchEvent(new Event('input', {{ bubbles: true }})))",
        "((app.root.querySelector('.search-input').value = ''), app.root.querySelector('.search-input').dispatchEvent(new Event('input', { bubbles: true })))",
        "app.store.set({ lang: 'en', tab: 'overview' })",
        FILTERED,
    ]
    for change in states:
        assert page.app(f"async (app) => {{ {change}; return (await ({SERIOUS})()); }}") == [], (
            change
        )
    # the other theme: rules but contrast do not depend on it
    page.reset()
    page.page.emulate_media(color_scheme="dark")
    page.page.evaluate("window.passed.clear()")
    for change in (states[1], states[3], states[6], states[7], states[9], FILTERED):
        assert (
            page.app(f"async (app) => {{ {change}; return (await ({SERIOUS})(false)); }}") == []
        ), change
    page.page.emulate_media(color_scheme="light")
    path = webmap_path(page)
    with opened(browser, path, viewport=PHONE, is_mobile=True, has_touch=True) as phone:
        phone.page.evaluate(axe)
        for side in ("left", "right"):
            change = f"app.store.set({{ side: '{side}', pull: 'full' }})"
            assert (
                phone.app(f"async (app) => {{ {change}; return (await ({SERIOUS})()); }}") == []
            ), side


CLOSE = "document.querySelectorAll('.dialog .actions button:last-child, .dialog .icon-button').forEach((one) => one.click())"
FILTERED = "app.store.set({ filters: { parks: [{ op: 'in', field: 'route', words: [app.model.parks.columns.column('route').words[0]] }] } })"

# Every rule in every state on the whole page; contrast, two thirds of the time, on each part of the page that has not passed as it stands.
SERIOUS = """async (all = true) => {
    await new Promise((r) => setTimeout(r, 250));
    const passed = (window.passed = window.passed || new Set());
    const parts = [];
    const split = (one) => (one.outerHTML.length < 12000 || !one.children.length ? parts.push(one) : [...one.children].forEach(split));
    split(document.getElementById('app'));
    const placed = (one) => `${one.parentElement.className} ${one.outerHTML}`;
    const fresh = parts.filter((one) => !passed.has(placed(one)));
    const options = { resultTypes: ['violations'], preload: false };
    const rules = all ? await axe.run(document, { ...options, rules: { 'color-contrast': { enabled: false } } }) : { violations: [] };
    const contrast = fresh.length ? await axe.run({ include: fresh }, { ...options, runOnly: ['color-contrast'] }) : { violations: [] };
    for (const one of fresh) passed.add(placed(one));
    return [...rules.violations, ...contrast.violations].filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => [v.id, v.nodes[0].html]);
}"""


def webmap_path(page: Opened) -> Path:
    return Path(unquote(urlparse(page.page.url).path))


@pytest.mark.browser
def test_tab_reaches_everything_and_focus_is_seen(page: Opened) -> None:
    page.reset()
    page.page.evaluate("document.activeElement.blur()")
    seen = set()
    for _ in range(150):  # more than the page has stops, wherever the first press begins
        page.page.keyboard.press("Tab")
        seen.add(
            page.page.evaluate(
                "[document.activeElement.closest('#top, #left, #stage, #right')?.id, getComputedStyle(document.activeElement).outlineStyle !== 'none' || document.activeElement.matches('input, .edge')].join()"
            )
        )
    assert {"top,true", "left,true", "stage,true", "right,true"} <= seen
    assert not any(s.endswith("false") for s in seen if not s.startswith(","))


@pytest.mark.browser
def test_only_the_chosen_basemap_s_host_is_asked_and_its_failure_leaves_the_map(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = IndustryMap(city, basemaps=["amap"]).save(tmp_path_factory.mktemp("page") / "map.html")
    with opened(browser, path, viewport=PHONE) as page:
        page.page.context.route("https://**", lambda route: route.abort())
        page.app("(app) => app.store.set({ basemap: 'amap' })")
        page.page.wait_for_selector(".notice")
        assert {r.split("/")[2].split(".", 1)[1] for r in page.requests} == {"is.autonavi.com"}
        assert page.count("parks") == 150
        lon, lat = page.app("(app) => app.toDrawn(113.4, 23.1)")
        x, y = datum.convert(np.array([113.4]), np.array([23.1]), source="wgs84", target="gcj02")
        assert (lon, lat) == pytest.approx((x[0], y[0]), abs=1e-9)
        assert page.app("(app) => app.toTrue(...app.toDrawn(113.4, 23.1))") == pytest.approx(
            [113.4, 23.1], abs=1e-9
        )


@pytest.mark.browser
def test_natural_breaks_and_lengths_are_right(browser: Browser) -> None:
    from itertools import combinations

    from pyproj import Geod

    probe = 'import { jenks } from "./basics/classes.js";\nimport { area, distance } from "./basics/geo.js";\nwindow.jenks = (v, k) => jenks(Float64Array.from(v), k);\nwindow.area = area;\nwindow.distance = distance;\n'
    values = sorted(np.random.default_rng(5).gamma(2, 3, 18).round(2).tolist())

    def spread(cuts: tuple[int, ...]) -> float:
        parts = np.split(np.array(values), cuts)
        return sum(((p - p.mean()) ** 2).sum() for p in parts)

    best = min(spread(c) for c in combinations(range(1, 18), 3))
    geod, ring = Geod(ellps="WGS84"), [[113.1, 23.0], [113.5, 23.05], [113.45, 23.4], [113.2, 23.3]]
    with linked(browser, probe) as page:
        limits = page.evaluate("(v) => window.jenks(v, 4)", values)
        length = page.evaluate("() => window.distance([113.1, 23.0], [113.9, 23.6])")
        surface = page.evaluate("(ring) => window.area(ring)", ring)
    assert spread(tuple(values.index(v) for v in limits)) == pytest.approx(best)
    assert length == pytest.approx(geod.inv(113.1, 23.0, 113.9, 23.6)[2], abs=0.002)
    assert surface == pytest.approx(
        abs(geod.polygon_area_perimeter(*zip(*ring, strict=True))[0]), rel=1e-3
    )


# shortlist, firmness, peers


@pytest.mark.browser
def test_a_shortlist_with_notes_is_kept_in_the_link(
    page: Opened, browser: Browser, city: MapModel
) -> None:
    page.reset()
    page.page.click("[data-tab=choose]")
    page.page.click(".rank .star >> nth=1")
    name = page.page.inner_text(".rank-line b >> nth=1")
    page.page.click("button:text-is('测算')")
    note = page.page.get_by_label("备注")
    note.fill("二期先行 <b>")
    page.page.keyboard.press("Tab")
    assert page.page.inner_text(".basket .link") == name
    page.page.click(".tool[title*='链接']")
    page.page.wait_for_selector("dialog[open]")
    fragment = "#" + page.page.url.split("#")[1]
    page.page.keyboard.press("Escape")
    with opened(browser, webmap_path(page), fragment=fragment) as again:
        again.page.wait_for_selector(".basket .link")
        assert again.page.inner_text(".basket .link") == name
        assert again.page.get_by_label("备注").input_value() == "二期先行 <b>"
    page.page.click(".basket .icon-button")
    assert page.page.locator(".basket li").count() == 0


@pytest.mark.browser
def test_a_place_in_the_ranking_says_how_firmly_it_holds(page: Opened, city: MapModel) -> None:
    page.reset()
    page.page.click("[data-tab=choose]")
    page.page.wait_for_selector(".firm:has-text('入选率')")
    told = page.page.locator(".firm").all_inner_texts()
    bands = [[int(n) for n in re.findall(r"(\d+)[–，]", t.split("入选率")[0])] for t in told[:30]]
    shares = [float(re.findall(r"([\d.]+)\s*%", t)[0]) for t in told[:30]]
    assert all(low <= place + 1 <= high for place, (low, high) in enumerate(bands))
    assert shares[0] == max(shares)
    page.page.click("button:has-text('导出排名')", trial=True)
    # with no spread at all nothing moves: the band is the place itself
    fixed = page.app(
        "(app) => { const spread = app.scoring.spread; const own = app.scoring.criteria.map((c) => c.spread); app.scoring.spread = 0; app.scoring.criteria.forEach((c) => (c.spread = 0)); app.store.set({ rule: { total: 12 } }); return [spread, own]; }"
    )
    page.page.wait_for_timeout(400)
    first = page.page.inner_text(".firm >> nth=0")
    assert re.search(r"排名 1–1，入选率 100", first), first
    page.app(
        "(app, [spread, own]) => { app.scoring.spread = spread; app.scoring.criteria.forEach((c, i) => (c.spread = own[i])); }",
        fixed,
    )


@pytest.mark.browser
def test_a_park_stands_beside_the_five_most_like_it(page: Opened, city: MapModel) -> None:
    page.reset()
    parks = city.parks
    likeness = np.zeros(len(parks))
    for name in ("land_area_m2", "far", "firms", "block_overlap"):
        values = parks[name].astype(float).to_numpy()
        known = np.flatnonzero(~np.isnan(values))
        place = np.full(len(parks), np.nan)
        place[known[np.argsort(values[known], kind="stable")]] = np.arange(len(known)) / (
            len(known) - 1
        )
        away = np.abs(place - place[3])
        likeness += np.where(np.isnan(away), 0.5, away)
    likeness[3] = -1
    wanted = parks["name"].iloc[np.argsort(likeness, kind="stable")[:6]].tolist()
    page.app(
        "(app) => app.store.set({ tab: 'choose', choosing: 'peers', picked: { layer: 'parks', row: 3 } })"
    )
    page.page.wait_for_selector(".peers .own-park", state="attached")
    assert page.page.locator(".peers thead .link").all_text_contents() == wanted
    assert page.page.locator(".peers tbody tr").count() == len(CRITERIA)
