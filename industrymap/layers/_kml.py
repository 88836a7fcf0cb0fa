"""KML read with the standard library's parser: placemarks, their folders' names, and their data."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.errors import LayerError
from industrymap.files import Decision, more_en, more_zh, read_decoded
from industrymap.layers._layer import Raw
from industrymap.layers._shapes import Budget, from_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.files import Limits, Source

__all__ = ["read_kml", "read_kml_text"]

_CHUNK = 65_536
_KINDS = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def read_kml(source: Source) -> Raw:
    """Read a checked KML file."""
    text = read_decoded(source)
    raw = read_kml_text(text.text, name=source.name, limits=source.limits)
    raw.decisions.insert(0, text.decision)
    return raw


def read_kml_text(text: str, *, name: str, limits: Limits) -> Raw:
    """Read KML text that has passed the guard (no DOCTYPE, so no entity of its own).

    Raises
    ------
    LayerError
        Not KML, damaged, nested too deep, or larger than the limits allow.
    """
    budget = Budget(name, limits)
    rows: list[dict[str, Any]] = []
    geometries: list[Any] = []
    notes: dict[int, list[str]] = {}
    links = 0
    for placemark, link in _placemarks(text, name, limits):
        links += link
        if placemark is None:
            continue
        budget.spend(features=1)
        geometry, wrong = _geometry(placemark, budget)
        if wrong:
            notes[len(rows)] = wrong
        rows.append(_data(placemark))
        geometries.append(geometry)
    names = dict.fromkeys(key for row in rows for key in row)
    decisions = [
        Decision(
            f"格式：KML，{len(rows):,} 个地标。",
            f"Format: KML, {len(rows):,} placemarks.",
            "format",
        )
    ]
    if links:
        decisions.append(
            Decision(
                f"含 {links} 个网络链接，未读取。",
                f"{links} network links were not followed.",
                "format",
            )
        )
    return Raw(
        columns={key: [row.get(key) for row in rows] for key in names},
        geometries=np.array([*geometries, None], dtype=object)[:-1],
        notes=notes,
        crs="wgs84",
        by_standard=True,
        decisions=decisions,
    )


def _placemarks(text: str, name: str, limits: Limits) -> Any:
    """Yield ``(placemark, 0)`` or ``(None, 1)`` for a network link, freeing each after use."""
    parser: ET.XMLPullParser[Any] = ET.XMLPullParser(events=("start", "end"))
    path: list[ET.Element] = []
    bare = _without_declaration(text)
    try:
        for start in range(0, len(bare), _CHUNK):
            parser.feed(bare[start : start + _CHUNK])
            yield from _finished(parser, path, name, limits)
        parser.close()
        yield from _finished(parser, path, name, limits)
    except ET.ParseError as error:
        line = error.position[0]
        raise LayerError(
            f"{name} cannot be read as KML: it is damaged near line {line}.",
            f"{name} 无法按 KML 读取：第 {line} 行附近已损坏。",
        ) from error


def _finished(
    parser: ET.XMLPullParser[Any], path: list[ET.Element], name: str, limits: Limits
) -> Any:
    events: Iterator[Any] = parser.read_events()
    for event, element in events:
        if event == "start":
            path.append(element)
            if len(path) > limits.max_depth:
                raise LayerError(
                    f"{name} nests more than {limits.max_depth} levels deep {more_en('max_depth')}.",
                    f"{name} 嵌套超过 {limits.max_depth} 层{more_zh('max_depth')}。",
                )
            continue
        path.pop()
        kind = _local(element)
        if kind == "Placemark":
            yield element, 0
            element.clear()
        elif kind == "NetworkLink":
            yield None, 1
            element.clear()


def _without_declaration(text: str) -> str:
    # The text is decoded already; what it says about its encoding no longer holds.
    bare = text.lstrip("\ufeff \t\r\n")
    return bare.split("?>", 1)[1] if bare.startswith("<?xml") and "?>" in bare else bare


def _local(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _data(placemark: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in placemark:
        if _local(child) in {"name", "description"} and (child.text or "").strip():
            found[_local(child)] = (child.text or "").strip()
    for element in placemark.iter():
        key = element.get("name")
        if _local(element) == "SimpleData" and key:
            found[key] = (element.text or "").strip() or None
        elif _local(element) == "Data" and key:
            value = next((c.text for c in element if _local(c) == "value"), None)
            found[key] = (value or "").strip() or None
    return found


def _geometry(placemark: ET.Element, budget: Budget) -> tuple[Any, list[str]]:
    for child in placemark:
        if _local(child) in _KINDS:
            return from_coordinates(_as_geojson(child), budget)
    return None, ["missing"]


def _as_geojson(element: ET.Element) -> dict[str, Any]:
    kind = _local(element)
    if kind == "MultiGeometry":
        parts = [_as_geojson(child) for child in element if _local(child) in _KINDS]
        return {"type": "GeometryCollection", "geometries": parts}
    if kind == "Polygon":
        outer = [_ring(e) for e in element if _local(e) == "outerBoundaryIs"]
        inner = [_ring(e) for e in element if _local(e) == "innerBoundaryIs"]
        return {"type": "Polygon", "coordinates": [*outer, *inner]}
    positions = _positions(element)
    if kind == "Point":
        return {"type": "Point", "coordinates": positions[0] if positions else []}
    return {"type": "LineString", "coordinates": positions}


def _ring(boundary: ET.Element) -> list[Any]:
    return _positions(boundary)


def _positions(element: ET.Element) -> list[Any]:
    """Read ``lon,lat[,height]`` triples; heights are dropped, letters become not-a-number."""
    text = next((e.text for e in element.iter() if _local(e) == "coordinates"), None) or ""
    return [[_float(part) for part in position.split(",")[:2]] for position in text.split()]


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
