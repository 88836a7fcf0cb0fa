"""Where a name may begin and end beside its neighbours, and what has been read of an address so far."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from industrymap.geocoding.address._elements import ROADISH

if TYPE_CHECKING:
    from industrymap.geocoding.address.vocabulary import Token

__all__ = ["BREAKS", "LANES", "STOPPERS", "Reading", "place_fits", "town_fits"]

BREAKS = ",、;:.-/ "
LANES = frozenset("路街巷")
STOPPERS = LANES | frozenset(BREAKS)
_HAN = re.compile(r"[一-鿿]")
_EDGE = frozenset("号村社区园街路城队场楼市镇县旁在原院")
"""Characters behind which a new name may begin."""

_LANE_FOLLOWS = re.compile(
    r"\d|[东南西北]?[一二三四五六七八九十]+[巷横街]|[东南西北中]?[一二三四五六七八九十]?[横直]?[路巷街](?!道)"
)
"""What makes X街 the name of a street and not of the 街道 of that name."""

_LOCALITY_FOLLOWS = re.compile(
    r"第?[一二三四五六七八九十]*工业|村|社区|圩|墟|市场|镇区|经济"
    # 南村 + 里仁洞工业区: a village or estate in the town, although 里 alone could end a lane's name.
    r"|[^路街道巷\d]{1,6}?(?:工业|村(?![镇路街])|社区)"
)


class Reading(NamedTuple):
    """What an address says about its divisions.

    Attributes
    ----------
    end : int
        Where the divisions end and the rest begins.
    components : dict of str to str
        Tags ``prov, city, district, devzone, town``.
    district_code, town_code : str or None
        Today's codes.
    issues : frozenset of str
        Codes found so far.
    candidates : tuple of str
        ``name｜code`` of equal readings.
    places : tuple of (int, int, int)
        Finer places: pattern, start, end.
    readings : tuple of (str, str or None)
        District and town of every reading between which the text alone does not decide; a finer place may.
    """

    end: int
    components: dict[str, str]
    district_code: str | None
    town_code: str | None
    issues: frozenset[str]
    candidates: tuple[str, ...]
    places: tuple[Token, ...]
    readings: tuple[tuple[str, str | None], ...] = ()


def town_fits(text: str, start: int, stop: int, edge: int, *, weak: bool) -> bool:
    """Return whether a town's spelling is not the beginning of another name.

    A bare stem must not be followed by what makes it a road (员村 + 二横路); X街 must not be a lane (X街12号);
    X镇 must not continue a name before it.
    """
    if weak:
        road = ROADISH.match(text, stop)
        return road is None or _LOCALITY_FOLLOWS.match(text, stop) is not None
    if text[stop - 1] == "街" and _LANE_FOLLOWS.match(text, stop):
        return False
    # A single character between the last name and this one may belong to either; more than one is a
    # word of its own.
    before = text[start - 1] if start - edge == 1 else ""
    return not before or before in _EDGE or not _HAN.match(before)


def place_fits(text: str, start: int, stop: int, edge: int) -> bool:
    """Return whether a finer place may begin and end here: 新石井大道 is not 石井大道."""
    if text[stop : stop + 1] in LANES:
        return False
    if start == edge or text[start - 1] in _EDGE or not _HAN.match(text[start - 1]):
        return True
    # One character before it makes another name (新 + 石井大道); with two or more, that is a word of its
    # own.
    return start - edge > 1 and _HAN.match(text[start - 2]) is not None
