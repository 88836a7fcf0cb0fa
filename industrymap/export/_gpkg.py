"""GeoPackage: typed columns with their labels as comments, the layer's metadata, the same bytes every time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from industrymap.export._arrow import arrow_table, as_type, common_type, free_name

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.export._features import Features

__all__ = ["STAMP", "write_gpkg"]

STAMP = "2000-01-01T00:00:00.000Z"
"""Written where the format wants the time of writing, so that the same input gives the same bytes."""


def write_gpkg(features: Features, path: Path) -> None:
    """Write one layer to a new GeoPackage at ``path``.

    Column names differ in more than case, because SQLite does not tell cases apart; the geometry is ``geom`` and the key
    ``fid`` unless a column is called so.
    """
    import pyogrio

    type_ = common_type(features.shapes)
    names: list[str] = []
    for column in features.columns:
        # SQLite takes a name to end at its first NUL.
        names.append(free_name(column.name.replace("\x00", "") or "field", names))
    geometry = free_name("geom", names)
    pyogrio.write_arrow(
        arrow_table(
            replace(features, shapes=as_type(features.shapes, type_)),
            names=names,
            geometry=geometry,
        ),
        path,
        layer=features.name,
        driver="GPKG",
        geometry_name=geometry,
        geometry_type=type_,
        crs=features.crs,
        layer_metadata=features.meta.items() or None,
        layer_options={
            "DESCRIPTION": "；".join(
                f"{label}：{value}" for label, value in features.meta.lines(features.lang)
            ),
            "IDENTIFIER": features.meta.title or features.name,
            "GEOMETRY_NAME": geometry,
            "FID": free_name("fid", names),
        },
    )
    _fix_time(path)


def _fix_time(path: Path) -> None:
    """Replace the time of writing, which GDAL and SQLite put into three tables."""
    with closing(sqlite3.connect(path)) as database, database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        database.execute("UPDATE gpkg_contents SET last_change = ?", (STAMP,))
        # GDAL makes the table only where it writes metadata.
        if "gpkg_metadata_reference" in tables:
            database.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (STAMP,))
