"""Tables that are called .xls and are none: a web page's table, or Excel 2003's XML; many registers export them.

Both are text. Nothing in them is followed: no script runs, no address is opened, no entity is expanded.
"""

from __future__ import annotations

import html.parser
import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from industrymap.errors import FileRefusedError
from industrymap.files._text import read_decoded

if TYPE_CHECKING:
    from industrymap.files._source import Source
    from industrymap.files._text import Text

__all__ = ["WebSheet", "read_web_tables"]

WebSheet = tuple[str, list[list[str]], list[tuple[int, int, int, int]], list[tuple[int, int]]]
"""Name, rows, merged areas (first row, first column, last row, last column; 0-based, inclusive), and the rows nobody sees (first, last)."""

# HTML itself allows no colspan above 1,000.
_CELLS, _SPAN = frozenset({"td", "th"}), 1000


def read_web_tables(source: Source) -> tuple[list[WebSheet], Text]:
    """Return every table of a web page, or every sheet of an XML workbook, and how its text was decoded.

    Raises
    ------
    FileRefusedError
        Not well-formed XML, or more cells than the limits allow.
    """
    text = read_decoded(source)
    # Excel 2003's XML: looked for near the top, where its namespace is declared.
    if "urn:schemas-microsoft-com:office:spreadsheet" in text.text[:4096]:
        return _Spreadsheet(source).read(text.text), text
    page = _Page(source)
    page.feed(text.text)
    page.close()
    # Tables that only lay out the page hold no text of their own.
    sheets = [table for table in page.tables if any(map(any, table.rows))]
    # The largest is the data; small ones around it lay out the page.
    sheets.sort(key=lambda table: -sum(map(len, table.rows)))
    return [(f"表{n}", t.rows, t.merges, t.hidden) for n, t in enumerate(sheets, start=1)], text


class _Rows:
    """Cells put where spans of earlier ones leave room."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rows: list[list[str]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.taken: set[tuple[int, int]] = set()
        self.hidden: list[tuple[int, int]] = []
        self.cells = 0

    def row(self, *, hidden: bool = False) -> None:
        self.hidden += [(len(self.rows), len(self.rows))] if hidden else []
        self.rows.append([])

    def cell(self, text: str, across: int = 1, down: int = 1, column: int | None = None) -> None:
        if not self.rows:
            self.row()
        row, here = len(self.rows) - 1, self.rows[-1]
        at = len(here) if column is None else column
        # Places covered by a cell of an earlier row that spans several.
        while (row, at) in self.taken:
            at += 1
        across, down = min(max(across, 1), _SPAN), min(max(down, 1), _SPAN)
        # Counted before room is made: a span can ask for a million cells in twenty bytes.
        self.cells += at - len(here) + across * down
        if self.cells > self.source.limits.max_cells or at > self.source.limits.max_columns:
            raise FileRefusedError(
                f"{self.source.name} holds more cells than are read.",
                f"{self.source.name} 的单元格过多，不予读取。",
            )
        here += [""] * (at - len(here)) + [text] + [""] * (across - 1)
        if across > 1 or down > 1:
            self.merges.append((row, at, row + down - 1, at + across - 1))
            # The rows below, across the full width; this row is filled already.
            self.taken |= {(row + r, at + c) for r in range(1, down) for c in range(across)}


class _Page(html.parser.HTMLParser):
    """Collects the tables of a page; a table inside a cell is a table of its own."""

    def __init__(self, source: Source) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.tables: list[_Rows] = []
        self.open: list[_Rows] = []
        self.text: list[str] | None = None
        self.spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            # A cell ends where a table begins in it: its text comes out once, not twice.
            self._end_cell()
            self.open.append(_Rows(self.source))
            self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self._end_cell()
            self.open[-1].row(hidden=_is_hidden(attrs))
        elif tag in _CELLS and self.open:
            self._end_cell()
            # Four digits at most: a longer number is no span, and Python refuses to read one of
            # thousands.
            said = {name: value for name, value in attrs if value and value.isdecimal() and len(value) < 5}  # fmt: skip
            self.spans = int(said.get("colspan", 1)), int(said.get("rowspan", 1))
            self.text = []
        elif tag == "br" and self.text is not None:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _CELLS or tag == "tr":
            self._end_cell()
        elif tag == "table" and self.open:
            self._end_cell()
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self.text is not None and self.open:
            # Non-breaking spaces fill empty cells of web pages: as text they would make a blank
            # cell a value.
            lines = " ".join("".join(self.text).replace("\xa0", " ").split(" ")).split("\n")
            self.open[-1].cell("\n".join(line.strip() for line in lines).strip(), *self.spans)
        self.text = None


def _is_hidden(attrs: list[tuple[str, str | None]]) -> bool:
    """Tell whether a row is not shown: ``hidden``, or a style that says so; style sheets are not followed."""
    said = dict(attrs)
    style = re.sub(r"\s", "", said.get("style") or "").lower()
    return "hidden" in said or "display:none" in style or "visibility:hidden" in style


class _Spreadsheet:
    """Excel 2003's XML: Worksheet, Row, Cell, Data, with ss:Index where cells are left out."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.sheets: list[tuple[str, _Rows]] = []
        self.place: tuple[int, int, int | None] = (1, 1, None)
        self.text: list[str] | None = None

    def read(self, text: str) -> list[WebSheet]:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        try:
            parser.Parse(
                text.encode("utf-8", "replace")
                if "encoding=" not in text[:200]
                else _undeclared(text),
                True,
            )
        except FileRefusedError:
            raise
        except (expat.ExpatError, ValueError) as error:
            raise FileRefusedError(
                f"{self.source.name} is damaged: its XML is not well-formed.",
                f"{self.source.name} 已损坏：XML 内容不完整。",
            ) from error
        return [(name, rows.rows, rows.merges, rows.hidden) for name, rows in self.sheets]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rsplit(" ", 1)[-1]
        said = {name.rsplit(" ", 1)[-1]: value for name, value in attributes.items()}
        number = {n: int(v) for n, v in said.items() if v.isdecimal() and len(v) < 8}
        if kind == "Worksheet":
            self.sheets.append((said.get("Name", ""), _Rows(self.source)))
        elif kind == "Row" and self.sheets:
            rows = self.sheets[-1][1]
            # ss:Index jumps over empty rows, which must be there for row numbers to match the
            # file's.
            for _ in range(min(number.get("Index", 0), self.source.limits.max_rows) - len(rows.rows) - 1):  # fmt: skip
                rows.row()
            rows.row(hidden=said.get("Hidden") == "1")
        elif kind == "Cell":
            index = number.get("Index")
            self.place = (
                number.get("MergeAcross", 0) + 1,
                # Counts the cells beyond the first, unlike HTML's spans.
                number.get("MergeDown", 0) + 1,
                index - 1 if index else None,
            )
            self.text = []

    def characters(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def end(self, tag: str) -> None:
        if tag.rsplit(" ", 1)[-1] == "Cell" and self.text is not None and self.sheets:
            across, down, column = self.place
            self.sheets[-1][1].cell("".join(self.text).strip(), across, down, column)
            self.text = None


def _undeclared(text: str) -> bytes:
    """Return the text without its own word on its encoding: it is decoded already."""
    end = text.find("?>")
    return text[end + 2 :].encode("utf-8", "replace") if 0 <= end < 200 else text.encode()
