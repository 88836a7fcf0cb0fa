"""GeoPackage (OGC 12-128) read as the SQLite database it is, without GDAL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import issues
from industrymap.errors import LayerError, did_you_mean, nearest
from industrymap.files import Decision, database, decode_many, sql, without_header
from industrymap.layers._layer import Raw, object_array
from industrymap.layers._shapes import Budget, from_wkb

if TYPE_CHECKING:
    from industrymap.files import Database, Source

__all__ = ["read_geopackage"]

UNREAD_TABLES = issues.rule(
    "layer.tables_unread",
    "warning",
    "文件中的视图或虚拟表不读取：{names}；请另存为普通图层",
    "views and virtual tables of the file are not read: {names}; save them as plain layers",
)
MORE_GEOMETRY = issues.rule(
    "layer.more_geometry_columns",
    "warning",
    "图层有 {n} 个几何列，只读取“{taken}”，未读：{names}",
    "the layer has {n} geometry columns; only {taken!r} was read, not {names}",
)

_MAGIC = b"GP"
_ROW_IDS = {"fid", "ogc_fid"}  # numbers of the database, not of the planner
_BATCH = 10_000
# -1 and 0 are the standard's own numbers for an unknown plane and an unknown globe (OGC 12-128r18,
# 1.1.2).
_UNDEFINED = {-1, 0}


def read_geopackage(source: Source, *, table: str | None) -> list[Raw]:
    """Read the feature tables of a checked GeoPackage: the named one, or all.

    Raises
    ------
    LayerError
        No feature table, no such table, damaged, or larger than the limits allow.
    """
    with database(source) as opened:
        known = _feature_tables(opened)
        if not known:
            raise LayerError(
                f"{source.name} holds no feature table.", f"{source.name} 中没有矢量图层。"
            )
        if table is not None and table not in known:
            en, zh = did_you_mean(nearest(table, known, n=1))
            raise LayerError(
                f"{source.name} has no layer {table!r}; it has {', '.join(known)}.{en}",
                f"{source.name} 中没有图层“{table}”，现有：{'、'.join(known)}。{zh}",
            )
        chosen = [table] if table is not None else list(known)
        raws = [_read_table(opened, source, name, known[name]) for name in chosen]
        # A table that a view or another program made and that cannot be read is not passed over in silence.
        lost = sorted(_declared_tables(opened) - set(known))
    if lost and table is None:
        raws[0].problems.append((UNREAD_TABLES, {"names": "、".join(lost)}))
        # Whichever layer is chosen later, its report must name what was not read.
        for raw in raws[1:]:
            raw.problems += raws[0].problems[-1:]
    return raws


def _feature_tables(opened: Database) -> dict[str, str]:
    """Return feature table → geometry column, for the plain tables among them."""
    if not {"gpkg_contents", "gpkg_geometry_columns"} <= opened.tables:
        return {}
    rows = opened.connection.execute(
        "SELECT c.table_name, g.column_name FROM gpkg_contents c JOIN gpkg_geometry_columns g "
        "ON g.table_name = c.table_name WHERE c.data_type = 'features' ORDER BY c.table_name"
    ).fetchall()
    # Reversed, so that of several geometry columns the first is kept.
    pairs = [(_text(name), _text(column)) for name, column in reversed(rows)]
    return dict(sorted({name: column for name, column in pairs if name in opened.tables}.items()))


def _declared_tables(opened: Database) -> set[str]:
    """Return every feature table the file speaks of, readable or not."""
    rows = opened.connection.execute(
        "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
    ).fetchall()
    return {_text(name) for (name,) in rows}


def _read_table(opened: Database, source: Source, name: str, geometry: str) -> Raw:
    budget = Budget(f"{source.name}#{name}", source.limits)
    cursor = opened.connection.execute(sql("SELECT * FROM {table}", table=name))
    names = [column[0] for column in cursor.description]
    if geometry not in names:
        raise LayerError(
            f"{source.name}#{name} has no column {geometry!r}.",
            f"{source.name}#{name} 没有几何列“{geometry}”。",
        )
    rows: list[tuple[object, ...]] = []
    # In batches, so that a table beyond the limit is refused before it fills the memory.
    while batch := cursor.fetchmany(_BATCH):
        rows += batch
        if len(rows) > source.limits.max_features:
            budget.spend(features=len(rows))
    at = names.index(geometry)
    blobs = [_wkb(row[at]) for row in rows]
    geometries, notes = from_wkb(object_array(blobs), budget)
    decisions = [
        Decision(
            f"格式：GeoPackage，图层“{name}”，{len(rows):,} 个要素。",
            f"Format: GeoPackage, layer {name!r}, {len(rows):,} features.",
            "format",
        )
    ]
    columns = {
        column: [row[i] for row in rows]
        for i, column in enumerate(names)
        if i != at and column.lower() not in _ROW_IDS
    }
    further = [column for column, values in columns.items() if _is_geometry(values)]
    about = {"n": len(further) + 1, "taken": geometry, "names": "、".join(further)}
    return Raw(
        name=name,
        columns={
            column: _values(values) for column, values in columns.items() if column not in further
        },
        problems=[(MORE_GEOMETRY, about)] if further else [],
        geometries=geometries,
        notes=notes,
        crs=_crs(opened, name),
        decisions=decisions,
    )


def _is_geometry(values: list[object]) -> bool:
    """Say whether a column that is no text holds geometries of its own."""
    first = next((value for value in values if value is not None), None)
    # "GP" and version 0: a picture or document in a blob column begins otherwise.
    return isinstance(first, bytes) and first[:2] == _MAGIC and len(first) > 8 and first[2] == 0


def _values(values: list[object]) -> list[object]:
    """Decode the texts of one column with one encoding; blobs are not attributes."""
    places = [i for i, value in enumerate(values) if isinstance(value, bytes)]
    if not places:
        return values
    texts, _ = decode_many([v for v in values if isinstance(v, bytes)], encoding="utf-8")
    out = list(values)
    for i, text in zip(places, texts, strict=True):
        out[i] = text
    return out


def _wkb(blob: object) -> bytes | None:
    """Return the WKB behind the GeoPackage header; an unknown header is left for the parser to refuse."""
    if not isinstance(blob, bytes):
        return None
    wkb = without_header(blob)
    return blob if wkb is None else wkb


def _crs(opened: Database, name: str) -> str | None:
    if "gpkg_spatial_ref_sys" not in opened.tables:
        return None
    row = opened.connection.execute(
        "SELECT s.srs_id, s.organization, s.organization_coordsys_id, s.definition "
        "FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE g.table_name = ?",
        (name,),
    ).fetchone()
    if row is None or row[0] in _UNDEFINED:
        return None
    # EPSG codes are the safer answer: definitions of the same system differ from program to
    # program.
    organization, code, definition = _text(row[1]), row[2], _text(row[3])
    if organization.upper() == "EPSG":
        return f"EPSG:{code}"
    return definition or None


def _text(value: object) -> str:
    return (
        value.decode("utf-8", errors="backslashreplace")
        if isinstance(value, bytes)
        else str(value or "")
    )
