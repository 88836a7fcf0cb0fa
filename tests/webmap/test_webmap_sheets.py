"""Sheets of firms, blocks and districts, the search, the comparison of districts, and room for fingers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from webmap_browser import PHONE, opened

from industrymap import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    from playwright.sync_api import Browser
    from webmap_browser import Opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shared(browser: Browser, small_city: Path) -> Iterator[Opened]:
    with opened(browser, small_city / "outputs/map.html") as page:
        page.page.click(".hint-card .button")
        yield page
        assert page.complaints == []


@pytest.fixture
def page(shared: Opened) -> Opened:
    shared.reset()
    return shared


@pytest.fixture(scope="module")
def firms(small_city: Path) -> gpd.GeoDataFrame:
    found = pipeline.layer(small_city, "enterprises")
    return found[found["in_base"].fillna(value=False)]


FIND = "async (app, [id, key, value]) => { const l = app.model.layer(id); for (let r = 0; r < l.n; r++) if ((await l.columns.read(key, r)) === value) return r; }"


def pick(page: Opened, layer: str, key: str, value: str) -> None:
    row = page.app(FIND, [layer, key, value])
    page.app("(app, [id, row]) => app.select(id, row)", [layer, row])
    page.page.wait_for_selector(".details .sheet-body")


def test_a_firm_s_sheet_leads_to_its_park_and_says_how_its_place_was_found(
    page: Opened, firms: gpd.GeoDataFrame, small_city: Path
) -> None:
    parks = pipeline.layer(small_city, "village_parks").set_index("park_id")["name"]
    firm = firms[firms["park_id"].notna() & firms["geocode_evidence"].notna()].iloc[0]
    pick(page, "enterprises", "uscc", firm["uscc"])
    places = page.page.inner_text(".places")
    assert firm["geocode_evidence"] in places
    page.page.click(".places .link")
    page.page.wait_for_selector(f".details h2:text-is('{parks[firm['park_id']]}')")


def test_a_firm_s_sheet_names_its_industry_and_the_reasons_of_its_labels(
    page: Opened, firms: gpd.GeoDataFrame
) -> None:
    firm = firms[(firms["industry_code"] == "3670") & firms["cluster"].notna()].iloc[0]
    pick(page, "enterprises", "uscc", firm["uscc"])
    assert "汽车制造业" in page.page.inner_text(".facts")
    reasons = page.page.inner_text(".tag-reasons")
    assert not re.search(r"\w+_(?:cny|class|band)|>=|\.code\b", reasons)
    assert firm["cluster"] in reasons
    assert "行业代码 3670" in reasons
    assert "来源：规则" in reasons
    # the rule's own name is for those who look after the rules
    assert page.page.locator(".tag-reasons [title='auto.code']").count()
    # by names, not by codes of the program; the division's name is not given for the class's
    assert not re.search(r"来源 (rule|official_list)|\d+m_\d+m", reasons)
    assert "（36 汽车制造业）" in page.page.inner_text(".facts")


def test_a_firm_s_years_are_bars_with_a_gap_where_nobody_reported(
    page: Opened, firms: gpd.GeoDataFrame, small_city: Path
) -> None:
    years = pd.read_parquet(small_city / ".industrymap/built/years.parquet")
    known = years[years["revenue_10k_cny"].notna()].groupby("enterprise_id")["year"].nunique()
    lacking = firms[firms["enterprise_id"].map(known) == known.max() - 1].iloc[0]
    pick(page, "enterprises", "uscc", lacking["uscc"])
    drawn = page.page.locator(".year-value").all_text_contents()
    assert len(drawn) == known.max()
    assert drawn.count("?") == 1
    # one unit over all bars, that of the largest
    own = years[years["enterprise_id"] == lacking["enterprise_id"]].set_index("year")
    most = own["revenue_10k_cny"].max()
    unit = page.page.inner_text("section:has(> .years) .unit")
    assert unit == ("亿元" if most >= 1e4 else "万元")
    shown = max(float(text.replace(",", "")) for text in drawn if text != "?")
    assert shown == pytest.approx(most / (1e4 if most >= 1e4 else 1), rel=0.05, abs=0.05)


def test_a_block_s_sheet_lists_its_parks_and_firms(page: Opened, firms: gpd.GeoDataFrame) -> None:
    block, n = next(iter(firms["block_id"].value_counts().items()))
    pick(page, "blocks", "block_id", str(block))
    assert f"区域内入库企业{n}" in page.page.inner_text(".related:has-text('区域内入库企业') summary").replace("\n", "")  # fmt: skip
    page.page.click("button:has-text('只看区域内企业')")
    page.settle()
    assert page.count("enterprises") == n


def test_a_park_that_reports_far_less_than_its_firms_says_so_with_both_figures(
    page: Opened, small_city: Path
) -> None:
    parks = pipeline.layer(small_city, "village_parks")
    issues = pd.read_csv(small_city / "outputs/issues.csv", dtype=str)
    apart = parks[parks["base_revenue_10k_cny"] > 3 * parks["output_10k_cny"]]
    assert len(apart) > 0
    told = issues[issues["rule"].eq("value.far_from_firms") & issues["column"].eq("output_10k_cny")]
    assert len(told) == len(apart)
    park = apart.iloc[0]
    pick(page, "parks", "park_id", park["park_id"])
    times = park["base_revenue_10k_cny"] / park["output_10k_cny"]
    said = page.page.locator(".gap-note").first.inner_text()
    assert f"相差 {times:.0f} 倍，请核实" in said or f"相差 {times:.1f} 倍，请核实" in said
    facts = page.page.inner_text(".facts")
    assert "园区填报" in facts
    assert f"{park['n_base_revenue_10k_cny']} 家入库企业汇总" in facts
    below = int(park["firms"] - park["base_firms"])
    assert (f"其中 {below} 家未达入库线" in facts) == (below > 0)


def test_a_sum_over_some_of_the_firms_says_so_on_its_sheet(page: Opened, small_city: Path) -> None:
    blocks = pipeline.layer(small_city, "industrial_blocks")
    lacking = blocks[blocks["n_base_staff"].between(1, blocks["base_firms"] - 1)].iloc[0]
    pick(page, "blocks", "block_id", lacking["block_id"])
    fact = page.page.inner_text(".fact:has-text('入库企业从业人员')")
    assert f"{lacking['base_firms']} 家中 {lacking['n_base_staff']} 家有数据" in fact


def test_a_district_s_sheet_lists_its_parks_and_firms(
    page: Opened, firms: gpd.GeoDataFrame
) -> None:
    district, n = next(iter(firms["district"].value_counts().items()))
    pick(page, "districts", "name", str(district))
    heads = page.page.locator(".related summary").all_inner_texts()
    assert any(h.replace("\n", "").replace(",", "") == f"企业{n}" for h in heads)
    assert any(h.startswith("村级工业园") for h in heads)


def search(page: Opened, text: str) -> list[str]:
    page.page.fill(".search-input", text)
    page.page.wait_for_selector("#search-results li")
    page.page.wait_for_timeout(350)
    return page.page.locator("#search-results li").all_inner_texts()


def test_search_takes_full_pinyin_initials_and_several_words(
    page: Opened, firms: gpd.GeoDataFrame
) -> None:
    district = str(firms["district"].iloc[0])
    everything = search(page, district)
    assert any(district in found for found in everything)
    name = page.app(
        "(app, name) => [...name].map((c) => app.model.pinyin.get(c)[0]).join('')", district
    )
    assert any(district in found for found in search(page, name))
    assert any(district in found for found in search(page, "".join(w for w in name)[:4]))
    assert page.page.locator("#search-results mark").count() > 0
    firm = firms.iloc[0]
    found = search(page, f"{district} {firm['name'][3:6]}")
    assert any(firm["name"] in text for text in found)
    assert all(district in text for text in found)
    page.page.fill(".search-input", "")


def test_districts_are_compared_and_a_click_filters_the_map(
    page: Opened, firms: gpd.GeoDataFrame
) -> None:
    page.page.click("[role=tab][data-tab=districts]")
    page.page.wait_for_selector(".districts tbody tr")
    sums = firms.groupby("district")["revenue_10k_cny"].sum().sort_values(ascending=False)
    names = page.page.locator(".districts th[scope=row]").all_inner_texts()
    assert names == sums.index.tolist()
    first = page.page.locator(".districts tbody tr").first.inner_text()
    assert f"{100 * sums.iloc[0] / firms['revenue_10k_cny'].sum():.1f}%" in first
    assert "第 1" in first
    page.page.click(".districts tbody tr:first-child .link")
    page.settle()
    assert page.count("enterprises") == int((firms["district"] == sums.index[0]).sum())
    page.page.wait_for_selector(".districts tr.picked")
    assert page.page.locator(".districts tbody tr").count() == len(sums)


def test_change_is_that_of_the_firms_of_both_years_and_says_how_many(
    page: Opened, firms: gpd.GeoDataFrame, small_city: Path
) -> None:
    years = pd.read_parquet(small_city / ".industrymap/built/years.parquet")
    before = years[(years["year"] == 2024) & (years["revenue_10k_cny"] >= 1000)]
    then = before.drop_duplicates("enterprise_id", keep="last").set_index("enterprise_id")
    panel = firms[firms["enterprise_id"].isin(then.index) & firms["revenue_10k_cny"].notna()]
    of = panel.groupby("district")["enterprise_id"].size()
    district = str(of.idxmax())
    mine = panel[panel["district"] == district]
    now = mine["revenue_10k_cny"].sum()
    was = then.loc[mine["enterprise_id"], "revenue_10k_cny"].sum()
    page.page.click("[role=tab][data-tab=districts]")
    page.page.wait_for_selector(".districts th:has-text('自 2024 年变化')")
    row = page.page.locator(f".districts tbody tr:has-text('{district}')").inner_text()
    row = row.replace("−", "-")
    assert f"{now / was - 1:+.1%}" in row or f"{now / was - 1:+.0%}" in row
    assert f"{of[district]} 家" in row


def test_a_sum_that_few_firms_report_is_marked_and_takes_no_rank(
    page: Opened, firms: gpd.GeoDataFrame
) -> None:
    staff = firms.groupby("district")["staff"].agg(["count", "size"])
    part = staff[(staff["count"] >= 0.1 * staff["size"]) & (staff["count"] < 0.8 * staff["size"])]
    page.page.click("[role=tab][data-tab=districts]")
    page.page.wait_for_selector(".districts tbody tr")
    row = page.page.locator(f".districts tbody tr:has-text('{part.index[0]}')")
    cell = row.locator("td.partial").first.inner_text()
    known, of = part.iloc[0]
    assert f"{known}/{of} 家" in cell
    assert "第" not in cell
    assert "不全" in page.page.inner_text(".figure.partial .figure-note")


def test_the_quotient_of_a_selection_is_its_share_here_by_its_share_in_the_whole(
    page: Opened, firms: gpd.GeoDataFrame
) -> None:
    cluster = firms["cluster"].value_counts().index[0]
    mine = firms[firms["cluster"] == cluster]
    page.app("(app, w) => app.store.set({ tab: 'districts', filters: { enterprises: [{ field: 'cluster', op: 'in', words: [w] }] } })", cluster)  # fmt: skip
    page.settle()
    page.page.wait_for_selector(".districts th:has-text('区位商')")
    whole = firms.groupby("district")["revenue_10k_cny"].sum()
    own = mine.groupby("district")["revenue_10k_cny"].sum()
    n = mine.groupby("district").size()
    of_all = own.sum() / whole.sum()
    quotient = (own / whole) / of_all
    district = n.index[n >= 3][0]
    row = page.page.locator(f".districts tbody tr:has-text('{district}')").inner_text()
    assert f"{quotient[district]:.2f}" in row
    # towns have the same base, also where some of the firms of a district name no town
    page.page.select_option(".tab-body > select", index=1)
    page.page.wait_for_selector(".districts thead th:has-text('镇街')")
    towns = firms.groupby("town")["revenue_10k_cny"].sum()
    inside = mine.groupby("town")["revenue_10k_cny"].agg(["sum", "size"])
    town = inside.index[inside["size"] >= 3][0]
    row = page.page.locator(f".districts tbody tr:has(th:has-text('{town}'))").inner_text()
    assert f"{inside['sum'][town] / towns[town] / of_all:.2f}" in row


def test_a_park_s_sheet_and_the_ranking_open_in_a_past_year(
    browser: Browser, small_city: Path
) -> None:
    # on a page opened anew: what is first asked for in a past year must be there as well
    with opened(browser, small_city / "outputs/map.html") as past:
        past.page.focus(".time-slider")
        past.page.keyboard.press("Home")
        past.settle()
        past.app("(app) => app.select('parks', 3)")
        past.page.wait_for_selector(".details .sheet-body")
        past.app("(app) => app.store.set({ picked: null, tab: 'choose' })")
        past.page.wait_for_selector(".choose-body > *")
        assert past.complaints == []


def test_the_picker_of_places_shows_a_district_and_filters_nothing(page: Opened) -> None:
    before = page.count("enterprises")
    zoom = page.app("(app) => app.stage.map.getZoom()")
    page.page.select_option(".place-picker", index=1)
    page.page.wait_for_timeout(100)
    assert page.app("(app) => app.stage.map.getZoom()") > zoom
    assert page.count("enterprises") == before
    assert page.page.locator(".place-picker optgroup").count() == 2
    page.page.select_option(".place-picker", index=0)
    page.page.wait_for_timeout(100)
    assert page.app("(app) => app.stage.map.getZoom()") == zoom


def test_land_is_written_in_true_mu_in_both_languages(page: Opened, small_city: Path) -> None:
    mu = pipeline.layer(small_city, "village_parks")["land_area_m2"].sum() / (2000 / 3)
    for lang, name in (("zh", "用地面积"), ("en", "Land")):
        page.app("(app, lang) => app.store.set({ lang })", lang)
        shown = page.page.inner_text(f".figure:has(.figure-name:has-text('{name}')) .figure-note")
        number = float(re.sub(r"[^\d.]", "", shown))
        assert number * (1e4 if "万" in shown else 1) == pytest.approx(mu, rel=0.01)
    page.app("(app) => app.store.set({ lang: 'zh' })")


SMALL = """() => [...document.querySelectorAll('button, select, summary, [role=option], input[type=range], label.toggle')]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0)
    .filter((e) => { const b = e.getBoundingClientRect(); return b.height < 43.5 || (b.width < 43.5 && !e.matches('input')); })
    .map((e) => [e.className, e.textContent.slice(0, 12), Math.round(e.getBoundingClientRect().width), Math.round(e.getBoundingClientRect().height)].join(' '))"""


@pytest.mark.parametrize("viewport", [PHONE, {"width": 820, "height": 1180}])
def test_fingers_find_targets_of_44_pixels_and_what_is_picked_is_in_sight(
    browser: Browser, small_city: Path, viewport: dict[str, int]
) -> None:
    path = small_city / "outputs/map.html"
    with opened(browser, path, viewport=viewport, is_mobile=True, has_touch=True) as touch:
        touch.page.click(".hint-card .icon-button")  # a phone has no room for the other
        small = set()
        for state in (
            "{ side: 'left', pull: 'full', drawer: true }",
            "{ side: 'right', pull: 'full', tab: 'choose', drawer: false }",
            "{ tab: 'districts' }",
        ):
            touch.app(f"(app) => app.store.set({state})")
            touch.page.wait_for_timeout(350)
            small |= set(touch.page.evaluate(SMALL))
        touch.app("(app) => { app.store.set({ pull: 'half' }); app.select('parks', 3, true); }")
        touch.page.wait_for_timeout(700)
        small |= set(touch.page.evaluate(SMALL))
        assert sorted(small) == []
        in_sight = """(app) => {
            const [x, y] = app.model.parks.shapes.anchor(3);
            const s = 256 * 2 ** app.stage.map.getZoom();
            const p = app.stage.map.getPixelOrigin();
            const at = app.stage.map.layerPointToContainerPoint([x * s - p.x, y * s - p.y]);
            const box = app.stage.element.getBoundingClientRect();
            return Boolean(document.elementFromPoint(at.x + box.x, at.y + box.y)?.closest('.folium-map'));
        }"""
        # The map moves once the sheet has come to rest, which takes a busy machine longer.
        for _ in range(20):
            if touch.app(in_sight):
                break
            touch.page.wait_for_timeout(250)
        assert touch.app(in_sight)
