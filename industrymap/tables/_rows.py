"""Which rows are records: blank rows, totals, notes, section lines, repeated headers and broken lines are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import issues

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["SECTION", "Columns", "keep_data", "like_firms"]

# Endings of what can be a firm. A name without one may still be a firm, but a lonely one is more likely a heading.
_FIRM = re.compile(
    r"(?:公司|厂|店|部|社|中心|院|所|行|集团|工场|工坊|作坊|商户|合伙\S{0,6}|站|场|坊|馆|室|铺|档|队|(?<!街道办事)处|学校|医院|基地|个体\S{0,6}|五金|塑料|电器|模具|制衣|皮具|食品|机械"
    r"|ltd\.?|co\.?|inc\.?|corp\.?|factory|company|limited|works)(?:[\(（][^()（）]*[\)）])?$",
    re.IGNORECASE,
)
_WORD = "(?:合计|总计|小计|共计|累计|总共|汇总|总和|总数|合共|平均|均值|户均|中位数|最大值|最小值)"
# What a line below the firms says of them all: shares, growth, counts, and that nothing follows.
_RATE = re.compile(
    r"(?:(?:共有?)?\d+[家户个](?:企业|单位)?|占.{0,6}?(?:比重|比例)|.{0,4}占比|(?:同比|环比|年均|平均)?(?:增长率?|增速|增幅|降幅)|同比|环比|(?:企业|单位|户|家)数量?|(?:其他|其它|其余|余下)(?:企业|单位|合计)?"
    r"|[(（]?(?:以下|此处).{0,8}|[(（]?[接转续承过][上下前次]?[页表][)）]?|待定|序号|\.{3,}|…+"
    r"|[比较与]?(?:上年|去年|上期|上月|同期|本年|本期|本月){1,2}(?:累计|实际|完成)?数?(?:[净±]?(?:增减|增长|增加|减少|变化)[额率幅数]?)?"
    r"|(?:民营|国有|国有控股|外资|外商投资|港澳台商?投资|私营|个体|集体|股份制|[大中小微]型|大中型|中小微?|亿元以上|重点|骨干|新建|新增|在建|停产|关停)(?:工业)?(?:企业|单位|经济|工业)"
    r")(?:[(（][%％‰]?[)）])?"
)
_KIND = r"(?:规模?以?[上下]|限额?以?[上下]|四上|高新技术|专精特新)(?:工业)?(?:企业|单位|部分)?"
_TOTAL = re.compile(
    rf"(?:.{{0,14}}?{_WORD}[数值额行]?(?:[:：]?[(（]?共?\d*[家户个宗间人项]?.{{0,6}}[)）]?)?"
    rf"|共有?\d+[家户个宗间].{{0,8}}|全[市区省县镇街村园国州](?:企业|工业)?|其中[:：]?.{{0,14}}|{_KIND}"
    r"|(?:grand|sub|page)?-?(?:totals?|sum|averages?|mean)数?(?:[:：]?[(（]?\d*[家户个]?[)）]?)?)[:：。]?",
    re.IGNORECASE,
)
# What every text of _TOTAL contains, also with spaces between; without classes like \d, so that Arrow looks through a large
# table. "限" alone would let every 有限公司 through.
_TOTAL_HINT = (
    "[计总均汇和共全]|[大小]值|位数|其 ?中|[规限][ 模额以上下]|四 ?上|高新技术|专精特新"
    "|[Tt][Oo][Tt][Aa][Ll]|[Ss][Uu][Mm]|[Aa][Vv][Ee][Rr]|[Mm][Ee][Aa][Nn]"
)
_NOTE_WORDS = (
    "注|备注|说明|附注|填表|制表|制单|审核|审批|复核|经办|统计|负责人|联系人|联系电话|填报|报送|打印|数据来源|资料来源|来源|报出日期|单位负责人"
    "|单位[(（]?盖章|盖章|签字|签章|表号|制定机关|批准文号|有效期"
)
_NOTE = re.compile(
    rf"^\s*(?:{_NOTE_WORDS})[^,，]{{0,6}}[::：\s\d]|^\s*(?:19|20)\d\d年\d{{1,2}}月\d{{1,2}}日\s*$|^\s*第?\s*\d+\s*页"
    r"|^\s*(?:填[表报]|制[表单]|审[核批]|复核|经办|统计)(?:负责)?人员?\s*$"
)
_NOTE_HINT = f"{_NOTE_WORDS}|年|页"
_SECTION = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）]|第[一二三四五六七八九十\d]{1,3}部分|[ⅠⅡⅢⅣⅤ]+[、.．])"
)
_DIVISION = re.compile(
    r".{1,8}(?:区|县|市|镇|街道|街|乡|村|园区|开发区|片区)(?:[(（]共?\d+[家户个][)）])?[:：]?"
)
# Words that introduce a note or a signature and never a firm's name.
_SIGNED = re.compile(
    r"^[\s★※*]*(?:注|备注|说明|附注?|填表|制表|制单|审核|审批|复核|经办|负责人|单位负责人|联系人|数据来源|资料来源|资料截[止至]|报表日期|填报|报出日期)[^:：]{0,8}(?:[:：]|\d{4})"
    r"|^\s*[★※].{2,}|^\s*附[:：]"
)
_FOOTNOTE = re.compile(r"^\s*[①-⑳].*[\u4e00-\u9fff]")
# How forms show what to write where.
_EXAMPLE = re.compile(
    r"(?:(?:填写|填报|填表)?(?:示例|样例|范例|样表)|举例|例如?|(?:填写|填报|填表)(?:说明|要求|示范))(?:行|[（(]?\d{0,2}[）)]?)[:：]?"
)
_NOBODY = re.compile(
    r"(?:某某|[X×＊*○]{2,}|[xX]{2,})\S{0,10}(?:公司|厂|企业|集团|中心|商行)", re.IGNORECASE
)
_REST_OF_NAME = re.compile(
    r"(?:股份|责任)?有?限?(?:责任|股份)?(?:有限)?公司|分公司|分厂|集团|[(（][^()（）]{1,8}[)）](?:有限公司|分公司)?"
)
_CODE = r"[0-9A-Za-z]{15,18}"
_MOSTLY = 0.8
_SOME = 2
_FEW_NUMBERED = 0.5
_FIRST_COLUMNS = 12

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
BROKEN = issues.rule(
    "table.broken_record",
    "warning",
    "像是上一行记录换行后的剩余部分，未读入；请在原表中合并为一行",
    "looks like the rest of the record above, broken over two lines: left out; put it into one row",
)
NO_FIRM = issues.rule(
    "table.no_firm",
    "warning",
    "没有代码和地址，也不像企业名称，多半是小计或分组行，未读入；如确为企业，请补代码或地址",
    "no code, no address and no name of a firm, most likely a subtotal or heading: left out; if it is a firm, add its code or address",
)
RAGGED = issues.rule(
    "table.too_many_cells",
    "error",
    "单元格多于表头（多半是未加引号的分隔符），各列可能错位，未读入",
    "more cells than the header has (an unquoted separator?), so columns may have slipped: left out",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns say what; positions are 0-based.

    Attributes
    ----------
    headings : sequence of str
        Texts of the header.
    header_rows : sequence of sequence of str
        The header's rows as they are, to know them again.
    keys : sequence of int
        Columns that identify a record; a total is in one of them or in the first three.
    name, code : int or None
        Of the firm.
    addresses : sequence of int
    running : int or None
        The running number, which sums and headings do not have.
    texts : sequence of int
        Known columns of text besides the name.
    firms : bool
        Whether a record is a firm; a park may be called after a village.
    limit : int
        How many cells a row may have: what is beyond has slipped.
    """

    headings: Sequence[str]
    header_rows: Sequence[Sequence[str]] = ()
    keys: Sequence[int] = ()
    name: int | None = None
    code: int | None = None
    addresses: Sequence[int] = ()
    running: int | None = None
    texts: Sequence[int] = ()
    firms: bool = False
    limit: int


def keep_data(
    cells: pd.DataFrame, *, columns: Columns, source: str
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Split records from the rest.

    Parameters
    ----------
    cells : DataFrame of string
        Columns ``0 … n-1``; the index is Excel's row number.
    columns : Columns
    source : str
        For the issues.

    Returns
    -------
    data, issues, blank : DataFrame, DataFrame, int
        Rows of data, what was left out, and how many rows were empty.
    """
    # One block of truth values: of a frame of 2,000 columns each further look takes a quarter of a second.
    filled = pd.DataFrame(cells.notna().to_numpy(), index=cells.index)
    count = filled.sum(axis=1)
    blank = count == 0
    width = len(columns.headings)
    first = _first_text(cells)
    coded = _coded(cells, columns)
    repeated = _repeats(cells, columns)
    # A credit code proves a record, whatever its name reads like: 合计科技有限公司 exists.
    total = _totals(cells, columns) & ~coded
    total = _where(total, cells.iloc[:, columns.name], _not_named) if columns.firms and columns.name is not None else total  # fmt: skip
    note = _notes(cells, first, count, columns) & ~coded
    named = _any(filled, columns.keys)
    # In a table of more than three columns a row of one or two cells is hardly a record.
    lonely = (count <= 2) & ~blank & (width > 3)
    # A line across the table holds one text; the rest of a broken record lies below a column of its own.
    single = (count == 1) & (width > 3)
    below = _any(filled, [c for c in columns.texts if c not in columns.keys])
    broken = _where(lonely & ~named & below, first, _is_text)
    broken |= _rest_of_name(cells, columns, lonely)
    section = _where(single & ~named & ~broken, first, _is_text)
    if columns.firms:
        note |= _of_names(cells, filled, columns, lambda t: _found(t, _SIGNED)) & ~coded
        note |= _signed(cells, columns) & ~coded
        total |= _of_names(cells, filled, columns, lambda t: _matches(t, _RATE)) & ~coded
        note |= _examples(cells, columns) & ~coded
        section |= _numbered(cells, filled, columns, blank) & ~coded
        section |= _sections(cells, columns, lonely & ~coded, count)
        section |= ~coded & _divisions(cells, filled, columns)
    else:
        # In a narrow table too: a record of one cell would change nothing, and 一、白云区 is no identifier.
        alone = count == 1
        section |= _where(alone, first, lambda t: _found(t, _SECTION))
        note |= _where(alone, first, lambda t: _found(t, _SIGNED) | _found(t, _FOOTNOTE))
    # A comma inside an unquoted cell shifts all that follows: figures would land in wrong columns.
    overflow = filled.iloc[:, columns.limit :].any(axis=1)
    # In the order of certainty: a row that is several things is reported as the surest of them.
    kinds = [
        (repeated, REPEATED),
        (total, TOTAL),
        (note, NOTE),
        (broken & ~coded, BROKEN),
        (section, SECTION),
        (_not_firms(cells, filled, blank, columns) & ~coded, NO_FIRM),
        (overflow, RAGGED),
    ]
    gone, found = _each_once(kinds, blank, first, source)
    # Of thousands of columns each copy takes a tenth of a second.
    kept = cells[~gone] if gone.any() else cells
    return kept.iloc[:, :width], issues.concat(found), int(blank.sum())


def _each_once(
    kinds: list[tuple[pd.Series[Any], issues.Rule]],
    blank: pd.Series[Any],
    first: pd.Series[Any],
    source: str,
) -> tuple[pd.Series[Any], list[pd.DataFrame]]:
    """Return the rows that go, and what is said of them: of each once, with one reason."""
    gone, found = blank.copy(), []
    for mask, rule in kinds:
        here = mask & ~gone
        gone |= here
        found.append(_left_out(first, here, rule, source))
    return gone, found


def _none(cells: pd.DataFrame) -> pd.Series[Any]:
    return pd.Series(data=False, index=cells.index)


def _any(filled: pd.DataFrame, columns: Sequence[int]) -> pd.Series[Any]:
    return filled.iloc[:, list(columns)].any(axis=1) if len(columns) else _none(filled)


def _matches(text: pd.Series[Any], pattern: re.Pattern[str]) -> pd.Series[Any]:
    """Return where the whole text matches, spaces aside; each distinct text is looked at once."""
    # Distinct texts only: a column of districts repeats eleven words a hundred thousand times.
    found = {
        value: bool(pattern.fullmatch(re.sub(r"[\s\u3000\u00a0]+", "", value)))
        for value in text.dropna().unique()
    }
    return text.map(found).fillna(value=False).astype(bool)


def like_firms(text: pd.Series[Any]) -> pd.Series[Any]:
    """Return which texts end as the names of firms do."""
    found = {value: bool(_FIRM.search(value.strip())) for value in text.dropna().unique()}
    return text.map(found).fillna(value=False).astype(bool)


def _coded(cells: pd.DataFrame, columns: Columns) -> pd.Series[Any]:
    if columns.code is None:
        return _none(cells)
    return cells.iloc[:, columns.code].str.fullmatch(_CODE).fillna(value=False).astype(bool)


def _totals(cells: pd.DataFrame, columns: Columns) -> pd.Series[Any]:
    total = _none(cells)
    # 合计 is in one of the first columns or in the name; further right it is part of an address or a note.
    for column in dict.fromkeys([*range(min(3, len(columns.headings))), *columns.keys]):
        text = cells.iloc[:, column]
        # Few texts hold a word of a total: only those are worth a regular expression.
        likely = _holds(text, _TOTAL_HINT)
        total |= _where(likely, text, lambda t: _matches(t, _TOTAL) & ~like_firms(t))
    return total


def _not_named(names: pd.Series[Any]) -> pd.Series[Any]:
    """Return the rows without a firm's name: 累计 may be in a firm's own column of periods."""
    return ~like_firms(names) | _found(names, _OF_ALL)


_OF_ALL = re.compile(r"^\s*(?:共|以上|其他|其余|全部|所有|\d)")


def _notes(
    cells: pd.DataFrame, first: pd.Series[Any], count: pd.Series[Any], columns: Columns
) -> pd.Series[Any]:
    note = _where(_holds(first, _NOTE_HINT), first, lambda t: _found(t, _NOTE))
    for row in note.index[note & (count > 2)]:
        # Signatures are side by side; each names what it is, or is the answer to the label before it.
        texts = cells.loc[row].dropna().tolist()
        before = ["", *texts[:-1]]
        note[row] = all(map(_signs, texts, before))
    return note & (len(columns.headings) > 3)


def _signs(text: str, before: str) -> bool:
    """Tell whether a cell is part of a line of signatures: 审核人：李四, its name or number behind 审核人：, or the day."""
    labelled = _LABEL.search(before) is not None and len(text) < _SHORT_ANSWER
    return labelled or _LABEL.search(text) is not None or _DAY_OR_NUMBER.match(text) is not None


_LABEL = re.compile(
    r"[:：]|^[\s（(]*(?:填[表报]|制[表单]|审[核批]|复核|经办|统计|单位|分管)?(?:负责人|人|员|日期|时间|电话)\s*$|盖章|签[字章]"
)
_DAY_OR_NUMBER = re.compile(
    r"\s*(?:19|20)\d\d\s*[年./-]\s*\d{1,2}(?:\s*[月./-]|\s*$)|[\d() （）-]{7,}$"
)
_SHORT_ANSWER = 20


def _where(
    mask: pd.Series[Any], text: pd.Series[Any], test: Callable[[pd.Series[Any]], pd.Series[Any]]
) -> pd.Series[Any]:
    """Return the rows of a mask whose text passes a test; in a large table few rows are worth one."""
    out = mask.copy()
    if mask.any():
        out[mask] = test(text[mask])
    return out


def _found(text: pd.Series[Any], pattern: re.Pattern[str]) -> pd.Series[Any]:
    return _holds(text, pattern.pattern)


def _holds(text: pd.Series[Any], pattern: str) -> pd.Series[Any]:
    return text.str.contains(pattern).fillna(value=False).astype(bool)


def _of_names(
    cells: pd.DataFrame,
    filled: pd.DataFrame,
    columns: Columns,
    test: Callable[[pd.Series[Any]], pd.Series[Any]],
) -> pd.Series[Any]:
    """Return the rows whose name passes a test, is no firm's, and has no address, whatever figures are beside it."""
    if columns.name is None:
        return _none(cells)
    bare = filled.iloc[:, columns.name] & ~_any(filled, columns.addresses)
    return _where(bare, cells.iloc[:, columns.name], lambda t: test(t) & ~like_firms(t))


def _signed(cells: pd.DataFrame, columns: Columns) -> pd.Series[Any]:
    """Return rows whose name and next cells are signatures, each with its colon: 填表人：张三 | 审核人：李四 | 2025年3月."""
    if columns.name is None:
        return _none(cells)
    name = cells.iloc[:, columns.name]
    likely = _where(name.notna(), name, lambda t: _holds(t, "[:：]") & _found(t, _SIGNED))
    return _where(likely, name, lambda t: ~like_firms(t))


def _examples(cells: pd.DataFrame, columns: Columns) -> pd.Series[Any]:
    """Return the rows in which a form shows how to fill it in: 示例 in the first column, 某某有限公司 for a name."""
    example = _none(cells)
    for column in {0, columns.running or 0}:
        text = cells.iloc[:, column]
        example |= _where(_holds(text, "[例说要示样]"), text, lambda t: _matches(t, _EXAMPLE))
    if columns.name is not None:
        text = cells.iloc[:, columns.name]
        example |= _where(_holds(text, "某某|[Xx×＊*○]{2}"), text, lambda t: _matches(t, _NOBODY))
    return example


def _numbered(
    cells: pd.DataFrame, filled: pd.DataFrame, columns: Columns, blank: pd.Series[Any]
) -> pd.Series[Any]:
    """Return lines numbered like headings (一、规上企业) with the sums of what follows; a list may number all its firms so."""
    numbered = _of_names(cells, filled, columns, lambda t: _found(t, _SECTION))
    return numbered if numbered.sum() < _FEW_NUMBERED * (~blank).sum() else _none(cells)


def _rest_of_name(cells: pd.DataFrame, columns: Columns, lonely: pd.Series[Any]) -> pd.Series[Any]:
    if columns.name is None or not columns.firms:
        return _none(cells)
    return _where(lonely, cells.iloc[:, columns.name], lambda t: _matches(t, _REST_OF_NAME))


def _sections(
    cells: pd.DataFrame, columns: Columns, lonely: pd.Series[Any], count: pd.Series[Any]
) -> pd.Series[Any]:
    """Return the lonely rows whose name is numbered like a heading, or is nothing a firm is called."""
    if columns.name is None:
        return _none(cells)
    name = cells.iloc[:, columns.name]
    numbered = _where(lonely, name, lambda t: _found(t, _SECTION))
    alone = lonely & name.notna() & (count == 1)
    return numbered | _where(alone, name, lambda t: ~like_firms(t) & _is_text(t))


def _divisions(cells: pd.DataFrame, filled: pd.DataFrame, columns: Columns) -> pd.Series[Any]:
    """Return rows called like a district or town, without address: the figures of all its firms."""
    if columns.name is None:
        return _none(cells)
    told = [c for c in (columns.code, *columns.addresses) if c is not None]
    bare = ~_any(filled, told) & filled.iloc[:, columns.name]
    return _where(bare, cells.iloc[:, columns.name], lambda t: _matches(t, _DIVISION))


def _not_firms(
    cells: pd.DataFrame, filled: pd.DataFrame, blank: pd.Series[Any], columns: Columns
) -> pd.Series[Any]:
    """Return rows without code, address, running number and any other text where nearly all others have one."""
    told = [c for c in (columns.code, columns.running, *columns.addresses) if c is not None]
    if not columns.firms or columns.name is None or not told:
        return _none(cells)
    has = _any(filled, told)
    if has[~blank].mean() < _MOSTLY:
        # Below a few firms there may be as many lines of sums: then the firms alone say what a firm has.
        sure = like_firms(cells.iloc[:, columns.name])
        if sure.sum() < _SOME or has[sure].mean() < _MOSTLY:
            return _none(cells)
    bare = ~_any(filled, [*told, *columns.texts]) & filled.iloc[:, columns.name]
    return _where(bare, cells.iloc[:, columns.name], lambda t: ~like_firms(t))


def _first_text(cells: pd.DataFrame) -> pd.Series[Any]:
    first = cells.iloc[:, 0].copy()
    for column in range(1, min(cells.shape[1], 12)):
        if not first.isna().any():
            break
        first = first.fillna(cells.iloc[:, column])
    return first.astype("string")


def _is_text(first: pd.Series[Any]) -> pd.Series[Any]:
    return _holds(first, r"[^\d.,\s]")


def _repeats(cells: pd.DataFrame, columns: Columns) -> pd.Series[Any]:
    repeated = _none(cells)
    for row in dict.fromkeys([tuple(columns.headings), *map(tuple, columns.header_rows)]):
        present = [(column, text) for column, text in enumerate(row) if text]
        # The first few columns tell which rows are worth comparing throughout: hardly any in a wide table.
        likely = _none(cells)
        for column, text in present[:_FIRST_COLUMNS]:
            likely |= (cells.iloc[:, column] == text).fillna(value=False).astype(bool)
        if not likely.any():
            continue
        few = cells[likely]
        same = pd.Series(data=0, index=few.index)
        for column, text in present:
            same += (few.iloc[:, column] == text).fillna(value=False).astype(int)
        repeated[likely] |= same >= max(2, 0.7 * len(present))
    return repeated


def _left_out(
    first: pd.Series[Any], mask: pd.Series[Any], rule: issues.Rule, source: str
) -> pd.DataFrame:
    frame = pd.DataFrame({"": first, "source_row": first.index})
    return issues.from_mask(frame, mask, rule, column="", source=source)
