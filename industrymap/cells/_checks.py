"""What a column's unit is, and which of its cells are not what their field needs; reported as issues."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from industrymap import issues, schemas
from industrymap.cells._headers import normal
from industrymap.cells._units import Unit, factor, parse_unit
from industrymap.cells._values import Parsed, boolean_cells, date_cells, number_cells
from industrymap.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from industrymap.cells._headers import Match

__all__ = ["NUMERIC", "ONE_YEAR", "one_year", "parse_column", "units", "unreadable"]

NUMERIC = frozenset({"float", "int"})
_MEASURED = frozenset({"money", "area", "rent", "money_per_area"})
_MONEY = frozenset({"money", "money_per_area", "rent"})
_OWN_NAMES = frozenset({0, 3})  # the schema's own name and its Shapefile name state the unit

ONE_YEAR = issues.rule(
    "column.one_year",
    "info",
    "图层的一项指标只有一个数：采用“{taken}”{zh_left}",
    "a layer has one figure of a kind: {taken} was taken{en_left}",
)
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
    "数字自带单位或文字，已换算为{unit}",
    "a number with a unit or words of its own: converted to {unit}",
)
UNIT_ASSUMED = issues.rule(
    "unit.assumed",
    "warning",
    "表头与单位行均未注明单位，按{unit}读取；该列中位数为 {median}，{look}",
    "neither header nor unit line states a unit: read as {unit}; the median is {median}, {look_en}",
)
UNIT_TWICE = issues.rule(
    "unit.two_stated",
    "warning",
    "表上写了两种单位（{units}），按{taken}读取；请在表头注明单位，或在 [enterprises.columns] 中写明 unit",
    "the table states two units ({units_en}): read as {taken}; write the unit into the heading, or name it in [enterprises.columns]",
)
UNIT_FOREIGN = issues.rule(
    "unit.foreign",
    "error",
    "外币金额（{unit}）不换算，该列按缺失处理",
    "an amount in foreign currency ({unit}) is not converted: the column is taken as missing",
)
UNIT_UNCLEAR = issues.rule(
    "unit.unclear",
    "error",
    "表头所写单位“{unit}”无法辨认，该列按缺失处理；请写明元、万元或亿元，或在 [enterprises.columns] 中写明 unit",
    "the heading's unit '{unit}' is unclear: the column is taken as missing; write yuan or 10k yuan, or name it in [enterprises.columns]",
)
PERCENT_AMONG = issues.rule(
    "cell.percent_among_amounts",
    "warning",
    "本列混有百分数（{n} 处，如“{cell}”，按缺失处理）和小于 1 的数（{m} 处，按{unit}读取），后者可能也是比例；请核对",
    "the column mixes percentages ({n}, e.g. {cell!r}, taken as missing) and numbers below 1 ({m}, read as {unit}), which may be shares too: "
    "please check",
)
SHARE_PERCENT = issues.rule(
    "unit.share_percent",
    "info",
    "比例列中有大于 1 的值，整列按百分数读取",
    "a share above 1 occurs: the whole column was read as percent",
)


def one_year(taken: str, left: str) -> dict[str, str]:
    """Return what :data:`ONE_YEAR` says: the columns taken, and those of other years that are kept under their own heading."""
    return {
        "taken": taken,
        "zh_left": f"，其他年份原样保留（{left}）" if left else "",
        "en_left": f", other years are kept as they are ({left})" if left else "",
    }


def units(
    frame: pd.DataFrame,
    matches: Sequence[Match],
    *,
    source: str,
    line_units: Sequence[Unit] = (),
    decided: Mapping[str, str] | None = None,
) -> tuple[dict[str, float], pd.DataFrame]:
    """Return the factor of every numeric column, and what had to be assumed.

    In this order: what a person decided, the column's own heading or unit row, the unit line above the table, the
    schema's own field name (``revenue_10k_cny``), and last, reported, the schema's unit.

    Parameters
    ----------
    frame : DataFrame
        Text columns named as ``matches`` name them.
    matches : sequence of Match
        The columns a schema knows.
    source : str
        For the issues.
    line_units : sequence of Unit
        From a line such as 单位：万元、人.
    decided : mapping of str to str, optional
        Column or field → unit.

    Returns
    -------
    factors : dict of str to float
        Column → factor to the schema's unit; ``nan`` for foreign money and units that cannot be told.
    issues : DataFrame

    Raises
    ------
    TableError
        A decided unit does not measure what the field measures.
    """
    factors: dict[str, float] = {}
    found = []
    for match in matches:
        if match.field.dtype not in NUMERIC:
            continue
        unit = _unit_of(match, line_units, decided or {})
        if unit is not None and unit.dimension == "foreign":
            # NaN as a factor makes every value unknown, which a factor of 1 would turn into a wrong
            # amount.
            factors[match.name] = math.nan
            found.append(_told(UNIT_FOREIGN, match, source, unit=unit.text))
        elif unit is not None and unit.dimension == "unclear" and _dimension(match) in _MONEY:
            factors[match.name] = math.nan
            found.append(_told(UNIT_UNCLEAR, match, source, unit=unit.text))
        elif unit is not None:
            factors[match.name] = factor(unit, match.field.unit) or 1.0
            stated = [u.text for u in _fitting(match, line_units)] if unit in line_units else []
            # Two units above a table that give the same factor (万元 and 10k yuan) are one.
            if (
                len({factor(u, match.field.unit) for u in _fitting(match, line_units)}) > 1
                and stated
            ):
                words = {"units": "、".join(stated), "units_en": ", ".join(stated)}
                found.append(_told(UNIT_TWICE, match, source, taken=unit.text, **words))
        else:
            factors[match.name], assumed = _assume(frame[match.name], match, source)
            found.append(assumed)
    return factors, issues.concat(found)


def _unit_of(match: Match, line_units: Sequence[Unit], decided: Mapping[str, str]) -> Unit | None:
    # A unit decided for a heading holds for that column alone, one decided for a field for all its columns.
    said = decided.get(match.name) or decided.get(match.field.name)
    if said is None and match.rank < 0:
        said = next((unit for text, unit in decided.items() if normal(text) == normal(match.heading.text)), None)  # fmt: skip
    if said is not None:
        unit = parse_unit(said)
        if unit is None or factor(unit, match.field.unit) is None:
            raise TableError(
                f"{said!r} is no unit of {match.field.name} ({match.field.unit}).",
                f"“{said}”不是“{match.field.zh}”（{match.field.unit}）的单位。",
            )
        return unit
    own = match.heading.unit
    if own is not None and (own.dimension != "unclear" or _dimension(match) in _MONEY):
        return own
    fitting = _fitting(match, line_units)
    # The lowest line is the nearest to the figures.
    return fitting[-1] if fitting else None


def _fitting(match: Match, line_units: Sequence[Unit]) -> list[Unit]:
    """Return the units of the lines above a table that measure what a field measures, and foreign money for money."""
    money = _dimension(match) == "money"
    return [
        unit
        for unit in line_units
        if (money and unit.dimension == "foreign")
        or (match.field.unit and factor(unit, match.field.unit) is not None)
    ]


def _dimension(match: Match) -> str:
    unit = parse_unit(match.field.unit) if match.field.unit else None
    return unit.dimension if unit else ""


def _assume(column: pd.Series[Any], match: Match, source: str) -> tuple[float, pd.DataFrame]:
    numbers = number_cells(column, unit=match.field.unit).result
    # A share cannot exceed 1, so that 35 in such a column says how all of it is meant.
    if match.field.name.endswith("_share") and bool((numbers > 1).any()):
        return 0.01, _told(SHARE_PERCENT, match, source)
    measured = _dimension(match) in _MEASURED
    # Counts and ratios have no unit to mistake; the schema's own names state theirs.
    if not measured or match.rank in _OWN_NAMES or not numbers.notna().any():
        return 1.0, issues.empty()
    # The median, because one slip of a cell must not make the whole column look odd.
    median = float(numbers.median())
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
    # Twenty billion yuan as the middle of a table's firms: in yuan the same number is two million.
    if dimension == "money" and median >= 2e6:
        return "数值偏大，疑为“元”，请核对", "which looks like yuan (元): please check"
    # No plot of a firm or park has 500 m² as its middle; 500 mu is a usual park.
    if dimension == "area" and 0 < median < 500:
        return "数值偏小，疑为“亩”或“公顷”，请核对", "which looks like mu or hectares: please check"
    return "请核对", "please check"


def _told(rule: issues.Rule, match: Match, source: str, **details: str) -> pd.DataFrame:
    return issues.from_records(
        [{"rule": rule, "source": source, "column": match.heading.text, **details}]
    )


def unreadable(
    frame: pd.DataFrame,
    matches: Sequence[Match],
    factors: Mapping[str, float],
    *,
    source: str,
    row: pd.Series[Any],
) -> pd.DataFrame:
    """Report cells that are not the number, date or yes-and-no their field needs.

    Parameters
    ----------
    frame : DataFrame
        Text columns named as ``matches`` name them.
    matches : sequence of Match
        The columns a schema knows.
    factors : mapping of str to float
        See :func:`units`.
    source : str
        The table's name.
    row : Series of int
        Row numbers, aligned with ``frame``.
    """
    found = []
    for match in matches:
        text = frame[match.name]
        parsed, rule = parse_column(text, match.field, factors.get(match.name, 1.0))
        if parsed is None or rule is None:
            continue
        where: dict[str, Any] = {
            "column": match.name,
            "header": match.heading.text,
            "source": source,
            "row": row,
        }
        # Errors of Excel have a rule of their own, which says more.
        excel_error = text.str.startswith("#").fillna(value=False).astype(bool)
        found.append(issues.from_mask(frame, parsed.unreadable & ~excel_error, rule, **where))
        if rule is NOT_A_NUMBER and bool(parsed.unreadable.any()):
            found.append(_shares_among(text, parsed, match, source))
        if rule is NOT_A_NUMBER and bool(parsed.repaired.any()):
            own = parsed.repaired & text.str.contains(r"[^\d\s.,，．０-９+-]", regex=True)
            unit = match.field.unit or "1"
            found.append(issues.from_mask(frame, own, REPAIRED, unit=unit, **where))
    return issues.concat(found)


def _shares_among(text: pd.Series[Any], parsed: Parsed, match: Match, source: str) -> pd.DataFrame:
    """Report fractions of one in a column of amounts in which other cells are percentages."""
    percent = text[parsed.unreadable].str.contains(r"[%‰]")
    below_one = (parsed.result.abs() < 1) & (parsed.result != 0) & ~parsed.repaired
    if _dimension(match) != "money" or not percent.any() or not below_one.any():
        return issues.empty()
    first = text[parsed.unreadable][percent].iloc[0]
    details = {"n": str(int(percent.sum())), "m": str(int(below_one.sum()))}
    return _told(PERCENT_AMONG, match, source, cell=first, unit=match.field.unit, **details)


def parse_column(
    text: pd.Series[Any], field: schemas.Field, scale: float
) -> tuple[Parsed | None, issues.Rule | None]:
    """Parse a text column as its field's type, with the rule its unreadable cells break.

    ``None`` for text, and for money that is not yuan.
    """
    if field.dtype in NUMERIC and not math.isnan(scale):
        return number_cells(text, unit=field.unit, factor=scale), NOT_A_NUMBER
    if field.dtype == "date":
        return date_cells(text), NOT_A_DATE
    if field.dtype == "bool":
        return boolean_cells(text), NOT_YES_NO
    return None, None
