"""dBASE III attribute tables in UTF-8, written whole: exact widths, no warnings, no clock."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DbfColumn", "dbf", "short_names"]

# Limits of dBASE III: bytes of a text, bytes of a name, digits of a number.
_MAX_TEXT = 254
_MAX_NAME = 10
_MAX_NUMBER = 24
# In place of today, so that the same input gives the same bytes.
_EPOCH = date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DbfColumn:
    """One column: its cells as bytes of one width.

    Attributes
    ----------
    name : str
        At most ten bytes of UTF-8.
    type : str
        ``C``, ``N``, ``L`` or ``D``.
    width, decimals : int
        As the header states them.
    cells : list of bytes
        Padded to ``width``.
    cut : int
        Texts that had to be cut to 254 bytes.
    """

    name: str
    type: str
    width: int
    decimals: int
    cells: list[bytes]
    cut: int = 0


def column(name: str, kind: str, values: list[Any]) -> DbfColumn:
    """Lay out one column; ``values`` are plain, as :func:`industrymap.export._columns.plain` gives them."""
    if kind == "bool":
        marks = {True: b"T", False: b"F", None: b"?"}
        return DbfColumn(name=name, type="L", width=1, decimals=0, cells=[marks[v] for v in values])
    if kind == "date":
        cells = [b" " * 8 if v is None else v.replace("-", "").encode() for v in values]
        return DbfColumn(name=name, type="D", width=8, decimals=0, cells=cells)
    if kind in {"int", "float"}:
        return _numbers(name, kind, values)
    return _texts(name, values)


def _numbers(name: str, kind: str, values: list[Any]) -> DbfColumn:
    decimals = 0 if kind == "int" else _decimals(values)
    texts = [
        "" if v is None else (str(v) if kind == "int" else f"{v:.{decimals}f}") for v in values
    ]
    if any(len(text) > _MAX_NUMBER for text in texts):
        # A number too long for its field is written with an exponent.
        texts = [t if len(t) <= _MAX_NUMBER else f"{float(t):.15e}" for t in texts]
    width = max([1, *map(len, texts)])
    cells = [text.rjust(width).encode() for text in texts]
    return DbfColumn(name=name, type="N", width=width, decimals=decimals, cells=cells)


def _decimals(values: list[Any]) -> int:
    """Return the decimals that the shortest exact form of every value needs, at most 15."""
    need = 0
    for value in values:
        text = "" if value is None else repr(value)
        if "e-" in text:
            # 1e-07 and the like need every decimal there is.
            need = 15
        elif "e" not in text and "." in text and not text.endswith(".0"):
            need = max(need, len(text) - text.index(".") - 1)
    return max(1, min(need, 15))


def _texts(name: str, values: list[Any]) -> DbfColumn:
    raw = [b"" if v is None else v.encode("utf-8", "replace") for v in values]
    cells = [_cut(text) for text in raw]
    width = max([1, *map(len, cells)])
    cut = sum(len(text) > _MAX_TEXT for text in raw)
    padded = [cell.ljust(width) for cell in cells]
    return DbfColumn(name=name, type="C", width=width, decimals=0, cells=padded, cut=cut)


def _cut(text: bytes, most: int = _MAX_TEXT) -> bytes:
    """Cut at a character's edge."""
    return text if len(text) <= most else text[:most].decode("utf-8", "ignore").encode("utf-8")


def dbf(columns: Sequence[DbfColumn], rows: int, *, updated: date | None = None) -> bytes:
    """Return a DBF file.

    Parameters
    ----------
    columns : sequence of DbfColumn
    rows : int
        Number of records.
    updated : date, optional
        Stands in the header as the date of the last update; a fixed one by default.
    """
    day = updated or _EPOCH
    record = 1 + sum(c.width for c in columns)
    size = 32 + 32 * len(columns) + 1
    # Version, year since 1900, month, day, rows, length of the head, length of a record;
    # little-endian.
    head = struct.pack("<4BIHH20x", 3, day.year - 1900, day.month, day.day, rows, size, record)
    for c in columns:
        head += struct.pack("<11sc4xBB14x", c.name.encode(), c.type.encode(), c.width, c.decimals)
    # A blank in front of a record says that it is not deleted.
    records = (b" " + b"".join(cells) for cells in zip(*(c.cells for c in columns), strict=True))
    return head + b"\r" + b"".join(records) + b"\x1a"


def short_names(wanted: Sequence[tuple[str, str | None]]) -> list[str]:
    """Return names of at most ten bytes, unique without regard to case.

    Parameters
    ----------
    wanted : sequence of (name, short)
        The full name, and the short one that the schema gives, if any.

    Examples
    --------
    >>> short_names([("operating_address", "OPE_ADDR"), ("企业所在园区", None), ("企业所在街道", None)])
    ['OPE_ADDR', '企业所', '企业所1']
    """
    names: list[str] = []
    # Short names of the schema are taken first, wherever they come: they are the same in every
    # export.
    taken: set[str] = {short.upper() for _, short in wanted if short}
    for name, short in wanted:
        if short:
            names.append(short)
            continue
        stem = name.replace("\x00", "") or "F"
        short_name, number = _cut(stem.encode("utf-8", "replace"), _MAX_NAME).decode(), 0
        while short_name.upper() in taken:
            number += 1
            tail = str(number)
            short_name = (
                _cut(stem.encode("utf-8", "replace"), _MAX_NAME - len(tail)).decode() + tail
            )
        taken.add(short_name.upper())
        names.append(short_name)
    return names
