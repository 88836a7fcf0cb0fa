"""A card for a chat: one picture with title, three figures, the parks on a map, and the date."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap import files, schemas
from industrymap.errors import ConfigError
from industrymap.fonts import face_of, font_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from PIL.ImageDraw import ImageDraw

__all__ = ["CardWords", "card"]

_WIDE, _TALL, _EDGE = 1080, 1440, 48
_MAP = (_EDGE, 330, _WIDE - _EDGE, 1200)
_FINER = 2  # drawn twice as large, then made smaller: smooth edges
_INK, _QUIET, _LAND, _LINE = "#17222d", "#5f6c79", "#f4f2ec", "#9aa7b4"
_LEAST_PX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """What a card says.

    Attributes
    ----------
    title : str
    figures : sequence of (label, value, unit)
        Three of them.
    foot : sequence of str
        Date, source, what must be said; one line each.
    lang : str
        Of the legend.
    """

    title: str
    figures: Sequence[tuple[str, str, str]]
    foot: Sequence[str]
    lang: str = "zh"


def card(words: CardWords, *, parks: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> bytes:
    """Return the card as PNG, 1080 by 1440 pixels.

    Parameters
    ----------
    words : CardWords
    parks, districts : GeoDataFrame
        WGS 84; parks are coloured by their route where they have one.

    Raises
    ------
    ConfigError
        This machine has no Chinese font.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (_WIDE * _FINER, _TALL * _FINER), "#ffffff")
    pen = _Pen(ImageDraw.Draw(image))
    pen.text(_EDGE, 44, words.title, 50, _INK, bold=True, room=_WIDE - 2 * _EDGE)
    for place, (label, value, unit) in enumerate(words.figures):
        x = _EDGE + place * (_WIDE - 2 * _EDGE) / 3
        pen.text(x, 140, label, 28, _QUIET)
        after = pen.text(x, 182, value, 64, _INK, bold=True)
        pen.text(after + 10, 212, unit, 28, _QUIET)
    _map(pen, parks, districts)
    _legend(pen, parks, words.lang)
    for line, foot_line in enumerate(words.foot):
        pen.text(_EDGE, 1304 + 40 * line, foot_line, 26, _QUIET, room=_WIDE - 2 * _EDGE)
    out = io.BytesIO()
    image.resize((_WIDE, _TALL), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


class _Pen:
    """Draws in pixels of the finished card."""

    def __init__(self, draw: ImageDraw) -> None:
        self._draw = draw
        self._fonts: dict[tuple[int, bool], Any] = {}

    def text(  # noqa: PLR0913 - words, and where and how they are set
        self,
        x: float,
        y: float,
        words: str,
        size: int,
        color: str,
        *,
        bold: bool = False,
        room: float | None = None,
    ) -> float:
        """Write words, smaller where they have no room; return where they end."""
        font = self._font(size, bold=bold)
        # A long title gets smaller letters, but none too small to read.
        while room is not None and size > 12 and font.getlength(words) / _FINER > room:
            size -= 2
            font = self._font(size, bold=bold)
        self._draw.text((x * _FINER, y * _FINER), words, fill=color, font=font)
        return x + float(font.getlength(words)) / _FINER

    def area(
        self, points: Any, *, fill: str | None, line: str | None = None, wide: int = 1
    ) -> None:
        """Fill and outline a ring of pixels."""
        ring = [(float(x) * _FINER, float(y) * _FINER) for x, y in points]
        if len(ring) > 2:
            self._draw.polygon(ring, fill=fill, outline=line, width=wide * _FINER)

    def _font(self, size: int, *, bold: bool) -> Any:
        from PIL import ImageFont

        if (size, bold) not in self._fonts:
            regular, heavy = font_files()
            # Where a machine has one weight only, it serves for both: a card without a title is
            # none.
            path = (heavy or regular) if bold else (regular or heavy)
            if path is None:
                raise ConfigError(
                    "No Chinese font was found on this machine: the card cannot be drawn (install Noto Sans CJK).",
                    "本机没有中文字体，无法绘制卡片（请安装思源黑体 Noto Sans CJK）。",
                )
            data = files.read_bytes(files.check(path, allow=("ttc", "ttf", "otf")))
            self._fonts[size, bold] = ImageFont.truetype(
                io.BytesIO(data), size * _FINER, index=face_of(data)
            )
        return self._fonts[size, bold]


def _map(pen: _Pen, parks: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> None:
    around = districts if len(districts) else parks
    west, south, east, north = around.total_bounds
    # A degree of longitude is shorter than one of latitude by this factor.
    narrow = np.cos(np.radians((south + north) / 2))
    x0, y0, x1, y1 = _MAP
    # One scale for both directions, or the city would be stretched.
    scale = min((x1 - x0) / ((east - west) * narrow), (y1 - y0) / (north - south))
    left = (x0 + x1 - (east - west) * narrow * scale) / 2
    top = (y0 + y1 - (north - south) * scale) / 2

    def pixels(ring: Any) -> Any:
        places = shapely.get_coordinates(ring)
        return np.column_stack(
            [left + (places[:, 0] - west) * narrow * scale, top + (north - places[:, 1]) * scale]
        )

    for part in shapely.get_parts(districts.geometry.to_numpy()):
        pen.area(pixels(shapely.get_exterior_ring(part)), fill=_LAND, line=_LINE, wide=2)
    colors = {v.value: v.color for v in schemas.values("route")}
    routes = (
        parks["route"].fillna("undetermined") if "route" in parks else ["undetermined"] * len(parks)
    )
    for shape, route in zip(parks.geometry, routes, strict=True):
        # A park without a boundary cannot be drawn; the figures above the map count it all the
        # same.
        if shape is None or shape.is_empty:
            continue
        color = colors.get(route) or colors["undetermined"]
        for part in shapely.get_parts(shape):
            ring = pixels(shapely.get_exterior_ring(part))
            low, high = ring.min(axis=0), ring.max(axis=0)
            if (high - low).max() < _LEAST_PX:  # a small park is a square, so that none disappears
                (x, y), half = (low + high) / 2, _LEAST_PX / 2
                ring = np.array(
                    [
                        (x - half, y - half),
                        (x + half, y - half),
                        (x + half, y + half),
                        (x - half, y + half),
                    ]
                )
            pen.area(ring, fill=color)


def _legend(pen: _Pen, parks: gpd.GeoDataFrame, lang: str) -> None:
    if "route" not in parks:
        return
    counts = parks["route"].fillna("undetermined").value_counts()
    x, y = float(_EDGE), 1216.0
    for value in schemas.values("route"):
        if value.value not in counts:
            continue
        words = f"{value.label(lang)} {counts[value.value]:,}"
        if x > _WIDE - 300:
            x, y = float(_EDGE), y + 40
        pen.area([(x, y + 8), (x + 20, y + 8), (x + 20, y + 28), (x, y + 28)], fill=value.color)
        x = pen.text(x + 30, y, words, 26, _INK) + 34
