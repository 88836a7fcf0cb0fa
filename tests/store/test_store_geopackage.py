"""The database file against the requirements of the GeoPackage standard (OGC 12-128r18), read with SQLite alone."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import subprocess
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from industrymap.store import Edit, Store
from industrymap.store._blob import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = {"TEXT", "REAL", "INTEGER", "BOOLEAN", "DATE", "DATETIME", "DOUBLE", "TINYINT", "NUMERIC"}
SHAPES = {"GEOMETRY", "MULTIPOLYGON"}
GDAL = "/usr/bin/python3"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has lived: added, changed, redrawn, cleared, removed, undone, and a layer of its own."""
    made = Store(tmp_path_factory.mktemp("store") / "base.gpkg", layers={"sites": "zones"})

    def box(n: int, size: float = 0.01) -> shapely.Polygon:
        return shapely.box(113 + n / 10, 23, 113 + n / 10 + size, 23 + size)

    def edit(layer: str, id_: str, **more: Any) -> Edit:
        return Edit(layer=layer, id=id_, **more)

    changes = [
        [edit("village_parks", f"P{n}", record={"name": f"{n}号园"}, geometry=box(n)) for n in range(4)],
        [edit("village_parks", "P0", record={"far": 1.5}, geometry=box(0, 0.02))],
        [edit("village_parks", "P1", geometry=None), edit("village_parks", "P2", record=None)],
        [edit("industrial_blocks", "B1", record={"level": 1}, geometry=shapely.MultiPolygon([box(5), box(6)]))],
        [edit("sites", "S1", geometry=shapely.Point(113, 23)), edit("sites", "S2", geometry=box(7).exterior)],
    ]  # fmt: skip
    for number, change in enumerate(changes, 1):
        assert made.apply(change, "张三", "试", valid_from=date(2025, number, 1)) == number
    made.undo(3, "李四", "看错")
    return made.path


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    found = sqlite3.connect(path)
    yield found
    found.close()


def column(db: sqlite3.Connection, query: str) -> set[Any]:
    return {row[0] for row in db.execute(query)}


def test_the_file_says_that_it_is_a_geopackage_and_is_sound(db: sqlite3.Connection) -> None:
    assert db.execute("PRAGMA application_id").fetchone()[0] == int.from_bytes(b"GPKG", "big")
    assert 10200 <= db.execute("PRAGMA user_version").fetchone()[0] < 10500
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_three_reference_systems_every_file_needs_are_there(db: sqlite3.Connection) -> None:
    rows = db.execute(
        "SELECT srs_id, organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
    ).fetchall()
    known = {row[0]: row for row in rows}
    assert {-1, 0, 4326} <= known.keys()
    assert known[4326][1:3] == ("EPSG", 4326)
    assert known[4326][3].startswith('GEOGCS["WGS 84"')
    assert known[-1][1:] == ("NONE", -1, "undefined")


def test_every_table_is_registered_and_every_registered_table_exists(
    db: sqlite3.Connection,
) -> None:
    tables = column(db, "SELECT name FROM sqlite_master WHERE type = 'table'")
    ours = {t for t in tables if not t.startswith(("gpkg_", "sqlite_"))}
    assert ours == column(db, "SELECT table_name FROM gpkg_contents")
    kinds = column(db, "SELECT data_type FROM gpkg_contents")
    assert kinds == {"features", "attributes"}
    features = column(db, "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")
    assert features == column(db, "SELECT table_name FROM gpkg_geometry_columns")
    assert {"village_parks", "village_parks_history", "sites", "sites_history"} <= features
    for text in column(db, "SELECT last_change FROM gpkg_contents"):
        assert len(text) == 24
        assert text.endswith("Z")


def test_every_table_has_an_integer_key_and_columns_of_types_the_standard_knows(
    db: sqlite3.Connection,
) -> None:
    for table in column(db, "SELECT table_name FROM gpkg_contents"):
        info = db.execute(f'PRAGMA table_info("{table}")').fetchall()
        keys = [(name, kind) for _, name, kind, _, _, key in info if key]
        assert len(keys) == 1
        assert keys[0][1] == "INTEGER"
        assert {kind for _, _, kind, *_ in info} <= TYPES | SHAPES


def test_geometry_columns_agree_with_tables_contents_and_reference_systems(
    db: sqlite3.Connection,
) -> None:
    rows = db.execute(
        "SELECT g.table_name, g.column_name, g.geometry_type_name, g.srs_id, g.z, g.m, c.srs_id "
        "FROM gpkg_geometry_columns g JOIN gpkg_contents c USING (table_name)"
    ).fetchall()
    for table, name, kind, srs, z, m, contents_srs in rows:
        declared = {row[1]: row[2] for row in db.execute(f'PRAGMA table_info("{table}")')}
        assert declared[name] == kind
        assert kind in SHAPES
        assert srs == contents_srs == 4326
        assert (z, m) == (0, 0)


def test_every_geometry_has_the_header_of_its_column_and_lies_in_the_registered_extent(
    db: sqlite3.Connection,
) -> None:
    seen = 0
    for table, kind in db.execute(
        "SELECT table_name, geometry_type_name FROM gpkg_geometry_columns"
    ).fetchall():
        extent = db.execute(
            "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (table,)
        ).fetchone()
        for (blob,) in db.execute(f'SELECT geom FROM "{table}" WHERE geom IS NOT NULL'):
            magic, version, flags, srs = struct.unpack("<2sBBi", blob[:8])
            assert (magic, version, srs) == (b"GP", 0, 4326)
            assert flags & 1 == 1  # little endian
            envelope = {0: 0, 1: 32}[flags >> 1 & 0b111]
            shape = shapely.from_wkb(blob[8 + envelope :])
            assert bool(flags >> 4 & 1) == shape.is_empty
            assert not shape.has_z
            assert kind == "GEOMETRY" or shape.geom_type.upper() == kind
            if envelope:
                west, east, south, north = struct.unpack("<4d", blob[8:40])
                assert (west, south, east, north) == shape.bounds
                assert shapely.box(*extent).covers(shape)
            seen += 1
    assert seen >= 15


def test_an_empty_geometry_says_so_in_its_header_and_has_no_envelope() -> None:
    blob = encode(shapely.Polygon())
    assert blob is not None
    assert blob[3] == 0b0001_0001  # GDAL 3.6's own checks look for the sign one place lower
    assert shapely.from_wkb(blob[8:]).is_empty


def test_extensions_are_named_and_what_they_need_is_there(db: sqlite3.Connection) -> None:
    names = column(db, "SELECT extension_name FROM gpkg_extensions")
    tables = column(db, "SELECT table_name FROM gpkg_extensions")
    assert names == {"gpkg_schema"}
    assert tables == {"gpkg_data_columns", "gpkg_data_column_constraints"}
    # there is no spatial index, so nothing may say that there is one
    assert not column(db, "SELECT name FROM sqlite_master WHERE name LIKE 'rtree%'")
    for table, name in db.execute("SELECT table_name, column_name FROM gpkg_data_columns"):
        assert name in column(db, f"SELECT name FROM pragma_table_info('{table}')")


def test_the_history_is_a_layer_like_any_other(path: Path) -> None:
    import fiona
    import pyogrio

    info = pyogrio.read_info(path, layer="village_parks_history")
    assert info["geometry_type"] == "MultiPolygon"
    assert {"valid_from", "valid_to", "stage", "removed", "change_id"} <= set(info["fields"])
    frame = pyogrio.read_dataframe(path, layer="village_parks_history")
    with fiona.open(path, layer="village_parks_history", enabled_drivers=["GPKG"]) as layer:
        assert len(layer) == len(frame) == 9
    assert frame["valid_to"].isna().sum() == 4


def test_ogrinfo_opens_every_layer_without_a_word(path: Path) -> None:
    tool = shutil.which("ogrinfo")
    if tool is None:
        pytest.skip("ogrinfo is not installed")
    run = subprocess.run(
        [tool, "-so", "-al", "-ro", str(path)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("Layer name: ") >= 8


def test_gdals_own_checks_find_nothing(path: Path) -> None:
    command = [GDAL, "-m", "osgeo_utils.samples.validate_gpkg"]
    probe = [GDAL, "-c", "import osgeo_utils.samples.validate_gpkg"]
    if (
        not Path(GDAL).exists()
        or subprocess.run(probe, capture_output=True, check=False).returncode
    ):
        pytest.skip("GDAL's validate_gpkg is not installed")
    run = subprocess.run(
        [*command, "--extra", "--warning-as-error", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, ""), run.stderr
