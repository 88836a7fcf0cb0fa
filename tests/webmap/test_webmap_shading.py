"""Areas shaded by any figure: per mu, per firm or as a share first, with classes, unit and number, wherever the map goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import webmap_city
from webmap_browser import linked, opened

from industrymap.webmap import IndustryMap, MapModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from webmap_browser import Opened

pytestmark = pytest.mark.browser

MU = 2000 / 3
FILTERS: dict[str, Any] = {
    "shared": [],
    "enterprises": [{"field": "cluster", "op": "in", "words": ["display", "auto"]}],
}


@pytest.fixture(scope="module")
def city() -> MapModel:
    model = webmap_city.model(2500, parks=600, blocks=120)
    parks = model.parks.copy()
    rng = np.random.default_rng(5)
    parks["investment_10k_cny"] = pd.array(
        np.where(rng.random(len(parks)) < 0.3, np.nan, np.round(rng.gamma(2, 900, len(parks)), 1)),
        dtype="Float64",
    )
    parks["base_firms"] = parks["firms"]
    parks["n_base_revenue_10k_cny"] = parks["firms"]
    parks["revenue_per_mu_10k_cny"] = parks["base_revenue_10k_cny"] / (parks["land_area_m2"] / MU)
    parks.loc[3, "land_area_m2"] = np.nan
    firms = model.enterprises.copy()
    firms["block_id"] = pd.array(
        np.where(
            rng.random(len(firms)) < 0.4, rng.choice(model.blocks["block_id"], len(firms)), None
        ),
        dtype="string",
    )
    return model.with_frames(parks=parks, enterprises=firms)


@pytest.fixture(scope="module")
def page(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city).save(tmp_path_factory.mktemp("shading") / "map.html")
    with opened(browser, path) as found:
        yield found
        assert found.requests == []
        assert found.complaints == []


def shaded(page: Opened, layer: str, field: str) -> pd.Series:
    """Shade a layer and return the value of each of its rows."""
    page.app("(app, [layer, field]) => app.colorBy(layer, field)", [layer, field])
    page.settle()
    values = page.app(
        "(app, layer) => [...app.coloring(layer).values].map((v) => Number.isFinite(v) ? v : null)",
        layer,
    )
    return pd.Series(values, dtype="float64")


def same(found: pd.Series, wanted: pd.Series) -> None:
    pd.testing.assert_series_equal(
        found.reset_index(drop=True),
        wanted.astype("float64").reset_index(drop=True),
        check_names=False,
        rtol=1e-9,
    )


def selected(city: MapModel) -> pd.DataFrame:
    firms = city.enterprises
    return firms[firms["cluster"].isin(["display", "auto"])]


@pytest.mark.parametrize(
    ("field", "by", "factor"),
    [
        ("investment_10k_cny/mu", "land_area_m2", MU),
        ("above_scale/mu", "land_area_m2", 100 * MU),
        ("base_revenue_10k_cny/firm", "n_base_revenue_10k_cny", 1),
    ],
)
def test_a_total_of_parks_is_divided_by_land_or_firms(
    page: Opened, city: MapModel, field: str, by: str, factor: float
) -> None:
    page.reset()
    parks = city.parks
    below = parks[by].astype("float64")
    same(
        shaded(page, "parks", field),
        parks[field.split("/", maxsplit=1)[0]].astype("float64") / below.where(below > 0) * factor,
    )


def test_what_the_selected_firms_come_to_in_each_park_is_what_pandas_finds(
    page: Opened, city: MapModel
) -> None:
    page.reset()
    page.app("(app, filters) => app.store.set({ filters })", FILTERS)
    page.settle()
    firms, parks = selected(city), city.parks
    land = parks["land_area_m2"].astype("float64") / MU
    by_park = firms.groupby("park_id")
    counts = by_park.size().reindex(parks["park_id"]).fillna(0).reset_index(drop=True)
    revenue = by_park["revenue_10k_cny"].sum().reindex(parks["park_id"]).fillna(0).to_numpy()
    every = city.enterprises.groupby("park_id").size().reindex(parks["park_id"]).to_numpy()
    same(shaded(page, "parks", "@firms"), counts)
    same(shaded(page, "parks", "@firms_share"), counts / every)
    # the outline stands in where the data has no area
    known = land.notna().to_numpy()
    same(shaded(page, "parks", "@revenue_mu")[known], (pd.Series(revenue) / land)[known])
    note = page.app("(app) => app.drawnLegend()[0].note")
    joined = int(firms["park_id"].isin(parks["park_id"]).sum())
    assert f"{joined:,} / {joined:,} 家有数据" in note
    assert f"另 {len(firms) - joined:,} 家" in note


def test_a_quotient_that_the_data_has_is_not_worked_out_a_second_time(page: Opened) -> None:
    page.reset()
    page.app("(app) => app.colorBy('parks', 'base_revenue_10k_cny')")
    page.settle()
    per = page.page.locator(".section.lead .class-controls select").first
    assert per.locator("option").all_inner_texts() == ["每亩", "每家企业", "合计"]
    per.select_option(label="每亩")
    page.settle()
    assert page.app("(app) => app.store.state.color.parks") == "revenue_per_mu_10k_cny"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("layer", ["parks", "blocks", "districts", "towns"])
def test_what_can_be_compared_comes_before_totals_and_every_choice_says_its_unit(
    page: Opened, layer: str, lang: str
) -> None:
    page.reset()
    page.app("(app, lang) => app.store.set({ lang })", lang)
    page.page.click(f"[data-topic={layer if layer in {'parks', 'blocks'} else 'areas'}]")
    page.settle()
    selects = page.page.locator(".topic-how select").all()
    if layer in {"districts", "towns"}:
        selects[0].select_option(layer)
        page.page.wait_for_function(
            "(layer) => document.getElementById('app').industrymap.store.state.color[layer]",
            arg=layer,
        )
        selects = page.page.locator(".topic-how select").all()
    labels = [
        select.locator("optgroup").evaluate_all("(all) => all.map((one) => one.label)")
        for select in selects
    ]
    totals = {"zh": "总量（大的单元自然大）", "en": "Totals (larger units have more)"}[lang]
    found = next(one for one in labels if totals in one)
    assert found[-1] == totals
    assert len(found) >= 2
    groups = next(s for s, one in zip(selects, labels, strict=True) if one is found)
    texts = groups.locator(f'optgroup[label="{totals}"] option').all_inner_texts()
    assert texts
    assert all("（" in t or "(" in t for t in texts), texts


@pytest.mark.parametrize(
    ("layer", "field", "unit"),
    [
        ("parks", "tax_per_mu_10k_cny", "（万元/亩）"),
        ("parks", "investment_10k_cny/mu", "（万元/亩）"),
        ("parks", "@firms_mu", "（家/百亩）"),
        ("parks", "land_area_m2", "（亩）"),
        ("blocks", "@revenue_mu", "（万元/亩）"),
        ("districts", "@firms_share", "（%）"),
    ],
)
def test_legend_print_card_and_link_say_the_same_figure_with_unit_and_number(
    page: Opened, layer: str, field: str, unit: str
) -> None:
    page.reset()
    page.page.click(f"[data-topic={layer if layer != 'districts' else 'areas'}]")
    page.app("(app) => app.store.set({ color: { ...app.store.state.color, towns: '' } })")
    values = shaded(page, layer, field)
    if layer == "parks":
        page.app(
            "(app) => app.store.set({ filters: { parks: [{ field: 'route', op: 'in', words: ['upgrade'] }] } })"
        )
        page.settle()
        drawn = page.app("(app) => [...app.engine.result('parks').mask]")
        values = values[np.asarray(drawn, dtype=bool)]
    known, unknown = int(values.notna().sum()), int(values.isna().sum())
    lines = page.app("(app) => app.drawnLegend()")
    assert unit in lines[0]["heading"]
    assert f"n = {known:,}" in lines[0]["note"]
    end = next((i for i, one in enumerate(lines) if i and one.get("heading")), len(lines))
    rows = lines[1:end]
    assert sum(int(r["n"].replace(",", "")) for r in rows) == known + unknown
    assert [r["n"] for r in rows if r.get("shape") == "hollow"] == (
        [f"{unknown:,}"] if unknown else []
    )
    # beside the map, on paper and in the link
    assert page.page.locator(".legend-title:visible").first.inner_text() == lines[0]["heading"]
    page.page.click(".top-tools [data-tool=print], button[aria-label='打印']")
    page.page.locator("dialog .button.primary").wait_for()
    page.page.evaluate("window.print = () => {}")
    page.page.click("dialog .button.primary")
    page.page.wait_for_selector(".print-sheet svg", state="attached")
    texts = page.page.locator(".print-sheet svg text").all_text_contents()
    assert lines[0]["heading"][:12] in "".join(texts)
    assert f"n={known:,}" in "".join(texts).replace(" ", "")
    code = page.app("(app) => app.codes.make()")
    page.reset()
    assert page.app("(app, layer) => app.store.state.color[layer] || ''", layer) != field
    assert page.app("(app, code) => app.codes.open(code)", code)
    page.settle()
    assert page.app("(app, layer) => app.store.state.color[layer]", layer) == field
    assert page.app("(app) => app.drawnLegend()")[0] == lines[0]


def test_the_unit_of_a_long_name_stands_on_the_print_and_zeros_are_a_plain_0(page: Opened) -> None:
    page.reset()
    page.app("(app) => app.store.set({ lang: 'en' })")
    page.page.click("[data-topic=parks]")
    shaded(page, "parks", "@revenue_mu")
    assert page.page.locator(".section.lead .category-name").first.inner_text() == "0"
    shaded(page, "parks", "investment_10k_cny/mu")
    page.page.evaluate("window.print = () => {}")
    page.page.click("button[aria-label='Print']")
    page.page.click("dialog .button.primary")
    page.page.wait_for_selector(".print-sheet svg", state="attached")
    texts = page.page.locator(".print-sheet svg text").all_text_contents()
    page.page.evaluate("document.querySelector('.print-sheet').remove()")
    assert "Investment per mu (10k yuan/mu)" in " ".join(" ".join(texts).split())


def test_a_link_cannot_shade_by_what_the_page_does_not_know(page: Opened) -> None:
    page.reset()
    before = page.app("(app) => app.store.state.color")
    for field in ("@revenue_km2", "route/mu", "far/mu", "@constructor", "investment_10k_cny/km2"):
        page.page.evaluate(
            "(link) => { location.hash = btoa(JSON.stringify(link)); }",
            {"v": 1, "color": {"parks": field}},
        )
        page.page.wait_for_timeout(50)
        page.settle()
        assert page.app("(app) => app.store.state.color") == before


def test_a_class_of_a_column_filters_and_one_that_the_page_worked_out_does_not(
    page: Opened,
) -> None:
    page.reset()
    page.page.click("[data-topic=parks]")
    n = page.count("parks")
    for field, filters in (("tax_per_mu_10k_cny", True), ("investment_10k_cny/mu", False)):
        shaded(page, "parks", field)
        page.page.locator(".section.lead .category").first.click()
        page.settle()
        assert (page.count("parks") < n) == filters
        page.app("(app) => app.store.set({ filters: {} })")
        page.settle()


PROBE = 'import { limitsOf } from "./basics/classes.js";\nwindow.limits = (values, how, factor) => limitsOf(values, how, factor);\n'


def test_zeros_are_a_class_of_their_own_where_they_would_fill_one(browser: Browser) -> None:
    rng = np.random.default_rng(3)
    some = np.round(rng.lognormal(3, 2, 200), 4)
    values = [0.0] * 300 + some.tolist()
    with linked(browser, PROBE) as empty:
        limits = empty.evaluate("(v) => limits(v, { method: 'quantile', k: 5 })", values)
        few = empty.evaluate("(v) => limits(v, { method: 'quantile', k: 5 })", [0.0, *some])
    assert limits[0] == 0
    assert 0 < limits[1] <= some.min() <= 1.1 * limits[1]
    assert len(limits) == 6
    inner = np.quantile(some, [0.25, 0.5, 0.75])
    assert np.allclose(limits[2:-1], inner, rtol=0.06)
    assert few[1] > some.min()


def test_limits_are_round_in_the_unit_that_is_read(browser: Browser) -> None:
    """Square metres are read in mu: the limits are whole mu, however far the largest is above the rest."""
    square_metres = (np.random.default_rng(4).lognormal(9, 1.5, 500)).tolist()
    with linked(browser, PROBE) as empty:
        limits = empty.evaluate(
            "(v) => limits(v, { method: 'quantile', k: 5 }, 0.0015)", square_metres
        )
    inner = np.array(limits[1:-1]) * 0.0015
    assert all(float(f"{v:.3g}") == pytest.approx(v, rel=1e-9) for v in inner), inner


def test_a_round_limit_moves_none_of_eleven_districts(browser: Browser) -> None:
    values = [0.012, 0.031, 0.139, 0.141, 0.334, 2.71, 3.062, 3.4, 9.9, 14.76, 31.42]
    with linked(browser, PROBE) as empty:
        limits = empty.evaluate("(v) => limits(v, { method: 'quantile', k: 5 })", values)
    exact = np.quantile(values, [0.2, 0.4, 0.6, 0.8])
    classes = np.searchsorted(limits[1:-1], values, side="right")
    assert np.array_equal(classes, np.searchsorted(exact, values, side="right"))
    assert np.bincount(classes).tolist() == [2, 2, 2, 2, 3]
