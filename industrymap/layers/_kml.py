"""KML read with the standard library's parser: placemarks, their folders' names, and their data."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from industrymap import issues
from industrymap.errors import LayerError
from industrymap.files import Decision, more_en, more_zh
from industrymap.layers._kml_attributes import attributes, local
from industrymap.layers._layer import Raw, object_array
from industrymap.layers._shapes import Budget, from_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterator

    import shapely

    from industrymap.files import Limits

__all__ = ["read_kml_text"]

LINKS = issues.rule(
    "layer.network_links",
    "warning",
    "含 {n} 个网络链接（NetworkLink），其内容未读取；请在地图软件中另存为完整的 KML",
    "{n} network links were not followed, so what they show is not read; save the complete KML in the map program",
)

# Fed piece by piece: placemarks are freed while the text goes on, and memory holds one of them.
_CHUNK = 65_536
_KINDS = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def read_kml_text(text: str, *, name: str, limits: Limits) -> Raw:
    """Read KML text that has passed the guard (no DOCTYPE, so no entity of its own).

    Raises
    ------
    LayerError
        Not KML, damaged, nested too deep, or larger than the limits allow.
    """
    budget = Budget(name, limits)
    rows: list[dict[str, object]] = []
    geometries: list[object] = []
    notes: dict[int, list[str]] = {}
    links = 0
    path: list[ET.Element] = []
    for placemark in _placemarks(text, path, name, limits):
        if placemark is None:
            links += 1
            continue
        budget.spend(features=1)
        geometry, wrong = _geometry(placemark, budget)
        if wrong:
            notes[len(rows)] = wrong
        rows.append(attributes(placemark, path))
        geometries.append(geometry)
    names = dict.fromkeys(key for row in rows for key in row)
    decisions = [
        Decision(
            f"格式：KML，{len(rows):,} 个地标。",
            f"Format: KML, {len(rows):,} placemarks.",
            "format",
        )
    ]
    return Raw(
        columns={key: [row.get(key) for row in rows] for key in names},
        geometries=object_array(geometries),
        notes=notes,
        # By the standard; tracings from Chinese online maps are GCJ-02 all the same, which the
        # decision warns of.
        crs="wgs84",
        by_standard=True,
        decisions=decisions,
        problems=[(LINKS, {"n": links})] if links else [],
    )


def _placemarks(
    text: str, path: list[ET.Element], name: str, limits: Limits
) -> Iterator[ET.Element | None]:
    """Yield each placemark, or ``None`` for a network link, freeing it after use; ``path`` is what is open around it."""
    parser: ET.XMLPullParser[Any] = ET.XMLPullParser(events=("start", "end"))
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
) -> Iterator[ET.Element | None]:
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
        kind = local(element)
        if kind == "Placemark":
            yield element
            # The element remains in its folder's list, but empty.
            element.clear()
        elif kind == "NetworkLink":
            yield None
            element.clear()


def _without_declaration(text: str) -> str:
    # The text is decoded already; what it says about its encoding no longer holds.
    bare = text.lstrip("\ufeff \t\r\n")
    return bare.split("?>", 1)[1] if bare.startswith("<?xml") and "?>" in bare else bare


def _geometry(placemark: ET.Element, budget: Budget) -> tuple[shapely.Geometry | None, list[str]]:
    for child in placemark:
        if local(child) in _KINDS:
            return from_coordinates(_as_geojson(child), budget)
    return None, ["missing"]


def _as_geojson(element: ET.Element) -> dict[str, object]:
    kind = local(element)
    if kind == "MultiGeometry":
        parts = [_as_geojson(child) for child in element if local(child) in _KINDS]
        return {"type": "GeometryCollection", "geometries": parts}
    if kind == "Polygon":
        outer = [_ring(e) for e in element if local(e) == "outerBoundaryIs"]
        inner = [_ring(e) for e in element if local(e) == "innerBoundaryIs"]
        return {"type": "Polygon", "coordinates": [*outer, *inner]}
    positions = _positions(element)
    if kind == "Point":
        return {"type": "Point", "coordinates": positions[0] if positions else []}
    return {"type": "LineString", "coordinates": positions}


def _ring(boundary: ET.Element) -> list[list[float]]:
    return _positions(boundary)


def _positions(element: ET.Element) -> list[list[float]]:
    """Read ``lon,lat[,height]`` triples; heights are dropped, letters become not-a-number."""
    text = next((e.text for e in element.iter() if local(e) == "coordinates"), None) or ""
    return [[_float(part) for part in position.split(",")[:2]] for position in text.split()]


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
