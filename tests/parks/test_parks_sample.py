"""The sample city's truth: routes, eligibility, block checks and totals are what the truth files say."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from industrymap import blocks, citypack, datum, layers, measure, standards
from industrymap.parks import pilots, routes

ROOT = Path(__file__).parents[2]
PACK = citypack.load("sample")
LATE = {"output_10k_cny", "floor_area_m2", "output_firms_basis"}


class City:
    """The polygon layers of one sample, measured and routed, and their truth."""

    def __init__(self, folder: Path) -> None:
        read = {
            name: layers.read(folder / "layers" / file, layer=name).frame
            for name, file in (
                ("village_parks", "village_parks.gpkg"),
                ("industrial_blocks", "industrial_blocks.geojson"),
            )
        }
        self.blocks = measure.measure(
            read["industrial_blocks"], layer="industrial_blocks", crs=PACK.crs
        )
        parks = measure.measure(
            read["village_parks"], layer="village_parks", crs=PACK.crs, blocks=self.blocks
        )
        routed = routes.classify(parks, standard=standard("routes"), blocks=self.blocks)
        self.parks = gpd.GeoDataFrame(routed)
        self.truth = truth(folder, "village_parks", "park_id", self.parks)
        self.block_truth = truth(folder, "industrial_blocks", "block_id", self.blocks)
        self.totals = json.loads((folder / "truth/totals.json").read_text(encoding="utf-8"))


def standard(kind: str, id_: str | None = None) -> standards.Standard:
    found = standards.choose(PACK, kind, id_=id_)
    assert found is not None
    return found


def truth(folder: Path, name: str, key: str, frame: pd.DataFrame) -> pd.DataFrame:
    table = pd.read_parquet(folder / f"truth/{name}.parquet").set_index(key)
    return table.reindex(frame[key]).reset_index()


@pytest.fixture(scope="module")
def city() -> City:
    """Return the repository's own sample, which is at full scale."""
    return City(ROOT)


def test_every_route_and_every_missing_input_is_the_truth(city: City) -> None:
    assert city.parks["route"].tolist() == city.truth["route"].tolist()
    assert city.parks["route_missing"].tolist() == city.truth["missing"].fillna("").tolist()
    counts = {str(k): int(v) for k, v in city.parks["route"].value_counts().items()}
    assert counts == city.totals["routes"]


@pytest.mark.parametrize("year", [2019, 2021])
def test_eligibility_and_failing_criteria_are_the_truth(city: City, year: int) -> None:
    judged = pilots.eligibility(city.parks, standard("pilots", f"pilots-{year}"))
    found = [None if pd.isna(v) else bool(v) for v in judged["pilot_eligible"]]
    expected = [None if pd.isna(v) else bool(v) for v in city.truth[f"pilot_{year}"]]
    assert found == expected
    assert judged["pilot_failing"].tolist() == city.truth[f"pilot_{year}_fails"].fillna("").tolist()
    missing = city.truth[f"pilot_{year}_missing"].fillna("")
    for mine, theirs in zip(judged["pilot_missing"], missing, strict=True):
        ours, told = (set(filter(None, text.split(";"))) for text in (mine, theirs))
        # of several things the output criterion lacks, the truth names the first; we name them all
        extra = LATE if told & (LATE | {"output_limit"}) else set()
        assert told <= ours <= told | extra


def test_industrial_shares_are_the_truth_at_both_limits(city: City) -> None:
    found, checks = blocks.check(
        city.blocks, crs=PACK.crs, standard=standard("blocks"), parks=city.parks
    )
    share = found["industrial_share"].to_numpy(dtype=float, na_value=np.nan)
    told = city.block_truth["industrial_share"].to_numpy(dtype=float, na_value=np.nan)
    assert np.isnan(share).tolist() == np.isnan(told).tolist()
    assert np.nanmax(np.abs(share - told)) < 1e-4
    assert found["level"].tolist() == city.block_truth["level"].tolist()
    codes = found["block_issues"].str.split(";")
    below = codes.map(lambda c: "share_below_minimum" in c)
    between = codes.map(lambda c: "share_undetermined" in c)
    assert int(below.sum()) == city.totals["blocks_below_55"]
    assert int((below | between).sum()) == city.totals["blocks_below_65"]
    assert (checks["check"] == "overlap").sum() == 0


def test_the_share_of_every_district_inside_blocks_is_the_truth(city: City) -> None:
    districts = layers.read(
        ROOT / "boundaries/districts.geojson", layer="divisions", datum="gcj02"
    ).frame
    # the layer's own districts are by name; the truth is by code
    _, checks = blocks.check(
        city.blocks, crs=PACK.crs, standard=standard("blocks"), districts=districts
    )
    found = checks[checks["check"] == "district_share"].set_index("subject")
    told = {"True": "pass", "False": "fail", "None": "undetermined"}
    for code, land in city.totals["district_industrial_land"].items():
        assert found.loc[code, "status"] == told[str(land["reaches_80"])]
        if land["planned_ha"]:
            share = land["inside_blocks_ha"] / land["planned_ha"]
            assert found.loc[code, "value"] == pytest.approx(share, rel=1e-4)


def test_areas_are_the_truth_and_agree_with_the_ellipsoid(city: City) -> None:
    assert city.parks["land_area_m2"].sum() / 1e6 == pytest.approx(
        city.totals["village_parks_km2"], rel=1e-3
    )
    for frame, column in ((city.parks, "land_area_m2"), (city.blocks, "area_m2")):
        geodesic = datum.area_m2(np.asarray(frame.geometry.array))
        grid = frame[column].to_numpy(dtype=float)
        assert np.abs(grid / geodesic - 1).max() < 5e-4


def test_the_published_totals_are_reproduced_within_a_thousandth(city: City) -> None:
    _, checks = blocks.check(city.blocks, crs=PACK.crs, standard=standard("blocks"))
    totals = checks[checks["check"].str.startswith("total_")].set_index("check")
    assert (totals["status"] == "pass").all()
    assert totals.loc["total_area_km2", "value"] == pytest.approx(626.7, rel=1e-3)
    assert totals.loc["total_count", "value"] == 690
    assert city.parks["land_area_m2"].sum() / 1e6 == pytest.approx(131.62, rel=1e-3)
