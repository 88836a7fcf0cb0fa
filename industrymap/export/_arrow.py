"""A frame as an Arrow table with WKB geometry: what GeoPackage, GeoParquet and Shapefile are written from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from industrymap.export._columns import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

    from industrymap.export._features import Features

__all__ = ["arrow_column", "arrow_table", "as_type", "common_type", "free_name", "wkb"]


def arrow_table(
    features: Features, *, names: Sequence[str] | None = None, geometry: str = "geometry"
) -> pa.Table:
    """Return a table with one typed column per attribute, labels as column comments, and WKB last.

    ``names`` replace the columns' own where a format cannot have those; ``geometry`` names the last column.
    """
    import pyarrow as pa

    fields, arrays = [], []
    for column, name in zip(
        features.columns, names or [c.name for c in features.columns], strict=True
    ):
        arrays.append(arrow_column(features.frame[column.name], column.kind))
        label = column.label(features.lang)
        # GDAL shows it as the alias of the field.
        comment = {"GDAL:OGR:alternative_name": label} if label != name else None
        fields.append(pa.field(name, arrays[-1].type, metadata=comment))
    arrays.append(pa.array(wkb(features.shapes), type=pa.binary()))
    fields.append(pa.field(geometry, pa.binary()))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def arrow_column(column: pd.Series[Any], kind: str) -> pa.Array:
    """Return one attribute as an Arrow array; unknown is null."""
    import pyarrow as pa

    types = {
        "bool": pa.bool_(),
        "int": pa.int64(),
        "float": pa.float64(),
        "str": pa.string(),
    }
    if kind == "date":
        return pa.array(column.astype("datetime64[s]"), from_pandas=True).cast(pa.date32())
    if kind == "datetime":
        return pa.array(column.astype("datetime64[ms]"), from_pandas=True)
    values = plain(column, kind)
    if kind == "str":
        # A lone surrogate has no UTF-8 form, and Arrow would refuse the whole column.
        values = [None if v is None else v.encode("utf-8", "replace").decode() for v in values]
    return pa.array(values, type=types[kind])


def free_name(wanted: str, taken: Sequence[str]) -> str:
    """Return ``wanted``, numbered where it is taken in whatever case.

    Examples
    --------
    >>> free_name("geom", ["GEOM", "name"])
    'geom_2'
    """
    # In any case: SQLite and dBASE take NAME and name for one.
    lower, number, name = {other.lower() for other in taken}, 1, wanted
    while name.lower() in lower:
        number += 1
        name = f"{wanted}_{number}"
    return name


def wkb(geometries: npt.NDArray[np.object_]) -> list[bytes | None]:
    """Return ISO WKB; empty geometries become null, which every format can hold."""
    shapes = geometries.copy()
    shapes[shapely.is_empty(shapes)] = None
    encoded: list[bytes | None] = shapely.to_wkb(shapes, flavor="iso").tolist()
    return encoded


def common_type(geometries: npt.NDArray[np.object_]) -> str:
    """Return the geometry type that holds all of them: ``Point``, ``MultiPolygon``, … or ``Unknown``."""
    shapes = geometries[~(shapely.is_missing(geometries) | shapely.is_empty(geometries))]
    if not len(shapes):
        return "Unknown"
    names = {str(shape.geom_type) for shape in shapes}
    flat = {name.removeprefix("Multi") for name in names}
    if len(flat) > 1 or flat == {"GeometryCollection"}:
        return "Unknown"
    [family] = flat
    # Polygons mixed with multipolygons have a common type: the multi-part one.
    name = family if names == {family} else f"Multi{family}"
    return f"{name} Z" if shapely.has_z(shapes).any() else name


def as_type(geometries: npt.NDArray[np.object_], type_: str) -> npt.NDArray[np.object_]:
    """Return geometries as the multi-part type where that is what the layer holds."""
    if not type_.startswith("Multi"):
        return geometries
    make: dict[str, Any] = {
        "Polygon": shapely.multipolygons,
        "LineString": shapely.multilinestrings,
        "Point": shapely.multipoints,
    }
    out = geometries.copy()
    for place, shape in enumerate(geometries):
        if shape is not None and shape.geom_type in make:
            out[place] = make[shape.geom_type]([shape])
    return out
