"""Vector formats that GDAL reads: one driver allowed, no other file or address in reach.

GDAL sees a folder of its own that holds nothing but the content that was checked (a File Geodatabase is opened where it
lies: its format names no other file). fiona opens it with the one driver its extension allows, so that content in
disguise (a virtual dataset called ``.gml``) finds no driver.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from industrymap.errors import FileRefusedError, LayerError
from industrymap.files import _dxf
from industrymap.files._source import read_bytes
from industrymap.files._text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from industrymap.files._limits import Limits
    from industrymap.files._source import Source

__all__ = ["VECTORS", "VectorFeature", "VectorLayer", "vectors", "vectors_in"]

VECTORS = {
    "fgb": "FlatGeobuf",
    "gml": "GML",
    "tab": "MapInfo File",
    "mif": "MapInfo File",
    "gdb": "OpenFileGDB",
    "dxf": "DXF",
}
"""Extension → the one driver that may open it."""

BESIDE = {"tab": ("dat", "map", "id", "ind"), "mif": ("mid",)}
"""Extension → the files of the same name that belong to it."""

_OPEN = {
    # A schema named by an address would be fetched.
    "gml": {"DOWNLOAD_SCHEMA": "NO", "FORCE_SRS_DETECTION": "YES"},
}
_ENVIRONMENT = {
    "DXF_ENCODING": "UTF-8",  # what is handed over is UTF-8, whatever the drawing says
    "GML_SKIP_RESOLVE_ELEMS": "ALL",  # an xlink may name another file
    "GDAL_HTTP_TIMEOUT": "1",
}
_MAX_LAYERS = 200
_FAILURES = (ValueError, OSError, RuntimeError, SystemError)
"""What damaged content makes fiona raise besides its own errors; ``SystemError`` is a text of no encoding."""


@dataclass(frozen=True, slots=True)
class VectorFeature:
    """One feature: its attributes, and its geometry as GeoJSON has it (``None`` where it has none)."""

    properties: dict[str, object]
    geometry: dict[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorLayer:
    """One layer of a file.

    Attributes
    ----------
    name : str
    crs : str or None
        WKT, as the file says.
    features : iterator of VectorFeature
        Read as it is consumed, before the next layer is asked for.
    unseen : frozenset of str
        Of a drawing: CAD layers that are switched off or frozen.
    """

    name: str
    crs: str | None
    features: Iterator[VectorFeature]
    unseen: frozenset[str] = frozenset()


def vectors(source: Source) -> Iterator[VectorLayer]:
    """Open a checked file of one of :data:`VECTORS`, layer by layer.

    Raises
    ------
    FileRefusedError
        Another driver would have opened it, or it refers to other files.
    LayerError
        Damaged.
    """
    kind = source.extension
    # Opened in place: copying a folder of gigabytes would double it, and it can name no other file.
    if kind == "gdb":
        yield from _layers(source.path, kind, source.name)
        return
    from industrymap.files._parts import sidecar_files

    parts = {kind: read_bytes(source), **sidecar_files(source, BESIDE.get(kind, ()))}
    yield from vectors_in(
        {f"layer.{end}": data for end, data in parts.items()},
        kind=kind,
        name=source.name,
        limits=source.limits,
    )


def vectors_in(
    parts: Mapping[str, bytes], *, kind: str, name: str, limits: Limits
) -> Iterator[VectorLayer]:
    """Do the same for the members of an archive.

    Parameters
    ----------
    parts : mapping of str to bytes
        Names below the folder GDAL will see → content: ``layer.tab``, ``layer.dat`` …, or ``layer.gdb/…``.
    kind : str
        One of :data:`VECTORS`.
    name : str
        For messages.
    limits : Limits
    """
    with tempfile.TemporaryDirectory(prefix="industrymap-") as folder:
        for part, data in parts.items():
            path = Path(folder) / part
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(_prepared(data, path.suffix.lstrip("."), parts, name, limits))
        yield from _layers(Path(folder) / f"layer.{kind}", kind, name)


def _prepared(
    data: bytes, end: str, parts: Mapping[str, bytes], name: str, limits: Limits
) -> bytes:
    """Return text formats as UTF-8, whatever encoding they came in, so that GDAL has nothing to guess."""
    if end == "gml":
        # The declaration may name another encoding than the text now has.
        bare = re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(data, name=name).text)
        xml = f'<?xml version="1.0" encoding="UTF-8"?>{bare}'.encode()
        _require_well_formed(xml, name)
        return xml
    if end == "dxf":
        text = decode(data, name=name).text
        # Before GDAL, which inserts every block as it reads.
        _dxf.guard(text, name=name, limits=limits)
        # Characters of unknown bytes may not be valid UTF-8; a question mark in a label is better
        # than no drawing.
        return text.encode("utf-8", errors="replace")
    if end == "mif":
        text = re.sub(
            r'(?im)^\s*charset\s+"[^"]*"', 'Charset "UTF-8"', decode(data, name=name).text
        )
        return text.encode("utf-8", errors="replace")
    if end == "mid":
        # An empty .mid is an honest one: features without attributes.
        return decode(data, name=name).text.encode("utf-8", errors="replace") if data else data
    if end == "tab":
        return _with_charset(data, parts.get("layer.dat", b""))
    return data


def _require_well_formed(text: bytes, name: str) -> None:
    """Refuse XML that breaks off or has names XML does not know: GDAL would take it for an empty file."""
    try:
        expat.ParserCreate().Parse(text, True)
    except expat.ExpatError as error:
        raise FileRefusedError(
            f"{name} is not well-formed XML (line {error.lineno}: {expat.ErrorString(error.code)}). Column names with brackets or spaces do "
            "this: rename them, or save the layer as a GeoPackage.",
            f"{name} 不是规范的 XML（第 {error.lineno} 行）。列名含括号或空格时常有此问题：请改列名，或另存为 GeoPackage。",
        ) from error


def _with_charset(tab: bytes, table: bytes) -> bytes:
    """State the encoding of a MapInfo table that calls itself neutral: Chinese programs write GBK then."""
    # Only the bytes of the table can tell: "Neutral" is written for ASCII, GBK and UTF-8 alike.
    # Of the records alone: some programs cut Chinese names of columns to pieces that are no text in any encoding.
    begins = int.from_bytes(table[8:10], "little")
    try:
        table[begins:].decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return tab
    return re.sub(rb'(?i)(charset\s+"?)neutral', rb"\1WindowsSimpChinese", tab)


def _layers(path: Path, kind: str, name: str) -> Iterator[VectorLayer]:
    # Read from the prepared copy: GDAL reports switched-off layers like any other.
    unseen = _dxf.unseen(path.read_text("utf-8")) if kind == "dxf" else frozenset()
    for number in range(_MAX_LAYERS):
        with _opened(path, kind, name, number) as collection:
            if collection is None:
                return
            wkt = collection.crs_wkt or None
            yield VectorLayer(
                name=str(collection.name),
                crs=wkt,
                features=_features(collection, name),
                unseen=unseen,
            )


@contextmanager
def _opened(path: Path, kind: str, name: str, number: int) -> Iterator[Any]:
    """Open one layer by its number; ``None`` where there is none."""
    import fiona
    from fiona.errors import FionaError

    with warnings.catch_warnings(), fiona.Env(**_ENVIRONMENT):
        # What GDAL remarks on shows in the geometries and is judged there.
        warnings.simplefilter("ignore")
        try:
            opened = fiona.open(
                path,
                layer=number
                or None,  # fiona takes 0 for no choice and then looks for the file's name
                enabled_drivers=[VECTORS[kind]],
                encoding="utf-8",
                **_OPEN.get(kind, {}),
            )
        except (FionaError, *_FAILURES) as error:
            # Layers are opened until there are no more; the first must exist, or the file is
            # damaged.
            if number and "layer" in str(error).lower():
                yield None
                return
            raise _damaged(name, kind) from error
        with opened:
            yield opened


def _features(collection: Any, name: str) -> Iterator[VectorFeature]:
    from fiona.errors import FionaError

    try:
        for feature in collection:
            shape = feature.geometry
            yield VectorFeature(
                dict(feature.properties), None if shape is None else dict(shape.__geo_interface__)
            )
    except (FionaError, *_FAILURES) as error:
        raise _damaged(name, "") from error


def _damaged(name: str, kind: str) -> LayerError:
    what = f" ({VECTORS[kind]})" if kind else ""
    return LayerError(
        f"{name} is damaged or cut short: it cannot be read{what}.",
        f"{name} 已损坏或不完整，无法读取{what}。",
    )
