"""A binary workbook (MS-XLSB) of one sheet, written record by record: no library writes one."""

from __future__ import annotations

import io
import struct
import zipfile

_BOOK, _END_BOOK, _SHEETS, _END_SHEETS, _SHEET = 131, 132, 143, 144, 156
_PART, _END_PART, _EXTENT, _DATA, _END_DATA, _ROW, _REAL, _TEXT = 129, 130, 148, 145, 146, 0, 5, 6
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _size(number: int) -> bytes:
    out = bytearray()
    while True:
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + _size(len(body)) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(column: int, value: object) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(value, str):
        return _record(_TEXT, place + _wide(value))
    return _record(_REAL, place + struct.pack("<d", value))


def sheet(rows: list[list[object]], *, extent: tuple[int, int] | None = None) -> bytes:
    """Return the part of a sheet; ``extent`` is what it states of its size."""
    last = extent or (len(rows) - 1, max(map(len, rows)) - 1)
    out = [
        _record(_PART),
        _record(_EXTENT, struct.pack("<IIII", 0, last[0], 0, last[1])),
        _record(_DATA),
    ]
    for number, row in enumerate(rows):
        if row:
            out.append(_record(_ROW, struct.pack("<IIHHBI", number, 0, 0x12C, 0, 0, 0)))
            out += [_cell(c, v) for c, v in enumerate(row) if v not in {"", None}]
    return b"".join([*out, _record(_END_DATA), _record(_END_PART)])


def xlsb(
    rows: list[list[object]], *, name: str = "企业", extent: tuple[int, int] | None = None
) -> bytes:
    """Return a workbook of one sheet of texts and numbers."""
    one = struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name)
    book = (
        _record(_BOOK)
        + _record(_SHEETS)
        + _record(_SHEET, one)
        + _record(_END_SHEETS)
        + _record(_END_BOOK)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_LINK}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_LINK}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.bin", sheet(rows, extent=extent))
    return out.getvalue()
