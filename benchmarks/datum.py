"""Datum conversion beside its peers, in one run on one core: speed, and how exact there and back is.

Run ``python benchmarks/datum.py [POINTS] [--json FILE]``. The peers coord-convert and eviltransform come with the dependency group
``bench``; where one is missing, its line says so. They work point by point, so they get fewer points. Seconds are seconds of CPU
of this one process, so that a busy machine does not change who is faster.
"""

from __future__ import annotations

import importlib
import os
import time
from typing import TYPE_CHECKING

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import shapely

from benchmarks.figures import Claim, Table
from benchmarks.results import Part, arguments
from industrymap import datum

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Points = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
    Move = Callable[[Points], Points]

REPEATS = 7
PEER_POINTS = 50_000
NEED = {"forward": 3.0e6, "inverse": 0.8e6}
ABOUT = """Points per second of processor time on one core, and how far a point is from where it was after there and back. The peers work
point by point, so they get fewer points."""


def mainland(n: int, seed: int = 1) -> Points:
    """Spread ``n`` points over all of the mainland."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(73.5, 135, 3 * n), rng.uniform(18, 53.5, 3 * n)
    inside = datum.offset_applies(lon, lat)
    return lon[inside][:n], lat[inside][:n]


def ours(source: str, target: str) -> Move:
    return lambda points: datum.convert(*points, source=source, target=target)


def one_by_one(function: Callable[..., tuple[float, float]], *, lat_first: bool = False) -> Move:
    def move(points: Points) -> Points:
        pairs = zip(points[0].tolist(), points[1].tolist(), strict=True)
        if lat_first:
            moved = [function(lat, lon)[::-1] for lon, lat in pairs]
        else:
            moved = [function(lon, lat) for lon, lat in pairs]
        x, y = np.array(moved).T
        return x, y

    return move


def best_seconds(move: Move, points: Points, repeats: int) -> float:
    found = []
    for _ in range(repeats):
        start = time.process_time()
        move(points)
        found.append(time.process_time() - start)
    return min(found)


def metres_apart(a: Points, b: Points) -> float:
    """Return the largest distance between two sets of points in metres."""
    east = (a[0] - b[0]) * 111_320 * np.cos(np.radians(b[1]))
    north = (a[1] - b[1]) * 110_570
    return float(np.hypot(east, north).max())


def line(
    table: Table, name: str, forward: Move, inverse: Move, points: Points, repeats: int
) -> dict[str, float]:
    """Measure one way to convert and add its row."""
    n = points[0].size
    moved = forward(points)
    rates = {
        "forward": n / best_seconds(forward, points, repeats),
        "inverse": n / best_seconds(inverse, moved, repeats),
    }
    error = metres_apart(inverse(moved), points)
    table.rows.append([name, n, rates["forward"], rates["inverse"], error])
    return rates


def peers(table: Table, points: Points) -> dict[str, dict[str, float]]:
    """Measure the peers; return their rates in GCJ-02."""
    rates = {}
    try:
        convert = importlib.import_module("coord_convert.transform")
    except ImportError:
        table.rows.append(["coord-convert", "not installed", None, None, None])
    else:
        rates["coord-convert"] = line(table, "coord-convert, GCJ-02", one_by_one(convert.wgs2gcj), one_by_one(convert.gcj2wgs), points, 3)  # fmt: skip
        line(table, "coord-convert, BD-09", one_by_one(convert.wgs2bd), one_by_one(convert.bd2wgs), points, 3)  # fmt: skip
    try:
        evil = importlib.import_module("eviltransform")
    except ImportError:
        table.rows.append(["eviltransform", "not installed", None, None, None])
        return rates
    forward = one_by_one(evil.wgs2gcj, lat_first=True)
    for name in ("gcj2wgs", "gcj2wgs_exact"):
        inverse = one_by_one(getattr(evil, name), lat_first=True)
        rates[f"eviltransform {name}"] = line(table, f"eviltransform, GCJ-02, {name}", forward, inverse, points, 3)  # fmt: skip
    line(table, "eviltransform, BD-09", one_by_one(evil.wgs2bd, lat_first=True), one_by_one(evil.bd2wgs, lat_first=True), points, 3)  # fmt: skip
    return rates


def polygons() -> Table:
    """Move polygons of 100 vertices: the share of shapely's own vertex rate that is reached."""
    table = Table("Polygons of 100 vertices", ["", "vertices", "vertices/s"], ratio=("vertices/s", "high"))  # fmt: skip
    lon, lat = mainland(3000)
    shapes = shapely.buffer(shapely.points(lon, lat), 0.01, quad_segs=25)
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    for name, move in (
        ("industrymap, polygons to GCJ-02", lambda: datum.convert_geometry(shapes, source="wgs84", target="gcj02")),
        ("copying their vertices (shapely.transform), nothing converted", lambda: shapely.transform(shapes, lambda points: points)),
    ):  # fmt: skip
        start = time.process_time()
        move()
        table.rows.append([name, vertices, vertices / (time.process_time() - start)])
    return table


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("points", nargs="?", type=int, default=1_000_000)
    asked = parser.parse_args()
    n = 100_000 if asked.quick else asked.points
    repeats, few = (2, 10_000) if asked.quick else (REPEATS, PEER_POINTS)
    part = Part("datum", "Datum conversion", ABOUT, ["coord-convert", "eviltransform", "numpy", "pyproj"], quick=asked.quick)  # fmt: skip
    points = mainland(n)
    datum.convert(*points, source="wgs84", target="gcj02")  # the table of cells is made once
    table = Table(
        "WGS 84 to another datum and back",
        ["", "points", "forward /s", "inverse /s", "there and back, m off"],
        ratio=("forward /s", "high"),
    )
    rates = line(table, "industrymap, GCJ-02", ours("wgs84", "gcj02"), ours("gcj02", "wgs84"), points, repeats)  # fmt: skip
    line(table, "industrymap, BD-09", ours("wgs84", "bd09"), ours("bd09", "wgs84"), points, repeats)
    line(table, "industrymap, EPSG:4547 (PROJ)", ours("wgs84", "EPSG:4547"), ours("EPSG:4547", "wgs84"), mainland(min(n, 200_000)), min(3, repeats))  # fmt: skip
    others = peers(table, mainland(few))
    part.tables = [table, polygons()]
    for key, need in NEED.items():
        best = max(((r[key], name) for name, r in others.items()), default=(None, ""))
        part.claims.append(
            Claim(
                f"datum.{key}",
                f"WGS 84 ↔ GCJ-02, {key}",
                rates[key],
                "points/s",
                need,
                "high",
                best[1],
                best[0],
            )
        )
    part.finish(asked.json)
    return 0 if all(claim.met for claim in part.claims) else 1


if __name__ == "__main__":
    raise SystemExit(main())
