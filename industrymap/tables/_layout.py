"""Where a table begins: title rows, header rows, the row of units, and the first row of data."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from industrymap.cells import (
    Heading,
    Match,
    Unit,
    find_unit,
    heading,
    match_columns,
    normal,
    of_whole_year,
    only_qualifies,
    parse_unit,
    qualifiers,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from industrymap.tables._grid import Grid, Merge

__all__ = ["UNIT_LINE", "UNIT_WORD", "Layout", "find_layout", "units_of_sections"]

_LOOKED_AT = 40
_NUMBER = re.compile(r"^[+-]?[\d,]+(\.\d+)?%?$")
_YEAR = re.compile(r"^(19|20)\d{2}年?度?$")
UNIT_LINE = re.compile(r"(?:计量)?单位(?:均|统一|都)?\s*[:：为是]\s*([^\n]+)")
_ONLY_UNIT = re.compile(r"[(（\s]*(?:计量|金额|货币)?单位\s*[:：]")
# Of the year of a list and that of its figures, the figures' counts: 2025年企业情况（2024年数据）.
_OF_DATA = re.compile(r"((?:19|20)\d{2})年度?(?:的|全年|年报)?数据")
_TAIL = 6  # rows at the end of a sheet that may be notes
_DAY = re.compile(
    r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日|(?:19|20)\d{2}年\d{1,2}月(?=印发|发布|印制|编印|编制|制表|填报|报送|上报|更新|整理)|(?:19|20)\d{2}([-/.])\d{1,2}\1\d{1,2}(?!\d)|(?:制表|填报|填表|打印|导出|报送|报出)\S{0,4}[:：].*"
)
_LONG_PERIOD = re.compile(r"[上下]半年|[一二三四1-4首]季|q[1-4]|[-~—–−至到]")
_HEADER_ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a grid is laid out; rows are 0-based.

    Attributes
    ----------
    top, bottom : int
        First and last header row, without the row of units.
    unit_row : int or None
        The row of units below the header.
    number_row : int or None
        The row that numbers the columns (甲, 乙, 1, 2), as forms of statistics have it.
    data : int
        First row of data.
    headings : list of Heading
        One for each column.
    matches : list of Match
        Columns the schema knows.
    title : tuple of str
        Texts above the header.
    line_units : tuple of Unit
        From a line such as 单位：万元、人.
    units_said : str
        The words that state units beside the table: a note below it, the sheet's or the file's name.
    units_beside : tuple of Unit
        The units these words state, of all figures or of one.
    year : int or None
        From the title.
    named_years : tuple of int
        Those that the file's name says, or the title where it says several.
    named_month : str
        A month that the file's name says: that of its figures, or of the day it was sent.
    period : str
        The part of a year that the title names (2024年1—11月…情况表); empty where it names none.
    header_rows : tuple of tuple of str
        The header's cells as they are, to know them again further down.
    """

    top: int
    bottom: int
    unit_row: int | None
    number_row: int | None
    data: int
    headings: list[Heading]
    matches: list[Match]
    title: tuple[str, ...]
    line_units: tuple[Unit, ...]
    year: int | None
    period: str = ""
    header_rows: tuple[tuple[str, ...], ...] = ()
    named_years: tuple[int, ...] = ()
    named_month: str = ""
    units_said: str = ""
    units_beside: tuple[Unit, ...] = ()

    @property
    def figures_year(self) -> int | None:
        """The year of figures that name none: the title's, or the file name's where nothing else in the table speaks of years."""
        if self.year is not None or self.says_years or len(self.named_years) != 1:
            return self.year
        return self.named_years[0]

    @property
    def says_years(self) -> bool:
        """Whether a heading names a year."""
        return any(head.year is not None for head in self.headings)


def find_layout(
    grid: Grid,
    *,
    layer: str | None,
    forced: Mapping[str, str] | None = None,
    around: Layout | None = None,
) -> Layout | None:
    """Find the header, or return ``None`` for a grid without any text.

    The header is the row that names most of the schema's fields; rows that only complete it (a row of groups
    above, a row of years or details below) belong to it. What its own title does not say of year and units is taken from the
    title of the table ``around`` it, of which it is a part.
    """
    texts = [_texts(row) for row in grid.rows[:_LOOKED_AT]]
    if not any(any(row) for row in texts):
        return None
    width = max(len(row) for row in grid.rows)
    # Rows of a CSV end where their last cell does.
    texts = [row + [""] * (width - len(row)) for row in texts]
    # The row that names most fields is certain; rows above and below are added to it afterwards.
    best = _header_row(texts, layer, forced)
    top, bottom = _extend(texts, best, grid.merges)
    unit_row, number_row = _rows_below(texts, bottom)
    # What is above the header is title, unit and date, and counts for the whole table.
    above = [cell for row in texts[:top] for cell in row if cell]
    year, period, whole = _title(above, grid)
    noted = "" if period or whole else _period_of_notes(grid)
    # 营业收入（单位：万元） in the header speaks of its own column alone.
    alone = [[c for c in row if _ONLY_UNIT.match(c)] for row in texts[top : bottom + 1]]
    stated = _stated_units([*texts[:top], *alone]) or _bare_units(texts[:top])
    stated, beside = (stated, "") if stated else _units_beside(grid)
    line_units = tuple(unit for name, unit in stated if not name)
    if around is not None:
        line_units = line_units or around.line_units
        if year is None and not period:
            year, period, whole = _title(around.title, grid)
    headings = _year_series(_headings(texts, top, bottom, unit_row, grid.merges))
    headings = [
        _with_unit(_of_this_table(head, year, period, whole=whole), stated, layer)
        for head in headings
    ]
    headings = [replace(head, period=head.period or noted) for head in headings]
    return Layout(
        top=top,
        bottom=bottom,
        unit_row=unit_row,
        number_row=number_row,
        data=max(row for row in (bottom, unit_row, number_row) if row is not None) + 1,
        headings=headings,
        matches=match_columns(headings, layer=layer, forced=forced) if layer else [],
        title=tuple(dict.fromkeys(above)),
        line_units=line_units,
        units_said=beside,
        units_beside=tuple(unit for _, unit in stated) if beside else (),
        year=year,
        named_years=_years_of_title(above, grid) or _years_of_name(grid.stem),
        named_month=_month_of_name(grid.stem),
        period=period,
        header_rows=tuple(
            tuple(texts[row]) for row in (*range(top, bottom + 1), number_row) if row is not None
        ),
    )


def _period_of_notes(grid: Grid) -> str:
    """Return the part of a year that a note below the table says its figures are of: 注：营业收入为1—9月数."""
    for row in grid.rows[-_TAIL:]:
        texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        note = unicodedata.normalize("NFKC", "".join(texts))
        if len(texts) > 2 or not _A_NOTE.match(note) or not _OF_FIGURES.search(note):
            continue
        until = _UNTIL.search(note)
        period = until[0] if until else qualifiers(note).period
        if period and not qualifiers(note).whole:
            return period
    return ""


_A_NOTE = re.compile(r"\s*(?:注|备注|说明|附注|\d+[.、])")
_OF_FIGURES = re.compile(r"本表|数据|指标|金额|收入|营收")
_UNTIL = re.compile(r"截[至止](?:(?:19|20)\d\d年)?(?<!\d)(?:0?[1-9]|1[01])月[底末份]?")


def _year_series(headings: list[Heading]) -> list[Heading]:
    """Let bare years to the right of 2021年营业收入（万元） go on with it: 2022, 2023."""
    out: list[Heading] = []
    for head in headings:
        before = out[-1] if out else None
        bare = _YEAR.match(head.text)
        if bare and before is not None and before.year is not None and before.names != head.names:
            year = int(head.text[:4])
            name = re.sub(rf"(?<!\d){before.year}(?!\d)", str(year), before.text)
            if abs(year - before.year) == 1 and name != before.text:
                head = replace(heading(name, unit=before.unit), text=name)  # noqa: PLW2901 - the column's heading in full
        out.append(head)
    return out


def _of_this_table(head: Heading, year: int | None, period: str, *, whole: bool) -> Heading:
    """Let a heading without a year of its own take what the title says: 上年 below "2024年" is 2023."""
    if period and not head.period and qualifiers(head.text).whole:
        # 全年 says what it is, whatever the title is of.
        period = ""
    if head.year is not None:
        # 2024年营业收入 below "2024年1—11月" has no more months than the title.
        partly = bool(period) and head.year == year and not head.period
        return replace(head, period=period) if partly else head
    # 本年累计 below "1—12月" is the whole year; 本月 below it is not.
    if whole and _CUMULATED.fullmatch(head.period):
        head = replace(of_whole_year(head), year=year)
    if period and not head.period:
        return replace(head, period=period)
    # 本期 is as long as what the table is of.
    if head.open and not head.period and (whole or year is not None):
        head = replace(head, open="", year=year)
    if head.ago and year is not None:
        head = replace(head, year=year + head.ago)
    return head


_CUMULATED = re.compile(r"累计|年初[至以]|至今|ytd")


def _texts(row: list[Any]) -> list[str]:
    return [shown(cell).strip() for cell in row]


def _header_row(texts: list[list[str]], layer: str | None, forced: Mapping[str, str] | None) -> int:
    scores = [_score(row, layer, forced) for row in texts]
    # One known name among numbers is enough of a hint; the first of equal rows is the header, later ones its repetition.
    if max(scores) >= 0.5:
        return scores.index(max(scores))
    # Nothing is known: the first row that is as wide as the table and has no numbers.
    widest = max(sum(map(bool, row)) for row in texts)
    for number, row in enumerate(texts):
        filled = [cell for cell in row if cell]
        if len(filled) >= max(1, widest * 0.6) and not any(_NUMBER.match(cell) for cell in filled):
            return number
    return next(number for number, row in enumerate(texts) if any(row))


def _score(row: list[str], layer: str | None, forced: Mapping[str, str] | None) -> float:
    filled = [cell for cell in row if cell]
    # A title merged over the table repeats one text.
    if layer is None or len(set(filled)) < min(2, len(row)):
        return 0
    # Instructions for filling in name every field and are no header.
    if any(len(cell) > 60 for cell in filled):
        return 0
    # A number names no column: in a wide table most cells of most rows are spared.
    headings = [heading("" if _NUMBER.match(cell) else cell) for cell in row]
    known = len(match_columns(headings, layer=layer, forced=forced))
    # Numbers (but years) are among data, hardly ever in a header.
    numbers = any(_NUMBER.match(cell) and not _YEAR.match(cell) for cell in filled)
    return known / 2 if numbers else known


def _extend(texts: list[list[str]], best: int, merges: list[Merge]) -> tuple[int, int]:
    top, bottom = best, best
    # A name merged downwards says how deep the header is.
    deep = max((r1 for r0, _, r1, _ in merges if r0 <= best <= r1 and r1 > r0), default=best)
    # A merged column of data further down must not pull data into the header.
    if deep < min(best + _HEADER_ROWS, len(texts)) and not _has_numbers(texts[deep]):
        bottom = deep
    while (
        bottom + 1 < len(texts)
        and bottom - top < _HEADER_ROWS - 1
        and _completes(texts, bottom, merges)
    ):
        bottom += 1
    while top > 0 and bottom - top < _HEADER_ROWS - 1 and _groups(texts, top, merges):
        top -= 1
    return top, bottom


def _has_numbers(row: list[str]) -> bool:
    return any(_NUMBER.match(cell) and not _YEAR.match(cell) for cell in row)


def _completes(texts: list[list[str]], row: int, merges: list[Merge]) -> bool:
    """Tell whether the row below only fills what ``row`` leaves open, or says which year or part its figures are."""
    upper, lower = texts[row], texts[row + 1]
    filled = [i for i, cell in enumerate(lower) if cell]
    # Units are read apart, and a row with numbers is data.
    if not filled or _is_unit_row(lower) or _has_numbers(lower):
        return False
    spanned = {
        column
        for (r0, c0, r1, c1) in merges
        if r0 <= row <= r1 < row + 1 and c1 > c0
        for column in range(c0, c1 + 1)
    }
    # Where nothing is merged, a name with empty cells to its right spans them.
    spanned = spanned or _spans(upper)
    # Where cells were merged once, each row of the header bears the name.
    detailed = [i for i in filled if i not in spanned and lower[i] != upper[i]]
    # Below a name that spans nothing, only a year, a part or a unit completes it; other text is the first record.
    # The year may as well be above, over each of its figures: 2024年, 2024年 / 营业收入, 税收.
    under_names = all(
        upper[i] and (only_qualifies(lower[i]) or _OF_TIME.search(upper[i])) for i in detailed
    )
    return under_names and (bool(detailed) or any(upper[i] for i in spanned))


_OF_TIME = re.compile(r"^(?:19|20)\d\d年[\d\s—–~～至到月份季度上下半全—-]*$")


def _spans(row: list[str]) -> set[int]:
    spans: set[int] = set()
    for i, cell in enumerate(row):
        if not cell and i > 0:
            spans |= {i}
            back = i - 1
            while back > 0 and not row[back]:
                back -= 1
            spans |= {back}
    return spans


def _groups(texts: list[list[str]], row: int, merges: list[Merge]) -> bool:
    """Tell whether the row above holds groups over ``row``, or the upper halves of its names."""
    upper, lower = texts[row - 1], texts[row]
    filled = [i for i, cell in enumerate(upper) if cell]
    # One text alone is a title, and 单位：万元 is a line for the whole table.
    if len(set(upper) - {""}) < 2 or any(map(UNIT_LINE.search, _lines(upper))):
        return False
    if any(_NUMBER.match(upper[i]) and not _YEAR.match(upper[i]) for i in filled):
        return False
    tall = any(r0 <= row - 1 and r1 >= row for (r0, _, r1, _) in merges)
    open_below = [i for i in filled if not lower[i]]
    return tall or bool(open_below) or len(filled) < sum(map(bool, lower))


def _is_unit_row(row: list[str]) -> bool:
    filled = [cell for cell in row if cell and cell not in {"-", "—", "/", "——"}]
    units = [cell for cell in filled if parse_unit(cell.strip(_ROUND))]
    if not units:
        return False
    # Most cells are units; text columns have none, and some are dashes. Years may be among them: 万元, 上年, 本年.
    others = [cell for cell in filled if cell not in units]
    return len(units) >= 0.6 * len(filled) or all(map(only_qualifies, others))


def _rows_below(texts: list[list[str]], bottom: int) -> tuple[int | None, int | None]:
    """Return the row of units and the row that numbers the columns, whichever comes first."""
    unit_row = number_row = None
    for row in range(bottom + 1, min(bottom + 3, len(texts))):
        if unit_row is None and _is_unit_row(texts[row]):
            unit_row = row
        elif number_row is None and row + 1 < len(texts) and _is_number_row(texts[row]):
            number_row = row
        else:
            break
    return unit_row, number_row


_STEMS = "甲乙丙丁戊己庚辛壬癸"
_COLUMN_NUMBER = re.compile(r"[(（]?(\d{1,3})[)）]?(?:=.*)?")


def _is_number_row(row: list[str]) -> bool:
    """Tell whether a row only numbers the columns: 甲, 乙, 丙 for names and 1, 2, 3 for figures (5=3+4), or 1, 2, 3 throughout."""
    filled = [unicodedata.normalize("NFKC", cell) for cell in row if cell.strip("-—/ ")]
    letters = [cell for cell in filled if cell in _STEMS or (cell.isascii() and cell.isalpha())]
    numbers = [_COLUMN_NUMBER.fullmatch(cell) for cell in filled[len(letters) :]]
    counted = [int(found[1]) for found in numbers if found]
    begins = "".join(letters).upper() in {_STEMS[: len(letters)], _ALPHABET[: len(letters)]}
    in_order = counted == list(range(1, len(numbers) + 1))
    # 甲, 1, 2 alone may be a firm that somebody calls so.
    enough = len(filled) > 3 or len(letters) > 1 or (len(filled) == 3 and not letters)
    return enough and filled[: len(letters)] == letters and begins and in_order


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _headings(
    texts: list[list[str]], top: int, bottom: int, unit_row: int | None, merges: list[Merge]
) -> list[Heading]:
    rows = [list(texts[number]) for number in range(top, bottom + 1)]
    units = list(texts[unit_row]) if unit_row is not None else [""] * len(rows[0])
    # Beside the units there may be the year of a figure: 万元, 万元, 上年, 本年.
    beside = [c if c and parse_unit(c.strip(_ROUND)) is None and only_qualifies(c) else "" for c in units]  # fmt: skip
    rows += [beside] if any(beside) else []
    for r0, c0, _, c1 in merges:
        if top <= r0 <= bottom:
            # Excel keeps the text of a merged cell in its first cell only.
            rows[r0 - top][c0 : c1 + 1] = [rows[r0 - top][c0]] * (
                min(c1, len(rows[0]) - 1) - c0 + 1
            )
    merged = {(r0, c0) for r0, c0, _, _ in merges}
    rows = [
        _fill_right(upper, rows[number + 1 :], {c for r, c in merged if r == top + number})
        for number, upper in enumerate(rows)
    ]
    return [
        heading(*(row[column] for row in rows), unit=parse_unit(units[column].strip(_ROUND)))
        for column in range(len(rows[0]))
    ]


_ROUND = "()（）[]【】"


def _fill_right(upper: list[str], below: list[list[str]], merged: set[int]) -> list[str]:
    """Spread a group's name over the open cells to its right that have a name below; a merged name ends where it ends."""
    if not below:
        return upper
    out, group = [], ""
    for column, cell in enumerate(upper):
        named_below = any(row[column] for row in below)
        if cell:
            group = "" if column in merged else cell
        elif not named_below:
            group = ""
        out.append(cell or group)
    return out


def _lines(row: Sequence[str]) -> list[str]:
    """Return the texts of a row, half-width; 单位： and the unit in the cell beside it are one."""
    lines: list[str] = []
    for cell in row:
        text = unicodedata.normalize("NFKC", cell)
        if lines and text and _OPEN_UNIT.search(lines[-1]):
            lines[-1] += text
        elif text:
            lines.append(text)
    return lines


_OPEN_UNIT = re.compile(r"单位\s*:\s*$")


def _stated_units(rows: Sequence[Sequence[str]]) -> list[tuple[str, Unit]]:
    """Return the units of lines such as 单位：万元、人, each with the figure it is said of (营业收入为千元), if any."""
    found: list[tuple[str, Unit]] = []
    for row in rows:
        for line in _lines(row):
            # A line may say who filled the table in as well: 填报单位：统计局  单位：万元.
            for before, after in itertools.pairwise(_SAYS_UNIT.split(line)):
                # 税收、营业收入单位：亿元 is said of two figures, 本表金额单位：亿元 of all.
                whose = re.split(r"[、和及与]", re.split(r"[,;。\s()]", before)[-1])
                names = [normal(_OF_ALL.sub("", _NUMBERED.sub("", one))) for one in whose]
                for name, unit in itertools.chain.from_iterable(map(_stated, _PARTS.split(after))):
                    # A bare unit is that of the words before it; 其余均为千元 speaks for itself.
                    found += [(name, unit)] if name is not None else [(one, unit) for one in names]
    return found


_SAYS_UNIT = re.compile(r"(?:计量)?单位(?:均|统一|都)?\s*[:为是]\s*")
_PARTS = re.compile(r"[、,;。\s()]+")
# 本表除税收单位为元外 speaks of the tax alone.
_NUMBERED = re.compile(r"^(?:.*:)?(?:\d+\.)?(?:(?:本表)?除)?|(?:的|均)$")
_OF_ALL = re.compile(
    r"^(?:本表|以上|上述|表[中内]|全部|所有|各项)?(?:金额|数据|指标|价值量?|货币|面积|人数|收入)?(?:数据|指标)?$"
)


def _bare_units(rows: Sequence[Sequence[str]]) -> list[tuple[str, Unit]]:
    """Return the unit that a title ends with in brackets, or that is alone above the header."""
    found = []
    for line in (line for row in rows for line in _lines(row)):
        bracketed = re.search(r"[(\[]([^()\[\]]{1,6})[)\]]\s*$", line)
        unit = parse_unit(bracketed[1] if bracketed else line.strip())
        found += [("", unit)] if unit is not None else []
    return found


UNIT_WORD = "单位"


def units_of_sections(grid: Grid, first: int, columns: Iterable[int]) -> dict[int, Unit]:
    """Return the unit of money that a line between the records states for those below it: row as Excel numbers it → unit.

    ``columns`` are those that hold the word 单位 anywhere; few tables have one.
    """
    found: dict[int, Unit] = {}
    rows = list(enumerate(grid.rows[first:-1], start=first + 1))
    named = {
        number
        for column in columns
        for number, row in rows
        if len(row) > column and type(row[column]) is str and UNIT_WORD in row[column]
    }
    for number in sorted(named):
        texts = [cell for cell in grid.rows[number - 1] if isinstance(cell, str) and cell.strip()]
        # Few rows of a table hold as little as a heading of a section does.
        if len(texts) <= _FEW:
            units = [u for n, u in _stated_units([texts]) if not n and u.dimension == "money"]
            found |= {number: units[0]} if len(units) == 1 else {}
    return found


_FEW = 2


def _stated(part: str) -> list[tuple[str | None, Unit]]:
    part = part.removesuffix("外")
    whole = parse_unit(part)
    if whole is not None:
        return [(None, whole)]
    if "/" in part:
        return [one for piece in part.split("/") for one in _stated(piece)]
    named = find_unit(part)
    if named is None:
        return []
    name = normal(_OF_UNITS.sub("", named[0]))
    return [] if name.isdigit() else [("" if name in _ALL_FIGURES else name, named[1])]


_OF_UNITS = re.compile(r"(?:的?(?:计量|金额|货币)?单位)?(?:均|统一|都)?[为是以按用计:]*$")
_ALL_FIGURES = frozenset(["", "金额", "价值量", "面积", "人数", "数量", "各项指标", "指标", "数据", "其他", "其余"])  # fmt: skip


def _with_unit(head: Heading, stated: Sequence[tuple[str, Unit]], layer: str | None) -> Heading:
    """Give a heading the unit that a line above the table says its figure is in."""
    own = [unit for name, unit in stated if name and (name in head.names or _same_field(name, head, layer))]  # fmt: skip
    return replace(head, unit=own[-1]) if own and head.unit is None else head


def _same_field(name: str, head: Heading, layer: str | None) -> bool:
    """Tell whether a line speaks of a column by another of its names: 税收为元 of 税收总额."""
    if layer is None:
        return False
    fields = [m.field.name for one in (heading(name), head) for m in match_columns([one], layer=layer)]  # fmt: skip
    return len(fields) == 2 and fields[0] == fields[1]


def _units_beside(grid: Grid) -> tuple[list[tuple[str, Unit]], str]:
    """Return the units that notes below the table, the sheet's or the file's name state, and the words that do."""
    found, words = [], ""
    for row in grid.rows[-_TAIL:]:
        texts = [cell for cell in row if isinstance(cell, str) and cell]
        stated = _stated_units([texts]) if sum(bool(cell) for cell in row) <= 2 else []
        found += stated
        words = words or ("".join(texts).strip() if stated else "")
    if found:
        return found, words
    for name in (grid.sheet, grid.stem):
        said = _IN_A_NAME.search(unicodedata.normalize("NFKC", name))
        unit = parse_unit(said[1] or said[2]) if said else None
        if unit is not None:
            return [("", unit)], name
    return [], ""


_IN_A_NAME = re.compile(r"[(]([^()]+)[)]|单位:?([^()\s]+)")


def _title(above: Sequence[str], grid: Grid) -> tuple[int | None, str, bool]:
    """Return the year and the part of a year that the lines above the header or the sheet's name speak of, and whether it is whole.

    Where they say nothing of time, the file's name may say that all is of a part of a year; its year alone, or its month, may be
    that of the day it was sent.
    """
    # The day a table was made is not what its figures are of.
    lines = [_DAY.sub("", unicodedata.normalize("NFKC", text)) for text in (*above, grid.sheet)]
    found = [qualifiers(line) for line in lines if re.search(r"年|\d{4}|月|季", line)]
    years = {int(year) for line in lines for year in _OF_DATA.findall(line)}
    years = years or {year for one in found for year in one.years}
    # "2021—2025年" above a table says which years its columns are of, not that each is of all five.
    period = next((one.period for one in found if one.period and len(one.years) < 2), "")
    whole = not period and any(one.whole for one in found)
    if not found:
        said = qualifiers(_DAY.sub("", unicodedata.normalize("NFKC", grid.stem)))
        long = len(said.years) < 2 and _LONG_PERIOD.search(said.period)
        until = _UNTIL.search(unicodedata.normalize("NFKC", grid.stem))
        return None, until[0] if until else said.period if long else "", False
    return (years.pop() if len(years) == 1 else None), period, whole


def _years_of_title(above: Sequence[str], grid: Grid) -> tuple[int, ...]:
    """Return the years of a title that names several: 2024—2025年规上企业."""
    lines = [_DAY.sub("", unicodedata.normalize("NFKC", text)) for text in (*above, grid.sheet)]
    if any(_OF_DATA.search(line) for line in lines):
        return ()
    years = {year for line in lines for year in qualifiers(line).years}
    return tuple(sorted(years)) if len(years) > 1 else ()


_EARLIEST = 1978
"""Before it a number in a file's name is no year of figures."""


def _years_of_name(stem: str) -> tuple[int, ...]:
    """Return the years that a file's name says its figures are of; the day it was sent or printed is none."""
    name = _SENT.sub("", unicodedata.normalize("NFKC", stem))
    years = {int(year) for year in _OF_DATA.findall(name)} or set(qualifiers(name).years)
    # 企业名单1904 is April 2019, or a number of the file: no table of firms is older than the reform.
    return tuple(sorted(year for year in years if year >= _EARLIEST))


def _month_of_name(stem: str) -> str:
    """Return a month that a file's name ends its date with: 规上202509, 9月规上; a whole date is that of a day."""
    found = _MONTH.search(_DAY.sub("", unicodedata.normalize("NFKC", stem)))
    return found[0] if found else ""


_MONTH = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s*[-./_年]?\s*(?:0[1-9]|1[01]|[1-9](?=月))(?!\d)月?(?![-./_~—–至到]?\d)|(?<![\d~—–至到-])(?:0?[1-9]|1[01])月(?![\d~—–至到-])"
)
_SENT = re.compile(
    rf"{_DAY.pattern}|(?:19|20)\d\d\s*[-./_年]\s*(?:0?[1-9]|1[0-2])(?!\d)月?(?!\s*[-~—–至到])"
    r"|(?:19|20)\d\d年?度?(?=版|修订|更新|印发|报送|填报|上报|报来|编制|整理|导出)"
)
