"""What addresses leave out, get wrong or say in old words: each kind takes parts away or exchanges them.

A kind that takes a part away also says what is then the finest level that can be right.
"""

# ruff: noqa: ARG001 - every kind of dirt has one signature, whether it needs names and chance or not

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.sample._random import pick
from industrymap.sample.addresses import CITY, short_town

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from industrymap.sample.addresses import Address, Names

    Dirt = Callable[[Address, Names, np.random.Generator], bool]

__all__ = ["GAPS"]

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


def _has_fine_part(address: Address) -> bool:
    return any(address.parts.get(part) for part in ("road", "village"))


def _no_city(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.parts["province"] = address.parts["city"] = ""
    return True


def _no_town(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not _has_fine_part(address) or not _unique(address, names, city_wide=False):
        return False
    address.parts["town"] = ""
    return True


def _no_district(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.parts["town"] or names.town_count[short_town(address.parts["town"])] > 1:
        return False
    address.parts["district"] = ""
    return True


def _no_district_town(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not _has_fine_part(address) or not _unique(address, names, city_wide=True):
        return False
    address.parts["district"] = address.parts["town"] = ""
    return True


def _unique(address: Address, names: Names, *, city_wide: bool) -> bool:
    """Return whether the finest part identifies the place without its town (or district)."""
    code = names.city.plan.towns[address.spot.town].district_code
    road, village = address.parts.get("road"), address.parts.get("village")
    if road:
        return (names.road_count[road] if city_wide else names.road_district_count[code, road]) == 1
    word = names.city.villages[address.spot.village].word
    return bool(village) and names.village_count[word] == 1


def _bare_road(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.parts.get("road") or not _unique(address, names, city_wide=True):
        return False
    for part in ("province", "city", "district", "town"):
        address.parts[part] = ""
    return True


def _city_only(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.text = pick(rng, (CITY, CITY.removesuffix("市"), f"岚东省{CITY}"))
    address.level, address.number, address.issue = None, 0, "vague"
    return True


def _former_district(address: Address, names: Names, rng: np.random.Generator) -> bool:
    code = names.city.plan.towns[address.spot.town].district_code
    former = names.former_districts.get(code)
    if not former or not address.parts["district"]:
        return False
    address.parts["district"] = pick(rng, former)
    return True


def _former_town(address: Address, names: Names, rng: np.random.Generator) -> bool:
    town = names.city.plan.towns[address.spot.town]
    former = names.former_towns.get(town.code)
    if not former or not address.parts["town"]:
        return False
    name, district_code = pick(rng, former)
    address.parts["town"] = name
    if district_code != town.district_code and address.parts["district"]:
        address.parts["district"] = names.district_names[district_code]
        address.dirt.append("transferred_town")
    return True


def _short_town(address: Address, names: Names, rng: np.random.Generator) -> bool:
    town = address.parts["town"]
    if not town or names.town_count[short_town(town)] > 1:
        return False
    address.parts["town"] = short_town(town) + (
        "街" if town.endswith("街道") and rng.random() < 0.6 else ""
    )
    return True


def _zone(address: Address, names: Names, rng: np.random.Generator) -> bool:
    zone = _ZONES.get(names.city.plan.towns[address.spot.town].district_code)
    if not zone or not _has_fine_part(address) or not _unique(address, names, city_wide=False):
        return False
    address.parts["district"] = address.parts["town"] = ""
    address.parts["zone"] = zone[0] if rng.random() < 0.5 else pick(rng, zone[1])
    if address.parts["zone"] != zone[0]:
        address.dirt.append("zone_alias")
    return True


def _repeated(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.parts["district"]:
        return False
    address.parts["district"] = f"{address.parts['district']}{CITY}{address.parts['district']}"
    return True


def _wrong_district(address: Address, names: Names, rng: np.random.Generator) -> bool:
    code = names.city.plan.towns[address.spot.town].district_code
    if (
        not address.parts["district"]
        or not address.parts["town"]
        or names.town_count[short_town(address.parts["town"])] > 1
    ):
        return False
    address.parts["district"] = pick(
        rng, [d.name for d in names.city.plan.districts if d.code != code]
    )
    address.issue = "conflict"
    return True


def _typo_road(address: Address, names: Names, rng: np.random.Generator) -> bool:
    road = address.parts.get("road", "")
    if not road or road[0] not in _TYPOS or not address.parts["town"] or address.parts.get("place"):
        return False
    address.parts["road"] = _TYPOS[road[0]] + road[1:]
    address.level = "town"
    address.number = 0
    return True


def _town_only(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.parts["town"]:
        return False
    _keep(address, ("province", "city", "district", "town"))
    address.level = "town"
    return True


def _district_only(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.parts["district"]:
        return False
    _keep(address, ("province", "city", "district"))
    address.level = "district"
    return True


def _road_only(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.parts.get("road") or address.parts.get("place"):
        return False
    address.parts["number"] = address.parts["unit"] = ""
    address.level, address.number = "road", 0
    return True


def _keep(address: Address, parts: tuple[str, ...]) -> None:
    address.parts = {part: address.parts.get(part, "") for part in parts}
    address.parts.setdefault("town", "")
    address.number = 0


def _relative(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.parts.get("road") or address.parts.get("place"):
        return False
    way, metres = (
        pick(rng, ("西北", "东南", "以东", "北侧", "南行")),
        int(rng.integers(1, 12)) * 10,
    )
    address.parts["number"] = pick(
        rng,
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


def _other_city(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.text = pick(rng, _OTHER_CITIES)
    address.level, address.number, address.issue = None, 0, "out_of_city"
    return True


def _city_name_trap(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.text = pick(rng, _TRAPS)
    address.level, address.number, address.issue = None, 0, "out_of_city"
    return True


def _garbage(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.text = pick(rng, _GARBAGE)
    address.level, address.number = None, 0
    return True


def _blank(address: Address, names: Names, rng: np.random.Generator) -> bool:
    address.text = " "
    address.level, address.number = None, 0
    return True


def _english(address: Address, names: Names, rng: np.random.Generator) -> bool:
    if not address.number or not address.parts["district"]:
        return False
    address.text = f"No. {address.number}, {int(rng.integers(1, 30))}/F, Industrial Road, {address.parts['district']}, Yunlu, P.R. China"
    address.level, address.number = "district", 0
    return True


def _ambiguous_road(address: Address, names: Names, rng: np.random.Generator) -> bool:
    """Leave only a road that is in several districts: strict geocoding must not choose."""
    road = address.parts.get("road", "")
    if not road or names.road_count[road] < 2 or address.parts.get("place"):
        return False
    districts = sum(1 for code, name in names.road_district_count if name == road)
    if districts < 2:
        return False
    address.parts["district"] = address.parts["town"] = ""
    address.level, address.number, address.issue = None, 0, "ambiguous"
    return True


GAPS: dict[str, tuple[Dirt, float]] = {
    "no_city": (_no_city, 6),
    "no_town": (_no_town, 9),
    "no_district": (_no_district, 6),
    "no_district_town": (_no_district_town, 4),
    "former_district": (_former_district, 6),
    "former_town": (_former_town, 14),
    "short_town": (_short_town, 5),
    "zone": (_zone, 6),
    "bare_road": (_bare_road, 2),
    "city_only": (_city_only, 0.5),
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
    "ambiguous_road": (_ambiguous_road, 5),
}
"""Kinds that change what the address says, with their weight."""
