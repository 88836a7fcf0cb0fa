"""What a workspace brings: schemas and layers of its own, in force while it is worked with.

Rooms look a schema up by its name alone, deep below whoever knows the workspace. What is in force therefore follows the call: that of the
workspace whose pipeline runs, else that of the workspace loaded last.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from industrymap.schemas import Field, Value
    from industrymap.schemas._indicator_record import Indicator
    from industrymap.schemas._layer_record import LayerRecord

__all__ = [
    "Own",
    "begin",
    "in_force",
    "own",
    "with_figure",
    "with_layer",
    "with_schema",
    "with_values",
]


# compared by identity: two workspaces may bring different fields under one name
@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """Schemas, layers, coded values (by field) and figures (by id) of one workspace."""

    schemas: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    layers: Mapping[str, LayerRecord] = field(default_factory=dict)
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    figures: Mapping[str, Indicator] = field(default_factory=dict)


_of_call: ContextVar[Own | None] = ContextVar("own", default=None)
# not a context variable: a thread that starts after a workspace was loaded must know its schemas too
_last = [Own()]


def own() -> Own:
    """Return what is in force."""
    return _of_call.get() or _last[0]


def begin() -> None:
    """Forget what the workspace loaded before has brought."""
    _put(Own())


def with_schema(name: str, fields: tuple[Field, ...]) -> None:
    """Add a schema to what is in force."""
    _put(replace(own(), schemas={**own().schemas, name: fields}))


def with_layer(record: LayerRecord) -> None:
    """Add a layer to what is in force."""
    _put(replace(own(), layers={**own().layers, record.name: record}))


def with_values(field_name: str, values: tuple[Value, ...]) -> None:
    """Add the coded values of a field to what is in force."""
    _put(replace(own(), values={**own().values, field_name: values}))


def with_figure(figure: Indicator, columns: Mapping[str, tuple[Field, ...]]) -> None:
    """Add a figure to what is in force, and the schemas that now have a column for it."""
    known = own()
    _put(
        replace(
            known,
            figures={**known.figures, figure.id: figure},
            schemas={**known.schemas, **columns},
        )
    )


def _put(brought: Own) -> None:
    # Inside a pipeline the change is that call's alone; outside, of whatever comes next.
    if _of_call.get() is not None:
        _of_call.set(brought)
    else:
        _last[0] = brought


@contextmanager
def in_force(brought: Own) -> Iterator[None]:
    """Let rooms look up what one workspace brings, and afterwards what was in force before."""
    token = _of_call.set(brought)
    try:
        yield
    finally:
        _of_call.reset(token)
