"""The offline match: every address gets the finest place that the gazetteer supports, or none.

Levels from fine to coarse: ``address`` (a known house number), ``interpolated`` (between known numbers on the same
side), ``building``, ``park``, ``road`` (within its town), ``village``, ``town``, ``district``. A place must lie in the district and
town that the address names; of several equal places none is taken, and all are listed.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from industrymap.geocoding.address import ISSUES, NAMED_ROAD, ROADISH, house_number, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from industrymap.geocoding.address import Address
    from industrymap.geocoding.gazetteer import Gazetteer
    from industrymap.geocoding.gazetteer.houses import Spot

__all__ = ["LEVELS", "PLACED_COLUMNS", "SCORES", "match"]

LEVELS = ("address", "interpolated", "building", "park", "road", "village", "town", "district")
"""From fine to coarse."""

SCORES = dict(zip(LEVELS, (1.0, 0.95, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6), strict=True))
"""Score of a place by its level; 0.1 less where the district is implied and not named, 0.05 less for each issue."""

PLACED_COLUMNS: dict[str, str] = {
    "lon": "Float64",
    "lat": "Float64",
    "geocode_level": "string",
    "geocode_radius_m": "Float64",
    "geocode_score": "Float64",
    "geocode_source": "string",
    "geocode_evidence": "string",
    "geocode_issues": "string",
    "geocode_candidates": "string",
    "district_code": "string",
    "town_code": "string",
}
"""Columns of the result and their types; ``lon, lat`` are WGS 84 degrees."""

_DECIDED = frozenset({"address", "interpolated", "building", "park"})
"""Levels at which it does not matter that something coarser is ambiguous."""

_IMPLIED = 0.1
_DOUBT = 0.05
_DOUBTFUL = frozenset({"conflict", "superseded", "relative", "misspelt"})
_STEP = 2000
_RANKS = {level: rank for rank, level in enumerate(LEVELS)}
_MOST_CANDIDATES = 8
_SHORT_NAME = 4
_NAME_ENDS = frozenset(
    "路街巷弄里道村区镇市县乡号栋幢座楼层室园城社组队坊围与近旁内一二三四五六七八九十"
)
"""Behind these a new name begins."""
_SITES = ("园", "区", "城", "村", "基地")
"""What holds buildings with names of their own: of 智汇园创新大厦 the first name says where it is."""
_GOES_ON = re.compile(
    r"[^路街巷弄号(\d]{0,4}?(?:校区|学[校院]|大学|[中小]学|市场|夜市|商圈|广场|花园|新村|小区|公寓|大厦|中心|车站|公园|医院|苑|城(?!区)|厂区|院区)"
)
"""What makes a longer name of a short one."""
_OTHER_SITE = re.compile(r"[^路街巷弄号(\d]{0,4}?(?:校区|厂区|院区)")
"""A university, works or hospital has several sites, and a point is known of one."""


class Candidate(NamedTuple):
    """A place the text supports: its level, spot (if any) and row, and the words that name it."""

    level: str
    spot: Spot | None
    ordinal: int
    text: str


_Placed = tuple[
    float | None,
    float | None,
    str | None,
    float | None,
    float | None,
    str | None,
    str | None,
    str | None,
    str | None,
    str | None,
    str | None,
]
"""One address placed, in the order of :data:`PLACED_COLUMNS`. (A plain tuple: the garbage collector forgets it at once.)"""


def match(
    addresses: pd.Series[str],
    gazetteer: Gazetteer,
    *,
    strict: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Place addresses with the gazetteer alone.

    Parameters
    ----------
    addresses : Series of str
        As they were written.
    gazetteer : Gazetteer
        The city's places.
    strict : bool
        Of several equal places take none (default); otherwise the first by code, and say so.
    progress : callable, optional
        Called with (done, total).

    Returns
    -------
    placed : DataFrame
        :data:`PLACED_COLUMNS` with the index of ``addresses``. ``geocode_level`` is ``<NA>`` where nothing could be put on
        the map; ``district_code`` and ``town_code`` are filled wherever the text names or implies them.
    """
    # Registers repeat the same industrial park hundreds of times: an equal text is searched for once.
    known: dict[str | None, _Placed] = {}
    placed: list[_Placed] = []
    total = len(addresses)
    for done, text in enumerate(addresses.tolist(), start=1):
        key = text if isinstance(text, str) else None
        place = known.get(key)
        if place is None:
            place = known[key] = _Search(parse(key, gazetteer), gazetteer, strict=strict).resolve()
        placed.append(place)
        if progress is not None and (done % _STEP == 0 or done == total):
            progress(done, total)
    columns = list(zip(*placed, strict=True)) if placed else [()] * len(PLACED_COLUMNS)
    return pd.DataFrame(
        {
            name: pd.array(list(values), dtype=kind)  # type: ignore[call-overload]
            for (name, kind), values in zip(PLACED_COLUMNS.items(), columns, strict=True)
        },
        index=addresses.index,
    )


class _Search:
    """One address being placed.

    Parameters
    ----------
    address : Address
    gazetteer : Gazetteer
    strict : bool
        Take none of several equal places.
    """

    __slots__ = ("_address", "_gazetteer", "_strict", "candidates", "issues")

    def __init__(self, address: Address, gazetteer: Gazetteer, *, strict: bool) -> None:
        self._address = address
        self._gazetteer = gazetteer
        self._strict = strict
        self.issues = address.issues
        self.candidates = address.candidates

    def resolve(self) -> _Placed:
        """Return the finest place that agrees with the district and town of the address."""
        address, gazetteer = self._address, self._gazetteer
        district, town = address.district_code, address.town_code
        # Without a road, village or building the address leads no further than its division.
        if not address.places:
            return self._area(district, town)
        # A village may supply the town, and the town decides between roads of one name, so villages go first.
        # Few texts name one: only those are worth the call.
        entries = gazetteer.spellings.entries
        for pattern, _, _ in address.places:
            if entries[pattern].villages:
                district, town = self._by_village(district, town)
                break
        offers = self._offers(district, town)
        # 建设路 in one of two towns of a name: only the town that has such a road can be meant.
        if district is None and address.readings:
            offers = self._decided(offers)
        if district is None and gazetteer.roads.few:
            # One house does not show that a road lies in one district only: none is inferred from it.
            offers = [offer for offer in offers if offer.ordinal not in gazetteer.roads.few]
        if not offers:
            return self._area(district, town)
        # Something with a place on the map goes before something without one, then the finer level.
        level, spot, ordinal, text = offers[0] if len(offers) == 1 else min(offers, key=_rank)
        # A district that only the place implies lowers the score: the writer did not say it.
        implied = district is None
        # A place in a town that left the named district leads to today's district.
        district = gazetteer.places.district[ordinal] or district
        # What the text names is kept; the place only fills what it does not name.
        town = town or gazetteer.places.town[ordinal] or None
        # Known by name and nowhere drawn: the division is all that can be shown.
        if spot is None:
            return self._area(district, town)
        if implied:
            # A road of the name may run in another district too, where no file has it.
            self._report("implied")
        issues = self._unsettled(district, level)
        return (
            spot.lon,
            spot.lat,
            level,
            spot.radius_m,
            _score(level, issues, implied=implied),
            "offline",
            f"{text}→{gazetteer.label_place(ordinal)}",
            ";".join(issues) if issues else None,
            _joined(self.candidates) if self.candidates else None,
            district,
            town,
        )

    def _unsettled(self, district: str | None, level: str | None = None) -> tuple[str, ...]:
        """Return the issues in their order, without those that no longer hold once a place has decided them."""
        if not self.issues:
            return ()
        settled = {"missing"} if district else set()
        settled |= {"ambiguous"} if level in _DECIDED else set()
        return tuple(code for code in ISSUES if code in self.issues and code not in settled)

    def _area(self, district: str | None, town: str | None) -> _Placed:
        """Fall back to the town or the district itself, as far as it has a place on the map."""
        issues = self._unsettled(district)
        evidence, level, spot = None, None, None
        if district is not None:
            named = self._address.divisions.get
            evidence = (
                f"{named('district', '')}{named('devzone', '')}{named('town', '')}"
                f"→{self._gazetteer.divisions.describe(district, town)}"
            )
            level, spot = self._gazetteer.divisions.area(district, town)
        return (
            spot.lon if spot else None,
            spot.lat if spot else None,
            level,
            spot.radius_m if spot else None,
            _score(level, issues, implied=False) if level else None,
            "offline" if spot else None,
            evidence,
            ";".join(issues) if issues else None,
            _joined(self.candidates) if self.candidates else None,
            district,
            town,
        )

    def _by_village(self, district: str | None, town: str | None) -> tuple[str | None, str | None]:
        """Return district and town with what a village of the pack adds: its town, and where it moved to."""
        address = self._address
        if "conflict" in self.issues or not (district or "city" in address.divisions):
            return district, town
        for pattern, _, stop in address.places:
            villages = self._gazetteer.spellings.entries[pattern].villages
            # 黄村大道 is a road, whatever villages are called 黄村.
            if not villages or ROADISH.match(address.plain, stop):
                continue
            # Villages of one name in several towns of the district decide nothing.
            here = {v.town for v in villages if district is None or v.town.startswith(district)}
            # The address names the district the village belonged to before a transfer of towns.
            moved = {v.town for v in villages if district in v.formerly_in}
            if len(here) == 1 and town is None:
                (town,) = here
            elif not here and len(moved) == 1:
                (town,) = moved
                self._report("superseded")
            else:
                continue
            district = town[:6]
        return district, town

    def _decided(self, offers: list[Candidate]) -> list[Candidate]:
        """Return the offers of the one reading that a finer place supports, none where several are supported."""
        supported = []
        for district, town in self._address.readings:
            offered = self._offers(district, town)
            if offered:
                supported.append(offered)
        # Two readings with a road of the name each are as open as before.
        if len(supported) == 1:
            return supported[0]
        return [] if "conflict" in self.issues else offers

    def _offers(self, district: str | None, town: str | None) -> list[Candidate]:
        """Return every place the text supports within a district and town."""
        address, entries = self._address, self._gazetteer.spellings.entries
        offers: list[Candidate] = []
        for pattern, start, stop in address.places:
            text = address.plain[start:stop]
            ordinals = entries[pattern].places
            if not ordinals or self._inside_longer_name(ordinals, start, text):
                continue
            fitting = self._agreeing(ordinals, district, town)
            if not fitting and not address.readings:
                # No such road in the district today: it may lie in a town that has left it, and old addresses name the old district.
                fitting = self._transferred(ordinals, district, town)
                if fitting:
                    self._report("superseded")
                # Neither: the district and the road contradict each other, unless the road is known so badly that it may run on into it.
                elif not self._may_run_here(ordinals, house_number(address.plain, stop)):
                    self._report("conflict")
            for kind, ordinals in self._by_kind(fitting):
                if kind == "road":
                    number = house_number(address.plain, stop)
                    on_road = self._on_road(ordinals, number, text, in_town=town is not None)
                    # The number exists on the namesake in another district and not here, so the district is probably the wrong part.
                    if number and self._numbered_elsewhere(on_road, pattern, ordinals, number):
                        self._report("conflict")
                    offers += on_road
                elif kind != "park" or not self._only_leads_to_road(ordinals, stop):
                    offers += self._one(kind, self._spots(ordinals), text)
        return offers

    def _only_leads_to_road(self, ordinals: list[int], stop: int) -> bool:
        """Return whether an area of unknown size only says where the road behind it is: 钱江新城民心路88号."""
        bare = self._gazetteer.places.bare
        plain = self._address.plain
        return all(o in bare for o in ordinals) and NAMED_ROAD.search(plain, stop) is not None

    def _inside_longer_name(self, ordinals: list[int], start: int, text: str) -> bool:
        """Return whether a name is only a part of another: 星座 of 银润星座, 吴山 of 吴山花鸟城, 2号大街 of 12号大街."""
        address = self._address
        before = address.plain[start - 1] if start else ""
        if before.isdecimal() and text[0].isdecimal():
            return True
        kinds = self._gazetteer.places.kind
        # A road is told from others of its name by its own course and numbers.
        for o in ordinals:
            if kinds[o] not in {"building", "park"}:
                return False
        stop = start + len(text)
        # A long name is hardly ever part of another, but for one site of several.
        if len(text) > _SHORT_NAME:
            return _OTHER_SITE.match(address.plain, stop) is not None
        if not text.endswith(_SITES) and _GOES_ON.match(address.plain, stop):
            return True
        begins = not before.isalpha() or before in _NAME_ENDS or start == address.end
        # Right behind a division or another place a name begins.
        return not begins and all(end != start for _, _, end in address.places)

    def _may_run_here(self, ordinals: list[int], number: int) -> bool:
        """Return whether a road known elsewhere by a few numbers may run in the named district too, where nobody mapped it."""
        roads = self._gazetteer.roads
        return all(o in roads.unproven for o in ordinals) and not any(
            roads.houses[o].exact(number) for o in ordinals
        )

    def _numbered_elsewhere(
        self, offers: list[Candidate], pattern: int, here: list[int], number: int
    ) -> bool:
        """Return whether the house number is unknown on this road but known on one of its name elsewhere."""
        gazetteer = self._gazetteer
        everywhere = gazetteer.spellings.entries[pattern].places
        # No namesake, or a house was found: nothing speaks against this road.
        if len(everywhere) == len(here) or any(offer.level != "road" for offer in offers):
            return False
        houses = [gazetteer.roads.houses.get(row) for row in everywhere if row not in here]
        return any(house is not None and house.exact(number) is not None for house in houses)

    def _by_kind(self, ordinals: list[int]) -> Iterable[tuple[str, list[int]]]:
        kinds = self._gazetteer.places.kind
        if len(ordinals) == 1:
            return ((kinds[ordinals[0]], ordinals),)
        by_kind: dict[str, list[int]] = {}
        for ordinal in ordinals:
            by_kind.setdefault(kinds[ordinal], []).append(ordinal)
        return by_kind.items()

    def _agreeing(self, ordinals: list[int], district: str | None, town: str | None) -> list[int]:
        """Keep the places that lie in the district and town; those that only come near where none does."""
        gazetteer = self._gazetteer
        if district is not None:
            districts = gazetteer.places.district
            # A place without a district was imported without one; it is not excluded by what is not known of it.
            ordinals = [o for o in ordinals if districts[o] == district or not districts[o]]
        if town is not None:
            towns = gazetteer.places.town
            ordinals = [o for o in ordinals if towns[o] == town or not towns[o]]
        if len(ordinals) > 1 and district is not None:
            # A road along a boundary counts for the neighbouring town only where no road of the name lies in it.
            return [o for o in ordinals if o not in gazetteer.roads.near] or ordinals
        return ordinals

    def _transferred(
        self, ordinals: list[int], district: str | None, town: str | None
    ) -> list[int]:
        """Keep the places in towns that have left the district the address names."""
        if district is None or town is not None:
            return []
        left = self._gazetteer.divisions.transferred.get(district, frozenset())
        return [o for o in ordinals if self._gazetteer.places.town[o] in left]

    def _spots(self, ordinals: list[int]) -> list[tuple[Spot | None, int]]:
        """Return places with their spots; those without one only where no other has any."""
        spots = self._gazetteer.places.spot
        pairs: list[tuple[Spot | None, int]] = [(spots[o], o) for o in ordinals]
        if len(pairs) == 1:
            return pairs
        # A place that nobody drew cannot compete with one that can be shown.
        return [pair for pair in pairs if pair[0] is not None] or pairs

    def _on_road(
        self, pieces: list[int], number: int, text: str, *, in_town: bool
    ) -> list[Candidate]:
        """Return the house, the place between its neighbours, or the road within its town or district."""
        roads = self._gazetteer.roads
        street = roads.street
        if number and (len(pieces) == 1 or len({street[piece] for piece in pieces}) == 1):
            # One road, whatever towns it runs through: its number decides.
            house = self._house(roads.with_joined(pieces), number, text)
            if house is not None:
                return [house]
        # A named town limits the answer to its piece of the road; otherwise the road within its district is meant.
        rows = pieces if in_town else roads.joined_roads(pieces)
        if number and roads.unproven:
            # Nobody says how far such a road runs: a number beyond the known ones may be anywhere.
            rows = [r for r in rows if r not in roads.unproven or roads.houses[r].spans(number)]
        return self._one("road", self._spots(rows), text)

    def _house(self, rows: list[int], number: int, text: str) -> Candidate | None:
        """Return the house with a number, or the place between its neighbours, on the first of some roads."""
        houses = self._gazetteer.roads.houses
        known = [(row, houses[row]) for row in rows if row in houses]
        # An exact number on any piece goes before an interpolation on the first.
        for row, house in known:
            spot = house.exact(number)
            if spot is not None:
                return Candidate("address", spot, row, f"{text}{number}号")
        for row, house in known:
            spot = house.interpolated(number)
            if spot is not None:
                return Candidate("interpolated", spot, row, f"{text}{number}号")
        return None

    def _one(self, level: str, spots: list[tuple[Spot | None, int]], text: str) -> list[Candidate]:
        """Return the only place, or none of several equal ones, which become candidates."""
        # A park that two layers name is one place; a road of the name nearby is another road.
        if len(spots) > 1 and level != "road":
            spots = _together(spots)
        if len(spots) == 1 or (spots and not self._strict):
            spot, ordinal = spots[0]
            return [Candidate(level, spot, ordinal, text)]
        if spots:
            # Equal candidates are listed for a person; taking one of them would be a guess that looks like knowledge.
            labels = tuple(self._gazetteer.label_place(ordinal) for _, ordinal in spots)
            self.candidates = (*self.candidates, *labels)
            self._report("ambiguous")
        return []

    def _report(self, code: str) -> None:
        if code not in self.issues:
            self.issues = (*self.issues, code)


def _together(spots: list[tuple[Spot | None, int]]) -> list[tuple[Spot | None, int]]:
    """Return the widest of several places where it holds the middle of every other, else all of them."""
    drawn = [(spot, ordinal) for spot, ordinal in spots if spot is not None]
    if len(drawn) < len(spots):
        return spots
    wide, ordinal = max(drawn, key=lambda pair: (pair[0].radius_m, -pair[1]))
    scale = math.cos(math.radians(wide.lat))
    apart = (
        math.hypot((spot.lon - wide.lon) * scale, spot.lat - wide.lat) * _DEGREE_M
        for spot, _ in drawn
    )
    return [(wide, ordinal)] if all(distance <= wide.radius_m for distance in apart) else spots


_DEGREE_M = 111_320.0


def _rank(offer: Candidate) -> tuple[bool, int]:
    return offer.spot is None, _RANKS[offer.level]


def _score(level: str, issues: tuple[str, ...], *, implied: bool) -> float:
    doubts = sum(code in _DOUBTFUL for code in issues) if issues else 0
    return round(SCORES[level] - _IMPLIED * implied - _DOUBT * doubts, 2)


def _joined(candidates: tuple[str, ...]) -> str:
    return ";".join(list(dict.fromkeys(candidates))[:_MOST_CANDIDATES])
