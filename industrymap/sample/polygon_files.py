"""The layers and boundaries as a city's offices would hand them over: each in its own format and datum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np
import shapely

from industrymap import files
from industrymap.sample import _write
from industrymap.sample._random import pick, stream
from industrymap.sample._shift import to_gcj02
from industrymap.schemas import PARKS, labels

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.sample.block_facts import BlockFacts, DistrictLand
    from industrymap.sample.park_routes import ParkFacts
    from industrymap.sample.places import Map

__all__ = ["block_id", "park_id", "write_blocks", "write_boundaries", "write_parks", "write_zones"]

_YES = {True: "是", False: "否", None: None}
_THEMES = {
    "auto": "汽车零部件", "uhd": "新型显示", "newmat": "新材料", "consumer.home": "家居", "consumer.food": "食品",
    "consumer.fashion": "皮具服装", "consumer.lightaudio": "灯光音响", "consumer.cosmetics": "化妆品",
    "equip.smart": "智能装备", "equip.rail": "轨道装备", "equip.marine": "船舶", "equip.aero": "航空", "biomed": "生物医药",
}  # fmt: skip


def park_id(number: int) -> str:
    """Return the id of park ``number``: CY0001."""
    return f"CY{number + 1:04d}"


def block_id(number: int) -> str:
    """Return the id of block ``number``: QK001."""
    return f"QK{number + 1:03d}"


def write_parks(path: Path, city: Map, facts: list[ParkFacts], *, seed: int) -> None:
    """Write the parks as a GeoPackage in the plan's CRS, with the headers planners write."""
    rng = stream(seed, "park file")
    districts = {d.code: d.name for d in city.plan.districts}
    columns: dict[str, list[Any]] = {}

    def add(header: str, value: Any) -> None:
        columns.setdefault(header, []).append(value)

    for number, (parcel, fact) in enumerate(zip(city.parcels, facts, strict=True)):
        town, v = city.plan.towns[parcel.town], fact.values
        add("园区编号", park_id(number))
        add("园区名称", parcel.name)
        add("所属区", districts[town.district_code])
        add("所属镇街", town.name)
        add("所属村", city.villages[parcel.village].name)
        add("用地面积（亩）", v["land_reported_mu"])
        add("总建筑面积（平方米）", v["floor_area_m2"])
        add("改造后总建筑面积（平方米）", v["floor_area_planned_m2"])
        add("现状容积率", v["far"])
        add("土地权属", _zh("ownership", v["ownership"]))
        add("权属是否清晰", _YES[v["tenure_clear"]])
        add("剩余使用年限", v["tenure_years_left"])
        add("合法用地比例", v["legal_paper_share"])
        add("规划用地性质", _zh("planned_use", v["planned_use"]))
        add("是否符合规划", _YES[v["plan_conform"]])
        add("是否列入储备", _YES[v["in_reserve_plan"]])
        add("是否列入更新", _YES[v["in_renewal_plan"]])
        add("所属圈层", v["ring"])
        add("是否影响规划道路", _YES[v["road_conflict"]])
        add("平均层数", v["floors"])
        add("现状产值（万元）", v["output_10k_cny"])
        add("产值统计口径", _zh("output_firms_basis", v["output_firms_basis"]))
        add("年税收（万元）", v["tax_10k_cny"])
        add("平均租金（元/平方米·月）", v["rent_yuan_m2_month"])
        add("分租比例", v["sublet_share"])
        add("入驻企业数", v["firms_reported"])
        add("规上企业数", v["above_scale_reported"])
        add("主导产业", _THEMES.get(v["lead"], "综合"))
        add("消防隐患等级", _zh("fire_hazard", v["fire_hazard"]))
        add("环保情况", _zh("environment_status", v["environment_status"]))
        add("是否落后产能", _YES[v["listed_backward"]])
        add("改造状态", _zh("project_status", v["project_status"]))
        add("数据阶段", _zh("stage", v["stage"]))
        add("计划改造年份", v["year_planned"])
        add("完成改造年份", v["year_done"])
        add("总投资（万元）", v["investment_10k_cny"])
        add("更新时间", v["updated_on"])
        add("备注", pick(rng, _PARK_NOTES) if rng.random() < 0.02 else None)
    shapes = np.array([p.shape for p in city.parcels], dtype=object)
    _write.geopackage(path, shapely.normalize(shapes), columns, layer=PARKS, kind="Polygon")


_PARK_NOTES = (
    "{{7*7}}",
    "<script>alert(1)</script>",
    "=1+1",
    "待核实",
    "与邻村有界线争议",
    "{% raw %}",
    "甲\u2028乙",
)


def _zh(field: str, value: str | None) -> str | None:
    return None if value is None else labels(field, "zh")[value]


def write_blocks(path: Path, city: Map, facts: list[BlockFacts]) -> None:
    """Write ``industrial_blocks.geojson`` in WGS 84."""
    districts = {d.code: d.name for d in city.plan.districts}
    blocks = city.estates.blocks
    columns: dict[str, list[Any]] = {
        "区块编号": [block_id(n) for n in range(len(blocks))],
        "区块名称": [fact.name for fact in facts],
        "级别": ["一级" if b.level == 1 else "二级" for b in blocks],
        "所属区": [districts[b.district_code] for b in blocks],
        "所属镇街": [city.plan.towns[b.town].name for b in blocks],
        "工业集聚区": [fact.cluster_name or None for fact in facts],
        "区块面积（公顷）": [fact.area_reported_ha for fact in facts],
        "规划工业用地面积（公顷）": [fact.industrial_land_ha for fact in facts],
        "闲置用地面积（公顷）": [fact.idle_land_ha for fact in facts],
        "划定日期": [fact.updated_on for fact in facts],
    }
    shapes = np.array([b.shape for b in blocks], dtype=object)
    _write.geojson(path, _write.degrees(shapes, decimals=7), columns)


def write_zones(path: Path, city: Map, *, seed: int) -> int:
    """Write ``value_innovation_parks.kml`` and return how many it holds."""
    rng = stream(seed, "zones")
    districts = {d.code: d.name for d in city.plan.districts}
    large = sorted({b.estate for b in city.estates.blocks if b.large})
    marks: list[str] = []
    for estate in large:
        members = [b for b in city.estates.blocks if b.estate == estate]
        first = max(members, key=lambda b: b.shape.area)
        shape = _write.degrees(np.array([first.shape.buffer(60).simplify(8)], dtype=object))[0]
        name = (
            f"{city.plan.towns[first.town].name.removesuffix('街道').removesuffix('镇')}价值创新园"
        )
        ring = " ".join(
            f"{x:.6f},{y:.6f}"
            for x, y in shapely.get_coordinates(shapely.orient_polygons(shape).exterior)
        )
        note = pick(rng, ("", "", "核心区", "起步区"))
        marks.append(
            f"<Placemark><name>{escape(name)}</name><ExtendedData>"
            f'<Data name="编号"><value>JZ{len(marks) + 1:02d}</value></Data>'
            f'<Data name="所属区"><value>{districts[first.district_code]}</value></Data>'
            f'<Data name="备注"><value>{note}</value></Data></ExtendedData>'
            f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
            "</outerBoundaryIs></Polygon></Placemark>"
        )
    body = "\n".join(marks)
    files.write_text(
        path,
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>value_innovation_parks</name>\n{body}\n</Document></kml>\n",
    )
    return len(marks)


def write_boundaries(folder: Path, city: Map, land: list[DistrictLand]) -> None:
    """Write districts (GCJ-02), towns (the plan's CRS), waters and main roads (WGS 84)."""
    plan = city.plan
    districts = np.array([d.shape for d in plan.districts], dtype=object)
    _write.geojson(
        folder / "districts.geojson",
        _write.degrees(districts, shift=to_gcj02, decimals=7),
        {
            "adcode": [d.code for d in plan.districts],
            "name": [d.name for d in plan.districts],
            "规划工业用地面积合计（公顷）": [entry.planned_ha for entry in land],
        },
    )
    _write.geopackage(
        folder / "towns.gpkg",
        np.array([t.shape for t in plan.towns], dtype=object),
        {
            "代码": [t.code for t in plan.towns],
            "名称": [t.name for t in plan.towns],
            "上级代码": [t.district_code for t in plan.towns],
        },
        layer="towns",
        kind="Polygon",
    )
    waters = [
        (name, part)
        for name, shape in plan.water
        for part in shapely.get_parts(shape)
        # Slivers that clipping has left are no water.
        if part.area > 5000
    ]
    _write.geojson(
        folder / "water.geojson",
        _write.degrees(np.array([part for _, part in waters], dtype=object), decimals=5),
        {
            "编号": [f"S{n:03d}" for n in range(1, len(waters) + 1)],
            "名称": [name for name, _ in waters],
            "类型": ["water"] * len(waters),
        },
    )
    main = [r for r in city.roads if r.kind == "arterial"]
    _write.geojson(
        folder / "roads.geojson",
        _write.degrees(np.array([r.line for r in main], dtype=object), decimals=5),
        {
            "编号": [f"D{n:03d}" for n in range(1, len(main) + 1)],
            "名称": [r.name for r in main],
            "类型": ["road"] * len(main),
        },
    )
