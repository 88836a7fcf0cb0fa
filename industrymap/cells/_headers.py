"""Headings of columns: the field they mean, the year and the unit they carry.

A heading may span rows (``经济指标 / 2023年 / 营业收入（万元）``); its parts are read together. A column of another
year, a growth rate or a rank is never taken for the figure itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.cells._qualifiers import BRACKETS, Qualifiers, plain, qualifiers, without_period
from industrymap.cells._units import Unit, factor, find_unit, parse_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "Heading",
    "Match",
    "heading",
    "match_columns",
    "normal",
    "of_latest_year",
    "of_whole_year",
    "only_qualifies",
    "reason_against",
    "simplified",
    "withheld",
]

_SQUEEZED = re.compile(r"[\s_\-*＊·:：;；、,，\"'“”‘’※★]+")
_PREFIXES = re.compile(
    r"^(?:本年度?|本期|期末|年末|当年|全年|年度|企业所?|单位|现状|\d{1,2}[.、]|[一二三四五六七八九十]、)+"
)
# A number in a ring leads to a footnote; the two of m² does not.
_MARKS = re.compile(
    r"[①-⒇❶-❿]|(?<![mM米])[¹²³⁴-⁹]|[(（\[【]?注\d+[)）\]】]?(?=$|[(（\[【])|[*＊※★☆▲△]+$"
)
# Below a group, words that say no more than "the figure itself".
_NEUTRAL = frozenset(
    {
        "",
        "合计",
        "总计",
        "总额",
        "总数",
        "总量",
        "总面积",
        "金额",
        "数值",
        "数额",
        "数量",
        "全年",
        "年度",
        "绝对值",
        "绝对数",
        "数",
        "值",
        "期末",
        "期末数",
        "年末",
        "年末数",
        "total",
    }
)
# Traditional characters that headings use; a whole dictionary is not needed for a few dozen words.
_SIMPLE = str.maketrans(
    "稱業廠單營產稅區園業員經緯資統會碼註冊類東鎮鄉層積畝積圍號齡歲數據備說額總銷從職標準狀態記錄電話聯繫負責權屬縣當",
    "称业厂单营产税区园业员经纬资统会码注册类东镇乡层积亩积围号龄岁数据备说额总销从职标准状态记录电话联系负责权属县当",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What one column's heading says.

    Attributes
    ----------
    text : str
        As the file has it; the parts of several rows joined by `` / ``.
    names : tuple of str
        Normal forms to look for among a schema's names, best first.
    year : int or None
        A year it carries.
    unit : Unit or None
        A unit it carries.
    ago : int or None
        0 for this year, -1 for the year before, of the table's year; ``year`` has it worked in where the heading has one.
    period, part, other : str
        Words for a part of a year, for a part of a total, for a rate, rank or plan (:mod:`industrymap.cells._qualifiers`).
    figure_names : int
        How many of ``names`` a figure may be found by; by the others, which pass over a word of the heading, only a text.
    open : str
        A word for a period that is as long as the table's own (本期): a year only where the heading or the table says so.
    further_units : tuple of Unit
        Units of other kinds that the same bracket names: 万元、人 over columns of both.
    own_names : tuple of str
        Names of fields that themselves hold such words (剩余年限, 计划年份).
    """

    text: str
    names: tuple[str, ...]
    year: int | None
    unit: Unit | None
    ago: int | None = None
    period: str = ""
    part: str = ""
    other: str = ""
    open: str = ""
    figure_names: int = 0
    further_units: tuple[Unit, ...] = ()
    own_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A column that a schema knows.

    Attributes
    ----------
    column : int
        Position of the column, 0-based.
    field : schemas.Field
        What it is.
    heading : Heading
        What its heading says.
    rank : int
        How good the match is; 0 is best.
    """

    column: int
    field: schemas.Field
    heading: Heading
    rank: int

    @property
    def name(self) -> str:
        """The frame's column: the field, with ``@year`` where the heading carries one."""
        dated = self.heading.year is not None and self.field.dtype in {"float", "int"}
        return f"{self.field.name}@{self.heading.year}" if dated else self.field.name


def normal(text: str) -> str:
    """Return a heading half-width, lower case, simplified, without spaces, dashes and marks.

    Examples
    --------
    >>> normal(" 企业 名称＊ "), normal("Operating_address"), normal("廠名")
    ('企业名称', 'operatingaddress', '厂名')
    """
    # NFKC first: it makes full-width letters and brackets the half-width ones that the pattern removes.
    return _SQUEEZED.sub("", unicodedata.normalize("NFKC", text)).lower().translate(_SIMPLE)


def simplified(text: str) -> str:
    """Return a text with the traditional characters that headings use as simplified ones: 工業總產值.

    Examples
    --------
    >>> simplified("工業總產值"), simplified("番禺區")
    ('工业总产值', '番禺区')
    """
    return text.translate(_SIMPLE)


@lru_cache(maxsize=20_000)  # rows are scored, cut and read: the same cells come again
def heading(*parts: str, unit: Unit | None = None) -> Heading:
    """Read a heading from its parts, top row first.

    Parameters
    ----------
    *parts : str
        One for each header row; empty ones are skipped.
    unit : Unit, optional
        From a unit row; a unit in the heading itself comes first.

    Examples
    --------
    >>> found = heading("2023年营业收入（亿元）")
    >>> found.names[-1], found.year, found.unit.factor
    ('营业收入', 2023, 10000.0)
    """
    shown = [part.strip() for part in parts if part and part.strip()]
    # A merged cell repeats its text in every row and column it covers.
    written = list(dict.fromkeys(shown))
    unique = [_untranslated(_MARKS.sub("", part) or part) for part in written]
    # The lowest of several rows may hold nothing but the unit.
    below = parse_unit(unique[-1].strip("()（）[]【】")) if len(unique) > 1 else None
    unique = unique if below is None else unique[:-1]
    words = [qualifiers(part) for part in unique]
    # 万元、% over several columns: the rates among them are the percentages.
    rate = any(w.other for w in words)
    cores = [_core(part, rate=rate) for part in unique]
    # The lowest unit is the nearest to the figures.
    units = [own for _, own in cores if own] + ([(below,)] if below is not None else [])
    best = units[-1] if units else (unit,)
    names, of_figures = _names(unique, [core for core, _ in cores])
    year, ago = _year_and_ago(words)
    told = year is not None or any(w.whole for w in words)
    return Heading(
        text=" / ".join(re.sub(r"\s+", " ", part) for part in written),
        names=names,
        year=year,
        unit=best[0],
        further_units=best[1:],
        ago=ago,
        period=_lowest_period(words),
        part=next((w.part for w in words if w.part), ""),
        other=next((w.other for w in words if w.other), ""),
        open="" if told else next((w.open for w in words if w.open), ""),
        figure_names=of_figures,
        # 其中 above or 增速 above speaks of what is below, a word of the field's own name does not.
        own_names=(normal(unique[-1]),) if unique and not any(w.any for w in words[:-1]) else (),
    )


def _untranslated(part: str) -> str:
    """Return a cell without the English that only says the Chinese once more: 营业收入 Revenue (10,000 yuan)."""
    tail = _TRANSLATION.search(part)
    if tail is None or qualifiers(tail[0]).any or parse_unit(tail[0].strip(" /|")) is not None:
        return part
    return part[: tail.start()] + part[tail.end() :]


_TRANSLATION = re.compile(
    r"(?:(?<=[\u4e00-\u9fff）)])\s*[\s/|]|(?<=[）)]))\s*[A-Za-z][A-Za-z .,&'’/-]*(?=$|[(（])"
)


def _year_and_ago(words: Sequence[Qualifiers]) -> tuple[int | None, int | None]:
    """Return the year a heading names, and how far from the table's year it is where it names none."""
    # The lowest row that names years decides: "2022—2024年" may be over "2024年".
    at = next((n for n in reversed(range(len(words))) if words[n].years), None)
    back = next((n for n in reversed(range(len(words))) if words[n].ago is not None), None)
    ago = words[back].ago if back is not None else None
    if at is None:
        return None, ago
    # A range of years names no year of a single column.
    year = next(iter(words[at].years)) if len(words[at].years) == 1 else None
    # 上年 below or beside "2024年" is 2023; above "2023年" it only says which year that is.
    if year is not None and ago and back is not None and back >= at:
        year += ago
    return year, None


def only_qualifies(text: str) -> bool:
    """Tell whether a cell below a name only says which of its figures is here: a year, 合计, 增速, 其中…, a unit.

    Examples
    --------
    >>> only_qualifies("2024年"), only_qualifies("增速（%）"), only_qualifies("广州甲厂")
    (True, True, False)
    """
    # What remains without unit, year and words for parts must be nothing, or the cell names another thing.
    core, unit = _core(text)
    words = qualifiers(text)
    rest = normal(plain(core))
    return (
        rest in _NEUTRAL
        or bool(words.part or words.other or (words.period and len(rest) < 8))
        or (unit is not None and not rest)
    )


def _lowest_period(words: Sequence[Qualifiers]) -> str:
    """Return the period, unless a row below the one that names it narrows several years down to one."""
    for word in reversed(words):
        if word.period or len(word.years) == 1:
            return word.period
    return ""


def _core(part: str, *, rate: bool = False) -> tuple[str, tuple[Unit, ...]]:
    """Return the part without bracketed units and notes, and the units it names, best first: the share first for a rate."""
    text = _OPEN_YUAN.sub(r"(\1元)", unicodedata.normalize("NFKC", part))
    units: tuple[Unit, ...] = ()
    for inside in BRACKETS.findall(text):
        # （全年，万元）: the unit comes last among several notes.
        here = _units_inside(inside, rate=rate)
        if units and here and _contradict(units[0], here[0]):
            # （万元）（元）: one of the two is wrong, and nothing says which.
            here = (Unit("unclear", 1.0, f"{units[0].text}）（{here[0].text}"),)
        units = here or units
    bare = _CURRENCY.sub("", BRACKETS.sub("", text))
    if not units:
        split = find_unit(bare)
        if split is not None:
            return _CURRENCY.sub("", split[0]), (split[1],)
    return bare, units


_CURRENCY = re.compile(r"[\s_/:：,，-]*(?:rmb|cny|人民币|[¥￥])\s*$", re.IGNORECASE)


def _units_inside(inside: str, *, rate: bool) -> tuple[Unit, ...]:
    """Return the units of a bracket, best first; none where it leaves open which of two it is (亿元、万元)."""
    whole = parse_unit(_SAID_OF_UNIT.sub("", inside))
    if whole is not None and not _UNCLEAR.fullmatch(inside.strip()):
        return (whole,)
    parts = [_SAID_OF_UNIT.sub("", part) for part in _NOTES.split(inside)]
    found = [u for u in map(parse_unit, parts) if u is not None]
    money = {unit.factor for unit in found if unit.dimension == "money"}
    if len(money) > 1:
        return ()
    garbled = not found and any(map(_OF_MONEY.search, parts))
    if garbled or any(_UNCLEAR.fullmatch(part.strip()) for part in parts):
        return (Unit("unclear", 1.0, inside),)
    # 元，保留两位小数: of several notes the ones that are units.
    return tuple(sorted(found, key=lambda unit: (unit.dimension == "share") != rate))


_OPEN_YUAN = re.compile(r"[(\[]([十百千万亿]{1,2})[)\]]元$")  # 营业收入（万）元
# RMB 10 thousand is one unit, 万元 % are two.
_NOTES = re.compile(r"[,，;；、|]+|\s+(?=[^\x00-\x7f%‰])|\s+(?=[%‰])|/(?=[%‰])")


def _contradict(one: Unit, other: Unit) -> bool:
    return one.dimension == other.dimension == "money" and one.factor != other.factor


# A multiple of nothing, or of two things at once: read as 万元 it would be wrong by a power of ten.
_UNCLEAR = re.compile(r"千|百|十|k|m|mn|bn|亿万元?|万亿元?", re.IGNORECASE)
# Money in words that are no unit: 千元左右, 元／人次, in thousands.
_OF_MONEY = re.compile(
    r"(?<![多单公纪状美港欧日])元(?![月旦素器件])|[百千万亿]$|['’]000|\b(?:thousands?|millions?|billions?)\b",
    re.IGNORECASE,
)


# 按元填报, 以千元计, ×1000元
_SAID_OF_UNIT = re.compile(
    r"^\s*(?:[按以用]|折合?(?:成|为)?|约?合|(?:计量|金额|货币)?单位\s*[:：]?|金额\s*[:：]|人民币\s*[:：/]|[×xX*]\s*(?=\d))|(?:为单位|单位|填报|填列|计算|计|整)\s*$"
)


def _names(parts: list[str], cores: list[str]) -> tuple[tuple[str, ...], int]:
    """Return normal forms, best first, and how many of them a figure may be found by."""
    found: list[str] = []
    of_figures: int | None = None
    # The lowest row is the most specific; rows above it are headings of groups.
    for raw, core in zip(reversed(parts), reversed(cores), strict=True):
        undated = normal(plain(core))
        found += [normal(raw), normal(core), undated, _PREFIXES.sub("", undated)]
        # Below "营业收入", "2024年" and "合计" say which figure; "地址" or "出口" says another thing.
        if of_figures is None and undated not in _NEUTRAL and _PREFIXES.sub("", undated):
            of_figures = len(found)
    # The halves of one name may be in two rows.
    whole = [normal("".join(parts)), normal(plain("".join(cores)))]
    halves = whole if len(parts) > 1 else []
    cut = len(found) if of_figures is None else of_figures
    ordered = [*found[:cut], *halves, *found[cut:]]
    kept = list(dict.fromkeys(name for name in ordered[: cut + len(halves)] if name))
    rest = [
        name for name in dict.fromkeys(ordered[cut + len(halves) :]) if name and name not in kept
    ]
    return (*kept, *rest), len(kept)


@lru_cache(maxsize=64)
def _index(layer: str, _own: schemas.Own) -> dict[str, tuple[schemas.Field, int]]:
    """Return normal form → field and how far down its list of names the form is."""
    found: dict[str, tuple[schemas.Field, int]] = {}
    for known in schemas.fields(layer):
        # Figures that the program works out are not read from a file.
        if known.stage != "read":
            continue
        names = [known.name, known.zh, known.en, known.short, *known.aliases]
        for rank, name in enumerate(names):
            for form in (
                normal(name),
                normal(BRACKETS.sub("", unicodedata.normalize("NFKC", name))),
            ):
                # Two fields may share an alias: the one that has it nearer to the front is meant.
                held = found.get(form)
                if form and (held is None or rank < held[1]):
                    found[form] = (known, rank)
    return found


def match_columns(
    headings: Sequence[Heading], *, layer: str, forced: Mapping[str, str] | None = None
) -> list[Match]:
    """Match headings to a schema's fields; every field (and year) is taken once, by its best heading.

    The exact Chinese heading beats an alias, and of two as good the one that states its unit.

    Parameters
    ----------
    headings : sequence of Heading
        One for each column.
    layer : str
        Whose schema.
    forced : mapping of str to str, optional
        Heading → field, as a person decided.

    Returns
    -------
    matches : list of Match
        In the order of the columns.
    """
    wanted = {normal(text): name for text, name in (forced or {}).items()}
    candidates = [
        match
        for column, head in enumerate(headings)
        # Most cells of a wide table are numbers and came here as headings of nothing.
        if head.text
        and (match := _match(column, head, layer=layer, wanted=wanted)) is not None
        and not reason_against(match)
    ]
    taken: dict[str, Match] = {}
    # From the best down, so that each field goes to its best heading and the rest are reported as rivals.
    for match in sorted(candidates, key=_goodness):
        taken.setdefault(match.name, match)
    return sorted(taken.values(), key=lambda m: m.column)


def of_latest_year(matches: Sequence[Match]) -> tuple[list[Match], list[Match]]:
    """Return matches of which each field has one column, and those that were left out for it.

    A layer holds one figure of a field: where its columns are of several years, the latest one, unless a column names no year.
    """
    by_field: dict[str, list[Match]] = {}
    for match in matches:
        by_field.setdefault(match.field.name, []).append(match)
    kept: list[Match] = []
    for several in by_field.values():
        best = max(several, key=lambda m: (m.name == m.field.name, m.heading.year or 0))
        # Under the name of its field: a column called tax@2024 is none that a layer has.
        dated = best.name != best.field.name
        kept.append(replace(best, heading=replace(best.heading, year=None)) if dated else best)
    taken = {match.column for match in kept}
    kept.sort(key=lambda match: match.column)
    return kept, [match for match in matches if match.column not in taken]


def withheld(headings: Sequence[Heading], *, layer: str) -> list[tuple[Match, tuple[str, str]]]:
    """Return the columns that name a figure but are a part of it, a rate or a rank, each with the reason in both languages."""
    found = []
    for column, head in enumerate(headings):
        match = _match(column, head, layer=layer, wanted={}) or _of_a_period(column, head, layer)
        if match is not None and (reason := reason_against(match)):
            found.append((match, reason))
    return found


def _of_a_period(column: int, head: Heading, layer: str) -> Match | None:
    """Return the figure that 本月营业收入, or 累计 below 营业收入, is a part of."""
    index = _index(layer, schemas.own())
    for name in _names_without_period(head) if head.period else ():
        known, rank = index.get(name, (None, 0))
        if known is not None and _flows(known):
            return Match(column=column, field=known, heading=head, rank=rank)
    return None


def _names_without_period(head: Heading) -> tuple[str, ...]:
    # Below 营业收入, 累计 is a part of it; 研发累计 is of something else.
    alone = only_qualifies(head.text.rsplit(" / ", 1)[-1])
    names = head.names if alone else head.names[: head.figure_names]
    return tuple(dict.fromkeys(bare for name in names if (bare := without_period(name))))


def of_whole_year(head: Heading) -> Heading:
    """Return a heading whose words for a part of a year (本年累计) mean the whole of it.

    Examples
    --------
    >>> of_whole_year(heading("营业收入本年累计")).names[-1]
    '营业收入'
    """
    names = _names_without_period(head)
    return replace(head, period="", names=names, figure_names=len(names))


def _flows(known: schemas.Field) -> bool:
    """Tell whether a figure flows through a year, as money does; people and areas are counted on a day."""
    unit = parse_unit(known.unit) if known.unit else None
    return unit is not None and unit.dimension.startswith("money")


def _goodness(match: Match) -> tuple[float, ...]:
    # The form's own printed heading is the one that the statistics office meant.
    exact = match.rank % 100 == _CHINESE
    # Of a figure as it was sent in and as it was verified, the verified one counts.
    sent = bool(_UNVERIFIED.search(match.heading.text))
    return (match.rank >= 0, sent, not exact, match.heading.unit is None, match.rank, match.column)


_UNVERIFIED = re.compile(
    r"(?:核实|审核|审计|调整|修正|核定|核减|评审)前|申报|自报|自填|初报|初步|上报|快报|填报数|企业报|账面"
)
_CHINESE = 1
"""Where the Chinese label is among a field's names."""


def reason_against(match: Match) -> tuple[str, str] | None:
    """Say why a column that names a figure is not the annual figure, in Chinese and English; ``None`` where it is."""
    head, known = match.heading, match.field
    # 剩余年限 and 计划年份 hold such words themselves.
    own = any(name in _qualified_names(known) for name in head.own_names)
    if match.rank < 0 or known.dtype not in _FIGURES or own:
        return None
    flows = _flows(known)
    # 上年同期 without a year: which year that is depends on a table that does not say.
    ago_unknown = bool(head.ago) and head.year is None
    reasons = (
        (head.other, "是“{}”，不是数值本身", "a rate, change, rank or plan ({})"),
        (head.part, "只是其中一部分（{}）", "a part of the total ({})"),
        (head.period if flows else "", "不是全年数（{}）", "not the figure of one whole year ({})"),
        (head.open if flows else "", "未注明是否为全年数（{}）；如是，请在表题中写明年份", "not said to be of a whole year ({}); if it is, name the year in the title"),
        ("-1" if ago_unknown else "", "是上年数，表中未注明年份", "the year before's, and the table names no year"),
    )  # fmt: skip
    for words, zh, en in reasons:
        if words:
            return zh.format(words), en.format(words)
    return None


_FIGURES = frozenset({"float", "int"})


@cache
def _qualified_names(known: schemas.Field) -> frozenset[str]:
    """Return the normal forms of a field's names that themselves hold a qualifying word."""
    names = [known.zh, known.en, known.name, *known.aliases]
    return frozenset(normal(name) for name in names if qualifiers(name).any)


def _match(column: int, head: Heading, *, layer: str, wanted: Mapping[str, str]) -> Match | None:
    decided = wanted.get(normal(head.text))
    if decided is not None:
        return Match(column=column, field=schemas.field(layer, decided), heading=head, rank=-1)
    index = _index(layer, schemas.own())
    for depth, name in enumerate(head.names):
        if name in index:
            known, rank = index[name]
            if depth >= head.figure_names and known.dtype in _FIGURES:
                continue
            # 现状工业用地面积 is no planned land, though its name without 现状 may be short for it.
            if _TODAY.search(head.text) and _PLANNED.match(known.zh):
                continue
            fitting = _fitting(head, known)
            if head.unit is not None and fitting is None:
                continue
            own = head if fitting is head.unit else replace(head, unit=fitting)
            return Match(column=column, field=known, heading=own, rank=rank + 100 * depth)
    return _of_a_map(column, head, index)


_TODAY = re.compile("现状|改造前|现有")
_PLANNED = re.compile("规划|改造后|计划")


def _of_a_map(
    column: int, head: Heading, index: Mapping[str, tuple[schemas.Field, int]]
) -> Match | None:
    """Return the coordinate that 高德经度 and 百度坐标X name; which datum the map has is read from the heading later."""
    for depth, name in enumerate(head.names):
        known, rank = index.get(_MAPS.sub("", name), (None, 0))
        if known is not None and known.name in {"lon", "lat"}:
            # After every heading that names no map: that one is most often the office's own.
            return Match(column=column, field=known, heading=head, rank=rank + 100 * (depth + 10))
    return None


_MAP = "(?:高德|百度|腾讯|天地图|火星|国测局|gcj0?2|bd0?9(?:ll)?|wgs(?:19)?84|gps|cgcs2000|国家2000|2000)(?:地图)?(?:坐标系?)?"
_MAPS = re.compile(f"^{_MAP}|{_MAP}$")


def _fitting(head: Heading, known: schemas.Field) -> Unit | None:
    units = (head.unit, *head.further_units)
    return next((unit for unit in units if unit is not None and _fits(unit, known)), None)


def _fits(unit: Unit, known: schemas.Field) -> bool:
    """Tell whether a heading's unit measures what the field measures; foreign money is told apart later."""
    if known.dtype not in _FIGURES:
        return True
    return unit.dimension in {"foreign", "unclear"} or factor(unit, known.unit) is not None
