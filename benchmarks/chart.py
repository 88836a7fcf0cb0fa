"""A chart of cost by size with both axes logarithmic, as SVG: the same bytes for the same figures."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT = 860, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 240, 50, 56
COLORS = ("#0b5c8a", "#d9822b", "#2a9d8f", "#b5446e", "#6b5fb5", "#8a9a2b", "#7a6a58", "#c0392b", "#5f6b76", "#3b6fb6")  # fmt: skip
FONT = "font-family='system-ui, sans-serif'"
LEAST_GAP = 15

Line = tuple[str, list[tuple[int, float]], bool]


def draw(title: str, across: str, up: str, lines: list[Line]) -> str:
    """Return a chart of lines (who, points, whether it is a rival); ours are bold, rivals' thin and broken."""
    shown = [(who, [(n, v) for n, v in points if v > 0], rival) for who, points, rival in lines]
    sizes = [n for _, points, _ in shown for n, _ in points]
    costs = [v for _, points, _ in shown for _, v in points]
    low, high = decades(sizes)
    least, most = decades(costs)

    def x(n: float) -> float:
        return LEFT + (math.log10(n) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(v: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(v) - least) / (most - least) * (HEIGHT - TOP - BOTTOM)

    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img'>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='#fff'/>",
        text(LEFT, 28, title, size=17, weight=600),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, across, anchor="middle"),
        text(14, TOP - 14, up),
    ]
    for k in range(low, high + 1):
        out.append(rule(x(10**k), TOP, x(10**k), HEIGHT - BOTTOM))
        out.append(text(x(10**k), HEIGHT - BOTTOM + 18, f"{10**k:,}", anchor="middle"))
    for k in range(least, most + 1):
        out.append(rule(LEFT, y(10.0**k), WIDTH - RIGHT, y(10.0**k)))
        out.append(text(LEFT - 8, y(10.0**k) + 4, f"{10.0**k:,.{max(0, -k)}f}", anchor="end"))
    ends = []
    for at, (who, points, rival) in enumerate(shown):
        color, wide = COLORS[at % len(COLORS)], 1.6 if rival else 3.2
        dashes = " stroke-dasharray='5 4'" if rival else ""
        path = " ".join(f"{x(n):.1f},{y(v):.1f}" for n, v in points)
        out.append(f"<polyline points='{path}' fill='none' stroke='{color}' stroke-width='{wide}'{dashes}/>")  # fmt: skip
        out += [f"<circle cx='{x(n):.1f}' cy='{y(v):.1f}' r='{wide + 1:.1f}' fill='{color}'/>" for n, v in points]  # fmt: skip
        if points:
            ends.append((y(points[-1][1]), x(points[-1][0]), who, color, 400 if rival else 700))
    out += labels(ends)
    return "\n".join([*out, "</svg>"]) + "\n"


def decades(values: list[float] | list[int]) -> tuple[int, int]:
    """Return the powers of ten that enclose all values, at least one apart."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def labels(ends: list[tuple[float, float, str, str, int]]) -> list[str]:
    """Name each line at the right, moved apart so that none covers another."""
    out, last = [], -math.inf
    right = WIDTH - RIGHT + 16
    for high, end, who, color, weight in sorted(ends):
        place = max(high, last + LEAST_GAP)
        last = place
        out.append(f"<path d='M{end + 6:.1f},{high:.1f} L{right - 4},{place:.1f}' stroke='{color}' stroke-width='.6' fill='none'/>")  # fmt: skip
        out.append(text(right, place + 4, who, color=color, weight=weight))
    return out


def rule(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"<line x1='{x0:.1f}' y1='{y0:.1f}' x2='{x1:.1f}' y2='{y1:.1f}' stroke='#dde2e8'/>"


def text(x: float, y: float, words: str, *, size: int = 12, anchor: str = "start", color: str = "#33404d", weight: int = 400) -> str:  # fmt: skip
    """Return words at a place."""
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' {FONT} font-size='{size}' font-weight='{weight}' text-anchor='{anchor}' fill='{color}'>"
        f"{escape(words)}</text>"
    )
