"""An invented city for the page's tests and benchmarks: seeded, at any size, shaped like a real one."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from industrymap.webmap import Label, MapModel, Meta, Standard, Taxonomy

CENTRE = np.array([113.42, 23.12])
DISTRICTS = [
    "江城区",
    "云麓区",
    "海珠湾区",
    "东涌区",
    "花溪区",
    "南沙洲区",
    "番山区",
    "白鹭区",
    "荔湖区",
    "从山区",
    "增江区",
]
CLUSTERS = [
    ("auto", "汽车", "Vehicles", "#374da5"),
    ("display", "超高清视频与新型显示", "Displays", "#a6750d"),
    ("materials", "新材料", "New materials", "#1b8971"),
    ("consumer", "都市消费工业", "Urban consumer goods", "#964087"),
    ("equipment", "高端装备制造", "Advanced equipment", "#8b9fd4"),
    ("biomed", "生物医药", "Biomedicine", "#617936"),
    ("other", "其他制造业", "Other manufacturing", "#8b97a5"),
]
ROUTES = ["close", "convert", "merge_relocate", "upgrade", "keep", "undetermined"]
LEVELS = [
    "given",
    "address",
    "interpolated",
    "building",
    "park",
    "road",
    "village",
    "town",
    "district",
]
_ORG = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def model(n: int = 2000, *, parks: int = 2705, blocks: int = 690, seed: int = 7) -> MapModel:
    """Return a city with ``n`` enterprises."""
    rng = np.random.default_rng(seed)
    districts, towns = divisions()
    return MapModel.of(
        enterprises=enterprises(n, rng, park_frame(parks), towns),
        parks=park_frame(parks),
        blocks=block_frame(blocks),
        districts=districts,
        towns=towns,
        water=water(),
        roads=roads(),
        meta=Meta(
            title="江城市制造业产业地图",
            producer="江城市工业和信息化局（示例）",
            source="模拟样例",
            data_date="2026-06-30",
            simulated=True,
        ),
        taxonomies=(
            Taxonomy(
                id="clusters_2019",
                zh="先进制造业集群",
                en="Advanced clusters",
                labels=tuple(Label(value=v, zh=z, en=e, color=c) for v, z, e, c in CLUSTERS),
            ),
        ),
        standards=(
            Standard(id="proposal", zh="默认分类建议", en="Default proposal", official=False),
        ),
    )


@cache
def outline() -> shapely.Polygon:
    """Return the city's edge."""
    rng = np.random.default_rng(3)
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    radius = 0.52 + sum(
        rng.normal(0, 0.055 / k**0.8) * np.cos(k * angle + rng.uniform(0, 6.3))
        for k in range(1, 14)
    )
    xy = np.c_[CENTRE[0] + radius * np.cos(angle), CENTRE[1] + 0.95 * radius * np.sin(angle)]
    return shapely.Polygon(xy)


def _cells(points: np.ndarray, clip: shapely.Geometry, seed: int) -> list[shapely.Geometry]:
    """Return Voronoi cells with wavering edges, clipped."""
    area = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=clip.buffer(1))
    cells = shapely.segmentize(np.asarray(shapely.get_parts(area)), 0.004)
    rng = np.random.default_rng(seed)
    phase = rng.uniform(0, 6.3, (8, 2))

    def waver(xy: np.ndarray) -> np.ndarray:
        out = xy.copy()
        for k in range(8):
            f = 18 * (k + 1)
            out[:, 0] += 0.006 / (k + 1) * np.sin(f * xy[:, 1] + phase[k, 0])
            out[:, 1] += 0.006 / (k + 1) * np.sin(f * xy[:, 0] + phase[k, 1])
        return out

    cells = shapely.make_valid(shapely.transform(cells, waver))
    found = [shapely.intersection(c, clip) for c in cells]
    return [c for c in found if not c.is_empty and c.area > 1e-7]


@cache
def divisions() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return districts and towns."""
    rng = np.random.default_rng(11)
    seeds = CENTRE + rng.normal(0, 0.21, (len(DISTRICTS), 2))
    seeds[:4] = CENTRE + rng.normal(0, 0.05, (4, 2))
    cells = _cells(seeds, outline(), 5)[: len(DISTRICTS)]
    districts = gpd.GeoDataFrame(
        {
            "code": [f"9901{i + 1:02d}" for i in range(len(cells))],
            "name": DISTRICTS[: len(cells)],
            "parent_code": "990100",
        },
        geometry=cells,
        crs=4326,
    )
    shapes, names, codes, parents = [], [], [], []
    for i, cell in enumerate(cells):
        x0, y0, x1, y1 = cell.bounds
        points = rng.uniform((x0, y0), (x1, y1), (16, 2))
        for j, piece in enumerate(_cells(points, cell, 17 + i)):
            shapes.append(piece)
            names.append(
                f"{'东西南北中新石沙龙凤'[j % 10]}{'桥岗塘村坑滘洲埔'[(i + j) % 8]}{'街道' if j % 3 else '镇'}"
            )
            codes.append(f"9901{i + 1:02d}{j + 1:03d}")
            parents.append(f"9901{i + 1:02d}")
    towns = gpd.GeoDataFrame(
        {"code": codes, "name": names, "parent_code": parents}, geometry=shapes, crs=4326
    )
    return districts, towns


@cache
def water() -> gpd.GeoDataFrame:
    """Return a river with an arm."""
    t = np.linspace(-0.6, 0.6, 200)
    main = np.c_[CENTRE[0] + t, CENTRE[1] - 0.05 + 0.06 * np.sin(t * 7) - 0.25 * t**2]
    arm = np.c_[CENTRE[0] + 0.1 + 0.05 * np.sin(t * 9), CENTRE[1] - 0.05 + np.where(t < 0, t, 0)]
    lines = [shapely.LineString(main).buffer(0.009), shapely.LineString(arm).buffer(0.006)]
    shape = shapely.intersection(shapely.union_all(lines), outline())
    return gpd.GeoDataFrame({"name": ["澄江"], "kind": ["water"]}, geometry=[shape], crs=4326)


@cache
def roads() -> gpd.GeoDataFrame:
    """Return ring roads and radials."""
    lines = [shapely.Point(CENTRE).buffer(r, 64).exterior for r in (0.08, 0.18, 0.32)]
    for k in range(10):
        angle = k * 2 * np.pi / 10 + 0.2
        t = np.linspace(0.02, 0.7, 60)
        lines.append(
            shapely.LineString(
                np.c_[
                    CENTRE[0] + t * np.cos(angle + t * 0.4), CENTRE[1] + t * np.sin(angle + t * 0.4)
                ]
            )
        )
    cut = [shapely.intersection(line, outline()) for line in lines]
    return gpd.GeoDataFrame(
        {"name": [f"{i}号路" for i in range(len(cut))], "kind": "road"}, geometry=cut, crs=4326
    )


def _blobs(n: int, rng: np.random.Generator, size: np.ndarray, spread: float) -> np.ndarray:
    hubs = CENTRE + rng.normal(0, 0.19, (40, 2))
    centres = hubs[rng.integers(0, 40, n)] + rng.normal(0, spread, (n, 2))
    angle = np.sort(rng.uniform(0, 2 * np.pi, (n, 11)), axis=1)
    turn = rng.uniform(0, np.pi, n)[:, None]
    radius = (
        size[:, None] * (0.75 + 0.25 * np.cos(2 * (angle - turn))) * rng.uniform(0.8, 1.1, (n, 11))
    )
    x = centres[:, :1] + radius * np.cos(angle)
    y = centres[:, 1:] + radius * np.sin(angle)
    return np.stack([x, y], axis=2)


def _where(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    districts, towns = divisions()
    tree = shapely.STRtree(towns.geometry.array)
    at = tree.nearest(shapely.centroid(geometry))
    names = districts.set_index("code")["name"]
    return names.loc[towns["parent_code"].to_numpy()[at]].to_numpy(), towns["name"].to_numpy()[at]


@cache
def park_frame(n: int) -> gpd.GeoDataFrame:
    """Return village parks."""
    rng = np.random.default_rng(23)
    size = 0.00105 * rng.lognormal(0, 0.45, n)
    geometry = shapely.polygons(_blobs(n, rng, size, 0.055)) if n else np.array([], dtype=object)
    district, town = _where(geometry) if n else (np.array([]), np.array([]))
    area = np.round(shapely.area(geometry) * 1.04e10, 1)
    far = np.round(rng.gamma(4, 0.22, n), 2)
    firms = rng.poisson(5, n)
    frame = gpd.GeoDataFrame(
        {
            "park_id": [f"VP{i + 1:05d}" for i in range(n)],
            "name": [f"{t[:2]}第{i % 9 + 1}工业园" for i, t in enumerate(town)],
            "district": district,
            "town": town,
            "land_area_m2": area,
            "floor_area_m2": np.round(area * far, 1),
            "far": pd.array(np.where(rng.random(n) < 0.08, np.nan, far), dtype="Float64"),
            "firms": pd.array(firms, dtype="Int64"),
            "above_scale": pd.array(rng.binomial(firms, 0.3), dtype="Int64"),
            "base_revenue_10k_cny": np.round(rng.lognormal(8.5, 1.2, n), 2),
            "output_10k_cny": pd.array(
                np.where(rng.random(n) < 0.15, np.nan, np.round(rng.lognormal(8.4, 1.1, n), 1)),
                dtype="Float64",
            ),
            "tax_per_mu_10k_cny": pd.array(
                np.where(rng.random(n) < 0.12, np.nan, np.round(rng.lognormal(1.2, 0.8, n), 3)),
                dtype="Float64",
            ),
            "output_per_floor_yuan_m2": np.round(rng.lognormal(8.3, 0.8, n), 1),
            "block_overlap": np.round(np.clip(rng.beta(0.4, 0.5, n), 0, 1), 4),
            "ownership": rng.choice(
                ["collective", "state_collective_use", "mixed"], n, p=[0.7, 0.2, 0.1]
            ),
            "route": rng.choice(ROUTES, n, p=[0.08, 0.12, 0.1, 0.44, 0.18, 0.08]),
            "route_reasons": "容积率低于 0.85；位于产业区块内",
            "pilot_eligible": pd.array(rng.random(n) < 0.2, dtype="boolean"),
            "updated_on": pd.Timestamp("2026-05-31"),
        },
        geometry=geometry,
        crs=4326,
    )
    frame["name"] = frame["name"].astype("string")
    return frame


@cache
def block_frame(n: int) -> gpd.GeoDataFrame:
    """Return industrial blocks."""
    rng = np.random.default_rng(29)
    geometry = (
        shapely.polygons(_blobs(n, rng, 0.0052 * rng.lognormal(0, 0.35, n), 0.06))
        if n
        else np.array([], dtype=object)
    )
    district, town = _where(geometry) if n else (np.array([]), np.array([]))
    return gpd.GeoDataFrame(
        {
            "block_id": [f"IB{i + 1:04d}" for i in range(n)],
            "name": [f"{t[:2]}产业区块{i % 7 + 1}" for i, t in enumerate(town)],
            "district": district,
            "town": town,
            "level": pd.array(rng.choice([1, 2], n, p=[0.72, 0.28]), dtype="Int64").astype(
                "string"
            ),
            "area_m2": np.round(shapely.area(geometry) * 1.04e10, 1),
            "industrial_share": np.round(rng.beta(8, 3, n), 3),
            "firms": pd.array(rng.poisson(12, n), dtype="Int64"),
        },
        geometry=geometry,
        crs=4326,
    )


def credit_codes(n: int, rng: np.random.Generator) -> list[str]:
    """Return valid unified social credit codes."""
    prefix = np.array(["91440101", "91440112", "91440113", "91440115", "92440118"])[
        rng.integers(0, 5, n)
    ]
    body = rng.integers(0, 36, (n, 8))
    check = (11 - body @ np.array([3, 7, 9, 10, 5, 8, 4, 2]) % 11) % 11
    # characters the credit code does not use would make it invalid
    usable = np.array([_ORG.index(c) for c in _CODE])
    body = usable[rng.integers(0, 31, (n, 8))]
    check = (11 - body @ np.array([3, 7, 9, 10, 5, 8, 4, 2]) % 11) % 11
    letters = np.array(list(_ORG))
    org = ["".join(row) for row in letters[body]]
    heads = [
        p + o + ("X" if c == 10 else str(c)) for p, o, c in zip(prefix, org, check, strict=True)
    ]
    table = np.full(128, 0)
    for i, c in enumerate(_CODE):
        table[ord(c)] = i
    values = (
        table[np.array([list(h.encode()) for h in heads])] if n else np.zeros((0, 17), dtype=int)
    )
    last = (31 - values @ np.array([pow(3, i, 31) for i in range(17)]) % 31) % 31
    return [h + _CODE[c] for h, c in zip(heads, last, strict=True)]


def enterprises(
    n: int, rng: np.random.Generator, parks: gpd.GeoDataFrame, towns: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return ``n`` enterprises with fifteen attributes."""
    level = rng.choice(LEVELS, n, p=[0.06, 0.4, 0.12, 0.08, 0.1, 0.08, 0.05, 0.07, 0.04])
    hubs = CENTRE + rng.normal(0, 0.19, (60, 2))
    xy = hubs[rng.integers(0, 60, n)] + rng.normal(0, 0.028, (n, 2))
    centres = shapely.get_coordinates(shapely.point_on_surface(towns.geometry.array))
    near = (
        shapely.STRtree(towns.geometry.array).nearest(shapely.points(xy))
        if n
        else np.array([], dtype=int)
    )
    coarse = np.isin(level, ["village", "town", "district"])
    xy[coarse] = centres[near[coarse]]
    geometry = shapely.points(xy)
    geometry[rng.random(n) < 0.015] = None
    words = np.array(list("华盛达兴宏泰恒信德昌隆永安瑞丰金海天新明")) if n else np.array([])
    trades = np.array(
        [
            "汽车零部件",
            "光电科技",
            "新材料",
            "食品",
            "智能装备",
            "生物医药",
            "电子",
            "服饰",
            "照明",
            "化妆品",
        ]
    )
    pick = words[rng.integers(0, len(words), (n, 3))] if n else np.zeros((0, 3))
    trade = trades[rng.integers(0, len(trades), n)]
    name = [f"江城市{a}{b}{c}{t}有限公司" for (a, b, c), t in zip(pick, trade, strict=True)]
    revenue = np.round(1000 * rng.pareto(1.15, n) + 1000, 2)
    district_of = divisions()[0].set_index("code")["name"]
    codes = towns["parent_code"].to_numpy()[near]
    town = towns["name"].to_numpy()[near]
    address = [
        f"{d}{t}工业大道{k}号{k % 20 + 1}栋"
        for d, t, k in zip(district_of.loc[codes], town, rng.integers(1, 999, n), strict=True)
    ]
    band = np.select(
        [revenue < 2000, revenue < 10000, revenue < 50000],
        ["10m_20m", "20m_100m", "100m_500m"],
        "ge_500m",
    )
    park = np.where(
        np.isin(level, ["given", "address", "building", "park"]) & (rng.random(n) < 0.5),
        rng.integers(0, max(1, len(parks)), n),
        -1,
    )
    park_ids = np.array([*parks["park_id"], None], dtype=object)
    return gpd.GeoDataFrame(
        {
            "uscc": pd.array(credit_codes(n, rng), dtype="string"),
            "name": pd.array(name, dtype="string"),
            "address": pd.array(address, dtype="string"),
            "district_code": pd.array(codes, dtype="string"),
            "district": pd.array(district_of.loc[codes].to_numpy(), dtype="string"),
            "town": pd.array(town, dtype="string"),
            "cluster": pd.array(
                np.array([c[0] for c in CLUSTERS])[
                    rng.choice(7, n, p=[0.17, 0.13, 0.12, 0.24, 0.12, 0.07, 0.15])
                ],
                dtype="string",
            ),
            "revenue_10k_cny": revenue,
            "tax_10k_cny": pd.array(
                np.where(rng.random(n) < 0.2, np.nan, np.round(revenue * 0.04, 2)), dtype="Float64"
            ),
            "staff": pd.array(
                np.where(rng.random(n) < 0.1, np.nan, np.round(revenue**0.6)), dtype="Float64"
            ).astype("Int64"),
            "revenue_band": pd.array(band, dtype="string"),
            "size_class": pd.array(
                rng.choice(["large", "medium", "small", "micro"], n, p=[0.02, 0.14, 0.66, 0.18]),
                dtype="string",
            ),
            "geocode_level": pd.array(level, dtype="string"),
            "geocode_radius_m": pd.Series(level)
            .map(
                {"village": 600.0, "town": 2500.0, "district": 9000.0, "road": 400.0, "park": 200.0}
            )
            .fillna(20.0)
            .to_numpy(),
            "park_id": pd.array(park_ids[park], dtype="string"),
        },
        geometry=geometry,
        crs=4326,
    )
