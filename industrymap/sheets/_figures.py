"""The figures beside the map: each with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.sheets import _words as words
from industrymap.sheets._canvas import FAINT, INK, RIGHT, SOFT, Pen
from industrymap.sheets._shapes import Rect, clean, fit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["figures"]


def figures(pen: Pen, row: Mapping[str, Any], x: float, y: float) -> None:
    height = 11.9
    for i, (title, shown, note) in enumerate(_cards(pen, row)):
        top = y + i * (height + 0.72)
        pen.marks.append(
            Rect(x=x, y=top, width=RIGHT - x, height=height, fill="#f4f6f8", radius=1.0)
        )
        pen.text(x + 2.2, top + 4.2, title, 2.6, color=SOFT)
        # Grey where nothing is known: a dash in full black would look like a result.
        color = FAINT if shown == words.DASH else INK
        pen.text(RIGHT - 2.2, top + 5.6, shown, 4.4, bold=True, anchor="end", color=color)
        pen.text(
            RIGHT - 2.2,
            top + 9.8,
            fit(clean(note), 2.3, RIGHT - x - 4.4),
            2.3,
            color=SOFT,
            anchor="end",
        )


def _cards(pen: Pen, row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    lang = pen.lang
    # Land and density first, then output and tax, then the firms behind them.
    return [
        _land_card(pen, row),
        (words.label("far", lang), words.value(row, "far", lang), _floor_note(pen, row)),
        (
            words.label("output_per_floor_yuan_m2", lang),
            words.value(row, "output_per_floor_yuan_m2", lang),
            _amount_note(row, "output_10k_cny", "output_firms_basis", lang),
        ),
        (
            words.label("tax_per_mu_10k_cny", lang),
            words.value(row, "tax_per_mu_10k_cny", lang),
            _amount_note(row, "tax_10k_cny", "", lang),
        ),
        _firms_card(pen, row),
        _sum_card(pen, row),
        (
            words.label("base_staff", lang),
            words.value(row, "base_staff", lang),
            words.share_known(row, "base_staff", lang),
        ),
        (
            words.label("block_overlap", lang),
            words.value(row, "block_overlap", lang),
            _block_note(pen, row),
        ),
    ]


def _land_card(pen: Pen, row: Mapping[str, Any]) -> tuple[str, str, str]:
    title = words.label("land_area_m2", pen.lang)
    if not words.known(row, "land_area_m2"):
        return title, words.DASH, ""
    shown, hectares = words.area(float(row["land_area_m2"]), pen.lang)
    note = hectares
    if words.known(row, "land_area_reported_m2"):
        reported = words.area(float(row["land_area_reported_m2"]), pen.lang)[0]
        # The difference says more than two areas side by side.
        off = f"{float(row['area_difference']):+.1%}" if words.known(row, "area_difference") else ""
        note += pen.say(f" · 填报 {reported}（{off}）", f" · reported {reported} ({off})")
    return title, shown, note


def _floor_note(pen: Pen, row: Mapping[str, Any]) -> str:
    if not words.known(row, "floor_area_m2"):
        return ""
    now = f"{words.label('floor_area_m2', pen.lang)} {words.number(float(row['floor_area_m2']))} m²"
    if words.known(row, "floor_area_planned_m2"):
        planned = words.number(float(row["floor_area_planned_m2"]))
        return now + pen.say(f" → 改造后 {planned} m²", f" → {planned} m² after works")
    return now


def _amount_note(row: Mapping[str, Any], amount: str, basis: str, lang: str) -> str:
    if not words.known(row, amount):
        return ""
    note = f"{words.label(amount, lang)} {words.money(float(row[amount]), lang)}"
    if not basis or not words.known(row, basis):
        return note
    lead = "口径：" if lang == "zh" else "basis: "
    return f"{note} · {lead}{words.value(row, basis, lang)}"


def _firms_card(pen: Pen, row: Mapping[str, Any]) -> tuple[str, str, str]:
    title = pen.say("入库企业 / 规上企业", "Base / above scale")
    if not words.known(row, "base_firms"):
        return title, words.DASH, ""
    shown = f"{int(row['base_firms'])} / {int(row['above_scale'])}"
    note = pen.say(
        f"按坐标落入园区的企业 {int(row['firms'])} 家",
        f"{int(row['firms'])} firms placed in the park",
    )
    return title, shown, note


def _sum_card(pen: Pen, row: Mapping[str, Any]) -> tuple[str, str, str]:
    title = words.label("base_revenue_10k_cny", pen.lang)
    if not words.known(row, "base_revenue_10k_cny"):
        return title, words.DASH, ""
    shown = words.money(float(row["base_revenue_10k_cny"]), pen.lang)
    parts = [words.share_known(row, "base_revenue_10k_cny", pen.lang)]
    if words.known(row, "measured_as_of"):
        parts.append(words.value(row, "measured_as_of", pen.lang))
    return title, shown, " · ".join(p for p in parts if p)


def _block_note(pen: Pen, row: Mapping[str, Any]) -> str:
    if not words.known(row, "block_distance_m"):
        return ""
    away = float(row["block_distance_m"])
    # Inside a block the distance is 0 and the share above says it.
    if away <= 0:
        return ""
    return pen.say(
        f"距最近产业区块 {words.number(away)} 米", f"{words.number(away)} m to the nearest block"
    )
