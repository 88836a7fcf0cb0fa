"""The map of one park: what lies around it, at a round scale, with scale bar and north arrow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap import datum
from industrymap.columns import flags, texts
from industrymap.sheets._locator import Locator
from industrymap.sheets._map_decorations import COLORS, Frame, level_color, north, scale_bar, tint
from industrymap.sheets._shapes import (
    Circle,
    Mark,
    Rect,
    Text,
    clean,
    fit,
    shape_of,
    text_width,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from industrymap.sheets._context import SheetContext

__all__ = ["Surroundings", "draw_map"]

# Scales of printed plans; an odd one could not be measured with a ruler.
_SCALES = (500, 1000, 2000, 2500, 5000, 10_000, 15_000, 20_000, 25_000, 50_000, 100_000)
# Share of the frame that a park may fill: the rest shows what lies around it.
_FILL = 0.58
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(slots=True, kw_only=True)
class Layer:
    """Shapes in the city's projected CRS, with a search tree and what is said of each."""

    shapes: Any
    names: Any
    colors: Any
    tree: shapely.STRtree = field(init=False)

    def __post_init__(self) -> None:
        self.tree = shapely.STRtree(self.shapes)

    def within(self, window: Any) -> Any:
        """Return the positions of what meets the window, in their order."""
        # In the order of the layer: a tree's own order would change the bytes from run to run.
        return np.sort(self.tree.query(window, predicate="intersects"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything the maps of a batch draw from, projected once.

    Attributes
    ----------
    parks, blocks, districts, water, roads : Layer or None
    firm_x, firm_y : ndarray of float
        Projected metres.
    firm_rank : ndarray of int
        0 outside the base, 1 in the base, 2 above scale.
    locator : Locator or None
        The small map in the corner.
    """

    parks: Layer
    blocks: Layer | None
    districts: Layer | None
    water: Layer | None
    roads: Layer | None
    firm_x: Any
    firm_y: Any
    firm_rank: Any
    locator: Locator | None

    @classmethod
    def of(cls, parks: gpd.GeoDataFrame, context: SheetContext) -> Surroundings:
        """Project every layer; firms count only where their place is fine enough to be in a park."""
        crs, blocks, districts = context.crs, context.blocks, context.districts
        x, y, rank = _firms(context.enterprises, crs)
        areas = None if districts is None or len(districts) == 0 else _layer(districts, crs)
        return cls(
            parks=_layer(parks, crs),
            blocks=None if blocks is None else _layer(blocks, crs, colors=_levels(blocks)),
            districts=areas,
            water=None if context.water is None else _layer(context.water, crs),
            roads=None if context.roads is None else _layer(context.roads, crs),
            firm_x=x,
            firm_y=y,
            firm_rank=rank,
            locator=None if areas is None else Locator(areas.shapes),
        )


def draw_map(
    position: int, around: Surroundings, frame: Frame, *, color: str, lang: str
) -> list[Mark]:
    """Return the marks of the map around the park at ``position``.

    Parameters
    ----------
    position : int
        Of the park in ``around.parks``.
    around : Surroundings
    frame : Frame
    color : str
        Of the park, ``#rrggbb``.
    lang : str
    """
    view = _View(around.parks.shapes[position], frame)
    marks: list[Mark] = [
        Rect(x=frame.x, y=frame.y, width=frame.width, height=frame.height, fill=COLORS["ground"])
    ]
    # From the ground up: what is drawn later lies on top, the park last of the areas.
    marks += view.shapes(around.water, fill=COLORS["water"])
    marks += view.shapes(around.roads, stroke=COLORS["road"], weight=0.5)
    marks += _blocks(around.blocks, view)
    others = [i for i in around.parks.within(view.window) if i != position]
    for i in others:
        marks += view.one(
            around.parks.shapes[i], fill=COLORS["neighbour"], stroke=COLORS["neighbour_line"]
        )
    marks += view.shapes(
        around.districts, stroke=COLORS["district"], weight=0.3, dash=(2.0, 0.8, 0.4, 0.8)
    )
    marks += view.one(around.parks.shapes[position], fill=tint(color), stroke=color, weight=0.7)
    marks += _dots(around, view)
    marks += _names(around, others, view)
    marks += [
        Rect(
            x=frame.x,
            y=frame.y,
            width=frame.width,
            height=frame.height,
            stroke="#9ca3af",
            weight=0.25,
        )
    ]
    if around.locator is not None:
        marks += around.locator.draw(around.parks.shapes[position], frame, color=color)
    return [*marks, *scale_bar(frame, view.scale, lang), *north(frame)]


class _View:
    """From projected metres to millimetres on the page, at a round scale."""

    def __init__(self, shape: Any, frame: Frame) -> None:
        self.frame = frame
        west, south, east, north = shapely.bounds(shape)
        # Metres per millimetre are a thousandth of the scale.
        wanted = 1000.0 * max((east - west) / frame.width, (north - south) / frame.height) / _FILL
        self.scale = next((s for s in _SCALES if s >= wanted), _SCALES[-1])
        half_w, half_h = (v * self.scale / 2000.0 for v in (frame.width, frame.height))
        x, y = (west + east) / 2, (south + north) / 2
        self.bounds = (x - half_w, y - half_h, x + half_w, y + half_h)
        self.window = shapely.box(*self.bounds)

    def place(self, points: Any) -> Any:
        """Return page coordinates of an array of metres, shape (n, 2)."""
        mm = 1000.0 / self.scale
        west, _, _, north = self.bounds
        return np.column_stack(
            [
                self.frame.x + (points[:, 0] - west) * mm,
                self.frame.y + (north - points[:, 1]) * mm,
            ]
        )

    def one(self, shape: Any, **look: Any) -> list[Mark]:
        """Return what of a shape is in view, simplified to a tenth of a millimetre."""
        stroke = look.get("stroke")
        if not stroke or shape.geom_type not in _AREAS or shapely.covers(self.window, shape):
            return self._clipped(shape, **look)
        # the outline is cut as a line: where the area is cut off by the frame there is no outline
        fill = look.pop("fill", "")
        area = self._clipped(shape, fill=fill) if fill else []
        return [*area, *self._clipped(shapely.boundary(shape), **look)]

    def _clipped(self, shape: Any, **look: Any) -> list[Mark]:
        # Clipped before it is simplified: a district's outline has thousands of vertices outside
        # the frame.
        seen = shapely.clip_by_rect(shape, *self.bounds)
        # 0.05 mm on paper is finer than a printer's dot of 300 dpi.
        simple = shapely.simplify(seen, 0.05 * self.scale / 1000.0)
        return list(shape_of(shapely.transform(simple, self.place), **look))

    def shapes(self, layer: Layer | None, **look: Any) -> list[Mark]:
        """Return what of a layer is in view."""
        if layer is None:
            return []
        return [
            mark for i in layer.within(self.window) for mark in self.one(layer.shapes[i], **look)
        ]


def _layer(frame: gpd.GeoDataFrame, crs: str, colors: Any = None) -> Layer:
    shapes = datum.convert_geometry(np.asarray(frame.geometry.array), source="wgs84", target=crs)
    names = texts(frame, "name")
    return Layer(shapes=shapes, names=names, colors=colors)


def _firms(enterprises: gpd.GeoDataFrame | None, crs: str) -> tuple[Any, Any, Any]:
    if enterprises is None or len(enterprises) == 0:
        empty = np.array([])
        return empty, empty, empty
    level = texts(enterprises, "geocode_level")
    shapes = np.asarray(enterprises.geometry.array)
    # A firm known by its town would be a dot in a park it may have nothing to do with.
    fine = np.isin(level, ("given", "confirmed", "address", "interpolated", "building"))
    fine &= ~shapely.is_missing(shapes)
    lon, lat = shapely.get_x(shapes[fine]), shapely.get_y(shapes[fine])
    x, y = datum.convert(lon, lat, source="wgs84", target=crs)
    rank = flags(enterprises, "in_base").astype(int) + flags(enterprises, "above_scale")
    return np.asarray(x), np.asarray(y), rank[fine]


def _blocks(blocks: Layer | None, view: _View) -> list[Mark]:
    marks: list[Mark] = []
    if blocks is not None:
        for i in blocks.within(view.window):
            marks += view.one(
                blocks.shapes[i],
                fill=COLORS["block"],
                stroke=blocks.colors[i],
                weight=0.4,
                dash=(1.6, 0.8),
            )
    return marks


def _dots(around: Surroundings, view: _View) -> list[Mark]:
    west, south, east, north = view.bounds
    x, y = around.firm_x, around.firm_y
    if len(x) == 0:
        return []
    near = np.flatnonzero((x > west) & (x < east) & (y > south) & (y < north))
    # the small ones first, so that none hides a large one
    near = near[np.argsort(around.firm_rank[near], kind="stable")]
    spots = view.place(np.column_stack([x[near], y[near]]))
    looks = (
        {"radius": 0.35, "fill": COLORS["firm"]},
        {"radius": 0.55, "fill": COLORS["firm_base"], "stroke": "#ffffff"},
        {"radius": 0.95, "fill": COLORS["firm_base"], "stroke": "#ffffff"},
    )
    return [
        Circle(x=round(float(px), 2), y=round(float(py), 2), **looks[rank])  # type: ignore[arg-type]
        for (px, py), rank in zip(spots, around.firm_rank[near].tolist(), strict=True)
    ]


def _names(around: Surroundings, others: list[int], view: _View) -> list[Mark]:
    """Write the names of neighbours and blocks where they find room, none over another."""
    # The map's own furniture is there first; a name gives way to it.
    taken = _corners(around, view)
    marks: list[Mark] = []
    blocks = around.blocks
    # Neighbouring parks before blocks: of two names in one spot the park's is written.
    named = [(around.parks.shapes[i], around.parks.names[i], "#4b5563") for i in others]
    if blocks is not None:
        named += [
            (blocks.shapes[i], blocks.names[i], blocks.colors[i])
            for i in blocks.within(view.window)
        ]
    for shape, name, color in named:
        seen = shapely.clip_by_rect(shape, *view.bounds)
        if not name or shapely.is_empty(seen):
            continue
        spot = view.place(shapely.get_coordinates(shapely.point_on_surface(seen)))[0]
        text = fit(clean(name), 2.2, 34.0)
        half = text_width(text, 2.2) / 2
        box = shapely.box(spot[0] - half, spot[1] - 2.0, spot[0] + half, spot[1] + 0.8)
        inside = (
            view.frame.x + 1 < spot[0] - half
            and spot[0] + half < view.frame.x + view.frame.width - 1
        )
        if inside and not any(box.intersects(other) for other in taken):
            taken.append(box)
            marks.append(
                Text(x=round(float(spot[0]), 2), y=round(float(spot[1]), 2), text=text, size=2.2, color=color, anchor="middle", halo=True)
            )  # fmt: skip
    return marks


def _corners(around: Surroundings, view: _View) -> list[Any]:
    """Return the corners where no name may be written: the small map, the north arrow, the scale bar."""
    frame, small = view.frame, around.locator
    right = frame.x + frame.width
    bottom = frame.y + frame.height
    boxes = [
        shapely.box(right - 10, frame.y, right, frame.y + 14),
        shapely.box(frame.x, bottom - 9, frame.x + 48, bottom),
    ]
    if small is not None:
        boxes.append(
            shapely.box(frame.x, frame.y, frame.x + small.width + 2, frame.y + small.height + 2)
        )
    return boxes


def _levels(blocks: pd.DataFrame) -> Any:
    return np.array([level_color(str(level)) for level in texts(blocks, "level")], dtype=object)
