"""Whether two addresses as written are one place: evidence that records of the same name are one firm.

Nothing is looked up here: what counts is what both texts say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from industrymap import cells, texts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["key", "same"]

_BRACKETS = r"[(\[【][^)\]】]*[)\]】]"
_NUMERAL = re.compile(rf"[{cells.HAN}]+(?=[号栋幢座楼层室])")
_REGION = r"^(?:中国)?(?:[^省市区县]{2,3}省)?(?:[^省市区县]{2,4}市)?([^省市区县]{1,4}[区县])?"
_TOWN = r"街道(?:办事处)?|(?<=^[\u4e00-\u9fff]{2})镇"
_NUMBER = r"(?:[0-9A-Z]{1,5}|[一二三四五六七八九十])"
_UNIT = (
    rf"(?:(?:自编)?{_NUMBER}(?:号(?:厂房|楼|之{_NUMBER})|栋|幢|座|层|楼|室|房|单元|F)"
    rf"|自编{_NUMBER}号?|自编之{_NUMBER}|之{_NUMBER}|办公楼|厂房|厂区内|邮编[0-9]{{6}})+$"
)
_ROAD = re.compile(r"[\u4e00-\u9fff]{2,}(?:路|街|道|巷)[0-9]{1,5}号")
_ENOUGH = 4
"""Characters an address must have, beyond its district, to be found within a longer one."""
_SOME = 6
"""Characters that settle a place where something is between them."""
_PLENTY = 8
"""Characters that settle a place even where the districts differ."""


def key(addresses: pd.Series[Any]) -> pd.Series[Any]:
    """Return what can be compared of addresses.

    Letters and digits alone, folded to half-width simplified characters, numbers in digits, without brackets, province and
    city, the word for town, and the unit within a building or park. The district is in front, apart.

    Parameters
    ----------
    addresses : Series of string

    Returns
    -------
    keys : Series of string
        ``district|rest``; missing where the address is.

    Examples
    --------
    >>> import pandas as pd
    >>> key(pd.Series(["云麓市澜湾区桐园街道武林路二十一号A栋（住所申报）"])).tolist()
    ['澜湾区|桐园武林路21号']
    """
    # What is in brackets is mostly a way in or a former name.
    plain = texts.fold(addresses).str.replace(_BRACKETS, "", regex=True)
    bare = texts.key(plain).str.replace(
        _NUMERAL, lambda run: cells.numeral(run.group()), regex=True
    )
    district = bare.str.extract(_REGION)[0].fillna("")
    # Some write province, city and district twice.
    rest = bare.str.replace(_REGION, "", regex=True).str.replace(_REGION, "", regex=True)
    rest = rest.str.replace(_TOWN, "", regex=True)
    short = rest.str.replace(_UNIT, "", regex=True)
    # A unit is taken off only where enough is left: 厂房2栋 alone is not an address to be shortened.
    return district + "|" + short.where(short.str.len() >= _ENOUGH, rest)


def same(one: object, other: object) -> bool:
    """Say whether two keys of :func:`key` are one place.

    They are where the texts are equal, where one is in the other, whole or around a gap, where all but the unit is
    alike, or where road and house number are. Texts that name two districts must agree in town, road and number.

    Examples
    --------
    >>> same("澜湾区|桐园武林路21号", "澜湾区|武林路21号迎源广场")
    True
    >>> same("澜湾区|桐园武林路21号", "汀南区|武林路21号")
    False
    """
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    (here, a), (there, b) = (text.split("|", 1) for text in (one, other))
    short, long = sorted((a, b), key=len)
    apart = bool(here and there) and here != there
    if len(short) >= (_PLENTY if apart else _ENOUGH) and short in long:
        return True
    head = _shared(short, long)
    tail = _shared(short[head:][::-1], long[head:][::-1])
    gap = len(short) >= (_PLENTY if apart else _SOME) and min(head, tail) >= 2
    # Both ends alike and only something between them: the same address with a word more.
    if (gap and head + tail == len(short)) or (head >= _PLENTY and head >= 0.8 * len(short)):
        return True
    return not apart and _same_number(a, b, least=2 if here and there else 3)


def _same_number(one: str, other: str, *, least: int) -> bool:
    """Say whether both texts hold the same house number of a road, named by ``least`` characters and its kind."""
    mine, theirs = _ROAD.search(one), _ROAD.search(other)
    if mine is None or theirs is None:
        return False
    # Compared from the end: number, road, and as much of the road's name as both hold.
    end = _shared(mine.group()[::-1], theirs.group()[::-1])
    name = mine.group()[len(mine.group()) - end :].rstrip("0123456789号")
    return _ROAD.fullmatch(f"{name}1号") is not None and len(name) > least


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
