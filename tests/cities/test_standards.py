"""Dated standards: every shipped one is sound, wrong ones name all that is wrong, the day chooses."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from parks_helpers import typed

from industrymap import blocks, citypack, standards
from industrymap.errors import RuleError
from industrymap.parks import pilots, progress, routes
from industrymap.parks.score import Weights

SHIPPED = sorted(Path(standards.__file__).parent.glob("cities/*/standards/*.toml"))
BARE = typed("village_parks", [{"land_area_m2": 1.0}])
HEAD: dict[str, Any] = {
    "standard_id": "x",
    "kind": "routes",
    "city": "c",
    "title": {"zh": "标准", "en": "standard"},
    "effective_from": date(2020, 1, 1),
    "effective_to": date(2020, 12, 31),
    "source": "test",
    "official": True,
}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_shipped_standard_is_named_as_its_file_and_can_be_applied(path: Path) -> None:
    standard = standards.load(path)
    assert standard.id == path.stem
    assert standard.source
    readers: dict[str, Any] = {
        "routes": routes.rules,
        "pilots": pilots.criteria,
        "pilot_score": Weights.of,
        "blocks": lambda s: blocks.gate(investment_10k_cny=1, land_area_mu=1, standard=s),
        "park_targets": lambda s: progress.progress(BARE, targets=s),
    }
    assert readers[standard.kind](standard) is not None


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_what_calls_itself_a_proposal_is_not_official(path: Path) -> None:
    standard = standards.load(path)
    if "proposal" in standard.id:
        assert not standard.official
        assert "非官方" in standard.title("zh")


def test_the_unconfirmed_limit_of_2021_is_shipped_as_unknown() -> None:
    pack = citypack.load("guangzhou")
    rule = standards.choose(pack, "pilots", id_="pilots-2021")
    assert rule is not None
    assert rule.thresholds["output_limit"] is None


def test_a_standard_is_in_force_from_its_first_to_its_last_day() -> None:
    rule = standards.from_mapping(HEAD)
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert [rule.in_force(day) for day in days] == [False, True, True, False]
    open_ended = standards.from_mapping(HEAD | {"effective_to": "unknown"})
    assert open_ended.in_force(date(2099, 1, 1))


def test_the_day_chooses_and_a_name_wins_over_the_day() -> None:
    pack = citypack.load("guangzhou")
    chosen = [standards.choose(pack, "pilots", on=date(y, 6, 1)) for y in (2019, 2022)]
    assert [rule.id for rule in chosen if rule] == ["pilots-2019", "pilots-2021"]
    named = standards.choose(pack, "pilots", id_="pilots-2019", on=date(2022, 6, 1))
    assert named is not None
    assert named.id == "pilots-2019"


def test_an_unknown_standard_is_refused_with_the_nearest() -> None:
    with pytest.raises(RuleError, match="pilots-2019"):
        standards.choose(citypack.load("guangzhou"), "pilots", id_="pilot-2019")


def test_everything_wrong_with_a_head_is_said_at_once() -> None:
    wrong = HEAD | {
        "kind": "rotues",
        "official": "yes",
        "effective_from": "soon",
        "title": {"zh": "标准"},
        "thresholds": {"far": {"value": 1, "unit": "acre"}},
    }
    del wrong["source"]
    with pytest.raises(RuleError) as caught:
        standards.from_mapping(wrong, name="bad.toml")
    for word in ("source", "rotues", "official", "soon", "title.en", "thresholds.far", "bad.toml"):
        assert word in caught.value.en


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("standard_id = ", encoding="utf-8")
    with pytest.raises(RuleError, match=r"broken\.toml is not valid TOML"):
        standards.load(path)


def test_thresholds_carry_their_unit_into_the_condition() -> None:
    rule = standards.from_mapping(HEAD | {"thresholds": {"small": {"value": 10, "unit": "mu"}}})
    bound = rule.condition("land_area_m2 < $small", layer="village_parks", where="rule 1")
    assert bound.to_json()["right"]["number"] == pytest.approx(10 * 2000 / 3)
