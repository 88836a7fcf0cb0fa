"""The offline match: every address gets the finest place that the gazetteer supports, or none.

Levels from fine to coarse: ``address`` (a known house number), ``interpolated`` (between known numbers on the same
side), ``building``, ``park``, ``road`` (within its town), ``village``, ``town``, ``district``. A place must lie in the district and
town that the address names; of several equal places none is taken, and all are listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from industrymap.geocoding._elements import house_number
from industrymap.geocoding.address import ISSUES, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from industrymap.geocoding._houses import Spot
    from industrymap.geocoding.address import Address
    from industrymap.geocoding.gazetteer import Gazetteer

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

_IMPLIED = 0.1
_DOUBT = 0.05
_DOUBTFUL = frozenset({"conflict", "superseded", "relative"})
_STEP = 2000
_RANKS = {level: rank for rank, level in enumerate(LEVELS)}
_MOST_CANDIDATES = 8


class _Offer(NamedTuple):
    """A place the text supports: its level, spot and row, and the words that name it."""

    level: str
    spot: Spot
    ordinal: int
    text: str


class _Found(NamedTuple):
    """One address placed."""

    lon: float | None = None
    lat: float | None = None
    level: str | None = None
    radius_m: float | None = None
    score: float | None = None
    source: str | None = None
    evidence: str | None = None
    issues: str | None = None
    candidates: str | None = None
    district_code: str | None = None
    town_code: str | None = None


def match(
    addresses: pd.Series[Any],
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
        the map; ``district_code`` and ``town_code`` stand wherever the text names or implies them.
    """
    known: dict[str | None, _Found] = {}
    found: list[_Found] = []
    total = len(addresses)
    for done, text in enumerate(addresses.tolist(), start=1):
        key = text if isinstance(text, str) else None
        place = known.get(key)
        if place is None:
            place = known[key] = _Search(parse(key, gazetteer), gazetteer, strict=strict).found()
        found.append(place)
        if progress is not None and (done % _STEP == 0 or done == total):
            progress(done, total)
    columns = list(zip(*found, strict=True)) if found else [()] * len(PLACED_COLUMNS)
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
        self.issues = list(address.issues)
        self.candidates = list(address.candidates)

    def found(self) -> _Found:
        """Return the finest place that agrees with the district and town of the address."""
        address, gazetteer = self._address, self._gazetteer
        district, town = address.district_code, address.town_code
        offers = [offer for token in address.places for offer in self._offers(*token)]
        level: str | None
        spot: Spot | None
        if offers:
            level, spot, ordinal, text = min(offers, key=_rank)
            district = district or gazetteer.district_of[ordinal] or None
            town = town or gazetteer.town_of[ordinal] or None
            evidence: str | None = f"{text}→{gazetteer.label_place(ordinal)}"
            if district and "missing" in self.issues:
                self.issues.remove("missing")
        else:
            level, spot, evidence = self._area()
        return _Found(
            lon=spot.lon if spot else None,
            lat=spot.lat if spot else None,
            level=level,
            radius_m=spot.radius_m if spot else None,
            score=self._score(level) if level else None,
            source="offline" if spot else None,
            evidence=evidence,
            issues=";".join(code for code in ISSUES if code in self.issues) or None,
            candidates=";".join(dict.fromkeys(self.candidates[:_MOST_CANDIDATES])) or None,
            district_code=district,
            town_code=town,
        )

    def _score(self, level: str) -> float:
        doubts = len(_DOUBTFUL & set(self.issues))
        implied = self._address.district_code is None
        return round(SCORES[level] - _IMPLIED * implied - _DOUBT * doubts, 2)

    def _area(self) -> tuple[str | None, Spot | None, str | None]:
        """Fall back to the town or the district itself."""
        address, gazetteer = self._address, self._gazetteer
        if address.district_code is None:
            return None, None, None
        said = "".join(address.components.get(t, "") for t in ("district", "devzone", "town"))
        where = gazetteer.describe(address.district_code, address.town_code)
        for level, code in (("town", address.town_code), ("district", address.district_code)):
            spot = gazetteer.areas.get(code) if code else None
            if spot is not None:
                return level, spot, f"{said}→{where}"
        return None, None, f"{said}→{where}"

    def _offers(self, pattern: int, start: int, stop: int) -> list[_Offer]:
        """Return every place that one spelling in the text supports."""
        gazetteer = self._gazetteer
        fitting = self._agreeing(gazetteer.meanings[pattern].places)
        if not fitting and "conflict" not in self.issues:
            self.issues.append("conflict")
        text = self._address.plain[start:stop]
        by_kind: dict[str, list[int]] = {}
        for ordinal in fitting:
            by_kind.setdefault(gazetteer.kind_of[ordinal], []).append(ordinal)
        offers = []
        for kind, found in by_kind.items():
            if kind == "road":
                offers += self._on_road(found, house_number(self._address.plain, stop), text)
            else:
                spots = [(spot, o) for o in found if (spot := gazetteer.spot(o)) is not None]
                offers += self._one(kind, spots, text)
        return offers

    def _agreeing(self, ordinals: list[int]) -> list[int]:
        """Keep the places that lie in the district and town the address names."""
        district, town = self._address.district_code, self._address.town_code
        if district is not None:
            districts = self._gazetteer.district_of
            ordinals = [o for o in ordinals if districts[o] == district or not districts[o]]
        if town is not None:
            towns = self._gazetteer.town_of
            ordinals = [o for o in ordinals if towns[o] == town or not towns[o]]
        return ordinals

    def _on_road(self, pieces: list[int], number: int, text: str) -> list[_Offer]:
        """Return the house, the place between its neighbours, or the road within its town or district."""
        gazetteer = self._gazetteer
        if number:
            houses = [
                (piece, gazetteer.houses[piece]) for piece in pieces if piece in gazetteer.houses
            ]
            exact = [(spot, piece) for piece, row in houses if (spot := row.exact(number))]
            if exact:
                return self._one("address", exact, f"{text}{number}号")
            between = [(spot, piece) for piece, row in houses if (spot := row.interpolated(number))]
            if between:
                return self._one("interpolated", between, f"{text}{number}号")
        roads = gazetteer.road(pieces, in_town=self._address.town_code is not None)
        return self._one("road", roads, text)

    def _one(self, level: str, spots: list[tuple[Spot, int]], text: str) -> list[_Offer]:
        """Return the only place, or none of several equal ones, which become candidates."""
        if len(spots) == 1 or (spots and not self._strict):
            spot, ordinal = spots[0]
            return [_Offer(level, spot, ordinal, text)]
        self.candidates += [self._gazetteer.label_place(ordinal) for _, ordinal in spots]
        return []


def _rank(offer: _Offer) -> int:
    return _RANKS[offer.level]
