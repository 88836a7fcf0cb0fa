"""``industrymap export`` over a built workspace, and what of it may be published."""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from industrymap import publishing, workspace
from industrymap.cli import main
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def run(*args: object) -> tuple[int, str, str]:
    """Run the command in English; exit code, stdout, stderr."""
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["--lang", "en", "export", *map(str, args)])
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


def parks() -> gpd.GeoDataFrame:
    """Return six parks of two districts; P2 and P5 have few firms."""
    counts = [9, 2, 5, 8, 1, 7]
    return gpd.GeoDataFrame(
        {
            "park_id": pd.array([f"P{i}" for i in range(1, 7)], dtype="string"),
            "name": pd.array([f"第{i}工业园" for i in range(1, 7)], dtype="string"),
            "district": pd.array(["东区"] * 3 + ["西区"] * 3, dtype="string"),
            "far": pd.array([0.5, 0.9, None, 0.7, 0.8, 1.2], dtype="Float64"),
            "route": pd.array(["upgrade", "close", None, "upgrade", "keep", "upgrade"], dtype="string"),
            "note": pd.array(["内部备注"] * 6, dtype="string"),
            "tax_10k_cny": pd.array([1.0] * 6, dtype="Float64"),
            "base_firms": pd.array(counts, dtype="Int64"),
            "base_revenue_10k_cny": pd.array([n * 1234.5 for n in counts], dtype="Float64"),
        },
        geometry=list(shapely.box(113.1234567 + np.arange(6) / 100, 23.1, 113.13 + np.arange(6) / 100, 23.11)),
        crs=4326,
    )  # fmt: skip


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """Return a workspace as a build leaves it."""
    folder = tmp_path / "space"
    workspace.create(folder, city="guangzhou", title="测试图")
    config = folder / "industrymap.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace("simulated = false", "simulated = true").replace('review_number = ""', 'review_number = "粤审S（2025）001号"')  # fmt: skip
    config.write_text(text, encoding="utf-8")
    built = folder / ".industrymap" / "built"
    built.mkdir(parents=True)
    parks().to_parquet(built / "village_parks.parquet", index=False)
    firms = gpd.GeoDataFrame(
        {
            "enterprise_id": pd.array(["a", "b", "c"], dtype="string"),
            "name": pd.array(["甲公司", "乙公司", "丙公司"], dtype="string"),
            "park_id": pd.array(["P1", "P1", "P4"], dtype="string"),
            "in_base": pd.array([True, None, True], dtype="boolean"),
            "above_scale": pd.array([True, True, False], dtype="boolean"),
        },
        geometry=list(shapely.points([113.1, 113.2, 113.3], [23.1, 23.1, 23.1])),
        crs=4326,
    )
    firms.to_parquet(built / "enterprises.parquet", index=False)
    return folder


def properties(path: Path) -> list[dict[str, object]]:
    return [f["properties"] for f in json.loads(path.read_bytes())["features"]]


def test_a_layer_is_written_with_the_workspaces_metadata(space: Path, tmp_path: Path) -> None:
    code, out, _ = run("--layer", "parks", "-o", tmp_path / "a.geojson", "-w", space)
    written = json.loads((tmp_path / "a.geojson").read_bytes())
    assert code == 0
    assert "6 rows exported" in out
    assert written["name"] == "village_parks"
    assert written["metadata"]["title"] == "测试图 · Village industrial parks"
    assert "模拟数据" in written["metadata"]["simulated_note"]


def test_a_filter_chooses_rows_and_is_written_down(space: Path, tmp_path: Path) -> None:
    where = "区 = 东区 and 容积率 < 0.85"
    assert (
        run("--layer", "parks", "-o", tmp_path / "a.geojson", "-w", space, "--where", where)[0] == 0
    )
    assert [row["park_id"] for row in properties(tmp_path / "a.geojson")] == ["P1"]
    assert where in json.loads((tmp_path / "a.geojson").read_bytes())["metadata"]["note"]


def test_a_filter_may_ask_for_related_firms(space: Path, tmp_path: Path) -> None:
    run(
        "--layer",
        "parks",
        "-o",
        tmp_path / "a.geojson",
        "-w",
        space,
        "--where",
        "enterprises.count >= 2",
    )
    assert [row["park_id"] for row in properties(tmp_path / "a.geojson")] == ["P1"]


def test_enterprises_are_those_of_the_base_unless_all_are_wanted(
    space: Path, tmp_path: Path
) -> None:
    run("--layer", "企业", "-o", tmp_path / "a.geojson", "-w", space)
    assert len(properties(tmp_path / "a.geojson")) == 2
    run("--layer", "enterprises", "-o", tmp_path / "a.geojson", "-w", space, "--all")
    assert len(properties(tmp_path / "a.geojson")) == 3


@pytest.mark.parametrize("format_", ["geojson", "gpkg", "shp", "kml", "parquet", "xlsx", "csv"])
def test_every_format_by_name(space: Path, tmp_path: Path, format_: str) -> None:
    out = tmp_path / f"parks.{'zip' if format_ == 'shp' else format_}"
    assert run("--layer", "parks", "--format", format_, "-o", out, "-w", space)[0] == 0
    assert out.stat().st_size > 0


def test_fields_names_and_crs_are_choices(space: Path, tmp_path: Path) -> None:
    run(
        "--layer",
        "parks",
        "-o",
        tmp_path / "a.gpkg",
        "-w",
        space,
        "--crs",
        "EPSG:4547",
        "--fields",
        "park_id, far",
    )
    back = gpd.read_file(tmp_path / "a.gpkg")
    assert list(back.columns) == ["park_id", "far", "geometry"]
    assert back.crs.to_epsg() == 4547
    run("--layer", "parks", "-o", tmp_path / "a.xlsx", "-w", space, "--names")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]["A1"].value == "park_id"


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--layer", "parcs"], "no layer 'parcs'"), (["--layer", "parks", "--where", "fra < 1"], "Did you mean far"),
        (["--layer", "parks", "--where", "far <"], ""), (["--layer", "parks", "--fields", "prk_id"], "park_id"),
        (["--layer", "parks", "--crs", "EPSG:4547"], "always WGS 84"), (["--layer", "parks", "--crs", "EPSG:4610"], "Xian 1980"),
        (["--layer", "enterprises", "--profile", "public"], "not published"),
        (["--layer", "parks", "--profile", "public", "--where", "far < 1"], "cannot be filtered by far"),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_one_sentence_and_no_file(
    space: Path, tmp_path: Path, options: list[str], part: str
) -> None:
    code, out, err = run(*options, "-o", tmp_path / "a.geojson", "-w", space)
    assert code == 2
    assert part in err
    assert err.count("\n") == 1
    assert out == ""
    assert not (tmp_path / "a.geojson").exists()


def test_an_unknown_extension_is_refused_with_the_nearest(space: Path, tmp_path: Path) -> None:
    code, _, err = run("--layer", "parks", "-o", tmp_path / "a.cvs", "-w", space)
    assert code == 2
    assert "Did you mean 'csv'" in err


def test_a_workspace_that_was_never_built_says_so(tmp_path: Path) -> None:
    workspace.create(tmp_path / "new", city="guangzhou", title="t")
    code, _, err = run("--layer", "parks", "-o", tmp_path / "a.csv", "-w", tmp_path / "new")
    assert code == 2
    assert "industrymap build" in err


def test_public_hides_few_firms_and_one_more_that_a_total_would_give_away() -> None:
    shown = publishing.one_layer(parks(), layer="village_parks")
    assert shown["base_firms"].isna().tolist() == [False, True, True, False, True, True]
    assert shown["base_revenue_10k_cny"].isna().tolist() == [False, True, True, False, True, True]
    assert shown.loc[0, "base_firms"] == 9


def test_public_keeps_listed_columns_only_and_rounds_coordinates() -> None:
    shown = publishing.one_layer(parks(), layer="village_parks")
    assert {"note", "tax_10k_cny", "far"}.isdisjoint(shown.columns)
    assert shown.geometry[0].bounds[0] == pytest.approx(113.1235, abs=1e-12)


def test_public_hides_a_count_that_differs_by_one_from_the_one_it_is_part_of() -> None:
    frame = parks()
    frame["base_firms"] = pd.array([9, 9, 9, 9, 9, 9], dtype="Int64")
    frame["above_scale"] = pd.array([8, 4, 5, 3, 3, 4], dtype="Int64")
    shown = publishing.one_layer(frame, layer="village_parks")
    assert shown["above_scale"].isna().tolist() == [True, True, False, False, False, False]


def test_public_shows_zero_and_hides_unknown_bases() -> None:
    frame = parks()
    frame["base_firms"] = pd.array([0, None, 5, 8, 6, 7], dtype="Int64")
    shown = publishing.one_layer(frame, layer="village_parks")
    assert shown.loc[0, "base_firms"] == 0
    assert pd.isna(shown.loc[1, "base_revenue_10k_cny"])


def test_public_needs_an_approval_number() -> None:
    with pytest.raises(ConfigError, match="approval number"):
        publishing.approve(" ")


def test_a_public_file_holds_no_private_value(space: Path, tmp_path: Path) -> None:
    for extension in ("geojson", "csv", "kml"):
        out = tmp_path / f"a.{extension}"
        options = ["--profile", "public", "--columns", "all"]
        assert run("--layer", "parks", "-o", out, "-w", space, *options)[0] == 0
        text = out.read_text(encoding="utf-8")
        assert "内部备注" not in text
        assert "2469" not in text  # P2's revenue, two firms
        assert "1234.5" not in text  # P5's revenue, one firm
        assert "23.1" in text
    assert "粤审S（2025）001号" in (tmp_path / "a.geojson").read_text(encoding="utf-8")


def test_fields_are_named_in_chinese_as_in_a_filter(space: Path, tmp_path: Path) -> None:
    run(
        "--layer",
        "parks",
        "-o",
        tmp_path / "a.csv",
        "-w",
        space,
        "--names",
        "--fields",
        "园区编号，容积率",
    )
    heading = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    # coordinates and the mark of simulated data follow what was asked for
    assert heading.split(",")[:3] == ["park_id", "far", "lon_wgs84"]


def heads(space: Path, path: Path, *options: str) -> list[str]:
    run("--layer", "parks", "-o", path, "-w", space, *options)
    return path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")


def test_a_table_has_the_usual_columns_unless_all_are_wanted(space: Path, tmp_path: Path) -> None:
    usual = heads(space, tmp_path / "a.csv")
    assert usual == [
        "Park ID",
        "Name",
        "District",
        "Route",
        "FAR",
        "Base firms (firms)",
        "Tax (10k yuan)",
        "kind_of_data",
    ]
    every = heads(space, tmp_path / "a.csv", "--columns", "all")
    assert {"Note", "Longitude (WGS 84)"} <= set(every)
