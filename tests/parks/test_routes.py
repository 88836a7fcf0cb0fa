"""Routes: each rule at its thresholds, the order, what stays open, and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from parks_helpers import standard, typed

from industrymap import standards
from industrymap.errors import RuleError
from industrymap.parks import routes

PROPOSAL = standard("routes-proposal-2025")
MU = 2000 / 3

SOUND: dict[str, Any] = {
    "park_id": "P",
    "plan_conform": True,
    "legal_paper_share": 0.9,
    "environment_status": "good",
    "fire_hazard": "none",
    "listed_backward": False,
    "planned_use": "industry",
    "far": 1.2,
    "floor_area_m2": 24_000.0,
    "output_10k_cny": 24_000.0,
    "tax_10k_cny": 300.0,
    "land_area_m2": 20_000.0,
    "output_per_floor_yuan_m2": 10_000.0,
    "tax_per_mu_10k_cny": 10.0,
    "block_overlap": 0.0,
    "block_distance_m": 2000.0,
    "larger_park_distance_m": 2000.0,
}


def classify(*changes: dict[str, Any], by: standards.Standard = PROPOSAL) -> pd.DataFrame:
    return routes.classify(typed("village_parks", [SOUND | c for c in changes]), standard=by)


BAD = {"plan_conform": False, "legal_paper_share": 0.29, "fire_hazard": "major"}
SMALL = {"land_area_m2": 9.99 * MU, "block_distance_m": 500.0}

CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "keep"),
    # close
    (BAD, "close"),
    (BAD | {"legal_paper_share": 0.3}, "upgrade"),
    (BAD | {"plan_conform": True}, "upgrade"),
    (BAD | {"fire_hazard": "minor"}, "keep"),
    (BAD | {"fire_hazard": "none", "environment_status": "serious"}, "close"),
    ({"listed_backward": True}, "close"),
    # convert
    ({"planned_use": "residential"}, "convert"),
    ({"planned_use": "storage"}, "keep"),
    ({"planned_use": "residential", "block_overlap": 0.5}, "keep"),
    ({"planned_use": "residential", "block_overlap": 0.49}, "convert"),
    # merge
    (SMALL, "merge_relocate"),
    (SMALL | {"block_distance_m": 500.1}, "keep"),
    (SMALL | {"block_distance_m": 900.0, "larger_park_distance_m": 499.0}, "merge_relocate"),
    (SMALL | {"land_area_m2": 10 * MU}, "keep"),
    # upgrade
    ({"far": 0.84}, "upgrade"),
    ({"far": 0.85}, "keep"),
    ({"output_per_floor_yuan_m2": 4999.0}, "upgrade"),
    ({"output_per_floor_yuan_m2": 5000.0}, "keep"),
    ({"tax_per_mu_10k_cny": 4.99}, "upgrade"),
    ({"tax_per_mu_10k_cny": 5.0}, "keep"),
    ({"fire_hazard": "major"}, "upgrade"),
    ({"environment_status": "serious"}, "upgrade"),
    ({"far": 0.5, "planned_use": "storage"}, "keep"),
    ({"far": 0.5, "planned_use": "storage", "block_overlap": 0.5}, "upgrade"),
    # the order
    (BAD | {"planned_use": "residential"} | SMALL, "close"),
    ({"planned_use": "residential"} | SMALL, "convert"),
    (SMALL | {"far": 0.5}, "merge_relocate"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "route"), CASES)
def test_each_rule_decides_at_its_threshold_and_in_its_order(changes: Any, route: str) -> None:
    assert classify(changes)["route"].tolist() == [route]


OPEN: list[tuple[dict[str, Any], str, str]] = [
    ({"listed_backward": None}, "listed_backward", "close;keep"),
    (BAD | {"legal_paper_share": None}, "legal_paper_share", "close;upgrade"),
    ({"planned_use": None}, "planned_use", "convert;keep"),
    ({"planned_use": "undetermined"}, "planned_use", "convert;keep"),
    ({"far": None, "floor_area_m2": None, "output_per_floor_yuan_m2": None}, "floor_area_m2", "upgrade;keep"),
    ({"output_10k_cny": None, "output_per_floor_yuan_m2": None}, "output_10k_cny", "upgrade;keep"),
    ({"block_overlap": None, "planned_use": "storage", "far": 0.5}, "overlap(blocks)", "upgrade;keep"),
    (
        {"plan_conform": None, "legal_paper_share": None, "fire_hazard": None},
        "plan_conform;legal_paper_share;fire_hazard",
        "close;upgrade;keep",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "missing", "possible"), OPEN)
def test_a_missing_input_that_could_change_the_route_leaves_it_open(
    changes: Any, missing: str, possible: str
) -> None:
    found = classify(changes).iloc[0]
    assert found[["route", "route_missing", "route_possible"]].tolist() == [
        "undetermined",
        missing,
        possible,
    ]


SETTLED: list[tuple[dict[str, Any], str]] = [
    ({"legal_paper_share": None}, "keep"),
    ({"planned_use": None, "listed_backward": True}, "close"),
    ({"far": None, "tax_per_mu_10k_cny": 1.0}, "upgrade"),
    ({"output_per_floor_yuan_m2": None, "planned_use": "residential"}, "convert"),
    ({"block_distance_m": None, "larger_park_distance_m": None}, "keep"),
    (SMALL | {"far": None, "tax_10k_cny": None}, "merge_relocate"),
    # in a block: neither residential nor industrial use would change anything
    ({"planned_use": None, "block_overlap": 1.0, "far": 0.5}, "upgrade"),
]


@pytest.mark.parametrize(("changes", "route"), SETTLED)
def test_a_missing_input_that_cannot_change_the_route_is_not_asked_for(
    changes: Any, route: str
) -> None:
    found = classify(changes).iloc[0]
    assert found[["route", "route_missing", "route_possible"]].tolist() == [route, "", ""]


def test_ways_that_end_at_the_same_route_settle_it() -> None:
    body = {
        "rule": [
            {"route": "upgrade", "when": "far < 0.5", "zh": "低", "en": "low"},
            {"route": "upgrade", "when": "planned_use = industry", "zh": "工", "en": "ind"},
        ]
    }
    by = made(body)
    assert classify({"far": None}, by=by)["route"].tolist() == ["upgrade"]
    assert classify({"far": None, "planned_use": "storage"}, by=by)["route"].tolist() == [
        "undetermined"
    ]


def made(body: dict[str, Any]) -> standards.Standard:
    head = {
        "standard_id": "made",
        "kind": "routes",
        "city": "x",
        "title": {"zh": "自拟", "en": "made"},
        "effective_from": "unknown",
        "source": "test",
        "official": False,
    }
    return standards.from_mapping(head | body)


def test_reasons_are_sentences_with_the_numbers_in_both_languages() -> None:
    found = classify({"far": 0.62, "tax_per_mu_10k_cny": 4.2}).iloc[0]
    assert "容积率 0.62 < 0.85" in found["route_reasons"]
    assert "亩均税收 4.2 < 5 万元/亩" in found["route_reasons"]
    assert found["route_reasons"].endswith("。")
    assert "FAR 0.62 < 0.85" in found["route_reasons_en"]
    assert found["route_standard"] == "routes-proposal-2025"


def test_an_open_park_says_what_is_missing_in_words() -> None:
    found = classify({"planned_use": None}).iloc[0]
    assert found["route_reasons"] == "缺少规划用途，可能为功能转换或保留。"
    assert found["route_reasons_en"] == "Missing Planned use; it may turn out as Convert or Keep."


def test_inputs_used_are_those_of_the_rules_that_were_reached() -> None:
    closed, kept = classify({"listed_backward": True}, {})["route_inputs"]
    assert "listed_backward" in closed
    assert "far" not in closed
    assert {"far", "overlap(blocks)", "distance(larger_parks)"} <= set(kept.split(";"))


def test_without_any_block_in_the_city_nothing_lies_in_or_near_one() -> None:
    park = typed("village_parks", [SOUND | {"planned_use": "residential"}])
    park = park.drop(columns=["block_overlap", "block_distance_m"])
    unknown = routes.classify(park, standard=PROPOSAL)
    assert unknown["route"].tolist() == ["undetermined"]
    none: Any = pd.DataFrame()
    assert routes.classify(park, standard=PROPOSAL, blocks=none)["route"].tolist() == ["convert"]


def test_two_standards_side_by_side_show_who_moves_and_why() -> None:
    stricter = made(
        {
            "thresholds": {"far_low": 1.5},
            "rule": [{"route": "upgrade", "when": "far < $far_low", "zh": "强度低", "en": "thin"}],
        }
    )
    parks = typed("village_parks", [SOUND | {"park_id": "a"}, SOUND | {"park_id": "b", "far": 2.0}])
    side = routes.compare(parks, PROPOSAL, stricter)
    assert side[["park_id", "route_a", "route_b", "moves"]].to_numpy().tolist() == [
        ["a", "keep", "upgrade", True],
        ["b", "keep", "keep", False],
    ]
    assert "容积率 1.2 < 1.5" in side["reasons_b"][0]


def test_the_shipped_proposal_says_that_it_is_not_official() -> None:
    assert not PROPOSAL.official
    assert "非官方" in PROPOSAL.title("zh")
    assert "not official" in PROPOSAL.title("en")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rule": [{"route": "demolish", "when": "far < 1", "zh": "", "en": ""}]}, "demolish"),
        ({"rule": [{"route": "close", "when": "faar < 1", "zh": "", "en": ""}]}, "faar"),
        ({"rule": [{"route": "close", "when": "far < $nix", "zh": "", "en": ""}]}, "nix"),
        ({"rule": [{"route": "close", "zh": "", "en": ""}]}, "when is missing"),
    ],
)
def test_a_standard_that_cannot_be_applied_names_the_rule(body: Any, said: str) -> None:
    with pytest.raises(RuleError, match=said) as caught:
        classify({}, by=made(body))
    assert "made" in caught.value.en


def test_a_standard_of_another_kind_is_refused() -> None:
    with pytest.raises(RuleError, match="expected routes"):
        classify({}, by=standard("pilots-2019"))


def test_an_empty_layer_is_classified_to_an_empty_layer() -> None:
    none = typed("village_parks", [SOUND]).iloc[:0]
    assert len(routes.classify(none, standard=PROPOSAL)) == 0
