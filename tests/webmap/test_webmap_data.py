"""What Python put into the data block is what the page reads out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import webmap_city
from hypothesis import given, settings
from hypothesis import strategies as st
from webmap_browser import Opened, opened

from industrymap.webmap import IndustryMap, MapModel, _columns, payload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

READ = """async (app, [id, name]) => {
  const layer = app.model.layer(id);
  const out = [];
  for (let row = 0; row < layer.n; row++) out.push(await layer.columns.read(name, row));
  return out.map((v) => (v === undefined ? 'undefined' : v));
}"""
PLACES = "(app, id) => [...Array(app.model.layer(id).n).keys()].map((row) => app.model.layer(id).points.lonLat(row))"
SHAPES = "(app, id) => [...Array(app.model.layer(id).n).keys()].map((f) => app.model.layer(id).shapes.geometry(f))"


@pytest.fixture(scope="module")
def city() -> MapModel:
    return webmap_city.model(5000, parks=300, blocks=80)


@pytest.fixture(scope="module")
def page(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city).save(tmp_path_factory.mktemp("page") / "map.html")
    with opened(browser, path) as page:
        yield page


def plain(values: pd.Series[Any]) -> list[Any]:
    """Return a column as the page shows it: text, number, true, false or None; dates as days since 1970."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = values.to_numpy(dtype="datetime64[D]").astype(np.int64)
        return [None if pd.isna(v) else int(d) for v, d in zip(values, days, strict=True)]
    out = values.astype(object).where(values.notna(), None).tolist()
    return [v.item() if isinstance(v, np.generic) else v for v in out]


@pytest.mark.browser
@pytest.mark.parametrize("layer", ["enterprises", "parks", "blocks", "districts", "towns"])
def test_every_value_of_every_column_arrives(page: Opened, city: MapModel, layer: str) -> None:
    frame = getattr(city, layer)
    order = payload.encode(city).order[layer]
    for name in frame.columns.drop("geometry"):
        assert page.app(READ, [layer, name]) == plain(frame[name].iloc[order]), name


@pytest.mark.browser
def test_points_arrive_to_a_ten_millionth_of_a_degree(page: Opened, city: MapModel) -> None:
    order = payload.encode(city).order["enterprises"]
    found = page.app(PLACES, "enterprises")
    geometry = city.enterprises.geometry.iloc[order]
    there = geometry.notna().to_numpy()
    assert [f is not None for f in found] == there.tolist()
    xy = shapely.get_coordinates(geometry[there].to_numpy())
    assert np.abs(np.array([f for f in found if f]) - xy).max() <= 0.5000001e-7


@pytest.mark.browser
@pytest.mark.parametrize("layer", ["parks", "districts", "towns"])
def test_polygons_arrive_to_a_ten_millionth_of_a_degree(
    page: Opened, city: MapModel, layer: str
) -> None:
    found = shapely.from_geojson([__import__("json").dumps(g) for g in page.app(SHAPES, layer)])
    real = getattr(city, layer).geometry.to_numpy()
    assert shapely.hausdorff_distance(found, real).max() < 1e-7
    assert np.abs(shapely.area(found) - shapely.area(real)).max() < 1e-7


THINNED = """(app, zoom) => {
    const { shapes } = app.model.layer('districts');
    const { points, starts } = shapes.thin(zoom);
    let worst = 0;
    let ends = 0;
    for (let ring = 0; ring < shapes.nRings; ring++) {
        const kept = [...points.slice(starts[ring], starts[ring + 1])];
        const [first, last] = [shapes.pointOf[ring], shapes.pointOf[ring + 1] - 1];
        ends += kept[0] === first && kept[kept.length - 1] === last ? 1 : 0;
        for (let i = first, at = 0; i <= last; i++) {
            if (kept[at + 1] === i) at++;
            const k = kept[at];
            worst = Math.max(worst, Math.abs(shapes.x[i] - shapes.x[k]), Math.abs(shapes.y[i] - shapes.y[k]));
        }
    }
    return { kept: points.length, all: shapes.lon.length, ends, rings: shapes.nRings, worst: worst * 256 * 2 ** zoom };
}"""


@pytest.mark.browser
def test_polygons_are_thinned_for_each_zoom_by_less_than_a_pixel(page: Opened) -> None:
    far, near, close = (page.app(THINNED, zoom) for zoom in (8, 11, 20))
    assert far["kept"] < near["kept"] < close["kept"] == close["all"]
    for thinned in (far, near, close):
        assert (
            thinned["worst"] <= 0.6 + 1e-6
        )  # pixels, from a point left out to the one drawn for it
        assert thinned["ends"] == thinned["rings"]


@pytest.mark.browser
def test_lines_and_holes_arrive(browser: Browser, tmp_path: Path) -> None:
    square = shapely.box(113, 23, 113.2, 23.2)
    ring = shapely.difference(square, shapely.box(113.05, 23.05, 113.1, 23.1))
    two = shapely.MultiPolygon([ring, shapely.box(113.3, 23, 113.4, 23.1)])
    lines = shapely.MultiLineString(
        [[(113, 23), (113.1, 23.1)], [(113.2, 23), (113.3, 23.2), (113.4, 23)]]
    )
    mixed = shapely.GeometryCollection([square, shapely.Point(113, 23)])
    shapes = [ring, two, lines, mixed, shapely.Point(1, 1), shapely.Polygon(), None]
    parks = gpd.GeoDataFrame({"park_id": list("abcdefg")}, geometry=shapes, crs=4326)
    path = IndustryMap(MapModel.of(parks=parks)).save(tmp_path / "map.html")
    with opened(browser, path) as page:
        found = page.app(SHAPES, "parks")
    assert [f and f["type"] for f in found] == [
        "Polygon",
        "MultiPolygon",
        "MultiLineString",
        "Polygon",
        None,
        None,
        None,
    ]
    for geometry, real in zip(found[:3], shapes, strict=False):
        assert shapely.from_geojson(__import__("json").dumps(geometry)).equals_exact(
            real.normalize(), 1
        ) or (
            shapely.from_geojson(__import__("json").dumps(geometry)).symmetric_difference(real).area
            < 1e-12
        )


def test_the_same_model_gives_the_same_bytes() -> None:
    once, again = (
        IndustryMap(webmap_city.model(500, parks=50, blocks=20)).html() for _ in range(2)
    )
    assert once == again


def test_points_stand_exact_then_coarse_then_nowhere(city: MapModel) -> None:
    order = payload.encode(city).order["enterprises"]
    frame = city.enterprises.iloc[order]
    coarse = frame["geocode_level"].isin(payload.COARSE_LEVELS).to_numpy().astype(int)
    group = np.where(frame.geometry.notna(), coarse, 2)
    assert (np.diff(group) >= 0).all()
    assert sorted(order) == list(range(len(frame)))


@given(
    st.lists(
        st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(-(2**40), 2**40)), max_size=40
    )
)
@settings(max_examples=60)
def test_numbers_lose_nothing(values: list[float | None]) -> None:
    column = _columns.encode(pd.Series(values, dtype="Float64"), None)
    assert _read_numbers(column, len(values)) == [None if v is None else float(v) for v in values]


def _read_numbers(column: _columns.Column, n: int) -> list[float | None]:
    """Decode as ``js/data/columns.js`` does."""
    spec = column.spec
    width = 8 if spec.get("float") else spec["bytes"]
    table = np.frombuffer(column.parts["planes"][0], dtype=np.uint8).reshape(width, n).T
    raw = np.zeros((n, 8), dtype=np.uint8)
    raw[:, :width] = table
    if spec.get("float"):
        values = np.ascontiguousarray(raw).view("<f8").ravel()
        return [None if np.isnan(v) else float(v) for v in values]
    codes = np.ascontiguousarray(raw).view("<u8").ravel()
    return [(int(c) + spec["low"] - 1) / 10 ** spec["decimals"] if c else None for c in codes]


def test_a_column_that_another_determines_is_only_a_table() -> None:
    codes = pd.Series(np.repeat([f"{i:06d}" for i in range(20)], 50), dtype="string")
    names = codes.map(lambda c: f"区{int(c) % 7}").astype("string")
    shared = _columns.share(
        {"code": _columns.encode(codes, None), "name": _columns.encode(names, None)}
    )
    assert shared["name"].spec["of"] == "code"
    assert shared["name"].spec["table"] == 21


def test_credit_codes_take_eight_bytes_and_keep_the_wrong_ones() -> None:
    codes = pd.Series(webmap_city.credit_codes(3000, np.random.default_rng(1)), dtype="string")
    codes[5], codes[6] = pd.NA, "914401010000000000"
    column = _columns.encode(codes, None)
    assert column.spec["kind"] == "uscc"
    assert b"914401010000000000" in column.parts["patch"][0]
    assert sum(len(c) for chunks in column.parts.values() for c in chunks) < 8 * 3000
