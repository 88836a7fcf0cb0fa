"""Which city, district and town an address names, read from left to right over the spellings found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.geocoding._careful import read_carefully
from industrymap.geocoding._elements import ROADISH
from industrymap.geocoding._neighbours import STOPPERS, Read, place_fits, town_fits
from industrymap.geocoding._surfaces import CITY, DISTRICT, PROVINCE

if TYPE_CHECKING:
    from industrymap.geocoding._neighbours import Token
    from industrymap.geocoding.gazetteer import Gazetteer

__all__ = ["read", "read_ordinary"]

_TAGS = {PROVINCE: "prov", CITY: "city", DISTRICT: "district"}

_NO_ISSUES: frozenset[str] = frozenset()


def read(text: str, gazetteer: Gazetteer) -> Read:
    """Read the divisions of a normalised text without remarks.

    Most addresses are ordinary: province, city, district, town, in this order and nothing else that could be a division.
    They are read at once; all others carefully, with the same result.
    """
    tokens = gazetteer.find(text)
    ordinary = read_ordinary(text, tokens, gazetteer)
    return ordinary or read_carefully(text, tokens, gazetteer)


def read_ordinary(text: str, tokens: list[Token], gazetteer: Gazetteer) -> Read | None:
    """Read an ordinary address, or return ``None`` where anything needs weighing."""
    head = _ordinary_head(text, tokens, gazetteer)
    if head is None:
        return None
    district, components, rest = head
    meanings = gazetteer.meanings
    end = tokens[rest - 1][2]
    edge = end
    town = None
    places: tuple[Token, ...] = ()
    for token in tokens[rest:]:
        pattern, start, stop = token
        meaning = meanings[pattern]
        if start == end and not meaning.only_place:
            # Right behind the divisions: a town, or something that must be weighed.
            code = gazetteer.town_within(district, pattern)
            if code is None or town is not None:
                return None
            if code and meaning.quiet and ROADISH.match(text, stop) and stop in _starts(tokens):
                return None
            if code and town_fits(text, start, stop, end, weak=meaning.quiet):
                if text[stop : stop + 1] in STOPPERS:
                    return None
                components["town"] = text[start:stop]
                town = code
                edge = end = stop
        elif not meaning.quiet:
            return None
        elif meaning.places and place_fits(text, start, stop, edge):
            places = (*places, token)
            edge = stop
    return Read(end, components, district, town, _NO_ISSUES, (), places)


def _ordinary_head(
    text: str, tokens: list[Token], gazetteer: Gazetteer
) -> tuple[str, dict[str, str], int] | None:
    """Read province, city and district in their order: code, components and the number of spellings used."""
    meanings = gazetteer.meanings
    components: dict[str, str] = {}
    end = seen = 0
    for used, (pattern, start, stop) in enumerate(tokens, start=1):
        role = meanings[pattern].role
        if start != end or role <= seen:
            return None
        components[_TAGS[role]] = text[start:stop]
        end, seen = stop, role
        if role == DISTRICT:
            if text[stop : stop + 1] in STOPPERS:
                return None
            return gazetteer.code_of_district[pattern], components, used
    return None


def _starts(tokens: list[Token]) -> set[int]:
    return {start for _, start, _ in tokens}
