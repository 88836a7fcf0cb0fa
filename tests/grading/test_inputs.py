"""Inputs of firms: found by code or name, years told apart, land shared, groups put together; what cannot be used is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from industrymap import grading
from industrymap.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

NA = None
CODES = ["91440101708231365X", "914401010000000018", "914401010000000026"]


def base() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "enterprise_id": ["E1", "E2", "E3"],
            "uscc": pd.array(CODES, dtype="string"),
            "name": pd.array(["甲厂", "乙厂", "丙厂"], dtype="string"),
            "industry_code": pd.array(["3391", "4430", "5110"], dtype="string"),
            "established_on": pd.to_datetime(["2010-01-01", "2024-06-30", None]),
        }
    )


def firms(
    folder: Path, text: str, *, year: int = 2024, years: pd.DataFrame | None = None
) -> grading.Firms:
    path = folder / "inputs.csv"
    path.write_text(text, encoding="utf-8")
    return grading.of_year(grading.read([path], year=2024), base(), years, year)


def rules(of: grading.Firms) -> list[str]:
    return of.issues["rule"].tolist()


def test_units_of_the_table_become_those_of_the_schema(tmp_path: Path) -> None:
    got = firms(
        tmp_path, f"信用代码,用电量（万千瓦时）,用地面积（公顷）,税收（元）\n{CODES[0]},2,1,50000\n"
    ).frame.iloc[0]
    assert got["electricity_kwh"] == 20000
    assert got["land_mu"] == pytest.approx(15)
    assert got["tax_10k_cny"] == 5


def test_headings_with_years_are_rows_of_those_years(tmp_path: Path) -> None:
    text = f"信用代码,2023年税收（万元）,2024年税收（万元）\n{CODES[0]},1,2\n"
    assert firms(tmp_path, text).frame["tax_10k_cny"][0] == 2
    assert firms(tmp_path, text, year=2023).frame["tax_10k_cny"][0] == 1


def test_a_column_of_years_tells_rows_apart(tmp_path: Path) -> None:
    text = f"信用代码,年份,税收（万元）\n{CODES[0]},2023,1\n{CODES[0]},2024,2\n"
    assert firms(tmp_path, text, year=2023).frame["tax_10k_cny"][0] == 1


def test_a_table_without_a_year_is_that_of_the_year_graded_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "inputs.csv"
    path.write_text(f"信用代码,税收（万元）\n{CODES[0]},1\n", encoding="utf-8")
    assert "inputs.no_year" in grading.read([path], year=2024).issues["rule"].tolist()


def test_a_firm_is_found_by_its_name_where_there_is_no_code(tmp_path: Path) -> None:
    assert firms(tmp_path, "企业名称,年份,税收（万元）\n乙厂,2024,7\n").frame["tax_10k_cny"][1] == 7


SAME_NAME = base().assign(name=pd.array(["甲厂", "乙厂", "乙厂"], dtype="string"))


@pytest.mark.parametrize(
    ("row", "taxes"),
    [
        ("乙厂,,,", [NA, NA, NA]),
        (f"乙厂,{CODES[1]},,", [NA, 7, NA]),
        ("乙厂,,E3,", [NA, NA, 7]),
        (f"乙厂,{CODES[1]},E3,", [NA, NA, NA]),
        (f"乙厂,{CODES[1]},E2,", [NA, 7, NA]),
    ],
)
def test_a_name_that_two_firms_have_decides_nothing_but_a_code_or_identifier_does(
    tmp_path: Path, row: str, taxes: list[object]
) -> None:
    path = tmp_path / "inputs.csv"
    path.write_text(
        f"企业名称,信用代码,企业标识,备注,年份,税收（万元）\n{row},2024,7\n", encoding="utf-8"
    )
    got = grading.of_year(grading.read([path], year=2024), SAME_NAME, None, 2024)
    assert got.frame["tax_10k_cny"].fillna(-1).tolist() == [-1 if t is NA else t for t in taxes]
    if taxes == [NA] * 3:
        assert rules(got) == ["inputs.several_firms"]
        assert f"乙厂 {CODES[1]} E2、乙厂 {CODES[2]} E3" in got.issues["en"][0]


def test_the_land_of_a_parcel_goes_to_nobody_where_two_firms_have_its_holders_name(
    tmp_path: Path,
) -> None:
    path = tmp_path / "parcels.csv"
    path.write_text("宗地编号,权利人,宗地面积（亩）\nP1,乙厂,10\nP2,甲厂,4\n", encoding="utf-8")
    start = grading.Firms(frame=SAME_NAME.assign(land_mu=1.0), issues=pd.DataFrame())
    got = grading.with_parcels(start, grading.read_parcels(path, crs="EPSG:4547"))
    assert got.frame["land_mu"].tolist() == [4, 1, 1]
    assert rules(got) == ["inputs.several_firms"]


def test_a_landlord_is_found_by_its_name_unless_two_firms_have_it() -> None:
    def of(landlord: str) -> grading.Firms:
        frame = SAME_NAME.assign(
            land_mu=pd.array([NA, 20.0, 40.0], dtype="Float64"),
            floor_area_m2=pd.array([8000.0, 10000.0, 10000.0], dtype="Float64"),
            rented_floor_m2=pd.array([2000.0, NA, NA], dtype="Float64"),
            landlord_name=pd.array([landlord, NA, NA], dtype="string"),
        )
        frame["name"] = pd.array(["甲厂", "乙厂", landlord[:1] + "厂"], dtype="string")
        return grading.used_land(grading.Firms(frame=frame, issues=pd.DataFrame()))

    assert of("丙厂").frame["used_land_mu"].tolist() == [8, 20, 32]
    both = of("乙厂")
    # neither of the two loses land to a tenant that may be the other's
    assert both.frame["used_land_mu"].fillna(-1).tolist() == [-1, 20, 40]
    assert both.issues["en"].tolist() == [
        f"the landlord '乙厂' of 甲厂 may be 2 firms (乙厂 {CODES[1]} E2、乙厂 {CODES[2]} E3): its land is not known; give the landlord's credit code"
    ]


def test_a_code_that_no_firm_has_is_not_overruled_by_a_name(tmp_path: Path) -> None:
    got = firms(tmp_path, "信用代码,企业名称,年份,税收（万元）\n914401010000000034,乙厂,2024,7\n")
    assert got.frame["tax_10k_cny"].isna().all()
    assert rules(got) == ["inputs.no_firm"]


def test_rows_that_contradict_each_other_are_left_out_and_said(tmp_path: Path) -> None:
    got = firms(
        tmp_path, f"信用代码,年份,税收（万元）,从业人员\n{CODES[0]},2024,7,5\n{CODES[0]},2024,8,5\n"
    )
    assert pd.isna(got.frame["tax_10k_cny"][0])
    assert got.frame["staff"][0] == 5
    assert got.issues["en"].tolist() == ["甲厂, 2024: different values of Tax (7、8), all left out"]


def test_land_below_zero_is_left_out_and_said(tmp_path: Path) -> None:
    got = firms(tmp_path, f"信用代码,年份,用地面积（亩）\n{CODES[0]},2024,-7\n")
    assert pd.isna(got.frame["land_mu"][0])
    assert rules(got) == ["inputs.negative"]


def test_value_added_is_the_sum_of_its_four_parts_or_nothing(tmp_path: Path) -> None:
    head = "信用代码,年份,固定资产折旧（万元）,劳动者报酬（万元）,生产税净额（万元）,营业盈余（万元）\n"
    got = firms(tmp_path, f"{head}{CODES[0]},2024,1,2,3,-1\n{CODES[1]},2024,1,2,3,\n").frame
    assert got["value_added_10k_cny"][0] == 5
    assert pd.isna(got["value_added_10k_cny"][1])


def test_value_added_that_is_given_goes_before_its_parts(tmp_path: Path) -> None:
    head = "信用代码,年份,增加值（万元）,折旧（万元）,劳动者报酬（万元）,生产税净额（万元）,营业盈余（万元）\n"
    assert (
        firms(tmp_path, f"{head}{CODES[0]},2024,9,1,2,3,4\n").frame["value_added_10k_cny"][0] == 9
    )


def test_figures_that_no_table_gives_come_from_the_base(tmp_path: Path) -> None:
    years = pd.DataFrame(
        {"enterprise_id": ["E1", "E2"], "year": [2024, 2024], "tax_10k_cny": [3.0, 4.0]}
    )
    got = firms(tmp_path, f"信用代码,年份,税收（万元）\n{CODES[0]},2024,7\n", years=years).frame
    assert got["tax_10k_cny"][:2].tolist() == [7, 4]


def test_age_and_industry_are_those_at_the_end_of_the_year(tmp_path: Path) -> None:
    got = firms(tmp_path, f"信用代码,年份,税收（万元）\n{CODES[0]},2024,7\n").frame
    assert got["age_years"].round(1).tolist()[:2] == [15.0, 0.5]
    assert got["industry_division"].tolist() == ["33", "44", "51"]
    assert got["industrial"].tolist() == [True, True, False]


def test_a_firm_in_two_groups_is_in_none_and_said(tmp_path: Path) -> None:
    got = firms(
        tmp_path,
        f"信用代码,年份,税收（万元）,集团代码\n{CODES[0]},2024,7,G1\n{CODES[0]},2024,7,G2\n",
    )
    assert pd.isna(got.frame["group_code"][0])
    assert got.issues["en"].tolist() == ["甲厂 is in two groups (G1、G2): taken as in none"]


def test_a_table_without_figures_for_grading_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no column of figures for grading"):
        firms(tmp_path, f"信用代码,企业名称\n{CODES[0]},甲厂\n")


def land(rows: dict[str, list[object]]) -> grading.Firms:
    numbers = {k: pd.array(v, dtype="Float64") for k, v in rows.items() if k != "landlord_uscc"}
    frame = base().assign(**numbers, landlord_uscc=pd.array(rows["landlord_uscc"], dtype="string"))
    return grading.used_land(grading.Firms(frame=frame, issues=pd.DataFrame()))


def test_rented_floor_takes_its_share_of_the_landlords_land() -> None:
    got = land({"land_mu": [20.0, 3.0, NA], "floor_area_m2": [10000.0, NA, NA], "rented_floor_m2": [NA, 2000.0, 3000.0], "landlord_uscc": [NA, CODES[0], CODES[0]]})  # fmt: skip
    # of 20 mu the tenants use a fifth and three tenths
    assert got.frame["used_land_mu"].tolist() == pytest.approx([10, 3 + 4, 6])
    assert got.frame["rented_land_mu"].tolist() == pytest.approx([0, 4, 6])


def test_floor_let_beyond_what_there_is_leaves_land_open_and_is_said() -> None:
    got = land({"land_mu": [20.0, NA, NA], "floor_area_m2": [4000.0, NA, NA], "rented_floor_m2": [NA, 2000.0, 3000.0], "landlord_uscc": [NA, CODES[0], CODES[0]]})  # fmt: skip
    assert got.frame["used_land_mu"].isna().all()
    assert got.issues["en"].tolist() == [
        "甲厂 lets 5000 m² of 4000 m² floor, more than 100 %: the land of its tenants and its own are not known"
    ]


def test_a_tenant_of_nobody_known_has_no_known_land() -> None:
    got = land({"land_mu": [20.0, NA, NA], "floor_area_m2": [NA, NA, NA], "rented_floor_m2": [NA, 2000.0, 3000.0], "landlord_uscc": [NA, NA, CODES[0]]})  # fmt: skip
    assert got.frame["used_land_mu"][1:].isna().all()
    assert rules(got) == ["land.no_landlord"] * 2


def parcels(folder: Path, text: str) -> grading.Firms:
    path = folder / "parcels.csv"
    path.write_text(text, encoding="utf-8")
    start = grading.Firms(
        frame=base().assign(land_mu=pd.array([1.0, 2.0, NA], dtype="Float64")),
        issues=pd.DataFrame(),
    )
    return grading.with_parcels(start, grading.read_parcels(path, crs="EPSG:4547"))


def test_parcels_are_shared_out_and_go_before_the_table(tmp_path: Path) -> None:
    got = parcels(
        tmp_path,
        f"宗地编号,信用代码,宗地面积（亩）,份额\nP1,{CODES[0]},10,0.6\nP1,{CODES[2]},10,0.4\nP2,{CODES[2]},5,\n",
    )
    assert got.frame["land_mu"].tolist() == [6, 2, 9]


def test_shares_over_one_hundred_percent_are_refused_by_one_sentence(tmp_path: Path) -> None:
    got = parcels(
        tmp_path,
        f"宗地编号,信用代码,宗地面积（亩）,份额\nP1,{CODES[0]},10,0.8\nP1,{CODES[2]},10,0.4\n",
    )
    assert got.frame["land_mu"].isna().tolist() == [True, False, True]
    assert got.issues["en"].tolist() == [
        "the shares of parcel P1 add up to 120%, more than 100 %: it is left out"
    ]


def test_a_layer_of_parcels_is_measured(tmp_path: Path) -> None:
    # 100 m × 200 m south of Guangzhou, in the city's own grid
    square = gpd.GeoSeries([shapely.box(500000, 2500000, 500100, 2500200)], crs="EPSG:4547").to_crs(
        4326
    )
    path = tmp_path / "parcels.geojson"
    gpd.GeoDataFrame({"parcel_id": ["P1"], "uscc": [CODES[0]]}, geometry=square).to_file(path)
    got = grading.read_parcels(path, crs="EPSG:4547")
    assert got["area_mu"][0] == pytest.approx(30, rel=1e-3)


def test_firms_of_a_group_are_one_unit_under_their_largest() -> None:
    frame = base().assign(
        group_code=pd.array(["G", "G", NA], dtype="string"),
        revenue_10k_cny=pd.array([1.0, 5.0, 3.0], dtype="Float64"),
        tax_10k_cny=pd.array([1.0, 2.0, 9.0], dtype="Float64"),
        used_land_mu=pd.array([4.0, NA, 9.0], dtype="Float64"),
    )
    units, lead_of = grading.together(frame)
    assert units["enterprise_id"].tolist() == ["E2", "E3"]
    assert units["tax_10k_cny"].tolist() == [3, 9]
    # land of one of them is not known, so neither is the group's
    assert units["used_land_mu"].isna().tolist() == [True, False]
    assert lead_of == {"E1": "E2", "E2": "E2"}
