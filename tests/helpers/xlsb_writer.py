"""A binary workbook (MS-XLSB) of one sheet, written record by record: no library writes one."""

from __future__ import annotations

import io
import struct
import zipfile

_BOOK, _END_BOOK, _SHEETS, _END_SHEETS, _SHEET = 131, 132, 143, 144, 156
_PROPERTIES, _STYLES, _END_STYLES, _STYLE, _FORMAT, _FORMATS, _END_FORMATS = (
    153,
    617,
    618,
    47,
    44,
    615,
    616,
)
_PART, _END_PART, _EXTENT, _DATA, _END_DATA, _ROW, _REAL, _TEXT = 129, 130, 148, 145, 146, 0, 5, 6
_COLUMN = 60
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
    style, value = value if isinstance(value, tuple) else (0, value)
    place = struct.pack("<II", column, style)
    if isinstance(value, str):
        return _record(_TEXT, place + _wide(value))
    return _record(_REAL, place + struct.pack("<d", value))


def sheet(
    rows: list[list[object]],
    *,
    extent: tuple[int, int] | None = None,
    hidden: tuple[int, int] | None = None,
) -> bytes:
    """Return the part of a sheet; ``extent`` is what it states of its size, ``hidden`` a row and a column that are not shown."""
    last = extent or (len(rows) - 1, max(map(len, rows)) - 1)
    out = [
        _record(_PART),
        _record(_EXTENT, struct.pack("<IIII", 0, last[0], 0, last[1])),
        *(
            [_record(_COLUMN, struct.pack("<IIIIH", hidden[1], hidden[1], 0, 0, 1))]
            if hidden
            else []
        ),
        _record(_DATA),
    ]
    for number, row in enumerate(rows):
        unseen = 0x1000 if hidden and number == hidden[0] else 0
        if row:
            out.append(_record(_ROW, struct.pack("<IIHHBI", number, 0, 0x12C, unseen, 0, 0)))
            out += [_cell(c, v) for c, v in enumerate(row) if v not in {"", None}]
    return b"".join([*out, _record(_END_DATA), _record(_END_PART)])


def styles(formats: tuple[str, ...]) -> bytes:
    """Return the part of styles: number 0 is the general one, then one for each format."""
    own = [
        _record(_FORMAT, struct.pack("<H", 164 + n) + _wide(code)) for n, code in enumerate(formats)
    ]
    numbers = [0, *range(164, 164 + len(formats))]
    each = [_record(_STYLE, struct.pack("<2H12x", 0, number)) for number in numbers]
    return b"".join(
        [
            _record(_FORMATS, struct.pack("<I", len(own))),
            *own,
            _record(_END_FORMATS),
            _record(_STYLES, struct.pack("<I", len(each))),
            *each,
            _record(_END_STYLES),
        ]
    )


def xlsb(
    rows: list[list[object]],
    *,
    name: str = "企业",
    extent: tuple[int, int] | None = None,
    formats: tuple[str, ...] = (),
    from_1904: bool = False,
    hidden: tuple[int, int] | None = None,
) -> bytes:
    """Return a workbook of one sheet of texts and numbers; a cell ``(1, 0.35)`` bears the first of ``formats``."""
    one = struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name)
    book = (
        _record(_BOOK)
        + _record(_PROPERTIES, struct.pack("<III", from_1904, 0, 0))
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
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_LINK}/worksheet" Target="worksheets/sheet1.bin"/><Relationship Id="rId2" Type="{_LINK}/styles" Target="styles.bin"/></Relationships>',
        )
        archive.writestr("xl/styles.bin", styles(formats))
        archive.writestr("xl/worksheets/sheet1.bin", sheet(rows, extent=extent, hidden=hidden))
    return out.getvalue()


def with_styles(workbook: bytes, part: bytes) -> bytes:
    """Return a workbook with another part of styles."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as held, zipfile.ZipFile(out, "w") as archive:
        for name in held.namelist():
            archive.writestr(name, part if name == "xl/styles.bin" else held.read(name))
    return out.getvalue()
