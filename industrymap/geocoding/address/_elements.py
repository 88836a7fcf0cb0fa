"""What follows the divisions: village, road and number, building, floor, room, and remarks.

The text is cut at its numbers. A number with its unit (号, 栋, 楼, 房 …) says what it is; the words between two
numbers are read once and remembered, because the same roads and remarks come back in every table.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["NAMED_ROAD", "RELATIVE", "ROADISH", "TAGS", "elements", "house_number"]

TAGS = (
    "prov",
    "city",
    "district",
    "devzone",
    "town",
    "village",
    "road",
    "roadno",
    "subroad",
    "subroadno",
    "poi",
    "subpoi",
    "houseno",
    "cellno",
    "floorno",
    "roomno",
    "person",
    "assist",
    "redundant",
)
"""The tags of an address, in the order in which they are written."""

_UNITS = {
    "号大街": "road",
    "号大道": "road",
    "号支路": "road",
    "号路": "road",
    "号街": "road",
    "号楼": "houseno",
    "号院": "roadno",
    "号大院": "roadno",
    "号": "number",
    "栋": "houseno",
    "幢": "houseno",
    "座": "houseno",
    "区": "houseno",
    "单元": "cellno",
    "梯": "cellno",
    "层": "floorno",
    "楼": "floorno",
    "号房": "roomno",
    "号铺": "roomno",
    "房": "roomno",
    "室": "roomno",
    "铺位": "roomno",
    "铺": "roomno",
    "档": "roomno",
    "卡": "roomno",
    "仓": "roomno",
    "库": "roomno",
    "国道": "road",
    "省道": "road",
    "县道": "road",
    "米": "assist",
}

_NUMBERS = re.compile(
    r"([0-9][0-9、,~.A-Z-]*)(号(?:大街|大道|支?路|街)(?![口道站面边旁侧段])|号楼|号院|号大院|号[房铺]?|单元|[栋幢座区梯层楼房室铺档卡仓库米]|铺位|[国省县]道)?"
)
"""A number and its unit; splitting by it leaves the words between numbers."""

_PREFIX = re.compile(r"(?:自编号?|第|负|地下|首[、至和~-])?[A-Z-]*$")
_PREFIX_ENDS = frozenset("编号第负下、至和~-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""What :data:`_PREFIX` can end with: where the text ends with none of it, there is no need to look."""
_ORDINAL = re.compile(r"^之[一二三四五六七八九十]+|^之$")

_WORDS = re.compile(
    r"(?P<road>大道(?:[东南西北中]路|中(?![心学国山])|[东南西北](?=$))?|(?:马路|公路|国道|省道|县道|高速|大街|[路街巷弄])(?![口道站面])(?:[东南西北中](?=$))?)"
    r"|(?P<village>村民委员会|居民委员会|村委会|居委会|管理区|经济联合社|经济联社|社区|(?<!新)村(?![镇路街道委]))"
    r"|(?P<poi>工业[园区城]区?|产业园区?|科技园区?|创意园区?|创新园|园区|大厦|大楼|大院|广场|中心|市场|商场|商城|花园|酒店|宾馆|小区|公寓|别墅|新村|学校|学院|大学|医院|车站|码头|厂房|综合楼|办公楼|商务楼|写字楼|[苑阁庭轩厂])"
    r"|(?P<houseno>[A-Z一二三四五六七八九十甲乙丙丁东南西北前后][栋幢座](?!大)|[A-Z]区)"
    r"|(?P<floorno>[首顶夹][、一二三\d]*[层楼]|负?[一二三]层|地下室?|地铺)"
    r"|(?P<assist>交叉口|交汇处|交界处?|路口|对面|附近|旁边?|隔壁|[东南西北左右内后前]侧|[东南西北]面|门口|路段|交叉|交汇)"
)

_WORD_BEGINS = re.compile(
    "[大马公国省县高路街巷弄村居管经社新工产科创园中广市商花酒宾小别学医车码厂综办写苑阁庭轩"
    "A-Z一二三四五六七八九十甲乙丙丁东南西北前后首顶夹负地交对附旁隔左右内门]"
)
"""With what any of :data:`_WORDS` begins: a set of characters is searched several times faster than they are."""

NAMED_ROAD = re.compile(r"[路街巷弄](?![口道站面])")
"""What is always read as the end of a road's name."""

_PACES = r"侧|(?:面|方向)?约?\d+米"
RELATIVE = re.compile(
    # Every choice begins with a character of its own: such a pattern is searched several times faster.
    r"交(?:叉|汇|界)|对面|附近|旁边|旁$|隔壁|路口"
    rf"|东(?:{_PACES})|南(?:{_PACES})|西(?:{_PACES})|北(?:{_PACES})"
    r"|侧(?:面|方向)?约?\d+米|行(?:面|方向)?约?\d+米"
)
"""Words that place an address relative to something else."""

ROADISH = re.compile(
    r"[东南西北中上下前后内外新老旧大小正横直环支一二三四五六七八九十\d]{0,3}"
    r"(?:路|街(?!道)|大道|大街|马路|公路|巷|里(?!程)|道(?!办)|立交|隧道|桥|公园|广场|车站|地铁|站|口|山|涌|河|湖|岛|江|岗|港|码头|机场|国际机场|体育|大厦|大楼|中心|酒店|宾馆|商场|商城|城|花园|家园|新村|苑|府|公司|集团|学校|中学|小学|医院|银行)"
    # 余杭塘路 is a road: of 塘路 alone the district's bare name cannot be parted.
    r"|[\u4e00-\u9fff](?:路|大道|巷)"
)
"""What turns a bare name before it into the name of something else: 天河 + 路, 白云 + 国际机场."""

_OWN_WORDS = frozenset({"houseno", "floorno"})
"""Kinds that are whole words and not the ending of a name."""

_MIN_NAME = 2
_NOISE = ",、;:-.()"
# A longer number is a post code or a telephone number, not a house.
_FIRST_NUMBER = re.compile(r"([0-9]{1,5})(?![0-9])")


def elements(tail: str, components: dict[str, str] | None = None) -> dict[str, str]:
    """Split what follows the divisions into tagged elements.

    Parameters
    ----------
    tail : str
        Normalised text without remarks in brackets.
    components : dict of str to str, optional
        What is known already; it is filled and returned.

    Returns
    -------
    components : dict of str to str
        Tag → text; tags that are not there are left out.

    Examples
    --------
    >>> elements("科学大道中99号科汇金谷三街3号5楼501房")
    {'road': '科学大道中', 'roadno': '99号', 'subroad': '科汇金谷三街', 'subroadno': '3号', 'floorno': '5楼', 'roomno': '501房'}
    """
    components = {} if components is None else components
    last = ""
    # Numbers part an address: what is between two of them is a name.
    parts = iter(_NUMBERS.split(tail))
    # The pattern has two groups: the pieces come as words, number, unit in turn, and words once
    # more at the end.
    for words in parts:
        number = next(parts, None)
        if number is None:
            break
        prefix = ""
        if words:
            named, prefix = _read_words(words)
            for kind, text in named:
                last = _file(components, kind, text, last)
        last = _file_number(components, prefix, number, next(parts))
    if words:
        named, prefix = _read_words(words)
        for kind, text in named:
            last = _file(components, kind, text, last)
        # No number follows that the prefix could belong to, so it is a name.
        if len(prefix) >= _MIN_NAME:
            _file(components, "name", prefix, last)
    return components


def house_number(text: str, at: int) -> int:
    """Return the first whole number at ``at``, or 0 where there is none.

    Examples
    --------
    >>> house_number("科丰路31-33号", 3), house_number("科丰路自编3号", 3)
    (31, 0)
    """
    number = _FIRST_NUMBER.match(text, at)
    return int(number.group(1)) if number else 0


@lru_cache(maxsize=65536)
def _read_words(words: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """Read the words between two numbers: (kind, text) in order, and what belongs to the next number."""
    prefix = ""
    # 自编 and 第 belong to the number behind them.
    if words[-1] in _PREFIX_ENDS:
        tail = _PREFIX.search(words)
        prefix = tail.group() if tail else ""
        words = words[: len(words) - len(prefix)]
    pieces: list[tuple[str, str]] = []
    at = 0
    # 之一 continues the number before it: 12号之一.
    if words.startswith("之"):
        ordinal = _ORDINAL.match(words)
        if ordinal:
            pieces.append(("ordinal", ordinal.group()))
            at = ordinal.end()
    begins = _WORD_BEGINS.search(words, at)
    while begins:
        start = begins.start()
        ending = _WORDS.match(words, start)
        if ending is None:
            begins = _WORD_BEGINS.search(words, start + 1)
            continue
        kind = ending.lastgroup or "name"
        end = ending.end()
        # A栋 is a whole word: what comes before it is a name of its own.
        if kind in _OWN_WORDS:
            pieces.append(("name", words[at:start]))
            at = start
        pieces.append((kind, words[at:end]))
        at = end
        begins = _WORD_BEGINS.search(words, end)
    if at < len(words):
        pieces.append(("name", words[at:]))
    # Separators at the edge belong to neither side; an element of nothing else is none.
    stripped = [(kind, text.strip(_NOISE)) for kind, text in pieces]
    return tuple([pair for pair in stripped if pair[1]]), prefix


def _file(components: dict[str, str], kind: str, text: str, last: str) -> str:
    """File one element of words under its tag and return the tag."""
    if kind == "ordinal":
        tag = last or "houseno"
    elif kind == "road":
        # The second road is one within an estate.
        tag = "subroad" if "road" in components else "road"
    elif kind == "village":
        # Behind a road 村 names an estate (花园新村), before it a village.
        tag = "poi" if "road" in components else "village"
    elif kind in {"poi", "name"}:
        # A single character between two numbers is a mark or a slip.
        if kind == "name" and len(text) < _MIN_NAME:
            return last
        tag = "subpoi" if "poi" in components else "poi"
    else:
        tag = kind
    # A tag that comes twice keeps both texts: nothing of an address is dropped.
    components[tag] = components[tag] + text if tag in components else text
    return tag


def _file_number(components: dict[str, str], prefix: str, number: str, unit: str | None) -> str:
    """File a number with what comes before and after it, and return the tag."""
    if unit is None:
        text = prefix + number.rstrip(_NOISE)
        # 科学大道99 without 号 is still its number.
        bare = "road" in components and "roadno" not in components and not prefix
        tag = "roadno" if bare else "roomno"
    else:
        text = prefix + number + unit
        tag = _UNITS[unit]
        if tag in {"number", "roadno"}:
            tag = _number_tag(components, prefix)
        elif tag == "road" and "road" in components:
            tag = "subroad"
    components[tag] = components[tag] + text if tag in components else text
    return tag


def _number_tag(components: dict[str, str], prefix: str) -> str:
    # 自编3号 numbers a house, not the road.
    if prefix or "road" not in components:
        return "houseno"
    # The first number behind a second road is that road's; any further one numbers a building.
    if "subroad" in components:
        return "houseno" if "subroadno" in components else "subroadno"
    return "houseno" if "roadno" in components else "roadno"
