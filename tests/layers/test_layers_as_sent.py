"""Layers as offices send them: formats of the trade, what a container holds besides, words of encodings and systems."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from drawings import block, drawing, insert, layer, line, text

from industrymap import files, layers
from industrymap.errors import DatumError, FileRefusedError, LayerError

if TYPE_CHECKING:
    from pathlib import Path

BOX = shapely.box(113.52, 23.31, 113.53, 23.32)
NEXT = shapely.box(113.61, 23.31, 113.62, 23.32)


def parks(**columns: list[Any]) -> gpd.GeoDataFrame:
    found = {"名称": ["下沙园", "上塘园"], "容积率": [0.7, 1.4], **columns}
    return gpd.GeoDataFrame(found, geometry=[BOX, NEXT], crs=4490)


def saved(path: Path, frame: gpd.GeoDataFrame, **options: Any) -> Path:
    frame.to_file(path, engine="pyogrio", **options)
    return path


def rules(layer: layers.Layer) -> list[str]:
    return layer.issues["rule"].tolist()


DRIVERS = {
    "a.fgb": ("FlatGeobuf", {}),
    "a.gml": ("GML", {}),
    "a.tab": ("MapInfo File", {"ENCODING": "CP936"}),
    "a.mif": ("MapInfo File", {"ENCODING": "CP936"}),
    "a.gdb": ("OpenFileGDB", {}),
}


@pytest.mark.parametrize("name", DRIVERS)
def test_a_format_of_the_trade_reads_like_any_other(tmp_path: Path, name: str) -> None:
    driver, options = DRIVERS[name]
    found = layers.read(
        saved(tmp_path / name, parks(), driver=driver, **options), layer="village_parks"
    )
    by_name = found.frame.set_index("name")
    assert by_name["far"].to_dict() == {"下沙园": 0.7, "上塘园": 1.4}
    assert by_name.geometry["下沙园"].symmetric_difference(BOX).area < 1e-9
    assert rules(found) == ["layer.key_missing"] * 2


@pytest.mark.parametrize("name", ["a.gdb", "a.tab", "a.mif", "a.fgb"])
def test_it_may_come_zipped(tmp_path: Path, name: str) -> None:
    driver, options = DRIVERS[name]
    inner = tmp_path / "in"
    inner.mkdir()
    saved(inner / name, parks(), driver=driver, **options)
    shutil.make_archive(str(tmp_path / "b"), "zip", inner)
    found = layers.read(tmp_path / "b.zip", layer="village_parks")
    assert sorted(found.frame["name"]) == ["上塘园", "下沙园"]


def test_gml_with_latitude_first_is_read_with_longitude_first(tmp_path: Path) -> None:
    ring = "23.31 113.52 23.31 113.53 23.32 113.53 23.31 113.52"
    body = f"""<?xml version="1.0" encoding="GBK"?>
<c xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><p><园区名称>下沙园</园区名称><g>
<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4490"><gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList>
</gml:LinearRing></gml:exterior></gml:Polygon></g></p></gml:featureMember></c>"""
    (tmp_path / "a.gml").write_bytes(body.encode("gbk"))
    found = layers.read(tmp_path / "a.gml", layer="village_parks")
    assert found.frame["name"].tolist() == ["下沙园"]
    assert found.frame.geometry.iloc[0].bounds == pytest.approx((113.52, 23.31, 113.53, 23.32))


# drawings

X, Y = 38_448_000.0, 2_562_000.0


def square(x: float, y: float, size: float = 200.0) -> list[tuple[float, float]]:
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]


def drawn(path: Path, *entities: str, blocks: tuple[str, ...] = (), encoding: str = "gbk") -> Path:
    path.write_bytes(drawing(entities, blocks=blocks).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_closed_lines_of_a_drawing_are_parks_with_layer_and_text(
    tmp_path: Path, encoding: str
) -> None:
    path = drawn(
        tmp_path / "a.dxf",
        line(square(X, Y), layer="村级工业园"),
        line(square(X + 500, Y), layer="村级工业园"),
        text("东涌一社工业园", (X + 50, Y + 120)),
        text("27.5亩", (X + 50, Y + 60)),
        line([(X, Y), (X + 900, Y + 900)], layer="道路", closed=False),
        encoding=encoding,
    )
    found = layers.read(path, layer="village_parks", datum="EPSG:4526")
    assert found.frame["name"].fillna("").tolist() == ["东涌一社工业园", ""]
    assert found.frame["图层"].tolist() == ["村级工业园"] * 2
    assert found.frame["文字"].fillna("").tolist() == ["东涌一社工业园；27.5亩", ""]
    left = found.issues[found.issues["rule"] == "layer.others_left_out"]["zh"].item()
    assert "线（1）" in left
    assert "文字（2）" in left


def test_the_frame_of_a_drawing_is_no_park(tmp_path: Path) -> None:
    frames = [line(square(X - n, Y - n, 30_000), layer="图框") for n in (9000, 9100, 9200)]
    park = line(square(X, Y), layer="村级工业园")
    path = drawn(tmp_path / "a.dxf", *frames, park)
    found = layers.read(path, layer="village_parks", datum="EPSG:4526")
    assert found.frame["图层"].tolist() == ["村级工业园"]
    left = found.issues[found.issues["rule"] == "layer.others_left_out"]["zh"].item()
    assert "图框（3）" in left
    asked = layers.read(path, layer="village_parks", datum="EPSG:4526", table="图框")
    assert len(asked.frame) == 3


def test_features_left_out_are_counted_by_reason(tmp_path: Path) -> None:
    ring = [[113.9, 26.0], [113.904, 26.0], [113.904, 26.004], [113.9, 26.0]]
    shapes = [{"type": "Polygon", "coordinates": [ring]}, {"type": "LineString", "coordinates": ring[:3]}, {"type": "Point", "coordinates": ring[0]}, None]  # fmt: skip
    parks = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in shapes]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": parks}), encoding="utf-8")
    told = layers.features_left_out(layers.read(path, layer="village_parks").issues)
    assert told is not None
    assert told[0].startswith("3 个要素未读入：1 个没有图形")
    assert all(word in told[0] for word in ("实为线", "实为点"))
    assert told[1].startswith("3 features not read")


def test_a_table_given_for_a_layer_says_what_to_do_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("园区名称,用地面积\n甲园,3\n", encoding="utf-8")
    with pytest.raises(LayerError, match="has no shapes"):
        layers.read(tmp_path / "a.csv", layer="village_parks")


def test_a_layer_of_another_city_asks_for_datum_and_city(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.dxf", line(square(X, Y), layer="0"))
    with pytest.raises(DatumError, match="Check the datum, or whether"):
        layers.read(path, layer="village_parks", datum="EPSG:4526", extent=(113.9, 25.9, 114.2, 26.2))  # fmt: skip


def test_several_cad_layers_of_closed_lines_are_named_and_one_can_be_chosen(tmp_path: Path) -> None:
    path = drawn(
        tmp_path / "a.dxf",
        line(square(X, Y), layer="村级工业园"),
        line(square(X + 500, Y), layer="村级工业园"),
        line(square(X + 10, Y + 10, 60), layer="用地红线"),
        text("东涌一社工业园", (X + 50, Y + 60)),
    )
    found = layers.read(path, layer="village_parks", datum="EPSG:4526")
    said = found.issues[found.issues["rule"] == "layer.several_cad_layers"]["zh"].item()
    assert "村级工业园（2）、用地红线（1）" in said
    chosen = layers.read(path, layer="village_parks", datum="EPSG:4526", table="村级工业园")
    assert chosen.frame["name"].fillna("").tolist() == ["东涌一社工业园", ""]
    assert "layer.several_cad_layers" not in set(chosen.issues["rule"])


def test_a_drawing_without_a_system_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(DatumError, match=r"does not say .* datum = \"EPSG:4547\""):
        layers.read(drawn(tmp_path / "a.dxf", line(square(X, Y), layer="0")), layer="village_parks")


def test_the_lines_of_a_drawing_can_be_asked_for(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.dxf", line(square(X, Y), layer="0"), line([(X, Y), (X + 9, Y)], layer="路", closed=False))  # fmt: skip
    found = layers.read(path, layer="zones", datum="EPSG:4526", table="线")
    assert found.frame.geometry.iloc[0].geom_type == "LineString"


def test_a_boundary_within_a_block_is_read(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.dxf", insert("园"), blocks=(block("园", line(square(X, Y), layer="园")),))  # fmt: skip
    assert len(layers.read(path, layer="village_parks", datum="EPSG:4526").frame) == 1


def test_blocks_within_blocks_that_never_end_are_refused(tmp_path: Path) -> None:
    ten = tuple(block(f"B{i}", *([insert(f"B{i - 1}")] * 10)) for i in range(1, 9))
    path = drawn(tmp_path / "a.dxf", insert("B8"), blocks=(block("B0", line(square(X, Y), layer="0")), *ten))  # fmt: skip
    with pytest.raises(FileRefusedError, match="once its blocks are inserted"):
        layers.read(path, layer="zones", datum="EPSG:4526")
    path = drawn(tmp_path / "b.dxf", insert("A"), blocks=(block("A", insert("B")), block("B", insert("A"))))  # fmt: skip
    with pytest.raises(FileRefusedError, match="contains itself"):
        layers.read(path, layer="zones", datum="EPSG:4526")
    path = drawn(tmp_path / "c.dxf", insert("A", columns=2_000_000), blocks=(block("A", line(square(X, Y), layer="0")),))  # fmt: skip
    with pytest.raises(FileRefusedError, match="2,000,000 shapes"):
        layers.read(path, layer="zones", datum="EPSG:4526")


def test_a_binary_drawing_says_what_to_save_it_as(tmp_path: Path) -> None:
    (tmp_path / "a.dxf").write_bytes(b"AutoCAD Binary DXF\r\n\x1a\x00" + bytes(40))
    with pytest.raises(FileRefusedError, match="save it as DXF text"):
        layers.read(tmp_path / "a.dxf", layer="zones")


# the national parcel file


def parcels(path: Path, body: str, *, zone: str = "37", system: str = "2000国家大地坐标系") -> Path:
    head = f"[属性描述]\n坐标系={system}\n几度分带=3\n计量单位=米\n带号={zone}\n[地块坐标]\n"
    return files.write_bytes(path, (head + body).encode("gbk")) or path


OUTER = [(2_559_000, 300_000), (2_559_000, 300_400), (2_558_600, 300_400), (2_558_600, 300_000)]
HOLE = [(2_558_900, 300_100), (2_558_900, 300_200), (2_558_800, 300_200), (2_558_800, 300_100)]


def ring(points: list[tuple[int, int]], number: int, *, add: int) -> str:
    closed = [*points, points[0]]
    return "".join(f"J{i},{number},{n}.0,{e + add}.0\n" for i, (n, e) in enumerate(closed, 1))


@pytest.mark.parametrize(("add", "zone", "code"), [(38_000_000, "38", "EPSG:4526"), (0, "38", "EPSG:4547"), (38_000_000, "", "EPSG:4526")])  # fmt: skip
def test_the_national_parcel_file_is_read_in_its_own_zone(
    tmp_path: Path, add: int, zone: str, code: str
) -> None:
    body = "8,15.0,T9,石坑工业园,面,,工业,,@\n" + ring(OUTER, 1, add=add) + ring(HOLE, 2, add=add)
    found = layers.read(parcels(tmp_path / "a.txt", body, zone=zone), layer="village_parks")
    assert found.datum.id == code
    row = found.frame.iloc[0]
    assert (row["park_id"], row["name"], row["land_area_reported_m2"]) == (
        "T9",
        "石坑工业园",
        150_000,
    )
    assert len(row["geometry"].interiors) == 1


def test_parcels_of_a_refused_system_say_so(tmp_path: Path) -> None:
    body = "4,1.0,T9,园,面,,工业,,@\n" + ring(OUTER, 1, add=38_000_000)
    with pytest.raises(DatumError, match="Xian 1980"):
        layers.read(parcels(tmp_path / "a.txt", body, zone="38", system="80国家大地坐标系"), layer="village_parks")  # fmt: skip


def test_any_other_text_is_no_parcel_file(tmp_path: Path) -> None:
    files.write_text(tmp_path / "a.txt", "会议纪要")
    with pytest.raises(LayerError, match="not a parcel-coordinate file"):
        layers.read(tmp_path / "a.txt", layer="zones")


# JSON of other makers


def as_json(path: Path, member: object) -> Path:
    return files.write_text(path, json.dumps(member, ensure_ascii=False)) or path


def esri(*rings: list[list[float]], **members: Any) -> dict[str, Any]:
    feature = {"attributes": {"BH": "K7", "YT": 2, "RQ": 1_700_000_000_000}, "geometry": {"rings": list(rings)}}  # fmt: skip
    return {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 4490}, "features": [feature], **members}  # fmt: skip


SHELL = [[113.5, 23.1], [113.5, 23.2], [113.6, 23.2], [113.6, 23.1], [113.5, 23.1]]
INNER = [[113.52, 23.12], [113.54, 23.12], [113.54, 23.14], [113.52, 23.14], [113.52, 23.12]]
OTHER = [[113.8, 23.1], [113.8, 23.2], [113.9, 23.2], [113.9, 23.1], [113.8, 23.1]]


def test_esri_json_keeps_holes_aliases_coded_values_and_dates(tmp_path: Path) -> None:
    domain = {"codedValues": [{"code": 2, "name": "仓储"}]}
    fields = [{"name": "BH", "alias": "园区编号"}, {"name": "YT", "alias": "规划用途", "domain": domain}, {"name": "RQ", "alias": "日期", "type": "esriFieldTypeDate"}]  # fmt: skip
    found = layers.read(as_json(tmp_path / "a.json", esri(SHELL, INNER, OTHER, fields=fields)), layer="village_parks")  # fmt: skip
    row = found.frame.iloc[0]
    assert (row["park_id"], row["planned_use"], row["日期"]) == ("K7", "storage", "2023-11-14")
    assert [len(part.interiors) for part in row["geometry"].geoms] == [1, 0]


def test_a_day_typed_in_china_into_esri_json_keeps_its_year(tmp_path: Path) -> None:
    fields = [{"name": "RQ", "type": "esriFieldTypeDate"}]
    sent = esri(SHELL, fields=fields)
    sent["features"][0]["attributes"]["RQ"] = 1_577_808_000_000  # 2019-12-31T16:00Z
    found = layers.read(as_json(tmp_path / "a.json", sent), layer="village_parks")
    assert found.frame["RQ"].iloc[0] == "2020-01-01"


def test_esri_json_without_a_system_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(DatumError):
        layers.read(as_json(tmp_path / "a.json", esri(SHELL, spatialReference=None)), layer="zones")


@pytest.mark.parametrize("mark", ["", "\x1e"])
@pytest.mark.parametrize("extension", ["geojsonl", "geojson", "jsonl"])
def test_one_feature_a_line_is_a_layer(tmp_path: Path, mark: str, extension: str) -> None:
    feature = {"type": "Feature", "properties": {"名称": "甲"}, "geometry": shapely.geometry.mapping(BOX)}  # fmt: skip
    body = "\n".join(mark + json.dumps(feature) for _ in range(3))
    files.write_text(tmp_path / f"a.{extension}", body)
    assert len(layers.read(tmp_path / f"a.{extension}", layer="village_parks").frame) == 3


@pytest.mark.parametrize(
    ("member", "says"),
    [
        ({"type": "FeatureCollection", "UTF8Encoding": True, "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": ["@@C"], "encodeOffsets": [[1, 2]]}}]}, "packed coordinates"),
        ({"title": {}, "series": [{"type": "map", "data": []}]}, "ECharts chart"),
        ([{"name": "甲", "value": [113.2, 23.1, 5]}], "ECharts chart"),
        ({"status": "1", "pois": [{"name": "甲"}]}, "map service"),
        ({"type": "Topology", "objects": {}}, "TopoJSON"),
    ],
)  # fmt: skip
def test_json_that_is_no_layer_is_named_with_what_to_do(
    tmp_path: Path, member: object, says: str
) -> None:
    with pytest.raises(LayerError, match=says):
        layers.read(as_json(tmp_path / "a.json", member), layer="zones")


@pytest.mark.parametrize(
    "address",
    ["http://www.opengis.net/def/crs/EPSG/0/4490", "urn:ogc:def:crs:EPSG::4490", "http://www.opengis.net/gml/srs/epsg.xml#4490", "EPSG:4490"],
)  # fmt: skip
def test_a_system_named_by_an_ogc_address_is_known_and_nothing_is_fetched(
    tmp_path: Path, address: str
) -> None:
    member = {
        "type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": address}},
        "features": [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(BOX)}],
    }  # fmt: skip
    assert layers.read(as_json(tmp_path / "a.json", member), layer="zones").datum.id == "cgcs2000"


# KML


def kml(path: Path, body: str) -> Path:
    text_ = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    return files.write_text(path, text_) or path


def placemark(name: str, *, shape: str = "", extra: str = "") -> str:
    places = "113.5,23.1 113.51,23.1 113.51,23.11 113.5,23.1"
    polygon = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{places}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    return f"<Placemark><name>{name}</name>{extra}{shape or polygon}</Placemark>"


def test_folders_by_district_town_and_village_are_columns(tmp_path: Path) -> None:
    body = (
        "<Folder><name>增城区（2个）</name><Folder><name>石滩镇</name><Folder><name>岳湖村</name>"
        + placemark("甲园")
        + "</Folder></Folder></Folder><Folder><name>2019年调查</name>"
        + placemark("乙园", extra="<ExtendedData><Data name='区'><value>番禺区</value></Data></ExtendedData>")
        + "</Folder>"
    )  # fmt: skip
    found = layers.read(kml(tmp_path / "a.kml", body), layer="village_parks").frame
    assert found[["district", "town", "village"]].fillna("").values.tolist() == [
        ["增城区", "石滩镇", "岳湖村"],
        ["番禺区", "", ""],
    ]
    assert found["文件夹"].tolist() == ["增城区（2个）/石滩镇/岳湖村", "2019年调查"]


def test_a_table_in_a_description_is_columns(tmp_path: Path) -> None:
    rows = "<tr><td>容积率</td><td>0.9</td></tr><tr><td>权属</td><td>&amp;lt;Null&amp;gt;</td></tr>"
    html = f"<![CDATA[<html><table><tr><td>甲园</td></tr><tr><td><table>{rows}</table></td></tr></table></html>]]>"
    lines = "容积率：1.1&lt;br/&gt;主导产业：皮具"
    body = placemark("甲园", extra=f"<description>{html}</description>") + placemark("乙园", extra=f"<description>{lines}</description>")  # fmt: skip
    found = layers.read(kml(tmp_path / "a.kml", body), layer="village_parks").frame
    assert found["far"].tolist() == [0.9, 1.1]
    assert found["lead_industry"].fillna("").tolist() == ["", "皮具"]
    assert "description" not in found


def drawn_line(*points: str) -> str:
    return f"<LineString><coordinates>{' '.join(points)}</coordinates></LineString>"


@pytest.mark.parametrize(
    ("last", "rule"),
    [("113.5,23.1", "geometry.closed_line"), ("113.500005,23.1", "geometry.nearly_closed_line"), ("113.505,23.1", "geometry.not_polygon")],
)  # fmt: skip
def test_a_line_that_closes_is_the_area_it_encloses(tmp_path: Path, last: str, rule: str) -> None:
    shape = drawn_line("113.5,23.1", "113.51,23.1", "113.51,23.11", "113.5,23.11", last)
    body = placemark("甲园", shape=shape) + placemark("乙园")
    found = layers.read(kml(tmp_path / "a.kml", body), layer="village_parks")
    assert rule in rules(found)
    assert len(found.frame) == (1 if rule == "geometry.not_polygon" else 2)


# containers


def test_layers_left_out_of_a_geopackage_are_named_with_a_way_to_take_them(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.gpkg", parks(), layer="番禺")
    saved(path, parks(), layer="花都")
    found = layers.read(path, layer="village_parks")
    issue = found.issues[found.issues["rule"] == "layer.others_left_out"]
    assert issue["level"].tolist() == ["warning"]
    assert "花都（2）" in issue["zh"].item()
    taken = layers.read(path, layer="village_parks", table="花都")
    assert "layer.others_left_out" not in rules(taken)


def test_two_shapefiles_of_one_name_in_an_archive_are_two_layers(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for folder in ("南沙", "从化"):
            inner = saved(tmp_path / "园区.shp", parks(区=[f"{folder}区"] * 2), encoding="utf-8")
            for part in ("shp", "shx", "dbf", "prj", "cpg"):
                archive.write(inner.with_suffix(f".{part}"), f"{folder}/园区.{part}")
    found = layers.read(tmp_path / "a.zip", layer="village_parks")
    assert "layer.others_left_out" in rules(found)
    both = [layers.read(tmp_path / "a.zip", layer="village_parks", table=f"{f}/园区") for f in ("南沙", "从化")]  # fmt: skip
    assert [layer.frame["district"].iloc[0] for layer in both] == ["南沙区", "从化区"]


def test_a_second_geometry_column_is_named(tmp_path: Path) -> None:
    frame = parks()
    frame["中心点"] = frame.geometry.to_crs(4547).centroid.to_crs(4490)
    frame.to_parquet(tmp_path / "a.parquet")
    found = layers.read(tmp_path / "a.parquet", layer="village_parks")
    issue = found.issues[found.issues["rule"] == "layer.more_geometry_columns"]
    assert "中心点" in issue["zh"].item()


def test_eleven_district_files_in_a_folder_are_one_layer(tmp_path: Path) -> None:
    folder = tmp_path / "园区"
    folder.mkdir()
    for number in range(11):
        frame = parks(编号=[f"D{number}", "同号"], 区=[f"第{number}区"] * 2)
        if number % 2:
            saved(folder / f"{number:02}.shp", frame, encoding="utf-8")
        else:
            saved(folder / f"{number:02}.geojson", frame.to_crs(4326))
    (folder / "说明.docx").write_bytes(b"x")
    found = layers.read(folder, layer="village_parks")
    assert len(found.frame) == 22
    assert found.frame["park_id"].is_unique
    assert found.frame["district"].nunique() == 11
    assert found.frame["来源文件"].nunique() == 11
    assert rules(found).count("layer.key_duplicate") == 10
    assert "说明.docx" in found.issues[found.issues["rule"] == "layer.files_left_out"]["zh"].item()
    assert layers.read(folder, layer="village_parks").source.sha256 == found.source.sha256


def test_a_folder_with_one_unreadable_file_is_refused_whole(tmp_path: Path) -> None:
    saved(tmp_path / "a.geojson", parks().to_crs(4326))
    (tmp_path / "b.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(LayerError, match=r"b\.geojson"):
        layers.read(tmp_path, layer="village_parks")


def test_a_folder_without_layers_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(LayerError, match="holds no layer"):
        layers.read(tmp_path, layer="village_parks")


# attribute tables of Shapefiles


def dbf(path: Path, fields: dict[bytes, list[bytes]], *, page: int = 0) -> None:
    count = len(next(iter(fields.values())))
    head = struct.pack("<BBBBIHH", 3, 126, 1, 1, count, 33 + 32 * len(fields), 1 + 40 * len(fields))
    columns = b"".join(key.ljust(11, b"\0")[:11] + b"C" + bytes(4) + bytes([40, 0]) + bytes(14) for key in fields)  # fmt: skip
    rows = b"".join(b" " + b"".join(v[i].ljust(40) for v in fields.values()) for i in range(count))
    path.write_bytes(head + bytes(17) + bytes([page]) + bytes(2) + columns + b"\r" + rows + b"\x1a")


def shapefile(path: Path, fields: dict[bytes, list[bytes]], *, page: int = 0, cpg: str = "") -> Path:  # fmt: skip
    saved(path, parks()[["geometry"]])
    dbf(path.with_suffix(".dbf"), fields, page=page)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return path


@pytest.mark.parametrize(
    ("encoding", "page", "cpg"),
    [("big5", 0, "BIG5"), ("big5", 0, "950"), ("big5", 0x4F, ""), ("big5", 0x78, ""), ("gbk", 0x4D, ""), ("gbk", 0, "ANSI 936"), ("utf-8", 0x4D, ""), ("utf-8", 0, "GBK")],
)  # fmt: skip
def test_the_encoding_a_shapefile_declares_is_believed_where_it_fits(
    tmp_path: Path, encoding: str, page: int, cpg: str
) -> None:
    words = ["葵涌工業中心", "屯門創新園"] if encoding == "big5" else ["下沙皮具工业园", "上塘园"]
    fields = {b"name": [w.encode(encoding) for w in words]}
    found = layers.read(shapefile(tmp_path / "a.shp", fields, page=page, cpg=cpg), layer="village_parks")  # fmt: skip
    assert found.frame["name"].tolist() == words


@pytest.mark.parametrize(
    ("heading", "encoding", "field"),
    [("建筑面积（平方米）", "gbk", "floor_area_m2"), ("园区名称", "utf-8", "name"), ("规划用途（现状）", "gbk", "planned_use"), ("所属镇街", "utf-8", "town"), ("A容积率（%）", "gbk", "")],
)  # fmt: skip
def test_a_name_cut_in_the_middle_of_a_character_is_matched(
    tmp_path: Path, heading: str, encoding: str, field: str
) -> None:
    fields = {heading.encode(encoding)[:10]: [b"7", b"8"], b"id": [b"1", b"2"]}
    found = layers.read(shapefile(tmp_path / "a.shp", fields, cpg="UTF-8" if encoding == "utf-8" else "GBK"), layer="village_parks")  # fmt: skip
    assert field in (*found.frame.columns, "")


def test_names_alike_in_ten_bytes_stay_two_columns(tmp_path: Path) -> None:
    fields = {"现状建筑面积一".encode("gbk")[:10]: [b"1", b"2"], b"id": [b"a", b"b"]}
    path = shapefile(tmp_path / "a.shp", fields)
    data = bytearray(path.with_suffix(".dbf").read_bytes())
    data[64:75] = data[32:43]
    path.with_suffix(".dbf").write_bytes(bytes(data))
    found = layers.read(path, layer="")
    assert [c for c in found.frame if c != "geometry"] == ["现状建筑面", "现状建筑面_2"]


def test_north_before_east_throughout_is_put_right(tmp_path: Path) -> None:
    frame = parks().to_crs(4526)
    frame["geometry"] = shapely.transform(frame.geometry.to_numpy(), lambda p: p[:, ::-1])
    found = layers.read(saved(tmp_path / "a.gpkg", frame), layer="village_parks")
    assert found.frame.geometry.iloc[0].equals_exact(BOX, 1e-6)
    assert "互换" in " ".join(d.zh for d in found.decisions)


@pytest.mark.parametrize(("name", "says"), [("a.dwg", "save it as DXF"), ("a.mdb", "GeoPackage"), ("a.ovobj", "KML"), ("a.mid", r"\.mif"), ("a.vct", "GeoPackage")])  # fmt: skip
def test_what_is_not_read_is_named_with_what_to_save_it_as(
    tmp_path: Path, name: str, says: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FileRefusedError, match=says):
        layers.read(tmp_path / name, layer="zones")


@pytest.mark.parametrize("turned", [False, True])
def test_the_exact_chinese_heading_and_the_one_with_a_unit_go_first(
    tmp_path: Path, *, turned: bool
) -> None:
    columns = {"NAME": "Xia Sha", "园区名称": "下沙园", "用地面积": 40.0, "用地面积（公顷）": 4.5}
    ordered = dict(reversed(columns.items())) if turned else columns
    frame = gpd.GeoDataFrame({k: [v] for k, v in ordered.items()}, geometry=[BOX], crs=4490)
    found = layers.read(saved(tmp_path / "a.gpkg", frame), layer="village_parks").frame.iloc[0]
    assert (found["name"], found["land_area_reported_m2"]) == ("下沙园", 45_000)


def test_areas_on_cad_layers_that_nobody_sees_are_named(tmp_path: Path) -> None:
    lines = [line(square(X + 500 * n, Y), layer=name) for n, name in enumerate(("现状", "作废", "底图"))]  # fmt: skip
    table = [layer("现状"), layer("作废", colour=-3), layer("底图", flags=1)]
    path = tmp_path / "a.dxf"
    path.write_bytes(drawing(lines, layers=table).encode("gbk"))
    found = layers.read(path, layer="village_parks", datum="EPSG:4526").issues.set_index("rule")
    said = found.loc["layer.unseen_cad_layers", "zh"]
    assert "作废（1）、底图（1）" in said
    assert "现状" not in said


def of_one_park(folder: Path, schema: str = "village_parks", **properties: object) -> layers.Layer:
    """Return a layer of one feature with a name and further attributes."""
    shape = {"type": "Polygon", "coordinates": [[[113.3, 23.1], [113.31, 23.1], [113.31, 23.11], [113.3, 23.1]]]}  # fmt: skip
    feature = {"type": "Feature", "properties": properties, "geometry": shape}
    path = folder / "面.geojson"
    content = {"type": "FeatureCollection", "features": [feature]}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return layers.read(path, layer=schema)


def test_of_figures_of_several_years_a_layer_takes_the_latest_and_says_so(tmp_path: Path) -> None:
    found = of_one_park(
        tmp_path, **{"园区名称": "甲园", "2023年税收（万元）": 2, "2024年税收（万元）": 3}
    )
    assert found.frame["tax_10k_cny"].tolist() == [3]
    said = found.issues.set_index("rule")["zh"]["column.one_year"]
    assert said == (
        "图层的一项指标只有一个数：采用“2024年税收（万元）”，其他年份原样保留（2023年税收（万元））"
    )
    assert found.frame["2023年税收（万元）"].tolist() == [2]
    # A column that names no year is the figure of the layer itself.
    both = of_one_park(tmp_path, **{"税收（万元）": 5, "2024年税收（万元）": 3})
    assert both.frame["tax_10k_cny"].tolist() == [5]


def test_land_as_it_is_today_is_no_planned_land(tmp_path: Path) -> None:
    name = {"区块名称": "甲块"}
    today = of_one_park(tmp_path, "industrial_blocks", **name, **{"现状工业用地面积（公顷）": 2})
    assert "industrial_land_m2" not in today.frame
    plan = of_one_park(tmp_path, "industrial_blocks", **name, **{"规划工业用地面积（公顷）": 2})
    assert plan.frame["industrial_land_m2"].tolist() == [20_000]


@pytest.mark.parametrize(
    ("heading", "value", "field", "wanted"),
    [
        ("宗地面积（平方米）", 12_000, "land_area_reported_m2", 12_000),
        ("占地规模（亩）", "15亩", "land_area_reported_m2", 10_000),
        ("改造前建筑面积（万㎡）", 1.5, "floor_area_m2", 15_000),
        ("土地权属", "国有、集体", "ownership", "mixed"),
        ("土地权属", "村集体", "ownership", "collective"),
        ("园区编码", "P7", "park_id", "P7"),
        ("村级工业园", "甲园", "name", "甲园"),
        ("村（社区）名称", "东村", "village", "东村"),
        ("属地镇街", "沙湾街道", "town", "沙湾街道"),
        ("县（市、区）", "番禺区", "district", "番禺区"),
        ("划定面积（公顷）", 2, "area_reported_m2", 20_000),
        ("级别", "Ⅱ级", "level", 2),
        ("产业区块", "甲块", "name", "甲块"),
    ],
)
def test_a_layer_s_columns_are_known_by_more_names(
    tmp_path: Path, heading: str, value: object, field: str, wanted: object
) -> None:
    blocks = {"area_reported_m2", "level"} if heading != "产业区块" else {field}
    schema, own = ("industrial_blocks", "区块编号") if field in blocks else ("village_parks", "序")
    found = of_one_park(tmp_path, schema, **{own: "X1", heading: value}).frame[field].iloc[0]
    assert found == (pytest.approx(wanted) if isinstance(wanted, int) else wanted)


@pytest.mark.parametrize(
    "heading",
    [
        "其中：工业用地面积（亩）",
        "规划用地面积（亩）",
        "闲置用地面积（亩）",
        "建筑占地面积（㎡）",
        "用地面积排名",
    ],
)
def test_a_part_of_the_land_is_not_the_land(tmp_path: Path, heading: str) -> None:
    frame = of_one_park(tmp_path, **{"园区名称": "甲园", heading: 15}).frame
    assert "land_area_reported_m2" not in frame
