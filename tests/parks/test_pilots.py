"""Pilot parks: every threshold of both rules, the score, the choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from parks_helpers import standard, typed

from industrymap import standards
from industrymap.errors import RuleError
from industrymap.parks import candidates, pilots
from industrymap.parks.score import Weights, score

R19, R21, SCORE = standard("pilots-2019"), standard("pilots-2021"), standard("pilot-score-proposal")
LIMIT = "output_limit"
NO_LIMIT = replace(SCORE, body={**SCORE.body, "selection": {"per_district": 4, "total": 20}})
"""The same weights without a least coverage: these tests give one input of the score and look at something else."""

SOUND: dict[str, Any] = {
    "park_id": "P",
    "district": "白云区",
    "tenure_clear": True,
    "tenure_years_left": 20.0,
    "in_reserve_plan": False,
    "in_renewal_plan": False,
    "road_conflict": False,
    "ring": 1,
    "floor_area_m2": 10_000.0,
    "floor_area_planned_m2": 30_000.0,
    "output_10k_cny": 4_000.0,
    "output_firms_basis": "registered_and_working",
}


def park(**changes: Any) -> pd.DataFrame:
    """Return one sound park with some values changed, its output per floor area worked out."""
    frame = typed("village_parks", [SOUND | changes])
    floor, output = frame["floor_area_m2"], frame["output_10k_cny"]
    return frame.assign(output_per_floor_yuan_m2=output * 1e4 / floor)


YES, NO, OPEN = True, False, None

# name, what is changed; then eligible, failing, missing by the rule of 2019; the same by that of 2021
CASES: list[tuple[str, dict[str, Any], bool | None, str, str, bool | None, str, str]] = [
    ("sound, first ring", {}, YES, "", "", YES, "", ""),
    ("sound, other ring", {"ring": 2}, YES, "", "", OPEN, "", LIMIT),
    ("sound, third ring", {"ring": 3}, YES, "", "", OPEN, "", LIMIT),
    ("ring unknown", {"ring": None}, YES, "", "", OPEN, "", f"ring;{LIMIT}"),
    # tenure
    ("disputed", {"tenure_clear": False}, NO, "tenure", "", NO, "tenure", ""),
    ("tenure unknown", {"tenure_clear": None}, OPEN, "", "tenure_clear", OPEN, "", "tenure_clear"),
    ("4.9 years left", {"tenure_years_left": 4.9}, YES, "", "", NO, "tenure_years", ""),
    ("5 years left", {"tenure_years_left": 5.0}, YES, "", "", YES, "", ""),
    ("5.1 years left", {"tenure_years_left": 5.1}, YES, "", "", YES, "", ""),
    ("years unknown", {"tenure_years_left": None}, YES, "", "", OPEN, "", "tenure_years_left"),
    # plans and roads count only from 2021
    ("in the reserve plan", {"in_reserve_plan": True}, YES, "", "", NO, "reserve_plan", ""),
    ("reserve unknown", {"in_reserve_plan": None}, YES, "", "", OPEN, "", "in_reserve_plan"),
    ("in the renewal plan", {"in_renewal_plan": True}, YES, "", "", NO, "renewal_plan", ""),
    ("renewal unknown", {"in_renewal_plan": None}, YES, "", "", OPEN, "", "in_renewal_plan"),
    ("blocks a road", {"road_conflict": True}, YES, "", "", NO, "planned_road", ""),
    ("road unknown", {"road_conflict": None}, YES, "", "", OPEN, "", "road_conflict"),
    # floor area after works, both rings
    ("19,999 m², ring 1", {"floor_area_planned_m2": 19_999.0}, NO, "floor_after_works", "", YES, "", ""),
    ("20,000 m², ring 1", {"floor_area_planned_m2": 20_000.0}, YES, "", "", YES, "", ""),
    ("20,001 m², ring 1", {"floor_area_planned_m2": 20_001.0}, YES, "", "", YES, "", ""),
    ("10,000 m², ring 1", {"floor_area_planned_m2": 10_000.0}, NO, "floor_after_works", "", YES, "", ""),
    ("10,001 m², ring 1", {"floor_area_planned_m2": 10_001.0}, NO, "floor_after_works", "", YES, "", ""),
    (
        "9,999 m², ring 1",
        {"floor_area_planned_m2": 9_999.0},
        NO, "floor_after_works", "",
        NO, "floor_after_works", "",
    ),
    (
        "19,999 m², ring 2",
        {"ring": 2, "floor_area_planned_m2": 19_999.0},
        NO, "floor_after_works", "",
        NO, "floor_after_works", LIMIT,
    ),
    ("20,000 m², ring 2", {"ring": 2, "floor_area_planned_m2": 20_000.0}, YES, "", "", OPEN, "", LIMIT),
    (
        "10,000 m², ring 3",
        {"ring": 3, "floor_area_planned_m2": 10_000.0},
        NO, "floor_after_works", "",
        NO, "floor_after_works", LIMIT,
    ),
    (
        "floor after works unknown",
        {"floor_area_planned_m2": None},
        OPEN, "", "floor_area_planned_m2",
        OPEN, "", "floor_area_planned_m2",
    ),
    (
        "15,000 m², ring unknown",
        {"ring": None, "floor_area_planned_m2": 15_000.0},
        NO, "floor_after_works", "",
        OPEN, "", f"ring;{LIMIT}",
    ),
    (
        "9,000 m² fails in any ring",
        {"ring": None, "floor_area_planned_m2": 9_000.0},
        NO, "floor_after_works", "",
        NO, "floor_after_works", f"ring;{LIMIT}",
    ),
    # output per floor area now, both rings
    ("5,000 yuan/m²", {"output_10k_cny": 5_000.0}, YES, "", "", YES, "", ""),
    ("4,999 yuan/m²", {"output_10k_cny": 4_999.0}, YES, "", "", YES, "", ""),
    ("5,001 yuan/m²", {"output_10k_cny": 5_001.0}, NO, "output_per_floor", "", YES, "", ""),
    ("10,000 yuan/m²", {"output_10k_cny": 10_000.0}, NO, "output_per_floor", "", YES, "", ""),
    (
        "10,001 yuan/m²",
        {"output_10k_cny": 10_001.0},
        NO, "output_per_floor", "",
        NO, "output_per_floor", "",
    ),
    (
        "10,001 yuan/m², ring 2: no limit is confirmed",
        {"ring": 2, "output_10k_cny": 10_001.0},
        NO, "output_per_floor", "",
        OPEN, "", LIMIT,
    ),
    ("1 yuan/m², ring 2: no limit is confirmed", {"ring": 2, "output_10k_cny": 1.0}, YES, "", "", OPEN, "", LIMIT),
    ("no output at all", {"output_10k_cny": 0.0}, YES, "", "", YES, "", ""),
    ("output unknown", {"output_10k_cny": None}, OPEN, "", "output_10k_cny", OPEN, "", "output_10k_cny"),
    ("floor now unknown", {"floor_area_m2": None}, OPEN, "", "floor_area_m2", OPEN, "", "floor_area_m2"),
    # which firms the output counts
    ("all firms, under the limit, settles it", {"output_firms_basis": "all"}, YES, "", "", YES, "", ""),
    (
        "all firms, 5,001: may still be under",
        {"output_firms_basis": "all", "output_10k_cny": 5_001.0},
        OPEN, "", "output_firms_basis",
        YES, "", "",
    ),
    (
        "all firms, 10,001: may still be under both",
        {"output_firms_basis": "all", "output_10k_cny": 10_001.0},
        OPEN, "", "output_firms_basis",
        OPEN, "", "output_firms_basis",
    ),
    (
        "basis said to be unknown",
        {"output_firms_basis": "unknown"},
        OPEN, "", "output_firms_basis",
        OPEN, "", "output_firms_basis",
    ),
    (
        "basis not given",
        {"output_firms_basis": None},
        OPEN, "", "output_firms_basis",
        OPEN, "", "output_firms_basis",
    ),
    # several at once
    (
        "disputed and too small",
        {"tenure_clear": False, "floor_area_planned_m2": 5_000.0},
        NO, "tenure;floor_after_works", "",
        NO, "tenure;floor_after_works", "",
    ),
    (
        "one fails, another is unknown: it fails",
        {"tenure_clear": False, "output_10k_cny": None},
        NO, "tenure", "output_10k_cny",
        NO, "tenure", "output_10k_cny",
    ),
]  # fmt: skip


def test_there_are_at_least_forty_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0])
def test_eligibility_at_and_around_every_threshold(case: Any) -> None:
    _, changes, *expected = case
    for rule, (eligible, failing, missing) in zip(
        (R19, R21), (expected[:3], expected[3:]), strict=True
    ):
        got = pilots.eligibility(park(**changes), rule).iloc[0]
        found = None if pd.isna(got["pilot_eligible"]) else bool(got["pilot_eligible"])
        assert (found, got["pilot_failing"], got["pilot_missing"]) == (eligible, failing, missing)


def test_an_open_criterion_says_what_it_lacks() -> None:
    judged = pilots.eligibility(park(output_firms_basis=None, ring=1), standard("pilots-2021"))
    assert "限值未能核实（缺少产值口径）" in judged["pilot_reasons"].iloc[0]
    assert "(missing " in judged["pilot_reasons_en"].iloc[0]


def test_the_output_is_per_floor_area_and_not_per_land() -> None:
    # 50 million yuan on 20,000 m² of land: 2,500 yuan per m² of land, but 5,000 or 10,000 per m² of floor
    sparse = park(land_area_m2=20_000.0, floor_area_m2=5_000.0, output_10k_cny=5_000.0)
    dense = park(land_area_m2=20_000.0, floor_area_m2=10_000.0, output_10k_cny=5_000.0)
    assert pilots.eligibility(sparse, R19)["pilot_eligible"].tolist() == [False]
    assert pilots.eligibility(dense, R19)["pilot_eligible"].tolist() == [True]


def test_reasons_name_every_criterion_and_quote_the_numbers_that_failed() -> None:
    judged = pilots.eligibility(park(output_10k_cny=5_001.0, tenure_clear=None), R19).iloc[0]
    lines = judged["pilot_reasons"].splitlines()
    assert [line[0] for line in lines] == ["？", "✓", "✗"]
    assert "5,001 > 5,000 元/m²" in lines[2]
    assert "5,001 > 5,000" in judged["pilot_reasons_en"]


def city(scores: list[tuple[str, str, float]]) -> pd.DataFrame:
    """Return eligible parks whose only scored input is the legal share."""
    rows = [
        SOUND
        | {
            "park_id": i,
            "district": d,
            "legal_paper_share": s,
            "floor_area_m2": None,
            "tenure_years_left": None,
        }
        for i, d, s in scores
    ]
    return typed("village_parks", rows).assign(
        output_per_floor_yuan_m2=pd.array([10_000.0] * len(rows), dtype="Float64")
    )


def easy_rule() -> standards.Standard:
    return standards.from_mapping(
        {
            "standard_id": "easy",
            "kind": "pilots",
            "city": "x",
            "title": {"zh": "易", "en": "easy"},
            "effective_from": "unknown",
            "source": "test",
            "official": False,
            "selection": {"total": 3},
            "criterion": [{"id": "tenure", "pass": "tenure_clear", "zh": "权属", "en": "tenure"}],
        }
    )


def test_a_district_that_is_full_is_passed_over() -> None:
    parks = city([("a", "东", 0.9), ("b", "东", 0.8), ("c", "东", 0.7), ("d", "西", 0.1)])
    chosen = pilots.choose(parks, standard=easy_rule(), weights=NO_LIMIT, per_district=2)
    assert chosen.loc[chosen["pilot_selected"], "park_id"].tolist() == ["a", "b", "d"]
    assert chosen["pilot_rank"].tolist() == [1, 2, 3, 4]


def test_no_more_are_chosen_than_the_rule_allows() -> None:
    parks = city([(f"p{i}", f"区{i}", i / 10) for i in range(9)])
    chosen = pilots.choose(parks, standard=easy_rule(), weights=NO_LIMIT)
    assert chosen["pilot_selected"].sum() == 3
    assert pilots.limits_of(R19, SCORE) == (4, 20)
    assert pilots.limits_of(R21, SCORE) == (4, 20)


def test_equal_scores_go_by_id_whatever_the_order_of_rows() -> None:
    parks = city([("b", "东", 0.5), ("a", "东", 0.5), ("c", "东", 0.5)])
    chosen = pilots.choose(parks, standard=easy_rule(), weights=NO_LIMIT, total=1)
    assert chosen.loc[chosen["pilot_selected"], "park_id"].tolist() == ["a"]


def test_a_park_that_cannot_be_judged_is_neither_ranked_nor_chosen() -> None:
    parks = city([("a", "东", 0.9), ("b", "东", 0.8)])
    parks["tenure_clear"] = pd.array([None, True], dtype="boolean")
    chosen = pilots.choose(parks, standard=easy_rule(), weights=NO_LIMIT)
    assert chosen["pilot_rank"].tolist() == [pd.NA, 1]
    assert chosen["pilot_selected"].tolist() == [False, True]


def test_the_score_is_the_weighted_mean_of_what_is_known() -> None:
    weights = Weights.of(SCORE)
    parks = city([("a", "东", 0.4)])
    scored = score(parks, weights)
    # output 10,000 gives 0 of 25 and the legal share 0.4 of 15; nothing else is known
    assert scored["pilot_score"][0] == pytest.approx(100 * 0.4 * 15 / 40)
    assert scored["pilot_score_coverage"][0] == pytest.approx(40 / 100)


def test_weights_can_be_shifted_and_wrong_ones_are_named() -> None:
    weights = Weights.of(SCORE).with_weights({"legal": 0})
    assert score(city([("a", "东", 0.4)]), weights)["pilot_score"][0] == 0
    with pytest.raises(RuleError, match="legal"):
        weights.with_weights({"leagl": 3})
    with pytest.raises(RuleError, match="0 or more"):
        weights.with_weights({"legal": -1})


def test_input_frames_are_not_changed() -> None:
    parks = city([("a", "东", 0.4)])
    before = parks.copy()
    pilots.choose(parks, standard=R19, weights=SCORE)
    pd.testing.assert_frame_equal(parks, before)


def test_choosing_twice_gives_the_same() -> None:
    parks = city([(f"p{i}", f"区{i % 3}", float(v)) for i, v in enumerate(np.linspace(0, 1, 30))])
    first = pilots.choose(parks, standard=R19, weights=SCORE)
    again = pilots.choose(parks.sample(frac=1, random_state=1), standard=R19, weights=SCORE)
    pd.testing.assert_frame_equal(first, again.sort_index())


def test_only_those_asked_for_are_ranked() -> None:
    parks = city([("a", "东", 0.9), ("b", "东", 0.8), ("c", "西", 0.1)])
    among = pd.Series([False, True, None], dtype="boolean")
    chosen = pilots.choose(parks, standard=easy_rule(), weights=NO_LIMIT, among=among)
    assert chosen["pilot_rank"].tolist() == [pd.NA, 1, pd.NA]
    assert chosen["pilot_eligible"].tolist() == [True, True, True]


KNOWN = {
    "output_per_floor_yuan_m2": 9000.0,
    "far": 1.9,
    "land_area_m2": 8000.0,
    "legal_paper_share": 0.1,
    "block_overlap": 0.1,
    "above_scale": 1,
    "tenure_years_left": 6.0,
}


def full(**changes: Any) -> dict[str, Any]:
    """Return a park of which every input of the score is known, and nothing speaks for it."""
    return SOUND | KNOWN | {"district": "东"} | changes


def ranked(*rows: dict[str, Any], **options: Any) -> pd.DataFrame:
    parks = typed("village_parks", [row | {"park_id": f"P{i}"} for i, row in enumerate(rows)])
    return pilots.choose(parks, standard=easy_rule(), weights=SCORE, **options).set_index("park_id")


def test_what_is_missing_lifts_no_park_in_the_ranking() -> None:
    unknown = dict.fromkeys(("output_per_floor_yuan_m2", "far", "block_overlap"))
    found = ranked(full(), full(**unknown, legal_paper_share=1.0, land_area_m2=2e5))
    assert found["pilot_score"].tolist()[1] > found["pilot_score"].tolist()[0]
    assert found["pilot_standing"].tolist() == ["candidate", "low_coverage"]
    assert found["pilot_rank"].isna().tolist() == [False, True]
    assert found["pilot_selected"].tolist() == [True, False]


def test_the_least_coverage_is_that_of_the_weights_file() -> None:
    assert candidates.min_coverage(SCORE) == 0.8
    assert candidates.min_coverage(NO_LIMIT) == 0.0
    at_limit = full(tenure_years_left=None, above_scale=None)
    assert ranked(at_limit)["pilot_score_coverage"].tolist() == [0.8]
    assert ranked(at_limit)["pilot_standing"].tolist() == ["candidate"]


def test_parks_to_be_closed_and_finished_ones_are_candidates_only_where_asked() -> None:
    rows = [full(), full(route="close"), full(project_status="done")]
    found = ranked(*rows)
    assert found["pilot_standing"].tolist() == ["candidate", "closing", "finished"]
    assert found["pilot_rank"].isna().tolist() == [False, True, True]
    assert ranked(*rows, everyone=True)["pilot_rank"].tolist() == [1, 2, 3]
