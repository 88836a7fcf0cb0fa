"""Enterprises that come as a point layer: read as the table they are, each row with its place.

The attributes go through the reader of tables, so that years, units and headings mean what they mean in a spreadsheet; the
points become longitude and latitude in WGS 84.
"""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import cells, files, issues, layers, tables

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from industrymap.datum import Datum
    from industrymap.terms import Extent

__all__ = ["asked", "is_layer_file", "read"]

_PLACE = ("经度", "纬度", "坐标系")
_FIELDS = ("lon", "lat", "datum")


def is_layer_file(path: str | os.PathLike[str]) -> bool:
    """Say whether a file's extension is one of layers and not of tables."""
    extension = Path(path).suffix.lower().lstrip(".")
    # A .txt is a table here: the parcel format holds land, not firms.
    return extension in files.LAYERS and extension not in files.TABLES and extension != "txt"


def asked(path: str | os.PathLike[str], sheet: str | Sequence[str] | None) -> list[str | None]:
    """Return the layers of a file that ``sheet`` names: one name, several, or ``"*"`` for all that may be firms."""
    if sheet is None:
        return [None]
    if sheet != "*":
        return [sheet] if isinstance(sheet, str) else list(sheet)
    names = layers.names(path, schema="enterprises")
    # A file of one layer needs no name; in one where no layer may be firms, the reader says why.
    return list(names) if len(names) > 1 else [None]


def read(
    path: str | os.PathLike[str],
    *,
    datum: str | Datum | None = None,
    table: str | None = None,
    extent: Extent | None = None,
) -> tables.Table:
    """Read a layer of enterprises as a table.

    Parameters
    ----------
    path : path
        GeoJSON, Shapefile, GeoPackage or any other layer.
    datum : str or Datum, optional
        What the coordinates are in, where the file does not say.
    table : str, optional
        Layer inside a file of several.
    extent : tuple of float, optional
        ``west, south, east, north`` of the city, degrees.

    Returns
    -------
    table : Table
        As :func:`industrymap.tables.read` returns it; ``source_row`` counts the features, ``lon`` and ``lat`` are WGS 84.

    Raises
    ------
    IndustryMapError
        As :func:`industrymap.layers.read` and :func:`industrymap.tables.read`.
    """
    points = layers.points(path, schema="enterprises", datum=datum, table=table, extent=extent)
    with tempfile.TemporaryDirectory(prefix="industrymap-") as folder:
        # Through the reader of tables: headings, years and units mean in a GIS what they mean in a
        # spreadsheet.
        own = files.write_text(Path(folder) / f"{points.source.path.stem}.csv", _as_csv(points))
        read_ = tables.read(own, layer="enterprises")
    frame = read_.frame.copy()
    # The first line of the text is its heading: feature 1 is line 2.
    frame["source_row"] = frame["source_row"] - 1
    frame["source"] = pd.array([points.name] * len(frame), dtype="string")
    about = read_.issues.assign(source=points.name, row=read_.issues["row"] - 1)
    # Sentences about the text file in between (its encoding, its delimiter) are nobody's concern.
    kept = [d for d in read_.decisions if d.kind in {"column", "unmatched", "unit", "year"}]
    return replace(
        read_,
        frame=frame,
        decisions=(*points.decisions, *kept),
        issues=issues.concat([points.issues, about.astype(read_.issues.dtypes.to_dict())]),
        source=points.source,
        name=points.name,
    )


def _as_csv(points: layers.Points) -> str:
    """Write attributes and places as the text of a table."""
    columns = _renamed(points.columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*columns, *_PLACE])
    for number, values in enumerate(zip(*columns.values(), strict=True) if columns else []):
        known = bool(np.isfinite(points.lon[number]))
        place = (
            (f"{points.lon[number]:.9f}", f"{points.lat[number]:.9f}", "wgs84")
            if known
            else ("", "", "")
        )
        shown = ["" if value is None or value is pd.NA else cells.shown(value) for value in values]
        writer.writerow([*shown, *place])
    return text.getvalue()


def _renamed(columns: Mapping[str, list[object]]) -> dict[str, list[object]]:
    """Keep the file's own columns of coordinates under names that are none: the shape is what was drawn."""
    headings = [cells.heading(name) for name in columns]
    taken = {
        match.column
        for match in cells.match_columns(headings, layer="enterprises")
        if match.field.name in _FIELDS
    }
    return {
        f"{name}（属性表）" if at in taken or name in _PLACE else name: values
        for at, (name, values) in enumerate(columns.items())
    }
