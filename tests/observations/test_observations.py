"""Monthly and quarterly tables as bureaus write them become observations, or say what they lack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import xlsxwriter

from industrymap import citypack
from industrymap.errors import SeriesError
from industrymap.observations import Given, doubts, known_by_name, read

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.observations import Reading

PACK = citypack.load("guangzhou")
TIANHE, PANYU, CITY = "440106", "440113", PACK.division_code


def book(path: Path, **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as out:
        for name, rows in sheets.items():
            sheet = out.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_text(content, encoding=encoding)
    return path


def figures(reading: Reading) -> dict[tuple[str, str, str], float]:
    """Return entity, measure and period → value."""
    table = reading.observations
    return {(r.entity, r.measure, r.period): r.value for r in table.itertuples()}


def rules(reading: Reading) -> set[str]:
    return set(reading.issues["rule"])


def test_areas_by_measures_with_the_period_in_the_title(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv",
        "2024年1—11月各区工业主要指标,,,\n单位：万元,,,\n地区,规模以上工业总产值,同比增长（%）,利润总额\n"
        "全市,3000,5.1,200\n天河区,1000,4.0,80\n番禺,2000,-6.2,120\n",
        "gb18030",
    )
    found = figures(read(path, pack=PACK))
    assert found[CITY, "output_10k_cny", "2024-01..11"] == 3000
    assert found[PANYU, "output_10k_cny:growth", "2024-01..11"] == -6.2
    assert found[TIANHE, "profit_10k_cny", "2024-01..11"] == 80
    assert len(found) == 9


def test_areas_by_periods_of_one_measure(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv",
        "各区工业增加值（亿元）\n地区,2024年1—2月,2024年1—3月,2024年上半年,2023年\n天河区,1,1.5,3.2,6\n番禺区,2,3.1,6.4,13\n",
    )
    found = figures(read(path, pack=PACK))
    assert found[TIANHE, "value_added_10k_cny", "2024-01..02"] == 10_000
    assert found[TIANHE, "value_added_10k_cny", "2024Q1"] == 15_000
    assert found[PANYU, "value_added_10k_cny", "2024-01..06"] == 64_000
    assert found[PANYU, "value_added_10k_cny", "2023"] == 130_000


def test_measures_by_rows_with_month_cumulative_and_last_year(tmp_path: Path) -> None:
    rows = [
        ["番禺区主要工业指标（2024年5月）"],
        ["指标名称", "计量单位", "本月", "本月止累计", "上年同期累计", "同比增长(%)", "排名"],
        ["规模以上工业总产值", "亿元", 21.5, 101.5, 98.25, 3.3, 2],
        ["  其中：出口交货值", "亿元", 4, 19, 20, -5, 1],
        ["  其中：高技术产业", "亿元", 5, 25, 20, 25, 3],
        ["平均用工人数", "人", "", 52000, 53000, -1.9, 4],
    ]
    reading = read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK)
    found = figures(reading)
    assert found[PANYU, "output_10k_cny", "2024-05"] == 215_000
    assert found[PANYU, "output_10k_cny", "2024-01..05"] == 1_015_000
    assert found[PANYU, "output_10k_cny:last_year", "2024-01..05"] == 982_500
    assert found[PANYU, "output_10k_cny:growth", "2024-01..05"] == 3.3
    assert found[PANYU, "export_10k_cny", "2024-01..05"] == 190_000
    assert found[PANYU, "staff", "2024-01..05"] == 52_000
    assert {"observation.row", "observation.other"} <= rules(reading)  # 高技术, 排名
    assert not any(v == 250_000 for v in found.values())


def test_headings_of_two_rows_belong_together(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["地区", "工业总产值（万元）", "", "税收（万元）", ""],
        ["", "2024年1-3月", "增速%", "2024年1-3月", "2023年1-3月"],
        ["天河区", 100, 1.0, 10, 9],
        ["番禺区", 200, 2.0, 20, 21],
    ]
    found = figures(read(book(tmp_path / "a.xlsx", 一季度=rows), pack=PACK))
    assert found[TIANHE, "output_10k_cny", "2024Q1"] == 100
    assert found[PANYU, "tax_10k_cny", "2023Q1"] == 21
    assert found[PANYU, "output_10k_cny:growth", "2024Q1"] == 2.0


def test_a_sheet_a_month_takes_its_month_from_its_name(tmp_path: Path) -> None:
    def month(value: float) -> list[list[object]]:
        return [
            ["2024年各区产值", ""],
            ["地区", "产值（万元）"],
            ["天河区", value],
            ["合计", value],
        ]

    path = book(
        tmp_path / "a.xlsx", **{"1-2月": month(1), "1-3月": month(2), "说明": [["制表：统计科"]]}
    )
    found = figures(read(path, pack=PACK))
    assert found[TIANHE, "output_10k_cny", "2024-01..02"] == 1
    assert found[CITY, "output_10k_cny", "2024Q1"] == 2


def test_a_long_table_of_firms(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv",
        "企业名称,年份,月份,营业收入（万元）\n甲厂,2024,3,12.5\n乙厂,2024,3,-\n甲厂,2024,4,13\n",
    )
    found = read(path, pack=PACK)
    assert figures(found) == {
        ("甲厂", "revenue_10k_cny", "2024-03"): 12.5,
        ("甲厂", "revenue_10k_cny", "2024-04"): 13,
    }
    assert set(found.observations["kind"]) == {"firm"}


def test_the_template_s_own_columns(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv",
        "kind,entity,measure,period,value,unit,status\ndistrict,440106,tax_10k_cny,2024Q1,3,亿元,preliminary\n"
        "cluster,ev,output_10k_cny,2024Q1,5,万元,\n",
    )
    table = read(path, pack=PACK).observations
    assert table[["kind", "entity", "value", "status"]].to_numpy().tolist() == [
        ["district", "440106", 30_000, "preliminary"],
        ["cluster", "ev", 5, "reported"],
    ]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("2024年1-3月\n地区,产值\n天河区,5\n", "observation.unit"),
        ("地区,产值（万元）\n天河区,5\n", "observation.period"),
        ("2024年1-3月\n地区,神秘指数（万元）\n天河区,5\n", "observation.column"),
        ("2024年1-3月\n地区,数值（万元）\n天河区,5\n", "observation.measure"),
        ("2024年1-3月\n地区,产值（万元）\n月球区,5\n", "observation.row"),
        ("2024年1-3月\n地区,产值（人）\n天河区,5\n", "observation.wrong_unit"),
        ("2024年1-3月\n地区,产值（万元）\n天河区,5\n天河区,6\n", "observation.twice"),
    ],
)
def test_what_cannot_be_told_is_left_out_and_said(tmp_path: Path, content: str, rule: str) -> None:
    reading = read(text(tmp_path / "a.csv", content), pack=PACK)
    assert reading.observations.empty
    assert rules(reading) == {rule}


def test_what_a_person_says_fills_what_the_file_lacks(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", "地区,神秘指数\n天河区,5\n")
    given = Given(period="2024年一季度", unit="亿元", names={"神秘指数": "output_10k_cny"})
    assert figures(read(path, pack=PACK, given=given)) == {
        (TIANHE, "output_10k_cny", "2024Q1"): 50_000
    }


def test_a_person_names_the_one_measure_of_a_file(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", "2024年\n地区,神秘指数（亿元）\n天河区,5\n")
    found = figures(read(path, pack=PACK, given=Given(measure="tax_10k_cny")))
    assert found == {(TIANHE, "tax_10k_cny", "2024"): 50_000}


def test_a_file_without_figures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeriesError, match="no table of figures"):
        read(text(tmp_path / "a.csv", "地区,产值\n天河区,\n"), pack=PACK)


def frame(*rows: tuple[str, float]) -> pd.DataFrame:
    periods, values = zip(*rows, strict=True)
    return pd.DataFrame(
        {"kind": "district", "entity": TIANHE, "measure": "output_10k_cny", "period": periods, "value": values,
         "unit": "万元", "status": "reported", "source": "a.csv", "row": 2, "column": 2}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("known", "new", "rule"),
    [
        (("2023Q1", 100.0), ("2024Q1", 1_050_000.0), "observation.slip"),
        (("2023Q1", 100.0), ("2024Q1", 9.6), "observation.slip"),
        (("2024Q1", 100.0), ("2024-01..04", 90.0), "observation.falls"),
        (("2024Q1", 100.0), ("2024Q1", 101.0), "observation.revised"),
    ],
)
def test_doubtful_figures_are_said(
    known: tuple[str, float], new: tuple[str, float], rule: str
) -> None:
    assert doubts(frame(new), frame(known))["rule"].tolist() == [rule]


def test_a_cumulative_figure_is_compared_with_the_latest_one_not_with_the_one_added_last() -> None:
    late = frame(("2024-01..05", 120.0), ("2024-01..02", 60.0))
    found = doubts(frame(("2024-01..06", 110.0)), late)
    assert found["rule"].tolist() == ["observation.falls"]
    assert "2024-01..05" in found["en"].iloc[0]


def test_sound_figures_raise_no_doubt() -> None:
    known = frame(("2023Q1", 100.0), ("2024-01..02", 60.0))
    assert doubts(frame(("2024Q1", 130.0)), known).empty


def test_an_industry_or_a_part_is_never_taken_for_the_whole_of_the_title_s_place(
    tmp_path: Path,
) -> None:
    rows: list[list[object]] = [
        ["番禺区2024年1—3月工业总产值（亿元）"],
        ["行业", "本月", "累计", "其中：高技术"],
        ["汽车制造业", 1, 3, 1],
        ["番禺区合计数", 2, 5, 1],
    ]
    reading = read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK)
    assert reading.observations.empty
    assert {"observation.column", "observation.row"} <= rules(reading)


@pytest.mark.parametrize(
    ("title", "places", "entity"),
    [
        ("2024年1—3月各区工业总产值（亿元）", ["天河区", "番禺区"], CITY),
        ("番禺区2024年1—3月各镇街工业总产值（亿元）", ["石碁镇", "沙湾街道"], PANYU),
        ("2024年1—3月工业总产值（亿元）", ["石碁镇", "沙湾街道"], None),
    ],
)
def test_a_total_is_of_what_the_table_is_of(
    tmp_path: Path, title: str, places: list[str], entity: str | None
) -> None:
    rows: list[list[object]] = [[title], ["地区", "数值"], *([p, 1] for p in places), ["合计", 2]]
    reading = read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK)
    totals = [e for (e, _, _), value in figures(reading).items() if value == 20_000]
    assert totals == ([entity] if entity else [])


def test_a_total_of_listed_firms_is_not_the_city(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2024年12月规上企业月报"],
        ["企业名称", "营业收入（千元）", ""],
        ["", "本月", "1-本月"],
        ["甲公司", 100, 1200],
        ["合计", 100, 1200],
    ]
    found = read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK)
    assert figures(found) == {
        ("甲公司", "revenue_10k_cny", "2024-12"): 10,
        ("甲公司", "revenue_10k_cny", "2024"): 120,
    }
    assert rules(found) == {"observation.whole"}


def test_years_down_and_months_across(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["天河区规上工业营业收入（万元）"],
        ["年份", "1月", "2月", "全年"],
        [2023, 1, 2, 20],
        [2024, 2, 3, 25],
    ]
    found = figures(read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK))
    assert found[TIANHE, "revenue_10k_cny", "2023-02"] == 2
    assert found[TIANHE, "revenue_10k_cny", "2024"] == 25


def test_periods_down_and_areas_across(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2024年工业总产值", "", "单位：亿元"],
        ["时期", "天河区", "番禺区"],
        ["1-2月", 1, 2],
        ["上半年", 5, 6],
    ]
    found = figures(read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK))
    assert found[PANYU, "output_10k_cny", "2024-01..06"] == 60_000
    assert len(found) == 4


def test_areas_below_a_measure_are_of_that_measure(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["广州市2024年一季度"],
        ["指标", "单位", "数值"],
        ["一、工业总产值", "亿元", 100],
        ["  天河区", "亿元", 40],
        ["二、工业增加值", "亿元", 30],
        ["  天河区", "亿元", 10],
    ]
    found = figures(read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK))
    assert found[TIANHE, "output_10k_cny", "2024Q1"] == 400_000
    assert found[TIANHE, "value_added_10k_cny", "2024Q1"] == 100_000
    assert found[CITY, "output_10k_cny", "2024Q1"] == 1_000_000


def test_a_table_of_industries_is_of_the_whole_city_by_their_codes(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2024年1—3月全市规上工业分行业产值（亿元）"],
        ["行业", "产值"],
        ["汽车制造业", 3],
        ["计算机、通信和其他电子设备制造业", 4],
        ["高技术制造业", 9],
    ]
    reading = read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK)
    kinds = set(reading.observations["kind"])
    assert kinds == {"industry"}
    assert figures(reading) == {
        ("36", "output_10k_cny", "2024Q1"): 30_000,
        ("39", "output_10k_cny", "2024Q1"): 40_000,
    }
    # 高技术制造业 is a catalogue of its own, no division.
    assert rules(reading) == {"observation.row"}


@pytest.mark.parametrize(
    "rows",
    [
        [["番禺区2024年1—3月分行业产值（亿元）"], ["行业", "产值"], ["汽车制造业", 3]],
        [["2024年1—3月汽车制造业产值（亿元）"], ["地区", "产值"], ["番禺区", 3]],
        [["2024年1—3月产值（亿元）"], ["行业", "番禺区", "天河区"], ["汽车制造业", 3, 4]],
        [["番禺区汽车制造业2024年1—3月各镇街产值（亿元）"], ["镇街", "产值"], ["石碁镇", 3]],
    ],
)
def test_an_industry_of_one_place_is_the_total_of_neither(
    tmp_path: Path, rows: list[list[object]]
) -> None:
    reading = read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK)
    assert reading.observations.empty
    assert "observation.partial" in rules(reading)


def test_firms_come_under_their_codes_and_a_name_of_two_decides_nothing(tmp_path: Path) -> None:
    known = known_by_name(
        {"firm": [("甲公司（东区）", "f1"), ("f1", "f1"), ("乙公司", "f2"), ("乙公司", "f3")]}
    )
    rows: list[list[object]] = [
        ["2024年规上企业年报"],
        ["企业名称", "营业收入（万元）", "税收（万元）"],
        ["甲公司 (东区)", 100, 7],
        ["乙公司", 200, 8],
        ["丙公司", 300, 9],
    ]
    reading = read(book(tmp_path / "a.xlsx", 表=rows), pack=PACK, known=known)
    assert {e for e, _, _ in figures(reading)} == {"f1", "乙公司", "丙公司"}
    said = reading.issues.set_index("rule")["en"]
    assert said["observation.shared_entity"].startswith(
        "2 entities of the base are called '乙公司' (f2, f3): 2 figures"
    )
    assert said["observation.unknown_entity"].startswith("1 of kind firm are not in the last build")


def test_a_firm_by_name_and_by_code_with_two_values_is_left_out_of_both(tmp_path: Path) -> None:
    known = known_by_name({"firm": [("甲公司", "f1"), ("f1", "f1")]})
    content = "对象类型,对象,指标,时期,数值,单位\n企业,甲公司,税收,2024,7,万元\nfirm,f1,税收,2024,8,万元\n"
    reading = read(text(tmp_path / "a.csv", content), pack=PACK, known=known)
    assert reading.observations.empty
    assert "observation.twice" in rules(reading)


def test_a_town_s_name_that_two_towns_bear_is_said_to_be_shared(tmp_path: Path) -> None:
    towns = PACK.divisions.index[PACK.divisions["level"] == "town"][:2]
    doubled = PACK.divisions.copy()
    doubled.loc[towns, "name"] = "同名镇"
    rows: list[list[object]] = [["2024年产值（亿元）"], ["镇街", "产值"], ["同名镇", 3]]
    reading = read(book(tmp_path / "a.xlsx", 表=rows), pack=replace(PACK, divisions=doubled))
    assert reading.observations.empty
    assert rules(reading) == {"observation.shared_name"}
