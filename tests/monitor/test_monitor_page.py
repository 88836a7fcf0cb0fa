"""The monitoring pages in a browser: every figure is Python's own, five questions in three clicks, nothing asked of anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from monitor_city import city, districts
from webmap_browser import opened

import industrymap as im
from industrymap import monitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser
    from webmap_browser import Opened

    from industrymap.monitor import MonitorModel

pytestmark = pytest.mark.browser
ATTACK = "</script><img src=x onerror=alert(1)>{{7*7}}"
FIRMS, LINE = 300, 1000.0


def firms(codes: tuple[str, ...]) -> monitor.Firms:
    """Return firms with unknown figures, equal ones, letters that moved, and names that try to run."""
    random = np.random.default_rng(3)
    revenue = np.rint(random.lognormal(7, 1, (FIRMS, 3)))
    revenue[random.random((FIRMS, 3)) < 0.2] = np.nan
    names = [f"企业{n}" for n in range(FIRMS)]
    names[0] = ATTACK
    letters = random.choice(["A", "B", "C", "D", ""], FIRMS).tolist()
    return monitor.Firms(
        names=names, codes=[f"F{n:05d}" for n in range(FIRMS)], district=[codes[n % len(codes)] if n % 7 else "" for n in range(FIRMS)],
        town=[""] * FIRMS, cluster=["k1" if n % 3 else "" for n in range(FIRMS)], years=(2023, 2024, 2025), revenue=revenue,
        output=np.full((FIRMS, 3), np.nan), tax=np.full((FIRMS, 3), np.nan), line=LINE, letters=letters,
        letters_before=random.choice(["A", "B", "C", "D"], FIRMS).tolist(), rule=("规则", "Rule"), reasons=[(f"原因{n}", f"Reason {n}") for n in range(FIRMS)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MonitorModel:
    space = city(tmp_path_factory.mktemp("page") / "ws", title="甲市监测")
    first = districts(space)[0]
    rows = [
        "city,,output,2025,300,false,建议",
        f"district,{first},output,2025,9,false,建议",
    ]
    (space / "targets.csv").write_text("level,unit,indicator,year,value,official,source\n" + "\n".join(rows) + "\n", encoding="utf-8")  # fmt: skip
    made = im.monitor_model(space, im.MonitorOptions(draws=20))
    # Two clusters with the figures of two districts, one of them under its target.
    cube = made.cubes["district"]
    cluster = replace(cube, amounts=cube.amounts[:, :2], change=cube.change[:, :2], n=cube.n[:, :2], coverage=cube.coverage[:, :2])  # fmt: skip
    level = monitor.Level(id="cluster", zh="集群", en="Clusters", codes=("k1", "k2"), names=("汽车", ATTACK), parents=("", ""))  # fmt: skip
    goal = monitor.Target(level="cluster", unit="k1", indicator="output", year=2025, value=50.0, official=False, source="建议")  # fmt: skip
    peer = monitor.Peer(zh="工业总产值", en="Output", unit="亿元", period="2025", definition="", direction=1, rows=[("深圳", 400.0, 1, 0.0, 50.0, "2025", "", "公报", ""), ("广州", 300.0, 2, -100.0, -50.0, "2025", "", "公报", "")], courses=[("深圳", "2025", 400.0)])  # fmt: skip
    return replace(
        made, levels=(*made.levels[:2], level, *made.levels[2:]), cubes={**made.cubes, "cluster": cluster},
        targets=(*made.targets, goal), firms=firms(made.levels[1].codes), peers=(peer,),
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(
    browser: Browser, model: MonitorModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = tmp_path_factory.mktemp("html") / "monitor.html"
    path.write_bytes(monitor.build(model))
    with opened(browser, path) as out:
        yield out


def go(page: Opened, hash_: str) -> None:
    """Open a place of the pages and wait until it stands."""
    page.page.evaluate("(hash) => { document.getElementById('main').remove(); location.hash = hash; dispatchEvent(new Event('hashchange')); }", hash_)  # fmt: skip
    page.page.wait_for_selector("#main")


def test_every_packed_figure_is_pythons_to_the_decimals_it_is_shown_with(
    page: Opened, model: MonitorModel
) -> None:
    for level, cube in model.cubes.items():
        page.app("async (app, level) => { await app.model.load(level); }", level)
        for field, table in enumerate((cube.amounts, cube.change, cube.n, cube.coverage)):
            shown = page.app("(app, [level, field]) => app.model.indicators.map((_, at) => [...app.model.cubeOf.get(level).field(at, field)].map((v) => Number.isFinite(v) ? v : null))", [level, field])  # fmt: skip
            digits = page.app("(app) => app.model.indicators.map((one) => one.decimals)")
            for at, row in enumerate(shown):
                places = (digits[at], 1, 0, 3)[field]
                expected = [None if np.isnan(v) else round(float(np.rint(v * 10**places)) / 10**places, places) for v in table[at].ravel()]  # fmt: skip
                assert [None if v is None else round(v, places) for v in row] == expected


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(data=st.data())
def test_movers_crossings_and_flows_of_any_filter_are_pandas_own(
    page: Opened, model: MonitorModel, data: st.DataObject
) -> None:
    held = model.firms
    assert held is not None
    codes = model.levels[1].codes
    district = data.draw(st.integers(-1, len(codes) - 1))
    cluster = data.draw(st.sampled_from([-1, 0]))
    go(page, "p=enterprises")
    got: Any = page.app(
        """(app, [district, cluster]) => { const firms = app.model.firmsNow; const rows = [];
        for (let i = 0; i < firms.n; i++) if ((district < 0 || firms.district[i] === district) && (cluster < 0 || firms.cluster[i] === cluster)) rows.push(i);
        return { rows, both: rows.filter((i) => Number.isFinite(firms.money.revenue[1][i]) && Number.isFinite(firms.money.revenue[2][i])).map((i) => [i, firms.money.revenue[2][i] - firms.money.revenue[1][i]]) }; }""",
        [district, cluster],
    )  # fmt: skip
    units, kinds = np.array(held.district), np.array(held.cluster)
    keep = ((units == codes[district]) | (district < 0)) & ((kinds == "k1") | (cluster < 0))
    assert got["rows"] == np.flatnonzero(keep).tolist()
    before, now = held.revenue[:, 1], held.revenue[:, 2]
    both = keep & np.isfinite(before) & np.isfinite(now)
    assert got["both"] == [[int(i), float(now[i] - before[i])] for i in np.flatnonzero(both)]
    # What stands on the page follows from it: the numbers of crossings and of each flow.
    unit = codes[district] if district >= 0 else ""
    go(page, f"p=enterprises&d={unit}&c={'k1' if cluster == 0 else ''}")
    text = page.page.inner_text("#main")
    fell, rose = int((both & (before >= LINE) & (now < LINE)).sum()), int((both & (before < LINE) & (now >= LINE)).sum())  # fmt: skip
    assert f"跌到线下（{fell} 家）" in text
    assert f"升到线上（{rose} 家）" in text
    letters, earlier = np.array(held.letters), np.array(held.letters_before)
    counts = [[int((keep & (earlier == a) & (letters == b)).sum()) for b in "ABCD"] for a in "ABCD"]
    cells = page.page.eval_on_selector_all(
        "#main .heat .heat-cell", "(all) => all.map((one) => Number(one.textContent))"
    )
    assert cells == [n for row in counts for n in row]


def test_a_newcomers_five_questions_take_at_most_three_clicks(
    page: Opened, model: MonitorModel
) -> None:
    view, clicks = page.page, []

    def click(selector: str) -> None:
        clicks.append(selector)
        view.click(selector)
        view.wait_for_timeout(80)

    def asked(most: int) -> None:
        assert len(clicks) <= most
        clicks.clear()
        go(page, "")

    go(page, "")
    # How is the city against last year and target? It stands there.
    card = view.inner_text("[data-indicator=output]")
    assert "同比" in card
    assert "2025年目标 300" in card
    asked(0)
    # Which district pulls it down, and through which firms?
    low = view.locator("figure:has(figcaption:text('谁拉动')) svg a").last
    assert low.text_content() == model.levels[1].names[0][:11]
    clicks.append("district")
    low.click()
    view.wait_for_selector("figcaption:text('减少最多')")
    asked(2)
    # Which clusters are off path?
    click("nav.tabs a:has-text('区与集群')")
    chart = view.locator("figure:has(figcaption:text('集群规模'))").inner_text()
    assert "汽车" in chart
    assert "7%" in chart
    asked(1)
    # Who became D?
    click("nav.tabs a:has-text('企业')")
    click(".heat tbody tr:nth-child(1) td:nth-child(5) a")
    table = view.locator("figure:has(figcaption:text('由 A 变为 D'))").inner_text()
    held = model.firms
    assert held is not None
    became = [
        n
        for n, (a, b) in enumerate(zip(held.letters_before, held.letters, strict=True))
        if (a, b) == ("A", "D")
    ]
    assert all(f"企业{n}\n" in table or f"企业{n}\t" in table or n == 0 for n in became)
    assert f"原因{became[-1]}" in table
    asked(2)
    # How do we stand beside Shenzhen?
    click("nav.tabs a:has-text('城市对比')")
    assert "深圳" in view.inner_text("#main")
    asked(1)


PLACES = ("", "p=indicators&i=output&l=district", "p=districts", "p=enterprises&f=F00000", "p=parks", "p=cities", "p=alerts", "p=data")  # fmt: skip


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844)])
def test_every_page_fits_every_screen_in_both_languages_and_asks_for_nothing(
    browser: Browser, model: MonitorModel, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "monitor.html"
    path.write_bytes(monitor.build(model))
    with opened(browser, path, viewport={"width": size[0], "height": size[1]}) as page:
        for place in PLACES:
            for lang in ("zh", "en"):
                go(page, f"{place}&lang={lang}")
                wide = page.page.evaluate(
                    "document.documentElement.scrollWidth - window.innerWidth"
                )
                assert wide <= 0, (place, lang)
                # Nothing that should have been filled in or computed shows as it is in the code.
                text = page.page.inner_text("#app")
                assert not any(word in text for word in ("NaN", "undefined", "{n}", "[object")), (place, lang)  # fmt: skip
                if lang == "zh" and size[0] < 1900:
                    found = Axe().run(page.page).response["violations"]
                    assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found] == [], place
        assert page.requests == []
        assert page.complaints == []
        assert page.page.evaluate("document.querySelectorAll('img').length") == 0


def test_a_chart_is_a_table_a_picture_and_a_workbook(page: Opened) -> None:
    go(page, "p=indicators&i=output&l=city")
    box = page.page.locator("figure").first
    box.get_by_role("button", name="表格").click()
    assert "2025年四季度" in box.inner_text()
    for kind, end in (("SVG", "svg"), ("PNG", "png"), ("Excel", "xlsx")):
        with page.page.expect_download() as waiting:
            box.get_by_role("button", name=kind).click()
        assert waiting.value.suggested_filename.endswith(end)
        data = waiting.value.path().read_bytes()
        assert len(data) > 800
        if end == "svg":
            assert "产值" in data.decode()


def test_a_course_is_read_with_the_arrow_keys_and_unknown_is_said(page: Opened) -> None:
    go(page, "p=indicators&i=output&l=city")
    page.page.locator("figure svg").first.focus()
    page.page.keyboard.press("ArrowLeft")
    assert "25年4季" in page.page.inner_text(".tip")
    go(page, "p=indicators&i=energy&l=city")
    assert "未知" in page.page.inner_text("#main")
    assert "没有数值，缺" in page.page.inner_text("#main")


def test_a_file_that_was_cut_off_says_so(
    browser: Browser, model: MonitorModel, tmp_path: Path
) -> None:
    whole = monitor.build(model)
    path = tmp_path / "cut.html"
    path.write_bytes(whole[: len(whole) - 3000])
    with opened(browser, path, ready=False) as page:
        page.page.wait_for_selector("#app[data-state=refused]")
        assert "文件不完整" in page.page.inner_text("#app")


def test_a_figure_opens_its_indicator_at_the_same_period(page: Opened) -> None:
    go(page, "t=2025")
    shown = page.page.inner_text("[data-indicator=output] .card-value")
    page.page.click("[data-indicator=output]")
    page.page.wait_for_selector(".head-line")
    assert "t=2025" in page.page.url
    assert "v=year" in page.page.url
    head = page.page.inner_text(".head-line")
    assert "2025年" in head
    assert shown.removesuffix("亿元") in head
    # A cell of districts keeps its quarter as well, one that is not the last.
    go(page, "p=districts&t=2024Q3")
    cell = page.page.locator("figure:has(figcaption:text('指标 × 区')) .heat-cell").first
    text = cell.inner_text()
    cell.click()
    page.page.wait_for_selector(".head-line")
    head = page.page.inner_text(".head-line")
    assert "2024年三季度" in head
    assert text in head


def test_a_missing_figure_says_the_last_one_known_and_years_open_on_years(
    browser: Browser, model: MonitorModel, tmp_path: Path
) -> None:
    cube = model.cubes["city"]
    places = [str(p) for p in model.periods]
    ids = [i.id for i in model.of.indicators]
    amounts = cube.amounts.copy()
    # Output stops after the half year; profit is known of years alone.
    amounts[ids.index("output"), 0, [n for n, p in enumerate(model.periods) if p.year == 2025 and p.last > 6]] = np.nan  # fmt: skip
    amounts[ids.index("profit"), 0, [n for n, p in enumerate(model.periods) if p.level != "year"]] = np.nan  # fmt: skip
    path = tmp_path / "monitor.html"
    path.write_bytes(monitor.build(replace(model, cubes={**model.cubes, "city": replace(cube, amounts=amounts)})))  # fmt: skip
    value = amounts[ids.index("output"), 0, places.index("2025-01..06")]
    with opened(browser, path) as view:
        go(view, "t=2025")
        card = view.page.inner_text("[data-indicator=output]")
        assert "2025年未填报；最近一期 2025年1—6月" in card
        assert f"{value:.2f}" in card
        go(view, "t=2025&lang=en")
        card = view.page.inner_text("[data-indicator=output]")
        assert "not reported for 2025; latest: Jan–Jun 2025" in card
        # Followed, it stays that period's: another one's figure would be taken for it.
        view.page.click("[data-indicator=output]")
        view.page.wait_for_selector(".head-line")
        assert "not reported for 2025; latest: Jan–Jun 2025" in view.page.inner_text(".head-line")
        go(view, "p=indicators&i=profit&l=city")
        pressed = view.page.eval_on_selector_all("[aria-pressed=true]", "(all) => all.map((one) => one.textContent)")  # fmt: skip
        assert "年" in pressed
        assert view.page.locator(".segments button:text-is('累计')").count() == 0


def test_firms_that_fell_silent_are_counted_beside_those_that_crossed(
    page: Opened, model: MonitorModel
) -> None:
    held = model.firms
    assert held is not None
    silent = int(((held.revenue[:, 1] >= LINE) & np.isnan(held.revenue[:, 2])).sum())
    assert silent > 0
    go(page, "p=enterprises")
    text = page.page.inner_text("#main")
    assert text.count(f"去向未知 {silent} 家") == 2
    # A column of differences is not called growth, and growth stands beside it.
    heads = page.page.locator("figure:has(figcaption:text('减少最多')) th").all_inner_texts()
    assert "增减额（万元）" in heads
    assert "增减（%）" in heads
    assert "同比" not in heads
