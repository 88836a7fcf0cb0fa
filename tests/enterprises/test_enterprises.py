"""The enterprise base: identity, threshold, years, conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from enterprise_tables import GOOD, OTHER, coded, table

from industrymap import citypack, enterprises, schemas, tables
from industrymap.enterprises import Intake, bands, codes
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

YUAN = {"revenue_10k_cny@2022": 1e-4, "revenue_10k_cny@2023": 1e-4, "revenue_10k_cny": 1e-4}


def base(*tables: Any, **choices: Any) -> enterprises.Base:
    return enterprises.build(tables, pack=citypack.load("guangzhou"), **choices)


def rules(found: enterprises.Base) -> list[str]:
    return sorted(set(found.issues["rule"]))


def firm(name: str = "甲有限公司", **cells: str) -> dict[str, str]:
    return {"uscc": GOOD, "name": name, "operating_address": "白云区甲路1号"} | cells


@pytest.mark.parametrize(
    ("yuan", "inside"), [("9,999,999.99", False), ("10000000", True), ("10,000,000.00", True)]
)
def test_the_line_is_ten_million_yuan_to_the_cent(yuan: str, *, inside: bool) -> None:
    found = base(table([firm(**{"revenue_10k_cny@2023": yuan})], units=YUAN), year=2023)
    assert found.frame["in_base"].tolist() == [inside]


def test_frame_has_the_schema_columns_of_read_and_check_in_order() -> None:
    found = base(table([firm(附注="x")]))
    wanted = [f.name for f in schemas.fields("enterprises") if f.stage in ("read", "check")]
    assert list(found.frame.columns) == [*wanted, "附注"]


def test_tables_are_joined_by_credit_code_and_owned_fields_come_from_their_office() -> None:
    statistics = table(
        [firm("甲公司", **{"revenue_10k_cny@2023": "3000", "tax_10k_cny@2023": "7"})],
        units={"revenue_10k_cny@2023": 1.0, "tax_10k_cny@2023": 1.0},
    )
    tax = table(
        [{"uscc": GOOD, "name": "甲", "tax_10k_cny@2023": "9"}],
        kind="tax",
        units={"tax_10k_cny@2023": 1.0},
        name="tax.csv",
    )
    registry = table(
        [{"uscc": GOOD, "name": "甲有限公司", "registered_address": "荔湾区乙路2号"}],
        kind="registry",
        name="reg.csv",
    )
    row = base(statistics, tax, registry, year=2023).frame.iloc[0]
    assert (row["name"], row["tax_10k_cny"], row["revenue_10k_cny"]) == ("甲有限公司", 9, 3000)
    assert (row["operating_address"], row["registered_address"]) == (
        "白云区甲路1号",
        "荔湾区乙路2号",
    )


def test_source_order_decides_between_sources() -> None:
    one = table([firm(**{"revenue_10k_cny@2023": "3000"})], units={"revenue_10k_cny@2023": 1.0})
    two = table(
        [firm(**{"revenue_10k_cny@2023": "4000"})],
        units={"revenue_10k_cny@2023": 1.0},
        kind="tax",
        name="tax.csv",
    )
    assert base(one, two, year=2023).frame["revenue_10k_cny"].tolist() == [3000]
    other = base(one, two, year=2023, source_order=("tax", "statistics"))
    assert other.frame["revenue_10k_cny"].tolist() == [4000]
    assert "figure.two_for_year" in rules(other)


def test_the_address_chosen_first_falls_back_to_the_other() -> None:
    rows = [
        firm(registered_address="荔湾区乙路2号"),
        {"uscc": OTHER, "name": "乙", "registered_address": "越秀区丙路3号"},
    ]
    found = base(table(rows)).frame.set_index("enterprise_id")
    assert found["address_kind"].to_dict() == {GOOD: "operating", OTHER: "registered"}
    assert (
        base(table(rows), address="registered").frame["address_kind"].tolist() == ["registered"] * 2
    )


def test_unknown_kinds_addresses_and_orders_are_refused() -> None:
    with pytest.raises(ConfigError, match="no kind of enterprise table"):
        base(Intake(table=table([firm()]), kind="stat"))
    with pytest.raises(ConfigError, match="address"):
        base(table([firm()]), address="home")
    with pytest.raises(ConfigError, match="Source order"):
        base(table([firm()]), source_order=("taxes",))
    with pytest.raises(ConfigError, match="No enterprise table"):
        base()


def test_a_missing_year_stays_missing() -> None:
    rows = [firm(**{"revenue_10k_cny@2022": "30000000"})]
    found = base(table(rows, units=YUAN), year=2023)
    assert found.frame["revenue_10k_cny"].isna().all()
    assert found.frame["in_base"].tolist() == [False]
    assert found.movement()["movement"].tolist() == ["in_now_unknown"]


def test_coded_helper_makes_sound_codes() -> None:
    assert codes.status(pd.Series([coded(7), GOOD, OTHER])).tolist() == ["valid"] * 3


MONEY_2023 = {"revenue_10k_cny@2023": 1.0}


def listed(found: enterprises.Base, rule: str) -> list[tuple[int | None, str]]:
    rows = found.issues[found.issues["rule"] == rule]
    return [
        (None if pd.isna(r) else int(r), str(v))
        for r, v in zip(rows["row"], rows["value"], strict=True)
    ]


def test_a_column_without_unit_is_not_used_and_said_once() -> None:
    rows = [
        firm(**{"revenue_10k_cny@2023": "5000"}),
        {"uscc": OTHER, "name": "乙", "revenue_10k_cny@2023": "60000000"},
    ]
    found = base(table(rows), year=2023)
    assert found.frame["revenue_10k_cny"].isna().all()
    lines = found.issues[found.issues["rule"] == "amount.unknown_unit"]
    assert len(lines) == 1
    assert "2 values" in lines["en"].iloc[0]


def test_a_cell_that_states_its_unit_is_used_where_the_column_does_not() -> None:
    found = base(table([firm(**{"revenue_10k_cny@2023": "1.2亿元"})]), year=2023)
    assert found.frame["revenue_10k_cny"].tolist() == [12000]


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("-500", "amount.negative"),
        ("9e12", "amount.absurd"),
        ("很多", "amount.unreadable"),
        ("500万美元", "amount.unreadable"),
    ],
)
def test_amounts_that_cannot_be_are_left_out_and_listed(written: str, rule: str) -> None:
    found = base(table([firm(**{"revenue_10k_cny@2023": written})], units=MONEY_2023), year=2023)
    assert found.frame["revenue_10k_cny"].isna().all()
    assert len(found.frame) == 1
    assert listed(found, rule) == [(2, written)]


def test_a_tax_refund_is_a_sound_negative() -> None:
    found = base(
        table([firm(**{"tax_10k_cny@2023": "-3"})], units={"tax_10k_cny@2023": 1.0}), year=2023
    )
    assert found.frame["tax_10k_cny"].tolist() == [-3]


def test_two_revenues_for_one_year_keep_the_first_and_name_both() -> None:
    rows = [firm(**{"revenue_10k_cny@2023": "3000"}), firm(**{"revenue_10k_cny@2023": "3500"})]
    found = base(table(rows, units=MONEY_2023), year=2023)
    assert found.frame["revenue_10k_cny"].tolist() == [3000]
    line = found.issues[found.issues["rule"] == "figure.two_for_year"].iloc[0]
    assert (line["row"], line["value"]) == (3, "3500")
    assert "3000" in line["zh"]


def test_a_factor_of_ten_thousand_between_sources_is_called_a_unit_error() -> None:
    rows = [firm(**{"revenue_10k_cny@2023": "3000"}), firm(**{"revenue_10k_cny@2023": "30000000"})]
    found = base(table(rows, units=MONEY_2023), year=2023)
    assert listed(found, "figure.unit_suspect") == [(3, "30000000")]


def test_rounding_is_no_conflict() -> None:
    rows = [firm(**{"revenue_10k_cny@2023": "3000"}), firm(**{"revenue_10k_cny@2023": "3000.4"})]
    found = base(table(rows, units=MONEY_2023), year=2023)
    assert not {"figure.two_for_year", "figure.unit_suspect"} & set(rules(found))


def test_a_row_without_name_and_code_is_left_out_and_counted() -> None:
    found = base(table([firm(), {"operating_address": "某路1号"}]))
    assert found.counts["rows_left_out"] == 1
    assert listed(found, "identity.nameless")[0][0] == 3


@pytest.mark.parametrize(
    ("second", "evidence"),
    [
        ({"uscc": "708231365", "name": "别名"}, "organisation"),
        ({"uscc": "440106708231365", "name": "甲有限公司"}, "organisation"),
        ({"uscc": GOOD[:17] + "Y", "name": "甲（有限）公司"}, "near_code"),
        ({"uscc": GOOD[:12], "name": "甲有限公司"}, "near_code"),
        ({"name": "甲有限公司", "operating_address": "广州市白云区甲路1号A栋"}, "address"),
        ({"name": "甲 有限公司（原乙厂）", "registered_address": "白云区甲路1号"}, "address"),
        ({"name": "甲有限公司", "operating_address": "白云区新市街道甲路一号自编3栋"}, "address"),
        ({"uscc": GOOD[:12], "name": "甲厂", "operating_address": "白云区甲路1号3楼"}, "part_code"),
    ],
)
def test_rows_without_a_sound_code_are_joined_on_evidence(
    second: dict[str, str], evidence: str
) -> None:
    found = base(table([firm(), second]))
    assert found.frame["enterprise_id"].tolist() == [GOOD]
    assert evidence in found.duplicates["evidence"].tolist()
    assert listed(found, "identity.joined")


@pytest.mark.parametrize(
    "second",
    [
        {"name": "甲有限公司"},
        {"name": "甲有限公司", "operating_address": "花都区别路9号"},
        {"name": "丙有限公司", "operating_address": "白云区甲路1号"},
        {"name": "甲有限公司", "operating_address": "花都区甲路1号"},
        {"name": "甲有限公司", "operating_address": "白云区甲路11号"},
        {"uscc": GOOD[:12], "name": "甲厂", "operating_address": "白云区乙路1号"},
        {"uscc": GOOD[:12], "name": "丙丁戊厂", "operating_address": "白云区甲路1号"},
        {"uscc": "440106708231365", "name": "丙有限公司"},
        {"uscc": OTHER, "name": "甲有限公司", "operating_address": "白云区甲路1号"},
    ],
)
def test_less_than_that_keeps_rows_apart(second: dict[str, str]) -> None:
    assert len(base(table([firm(), second])).frame) == 2


def test_the_same_name_without_proof_is_listed() -> None:
    found = base(table([firm(), {"name": "甲有限公司", "operating_address": "花都区别路9号"}]))
    assert [row for row, _ in listed(found, "identity.possible_duplicate")] == [3]


def test_unlike_names_under_one_code_stay_two_firms() -> None:
    found = base(table([firm("广州甲机械有限公司"), firm("佛山乙食品贸易行")]))
    assert len(found.frame) == 2
    assert found.frame["enterprise_id"].is_unique
    assert [row for row, _ in listed(found, "identity.shared_code")] == [3]


def test_rows_without_any_sound_code_are_joined_by_name_and_address() -> None:
    rows = [
        {"name": "乙厂", "operating_address": "花都区乙路2号"},
        {"name": "乙 厂", "operating_address": "花都区乙路2号"},
    ]
    found = base(table(rows))
    assert found.frame["enterprise_id"].tolist() == ["stat.csv#2"]
    assert found.frame["name"].tolist() == ["乙厂"]


def test_a_place_of_one_kind_meets_a_place_of_the_other() -> None:
    rows = [
        {"name": "乙厂", "operating_address": "花都区新华街道乙社区第二工业区A栋"},
        {"name": "乙厂", "registered_address": "花都区新华乙社区第二工业区"},
    ]
    assert len(base(table(rows)).frame) == 1


def test_a_name_with_foreign_characters_is_kept_and_listed() -> None:
    found = base(table([firm("甲有限公司<b>")]))
    assert found.frame["name"].tolist() == ["甲有限公司<b>"]
    assert listed(found, "name.odd") == [(2, "甲有限公司<b>")]


def test_a_list_adds_to_firms_and_makes_none() -> None:
    points = table(
        [
            {"name": "甲有限公司", "lon": "113.2", "lat": "23.1"},
            {"name": "无此公司", "lon": "1", "lat": "2"},
        ],
        kind="coordinates",
        name="xy.csv",
    )
    found = base(table([firm()]), points)
    assert found.frame["lon"].tolist() == [113.2]
    assert listed(found, "list.unknown_firm") == [(3, "无此公司")]


def test_a_longer_code_of_the_same_division_is_preferred() -> None:
    other = table(
        [{"uscc": GOOD, "name": "甲有限公司", "industry_text": "C3670"}], kind="tax", name="tax.csv"
    )
    found = base(table([firm(industry_text="36")]), other)
    assert found.frame["industry_code"].tolist() == ["3670"]


def test_names_are_written_as_the_register_does_and_say_so() -> None:
    found = base(table([{"uscc": GOOD, "name": "甲 机械(广州)有限公司（原乙厂）"}]))
    assert found.frame["name"].tolist() == ["甲机械（广州）有限公司"]
    assert listed(found, "name.note") == [(2, "甲 机械(广州)有限公司（原乙厂）")]


def test_latest_takes_each_firms_own_year_and_the_default_the_fullest_recent_one() -> None:
    rows = [
        firm(**{"revenue_10k_cny@2022": "2000", "revenue_10k_cny@2023": "3000"}),
        {"uscc": OTHER, "name": "乙", "revenue_10k_cny@2022": "2500"},
    ]
    tables = table(rows, units={"revenue_10k_cny@2022": 1.0, "revenue_10k_cny@2023": 1.0})
    latest = base(tables, year="latest").frame.set_index("enterprise_id")
    assert latest["year"].to_dict() == {GOOD: 2023, OTHER: 2022}
    assert base(tables).year == 2023
    assert base(tables).frame["in_base"].sum() == 1


def test_a_year_column_and_a_declared_year_date_the_figures() -> None:
    units = {"revenue_10k_cny": 1.0}
    rows = [
        firm(year="2022年", revenue_10k_cny="1500"),
        {"uscc": OTHER, "name": "乙", "revenue_10k_cny": "1600"},
    ]
    found = base(Intake(table=table(rows, units=units), year=2023))
    assert found.years.set_index("enterprise_id")["year"].to_dict() == {GOOD: 2022, OTHER: 2023}


def test_unreadable_years_are_listed() -> None:
    found = base(table([firm(year="去年", revenue_10k_cny="1500")], units={"revenue_10k_cny": 1.0}))
    assert listed(found, "year.unreadable") == [(2, "去年")]


def test_movement_tells_entered_left_stayed_near_and_pool() -> None:
    def row(number: int, before: str | None, now: str | None) -> dict[str, str | None]:
        return {
            "uscc": coded(number),
            "name": f"企业{number}",
            "revenue_10k_cny@2022": before,
            "revenue_10k_cny@2023": now,
        }

    pairs = [
        ("900", "1000"),
        ("1500", "999.99"),
        ("1200", "3000"),
        ("500", "600"),
        (None, "1100"),
        ("5000", None),
    ]
    rows = [row(n, *pair) for n, pair in enumerate(pairs, start=20)]
    found = base(
        table(rows, units={"revenue_10k_cny@2022": 1.0, "revenue_10k_cny@2023": 1.0}), year=2023
    )
    moved = found.movement().set_index("enterprise_id").loc[[coded(n) for n in range(20, 26)]]
    assert moved["movement"].tolist() == [
        "entered",
        "left",
        "stayed",
        "outside",
        "in_before_unknown",
        "in_now_unknown",
    ]
    assert moved["near_line"].tolist() == [False, True, False, False, False, False]
    assert moved["upgrade_pool"].tolist() == [True, False, False, False, True, False]
    assert moved["growth"].iloc[2] == pytest.approx(1.5)
    assert moved["growth"].isna().tolist() == [False, False, False, False, True, True]


@pytest.mark.parametrize(
    ("staff", "revenue", "industry", "size"),
    [
        (1000, 40000, "36", "large"), (999, 40000, "36", "medium"), (1000, 39999, "36", "medium"), (300, 2000, "36", "medium"),
        (299, 2000, "36", "small"), (20, 300, "36", "small"), (19, 90000, "36", "micro"), (5000, 299, "36", "micro"),
        (None, 5000, "36", None), (None, 299, "36", "micro"), (1000, None, "36", None), (1000, 40000, "52", None), (1000, 40000, None, "large"),
    ],
)  # fmt: skip
def test_size_classes_of_2017_need_both_figures(
    staff: int | None, revenue: float | None, industry: str | None, size: str | None
) -> None:
    found = bands.size_class(
        pd.Series([staff], dtype="Int64"),
        pd.Series([revenue], dtype="Float64"),
        pd.Series([industry], dtype="string"),
    )
    assert [None if pd.isna(v) else v for v in found] == [size]


def test_the_base_does_not_hang_on_the_order_of_rows() -> None:
    rows = [
        firm(**{"revenue_10k_cny@2023": "3000"}), {"uscc": OTHER, "name": "乙", "revenue_10k_cny@2023": "800"},
        {"name": "丙厂", "operating_address": "天河区丙路3号", "revenue_10k_cny@2023": "1000"},
    ]  # fmt: skip
    one = base(table(rows, units=MONEY_2023), year=2023).frame.drop(columns="source_row")
    other = base(table(rows[::-1], units=MONEY_2023), year=2023).frame.drop(columns="source_row")
    assert set(one["name"]) == set(other["name"])
    assert one["in_base"].sum() == other["in_base"].sum() == 2


@pytest.mark.real
def test_the_138_known_revenues_of_listed_companies_are_the_base(real: Path) -> None:
    read = tables.read(real / "listed_companies_2021.csv")
    found = base(read, year="latest")
    assert found.counts["in_base"] == 138
    decoys = {
        "江苏共创人造草坪股份有限公司",
        "苏宁环球股份有限公司",
        "西藏诺迪康药业股份有限公司",
        "青岛东方铁塔股份有限公司",
    }
    inside = found.frame[found.frame["in_base"]]
    assert not decoys & set(inside["name"])
    assert inside["revenue_10k_cny"].min() == pytest.approx(8588.525591)
    assert inside["size_class"].notna().sum() == 138
