"""The container of an old workbook (OLE, MS-CFB), and the one stream in it that is wanted.

A container says of itself how many sectors it has and which follows which; a reader that believes it makes room for
terabytes or runs in circles. xlrd's own follows a circle of small sectors for ever and a folder that names one entry twice
2ⁿ times, so it never sees a container: :func:`stream_of` takes the stream out within the bounds of the file's own size.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["BrokenError", "stream_of"]

# Numbers from here on are marks: end of chain, free, used by a table (MS-CFB 2.1).
_LAST_SECTOR = 0xFFFFFFFA
_LINKS = 50_000


class BrokenError(Exception):
    """The container, or what is in it, contradicts itself."""


def stream_of(data: bytes, names: Sequence[str]) -> bytes:
    """Return the first stream of one of these names, following the container's chains of sectors.

    Raises
    ------
    BrokenError, struct.error, IndexError
        There is none, or the container is damaged.
    """
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    # Sectors of 512 or 4,096 bytes and small ones of 64: no other version exists.
    if shift not in {9, 12} or small_shift != 6:
        raise BrokenError
    size = 1 << shift
    fat = _fat(data, size)
    (folder,) = struct.unpack_from("<I", data, 48)
    cutoff, small_fat_start = struct.unpack_from("<II", data, 56)
    entries = _chain(data, size, fat, folder)
    # The first entry is the root; its stream holds all small streams.
    root = struct.unpack_from("<I", entries, 116)[0]
    for at in range(0, len(entries) - 127, 128):
        # The length counts bytes, with the two of a closing NUL.
        (letters,) = struct.unpack_from("<H", entries, at + 64)
        name = entries[at : at + max(0, min(letters, 64) - 2)].decode("utf-16-le", errors="replace")
        # Kind 2 is a stream; a folder of the same name holds no workbook.
        if name not in names or entries[at + 66] != 2:
            continue
        start, length = struct.unpack_from("<II", entries, at + 116)
        # Short streams are kept in small sectors inside the root's own stream.
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
    # The header itself lists the first 109 sectors of the table; longer files continue it in
    # sectors of their own.
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
        # A chain longer than the table has entries must have come past a sector twice.
        if start >= len(table) or seen > len(table):
            raise BrokenError
        yield start
        start = table[start]
        seen += 1


def _chain(data: bytes, size: int, table: tuple[int, ...], start: int) -> bytes:
    return b"".join(_sector(data, size, number) for number in _links(start, table))
