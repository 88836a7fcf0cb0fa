"""A boundary relation's ways, put together to a polygon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from industrymap.terms import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Assembled", "assemble"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What became of a relation.

    Attributes
    ----------
    geometry : Polygon, MultiPolygon or None
        WGS 84; ``None`` where no ring closes.
    open_ways : int
        Ways that close no ring.
    gap_m : float
        The shortest distance between two loose ends, in metres (equirectangular); 0 where all ways close.
    """

    geometry: Any
    open_ways: int
    gap_m: float


def assemble(members: Iterable[Mapping[str, Any]]) -> Assembled:
    """Join the outer and inner ways of one relation.

    Ways come in any order and direction. Rings are built from where ways meet end to end; inner rings are cut out, and
    an outer ring that lies in a hole is land again.

    Parameters
    ----------
    members : iterable of mapping
        Members of a relation as the Overpass API gives them with ``out geom``: ``type``, ``role``, ``geometry`` as a list
        of ``{"lat", "lon"}``. A way without a role counts as outer.

    Returns
    -------
    assembled : Assembled
    """
    ways = [m for m in members if m.get("type") == "way"]
    # Ways without a role are common in OpenStreetMap and belong to the outline.
    outer = [line for m in ways if m.get("role") in {"outer", "", None} for line in _lines(m)]
    inner = [line for m in ways if m.get("role") == "inner" for line in _lines(m)]
    land, open_outer = _faces(outer)
    holes, open_inner = _faces(inner)
    cut = shapely.union_all(holes)
    # Land inside a hole: an enclave of the same unit within its neighbour.
    islands = [face for face in land if holes and shapely.covered_by(face, cut)]
    area = shapely.union_all([shapely.difference(shapely.union_all(land), cut), *islands])
    # Ways that close no ring show where the outline has a gap, and how wide it is.
    loose = [*open_outer, *open_inner]
    return Assembled(
        geometry=area if area.area > 0 else None,
        open_ways=len(loose),
        gap_m=_gap_m(loose),
    )


def _lines(member: Mapping[str, Any]) -> list[shapely.LineString]:
    """Return a way as lines; positions the server left out (null) cut it."""
    parts: list[list[tuple[float, float]]] = [[]]
    for position in member.get("geometry") or []:
        if position is None:
            # A position left out cuts the way: joining over it would draw a line that is not there.
            parts.append([])
        else:
            parts[-1].append((float(position["lon"]), float(position["lat"])))
    return [shapely.LineString(part) for part in parts if len(part) > 1]


def _faces(lines: list[shapely.LineString]) -> tuple[list[Any], list[Any]]:
    """Return the polygons that the lines enclose, and the lines that enclose nothing."""
    if not lines:
        return [], []
    faces, cuts, dangles, invalid = shapely.polygonize_full(lines)
    loose = [*shapely.get_parts(cuts), *shapely.get_parts(dangles), *shapely.get_parts(invalid)]
    return list(shapely.get_parts(faces)), loose


def _gap_m(loose: list[Any]) -> float:
    ends = [
        end for line in loose for end in (shapely.get_point(line, 0), shapely.get_point(line, -1))
    ]
    # Each pair of loose ends once.
    apart = [
        shapely.distance(a, b)
        for i, a in enumerate(ends)
        for b in ends[i + 1 :]
        if not shapely.equals(a, b)
    ]
    return float(min(apart)) * METRES_PER_DEGREE if apart else 0.0
