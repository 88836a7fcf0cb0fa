"""The report as a workbook: the overview, then a sheet per table, numbers as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import export

if TYPE_CHECKING:
    from industrymap.report.model import Column, Grid, StockTake

__all__ = ["workbook"]

_DECIMALS = {"number": 1, "ratio": 2, "percent": 1}


def workbook(report: StockTake, *, lang: str = "zh") -> bytes:
    """Return the report as xlsx.

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
    sheets = [
        export.Sheet(
            name="总览" if zh else "Overview", frame=_overview(report, lang), layer="report"
        )
    ]
    for section in report.sections:
        many = len(section.grids) > 1
        for grid in section.grids:
            name = (grid.zh if many else section.zh) if zh else (grid.en if many else section.en)
            sheets.append(export.Sheet(name=name, frame=_frame(grid, lang), layer="report"))
    meta = export.Meta(
        title=report.title_zh if zh else report.title_en,
        simulated=report.simulated,
        data_date=report.data_date,
        source=report.source,
        producer=report.producer,
        note="".join(
            f"{s.zh if zh else s.en}：{s.lead_zh}\n" if zh else f"{s.en}: {s.lead_en}\n"
            for s in report.sections
        ).strip(),
    )
    return export.workbook(sheets, lang=lang, meta=meta)


def _overview(report: StockTake, lang: str) -> pd.DataFrame:
    zh = lang == "zh"
    day = "" if report.data_date is None else report.data_date.isoformat()
    rows = [
        {
            ("指标" if zh else "Figure"): f.zh if zh else f.en,
            ("数值" if zh else "Value"): None if f.value is None else round(f.value, f.decimals),
            ("单位" if zh else "Unit"): f.unit_zh if zh else f.unit_en,
            "n": f.n,
            ("覆盖率（%）" if zh else "Coverage (%)"): None
            if f.coverage is None
            else round(100 * f.coverage, 1),
            ("参考年份" if zh else "Year"): "" if report.year is None else str(report.year),
            ("数据日期" if zh else "Data date"): day,
        }
        for f in report.figures
    ]
    return _typed(pd.DataFrame(rows))


def _frame(grid: Grid, lang: str) -> pd.DataFrame:
    """Return a grid as a frame under its words; the note is its last row."""
    place = 0 if lang == "zh" else 1
    heads = _unique([_head(c, place) for c in grid.columns])
    columns: dict[str, Any] = {}
    for number, (head, column) in enumerate(zip(heads, grid.columns, strict=True)):
        values = [_value(row[number], column, place) for row in grid.rows]
        columns[head] = _column(values, column)
    frame = pd.DataFrame(columns)
    note = grid.note_zh if place == 0 else grid.note_en
    if note and len(frame):
        first = frame.columns[0]
        tail = pd.DataFrame({first: pd.array([note], dtype="string")})
        frame = pd.concat([frame, tail], ignore_index=True).astype(frame.dtypes.to_dict())
    return frame


def _head(column: Column, place: int) -> str:
    name = column.zh if place == 0 else column.en
    if column.kind != "percent":
        return name
    return f"{name}（%）" if place == 0 else f"{name} (%)"


def _value(value: Any, column: Column, place: int) -> Any:
    if isinstance(value, tuple):
        return str(value[place])
    if value is not None and column.kind == "percent":
        return round(100 * float(value), 1)
    if value is not None and column.kind in _DECIMALS:
        return round(float(value), _DECIMALS[column.kind])
    return value


def _column(values: list[Any], column: Column) -> Any:
    if column.kind == "int":
        return pd.array([None if v is None else round(v) for v in values], dtype="Int64")
    if column.kind in _DECIMALS:
        return pd.array(values, dtype="Float64")
    return pd.array([None if v is None else str(v) for v in values], dtype="string")


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    text = [
        name
        for name in frame.columns
        if frame[name].dtype == object or str(frame[name].dtype) == "str"
    ]
    return frame.astype(dict.fromkeys(text, "string"))


def _unique(heads: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
        out.append(head if seen[head] == 1 else f"{head} {seen[head]}")
    return out
