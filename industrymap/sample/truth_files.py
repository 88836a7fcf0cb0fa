"""The truth beside the files: what every firm, row, park and block really is, for scoring.

Nothing here was computed by the rooms that it scores.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap import files
from industrymap.sample import _write
from industrymap.sample._shift import to_wgs84
from industrymap.sample.address_dirt import KINDS
from industrymap.sample.expectations import expect
from industrymap.sample.firm_figures import YEARS
from industrymap.sample.polygon_files import block_id, park_id
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from industrymap.sample.block_facts import BlockFacts, DistrictLand
    from industrymap.sample.firms import Firm
    from industrymap.sample.park_routes import ParkFacts
    from industrymap.sample.places import Map, Spot
    from industrymap.sample.rows import Row
    from industrymap.sample.surroundings import Surroundings

__all__ = ["Everything", "firm_id", "write_truth"]

_TABLE_FILES = {
    "statistics": "enterprises_statistics_2025.xlsx",
    "tax": "enterprises_tax_2025.csv",
    "registry": "enterprises_registry.csv",
    "coordinates": "enterprises_coordinates.tsv",
}


def firm_id(number: int) -> str:
    """Return the id by which the truth files name a firm."""
    return f"F{number:06d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """All that is true, and the rows that were made of it."""

    city: Map
    firms: Sequence[Firm]
    rows: dict[str, list[Row]]
    parks: list[ParkFacts]
    around: Surroundings
    blocks: list[BlockFacts]
    land: list[DistrictLand]


def write_truth(folder: Path, known: Everything) -> None:
    """Write enterprises, rows, parks and blocks as Parquet, and ``totals.json``."""
    _enterprises(folder / "enterprises.parquet", known)
    _rows(folder / "rows.parquet", known)
    _parks(folder / f"{PARKS}.parquet", known)
    _blocks(folder / "industrial_blocks.parquet", known)
    _totals(folder / "totals.json", known)
    files.write_text(
        folder / "README.md",
        resources.files(__package__).joinpath("truth.md").read_text(encoding="utf-8"),
    )


def _degrees(spots: Sequence[Spot]) -> tuple[Any, Any]:
    points = to_wgs84(np.array([spot.place for spot in spots]).reshape(-1, 2))
    return np.round(points[:, 0], 6), np.round(points[:, 1], 6)


def _enterprises(path: Path, known: Everything) -> None:
    city, firms, rows = known.city, known.firms, known.rows
    towns = city.plan.towns
    own: list[list[Row]] = [[] for _ in firms]
    for entries in rows.values():
        for row in entries:
            own[row.firm].append(row)
    seen = [expect(firm, own[firm.number]) for firm in firms]
    lon, lat = _degrees([f.operating for f in firms])
    columns: dict[str, Any] = {
        "firm_id": [firm_id(f.number) for f in firms],
        "uscc": [f.uscc for f in firms],
        "name": [f.name for f in firms],
        "lon": lon,
        "lat": lat,
        "district_code": [towns[f.operating.town].district_code for f in firms],
        "town_code": [towns[f.operating.town].code for f in firms],
        "park_id": [park_id(f.park) if f.park >= 0 else None for f in firms],
        "block_id": [block_id(f.block) if f.block >= 0 else None for f in firms],
        "registered_town_code": [towns[f.registered.town].code for f in firms],
        "industry_code": [f.industry.code for f in firms],
        "cluster": [f.industry.labels[0] if f.industry.labels else None for f in firms],
        "clusters": [";".join(f.industry.labels) for f in firms],
        "tiers": [";".join(f.tiers) for f in firms],
        "size_class": [f.size_class for f in firms],
        "staff": [f.staff for f in firms],
        "tables": [";".join(sorted({row.table for row in mine})) for mine in own],
        "identity_sound": [e.identity_sound for e in seen],
        "expected_size_class": [e.size_class for e in seen],
        "expected_clusters": [None if e.clusters is None else ";".join(e.clusters) for e in seen],
    }
    for place, year in enumerate(YEARS):
        yuan = [f.revenue_yuan[place] for f in firms]
        columns[f"revenue_yuan_{year}"] = yuan
        columns[f"in_base_{year}"] = [None if v is None else v >= 1e7 for v in yuan]
        known_yuan = [e.revenue_yuan[place] for e in seen]
        columns[f"expected_in_base_{year}"] = [None if v is None else v >= 1e7 for v in known_yuan]
    _write.parquet(path, columns)


def _rows(path: Path, known: Everything) -> None:
    city, firms, rows = known.city, known.firms, known.rows
    towns = city.plan.towns
    every = [row for table in _TABLE_FILES for row in rows[table]]
    spots = [row.address.spot if row.address else firms[row.firm].operating for row in every]
    lon, lat = _degrees(spots)
    placed = [row.address is None or row.address.issue != "out_of_city" for row in every]
    columns: dict[str, Any] = {
        "file": [_TABLE_FILES[row.table] for row in every],
        "row": [row.row for row in every],
        "firm_id": [firm_id(row.firm) for row in every],
        "address_kind": [
            None
            if row.address is None
            else "registered"
            if row.table == "registry"
            else "operating"
            for row in every
        ],
        "address": [row.address.text if row.address else None for row in every],
        "level": [row.address.level if row.address else None for row in every],
        "lon": [float(x) if ok else None for x, ok in zip(lon, placed, strict=True)],
        "lat": [float(y) if ok else None for y, ok in zip(lat, placed, strict=True)],
        "district_code": [
            towns[s.town].district_code if ok else None for s, ok in zip(spots, placed, strict=True)
        ],
        "town_code": [
            towns[s.town].code if ok else None for s, ok in zip(spots, placed, strict=True)
        ],
        "district": [
            city.district_names[towns[s.town].district_code] if ok else None
            for s, ok in zip(spots, placed, strict=True)
        ],
        "town": [towns[s.town].name if ok else None for s, ok in zip(spots, placed, strict=True)],
        "address_dirt": [";".join(row.address.dirt) if row.address else None for row in every],
        "expected_issue": [row.address.issue if row.address else None for row in every],
        "year": [row.year for row in every],
        "uscc_status": [row.code_status for row in every],
        "revenue_yuan": [row.revenue_yuan for row in every],
        "dirt": [";".join(row.dirt) for row in every],
    }
    _write.parquet(path, columns)


def _parks(path: Path, known: Everything) -> None:
    city, firms, parks, around = known.city, known.firms, known.parks, known.around
    inside: dict[int, list[Firm]] = {}
    for firm in firms:
        inside.setdefault(firm.park, []).append(firm)
    towns = [city.plan.towns[p.town] for p in city.parcels]
    columns: dict[str, Any] = {
        "park_id": [park_id(n) for n in range(len(parks))],
        "name": [p.name for p in city.parcels],
        "district_code": [t.district_code for t in towns],
        "town_code": [t.code for t in towns],
        "land_area_m2": np.round(around.area_m2, 2),
        "block_overlap": np.round(around.in_blocks, 5),
        "nearest_m": [round(float(d), 2) if np.isfinite(d) else None for d in around.nearest_m],
        "route": [p.route for p in parks],
        "missing": [";".join(p.missing) for p in parks],
        "case": [p.case for p in parks],
    }
    for year in (2019, 2021):
        columns[f"pilot_{year}"] = [p.pilots[year][0] for p in parks]
        columns[f"pilot_{year}_fails"] = [";".join(p.pilots[year][1]) for p in parks]
        columns[f"pilot_{year}_missing"] = [";".join(p.pilots[year][2]) for p in parks]
    columns |= _counted([inside.get(n, []) for n in range(len(parks))])
    _write.parquet(path, columns)


def _counted(groups: Sequence[Sequence[Firm]]) -> dict[str, Any]:
    """Count the firms of each polygon by their true place and revenue."""
    last = [[f.revenue_yuan[-1] or 0.0 for f in group] for group in groups]
    return {
        "firms": [len(group) for group in groups],
        "base_firms": [sum(v >= 1e7 for v in values) for values in last],
        "above_scale": [sum(v >= 2e7 for v in values) for values in last],
        "base_revenue_10k_cny": [
            round(sum(v for v in values if v >= 1e7) / 1e4, 4) for values in last
        ],
    }


def _blocks(path: Path, known: Everything) -> None:
    city, firms, blocks = known.city, known.firms, known.blocks
    inside: dict[int, list[Firm]] = {}
    for firm in firms:
        inside.setdefault(firm.block, []).append(firm)
    drawn = city.estates.blocks
    columns: dict[str, Any] = {
        "block_id": [block_id(n) for n in range(len(blocks))],
        "level": [b.level for b in drawn],
        "district_code": [b.district_code for b in drawn],
        "town_code": [city.plan.towns[b.town].code for b in drawn],
        "area_m2": [round(b.shape.area, 2) for b in drawn],
        "industrial_share": [
            None if f.industrial_share is None else round(f.industrial_share, 6) for f in blocks
        ],
        "reaches_55": [f.passes(0.55) for f in blocks],
        "reaches_65": [f.passes(0.65) for f in blocks],
        "case": [f.case for f in blocks],
        "cluster_name": [f.cluster_name for f in blocks],
    }
    columns |= _counted([inside.get(n, []) for n in range(len(blocks))])
    _write.parquet(path, columns)


def _totals(path: Path, known: Everything) -> None:
    """Write what the sample adds up to, and how often each kind of dirt occurs."""
    city, firms, rows = known.city, known.firms, known.rows
    parks, blocks = known.parks, known.blocks
    dirt: dict[str, int] = dict.fromkeys(KINDS, 0)
    cells: dict[str, int] = {}
    for entries in rows.values():
        for row in entries:
            for kind in row.address.dirt if row.address else ():
                dirt[kind] = dirt.get(kind, 0) + 1
            for kind in row.dirt:
                cells[kind] = cells.get(kind, 0) + 1
    drawn = city.estates.blocks
    by_district: dict[str, dict[str, float]] = {}
    for block in drawn:
        entry = by_district.setdefault(
            block.district_code, {"blocks": 0, "km2_level_1": 0.0, "km2_level_2": 0.0}
        )
        entry["blocks"] += 1
        entry[f"km2_level_{block.level}"] += block.shape.area / 1e6
    routes: dict[str, int] = {}
    for park in parks:
        routes[park.route] = routes.get(park.route, 0) + 1
    last = [f.revenue_yuan[-1] for f in firms]
    totals = {
        "raw_rows": {table: len(entries) for table, entries in rows.items()},
        "firms": len(firms),
        "base_firms": sum(v is not None and v >= 1e7 for v in last),
        "above_scale_firms": sum(v is not None and v >= 2e7 for v in last),
        "blocks": len(drawn),
        "blocks_km2": {
            str(level): round(sum(b.shape.area for b in drawn if b.level == level) / 1e6, 4)
            for level in (1, 2)
        },
        "blocks_by_district": {
            code: {k: round(v, 4) for k, v in by_district[code].items()}
            for code in sorted(by_district)
        },
        "district_industrial_land": {
            entry.code: {
                "planned_ha": entry.planned_ha,
                "inside_blocks_ha": entry.inside_ha,
                "reaches_80": entry.reaches_80,
            }
            for entry in known.land
        },
        "blocks_below_55": sum(f.passes(0.55) is False for f in blocks),
        "blocks_below_65": sum(f.passes(0.65) is False for f in blocks),
        PARKS: len(parks),
        f"{PARKS}_km2": round(sum(p.shape.area for p in city.parcels) / 1e6, 4),
        "routes": dict(sorted(routes.items())),
        "address_dirt": dict(sorted(dirt.items())),
        "cell_dirt": dict(sorted(cells.items())),
    }
    files.write_text(path, json.dumps(totals, ensure_ascii=False, indent=1) + "\n")
