"""What the cells of an OpenDocument spreadsheet show, where it is another figure than they hold; and what it hides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from industrymap.errors import FileRefusedError
from industrymap.files import _archive
from industrymap.files._workbook import pieces_of

if TYPE_CHECKING:
    from industrymap.files._source import Source

__all__ = ["Written", "written_cells"]

# Dates and truths are written in as many ways as there are languages; only figures can be compared.
_NUMBERS = {"float", "percentage", "currency"}
_UNSEEN = {"collapse", "filter"}
_ROUNDED = 0.005
"""A figure rounded for the eye is the same figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is written beside the values of one sheet; places are 0-based.

    Attributes
    ----------
    texts : dict of (row, column) to str
        The text of every number that is not written as it is held: 35%, 3.2 for 32,000, nothing at all.
    struck : list of (row, column)
        Cells that are struck through.
    hidden_rows, hidden_columns : list of (first, last)
        What the program does not show: filtered out, or hidden by hand.
    """

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    struck: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def written_cells(source: Source) -> dict[str, Written]:
    """Return what is written beside the values of every sheet of a checked spreadsheet, by the sheet's name.

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
    return walk.sheets


class _Walk:
    """Follows rows and cells with their repetitions; the guard has bounded both."""

    def __init__(self) -> None:
        self.sheets: dict[str, Written] = {}
        self.sheet = Written()
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.value = ""
        self.text: list[str] | None = None
        self.paragraph = False
        self.style = ""
        self.struck: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.startswith("style:"):
            self.look(tag, attributes)
        elif tag == "table:table":
            self.sheet = self.sheets.setdefault(attributes.get("table:name", ""), Written())
            self.row = self.column = 0
        elif tag == "table:table-column":
            # A column's tag may hide a hundred of them at once.
            last = self.column + _times(attributes, "table:number-columns-repeated") - 1
            if attributes.get("table:visibility") in _UNSEEN:
                self.sheet.hidden_columns.append((self.column, last))
            self.column = last + 1
        elif tag == "table:table-row":
            self.rows, self.column = _times(attributes, "table:number-rows-repeated"), 0
            if attributes.get("table:visibility") in _UNSEEN:
                self.sheet.hidden_rows.append((self.row, self.row + self.rows - 1))
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self.columns = _times(attributes, "table:number-columns-repeated")
            numeric = attributes.get("office:value-type") in _NUMBERS
            self.value = attributes.get("office:value", "") if numeric else ""
            # None where the cell holds no figure: its text is the value itself.
            self.text = [] if self.value else None
            self.paragraph = False
            # Only cells that hold something: an empty row may be styled a million times over.
            if (
                attributes.get("table:style-name") in self.struck
                and "office:value-type" in attributes
            ):
                self.sheet.struck.append((self.row, self.column))

        elif tag == "text:p":
            self.paragraph = True

    def look(self, tag: str, attributes: dict[str, str]) -> None:
        """Remember the styles that strike through."""
        if tag == "style:style":
            self.style = attributes.get("style:name", "")
        elif attributes.get("style:text-line-through-style", "none") != "none":
            self.struck.add(self.style)

    def characters(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def end(self, tag: str) -> None:
        if tag in {"table:table-cell", "table:covered-table-cell"}:
            shown = "".join(self.text or ()).strip()
            # A paragraph without a word is a number that its format hides (;;;); a cell without any was never written out.
            unseen = not shown and self.paragraph and _is_something(self.value)
            if unseen or (shown and not _same(self.value, shown)):
                for row in range(self.row, self.row + self.rows):
                    for column in range(self.column, self.column + self.columns):
                        self.sheet.texts[row, column] = shown
            self.column += self.columns
            self.text = None
        elif tag == "table:table-row":
            self.row += self.rows


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() else 1


def _is_something(value: str) -> bool:
    """Tell whether a cell holds a figure; a nought that is not shown is one all the same."""
    return bool(value.strip("0.+-eE"))


def _same(value: str, shown: str) -> bool:
    """Tell whether a text is the plain writing of a value, rounded or with separators."""
    try:
        held, written = float(value), float(shown.replace(",", "").replace(" ", ""))
    except ValueError:
        return False
    # Half a unit where the cell holds a whole number: a format without decimals shows it as it is.
    return abs(held - written) <= max(
        _ROUNDED * abs(held), 0.5 if held == round(held) else _ROUNDED
    )
