"""Rows of the database as typed frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.store import _tables
from industrymap.store._blob import decode, same_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from industrymap.schemas import Field
    from industrymap.store._model import Version

__all__ = [
    "LOG_COLUMNS",
    "VERSION_COLUMNS",
    "difference",
    "difference_frame",
    "history_frame",
    "layer_frame",
    "log_frame",
]

VERSION_COLUMNS = ("valid_from", "valid_to", "removed", "change_id", "ended_by")
"""What a history table keeps of every version, after the schema's own columns."""

LOG_COLUMNS = (
    "id",
    "at",
    "who",
    "why",
    "source",
    "source_sha256",
    "valid_from",
    "added",
    "changed",
    "removed",
    "undoes",
    "undone_by",
)
"""Columns of the change log."""

_PANDAS = {"str": "string", "float": "Float64", "int": "Int64"}


def layer_frame(rows: list[tuple[Any, ...]], schema: str) -> gpd.GeoDataFrame:
    """Return versions as a layer: the schema's columns, ``valid_from``, ``change_id`` and the geometry."""
    import geopandas as gpd

    table, shapes = _table(rows, schema)
    # The current state needs neither the ends of versions nor their numbers.
    table = table.drop(columns=["fid", "valid_to", "removed", "ended_by"])
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


def history_frame(
    rows: list[tuple[Any, ...]],
    schema: str,
    changes: list[tuple[Any, ...]],
    related: Mapping[int, str],
) -> gpd.GeoDataFrame:
    """Return every version of a feature with the change that made it, and what it came from or became (change → ids)."""
    import geopandas as gpd

    table, shapes = _table(rows, schema)
    log = log_frame(changes).set_index("id")
    for name in ("at", "who", "why", "source", "undoes"):
        # A layer may have a field of that name itself.
        column = f"change_{name}" if name in table.columns else name
        table[column] = table["change_id"].map(log[name]).astype(log[name].dtype)
    table["related"] = table["change_id"].map(dict(related)).astype("string")
    return gpd.GeoDataFrame(table.drop(columns="fid"), geometry=shapes, crs="EPSG:4326")


def log_frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Return the change log."""
    table = pd.DataFrame(rows, columns=list(LOG_COLUMNS))
    numbers = dict.fromkeys(["id", "added", "changed", "removed", "undoes", "undone_by"], "Int64")
    texts = dict.fromkeys(["who", "why", "source", "source_sha256"], "string")
    kinds: dict[str, Any] = numbers | texts
    table = table.astype(kinds)
    table["valid_from"] = pd.to_datetime(table["valid_from"]).astype("datetime64[s]")
    table["at"] = pd.to_datetime(table["at"], utc=True, format="ISO8601")
    return table


def difference(
    layer: str,
    before: Mapping[str, Version],
    after: Mapping[str, Version],
    fields: Mapping[str, Field],
) -> list[dict[str, Any]]:
    """Return one record per feature added or removed and per field changed."""
    records: list[dict[str, Any]] = []
    for id_ in sorted(before.keys() | after.keys()):
        old, new = before.get(id_), after.get(id_)
        if old is None or new is None:
            kind = "added" if old is None else "removed"
            records.append(_record((layer, id_), kind, shapes=(old, new)))
            continue
        # The same version on both days: nothing was written in between.
        if old.number == new.number:
            continue
        for name in fields:
            if old.record[name] != new.record[name]:
                values = old.record[name], new.record[name]
                records.append(_record((layer, id_), "changed", name, values))
        if not same_shape(old.geometry, new.geometry):
            records.append(_record((layer, id_), "changed", "geometry", shapes=(old, new)))
    return records


def difference_frame(records: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the records as a frame."""
    names = ["layer", "id", "kind", "field", "before", "after"]
    table = pd.DataFrame(records, columns=[*names, "geometry_before", "geometry_after"])
    kinds: dict[str, Any] = dict.fromkeys(names, "string")
    return table.astype(kinds)


def _record(
    feature: tuple[str, str],
    kind: str,
    field: str = "",
    values: tuple[object, object] = (None, None),
    shapes: tuple[Version | None, Version | None] = (None, None),
) -> dict[str, Any]:
    before, after = (None if value is None else str(value) for value in values)
    old, new = (version.geometry if version else None for version in shapes)
    names = ("layer", "id", "kind", "field", "before", "after", "geometry_before", "geometry_after")
    return dict(zip(names, (*feature, kind, field, before, after, old, new), strict=True))


def _table(rows: list[tuple[Any, ...]], schema: str) -> tuple[pd.DataFrame, Any]:
    fields = _tables.columns(schema)
    names = ["fid", "geom", *(f.name for f in fields), *VERSION_COLUMNS]
    kinds = {f.name: f.dtype for f in fields}
    kinds |= {"fid": "int", "valid_from": "date", "valid_to": "date"}
    kinds |= {"removed": "bool", "change_id": "int", "ended_by": "int"}
    values = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    # Decoded in one call: shapely is slow one by one.
    shapes = decode(values.pop("geom"))
    return pd.DataFrame({name: _typed(v, kinds[name]) for name, v in values.items()}), shapes


def _typed(values: tuple[Any, ...], kind: str) -> Any:
    """Return values of SQLite as a column of the schema's type."""
    if kind == "date":
        days = np.array([np.datetime64(v or "NaT", "s") for v in values], dtype="datetime64[s]")
        return pd.array(days, dtype="datetime64[s]")
    if kind == "bool":
        return pd.array([None if v is None else bool(v) for v in values], dtype="boolean")
    return pd.array(values, dtype=_PANDAS[kind])  # type: ignore[call-overload]
