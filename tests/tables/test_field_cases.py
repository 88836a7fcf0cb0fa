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
