"""Tables as offices write them: headings of several rows, rows that are no firms, several tables, cells as Excel shows them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
import xls_writer
import xlsb_writer
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import cells, enterprises, tables
from industrymap.errors import IndustryMapError, TableError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = ["企业名称", "统一社会信用代码", "经营地址", "营业收入（万元）"]
FIRM = ["云麓市乙木家具有限公司", "91440101MA5AAAAAA1", "澜湾区桐园路8号", 4100]
OTHER = ["云麓市丙水五金厂", "91440101MA5AAAAAA2", "汀南区河西路3号", 950]


def csv(path: Path, rows: list[list[Any]]) -> Path:
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n", encoding="utf-8")  # fmt: skip
    return path


def xlsx(path: Path, sheets: dict[str, list[list[Any]]], merges: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
        for area in merges:
            page.merge_cells(area)
    book.save(path)
    return path


def rules(table: tables.Table) -> set[str]:
    return set(table.issues["rule"])


# headings


PART_YEARS = ["1-11月", "1—10月", "上半年", "一季度", "前三季度", "月均", "累计", "2-9月", "1至8月", "三季度", "本月"]  # fmt: skip


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["2023年", "", "2023", "23年"]),
    st.sampled_from(PART_YEARS),
    st.sampled_from(["营业收入", "主营业务收入", "应税销售收入"]),
    st.sampled_from(["（万元）", "(亿元)", "", "（元）"]),
    st.integers(0, 3),
)
def test_a_part_of_a_year_is_never_the_year(
    year: str, period: str, name: str, unit: str, shape: int
) -> None:
    parts = [
        [f"{year}{period}{name}{unit}"],
        [f"{name}（{year}{period}）{unit}"],
        [f"{name}{unit}", f"{year}{period}"],
        [f"{year}{period}", f"{name}{unit}"],
    ][shape]
    assert cells.match_columns([cells.heading(*parts)], layer="enterprises") == []


@settings(deadline=None)  # the machine may be busy
@given(
    st.integers(1999, 2025),
    st.sampled_from(["{y}年{n}{u}", "{n}{u}/{y}年", "{n}（{y}年）{u}", "{y}年1-12月{n}{u}", "{n}{u}|{y}年", "{y}年|{n}{u}", "{y}年度|经济指标|{n}{u}", "{n}{u}|全年|{y}年", "截至{y}年12月底累计{n}{u}", "{y}年12月累计{n}{u}"]),
    st.sampled_from(["营业收入", "主营业务收入", "应税销售收入"]),
    st.sampled_from(["（万元）", "（亿元）", "(千元)"]),
)  # fmt: skip
def test_a_year_belongs_to_its_column_wherever_it_is_written(
    year: int, shape: str, name: str, unit: str
) -> None:
    head = cells.heading(*shape.format(y=year, n=name, u=unit).split("|"))
    assert [m.name for m in cells.match_columns([head], layer="enterprises")] == [f"revenue_10k_cny@{year}"]  # fmt: skip


@pytest.mark.parametrize(
    "parts",
    [["营业收入（万元）", "其中：出口"], ["其中：主营业务收入"], ["营业收入（出口部分）"], ["营业收入", "增速（%）"], ["营业收入同比"], ["营业收入", "位次"],
     ["营业收入", "比上年增减"], ["2021—2023年营业收入"], ["近三年平均营业收入"], ["税收", "地方留成部分"], ["税收总额较去年增长"], ["2025年度营业收入（万元）（预估）"], ["营业收入（估算）（万元）"]],
)  # fmt: skip
def test_a_part_a_rate_or_a_rank_is_no_figure(parts: list[str]) -> None:
    assert cells.match_columns([cells.heading(*parts)], layer="enterprises") == []


@pytest.mark.parametrize(
    ("text", "field"),
    [("厂名", "name"), ("單位名稱", "name"), ("单位", "name"), ("税金总额（万元）", "tax_10k_cny"), ("应税销售收入（元）", "revenue_10k_cny"), ("入库税额", "tax_10k_cny"),
     ("所在镇街", "town_declared"), ("从业人数（人）", "staff"), ("从业人员（12月末）", "staff"), ("登记状态", "registration_status"), ("年末从业人员", "staff"), ("二〇二三年营业收入", "revenue_10k_cny@2023"), ("23年营业收入", "revenue_10k_cny@2023")],
)  # fmt: skip
def test_more_names_are_known(text: str, field: str) -> None:
    assert [m.name for m in cells.match_columns([cells.heading(text)], layer="enterprises")] == [field]  # fmt: skip


def test_the_exact_heading_beats_an_alias_and_a_unit_beats_none() -> None:
    heads = [cells.heading(t) for t in ("NAME", "园区名称", "用地面积", "用地面积（亩）")]
    assert [m.column for m in cells.match_columns(heads, layer="village_parks")] == [1, 3]


def test_three_years_under_one_name_and_one_under_another(tmp_path: Path) -> None:
    rows = [
        ["2023年度重点企业统计表"], ["序号", "企业名称", "税收（万元）", "营业收入（万元）", None, None], [None, None, "2023年", "2021年", "2022年", "2023年"],
        [1, "甲泉厂", 91, 1500, 1700, 1900], [2, "乙泉厂", 40, 800, 820, 870], ["合计", None, 131, 2300, 2520, 2770],
    ]  # fmt: skip
    merges = ("A1:F1", "A2:A3", "B2:B3", "D2:F2")
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"表": rows}, merges))
    assert table.number("revenue_10k_cny@2023").tolist() == [1900, 870]
    assert table.number("revenue_10k_cny@2021").tolist() == [1500, 800]
    assert table.number("tax_10k_cny@2023").tolist() == [91, 40]


def test_last_year_is_the_title_s_year_less_one(tmp_path: Path) -> None:
    rows = [["2022年情况表", "", "", ""], ["企业名称", "营业收入（万元）", "", "从业人数"], ["", "本年", "上年", ""], ["甲泉厂", "70", "60", "9"], ["乙泉厂", "80", "75", "7"]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.number("revenue_10k_cny@2021").tolist() == [60, 75]
    assert table.number("revenue_10k_cny").tolist() == [70, 80]
    assert table.year == 2022


def test_a_part_year_in_the_title_is_one_of_every_column(tmp_path: Path) -> None:
    rows = [["2025年1-9月企业情况", "", ""], ["企业名称", "营业收入（万元）", "税收（万元）"], ["甲泉厂", "70", "6"]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.mapped == ("name",)
    assert "column.not_the_figure" in rules(table)


def _periods(path: Path, title: str, heads: list[str]) -> tables.Table:
    figures = [str(70 + n) for n in range(len(heads))]
    return tables.read(csv(path, [[title, *[""] * len(heads)], ["企业名称", *heads], ["甲泉厂", *figures]]))  # fmt: skip


OPEN = ["营业收入本期（万元）", "本期营业收入", "营业收入（上年同期）", "去年同期营业收入", "营业收入本期数", "上期金额/营业收入"]  # fmt: skip


@pytest.mark.parametrize("head", [*OPEN, "营业收入本年累计", "本月营业收入"])
def test_a_period_of_unknown_length_is_said_and_no_revenue(tmp_path: Path, head: str) -> None:
    table = _periods(tmp_path / "a.csv", "企业情况表", [head])
    assert table.mapped == ("name",)
    assert "column.not_the_figure" in rules(table)


@pytest.mark.parametrize("title", ["2023年1—12月企业情况", "2023年度企业情况", "2023年全年情况"])
def test_a_whole_year_in_the_title_dates_the_periods_below_it(tmp_path: Path, title: str) -> None:
    heads = ["营业收入本期（万元）", "营业收入上年同期（万元）", "税收本年累计（万元）"]
    table = _periods(tmp_path / "a.csv", title, heads)
    assert table.year == 2023
    assert {c: table.number(c).tolist() for c in table.mapped if c != "name"} == {
        "revenue_10k_cny@2023": [70], "revenue_10k_cny@2022": [71], "tax_10k_cny@2023": [72],
    }  # fmt: skip


@pytest.mark.parametrize(
    "title", ["2023年1—6月企业情况", "2023年6月企业情况", "2023年企业经营月报"]
)
def test_a_part_of_a_year_in_the_title_is_one_of_its_periods_too(
    tmp_path: Path, title: str
) -> None:
    table = _periods(tmp_path / "a.csv", title, ["营业收入本期", "税收上年同期", "产值本年累计"])
    assert table.mapped == ("name",)


@pytest.mark.parametrize(
    ("parts", "year"),
    [(["上年（2022年）营业收入"], 2022), (["2022年（上年）营业收入"], 2022), (["2023年上年同期营业收入"], 2022), (["营业收入", "上年", "2022年"], 2022), (["营业收入", "2023年", "上年"], 2022)],
)  # fmt: skip
def test_the_year_beside_last_year_is_which_year_that_was(parts: list[str], year: int) -> None:
    head = cells.heading(*parts)
    assert [m.name for m in cells.match_columns([head], layer="enterprises")] == [f"revenue_10k_cny@{year}"]  # fmt: skip


def test_several_years_in_the_title_leave_undated_columns_as_they_are(tmp_path: Path) -> None:
    rows = [["2021—2025年企业情况", "", ""], ["企业名称", "2025年营业收入（万元）", "税收（万元）"], ["甲泉厂", "70", "6"]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.mapped == ("name", "revenue_10k_cny@2025", "tax_10k_cny")


# rows


@given(
    st.sampled_from(["合计", "总 计", "小计", "本页小计", "全区合计", "以上合计", "累计", "平均", "平均值", "Total", "Grand Total", "共计", "合 计"]),
    st.sampled_from(["", "：", "（12家）", ":3家", "数"]),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_a_total_in_any_wording_is_no_firm(word: str, tail: str) -> None:
    from industrymap.tables._rows import Columns, keep_data

    frame = pd.DataFrame([FIRM, [word + tail, None, None, "5050"], OTHER], dtype="string")
    columns = Columns(headings=HEAD, keys=[0, 1], name=0, code=1, addresses=[2], firms=True, limit=4)  # fmt: skip
    data, found, _ = keep_data(frame, columns=columns, source="a")
    assert data[0].tolist() == [FIRM[0], OTHER[0]]
    assert set(found["rule"]) <= {"table.total_row", "table.no_firm"}


@pytest.mark.parametrize(
    "row",
    [["其中：高新技术企业", "", "", 900], ["规上企业", "", "", 900], ["澜湾区", "", "", 5050], ["二、汀南区", "", "", ""], ["（一）规上", "", "", 5050], ["全市", "", "", 9],
     ["有限公司", "", "", ""], ["", "", "桐园路8号二楼", ""], ["注：数据来自年报", "", "", ""], ["填表人：赵", "审核人：钱", "", ""], ["填表人：赵", "审核人：钱", "2025年3月", ""], HEAD, ["本表口径说明", "", "", 5050]],
)  # fmt: skip
def test_what_is_no_firm_is_said_and_not_counted(tmp_path: Path, row: list[Any]) -> None:
    table = tables.read(csv(tmp_path / "a.csv", [HEAD, FIRM, row, OTHER, *[FIRM] * 8]))
    assert len(table.frame) == 10
    assert table.issues["row"].dropna().tolist() == [3]


@pytest.mark.parametrize(
    "line",
    ["户均", "占全区比重", "同比增长", "其他企业", "企业数", "以下空白", "接上页", "（二）电子信息", "一、规上企业（2家）", "汀南区（3家）", "制表人：赵", "数据来源：统计局", "※按年报",
     "上年同期", "比上年增减", "较上年同期增减额", "承前页", "过次页", "民营企业", "大中型工业企业", "本年累计"],
)  # fmt: skip
def test_a_line_below_the_firms_is_none_also_where_only_figures_stand_beside_it(line: str) -> None:
    from industrymap.tables._rows import Columns, keep_data

    rows = [
        ["甲泉厂", "5", "1"],
        ["乙泉五金店", "6", "2"],
        [line, "11", "3"],
        ["黄金比例", "7", "4"],
    ]
    columns = Columns(headings=["名称", "营收", "税"], keys=[0], name=0, firms=True, limit=3)
    data, found, _ = keep_data(pd.DataFrame(rows, dtype="string"), columns=columns, source="a")
    assert data[0].tolist() == ["甲泉厂", "乙泉五金店", "黄金比例"]
    assert len(found) == 1


def test_a_line_without_the_running_number_of_the_firms_is_none(tmp_path: Path) -> None:
    head = ["序号", "企业名称", "营业收入（万元）"]
    firms = [[n, f"{n}泉", 100 + n] for n in range(1, 10)]
    lines = [["", "本区小结", 606], ["", "乙泉五金厂", 90]]
    table = tables.read(csv(tmp_path / "a.csv", [head, *firms, *lines]))
    assert table.frame["name"].tolist() == [*(f"{n}泉" for n in range(1, 10)), "乙泉五金厂"]
    assert "table.no_firm" in rules(table)


def test_a_firm_with_a_word_of_a_total_in_another_column_stays(tmp_path: Path) -> None:
    rows = [["企业名称", "统计期", "营业收入（万元）"], ["甲泉厂", "2024年累计", "5"], ["乙泉厂", "合计", "6"]]  # fmt: skip
    assert len(tables.read(csv(tmp_path / "a.csv", rows)).frame) == 2


def test_a_list_that_numbers_all_its_firms_keeps_them() -> None:
    from industrymap.tables._rows import Columns, keep_data

    rows = [
        [f"{number}、{name}", "5"]
        for number, name in zip("一二三", ("青禾", "东华", "云起"), strict=True)
    ]
    columns = Columns(headings=["名称", "营收"], keys=[0], name=0, firms=True, limit=2)
    data, _, _ = keep_data(pd.DataFrame(rows, dtype="string"), columns=columns, source="a")
    assert len(data) == 3


def test_a_firm_called_like_a_total_or_a_district_stays(tmp_path: Path) -> None:
    names = ["云麓市汇总食品有限公司", "合计五金店", "共青城镇服装厂", "全市通物流有限公司"]
    rows = [[name, "", "河西路3号", 100] for name in names]
    assert tables.read(csv(tmp_path / "a.csv", [HEAD, *rows])).frame["name"].tolist() == names


def test_a_table_on_its_side_is_refused_in_one_sentence(tmp_path: Path) -> None:
    rows = [["企业名称", "甲泉厂", "乙泉厂"], ["经营地址", "河西路1号", "河西路2号"], ["营业收入（万元）", "5", "6"], ["从业人数", "1", "2"]]  # fmt: skip
    with pytest.raises(TableError, match="transposed"):
        tables.read(csv(tmp_path / "a.csv", rows))


@pytest.mark.parametrize("cell", ["-", "/", "{}", "——", "。", ""])
def test_without_a_single_firm_one_sentence_says_so(tmp_path: Path, cell: str) -> None:
    path = csv(tmp_path / "a.csv", [["企业名称", "营业收入（万元）"], [cell, 5000]])
    with pytest.raises(TableError, match="makes a firm"):
        enterprises.build([tables.read(path)])


@pytest.mark.parametrize("name", ["", "。", "-"])
def test_a_code_twice_with_one_name_is_one_firm(tmp_path: Path, name: str) -> None:
    rows = [FIRM, [name, FIRM[1], "", 4100]]
    assert len(enterprises.build([tables.read(csv(tmp_path / "a.csv", [HEAD, *rows]))]).frame) == 1


# several tables


def test_sheets_left_out_are_named_and_can_be_taken(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"澜湾": [HEAD, FIRM], "汀南": [HEAD, OTHER], "说明": [["口径"]]})  # fmt: skip
    one = tables.read(path)
    assert "汀南" in one.issues.set_index("rule").loc["table.sheet_left_out", "zh"]
    every = tables.read_all(path, sheet="*")
    assert [t.frame["name"].tolist() for t in every] == [[FIRM[0]], [OTHER[0]]]
    assert [len(t.frame) for t in tables.read_all(path, sheet=["汀南", "澜湾"])] == [1, 1]


def test_tables_side_by_side_are_one(tmp_path: Path) -> None:
    left, right = ["序号", *HEAD], ["序号", *HEAD]
    rows = [[*left, "", *right], [1, *FIRM, "", 2, *OTHER]]
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.frame["name"].tolist() == [FIRM[0], OTHER[0]]


def test_a_second_table_below_is_named_and_can_be_taken(tmp_path: Path) -> None:
    below = [["", "", "", ""], ["附表：纳税情况", "", "", ""], ["企业名称", "税收（万元）", "从业人数", ""], ["丁山厂", 7, 30, ""]]  # fmt: skip
    path = csv(tmp_path / "a.csv", [HEAD, FIRM, OTHER, *below])
    table = tables.read(path)
    assert len(table.frame) == 2
    assert "table.second_left_out" in rules(table)
    assert tables.read(path, table=2).frame["name"].tolist() == ["丁山厂"]


AGAIN = ["企业名称", "经营地址", "营业收入（万元）", "税收（万元）"]


def test_a_second_table_whose_columns_stand_otherwise_is_read_by_its_own_header(
    tmp_path: Path,
) -> None:
    turned = ["企业名称", "经营地址", "税收（万元）", "营业收入（万元）"]
    rows = [AGAIN, ["甲泉厂", "河西路1号", 2100, 10], ["", "", "", ""], turned, ["乙泉厂", "河西路2号", 31, 1500]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.frame["name"].tolist() == ["甲泉厂", "乙泉厂"]
    assert table.number("revenue_10k_cny").tolist() == [2100, 1500]


def test_a_second_table_of_another_year_and_unit_is_named_and_the_latest_read(
    tmp_path: Path,
) -> None:
    bare = ["企业名称", "经营地址", "营业收入", "税收"]
    rows: list[list[Any]] = [["2023年企业（单位：亿元）", "", "", ""], bare, ["甲泉厂", "", 0.2, 0.01], ["", "", "", ""], ["2024年企业（单位：万元）", "", "", ""], bare, ["乙泉厂", "", 4100, 20]]  # fmt: skip
    path = csv(tmp_path / "a.csv", rows)
    table = tables.read(path)
    assert (table.year, table.number("revenue_10k_cny").tolist()) == (2024, [4100])
    assert "table.second_left_out" in rules(table)
    other = tables.read(path, table=1)
    assert (other.year, other.number("revenue_10k_cny").tolist()) == (2023, [2000])
    # The same title on each printed page is one table.
    paged = csv(tmp_path / "b.csv", [*rows[4:], *rows[4:6], ["丙泉厂", "", 4200, 21]])
    assert tables.read(paged).number("revenue_10k_cny").tolist() == [4100, 4200]


def test_a_list_of_other_columns_below_is_named_and_no_firm(tmp_path: Path) -> None:
    closed = [["附：停产名单", "", "", ""], ["序号", "企业名称", "停产时间", "上年营业收入"], ["1", "乙泉厂", "3月", "1500"]]  # fmt: skip
    table = tables.read(
        csv(tmp_path / "a.csv", [AGAIN, ["甲泉厂", "河西路1号", 2100, 10], *closed])
    )
    assert table.frame["name"].tolist() == ["甲泉厂"]
    assert "table.second_left_out" in rules(table)


@pytest.mark.parametrize(
    "numbers",
    [["甲", "乙", "丙", "1", "2"], ["A", "B", "C", "1", "2"], ["1", "2", "3", "4", "5"], ["—", "甲", "乙", "(1)", "2=1×3"], ["①", "②", "③", "④", "⑤"]],
)  # fmt: skip
def test_a_row_that_numbers_the_columns_is_no_firm(tmp_path: Path, numbers: list[str]) -> None:
    head = ["序号", "企业名称", "经营地址", "营业收入（万元）", "从业人数"]
    firms = [["1", "甲泉厂", "河西路1号", "1800", "30"], ["2", "乙泉厂", "河西路2号", "2800", "40"]]
    path = csv(tmp_path / "a.csv", [head, numbers, firms[0], head, numbers, firms[1]])
    assert tables.read(path).frame["name"].tolist() == ["甲泉厂", "乙泉厂"]


def test_years_among_the_units_belong_to_their_columns(tmp_path: Path) -> None:
    rows = [["2025年企业评价", "", "", "", ""], ["企业名称", "用地面积", "税收", "主营业务收入", ""], ["", "亩", "万元", "上年", "本年"], ["甲泉厂", "30", "300", "1900", "2000"], ["乙泉厂", "15", "30", "无", "1500"]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.number("revenue_10k_cny@2024").tolist() == [1900, pd.NA]
    assert table.number("revenue_10k_cny").tolist() == [2000, 1500]


def test_two_columns_of_one_heading_are_named_by_their_letters(tmp_path: Path) -> None:
    head = ["企业名称", "营业收入（万元）", "营业收入（万元）"]
    table = tables.read(csv(tmp_path / "a.csv", [head, ["甲泉厂", 1000, 2000]]))
    said = table.issues.set_index("rule").loc["column.same_heading", "zh"]
    assert "B、C 列" in said
    assert "采用 B 列" in said
    # Printed twice with the same figures it is one column.
    same = tables.read(csv(tmp_path / "b.csv", [head, ["甲泉厂", 1000, 1000]]))
    assert "column.same_heading" not in rules(same)


@pytest.mark.parametrize("mark", ["①", "*", "¹", "注1", "（注2）", "※"])
def test_a_mark_of_a_footnote_is_no_part_of_the_heading(mark: str) -> None:
    for text in (f"2025年营收（万元）{mark}", f"2025年营收{mark}（万元）"):
        (found,) = cells.match_columns([cells.heading(text)], layer="enterprises")
        assert (found.name, found.heading.unit is not None) == ("revenue_10k_cny@2025", True)


def test_the_lowest_of_three_merged_rows_may_hold_the_unit(tmp_path: Path) -> None:
    rows = [["企业名称", "2024年", None, "2025年", None], [None, "营业收入", "从业人数", "营业收入", "从业人数"], [None, "万元", "人", "亿元", "人"], ["甲泉厂", 1000, 20, 0.2, 30]]  # fmt: skip
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"表": rows}, ("A1:A3", "B1:C1", "D1:E1")))
    assert table.number("revenue_10k_cny@2024").tolist() == [1000]
    assert table.number("revenue_10k_cny@2025").tolist() == [2000]


# cells


@pytest.mark.parametrize(
    ("code", "stored", "expected"),
    [("0!.0,", 41_000_000, 4100), ('0.00,,"亿"', 41_000_000, 41 * 1e4 / 1e0), ('0.0"万元"', 4100, 4100), ("#,##0.00", 4100, 4100), ("0,", 4_100_000, 4100)],
)  # fmt: skip
def test_a_cell_is_what_excel_shows(
    tmp_path: Path, code: str, stored: float, expected: float
) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"表": [HEAD, [*FIRM[:3], stored]]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D2"].number_format = code
    book.save(path)
    table = tables.read(path)
    if "亿" in code:
        expected = 41 * 1e4
    assert table.number("revenue_10k_cny").tolist() == [expected]


def test_percent_cells_stand_beside_plain_numbers(tmp_path: Path) -> None:
    head = ["园区编号", "园区名称", "合法用地比例（%）"]
    path = xlsx(tmp_path / "a.xlsx", {"表": [head, ["P1", "甲园", 0.35], ["P2", "乙园", 40]]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["C2"].number_format = "0%"
    book.save(path)
    table = tables.read(path, layer="village_parks")
    assert table.number("legal_paper_share").tolist() == [0.35, 0.4]


def test_formulas_without_results_are_said(tmp_path: Path) -> None:
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"表": [HEAD, [*FIRM[:3], "=1+1"], OTHER]}))
    line = table.issues.set_index("rule").loc["cell.formula_without_result", "zh"]
    assert "D2" in line
    assert "保存" in line


@pytest.mark.parametrize("cell", ["4100\n4200", "4100 4200", "1 234", "4100/4200", "4100；4200"])
def test_two_numbers_in_a_cell_are_unreadable(tmp_path: Path, cell: str) -> None:
    table = tables.read(csv(tmp_path / "a.csv", [HEAD, [*FIRM[:3], cell], OTHER]))
    assert table.number("revenue_10k_cny").isna().tolist() == [True, False]


def test_a_guarded_text_is_its_inside(tmp_path: Path) -> None:
    rows = [HEAD, ['=""云麓厂""', '=""91440101MA5AAAAAA1""', "", '=""4100""']]
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.frame[["name", "uscc"]].iloc[0].tolist() == ["云麓厂", "91440101MA5AAAAAA1"]
    assert table.number("revenue_10k_cny").tolist() == [4100]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("114°06′36″", 114.11), ("E114.11", 114.11), ("114°6.6′", 114.11), ("114 06 36", 114.11), ("114.11°", 114.11), ("114度6分36秒", 114.11), ("114-06-36", 114.11),
     ("东经114°6′36″", 114.11), ("114.11E", 114.11)],
)  # fmt: skip
def test_degrees_are_read_in_every_spelling(text: str, expected: float) -> None:
    assert cells.number(pd.Series([text], dtype="string"), unit="度").tolist() == [pytest.approx(expected)]  # fmt: skip


@pytest.mark.parametrize("pair", ["114.11,25.9", "25.9, 114.11", "POINT(114.11 25.9)", "114°6′36″，25°54′0″"])  # fmt: skip
def test_both_coordinates_in_one_column_are_parted(tmp_path: Path, pair: str) -> None:
    table = tables.read(csv(tmp_path / "a.csv", [["企业名称", "位置（高德）"], ["甲泉厂", pair]]))
    found = [table.number(n).iloc[0] for n in ("lon", "lat")]
    assert found == [pytest.approx(114.11), pytest.approx(25.9)]
    assert table.frame["datum"].tolist() == ["gcj02"]


def test_x_north_and_y_east_are_put_right(tmp_path: Path) -> None:
    rows = [["企业名称", "X坐标", "Y坐标", "坐标系"], ["甲泉厂", 2866123.5, 38511222.1, "EPSG:4526"], ["乙泉厂", 2866124.5, 511223.1, "EPSG:4547"]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.number("lat").tolist() == [2866123.5, 2866124.5]
    assert "coordinate.swapped" in rules(table)


def test_a_column_of_units_is_the_unit_of_each_row(tmp_path: Path) -> None:
    rows = [["企业名称", "营业收入", "单位", "从业人数"], ["甲泉厂", "2000", "万元", "9"], ["乙泉厂", "0.3", "亿元", "8"], ["丙泉厂", "30000000", "元", "7"], ["丁泉厂", "5", "万美元", ""]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.number("revenue_10k_cny").tolist() == [2000, 3000, 3000, pd.NA]
    assert table.number("staff").tolist() == [9, 8, 7, pd.NA]
    assert "unit.assumed" not in rules(table)
    assert "cell.not_number" in rules(table)
    assert any("按行换算" in d.zh for d in table.decisions)


def test_a_firm_over_several_rows_has_no_figure_that_is_guessed(tmp_path: Path) -> None:
    rows = [["企业名称", "产品", "营业收入（万元）", "从业人数"], ["甲泉厂", "齿轮", 1000, 30], [None, "轴承", 500, None], ["乙泉厂", "铸件", 2000, 9]]  # fmt: skip
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"表": rows}, ("A2:A3",)))
    assert table.number("revenue_10k_cny").tolist() == [pd.NA, 2000]
    assert table.number("staff").tolist() == [30, 9]
    assert "A2:A3" in table.issues.set_index("rule").loc["table.record_over_rows", "zh"]


def test_years_in_a_workbook_from_1904_are_no_days(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    rows = [["企业名称", "成立日期"], ["甲厂", 2015.0], ["乙厂", 20150304.0], ["丙厂", 40_000.0]]
    path.write_bytes(xlsb_writer.xlsb(rows, from_1904=True))
    table = tables.read(path)
    found = table.date("established_on").dt.strftime("%Y-%m-%d").tolist()
    assert found == ["2015-01-01", "2015-03-04", "2013-07-07"]


def test_of_two_columns_of_units_each_is_of_the_figure_before_it(tmp_path: Path) -> None:
    rows = [["企业名称", "营业收入", "单位", "税收", "单位"], ["甲泉厂", 1.2, "亿元", 30, "万元"], ["乙泉厂", 800, "万元", 200000, "元"]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.number("revenue_10k_cny").tolist() == [12000, 800]
    assert table.number("tax_10k_cny").tolist() == [30, 20]


def test_a_financial_year_in_english_is_a_year() -> None:
    (found,) = cells.match_columns([cells.heading("FY2024 Revenue (RMB million)")], layer="enterprises")  # fmt: skip
    assert (found.name, found.heading.unit is not None) == ("revenue_10k_cny@2024", True)


KINDS = {
    "sep.csv": ("sep=;\n企业名称;2024年营业收入（万元）\n甲泉厂;1234\n", 1234),
    "tabs.csv": ("企业名称,2024年营业收入（万元）\n甲泉厂,\t1234\t\n", 1234),
    "spaces.csv": ("企业名称\u00a0,\u30002024年营业收入（万元）\n甲泉厂\u200b,1\u00a0234.5\n", 1234.5),
    "year_behind.csv": ("企业名称,营业收入（万元）2023,营业收入（万元）2024\n甲泉厂,100,200\n", 200),
    "nine_months.csv": ("企业名称,2024年1-12月营业收入（万元）,2025年1-9月营业收入（万元）\n甲泉厂,100,80\n", 100),
    "continued.csv": ("表1,,\n企业名称,2024年营业收入（万元）,从业人数\n甲泉厂,100,5\n续表,,\n企业名称,2024年税收（万元）,备注\n甲泉厂,7,1\n", 100),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_small_files_of_the_open_kinds_give_their_figure(tmp_path: Path, name: str) -> None:
    text, revenue = KINDS[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    table = tables.read(tmp_path / name)
    assert table.number("revenue_10k_cny@2024").tolist() == [revenue]
    assert table.frame["name"].tolist() == ["甲泉厂"]


def test_chinese_lost_on_saving_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("????,????????,????????\n????,??1??,2100\n", encoding="ascii")
    with pytest.raises(TableError, match="lost when it was saved"):
        tables.read(path)


def test_a_table_in_big5_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("企業名稱,經營地址,營業收入（萬元）\n大埔廠,工業路8號,4100\n".encode("big5"))
    table = tables.read(path)
    assert table.frame["name"].tolist() == ["大埔廠"]
    assert table.number("revenue_10k_cny").tolist() == [4100]


def test_two_units_above_a_table_are_said(tmp_path: Path) -> None:
    head = ["企业名称", "营业收入", "税收"]
    rows = [["单位：万元", "", ""], ["", "", "金额单位：元"], head, ["甲泉厂", 21000, 15]]
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert "万元、元" in table.issues.set_index("rule").loc["unit.two_stated", "zh"].iloc[0]
    assert table.number("revenue_10k_cny").tolist() == [2.1]


@pytest.mark.parametrize("note", ["注：本表金额计量单位均为千元。", "单位：千元"])
def test_the_unit_in_a_note_below_is_the_table_s(tmp_path: Path, note: str) -> None:
    rows = [["企业名称", "营业收入", "税收", "备注"], ["甲泉厂", 21000, 150, ""], ["乙泉厂", 22000, 160, ""], [note, "", "", ""]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.number("revenue_10k_cny").tolist() == [2100, 2200]


def test_the_unit_in_the_sheet_s_name_is_the_table_s(tmp_path: Path) -> None:
    rows = [["企业名称", "营业收入"], ["甲泉厂", 21000]]
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"规上企业（千元）": rows}))
    assert table.number("revenue_10k_cny").tolist() == [2100]


def test_many_lines_of_sums_below_few_firms_are_no_firms(tmp_path: Path) -> None:
    labels = ["市属企业", "内资企业", "大型企业", "制造业", "浔园街道办事处", "2024年", "审核", "标准值", "完成率", "年初目标"]  # fmt: skip
    head = ["序号", "企业名称", "经营地址", "营业收入（万元）"]
    firms = [[1, "甲泉厂", "河西路1号", 100], [2, "乙泉厂", "河西路2号", 200]]
    table = tables.read(csv(tmp_path / "a.csv", [head, *firms, *(["", label, "", 300] for label in labels)]))  # fmt: skip
    assert table.frame["name"].tolist() == ["甲泉厂", "乙泉厂"]


# formats


PAGE = "<html><meta charset=utf-8><table><tr><th>{}</th></tr><tr><td>{}</td></tr></table></html>"
XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="表"><Table>{}</Table></Worksheet></Workbook>'
)


def test_a_web_page_called_xls_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(PAGE.format("</th><th>".join(HEAD), "</td><td>".join(map(str, FIRM))), encoding="utf-8")  # fmt: skip
    assert tables.read(path).number("revenue_10k_cny").tolist() == [4100]


def test_xml_and_text_called_xls_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    rows = "".join("<Row>" + "".join(f"<Cell><Data ss:Type='String'>{c}</Data></Cell>" for c in row) + "</Row>" for row in (HEAD, FIRM))  # fmt: skip
    path.write_text(XML.format(rows), encoding="utf-8")
    assert tables.read(path).number("revenue_10k_cny").tolist() == [4100]
    path.write_text("\n".join("\t".join(map(str, row)) for row in (HEAD, FIRM)), encoding="gb18030")
    assert tables.read(path).number("revenue_10k_cny").tolist() == [4100]


def test_a_table_of_wps_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.et"
    path.write_bytes(xls_writer.xls([HEAD, FIRM, OTHER]))
    assert tables.read(path).number("revenue_10k_cny").tolist() == [4100, 950]


def test_a_binary_workbook_is_read_and_a_bomb_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    path.write_bytes(xlsb_writer.xlsb([["2024年名单"], HEAD, FIRM, OTHER]))
    table = tables.read(path)
    assert table.number("revenue_10k_cny").tolist() == [4100, 950]
    assert table.frame["name"].tolist() == [FIRM[0], OTHER[0]]
    far = [HEAD, FIRM, *([] for _ in range(900_000)), [*[""] * 15_000, "x"]]
    path.write_bytes(xlsb_writer.xlsb(far))
    with pytest.raises(ValueError, match="spreads over"):
        tables.read(path)


def test_a_cell_of_a_binary_workbook_is_what_it_shows(tmp_path: Path) -> None:
    formats = ("0.0,", '0!.0000"万"', "0.0%", "yyyy/m/d")
    head = [
        "企业名称",
        "2024年营业收入（万元）",
        "2024年税收（元）",
        "研发投入占比",
        "成立日期",
        "成立年月",
    ]
    row = ["甲厂", (1, 4_100_000.0), (2, 123_000.0), (3, 0.035), (4, 40_000.0), 40_000.0]
    path = tmp_path / "a.xlsb"
    path.write_bytes(xlsb_writer.xlsb([head, row], formats=formats))
    table = tables.read(path)
    assert table.number("revenue_10k_cny@2024").tolist() == [4100]
    assert table.number("tax_10k_cny@2024").tolist() == [12.3]
    assert table.frame["研发投入占比"].tolist() == ["3.5%"]
    assert "cell.shown_rescaled" in rules(table)


@pytest.mark.parametrize("shape", [(1, 40_000.0), 40_000.0])
def test_days_of_a_binary_workbook_may_count_from_1904(tmp_path: Path, shape: Any) -> None:
    path = tmp_path / "a.xlsb"
    for epoch, day in ((False, "2009-07-06"), (True, "2013-07-07")):
        rows = [["企业名称", "成立日期"], ["甲厂", shape], ["乙厂", shape]]
        path.write_bytes(xlsb_writer.xlsb(rows, formats=("yyyy/m/d",), from_1904=epoch))
        table = tables.read(path)
        (field,) = [name for name in table.mapped if name != "name"]
        assert table.date(field).dt.strftime("%Y-%m-%d").tolist() == [day, day]


def test_a_binary_workbook_cut_anywhere_in_its_styles_ends_in_our_sentence(tmp_path: Path) -> None:
    whole = xlsb_writer.xlsb([["企业名称"], ["甲厂"]], formats=("0.0%",))
    styles = xlsb_writer.styles(("0.0%",))
    for cut in range(1, len(styles), 7):
        path = tmp_path / "a.xlsb"
        path.write_bytes(xlsb_writer.with_styles(whole, styles[:cut]))
        with contextlib.suppress(IndustryMapError):
            tables.read(path)


def ods(cells_: str) -> bytes:
    import io
    import zipfile

    out = io.BytesIO()
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))  # fmt: skip
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="表">{cells_}</table:table></office:spreadsheet></office:body></office:document-content>')  # fmt: skip
    return out.getvalue()


def test_an_open_document_is_read_and_a_bomb_refused(tmp_path: Path) -> None:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row>{}</table:table-row>"
    path = tmp_path / "a.ods"
    path.write_bytes(ods("".join(row.format("".join(text.format(c) for c in line)) for line in (HEAD, FIRM))))  # fmt: skip
    assert tables.read(path).number("revenue_10k_cny").tolist() == [4100]
    bomb = row.replace("<table:table-row", '<table:table-row table:number-rows-repeated="1000000"')
    many = text.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="1000"')  # fmt: skip
    path.write_bytes(ods(bomb.format(many.format("x"))))
    with pytest.raises(ValueError, match="spreads over"):
        tables.read(path)


HIDDEN_ODS = (
    '<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>'
    '<table:table-row>{}</table:table-row><table:table-row>{}</table:table-row><table:table-row table:visibility="filter">{}</table:table-row>'
)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods"])
def test_rows_and_columns_that_are_hidden_are_named(tmp_path: Path, kind: str) -> None:
    path, rows = tmp_path / f"a.{kind}", [HEAD, FIRM, OTHER]
    if kind == "xlsx":
        book = openpyxl.load_workbook(xlsx(path, {"表": rows}))
        book["表"].row_dimensions[3].hidden = book["表"].column_dimensions["D"].hidden = True
        book.save(path)
    elif kind == "ods":
        text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        path.write_bytes(ods(HIDDEN_ODS.format(*("".join(map(text.format, row)) for row in rows))))
    else:
        write = xls_writer.xls if kind == "xls" else xlsb_writer.xlsb
        path.write_bytes(write(rows, hidden=(2, 3)))
    found = tables.read(path).issues
    said = found[found["rule"] == "table.hidden_cells"]["zh"].tolist()
    assert said == ["含 1 行隐藏行（第 3 行）、1 列隐藏列（D），已读入；不应计入的请在表中删除"]


def test_a_cell_of_an_open_document_is_what_it_shows(tmp_path: Path) -> None:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    number = '<table:table-cell office:value-type="{}" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row>{}</table:table-row>"
    head = ["企业名称", "统一社会信用代码", "2024年营业收入（万元）", "研发投入占比", "经营地址"]

    def firm(revenue: str, share: str) -> str:
        return row.format(
            text.format("甲厂") + text.format("") + revenue + share + text.format("天河区")
        )

    path = tmp_path / "a.ods"
    cells_ = row.format("".join(map(text.format, head)))
    # 32,000,000 shown in thousands twice over; a rounded figure; one with its unit
    cells_ += firm(
        number.format("float", "32000000", "3200"), number.format("percentage", "0.035", "3.5%")
    )
    cells_ += firm(
        number.format("float", "1234.5678", "1,234.57"), number.format("percentage", "0.04", "4%")
    )
    cells_ += firm(number.format("float", "0.5", "0.5亿元"), number.format("float", "0.04", "0.04"))
    path.write_bytes(ods(cells_))
    table = tables.read(path)
    assert table.number("revenue_10k_cny@2024").tolist() == [3200, 1234.5678, 5000]
    assert table.frame["研发投入占比"].tolist() == ["3.5%", "4%", "0.04"]


def test_a_heading_mapped_with_a_unit_leaves_other_columns_alone(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", [["企业名称", "本单位叫法", "税收（万元）"], ["甲泉厂", "41000000", "9"]])  # fmt: skip
    table = tables.read(path, columns={"本单位叫法": "revenue_10k_cny"}, units={"本单位叫法": "元"})
    assert table.number("revenue_10k_cny").tolist() == [4100]
    plain = csv(tmp_path / "b.csv", [["企业名称", "营业收入（万元）"], ["甲泉厂", "4100"]])
    table = tables.read(
        plain, columns={"本单位叫法": "revenue_10k_cny"}, units={"本单位叫法": "元"}
    )
    assert table.number("revenue_10k_cny").tolist() == [4100]


def test_a_workspace_maps_headings_and_takes_sheets(tmp_path: Path) -> None:
    from industrymap import workspace

    (tmp_path / "industrymap.toml").write_text(
        '[workspace]\ntitle = "t"\ncity = "sample"\n[enterprises]\ntables = [{ file = "a.xlsx", sheet = ["甲", "乙"], table = 2 }]\n'
        '[enterprises.columns]\n"本单位叫法" = { field = "营业收入", unit = "元" }\n',
        encoding="utf-8",
    )
    (table,) = workspace.load(tmp_path).tables
    assert (table.sheet, table.table) == (("甲", "乙"), 2)
    assert (table.columns, table.units) == ({"本单位叫法": "revenue_10k_cny"}, {"本单位叫法": "元"})


# units stated beside the columns, and headings that are nearly revenue


def _revenue_of(folder: Path, **where: Any) -> tables.Table:
    head = ["企业名称", "经营地址", where.get("head", "营业收入"), "税收"]
    rows = [*where.get("above", []), head, ["甲厂", "一路8号", 31_000, 12], *where.get("below", [])]
    path = folder / f"{where.get('file', 'a')}.xlsx"
    return tables.read(xlsx(path, {where.get("sheet", "表"): rows}))


@pytest.mark.parametrize(
    "where",
    [
        {"above": [["计量单位：营业收入为千元，税收为万元"]]},
        {"above": [["2024年企业情况表", None, "（单位：", "千元）"]]},
        {"above": [["填报单位：云麓市统计局    计量单位：千元"]]},
        {"below": [["注：本表金额单位均为千元。"]]},
        {"below": [["注：1.营业收入的计量单位为千元；2.税收单位为万元"]]},
        {"above": [["2024年规上企业主要指标（千元）"]]},
        {"above": [[None, None, None, "千元"]]},
        {"sheet": "规上（千元）"},
        {"sheet": "单位千元"},
        {"file": "规上企业（千元）"},
        {"head": "营业收入 单位千元"},
        {"head": "营业收入（k元）"},
        {"head": "营业收入（人民币千元）"},
    ],
)
def test_a_unit_is_taken_from_where_it_is_stated(tmp_path: Path, where: dict[str, Any]) -> None:
    assert _revenue_of(tmp_path, **where).number("revenue_10k_cny").tolist() == [3100]


def test_a_unit_of_one_figure_is_not_that_of_another(tmp_path: Path) -> None:
    table = _revenue_of(tmp_path, above=[["计量单位：营业收入为千元，税收为元"]])
    assert (table.units["revenue_10k_cny"], table.units["tax_10k_cny"]) == (0.1, 0.0001)
    alone = _revenue_of(tmp_path, head="营业收入（单位：千元）")
    assert alone.units["tax_10k_cny"] == 1
    assert "unit.assumed" in rules(alone)


def test_the_words_that_gave_a_unit_from_beside_the_table_are_quoted(tmp_path: Path) -> None:
    said = _revenue_of(tmp_path, file="规上企业（千元）").issues
    assert said["zh"].tolist() == ["营业收入、税收的单位取自“规上企业（千元）”"]


@pytest.mark.parametrize(
    "head",
    ["截至2023年12月底累计营业收入", "2023年1—12月累计完成营业收入", "2023年度累计营业收入", "2023年全年累计营业收入", "2023年12月止累计营业收入"],
)  # fmt: skip
def test_what_is_counted_up_to_december_is_the_year(tmp_path: Path, head: str) -> None:
    assert _revenue_of(tmp_path, head=f"{head}（万元）").years("revenue_10k_cny") == {2023: "revenue_10k_cny@2023"}  # fmt: skip


@pytest.mark.parametrize(
    ("head", "rule"),
    [
        ("自年初累计营业收入（万元）", "column.not_the_figure"),
        ("1-本月营业收入（万元）", "column.not_the_figure"),
        ("本季度营业收入（万元）", "column.not_the_figure"),
        ("2024年营业收入（万元）（暂估）", "column.not_the_figure"),
        ("合并报表口径营业收入（万元）", "column.like_revenue"),
        ("最近一年营业收入（万元）", "column.like_revenue"),
    ],
)
def test_a_column_nearly_revenue_is_named_where_none_is_read(
    tmp_path: Path, head: str, rule: str
) -> None:
    found = _revenue_of(tmp_path, head=head).issues
    assert found.loc[found["column"] == head, "rule"].tolist() == [rule]


def test_a_plan_or_a_kin_of_revenue_beside_the_year_s_own_is_expected(tmp_path: Path) -> None:
    heads = ["企业名称", "2024年营业收入（万元）", "2025年目标营业收入（万元）", "集团营业收入（万元）"]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", [heads, ["甲厂", 3100, 3500, 9000]]))
    assert set(table.issues["column"]) == {"2025年目标营业收入（万元）"}
    now = ["2024年营业收入（万元）", "2024年营业收入同比（%）", "集团营业收入（万元）"]
    table = tables.read(csv(tmp_path / "a.csv", [["企业名称", *now], ["甲厂", 3100, 5, 9000]]))
    assert table.issues.empty


def test_a_file_named_after_a_part_of_a_year_holds_no_annual_revenue(tmp_path: Path) -> None:
    for name, held in (("2024年上半年规上", False), ("2025年1月更新", True), ("2024年", True)):
        table = _revenue_of(tmp_path, file=name)
        assert ("revenue_10k_cny" in table.mapped) == held


def test_one_figure_a_row_is_refused_in_one_sentence(tmp_path: Path) -> None:
    rows = [["企业名称", "指标", "2024年"], ["甲厂", "营业收入", 3100], ["甲厂", "税收", 12], ["乙厂", "营业收入", 900]]  # fmt: skip
    with pytest.raises(TableError, match="pivot") as refused:
        tables.read(csv(tmp_path / "a.csv", rows))
    assert "“指标”列为营业收入、税收" in refused.value.zh
    # Beside figures of its own, such a column is one among others.
    kept = [[*row, 5] for row in rows[1:]]
    tables.read(csv(tmp_path / "b.csv", [[*rows[0], "从业人数"], *kept]))


def test_a_header_whose_names_stand_in_each_of_its_rows_is_one(tmp_path: Path) -> None:
    rows = [["企业名称", "营业收入（万元）", "营业收入（万元）"], ["企业名称", "2023年", "2024年"], ["甲厂", 3100, 3200]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.years("revenue_10k_cny").keys() == {2023, 2024}
    assert table.frame["name"].tolist() == ["甲厂"]


def test_a_header_of_one_known_name_below_ends_a_table_of_two_columns(tmp_path: Path) -> None:
    rows = [["企业名称", "营业收入（万元）"], ["甲厂", 3100], ["乙厂", 900], ["企业名称", "停产时间"], ["丙厂", "2023年"]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.frame["name"].tolist() == ["甲厂", "乙厂"]
    assert "table.second_left_out" in rules(table)


def test_rows_that_show_how_to_fill_a_form_in_are_no_firms(tmp_path: Path) -> None:
    head = ["序号", "企业名称", "地址", "营业收入（万元）"]
    shown = [["示例", "石桥制造公司", "一路1号", 99], ["填写说明", "按执照", "到门牌", "全年数"], [1, "某某有限公司", "一路2号", 88]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", [head, *shown, [2, "乙厂", "一路3号", 31], [3, "例外机械厂", "一路4号", 9]]))  # fmt: skip
    assert table.frame["name"].tolist() == ["乙厂", "例外机械厂"]
    assert table.issues["rule"].tolist() == ["table.note_row"] * 3


def test_tables_of_two_years_side_by_side_keep_their_own_firms(tmp_path: Path) -> None:
    rows = [["2023年", None, None, "2024年"], ["企业名称", "营业收入（万元）", None] * 2, ["甲厂", 31, None, "甲厂", 32], ["乙厂", 9, None, "丙厂", 77]]  # fmt: skip
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"表": rows}))
    assert table.frame["name"].tolist() == ["甲厂", "丙厂"]
    assert "table.second_left_out" in rules(table)


def test_a_column_of_the_title_s_own_year_is_no_longer_than_the_title_s_period(
    tmp_path: Path,
) -> None:
    rows = [["2024年1—11月规上企业（单位：万元）"], ["企业名称", "2024年营业收入", "2024年全年税收"], ["甲厂", 31, 2]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.mapped == ("name", "tax_10k_cny@2024")
    assert "column.not_the_figure" in rules(table)


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("企业名称 Company", "name"),
        ("营业收入 Revenue (10,000 yuan)", "revenue_10k_cny"),
        ("从业人数/Staff", "staff"),
    ],
)
def test_a_heading_said_once_more_in_english_is_the_chinese_one(head: str, field: str) -> None:
    found = cells.match_columns([cells.heading(head)], layer="enterprises")
    assert [match.field.name for match in found] == [field]
    assert cells.heading("营业收入 YTD").period


@pytest.mark.parametrize(
    ("cell", "value"), [("1300①", 1300), ("1300²", 1300), ("1300*", 1300), ("1300万元/年", 1300)]
)
def test_a_mark_of_a_footnote_is_no_digit(cell: str, value: float) -> None:
    assert cells.number(pd.Series([cell], dtype="string"), unit="万元").tolist() == [value]


def test_a_note_may_state_the_unit_of_two_figures(tmp_path: Path) -> None:
    table = _revenue_of(tmp_path, below=[["注：税收、营业收入单位为元"]])
    assert (table.units["revenue_10k_cny"], table.units["tax_10k_cny"]) == (0.0001, 0.0001)


def test_a_line_between_the_records_may_change_the_unit(tmp_path: Path) -> None:
    rows = [["一、东区（单位：万元）"], ["企业名称", "经营地址", "营业收入", "人数"], ["甲厂", "一路1号", 31, 5], ["二、西区（单位：千元）"], ["乙厂", "一路2号", 770, 6]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.number("revenue_10k_cny").tolist() == [31, 77]
    assert any("第 4（千元） 行" in told.zh for told in table.decisions)


def test_of_a_figure_sent_in_and_verified_the_verified_one_counts(tmp_path: Path) -> None:
    rows = [["企业名称", "营业收入（申报）（万元）", "营业收入（审定）（万元）"], ["甲厂", 31, 29]]
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.number("revenue_10k_cny").tolist() == [29]
    assert table.issues["rule"].tolist() == ["column.two_of_one"]


def test_a_name_merged_over_rows_is_one_firm(tmp_path: Path) -> None:
    rows = [["企业名称", "地址", "营业收入（万元）"], ["甲厂", "一路1号", 31], [None, "二路2号", None], ["乙厂", "三路3号", 9]]  # fmt: skip
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"表": rows}, merges=("A2:A3",)))
    assert table.frame["name"].tolist() == ["甲厂", "乙厂"]
    assert rules(table) == {"table.more_of_one"}


def test_a_name_merged_over_its_years_keeps_each_year(tmp_path: Path) -> None:
    rows = [["企业名称", "年度", "营业收入（万元）"], ["甲厂", 2023, 31], [None, 2024, 32]]
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"表": rows}, merges=("A2:A3",)))
    assert table.number("revenue_10k_cny").tolist() == [31, 32]


@pytest.mark.parametrize("note", ["注：营业收入为2024年1-9月数", "说明：表中数据截至2024年9月底"])
def test_a_note_may_say_that_the_figures_are_of_a_part_of_a_year(tmp_path: Path, note: str) -> None:
    assert "revenue_10k_cny" not in _revenue_of(tmp_path, below=[[note]]).mapped


def test_bare_years_go_on_with_the_figure_left_of_them(tmp_path: Path) -> None:
    rows = [["企业名称", "2022年营业收入（万元）", "2023", "2024"], ["甲厂", 31, 32, 33]]
    table = tables.read(xlsx(tmp_path / "a.xlsx", {"表": rows}))
    assert [*table.years("revenue_10k_cny")] == [2022, 2023, 2024]


def test_years_over_each_figure_of_theirs_are_one_header_with_it(tmp_path: Path) -> None:
    rows = [["企业名称", "2023年", "2023年", "2024年"], ["", "营业收入（万元）", "税收（万元）", "营业收入（万元）"], ["甲厂", 31, 2, 33]]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.mapped[1:] == ("revenue_10k_cny@2023", "tax_10k_cny@2023", "revenue_10k_cny@2024")


def test_records_of_two_lines_are_refused_in_one_sentence(tmp_path: Path) -> None:
    rows = [["企业名称", "营业收入（万元）", "人数"], ["经营地址", "税收（万元）", "备注"], ["甲厂", 31, 5], ["一路1号", 2, ""]]  # fmt: skip
    with pytest.raises(TableError, match="fills two rows"):
        tables.read(csv(tmp_path / "a.csv", rows))


def test_degrees_minutes_and_seconds_may_stand_in_columns_of_their_own(tmp_path: Path) -> None:
    heads = ["企业名称", "经度（度）", "经度（分）", "经度（秒）", "纬度（度）", "纬度（分）", "纬度（秒）"]  # fmt: skip
    table = tables.read(csv(tmp_path / "a.csv", [heads, ["甲厂", 113, 30, 36, 23, 6, 0]]))
    assert table.frame[["lon", "lat"]].iloc[0].tolist() == ["113.51", "23.1"]


@pytest.mark.parametrize(("head", "datum"), [("高德经度,高德纬度", "gcj02"), ("百度坐标X,百度坐标Y", "bd09")])  # fmt: skip
def test_the_map_in_a_heading_of_coordinates_is_its_datum(
    tmp_path: Path, head: str, datum: str
) -> None:
    table = tables.read(csv(tmp_path / "a.csv", [["企业名称", *head.split(",")], ["甲厂", 113.5, 23.1]]))  # fmt: skip
    assert table.frame[["lon", "lat", "datum"]].iloc[0].tolist() == ["113.5", "23.1", datum]


def test_units_in_traditional_characters_are_known() -> None:
    assert [unit.factor for unit in map(cells.parse_unit, ("億元", "萬元", "萬平方米")) if unit] == [1e4, 1, 1e4]  # fmt: skip
    assert cells.heading("營業收入（億元）").unit is not None


def test_a_count_of_firms_in_the_column_of_names_is_a_total(tmp_path: Path) -> None:
    rows = [
        ["企业名称", "营业收入（万元）", "人数"],
        ["甲厂", 31, 5],
        ["2家", 40, 9],
        ["3家电器厂", 9, 4],
    ]
    table = tables.read(csv(tmp_path / "a.csv", rows))
    assert table.frame["name"].tolist() == ["甲厂", "3家电器厂"]


def test_an_error_of_excel_is_said(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"表": [HEAD, FIRM, [*OTHER[:3], "#DIV/0!"]]})
    found = tables.read(path).issues
    assert found.loc[found["rule"] == "cell.excel_error", "value"].tolist() == ["#DIV/0!"]


@pytest.mark.parametrize(
    ("title", "year"), [("2024年企业情况（2023年数据）", 2023), ("附件2（2024年3月印发）", None)]
)
def test_the_year_of_a_list_or_of_its_printing_is_not_that_of_its_figures(
    tmp_path: Path, title: str, year: int | None
) -> None:
    table = _revenue_of(tmp_path, above=[[title]])
    assert table.year == year
    assert "revenue_10k_cny" in table.mapped


@pytest.mark.parametrize(
    "bracket", ["千元，取整数", "以千元计", "按千元填报", "×1000元", "计量单位：千元", "千元／年"]
)
def test_the_unit_is_found_among_the_words_of_a_bracket(bracket: str) -> None:
    found = cells.heading(f"营业收入（{bracket}）").unit
    assert found is not None
    assert found.factor == 0.1


def test_a_hidden_row_of_a_web_page_is_said(tmp_path: Path) -> None:
    rows = ["<tr><th>企业名称</th><th>营业收入（万元）</th></tr>", "<tr><td>雾溪甲厂</td><td>2000</td></tr>", '<tr style="Display: none"><td>雾溪乙厂</td><td>3000</td></tr>']  # fmt: skip
    page = f"<html><meta charset=utf-8><table>{''.join(rows)}</table></html>"
    (tmp_path / "a.xls").write_text(page, encoding="utf-8")
    found = tables.read(tmp_path / "a.xls").issues.set_index("rule")
    assert "第 3 行" in found.loc["table.hidden_cells", "zh"]


def test_rows_struck_out_and_figures_that_are_not_shown_are_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (HEAD, FIRM, OTHER):
        sheet.append(row)
    sheet["A3"].font = openpyxl.styles.Font(strike=True)
    sheet["D2"].number_format = ";;;"
    book.save(tmp_path / "a.xlsx")
    found = tables.read(tmp_path / "a.xlsx")
    told = found.issues.set_index("rule")["zh"]
    assert told["table.struck_out"].startswith("1 行有删除线（第 3 行，在“企业名称”列）")
    assert "存储值 4100 显示为 （空白）" in told["cell.shown_rescaled"]
    assert found.number("revenue_10k_cny").isna().tolist() == [True, False]


UNITS = ["企业名称", "营业收入（万元）", "营业收入（亿元）"]


@pytest.mark.parametrize(
    ("rows", "figures", "rule"),
    [
        ([["甲厂", 2500, 0.25], ["乙厂", 4500, 0.45]], [2500, 4500], None),
        ([["甲厂", 2500, 0.25], ["乙厂", "", 0.45]], [2500, 4500], "column.two_units_complete"),
        ([["甲厂", 2500, 0.35], ["乙厂", "", 0.45]], [2500, pd.NA], "column.two_units_differ"),
    ],
)
def test_a_figure_in_two_units_is_completed_or_its_differences_are_said(
    rows: list[list[Any]], figures: list[Any], rule: str | None, tmp_path: Path
) -> None:
    found = tables.read(csv(tmp_path / "a.csv", [UNITS, *rows]))
    assert found.number("revenue_10k_cny").tolist() == figures
    assert {r for r in rules(found) if r.startswith("column.two")} == ({rule} if rule else set())


@pytest.mark.parametrize(
    ("above", "below"),
    [(["单位：千元（税收为元）"], []), ([], ["说明：本表除税收单位为元外，其余均为千元"])],
)
def test_a_line_that_excepts_a_figure_from_the_unit_of_the_others_is_read(
    above: list[str], below: list[str], tmp_path: Path
) -> None:
    rows = [["企业名称", "经营地址", "营业收入", "税收总额"], ["甲厂", "桐园路8号", 25000, 300000]]
    found = tables.read(xlsx(tmp_path / "a.xlsx", {"表": [above, *rows, below]}))
    assert found.number("revenue_10k_cny").tolist() == [2500]
    assert found.number("tax_10k_cny").tolist() == [30]
    assert "unit.assumed" not in rules(found)


def test_a_figure_that_an_open_document_does_not_show_is_said(tmp_path: Path) -> None:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    figure = '<table:table-cell office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row>{}</table:table-row>"
    lines = [text.format("企业名称") + text.format("营业收入（万元）")]
    lines += [text.format("雾溪甲厂") + figure.format(4100, ""), text.format("雾溪乙厂") + figure.format(900, 900)]  # fmt: skip
    (tmp_path / "a.ods").write_bytes(ods("".join(map(row.format, lines))))
    found = tables.read(tmp_path / "a.ods")
    assert found.number("revenue_10k_cny").isna().tolist() == [True, False]
    assert "存储值 4100 显示为 （空白）" in found.issues.set_index("rule").loc["cell.shown_rescaled", "zh"]  # fmt: skip
