"""The providers' own levels, mapped to ours with a radius.

The radii are our proposal: half the usual size of the thing named, never a promise of a provider. A level
missing here is not placed.
"""

from __future__ import annotations

__all__ = ["RADIUS_M", "level_of_radius", "level_of_words"]

RADIUS_M: dict[str, float] = {
    "address": 60.0,
    "interpolated": 120.0,
    "building": 150.0,
    "park": 600.0,
    "road": 1_500.0,
    "village": 1_500.0,
    "town": 5_000.0,
    "district": 20_000.0,
}
"""Radius of a level, in metres, where the provider states none."""

_WORDS: dict[str, tuple[str, float]] = {
    "门牌号": ("address", 60.0),
    "单元号": ("address", 60.0),
    "楼层": ("address", 60.0),
    "房间": ("address", 60.0),
    "门址": ("address", 60.0),
    "兴趣点": ("building", 150.0),
    "公司企业": ("building", 150.0),
    "商务大厦": ("building", 150.0),
    "政府机构": ("building", 200.0),
    "地产小区": ("building", 300.0),
    "住宅区": ("building", 300.0),
    "公交地铁站点": ("building", 250.0),
    "停车场/停车区": ("building", 200.0),
    "加油站": ("building", 150.0),
    "生活服务": ("building", 150.0),
    "休闲娱乐": ("building", 200.0),
    "餐饮": ("building", 150.0),
    "宾馆": ("building", 150.0),
    "购物": ("building", 200.0),
    "金融": ("building", 150.0),
    "教育": ("building", 400.0),
    "医疗": ("building", 300.0),
    "汽车服务": ("building", 200.0),
    "工业园区": ("park", 800.0),
    "产业园区": ("park", 800.0),
    "小巷": ("road", 300.0),
    "道路交叉路口": ("road", 200.0),
    "交叉路口": ("road", 200.0),
    "道路": ("road", 1_500.0),
    "热点商圈": ("village", 1_500.0),
    "商圈": ("village", 1_500.0),
    "村庄": ("village", 1_500.0),
    "乡镇": ("town", 5_000.0),
    "开发区": ("town", 6_000.0),
    "区县": ("district", 20_000.0),
}
"""The words of Amap's ``level``, Baidu's ``level`` and Tianditu's free text (``facts/geocoding.md``).

``国家 省 市 城市 未知 UNKNOWN`` are left out: a city's centre is no place for a firm. A development zone is far
larger than a park, so it ranks with the towns.
"""

# From fine to coarse: the first level whose radius holds the stated error is the answer.
_BY_RADIUS = (
    ("address", 50.0),
    ("building", 200.0),
    ("road", 500.0),
    ("village", 2_000.0),
    ("town", 8_000.0),
)


def level_of_words(words: str) -> tuple[str, float] | None:
    """Return our level and radius in metres for a provider's word.

    Examples
    --------
    >>> level_of_words("门牌号")
    ('address', 60.0)
    >>> level_of_words("市") is None
    True
    """
    return _WORDS.get(words.strip())


def level_of_radius(radius_m: float) -> str:
    """Return the level that a bare radius in metres amounts to.

    Examples
    --------
    >>> level_of_radius(50), level_of_radius(1000), level_of_radius(10000)
    ('address', 'village', 'district')
    """
    return next((level for level, most in _BY_RADIUS if radius_m <= most), "district")
