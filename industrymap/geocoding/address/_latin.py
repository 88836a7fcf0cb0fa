"""Addresses in English or pinyin, brought into Chinese order and names: No. 8 Tianhe North Road, Tianhe District.

Words are read as the pinyin of names the gazetteer knows; what no single name matches stays as it is, so nothing is
invented. English words for kinds (Road, District) and directions count as their pinyin.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["LATIN", "PinyinNames", "to_chinese"]

LATIN = re.compile(r"[A-Za-z][A-Za-z]{2,}[ ,.'’]+(?:[^一-鿿]{0,12}?)[A-Za-z]{3,}")
"""Two Latin words: an address to be read as English or pinyin."""

_WORDS = {
    "district": "qu",
    "county": "xian",
    "city": "shi",
    "province": "sheng",
    "town": "zhen",
    "township": "zhen",
    "subdistrict": "jiedao",
    "road": "lu",
    "rd": "lu",
    "avenue": "dadao",
    "ave": "dadao",
    "boulevard": "dadao",
    "street": "jie",
    "st": "jie",
    "lane": "xiang",
    "village": "cun",
    "north": "bei",
    "south": "nan",
    "east": "dong",
    "west": "xi",
    "middle": "zhong",
    "central": "zhong",
    "first": "yi",
    "second": "er",
    "third": "san",
}
_PHRASES = (
    (re.compile(r"sub-district|sub district", re.IGNORECASE), "subdistrict"),
    (re.compile(r"economic (?:and|&) technological development (?:zone|district|area)", re.IGNORECASE), "jingji jishu kaifaqu"),
    (re.compile(r"development (?:zone|district|area)", re.IGNORECASE), "kaifaqu"),
    (re.compile(r"science (?:city|town)", re.IGNORECASE), "kexuecheng"),
    (re.compile(r"knowledge city", re.IGNORECASE), "zhishicheng"),
    (re.compile(r"\b(?:p\.? ?r\.? ?)?china\b", re.IGNORECASE), ""),
)  # fmt: skip
# No. 8, #8, 8 hao, or a part that begins with its number.
_NUMBER = re.compile(r"(?:\bno\.?|#|\bnumber)\s*(\d+)|\b(\d+)\s*hao\b|^\s*(\d+)\b", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]+")
_ROADS = ("路", "街", "大道", "巷", "道")
# Shorter pinyin is read in too many words to name anything.
_MIN_KEY = 4
_MOST_WORDS = 8
_LONGEST_SYLLABLE = 6  # zhuang


class PinyinNames:
    """Finds a name by its pinyin, where no other name has the same.

    Few addresses are written in pinyin and a city has tens of thousands of names: only those whose first syllable is asked for
    are converted.

    Parameters
    ----------
    names : iterable of str
        In Chinese.

    Examples
    --------
    >>> known = PinyinNames(["天河区", "天河北路"])
    >>> known.get("tianhebeilu"), known.get("tianhenanlu")
    ('天河北路', None)
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_character: dict[str, list[str]] = {}
        for name in dict.fromkeys(names):
            if name:
                self._by_character.setdefault(name[0], []).append(name)
        self._converted: dict[str, dict[str, str | None]] = {}

    @cached_property
    def _by_syllable(self) -> dict[str, list[str]]:
        """Every reading of a first character → the characters that are read so."""
        from pypinyin import Style, pinyin

        by_syllable: dict[str, list[str]] = {}
        for character in self._by_character:
            # Each character alone: one syllable may be read in several ways (长 chang, zhang).
            for reading in pinyin(character, style=Style.NORMAL, heteronym=True)[0]:
                by_syllable.setdefault(_plain(reading), []).append(character)
        return by_syllable

    def get(self, key: str) -> str | None:
        """Return the one name of this pinyin (letters only, no spaces), or ``None``."""
        if len(key) < _MIN_KEY:
            return None
        matches: set[str | None] = set()
        # The key does not say where its first syllable ends, so each length is tried.
        for end in range(1, min(len(key), _LONGEST_SYLLABLE) + 1):
            names = self._of_syllable(key[:end])
            if key in names:
                matches.add(names[key])
        # Two names of one pinyin: neither is taken.
        return matches.pop() if len(matches) == 1 else None

    def _of_syllable(self, syllable: str) -> dict[str, str | None]:
        """Return pinyin → name of the names that begin with a syllable; ``None`` where two names share it."""
        if syllable not in self._converted:
            name_by_pinyin: dict[str, str | None] = {}
            for character in self._by_syllable.get(syllable, ()):
                for name in self._by_character[character]:
                    key = _pinyin(name)
                    # A name with digits or marks in it is not written in letters alone.
                    if key.isascii() and key.isalpha() and len(key) >= _MIN_KEY:
                        name_by_pinyin[key] = None if key in name_by_pinyin else name
            self._converted[syllable] = name_by_pinyin
        return self._converted[syllable]


def _pinyin(name: str) -> str:
    from pypinyin import lazy_pinyin

    return _plain("".join(lazy_pinyin(name)))


def _plain(pinyin: str) -> str:
    return pinyin.lower().replace("ü", "v")


def to_chinese(text: str, names: PinyinNames, ranks: Mapping[str, int]) -> str | None:
    """Write an English or pinyin address in Chinese order, with the names that are known.

    Parameters
    ----------
    text : str
        As it was written.
    names : PinyinNames
        The names of the city.
    ranks : mapping of str to int
        Name → 0 for a province, 1 city, 2 district, 3 zone, 4 town; others are finer.

    Returns
    -------
    chinese : str or None
        ``None`` where no name was recognised.
    """
    # Full-width letters, as Chinese forms have them, become Latin ones.
    plain = unicodedata.normalize("NFKC", text)
    for phrase, words in _PHRASES:
        plain = phrase.sub(words, plain)
    parts = [part for part in re.split(r"[,;\n]+", plain) if part.strip()]
    known: list[str] = []
    loose: list[str] = []
    for part in parts:
        recognised, rest = _read(part, names)
        known += recognised
        # A house number in a part of its own goes to the end.
        loose += [rest] if rest and not recognised else []
    if not known:
        return None
    # Sorting is stable: of two names of one rank, the first that was written stays first.
    ordered = sorted(known, key=lambda name: ranks.get(name.split("\0")[0], 9))
    return "".join(name.replace("\0", "") for name in ordered) + "".join(loose)


def _read(part: str, names: PinyinNames) -> tuple[list[str], str]:
    """Return the names one part holds, a road with its house number, or nothing and the part itself."""
    if re.search(r"[一-鿿]", part):
        return [part.strip()], ""
    number = _NUMBER.search(part)
    digits = next((g for g in number.groups() if g), "") if number else ""
    rest = part[: number.start()] + " " + part[number.end() :] if number else part
    words = [_WORDS.get(word.lower(), word.lower()) for word in _LETTERS.findall(rest)]
    recognised: list[str] = []
    first = 0
    while first < len(words):
        # The longest run of words that is a name: without commas, one part holds city, district and town.
        for last in range(min(len(words), first + _MOST_WORDS), first, -1):
            name = names.get("".join(words[first:last]))
            if name:
                # \0 keeps the road's name apart from its number until the parts are in order.
                recognised.append(
                    name + (f"\0{digits}号" if digits and name.endswith(_ROADS) else "")
                )
                first = last
                break
        else:
            first += 1
    return recognised, f"{digits}号" if digits and not words else ""
