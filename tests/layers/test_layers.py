"""Layers as they come in: every format, encoding and datum, typed by the schema."""

from __future__ import annotations

import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from industrymap import datum, files, layers
from industrymap.errors import DatumError, FileMissingError, FileRefusedError, LayerError

if TYPE_CHECKING:
    from pathlib import Path

BOX = shapely.box(113.2, 23.1, 113.21, 23.11)
NEXT = shapely.box(113.3, 23.1, 113.31, 23.11)


def parks(**columns: list[Any]) -> gpd.GeoDataFrame:
    found = {"编号": ["P1", "P2"], "名称": ["甲园", "乙园"], **columns}
    return gpd.GeoDataFrame(found, geometry=[BOX, NEXT], crs=4326)


def geojson(path: Path, *geometries: Any, **members: Any) -> Path:
    features = [
        {"type": "Feature", "properties": {"编号": f"P{i}"}, "geometry": g}
        for i, g in enumerate(geometries, 1)
    ]
    text = json.dumps(
        {"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False
    )
    return files.write_text(path, text)


def polygon(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(map(list, points))]}


def rules(layer: layers.Layer) -> list[str]:
    return layer.issues["rule"].tolist()


def said(layer: layers.Layer, kind: str) -> str:
    return " ".join(d.zh for d in layer.decisions if d.kind == kind)


# formats


def written(path: Path, frame: gpd.GeoDataFrame) -> Path:
    if path.suffix == ".geojson":
        frame.to_file(path, driver="GeoJSON", engine="pyogrio")
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".kml":
        frame.rename(columns={"名称": "name"}).to_file(path, driver="LIBKML", engine="pyogrio")
    elif path.suffix == ".shp":
        frame.to_file(path, engine="pyogrio", encoding="utf-8")
    elif path.suffix == ".zip":
        inner = path.with_name("inner.shp")
        frame.to_file(inner, engine="pyogrio", encoding="utf-8")
        with zipfile.ZipFile(path, "w") as archive:
            for part in ("shp", "shx", "dbf", "prj", "cpg"):
                archive.write(inner.with_suffix(f".{part}"), f"数据/园区.{part}")
    else:
        frame.to_file(path, engine="pyogrio")
    return path


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp", "zip", "kml", "parquet"])
def test_every_format_reads_the_same(tmp_path: Path, suffix: str) -> None:
    found = layers.read(written(tmp_path / f"a.{suffix}", parks()), layer="village_parks")
    assert found.frame["park_id"].tolist() == ["P1", "P2"]
    assert found.frame["name"].tolist() == ["甲园", "乙园"]
    assert found.frame.crs.to_epsg() == 4326
    assert shapely.equals_exact(
        found.frame.geometry.to_numpy(), [BOX, NEXT], 1e-9, normalize=True
    ).all()
    assert found.rows.tolist() == [1, 2]
    assert "格式" in said(found, "format")


def test_types_follow_the_schema(tmp_path: Path) -> None:
    frame = parks(
        占地面积亩=["30", "1,200"],
        权属清晰=["是", "×"],
        规划用途=["二类工业用地", "火星"],
        企业数=["12", "约30"],
        更新日期=["2023年5月1日", "不详"],
        所属圈层=[1.0, 2.5],
    )
    found = layers.read(written(tmp_path / "a.gpkg", frame), layer="village_parks")
    table = found.frame
    assert table["land_area_reported_m2"].tolist() == [
        pytest.approx(20_000),
        pytest.approx(800_000),
    ]
    assert table["tenure_clear"].tolist() == [True, False]
    assert table["planned_use"].tolist() == ["industry", pd.NA]
    assert table["firms_reported"].tolist() == [12, 30]
    assert table["updated_on"].dt.year.tolist()[:1] == [2023]
    assert {str(table[c].dtype) for c in ("land_area_reported_m2", "tenure_clear", "firms_reported", "updated_on")} == {
        "Float64", "boolean", "Int64", "datetime64[s]",
    }  # fmt: skip
    assert sorted(rules(found)) == ["cell.not_whole", "cell.number_repaired", "value.unknown"]


def test_a_number_of_the_format_keeps_its_type_outside_the_schema(tmp_path: Path) -> None:
    found = layers.read(
        written(tmp_path / "a.gpkg", parks(甲=[1, 2], 乙=[1.5, None], 丙=["x", None])),
        layer="village_parks",
    )
    assert [str(found.frame[c].dtype) for c in ("甲", "乙", "丙")] == ["Int64", "Float64", "string"]


def test_nested_properties_are_kept_as_json(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    feature = {
        "type": "Feature",
        "properties": {"编号": "P1", "x": {"a": [1, "甲"]}},
        "geometry": shapely.geometry.mapping(BOX),
    }
    files.write_text(path, json.dumps(feature))
    assert layers.read(path, layer="village_parks").frame["x"].tolist() == ['{"a": [1, "甲"]}']


def test_a_level_is_a_number_however_it_is_written(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"区块编号": ["a", "b"], "级别": ["一级控制线", "2"]}, geometry=[BOX, NEXT], crs=4326
    )
    found = layers.read(written(tmp_path / "a.gpkg", frame), layer="industrial_blocks")
    assert found.frame["level"].tolist() == [1, 2]
    assert str(found.frame["level"].dtype) == "Int64"


def test_a_column_of_ours_computed_later_does_not_pass_for_it(tmp_path: Path) -> None:
    found = layers.read(
        written(tmp_path / "a.gpkg", parks(route=["keep", "close"])), layer="village_parks"
    )
    assert "route" not in found.frame
    assert found.frame["route_given"].tolist() == ["keep", "close"]


# Shapefile


def shapefile(path: Path, frame: gpd.GeoDataFrame, *, encoding: str, cpg: bool) -> Path:
    frame.to_file(path, engine="pyogrio", encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink()
    return path


@pytest.mark.parametrize("encoding", ["GBK", "GB18030", "UTF-8"])
@pytest.mark.parametrize("cpg", [True, False])
def test_a_shapefile_reads_with_or_without_cpg(tmp_path: Path, encoding: str, *, cpg: bool) -> None:
    found = layers.read(
        shapefile(tmp_path / "a.shp", parks(), encoding=encoding, cpg=cpg), layer="village_parks"
    )
    assert found.frame["name"].tolist() == ["甲园", "乙园"]
    assert said(found, "encoding")


def test_a_wrong_cpg_is_not_believed(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", parks(), encoding="GBK", cpg=True)
    path.with_suffix(".cpg").write_text("UTF-8")
    assert layers.read(path, layer="village_parks").frame["name"].tolist() == ["甲园", "乙园"]


@pytest.mark.filterwarnings("ignore")
def test_a_name_that_the_format_cut_short_finds_its_field(tmp_path: Path) -> None:
    frame = parks().assign(有合法手续用地比例=[0.5, 1.0])
    path = shapefile(tmp_path / "a.shp", frame, encoding="GBK", cpg=False)
    found = layers.read(path, layer="village_parks")
    assert found.headings["legal_paper_share"] == "有合法手续"
    assert found.frame["legal_paper_share"].tolist() == [0.5, 1.0]


def test_short_names_of_our_own_export_find_their_fields(tmp_path: Path) -> None:
    frame = (
        parks().rename(columns={"编号": "PARK_ID", "名称": "NAME"}).assign(LAND_REP=[20000.0, 1.0])
    )
    found = layers.read(written(tmp_path / "a.shp", frame), layer="village_parks")
    assert found.frame["land_area_reported_m2"].tolist() == [20000.0, 1.0]
    assert rules(found) == []


def test_a_missing_index_is_rebuilt(tmp_path: Path) -> None:
    path = written(tmp_path / "a.shp", parks())
    path.with_suffix(".shx").unlink()
    assert len(layers.read(path, layer="village_parks").frame) == 2


def test_a_missing_attribute_table_is_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path / "a.shp", parks())
    path.with_suffix(".dbf").unlink()
    with pytest.raises(FileMissingError, match=r"needs a\.dbf beside it"):
        layers.read(path, layer="village_parks")


def test_a_deleted_record_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "a.shp", parks())
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    start = int.from_bytes(table[8:10], "little")
    table[start] = ord("*")
    path.with_suffix(".dbf").write_bytes(bytes(table))
    assert layers.read(path, layer="village_parks").frame["name"].tolist() == ["乙园"]


@pytest.mark.parametrize("part", ["shp", "dbf"])
def test_a_part_cut_short_is_one_sentence(tmp_path: Path, part: str) -> None:
    path = written(tmp_path / "a.shp", parks())
    damaged = path.with_suffix(f".{part}")
    damaged.write_bytes(damaged.read_bytes()[:-40])
    if part == "shp":
        path.with_suffix(".shx").unlink()
        assert len(layers.read(path, layer="village_parks").frame) == 1
    else:
        with pytest.raises(LayerError, match="cut short"):
            layers.read(path, layer="village_parks")


# several layers in one file


def test_the_layer_that_names_most_fields_is_read_and_the_others_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"x": [1]}, geometry=[BOX], crs=4326).to_file(
        path, layer="其他", engine="pyogrio"
    )
    parks().to_file(path, layer="园区", engine="pyogrio")
    found = layers.read(path, layer="village_parks")
    assert found.name == "a.gpkg#园区"
    assert "其他" in said(found, "sheet")
    assert len(layers.read(path, layer="village_parks", table="其他").frame) == 1
    with pytest.raises(LayerError, match="it has 其他, 园区"):
        layers.read(path, layer="village_parks", table="园")


def test_a_database_open_elsewhere_is_not_read_half(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", parks())
    path.with_name("a.gpkg-wal").write_bytes(b"x")
    with pytest.raises(FileRefusedError, match="still open in another program"):
        layers.read(path, layer="village_parks")


# datum


def test_a_declared_datum_is_converted(tmp_path: Path) -> None:
    shifted = parks().set_geometry(
        datum.convert_geometry([BOX, NEXT], source="wgs84", target="gcj02")
    )
    found = layers.read(
        written(tmp_path / "a.geojson", shifted), layer="village_parks", datum="gcj02"
    )
    assert shapely.hausdorff_distance(found.frame.geometry.to_numpy(), [BOX, NEXT]).max() < 1e-6
    assert found.datum.id == "gcj02"
    assert "由您指定" in said(found, "datum")


def test_a_projected_file_is_converted_by_its_own_word(tmp_path: Path) -> None:
    found = layers.read(written(tmp_path / "a.shp", parks().to_crs(4547)), layer="village_parks")
    assert shapely.hausdorff_distance(found.frame.geometry.to_numpy(), [BOX, NEXT]).max() < 1e-6
    assert "文件注明" in said(found, "datum")


@pytest.mark.parametrize("suffix", ["shp", "gpkg", "parquet"])
def test_a_layer_without_a_system_is_refused_with_what_its_numbers_look_like(
    tmp_path: Path, suffix: str
) -> None:
    bare = parks().to_crs(4526)
    bare = bare.set_crs(None, allow_override=True)
    path = tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        bare.to_parquet(path)
    else:
        with pytest.warns(UserWarning, match="crs"):
            bare.to_file(path, engine="pyogrio")
    with pytest.raises(DatumError, match="zone 38") as caught:
        layers.read(path, layer="village_parks")
    assert "没有说明坐标系" in caught.value.zh
    assert len(layers.read(path, layer="village_parks", datum="EPSG:4526").frame) == 2


def test_geojson_and_kml_are_wgs84_by_their_standard_and_say_so(tmp_path: Path) -> None:
    for path in (
        geojson(tmp_path / "a.geojson", shapely.geometry.mapping(BOX)),
        written(tmp_path / "a.kml", parks()),
    ):
        assert "按格式标准" in said(layers.read(path, layer="village_parks"), "datum")


def test_numbers_that_contradict_the_declared_datum_are_refused(tmp_path: Path) -> None:
    metres = parks().to_crs(4547).set_crs(4326, allow_override=True)
    with pytest.raises(DatumError, match="cannot be in WGS 84"):
        layers.read(written(tmp_path / "a.gpkg", metres), layer="village_parks")


@pytest.mark.parametrize("code", ["EPSG:4610", "EPSG:2383", "EPSG:4214"])
def test_xian_1980_and_beijing_1954_are_refused(tmp_path: Path, code: str) -> None:
    path = written(tmp_path / "a.gpkg", parks().set_crs(code, allow_override=True))
    with pytest.raises(DatumError, match=r"a\.gpkg"):
        layers.read(path, layer="village_parks")


@pytest.mark.parametrize("extent", [None, (112.9, 22.5, 114.1, 24.0)])
@pytest.mark.parametrize("code", [4547, 4526, 4490])
def test_a_survey_with_north_first_is_put_right(tmp_path: Path, code: int, extent: Any) -> None:
    turned = parks().to_crs(code)
    turned = turned.set_geometry(
        shapely.transform(turned.geometry.to_numpy(), lambda p: p[:, ::-1]), crs=code
    )
    path = written(tmp_path / "a.gpkg", turned)
    found = layers.read(path, layer="village_parks", extent=extent)
    assert shapely.hausdorff_distance(found.frame.geometry.to_numpy(), [BOX, NEXT]).max() < 1e-6
    assert "互换" in said(found, "datum")


@pytest.mark.parametrize(
    "name",
    ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4326"],
)
def test_the_old_crs_member_by_name_is_understood(tmp_path: Path, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    found = layers.read(
        geojson(tmp_path / "a.geojson", shapely.geometry.mapping(BOX), crs=crs),
        layer="village_parks",
    )
    assert "文件注明" in said(found, "datum")


# 17: geometry


SQUARE = ((113.2, 23.1), (113.21, 23.1), (113.21, 23.11), (113.2, 23.11))


@pytest.mark.parametrize(
    ("geometry", "rule", "kept"),
    [
        (None, "geometry.missing", False),
        ({"type": "Polygon", "coordinates": []}, "geometry.empty", False),
        ({"type": "MultiPolygon", "coordinates": []}, "geometry.empty", False),
        (polygon(*SQUARE), "geometry.unclosed", True),
        (polygon(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]), "geometry.repair_changed_area", True),
        (polygon(*SQUARE[:2], (113.21, 23.1001), (113.2099, 23.1), *SQUARE[2:], SQUARE[0]), "geometry.invalid", True),
        (polygon(SQUARE[0], SQUARE[1]), "geometry.empty", False),
        (polygon(SQUARE[0], (float("nan"), 23.1), SQUARE[2], SQUARE[0]), "geometry.not_finite", False),
        (polygon(SQUARE[0], (float("inf"), 23.1), SQUARE[2], SQUARE[0]), "geometry.not_finite", False),
        (polygon(*((y, x) for x, y in SQUARE), (23.1, 113.2)), "geometry.swapped_axes", True),
        (polygon((2.3, 48.8), (2.4, 48.8), (2.4, 48.9), (2.3, 48.8)), "geometry.out_of_extent", False),
        ({"type": "Point", "coordinates": [113.2, 23.1]}, "geometry.not_polygon", False),
        ({"type": "LineString", "coordinates": [[113.2, 23.1], [113.3, 23.1]]}, "geometry.not_polygon", False),
        ({"type": "Circle", "coordinates": []}, "geometry.unreadable", False),
        ({"type": "Polygon", "coordinates": "x"}, "geometry.unreadable", False),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "geometry.unreadable", False),
        ({"type": "Polygon", "coordinates": [[[113.2], [113.3]]]}, "geometry.unreadable", False),
        ({"type": "GeometryCollection", "geometries": [polygon(*SQUARE, SQUARE[0]), {"type": "Point", "coordinates": [113.2, 23.1]}]}, None, True),
    ],
)  # fmt: skip
def test_point_17_a_bad_geometry_is_an_issue_and_sound_ones_go_on(
    tmp_path: Path, geometry: Any, rule: str | None, *, kept: bool
) -> None:
    good = (
        [shapely.geometry.mapping(shapely.translate(BOX, 0.1 * i)) for i in range(3)]
        if hasattr(shapely, "translate")
        else [shapely.geometry.mapping(g) for g in (BOX, NEXT)]
    )
    found = layers.read(geojson(tmp_path / "a.geojson", *good, geometry), layer="village_parks")
    last = len(good) + 1
    assert (last in found.rows.tolist()) == kept
    assert len(found.frame) == len(good) + kept
    mine = found.issues[found.issues["row"] == last]
    assert mine["rule"].tolist() == ([rule] if rule else [])
    assert found.frame.geometry.is_valid.all()
    assert set(found.frame.geom_type) <= {"Polygon", "MultiPolygon"}


def test_a_hole_outside_its_shell_is_read_and_its_area_put_to_a_person(tmp_path: Path) -> None:
    away = [[113.30, 23.1], [113.302, 23.1], [113.302, 23.102], [113.3, 23.1]]
    shape = {"type": "Polygon", "coordinates": [[*map(list, SQUARE), list(SQUARE[0])], away]}
    found = layers.read(geojson(tmp_path / "a.geojson", shape), layer="village_parks")
    issue = found.issues[found.issues["rule"] == "geometry.repair_changed_area"].iloc[0]
    assert "洞在外环之外" in issue["zh"]
    assert "面积因此变化 3.9%" in issue["zh"]


def test_point_17_a_repair_says_why_and_where(tmp_path: Path) -> None:
    bow = polygon(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0])
    found = layers.read(geojson(tmp_path / "a.geojson", bow), layer="village_parks")
    issue = found.issues.iloc[0]
    assert issue["level"] == "warning"  # a bow tie's two wings cancel out until it is repaired
    assert "自相交，113.205000, 23.105000" in issue["zh"]
    assert found.frame.geometry.iloc[0].area == pytest.approx(0.01 * 0.01 / 2)


def test_point_17_a_feature_off_the_city_is_reported_and_kept(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        shapely.geometry.mapping(BOX),
        shapely.geometry.mapping(shapely.box(116, 39, 116.1, 39.1)),
    )
    found = layers.read(path, layer="village_parks", extent=(112.9, 22.5, 114.1, 24.0))
    assert rules(found) == ["geometry.outside_city"]
    assert len(found.frame) == 2


def test_heights_are_dropped(tmp_path: Path) -> None:
    found = layers.read(
        geojson(tmp_path / "a.geojson", shapely.geometry.mapping(shapely.force_3d(BOX, 5.0))),
        layer="village_parks",
    )
    assert not found.frame.has_z.any()


# keys


def test_a_missing_identifier_is_made_and_a_doubled_one_renamed(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"编号": ["A", "A", None]}, geometry=[BOX, NEXT, BOX], crs=4326)
    found = layers.read(written(tmp_path / "园区.gpkg", frame), layer="village_parks")
    assert found.frame["park_id"].tolist() == ["A", "A-2", "园区-3"]
    assert sorted(rules(found)) == ["layer.key_duplicate", "layer.key_missing"]


# what cannot be used


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "FeatureCollection", "features": []}', "holds no features"),
        ('{"type": "FeatureCollection"}', "holds no features"),
        ('{"type": "FeatureCollection", "features": [{"type"', "damaged near line 1"),
        ('{"type": "Topology", "objects": {}}', "TopoJSON"),
        ('{"geometryType": "esriGeometryPolygon", "features2": []}', "Esri JSON"),
        ('{"a": 1}', "it has no features"),
        ("[1, 2]", "outermost value is no object"),
        ('{"type": "FeatureCollection", "features": [1, null]}', "none of its 2 features"),
        ('{"type": "FeatureCollection", "features": []} x', "damaged"),
    ],
)
def test_geojson_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(LayerError, match=message) as caught:
        layers.read(files.write_text(tmp_path / "a.geojson", text), layer="village_parks")
    assert caught.value.zh


def test_a_missing_column_names_the_columns_found(tmp_path: Path) -> None:
    with pytest.raises(
        LayerError, match=r"has no column 区划代码 .* or 名称 .*Columns found: 编号"
    ):
        layers.read(
            geojson(tmp_path / "a.geojson", shapely.geometry.mapping(BOX)),
            layer="divisions",
            wanted=("code|name",),
        )


def test_parquet_without_geometry_says_read_it_as_a_table(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(LayerError, match="read it as a table"):
        layers.read(tmp_path / "a.parquet", layer="zones")


def test_an_unknown_layer_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="village_parks"):
        layers.read(tmp_path / "a.geojson", layer="parks")


# laws


COORDINATE = st.tuples(st.floats(113, 114), st.floats(22.5, 23.9))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(st.lists(st.lists(COORDINATE, min_size=3, max_size=6, unique=True), min_size=1, max_size=3))
def test_any_ring_ends_valid_or_left_out(
    tmp_path: Path, rings: list[list[tuple[float, float]]]
) -> None:
    good = shapely.geometry.mapping(BOX)
    path = geojson(tmp_path / "a.geojson", good, *(polygon(*ring, ring[0]) for ring in rings))
    found = layers.read(path, layer="village_parks")
    assert found.frame.geometry.is_valid.all()
    assert (shapely.area(found.frame.geometry.to_numpy()) > 0).all()
    dropped = set(range(1, len(rings) + 2)) - set(found.rows)
    assert dropped == set(found.issues.loc[found.issues["level"] == "error", "row"])


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_any_text_comes_back_from_geojson_and_geopackage(tmp_path: Path, text: str) -> None:
    frame = gpd.GeoDataFrame({"编号": ["P1"], "甲": [text]}, geometry=[BOX], crs=4326)
    path = tmp_path / "a.geojson"
    feature = {
        "type": "Feature",
        "properties": {"编号": "P1", "甲": text},
        "geometry": shapely.geometry.mapping(BOX),
    }
    files.write_text(path, json.dumps(feature))
    assert layers.read(path, layer="").frame["甲"].fillna("").tolist() == [text]
    shutil.rmtree(tmp_path / "g", ignore_errors=True)
    (tmp_path / "g").mkdir()
    frame.to_file(tmp_path / "g/a.gpkg", engine="pyogrio")
    assert layers.read(tmp_path / "g/a.gpkg", layer="").frame["甲"].fillna("").tolist() == [text]


# real files


@pytest.mark.real
def test_real_districts_agree_once_converted(real: Path) -> None:
    shifted = layers.read(
        real / "districts_gcj02.geojson", layer="divisions", datum="gcj02", wanted=("code", "name")
    )
    coarse = layers.read(real / "districts_wgs84_coarse.geojson", layer="divisions")
    assert len(shifted.frame) == len(coarse.frame) == 11
    pair = shifted.frame.merge(coarse.frame, on="code", suffixes=("", "_b"))
    a, b = pair.geometry.to_numpy(), pair["geometry_b"].to_numpy()
    overlap = (
        shapely.area(shapely.intersection(a, b)).sum() / shapely.area(shapely.union(a, b)).sum()
    )
    assert overlap > 0.94
    # The file's own GCJ-02 numbers enclose 7,397 km²; moved to WGS 84 it is 7,399.5.
    assert np.sum(datum.area_m2(a)) / 1e6 == pytest.approx(7399.5, abs=0.5)
