"""Places that cannot be right are flagged: outside the city, in another district, in a wrong datum, in piles."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from industrymap.datum import convert
from industrymap.geocoding.review import sanity
from industrymap.geocoding.review.sanity import Limits

WEST, EAST = shapely.box(113, 23, 113.5, 23.5), shapely.box(113.5, 23, 114, 23.5)
LIMITS = Limits(
    extent=(113, 23, 114, 23.5),
    names={"440001": "西区", "440002": "东区"},
    polygons={"440001": WEST, "440002": EAST},
)


def frame(lon: Any, lat: Any, *, level: str = "address", datum: str | None = None) -> pd.DataFrame:
    n = len(lon)
    table = pd.DataFrame(
        {
            "address": [f"某路{i}号" for i in range(n)],
            "geocode_level": level,
            "source": "firms.xlsx",
            "source_row": range(2, n + 2),
            "datum": datum,
        }
    ).astype(
        {"geocode_level": "string", "source": "string", "source_row": "Int64", "datum": "string"}
    )
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")


def rules(found: pd.DataFrame) -> list[tuple[str, int]]:
    return [(r, n) for r, n in zip(found["rule"], found["row"], strict=True)]


def test_a_place_outside_the_city_is_flagged() -> None:
    found = sanity.check(frame([113.2, 120.0, np.nan], [23.2, 30.0, np.nan]), limits=LIMITS)
    assert rules(found) == [("sanity.outside_city", 3)]


def test_a_place_in_another_district_than_named_is_flagged_and_both_are_said() -> None:
    named = pd.Series(["440001", "440002", pd.NA, "999999"], dtype="string")
    table = frame([113.8, 113.8, 113.8, 113.8], [23.2] * 4)
    found = sanity.check(table, limits=LIMITS, named=named)
    assert rules(found) == [("sanity.other_district", 2)]
    assert "西区" in found["zh"][0]
    assert "东区" in found["zh"][0]


def test_a_place_just_over_the_border_is_not() -> None:
    named = pd.Series(["440001"], dtype="string")
    assert len(sanity.check(frame([113.502], [23.2]), limits=LIMITS, named=named)) == 0


def test_many_firms_on_one_point_are_one_finding() -> None:
    lon = [113.2] * 25 + [113.3] * 5
    found = sanity.check(frame(lon, [23.2] * 30), limits=LIMITS)
    assert rules(found) == [("sanity.pile", 2)]
    assert "25" in found["en"][0]
    assert sanity.coincident_firms(frame(lon, [23.2] * 30)).tolist() == [25] * 25 + [5] * 5


def test_a_town_centre_that_many_share_is_no_pile() -> None:
    table = frame([113.2] * 25, [23.2] * 25, level="town")
    assert len(sanity.check(table, limits=LIMITS)) == 0
    assert sanity.coincident_firms(table).isna().all()


def near_the_border(n: int) -> tuple[np.ndarray, np.ndarray, pd.Series]:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(113.45, 113.55, n), rng.uniform(23.1, 23.4, n)
    named = pd.Series(np.where(lon < 113.5, "440001", "440002"), dtype="string")
    return lon, lat, named


def test_coordinates_in_another_datum_than_stated_are_suspected() -> None:
    lon, lat, named = near_the_border(2_000)
    wrong = convert(lon, lat, source="wgs84", target="bd09")
    found = sanity.check(frame(*wrong, level="given"), limits=LIMITS, named=named)
    [suspicion] = found[found["rule"] == "sanity.wrong_datum"].to_dict("records")
    assert "BD-09" in suspicion["en"]
    assert suspicion["source"] == "firms.xlsx"


def test_a_source_that_states_gcj02_but_holds_wgs84_is_suspected() -> None:
    lon, lat, named = near_the_border(2_000)
    read_as_gcj02 = convert(lon, lat, source="gcj02", target="wgs84")
    found = sanity.check(
        frame(*read_as_gcj02, level="given", datum="gcj02"), limits=LIMITS, named=named
    )
    [suspicion] = found[found["rule"] == "sanity.wrong_datum"].to_dict("records")
    assert "WGS 84" in suspicion["en"]


def test_coordinates_in_the_stated_datum_are_not() -> None:
    lon, lat, named = near_the_border(2_000)
    found = sanity.check(frame(lon, lat, level="given"), limits=LIMITS, named=named)
    assert len(found) == 0


def test_lon_and_lat_columns_serve_as_well_as_geometry() -> None:
    table = pd.DataFrame(frame([113.2, 120.0], [23.2, 30.0]).drop(columns="geometry"))
    table["lon"] = pd.array([113.2, 120.0], dtype="Float64")
    table["lat"] = pd.array([23.2, 30.0], dtype="Float64")
    assert rules(sanity.check(table, limits=LIMITS)) == [("sanity.outside_city", 3)]
