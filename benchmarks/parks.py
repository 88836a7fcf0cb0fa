"""How fast parks and blocks are measured, routed, chosen and joined, beside geopandas where it is the rival.

Run ``python benchmarks/parks.py [--json FILE]``. Everything is invented and seeded; each figure is the best of three runs in this
process, except where "cold" stands: that one runs alone in a fresh process, imports done, caches empty.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.figures import Claim, Table
from benchmarks.results import Growth, Part, arguments
from industrymap import assign, blocks, datum, measure, sheets, standards
from industrymap.parks import pilots, routes
from industrymap.parks.stability import stability
from industrymap.store import KEEP, Edit, Store, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:4547"
FOLDER = Path(__file__).parents[1] / "industrymap/cities/guangzhou/standards"
GROWTH = (10_000, 100_000, 1_000_000)
ABOUT = """Firms are put into their parks and blocks, parks measured, routed and chosen, sheets drawn: best of three runs in one process, except
"cold" ones, which run alone in a fresh process with imports done and caches empty. Processor time says the same on a busy machine."""
CORNER, WIDTH, HEIGHT = (400_000.0, 2_500_000.0), 100_000.0, 140_000.0


def ragged(n: int, area_m2: Any, seed: int, corners: int = 24) -> Any:
    """Return n star-shaped polygons of given areas in WGS 84."""
    r = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = r.uniform(0.7, 1.3, (n, corners))
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    shapes = shapely.polygons(np.stack([x, y], axis=-1))
    scale = np.sqrt(area_m2 / shapely.area(shapes))
    cx = r.uniform(CORNER[0], CORNER[0] + WIDTH, n)[:, None]
    cy = r.uniform(CORNER[1], CORNER[1] + HEIGHT, n)[:, None]
    rings = np.stack([cx + x * scale[:, None], cy + y * scale[:, None]], axis=-1)
    return datum.convert_geometry(shapely.polygons(rings), source=CRS, target="wgs84")


def areas(n: int, total_m2: float, seed: int) -> Any:
    raw = np.random.default_rng(seed).lognormal(0, 0.8, n)
    return raw / raw.sum() * total_m2


def parks_layer(n: int = 2705) -> gpd.GeoDataFrame:
    r = np.random.default_rng(5)
    area = areas(n, 131.62e6, 1)

    def some(values: Any, dtype: str) -> pd.Series[Any]:
        return pd.Series(values).astype(dtype).mask(r.random(n) < 0.05)

    def pick(*values: str) -> pd.Series[Any]:
        return some(r.choice(values, n), "string")

    def yes(share: float) -> pd.Series[Any]:
        return some(r.random(n) < share, "boolean")

    district = pd.Series([f"4401{k:02}" for k in r.integers(3, 19, n)], dtype="string")
    columns = {
        "park_id": pd.Series([f"P{i:04}" for i in range(n)], dtype="string"),
        "name": pd.Series([f"第{i}工业园" for i in range(n)], dtype="string"),
        "district_code": district,
        "land_area_reported_m2": some(area * r.normal(1, 0.02, n), "Float64"),
        "floor_area_m2": some(area * r.uniform(0.3, 1.6, n), "Float64"),
        "floor_area_planned_m2": some(area * r.uniform(1, 4, n), "Float64"),
        "tenure_clear": yes(0.7),
        "tenure_years_left": some(r.uniform(0, 40, n), "Float64"),
        "legal_paper_share": some(r.random(n), "Float64"),
        "planned_use": pick("industry", "storage", "residential", "commercial"),
        "plan_conform": yes(0.6),
        "in_reserve_plan": yes(0.1),
        "in_renewal_plan": yes(0.1),
        "ring": some(r.integers(1, 4, n), "Int64"),
        "road_conflict": yes(0.1),
        "output_10k_cny": some(area * r.uniform(0.05, 1.5, n), "Float64"),
        "output_firms_basis": pick("registered_and_working", "all", "unknown"),
        "tax_10k_cny": some(area / 666 * r.uniform(0.5, 12, n), "Float64"),
        "fire_hazard": pick("none", "minor", "major"),
        "environment_status": pick("good", "minor", "serious"),
        "listed_backward": yes(0.02),
    }
    return gpd.GeoDataFrame(columns, geometry=ragged(n, area, 1), crs=4326)


def blocks_layer(n: int = 690) -> gpd.GeoDataFrame:
    r = np.random.default_rng(6)
    area = areas(n, 626.7e6, 2)
    columns = {
        "block_id": pd.Series([f"B{i:03}" for i in range(n)], dtype="string"),
        "name": pd.Series([f"区块{i}" for i in range(n)], dtype="string"),
        "level": pd.array(r.integers(1, 3, n), dtype="Int64"),
        "industrial_land_m2": pd.array(area * r.uniform(0.4, 0.9, n), dtype="Float64"),
        "idle_land_m2": pd.array(area * 0.05, dtype="Float64"),
    }
    return gpd.GeoDataFrame(columns, geometry=ragged(n, area, 2), crs=4326)


def points(n: int) -> tuple[Any, Any]:
    r = np.random.default_rng(7)
    x = r.uniform(CORNER[0], CORNER[0] + WIDTH, n)
    y = r.uniform(CORNER[1], CORNER[1] + HEIGHT, n)
    return datum.convert(x, y, source=CRS, target="wgs84")


def firms(n: int = 100_000) -> gpd.GeoDataFrame:
    r = np.random.default_rng(8)
    revenue = r.lognormal(7, 1.5, n)
    some = r.random(n) < 0.2
    columns = {
        "enterprise_id": pd.Series([f"E{i}" for i in range(n)], dtype="string"),
        "revenue_10k_cny": pd.array(revenue, dtype="Float64"),
        "tax_10k_cny": pd.Series(revenue * 0.05).astype("Float64").mask(some),
        "staff": pd.Series((revenue / 50).astype(int)).astype("Int64").mask(some),
        "in_base": pd.array(revenue >= 1000, dtype="boolean"),
        "above_scale": pd.array(revenue >= 2000, dtype="boolean"),
        "industry_code": pd.Series(r.integers(1300, 4400, n).astype(str), dtype="string"),
        "tiers": pd.Series(r.choice(["", "专精特新"], n), dtype="string"),
        "year": pd.array(np.full(n, 2024), dtype="Int64"),
        "geocode_level": pd.Series(
            r.choice(["address", "given", "road", "town"], n), dtype="string"
        ),
        "geocode_radius_m": pd.array(r.uniform(10, 800, n), dtype="Float64"),
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.points(*points(n)), crs=4326)


Time = tuple[float, float]
"""Seconds on the clock and seconds of processor: the second says the same on a busy machine."""


def best(action: Callable[[], Any], runs: int = 3) -> Time:
    """Return the shortest time of several runs."""
    times = []
    for _ in range(runs):
        start, work = time.perf_counter(), time.process_time()
        action()
        times.append((time.perf_counter() - start, time.process_time() - work))
    return min(times)


def once(action: Callable[[], Any]) -> Time:
    return best(action, runs=1)


def both_layers() -> gpd.GeoDataFrame:
    both = [parks_layer()[["geometry"]], blocks_layer()[["geometry"]]]
    return gpd.GeoDataFrame(pd.concat(both, ignore_index=True), crs=4326)


def join(side: str, n: int = 1_000_000) -> Time:
    """Time one cold assignment of n points to 3,395 polygons, by us or by geopandas."""
    x, y = points(n)
    polygons = both_layers()
    if side == "ours":
        return once(lambda: assign.smallest(x, y, polygons))
    frame = gpd.GeoDataFrame(geometry=shapely.points(x, y), crs=4326)
    return once(lambda: gpd.sjoin(frame, polygons, predicate="within"))


def cold(side: str, n: int) -> Time:
    """Run :func:`join` in a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, "--join", str(n), side],
        check=True,
        capture_output=True,
        text=True,
    )
    wall, work = json.loads(done.stdout)
    return wall, work


def joins(n: int, runs: int) -> dict[str, Time]:
    """Alternate ours and theirs, so that both see the same machine; keep each one's best."""
    times: dict[str, list[Time]] = {"ours": [], "sjoin": []}
    for _ in range(runs):
        for side, found in times.items():
            found.append(cold(side, n))
    return {side: min(v) for side, v in times.items()}


def stages() -> dict[str, Time]:
    """Time measures, routes, pilots and block checks over the whole city."""
    std = {path.stem: standards.load(path) for path in FOLDER.glob("*.toml")}
    parks, block_layer, base = parks_layer(), blocks_layer(), firms()
    base, _ = assign.assign(base, parks=parks, blocks=block_layer)
    kept: dict[str, Any] = {}

    def measures() -> None:
        kept["blocks"] = measure.measure(block_layer, base, layer="industrial_blocks", crs=CRS)
        kept["parks"] = measure.measure(
            parks, base, layer="village_parks", crs=CRS, blocks=block_layer
        )

    def routing() -> None:
        kept["routed"] = routes.classify(
            kept["parks"], standard=std["routes-proposal-2025"], blocks=kept["blocks"]
        )

    def choosing() -> None:
        for name in ("pilots-2019", "pilots-2021"):
            pilots.choose(kept["routed"], standard=std[name], weights=std["pilot-score-proposal"])

    def checking() -> None:
        blocks.check(kept["blocks"], parks=kept["routed"], standard=std["blocks-2020"], crs=CRS)

    def drawing() -> None:
        drawn = sheets.draw(
            kept["parks"], only=kept["parks"]["park_id"].head(200).tolist(),
            context=sheets.SheetContext(crs=CRS, blocks=kept["blocks"], enterprises=base),
        )  # fmt: skip
        sheets.to_pdf(drawn, title="sheets")
        kept["drawn"] = drawn

    def drawing_apart() -> None:
        assert sum(1 for _ in sheets.each_pdf(kept["drawn"])) == 200

    def varying() -> None:
        by = {"standard": std["pilots-2019"], "weights": std["pilot-score-proposal"]}
        stability(kept["routed"], **by, draws=1000)

    times = {
        "measures of 2,705 parks and 690 blocks, 100,000 firms": best(measures),
        "routes of 2,705 parks": best(routing),
        "pilots by both rules": best(choosing),
        "block checks": best(checking),
        "rank stability, 1,000 draws": once(varying),
        "200 park sheets as one PDF": once(drawing),
        "200 park sheets as 200 PDFs": once(drawing_apart),
        **snapshots(parks),
    }
    three = list(times.values())[:3]
    together = (sum(wall for wall, _ in three), sum(work for _, work in three))
    return {**times, "measures, routes and pilots together": together}


def snapshots(parks: gpd.GeoDataFrame, years: int = 12) -> dict[str, Time]:
    """Time the layer as it was on a day of each year, where every park changed every year."""
    fields = [name for name in fields_of("village_parks") if name in parks]
    table = parks[fields].astype(object).where(parks[fields].notna(), None)
    records: Any = table.to_dict("records")
    days = [date(2013 + n, 6, 1) for n in range(years)]
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "base.gpkg")

        def write(n: int) -> None:
            edits = [
                Edit(
                    layer="village_parks",
                    id=record["park_id"],
                    record=record | {"far": 0.5 + n / 10},
                    geometry=KEEP if n else shape,
                )
                for record, shape in zip(records, parks.geometry, strict=True)
            ]
            store.apply(edits, "benchmark", "yearly", valid_from=days[n].replace(month=1))

        writing = [once(lambda n=n: write(n)) for n in range(years)]
        reading = once(lambda: [store.as_of(day, "village_parks") for day in days])
    return {
        "a change of 2,705 parks written to the database": max(writing),
        f"{years} days of 2,705 parks with {years} versions each": reading,
    }


def main() -> None:
    if "--join" in sys.argv:
        print(json.dumps(join(sys.argv[-1], int(sys.argv[-2]))))
        return
    asked = arguments(__doc__).parse_args()
    part = Part("parks", "Parks and blocks", ABOUT, ["geopandas", "shapely", "pandas"], quick=asked.quick)  # fmt: skip
    sizes, runs = (GROWTH[:2], 1) if asked.quick else (GROWTH, 3)
    joined = {n: joins(n, runs) for n in sizes}
    last = joined[sizes[-1]]
    part.tables.append(
        Table(
            f"{sizes[-1]:,} points to 3,395 polygons, cold",
            ["", "clock s", "processor s"],
            [["industrymap", *last["ours"]], ["geopandas.sjoin", *last["sjoin"]]],
            ratio=("clock s", "low"),
        )
    )
    done = stages()
    rows = [[name, *times] for name, times in done.items()]
    part.tables.append(Table("Over the whole city", ["", "clock s", "processor s"], rows))
    whole = "measures, routes and pilots together"
    n = f"{sizes[-1]:,}"
    need = (None, None, None) if asked.quick else (1.0, 3.0, 120.0)
    part.claims = [
        Claim("parks.assign_s", f"{n} points to 3,395 polygons", last["ours"][0], "s", need[0], rival="geopandas.sjoin", rival_value=last["sjoin"][0]),
        Claim("parks.whole_s", f"{whole}, 100,000 firms", done[whole][0], "s", need[1]),
        Claim("parks.sheets_s", "200 park sheets as one PDF", done["200 park sheets as one PDF"][0], "s", need[2]),
        Claim("parks.sheets_apart_s", "200 park sheets as 200 PDFs", done["200 park sheets as 200 PDFs"][0], "s", need[2]),
    ]  # fmt: skip
    part.growth = [
        Growth("rows", who, [(k, round(v[side][0], 5)) for k, v in joined.items()], side != "ours")
        for side, who in (("ours", "points to polygons"), ("sjoin", "points to polygons, sjoin"))
    ]
    part.finish(asked.json)


if __name__ == "__main__":
    main()
