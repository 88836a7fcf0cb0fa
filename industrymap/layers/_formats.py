"""Which reader opens which file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import LayerError
from industrymap.layers._geojson import read_geojson, read_geojson_text
from industrymap.layers._geopackage import read_geopackage
from industrymap.layers._kml import read_kml, read_kml_text
from industrymap.layers._parquet import read_geoparquet
from industrymap.layers._shapefile import PARTS, read_shapefile, shapefiles_in

if TYPE_CHECKING:
    from industrymap.layers._layer import Raw

__all__ = ["open_layers"]


def open_layers(source: files.Source, table: str | None) -> list[Raw]:
    """Return every layer of a checked file as raw features, or the one called ``table``."""
    kind = source.extension
    if kind in {"geojson", "json"}:
        return [read_geojson(source)]
    if kind == "gpkg":
        return read_geopackage(source, table=table)
    if kind == "shp":
        return [read_shapefile(source)]
    if kind == "kml":
        return [read_kml(source)]
    if kind in {"zip", "kmz"}:
        return _archived(source, table)
    return [read_geoparquet(source)]


def _archived(source: files.Source, table: str | None) -> list[Raw]:
    members = files.unpack(source, [*PARTS, "kml", "geojson", "json"])
    if any(name.lower().endswith(".shp") for name in members):
        parts = {n: data for n, data in members.items() if n.lower().endswith(tuple(PARTS))}
        return shapefiles_in(parts, name=source.name, limits=source.limits, table=table)
    opened = []
    for member, data in sorted(members.items()):
        name = f"{source.name}/{member}"
        text = files.decode(data, name=name)
        reader = read_kml_text if member.lower().endswith(".kml") else read_geojson_text
        raw = reader(text.text, name=name, limits=source.limits)
        raw.decisions.insert(0, text.decision)
        raw.name = member
        if table is None or table in {member, member.rsplit(".", 1)[0]}:
            opened.append(raw)
    if not opened:
        raise LayerError(
            f"{source.name} holds no layer that can be read (a Shapefile, KML or GeoJSON).",
            f"{source.name} 中没有可读取的图层（Shapefile、KML 或 GeoJSON）。",
        )
    return opened
