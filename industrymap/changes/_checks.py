"""What a change would do to the shapes: areas against polygons, overlaps, empties, places off the city, growth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap import issues, schemas

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from industrymap.citypack import CityPack
    from industrymap.store import Item, Plan

__all__ = ["ACCEPTABLE", "AREA_TOLERANCE", "Setting", "check"]

AREA_TOLERANCE = 0.05
"""Largest share by which a reported area may differ from its polygon's."""

OVERLAP_TOLERANCE = 0.01
"""Largest share of the smaller feature that may lie in another one: drawing is no finer."""

# Smaller overlaps are slivers along a common border that was digitised twice.
_LEAST_OVERLAP_M2 = 100.0
_WORTH_TELLING = 0.001
_ALARMING = 0.2

AREA = issues.rule(
    "change.area",
    "error",
    "填报面积 {reported:,.0f} m² 与图形面积 {computed:,.0f} m² 相差 {share:+.1%}，超过 5%。",
    "The reported area of {reported:,.0f} m² differs from the polygon's {computed:,.0f} m² by {share:+.1%}, more than 5%.",
)
OVERLAP = issues.rule(
    "change.overlap",
    "error",
    "与“{other}”重叠 {area:,.0f} m²（占较小者 {share:.1%}）。",
    "Overlaps {other!r} by {area:,.0f} m² ({share:.1%} of the smaller).",
)
EMPTY = issues.rule("change.empty_geometry", "error", "图形为空。", "The geometry is empty.")
OUTSIDE = issues.rule(
    "change.outside_city",
    "error",
    "图形在城市范围之外（中心 {lon:.4f}, {lat:.4f}），请核对坐标系。",
    "The geometry lies outside the city (around {lon:.4f}, {lat:.4f}): check the coordinate system.",
)
GREW = issues.rule(
    "change.grew",
    "info",
    "图形面积由 {before:,.0f} m² 变为 {after:,.0f} m²（{share:+.1%}）。",
    "The polygon went from {before:,.0f} m² to {after:,.0f} m² ({share:+.1%}).",
)
GREW_MUCH = issues.rule(
    "change.grew_much",
    "warning",
    "图形面积由 {before:,.0f} m² 变为 {after:,.0f} m²（{share:+.1%}），变化超过 20%，请核对。",
    "The polygon went from {before:,.0f} m² to {after:,.0f} m² ({share:+.1%}), by more than 20 %: please check.",
)
REDRAWN = issues.rule(
    "change.redistributed",
    "warning",
    "拆分或合并前后总面积由 {before:,.0f} m² 变为 {after:,.0f} m²（{share:+.1%}）。",
    "The features split or merged had {before:,.0f} m² together, now {after:,.0f} m² ({share:+.1%}).",
)
CONFLICT = issues.rule("change.conflict", "error", "{zh}。", "{en}.")

ACCEPTABLE = {
    "area": ("change.area",),
    "overlap": ("change.overlap",),
    "outside": ("change.outside_city", "geometry.outside_city"),
}
"""What a person may accept knowingly (``area``, ``overlap``, ``outside``), and the rules each covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a plan is checked against.

    Attributes
    ----------
    schema : str
    pack : CityPack
        For its extent and the CRS in which areas are measured.
    file : str
        Name of the change file, for the issues.
    rows : dict of str to int
        Identifier → row in the file.
    """

    schema: str
    pack: CityPack
    file: str
    rows: dict[str, int]


def _is_subject(schema: str) -> bool:
    record = schemas.measured().get(schema)
    return record is not None and record.role == "subject"


def check(plan: Plan, current: gpd.GeoDataFrame, setting: Setting) -> pd.DataFrame:
    """Return what forbids a plan or should be looked at, and which polygons shrank or grew.

    Parameters
    ----------
    plan : Plan
    current : GeoDataFrame
        The layer as it is.
    setting : Setting
    """
    schema, pack = setting.schema, setting.pack
    # What is removed needs no sound shape.
    drawn = [i for i in plan.items if i.action != "remove"]
    shapes = np.array([item.geometry for item in drawn], dtype=object)
    areas = _areas(shapes, pack.crs)
    records = [
        *_conflicts(plan),
        *_empty(drawn),
        *_outside(drawn, pack),
        *_contradictions(drawn, areas, schema),
        *_values(drawn, areas, schema),
        *_growth(drawn, areas, pack.crs),
        *_redistribution(plan, drawn, areas, pack.crs),
    ]
    if _is_subject(schema):  # features that are counted one by one may not lie over each other
        records += _overlaps(plan, drawn, current, schema, pack.crs)
    for record in records:
        # Findings name the row of the file, where the person can mend them.
        record |= {"source": setting.file, "row": setting.rows.get(str(record["value"]))}
        record.setdefault("column", "geometry")
    return issues.from_records(records)


def _conflicts(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"rule": CONFLICT, "value": c.id, "column": "", "zh": c.zh, "en": c.en}
        for c in plan.conflicts
    ]


def _empty(items: list[Item]) -> list[dict[str, Any]]:
    return [
        {"rule": EMPTY, "value": item.id}
        for item in items
        if item.geometry is not None and item.geometry.is_empty
    ]


def _outside(items: list[Item], pack: CityPack) -> list[dict[str, Any]]:
    city = shapely.box(*pack.extent)
    records = []
    for item in items:
        shape = item.geometry
        if (
            # An old shape outside the extent is not this change's fault.
            "geometry" in item.fields
            and shape is not None
            and not shape.is_empty
            and not city.contains(shape)
        ):
            at = shape.centroid
            records.append({"rule": OUTSIDE, "value": item.id, "lon": at.x, "lat": at.y})
    return records


def _contradictions(
    items: list[Item], areas: NDArray[np.float64], schema: str
) -> list[dict[str, Any]]:
    """Hold reported areas against polygons, wherever one of the two is new."""
    record = schemas.measured().get(schema)
    column = record.area_reported if record else ""
    records: list[dict[str, Any]] = []
    for item, computed in zip(items, areas, strict=True):
        reported = item.record.get(column) if column else None
        touched = column in item.fields or "geometry" in item.fields
        if not isinstance(reported, (int, float)) or not computed or not touched:
            continue
        # Reported land may follow another boundary than the drawn one, so a difference is reported and not refused.
        share = reported / computed - 1
        if abs(share) > AREA_TOLERANCE:
            about = {"reported": reported, "computed": computed, "share": share}
            label = schemas.field(schema, str(column)).zh
            records.append({"rule": AREA, "value": item.id, "column": label, **about})
    return records


def _values(items: list[Item], areas: NDArray[np.float64], schema: str) -> list[dict[str, Any]]:
    """Report values that contradict others of the same feature, where one of them is new."""
    import pandas as pd

    from industrymap.measure import contradictions

    if not items:
        return []
    names = list(items[0].record)
    frame = pd.DataFrame({n: pd.Series([i.record.get(n) for i in items]) for n in names})
    records = []
    for contradiction in contradictions(frame, np.where(areas > 0, areas, np.nan), layer=schema):
        item = items[contradiction.at]
        # what was wrong before, and is not touched, is no matter of this change
        if contradiction.inputs & set(item.fields):
            label = schemas.field(schema, contradiction.column).zh
            records.append(
                {
                    "rule": contradiction.rule,
                    "value": item.id,
                    "column": label,
                    **contradiction.details,
                }
            )
    return records


def _growth(items: list[Item], areas: NDArray[np.float64], crs: str) -> list[dict[str, Any]]:
    records = []
    moved = [
        (item, after)
        for item, after in zip(items, areas, strict=True)
        if item.action == "change" and "geometry" in item.fields and after
    ]
    before = _areas(
        np.array([i.before.geometry if i.before else None for i, _ in moved], dtype=object), crs
    )
    for (item, after), old in zip(moved, before, strict=True):
        # Corners are moved by centimetres in every edit.
        if not old or abs(after / old - 1) < _WORTH_TELLING:
            continue
        share = after / old - 1
        rule = GREW_MUCH if abs(share) > _ALARMING else GREW
        records.append(
            {"rule": rule, "value": item.id, "before": old, "after": after, "share": share}
        )
    return records


def _redistribution(
    plan: Plan, items: list[Item], areas: NDArray[np.float64], crs: str
) -> list[dict[str, Any]]:
    """Compare the area of what was split or merged with what became of it."""
    now = {item.id: float(area) for item, area in zip(items, areas, strict=True)}
    records = []
    for item in plan.items:
        if item.action != "remove" or not item.related or item.before is None:
            continue
        parts = item.related.split(";")
        # One source may go into several parts and one part come from several sources: all that share a part are compared together.
        wholes = [
            i
            for i in plan.items
            if i.before is not None
            and not i.before.removed
            and i.related
            and set(i.related.split(";")) & set(parts)
        ]
        before = float(
            _areas(
                np.array([w.before.geometry for w in wholes if w.before], dtype=object), crs
            ).sum()
        )
        after = sum(now.get(part, 0.0) for part in parts)
        # Splitting and merging redistribute land; they make none.
        if before and abs(after / before - 1) > AREA_TOLERANCE:
            about = {"before": before, "after": after, "share": after / before - 1}
            records.append({"rule": REDRAWN, "value": item.id, **about})
    return records


def _overlaps(
    plan: Plan, drawn: list[Item], current: gpd.GeoDataFrame, schema: str, crs: str
) -> list[dict[str, Any]]:
    """Hold every new shape against what the layer would then hold."""
    key = schemas.fields(schema)[0].name
    after: dict[str, Any] = dict(zip(current[key].astype(str), current.geometry, strict=True))
    for item in plan.items:
        after[item.id] = None if item.action == "remove" else item.geometry
    ids = [id_ for id_, shape in after.items() if shape is not None and not shape.is_empty]
    shapes = np.array([after[id_] for id_ in ids], dtype=object)
    # Only overlaps with something new are this change's; old ones were there before it.
    new = {i.id for i in drawn if "geometry" in i.fields}
    # An invalid shape cannot be intersected; it is reported by the reader.
    asked = [n for n, id_ in enumerate(ids) if id_ in new and shapely.is_valid(shapes[n])]
    if not asked:
        return []
    tree = shapely.STRtree(shapes)
    mine, theirs = tree.query(shapes[asked], predicate="intersects")
    pairs = {
        # Each pair once, whichever of the two was looked up.
        (min(asked[m], t), max(asked[m], t))
        for m, t in zip(mine, theirs, strict=True)
        if asked[m] != t
    }
    if not pairs:
        return []
    first, second = (np.array(side) for side in zip(*sorted(pairs), strict=True))
    sound = shapely.is_valid(shapes[first]) & shapely.is_valid(shapes[second])
    first, second = first[sound], second[sound]
    over = _areas(shapely.intersection(shapes[first], shapes[second]), crs)
    smaller = np.minimum(_areas(shapes[first], crs), _areas(shapes[second], crs))
    records = []
    for a, b, area, least in zip(first, second, over, smaller, strict=True):
        if area <= max(OVERLAP_TOLERANCE * least, _LEAST_OVERLAP_M2):
            continue
        # The finding is of the new shape: that is the one in the file.
        one, other = (a, b) if ids[a] in new else (b, a)
        about = {"other": ids[other], "area": float(area), "share": float(area / least)}
        records.append({"rule": OVERLAP, "value": ids[one], **about})
    return records


def _areas(shapes: NDArray[np.object_], crs: str) -> NDArray[np.float64]:
    from industrymap import datum

    if not len(shapes):
        return np.zeros(0)
    # No shape, no area: 0 keeps it out of every comparison here.
    return np.nan_to_num(datum.area_m2(shapes, crs))
