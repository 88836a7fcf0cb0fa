"""The enterprise tables as files: a workbook with titles, units, merged cells and totals, and texts in three encodings.

Writing says at which row of its file every :class:`~industrymap.sample.rows.Row` is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap import files
from industrymap.sample import _write
from industrymap.sample._random import stream
from industrymap.sample._shift import to_bd09, to_gcj02, to_wgs84
from industrymap.sample.firm_figures import LISTED, YEARS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from industrymap.sample.firms import Firm
    from industrymap.sample.rows import Row

__all__ = ["COORDINATES", "LISTS", "REGISTRY", "STATISTICS", "TAX", "write_tables"]

STATISTICS = "enterprises_statistics_2025.xlsx"
TAX = "enterprises_tax_2025.csv"
REGISTRY = "enterprises_registry.csv"
COORDINATES = "enterprises_coordinates.tsv"
LISTS = {
    # label id → (file, taxonomy)
    "srdi": ("list_specialised.xlsx", "tiers"),
    "hightech": ("list_high_tech.xlsx", "tiers"),
    "little_giant": ("list_little_giants.xlsx", "tiers"),
    "champion": ("list_champions.xlsx", "tiers"),
    "two_high_four_new": ("list_two_high_four_new.xlsx", "three_batches"),
}
"""Label of an official list → its file and the taxonomy it belongs to."""

_FIRST_DATA_ROW = 5
_LAST_YEAR = YEARS[-1]


def write_tables(
    folder: Path, rows: dict[str, list[Row]], firms: Sequence[Firm], *, seed: int
) -> dict[str, int]:
    """Write every enterprise table and list.

    Returns
    -------
    counts : dict
        File name → rows of firms.
    """
    _statistics(folder / STATISTICS, rows["statistics"])
    _tax(folder / TAX, rows["tax"])
    _registry(folder / REGISTRY, rows["registry"])
    _coordinates(folder / COORDINATES, rows["coordinates"], firms, seed)
    counts = {
        STATISTICS: len(rows["statistics"]),
        TAX: len(rows["tax"]),
        REGISTRY: len(rows["registry"]),
        COORDINATES: len(rows["coordinates"]),
    }
    for label, (name, _) in LISTS.items():
        counts[name] = _list(folder / name, label, firms, seed)
    return counts


# --- the statisticians' workbook -------------------------------------------------------------------------

_HEADS: tuple[tuple[str, str, int], ...] = (
    # key, header, width in characters; the years of revenue are under one merged header
    ("number", "序号", 6),
    ("uscc", "统一社会信用代码", 21),
    ("name", "单位详细名称", 34),
    ("district", "所属区", 9),
    ("town", "所属镇街", 11),
    ("address", "单位详细地址", 46),
    ("industry", "行业代码", 18),
    ("product", "主要产品", 20),
    *((f"revenue_{year}", f"{year}年", 14) for year in YEARS),
    ("output", "工业总产值", 14),
    ("tax", "税收总额", 12),
    ("rd", "研发费用", 12),
    ("staff", "从业人员期末人数", 10),
    ("tier", "企业资质", 20),
    ("note", "备注", 16),
)
_REVENUES = tuple(f"revenue_{year}" for year in YEARS)


def _statistics(path: Path, rows: list[Row]) -> None:
    """Write title, unit line, a header of two rows with merged cells, subtotals, a total and notes."""
    import xlsxwriter

    with files.atomic(path) as temporary:
        book = xlsxwriter.Workbook(
            str(temporary),
            {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
        )
        _stamp(book)
        about = book.add_worksheet("填报说明")
        for number, line in enumerate(_ABOUT):
            about.write_string(number, 0, line)
        sheet = book.add_worksheet("企业数据")
        _heads(book, sheet)
        last = _body(book, sheet, rows)
        bold = book.add_format({"bold": True})
        sheet.write_string(last, 0, "合计", bold)
        for place, (key, _, _) in enumerate(_HEADS):
            if key.startswith("revenue_") or key in ("output", "tax", "rd", "staff"):
                sheet.write_number(last, place, _sum(rows, key), bold)
        sheet.write_string(
            last + 1, 0, "注：1. 本表数据为模拟数据；2. 营业收入为填报数，未经审计。"
        )
        sheet.write_string(
            last + 2, 0, "填表人：（略）　　审核人：（略）　　填表日期：2026年1月15日"
        )
        sheet.freeze_panes(4, 3)
        book.close()


_ABOUT = (
    "云麓市规模工业企业统计表填报说明（模拟数据）",
    "一、营业收入单位为万元，保留两位小数。",
    "二、统一社会信用代码为18位。",
    "三、地址填写实际生产经营地址。",
)


def _stamp(book: Any) -> None:
    """Fix the date inside the workbook: the same bytes every time."""
    book.set_properties(
        {"created": datetime(2026, 1, 15, tzinfo=UTC).replace(tzinfo=None), "comments": "模拟数据"}
    )


def _heads(book: Any, sheet: Any) -> None:
    bold = book.add_format(
        {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
    )
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    right = book.add_format({"align": "right"})
    width = len(_HEADS)
    sheet.merge_range(
        0, 0, 0, width - 1, "云麓市制造业企业主要经济指标汇总表（2021—2025年）", title
    )
    sheet.merge_range(1, 0, 1, width - 1, "单位：万元、人", right)
    for place, (key, head, chars) in enumerate(_HEADS):
        sheet.set_column(place, place, chars)
        if key in _REVENUES:
            sheet.write_string(3, place, head, bold)
        else:
            sheet.merge_range(2, place, 3, place, head, bold)
    first = [key for key, _, _ in _HEADS].index(_REVENUES[0])
    sheet.merge_range(2, first, 2, first + len(_REVENUES) - 1, "营业收入", bold)


def _body(book: Any, sheet: Any, rows: list[Row]) -> int:
    """Write the rows, with a merged subtotal where a district ends; return the first free row (from 0)."""
    bold = book.add_format({"bold": True})
    at, number, block = _FIRST_DATA_ROW - 1, 0, []
    for place, row in enumerate(rows):
        number += 1
        row.row = at + 1
        row.cells["number"] = number
        for column, (key, _, _) in enumerate(_HEADS):
            value = row.cells.get(key)
            if value is None or value == "":
                continue
            if isinstance(value, str):
                sheet.write_string(at, column, value)
            else:
                sheet.write_number(at, column, value)
        at += 1
        block.append(row)
        following = rows[place + 1] if place + 1 < len(rows) else None
        if following is None or following.cells["district"] != row.cells["district"]:
            sheet.merge_range(at, 0, at, 7, f"{row.cells['district']}小计", bold)
            for column, (key, _, _) in enumerate(_HEADS):
                if key in _REVENUES:
                    sheet.write_number(at, column, _sum(block, key), bold)
            at, block = at + 1, []
    return at


def _sum(rows: list[Row], key: str) -> float:
    return round(sum(v for row in rows if isinstance(v := row.cells.get(key), int | float)), 2)


# --- texts -----------------------------------------------------------------------------------------------


def _tax(path: Path, rows: list[Row]) -> None:
    """Write the tax bureau's table: GB18030, yuan, one title row, a total at the end."""
    keys = ("uscc", "name", "address", "industry", "revenue", "tax", "year", "note")
    heads = (
        "纳税人识别号",
        "纳税人名称",
        "生产经营地址",
        "所属行业",
        "营业收入（元）",
        "实缴税金（元）",
        "年度",
        "备注",
    )
    lines = []
    for place, row in enumerate(rows):
        # The title and the heads come first.
        row.row = place + 3
        lines.append([row.cells[key] for key in keys])
    total = sum(float(row.cells["tax"]) for row in rows)
    lines.append(["合计", "", "", "", "", f"{total:.2f}", "", ""])
    title = _write.csv_text(("2025年度企业纳税情况表（模拟数据）", *[""] * 7), [])
    files.write_bytes(path, (title + _write.csv_text(heads, lines)).encode("gb18030"))


def _registry(path: Path, rows: list[Row]) -> None:
    """Write the register: UTF-8 with a byte order mark."""
    keys = ("uscc", "name", "address", "scope", "established", "capital")
    heads = ("统一社会信用代码", "企业名称", "住所", "经营范围", "成立日期", "注册资本（万元）")
    lines = []
    for place, row in enumerate(rows):
        row.row = place + 2
        lines.append([row.cells[key] for key in keys])
    files.write_bytes(path, ("\ufeff" + _write.csv_text(heads, lines)).encode("utf-8"))


def _coordinates(path: Path, rows: list[Row], firms: Sequence[Firm], seed: int) -> None:
    """Write a survey's points: UTF-16 with tabs, as Excel saves Unicode text; the datum varies by row."""
    rng = stream(seed, "survey")
    places = np.array([firms[row.firm].operating.place for row in rows]).reshape(-1, 2)
    plain = to_wgs84(places + rng.normal(0, 3, places.shape))
    shifted = (
        {"wgs": plain, "gcj": to_gcj02(plain), "bd": to_bd09(plain)}
        if len(rows)
        else {"wgs": plain}
    )
    lines = []
    for place, row in enumerate(rows):
        row.row = place + 2
        lines.append(_point(row, {name: points[place] for name, points in shifted.items()}))
    heads = ("企业名称", "统一社会信用代码", "经度", "纬度", "坐标系", "所属区")
    text = "\ufeff" + _write.csv_text(heads, lines, mark="\t")
    files.write_bytes(path, text.encode("utf-16-le"))


_DATUM_OF = {"GCJ-02": "gcj", "火星坐标": "gcj", "BD-09": "bd", "百度坐标": "bd"}


def _point(row: Row, points: dict[str, Any]) -> tuple[str, ...]:
    kind = row.cells["kind"]
    lon, lat = points[_DATUM_OF.get(kind, "wgs")]
    declared = kind
    if kind == "wrong":
        lon, lat = points["gcj"]
        declared = "WGS84"
    if kind == "swapped":
        lon, lat, declared = lat, lon, "WGS84"
    if kind == "zero":
        lon, lat, declared = 0.0, 0.0, "WGS84"
    row.cells |= {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "datum": declared}
    c = row.cells
    return c["name"], c["uscc"], c["lon"], c["lat"], declared, c["district"]


# --- official lists --------------------------------------------------------------------------------------


def _list(path: Path, label: str, firms: Sequence[Firm], seed: int) -> int:
    """Write one official list: a title row, some firms by name alone, some that no table knows."""
    import xlsxwriter

    rng = stream(seed, f"list {label}")
    members = [firm for firm in firms if label in firm.tiers]
    lines: list[tuple[str, str, str]] = []
    for firm in members:
        code = "" if rng.random() < 0.12 else firm.uscc
        name = firm.name.replace("（", "(").replace("）", ")") if rng.random() < 0.05 else firm.name
        lines.append((name, code, f"{int(rng.choice([2022, 2023, 2024, 2025]))}"))
    for number in range(max(1, len(members) // 60)):
        lines.insert(
            int(rng.integers(0, len(lines) + 1)),
            (f"云麓市名单外第{number + 1}实业有限公司", "", "2023"),
        )
    with files.atomic(path) as temporary:
        book = xlsxwriter.Workbook(
            str(temporary), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        _stamp(book)
        sheet = book.add_worksheet("名单")
        sheet.merge_range(0, 0, 0, 3, f"云麓市{LISTED[label]}名单（模拟数据）")
        for column, head in enumerate(("序号", "企业名称", "统一社会信用代码", "认定年份")):
            sheet.write_string(1, column, head)
        for place, line in enumerate(lines):
            sheet.write_number(place + 2, 0, place + 1)
            for column, value in enumerate(line, start=1):
                if value:
                    sheet.write_string(place + 2, column, value)
        book.close()
    return len(lines)
