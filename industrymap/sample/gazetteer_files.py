"""What the sample knows of its own places: villages, roads, house numbers and buildings, as gazetteer files.

A fully numbered road brings every number that is in use and some more; a sparse one a number every 120 metres;
an unnumbered one none. The level that each address can reach was chosen with that in mind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap import files
from industrymap.sample import _write
from industrymap.sample._random import stream
from industrymap.sample._shift import to_bd09, to_gcj02, to_wgs84
from industrymap.sample.addresses import CITY, PROVINCE
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
    "gazetteer_standard.csv",
)

_STANDARD_EVERY = 40
"""One in so many known numbers is in the table of standard addresses instead."""


def write_gazetteer(
    folder: Path, city: Map, used: Iterable[tuple[int, int]], *, seed: int
) -> dict[str, int]:
    """Write the gazetteer files.

    Parameters
    ----------
    folder : Path
        ``layers/`` of the workspace.
    city : Map
        What is in the city.
    used : iterable of (int, int)
        Road and number of every address that was written.
    seed : int
        Chance.

    Returns
    -------
    counts : dict
        File name → entries.
    """
    known = _known(city, set(used), seed)
    standard, plain = (
        known[::_STANDARD_EVERY],
        [entry for place, entry in enumerate(known) if place % _STANDARD_EVERY],
    )
    return {
        NAMES[0]: _villages(folder / NAMES[0], city),
        NAMES[1]: _roads(folder / NAMES[1], city),
        NAMES[2]: _numbers(folder / NAMES[2], city, plain),
        NAMES[3]: _buildings(folder / NAMES[3], city),
        NAMES[4]: _standard(folder / NAMES[4], city, standard),
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


def _known(city: Map, used: set[tuple[int, int]], seed: int) -> list[tuple[int, int]]:
    """Return every known (road, number) that lies inside the city."""
    rng = stream(seed, "numbers")
    # Every number in use on a full road, and two more, so that not only used ones are known.
    known = {(road, n) for road, n in used if city.roads[road].knowledge == "full"}
    for road in sorted({road for road, _ in known}):
        last = city.roads[road].last_number
        known |= {(road, int(n)) for n in rng.integers(1, last + 1, 2)}
    known |= {entry for road, n in used for entry in _neighbours(city.roads[road], road, n)}
    rows = sorted(known)
    towns = towns_of(number_places([(city.roads[r], n) for r, n in rows]), city.plan)
    return [entry for entry, town in zip(rows, towns.tolist(), strict=True) if town >= 0]


def _numbers(path: Path, city: Map, known: list[tuple[int, int]]) -> int:
    """Write house numbers; a third of the file in GCJ-02, row by row, as merged address tables are."""
    places = number_places([(city.roads[r], n) for r, n in known])
    towns = towns_of(places, city.plan).tolist()
    plain = to_wgs84(places)
    lines = []
    for (road, number), town, wgs, gcj in zip(known, towns, plain, to_gcj02(plain), strict=True):
        shifted = (road + number) % 3 == 0
        x, y = gcj if shifted else wgs
        lines.append(
            (
                "address",
                city.roads[road].name,
                number,
                "左" if number % 2 else "右",
                city.plan.towns[town].code,
                f"{x:.6f}",
                f"{y:.6f}",
                "gcj02" if shifted else "wgs84",
            )
        )
    header = ("kind", "road", "number", "side", "town_code", "lon", "lat", "datum")
    files.write_text(path, _write.csv_text(header, lines))
    return len(lines)


def _standard(path: Path, city: Map, known: list[tuple[int, int]]) -> int:
    """Write a table of standard addresses as a mapping company would hand it over: whole texts, in BD-09."""
    places = number_places([(city.roads[r], n) for r, n in known])
    towns = [city.plan.towns[town] for town in towns_of(places, city.plan).tolist()]
    districts = city.district_names
    lines = [
        (
            f"{PROVINCE}{CITY}{districts[town.district_code]}{town.name}{city.roads[road].name}{number}号",
            f"{x:.6f}",
            f"{y:.6f}",
            "BD-09",
        )
        for (road, number), town, (x, y) in zip(
            known, towns, to_bd09(to_wgs84(places)), strict=True
        )
    ]
    files.write_text(path, _write.csv_text(("标准地址", "经度", "纬度", "坐标系"), lines))
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
