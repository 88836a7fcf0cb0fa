"""Districts, towns and zones as the matcher sees them: today's codes behind every name a unit ever had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.citypack import split
from industrymap.geocoding.address.vocabulary import Division

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from industrymap.citypack import CityPack

    _Row = Mapping[str, str]

__all__ = ["divisions", "transferred", "zones"]


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
    found: dict[str, set[str]] = {}
    for unit in units:
        if unit.level == "town" and unit.former:
            for district in unit.within:
                gone = {town for town in unit.towns if not town.startswith(district)}
                found.setdefault(district, set()).update(gone)
    return {district: frozenset(towns) for district, towns in found.items()}


def _rows(table: pd.DataFrame) -> list[_Row]:
    names = list(table.columns)
    return [dict(zip(names, cells, strict=True)) for cells in table.itertuples(index=False)]


def _unit(row: _Row, by_code: Mapping[str, _Row]) -> Division:
    today = _today(row, by_code)
    districts = dict.fromkeys(
        code if by_code[code]["level"] == "district" else by_code[code]["parent_code"]
        for code in today
    )
    towns = tuple(code for code in today if by_code[code]["level"] == "town")
    complete = len(towns) == len(today)
    within = {row["parent_code"]} if row["level"] == "town" else {row["code"]}
    for code in tuple(within):
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
    found: dict[str, None] = {}
    for code in split(row["replaced_by"]):
        found |= dict.fromkeys(_today(by_code[code], by_code))
    return list(found)
