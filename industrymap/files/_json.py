"""JSON before it is parsed: how deep it nests, and whether it points elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from industrymap.errors import FileRefusedError
from industrymap.files._limits import more_en, more_zh

if TYPE_CHECKING:
    from industrymap.files._limits import Limits

__all__ = ["depth", "guard"]

# Pieces of 4 MB: the arrays below take some twenty times the text.
_CHUNK = 4 * 1024 * 1024
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_LINK = re.compile(
    r'"crs"\s*:\s*\{[^{}]*"type"\s*:\s*"link"|"crs"\s*:\s*\{[^}]*"href"', re.IGNORECASE
)


def guard(text: str, *, name: str, limits: Limits) -> None:
    """Raise ``FileRefusedError`` where JSON nests too deep or names its CRS by a link."""
    # Counted before parsing: a parser answers a million brackets with the end of Python's stack.
    levels = depth(text.encode("utf-8", errors="surrogatepass"))
    if levels > limits.max_depth:
        raise FileRefusedError(
            f"{name} nests {levels:,} levels deep; at most {limits.max_depth} are read {more_en('max_depth')}.",
            f"{name} 嵌套达 {levels:,} 层，最多读取 {limits.max_depth} 层{more_zh('max_depth')}。",
        )
    if _LINK.search(text):
        raise FileRefusedError(
            f"{name} names its coordinate system by a link to elsewhere; it is refused.",
            f"{name} 以外部链接指定坐标系，不予读取。",
        )


def depth(data: bytes) -> int:
    """Return the deepest nesting of brackets outside strings, without recursion.

    Examples
    --------
    >>> depth(b'{"a": [[1, "[[[["]]}')
    3
    """
    level, deepest, inside, carry = 0, 0, 0, b""
    for start in range(0, len(data), _CHUNK):
        chunk = carry + data[start : start + _CHUNK]
        # A backslash at the very end belongs to the next piece.
        trailing = len(chunk) - len(chunk.rstrip(b"\\"))
        carry = b"\\" if trailing % 2 else b""
        chunk = chunk[: len(chunk) - len(carry)]
        if b"\\" in chunk:
            # Blanked out in the same length: an escaped quote neither begins nor ends a string.
            chunk = _ESCAPED.sub(b"  ", chunk)
        codes = np.frombuffer(chunk, dtype=np.uint8)
        # After an odd number of quotes one is inside a string, where brackets are letters.
        quoted = (np.cumsum(codes == 0x22) + inside) % 2 == 1
        opens = ((codes == 0x5B) | (codes == 0x7B)) & ~quoted
        closes = ((codes == 0x5D) | (codes == 0x7D)) & ~quoted
        levels = level + np.cumsum(opens.astype(np.int64) - closes.astype(np.int64))
        if len(levels):
            deepest = max(deepest, int(levels.max()))
            level = int(levels[-1])
            inside = int(quoted[-1])
    return deepest
