"""Every format holds what was given: geometry, types, Chinese names and values, and says what it is."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sqlite3
import time
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import fiona
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from pyarrow import parquet as pq

from industrymap import export, layers, tables
from industrymap.errors import ConfigError, LayerError, WriteFailedError

if TYPE_CHECKING:
    from pathlib import Path

META = export.Meta(
    title="村级工业园 & <一览>", simulated=True, data_date=dt.date(2024, 12, 31), source="示例局", producer="示例院"
)  # fmt: skip
GIS = ["geojson", "gpkg", "shp", "zip", "kml", "parquet"]
NASTY = [
    "{{ 7*7 }}", "{% raw %}", "甲{# 内部 #}乙", "<img src=x onerror=alert(1)>", "</script><script>x</script>", "<!-- x -->",
    "`${alert(1)}`", "a\u2028b\u2029c", "引号\"与'与\\反斜杠", "换行\n第二行", "制表\t符", "𠮷野家", "e\u0301 é", "  前后空格  ",
    "NaN", "null", "0012", "1e5", "&amp;&lt;", "%s %d %%",
]  # fmt: skip


def parks(**more: Any) -> gpd.GeoDataFrame:
    """Return three village parks with every kind of column, missing values and a column of the user's own."""
    frame = gpd.GeoDataFrame(
        {
            "park_id": pd.Series(["P1", "P2", "P3"], dtype="string"),
            "name": pd.Series(["东村工业园", "西村工业园", None], dtype="string"),
            "land_area_reported_m2": pd.Series([131_620_000.25, None, 0.1], dtype="Float64"),
            "legal_paper_share": pd.Series([0.875, None, 1.0], dtype="Float64"),
            "firms_reported": pd.Series([12, None, 0], dtype="Int64"),
            "tenure_clear": pd.Series([True, None, False], dtype="boolean"),
            "route": pd.Series(["upgrade", "undetermined", None], dtype="string"),
            "updated_on": pd.Series(pd.to_datetime(["2024-12-31", None, "1999-01-02"])).astype("datetime64[s]"),
            "用户自己的字段": pd.Series(["甲", "乙", None], dtype="string"),
        },
        geometry=[
            shapely.Polygon([(113.2, 23.1), (113.2, 23.2), (113.3, 23.2), (113.2, 23.1)]),
            shapely.MultiPolygon([shapely.box(113.4, 23.1, 113.5, 23.2).difference(shapely.box(113.42, 23.12, 113.44, 23.14)), shapely.box(113.6, 23.1, 113.7, 23.2)]),
            None,
        ],
        crs=4326,
    )  # fmt: skip
    for name, values in more.items():
        frame[name] = values
    return frame


def points(values: list[str], name: str = "note") -> gpd.GeoDataFrame:
    places = [shapely.Point(113.2 + i / 1000, 23.1) for i in range(len(values))]
    return gpd.GeoDataFrame({name: pd.Series(values, dtype="string")}, geometry=places, crs=4326)


def test_geojson_is_rfc_7946(tmp_path: Path) -> None:
    [path] = export.write(parks(), tmp_path / "a.geojson", layer="village_parks", meta=META)
    collection = json.loads(path.read_bytes())
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    assert collection["metadata"]["data_date"] == "2024-12-31"
    assert "模拟数据" in collection["metadata"]["simulated_note"]
    for feature in collection["features"]:
        assert set(feature) == {"type", "properties", "geometry"}
    triangle, multi, missing = (feature["geometry"] for feature in collection["features"])
    assert missing is None
    assert shapely.LinearRing(triangle["coordinates"][0]).is_ccw
    for polygon in multi["coordinates"]:
        assert shapely.LinearRing(polygon[0]).is_ccw
        assert not any(shapely.LinearRing(hole).is_ccw for hole in polygon[1:])


def test_geojson_has_at_most_seven_decimals(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    frame = gpd.GeoDataFrame(
        {"n": range(500)},
        geometry=shapely.points(rng.uniform(113, 114, 500), rng.uniform(22, 24, 500)),
        crs=4326,
    )
    [path] = export.write(frame, tmp_path / "a.geojson", layer="x")
    numbers = re.findall(r'"coordinates":\[([^\]]*)\]', path.read_text(encoding="utf-8"))
    decimals = [len(number.split(".")[1]) for pair in numbers for number in pair.split(",")]
    assert len(decimals) == 1000
    assert max(decimals) == 7


@pytest.mark.parametrize("reader", ["fiona", "pyogrio"])
def test_geojson_reads_back_equal(tmp_path: Path, reader: str) -> None:
    frame = parks()
    [path] = export.write(frame, tmp_path / "a.geojson", layer="village_parks", meta=META)
    back = gpd.read_file(path, engine=reader)
    assert back.crs.to_epsg() == 4326
    expected = json.loads(
        frame.drop(columns="geometry").to_json(date_format="iso", orient="records")
    )
    found = json.loads(back.drop(columns="geometry").to_json(date_format="iso", orient="records"))
    for row_expected, row_found in zip(expected, found, strict=True):
        for name, value in row_expected.items():
            other = row_found[name]
            if name == "updated_on" and value:
                assert other[:10] == value[:10]
            else:
                assert other == value, name
    for given, found_shape in zip(frame.geometry, back.geometry, strict=True):
        assert (given is None) == (found_shape is None)
        if given is not None:
            assert shapely.equals_exact(given.normalize(), found_shape.normalize(), 1e-7)


def test_raw_fiona_features_carry_chinese_names_and_values(tmp_path: Path) -> None:
    [path] = export.write(parks(), tmp_path / "a.geojson", layer="village_parks")
    with fiona.open(path, enabled_drivers=["GeoJSON"]) as features:
        first = next(iter(features))
        assert first["properties"]["用户自己的字段"] == "甲"
        assert first["properties"]["name"] == "东村工业园"


@pytest.mark.parametrize("extension", ["geojson", "gpkg", "kml", "parquet", "shp", "zip"])
def test_texts_survive_every_gis_format(tmp_path: Path, extension: str) -> None:
    frame = points(NASTY, name="说明")
    export.write(frame, tmp_path / f"a.{extension}", layer="x", meta=META)
    back = read(tmp_path / f"a.{extension}")
    # A dBASE text has no outer spaces, they fill the column; GDAL's KML reader drops them too.
    trimmed = extension in {"shp", "zip", "kml"}
    expected = [text.strip(" ") for text in NASTY] if trimmed else NASTY
    assert back["说明"].tolist() == expected


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_texts_survive_tables(tmp_path: Path, extension: str) -> None:
    export.write(points(NASTY, name="说明"), tmp_path / f"a.{extension}", layer="x")
    assert read(tmp_path / f"a.{extension}")["说明"].tolist() == NASTY


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return gpd.read_parquet(path)
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if path.suffix == ".xlsx":
        return pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
    return pyogrio.read_dataframe(f"/vsizip/{path}" if path.suffix == ".zip" else path)


@pytest.mark.parametrize("extension", GIS)
def test_every_gis_format_keeps_geometry_and_figures(tmp_path: Path, extension: str) -> None:
    frame = parks()
    export.write(frame, tmp_path / f"a.{extension}", layer="village_parks", meta=META)
    back = read(tmp_path / f"a.{extension}")
    short = extension in {"shp", "zip"}
    name, area = ("NAME", "LAND_REP") if short else ("name", "land_area_reported_m2")
    name = "Name" if extension == "kml" else name
    assert back[name].tolist()[:2] == ["东村工业园", "西村工业园"]
    figures = pd.to_numeric(back[area])
    assert figures[0] == 131_620_000.25
    assert figures[2] == 0.1
    assert pd.isna(figures[1])
    assert back["用户自" if short else "用户自己的字段"].tolist()[:2] == ["甲", "乙"]
    assert back.geometry[2] is None
    for place in (0, 1):
        assert back.geometry[place].area == pytest.approx(frame.geometry[place].area, abs=1e-9)


@pytest.mark.parametrize("extension", ["gpkg", "shp", "parquet"])
def test_another_crs_moves_the_geometry_and_is_named(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a.{extension}"
    export.write(parks(), path, layer="village_parks", crs="EPSG:4547")
    back = read(path)
    assert back.crs.to_epsg(min_confidence=20) == 4547
    assert back.geometry[0].bounds[0] == pytest.approx(418_100, abs=200)
    again = back.geometry.to_crs(4490)
    assert again[0].bounds == pytest.approx(parks().geometry[0].bounds, abs=1e-6)


def test_a_frame_in_another_crs_is_brought_to_wgs84(tmp_path: Path) -> None:
    frame = parks().set_crs(4490, allow_override=True).to_crs(4547)
    [path] = export.write(frame, tmp_path / "a.geojson", layer="village_parks")
    first = json.loads(path.read_bytes())["features"][0]["geometry"]["coordinates"][0][0]
    assert first == [113.2, 23.1]


@pytest.mark.parametrize("extension", ["geojson", "kml"])
def test_wgs84_formats_refuse_another_crs(tmp_path: Path, extension: str) -> None:
    with pytest.raises(ConfigError, match="always WGS 84"):
        export.write(parks(), tmp_path / f"a.{extension}", layer="village_parks", crs="EPSG:4547")
    assert list(tmp_path.iterdir()) == []


def test_a_gis_file_in_gcj02_is_refused_because_nothing_can_name_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="wrong place"):
        export.write(parks(), tmp_path / "a.gpkg", layer="village_parks", crs="gcj02")


def test_tables_name_the_datum_of_their_coordinates(tmp_path: Path) -> None:
    export.write(points(["甲"]), tmp_path / "a.csv", layer="enterprises", crs="gcj02")
    found = read(tmp_path / "a.csv")
    assert list(found.columns) == ["备注", "定位经度（GCJ-02）", "定位纬度（GCJ-02）"]
    assert float(found.iloc[0, 1]) == pytest.approx(113.2054, abs=1e-3)
    export.write(points(["甲"]), tmp_path / "b.csv", layer="enterprises", crs="EPSG:4547", labels=False)  # fmt: skip
    assert list(read(tmp_path / "b.csv").columns) == ["note", "x_epsg4547", "y_epsg4547"]


def test_a_polygon_in_a_table_is_placed_inside_itself(tmp_path: Path) -> None:
    export.write(parks(), tmp_path / "a.csv", layer="village_parks")
    found = read(tmp_path / "a.csv")
    spot = shapely.Point(*map(float, found.loc[0, ["定位经度（WGS 84）", "定位纬度（WGS 84）"]]))
    assert parks().geometry[0].contains(spot)
    assert found.loc[2, "定位经度（WGS 84）"] == ""


FORMULAS = [
    "=1+1",
    "+86 20",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "=cmd|'/C calc'!A0",
]


def test_csv_runs_nothing_and_keeps_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": pd.Series(FORMULAS, dtype="string"), "=figure": [-1.5] * 11})
    [path] = export.write(frame, tmp_path / "a.csv", layer="enterprises")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    header, *rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert header == ["企业名称", "'=figure"]
    assert [row[0] for row in rows] == [f"'{text}" for text in FORMULAS]
    assert {row[1] for row in rows} == {"-1.5"}


def test_xlsx_runs_nothing_and_keeps_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": pd.Series(FORMULAS, dtype="string"), "=figure": [-1.5] * 11})
    [path] = export.write(frame, tmp_path / "a.xlsx", layer="enterprises")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    texts = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert all(cell.data_type == "s" and cell.value.startswith("'") for cell in texts)
    assert sheet["B1"].value == "'=figure"
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [-1.5] * 11


def test_csv_and_xlsx_speak_labels_units_and_words(tmp_path: Path) -> None:
    export.write(parks(), tmp_path / "a.xlsx", layer="village_parks")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:3] == ["园区编号", "园区名称", "用地面积（填报）（m²）"]
    row = dict(zip(heads, [cell.value for cell in sheet[2]], strict=True))
    assert row["整治路径"] == "改造提升"
    assert row["权属清晰"] == "是"
    assert row["更新日期"] == dt.datetime(2024, 12, 31)  # noqa: DTZ001 - Excel knows no time zones
    assert row["用户自己的字段"] == "甲"
    export.write(parks(), tmp_path / "a.csv", layer="village_parks", lang="en")
    assert list(read(tmp_path / "a.csv").columns)[:3] == ["Park ID", "Name", "Land area as reported (m²)"]  # fmt: skip


def test_everyday_units_are_rounded_and_named(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "park_id": ["P1", "P2"],
            "land_area_m2": pd.array([217188.63733142902, None], dtype="Float64"),
            "tax_10k_cny": [12.25, 0.04],
            "route_reasons_en": ["FAR below 0.85", ""],
        }
    )
    [path] = export.write(frame, tmp_path / "a.csv", layer="village_parks", everyday=True)
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert header == ["园区编号", "用地面积（亩）", "园区税收（万元）"]
    assert rows == [["P1", "325.8", "12.3"], ["P2", "", "0"]]


def test_no_column_of_the_other_language_beside_its_twin(tmp_path: Path) -> None:
    frame = pd.DataFrame({"route_reasons": ["容积率偏低"], "route_reasons_en": ["low FAR"]})
    for lang, text in (("zh", "容积率偏低"), ("en", "low FAR")):
        [path] = export.write(frame, tmp_path / "a.csv", layer="village_parks", lang=lang)
        assert [row.split(",") for row in path.read_text("utf-8-sig").splitlines()[1:]] == [[text]]


def test_codes_and_names_instead_of_labels_on_request(tmp_path: Path) -> None:
    export.write(parks(), tmp_path / "a.csv", layer="village_parks", labels=False)
    found = read(tmp_path / "a.csv")
    assert found.loc[0, ["park_id", "route", "tenure_clear"]].tolist() == ["P1", "upgrade", "true"]
    assert found.loc[0, "land_area_reported_m2"] == "131620000.25"
    assert found.loc[2, "firms_reported"] == "0"
    assert found.loc[1, "firms_reported"] == ""


def test_xlsx_is_formatted(tmp_path: Path) -> None:
    export.write(parks(), tmp_path / "a.xlsx", layer="village_parks", meta=META)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book.worksheets[0]
    assert sheet.title == "村级工业园（模拟数据）"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet["A1"].font.bold
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    assert sheet[f"{heads['用地面积（填报）（m²）']}2"].number_format == "#,##0.00"
    assert sheet[f"{heads['合法用地比例']}2"].number_format == "0.0%"
    assert sheet[f"{heads['更新日期']}2"].number_format == "yyyy-mm-dd"
    assert all(8 <= dimension.width <= 50 for dimension in sheet.column_dimensions.values())
    assert "模拟数据" in (sheet.oddHeader.right.text or "")
    assert "2024-12-31" in (sheet.oddFooter.left.text or "")
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert about["数据日期"] == "2024-12-31"
    assert "模拟数据" in about["数据性质"]


def test_a_workbook_may_have_several_sheets_with_any_names(tmp_path: Path) -> None:
    frame = pd.DataFrame({"甲": [1]})
    names = ["a/b:[c]*?", "A b  c", "很长" * 30, "很长" * 30, ""]
    data = export.workbook([export.Sheet(name=name, frame=frame) for name in names])
    found = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert len({name.lower() for name in found}) == 5
    assert all(0 < len(name) <= 31 for name in found)


def test_more_rows_than_excel_holds_are_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": np.zeros(1_048_576, dtype=np.int8)})
    with pytest.raises(ConfigError, match="export csv"):
        export.write(frame, tmp_path / "a.xlsx", layer="x")


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    def written(folder: str) -> dict[str, bytes]:
        paths = [
            path
            for extension in (*GIS, "xlsx", "csv")
            for path in export.write(
                parks(), tmp_path / folder / f"a.{extension}", layer="village_parks", meta=META
            )
        ]
        return {path.name: path.read_bytes() for path in paths}

    first = written("1")
    time.sleep(2.1)  # clocks in seconds, and the two seconds of a zip archive, would show
    assert written("2") == first


def test_metadata_stands_where_each_format_has_a_place(tmp_path: Path) -> None:
    for extension in (*GIS, "xlsx", "csv"):
        export.write(parks(), tmp_path / f"a.{extension}", layer="village_parks", meta=META)
    assert "模拟数据" in (tmp_path / "a.kml").read_text(encoding="utf-8")
    assert "模拟数据" in (tmp_path / "a.readme.txt").read_text(encoding="utf-8")
    assert set(read(tmp_path / "a.csv")["数据性质"]) == {"模拟数据，仅供演示"}
    keys = pq.read_schema(tmp_path / "a.parquet").metadata
    assert keys[b"industrymap.data_date"] == b"2024-12-31"
    assert b"geo" in keys
    info = pyogrio.read_info(tmp_path / "a.gpkg")
    assert info["layer_metadata"]["simulated"] == "true"
    assert info["layer_metadata"]["source"] == "示例局"


def test_geopackage_is_typed_and_carries_labels(tmp_path: Path) -> None:
    export.write(parks(), tmp_path / "a.gpkg", layer="village_parks")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
        types = {row[1]: row[2] for row in database.execute("PRAGMA table_info(village_parks)")}
        labels = dict(database.execute("SELECT column_name, name FROM gpkg_data_columns"))
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert types["updated_on"] == "DATE"
    assert types["tenure_clear"] == "BOOLEAN"
    assert types["geom"] == "MULTIPOLYGON"
    assert labels["land_area_reported_m2"] == "用地面积（填报）"


def test_shapefile_comes_with_its_companions_and_a_field_map(tmp_path: Path) -> None:
    paths = export.write(parks(), tmp_path / "园区.shp", layer="village_parks", meta=META)
    names = {path.name for path in paths}
    assert paths[0].name == "园区.shp"
    assert {
        f"园区.{s}" for s in ("shp", "shx", "dbf", "prj", "cpg", "fields.csv", "readme.txt")
    } == names
    assert (tmp_path / "园区.cpg").read_text() == "UTF-8"
    fields = pd.read_csv(tmp_path / "园区.fields.csv", encoding="utf-8-sig").set_index("field")
    assert fields.loc["LAND_REP", "name"] == "land_area_reported_m2"
    assert fields.loc["LAND_REP", "zh"] == "用地面积（填报）"
    assert fields.loc["用户自", "name"] == "用户自己的字段"


def test_shapefile_names_fit_ten_bytes_and_stay_apart(tmp_path: Path) -> None:
    more = {
        "企业所在园区名": ["a"] * 3,
        "企业所在街道名": ["b"] * 3,
        "a_very_long_name_1": [1] * 3,
        "A_VERY_LONG_NAME_2": [2] * 3,
    }
    export.write(parks(**more), tmp_path / "a.shp", layer="village_parks")
    back = read(tmp_path / "a.shp")
    names = [name for name in back.columns if name != "geometry"]
    assert all(len(name.encode()) <= 10 for name in names)
    assert len({name.upper() for name in names}) == len(names) == len(parks().columns) - 1 + 4
    fields = pd.read_csv(tmp_path / "a.fields.csv", encoding="utf-8-sig").set_index("name")["field"]
    assert back[fields["企业所在街道名"]].tolist() == ["b"] * 3
    assert back[fields["A_VERY_LONG_NAME_2"]].tolist() == [2] * 3


def test_a_long_text_is_cut_at_a_character_and_said(tmp_path: Path) -> None:
    export.write(points(["字" * 300, "短"], name="说明"), tmp_path / "a.shp", layer="x")
    assert read(tmp_path / "a.shp")["说明"].tolist() == ["字" * 84, "短"]
    fields = pd.read_csv(tmp_path / "a.fields.csv", encoding="utf-8-sig")
    assert fields["texts_cut_at_254_bytes"].tolist() == [1]


@pytest.mark.parametrize("value", [1e-9, -123456.789, 1.2e15, 1e300, 0.1 + 0.2, -0.0, 12345678901234.5])  # fmt: skip
def test_shapefile_numbers_read_back_exactly(tmp_path: Path, value: float) -> None:
    frame = points(["x"])
    frame["v"] = [value]
    export.write(frame, tmp_path / "a.shp", layer="x")
    assert read(tmp_path / "a.shp")["v"][0] == pytest.approx(value, rel=1e-15, abs=1e-15)


def test_mixed_geometry_becomes_one_shapefile_per_kind(tmp_path: Path) -> None:
    shapes = [
        shapely.Point(113, 23),
        shapely.box(113, 23, 114, 24),
        None,
        shapely.Point(113.5, 23.5),
    ]
    frame = gpd.GeoDataFrame({"n": [1, 2, 3, 4]}, geometry=shapes, crs=4326)
    [path] = export.write(frame, tmp_path / "a.zip", layer="x")
    with zipfile.ZipFile(path) as archive:
        assert {"a_point.shp", "a_polygon.shp", "a.fields.csv"} <= set(archive.namelist())
    assert pyogrio.read_dataframe(f"/vsizip/{path}/a_point.shp")["n"].tolist() == [1, 3, 4]
    assert pyogrio.read_dataframe(f"/vsizip/{path}/a_polygon.shp")["n"].tolist() == [2]


def test_a_geometry_collection_is_refused_by_shapefile_only(tmp_path: Path) -> None:
    shapes = [shapely.GeometryCollection([shapely.Point(113, 23)])]
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=shapes, crs=4326)
    with pytest.raises(LayerError, match="Feature 1 is a geometry collection"):
        export.write(frame, tmp_path / "a.shp", layer="x")
    for extension in ("geojson", "gpkg", "kml", "parquet"):
        export.write(frame, tmp_path / f"a.{extension}", layer="x")


@pytest.mark.parametrize("extension", GIS)
def test_heights_are_kept(tmp_path: Path, extension: str) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(113.25, 23.125, 12.5)], crs=4326)
    export.write(frame, tmp_path / f"a.{extension}", layer="x")
    [place] = read(tmp_path / f"a.{extension}").geometry
    assert (place.x, place.y, place.z) == (113.25, 23.125, 12.5)


@pytest.mark.parametrize("extension", [*GIS, "csv", "xlsx"])
def test_an_empty_layer_is_a_readable_file(tmp_path: Path, extension: str) -> None:
    export.write(parks().iloc[:0], tmp_path / f"a.{extension}", layer="village_parks", meta=META)
    assert len(read(tmp_path / f"a.{extension}")) == 0


def test_numbers_that_json_cannot_hold_become_null(tmp_path: Path) -> None:
    frame = points(["a", "b", "c"])
    frame["v"] = [float("nan"), float("inf"), 1.0]
    [path] = export.write(frame, tmp_path / "a.geojson", layer="x")
    values = [
        f["properties"]["v"] for f in json.loads(path.read_text(encoding="utf-8"))["features"]
    ]
    assert values == [None, None, 1.0]


def test_lone_surrogates_and_nul_do_not_break_a_file(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"说明": pd.Series(["a\ud800b", "x\x00y"], dtype=object)},
        geometry=[shapely.Point(113, 23)] * 2,
        crs=4326,
    )
    for extension in (*GIS, "csv", "xlsx"):
        export.write(frame, tmp_path / f"a.{extension}", layer="x")
    loaded = json.loads((tmp_path / "a.geojson").read_bytes())
    assert [f["properties"]["说明"] for f in loaded["features"]] == ["a\ud800b", "x\x00y"]
    ET.parse(tmp_path / "a.kml")


def test_fields_choose_and_order_the_columns(tmp_path: Path) -> None:
    export.write(
        parks(), tmp_path / "a.geojson", layer="village_parks", fields=["route", "park_id"]
    )
    properties = json.loads((tmp_path / "a.geojson").read_bytes())["features"][0]["properties"]
    assert list(properties) == ["route", "park_id"]
    with pytest.raises(ConfigError, match="Did you mean 'route'"):
        export.write(parks(), tmp_path / "b.csv", layer="village_parks", fields=["rout"])


def test_the_schema_orders_columns_and_the_users_own_come_last(tmp_path: Path) -> None:
    frame = parks()[["用户自己的字段", "route", "geometry", "park_id"]]
    export.write(frame, tmp_path / "a.geojson", layer="village_parks")
    properties = json.loads((tmp_path / "a.geojson").read_bytes())["features"][0]["properties"]
    assert list(properties) == ["park_id", "route", "用户自己的字段"]


def test_an_unknown_format_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'geojson'"):
        export.write(parks(), tmp_path / "a.geojsn", layer="village_parks")
    assert export.format_of(tmp_path / "a", "GeoParquet") == "parquet"


def test_a_table_without_geometry_is_no_gis_layer(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="no geometry"):
        export.write(pd.DataFrame({"a": [1]}), tmp_path / "a.gpkg", layer="x")


@pytest.mark.parametrize("extension", [*GIS, "csv", "xlsx"])
def test_an_unwritable_place_leaves_nothing_behind(tmp_path: Path, extension: str) -> None:
    (tmp_path / "folder").write_text("a file where a folder should be")
    with pytest.raises(WriteFailedError):
        export.write(parks(), tmp_path / "folder" / f"a.{extension}", layer="village_parks")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_the_frame_is_not_changed(tmp_path: Path) -> None:
    frame = parks()
    before = frame.copy(deep=True)
    for extension in (*GIS, "csv", "xlsx"):
        export.write(frame, tmp_path / f"a.{extension}", layer="village_parks", crs=None)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("extension", [*GIS, "csv", "xlsx"])
def test_large_whole_numbers_survive(tmp_path: Path, extension: str) -> None:
    frame = points(["a", "b"])
    frame["n"] = pd.Series([914_401_011_234_567, None], dtype="Int64")
    export.write(frame, tmp_path / f"a.{extension}", layer="x")
    back = pd.to_numeric(read(tmp_path / f"a.{extension}")["n"])
    assert back[0] == 914_401_011_234_567
    assert pd.isna(back[1])


NAMES = [
    "fid", "geom", "FID", "ogc_fid", "id", "ID", "Name", "", 'a"b', "a'b; DROP TABLE x", "x\ny", "{{7*7}}", "<b>", "__proto__",
    "字" * 80, "😀", "a.b", "%s", "rowid", "Description", "a\x00b",
]  # fmt: skip


@pytest.mark.parametrize("extension", [*GIS, "csv", "xlsx"])
def test_any_column_name_keeps_its_values(tmp_path: Path, extension: str) -> None:
    frame = points(["a", "b"])
    for number, name in enumerate(NAMES):
        frame[name] = [f"p{number}", f"q{number}"]
    export.write(frame, tmp_path / f"a.{extension}", layer="x")
    back = read(tmp_path / f"a.{extension}")
    held = {tuple(back[column]) for column in back.columns if column != "geometry"}
    # GDAL's KML reader takes some names for its own, and does not tell cases apart.
    lost = {"id", "ID", "Name", "Description", "FID"} if extension == "kml" else set()
    assert {(f"p{n}", f"q{n}") for n, name in enumerate(NAMES) if name not in lost} <= held


def test_an_attribute_may_be_called_geometry(tmp_path: Path) -> None:
    frame = points(["a", "b"]).rename_geometry("shape")
    frame["geometry"] = ["平面", "立体"]
    for extension in ("parquet", "gpkg", "geojson"):
        export.write(frame, tmp_path / f"a.{extension}", layer="x")
    back = gpd.read_parquet(tmp_path / "a.parquet")
    assert back["geometry"].tolist() == ["平面", "立体"]
    assert back.geometry.name == "geometry_2"
    first = json.loads((tmp_path / "a.geojson").read_bytes())["features"][0]
    assert first["properties"]["geometry"] == "平面"


@pytest.mark.parametrize("extension", GIS)
def test_our_own_reader_reads_every_format_back(tmp_path: Path, extension: str) -> None:
    frame = parks().iloc[:2].drop(columns=["route", "用户自己的字段"])
    [path, *_] = export.write(frame, tmp_path / f"a.{extension}", layer="village_parks", meta=META)
    found = layers.read(path, layer="village_parks")
    assert len(found.issues) == 0
    pd.testing.assert_frame_equal(
        pd.DataFrame(found.frame.drop(columns="geometry")),
        pd.DataFrame(frame.drop(columns="geometry")),
        check_like=True,
    )
    for given, back in zip(frame.geometry, found.frame.geometry, strict=True):
        assert given.symmetric_difference(back).area < 1e-12


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("labels", [True, False])
def test_our_own_reader_reads_tables_back(tmp_path: Path, *, extension: str, labels: bool) -> None:
    frame = parks()
    path = tmp_path / f"a.{extension}"
    export.write(frame, path, layer="village_parks", labels=labels)
    found = tables.read(path, layer="village_parks")
    assert found.frame["name"].tolist()[:2] == ["东村工业园", "西村工业园"]
    for name in ("land_area_reported_m2", "legal_paper_share", "firms_reported"):
        assert found.number(name).tolist() == frame[name].astype("Float64").tolist()
    assert found.boolean("tenure_clear").tolist() == frame["tenure_clear"].tolist()
    assert found.date("updated_on").tolist() == frame["updated_on"].tolist()


def test_a_city_of_geojson_is_written_in_about_a_second(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    n, m = 16_000, 3_400
    firms = gpd.GeoDataFrame(
        {"name": pd.Series([f"企业{i}" for i in range(n)], dtype="string"), "revenue_10k_cny": rng.uniform(1e3, 1e6, n)},
        geometry=shapely.points(rng.uniform(113, 114, n), rng.uniform(22.6, 23.9, n)), crs=4326,
    )  # fmt: skip
    areas = shapely.buffer(
        shapely.points(rng.uniform(113, 114, m), rng.uniform(22.6, 23.9, m)), 0.003
    )
    land = gpd.GeoDataFrame({"park_id": [str(i) for i in range(m)]}, geometry=areas, crs=4326)
    started = time.process_time()
    export.write(firms, tmp_path / "f.geojson", layer="enterprises")
    export.write(land, tmp_path / "p.geojson", layer="village_parks")
    assert time.process_time() - started < 2
