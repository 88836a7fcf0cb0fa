"""What headings and cells say: units, years, fields, numbers, yes and no, dates, codes."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import cells


def texts(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="string")


# units


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("元", "万元", 1e-4),
        ("万元", "万元", 1.0),
        ("千元", "万元", 0.1),
        ("亿元", "万元", 1e4),
        ("百万元", "万元", 100.0),
        ("人民币万元", "万元", 1.0),
        ("万元人民币", "万元", 1.0),
        ("RMB million", "万元", 100.0),
        ("10k CNY", "万元", 1.0),
        ("亩", "m²", 2000 / 3),
        ("公顷", "m²", 1e4),
        ("平方公里", "m²", 1e6),
        ("km²", "m²", 1e6),
        ("㎢", "m²", 1e6),
        ("㎡", "m²", 1.0),
        ("平方米", "m²", 1.0),
        ("万平方米", "m²", 1e4),
        ("万人", "人", 1e4),
        ("元/㎡·月", "元/m²·月", 1.0),
        ("元/平方米/天", "元/m²·月", 365 / 12),
        ("元/平方米·年", "元/m²·月", 1 / 12),
        ("万元/亩", "万元/亩", 1.0),
        ("%", "", 0.01),
    ],
)
def test_a_unit_has_its_factor(text: str, unit: str, expected: float) -> None:
    parsed = cells.parse_unit(text)
    assert parsed is not None
    assert cells.factor(parsed, unit) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("text", ["", "地址", "企业", "年收入", "元宝山", "万", "2023", "人民"])
def test_words_are_no_units_of_area_or_people(text: str) -> None:
    parsed = cells.parse_unit(text)
    assert parsed is None or parsed.dimension == "money"


def test_foreign_money_is_told_from_yuan() -> None:
    for text in ("万美元", "美元", "HKD", "万港币"):
        parsed = cells.parse_unit(text)
        assert parsed is not None
        assert parsed.dimension == "foreign"


# headings


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        (["企业名称"], "name"),
        (["*企业名称（必填）"], "name"),
        (["单位详细名称"], "name"),
        (["１．企业名称"], "name"),
        (["统一社会信用代码（18位）"], "uscc"),
        (["营业收入（万元）"], "revenue_10k_cny"),
        (["2023年营业收入(万元)"], "revenue_10k_cny@2023"),
        (["2023年度营业收入"], "revenue_10k_cny@2023"),
        (["营业收入2023"], "revenue_10k_cny@2023"),
        (["营业收入", "2023年"], "revenue_10k_cny@2023"),
        (["2023年", "营业收入（亿元）"], "revenue_10k_cny@2023"),
        (["经济指标", "营业收入"], "revenue_10k_cny"),
        (["经济指标（万元）", "营业收入"], "revenue_10k_cny"),
        (["本年营业收入"], "revenue_10k_cny"),
        (["revenue_10k_cny"], "revenue_10k_cny"),
        (["Revenue (10k CNY)"], "revenue_10k_cny"),
        (["营业收入万元"], "revenue_10k_cny"),
        (["营业收入-亿元"], "revenue_10k_cny"),
        (["从业人员期末人数（人）"], "staff"),
        (["行业代码（GB/T 4754-2017）"], "industry_text"),
        (["REV_WY"], "revenue_10k_cny"),
    ],
)
def test_a_heading_finds_its_field(parts: list[str], field: str) -> None:
    matches = cells.match_columns([cells.heading(*parts)], layer="enterprises")
    assert [m.name for m in matches] == [field]


@pytest.mark.parametrize(
    "text",
    ["上年营业收入", "营业收入同比增长(%)", "营业收入增速", "营业收入(%)", "营业收入占比", "人均营业收入", "预计营业收入", "营业收入排名", "税收(亩)", "2021-2023年营业收入增速"],
)  # fmt: skip
def test_what_is_not_the_figure_is_not_taken_for_it(text: str) -> None:
    assert cells.match_columns([cells.heading(text)], layer="enterprises") == []


def test_of_two_headings_the_better_one_is_taken() -> None:
    heads = [cells.heading("主营业务收入"), cells.heading("营业收入")]
    assert [m.column for m in cells.match_columns(heads, layer="enterprises")] == [1]


def test_each_year_is_a_column_of_its_own() -> None:
    heads = [cells.heading(f"{year}年营业收入") for year in (2021, 2022, 2023)]
    names = [m.name for m in cells.match_columns(heads, layer="enterprises")]
    assert names == ["revenue_10k_cny@2021", "revenue_10k_cny@2022", "revenue_10k_cny@2023"]


def test_a_person_decides_before_the_schema() -> None:
    heads = [cells.heading("某指标"), cells.heading("营业收入")]
    matches = cells.match_columns(heads, layer="enterprises", forced={"某指标": "revenue_10k_cny"})
    assert [(m.column, m.name) for m in matches] == [(0, "revenue_10k_cny")]


def test_every_field_is_found_by_each_of_its_names() -> None:
    from industrymap import schemas

    for layer in schemas.names():
        for field in schemas.fields(layer):
            if field.stage == "read":
                for name in (field.name, field.zh, field.en, field.short):
                    found = cells.match_columns([cells.heading(name)], layer=layer)
                    assert [m.field.name for m in found] == [field.name], (layer, name)


# numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("１，２３４．５", 1234.5),
        (" 1 234 567 ", 1234567.0),
        ("1 234.5", 1234.5),
        ("1\u202f234", 1234.0),
        ("¥1,234", 1234.0),
        ("1234.5万元", 1234.5),
        ("3.2亿元", 32000.0),
        ("3.2亿", 32000.0),
        ("5000元", 0.5),
        ("12万", 12.0),
        ("约1200", 1200.0),
        ("1200左右", 1200.0),
        ("(1,234)", -1234.0),
        ("-5", -5.0),
        ("−5", -5.0),
        ("1.2e3", 1200.0),
        ("1,000(万人民币元)", 1000.0),
        ("2000万人民币", 2000.0),
        (".5", 0.5),
        ("5.", 5.0),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, expected: float) -> None:
    parsed = cells.number_cells(texts(text), unit="万元")
    assert parsed.result.tolist() == [pytest.approx(expected)]
    assert not parsed.unreadable.any()


@pytest.mark.parametrize(
    "text", ["", "-", "—", "/", "无", "暂无", "N/A", "不详", "***", "nan", None]
)
def test_an_empty_cell_is_missing_and_no_problem(text: str | None) -> None:
    parsed = cells.number_cells(texts(text))
    assert parsed.result.isna().all()
    assert not parsed.unreadable.any()


@pytest.mark.parametrize(
    "text",
    ["abc", "4,5", "12,34,567", "1.2.3", "inf", "1e400", "1e999", "0x1A", "1_000", "3万5千", "100万美元", "12kg", "1-2", "２０２３年５月", "9" * 60, "一千"],
)  # fmt: skip
def test_what_is_no_number_is_missing_and_named(text: str) -> None:
    parsed = cells.number_cells(texts(text), unit="万元")
    assert parsed.result.isna().all()
    assert parsed.unreadable.all()


def test_a_column_factor_does_not_touch_a_cell_with_a_unit() -> None:
    parsed = cells.number_cells(texts("2", "2万元"), unit="万元", factor=1e4)
    assert parsed.result.tolist() == [20000.0, 2.0]


def test_ten_thousands_of_people_are_people() -> None:
    assert cells.number(texts("1.2万"), unit="人").tolist() == [12000.0]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15),
        min_size=1,
    )
)
def test_numbers_written_in_any_style_come_back(values: list[float]) -> None:
    for style in ("{:.6f}", "{:,.6f}", "{:e}"):
        column = texts(*(style.format(v) for v in values))
        found = cells.number(column)
        assert all(
            math.isclose(a, float(style.format(b).replace(",", "")), rel_tol=1e-12, abs_tol=1e-12)
            for a, b in zip(found, values, strict=True)
        )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_no_text_breaks_a_parser(values: list[str]) -> None:
    column = texts(*values)
    for parse in (cells.number_cells, cells.boolean_cells, cells.date_cells):
        parsed = parse(column)
        assert len(parsed.result) == len(values)
        assert (parsed.result.isna() | ~parsed.unreadable).all()
    cells.coded_cells(column, "planned_use")
    cells.heading(*values)


# yes and no, dates, codes


def test_yes_and_no_in_every_usual_form() -> None:
    column = texts("是", "否", "√", "×", "有", "无", "Y", "n", "1", "0", "TRUE", "也许", "", None)
    parsed = cells.boolean_cells(column)
    assert parsed.result.tolist()[:11] == [True, False] * 5 + [True]
    assert parsed.result[11:].isna().all()
    assert parsed.unreadable.tolist() == [False] * 11 + [True, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-05-01", "2023-05-01"),
        ("2023/5/1", "2023-05-01"),
        ("2023.5.1", "2023-05-01"),
        ("2023年5月1日", "2023-05-01"),
        ("20230501", "2023-05-01"),
        ("2023年5月", "2023-05-01"),
        ("2023-05", "2023-05-01"),
        ("202305", "2023-05-01"),
        ("2023年", "2023-01-01"),
        ("45047", "2023-05-01"),
        ("２０２３－０５－０１", "2023-05-01"),
        ("2023-05-01T08:30:00", "2023-05-01"),
        ("2023-05-01 08:30", "2023-05-01"),
    ],
)
def test_a_date_is_read_as_people_write_it(text: str, expected: str) -> None:
    assert cells.date(texts(text)).tolist() == [pd.Timestamp(expected)]


@pytest.mark.parametrize(
    "text", ["2023-02-30", "2023-13-01", "05/01/2023", "昨天", "20231301", "99999999"]
)
def test_what_is_no_date_is_missing_and_named(text: str) -> None:
    parsed = cells.date_cells(texts(text))
    assert parsed.result.isna().all()
    assert parsed.unreadable.all()


def test_labels_become_codes() -> None:
    column = texts("工业", "二类工业用地", "M1", "industry", "Industry", "火星用地", "", None)
    parsed = cells.coded_cells(column, "planned_use")
    assert parsed.result.tolist()[:5] == ["industry"] * 5
    assert parsed.unreadable.tolist() == [False] * 5 + [True, False, False]


def test_every_code_is_found_by_its_own_labels() -> None:
    from industrymap import schemas

    for field in (
        "route",
        "ownership",
        "planned_use",
        "fire_hazard",
        "project_status",
        "stage",
        "level",
    ):
        for value in schemas.values(field):
            column = texts(value.value, value.zh, value.en, *value.aliases)
            assert set(cells.coded_cells(column, field).result) == {value.value}, (field, value)


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("Revenue（RMB’000）", 0.1),
        ("营业收入（人民币：元）", 1e-4),
        ("营业收入（折合人民币元）", 1e-4),
        ("营业收入（K￥）", 0.1),
        ("营业收入（万）元", 1.0),
        ("营业收入（仟圆）", 0.1),
        ("营业收入（10 thousand yuan）", 1.0),
        ("营业收入（单位：千元 %）", 0.1),
    ],
)
def test_a_unit_in_many_words_is_read(text: str, factor: float) -> None:
    (found,) = cells.match_columns([cells.heading(text)], layer="enterprises")
    assert found.field.name == "revenue_10k_cny"
    assert found.heading.unit is not None
    assert cells.factor(found.heading.unit, "万元") == pytest.approx(factor)


@pytest.mark.parametrize("text", ["营业收入（RMB）", "营业收入 CNY", "Revenue (¥)", "revenue_cny"])
def test_a_currency_is_no_unit(text: str) -> None:
    (found,) = cells.match_columns([cells.heading(text)], layer="enterprises")
    assert found.field.name == "revenue_10k_cny"
    assert found.heading.unit is None


@pytest.mark.parametrize("text", ["营业收入（千元左右）", "营业收入（元/人）", "Revenue (RMB in thousands)"])  # fmt: skip
def test_money_in_words_that_are_no_unit_is_unclear(text: str) -> None:
    unit = cells.heading(text).unit
    assert unit is not None
    assert unit.dimension == "unclear"


def test_thousands_of_dollars_are_foreign_money() -> None:
    for text in ("US$’000", "USD million", "万美金"):
        unit = cells.parse_unit(text)
        assert unit is not None
        assert unit.dimension == "foreign"


def test_units_over_several_columns_go_to_the_columns_they_measure() -> None:
    heads = [cells.heading("指标（万元、人、%）", name) for name in ("营业收入", "从业人员", "营业收入增速")]  # fmt: skip
    found = cells.match_columns(heads, layer="enterprises")
    assert [(m.field.name, m.heading.unit.text) for m in found if m.heading.unit] == [("revenue_10k_cny", "万元"), ("staff", "人")]  # fmt: skip


@pytest.mark.parametrize("text", ["2000万元以上", "2000以上", "超2000", "逾2000万元", "2000余"])
def test_a_limit_is_no_figure(text: str) -> None:
    parsed = cells.number_cells(texts(text), unit="万元")
    assert parsed.unreadable.tolist() == [True]


def test_fractions_among_percentages_in_a_column_of_money_are_said() -> None:
    frame = pd.DataFrame({"rd_10k_cny": texts("5%", "0.06", "200")})
    matches = cells.match_columns([cells.heading("研发费用（万元）")], layer="enterprises")
    row = pd.Series([2, 3, 4])
    found = cells.unreadable(frame, matches, {"rd_10k_cny": 1.0}, source="a.csv", row=row)
    assert "cell.percent_among_amounts" in set(found["rule"])
    found = cells.unreadable(frame.iloc[1:], matches, {"rd_10k_cny": 1.0}, source="a.csv", row=row)
    assert found.empty
