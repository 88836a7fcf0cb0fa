"""GeoJSON read without GDAL: one feature at a time, so that memory holds the text and one feature."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from industrymap.errors import FileRefusedError, LayerError
from industrymap.files import Decision
from industrymap.layers import _esri as esri
from industrymap.layers._layer import Raw, object_array
from industrymap.layers._shapes import Budget, from_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.files import Limits

__all__ = ["read_geojson_text"]

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n\x1e"
"""Blanks of JSON, and the mark before each record of a GeoJSON text sequence (RFC 8142)."""
_STANDARD = "wgs84"
_BROKEN = re.compile(r"(?<!\\)((?:\\\\)*)\\(x[0-9a-f]{2})")
"""A broken byte as `files` shows it: JSON knows no such escape, so the sign before it is made a character of the text."""
_HEAD = re.compile(r'\{\s*"(?:type|id|geometry|properties|bbox)"\s*:')
"""How a feature begins."""
_TRIES = 50
"""So many beginnings are tried after a damaged feature."""
_DAMAGED: dict[str, Any] = {}
"""In place of a feature whose text a broken byte made unreadable."""


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
    # Broken bytes come as \xNN, which JSON refuses: escaped, one bad name does not cost the whole
    # file.
    reader = _Reader(_BROKEN.sub(r"\1\\\\\2", text), name)
    rows: list[dict[str, object]] = []
    geometries: list[object] = []
    notes: dict[int, list[str]] = {}
    is_esri = False
    for feature in reader.features():
        budget.spend(features=1)
        _refuse_foreign(feature, name)
        # One feature with "attributes" decides for the file: Esri JSON has no other mark that is
        # always there.
        is_esri = is_esri or "attributes" in feature
        shape = esri.geometry(feature.get("geometry")) if is_esri else feature.get("geometry")
        geometry, wrong = from_coordinates(shape, budget)
        # Before the geometry's own note: the feature is not without a shape, it could not be read.
        if feature is _DAMAGED:
            wrong = ["damaged_text"]
        if wrong:
            notes[len(rows)] = wrong
        properties = feature.get("attributes" if is_esri else "properties")
        rows.append(_properties(properties, feature.get("id")))
        geometries.append(geometry)
    members = reader.members
    # Only then: a member called "value" beside real features is somebody's own.
    if not rows:
        _refuse_foreign(members, name)
    columns = _columns(rows)
    # Esri JSON may be without a system, and then its numbers mean nothing by themselves.
    crs = esri.crs(members) if is_esri else _crs(members.get("crs"), name)
    kind = "Esri JSON" if is_esri else "GeoJSON"
    return Raw(
        columns=esri.columns(columns, members) if is_esri else columns,
        geometries=object_array(geometries),
        notes=notes,
        crs=crs if is_esri else crs or _STANDARD,
        by_standard=crs is None and not is_esri,
        decisions=[
            Decision(
                f"格式：{kind}，{len(rows):,} 个要素。",
                f"Format: {kind}, {len(rows):,} features.",
                "format",
            )
        ],
    )


def _refuse_foreign(member: dict[str, Any], name: str) -> None:
    """Name the JSON formats that look like GeoJSON and are not.

    Raises
    ------
    LayerError
        The map files of ECharts (whose coordinates are packed), option objects of ECharts, answers of map services.
    """
    geometry = member.get("geometry")
    if member.get("UTF8Encoding") or (isinstance(geometry, dict) and "encodeOffsets" in geometry):
        raise _bad(
            name,
            "it is an ECharts map with packed coordinates (UTF8Encoding); save the map as plain GeoJSON",
            "这是坐标经压缩的 ECharts 地图（UTF8Encoding），请改用未压缩的 GeoJSON",
        )
    if (
        "series" in member
        or "geoCoordMap" in member
        or ("value" in member and "geometry" not in member)
    ):
        raise _bad(
            name,
            "it is JSON for an ECharts chart; save the places as GeoJSON or as a table with longitude and latitude",
            "这是 ECharts 图表数据，请将地点另存为 GeoJSON，或存为含经度、纬度两列的表格",
        )
    if "pois" in member or ("status" in member and "regeocode" in member):
        raise _bad(
            name,
            "it is an answer of a map service; save the places as a table with longitude and latitude",
            "这是地图服务的返回结果，请将地点另存为含经度、纬度两列的表格",
        )


def _properties(properties: object, identifier: object) -> dict[str, object]:
    own = dict(properties) if isinstance(properties, dict) else {}
    # A property called id is the planner's; the feature's own id may be the program's count.
    if isinstance(identifier, (str, int)) and "id" not in own:
        own["id"] = identifier
    return own


def _columns(rows: list[dict[str, object]]) -> dict[str, list[object]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [_flat(row.get(name)) for row in rows] for name in names}


def _flat(value: object) -> object:
    # Nested values have no cell; as text they are at least seen.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _crs(member: object, name: str) -> str | None:
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
    # The form of drafts before GeoJSON 2008.
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
            if self._skip() == "[":
                # A bare list of features, as some programs write them.
                if self.text[self.at + 1 :].lstrip()[:1] != "{":
                    raise _bad(self.name, "the outermost value is no object", "最外层不是对象")
                yield from self._array()
            while self._skip():
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
        more = self._skip()
        if more == ",":
            self.at += 1
        # One feature after the other, a line each, is a file of its own kind; anything else after the end is damage.
        elif more and (seen or more != "{" or self.members.get("type") != "Feature"):
            raise ValueError("text after the end")
        if not seen:
            yield from self._lone()
            # Only the CRS concerns the features that follow on further lines.
            self.members = {k: v for k, v in self.members.items() if k == "crs"}

    def _array(self) -> Iterator[dict[str, Any]]:
        self.at += 1
        while self._skip() != "]":
            begin = self.at
            try:
                feature = self._value()
            except ValueError:
                self.at = self._next_feature(begin)
                yield _DAMAGED
                continue
            yield feature if isinstance(feature, dict) else {}
            if self._skip() == ",":
                self.at += 1
        self.at += 1

    def _next_feature(self, begin: int) -> int:
        """Return where the next whole feature begins, if a broken byte is why this one cannot be read; raise otherwise.

        Text that is damaged in another way, such as a file cut short, is refused: nobody knows what else is missing.
        """
        # Tried in turn, because the pattern also fits inside a text.
        for head in islice(_HEAD.finditer(self.text, begin + 1), _TRIES):
            if r"\\x" not in self.text[begin : head.start()]:
                continue
            try:
                feature, _ = _DECODER.raw_decode(self.text, head.start())
            except ValueError:
                continue
            if isinstance(feature, dict) and feature.get("type") == "Feature":
                return head.start()
        raise json.JSONDecodeError("damaged", self.text, begin)

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
            raise _bad(self.name, "it is Esri JSON without features", "这是没有要素的 Esri JSON")
        elif isinstance(self.members.get("attributes"), dict):
            yield self.members
        elif "coordinates" in self.members or "geometries" in self.members:
            yield {"geometry": self.members}
        elif kind != "FeatureCollection":
            _refuse_foreign(self.members, self.name)
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
