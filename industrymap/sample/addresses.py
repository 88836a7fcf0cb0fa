"""True addresses: written from a spot, in the tag order of Chinese addresses, with the finest level they support."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from industrymap.sample._random import pick
from industrymap.sample.numbering import number_level
from industrymap.sample.plan import former_units

if TYPE_CHECKING:
    import numpy as np

    from industrymap.sample.places import Map, Spot

__all__ = ["CITY", "PARTS", "PROVINCE", "Address", "Names", "write"]

CITY, PROVINCE = "云麓市", "岚东省"
PARTS = (
    "province",
    "city",
    "district",
    "zone",
    "town",
    "village",
    "road",
    "number",
    "place",
    "unit",
)
"""The parts of an address, in the order in which they are written."""


@dataclass(slots=True, kw_only=True)
class Address:
    """One address as it is about to be written.

    Attributes
    ----------
    parts : dict
        Part → text.
    spot : Spot
        What it is the address of.
    number : int
        House number that it names, 0 for none.
    level : str or None
        The finest level that the sample's gazetteer supports; ``None`` where it should not be placed.
    dirt : list of str
        What was done to it.
    issue : str
        Issue code that a geocoder should report, if one must.
    text : str
        The final text, once rendered.
    """

    parts: dict[str, str]
    spot: Spot
    number: int = 0
    level: str | None = None
    dirt: list[str] = field(default_factory=list)
    issue: str = ""
    text: str = ""

    def render(self) -> str:
        """Join the parts."""
        return "".join(self.parts.get(part, "") for part in PARTS)


@dataclass(frozen=True, kw_only=True)
class Names:
    """Which names the city has, and how often: what an address may leave out."""

    city: Map

    @cached_property
    def road_count(self) -> Counter[str]:
        """How many roads bear a name, in the whole city."""
        return Counter(road.name for road in self.city.roads)

    @cached_property
    def road_district_count(self) -> Counter[tuple[str, str]]:
        """How many roads of a name touch a district."""
        towns = self.city.plan.towns
        return Counter(
            (code, road.name)
            for road in self.city.roads
            for code in {towns[t].district_code for t in road.towns}
        )

    @cached_property
    def village_count(self) -> Counter[str]:
        """How many villages have a word, in the whole city."""
        return Counter(village.word for village in self.city.villages)

    @cached_property
    def town_count(self) -> Counter[str]:
        """How many towns have a name without its suffix."""
        return Counter(short_town(town.name) for town in self.city.plan.towns)

    @cached_property
    def former_districts(self) -> dict[str, list[str]]:
        """Code of today's district → names of those it came from."""
        names_by_code: dict[str, list[str]] = {}
        for unit in former_units():
            if unit.level == "district":
                for code in unit.replaced_by:
                    names_by_code.setdefault(code, []).append(unit.name)
        return names_by_code

    @cached_property
    def former_towns(self) -> dict[str, list[tuple[str, str]]]:
        """Code of today's town → (name, code of the district then) of those that became it alone."""
        names_by_code: dict[str, list[tuple[str, str]]] = {}
        for unit in former_units():
            if unit.level == "town" and len(unit.replaced_by) == 1:
                names_by_code.setdefault(unit.replaced_by[0], []).append(
                    (unit.name, unit.parent_code)
                )
        return names_by_code

    @cached_property
    def district_names(self) -> dict[str, str]:
        """District code → name, today's and former."""
        names = {d.code: d.name for d in self.city.plan.districts}
        return names | {u.code: u.name for u in former_units() if u.level == "district"}


def short_town(name: str) -> str:
    """Return a town's name without 镇 or 街道."""
    return name.removesuffix("街道").removesuffix("镇")


def write(spot: Spot, names: Names, rng: np.random.Generator) -> Address:
    """Write a complete address.

    Parameters
    ----------
    spot : Spot
        The place.
    names : Names
        The city's names.
    rng : Generator
        Chance: which of the usual styles.

    Returns
    -------
    address : Address
        With its level; free of dirt.
    """
    city = names.city
    town = city.plan.towns[spot.town]
    parts = {
        "province": PROVINCE if rng.random() < 0.3 else "",
        "city": CITY,
        "district": names.district_names[town.district_code],
        "town": town.name,
    }
    address = Address(parts=parts, spot=spot)
    _STYLES[spot.kind](address, names, rng)
    return address


def _park(address: Address, names: Names, rng: np.random.Generator) -> None:
    city, spot = names.city, address.spot
    address.parts["village"] = city.villages[spot.village].name
    if rng.random() < 0.12:
        address.level = "village"
        return
    address.parts["place"] = city.parcels[spot.park].name
    if rng.random() < 0.45:
        address.parts["unit"] = (
            f"{pick(rng, 'ABCDEF')}栋"
            if rng.random() < 0.6
            else f"{int(rng.integers(1, 15))}号厂房"
        )
    address.level = "park"


def _road(address: Address, names: Names, rng: np.random.Generator) -> None:
    spot = address.spot
    road = names.city.roads[spot.road]
    address.parts["road"] = road.name
    address.number = spot.number
    address.parts["number"] = f"{spot.number}号"
    address.level = number_level(road, spot.number)
    if rng.random() < 0.12:
        address.parts["unit"] = pick(rng, ("厂房", "首层", "厂区内", "办公楼"))


def _building(address: Address, names: Names, rng: np.random.Generator) -> None:
    home = names.city.buildings[address.spot.building]
    if rng.random() < 0.6:
        _road(address, names, rng)
        if address.level == "road":
            address.level = "building"
    else:
        address.level = "building"
    address.parts["place"] = home.name
    address.parts.pop("unit", None)


def _village(address: Address, names: Names, rng: np.random.Generator) -> None:  # noqa: ARG001
    address.parts["village"] = names.city.villages[address.spot.village].name
    address.level = "village"


_STYLES = {"park": _park, "road": _road, "building": _building, "village": _village}
