"""Naming coordinate systems, refusing the ones that cannot be used, tying local grids to control points."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from industrymap import datum
from industrymap.errors import DatumError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wgs84", "wgs84"), ("WGS 84", "wgs84"), ("EPSG:4326", "wgs84"), ("urn:ogc:def:crs:OGC:1.3:CRS84", "wgs84"),
        ("EPSG:4979", "wgs84"), ("GCJ-02", "gcj02"), ("火星坐标系", "gcj02"), ("高德", "gcj02"), ("腾讯地图", "gcj02"),
        ("BD-09", "bd09"), ("百度坐标系", "bd09"), ("bd09ll", "bd09"), ("天地图", "cgcs2000"), ("2000", "cgcs2000"), ("2000坐标系", "cgcs2000"),
        ("2000国家大地坐标系", "cgcs2000"), ("4490", "cgcs2000"), ("4547", "EPSG:4547"), ("epsg:4526", "EPSG:4526"),
        ("urn:ogc:def:crs:EPSG::4547", "EPSG:4547"), ("CGCS2000 / 3-degree Gauss-Kruger zone 38", "EPSG:4526"),
        ("EPSG:32649", "EPSG:32649"), ("EPSG:2326", "EPSG:2326"),
    ],
)  # fmt: skip
def test_a_system_is_known_by_its_usual_names(text: str, expected: str) -> None:
    assert datum.resolve(text).id == expected


@pytest.mark.parametrize("code", [4326, 4490, 4547, 4526, 4497, 32649])
@pytest.mark.parametrize("dialect", ["WKT2_2019", "WKT1_ESRI", "WKT1_GDAL"])
def test_the_wkt_of_a_prj_file_leads_to_the_same_system(code: int, dialect: str) -> None:
    wkt = pyproj.CRS(code).to_wkt(dialect)
    assert datum.resolve(wkt).id == datum.resolve(str(code)).id


def test_resolving_what_was_resolved_changes_nothing() -> None:
    for text in ("gcj02", "EPSG:4547", "+proj=tmerc +lon_0=113 +x_0=500000 +ellps=GRS80"):
        found = datum.resolve(text)
        assert datum.resolve(found) is found
        assert datum.resolve(found.id) == found


XIAN = ["EPSG:4610", "2362", "EPSG:2383", "西安80", "Xian 1980", "+proj=longlat +a=6378140 +b=6356755.288157528"]  # fmt: skip
BEIJING = ["EPSG:4214", "2414", "EPSG:2435", "北京54", "Beijing_1954", "EPSG:4555", "+proj=tmerc +lon_0=114 +x_0=500000 +ellps=krass"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [(t, "Xian 1980") for t in XIAN] + [(t, "Beijing 1954") for t in BEIJING],
)
def test_old_datums_without_parameters_are_refused_by_name(text: str, name: str) -> None:
    with pytest.raises(DatumError, match=name) as caught:
        datum.resolve(text)
    assert "control points" in caught.value.en
    assert "控制点" in caught.value.zh


@pytest.mark.parametrize("code", [4610, 2362, 4214, 2414])
@pytest.mark.parametrize("dialect", ["WKT2_2019", "WKT1_ESRI", "WKT1_GDAL"])
def test_old_datums_are_refused_from_a_prj_file_too(code: int, dialect: str) -> None:
    with pytest.raises(DatumError, match="control points"):
        datum.resolve(pyproj.CRS(code).to_wkt(dialect))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "No datum is given"), ("gcj2", "Did you mean 'gcj02'"), ("EPSG:99999", "Unknown datum"),
        ("某市2000", "local grid"), ("城建坐标系", "local grid"), ("bd09mc", "Mercator"), ("EPSG:4978", "neither"),
        ("EPSG:5773", "neither"), ("+proj=tmerc +lon_0=114 +ellps=clrk66", "nothing about its datum"),
        ("../secret.prj", "opens files|Unknown"), ("http://example.org/a.prj", "opens files"),
        ("+init=epsg:4326", "opens files"), ("+proj=longlat +nadgrids=/etc/hosts", "opens files"),
        ("+proj=pipeline +step +proj=hgridshift +grids=x.tif", "opens files"), ("+proj=pipeline +step +proj=nonsense", "Unknown"),
        ("GEOGCS[" * 4000, "too long"), ('GEOGCS["x"', "Unknown"), ("\x00", "Unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_one_sentence(text: str, part: str) -> None:
    with pytest.raises(DatumError, match=part) as caught:
        datum.resolve(text)
    assert caught.value.zh
    assert "\n" not in caught.value.en


def test_xian_1980_really_would_be_moved_by_nothing_and_beijing_1954_torn() -> None:
    """The measured reason for the refusals: PROJ answers without a word."""
    xian = pyproj.Transformer.from_crs(4610, 4326, always_xy=True)
    assert xian.transform(113.3, 23.1) == pytest.approx((113.3, 23.1), abs=1e-12)
    beijing = pyproj.Transformer.from_crs(4214, 4326, always_xy=True)
    south, north = beijing.transform(113.3, 22.88), beijing.transform(113.3, 22.90)
    assert abs(south[0] - 113.3) > 1e-4 or abs(south[1] - 22.88) > 1e-4
    assert north == pytest.approx((113.3, 22.90), abs=1e-12)


def test_gauss_kruger_zones_are_numbered_as_the_registry_does() -> None:
    for code in range(4491, 4555):
        zone = datum.gauss_kruger(code)
        assert zone is not None
        name = pyproj.CRS(code).name
        assert (f"zone {zone.zone}" in name) if zone.zone else (f"CM {zone.meridian}E" in name)
        assert ("3-degree" in name) == (zone.width == 3)
    assert datum.gauss_kruger(4490) is None


def _grid(turn_deg: float, scale: float, noise_m: float = 0.0) -> tuple[np.ndarray, ...]:
    """Return control points of an invented local grid, and the same in WGS 84."""
    rng = np.random.default_rng(3)
    east, north = rng.uniform(400_000, 480_000, 8), rng.uniform(2_500_000, 2_600_000, 8)
    turn = np.radians(turn_deg)
    x = scale * (np.cos(turn) * (east - 440_000) + np.sin(turn) * (north - 2_550_000)) + 41_000
    y = scale * (-np.sin(turn) * (east - 440_000) + np.cos(turn) * (north - 2_550_000)) + 28_000
    lon, lat = datum.convert(east, north, source="EPSG:4547")
    return x + rng.normal(0, noise_m, 8), y + rng.normal(0, noise_m, 8), lon, lat


@pytest.mark.parametrize("model", ["similarity", "affine"])
def test_a_local_grid_is_recovered_from_control_points(model: str) -> None:
    x, y, lon, lat = _grid(0.25, 1.00003)
    found = datum.fit(x[:4], y[:4], lon[:4], lat[:4], crs="EPSG:4547", model=model)
    assert found.max_residual_m < 1e-6
    moved = datum.convert(x, y, source=found.datum)
    assert np.allclose(moved, (lon, lat), atol=1e-10)
    back = datum.convert(lon, lat, source="wgs84", target=found.datum)
    assert np.allclose(back, (x, y), atol=1e-4)


def test_a_fitted_grid_can_be_kept_as_text() -> None:
    x, y, lon, lat = _grid(0.25, 1.00003)
    found = datum.fit(x, y, lon, lat, crs="EPSG:4547")
    assert datum.resolve(found.datum.id) == found.datum


def test_residuals_are_reported_point_by_point() -> None:
    x, y, lon, lat = _grid(0.1, 1.0, noise_m=0.05)
    x[5] += 20  # a blunder
    found = datum.fit(x, y, lon, lat, crs="EPSG:4547")
    assert int(np.argmax(found.residuals_m)) == 5
    assert found.rms_m > 1
    assert f"{found.max_residual_m:.3f}" in found.describe("zh")
    assert f"{found.max_residual_m:.3f}" in found.describe("en")


def test_swapped_axes_show_as_mirrored_and_still_fit() -> None:
    x, y, lon, lat = _grid(0.1, 1.0)
    found = datum.fit(y, x, lon, lat, crs="EPSG:4547")
    assert found.mirrored
    assert found.max_residual_m < 1e-6
    assert not datum.fit(x, y, lon, lat, crs="EPSG:4547").mirrored


def test_control_points_may_be_given_in_another_datum() -> None:
    x, y, lon, lat = _grid(0.1, 1.0)
    gcj = datum.convert(lon, lat, source="wgs84", target="gcj02")
    assert datum.fit(x, y, *gcj, known="gcj02", crs="EPSG:4547").max_residual_m < 1e-3


@pytest.mark.parametrize(
    ("count", "crs", "model", "part"),
    [
        (2, "EPSG:4547", "similarity", "at least 3"),
        (8, "wgs84", "similarity", "projected CRS"),
        (8, "EPSG:4547", "rubber", "similarity or affine"),
    ],
)
def test_a_fit_that_cannot_be_made_says_why(count: int, crs: str, model: str, part: str) -> None:
    points = [values[:count] for values in _grid(0.1, 1.0)]
    with pytest.raises(DatumError, match=part):
        datum.fit(*points, crs=crs, model=model)


def test_control_points_on_one_line_are_refused() -> None:
    line = np.array([0.0, 1000.0, 2000.0])
    lon, lat = datum.convert(440_000 + line, 2_550_000 + line, source="EPSG:4547")
    with pytest.raises(DatumError, match="one line"):
        datum.fit(line, line, lon, lat, crs="EPSG:4547")


def test_an_incomplete_control_point_is_refused() -> None:
    x, y, lon, lat = _grid(0.1, 1.0)
    x[0] = np.nan
    with pytest.raises(DatumError, match="7 usable control points of 8"):
        datum.fit(x, y, lon, lat, crs="EPSG:4547")


@pytest.mark.parametrize(
    ("text", "code"),
    [("CGCS2000 114度带", 4547), ("2000坐标系3度带117", 4548), ("国家2000 三度带38带", 4526)],
)
def test_a_strip_of_cgcs2000_may_be_named_in_words(text: str, code: int) -> None:
    assert datum.resolve(text).id == f"EPSG:{code}"


def test_a_strip_of_six_degrees_is_not_taken_for_one_of_three() -> None:
    with pytest.raises(DatumError):
        datum.resolve("CGCS2000 6度带 117")
