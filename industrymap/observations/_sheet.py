"""One sheet taken apart: its tables below and beside one another, each with title, headings, labels and figures."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.cells import parse_unit, shown
from industrymap.tables import unguarded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from industrymap.tables import Grid

__all__ = ["DASHES", "Sheet", "cut", "is_number", "like_figure"]

DASHES = frozenset({"", "-", "—", "--", "——", "…", "...", "/", "x", "X", "NA", "N/A", "null"})
"""What people write where there is no figure."""

_NUMBER = re.compile(r"^[+\-−]?[\d,，]+(?:\.\d+)?%?$")
# 12.5亿元; (1,234) for a loss, as accountants write it
_AMOUNT = re.compile(r"^(?P<open>\()?[+\-−]?\d[\d,]*(?:\.\d+)?(?(open)\))\s*(?P<unit>\D*)$")
# Three months, three years: a heading, and no amount.
_OF_TIME = frozenset({"years", "angle"})
# Figures that nobody can read (2200 2300, △5.1, #REF!) make a row of data all the same.
_DIGITS_ONLY = re.compile(r"^[^\u4e00-\u9fffA-Za-z]*\d[^\u4e00-\u9fffA-Za-z]*$|^#[A-Z/0]+[!?]?$")
_ROUNDED = re.compile(r"^(?:大?约|近|超过?|不足)|(?:左右|上下|余|多|以上|以下)$")
_DATE = re.compile(
    r"^(?:19|20)\d{2}\s*(?:[-—–~～/.]\s*(?:(?:19|20)?\d{1,2}|\d{1,2}[-/.]\d{1,2})\s*)?$|^\d{1,2}\s*[-—–~～至]\s*\d{1,2}$"
)
_YEAR = re.compile(r"^(?:19|20)\d{2}$")
_NOTE = re.compile(r"^(?:注|备注|说明|资料来源|数据来源|制表|填表|审核|单位负责人)\s*[:：1-9.]?")
_LEAST_LABELS = 0.5
_TITLE_CELLS = 3
"""A title, a date and the unit are in one line above many tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of figures in a sheet.

    Attributes
    ----------
    name : str
        The sheet's name; empty where the file has none.
    title : tuple of str
        Texts above the headings.
    notes : tuple of str
        Notes below the rows.
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
    notes: tuple[str, ...]
    heads: list[tuple[str, ...]]
    rows: list[tuple[int, list[str]]]
    labels: tuple[int, ...]
    figures: tuple[int, ...]


def is_number(text: str) -> bool:
    """Tell whether a cell holds a figure, whatever its separators, with or without a unit of its own.

    Examples
    --------
    >>> is_number("1,234.5"), is_number("-3.2%"), is_number("12.5亿元"), is_number("(1,234)"), is_number("1—3月")
    (True, True, True, True, False)
    """
    plain = unicodedata.normalize("NFKC", text)
    if _NUMBER.match(plain):
        return True
    found = _AMOUNT.match(plain)
    if found is None or not (found["unit"] or found["open"]):
        return False
    unit = parse_unit(found["unit"]) if found["unit"] else None
    return not found["unit"] or (unit is not None and unit.dimension not in _OF_TIME)


def cut(grid: Grid, *, heads: Callable[[str], bool], names: Callable[[str], bool]) -> list[Sheet]:
    """Take a sheet apart into its tables; none where it holds no figures.

    Parameters
    ----------
    grid : Grid
    heads : function
        Whether a text says what a column is of: a measure, a period, a rate, a unit.
    names : function
        Whether a text is the name of a place.
    """
    width = max((len(row) for row in grid.rows), default=0)
    texts = [
        [unguarded(shown(cell)).strip() for cell in row] + [""] * (width - len(row))
        for row in grid.rows
    ]
    # Before merges are spread: what a cell itself says decides where the data begin.
    plain = [list(row) for row in texts]
    for top, left, bottom, right in grid.merges:
        # a merged cell speaks for every cell it covers
        for row in range(top, min(bottom + 1, len(texts))):
            for column in range(left, min(right + 1, width)):
                texts[row][column] = plain[top][left]
    data = [_is_data(row, heads, names) for row in plain]
    found: list[Sheet] = []
    for begin, first, end, above in _tables(texts, data, heads):
        title = tuple(dict.fromkeys(cell for row in texts[above:begin] for cell in row if cell))
        # A table below without a title of its own goes on under that of the one above it.
        wider = found[0].title if found and not title else ()
        found += _beside(_Part(grid.sheet, texts, plain, begin, first, end), title or wider)
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one table: its headings begin at ``begin``, its figures at ``first``; it stops before ``end``."""

    sheet: str
    texts: list[list[str]]
    plain: list[list[str]]
    begin: int
    first: int
    end: int


def _tables(
    texts: list[list[str]], data: list[bool], heads: Callable[[str], bool]
) -> list[tuple[int, int, int, int]]:
    """Return where each table of a sheet begins, its figures begin, it ends, and its title begins."""
    first = next((i for i, is_data in enumerate(data) if is_data), None)
    if first is None:
        return []
    starts = [(_headings_begin(texts, first, 0), first, 0)]
    figures = {c for row, is_data in zip(texts, data, strict=True) if is_data for c, cell in enumerate(row) if is_number(cell)}  # fmt: skip
    for number in range(first + 1, len(texts)):
        if data[number]:
            previous = next(i for i in range(number - 1, -1, -1) if data[i])
            between = range(previous + 1, number)
            # Headings once more, over figures: what is below them is another table.
            if any(_is_header(texts[row], figures, heads) for row in between):
                begin = _headings_begin(texts, number, previous + 1)
                starts.append((begin, number, _after_notes(texts, previous + 1, begin)))
    ends = [title for _, _, title in starts[1:]] + [len(texts)]
    return [(begin, at, end, title) for (begin, at, title), end in zip(starts, ends, strict=True)]


def _after_notes(texts: list[list[str]], start: int, begin: int) -> int:
    """Return where the title of a further table begins: the notes in front of it are those of the table above."""
    notes = [i for i in range(start, begin) if _is_note(texts[i])]
    return notes[-1] + 1 if notes else start


def _is_header(row: list[str], figures: set[int], heads: Callable[[str], bool]) -> bool:
    filled = {cell for cell in row if cell}
    # One text alone, merged or not, is a heading of the section below it.
    if len(filled) < 2 or _is_note(row):
        return False
    return any(row[c] not in DASHES and heads(row[c]) for c in figures if not is_number(row[c]))


def _is_note(row: list[str]) -> bool:
    return bool(_NOTE.match(next((cell for cell in row if cell), "")))


def _beside(part: _Part, title: tuple[str, ...]) -> list[Sheet]:
    """Return the tables of the same rows: one, or several side by side."""
    texts, first, end = part.texts, part.first, part.end
    width = len(texts[0])
    lines = [(n + 1, row) for n, row in enumerate(texts[first:end], start=first) if any(row)]
    rows = [(number, row) for number, row in lines if not _is_note(row)]
    notes = tuple(" ".join(dict.fromkeys(c for c in row if c)) for _, row in lines if _is_note(row))
    heads = _heads(texts[part.begin : first], part.plain[part.begin : first], width)
    labels = tuple(c for c in range(width) if _is_label(heads[c], [row[c] for _, row in rows]))
    figures = tuple(
        c for c in range(width) if c not in labels and any(like_figure(row[c]) for _, row in rows)
    )
    # A number at the head of each row names it (行政区划代码), or is one of the figures.
    edges = [0, *_edges(heads, labels, figures, rows), width]
    return [
        Sheet(
            name=part.sheet,
            title=title,
            notes=notes,
            heads=heads,
            rows=rows,
            labels=tuple(c for c in labels if left <= c < right),
            figures=tuple(c for c in figures if left <= c < right),
        )
        for left, right in itertools.pairwise(edges)
    ]


def _edges(
    heads: list[tuple[str, ...]],
    labels: Sequence[int],
    figures: Sequence[int],
    rows: Sequence[tuple[int, list[str]]],
) -> list[int]:
    """Return the columns at which a further table begins beside the first one."""
    edges: list[int] = []
    seen: set[str] = set()
    left = 0
    for column in labels:
        over = heads[column][-1] if heads[column] else ""
        # Its labels come again (地区, 产值, 地区, 产值), or an empty column parts the two.
        parted = column > 0 and not heads[column - 1] and not any(row[column - 1] for _, row in rows)  # fmt: skip
        before = any(left <= c < column for c in figures)
        behind = any(c > column for c in figures)
        if before and behind and (over in seen or parted):
            edges.append(column)
            left, seen = column, set()
        seen |= {over} - {""}
    return edges


def like_figure(text: str) -> bool:
    """Tell whether a cell stands for a figure, also for one that cannot be read."""
    plain = _ROUNDED.sub("", unicodedata.normalize("NFKC", text))
    return is_number(plain) or bool(_DIGITS_ONLY.match(plain) and not _DATE.match(plain))


def _is_data(row: list[str], heads: Callable[[str], bool], names: Callable[[str], bool]) -> bool:
    """Tell a row of figures from a row of headings, whose only numbers are years."""
    filled = [cell for cell in row if cell]
    numbers = [cell for cell in filled if like_figure(cell)]
    places = [cell for cell in filled if not is_number(cell) and names(cell)]
    if len(places) == 1 and len(filled) > 1:
        # Beside the name of a place 2020 may be its figure; years one after another are headings.
        years = [int(cell) for cell in numbers if _YEAR.match(cell)]
        steps = {b - a for a, b in itertools.pairwise(years)}
        if numbers and not (len(years) == len(numbers) and steps and steps <= {1, -1}):
            return True
        # A dash, or words that are no heading, are a figure that is missing.
        return not numbers and not any(heads(cell) for cell in filled if cell not in places)
    if not numbers or all(_YEAR.match(cell) for cell in numbers[1:] or numbers):
        # "2024 | 3 | 1,250": a year and a month in front of a figure
        return False
    return any(not is_number(cell) for cell in filled) or len(numbers) > 1


def _headings_begin(texts: list[list[str]], first: int, least: int) -> int:
    """Return the first row of headings: rows with one text are titles, unless it is over figures only."""
    begin = first
    while begin > least:
        row = texts[begin - 1]
        filled = [i for i, cell in enumerate(row) if cell]
        distinct = {row[i] for i in filled}
        # An empty line may part the headings from their figures; above them it ends them.
        if not distinct and begin == first:
            first = begin = begin - 1
            continue
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
    r"^(?:kind|entity|measure|period|unit|status|对象类型|对象|指标|指标名称|时期|报告期|期别|年份|年度|月份|年月|季度|年|月|季|日期|地区|区域|district|area|region|统计时间|单位|计量单位|状态"
    r"|统一社会信用代码|信用代码|组织机构代码|行政区划代码|区划代码|地区代码|区代码|镇街代码|代码|编号|序号|year|month|quarter|uscc)$",
    re.IGNORECASE,
)


def _is_label(head: tuple[str, ...], values: list[str]) -> bool:
    if head and _LABELS.match(re.sub(r"\s+", "", head[-1])):
        return True
    filled = [value for value in values if value]
    texts = sum(not like_figure(value) and value not in DASHES for value in filled)
    return bool(filled) and texts > _LEAST_LABELS * len(filled)
