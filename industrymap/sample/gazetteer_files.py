"""What the sample knows of its own places: villages, roads, house numbers and buildings, as gazetteer files.

A fully numbered road brings every number that is in use and some more; a sparse one a number every 120 metres;
an unnumbered one none. The level that each address can reach was chosen with that in mind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap import files
from industrymap.sample import _write
from industrymap.sample._dice import stream
from industrymap.sample._shift import to_gcj02, to_wgs84
from industrymap.sample.numbering import known_numbers, number_places
from industrymap.sample.places import towns_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from industrymap.sample.places import Map
    from industrymap.sample.streets import Road

__all__ = ["NAMES", "write_gazetteer"]

NAMES = (
    "gazetteer_villages.geojson",
    "gazetteer_roads.geojson",
    "gazetteer_numbers.csv",
    "gazetteer_buildings.csv",
)


def write_gazetteer(
    folder: Path, city: Map, used: Iterable[tuple[int, int]], *, seed: int
) -> dict[str, int]:
    """Write the gazetteer files.

    Parameters
    ----------
    folder : Path
        ``layers/`` of the workspace.
    city : Map
        What stands in the city.
    used : iterable of (int, int)
        Road and number of every address that was written.
    seed : int
        Chance.

    Returns
    -------
    counts : dict
        File name → entries.
    """
    return {
        NAMES[0]: _villages(folder / NAMES[0], city),
        NAMES[1]: _roads(folder / NAMES[1], city),
        NAMES[2]: _numbers(folder / NAMES[2], city, set(used), seed),
        NAMES[3]: _buildings(folder / NAMES[3], city),
    }


def _villages(path: Path, city: Map) -> int:
    towns = [city.plan.towns[v.town] for v in city.villages]
    shapes = np.array([v.shape.simplify(25) for v in city.villages], dtype=object)
    columns: dict[str, list[Any]] = {
        "kind": ["village"] * len(towns),
        "name": [v.name for v in city.villages],
        "district_code": [t.district_code for t in towns],
        "town_code": [t.code for t in towns],
    }
    _write.geojson(path, _write.degrees(shapes, decimals=5), columns)
    return len(towns)


def _roads(path: Path, city: Map) -> int:
    lines = np.array([r.line for r in city.roads], dtype=object)
    one = [city.plan.towns[r.towns[0]] if len(r.towns) == 1 else None for r in city.roads]
    columns: dict[str, list[Any]] = {
        "kind": ["road"] * len(lines),
        "name": [r.name for r in city.roads],
        "district_code": [t.district_code if t else "" for t in one],
        "town_code": [t.code if t else "" for t in one],
    }
    _write.geojson(path, _write.degrees(lines, decimals=6), columns)
    return len(lines)


def _numbers(path: Path, city: Map, used: set[tuple[int, int]], seed: int) -> int:
    """Write house numbers; a third of the file in GCJ-02, row by row, as merged address tables are."""
    dice = stream(seed, "numbers")
    known = {(road, n) for road, n in used if city.roads[road].knowledge == "full"}
    for road, _ in sorted({(r, 0) for r, _ in known}):
        last = city.roads[road].last_number
        known |= {(road, int(n)) for n in dice.integers(1, last + 1, 2)}
    known |= {entry for road, n in used for entry in _neighbours(city.roads[road], road, n)}
    rows = sorted(known)
    places = number_places([(city.roads[r], n) for r, n in rows])
    towns = towns_of(places, city.plan)
    plain, shifted = to_wgs84(places), to_gcj02(to_wgs84(places)) if rows else to_wgs84(places)
    lines = []
    for (road, number), town, wgs, gcj in zip(rows, towns.tolist(), plain, shifted, strict=True):
        if town < 0:
            continue
        home, third = city.plan.towns[town], (road + number) % 3 == 0
        x, y = gcj if third else wgs
        side = "左" if number % 2 else "右"
        lines.append(
            (
                "address",
                city.roads[road].name,
                number,
                side,
                home.code,
                f"{x:.6f}",
                f"{y:.6f}",
                "gcj02" if third else "wgs84",
            )
        )
    header = ("kind", "road", "number", "side", "town_code", "lon", "lat", "datum")
    files.write_text(path, _write.csv_text(header, lines))
    return len(lines)


def _neighbours(road: Road, place: int, number: int) -> list[tuple[int, int]]:
    """Return the known numbers on either side of an unknown one of a sparse road."""
    numbers = known_numbers(road)
    if number in numbers:
        return [(place, number)]
    side = [n for n in numbers if n % 2 == number % 2]
    below, above = [n for n in side if n < number][-1:], [n for n in side if n > number][:1]
    return [(place, n) for n in below + above]


def _buildings(path: Path, city: Map) -> int:
    points = to_wgs84(np.array([b.place for b in city.buildings]))
    lines = [
        ("building", b.name, city.plan.towns[b.town].code, f"{x:.6f}", f"{y:.6f}", "wgs84")
        for b, (x, y) in zip(city.buildings, points, strict=True)
    ]
    files.write_text(
        path, _write.csv_text(("kind", "name", "town_code", "lon", "lat", "datum"), lines)
    )
    return len(lines)
