"""An OpenStreetMap extract becomes places; the test writes its own small one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from industrymap import citypack
from industrymap.errors import FileRefusedError, GazetteerError
from industrymap.geocoding import Gazetteer, match
from industrymap.geocoding.gazetteer.osm import read

if TYPE_CHECKING:
    from pathlib import Path

osmium = pytest.importorskip("osmium", reason="the extra `osm` is not installed")

LON, LAT = 113.45, 23.16


def write_extract(path: Path) -> Path:
    """Write a road with three houses, a village, an industrial area and a named building."""
    from osmium.osm.mutable import Node, Way

    nodes = [(LON + 0.001 * i, LAT) for i in range(5)]
    square = [
        (LON, LAT + 0.01),
        (LON + 0.01, LAT + 0.01),
        (LON + 0.01, LAT + 0.02),
        (LON, LAT + 0.02),
    ]
    block = [
        (LON, LAT - 0.01),
        (LON + 0.001, LAT - 0.01),
        (LON + 0.001, LAT - 0.011),
        (LON, LAT - 0.011),
    ]
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in enumerate([*nodes, *square, *block], start=1):
            writer.add_node(Node(id=number, location=place))
        for number, (house, lon) in enumerate(
            (("1", LON), ("3", LON + 0.001), ("9", LON + 0.004)), 50
        ):
            tags = {"addr:street": "样例大道", "addr:housenumber": house}
            writer.add_node(Node(id=number, location=(lon, LAT + 0.0003), tags=tags))
        village = {"place": "village", "name": "样例", "old_name": "旧样例"}
        writer.add_node(Node(id=60, location=(LON + 0.02, LAT), tags=village))
        writer.add_node(
            Node(id=61, location=(100.0, 30.0), tags={"place": "village", "name": "远方村"})
        )
        writer.add_way(
            Way(id=1, nodes=[1, 2, 3, 4, 5], tags={"highway": "primary", "name": "样例大道"})
        )
        industry = {"landuse": "industrial", "name": "样例工业园"}
        writer.add_way(Way(id=2, nodes=[6, 7, 8, 9, 6], tags=industry))
        tower = {"building": "yes", "name": "样例大厦"}
        writer.add_way(Way(id=3, nodes=[10, 11, 12, 13, 10], tags=tower))
        writer.add_way(Way(id=4, nodes=[1, 2], tags={"highway": "service"}))
    return path


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return write_extract(tmp_path / "city.osm.pbf")


def test_every_kind_of_place_is_taken(extract: Path) -> None:
    places = read(extract, pack=citypack.load("guangzhou"))
    found = dict(zip(places["kind"], places["name"], strict=True))
    assert found == {
        "address": "",
        "building": "样例大厦",
        "park": "样例工业园",
        "road": "样例大道",
        "village": "样例",
    }
    assert sorted(places.loc[places["kind"] == "address", "number"]) == ["1", "3", "9"]


def test_what_lies_outside_the_city_is_left_out(extract: Path) -> None:
    assert "远方村" not in set(read(extract, pack=citypack.load("guangzhou"))["name"])


def test_the_source_is_named_with_its_licence(extract: Path) -> None:
    places = read(extract, pack=citypack.load("guangzhou"))
    assert places["source"].str.contains("OpenStreetMap contributors, ODbL").all()


def test_addresses_are_matched_with_the_extract(extract: Path) -> None:
    pack = citypack.load("guangzhou")
    gazetteer = Gazetteer.build(pack, extra=[read(extract, pack=pack)])
    texts = pd.Series(
        ["样例大道3号", "样例大道5号", "样例大道8号", "样例工业园", "样例大厦2楼", "样例村"]
    )
    placed = match(texts, gazetteer)
    assert placed["geocode_level"].tolist() == [
        "address",
        "interpolated",
        "road",
        "park",
        "building",
        "village",
    ]


def test_a_damaged_extract_is_refused(extract: Path) -> None:
    extract.write_bytes(extract.read_bytes()[:-40])
    with pytest.raises(GazetteerError, match=r"city\.osm\.pbf"):
        read(extract, pack=citypack.load("guangzhou"))


def test_another_file_under_that_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "city.osm.pbf"
    path.write_text("名称,经度\n")
    with pytest.raises(FileRefusedError):
        read(path, pack=citypack.load("guangzhou"))
