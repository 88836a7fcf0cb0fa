"""The foot of a sheet: the largest firms, and what has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.sheets import _words as words
from industrymap.sheets._canvas import FAINT, LEFT, MIDDLE, RIGHT, SOFT, Pen
from industrymap.sheets._shapes import clean, fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["firms", "history"]

_EVENTS = ("project_status", "year_planned", "year_done", "pilot_year", "stage", "updated_on")
BOTTOM = 279.0


def firms(pen: Pen, row: Mapping[str, Any], y: float, firms: Sequence[Mapping[str, Any]]) -> None:
    # How many lines fit between here and the foot of the page.
    room = int((BOTTOM - y - 6.3) // 4.6) + 1
    title_zh, title_en = "主要企业（按营业收入）", "Largest firms by revenue"
    y = pen.heading(LEFT, y, title_zh, title_en, to=MIDDLE + 18)
    if not firms:
        pen.text(
            LEFT,
            y,
            pen.say("没有定位到园内的入库企业", "No firm of the base is placed in the park"),
            color=FAINT,
        )
        return
    # The last line is kept for how many more there are.
    listed = firms[: max(room - 1, 1)] if len(firms) > room else firms[:room]
    for firm in listed:
        pen.text(LEFT, y, fit(clean(firm.get("name") or words.DASH), 2.65, 56.0), 2.65)
        pen.text(LEFT + 59.0, y, fit(clean(firm.get("cluster") or ""), 2.5, 31.0), 2.5, color=SOFT)
        revenue: Any = firm.get("revenue_10k_cny")
        shown = words.DASH if revenue is None else words.money(float(revenue), pen.lang)
        pen.text(MIDDLE + 18, y, shown, 2.65, anchor="end")
        y += 4.6
    left = int(row.get("base_firms") or 0) - len(listed)
    if left > 0:
        pen.text(LEFT, y, pen.say(f"另有 {left} 家入库企业", f"and {left} more"), 2.5, color=SOFT)


def history(pen: Pen, row: Mapping[str, Any], y: float, history: Sequence[tuple[str, str]]) -> None:
    x = MIDDLE + 24.0
    y = pen.heading(x, y, "进展与记录", "Progress and record", to=RIGHT)
    for name in _EVENTS:
        if words.known(row, name) and y < BOTTOM:
            pen.text(x, y, words.label(name, pen.lang), 2.5, color=SOFT)
            pen.text(RIGHT, y, fit(words.value(row, name, pen.lang), 2.6, 34.0), 2.6, anchor="end")
            y += 4.4
    for when, what in history:
        # What does not fit is older than what does.
        if y >= BOTTOM:
            break
        pen.text(x, y, when, 2.4, color=SOFT)
        y = pen.paragraph(x + 15.5, y, what, RIGHT - x - 15.5, size=2.4, most=2) + 0.5
