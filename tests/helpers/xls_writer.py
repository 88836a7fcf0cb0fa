"""A small writer of old Excel files (BIFF8 inside OLE), for tests: nothing installed writes them."""

from __future__ import annotations

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def text(value: str, *, short: bool = False) -> bytes:
    size = struct.pack("<BB" if short else "<HB", len(value), 1)
    return size + value.encode("utf-16-le")


def label(row: int, column: int, index: int) -> bytes:
    return record(0x00FD, struct.pack("<HHHI", row, column, 0, index))


def number(row: int, column: int, value: float, *, style: int = 0) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))


def number_format(index: int, code: str) -> bytes:
    return record(0x041E, struct.pack("<H", index) + text(code))


def style(number_format: int) -> bytes:
    return record(0x00E0, struct.pack("<HHHBBBBIIH", 0, number_format, 1, 0, 0, 0, 0xFC, 0, 0, 0))


def shared_strings(strings: list[str], references: int) -> bytes:
    """The table of shared texts, cut into CONTINUE records between texts."""
    head = struct.pack("<II", references, len(strings))
    blocks, block = [], head
    for value in strings:
        piece = text(value)
        if len(block) + len(piece) > 8000:
            blocks.append(block)
            block = b""
        block += piece
    blocks.append(block)
    return record(0x00FC, blocks[0]) + b"".join(record(0x003C, b) for b in blocks[1:])


def workbook_stream(
    sheets: dict[str, bytes], strings: list[str], references: int = 0, *, globals_: bytes = b""
) -> bytes:
    """The BIFF stream: globals, then one substream for each sheet's ready-made cell records."""
    bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    sheet_bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    end = record(0x000A)
    page = record(0x0042, struct.pack("<H", 1200)) + globals_
    shared = shared_strings(strings, references)
    bounds = sum(len(record(0x0085, b"\0" * 6 + text(name, short=True))) for name in sheets)
    position = len(bof) + len(page) + bounds + len(shared) + len(end)
    listed = b""
    body = b""
    for name, cells in sheets.items():
        listed += record(0x0085, struct.pack("<IBB", position, 0, 0) + text(name, short=True))
        part = sheet_bof + cells + end
        body += part
        position += len(part)
    return bof + page + listed + shared + end + body


def ole(stream: bytes) -> bytes:
    """Wrap a workbook stream of at least 4,096 bytes into an OLE file."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // _SECTOR)
    total = sectors + 1
    fats = -(-(total + 1) // 128)
    while fats * 128 < total + fats:
        fats += 1
    chain = [*range(1, sectors), _END, _END, *[_FAT] * fats]
    table = struct.pack(f"<{fats * 128}I", *chain, *[_FREE] * (fats * 128 - len(chain)))
    first_fat = sectors + 1
    header = bytearray(_SECTOR)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 44, fats, sectors)
    struct.pack_into("<IIIII", header, 56, 4096, _END, 0, _END, 0)
    places = [*range(first_fat, first_fat + fats)]
    struct.pack_into("<109I", header, 76, *places, *[_FREE] * (109 - fats))
    return bytes(header) + stream.ljust(sectors * _SECTOR, b"\0") + _folder(len(stream)) + table


def _folder(size: int) -> bytes:
    root = _entry("Root Entry", 5, _END, 0, child=1)
    book = _entry("Workbook", 2, 0, size, child=_FREE)
    return (root + book).ljust(_SECTOR, b"\0")


def _entry(name: str, kind: int, start: int, size: int, *, child: int) -> bytes:
    raw = name.encode("utf-16-le")
    entry = bytearray(128)
    entry[: len(raw)] = raw
    struct.pack_into("<HBB", entry, 64, len(raw) + 2, kind, 1)
    struct.pack_into("<III", entry, 68, _FREE, _FREE, child)
    struct.pack_into("<IQ", entry, 116, start, size)
    return bytes(entry)


def xls(
    rows: list[list[str | float | None]],
    *,
    sheet: str = "Sheet1",
    hidden: tuple[int, int] | None = None,
) -> bytes:
    """A workbook of one sheet; ``hidden`` is a row and a column that are not shown."""
    strings: list[str] = []
    cells = b""
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                if value not in strings:
                    strings.append(value)
                cells += label(r, c, strings.index(value))
            elif value is not None:
                cells += number(r, c, value)
    if hidden:
        cells += record(0x0208, struct.pack("<HHHHHHI", hidden[0], 0, 4, 0xFF, 0, 0, 0x20))
        cells += record(0x007D, struct.pack("<HHHHHH", hidden[1], hidden[1], 0x900, 0, 1, 0))
    dimensions = record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    return ole(workbook_stream({sheet: dimensions + cells}, strings, len(strings)))
