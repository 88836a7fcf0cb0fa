"""Rows of the database as typed frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

_PANDAS = {"str": "string", "float": "Float64", "int": "Int64", "bool": "boolean"}


def layer_frame(rows: list[tuple[Any, ...]], schema: str) -> gpd.GeoDataFrame:
    """Return versions as a layer: the schema's columns, ``valid_from``, ``change_id`` and the geometry."""
    import geopandas as gpd

    table, shapes = _table(rows, schema)
    table = table.drop(columns=["fid", "valid_to", "removed", "ended_by"])
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


def history_frame(
    rows: list[tuple[Any, ...]], schema: str, changes: list[tuple[Any, ...]]
) -> gpd.GeoDataFrame:
    """Return every version of a feature with the change that made it."""
    import geopandas as gpd

    table, shapes = _table(rows, schema)
    log = log_frame(changes).set_index("id")
    for name in ("at", "who", "why", "source", "undoes"):
        column = f"change_{name}" if name in table.columns else name
        table[column] = table["change_id"].map(log[name]).astype(log[name].dtype)
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
            records.append(_record(layer, id_, kind, "", None, None, old, new))
            continue
        if old.number == new.number:
            continue
        for name in fields:
            if old.record[name] != new.record[name]:
                values = old.record[name], new.record[name]
                records.append(_record(layer, id_, "changed", name, *values, None, None))
        if not same_shape(old.geometry, new.geometry):
            records.append(_record(layer, id_, "changed", "geometry", None, None, old, new))
    return records


def difference_frame(records: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the records as a frame."""
    names = ["layer", "id", "kind", "field", "before", "after"]
    table = pd.DataFrame(records, columns=[*names, "geometry_before", "geometry_after"])
    kinds: dict[str, Any] = dict.fromkeys(names, "string")
    return table.astype(kinds)


def _record(  # noqa: PLR0913, PLR0917 - private
    layer: str,
    id_: str,
    kind: str,
    field: str,
    before: Any,
    after: Any,
    old: Version | None,
    new: Version | None,
) -> dict[str, Any]:
    return {
        "layer": layer,
        "id": id_,
        "kind": kind,
        "field": field,
        "before": None if before is None else str(before),
        "after": None if after is None else str(after),
        "geometry_before": old.geometry if old else None,
        "geometry_after": new.geometry if new else None,
    }


def _table(rows: list[tuple[Any, ...]], schema: str) -> tuple[pd.DataFrame, Any]:
    fields = _tables.columns(schema)
    names = ["fid", "geom", *(f.name for f in fields), *VERSION_COLUMNS]
    table = pd.DataFrame(rows, columns=names, dtype=object)
    shapes = decode(table.pop("geom"))
    for found in fields:
        table[found.name] = _typed(table[found.name], found.dtype)
    for name in ("valid_from", "valid_to"):
        table[name] = _typed(table[name], "date")
    kinds: dict[str, Any] = {"removed": "boolean", "change_id": "Int64", "ended_by": "Int64"}
    return table.astype(kinds), shapes


def _typed(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind == "date":
        return pd.to_datetime(column, format="ISO8601").astype("datetime64[s]")
    if kind == "bool":
        return column.map(lambda v: None if v is None else bool(v)).astype("boolean")
    return column.astype(_PANDAS[kind])  # type: ignore[call-overload,no-any-return]
