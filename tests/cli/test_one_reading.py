"""`check`, `convert`, `geocode`, `build` and `doctor` read one file in one way and say the same of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from tiny_workspace import tiny_workspace

from industrymap import doctor, jobs, pipeline, workspace
from industrymap.cli import cli
from industrymap.errors import IndustryMapError, TableError

if TYPE_CHECKING:
    from pathlib import Path

ROWS: list[list[Any]] = [
    ["2024年企业情况表"],
    [
        "企业名称",
        "统一社会信用代码",
        "经营地址",
        "营业收入（万元）",
        "1—11月营业收入（万元）",
        "经度",
        "纬度",
    ],
    ["一、东区"],
    ["沙河铸造厂", None, "示例路8号", "3,100", 2800, 114.01, 26.01],
    ["青山电器有限公司", "91440101708231365X", "示例路9号", "2200 2300", 900, 114.02, 26.02],
    ["其中：规上企业（1家）", None, None, 3100, 2800],
    ["合计（2家）", None, None, 3100, 3700],
    ["填表人：李四"],
]


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """A workspace whose table has a title, sections, totals, a part-year column, and a second sheet of firms."""
    tiny_workspace(tmp_path, "")
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "东区"
    for row in ROWS:
        page.append(row)
    other = book.create_sheet("西区")
    other.append(["企业名称", "营业收入（万元）"])
    other.append(["石桥机械厂", 700])
    book.save(tmp_path / "firms.xlsx")
    config = tmp_path / "industrymap.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("firms.csv", "firms.xlsx"), encoding="utf-8")
    return tmp_path


def said(issues: pd.DataFrame) -> set[tuple[Any, ...]]:
    """What was found in the table, whoever says it."""
    own = issues[issues["source"] == "firms.xlsx#东区"]
    return {
        tuple(row)
        for row in own[["row", "column", "rule", "zh"]].astype("string").fillna("").to_numpy()
    }


def test_the_five_say_the_same_of_the_same_file(space: Path) -> None:
    declared = workspace.load(space).declared(space / "firms.xlsx")
    checked = jobs.check_file(space / "firms.xlsx", options=jobs.CheckOptions(declared=declared))
    converted = jobs.convert_file(
        space / "firms.xlsx",
        space / "c.csv",
        source="gcj02",
        options=jobs.ConvertOptions(declared=declared),
    )
    geocoded = jobs.geocode_file(space / "firms.xlsx", options=jobs.GeocodeOptions(workspace=space))
    built = pipeline.run(workspace.load(space))
    read = said(checked.read.issues)
    assert {
        "table.sheet_left_out",
        "table.total_row",
        "column.not_the_figure",
        "cell.not_number",
    } <= {rule for _, _, rule, _ in read}
    assert said(converted.issues) == said(geocoded.reading) == read
    # Check and build add what they find in the firms, and leave out what is said twice of a cell.
    assert read - said(checked.issues) == read - said(built.issues)
    assert {(row, rule, zh) for row, _, rule, zh in said(checked.issues)} <= {
        (row, rule, zh) for row, _, rule, zh in said(built.issues)
    }
    whole = {zh for row, _, rule, zh in read if row == "" or rule == "table.second_left_out"}
    told = " ".join(finding.zh for finding in doctor.examine(space))
    assert all(zh in told for zh in whole)


def test_convert_and_geocode_print_what_was_left_out(space: Path) -> None:
    file = str(space / "firms.xlsx")
    asked = {
        "convert": ["-o", str(space / "c.csv"), "--from", "wgs84"],
        "geocode": ["-o", str(space / "g.csv"), "--city", "sample"],
    }
    for command, more in asked.items():
        done = CliRunner().invoke(cli, ["--lang", "zh", command, file, *more])
        assert done.exit_code == 0, done.output
        assert "工作表“西区”也有可识别的列，未读入" in done.output
        assert "未读入 4 行" in done.output


def test_all_sheets_are_checked_converted_and_geocoded(space: Path) -> None:
    file = space / "firms.xlsx"
    checked = jobs.check_file(file, options=jobs.CheckOptions(sheet="*"))
    assert [one.name for one in checked.reads] == ["firms.xlsx#东区", "firms.xlsx#西区"]
    assert checked.firms is not None
    assert checked.firms.base.counts["firms"] == 3
    options = jobs.GeocodeOptions(city="sample", sheet="*")
    assert len(jobs.geocode_file(file, options=options).frame) == 3


def test_a_table_of_towns_is_refused_as_a_table_of_firms(tmp_path: Path) -> None:
    rows = [f"{n},{name}街道,440103" for n, name in enumerate("沙岭华彩东西南北龙凤金银", start=1)]
    text = "\n".join(["code,name,district_code", *rows, "13,大岭林场,440103"])
    path = tmp_path / "towns.csv"
    path.write_text(text, encoding="utf-8")
    options = jobs.CheckOptions(layer="enterprises")
    with pytest.raises(TableError, match="no firm could be identified"):
        jobs.check_file(path, options=options)


def test_names_that_no_firm_bears_are_refused_and_a_list_of_firms_is_not(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("名称,经度,纬度\n东湖,114.0,26.0\n西山,114.1,26.1\n", encoding="utf-8")
    options = jobs.CheckOptions(layer="enterprises")
    with pytest.raises(TableError, match="东湖、西山"):
        jobs.check_file(path, options=options)
    # … and converted all the same: points need not be firms.
    done = jobs.convert_file(path, tmp_path / "out.csv", source="gcj02")
    assert (done.done, done.total) == (2, 2)
    path.write_text("名称\n东湖电机厂\n西山\n", encoding="utf-8")
    assert len(jobs.check_file(path, options=options).read.frame) == 2


def test_a_folder_of_district_tables_is_one_file_of_firms(tmp_path: Path) -> None:
    for district in ("东区", "西区"):
        (tmp_path / f"{district}.csv").write_text(
            f"企业名称,营业收入（万元）\n{district}铸造厂,2000\n", encoding="utf-8"
        )
    (tmp_path / "说明.docx").write_bytes(b"x")
    (tmp_path / "往年").mkdir()
    (tmp_path / "往年" / "南区.csv").write_text("企业名称\n南区铸造厂\n", encoding="utf-8")
    checked = jobs.check_file(tmp_path)
    assert [one.name for one in checked.reads] == ["东区.csv", "西区.csv"]
    # A folder with tables in it is not called "no table".
    said = checked.issues.set_index("rule")["zh"]
    assert said["table.files_left_out"].endswith("：说明.docx")
    assert "往年" in said["table.folders_left_out"]


def test_issues_csv_names_column_firm_and_code_as_the_file_does(space: Path) -> None:
    pipeline.build(space)
    found = pd.read_csv(space / "outputs/issues.csv", dtype="string", encoding="utf-8-sig")
    row = found[found["value"] == "2200 2300"].iloc[0]
    said = row[["row", "column", "name", "uscc"]].tolist()
    assert said == ["5", "营业收入（万元）", "青山电器有限公司", "91440101708231365X"]


def test_build_and_doctor_name_a_second_table_and_the_column_of_an_assumed_unit(
    tmp_path: Path,
) -> None:
    tiny_workspace(tmp_path, "")
    rows = [
        "企业名称,营业收入",
        "甲厂,3100",
        ",",
        "企业名称,停产时间",
        "乙厂,2024年",
        "丙厂,2023年",
    ]
    (tmp_path / "firms.csv").write_text("\n".join(rows), encoding="utf-8")
    for command in ("build", "doctor"):
        printed = CliRunner().invoke(cli, ["--lang", "zh", command, str(tmp_path)]).output
        assert "同一工作表中另有表格（企业名称、停产时间），未读入" in printed
        assert "“营业收入”：表头与单位行均未注明单位" in printed


def test_a_table_of_parks_is_said_to_be_no_layer_by_check_too(tmp_path: Path) -> None:
    path = tmp_path / "摸查表.csv"
    path.write_text("园区编号,园区名称,占地面积（亩）\nP7,石桥园,21\n", encoding="utf-8")
    assert jobs.check_file(path).issues["rule"].tolist() == ["table.no_shapes"]


@pytest.mark.parametrize("name", ["甲.fods", "甲.smwu", "甲.pdf"])
def test_check_names_a_format_that_is_read_by_nobody(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    with pytest.raises(IndustryMapError) as refused:
        jobs.check_file(path)
    assert "不予读取；请" in refused.value.zh


def test_a_row_in_another_system_or_at_nought_does_not_keep_the_rest_from_converting(
    tmp_path: Path,
) -> None:
    rows = ["名称,经度,纬度,坐标系", "甲,114.01,26.01,gcj02", "乙,495000,2880160,CGCS2000", "丙,0,0,WGS84"]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join(rows), encoding="utf-8")
    done = jobs.convert_file(tmp_path / "a.csv", tmp_path / "b.csv")
    assert (done.done, done.total) == (1, 3)
    assert any("第 3 行" in note.zh for note in done.notes)
