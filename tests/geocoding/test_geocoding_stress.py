"""Accuracy: a stress set by category, real registers where they are at hand, and the sample city with its truth."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from industrymap import citypack
from industrymap.geocoding import Gazetteer, match
from industrymap.geocoding.gazetteer import imports

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def stress() -> list[dict[str, str]]:
    text = (HERE / "geocoding_stress.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def guangzhou() -> Gazetteer:
    """Return the pack and fifteen villages, as a user adds them."""
    pack = citypack.load("guangzhou")
    villages, _ = imports.read(HERE / "geocoding_villages.csv", pack=pack)
    return Gazetteer.build(pack, extra=[villages])


def found(city: Gazetteer, addresses: Sequence[str]) -> list[tuple[str, str]]:
    placed = match(pd.Series(addresses, dtype=object), city)
    codes = (placed[c].fillna("") for c in ("district_code", "town_code"))
    return [
        (city.divisions.names.get(d, ""), city.divisions.names.get(t, ""))
        for d, t in zip(*codes, strict=True)
    ]


def test_the_stress_set_is_large_and_covers_its_categories() -> None:
    rows = stress()
    assert len(rows) >= 450
    assert len({row["category"] for row in rows}) >= 20
    assert len({row["address"] for row in rows}) == len(rows)


def test_district_and_town_of_the_stress_set(guangzhou: Gazetteer) -> None:
    rows = stress()
    answers = found(guangzhou, [row["address"] for row in rows])
    right = [answer[0] == row["district"] for answer, row in zip(answers, rows, strict=True)]
    named = [(a[1], row["town"]) for a, row in zip(answers, rows, strict=True) if row["town"]]
    assert sum(right) / len(right) >= 0.99
    assert sum(a == b for a, b in named) / len(named) >= 0.95


def test_no_place_is_invented(guangzhou: Gazetteer) -> None:
    rows = [row for row in stress() if not row["district"]]
    answers = found(guangzhou, [row["address"] for row in rows])
    invented = [row["address"] for row, a in zip(rows, answers, strict=True) if a != ("", "")]
    assert len(rows) >= 70
    assert invented == []


def test_districts_of_a_real_register(real: Path) -> None:
    register = pd.read_csv(real / "registry_1993_2003.csv", encoding="gb18030", dtype=str)
    placed = match(register["注册地址"], Gazetteer.build(citypack.load("guangzhou")))
    assert len(placed) == 8000
    assert placed["district_code"].notna().mean() >= 0.93
    old = register["注册地址"].str.contains(
        "东山区|芳村区|萝岗区|增城市|从化市|番禺市|花都市", na=False
    )
    today = set(citypack.load("guangzhou").current("district")["code"])
    assert set(placed.loc[old, "district_code"].dropna()) <= today
    assert placed.loc[old, "geocode_issues"].str.contains("superseded").mean() >= 0.95


def test_every_decoy_of_the_listed_companies_is_refused(real: Path) -> None:
    listed = pd.read_csv(real / "listed_companies_2021.csv", encoding="utf-8-sig", dtype=str)
    city = Gazetteer.build(citypack.load("guangzhou"))
    for column in ("注册地址", "办公地址"):
        placed = match(listed[column].tail(4), city)
        assert placed["district_code"].isna().all()


def sample_city() -> tuple[Gazetteer, pd.DataFrame]:
    from industrymap import layers, workspace

    space = workspace.load(ROOT)
    pack = citypack.load("sample")
    frames: dict[str, Any] = {}
    for name, source in (("districts", space.districts), ("towns", space.towns)):
        assert source is not None
        frames[name] = layers.read(source.file, layer="divisions", datum=source.datum).frame
    named = {
        source.name: layers.read(source.file, layer=source.schema, datum=source.datum).frame
        for source in space.layers
        if source.name in {"village_parks", "industrial_blocks"}
    }
    extra = [imports.read(path, pack=pack)[0] for path in space.gazetteer]
    return Gazetteer.build(pack, **frames, layers=named, extra=extra), pd.read_parquet(
        ROOT / "truth" / "rows.parquet"
    )


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    """Return the truth of the repository's sample city beside what was found."""
    city, truth = sample_city()
    truth = truth[truth["address"].fillna("").str.strip() != ""].reset_index(drop=True)
    return truth.join(match(truth["address"], city), suffixes=("", "_found"))


def is_clean(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows["address_dirt"].fillna("") == ""


def same(one: pd.Series[Any], other: pd.Series[Any]) -> pd.Series[bool]:
    """Tell where two columns are equal, or both unknown: an address of another city has no town."""
    return (one == other).fillna(value=False).astype(bool) | (one.isna() & other.isna())


@pytest.mark.slow
def test_clean_addresses_reach_their_finest_level(sample: pd.DataFrame) -> None:
    clean = sample[is_clean(sample)]
    assert same(clean["level"], clean["geocode_level"]).mean() >= 0.99
    assert same(clean["town_code"], clean["town_code_found"]).mean() >= 0.99


@pytest.mark.slow
def test_dirty_addresses_find_their_town(sample: pd.DataFrame) -> None:
    dirty = sample[~is_clean(sample)]
    # An address that says no more than its district, or fits several roads, names no town: none is the right answer.
    said = dirty["town_code"].where(dirty["level"].notna() & (dirty["level"] != "district"))
    right = same(said, dirty["town_code_found"]) | same(
        dirty["town_code"], dirty["town_code_found"]
    )
    assert right.mean() >= 0.95


@pytest.mark.slow
def test_nothing_is_put_into_a_wrong_district_without_a_word(sample: pd.DataFrame) -> None:
    both = sample["district_code"].notna() & sample["district_code_found"].notna()
    wrong = sample[both & (sample["district_code"] != sample["district_code_found"])]
    silent = wrong[wrong["geocode_issues"].isna()]
    assert silent["address"].tolist() == []


@pytest.mark.slow
def test_the_truth_lies_within_the_stated_radius_at_every_level(sample: pd.DataFrame) -> None:
    from pyproj import Geod

    placed = sample[sample["lon_found"].notna() & sample["lon"].notna()]
    columns = [placed[c].astype(float).to_numpy() for c in ("lon", "lat", "lon_found", "lat_found")]
    distance = Geod(ellps="WGS84").inv(*columns)[2]
    within = pd.Series(distance <= placed["geocode_radius_m"].astype(float).to_numpy())
    share = within.groupby(placed["geocode_level"].to_numpy()).agg(["mean", "size"])
    assert set(share.index) >= {"address", "interpolated", "building", "park", "road", "village"}
    assert (share["mean"] >= 0.95).all(), share


@pytest.mark.slow
def test_houses_between_known_ones_stand_where_they_are(sample: pd.DataFrame) -> None:
    from pyproj import Geod

    placed = sample[(sample["geocode_level"] == "interpolated") & sample["lon"].notna()]
    columns = [placed[c].astype(float).to_numpy() for c in ("lon", "lat", "lon_found", "lat_found")]
    distance_m = Geod(ellps="WGS84").inv(*columns)[2]
    # A firm stands up to 14 m from the plate with its number: nothing is added by not knowing that number.
    assert len(placed) >= 2000
    assert distance_m.max() <= 15.0
