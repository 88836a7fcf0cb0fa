"""Charts as inline SVG: horizontal bars that a screen reader can read out, without a script."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from industrymap.report.model import Bar, Chart

__all__ = ["ACCENT", "bars"]

ACCENT = "#226e9c"
# Pixels: one bar with its label, the top of the bar, its height, the baseline of the text.
_ROW, _TEXT, _BAR, _BASE = 36, 19, 10, 14
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def bars(chart: Chart, *, lang: str, number: int) -> str:
    """Return a chart as SVG.

    Parameters
    ----------
    chart : Chart
    lang : str
    number : int
        Makes the ids of this chart's title unique in the page.

    Returns
    -------
    svg : str
        ``role="img"`` with a title; each bar has a title of its own. Empty where there is nothing to draw.
    """
    if not chart.bars:
        return ""
    place = 0 if lang == "zh" else 1
    title = escape(chart.zh if lang == "zh" else chart.en)
    # The scale ends at the longest bar or target; shares always have the whole of it.
    largest = max((max(bar.value, bar.target or 0) for bar in chart.bars), default=0)
    # Not 0, by which a chart of zeros would be divided.
    top = 1.0 if chart.percent else max(largest, 1e-9)
    drawn = "".join(
        _bar(bar, chart, row=row, place=place, top=top) for row, bar in enumerate(chart.bars)
    )
    return (
        f'<svg class="chart" role="img" aria-labelledby="c{number}" width="100%" height="{len(chart.bars) * _ROW}">'
        f'<title id="c{number}">{title}</title>{drawn}</svg>'
    )


def _bar(bar: Bar, chart: Chart, *, row: int, place: int, top: float) -> str:
    """Return one bar: label and value above it, so that it fills any width."""
    label, remark = _word(bar.label, place), bar.remark[place]
    y = row * _ROW
    # In per cent, so that the chart fits a phone and a sheet of paper alike.
    width = 100 * max(0.0, min(1.0, bar.value / top))
    # Colours come from data files: anything but #rrggbb would be markup in the page.
    fill = bar.color if _COLOUR.fullmatch(bar.color) else ACCENT
    shown = f"{bar.value:.0%}" if chart.percent else f"{bar.value:,.{chart.decimals}f}"
    sentence = f"{label}: {shown} · {remark}" if remark else f"{label}: {shown}"
    mark = ""
    if bar.target is not None:
        x = 100 * min(1.0, bar.target / top)
        mark = f'<line class="target" x1="{x:.2f}%" x2="{x:.2f}%" y1="{y + _TEXT - 3}" y2="{y + _TEXT + _BAR + 3}"/>'
    return (
        f"<g><title>{escape(sentence)}</title>"
        f'<text class="label" x="0" y="{y + _BASE}">{escape(label)}</text>'
        f'<text class="value" x="100%" y="{y + _BASE}">{escape(shown)}'
        f'<tspan class="remark" dx="6">{escape(remark)}</tspan></text>'
        f'<rect class="track" x="0" y="{y + _TEXT}" width="100%" height="{_BAR}" rx="3"/>'
        f'<rect x="0" y="{y + _TEXT}" width="{width:.2f}%" height="{_BAR}" rx="3" fill="{fill}"/>{mark}</g>'
    )


def _word(label: object, place: int) -> str:
    return str(label[place]) if isinstance(label, tuple) else str(label)
