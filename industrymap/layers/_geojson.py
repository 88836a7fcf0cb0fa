"""GeoJSON read without GDAL: one feature at a time, so that memory holds the text and one feature."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.errors import FileRefusedError, LayerError
from industrymap.files import Decision, read_decoded
from industrymap.layers._layer import Raw
from industrymap.layers._shapes import Budget, from_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.files import Limits, Source

__all__ = ["read_geojson", "read_geojson_text"]

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"
_STANDARD = "wgs84"


def read_geojson(source: Source) -> Raw:
    """Read a checked GeoJSON file."""
    text = read_decoded(source)
    raw = read_geojson_text(text.text, name=source.name, limits=source.limits)
    raw.decisions.insert(0, text.decision)
    return raw


def read_geojson_text(text: str, *, name: str, limits: Limits) -> Raw:
    """Read GeoJSON text that has passed the guard.

    Raises
    ------
    LayerError
        Not GeoJSON, damaged, or larger than the limits allow.
    FileRefusedError
        Its coordinate system is a link.
    """
    budget = Budget(name, limits)
    reader = _Reader(text, name)
    rows: list[dict[str, Any]] = []
    geometries: list[Any] = []
    notes: dict[int, list[str]] = {}
    for feature in reader.features():
        budget.spend(features=1)
        geometry, wrong = from_coordinates(feature.get("geometry"), budget)
        if wrong:
            notes[len(rows)] = wrong
        properties = feature.get("properties")
        rows.append(_properties(properties, feature.get("id")))
        geometries.append(geometry)
    members = reader.members
    crs = _crs(members.get("crs"), name)
    return Raw(
        columns=_columns(rows),
        geometries=np.array([*geometries, None], dtype=object)[:-1],
        notes=notes,
        crs=crs or _STANDARD,
        by_standard=crs is None,
        decisions=[
            Decision(
                f"格式：GeoJSON，{len(rows):,} 个要素。",
                f"Format: GeoJSON, {len(rows):,} features.",
                "format",
            )
        ],
    )


def _properties(properties: Any, identifier: Any) -> dict[str, Any]:
    found = dict(properties) if isinstance(properties, dict) else {}
    if isinstance(identifier, (str, int)) and "id" not in found:
        found["id"] = identifier
    return found


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [_flat(row.get(name)) for row in rows] for name in names}


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _crs(member: Any, name: str) -> str | None:
    """Read the old ``crs`` member: a name or a code, never a link."""
    if member is None:
        return None
    if not isinstance(member, dict):
        raise _bad(name, "its crs member is not an object", "crs 成员不是对象")
    kind = str(member.get("type")).lower()
    properties = member.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    if kind == "link" or "href" in properties:
        raise FileRefusedError(
            f"{name} names its coordinate system by a link to elsewhere; it is refused.",
            f"{name} 以外部链接指定坐标系，不予读取。",
        )
    if kind == "epsg":
        return f"EPSG:{properties.get('code')}"
    said = properties.get("name")
    return str(said) if said else None


def _bad(name: str, en: str, zh: str) -> LayerError:
    return LayerError(
        f"{name} cannot be read as GeoJSON: {en}.", f"{name} 无法按 GeoJSON 读取：{zh}。"
    )


class _Reader:
    """Walks the text: the members of the root are kept, its features are handed out one by one."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.at = 0
        self.members: dict[str, Any] = {}

    def features(self) -> Iterator[dict[str, Any]]:
        try:
            yield from self._root()
        except LayerError:
            raise
        except (RecursionError, ValueError) as error:
            line = self.text.count("\n", 0, getattr(error, "pos", self.at)) + 1
            raise _bad(
                self.name, f"it is damaged near line {line}", f"第 {line} 行附近已损坏"
            ) from error

    def _root(self) -> Iterator[dict[str, Any]]:
        self._skip()
        if self._peek() != "{":
            raise _bad(self.name, "the outermost value is no object", "最外层不是对象")
        self.at += 1
        seen = False
        while self._skip() != "}":
            key = str(self._value())
            self._expect(":")
            if key == "features" and self._skip() == "[":
                seen = True
                yield from self._array()
            else:
                self.members[key] = self._value()
            if self._skip() == ",":
                self.at += 1
        self.at += 1
        if self._skip():
            raise ValueError("text after the end")
        if not seen:
            yield from self._lone()

    def _array(self) -> Iterator[dict[str, Any]]:
        self.at += 1
        while self._skip() != "]":
            feature = self._value()
            yield feature if isinstance(feature, dict) else {}
            if self._skip() == ",":
                self.at += 1
        self.at += 1

    def _lone(self) -> Iterator[dict[str, Any]]:
        """Hand out a file that is one feature or one geometry."""
        kind = self.members.get("type")
        if kind == "Feature":
            yield self.members
        elif kind == "Topology" or "objects" in self.members:
            raise _bad(
                self.name, "it is TopoJSON; save it as GeoJSON", "这是 TopoJSON，请另存为 GeoJSON"
            )
        elif "geometryType" in self.members:
            raise _bad(
                self.name, "it is Esri JSON; save it as GeoJSON", "这是 Esri JSON，请另存为 GeoJSON"
            )
        elif "coordinates" in self.members or "geometries" in self.members:
            yield {"geometry": self.members}
        elif kind != "FeatureCollection":
            raise _bad(self.name, "it has no features", "没有 features 成员")

    def _value(self) -> Any:
        self._skip()
        value, self.at = _DECODER.raw_decode(self.text, self.at)
        return value

    def _skip(self) -> str:
        text, at, end = self.text, self.at, len(self.text)
        while at < end and text[at] in _SPACE:
            at += 1
        self.at = at
        return text[at] if at < end else ""

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def _expect(self, mark: str) -> None:
        if self._skip() != mark:
            raise json.JSONDecodeError(f"expected {mark!r}", self.text, self.at)
        self.at += 1
