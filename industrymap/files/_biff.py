"""An old Excel workbook (.xls) before a reader sees it: how large its sheets unfold, and a copy without what no table needs.

The records of the workbook's stream (MS-XLS) are walked as a reader walks them: the globals, then every sheet from the
place where the globals say that it begins. Only cells, merged areas, texts and what tells dates from numbers go into the copy, each
sheet behind the one before it. Statements of size, for which a reader makes room, names, drawings and the terms of
formulas stay behind; the result of a formula is kept.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files import _ole
from industrymap.files._ole import BrokenError
from industrymap.files._source import read_bytes
from industrymap.files._spread import guard_spread, guard_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.files._limits import Limits
    from industrymap.files._source import Source

__all__ = ["read_workbook", "sound_workbook"]

_NAMES = ("Workbook", "Book")
_BOF, _EOF, _FILEPASS, _BOUND_SHEET, _SST, _CONTINUE = (
    0x0809,
    0x000A,
    0x002F,
    0x0085,
    0x00FC,
    0x003C,
)
_CODE_PAGE, _DATE_1904, _FORMAT, _XF = 0x0042, 0x0022, 0x041E, 0x00E0
_NUMBER, _LABEL, _BOOL, _RK = 0x0203, 0x0204, 0x0205, 0x027E
_FORMULA, _RESULT, _LABEL_SST, _MULTIPLE, _MERGED = 0x0006, 0x0207, 0x00FD, 0x00BD, 0x00E5
_GLOBALS = frozenset({_BOF, _CODE_PAGE, _DATE_1904, _FORMAT, _XF})
_CELLS = frozenset({_NUMBER, _LABEL, _BOOL, _RK, _FORMULA, _LABEL_SST, _MULTIPLE})
_FORMULA_HEAD = 20
_NO_TERMS = b"\0\0"
_END = struct.pack("<HH", _EOF, 0)


def read_workbook(source: Source) -> bytes:
    """Return the bytes of a checked workbook as a library may see them: an old one as a copy, see :func:`sound_workbook`.

    Raises
    ------
    FileRefusedError
        The content is not what was checked.
    """
    data = read_bytes(source)
    if source.extension != "xls":
        return data
    return sound_workbook(source.name, data, limits=source.limits)


def sound_workbook(name: str, data: bytes, *, limits: Limits) -> bytes:
    """Return a workbook anew, fit for a library.

    Raises
    ------
    FileRefusedError
        Damaged, locked, or unfolding beyond the limits.
    """
    try:
        stream = _copied(name, _ole.stream_of(data, _NAMES), limits)
    except (BrokenError, struct.error, IndexError) as error:
        raise FileRefusedError(
            f"{name} is damaged or cut short: it holds no readable workbook.",
            f"{name} 已损坏或不完整，读不出工作簿。",
        ) from error
    if len(stream) > _ole.LARGEST_STREAM:
        raise FileRefusedError(
            f"{name} is larger than an old workbook can be read; save it as xlsx.",
            f"{name} 过大，无法按旧版 Excel 格式读取，请另存为 xlsx。",
        )
    return _ole.container(stream, _NAMES[0])


def _records(stream: bytes, at: int = 0) -> Iterator[tuple[int, bytes]]:
    """Walk the records of a substream up to its end."""
    while at < len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        if len(data) < length:
            raise BrokenError
        if kind == _EOF:
            return
        yield kind, data
        at += 4 + length


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


class _Sheet:
    """The box around one sheet's cells, and the texts they refer to."""

    def __init__(self, lengths: list[int]) -> None:
        self.lengths = lengths
        self.low = (2**31, 2**31)
        self.high = (0, 0)
        self.text = self.filled = 0

    def cell(self, kind: int, data: bytes) -> None:
        row, column = struct.unpack_from("<HH", data)
        last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind == _MULTIPLE else column
        self.low = (min(self.low[0], row), min(self.low[1], column))
        self.high = (max(self.high[0], row), max(self.high[1], last, column))
        self.filled += max(1, last - column + 1)
        if kind == _LABEL_SST:
            (index,) = struct.unpack_from("<I", data, 6)
            self.text += self.lengths[index] if index < len(self.lengths) else 0

    @property
    def box(self) -> tuple[int, int]:
        rows, columns = self.high[0] - self.low[0] + 1, self.high[1] - self.low[1] + 1
        return max(rows, 0), max(columns, 0)


def _copied(name: str, stream: bytes, limits: Limits) -> bytes:
    """Return the stream with the records that are known here, and sheets one behind the other."""
    kept: list[bytes] = []
    sheets: list[bytes] = []
    table: list[bytes] = []
    lengths: list[int] = []
    for kind, data in _records(stream):
        if table and kind != _CONTINUE:
            lengths, table = _text_lengths(table), []
        if kind == _FILEPASS:
            raise FileRefusedError(
                f"{name} is protected by a password; save it without one.",
                f"{name} 设有密码，请取消密码后另存。",
            )
        if kind == _BOUND_SHEET:
            sheets.append(data)
        elif kind in _GLOBALS:
            kept.append(_record(kind, data))
        elif kind == _SST or (kind == _CONTINUE and table):
            table.append(data)
            kept.append(_record(kind, data))
    lengths = _text_lengths(table) if table else lengths
    bodies = _sheets(name, stream, sheets, lengths, limits)
    place = sum(map(len, kept)) + sum(len(data) + 4 for data in sheets) + len(_END)
    listed = []
    for data, body in zip(sheets, bodies, strict=True):
        listed.append(_record(_BOUND_SHEET, struct.pack("<I", place) + data[4:]))
        place += len(body)
    return b"".join([*kept, *listed, _END, *bodies])


def _sheets(
    name: str, stream: bytes, sheets: list[bytes], lengths: list[int], limits: Limits
) -> list[bytes]:
    """Return the substream of each sheet, reduced; together they cannot be longer than what they come from."""
    bodies = []
    left = len(stream)
    for about in sheets:
        (begin,) = struct.unpack_from("<I", about)
        if begin > len(stream):
            raise BrokenError
        sheet = _Sheet(lengths)
        kept = []
        for kind, data in _records(stream, begin):
            left -= 4 + len(data)
            if left < 0:  # several sheets in one place
                raise BrokenError
            if kind in _CELLS:
                sheet.cell(kind, data)
                kept.append(_record(kind, _plain(kind, data)))
            elif kind in {_BOF, _RESULT, _MERGED}:
                kept.append(_record(kind, _plain(kind, data)))
        guard_spread(name, "", sheet.box, sheet.filled, limits)
        guard_texts(name, "", sheet.text, limits)
        bodies.append(b"".join([*kept, _END]))
    return bodies


def _plain(kind: int, data: bytes) -> bytes:
    """Leave out the terms of a formula, and let no text claim to be longer than its record."""
    if kind == _FORMULA and len(data) > _FORMULA_HEAD:
        return data[:_FORMULA_HEAD] + _NO_TERMS
    at = {_LABEL: 6, _RESULT: 0}.get(kind)
    if at is None:
        return data
    (letters,) = struct.unpack_from("<H", data, at)
    return data[:at] + struct.pack("<H", min(letters, len(data))) + data[at + 2 :]


def _text_lengths(blocks: list[bytes]) -> list[int]:
    """Return an upper bound of the bytes of every shared text, in order.

    A text may run on into the next record, which then begins with a flag byte of its own.
    """
    if not blocks:
        return []
    reader = _Blocks(blocks)
    (unique,) = struct.unpack("<I", reader.take(8)[4:])
    if unique > sum(map(len, blocks)):
        raise BrokenError
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
                raise BrokenError
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
