"""Pinyin of the characters that occur in names, so that the page finds 广州汽车 by ``guangzhou`` and by ``gzqc``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

__all__ = ["readings"]

# From extension A to the end of the common block; rarer ones have no reading in the dictionary.
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF


def readings(names: Iterable[pd.Series[Any]]) -> dict[str, str]:
    """Return syllable → the characters that are read so, among other readings.

    Examples
    --------
    >>> import pandas as pd
    >>> found = readings([pd.Series(["重庆"])])
    >>> sorted(syllable for syllable, characters in found.items() if "重" in characters)
    ['chong', 'tong', 'zhong']
    """
    from pypinyin import Style, pinyin

    characters_of: dict[str, list[str]] = {}
    for character in sorted(_characters(names)):
        # Every reading, because which one a name means (重庆, 重型) only its reader knows.
        read = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
        for syllable in sorted({r.lower() for r in (read[0] if read else [])}):
            if syllable.isascii() and syllable.isalpha():
                characters_of.setdefault(syllable, []).append(character)
    return {syllable: "".join(characters_of[syllable]) for syllable in sorted(characters_of)}


def _characters(names: Iterable[pd.Series[Any]]) -> set[str]:
    """Return the distinct Chinese characters of several columns, without a Python loop over rows."""
    seen: set[int] = set()
    for series in names:
        points = np.frombuffer(_text(series).encode("utf-32-le", "surrogatepass"), dtype="<u4")
        han = points[(points >= _FIRST_HAN) & (points <= _LAST_HAN)]
        seen |= set(np.flatnonzero(np.bincount(han, minlength=1)).tolist())
    return {chr(point) for point in seen}


def _text(series: pd.Series[Any]) -> str:
    """Return all of a column as one text."""
    # Arrow joins a million names at once; half characters, which it refuses, go the slow way.
    try:
        joined = pa.array(series.dropna(), pa.large_string(), from_pandas=True)
    except (UnicodeEncodeError, pa.ArrowException):
        return "".join(str(value) for value in series.dropna().array)
    whole = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    offsets = np.frombuffer(whole.buffers()[1], dtype=np.int64)[whole.offset :][: len(whole) + 1]
    return bytes(memoryview(whole.buffers()[2] or b"")[offsets[0] : offsets[-1]]).decode("utf-8")
