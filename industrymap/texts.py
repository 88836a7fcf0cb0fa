"""Texts as numbers: folding and searching millions of short Chinese texts without a Python loop.

A column of texts becomes one array of code points and one array of offsets (:class:`Corpus`). Folding is a
table look-up on code points that keeps every position: full-width letters become half-width, letters become
capitals, traditional characters become simplified ones, one character for one.
"""

from __future__ import annotations

import unicodedata
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "LEFT",
    "NOTE",
    "Corpus",
    "Hits",
    "Phrases",
    "fold",
    "fold_text",
    "found",
    "key",
    "name_key",
]

_BMP = 0x10000
LEFT = "(?:注销|吊销|撤销|搬迁|搬走|迁出|迁走|迁往|迁至|外迁|退库|退出|移出|剔除|删除?|作废|关停|关闭|倒闭|破产|停产|停业|歇业|拆除|拆迁|征拆)"
"""Words that say a firm is gone or no longer belongs to a list."""
NOTE = rf"(?:[（(【\[](?:原|曾用名|曾用|现名|现为|更名|已|筹|现?{LEFT})[^（）()【】\[\]]*[）)】\]]|[\s_—–-]*现?已{LEFT})\s*$"
"""A note at the end of a firm's name: a former name or a state in brackets, or 已注销 without them."""
_SEPARATOR = 0x0A


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts as one array of folded code points; text ``i`` is ``points[starts[i]:ends[i]]``.

    Every text is followed by one line feed, so that nothing is ever found across two of them.
    """

    points: NDArray[np.uint32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, texts: pd.Series[Any]) -> Corpus:
        """Fold a column of texts; a missing text is an empty one."""
        points = _folded(_points(_arrow(texts)))
        breaks = np.flatnonzero(points == _SEPARATOR)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), breaks[:-1] + 1])
        return cls(points, starts[: len(breaks)], breaks)

    def keep(self, chosen: NDArray[np.bool_]) -> Corpus:
        """Return the texts without the code points that are not ``chosen``."""
        kept = chosen | (self.points == _SEPARATOR)
        before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(kept)])
        return Corpus(self.points[kept], before[self.starts], before[self.ends])

    def series(self, like: pd.Series[Any]) -> pd.Series[Any]:
        """Return the texts as a ``string`` column with the index of ``like``; missing where that is."""
        # Bytes of UTF-8 by code point, so that the offsets of all texts come from one sum instead of a loop.
        widths = np.ones(len(self.points), dtype=np.int8)
        widths += (self.points >= 0x80).view(np.int8) + (self.points >= 0x800).view(np.int8)
        widths += (self.points >= _BMP).view(np.int8)
        widths[self.points == _SEPARATOR] = 0
        before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(widths, dtype=np.int64)])
        offsets = np.append(before[self.starts], before[-1])
        text = self.points[self.points != _SEPARATOR].tobytes().decode("utf-32-le", "surrogatepass")
        missing = like.isna().to_numpy()
        valid = None if not missing.any() else pa.array(~missing).buffers()[1]
        array = pa.LargeStringArray.from_buffers(
            len(self.starts), pa.py_buffer(offsets), pa.py_buffer(text.encode("utf-8")), valid
        )
        return pd.Series(pd.array(array, dtype="string"), index=like.index, name=like.name)

    @property
    def text(self) -> str:
        """The folded texts, each followed by a line feed."""
        return self.points.tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Hits:
    """Where phrases were found: text number, phrase number, position in the text (all aligned)."""

    text: NDArray[np.int64]
    phrase: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    def at(self, chosen: NDArray[Any]) -> Hits:
        """Return the chosen hits."""
        return Hits(self.text[chosen], self.phrase[chosen], self.start[chosen], self.end[chosen])

    def __len__(self) -> int:
        return len(self.text)


class Phrases:
    """A fixed set of phrases that are looked for together (Aho-Corasick).

    A phrase that begins or ends with a Latin letter or digit only counts where its neighbour on that side is
    neither: ``AI`` is found in ``AI芯片`` and not in ``MAIN``, ``5G`` not in ``15G``.

    Parameters
    ----------
    phrases : sequence of str
        Folded before use; empty ones never match.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        import ahocorasick_rs

        self.phrases = [fold_text(phrase) for phrase in phrases]
        self._usable = [i for i, phrase in enumerate(self.phrases) if phrase.strip()]
        words = [self.phrases[i] for i in self._usable]
        self._automaton = ahocorasick_rs.AhoCorasick(words) if words else None
        self._head = np.array([_latin(word[0]) for word in words], dtype=bool)
        self._tail = np.array([_latin(word[-1]) for word in words], dtype=bool)

    def find(self, corpus: Corpus) -> Hits:
        """Find every phrase in every text, overlapping ones too, ordered by text and position."""
        if self._automaton is None or not len(corpus.points):
            none = np.zeros(0, dtype=np.int64)
            return Hits(none, none, none, none)
        matches = self._automaton.find_matches_as_indexes(corpus.text, overlapping=True)
        # One search over all texts: separators between them belong to no phrase, so no hit runs across.
        table = np.array(matches, dtype=np.int64).reshape(-1, 3)
        phrase, start, end = table[:, 0], table[:, 1], table[:, 2]
        latin = _is_latin(corpus.points)
        # The character before a hit, and the one behind it.
        before = np.concatenate([[False], latin])[start]
        after = np.concatenate([latin, [False]])[end]
        whole = ~(self._head[phrase] & before) & ~(self._tail[phrase] & after)
        phrase, start, end = phrase[whole], start[whole], end[whole]
        text = np.searchsorted(corpus.starts, start, side="right") - 1
        offset = corpus.starts[text]
        usable = np.array(self._usable, dtype=np.int64)
        hits = Hits(text, usable[phrase], start - offset, end - offset)
        # The automaton reports by where a hit ends; readers want where it begins.
        return hits.at(np.lexsort((hits.phrase, hits.start, hits.text)))


def fold(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Fold a column of texts, one character for one; missing stays missing.

    Examples
    --------
    >>> import pandas as pd
    >>> fold(pd.Series(["廣州Ａｂ有限公司"])).tolist()
    ['广州AB有限公司']
    """
    return Corpus.of(texts).series(texts)


def fold_text(text: str) -> str:
    """Fold one text.

    Examples
    --------
    >>> fold_text("３Ｄ打印（ai）")
    '3D打印(AI)'
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _folded(points).tobytes().decode("utf-32-le", "surrogatepass")


def key(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Fold texts and drop everything that is neither letter nor digit: a key for equal names.

    Examples
    --------
    >>> import pandas as pd
    >>> key(pd.Series(["廣州市甲（集團） 有限公司 "])).tolist()
    ['广州市甲集团有限公司']
    """
    corpus = Corpus.of(texts)
    table = _letters()
    inside = corpus.points < _BMP
    letters = (
        table[corpus.points]
        if inside.all()
        else np.where(inside, table[np.where(inside, corpus.points, 0)], True)
    )
    bare = corpus.keep(letters != 0).series(texts)
    # A name of nothing but marks is no key: all such firms would be one.
    return bare.mask(bare == "")


def found(texts: pd.Series[Any], pattern: str) -> NDArray[np.bool_]:
    r"""Say where a pattern of RE2 (``\x{3400}`` for a code point) occurs in each text; false where missing.

    Patterns of this kind never fall back to a Python loop.
    """
    import pyarrow.compute as pc

    hit = pc.match_substring_regex(_arrow(texts), pattern=pattern)
    return np.asarray(pc.fill_null(hit, False).to_numpy(zero_copy_only=False), dtype=bool)


def name_key(names: pd.Series[Any]) -> pd.Series[Any]:
    """Return :func:`key` of firms' names without a note in brackets at the end: a former name, a state.

    Examples
    --------
    >>> import pandas as pd
    >>> name_key(pd.Series(["甲有限公司（原乙厂）", "甲（广州）有限公司", "丙厂（已搬迁）"])).tolist()
    ['甲有限公司', '甲广州有限公司', '丙厂']
    """
    text = names.astype("string")
    noted = found(text, NOTE)
    # Few names carry a note; only those pay for a regular expression.
    if noted.any():
        text = text.copy()
        text[noted] = text[noted].str.replace(NOTE, "", regex=True)
    return key(text)


def _arrow(texts: pd.Series[Any]) -> pa.Array:
    array = pa.array(texts.astype("string"), type=pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _points(array: pa.Array) -> NDArray[np.uint32]:
    """Return all texts as one array of code points, a line feed after each; line feeds inside become spaces."""
    import pyarrow.compute as pc

    if not len(array):
        return np.zeros(0, dtype=np.uint32)
    # A line feed separates the texts, so none may be inside one.
    flat = pc.replace_substring(pc.fill_null(array, ""), pattern="\n", replacement=" ")
    ended = pc.binary_join_element_wise(
        flat, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string())
    )
    offsets = np.frombuffer(ended.buffers()[1], dtype=np.int64)[ended.offset :][: len(ended) + 1]
    data = memoryview(ended.buffers()[2])[offsets[0] : offsets[-1]]
    text = str(data, "utf-8", "surrogatepass")
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _folded(points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    table = _table()
    inside = points < _BMP
    if inside.all():
        return table[points]
    return np.where(inside, table[np.where(inside, points, 0)], points)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_latin(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    digit = (points >= ord("0")) & (points <= ord("9"))
    return digit | ((points >= ord("A")) & (points <= ord("Z")))


@cache
def _table() -> NDArray[np.uint32]:
    """Return the fold of every code point of the basic plane."""
    table = np.arange(_BMP, dtype=np.uint32)
    for point in range(_BMP):
        if 0xD800 <= point < 0xE000 or 0x3400 <= point < 0xA000 or 0xAC00 <= point < 0xD7A4:
            continue  # surrogates, common ideographs and Hangul have no compatibility form
        form = unicodedata.normalize("NFKC", chr(point)).upper()
        if len(form) == 1 and ord(form) < _BMP:
            table[point] = ord(form)
    for space in "\t\r\x0b\x0c\u2028\u2029\x85":
        table[ord(space)] = 0x20
    for old, new in _simplified().items():
        table[old] = new
    return table


@cache
def _letters() -> NDArray[np.bool_]:
    """Say of every code point of the basic plane whether it is a letter or a digit."""
    kinds = [unicodedata.category(chr(point))[0] for point in range(_BMP)]
    return np.isin(kinds, ["L", "N"])


def _simplified() -> dict[int, int]:
    """Return traditional → simplified for the characters that have exactly one simplified form."""
    import zhconv

    short_of = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # zhconv leaves its dictionary open
        for point in range(0x4E00, 0xA000):
            short = zhconv.convert(chr(point), "zh-hans")
            if len(short) == 1 and ord(short) != point and ord(short) < _BMP:
                short_of[point] = ord(short)
    return short_of
