"""The two columns: what the park is and how it compares with others; its route and why; the pilot conditions and the score."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from industrymap.columns import is_missing
from industrymap.enterprises import industry
from industrymap.sheets import _words as words
from industrymap.sheets._canvas import FAINT, INK, LEFT, MIDDLE, RIGHT, SOFT, Pen
from industrymap.sheets._shapes import Circle, Rect, fit, line, text_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["COMPARED", "facts", "peers", "pilot", "route", "scores"]

COMPARED = (
    "far",
    "output_per_floor_yuan_m2",
    "tax_per_mu_10k_cny",
    "revenue_per_mu_10k_cny",
)
"""Figures that are set beside the medians of the district and the city."""
_FACTS = (
    "ownership",
    "legal_paper_share",
    "tenure_clear",
    "tenure_years_left",
    "planned_use",
    "plan_conform",
    "ring",
    "road_conflict",
    "in_reserve_plan",
    "in_renewal_plan",
    "fire_hazard",
    "environment_status",
    "floors",
    "rent_yuan_m2_month",
    "sublet_share",
    "listed_backward",
    "lead_industry",
    "operator",
)


def facts(pen: Pen, row: Mapping[str, Any], y: float) -> float:
    y = pen.heading(LEFT, y, "基本情况", "The park", to=MIDDLE - 3)
    width = (MIDDLE - 3 - LEFT) / 2
    for i, name in enumerate(_FACTS):
        x = LEFT + (i % 2) * width
        at = y + (i // 2) * 4.75
        title = fit(words.label(name, pen.lang), 2.6, width * 0.68)
        pen.text(x, at, title, 2.6, color=SOFT)
        shown = words.value(row, name, pen.lang)
        color = FAINT if shown == words.DASH else INK
        # The value takes what the label leaves.
        room = width - 4 - text_width(title, 2.6) - 1.5
        pen.text(x + width - 4, at, fit(shown, 2.75, room), 2.75, anchor="end", color=color)
    y += ((len(_FACTS) + 1) // 2) * 4.75
    if words.known(row, "industry_mix"):
        named = _DIVISION.sub(
            # Codes of the national classification say nothing to a reader: each division is shown
            # by its name.
            lambda match: industry.name_of(match[1], pen.lang) + " ",
            str(row["industry_mix"]),
        )
        mix = pen.say("行业构成（按企业数）：", "Industries (by firms): ") + named
        y = pen.paragraph(LEFT, y, mix, MIDDLE - 7 - LEFT, size=2.6, color=SOFT, most=2) + 0.85
    return y


_DIVISION = re.compile(r"\b(\d\d) (?=\d+%)")


def route(pen: Pen, row: Mapping[str, Any], y: float) -> float:
    y = pen.heading(MIDDLE + 2, y, "整治路径与理由", "Route and reasons", to=RIGHT)
    width = RIGHT - MIDDLE - 2
    if not words.known(row, "route"):
        pen.text(MIDDLE + 2, y, pen.say("尚未分类", "Not classified yet"), color=FAINT)
        return y + 4.5
    reasons = row.get("route_reasons" if pen.lang == "zh" else "route_reasons_en")
    return pen.paragraph(MIDDLE + 2, y, str(reasons), width - 1.5, most=7)


def pilot(pen: Pen, row: Mapping[str, Any], y: float) -> float:
    x = MIDDLE + 2
    y = pen.heading(x, y, "试点条件", "Pilot conditions", to=RIGHT)
    text = row.get("pilot_reasons" if pen.lang == "zh" else "pilot_reasons_en")
    if not words.known(row, "pilot_reasons"):
        pen.text(x, y, pen.say("尚未评定", "Not judged yet"), color=FAINT)
        return y + 4.5
    y = _verdict(pen, row, x, y)
    for entry in str(text).splitlines():
        _tick(pen, x + 1.2, y - 1.0, entry[:1])
        y = pen.paragraph(x + 4.2, y, entry[1:].strip(), RIGHT - x - 5.0, size=2.55, most=2) + 0.45
    return y


def _verdict(pen: Pen, row: Mapping[str, Any], x: float, y: float) -> float:
    eligible = row.get("pilot_eligible")
    # Unknown is not a refusal: the missing inputs are listed below.
    if is_missing(eligible):
        verdict = pen.say("待定：缺少数据", "Open: inputs are missing")
    else:
        verdict = (
            pen.say("符合条件", "Eligible") if eligible else pen.say("不符合条件", "Not eligible")
        )
    if words.known(row, "pilot_rank"):
        verdict += pen.say(f"，排名第 {int(row['pilot_rank'])}", f", rank {int(row['pilot_rank'])}")
    if words.known(row, "pilot_score"):
        verdict += pen.say(
            f"，得分 {float(row['pilot_score']):.1f}", f", score {float(row['pilot_score']):.1f}"
        )
        # A score that rests on a part of the weight must not look like a full one.
        if words.known(row, "pilot_score_coverage") and float(row["pilot_score_coverage"]) < 1:
            share = words.percent(float(row["pilot_score_coverage"]))
            verdict += pen.say(f"（数据覆盖 {share}）", f" (on {share} of the weight)")
    pen.text(x, y, verdict, 2.75, bold=True)
    return y + 4.8


def _tick(pen: Pen, x: float, y: float, sign: str) -> None:
    """Draw ✓, ✗ or ？ without asking any font for it."""
    # Few fonts have these signs, and a PDF would show a box in their place.
    color = {"✓": "#15803d", "✗": "#b3261e"}.get(sign, "#9aa0a6")
    pen.marks.append(Circle(x=x, y=y, radius=1.35, fill=color))
    if sign == "✓":
        pen.marks.append(
            line(
                (x - 0.65, y),
                (x - 0.15, y + 0.55),
                (x + 0.7, y - 0.5),
                stroke="#ffffff",
                weight=0.35,
            )
        )
    elif sign == "✗":
        pen.marks.append(
            line((x - 0.5, y - 0.5), (x + 0.5, y + 0.5), stroke="#ffffff", weight=0.35)
        )
        pen.marks.append(
            line((x - 0.5, y + 0.5), (x + 0.5, y - 0.5), stroke="#ffffff", weight=0.35)
        )
    else:
        pen.text(x, y + 0.75, "?", 2.1, bold=True, anchor="middle", color="#ffffff")


def peers(
    pen: Pen, row: Mapping[str, Any], y: float, medians: Mapping[str, Mapping[str, float]]
) -> float:
    """Set bars beside the medians of the district and the city."""
    shown = [name for name in COMPARED if name in medians]
    if not shown:
        return y
    y = pen.heading(LEFT, y, "与同类园区比较", "Beside other parks", to=MIDDLE - 3)
    for name in shown:
        _bar(pen, row, name, y, medians[name])
        y += 7.4
    district, city = pen.say("本区中位数", "district median"), pen.say("全市中位数", "city median")
    pen.marks.append(
        line((LEFT + 0.6, y - 3.0), (LEFT + 0.6, y - 0.2), stroke="#b45309", weight=0.5)
    )
    pen.text(LEFT + 2.0, y - 0.8, district, 2.3, color=SOFT)
    x = LEFT + 6.0 + text_width(district, 2.3)
    pen.marks.append(line((x, y - 3.0), (x, y - 0.2), stroke=SOFT, weight=0.5, dash=(0.7, 0.5)))
    pen.text(x + 1.4, y - 0.8, city, 2.3, color=SOFT)
    return y + 2.5


def _bar(
    pen: Pen, row: Mapping[str, Any], name: str, y: float, middle: Mapping[str, float]
) -> None:
    x, width = LEFT + 28.0, 36.0
    pen.text(LEFT, y, fit(words.label(name, pen.lang), 2.6, 27.0), 2.6, color=SOFT)
    pen.marks.append(Rect(x=x, y=y - 2.7, width=width, height=3.2, fill="#eef1f4"))
    mine = float(row[name]) if words.known(row, name) else None
    most = max(middle.values(), default=0.0)
    # The bar ends a quarter beyond the larger median; a park far above it is cut at four times, or
    # the medians would be a speck.
    top = 1.25 * max(most, min(mine or 0.0, 4 * most))
    if top > 0 and mine is not None:
        share = min(mine / top, 1.0)
        pen.marks.append(Rect(x=x, y=y - 2.7, width=width * share, height=3.2, fill="#5b93b0"))
    if top > 0:
        for key, color, dash in _MEDIANS:
            if key in middle:
                at = x + width * middle[key] / top
                ends = ((at, y - 3.3), (at, y + 1.1))
                pen.marks.append(line(*ends, stroke=color, weight=0.5, dash=dash))
    pen.text(MIDDLE - 3, y - 0.7, words.value(row, name, pen.lang), 2.7, anchor="end", bold=True)
    beside = [words.number(middle[key]) for key in ("district", "city") if key in middle]
    lead = (
        pen.say("本区 / 全市 ", "district / city ")
        if len(beside) > 1
        else pen.say("全市 ", "city ")
    )
    pen.text(MIDDLE - 3, y + 2.2, lead + " / ".join(beside), 2.1, anchor="end", color=SOFT)


_MEDIANS: tuple[tuple[str, str, tuple[float, ...]], ...] = (
    ("city", SOFT, (0.7, 0.5)),
    ("district", "#b45309", ()),
)


def scores(
    pen: Pen, y: float, parts: Sequence[tuple[str, float | None, float]], *, bottom: float
) -> float:
    """Set what each indicator brings to the score, if there is room for all of them."""
    x = MIDDLE + 2
    # All of it or nothing: a part of the indicators would not add up to the score.
    if not parts or y + 6.3 + 4.4 * len(parts) > bottom:
        return y - 3.5
    y = pen.heading(x, y, "试点得分构成", "What the score is made of", to=RIGHT)
    most = max(weight for _, _, weight in parts)
    for label, points, weight in parts:
        pen.text(x, y, fit(label, 2.5, 33.0), 2.5, color=SOFT)
        full = 34.0 * weight / most
        pen.marks.append(Rect(x=x + 35.0, y=y - 2.3, width=full, height=2.7, fill="#eef1f4"))
        if points is not None:
            share = min(points / weight, 1.0)
            pen.marks.append(
                Rect(x=x + 35.0, y=y - 2.3, width=full * share, height=2.7, fill="#b45309")
            )
        shown = words.DASH if points is None else f"{points:.1f}"
        pen.text(RIGHT, y, f"{shown} / {weight:.0f}", 2.5, anchor="end")
        y += 4.4
    return y
