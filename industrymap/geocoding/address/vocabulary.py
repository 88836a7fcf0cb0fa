"""What the reader of addresses must know of a city: what its spellings mean, and which divisions there are today.

The reader asks a :class:`Vocabulary`; the gazetteer is one. So the folder ``address`` needs nothing of the folder
``gazetteer``, and a test can read addresses with a few spellings of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "CITY",
    "DISTRICT",
    "EXACT",
    "FOLDED",
    "PROVINCE",
    "WEAK",
    "City",
    "Division",
    "SpellingEntry",
    "Token",
    "Village",
    "Vocabulary",
]

Token = tuple[int, int, int]
"""A spelling in a text: pattern, start, end."""

WEAK, FOLDED, EXACT = 1, 2, 3
"""How plainly a spelling names a town: bare stem, another suffix than today's, its own suffix."""

PROVINCE, CITY, DISTRICT = 1, 2, 3
"""Roles of spellings that mean one thing only, in the order in which an ordinary address has them."""


class Division(NamedTuple):
    """One district, town or zone under one name and membership: today's codes behind every name it ever had.

    Attributes
    ----------
    name : str
        As ``divisions.csv`` or ``zones.csv`` writes it.
    level : str
        ``district``, ``town`` or ``zone``.
    aliases : tuple of str
        Other names.
    after_city : tuple of str
        Names that mean a zone right behind the city's own name only.
    within : frozenset of str
        Codes of the districts, current or former, that an address may name together with this division.
    districts : tuple of str
        Today's districts it lies in.
    towns : tuple of str
        Today's towns it lies in, empty where only the district is known.
    former : bool
        Whether it has been abolished, renamed or transferred.
    """

    name: str
    level: str
    aliases: tuple[str, ...]
    after_city: tuple[str, ...]
    within: frozenset[str]
    districts: tuple[str, ...]
    towns: tuple[str, ...]
    former: bool


class Village(NamedTuple):
    """A village of the pack: the town it lies in today, and the districts it was once written with."""

    town: str
    formerly_in: frozenset[str]


@dataclass(slots=True)
class SpellingEntry:
    """What one spelling may mean; most mean one thing.

    Attributes
    ----------
    own_city, own_province : bool
        A name of the city itself or of its province.
    foreign : int
        Strength as a name of another city or province, 0 where it is none.
    district : Division or None
        A district, current or former.
    district_strong : bool
        Whether the spelling says that it is one.
    towns : list of (int, Division)
        Towns with the strength of the spelling.
    zones, zones_after_city : list of Division
        Zones, anywhere or right behind the city's name only.
    places : list of int
        Rows of finer places.
    villages : list of Village
        Villages of which only the town is known.
    role : int
        One of :data:`PROVINCE`, :data:`CITY`, :data:`DISTRICT` where the spelling means that and nothing else.
    is_weak : bool
        Whether it changes nothing behind a district, unless it follows it directly.
    only_names_place : bool
        Whether it names finer places and nothing else.
    """

    own_city: bool = False
    own_province: bool = False
    foreign: int = 0
    district: Division | None = None
    district_strong: bool = False
    towns: list[tuple[int, Division]] = field(default_factory=list)
    zones: list[Division] = field(default_factory=list)
    zones_after_city: list[Division] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    villages: list[Village] = field(default_factory=list)
    role: int = 0
    is_weak: bool = False
    only_names_place: bool = False


class City(Protocol):
    """A city whose addresses can be read; :class:`industrymap.geocoding.Gazetteer` is one."""

    @property
    def spellings(self) -> Vocabulary:
        """What its spellings mean."""


class Vocabulary(Protocol):
    """What the reader asks; :class:`industrymap.geocoding.gazetteer.SpellingIndex` answers."""

    @property
    def entries(self) -> Sequence[SpellingEntry]:
        """What each spelling means, by pattern."""

    @property
    def code_of_district(self) -> Mapping[int, str]:
        """Pattern → code of today's district that it names in full."""

    @property
    def own_names(self) -> tuple[str, ...]:
        """Names with which an address of this city begins."""

    def find(self, text: str, /) -> list[Token]:
        """Return every spelling in a normalised text, left to right, longest first."""

    def town_within(self, district: str, pattern: int, /) -> str | None:
        """Return the town that a spelling right behind a district means there; ``None`` where it must be weighed."""

    def districts_like(self, name: str, /) -> Sequence[Division]:
        """Return the districts whose full name differs from a text by one character."""

    def in_chinese(self, text: str, /) -> str | None:
        """Write an address in English or pinyin with the city's Chinese names, or ``None`` where none fits."""

    def label(self, code: str, /) -> str:
        """Return ``name｜code`` of a division."""
