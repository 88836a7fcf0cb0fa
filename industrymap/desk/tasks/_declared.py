"""What a person says of a file, and how the configuration says it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from industrymap.desk.tasks import _config
from industrymap.schemas import BLOCKS, ENTERPRISES, PARKS
from industrymap.terms import TABLE_KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from tomlkit import TOMLDocument

    from industrymap.jobs import Checked
    from industrymap.workspace import LayerSource, TableSource

__all__ = ["EDGES", "Choice", "guess", "read", "source", "write"]

EDGES = ("districts", "towns")
_LAYERS = (PARKS, BLOCKS)
WHAT = (*(kind for kind in TABLE_KINDS if kind != "list"), *_LAYERS, "zones", *EDGES)
"""What a file can be taken in as: a kind of enterprise table, a layer, or boundaries."""

_MOST_DISTRICTS = 40
"""More areas than any city has districts: they are towns."""
_NOT_IN_NAMES = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person chose for a file; empty where nothing.

    Attributes
    ----------
    what : str
        One of :data:`WHAT`.
    sheet, datum : str, optional
    columns, units : dict of str to str
        Heading → field, heading → unit.
    """

    what: str = ""
    sheet: str | None = None
    datum: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def read(said: Any) -> Choice:
    """Read what the browser says; what it cannot mean is not chosen."""
    said = said if isinstance(said, dict) else {}
    what = said.get("what")
    mended = said.get("columns")
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    for heading, one in mended.items() if isinstance(mended, dict) else ():
        if isinstance(one, dict) and isinstance(one.get("field"), str) and one["field"]:
            columns[str(heading)] = one["field"]
            if isinstance(one.get("unit"), str) and one["unit"]:
                units[str(heading)] = one["unit"]
    return Choice(
        what=what if what in WHAT else "",
        sheet=_text(said.get("sheet")),
        datum=_text(said.get("datum")),
        columns=columns,
        units=units,
    )


def _text(value: Any) -> str | None:
    return value.strip()[:200] or None if isinstance(value, str) else None


def guess(checked: Checked) -> str:
    """Say what a file looks like, from how it was read."""
    layer = checked.read.layer or ENTERPRISES
    if layer == ENTERPRISES:
        known = {c.partition("@")[0] for c in checked.read.frame.columns}
        return "statistics" if "revenue_10k_cny" in known else "registry"
    if layer == "divisions":
        return "districts" if len(checked.read.frame) <= _MOST_DISTRICTS else "towns"
    return layer if layer in _LAYERS else "zones"


def source(path: Path, choice: Choice) -> TableSource | LayerSource | None:
    """Return a file as the workspace would declare it; ``None`` where nobody said what it is."""
    from industrymap.workspace import LayerSource, TableSource

    if not choice.what:
        return None
    if choice.what in TABLE_KINDS:
        return TableSource(
            file=path,
            kind=choice.what,
            sheet=choice.sheet,
            datum=choice.datum,
            columns=choice.columns,
            units=choice.units,
        )
    schema = "divisions" if choice.what in EDGES else choice.what
    return LayerSource(
        name=choice.what,
        file=path,
        schema=schema,
        datum=choice.datum,
        table=choice.sheet,
        columns=choice.columns,
        units=choice.units,
    )


def write(document: TOMLDocument, file: str, choice: Choice) -> None:
    """Name a file in the configuration."""
    said: dict[str, Any] = {"file": file}
    is_table = choice.what in TABLE_KINDS
    if is_table:
        said["kind"] = choice.what
    if choice.sheet:
        said["sheet" if is_table else "table"] = choice.sheet
    if choice.datum:
        said["datum"] = choice.datum
    if choice.columns:
        said["columns"] = {
            heading: {"field": name, "unit": choice.units[heading]}
            if heading in choice.units
            else name
            for heading, name in choice.columns.items()
        }
    if is_table:
        _config.add_table(document, said)
    elif choice.what in EDGES:
        _config.add_boundary(document, choice.what, said)
    elif choice.what in _LAYERS:
        _config.add_layer(document, choice.what, said)
    else:
        # One of no known kind is named after its file, as a person would.
        stem = file.rpartition("/")[2].rpartition(".")[0]
        _config.add_layer(document, _NOT_IN_NAMES.sub("_", stem) or "layer", said | {"schema": "zones"})  # fmt: skip
