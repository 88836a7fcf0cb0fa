"""Which year a row's undated figures are of, by what is written in the row: a year, or a month that is no year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import cells, issues, periods
from industrymap.enterprises._texts import stripped
from industrymap.errors import PeriodError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RowPeriods", "row_periods"]

YEAR_UNREADABLE = issues.rule(
    "year.unreadable",
    "warning",
    "不是1990至2100之间的年份，该行未注明年份的金额未使用",
    "not a year between 1990 and 2100: the undated amounts of this row are not used",
)
PART_OF_YEAR = issues.rule(
    "year.part_of_year",
    "warning",
    "{n} 行是“{period}”的数，不是全年数：金额未作为年度数使用；月度、季度数据可用 industrymap series import 读入",
    "{n} rows are of {period!r}, which is no whole year: their amounts are not used as a year's; monthly and quarterly tables are read by "
    "industrymap series import",
)
# Numbers outside are no years of a table of firms: 4401 is the beginning of a code.
_FIRST, _LAST = 1990, 2100
_PERIOD_NAMES = frozenset(
    [
        "月份",
        "月度",
        "季度",
        "统计期",
        "统计时期",
        "统计期间",
        "统计月份",
        "报告期",
        "报告月",
        "报表期",
        "期别",
        "期间",
        "时期",
        "年月",
        "所属期",
        "所属时期",
        "所属月份",
        "税款所属期",
        "数据期间",
        "数据月份",
        "period",
        "month",
        "quarter",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPeriods:
    """What the rows of a table say of time, aligned with them.

    Attributes
    ----------
    year : Series of Int64
        Missing where the row does not say.
    unusable : Series of bool
        Amounts of the row are of a part of a year, or of a year that nobody can read.
    issues : DataFrame
    """

    year: pd.Series[Any]
    unusable: pd.Series[bool]
    issues: pd.DataFrame


def row_periods(frame: pd.DataFrame, *, headings: Mapping[str, str]) -> RowPeriods:
    """Read the column of years, and columns of months or quarters, of a table of firms.

    A row of 2025年1-6月, or with 11 in a column 月份, is no row of a year; one of 2025年1-12月 is.
    """
    year = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    unusable = pd.Series(data=False, index=frame.index)
    found = []
    for column in frame.columns:
        named = column == "year" or cells.normal(column) in _PERIOD_NAMES
        if not named and not _says_when(column, frame[column]):
            continue
        text = stripped(frame[column])
        # Each different cell once: columns of months have twelve of them.
        told = {cell: _told(cell) for cell in text.dropna().unique()}
        here = text.map({cell: one for cell, (one, _) in told.items()}).astype("Int64")
        part = text.isin([cell for cell, (_, of_part) in told.items() if of_part])
        header = headings.get(column, column)
        found.append(_parts(frame, text, part, header))
        if column == "year":
            bad = text.notna() & here.isna() & ~part
            found.append(
                issues.from_mask(frame, bad, YEAR_UNREADABLE, column="year", header=header)
            )
            unusable |= bad
        # The first column that names a year decides; a later one only fills its gaps.
        year = year.fillna(here)
        # A part of a year is no year's figure, whatever another column says.
        unusable |= part
    return RowPeriods(year=year, unusable=unusable, issues=issues.concat(found))


def _says_when(column: str, cells_: pd.Series[Any]) -> bool:
    """Tell whether a column under another name (时间, 账期) holds nothing but months, quarters or half-years."""
    if not _OF_TIME.search(column) or _OF_THE_FIRM.search(column):
        return False
    filled = stripped(cells_).dropna()
    return bool(len(filled)) and bool(filled.str.fullmatch(_PART).all())


_OF_TIME = re.compile(r"时间|时段|日期|期|月|季|date|time", re.IGNORECASE)
# What happened to a firm on some day says nothing of its figures.
_OF_THE_FIRM = re.compile(
    r"成立|注册|登记|投产|开工|竣工|出生|入驻|签约|认定|批准|核准|有效|填表|更新|入库|入统|退库|发证|上市|租|合同|到期|起始|开始|搬迁|迁入|停产|注销|吊销|changed|found"
)
_PART = (
    r"(?:(?:19|20)\d\d)?[年./\- ]*(?:(?:0?[1-9]|1[0-2])月?(?:份)?|第?[一二三四1-4]季度?|q[1-4]|[上下]半年|(?:0?[1-9]|1[0-2])月?[-—~至](?:0?[1-9]|1[0-2])月)"
    r"|月度|季度|半年度?|月报|季报"
)


def _parts(
    frame: pd.DataFrame, text: pd.Series[Any], part: pd.Series[Any], header: str
) -> pd.DataFrame:
    """Report each part of a year once, with the first of its rows."""
    return issues.from_records(
        {
            "rule": PART_OF_YEAR,
            "source": frame["source"][rows[0]],
            "row": frame["source_row"][rows[0]],
            "column": header,
            "period": value,
            "n": len(rows),
        }
        for value, rows in text[part].groupby(text[part], sort=True).groups.items()
    )


def _told(cell: str) -> tuple[int | None, bool]:
    """Return the year a cell names, and whether it names a part of a year."""
    closed = _YEAR_END.fullmatch(cell)
    if closed:
        return int(closed[1]), False
    try:
        found = periods.parse(cell, year=_ANY_YEAR)
    except PeriodError:
        # 25年, 二〇二四 and 2024年度（快报） in the words of headings
        words = cells.qualifiers(cell if "年" in cell else f"{cell}年")
        year = next(iter(words.years)) if len(words.years) == 1 else None
        return year if year and _FIRST <= year <= _LAST else None, bool(words.period)
    year = found.year if found.year != _ANY_YEAR and _FIRST <= found.year <= _LAST else None
    return year, found.level != "year"


# The last day of a year means its annual report, as listed companies date them.
_YEAR_END = re.compile(r"((?:19|20)\d\d)[-/.年]?12[-/.月]?31日?")
_ANY_YEAR = 1949
"""The year of a cell that names only months."""
