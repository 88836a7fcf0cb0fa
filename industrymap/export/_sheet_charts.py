"""Bar charts in a workbook: drawn by the spreadsheet itself, beside the table they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlsxwriter.chart import Chart
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["SheetChart", "draw"]

_ROW_PX, _WIDTH_PX, _FRAME_PX, _GAP_PX = 24, 560, 90, 16
_ACCENT = "#226e9c"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChart:
    """Horizontal bars.

    Attributes
    ----------
    title : str
        What they show, with the unit.
    labels : sequence of str
        Largest or first on top.
    values : sequence of float
    code : str
        Excel's number code of the values.
    """

    title: str
    labels: Sequence[str]
    values: Sequence[float]
    code: str = "#,##0"


def draw(
    book: Workbook,
    data: Worksheet,
    pages: Iterable[tuple[Worksheet, tuple[int, int], Sequence[SheetChart]]],
) -> None:
    """Draw charts under one another on each page; their numbers go to the sheet ``data``, side by side.

    Parameters
    ----------
    book, data : Workbook, Worksheet
    pages : iterable of (Worksheet, (int, int), sequence of SheetChart)
        A page, row and column of the upper left corner, and what is drawn there.
    """
    column = 0
    for page, at, charts in pages:
        down = 0
        for chart in charts:
            drawn, height = _bars(book, data, chart, column)
            page.insert_chart(*at, drawn, {"y_offset": down, "x_offset": _GAP_PX})
            down += height + _GAP_PX
            column += 3  # labels, values, and a column left free


def _bars(book: Workbook, data: Worksheet, chart: SheetChart, column: int) -> tuple[Chart, int]:
    """Write the numbers of a chart from ``column`` on and return it with its height in pixels."""
    size = len(chart.labels)
    data.write_string(0, column, chart.title)
    for row, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True), start=1):
        data.write_string(row, column, label)
        data.write_number(row, column + 1, value)
    drawn = book.add_chart({"type": "bar"})
    drawn.add_series(
        {
            "categories": [data.name, 1, column, size, column],
            "values": [data.name, 1, column + 1, size, column + 1],
            "fill": {"color": _ACCENT},
            "gap": 40,
            "data_labels": {"value": True, "num_format": chart.code},
        }
    )
    drawn.set_title({"name": chart.title, "name_font": {"size": 11}, "overlay": False})
    drawn.set_legend({"none": True})
    # A spreadsheet draws the first bar at the bottom: turned round, it is on top.
    drawn.set_y_axis({"reverse": True, "line": {"none": True}, "major_tick_mark": "none"})
    drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    height = _FRAME_PX + _ROW_PX * size
    drawn.set_size({"width": _WIDTH_PX, "height": height})
    return drawn, height
