"""Moving coordinates: the offsets, the regions they apply in, projections, every geometry type."""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import datum
from industrymap.errors import DatumError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Points = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

DEGREE_TOLERANCE = 1e-9


def published_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The published forward formula, written out one term at a time in plain Python."""
    x, y = lon - 105.0, lat - 35.0
    pi = math.pi
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    north += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    east += (20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    a, ee = 6378245.0, 0.00669342162296594323
    phi = lat / 180.0 * pi
    magic = 1 - ee * math.sin(phi) ** 2
    north = (north * 180.0) / ((a * (1 - ee)) / (magic * math.sqrt(magic)) * pi)
    east = (east * 180.0) / (a / math.sqrt(magic) * math.cos(phi) * pi)
    return lon + east, lat + north


def published_bd09(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 to BD-09, written out in plain Python."""
    turn = math.pi * 3000.0 / 180.0
    z = math.sqrt(lon * lon + lat * lat) + 0.00002 * math.sin(lat * turn)
    theta = math.atan2(lat, lon) + 0.000003 * math.cos(lon * turn)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


@pytest.fixture(scope="module")
def mainland() -> Points:
    """Return 200 000 points spread over all of the mainland."""
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(73, 136, 450_000), rng.uniform(17.5, 54, 450_000)
    inside = datum.offset_applies(lon, lat)
    return lon[inside][:200_000], lat[inside][:200_000]


def test_gcj02_agrees_with_the_published_formula_all_over_the_mainland(mainland: Points) -> None:
    lon, lat = (values[:20_000] for values in mainland)
    found = np.column_stack(datum.convert(lon, lat, source="wgs84", target="gcj02"))
    expected = [published_gcj02(*point) for point in zip(lon, lat, strict=True)]
    assert np.abs(found - expected).max() < 1e-12


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_gives_the_values_in_circulation(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    lon, lat = datum.convert(*wgs84, source="wgs84", target="gcj02")
    assert (float(lon), float(lat)) == pytest.approx(gcj02, abs=1e-12)


def test_bd09_agrees_with_the_published_formula(mainland: Points) -> None:
    lon, lat = (values[:5_000] for values in mainland)
    found = np.column_stack(datum.convert(lon, lat, source="wgs84", target="bd09"))
    expected = [published_bd09(*published_gcj02(*point)) for point in zip(lon, lat, strict=True)]
    assert np.abs(found - expected).max() < 1e-12


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_there_and_back_is_exact_to_a_billionth_of_a_degree(mainland: Points, system: str) -> None:
    lon, lat = mainland
    back = datum.convert(*datum.convert(lon, lat, source="wgs84", target=system), source=system)
    assert np.abs(back[0] - lon).max() <= DEGREE_TOLERANCE
    assert np.abs(back[1] - lat).max() <= DEGREE_TOLERANCE


def test_gcj02_to_bd09_and_back_is_exact(mainland: Points) -> None:
    lon, lat = datum.convert(*mainland, source="wgs84", target="gcj02")
    bd = datum.convert(lon, lat, source="gcj02", target="bd09")
    back = datum.convert(*bd, source="bd09", target="gcj02")
    assert np.abs(np.subtract(back, (lon, lat))).max() <= DEGREE_TOLERANCE


@settings(max_examples=300, deadline=None)
@given(
    st.floats(allow_nan=True, allow_infinity=True), st.floats(allow_nan=True, allow_infinity=True)
)
def test_any_two_numbers_come_back_or_are_missing(lon: float, lat: float) -> None:
    for system in ("gcj02", "bd09", "EPSG:4547"):
        x, y = datum.convert(lon, lat, source="wgs84", target=system)
        back = datum.convert(x, y, source=system)
        assert np.shape(back[0]) == ()


def test_the_inverse_ends_at_72_degrees_east() -> None:
    started = time.perf_counter()
    lon = np.full(1000, 72.0)
    back = datum.convert(lon, np.linspace(0, 60, 1000), source="gcj02")
    assert np.array_equal(back[0], lon)
    assert time.perf_counter() - started < 2


OUTSIDE = {
    "Hong Kong Central": (114.158, 22.282), "Hong Kong Sheung Shui": (114.128, 22.501),
    "Hong Kong Yuen Long": (114.03, 22.445), "Hong Kong airport": (113.915, 22.309),
    "Hong Kong Tai O": (113.862, 22.254), "Hong Kong Lo Wu station": (114.1133, 22.5283),
    "Hong Kong Ping Chau": (114.433, 22.543), "Hong Kong Sha Tau Kok": (114.215, 22.545),
    "Macau peninsula": (113.549, 22.193), "Macau Taipa": (113.558, 22.157), "Macau Coloane": (113.566, 22.122),
    "Taipei": (121.565, 25.033), "Kaohsiung": (120.301, 22.627), "Penghu": (119.567, 23.565),
    "Kinmen": (118.317, 24.432), "Kinmen Lieyu": (118.235, 24.43), "Matsu Nangan": (119.93, 26.155),
    "Matsu Dongyin": (120.49, 26.367), "Matsu Juguang": (119.94, 25.97),
    "Seoul": (126.978, 37.567), "Pyongyang": (125.754, 39.033), "Tokyo": (139.692, 35.69),
    "Vladivostok": (131.886, 43.116), "Ulaanbaatar": (106.906, 47.886), "Hanoi": (105.854, 21.029),
    "Almaty": (76.889, 43.238), "Bishkek": (74.59, 42.87), "Kathmandu": (85.324, 27.717),
    "Thimphu": (89.64, 27.47), "New Delhi": (77.209, 28.614), "Mandalay": (96.083, 21.975),
    "Islamabad": (73.05, 33.69), "London": (-0.127, 51.507), "Sydney": (151.209, -33.868),
}  # fmt: skip

BESIDE_THE_BORDER = {"Hong Kong Lo Wu station", "Macau Taipa"}

INSIDE = {
    "Shenzhen Luohu station": (114.1181, 22.5325), "Shenzhen Futian": (114.055, 22.52),
    "Shenzhen Shekou": (113.917, 22.478), "Shenzhen Liantang": (114.172, 22.567),
    "Shenzhen Yantian port": (114.27, 22.575), "Shenzhen Nanao": (114.482, 22.535),
    "Zhuhai Gongbei": (113.548, 22.222), "Zhuhai Wanzai": (113.525, 22.198), "Zhuhai Hengqin": (113.52, 22.13),
    "Zhuhai Dangan": (114.28, 22.05), "Nei Lingding": (113.80, 22.41),
    "Xiamen": (118.11, 24.48), "Xiamen east": (118.19, 24.49), "Dadeng": (118.33, 24.56), "Pingtan": (119.79, 25.5),
    "Huangqi": (119.885, 26.335), "Guangzhou": (113.2644, 23.1291), "Nansha": (113.55, 22.75),
    "Haikou": (110.35, 20.02), "Sanya": (109.51, 18.25), "Kashgar": (75.99, 39.47), "Khorgas": (80.42, 44.21),
    "Altay": (88.14, 47.85), "Manzhouli": (117.45, 49.6), "Mohe": (122.53, 52.97), "Heihe": (127.5, 50.245),
    "Suifenhe": (131.15, 44.39), "Fuyuan": (134.3, 48.36), "Hunchun": (130.36, 42.86), "Dandong": (124.38, 40.13),
    "Dalian": (121.6, 38.91), "Changdao": (120.74, 37.92), "Weihai": (122.12, 37.51), "Rongcheng": (122.5, 37.2),
    "Shanghai": (121.47, 31.23), "Shengsi": (122.45, 30.73), "Zhoushan": (122.1, 29.99), "Nyalam": (85.98, 28.16),
    "Yadong": (88.9, 27.48), "Ruili": (97.85, 24.01), "Hekou": (103.96, 22.53), "Dongxing": (107.97, 21.54),
    "Weizhou": (109.12, 21.04), "Erenhot": (111.98, 43.65), "Nantong Lüsi": (121.6, 32.05), "Taxkorgan": (75.23, 37.77),
    "Burang": (81.17, 30.29), "Rutog": (79.73, 33.38), "Zayu": (97.47, 28.66), "Gongshan": (98.67, 27.74),
    "Mohan": (101.69, 21.2), "Torugart": (75.4, 40.5), "Hutou": (133.67, 45.98), "Fangchuan": (130.6, 42.47),
}  # fmt: skip


@pytest.mark.parametrize("place", OUTSIDE)
def test_hong_kong_macau_taiwan_and_abroad_are_not_moved(place: str) -> None:
    for system in ("gcj02", "bd09"):
        moved = datum.convert(*OUTSIDE[place], source="wgs84", target=system)
        assert tuple(map(float, moved)) == OUTSIDE[place]


@pytest.mark.parametrize("place", sorted(set(OUTSIDE) - BESIDE_THE_BORDER))
def test_unmoved_coordinates_are_read_back_unmoved(place: str) -> None:
    for system in ("gcj02", "bd09"):
        assert tuple(map(float, datum.convert(*OUTSIDE[place], source=system))) == OUTSIDE[place]


def test_within_the_shift_of_a_border_the_mainland_reading_wins() -> None:
    # The same GCJ-02 numbers belong to an unmoved place in Lo Wu and to a moved one in Shenzhen.
    lon, lat = datum.convert(*OUTSIDE["Hong Kong Lo Wu station"], source="gcj02")
    assert bool(datum.offset_applies(np.array([lon]), np.array([lat]))[0])
    again = datum.convert(lon, lat, source="wgs84", target="gcj02")
    assert tuple(map(float, again)) == pytest.approx(OUTSIDE["Hong Kong Lo Wu station"], abs=1e-9)


@pytest.mark.parametrize("place", INSIDE)
def test_the_mainland_is_moved_up_to_its_borders(place: str) -> None:
    lon, lat = datum.convert(*INSIDE[place], source="wgs84", target="gcj02")
    metres = math.hypot((lon - INSIDE[place][0]) * 91_000, (lat - INSIDE[place][1]) * 111_000)
    assert 30 < metres < 1000


def test_around_guangzhou_the_shifts_have_the_known_size() -> None:
    lon, lat = np.meshgrid(np.linspace(112.95, 114.05, 40), np.linspace(22.6, 23.9, 40))
    base = datum.convert(lon, lat, source="wgs84", target="EPSG:4547")
    for system, low, high in (("gcj02", 588, 637), ("bd09", 1209, 1300)):
        x, y = datum.convert(*datum.convert(lon, lat, source="wgs84", target=system), source="wgs84", target="EPSG:4547")  # fmt: skip
        metres = np.hypot(x - base[0], y - base[1])
        assert metres.min() == pytest.approx(low, abs=2)
        assert metres.max() == pytest.approx(high, abs=2)


def test_missing_points_stay_missing() -> None:
    lon, lat = datum.convert([np.nan, 113.0], [23.0, np.nan], source="gcj02")
    assert np.isnan(lon[0])
    assert np.isnan(lat[1])


def test_cgcs2000_counts_as_wgs84_by_policy() -> None:
    for name in ("cgcs2000", "EPSG:4490", "国家2000"):
        lon, lat = datum.convert([113.3], [23.1], source=name, target="wgs84")
        assert (lon[0], lat[0]) == (113.3, 23.1)


def test_projected_coordinates_are_easting_then_northing() -> None:
    east, north = datum.convert(113.3, 23.1, source="wgs84", target="EPSG:4547")
    assert float(east) == pytest.approx(428_285.956, abs=0.001)
    assert float(north) == pytest.approx(2_555_783.929, abs=0.001)
    with_zone, _ = datum.convert(113.3, 23.1, source="wgs84", target="EPSG:4526")
    assert float(with_zone - east) == pytest.approx(38_000_000, abs=1e-6)


@pytest.mark.parametrize("code", range(4491, 4555))
def test_every_cgcs2000_zone_converts_there_and_back(code: int) -> None:
    zone = datum.gauss_kruger(code)
    assert zone is not None
    x, y = datum.convert(zone.meridian + 0.5, 30.0, source="wgs84", target=f"EPSG:{code}")
    assert 0 < float(x) - zone.false_easting_m < 60_000
    lon, lat = datum.convert(x, y, source=str(code))
    assert (float(lon), float(lat)) == pytest.approx((zone.meridian + 0.5, 30.0), abs=1e-11)


def test_a_users_proj_string_is_a_coordinate_system() -> None:
    text = "+proj=tmerc +lat_0=0 +lon_0=113.25 +k=1 +x_0=41000 +y_0=-2530000 +ellps=GRS80 +units=m"
    x, y = datum.convert(113.25, 23.1, source="wgs84", target=text)
    assert float(x) == pytest.approx(41_000, abs=1e-6)
    assert np.allclose(datum.convert(x, y, source=text), (113.25, 23.1), atol=1e-11)


def test_an_old_datum_with_its_own_parameters_is_accepted() -> None:
    text = "+proj=tmerc +lon_0=114 +x_0=500000 +ellps=krass +towgs84=15.8,-154.4,-82.3,0,0,0,0"
    lon, lat = datum.convert(428_285.0, 2_555_829.5, source=text)
    plain = datum.convert(428_285.0, 2_555_829.5, source="EPSG:4547")
    moved_m = np.hypot((lon - plain[0]) * 102_000, (lat - plain[1]) * 111_000)
    assert 50 < moved_m < 400


GEOMETRIES = [
    "POINT (113.3 23.1)", "POINT Z (113.3 23.1 12)", "POINT EMPTY", "LINESTRING (113.3 23.1, 113.4 23.2)",
    "MULTIPOINT ((113.3 23.1), (113.4 23.2))", "MULTILINESTRING ((113.3 23.1, 113.4 23.2))",
    "POLYGON ((113 23, 114 23, 114 24, 113 24, 113 23), (113.4 23.4, 113.4 23.6, 113.6 23.6, 113.4 23.4))",
    "POLYGON Z ((113 23 1, 114 23 2, 114 24 3, 113 23 1))", "POLYGON EMPTY",
    "MULTIPOLYGON (((113 23, 114 23, 114 24, 113 23)))",
    "GEOMETRYCOLLECTION (POINT (113.3 23.1), LINESTRING (113.3 23.1, 113.4 23.2))", "GEOMETRYCOLLECTION EMPTY",
    "GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT Z (113.3 23.1 5)))",
]  # fmt: skip


@pytest.mark.parametrize("text", GEOMETRIES)
def test_every_geometry_type_moves_vertex_by_vertex(text: str) -> None:
    geometry = shapely.from_wkt(text)
    [moved] = datum.convert_geometry([geometry], source="wgs84", target="gcj02")
    assert moved.geom_type == geometry.geom_type
    assert shapely.has_z(moved) == shapely.has_z(geometry)
    before = shapely.get_coordinates(geometry, include_z=True)
    after = shapely.get_coordinates(moved, include_z=True)
    x, y = datum.convert(before[:, 0], before[:, 1], source="wgs84", target="gcj02")
    assert np.array_equal(after, np.column_stack([x, y, before[:, 2]]), equal_nan=True)


def test_a_missing_geometry_stays_missing_and_the_input_is_not_changed() -> None:
    given_ = np.array([shapely.Point(113.3, 23.1), None], dtype=object)
    moved = datum.convert_geometry(given_, source="gcj02")
    assert moved[1] is None
    assert given_[0].x == 113.3
    assert moved[0].x != 113.3


def test_a_geoseries_can_be_moved() -> None:
    series = gpd.GeoSeries([shapely.Point(113.3, 23.1)], index=[9])
    assert datum.convert_geometry(series, source="bd09")[0].x == pytest.approx(113.2883, abs=1e-3)


def test_a_datum_may_differ_from_row_to_row() -> None:
    frame = pd.DataFrame({"datum": pd.Series(["GCJ-02", None, "西安80", ""], dtype="string")})
    x, y, refused = datum.convert_rows(
        [113.3] * 4, [23.1] * 4, sources=frame["datum"], default="wgs84"
    )
    assert x[1] == x[3] == 113.3
    assert 113.29 < x[0] < 113.3
    assert np.isnan(x[2])
    assert np.isnan(y[2])
    assert list(refused) == ["西安80"]


def test_rows_without_any_datum_are_refused_not_guessed() -> None:
    x, _, refused = datum.convert_rows([113.3], [23.1], sources=[None])
    assert np.isnan(x[0])
    assert isinstance(refused[""], DatumError)


def test_areas_are_measured_in_the_projected_system_and_on_the_ellipsoid() -> None:
    box = shapely.box(113.2, 23.1, 113.3, 23.2)
    hole = shapely.box(113.24, 23.14, 113.26, 23.16)
    ring = shapely.difference(box, hole)
    [projected] = datum.area_m2([ring], "EPSG:4547")
    [true] = datum.area_m2([ring])
    assert projected == pytest.approx(true, rel=3e-4)
    assert true == pytest.approx(113.5e6 * 0.96, rel=5e-3)
    assert np.isnan(datum.area_m2([None])[0])
    [nested] = datum.area_m2([shapely.GeometryCollection([ring, shapely.Point(113, 23)])])
    assert nested == pytest.approx(true, rel=1e-9)


def test_lengths_agree_between_plane_and_ellipsoid() -> None:
    line = shapely.LineString([(113.2, 23.1), (113.3, 23.2)])
    [projected], [true] = datum.length_m([line], "EPSG:4547"), datum.length_m([line])
    assert projected == pytest.approx(true, rel=2e-4)
    [perimeter] = datum.length_m([shapely.box(113.2, 23.1, 113.3, 23.2)])
    assert perimeter == pytest.approx(42_630, rel=1e-3)


@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "EPSG:3857"])
def test_areas_in_degrees_or_web_mercator_are_refused(crs: str) -> None:
    with pytest.raises(DatumError, match="EPSG:4547"):
        datum.area_m2([shapely.box(113, 23, 114, 24)], crs)


@pytest.mark.real
def test_converted_districts_agree_with_independent_boundaries(real: Path) -> None:
    gcj = _districts(real / "districts_gcj02.geojson", "name")
    coarse = _districts(real / "districts_wgs84_coarse.geojson", "Name_County")
    names = sorted(gcj)
    assert names == sorted(coarse)
    moved = datum.convert_geometry([gcj[n] for n in names], source="gcj02")
    theirs = np.array([coarse[n] for n in names], dtype=object)
    crs = "EPSG:4547"
    shared = datum.area_m2(shapely.intersection(moved, theirs), crs)
    joined = datum.area_m2(shapely.union(moved, theirs), crs)
    assert float(shared.sum() / joined.sum()) >= 0.94
    raw = np.array([gcj[n] for n in names], dtype=object)
    overlap = datum.area_m2(shapely.intersection(raw, theirs), crs).sum()
    whole = datum.area_m2(shapely.union(raw, theirs), crs).sum()
    assert float(overlap / whole) == pytest.approx(0.903, abs=0.001)
    # 7 397.5 km² as the file stands, 7 400.0 km² moved to WGS 84 (7 399.5 km² on the ellipsoid).
    assert datum.area_m2(raw, crs).sum() / 1e6 == pytest.approx(7397, abs=2)
    assert datum.area_m2(moved, crs).sum() / 1e6 == pytest.approx(7400, abs=0.5)


def _districts(path: Path, key: str) -> dict[str, shapely.Geometry]:
    collection = json.loads(path.read_text(encoding="utf-8"))
    return {
        feature["properties"][key]: shapely.make_valid(
            shapely.from_geojson(json.dumps(feature["geometry"]))
        )
        for feature in collection["features"]
    }
