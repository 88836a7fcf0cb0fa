"""The fields of every layer, once: names, types, units, Chinese and English labels, header aliases.

Readers map headers with them, exports name columns with them, the filter language and the page show them.
The tables are CSV files beside this module, so that a field is added without code.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = [
    "LAYERS",
    "Field",
    "Value",
    "field",
    "fields",
    "key",
    "label",
    "labels",
    "unit_label",
    "values",
]

_ORDER = ("enterprises", "village_parks", "industrial_blocks", "divisions", "zones", "places")


def _layers() -> tuple[str, ...]:
    files = (entry.name for entry in resources.files(__package__).iterdir())
    found = {name.removesuffix(".csv") for name in files if name.endswith(".csv")} - {"values"}
    return (*_ORDER, *sorted(found - set(_ORDER)))


LAYERS = _layers()
"""The layers that have a schema: one CSV each; where two know a table equally well, the first is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a layer.

    Attributes
    ----------
    name : str
        The column's name in a frame.
    dtype : str
        ``str``, ``float``, ``int``, ``bool`` or ``date``; every one nullable.
    unit : str
        Unit of a number, empty where it has none.
    zh, en : str
        Labels.
    short : str
        Name of at most ten ASCII characters, for Shapefile.
    aliases : tuple of str
        Further headers under which the column is found in real files.
    stage : str
        The stage that adds it: ``read`` where a file may bring it.
    description : str
        What it holds.
    """

    name: str
    dtype: str
    unit: str
    zh: str
    en: str
    short: str
    aliases: tuple[str, ...]
    stage: str
    description: str

    def label(self, lang: str = "zh") -> str:
        """Return the label in ``lang``."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a coded column: labels, other spellings in real files and, where it has one, its colour."""

    field: str
    value: str
    zh: str
    en: str
    color: str
    aliases: tuple[str, ...] = ()

    def label(self, lang: str = "zh") -> str:
        """Return the label in ``lang``."""
        return self.zh if lang == "zh" else self.en


@cache
def fields(layer: str) -> tuple[Field, ...]:
    """Return the fields of ``layer`` in their order.

    Examples
    --------
    >>> [f.name for f in fields("divisions") if f.stage == "read"]
    ['code', 'name', 'parent_code', 'planned_industrial_land_m2']
    """
    if layer not in LAYERS:
        msg = f"layer {layer!r} has no schema; known: {', '.join(LAYERS)}"
        raise KeyError(msg)
    return tuple(_field(row) for row in _rows(f"{layer}.csv"))


def key(layer: str) -> str:
    """Return the field that names a feature: the first of its schema.

    Examples
    --------
    >>> key("village_parks"), key("divisions")
    ('park_id', 'code')
    """
    return fields(layer)[0].name


@cache
def field(layer: str, name: str) -> Field:
    """Return one field by name, or raise ``KeyError``."""
    for found in fields(layer):
        if found.name == name:
            return found
    msg = f"layer {layer!r} has no field {name!r}"
    raise KeyError(msg)


@cache
def values(field_name: str) -> tuple[Value, ...]:
    """Return the coded values of a column, in their order; empty where it is not coded."""
    return tuple(_value(row) for row in _rows("values.csv") if row["field"] == field_name)


@cache
def labels(field_name: str, lang: str = "zh") -> dict[str, str]:
    """Return value → label for a coded column."""
    return {v.value: v.label(lang) for v in values(field_name)}


def label(layer: str, name: str, lang: str = "zh") -> str:
    """Return a column's label, or its name where the schema does not know it."""
    try:
        return field(layer, name).label(lang)
    except KeyError:
        return name


def unit_label(unit: str, lang: str = "zh") -> str:
    """Return a unit as it is written in ``lang``.

    Examples
    --------
    >>> unit_label("万元/亩", "en"), unit_label("m²", "en")
    ('10k yuan/mu', 'm²')
    """
    return unit if lang == "zh" else _UNITS_EN.get(unit, unit)


_UNITS_EN = {
    "万元": "10k yuan",
    "元": "yuan",
    "万元/亩": "10k yuan/mu",
    "元/m²": "yuan/m²",
    "元/m²·月": "yuan/m²·month",
    "人/亩": "people/mu",
    "亩": "mu",
    "米": "m",
    "人": "people",
    "家": "firms",
    "个": "",
    "年": "years",
    "层": "storeys",
    "度": "°",
}


def _field(row: dict[str, str]) -> Field:
    return Field(aliases=_split(row.pop("aliases")), **row)


def _value(row: dict[str, str]) -> Value:
    return Value(aliases=_split(row.pop("aliases")), **row)


def _split(aliases: str) -> tuple[str, ...]:
    return tuple(alias for alias in aliases.split("|") if alias)


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
