"""Workbooks to fill in: what the program writes it reads back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner

from industrymap import jobs, schemas, tables
from industrymap.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

FILLED = {
    "enterprises": {"name": "甲公司", "revenue_10k_cny": 1500, "operating_address": "广州市番禺区石碁镇一路1号", "staff": 20},
    "village_parks": {"park_id": "P1", "name": "一园", "far": 0.8, "output_10k_cny": 900},
    "firm_inputs": {"uscc": "91440101231245152Z", "land_mu": 12.5, "electricity_kwh": 3000},
    "parcels": {"parcel_id": "P1", "uscc": "91440101231245152Z", "area_mu": 9.5},
    "objections": {"name": "甲公司", "item": "税收", "outcome": "采纳"},
    "industrial_blocks": {"block_id": "Q1", "name": "一块", "area_reported_m2": 5000},
}  # fmt: skip


def filled(kind: str, lang: str, path: Path) -> Path:
    """Fill one row of a template in, by the order of its fields."""
    book = openpyxl.load_workbook(io.BytesIO(jobs.template(kind, lang=lang)))
    sheet = book.worksheets[0]
    headings = {str(cell.value): cell.column for cell in sheet[1]}
    for name, value in FILLED[kind].items():
        field = schemas.field(kind, name)
        label = field.zh if lang == "zh" else field.en
        column = next(at for heading, at in headings.items() if heading.startswith(label))
        sheet.cell(row=2, column=column, value=value)
    book.save(path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", FILLED)
def test_a_filled_template_is_read_back_without_complaint(
    kind: str, lang: str, tmp_path: Path
) -> None:
    table = tables.read(filled(kind, lang, tmp_path / "t.xlsx"), layer=kind)
    assert len(table.frame) == 1
    for name, value in FILLED[kind].items():
        read = table.number(name)[0] if isinstance(value, (int, float)) else table.frame[name][0]
        assert read == value
    assert table.issues.empty


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", FILLED)
def test_every_heading_of_a_template_is_recognised(kind: str, lang: str, tmp_path: Path) -> None:
    table = tables.read(filled(kind, lang, tmp_path / "t.xlsx"), layer=kind)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert len(set(table.mapped)) == book.worksheets[0].max_column


def test_a_column_of_known_values_has_a_list_to_choose_from() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(jobs.template("village_parks"))).worksheets[0]
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert any("集体" in text for text in lists)
    assert any("改造中" in text for text in lists)


@pytest.mark.parametrize("kind", jobs.TEMPLATES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_writes_every_kind(kind: str, lang: str, tmp_path: Path) -> None:
    args = ["--lang", lang, "template", kind, "-o", str(tmp_path / "a.xlsx")]
    done = CliRunner().invoke(cli, args, catch_exceptions=False)
    assert done.exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert len(book.worksheets) == 2
    assert book.worksheets[0].max_row == 1


def test_a_filled_template_of_changes_changes_a_park(small_city: Path, tmp_path: Path) -> None:
    from industrymap import pipeline, workspace

    park = pipeline.layer(workspace.load(small_city), "village_parks")["park_id"].iloc[0]
    book = openpyxl.load_workbook(io.BytesIO(jobs.template("changes")))
    sheet = book.worksheets[0]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    row = {"园区编号": park, "操作": "修改", "备注": "由模板填写"}
    for heading, value in row.items():
        sheet.cell(row=2, column=columns[heading], value=value)
    book.save(tmp_path / "c.xlsx")
    args = ["--lang", "zh", "changes", "plan", str(tmp_path / "c.xlsx"), "-w", str(small_city)]
    done = CliRunner().invoke(cli, args, catch_exceptions=False)
    assert "新增 0，修改 1，删除 0" in done.output
    assert "由模板填写" in done.output
