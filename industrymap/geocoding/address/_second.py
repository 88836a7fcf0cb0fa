"""A second address in the same cell: behind a label, a separator or a bracket, or simply run on.

Registers write a registered and an operating address into one cell in many ways. Which of them is meant cannot be known,
so an address that disagrees with the first is a conflict, never a remark.
"""

from __future__ import annotations

import re

__all__ = [
    "LABEL",
    "SITE",
    "SITE_AT_HEAD",
    "SITE_BEFORE",
    "is_address",
    "same_place",
    "split_at_labels",
]

LABEL = re.compile(
    r"(?:企业|公司|工商|实际|主要|现)?"
    r"(?:注册|登记|经营|生产|办公|通讯|通信|联系|仓库|仓储|营业|厂房?|加工|实际|分厂|另)"
    r"(?:所在地|地址|场所|场地|地点|地|址)[一二12]?[:、]?"
    r"|一址多照[:、]?|住所[:、]|地址[一二12]?[:、]"
)
"""What announces an address inside a cell: 注册地：, 经营地址, 厂址, 一址多照."""

SITE = re.compile(r"(?:[一-鿿]{0,4}(?:园区|校区|厂区|分厂|厂|基地|工厂|分公司|仓库))$")
"""What makes a bare district name in a bracket another site of the firm: (番禺园区)."""

_SITE_WORD = r"(?:工厂|车间|厂房|厂区|分厂|仓库|分公司|生产线?|办公|经营|加工|总部)(?:地|址|点|区)?[在位于设:,、]{0,3}"
SITE_BEFORE = re.compile(_SITE_WORD + "$")
"""What announces a second site before a bare name: 工厂:新塘, 生产车间在狮岭."""

SITE_AT_HEAD = re.compile(r"[一-鿿]{0,2}" + _SITE_WORD)
"""The same at the head of a remark: (车间:狮岭)."""

_LATER = re.compile(r"[区县镇街路村号]")
"""What follows the city in an address."""

_ROAD_NUMBER = re.compile(r"[一-鿿]{2,12}?(?:大道[东南西北中]?|[路街巷道])[东南西北中]?\d+")


def split_at_labels(plain: str) -> tuple[str, list[str]]:
    """Return the first address without its label, and every further address that a label announces.

    Examples
    --------
    >>> split_at_labels("注册地:白云区德康路88号经营地:番禺区大博路4号")
    ('白云区德康路88号', ['番禺区大博路4号'])
    >>> split_at_labels("白云区德康路88号")
    ('白云区德康路88号', [])
    """
    parts = [part.strip(",;、:.-/ ") for part in LABEL.split(plain)]
    # 同上 and other fillers behind a label are no address.
    known = [part for part in parts if is_address(part)]
    if not known:
        return plain, []
    return known[0], known[1:]


def is_address(text: str) -> bool:
    """Return whether a text says where something is: 同上 does not."""
    return len(text) > 2 and _LATER.search(text) is not None


def same_place(one: str, other: str) -> bool:
    """Return whether two addresses name the same road and number, or one repeats the other.

    Examples
    --------
    >>> same_place("天河区珠吉路58号", "广州市天河区珠吉路58号A栋"), same_place("珠吉路58号", "石潭路1号")
    (True, False)
    """
    if one in other or other in one:
        return True
    # The road's name begins somewhere behind the divisions: the shorter writing ends the longer one.
    numbers = [[m.group() for m in _ROAD_NUMBER.finditer(text)] for text in (one, other)]
    return (
        any(a.endswith(b[-4:]) for a in numbers[0] for b in numbers[1]) if all(numbers) else False
    )
