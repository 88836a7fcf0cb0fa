"""The tables of the store: a GeoPackage 1.3 with a current layer, its history and a change log.

============================  ==========================================================================
``<layer>``                   what is so today; opens in QGIS
``<layer>_history``           every version: ``valid_from``, ``valid_to``, ``removed``, ``change_id``, ``ended_by``
``change_log``                who, when, why, from which file (name and SHA-256), what it undoes
``change_items``              one line per feature and change: which version before, which after
``industrymap_store``         version of the store; a latch that keeps other programs from editing past the log
============================  ==========================================================================
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.errors import StoreError
from industrymap.files import sql_name

if TYPE_CHECKING:
    import sqlite3

__all__ = [
    "APPLICATION_ID",
    "LAYERS",
    "VERSION",
    "columns",
    "create",
    "create_layer",
    "key_of",
    "layers",
    "names_of",
    "require_name",
    "upgrade_layer",
]

APPLICATION_ID = 0x47504B47
"""``GPKG`` in ASCII."""

VERSION = 1
"""Version of our own tables."""

LAYERS = {name: name for name in (schemas.PARKS, schemas.BLOCKS, schemas.ZONES)}
"""Layer → schema of the layers that every store has. Value-innovation parks are ``zones`` of that ``kind``."""

_GPKG_VERSION = 10300
_TYPES = {"str": "TEXT", "float": "REAL", "int": "INTEGER", "bool": "BOOLEAN", "date": "DATE"}
_SHAPES = dict.fromkeys((schemas.PARKS, schemas.BLOCKS), "MULTIPOLYGON")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
# Prefixes of tables that GeoPackage, SQLite or this store use themselves.
_RESERVED = ("gpkg_", "rtree_", "sqlite_", "change_", "industrymap_")

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],'
    'AUTHORITY["EPSG","4326"]]'
)

_SYSTEMS = (
    ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84, "longitude/latitude in degrees"),
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic"),
)

_GPKG = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
    description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
    min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema',
    'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
INSERT INTO gpkg_extensions VALUES ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
    'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
"""

_OURS = """
CREATE TABLE industrymap_store (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL CHECK (id = 1),
    version INTEGER NOT NULL, writing BOOLEAN NOT NULL);
INSERT INTO industrymap_store (id, version, writing) VALUES (1, 1, 0);
CREATE TABLE change_log (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, at DATETIME NOT NULL, who TEXT NOT NULL,
    why TEXT NOT NULL, source TEXT, source_sha256 TEXT, valid_from DATE NOT NULL, added INTEGER NOT NULL,
    changed INTEGER NOT NULL, removed INTEGER NOT NULL, undoes INTEGER, undone_by INTEGER);
CREATE TABLE change_items (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, change_id INTEGER NOT NULL,
    layer TEXT NOT NULL, feature_id TEXT NOT NULL, action TEXT NOT NULL, fields TEXT NOT NULL, related TEXT,
    before INTEGER, after INTEGER NOT NULL);
CREATE INDEX change_items_by_change ON change_items (change_id);
CREATE TABLE industrymap_layers (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, layer TEXT NOT NULL UNIQUE,
    schema TEXT NOT NULL);
"""

_REFUSE = (
    "WHEN (SELECT writing FROM industrymap_store) = 0 BEGIN "
    "SELECT RAISE(ABORT, 'this database keeps a history: bring changes in with industrymap changes apply'); END"
)

_PLAIN_TABLES = ("change_log", "change_items", "industrymap_store", "industrymap_layers")


def create(db: sqlite3.Connection) -> None:
    """Make an empty store inside the open transaction."""
    # Marks the file as a GeoPackage before it has any table (OGC 12-128r18, requirement 2).
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {_GPKG_VERSION}")
    for statement in (*_statements(_GPKG), *_statements(_OURS)):
        db.execute(statement)
    db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _SYSTEMS)
    for table in _PLAIN_TABLES:
        _register(db, table, "attributes")
    for table in ("change_log", "change_items"):
        _add_write_guard(db, table)
    for layer, schema in LAYERS.items():
        create_layer(db, layer, schema)


def require_name(layer: str) -> None:
    """Refuse a name that cannot be a layer's.

    Raises
    ------
    StoreError
        The name cannot be a layer's.
    """
    if not _NAME.fullmatch(layer) or layer.startswith(_RESERVED) or layer.endswith("_history"):
        raise StoreError(
            f"{layer!r} cannot name a layer: expected small letters, digits and _, at most 41, not a reserved name.",
            f"“{layer}”不能用作图层名：只能用小写字母、数字和下划线，最多 41 个字符，且不能是保留名。",
        )


def create_layer(db: sqlite3.Connection, layer: str, schema: str) -> None:
    """Make a layer and its history inside the open transaction.

    Raises
    ------
    StoreError
        The name cannot be a layer's.
    """
    require_name(layer)
    own = ", ".join(f"{sql_name(f.name)} {_TYPES[f.dtype]}" for f in columns(schema))
    # A layer of points, lines and areas together cannot state one type.
    shape = _SHAPES.get(schema, "GEOMETRY")
    key = sql_name(key_of(schema))
    db.execute(
        f"CREATE TABLE {sql_name(layer)} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {shape}, {own}, "
        "valid_from DATE NOT NULL, change_id INTEGER NOT NULL)"
    )
    # One current row for a feature, whatever a program does.
    db.execute(f"CREATE UNIQUE INDEX {sql_name(layer + '_key')} ON {sql_name(layer)} ({key})")
    history = f"{layer}_history"
    db.execute(
        f"CREATE TABLE {sql_name(history)} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {shape}, {own}, "
        "valid_from DATE NOT NULL, valid_to DATE, removed BOOLEAN NOT NULL, change_id INTEGER NOT NULL, "
        "ended_by INTEGER)"
    )
    db.execute(
        f"CREATE INDEX {sql_name(history + '_key')} ON {sql_name(history)} ({key}, change_id)"
    )
    db.execute("INSERT INTO industrymap_layers (layer, schema) VALUES (?, ?)", (layer, schema))
    for table in (layer, history):
        _register(db, table, "features")
        db.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)", (table, shape)
        )
        _label(db, table, schema)
        _add_write_guard(db, table)


def upgrade_layer(db: sqlite3.Connection, layer: str, schema: str) -> None:
    """Add the columns that the schema has gained since the layer was made."""
    for table in (layer, f"{layer}_history"):
        there = names_of(db, table)
        missing = [field for field in columns(schema) if field.name not in there]
        if missing:
            _label(db, table, schema)
        for field in missing:
            kind = _TYPES[field.dtype]
            db.execute(f"ALTER TABLE {sql_name(table)} ADD COLUMN {sql_name(field.name)} {kind}")


def names_of(db: sqlite3.Connection, table: str) -> set[str]:
    """Return the names of a table's columns."""
    return {row[1] for row in db.execute(f"PRAGMA table_info({sql_name(table)})")}


def layers(db: sqlite3.Connection) -> dict[str, str]:
    """Return layer → schema, in the order they were made."""
    return dict(db.execute("SELECT layer, schema FROM industrymap_layers ORDER BY id").fetchall())


def columns(schema: str) -> tuple[schemas.Field, ...]:
    """Return the fields a version keeps: those that a file may bring, and the stage they belong to."""
    # Fields that are worked out later are not kept: they would be out of date with the next change
    # of a rule.
    own = tuple(f for f in schemas.fields(schema) if f.stage == "read")
    return own if any(f.name == "stage" for f in own) else (*own, _stage())


def key_of(schema: str) -> str:
    """Return the name of the key column: the schema's first."""
    return schemas.fields(schema)[0].name


def _stage() -> schemas.Field:
    return schemas.field(schemas.PARKS, "stage")


def _register(db: sqlite3.Connection, table: str, kind: str) -> None:
    srs = 4326 if kind == "features" else None
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        (table, kind, table, srs),
    )


def _label(db: sqlite3.Connection, table: str, schema: str) -> None:
    """Give every column the labels that QGIS shows in place of its name (the schema extension of GeoPackage)."""
    for field in columns(schema):
        # QGIS shows the label in place of the name, so the unit has to be in it.
        label = f"{field.zh}（{field.unit}）" if field.unit else field.zh
        db.execute(
            "INSERT OR REPLACE INTO gpkg_data_columns (table_name, column_name, name, title, description) "
            "VALUES (?, ?, ?, ?, ?)",
            (table, field.name, label, label, field.en),
        )


def _add_write_guard(db: sqlite3.Connection, table: str) -> None:
    """Keep other programs from editing past the log: only while ``writing`` is set may a row change."""
    for verb in ("INSERT", "UPDATE", "DELETE"):
        trigger = sql_name(f"{table}_guard_{verb.lower()}")
        db.execute(f"CREATE TRIGGER {trigger} BEFORE {verb} ON {sql_name(table)} {_REFUSE}")


def _statements(script: str) -> list[str]:
    # Statements end with a semicolon at the end of a line; others are part of a statement.
    return [part.strip() for part in script.strip().split(";\n") if part.strip()]
