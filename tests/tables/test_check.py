"""`industrymap check`: what a data officer reads."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from industrymap import files
from industrymap.cli import cli
from industrymap.jobs import CheckOptions, check_file, problems_of

if TYPE_CHECKING:
    from pathlib import Path


def check(*arguments: Any, lang: str = "zh") -> Result:
    return CliRunner().invoke(cli, ["--lang", lang, "check", *map(str, arguments)])


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """A workbook as districts send it."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "企业名录"
    rows: list[list[Any]] = [
        ["2023年度某市制造业企业名录"],
        [None, None, None, None, "单位：亿元"],
        ["统一社会信用代码", "企业名称*", "所属区", "营业收入", None],
        [None, None, None, "2022年", "2023年"],
        ["91440101MA5AAAAAA1", "甲有限公司", "白云区", "１，２３４．５", 12.5],
        [914401011234567890, "乙有限公司", None, 3.2, "4,5"],
        ["合  计", None, None, 4, 5],
        ["注：数据截至2023年底"],
    ]
    for row in rows:
        page.append(row)
    for area in ("A1:E1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "C5:C6"):
        page.merge_cells(area)
    book.save(tmp_path / "名录.xlsx")
    return tmp_path / "名录.xlsx"


def test_a_messy_workbook_is_explained_in_chinese(messy: Path) -> None:
    done = check(messy)
    assert done.exit_code == 0
    for line in (
        "名录.xlsx#企业名录：企业表，可用 2 行",
        "表头在第 3–4 行；其上为标题“2023年度某市制造业企业名录；单位：亿元”。",
        "标题注明 2023 年。",
        "“营业收入 / 2023年” → 营业收入（万元），2023 年，数值 × 10,000",
        "有值 100%，如 甲有限公司",
        "代码以数值存储，Excel 只保留 15 位",
        "第 6 行 “4,5”",
        "合计行，不是企业或园区，未读入",
        "说明行，未读入",
    ):
        assert line in done.output


def test_the_same_is_said_in_english(messy: Path) -> None:
    done = check(messy, lang="en")
    for line in (
        "名录.xlsx#企业名录: enterprises, 2 usable rows",
        "Header in rows 3–4",
        "'营业收入 / 2023年' → Revenue (10k yuan), 2023, values × 10,000",
        "not a number",
        "row 6 '4,5'",
    ):
        assert line in done.output


def test_a_table_of_firms_is_told_with_its_codes_amounts_and_base(tmp_path: Path) -> None:
    rows = (
        "统一社会信用代码,企业名称,经营地址,2024年营业收入(万元),2025年营业收入(万元)",
        "91440101231245152Z,甲有限公司,一路1号,1200,1500",
        '91440101231245152A,乙有限公司,二路2号,300,"1,200"',
        ",丙有限公司,三路3号,10,-20",
        ",丙有限公司,三路3号,10,-20",
    )
    path = tmp_path / "企业.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    done = check(path, lang="zh").output
    for line in (
        "3 家企业（合并重复 1 行）。",
        "年营业收入 1,000 万元以上（2025）：2 家；营业收入缺失、不能判断：1 家。",
        "“统一社会信用代码” 统一社会信用代码校验位不通过",
        "第 3 行 “91440101231245152A”",
        "“2025年营业收入(万元)” 不应为负数，该值按缺失处理（2 处）",
        "已读作 1200（全角、千分位、括号或单元格自带单位）",
    ):
        assert line in done
    assert "of the base" not in done
    assert "3 firms (1 repeated row merged)." in check(path, lang="en").output


def test_what_a_table_does_not_have_is_no_problem_of_each_row(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("企业名称\n甲有限公司\n乙有限公司\n", encoding="utf-8")
    done = check(path).output
    assert "2 家企业。" in done
    assert done.count("没有识别到营业收入列") == 1
    assert "地址" not in done


def test_odd_coordinates_are_told_for_each_datum(tmp_path: Path) -> None:
    rows = ["企业名称,经度,纬度,坐标系"]
    rows += [f"甲{n}公司,113.{n}5,23.1{n},GCJ-02" for n in range(2, 6)]
    rows += [
        "乙公司,0,0,GCJ-02",
        "丙公司,23.1,113.2,WGS84",
        "丁公司,113.3,23.1,",
        "戊公司,113.3,23.1,西安80",
    ]
    path = tmp_path / "点.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    done = check(path, "--city", "guangzhou").output
    for line in (
        "GCJ-02：1 个点的坐标为 0, 0，视为缺失。",
        "“经度” 经度和纬度颠倒（或 X、Y 互换），已调正",
        "未注明坐标系：1 个点须声明坐标系后才能使用。",
        "西安80：",
    ):
        assert line in done
    assert "没有发现问题" not in done


def test_nothing_is_written(messy: Path) -> None:
    before = sorted(p.name for p in messy.parent.iterdir())
    check(messy)
    assert sorted(p.name for p in messy.parent.iterdir()) == before


def test_a_layer_is_explained_with_its_datum_and_repairs(tmp_path: Path) -> None:
    bow = [[[113.2, 23.1], [113.21, 23.11], [113.21, 23.1], [113.2, 23.11], [113.2, 23.1]]]
    feature = {
        "type": "Feature",
        "properties": {"园区名称": "甲园", "权属": "集体", "符合规划": "否"},
        "geometry": {"type": "Polygon", "coordinates": bow},
    }
    path = files.write_text(
        tmp_path / "a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    done = check(path)
    assert done.exit_code == 0
    for line in (
        "a.geojson：村级工业园，可用 1 个要素",
        "若取自国内在线地图，多为 GCJ-02",
        "列（按村级工业园对应，不对时用 --layer 指定）",
        "“园区名称” → 园区名称",
        "有值 100%，如 集体",
        "有值 100%，如 否",
        "自相交",
    ):
        assert line in done.output
    assert "GCJ-02（国测局坐标）（由您指定）" in check(path, "--datum", "gcj02").output


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", None, "找不到文件"),
        ("a.csv", "", "空文件"),
        ("a.csv", "a,b\n1,2\n", "没有可识别的列"),
        ("a.csv", "企业名称,地址\n", "没有数据行"),
        ("a.xlsx", "PK\x03\x04 cut", "已损坏或不完整"),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "没有要素"),
        ("a.docx", "x", "Word 文档，不予读取"),
        ("a.xyz", "x", "扩展名"),
    ],
)
def test_unusable_input_is_one_sentence_and_exit_code_2(
    tmp_path: Path, name: str, content: str | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    done = check(path)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.output


def test_one_unusable_file_does_not_hide_the_others(messy: Path, tmp_path: Path) -> None:
    done = check(tmp_path / "none.csv", messy)
    assert done.exit_code == 2
    assert "可用 2 行" in done.stdout


def test_strict_turns_rows_left_out_into_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业名称,地址\n甲,某路,1号\n乙,某路\n")
    assert check(path).exit_code == 0
    assert check(path, "--strict").exit_code == 1


def test_a_parquet_table_is_checked_as_a_table(tmp_path: Path) -> None:
    import pandas as pd

    pd.DataFrame({"企业名称": ["甲"], "营业收入(万元)": [1.0]}).to_parquet(tmp_path / "a.parquet")
    assert "企业表，可用 1 行" in check(tmp_path / "a.parquet").output


def test_it_runs_as_a_program(messy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "industrymap", "--lang", "zh", "check", str(messy)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert "可用 2 行" in done.stdout
    assert done.stderr == ""


@pytest.mark.real
def test_the_real_files_are_explained_with_the_problems_they_have(real: Path) -> None:
    done = check(*sorted(real.glob("*.csv")), *sorted(real.glob("*.geojson")))
    assert done.exit_code == 0
    assert "✗" not in done.output
    assert done.output.count("没有发现问题") == 3
    for line in ("8,000 家企业。", "没有任何地址，无法定位（18 处）", "133 家；"):
        assert line in done.output


def test_the_datum_that_is_given_is_that_of_the_points(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("企业名称,营业收入（万元）,经度,纬度\n甲厂,2000,113.3,23.1\n乙厂,2000,-179.9,23.1\n", encoding="utf-8")  # fmt: skip
    options = CheckOptions(datum="wgs84", extent=(112.9, 22.5, 114.1, 24.0))
    checked = check_file(path, options=options)
    assert not [said for said in checked.odd_places if "no datum" in said.en]
    far = checked.issues[checked.issues["rule"] == "geocode.outside_city"]
    assert far["row"].tolist() == [3]


def test_a_day_that_cannot_be_read_is_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业名称,营业收入（万元）,成立日期\n雾溪甲厂,2000,不详年\n", encoding="utf-8")
    found = check_file(path).issues
    assert len(found[found["value"] == "不详年"]) == 1


def test_an_example_names_its_file_where_there_are_several(tmp_path: Path) -> None:
    folder = tmp_path / "parks"
    folder.mkdir()
    for name in ("一区", "二区", "三区"):
        shape = {"type": "Polygon", "coordinates": [[[114.0, 26.0], [114.01, 26.0], [114.01, 26.01], [114.0, 26.0]]]}  # fmt: skip
        feature = {"type": "Feature", "properties": {"园区编号": "P1", "园区名称": name}, "geometry": shape}  # fmt: skip
        (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")  # fmt: skip
    found = check_file(folder, options=CheckOptions(layer="village_parks")).issues
    twice = next(p for p in problems_of(found) if p.column == "园区编号")
    assert "二区.geojson" in twice.where("zh")
