"""Change files: attributes, geometry, splits and merges come in; what contradicts is named and nothing is written."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import shapely.affinity
from change_plans import planned
from click.testing import CliRunner
from store_memory import Memory

from industrymap import citypack, workspace
from industrymap.changes import apply, difference
from industrymap.cli import cli
from industrymap.datum import area_m2
from industrymap.errors import ConflictError, IndustryMapError, LayerError, TableError
from industrymap.store import Base, Store
from industrymap.store import open as opening

if TYPE_CHECKING:
    from pathlib import Path

PACK = citypack.load("sample")
DAY = date(2025, 6, 1)
WEST, SOUTH = 114.0, 26.0


def plot(n: float, *, width: float = 0.004, height: float = 0.004) -> shapely.Polygon:
    west = WEST + n / 100
    return shapely.box(west, SOUTH, west + width, SOUTH + height)


def measured(shape: Any) -> float:
    return float(area_m2([shape], PACK.crs)[0])


def layer_file(
    folder: Path, rows: list[dict[str, Any]], shapes: list[Any], name: str = "c.geojson"
) -> Path:
    path = folder / name
    gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs="EPSG:4326").to_file(path)
    return path


def table_file(folder: Path, text: str, name: str = "c.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="gb18030")
    return path


@pytest.fixture(params=["geopackage", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Base:
    """Change files go into every implementation of the database."""
    made = opening(tmp_path / "base.gpkg") if request.param == "geopackage" else Memory()
    rows = [
        {
            "园区编号": f"P{n}",
            "园区名称": f"{n}号园",
            "所属区": "鹭洲区",
            "用地面积（平方米）": round(measured(plot(n))),
            "建筑面积（平方米）": 1000 * n,
            "权属": "集体",
        }
        for n in (1, 2, 3)
    ]
    found = planned(
        layer_file(tmp_path, rows, [plot(n) for n in (1, 2, 3)], "首批.geojson"),
        store=made,
        pack=PACK,
        valid_from=date(2025, 1, 1),
    )
    assert not found.refused, found.findings["en"].tolist()
    assert apply(found, who="张三", why="首批") == 1
    return made


def brought(store: Base, path: Path, **options: Any) -> int | None:
    found = planned(path, store=store, pack=PACK, valid_from=DAY, **options)
    return apply(found, who="李四", why="变更")


def parks(store: Base) -> pd.DataFrame:
    return store.current("village_parks").set_index("park_id")


def state(store: Base) -> bytes | int:
    """Return what a write would change: the file's bytes, or the length of the log."""
    return store.path.read_bytes() if isinstance(store, Store) else len(store.changes())


def refusals(store: Base, path: Path, **options: Any) -> list[tuple[str, Any]]:
    """Return rule and row of every finding that forbids; nothing may be written."""
    before = state(store)
    found = planned(path, store=store, pack=PACK, valid_from=DAY, **options)
    errors = found.findings[found.findings["level"] == "error"]
    if len(errors):
        with pytest.raises(LayerError, match="Nothing was written"):
            apply(found, who="李四", why="变更")
    assert state(store) == before
    return [
        (r, None if pd.isna(n) else int(n))
        for r, n in zip(errors["rule"], errors["row"], strict=True)
    ]


def test_a_layer_brings_features_in_with_chinese_headings(store: Base) -> None:
    frame = parks(store)
    assert frame["name"].tolist() == ["1号园", "2号园", "3号园"]
    assert frame["ownership"].tolist() == ["collective"] * 3
    assert frame["land_area_reported_m2"].notna().all()
    [log] = store.changes().to_dict("records")
    assert (log["source"], log["added"]) == ("首批.geojson", 3)


def test_a_table_changes_attributes_in_its_own_units_and_leaves_blanks(
    store: Base, tmp_path: Path
) -> None:
    path = table_file(
        tmp_path,
        "园区编号,园区名称,建筑面积（万平方米）,权属清晰,消防隐患等级\nP1,,1.25,是,重大\nP2,改名园,,,\n",
    )
    assert brought(store, path) == 2
    frame = parks(store)
    assert frame.loc["P1", ["name", "floor_area_m2", "tenure_clear", "fire_hazard"]].tolist() == [
        "1号园",
        12500.0,
        True,
        "major",
    ]
    assert frame.loc["P2", ["name", "floor_area_m2"]].tolist() == ["改名园", 2000.0]


def test_a_cell_that_says_so_clears_a_field(store: Base, tmp_path: Path) -> None:
    brought(store, table_file(tmp_path, "园区编号,建筑面积（平方米）,权属\nP1,清空,清空\n"))
    assert parks(store).loc["P1", ["floor_area_m2", "ownership"]].isna().all()


def test_blanks_clear_where_that_is_asked_for(store: Base, tmp_path: Path) -> None:
    path = table_file(tmp_path, "园区编号,建筑面积（平方米）,权属\nP1,,国有\n")
    brought(store, path, clear_blanks=True)
    assert pd.isna(parks(store).loc["P1", "floor_area_m2"])


def test_rows_say_what_to_do(store: Base, tmp_path: Path) -> None:
    path = table_file(tmp_path, "园区编号,操作,园区名称\nP1,删除,\nP2,修改,乙园\nP9,新增,新园\n")
    found = planned(path, store=store, pack=PACK, valid_from=DAY)
    assert [(i.id, i.action) for i in found.outcome.items] == [
        ("P1", "remove"),
        ("P2", "change"),
        ("P9", "add"),
    ]
    apply(found, who="李四", why="变更")
    assert parks(store).index.tolist() == ["P2", "P3", "P9"]


def test_a_split_ends_the_whole_and_its_parts_inherit_what_is_no_quantity(
    store: Base, tmp_path: Path
) -> None:
    rows = [
        {"园区编号": "P1a", "操作": "拆分", "来源编号": "P1", "园区名称": "东园"},
        {"园区编号": "P1b", "操作": "拆分", "来源编号": "P1", "园区名称": "西园"},
    ]
    halves = [plot(1, width=0.002), shapely.box(WEST + 0.012, SOUTH, WEST + 0.014, SOUTH + 0.004)]
    brought(store, layer_file(tmp_path, rows, halves))
    frame = parks(store)
    assert frame.index.tolist() == ["P1a", "P1b", "P2", "P3"]
    assert frame.loc["P1a", ["name", "district", "ownership"]].tolist() == [
        "东园",
        "鹭洲区",
        "collective",
    ]
    assert pd.isna(frame.loc["P1a", "floor_area_m2"])
    assert store.history("P1")["removed"].tolist() == [False, True]


def test_what_was_split_and_merged_is_told_in_difference_and_history(
    store: Base, tmp_path: Path
) -> None:
    path = table_file(tmp_path, "园区编号,操作,来源编号\nP12,合并,P1;P2\n")
    found = planned(path, store=store, pack=PACK, valid_from=DAY)
    table = difference(found.outcome, crs=PACK.crs).drop_duplicates("id").set_index("id")
    assert table["related"].to_dict() == {"P12": "P1;P2", "P1": "P12", "P2": "P12"}
    apply(found, who="李四", why="合并")
    assert store.history("P1")["related"].tolist()[1] == "P12"
    assert store.history("P12")["related"].tolist() == ["P1;P2"]


def test_an_identifier_that_may_be_a_slip_is_refused_with_the_nearest(
    store: Base, tmp_path: Path
) -> None:
    found = planned(table_file(tmp_path, "park_id,far\nP11,1\n"), store=store, pack=PACK)
    [line] = found.findings.to_dict("records")
    assert found.refused
    meant = table_file(tmp_path, "park_id,action,far\nP11,add,1\n")
    assert not planned(meant, store=store, pack=PACK).refused
    assert (line["rule"], line["row"]) == ("change.new_without_geometry", 2)
    assert "是否指“P1" in line["zh"]


def test_a_part_may_keep_the_identifier_of_the_whole(store: Base, tmp_path: Path) -> None:
    rows = [
        {"园区编号": "P1", "操作": "拆分", "来源编号": "P1"},
        {"园区编号": "P1b", "操作": "拆分", "来源编号": "P1"},
    ]
    halves = [plot(1, width=0.002), shapely.box(WEST + 0.012, SOUTH, WEST + 0.014, SOUTH + 0.004)]
    path = layer_file(tmp_path, rows, halves)
    assert [r for r, _ in refusals(store, path)] == ["change.area"], (
        "the whole's reported area no longer fits"
    )
    brought(store, path, accept=("area",))
    assert parks(store).index.tolist() == ["P1", "P1b", "P2", "P3"]


def test_a_merge_adds_up_what_adds_up_and_joins_the_shapes(store: Base, tmp_path: Path) -> None:
    brought(store, table_file(tmp_path, "园区编号,操作,来源编号,园区名称\nP12,合并,P1;P2,联合园\n"))
    frame = parks(store)
    assert frame.index.tolist() == ["P12", "P3"]
    one = frame.loc["P12"]
    assert (one["name"], one["floor_area_m2"], one["district"]) == ("联合园", 3000.0, "鹭洲区")
    assert shapely.symmetric_difference(one.geometry, plot(1).union(plot(2))).area < 1e-9
    assert one["land_area_reported_m2"] == pytest.approx(
        measured(plot(1)) + measured(plot(2)), rel=1e-4
    )
    store.undo(2, "王五", "合并有误")
    assert parks(store).index.tolist() == ["P1", "P2", "P3"]


def test_a_complete_file_removes_what_it_does_not_name(store: Base, tmp_path: Path) -> None:
    path = table_file(tmp_path, "园区编号,园区名称\nP1,1号园\nP3,3号园\n")
    brought(store, path, complete=True)
    assert parks(store).index.tolist() == ["P1", "P3"]


def test_a_polygon_that_grew_is_reported_with_its_areas(store: Base, tmp_path: Path) -> None:
    rows = [
        {"park_id": "P1", "land_area_reported_m2": measured(plot(1, width=0.0042))},
        {"park_id": "P2"},
    ]
    shapes = [plot(1, width=0.0042), plot(2, width=0.003)]
    path = layer_file(tmp_path, rows, shapes)
    found = planned(path, store=store, pack=PACK, accept=("area",))
    told = {
        r["value"]: (r["rule"], r["en"])
        for r in found.findings.to_dict("records")
        if "grew" in r["rule"]
    }
    assert told["P1"][0] == "change.grew"
    assert "+5.0%" in told["P1"][1]
    assert told["P2"][0] == "change.grew_much"
    assert "-25.0%" in told["P2"][1]
    shown = difference(found.outcome, crs=PACK.crs)
    assert "m² (+5.0%, Δ " in shown[shown["field"] == "geometry"]["after"].tolist()[0]


def test_values_that_contradict_each_other_are_reported(store: Base, tmp_path: Path) -> None:
    # P2 has 2,000 m² of floor on some 177,000 m² of land
    table = table_file(tmp_path, "园区编号,容积率,计划年份\nP2,1.2,20260\nP1,,2027\n")
    found = planned(table, store=store, pack=PACK, valid_from=DAY).findings
    told = {r["rule"]: (r["value"], r["level"], r["en"]) for r in found.to_dict("records")}
    assert told["value.far_contradicts"][:2] == ("P2", "warning")
    assert "FAR of 1.2 contradicts floor ÷ land, 0.01" in told["value.far_contradicts"][2]
    assert told["value.no_year"][2] == "Year planned 20260 is no year"
    fitting = table_file(tmp_path, "园区编号,容积率\nP2,0.01\n")
    assert planned(fitting, store=store, pack=PACK, valid_from=DAY).findings.empty


def test_more_above_scale_firms_than_firms_are_reported(store: Base, tmp_path: Path) -> None:
    table = table_file(tmp_path, "园区编号,企业数,规上企业数\nP2,186,999\nP1,186,186\n")
    found = planned(table, store=store, pack=PACK, valid_from=DAY).findings
    assert found["rule"].tolist() == ["value.part_exceeds_whole"]
    assert found["en"].tolist() == [
        "Above-scale as reported: 999, more than Firms as reported: 186; please check"
    ]


def test_a_year_in_words_is_refused(store: Base, tmp_path: Path) -> None:
    assert refusals(store, table_file(tmp_path, "园区编号,计划年份\nP1,明年\n")) == [
        ("cell.not_number", 2)
    ]


def test_a_file_made_from_an_older_version_conflicts_where_both_changed(
    store: Base, tmp_path: Path
) -> None:
    brought(store, table_file(tmp_path, "园区编号,容积率\nP1,0.9\n"))
    stale = table_file(tmp_path, "园区编号,容积率,基准版本\nP1,1.5,1\n")
    assert refusals(store, stale) == [("change.conflict", 2)]
    other_field = table_file(tmp_path, "园区编号,园区名称,change_id\nP1,新名,1\n")
    assert brought(store, other_field) == 3
    assert refusals(store, table_file(tmp_path, "园区编号,容积率\nP1,1.5\n"), base=1) == [
        ("change.conflict", 2)
    ]


def test_a_change_between_looking_and_applying_is_found(store: Base, tmp_path: Path) -> None:
    found = planned(
        table_file(tmp_path, "园区编号,容积率\nP1,1.5\n"),
        store=store,
        pack=PACK,
        base=1,
        valid_from=DAY,
    )
    brought(store, table_file(tmp_path, "园区编号,容积率\nP1,0.9\n"))
    with pytest.raises(ConflictError, match="far changed in change 2"):
        apply(found, who="李四", why="变更")


def test_an_export_comes_back_without_a_difference(store: Base, tmp_path: Path) -> None:
    frame = store.current("village_parks")
    path = tmp_path / "out.gpkg"
    frame.to_file(path, layer="village_parks")
    found = planned(path, store=store, pack=PACK)
    assert not found.refused
    assert found.outcome.items == ()


BAD_TABLES = {
    "园区编号,容积率\nP1,1\nP1,2\n": [("change.id_twice", 3)],
    "园区编号,容积率\nP1,1\n,2\n": [("change.no_id", 3)],
    "园区编号,操作,容积率\nP1,炸毁,1\n": [("change.bad_action", 2)],
    "园区编号,操作\nP9,删除\n": [("change.unknown_id", 2)],
    "园区编号,操作\nP1,新增\n": [("change.exists", 2)],
    "园区编号,操作,园区名称\nP9,合并,联\n": [("change.no_source", 2)],
    "园区编号,操作,来源编号,园区名称\nP9,合并,P1;P8,联\n": [("change.unknown_id", 2)],
    "园区编号,操作,来源编号,园区名称\nP9,拆分,P1,联\n": [("change.split_without_geometry", 2)],
    "园区编号,容积率\nP1,一点五\n": [("cell.not_number", 2)],
    "园区编号,权属\nP1,外星\n": [("change.unknown_value", 2)],
    "园区编号,企业数\nP1,3.5\n": [("change.bad_value", 2)],
    "园区编号,容积率,基准版本\nP1,1,昨天\n": [("change.bad_base", 2)],
    "园区编号,容积率,基准版本\nP1,1,inf\n": [("change.bad_base", 2)],
    "园区编号,容积率,生效日期\nP1,1,某日\n": [("change.bad_day", 2)],
    "园区编号,容积率,生效日期\nP1,1,2020-01-01\n": [("change.conflict", 2)],
    "园区编号,用地面积（平方米）\nP1,200000\n": [("change.area", 2)],
    "园区编号,用地面积（亩）\nP1,300\n": [("change.area", 2)],
}


@pytest.mark.parametrize(("text", "expected"), BAD_TABLES.items())
def test_a_bad_row_is_one_clear_line_and_nothing_is_written(
    store: Base, tmp_path: Path, text: str, expected: list[tuple[str, Any]]
) -> None:
    assert refusals(store, table_file(tmp_path, text)) == expected


def test_a_running_number_is_no_identifier(store: Base, tmp_path: Path) -> None:
    table = table_file(tmp_path, "序号,园区名称,容积率\n1,2号园,1\n2,1号园,2\n")
    with pytest.raises(TableError) as caught:
        planned(table, store=store, pack=PACK)
    assert "园区编号" in caught.value.zh


def test_an_identifier_that_is_not_known_names_the_nearest(store: Base, tmp_path: Path) -> None:
    found = planned(table_file(tmp_path, "园区编号,操作\nP11,删除\n"), store=store, pack=PACK)
    assert "did you mean 'P1'" in found.findings["en"].tolist()[0]


def test_an_area_within_five_percent_passes_and_beyond_does_not(
    store: Base, tmp_path: Path
) -> None:
    area = measured(plot(1))
    for share, refused in ((1.049, False), (1.051, True), (0.951, False), (0.949, True)):
        path = table_file(tmp_path, f"园区编号,用地面积（平方米）\nP1,{area * share:.3f}\n")
        assert planned(path, store=store, pack=PACK).refused is refused, share


def test_overlapping_polygons_are_named_with_their_share(store: Base, tmp_path: Path) -> None:
    path = layer_file(tmp_path, [{"park_id": "P9"}], [plot(1.2)])
    assert refusals(store, path) == [("change.overlap", 1)]
    found = planned(path, store=store, pack=PACK)
    assert "'P1'" in found.findings["en"].tolist()[0]
    assert not planned(path, store=store, pack=PACK, accept=("overlap",)).refused


def test_two_new_polygons_over_each_other_are_refused_and_touching_ones_are_not(
    store: Base, tmp_path: Path
) -> None:
    twice = layer_file(tmp_path, [{"park_id": "P8"}, {"park_id": "P9"}], [plot(5), plot(5)])
    assert [r for r, _ in refusals(store, twice)] == ["change.overlap"]
    touching = layer_file(tmp_path, [{"park_id": "P8"}, {"park_id": "P9"}], [plot(5), plot(5.4)])
    assert refusals(store, touching) == []


def test_an_empty_geometry_is_refused(store: Base, tmp_path: Path) -> None:
    path = tmp_path / "c.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"park_id":"P9"},'
        '"geometry":{"type":"Polygon","coordinates":[]}},{"type":"Feature","properties":{"park_id":"P8"},'
        '"geometry":{"type":"Polygon","coordinates":[[[114,26.1],[114.004,26.1],[114.004,26.104],[114,26.104],[114,26.1]]]}}]}',
        encoding="utf-8",
    )
    assert [row for _, row in refusals(store, path)] == [1]


def test_an_identifier_twice_in_a_layer_is_refused(store: Base, tmp_path: Path) -> None:
    path = layer_file(tmp_path, [{"park_id": "P9"}, {"park_id": "P9"}], [plot(5), plot(6)])
    assert [row for _, row in refusals(store, path)] == [2]


def test_a_feature_off_the_city_is_refused(store: Base, tmp_path: Path) -> None:
    off = shapely.box(121, 31, 121.01, 31.01)
    rows = [{"park_id": "P7"}, {"park_id": "P8"}, {"park_id": "P9"}]
    path = layer_file(tmp_path, rows, [plot(5), plot(6), off])
    assert {row for _, row in refusals(store, path)} == {3}


def test_degrees_declared_as_metres_are_refused(store: Base, tmp_path: Path) -> None:
    path = tmp_path / "c.gpkg"
    gpd.GeoDataFrame({"park_id": ["P9"]}, geometry=[plot(5)], crs="EPSG:4547").to_file(path)
    before = state(store)
    with pytest.raises(IndustryMapError) as caught:
        planned(path, store=store, pack=PACK)
    assert "CGCS2000" in caught.value.en
    assert "longitude and latitude" in caught.value.en
    assert state(store) == before


def test_a_layer_that_is_not_there_is_named(store: Base, tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="village_parks, industrial_blocks, zones"):
        planned(table_file(tmp_path, "编号\nP1\n"), store=store, pack=PACK, layer="parks")


# The command line.


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    workspace.create(folder, city="sample", title="试验")
    first = layer_file(
        tmp_path,
        [{"park_id": f"P{n}", "name": f"{n}号园", "far": 0.5} for n in (1, 2)],
        [plot(1), plot(2)],
        "first.geojson",
    )
    ran(folder, "apply", str(first), "--who", "张三", "--why", "首批", "--on", "2025-01-01")
    return folder


def ran(folder: Path, *args: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["--lang", "en", "changes", *args, "-w", str(folder)])
    if code and isinstance(result.exception, IndustryMapError):
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


def test_a_dry_run_shows_and_writes_nothing(place: Path, tmp_path: Path) -> None:
    before = (place / "base.gpkg").read_bytes()
    path = table_file(tmp_path, "park_id,far\nP1,0.9\n")
    out = ran(place, "apply", str(path), "--dry-run")
    assert "P1 change far: 0.5 → 0.9" in out
    assert "Dry run" in out
    assert (place / "base.gpkg").read_bytes() == before


def test_apply_history_diff_as_of_and_undo_tell_one_story(place: Path, tmp_path: Path) -> None:
    path = table_file(tmp_path, "park_id,far\nP1,0.9\n")
    assert "change 2" in ran(
        place, "apply", str(path), "--who", "李四", "--why", "复核", "--on", "2025-06-01"
    )
    told = ran(place, "history", "P1")
    assert "李四 · 复核" in told
    assert "2 changed far: 0.5 → 0.9" in told
    assert "change_" not in told
    assert "c.csv" in ran(place, "history")
    assert "P1 changed far: 0.5 → 0.9" in ran(place, "diff", "2025-01-01", "2025-06-30")
    assert "P1 changed far" in ran(place, "diff", "1", "2")
    assert "2 features" in ran(place, "as-of", "2025-03-01")
    assert "undone by change 3" in ran(place, "undo", "2", "--who", "王五", "--why", "看错")
    assert "Nothing differs" in ran(place, "diff", "2025-01-01", "2025-06-30")
    log = ran(place, "history")
    assert "undone by 3" in log
    assert "Recorded (UTC)" in log


def test_the_history_of_a_boundary_shows_its_areas(place: Path, tmp_path: Path) -> None:
    wider = layer_file(tmp_path, [{"park_id": "P1"}], [plot(1, width=0.005)])
    ran(place, "apply", str(wider), "--who", "李四", "--why", "勘界")
    [line] = [one for one in ran(place, "history", "P1").splitlines() if "geometry" in one]
    assert "2 changed geometry" in line
    assert "(+25.0%, Δ 50 m)" in line


def test_a_plan_shows_what_would_be_done_and_what_forbids_it(place: Path, tmp_path: Path) -> None:
    before = (place / "base.gpkg").read_bytes()
    out = ran(place, "plan", str(table_file(tmp_path, "park_id,far\nP1,0.9\n")))
    assert "P1 change far: 0.5 → 0.9" in out
    bad = table_file(tmp_path, "park_id,action\nP9,change\n", "bad.csv")
    assert "There are errors" in ran(place, "plan", str(bad), code=2)
    assert (place / "base.gpkg").read_bytes() == before


def test_the_commands_about_changes_are_also_under_parks(place: Path) -> None:
    for name in ("apply", "history", "diff", "as-of", "undo"):
        alias = CliRunner().invoke(cli, ["parks", name, "--help"])
        assert "--layer" in alias.output
    log = CliRunner().invoke(cli, ["--lang", "en", "parks", "history", "-w", str(place)])
    assert "Recorded (UTC)" in log.output


def test_an_undo_that_empties_the_layer_or_hits_another_is_asked_for_twice(place: Path) -> None:
    said = ("--who", "王五", "--why", "看错")
    before = (place / "base.gpkg").read_bytes()
    other = ran(place, "undo", "1", *said, "--layer", "industrial_blocks", code=2)
    assert "it is one of village_parks: say --layer village_parks" in other
    assert "leaves the layer empty" in ran(place, "undo", "1", *said, code=2)
    assert "There is no change 9" in ran(place, "undo", "9", *said, code=2)
    assert (place / "base.gpkg").read_bytes() == before
    assert "undone by change 2" in ran(place, "undo", "1", *said, "--empty")
    assert "0 features" in ran(place, "as-of", "2025-03-01")


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.geojson", "out.gpkg"])
def test_what_as_of_writes_can_be_edited_and_brought_back(
    place: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    ran(place, "as-of", "1", "-o", str(out))
    assert "Nothing differs" in ran(place, "apply", str(out), "--who", "李四", "--why", "原样")
    first = table_file(tmp_path, "park_id,far\nP1,0.9\n")
    ran(place, "apply", str(first), "--who", "李四", "--why", "复核")
    stale = ran(place, "apply", str(out), "--who", "王五", "--why", "旧表", code=2)
    assert "far changed in change 2 after version 1" in stale


def test_a_file_may_be_based_on_a_day(place: Path, tmp_path: Path) -> None:
    first = table_file(tmp_path, "park_id,far\nP1,0.9\n")
    ran(place, "apply", str(first), "--who", "李四", "--why", "复核")
    stale = table_file(tmp_path, "park_id,far\nP1,0.7\n")
    assert "after version 0" in ran(place, "apply", str(stale), "--base", "2001-01-01", code=2)
    assert "change 3" in ran(
        place, "apply", str(stale), "--base", "2", "--who", "李四", "--why", "再核"
    )


def test_as_of_writes_a_layer(place: Path, tmp_path: Path) -> None:
    out = tmp_path / "then.geojson"
    ran(place, "as-of", "2025-03-01", "-o", str(out))
    assert gpd.read_file(out)["name"].tolist() == ["1号园", "2号园"]


def test_errors_exit_with_2_and_write_nothing(place: Path, tmp_path: Path) -> None:
    before = (place / "base.gpkg").read_bytes()
    bad = table_file(tmp_path, "park_id,far\nP1,0.9\nP1,0.8\n")
    out = ran(place, "apply", str(bad), "--who", "李四", "--why", "复核", code=2)
    assert "[error] row 3 P1" in out
    off = table_file(tmp_path, "park_id,land_area_reported_m2\nP1,1\n")
    assert "--accept area" in ran(place, "apply", str(off), code=2)
    good = table_file(tmp_path, "park_id,far\nP1,0.9\n")
    assert "Say who" in ran(place, "apply", str(good), "--why", "复核", code=1)
    assert "2025-06-30" in ran(place, "diff", "tomorrow", code=1)
    assert (place / "base.gpkg").read_bytes() == before


def test_columns_that_no_field_takes_are_named(store: Base, tmp_path: Path) -> None:
    text = (
        "园区编号,容积率,原容积率,整治方式,单位面积产值（万元/亩）,备用\nP1,1.5,0.8,拆除重建,12,\n"
    )
    found = planned(table_file(tmp_path, text), store=store, pack=PACK).findings
    named = found.loc[found["rule"].str.endswith("_columns"), ["rule", "level", "zh"]]
    assert "整治方式" in "".join(named["zh"])
    assert not {"原容积率", "备用"} & set(re.split("[：、。]", "".join(named["zh"])))
    assert set(named["level"]) <= {"warning", "info"}


def test_a_boundary_that_only_moved_says_how_far() -> None:
    from industrymap.changes._difference import _areas

    box = shapely.box(113.300, 23.020, 113.304, 23.023)
    moved = shapely.affinity.translate(box, 0.001)
    before, after = _areas(box, moved, "EPSG:4547")
    assert after == f"{before} (±0.0%, Δ 103 m)"
