"""Stability, near misses, capacity, what-if and progress."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parks_helpers import standard, typed

from industrymap.errors import ConfigError, LayerError, RuleError
from industrymap.parks import near, pilots, progress, whatif
from industrymap.parks.stability import choose_many, stability

R19, R21, SCORE = standard("pilots-2019"), standard("pilots-2021"), standard("pilot-score-proposal")
MU = 2000 / 3


def city(n: int = 60, **fixed: Any) -> pd.DataFrame:
    """Return n parks that all pass the rule of 2019, differing in what is scored."""
    dice = np.random.default_rng(4)
    rows = [
        {
            "park_id": f"P{i:02}",
            "name": f"园{i}",
            "district": f"区{i % 6}",
            "tenure_clear": True,
            "floor_area_planned_m2": 40_000.0,
            "output_firms_basis": "registered_and_working",
            "output_per_floor_yuan_m2": float(dice.uniform(500, 4200)),
            "far": float(dice.uniform(0.3, 1.8)),
            "land_area_m2": float(dice.uniform(1e4, 2e5)),
            "legal_paper_share": float(dice.random()),
            "above_scale": int(dice.integers(0, 9)),
        }
        | fixed
        for i in range(n)
    ]
    return typed("village_parks", rows)


# --- stability


def test_stability_says_how_often_a_park_stays_in_the_list() -> None:
    parks = pilots.choose(city(), standard=R19, weights=SCORE)
    found = stability(parks, standard=R19, weights=SCORE, draws=300)
    assert found["in_list"].sum() == pytest.approx(20)
    assert (found["eligible"] == 1).all()
    best = parks["pilot_rank"].idxmin()
    assert found["in_list"][best] > 0.95
    assert found["rank_low"][best] <= found["rank_median"][best] <= found["rank_high"][best]
    # those chosen today stay more often than those who are not
    chosen = parks["pilot_selected"]
    assert found.loc[chosen, "in_list"].min() > found.loc[~chosen, "in_list"].median()


def test_the_same_seed_gives_the_same_stability_and_another_seed_another() -> None:
    parks = city(30)
    one, two, three = (
        stability(parks, standard=R19, weights=SCORE, draws=50, seed=s) for s in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(three)


def test_an_uncertain_input_near_its_limit_makes_eligibility_uncertain() -> None:
    parks = city(4, output_per_floor_yuan_m2=4990.0)
    found = stability(parks, standard=R19, weights=SCORE, draws=400)
    assert found["eligible"].between(0.4, 0.6).all()


def test_a_park_that_surely_fails_is_never_in_the_list() -> None:
    parks = city(4, tenure_clear=False)
    found = stability(parks, standard=R19, weights=SCORE, draws=20)
    assert (found["in_list"] == 0).all()
    assert found["rank_median"].isna().all()


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_choosing_many_at_once_is_choosing_one_by_one(seed: int, cap: int, total: int) -> None:
    dice = np.random.default_rng(seed)
    points = dice.random((3, 15))
    points[dice.random((3, 15)) < 0.3] = -np.inf
    districts = np.array([f"d{i % 4}" for i in range(15)], dtype=object)
    found = choose_many(points, districts, per_district=cap, total=total)
    for row, chosen in zip(points, found, strict=True):
        able = np.isfinite(row)
        ranks = pilots.rank(np.where(able, row, np.nan), able, ids=np.arange(15).astype(str))
        expected = pilots.select(ranks, districts, per_district=cap, total=total)
        assert (chosen == expected).all()


# --- near misses and single parks


def test_near_misses_say_what_is_lacking_and_by_how_much() -> None:
    parks = city(4)
    parks["floor_area_planned_m2"] = [19_000.0, 30_000.0, 5_000.0, None]
    parks["tenure_clear"] = pd.array([True, False, False, True], dtype="boolean")
    found = near.near_misses(parks, standard=R19, weights=SCORE)
    assert found["park_id"].tolist() == ["P00", "P03", "P01"]
    assert found["gap"].tolist() == [pytest.approx(0.05), pd.NA, pd.NA]
    assert found["lacks_zh"][0] == "改造后建筑面积 19,000 < 20,000 m²"
    assert found["lacks_zh"][1] == "缺少改造后建筑面积"
    assert found["lacks_en"][2] == "Tenure clear: no"
    both = near.near_misses(parks, standard=R19, weights=SCORE, most=2)
    assert both["park_id"].tolist() == ["P00", "P03", "P01", "P02"]


def test_a_park_is_explained_criterion_by_criterion_and_point_by_point() -> None:
    parks = pilots.choose(city(5), standard=R19, weights=SCORE)
    told = near.explain(parks, "P03", standard=R19, weights=SCORE)
    assert told.criteria["holds"].all()
    assert "≤ 5,000 元/m²" in told.criteria["evidence_zh"][2]
    assert told.score["points"].sum() == pytest.approx(parks["pilot_score"][3])
    assert told.score.loc[told.score["indicator"] == "tenure", "points"].isna().all()


def test_an_open_criterion_is_explained_by_what_is_missing() -> None:
    told = near.explain(city(1, tenure_clear=None), "P00", standard=R21, weights=SCORE)
    lines = told.criteria.set_index("criterion")
    assert lines.loc["tenure", "evidence_zh"] == "缺少权属清晰"
    assert "a limit that no source confirms" in lines.loc["output_per_floor", "evidence_en"]


def test_a_park_that_does_not_exist_or_is_there_twice_is_named() -> None:
    with pytest.raises(LayerError, match="Did you mean P01"):
        near.explain(city(3), "P011", standard=R19, weights=SCORE)
    twice = pd.concat([city(1), city(1)], ignore_index=True)
    with pytest.raises(LayerError, match="2 parks"):
        near.explain(twice, "P00", standard=R19, weights=SCORE)


# --- capacity and what-if

PAIR = typed(
    "village_parks",
    [
        {
            "park_id": "a", "land_area_m2": 10_000.0, "floor_area_m2": 6_000.0, "planned_use": "industry",
            "output_10k_cny": 3_000.0, "tax_10k_cny": 90.0, "base_staff": 120,
        },
        {
            "park_id": "b", "land_area_m2": 20_000.0, "far": 0.5, "planned_use": "storage",
            "output_10k_cny": 5_000.0, "tax_10k_cny": 150.0, "base_staff": 200,
        },
        {"park_id": "c", "land_area_m2": 5_000.0},
    ],
)  # fmt: skip


def test_capacity_is_what_the_target_far_adds_and_never_less_than_nothing() -> None:
    table = whatif.capacity(PAIR, far=2.0, by_use={"storage": 0.4})
    assert table["floor_added_m2"].tolist() == [14_000.0, 0.0, pd.NA]
    whole = whatif.total_capacity(table)
    assert whole.loc[0, ["floor_added_m2", "n"]].tolist() == [14_000.0, 2]
    assert whole["coverage"][0] == pytest.approx(2 / 3)


def test_a_route_of_which_nothing_is_known_adds_an_unknown_floor_and_not_0() -> None:
    routes = pd.Series(["upgrade", "upgrade", "keep"], dtype="string", name="route")
    table = whatif.capacity_by(whatif.capacity(PAIR, far=2.0), routes).set_index("route")
    assert table.loc["upgrade", ["floor_added_m2", "n"]].tolist() == [44_000.0, 2]
    assert table.loc["keep", ["land_area_m2", "floor_added_m2", "n"]].tolist() == [
        5_000.0,
        pd.NA,
        1,
    ]


def test_what_if_shows_before_and_after_with_the_rates_used() -> None:
    plan = whatif.Plan(far=2.0, output_per_floor_yuan_m2=8_000.0)
    table = whatif.what_if(PAIR, ["a", "b"], plan).set_index("figure")
    assert table["before"].to_dict() == {
        "land": pytest.approx(45.0),
        "floor": 16_000.0,
        "far": pytest.approx(16 / 30),
        "output": 8_000.0,
        "tax": 240.0,
        "jobs": 320.0,
    }
    # 60,000 m² at 8,000 yuan/m²; tax 3 % of output and 50 m² per job as today
    assert table.loc[["floor", "output", "tax", "jobs"], "after"].tolist() == [
        60_000.0,
        48_000.0,
        pytest.approx(1_440.0),
        1_200.0,
    ]
    assert table.loc["output", "basis_zh"] == "给定 8,000 元/m²"
    assert table.loc["tax", "basis_zh"] == "沿用现状均值 0.03"


def test_a_change_is_not_claimed_where_a_park_brings_no_figure() -> None:
    table = whatif.what_if(PAIR, ["a", "c"], whatif.Plan(far=2.0)).set_index("figure")
    assert pd.isna(table.loc["output", "change"])
    assert table.loc["output", ["n", "coverage"]].tolist() == [1, 0.5]
    assert table.loc["land", "change"] == 0


def test_a_plan_or_a_set_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ConfigError, match="far"):
        whatif.Plan(far=0)
    with pytest.raises(ConfigError, match="nobody"):
        whatif.what_if(PAIR, ["a", "nobody"], whatif.Plan(far=1))


# --- progress


def test_progress_adds_up_by_year_route_and_district_against_the_targets() -> None:
    rows = [
        {"land_area_m2": 2e6, "route": "upgrade", "district": "东", "year_done": 2019},
        {"land_area_m2": 4e6, "route": "upgrade", "district": "西", "year_done": 2020, "year_planned": 2020},
        {"land_area_m2": 1e6, "route": "close", "district": "西", "project_status": "under_way", "year_planned": 2020},
        {"land_area_m2": 3e6, "route": "close", "district": "西", "project_status": "done"},
        {"land_area_m2": 5e6, "district": "东"},
    ]  # fmt: skip
    found = progress.progress(typed("village_parks", rows), targets=standard("parks-targets-2019"))
    assert found.by_year.to_numpy().tolist() == [[2019, 1, 2.0, 0, 0.0], [2020, 1, 4.0, 2, 5.0]]
    routes = found.by_route.set_index("route")
    assert routes.loc["upgrade", ["n", "done_km2", "done_share"]].tolist() == [2, 6.0, 1.0]
    assert routes.loc["close", ["done_km2", "under_way_km2"]].tolist() == [3.0, 1.0]
    assert found.by_district.set_index("district").loc["东", "unknown_km2"] == 5.0
    plan = found.targets.set_index(["from_year", "to_year"])
    assert plan.loc[(2019, 2021), ["target_km2", "done_km2"]].tolist() == [33.0, 6.0]
    assert plan.loc[(2020, 2020), "share"] == pytest.approx(0.5)
    assert plan.loc[(2019, 2019), "reported_km2"] == 5.2
    assert (found.undated_n, found.undated_km2) == (1, 3.0)


def test_progress_without_any_data_is_empty_and_not_an_error() -> None:
    found = progress.progress(typed("village_parks", [{"land_area_m2": 1.0}]))
    assert len(found.by_year) == 0
    assert len(found.targets) == 0
    with pytest.raises(RuleError, match="park_targets"):
        progress.progress(typed("village_parks", [{"land_area_m2": 1.0}]), targets=R19)
