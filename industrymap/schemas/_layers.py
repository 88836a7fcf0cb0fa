"""The records of layers: what each is, what it is measured against, and how the page shows it.

The shipped ones are in ``layers.csv``; a workspace adds its own (:func:`add_layer`), and from then on no room can tell
the two apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.schemas._layer_record import ROLES, LayerRecord
from industrymap.schemas._own import own, with_layer
from industrymap.schemas._tables import read_table, split

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BLOCKS",
    "DISTRICTS",
    "ENTERPRISES",
    "PARKS",
    "ROLES",
    "TOWNS",
    "ZONES",
    "LayerRecord",
    "add_layer",
    "layer",
    "layer_of_schema",
    "layers",
    "measured",
]

ENTERPRISES, PARKS, BLOCKS = "enterprises", "village_parks", "industrial_blocks"
DISTRICTS, TOWNS, ZONES = "districts", "towns", "zones"
"""The layers that rules of the field speak of, by name; whatever only counts, draws or writes looks at roles instead."""


def _record(row: Mapping[str, str]) -> LayerRecord:
    lists = {key: split(row[key]) for key in ("color", "charts", "words")}
    texts = {key: text for key, text in row.items() if key not in lists and key != "step"}
    return LayerRecord(step=int(row["step"]), **texts, **lists)  # type: ignore[arg-type]


_SHIPPED = {row["name"]: _record(row) for row in read_table("layers.csv")}


def layers() -> tuple[LayerRecord, ...]:
    """Return every known layer in drawing order: the ground first, enterprises on top.

    Examples
    --------
    >>> [record.id for record in layers() if record.role == "container"]
    ['districts', 'towns']
    """
    # Firms are drawn last, over the layers of a workspace as well: they are what people click.
    *below, top = _SHIPPED.values()
    return (*below, *own().layers.values(), top)


def layer(name: str) -> LayerRecord | None:
    """Return the record of a layer by its name or its short name, ``None`` where there is none.

    Examples
    --------
    >>> layer("blocks").name, layer("industrial_blocks").firm_column
    ('industrial_blocks', 'block_id')
    """
    return next((r for r in layers() if name in {r.name, r.id}), None)


def layer_of_schema(schema: str) -> LayerRecord | None:
    """Return the layer that a schema was made for; of several (districts, towns) the first."""
    return next((r for r in layers() if r.schema == schema), None)


def measured() -> dict[str, LayerRecord]:
    """Return schema → layer for the layers whose polygons are measured.

    Examples
    --------
    >>> sorted(set(measured()) & {"industrial_blocks", "divisions", "zones"})
    ['divisions', 'industrial_blocks']
    """
    # Reversed, so that the first layer of a schema wins (districts before towns).
    return {r.schema: r for r in reversed(layers()) if r.area}


def add_layer(record: LayerRecord) -> None:
    """Make a layer of a workspace known: filters, measures and the page then find it beside the shipped ones."""
    with_layer(record)
