"""A second city in a folder: its own pack, taxonomy and standard, and a layer this repository has never heard of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

if TYPE_CHECKING:
    from pathlib import Path

WEST, SOUTH = 117.00, 36.60

_CITY = """\
name = "湖城市"
name_en = "Lake City"
division_code = "980100"
crs = "EPSG:4548"
extent = [116.90, 36.50, 117.30, 36.80]
inherits = "guangzhou"
source = "测试"
"""
_DIVISIONS = """\
code,name,level,parent_code,aliases,valid_from,valid_to,replaced_by,source
980101,湖东区,district,980100,,,,,测试
980102,湖西区,district,980100,,,,,测试
"""
_TAXONOMY = """\
label_id,kind,parent_id,zh,en,aliases,color,options,official,valid_from,valid_to,source,note
chains,taxonomy,,湖城重点产业链,Lake City chains,,,column=cluster;all=clusters;main=true,true,2024-01-01,,测试,
boats,label,,游艇,Boats,,#374da5,,true,,,测试,
paper,label,,造纸,Paper,,#a6750d,,true,,,测试,
"""
_RULES = """\
rule_id,label_id,when,codes,keywords,not_keywords,fields,where,confidence,official,valid_from,valid_to,source,note
boats.code,boats,code,373,,,,,0.9,true,,,测试,
paper.code,paper,code,22,,,,,0.9,true,,,测试,
"""
_ROUTES = """\
standard_id = "lake-routes"
kind = "routes"
city = "lake"
effective_from = 2024-01-01
effective_to = "unknown"
official = true
source = "测试"

[title]
zh = "湖城整治路径"
en = "Lake City routes"

[[rule]]
route = "upgrade"
when = "far < 1"
zh = "容积率低于 1"
en = "FAR below 1"
"""
_SCHEMA = """\
name,dtype,unit,zh,en,aliases
warehouse_id,str,,仓库编号,Warehouse ID,编号
name,str,,仓库名称,Warehouse,名称
owner,str,,产权单位,Owner,产权
storeys,int,层,层数,Storeys,
area_reported_m2,float,m²,占地面积（填报）,Area as reported,占地面积
shelves_m2,float,m²,货架面积,Shelf area,货架
kind,str,,库型,Kind,类型
"""
_VALUES = """\
field,value,zh,en,color,aliases
kind,cold,冷库,Cold store,#2878b5,冷链|冷冻库
kind,dry,普通库,Dry store,#c8762b,
"""
_FIGURES = """\
id,layers,of,per,factor,per_unit,unit,direction,zh,en,source
shelf_share,warehouses,shelves_m2,@area,,,,+,货架占比,Share of shelves,测试
revenue_per_shelf,warehouses,base_revenue_10k_cny,shelves_m2,10000,,元/m²,+,单位货架收入,Revenue per shelf area,测试
"""
_WORKSPACE = """\
[workspace]
title = "湖城市产业地图"
city = "pack"
data_date = 2025-12-31
simulated = true

[enterprises]
year = 2025
tables = [{ file = "layers/firms.csv", kind = "statistics", datum = "wgs84" }]

[layers.village_parks]
file = "layers/parks.geojson"
datum = "wgs84"

[layers.industrial_blocks]
file = "layers/blocks.geojson"
datum = "wgs84"

[layers.warehouses]
file = "layers/warehouses.geojson"
datum = "wgs84"
zh = "仓储用地"
en = "Warehouses"

[boundaries]
districts = { file = "boundaries/districts.geojson", datum = "wgs84" }
"""


def box(x: float, y: float, size: float = 0.01) -> shapely.Polygon:
    """Return a square whose corner lies ``x``, ``y`` degrees off the city's."""
    return shapely.box(WEST + x, SOUTH + y, WEST + x + size, SOUTH + y + size)


def write(folder: Path) -> Path:
    """Write the workspace with its pack, and return its folder."""
    texts = {
        "industrymap.toml": _WORKSPACE,
        "pack/city.toml": _CITY,
        "pack/divisions.csv": _DIVISIONS,
        "pack/taxonomies/chains.csv": _TAXONOMY,
        "pack/taxonomies/chains.rules.csv": _RULES,
        "pack/standards/lake-routes.toml": _ROUTES,
        "schemas/warehouses.csv": _SCHEMA,
        "schemas/values.csv": _VALUES,
        "schemas/indicators.csv": _FIGURES,
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "layers").mkdir(exist_ok=True)
    (folder / "boundaries").mkdir(exist_ok=True)
    _firms().to_csv(folder / "layers/firms.csv", index=False)
    layers = {
        "layers/parks.geojson": ({"园区编号": ["P1"], "园区名称": ["东园"], "容积率": [0.6]}, [box(0.02, 0.02)]),
        "layers/blocks.geojson": ({"区块编号": ["B1"], "区块名称": ["湖东区块"], "级别": [1]}, [box(0.0, 0.0, 0.05)]),
        "layers/warehouses.geojson": (
            {"编号": ["W1", "W2"], "名称": ["一号库", "二号库"], "产权": ["湖港集团", "湖城物流"], "层数": [2, 1], "货架": [3000.0, None], "类型": ["冷链", "普通库"]},
            [box(0.0, 0.0), box(0.15, 0.0)],
        ),
        "boundaries/districts.geojson": (
            {"code": ["980101", "980102"], "name": ["湖东区", "湖西区"]}, [box(0.0, 0.0, 0.1), box(0.1, 0.0, 0.1)],
        ),
    }  # fmt: skip
    for name, (columns, shapes) in layers.items():
        gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(
            folder / name, driver="GeoJSON", engine="pyogrio"
        )
    return folder


def _firms() -> pd.DataFrame:
    """Return ten firms: four in the first warehouse, three in the park, the others in the west.

    In 2024 the first was below the line and the ninth is not known; in 2025 the last has fallen below it.
    """
    spots = [(0.005, 0.005)] * 4 + [(0.025, 0.025)] * 3 + [(0.12, 0.05)] * 3
    return pd.DataFrame(
        {
            "企业名称": [f"湖城第{n}制造有限公司" for n in range(1, 11)],
            "行业代码": ["3731", "2221"] * 5,
            "2025年营业收入(万元)": [*(1200.0 + 100 * n for n in range(9)), 600.0],
            "2024年营业收入(万元)": [*(900.0 + 100 * n for n in range(8)), None, 1500.0],
            "从业人数": [20 + n for n in range(10)],
            "经营地址": ["湖城市湖东区湖滨路"] * 7 + ["湖城市湖西区湖滨路"] * 3,
            "经度": [WEST + x for x, _ in spots],
            "纬度": [SOUTH + y for _, y in spots],
        }
    )
