"""GeoParquet: columns through Arrow, geometry from WKB, the coordinate system from its metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from industrymap.errors import LayerError
from industrymap.files import Decision, read_parquet
from industrymap.layers._geopackage import MORE_GEOMETRY
from industrymap.layers._layer import Raw, object_array
from industrymap.layers._shapes import Budget, from_wkb

if TYPE_CHECKING:
    from industrymap.files import Source

__all__ = ["read_geoparquet"]


def read_geoparquet(source: Source) -> Raw:
    """Read a checked GeoParquet file.

    Raises
    ------
    LayerError
        No geometry column, an encoding other than WKB, or more features than the limits allow.
    """
    table, _ = read_parquet(source)
    about = _about(table.schema.metadata, source.name)
    # "geometry" is the name that the standard recommends and most writers use.
    column = str(about.get("primary_column", "geometry"))
    described = about.get("columns", {}).get(column, {})
    # Native Arrow encodings exist since version 1.1 and are not read.
    if column not in table.column_names or str(described.get("encoding", "WKB")).upper() != "WKB":
        raise LayerError(
            f"{source.name}: no geometry column in WKB.", f"{source.name}：没有 WKB 格式的几何列。"
        )
    wkb = object_array(table.column(column).to_pylist())
    geometries, notes = from_wkb(wkb, Budget(source.name, source.limits))
    rows = len(wkb)
    further = [n for n in about.get("columns", {}) if n != column and n in table.column_names]
    more = {"n": len(further) + 1, "taken": column, "names": "、".join(further)}
    return Raw(
        columns={
            n: [_plain(v) for v in table.column(n).to_pylist()]
            for n in table.column_names
            if n != column and n not in further
        },
        problems=[(MORE_GEOMETRY, more)] if further else [],
        geometries=geometries,
        notes=notes,
        crs=_crs(described),
        # An absent key means WGS 84 by the standard, a null one that nobody knows: only the first
        # may be assumed.
        by_standard="crs" not in described,
        decisions=[
            Decision(
                f"格式：GeoParquet，{rows:,} 个要素。",
                f"Format: GeoParquet, {rows:,} features.",
                "format",
            )
        ],
    )


def _about(metadata: Any, name: str) -> dict[str, Any]:
    text = (metadata or {}).get(b"geo")
    if text is None:
        raise LayerError(
            f"{name} is Parquet without geometry; read it as a table.",
            f"{name} 是不含图形的 Parquet，请按表格读取。",
        )
    try:
        about = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LayerError(
            f"{name}: its geo metadata is damaged.", f"{name}：geo 元数据已损坏。"
        ) from error
    return about if isinstance(about, dict) else {}


def _crs(described: dict[str, Any]) -> str | None:
    """Return the coordinate system: WGS 84 by standard where the key is absent, unknown where it is null."""
    if "crs" not in described:
        return "wgs84"
    crs = described["crs"]
    if crs is None:
        return None
    identity = crs.get("id") if isinstance(crs, dict) else None
    if isinstance(identity, dict) and identity.get("authority") == "EPSG":
        return f"EPSG:{identity.get('code')}"
    # OGC:CRS84, WGS 84 with longitude first.
    if isinstance(identity, dict) and identity.get("authority") == "OGC":
        return "wgs84"
    return json.dumps(crs)


def _plain(value: object) -> object:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes):
        # Other bytes (pictures, second geometries) have no text to show.
        return None
    return value
