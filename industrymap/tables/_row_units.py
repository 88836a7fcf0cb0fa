"""A column that says the unit of each row's figures: 单位 with 万元, 亿元, 元."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap.cells import NUMERIC, Unit, factor, normal, parse_unit, shown
from industrymap.files import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from industrymap.cells import Match

__all__ = ["by_row_units", "by_section_units"]

_NAMES = frozenset(
    ["单位", "计量单位", "金额单位", "货币单位", "数值单位", "数据单位", "unit", "units"]
)
_MOSTLY = 0.8


def by_row_units(
    frame: pd.DataFrame,
    matches: Sequence[Match],
    factors: Mapping[str, float],
    headings: Mapping[str, str],
) -> tuple[pd.DataFrame, dict[str, Match], list[Decision]]:
    """Bring figures whose row says their unit to the unit of their column.

    Parameters
    ----------
    frame : DataFrame of string
    matches : sequence of Match
        The columns a schema knows.
    factors : mapping of str to float
        Column → factor to the schema's unit, where no row says another.
    headings : mapping of str to str
        Column of the frame → heading, in the order of the file.

    Returns
    -------
    frame : DataFrame
    governed : dict of str to Match
        Columns whose unit the rows say.
    decisions : list of Decision
    """
    known = {match.name for match in matches}
    columns = [c for c, text in headings.items() if c not in known and _holds_units(frame[c], text)]
    if not columns:
        return frame, {}, []
    frame = frame.copy()
    # Headings are in the order of the file.
    order = {name: number for number, name in enumerate(headings)}
    units = {c: frame[c].map(parse_unit, na_action="ignore") for c in columns}
    governed = {}
    for match in matches:
        # A heading that names its unit knows better than a column beside it.
        if match.field.dtype not in NUMERIC or match.heading.unit is not None:
            continue
        name = match.name
        # Of several columns of units, the next to the right is a figure's own.
        own = min(columns, key=lambda c: (order[c] < order[name], abs(order[c] - order[name])))
        changed = [
            _in_unit(text, unit, match, factors[name])
            for text, unit in zip(frame[name], units[own], strict=True)
        ]
        if any(text is not None for text in changed):
            governed[name] = match
            new = pd.Series(changed, index=frame.index, dtype="string")
            frame[name] = new.fillna(frame[name])
    if not governed:
        return frame, {}, []
    said = headings[columns[0]]
    told = Decision(
        f"“{said}”列注明每行数值的单位，已按行换算：{'、'.join(m.heading.text for m in governed.values())}。",
        f"The column {said!r} says the unit of each row: {', '.join(m.heading.text for m in governed.values())} converted row by row.",
        "column",
    )
    return frame, governed, [told]


def by_section_units(
    frame: pd.DataFrame,
    matches: Sequence[Match],
    factors: Mapping[str, float],
    sections: Mapping[int, Unit],
) -> tuple[pd.DataFrame, dict[str, Match], list[Decision]]:
    """Bring figures below a line such as 二、东区（单位：千元） to the unit of their column.

    Parameters
    ----------
    frame : DataFrame of string
        The index is Excel's row number.
    matches, factors
        As in :func:`by_row_units`.
    sections : mapping of int to Unit
        Row of the line → unit of what is below it.

    Returns
    -------
    frame, governed, decisions
        As :func:`by_row_units` returns them.
    """
    frame = frame.copy()
    starts = sorted(sections)
    above = [bisect.bisect_left(starts, row) - 1 for row in frame.index]
    units = [None if at < 0 else sections[starts[at]] for at in above]
    governed = {}
    for match in matches:
        if match.field.dtype not in NUMERIC or match.heading.unit is not None:
            continue
        name = match.name
        changed = [
            _in_unit(text, unit, match, factors[name])
            for text, unit in zip(frame[name], units, strict=True)
        ]
        if any(text is not None for text in changed):
            governed[name] = match
            frame[name] = pd.Series(changed, index=frame.index, dtype="string").fillna(frame[name])
    if not governed:
        return frame, {}, []
    rows = "、".join(f"{row}（{sections[row].text}）" for row in starts)
    told = Decision(
        f"分组标题行注明单位，以下各行已换算：第 {rows} 行。",
        f"Lines between the rows state a unit, and the figures below them were converted: rows {rows}.",
        "column",
    )
    return frame, governed, [told]


def _holds_units(texts: pd.Series[Any], heading: str) -> bool:
    if normal(heading) not in _NAMES:
        return False
    filled = texts.dropna()
    return bool(len(filled)) and filled.map(lambda t: parse_unit(t) is not None).mean() >= _MOSTLY


def _in_unit(text: Any, unit: Any, match: Match, column_factor: float) -> str | None:
    """Return a figure in the unit of its column; ``None`` where it stays what it is."""
    if not isinstance(text, str) or not isinstance(unit, Unit):
        return None
    scale = factor(unit, match.field.unit)
    if scale is None:
        # Dollars beside a figure of yuan make it unreadable, and the cell says why.
        return f"{text}{unit.text}" if unit.dimension == "foreign" else None
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return shown(value * scale / column_factor)
