"""What coordinates look like, and how a wrong datum shows."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from industrymap import datum

CITY = (112.95, 22.5, 114.06, 23.95)


def city(system: str, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(113.0, 114.0, n), rng.uniform(22.6, 23.9, n)
    return datum.convert(lon, lat, source="wgs84", target=system)


def codes(messages: list[datum.Message]) -> list[str]:
    return [message.code for message in messages]


@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09", "EPSG:4547", "EPSG:4526", "EPSG:3857"])  # fmt: skip
def test_right_coordinates_raise_no_message(system: str) -> None:
    assert datum.plausible(*city(system), system, CITY) == []


@pytest.mark.parametrize("system", ["wgs84", "EPSG:4547", "EPSG:4526"])
def test_swapped_axes_are_recognised(system: str) -> None:
    x, y = city(system)
    assert codes(datum.plausible(y, x, system, CITY)) == ["swapped"]


@pytest.mark.parametrize(
    ("actual", "declared", "code", "crs"),
    [
        ("EPSG:4547", "wgs84", "zone", "EPSG:4547"), ("EPSG:4526", "EPSG:4547", "zone", "EPSG:4526"),
        ("EPSG:4547", "EPSG:4526", "zone", "EPSG:4547"), ("EPSG:4497", "EPSG:4547", "zone", "EPSG:4497"),
        ("EPSG:3857", "wgs84", "mercator", "EPSG:3857"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_met_with_what_the_numbers_look_like(
    actual: str, declared: str, code: str, crs: str
) -> None:
    [message] = datum.plausible(*city(actual), declared, CITY)
    assert message.code == code
    assert message.crs[0] == crs


def test_degrees_declared_as_metres_are_recognised() -> None:
    assert codes(datum.plausible(*city("wgs84"), "EPSG:4547", CITY)) == ["degrees"]


def test_points_outside_the_city_are_counted() -> None:
    lon, lat = city("wgs84", 10)
    lon[:3] = 116.4
    [message] = datum.plausible(lon, lat, "wgs84", CITY)
    assert (message.code, message.count, message.total) == ("outside", 3, 10)


def test_missing_and_zero_coordinates_are_counted_apart() -> None:
    messages = datum.plausible([np.nan, 0, 113.3], [23.1, 0, 23.1], "wgs84", CITY)
    assert [(m.code, m.count) for m in messages] == [("missing", 1), ("zero", 1)]


@pytest.mark.parametrize(
    ("system", "code", "crs"),
    [
        ("wgs84", "degrees", ()), ("gcj02", "degrees", ()), ("EPSG:4547", "zone", ("EPSG:4547",)),
        ("EPSG:4526", "zone", ("EPSG:4526",)), ("EPSG:4497", "zone", ("EPSG:4497",)), ("EPSG:4508", "zone", ("EPSG:4508",)),
        ("EPSG:3857", "mercator", ("EPSG:3857",)),
    ],
)  # fmt: skip
def test_undeclared_numbers_show_their_unit_and_zone(
    system: str, code: str, crs: tuple[str, ...]
) -> None:
    message = datum.looks_like(*city(system), CITY)[0]
    assert message.code == code
    assert message.crs == crs


def test_the_zone_number_shows_without_knowing_the_city() -> None:
    [message] = datum.looks_like(*city("EPSG:4526"))
    assert message.crs == ("EPSG:4526",)
    assert "38" in message.zh


def test_eastings_without_a_zone_number_do_not_show_the_meridian() -> None:
    [message] = datum.looks_like(*city("EPSG:4547"))
    assert message.code == "zone"
    assert message.crs == ()


def test_the_datum_is_never_claimed() -> None:
    for system in ("wgs84", "gcj02", "bd09", "EPSG:4547", "EPSG:4526"):
        for message in datum.looks_like(*city(system), CITY):
            assert "declare" in message.en
            assert "声明" in message.zh


def test_numbers_like_nothing_known_ask_for_control_points() -> None:
    [message] = datum.looks_like([41_000.0, 42_000.0], [28_000.0, 29_000.0], CITY)
    assert message.code == "unknown"
    assert "control points" in message.en


def test_no_coordinates_look_like_nothing() -> None:
    assert datum.looks_like([], []) == []
    assert datum.looks_like([np.nan], [np.nan]) == []


def districts() -> dict[str, shapely.Geometry]:
    """Return twelve invented districts of about 5 km, too small for a shift of 600 m to go unseen."""
    return {
        f"{column}{row}区": shapely.box(
            113.2 + 0.05 * column, 23.0 + 0.05 * row, 113.25 + 0.05 * column, 23.05 + 0.05 * row
        )
        for column in range(4)
        for row in range(3)
    }


def addresses(n: int = 3000) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
    rng = np.random.default_rng(11)
    lon, lat = rng.uniform(113.2, 113.4, n), rng.uniform(23.0, 23.15, n)
    names = [
        f"{int((x - 113.2) / 0.05)}{int((y - 23.0) / 0.05)}区"
        for x, y in zip(lon, lat, strict=True)
    ]
    return lon, lat, [None if i % 10 == 0 else name for i, name in enumerate(names)]


def test_the_right_datum_puts_points_into_the_districts_they_name() -> None:
    lon, lat, names = addresses()
    share, n = datum.share_in_named_district(lon, lat, named=names, districts=districts())
    assert share == 1.0
    assert n == 2700


@pytest.mark.parametrize("actual", ["gcj02", "bd09"])
def test_a_wrong_datum_is_suspected_from_the_named_districts(actual: str) -> None:
    lon, lat, names = addresses()
    x, y = datum.convert(lon, lat, source="wgs84", target=actual)
    shares, message = datum.suspect_datum(
        x, y, declared="wgs84", named=names, districts=districts()
    )
    assert message is not None
    assert message.crs == (actual,)
    assert shares[actual] > shares["wgs84"]
    assert "n=2,700" in message.zh


def test_a_right_datum_is_not_suspected() -> None:
    lon, lat, names = addresses()
    _, message = datum.suspect_datum(lon, lat, declared="wgs84", named=names, districts=districts())
    assert message is None


def test_few_points_prove_nothing() -> None:
    lon, lat, names = addresses(100)
    x, y = datum.convert(lon, lat, source="wgs84", target="bd09")
    _, message = datum.suspect_datum(x, y, declared="wgs84", named=names, districts=districts())
    assert message is None


def test_no_named_district_gives_no_share() -> None:
    share, n = datum.share_in_named_district([113.3], [23.1], named=[None], districts=districts())
    assert np.isnan(share)
    assert n == 0


def test_eastings_of_another_zone_than_the_declared_one_show_without_a_city() -> None:
    easting, northing = [38_441_000.0, 38_442_500.0], [2_559_000.0, 2_560_200.0]
    [told] = datum.plausible(easting, northing, "EPSG:4527")
    assert told.code == "zone"
    assert "EPSG:4526" in told.crs
    assert datum.plausible(easting, northing, "EPSG:4526") == []
