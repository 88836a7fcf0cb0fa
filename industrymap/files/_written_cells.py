"""What the cells of an OpenDocument spreadsheet show, where it is another figure than they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from industrymap.errors import FileRefusedError
from industrymap.files import _archive
from industrymap.files._workbook import pieces_of

if TYPE_CHECKING:
    from industrymap.files._source import Source

__all__ = ["written_cells"]

_NUMBERS = {"float", "percentage", "currency"}
_ROUNDED = 0.005
"""A figure rounded for the eye is the same figure."""


def written_cells(source: Source) -> dict[str, dict[tuple[int, int], str]]:
    """Return, by sheet and 0-based place, the text of every number that is not written as it is held: 35%, 3.2 for 32,000.

    Raises
    ------
    FileRefusedError
        The content is not well-formed.
    """
    members = _archive.members(source.path, limits=source.limits)
    walk = _Walk()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.characters
    try:
        for piece in pieces_of(source.path, members["content.xml"]):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefusedError(
            f"{source.name} is damaged: a part of it is not well-formed.",
            f"{source.name} 已损坏：有内容不完整。",
        ) from error
    return walk.found


class _Walk:
    """Follows rows and cells with their repetitions; the guard has bounded both."""

    def __init__(self) -> None:
        self.found: dict[str, dict[tuple[int, int], str]] = {}
        self.sheet: dict[tuple[int, int], str] = {}
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.value = ""
        self.text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.sheet = self.found.setdefault(attributes.get("table:name", ""), {})
            self.row = 0
        elif tag == "table:table-row":
            self.rows, self.column = _times(attributes, "table:number-rows-repeated"), 0
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self.columns = _times(attributes, "table:number-columns-repeated")
            numeric = attributes.get("office:value-type") in _NUMBERS
            self.value = attributes.get("office:value", "") if numeric else ""
            self.text = [] if self.value else None

    def characters(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def end(self, tag: str) -> None:
        if tag in {"table:table-cell", "table:covered-table-cell"}:
            shown = "".join(self.text or ()).strip()
            if shown and not _same(self.value, shown):
                for row in range(self.row, self.row + self.rows):
                    for column in range(self.column, self.column + self.columns):
                        self.sheet[row, column] = shown
            self.column += self.columns
            self.text = None
        elif tag == "table:table-row":
            self.row += self.rows


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() else 1


def _same(value: str, shown: str) -> bool:
    """Tell whether a text is the plain writing of a value, rounded or with separators."""
    try:
        held, written = float(value), float(shown.replace(",", "").replace(" ", ""))
    except ValueError:
        return False
    return abs(held - written) <= max(
        _ROUNDED * abs(held), 0.5 if held == round(held) else _ROUNDED
    )
