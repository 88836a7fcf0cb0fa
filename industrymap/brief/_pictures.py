"""Charts and small maps of a brief as PNG, drawn without a browser; readable when printed in grey."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np
import shapely

from industrymap import files, fonts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from industrymap.brief._story import Chart

__all__ = ["Painter", "drawable", "png"]

WIDE = 1240
"""Pixels: 156 mm, the text block of a page, at 200 to the inch."""
_FINER = 2  # drawn twice as large, then made smaller: smooth edges
_INK, _QUIET = "#1a1a1a", "#595959"
_BAR, _LAST, _DOWN = "#8fa9c4", "#1f4e79", "#b35c1e"
_RISES = ("#e4edf5", "#bcd1e4", "#86a9cb", "#4f7fae", "#1f4e79")
_FALLS = ("#f6e3d3", "#e2b48c", "#b35c1e")
_NONE = "#ffffff"
_WAIST = 0.62


def drawable() -> bool:
    """Tell whether this machine has a font that can write a chart's labels."""
    return any(fonts.font_files())


def png(chart: Chart) -> bytes:
    """Return a chart as PNG; the same chart gives the same bytes on one machine."""
    painter = Painter(_height(chart))
    {"columns": _columns, "bars": _bars, "map": _map}[chart.kind](painter, chart)
    return painter.png()


class Lettering(TypedDict, total=False):
    """How words are set: colour, weight, Pillow's anchor, the room they may take in pixels, and a white edge for words on a map."""

    color: str
    bold: bool
    anchor: str
    room: float
    halo: bool


class Painter:
    """Draws in pixels of the finished picture."""

    def __init__(self, tall: int, wide: int = WIDE) -> None:
        from PIL import Image, ImageDraw

        self.wide, self.tall = wide, tall
        self._image = Image.new("RGB", (wide * _FINER, tall * _FINER), "#ffffff")
        self._draw = ImageDraw.Draw(self._image)
        self._fonts: dict[tuple[int, bool], Any] = {}

    def text(self, x: float, y: float, words: str, size: int, **look: Unpack[Lettering]) -> None:
        """Write words; cut with … where they have no room."""
        room = look.get("room", 0.0)
        font = self._font(size, bold=look.get("bold", False))
        while room and len(words) > 1 and font.getlength(words) / _FINER > room:
            words = words.removesuffix("…")[:-1] + "…"
        # "mm": middle of the word's height as well, whatever letters it has.
        self._draw.text(
            (x * _FINER, y * _FINER), words, fill=look.get("color", _INK), font=font, anchor=look.get("anchor", "la"),
            stroke_width=3 * _FINER if look.get("halo") else 0, stroke_fill="#ffffff",
        )  # fmt: skip

    def width(self, words: str, size: int) -> float:
        """Return how wide words are."""
        return float(self._font(size, bold=False).getlength(words)) / _FINER

    def box(self, x: float, y: float, wide: float, tall: float, fill: str) -> None:
        """Fill a rectangle."""
        # A bar of a negative value goes the other way.
        (x0, x1), (y0, y1) = sorted((x, x + wide)), sorted((y, y + tall))
        corners = (x0 * _FINER, y0 * _FINER, x1 * _FINER, y1 * _FINER)
        self._draw.rectangle(corners, fill=fill)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a straight line."""
        ends = [(x0 * _FINER, y0 * _FINER), (x1 * _FINER, y1 * _FINER)]
        self._draw.line(ends, fill=_INK, width=2 * _FINER)

    def area(self, ring: NDArray[np.float64], fill: str, line: str) -> None:
        """Fill and outline a ring."""
        if len(ring) > 2:
            self._draw.polygon([(x * _FINER, y * _FINER) for x, y in ring], fill=fill, outline=line, width=2 * _FINER)  # fmt: skip

    def png(self) -> bytes:
        """Return the picture."""
        from PIL import Image

        out = io.BytesIO()
        small = self._image.resize((self.wide, self.tall), Image.Resampling.LANCZOS)
        small.save(out, "PNG", optimize=True, dpi=(200, 200))
        return out.getvalue()

    def _font(self, size: int, *, bold: bool) -> Any:
        from PIL import ImageFont

        if (size, bold) not in self._fonts:
            data, face = _font_data(bold=bold)
            self._fonts[size, bold] = ImageFont.truetype(io.BytesIO(data), size * _FINER, index=face)  # fmt: skip
        return self._fonts[size, bold]


@cache
def _font_data(*, bold: bool) -> tuple[bytes, int]:
    """Return a font's file and its face; kept, because eleven briefs draw with the same one."""
    regular, heavy = fonts.font_files()
    path = (heavy or regular) if bold else (regular or heavy)
    if path is None:
        raise RuntimeError("no font was found: ask `drawable` first")
    data = files.read_bytes(files.check(path, allow=("ttc", "ttf", "otf")))
    return data, fonts.face_of(data)


def _height(chart: Chart) -> int:
    if chart.kind == "bars":
        return 60 + 44 * len(chart.labels)
    return 480 if chart.kind == "columns" else 660


def _columns(pen: Painter, chart: Chart) -> None:
    """Draw columns over time; the axis begins at nothing, or heights would not be to scale."""
    left, right, top, bottom = 20.0, pen.wide - 20.0, 60.0, pen.tall - 62.0
    known = [v for v in chart.values if v is not None]
    high, low = max(0.0, *known), min(0.0, *known)
    scale = (bottom - top) / ((high - low) or 1.0)
    zero = top + high * scale
    pen.text(left, 12, f"{chart.series}（{chart.unit}）" if not chart.unit.isascii() else f"{chart.series} ({chart.unit})", 24, color=_QUIET)  # fmt: skip
    step = (right - left) / len(chart.labels)
    pen.rule(left, zero, right, zero)
    for i, (label, value, shown) in enumerate(zip(chart.labels, chart.values, chart.shown, strict=True)):  # fmt: skip
        x = left + step * (i + 0.5)
        year, _, quarter = label.partition("Q")
        pen.text(x, bottom + 8, f"Q{quarter}" if quarter else label, 20, color=_QUIET, anchor="ma")
        # The year once, under its first quarter.
        if quarter == "1" or i == 0:
            pen.text(x, bottom + 34, year, 21, anchor="ma")
        if value is None:
            pen.text(x, zero - 8, "—", 20, color=_QUIET, anchor="ms")
            continue
        last = i == len(chart.labels) - 1
        pen.box(x - step * _WAIST / 2, zero, step * _WAIST, -value * scale, _LAST if last else _BAR)
        size = 22 if last else 18
        # Labels that would run into each other are written at first and last only, and say so by being absent.
        if last or i == 0 or pen.width(shown, 18) < step - 4:
            at = zero - value * scale + (-6 if value >= 0 else 6)
            pen.text(x, at, shown, size, bold=last, anchor="ms" if value >= 0 else "ma")


def _bars(pen: Painter, chart: Chart) -> None:
    """Draw bars one below the other, around zero where some are negative."""
    name = min(300.0, max(pen.width(label, 24) for label in chart.labels)) + 24
    known = [v for v in chart.values if v is not None]
    high, low = max(0.0, *known), min(0.0, *known)
    numbers = max(pen.width(s, 22) for s in chart.shown) + 16
    left, right = name + (numbers if low < 0 else 0), pen.wide - numbers
    scale = (right - left) / ((high - low) or 1.0)
    zero = left - low * scale
    pen.text(pen.wide - 16, 10, f"{chart.series}（{chart.unit}）" if not chart.unit.isascii() or chart.unit == "%" else f"{chart.series} ({chart.unit})", 22, color=_QUIET, anchor="ra")  # fmt: skip
    for i, (label, value, shown) in enumerate(zip(chart.labels, chart.values, chart.shown, strict=True)):  # fmt: skip
        y = 56 + 44 * i
        pen.text(name - 12, y + 15, label, 24, anchor="rm", room=name - 16)
        if value is None:
            pen.text(zero + 8, y + 15, "—", 22, color=_QUIET, anchor="lm")
            continue
        pen.box(zero, y, value * scale, 30, _LAST if value >= 0 else _DOWN)
        side = zero + value * scale + (8 if value >= 0 else -8)
        pen.text(side, y + 15, shown, 22, anchor="lm" if value >= 0 else "rm")
    pen.rule(zero, 50, zero, 56 + 44 * len(chart.labels))


def _map(pen: Painter, chart: Chart) -> None:
    """Draw areas shaded by their value, each with name and value; falls in another colour than rises."""
    shapes = chart.shapes
    if shapes is None:
        return
    west, south, east, north = shapes.total_bounds
    # A degree of longitude is shorter than one of latitude by this factor.
    narrow = float(np.cos(np.radians((south + north) / 2)))
    x0, y0, x1, y1 = 20.0, 20.0, pen.wide - 220.0, pen.tall - 20.0
    # One scale for both directions, or the city would be stretched.
    scale = min((x1 - x0) / ((east - west) * narrow), (y1 - y0) / (north - south))
    at = np.array([(x0 + x1 - (east - west) * narrow * scale) / 2, (y0 + y1 - (north - south) * scale) / 2])  # fmt: skip

    def pixels(shape: Any) -> NDArray[np.float64]:
        places = shapely.get_coordinates(shape)
        offset = np.column_stack([(places[:, 0] - west) * narrow * scale, (north - places[:, 1]) * scale])  # fmt: skip
        return np.asarray(at + offset)

    limits = _limits([v for v in chart.values if v is not None])
    for shape, value in zip(shapes.geometry, chart.values, strict=True):
        for part in shapely.get_parts(shape):
            pen.area(pixels(shapely.get_exterior_ring(part)), _shade(value, limits), "#6b6b6b")
    for shape, label, shown, value in zip(shapes.geometry, chart.labels, chart.shown, chart.values, strict=True):  # fmt: skip
        # A point inside the largest part: the centre of a bent district may lie in its neighbour.
        largest = max(shapely.get_parts(shape), key=lambda p: p.area)
        x, y = pixels(shapely.point_on_surface(largest))[0]
        pen.text(x, y - 11, label, 20, anchor="mm", halo=True)
        text = shown if value is None else f"{shown}{chart.unit}" if chart.unit == "%" else shown
        pen.text(x, y + 11, text, 19, bold=True, anchor="mm", halo=True)
    _legend(pen, chart, limits)


def _limits(values: Sequence[float]) -> list[float]:
    """Return the upper limits of the classes: rises in even steps of a round size, falls in half as many."""
    high = max([*values, 0.0])
    step = max(1.0, float(np.ceil(high / len(_RISES))))
    return [step * (i + 1) for i in range(len(_RISES))]


def _shade(value: float | None, limits: Sequence[float]) -> str:
    if value is None:
        return _NONE
    if value < 0:
        return _FALLS[min(len(_FALLS) - 1, int(-value // limits[0]))]
    return _RISES[min(len(_RISES) - 1, int(value // limits[0]))]


def _legend(pen: Painter, chart: Chart, limits: Sequence[float]) -> None:
    step, x = limits[0], pen.wide - 200.0
    rows = [(f"{limits[i] - step:g}–{limits[i]:g}", color) for i, color in enumerate(_RISES)][::-1]
    # The last class of each side is open.
    rows[0] = (f"≥ {limits[-2]:g}", rows[0][1])
    falls = [(f"-{step * (i + 1):g}–-{step * i:g}" if i else f"-{step:g}–0", c) for i, c in enumerate(_FALLS)]  # fmt: skip
    falls[-1] = (f"< -{step * 2:g}", falls[-1][1])
    if any(v is not None and v < 0 for v in chart.values):
        rows += falls
    y = pen.tall - 40.0 - 36 * len(rows)
    unit = f"（{chart.unit}）" if not chart.series.isascii() else f" ({chart.unit})"
    pen.text(x, y - 34, f"{chart.series}{unit}", 22, color=_QUIET)
    for i, (label, color) in enumerate(rows):
        pen.box(x, y + 36 * i, 44, 26, "#6b6b6b")
        pen.box(x + 1, y + 36 * i + 1, 42, 24, color)
        pen.text(x + 56, y + 36 * i + 13, label, 21, anchor="lm")
