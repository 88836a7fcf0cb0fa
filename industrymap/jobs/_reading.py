"""One way for the commands on single files to read them: as a build would, with what a workspace says of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import LayerError
from industrymap.workspace import LayerSource, TableSource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from industrymap.layers import Layer
    from industrymap.tables import Table
    from industrymap.terms import Extent

__all__ = [
    "Asked",
    "Declared",
    "firms_of",
    "is_table",
    "own_headings",
    "read_as_declared",
    "unique",
]

_TABLES = frozenset(f".{extension}" for extension in files.TABLES if extension not in files.LAYERS)
"""Extensions of files that are tables whatever they hold; Parquet may be either."""

Declared = TableSource | LayerSource
"""What a workspace says of a file it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a person, and a workspace that names the file, want it read.

    Attributes
    ----------
    layer : str
        Schema to read it with; ``auto`` for the one that knows most columns.
    sheet, datum : optional
        What the person says; it goes before what the workspace declares.
    declared : TableSource or LayerSource, optional
        What the workspace says.
    extent : tuple of float, optional
        Where coordinates are expected.
    columns : dict of str to str
        Heading → field, in addition to those declared.
    """

    layer: str = "auto"
    sheet: str | Sequence[str] | None = None
    datum: str | None = None
    declared: Declared | None = None
    extent: Extent | None = None
    columns: dict[str, str] = field(default_factory=dict)


def firms_of(path: Path, asked: Asked) -> list[Table]:
    """Read a file of firms, with the sheet, columns and units that the workspace declares for it."""
    from industrymap import enterprises

    said = asked.declared if isinstance(asked.declared, TableSource) else None
    return enterprises.read_firms(
        path,
        # What is asked for now wins over what the workspace declares.
        sheet=asked.sheet or (said.sheet if said else None),
        # a person who names another sheet means its first table
        table=said.table if said and not asked.sheet else None,
        datum=asked.datum or (said.datum if said else None),
        columns=(said.columns if said else {}) | asked.columns,
        units=said.units if said else None,
        extent=asked.extent,
    )


def read_as_declared(path: Path, asked: Asked) -> list[Table] | list[Layer]:
    """Read a file of any kind as what the workspace declares it to be, else with the schema asked for."""
    from industrymap import layers, tables

    declared, sheet, layer = asked.declared, asked.sheet, asked.layer
    if isinstance(declared, TableSource):
        return firms_of(path, asked)
    # Read with the record, units and schema it declares; another sheet or datum asks for something
    # else.
    if isinstance(declared, LayerSource) and sheet is None and asked.datum is None:
        return [declared.read(extent=asked.extent)]
    if is_table(path):
        if layer == "enterprises" or path.is_dir():
            return firms_of(path, asked)
        return tables.read_all(path, sheet=sheet, layer=layer)
    if path.is_file() and path.suffix.lower().lstrip(".") not in files.LAYERS:
        # Neither a table nor a layer: the refusal names both kinds.
        files.check(path, allow=(*files.TABLES, *files.LAYERS))
    name = sheet if sheet is None or isinstance(sheet, str) else next(iter(sheet))
    wanted = None if name == "*" else name
    try:
        content = layers.read(
            path, layer=layer, table=wanted, datum=asked.datum, extent=asked.extent
        )
    except LayerError:
        if path.suffix.lower() != ".parquet":
            raise
    else:
        # A build takes a layer of firms as a table; so must its check.
        return firms_of(path, asked) if content.layer == "enterprises" else [content]
    # Parquet without a geometry is a table.
    return [tables.read(path, layer=layer)]


def is_table(path: Path) -> bool:
    """Say whether a file is a table by its extension, or a folder holds tables."""
    if path.is_dir() and path.suffix.lower() != ".gdb":
        return any(one.suffix.lower() in _TABLES for one in path.iterdir())
    return path.suffix.lower() in _TABLES


def own_headings(table: Table, frame: pd.DataFrame) -> dict[str, str]:
    """Return the columns that are in the file, each with its heading there, made unique; what reading added is not among them."""
    kept: dict[str, str] = {}
    seen: set[str] = set()
    for column in map(str, frame.columns):
        heading = table.headings.get(column, column)
        # Coordinates split out of a column, and the datum that its heading names, bear the heading of that column.
        if heading in seen and column in {"lon", "lat", "datum"}:
            continue
        seen.add(heading)
        kept[column] = heading
    return dict(zip(kept, unique(list(kept.values())), strict=True))


def unique(names: list[str]) -> list[str]:
    """Return names with a number behind each that was there before."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct
