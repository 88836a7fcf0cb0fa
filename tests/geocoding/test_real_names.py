"""What real files of addresses and points taught: a word is no place, a name may be part of a longer one, one number may be a whole site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from benchmarks import geocoding_calibration as calibration
from industrymap import citypack
from industrymap.geocoding import Gazetteer, match, parse
from industrymap.geocoding.address._elements import elements
from industrymap.geocoding.gazetteer import imports
from industrymap.geocoding.gazetteer._places import DEFAULT_RADIUS_M

if TYPE_CHECKING:
    from pathlib import Path

TOWN = "440112014"
"""联和街道 of 黄埔区."""

GENERAL = ("学院", "产业园", "二区", "西北角", "教学楼", "商铺")
LEFT_OVER = ("大街", "支路")
NAMES = {
    "building": (*GENERAL, "榕座", "榕山", "榕城医科大学", "榕汇园", "榕湾国际大厦"),
    "road": (*LEFT_OVER, "2号大街"),
    "park": ("榕江新城",),
}


@pytest.fixture(scope="module")
def city() -> Gazetteer:
    rows: list[dict[str, Any]] = [{"kind": k, "name": n} for k, ns in NAMES.items() for n in ns]
    rows.append({"kind": "address", "road": "榕溪路", "number": "8号"})
    table = pd.DataFrame(rows).assign(town_code=TOWN, lon=113.44, lat=23.17)
    return Gazetteer.build(citypack.load("guangzhou"), extra=[table])


def first(text: str, gazetteer: Gazetteer) -> Any:
    return match(pd.Series([text]), gazetteer).fillna({"geocode_level": ""}).iloc[0]


def level(text: str, gazetteer: Gazetteer) -> str:
    return str(first(text, gazetteer)["geocode_level"])


@pytest.mark.parametrize("word", GENERAL)
def test_a_general_word_is_no_place(word: str, city: Gazetteer) -> None:
    assert level(f"黄埔区样例{word}3幢", city) != "building"


def test_what_somebody_drew_is_a_place_whatever_it_is_called() -> None:
    park = {"park_id": "P1", "name": "大园第二工业区", "town_code": TOWN, "district_code": "440112"}
    drawn = gpd.GeoDataFrame([park], geometry=[box(113.43, 23.12, 113.44, 23.13)], crs=4326)
    gazetteer = Gazetteer.build(citypack.load("guangzhou"), layers={"village_parks": drawn})
    assert level("黄埔区联和街道大园第二工业区3栋", gazetteer) == "park"


@pytest.mark.parametrize("word", LEFT_OVER)
def test_what_is_left_of_a_road_is_no_road(word: str, city: Gazetteer) -> None:
    assert level(f"黄埔区榕溪{word}7号", city) != "road"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("榕座", "黄埔区晨光榕座3幢"),
        ("榕山", "黄埔区榕山花鸟市场12号"),
        ("榕城医科大学", "黄埔区榕城医科大学北塘校区"),
    ],
)
def test_a_part_of_a_longer_name_is_not_that_place(name: str, text: str, city: Gazetteer) -> None:
    assert level(text, city) != "building"
    assert level(f"黄埔区{name}3幢", city) == "building"


def test_a_site_says_where_the_building_behind_it_is(city: Gazetteer) -> None:
    assert level("黄埔区榕汇园创新大厦9楼", city) == "building"


def test_an_area_of_unknown_size_only_leads_to_the_road_behind_it(city: Gazetteer) -> None:
    assert level("黄埔区榕江新城民荣路88号", city) != "park"
    assert level("黄埔区榕江新城3幢", city) == "park"


@pytest.mark.parametrize("name", ["2号大街", "3号路", "15号支路"])
def test_a_street_may_be_called_by_a_number(name: str) -> None:
    parts = elements(f"{name}928号")
    assert (parts["road"], parts["roadno"]) == (name, "928号")


def test_a_number_before_the_edge_of_a_road_is_a_house() -> None:
    assert elements("科学大道2号路边")["roadno"] == "2号"


def test_a_numbered_street_is_not_the_end_of_another(city: Gazetteer) -> None:
    assert level("黄埔区12号大街", city) != "road"
    assert level("黄埔区2号大街", city) == "road"


def test_a_road_of_three_characters_is_not_read_as_a_district_and_a_road(city: Gazetteer) -> None:
    assert parse("花都塘路43号", city).district_code is None


def test_a_district_that_only_the_place_implies_is_an_issue(city: Gazetteer) -> None:
    assert first("广州市榕湾国际大厦9楼", city)["geocode_issues"] == "implied"
    assert pd.isna(first("黄埔区榕湾国际大厦9楼", city)["geocode_issues"])


def test_what_an_address_ends_in_is_a_building_only_where_its_name_says_so(tmp_path: Path) -> None:
    file = tmp_path / "standard.csv"
    lines = ["标准地址,经度,纬度,坐标系"]
    lines += [f"广州市黄埔区联和街道{n},113.44,23.17,WGS84" for n in ("榕湾大厦", "榕湾花苑")]
    file.write_text("\n".join(lines), encoding="utf-8")
    places, _ = imports.read(file, pack=citypack.load("guangzhou"))
    assert places["kind"].tolist() == ["building", "park"]


def test_one_number_may_stand_for_a_whole_site(city: Gazetteer) -> None:
    found = first("黄埔区榕溪路8号", city)
    assert found["geocode_radius_m"] == DEFAULT_RADIUS_M["address"] >= 300


def points(folder: Path) -> pd.DataFrame:
    lines = ["门店地址,所在区,经度,纬度"]
    lines += [f"榕溪路{n}号,黄埔区,{113.44 + n / 10_000},23.17" for n in range(2, 42, 2)]
    lines += [lines[1], "南海大道3号,禅城区,113.1,23.0"]
    file = folder / "shops.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    pack = citypack.load("guangzhou")
    return calibration.read_points([file], {"address": "门店地址"}, "gcj02", pack)


def test_a_point_listed_twice_and_one_of_another_city_are_no_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(points(tmp_path)) == 20
    assert "1 of 22 points name a district of another city" in capsys.readouterr().out


def test_real_points_are_split_asked_for_and_counted_by_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = "half of the numbers, no road"
    monkeypatch.setattr(calibration, "KNOWN", {half: calibration.KNOWN[half]})
    pack = citypack.load("guangzhou")
    cases = calibration.cases_of_points(points(tmp_path), pack, None)
    lines = calibration.calibrate(cases, None, pack, {}, asked=50)
    assert {line[1] for line in lines} == {"as written", "with its district"}
    told = {line[2]: line[3:] for line in lines if line[1] == "with its district"}
    assert told["interpolated"][3] == "100.0%"
    assert [n for what, (n, *_) in told.items() if what.startswith("wrong district")] == ["0"]
