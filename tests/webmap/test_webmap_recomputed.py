"""Whatever leaves the page says what pandas finds in the same frames, under filters that a seed draws: prints, cards, tables, files."""

from __future__ import annotations

import io
import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
import webmap_city
from webmap_browser import Opened, opened

from industrymap import schemas
from industrymap.webmap import IndustryMap, MapModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SEEDS = range(5)
PAPERS = ("a4l", "a4p", "a3l", "a3p")
# keeps every text that a canvas is given: what a picture says
RECORDING = """window.written = []; const plain = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) { window.written.push(String(text)); return plain.call(this, text, ...rest); };"""
SIZES = {
    "亿元": 1e4,
    "万元": 1,
    "km²": 1e6,
    "ha": 1e4,
    "万人": 1e4,
    "人": 1,
    "家": 1,
    "个": 1,
    "": 1,
}


@pytest.fixture(scope="module")
def city() -> MapModel:
    return webmap_city.model(900, parks=240, blocks=60)


@pytest.fixture(scope="module")
def shared(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city).save(tmp_path_factory.mktemp("page") / "map.html")
    with opened(browser, path, accept_downloads=True, before=RECORDING) as page:
        page.page.evaluate("window.print = () => {}")
        yield page


@pytest.fixture
def page(shared: Opened) -> Iterator[Opened]:
    shared.reset()
    yield shared
    assert shared.requests == []
    assert shared.complaints == []


class Drawn:
    """Filters drawn by a seed, in the page's form and as masks of pandas."""

    def __init__(self, city: MapModel, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.filters: dict[str, list[dict[str, Any]]] = {}
        frames: dict[str, Any] = {
            name: city.frame(name) for name in ("parks", "blocks", "enterprises")
        }
        self.masks = {name: pd.Series(data=True, index=one.index) for name, one in frames.items()}
        if self.rng.random() < 0.5:
            places = self.some(frames["parks"]["district"])
            self.filters["shared"] = [{"field": "district", "op": "in", "words": places}]
            for name, frame in frames.items():
                self.masks[name] &= frame["district"].isin(places)
        kinds: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
            "parks": (("route", "ownership"), ("far", "land_area_m2", "above_scale", "tax_per_mu_10k_cny")),
            "blocks": (("level",), ("area_m2", "industrial_share")),
            "enterprises": (("cluster", "size_class", "geocode_level"), ("revenue_10k_cny", "tax_10k_cny", "staff")),
        }  # fmt: skip
        for name, (words, numbers) in kinds.items():
            for _ in range(int(self.rng.integers(0, 3))):
                field = str(self.rng.choice(words if self.rng.random() < 0.5 else numbers))
                item, mask = self.condition(frames[name][field], words=field in words)
                self.filters.setdefault(name, []).append({"field": field, **item})
                self.masks[name] &= mask
        self.kept: dict[str, Any] = {name: frames[name][mask] for name, mask in self.masks.items()}

    def some(self, column: pd.Series) -> list[str]:
        every = sorted(column.dropna().unique())
        n = int(self.rng.integers(1, max(2, len(every))))
        return [str(v) for v in self.rng.choice(every, n, replace=False)]

    def condition(self, column: pd.Series, *, words: bool) -> tuple[dict[str, Any], pd.Series]:
        # what is unknown meets neither a condition nor its opposite
        known = column.notna()
        if words:
            chosen = self.some(column)
            inside = column.isin(chosen)
            item: dict[str, Any] = {"op": "in", "words": chosen}
        else:
            low, high = sorted(self.rng.choice(column.dropna().astype(float), 2, replace=False))
            inside = column.astype(float).between(low, high)
            item = {"op": "range", "min": low, "max": high}
        if self.rng.random() < 0.25:
            return item | {"not": True}, known & ~inside
        return item, known & inside


def use(page: Opened, city: MapModel, seed: int, topic: str) -> Drawn:
    drawn = Drawn(city, seed)
    page.page.click(f"[data-topic={topic}]")
    page.app("(app, filters) => app.store.set({ filters })", drawn.filters)
    page.settle()
    assert {name: page.count(name) for name in drawn.kept} == {
        name: len(frame) for name, frame in drawn.kept.items()
    }
    return drawn


def agrees(text: str, unit: str, value: float) -> bool:
    """Whether a written figure is the value, rounded to the digits that are written."""
    digits = len(text.partition(".")[2])
    return bool(
        abs(float(text.replace(",", "")) - value / SIZES[unit]) <= 0.5 * 10**-digits * (1 + 1e-9)
    )


def wanted(kept: dict[str, Any]) -> dict[str, float | None]:
    """The figures of a selection by their name; None where too few report it to be quoted."""
    firms = kept["enterprises"]
    out: dict[str, float | None] = {
        "村级工业园": len(kept["parks"]), "产业区块": len(kept["blocks"]), "企业": len(firms),
    }  # fmt: skip
    for name, column in (("营业收入", "revenue_10k_cny"), ("税收", "tax_10k_cny"), ("从业人员", "staff")):  # fmt: skip
        known = int(firms[column].notna().sum())
        out[name] = float(firms[column].sum()) if known and known >= 0.1 * len(firms) else None
    return out


def check(name: str, text: str, unit: str, figures: dict[str, float | None]) -> None:
    value = figures[name]
    if value is None:
        assert text == "—", (name, text)
    else:
        assert agrees(text, unit, value), (name, text, unit, value)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("topic", ["parks", "blocks"])
def test_the_figures_beside_the_map_are_those_of_pandas(
    page: Opened, city: MapModel, topic: str, seed: int
) -> None:
    drawn = use(page, city, seed, topic)
    area = "land_area_m2" if topic == "parks" else "area_m2"
    figures = wanted(drawn.kept) | {"用地面积": float(drawn.kept[topic][area].sum())}
    said = page.page.locator(".figure").evaluate_all(
        "(all) => all.map((one) => [one.children[0].textContent, one.children[1].children[0].textContent, one.children[1].children[1].textContent])"
    )
    assert len(said) == 6
    for name, text, unit in said:
        check(name, text, unit, figures)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_card_says_what_pandas_finds(page: Opened, city: MapModel, seed: int) -> None:
    drawn = use(page, city, seed, ("parks", "enterprises", "blocks")[seed % 3])
    page.page.evaluate("window.written = []")
    page.page.click("button[title='导出所选数据']")
    with page.page.expect_download():
        page.page.click(".menu [role=menuitem]:text-is('卡片（发微信等）')")
    texts = page.page.evaluate("window.written")
    figures = wanted(drawn.kept)
    for topic, area in (("parks", "land_area_m2"), ("blocks", "area_m2")):
        if page.app("(app) => app.store.state.topic") == topic:
            figures["用地面积"] = float(drawn.kept[topic][area].sum())
            figures["其中的企业"] = float(drawn.kept[topic]["firms"].sum())
    # a name that is written just before a number and its unit
    found = [
        (name, text, unit)
        for name, text, unit in zip(texts, texts[1:], texts[2:], strict=False)
        if name in figures and (re.fullmatch(r"[\d,.]+", text) or text == "—") and unit in SIZES
    ]
    assert 2 <= len({name for name, _, _ in found}) <= 3, texts[:14]
    for name, text, unit in found:
        check(name, text, unit, figures)


def legend_of(texts: list[str], heading: str) -> dict[str, int]:
    """The lines with a number behind a legend's heading, up to the next thing that is none."""
    at = texts.index(heading) + 1
    out = {}
    for label, n in pairwise(texts[at:]):
        if re.fullmatch(r"[\d,]+", n) and not re.fullmatch(r"[\d,]+", label):
            out[label] = int(n.replace(",", ""))
    return out


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("topic", ["parks", "enterprises"])
def test_a_print_says_what_pandas_finds(
    page: Opened, city: MapModel, topic: str, seed: int
) -> None:
    drawn = use(page, city, seed, topic)
    kept = drawn.kept[topic]
    page.page.click("button[aria-label='打印']")
    page.page.check(f".dialog input[value={PAPERS[seed % 4]}]")
    page.page.check(".dialog input[name=list]")
    page.page.click(".dialog .primary")
    page.page.wait_for_selector(".print-sheet", state="attached")
    page.page.wait_for_selector(".dialog", state="detached")
    texts = page.page.locator(".print-sheet svg text").all_text_contents()
    rows = page.page.locator(".print-sheet .print-list tr").evaluate_all(
        "(all) => all.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    page.page.evaluate("document.querySelector('.print-sheet').remove()")
    name = {"parks": "村级工业园", "enterprises": "企业"}[topic]
    lines = legend_of(texts, f"{name} {len(kept):,}")
    if topic == "parks":
        words = {v.value: v.zh for v in schemas.values("route")}
        column = kept["route"]
    else:
        words = {value: zh for value, zh, _, _ in webmap_city.CLUSTERS}
        column = kept["cluster"]
    counts = column.map(words).value_counts()
    # long names stand in several lines: what ends a name is what stands before its number
    for label, n in counts.items():
        said = [v for text, v in lines.items() if str(label).endswith(text)]
        assert n in said, (label, n, lines)
    if topic == "enterprises":
        placed = kept[kept.geometry.notna()]
        coarse = int(placed["geocode_level"].isin(["village", "town", "district"]).sum())
        whole = "".join(texts)
        assert (f"{coarse:,} 家" in whole) or not coarse
    listed(rows, kept, topic)


def listed(rows: list[list[str]], kept: Any, topic: str) -> None:
    """A list behind the map: as many rows as there are, each with the values of its row."""
    if len(kept) <= 12:
        return
    head, body = rows[0], rows[1:]
    assert len(body) == len(kept)
    schema = {"parks": "village_parks", "enterprises": "enterprises"}[topic]
    fields = [one for one in schemas.shown(schema) if one.listed and one.field in kept]
    assert len(head) == len(fields) + 1
    names = [one.field for one in fields]
    for one in fields:
        if not pd.api.types.is_numeric_dtype(kept[one.field].dtype):
            continue
        at = names.index(one.field) + 1
        mine = sorted(float(row[at].replace(",", "")) for row in body if row[at])
        values = np.sort(kept[one.field].dropna().astype(float) * one.factor)
        half = 0.5 * 10 ** -(one.decimals if one.decimals is not None else 3)
        assert np.allclose(
            mine, values, atol=half * 1.001, rtol=1e-3 if one.decimals is None else 0
        ), one.field
    assert sorted(row[names.index("name") + 1] for row in body) == sorted(kept["name"])


def taken(page: Opened, layer: str, kind: str) -> bytes:
    page.page.click("button[title='导出所选数据']")
    with page.page.expect_download() as download:
        page.page.click(
            f".menu-heading:has-text('{layer}') ~ [role=menuitem]:text-is('{kind}') >> nth=0"
        )
    data: bytes = download.value.path().read_bytes()
    return data


@pytest.mark.parametrize("seed", SEEDS)
def test_files_hold_what_pandas_finds(page: Opened, city: MapModel, seed: int) -> None:
    layer, name, schema, key = (
        ("parks", "村级工业园", "village_parks", "park_id"),
        ("blocks", "产业区块", "industrial_blocks", "block_id"),
        ("enterprises", "企业", "enterprises", "uscc"),
    )[seed % 3]
    drawn = use(page, city, seed, layer)
    kept = drawn.kept[layer].set_index(key)
    features = json.loads(taken(page, name, "GeoJSON"))["features"]
    assert len(features) == len(kept)
    for feature in features:
        row = kept.loc[feature["properties"][key]]
        for field, value in feature["properties"].items():
            if field == key:
                continue
            stored = row[field]
            if value is None:
                assert pd.isna(stored), field
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                assert value == pytest.approx(float(stored), rel=1e-12), field
            elif isinstance(stored, pd.Timestamp):
                assert value == stored.date().isoformat()
            else:
                assert value == (stored if isinstance(value, bool) else str(stored)), field
        mine = (
            None
            if feature["geometry"] is None
            else shapely.from_geojson(json.dumps(feature["geometry"]))
        )
        assert (mine is None) == (row.geometry is None)
        if mine is not None:
            assert mine.hausdorff_distance(row.geometry) < 2e-7
    sheet = openpyxl.load_workbook(io.BytesIO(taken(page, name, "Excel"))).worksheets[0]
    table = pd.DataFrame(list(sheet.iter_rows(min_row=2, values_only=True)))
    fields = [one for one in schemas.shown(schema) if one.field in {key, *kept.columns}]
    assert len(table) == len(kept)
    if not len(kept):
        return
    table.index = pd.Index(table[[one.field for one in fields].index(key)])
    for at, one in enumerate(fields):
        if one.field == key or not pd.api.types.is_numeric_dtype(kept[one.field].dtype):
            continue
        stored = kept[one.field].reindex(table.index).astype("float64") * one.factor
        digits = one.decimals if one.decimals is not None else 12
        assert np.allclose(
            table[at].astype("float64"), stored, atol=0.5001 * 10.0**-digits, rtol=1e-12, equal_nan=True
        ), one.field  # fmt: skip


def test_a_change_file_says_the_old_and_the_new_value(page: Opened, city: MapModel) -> None:
    rng = np.random.default_rng(11)
    parks: Any = city.parks.set_index("park_id")
    chosen = {
        str(park): round(float(rng.uniform(0.2, 2)), 2)
        for park in rng.choice(parks.index, 12, replace=False)
    }
    page.app(
        "(app, all) => { for (const [park, far] of Object.entries(all)) app.edits.setValue(park, 'far', far, null); }",
        chosen,
    )
    with page.page.expect_download() as download:
        page.page.click(".edit-bar .primary")
    table: Any = pd.read_csv(io.BytesIO(download.value.path().read_bytes()), dtype="string")
    table = table.set_index("园区编号")
    assert sorted(table.index) == sorted(chosen)
    for park, far in chosen.items():
        row = table.loc[park]
        assert float(row["容积率"]) == far
        old = parks.loc[park, "far"]
        assert pd.isna(row["原容积率"]) if pd.isna(old) else float(row["原容积率"]) == old
        assert row["所涉园区"] == parks.loc[park, "name"]
    page.app("(app) => app.edits.clear()")
