"""A small built workspace of the sample city with two years of figures, whose brief can be worked out by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
from tiny_workspace import tiny_workspace

from industrymap import citypack, pipeline
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "{{ cycler.__init__.__globals__ }}厂",
    "<w:t>甲</w:t>&amp;<script>alert(1)</script>厂",
    '=HYPERLINK（"http://a.example","甲"）厂',
)  # fmt: skip
"""Names of firms that try to run in a template, in the XML of a document, in a workbook; brackets as the base writes them."""

_FIRMS = [*HOSTILE, "乙一厂", "乙二厂", "乙三厂"]
_CODES = [f"9144010{n}00000000{n}" for n in range(1, 7)]
_QUARTERS = {"03": 0.2, "06": 0.45, "09": 0.7, "12": 1.0}


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _firms_csv() -> str:
    head = "企业名称,统一社会信用代码,行业代码,经度,纬度,营业收入（万元）\n"
    return head + "".join(
        f"{_csv_cell(name)},{code},3911,{114.0102 + n / 100:.4f},26.002,{20000 + n}\n"
        for n, (name, code) in enumerate(zip(_FIRMS, _CODES, strict=True), start=1)
    )


def _period(year: int, month: str) -> str:
    return f"{year}" if month == "12" else f"{year}-01..{month}" if month != "03" else f"{year}Q1"


def observations(year: int, growth: float) -> pd.DataFrame:
    """Return a year of cumulative figures: districts of 100,000, 200,000, … 万元 a year, grown by a share since 2023."""
    rows: list[tuple[str, str, str, str, float, str]] = []
    codes = citypack.load("sample").current("district")["code"].astype(str).tolist()
    for month, share in _QUARTERS.items():
        period = _period(year, month)
        for number, code in enumerate(codes, start=1):
            # The first one falls by as much as the others rise, so that there is something to say of both.
            size = number * 100_000 * (1 + (-growth if number == 1 else growth))
            for measure, of, unit in (("output_10k_cny", 1.0, "万元"), ("value_added_10k_cny", 0.25, "万元"), ("energy_tce", 0.2, "吨标准煤")):  # fmt: skip
                rows.append(("district", code, measure, period, round(size * share * of, 2), unit))
            rows.append(("district", code, "output_10k_cny:growth", period, -3.0 if number == 1 else 5.0, "%"))  # fmt: skip
        total = sum(r[4] for r in rows if r[2] == "output_10k_cny" and r[3] == period)
        rows.append(("city", "990100", "output_10k_cny", period, round(total, 2), "万元"))
        rows.append(("city", "990100", "output_10k_cny:growth", period, 4.9, "%"))
        for cluster, part in (("auto", 0.3), ("biomed", 0.1)):
            rows.append(("cluster", cluster, "output_10k_cny", period, round(total * part, 2), "万元"))  # fmt: skip
    for n, code in enumerate(_CODES, start=1):
        rows.append(("firm", code, "revenue_10k_cny", f"{year}", 20_000.0 + n + (year - 2023) * (1000 if n % 2 else -500), "万元"))  # fmt: skip
    names = ["kind", "entity", "measure", "period", "value", "unit"]
    return pd.DataFrame(rows, columns=names).assign(status="reported")


def brief_city(folder: Path) -> Path:
    """Make and build the workspace."""
    tiny_workspace(folder, _firms_csv())
    series = ParquetSeries(folder / "series")
    for year, growth in ((2023, 0.0), (2024, 0.05)):
        series.append(observations(year, growth), who="统计", source=f"{year}.xlsx")
    pipeline.build(folder)
    return folder


_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
# What counts and dates, and is no figure: years and quarters, numbers of tables, pictures and notes, days, the name of the set.
_NO_FIGURES = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{2}-\d{2}|\d{4}年(?:\d{1,2}—\d{1,2}月|\d{1,2}月)?|\b(?:19|20)\d{2}(?:Q[1-4]|-\d\d(?:\.\.\d\d)?)?\b|表\d+　|图\d+　"
    r"|Table \d+\.|Figure \d+\.|^\d+(?:．|\. )|1\+5\+N|alert\(1\)|100m yuan|10k yuan",
    re.MULTILINE,
)  # fmt: skip


def numbers(text: str) -> set[str]:
    """Return every number of a text that is a figure."""
    return set(_NUMBER.findall(_NO_FIGURES.sub(" ", text)))
