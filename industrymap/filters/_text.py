"""A tree back to text that reads as the same tree, and to JSON for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.errors import FilterError
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
from industrymap.filters._tokens import is_plain_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.filters._nodes import Literal, Node, Operand

__all__ = ["UNIT_WORDS", "from_json", "to_json", "write"]

UNIT_WORDS = {
    "mu": "亩",
    "ha": "公顷",
    "km2": "平方公里",
    "m2": "平方米",
    "100m_cny": "亿元",
    "10k_cny": "万元",
    "cny": "元",
    "km": "公里",
    "m": "米",
    "%": "%",
}


def write(node: Node) -> str:  # noqa: PLR0911 - one return for each kind of node
    """Return text that parses to ``node`` again."""
    match node:
        case And(items):
            # An and within an and keeps its brackets too: the same tree must be read back.
            return " and ".join(_bracketed(i, Or, And) for i in items)
        case Or(items):
            return " or ".join(_bracketed(i, Or) for i in items)
        case Not(item):
            return f"not {_bracketed(item, Or, And)}"
        case Truth(left):
            return _operand(left)
        case IsNull(left):
            return f"{_operand(left)} is null"
        case Compare(left, op, right):
            return f"{_operand(left)} {op} {_right(right)}"
        case In(left, values):
            return f"{_operand(left)} in ({', '.join(map(_literal, values))})"
        case Between(left, low, high):
            return f"{_operand(left)} between {_literal(low)} and {_literal(high)}"
        case Like(left, pattern):
            return f"{_operand(left)} like {_quoted(pattern)}"


def to_json(node: Node) -> dict[str, Any]:  # noqa: PLR0911 - one return for each kind of node
    """Return plain lists, dicts, numbers and texts (the form is described in docs/filters.md)."""
    match node:
        case And(items):
            return {"op": "and", "args": [to_json(i) for i in items]}
        case Or(items):
            return {"op": "or", "args": [to_json(i) for i in items]}
        case Not(item):
            return {"op": "not", "arg": to_json(item)}
        case Truth(left):
            return {"op": "true", "left": _operand_json(left)}
        case IsNull(left):
            return {"op": "null", "left": _operand_json(left)}
        case Compare(left, op, right):
            return {"op": op, "left": _operand_json(left), "right": _value_json(right)}
        case In(left, values):
            args = [_value_json(v) for v in values]
            return {"op": "in", "left": _operand_json(left), "args": args}
        case Between(left, low, high):
            return {
                "op": "between",
                "left": _operand_json(left),
                "args": [_value_json(low), _value_json(high)],
            }
        case Like(left, pattern):
            return {"op": "like", "left": _operand_json(left), "pattern": pattern}


def from_json(data: Mapping[str, Any]) -> Node:
    """Read what :func:`to_json` wrote.

    Raises
    ------
    FilterError
        Where the data is no filter.
    """
    try:
        return _node_from(data)
    # The data comes from outside: anything may be missing or of another kind.
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FilterError(
            f"The filter's JSON cannot be read: {error!r}.",
            f"筛选条件的 JSON 无法读懂：{error!r}。",
        ) from None


def _bracketed(node: Node, *kinds: type) -> str:
    text = write(node)
    return f"({text})" if isinstance(node, kinds) else text


def _operand(left: Operand) -> str:
    match left:
        case FieldRef(name):
            return _name(name)
        case Overlap(layer):
            return f"overlap({layer})"
        case Distance(layer):
            return f"distance({layer})"
        case Aggregate(relation, None, None):
            return f"{relation}.count"
        # A field called count would be read back as the number of rows.
        case Aggregate(relation, str(name), None) if name.lower() != "count":
            return f"{relation}.{_name(name)}"
        case Aggregate(relation, name, where):
            inner = relation if name is None else f"{relation}.{_name(name)}"
            condition = "" if where is None else f" where {write(where)}"
            return f"{'count' if name is None else 'sum'}({inner}{condition})"


def _name(name: str) -> str:
    return name if is_plain_word(name) else f"`{name.replace('`', '``')}`"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _right(right: Literal | Operand) -> str:
    if isinstance(right, FieldRef):
        # Always in backquotes: a bare word on this side would be read back as a value.
        return f"`{right.name.replace('`', '``')}`"
    if isinstance(right, Overlap | Distance | Aggregate):
        return _operand(right)
    return _literal(right)


def _literal(value: Literal) -> str:
    match value:
        # The digits as they were written: 0.10 must not come back as 0.1.
        case Number(number, unit, text):
            return f"{text or repr(number)}{UNIT_WORDS.get(unit, '')}"
        case Boolean(truth):
            return "true" if truth else "false"
        case Text(text):
            return _quoted(text)
        # Without quotes, or it would be read back as a text and not as a field or a value.
        case Word(text):
            return text
        # An unknown threshold keeps its name, so that the sentence says which one is missing.
        case Param(name) | Unknown(name):
            return f"${name}"


def _operand_json(left: Operand) -> dict[str, Any]:
    match left:
        case FieldRef(name):
            return {"field": name}
        case Overlap(layer):
            return {"overlap": layer}
        case Distance(layer):
            return {"distance": layer}
        case Aggregate(relation, name, where):
            inner = {} if where is None else {"where": to_json(where)}
            return {"relation": relation, "of": name, **inner}


def _value_json(value: Literal | Operand) -> dict[str, Any]:  # noqa: PLR0911 - one return for each kind
    match value:
        case Number(number, unit, _):
            return {"number": number, "unit": unit} if unit else {"number": number}
        case Boolean(truth):
            return {"boolean": truth}
        case Text(text):
            return {"text": text}
        case Word(text):
            return {"word": text}
        case Param(name):
            return {"param": name}
        case Unknown(name):
            return {"unknown": name}
        case _:
            return _operand_json(value)


def _node_from(data: Mapping[str, Any]) -> Node:  # noqa: PLR0911 - one return for each kind of node
    op = data["op"]
    match op:
        case "and":
            return And(tuple(_node_from(i) for i in data["args"]))
        case "or":
            return Or(tuple(_node_from(i) for i in data["args"]))
        case "not":
            return Not(_node_from(data["arg"]))
        case "true":
            return Truth(_operand_from(data["left"]))
        case "null":
            return IsNull(_operand_from(data["left"]))
        case "in":
            left = _operand_from(data["left"])
            return In(left, tuple(_literal_from(v) for v in data["args"]))
        case "between":
            low, high = data["args"]
            return Between(_operand_from(data["left"]), _literal_from(low), _literal_from(high))
        case "like":
            return Like(_operand_from(data["left"]), str(data["pattern"]))
        case "=" | "!=" | "<" | "<=" | ">" | ">=":
            return Compare(_operand_from(data["left"]), op, _right_from(data["right"]))
        case _:
            # Not a sentence of its own: `from_json` turns it into one for the whole tree.
            raise ValueError(op)


def _operand_from(data: dict[str, Any]) -> Operand:
    if "field" in data:
        return FieldRef(str(data["field"]))
    if "overlap" in data:
        return Overlap(str(data["overlap"]))
    if "distance" in data:
        return Distance(str(data["distance"]))
    where = _node_from(data["where"]) if "where" in data else None
    return Aggregate(str(data["relation"]), data["of"], where)


def _right_from(data: dict[str, Any]) -> Literal | Operand:
    if {"field", "overlap", "distance", "relation"} & set(data):
        return _operand_from(data)
    return _literal_from(data)


def _literal_from(data: dict[str, Any]) -> Literal:
    # One member only; a second one would have to contradict the first.
    (kind, value) = next(iter(data.items()))
    match kind:
        case "number":
            number = float(value)
            return Number(number, str(data.get("unit", "")), repr(number))
        case "boolean":
            return Boolean(bool(value))
        case "text":
            return Text(str(value))
        case "word":
            return Word(str(value))
        case "param":
            return Param(str(value))
        case "unknown":
            return Unknown(str(value))
        case _:
            raise ValueError(kind)
