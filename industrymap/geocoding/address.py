"""Read an address: its parts, the district and town it leads to today, and what is wrong with it.

Nothing is guessed. A bare name counts only where its neighbours leave no doubt, a named district must agree with
the named town, a former unit leads to today's, and an address of another city is said to be one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from industrymap.geocoding._divisions import Reading
from industrymap.geocoding._elements import RELATIVE, TAGS, elements
from industrymap.geocoding._normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.geocoding.gazetteer import Gazetteer

__all__ = ["ISSUES", "Address", "normalise", "parse", "parse_all"]

ISSUES = ("conflict", "redundant", "missing", "superseded", "out_of_city", "relative", "vague")
"""Codes of what can be wrong with an address: parts contradict each other · a part is said twice or does not belong ·
no district is named or implied · a former unit is named · it lies in another city · it is placed relative to something
else · nothing finer than a town is said."""

_MAX_CHARS = 400
_REMARK = re.compile(r"\(([^()]*)\)?")


class Address(NamedTuple):
    """What an address says.

    Attributes
    ----------
    text : str
        The normalised text.
    plain : str
        The same without remarks in brackets.
    components : dict of str to str
        Tag → text in the order of :data:`industrymap.geocoding._elements.TAGS`.
    district_code, town_code : str or None
        Today's codes of what the address names or implies without doubt.
    issues : tuple of str
        Some of :data:`ISSUES`.
    candidates : tuple of str
        ``name｜code`` of everything that fits equally well where one could not be chosen.
    places : tuple of (int, int, int)
        Gazetteer places finer than a town that stand in the text: pattern, start, end.
    """

    text: str
    plain: str
    components: dict[str, str]
    district_code: str | None
    town_code: str | None
    issues: tuple[str, ...]
    candidates: tuple[str, ...]
    places: tuple[tuple[int, int, int], ...] = ()


def parse(text: str | None, gazetteer: Gazetteer) -> Address:
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
    >>> found = parse("廣州市蘿崗區科學大道99號", gazetteer)
    >>> found.district_code, found.issues, found.components["road"]
    ('440112', ('superseded',), '科学大道')
    """
    if not isinstance(text, str):
        return _NOTHING
    normal = normalise(text[:_MAX_CHARS])
    remarks: list[str] = []
    if "(" in normal:
        remarks = _REMARK.findall(normal)
        plain = _REMARK.sub("", normal)
    else:
        plain = normal
    reading = Reading(gazetteer)
    reading.read(plain)
    if remarks:
        reading.read_remarks(remarks)
    components = reading.components
    tail = plain[reading.end :] if reading.end else plain
    if tail:
        components |= elements(tail)
    if remarks:
        components["redundant"] = components.get("redundant", "") + " ".join(remarks)
    return Address(
        normal,
        plain,
        components,
        reading.district_code,
        reading.town_code,
        _issues(reading, components, plain),
        tuple(reading.candidates),
        tuple(reading.places),
    )


def parse_all(texts: Iterable[str | None], gazetteer: Gazetteer) -> list[Address]:
    """Read many addresses; equal texts are read once."""
    known: dict[str | None, Address] = {}
    found = []
    for text in texts:
        key = text if isinstance(text, str) else None
        address = known.get(key)
        if address is None:
            address = known[key] = parse(key, gazetteer)
        found.append(address)
    return found


def ordered(components: dict[str, str]) -> dict[str, str]:
    """Return components in the order of the tags."""
    return {tag: components[tag] for tag in TAGS if tag in components}


def _issues(reading: Reading, components: dict[str, str], plain: str) -> tuple[str, ...]:
    found = reading.issues
    if reading.district_code is None and "out_of_city" not in found:
        found.add("missing")
    if RELATIVE.search(plain) is not None:
        found.add("relative")
    if not (
        "road" in components or "village" in components or "poi" in components or reading.places
    ):
        found.add("vague")
    return tuple(code for code in ISSUES if code in found)


_NOTHING = Address("", "", {}, None, None, ("missing", "vague"), ())
