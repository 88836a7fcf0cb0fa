"""The sheet of one park, laid out from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from industrymap import schemas
from industrymap.sheets import _columns, _figures, _footer
from industrymap.sheets import _words as words
from industrymap.sheets._canvas import ACCENT, LEFT, RIGHT, RULE, SOFT, Pen
from industrymap.sheets._shapes import Rect, clean, fit, line, text_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from industrymap.sheets._context import Options
    from industrymap.sheets._map_decorations import Frame

__all__ = ["Around", "body", "footer", "header", "route_color"]


def header(pen: Pen, row: Mapping[str, Any], options: Options) -> None:
    """Set the title block: where the park is, its name, its route and its status as a pilot."""
    place = [words.value(row, name, pen.lang) for name in ("district", "town", "village")]
    where = " · ".join(part for part in place if part != words.DASH)
    pen.text(LEFT, 13.5, options.title, 2.6, color=SOFT)
    note = pen.say("未经审核，仅供内部工作使用", "Not reviewed; for internal use only")
    if options.review_number:
        # The note becomes the number of the review once there is one.
        note = options.review_number
    pen.text(RIGHT, 13.5, note, 2.6, color=SOFT, anchor="end")
    if options.simulated:
        beside = RIGHT - text_width(note, 2.6) - 2.5
        _badge(pen, beside, pen.say("模拟数据", "Simulated data"), "#b45309", filled=False)
    # Shortened to what the badges on the right leave.
    name = fit(clean(row["name"] if words.known(row, "name") else row["park_id"]), 7.0, 128.0)
    pen.text(LEFT, 22.4, name, 7.0, bold=True)
    code = pen.say("编号", "No.") + f" {row['park_id']}"
    pen.text(LEFT, 28.2, " · ".join(p for p in (where, code) if p), 3.0, color=SOFT)
    _route_badge(pen, row)
    pen.marks.append(line((LEFT, 31.6), (RIGHT, 31.6), stroke=ACCENT, weight=0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a sheet says of a park besides its own row.

    Attributes
    ----------
    medians : mapping
        Figure → medians of the ``city`` and the ``district``.
    firms : sequence of mapping
        The largest firms of the base: ``name``, ``cluster``, ``revenue_10k_cny``.
    history : sequence of (date, text)
        The latest first.
    scores : sequence of (label, points or None, most)
        What each indicator brings to the pilot score.
    """

    medians: Mapping[str, Mapping[str, float]]
    firms: Sequence[Mapping[str, Any]]
    history: Sequence[tuple[str, str]]
    scores: Sequence[tuple[str, float | None, float]]


def body(pen: Pen, row: Mapping[str, Any], frame: Frame, around: Around) -> None:
    """Set everything below the title block except the map itself."""
    _figures.figures(pen, row, frame.x + frame.width + 5.0, frame.y)
    top = frame.y + frame.height + 12.0
    left = _columns.facts(pen, row, top)
    right = _columns.route(pen, row, top)
    right = _columns.pilot(pen, row, right + 3.5)
    left = _columns.peers(pen, row, left + 3.5, around.medians)
    # The score may use what the longer column leaves, and 12 mm more.
    right = _columns.scores(pen, right + 3.5, around.scores, bottom=max(left, right) + 12.0)
    # Firms and history begin under the longer of the two columns.
    below = max(left, right) + 3.5
    _footer.firms(pen, row, below, around.firms)
    _footer.history(pen, row, below, around.history)


def footer(pen: Pen, options: Options, *, crs: str) -> None:
    """Set what the page rests on: standards, sources, date, coordinate system."""
    # Clear of the margin that office printers cannot print.
    y = 287.5
    pen.marks.append(line((LEFT, y - 6.6), (RIGHT, y - 6.6), stroke=RULE))
    basis = pen.say("依据：", "Rests on: ") + pen.say("；", "; ").join(options.standards)
    if options.standards:
        pen.text(LEFT, y - 3.2, fit(clean(basis), 2.2, RIGHT - LEFT), 2.2, color=SOFT)
    parts = [
        (pen.say("数据来源：", "source: ") + options.source) if options.source else "",
        (pen.say("数据日期：", "date of the data: ") + options.data_date)
        if options.data_date
        else "",
        # The projection decides an area: in Web Mercator a park near Guangzhou would be 18 %
        # larger.
        pen.say(f"面积按 {crs} 量算，1 亩 = 2000/3 m²", f"areas in {crs}, 1 mu = 2000/3 m²"),
        options.producer,
        f"industrymap {options.version}".strip(),
    ]
    pen.text(
        LEFT, y, fit(clean(" · ".join(p for p in parts if p)), 2.2, RIGHT - LEFT), 2.2, color=SOFT
    )


# --- the title block


def _route_badge(pen: Pen, row: Mapping[str, Any]) -> None:
    route = str(row.get("route")) if words.known(row, "route") else ""
    x = RIGHT
    if route:
        coded = {v.value: v for v in schemas.values("route")}
        shown = coded[route].label(pen.lang) if route in coded else route
        x = _badge(pen, x, shown, route_color(route)) - 2.0
    if words.known(row, "pilot_selected") and bool(row["pilot_selected"]):
        _badge(pen, x, pen.say("试点入选", "Pilot"), "#b45309")


def route_color(route: str) -> str:
    """Return the colour of a route, the same as on the map page."""
    return {v.value: v.color for v in schemas.values("route")}.get(route) or ACCENT


def _badge(pen: Pen, right: float, text: str, color: str, *, filled: bool = True) -> float:
    """Set a coloured label whose right edge is given, and return its left edge.

    A filled one goes beside the park's name, a smaller outlined one into the line above it.
    """
    y, size = (22.4, 4.0) if filled else (13.7, 3.0)
    width = text_width(text, size) + size * 1.1
    look = {"fill": color} if filled else {"stroke": color}
    pen.marks.append(
        Rect(
            x=right - width,
            y=y - size * 1.12,
            width=width,
            height=size * 1.6,
            radius=size * 0.35,
            weight=0.3,
            **look,
        )
    )
    pen.text(
        right - width / 2,
        y,
        text,
        size,
        bold=True,
        anchor="middle",
        color="#ffffff" if filled else color,
    )
    return right - width
