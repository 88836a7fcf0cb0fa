"""Esri JSON (what ArcGIS services and ``Features To JSON`` write): rings, fields and coordinate systems."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["columns", "crs", "geometry"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MIDNIGHT_IN_CHINA = time(16)
"""By the clock of UTC."""


def geometry(member: object) -> object:
    """Return an Esri geometry as GeoJSON; what is no such geometry comes back as it is, to be noted by the builder.

    Rings that run clockwise are outer boundaries, the others are holes of the outer ring they lie in.
    """
    if not isinstance(member, dict):
        return member
    if "rings" in member:
        return _polygon(member["rings"])
    if "paths" in member:
        return {"type": "MultiLineString", "coordinates": member["paths"]}
    if "points" in member:
        return {"type": "MultiPoint", "coordinates": member["points"]}
    if "x" in member and "y" in member:
        # A point without a place is written "NaN".
        return {"type": "Point", "coordinates": [member["x"], member["y"]]}
    return member


def _polygon(rings: object) -> object:
    wrong = {"type": "Polygon", "coordinates": None}
    if not isinstance(rings, list):
        return wrong
    outer: list[list[Any]] = []
    holes: list[Any] = []
    try:
        for ring in rings:
            # Esri turns outer rings clockwise, the other way than GeoJSON.
            if _signed_area(ring) <= 0:
                outer.append([ring])
            else:
                holes.append(ring)
    except (TypeError, ValueError, IndexError):
        return wrong
    if not outer:
        # Some programs write every ring the other way round.
        outer, holes = [[ring] for ring in holes], []
    for hole in holes:
        _owner(hole, outer).append(hole)
    if len(outer) == 1:
        return {"type": "Polygon", "coordinates": outer[0]}
    return {"type": "MultiPolygon", "coordinates": outer}


def _signed_area(ring: list[Any]) -> float:
    """Return twice the area, positive where the ring runs counter-clockwise."""
    points = np.array([position[:2] for position in ring], dtype=np.float64)
    x, y = points[:, 0], points[:, 1]
    # Differences from the first point keep the digits of seven-figure eastings.
    x, y = x - x[0], y - y[0]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _owner(hole: list[Any], outer: list[list[Any]]) -> list[Any]:
    """Return the outer ring a hole lies in; the first where it lies in none."""
    import shapely

    if len(outer) == 1:
        return outer[0]
    # One corner decides: rings of a valid polygon do not cross.
    spot = shapely.Point(hole[0][:2])
    for rings in outer:
        if len(rings[0]) >= 4 and shapely.Polygon([p[:2] for p in rings[0]]).intersects(spot):
            return rings
    return outer[0]


def crs(members: Mapping[str, Any]) -> str | None:
    """Return what the file says of its coordinate system: the code in force, else the older one, else WKT."""
    said = members.get("spatialReference")
    if not isinstance(said, dict):
        return None
    for key in ("latestWkid", "wkid"):
        code = said.get(key)
        if isinstance(code, int) and not isinstance(code, bool) and code > 0:
            # Codes from 100000 on are Esri's own and unknown to EPSG.
            return f"ESRI:{code}" if code >= 100_000 else f"EPSG:{code}"
    return str(said["wkt"]) if said.get("wkt") else None


def columns(
    given: Mapping[str, list[object]], members: Mapping[str, Any]
) -> dict[str, list[object]]:
    """Name columns as ArcGIS shows them and write dates and coded values as a person reads them."""
    fields = members.get("fields")
    about = {
        str(f.get("name")): f
        for f in (fields if isinstance(fields, list) else [])
        if isinstance(f, dict)
    }
    aliases = members.get("fieldAliases")
    aliases = aliases if isinstance(aliases, dict) else {}
    out: dict[str, list[object]] = {}
    for name, values in given.items():
        field = about.get(name, {})
        alias = str(field.get("alias") or aliases.get(name) or "").strip()
        # An alias that another column already bears would overwrite that column.
        shown = alias if alias and alias not in given and alias not in out else name
        out[shown] = [_value(value, field) for value in values]
    return out


def _value(value: object, field: Mapping[str, Any]) -> object:
    if field.get("type") == "esriFieldTypeDate" and isinstance(value, int | float):
        try:
            # Milliseconds since 1970, UTC.
            moment = _EPOCH + timedelta(milliseconds=value)
            # A day typed in China into a hosted layer is stored as its midnight there, 16:00 UTC of the
            # day before: 1 January would become the year before it.
            if moment.time() == _MIDNIGHT_IN_CHINA:
                moment += timedelta(hours=8)
            return moment.date().isoformat()
        except (OverflowError, ValueError):
            return value
    domain = field.get("domain")
    coded = domain.get("codedValues") if isinstance(domain, dict) else None
    for one in coded if isinstance(coded, list) else []:
        if isinstance(one, dict) and one.get("code") == value and one.get("name"):
            return one["name"]
    return value
