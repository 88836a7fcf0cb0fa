"""Geometry problems: named, repaired where that is safe, left out where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap import issues, schemas
from industrymap.wording import counted

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from industrymap.layers._layer import Raw

__all__ = [
    "drop_unbuilt",
    "features_left_out",
    "fit_to_layer",
    "has_areas",
    "make_valid",
    "not_finite",
    "outside",
]

# West, south, east, north in degrees, with the islands of the south.
_CHINA = (73.0, 3.0, 136.0, 54.0)
# Shapely's numbers of polygon and multipolygon.
_POLYGONAL = (3, 6)

MISSING = issues.rule("geometry.missing", "error", "没有图形，未读入", "no geometry: left out")
UNREADABLE = issues.rule(
    "geometry.unreadable",
    "error",
    "图形数据无法识别，未读入",
    "its geometry cannot be read: left out",
)
DAMAGED = issues.rule(
    "geometry.damaged_text",
    "error",
    "该要素的文本含无法识别的字节，无法读取，未读入",
    "the text of this feature holds bytes that could not be read: left out",
)
NOT_FINITE = issues.rule(
    "geometry.not_finite",
    "error",
    "坐标不是有限数（NaN 或无穷），未读入",
    "a coordinate is not a finite number: left out",
)
EMPTY = issues.rule(
    "geometry.empty", "error", "图形为空，未读入", "its geometry is empty: left out"
)
UNCLOSED = issues.rule(
    "geometry.unclosed",
    "info",
    "边界未闭合，已补上首点",
    "a ring did not close: its first point was added",
)
TOO_FEW = issues.rule(
    "geometry.too_few_points",
    "warning",
    "有不足 3 个不同点的环或线，该部分已舍去",
    "a ring or line of too few points: that part was left out",
)
INVALID = issues.rule(
    "geometry.invalid",
    "info",
    "图形无效（{reason_zh}），已自动修复",
    "invalid geometry ({reason_en}): repaired",
)
AREA_CHANGED = issues.rule(
    "geometry.repair_changed_area",
    "warning",
    "图形无效（{reason_zh}），已自动修复，面积因此变化 {share_zh}，请核对",
    "invalid geometry ({reason_en}): repaired, which changed its area by {share_en}; please check",
)
NOT_AREA = issues.rule(
    "geometry.not_polygon",
    "error",
    "应为面，实为{zh_kind}，无法量算面积，未读入",
    "expected a polygon, found {en_kind}: without an area it is left out",
)
CLOSED_LINE = issues.rule(
    "geometry.closed_line",
    "info",
    "闭合线已按面读入",
    "a closed line was read as the area it encloses",
)
NEARLY_CLOSED = issues.rule(
    "geometry.nearly_closed_line",
    "warning",
    "线的首尾相距 {gap} 米，已连接并按面读入，请核对",
    "the ends of the line are {gap} m apart: they were joined and the line read as an area, please check",
)
SWAPPED = issues.rule(
    "geometry.swapped_axes",
    "warning",
    "该要素的经度与纬度互换，已换回",
    "longitude and latitude of this feature were swapped: put right",
)
ABROAD = issues.rule(
    "geometry.out_of_extent",
    "error",
    "位于中国范围之外（{where}），未读入",
    "lies outside China ({where}): left out",
)
ELSEWHERE = issues.rule(
    "geometry.outside_city",
    "warning",
    "位于城市范围之外（{where}），请核对",
    "lies outside the city's extent ({where}): please check",
)

_NOTES = {
    "missing": MISSING,
    "unknown_type": UNREADABLE,
    "bad_coordinates": UNREADABLE,
    "unreadable": UNREADABLE,
    "damaged_text": DAMAGED,
    "not_finite": NOT_FINITE,
    "unclosed": UNCLOSED,
    "too_few_points": TOO_FEW,
}

_KINDS = {
    "Point": ("点", "a point"),
    "MultiPoint": ("多点", "several points"),
    "LineString": ("线", "a line"),
    "LinearRing": ("线", "a line"),
    "MultiLineString": ("多条线", "several lines"),
    "GeometryCollection": ("混合图形", "a mixture of shapes"),
}

_REASONS = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "洞在外环之外",
    "Nested holes": "洞中有洞",
    "Nested shells": "外环嵌套",
    "Duplicate Rings": "环重复",
    "Interior is disconnected": "内部不连通",
    "Too few points in geometry component": "点数不足",
    "Holes are nested": "洞中有洞",
    "Ring is not closed": "环未闭合",
}


def drop_unbuilt(
    geometries: npt.NDArray[np.object_], notes: dict[int, list[str]], report: issues.Collector
) -> npt.NDArray[np.bool_]:
    """Report what went wrong while geometries were built; return which of them can be used."""
    for position, codes in sorted(notes.items()):
        # Many bad rings in one feature are one thing to look at.
        for code in dict.fromkeys(codes):
            # Nothing is left of the feature, so that it is empty says more than that a part was dropped.
            if code == "too_few_points" and _gone(geometries[position]):
                continue
            report.add(_NOTES[code], position)
    missing = np.asarray(shapely.is_missing(geometries), dtype=bool)
    empty = np.asarray(shapely.is_empty(geometries), dtype=bool) & ~missing
    finite = np.ones(len(geometries), dtype=bool)
    owner, bad = not_finite(geometries)
    # One infinite vertex spoils every area and distance of its feature.
    finite[owner[bad]] = False
    # Why these are missing was noted while they were built.
    unnoted = [int(i) for i in np.flatnonzero(missing) if int(i) not in notes]
    for rule, places in (
        (MISSING, unnoted),
        (EMPTY, np.flatnonzero(empty)),
        (NOT_FINITE, np.flatnonzero(~finite)),
    ):
        for place in places:
            report.add(rule, int(place))
    usable: npt.NDArray[np.bool_] = ~missing & ~empty & finite
    return usable


def _gone(geometry: shapely.Geometry | None) -> bool:
    return geometry is None or bool(shapely.is_empty(geometry))


def not_finite(
    geometries: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    points, owner = shapely.get_coordinates(geometries, return_index=True)
    bad = np.asarray(~np.isfinite(points).all(axis=1), dtype=bool)
    return owner, bad


def make_valid(
    geometries: npt.NDArray[np.object_], report: issues.Collector
) -> npt.NDArray[np.object_]:
    """Repair self-crossing and misplaced rings, keeping the area they enclose, and log the reason and place."""
    # Heights from survey software take no part in areas, and repairs would interpolate them.
    out = shapely.force_2d(geometries)
    invalid = np.flatnonzero(~shapely.is_valid(out))
    if not len(invalid):
        return out
    reasons = shapely.is_valid_reason(out[invalid])
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the largest there are
        before = shapely.area(out[invalid])
        # By structure: holes stay holes. The default method turns overlapping rings into holes and loses the land between them.
        out[invalid] = shapely.make_valid(out[invalid], method="structure", keep_collapsed=False)
        after = shapely.area(out[invalid])
    for position, reason, old, new in zip(invalid, reasons, before, after, strict=True):
        zh, en = _reason(str(reason))
        about = {"reason_zh": zh, "reason_en": en}
        # A hole outside its shell becomes land, a loop that ran the other way counts now: nobody can say here what was meant.
        # Against the new area: that is the one which will be measured.
        share = abs(new - old) / new if new > 0 else 0.0
        if share > _CHANGED_SHARE:
            text = f"{share:.1%}"
            report.add(AREA_CHANGED, int(position), share_zh=text, share_en=text, **about)
        else:
            report.add(INVALID, int(position), **about)
    return out


_CHANGED_SHARE = 0.01
"""Change of area from which a repair is a matter for a person."""


def _reason(text: str) -> tuple[str, str]:
    kind, _, place = text.partition("[")
    numbers = re.findall(r"-?\d+\.?\d*", place)
    where = ", ".join(f"{float(n):.6f}" for n in numbers[:2])
    zh = _REASONS.get(kind.strip(), kind.strip())
    return (f"{zh}，{where}", f"{kind.strip()} at {where}") if where else (zh, kind.strip())


def fit_to_layer(
    geometries: npt.NDArray[np.object_], layer: str, report: issues.Collector
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Keep the polygons of a layer of areas; return geometries and which of them can be used."""
    keep = ~shapely.is_empty(geometries) & ~shapely.is_missing(geometries)
    for position in np.flatnonzero(~keep):
        report.add(EMPTY, int(position))
    if layer not in schemas.measured():  # only what is measured must have an area
        return geometries, keep
    out = geometries.copy()
    for position in np.flatnonzero(~np.isin(shapely.get_type_id(geometries), _POLYGONAL) & keep):
        # A collection may hold areas beside lines; then a boundary drawn as a line may enclose one.
        area = _areas(geometries[position])
        if area is None:
            area = _enclosed(geometries[position], int(position), report)
        if area is None:
            kind = str(geometries[position].geom_type)
            zh, en = _KINDS.get(kind, (kind, kind))
            report.add(NOT_AREA, int(position), zh_kind=zh, en_kind=en)
            keep[position] = False
        else:
            out[position] = area
    return out, keep


def _areas(geometry: shapely.Geometry) -> shapely.Geometry | None:
    # Twice, for collections inside collections.
    parts = shapely.get_parts(shapely.get_parts([geometry]))
    polygons = [p for p in parts if p.geom_type == "Polygon" and not p.is_empty]
    multi = [p for p in parts if p.geom_type == "MultiPolygon" and not p.is_empty]
    polygons += [p for m in multi for p in m.geoms]
    if not polygons:
        return None
    # Parts that overlap count once.
    return polygons[0] if len(polygons) == 1 else shapely.union_all(polygons)


def has_areas(raw: Raw) -> bool:
    """Say whether a layer holds polygons: in a file of several layers those are what a layer of areas is."""
    return bool(np.isin(shapely.get_type_id(raw.geometries), _POLYGONAL).any())


_GAP_M, _GAP_SHARE = 2.0, 0.01
"""How far the ends of a line drawn by hand may be apart: metres, and of its length."""


def _enclosed(
    line: shapely.Geometry, position: int, report: issues.Collector
) -> shapely.Geometry | None:
    """Return the area that a closed or nearly closed line encloses: 奥维 and CAD draw boundaries as lines."""
    parts = [part for part in shapely.get_parts([line]) if part.geom_type == "LineString"]
    # Lines mixed with points are no outline.
    if not parts or len(parts) != len(shapely.get_parts([line])):
        return None
    areas, widest = [], 0.0
    for part in parts:
        points = shapely.get_coordinates(part)
        # Three points on top of each other enclose nothing.
        if len(points) < 3 or len(np.unique(points, axis=0)) < 3:
            return None
        # Degrees to metres, near enough for a gap of two metres: a degree is 111 km, east-west less by the latitude.
        scale = np.array([np.cos(np.radians(points[0, 1])), 1.0]) * 111_320.0
        steps = np.hypot(*(np.diff(points, axis=0) * scale).T)
        gap = float(np.hypot(*((points[-1] - points[0]) * scale)))
        # Wider than a slip of the hand: which way the boundary closes would be a guess.
        if gap > min(_GAP_M, _GAP_SHARE * float(steps.sum())):
            return None
        # A boundary traced by hand may cross itself where it closes.
        areas.append(
            shapely.make_valid(shapely.Polygon(points), method="structure", keep_collapsed=False)
        )
        widest = max(widest, gap)
    if widest > 0:
        report.add(NEARLY_CLOSED, position, value=f"{widest:.1f}", gap=f"{widest:.1f}")
    else:
        report.add(CLOSED_LINE, position)
    merged = shapely.union_all(areas)
    return merged if not merged.is_empty else None


def outside(
    geometries: npt.NDArray[np.object_],
    report: issues.Collector,
    *,
    extent: tuple[float, float, float, float] | None,
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Turn single features with swapped axes round, leave out what lies abroad, report what lies off the city.

    Parameters
    ----------
    geometries : ndarray of geometry
        WGS 84.
    report : Collector
    extent : tuple of float, optional
        ``west, south, east, north`` of the city, degrees.
    """
    out = geometries.copy()
    keep = np.ones(len(out), dtype=bool)
    for position in np.flatnonzero(~_inside(out, _CHINA)):
        # Latitude before longitude is the commonest mistake; it shows when turning the axes brings the feature into China.
        turned = shapely.transform(out[position], lambda points: points[:, ::-1])
        if _inside(np.array([turned], dtype=object), _CHINA)[0]:
            report.add(SWAPPED, int(position), value=_where(out[position]))
            out[position] = turned
        else:
            where = _where(out[position])
            report.add(ABROAD, int(position), value=where, where=where)
            keep[position] = False
    # Outside the city is reported and kept: districts reach over, and projects do too.
    if extent is not None:
        for position in np.flatnonzero(keep & ~_touches(out, extent)):
            where = _where(out[position])
            report.add(ELSEWHERE, int(position), value=where, where=where)
    return out, keep


def features_left_out(found: pd.DataFrame) -> tuple[str, str] | None:
    """Say in both languages how many features of a layer were not read and why; ``None`` where all were.

    Parameters
    ----------
    found : DataFrame
        Issues of its reading.
    """
    left = found[found["rule"].str.startswith("geometry.") & (found["level"] == "error")]
    if left.empty:
        return None
    # A point and a line where an area should be are two reasons; places differ from feature to feature.
    reason = left["rule"].mask(left["rule"] == NOT_AREA.id, left["zh"])
    counts = left.groupby(reason, sort=True).agg(
        n=("zh", "size"), zh=("zh", "first"), en=("en", "first")
    )
    zh = "；".join(
        f"{n:,} 个{text.removesuffix('，未读入')}"
        for n, text in zip(counts["n"], counts["zh"], strict=True)
    )
    en = "; ".join(
        f"{n:,} × {text.removesuffix(': left out')}"
        for n, text in zip(counts["n"], counts["en"], strict=True)
    )
    return f"{len(left):,} 个要素未读入：{zh}", f"{counted(len(left), 'feature')} not read: {en}"


def _inside(
    geometries: npt.NDArray[np.object_], box: tuple[float, float, float, float]
) -> npt.NDArray[np.bool_]:
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    west, south, east, north = box
    inside: npt.NDArray[np.bool_] = (
        (bounds[:, 0] >= west)
        & (bounds[:, 1] >= south)
        & (bounds[:, 2] <= east)
        & (bounds[:, 3] <= north)
    )
    return inside


def _touches(
    geometries: npt.NDArray[np.object_], box: tuple[float, float, float, float]
) -> npt.NDArray[np.bool_]:
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    west, south, east, north = box
    touches: npt.NDArray[np.bool_] = (
        (bounds[:, 0] <= east)
        & (bounds[:, 1] <= north)
        & (bounds[:, 2] >= west)
        & (bounds[:, 3] >= south)
    )
    return touches


def _where(geometry: shapely.Geometry) -> str:
    west, south, _, _ = shapely.bounds(geometry)
    return f"{west:.6g}, {south:.6g}"
