"""The page ranks the parks that ``industrymap parks pilots`` ranks, and says of the others why they take no part."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pytest
from webmap_browser import opened

from industrymap import citypack, pipeline, standards, workspace
from industrymap.parks import pilots
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from playwright.sync_api import Browser
    from webmap_browser import Opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser: Browser, small_city: Path) -> Iterator[Opened]:
    with opened(browser, small_city / "outputs/map.html") as page:
        page.app("(app) => app.store.set({ tab: 'choose', choosing: 'rank' })")
        page.page.wait_for_selector(".rank")
        yield page
        assert page.complaints == []


@pytest.fixture(scope="module")
def chosen(small_city: Path) -> pd.DataFrame:
    """Return the parks as the command line ranks them."""
    space = workspace.load(small_city)
    pack = citypack.load(space.city)
    rule = standards.choose(pack, "pilots", id_=space.pilots, on=space.data_date)
    weights = standards.choose(pack, "pilot_score", on=space.data_date)
    assert rule is not None
    assert weights is not None
    return pilots.choose(pipeline.layer(space, PARKS), standard=rule, weights=weights)


def test_page_and_command_line_rank_alike(page: Opened, chosen: pd.DataFrame) -> None:
    ranked = chosen[chosen["pilot_rank"].notna()].sort_values("pilot_rank")
    assert len(ranked) > 0
    assert page.page.locator(".rank-line b").all_inner_texts() == ranked["name"].tolist()
    taken = page.page.locator(".rank.chosen .rank-line b").all_inner_texts()
    assert taken == ranked.loc[ranked["pilot_selected"], "name"].tolist()


def test_the_numbers_of_a_printed_ranking_stand_on_its_map(
    page: Opened, chosen: pd.DataFrame
) -> None:
    page.page.evaluate("window.print = () => {}")
    page.page.click("button:has-text('打印名单')")
    page.page.click(".dialog .primary")
    page.page.wait_for_selector(".dialog", state="detached")
    found = page.page.evaluate(
        """() => { const sheet = document.querySelector('.print-sheet'); const said = (s) => [...sheet.querySelectorAll(s)].map((e) => e.textContent);
          const out = { map: said('svg text'), list: said('.print-list tbody td:first-child') }; sheet.remove(); return out; }"""
    )
    ranks = chosen.loc[chosen["pilot_selected"].fillna(value=False), "pilot_rank"].sort_values()
    wanted = ranks.astype(int).astype(str).tolist()
    times = 1 if found["list"] else 2  # a short list stands on the sheet itself
    assert found["list"] in ([], wanted)
    assert all(found["map"].count(number) >= times for number in wanted)


def test_the_page_says_what_is_drawn_and_that_eligibility_is_not_judged_anew(page: Opened) -> None:
    said = page.page.inner_text(".rank-drawn")
    assert "权重在 ±20% 内、指标值在各自误差内随机浮动 200 次" in said
    assert "是否符合条件按现有数据，不随之重判" in said


def test_without_the_pilot_rule_all_candidates_are_ranked_by_the_same_score(
    page: Opened, chosen: pd.DataFrame
) -> None:
    points = chosen["pilot_score"].to_numpy(dtype=float, na_value=np.nan)
    able = (chosen["pilot_standing"] == "candidate").to_numpy(dtype=bool)
    ranks = pilots.rank(points, able, ids=chosen["park_id"].to_numpy(dtype=object))
    taken = pilots.select(ranks, pilots.districts_of(chosen), per_district=4, total=20)
    order = np.argsort(ranks, kind="stable")[: able.sum()]
    page.app("(app) => app.store.set({ rule: { eligible: false, perDistrict: 4, total: 20 } })")
    found = page.app(RANKED)
    page.app("(app) => app.store.set({ rule: {} })")
    assert found["order"] == chosen["park_id"].iloc[order].tolist()
    assert found["chosen"] == chosen["park_id"].iloc[[i for i in order if taken[i]]].tolist()


def test_who_takes_no_part_is_said_with_the_reason(page: Opened, chosen: pd.DataFrame) -> None:
    page.app("(app) => app.store.set({ rule: { eligible: false } })")
    counts = chosen["pilot_standing"].value_counts()
    said = page.page.inner_text(".apart-line")
    assert f"将淘汰关停 {counts['closing']} 个" in said
    assert f"已完成改造 {counts['finished']} 个" in said
    poor = chosen.loc[chosen["pilot_standing"] == "low_coverage", "name"]
    assert "数据覆盖不足 80" in page.page.inner_text(".apart h3")
    assert sorted(page.page.locator(".apart-list .link").all_inner_texts()) == sorted(poor)
    page.app("(app) => app.store.set({ rule: {} })")


def test_parks_to_be_closed_and_finished_ones_are_ranked_only_when_asked(
    page: Opened, chosen: pd.DataFrame
) -> None:
    page.app("(app) => app.store.set({ rule: { eligible: false } })")
    stand = chosen["pilot_standing"]
    candidates = int((stand == "candidate").sum())
    assert f"候选 {candidates} 个" in page.page.inner_text(".choose-body")
    page.page.get_by_label("将关停和已完成的也参与").check()
    shown = page.page.inner_text(".choose-body")
    assert f"候选 {candidates} 个" not in shown
    assert "将淘汰关停" not in shown
    page.page.get_by_label("将关停和已完成的也参与").uncheck()
    page.app("(app) => app.store.set({ rule: {} })")


def test_a_park_s_sheet_says_why_it_is_not_ranked(page: Opened, chosen: pd.DataFrame) -> None:
    row = chosen["pilot_standing"].tolist().index("finished")
    page.app("(app, row) => app.select('parks', row)", row)
    page.page.wait_for_selector(".pilot-standing")
    assert "不参与排名：已完成改造" in page.page.inner_text(".pilot-standing")
    page.app("(app) => app.clearPick()")


RANKED = """(app) => {
    const { order, rows, chosen } = app.scoring.rank();
    const id = (place) => app.model.parks.columns.value('park_id', rows[place]);
    return { order: order.map(id), chosen: order.filter((place) => chosen.has(place)).map(id) };
}"""


def test_the_workbook_of_a_ranking_says_units_numbers_and_rules(
    page: Opened, chosen: pd.DataFrame
) -> None:
    with page.page.expect_download() as download:
        page.page.click("button:has-text('导出排名')")
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    assert {"园区编号", "用地规模（亩）", "入选率（%）", "数据覆盖（%）"} <= set(head)
    ranked = chosen[chosen["pilot_rank"].notna()].sort_values("pilot_rank")
    assert [row[head.index("园区编号")] for row in rows] == ranked["park_id"].tolist()
    mu = (ranked["land_area_m2"] * 3 / 2000).round(1).tolist()
    assert [row[head.index("用地规模（亩）")] for row in rows] == pytest.approx(mu, abs=0.1)
    assert {row[head.index("入选")] for row in rows} <= {"是", "否"}
    assert "园区评分排名" in (sheet.oddHeader.left.text or "")
    said = dict(book["说明（模拟数据）"].iter_rows(values_only=True))
    assert said["试点条件"] == ranked["pilot_standard"].iloc[0]
    assert {"名额", "每区上限", "评分标准", "数据日期"} <= set(said)


def test_not_eligible_and_not_known_to_be_are_counted_apart(
    page: Opened, chosen: pd.DataFrame
) -> None:
    said = page.page.inner_text(".apart-line")
    for verdict, words in ((False, "不符合试点条件"), (None, "缺数据、未能确认是否符合")):
        wanted = chosen["pilot_eligible"]
        n = int(wanted.isna().sum() if verdict is None else (~wanted).fillna(value=False).sum())
        assert (f"{words} {n:,} 个" in said) == (n > 0)
