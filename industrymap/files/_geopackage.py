"""What readers and writers of GeoPackage share: the header before a geometry, and names in SQL (OGC 12-128r18)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["marks", "sql", "sql_name", "with_header", "without_header"]

_MAGIC = b"GP"
_SHORT, _LONG = struct.Struct("<2sBBi"), struct.Struct("<2sBBi4d")
_LITTLE_ENDIAN_WITH_XY_ENVELOPE = 0b0000_0011
_LITTLE_ENDIAN_AND_EMPTY = 0b0001_0001
_ENVELOPE_BYTES = (0, 32, 48, 48, 64, 0, 0, 0)  # by the kind of envelope; 5 to 7 are not defined


def with_header(
    wkb: bytes, bounds: tuple[float, float, float, float] | None, *, srs_id: int
) -> bytes:
    """Return a geometry as GeoPackage stores it.

    Parameters
    ----------
    wkb : bytes
        Little endian.
    bounds : tuple of float or None
        West, south, east, north; ``None`` for an empty geometry.
    srs_id : int
        The file's number of the coordinate system.
    """
    if bounds is None:
        return _SHORT.pack(_MAGIC, 0, _LITTLE_ENDIAN_AND_EMPTY, srs_id) + wkb
    west, south, east, north = bounds
    flags = _LITTLE_ENDIAN_WITH_XY_ENVELOPE
    # the envelope goes west, east, south, north
    return _LONG.pack(_MAGIC, 0, flags, srs_id, west, east, south, north) + wkb


def without_header(blob: bytes) -> bytes | None:
    """Return the WKB of a geometry as GeoPackage stores it; ``None`` where it has no such header."""
    if blob[:2] != _MAGIC or len(blob) < _SHORT.size:
        return None
    # Bits 1 to 3 of the flags name the kind of envelope, and so how long it is.
    return blob[_SHORT.size + _ENVELOPE_BYTES[(blob[3] >> 1) & 0b111] :]


def sql_name(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql(statement: str, **names: str | Iterable[str | None]) -> str:
    """Return an SQL statement with names of tables and columns put in; values are bound, never put in.

    Nothing but quoted identifiers gets into the text, so a layer or field of any name cannot change what a statement does.

    Parameters
    ----------
    statement : str
        With a slot such as ``{table}`` for each of ``names``.
    **names : str or iterable of (str or None)
        One identifier, or several separated by commas; ``None`` among them means ``NULL``.

    Examples
    --------
    >>> sql("SELECT {columns} FROM {table}", columns=["fid", None], table='a"b')
    'SELECT "fid", NULL FROM "a""b"'
    """
    return statement.format(
        **{
            slot: sql_name(name)
            if isinstance(name, str)
            else ", ".join("NULL" if one is None else sql_name(one) for one in name)
            for slot, name in names.items()
        }
    )


def marks(n: int) -> str:
    """Return ``n`` question marks in brackets, for values that are bound.

    Examples
    --------
    >>> marks(3)
    '(?, ?, ?)'
    """
    return f"({', '.join('?' * n)})"
