"""Bar charts in a workbook: drawn by the spreadsheet itself, beside the table they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def draw(  # noqa: PLR0913 - where the bars stand and where their numbers are
    book: Workbook,
    page: Worksheet,
    data: Worksheet,
    charts: Sequence[SheetChart],
    *,
    at: tuple[int, int],
    column: int,
) -> int:
    """Draw charts under one another on ``page``; their numbers go to the sheet ``data`` from ``column`` on.

    Parameters
    ----------
    book, page, data : Workbook, Worksheet, Worksheet
    charts : sequence of SheetChart
    at : tuple of int
        Row and column of the upper left corner.
    column : int
        First free column of ``data``.

    Returns
    -------
    column : int
        The next free one.
    """
    down = 0
    for chart in charts:
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
        drawn.set_y_axis({"reverse": True, "line": {"none": True}, "major_tick_mark": "none"})
        drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        height = _FRAME_PX + _ROW_PX * size
        drawn.set_size({"width": _WIDTH_PX, "height": height})
        page.insert_chart(*at, drawn, {"y_offset": down, "x_offset": _GAP_PX})
        down += height + _GAP_PX
        column += 3
    return column
