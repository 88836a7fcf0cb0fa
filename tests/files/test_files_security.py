"""The reading and writing points of the security notes (8 to 18), each with hostile files."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import tracemalloc
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import xls_writer
from click.testing import CliRunner

from industrymap import files, layers, tables, workspace
from industrymap.cli import cli
from industrymap.errors import FileRefusedError, IndustryMapError, LayerError, TableError
from industrymap.files import _ole
from industrymap.tables._grid import grids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "秘密-8d1f"
SQUARE = [[[113.0, 23.0], [113.01, 23.0], [113.01, 23.01], [113.0, 23.01], [113.0, 23.0]]]
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{target}</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)


class Listener:
    """A loopback port that counts who knocks."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.hits = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.hits += 1
                connection.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/a.geojson"


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.socket.close()


def feature(properties: dict[str, Any] | None = None, coordinates: Any = None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties or {"名称": "甲园", "编号": "a"},
        "geometry": {"type": "Polygon", "coordinates": coordinates or SQUARE},
    }


def collection(**members: Any) -> str:
    found = {"type": "FeatureCollection", **members, "features": [feature()]}
    return json.dumps(found, ensure_ascii=False)


def kml(head: str = "", body: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<Placemark><name>甲园</name><Polygon><outerBoundaryIs><LinearRing><coordinates>113,23 113.01,23 113.01,23.01 113,23"
        f"</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>{body}</Document></kml>"
    )


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound files to spoil: a.shp, a.gpkg, a.parquet, a.xlsx."""
    folder = tmp_path_factory.mktemp("good")
    frame = gpd.GeoDataFrame(
        {"NAME": ["甲园"], "PARK_ID": ["a"]}, geometry=[shapely.Polygon(SQUARE[0])], crs=4326
    )
    frame.to_file(folder / "a.shp", engine="pyogrio", encoding="utf-8")
    frame.to_file(folder / "a.gpkg", engine="pyogrio", layer="园区")
    frame.to_parquet(folder / "a.parquet")
    pd.DataFrame({"企业名称": ["甲公司"], "营业收入(万元)": [1.0]}).to_excel(
        folder / "a.xlsx", index=False, engine="xlsxwriter"
    )
    return folder


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def archive(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def read_every_way(path: str | Path) -> list[str]:
    """Read with every reader there is; return every text that came out, errors included."""
    seen: list[str] = []
    for reader in (
        lambda: tables.read(path, layer="auto").frame,
        lambda: layers.read(path, layer="village_parks").frame,
        lambda: layers.read(path, layer="village_parks", datum="wgs84").frame,
        lambda: pd.DataFrame({"t": [files.read_text(files.check(path, allow=files.TEXTS))]}),
    ):
        try:
            seen.append(reader().to_csv())
        except IndustryMapError as error:
            seen.append(f"{error.en} {error.zh}")
    return seen


# 9: the driver follows the declared extension


EXTENSIONS = sorted({*files.TABLES, *files.LAYERS})


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("disguise", ["plain", "spaces", "bom", "utf16", "comment", "capitals"])
def test_point_09_a_virtual_dataset_is_refused_under_every_extension(
    tmp_path: Path, extension: str, disguise: str
) -> None:
    secret = write(tmp_path / "secret.csv", f"a,b\n{SECRET},2\n")
    text = VRT.format(target=secret)
    data = {
        "plain": text.encode(),
        "spaces": b" \r\n\t" * 100 + text.encode(),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "utf16": text.encode("utf-16"),
        "comment": b"<!-- x -->" + text.encode(),
        "capitals": text.upper().encode(),
    }[disguise]
    path = write(tmp_path / f"a.{extension}", data)
    with pytest.raises(FileRefusedError):
        files.check(path, allow=[extension])
    assert SECRET not in "".join(read_every_way(path))


@pytest.mark.parametrize("member", ["a.shp", "a.kml", "a.geojson", "a.dbf", "a.prj"])
def test_point_09_a_virtual_dataset_inside_an_archive_reads_nothing(
    tmp_path: Path, good: Path, member: str
) -> None:
    secret = write(tmp_path / "secret.csv", f"a,b\n{SECRET},2\n")
    members: dict[str, str | bytes] = {
        f"a.{e}": (good / f"a.{e}").read_bytes() for e in ("shp", "shx", "dbf", "prj")
    }
    if not member.endswith((".shp", ".dbf", ".prj")):
        members = {}
    members[member] = VRT.format(target=secret)
    path = archive(tmp_path / "a.zip", members)
    with pytest.raises(IndustryMapError):
        layers.read(path, layer="village_parks")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"PK\x03\x04rest"),
        ("a.xlsx", b"a,b\n1,2\n"),
        ("a.xls", b"\x89PNG\r\n\x1a\n" + b"\0" * 60),
        ("a.gpkg", b"PAR1....PAR1"),
        ("a.parquet", b"SQLite format 3\x00" + b"\0" * 100),
        ("a.geojson", b"a,b\n1,2\n"),
        ("a.kml", b'{"type": "FeatureCollection"}'),
        ("a.shp", b"\x00\x00\x27\x0b" + b"\0" * 96),
        ("a.csv", b"<!DOCTYPE html><html></html>"),
    ],
)
def test_point_09_content_that_contradicts_the_extension_is_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    with pytest.raises(FileRefusedError, match=r"but holds|without a workbook|damaged"):
        files.check(write(tmp_path / name, content), allow=[name.rsplit(".", 1)[1]])


# 10: a path is a file on this machine


@pytest.mark.parametrize(
    "path",
    [
        "/vsicurl/http://127.0.0.1/a.geojson",
        "/VSIZIP/a.zip/a.shp",
        "\\vsicurl\\http://127.0.0.1/a.geojson",
        "/vsistdin/",
        "http://127.0.0.1/a.geojson",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.csv",
        "s3://bucket/a.parquet",
        "PG:dbname=x",
        "WFS:http://127.0.0.1",
        "MYSQL:db",
        "OAPIF:http://127.0.0.1",
        "zip+file:a.zip!a.shp",
        "data:text/csv,a",
        '{"type": "FeatureCollection", "features": []}',
        "[1, 2]",
        "<OGRVRTDataSource>",
        "a.csv\nb.csv",
        "a\0.csv",
        " ",
    ],
)
def test_point_10_only_a_plain_path_is_taken(path: str) -> None:
    for reader in (
        lambda: tables.read(path),
        lambda: layers.read(path, layer="zones"),
        lambda: files.check(path, allow=files.TEXTS),
    ):
        with pytest.raises(FileRefusedError):
            reader()


# 11: a coordinate system by link


@pytest.mark.parametrize(
    "crs",
    [
        '{"type": "link", "properties": {"href": "%s", "type": "proj4"}}',
        '{"properties": {"href": "%s"}, "type": "LINK"}',
        '{"type": "l\\u0069nk", "properties": {"href": "%s"}}',
        '{"type": "name", "properties": {"href": "%s"}}',
    ],
)
@pytest.mark.parametrize("key", ["crs", "\\u0063rs"])
def test_point_11_a_linked_coordinate_system_is_refused(
    tmp_path: Path, listener: Listener, crs: str, key: str
) -> None:
    text = collection().replace('{"type"', f'{{"{key}": {crs % listener.url}, "type"', 1)
    with pytest.raises(FileRefusedError, match="link"):
        layers.read(write(tmp_path / "a.geojson", text), layer="village_parks")
    assert listener.hits == 0


# 12: nobody is called


def hostile(folder: Path, good: Path, url: str, secret: Path) -> list[str | Path]:
    """Every kind of file and path that makes some reader call an address or open another file."""
    found: list[str | Path] = [
        url,
        f"/vsicurl/{url}",
        f"WFS:{url}",
        f"{{'a': '{url}'}}",
        f"PG:host=127.0.0.1 {url}",
    ]
    for target in (url, f"/vsicurl/{url}", str(secret)):
        stem = f"v{len(found)}"
        found += [write(folder / f"{stem}.{e}", VRT.format(target=target)) for e in EXTENSIONS]
    link = {"type": "link", "properties": {"href": url, "type": "ogcwkt"}}
    found.append(write(folder / "link.geojson", collection(crs=link)))
    named = {"type": "name", "properties": {"name": url}}
    found.append(write(folder / "named.geojson", collection(crs=named)))
    grid = {"type": "name", "properties": {"name": f"+proj=longlat +nadgrids={url}"}}
    found.append(write(folder / "grid.geojson", collection(crs=grid)))
    entity = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{url}">]>'
    found.append(write(folder / "entity.kml", kml(entity)))
    network = f"<NetworkLink><Link><href>{url}</href></Link></NetworkLink>"
    found.append(write(folder / "network.kml", kml(body=network)))
    found.append(archive(folder / "entity.kmz", {"doc.kml": kml(entity)}))
    found += _hostile_shapefiles(folder, good, url)
    found += _hostile_databases(folder, good, url)
    found.append(_hostile_workbook(folder, good, url))
    return found


def _hostile_shapefiles(folder: Path, good: Path, url: str) -> list[Path]:
    paths = []
    for part, text in (
        ("prj", f'GEOGCS["x",EXTENSION["PROJ4","+proj=longlat +nadgrids={url}"]]'),
        ("prj", url),
        ("shp.aux.xml", VRT.format(target=url)),
        ("vrt", VRT.format(target=url)),
        ("qix", url),
    ):
        stem = f"s{len(paths)}"
        for e in ("shp", "shx", "dbf", "prj"):
            shutil.copy(good / f"a.{e}", folder / f"{stem}.{e}")
        write(folder / f"{stem}.{part}", text)
        paths.append(folder / f"{stem}.shp")
    return paths


def _hostile_databases(folder: Path, good: Path, url: str) -> list[Path]:
    paths = []
    for number, statement in enumerate(
        [
            f"UPDATE gpkg_spatial_ref_sys SET organization='x', definition='+proj=longlat +nadgrids={url}'",
            "ALTER TABLE 园区 RENAME TO real; CREATE VIEW 园区 AS SELECT *, load_extension('/tmp/x.so') AS e FROM real",
            f"CREATE TABLE gpkg_ogr_contents_2 (a TEXT DEFAULT '{url}')",
        ]
    ):
        path = folder / f"d{number}.gpkg"
        shutil.copy(good / "a.gpkg", path)
        with contextlib.closing(sqlite3.connect(path)) as db, contextlib.suppress(sqlite3.Error):
            db.executescript(statement)
            db.commit()
        paths.append(path)
    path = folder / "virtual.gpkg"
    shutil.copy(good / "a.gpkg", path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)",
            (f"CREATE VIRTUAL TABLE v USING VirtualOGR('{url}')",),
        )
        db.execute("UPDATE gpkg_contents SET table_name = 'v'")
        db.execute("UPDATE gpkg_geometry_columns SET table_name = 'v'")
        db.commit()
    return [*paths, path]


def _hostile_workbook(folder: Path, good: Path, url: str) -> Path:
    path = folder / "external.xlsx"
    with zipfile.ZipFile(good / "a.xlsx") as old:
        members: dict[str, str | bytes] = {n: old.read(n) for n in old.namelist()}
    members["xl/externalLinks/externalLink1.xml"] = f'<externalLink href="{url}"/>'
    members["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships><Relationship Id="r" Type="x" Target="{url}" TargetMode="External"/></Relationships>'
    )
    return archive(path, members)


def test_point_12_a_listening_socket_sees_no_hit_and_no_other_file_is_read(
    tmp_path: Path,
    good: Path,
    listener: Listener,
    record_property: Callable[[str, object], None],
) -> None:
    secret = write(tmp_path / "secret.csv", f"企业名称,b\n{SECRET},2\n")
    corpus = hostile(tmp_path, good, listener.url, secret)
    assert len(corpus) > 50
    texts = [text for path in corpus for text in read_every_way(path)]
    record_property("inputs", len(corpus))
    record_property("hits", listener.hits)
    record_property(
        "outside_bytes", sum(text.count(SECRET) * len(SECRET.encode()) for text in texts)
    )
    assert listener.hits == 0
    assert not any(SECRET in text for text in texts)


def test_point_12_the_socket_would_have_noticed(listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", listener.port)):
        pass
    for _ in range(100):
        if listener.hits:
            break
        threading.Event().wait(0.01)
    assert listener.hits == 1


def test_point_12_a_network_link_in_kml_is_told_and_not_followed(
    tmp_path: Path, listener: Listener
) -> None:
    body = f"<NetworkLink><Link><href>{listener.url}</href></Link></NetworkLink>"
    found = layers.read(write(tmp_path / "a.kml", kml(body=body)), layer="village_parks")
    assert "layer.network_links" in found.issues["rule"].tolist()
    assert listener.hits == 0


def test_point_12_a_view_in_a_geopackage_is_never_evaluated(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "a.gpkg"
    shutil.copy(good / "a.gpkg", path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("ALTER TABLE 园区 RENAME TO real; CREATE VIEW 园区 AS SELECT * FROM real")
        db.execute("UPDATE gpkg_contents SET table_name = '园区'")
        db.execute("UPDATE gpkg_geometry_columns SET table_name = '园区'")
        db.commit()
    with pytest.raises(LayerError, match="no feature table"):
        layers.read(path, layer="village_parks")


# 13: archives


def zipped(tmp_path: Path, good: Path, **extra: str | bytes) -> Path:
    members: dict[str, str | bytes] = {
        f"a.{e}": (good / f"a.{e}").read_bytes() for e in ("shp", "shx", "dbf", "prj", "cpg")
    }
    return archive(tmp_path / "a.zip", {**members, **extra})


def test_point_13_a_sound_zipped_shapefile_is_read(tmp_path: Path, good: Path) -> None:
    found = layers.read(zipped(tmp_path, good), layer="village_parks")
    assert found.frame["name"].tolist() == ["甲园"]


@pytest.mark.parametrize(
    "name",
    ["../a.shp", "..\\a.shp", "/etc/a.shp", "C:/a.shp", "a/../../b.shp", "inner.zip", "x.kmz"],
)
def test_point_13_a_name_that_leads_out_or_an_archive_inside_is_refused(
    tmp_path: Path, good: Path, name: str
) -> None:
    with pytest.raises(FileRefusedError, match=r"outside it|another archive"):
        layers.read(zipped(tmp_path, good, **{name: b"x"}), layer="village_parks")


def test_point_13_too_many_members_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {f"{i}.txt": b"" for i in range(50)})
    with pytest.raises(FileRefusedError, match="50 files; at most 40"):
        files.check(path, allow=["zip"], limits=files.Limits(max_members=40))


def test_point_13_a_tight_packing_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"a.geojson": b"0" * 20_000_000})
    with pytest.raises(FileRefusedError, match=r"packs 'a.geojson' [\d,]+ times"):
        files.check(path, allow=["zip"])


def test_point_13_a_total_size_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"a.txt": b"0" * 9_000_000, "b.txt": b"0" * 9_000_000})
    with pytest.raises(FileRefusedError, match="unpacks to 18,000,000 bytes"):
        files.check(path, allow=["zip"], limits=files.Limits(max_unpacked_bytes=10_000_000))


def test_point_13_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        info = zipfile.ZipInfo("a.geojson")
        info.external_attr = 0o120777 << 16
        file.writestr(info, "/etc/passwd")
    with pytest.raises(FileRefusedError, match="link"):
        files.check(path, allow=["zip"])


def test_point_13_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.writestr("a.geojson", collection())
        file.writestr("A.geojson", collection())
    with pytest.raises(FileRefusedError, match="twice"):
        files.check(path, allow=["zip"])


def test_point_13_names_in_gbk_are_read(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        for e in ("shp", "shx", "dbf", "prj", "cpg"):
            info = zipfile.ZipInfo(f"xxxxxx.{e}")
            file.writestr(info, (good / f"a.{e}").read_bytes())
    renamed = path.read_bytes().replace(b"xxxxxx.", "工业园".encode("gbk") + b".")
    found = layers.read(write(path, renamed), layer="village_parks", table="工业园")
    assert found.frame["name"].tolist() == ["甲园"]


def test_point_13_a_member_that_holds_more_than_it_says_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"a.geojson": b" " * 5_000})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", data, data.index(mark) + offset, 10)
    with pytest.raises(FileRefusedError):
        layers.read(write(path, bytes(data)), layer="village_parks")


def test_point_13_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(archive(tmp_path / "a.zip", {"a.geojson": collection()}).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FileRefusedError, match="encrypted"):
        files.check(write(tmp_path / "a.zip", bytes(data)), allow=["zip"])


@pytest.mark.parametrize("name", ["a.zip", "a.xlsx", "a.kmz"])
def test_point_13_an_archive_cut_short_is_refused(tmp_path: Path, good: Path, name: str) -> None:
    whole = (
        (good / "a.xlsx").read_bytes() if name == "a.xlsx" else zipped(tmp_path, good).read_bytes()
    )
    for share in (0.2, 0.6, 0.99):
        path = write(tmp_path / name, whole[: int(len(whole) * share)])
        with pytest.raises(FileRefusedError, match="damaged or cut short"):
            files.check(path, allow=["zip", "xlsx", "kmz"])


# 14: limits with a clear message, and memory in hand


def limited(path: Path, **limits: int) -> None:
    found = files.Limits(**limits)
    if path.suffix.lstrip(".") in files.TABLES:
        tables.read(path, limits=found)
    else:
        layers.read(path, layer="village_parks", limits=found)


def many(count: int) -> str:
    return json.dumps({"type": "FeatureCollection", "features": [feature() for _ in range(count)]})


@pytest.mark.parametrize(
    ("name", "content", "limits", "message"),
    [
        ("a.geojson", many(20), {"max_features": 10}, "more than 10 features"),
        ("a.geojson", many(20), {"max_vertices": 60}, "more than 60 vertices"),
        ("a.geojson", many(2), {"max_text_bytes": 100}, "at most 100 are read"),
        ("a.geojson", '{"a":' + "[" * 200 + "]" * 200 + "}", {}, "201 levels deep; at most 64"),
        ("a.kml", kml(body="<Folder>" * 100 + "</Folder>" * 100), {}, "more than 64 levels"),
        ("a.csv", "企业名称,b\n" * 50, {"max_rows": 10}, "11 rows"),
        ("a.csv", "企业名称,b\n" * 50, {"max_cells": 50}, "cells are read"),
        ("a.csv", "企业名称" + ",b" * 30_000, {}, "30,001 columns"),
        ("a.csv", "企业名称,b\n" + "x" * 40_000 + ",1\n", {}, "40,000 characters"),
        ("a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature({"名称": "x" * 40_000})]}), {}, "40,000 characters"),
    ],
)  # fmt: skip
def test_point_14_each_limit_speaks_clearly_and_can_be_raised(
    tmp_path: Path, name: str, content: str, limits: dict[str, int], message: str
) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(IndustryMapError, match=message) as caught:
        limited(path, **limits)
    assert caught.value.zh


def test_point_14_a_raised_limit_lets_the_same_file_in(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "企业名称,b\n" + "x" * 40_000 + ",1\n")
    assert len(tables.read(path, limits=files.Limits(max_cell_chars=50_000)).frame) == 1


@pytest.mark.parametrize(
    ("name", "content", "limit", "more"),
    [
        ("a.csv", "企业名称,b\n" + "x" * 40_000 + ",1\n", "max_cell_chars", 50_000),
        ("a.csv", "企业名称" + ",b" * 2_010 + "\n甲,1\n", "max_columns", 2_200),
        ("a.geojson", '{"type": "FeatureCollection", "a": ' + "[" * 80 + "]" * 80 + f', "features": [{json.dumps(feature())}]}}', "max_depth", 100),
    ],
)  # fmt: skip
def test_point_14_what_a_refusal_says_is_how_the_limit_is_raised(
    tmp_path: Path, name: str, content: str, limit: str, more: int
) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(IndustryMapError, match=rf"--limit {limit}=N") as caught:
        limited(path)
    assert f"--limit {limit}=" in caught.value.zh
    with files.limited(files.read_limits({limit: more})):
        limited_as_in_force(path)
    with pytest.raises(IndustryMapError):  # and only as long as the block lasts
        limited_as_in_force(path)


def limited_as_in_force(path: Path) -> None:
    if path.suffix.lstrip(".") in files.TABLES:
        tables.read(path)
    else:
        layers.read(path, layer="village_parks")


def test_point_14_a_workspace_raises_limits_in_its_configuration(tmp_path: Path) -> None:
    text = '[workspace]\ntitle = "x"\ncity = "sample"\n[limits]\nmax_rows = 5_000_000\n'
    assert workspace.parse(text, folder=tmp_path).limits.max_rows == 5_000_000
    assert workspace.parse(text, folder=tmp_path).limits.max_depth == files.Limits().max_depth
    with pytest.raises(IndustryMapError, match=r"unknown limit 'max_row'.*max_rows"):
        workspace.parse(text.replace("max_rows", "max_row"), folder=tmp_path)


@pytest.mark.parametrize("value", ["0", "-1", "viel", "", "inf", "nan"])
def test_point_14_a_limit_is_a_number_above_zero(tmp_path: Path, value: str) -> None:
    path = write(tmp_path / "a.csv", "企业名称,b\n甲,1\n")
    found = CliRunner().invoke(cli, ["--limit", f"max_rows={value}", "check", str(path)])
    assert isinstance(found.exception, IndustryMapError)
    assert "max_rows" in str(found.exception)


def test_point_14_the_command_line_raises_a_limit(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "企业名称,营业收入(万元)\n" + "x" * 40_000 + ",1\n")
    refused = CliRunner().invoke(cli, ["--lang", "en", "check", str(path)])
    assert "--limit max_cell_chars=N" in refused.output
    told = CliRunner().invoke(
        cli, ["--lang", "en", "--limit", "max_cell_chars=50,000", "check", str(path)]
    )
    assert "--limit" not in told.output
    assert told.exit_code != refused.exit_code
    assert files.limits_in_force() == files.Limits()


def test_point_14_deep_json_of_any_spelling_is_counted() -> None:
    from industrymap.files._json import depth

    assert depth(b'{"\\"[[[[": "\\\\", "a": [[]]}') == 3
    assert depth(b"[" * 100_000) == 100_000
    assert depth(b'"' + b"[" * 5_000_000 + b'"') == 0


def rewritten(good: Path, path: Path, **replaced: str) -> Path:
    with zipfile.ZipFile(good / "a.xlsx") as old:
        members: dict[str, str | bytes] = {n: old.read(n) for n in old.namelist()}
    for name, text in replaced.items():
        key = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}[name]
        members[key] = text
    return archive(path, members)


def sheet(cells: str) -> str:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'


@pytest.mark.parametrize(
    "cells",
    [
        FAR,
        FAR.replace('r="', 'r = "'),
        FAR.replace('"', "'"),
        FAR.replace("<c r=", "<c\n r="),
        FAR.replace('<c r="XFD1048576">', '<c s="1" r="XFD1048576">'),
        FAR.replace("<v>", "<f>1</f><v>"),
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048575"/><row><c/>'
        + "<c/>" * 16_000
        + "<c><v>1</v></c></row>",
    ],
)
def test_point_14_far_corners_of_a_sheet_are_refused_in_any_spelling(
    tmp_path: Path, good: Path, cells: str
) -> None:
    path = rewritten(good, tmp_path / "a.xlsx", sheet=sheet(cells))
    with pytest.raises(FileRefusedError, match="spreads over 1,048,576 rows"):
        files.check(path, allow=["xlsx"])


def test_point_14_a_prefixed_sheet_is_counted_too(tmp_path: Path, good: Path) -> None:
    text = sheet(FAR).replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    with pytest.raises(FileRefusedError, match="spreads over"):
        files.check(rewritten(good, tmp_path / "a.xlsx", sheet=text), allow=["xlsx"])


def test_point_14_styled_empty_cells_far_away_do_no_harm(tmp_path: Path, good: Path) -> None:
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    files.check(rewritten(good, tmp_path / "a.xlsx", sheet=sheet(cells)), allow=["xlsx"])


def test_point_14_one_text_a_hundred_thousand_times_is_refused(tmp_path: Path, good: Path) -> None:
    strings = f"<sst><si><t>{'x' * 30_000}</t></si></sst>"
    rows = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 50_001))
    path = rewritten(good, tmp_path / "a.xlsx", sheet=sheet(rows), strings=strings)
    with pytest.raises(FileRefusedError, match="unfold to"):
        files.check(path, allow=["xlsx"])


def test_point_14_many_different_long_texts_are_no_bomb(tmp_path: Path, good: Path) -> None:
    strings = "<sst>" + "<si><t>短</t></si>" * 999 + f"<si><t>{'长' * 30_000}</t></si></sst>"
    rows = "".join(
        f'<row r="{i}"><c r="A{i}" t="s"><v>{i % 999}</v></c></row>' for i in range(1, 20_001)
    )
    files.check(
        rewritten(good, tmp_path / "a.xlsx", sheet=sheet(rows), strings=strings), allow=["xlsx"]
    )


def old_workbook(cells: bytes, strings: list[str] | None = None) -> bytes:
    return xls_writer.ole(xls_writer.workbook_stream({"a": cells}, strings or ["x"]))


@pytest.mark.parametrize(
    "cells",
    [
        xls_writer.number(0, 0, 1) + xls_writer.number(65535, 65535, 2),
        xls_writer.number(0, 0, 1)
        + xls_writer.record(0x00BD, struct.pack("<HHHIH", 65535, 0, 0, 0, 65535)),
    ],
)
def test_point_14_an_old_workbook_that_unfolds_is_refused(tmp_path: Path, cells: bytes) -> None:
    with pytest.raises(FileRefusedError, match="damaged"):  # there is no such column in the format
        files.check(write(tmp_path / "a.xls", old_workbook(cells)), allow=["xls"])


@pytest.mark.parametrize("filled", [2, 160_000])
def test_point_14_few_cells_far_apart_are_refused_and_many_are_read(
    tmp_path: Path, filled: int
) -> None:
    cells = b"".join(xls_writer.number(r, c, 1) for r in range(filled // 20) for c in range(20))
    far = xls_writer.number(60_000, 255, 2)
    path = write(tmp_path / "a.xls", old_workbook(xls_writer.number(0, 0, 1) + cells + far))
    if filled > 2:
        files.check(path, allow=["xls"])
        return
    with pytest.raises(
        FileRefusedError,
        match=r"60,001 rows × 256 columns, with something in 2 cells.* max_sparse_cells",
    ):
        files.check(path, allow=["xls"])


def test_point_14_an_old_workbook_of_one_text_repeated_is_refused(tmp_path: Path) -> None:
    cells = b"".join(xls_writer.label(i, 0, 0) for i in range(60_000))
    path = write(tmp_path / "a.xls", old_workbook(cells, ["x" * 3_900]))
    with pytest.raises(FileRefusedError, match="unfold to 702,000,000 bytes"):
        files.check(path, allow=["xls"])


def test_point_14_a_parquet_of_one_text_repeated_is_refused(tmp_path: Path) -> None:
    values = pa.DictionaryArray.from_arrays(pa.array([0] * 200_000, pa.int32()), ["x" * 10_000])
    pq.write_table(pa.table({"企业名称": values}), tmp_path / "a.parquet", store_schema=False)
    assert (tmp_path / "a.parquet").stat().st_size < 100_000
    with pytest.raises(FileRefusedError, match="bytes of text"):
        tables.read(tmp_path / "a.parquet")


BOMBS = {
    "geojson.zip": lambda p, _: archive(p / "a.zip", {"a.geojson": b"[" + b"0," * 100_000_000}),
    "corners.xlsx": lambda p, g: rewritten(g, p / "a.xlsx", sheet=sheet(FAR)),
    "corners.xls": lambda p, _: write(
        p / "a.xls", old_workbook(xls_writer.number(0, 0, 1) + xls_writer.number(65535, 65535, 2))
    ),
    "deep.geojson": lambda p, _: write(p / "a.geojson", b'{"a":' + b"[" * 20_000_000),
    "deep.kml": lambda p, _: write(p / "a.kml", b"<kml>" + b"<a>" * 5_000_000),
    "laughs.kml": lambda p, _: write(
        p / "a.kml",
        "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>"
        + "".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9))
        + "]><kml>&j;</kml>",
    ),
    "wide.csv": lambda p, _: write(p / "a.csv", b"a" + b"," * 50_000_000),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux reports it")
@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_point_14_the_memory_of_a_bomb_stays_in_hand(
    tmp_path: Path, good: Path, bomb: str, record_property: Callable[[str, object], None]
) -> None:
    """Under 500 MB at the peak, the libraries' own 150 MB included."""
    path = BOMBS[bomb](tmp_path, good)
    code = (
        "import sys\n"
        "from industrymap import layers, tables, files\n"
        "from industrymap.errors import IndustryMapError\n"
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) // 1024\n"
        "before = peak()\n"
        "read = tables.read if sys.argv[1].rsplit('.')[-1] in files.TABLES else layers.read\n"
        "try:\n"
        "    read(sys.argv[1], layer='auto')\n"
        "except IndustryMapError as error:\n"
        "    print(before, peak())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=120, check=True)  # fmt: skip
    assert done.stdout, f"{bomb} was not refused"
    before, peak = map(int, done.stdout.split())
    record_property("before_mb", before)
    record_property("peak_mb", peak)
    record_property("bytes", path.stat().st_size)
    assert peak < 500


# 15: DOCTYPE


@pytest.mark.parametrize(
    "head",
    ["<!DOCTYPE kml>", "<!doctype kml>", "<!  DOCTYPE kml>", "<!DOCTYPE k [<!ENTITY a 'b'>]>"],
)
def test_point_15_a_doctype_in_kml_is_refused(tmp_path: Path, head: str) -> None:
    text = kml("<!-- " + "x" * 10_000 + " -->" + head)
    for path in (
        write(tmp_path / "a.kml", text),
        write(tmp_path / "b.kml", text.encode("utf-16")),
        archive(tmp_path / "c.kmz", {"doc.kml": text}),
    ):
        with pytest.raises(FileRefusedError, match="DOCTYPE"):
            layers.read(path, layer="village_parks")


def test_point_15_a_doctype_in_gpx_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpx", '<?xml version="1.0"?><!DOCTYPE gpx><gpx/>')
    with pytest.raises(FileRefusedError, match="DOCTYPE"):
        files.check(path, allow=["gpx"])


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "_rels/.rels"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_point_15_a_doctype_in_a_part_of_a_workbook_is_refused(
    tmp_path: Path, good: Path, part: str, encoding: str
) -> None:
    with zipfile.ZipFile(good / "a.xlsx") as old:
        members: dict[str, str | bytes] = {n: old.read(n) for n in old.namelist()}
    text = str(bytes(members[part]), "utf-8")  # type: ignore[arg-type]
    comment = "<!-- " + "x" * 2_000_000 + " -->"
    members[part] = text.replace("?>", f"?>{comment}<!DOCTYPE x [<!ENTITY a 'b'>]>", 1).encode(
        encoding
    )
    with pytest.raises(FileRefusedError, match="DOCTYPE"):
        files.check(archive(tmp_path / "a.xlsx", members), allow=["xlsx"])


# 16: text is shown, never silently replaced


def test_point_16_a_broken_byte_in_a_table_is_an_issue_with_its_row(tmp_path: Path) -> None:
    rows = "企业名称,营业收入(万元)\r\n" + "广州某某有限公司,12\r\n" * 50
    path = write(tmp_path / "a.csv", rows.encode("gb18030") + b"\xff\x41,1\r\n")
    found = tables.read(path)
    broken = found.issues[found.issues["rule"] == "cell.broken_text"]
    assert broken["row"].tolist() == [52]
    assert broken["value"].tolist() == ["\\xffA"]
    assert found.frame["name"].iloc[-1] == "\\xffA"


def test_point_16_a_nul_in_a_table_is_an_issue(tmp_path: Path) -> None:
    found = tables.read(write(tmp_path / "a.csv", b"name,revenue_10k_cny\nx\0y,1\n"))
    assert found.frame["name"].tolist() == ["x␀y"]
    assert found.issues["rule"].tolist() == ["cell.broken_text"]


def test_point_16_a_nul_in_a_shapefile_shows(tmp_path: Path, good: Path) -> None:
    for e in ("shp", "shx", "dbf", "prj", "cpg"):
        shutil.copy(good / f"a.{e}", tmp_path / f"a.{e}")
    data = (tmp_path / "a.dbf").read_bytes().replace("甲园".encode() + b" ", "甲\0园".encode())
    write(tmp_path / "a.dbf", data)
    assert layers.read(tmp_path / "a.shp", layer="village_parks").frame["name"].tolist() == [
        "甲␀园"
    ]


# 18: a kill at any moment of a write


@pytest.mark.parametrize("moment", range(0, 60, 12))
def test_point_18_a_kill_during_a_write_leaves_the_old_or_the_new_file(
    tmp_path: Path, moment: int
) -> None:
    path = tmp_path / "a.txt"
    old, new = "旧" * 1_000_000, "新" * 1_000_000
    files.write_text(path, old)
    code = "import sys\nfrom industrymap import files\nprint('go', flush=True)\nwhile True:\n    files.write_text(sys.argv[1], '新' * 1_000_000)\n"
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    threading.Event().wait(moment / 1000)
    process.kill()
    process.wait()
    process.stdout.close()
    assert path.read_text(encoding="utf-8") in {old, new}


def test_errors_of_readers_are_ours(tmp_path: Path) -> None:
    """No library's own exception reaches the caller, whatever the bytes."""
    for extension in EXTENSIONS:
        for data in (b"\0" * 200, b"\xff" * 200, b"PK\x03\x04" + b"\0" * 200, b"SQLite format 3\x00" + b"\0" * 200,
                     b"\x00\x00\x27\x0a" + b"\0" * 200, b"PAR1" + b"\0" * 200 + b"PAR1", b"{}", b"[]", b"<kml/>", b"null"):  # fmt: skip
            path = write(tmp_path / f"a.{extension}", data)
            write(tmp_path / "a.dbf", data)
            for text in read_every_way(path):
                assert text
    with pytest.raises(TableError):
        tables.read(write(tmp_path / "a.csv", "\n\n"))


# inputs that fuzzing found


PLAIN = xls_writer.label(0, 0, 0) + xls_writer.label(1, 0, 1)


def stated(rows: tuple[int, int], columns: tuple[int, int]) -> bytes:
    """What a sheet says of its own size."""
    return xls_writer.record(0x0200, struct.pack("<IIHHH", *rows, *columns, 0))


@pytest.mark.parametrize(
    "before",
    [
        stated((0x34000000, 0x29), (0, 2)),  # it runs backwards
        stated((0, 2**32 - 1), (0, 65535)),
        bytes(4) + stated((0, 0x70707070), (0, 0x7070)),  # behind what looks like padding
    ],
)
def test_point_14_a_sheet_s_statement_of_its_size_reaches_no_reader(
    tmp_path: Path, before: bytes
) -> None:
    path = write(tmp_path / "a.xls", old_workbook(before + PLAIN, ["企业名称", "甲公司"]))
    assert tables.read(path).frame.iloc[:, 0].tolist() == ["甲公司"]


def test_an_old_workbook_keeps_results_texts_and_merged_areas(tmp_path: Path) -> None:
    value = struct.pack("<HHHdHI", 1, 0, 0, 12.5, 0, 0) + struct.pack("<H3s", 3, b"\x1e\1\0")
    text = struct.pack("<HHH", 2, 0, 0) + b"\0\0\0\0\0\0\xff\xff" + bytes(6) + b"\3\0\x1e\1\0"
    cells = (
        xls_writer.label(0, 0, 0)
        + xls_writer.record(0x0006, value)
        + xls_writer.record(0x0006, text)
        + xls_writer.record(0x0207, struct.pack("<HB", 2, 1) + "甲公".encode("utf-16-le"))
        + xls_writer.record(0x00E5, struct.pack("<HHHHH", 1, 0, 0, 0, 1))
    )
    (grid,) = grids(files.check(write(tmp_path / "a.xls", old_workbook(cells)), allow=["xls"]), sheet=None)  # fmt: skip
    assert grid.rows == [["x"], [12.5], ["甲公"]]
    assert grid.merges == [(0, 0, 0, 1)]


def test_an_old_workbook_with_two_sheets_keeps_both_whatever_lies_between(tmp_path: Path) -> None:
    stream = xls_writer.workbook_stream({"甲": PLAIN, "乙": xls_writer.number(0, 0, 5)}, ["a", "b"])
    path = write(tmp_path / "a.xls", xls_writer.ole(stream + bytes(6_000_000)))
    found = grids(files.check(path, allow=["xls"]), sheet=None)
    assert [(g.sheet, g.rows) for g in found] == [("甲", [["a"], ["b"]]), ("乙", [[5.0]])]


def test_point_14_an_old_workbook_cannot_show_the_same_sheet_many_times(tmp_path: Path) -> None:
    stream = xls_writer.workbook_stream({f"s{i}": PLAIN * 20 for i in range(40)}, ["a", "b"])
    places = [i for i in range(len(stream) - 4) if stream[i : i + 2] == b"\x85\0"][:40]
    first = stream[places[0] + 4 : places[0] + 8]
    for at in places:
        stream = stream[: at + 4] + first + stream[at + 8 :]
    with pytest.raises(FileRefusedError, match="damaged"):
        files.check(write(tmp_path / "a.xls", xls_writer.ole(stream[:4096])), allow=["xls"])


LIES = {
    "sectors of the folder": (40, struct.pack("<I", 2**32 - 1)),
    "sectors of the table": (44, struct.pack("<I", 2**32 - 1)),
    "small sectors": (64, struct.pack("<I", 2**32 - 1)),
    "further tables": (72, struct.pack("<I", 2**32 - 1)),
    "a place of further tables": (68, struct.pack("<I", 1)),
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_point_14_a_container_that_lies_about_its_size_takes_no_memory(
    tmp_path: Path, lie: str
) -> None:
    at, number = LIES[lie]
    sound = old_workbook(PLAIN, ["企业名称", "甲公司"])
    path = write(tmp_path / "a.xls", sound[:at] + number + sound[at + len(number) :])
    tracemalloc.start()
    with contextlib.suppress(IndustryMapError):
        assert tables.read(path).frame.iloc[:, 0].tolist() == ["甲公司"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_point_14_a_container_whose_chain_runs_in_circles_is_refused(tmp_path: Path) -> None:
    sound = bytearray(old_workbook(PLAIN, ["企业名称", "甲公司"]))
    struct.pack_into("<I", sound, len(sound) - 512, 0)  # the first sector follows itself
    with pytest.raises(FileRefusedError, match="damaged"):
        files.check(write(tmp_path / "a.xls", bytes(sound)), allow=["xls"])


@pytest.mark.parametrize("size", [4096, 4097, 70_000, 6_000_000])
def test_a_stream_comes_out_of_its_container_as_it_went_in(size: int) -> None:
    stream = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert _ole.stream_of(xls_writer.ole(stream), ["Workbook"]) == stream


def test_point_14_small_sectors_that_run_in_circles_are_refused(tmp_path: Path) -> None:
    data = bytearray(old_workbook(PLAIN, ["企业名称", "甲公司"]))
    folder = data.index("Workbook".encode("utf-16-le"))
    struct.pack_into("<II", data, folder + 116, 0, 2000)  # short streams lie among small sectors
    struct.pack_into("<II", data, folder - 128 + 116, 0, 4096)
    struct.pack_into("<II", data, 60, 0, 1)  # whose table is the stream itself
    data[512 : 512 + 4096] = struct.pack("<I", 0) * 1024  # each follows the first
    with pytest.raises(FileRefusedError, match="damaged"):
        files.check(write(tmp_path / "a.xls", bytes(data)), allow=["xls"])


def test_point_14_a_shared_text_that_points_backwards_is_refused(tmp_path: Path) -> None:
    stream = xls_writer.workbook_stream({"a": xls_writer.label(0, 0, 0)}, ["x" * 300])
    at = stream.index(struct.pack("<H", 0x00FC)) + 4
    claim = struct.pack("<II", 1, 200) + struct.pack("<HBi", 1, 5, -9) + "x".encode("utf-16-le")
    stream = stream[:at] + claim + stream[at + len(claim) :]
    with pytest.raises(FileRefusedError, match="damaged"):
        files.check(write(tmp_path / "a.xls", xls_writer.ole(stream)), allow=["xls"])


@pytest.mark.parametrize("first_day", ["1900", "1904"])
def test_an_old_workbook_shows_dates_percents_and_formats_as_excel_does(
    tmp_path: Path, first_day: str
) -> None:
    shapes = {0: 0, 1: 14, 2: 10, 3: 164, 4: 165}  # style: number format
    styles = [xls_writer.style(shapes[n]) for n in sorted(shapes)]
    formats = [xls_writer.number_format(164, '0!.0,"万元"'), xls_writer.number_format(165, "h:mm")]
    epoch = xls_writer.record(0x0022, struct.pack("<H", first_day == "1904"))
    cells = b"".join(
        xls_writer.number(0, column, value, style=column)
        for column, value in enumerate([5.0, 40_000.0, 0.35, 32_000_000.0, 0.5])
    )
    globals_ = b"".join([epoch, *formats, *styles])
    stream = xls_writer.workbook_stream({"a": cells}, ["x"], globals_=globals_)
    source = files.check(write(tmp_path / "a.xls", xls_writer.ole(stream)), allow=["xls"])
    (sheet,) = files.read_old_workbook(source)
    day = dt.datetime(2009, 7, 6) if first_day == "1900" else dt.datetime(2013, 7, 7)  # noqa: DTZ001
    assert sheet.rows == [[5.0, day, 0.35, 32_000_000.0, dt.time(12, 0)]]
    assert sheet.formats == {(0, 2): "0.00%", (0, 3): '0!.0,"万元"'}


def test_found_a_table_of_texts_that_claims_billions(tmp_path: Path) -> None:
    stream = xls_writer.workbook_stream({"a": xls_writer.label(0, 0, 0)}, ["x"])
    at = stream.index(struct.pack("<H", 0x00FC)) + 8
    stream = stream[:at] + struct.pack("<I", 2**32 - 1) + stream[at + 4 :]
    with pytest.raises(FileRefusedError, match="damaged"):
        files.check(write(tmp_path / "a.xls", xls_writer.ole(stream)), allow=["xls"])


def test_found_an_old_workbook_that_panics_its_reader_says_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    short = xls_writer.record(0x0203, struct.pack("<HHH", 0, 0, 0))
    path = write(tmp_path / "a.xls", old_workbook(short + xls_writer.record(0x00BD, b"\0" * 7)))
    with pytest.raises(IndustryMapError):
        tables.read(path)
    assert capfd.readouterr().err == ""


def test_found_a_database_whose_own_error_is_no_text(tmp_path: Path, good: Path) -> None:
    data = (good / "a.gpkg").read_bytes()
    at = data.index(b"CREATE TABLE")
    path = write(tmp_path / "a.gpkg", data[:at] + b"\xff\xe0\xb9REATE TABLE" + data[at + 14 :])
    with pytest.raises(LayerError, match="damaged"):
        layers.read(path, layer="village_parks")


def test_found_an_attribute_of_no_width(tmp_path: Path, good: Path) -> None:
    for e in ("shp", "shx", "dbf", "prj"):
        shutil.copy(good / f"a.{e}", tmp_path / f"a.{e}")
    data = bytearray((tmp_path / "a.dbf").read_bytes())
    data[32 + 16] = 0
    write(tmp_path / "a.dbf", bytes(data))
    with pytest.raises(LayerError, match="damaged"):
        layers.read(tmp_path / "a.shp", layer="village_parks")
