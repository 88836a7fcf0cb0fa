"""The city that every page is made of: seeded, with names, addresses and credit codes like those of a real register.

The polygons (2,705 village parks, 690 blocks, districts, towns, water, roads) are those of the page's own tests. The texts are
as hard to compress as real ones: at 100,000 rows the names take 10.2 bytes each and the addresses 16.4 in zlib blocks of 2,048 rows
(a public register of 8,000 firms: 10.5 and 16.8), so that no page looks small because its data repeats itself.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "helpers"))

import webmap_city

if TYPE_CHECKING:
    import geopandas as gpd

SEED = 7
CHARACTERS = (
    "华盛达兴宏泰恒信德昌隆永安瑞丰金海天新明嘉美联合创科汇通利源博远东方正大中南北辰星宇鹏飞翔龙凤鸿祥福禄康乐和顺平"
    "立诚诺亚卓越优佳锦绣江山岭峰川河湖洋波涛润泽雨露春晖朝阳旭日升腾跃进步步高登云霄凌志向前程似玉珠宝银铂钻晶莹光亮"
    "彩虹霞艺文韬略智慧敏捷速迅雷霆威力强劲雄伟豪杰英才俊彦贤良善淳厚朴实勤俭精益求真理想梦圆满堂红火焰炎夏秋冬雪梅兰"
    "竹菊松柏桂枫林森木叶荣茂盛欣悦怡然自得意如愿景象万千百億邦国治宁静致广沃田园景色家庭伟业基石磐固坚韧钢铁铜铝锌镍"
)
TRADES = (
    "汽车零部件", "光电科技", "新材料", "食品", "智能装备", "生物医药", "电子", "服饰", "照明", "化妆品", "皮具", "家具",
    "塑料制品", "五金", "模具", "印刷包装", "纸业", "化工", "涂料", "橡胶", "玻璃", "陶瓷", "金属制品", "机械设备", "电气",
    "电缆", "仪器仪表", "医疗器械", "制药", "饲料", "饮料", "乳业", "调味品", "纺织", "制衣", "鞋业", "箱包", "玩具", "文具",
    "体育用品", "乐器", "音响", "灯饰", "电池", "新能源", "环保设备", "水处理", "电梯", "制冷设备", "空调", "轨道交通装备",
    "船舶", "航空配件", "机器人", "自动化", "数控设备", "激光", "半导体", "显示技术", "软件", "信息技术", "物联网", "贸易",
)  # fmt: skip
FORMS = (
    "有限公司",
    "有限公司",
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "厂",
    "实业有限公司",
    "科技有限公司",
    "制造有限公司",
)
ROAD_KINDS = (
    "路",
    "大道",
    "街",
    "东路",
    "西路",
    "南路",
    "北路",
    "一路",
    "二路",
    "三横路",
    "工业路",
    "村道",
)
INSIDE = (
    "",
    "",
    "{a}栋",
    "{a}号楼{b}层",
    "自编{a}栋",
    "厂房{a}之{b}",
    "{a}栋{c}房",
    "首层",
    "{b}楼{c}",
    "（部位：{c}）",
    "A{a}",
    "之{a}",
)


def city(n: int) -> Any:
    """Return the model of a page with ``n`` enterprises of 15 attributes and 3,395 parks and blocks."""
    model = webmap_city.model(n, seed=SEED)
    firms = model.frame("enterprises").copy()
    rng = np.random.default_rng(SEED + 1)
    firms["name"] = pd.array(names(n, rng), dtype="string")
    firms["address"] = pd.array(addresses(firms, rng), dtype="string")
    return model.with_frames(enterprises=firms)


def names(n: int, rng: np.random.Generator) -> list[str]:
    """Return names of invented firms: place, two or three characters, trade, legal form."""
    letters = np.array(list(CHARACTERS))
    brand = letters[rng.integers(0, len(letters), (n, 3))]
    more = rng.random(n)
    short, second = more < 0.5, np.where(rng.random(n) < 0.65, rng.choice(TRADES, n), "")
    place = rng.choice(
        ["江城市", "江城", "广南省江城", "（江城）", ""], n, p=[0.55, 0.2, 0.05, 0.02, 0.18]
    )
    trade = rng.choice(TRADES, n)
    form = rng.choice(FORMS, n)
    parts = zip(place, brand, short, trade, second, form, strict=True)
    return [f"{p}{b[0]}{b[1]}{'' if s else b[2]}{t}{u}{f}" for p, b, s, t, u, f in parts]


def addresses(firms: gpd.GeoDataFrame, rng: np.random.Generator) -> list[str]:
    """Return addresses: district, town, a road of that town, a number, often a building or a room."""
    n = len(firms)
    letters = np.array(list(CHARACTERS))
    town, _ = pd.factorize(firms["district"] + firms["town"])
    road = (town * 977 + rng.geometric(0.02, n)) % 40_000
    first, second = letters[road * 7 % len(letters)], letters[road * 31 // 11 % len(letters)]
    kind = np.array(ROAD_KINDS)[road * 13 % len(ROAD_KINDS)]
    number = np.minimum(rng.geometric(0.01, n), 2_000)
    inside = rng.choice(INSIDE, n)
    cut = rng.integers(0, len(letters), (2, n))
    hamlet = np.where(
        rng.random(n) < 0.8, np.char.add(np.char.add(letters[cut[0]], letters[cut[1]]), "村"), ""
    )
    a, b, c = rng.integers(1, 40, n), rng.integers(1, 12, n), rng.integers(101, 2_500, n)
    city_name = np.where(rng.random(n) < 0.5, "江城市", "")
    parts = zip(
        city_name, firms["district"], firms["town"], hamlet, first, second, kind, number, inside, a, b, c, strict=True
    )  # fmt: skip
    return [
        f"{g}{d}{t}{h}{x}{y}{k}{m}号{i.format(a=p, b=q, c=r)}"
        for g, d, t, h, x, y, k, m, i, p, q, r in parts
    ]


def stored(n: int, folder: Path) -> Path:
    """Return the file that holds the city, made when it is missing."""
    path = folder / f"city-{n}.pickle"
    if not path.exists():
        path.write_bytes(pickle.dumps(city(n), protocol=5))
    return path


def loaded(path: Path) -> Any:
    """Return a city that :func:`stored` wrote."""
    return pickle.loads(path.read_bytes())
