"""Monthly tables as offices really send them: every kind that once gave a wrong figure, or lost one without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from industrymap import citypack
from industrymap.observations import read

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.observations import Reading

PACK = citypack.load("guangzhou")
TIANHE, PANYU, BAIYUN, CITY = "440106", "440113", "440111", PACK.division_code
OUTPUT, PROFIT = "output_10k_cny", "profit_10k_cny"


def reading(folder: Path, text: str, name: str = "表.csv") -> Reading:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path, pack=PACK)


def figures(found: Reading) -> dict[tuple[str, str, str], float]:
    rows = found.observations.itertuples()
    return {(r.entity, r.measure, r.period): round(r.value, 6) for r in rows}


def of_two(
    tianhe: float, panyu: float, measure: str = OUTPUT, period: str = "2024Q1"
) -> dict[tuple[str, str, str], float]:
    return {(TIANHE, measure, period): tianhe, (PANYU, measure, period): panyu}


def said(found: Reading) -> set[str]:
    return set(found.issues["rule"])


TWO = "天河区,100\n番禺区,80\n"
OF = "地区,工业总产值（万元）\n"


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("2024 年 1 — 3 月各区工业", "2024Q1"),
        ("2024 Q1", "2024Q1"),
        ("截至2024年9月各区工业", "2024-01..09"),
        ("截至2024年9月30日各区工业", "2024-01..09"),
        ("制表日期：2024年4月10日\n2024年1—3月各区工业", "2024Q1"),
        ("2024.04.10,单位：万元\n2024年1—3月各区工业", "2024Q1"),
        ("2024年1～11月", "2024-01..11"),
        ("二〇二四年三月", "2024-03"),
    ],
)
def test_a_title_says_its_period_and_not_the_day_it_was_made(
    tmp_path: Path, title: str, period: str
) -> None:
    assert figures(reading(tmp_path, f"{title}\n{OF}{TWO}")) == of_two(100, 80, OUTPUT, period)


def test_a_bare_year_over_a_column_is_of_the_title_s_months(tmp_path: Path) -> None:
    of_both = (
        "地区,2024年工业总产值（万元）,2023年工业总产值（万元）\n天河区,100,90\n番禺区,80,85\n"
    )
    wanted = of_two(100, 80) | of_two(90, 85, OUTPUT, "2023Q1")
    assert figures(reading(tmp_path, f"2024年1—3月\n{of_both}")) == wanted
    # 全年 says that it is the year all the same
    whole = of_both.replace("2023年", "2023年全年")
    wanted = of_two(100, 80) | of_two(90, 85, OUTPUT, "2023")
    assert figures(reading(tmp_path, f"2024年1—3月\n{whole}")) == wanted


def test_the_months_in_a_file_s_name_are_those_of_a_title_of_the_same_year(tmp_path: Path) -> None:
    body = f"2024年各区工业\n{OF}{TWO}"
    assert figures(reading(tmp_path, body, "2024年一季度.csv")) == of_two(100, 80)
    # The day a file was sent is no period of its figures.
    found = reading(tmp_path, f"{OF}{TWO}", "数据20240410.csv")
    assert figures(found) == {}
    assert said(found) == {"observation.period"}


@pytest.mark.parametrize(
    ("below", "wanted"),
    [
        ("\n地区,利润总额（万元）\n天河区,9\n番禺区,7\n", of_two(9, 7, PROFIT)),
        ("地区,利润总额（万元）\n天河区,9\n番禺区,7\n", of_two(9, 7, PROFIT)),
        (
            "\n表2 2024年1—6月\n地区,利润总额（万元）\n天河区,9\n番禺区,7\n",
            of_two(9, 7, PROFIT, "2024-01..06"),
        ),
    ],
)
def test_a_second_table_below_is_read_by_its_own_headings(
    tmp_path: Path, below: str, wanted: dict[tuple[str, str, str], float]
) -> None:
    assert figures(reading(tmp_path, f"2024年1—3月\n{OF}{TWO}{below}")) == of_two(100, 80) | wanted


def test_a_second_table_with_a_title_of_its_own_does_not_take_the_unit_of_the_first(
    tmp_path: Path,
) -> None:
    body = "2024年1—3月\n单位：亿元\n地区,工业总产值\n天河区,1\n番禺区,2\n\n表2 2024年1—6月\n地区,利润总额\n天河区,9\n"
    found = reading(tmp_path, body)
    assert figures(found) == of_two(10_000, 20_000)
    assert said(found) == {"observation.unit"}


def test_tables_side_by_side_keep_their_own_rows(tmp_path: Path) -> None:
    other = "地区,工业总产值（万元）,,地区,利润总额（万元）\n天河区,100,,番禺区,7\n番禺区,80,,天河区,9\n"
    wanted = of_two(100, 80) | of_two(9, 7, PROFIT)
    assert figures(reading(tmp_path, f"2024年1—3月,,,,\n{other}")) == wanted
    halves = "地区,工业总产值（万元）,地区,工业总产值（万元）\n天河区,100,白云区,50\n番禺区,80,,\n"
    wanted = of_two(100, 80) | {(BAIYUN, OUTPUT, "2024Q1"): 50}
    assert figures(reading(tmp_path, f"2024年1—3月,,,\n{halves}")) == wanted


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ("天河区,12.5亿元\n番禺区,800万元\n", of_two(125_000, 800)),
        ('天河区,"=""3200"""\n番禺区,80\n', of_two(3200, 80)),
        ('天河区,"(1,234)"\n番禺区,80\n', of_two(-1234, 80)),
        ("天河区,约100\n番禺区,80\n", of_two(100, 80)),
        ("白云区,—\n天河区,100\n番禺区,80\n", of_two(100, 80)),
        # a figure that looks like a year, in the first row
        ("天河区,2020\n番禺区,80\n", of_two(2020, 80)),
        ("广州市天河区,100\n广东省广州市番禺区,80\n", of_two(100, 80)),
        ("天河區,100\n番禺區,80\n", of_two(100, 80)),
    ],
)
def test_a_cell_is_what_a_person_reads(
    tmp_path: Path, rows: str, wanted: dict[tuple[str, str, str], float]
) -> None:
    assert figures(reading(tmp_path, f"2024年1—3月\n{OF}{rows}")) == wanted


@pytest.mark.parametrize("cell", ["2200 2300", "△5.1", ">100", "#REF!", "约一百"])
def test_a_figure_that_nobody_can_read_is_said_and_costs_no_other(
    tmp_path: Path, cell: str
) -> None:
    found = reading(tmp_path, f"2024年1—3月\n{OF}天河区,{cell}\n番禺区,80\n")
    assert figures(found) == {(PANYU, OUTPUT, "2024Q1"): 80}
    assert said(found) == {"observation.number"}


@pytest.mark.parametrize(
    "heading", ["工业总产值：亿元", "工业总产值/亿元", "工业总产值 亿元", "工業總產值（億元）"]
)
def test_a_unit_may_end_a_heading_without_brackets(tmp_path: Path, heading: str) -> None:
    body = f"2024年1—3月\n地区,{heading}\n天河区,1\n番禺区,2\n"
    assert figures(reading(tmp_path, body)) == of_two(10_000, 20_000)


def test_a_note_below_states_the_unit(tmp_path: Path) -> None:
    body = f"2024年1—3月\n地区,工业总产值\n{TWO}注：金额单位为亿元。\n"
    assert figures(reading(tmp_path, body)) == of_two(1_000_000, 800_000)


def test_an_amount_more_than_last_year_is_no_rate_of_growth(tmp_path: Path) -> None:
    body = "2024年1—3月\n地区,工业总产值（万元）,同比增减（万元）,增减（%）\n天河区,100,3,3.1\n"
    found = reading(tmp_path, body)
    assert figures(found) == {
        (TIANHE, OUTPUT, "2024Q1"): 100,
        (TIANHE, f"{OUTPUT}:growth", "2024Q1"): 3.1,
    }
    assert said(found) == {"observation.other"}


def test_a_measure_on_a_line_of_its_own_and_another_over_the_column_are_neither(
    tmp_path: Path,
) -> None:
    found = reading(tmp_path, f"2024年1—3月\n{OF}天河区,100\n利润总额（万元）\n番禺区,80\n")
    assert figures(found) == {(TIANHE, OUTPUT, "2024Q1"): 100}
    assert said(found) == {"observation.row"}


def test_years_and_months_codes_and_dates_may_have_columns_of_their_own(tmp_path: Path) -> None:
    march = of_two(100, 80, OUTPUT, "2024-03")
    parted = "年,月,地区,工业总产值（万元）\n2024,3,天河区,100\n2024,3,番禺区,80\n"
    assert figures(reading(tmp_path, parted)) == march
    dated = (
        "日期,行政区划代码,工业总产值（万元）\n2024-03-31,440106,100\n2024-03-31,440113000000,80\n"
    )
    assert figures(reading(tmp_path, dated)) == march
    # written once, as a merged cell leaves it in text
    once = "时期,地区,工业总产值（万元）\n2024年3月,天河区,100\n,番禺区,80\n"
    assert figures(reading(tmp_path, once)) == march


def test_what_a_person_does_not_see_is_said(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        rows: list[tuple[Any, ...]] = [
            ("2024年1—3月",),
            ("地区", "工业总产值（万元）"),
            ("天河区", 100),
        ]
        for name in ("一季度", "旧"):
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
        page.hide()
        first = book.worksheets()[0]
        first.write(3, 0, "番禺区")
        first.write(3, 1, 80_000, book.add_format({"num_format": "#,##0,", "font_strikeout": True}))
        first.write(4, 0, "白云区")
        first.write_formula(4, 1, "=1+1", None, "")
        first.set_row(2, None, None, {"hidden": True})
    found = read(path, pack=PACK)
    assert figures(found) == of_two(100, 80)
    assert said(found) == {
        "cell.formula_without_result",
        "cell.shown_rescaled",
        "table.hidden_cells",
        "table.hidden_sheets",
        "table.struck_out",
    }
