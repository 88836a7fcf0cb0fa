"""What a page is made of: a few kinds of marks in millimetres, and how wide a text is.

A sheet is laid out once as a list of marks; the HTML page writes them as SVG, the PDF writes the same marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "PAGE_HEIGHT",
    "PAGE_WIDTH",
    "Circle",
    "Mark",
    "Rect",
    "Shape",
    "Text",
    "clean",
    "fit",
    "line",
    "shape_of",
    "text_width",
    "wrap",
]

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
"""A4, mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A rectangle; ``radius`` rounds its corners."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    weight: float = 0.2
    radius: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Rings or lines; rings inside rings are holes (even-odd)."""

    rings: tuple[tuple[tuple[float, float], ...], ...]
    closed: bool = True
    fill: str = ""
    stroke: str = ""
    weight: float = 0.2
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A circle."""

    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = ""
    weight: float = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of text; ``y`` is its baseline, ``anchor`` is ``start``, ``middle`` or ``end``.

    ``halo`` draws it in white around its letters first, so that it reads over a map.
    """

    x: float
    y: float
    text: str
    size: float
    color: str = "#1f2937"
    bold: bool = False
    anchor: str = "start"
    halo: bool = False


Mark = Rect | Shape | Circle | Text

_NARROW = frozenset("iljtfI.,:;'|!()[] ")
_WIDE = frozenset("mwMW%@—…")
_NO_START = frozenset("，。；：、！？）】》”’%,.;:!?)]}·")
_NO_END = frozenset("（【《“‘([{")


# Control characters would break a PDF and show as boxes in a browser.
def clean(text: Any) -> str:
    """Return a value as one line that every viewer can show: no control characters, blanks single."""
    plain = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(plain.split())


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text, mm: Chinese characters are square, others by their kind."""
    return size * sum(map(_em, text))


def fit(text: str, size: float, width: float) -> str:
    """Return the text, its end cut off with … where it is wider than ``width``."""
    if text_width(text, size) <= width:
        return text
    room = width - text_width("…", size)
    kept = 0.0
    for i, char in enumerate(text):
        kept += size * _em(char)
        if kept > room:
            return text[:i].rstrip() + "…"
    return text


def wrap(text: str, size: float, width: float, *, most: int = 0) -> list[str]:
    """Break a text into lines: between Chinese characters anywhere, between words elsewhere.

    No line begins with closing punctuation or ends with an opening bracket. Beyond ``most`` lines the last one ends with ….
    """
    lines: list[str] = []
    rest = _pieces(text)
    current = ""
    for piece in rest:
        wider = current + piece
        # Closing punctuation stays with its line even where it reaches over the edge.
        if not current or text_width(wider.rstrip(), size) <= width or piece[0] in _NO_START:
            current = wider
            continue
        kept, carried = _without_opening(current)
        lines.append(kept.rstrip())
        current = carried + piece.lstrip()
    if current.strip():
        lines.append(current.rstrip())
    if most and len(lines) > most:
        # Two dots more than fit, so that the cut shows its …
        lines = [*lines[: most - 1], fit(lines[most - 1] + "……", size, width)]
    return lines


def line(
    *points: tuple[float, float], stroke: str, weight: float = 0.2, dash: tuple[float, ...] = ()
) -> Shape:
    """Return an open line through points."""
    return Shape(rings=(tuple(points),), closed=False, stroke=stroke, weight=weight, dash=dash)


def shape_of(geometry: Any, **look: Any) -> list[Shape]:
    """Return the marks of a geometry whose coordinates are millimetres on the page."""
    shapes = []
    for part in shapely.get_parts(geometry):
        if part.is_empty:
            continue
        if part.geom_type == "Polygon":
            rings = tuple(_points(ring) for ring in (part.exterior, *part.interiors))
            shapes.append(Shape(rings=rings, **look))
        elif part.geom_type in ("LineString", "LinearRing"):
            shapes.append(Shape(rings=(_points(part),), closed=False, **look))
    return shapes


def _points(ring: Any) -> tuple[tuple[float, float], ...]:
    # A hundredth of a millimetre: more digits make the file larger and the print no finer.
    return tuple((float(x), float(y)) for x, y in np.round(shapely.get_coordinates(ring), 2))


def _em(char: str) -> float:
    # CJK radicals and everything behind them are square, and so are the quotation marks of Chinese
    # fonts.
    if ord(char) >= 0x2E80 or char in "“”‘’—…":
        return 1.0
    if char in _NARROW:
        return 0.31
    if char in _WIDE:
        return 0.9
    return 0.68 if char.isupper() else 0.57


def _pieces(text: str) -> list[str]:
    """Split into what may not be broken: single Chinese characters, words with the blank after them."""
    pieces: list[str] = []
    word = ""
    for char in text:
        if ord(char) >= 0x2E80:
            pieces += [word, char] if word else [char]
            word = ""
        else:
            word += char
            if char == " ":
                pieces.append(word)
                word = ""
    return [*pieces, word] if word else pieces


def _without_opening(text: str) -> tuple[str, str]:
    kept = text.rstrip("".join(_NO_END))
    return (kept, text[len(kept) :]) if kept else (text, "")


def joined(groups: Iterable[Iterable[Mark]]) -> list[Mark]:
    """Return the marks of several groups, one after the other."""
    return [mark for group in groups for mark in group]
