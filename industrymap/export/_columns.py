"""Which columns a file gets, what they are called there, and of which type they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import filters, schemas
from industrymap.errors import ConfigError, FilterError, did_you_mean, nearest
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Column", "columns", "header", "kind_of", "plain", "scaled", "worded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of an export.

    Attributes
    ----------
    name : str
        Its name in the frame.
    kind : str
        ``str``, ``float``, ``int``, ``bool``, ``date`` or ``datetime``.
    field : Field or None
        What the schema says about it; ``None`` for a user's own column.
    shown : Shown or None
        Unit, decimals and label of everyday use, where the table is to be read by people.
    """

    name: str
    kind: str
    field: schemas.Field | None
    shown: schemas.Shown | None = None

    def label(self, lang: str) -> str:
        """Return its label, or its name where no schema knows it."""
        everyday = self.shown.label(lang) if self.shown else ""
        return everyday or (self.field.label(lang) if self.field else _of_versions(self.name, lang))

    def unit(self, lang: str) -> str:
        """Return the unit its values are written in."""
        everyday = self.shown.unit if self.shown else ""
        unit = everyday or (self.field.unit if self.field else "")
        return schemas.unit_label(unit, lang)


_AREAS = {"area_m2", "area_reported_m2"}
"""Land is spoken of in mu."""

_OF_VERSIONS = {
    "valid_from": ("本版生效自", "Version valid from"),
    # As change files call it, so that a table that is edited and brought back says what it was made from.
    "change_id": ("基准版本", "Base version"),
    "stage": ("审批阶段", "Approval stage"),
}
"""What the database adds to every layer, whatever its schema."""


def _of_versions(name: str, lang: str) -> str:
    return _OF_VERSIONS.get(name, (name, name))[0 if lang == "zh" else 1]


def columns(
    frame: pd.DataFrame, *, layer: str, fields: Sequence[str] | None, everyday: bool = False
) -> list[Column]:
    """List the columns to write: the schema's in its order, then the user's own as they are.

    With ``everyday``, and where ``fields`` names none: those that ``shown.csv`` lists for the layer, in its order; every named
    column that it knows is in its everyday unit.

    Raises
    ------
    ConfigError
        ``fields`` names a column that is not there.
    """
    known = {f.name: f for f in schemas.fields(layer)} if layer in schemas.names() else {}
    # Not geopandas' own property, which raises where no geometry is set; a plain frame has neither.
    geometry = getattr(frame, "_geometry_column_name", None)
    present = [str(name) for name in frame.columns if name != geometry]
    usual = {s.field: s for s in _usual(layer, known.values())} if everyday else {}
    if fields is None and usual:
        chosen = [name for name in usual if name in present]
    elif fields is None:
        order = [name for name in known if name in present]
        chosen = order + [name for name in present if name not in known]
    else:
        # A column that is asked for twice is written once.
        chosen = list(dict.fromkeys(_named(fields, layer, present)))
    return [
        Column(name=n, kind=kind_of(frame[n]), field=known.get(n), shown=usual.get(n))
        for n in chosen
    ]


def _usual(layer: str, known: Iterable[schemas.Field]) -> tuple[schemas.Shown, ...]:
    """Return how a table for people shows a layer's columns: as ``shown.csv`` says, else all that its own schema knows."""
    said = schemas.shown(layer)
    if said or layer in schemas.shipped():
        return said
    decimals = {"float": 2}
    own = [
        schemas.Shown(field=f.name, unit="亩", factor=1 / MU_M2, decimals=1)
        if f.name in _AREAS
        else schemas.Shown(field=f.name, decimals=None if not f.unit else decimals.get(f.dtype))
        for f in known
    ]
    return tuple(own)


def _named(words: Iterable[str], layer: str, present: list[str]) -> list[str]:
    """Return the columns that words name: by name, label or alias in either language, as in a filter."""
    named: list[str] = []
    wrong: list[str] = []
    for word in words:
        try:
            name = word if word in present else filters.field_named(word, layer=layer)
        except FilterError:
            name = ""
        (named if name in present else wrong).append(name if name in present else word)
    if wrong:
        hint_en, hint_zh = did_you_mean(
            hit for name in wrong for hit in nearest(name, present, n=1)
        )
        raise ConfigError(
            f"There is no such column to export: {', '.join(map(repr, wrong))}.{hint_en}",
            f"没有可导出的字段 {'、'.join(map(repr, wrong))}。{hint_zh}",
        )
    return named


def kind_of(column: pd.Series[Any]) -> str:
    """Return which of the six kinds a column is."""
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return "bool"
    if pd.api.types.is_integer_dtype(dtype):
        return "int"
    if pd.api.types.is_float_dtype(dtype):
        return "float"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        whole = column.dropna()
        # Times that are all at midnight are dates.
        return "date" if (whole == whole.dt.normalize()).all() else "datetime"
    return "str"


def plain(column: pd.Series[Any], kind: str) -> list[Any]:
    """Return a column's values as plain Python ones; unknown and not finite is ``None``.

    Dates become ISO text; a list in a cell is joined with semicolons.
    """
    if kind in {"date", "datetime"}:
        form = "%Y-%m-%d" if kind == "date" else "%Y-%m-%dT%H:%M:%S"
        text = column.dt.strftime(form).astype(object)
        return list(text.where(column.notna(), None))
    if kind == "float":
        numbers = column.astype("Float64").to_numpy(dtype=float, na_value=float("nan")).tolist()
        # Neither NaN nor infinity is less than infinity.
        return [value if abs(value) < float("inf") else None for value in numbers]
    if isinstance(column.dtype, pd.StringDtype):
        texts: Any = column
        return list(texts.to_numpy(dtype=object, na_value=None))
    values = column.astype(object).where(column.notna(), None).tolist()
    if kind == "str":
        return [_text(value) for value in values]
    return [None if value is None else (bool if kind == "bool" else int)(value) for value in values]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        # A set has no order of its own: sorted, the file is the same every time.
        parts = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return ";".join(str(part) for part in parts)
    return str(value)


def header(column: Column, lang: str) -> str:
    """Return a header for a person: the label with its unit."""
    unit = column.unit(lang)
    if not unit:
        return column.label(lang)
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    return f"{column.label(lang)}{opening}{unit}{closing}"


def scaled(column: Column, values: list[Any]) -> list[Any]:
    """Return numbers in their everyday unit, rounded as the page rounds them (a half goes up)."""
    if column.shown is None or column.kind not in {"float", "int"}:
        return values
    factor, decimals = column.shown.factor, column.shown.decimals
    if decimals is None:
        return values if factor == 1 else [None if v is None else v * factor for v in values]
    places = 10**decimals
    return [None if v is None else math.floor(v * factor * places + 0.5) / places for v in values]


def worded(column: Column, values: list[Any], lang: str) -> list[Any]:
    """Return values for a person: coded ones and yes/no as words."""
    if column.kind == "bool":
        words: dict[Any, str] = {v == "true": t for v, t in schemas.labels("bool", lang).items()}
    else:
        words = dict(schemas.labels(column.name, lang)) if column.field else {}
        if column.kind == "int":
            words = {int(value): text for value, text in words.items()}
    return [words.get(value, value) for value in values] if words else values
