"""Polygons on their way in: small faults mended with a log, and what does not add up reported.

A reader has already left out what is no polygon. Here the layer is looked at as a whole: slivers and pinholes, the same polygon twice,
polygons on top of each other, an area that contradicts its polygon, a district that contradicts the place, a shape that changed
since the last version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap import datum, issues, schemas
from industrymap.columns import floats, texts
from industrymap.measure._contradictions import contradictions
from industrymap.measure._overlaps import projected
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from industrymap.columns import Flags, Floats, Geometries

__all__ = ["changed", "check_polygons"]

TOLERANCE = 0.05
"""A reported area may differ from its polygon by so much."""
_SLIVER_M2 = 1.0
# Outlines that were drawn twice share less than this.
_OVERLAP_M2 = 10.0
_MOSTLY = 0.5
_UNIT_SLIPS = (
    (MU_M2, "亩", "mu"),
    (1e4, "公顷", "ha"),
    (1e6, "平方公里", "km²"),
)

SLIVER = issues.rule(
    "polygon.sliver",
    "info",
    "{id}：舍去 {n} 个不足 1 m² 的碎片或孔洞",
    "{id}: {n} parts or holes under 1 m² were removed",
)
TWICE = issues.rule(
    "polygon.duplicate",
    "error",
    "{id} 与 {other} 名称和图形完全相同，未计入",
    "{id} has the name and the shape of {other}: left out",
)
SAME_SHAPE = issues.rule(
    "polygon.same_shape",
    "warning",
    "{id} 与 {other} 图形完全相同但名称不同，面积会重复计算，请核对",
    "{id} has the shape of {other} under another name: its area counts twice, please check",
)
OVERLAP = issues.rule(
    "polygon.overlap",
    "warning",
    "{id} 与 {other} 重叠 {m2} m²（占 {share}），请核对",
    "{id} and {other} overlap by {m2} m² ({share}), please check",
)
AREA = issues.rule(
    "polygon.area_contradicts",
    "warning",
    "{id} 填报面积 {reported} m²，图上面积 {computed} m²，相差 {off}{hint_zh}",
    "{id} reports {reported} m², its polygon has {computed} m²: {off} off{hint_en}",
)
OUTSIDE = issues.rule(
    "geometry.outside_districts",
    "warning",
    "{id}（{name}）不在任何区内，位于 {lon}, {lat}，请核对坐标",
    "{id} ({name}) lies in no district; its place is {lon}, {lat}: please check its coordinates",
)
DISTRICT = issues.rule(
    "polygon.district_contradicts",
    "warning",
    "{id} 填报在{named}，图形 {share} 位于{found}，请核对",
    "{id} names {named}, {share} of its polygon lies in {found}, please check",
)


def check_polygons(  # noqa: PLR0913 - the layer, what it is held against, and where it came from
    polygons: gpd.GeoDataFrame,
    *,
    layer: str,
    crs: str,
    districts: gpd.GeoDataFrame | None = None,
    source: str | None = None,
    rows: pd.Series[int] | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Mend small faults of a polygon layer and report what does not add up.

    Parameters
    ----------
    polygons : GeoDataFrame
        WGS 84, typed by the layer's schema.
    layer : str
        Its schema, of a layer that is measured.
    crs : str
        The city's projected CRS.
    districts : GeoDataFrame, optional
        Polygons with ``name``: the district each polygon names is compared with where it lies.
    source : str, optional
        The file's name, for the issues table; the layer's by default.
    rows : Series of int, optional
        Ordinal of each feature in the file, aligned with ``polygons``; its position by default.

    Returns
    -------
    polygons : GeoDataFrame
        Without slivers, pinholes and exact doubles.
    issues : DataFrame
        What was mended and what to look at.
    """
    log = issues.Collector(
        source or layer,
        rows=None if rows is None else [int(row) for row in rows],
        ids=polygons[schemas.key(layer)].astype("string").fillna("?").tolist(),
        column="geometry",
    )
    # Slivers first: they would count as overlaps and spoil the comparison of shapes.
    mended = _without_slivers(polygons, crs, log)
    # exact doubles go before the overlaps are measured: each would overlap its twin wholly
    single = ~_doubles(mended, log)
    kept, log = mended[single], log.of(np.flatnonzero(single))
    shapes = projected(kept, crs)
    # Reported and not cut: which of two boundaries is right is not for a program to say.
    _report_overlaps(shapes, log)
    _report_areas(kept, shapes, layer, log)
    for contradiction in contradictions(kept, shapely.area(shapes), layer=layer):
        log.add(
            contradiction.rule,
            contradiction.at,
            column=contradiction.column,
            value=contradiction.value,
            **contradiction.details,
        )
    if districts is not None and "district" in kept:
        _report_districts(kept, shapes, districts, projected(districts, crs), log)
    return kept, log.table()


def outside_districts(
    features: gpd.GeoDataFrame, *, districts: gpd.GeoDataFrame, source: str
) -> pd.DataFrame:
    """List the features that touch no district: drawn, they lie alone beside the city.

    Parameters
    ----------
    features, districts : GeoDataFrame
        WGS 84.
    source : str
        The file's name, for the issues table.
    """
    shapes = np.asarray(features.geometry.array)
    tree = shapely.STRtree(np.asarray(districts.geometry.array))
    touched = np.unique(tree.query(shapes, predicate="intersects")[0])
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    known[touched] = False
    named = [column for column in features.columns if column != "geometry"]
    ids = features[named[0]].astype("string").fillna("?").tolist() if named else []
    names = texts(features, "name") if "name" in features else [""] * len(features)
    log = issues.Collector(source, ids=ids, column="geometry")
    for at in np.flatnonzero(known).tolist():
        place = shapely.centroid(shapes[at])
        log.add(
            OUTSIDE, at, value=ids[at] if ids else "", name=names[at] or "—",
            lon=f"{place.x:.4f}", lat=f"{place.y:.4f}",
        )  # fmt: skip
    return log.table()


def changed(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    *,
    key: str,
    crs: str,
    tolerance: float = 0.01,
) -> pd.DataFrame:
    """List the polygons whose shape is not what it was.

    Parameters
    ----------
    before, after : GeoDataFrame
        Two versions of a layer, WGS 84.
    key : str
        The id column.
    crs : str
        The city's projected CRS.
    tolerance : float
        Changes of a smaller share of the area are left out.

    Returns
    -------
    changes : DataFrame
        ``key``, ``kind`` (``added removed grew shrank moved``), ``before_m2``, ``after_m2``, ``share`` (area changed hands ÷ the larger of
        both), the largest first.
    """
    old, new = (_by_id(frame, key, crs) for frame in (before, after))
    rows = [_change(name, old.get(name), new.get(name)) for name in sorted(set(old) | set(new))]
    table = pd.DataFrame(rows, columns=[key, "kind", "before_m2", "after_m2", "share"])
    table = table[table["share"] > tolerance]
    order = ["share", key]
    return table.sort_values(order, ascending=[False, True], ignore_index=True).astype(
        {
            key: "string",
            "kind": "string",
            "before_m2": "Float64",
            "after_m2": "Float64",
            "share": "Float64",
        }
    )


def _without_slivers(
    polygons: gpd.GeoDataFrame, crs: str, log: issues.Collector
) -> gpd.GeoDataFrame:
    """Drop parts and fill holes under 1 m²; a polygon that is nothing else stays."""
    shapes = np.array(polygons.geometry.array, dtype=object)
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    small_part = datum.area_m2(parts, crs) < _SLIVER_M2
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    # The first ring of a polygon is its outline, the others are holes.
    outer = np.r_[True, of_ring[1:] != of_ring[:-1]] if len(of_ring) else np.array([], dtype=bool)
    pinhole = ~outer & (datum.area_m2(shapely.polygons(rings), crs) < _SLIVER_M2)
    count = np.bincount(of_part[small_part], minlength=len(shapes))
    count += np.bincount(of_part[of_ring[pinhole]], minlength=len(shapes))
    for i in np.flatnonzero(count).tolist():
        mine = np.flatnonzero(of_part == i)
        # A polygon of slivers only is kept: dropping it would drop the feature.
        kept = [p for p in mine if not small_part[p]] or list(mine)
        filled = [
            shapely.Polygon(
                rings[(of_ring == p) & outer][0], list(rings[(of_ring == p) & ~outer & ~pinhole])
            )
            for p in kept
        ]
        shapes[i] = filled[0] if len(filled) == 1 else shapely.MultiPolygon(filled)
        log.add(SLIVER, i, value=log.ids[i], n=int(count[i]))
    return polygons.set_geometry(shapes, crs=polygons.crs)


def _doubles(polygons: gpd.GeoDataFrame, log: issues.Collector) -> Flags:
    """Mark polygons that repeat an earlier one, shape and name."""
    shapes = np.asarray(polygons.geometry.array)
    # About a millimetre, and vertices in one order: the same park drawn from another corner is the same shape.
    marks = shapely.to_wkb(shapely.normalize(shapely.set_precision(shapes, 1e-8)))
    names = texts(polygons, "name")
    double = np.zeros(len(polygons), dtype=bool)
    first: dict[bytes, int] = {}
    for i, mark in enumerate(marks):
        j = first.setdefault(mark, i)
        if j != i and not shapely.is_empty(shapes[i]):
            # The same shape under another name may be two owners of one site; only with the same name it is a double.
            double[i] = bool(names[i] == names[j])
            rule = TWICE if double[i] else SAME_SHAPE
            log.add(rule, i, value=names[i], other=log.ids[j])
    return double


def _report_overlaps(shapes: Geometries, log: issues.Collector) -> None:
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    # Every pair comes twice, and every polygon meets itself.
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    smaller = np.minimum(shapely.area(shapes[left]), shapely.area(shapes[right]))
    for a, b, m2, least in zip(left, right, shared, smaller, strict=True):
        if m2 >= _OVERLAP_M2:
            other, share = log.ids[b], f"{m2 / least:.1%}"
            log.add(OVERLAP, a, value=other, other=other, m2=f"{m2:,.0f}", share=share)


def _report_areas(
    polygons: gpd.GeoDataFrame, shapes: Geometries, layer: str, log: issues.Collector
) -> None:
    column = schemas.measured()[layer].area_reported
    if column not in polygons:
        return
    reported = floats(polygons, column)
    computed: Floats = shapely.area(shapes)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = reported / computed - 1.0
    for i in np.flatnonzero(np.abs(np.nan_to_num(off)) > TOLERANCE).tolist():
        # 1:667 or 1:10,000 between the two is a unit, not a boundary.
        hint_zh, hint_en = _unit_hint(reported[i] / computed[i])
        log.add(
            AREA, i, column=column, value=f"{reported[i]:g}", reported=f"{reported[i]:,.0f}",
            computed=f"{computed[i]:,.0f}", off=f"{off[i]:+.1%}", hint_zh=hint_zh, hint_en=hint_en,
        )  # fmt: skip


def _unit_hint(ratio: float) -> tuple[str, str]:
    """Say which unit the figure seems to be in, if a unit explains the contradiction."""
    for factor, zh, en in _UNIT_SLIPS:
        if ratio > 0 and abs(ratio * factor - 1) <= TOLERANCE:
            return f"；似乎是以{zh}填报", f"; it seems to be in {en}"
        if abs(ratio / factor - 1) <= TOLERANCE:
            return f"；似乎按{zh}重复换算", f"; it seems to have been converted from {en} twice"
    return "", ""


def _report_districts(
    polygons: gpd.GeoDataFrame,
    shapes: Geometries,
    districts: gpd.GeoDataFrame,
    areas: Geometries,
    log: issues.Collector,
) -> None:
    """Report polygons most of which lies in another district than the one they name."""
    names = texts(districts, "name")
    named = texts(polygons, "district")
    for i, district, share in _mostly_in(shapes, areas):
        own = named[i]
        if own and own in names and names[district] != own and share > _MOSTLY:
            log.add(
                DISTRICT, i, column="district", value=own,
                named=own, found=names[district], share=f"{share:.0%}",
            )  # fmt: skip


def _mostly_in(shapes: Geometries, areas: Geometries) -> Iterator[tuple[int, int, float]]:
    """Yield polygon, district and the share of the polygon in it, for the district that holds most of it."""
    mine, theirs = shapely.STRtree(areas).query(shapes, predicate="intersects")
    shapely.prepare(areas)
    best: dict[int, tuple[int, float]] = {}
    # Most polygons lie wholly in one district and need no intersection.
    whole = shapely.covers(areas[theirs], shapes[mine])
    for i, j, inside in zip(mine.tolist(), theirs.tolist(), whole, strict=True):
        if inside:
            share = 1.0
        else:
            share = shapely.area(shapely.intersection(shapes[i], areas[j])) / shapely.area(
                shapes[i]
            )
        if share > best.get(i, (0, 0.0))[1]:
            best[i] = (j, float(share))
    for i, (j, share) in sorted(best.items()):
        yield i, j, share


def _by_id(frame: gpd.GeoDataFrame, key: str, crs: str) -> dict[str, BaseGeometry]:
    ids = frame[key].astype("string").fillna("?")
    return dict(zip(ids.tolist(), projected(frame, crs), strict=True))


def _change(
    name: str, old: BaseGeometry | None, new: BaseGeometry | None
) -> tuple[str, str, float | None, float | None, float]:
    if old is None or new is None:
        before, after = (None if side is None else float(shapely.area(side)) for side in (old, new))
        return name, "added" if old is None else "removed", before, after, 1.0
    a, b = shapely.area(old), shapely.area(new)
    moved = shapely.area(shapely.symmetric_difference(old, new))
    # It moved where its area changed by less than half of what changed hands.
    kind = "moved" if abs(b - a) < 0.5 * moved else "grew" if b > a else "shrank"
    return name, kind, a, b, float(moved / max(a, b)) if max(a, b) > 0 else 0.0
