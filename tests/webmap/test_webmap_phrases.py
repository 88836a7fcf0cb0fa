"""The filter language in the page: the same vectors as Python's, the same rows, the same words back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import webmap_city
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from webmap_browser import Opened, opened

from industrymap import filters, schemas
from industrymap.errors import FilterError
from industrymap.webmap import IndustryMap, MapModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

VECTORS = json.loads(
    (Path(__file__).parents[1] / "filters" / "filter_vectors.json").read_text(encoding="utf-8")
)
TYPES = {
    "str": "string",
    "float": "Float64",
    "int": "Int64",
    "bool": "boolean",
    "date": "datetime64[s]",
}
NO_SHRINK = (Phase.explicit, Phase.generate)  # a page is too slow to shrink on
TRUTH = {0: False, 1: None, 2: True}


def typed(layer: str) -> gpd.GeoDataFrame:
    kinds = {f.name: TYPES[f.dtype] for f in schemas.fields(layer)}
    columns = VECTORS["layers"][layer]
    table = pd.DataFrame(
        {
            name: pd.Series(values, dtype="object").astype(kinds[name])
            for name, values in columns.items()
        }
    )
    boxes = shapely.box(113.0, 23.0, 113.1, 23.1) if layer == "village_parks" else None
    return gpd.GeoDataFrame(table, geometry=[boxes] * len(table), crs=4326)


@pytest.fixture(scope="module")
def small(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Return the page of the vectors' own parks and firms."""
    model = MapModel.of(parks=typed("village_parks"), enterprises=typed("enterprises"))
    path = IndustryMap(model).save(tmp_path_factory.mktemp("vectors") / "map.html")
    with opened(browser, path) as page:
        yield page
        assert page.complaints == []


@pytest.fixture(scope="module")
def city() -> MapModel:
    return webmap_city.model(1500, parks=300, blocks=60)


@pytest.fixture(scope="module")
def page(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city).save(tmp_path_factory.mktemp("city") / "map.html")
    with opened(browser, path) as page:
        yield page
        assert page.complaints == []
        assert page.requests == []


READ = """async (app, texts) => {
    const out = [];
    for (const text of texts) {
        const fault = app.phrases.faultOf('parks', text);
        if (fault) { out.push({ en: fault.en, zh: fault.zh }); continue; }
        const tree = app.phrases.read('parks', text);
        await app.phrases.rows.load(tree, 'parks');
        out.push({ tree, rows: [...app.phrases.rows.verdict(tree, 'parks')] });
    }
    return out;
}"""


@pytest.mark.browser
def test_the_page_reads_the_shared_vectors_as_python_does(small: Opened) -> None:
    cases = VECTORS["accepted"]
    found = small.app(READ, [case["text"] for case in cases])
    wrong = [
        (case["text"], read)
        for case, read in zip(cases, found, strict=True)
        if read.get("tree") != case["bound"] or [TRUTH[v] for v in read["rows"]] != case["rows"]
    ]
    assert wrong == []
    assert len(cases) > 70


@pytest.mark.browser
def test_the_page_refuses_what_python_refuses_in_both_languages(small: Opened) -> None:
    found = small.app(READ, VECTORS["refused"])
    accepted = [t for t, read in zip(VECTORS["refused"], found, strict=True) if "zh" not in read]
    assert accepted == []
    assert all("筛选条件" in read["zh"] and "cannot be read" in read["en"] for read in found)


@pytest.mark.browser
def test_the_page_names_the_nearest_field(small: Opened) -> None:
    cases = VECTORS["unresolved"]
    found = small.app(READ, [case["text"] for case in cases])
    assert all("zh" in read for read in found)
    missing = [
        (case, read["en"])
        for case, read in zip(cases, found, strict=True)
        if (case["nearest"] or "") not in read["en"]
    ]
    assert missing == []
    assert "整治路径" in found[1]["zh"]


PIECES = st.sampled_from(
    [
        *("far", "容积率", "route", "区", "企业", ".", "above_scale", "count", "overlap", "blocks"),
        *("(", ")", "，", "=", "<", ">=", "不小于", "且", "or", "not", "in", "like", "between"),
        *(
            "is",
            "null",
            "为空",
            "包含",
            "'改造'",
            "白云区",
            "0.85",
            "30亩",
            "50%",
            "-",
            "$x",
            "`far`",
        ),
        *("“", "true", "2024-06-30", " ", "where", "sum", "£", "\n"),
    ]
)


@pytest.mark.browser
@settings(max_examples=20, deadline=None, phases=NO_SHRINK)
@given(texts=st.lists(st.lists(PIECES, max_size=9).map(" ".join), min_size=8, max_size=8))
def test_any_text_reads_alike_in_page_and_python(small: Opened, texts: list[str]) -> None:
    frame = typed("village_parks")
    related = {"enterprises": typed("enterprises")}
    for text, read in zip(texts, small.app(READ, texts), strict=True):
        try:
            bound = filters.parse(text).bind("village_parks")
            mask = bound.mask(frame, layer="village_parks", relations=related)
        except FilterError:
            assert "zh" in read, text
            continue
        assert read.get("tree") == bound.to_json(), text
        assert [TRUTH[v] for v in read["rows"]] == [None if pd.isna(v) else bool(v) for v in mask]


# conditions of the page as text, generated


def words(field: str, values: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    chosen = st.lists(st.sampled_from([*values, None]), min_size=1, max_size=3, unique=True)
    return chosen.map(lambda w: {"op": "in", "field": field, "words": w})


def span(field: str, high: float) -> st.SearchStrategy[dict[str, Any]]:
    ends = st.tuples(*[st.none() | st.floats(-1, high, width=32)] * 2)
    return ends.filter(lambda e: e != (None, None)).map(
        lambda e: {"op": "range", "field": field, "min": e[0], "max": e[1]}
    )


PARK_LEAVES = st.one_of(
    words("route", ["upgrade", "keep", "close"]),
    words("ownership", ["collective", "mixed"]),
    words("pilot_eligible", ["true", "false"]),
    words("town", ["石桥镇", "南岗街道", "x"]),
    span("far", 3),
    span("land_area_m2", 60_000),
    span("updated_on", 30_000),
    st.sampled_from(["工业", "第1", "O'B", "%", "_"]).map(
        lambda t: {"op": "text", "field": "name", "text": t}
    ),
    st.sampled_from(["known", "unknown"]).map(lambda op: {"op": op, "field": "output_10k_cny"}),
    st.integers(0, 4).map(
        lambda n: {"op": "firms", "of": "revenue_10k_cny", "min": n * 3000.0, "max": None}
    ),
)


def turned(item: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(item, st.booleans()).map(lambda p: {**p[0], **({"not": True} if p[1] else {})})


def grown(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return turned(
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda p: {"op": "group", "join": p[0], "items": p[1]}
        )
    )


CONDITIONS = st.lists(
    st.recursive(turned(PARK_LEAVES), grown, max_leaves=5), min_size=1, max_size=3
)
SAY = """async (app, items) => {
    const found = [];
    for (const parks of items) {
        app.store.set({ filters: { parks } });
        await app.engine.run();
        found.push({ ...app.said('parks'), rows: [...app.engine.result('parks').mask] });
    }
    return found;
}"""


@pytest.mark.browser
@settings(max_examples=10, deadline=None, phases=NO_SHRINK)
@given(several=st.lists(CONDITIONS, min_size=5, max_size=5))
def test_what_is_selected_can_be_said_and_python_selects_the_same(
    page: Opened, city: MapModel, several: list[list[dict[str, Any]]]
) -> None:
    related = {"enterprises": city.enterprises}
    for items, found in zip(several, page.app(SAY, several), strict=True):
        assert found["unsaid"] == 0
        read = filters.parse(found["text"])
        mask = read.mask(city.parks, layer="village_parks", relations=related)
        expected = [bool(v) for v in mask.fillna(value=False)]
        differ = [i for i, v in enumerate(found["rows"]) if bool(v) != expected[i]]
        assert not differ, json.dumps([items, found["text"], differ[:3]], ensure_ascii=False)


def exported(page: Opened, kind: str) -> list[str]:
    """Return the park ids of what a reader takes home."""
    with page.page.expect_download(timeout=45_000) as saved:
        page.page.click("button[title='导出所选数据']")
        heading = ".menu-heading:has-text('村级工业园')"
        page.page.click(f"{heading} ~ [role=menuitem]:text-is('{kind}')")
    path = saved.value.path()
    if kind == "GeoJSON":
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return sorted(f["properties"]["park_id"] for f in features)
    table = (
        pd.read_csv(path, dtype="string", encoding="utf-8-sig")
        if kind == "CSV"
        else pd.read_excel(path, dtype="string", engine="openpyxl")
    )
    return sorted(table["园区编号"])


@pytest.mark.browser
@settings(max_examples=5, deadline=None, phases=NO_SHRINK)
@given(items=CONDITIONS)
def test_what_is_taken_home_is_what_python_keeps(
    page: Opened, city: MapModel, items: list[dict[str, Any]]
) -> None:
    found = page.app(SAY, [items])[0]
    kept = filters.parse(found["text"]).keep(
        city.parks, layer="village_parks", relations={"enterprises": city.enterprises}
    )
    for kind in ("GeoJSON", "CSV", "Excel"):
        assert exported(page, kind) == sorted(kept["park_id"]), (kind, found["text"])


@pytest.mark.browser
def test_firms_are_said_too_and_a_drawn_shape_is_counted_as_unsaid(
    page: Opened, city: MapModel
) -> None:
    page.reset()
    ring = [[113.3, 23.0], [113.5, 23.0], [113.5, 23.2]]
    shape = {"op": "place", "shape": {"kind": "polygon", "ring": ring}}
    cluster = {"op": "in", "field": "cluster", "words": ["auto", "display"]}
    page.app(
        "async (app, f) => { app.store.set({ filters: { enterprises: f } }); await app.engine.run(); }",
        [cluster, shape],
    )
    found = page.app("(app) => app.said('enterprises')")
    assert found["unsaid"] == 1
    mask = filters.parse(found["text"]).mask(city.enterprises, layer="enterprises")
    assert int(mask.sum()) == int(city.enterprises["cluster"].isin(["auto", "display"]).sum())


# the box


@pytest.mark.browser
def test_a_condition_is_typed_with_suggestions_and_selects_what_python_selects(
    page: Opened, city: MapModel
) -> None:
    page.reset()
    page.page.click("button:has-text('高级筛选')")
    box = page.page.locator(".phrase-input")
    box.press_sequentially("整治")
    page.page.click(".phrase-list [role=option] >> nth=0")
    box.press_sequentially("= 改造")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    box.press_sequentially("且 容积率 < 0.85 且 企业.规模以上 >= 3")
    text = "整治路径 = 改造提升 且 容积率 < 0.85 且 企业.规模以上 >= 3"
    assert box.input_value() == text
    mask = filters.parse(text).mask(city.parks, layer="village_parks")
    wanted = int(mask.sum())
    assert wanted > 0
    page.page.wait_for_selector(f".phrase-state:has-text('符合 {wanted}')")
    page.page.keyboard.press("Enter")
    page.settle()
    assert page.count("parks") == wanted
    assert page.page.inner_text(".chip-text") == text
    # a click on the chip brings the text back, another layer refuses it in plain words
    page.page.click(".chip-text")
    page.page.click(".phrase .segments button:has-text('企业')")
    page.page.click(".phrase .button.primary")
    assert "没有字段“整治路径”" in page.page.inner_text(".phrase-state.wrong")
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    assert page.page.locator(".phrase").count() == 0


@pytest.mark.browser
def test_a_wrong_name_is_answered_with_the_nearest_one(page: Opened) -> None:
    page.reset()
    page.page.click("button:has-text('高级筛选')")
    page.page.fill(".phrase-input", "路径 = 改造提升")
    page.page.keyboard.press("Enter")
    assert "route (整治路径)？" in page.page.inner_text(".phrase-state.wrong")
    assert page.page.get_attribute(".phrase-input", "aria-invalid") == "true"
    page.page.click(".phrase button:has-text('取消')")


@pytest.mark.browser
def test_a_value_that_nothing_has_is_asked_for_again(page: Opened) -> None:
    page.reset()
    page.page.click("button:has-text('高级筛选')")
    page.page.fill(".phrase-input", "区 = 无此区")
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector(".phrase-state.wrong:has-text('区没有取值“无此区”')")
    assert page.page.locator(".chip-text").count() == 0
    page.page.click(".phrase button:has-text('取消')")


@pytest.mark.browser
def test_the_text_of_the_conditions_is_copied(page: Opened) -> None:
    page.reset()
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.page.click("details:has(h3:text-is('区')) .category >> nth=0")
    page.settle()
    page.page.click("button:has-text('高级筛选')")
    page.page.click(".phrase-head .link")
    page.page.wait_for_selector(".phrase-head .link:has-text('已复制')")
    copied = page.page.evaluate("navigator.clipboard.readText()")
    assert copied == page.page.inner_text(".phrase-text")
    assert filters.parse(copied).bind("village_parks").to_json()["op"] == "="
    page.page.click(".phrase button:has-text('取消')")


@pytest.mark.browser
def test_a_written_condition_stands_in_the_link_and_a_hostile_one_is_dropped(
    page: Opened,
) -> None:
    page.reset()
    good = {"op": "phrase", "text": "far < 0.85"}
    bad = [
        {"op": "phrase", "text": "__import__('os')"},
        {"op": "phrase", "text": "x" * 5000},
        {"op": "phrase", "text": {"a": 1}},
        {"op": "phrase"},
    ]
    link = json.dumps({"v": 1, "filters": {"parks": [good, *bad]}})
    fragment = base64.urlsafe_b64encode(link.encode()).decode().rstrip("=")
    page.app("(app, f) => { location.hash = f; }", fragment)
    page.page.wait_for_selector(".chip-text")
    page.settle()
    assert page.app("(app) => app.store.state.filters") == {"parks": [good]}
