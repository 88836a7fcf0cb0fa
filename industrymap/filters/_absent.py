"""Values that a filter asks for and no row has: 0 rows would look like an answer where a name is misspelt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import schemas
from industrymap.errors import did_you_mean, nearest
from industrymap.filters._nodes import Aggregate, Compare, FieldRef, In, Text
from industrymap.filters._relations import schema_of
from industrymap.filters._walk import leaves, operands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from industrymap.filters._nodes import Node

__all__ = ["Absent", "absent"]

_NAMED = 8
"""How many values are listed where a field has no more than these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A value that occurs nowhere in its field.

    Attributes
    ----------
    field, value : str
    known : tuple of str
        What the field holds that looks like it; all it holds, where that is little.
    zh, en : str
        What is said of it.
    """

    field: str
    value: str
    known: tuple[str, ...]
    zh: str
    en: str


def absent(
    node: Node, frame: pd.DataFrame, *, layer: str, relations: Mapping[str, Any]
) -> Iterator[Absent]:
    """Yield every text that a test for equality asks for and that no row of its layer has."""
    for operand in operands(node):
        if isinstance(operand, Aggregate) and operand.where and operand.relation in relations:
            related = relations[operand.relation]
            yield from absent(
                operand.where, related, layer=schema_of(operand.relation), relations={}
            )
    for leaf in leaves(node):
        match leaf:
            case Compare(FieldRef(name), "=" | "!=", Text() as value):
                yield from _of_field(name, (value,), frame, layer)
            case In(FieldRef(name), members):
                texts = tuple(m for m in members if isinstance(m, Text))
                yield from _of_field(name, texts, frame, layer)


def _of_field(
    name: str, texts: tuple[Text, ...], frame: pd.DataFrame, layer: str
) -> Iterator[Absent]:
    # Days are written as texts in a filter; a day on which nothing was is no misspelt name.
    if name not in frame.columns or not pd.api.types.is_string_dtype(frame[name].dtype):
        return
    # A value that belongs to the field may well be missing today.
    if schemas.values(name):
        return
    held = frame[name].dropna().unique().tolist()
    for text in texts:
        if text.value not in held:
            yield _said(name, text.value, held, layer)


def _said(name: str, value: str, held: list[str], layer: str) -> Absent:
    known = sorted(held) if len(held) <= _NAMED else nearest(value, held)
    label = (schemas.label(layer, name), schemas.label(layer, name, "en"))
    en, zh = f" It has {', '.join(known)}.", f"可用：{'、'.join(known)}"
    if len(held) > _NAMED:
        en, zh = did_you_mean(known, plain=True)
    return Absent(
        field=name,
        value=value,
        known=tuple(known),
        zh=f"{label[0]}没有取值“{value}”。{zh if known else ''}",
        en=f"No {label[1]} is {value!r}.{en if known else ''}",
    )
