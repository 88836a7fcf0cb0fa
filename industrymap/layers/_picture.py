"""A layer as a small picture for a notebook: outlines only, drawn from the coordinates, without a map underneath."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["picture"]

_WIDTH_PX = 480
_MOST_FEATURES = 5_000
"""Outlines beyond this make a notebook slow and the picture no clearer."""


def picture(frame: gpd.GeoDataFrame, *, name: str, about: str) -> str:
    """Return a layer as HTML: its name, how many features, what is said ``about`` it, and their outlines as SVG."""
    shapes = np.asarray(frame.geometry.array)
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    line = f"{name} · {len(frame):,} · {about}"
    drawn = shapes[:_MOST_FEATURES]
    rest = f" · {_MOST_FEATURES:,} of {len(shapes):,} drawn" if len(shapes) > len(drawn) else ""
    return f"<p>{html.escape(line + rest)}</p>{_svg(drawn) if len(drawn) else ''}"


def _svg(shapes: NDArray[np.object_]) -> str:
    west, south, east, north = shapely.total_bounds(shapes)
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    narrow = np.cos(np.radians((south + north) / 2))
    width = max((east - west) * narrow, 1e-9)
    height = max(north - south, 1e-9)
    scale = _WIDTH_PX / max(width, height)

    def placed(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([(xy[:, 0] - west) * narrow * scale, (north - xy[:, 1]) * scale])

    flat = shapely.simplify(shapely.transform(shapes, placed), 0.5)  # half a pixel is not seen
    body = "".join(_path(shape) for shape in flat)
    box = f"-4 -4 {width * scale + 8:.0f} {height * scale + 8:.0f}"
    return (
        f'<svg viewBox="{box}" width="{width * scale + 8:.0f}" fill="#4c78a833" stroke="#4c78a8" '
        f'stroke-width="0.8" fill-rule="evenodd">{body}</svg>'
    )


def _path(shape: shapely.Geometry) -> str:
    lines = []
    for part in shapely.get_parts(shape):
        if shapely.get_type_id(part) == shapely.GeometryType.POINT:
            return "".join(
                f'<circle cx="{p.x:.1f}" cy="{p.y:.1f}" r="2"/>' for p in shapely.get_parts(shape)
            )
        rings = [part.exterior, *part.interiors] if hasattr(part, "exterior") else [part]
        lines += ["M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords) for ring in rings]
    fill = "" if hasattr(shapely.get_parts(shape)[0], "exterior") else ' fill="none"'
    return f'<path d="{"".join(lines)}"{fill}/>'
