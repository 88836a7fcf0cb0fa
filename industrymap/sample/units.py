"""The sample pack's divisions, read for their names and codes."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import NamedTuple

__all__ = ["PACK", "Unit", "former_units", "units"]

PACK = "sample"


class Unit(NamedTuple):
    """One row of the pack's ``divisions.csv``."""

    code: str
    name: str
    level: str
    parent_code: str
    valid_to: str
    replaced_by: tuple[str, ...]


@cache
def units() -> tuple[Unit, ...]:
    """Return every division of the sample pack, current and former."""
    path = resources.files("industrymap").joinpath("cities", PACK, "divisions.csv")
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return tuple(
        Unit(
            row["code"],
            row["name"],
            row["level"],
            row["parent_code"],
            row["valid_to"],
            tuple(filter(None, row["replaced_by"].split("|"))),
        )
        for row in rows
    )


def former_units() -> tuple[Unit, ...]:
    """Return the divisions that exist no more."""
    return tuple(unit for unit in units() if unit.valid_to)
