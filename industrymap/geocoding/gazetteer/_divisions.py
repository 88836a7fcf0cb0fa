"""Districts, towns and zones as the matcher sees them: today's codes behind every name a unit ever had."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from industrymap.citypack import split
from industrymap.geocoding.address.vocabulary import Division
from industrymap.geocoding.gazetteer import _places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.geocoding.gazetteer.houses import Spot

    _Row = Mapping[str, str]

__all__ = ["DivisionIndex", "divisions", "transferred", "zones"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionIndex:
    """Today's districts and towns: what they are called, where they lie, and which towns changed their district.

    Attributes
    ----------
    names : mapping of str to str
        Code → name.
    areas : mapping of str to Spot
        Code → point and radius of every division that has a place on the map.
    transferred : mapping of str to frozenset of str
        District → today's towns that once belonged to it and lie in another now.
    polygons : GeoDataFrame or None
        District polygons (WGS 84), where there are any.
    """

    names: Mapping[str, str] = field(repr=False)
    areas: Mapping[str, Spot] = field(repr=False)
    transferred: Mapping[str, frozenset[str]] = field(repr=False)
    polygons: gpd.GeoDataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        pack: CityPack,
        units: list[Division],
        *,
        districts: gpd.GeoDataFrame | None = None,
        towns: gpd.GeoDataFrame | None = None,
    ) -> Self:
        """Index the divisions of a pack, with the polygons of today's where they are known."""
        # Labels name today's divisions; former ones only lead to them.
        current = pack.divisions[pack.divisions["valid_to"] == ""]
        areas = _places.areas(districts, towns, pack)
        spots = zip(areas.index.astype(str), _places.spots(areas), strict=True)
        return cls(
            names=dict(zip(current["code"], current["name"], strict=True)),
            areas={code: spot for code, spot in spots if spot},
            transferred=transferred(units),
            polygons=districts,
        )

    def label(self, code: str) -> str:
        """Return ``name｜code`` of a division."""
        return f"{self.names.get(code, '')}｜{code}"

    def describe(self, district: str | None, town: str | None) -> str:
        """Return the names of a district and a town, as far as they are known."""
        names = self.names
        return names.get(district or "", "") + names.get(town or "", "")

    def area(self, district: str, town: str | None) -> tuple[str | None, Spot | None]:
        """Return level, point and radius of a town, or else of its district, as far as they have a place on the map."""
        if town is not None and town in self.areas:
            return "town", self.areas[town]
        if district in self.areas:
            return "district", self.areas[district]
        return None, None


def divisions(pack: CityPack) -> list[Division]:
    """Return one unit per row of ``divisions.csv``, followed to today's codes."""
    rows = _rows(pack.divisions)
    by_code = {row["code"]: row for row in rows if row["code"]}
    return [_unit(row, by_code) for row in rows]


def zones(table: pd.DataFrame) -> list[Division]:
    """Return one unit per row of ``zones.csv``."""
    return [
        Division(
            name=row["name"],
            level="zone",
            aliases=tuple(split(row["aliases"])),
            after_city=tuple(split(row["after_city"])),
            within=frozenset(split(row["district_codes"])),
            districts=tuple(split(row["district_codes"])),
            towns=tuple(split(row["town_codes"])),
            former=False,
        )
        for row in _rows(table)
    ]


def transferred(units: list[Division]) -> dict[str, frozenset[str]]:
    """Return district → today's towns that once belonged to it and lie in another district now."""
    moved: dict[str, set[str]] = {}
    for unit in units:
        if unit.level == "town" and unit.former:
            for district in unit.within:
                # Only towns that changed the district: a renamed town that stayed was not transferred.
                gone = {town for town in unit.towns if not town.startswith(district)}
                moved.setdefault(district, set()).update(gone)
    return {district: frozenset(towns) for district, towns in moved.items()}


def _rows(table: pd.DataFrame) -> list[_Row]:
    # Plain dicts: every unit looks up others by code, one at a time.
    names = list(table.columns)
    return [dict(zip(names, cells, strict=True)) for cells in table.itertuples(index=False)]


def _unit(row: _Row, by_code: Mapping[str, _Row]) -> Division:
    today = _today(row, by_code)
    districts = dict.fromkeys(
        code if by_code[code]["level"] == "district" else by_code[code]["parent_code"]
        for code in today
    )
    towns = tuple(code for code in today if by_code[code]["level"] == "town")
    # A town that became part of a district without a town of its own leads to the district only.
    complete = len(towns) == len(today)
    # Then and now: an address may name the district of its day or today's.
    within = {row["parent_code"]} if row["level"] == "town" else {row["code"]}
    for code in tuple(within):
        # A parent that the table does not list has no successors to follow.
        if code in by_code:
            within |= set(_today(by_code[code], by_code))
    return Division(
        name=row["name"],
        level=row["level"],
        aliases=tuple(split(row["aliases"])),
        after_city=(),
        within=frozenset(within),
        districts=tuple(districts),
        towns=towns if complete else (),
        former=bool(row["valid_to"]),
    )


def _today(row: _Row, by_code: Mapping[str, _Row]) -> list[str]:
    """Follow ``replaced_by`` to units that are valid today."""
    if not row["valid_to"]:
        return [row["code"]]
    successors: dict[str, None] = {}
    # A successor may have been replaced in its turn.
    for code in split(row["replaced_by"]):
        successors |= dict.fromkeys(_today(by_code[code], by_code))
    return list(successors)
