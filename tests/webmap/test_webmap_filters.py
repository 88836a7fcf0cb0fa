"""The page's filters select what Python's own filter selects, on the same data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
import webmap_city
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webmap_browser import Opened, opened

from industrymap import filters
from industrymap.webmap import IndustryMap, MapModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from playwright.sync_api import Browser

LAYERS = {"parks": "village_parks", "enterprises": "enterprises"}
SELECTED = """async (app, [id, items]) => {
  app.store.set({ filters: { [id]: items } });
  await app.engine.run();
  const { mask } = app.engine.result(id);
  const name = id === 'parks' ? 'park_id' : 'uscc';
  const rows = [...mask.keys()].filter((i) => mask[i]);
  await app.model.layer(id).columns.ready([name], rows);
  return rows.map((i) => app.model.layer(id).columns.value(name, i));
}"""


@pytest.fixture(scope="module")
def city() -> MapModel:
    return webmap_city.model(1500, parks=250, blocks=60)


@pytest.fixture(scope="module")
def shared(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city).save(tmp_path_factory.mktemp("page") / "map.html")
    with opened(browser, path) as page:
        yield page


@pytest.fixture
def page(shared: Opened) -> Iterator[Opened]:
    shared.reset()
    yield shared
    assert shared.requests == []
    assert shared.complaints == []


def word(
    column: str, values: list[str]
) -> st.SearchStrategy[tuple[dict[str, Any], dict[str, Any]]]:
    """Draw a condition of the page and the tree that says the same."""

    def both(chosen: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        left = {"field": column}
        tree = {"op": "in", "left": left, "args": [{"text": w} for w in chosen]}
        return {"field": column, "op": "in", "words": chosen}, tree

    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(both)


def span(column: str, low: float, high: float) -> st.SearchStrategy[Any]:
    edge = st.one_of(st.none(), st.floats(low, high).map(lambda v: round(v, 3)))

    def both(edges: tuple[float | None, float | None]) -> tuple[dict[str, Any], dict[str, Any]]:
        left = {"field": column}
        tests = [
            {"op": op, "left": left, "right": {"number": value}}
            for op, value in zip((">=", "<="), edges, strict=True)
            if value is not None
        ]
        tree = tests[0] if len(tests) == 1 else {"op": "and", "args": tests}
        return {"field": column, "op": "range", "min": edges[0], "max": edges[1]}, tree

    return st.tuples(edge, edge).filter(lambda e: e != (None, None)).map(both)


def known(column: str) -> st.SearchStrategy[Any]:
    null = {"op": "null", "left": {"field": column}}
    return st.sampled_from(
        [
            ({"field": column, "op": "unknown"}, null),
            ({"field": column, "op": "known"}, {"op": "not", "arg": null}),
        ]
    )


def flag(column: str) -> st.SearchStrategy[Any]:
    true = {"op": "true", "left": {"field": column}}
    return st.sampled_from(
        [
            ({"field": column, "op": "in", "words": ["true"]}, true),
            ({"field": column, "op": "in", "words": ["false"]}, {"op": "not", "arg": true}),
        ]
    )


def negated(pair: tuple[dict[str, Any], dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {**pair[0], "not": not pair[0].get("not", False)}, {"op": "not", "arg": pair[1]}


def grouped(pairs: list[Any], join: str) -> tuple[dict[str, Any], dict[str, Any]]:
    tree = {"op": join, "args": [p[1] for p in pairs]} if len(pairs) > 1 else pairs[0][1]
    return {"op": "group", "join": join, "items": [p[0] for p in pairs]}, tree


def trees(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        groups = st.tuples(st.lists(inner, min_size=1, max_size=3), st.sampled_from(["and", "or"]))
        return st.one_of(inner.map(negated), groups.map(lambda g: grouped(*g)))

    return st.recursive(leaf, grow, max_leaves=6)


PARKS = trees(
    st.one_of(
        word("route", webmap_city.ROUTES), word("district", webmap_city.DISTRICTS), word("ownership", ["collective", "mixed"]),
        span("far", 0, 2), span("land_area_m2", 500, 60000), span("above_scale", 0, 6), span("tax_per_mu_10k_cny", 0, 10),
        known("far"), known("output_10k_cny"), flag("pilot_eligible"),
    )
)  # fmt: skip
FIRMS = trees(
    st.one_of(
        word("cluster", [c[0] for c in webmap_city.CLUSTERS]), word("size_class", ["large", "small"]), word("geocode_level", webmap_city.LEVELS),
        span("revenue_10k_cny", 1000, 9000), span("staff", 0, 400), known("tax_10k_cny"), known("park_id"),
    )
)  # fmt: skip


def expected(city: MapModel, layer: str, tree: dict[str, Any]) -> list[str]:
    frame = getattr(city, layer)
    mask = filters.from_json(tree, layer=LAYERS[layer]).mask(frame, layer=LAYERS[layer])
    name = "park_id" if layer == "parks" else "uscc"
    return sorted(frame.loc[mask.fillna(value=False).astype(bool), name].tolist())


@pytest.mark.browser
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pair=PARKS)
def test_parks_are_selected_as_python_selects_them(page: Opened, city: MapModel, pair: Any) -> None:
    assert sorted(page.app(SELECTED, ["parks", [pair[0]]])) == expected(city, "parks", pair[1])


@pytest.mark.browser
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pair=FIRMS)
def test_firms_are_selected_as_python_selects_them(page: Opened, city: MapModel, pair: Any) -> None:
    assert sorted(page.app(SELECTED, ["enterprises", [pair[0]]])) == expected(
        city, "enterprises", pair[1]
    )


@pytest.mark.browser
def test_text_is_found_whatever_its_case(page: Opened, city: MapModel) -> None:
    found = page.app(SELECTED, ["parks", [{"field": "name", "op": "text", "text": "第3工业"}]])
    assert sorted(found) == sorted(
        city.parks.loc[city.parks["name"].str.contains("第3工业"), "park_id"]
    )
    found = page.app(SELECTED, ["parks", [{"field": "park_id", "op": "text", "text": "vp0001"}]])
    assert sorted(found) == [f"VP0001{i}" for i in range(10)]


@pytest.mark.browser
def test_parks_with_three_above_scale_firms(page: Opened, city: MapModel) -> None:
    firms = city.enterprises
    for item, mask in (
        ({"op": "firms", "of": "count", "min": 3, "max": None}, firms["park_id"].notna()),
        ({"op": "firms", "of": "count", "min": None, "max": 0}, firms["park_id"].notna()),
    ):
        counts = firms[mask]["park_id"].value_counts().reindex(city.parks["park_id"], fill_value=0)
        fits = counts >= 3 if item["min"] else counts == 0
        assert sorted(page.app(SELECTED, ["parks", [item]])) == sorted(counts[fits].index)


@pytest.mark.browser
def test_a_relation_follows_the_filters_of_the_firms(page: Opened, city: MapModel) -> None:
    page.app(
        "(app) => app.store.set({ filters: { enterprises: [{ field: 'cluster', op: 'in', words: ['auto'] }], parks: [{ op: 'firms', of: 'count', min: 1, max: null, filtered: true }] } })"
    )
    page.settle()
    autos = city.enterprises[city.enterprises["cluster"] == "auto"]["park_id"].dropna()
    assert page.count("parks") == autos.nunique()
    page.app("(app) => app.store.set({ filters: { ...app.store.state.filters, enterprises: [] } })")
    page.settle()
    assert page.count("parks") == city.enterprises["park_id"].nunique()


@pytest.mark.browser
def test_revenue_of_the_firms_inside(page: Opened, city: MapModel) -> None:
    sums = city.enterprises.groupby("park_id")["revenue_10k_cny"].sum()
    found = page.app(
        SELECTED, ["parks", [{"op": "firms", "of": "revenue_10k_cny", "min": 20000, "max": None}]]
    )
    assert sorted(found) == sorted(sums[sums >= 20000].index)


@pytest.mark.browser
def test_firms_of_the_selected_parks(page: Opened, city: MapModel) -> None:
    page.app(
        "(app) => app.store.set({ filters: { parks: [{ field: 'route', op: 'in', words: ['upgrade'] }], enterprises: [{ op: 'inside', of: 'parks' }] } })"
    )
    page.settle()
    parks = set(city.parks.loc[city.parks["route"] == "upgrade", "park_id"])
    assert page.count("enterprises") == int(city.enterprises["park_id"].isin(parks).sum())
    page.app(
        "(app) => app.store.set({ filters: { ...app.store.state.filters, parks: [{ field: 'route', op: 'in', words: ['keep'] }] } })"
    )
    page.settle()
    parks = set(city.parks.loc[city.parks["route"] == "keep", "park_id"])
    assert page.count("enterprises") == int(city.enterprises["park_id"].isin(parks).sum())


@pytest.mark.browser
def test_a_drawn_shape_takes_what_touches_it_and_no_firm_it_cannot_be_sure_of(
    page: Opened, city: MapModel
) -> None:
    ring = [[113.3, 23.0], [113.55, 23.02], [113.5, 23.22], [113.28, 23.2]]
    page.app(
        "(app, ring) => app.store.set({ filters: { shared: [{ op: 'place', shape: { kind: 'polygon', ring } }] } })",
        ring,
    )
    page.settle()
    shape = shapely.Polygon(ring)
    assert page.count("parks") == int(city.parks.intersects(shape).sum())
    assert page.count("blocks") == int(city.blocks.intersects(shape).sum())
    firms = city.enterprises[city.enterprises.geometry.notna()]
    coarse = firms["geocode_level"].isin(["village", "town", "district"])
    exact = int(firms[~coarse].within(shape).sum())
    surely = page.count("enterprises") - exact
    assert 0 <= surely <= int(firms[coarse].within(shape).sum())


@pytest.mark.browser
def test_a_circle_takes_what_lies_within_its_radius(page: Opened, city: MapModel) -> None:
    from pyproj import Geod

    page.app(
        "(app) => app.store.set({ filters: { shared: [{ op: 'place', shape: { kind: 'circle', lon: 113.42, lat: 23.12, radius_m: 9000 } }] } })"
    )
    page.settle()
    firms = city.enterprises[city.enterprises.geometry.notna()]
    exact = firms[~firms["geocode_level"].isin(["village", "town", "district"])]
    n = len(exact)
    xy = exact.geometry.x.to_numpy(), exact.geometry.y.to_numpy()
    distance = Geod(ellps="WGS84").inv(*xy, np.full(n, 113.42), np.full(n, 23.12))[2]
    near, far = (int((distance <= 9000 * f).sum()) for f in (0.994, 1.006))
    found = page.app(
        "(app) => { const { mask } = app.engine.result('enterprises'); return mask.subarray(0, app.model.layer('enterprises').points.exact).reduce((a, b) => a + b, 0); }"
    )
    assert near <= found <= far


@pytest.mark.browser
def test_a_lasso_a_box_and_a_circle_are_drawn_with_the_pointer(page: Opened) -> None:
    mouse = page.page.mouse
    for name, kind in (("套索选择", "polygon"), ("框选", "polygon"), ("圆形缓冲", "circle")):
        page.page.click(f".map-buttons button[title*='{name}']")
        mouse.move(560, 300)
        mouse.down()
        for x, y in ((650, 300), (700, 380), (640, 450), (580, 420)):
            mouse.move(x, y, steps=4)
        mouse.up()
        page.settle()
        shape = page.app("(app) => app.store.state.filters.shared.at(-1).shape")
        assert shape["kind"] == kind
        assert page.app("(app) => app.store.state.tool") == ""
    assert page.page.locator(".chip").count() == 3
    assert 0 < page.count("parks") < 250


@pytest.mark.browser
def test_escape_ends_a_tool(page: Opened) -> None:
    page.page.click(".map-buttons button[title*='套索']")
    assert page.app("(app) => app.store.state.tool") == "lasso"
    page.page.keyboard.press("Escape")
    assert page.app("(app) => app.store.state.tool") == ""


@pytest.mark.browser
def test_the_builder_makes_edits_and_turns_round_a_group(page: Opened, city: MapModel) -> None:
    page.page.click(".button.add")
    page.page.select_option(".condition select >> nth=0", "far")
    page.page.fill(".condition .edge >> nth=1", "0.85")
    page.page.click(".builder-body > .button")
    page.page.select_option(".condition >> nth=1 >> select >> nth=0", "route")
    page.page.wait_for_selector(".option")
    page.page.check(".option:has-text('改造提升') input")
    page.page.click(".builder-body button:has-text('满足任一')")
    page.page.click(".builder-foot .primary")
    page.settle()
    far, route = city.parks["far"] <= 0.85, city.parks["route"] == "upgrade"
    assert page.count("parks") == int((far.fillna(value=False) | route).sum())
    page.page.click(".chip-text")
    page.page.check(".builder-body > .toggle input")
    page.page.click(".builder-foot .primary")
    page.settle()
    assert page.count("parks") == int((~(far | route)).fillna(value=False).sum())
    page.page.click(".chip-close")
    page.settle()
    assert page.count("parks") == len(city.parks)


@pytest.mark.browser
def test_a_range_is_set_by_typing(page: Opened, city: MapModel) -> None:
    page.page.click("summary:has-text('数值范围')")
    page.page.wait_for_selector("input[aria-label='容积率 最大']")
    page.page.fill("input[aria-label='容积率 最大'].edge", "0.85")
    page.page.press("input[aria-label='容积率 最大'].edge", "Enter")
    page.settle()
    assert page.count("parks") == int((city.parks["far"] <= 0.85).sum())
    assert "容积率：≤ 0.85" in page.page.inner_text(".chips")


@pytest.mark.browser
def test_sums_and_their_coverage_are_those_of_the_selection(page: Opened, city: MapModel) -> None:
    page.app(
        "(app) => app.store.set({ filters: { enterprises: [{ field: 'cluster', op: 'in', words: ['auto', 'biomed'] }] } })"
    )
    page.settle()
    firms = city.enterprises[city.enterprises["cluster"].isin(["auto", "biomed"])]
    text = page.page.inner_text(".figures")
    tax: pd.Series[Any] = firms["tax_10k_cny"]
    assert f"{len(firms):,} 家中 {tax.notna().sum():,} 家有数据" in text
    assert (
        f"{tax.sum() / 10000:,.1f}\n亿元" in text
        or f"{tax.sum() / 10000:,.1f}".rstrip("0").rstrip(".") in text
    )


@pytest.mark.browser
def test_a_range_over_infinity_and_a_word_nobody_has(page: Opened) -> None:
    assert page.app(SELECTED, ["parks", [{"field": "route", "op": "in", "words": ["gone"]}]]) == []
    assert (
        page.app(SELECTED, ["parks", [{"field": "far", "op": "range", "min": 1e300, "max": None}]])
        == []
    )
    assert len(json.dumps(page.app(SELECTED, ["parks", []]))) > 1000


@pytest.mark.browser
def test_a_word_is_found_in_a_column_of_many_different_texts(page: Opened, city: MapModel) -> None:
    page.reset()
    name = str(city.parks["name"].iloc[3])
    page.app(
        "(app, name) => app.store.set({ filters: { parks: [{ op: 'in', field: 'name', words: [name] }] } })",
        name,
    )
    page.settle()
    assert page.count("parks") == int((city.parks["name"] == name).sum()) > 0
