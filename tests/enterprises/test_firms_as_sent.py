"""Firms as offices send them: as point layers, and with what the register says of them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from enterprise_tables import OTHER, coded, table

from industrymap import enterprises, jobs
from industrymap.enterprises import point_layer

if TYPE_CHECKING:
    from pathlib import Path


UNITS = {"revenue_10k_cny": 1.0, "tax_10k_cny": 1.0}


def firms(**columns: Any) -> gpd.GeoDataFrame:
    found = {"企业名称": ["广州禾木家具厂", "广州松溪泵业有限公司"], "2023年营业收入(万元)": [1800.5, 900], **columns}  # fmt: skip
    shapes = [shapely.Point(113.35, 23.05), shapely.Point(113.55, 23.25)]
    return gpd.GeoDataFrame(found, geometry=shapes, crs=4490)


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp"])
def test_a_point_layer_of_firms_is_a_table_with_places(tmp_path: Path, name: str) -> None:
    frame = firms() if name != "a.shp" else firms().rename(columns={"企业名称": "名称", "2023年营业收入(万元)": "营收"})  # fmt: skip
    frame.to_file(tmp_path / name, engine="pyogrio", **({"encoding": "utf-8"} if name == "a.shp" else {}))  # fmt: skip
    base = enterprises.build([point_layer.read(tmp_path / name)])
    assert sorted(base.frame["name"]) == sorted(frame.iloc[:, 0])
    row = base.frame.set_index("name").loc["广州禾木家具厂"]
    assert (float(row["lon"]), float(row["lat"]), row["datum"]) == (113.35, 23.05, "wgs84")
    assert row["source_row"] == 1


def test_its_points_are_led_to_wgs84_and_its_own_columns_of_places_are_set_aside(
    tmp_path: Path,
) -> None:
    firms(经度=[1.0, 2.0]).to_file(tmp_path / "a.gpkg", engine="pyogrio")
    found = point_layer.read(tmp_path / "a.gpkg", datum="gcj02")
    assert found.number("lon").iloc[0] == pytest.approx(113.3447, abs=2e-3)
    assert "经度（属性表）" in found.frame


def test_a_firm_without_a_point_stays_a_firm(tmp_path: Path) -> None:
    frame = firms()
    frame.loc[1, "geometry"] = None
    frame.to_file(tmp_path / "a.gpkg", engine="pyogrio")
    found = point_layer.read(tmp_path / "a.gpkg")
    assert len(found.frame) == 2
    assert found.issues["rule"].tolist() == ["layer.without_point"]


def test_check_takes_it_as_a_build_does(tmp_path: Path) -> None:
    firms().to_file(tmp_path / "a.geojson", engine="pyogrio")
    checked = jobs.check_file(tmp_path / "a.geojson")
    assert checked.is_table
    assert checked.firms is not None
    assert checked.firms.base.counts["firms"] == 2


def test_further_layers_of_its_file_are_named(tmp_path: Path) -> None:
    for layer in ("一", "二"):
        firms().to_file(tmp_path / "a.gpkg", layer=layer, engine="pyogrio")
    assert "layer.others_left_out" in point_layer.read(tmp_path / "a.gpkg").issues["rule"].tolist()


# the register's word


def with_status(*status: str | None, name: str = "广州丁电器厂") -> enterprises.Base:
    rows = [
        {"name": f"{name}{'' if len(status) == 1 else i}", "operating_address": f"甲路{i}号", "registration_status": word, "revenue_10k_cny": "5000"}
        for i, word in enumerate(status)
    ]  # fmt: skip
    return enterprises.build([table(rows, units={"revenue_10k_cny": 1.0})])


@pytest.mark.parametrize(
    ("status", "stays"),
    [
        ("在营（开业）企业", True), ("存续", True), (None, True), ("正常（未注销）", True), ("注销备案", True),
        ("迁出", True), ("注销", False), ("已吊销", False), ("吊销,未注销", False), ("撤销登记", False), ("责令关闭", False),
    ],
)  # fmt: skip
def test_only_the_register_s_final_word_takes_a_firm_out_of_the_base(
    status: str | None, *, stays: bool
) -> None:
    base = with_status(status)
    assert base.frame["in_base"].tolist() == [stays]
    assert ("status.struck_off" in base.issues["rule"].tolist()) is not stays


def test_a_note_behind_the_name_says_it_too() -> None:
    base = with_status(None, name="广州丁电器厂（已注销）")
    assert base.frame["name"].tolist() == ["广州丁电器厂"]
    assert base.frame["in_base"].tolist() == [False]


def test_a_status_that_wants_a_look_is_listed() -> None:
    assert "status.inactive" in with_status("停业").issues["rule"].tolist()


def _years(tmp_path: Path, rows: list[str]) -> enterprises.Base:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return enterprises.build(enterprises.read_firms(path))


@pytest.mark.parametrize(
    ("heading", "period"),
    [("年份", "2024年1-6月"), ("统计期", "2024年上半年"), ("报告期", "2024年6月"), ("税款所属期", "202406"), ("年份", "2024Q2"), ("年度", "2024年累计至9月")],
)  # fmt: skip
def test_a_row_of_half_a_year_has_no_annual_revenue(
    tmp_path: Path, heading: str, period: str
) -> None:
    head = f"企业名称,{heading},营业收入（万元）,从业人数（人）"
    found = _years(tmp_path, [head, f"甲泉厂,{period},3000,9", "乙泉厂,2024年1-12月,7000,8"])
    firms = found.frame.set_index("name")
    assert firms["revenue_10k_cny"].isna().to_dict() == {"甲泉厂": True, "乙泉厂": False}
    assert firms.loc["乙泉厂", "year"] == 2024
    assert "year.part_of_year" in set(found.issues["rule"])


def test_a_column_of_months_makes_every_row_a_part_of_its_year(tmp_path: Path) -> None:
    rows = ["年份,月份,企业名称,营业收入（万元）", "2024,11,甲泉厂,3000", "2024,12,甲泉厂,3300"]
    found = _years(tmp_path, rows)
    assert found.frame["revenue_10k_cny"].isna().all()
    assert found.issues["rule"].tolist().count("year.part_of_year") == 2


def test_years_of_rows_are_read_as_years_of_headings_are(tmp_path: Path) -> None:
    cells = ["24年", "二〇二四", "2024年度", "2024.0", "2024-12-31", "20241231"]
    rows = [f"{n}泉五金厂,{cell},{1500 + n}" for n, cell in enumerate(cells)]
    found = _years(tmp_path, ["企业名称,年份,营业收入（万元）", *rows])
    assert set(found.years["year"]) == {2024}
    assert len(found.years) == len(cells)


def test_a_year_nobody_can_read_is_said_and_its_amounts_are_not_used(tmp_path: Path) -> None:
    found = _years(
        tmp_path, ["企业名称,年份,营业收入（万元）", "甲泉厂,去年,1500", "乙泉厂,—,1600"]
    )
    firms = found.frame.set_index("name")["revenue_10k_cny"]
    assert firms.isna().to_dict() == {"甲泉厂": True, "乙泉厂": False}


def _read(folder: Path, text: str) -> enterprises.Base:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return enterprises.build(
        [enterprises.Intake(table=one) for one in enterprises.read_firms(path)]
    )


@pytest.mark.parametrize(
    ("head", "cell"), [("时间", "2024年3月"), ("账期", "202403"), ("季", "3"), ("统计周期", "月度")]
)
def test_a_column_of_nothing_but_months_under_any_name_makes_its_rows_parts_of_a_year(
    tmp_path: Path, head: str, cell: str
) -> None:
    base = _read(tmp_path, f"企业名称,{head},营业收入（万元）\n甲厂,{cell},3100\n")
    assert base.frame["revenue_10k_cny"].isna().all()


def test_a_month_of_foundation_says_nothing_of_the_figures(tmp_path: Path) -> None:
    base = _read(tmp_path, "企业名称,投产时间,营业收入（万元）\n甲厂,2019年3月,3100\n")
    assert base.frame["revenue_10k_cny"].tolist() == [3100]


def test_numbers_and_marks_before_a_name_are_no_part_of_it(tmp_path: Path) -> None:
    names = ["1.甲厂", "2、乙厂", "（3）丙厂", "★丁厂", "戊厂*", "3.5英寸己厂"]
    base = _read(
        tmp_path, "企业名称,营业收入（万元）\n" + "".join(f"{one},3100\n" for one in names)
    )
    assert sorted(base.frame["name"]) == sorted(
        ["甲厂", "乙厂", "丙厂", "丁厂", "戊厂", "3.5英寸己厂"]
    )


def test_two_figures_of_no_year_are_said_without_a_question_mark(tmp_path: Path) -> None:
    base = _read(
        tmp_path,
        "企业名称,地址,营业收入（万元）\n甲泉五金厂,一路1号,3100\n甲泉五金厂,一路1号,3300\n",
    )
    said = base.issues.loc[base.issues["rule"] == "figure.two_for_year", ["zh", "en"]]
    assert [text[:7] for text in said["zh"]] == ["有两个不同数值"]
    assert "?" not in "".join(said["en"])


def test_a_code_before_or_behind_a_name_is_parted_from_it_and_joins_the_firm() -> None:
    joined = table([{"name": f"{OTHER}清湖甲厂", "revenue_10k_cny": "2000"}, {"name": "清湖乙厂 " + coded(7)}], units=UNITS)  # fmt: skip
    other = table([{"name": "清湖甲厂", "uscc": OTHER, "tax_10k_cny": "30"}], units=UNITS, kind="tax", name="tax.csv")  # fmt: skip
    base = enterprises.build([joined, other])
    assert sorted(base.frame["name"]) == ["清湖乙厂", "清湖甲厂"]
    assert set(base.frame["uscc"]) == {OTHER, coded(7)}
    assert (base.issues["rule"] == "name.with_code").sum() == 2


def test_a_head_count_with_decimals_is_rounded_up_from_the_half_and_said() -> None:
    base = enterprises.build([table([{"name": "清湖丙厂", "staff": "14.5"}])])
    assert base.frame["staff"].tolist() == [15]
    assert "amount.rounded" in set(base.issues["rule"])


def test_a_figure_without_a_year_that_differs_from_the_one_of_the_year_is_said() -> None:
    dated = table([{"name": "清湖丁厂", "uscc": OTHER, "revenue_10k_cny@2024": "2000"}], units=UNITS)  # fmt: skip
    bare = table([{"name": "清湖丁厂", "uscc": OTHER, "revenue_10k_cny": "5000"}], units=UNITS, name="b.csv")  # fmt: skip
    base = enterprises.build([dated, bare])
    assert base.frame["revenue_10k_cny"].tolist() == [2000]
    [row] = base.issues[base.issues["rule"] == "figure.undated_unused"].to_dict("records")
    assert row["source"] == "b.csv"
    assert "（如“清湖丁厂”：5000 与 2000）" in row["zh"]


def test_a_later_year_of_which_few_firms_reported_is_named_where_an_earlier_one_is_taken() -> None:
    rows = [{"name": f"清湖{n}厂", "revenue_10k_cny@2023": "900", "revenue_10k_cny@2024": "1200" if n == 1 else None} for n in (1, 2, 3)]  # fmt: skip
    base = enterprises.build([table(rows, units=UNITS)])
    assert base.year == 2023
    [said] = base.issues.loc[base.issues["rule"] == "base.earlier_year", "zh"]
    assert "2024 年只有 1 家" in said
    assert "base.earlier_year" not in set(
        enterprises.build([table(rows, units=UNITS)], year=2023).issues["rule"]
    )


def test_a_firm_with_points_far_apart_is_said_and_near_ones_are_one_place(tmp_path: Path) -> None:
    near = shapely.MultiPoint([(113.35, 23.05), (113.3501, 23.05)])
    far = shapely.MultiPoint([(113.55, 23.25), (113.65, 23.25)])
    firms().set_geometry([near, far], crs=4490).to_file(tmp_path / "a.gpkg", engine="pyogrio")
    found = point_layer.read(tmp_path / "a.gpkg").issues.set_index("rule")
    assert "layer.area_as_point" not in found.index
    assert found.loc["layer.several_points", "row"] == 2
    assert "2 个点，相距最远 10," in found.loc["layer.several_points", "zh"]


@pytest.mark.parametrize(
    ("name", "title", "year", "rule"),
    [
        ("2024年规上企业.csv", "", 2024, "year.of_file_name"),
        ("2025年报送（2024年数据）.csv", "", 2024, "year.of_file_name"),
        ("规上企业2025-03-15.csv", "", None, None),
        ("规上企业2025-03.csv", "", None, "year.month_in_file_name"),
        ("规上企业202509.csv", "", None, "year.month_in_file_name"),
        ("9月规上企业.csv", "", None, "year.month_in_file_name"),
        ("规上企业（2025年修订）.csv", "", None, None),
        ("营收2000万元以上企业.csv", "", None, None),
        ("2024年规上企业.csv", "2023年规上企业\n", 2023, "year.file_name_differs"),
        ("2024-2025年规上企业.csv", "", None, "year.several_named"),
        ("企业.csv", "2024—2025年规上企业\n", None, "year.several_named"),
        ("企业.csv", "年营业收入2000万元以上企业名单\n", None, None),
    ],
)
def test_a_year_in_the_files_name_is_that_of_figures_without_one(
    name: str, title: str, year: int | None, rule: str | None, tmp_path: Path
) -> None:
    text = f"{title}企业名称,经营地址,营业收入（万元）\n甲槐厂,一路1号,2300\n"
    (tmp_path / name).write_text(text, encoding="utf-8")
    (found,) = enterprises.read_firms(tmp_path / name)
    assert found.year == year
    said = [r for r in found.issues["rule"] if r.startswith("year.")]
    assert said == ([rule] if rule else [])


def test_columns_that_say_their_years_need_none_from_the_files_name(tmp_path: Path) -> None:
    text = "企业名称,经营地址,2024年营业收入（万元）,从业人数\n甲槐厂,一路1号,2300,30\n"
    (tmp_path / "2025年企业.csv").write_text(text, encoding="utf-8")
    base = enterprises.build(enterprises.read_firms(tmp_path / "2025年企业.csv"))
    assert (base.year, base.frame["staff"].tolist()) == (2024, [30])


def test_figures_without_a_year_beside_tables_of_a_year_are_said(tmp_path: Path) -> None:
    dated = table([{"name": "甲槐厂", "revenue_10k_cny@2024": "2000"}], units={"revenue_10k_cny@2024": 1.0})  # fmt: skip
    undated = table([{"name": "乙槐厂", "revenue_10k_cny": "3000"}], units=UNITS, name="b.csv")
    found = enterprises.build([dated, undated]).issues.set_index("rule")
    assert found.loc["figure.undated_used", "source"] == "b.csv"
    assert "figure.undated_used" not in set(enterprises.build([undated]).issues["rule"])


@pytest.mark.parametrize(
    ("name", "note"),
    [("甲槐厂（已删）", "已删"), ("甲槐厂(退库)", "退库"), ("【已搬迁】甲槐厂", "已搬迁"), ("甲槐厂-已关停", "已关停")],
)  # fmt: skip
def test_a_note_that_a_firm_is_gone_is_a_warning(name: str, note: str) -> None:
    base = enterprises.build([table([{"name": name, "revenue_10k_cny": "2000"}], units=UNITS)])
    assert base.frame["name"].tolist() == ["甲槐厂"]
    found = base.issues.set_index("rule").loc["name.left"]
    assert (found["level"], f"“{note}”" in found["zh"]) == ("warning", True)


def test_a_firm_that_is_noted_as_cancelled_without_brackets_is_out_of_the_base() -> None:
    rows = [{"name": "甲槐厂已注销", "revenue_10k_cny": "2000"}, {"name": "乙槐注销代理有限公司", "revenue_10k_cny": "2000"}]  # fmt: skip
    base = enterprises.build([table(rows, units=UNITS)])
    assert base.frame.set_index("name")["in_base"].to_dict() == {"甲槐厂": False, "乙槐注销代理有限公司": True}  # fmt: skip


def test_a_nought_beside_a_figure_is_no_slip_of_a_unit(tmp_path: Path) -> None:
    rows = "企业名称,地址,营业收入（万元）\n甲泉五金厂,一路1号,0\n甲泉五金厂,一路1号,3300\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        base = _read(tmp_path, rows)
    assert "figure.unit_suspect" not in set(base.issues["rule"])


def test_a_firm_with_coordinates_and_no_address_is_not_said_to_have_no_place(tmp_path: Path) -> None:  # fmt: skip
    rows = "企业名称,营业收入（万元）,经度,纬度\n甲泉五金厂,3300,114.01,26.01\n乙泉五金厂,3300,,\n"
    base = _read(tmp_path, rows)
    said = base.issues[base.issues["rule"] == "address.missing"]
    assert said["row"].tolist() == [3]
