"""Invented words: villages, roads, parks, brands. Built from syllables, so that none is a real one on purpose."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from industrymap.sample._random import pick

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

__all__ = [
    "ESTATE_THEMES",
    "PARK_ENDINGS",
    "block_road_names",
    "brand",
    "building_name",
    "road_words",
    "unique",
    "village_words",
]

_FAMILIES = "陈李黄林何梁罗郑谢宋许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_FAMILY_ENDINGS = ("屋", "家", "边", "家墩", "家围", "家塘", "家岭", "家坳")
_SIDES = "上下东西南北大小新老中前后内外"
_LANDS = "洲塘溪湾岭陂田冈桥埠浦滘坑坪围沙涌墩头园坊渡津坳垌圩寮布社朗尾美村贝潭井"
_GREENS = "梅兰竹菊松柏桃李杏榕桂荷莲枫桐槐柳杉樟棉茶稻麦瓜芋蔗葵芦苇菱藕莞蒲艾蓝茉茜菁苗"
_LUCK = "永兴广福昌盛安康金银文武迎春锦秀明德仁义和顺利丰泰恒嘉瑞祥裕宏远景云霞晨曦朝晖翠碧青"
_ROAD_SECOND = "业华兴隆达通泰安宁和平康乐山水江河湖海园林峰岭原源泉川城府门桥景阳月星辰宇光明辉"
_INDUSTRIAL = (
    "创业",
    "兴业",
    "科技",
    "创新",
    "振兴",
    "工业",
    "腾飞",
    "宏图",
    "开泰",
    "智造",
    "骏业",
    "鸿业",
    "勤业",
    "建业",
    "展业",
    "精工",
    "汇智",
    "启航",
    "新科",
    "光谱",
)
_NUMBERS = "一二三四五六七八九十"
_BRAND_FIRST = (
    "澄锐恒朗皓砺臻铄焱骏睿弘颢晟璟赫迈昇隽卓翌珩祺钧铭翰诺蔚宸熠屹湛彤曜煜瀚骁峻鋆玮琮勋"
)
_BRAND_SECOND = (
    "澄涛格朗维森凯腾科威达普诺迅捷峰驰拓基力特尔思源盛泰邦博创联合欣欧美立德亿信成昂尚唯畅祥"
)
_BRAND_THIRD = "克斯顿丽亚泽宁"

ESTATE_THEMES = (
    "汽车城",
    "装备园",
    "新材料园",
    "光电园",
    "生物岛",
    "智造谷",
    "电子城",
    "食品园",
    "临港园",
    "轻工城",
)
PARK_ENDINGS = (
    "工业园",
    "工业区",
    "第一工业区",
    "第二工业区",
    "第三工业区",
    "创业园",
    "科技园",
    "工业集聚区",
    "产业园",
    "旧厂区",
    "经济发展园",
    "工贸园",
    "皮具工业园",
    "塑料城",
    "第四工业区",
    "第五工业区",
    "东工业园",
    "西工业园",
    "南工业园",
    "北工业园",
    "工业小区",
    "五金工业园",
    "服装工业园",
    "仓储园",
    "老工业区",
    "新工业区",
)
_BUILDING_ENDINGS = (
    "大厦",
    "中心",
    "广场",
    "商务大厦",
    "创意园",
    "科技大厦",
    "总部大楼",
    "孵化器",
    "智汇园",
    "国际中心",
)


def unique(make: Callable[[], str], taken: set[str], *, tries: int = 400) -> str:
    """Return a word that ``taken`` does not hold, and add it there."""
    for _ in range(tries):
        word = make()
        if word not in taken:
            taken.add(word)
            return word
    # A digit at the end would run into a house number: a word in front tells them apart.
    for first in product(" 新老东西南北上下中大小", repeat=2):
        longer = "".join(first).strip() + word
        if longer not in taken:
            taken.add(longer)
            return longer
    msg = f"too many places are called {word!r}"
    raise ValueError(msg)


def village_words(rng: np.random.Generator) -> str:
    """Return a village's word without its suffix: 陈屋, 上塘, 梅洲."""
    kind = rng.random()
    if kind < 0.4:
        return pick(rng, _FAMILIES) + pick(rng, _FAMILY_ENDINGS)
    if kind < 0.6:
        return pick(rng, _SIDES) + pick(rng, _LANDS)
    return pick(rng, _GREENS) + pick(rng, _LANDS)


def road_words(rng: np.random.Generator) -> str:
    """Return a road's word without its suffix: 永业, 锦川."""
    return pick(rng, _LUCK) + pick(rng, _ROAD_SECOND)


def block_road_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return the names of one estate's streets: an avenue, then numbered roads of one word."""
    word, other = rng.permutation(len(_INDUSTRIAL))[:2].tolist()
    names = [f"{_INDUSTRIAL[word]}大道"]
    names += [f"{_INDUSTRIAL[word]}{n}路" for n in _NUMBERS]
    names += [f"{_INDUSTRIAL[other]}{n}路" for n in _NUMBERS]
    names += [f"{_INDUSTRIAL[other]}{n}横路" for n in _NUMBERS]
    return names[:count]


def brand(rng: np.random.Generator) -> str:
    """Return an invented brand of two or three syllables."""
    word = pick(rng, _BRAND_FIRST) + pick(rng, _BRAND_SECOND)
    return word + pick(rng, _BRAND_THIRD) if rng.random() < 0.22 else word


def building_name(rng: np.random.Generator) -> str:
    """Return the name of a building: 锦川大厦."""
    return road_words(rng) + pick(rng, _BUILDING_ENDINGS)
