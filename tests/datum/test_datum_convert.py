"""``industrymap convert``: what goes in, what comes out, and what is refused with one sentence."""

from __future__ import annotations

import csv
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

import industrymap as im
from industrymap import datum
from industrymap.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def run(*args: object) -> tuple[int, str, str]:
    """Run the command in English; exit code, stdout, stderr."""
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["--lang", "en", "convert", *map(str, args)])
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


POINTS = "名称,编号,经度,纬度,差\n甲,0012,113.2697,23.1264,-1.5\n乙,0013,113.3,23.2,2\n"


def test_a_table_keeps_its_columns_and_gets_two_that_name_the_datum(tmp_path: Path) -> None:
    source = table(tmp_path / "a.csv", POINTS)
    code, out, _ = run(source, "-o", tmp_path / "b.csv", "--from", "gcj02")
    first = rows(tmp_path / "b.csv")[0]
    assert code == 0
    assert "Converted 2 of 2: GCJ-02 → WGS 84" in out
    assert list(first) == ["名称", "编号", "经度", "纬度", "差", "lon_wgs84", "lat_wgs84"]
    assert (first["编号"], first["差"], first["经度"]) == ("0012", "-1.5", "113.2697")
    lon, lat = datum.convert(113.2697, 23.1264, source="gcj02")
    assert float(first["lon_wgs84"]) == pytest.approx(float(lon), abs=1e-9)
    assert float(first["lat_wgs84"]) == pytest.approx(float(lat), abs=1e-9)


def test_the_two_columns_can_be_overwritten(tmp_path: Path) -> None:
    source = table(tmp_path / "a.csv", POINTS)
    run(source, "-o", tmp_path / "b.csv", "--from", "wgs84", "--to", "EPSG:4547", "--replace")
    assert rows(tmp_path / "b.csv")[0]["经度"].startswith("425")


def test_columns_can_be_named(tmp_path: Path) -> None:
    source = table(tmp_path / "a.csv", "p,甲列,乙列\n1,2555783.929,428285.956\n")
    code, _, _ = run(
        source, "-o", tmp_path / "b.csv", "--from", "4547", "--x", "乙列", "--y", "甲列"
    )
    assert code == 0
    assert float(rows(tmp_path / "b.csv")[0]["lon_wgs84"]) == pytest.approx(113.3, abs=1e-8)


def test_each_row_may_name_its_own_datum(tmp_path: Path) -> None:
    text = "名称,产品,经度,纬度,坐标系\n甲,a,113.3,23.2,GCJ-02\n乙,b,113.3,23.2,\n丙,c,113.3,23.2,西安80\n丁,d,,,\n"
    source = table(tmp_path / "a.csv", text)
    code, out, _ = run(source, "-o", tmp_path / "b.csv", "--from", "wgs84", "--strict")
    moved, kept, refused, empty = rows(tmp_path / "b.csv")
    assert code == 1
    assert float(moved["lon_wgs84"]) < 113.296
    assert kept["lon_wgs84"] == "113.3"
    assert refused["lon_wgs84"] == empty["lon_wgs84"] == ""
    assert "Rows not converted: 1. '西安80' is Xian 1980" in out


def test_xlsx_in_and_out(tmp_path: Path) -> None:
    pd.DataFrame({"名称": ["甲"], "lng": [113.3], "lat": [23.2]}).to_excel(
        tmp_path / "a.xlsx", index=False
    )
    assert run(tmp_path / "a.xlsx", "-o", tmp_path / "b.xlsx", "--from", "bd09")[0] == 0
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx").worksheets[0]
    values = dict(zip((c.value for c in sheet[1]), (c.value for c in sheet[2]), strict=True))
    assert values["lon_wgs84"] == pytest.approx(113.2883, abs=2e-3)


def test_a_table_can_become_a_layer(tmp_path: Path) -> None:
    source = table(tmp_path / "a.csv", POINTS)
    assert run(source, "-o", tmp_path / "b.gpkg", "--from", "wgs84", "--to", "EPSG:4547")[0] == 0
    layer = gpd.read_file(tmp_path / "b.gpkg")
    assert layer.crs.to_epsg() == 4547
    assert layer["名称"].tolist() == ["甲", "乙"]


def polygons(path: Path, **more: object) -> Path:
    shape = shapely.Polygon([(113.2, 23.1), (113.3, 23.1), (113.3, 23.2)])
    frame = gpd.GeoDataFrame(
        {"编号": ["007"], "MJ": [1.5], "名称": ["甲"]} | more, geometry=[shape], crs=4326
    )
    frame.to_file(path)
    return path


def test_a_layer_keeps_its_own_column_names_and_values(tmp_path: Path) -> None:
    source = polygons(tmp_path / "a.gpkg")
    code, out, _ = run(source, "-o", tmp_path / "b.geojson", "--from", "gcj02")
    feature = json.loads((tmp_path / "b.geojson").read_bytes())["features"][0]
    assert code == 0
    assert "Converted 1 of 1: GCJ-02 → WGS 84" in out
    assert feature["properties"] == {"编号": "007", "MJ": 1.5, "名称": "甲"}
    lon, lat = datum.convert(113.2, 23.1, source="gcj02")
    assert [round(float(lon), 7), round(float(lat), 7)] in feature["geometry"]["coordinates"][0]


def test_a_layer_that_says_its_crs_needs_no_from(tmp_path: Path) -> None:
    source = polygons(tmp_path / "a.gpkg")
    assert run(source, "-o", tmp_path / "b.shp", "--to", "EPSG:4526")[0] == 0
    assert gpd.read_file(tmp_path / "b.shp").total_bounds[0] > 38_000_000


def test_geojson_in_gcj02_only_on_purpose(tmp_path: Path) -> None:
    source = polygons(tmp_path / "a.gpkg")
    code, _, err = run(source, "-o", tmp_path / "b.geojson", "--to", "gcj02")
    assert code == 2
    assert "always WGS 84" in err
    assert not (tmp_path / "b.geojson").exists()
    assert run(source, "-o", tmp_path / "b.geojson", "--to", "gcj02", "--unlabelled")[0] == 0
    written = json.loads((tmp_path / "b.geojson").read_bytes())
    assert "GCJ-02" in written["metadata"]["note"]
    assert written["features"][0]["geometry"]["coordinates"][0][0][0] > 113.204


def test_a_local_grid_by_control_points(tmp_path: Path) -> None:
    lon, lat = np.array([113.2, 113.4, 113.3, 113.25]), np.array([23.0, 23.05, 23.2, 23.1])
    east, north = datum.convert(lon, lat, source="wgs84", target="EPSG:4547")
    known = pd.DataFrame(
        {"local_x": east - 400_000, "local_y": north - 2_500_000, "lon": lon, "lat": lat}
    )
    known.to_csv(tmp_path / "control.csv", index=False)
    pd.DataFrame({"x": [28_285.956], "y": [55_783.929]}).to_csv(tmp_path / "a.csv", index=False)
    code, out, _ = run(tmp_path / "a.csv", "-o", tmp_path / "b.csv", "--from", "local", "--control", tmp_path / "control.csv", "--plane", "EPSG:4547")  # fmt: skip
    assert code == 0
    assert "4 control points, similarity transformation: standard error 0.000 m" in out
    assert "Residuals in metres: 0.000" in out
    assert float(rows(tmp_path / "b.csv")[0]["lon_wgs84"]) == pytest.approx(113.3, abs=1e-8)
    kept = out.split("To keep as a datum: ")[1].splitlines()[0]
    assert run(tmp_path / "a.csv", "-o", tmp_path / "c.csv", "--from", kept)[0] == 0
    assert rows(tmp_path / "c.csv") == rows(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("text", "options", "part"),
    [
        (POINTS, [], "does not say which datum"),
        (POINTS, ["--from", "gcj2"], "Did you mean 'gcj02'"),
        (POINTS, ["--from", "西安80"], "Xian 1980"),
        (POINTS, ["--from", "EPSG:4547"], "look like longitude and latitude"),
        (POINTS, ["--from", "wgs84", "--to", "nonsense"], "Unknown datum"),
        (POINTS, ["--from", "wgs84", "--x", "经"], "no column '经'"),
        (POINTS, ["--from", "local"], "--control"),
        (POINTS, ["--from", "wgs84", "--to", "4490", "--x", "纬度", "--y", "经度"], "swapped"),
        ("甲,乙\n1,2\n", ["--from", "wgs84"], "no column of longitude and latitude"),
        ("经度,纬度,lon_wgs84\n113.2,23.1,1\n", ["--from", "gcj02"], "--replace"),
        ("", ["--from", "wgs84"], ""),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_one_sentence_and_leaves_no_file(
    tmp_path: Path, text: str, options: list[str], part: str
) -> None:
    source = table(tmp_path / "a.csv", text)
    code, out, err = run(source, "-o", tmp_path / "b.csv", *options)
    assert code == 2
    assert part in err
    assert err.count("\n") == 1
    assert out == ""
    assert not (tmp_path / "b.csv").exists()


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    for name in ("a.csv", "a.geojson"):
        code, _, err = run(tmp_path / name, "-o", tmp_path / "b.csv", "--from", "gcj02")
        assert code == 2
        assert name in err


def test_one_row_in_metres_does_not_stop_the_others_and_is_named(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    rows = [
        "名称,经度,纬度",
        "甲,114.1,26.0",
        "乙,114.2,26.1",
        "丙,114.3,26.1",
        "丁,495000,2880160",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    done = im.convert_file(file, tmp_path / "out.csv", source="gcj02")
    assert (done.done, done.total) == (3, 4)
    assert "第 5 行" in "".join(note.zh for note in done.notes)
    assert pd.read_csv(tmp_path / "out.csv")["lon_wgs84"].isna().tolist() == [False] * 3 + [True]
