"""What every layer, field and figure is, once: names, types, units, labels, aliases, roles, formulas.

Readers map headers with it, exports name columns with it, measures work out figures by it, the filter language and the
page show it. The tables are CSV files beside this module, so that a layer, a field or a figure is added without code;
a workspace adds schemas of its own (:func:`add_schema`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from industrymap.schemas._cross_checks import CrossCheck, cross_checks
from industrymap.schemas._indicators import Indicator, figures_of, indicator, indicators
from industrymap.schemas._layers import (
    BLOCKS,
    DISTRICTS,
    ENTERPRISES,
    PARKS,
    ROLES,
    TOWNS,
    ZONES,
    LayerRecord,
    add_layer,
    layer,
    layer_of_schema,
    layers,
    measured,
)
from industrymap.schemas._measures import Measure, measure, measures
from industrymap.schemas._own import (
    Own,
    begin,
    in_force,
    own,
    with_figure,
    with_schema,
    with_values,
)
from industrymap.schemas._shown import Shown, shown
from industrymap.schemas._tables import read_table, split, table_names

__all__ = [
    "BLOCKS",
    "DISTRICTS",
    "DTYPES",
    "ENTERPRISES",
    "KIND_NAMES",
    "PARKS",
    "ROLES",
    "TOWNS",
    "ZONES",
    "CrossCheck",
    "Field",
    "Indicator",
    "LayerRecord",
    "Measure",
    "Own",
    "Shown",
    "Value",
    "add_layer",
    "add_schema",
    "add_values",
    "begin",
    "cross_checks",
    "field",
    "fields",
    "figures_of",
    "in_force",
    "indicator",
    "indicators",
    "key",
    "label",
    "labels",
    "layer",
    "layer_of_schema",
    "layers",
    "measure",
    "measured",
    "measures",
    "names",
    "of_files",
    "own",
    "shipped",
    "shown",
    "unit_label",
    "values",
]

KIND_NAMES = {
    ENTERPRISES: ("企业表", "enterprises"),
    PARKS: ("村级工业园", "village industrial parks"),
    BLOCKS: ("工业产业区块", "industrial blocks"),
    "divisions": ("行政区划", "divisions"),
    "zones": ("功能区", "zones"),
    "places": ("地名", "places"),
    "firm_inputs": ("企业要素数据", "inputs of firms for grading"),
    "parcels": ("宗地", "parcels"),
    "objections": ("异议", "objections"),
}
"""Schema → what a file of it is called."""

DTYPES = ("str", "float", "int", "bool", "date")
"""What a column may hold."""

_NOT_SCHEMAS = {"values", "layers", "indicators", "shown", "measures", "cross_checks"}
# The order in which equally good readings of a table are preferred: firms first, places last.
_ORDER = ("enterprises", "village_parks", "industrial_blocks", "divisions", "zones", "places")
_SHIPPED = (*_ORDER, *sorted(table_names() - {*_ORDER} - _NOT_SCHEMAS))


def shipped() -> tuple[str, ...]:
    """Return the schemas that come with the program."""
    return _SHIPPED


def names() -> tuple[str, ...]:
    """Return the schemas: one CSV each, then those of workspaces. Where two know a table equally well, the first is taken.

    Examples
    --------
    >>> names()[:3]
    ('enterprises', 'village_parks', 'industrial_blocks')
    """
    return (*_SHIPPED, *own().schemas)


def of_files() -> tuple[str, ...]:
    """Return the schemas that a file may follow without anybody saying so; the columns of the others are also those of firms.

    Examples
    --------
    >>> "firm_inputs" in of_files(), "enterprises" in of_files()
    (False, True)
    """
    return tuple(name for name in names() if name not in _ONLY_NAMED)


_ONLY_NAMED = frozenset({"firm_inputs"})


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


def fields(schema: str) -> tuple[Field, ...]:
    """Return the fields of a schema in their order.

    Examples
    --------
    >>> [f.name for f in fields("divisions") if f.stage == "read"]
    ['code', 'name', 'parent_code', 'planned_industrial_land_m2']
    """
    if schema in _SHIPPED:
        return _shipped_fields(schema) + (_containers() if schema == ENTERPRISES else ())
    brought = own().schemas.get(schema)
    if brought is None:
        msg = f"there is no schema {schema!r}; known: {', '.join(names())}"
        raise KeyError(msg)
    return brought


def _containers() -> tuple[Field, ...]:
    """Return what a workspace's own layers add to each firm: the number of the feature it lies in, called as that layer calls it."""
    shipped = _shipped_by_name(ENTERPRISES)
    found = []
    for record in own().layers.values():
        if record.firm_column and record.firm_column not in shipped:
            key_of = fields(record.schema)[0]
            found.append(replace(key_of, aliases=(), stage="assign", short=""))
    return tuple(found)


@cache
def _shipped_fields(schema: str) -> tuple[Field, ...]:
    return tuple(_field(row) for row in read_table(f"{schema}.csv"))


def add_schema(schema: str, rows: list[Field]) -> None:
    """Make a schema of a workspace known: the fields its file brings, then every figure that is measured anywhere.

    Parameters
    ----------
    schema : str
        Its name; none of the shipped ones.
    rows : list of Field
        The key first.
    """
    if schema in _SHIPPED:
        msg = f"the schema {schema!r} is shipped and cannot be replaced"
        raise ValueError(msg)
    # A figure that the workspace's file brings as a column of its own is read, not computed.
    own = {f.name for f in rows}
    figures = [_measured(i) for i in indicators("*") if i.id not in own]
    # Where a feature lies (district, town) is worked out for any layer in the same way.
    places = [f for f in fields("industrial_blocks") if f.stage == "assign" and f.name not in own]
    with_schema(schema, (*rows, *places, *figures))


def add_figure(figure: Indicator) -> None:
    """Make a figure of a workspace's own layers known: each of their schemas gets the column that holds it."""
    columns = {name: (*own().schemas[name], _measured(figure)) for name in figure.layers}
    with_figure(figure, columns)


def key(schema: str) -> str:
    """Return the field that names a feature: the first of its schema.

    Examples
    --------
    >>> key("village_parks"), key("divisions")
    ('park_id', 'code')
    """
    return fields(schema)[0].name


def field(schema: str, name: str) -> Field:
    """Return one field by name, or raise ``KeyError``."""
    by_name = (
        _shipped_by_name(schema)
        if schema in _SHIPPED
        # Reversed, so that of two fields of one name the first counts, as in the shipped ones.
        else {known.name: known for known in reversed(fields(schema))}
    )
    if name not in by_name and schema == ENTERPRISES:
        by_name = {known.name: known for known in _containers()}
    if name not in by_name:
        msg = f"schema {schema!r} has no field {name!r}"
        raise KeyError(msg)
    return by_name[name]


@cache
def _shipped_by_name(schema: str) -> dict[str, Field]:
    # of two fields of one name the first counts
    return {known.name: known for known in reversed(_shipped_fields(schema))}


def values(field_name: str) -> tuple[Value, ...]:
    """Return the coded values of a column, in their order; empty where it is not coded."""
    return _shipped_values().get(field_name) or own().values.get(field_name, ())


@cache
def _shipped_values() -> dict[str, tuple[Value, ...]]:
    found: dict[str, tuple[Value, ...]] = {}
    for row in read_table("values.csv"):
        found[row["field"]] = (*found.get(row["field"], ()), _value(row))
    return found


def add_values(field_name: str, rows: tuple[Value, ...]) -> None:
    """Make the coded values of a field of a workspace's own schema known.

    Raises
    ------
    ValueError
        A field whose values are shipped.
    """
    if field_name in _shipped_values():
        msg = f"the values of {field_name!r} are shipped and cannot be replaced"
        raise ValueError(msg)
    with_values(field_name, rows)


def labels(field_name: str, lang: str = "zh") -> dict[str, str]:
    """Return value → label for a coded column."""
    return {v.value: v.label(lang) for v in values(field_name)}


def label(schema: str, name: str, lang: str = "zh") -> str:
    """Return a column's label, or its name where the schema does not know it."""
    try:
        return field(schema, name).label(lang)
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
    "立方米": "m³",
    "元": "yuan",
    "亿元": "100m yuan",
    "万人": "10k people",
    "万元/人": "10k yuan/person",
    "万元/吨": "10k yuan/t",
    "万元/吨标准煤": "10k yuan/tce",
    "吨标准煤": "tce",
    "吨": "t",
    "千瓦时": "kWh",
    "千瓦时/万元": "kWh/10k yuan",
    "件": "items",
    "平方公里": "km²",
    "万元/亩": "10k yuan/mu",
    "元/m²": "yuan/m²",
    "元/m²·月": "yuan/m²·month",
    "人/亩": "people/mu",
    "亩": "mu",
    "万m²": "10k m²",
    "米": "m",
    "人": "people",
    "家": "firms",
    "个": "",
    "年": "years",
    "层": "storeys",
    "度": "°",
}


def _field(row: dict[str, str]) -> Field:
    if row["stage"] == "measure":
        # the record of the figure says what it is; a schema only says that it has it, and what differs
        base = _measured(indicator(row["name"]))
        # A schema's line may give a figure another label; the record keeps everything else.
        said = {k: v for k, v in row.items() if v and k != "aliases"}
        return replace(base, **said)  # type: ignore[arg-type]
    return Field(aliases=split(row.pop("aliases")), **row)


def _measured(record: Indicator) -> Field:
    return Field(
        name=record.id,
        dtype=record.dtype,
        unit=record.unit,
        zh=record.zh,
        en=record.en,
        short=record.short,
        aliases=record.aliases,
        stage="measure",
        description=record.formula_en,
    )


def _value(row: dict[str, str]) -> Value:
    return Value(aliases=split(row.pop("aliases")), **row)
