"""The report as one page: no script, no request, readable on a phone and on paper."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from industrymap.report._svg import bars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.report.model import Column, Figure, Grid, Section, StockTake

__all__ = ["html"]

_SIMULATED = ("模拟数据，仅供演示", "Simulated data, for demonstration only")
_UNKNOWN = "—"
_LONG = 16
"""Rows from which a table scrolls in a box on screen; on paper it is whole."""


def html(report: StockTake, *, lang: str = "zh") -> bytes:
    """Return the report as one self-contained HTML page.

    Every text is escaped here; colours of data are used only where they are ``#rrggbb``. A Content-Security-Policy
    allows nothing but this page's own style sheet, by its hash.

    Parameters
    ----------
    report : StockTake
    lang : str
        ``"zh"`` or ``"en"``.

    Returns
    -------
    page : bytes
        UTF-8; the same for the same report.
    """
    zh = lang == "zh"
    # The style sheet is in the page, so that the file can be mailed; its hash is in the policy.
    style = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = escape(report.title_zh if zh else report.title_en)
    body = "".join(_body(report, lang))
    kind = ' class="simulated-data"' if report.simulated else ""
    page = (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if zh else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{style}</style></head><body{kind}>{body}</body></html>\n"
    )
    return page.encode("utf-8")


def _body(report: StockTake, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    if report.simulated:
        yield f'<p class="simulated" role="note">{_SIMULATED[0 if zh else 1]}</p>'
    yield f"<header><h1>{escape(report.title_zh if zh else report.title_en)}</h1>{_about(report, lang)}</header>"
    yield _contents(report, lang)
    yield f'<main><section class="figures" aria-label="{"总览" if zh else "Overview"}">'
    yield from (_figure(figure, report, lang) for figure in report.figures)
    yield "</section>"
    number = 0
    for section in report.sections:
        yield from _section(section, lang, number)
        # Ids of charts count through the whole page.
        number += len(section.charts)
    yield "</main>"
    mark = f" · {_SIMULATED[0 if zh else 1]}" if report.simulated else ""
    inside = "未经审核，仅供内部工作使用" if zh else "Not reviewed, for internal work only"
    yield f"<footer><p>{inside}{mark}</p></footer>"


def _about(report: StockTake, lang: str) -> str:
    zh = lang == "zh"
    known = [
        ("参考年份" if zh else "Reference year", "" if report.year is None else str(report.year)),
        (
            "数据日期" if zh else "Data date",
            report.data_date.isoformat() if report.data_date else "",
        ),
        ("数据来源" if zh else "Source", report.source),
        ("制作单位" if zh else "Producer", report.producer),
    ]
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in known if v)
    return f"<dl>{items}</dl>"


def _contents(report: StockTake, lang: str) -> str:
    zh = lang == "zh"
    links = "".join(
        f'<li><a href="#{escape(s.id)}">{escape(s.zh if zh else s.en)}</a></li>'
        for s in report.sections
    )
    return f'<nav aria-label="{"目录" if zh else "Contents"}"><ol>{links}</ol></nav>'


def _figure(figure: Figure, report: StockTake, lang: str) -> str:
    zh = lang == "zh"
    value = _UNKNOWN if figure.value is None else f"{figure.value:,.{figure.decimals}f}"
    unit = figure.unit_zh if zh else figure.unit_en
    coverage = _UNKNOWN if figure.coverage is None else f"{figure.coverage:.1%}"
    remarks = [f"n={figure.n:,}", f"{'覆盖率' if zh else 'coverage'} {coverage}"]
    remarks += [] if report.data_date is None else [report.data_date.isoformat()]
    basis = "".join(f"<span>{escape(part)}</span>" for part in remarks)
    return (
        f'<div class="figure"><h3>{escape(figure.zh if zh else figure.en)}</h3>'
        f'<p class="number">{value}<span class="unit"> {escape(unit)}</span></p><p class="basis">{basis}</p></div>'
    )


def _section(section: Section, lang: str, number: int) -> Iterator[str]:
    zh = lang == "zh"
    yield f'<section id="{escape(section.id)}"><h2>{escape(section.zh if zh else section.en)}</h2>'
    yield f'<p class="lead">{escape(section.lead_zh if zh else section.lead_en)}</p>'
    drawn = [bars(c, lang=lang, number=number + n) for n, c in enumerate(section.charts)]
    figures = "".join(
        f"<figure><figcaption>{escape(chart.zh if zh else chart.en)}</figcaption>{drawing}</figure>"
        for chart, drawing in zip(section.charts, drawn, strict=True)
        if drawing
    )
    yield f'<div class="charts">{figures}</div>' if figures else ""
    for grid in section.grids:
        yield _grid(grid, lang)
    yield "</section>"


def _grid(grid: Grid, lang: str) -> str:
    zh = lang == "zh"
    head = "".join(
        f'<th scope="col"{_side(c)}>{escape(c.zh if zh else c.en)}</th>' for c in grid.columns
    )
    rows = "".join(f"<tr>{_cells(grid, row, lang)}</tr>" for row in grid.rows)
    empty = f'<tr><td colspan="{len(grid.columns)}">{"无" if zh else "none"}</td></tr>'
    note = grid.note_zh if zh else grid.note_en
    remark = f'<p class="basis">{escape(note)}</p>' if note else ""
    name = escape(grid.zh if zh else grid.en)
    narrow = ' class="narrow"' if len(grid.columns) < 4 else ""
    body = rows or empty
    long = " long" if len(grid.rows) > _LONG else ""
    count = f"{len(grid.rows):,} 行" if zh else f"{len(grid.rows):,} rows"
    extent = f'<span class="count"> · {count}</span>' if long else ""
    table = f"<table{narrow}><caption>{name}{extent}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    box = f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{table}</div>'
    return f'<div class="grid{long}">{box}{remark}</div>'


def _cells(grid: Grid, row: tuple[Any, ...], lang: str) -> str:
    out = []
    for place, (column, value) in enumerate(zip(grid.columns, row, strict=True)):
        text = escape(shown(value, column, lang))
        tag = 'th scope="row"' if place == 0 else "td"
        shade = f' class="num {_heat(value)}"' if place in grid.heat else _side(column)
        # th or td, without its attribute.
        out.append(f"<{tag}{shade}>{text}</{tag[:2]}>")
    return "".join(out)


def shown(value: object, column: Column, lang: str) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, tuple):
        return str(value[0 if lang == "zh" else 1])
    if value is None:
        return _UNKNOWN
    forms = {
        "int": "{:,.0f}",
        "number": "{:,.1f}",
        "ratio": "{:,.2f}",
        "index": "{:.3f}",
        "percent": "{:.1%}",
    }
    return forms[column.kind].format(value) if column.kind in forms else str(value)


def _side(column: Column) -> str:
    return "" if column.kind == "text" else ' class="num"'


def _heat(value: float | None) -> str:
    """Return the shade of a location quotient: five steps, 1 in the middle."""
    if value is None:
        return "h0"
    # 1 is the city's own mix; a tenth to either side counts as no difference.
    steps = (0.5, 0.9, 1.1, 1.5)
    return f"h{1 + sum(value >= step for step in steps)}"
