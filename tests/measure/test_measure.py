"""Measures: formulas, n, coverage, overlaps, distances, suppression, and what comes in crooked."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from parks_helpers import CRS, box, firm, placed, typed

from industrymap import datum, filters, measure
from industrymap.errors import LayerError

MU = 2000 / 3


def parks(**extra: Any) -> gpd.GeoDataFrame:
    return placed(
        "village_parks",
        [
            {"park_id": "a", "name": "甲园", "geometry": box(0, 0, 200, 100)} | extra,
            {"park_id": "b", "name": "乙园", "geometry": box(500, 0, 100, 100)},
            {"park_id": "c", "name": "丙园", "geometry": box(5000, 0, 300, 100)},
        ],
    )


BLOCKS = placed(
    "industrial_blocks",
    [
        {"block_id": "x", "name": "一", "level": 1, "geometry": box(100, -50, 300, 200)},
        {"block_id": "y", "name": "二", "level": 2, "geometry": box(50, 0, 100, 50)},
    ],
)


def firms() -> pd.DataFrame:
    base = {"in_base": True, "park_id": "a", "year": 2025}
    rows = [
        base | {"revenue_10k_cny": 3000.0, "tax_10k_cny": 90.0, "staff": 30, "above_scale": True, "industry_code": "3670", "tiers": "高新技术企业"},
        base | {"revenue_10k_cny": 1500.0, "staff": 20, "above_scale": False, "industry_code": "3610"},
        base | {"revenue_10k_cny": 2500.0, "tax_10k_cny": 60.0, "above_scale": True, "industry_code": "1810"},
        base | {"revenue_10k_cny": 10.0, "in_base": False, "above_scale": False, "staff": 99},
        base | {"revenue_10k_cny": 7000.0, "park_id": "b", "above_scale": True},
        base | {"revenue_10k_cny": 9000.0, "park_id": None, "above_scale": True},
    ]  # fmt: skip
    return placed("enterprises", [firm(0, 0, **row) for row in rows])


def run(frame: gpd.GeoDataFrame, **options: Any) -> pd.DataFrame:
    options = {"layer": "village_parks", "crs": CRS, "enterprises": firms()} | options
    return measure.measure(frame, **options).set_index("park_id")


def test_land_is_measured_in_the_projected_crs_beside_what_is_reported() -> None:
    found = run(parks(land_area_reported_m2=21_000.0))
    assert found.loc["a", "land_area_m2"] == pytest.approx(20_000.0, rel=1e-9)
    assert found.loc["a", "area_difference"] == pytest.approx(0.05)
    assert pd.isna(found.loc["b", "area_difference"])


def test_yield_is_per_mu_of_land_and_output_per_floor_area() -> None:
    found = run(parks(floor_area_m2=10_000.0, output_10k_cny=6_000.0, tax_10k_cny=300.0)).loc["a"]
    assert found["far"] == pytest.approx(0.5)
    assert found["output_per_floor_yuan_m2"] == pytest.approx(6_000.0)
    assert found["output_per_mu_10k_cny"] == pytest.approx(6_000.0 / 30)
    assert found["tax_per_mu_10k_cny"] == pytest.approx(10.0)


def test_a_far_that_is_given_is_kept() -> None:
    assert run(parks(floor_area_m2=10_000.0, far=0.7)).loc["a", "far"] == 0.7


def test_no_floor_area_gives_no_output_per_floor_area() -> None:
    found = run(parks(floor_area_m2=0.0, output_10k_cny=100.0)).loc["a"]
    assert pd.isna(found["output_per_floor_yuan_m2"])


def test_firms_are_counted_and_summed_with_n_and_coverage() -> None:
    found = run(parks())
    a = found.loc["a"]
    assert a[["firms", "base_firms", "above_scale"]].tolist() == [4, 3, 2]
    assert a[["base_revenue_10k_cny", "base_tax_10k_cny", "base_staff"]].tolist() == [
        7000.0,
        150.0,
        50,
    ]
    assert a[["n_base_tax_10k_cny", "n_base_staff"]].tolist() == [2, 2]
    assert a["coverage_base_tax_10k_cny"] == pytest.approx(2 / 3)
    assert a["revenue_per_mu_10k_cny"] == pytest.approx(7000 / 30)
    assert a["jobs_per_mu"] == pytest.approx(50 / 30)
    assert a["measured_as_of"] == "2025"
    c = found.loc["c"]
    assert c[["firms", "base_firms", "above_scale", "n_base_staff"]].tolist() == [0, 0, 0, 0]
    assert c[["base_revenue_10k_cny", "coverage_base_staff", "quality_share"]].isna().all()


def test_industry_mix_concentration_and_quality_are_of_the_base() -> None:
    a = run(parks()).loc["a"]
    assert a["industry_mix"] == "36 67%、18 33%"
    assert a["industry_hhi"] == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2)
    assert a["quality_share"] == pytest.approx(1 / 3)


def test_the_share_inside_blocks_does_not_count_overlapping_blocks_twice() -> None:
    found = run(parks(), blocks=BLOCKS)
    # block x covers half of park a, block y a further eighth; both overlap
    assert found.loc["a", "block_overlap"] == pytest.approx(0.5 + 0.125)
    assert found.loc["b", "block_overlap"] == 0.0


def test_distances_are_metres_to_the_nearest_block_and_to_a_larger_park() -> None:
    found = run(parks(), blocks=BLOCKS)
    assert found["block_distance_m"].tolist() == pytest.approx([0, 100, 4600], abs=1e-3)
    assert found["larger_park_distance_m"].tolist()[:2] == pytest.approx([4800, 300], abs=1e-3)
    assert pd.isna(found.loc["c", "larger_park_distance_m"])


def test_without_blocks_in_the_city_overlap_is_nothing_and_distance_unknown() -> None:
    found = run(parks(), blocks=BLOCKS.iloc[:0])
    assert found["block_overlap"].tolist() == [0, 0, 0]
    assert found["block_distance_m"].isna().all()


def test_figures_of_few_firms_are_suppressed_with_the_reason() -> None:
    found = run(parks(), min_n=3)
    assert found.loc["a", "base_revenue_10k_cny"] == 7000.0
    assert pd.isna(found.loc["a", "base_tax_10k_cny"])
    assert pd.isna(found.loc["a", "base_tax_per_mu_10k_cny"])
    assert "base_tax_10k_cny" in found.loc["a", "suppressed"].split(";")
    assert pd.isna(found.loc["b", "base_revenue_10k_cny"])
    assert found.loc["c", "suppressed"] == ""


def test_suppressed_counts_cannot_be_read_back() -> None:
    found = run(parks(), min_n=3)
    assert pd.isna(found.loc["b", "base_firms"])
    assert pd.isna(found.loc["b", "n_base_revenue_10k_cny"])
    assert found.loc["c", "base_firms"] == 0


def test_blocks_and_districts_are_measured_by_their_own_keys() -> None:
    some = firms().assign(block_id="x", district_code="1", town_code="11")
    blocks = measure.measure(
        BLOCKS.assign(industrial_land_m2=30_000.0), some, layer="industrial_blocks", crs=CRS
    )
    assert blocks["area_m2"].tolist() == pytest.approx([60_000.0, 5_000.0])
    assert blocks["industrial_share"][0] == pytest.approx(0.5)
    assert blocks["base_firms"].tolist() == [5, 0]
    places = placed("divisions", [{"code": "1", "name": "东", "geometry": box(0, 0, 10, 10)}])
    assert measure.measure(places, some, layer="divisions", crs=CRS)["base_firms"].tolist() == [5]
    towns = places.assign(code=pd.array(["11"], dtype="string"))
    by_town = measure.measure(towns, some, layer="divisions", crs=CRS, key="town_code")
    assert by_town["base_firms"].tolist() == [5]


def test_clusters_are_measured_without_polygons() -> None:
    some = firms().assign(cluster=["汽车", "汽车", "汽车", "汽车", "食品", None])
    table = measure.by_cluster(some)
    assert table["cluster"].tolist() == ["汽车", "食品"]
    assert table["base_firms"].tolist() == [3, 1]
    assert measure.by_cluster(some, min_n=3)["base_revenue_10k_cny"].isna().tolist() == [
        False,
        True,
    ]


def test_a_layer_without_measures_is_refused() -> None:
    with pytest.raises(LayerError, match="village_parks"):
        measure.measure(parks(), layer="village_park", crs=CRS)


def test_areas_agree_with_the_ellipsoid_within_half_a_thousandth() -> None:
    dice = np.random.default_rng(1)
    x, y = dice.uniform(392_000, 506_000, 200), dice.uniform(2_495_000, 2_650_000, 200)
    shapes = datum.convert_geometry(shapely.box(x, y, x + 300, y + 300), source=CRS, target="wgs84")
    grid, ellipsoid = datum.area_m2(shapes, CRS), datum.area_m2(shapes)
    assert np.abs(grid / ellipsoid - 1).max() < 5e-4


# --- what comes in crooked


def intake(frame: gpd.GeoDataFrame, **options: Any) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    return measure.check_polygons(frame, layer="village_parks", crs=CRS, **options)


def test_a_feature_in_no_district_is_reported_with_its_place() -> None:
    city = placed("divisions", [{"code": "1", "name": "东", "geometry": box(0, 0, 600, 200)}])
    found = measure.outside_districts(parks(), districts=city, source="parks.gpkg")
    assert found[["rule", "value", "source"]].to_numpy().tolist() == [
        ["geometry.outside_districts", "c", "parks.gpkg"]
    ]
    assert found["zh"][0].startswith("c（丙园）不在任何区内")


def test_an_area_whose_firms_add_up_to_far_more_than_it_reports_is_reported() -> None:
    measured = pd.DataFrame(
        {
            "park_id": pd.array(["a", "b", "c", "d"], dtype="string"),
            "output_10k_cny": pd.array([100, 100, 100, None], dtype="Float64"),
            "base_revenue_10k_cny": pd.array([1840, 300, 20, 900], dtype="Float64"),
            "n_base_revenue_10k_cny": pd.array([4, 3, 3, 3], dtype="Int64"),
        }
    )
    found = measure.reported_gaps(measured, layer="village_parks", source="parks.gpkg")
    # three times is the limit, less than is reported follows from small firms
    assert found["value"].tolist() == ["100"]
    assert found["column"].tolist() == ["output_10k_cny"]
    assert "a：填报的园区产值 100 万元与 4 家入库企业汇总的 1,840 万元相差 18 倍" in found["zh"][0]


def test_an_area_that_contradicts_its_polygon_is_reported_with_the_unit_it_seems_to_be_in() -> None:
    exact, _ = intake(parks(land_area_reported_m2=20_900.0))
    assert len(exact) == 3
    _, found = intake(parks(land_area_reported_m2=21_100.0))
    assert found["rule"].tolist() == ["polygon.area_contradicts"]
    assert "+5.5%" in found["zh"][0]
    _, mu = intake(parks(land_area_reported_m2=30.0))
    assert "似乎是以亩填报" in mu["zh"][0]
    assert "seems to be in mu" in mu["en"][0]


def test_slivers_and_pinholes_are_mended_with_a_log() -> None:
    holed = box(0, 0, 200, 100) - box(50, 50, 0.5, 0.5)
    both = shapely.MultiPolygon([holed, box(300, 0, 0.9, 0.9)])
    found, log = intake(placed("village_parks", [{"park_id": "a", "geometry": both}]))
    assert found.geometry.iloc[0].geom_type == "Polygon"
    assert len(found.geometry.iloc[0].interiors) == 0
    assert log[["rule", "level", "row"]].to_numpy().tolist() == [["polygon.sliver", "info", 1]]
    assert "2 个" in log["zh"][0]


def test_a_real_hole_and_a_real_second_part_stay() -> None:
    holed = box(0, 0, 200, 100) - box(50, 20, 20, 20)
    both = shapely.MultiPolygon([holed, box(300, 0, 50, 50)])
    found, log = intake(placed("village_parks", [{"park_id": "a", "geometry": both}]))
    assert found.geometry.iloc[0].equals(both)
    assert len(log) == 0


def test_the_same_park_twice_counts_once_and_another_name_is_reported() -> None:
    twice = pd.concat([parks(), parks().iloc[:1].assign(park_id="d")], ignore_index=True)
    found, log = intake(gpd.GeoDataFrame(twice, crs=4326))
    assert found["park_id"].tolist() == ["a", "b", "c"]
    assert log[["rule", "level", "row"]].to_numpy().tolist() == [["polygon.duplicate", "error", 4]]
    other = gpd.GeoDataFrame(twice.assign(name=["甲", "乙", "丙", "丁"]), crs=4326)
    kept, log = intake(other)
    assert len(kept) == 4
    assert log["rule"].tolist() == ["polygon.overlap", "polygon.same_shape"]


def test_parks_on_top_of_each_other_are_reported_and_touching_ones_are_not() -> None:
    rows = [
        {"park_id": "a", "geometry": box(0, 0, 100, 100)},
        {"park_id": "b", "geometry": box(90, 0, 100, 100)},
        {"park_id": "c", "geometry": box(190, 0, 100, 100)},
    ]
    _, log = intake(placed("village_parks", rows))
    assert log["value"].tolist() == ["b"]
    assert "重叠 1,000 m²（占 10.0%）" in log["zh"][0]


def test_a_park_that_names_another_district_is_reported() -> None:
    places = placed(
        "divisions",
        [
            {"code": "1", "name": "东区", "geometry": box(-100, -100, 4000, 4000)},
            {"code": "2", "name": "西区", "geometry": box(3900, -100, 4000, 4000)},
        ],
    )
    _, log = intake(parks(district="西区"), districts=places)
    assert log["rule"].tolist() == ["polygon.district_contradicts"]
    assert "100% 位于东区" in log["zh"][0]
    assert len(intake(parks(district="东区"), districts=places)[1]) == 0


def test_the_overlap_matrix_lists_each_pair_with_both_shares() -> None:
    table = measure.overlap_matrix(parks(), BLOCKS, crs=CRS, key="park_id", other_key="block_id")
    assert table[["left", "right"]].to_numpy().tolist() == [["a", "x"], ["a", "y"]]
    assert table["overlap_m2"].tolist() == pytest.approx([10_000, 5_000])
    assert table["share_right"].tolist() == pytest.approx([1 / 6, 1.0])
    inside = measure.overlap_matrix(BLOCKS, BLOCKS, crs=CRS, key="block_id", other_key="block_id")
    assert inside[["left", "right"]].to_numpy().tolist() == [["x", "y"]]


def test_shapes_that_grew_shrank_moved_came_or_went_are_listed() -> None:
    def version(**boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
        rows = [{"park_id": k, "geometry": box(*v)} for k, v in boxes.items()]
        return placed("village_parks", rows)

    before = version(
        a=(0, 0, 100, 100),
        b=(500, 0, 100, 100),
        c=(900, 0, 9, 9),
        d=(0, 900, 50, 50),
        s=(0, 2000, 9, 9),
    )
    after = version(
        a=(0, 0, 120, 100),
        b=(500, 0, 100, 80),
        d=(40, 900, 50, 50),
        e=(7, 7, 7, 7),
        s=(0, 2000, 9, 9),
    )
    found = measure.changed(before, after, key="park_id", crs=CRS).set_index("park_id")
    assert found["kind"].to_dict() == {
        "a": "grew",
        "b": "shrank",
        "c": "removed",
        "d": "moved",
        "e": "added",
    }
    assert found.loc["a", "share"] == pytest.approx(1 / 6)


def test_the_parks_of_a_block_or_district_are_added_up_with_n_and_coverage() -> None:
    rows = [
        {"park_id": "a", "floor_area_m2": 4_000.0, "output_10k_cny": 800.0, "fire_hazard": "major", "environment_status": None},
        {"park_id": "b", "floor_area_m2": 16_000.0, "output_10k_cny": 1_200.0, "fire_hazard": "minor", "environment_status": "good"},
        {"park_id": "c", "floor_area_m2": None, "output_10k_cny": 500.0, "fire_hazard": "none", "environment_status": None},
    ]  # fmt: skip
    for n, row in enumerate(rows):
        row |= {"district_code": "1", "geometry": box(200 * n, 0, 100, 100)}
    inside = measure.measure(placed("village_parks", rows), layer="village_parks", crs=CRS)
    places = [{"code": "1", "geometry": box(0, 0, 1000, 100)}, {"code": "2", "geometry": box(0, 500, 9, 9)}]  # fmt: skip
    block = placed("industrial_blocks", [{"block_id": "x", "geometry": box(-10, -10, 320, 120)}])
    found = measure.measure(
        placed("divisions", places),
        layer="divisions",
        crs=CRS,
        parks=inside,
        blocks=block,
        key="district_code",
    ).set_index("code")
    one, other = found.loc["1"], found.loc["2"]
    assert (one["parks"], one["n_park_far"], one["hazard_parks"], one["n_hazard_parks"]) == (3, 2, 1, 2)  # fmt: skip
    assert one["park_land_m2"] == pytest.approx(30_000)
    assert one["park_far"] == pytest.approx(1.0)
    assert one["park_output_per_floor_yuan_m2"] == pytest.approx(1_000)
    assert one["coverage_hazard_parks"] == pytest.approx(2 / 3)
    assert one["block_overlap"] == pytest.approx(0.31)
    assert (other["parks"], other["hazard_parks"]) == (0, 0)
    assert pd.isna(other["park_far"])
    held = measure.measure(block, layer="industrial_blocks", crs=CRS, parks=inside).iloc[0]
    assert (held["parks"], held["hazard_parks"], held["n_park_far"]) == (2, 1, 2)


def test_a_filter_counts_the_parks_of_a_block_and_the_share_of_a_district_inside_blocks() -> None:
    blocks = typed("industrial_blocks", [{"block_id": "x", "parks": 3}, {"block_id": "y", "parks": 0}])  # fmt: skip
    some = filters.parse("园区.count >= 1").keep(blocks, layer="industrial_blocks")
    assert some["block_id"].tolist() == ["x"]
    places = typed("divisions", [{"code": "1", "block_overlap": 0.2}, {"code": "2", "block_overlap": 0.6}])  # fmt: skip
    held = filters.parse("overlap(blocks) > 0.5").keep(places, layer="divisions")
    assert held["code"].tolist() == ["2"]
