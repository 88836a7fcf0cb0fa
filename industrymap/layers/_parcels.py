"""The national parcel-coordinate text file (国土资源部勘测定界界址点坐标交换格式).

A block of properties (which system, which zone width, which zone), then for each parcel a line of at least nine fields that
ends in ``@`` and the boundary points that follow it::

    [属性描述]
    坐标系=2000国家大地坐标系
    几度分带=3
    带号=38
    [地块坐标]
    4,0.9,P1,甲村工业园,面,图幅号,工业,,@
    J1,1,2558000.000,38440000.000

A point is: its number, the ring it belongs to, x (north) and y (east, mostly with the zone in front), in metres. The first ring
of a parcel is its outer boundary or one of several; a ring within another is a hole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap.errors import LayerError
from industrymap.files import Decision
from industrymap.layers._layer import Raw, object_array
from industrymap.layers._shapes import Budget

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from industrymap.files import Limits

__all__ = ["is_parcel_text", "read_parcels"]

_START = "[地块坐标]"
_COLUMNS = (
    "界址点数",
    "地块面积",
    "地块编号",
    "地块名称",
    "图形属性",
    "图幅号",
    "地块用途",
    "地类编码",
)
_FIELDS = {"地块面积": "用地面积（公顷）", "地块编号": "编号", "地块名称": "名称"}
"""Columns whose heading says what the file only says by position: the area is in hectares."""
_FIRST_ZONE = {3: 25, 6: 13}
_SYSTEMS = (
    (("2000", "CGCS"), 4490, {3: (4513, 4534), 6: (4491, 4502)}),
    (("80", "西安"), 4610, {3: (2349, 2370), 6: (2327, 2338)}),
    (("54", "北京"), 4214, {3: (2401, 2422), 6: (21413, 21453)}),
)
"""Words of the system → its degrees, and for each zone width the EPSG codes of China's westernmost zone, with the zone's number
in front of the easting and without. The codes of the other zones follow one by one."""


def is_parcel_text(text: str) -> bool:
    """Say whether a text is such a file."""
    return _START in text[:4096]


def read_parcels(text: str, *, name: str, limits: Limits) -> Raw:
    """Read a parcel file.

    Raises
    ------
    LayerError
        Not such a file, or larger than the limits allow.
    """
    head, _, body = text.partition(_START)
    if not body:
        raise LayerError(
            f"{name} is not a parcel-coordinate file: it has no line {_START}.",
            f"{name} 不是界址点坐标文件：没有“{_START}”一行。",
        )
    # Keys are kept as the file has them: offices add their own beside the standard ones.
    about = dict(re.findall(r"^\s*([^=\[\]\n]+?)\s*=\s*(.*?)\s*$", head, re.MULTILINE))
    budget = Budget(name, limits)
    rows: list[list[str]] = []
    geometries: list[BaseGeometry | None] = []
    notes: dict[int, list[str]] = {}
    for title, points in _blocks(body):
        budget.spend(features=1, vertices=len(points))
        geometry, wrong = _shape(points)
        if wrong:
            notes[len(rows)] = wrong
        rows.append(title)
        geometries.append(geometry)
    return Raw(
        columns={
            _FIELDS.get(key, key): [row[i] or None if i < len(row) else None for row in rows]
            for i, key in enumerate(_COLUMNS)
        },
        geometries=object_array(geometries),
        notes=notes,
        crs=_crs(about, geometries),
        decisions=[
            Decision(
                f"格式：国土界址点坐标文件，{len(rows):,} 个地块，X 为北、Y 为东。",
                f"Format: national parcel-coordinate text, {len(rows):,} parcels; x is north, y is east.",
                "format",
            )
        ],
    )


def _blocks(body: str) -> list[tuple[list[str], list[list[str]]]]:
    """Return each parcel's title fields and the fields of its points."""
    blocks: list[tuple[list[str], list[list[str]]]] = []
    for line in body.splitlines():
        # Full-width commas come from files that were edited by hand.
        fields = [part.strip() for part in re.split(r"[,，]", line.strip())]
        if line.strip().endswith("@"):
            # The last field is empty: a comma comes before the @.
            blocks.append((fields[:-1], []))
        elif blocks and len(fields) >= 4:
            blocks[-1][1].append(fields)
    return blocks


def _shape(points: list[list[str]]) -> tuple[BaseGeometry | None, list[str]]:
    """Build a parcel from its points: rings by number, closed; a ring within another is a hole."""
    rings: dict[str, list[tuple[float, float]]] = {}
    for point in points:
        try:
            # x is north in Chinese surveying, y is east.
            north, east = float(point[2]), float(point[3])
        except ValueError:
            # A parcel with an unreadable corner is refused: without it the boundary would cut
            # across.
            return None, ["bad_coordinates"]
        if not np.isfinite([north, east]).all():
            return None, ["not_finite"]
        rings.setdefault(point[1], []).append((east, north))
    if not rings:
        return None, ["missing"]
    notes: list[str] = []
    areas: list[BaseGeometry] = []
    for ring in rings.values():
        if len(set(ring)) < 3:
            notes.append("too_few_points")
            continue
        if ring[0] != ring[-1]:
            notes.append("unclosed")
        areas.append(shapely.Polygon(ring))
    if not areas:
        return None, notes
    # Even-odd: an area within an area is cut out of it, one beside it is added.
    merged = areas[0]
    for area in areas[1:]:
        merged = (
            merged.difference(area)
            # buffer(0), because a boundary that touches itself fails every test of containment.
            if merged.buffer(0).covers(area.representative_point())
            else shapely.union(merged.buffer(0), area.buffer(0))
        )
    return merged, notes


def _crs(about: dict[str, str], geometries: list[BaseGeometry | None]) -> str | None:
    """Name the system of the file: its words, the width of its zones, and the zone."""
    words = about.get("坐标系", "")
    known = next((s for s in _SYSTEMS if any(mark in words for mark in s[0])), None)
    if known is None:
        return None
    # Degrees: the geographic system itself, whatever the zone lines say.
    if "度" in about.get("计量单位", ""):
        return f"EPSG:{known[1]}"
    width = _whole(about.get("几度分带", ""))
    east = next((g.bounds[0] for g in geometries if g is not None and not g.is_empty), 0.0)
    # Eastings are at most 900 km: what is above a million is the zone.
    in_front = int(east // 1_000_000)
    zone = _whole(about.get("带号", "")) or in_front
    # Unknown: the user is asked. Eastings of different zones look alike, so that a guess would be
    # 100 km off.
    if width not in known[2] or not zone:
        return None
    with_zone, without = known[2][width]
    return f"EPSG:{(with_zone if in_front else without) + zone - _FIRST_ZONE[width]}"


def _whole(text: str) -> int | None:
    digits = re.search(r"\d+", text)
    return int(digits.group()) if digits else None
