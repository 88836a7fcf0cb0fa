"""Which reader opens which file, and every layer that a file or an archive holds."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import LayerError
from industrymap.layers._geojson import read_geojson_text
from industrymap.layers._geopackage import read_geopackage
from industrymap.layers._kml import read_kml_text
from industrymap.layers._layer import Raw, by_name
from industrymap.layers._parcels import read_parcels
from industrymap.layers._parquet import read_geoparquet
from industrymap.layers._shapefile import PARTS, from_parts, read_shapefile
from industrymap.layers._vector import raws_of, read_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from industrymap.files import Limits

__all__ = ["open_layers"]

_TEXTS: dict[str, Callable[..., Raw]] = {
    **dict.fromkeys(
        ("geojson", "json", "geojsonl", "geojsons", "ndjson", "jsonl"), read_geojson_text
    ),
    "kml": read_kml_text,
    "txt": read_parcels,
}
"""Formats that are text and read by this room itself."""

_MEMBERS = (
    # Files of a geodatabase have names without any extension, hence the empty one.
    "", *PARTS, *_TEXTS, *files.VECTORS, *(end for ends in files.BESIDE.values() for end in ends),
    "gdbtable", "gdbtablx", "gdbindexes", "atx", "spx", "freelist", "horizon",
)  # fmt: skip


def open_layers(source: files.Source, table: str | None) -> list[Raw]:
    """Return every layer of a checked file as raw features, or the one called ``table``."""
    kind = source.extension
    if kind in _TEXTS:
        return _named(
            [_text(files.read_decoded(source), kind, source.name, source.limits)],
            table,
            source.name,
        )
    if kind == "gpkg":
        return read_geopackage(source, table=table)
    if kind == "shp":
        return _named([read_shapefile(source)], table, source.name)
    if kind in {"zip", "kmz"}:
        return _named(_archived(source), table, source.name)
    if kind in files.VECTORS:
        return read_vectors(source, table=table)
    return _named([read_geoparquet(source)], table, source.name)


def _named(raws: list[Raw], table: str | None, file: str) -> list[Raw]:
    return raws if table is None else [by_name(raws, table, file)]


def _text(text: files.Text, kind: str, name: str, limits: Limits) -> Raw:
    raw = _TEXTS[kind](text.text, name=name, limits=limits)
    # First the encoding: everything below was understood with it.
    raw.decisions.insert(0, text.decision)
    return raw


def _archived(source: files.Source) -> list[Raw]:
    """Read every layer of an archive; each is called as its member, without what all members share."""
    members = files.unpack(source, _MEMBERS)
    raws: list[Raw] = []
    for stem, parts in sorted(_groups(members).items()):
        for raw in _group(stem, parts, source):
            raw.name = f"{stem}#{raw.name}" if raw.name else stem
            raws.append(raw)
    if not raws:
        raise LayerError(
            f"{source.name} holds no layer that can be read (a Shapefile, KML, GeoJSON, DXF, MapInfo table or geodatabase).",
            f"{source.name} 中没有可读取的图层（Shapefile、KML、GeoJSON、DXF、MapInfo 表或地理数据库）。",
        )
    return _short_names(raws)


def _groups(members: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Put together what belongs together: files of one name in one folder, and the folder of a geodatabase."""
    groups: dict[str, dict[str, bytes]] = {}
    for member, data in members.items():
        path = PurePosixPath(member)
        # Files inside a geodatabase mean nothing one by one.
        base = next((p for p in path.parents if p.suffix.lower() == ".gdb"), None)
        if base is not None:
            groups.setdefault(str(base), {})[f"layer.gdb/{path.name}"] = data
        else:
            end = path.suffix.lower().lstrip(".")
            groups.setdefault(str(path.with_suffix("")), {})[end] = data
    return groups


def _group(stem: str, parts: Mapping[str, bytes], source: files.Source) -> list[Raw]:
    """Read the files of one name; what is no layer of its own (a stray .prj) gives none."""
    name, limits = f"{source.name}/{stem}", source.limits
    if stem.lower().endswith(".gdb"):
        layers = files.vectors_in(parts, kind="gdb", name=name, limits=limits)
        return raws_of(layers, kind="gdb", name=name, limits=limits, table=None)
    if "shp" in parts:
        if "dbf" not in parts:
            raise LayerError(
                f"{source.name} holds {stem}.shp without {stem}.dbf.",
                f"{source.name} 中 {stem}.shp 缺少 {stem}.dbf。",
            )
        return [from_parts(parts, name=f"{name}.shp", limits=limits)]
    group: list[Raw] = []
    for kind, data in parts.items():
        full = f"{name}.{kind}"
        if kind in files.VECTORS:
            own = (kind, *files.BESIDE.get(kind, ()))
            named = {f"layer.{end}": parts[end] for end in own if end in parts}
            layers = files.vectors_in(named, kind=kind, name=full, limits=limits)
            group += raws_of(layers, kind=kind, name=full, limits=limits, table=None)
        elif kind == "txt":
            text = files.decode(data, name=full)
            # Archives often carry a note to the reader; only the parcel file is a layer.
            group += [_text(text, kind, full, limits)] if "[地块坐标]" in text.text else []
        elif kind in _TEXTS:
            group.append(_text(files.decode(data, name=full), kind, full, limits))
    return group


def _short_names(raws: list[Raw]) -> list[Raw]:
    """Call layers by their last part, unless two would then be called the same."""
    short = [PurePosixPath(raw.name).name for raw in raws]
    for raw, name in zip(raws, short, strict=True):
        raw.name = name if short.count(name) == 1 else raw.name
    return raws
