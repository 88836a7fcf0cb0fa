"""Walks over a tree: what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.filters._nodes import (
    Aggregate,
    And,
    Between,
    Compare,
    Distance,
    FieldRef,
    In,
    IsNull,
    Like,
    Not,
    Or,
    Overlap,
    Param,
    Truth,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.filters._nodes import Literal, Node, Operand

__all__ = ["leaves", "operands", "params"]


def leaves(node: Node) -> Iterator[Node]:
    """Yield every single test."""
    match node:
        case And(items) | Or(items):
            for item in items:
                yield from leaves(item)
        case Not(item):
            yield from leaves(item)
        case _:
            yield node


def operands(node: Node) -> Iterator[Operand]:
    """Yield both sides of every test that ask for data."""
    for leaf in leaves(node):
        match leaf:
            case Compare(left, _, right):
                yield left
                if isinstance(right, FieldRef | Overlap | Distance | Aggregate):
                    yield right
            case In(left) | Like(left) | Between(left) | IsNull(left) | Truth(left):
                yield left


def params(node: Node) -> Iterator[str]:
    """Yield the name of every ``$`` threshold."""
    for leaf in leaves(node):
        values: tuple[Literal | Operand, ...] = ()
        match leaf:
            case Compare(_, _, right):
                values = (right,)
            case In(_, members):
                values = members
            case Between(_, low, high):
                values = (low, high)
        for value in values:
            if isinstance(value, Param):
                yield value.name
