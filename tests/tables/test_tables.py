"""Tables as they come in: every kind of file, header, unit line, total row and encoding."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
import xls_writer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from industrymap import tables
from industrymap.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ["统一社会信用代码", "企业名称", "营业收入(万元)"]
ROWS = [["91440101MA5AAAAAA1", "甲公司", "1200"], ["91440101MA5AAAAAA2", "乙公司", "80.5"]]


def csv(path: Path, rows: list[list[Any]], *, encoding: str = "utf-8", sep: str = ",") -> Path:
    text = "".join(sep.join("" if v is None else str(v) for v in row) + "\r\n" for row in rows)
    path.write_bytes(text.encode(encoding))
    return path


def xlsx(
    path: Path, rows: list[list[Any]], *, merges: tuple[str, ...] = (), sheet: str = "Sheet1"
) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    for area in merges:
        page.merge_cells(area)
    book.save(path)
    return path


def rules(table: tables.Table) -> dict[str, int]:
    return table.issues["rule"].value_counts().to_dict()


def said(table: tables.Table, kind: str) -> str:
    return " ".join(d.zh for d in table.decisions if d.kind == kind)


# kinds of files


@pytest.mark.parametrize("kind", ["xlsx", "xlsm", "xls", "csv", "tsv", "parquet"])
def test_every_kind_of_table_reads_the_same(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    rows = [HEADER, *ROWS]
    if kind in {"xlsx", "xlsm"}:
        xlsx(path, rows)
    elif kind == "xls":
        path.write_bytes(xls_writer.xls(rows))
    elif kind == "parquet":
        pd.DataFrame(ROWS, columns=HEADER).to_parquet(path)
    else:
        csv(path, rows, sep="\t" if kind == "tsv" else ",")
    found = tables.read(path)
    assert found.frame["name"].tolist() == ["甲公司", "乙公司"]
    assert found.number("revenue_10k_cny").tolist() == [1200.0, 80.5]
    assert found.frame["source_row"].tolist() == [2, 3]
    assert str(found.frame["name"].dtype) == "string"
    assert found.issues.empty


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_encoding_reads_the_same_and_is_told(tmp_path: Path, encoding: str) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [HEADER, *ROWS], encoding=encoding))
    assert found.frame["name"].tolist() == ["甲公司", "乙公司"]
    assert "文字编码" in said(found, "encoding")


@pytest.mark.parametrize("sep", [";", "\t", "|"])
def test_another_separator_is_noticed(tmp_path: Path, sep: str) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [HEADER, *ROWS], sep=sep))
    assert found.frame["name"].tolist() == ["甲公司", "乙公司"]
    assert "分隔" in said(found, "encoding")


def test_numbers_in_excel_read_as_excel_shows_them(tmp_path: Path) -> None:
    found = tables.read(
        xlsx(
            tmp_path / "a.xlsx",
            [["企业名称", "从业人员", "营业收入(元)"], ["甲", 12, 0.1 + 0.2], ["乙", 3.0, 1e14]],
        )
    )
    assert found.frame["staff"].tolist() == ["12", "3"]
    assert found.frame["revenue_10k_cny"].tolist() == ["0.3", "100000000000000"]


def test_dates_and_booleans_of_excel_are_text(tmp_path: Path) -> None:
    day = dt.date(2023, 5, 1)
    found = tables.read(
        xlsx(tmp_path / "a.xlsx", [["企业名称", "成立日期", "是否规上"], ["甲", day, True]])
    )
    assert found.frame["established_on"].tolist() == ["2023-05-01"]
    assert found.date("established_on").tolist() == [pd.Timestamp("2023-05-01")]
    assert found.frame["是否规上"].tolist() == ["是"]


# where the header is


def test_titles_above_the_header_are_skipped_and_told(tmp_path: Path) -> None:
    rows = [
        ["2023年度某市企业名录", None, None],
        ["填报单位：某局", None, None],
        [None, None, None],
        HEADER,
        *ROWS,
    ]
    found = tables.read(xlsx(tmp_path / "a.xlsx", rows, merges=("A1:C1",)))
    assert found.frame["source_row"].tolist() == [5, 6]
    assert "表头在第 4 行" in said(found, "header")
    assert "2023年度某市企业名录" in said(found, "header")
    assert found.year == 2023


def test_a_unit_row_below_the_header_is_read(tmp_path: Path) -> None:
    rows = [["企业名称", "营业收入", "从业人员"], [None, "亿元", "人"], ["甲", 1.5, 30]]
    found = tables.read(xlsx(tmp_path / "a.xlsx", rows))
    assert found.number("revenue_10k_cny").tolist() == [15000.0]
    assert found.frame["source_row"].tolist() == [3]
    assert "unit.assumed" not in rules(found)


@pytest.mark.parametrize(
    "line", ["单位：万元、人、亩", "（单位:万元）", "计量单位：万元", "金额单位：人民币万元"]
)
def test_a_unit_line_above_the_table_is_read(tmp_path: Path, line: str) -> None:
    rows = [["名录", None], [None, line], ["企业名称", "营业收入"], ["甲", 1.5]]
    found = tables.read(xlsx(tmp_path / "a.xlsx", rows))
    assert found.number("revenue_10k_cny").tolist() == [1.5]
    assert "unit.assumed" not in rules(found)


def test_a_heading_goes_before_the_unit_line(tmp_path: Path) -> None:
    rows = [[None, "单位：万元"], ["企业名称", "营业收入（亿元）"], ["甲", 1.5]]
    assert tables.read(xlsx(tmp_path / "a.xlsx", rows)).number("revenue_10k_cny").tolist() == [
        15000.0
    ]


def test_a_header_over_two_merged_rows_is_one(tmp_path: Path) -> None:
    rows = [
        ["企业名称", "经济指标", None, None, "所属区"],
        [None, "营业收入(万元)", "税收(万元)", "从业人员", None],
        ["甲", 1, 2, 3, "白云区"],
    ]
    found = tables.read(xlsx(tmp_path / "a.xlsx", rows, merges=("A1:A2", "B1:D1", "E1:E2")))
    assert set(found.mapped) == {
        "name",
        "revenue_10k_cny",
        "tax_10k_cny",
        "staff",
        "district_declared",
    }
    assert found.headings["revenue_10k_cny"] == "经济指标 / 营业收入(万元)"
    assert len(found.frame) == 1


def test_a_two_row_header_survives_the_way_through_csv(tmp_path: Path) -> None:
    rows = [
        ["企业名称", "营业收入(万元)", None, "所属区"],
        [None, "2022年", "2023年", None],
        ["甲", 1, 2, "白云区"],
    ]
    found = tables.read(csv(tmp_path / "a.csv", rows))
    assert found.years("revenue_10k_cny") == {
        2022: "revenue_10k_cny@2022",
        2023: "revenue_10k_cny@2023",
    }
    assert found.number("revenue_10k_cny@2023").tolist() == [2.0]


def test_a_sparse_first_record_is_no_second_header(tmp_path: Path) -> None:
    rows = [HEADER, [None, "甲公司", None], ["91440101MA5AAAAAA2", "乙公司", 3]]
    assert len(tables.read(csv(tmp_path / "a.csv", rows)).frame) == 2


def test_years_in_headings_become_columns(tmp_path: Path) -> None:
    rows = [["企业名称", "2022年营业收入(万元)", "2023年营业收入(亿元)"], ["甲", 1, 2]]
    found = tables.read(csv(tmp_path / "a.csv", rows))
    assert found.number("revenue_10k_cny@2022").tolist() == [1.0]
    assert found.number("revenue_10k_cny@2023").tolist() == [20000.0]


def test_blank_columns_and_rows_around_do_no_harm(tmp_path: Path) -> None:
    rows = [
        [None],
        [None],
        [None, None, "企业名称", None, "营业收入(万元)"],
        [None],
        [None, None, "甲", None, 5],
    ]
    found = tables.read(xlsx(tmp_path / "a.xlsx", rows))
    assert found.frame[["name", "revenue_10k_cny", "source_row"]].to_numpy().tolist() == [
        ["甲", "5", 5]
    ]


# units


def test_no_unit_anywhere_is_said_with_the_median(tmp_path: Path) -> None:
    found = tables.read(
        csv(
            tmp_path / "a.csv",
            [["企业名称", "营业收入"], ["甲", 5_261_799_439], ["乙", 919_225_503]],
        )
    )
    issue = found.issues[found.issues["rule"] == "unit.assumed"].iloc[0]
    assert "疑为“元”" in issue["zh"]
    assert found.units["revenue_10k_cny"] == 1.0


def test_a_person_may_decide_the_unit(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", [["企业名称", "营业收入"], ["甲", 50_000]])
    found = tables.read(path, units={"revenue_10k_cny": "元"})
    assert found.number("revenue_10k_cny").tolist() == [5.0]
    with pytest.raises(TableError, match="is no unit of"):
        tables.read(path, units={"revenue_10k_cny": "亩"})


def test_foreign_money_is_missing_and_said(tmp_path: Path) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [["企业名称", "营业收入(万美元)"], ["甲", 5]]))
    assert found.number("revenue_10k_cny").isna().all()
    assert rules(found) == {"unit.foreign": 1}


def test_areas_in_mu_are_square_metres(tmp_path: Path) -> None:
    rows = [["园区名称", "占地面积（亩）", "建筑面积（万平方米）"], ["甲园", 30, 1.2]]
    found = tables.read(csv(tmp_path / "a.csv", rows), layer="village_parks")
    assert found.number("land_area_reported_m2").tolist() == [pytest.approx(20_000)]
    assert found.number("floor_area_m2").tolist() == [12_000.0]


def test_shares_above_one_are_percent(tmp_path: Path) -> None:
    rows = [["园区名称", "转租比例"], ["甲园", 35], ["乙园", 80]]
    found = tables.read(csv(tmp_path / "a.csv", rows), layer="village_parks")
    assert found.number("sublet_share").tolist() == [0.35, 0.8]
    assert rules(found) == {"unit.share_percent": 1}


# rows that are no records


@pytest.mark.parametrize(
    "word", ["合计", "总计", "小计", "合  计", "合　计", "白云区小计", "合计：", "Total", "累计"]
)
def test_a_total_row_is_left_out_and_said(tmp_path: Path, word: str) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [HEADER, *ROWS, [word, None, 1280.5]]))
    assert len(found.frame) == 2
    issue = found.issues.iloc[0]
    assert (issue["rule"], issue["level"], issue["row"]) == ("table.total_row", "info", 4)


def test_a_firm_whose_name_holds_a_total_stays(tmp_path: Path) -> None:
    found = tables.read(
        csv(tmp_path / "a.csv", [HEADER, ["91440101MA5AAAAAA1", "合计数据科技有限公司", 5]])
    )
    assert found.frame["name"].tolist() == ["合计数据科技有限公司"]


def test_notes_and_section_lines_are_left_out(tmp_path: Path) -> None:
    rows = [
        ["序号", *HEADER],
        ["白云区"],
        [1, *ROWS[0]],
        ["注：数据截至2023年底"],
        ["制表人：张三", None, "2024-01-05"],
    ]
    found = tables.read(xlsx(tmp_path / "a.xlsx", rows))
    assert found.frame["name"].tolist() == ["甲公司"]
    assert rules(found) == {"table.note_row": 2, "table.section_row": 1}


def test_a_header_printed_again_is_left_out(tmp_path: Path) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [HEADER, ROWS[0], HEADER, ROWS[1]]))
    assert found.frame["source_row"].tolist() == [2, 4]
    assert rules(found) == {"table.repeated_header": 1}


def test_a_row_with_too_many_cells_is_left_out_as_slipped(tmp_path: Path) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [HEADER, ["9144", "甲", "公司", "12"], ROWS[1]]))
    assert found.frame["name"].tolist() == ["乙公司"]
    assert rules(found) == {"table.too_many_cells": 1}


def test_a_line_break_in_a_cell_keeps_the_row_numbers(tmp_path: Path) -> None:
    text = '企业名称,注册地址\r\n甲,"某路\n1号"\r\n乙,某路\r\n'
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert tables.read(path).frame["source_row"].tolist() == [2, 3]


def test_an_open_quotation_mark_swallows_nothing(tmp_path: Path) -> None:
    text = '企业名称,注册地址\r\n"甲,某路\r\n乙,某路\r\n丙,某路\r\n'
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    found = tables.read(path)
    assert found.frame["name"].tolist() == ['"甲', "乙", "丙"]
    assert rules(found) == {"table.loose_quotes": 1}


# cells


def test_a_merged_text_is_copied_down_and_a_merged_number_counted_once(tmp_path: Path) -> None:
    rows = [["所属区", "企业名称", "营业收入(万元)"], ["白云区", "甲", 100], [None, "乙", None]]
    found = tables.read(xlsx(tmp_path / "a.xlsx", rows, merges=("A2:A3", "C2:C3")))
    assert found.frame["district_declared"].tolist() == ["白云区", "白云区"]
    assert found.number("revenue_10k_cny").sum() == 100
    assert rules(found) == {"cell.merged_number": 1}


def test_a_code_kept_as_a_number_is_said_to_have_lost_digits(tmp_path: Path) -> None:
    found = tables.read(
        xlsx(tmp_path / "a.xlsx", [["统一社会信用代码", "企业名称"], [914401011234567890, "甲"]])
    )
    assert rules(found) == {"cell.digits_lost": 1}


def test_an_unreadable_number_is_named_with_row_column_and_value(tmp_path: Path) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [HEADER, ROWS[0], ["x", "丙公司", "约很多"]]))
    issue = found.issues.iloc[0]
    assert (issue["row"], issue["column"], issue["value"]) == (3, "营业收入(万元)", "约很多")
    assert found.number("revenue_10k_cny").isna().tolist() == [False, True]


def test_an_excel_error_is_missing_and_said(tmp_path: Path) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [HEADER, ["x", "甲", "#REF!"]]))
    assert rules(found) == {"cell.excel_error": 1}


def test_spaces_around_texts_go_and_texts_inside_stay(tmp_path: Path) -> None:
    found = tables.read(
        csv(tmp_path / "a.csv", [["企业名称", "注册地址"], ["　甲 公司\u00a0", "１２号 "]])
    )
    assert found.frame.iloc[0][["name", "registered_address"]].tolist() == ["甲 公司", "１２号"]


def test_codes_keep_their_zeros(tmp_path: Path) -> None:
    found = tables.read(
        csv(tmp_path / "a.csv", [["代码", "名称"], ["010100", "某区"]]), layer="divisions"
    )
    assert found.frame["code"].tolist() == ["010100"]


# which columns, which sheet


def test_two_columns_of_one_field_are_told(tmp_path: Path) -> None:
    found = tables.read(
        csv(
            tmp_path / "a.csv", [["企业名称", "主营业务收入(万元)", "营业收入(万元)"], ["甲", 1, 2]]
        )
    )
    assert found.number("revenue_10k_cny").tolist() == [2.0]
    assert found.frame["主营业务收入(万元)"].tolist() == ["1"]
    assert "已采用“营业收入(万元)”" in said(found, "rival")


def test_other_columns_stay_under_their_own_heading(tmp_path: Path) -> None:
    found = tables.read(
        csv(
            tmp_path / "a.csv",
            [["企业名称", "证券代码", "证券代码", ""], ["甲", "000524", "x", "y"]],
        )
    )
    assert found.frame[["证券代码", "证券代码_2", "column_D"]].to_numpy().tolist() == [
        ["000524", "x", "y"]
    ]


def test_a_person_may_decide_a_column(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", [["企业名称", "某指标"], ["甲", 5]])
    assert "revenue_10k_cny" in tables.read(path, columns={"某指标": "revenue_10k_cny"}).mapped
    with pytest.raises(TableError, match="Did you mean 'revenue_10k_cny'"):
        tables.read(path, columns={"某指标": "revenue_10k_cn"})


def book(path: Path, sheets: dict[str, list[list[Any]]], hidden: str = "") -> Path:
    made = openpyxl.Workbook()
    made.remove(made["Sheet"])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        page.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            page.append(row)
    made.save(path)
    return path


def test_the_sheet_that_names_most_fields_is_read_and_the_others_told(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {"说明": [["本表说明"]], "名录": [HEADER, *ROWS], "代码": [["企业名称"], ["x"]]},
    )
    found = tables.read(path)
    assert found.name == "a.xlsx#名录"
    assert found.frame["source"].unique().tolist() == ["a.xlsx#名录"]
    assert "说明、代码" in said(found, "sheet")


def test_a_hidden_sheet_is_read_only_when_named(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", {"名录": [HEADER, ROWS[0]], "旧": [HEADER, *ROWS, *ROWS]}, hidden="旧"
    )
    assert len(tables.read(path).frame) == 1
    assert len(tables.read(path, sheet="旧").frame) == 4
    assert len(tables.read(path, sheet=2).frame) == 4


def test_an_unknown_sheet_names_the_known_ones(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"企业名录": [HEADER, *ROWS]})
    with pytest.raises(TableError, match="it has 企业名录"):
        tables.read(path, sheet="企业")


# what cannot be used


def test_a_missing_column_names_the_columns_found(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", [["企业名字", "营业收入(万元)"], ["甲", 1]])
    with pytest.raises(
        TableError, match=r"has no column 企业名称 \(Name\)\. Columns found: 企业名字, 营业收入"
    ) as caught:
        tables.read(path, wanted=("name",))
    assert "最接近的是：企业名字" in caught.value.zh


def test_a_table_of_unknown_columns_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="none of the columns is known"):
        tables.read(csv(tmp_path / "a.csv", [["a", "b"], [1, 2]]))


def test_a_table_without_a_schema_keeps_all_columns(tmp_path: Path) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [["a", "b"], [1, 2]]), layer=None)
    assert found.frame[["a", "b"]].to_numpy().tolist() == [["1", "2"]]


@pytest.mark.parametrize(
    "rows", [[HEADER], [HEADER, [None, None, None]], [HEADER, ["合计", None, 5]]]
)
def test_a_header_without_rows_is_an_error(tmp_path: Path, rows: list[list[Any]]) -> None:
    with pytest.raises(TableError, match="no rows of data"):
        tables.read(csv(tmp_path / "a.csv", rows))
    with pytest.raises(TableError, match="no rows of data"):
        tables.read(xlsx(tmp_path / "a.xlsx", rows))


def test_an_empty_workbook_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="holds no cells"):
        tables.read(xlsx(tmp_path / "a.xlsx", []))


def test_auto_takes_the_schema_that_knows_most(tmp_path: Path) -> None:
    parks = csv(tmp_path / "p.csv", [["园区名称", "权属", "容积率"], ["甲园", "集体", 1.2]])
    firms = csv(tmp_path / "e.csv", [HEADER, *ROWS])
    assert tables.read(parks, layer="auto").layer == "village_parks"
    assert tables.read(firms, layer="auto").layer == "enterprises"


# laws


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\ufeff\u200b"), max_size=8)  # fmt: skip


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.sampled_from(["csv", "xlsx"]))
def test_cells_come_back_as_they_were_written(
    tmp_path: Path, cells: list[tuple[str, str]], kind: str
) -> None:
    frame = pd.DataFrame(
        [(f"公司{i}", a, b) for i, (a, b) in enumerate(cells)], columns=["企业名称", "甲列", "乙列"]
    )
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    else:
        plain = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
        with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs=plain) as book:
            frame.to_excel(book, index=False)
    found = tables.read(path, layer=None).frame
    kept = found[["甲列", "乙列"]].fillna("")
    expected = frame[["甲列", "乙列"]].map(lambda text: text.strip())
    rows = (found["source_row"] - 2).tolist()
    assert kept.to_numpy().tolist() == expected.iloc[rows].to_numpy().tolist()


# real files


@pytest.mark.real
def test_the_listed_companies_are_read_whole(real: Path) -> None:
    found = tables.read(real / "listed_companies_2021.csv", wanted=("name", "revenue_10k_cny"))
    assert len(found.frame) == 146
    assert found.number("revenue_10k_cny").notna().sum() == 138
    assert found.number("revenue_10k_cny").min() == pytest.approx(8590, rel=0.01)
    assert found.issues.empty


@pytest.mark.real
def test_the_old_register_is_read_in_gb18030(real: Path) -> None:
    found = tables.read(real / "registry_1993_2003.csv")
    assert len(found.frame) == 8000
    assert found.date("established_on").notna().mean() > 0.99
    assert "GB18030" in said(found, "encoding")
