"""What a change does or did to features, as a table with one line per field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from industrymap import datum, schemas
from industrymap.columns import is_missing
from industrymap.store import same_shape

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from industrymap.store import Plan

__all__ = ["difference", "in_words", "version_changes", "without_details_of_the_new"]

_LOG = ("at", "who", "why", "source", "undoes")
"""Columns of a history that say who made a version; ``change_at`` … where the layer has a field of that name."""

_ABOUT_VERSIONS = {"related", "geometry", "valid_from", "valid_to", "removed", "change_id", "ended_by"}  # fmt: skip


def difference(plan: Plan, *, crs: str) -> pd.DataFrame:
    """Return what a plan would change, one line per field.

    Parameters
    ----------
    plan : store.Plan
    crs : str
        Projected CRS in which areas are measured.

    Returns
    -------
    difference : DataFrame
        ``id, action, field, before, after, related`` (where a part came from, what a whole became); a geometry is shown as
        its area in m² with the change in percent and how far its middle moved.
    """
    records = []
    for item in plan.items:
        about = {"id": item.id, "action": item.action, "related": item.related}
        # a removed feature and one added without a value have one line without a field
        if item.action == "remove" or not item.fields:
            records.append({**about, "field": "", "before": "", "after": ""})
            continue
        # A feature added again under a former number starts anew: its removed version is no
        # "before".
        old = item.before if item.before is not None and not item.before.removed else None
        for name in item.fields:
            if name == "geometry":
                values = _areas(old.geometry if old else None, item.geometry, crs)
            else:
                values = _text(old.record.get(name) if old else None), _text(item.record[name])
            records.append({**about, "field": name, "before": values[0], "after": values[1]})
    names = ["id", "action", "field", "before", "after", "related"]
    return pd.DataFrame(records, columns=names).astype("string")


def version_changes(versions: gpd.GeoDataFrame, *, crs: str) -> pd.DataFrame:
    """Return what each version of one feature changed in the version before it.

    Parameters
    ----------
    versions : GeoDataFrame
        From the database's ``history``, oldest first.
    crs : str
        Projected CRS in which areas are measured.

    Returns
    -------
    steps : DataFrame
        ``id`` (number of the change), ``action``, ``field``, ``before``, ``after``; a boundary is shown as its area in m²
        with the change in percent.
    """
    # a schema may have a field `source` of its own: then the log's is `change_source`
    log = {f"change_{n}" if f"change_{n}" in versions.columns else n for n in _LOG}
    fields = [c for c in versions.columns if c not in _ABOUT_VERSIONS | log]
    shapes = list(versions.geometry)
    records = []
    for at in range(1, len(versions)):
        old, new = versions.iloc[at - 1], versions.iloc[at]
        if new["removed"]:
            continue
        about = {"id": str(new["change_id"]), "action": "changed"}
        records += [
            {**about, "field": name, "before": old[name], "after": new[name]}
            for name in fields
            if not _same(old[name], new[name])
        ]
        # a removed version has no shape of its own, so what follows it starts from nothing
        if not same_shape(shapes[at - 1], shapes[at]):
            before, after = _areas(shapes[at - 1], shapes[at], crs)
            records.append({**about, "field": "geometry", "before": before, "after": after})
    return pd.DataFrame(records, columns=["id", "action", "field", "before", "after"])


def without_details_of_the_new(table: pd.DataFrame) -> pd.DataFrame:
    """Leave one line for each feature that is added: its area where it has one.

    Parameters
    ----------
    table : DataFrame
        From :func:`difference`.

    Returns
    -------
    shorter : DataFrame
    """
    new = table["action"] == "add"
    drawn = table[new & (table["field"] == "geometry")]
    others = table[new & ~table["id"].isin(drawn["id"])].drop_duplicates("id")
    kept = [*table.index[~new], *drawn.index, *others.index]
    return table.loc[sorted(kept)]


def in_words(value: Any, field: str, schema: str, lang: str) -> str:
    """Return a value of a difference as a person reads it: a code in words, a number without the digits nobody wrote.

    Examples
    --------
    >>> in_words("0.8000000000000000444", "far", schemas.PARKS, "zh")
    '0.8'
    >>> in_words(None, "far", schemas.PARKS, "zh")
    '—'
    """
    if is_missing(value) or value == "":
        return "—"
    kind = "" if field == "geometry" else schemas.field(schema, field).dtype
    if kind == "float":
        return f"{float(value):.10g}"
    if lang == "en":
        return str(value)
    words = schemas.labels("bool" if kind == "bool" else field, "zh")
    return words.get(str(value).lower(), str(value))


def _same(one: Any, other: Any) -> bool:
    unknown = bool(pd.isna(one)), bool(pd.isna(other))
    # Unknown on both sides is no change; comparing <NA> would give neither true nor false.
    return unknown[0] == unknown[1] if any(unknown) else bool(one == other)


def _areas(before: BaseGeometry | None, after: BaseGeometry | None, crs: str) -> tuple[str, str]:
    """Return the areas of a geometry before and after, with the change in percent and how far its middle has moved."""
    shapes = np.array([before, after], dtype=object)
    old, new = datum.area_m2(shapes, crs)
    change = ""
    if before is not None and old > 0 and after is not None:
        # A boundary that only moved keeps its area: without the distance it would read as unchanged.
        one, other = shapely.centroid(datum.convert_geometry(shapes, source="wgs84", target=crs))
        share = f"{new / old - 1:+.1%}".replace("-0.0%", "±0.0%").replace("+0.0%", "±0.0%")
        change = f" ({share}, Δ {shapely.distance(one, other):,.0f} m)"
    return (
        "" if before is None else f"{old:,.0f} m²",
        "" if after is None else f"{new:,.0f} m²{change}",
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
