"""Read an address: its parts, the district and town it leads to today, and what is wrong with it.

Nothing is guessed. A bare name counts only where its neighbours leave no doubt, a named district must agree with
the named town, a former unit leads to today's, and an address of another city is said to be one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from industrymap.geocoding.address._divisions import read
from industrymap.geocoding.address._elements import NAMED_ROAD, RELATIVE, elements
from industrymap.geocoding.address._latin import LATIN
from industrymap.geocoding.address._normalise import normalise
from industrymap.geocoding.address._second import (
    SITE,
    SITE_AT_HEAD,
    is_address,
    same_place,
    split_at_labels,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.geocoding.address._neighbours import Reading
    from industrymap.geocoding.address.vocabulary import City, Vocabulary

__all__ = ["ISSUES", "Address", "normalise", "parse", "parse_all"]

ISSUES = (
    "conflict",
    "ambiguous",
    "redundant",
    "missing",
    "superseded",
    "out_of_city",
    "relative",
    "vague",
    "misspelt",
    "implied",
)
"""Codes of what can be wrong with an address: parts contradict each other · several places fit equally well · a part is
said twice or does not belong · no district is named or implied · a former unit is named · it lies in another city · it is
placed relative to something else · nothing finer than a town is said · one character of the district's name is wrong · no
district is named, a road or building implies it (said when the address is matched)."""

_MAX_CHARS = 400
_SEPARATOR = re.compile(r"[;/,]+")

_FINE = frozenset({"road", "village", "poi"})
# The closing bracket may be missing: registers cut long cells off.
_REMARK = re.compile(r"\(([^()]*)\)?")


class Address(NamedTuple):
    """What an address says.

    Attributes
    ----------
    text : str
        The normalised text.
    plain : str
        The same without remarks in brackets.
    divisions : dict of str to str
        The tags ``prov, city, district, devzone, town`` → text.
    end : int
        Where the divisions end in ``plain``.
    redundant : str
        Remarks and a second address, separated by spaces.
    district_code, town_code : str or None
        Today's codes of what the address names or implies without doubt.
    issues : tuple of str
        Some of :data:`ISSUES`.
    candidates : tuple of str
        ``name｜code`` of everything that fits equally well where one could not be chosen.
    places : tuple of (int, int, int)
        Gazetteer places finer than a town that occur in the text: pattern, start, end.
    readings : tuple of (str, str or None)
        District and town of every reading between which only a finer place can decide.
    """

    text: str
    plain: str
    divisions: dict[str, str]
    end: int
    redundant: str
    district_code: str | None
    town_code: str | None
    issues: tuple[str, ...]
    candidates: tuple[str, ...]
    places: tuple[tuple[int, int, int], ...] = ()
    readings: tuple[tuple[str, str | None], ...] = ()

    @property
    def components(self) -> dict[str, str]:
        """Tag → text in the order of :data:`industrymap.geocoding.address._elements.TAGS`; worked out when it is asked for."""
        components = elements(self.plain[self.end :], self.divisions.copy())
        if self.redundant:
            components["redundant"] = self.redundant
        return components


def parse(text: str | None, gazetteer: City) -> Address:
    """Read one address.

    Parameters
    ----------
    text : str or None
        As it was written; anything is accepted.
    gazetteer : Gazetteer
        What the city's places are called.

    Returns
    -------
    address : Address

    Examples
    --------
    >>> from industrymap import citypack
    >>> from industrymap.geocoding.gazetteer import Gazetteer
    >>> gazetteer = Gazetteer.build(citypack.load("guangzhou"))
    >>> address = parse("廣州市蘿崗區科學大道99號", gazetteer)
    >>> address.district_code, address.issues, address.components["road"]
    ('440112', ('superseded',), '科学大道')
    """
    if not isinstance(text, str):
        return _NOTHING
    # A cell with a whole letter in it must not take the time of a thousand addresses.
    if len(text) > _MAX_CHARS:
        text = text[:_MAX_CHARS]
    vocabulary = gazetteer.spellings
    # Addresses from English forms: pinyin that this city's names explain is turned into Chinese.
    if LATIN.search(text) is not None:
        text = vocabulary.in_chinese(text) or text
    normal = plain = normalise(text)
    remarks: list[str] = []
    second: list[str] = []
    if "(" in normal:
        # Brackets hold a second site, a floor or a note. They are read last, and only for what the text does not say.
        remarks = _REMARK.findall(normal)
        plain = _REMARK.sub("", normal)
    # 注册地址：…经营地址：… in one cell.
    if "址" in plain or "地:" in plain or "所:" in plain or "经营" in plain:
        plain, second = split_at_labels(plain)
    if ";" in plain or "/" in plain or "," in plain:
        plain, cut_off = _first(plain, vocabulary)
        second += cut_off
    reading = read(plain, vocabulary)
    # A second address may confirm the first or contradict it; it never replaces it.
    for other in second:
        reading = _with_second(reading, plain, other, vocabulary)
    if remarks:
        reading = _with_remarks(reading, plain, remarks, vocabulary)
    end, divisions, district, town, issues, candidates, places, readings = reading
    redundant = " ".join((*remarks, *second)) if remarks or second else ""
    codes: tuple[str, ...] = ()
    relative = RELATIVE.search(plain) is not None
    # Plain addresses are most of them; what is doubtful is looked for only where something may be.
    if issues or second or relative or district is None or _is_vague(reading, plain):
        codes = _issues(reading, plain, second=bool(second), relative=relative)
    return Address(
        normal,
        plain,
        divisions,
        end,
        redundant,
        district,
        town,
        codes,
        candidates,
        places,
        readings,
    )


def parse_all(texts: Iterable[str | None], gazetteer: City) -> list[Address]:
    """Read many addresses; equal texts are read once."""
    known: dict[str | None, Address] = {}
    addresses = []
    for text in texts:
        key = text if isinstance(text, str) else None
        address = known.get(key)
        if address is None:
            address = known[key] = parse(key, gazetteer)
        addresses.append(address)
    return addresses


def _first(plain: str, vocabulary: Vocabulary) -> tuple[str, list[str]]:
    """Cut off a second address that begins with the city's name behind a separator."""
    for separator in _SEPARATOR.finditer(plain):
        second = plain[separator.end() :]
        first = plain[: separator.start()]
        # A separator alone proves nothing: 1,2号楼 and A/B座 are one address.
        if not (second.startswith(vocabulary.own_names) and is_address(first)):
            continue
        if not _is_name_of_site(first, second, vocabulary):
            return first, [second]
    return plain, []


def _is_name_of_site(first: str, second: str, vocabulary: Vocabulary) -> bool:
    """Return whether the first part only says whose site the address behind it is: 某大学番禺校区,广州市番禺区…."""
    # The 区 of 校区 makes no address of it.
    if SITE.search(first) is None or is_address(first.removesuffix("区")):
        return False
    districts = (vocabulary.entries[pattern].district for pattern, _, _ in vocabulary.find(first))
    named = [set(unit.districts) for unit in districts if unit is not None]
    # A site in another district than the address is a contradiction.
    return not named or {read(second, vocabulary).district_code} in named


def _with_second(reading: Reading, first: str, second: str, vocabulary: Vocabulary) -> Reading:
    """Keep of two addresses in one cell what they agree on; where they differ, neither is taken."""
    other = read(second, vocabulary)
    if same_place(first, second) or (other.district_code is None and not other.issues):
        return reading
    return _agreed(reading, other, vocabulary)


def _agreed(reading: Reading, other: Reading, vocabulary: Vocabulary) -> Reading:
    """Return a conflict between two addresses: the district and town they share, and both as candidates."""
    codes = (reading.town_code or reading.district_code, other.town_code or other.district_code)
    labels = [vocabulary.label(code) for code in codes if code]
    # The issue of another city goes: one of the two addresses lies here.
    same = reading.district_code == other.district_code
    return reading._replace(
        district_code=reading.district_code if same else None,
        town_code=reading.town_code if same and reading.town_code == other.town_code else None,
        issues=(reading.issues - {"out_of_city"}) | {"conflict"},
        candidates=tuple(dict.fromkeys((*reading.candidates, *labels))),
        # What lies in one of the two must not place the other.
        places=(),
        readings=(),
    )


def _is_vague(reading: Reading, plain: str) -> bool:
    """Return whether an address names no road, village or building, neither a known one nor any other."""
    # The cheap looks first: splitting all that follows the divisions costs most.
    if reading.places or NAMED_ROAD.search(plain, reading.end) is not None:
        return False
    return _FINE.isdisjoint(elements(plain[reading.end :]))


def _issues(reading: Reading, plain: str, *, second: bool, relative: bool) -> tuple[str, ...]:
    issues = set(reading.issues)
    if second:
        issues.add("redundant")
    if reading.district_code is None and "out_of_city" not in issues:
        issues.add("missing")
    if relative:
        issues.add("relative")
    if _is_vague(reading, plain):
        issues.add("vague")
    return tuple(code for code in ISSUES if code in issues)


def _with_remarks(
    reading: Reading, plain: str, remarks: list[str], vocabulary: Vocabulary
) -> Reading:
    """Let remarks in brackets name what the text itself does not, and notice another city there."""
    for remark in remarks:
        # A remark without a known name (A座, 自编) says nothing of where the address lies.
        if "out_of_city" in reading.issues or not vocabulary.find(remark):
            continue
        inner = read(remark, vocabulary)
        if "out_of_city" in inner.issues and reading.district_code is None:
            reading = reading._replace(issues=reading.issues | {"out_of_city"}, places=())
        elif "out_of_city" in inner.issues and is_address(remark) and "市" in remark:
            # (经营地址：佛山市南海区…) behind an address of this city.
            reading = _agreed(reading, inner, vocabulary)
        elif _is_elsewhere(reading, inner, remark):
            reading = _agreed(reading, inner, vocabulary)
        elif inner.district_code is not None:
            reading = _completed(reading, inner)
        elif SITE_AT_HEAD.match(remark):
            # (车间:狮岭): a bare town in a remark that announces a site is weighed behind the address itself.
            reading = read(f"{plain};{remark}", vocabulary)
    return reading


def _is_elsewhere(reading: Reading, inner: Reading, remark: str) -> bool:
    """Return whether a remark names another district: with its suffix, alone, or as the site of a firm."""
    if not (reading.district_code and inner.district_code):
        return False
    if inner.district_code == reading.district_code:
        return False
    named = (inner.components.get(tag, "") for tag in ("district", "town"))
    strong = any(name.endswith(("区", "市", "县", "镇", "街道")) for name in named)
    return strong or inner.end == len(remark) or SITE.search(remark) is not None


def _completed(reading: Reading, inner: Reading) -> Reading:
    """Take from a remark what the text does not say."""
    issues = reading.issues | {"redundant"}
    # Candidates mean that the text is contradictory or open already; a remark does not settle that.
    if reading.district_code is None and not reading.candidates:
        issues |= inner.issues & {"superseded", "conflict"}
        return reading._replace(
            district_code=inner.district_code, town_code=inner.town_code, issues=issues
        )
    # A town only where it lies in the district that the text names.
    if reading.town_code is None and inner.district_code == reading.district_code:
        return reading._replace(town_code=inner.town_code, issues=issues)
    return reading._replace(issues=issues)


_NOTHING = Address("", "", {}, 0, "", None, None, ("missing", "vague"), ())
