"""Assignment: the smallest polygon wins, only fine places count, what the address names is not lost."""

from __future__ import annotations

import time
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from parks_helpers import box, firm, placed

from industrymap import assign, terms

PARKS = placed(
    "village_parks",
    [
        {"park_id": "big", "name": "大园", "geometry": box(0, 0, 1000, 1000)},
        {"park_id": "small", "name": "小园", "geometry": box(100, 100, 200, 200)},
        {"park_id": "away", "name": "远园", "geometry": box(5000, 5000, 500, 500)},
    ],
)
BLOCKS = placed(
    "industrial_blocks",
    [{"block_id": "B1", "name": "区块一", "geometry": box(-100, -100, 2000, 2000)}],
)
DISTRICTS = placed(
    "divisions",
    [
        {"code": "440111", "name": "白云区", "geometry": box(-1000, -1000, 3000, 10_000)},
        {"code": "440118", "name": "增城区", "geometry": box(2000, -1000, 8000, 10_000)},
    ],
)
TOWNS = placed(
    "divisions",
    [
        {"code": "440111001", "name": "甲街道", "geometry": box(-1000, -1000, 3000, 3000)},
        {"code": "440111002", "name": "乙镇", "geometry": box(-1000, 2000, 3000, 7000)},
        {"code": "440118001", "name": "丙镇", "geometry": box(2000, -1000, 8000, 10_000)},
    ],
)


def run(*rows: dict[str, Any], **layers: Any) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    layers = layers or {"parks": PARKS, "blocks": BLOCKS, "districts": DISTRICTS, "towns": TOWNS}
    return assign.assign(placed("enterprises", list(rows)), **layers)


def test_the_smallest_polygon_wins() -> None:
    found, _ = run(firm(150, 150), firm(500, 500), firm(9000, 9000))
    assert found["park_id"].tolist() == ["small", "big", pd.NA]
    assert found["block_id"].tolist() == ["B1", "B1", pd.NA]


@pytest.mark.parametrize("level", terms.FINE_LEVELS)
def test_fine_places_are_assigned_to_parks_and_blocks(level: str) -> None:
    found, _ = run(firm(150, 150, geocode_level=level))
    assert (found["park_id"][0], found["block_id"][0]) == ("small", "B1")


@pytest.mark.parametrize("level", ["road", "village", "town", "district", None])
def test_coarse_places_are_not_assigned_to_parks_or_blocks(level: str | None) -> None:
    found, _ = run(firm(150, 150, geocode_level=level, geocode_radius_m=5.0))
    assert found[["park_id", "block_id"]].isna().all(axis=None)


def test_a_firm_placed_at_a_park_belongs_to_it_if_its_address_names_it() -> None:
    at_park = {"geocode_level": "park", "geocode_radius_m": 900.0}
    found, _ = run(
        firm(500, 500, **at_park, geocode_evidence="“大园”对应园区 大园"),
        firm(500, 500, **at_park, geocode_evidence="“某开发区”对应园区 某开发区"),
    )
    assert found["park_id"].tolist() == ["big", pd.NA]
    # the whole park lies in the block, so the firm does too
    assert found["block_id"].tolist() == ["B1", pd.NA]


def test_a_firm_placed_at_a_park_half_in_a_block_is_in_no_block_for_sure() -> None:
    half = placed("industrial_blocks", [{"block_id": "B2", "geometry": box(0, 0, 600, 2000)}])
    found, _ = run(
        firm(500, 500, geocode_level="park", address="大园3号"), parks=PARKS, blocks=half
    )
    assert found["park_id"].tolist() == ["big"]
    assert found["block_id"].isna().all()


def test_a_firm_without_a_place_keeps_what_its_address_names() -> None:
    nowhere = firm(0, 0, geocode_level=None, district_declared="增城", name="x") | {
        "geometry": None
    }
    found, issues = run(nowhere)
    assert found["district_code"].tolist() == ["440118"]
    assert found["district"].tolist() == ["增城区"]
    assert found["town_code"].isna().all()
    assert len(issues) == 0


def test_a_conflict_with_the_address_is_reported_and_quotes_both() -> None:
    found, issues = run(
        firm(150, 150, district_declared="增城区", source="a.xlsx", source_row=7),
        firm(150, 150, district_declared="白云区", source="a.xlsx", source_row=8),
    )
    assert found["district_code"].tolist() == ["440111", "440111"]
    assert found["assign_issues"].tolist() == ["district_conflict", ""]
    row = issues.iloc[0]
    assert (row["rule"], row["source"], row["row"]) == ("assign.district_conflict", "a.xlsx", 7)
    assert row["value"] == "增城区"
    assert "白云区" in row["zh"]


def test_a_code_the_address_gave_counts_before_the_declared_name() -> None:
    found, _ = run(firm(150, 150, district_code="440118", district_declared="白云区"))
    assert found["assign_issues"][0] == "district_conflict"


def test_a_place_outside_every_district_takes_the_one_named_and_says_so() -> None:
    found, issues = run(firm(50_000, 0, district_declared="白云区"))
    assert found["district_code"].tolist() == ["440111"]
    assert found["assign_issues"].tolist() == ["outside"]
    assert issues["rule"].tolist() == ["assign.outside"]


def test_a_coarse_place_counts_for_a_town_only_if_its_circle_lies_in_it() -> None:
    found, _ = run(
        firm(500, 500, geocode_level="road", geocode_radius_m=300.0),
        firm(500, 1900, geocode_level="road", geocode_radius_m=300.0),
        firm(500, 1900, geocode_level="road", geocode_radius_m=300.0, town_declared="乙镇"),
        firm(500, 500, geocode_level="road"),
        firm(500, 500, geocode_level="district", geocode_radius_m=1.0),
    )
    assert found["town_code"].tolist() == ["440111001", pd.NA, "440111002", pd.NA, pd.NA]
    assert found["district_code"].tolist()[:3] == ["440111"] * 3


def test_a_name_two_towns_share_decides_nothing() -> None:
    twins = placed(
        "divisions",
        [
            {"code": "1", "name": "太平镇", "geometry": box(0, 0, 10, 10)},
            {"code": "2", "name": "太平街道", "geometry": box(20, 0, 10, 10)},
        ],
    )
    found, _ = run(firm(500, 500, town_declared="太平"), towns=twins)
    assert found["town_code"].isna().all()


def test_layers_that_are_absent_or_empty_assign_nothing() -> None:
    found, issues = run(firm(1, 1), parks=PARKS.iloc[:0])
    assert found[["park_id", "block_id", "district_code", "town_code"]].isna().all(axis=None)
    assert len(issues) == 0


def test_the_frame_is_not_changed() -> None:
    firms = placed("enterprises", [firm(150, 150)])
    before = firms.copy()
    assign.assign(firms, parks=PARKS)
    pd.testing.assert_frame_equal(firms, before)


def test_a_polygon_lies_where_most_of_it_lies() -> None:
    rows = [
        {"park_id": "west", "district": None, "geometry": box(0, 0, 100, 100)},
        {"park_id": "both", "district": "自报区", "geometry": box(1900, 0, 300, 100)},
        {"park_id": "away", "district": None, "geometry": box(90_000, 0, 10, 10)},
    ]
    found = assign.locate(placed("village_parks", rows), districts=DISTRICTS, towns=TOWNS)
    assert found["district_code"].tolist() == ["440111", "440118", pd.NA]
    assert found["district"].tolist() == ["白云区", "自报区", pd.NA]
    assert found["town_code"].tolist() == ["440111001", "440118001", pd.NA]
    assert found["town"].tolist() == ["甲街道", "丙镇", pd.NA]
    nothing = assign.locate(placed("village_parks", rows), districts=DISTRICTS.iloc[:0])
    assert nothing["district_code"].isna().all()


def test_points_on_an_outline_count_and_equal_areas_go_to_the_first() -> None:
    twice = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)])
    x, y = np.array([0.0, 0.5, 1.0, 1.1, np.nan]), np.array([0.0, 0.5, 0.3, 0.5, 0.5])
    assert assign.smallest(x, y, twice).tolist() == [0, 0, 0, -1, -1]


def test_points_on_one_meridian_are_joined_too() -> None:
    square = gpd.GeoDataFrame(geometry=[shapely.box(-1, 0, 1, 1)])
    x, y = np.array([0.0, 5e-324, 0.0]), np.array([0.5, 0.5, 2.0])
    assert assign.smallest(x, y, square).tolist() == [0, 0, -1]


SPOT = st.floats(0, 10, allow_nan=False)


@given(
    st.lists(st.tuples(SPOT, SPOT, st.floats(0.1, 5), st.floats(0.1, 5)), max_size=12),
    st.lists(st.tuples(SPOT, SPOT), min_size=1, max_size=30),
)
@settings(max_examples=150, deadline=None)
def test_the_fast_join_agrees_with_looking_at_every_pair(
    boxes: list[tuple[float, float, float, float]], spots: list[tuple[float, float]]
) -> None:
    shapes = [shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes]
    x, y = (np.array(v) for v in zip(*spots, strict=True))
    found = assign.smallest(x, y, gpd.GeoDataFrame(geometry=shapes))
    for i, point in enumerate(shapely.points(x, y)):
        inside = [k for k, shape in enumerate(shapes) if shape.intersects(point)]
        expected = min(inside, key=lambda k: (shapes[k].area, k), default=-1)
        assert found[i] == expected


@pytest.mark.slow
def test_a_million_points_are_joined_in_a_second_and_as_geopandas_joins_them() -> None:
    r = np.random.default_rng(1)
    n, side = 1_000_000, r.uniform(0.002, 0.012, 3400)
    x0, y0 = r.uniform(113, 114, 3400), r.uniform(22.5, 23.9, 3400)
    polygons = gpd.GeoDataFrame(geometry=shapely.box(x0, y0, x0 + side, y0 + side), crs=4326)
    x, y = r.uniform(113, 114, n), r.uniform(22.5, 23.9, n)
    # processor time: the clock of a busy machine says nothing about the join
    start = time.process_time()
    found = assign.smallest(x, y, polygons)
    ours = time.process_time() - start
    frame = gpd.GeoDataFrame(geometry=shapely.points(x, y), crs=4326)
    joined = gpd.sjoin(frame, polygons, predicate="intersects")
    area = shapely.area(polygons.geometry.to_numpy())
    expected = joined.assign(area=area[joined["index_right"]]).sort_values("area")
    expected = expected[~expected.index.duplicated()]["index_right"].reindex(frame.index)
    assert (found == expected.fillna(-1).to_numpy()).all()
    assert ours < 1.0


def test_a_declared_district_that_place_and_address_contradict_is_listed() -> None:
    found, issues = run(
        firm(150, 150, district_code="440111", district_declared="增城"),
        firm(150, 150, district_code="440111", district_declared="白云区"),
        firm(150, 150, district_code="440111", district_declared="别处"),
    )
    assert found["district"].tolist() == ["白云区"] * 3
    assert found["assign_issues"].tolist() == ["declared_conflict", "", ""]
    assert issues["rule"].tolist() == ["assign.declared_conflict"]
    assert issues["value"].tolist() == ["增城区"]


def test_a_town_that_no_layer_names_is_named_by_its_code() -> None:
    table = pd.DataFrame(
        {
            "district_code": ["440113", "440113"],
            "district": ["番禺区", pd.NA],
            "town_code": ["440113105", pd.NA],
            "town": [pd.NA, pd.NA],
        },
        dtype="string",
    )
    frame = gpd.GeoDataFrame(table, geometry=[None, None], crs="EPSG:4326")
    named = assign.name_divisions(frame, {"440113": "番禺区", "440113105": "石楼镇"})
    assert named["district"].tolist() == ["番禺区", "番禺区"]
    assert named["town"].tolist() == ["石楼镇", pd.NA]
