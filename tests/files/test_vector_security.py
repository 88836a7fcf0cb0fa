"""Formats that GDAL reads, in the hands of someone who means harm: one driver, no other file, no address, our own errors."""

from __future__ import annotations

import random
import socket
import threading
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from industrymap import files, layers
from industrymap.errors import FileRefusedError, IndustryMapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRIVERS = {"fgb": "FlatGeobuf", "gml": "GML", "tab": "MapInfo File", "mif": "MapInfo File", "gdb": "OpenFileGDB", "dxf": "DXF"}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    shapes = [shapely.box(113.3, 23.1, 113.31, 23.11), shapely.box(113.4, 23.1, 113.41, 23.11)]
    frame = gpd.GeoDataFrame({"name": ["甲", "乙"], "far": [0.5, 1.5]}, geometry=shapes, crs=4490)
    for kind, driver in DRIVERS.items():
        options = {"ENCODING": "CP936"} if driver == "MapInfo File" else {}
        some = frame[["geometry"]] if kind == "dxf" else frame
        some.to_file(folder / f"{kind}.{kind}", driver=driver, engine="pyogrio", **options)
    return folder


@pytest.fixture
def visits() -> Iterator[tuple[int, list[bytes]]]:
    """Listen on a port of this machine; whoever follows an address is noted."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                with caller:
                    seen.append(b"visit")

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], seen
        done.set()
        thread.join()


def test_gml_that_is_no_xml_says_where_and_what_to_do(tmp_path: Path) -> None:
    files.write_text(tmp_path / "a.gml", "<c>\n<p><用地面积（亩）>1</用地面积（亩）></p>\n</c>")
    with pytest.raises(FileRefusedError, match=r"not well-formed XML \(line 2"):
        layers.read(tmp_path / "a.gml", layer="zones")


def test_gml_that_names_a_schema_and_a_link_by_address_reaches_nobody(
    tmp_path: Path, visits: tuple[int, list[bytes]]
) -> None:
    port, seen = visits
    at = f"http://127.0.0.1:{port}"
    ring = "113.3 23.1 113.31 23.1 113.31 23.11 113.3 23.1"
    body = f"""<c xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink"
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://x {at}/a.xsd">
<gml:featureMember><p><name>甲</name><other xlink:href="{at}/b.gml#1"/><g><gml:Polygon srsName="{at}/crs"><gml:exterior>
<gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></g></p></gml:featureMember></c>"""
    files.write_text(tmp_path / "a.gml", body)
    found = layers.read(tmp_path / "a.gml", layer="zones", datum="wgs84")
    assert found.frame["name"].tolist() == ["甲"]
    assert seen == []


@pytest.mark.parametrize("head", ['<!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE c [<!ENTITY a "aaaa">]>'])  # fmt: skip
def test_a_doctype_in_gml_is_refused(tmp_path: Path, head: str) -> None:
    files.write_text(tmp_path / "a.gml", f"<?xml version='1.0'?>{head}<c>&a;</c>")
    with pytest.raises(FileRefusedError, match="DOCTYPE"):
        layers.read(tmp_path / "a.gml", layer="zones")


@pytest.mark.parametrize(
    "definition",
    [
        'create view v as\nSelect * From "../secret/other"\n',
        'Definition Table\n  File "/etc/passwd"\n  Type "RASTER"\n',
        "Definition Table\n  Type ODBC\n",
        'Definition Table\n  Type NATIVE Charset "Neutral"\nbegin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n',
    ],
)  # fmt: skip
def test_a_mapinfo_table_that_refers_to_other_files_is_refused(
    tmp_path: Path, definition: str
) -> None:
    files.write_text(tmp_path / "a.tab", f"!table\n!version 300\n\n{definition}")
    with pytest.raises(FileRefusedError, match="refers to other files"):
        layers.read(tmp_path / "a.tab", layer="zones")


@pytest.mark.parametrize("kind", ["fgb", "gml", "tab", "mif", "dxf"])
def test_the_content_of_another_format_under_this_extension_is_refused(
    tmp_path: Path, sound: Path, kind: str
) -> None:
    other = "gml" if kind != "gml" else "fgb"
    (tmp_path / f"a.{kind}").write_bytes((sound / f"{other}.{other}").read_bytes())
    with pytest.raises(IndustryMapError):
        layers.read(tmp_path / f"a.{kind}", layer="zones")


def test_a_geodatabase_with_a_link_or_a_folder_in_it_is_refused(
    tmp_path: Path, sound: Path
) -> None:
    folder = tmp_path / "a.gdb"
    folder.mkdir()
    for part in (sound / "gdb.gdb").iterdir():
        (folder / part.name).write_bytes(part.read_bytes())
    assert len(layers.read(folder, layer="zones").frame) == 2
    (folder / "out").symlink_to(tmp_path)
    with pytest.raises(FileRefusedError, match="link or a folder"):
        layers.read(folder, layer="zones")


def test_a_folder_that_only_calls_itself_a_geodatabase_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gdb").mkdir()
    with pytest.raises(FileRefusedError, match=r"no \.gdbtable"):
        layers.read(tmp_path / "a.gdb", layer="zones")


def test_more_features_than_allowed_are_refused(sound: Path) -> None:
    for kind in DRIVERS:
        with pytest.raises(IndustryMapError, match=r"more than 1 features|at most 1 are read"):
            layers.read(sound / f"{kind}.{kind}", layer="zones", datum="wgs84", limits=files.Limits(max_features=1))  # fmt: skip


def broken(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes, write a huge number somewhere, cut a piece out or the end off."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(out) or 1)
        match chance.randrange(4):
            case 0:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                out[at : at + 4] = chance.choice((b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff"))
            case 2:
                del out[at : at + chance.randrange(64)]
            case _:
                out = out[: max(at, 1)] if chance.random() < 0.2 else out
    return bytes(out)


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_damage_of_any_kind_is_one_of_our_own_errors(
    tmp_path: Path, sound: Path, kind: str
) -> None:
    chance = random.Random(kind)
    for number in range(12):
        place = tmp_path / str(number)
        place.mkdir()
        parts = sorted((sound / "gdb.gdb").iterdir() if kind == "gdb" else sound.glob(f"{kind}.*"))
        folder = place / "a.gdb" if kind == "gdb" else place
        folder.mkdir(exist_ok=True)
        hurt = chance.choice(parts)
        for part in parts:
            name = part.name if kind == "gdb" else f"a{part.suffix}"
            data = part.read_bytes()
            (folder / name).write_bytes(broken(data, chance) if part == hurt else data)
        try:
            layers.read(place / f"a.{kind}", layer="zones", datum="wgs84")
        except IndustryMapError:
            continue
