"""One bad byte or one point off the city is the issue of its row: the other rows are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from industrymap import citypack, layers
from industrymap.errors import LayerError
from industrymap.geocoding.gazetteer import imports
from industrymap.jobs import CheckOptions, check_file

if TYPE_CHECKING:
    from pathlib import Path

EXTENT = citypack.load("sample").extent
PLACES = {"off": "116.4,39.9", "antimeridian": "-179.9,25.9", "over 180": "190.0,25.9", "lat 95": "114.0,95.0"}  # fmt: skip


def park(number: int, name: str) -> dict[str, object]:
    x = 113.9 + number / 50
    ring = [[x, 25.9], [x + 0.01, 25.9], [x + 0.01, 25.91], [x, 25.91], [x, 25.9]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"park_id": f"P{number}", "name": name}, "geometry": shape}  # fmt: skip


def geojson(names: list[str]) -> bytes:
    features = [park(i, name) for i, name in enumerate(names)]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()  # fmt: skip


def read(path: Path) -> layers.Layer:
    return layers.read(path, layer="village_parks", datum="wgs84", extent=EXTENT)


def test_a_bad_byte_in_a_name_of_geojson_is_shown_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "parks.geojson"
    path.write_bytes(geojson(["甲园", "乙@园", "丙\\园"]).replace(b"@", b"\xff"))
    layer = read(path)
    assert layer.frame["name"].tolist() == ["甲园", "乙\\xff园", "丙\\园"]
    found = layer.issues[layer.issues["rule"] == "layers.broken_text"]
    assert found["row"].tolist() == [2]


def test_a_feature_that_a_bad_byte_breaks_is_left_out_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "parks.geojson"
    path.write_bytes(geojson(["甲园", "乙园", "丙园"]).replace('"乙园"'.encode(), b'\xff"\xff'))
    layer = read(path)
    assert layer.frame["name"].tolist() == ["甲园", "丙园"]
    assert layer.issues.loc[layer.issues["rule"] == "geometry.damaged_text", "row"].tolist() == [2]


def test_a_file_cut_short_is_still_refused(tmp_path: Path) -> None:
    path = tmp_path / "parks.geojson"
    path.write_bytes(geojson(["甲园", "乙园", "丙园"])[:-200])
    with pytest.raises(LayerError, match="damaged near line"):
        read(path)


def test_a_bad_byte_in_kml_is_shown(tmp_path: Path) -> None:
    text = "<kml><Placemark><name>乙@园</name><Polygon><outerBoundaryIs><LinearRing><coordinates>113.9,25.9 113.91,25.9 113.91,25.91 113.9,25.9</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>"  # fmt: skip
    path = tmp_path / "parks.kml"
    path.write_bytes(text.encode().replace(b"@", b"\xff"))
    layer = read(path)
    assert layer.frame["name"].tolist() == ["乙\\xff园"]
    assert "layers.broken_text" in set(layer.issues["rule"])


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_park_off_the_city_or_across_the_antimeridian_is_the_issue_of_its_row(
    tmp_path: Path, place: str
) -> None:
    x, y = map(float, place.split(","))
    parks = json.loads(geojson(["甲园", "乙园"]))
    ring = [[x, y], [-x if x < -179 else x + 0.01, y], [x, y + 0.01], [x, y]]
    parks["features"][1]["geometry"]["coordinates"] = [ring]
    path = tmp_path / "parks.geojson"
    path.write_text(json.dumps(parks), encoding="utf-8")
    layer = read(path)
    assert "甲园" in layer.frame["name"].tolist()
    assert set(layer.issues["row"].dropna()) == {2}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_check_reports_the_row_of_a_firm_off_the_city(tmp_path: Path, place: str) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(f"企业名称,营业收入（万元）,经度,纬度,坐标系\n甲机械有限公司,1200,114.1,25.9,WGS84\n乙机械有限公司,1300,{place},WGS84\n", encoding="utf-8")  # fmt: skip
    checked = check_file(path, options=CheckOptions(extent=EXTENT))
    far = checked.issues[checked.issues["rule"] == "geocode.outside_city"]
    assert far["row"].tolist() == [3]


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_gazetteer_keeps_the_places_beside_one_off_the_city(tmp_path: Path, place: str) -> None:
    path = tmp_path / "places.csv"
    path.write_text(f"名称,经度,纬度,坐标系\n甲村,114.1,25.9,WGS84\n乙村,114.2,25.9,WGS84\n丙村,{place},WGS84\n", encoding="utf-8")  # fmt: skip
    places, found = imports.read(path, pack=citypack.load("sample"), kind="village")
    assert places["name"].tolist() == ["甲村", "乙村"]
    assert found["row"].tolist() == [4]


def test_a_projected_coordinate_beyond_all_zones_is_outside_the_city() -> None:
    import pandas as pd

    from industrymap.geocoding import Gazetteer, geocode

    firms = pd.DataFrame({"enterprise_id": ["E1"], "name": ["甲"], "address": ["鹭洲区"], "lon": [1e12], "lat": [2.8e6], "datum": ["EPSG:4547"], "source": ["t"], "source_row": [2]})  # fmt: skip
    _, found = geocode(firms, gazetteer=Gazetteer.build(citypack.load("sample")))
    assert "geocode.outside_city" in set(found["rule"])
