"""Labels of place come from where a firm stands."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from industrymap import tagging


def placed() -> gpd.GeoDataFrame:
    columns = {
        "enterprise_id": ["a", "b", "c"], "district_code": ["1", "1", None], "district": ["东区", "东区", None], "town_code": ["11", None, None],
        "town": ["甲街道", None, None], "park_id": ["P1", None, None], "block_id": ["B1", "B2", None], "geocode_level": ["address", "village", None],
    }  # fmt: skip
    frame = pd.DataFrame(columns).astype("string")
    return gpd.GeoDataFrame(
        frame, geometry=[shapely.Point(0.5, 0.5), shapely.Point(0.5, 0.5), None], crs=4326
    )


def tags() -> pd.DataFrame:
    zones = gpd.GeoDataFrame(
        {"zone_id": ["Z1", "Z2"], "name": ["价值园", "水域"], "kind": ["value_innovation_park", "water"]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)], crs=4326,
    )  # fmt: skip
    blocks = pd.DataFrame({"block_id": ["B1", "B2"], "name": ["一号", None], "level": [1, 2]})
    return tagging.locate(placed(), blocks=blocks, zones=zones)


def test_every_place_is_a_label() -> None:
    mine = tags().query("enterprise_id == 'a'")
    got = dict(zip(mine["taxonomy"].astype(str), mine["label"].astype(str), strict=True))
    assert got == {
        "district": "东区", "town": "甲街道", "block": "一号", "block_level": "一级控制线", "village_park": "P1",
        "value_innovation_park": "价值园",
    }  # fmt: skip


def test_a_coarse_place_is_in_no_zone_and_no_place_has_no_label() -> None:
    found = tags()
    assert (
        "value_innovation_park"
        not in found[found["enterprise_id"] == "b"]["taxonomy"].astype(str).tolist()
    )
    assert "c" not in found["enterprise_id"].tolist()


def test_labels_of_place_join_the_others() -> None:
    found = tags()
    both = tagging.joined([found.head(2), found.tail(2)])
    assert list(both.columns) == tagging.TAG_COLUMNS
    assert len(both) == 4
