"""The sample city: the same bytes each time, its published totals, its plan, and that it is what its truth says."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from industrymap import sample, workspace
from industrymap.errors import ConfigError
from industrymap.sample import _codes, estates, plan, quarters, streets
from industrymap.sample.address_dirt import HOSTILE, KINDS
from industrymap.sample.address_spelling import chinese_number
from industrymap.sample.industries import industries
from industrymap.sample.numbering import known_numbers, number_places

if TYPE_CHECKING:
    from pathlib import Path

SCALE = 0.02


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sample.generate(folder, scale=SCALE)
    return folder


@pytest.fixture(scope="module")
def ground() -> plan.Plan:
    return plan.draw()


@pytest.fixture(scope="module")
def whole(ground: plan.Plan) -> tuple[estates.Estates, tuple[quarters.Parcel, ...]]:
    """Blocks and parks at scale 1."""
    blocks = estates.lay_out(ground, seed=2019, scale=1.0)
    parks = quarters.lay_out(ground, streets.villages(ground), blocks, seed=2019, scale=1.0)
    return blocks, parks


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def overlap_m2(shapes: np.ndarray) -> float:
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = one < other
    return float(shapely.area(shapely.intersection(shapes[one[once]], shapes[other[once]])).sum())


# --- the files -------------------------------------------------------------------------------------------


def test_the_same_seed_writes_the_same_bytes(small: Path, tmp_path: Path) -> None:
    sample.generate(tmp_path, scale=SCALE)
    assert digests(tmp_path) == digests(small)


def test_another_seed_writes_another_city_on_the_same_plan(small: Path, tmp_path: Path) -> None:
    sample.generate(tmp_path, scale=SCALE, seed=7)
    mine, other = digests(small), digests(tmp_path)
    assert mine["layers/village_parks.gpkg"] != other["layers/village_parks.gpkg"]
    assert mine["boundaries/towns.gpkg"] == other["boundaries/towns.gpkg"]


def test_it_is_a_workspace_whose_files_are_all_there(small: Path) -> None:
    found = workspace.load(small)
    assert found.simulated
    files = [t.file for t in found.tables] + [layer.file for layer in found.layers]
    files += [layer.file for layer in found.background] + list(found.gazetteer)
    assert all(path.is_file() for path in files)


@pytest.mark.parametrize(("seed", "scale"), [(-1, 1.0), (1, 0.0), (1, -2.0), (1, 1e9)])
def test_a_seed_or_scale_out_of_reach_is_refused(tmp_path: Path, seed: int, scale: float) -> None:
    with pytest.raises(ConfigError, match="expected"):
        sample.generate(tmp_path / "x", seed=seed, scale=scale)
    assert not (tmp_path / "x").exists()


# --- the ground ------------------------------------------------------------------------------------------


def test_eleven_districts_and_176_towns_tile_the_city(ground: plan.Plan) -> None:
    towns = np.array([t.shape for t in ground.towns], dtype=object)
    assert (len(ground.districts), len(towns)) == (11, 176)
    assert shapely.is_valid(towns).all()
    assert overlap_m2(towns) < 1e-3
    city = shapely.union_all(towns)
    assert city.geom_type == "Polygon"
    assert len(city.interiors) == 0
    assert shapely.area(towns).sum() == pytest.approx(city.area, abs=1)


def test_districts_are_unions_of_their_towns(ground: plan.Plan) -> None:
    for district in ground.districts:
        towns = [t.shape for t in ground.towns if t.district_code == district.code]
        assert shapely.union_all(towns).symmetric_difference(district.shape).area < 1


def test_borders_are_not_straight(ground: plan.Plan) -> None:
    long = [line for _, _, line in ground.neighbours if line.length > 2000]
    straight = [
        np.hypot(*np.subtract(line.coords[0], line.coords[-1])) / line.length for line in long
    ]
    assert np.median(straight) < 0.93


def test_published_totals_are_met(
    whole: tuple[estates.Estates, tuple[quarters.Parcel, ...]],
) -> None:
    blocks, parks = whole
    area = {level: sum(b.shape.area for b in blocks.blocks if b.level == level) for level in (1, 2)}
    assert len(blocks.blocks) == 690
    assert area[1] == pytest.approx(471.1e6, rel=1e-4)
    assert area[2] == pytest.approx(155.6e6, rel=1e-4)
    assert len(parks) == 2705
    assert sum(p.shape.area for p in parks) == pytest.approx(131.62e6, rel=1e-4)


def test_neither_parks_nor_blocks_overlap_one_another(
    whole: tuple[estates.Estates, tuple[quarters.Parcel, ...]],
) -> None:
    blocks, parks = whole
    for shapes in ([b.shape for b in blocks.blocks], [p.shape for p in parks]):
        polygons = np.array(shapes, dtype=object)
        assert shapely.is_valid(polygons).all()
        assert overlap_m2(polygons) == 0


def test_parks_lie_inside_partly_and_outside_blocks(
    whole: tuple[estates.Estates, tuple[quarters.Parcel, ...]],
) -> None:
    blocks, parks = whole
    industrial = shapely.union_all([b.shape for b in blocks.blocks])
    land = np.array([p.shape for p in parks], dtype=object)
    share = shapely.area(shapely.intersection(land, industrial)) / shapely.area(land)
    assert (share > 0.99).mean() > 0.05
    assert ((share > 0.01) & (share < 0.99)).mean() > 0.05
    assert (share == 0).mean() > 0.5


def test_parcels_look_like_parcels(
    whole: tuple[estates.Estates, tuple[quarters.Parcel, ...]],
) -> None:
    _, parks = whole
    land = np.array([p.shape for p in parks], dtype=object)
    roundness = 4 * np.pi * shapely.area(land) / shapely.length(land) ** 2
    fill = shapely.area(land) / shapely.area(shapely.minimum_rotated_rectangle(land))
    assert roundness.max() < 0.9
    assert (fill > 0.97).mean() < 0.15
    assert shapely.get_num_coordinates(land).mean() > 8


def test_nothing_stands_in_the_river(
    ground: plan.Plan, whole: tuple[estates.Estates, tuple[quarters.Parcel, ...]]
) -> None:
    blocks, parks = whole
    land = [p.shape for p in parks] + [b.shape for b in blocks.blocks]
    river = shapely.union_all([shape for _, shape in ground.water])
    assert shapely.area(shapely.intersection(land, river)).max() < 1


def test_odd_numbers_stand_left_and_even_ones_right(ground: plan.Plan) -> None:
    blocks = estates.lay_out(ground, seed=1, scale=0.02)
    road = next(r for r in streets.roads(ground, blocks) if r.kind == "local")
    (a, b), (c, d) = road.line.coords[0], road.line.coords[-1]
    odd, even = number_places([(road, 11), (road, 12)])
    cross = [(c - a) * (y - b) - (d - b) * (x - a) for x, y in (odd, even)]
    assert cross[0] > 0 > cross[1]


def test_a_town_has_no_two_roads_of_one_name(ground: plan.Plan) -> None:
    blocks = estates.lay_out(ground, seed=2019, scale=1.0)
    named = [(town, road.name) for road in streets.roads(ground, blocks) for town in road.towns]
    assert len(named) == len(set(named))


# --- the truth -------------------------------------------------------------------------------------------


def test_firms_stand_in_the_town_park_and_block_the_truth_names(small: Path) -> None:
    firms = pd.read_parquet(small / "truth/enterprises.parquet")
    towns = {t.code: t.shape for t in plan.draw().towns}
    from pyproj import Transformer

    move = Transformer.from_crs("EPSG:4490", plan.CRS, always_xy=True)
    x, y = move.transform(firms["lon"].to_numpy(), firms["lat"].to_numpy())
    inside = [
        shapely.contains_xy(towns[c].buffer(0.5), a, b)
        for c, a, b in zip(firms["town_code"], x, y, strict=True)
    ]
    assert all(inside)


def test_every_raw_row_is_in_the_truth_under_its_own_row(small: Path) -> None:
    rows = pd.read_parquet(small / "truth/rows.parquet")
    lines = (small / "layers/enterprises_tax_2025.csv").read_bytes().decode("gb18030")
    table = list(csv.reader(io.StringIO(lines, newline="")))
    tax = rows[rows["file"] == "enterprises_tax_2025.csv"]
    assert len(tax) == len(table) - 3
    assert all(table[r - 1][2] == text for r, text in zip(tax["row"], tax["address"], strict=True))


def test_rows_of_the_workbook_stand_where_the_truth_says(small: Path) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(small / "layers/enterprises_statistics_2025.xlsx")
    cells = book.get_sheet_by_name("企业数据").to_python(skip_empty_area=False)
    rows = pd.read_parquet(small / "truth/rows.parquet")
    mine = rows[rows["file"] == "enterprises_statistics_2025.xlsx"]
    assert [cells[r - 1][5] for r in mine["row"]] == mine["address"].tolist()
    assert any(str(line[0]) == "合计" for line in cells)
    assert any(str(line[0]).endswith("小计") for line in cells)


def test_codes_of_firms_have_right_check_digits(small: Path) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in pd.read_parquet(small / "truth/enterprises.parquet")["uscc"]:
        total = sum(alphabet.index(c) * 3**k for k, c in enumerate(code[:17]))
        assert (total + alphabet.index(code[17])) % 31 == 0
        assert code.startswith("919901")


def test_a_known_registration_number_checks() -> None:
    # The worked example of GS 15-2006: 110108000000016.
    assert _codes.registration_number("110108", 1) == "110108000000016"


def test_every_kind_of_dirt_on_addresses_occurs_whatever_the_scale(small: Path) -> None:
    totals = json.loads((small / "truth/totals.json").read_text(encoding="utf-8"))
    assert set(totals["address_dirt"]) >= set(KINDS)
    assert [kind for kind, n in totals["address_dirt"].items() if n == 0] == []


def test_every_kind_of_dirt_in_cells_occurs(tmp_path: Path) -> None:
    sample.generate(tmp_path, scale=0.12)
    totals = json.loads((tmp_path / "truth/totals.json").read_text(encoding="utf-8"))
    assert set(totals["cell_dirt"]) >= CELL_DIRT


CELL_DIRT = {
    "code_blank", "code_bad_check", "code_legacy15", "code_org9", "code_hyphen", "code_fullwidth", "code_lowercase",
    "code_spaces", "code_letter_for_digit", "code_scientific", "code_truncated", "name_brackets", "name_spaces",
    "name_note", "old_name", "industry_fullwidth", "industry_short", "industry_text", "industry_blank",
    "money_thousands", "money_fullwidth", "money_unit_in_cell", "money_currency", "money_text", "money_blank",
    "money_negative", "money_absurd", "duplicate_row", "duplicate_firm", "two_revenues", "hostile_note", "hostile_name",
    "datum_blank", "datum_wrong", "axes_swapped", "zero_point", "declared_district_wrong", "year_before",
}  # fmt: skip


def test_hostile_texts_are_all_there_whatever_the_scale(small: Path) -> None:
    tax = (small / "layers/enterprises_tax_2025.csv").read_bytes().decode("gb18030")
    assert [text for text in HOSTILE if text.replace('"', '""') not in tax] == []


def test_the_lines_of_ten_and_twenty_million_are_tried(small: Path) -> None:
    firms = pd.read_parquet(small / "truth/enterprises.parquet")
    firms = firms.drop_duplicates("revenue_yuan_2025").set_index("revenue_yuan_2025")
    assert not firms.loc[9_999_999.99, "in_base_2025"]
    assert firms.loc[10_000_000.0, "in_base_2025"]
    assert {19_999_999.99, 20_000_000.0} <= set(firms.index)


def test_routes_follow_the_published_order(small: Path) -> None:
    parks = pd.read_parquet(small / "truth/village_parks.parquet")
    assert {"close", "convert", "upgrade", "keep", "undetermined"} <= set(parks["route"])
    merged = parks[parks["route"] == "merge_relocate"]
    assert (merged["land_area_m2"] < 10 * 2000 / 3).all()
    assert (merged["nearest_m"] <= 490).all()
    assert (parks.loc[parks["route"] == "convert", "block_overlap"] == 0).all()
    assert (parks["missing"].ne("") == parks["route"].eq("undetermined")).all()


def test_pilot_standing_has_reasons(small: Path) -> None:
    parks = pd.read_parquet(small / "truth/village_parks.parquet")
    for year in (2019, 2021):
        eligible = parks[f"pilot_{year}"]
        assert (eligible.eq(False) == parks[f"pilot_{year}_fails"].ne("")).all()
        assert (parks.loc[eligible.isna(), f"pilot_{year}_missing"] != "").all()


def test_districts_reach_or_miss_their_share_inside_blocks(small: Path) -> None:
    totals = json.loads((small / "truth/totals.json").read_text(encoding="utf-8"))
    for entry in totals["district_industrial_land"].values():
        if entry["planned_ha"] is None:
            assert entry["reaches_80"] is None
        elif entry["inside_blocks_ha"] / entry["planned_ha"] >= 0.8:
            assert entry["reaches_80"]
        else:
            assert not entry["reaches_80"]


def test_the_truth_explains_itself(small: Path) -> None:
    text = (small / "truth/README.md").read_text(encoding="utf-8")
    for path in (small / "truth").glob("*.parquet"):
        assert f"`{path.name}`" in text
    firms = pd.read_parquet(small / "truth/enterprises.parquet")
    assert {"identity_sound", "expected_clusters", "park_id"} <= set(firms.columns)


def test_product_words_never_hint_at_another_industry() -> None:
    """A firm outside every cluster must not bear a word that a cluster claims."""
    claimed = re.compile(
        "汽车(?!销售|维修|新车)|新材料|机器人|数控|医药(?!技术)|显示|化妆品(?!批发|贸易)|家具|食品|照明"
    )
    for kind in industries():
        if not kind.labels:
            assert not claimed.search("".join((*kind.words, *kind.products))), kind


def test_names_are_of_the_invented_city(small: Path) -> None:
    names = pd.read_parquet(small / "truth/enterprises.parquet")["name"]
    assert names.is_unique
    assert names.str.contains("云麓|岚东").all()


@pytest.mark.parametrize(
    ("number", "written"),
    [(8, "八"), (12, "十二"), (105, "一百零五"), (1010, "一千零一十"), (3000, "三千")],
)
def test_chinese_numbers(number: int, written: str) -> None:
    assert chinese_number(number) == written


def test_sparse_roads_know_their_ends(ground: plan.Plan) -> None:
    blocks = estates.lay_out(ground, seed=1, scale=0.02)
    road = next(r for r in streets.roads(ground, blocks) if r.knowledge == "sparse")
    known = known_numbers(road)
    assert {1, 2, road.last_number - 1, road.last_number} <= set(known)


def test_no_name_ends_in_a_digit(small: Path) -> None:
    """It would run into the house number behind it."""
    texts = (small / "layers/gazetteer_roads.geojson").read_text(encoding="utf-8")
    texts += (small / "layers/gazetteer_villages.geojson").read_text(encoding="utf-8")
    names = re.findall(r'"name": "([^"]+)"', texts)
    assert len(names) > 3000
    assert [name for name in names if name[-1].isdigit()] == []
    parks = pd.read_parquet(small / "truth/village_parks.parquet")["name"]
    assert not parks.str.contains(r"\d$").any()
