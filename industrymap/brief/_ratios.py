"""The section on ratios: what the set of indicators gives for the area, and whether it moved the way that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap.brief._facts import rounded
from industrymap.brief._story import Point, Section, TableBlock, plain

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from industrymap.brief._teller import Teller
    from industrymap.indicators import Indicator

__all__ = ["ratios_section"]

_DECIMALS = 2


def ratios_section(teller: Teller) -> Section | None:
    """Tell the ratios of the set that have a figure for the period."""
    ratios = teller.m.ratios
    if ratios is None:
        return None
    table = ratios.table
    rows, moves, low = [], [], []
    for indicator in teller.m.of.indicators:
        # Totals are told in the first section; here are those that divide something by something.
        if not (indicator.unit == "%" or "/" in indicator.unit):
            continue
        row = _row(teller, indicator, table[table["indicator"] == indicator.id])
        if row is None:
            continue
        cells, way, covered = row
        rows.append(cells)
        if covered < teller.outline.least_coverage:
            low.append((indicator, covered))
        elif way is not None:
            moves.append(way)
    if not rows:
        return None
    conclusion = _conclusion(teller, moves)
    more = [_low(teller, indicator, covered) for indicator, covered in low]
    block = TableBlock(
        title=teller.both(f"{teller.m.area.name}比率指标（{teller.total.text('zh')}）", f"Ratios of {teller.m.area.name}, {teller.total}"),
        header=teller.both("指标|单位|本期|上年同期|变动|方向|依据", "Ratio|Unit|Now|Year before|Change|Wanted|Made of").split("|"),
        rows=rows,
        note=teller.both("变动为本期减上年同期，单位为%的按百分点。由单个企业加总的指标写明企业数，只代表这些企业；覆盖率不足的另写明。",
                         "Change: now less the year before, in points where the unit is %. Ratios made of single firms say of how many: they speak for these only; a share below all is said too."),
    )  # fmt: skip
    point = Point(conclusion=conclusion, more=more, exhibits=[block])
    return Section(
        id="ratios", heading=teller.both(*teller.outline.headings["ratios"]), points=[point]
    )


def _conclusion(teller: Teller, moves: list[int]) -> str:
    fields = {
        slot: teller.count(f"ratios/{slot}", sum(m == sign for m in moves), f"比率指标：{zh}", f"ratios: {slot}")
        for slot, sign, zh in (("better", 1, "朝目标方向"), ("worse", -1, "反向"), ("same", 0, "持平"))
    }  # fmt: skip
    fields["count"] = teller.count(
        "ratios", len(moves), "可比的比率指标项数", "ratios with a figure of both years"
    )
    return teller.say("ratios", set(), **fields)


def _row(
    teller: Teller, indicator: Indicator, table: pd.DataFrame
) -> tuple[tuple[str, ...], int | None, float] | None:
    """Return the cells of an indicator, which way it moved (1 as wanted, -1 not), and its coverage."""
    found = {str(r["period"]): r for r in table.to_dict("records")}
    now, before = found.get(str(teller.total)), found.get(str(teller.total.last_year))
    if now is None or pd.isna(now["value"]):
        return None
    area = teller.m.area
    own = f"indicators/{area.level}/{area.code}/{indicator.id}"
    known = before is not None and not pd.isna(before["value"])
    covered = now["coverage"]
    share = None if pd.isna(covered) else float(covered)
    shown = []
    for row, period in ((now, teller.total), (before, teller.total.last_year)):
        if row is None or pd.isna(row["value"]):
            shown.append("—")
            continue
        n = None if pd.isna(row["n"]) else int(row["n"])
        shown.append(
            teller.ledger.note(
                f"{own}/{period}", float(row["value"]), zh=f"{area.name}{indicator.zh}{period.text('zh')}", en=f"{indicator.en} of {area.name}, {period}",
                unit=indicator.unit, decimals=_DECIMALS, formula=indicator.formula.text, inputs=(f"{own}/{period}",), n=n,
                coverage=None if pd.isna(row["coverage"]) else float(row["coverage"]),
            )
        )  # fmt: skip
    change, way = "—", None
    if known and before is not None:
        # Of the figures as written: a reader takes one from the other.
        moved = rounded(float(now["value"]), _DECIMALS) - rounded(float(before["value"]), _DECIMALS)
        change = teller.ledger.note(
            f"change/{own}/{teller.total}", float(moved), zh=f"{indicator.zh}变动", en=f"change of {indicator.en}",
            unit=indicator.unit, decimals=_DECIMALS, formula="now - before, as written", inputs=(f"{own}/{teller.total}", f"{own}/{teller.total.last_year}"),
        )  # fmt: skip
        way = (moved > 0) - (moved < 0)
        way *= indicator.direction
    wanted = teller.both("越大越好", "more") if indicator.direction > 0 else teller.both("越小越好", "less")  # fmt: skip
    name = plain(teller.both(indicator.zh, indicator.en))
    made = _made_of(teller, indicator, now, share)
    cells = (name, teller.unit(indicator.unit), *shown, change, wanted, made)
    return cells, way, 1.0 if share is None else share


def _made_of(teller: Teller, indicator: Indicator, row: Mapping[Hashable, Any], share: float | None) -> str:  # fmt: skip
    """Say what a ratio was computed from: reported totals, or how many firms."""
    area = teller.m.area
    if row["basis"] != "firms" or pd.isna(row["n"]):
        return teller.both("各区合计", "districts") if area.level == "city" else teller.both("上报合计", "reported")  # fmt: skip
    own = f"{area.level}/{area.code}/{indicator.id}/{teller.total}"
    n = teller.count(f"n/{own}", int(row["n"]), f"{indicator.zh}企业数", f"firms of {indicator.en}")
    text = teller.both(f"企业{n}家", f"{n} firms")
    if share is None or rounded(share * 100, 0) == 100:
        return text
    part = teller.ledger.note(
        f"coverage/{own}", share * 100, zh=f"{indicator.zh}覆盖率", en=f"coverage of {indicator.en}", unit="%", decimals=0,
        formula="coverage", inputs=(f"indicators/{own}",),
    )  # fmt: skip
    return text + teller.both(f"（{part}%）", f" ({part}%)")


def _low(teller: Teller, indicator: Indicator, covered: float) -> str:
    area = teller.m.area
    return teller.say(
        "coverage",
        set(),
        name=teller.both(indicator.zh, indicator.en),
        coverage=teller.ledger.note(
            f"coverage/{area.level}/{area.code}/{indicator.id}", covered * 100, zh=f"{indicator.zh}覆盖率", en=f"coverage of {indicator.en}", unit="%", decimals=0, formula="coverage",
        ),
        limit=teller.ledger.note("limit/coverage", teller.outline.least_coverage * 100, zh="覆盖率下限", en="least coverage", unit="%", decimals=0, formula="limit"),
    )  # fmt: skip
