"""The container of an old workbook (OLE, MS-CFB): the one stream that is wanted, out of theirs and into one of ours.

A container says of itself how many sectors it has and which follows which; a reader that believes it makes room for
terabytes or runs in circles. So a library never sees a container from outside: :func:`stream_of` takes the stream out
within the bounds of the file's own size, and :func:`container` wraps one anew.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["LARGEST_STREAM", "BrokenError", "container", "stream_of"]

_LAST_SECTOR = 0xFFFFFFFA
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_LINKS = 50_000
_SECTOR, _SHIFT, _SMALL_STREAM = 4096, 12, 4096
_FIRST_TABLES = 109

LARGEST_STREAM = (_FIRST_TABLES * (_SECTOR // 4) - 2 - _FIRST_TABLES) * _SECTOR
"""Bytes of the longest stream that :func:`container` wraps: what the list of tables in the head can reach."""


class BrokenError(Exception):
    """The container, or what stands in it, contradicts itself."""


def stream_of(data: bytes, names: Sequence[str]) -> bytes:
    """Return the first stream of one of these names, following the container's chains of sectors.

    Raises
    ------
    BrokenError, struct.error, IndexError
        There is none, or the container is damaged.
    """
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in {9, 12} or small_shift != 6:
        raise BrokenError
    size = 1 << shift
    fat = _fat(data, size)
    (folder,) = struct.unpack_from("<I", data, 48)
    cutoff, small_fat_start = struct.unpack_from("<II", data, 56)
    entries = _chain(data, size, fat, folder)
    root = struct.unpack_from("<I", entries, 116)[0]
    for at in range(0, len(entries) - 127, 128):
        (letters,) = struct.unpack_from("<H", entries, at + 64)
        name = entries[at : at + max(0, min(letters, 64) - 2)].decode("utf-16-le", errors="replace")
        if name not in names or entries[at + 66] != 2:
            continue
        start, length = struct.unpack_from("<II", entries, at + 116)
        if length >= cutoff:
            return _chain(data, size, fat, start)[:length]
        small_fat = _numbers(_chain(data, size, fat, small_fat_start))
        small = _chain(data, size, fat, root)
        return b"".join(small[i << 6 : (i + 1) << 6] for i in _links(start, small_fat))[:length]
    raise BrokenError


def _fat(data: bytes, size: int) -> tuple[int, ...]:
    """Return the table that says which sector follows which."""
    (count,) = struct.unpack_from("<I", data, 44)
    if count > 2 * len(data) // (size * size // 4) + 16:  # more than twice what names every sector
        raise BrokenError
    sectors = [i for i in struct.unpack_from("<109I", data, 76) if i < _LAST_SECTOR]
    (more,) = struct.unpack_from("<I", data, 68)
    visited = 0
    while more < _LAST_SECTOR and len(sectors) < count:
        listed = _numbers(_sector(data, size, more))
        sectors += [i for i in listed[:-1] if i < _LAST_SECTOR]
        more = listed[-1]
        visited += 1
        if visited > _LINKS:
            raise BrokenError
    return tuple(n for sector in sectors[:count] for n in _numbers(_sector(data, size, sector)))


def _sector(data: bytes, size: int, number: int) -> bytes:
    piece = data[(number + 1) * size : (number + 2) * size]
    if not piece:
        raise BrokenError
    return piece.ljust(size, b"\0")


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _links(start: int, table: tuple[int, ...]) -> Iterator[int]:
    seen = 0
    while start < _LAST_SECTOR:
        if start >= len(table) or seen > len(table):
            raise BrokenError
        yield start
        start = table[start]
        seen += 1


def _chain(data: bytes, size: int, table: tuple[int, ...], start: int) -> bytes:
    return b"".join(_sector(data, size, number) for number in _links(start, table))


def container(stream: bytes, name: str) -> bytes:
    """Wrap one stream of at most :data:`LARGEST_STREAM` bytes into a container.

    Its sectors, of 4,096 bytes, in order: the stream, an empty stream of small streams, the folder, the table.
    """
    length = max(len(stream), _SMALL_STREAM)  # shorter ones would lie among the small streams
    body = -(-length // _SECTOR)
    tables = 1
    while tables * (_SECTOR // 4) < body + 2 + tables:
        tables += 1
    small, folder, first = body, body + 1, body + 2
    chain = [*range(1, body), _END, _END, _END, *[_TABLE] * tables]
    table = chain + [_FREE] * (tables * (_SECTOR // 4) - len(chain))
    head = bytearray(_SECTOR)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", head, 24, 0x3E, 4, 0xFFFE, _SHIFT, 6)
    struct.pack_into("<III", head, 40, 1, tables, folder)
    struct.pack_into("<IIIII", head, 56, _SMALL_STREAM, _END, 0, _END, 0)
    places = [*range(first, first + tables)]
    struct.pack_into("<109I", head, 76, *places, *[_FREE] * (_FIRST_TABLES - tables))
    entries = _entry("Root Entry", 5, small, _SECTOR, child=1) + _entry(
        name, 2, 0, length, child=_FREE
    )
    return b"".join(
        [
            bytes(head),
            stream.ljust(body * _SECTOR, b"\0"),
            bytes(_SECTOR),
            entries.ljust(_SECTOR, b"\0"),
            struct.pack(f"<{len(table)}I", *table),
        ]
    )


def _entry(name: str, kind: int, start: int, size: int, *, child: int) -> bytes:
    raw = name.encode("utf-16-le")
    entry = bytearray(128)
    entry[: len(raw)] = raw
    struct.pack_into("<HBB", entry, 64, len(raw) + 2, kind, 1)
    struct.pack_into("<III", entry, 68, _FREE, _FREE, child)
    struct.pack_into("<IQ", entry, 116, start, size)
    return bytes(entry)
