"""Three jobs on the page that a build wrote, with nothing but what a person sees: clicks, keys, visible words."""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from webmap_browser import PHONE, Opened, opened

from industrymap import citypack, filters, pipeline, standards, workspace
from industrymap.parks import pilots, score
from industrymap.schemas import PARKS
from industrymap.store import Edit, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLICKS = 8
SECONDS = 30.0


@dataclass
class Person:
    """Someone at the screen: counts what is pressed and how long it takes."""

    page: Page
    presses: int = 0
    began: float = 0.0

    def press(self, selector: str) -> None:
        self.page.click(selector)
        self.presses += 1

    def write(self, label: str, text: str) -> None:
        self.page.get_by_role("textbox", name=label, exact=True).fill(text)
        self.page.keyboard.press("Enter")
        self.presses += 1

    def turn(self, label: str, key: str, times: int) -> None:
        self.page.get_by_label(label, exact=True).focus()
        for _ in range(times):
            self.page.keyboard.press(key)
        self.presses += 1

    def save(self, heading: str, kind: str) -> Path:
        """Take a file from the export menu: the entry of a kind under a heading."""
        self.press("button[title='导出所选数据']")
        with self.page.expect_download() as saved:
            self.press(f".menu-heading:has-text('{heading}') ~ [role=menuitem]:text-is('{kind}')")
        return saved.value.path()


@pytest.fixture(scope="module")
def outputs(small_city: Path) -> Path:
    return small_city / "outputs"


@pytest.fixture(scope="module")
def parks(outputs: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(outputs / "village_parks.geojson")


@pytest.fixture(scope="module")
def shared(browser: Browser, outputs: Path) -> Iterator[Opened]:
    with opened(browser, outputs / "map.html") as page:
        page.page.click(".hint-card .button")
        yield page
        assert page.complaints == []
        assert page.requests == []


@pytest.fixture
def person(shared: Opened) -> Iterator[Person]:
    shared.reset()
    someone = Person(shared.page, began=time.monotonic())
    yield someone
    assert time.monotonic() - someone.began < SECONDS


def ids(csv: Path, column: str) -> list[str]:
    return pd.read_csv(csv, dtype="string", encoding="utf-8-sig")[column].tolist()


def test_upgrade_parks_of_a_district_under_a_far_with_three_firms_and_the_list(
    person: Person, parks: gpd.GeoDataFrame
) -> None:
    low = parks[(parks["route"] == "upgrade") & (parks["far"] <= 0.85)]
    district = low[low["above_scale"] >= 3]["district"].value_counts().index[0]
    wanted = low[(low["above_scale"] >= 3) & (low["district"] == district)]
    assert len(wanted) >= 1

    person.press(".category:has-text('改造提升')")
    more = person.page.locator("details:has(h3:text-is('区')) .link")
    if more.is_visible():
        more.click()
        person.presses += 1
    person.press(f"details:has(h3:text-is('区')) .category:has-text('{district}')")
    person.press("summary:has-text('数值范围')")
    person.write("容积率 最大", "0.85")
    person.write("规上企业数 最小", "3")
    person.press("[role=tab]:has-text('列表')")
    person.page.wait_for_selector(f".table-bar .number:text-is('{len(wanted)} 行')")
    shown = person.page.locator(".filler .tr").all_inner_texts()
    assert len(shown) == len(wanted)
    assert sorted(ids(person.save("村级工业园", "CSV"), "园区编号")) == sorted(wanted["park_id"])
    assert person.presses <= CLICKS


def test_the_same_job_in_one_line_of_text(person: Person, parks: gpd.GeoDataFrame) -> None:
    low = parks[(parks["route"] == "upgrade") & (parks["far"] < 0.85)]
    low = low[low["above_scale"] >= 3]
    district = low["district"].value_counts().index[0]
    text = f"区 = {district} 且 整治路径 = 改造提升 且 容积率 < 0.85 且 企业.规模以上 >= 3"
    person.press("button:has-text('高级筛选')")
    person.page.keyboard.type(text)
    person.page.keyboard.press("Escape")  # the suggestions
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector(".chip")
    found = ids(person.save("村级工业园", "CSV"), "园区编号")
    wanted = low.loc[low["district"] == district, "park_id"]
    assert sorted(found) == sorted(wanted)
    python = filters.parse(text).keep(pd.DataFrame(parks), layer="village_parks")
    assert sorted(found) == sorted(python["park_id"])
    assert person.presses <= 3


def ranked_by_python(small_city: Path, parks: gpd.GeoDataFrame, far_weight: float) -> list[str]:
    """Return the first twenty candidates, at most four of a district, after the weight of FAR was moved."""
    space = workspace.load(small_city)
    pack = citypack.load(space.city)
    rule = standards.choose(pack, "pilots", id_=space.pilots, on=space.data_date)
    given = standards.choose(pack, "pilot_score", on=space.data_date)
    assert rule is not None
    assert given is not None
    weights = score.reweighted(given, {"low_far": far_weight})
    found = pilots.choose(pipeline.layer(space, PARKS), standard=rule, weights=weights)
    able = (found["pilot_standing"] == "candidate").to_numpy(dtype=bool)
    points = found["pilot_score"].to_numpy(dtype=float, na_value=np.nan)
    ranks = pilots.rank(points, able, ids=found["park_id"].to_numpy(dtype=object))
    taken = pilots.select(ranks, pilots.districts_of(found), per_district=4, total=20)
    return [str(found["park_id"].iloc[i]) for i in np.argsort(ranks) if taken[i]]


def test_parks_are_ranked_weights_shifted_and_the_first_twenty_printed(
    person: Person, small_city: Path, parks: gpd.GeoDataFrame
) -> None:
    person.press("[role=tab]:has-text('园区比选')")
    person.page.wait_for_selector(".rank")
    slider = person.page.locator(".weight-line", has_text="容积率").locator("input")
    before = float(slider.input_value())
    person.turn(slider.get_attribute("aria-label") or "", "ArrowRight", 8)
    person.press("label:has-text('仅符合试点条件的参与')")
    person.page.get_by_label("名额").fill("20")
    person.page.keyboard.press("Enter")
    person.page.get_by_label("每区上限").fill("4")
    person.page.keyboard.press("Enter")
    person.presses += 2
    person.page.wait_for_selector(".firm:has-text('入选率')")
    person.page.evaluate("window.print = () => {}")
    person.press("button:has-text('打印名单')")
    person.press(".dialog .button.primary")
    person.page.wait_for_selector(".print-list", state="attached")
    head = person.page.locator(".print-list th").all_text_contents()
    rows = [
        row.locator("td").all_text_contents()
        for row in person.page.locator(".print-list tbody tr").all()
    ]
    at = [head.index(name) for name in ("园区名称", "区", "镇街")]
    printed = [tuple(row[i] for i in at) for row in rows]
    wanted = ranked_by_python(small_city, parks, before + 8)
    named = parks.set_index("park_id").loc[wanted, ["name", "district", "town"]]
    assert printed == [tuple(row) for row in named.itertuples(index=False)]
    assert len(wanted) == 20
    assert person.presses <= CLICKS
    person.page.evaluate("document.querySelector('.print-sheet').remove()")


def test_where_the_display_cluster_is_and_which_blocks_hold_it(
    person: Person, shared: Opened, outputs: Path
) -> None:
    firms = gpd.read_file(outputs / "enterprises.geojson")
    blocks = gpd.read_file(outputs / "industrial_blocks.geojson").set_index("block_id")["name"]
    held = firms[firms["cluster"].str.contains("新型显示", na=False)]
    person.press(".category:has-text('新型显示')")
    shared.settle()
    assert shared.count("enterprises") == len(held)
    person.press(".topics [data-topic=enterprises]")
    drawn = shared.app(
        "(app) => app.stage.points.get('enterprises').circles.reduce((n, c) => n + c.rows.length, 0)"
    )
    assert 0 < drawn <= len(held)
    person.press(".selection .segments button:has-text('企业')")
    chart = person.page.locator(".chart:has(h3:text-is('所在产业区块'))")
    chart.locator(".row").first.wait_for()
    shown = {
        row.locator(".row-name").inner_text(): int(row.locator(".number").inner_text())
        for row in chart.locator(".row").all()
    }
    expected = held["block_id"].map(blocks).value_counts().to_dict()
    outside = int(held["block_id"].isna().sum())
    assert {k: v for k, v in shown.items() if k != "不在其中"} == expected
    assert shown.get("不在其中", 0) == outside
    assert person.presses <= 3


# exports equal the filter, counted against Python's own filter on the files the build wrote

WHERES = [
    "route = upgrade and far < 0.85",
    "not (far >= 0.85) or route in (keep, close)",
    "land_area_m2 > 30亩 and above_scale >= 1",
    "name contains '工' and not (tax_10k_cny is null)",
    "pilot_eligible or block_overlap >= 50%",
    "enterprises.above_scale >= 2 and updated_on >= 2020-01-01",
]


@pytest.mark.parametrize("where", WHERES)
def test_a_written_filter_exports_what_python_keeps(
    shared: Opened, parks: gpd.GeoDataFrame, where: str
) -> None:
    shared.reset()
    shared.app(
        "async (app, text) => { app.store.set({ filters: { parks: [{ op: 'phrase', text }] } }); await app.engine.run(); }",
        where,
    )
    with shared.page.expect_download() as saved:
        shared.page.click("button[title='导出所选数据']")
        shared.page.click(
            ".menu-heading:has-text('村级工业园') ~ [role=menuitem]:text-is('GeoJSON')"
        )
    found = json.loads(saved.value.path().read_text(encoding="utf-8"))["features"]
    frame = pd.DataFrame(parks.drop(columns="geometry"))
    frame["updated_on"] = pd.to_datetime(frame["updated_on"]).astype("datetime64[s]")
    kept = filters.parse(where).keep(frame, layer="village_parks")
    assert sorted(f["properties"]["park_id"] for f in found) == sorted(kept["park_id"])
    assert 0 < len(found) < len(parks)


# earlier versions, from the database of a workspace


def test_versions_in_the_database_become_steps_of_the_slider(
    browser: Browser, small_city: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(small_city, tmp_path / "city")
    store = Store(workspace.load(copy).database)
    day = store.changes()["valid_from"].dropna().min().date()
    before = store.current("village_parks")
    changed, gone = before["park_id"].iloc[:2].tolist()
    later = day + timedelta(days=30)
    edits = [
        Edit(layer="village_parks", id=changed, record={"far": 3.21}),
        Edit(layer="village_parks", id=gone, record=None),
    ]
    store.apply(edits, "规划科", "拆除与改造", valid_from=later)
    built = pipeline.build(copy)
    assert len(built.layers["village_parks"]) == len(before) - 1
    with opened(browser, copy / "outputs/map.html") as page:
        steps = page.app("(app) => app.model.snapshots.map((l) => [l.head.date, l.n])")
        assert steps == [[day.isoformat(), len(before)]]
        page.page.click(".timeline .icon-button[title='与现状左右对比']")
        page.page.wait_for_selector(".compare-bar")
        old = page.app(
            "async (app, id) => { const l = app.model.snapshots[0]; await l.columns.load(['park_id', 'far', 'route']); for (let i = 0; i < l.n; i++) if (await l.columns.read('park_id', i) === id) return [l.columns.value('far', i), l.columns.value('route', i)]; }",
            changed,
        )
        assert old[0] == pytest.approx(before["far"].iloc[0])
        assert old[1] is not None
        assert page.complaints == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_overflows_or_hides_on_desk_and_phone(
    browser: Browser, outputs: Path, lang: str
) -> None:
    """Header, slider, north arrow and buttons keep clear of each other, in both languages."""
    for viewport, phone in ((None, False), (PHONE, True)):
        with opened(
            browser, outputs / "map.html", viewport=viewport, is_mobile=phone, has_touch=phone
        ) as page:
            page.app("(app, lang) => app.store.set({ lang })", lang)
            page.page.wait_for_timeout(200)
            boxes = {
                name: page.page.locator(selector).bounding_box()
                for name, selector in (
                    ("header", "#top"),
                    ("slider", ".timeline"),
                    ("north", ".north"),
                    ("buttons", ".map-buttons .group >> nth=0"),
                    ("foot", ".says"),
                    ("hint", ".hint-card"),
                )
                if page.page.locator(selector).is_visible()
            }
            names = sorted(boxes)
            for i, one in enumerate(names):
                for other in names[i + 1 :]:
                    assert not _overlap(boxes[one], boxes[other]), (one, other, phone)
            wide = page.app("() => document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0
            cut = page.app(
                "() => [...document.querySelectorAll('.panel .segments button, .section-head h3, .tabs button')].filter((e) => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > e.closest('.panel, .phone-head').getBoundingClientRect().right)).map((e) => e.textContent)"
            )
            assert cut == []
            assert re.search(r"\d{4}-\d{2}-\d{2}", page.page.inner_text(".facts-line"))


def _overlap(a: Any, b: Any) -> bool:
    return bool(
        a["x"] < b["x"] + b["width"] - 1
        and b["x"] < a["x"] + a["width"] - 1
        and a["y"] < b["y"] + b["height"] - 1
        and b["y"] < a["y"] + a["height"] - 1
    )
