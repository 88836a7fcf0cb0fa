"""What belongs to any map on a sheet: its frame, colours, legend, scale bar and north arrow."""

from __future__ import annotations

from dataclasses import dataclass

import shapely

from industrymap import schemas
from industrymap.sheets._shapes import Circle, Mark, Rect, Text, line, shape_of, text_width

__all__ = ["COLORS", "Frame", "legend", "level_color", "north", "scale_bar", "tint"]

COLORS = {
    "ground": "#f8fafb",
    "water": "#d3e5f0",
    "road": "#cfd6de",
    "block": "#e4eef6",
    "neighbour": "#e7e8ea",
    "neighbour_line": "#9aa3ad",
    "firm": "#7b8794",
    "firm_base": "#0b3d5c",
    "district": "#6b7280",
    "ink": "#374151",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the map is on the page, mm."""

    x: float
    y: float
    width: float
    height: float


def legend(frame: Frame, *, blocks: bool, firms: bool, color: str, lang: str) -> list[Mark]:
    """Return one line below the map that says what its colours are; only layers that are there."""
    zh = lang == "zh"
    y = frame.y + frame.height + 4.0
    marks: list[Mark] = []
    x = frame.x
    entries: list[tuple[str, str, str]] = [("area", color, "本园区" if zh else "this park")]
    entries.append(("area", COLORS["neighbour_line"], "其他园区" if zh else "other parks"))
    if blocks:
        for level in ("1", "2"):
            label = schemas.labels("level", lang).get(level, level)
            entries.append(
                ("dash", level_color(level), f"区块·{label}" if zh else f"block, {label}")
            )
    if firms:
        entries.append(("big", COLORS["firm_base"], "规上企业" if zh else "above scale"))
        entries.append(("dot", COLORS["firm_base"], "入库企业" if zh else "in the base"))
    for kind, tone, label in entries:
        marks += _sample(kind, tone, x, y)
        marks.append(Text(x=x + 5.0, y=y, text=label, size=2.3, color=COLORS["ink"]))
        x += 7.5 + text_width(label, 2.3)
    return marks


def scale_bar(frame: Frame, scale: int, lang: str) -> list[Mark]:
    """Return a bar of a round length, and the scale on paper."""
    metres = next(
        # The longest round length that keeps the bar below 30 mm.
        m
        for m in (5000, 2000, 1000, 500, 200, 100, 50, 20, 10)
        if 1000.0 * m / scale <= 30
    )
    length = 1000.0 * metres / scale
    x, y = frame.x + 2.5, frame.y + frame.height - 3.0
    shown = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m"
    ratio = f"1:{scale:,}" + ("（A4）" if lang == "zh" else " (A4)")
    room = max(length + text_width(shown, 2.3) + 6, text_width(ratio, 2.3) + 4)
    return [
        Rect(x=x - 1.5, y=y - 5.2, width=room, height=7.2, fill="#ffffff"),
        Rect(x=x, y=y - 1.0, width=length / 2, height=1.0, fill="#1f2937", stroke="#1f2937", weight=0.15),
        Rect(x=x + length / 2, y=y - 1.0, width=length / 2, height=1.0, fill="#ffffff", stroke="#1f2937", weight=0.15),
        Text(x=x + length + 1.2, y=y, text=shown, size=2.3, color=COLORS["ink"]),
        Text(x=x, y=y - 2.2, text=ratio, size=2.3, color=COLORS["ink"]),
    ]  # fmt: skip


def north(frame: Frame) -> list[Mark]:
    x, y = frame.x + frame.width - 6.0, frame.y + 3.0
    arrow = shapely.Polygon([(x, y), (x + 2, y + 6), (x, y + 4.6), (x - 2, y + 6)])
    half = shapely.Polygon([(x, y), (x + 2, y + 6), (x, y + 4.6)])
    return [
        Rect(x=x - 3.6, y=y - 1.6, width=7.2, height=12.2, fill="#ffffff", radius=0.8),
        *shape_of(arrow, fill="#ffffff", stroke="#1f2937", weight=0.2),
        *shape_of(half, fill="#1f2937", stroke="#1f2937", weight=0.2),
        Text(x=x, y=y + 9.4, text="N", size=3.0, bold=True, anchor="middle"),
    ]


def _sample(kind: str, tone: str, x: float, y: float) -> list[Mark]:
    middle = y - 0.85
    match kind:
        case "area":
            return [
                Rect(
                    x=x, y=y - 2.1, width=4.0, height=2.5, fill=tint(tone), stroke=tone, weight=0.4
                )
            ]
        case "dash":
            return [line((x, middle), (x + 4.2, middle), stroke=tone, weight=0.5, dash=(1.6, 0.8))]
        case _:
            radius = 0.95 if kind == "big" else 0.55
            return [Circle(x=x + 3.0, y=middle, radius=radius, fill=tone, stroke="#ffffff")]


def level_color(level: str) -> str:
    colors = {v.value: v.color for v in schemas.values("level")}
    return colors.get(level) or "#6a9fc0"


def tint(color: str, share: float = 0.22) -> str:
    """Return a colour mixed with white."""
    # Mixed instead of transparent: PDF viewers and printers render transparency in different ways.
    parts = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)
