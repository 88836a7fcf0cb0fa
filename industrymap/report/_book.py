"""The report as a workbook: the overview, then a sheet per table with its charts, numbers as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import export

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

    from industrymap.report.model import Chart, Column, Grid, StockTake

__all__ = ["workbook"]

_CODES = {"int": "#,##0", "number": "#,##0.0", "ratio": "0.00", "index": "0.000", "percent": "0.0%"}


def workbook(report: StockTake, *, lang: str = "zh") -> bytes:
    """Return the report as xlsx: a sheet per table under its title, and the charts of the page as charts.

    Parameters
    ----------
    report : StockTake
    lang : str
        ``"zh"`` or ``"en"``.

    Returns
    -------
    data : bytes
    """
    zh = lang == "zh"
    title = report.title_zh if zh else report.title_en
    sheets = [
        export.Sheet(
            name="总览" if zh else "Overview",
            frame=_overview(report, lang),
            layer="report",
            heading=(title, _dated(report, lang)),
            codes={
                # A row is a figure with decimals of its own: one format for the column would not
                # do.
                "数值" if zh else "Value": _figure_codes(report),
                "n": "#,##0",
                _COVERAGE[lang]: "0.0%",
            },
        )
    ]
    for number, section in enumerate(report.sections, start=1):
        many = len(section.grids) > 1
        for place, grid in enumerate(section.grids):
            # The only table of a section bears the section's name; of several, each has its own.
            name = (grid.zh if many else section.zh) if zh else (grid.en if many else section.en)
            caption = f"{number}  {section.zh if zh else section.en}"
            sheets.append(
                export.Sheet(
                    name=name,
                    frame=_frame(grid, lang),
                    layer="report",
                    heading=(
                        f"{caption}：{grid.zh}" if zh else f"{caption}: {grid.en}",
                        section.lead_zh if zh else section.lead_en,
                    ),
                    notes=[note] if (note := grid.note_zh if zh else grid.note_en) else [],
                    codes=_codes(grid, lang),
                    # Beside the first table only, or every sheet of the section would repeat them.
                    charts=[_chart(c, lang) for c in section.charts if c.bars]
                    if place == 0
                    else [],
                )
            )
    meta = export.Meta(
        title=title,
        simulated=report.simulated,
        data_date=report.data_date,
        source=report.source,
        producer=report.producer,
    )
    return export.workbook(sheets, lang=lang, meta=meta)


_COVERAGE = {"zh": "覆盖率", "en": "Coverage"}


def _dated(report: StockTake, lang: str) -> str:
    """Return the line below the title: year, date, source, producer."""
    zh = lang == "zh"
    day = "" if report.data_date is None else report.data_date.isoformat()
    known = [
        ("参考年份" if zh else "Reference year", "" if report.year is None else str(report.year)),
        ("数据日期" if zh else "Data date", day),
        ("数据来源" if zh else "Source", report.source),
        ("制作单位" if zh else "Producer", report.producer),
    ]
    between = "：" if zh else ": "
    return "　".join(f"{name}{between}{value}" for name, value in known if value)


def _figure_codes(report: StockTake) -> list[str]:
    return ["#,##0." + "0" * f.decimals if f.decimals else "#,##0" for f in report.figures]


def _overview(report: StockTake, lang: str) -> pd.DataFrame:
    zh = lang == "zh"
    day = "" if report.data_date is None else report.data_date.isoformat()
    rows = [
        {
            ("指标" if zh else "Figure"): f.zh if zh else f.en,
            ("数值" if zh else "Value"): f.value,
            ("单位" if zh else "Unit"): f.unit_zh if zh else f.unit_en,
            "n": f.n,
            _COVERAGE[lang]: f.coverage,
            ("参考年份" if zh else "Year"): "" if report.year is None else str(report.year),
            ("数据日期" if zh else "Data date"): day,
        }
        for f in report.figures
    ]
    return _typed(pd.DataFrame(rows))


def _frame(grid: Grid, lang: str) -> pd.DataFrame:
    """Return a grid as a frame under its words."""
    place = 0 if lang == "zh" else 1
    columns: dict[str, Any] = {}
    for number, (head, column) in enumerate(zip(_heads(grid, place), grid.columns, strict=True)):
        values = [_value(row[number], place) for row in grid.rows]
        columns[head] = _column(values, column)
    return pd.DataFrame(columns)


def _heads(grid: Grid, place: int) -> list[str]:
    return _unique([c.zh if place == 0 else c.en for c in grid.columns])


def _codes(grid: Grid, lang: str) -> dict[str, str]:
    heads = _heads(grid, 0 if lang == "zh" else 1)
    return {
        head: _CODES[c.kind]
        for head, c in zip(heads, grid.columns, strict=True)
        if c.kind in _CODES
    }


def _chart(chart: Chart, lang: str) -> export.SheetChart:
    place = 0 if lang == "zh" else 1
    labels = [b.label[place] if isinstance(b.label, tuple) else str(b.label) for b in chart.bars]
    code = "0%" if chart.percent else "#,##0.0" if chart.decimals else "#,##0"
    return export.SheetChart(
        title=chart.zh if place == 0 else chart.en,
        labels=labels,
        values=[float(b.value) for b in chart.bars],
        code=code,
    )


def _value(value: object, place: int) -> object:
    return str(value[place]) if isinstance(value, tuple) else value


def _column(values: list[Any], column: Column) -> ExtensionArray:
    if column.kind == "int":
        # Nullable types: an unknown number is an empty cell, never 0.
        return pd.array([None if v is None else round(v) for v in values], dtype="Int64")
    if column.kind in _CODES:
        return pd.array([None if v is None else float(v) for v in values], dtype="Float64")
    return pd.array([None if v is None else str(v) for v in values], dtype="string")


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    # A column of objects holds None beside texts; as a column of texts it is unknown there.
    text = [
        name
        for name in frame.columns
        if frame[name].dtype == object or str(frame[name].dtype) == "str"
    ]
    return frame.astype(dict.fromkeys(text, "string"))


def _unique(heads: list[str]) -> list[str]:
    # Two columns under one heading would be one column of a frame.
    seen: dict[str, int] = {}
    out = []
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
        out.append(head if seen[head] == 1 else f"{head} {seen[head]}")
    return out
