"""What GDAL reads (FlatGeobuf, GML, MapInfo, File Geodatabase, DXF) as raw features, each layer by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import LayerError
from industrymap.files import Decision
from industrymap.layers._drawing import from_drawing
from industrymap.layers._layer import Raw, by_name, object_array
from industrymap.layers._shapes import Budget, from_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.files import Limits, Source, VectorLayer

__all__ = ["raws_of", "read_vectors"]

_NAMES = {
    "fgb": ("FlatGeobuf", "FlatGeobuf"),
    "gml": ("GML", "GML"),
    "tab": ("MapInfo TAB", "MapInfo TAB"),
    "mif": ("MapInfo MIF", "MapInfo MIF"),
    "gdb": ("文件地理数据库", "File Geodatabase"),
    "dxf": ("DXF", "DXF"),
}
_NUMBERS = {
    "gml_id",
    "lowercorner",
    "uppercorner",
    "fid",
    "ogc_fid",
    "objectid",
    "shape_length",
    "shape_area",
}
"""Columns that number or measure what the program drew, not what the planner recorded."""


def read_vectors(source: Source, *, table: str | None) -> list[Raw]:
    """Read a checked file through GDAL: the named layer, or all that hold features."""
    return raws_of(
        files.vectors(source),
        kind=source.extension,
        name=source.name,
        limits=source.limits,
        table=table,
    )


def raws_of(
    layers: Iterable[VectorLayer], *, kind: str, name: str, limits: Limits, table: str | None
) -> list[Raw]:
    """Turn opened layers into raw features; those without features are left aside unless nothing else is there."""
    # Each is read before the next one is asked for.
    read = [(_raw(layer, kind, name, limits), layer.unseen) for layer in layers]
    raws = [raw for raw, _ in read]
    if kind == "dxf":
        raws = [part for raw, unseen in read for part in from_drawing(raw, table=table, unseen=unseen)]  # fmt: skip
    # A DXF or geodatabase carries empty layers by the dozen; one is kept so that the message can
    # say "no features".
    full = [raw for raw in raws if len(raw.geometries)] or raws[:1]
    if len(full) == 1 and kind != "dxf":
        # The only layer needs no name: GDAL calls it by the temporary file.
        full[0].name = ""
    if table is None:
        return full
    return [by_name(full, table, name)]


def _raw(layer: VectorLayer, kind: str, name: str, limits: Limits) -> Raw:
    budget = Budget(f"{name}#{layer.name}", limits)
    rows: list[dict[str, object]] = []
    geometries: list[object] = []
    notes: dict[int, list[str]] = {}
    for feature in layer.features:
        budget.spend(features=1)
        geometry, wrong = from_coordinates(feature.geometry, budget)
        if wrong:
            notes[len(rows)] = wrong
        rows.append(feature.properties)
        geometries.append(geometry)
    # GDAL gives every feature of a layer the same columns.
    names = [key for key in (rows[0] if rows else {}) if key.lower() not in _NUMBERS]
    if len(names) > limits.max_columns:
        raise LayerError(
            f"{name} has {len(names):,} columns {files.more_en('max_columns')}.",
            f"{name} 有 {len(names):,} 列{files.more_zh('max_columns')}。",
        )
    zh, en = _NAMES[kind]
    return Raw(
        name=layer.name,
        columns={key: [row.get(key) for row in rows] for key in names},
        geometries=object_array(geometries),
        notes=notes,
        crs=layer.crs,
        decisions=[
            Decision(
                f"格式：{zh}，{len(rows):,} 个要素。",
                f"Format: {en}, {len(rows):,} features.",
                "format",
            )
        ],
    )
