"""Names, coded values and units: from what a person writes to what the columns hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.errors import FilterError, did_you_mean, nearest
from industrymap.filters._evaluate import like
from industrymap.filters._labels import key as key_of
from industrymap.filters._labels import meanings
from industrymap.filters._nodes import (
    Aggregate,
    And,
    Between,
    Boolean,
    Compare,
    Distance,
    FieldRef,
    In,
    IsNull,
    Like,
    Not,
    Number,
    Or,
    Overlap,
    Param,
    Text,
    Truth,
    Unknown,
    Word,
)
from industrymap.filters._relations import schema_of
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.filters._nodes import Literal, Node, Operand

__all__ = ["FACTORS", "TRUTHS", "Names", "ParamValue", "bind"]

ParamValue = Number | float | str | bool | None
"""What may replace a ``$name``; ``None`` where nobody has stated it."""

FACTORS = {
    "m²": {"m2": 1.0, "mu": MU_M2, "ha": 1e4, "km2": 1e6},
    "万元": {"cny": 1e-4, "10k_cny": 1.0, "100m_cny": 1e4},
    # Of a ratio a person writes only the money: 亩产 >= 500 万元.
    "万元/亩": {"cny": 1e-4, "10k_cny": 1.0, "100m_cny": 1e4},
    "元/m²": {"cny": 1.0, "10k_cny": 1e4},
    "元/m²·月": {"cny": 1.0},
    "米": {"m": 1.0, "km": 1000.0},
    # Shares are kept as 0 to 1.
    "": {"%": 0.01},
}
TRUTHS = {
    "是": True,
    "yes": True,
    "真": True,
    "有": True,
    "否": False,
    "no": False,
    "假": False,
    "无": False,
}
_NUMBERS = ("float", "int")


@dataclass(frozen=True, slots=True)
class Names:
    """The fields of one layer under every name a person may use.

    Attributes
    ----------
    layer : str
        A layer with a schema, or any other word.
    columns : mapping of str to str
        Columns the frame has beyond the schema: name → ``str float int bool date``.
    """

    layer: str
    columns: Mapping[str, str]
    _ranks: list[dict[str, list[str]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = schemas.fields(self.layer) if self.layer in schemas.names() else ()
        # Five ranks, tried in order: names, labels, what the page shows under a word, aliases,
        # labels without brackets.
        ranks: list[dict[str, list[str]]] = [defaultdict(list) for _ in range(5)]
        # Columns of the frame after the schema's: a column nobody knows is still called by its own
        # name.
        for name in [f.name for f in known] + list(self.columns):
            _add(ranks[0], name, name)
        for f in known:
            _add(ranks[1], f.zh, f.name)
            _add(ranks[1], f.en, f.name)
            for alias in f.aliases:
                _add(ranks[3], alias, f.name)
            _add(ranks[4], f.zh.split("（")[0], f.name)
        for word, name in meanings(self.layer).items():
            _add(ranks[2], word, name)
        # The class is frozen: what it works out for itself is set this way.
        object.__setattr__(self, "_ranks", ranks)

    def resolve(self, word: str) -> str:
        """Return the column that ``word`` names: by name, label, what is shown under it, alias, label without brackets."""
        key = key_of(word)
        for rank in self._ranks:
            matches = rank.get(key, [])
            if len(matches) == 1:
                return matches[0]
            # Several fields of one rank: a guess would answer another question.
            if matches:
                raise FilterError(
                    f"{word!r} could be {' or '.join(matches)}; write one of them.",
                    f"“{word}”可能是 {'、'.join(matches)}，请写明其一。",
                )
        raise self._no_field(word)

    def kind(self, name: str) -> str:
        """Return ``str float int bool date`` of a column."""
        if self.layer in schemas.names():
            for f in schemas.fields(self.layer):
                if f.name == name:
                    return f.dtype
        return self.columns[name]

    def unit(self, name: str) -> str:
        """Return the unit of a column, empty where it has none."""
        if self.layer in schemas.names():
            for f in schemas.fields(self.layer):
                if f.name == name:
                    return f.unit
        return ""

    def _no_field(self, word: str) -> FilterError:
        everything = {k for rank in self._ranks for k in rank}
        near = dict.fromkeys(self._first(k) for k in nearest(key_of(word), everything))
        shown = (f"{n} ({schemas.label(self.layer, n)})" for n in near)
        hint_en, hint_zh = did_you_mean(shown, plain=True)
        return FilterError(
            f"The layer {self.layer} has no field {word!r}.{hint_en}",
            f"图层 {self.layer} 没有字段“{word}”。{hint_zh}",
        )

    def _first(self, key: str) -> str:
        return next(rank[key][0] for rank in self._ranks if key in rank)


def bind(node: Node, names: Names, params: Mapping[str, ParamValue]) -> Node:
    """Return the tree with canonical column names, stored values and schema units."""
    return _Binder(names, params).node(node)


@dataclass(frozen=True, slots=True)
class _Binder:
    names: Names
    params: Mapping[str, ParamValue]

    def node(self, node: Node) -> Node:  # noqa: PLR0911 - one return for each kind of node
        match node:
            case And(items):
                return And(tuple(self.node(i) for i in items))
            case Or(items):
                return Or(tuple(self.node(i) for i in items))
            case Not(item):
                return Not(self.node(item))
            case IsNull(left):
                return IsNull(self.operand(left))
            case Truth(left):
                return self.truth(left)
            case Compare():
                return self.compare(node)
            case In(left, values):
                operand = self.operand(left)
                return In(operand, tuple(self.literal(operand, v) for v in values))
            case Between(left, low, high):
                operand = self.operand(left)
                self.check_order(operand)
                return Between(operand, self.literal(operand, low), self.literal(operand, high))
            case Like():
                return self.like(node)

    def truth(self, left: Operand) -> Truth:
        operand = self.operand(left)
        if self.kind(operand) != "bool":
            word = self.shown(operand)
            raise FilterError(
                f"{word} is no yes-or-no field: it needs a comparison, such as {word} > 0.",
                f"{word} 不是“是/否”字段，需要比较，例如 {word} > 0。",
            )
        return Truth(operand)

    def compare(self, node: Compare) -> Compare:
        left = self.operand(node.left)
        if node.op not in ("=", "!="):
            self.check_order(left)
        return Compare(left, node.op, self.other_side(left, node.right))

    def other_side(self, left: Operand, right: Literal | Operand) -> Literal | Operand:
        if isinstance(right, FieldRef | Overlap | Distance | Aggregate):
            operand = self.operand(right)
            self.check_same_kind(left, operand)
            return operand
        numeric = self.kind(left) in _NUMBERS
        # A bare word beside a number can only be another field; beside a coded field it is one of
        # its values.
        if isinstance(right, Word) and numeric and not self.coded(left):
            operand = FieldRef(self.names.resolve(right.value))
            self.check_same_kind(left, operand)
            return operand
        return self.literal(left, right)

    def like(self, node: Like) -> Node:
        left = self.operand(node.left)
        if self.kind(left) != "str":
            word = self.shown(left)
            raise FilterError(
                f"{word} is no text: like and contains read texts.",
                f"{word} 不是文本，like 和“包含”只用于文本。",
            )
        coded = schemas.values(left.name) if isinstance(left, FieldRef) else ()
        if not coded:
            return Like(left, node.pattern)
        # a pattern over a coded column looks at the labels people see
        return In(
            left,
            tuple(
                Text(v.value)
                for v in coded
                if any(like(node.pattern, text) for text in (v.value, v.zh, v.en))
            ),
        )

    def operand(self, left: Operand) -> Operand:
        match left:
            case FieldRef(name):
                return FieldRef(self.names.resolve(name))
            case Aggregate(relation, column, where):
                return self.aggregate(relation, column, where)
            case _:
                return left

    def aggregate(self, relation: str, column: str | None, where: Node | None) -> Aggregate:
        inner = Names(schema_of(relation), {})
        resolved = None if column is None else inner.resolve(column)
        # Counting a yes-or-no field counts its yes; adding texts would mean nothing.
        if resolved is not None and inner.kind(resolved) not in (*_NUMBERS, "bool"):
            raise FilterError(
                f"{relation}.{resolved} is neither a number nor yes-or-no: it cannot be counted or added up.",
                f"{relation}.{resolved} 既不是数值也不是“是/否”，不能计数或合计。",
            )
        bound = None if where is None else bind(where, inner, self.params)
        return Aggregate(relation, resolved, bound)

    def literal(self, left: Operand, value: Literal) -> Literal:
        if isinstance(value, Param):
            value = self.param(value)
        # A threshold that nobody has stated fits any field.
        if isinstance(value, Unknown):
            return value
        if coded := self.coded(left):
            return self.code(left, coded, value)
        match self.kind(left):
            case "float" | "int":
                return self.number(left, value)
            case "bool":
                return self.boolean(left, value)
            case "date":
                return self.day(left, value)
            case _:
                return Text(_written(value))

    def param(self, value: Param) -> Literal:
        if value.name not in self.params:
            near = (f"${name}" for name in nearest(value.name, self.params, n=1))
            en, zh = did_you_mean(near, plain=True)
            raise FilterError(
                f"No threshold ${value.name} is given.{en}", f"没有给出阈值 ${value.name}。{zh}"
            )
        given = self.params[value.name]
        if given is None:
            return Unknown(value.name)
        if isinstance(given, Number):
            return given
        # Before numbers: to Python, True is 1.
        if isinstance(given, bool):
            return Boolean(given)
        if isinstance(given, str):
            return Text(given)
        return Number(float(given), "", f"{given:g}")

    def code(self, left: Operand, coded: tuple[schemas.Value, ...], value: Literal) -> Literal:
        word = _written(value)
        # Value, Chinese and English label: a rule file is written with codes, a person writes what
        # she sees.
        key = key_of(word)
        for v in coded:
            if key in (key_of(v.value), key_of(v.zh), key_of(v.en)):
                numeric = self.kind(left) in _NUMBERS
                return Number(float(v.value), "", v.value) if numeric else Text(v.value)
        known = ", ".join(f"{v.value} ({v.zh})" for v in coded)
        raise FilterError(
            f"{self.shown(left)} has no value {word!r}; its values are {known}.",
            f"{self.shown(left)} 没有取值“{word}”，可用：{known}。",
        )

    def number(self, left: Operand, value: Literal) -> Number:
        if not isinstance(value, Number):
            raise self.wrong(left, value, "a number", "数值")
        if not value.unit:
            return value
        unit = self.unit(left)
        factor = FACTORS.get(unit, {}).get(value.unit)
        if factor is None:
            raise FilterError(
                f"{self.shown(left)} is in {unit or 'no unit'}; the unit after {value.text} does not fit.",
                f"{self.shown(left)} 的单位是“{unit or '无'}”，{value.text} 后的单位不适用。",
            )
        # With its own digits: those that were written belong to the other unit.
        converted = value.value * factor
        return Number(converted, "", repr(converted))

    def boolean(self, left: Operand, value: Literal) -> Boolean:
        if isinstance(value, Boolean):
            return value
        # Tables write yes and no as 1 and 0.
        if isinstance(value, Number) and value.value in (0.0, 1.0):
            return Boolean(value.value == 1.0)
        truth = TRUTHS.get(_written(value).lower())
        if truth is None:
            raise self.wrong(left, value, "yes or no", "“是”或“否”")
        return Boolean(truth)

    def day(self, left: Operand, value: Literal) -> Text:
        parts = _written(value).split("-")
        try:
            # People leave zeros out (2024-6-3); days are compared with them.
            return Text(date(*(int(p) for p in parts)).isoformat())
        except (TypeError, ValueError, OverflowError):
            raise self.wrong(
                left, value, "a date such as 2024-06-30", "日期，如 2024-06-30"
            ) from None

    def coded(self, left: Operand) -> tuple[schemas.Value, ...]:
        if isinstance(left, FieldRef) and self.names.layer in schemas.names():
            return schemas.values(left.name)
        return ()

    def kind(self, left: Operand) -> str:
        match left:
            case FieldRef(name):
                return self.names.kind(name)
            case _:
                # Overlaps, distances and aggregates are all numbers.
                return "float"

    def unit(self, left: Operand) -> str:
        match left:
            case FieldRef(name):
                return self.names.unit(name)
            case Distance():
                return "米"
            case Aggregate(relation, str(column), _):
                return Names(schema_of(relation), {}).unit(column)
            case _:
                return ""

    def shown(self, left: Operand) -> str:
        match left:
            case FieldRef(name):
                return name
            case Overlap(layer):
                return f"overlap({layer})"
            case Distance(layer):
                return f"distance({layer})"
            case Aggregate(relation, column, _):
                return f"{relation}.{column or 'count'}"

    def check_order(self, left: Operand) -> None:
        # Texts could be sorted, but by code point, which is no order that people know.
        if self.kind(left) in ("str", "bool"):
            raise FilterError(
                f"{self.shown(left)} has no order: use =, !=, in, like or is null.",
                f"{self.shown(left)} 没有大小顺序，请用 =、!=、属于、包含或为空。",
            )

    def check_same_kind(self, left: Operand, right: Operand) -> None:
        a, b = self.kind(left), self.kind(right)
        if a != b and not {a, b} <= set(_NUMBERS):
            raise FilterError(
                f"{self.shown(left)} and {self.shown(right)} hold different kinds of values.",
                f"{self.shown(left)} 与 {self.shown(right)} 的类型不同，不能比较。",
            )

    def wrong(self, left: Operand, value: Literal, en: str, zh: str) -> FilterError:
        word = _written(value)
        return FilterError(
            f"{self.shown(left)} holds {en}, not {word!r}.",
            f"{self.shown(left)} 应为{zh}，而不是“{word}”。",
        )


def _written(value: Literal) -> str:
    match value:
        case Number(number, _, text):
            return text or f"{number:g}"
        case Boolean(truth):
            return "true" if truth else "false"
        case Text(text) | Word(text):
            return text
        case Param(name) | Unknown(name):
            return f"${name}"


def _add(rank: dict[str, list[str]], word: str, name: str) -> None:
    if word and name not in rank[key_of(word)]:
        rank[key_of(word)].append(name)
