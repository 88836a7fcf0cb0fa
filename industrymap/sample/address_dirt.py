"""What people do to addresses: each kind of dirt is one function that changes an address, or declines to.

A kind that takes a part away also says what is then the finest level that can be right.
"""

# ruff: noqa: ARG001 - every kind of dirt has one signature, whether it needs names and chance or not

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

import numpy as np

from industrymap.sample._dice import pick
from industrymap.sample.addresses import CITY, short_town

if TYPE_CHECKING:
    from collections.abc import Callable

    from industrymap.sample.addresses import Address, Names

    Dirt = Callable[[Address, Names, np.random.Generator], bool]

__all__ = ["AFTER", "BEFORE", "HOSTILE", "soil"]

HOSTILE = (
    "{{7*7}}",
    "{% for x in range(9) %}乙{% endfor %}",
    "{# 内部 #}",
    "甲{%乙",
    "${7*7}",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "<!--",
    "\u2028\u2029",
    "'\"`&amp;",
    "]]>",
)
"""Text that must arrive as it is and run nowhere."""

_ZONES = {
    # district code → (full name, short names) of the zone that most of its estates belong to
    "990112": ("云麓高新技术产业开发区", ("高新区", "云麓高新区")),
    "990113": ("云麓经济技术开发区", ("经开区", "云麓开发区")),
    "990111": ("青棠科学城", ("科学城",)),
    "990114": ("汀南临港经济区", ("临港区",)),
    "990115": ("龙溆新城", ("龙溆新城产业园区",)),
}
_OTHER_CITIES = (
    "佛山市南海区桂城街道南平西路13号",
    "广东省东莞市长安镇振安东路88号",
    "上海市浦东新区张江镇祖冲之路1500号",
    "江苏省苏州市工业园区星湖街328号",
    "浙江省杭州市滨江区江南大道3888号",
    "深圳市宝安区西乡街道固戍一路101号",
    "湖南省长沙市岳麓区麓谷大道658号",
    "香港九龙观塘道388号",
)
_TRAPS = (
    "江苏省淮安市清江浦区云麓东路18号",
    "新疆维吾尔自治区乌鲁木齐市头屯河区云麓市场A区5号",
    "梅州市云麓（梅州）产业转移工业园12号",
    "成都市双流区鹭洲里商业街3号",
    "四川省成都市武侯区芷溪路21号",
)
_GARBAGE = (
    "无",
    "待补充",
    "详见合同",
    "/",
    "1111111",
    "？？？",
    "同上",
    "不详",
    "暂无固定场所",
    "#N/A",
    "见附件",
    "-",
)
_DIGITS = "零一二三四五六七八九"
_TYPOS = {
    "永": "咏",
    "兴": "星",
    "广": "光",
    "福": "富",
    "昌": "倡",
    "盛": "圣",
    "安": "按",
    "康": "糠",
    "金": "巾",
    "银": "垠",
}


def soil(address: Address, names: Names, dice: np.random.Generator) -> None:
    """Put one or two kinds of dirt on an address and render it."""
    kinds = [*BEFORE, *AFTER]
    weights = np.array([weight for _, weight in (*BEFORE.values(), *AFTER.values())])
    order = dice.choice(len(kinds), 12, replace=False, p=weights / weights.sum())
    chosen = [kinds[k] for k in order.tolist()]
    wanted = 1 if dice.random() < 0.72 else 2
    spoil: list[str] = []
    for kind in chosen:
        if len(address.dirt) + len(spoil) >= wanted:
            break
        if kind in AFTER:
            spoil.append(kind)
        elif BEFORE[kind][0](address, names, dice):
            address.dirt.append(kind)
    address.text = address.text or address.render()
    for kind in [*spoil, *(k for k in chosen if k in AFTER and k not in spoil)]:
        if len(address.dirt) >= wanted or not address.level:
            break
        if AFTER[kind][0](address, names, dice):
            address.dirt.append(kind)


# --- parts taken away or exchanged -----------------------------------------------------------------------


def _has_fine_part(address: Address) -> bool:
    return any(address.parts.get(part) for part in ("road", "village"))


def _no_city(address: Address, names: Names, dice: np.random.Generator) -> bool:
    address.parts["province"] = address.parts["city"] = ""
    return True


def _no_town(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not _has_fine_part(address) or not _unique(address, names, city_wide=False):
        return False
    address.parts["town"] = ""
    return True


def _no_district(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.parts["town"] or names.town_count[short_town(address.parts["town"])] > 1:
        return False
    address.parts["district"] = ""
    return True


def _no_district_town(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not _has_fine_part(address) or not _unique(address, names, city_wide=True):
        return False
    address.parts["district"] = address.parts["town"] = ""
    return True


def _unique(address: Address, names: Names, *, city_wide: bool) -> bool:
    """Return whether the finest part tells the place without its town (or district)."""
    code = names.city.plan.towns[address.spot.town].district_code
    road, village = address.parts.get("road"), address.parts.get("village")
    if road:
        return (names.road_count[road] if city_wide else names.road_district_count[code, road]) == 1
    word = names.city.villages[address.spot.village].word
    return bool(village) and names.village_count[word] == 1


def _former_district(address: Address, names: Names, dice: np.random.Generator) -> bool:
    code = names.city.plan.towns[address.spot.town].district_code
    former = names.former_districts.get(code)
    if not former or not address.parts["district"]:
        return False
    address.parts["district"] = pick(dice, former)
    return True


def _former_town(address: Address, names: Names, dice: np.random.Generator) -> bool:
    town = names.city.plan.towns[address.spot.town]
    former = names.former_towns.get(town.code)
    if not former or not address.parts["town"]:
        return False
    name, district_code = pick(dice, former)
    address.parts["town"] = name
    if district_code != town.district_code and address.parts["district"]:
        address.parts["district"] = names.district_names[district_code]
        address.dirt.append("transferred_town")
    return True


def _short_town(address: Address, names: Names, dice: np.random.Generator) -> bool:
    town = address.parts["town"]
    if not town or names.town_count[short_town(town)] > 1:
        return False
    address.parts["town"] = short_town(town) + (
        "街" if town.endswith("街道") and dice.random() < 0.6 else ""
    )
    return True


def _zone(address: Address, names: Names, dice: np.random.Generator) -> bool:
    zone = _ZONES.get(names.city.plan.towns[address.spot.town].district_code)
    if not zone or not _has_fine_part(address) or not _unique(address, names, city_wide=False):
        return False
    address.parts["district"] = address.parts["town"] = ""
    address.parts["zone"] = zone[0] if dice.random() < 0.5 else pick(dice, zone[1])
    if address.parts["zone"] != zone[0]:
        address.dirt.append("zone_alias")
    return True


def _repeated(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.parts["district"]:
        return False
    address.parts["district"] = f"{address.parts['district']}{CITY}{address.parts['district']}"
    return True


def _wrong_district(address: Address, names: Names, dice: np.random.Generator) -> bool:
    code = names.city.plan.towns[address.spot.town].district_code
    if (
        not address.parts["district"]
        or not address.parts["town"]
        or names.town_count[short_town(address.parts["town"])] > 1
    ):
        return False
    address.parts["district"] = pick(
        dice, [d.name for d in names.city.plan.districts if d.code != code]
    )
    address.issue = "conflict"
    return True


def _typo_road(address: Address, names: Names, dice: np.random.Generator) -> bool:
    road = address.parts.get("road", "")
    if not road or road[0] not in _TYPOS or not address.parts["town"] or address.parts.get("place"):
        return False
    address.parts["road"] = _TYPOS[road[0]] + road[1:]
    address.level = "town"
    address.number = 0
    return True


def _town_only(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.parts["town"]:
        return False
    _keep(address, ("province", "city", "district", "town"))
    address.level = "town"
    return True


def _district_only(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.parts["district"]:
        return False
    _keep(address, ("province", "city", "district"))
    address.level = "district"
    return True


def _road_only(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.parts.get("road") or address.parts.get("place"):
        return False
    address.parts["number"] = address.parts["unit"] = ""
    address.level, address.number = "road", 0
    return True


def _keep(address: Address, parts: tuple[str, ...]) -> None:
    address.parts = {part: address.parts.get(part, "") for part in parts}
    address.parts.setdefault("town", "")
    address.number = 0


def _relative(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.parts.get("road") or address.parts.get("place"):
        return False
    way, metres = (
        pick(dice, ("西北", "东南", "以东", "北侧", "南行")),
        int(dice.integers(1, 12)) * 10,
    )
    address.parts["number"] = pick(
        dice,
        (
            f"交叉口{way}{metres}米",
            f"与环城路交叉口{way}{metres}米",
            "加油站对面",
            f"{way}约{metres}米处",
        ),
    )
    address.parts["unit"] = ""
    address.level, address.number, address.issue = "road", 0, "relative"
    return True


def _other_city(address: Address, names: Names, dice: np.random.Generator) -> bool:
    address.text = pick(dice, _OTHER_CITIES)
    address.level, address.number, address.issue = None, 0, "out_of_city"
    return True


def _city_name_trap(address: Address, names: Names, dice: np.random.Generator) -> bool:
    address.text = pick(dice, _TRAPS)
    address.level, address.number, address.issue = None, 0, "out_of_city"
    return True


def _garbage(address: Address, names: Names, dice: np.random.Generator) -> bool:
    address.text = pick(dice, _GARBAGE)
    address.level, address.number = None, 0
    return True


def _blank(address: Address, names: Names, dice: np.random.Generator) -> bool:
    address.text = " "
    address.level, address.number = None, 0
    return True


def _english(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.number or not address.parts["district"]:
        return False
    address.text = f"No. {address.number}, {int(dice.integers(1, 30))}/F, Industrial Road, {address.parts['district']}, Yunlu, P.R. China"
    address.level, address.number = "district", 0
    return True


def _ambiguous_road(address: Address, names: Names, dice: np.random.Generator) -> bool:
    """Leave only a road that stands in several districts: strict geocoding must not choose."""
    road = address.parts.get("road", "")
    if not road or names.road_count[road] < 2 or address.parts.get("place"):
        return False
    districts = sum(1 for code, name in names.road_district_count if name == road)
    if districts < 2:
        return False
    address.parts["district"] = address.parts["town"] = ""
    address.level, address.number, address.issue = None, 0, "ambiguous"
    return True


# --- text spoiled ----------------------------------------------------------------------------------------


def _fullwidth(address: Address, names: Names, dice: np.random.Generator) -> bool:
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in address.text)
    changed = wide != address.text
    address.text = wide
    return changed


def _spaces(address: Address, names: Names, dice: np.random.Generator) -> bool:
    cut = int(dice.integers(2, max(3, len(address.text) - 1)))
    first, middle = pick(dice, (" ", "\u3000", "")), pick(dice, (" ", "\u3000", "\u00a0"))
    address.text = f"{first}{address.text[:cut]}{middle}{address.text[cut:]} "
    return True


def _traditional(address: Address, names: Names, dice: np.random.Generator) -> bool:
    import zhconv

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # zhconv leaves its dictionary open
        changed = str(zhconv.convert(address.text, "zh-hant"))
    if changed == address.text:
        return False
    address.text = changed
    return True


def _chinese_numerals(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.number or f"{address.number}号" not in address.text:
        return False
    written = (
        chinese_number(address.number)
        if dice.random() < 0.6
        else "".join(_DIGITS[int(d)] for d in str(address.number)).replace("零", "〇")
    )
    address.text = address.text.replace(f"{address.number}号", f"{written}号", 1)
    return True


def _after_number(address: Address, make: str) -> bool:
    if not address.number or f"{address.number}号" not in address.text:
        return False
    address.text = address.text.replace(f"{address.number}号", f"{address.number}号{make}", 1)
    return True


def _self_numbered(address: Address, names: Names, dice: np.random.Generator) -> bool:
    n = int(dice.integers(1, 30))
    forms = (
        f"自编{n}号",
        f"（自编{pick(dice, 'ABC')}{n}）",
        f"自编{n}栋",
        f"（自编{n}号楼）",
        f"自编之{n}",
    )
    if _after_number(address, pick(dice, forms)):
        return True
    if address.level != "park":
        return False
    address.text += f"自编{n}号"
    return True


def _sub_number(address: Address, names: Names, dice: np.random.Generator) -> bool:
    return _after_number(address, pick(dice, ("之一", "之二", "之1", "之三", "-1", "之一101")))


def _number_range(address: Address, names: Names, dice: np.random.Generator) -> bool:
    if not address.number or f"{address.number}号" not in address.text:
        return False
    other = address.number + 2 * int(dice.integers(1, 4))
    joined = pick(
        dice,
        (
            f"{address.number}-{other}号",
            f"{address.number}、{other}号",
            f"{address.number}号、{other}号",
            f"{address.number}～{other}号",
        ),
    )
    address.text = address.text.replace(f"{address.number}号", joined, 1)
    return True


def _annotation(address: Address, names: Names, dice: np.random.Generator) -> bool:
    address.text += pick(
        dice,
        (
            "（一照多址）",
            "（仅限办公）",
            "(临时经营场所)",
            "（集群注册）",
            "（部位：东侧）",
            "【原址】",
            "（不可作厂房使用）",
            "（住所申报）",
        ),
    )
    return True


def _floor_room(address: Address, names: Names, dice: np.random.Generator) -> bool:
    floor = int(dice.integers(1, 9))
    address.text += pick(
        dice,
        (
            f"{floor}楼",
            f"{floor}楼{floor}0{int(dice.integers(1, 9))}房",
            f"{floor}层",
            f"{floor}0{int(dice.integers(1, 9))}室",
            f"首层之{floor}",
            f"{pick(dice, 'ABC')}座{floor}F",
        ),
    )
    return True


def _separators(address: Address, names: Names, dice: np.random.Generator) -> bool:
    mark = pick(dice, ("-", "，", "/", "·", "、"))
    kept = [address.parts.get(part, "") for part in ("city", "district", "town")]
    joined = "".join(kept)
    if not all(kept) or joined not in address.text:
        return False
    address.text = address.text.replace(joined, mark.join(kept) + mark, 1)
    return True


def _line_break(address: Address, names: Names, dice: np.random.Generator) -> bool:
    cut = max(3, len(address.text) // 2)
    address.text = f"{address.text[:cut]}\n{address.text[cut:]}"
    return True


def _hostile(address: Address, names: Names, dice: np.random.Generator) -> bool:
    address.text += pick(dice, HOSTILE)
    return True


def _district_in_brackets(address: Address, names: Names, dice: np.random.Generator) -> bool:
    district = address.parts.get("district", "")
    if not district or district not in address.text:
        return False
    address.text = address.text.replace(district, f"（{district}）", 1)
    return True


def _contact(address: Address, names: Names, dice: np.random.Generator) -> bool:
    address.text += pick(
        dice, (" 联系电话 000-00000000", "，邮编 990000", " 收发室转", "（张先生）")
    )
    return True


def _two_addresses(address: Address, names: Names, dice: np.random.Generator) -> bool:
    other = names.city.plan.towns[int(dice.integers(len(names.city.plan.towns)))]
    if not address.parts["district"]:
        return False
    address.text += f"；{CITY}{names.district_names[other.district_code]}{other.name}"
    return True


def chinese_number(number: int) -> str:
    """Write a whole number below 10,000 in Chinese.

    Examples
    --------
    >>> [chinese_number(n) for n in (8, 12, 20, 105, 1010, 123)]
    ['八', '十二', '二十', '一百零五', '一千零一十', '一百二十三']
    """
    written, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            written += ("零" if zero and written else "") + _DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return re.sub("^一十", "十", written) or "零"


BEFORE: dict[str, tuple[Dirt, float]] = {
    "no_city": (_no_city, 6),
    "no_town": (_no_town, 9),
    "no_district": (_no_district, 6),
    "no_district_town": (_no_district_town, 4),
    "former_district": (_former_district, 6),
    "former_town": (_former_town, 14),
    "short_town": (_short_town, 5),
    "zone": (_zone, 6),
    "repeated": (_repeated, 2),
    "wrong_district": (_wrong_district, 1.6),
    "typo_road": (_typo_road, 5),
    "town_only": (_town_only, 1.2),
    "district_only": (_district_only, 0.8),
    "road_only": (_road_only, 1.5),
    "relative": (_relative, 2.0),
    "other_city": (_other_city, 0.8),
    "city_name_trap": (_city_name_trap, 0.6),
    "garbage": (_garbage, 0.9),
    "blank": (_blank, 0.6),
    "english": (_english, 0.4),
    "ambiguous_road": (_ambiguous_road, 1.6),
}
"""Kinds that change what the address says, with their weight."""

AFTER: dict[str, tuple[Dirt, float]] = {
    "fullwidth": (_fullwidth, 6),
    "spaces": (_spaces, 5),
    "traditional": (_traditional, 3),
    "chinese_numerals": (_chinese_numerals, 4),
    "self_numbered": (_self_numbered, 8),
    "sub_number": (_sub_number, 5),
    "number_range": (_number_range, 3),
    "annotation": (_annotation, 6),
    "floor_room": (_floor_room, 12),
    "separators": (_separators, 2),
    "line_break": (_line_break, 1.2),
    "hostile": (_hostile, 0.5),
    "district_in_brackets": (_district_in_brackets, 1.5),
    "contact": (_contact, 1.0),
    "two_addresses": (_two_addresses, 0.7),
}
"""Kinds that change only how it is written."""
