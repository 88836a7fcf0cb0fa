"""Which rows are data: blank rows, totals, notes, section lines and repeated headers are not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import issues

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["keep_data"]

_TOTAL_ENDS = ("计", "总", "数", ":", "：", "l", "s", "L")
_TOTAL = r"(?:.{0,12}(?:[合总小共累]\s*计|汇\s*总)数?\s*[:：]?|(?:[Gg]rand |[Ss]ub-?)?(?:[Tt]otals?|TOTAL):?)"
_NOTE = re.compile(
    r"^\s*(?:注|备注|说明|附注|填表|制表|审核|审批|负责人|联系人|联系电话|填报|数据来源|资料来源|报出日期|单位负责人)[^,，]{0,4}[::：\s\d]"
)

TOTAL = issues.rule(
    "table.total_row",
    "info",
    "合计行，不是企业或园区，未读入",
    "a row of totals, not a record: left out",
)
NOTE = issues.rule("table.note_row", "info", "说明行，未读入", "a note below the table: left out")
SECTION = issues.rule(
    "table.section_row", "info", "分组标题行，未读入", "a section line across the table: left out"
)
REPEATED = issues.rule(
    "table.repeated_header", "info", "重复的表头行，未读入", "the header once more: left out"
)
RAGGED = issues.rule(
    "table.too_many_cells",
    "error",
    "本行单元格比表头多（多半是未加引号的分隔符），各列可能错位，未读入",
    "more cells than the header has (an unquoted separator?), so columns may have slipped: left out",
)


def keep_data(
    cells: pd.DataFrame, *, headings: Sequence[str], names: Sequence[int], limit: int, source: str
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Split data from the rest.

    Parameters
    ----------
    cells : DataFrame of string
        Columns ``0 … n-1``; the index is Excel's row number.
    headings : sequence of str
        Texts of the header.
    names : sequence of int
        Columns that identify a record; a total stands in one of them or in the first three.
    limit : int
        How many cells a row may have: what stands beyond has slipped.
    source : str
        For the issues.

    Returns
    -------
    data, issues, blank : DataFrame, DataFrame, int
        Rows of data, what was left out, and how many rows were empty.
    """
    filled = cells.notna()
    count = filled.sum(axis=1)
    blank = count == 0
    width = len(headings)
    overflow = filled.iloc[:, limit:].any(axis=1)
    first = _first_text(cells)
    looked_at = list(dict.fromkeys([*range(min(3, width)), *names]))
    total = pd.Series(data=False, index=cells.index)
    for column in looked_at:
        text = cells.iloc[:, column]
        # Few texts end like a total: only those are worth a regular expression.
        likely = text.str.endswith(_TOTAL_ENDS).fillna(value=False).astype(bool)
        total[likely] |= text[likely].str.fullmatch(_TOTAL).astype(bool)
    lonely = (count <= 2) & ~blank & (width > 3)
    note = lonely.copy()
    note[lonely] = first[lonely].str.match(_NOTE.pattern).fillna(value=False).astype(bool)
    named = filled.iloc[:, list(names)].any(axis=1) if len(names) else lonely & False
    section = (count == 1) & (width > 3) & ~named & ~note
    section[section] = _is_text(first[section])
    repeated = _repeats(cells, headings)
    kinds = [
        (repeated, REPEATED),
        (total & ~repeated, TOTAL),
        (note & ~total, NOTE),
        (section & ~total & ~note, SECTION),
        (overflow & ~total & ~note & ~repeated, RAGGED),
    ]
    gone = blank.copy()
    found = []
    for mask, rule in kinds:
        gone |= mask
        found.append(_left_out(first, mask, rule, source))
    return cells[~gone].iloc[:, :width], issues.concat(found), int(blank.sum())


def _first_text(cells: pd.DataFrame) -> pd.Series[Any]:
    first = cells.iloc[:, 0].copy()
    for column in range(1, min(cells.shape[1], 12)):
        if not first.isna().any():
            break
        first = first.fillna(cells.iloc[:, column])
    return first.astype("string")


def _is_text(first: pd.Series[Any]) -> pd.Series[Any]:
    return first.str.contains(r"[^\d.,\s]", regex=True).fillna(value=False).astype(bool)


def _repeats(cells: pd.DataFrame, headings: Sequence[str]) -> pd.Series[Any]:
    same = pd.Series(data=0, index=cells.index)
    present = 0
    for column, text in enumerate(headings):
        if text:
            present += 1
            same += (cells.iloc[:, column] == text).fillna(value=False).astype(int)
    return same >= max(2, 0.7 * present)


def _left_out(
    first: pd.Series[Any], mask: pd.Series[Any], rule: issues.Rule, source: str
) -> pd.DataFrame:
    frame = pd.DataFrame({"": first, "source_row": first.index})
    return issues.from_mask(frame, mask, rule, column="", source=source)
