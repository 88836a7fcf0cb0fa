"""Inputs to begin with, made here: a small sound file of every kind, and texts the parsers know.

An input of ``tables`` and ``layers`` is one byte that names the kind, then the file. Where a file is an archive or a database, bytes
changed at random mostly break its checksums and tell nothing about the reader behind it; such an input may hold its *parts* instead
(joined by :data:`SEAM`), and :mod:`targets` puts them together.
"""

from __future__ import annotations

import io
import json
import random
import struct
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "helpers"))

import geopandas as gpd
import pandas as pd
import shapely
import xls_writer

SEAM = b"\0\xff=seam=\xff\0"
TABLE_KINDS = ("csv", "xlsx", "xls", "tsv", "parquet")
LAYER_KINDS = ("geojson", "kml", "gpkg", "shp", "zip", "parquet", "kmz")
SHAPE_PARTS = ("shp", "shx", "dbf", "prj", "cpg")
FIELDS = {
    "企业名称": ["广州甲公司", "乙厂"],
    "统一社会信用代码": ["91440101MA59ABCDX1", ""],
    "2023年营业收入(万元)": ["1,234.5", "3.2亿元"],
    "地址": ["白云区石井街道1号", "＝1"],
    "成立日期": ["2001年3月", "45000"],
    "是否规上": ["是", "N"],
}


def all_seeds() -> dict[str, list[bytes]]:
    """Target → inputs."""
    return {
        "tables": tables(),
        "layers": layers(),
        "address": addresses(),
        "filters": filters(),
        "build": builds(),
    }


def builds() -> list[bytes]:
    """Choices: one small table, and bytes of every size so that every list is entered somewhere."""
    return [bytes((n * 67 + 5) % 256 for n in range(300)), random.Random(4).randbytes(400)]


def tables() -> list[bytes]:
    frame = pd.DataFrame(FIELDS)
    text = "企业名单（2023年）\n" + frame.to_csv(index=False)
    long = "name,revenue_10k_cny,industry_code\n甲,1,2611\n乙,-,C26\n"
    sheet, strings = workbook_parts(frame)
    cells = xls_writer.label(0, 0, 0) + xls_writer.label(0, 1, 1) + xls_writer.label(1, 0, 2)
    cells += xls_writer.number(1, 1, 12.5)
    old = xls_writer.ole(
        xls_writer.workbook_stream({"a": cells}, ["企业名称", "营业收入(万元)", "甲"])
    )
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    files = [
        ("csv", text.encode("gb18030")),
        ("csv", text.encode("utf-8-sig")),
        ("csv", long.encode("utf-16")),
        ("tsv", long.replace(",", "\t").encode()),
        ("xlsx", workbook(frame)),
        ("xlsx", SEAM.join([sheet, strings])),
        ("xls", old),
        ("xls", SEAM + cells),
        ("parquet", parquet.getvalue()),
    ]
    return [bytes([TABLE_KINDS.index(kind)]) + data for kind, data in files]


def layers() -> list[bytes]:
    polygon = shapely.Polygon([(113.2, 23.1), (113.21, 23.1), (113.21, 23.11), (113.2, 23.1)])
    hole = shapely.box(113.3, 23.1, 113.4, 23.2) - shapely.box(113.32, 23.12, 113.33, 23.13)
    frame = gpd.GeoDataFrame(
        {"园区名称": ["甲园", "乙园"], "用地面积": [12.5, None]},
        geometry=[polygon, shapely.MultiPolygon([hole])],
        crs=4326,
    )
    text = json.dumps(
        {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
            "features": [
                {
                    "type": "Feature",
                    "id": i,
                    "properties": {"名称": n},
                    "geometry": shapely.geometry.mapping(g),
                }
                for i, (n, g) in enumerate(zip(["甲", "乙"], frame.geometry, strict=True))
            ],
        },
        ensure_ascii=False,
    ).encode()
    parts = shape_parts(frame.set_axis(["NAME", "AREA", "geometry"], axis="columns"))
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    names = b"\n".join(f"a.{e}".encode() for e in SHAPE_PARTS)
    files = [
        ("geojson", text),
        ("kml", KML),
        ("gpkg", geopackage(frame)),
        (
            "gpkg",
            SEAM.join(
                [
                    geopackage_blob(polygon),
                    b"EPSG",
                    b"4326",
                    "园区".encode(),
                    "名称".encode(),
                    b"POLYGON",
                ]
            ),
        ),
        ("shp", SEAM.join(parts)),
        ("zip", zipped({f"a.{e}": p for e, p in zip(SHAPE_PARTS, parts, strict=True)})),
        ("zip", SEAM.join([names, *parts])),
        ("zip", SEAM.join([b"a.geojson", text])),
        ("kmz", SEAM.join([b"doc.kml", KML])),
        ("parquet", parquet.getvalue()),
        ("parquet", SEAM.join([shapely.to_wkb(polygon), GEO])),
    ]
    return [bytes([LAYER_KINDS.index(kind)]) + data for kind, data in files]


KML = (
    '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Schema name="s" id="s">'
    '<SimpleField name="面积" type="float"/></Schema><Folder><name>夹</name><Placemark><name>甲园</name><description><![CDATA[说明]]>'
    '</description><ExtendedData><Data name="面积"><value>1.5</value></Data><SchemaData schemaUrl="#s"><SimpleData name="面积">2'
    "</SimpleData></SchemaData></ExtendedData><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>113,23,0 113.01,23 "
    "113.01,23.01 113,23</coordinates></LinearRing></outerBoundaryIs></Polygon><Point><coordinates>113,23</coordinates></Point>"
    "</MultiGeometry></Placemark></Folder></Document></kml>"
).encode()
GEO = json.dumps(
    {
        "version": "1.0.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Polygon"]}},
    }
).encode()


def workbook(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_excel(out, index=False, engine="xlsxwriter")
    return out.getvalue()


def workbook_parts(frame: pd.DataFrame) -> tuple[bytes, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook(frame))) as file:
        return file.read("xl/worksheets/sheet1.xml"), file.read("xl/sharedStrings.xml")


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def shape_parts(frame: gpd.GeoDataFrame) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / "a.shp", engine="pyogrio", encoding="utf-8")
        return [(Path(folder) / f"a.{e}").read_bytes() for e in SHAPE_PARTS]


def geopackage(frame: gpd.GeoDataFrame) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / "a.gpkg", engine="pyogrio", layer="园区")
        return (Path(folder) / "a.gpkg").read_bytes()


def geopackage_blob(geometry: shapely.Geometry) -> bytes:
    return b"GP\0\1" + struct.pack("<i", 4326) + shapely.to_wkb(geometry)


def addresses() -> list[bytes]:
    texts = [
        "广东省广州市白云区石井街道石井村工业大道99号之一自编3栋5楼501房",
        "广州市天河区珠江新城华夏路(原东山区)16号；番禺区东涌镇",
        "增城新塘镇107国道与永宁大道交叉口旁",
        "No. 12 Tianhe Road, Tianhe District",
        "开发区科学城科学大道１２號A座\n黄埔区",
        "深圳市南山区/广州市",
    ]
    return [t.encode() for t in texts]


def filters() -> list[bytes]:
    vectors = json.loads(
        (ROOT / "tests" / "filters" / "filter_vectors.json").read_text(encoding="utf-8")
    )
    texts = [case["text"] for case in vectors["accepted"]] + vectors["refused"]
    return [t.encode() for t in texts]
