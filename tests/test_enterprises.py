"""The enterprise base: identity, threshold, years, conflicts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from enterprise_tables import GOOD, OTHER, coded, table

from industrymap import citypack, enterprises, schemas
from industrymap.enterprises import Intake, codes
from industrymap.errors import ConfigError

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
