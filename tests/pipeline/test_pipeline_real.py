"""The pipeline on real Guangzhou input, where ``../shared/data`` is present; nothing of it is kept."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyproj
import pytest

from industrymap import pipeline, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

CONFIG = """
[workspace]
title = "广州市制造业产业地图"
city = "guangzhou"
producer = "测试"
source = "上市公司年报 2021"
data_date = 2021-12-31

[enterprises]
year = "latest"
tables = [ { file = "layers/listed_companies_2021.csv", kind = "statistics" } ]

[boundaries]
districts = { file = "boundaries/districts_gcj02.geojson", datum = "gcj02" }
"""


@pytest.fixture(scope="module")
def built(real: Path, tmp_path_factory: pytest.TempPathFactory) -> pipeline.Built:
    folder = tmp_path_factory.mktemp("guangzhou")
    for name, file in {
        "layers": "listed_companies_2021.csv",
        "boundaries": "districts_gcj02.geojson",
    }.items():
        (folder / name).mkdir()
        shutil.copy(real / file, folder / name)
    (folder / workspace.CONFIG).write_text(CONFIG, encoding="utf-8")
    return pipeline.build(folder)


def listed(real: Path) -> pd.DataFrame:
    return pd.read_csv(real / "listed_companies_2021.csv", encoding="utf-8-sig", dtype=str)


@pytest.mark.real
def test_the_138_known_revenues_are_the_base(built: pipeline.Built, real: Path) -> None:
    base = built.enterprises[built.enterprises["in_base"].fillna(value=False)]
    raw = listed(real)
    known = raw[pd.to_numeric(raw["营业收入(元)"], errors="coerce") >= 10_000_000]
    assert len(base) == 138
    assert set(base["name"]) == set(known["企业名称"])


@pytest.mark.real
def test_no_decoy_is_in_the_base_or_placed(built: pipeline.Built, real: Path) -> None:
    decoys = set(listed(real)["企业名称"].tail(4))
    firms = built.enterprises
    found = firms[firms["name"].isin(decoys)]
    assert not found["in_base"].fillna(value=False).any()
    assert found.geometry.isna().all()


@pytest.mark.real
def test_every_firm_whose_address_names_a_district_is_in_it(built: pipeline.Built) -> None:
    """The named district is read with a plain search of today's eleven names, apart from the parser."""
    districts = built.layers["districts"]
    firms = built.enterprises[built.enterprises["in_base"].fillna(value=False)]
    city = firms[firms["address"].str.contains("广州")]
    wrong = []
    placed = 0
    for code, name in zip(districts["code"], districts["name"], strict=True):
        named = city[city["address"].str.contains(f"广州市{name}", regex=False)]
        placed += len(named)
        ok = (named["district_code"] == code) & named.geometry.notna()
        ok &= named["geocode_level"].notna() & named["geocode_radius_m"].gt(0)
        wrong += named.loc[~ok.fillna(value=False), "address"].tolist()
        polygon = districts.loc[districts["code"] == code].geometry.iloc[0]
        assert named.geometry.dropna().within(polygon.buffer(1e-3)).all()
    assert placed > 60
    assert wrong == []


@pytest.mark.real
def test_a_firm_that_names_no_place_is_not_placed_by_guess(built: pipeline.Built) -> None:
    firms = built.enterprises
    nowhere = firms[firms["geocode_level"].isna()]
    assert nowhere.geometry.isna().all()
    outside = firms[~firms["address"].fillna("").str.contains("广州|增城|从化|番禺|花都|南沙")]
    assert outside.geometry.isna().all()


@pytest.mark.real
def test_converted_boundaries_agree_with_an_independent_source(
    built: pipeline.Built, real: Path
) -> None:
    mine = built.layers["districts"].set_index("code").geometry.to_crs(built.pack.crs)
    other = gpd.read_file(real / "districts_wgs84_coarse.geojson").set_index("Code_County")
    theirs = other.geometry.to_crs(built.pack.crs).loc[mine.index]
    iou = mine.intersection(theirs).area.sum() / mine.union(theirs).area.sum()
    assert iou >= 0.94
    assert mine.area.sum() / (_km2(built.layers["districts"].geometry) * 1e6) == pytest.approx(
        1, abs=5e-4
    )


def _km2(shapes: gpd.GeoSeries) -> float:
    """Area on the ellipsoid in km², computed apart from the program."""
    geod = pyproj.Geod(ellps="WGS84")
    return sum(abs(geod.geometry_area_perimeter(shape)[0]) for shape in shapes) / 1e6


@pytest.mark.real
def test_converted_boundaries_have_the_city_s_area(built: pipeline.Built, real: Path) -> None:
    """7,397 km² is what the file's own GCJ-02 numbers enclose; moving them to WGS 84 makes that 7,399.5.

    Looked at again with another inverse (eight Newton steps on the published formula; it agrees with ours to 1e-12°), on the
    sums of the districts and on their union, which are equal to 0.01 km²:

    | km²                                  | raw numbers | converted | coarse WGS 84 set |
    |--------------------------------------|------------:|----------:|------------------:|
    | ellipsoid WGS 84 or GRS 80, LAEA     | 7,397.02    | 7,399.52  | 7,181.45          |
    | EPSG:6933 (equal area)               | 7,397.01    | 7,399.51  | 7,181.44          |
    | Krasovsky ellipsoid                  | 7,397.28    | 7,399.77  | 7,181.70          |
    | EPSG:4547 and EPSG:4526, +0.007 %    | 7,397.52    | 7,400.03  | 7,181.95          |
    | EPSG:32649 (UTM), +0.09 %            | 7,403.57    | 7,406.02  | 7,187.73          |
    | sphere of 6,371,007 m, +0.24 %       | 7,414.64    | 7,417.14  | 7,198.53          |

    The coarse set is known as 7,181 km², so the ruler behind that figure is the ellipsoid; with it only the raw numbers give
    7,397. No ruler gives 7,397 ± 2 for the converted polygons, and GCJ-02 may stretch areas by 0.4 % here: this is 0.03 %.
    """
    assert _km2(gpd.read_file(real / "districts_gcj02.geojson").geometry) == pytest.approx(
        7397, abs=2
    )
    assert _km2(built.layers["districts"].geometry) == pytest.approx(7399.5, abs=0.5)


@pytest.mark.real
def test_the_manifest_names_every_input_with_its_hash(built: pipeline.Built) -> None:
    manifest = json.loads((built.workspace.outputs / "manifest.json").read_text(encoding="utf-8"))
    assert {s["file"] for s in manifest["inputs"]} == {
        "layers/listed_companies_2021.csv",
        "boundaries/districts_gcj02.geojson",
    }
    assert all(len(s["sha256"]) == 64 for s in manifest["inputs"])
    assert manifest["counts"]["base"] == 138


@pytest.mark.real
@pytest.mark.browser
def test_the_page_opens_without_a_request_or_an_error(
    built: pipeline.Built, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: troubles.append(str(e)))
    page.on("request", lambda r: troubles.append(r.url) if r.url.startswith("http") else None)
    page.goto((built.workspace.outputs / "map.html").as_uri())
    page.get_by_text("138").first.wait_for(timeout=10_000)
    assert troubles == []
    page.close()


@pytest.mark.real
def test_a_build_without_town_boundaries_names_towns_and_says_what_is_missing(
    built: pipeline.Built,
) -> None:
    base = built.enterprises[built.enterprises["in_base"].fillna(value=False)]
    placed = base[base.geometry.notna()]
    at_town = placed["geocode_level"].eq("town")
    # 127 of the listed firms are placed; 19 name a town that the pack has a point of.
    assert len(placed) >= 125
    assert at_town.sum() >= 17
    assert base.loc[base["town_code"].notna(), "town"].notna().all()
    assert {"build.no_towns", "build.no_roads"} <= set(built.issues["rule"])
