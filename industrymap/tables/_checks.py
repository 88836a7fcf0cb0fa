"""What only a spreadsheet gets wrong: merged figures, shortened codes, error values, broken bytes."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from industrymap import issues, schemas
from industrymap.cells import (
    BRACKETS,
    NUMERIC,
    Match,
    factor,
    heading,
    match_columns,
    number,
    parse_unit,
    reason_against,
    shown,
    withheld,
)
from industrymap.errors import TableError
from industrymap.files import more_en, more_zh
from industrymap.tables._grid import is_code_like
from industrymap.tables._tell import letter
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from industrymap.cells import Heading
    from industrymap.files import Limits
    from industrymap.tables._grid import Grid
    from industrymap.tables._layout import Layout

__all__ = [
    "beside_values",
    "cell_lengths",
    "damaged_text",
    "fill_merged_text",
    "hidden_cells",
    "in_two_units",
    "like_revenue",
    "long_numbers",
    "merged_numbers",
    "not_annual",
    "of_known",
    "parts_alone",
    "same_headings",
    "several_rows_of_one",
    "struck_out",
    "units_beside",
    "year_of_name",
]


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


OVER_ROWS = issues.rule(
    "table.record_over_rows",
    "warning",
    "名称跨行合并（如 {cells}），一家占多行且数值不同：{n} 家的“{headings}”未采用；请改为一家一行",
    "names are merged over several rows (e.g. {cells}) with different figures: {headings} of {n} were not used; write one row for each",
)
MORE_OF_ONE = issues.rule(
    "table.more_of_one",
    "warning",
    "名称跨行合并、后续行没有数值：{n} 行（第 {rows} 行）视为同一家的其他地址或说明，未另计",
    "names are merged over rows of which only the first has figures: {n} rows ({rows}) are further lines of one record and are not counted",
)
NOT_ANNUAL = issues.rule(
    "column.not_the_figure",
    "warning",
    "与“{field}”同类，但{reason}，未作为{field}读入，原样保留",
    "looks like {field_en} but is {reason_en}: not read as that figure; the column is kept as it is",
)


LIKE_REVENUE = issues.rule(
    "column.like_revenue",
    "warning",
    "像“{field}”而叫法不明，未读入；如是全年{field}，请改列名，或在 [enterprises.columns] 中对应",
    "is called like {field_en} in words that are not known: not read; if it is that of a whole year, rename it or map it in "
    "[enterprises.columns]",
)
SAME_HEADING = issues.rule(
    "column.same_heading",
    "warning",
    "{letters} 列的表头相同而数值不同，已采用 {taken} 列；请写明各列的年份或口径，或删去不用的一列",
    "the columns {letters_en} have the same heading and other figures: {taken} was taken; write the year or kind into each heading, or delete one",
)
RIVAL = issues.rule(
    "column.two_of_one",
    "warning",
    "与“{other}）是同一指标而数值不同，已采用本列；请删去不用的一列，或改名",
    "names the same figure as {other_en} with other numbers: this one was taken; delete or rename the one that does not count",
)
RESCALED = issues.rule(
    "cell.shown_rescaled",
    "warning",
    "{n} 个单元格的数字格式改变了数值，如存储值 {stored} 显示为 {shown}；按显示值读取",
    "{n} cells have a number format that changes the figure, e.g. {stored} is shown as {shown}: read as shown",
)
UNSAVED = issues.rule(
    "cell.formula_without_result",
    "warning",
    "公式没有保存计算结果（如 {cell} 等 {n} 处），按缺失处理；请用 Excel 打开并保存一次后再读",
    "formulas without a saved result ({cell} and others, {n} in all) are taken as missing: open the workbook in Excel and save it once",
)

YEAR_OF_NAME = issues.rule(
    "year.of_file_name",
    "info",
    "表内没有注明年份，按文件名读作 {year} 年的数",
    "the table names no year: its figures are read as those of {year}, as the file's name says",
)
NAMED_OTHERWISE = issues.rule(
    "year.file_name_differs",
    "warning",
    "文件名写有 {named} 年，表上写的是 {year} 年：按表上所写读取",
    "the file's name says {named}, the table says {year}: read as the table says",
)
MONTH_OF_NAME = issues.rule(
    "year.month_in_file_name",
    "warning",
    "文件名写有“{named}”，表内没有注明时期，按全年数读取；如是当月数或累计数，请在标题或表头写明",
    "the file's name says {named!r} and the table names no period: read as figures of a whole year; if they are of a month or of the year "
    "so far, say so in the title or headings",
)
YEARS_OPEN = issues.rule(
    "year.several_named",
    "warning",
    "标题或文件名写有几个年份（{years}），各列没有注明是哪一年的数；请在表头写明年份",
    "the title or the file's name says several years ({years}), and no column says of which its figures are: write the year into the headings",
)
UNITS_DIFFER = issues.rule(
    "column.two_units_differ",
    "warning",
    "与“{other}”是同一指标而单位不同，{n} 行换算后数值不一致（如第 {at} 行：{one} 与 {two}），按本列读取，{m} 行只有另一列有数、未采用；请核对",
    "is the same figure as {other!r} in another unit, and in {n} rows the two differ (e.g. row {at}: {one} and {two}): this column was read, "
    "{m} rows with a figure in the other one alone have none; please check",
)
UNITS_COMPLETE = issues.rule(
    "column.two_units_complete",
    "warning",
    "{n} 行本列为空，数值取自“{other}”（已换算，如第 {at} 行）",
    "{n} rows are empty here and take the figure of {other!r}, converted (e.g. row {at})",
)
UNIT_BESIDE = issues.rule(
    "unit.beside_table",
    "info",
    "{columns}的单位取自“{words}”",
    "the unit of {columns} is the one stated in {words!r}",
)
HIDDEN = issues.rule(
    "table.hidden_cells",
    "warning",
    "含 {what}，已读入；不应计入的请在表中删除",
    "read although hidden: {what_en}; delete in the file what should not count",
)
STRUCK = issues.rule(
    "table.struck_out",
    "warning",
    "{n} 行有删除线（第 {rows} 行，在“{headings}”列），仍已读入；已作废的请在表中删除",
    "{n} rows are struck out (row {rows}, in {headings}) and were read all the same: delete in the file what no longer counts",
)

_SHORT = 2000
_ERRORS = ["#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#N/A", "#SPILL!", "#CALC!"]


def not_annual(layout: Layout, *, source: str, layer: str | None) -> pd.DataFrame:
    """Report columns that name a figure but hold a part of it; rates and ranks are expected beside it and not reported."""
    if layer is None:
        return issues.empty()
    return issues.from_records(
        {
            "rule": NOT_ANNUAL,
            "source": source,
            "column": match.heading.text,
            "field": match.field.zh,
            "field_en": match.field.en,
            "reason": zh,
            "reason_en": en,
        }
        for match, (zh, en) in withheld(layout.headings, layer=layer)
        if not match.heading.other
    )


def parts_alone(
    layout: Layout, matches: Sequence[Match], *, source: str, layer: str | None
) -> pd.DataFrame:
    """Report columns below the name of a figure (国税 below 税收) where no column holds the figure itself."""
    if layer is None:
        return issues.empty()
    # Of revenue, `like_revenue` tells more.
    known = {match.field.name for match in matches} | {"revenue_10k_cny"}
    taken = {match.column for match in matches}
    # Columns withheld for a reason of their own are reported by `not_annual`.
    taken |= {match.column for match, _ in withheld(layout.headings, layer=layer)}
    records = []
    for column, head in enumerate(layout.headings):
        *above, lowest = head.text.split(" / ")
        if not above or column in taken or head.other:
            continue
        # A name spread over its columns has one heading each; alone it says what they are parts of.
        whole = [m for part in above for m in match_columns([heading(part)], layer=layer)]
        if whole and whole[-1].field.dtype in NUMERIC and whole[-1].field.name not in known:
            field = whole[-1].field
            records.append(
                {
                    "rule": NOT_ANNUAL,
                    "source": source,
                    "column": head.text,
                    "field": field.zh,
                    "field_en": field.en,
                    "reason": f"只是其中一部分（{lowest}）",
                    "reason_en": f"a part of the total ({lowest})",
                }
            )
    return issues.from_records(records)


# What people call it; a heading that holds one of these and matches no field deserves a word.
_REVENUE = re.compile(r"营业收入|营收|业务收入|销售收入|销售额|营业额")
_OTHER_MONEY = re.compile(r"其[他它]|营业外|非主营|利息|租金|补贴|亩均|地均|单位面积|差额|下降")
_EXPECTED = re.compile(r"预计|预期|预测|预估|估算|估计|暂估|测算|承诺|预算|目标|计划")


def like_revenue(layout: Layout, matches: Sequence[Match], *, source: str) -> pd.DataFrame:
    """Report columns called like revenue that were not read, where no column gives the revenue of their year or a later one.

    Beside the year's own figure a rate or a plan is expected; where it is missing, the person must see what there is.
    """
    field = schemas.field("enterprises", "revenue_10k_cny")
    years = [m.heading.year for m in matches if m.field.name == field.name]
    told = {m.column for m, _ in withheld(layout.headings, layer="enterprises") if not m.heading.other}  # fmt: skip
    records: list[dict[str, Any]] = []
    for column, head in enumerate(layout.headings):
        covered = any(year is None or head.year is None or year >= head.year for year in years)
        if covered or column in told or not _REVENUE.search(head.text) or _OTHER_MONEY.search(head.text):  # fmt: skip
            continue
        of_money = head.unit is None or head.unit.dimension == "money"
        # A growth rate of revenue in per cent is no amount.
        if not of_money or (head.other and not _EXPECTED.search(head.other)):
            continue
        if any(m.column == column for m in matches):
            continue
        told_of = {"source": source, "column": head.text, "field": field.zh, "field_en": field.en}
        reason = reason_against(Match(column=column, field=field, heading=head, rank=0))
        if reason:
            records.append({**told_of, "rule": NOT_ANNUAL, "reason": reason[0], "reason_en": reason[1]})  # fmt: skip
        else:
            records.append({**told_of, "rule": LIKE_REVENUE})
    return issues.from_records(records)


def units_beside(layout: Layout, matches: Sequence[Match], *, source: str) -> pd.DataFrame:
    """Say which words gave the unit of figures whose heading states none, where they are beside the table."""
    taken = [
        match.heading.text
        for match in matches
        if match.field.unit and _unit_from_beside(match, layout)
    ]
    if not (taken and layout.units_said):
        return issues.empty()
    record = {
        "rule": UNIT_BESIDE,
        "source": source,
        "words": layout.units_said[:60],
        "columns": "、".join(taken[:4]),
    }
    return issues.from_records([record])


def year_of_name(layout: Layout, matches: Sequence[Match], *, source: str) -> pd.DataFrame:
    """Say which year the file's name gives to figures that name none, and where it differs from what the table says."""
    money = {m.heading.year for m in matches if m.field.unit == "万元"}
    rows_say = any(match.field.name == "year" for match in matches)
    # Of a year are figures of money; a list of names is of whatever day it was made.
    if not money or rows_say:
        return issues.empty()
    if layout.named_month and layout.year is None and not layout.period and money == {None}:
        return issues.from_records([{"source": source, "rule": MONTH_OF_NAME, "named": layout.named_month}])  # fmt: skip
    if not layout.named_years:
        return issues.empty()
    named = "、".join(map(str, layout.named_years))
    told = {year for year in (*money, layout.year) if year is not None}
    if not told and len(layout.named_years) > 1:
        record = {"rule": YEARS_OPEN, "years": named}
    elif layout.year is None and layout.figures_year is not None:
        record = {"rule": YEAR_OF_NAME, "year": named}
    elif told and not told & set(layout.named_years):
        record = {"rule": NAMED_OTHERWISE, "named": named, "year": "、".join(map(str, sorted(told)))}  # fmt: skip
    else:
        return issues.empty()
    return issues.from_records([{"source": source, **record}])


def _unit_from_beside(match: Match, layout: Layout) -> bool:
    own = match.heading.unit
    if own is not None:
        return own in layout.units_beside and own.text not in match.heading.text
    return any(factor(unit, match.field.unit) is not None for unit in layout.line_units)


def same_headings(
    grid: Grid, layout: Layout, matches: Sequence[Match], *, source: str
) -> pd.DataFrame:
    """Report figures whose heading is over another column as well, where the two differ."""
    records = []
    heads = [head.text.strip() for head in layout.headings]
    for match in matches:
        # Compared by content: a column that was pasted twice contradicts nothing.
        again = [
            column
            for column, head in enumerate(heads)
            if column != match.column
            and head == match.heading.text.strip()
            and match.field.dtype in NUMERIC
            and _column(grid, layout, column) != _column(grid, layout, match.column)
        ]
        elsewhere = _in_other_units(layout, match)
        others = [
            column
            for column, head in enumerate(layout.headings)
            if column != match.column
            and column not in again
            and match.field.dtype in NUMERIC
            and match.field.name not in {"lon", "lat"}
            and column not in elsewhere
            and _same_figure(head, match.heading)
            and _column(grid, layout, column) != _column(grid, layout, match.column)
        ]
        records += [
            {
                "rule": RIVAL,
                "source": source,
                "column": match.heading.text,
                "other": f"{layout.headings[column].text}”（{letter(grid.first_column + column)} 列",
                "other_en": f"{layout.headings[column].text} ({letter(grid.first_column + column)})",
            }
            for column in others
        ]
        if again:
            letters = [letter(grid.first_column + c) for c in sorted([match.column, *again])]
            records.append(
                {
                    "rule": SAME_HEADING,
                    "source": source,
                    "column": match.heading.text,
                    "letters": "、".join(letters),
                    "letters_en": " and ".join(letters),
                    "taken": letter(grid.first_column + match.column),
                }
            )
    return issues.from_records(records)


def in_two_units(
    grid: Grid, layout: Layout, matches: Sequence[Match], *, source: str
) -> pd.DataFrame:
    """Complete a figure that stands in two columns of different units from the other one, and report where the two differ.

    Nothing is completed where they differ anywhere: one of the columns is then of something else.
    """
    records: list[dict[str, Any]] = []
    for match in matches:
        for column in _in_other_units(layout, match):
            other = layout.headings[column]
            mine, theirs = (_values(grid, layout, at, match, head) for at, head in ((match.column, match.heading), (column, other)))  # fmt: skip
            near = 0.005 * max(_scale(match, match.heading), _scale(match, other))
            differ = ((mine - theirs).abs() > (0.01 * mine.abs()).clip(lower=near)).fillna(value=False)  # fmt: skip
            alone = mine.isna() & theirs.notna()
            said = {"source": source, "column": match.heading.text, "other": other.text}
            if differ.any():
                row = differ.index[differ].tolist()[0]
                cells_ = [shown(grid.rows[row][at]) for at in (match.column, column)]
                units = [head.unit.text if head.unit else "" for head in (match.heading, other)]
                one, two = (f"{cell} {unit}" for cell, unit in zip(cells_, units, strict=True))
                records.append(said | {"rule": UNITS_DIFFER, "n": int(differ.sum()), "m": int(alone.sum()), "at": row + 1, "one": one, "two": two})  # fmt: skip
            elif alone.any():
                rows = alone.index[alone].tolist()
                for row in rows:
                    # Rows of a CSV end where their last cell does.
                    cells_ = grid.rows[row]
                    cells_ += [""] * (match.column + 1 - len(cells_))
                    cells_[match.column] = theirs[row] / _scale(match, match.heading)
                records.append(said | {"rule": UNITS_COMPLETE, "n": len(rows), "at": rows[0] + 1})  # fmt: skip
    return issues.from_records(records)


def _in_other_units(layout: Layout, match: Match) -> list[int]:
    """Return the columns that name the figure of a match in another unit and differ in nothing else."""
    if match.heading.unit is None or not match.field.unit:
        return []
    return [
        column
        for column, head in enumerate(layout.headings)
        if column != match.column
        and head.unit is not None
        and head.unit.factor != match.heading.unit.factor
        and factor(head.unit, match.field.unit) is not None
        and _same_figure(head, match.heading)
        and _notes(head) == _notes(match.heading)
    ]


def _notes(head: Heading) -> list[str]:
    """Return what a heading says in brackets besides its unit."""
    inside = BRACKETS.findall(unicodedata.normalize("NFKC", head.text))
    return [said for said in inside if parse_unit(said) is None]


def _scale(match: Match, head: Heading) -> float:
    return (head.unit and factor(head.unit, match.field.unit)) or 1.0


def _values(grid: Grid, layout: Layout, column: int, match: Match, head: Heading) -> pd.Series[Any]:
    """Return a column's figures in the unit of the schema; the index is the row of the grid."""
    held = [text or None for text in _column(grid, layout, column)]
    texts = pd.Series(held, index=range(layout.data, layout.data + len(held)), dtype="string")
    return number(texts, unit=match.field.unit, factor=_scale(match, head))


def _same_figure(one: Heading, other: Heading) -> bool:
    """Tell whether two headings name one figure of one year and differ in a note in brackets alone: （申报）, （审定）."""
    said = [BRACKETS.sub("", unicodedata.normalize("NFKC", head.text)) for head in (one, other)]
    plain = all(not (head.period or head.part or head.other) for head in (one, other))
    return plain and said[0].strip() == said[1].strip() and one.year == other.year


def _column(grid: Grid, layout: Layout, column: int) -> list[str]:
    return [shown(row[column]) if column < len(row) else "" for row in grid.rows[layout.data :]]


def of_known(
    grid: Grid, layout: Layout, matches: Sequence[Match], rows: Sequence[int], *, source: str
) -> list[pd.DataFrame]:
    """Report what a sheet shows otherwise than it holds, in the columns that were read as a field."""
    headings = {match.column: match.heading.text for match in matches}
    # Text columns keep what is shown; only a figure changes its value by its format.
    figures = {match.column for match in matches if match.field.dtype in NUMERIC}
    return [
        beside_values(grid, headings, figures, first=layout.data, source=source),
        hidden_cells(grid, headings, rows, source=source),
        struck_out(grid, headings, rows, source=source),
    ]


def beside_values(
    grid: Grid, headings: Mapping[int, str], figures: Collection[int], *, first: int, source: str
) -> pd.DataFrame:
    """Report, once for each column, figures that are shown rescaled and formulas that were never computed.

    Parameters
    ----------
    grid : Grid
    headings : mapping of int to str
        Columns that are read.
    figures : collection of int
        Those of them that hold figures.
    first : int
        The first row of data, 0-based.
    source : str
    """
    records: list[dict[str, Any]] = []
    for column, head in headings.items():
        where = {"source": source, "column": head}
        at = sorted(r for r, c in grid.rescaled if c == column and r >= first)
        if at and column in figures:
            stored = grid.rescaled[at[0], column]
            seen = shown(grid.rows[at[0]][column]) or "（空白）"
            records.append(
                {**where, "rule": RESCALED, "n": len(at), "stored": stored, "shown": seen}
            )
        empty = sorted(r for r, c in grid.unsaved if c == column and r >= first)
        if empty:
            cell = f"{letter(grid.first_column + column)}{empty[0] + 1}"
            records.append({**where, "rule": UNSAVED, "n": len(empty), "cell": cell})
    return issues.from_records(records)


def hidden_cells(
    grid: Grid, headings: Mapping[int, str], rows: Sequence[int], *, source: str
) -> pd.DataFrame:
    """Report rows and columns that were read although the person who sees the sheet does not see them.

    Parameters
    ----------
    grid : Grid
    headings : mapping of int to str
        Columns that were read; others, often helpers, are not used.
    rows : sequence of int
        Rows that were kept, as Excel numbers them.
    source : str
    """
    at = grid.first_column
    # A filter hides as many rows as the sheet has: they are looked up, not walked through for each row.
    hidden = _places(grid.hidden_rows, len(grid.rows))
    unseen = [row for row in rows if row - 1 in hidden] if hidden else []
    hidden = _places(grid.hidden_columns, at + max(headings, default=0) + 1)
    columns = [letter(at + column) for column in headings if at + column in hidden]
    if not unseen and not columns:
        return issues.empty()
    some, more = "、".join(map(str, unseen[:_SOME])), " …" if len(unseen) > _SOME else ""
    zh, en = [], []
    if unseen:
        zh.append(f"{len(unseen)} 行隐藏行（第 {some}{more} 行）")
        en.append(f"{counted(len(unseen), 'row')} ({some.replace('、', ', ')}{more})")
    if columns:
        zh.append(f"{len(columns)} 列隐藏列（{'、'.join(columns)}）")
        en.append(f"{counted(len(columns), 'column')} ({', '.join(columns)})")
    record = {"rule": HIDDEN, "source": source, "what": "、".join(zh), "what_en": ", ".join(en)}
    return issues.from_records([record])


def struck_out(
    grid: Grid, headings: Mapping[int, str], rows: Sequence[int], *, source: str
) -> pd.DataFrame:
    """Report rows whose cells somebody struck through and left in the table."""
    kept = set(rows)
    struck = sorted((r, c) for r, c in grid.struck if r + 1 in kept and c in headings)
    if not struck:
        return issues.empty()
    at = list(dict.fromkeys(row + 1 for row, _ in struck))
    columns = dict.fromkeys(headings[column] for _, column in struck)
    some, more = "、".join(map(str, at[:_SOME])), " …" if len(at) > _SOME else ""
    record = {"n": len(at), "rows": f"{some}{more}", "headings": "、".join([*columns][:3])}
    return issues.from_records([{"rule": STRUCK, "source": source, **record}])


def _places(ranges: Sequence[tuple[int, int]], end: int) -> set[int]:
    return {place for first, last in ranges for place in range(first, min(last + 1, end))}


_SOME = 5


def several_rows_of_one(
    grid: Grid, layout: Layout, matches: Sequence[Match], *, source: str
) -> pd.DataFrame:
    """Empty the figures of a record whose name is merged over rows with different ones: which of them is its own is not said."""
    names = {m.column for m in matches if m.field.name == "name"}
    numeric = [m for m in matches if m.field.dtype in NUMERIC and m.field.name != "year"]
    years = [m.column for m in matches if m.field.name == "year"]
    firsts: list[tuple[int, int, int]] = []
    headings: dict[str, None] = {}
    further: list[int] = []
    # From the top, so that the cell named in the message is the first one.
    for r0, c0, r1, _ in sorted(grid.merges):
        if r0 < layout.data or r1 == r0 or c0 not in names:
            continue
        rows = [row for row in grid.rows[r0 : r1 + 1] if row]
        # A second line with an address or a product only: nothing would be counted twice.
        if not any(_has(row, m.column) for row in rows[1:] for m in numeric):
            further += range(r0 + 2, r0 + 1 + len(rows))
            _blank(rows[1:])
            continue
        # A row for each year of a firm contradicts nothing.
        told = [shown(row[column]) for column in years for row in rows if column < len(row)]
        if len(set(told)) == len(rows) and "" not in told:
            continue
        differ = [match.heading.text for match in numeric if _emptied(rows, match.column)]
        if differ:
            headings |= dict.fromkeys(differ)
            firsts.append((r0, r1, c0))
            _blank(rows[1:])
    records: list[dict[str, Any]] = []
    if further:
        few = "、".join(map(str, further[:_SOME]))
        records.append({"rule": MORE_OF_ONE, "source": source, "n": len(further), "rows": few})
    if not firsts:
        return issues.from_records(records)
    first, last, column = firsts[0]
    name = letter(grid.first_column + column)
    record = {
        "rule": OVER_ROWS,
        "source": source,
        "cells": f"{name}{first + 1}:{name}{last + 1}",
        "headings": "、".join(headings),
        "n": len(set(firsts)),
    }
    return issues.from_records([record, *records])


def _emptied(rows: Sequence[list[Any]], column: int) -> bool:
    """Empty a column of the rows of one record where it holds different figures."""
    held = [row for row in rows if _has(row, column)]
    differs = len({shown(row[column]) for row in held}) > 1
    for row in held if differs else ():
        row[column] = ""
    return differs


def _blank(rows: Sequence[list[Any]]) -> None:
    """Empty the further rows of one name: a second address, a second product make no second record."""
    for row in rows:
        row[:] = [""] * len(row)


def _has(row: Sequence[Any], column: int) -> bool:
    return column < len(row) and row[column] not in ("", None)


def fill_merged_text(grid: Grid, layout: Layout, matches: Sequence[Match]) -> None:
    """Copy a text merged over rows of data into each of them; numbers are not copied."""
    numeric = {m.column for m in matches if m.field.dtype in NUMERIC}
    for r0, c0, r1, _ in grid.merges:
        if r0 < layout.data or r1 == r0 or c0 in numeric or c0 >= len(grid.rows[r0]):
            continue
        value = grid.rows[r0][c0]
        if not isinstance(value, str):
            continue
        for row in grid.rows[r0 + 1 : r1 + 1]:
            # A line of nothing else is no record, whatever is merged over it.
            if any(cell not in ("", None) for cell in row):
                row[c0] = value


def merged_numbers(
    grid: Grid, layout: Layout, matches: Sequence[Match], *, source: str
) -> pd.DataFrame:
    """Report numbers in cells merged over several rows."""
    numeric = {m.column: m for m in matches if m.field.dtype in NUMERIC}
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
    long = [i for i, value in enumerate(column) if type(value) is not str and is_code_like(value)]
    return issues.from_records(
        {
            "rule": LONG_NUMBER,
            "source": source,
            "row": index[i],
            "column": match.heading.text,
            "value": shown(column[i]),
        }
        for i in long
    )


def cell_lengths(text: pd.Series[Any], source: str, limits: Limits) -> None:
    """Raise ``TableError`` where a cell is longer than the limits allow."""
    lengths = text.str.len().fillna(0).to_numpy(dtype="int64")
    if lengths.size and lengths.max() > limits.max_cell_chars:
        row, longest = text.index[int(lengths.argmax())], int(lengths.max())
        raise TableError(
            f"{source}: a cell in row {row} has {longest:,} characters; at most {limits.max_cell_chars:,} are read "
            f"(a quotation mark that does not close?) {more_en('max_cell_chars')}.",
            f"{source}：第 {row} 行有单元格长达 {longest:,} 个字符，最多读取 {limits.max_cell_chars:,} 个（是否有未闭合的引号？）{more_zh('max_cell_chars')}。",
        )


def damaged_text(
    frame: pd.DataFrame, headings: Mapping[str, str], grid: Grid, *, source: str
) -> pd.DataFrame:
    """Report cells that hold broken bytes or an Excel error, and quotes that do not close."""
    found = []
    suspect = list(headings)
    if len(frame) < _SHORT and not grid.damaged:
        # In a short table of many columns, one look at the bare arrays is quicker than pandas' machinery for each.
        suspect = [
            column
            for column in suspect
            if pc.any(pc.starts_with(pa.array(frame[column].array), "#")).as_py()
        ]
    for column in suspect:
        header, text = headings[column], frame[column]
        error = text.isin(_ERRORS)
        found.append(issues.from_mask(frame, error, ERROR_VALUE, column=column, header=header))
        if grid.damaged:
            broken = text.str.contains(r"\\x[0-9a-f]{2}|␀", regex=True)
            found.append(issues.from_mask(frame, broken, BROKEN_TEXT, column=column, header=header))
    if grid.loose_quotes:
        found.append(issues.from_records([{"rule": LOOSE_QUOTES, "source": source}]))
    return issues.concat(found)
