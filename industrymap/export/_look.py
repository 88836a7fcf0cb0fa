"""How a workbook looks: fonts, colours, number codes and column widths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap import aligned

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

    from industrymap.export._columns import Column
    from industrymap.schemas import Field

__all__ = ["LINE_PT", "WARNING", "Formats", "lines", "number_format", "width"]

LINE_PT = 15.0
"""Height of a line of text."""

_WIDTHS = (6, 48)
_SAMPLE = 400
_HEADER_COLOUR, _HEADER_TEXT, _BAND, WARNING = "#12507b", "#ffffff", "#f4f7fa", "#b3261e"


class Formats:
    """Cell formats of a workbook, made when first asked for."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
        self._base = font
        self.header = book.add_format(
            font
            | {
                "bold": True,
                "font_color": _HEADER_TEXT,
                "bg_color": _HEADER_COLOUR,
                "text_wrap": True,
                "border": 1,
                "border_color": "#ffffff",
            }
        )
        self.label = book.add_format(font | {"bold": True, "bg_color": _BAND, "valign": "top"})
        self.title = book.add_format(font | {"bold": True, "font_size": 14})
        self.line = book.add_format(font | {"font_color": "#5b6876"})
        self.text = book.add_format(font | {"text_wrap": True, "valign": "top"})
        self.alert = book.add_format(font | {"bold": True, "font_color": WARNING})
        self.warning = book.add_format(
            font | {"bold": True, "font_color": WARNING, "text_wrap": True}
        )

    def number(self, code: str, *, wrapped: bool = False) -> Format:
        """Return the format with this number code."""
        key = f"{code}{wrapped}"
        if key not in self._made:
            wrap = {"text_wrap": True} if wrapped else {}
            self._made[key] = self._book.add_format(self._base | {"num_format": code} | wrap)
        return self._made[key]


def number_format(column: Column) -> str:
    """Return Excel's number code: thousands for amounts, per cent for shares, plain for codes and years."""
    if column.shown and column.shown.decimals is not None:
        return "#,##0" + ("." + "0" * column.shown.decimals if column.shown.decimals else "")
    return _stored_format(column)


def _stored_format(column: Column) -> str:
    """Return the number code of a column in the unit it is stored in."""
    if column.kind == "date":
        return "yyyy-mm-dd"
    if column.kind == "datetime":
        return "yyyy-mm-dd hh:mm"
    unit = column.field.unit if column.field else ""
    if column.kind == "int":
        return "#,##0" if unit in {"家", "人"} else "0"
    if column.kind == "float":
        if column.field and _is_share(column.field):
            return "0.0%"
        return "0.000000" if unit == "度" else ("#,##0.00" if unit else "0.00")
    return "@" if column.kind == "str" else "General"


def _is_share(field: Field) -> bool:
    # The schema has no unit for shares: its description says what they are.
    return (
        not field.unit
        and ("0 to 1" in field.description or "÷" in field.description)
        and (field.name.endswith(("share", "overlap", "difference")))
    )


def width(head: str, values: list[Any], code: str, *, most: float = _WIDTHS[1]) -> float:
    # The first rows are enough, and the beginning of each: one endless text must not widen the
    # column.
    shown = [
        len(f"{v:,.2f}") if isinstance(v, float) else aligned.width(str(v)[:200])
        for v in values[:_SAMPLE]
        if v is not None
    ]
    shown.sort()
    # So wide that 19 of 20 cells fit.
    typical = shown[int(0.95 * (len(shown) - 1))] if shown else 0
    if code.startswith("yyyy"):
        typical = max(typical, len(code))
    # A heading may break into two lines.
    return float(min(max(aligned.width(head) / 1.6, typical, _WIDTHS[0]) + 2, most))


def lines(value: object, most: float) -> int:
    """Return how many lines a text takes in a column of ``most`` characters."""
    # Rounded up; two characters are the margins of the cell.
    return (
        max(1, -(-aligned.width(str(value)) // max(1, int(most) - 2))) if value is not None else 1
    )
