"""Datum conversion beside its peers, in one run on one core: speed, and how exact there and back is.

Run ``python benchmarks/datum.py [POINTS]``. The peers coord-convert and eviltransform come with the dependency group
``bench``; where one is missing, its line says so. They work point by point, so they get fewer points. Seconds are seconds of CPU
of this one process, so that a busy machine does not change who is faster.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from typing import TYPE_CHECKING

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import shapely

from industrymap import datum

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Points = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
    Move = Callable[[Points], Points]

REPEATS = 7
PEER_POINTS = 50_000
NEED = {"forward": 3.0e6, "inverse": 0.8e6}


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


def line(name: str, forward: Move, inverse: Move, points: Points, repeats: int) -> dict[str, float]:
    n = points[0].size
    moved = forward(points)
    rates = {
        "forward": n / best_seconds(forward, points, repeats),
        "inverse": n / best_seconds(inverse, moved, repeats),
    }
    error = metres_apart(inverse(moved), points)
    print(f"{name:<34}{n:>10,}{rates['forward']:>16,.0f}{rates['inverse']:>16,.0f}{error:>16.2g}")
    return rates


def peers(points: Points) -> None:
    try:
        convert = importlib.import_module("coord_convert.transform")
    except ImportError:
        print("coord-convert                      not installed (dependency group bench)")
    else:
        line("coord-convert, GCJ-02", one_by_one(convert.wgs2gcj), one_by_one(convert.gcj2wgs), points, 3)  # fmt: skip
        line("coord-convert, BD-09", one_by_one(convert.wgs2bd), one_by_one(convert.bd2wgs), points, 3)  # fmt: skip
    try:
        evil = importlib.import_module("eviltransform")
    except ImportError:
        print("eviltransform                      not installed (dependency group bench)")
        return
    forward = one_by_one(evil.wgs2gcj, lat_first=True)
    for name in ("gcj2wgs", "gcj2wgs_exact"):
        inverse = one_by_one(getattr(evil, name), lat_first=True)
        line(f"eviltransform, GCJ-02, {name[3:]}", forward, inverse, points, 3)
    line("eviltransform, BD-09", one_by_one(evil.wgs2bd, lat_first=True), one_by_one(evil.bd2wgs, lat_first=True), points, 3)  # fmt: skip


def polygons() -> None:
    """Move polygons of 100 vertices: the share of shapely's own vertex rate that is reached."""
    lon, lat = mainland(3000)
    shapes = shapely.buffer(shapely.points(lon, lat), 0.01, quad_segs=25)
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    for name, move in (
        ("polygons to GCJ-02", lambda: datum.convert_geometry(shapes, source="wgs84", target="gcj02")),
        ("polygons, shapely.transform alone", lambda: shapely.transform(shapes, lambda points: points)),
    ):  # fmt: skip
        start = time.process_time()
        move()
        print(f"{name:<34}{vertices:>10,}{vertices / (time.process_time() - start):>16,.0f}")


def main() -> int:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    points = mainland(n)
    datum.convert(*points, source="wgs84", target="gcj02")  # the table of cells is made once
    print(f"{'':<34}{'points':>10}{'forward /s':>16}{'inverse /s':>16}{'back, m off':>16}")
    rates = line("industrymap, GCJ-02", ours("wgs84", "gcj02"), ours("gcj02", "wgs84"), points, REPEATS)  # fmt: skip
    line("industrymap, BD-09", ours("wgs84", "bd09"), ours("bd09", "wgs84"), points, REPEATS)
    line("industrymap, EPSG:4547 (PROJ)", ours("wgs84", "EPSG:4547"), ours("EPSG:4547", "wgs84"), mainland(200_000), 3)  # fmt: skip
    peers(mainland(PEER_POINTS))
    polygons()
    slow = [key for key, need in NEED.items() if rates[key] < need]
    for key in slow:
        print(f"too slow: {key} needs {NEED[key]:,.0f} points/s")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
