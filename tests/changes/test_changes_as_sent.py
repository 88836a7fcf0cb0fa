"""Change files as offices send them: any kind of table, columns of several years, lines that are no record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import xlsxwriter
from change_plans import planned
from xlsb_writer import xlsb

from industrymap import citypack
from industrymap.changes import apply
from industrymap.store import open as opening

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.store import Base

PACK = citypack.load("sample")
HEADINGS = ["园区编号", "建筑面积（平方米）"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Base:
    folder = tmp_path_factory.mktemp("base")
    base = opening(folder / "base.gpkg")
    shapes = [shapely.box(114 + n / 100, 26, 114.004 + n / 100, 26.004) for n in (1, 2)]
    rows = pd.DataFrame({"园区编号": ["P1", "P2"], "园区名称": ["一号园", "二号园"]})
    gpd.GeoDataFrame(rows, geometry=shapes, crs=4326).to_file(folder / "首批.geojson")
    found = planned(folder / "首批.geojson", store=base, pack=PACK, valid_from=date(2025, 1, 1))
    apply(found, who="张三", why="首批")
    return base


def changed(store: Base, path: Path) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Return what a file would change, and what is said of it."""
    plan = planned(path, store=store, pack=PACK, valid_from=date(2025, 6, 1))
    assert not plan.refused, plan.findings["en"].tolist()
    items = plan.outcome.items
    return {i.id: {f: i.record[f] for f in i.fields} for i in items}, set(plan.findings["rule"])


WANTED = {"P1": {"floor_area_m2": 2000.0}}


def test_a_change_file_may_be_a_table_of_any_kind(store: Base, tmp_path: Path) -> None:
    table = f"<table><tr><td>{HEADINGS[0]}</td><td>{HEADINGS[1]}</td></tr><tr><td>P1</td><td>2000</td></tr></table>"
    (tmp_path / "变更.xls").write_text(f"<html>{table}</html>", encoding="utf-8")
    (tmp_path / "变更.xlsb").write_bytes(xlsb([HEADINGS, ["P1", 2000.0]]))
    (tmp_path / "变更.tsv").write_text("\t".join(HEADINGS) + "\nP1\t2000\n", encoding="gb18030")
    for path in sorted(tmp_path.iterdir()):
        assert changed(store, path)[0] == WANTED, path.suffix


def test_of_several_years_the_latest_is_the_layer_s_figure(store: Base, tmp_path: Path) -> None:
    path = tmp_path / "变更.csv"
    path.write_text(
        "园区编号,2023年园区产值（万元）,2024年园区产值（万元）\nP1,700,900\n", encoding="utf-8"
    )
    figures, said = changed(store, path)
    assert figures == {"P1": {"output_10k_cny": 900.0}}
    assert "column.one_year" in said


@pytest.mark.parametrize("line", ["填表人：张三,", "①以测绘成果为准,", "一、鹭洲区,", "合计,2000"])
def test_a_line_that_is_no_record_refuses_nothing(store: Base, tmp_path: Path, line: str) -> None:
    path = tmp_path / "变更.csv"
    path.write_text(f"{','.join(HEADINGS)}\nP1,2000\n{line}\n", encoding="utf-8")
    assert changed(store, path)[0] == WANTED


def test_what_is_hidden_or_struck_out_in_a_change_file_is_said(store: Base, tmp_path: Path) -> None:
    path = tmp_path / "变更.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADINGS)
        page.write_row(1, 0, ["P1", 2000])
        page.write(2, 0, "P2")
        page.write(2, 1, 3000, book.add_format({"font_strikeout": True}))
        page.set_row(2, None, None, {"hidden": True})
    figures, said = changed(store, path)
    assert figures == WANTED | {"P2": {"floor_area_m2": 3000.0}}
    assert {"table.hidden_cells", "table.struck_out"} <= said
