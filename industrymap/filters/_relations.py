"""Related layers: the words for them, and the columns that tie their features to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import schemas

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FALLBACK", "key_column", "keys", "relations", "schema_of"]

_LARGER = "larger_parks"

FALLBACK = {
    "enterprises.count": "firms",
    "enterprises.in_base": "base_firms",
    "enterprises.above_scale": "above_scale",
    "parks.count": "parks",
    "overlap(blocks)": "block_overlap",
    "distance(blocks)": "block_distance_m",
    "distance(larger_parks)": "larger_park_distance_m",
}
"""Relation → the measured column that says the same, for frames whose related rows are not at hand."""


def relations() -> dict[str, tuple[str, ...]]:
    """Return the layers a filter may relate to, each with the words for it: every subject of the map.

    Examples
    --------
    >>> relations()["blocks"]
    ('blocks', 'industrial_blocks', '区块', '产业区块', '工业产业区块')
    """
    # enterprises first: they are the relation that nearly every filter means
    subjects = sorted(
        (r for r in schemas.layers() if r.role == "subject"), key=lambda r: r.geometry != "point"
    )
    words_by_layer = {r.id: tuple(dict.fromkeys((r.id, *r.words, r.zh))) for r in subjects}
    return words_by_layer | {_LARGER: (_LARGER, "更大园区")}


def schema_of(relation: str) -> str:
    """Return the schema that names the fields of a relation."""
    record = schemas.layer("parks" if relation == _LARGER else relation)
    if record is None:
        raise KeyError(relation)
    return record.schema


def keys() -> dict[str, tuple[str, str]]:
    """Return layer → its own key, and the column of related rows that holds it.

    Examples
    --------
    >>> keys()["divisions"]
    ('code', 'district_code')
    """
    return {
        schema: (schemas.key(schema), record.firm_column)
        for schema, record in schemas.measured().items()
    }


def key_column(schema: str, frame: pd.DataFrame, related: pd.DataFrame) -> str | None:
    """Return the column of related rows that names features of ``frame``; None where they have none that does.

    Districts and towns have one schema and are named in columns of their own: the one that holds codes of this frame is meant.

    Examples
    --------
    >>> import pandas as pd
    >>> towns = pd.DataFrame({"code": ["440106001"]})
    >>> firms = pd.DataFrame({"district_code": ["440106"], "town_code": ["440106001"]})
    >>> key_column("divisions", towns, firms)
    'town_code'
    """
    own = schemas.key(schema)
    records = (r for r in schemas.layers() if r.schema == schema and r.firm_column)
    columns = [r.firm_column for r in records if r.firm_column in related.columns]
    if len(columns) < 2 or own not in frame.columns:
        return columns[0] if columns else None
    held = set(frame[own].dropna())
    return next((c for c in columns if not held.isdisjoint(related[c].dropna())), None)
