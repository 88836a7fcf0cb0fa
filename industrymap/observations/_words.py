"""What a label, a heading, a sheet's name or a title says of the figures below it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from industrymap import cells, periods, schemas
from industrymap.citypack import bare_name, split
from industrymap.enterprises import industry
from industrymap.errors import PeriodError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from industrymap.cells import Unit
    from industrymap.citypack import CityPack
    from industrymap.periods import Period

__all__ = ["PARTIAL", "WHOLE", "Told", "Words"]

GROWTH, LAST_YEAR, OTHER = "growth", "last_year", "other"

_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_UNIT_LINE = re.compile(r"(?:计量)?单位\s*[:：为是]?\s*([^\s,，;；、。]+)")
_LAST_YEAR = re.compile(r"(?:上年|去年|上一年)(?:同期)?(?:累计|数|值)?|同期(?:累计|数|值)")
_GROWTH = re.compile(
    r"同比(?:增速|增长|增减|变化)?|比(?:上年|去年)(?:同期)?(?:增长|增减)?|增速|增长率?|增幅|±|\bgrowth(?: rate)?\b|\byoy\b",
    re.IGNORECASE,
)
# What is neither a figure of the period nor its growth on the year before: left out, and said.
_OTHER = re.compile(
    r"环比|占比|比重|排名|位次|名次|序号|计划|目标|预计|预测|进度|完成率|拉动|贡献|增量|增减额|增加额|净增|百分点"
)
_PART = re.compile(r"^(?:#|其中|其中[:：].*)$|^其中")
_CUMULATIVE = re.compile(
    r"(?:本月止|本年|年初至今|本期止|至本月|1[-~至到—–]+本月)(?:累计)?|累计|1[-~至到—–]+本月"
)
# Of a figure as of a day (截至2024年9月) the months before it count, too.
_AS_OF = re.compile(r"(?:截至|截止|截止到|截至到)$")
_MONTH = re.compile(r"本月|当月|单月")
_QUARTER = re.compile(r"本季度?|当季")
_YEAR = r"(?:(?:19|20)\d{2}|[二〇零一三四五六七八九]{4})年?度?[./-]?"
_HAN = "十一|十二|[一二三四五六七八九十]"
_N = rf"(?:\d{{1,2}}|{_HAN})"
_DAY = rf"(?:{_YEAR}\d{{1,2}}月\d{{1,2}}日|(?:19|20)\d{{2}}(?P<dash>[-/.])\d{{1,2}}(?P=dash)\d{{1,2}}(?!\d)|(?<!\d)(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d))"
# A day in a title is the one it was made on, unless the figures are said to be as of it.
_MADE_ON = re.compile(rf"(?<!截至)(?<!截止)(?<!截止到)(?<!截至到){_DAY}")
_PERIOD = re.compile(
    rf"{_DAY}|{_YEAR}(?:第?{_N}(?:月|季度?)?[-~至到—–]+{_N}(?:月份?|季度?)|第?{_N}季度?|前?{_N}个?(?:月份?|季度?)|[上下]半年|全年|q[1-4]|h[12]|(?:0[1-9]|1[0-2])(?!\d))?"
    rf"|(?:第?{_N}(?:月|季度?)?[-~至到—–]+{_N}(?:月份?|季度?))|第?{_N}季度|前{_N}个?(?:月|季度)|(?<!\d){_N}月份?|[上下]半年|全年|q[1-4](?!\d)",
    re.IGNORECASE,
)  # fmt: skip
# 2024 年 1 — 3 月
_GAPS = re.compile(
    r"(?<=[年月季度第前至到—–~-])\s+(?=[\d一二三四五六七八九十年月季半至到—–~-])|(?<=[\d一二三四五六七八九十])\s+(?=[年月季至到—–~-]|[qQhH][1-4])"
)
_WHOLE_YEAR = re.compile(r"全年|年度|1[-~至到—–]+12月")
# Beside a unit of per cent these words are a rate; beside one of money they are an amount.
_CHANGE = frozenset(
    {
        "增减",
        "增长",
        "增幅",
        "变化",
        "升降",
        "增减幅度",
        "比上年",
        "比上年同期",
        "较上年",
        "较上年同期",
    }
)
_WITHIN = re.compile(r"^(?:[^省]{2,3}省|.{2,5}自治区)")
_SCALE = re.compile(r"^(?:全部)?(?:规模以上|规上)(?:工业)?(?:企业)?")
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.]|[(（][一二三四五六七八九十\d]+[)）]|\d+[、.](?!\d))"
)
_CITY = {"全市", "全市合计", "全市总计", "全市规模以上", "citytotal"}
_WHOLE = {"合计", "总计", "总数", "共计", "total", "全部"}
WHOLE = ("whole", "")
"""合计: of what, the rest of the table says."""
PARTIAL = ("industry", "")
"""An industry of one place, a place's part of an industry: the total of neither, and nothing the database keeps."""
# Words beside a measure or a place that change nothing of what it is.
_SILENT = re.compile(
    r"规模以上|规上|工业企业|工业经济|工业|经济|运行|分地区|分区|各区县?|各镇街?|按区|情况|主要|指标名?称?|统计|月报|季报|年报|快报|报表|汇总|完成数?|进展|一览|表|的|数据|本期|实绩"
    r"|总量|数值|value|数量|金额|绝对[数量值]|当期|实际|全部|[、:：_()（）《》%#*-]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one or several texts say; an empty field is not said.

    Attributes
    ----------
    measure : str
        Id of a measure.
    figure : str
        ``growth`` (on the same period of last year, %), ``last_year`` (the figure of that period), ``other`` (neither).
    period : Period or None
        A period with its year.
    within : str
        A part of a year that names none (1—3月).
    relative : str
        ``month``, ``quarter`` or ``cumulative``: to be taken of the period that the title names.
    unit : Unit or None
    entity : (kind, code) or None
    rest : str
        What no rule knew.
    whole : bool
        It says that the year is meant as a whole (全年, 年度).
    """

    measure: str = ""
    figure: str = ""
    period: Period | None = None
    within: str = ""
    relative: str = ""
    unit: Unit | None = None
    entity: tuple[str, str] | None = None
    rest: str = ""
    whole: bool = False

    @property
    def bare_year(self) -> int | None:
        """The year that is named alone: beside a title of 1—3月 it says which year's months."""
        bare = self.period is not None and self.period.level == "year" and not self.whole
        return self.period.year if bare and self.period is not None else None

    @property
    def heads(self) -> bool:
        """Whether it says what a column is of."""
        return bool(self.measure or self.figure or self.period or self.within or self.relative)

    def over(self, wider: Told) -> Told:
        """Return what both say, where the two differ what this one says: a row before its column, a column before a title."""
        period, within = self.period, self.within
        if period is not None and period.level == "year" and wider.within:
            # "2023" in the row, "1月" over the column
            period, within = _dated(wider.within, period.year) or period, ""
        elif period is None and not within:
            period, within = wider.period, wider.within
        elif period is None and (wider.period is not None):
            # "1—3月" under "2024年": the year is the wider one's.
            period, within = _dated(within, wider.period.year) or wider.period, ""
        return Told(
            measure=self.measure or wider.measure,
            figure=self.figure or wider.figure,
            period=period,
            within=within,
            relative=self.relative or wider.relative,
            unit=self.unit or wider.unit,
            entity=self.entity or wider.entity,
            rest=self.rest or wider.rest,
            whole=self.whole or (self.period is None and wider.whole),
        )

    def timed(self, other: Told) -> Told:
        """Return this with the period that another text says."""
        return replace(
            self,
            period=other.period,
            within=other.within,
            relative=other.relative,
            whole=other.whole,
        )

    def narrowed(self, wider: Period | None) -> Told:
        """Return this with the months of a wider text's period, where it names a year alone."""
        if wider is None or self.bare_year is None or self.within:
            return self
        return replace(self, period=periods.Period(self.bare_year, wider.first, wider.last))

    def when(self) -> Period | None:
        """Return the period of a figure: the month, the quarter or the cumulative figure of the period that is named."""
        if self.period is None:
            return None
        here = self.period
        if self.relative == "cumulative":
            return here.cumulative
        if self.relative == "month":
            # 1—2月 are published as one: its month is the two of them
            return (
                here
                if here.last == 2 and here.first == 1
                else periods.Period(here.year, here.last, here.last)
            )
        if self.relative == "quarter" and here.last % 3 == 0:
            return periods.Period(here.year, here.last - 2, here.last)
        return here


def _dated(within: str, year: int) -> Period | None:
    try:
        return periods.parse(within, year=year)
    except PeriodError:
        return None


@dataclass(slots=True)
class Words:
    """Reads texts of one city.

    Parameters
    ----------
    pack : CityPack
        Whose districts and towns are known.
    more : mapping of str to str
        Further names of measures → id, as a workspace states them.
    """

    pack: CityPack
    more: Mapping[str, str] = field(default_factory=dict)
    _entities: dict[str, tuple[str, str]] = field(init=False)
    _measures: dict[str, str] = field(init=False)
    _shared: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._entities, self._shared = _entities(self.pack)
        self._measures = _measure_names() | {_key(name): id_ for name, id_ in self.more.items()}

    def told(self, text: str) -> Told:
        """Read one text."""
        plain = _GAPS.sub("", unicodedata.normalize("NFKC", text).strip())
        plain = _NUMBERED.sub("", cells.simplified(plain))
        if not plain:
            return Told()
        # A whole text that is a place is one, before any part of it is looked for (番禺区 holds no
        # measure).
        known = self._of_place(_key(plain))
        if known is not None:
            return Told(entity=known)
        rest, unit = self._unit(plain)
        figure, rest = _figure(rest)
        if not figure and unit is not None and unit.dimension == "share" and _key(rest) in _CHANGE:
            figure, rest = GROWTH, ""
        elif figure == GROWTH and unit is not None and unit.dimension != "share":
            # 同比增减（万元） is how much more it is, and no rate
            figure = OTHER
        period, within, relative, rest = _period(rest)
        part = bool(_PART.match(rest))
        measure, entity, rest = self._named(rest)
        if (
            part and measure
        ):  # 其中：出口交货值 is a measure of its own; 其中：高技术 is none that is known
            part = False
        return Told(
            measure="" if part and entity is None else measure,
            figure=figure,
            period=period,
            within=within,
            relative=relative,
            unit=unit,
            entity=entity,
            rest=plain if part and entity is None else rest,
            whole=bool(_WHOLE_YEAR.search(plain)),
        )

    def title(self, text: str) -> Told:
        """Read a line above a table: the day on which it was made is not what its figures are of."""
        plain = _GAPS.sub("", unicodedata.normalize("NFKC", text))
        return self.told(_MADE_ON.sub("", plain))

    def unit(self, text: str) -> Unit | None:
        """Return the unit that a note states for the whole table: 注：金额单位为亿元."""
        return _unit(unicodedata.normalize("NFKC", text))[1] if "单位" in text else None

    def names(self) -> dict[str, str]:
        """Return the code of the city, of every district and town and of every division of industry → its name."""
        out = {**industry.divisions(), self.pack.division_code: self.pack.name}
        for level in ("district", "town"):
            table = self.pack.current(level)
            out |= dict(zip(table["code"].tolist(), table["name"].tolist(), strict=True))
        return out

    @property
    def city(self) -> tuple[str, str]:
        """The city itself."""
        return "city", self.pack.division_code

    def place(self, text: str) -> tuple[str, str] | None:
        """Return the one place that a title names among other words; ``None`` where it names none or several."""
        plain = _key(text)
        named = {
            n for n in self._entities if len(n) > 2 and n in plain and self._entities[n] != WHOLE
        }
        named = {n for n in named if not any(n != other and n in other for other in named)}
        kinds = {self._entities[n] for n in named}
        # 广州市天河区 is the district: what it lies in only says where
        finest = {e for e in kinds if e[0] != "city"} or kinds
        if len(finest) > 1 and any(e[0] == "industry" for e in finest):
            return PARTIAL
        return next(iter(finest)) if len(finest) == 1 else None

    def heads(self, text: str) -> bool:
        """Tell whether a text says what a column is of: a measure, a period, a rate, a unit."""
        told = self.told(text)
        return told.heads or told.unit is not None

    def is_place(self, text: str) -> bool:
        """Tell whether a whole text names a place of this city, or the whole of it."""
        return self._of_place(_key(text)) is not None

    def entity(self, text: str) -> tuple[str, str] | None:
        """Return kind and code of the city, district or town that a name or a code means."""
        return self._of_place(_key(text)) or next(
            (entity_row for entity_row in self._entities.values() if entity_row[1] == text), None
        )

    def is_shared(self, text: str) -> bool:
        """Return whether several districts or towns have the name, so that it means none of them."""
        return _key(text) in self._shared

    def _of_place(self, key: str) -> tuple[str, str] | None:
        """Return the place of a name, with or without province and city in front of it."""
        known = self._entities.get(key)
        if known is not None:
            return known
        within = _WITHIN.sub("", key)
        city = next((_key(c) for c in (self.pack.name, *self.pack.city_aliases) if within.startswith(_key(c))), "")  # fmt: skip
        found = self._entities.get(within.removeprefix(city)) if within != key or city else None
        # 全市 behind the city's name is still the city.
        return found if found != WHOLE else None

    def _unit(self, text: str) -> tuple[str, Unit | None]:
        """Take the unit off a text; one at its end (工业总产值/亿元) where a measure is left."""
        rest, unit = _unit(text)
        if unit is not None or _key(text) in self._measures:
            return rest, unit
        split = cells.find_unit(text)
        if split is None:
            return rest, unit
        left = _period(_figure(split[0])[1])[3]
        return split if self._named(left)[0] else (rest, unit)

    def path(self, texts: Iterable[str]) -> Told:
        """Read texts that are above one another, the lowest last."""
        told = Told()
        for text in texts:
            here = self.told(text)
            if here.measure and told.measure and here.measure != told.measure:
                told = replace(told, measure="")
            told = here.over(told)
        return told

    def _named(self, text: str) -> tuple[str, tuple[str, str] | None, str]:
        """Return the measure and the place that a text names, whole or one within the other, and what is left of it."""
        key = _key(re.sub(r"^(?:#|其中)[:：]?", "", text))
        if not key:
            return "", None, ""
        if key in self._measures:
            return self._measures[key], None, ""
        if key in self._entities:
            return "", self._entities[key], ""
        # The longest name that fits: 工业增加值 before 增加值. Names of two characters would be found
        # everywhere.
        measure = max((n for n in self._measures if n in key and len(n) > 2), key=len, default="")
        entity = max((n for n in self._entities if n in key and len(n) > 1), key=len, default="")
        left = key.replace(measure, "").replace(entity, "")
        left = _SILENT.sub("", left)
        # A measure inside a longer name is another measure (高技术产业增加值): only words that say nothing may be beside it.
        sure = len(left) <= 1
        return (
            self._measures[measure] if measure and sure else "",
            self._entities[entity] if entity and sure else None,
            "" if sure else key,
        )


def _key(text: str) -> str:
    return cells.simplified(re.sub(r"[\s·.]+", "", unicodedata.normalize("NFKC", text)).lower())


@cache
def _measure_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for measure in schemas.measures():
        for name in (measure.zh, measure.en, measure.id, *measure.aliases):
            names[_key(name)] = measure.id
            names.setdefault(_key(_SCALE.sub("", name)), measure.id)
    names.pop("", None)
    return names


def _entities(pack: CityPack) -> tuple[dict[str, tuple[str, str]], frozenset[str]]:
    """Return names of the city, its districts, its towns and of industries → what they are, and the names of two units, which are none."""
    # Only whole names of divisions: 汽车 alone may be anything.
    out: dict[str, tuple[str, str]] = {
        _key(name): ("industry", code) for code, name in industry.divisions().items()
    }
    taken: set[str] = set()
    for level in ("district", "town"):
        for row in pack.current(level)[["name", "aliases", "code"]].to_dict("records"):
            for name in {
                row["name"],
                *split(row["aliases"]),
                *({bare_name(row["name"])} if level == "district" else ()),
            }:
                if len(name) < 2:
                    continue
                key, entity = _key(name), (level, row["code"])
                if out.get(key, entity) != entity:
                    taken.add(key)
                out[key] = entity
    for key in taken:
        del out[key]
    city = ("city", pack.division_code)
    for name in (pack.name, pack.name_en, *pack.city_aliases, *_CITY):
        out[_key(name)] = city
    return out | {_key(name): WHOLE for name in _WHOLE}, frozenset(taken)


def _unit(text: str) -> tuple[str, Unit | None]:
    """Take the unit off a text: in brackets, behind 单位：, or at its end."""
    line = _UNIT_LINE.search(text)
    if line is not None:
        unit = cells.parse_unit(line[1].strip("()"))
        if unit is not None:
            return text.replace(line[0], "").strip(" ()"), unit
    for inner in _BRACKETS.finditer(text):
        unit = cells.parse_unit(inner[1].strip(" ±"))
        if unit is not None:
            return (text[: inner.start()] + text[inner.end() :]).strip(), unit
    whole = cells.parse_unit(text)
    return ("", whole) if whole is not None else (text, None)


def _figure(text: str) -> tuple[str, str]:
    if _OTHER.search(text):
        return OTHER, _OTHER.sub("", text)
    if _GROWTH.search(text):
        return GROWTH, _LAST_YEAR.sub("", _GROWTH.sub("", text)).strip("%() ")
    if _LAST_YEAR.search(text):
        return LAST_YEAR, _LAST_YEAR.sub("", text)
    return "", text


def _period(text: str) -> tuple[Period | None, str, str, str]:
    """Take the period off a text: with its year, without one, or as a word (本月, 累计)."""
    match = _PERIOD.search(text)
    period, within = None, ""
    if match is not None:
        as_of = _AS_OF.search(text[: match.start()])
        behind = _CUMULATIVE.match(text[match.end() :])
        words = match[0] + (behind[0] if behind else "")
        try:
            period = periods.parse(words)
        except PeriodError:
            within = words if _dated(words, 2000) is not None else ""
        if period is not None or within:
            before = as_of.start() if as_of else match.start()
            text = text[:before] + text[match.start() + len(words) :]
            if (behind or as_of) and period is not None:
                period = period.cumulative
    for word, pattern in (("cumulative", _CUMULATIVE), ("month", _MONTH), ("quarter", _QUARTER)):
        if pattern.search(text):
            return period, within, word, pattern.sub("", text)
    return period, within, "", text
