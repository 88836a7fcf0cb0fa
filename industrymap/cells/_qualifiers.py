"""Words in a heading that say which figure it is: the year, a part of a year, a part of a total, a rate, a rank.

国家统计局's monthly tables count 1—11月, 上半年 or 一季度 from January on; a figure of eleven months is no annual revenue, and
"其中：出口" is no revenue at all. What such a word belongs to is decided where headings are matched to fields.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

__all__ = ["BRACKETS", "Qualifiers", "plain", "qualifiers", "without_period"]

BRACKETS = re.compile(r"[(\[【<〔{]([^()\[\]【】<>〔〕{}]*)[)\]】>〕}]")
_TO = r"[-~—–−至到]+"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_HAN = "一二三四五六七八九十"
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")

# 2000万元以上 and 国家2000坐标系 name no year.
_NO_YEAR = r"(?![\d.]*(?:万|亿|千|元|家|户|人|个|强|亩|平方|㎡|m2|吨|米|公里|号|坐标|大地|国家大地|以[上下]))"
_YEAR = re.compile(
    rf"(?<![\d.])(?<!国家)(?<!cgcs)((?:19|20)\d{{2}})(?!\d){_NO_YEAR}(?:财年|年度|年份|年末|年底|年)?"
)
_SHORT_YEAR = re.compile(r"(?:^|(?<=[(\[【'’]))'?([0-3]\d)年(?:度|末|底)?(?![限以期内龄来间])")
_HAN_YEAR = re.compile(r"([一二][〇○零九][〇○零一二三四五六七八九]{2})年(?:度|末|底)?")

# A span of months: 2024年1-11月, 1月至11月, 2024.01—2024.11, 202401-202411, 一至十一月.
_SPANS = (
    re.compile(rf"(?<!\d)({_MONTH})月?(?:份)?{_TO}(?:(?:19|20)\d\d年)?({_MONTH})(?=月)"),
    re.compile(
        rf"(?:19|20)\d\d[./年]({_MONTH})月?{_TO}(?:(?:19|20)\d\d[./年]?)?({_MONTH})(?![\d])"
    ),
    re.compile(rf"(?:19|20)\d\d(0[1-9]|1[0-2]){_TO}(?:19|20)\d\d(0[1-9]|1[0-2])(?!\d)"),
    re.compile(rf"([{_HAN}]{{1,2}})月?(?:份)?{_TO}([{_HAN}]{{1,2}})(?=月)"),
)
_UP_TO_DECEMBER = re.compile(
    r"截[至止].{0,8}12月|(?<!\d)12月[份底末止]*累计|全年|整年|1[-~—–至到]12月|年度累计"
)
_OF_A_YEAR = re.compile(r"(?:19|20)\d\d年度(?!.*[月季])")
_PART_YEAR = re.compile(
    rf"(?<!\d){_MONTH}月(?!末|底|\d)|[{_HAN}]{{1,2}}月|月份|[上下]半年|半年|[本上当]?季度|季报|1[-~—–至到]?本月|前\d+个?月|(?:第|前)?[{_HAN}1-4]个?季度?|首季|q[1-4](?!\d)|[1-4]q|h[12](?!\d)"
    r"|月均|月度|每月|当月|本月|逐月|单月|月平均|日均|上旬|中旬|下旬|月报|快报|自?年初[至以]?(?:累计)?|至今|目前|累计|ytd|滚动|近\d+个?月|中报|中期"
    r"|近[两二三四五\d]+年|历年|[三五]年(?:平均|累计|合计|总)|半年度|firsthalf|quarter|monthly|jan|half"
)
_PART = re.compile(
    r"其中|出口|外销|内销|外贸|境外|境内|国外|国内|海外|进口|部分|新产品|产品|业务|自产|代工|省[内外]|市[内外]|区[内外]|园[内外]"
    r"|线上|线下|网上|网络|电商|关联|补贴|剔除|扣除|除外|研发人员|女性|of which|export"
)
_NO_PART = re.compile(
    r"不?含增?值?税|主要产品|主营产品|产品名称|主要业务活动|主营业务|业务收入|境内外|国内外|进出口"
)
_OTHER = re.compile(
    r"同比|环比|增速|增长|增幅|增减|增量|净增|涨幅|降幅|变化|变动|±|[比较与](?:上年|去年|上期|同期)|占比|占.{0,6}比|比重|百分比|百分点"
    r"|排名|排序|名次|位次|预计|预期|预测|预估|估算|估计|暂估|测算|承诺|预算|目标|计划值|力争|人均|户均|平均(?!用工|从业|人数|层数|租金)|中位|得分|评分|分档|档次"
    r"|growth|rank|yoy|percapita|target|forecast"
)
# What forms put behind such a word without meaning another thing: 本年数, 上期金额, 本期实际.
_SUCH = r"(?:实际|完成)?(?:发生额|金额|数额|数值|数(?![量据]))?"
_AGO = (
    (-2, re.compile(rf"(?:上上年|前年(?!度)){_SUCH}")),
    (
        -1,
        re.compile(
            rf"(?:(?:上年度?|去年|上一年度?)(?:同期)?|上期|同期|lastyear|previousyear|prioryear){_SUCH}"
        ),
    ),
    (0, re.compile(rf"(?:本年度?|今年|当年|本期|当期|报告期内?(?!末|初)){_SUCH}")),
)
# Words for a period as long as the table's own: a year only where the table says so.
_OPEN = re.compile(r"本期|当期|上期|同期|报告期内?(?!末|初)|期末")
# 上年（2023年） and 2023年（上年） name the year itself; 2024年上年同期 is the year before 2024.
_NAMED_AGO = re.compile(
    r"(?:上年度?|去年|上一年度?|上期|同期)[数额金]{0,2}[(\[【〔]?(?:19|20)\d\d"
    r"|(?:19|20)\d\d(?:年度?)?[(\[【〔](?:上年|去年|上一年|上期)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualifiers:
    """What one cell of a heading says besides a name.

    Attributes
    ----------
    years : frozenset of int
    ago : int or None
        0 for this year, -1 for the year before, -2 for the one before that; none where the year itself is beside it.
    period : str
        The words for a part of a year, or for several years; empty where it is a whole year or nothing.
    part : str
        The words for a part of a total.
    other : str
        The words for a rate, a change, a rank or a plan.
    open : str
        The word for a period that is as long as the table's own (本期, 同期).
    whole : bool
        It says that the period is a whole year (1—12月, 全年).
    """

    years: frozenset[int]
    ago: int | None
    period: str
    part: str
    other: str
    open: str = ""
    whole: bool = False

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.years or self.ago is not None or self.period or self.part or self.other)


@cache
def qualifiers(text: str) -> Qualifiers:
    """Read the qualifiers of one cell of a heading.

    Examples
    --------
    >>> found = qualifiers("2024年1—11月主营业务收入")
    >>> sorted(found.years), found.period
    ([2024], '1—11月')
    >>> qualifiers("营业收入（出口部分）").part, qualifiers("2024年1-12月累计").period
    ('出口', '')
    """
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    years = {int(year) for year in _YEAR.findall(bare)}
    years |= {2000 + int(year) for year in _SHORT_YEAR.findall(bare)}
    years |= {int(year.translate(_HAN_DIGITS)) for year in _HAN_YEAR.findall(bare)}
    part = _PART.search(_NO_PART.sub("", bare))
    other = _OTHER.search(bare)
    # "比上年" is a change, not the year before.
    rest = _OTHER.sub("", bare)
    ago = next((number for number, words in _AGO if words.search(rest)), None)
    ago = None if _NAMED_AGO.search(rest) else ago
    open_ = _OPEN.search(rest)
    return Qualifiers(
        years=frozenset(years),
        ago=ago,
        period=_period(bare, years),
        part=part.group() if part else "",
        other=other.group() if other else "",
        open=open_.group() if open_ else "",
        whole=_is_whole(bare),
    )


def _is_whole(bare: str) -> bool:
    """Tell whether the words say a whole year: 1—12月, 全年, 2024年度 (but not 2024年度月报)."""
    for span in _SPANS:
        found = span.search(bare)
        if found:
            return _month(found[1]) == 1 and _month(found[2]) == 12
    return bool(_UP_TO_DECEMBER.search(bare) or _OF_A_YEAR.search(bare))


def _period(bare: str, years: set[int]) -> str:
    """Return the words that say a part of a year, or several years."""
    for span in _SPANS:
        found = span.search(bare)
        if found:
            whole = _month(found[1]) == 1 and _month(found[2]) == 12
            text = found.group() + ("月" if bare[found.end() : found.end() + 1] == "月" else "")
            return "" if whole else re.sub(r"^(?:19|20)\d\d年", "", text)
    if _UP_TO_DECEMBER.search(bare):
        return ""
    if len(years) > 1:
        return f"{min(years)}—{max(years)}"
    found = _PART_YEAR.search(bare)
    return found.group() if found else ""


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens = {"十": 10, "十一": 11, "十二": 12}
    return tens.get(text, _HAN.index(text[0]) + 1)


_REMOVED = re.compile(
    "|".join(
        [
            *(f"(?:{span.pattern})月?(?:份)?(?:累计)?(?:完成)?" for span in _SPANS),
            rf"fy\s*{_YEAR.pattern}",
            r"(?:19|20)\d\d年度累计(?:完成)?",
            _YEAR.pattern,
            _SHORT_YEAR.pattern,
            _HAN_YEAR.pattern,
            r"截[至止]|(?<!\d)12月[份底末止]*累计(?:完成)?|(?:截[至止].{0,6}?)12月(?:份|底|末)?|年度?累计|(?:全|整)年(?:累计)?(?:完成)?|年度(?=[/:：]|$)",
            *(words.pattern for _, words in _AGO),
        ]
    ),
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Return a heading without brackets and without the words of its year.

    Examples
    --------
    >>> plain("2023年度营业收入（万元）"), plain("营业收入/上年")
    ('营业收入', '营业收入')
    """
    bare = BRACKETS.sub("", unicodedata.normalize("NFKC", text))
    return _REMOVED.sub("", re.sub(r"\s+", " ", bare)).strip(" /:：、,，-—")


def without_period(name: str) -> str:
    """Return a normal form of a heading without the words for a part of a year.

    Examples
    --------
    >>> without_period("本月营业收入"), without_period("营业收入累计")
    ('营业收入', '营业收入')
    """
    return _PART_YEAR.sub("", name)
