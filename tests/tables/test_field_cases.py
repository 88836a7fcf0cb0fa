"""Small inputs of the kinds that went wrong in the open, with values of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from industrymap import enterprises, jobs, tables
from industrymap.errors import FileRefusedError, TableError

if TYPE_CHECKING:
    from pathlib import Path


def csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


AREAS = {
    "4300㎡": 4300, "4300m²": 4300, "4300m2": 4300, "1.4km²": 1_400_000, "2.6hm²": 26_000, "3.5万㎡": 35_000, "45亩": 30_000, "1.2公顷": 12_000, "0.3平方公里": 300_000,
    "4300平方米": 4300, "4300 ㎡": 4300, "4，300㎡": 4300,
}  # fmt: skip


def test_a_unit_in_the_cell_is_the_unit_of_the_cell(tmp_path: Path) -> None:
    rows = "".join(f"P{n},溪口{n}园,{area}\n" for n, area in enumerate(AREAS))
    table = tables.read(csv(tmp_path / "a.csv", "园区编号,园区名称,用地面积\n" + rows), layer="village_parks")  # fmt: skip
    assert table.number("land_area_reported_m2").tolist() == pytest.approx(list(AREAS.values()))
    # Two areas in a cell are none, and said.
    two = csv(tmp_path / "b.csv", "园区编号,园区名称,用地面积\nP1,溪口园,3公顷（45亩）\n")
    read = tables.read(two, layer="village_parks")
    assert read.number("land_area_reported_m2").isna().all()
    assert "cell.not_number" in set(read.issues["rule"])


@pytest.mark.parametrize("heading", ["厂名", "单位", "字号名称"])
def test_dashes_alone_name_no_firm_and_what_is_missing_is_named(
    tmp_path: Path, heading: str
) -> None:
    path = csv(tmp_path / "a.csv", f"序号,{heading},年产值\n1,-,-\n2,——,-\n")
    with pytest.raises(TableError, match="统一社会信用代码"):
        enterprises.build(enterprises.read_firms(path))


def test_x_north_in_a_zone_that_a_column_names_is_put_right_and_placed(tmp_path: Path) -> None:
    rows = "甲泉厂,2559000.5,38441000.2,EPSG:4526\n乙泉厂,2559100,38441100,EPSG:4526\n"
    checked = jobs.check_file(csv(tmp_path / "a.csv", "企业名称,X坐标,Y坐标,坐标系\n" + rows))
    assert "coordinate.swapped" in set(checked.issues["rule"])
    done = jobs.convert_file(tmp_path / "a.csv", tmp_path / "out.csv")
    assert (done.done, done.total) == (2, 2)
    out = tables.read(tmp_path / "out.csv", layer=None).frame
    assert float(out["lon_wgs84"][0]) == pytest.approx(113.42, abs=0.02)
    assert float(out["lat_wgs84"][0]) == pytest.approx(23.13, abs=0.02)


def test_a_workbook_of_today_called_xls_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["企业名称", "营业收入（万元）"])
    page.append(["甲泉厂", 4100])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.xlsx").rename(tmp_path / "a.xls")
    assert tables.read(tmp_path / "a.xls").number("revenue_10k_cny").tolist() == [4100]


def test_a_web_archive_called_xls_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<table></table>")
    with pytest.raises(FileRefusedError, match=r"MHTML.*save it as \.xlsx"):
        tables.read(path)


def test_degrees_minutes_and_seconds_in_three_columns_are_one_coordinate(tmp_path: Path) -> None:
    head = "企业名称,经度（度）,经度（分）,经度（秒）,纬度（度）,纬度（分）,纬度（秒）,坐标系\n"
    rows = "丙泉厂,113,30,36,23,6,0,WGS84\n丁泉厂,113,,36,23,6,0,WGS84\n戊泉厂,113.5,30,0,23,66,0,WGS84\n"
    table = tables.read(csv(tmp_path / "a.csv", head + rows))
    assert table.number("lon").tolist()[0] == pytest.approx(113.51)
    assert table.number("lat").tolist()[0] == pytest.approx(23.1)
    # What makes no coordinate is none: never the whole degrees.
    assert table.number("lon").isna().tolist() == [False, True, True]
    assert list(table.issues["rule"]).count("coordinate.parts_unreadable") == 3
    done = jobs.convert_file(tmp_path / "a.csv", tmp_path / "out.csv", source="wgs84")
    assert (done.done, done.total) == (1, 3)
    # Also where no firm is named and every column keeps its heading.
    csv(tmp_path / "b.csv", "点号,经度（度）,经度（分）,纬度（度）,纬度（分）\n1,113,30.6,23,6.0\n")
    jobs.convert_file(tmp_path / "b.csv", tmp_path / "b_out.csv", source="wgs84")
    out = tables.read(tmp_path / "b_out.csv", layer=None).frame
    assert float(out["lon_wgs84"][0]) == pytest.approx(113.51)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("高德经度,高德纬度", "gcj02"),
        ("百度坐标X,百度坐标Y", "bd09"),
        ("经度GCJ-02,纬度GCJ-02", "gcj02"),
    ],
)
def test_a_heading_that_names_the_map_names_the_datum(tmp_path: Path, head: str, said: str) -> None:
    table = tables.read(csv(tmp_path / "a.csv", f"企业名称,{head}\n己泉厂,113.41,23.12\n"))
    assert table.frame[["lon", "lat", "datum"]].to_numpy().tolist() == [["113.41", "23.12", said]]


def test_half_of_two_pairs_of_coordinates_is_no_place(tmp_path: Path) -> None:
    table = tables.read(
        csv(tmp_path / "a.csv", "企业名称,高德经度,百度纬度\n庚泉厂,113.41,23.12\n")
    )
    assert table.frame["lon"].isna().all()
    assert "coordinate.two_datums" in set(table.issues["rule"])


def test_a_column_called_kind_of_coordinates_names_the_datum_of_each_row(tmp_path: Path) -> None:
    rows = "辛泉厂,113.41,23.12,火星坐标\n壬泉厂,113.42,23.13,GPS\n"
    path = csv(tmp_path / "a.csv", "企业名称,经度,纬度,坐标类型\n" + rows)
    jobs.convert_file(path, tmp_path / "out.csv", source="wgs84")
    out = tables.read(tmp_path / "out.csv", layer=None).frame
    assert float(out["lon_wgs84"][0]) < 113.406
    assert float(out["lon_wgs84"][1]) == pytest.approx(113.42)


@pytest.mark.parametrize("unit", ["（千）", "(K)", "（亿万元）", "（万元）（元）"])
def test_a_unit_that_nobody_can_tell_leaves_the_column_out(unit: str, tmp_path: Path) -> None:
    text = f"企业名称,经营地址,营业收入{unit}\n甲厂,一路1号,23000\n乙厂,二路2号,41000\n"
    built = enterprises.build(enterprises.read_firms(csv(tmp_path / "a.csv", text)))
    assert built.frame["revenue_10k_cny"].isna().all()
    assert "amount.unknown_unit" in set(built.issues["rule"])


def test_parts_of_a_figure_without_the_figure_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["企业名称", "税收（万元）", None, "从业人数", None], [None, "国税", "地税", "男", "女"], ["癸泉厂", 70, 30, 12, 8]):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("D1:E1")
    book.save(tmp_path / "a.xlsx")
    found = tables.read(tmp_path / "a.xlsx").issues
    said = set(found.loc[found["rule"] == "column.not_the_figure", "column"])
    assert said == {"税收（万元） / 国税", "税收（万元） / 地税", "从业人数 / 男", "从业人数 / 女"}


@pytest.mark.parametrize(
    "line",
    [
        ["填表人：陈一", "审核人：吴二", "2025年4月"],
        ["填表人：", "陈一", "审核人：", "吴二", "2025-04-10"],
        ["单位负责人：陈一", "统计负责人：吴二", "填表人：周三", "联系电话：", "020-81234567"],
        ["制表人", "陈一", "日期", "2025.04.10"],
    ],
)
def test_a_line_of_signatures_in_several_cells_is_no_firm(tmp_path: Path, line: list[str]) -> None:
    head = ["企业名称", "经营地址", "营业收入（万元）", "从业人数", "备注"]
    rows = [[f"鹭洲泉{n}厂", f"工业路{n}号", 1000 + n, 10, ""] for n in range(3)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in [head, *rows, line]), "utf-8")
    table = tables.read(path)
    assert len(table.frame) == 3
    assert "table.note_row" in set(table.issues["rule"])


@pytest.mark.parametrize(
    ("cell", "lon", "lat"),
    [
        ("E114°06′00″ N26°03′00″", 114.1, 26.05),
        ("N26°03′00″ E114°06′00″", 114.1, 26.05),
        ("东经114.1 北纬26.05", 114.1, 26.05),
        ("经度：114.1 纬度：26.05", 114.1, 26.05),
        ("114.1E 26.05N", 114.1, 26.05),
        ("114°06′00″ 26°03′00″", 114.1, 26.05),
        ("2882000,510000", 510000, 2882000),
    ],
)
def test_both_coordinates_in_one_cell_may_say_which_is_which(
    tmp_path: Path, cell: str, lon: float, lat: float
) -> None:
    table = tables.read(
        csv(tmp_path / "a.csv", f'企业名称,经纬度\n鹭洲甲厂,"{cell}"\n鹭洲乙厂,不详\n')
    )
    assert table.number("lon").iloc[0] == pytest.approx(lon)
    assert table.number("lat").iloc[0] == pytest.approx(lat)
    assert table.issues["rule"].tolist().count("coordinate.pair_unreadable") == 1


def test_a_column_headed_as_coordinates_without_any_is_told(tmp_path: Path) -> None:
    table = tables.read(
        csv(tmp_path / "a.csv", "企业名称,经纬度\n鹭洲甲厂,见附图\n鹭洲乙厂,第3页\n")
    )
    assert "coordinate.no_pairs" in set(table.issues["rule"])


def test_a_table_of_coordinates_without_addresses_is_geocoded_by_them(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv",
        "企业名称,X坐标,Y坐标,坐标系\n鹭洲甲厂,2876000,500600,CGCS2000 114度带\n",
    )
    placed = jobs.geocode_file(path, options=jobs.GeocodeOptions(city="sample")).frame
    assert placed["lon"].iloc[0] == pytest.approx(114.006, abs=1e-3)
    assert placed["lat"].iloc[0] == pytest.approx(25.994, abs=1e-2)
