"""Which city, district and town an address names, read from left to right over the spellings found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.geocoding.address._ambiguous import resolve_ambiguous
from industrymap.geocoding.address._elements import ROADISH
from industrymap.geocoding.address._neighbours import STOPPERS, Reading, place_fits, town_fits
from industrymap.geocoding.address.vocabulary import CITY, DISTRICT, EXACT, PROVINCE

if TYPE_CHECKING:
    from industrymap.geocoding.address.vocabulary import Token, Vocabulary

__all__ = ["read", "read_plain"]

_TAGS = {PROVINCE: "prov", CITY: "city", DISTRICT: "district"}

_NO_ISSUES: frozenset[str] = frozenset()
_ANNOUNCE = frozenset("厂间房区库司产线公营工部在位于设址:/;号,、")
"""Last characters of what may announce a second address."""


def read(text: str, vocabulary: Vocabulary) -> Reading:
    """Read the divisions of a normalised text without remarks.

    Most addresses are ordinary: province, city, district, town, in this order and nothing else that could be a division.
    They are read at once; all others carefully, with the same result.
    """
    tokens = vocabulary.find(text)
    ordinary = read_plain(text, tokens, vocabulary)
    return ordinary or resolve_ambiguous(text, tokens, vocabulary)


def read_plain(text: str, tokens: list[Token], vocabulary: Vocabulary) -> Reading | None:
    """Read an ordinary address, or return ``None`` where anything needs weighing."""
    head = _plain_head(text, tokens, vocabulary)
    if head is None:
        return None
    district, components, rest = head
    entries = vocabulary.entries
    end = tokens[rest - 1][2]
    edge = end
    town = None
    places: tuple[Token, ...] = ()
    for token in tokens[rest:]:
        pattern, start, stop = token
        entry = entries[pattern]
        if start == end and not entry.only_names_place:
            # Right behind the divisions: a town, or something that must be weighed.
            code = vocabulary.town_within(district, pattern)
            # A spelling of several meanings, or a second town.
            if code is None or town is not None:
                return None
            # A bare name with 路 or 街 behind it, where another known name begins: which of the two
            # ends there must be weighed.
            if code and entry.is_weak and ROADISH.match(text, stop) and stop in _starts(tokens):
                return None
            if code and town_fits(text, start, stop, end, weak=entry.is_weak):
                # 路, 街, 巷 or a separator right behind the town may make another name of it.
                if text[stop : stop + 1] in STOPPERS:
                    return None
                components["town"] = text[start:stop]
                town = code
                edge = end = stop
        # What could be a division further behind has to be weighed against those in front.
        elif (
            not entry.is_weak
            or entry.foreign == EXACT
            or (text[start - 1] in _ANNOUNCE and (entry.district or entry.towns))
        ):
            return None
        elif (entry.places or entry.villages) and place_fits(text, start, stop, edge):
            places = (*places, token)
            edge = stop
    return Reading(end, components, district, town, _NO_ISSUES, (), places)


def _plain_head(
    text: str, tokens: list[Token], vocabulary: Vocabulary
) -> tuple[str, dict[str, str], int] | None:
    """Read province, city and district in their order: code, components and the number of spellings used."""
    entries = vocabulary.entries
    components: dict[str, str] = {}
    end = seen = 0
    for used, (pattern, start, stop) in enumerate(tokens, start=1):
        role = entries[pattern].role
        # A gap, a repetition or another order: not an ordinary address.
        if start != end or role <= seen:
            return None
        components[_TAGS[role]] = text[start:stop]
        end, seen = stop, role
        if role == DISTRICT:
            if text[stop : stop + 1] in STOPPERS:
                return None
            return vocabulary.code_of_district[pattern], components, used
    return None


def _starts(tokens: list[Token]) -> set[int]:
    return {start for _, start, _ in tokens}
