"""How addresses are spoiled without saying anything else: widths, spaces, scripts, numerals, additions, hostile text."""

# ruff: noqa: ARG001 - every kind of dirt has one signature, whether it needs names and chance or not

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from industrymap.sample._random import pick
from industrymap.sample.addresses import CITY

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from industrymap.sample.addresses import Address, Names

    Dirt = Callable[[Address, Names, np.random.Generator], bool]

__all__ = ["HOSTILE", "SPELLINGS", "chinese_number"]

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

_DIGITS = "零一二三四五六七八九"


def _fullwidth(address: Address, names: Names, rng: np.random.Generator) -> bool:
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in address.text)
    changed = wide != address.text
    address.text = wide
    return changed


def _spaces(address: Address, names: Names, rng: np.random.Generator) -> bool:
    cut = int(rng.integers(2, max(3, len(address.text) - 1)))
    first, middle = pick(rng, (" ", "\u3000", "")), pick(rng, (" ", "\u3000", "\u00a0"))
    address.text = f"{first}{address.text[:cut]}{middle}{address.text[cut:]} "
    return True


def _traditional(address: Address, names: Names, rng: np.random.Generator) -> bool:
    import zhconv

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # zhconv leaves its dictionary open
        changed = str(zhconv.convert(address.text, "zh-hant"))
    if changed == address.text:
        return False
    address.text = changed
    return True


def _chinese_numerals(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.number or f"{address.number}号" not in address.text:
        return False
    written = (
        chinese_number(address.number)
        if rng.random() < 0.6
        else "".join(_DIGITS[int(d)] for d in str(address.number)).replace("零", "〇")
    )
    address.text = address.text.replace(f"{address.number}号", f"{written}号", 1)
    return True


def _after_number(address: Address, make: str) -> bool:
    if not address.number or f"{address.number}号" not in address.text:
        return False
    address.text = address.text.replace(f"{address.number}号", f"{address.number}号{make}", 1)
    return True


def _self_numbered(address: Address, names: Names, rng: np.random.Generator) -> bool:
    n = int(rng.integers(1, 30))
    forms = (
        f"自编{n}号",
        f"（自编{pick(rng, 'ABC')}{n}）",
        f"自编{n}栋",
        f"（自编{n}号楼）",
        f"自编之{n}",
    )
    if _after_number(address, pick(rng, forms)):
        return True
    if address.level != "park":
        return False
    address.text += f"自编{n}号"
    return True


def _sub_number(address: Address, names: Names, rng: np.random.Generator) -> bool:
    return _after_number(address, pick(rng, ("之一", "之二", "之1", "之三", "-1", "之一101")))


def _number_range(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.number or f"{address.number}号" not in address.text:
        return False
    other = address.number + 2 * int(rng.integers(1, 4))
    joined = pick(
        rng,
        (
            f"{address.number}-{other}号",
            f"{address.number}、{other}号",
            f"{address.number}号、{other}号",
            f"{address.number}～{other}号",
        ),
    )
    address.text = address.text.replace(f"{address.number}号", joined, 1)
    return True


def _annotation(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.text += pick(
        rng,
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


def _floor_room(address: Address, names: Names, rng: np.random.Generator) -> bool:
    floor = int(rng.integers(1, 9))
    address.text += pick(
        rng,
        (
            f"{floor}楼",
            f"{floor}楼{floor}0{int(rng.integers(1, 9))}房",
            f"{floor}层",
            f"{floor}0{int(rng.integers(1, 9))}室",
            f"首层之{floor}",
            f"{pick(rng, 'ABC')}座{floor}F",
        ),
    )
    return True


def _separators(address: Address, names: Names, rng: np.random.Generator) -> bool:
    mark = pick(rng, ("-", "，", "/", "·", "、"))
    kept = [address.parts.get(part, "") for part in ("city", "district", "town")]
    joined = "".join(kept)
    if not all(kept) or joined not in address.text:
        return False
    address.text = address.text.replace(joined, mark.join(kept) + mark, 1)
    return True


def _line_break(address: Address, names: Names, rng: np.random.Generator) -> bool:
    cut = max(3, len(address.text) // 2)
    address.text = f"{address.text[:cut]}\n{address.text[cut:]}"
    return True


def _hostile(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.text += pick(rng, HOSTILE)
    return True


def _district_in_brackets(address: Address, names: Names, rng: np.random.Generator) -> bool:
    district = address.parts.get("district", "")
    if not district or district not in address.text:
        return False
    address.text = address.text.replace(district, f"（{district}）", 1)
    return True


def _contact(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.text += pick(
        rng, (" 联系电话 000-00000000", "，邮编 990000", " 收发室转", "（张先生）")
    )
    return True


def _two_addresses(address: Address, names: Names, rng: np.random.Generator) -> bool:
    other = names.city.plan.towns[int(rng.integers(len(names.city.plan.towns)))]
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


SPELLINGS: dict[str, tuple[Dirt, float]] = {
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
