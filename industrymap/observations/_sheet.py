"""One sheet taken apart: title, rows of headings, columns of labels, columns of figures."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.cells import shown

if TYPE_CHECKING:
    from industrymap.tables import Grid

__all__ = ["Sheet", "cut", "is_number"]

_NUMBER = re.compile(r"^[+\-−]?[\d,，]+(?:\.\d+)?%?$")
_YEAR = re.compile(r"^(?:19|20)\d{2}$")
_NOTE = re.compile(r"^(?:注|备注|说明|资料来源|数据来源|制表|填表|审核|单位负责人)\s*[:：1-9.]?")
_LEAST_LABELS = 0.5
_TITLE_CELLS = 3
"""A title, a date and the unit are in one line above many tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of figures.

    Attributes
    ----------
    name : str
        Its name; empty where the file has none.
    title : tuple of str
        Texts above the headings.
    heads : list of tuple of str
        For each column its headings, top first.
    rows : list of (int, list of str)
        Excel's row number and its cells, from the first row of figures on.
    labels : tuple of int
        Columns that say what a row is of.
    figures : tuple of int
        Columns of figures.
    """

    name: str
    title: tuple[str, ...]
    heads: list[tuple[str, ...]]
    rows: list[tuple[int, list[str]]]
    labels: tuple[int, ...]
    figures: tuple[int, ...]


def is_number(text: str) -> bool:
    """Tell whether a cell holds a figure, whatever its separators.

    Examples
    --------
    >>> is_number("1,234.5"), is_number("-3.2%"), is_number("1—3月")
    (True, True, False)
    """
    return bool(_NUMBER.match(unicodedata.normalize("NFKC", text)))


def cut(grid: Grid) -> Sheet | None:
    """Take a sheet apart; ``None`` where it holds no figures."""
    width = max((len(row) for row in grid.rows), default=0)
    texts = [[shown(cell).strip() for cell in row] + [""] * (width - len(row)) for row in grid.rows]
    # Before merges are spread: what a cell itself says decides where the data begin.
    plain = [list(row) for row in texts]
    for top, left, bottom, right in grid.merges:
        # a merged cell speaks for every cell it covers
        for row in range(top, min(bottom + 1, len(texts))):
            for column in range(left, min(right + 1, width)):
                texts[row][column] = plain[top][left]
    first = next((i for i, row in enumerate(plain) if _is_data(row)), None)
    if first is None:
        return None
    begin = _headings_begin(texts, first)
    rows = [
        (number + 1, row)
        for number, row in enumerate(texts[first:], start=first)
        if any(row) and not _NOTE.match(next(cell for cell in row if cell))
    ]
    heads = _heads(texts[begin:first], plain[begin:first], width)
    labels = tuple(c for c in range(width) if _is_label(heads[c], [row[c] for _, row in rows]))
    figures = tuple(
        c for c in range(width) if c not in labels and any(is_number(row[c]) for _, row in rows)
    )
    title = tuple(dict.fromkeys(cell for row in texts[:begin] for cell in row if cell))
    return Sheet(
        name=grid.sheet, title=title, heads=heads, rows=rows, labels=labels, figures=figures
    )


def _is_data(row: list[str]) -> bool:
    """Tell a row of figures from a row of headings, whose only numbers are years."""
    numbers = [cell for cell in row if is_number(cell)]
    if not numbers or all(_YEAR.match(cell) for cell in numbers[1:] or numbers):
        # "2024 | 3 | 1,250": a year and a month in front of a figure
        return False
    return any(cell and not is_number(cell) for cell in row) or len(numbers) > 1


def _headings_begin(texts: list[list[str]], first: int) -> int:
    """Return the first row of headings: rows with one text are titles, unless it is over figures only."""
    begin = first
    while begin > 0:
        row = texts[begin - 1]
        filled = [i for i, cell in enumerate(row) if cell]
        distinct = {row[i] for i in filled}
        if not distinct or (len(distinct) == 1 and filled[0] == 0):
            break
        if any(re.search(r"单位[:：]", row[i]) for i in filled) and len(distinct) <= _TITLE_CELLS:
            break
        begin -= 1
    return begin


def _heads(rows: list[list[str]], plain: list[list[str]], width: int) -> list[tuple[str, ...]]:
    """Return the headings over each column; a group's name also covers the empty cells to its right."""
    filled = [list(row) for row in rows]
    for number, row in enumerate(filled[:-1]):
        last = ""
        for column in range(width):
            # only where there is something below, and there was nothing of its own
            below = any(line[column] for line in plain[number + 1 :])
            if row[column]:
                last = row[column]
            elif last and below:
                row[column] = last
            else:
                last = ""
    return [tuple(dict.fromkeys(row[c] for row in filled if row[c])) for c in range(width)]


_LABELS = re.compile(
    r"^(?:kind|entity|measure|period|unit|status|对象类型|对象|指标|指标名称|时期|报告期|期别|年份|年度|月份|年月|季度|单位|计量单位|状态"
    r"|统一社会信用代码|信用代码|组织机构代码|行政区划代码|区划代码|代码|编号|序号|year|month|quarter|uscc)$",
    re.IGNORECASE,
)


def _is_label(head: tuple[str, ...], values: list[str]) -> bool:
    if head and _LABELS.match(re.sub(r"\s+", "", head[-1])):
        return True
    filled = [value for value in values if value]
    texts = sum(
        not is_number(value) and value not in {"-", "—", "--", "…", "/"} for value in filled
    )
    return bool(filled) and texts > _LEAST_LABELS * len(filled)
