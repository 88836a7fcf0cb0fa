"""Cities beside each other: nothing without a source, nothing mixed in silence, ranks and gaps by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import compare
from industrymap.compare import Question
from industrymap.errors import CompareError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "城市,指标,时期,数值,单位,口径,来源\n"


def table(tmp_path: Path, *rows: str, head: str = HEAD, encoding: str = "gb18030") -> Path:
    path = tmp_path / "peers.csv"
    path.write_text(head + "\n".join(rows) + "\n", encoding=encoding)
    return path


def peers(tmp_path: Path, *rows: str) -> pd.DataFrame:
    return compare.read(table(tmp_path, *rows)).frame


FOUR = (
    "甲州市,产值,2024,300,亿元,现价,公报甲",
    "乙州市,产值,2024年,4000000,万元,现价,公报乙",
    "丙州市,产值,2024,0.02,万亿元,现价,公报丙",
    "丁州市,产值,2023,500,亿元,现价,公报丁",
)


def test_ranks_and_gaps_by_hand_in_one_unit(tmp_path: Path) -> None:
    done = compare.compare(peers(tmp_path, *FOUR), Question(indicator="产值", chosen="丙州"))
    assert (str(done.period), done.unit, done.best, done.median, done.ranked) == ("2024", "亿元", "乙州", 300.0, 3)  # fmt: skip
    rows = done.table.set_index("city")
    assert rows["value"].tolist() == [400.0, 300.0, 200.0, 500.0]
    assert rows["rank"].tolist() == [1, 2, 3, pd.NA]
    assert rows["to_best"].tolist()[:3] == [0.0, -100.0, -200.0]
    assert rows["to_median"].tolist()[:3] == [100.0, 0.0, -100.0]
    assert rows["to_chosen"].tolist()[:3] == [200.0, 100.0, 0.0]


def test_an_older_year_is_shown_and_marked_and_takes_no_rank(tmp_path: Path) -> None:
    row = compare.compare(peers(tmp_path, *FOUR), Question(indicator="产值")).table.set_index("city").loc["丁州"]  # fmt: skip
    assert (row["period"], row["mark"]) == ("2023", "other_period")
    assert row[["rank", "to_best", "to_median"]].isna().all()


def test_a_month_is_never_put_beside_a_year(tmp_path: Path) -> None:
    frame = peers(tmp_path, *FOUR[:2], "戊州市,产值,2024年1—3月,90,亿元,现价,公报戊")
    assert "戊州" not in set(compare.compare(frame, Question(indicator="产值", period="2024")).table["city"])  # fmt: skip


def test_another_definition_is_shown_and_takes_no_rank(tmp_path: Path) -> None:
    frame = peers(tmp_path, *FOUR[:3], "戊州市,产值,2024,900,亿元,全部工业,公报戊")
    done = compare.compare(frame, Question(indicator="产值"))
    row = done.table.set_index("city").loc["戊州"]
    assert (done.definition, done.best, row["mark"]) == ("现价", "乙州", "other_definition")
    assert pd.isna(row["rank"])


def test_foreign_money_and_unknown_units_are_not_converted(tmp_path: Path) -> None:
    frame = peers(
        tmp_path,
        *FOUR[:3],
        "戊州市,产值,2024,90,亿美元,现价,年报",
        "己州市,产值,2024,90,点,现价,年报",
    )
    rows = compare.compare(frame, Question(indicator="产值")).table.set_index("city")
    assert rows.loc[["戊州", "己州"], "mark"].tolist() == ["other_unit", "other_unit"]
    assert rows.loc[["戊州", "己州"], "value"].isna().all()


def test_where_less_is_better_the_least_is_first(tmp_path: Path) -> None:
    frame = peers(tmp_path, *FOUR[:3])
    done = compare.compare(frame, Question(indicator="产值", direction=-1))
    assert (done.best, done.table["rank"].tolist()) == ("丙州", [1, 2, 3])


def test_equal_values_share_a_rank(tmp_path: Path) -> None:
    frame = peers(tmp_path, "甲,产值,2024,5,亿元,,a", "乙,产值,2024,5,亿元,,b", "丙,产值,2024,4,亿元,,c")  # fmt: skip
    assert compare.compare(frame, Question(indicator="产值")).table["rank"].tolist() == [1, 1, 3]


def test_values_that_are_equal_in_one_unit_share_a_rank(tmp_path: Path) -> None:
    frame = peers(tmp_path, "甲,产值,2024,700,亿元,,a", "乙,产值,2024,0.07,万亿元,,b", "丙,产值,2024,600,亿元,,c")  # fmt: skip
    assert compare.compare(frame, Question(indicator="产值")).table["rank"].tolist() == [1, 1, 3]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("甲,产值,2024,5,亿元,,", "peer.no_source"),
        ("甲,产值,去年,5,亿元,,公报", "peer.unreadable"),
        ("甲,产值,2024,约5,亿元,,公报", "peer.unreadable"),
        ("甲,产值,2024,5%,亿元,,公报", "peer.unreadable"),
        ("甲,产值,2024,5,,,公报", "peer.not_complete"),
        (",产值,2024,5,亿元,,公报", "peer.not_complete"),
    ],
)
def test_what_cannot_be_used_is_left_out_with_its_reason(
    tmp_path: Path, row: str, rule: str
) -> None:
    done = compare.read(table(tmp_path, row))
    assert done.frame.empty
    assert done.issues[["rule", "row"]].to_numpy().tolist() == [[rule, 2]]


def test_two_values_of_one_figure_are_both_left_out(tmp_path: Path) -> None:
    done = compare.read(table(tmp_path, "甲州,产值,2024,5,亿元,,a", "甲州市,产值,2024年,6,亿元,,b"))
    assert done.frame.empty
    assert done.issues["rule"].tolist() == ["peer.contradiction"]


def test_figures_that_differ_in_the_seventh_digit_contradict(tmp_path: Path) -> None:
    done = compare.read(table(tmp_path, "甲,产值,2024,1234567,万元,,a", "甲,产值,2024,1234568,万元,,b"))  # fmt: skip
    assert done.frame.empty
    assert "1234567 万元 / 1234568 万元" in done.issues["zh"].iloc[0]


def test_the_same_figure_twice_is_taken_once(tmp_path: Path) -> None:
    done = compare.read(table(tmp_path, "甲,产值,2024,5,亿元,,a", "甲,产值,2024,5,亿元,,b"))
    assert done.frame["source"].tolist() == ["a"]
    assert done.issues["level"].tolist() == ["info"]


def test_a_table_without_a_column_for_the_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompareError, match="lacks the columns source"):
        compare.read(table(tmp_path, "甲,产值,2024,5,亿元", head="城市,指标,时期,数值,单位\n"))


def test_a_workspace_s_figure_goes_before_the_pack_s(tmp_path: Path) -> None:
    pack, own = tmp_path / "pack", tmp_path / "own"
    for folder, value in ((pack, 5), (own, 6)):
        folder.mkdir()
        table(folder, f"甲,产值,2024,{value},亿元,,公报")
    assert compare.known([pack, own]).frame["value"].tolist() == [6.0]


def test_an_unknown_indicator_names_the_nearest(tmp_path: Path) -> None:
    frame = peers(tmp_path, *FOUR).replace("产值", "工业总产值")
    with pytest.raises(CompareError, match="Did you mean"):
        compare.compare(frame, Question(indicator="工业总产直"))


def test_nothing_is_measured_against_a_figure_of_another_year(tmp_path: Path) -> None:
    done = compare.compare(peers(tmp_path, *FOUR), Question(indicator="产值", chosen="丁州"))
    assert done.table["to_chosen"].isna().all()


def test_courses_have_an_index_on_the_base_and_join_one_definition_only(tmp_path: Path) -> None:
    rows = [f"甲,产值,{y},{v},亿元,{d},公报" for y, v, d in ((2022, 200, ""), (2023, 210, ""), (2024, 999, "新"))]  # fmt: skip
    courses = compare.trends(peers(tmp_path, *rows), "产值", base="2022")
    assert courses["index"].tolist() == [100.0, 105.0]
    assert courses["left_out"].tolist() == [1, 1]


def test_an_index_is_of_periods_of_the_base_s_months(tmp_path: Path) -> None:
    rows = [
        f"甲,产值,{p},{v},亿元,,公报" for p, v in (("2023", 100), ("2024Q1", 30), ("2024", 110))
    ]
    courses = compare.trends(peers(tmp_path, *rows), "产值", base="2023").set_index("period")
    assert courses.loc[["2023", "2024"], "index"].tolist() == pytest.approx([100.0, 110.0])
    assert pd.isna(courses.loc["2024Q1", "index"])


def test_a_course_joins_no_computed_figure_to_published_ones(tmp_path: Path) -> None:
    frame = peers(tmp_path, *(f"甲,产值,{y},{y - 1900},亿元,现价,公报" for y in (2023, 2024)))
    courses = compare.trends(frame.assign(mark=["", compare.COMPUTED]), "产值", base="2023")
    assert courses[["period", "left_out"]].to_numpy().tolist() == [["2023", 1]]


def test_a_base_period_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompareError, match="2019"):
        compare.trends(peers(tmp_path, *FOUR), "产值", base="2019")


def test_a_base_of_nothing_has_no_index(tmp_path: Path) -> None:
    frame = peers(tmp_path, "甲,产值,2023,0,亿元,,a", "甲,产值,2024,5,亿元,,a")
    assert compare.trends(frame, "产值", base="2023")["index"].isna().all()


@settings(deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_rows_changes_no_rank(order: list[int]) -> None:
    frame = pd.DataFrame(
        {"city": list("甲乙丙丁"), "indicator": "产值", "period": "2024", "value": [3.0, 1.0, 3.0, 2.0], "unit": "亿元",
         "definition": "", "source": "x", "note": ""}
    )  # fmt: skip
    done = compare.compare(frame.iloc[order].reset_index(drop=True), Question(indicator="产值"))
    assert dict(zip(done.table["city"], done.table["rank"], strict=True)) == {"甲": 1, "丙": 1, "丁": 3, "乙": 4}  # fmt: skip
