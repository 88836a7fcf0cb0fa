"""A route that asked for a park's figures bounds them: it is withheld where one firm or too few are behind them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from industrymap import publishing, schemas
from industrymap.webmap import MapLayer, MapModel
from industrymap.webmap.model import Meta, Snapshot, Standard
from industrymap.webmap.publishing import publishable

NUMBER = "粤审S（2026）018号"


def parks(**columns: Any) -> gpd.GeoDataFrame:
    """Return three parks of 10 mu whose route asked for the tax per mu, unless told otherwise."""
    known = {
        "park_id": ["P1", "P2", "P3"],
        "name": ["东", "南", "西"],
        "route": ["keep", "upgrade", "close"],
        "route_standard": ["s"] * 3,
        "route_inputs": ["plan_conform;tax_per_mu_10k_cny"] * 2 + ["plan_conform"],
        "land_area_m2": [20000 / 3] * 3,
        "tax_10k_cny": [60.0, 40.0, 5.0],
        "firms": [4, 4, 1],
        "firms_reported": [4, 4, 1],
        "base_firms": [4, 4, 0],
        **columns,
    }
    for name in ("firms", "firms_reported", "base_firms"):
        known[name] = pd.array(known[name], dtype="Int64")
    west = np.arange(3) / 100 + 113.0
    return gpd.GeoDataFrame(known, geometry=shapely.box(west, 23.0, west + 0.009, 23.01), crs=4326)


def firms(*taxes: list[float]) -> pd.DataFrame:
    rows = [
        {"enterprise_id": f"{p}{i}", "park_id": f"P{p}", "tax_10k_cny": tax, "in_base": True, "above_scale": True}
        for p, values in enumerate(taxes, 1)
        for i, tax in enumerate(values)
    ]  # fmt: skip
    return pd.DataFrame(rows)


EVEN = [10.0, 10.0, 10.0, 10.0]
ONE = [50.0, 4.0, 3.0, 3.0]


def routes(frame: gpd.GeoDataFrame, *taxes: list[float]) -> tuple[list[bool], dict[str, str]]:
    """Return which routes are shown, and why the others are not."""
    decided = publishing.release(
        {"village_parks": frame},
        schemas={"village_parks": "village_parks"},
        firms=firms(*taxes),
        review_number=NUMBER,
    )
    gone = decided.withheld[decided.withheld["field"] == "route"]
    return decided.layers["village_parks"]["route"].notna().tolist(), dict(zip(gone["key"], gone["reason"], strict=True))  # fmt: skip


def test_a_route_that_bounds_the_tax_of_one_firm_is_withheld() -> None:
    # 50 of 60: to be kept, the park pays at least 5 a mu, so that firm at least 50 less the other 10
    assert routes(parks(), ONE, EVEN) == ([False, True, True], {"P1": "dominance"})


def test_a_route_that_asked_for_no_figure_is_shown_whoever_is_in_the_park() -> None:
    untouched = parks(route_inputs=["plan_conform;planned_use"] * 3)
    assert routes(untouched, ONE, ONE, [1.0]) == ([True, True, True], {})


@pytest.mark.parametrize(
    "count",
    [{"firms_reported": [2, 4, 1]}, {"firms_reported": [None, 4, 1], "firms": [None, 4, 1]}],
)
def test_a_route_over_fewer_than_three_firms_or_an_unknown_number_is_withheld(
    count: dict[str, list[int | None]],
) -> None:
    assert routes(parks(**count), EVEN, EVEN) == ([False, True, True], {"P1": "few"})


def test_a_firm_s_share_is_of_what_the_park_reports_where_that_is_more() -> None:
    # one firm of the park is known; the park reports 60, of which it pays 40
    assert routes(parks(), [40.0], EVEN)[0] == [True, True, True]
    assert routes(parks(), [50.0], EVEN)[0] == [False, True, True]


def test_a_public_page_shows_one_standard_and_no_withheld_route_of_it_or_of_before() -> None:
    frame = parks()
    every = pd.Series(["keep", "upgrade", "close"], index=frame["park_id"])
    page = publishable(
        MapModel(
            layers=(MapLayer(schemas.layer("parks"), frame), MapLayer(schemas.layer("enterprises"), _placed(firms(ONE, EVEN)))),
            meta=Meta(title="t", profile="public", review_number=NUMBER),
            standards=(Standard(id="s", zh="一", routes=every), Standard(id="stricter", zh="二", routes=every)),
            snapshots=(Snapshot(date="2024-12-31", parks=frame),),
        )
    )  # fmt: skip
    (standard,) = page.standards
    assert standard.routes is not None
    assert standard.routes.index.tolist() == ["P2", "P3"]
    before = page.snapshots[0].parks
    assert before is not None
    assert before["route"].notna().tolist() == [False, True, True]


def _placed(table: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(113.0, 23.0)] * len(table), crs=4326)
