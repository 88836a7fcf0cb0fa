"""How the sample's files are put down: the same bytes for the same content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap import files
from industrymap.sample._shift import to_wgs84
from industrymap.sample.plan import CRS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["csv_text", "degrees", "geojson", "geopackage", "parquet"]

DATE = "2025-12-31"


def degrees(
    shapes: NDArray[np.object_],
    *,
    shift: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
    decimals: int = 6,
) -> NDArray[np.object_]:
    """Return shapes drawn in metres as longitude and latitude, shifted where asked."""

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = to_wgs84(points)
        return np.round(shift(moved) if shift else moved, decimals)

    moved_shapes: NDArray[np.object_] = shapely.transform(shapes, move)
    return moved_shapes


def geojson(path: Path, shapes: NDArray[np.object_], columns: Mapping[str, Sequence[Any]]) -> None:
    """Write a GeoJSON file of shapes in degrees, one feature a line, exterior rings anticlockwise."""
    turned = shapely.orient_polygons(shapes)
    lines = []
    names = list(columns)
    for shape, *values in zip(turned, *columns.values(), strict=True):
        about = json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)
        geometry = json.dumps(shapely.geometry.mapping(shape)).replace(" ", "")
        lines.append(f'{{"type":"Feature","properties":{about},"geometry":{geometry}}}')
    body = ",\n".join(lines)
    files.write_text(path, f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n')


def geopackage(
    path: Path,
    shapes: NDArray[np.object_],
    columns: Mapping[str, Sequence[Any]],
    *,
    layer: str,
    kind: str,
) -> None:
    """Write a GeoPackage in the plan's CRS; ``None`` becomes a null."""
    import pyogrio

    data, masks = [], []
    for values in columns.values():
        blank = np.array([value is None for value in values])
        data.append(_column(values))
        masks.append(blank if blank.any() else None)
    # The date of last change would differ from run to run.
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{DATE}T00:00:00.000Z"})
    try:
        with files.atomic(path) as temporary:
            pyogrio.raw.write(
                temporary,
                geometry=shapely.to_wkb(shapes),
                field_data=data,
                fields=list(columns),
                field_mask=masks,
                geometry_type=kind,
                crs=CRS,
                layer=layer,
                driver="GPKG",
                encoding="UTF-8",
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _column(values: Sequence[Any]) -> NDArray[Any]:
    known = [value for value in values if value is not None]
    if all(isinstance(value, str) for value in known):
        return np.array(["" if value is None else value for value in values], dtype=object)
    if all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return np.array([0 if value is None else value for value in values], dtype=np.int64)
    return np.array([np.nan if value is None else float(value) for value in values])


def csv_text(header: Sequence[str], rows: Sequence[Sequence[Any]], *, mark: str = ",") -> str:
    r"""Return rows as text with ``\r\n`` line ends, cells quoted where they must be."""
    return "".join(mark.join(_cell(v, mark) for v in row) + "\r\n" for row in [header, *rows])


def _cell(value: Any, mark: str) -> str:
    text = "" if value is None else str(value)
    if mark in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def parquet(path: Path, columns: dict[str, Any]) -> None:
    """Write a table for the truth folder."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(columns)
    numbers = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    others = [name for name in table.column_names if name not in numbers]
    with files.atomic(path) as temporary:
        pq.write_table(
            table,
            temporary,
            compression="zstd",
            compression_level=15,
            use_dictionary=others,
            use_byte_stream_split=numbers,
        )
