"""Excel's binary workbook (.xlsb, MS-XLSB): how large it would unfold, and what is written beside its cells."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files import _archive
from industrymap.files._cell_notes import PERCENT, SheetNotes, links_of, telling
from industrymap.files._open_document import damaged
from industrymap.files._sheet_extent import guard_spread, guard_texts
from industrymap.files._workbook import pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from industrymap.files._limits import Limits
    from industrymap.files._source import Source

__all__ = ["binary_cell_notes", "guard_binary_workbook"]

# Kinds of records in the parts of a workbook (MS-XLSB 2.3.2); the numbers between first and last
# are all cells.
_ROW, _FIRST_CELL, _LAST_CELL, _SHARED, _ITEM, _STATED = 0, 1, 11, 7, 19, 148
# The size of a sheet in every Excel since 2007.
_ROWS, _COLUMNS = 1_048_576, 16_384


def guard_binary_workbook(path: Path, *, limits: Limits) -> None:
    """Raise ``FileRefusedError`` for a binary workbook (MS-XLSB) that is damaged or unfolds beyond the limits."""
    members = _archive.members(path, limits=limits)
    if not any(name.lower() == "xl/workbook.bin" for name in members):
        raise FileRefusedError(
            f"{path.name} is a zip archive without a workbook inside.",
            f"{path.name} 是不含工作簿的 zip 压缩包。",
        )
    try:
        # The size of each shared text in bytes, in file order: cells refer to them by that number.
        lengths = [
            len(data)
            for name, member in members.items()
            if name.lower() == "xl/sharedstrings.bin"
            for kind, data in _records(_archive.open_member(path, member, limits=limits))
            if kind == _ITEM
        ]
        for name, member in members.items():
            if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".bin"):
                data = _archive.open_member(path, member, limits=limits)
                _guard_binary_sheet(path.name, name, data, lengths, limits)
    except (struct.error, IndexError) as error:
        raise damaged(path.name) from error


def _guard_binary_sheet(
    name: str, sheet: str, data: bytes, lengths: list[int], limits: Limits
) -> None:
    row, rows, width, filled, text = 0, 0, 0, 0, 0
    for kind, body in _records(data):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", body)
        elif kind == _STATED:
            # The reader makes room for what a sheet says of its own size.
            low, high, left, right = struct.unpack_from("<4I", body)
            if not (low <= high < _ROWS and left <= right < _COLUMNS):
                raise damaged(name)
        # Kind 1 itself is a blank cell: styled, but nothing a reader keeps.
        elif _FIRST_CELL < kind <= _LAST_CELL:
            (column,) = struct.unpack_from("<I", body)
            if row >= _ROWS or column >= _COLUMNS:
                raise damaged(name)
            # Stray cells far out make the box; what is in between counts as empty.
            rows, width, filled = max(rows, row + 1), max(width, column + 1), filled + 1
            if kind == _SHARED:
                (index,) = struct.unpack_from("<I", body, 8)
                text += lengths[index]
    guard_spread(name, sheet, (rows, width), filled, limits)
    guard_texts(name, sheet, text, limits)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the records: a kind of one or two bytes, a length of one to four, seven bits each (MS-XLSB 2.1.4)."""
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length = 0
        for shift in (0, 7, 14, 21):
            length |= (data[at] & 0x7F) << shift
            at += 1
            if not data[at - 1] & 0x80:
                break
        # A record that runs past the end: slicing would silently return less than it claims.
        if at + length > len(data):
            raise IndexError
        yield kind, data[at : at + length]
        at += length


# The same numbering: what the styles, the list of sheets and the workbook's own properties are kept
# in.
_FORMAT, _STYLES, _END_STYLES, _STYLE, _PROPERTIES, _SHEET = 44, 617, 618, 47, 153, 156
_NUMBERS = {2, 5, 9}  # a short number, a number, a formula's number


def binary_cell_notes(source: Source) -> dict[str, SheetNotes]:
    """Return the number formats of every sheet of a checked binary workbook, by the sheet's name.

    Its formulas are always saved with a result, so that none is missing.

    Raises
    ------
    FileRefusedError
        A part of the workbook cannot be read.
    """
    listed = _archive.members(source.path, limits=source.limits)
    members = {name.lower(): member for name, member in listed.items()}

    def part(name: str) -> bytes:
        member = members.get(name.lower())
        # In pieces, which refuses a DOCTYPE in the one part that is XML.
        return b"".join(pieces_of(source.path, member)) if member is not None else b""

    try:
        styles = _styles(part("xl/styles.bin"))
        targets = links_of(part("xl/_rels/workbook.bin.rels") or b"<none/>")
        from_1904, sheets = _book(part("xl/workbook.bin"))
        return {
            name: replace(_notes(part(f"xl/{targets.get(link, '')}"), styles), from_1904=from_1904)
            for name, link in sheets.items()
        }
    except (
        struct.error,
        IndexError,
        ValueError,
        SyntaxError,
    ) as error:  # ElementTree's own is a SyntaxError
        raise damaged(source.name) from error


def _styles(data: bytes) -> dict[int, str]:
    """Return style number → number format, for those that may change the figure."""
    codes, numbers, inside = dict(PERCENT), [], False
    for kind, body in _records(data):
        if kind == _FORMAT:
            (number,) = struct.unpack_from("<H", body)
            codes[number] = _text(body, 2)[0]
        elif kind in {_STYLES, _END_STYLES}:
            # Styles by name come in records of the same kind; cells refer to those of this block alone.
            inside = kind == _STYLES
        elif kind == _STYLE and inside:
            numbers.append(struct.unpack_from("<2H", body)[1])
    # Cells name a style, a style names a format: joined once, not for each of a million cells.
    named = ((style, codes.get(number, "")) for style, number in enumerate(numbers))
    return {style: code for style, code in named if telling(code)}


def _book(data: bytes) -> tuple[bool, dict[str, str]]:
    """Return whether days are counted from 1904, and the sheets: name → link to its part."""
    from_1904, sheets = False, {}
    for kind, body in _records(data):
        if kind == _PROPERTIES:
            from_1904 = bool(body[0] & 1)
        elif kind == _SHEET:
            link, at = _text(body, 8)
            sheets[_text(body, at)[0]] = link
    return from_1904, sheets


_COLUMN, _ROW_HIDDEN, _COLUMN_HIDDEN = 60, 0x10, 0x01


def _notes(data: bytes, styles: dict[int, str]) -> SheetNotes:
    row, notes = 0, SheetNotes()
    for kind, body in _records(data):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", body)
            # Behind the row's number, style and height; of no height is how a hidden row is written (MS-XLSB 2.4.725).
            if len(body) > 11 and body[11] & _ROW_HIDDEN:
                notes.hidden_rows.append((row, row))
        elif kind == _COLUMN:
            first, last, flags = struct.unpack_from("<2I8xH", body)
            if flags & _COLUMN_HIDDEN:
                notes.hidden_columns.append((first, last))
        elif kind in _NUMBERS:
            # The upper eight bits of the second number say how the cell is spelled for reading aloud.
            column, style = struct.unpack_from("<2I", body)
            code = styles.get(style & 0xFFFFFF)
            if code is not None:
                notes.formats[row, column] = code
    return notes


def _text(body: bytes, at: int) -> tuple[str, int]:
    """Return a text with its length before it, and where it ends; a length of all ones means none."""
    (letters,) = struct.unpack_from("<I", body, at)
    if letters == _NO_TEXT:
        return "", at + 4
    # UTF-16: two bytes a letter.
    end = at + 4 + 2 * letters
    if end > len(body):
        raise IndexError
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


_NO_TEXT = 0xFFFFFFFF
