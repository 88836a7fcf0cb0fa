"""Cells that cannot be used as they stand: units nobody stated, numbers that are none, merged figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from industrymap import issues
from industrymap.cells import (
    Parsed,
    Unit,
    boolean_cells,
    date_cells,
    factor,
    number_cells,
    parse_unit,
)
from industrymap.errors import TableError
from industrymap.tables._grid import is_code_like, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from industrymap.cells import Match
    from industrymap.tables._grid import Grid
    from industrymap.tables._layout import Layout

__all__ = ["damaged_text", "fill_merged_text", "long_numbers", "merged_numbers", "units", "values"]

_NUMERIC = frozenset({"float", "int"})
_MEASURED = frozenset({"money", "area", "rent", "money_per_area"})

NOT_A_NUMBER = issues.rule(
    "cell.not_number", "warning", "应为数字，按缺失处理", "expected a number: taken as missing"
)
NOT_A_DATE = issues.rule(
    "cell.not_date", "warning", "应为日期，按缺失处理", "expected a date: taken as missing"
)
NOT_YES_NO = issues.rule(
    "cell.not_boolean", "warning", "应为是或否，按缺失处理", "expected yes or no: taken as missing"
)
REPAIRED = issues.rule(
    "cell.number_repaired",
    "info",
    "数字带有千分位以外的符号或自带单位，已换算为{unit}",
    "a number with marks or a unit of its own: converted to {unit}",
)
LONG_NUMBER = issues.rule(
    "cell.digits_lost",
    "warning",
    "代码以数值存储，Excel 只保留 15 位，末尾数字已丢失；请设为文本格式后重新填写",
    "a code stored as a number: Excel keeps 15 digits, the last ones are lost; enter it again as text",
)
ERROR_VALUE = issues.rule(
    "cell.excel_error",
    "warning",
    "Excel 公式错误值，按缺失处理",
    "an Excel formula error: taken as missing",
)
BROKEN_TEXT = issues.rule(
    "cell.broken_text",
    "warning",
    "含无法识别的字节，原样以 \\xNN 或 ␀ 显示，未作猜测",
    "holds bytes that could not be read, shown as \\xNN or ␀, nothing was guessed",
)
LOOSE_QUOTES = issues.rule(
    "table.loose_quotes",
    "warning",
    "引号不成对，全表按“引号是普通字符”读取",
    "quotation marks do not close: the whole table was read with quotes as ordinary characters",
)
MERGED_NUMBER = issues.rule(
    "cell.merged_number",
    "warning",
    "数字跨 {rows} 行合并，仅计入首行，避免重复计算",
    "one number merged over {rows} rows: counted in the first row only, never twice",
)
UNIT_ASSUMED = issues.rule(
    "unit.assumed",
    "warning",
    "表头与单位行均未注明单位，按{unit}读取；该列中位数为 {median}，{look}",
    "neither header nor unit line states a unit: read as {unit}; the median is {median}, {look_en}",
)
UNIT_FOREIGN = issues.rule(
    "unit.foreign",
    "error",
    "外币金额（{unit}）不换算，该列按缺失处理",
    "an amount in foreign currency ({unit}) is not converted: the column is taken as missing",
)
SHARE_PERCENT = issues.rule(
    "unit.share_percent",
    "info",
    "比例列中有大于 1 的值，整列按百分数读取",
    "a share above 1 occurs: the whole column was read as percent",
)


def fill_merged_text(grid: Grid, layout: Layout, matches: Sequence[Match]) -> None:
    """Copy a text merged over rows of data into each of them; numbers are not copied."""
    numeric = {m.column for m in matches if m.field.dtype in _NUMERIC}
    for r0, c0, r1, _ in grid.merges:
        if r0 < layout.data or r1 == r0 or c0 in numeric or c0 >= len(grid.rows[r0]):
            continue
        value = grid.rows[r0][c0]
        if not isinstance(value, str):
            continue
        for row in range(r0 + 1, min(r1, len(grid.rows) - 1) + 1):
            grid.rows[row][c0] = value


def merged_numbers(
    grid: Grid, layout: Layout, matches: Sequence[Match], *, source: str
) -> pd.DataFrame:
    """Report numbers that stand in cells merged over several rows."""
    numeric = {m.column: m for m in matches if m.field.dtype in _NUMERIC}
    return issues.from_records(
        {
            "rule": MERGED_NUMBER,
            "source": source,
            "row": r0 + 1,
            "column": numeric[c0].heading.text,
            "value": shown(grid.rows[r0][c0]),
            "rows": r1 - r0 + 1,
        }
        for r0, c0, r1, _ in grid.merges
        if r0 >= layout.data and r1 > r0 and c0 in numeric and grid.rows[r0][c0] != ""
    )


def long_numbers(
    column: Sequence[Any], index: pd.Index[Any], match: Match, *, source: str
) -> pd.DataFrame:
    """Report codes that Excel stored as numbers and shortened."""
    return issues.from_records(
        {
            "rule": LONG_NUMBER,
            "source": source,
            "row": row,
            "column": match.heading.text,
            "value": shown(value),
        }
        for row, value in zip(index, column, strict=True)
        if type(value) is not str and is_code_like(value)
    )


def damaged_text(
    frame: pd.DataFrame, headings: Mapping[str, str], grid: Grid, *, source: str
) -> pd.DataFrame:
    """Report cells that hold broken bytes or an Excel error, and quotes that do not close."""
    found = []
    for column, header in headings.items():
        text = frame[column]
        error = text.str.fullmatch(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|N/A|SPILL!)")
        found.append(issues.from_mask(frame, error, ERROR_VALUE, column=column, header=header))
        if grid.damaged:
            broken = text.str.contains(r"\\x[0-9a-f]{2}|␀", regex=True)
            found.append(issues.from_mask(frame, broken, BROKEN_TEXT, column=column, header=header))
    if grid.loose_quotes:
        found.append(issues.from_records([{"rule": LOOSE_QUOTES, "source": source}]))
    return issues.concat(found)


def units(
    frame: pd.DataFrame,
    layout: Layout,
    matches: Sequence[Match],
    *,
    decided: Mapping[str, str],
    source: str,
) -> tuple[dict[str, float], pd.DataFrame]:
    """Return the factor of every numeric column and what had to be assumed.

    In this order: what a person decided, the column's own heading or unit row, the unit line above the table, the
    field's own name (``revenue_10k_cny``), the schema's unit.
    """
    factors: dict[str, float] = {}
    found = []
    for match in matches:
        if match.field.dtype not in _NUMERIC:
            continue
        unit = _unit_of(match, layout, decided)
        if unit is not None and unit.dimension == "foreign":
            factors[match.name] = math.nan
            found.append(_told(UNIT_FOREIGN, match, source, unit=unit.text))
        elif unit is not None:
            factors[match.name] = factor(unit, match.field.unit) or 1.0
        else:
            factors[match.name], assumed = _assume(frame[match.name], match, source)
            found.append(assumed)
    return factors, issues.concat(found)


def _unit_of(match: Match, layout: Layout, decided: Mapping[str, str]) -> Unit | None:
    said = decided.get(match.name) or decided.get(match.field.name)
    if said is not None:
        unit = parse_unit(said)
        if unit is None or factor(unit, match.field.unit) is None:
            raise TableError(
                f"{said!r} is no unit of {match.field.name} ({match.field.unit}).",
                f"“{said}”不是“{match.field.zh}”（{match.field.unit}）的单位。",
            )
        return unit
    if match.heading.unit is not None:
        return match.heading.unit
    for unit in layout.line_units:
        if factor(unit, match.field.unit) is not None or (
            unit.dimension == "foreign" and _dimension(match) == "money"
        ):
            return unit
    return None


def _dimension(match: Match) -> str:
    unit = parse_unit(match.field.unit) if match.field.unit else None
    return unit.dimension if unit else ""


def _assume(column: pd.Series[Any], match: Match, source: str) -> tuple[float, pd.DataFrame]:
    values = number_cells(column, unit=match.field.unit).result
    if match.field.name.endswith("_share") and bool((values > 1).any()):
        return 0.01, _told(SHARE_PERCENT, match, source)
    named = match.heading.text.strip().lower() == match.field.name
    if _dimension(match) not in _MEASURED or named or not values.notna().any():
        return 1.0, issues.empty()
    median = float(values.median())
    zh, en = _look(median, _dimension(match))
    return 1.0, _told(
        UNIT_ASSUMED,
        match,
        source,
        unit=match.field.unit,
        median=f"{median:,.10g}",
        look=zh,
        look_en=en,
    )


def _look(median: float, dimension: str) -> tuple[str, str]:
    if dimension == "money" and median >= 2e6:
        return "数值偏大，疑为“元”，请核对", "which looks like yuan (元): please check"
    if dimension == "area" and 0 < median < 500:
        return "数值偏小，疑为“亩”或“公顷”，请核对", "which looks like mu or hectares: please check"
    return "请核对", "please check"


def _told(rule: issues.Rule, match: Match, source: str, **details: str) -> pd.DataFrame:
    return issues.from_records(
        [{"rule": rule, "source": source, "column": match.heading.text, **details}]
    )


def values(
    frame: pd.DataFrame, matches: Sequence[Match], factors: Mapping[str, float], *, source: str
) -> pd.DataFrame:
    """Report cells that are not what their field needs; ``source`` is the table's name."""
    found = []
    for match in matches:
        text = frame[match.name]
        parsed, rule = _parse(text, match, factors)
        if parsed is None or rule is None:
            continue
        bad = parsed.unreadable & ~text.str.startswith("#").fillna(value=False).astype(bool)
        header = match.heading.text
        found.append(
            issues.from_mask(frame, bad, rule, column=match.name, header=header, source=source)
        )
        if match.field.dtype in _NUMERIC:
            own = parsed.repaired & text.str.contains(r"[^\d\s.,，．０-９+-]", regex=True)
            unit = match.field.unit or "1"
            found.append(
                issues.from_mask(
                    frame, own, REPAIRED, column=match.name, header=header, source=source, unit=unit
                )
            )
    return issues.concat(found)


def _parse(
    text: pd.Series[Any], match: Match, factors: Mapping[str, float]
) -> tuple[Parsed | None, issues.Rule | None]:
    kind = match.field.dtype
    if kind in _NUMERIC and not math.isnan(factors[match.name]):
        return number_cells(text, unit=match.field.unit, factor=factors[match.name]), NOT_A_NUMBER
    if kind == "date":
        return date_cells(text), NOT_A_DATE
    if kind == "bool":
        return boolean_cells(text), NOT_YES_NO
    return None, None
