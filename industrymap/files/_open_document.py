"""Workbooks of other programs before a reader sees them: OpenDocument (.ods), and Excel's binary one (.xlsb).

Both can say in a few bytes that a cell repeats a million times or lies in the far corner; a reader makes room for all.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING
from xml.parsers import expat

from industrymap.errors import FileRefusedError
from industrymap.files import _archive
from industrymap.files._sheet_extent import guard_spread, guard_texts
from industrymap.files._workbook import pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from industrymap.files._limits import Limits

__all__ = ["guard_binary_workbook", "guard_open_document"]

_MOST = 2**40


def guard_open_document(path: Path, *, limits: Limits) -> None:
    """Raise ``FileRefusedError`` for a spreadsheet that is damaged, locked, or unfolds beyond the limits."""
    members = _archive.members(path, limits=limits)
    if "content.xml" not in members:
        raise FileRefusedError(
            f"{path.name} is a zip archive without a spreadsheet inside.",
            f"{path.name} 是不含表格的 zip 压缩包。",
        )
    if any(
        b"encryption-data" in piece for piece in _pieces(path, members, "META-INF/manifest.xml")
    ):
        raise FileRefusedError(
            f"{path.name} is protected by a password; save it without one.",
            f"{path.name} 设有密码，请取消密码后另存。",
        )
    counter = _Counter(path.name, limits)
    parser = expat.ParserCreate()
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.characters
    try:
        for piece in pieces_of(path, members["content.xml"]):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except FileRefusedError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _damaged(path.name) from error


def _pieces(path: Path, members: dict[str, _archive.Member], name: str) -> Iterator[bytes]:
    return pieces_of(path, members[name]) if name in members else iter(())


def _damaged(name: str) -> FileRefusedError:
    return FileRefusedError(
        f"{name} is damaged or cut short: it holds no readable workbook.",
        f"{name} 已损坏或不完整，读不出工作簿。",
    )


class _Counter:
    """Walks the tables of a spreadsheet and measures each as its repetitions unfold it."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.sheet = ""
        self._reset()
        self.repeat = 1
        self.holds = False

    def _reset(self) -> None:
        self.row = self.column = self.width = self.filled = self.text = 0
        self.last = self.row_repeat = 0
        self.here = self.letters = 0
        self.pending: list[tuple[int, int]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.sheet = attributes.get("table:name", "")
            self._reset()
        elif tag == "table:table-row":
            self.row_repeat = _number(attributes.get("table:number-rows-repeated"))
            self.column = self.here = self.letters = 0
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self.repeat = _number(attributes.get("table:number-columns-repeated"))
            self.holds = "office:value-type" in attributes or "calcext:value-type" in attributes

    def characters(self, data: str) -> None:
        if data.strip():
            self.holds = True
            self.letters += len(data) * self.repeat

    def end(self, tag: str) -> None:
        if tag in {"table:table-cell", "table:covered-table-cell"}:
            self.column += self.repeat
            if self.holds:
                self.here += self.repeat
                self.width = max(self.width, self.column)
            self.holds = False
        elif tag == "table:table-row":
            self.row += self.row_repeat
            if self.here:
                self.last = self.row
                self.filled += self.here * self.row_repeat
                self.text += 3 * self.letters * self.row_repeat
                self._measure()

    def _measure(self) -> None:
        # Rows between two that hold something are made room for as well.
        guard_spread(self.name, self.sheet, (self.last, self.width), self.filled, self.limits)
        guard_texts(self.name, self.sheet, self.text, self.limits)


def _number(text: str | None) -> int:
    return min(int(text), _MOST) if text and text.isdecimal() and len(text) < 13 else 1


_ROW, _FIRST_CELL, _LAST_CELL, _SHARED, _ITEM, _STATED = 0, 1, 11, 7, 19, 148
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
        raise _damaged(path.name) from error


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
                raise _damaged(name)
        elif _FIRST_CELL < kind <= _LAST_CELL:
            (column,) = struct.unpack_from("<I", body)
            if row >= _ROWS or column >= _COLUMNS:
                raise _damaged(name)
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
        if at + length > len(data):
            raise IndexError
        yield kind, data[at : at + length]
        at += length
