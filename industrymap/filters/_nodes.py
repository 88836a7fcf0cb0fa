"""The parts of a filter: frozen, comparable, without behaviour."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Aggregate",
    "And",
    "Between",
    "Boolean",
    "Compare",
    "Distance",
    "FieldRef",
    "In",
    "IsNull",
    "Like",
    "Literal",
    "Node",
    "Not",
    "Number",
    "Operand",
    "Or",
    "Overlap",
    "Param",
    "Text",
    "Truth",
    "Unknown",
    "Word",
]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, with the unit and the digits as they were written."""

    value: float
    unit: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text, or a coded value after binding."""

    value: str


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word without quotes: a value, a label of one, or (for numbers) another field."""

    value: str


@dataclass(frozen=True, slots=True)
class Param:
    """``$name``: a threshold that a standard file gives."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value nobody has stated: every test against it is unknown."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A column."""

    name: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Share of the polygon's area inside another layer, 0 to 1."""

    layer: str


@dataclass(frozen=True, slots=True)
class Distance:
    """Distance in metres to the nearest feature of another layer."""

    layer: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A count or a sum over the related rows of another layer.

    ``field`` is ``None`` for a plain count; a boolean field counts its true rows; a number is summed.
    """

    relation: str
    field: str | None = None
    where: Node | None = None


Literal = Number | Text | Boolean | Word | Param | Unknown
Operand = FieldRef | Overlap | Distance | Aggregate


@dataclass(frozen=True, slots=True)
class Compare:
    """``left op right``, ``op`` one of ``= != < <= > >=``."""

    left: Operand
    op: str
    right: Literal | Operand


@dataclass(frozen=True, slots=True)
class In:
    """``left in (a, b, …)``."""

    left: Operand
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Like:
    r"""``left like pattern``: ``%`` any text, ``_`` one character, ``\`` takes the next one as it is."""

    left: Operand
    pattern: str


@dataclass(frozen=True, slots=True)
class Between:
    """``low <= left <= high``."""

    left: Operand
    low: Literal
    high: Literal


@dataclass(frozen=True, slots=True)
class IsNull:
    """``left is null``: never unknown itself."""

    left: Operand


@dataclass(frozen=True, slots=True)
class Truth:
    """A yes-or-no column on its own."""

    left: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    item: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    items: tuple[Node, ...]


Node = Compare | In | Like | Between | IsNull | Truth | Not | And | Or
