"""The sheets as one HTML page: every sheet is an inline SVG of A4, so any browser shows and prints it.

Nothing in it runs, nothing is fetched: a Content-Security-Policy says so. All text is escaped here.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from industrymap.sheets._shapes import PAGE_HEIGHT, PAGE_WIDTH, Circle, Rect, Shape, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from industrymap.sheets._shapes import Mark

__all__ = ["html_page", "svg"]

_HEAD = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
@page {{ size: A4 portrait; margin: 0 }}
html {{ background: #e5e7eb }}
body {{ margin: 0 }}
svg {{ display: block; width: 210mm; max-width: 100%; height: auto; margin: 6mm auto; background: #fff; box-shadow: 0 1px 6px #0003 }}
text {{ font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Micro Hei", SimHei, sans-serif; white-space: pre }}
.h {{ stroke: #fff; stroke-linejoin: round; paint-order: stroke }}
@media print {{
  html {{ background: none }}
  svg {{ width: 210mm; height: 297mm; max-width: none; margin: 0; box-shadow: none; break-after: page }}
  svg:last-of-type {{ break-after: auto }}
}}
</style>
</head>
<body>
"""


def html_page(sheets: Sequence[tuple[str, Sequence[Mark]]], *, title: str, lang: str) -> str:
    """Return the page.

    Parameters
    ----------
    sheets : sequence of (title, marks)
    title : str
        Of the page.
    lang : str
        ``"zh"`` or ``"en"``.
    """
    language = "zh-CN" if lang == "zh" else "en"
    head = _HEAD.format(lang=language, title=escape(title))
    pages = "\n".join(svg(name, marks) for name, marks in sheets)
    return f"{head}{pages}\n</body>\n</html>\n"


def svg(title: str, marks: Iterable[Mark]) -> str:
    """Return one sheet as SVG."""
    parts = [_element(mark) for mark in marks]
    box = f"0 0 {PAGE_WIDTH:g} {PAGE_HEIGHT:g}"
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="{name}">'
        f"<title>{name}</title>\n" + "\n".join(parts) + "\n</svg>"
    )


def _element(mark: Mark) -> str:
    match mark:
        case Rect():
            corner = f' rx="{_n(mark.radius)}"' if mark.radius else ""
            return (
                f'<rect x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"{corner}'
                f"{_look(mark.fill, mark.stroke, mark.weight)}/>"
            )
        case Circle():
            return (
                f'<circle cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}"'
                f"{_look(mark.fill, mark.stroke, mark.weight)}/>"
            )
        case Shape():
            path = "".join(_ring(ring, closed=mark.closed) for ring in mark.rings)
            dash = f' stroke-dasharray="{" ".join(map(_n, mark.dash))}"' if mark.dash else ""
            even = ' fill-rule="evenodd"' if len(mark.rings) > 1 else ""
            look = _look(mark.fill, mark.stroke, mark.weight)
            return f'<path d="{path}"{even}{look}{dash} stroke-linejoin="round"/>'
        case Text():
            anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
            bold = ' font-weight="700"' if mark.bold else ""
            halo = f' class="h" stroke-width="{_n(mark.size * 0.3)}"' if mark.halo else ""
            return (
                f'<text x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size)}"{bold}{anchor}{halo}'
                f' fill="{mark.color}">{escape(mark.text)}</text>'
            )


def _look(fill: str, stroke: str, weight: float) -> str:
    line = f' stroke="{stroke}" stroke-width="{_n(weight)}"' if stroke else ""
    return f' fill="{fill or "none"}"{line}'


def _ring(points: Sequence[tuple[float, float]], *, closed: bool) -> str:
    text = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    return f"M{text}{'Z' if closed else ''}"


def _n(value: float) -> str:
    # A hundredth of a millimetre, finer than any printer.
    return f"{value:.2f}".rstrip("0").rstrip(".")
