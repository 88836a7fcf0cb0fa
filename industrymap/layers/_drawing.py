"""A CAD drawing as layers: closed lines are areas, texts within them are their words.

A drawing has no attributes. What a planner reads off the plan is the CAD layer a boundary lies on and the text written
inside it, so both become columns.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap import issues
from industrymap.layers._layer import Raw, object_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = ["LAYER", "NAME", "TEXT", "from_drawing"]

LAYER, TEXT, NAME = "图层", "文字", "名称"
"""Columns made of a drawing: the CAD layer, every text within the boundary, and the one that is a name."""

CAD_LAYERS = issues.rule(
    "layer.several_cad_layers",
    "warning",
    '闭合线分布在 {n} 个 CAD 图层：{names}，全部按面读入；图框、红线等不应计入的，请用 table = "CAD 图层名" 只读其中一个',
    'closed lines lie on {n} CAD layers: {names}; all were read as areas. Where some do not belong (a map frame, a boundary line), name one with table = "CAD layer"',
)

UNSEEN = issues.rule(
    "layer.unseen_cad_layers",
    "warning",
    'CAD 图层{names}已关闭或冻结，图上看不到，其中的闭合线仍按面读入；不应计入的请在图中删除，或用 table = "CAD 图层名" 只读需要的一个',
    'the CAD layers {names} are off or frozen, so nobody sees them in the drawing; their closed lines were read as areas all the same. Delete what should not count, or name the one that does with table = "CAD layer"',
)

_WORD = re.compile(r"[\u3400-\u9fff]{2,}")
_FIGURE = re.compile(r"[\d.,]+\s*(?:亩|公顷|平方米|平方公里|㎡|m²|m2|ha|米|m)?|.*[:：=].*")
# What offices and CAD templates call the layer of the sheet's own frame.
_FRAME = re.compile(r"图框|图廓|内框|外框|边框|图签|frame|border|defpoints", re.IGNORECASE)
_CODES = re.compile(r"%%[a-zA-Z]|\\[A-Za-z][^;\\{}]*;|[{}]")
"""Formatting inside MTEXT and TEXT."""


def from_drawing(
    raw: Raw, *, table: str | None = None, unseen: frozenset[str] = frozenset()
) -> list[Raw]:
    """Split what a drawing holds into areas, lines and texts, the areas first; empty ones are left out.

    Parameters
    ----------
    raw : Raw
        As GDAL reads a DXF: ``Layer`` and ``Text`` of every entity.
    table : str, optional
        What was asked for: where it is a CAD layer with areas, these alone are the areas, and texts belong to them.
    unseen : frozenset of str
        CAD layers that are switched off or frozen.
    """
    size = len(raw.geometries)
    layers = object_array(_texts(raw, "Layer", size))
    # A hatch, too, has a text: its pattern. Words are written at a point.
    spots = shapely.get_type_id(raw.geometries) == 0
    words = [
        _clean(word) if spot else ""
        for word, spot in zip(_texts(raw, "Text", size), spots, strict=True)
    ]
    areas = object_array([_area(geometry) for geometry in raw.geometries])
    is_area = ~shapely.is_missing(areas)
    # A CAD layer that a person names is taken as it is, frame or not.
    asked = is_area & (layers == table) if table is not None else np.zeros(size, dtype=bool)
    if asked.any():
        is_area = asked
    # The frame of the sheet is drawn closed too and is no area of the plan, unless it is asked for.
    framed = is_area & np.array([bool(_FRAME.search(name)) for name in layers], dtype=bool)
    # If nothing but frames is closed, they are areas after all: an empty layer would say less.
    is_area = is_area & ~framed if (is_area & ~framed).any() and not asked.any() else is_area
    framed &= ~is_area
    written = np.array([bool(word) for word in words], dtype=bool)
    # Lines, polygons that enclose nothing, and several lines: shown as lines, never measured.
    is_line = (
        ~is_area & ~framed & ~written & np.isin(shapely.get_type_id(raw.geometries), (1, 2, 5))
    )
    labels = _labels(areas[is_area], raw.geometries[written], [w for w in words if w])
    inside: dict[str, list[object]] = {
        TEXT: ["；".join(some) or None for some in labels],
        NAME: [_name(some) for some in labels],
    }
    parts: list[tuple[str, npt.NDArray[np.bool_], npt.NDArray[np.object_], dict[str, list[object]]]]
    parts = [
        (table if table is not None and asked.any() else "面", is_area, areas, inside),
        ("图框", framed, areas, {}),
        ("线", is_line, raw.geometries, {}),
        ("文字", written, raw.geometries, {TEXT: [w for w in words if w]}),
    ]
    split = [
        Raw(
            name=name,
            columns={LAYER: list(layers[mask]), **columns},
            geometries=geometries[mask],
            decisions=raw.decisions,
            aside=mask is framed,
        )
        for name, mask, geometries, columns in parts
        if mask.any()
    ]
    if is_area.any():
        split[0].problems += _reported(Counter(layers[is_area].tolist()), unseen)
    return split or [Raw(geometries=object_array([]), decisions=raw.decisions)]


def _reported(
    on: Counter[str], unseen: frozenset[str]
) -> list[tuple[issues.Rule, Mapping[str, object]]]:
    """Say on which CAD layers areas lie, where they are several or cannot be seen."""
    listed = [(name, f"{name}（{n:,}）") for name, n in on.most_common()]
    reported: list[tuple[issues.Rule, Mapping[str, object]]] = []
    if len(on) > 1:
        reported.append(
            (CAD_LAYERS, {"n": len(on), "names": "、".join(text for _, text in listed)})
        )
    hidden = [text for name, text in listed if name in unseen]
    if hidden:
        reported.append((UNSEEN, {"names": "、".join(hidden)}))
    return reported


def _texts(raw: Raw, column: str, size: int) -> list[str]:
    return ["" if v is None else str(v) for v in raw.columns.get(column, [None] * size)]


def _clean(text: str) -> str:
    # \P is a line break in MTEXT.
    return re.sub(r"\s+", " ", _CODES.sub("", text.replace("\\P", " "))).strip()


def _area(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """Return the area of a polygon or of a closed line, ``None`` for anything else."""
    if geometry is None:
        return None
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        return None if geometry.is_empty else geometry
    # Four coordinates: three corners and the first again.
    if geometry.geom_type == "LineString" and geometry.is_closed and len(geometry.coords) >= 4:
        return shapely.Polygon(geometry.coords)
    return None


def _labels(
    areas: npt.NDArray[np.object_],
    places: npt.NDArray[np.object_],
    words: list[str],
) -> list[list[str]]:
    """Return the texts within each area; a text within several belongs to the smallest."""
    within: list[list[tuple[float, float, str]]] = [[] for _ in areas]
    if not len(areas) or not len(places):
        return [[] for _ in areas]
    spots = shapely.centroid(places)
    text, area = shapely.STRtree(areas).query(spots, predicate="within")
    # By text, then by area: the first row of each text is the smallest area around it.
    order = np.lexsort((shapely.area(areas)[area], text))
    text, area = text[order], area[order]
    first = np.flatnonzero(np.diff(text, prepend=-1))
    for t, a in zip(text[first], area[first], strict=True):
        within[a].append((-float(spots[t].y), float(spots[t].x), words[t]))
    # Texts are read as a person reads them: from the top, then from the left.
    return [[word for _, _, word in sorted(some)] for some in within]


def _name(words: list[str]) -> str | None:
    """Return the text that is a name: the only one with words and no figure."""
    names = [w for w in words if _WORD.search(w) and not _FIGURE.fullmatch(w)]
    # Two different names in one boundary: which is its own, the drawing does not say.
    return names[0] if len(set(names)) == 1 else None
