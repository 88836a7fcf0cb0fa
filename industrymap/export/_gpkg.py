"""GeoPackage: typed columns with their labels as comments, the layer's metadata, the same bytes every time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from industrymap.export._arrow import arrow_table, as_type, common_type, free_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from industrymap.export._columns import Column
    from industrymap.export._meta import Meta

__all__ = ["STAMP", "write_gpkg"]

STAMP = "2000-01-01T00:00:00.000Z"
"""Stands where the format wants the time of writing, so that the same input gives the same bytes."""


def write_gpkg(  # noqa: PLR0913 - the frame, where to, and what is said about it
    frame: pd.DataFrame,
    geometries: npt.NDArray[np.object_],
    path: Path,
    *,
    layer: str,
    columns: Sequence[Column],
    crs: str,
    lang: str,
    meta: Meta,
) -> None:
    """Write one layer to a new GeoPackage at ``path``.

    Column names differ in more than case, because SQLite does not tell cases apart; the geometry is ``geom`` and the key
    ``fid`` unless a column is called so.
    """
    import pyogrio

    type_ = common_type(geometries)
    names: list[str] = []
    for column in columns:
        names.append(free_name(column.name.replace("\x00", "") or "field", names))
    geometry = free_name("geom", names)
    pyogrio.write_arrow(
        arrow_table(
            frame,
            as_type(geometries, type_),
            columns=columns,
            names=names,
            geometry=geometry,
            lang=lang,
        ),
        path,
        layer=layer,
        driver="GPKG",
        geometry_name=geometry,
        geometry_type=type_,
        crs=crs,
        layer_metadata=meta.items() or None,
        layer_options={
            "DESCRIPTION": "；".join(f"{label}：{value}" for label, value in meta.lines(lang)),
            "IDENTIFIER": meta.title or layer,
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
        if "gpkg_metadata_reference" in tables:
            database.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (STAMP,))
