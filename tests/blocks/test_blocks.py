"""The block rules: shares by date, districts, totals, overlaps, large areas, the gate, an adjustment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from parks_helpers import CRS, box, placed, standard

from industrymap import blocks, measure, standards
from industrymap.errors import RuleError

if TYPE_CHECKING:
    import geopandas as gpd

RULES = standard("blocks-2020")


def layer(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Return measured blocks of 100 × 100 m side by side, 1 km apart, unless a row says otherwise."""
    made = [
        {"block_id": f"B{i}", "name": f"区块{i}", "level": 1, "industrial_land_m2": 7000.0, "geometry": box(1000 * i, 0, 100, 100)}
        | row
        for i, row in enumerate(rows)
    ]  # fmt: skip
    return measure.measure(placed("industrial_blocks", made), layer="industrial_blocks", crs=CRS)


def check(*rows: dict[str, Any], **options: Any) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    by = options.pop("by", RULES)
    return blocks.check(layer(*rows), crs=CRS, standard=by, **options)


def one(checks: pd.DataFrame, name: str) -> pd.Series[Any]:
    found = checks[checks["check"] == name]
    assert len(found) == 1
    return found.iloc[0]


def dated(later: Any) -> standards.Standard:
    """Return the shipped rules with the day on which 65 % begins."""
    body = {
        "standard_id": "dated",
        "kind": "blocks",
        "city": "x",
        "title": {"zh": "规则", "en": "rules"},
        "effective_from": date(2020, 11, 18),
        "effective_to": date(2025, 11, 18),
        "source": "test",
        "official": False,
        "minimum_share": [
            {"value": 0.55, "from": date(2020, 11, 18)},
            {"value": 0.65, "from": later},
        ],
    }
    return standards.from_mapping(body)


CHANGE = date(2023, 1, 1)


@pytest.mark.parametrize(
    ("share", "on", "status"),
    [
        (0.5499, date(2021, 1, 1), "fail"),
        (0.55, date(2021, 1, 1), "pass"),
        (0.6499, date(2022, 12, 31), "pass"),
        (0.6499, CHANGE, "fail"),
        (0.65, CHANGE, "pass"),
        (0.55, date(2024, 1, 1), "fail"),
    ],
)
def test_the_least_industrial_share_is_55_or_65_percent_by_date(
    share: float, on: date, status: str
) -> None:
    _, checks = check({"industrial_land_m2": share * 10_000}, by=dated(CHANGE), on=on)
    assert one(checks, "industrial_share")["status"] == status


@pytest.mark.parametrize(
    ("share", "status", "code"),
    [
        (0.54, "fail", "share_below_minimum"),
        (0.55, "undetermined", "share_undetermined"),
        (0.64, "undetermined", "share_undetermined"),
        (0.6501, "pass", ""),
    ],
)
def test_between_both_limits_nothing_is_claimed_while_the_day_of_change_is_unknown(
    share: float, status: str, code: str
) -> None:
    found, checks = check({"industrial_land_m2": share * 10_000})
    assert one(checks, "industrial_share")["status"] == status
    assert found["block_issues"].tolist() == [code]


def test_a_block_between_both_limits_is_told_why_it_cannot_be_judged() -> None:
    found, checks = check(*({"industrial_land_m2": land} for land in (6_000.0, 7_000.0)))
    row = checks[checks["check"] == "industrial_share"].iloc[0]
    assert (
        row["zh"]
        == "工业用地占比 60%，达到 55% 而不到 65%：下限提高到 65% 的日期没有来源，不能判定"
    )
    assert "no source dates the rise to 65%" in row["en"]
    assert found["block_reasons"].tolist() == [row["zh"], ""]
    assert found["block_reasons_en"].tolist() == [row["en"], ""]
    limit = one(checks, "industrial_share_limit")
    assert (limit["status"], limit["n"]) == ("undetermined", 1)
    assert "2020-11-18 起 55%，后为 65%，起始日期没有来源" in limit["zh"]


def test_where_the_day_is_known_the_limit_is_stated_and_every_block_is_judged() -> None:
    found, checks = check({"industrial_land_m2": 6_000.0}, by=dated(CHANGE), on=CHANGE)
    assert found["block_reasons"].tolist() == ["工业用地占比 60%，低于下限 65%"]
    assert one(checks, "industrial_share_limit")["status"] == "info"


def test_several_findings_of_a_block_are_sentences_one_after_the_other() -> None:
    found, _ = check({"industrial_land_m2": None, "level": None})
    assert found["block_issues"].tolist() == ["industrial_land_unknown;level_unknown"]
    assert found["block_reasons"].tolist() == [
        "规划工业用地面积未填报，工业用地占比不能计算；控制线级别未填报"
    ]


def test_a_block_without_its_industrial_land_cannot_be_judged() -> None:
    found, checks = check({"industrial_land_m2": None})
    assert one(checks, "industrial_share")["status"] == "undetermined"
    assert found["block_issues"].tolist() == ["industrial_land_unknown"]


def test_more_industrial_land_than_land_and_an_unknown_level_are_issues() -> None:
    found, _ = check({"industrial_land_m2": 12_000.0, "level": None})
    assert set(found["block_issues"][0].split(";")) == {
        "industrial_land_exceeds_area",
        "level_unknown",
    }


def test_before_the_rules_began_no_share_is_asked_for() -> None:
    _, checks = check({}, on=date(2019, 1, 1))
    assert (checks["check"] != "industrial_share").all()


def test_a_day_after_the_rules_expired_is_said_so() -> None:
    assert one(check({}, on=date(2025, 11, 18))[1], "standard")["status"] == "info"
    late = one(check({}, on=date(2025, 11, 19))[1], "standard")
    assert late["status"] == "undetermined"
    assert "其后规定未知" in late["zh"]
    assert "not in force" in late["en"]


def test_levels_are_added_up_with_their_shares() -> None:
    _, checks = check({"level": 1}, {"level": 1}, {"level": 2}, {"level": None})
    first = one(checks, "level_1")
    assert first["value"] == pytest.approx(0.02)
    assert first[["n", "coverage"]].tolist() == [2, 0.75]
    assert "50.0%" in first["zh"]


def test_totals_are_held_against_the_latest_official_figures_of_the_day() -> None:
    _, old = check({}, on=date(2020, 12, 1))
    assert one(old, "total_area_km2")["limit"] == 621
    _, checks = check({}, {}, targets={"count": 2, "area_km2": 0.02})
    assert one(checks, "total_count")["status"] == "pass"
    assert one(checks, "total_area_km2")["status"] == "pass"
    assert one(checks, "total_level_1_km2")["status"] == "fail"
    _, off = check({}, {}, targets={"area_km2": 0.02003})
    assert one(off, "total_area_km2")["status"] == "fail"


def districts(planned: float | None) -> pd.DataFrame:
    row = {
        "code": "1",
        "name": "东",
        "planned_industrial_land_m2": planned,
        "geometry": box(0, 0, 1, 1),
    }
    return placed("divisions", [row])


@pytest.mark.parametrize(
    ("planned", "land", "status"),
    [
        (10_000.0, 8_000.0, "pass"),
        (10_000.0, 7_999.0, "fail"),
        (None, 8_000.0, "undetermined"),
        (10_000.0, None, "undetermined"),
    ],
)
def test_eighty_percent_of_a_districts_industrial_land_lies_inside_blocks(
    planned: float | None, land: float | None, status: str
) -> None:
    _, checks = check(
        {"district": "东", "industrial_land_m2": land},
        {"district": "西", "industrial_land_m2": 9e9},
        districts=districts(planned),
    )
    assert one(checks, "district_share")["status"] == status


def test_a_district_that_cannot_be_judged_says_why() -> None:
    silent = {"district_code": "1", "industrial_land_m2": None}
    known = {"district_code": "1", "industrial_land_m2": 7_000.0}
    open_ = one(check(known, silent, districts=districts(10_000.0))[1], "district_share")
    assert "70.0% 在区块内" in open_["zh"]
    assert "另有 1 个区块未填报工业用地" in open_["zh"]
    unknown = one(check(known, districts=districts(None))[1], "district_share")
    assert "总量未填报" in unknown["zh"]


def test_a_district_that_passes_without_its_unknown_blocks_passes() -> None:
    _, checks = check(
        {"district_code": "1", "industrial_land_m2": 9_000.0},
        {"district_code": "1", "industrial_land_m2": None},
        districts=districts(10_000.0),
    )
    row = one(checks, "district_share")
    assert row[["status", "n", "coverage"]].tolist() == ["pass", 2, 0.5]


def test_blocks_on_top_of_each_other_are_a_failure_and_touching_ones_are_not() -> None:
    found, checks = check(
        {"geometry": box(0, 0, 100, 100)},
        {"geometry": box(100, 0, 100, 100)},
        {"geometry": box(190, 0, 100, 100)},
    )
    row = one(checks, "overlap")
    assert (row["subject"], row["name"], round(row["value"])) == ("B1", "B2", 1000)
    assert found["block_issues"].str.contains("overlaps_another_block").tolist() == [
        False,
        True,
        True,
    ]


def test_contiguous_areas_bridge_a_road_and_count_overlaps_once() -> None:
    frame = layer(
        {"geometry": box(0, 0, 100, 100)},
        {"geometry": box(120, 0, 100, 100)},
        {"geometry": box(180, 0, 100, 100)},
        {"geometry": box(400, 0, 100, 100)},
    )
    table = blocks.contiguous(frame, crs=CRS, gap_m=30)
    assert table["blocks"].tolist() == ["B0;B1;B2", "B3"]
    assert table["area_m2"].tolist() == pytest.approx([26_000, 10_000])
    assert len(blocks.contiguous(frame, crs=CRS, gap_m=30, min_m2=20_000)) == 1


def test_where_no_area_reaches_ten_thousand_mu_the_largest_is_told() -> None:
    row = one(check({}, {"geometry": box(9000, 0, 200, 100)})[1], "contiguous")
    assert row["status"] == "info"
    assert row["zh"] == "没有连片达到 10,000 亩的区块；最大一片 30 亩"


def test_areas_of_ten_thousand_mu_are_listed() -> None:
    side = (10_000 * 2000 / 3) ** 0.5
    _, checks = check(
        {"geometry": box(0, 0, side + 1, side)}, {"geometry": box(9000, 0, side - 1, side)}
    )
    row = one(checks, "contiguous")
    assert row["subject"] == "B0"
    assert row["value"] == pytest.approx(10_004, abs=1)


def test_idle_and_low_output_land_inside_blocks_is_added_up() -> None:
    parks = placed(
        "village_parks",
        [
            {"park_id": "a", "output_per_floor_yuan_m2": 4999.0, "geometry": box(50, 0, 100, 100)},
            {"park_id": "b", "output_per_floor_yuan_m2": 5000.0, "geometry": box(0, 0, 50, 100)},
            {"park_id": "c", "geometry": box(0, 0, 10, 10)},
        ],
    )
    found, checks = check({"idle_land_m2": 2_000.0, "industrial_land_m2": 8_000.0}, {}, parks=parks)
    assert found["low_output_land_m2"].tolist() == pytest.approx([5_000, 0])
    assert found["idle_share"].tolist() == [pytest.approx(0.25), pd.NA]
    idle, low = one(checks, "idle_land"), one(checks, "low_output_land")
    assert idle[["value", "n", "coverage"]].tolist() == pytest.approx([0.002, 1, 0.5])
    assert low[["value", "n"]].tolist() == pytest.approx([0.005, 1])
    assert low["coverage"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("investment", "land", "status"),
    [
        (120_001.0, 300.0, "pass"),
        (120_000.0, 100.0, "fail"),
        (200_000.0, 500.0, "fail"),
        (200_001.0, 500.0, "pass"),
        (200_000.0, None, "undetermined"),
        (100.0, None, "fail"),
        (None, 10.0, "undetermined"),
        (200_000.0, 0.0, "undetermined"),
    ],
)
def test_the_gate_asks_for_more_than_twelve_hundred_million_and_four_million_per_mu(
    investment: float | None, land: float | None, status: str
) -> None:
    checks = blocks.gate(investment_10k_cny=investment, land_area_mu=land, standard=RULES)
    assert one(checks, "gate")["status"] == status
    assert len(checks) == 3


def adjusted(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> pd.DataFrame:
    return blocks.adjust(layer(*before), layer(*after), crs=CRS, standard=RULES)


def test_an_adjustment_that_shrinks_the_total_fails() -> None:
    checks = adjusted([{}], [{"geometry": box(0, 0, 100, 99)}])
    assert one(checks, "no_net_loss")["status"] == "fail"
    assert "B0 1.00 → 0.99 公顷" in one(checks, "block")["zh"]


def test_land_taken_out_here_and_added_there_passes_and_is_told_block_by_block() -> None:
    before = [{"district": "东", "level": 1}, {"district": "西"}]
    after = [
        {"district": "东", "level": 2, "geometry": box(0, 0, 100, 50)},
        {"district": "西"},
        {"district": "西", "geometry": box(2000, 0, 100, 60)},
    ]
    checks = adjusted(before, after)
    assert one(checks, "no_net_loss")["status"] == "pass"
    assert checks.loc[checks["check"] == "block", "subject"].tolist() == ["B0", "B2"]
    assert "1 → 2" in one(checks, "block_level")["zh"]
    east, west = (checks[checks["subject"] == name].iloc[0] for name in ("东", "西"))
    assert (east["value"] < east["limit"], west["value"] > west["limit"]) == (True, True)


def test_laying_blocks_on_top_of_each_other_gains_nothing() -> None:
    checks = adjusted([{}, {}], [{}, {"geometry": box(0, 0, 100, 100)}])
    assert one(checks, "no_net_loss")["status"] == "fail"


def test_a_removed_block_is_told() -> None:
    checks = adjusted([{}, {}], [{}])
    assert "B1 撤销" in one(checks, "block")["zh"]


def test_a_standard_of_another_kind_is_refused() -> None:
    with pytest.raises(RuleError, match="expected blocks"):
        check({}, by=standard("pilots-2019"))


def test_every_line_speaks_both_languages() -> None:
    _, checks = check({}, {"industrial_land_m2": 100.0}, districts=districts(1.0))
    assert checks[["zh", "en"]].notna().all(axis=None)
    assert set(checks["status"]) <= {"pass", "fail", "undetermined", "info"}
