"""Bytes of the data block: byte planes, zigzag, variable-length integers, Morton keys, compressed text."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["bits", "deflate", "interleave", "planes", "varint", "width", "zigzag"]


def width(largest: int) -> int:
    """Return the bytes an unsigned integer needs, at least one.

    Examples
    --------
    >>> width(0), width(255), width(256)
    (1, 1, 2)
    """
    return max(1, (int(largest).bit_length() + 7) // 8)


def planes(values: NDArray[Any], n_bytes: int) -> bytes:
    r"""Return unsigned integers as byte planes: all lowest bytes, then all second bytes, and so on.

    Examples
    --------
    >>> planes(np.array([1, 258]), 2)
    b'\x01\x02\x00\x01'
    """
    # Little-endian whatever the machine: the page reads the planes in this order.
    kind = "<u4" if n_bytes <= 4 else "<u8"
    raw = np.ascontiguousarray(values, dtype=kind).view(np.uint8)
    table = raw.reshape(len(values), 4 if n_bytes <= 4 else 8)[:, :n_bytes]
    return np.ascontiguousarray(table.T).tobytes()


def bits(flags: NDArray[np.bool_]) -> bytes:
    """Return flags as bits, lowest bit first."""
    return np.packbits(flags, bitorder="little").tobytes()


def zigzag(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return signed integers as unsigned ones, small magnitudes first.

    Examples
    --------
    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    signed = values.astype(np.int64)
    # Small moves in either direction become small numbers, and those take one byte each.
    return ((signed << 1) ^ (signed >> 63)).astype(np.uint64)


def varint(values: NDArray[np.uint64]) -> bytes:
    r"""Return unsigned integers in groups of seven bits, lowest first, the high bit meaning "more follows".

    Examples
    --------
    >>> varint(np.array([1, 300], dtype=np.uint64))
    b'\x01\xac\x02'
    """
    if len(values) == 0:
        return b""
    values = values.astype(np.uint64)
    # A column for each group of seven bits that the largest value needs; shorter values use fewer
    # of them.
    n_groups = max(1, -(-int(values.max()).bit_length() // 7))
    shifts = np.arange(n_groups, dtype=np.uint64) * np.uint64(7)
    rest = values[:, None] >> shifts[None, :]
    used = rest > 0
    # 0 is written as one byte, too.
    used[:, 0] = True
    table = (rest & np.uint64(0x7F)).astype(np.uint8)
    more = np.zeros_like(used)
    # A byte says that more follows where the next group is in use.
    more[:, :-1] = used[:, 1:]
    table |= more.astype(np.uint8) << 7
    return table[used].tobytes()


def interleave(x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.uint32]:
    """Return Morton keys of 16-bit cells: the bits of ``x`` at even, those of ``y`` at odd places.

    Examples
    --------
    >>> interleave(np.array([3]), np.array([0])).tolist()
    [5]
    """
    return _spread(x) | (_spread(y) << np.uint32(1))


def deflate(data: bytes, level: int = 6) -> str:
    """Return zlib-compressed bytes as base64 text (a browser's DecompressionStream reads it as "deflate")."""
    return base64.b64encode(zlib.compress(data, level)).decode("ascii")


def _spread(cells: NDArray[Any]) -> NDArray[np.uint32]:
    spread = cells.astype(np.uint32)
    # Halves move apart, then quarters, until a zero lies between any two bits (Morton, "bit
    # twiddling").
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        spread = (spread | (spread << np.uint32(shift))) & np.uint32(mask)
    return spread
