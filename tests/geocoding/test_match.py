"""The finest place that the data supports, with its level, radius and evidence; never one of several equal ones."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Polygon, box

from industrymap import citypack
from industrymap.geocoding import Gazetteer, geocode, match
from industrymap.geocoding.gazetteer._roads import SETBACK_M, UNPROVEN_M
from industrymap.geocoding.gazetteer.houses import Houses, Spot
from industrymap.geocoding.match import LEVELS

WEST, EAST = "440112014", "440112012"
"""联和街道 and 萝岗街道, drawn here as two squares side by side."""


def towns() -> gpd.GeoDataFrame:
    shapes = [box(113.40, 23.10, 113.45, 23.20), box(113.45, 23.10, 113.50, 23.20)]
    table = {"code": [WEST, EAST], "name": ["联和街道", "萝岗街道"]}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


def districts() -> gpd.GeoDataFrame:
    table = {"code": ["440112", "440106"], "name": ["黄埔区", "天河区"]}
    shapes = [box(113.40, 23.10, 113.50, 23.20), box(113.30, 23.10, 113.40, 23.20)]
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


def house(number: int, lon: float, *, lat: float = 23.15, town: str = WEST) -> dict[str, Any]:
    place = {"kind": "address", "road": "科学大道", "number": f"{number}号", "town_code": town}
    return place | {"lon": lon, "lat": lat}


def places() -> pd.DataFrame:
    line = LineString([(113.41, 23.15), (113.49, 23.15)])
    rows: list[dict[str, Any]] = [
        {"kind": "road", "name": "科学大道", "geometry": line},
        {"kind": "village", "name": "暹岗村", "town_code": WEST, "lon": 113.43, "lat": 23.18},
        {"kind": "building", "name": "创新大厦", "town_code": WEST, "lon": 113.42, "lat": 23.16},
        {"kind": "building", "name": "同名大厦", "town_code": WEST, "lon": 113.42, "lat": 23.17},
        {"kind": "building", "name": "同名大厦", "town_code": EAST, "lon": 113.47, "lat": 23.17},
        house(2, 113.412, lat=23.151),
        house(10, 113.420, lat=23.151),
        house(1, 113.412, lat=23.149),
        house(11, 113.421, lat=23.149),
        house(200, 113.47, town=EAST),
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def city() -> Gazetteer:
    parks = gpd.GeoDataFrame(
        {
            "park_id": ["P1"],
            "name": ["联和工业园"],
            "town_code": [WEST],
            "district_code": ["440112"],
        },
        geometry=[box(113.43, 23.12, 113.44, 23.13)],
        crs="EPSG:4326",
    )
    return Gazetteer.build(
        citypack.load("guangzhou"),
        districts=districts(),
        towns=towns(),
        layers={"village_parks": parks},
        extra=[places()],
    )


def place(text: str, city: Gazetteer, *, strict: bool = True) -> pd.Series[Any]:
    return match(pd.Series([text]), city, strict=strict).iloc[0]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("广州市黄埔区联和街道科学大道10号", "address"),
        ("广州市黄埔区联和街道科学大道6号", "interpolated"),
        ("广州市黄埔区联和街道创新大厦5楼", "building"),
        ("广州市黄埔区联和街道联和工业园3栋", "park"),
        ("广州市黄埔区联和街道科学大道", "road"),
        ("广州市黄埔区联和街道暹岗村", "village"),
        ("广州市黄埔区联和街道无名路1号", "town"),
        ("广州市黄埔区无名路1号", "district"),
    ],
)
def test_the_finest_level_is_taken(text: str, level: str, city: Gazetteer) -> None:
    found = place(text, city)
    assert found["geocode_level"] == level
    assert found["geocode_source"] == "offline"
    assert found["geocode_radius_m"] > 0


def test_finer_levels_come_first_when_a_text_supports_several(city: Gazetteer) -> None:
    found = place("广州市黄埔区联和街道暹岗村科学大道10号创新大厦", city)
    assert found["geocode_level"] == "address"


def test_a_house_between_two_stands_on_its_own_side(city: Gazetteer) -> None:
    even, odd = place("黄埔区科学大道6号", city), place("黄埔区科学大道5号", city)
    assert (even["lon"], even["lat"]) == pytest.approx((113.416, 23.151))
    assert (odd["lon"], odd["lat"]) == pytest.approx((113.4156, 23.149))


def test_the_radius_of_an_interpolated_house_reaches_both_neighbours(city: Gazetteer) -> None:
    assert place("黄埔区科学大道6号", city)["geocode_radius_m"] >= 409


def test_a_number_beyond_the_known_ones_is_not_extrapolated(city: Gazetteer) -> None:
    assert place("黄埔区联和街道科学大道999号", city)["geocode_level"] == "road"


def test_a_self_assigned_number_is_no_house_number(city: Gazetteer) -> None:
    assert place("黄埔区联和街道科学大道自编10号", city)["geocode_level"] == "road"


def test_the_number_of_a_section_is_not_the_number_of_the_road(city: Gazetteer) -> None:
    assert place("黄埔区联和街道科学大道中10号", city)["geocode_level"] == "road"


def test_a_road_is_taken_within_the_town_that_is_named(city: Gazetteer) -> None:
    west, east = (place(f"黄埔区{town}科学大道", city) for town in ("联和街道", "萝岗街道"))
    whole = place("黄埔区科学大道", city)
    assert west["lon"] < 113.45 < east["lon"]
    assert west["geocode_radius_m"] == pytest.approx(2050 + SETBACK_M, rel=0.02)
    assert whole["geocode_radius_m"] == pytest.approx(4100 + SETBACK_M, rel=0.02)
    assert pd.isna(whole["town_code"])


def test_a_house_gives_the_town_that_the_text_leaves_out(city: Gazetteer) -> None:
    assert place("黄埔区科学大道200号", city)["town_code"] == EAST


def test_none_of_two_equal_places_is_taken(city: Gazetteer) -> None:
    found = place("黄埔区同名大厦", city)
    assert found["geocode_level"] == "district"
    assert "ambiguous" in found["geocode_issues"]
    assert found["geocode_candidates"] == "黄埔区联和街道同名大厦;黄埔区萝岗街道同名大厦"


def test_a_place_that_two_layers_name_is_one_where_they_agree() -> None:
    park = {"kind": "park", "name": "石桥工业园", "town_code": WEST, "lat": 23.17}
    for lon, level in ((113.4205, "park"), (113.44, "district")):
        rows = [park | {"lon": 113.42, "radius_m": 300.0}, park | {"lon": lon, "radius_m": 120.0}]
        city = Gazetteer.build(citypack.load("guangzhou"), districts=districts(), towns=towns(), extra=[pd.DataFrame(rows)])  # fmt: skip
        found = place("黄埔区石桥工业园", city)
        assert found["geocode_level"] == level
        assert ("ambiguous" in str(found["geocode_issues"])) == (level == "district")
        assert level == "district" or found["geocode_radius_m"] == 300


def test_without_strict_the_first_of_equal_places_is_taken(city: Gazetteer) -> None:
    assert place("黄埔区同名大厦", city, strict=False)["geocode_level"] == "building"


def test_a_place_in_another_district_than_named_is_refused(city: Gazetteer) -> None:
    found = place("广州市天河区科学大道10号", city)
    assert (found["geocode_level"], found["district_code"]) == ("district", "440106")
    assert "conflict" in found["geocode_issues"]


def test_a_finer_place_decides_between_contradicting_divisions(city: Gazetteer) -> None:
    found = place("广州市天河区联和街道创新大厦", city)
    assert (found["geocode_level"], found["district_code"]) == ("building", "440112")
    assert "conflict" in found["geocode_issues"]


def test_a_village_implies_its_town(city: Gazetteer) -> None:
    found = place("广州市黄埔区暹岗村一社", city)
    assert (found["town_code"], found["geocode_level"]) == (WEST, "village")


def test_a_place_without_a_point_still_implies_its_town() -> None:
    village = pd.DataFrame([{"kind": "village", "name": "太石村", "town_code": "440115103"}])
    city = Gazetteer.build(citypack.load("guangzhou"), extra=[village])
    found = place("广州市南沙区太石村励业路", city)
    # The village itself has no point: the pack's point of its town serves.
    assert (found["town_code"], found["geocode_level"]) == ("440115103", "town")


def test_a_village_in_a_town_that_moved_leads_to_todays_district() -> None:
    village = pd.DataFrame([{"kind": "village", "name": "太石村", "town_code": "440115103"}])
    city = Gazetteer.build(citypack.load("guangzhou"), extra=[village])
    found = place("广州市番禺区太石村", city)
    assert (found["district_code"], found["geocode_issues"]) == ("440115", "superseded")


def test_levels_score_from_fine_to_coarse(city: Gazetteer) -> None:
    texts = ["科学大道10号", "创新大厦", "联和工业园", "科学大道", "暹岗村", ""]
    scores = [place(f"黄埔区联和街道{text}", city)["geocode_score"] for text in texts]
    assert scores == sorted(scores, reverse=True)
    assert place("创新大厦", city)["geocode_score"] < scores[1]


def test_a_district_without_a_polygon_is_named_but_not_placed(city: Gazetteer) -> None:
    found = place("广州市海珠区新港西路1号", city)
    assert found["district_code"] == "440105"
    assert pd.isna(found["geocode_level"])
    assert pd.isna(found["lon"])


def test_the_evidence_says_which_words_matched_what(city: Gazetteer) -> None:
    found = place("广州市黄埔区联和街道科学大道10号", city)
    assert found["geocode_evidence"] == "科学大道10号→黄埔区联和街道科学大道"


def test_roads_of_one_name_that_do_not_touch_stay_two_places() -> None:
    lines = [
        LineString([(113.41, 23.11), (113.42, 23.11)]),
        LineString([(113.41, 23.19), (113.42, 23.19)]),
    ]
    roads = pd.DataFrame([{"kind": "road", "name": "工业路", "geometry": line} for line in lines])
    city = Gazetteer.build(
        citypack.load("guangzhou"), districts=districts(), towns=towns(), extra=[roads]
    )
    found = place("黄埔区联和街道工业路3号", city)
    assert found["geocode_level"] == "town"
    assert "ambiguous" in found["geocode_issues"]


def test_a_road_along_a_boundary_belongs_to_both_towns() -> None:
    line = LineString([(113.4495, 23.12), (113.4495, 23.18)])
    road = pd.DataFrame([{"kind": "road", "name": "界边路", "geometry": line}])
    city = Gazetteer.build(
        citypack.load("guangzhou"), districts=districts(), towns=towns(), extra=[road]
    )
    levels = [place(f"黄埔区{t}界边路1号", city)["geocode_level"] for t in ("联和街道", "萝岗街道")]
    assert levels == ["road", "road"]


def test_one_number_twice_stands_between_the_two() -> None:
    houses = Houses([(3, Spot(113.0, 23.0, 10.0)), (3, Spot(113.001, 23.0, 10.0))])
    spot = houses.exact(3)
    assert spot is not None
    assert spot.lon == pytest.approx(113.0005)
    assert spot.radius_m == pytest.approx(61.2, abs=1)


def test_levels_are_those_of_the_schema() -> None:
    from industrymap import schemas

    known = [value.value for value in schemas.values("geocode_level")]
    assert known[-len(LEVELS) :] == list(LEVELS)


def test_progress_ends_at_the_total(city: Gazetteer) -> None:
    seen: list[tuple[int, int]] = []
    match(
        pd.Series(["黄埔区"] * 5000), city, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (5000, 5000)


def test_given_coordinates_win_and_need_a_datum(city: Gazetteer) -> None:
    frame = pd.DataFrame(
        {
            "address": ["广州市黄埔区联和街道"] * 3,
            "lon": [113.42, 113.42, 99.0],
            "lat": [23.15, 23.15, 23.15],
            "datum": ["wgs84", None, "wgs84"],
        }
    )
    placed, issues = geocode(frame, gazetteer=city)
    assert placed["geocode_level"].tolist() == ["given", "town", "town"]
    assert issues["rule"].tolist() == ["geocode.no_datum", "geocode.outside_city"]
    assert placed.crs is not None
    assert placed.geometry.iloc[0].coords[0] == (113.42, 23.15)


def test_a_declared_district_serves_where_the_address_names_none(city: Gazetteer) -> None:
    frame = pd.DataFrame(
        {"address": ["科学大道10号", "创新大厦"], "district_declared": ["黄埔区", "天河区"]}
    )
    placed, _ = geocode(frame, gazetteer=city)
    assert placed["geocode_level"].tolist() == ["address", "building"]


def test_what_could_not_be_placed_is_an_issue_with_its_row(city: Gazetteer) -> None:
    frame = pd.DataFrame(
        {
            "address": ["深圳市南山区1号", "广州市天河区联和街道", "黄埔区同名大厦"],
            "source": "t.csv",
            "source_row": [2, 3, 4],
        }
    )
    _, issues = geocode(frame, gazetteer=city)
    found = dict(zip(issues["row"], issues["rule"], strict=True))
    assert found == {2: "geocode.out_of_city", 3: "geocode.conflict", 4: "geocode.ambiguous"}


def test_a_polygon_gives_a_point_inside_itself() -> None:
    hook = Polygon(
        [
            (113.4, 23.1),
            (113.5, 23.1),
            (113.5, 23.11),
            (113.41, 23.11),
            (113.41, 23.2),
            (113.4, 23.2),
        ]
    )
    table = gpd.GeoDataFrame(
        {"code": ["440112"], "name": ["黄埔区"]}, geometry=[hook], crs="EPSG:4326"
    )
    city = Gazetteer.build(citypack.load("guangzhou"), districts=table)
    found = place("黄埔区", city)
    from shapely.geometry import Point

    assert hook.buffer(1e-9).contains(Point(found["lon"], found["lat"]))


def numbered(*numbers: int, town: str = "") -> Gazetteer:
    """Return the pack and a road that only some house numbers prove."""
    rows = [
        {"kind": "address", "road": "谷围大道", "number": f"{n}号", "district_code": "440113"}
        | {"town_code": town, "lon": 113.40 + n / 1e5, "lat": 22.95}
        for n in numbers
    ]
    return Gazetteer.build(citypack.load("guangzhou"), extra=[pd.DataFrame(rows)])


def first(text: str, gazetteer: Gazetteer) -> pd.Series[Any]:
    return match(pd.Series([text], dtype=object), gazetteer).iloc[0]


@pytest.mark.parametrize("numbers", [(8,), (8, 10, 12)])
@pytest.mark.parametrize("text", ["谷围大道900号", "广州市谷围大道900号", "谷围大道8号"])
def test_a_few_house_numbers_name_no_district(numbers: tuple[int, ...], text: str) -> None:
    found = first(text, numbered(*numbers))
    assert found[["lon", "geocode_level", "district_code"]].isna().all()
    assert found["geocode_issues"] == "missing"


@pytest.mark.parametrize("numbers", [(8,), (8, 10, 12)])
def test_a_number_beyond_the_known_ones_leads_to_no_road(numbers: tuple[int, ...]) -> None:
    found = first("番禺区谷围大道900号", numbered(*numbers))
    assert found["district_code"] == "440113"
    assert pd.isna(found["geocode_level"])


def test_a_known_number_on_such_a_road_is_still_found() -> None:
    city = numbered(8, 12)
    assert first("番禺区谷围大道8号", city)["geocode_level"] == "address"
    assert first("番禺区谷围大道10号", city)["geocode_level"] == "interpolated"


def test_a_road_proved_by_numbers_reaches_beyond_them() -> None:
    found = first("番禺区谷围大道", numbered(8, 10, 12))
    assert found["geocode_level"] == "road"
    assert found["geocode_radius_m"] >= UNPROVEN_M


def test_such_a_road_may_run_in_another_district_too() -> None:
    city = numbered(8, 10, 12)
    elsewhere = first("花都区狮岭镇谷围大道900号", city)
    assert (elsewhere["district_code"], elsewhere["town_code"]) == ("440114", "440114109")
    assert pd.isna(elsewhere["geocode_issues"])
    assert first("花都区谷围大道8号", city)["geocode_issues"] == "conflict"


def test_many_house_numbers_in_one_district_show_that_a_road_lies_there() -> None:
    found = first("谷围大道30号", numbered(*range(2, 42, 2)))
    assert (found["geocode_level"], found["district_code"]) == ("address", "440113")


def test_a_pack_of_numbers_across_a_boundary_stands_on_the_road_that_touches_it() -> None:
    found = first("黄埔区萝岗街道科学大道900号", _with_lone_house_in_east())
    assert found["geocode_level"] == "road"


def _with_lone_house_in_east() -> Gazetteer:
    line = LineString([(113.41, 23.15), (113.45, 23.15)])
    rows = [
        {"kind": "road", "name": "科学大道", "town_code": WEST, "geometry": line},
        house(200, 113.451, town=EAST),
    ]
    return Gazetteer.build(citypack.load("guangzhou"), extra=[pd.DataFrame(rows)])


def test_a_named_town_is_placed_at_the_packs_point_with_its_radius() -> None:
    found = first("番禺区石楼镇", Gazetteer.build(citypack.load("guangzhou")))
    assert (found["geocode_level"], found["town_code"]) == ("town", "440113105")
    assert found["geocode_radius_m"] >= 5000


def test_a_towns_polygon_says_more_than_the_packs_point(city: Gazetteer) -> None:
    found = first("黄埔区萝岗街道", city)
    assert found["lon"] == pytest.approx(113.475, abs=0.001)
    assert found["geocode_radius_m"] < 9000


def test_every_town_point_of_the_pack_is_of_a_town_of_today_and_credits_its_source() -> None:
    pack = citypack.load("guangzhou")
    points = pack.town_points
    assert len(points) == 77
    assert set(points["code"]) <= set(pack.current("town")["code"])
    assert points["source"].str.contains("CC BY 4.0").all()
    west, south, east, north = pack.extent
    assert points["lon"].astype(float).between(west, east).all()
    assert points["lat"].astype(float).between(south, north).all()
