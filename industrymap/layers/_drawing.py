"""A CAD drawing as layers: closed lines are areas, texts within them are their words.

A drawing has no attributes. What a planner reads off the plan is the CAD layer a boundary lies on and the text written
inside it, so both become columns. Where areas lie on several CAD layers (村级工业园, 用地红线, 图框) each is a layer of its
own: a map frame is no park.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap.layers._layer import Raw, object_array

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = ["AREAS", "LAYER", "NAME", "TEXT", "from_drawing"]

LAYER, TEXT, NAME = "图层", "文字", "名称"
"""Columns made of a drawing: the CAD layer, every text within the boundary, and the one that is a name."""

AREAS, _LINES, _WORDS = "面", "线", "文字"
"""What the parts of a drawing are called; areas of several CAD layers are called by those."""
_FRAME = re.compile(r"图框|图廓|内框|外框|边框|图签|frame|border|defpoints|^tk$", re.IGNORECASE)

_WORD = re.compile(r"[\u3400-\u9fff]{2,}")
_FIGURE = re.compile(r"[\d.,]+\s*(?:亩|公顷|平方米|平方公里|㎡|m²|m2|ha|米|m)?|.*[:：=].*")
_CODES = re.compile(r"%%[a-zA-Z]|\\[A-Za-z][^;\\{}]*;|[{}]")
"""Formatting inside MTEXT and TEXT."""


def from_drawing(raw: Raw, *, whole: bool = False) -> list[Raw]:
    """Split what a drawing holds into areas, lines and texts, the areas first; empty ones are left out.

    Parameters
    ----------
    raw : Raw
        As GDAL reads a DXF: ``Layer`` and ``Text`` of every entity.
    whole : bool
        Take the areas of all CAD layers as one.
    """
    size = len(raw.geometries)
    layers = object_array(_texts(raw, "Layer", size))
    # A hatch, too, has a text: its pattern. Words are what stands at a point.
    spots = shapely.get_type_id(raw.geometries) == 0
    words = [
        _clean(word) if spot else ""
        for word, spot in zip(_texts(raw, "Text", size), spots, strict=True)
    ]
    areas = object_array([_area(geometry) for geometry in raw.geometries])
    is_area = ~shapely.is_missing(areas)
    written = np.array([bool(word) for word in words], dtype=bool)
    is_line = ~is_area & ~written & np.isin(shapely.get_type_id(raw.geometries), (1, 2, 5))
    said = [w for w in words if w]

    def part(
        name: str,
        mask: npt.NDArray[np.bool_],
        shapes: npt.NDArray[np.object_],
        columns: dict[str, list[object]],
    ) -> Raw:
        return Raw(
            name=name,
            columns={LAYER: list(layers[mask]), **columns},
            geometries=shapes[mask],
            decisions=list(raw.decisions),
        )

    parts = []
    for name, mask in _on_layers(layers, is_area, whole=whole):
        # A text counts for the smallest area of the same CAD layer: a red line within a park does not take its name.
        labels = _labels(areas[mask], raw.geometries[written], said)
        inside: dict[str, list[object]] = {
            TEXT: ["；".join(some) or None for some in labels],
            NAME: [_name(some) for some in labels],
        }
        parts.append(replace(part(name, mask, areas, inside), aside=bool(_FRAME.search(name))))
    parts += [part(_LINES, is_line, raw.geometries, {})] if is_line.any() else []
    parts += [part(_WORDS, written, raw.geometries, {TEXT: list(said)})] if said else []
    return parts or [Raw(geometries=object_array([]), decisions=raw.decisions)]


def _on_layers(
    layers: npt.NDArray[np.object_], is_area: npt.NDArray[np.bool_], *, whole: bool
) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Return the CAD layers that hold areas, the one of most areas first."""
    counts = Counter(layers[is_area].tolist())
    if whole or len(counts) < 2:
        return [(AREAS, is_area)] if counts else []
    order = sorted(counts, key=lambda name: (-counts[name], name))
    taken = {AREAS, _LINES, _WORDS}
    return [(f"{n}（面）" if n in taken else n, is_area & (layers == n)) for n in order]


def _texts(raw: Raw, column: str, size: int) -> list[str]:
    return ["" if v is None else str(v) for v in raw.columns.get(column, [None] * size)]


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", _CODES.sub("", text.replace("\\P", " "))).strip()


def _area(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """Return the area of a polygon or of a closed line, ``None`` for anything else."""
    if geometry is None:
        return None
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        return None if geometry.is_empty else geometry
    if geometry.geom_type == "LineString" and geometry.is_closed and len(geometry.coords) >= 4:
        return shapely.Polygon(geometry.coords)
    return None


def _labels(
    areas: npt.NDArray[np.object_],
    places: npt.NDArray[np.object_],
    words: list[str],
) -> list[list[str]]:
    """Return the texts within each area; a text within several belongs to the smallest."""
    found: list[list[tuple[float, float, str]]] = [[] for _ in areas]
    if not len(areas) or not len(places):
        return [[] for _ in areas]
    spots = shapely.centroid(places)
    text, area = shapely.STRtree(areas).query(spots, predicate="within")
    order = np.lexsort((shapely.area(areas)[area], text))
    text, area = text[order], area[order]
    first = np.flatnonzero(np.diff(text, prepend=-1))
    for t, a in zip(text[first], area[first], strict=True):
        found[a].append((-float(spots[t].y), float(spots[t].x), words[t]))
    # Texts are read as a person reads them: from the top, then from the left.
    return [[word for _, _, word in sorted(some)] for some in found]


def _name(words: list[str]) -> str | None:
    """Return the text that is a name: the only one with words and no figure."""
    names = [w for w in words if _WORD.search(w) and not _FIGURE.fullmatch(w)]
    return names[0] if len(set(names)) == 1 else None
