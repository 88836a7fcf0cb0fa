"""One spelling for one address: widths, spaces, traditional characters, numerals, dashes and brackets.

Names of places go through the same door, so that a gazetteer and an address that mean the same read the same.
The common case costs one regular expression that finds nothing to do.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from industrymap.cells import HAN, numeral

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["normalise"]

# A bound, so that no text can go round for ever.
_MAX_ROUNDS = 8

# Numbers before these words are written in digits: 八十八号 → 88号, 二十三楼 → 23楼.
_COUNTED = "号栋幢座楼层室房铺档梯单"
# (A pattern that begins with one set of characters is searched several times faster than any other.)
_NUMERAL = re.compile(rf"[{HAN}][{HAN}]{{0,11}}(?:[、,~-][{HAN}]{{1,12}}){{0,5}}(?=[{_COUNTED}])")
_HAN_RUN = re.compile(rf"[{HAN}]+")
# Numbers inside names of roads are written in Chinese: 中山6路 → 中山六路.
_ROAD_DIGIT = re.compile(r"[0-9](?=[路街巷马横])")
_ROAD_NUMBER = re.compile(r"(?<![0-9A-Z.-])[1-9][0-9]?(?=[路街巷]|马路|横[路街])")

_DASHES = dict.fromkeys("‐‑‒–—―−－─━﹣➖", "-") | {"～": "~", "〜": "~", "∼": "~"}
_BRACKETS = dict.fromkeys("（【〔〖﹝［｛「『《〈<{[", "(") | dict.fromkeys(
    "）】〕〗﹞］｝」』》〉>}]", ")"
)
_MARKS = {
    "，": ",",
    "；": ";",
    "：": ":",
    "。": ",",
    "､": "、",
    "﹑": "、",
    "＃": "#",
    "／": "/",
    "\\": "/",
}
_DROPPED = "·•・‧∙\"'“”‘’`´*_|^$?!？！=+&%"


def normalise(text: str) -> str:
    """Bring a text to the one spelling that matching uses.

    NFKC (full-width to half-width), traditional to simplified characters, no spaces or control characters,
    one kind of dash and bracket, capital letters, numbers of houses, floors and rooms in digits, numbers inside
    road names in Chinese. Normalising twice equals once.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    normalised : str

    Examples
    --------
    >>> normalise("廣州市　黃埔區科學大道中９９號 （Ａ座） 二十三樓")
    '广州市黄埔区科学大道中99号(A座)23楼'
    >>> normalise("越秀区中山6路八十八号")
    '越秀区中山六路88号'
    """
    # Full-width brackets are common and quickly replaced; the table is for what else is odd.
    if not text.isascii() and "（" in text:
        text = text.replace("（", "(").replace("）", ")")
    if _odd().search(text) is not None:
        text = _settle(text)
    # Only now: full-width digits and traditional numerals are not recognised before the characters
    # are settled.
    if _NUMERAL.search(text) is not None:
        text = _NUMERAL.sub(_in_digits, text)
    if _ROAD_DIGIT.search(text) is not None:
        text = _ROAD_NUMBER.sub(_in_chinese, text)
    return text


def _settle(text: str) -> str:
    """Repeat the character steps until nothing changes: one step may bring the next one's work."""
    for _ in range(_MAX_ROUNDS):
        settled = unicodedata.normalize("NFKC", text).translate(_table()).upper()
        settled = _INVISIBLE.sub("", settled)
        if settled == text:
            break
        text = settled
    return text


_INVISIBLE = re.compile(
    r"[^\u0021-\u007e\u00b0-\u024f\u0370-\u04ff\u3000-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
"""What no address needs: spaces, controls, marks that combine, symbols, surrogates."""


@cache
def _table() -> dict[int, str | None]:
    """Return what each single character becomes."""
    # zhconv's own loader leaves its file open.
    text = resources.files("zhconv").joinpath("zhcdict.json").read_text(encoding="utf-8")
    # Single characters only: the longer entries translate words, which would change names.
    plain = {
        old: new
        for old, new in json.loads(text)["zh2Hans"].items()
        if len(old) == 1 and len(new) == 1 and old != new and "\u3400" <= old <= "\u9fff"
    }
    settled = {old: _last(plain, old, new) for old, new in plain.items()}
    settled |= _DASHES | _BRACKETS | _MARKS
    dropped = dict.fromkeys(map(ord, _DROPPED), None)
    return {ord(old): new for old, new in settled.items() if old != new} | dropped


def _last(plain: Mapping[str, str], old: str, new: str) -> str:
    """Follow 甲→乙→丙 to the end, so that one round is enough."""
    seen = {old}
    while new in plain and new not in seen:
        seen.add(new)
        new = plain[new]
    return new


@cache
def _odd() -> re.Pattern[str]:
    """Return the pattern of characters that are not yet as they should be."""
    changed = "".join(re.escape(chr(code)) for code in sorted(_table()))
    return re.compile(rf"[{changed}a-z\x00-\x20\x7f-\u3000\u3003-\u33ff\ua000-\U0010ffff]")


def _in_digits(match: re.Match[str]) -> str:
    return _HAN_RUN.sub(lambda run: numeral(run.group()), match.group())


def _in_chinese(match: re.Match[str]) -> str:
    # Two digits at most, as the pattern takes them.
    tens, ones = divmod(int(match.group()), 10)
    digits = "零一二三四五六七八九"
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
