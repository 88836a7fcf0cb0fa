"""House numbers that nobody knows, between two that are known: along the road, on their own side of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiLineString, Point

from industrymap import citypack
from industrymap.geocoding import Gazetteer, match
from industrymap.geocoding.gazetteer._road_line import RoadLine
from industrymap.geocoding.gazetteer.houses import Houses, Spot
from industrymap.terms import METRES_PER_DEGREE

LON, LAT = 113.45, 23.15
SCALE = METRES_PER_DEGREE * math.cos(math.radians(LAT))
RADIUS_M, DEPTH_M, STEP_DEG = 400.0, 20.0, 4.0


def degrees(x: float, y: float) -> tuple[float, float]:
    return LON + x / SCALE, LAT + y / METRES_PER_DEGREE


def on_the_arc(angle_deg: float, radius_m: float) -> tuple[float, float]:
    angle = math.radians(angle_deg)
    return degrees(radius_m * math.cos(angle), radius_m * math.sin(angle))


def stands(number: int) -> tuple[float, float]:
    """Return where a house stands on a street that bends by a right angle: odd numbers outside, even ones inside."""
    outwards = DEPTH_M if number % 2 else -DEPTH_M
    return on_the_arc((number + 1) // 2 * STEP_DEG, RADIUS_M + outwards)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.hypot((one[0] - other[0]) * SCALE, (one[1] - other[1]) * METRES_PER_DEGREE)


BEND = LineString([on_the_arc(angle, RADIUS_M) for angle in np.arange(0, 100, 1.0)])
KNOWN = (1, 2, 21, 22, 41, 42)
HOUSES = [(number, Spot(*stands(number), 10.0)) for number in KNOWN]
UNKNOWN = [number for number in range(3, 41) if number not in KNOWN]


def test_an_interpolated_house_follows_the_bend_of_its_road() -> None:
    along, straight = Houses(HOUSES, BEND), Houses(HOUSES)
    errors = []
    for number in UNKNOWN:
        spots = [houses.interpolated(number) for houses in (along, straight)]
        assert all(spots)
        errors.append([metres((s.lon, s.lat), stands(number)) for s in spots if s])
    best, worst = np.array(errors).max(axis=0)
    assert best < 1.0
    assert worst > 25.0


def test_each_parity_stays_on_its_own_side() -> None:
    houses, road = Houses(HOUSES, BEND), shapely.Polygon([(LON, LAT), *BEND.coords])
    for number in UNKNOWN:
        spot = houses.interpolated(number)
        assert spot
        inside = road.contains(shapely.Point(spot.lon, spot.lat))
        assert inside == (number % 2 == 0)


def test_the_radius_reaches_every_spot_between_the_neighbours() -> None:
    spot = Houses(HOUSES, BEND).interpolated(12)
    assert spot
    between = [stands(number) for number in range(2, 23, 2)]
    assert all(metres((spot.lon, spot.lat), place) <= spot.radius_m for place in between)


@pytest.mark.parametrize(
    ("line", "houses"),
    [
        # The houses of one parity stand on both sides of the line.
        (LineString([degrees(0, 0), degrees(400, 0)]), [(2, 100, 20), (10, 300, -20)]),
        # The line ends before the second house: it was cut at a boundary.
        (LineString([degrees(0, 0), degrees(200, 0)]), [(2, 100, 20), (10, 300, 20)]),
        # The line is another road's.
        (LineString([degrees(0, 900), degrees(400, 900)]), [(2, 100, 20), (10, 300, 20)]),
        # The houses stand on two pieces that do not meet.
        (
            MultiLineString(
                [[degrees(0, 0), degrees(150, 0)], [degrees(250, 90), degrees(400, 90)]]
            ),
            [(2, 100, 20), (10, 300, 80)],
        ),
    ],
)
def test_where_the_line_does_not_lead_past_both_the_way_is_straight(
    line: LineString, houses: list[tuple[int, float, float]]
) -> None:
    spots = [(number, Spot(*degrees(x, y), 10.0)) for number, x, y in houses]
    assert Houses(spots, line).interpolated(6) == Houses(spots).interpolated(6)


@pytest.mark.parametrize(
    "line",
    [
        LineString([degrees(5, 5), degrees(5, 5)]),
        MultiLineString([[degrees(5, 5), degrees(5, 5)], [degrees(9, 9), degrees(9, 9)]]),
        GeometryCollection([Point(degrees(5, 5)), LineString([degrees(5, 5), degrees(5, 5)])]),
    ],
)
def test_a_line_without_length_leads_nowhere(line: Any) -> None:
    assert Houses(HOUSES, line).interpolated(12) == Houses(HOUSES).interpolated(12)


def test_points_among_the_lines_are_left_out() -> None:
    mixed = GeometryCollection([Point(degrees(0, 0)), BEND])
    one, other = (Houses(HOUSES, line).interpolated(12) for line in (mixed, BEND))
    assert one
    assert other
    assert metres((one.lon, one.lat), (other.lon, other.lat)) < 0.01


METRES = st.floats(-2_000, 2_000, allow_nan=False)
PATHS = st.lists(st.tuples(METRES, METRES), min_size=2, max_size=8)


@given(PATHS, st.lists(st.tuples(METRES, METRES), min_size=2, max_size=2), st.integers(3, 19))
def test_any_road_gives_a_place_whose_radius_reaches_both_neighbours(
    path: list[tuple[float, float]], ends: list[tuple[float, float]], number: int
) -> None:
    line = LineString([degrees(*point) for point in path])
    first = 1 if number % 2 else 2
    spots = [
        (n, Spot(*degrees(*end), 10.0)) for n, end in zip((first, first + 20), ends, strict=True)
    ]
    found = Houses(spots, line).interpolated(number)
    assert found
    for end in ends:
        assert metres((found.lon, found.lat), degrees(*end)) <= found.radius_m


def test_segments_that_meet_are_one_line() -> None:
    halves = MultiLineString([BEND.coords[:50], BEND.coords[49:]])
    one, other = (Houses(HOUSES, line).interpolated(24) for line in (BEND, halves))
    assert one
    assert other
    assert metres((one.lon, one.lat), (other.lon, other.lat)) < 0.01


def test_a_share_of_nothing_or_all_is_the_house_itself() -> None:
    line = RoadLine(BEND)
    one, other = line.locate(*zip(*[stands(1), stands(21)], strict=True))
    assert one
    assert other
    for share, number in ((0.0, 1), (1.0, 21)):
        place = line.between(one, other, share)
        assert place
        assert metres(place[:2], stands(number)) < 0.5


def test_an_address_on_a_bent_road_is_put_along_it() -> None:
    rows = [{"kind": "road", "name": "弯弯路", "town_code": "440112014", "geometry": BEND}]
    rows += [
        {"kind": "address", "road": "弯弯路", "number": f"{n}号", "town_code": "440112014"}
        | dict(zip(("lon", "lat"), stands(n), strict=True))
        for n in KNOWN
    ]
    city = Gazetteer.build(citypack.load("guangzhou"), extra=[pd.DataFrame(rows)])
    found = match(pd.Series(["广州市黄埔区联和街道弯弯路12号"]), city).iloc[0]
    assert found["geocode_level"] == "interpolated"
    assert metres((found["lon"], found["lat"]), stands(12)) < 1.0
