"""Shapefile: geometry by GDAL, attributes by :mod:`industrymap.export._dbf`, a field map beside it, zipped or in a folder."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap.errors import LayerError
from industrymap.export._columns import Column, plain
from industrymap.export._dbf import DbfColumn, column, dbf, short_names
from industrymap.files import is_formula

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from industrymap.export._features import Features

__all__ = ["shapefile"]

_FAMILIES = {
    "Point": "point", "MultiPoint": "multipoint", "LineString": "line", "LinearRing": "line",
    "MultiLineString": "line", "Polygon": "polygon", "MultiPolygon": "polygon",
}  # fmt: skip
_TYPES = {"point": "Point", "multipoint": "MultiPoint", "line": "LineString", "polygon": "Polygon"}
# The earliest time that a zip archive can state.


def shapefile(features: Features, *, name: str) -> dict[str, bytes]:
    """Return the files of a Shapefile.

    Parameters
    ----------
    features : Features
        Points, lines and polygons go to files of their own where they are mixed, because a Shapefile holds one kind; features
        without a place go with the first. The ``.prj`` states their CRS.
    name : str
        Base name of the files.

    Returns
    -------
    files : dict of str to bytes
        ``.shp``, ``.shx``, ``.dbf``, ``.prj``, ``.cpg``; ``<name>.fields.csv`` with full names, labels and units, and
        ``<name>.readme.txt``.

    Raises
    ------
    LayerError
        A geometry collection, which the format cannot hold.
    """
    columns = features.columns
    families = _families(features.shapes)
    names = short_names([(c.name, c.field.short if c.field else None) for c in columns])
    out: dict[str, bytes] = {}
    cut: dict[str, int] = {}
    # Without any shape still one file, or the attributes would be lost.
    kinds = sorted(set(families)) or ["polygon"]
    for kind in kinds:
        rows = families == kind
        base = name if len(kinds) == 1 else f"{name}_{kind}"
        part = features.frame[rows]
        laid = [
            column(short, c.kind, plain(part[c.name], c.kind))
            for short, c in zip(names, columns, strict=True)
        ]
        cut |= {c.name: cut.get(c.name, 0) + c.cut for c in laid}  # by short name
        out |= _one(replace(features, shapes=features.shapes[rows]), base, kind, laid)
    out[f"{name}.fields.csv"] = _field_map(columns, names, cut)
    out[f"{name}.readme.txt"] = _readme(features, name)
    return out


def _families(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.str_]:
    known = [
        None if g is None or g.is_empty else _FAMILIES.get(g.geom_type, "") for g in geometries
    ]
    if "" in known:
        raise LayerError(
            f"Feature {known.index('') + 1} is a geometry collection, which a Shapefile cannot hold; export GeoPackage instead.",
            f"第 {known.index('') + 1} 个要素是几何集合，Shapefile 无法存储，请改用 GeoPackage。",
        )
    first = next((kind for kind in known if kind), "polygon")
    return np.array([kind or first for kind in known], dtype=str)


def _one(features: Features, base: str, kind: str, laid: list[DbfColumn]) -> dict[str, bytes]:
    """Write shapes with GDAL, then put our own attribute table in place of its."""
    import pyarrow as pa
    import pyogrio

    from industrymap.export._arrow import wkb

    shapes = features.shapes
    tall = bool(shapely.has_z(shapes).any())
    # A number that means nothing, for GDAL's own attribute table, which is put aside below.
    table = pa.table({"id": pa.array(range(len(shapes)), pa.int32()), "geometry": pa.array(wkb(shapes), pa.binary())})  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.shp"
        pyogrio.write_arrow(
            table,
            path,
            driver="ESRI Shapefile",
            geometry_name="geometry",
            geometry_type=_TYPES[kind] + (" Z" if tall else ""),
            crs=features.crs,
            encoding="UTF-8",
        )
        files: dict[str, Any] = {
            suffix: (Path(folder) / f"x.{suffix}").read_bytes() for suffix in ("shp", "shx", "prj")
        }
    files["dbf"] = dbf(laid, len(shapes), updated=features.meta.data_date)
    files["cpg"] = b"UTF-8"
    return {f"{base}.{suffix}": files[suffix] for suffix in ("shp", "shx", "dbf", "prj", "cpg")}


def _field_map(columns: Sequence[Column], names: list[str], cut: dict[str, int]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        ["field", "name", "zh", "en", "unit", "type", "description", "texts_cut_at_254_bytes"]
    )
    for short, c in zip(names, columns, strict=True):
        unit, note = (c.field.unit, c.field.description) if c.field else ("", "")
        cells = [
            short,
            c.name,
            c.label("zh"),
            c.label("en"),
            unit,
            c.kind,
            note,
            str(cut.get(short) or ""),
        ]
        # The field map is opened in a spreadsheet, too.
        writer.writerow([f"'{cell}" if is_formula(cell) else cell for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _readme(features: Features, name: str) -> bytes:
    zh = features.lang == "zh"
    lines = [
        *features.meta.lines(features.lang),
        ("坐标系" if zh else "CRS", features.crs),
        ("要素数" if zh else "Features", f"{len(features.frame):,}"),
        ("编码" if zh else "Encoding", "UTF-8 (.cpg)"),
        ("字段对照" if zh else "Field map", f"{name}.fields.csv"),
    ]
    return "".join(f"{label}: {value}\r\n" for label, value in lines).encode("utf-8-sig")
