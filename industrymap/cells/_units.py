"""Units as spreadsheets write them, and the factor from one to another.

Money counts in 万元 (10,000 yuan), area in square metres; 1 亩 = 2000/3 m² (国务院 1984, 法定计量单位).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from industrymap.terms import MU_M2

__all__ = ["Unit", "factor", "find_unit", "parse_unit", "plain"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit.

    Attributes
    ----------
    dimension : str
        ``money``, ``foreign`` (money that is not yuan), ``unclear`` (a heading's that nobody can tell), ``area``, ``people``, ``count``, ``years``, ``share``,
        ``length``, ``storeys``, ``angle``, ``items``, ``energy``, ``power``, ``mass``, ``volume``, ``rent``, ``money_per_area``.
    factor : float
        To the dimension's own unit: 万元, m², 人, 家, 年, 1, 米, 层, 度, 件, 吨标准煤, 千瓦时, 吨, 立方米, 元/m²·月, 元/m².
    text : str
        As the file has it.
    """

    dimension: str
    factor: float
    text: str


_MONEY = {
    "元": 1e-4,
    "百元": 0.01,
    "千元": 0.1,
    "1000元": 0.1,
    "10000元": 1.0,
    "万元": 1.0,
    "十万元": 10.0,
    "百万元": 100.0,
    "千万元": 1000.0,
    "亿元": 1e4,
    "十亿元": 1e5,
    "千亿元": 1e7,
    "万亿元": 1e8,
    "万": 1.0,
    "亿": 1e4,
    "k元": 0.1,
    "w元": 1.0,
    "yuan": 1e-4,
    "10kyuan": 1.0,
    "10000yuan": 1.0,
    "10000cny": 1.0,
    "10000rmb": 1.0,
    "10kcny": 1.0,
    "cny10k": 1.0,
    "10krmb": 1.0,
    "rmb10000": 1.0,
    "rmb10k": 1.0,
    "wanyuan": 1.0,
    "thousandyuan": 0.1,
    "1000yuan": 0.1,
    "tenthousandyuan": 1.0,
    "10thousandyuan": 1.0,
    "hundredmillionyuan": 1e4,
    "100millionyuan": 1e4,
    "thousandrmb": 0.1,
    "rmbthousand": 0.1,
    "thousandcny": 0.1,
    "cnythousand": 0.1,
    "millionyuan": 100.0,
    "millioncny": 100.0,
    "cnymillion": 100.0,
    "rmbmillion": 100.0,
    "billionyuan": 1e5,
    "cnybillion": 1e5,
}
_AREA = {
    "平方米": 1.0,
    "平米": 1.0,
    "平方": 1.0,
    "m2": 1.0,
    "sqm": 1.0,
    "亩": MU_M2,
    "mu": MU_M2,
    "万亩": 1e4 * MU_M2,
    "公顷": 1e4,
    "ha": 1e4,
    "hm2": 1e4,
    "平方公里": 1e6,
    "平方千米": 1e6,
    "平方km": 1e6,
    "km2": 1e6,
    "㎢": 1e6,
    "m^2": 1.0,
    "平方m": 1.0,
    "方": 1.0,
    "万平": 1e4,
    "万方": 1e4,
    "平": 1.0,
    "万平方米": 1e4,
    "万平米": 1e4,
    "万m2": 1e4,
    "万平方": 1e4,
}
_OTHERS = {
    "people": {
        "人": 1.0,
        "名": 1.0,
        "百人": 100.0,
        "千人": 1e3,
        "万人": 1e4,
        "persons": 1.0,
        "people": 1.0,
    },
    "count": {"家": 1.0, "个": 1.0, "户": 1.0, "间": 1.0, "宗": 1.0},
    "years": {"年": 1.0, "年度": 1.0, "月": 1 / 12, "个月": 1 / 12, "years": 1.0, "months": 1 / 12},
    "share": {"%": 0.01, "‰": 0.001, "percent": 0.01, "百分比": 0.01},
    "length": {"米": 1.0, "m": 1.0, "公里": 1000.0, "千米": 1000.0, "km": 1000.0},
    "storeys": {"层": 1.0},
    "angle": {"度": 1.0, "°": 1.0},
    "items": {"件": 1.0, "项": 1.0},
    "energy": {
        "吨标准煤": 1.0,
        "吨标煤": 1.0,
        "tce": 1.0,
        "千克标准煤": 1e-3,
        "万吨标准煤": 1e4,
        "万吨标煤": 1e4,
    },
    "power": {
        "千瓦时": 1.0,
        "kwh": 1.0,
        "万千瓦时": 1e4,
        "亿千瓦时": 1e8,
        "万kwh": 1e4,
        "亿kwh": 1e8,
    },
    "mass": {"吨": 1.0, "万吨": 1e4, "千克": 1e-3},
    "volume": {"立方米": 1.0, "m3": 1.0, "立方": 1.0, "万立方米": 1e4, "万m3": 1e4, "万立方": 1e4},
}
_CURRENCIES = (
    "美元", "美金", "港元", "港币", "港纸", "欧元", "日元", "英镑", "澳门元", "澳门币", "澳元", "加元", "新台币", "台币", "新加坡元",
    "新元", "坡币", "韩元", "卢布", "瑞士法郎", "泰铢", "卢比", "林吉特", "外币", "us$", "hk$", "usd", "hkd", "eur", "jpy", "gbp", "mop",
    "sgd", "twd", "krw", "$", "€", "£",
)  # fmt: skip
_TIMES = r"(?:['’‘`´]?000s?|[十百千万亿]{0,2}|10k|10000|k|m|mn|bn|thousand|million|billion|in)"
_FOREIGN = re.compile(
    rf"{_TIMES}(?:{'|'.join(map(re.escape, sorted(_CURRENCIES, key=len, reverse=True)))}){_TIMES}"
)
_THOUSANDS = re.compile(r"(?:rmb|cny|人民币|¥)?['’‘`´]000s?(?:rmb|cny|元|yuan)?|(?:rmb|cny|¥)000s?")
"""Accountants write three noughts for thousands."""
_PER_MONTH = {
    "月": 1.0,
    "month": 1.0,
    "年": 1 / 12,
    "year": 1 / 12,
    "天": 365 / 12,
    "日": 365 / 12,
    "day": 365 / 12,
}
_DROPPED = re.compile(r"[\s·.*,，_\-]+")
_RENT = re.compile(
    r"^(?P<money>[^/每]+)[/每](?P<area>[^/每月年天日]+)[/每]?(?P<time>月|年|天|日|month|year|day)$"
)
_DENSITY = re.compile(r"^(?P<money>[^/每]+)[/每](?P<area>[^/每]+)$")


def plain(text: str) -> str:
    """Return a unit's text half-width, lower case, without spaces and dots."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).lower().translate(_SIMPLE)


# Units as tables of Hong Kong and Macao write them, and as banks do.
_SIMPLE = str.maketrans("億萬畝頃戶個幣層項宗間圓圆仟佰拾", "亿万亩顷户个币层项宗间元元千百十")


@cache
def parse_unit(text: str) -> Unit | None:
    """Read a unit, or return ``None`` where the text is not exactly one.

    Examples
    --------
    >>> parse_unit("亿元").factor
    10000.0
    >>> parse_unit("㎡").dimension
    'area'
    >>> parse_unit("地址") is None
    True
    """
    bare = plain(text).removeprefix("单位:").removeprefix("单位")
    # Amounts in other money are recognised in order to be refused: there is no rate that a program
    # could assume.
    if _FOREIGN.fullmatch(bare):
        return Unit("foreign", 1.0, text)
    if _THOUSANDS.fullmatch(bare):
        return Unit("money", 0.1, text)
    # 万元/年 is what a year's figure is in; ¥10,000 and K¥ leave the 元 to the sign.
    amount = _YUAN.sub("", bare).strip("()")
    of_sign = f"{amount}元" if amount not in {"", bare} else ""
    for money in (bare, amount, of_sign, bare.removesuffix("/年")):
        if money in _MONEY:
            return Unit("money", _MONEY[money], text)
    if bare in _AREA:
        return Unit("area", _AREA[bare], text)
    for dimension, table in _OTHERS.items():
        if bare in table:
            return Unit(dimension, table[bare], text)
    return _compound(bare, text)


# A currency says whose money it is and not how much of it one is: RMB alone is no unit.
_YUAN = re.compile(r"人民币|^(?:rmb|cny)|(?:rmb|cny)$|^[¥￥]|[¥￥]$")


def _compound(bare: str, text: str) -> Unit | None:
    rent = _RENT.match(bare)
    if rent and rent["money"] in _MONEY and rent["area"] in _AREA:
        # Rents are compared in yuan per m² and month, whatever the contract states.
        yuan_per_m2 = _MONEY[rent["money"]] / _MONEY["元"] / _AREA[rent["area"]]
        return Unit("rent", yuan_per_m2 * _PER_MONTH[rent["time"]], text)
    density = _DENSITY.match(bare)
    if density and density["money"] in _MONEY and density["area"] in _AREA:
        return Unit(
            "money_per_area", _MONEY[density["money"]] / _MONEY["元"] / _AREA[density["area"]], text
        )
    return None


def factor(unit: Unit, schema_unit: str) -> float | None:
    """Return what a number in ``unit`` is multiplied by to be in ``schema_unit``.

    ``None`` where the two do not measure the same thing. ``schema_unit`` is a schema's own spelling; an empty
    one means a plain number, which only a share can scale to.

    Examples
    --------
    >>> factor(parse_unit("元"), "万元"), factor(parse_unit("公顷"), "m²"), factor(parse_unit("人"), "万元")
    (0.0001, 10000.0, None)
    """
    if not schema_unit:
        return unit.factor if unit.dimension == "share" else None
    wanted = parse_unit(schema_unit)
    if wanted is None or wanted.dimension != unit.dimension:
        return None
    return unit.factor / wanted.factor


# Longest first (万元 before 元). Left out are those that end too many ordinary words.
_SUFFIX_UNITS = sorted(
    {*_MONEY, *_AREA, *_OTHERS["share"], *_OTHERS["people"], *_OTHERS["count"]}
    - {"万", "亿", "m", "平方", "平", "方", "万平", "万方"},
    key=len,
    reverse=True,
)


_SAID = re.compile(r"(?:计量|金额|货币)?单位$")


def find_unit(text: str) -> tuple[str, Unit] | None:
    """Split a trailing unit off a heading that has no brackets: ``营业收入万元``, ``面积/亩``, ``tax_10k_cny``.

    Returns
    -------
    rest, unit : str, Unit
        What is before the unit, and the unit; ``None`` where none ends the text.
    """
    bare = unicodedata.normalize("NFKC", text).strip().lower().translate(_SIMPLE)
    squeezed = re.sub(r"[\s_\-]+", "", bare)
    for suffix in _SUFFIX_UNITS:
        if not squeezed.endswith(suffix) or len(squeezed) <= len(suffix):
            continue
        latin = suffix.isascii() and suffix.isalpha()
        # tax_mu ends in a unit, but "total" does not end in l: Latin units need a separator before
        # them.
        if latin and not re.search(rf"[\s_\-/(:]{re.escape(suffix)}$", bare):
            continue
        unit = parse_unit(suffix)
        if unit is not None:
            rest = squeezed.removesuffix(suffix).rstrip("/:：,，(-_")
            # "营业收入单位万元" leaves the word 单位 behind.
            return _SAID.sub("", rest) or rest, unit
    return None
