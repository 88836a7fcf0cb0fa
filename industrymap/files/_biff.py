"""An old Excel workbook (.xls) before a reader sees it: how large its sheets would unfold.

The same two traps as in xlsx, and a third: the sheet's own statement of its size, for which a reader makes room. The
container is an OLE file (MS-CFB) whose stream ``Workbook`` holds records (MS-XLS); only their lengths, cell positions
and text lengths are looked at.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files._limits import more_en, more_zh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from industrymap.files._limits import Limits

__all__ = ["guard_old_workbook"]

_LAST_SECTOR = 0xFFFFFFFA
_NAMES = ("Workbook", "Book")
_BOF, _EOF, _FILEPASS, _DIMENSIONS, _SST, _CONTINUE = 0x0809, 0x000A, 0x002F, 0x0200, 0x00FC, 0x003C
_LABEL_SST, _MULTIPLE = 0x00FD, 0x00BD
_CELLS = frozenset({0x0203, 0x027E, _LABEL_SST, 0x0204, 0x00D6, 0x0006, 0x0205, _MULTIPLE})
_LINKS = 50_000


class _BrokenError(Exception):
    """The container or a record contradicts itself."""


def guard_old_workbook(path: Path, *, limits: Limits) -> None:
    """Raise ``FileRefusedError`` for an xls that is damaged, locked, or unfolds beyond the limits."""
    try:
        stream = _workbook_stream(path.read_bytes())
        _guard_records(path.name, stream, limits)
    except (_BrokenError, struct.error, IndexError) as error:
        raise FileRefusedError(
            f"{path.name} is damaged or cut short: it holds no readable workbook.",
            f"{path.name} 已损坏或不完整，读不出工作簿。",
        ) from error


def _workbook_stream(data: bytes) -> bytes:
    """Return the stream of the workbook, following the container's chains of sectors."""
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in {9, 12} or small_shift != 6:
        raise _BrokenError
    size = 1 << shift
    fat = _fat(data, size)
    (folder,) = struct.unpack_from("<I", data, 48)
    cutoff, small_fat_start = struct.unpack_from("<II", data, 56)
    entries = _chain(data, size, fat, folder)
    root = struct.unpack_from("<I", entries, 116)[0]
    for at in range(0, len(entries) - 127, 128):
        (letters,) = struct.unpack_from("<H", entries, at + 64)
        name = entries[at : at + max(0, min(letters, 64) - 2)].decode("utf-16-le", errors="replace")
        if name not in _NAMES or entries[at + 66] != 2:
            continue
        start, length = struct.unpack_from("<II", entries, at + 116)
        if length >= cutoff:
            return _chain(data, size, fat, start)[:length]
        small_fat = _numbers(_chain(data, size, fat, small_fat_start))
        small = _chain(data, size, fat, root)
        return b"".join(small[i << 6 : (i + 1) << 6] for i in _links(start, small_fat))[:length]
    raise _BrokenError


def _fat(data: bytes, size: int) -> tuple[int, ...]:
    """Return the table that says which sector follows which."""
    (count,) = struct.unpack_from("<I", data, 44)
    sectors = [i for i in struct.unpack_from("<109I", data, 76) if i < _LAST_SECTOR]
    (more,) = struct.unpack_from("<I", data, 68)
    visited = 0
    while more < _LAST_SECTOR and len(sectors) < count:
        listed = _numbers(_sector(data, size, more))
        sectors += [i for i in listed[:-1] if i < _LAST_SECTOR]
        more = listed[-1]
        visited += 1
        if visited > _LINKS:
            raise _BrokenError
    return tuple(n for sector in sectors[:count] for n in _numbers(_sector(data, size, sector)))


def _sector(data: bytes, size: int, number: int) -> bytes:
    piece = data[(number + 1) * size : (number + 2) * size]
    if not piece:
        raise _BrokenError
    return piece.ljust(size, b"\0")


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _links(start: int, table: tuple[int, ...]) -> Iterator[int]:
    seen = 0
    while start < _LAST_SECTOR:
        if start >= len(table) or seen > len(table):
            raise _BrokenError
        yield start
        start = table[start]
        seen += 1


def _chain(data: bytes, size: int, table: tuple[int, ...], start: int) -> bytes:
    return b"".join(_sector(data, size, number) for number in _links(start, table))


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == 0 and length == 0:  # padding after the last substream
            return
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


class _Sheet:
    """The box around one sheet's cells, and the texts they refer to."""

    def __init__(self) -> None:
        self.low = (2**31, 2**31)
        self.high = (0, 0)
        self.text = 0

    def cell(self, kind: int, data: bytes) -> None:
        row, column = struct.unpack_from("<HH", data)
        last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind == _MULTIPLE else column
        self.low = (min(self.low[0], row), min(self.low[1], column))
        self.high = (max(self.high[0], row), max(self.high[1], last, column))

    @property
    def cells(self) -> int:
        rows, columns = self.high[0] - self.low[0] + 1, self.high[1] - self.low[1] + 1
        return max(rows, 0) * max(columns, 0)


def _guard_records(name: str, stream: bytes, limits: Limits) -> None:
    lengths: list[int] = []
    table: list[bytes] = []
    sheet = _Sheet()
    last = 0
    for kind, data in _records(stream):
        if kind == _FILEPASS:
            raise FileRefusedError(
                f"{name} is protected by a password; save it without one.",
                f"{name} 设有密码，请取消密码后另存。",
            )
        if kind == _BOF:
            sheet = _Sheet()
        elif kind == _SST or (kind == _CONTINUE and last == _SST):
            table.append(data)
        elif kind == _DIMENSIONS:
            _guard_statement(name, data, limits)
        elif kind in _CELLS:
            sheet.cell(kind, data)
            if kind == _LABEL_SST:
                lengths = lengths or _text_lengths(table)
                (index,) = struct.unpack_from("<I", data, 6)
                sheet.text += lengths[index] if index < len(lengths) else 0
        if kind != _CONTINUE:
            last = kind
        if kind == _EOF:
            _guard_sheet(name, sheet, limits)
    _guard_sheet(name, sheet, limits)


def _guard_statement(name: str, data: bytes, limits: Limits) -> None:
    first, last, left, right = struct.unpack_from("<IIHH" if len(data) >= 12 else "<HHHH", data)
    if last < first or right < left:
        raise _BrokenError
    # A reader counts the last row and column in, whether or not they are.
    cells = (last - first + 1) * (right - left + 1)
    if cells > limits.max_cells:
        raise _too_large(name, cells, limits)


def _guard_sheet(name: str, sheet: _Sheet, limits: Limits) -> None:
    if sheet.cells > limits.max_cells:
        raise _too_large(name, sheet.cells, limits)
    if sheet.text > limits.max_text_bytes:
        raise FileRefusedError(
            f"{name}: its texts unfold to {sheet.text:,} bytes; at most {limits.max_text_bytes:,} are read {more_en('max_text_bytes')}.",
            f"{name}：文本展开后达 {sheet.text:,} 字节，最多读取 {limits.max_text_bytes:,} 字节{more_zh('max_text_bytes')}。",
        )


def _too_large(name: str, cells: int, limits: Limits) -> FileRefusedError:
    return FileRefusedError(
        f"{name}: a sheet spreads over {cells:,} cells; at most {limits.max_cells:,} are read. Delete stray cells far "
        f"from the table {more_en('max_cells')}.",
        f"{name}：有工作表的内容散布在 {cells:,} 个单元格中，最多读取 {limits.max_cells:,} 个；请删除远离表格的零散单元格{more_zh('max_cells')}。",
    )


def _text_lengths(blocks: list[bytes]) -> list[int]:
    """Return an upper bound of the bytes of every shared text, in order.

    A text may run on into the next record, which then begins with a flag byte of its own.
    """
    if not blocks:
        return []
    reader = _Blocks(blocks)
    (unique,) = struct.unpack("<I", reader.take(8)[4:])
    if unique > sum(map(len, blocks)):
        raise _BrokenError
    lengths: list[int] = []
    while len(lengths) < unique and not reader.done:
        letters, flags = struct.unpack("<HB", reader.take(3))
        runs = struct.unpack("<H", reader.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", reader.take(4))[0] if flags & 4 else 0
        reader.letters(letters, wide=bool(flags & 1))
        reader.skip(4 * runs + extra)
        lengths.append(3 * letters)
    return lengths


class _Blocks:
    """Reads across the records of the table of shared texts."""

    def __init__(self, blocks: list[bytes]) -> None:
        self.blocks = blocks
        self.number = 0
        self.at = 0
        self._settle()

    @property
    def done(self) -> bool:
        return self.number >= len(self.blocks)

    def _settle(self) -> None:
        while not self.done and self.at >= len(self.blocks[self.number]):
            self.at -= len(self.blocks[self.number])
            self.number += 1

    def take(self, count: int) -> bytes:
        out = b""
        while len(out) < count:
            if self.done:
                raise _BrokenError
            piece = self.blocks[self.number][self.at : self.at + count - len(out)]
            out += piece
            self.skip(len(piece))
        return out

    def skip(self, count: int) -> None:
        self.at += count
        self._settle()

    def letters(self, count: int, *, wide: bool) -> None:
        """Pass over the letters of a text; in a new record a flag says again how wide they are."""
        while count > 0 and not self.done:
            room = (len(self.blocks[self.number]) - self.at) // (2 if wide else 1)
            here = min(count, room)
            count -= here
            number = self.number
            self.skip(here * (2 if wide else 1))
            if count > 0 and self.number == number and not self.done:
                self.skip(len(self.blocks[self.number]) - self.at)
            if count > 0 and not self.done:
                wide = bool(self.take(1)[0] & 1)
