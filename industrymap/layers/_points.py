"""A layer read for its attributes, each feature with one point: what an enterprise table in a GIS is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap import files, issues
from industrymap.layers import _attributes, _repair
from industrymap.layers._formats import open_layers
from industrymap.layers._placing import to_wgs84
from industrymap.layers._read import choose, of_file

if TYPE_CHECKING:
    import os

    import numpy.typing as npt
    import pandas as pd

    from industrymap.datum import Datum
    from industrymap.files import Decision
    from industrymap.terms import Extent

__all__ = ["Points", "names", "points"]

WITHOUT_POINT = issues.rule(
    "layer.without_point",
    "info",
    "该要素没有坐标点，将按地址定位",
    "the feature has no point: it will be placed by its address",
)
AREA_AS_POINT = issues.rule(
    "layer.area_as_point",
    "info",
    "{n} 个要素是线或面，取其内部一点作为企业位置",
    "{n} features are lines or areas: a point within each was taken for the firm's place",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Attributes as the file has them, and a point of each feature.

    Attributes
    ----------
    columns : dict of str to list
        Name in the file → values, one for each feature.
    lon, lat : ndarray of float
        WGS 84, degrees; NaN where a feature has no point.
    decisions : tuple of Decision
    issues : DataFrame
    source : Source
    name : str
        File, with ``#layer`` where the file holds several.
    """

    columns: dict[str, list[object]]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    decisions: tuple[Decision, ...]
    issues: pd.DataFrame
    source: files.Source
    name: str


def names(path: str | os.PathLike[str], *, schema: str) -> list[str]:
    """Return the layers of a file that have at least two columns of a schema, in the order of the file.

    Raises
    ------
    FileMissingError, FileRefusedError, LayerError
        As :func:`industrymap.layers.read`.
    """
    opened = open_layers(files.check(path, allow=files.LAYERS), None)
    return [
        raw.name for raw in opened if len(_attributes.match(raw, layer=schema, columns=None)) > 1
    ]


def points(
    path: str | os.PathLike[str],
    *,
    schema: str,
    datum: str | Datum | None = None,
    table: str | None = None,
    extent: Extent | None = None,
) -> Points:
    """Read a layer whose attributes matter and whose shapes are places.

    A feature without a shape is kept: its attributes may hold an address.

    Parameters
    ----------
    path : path
        A file of one of :data:`industrymap.files.LAYERS`.
    schema : str
        Decides which layer of several is taken: the one that names most of its fields.
    datum, table, extent
        As in :func:`industrymap.layers.read`.

    Raises
    ------
    FileMissingError, FileRefusedError, LayerError, DatumError
        As :func:`industrymap.layers.read`.
    """
    source = files.check(path, allow=files.LAYERS)
    opened = choose(source, open_layers(source, table), layer=schema, columns=None)
    raw, size = opened.raw, len(opened.raw.geometries)
    report = issues.Collector(opened.name, rows=np.arange(1, size + 1), column="geometry")
    missing = np.asarray(shapely.is_missing(raw.geometries) | shapely.is_empty(raw.geometries))
    for position in np.flatnonzero(missing):
        report.add(WITHOUT_POINT, int(position))
    wrong = {at: notes for at, notes in raw.notes.items() if not missing[at]}
    usable = ~missing & _repair.drop_unbuilt(raw.geometries, wrong, issues.Collector(opened.name))
    lon, lat = np.full(size, np.nan), np.full(size, np.nan)
    decisions = list(raw.decisions)
    if usable.any():
        placed = to_wgs84(raw, usable, datum=datum, extent=extent, report=report)
        decisions += placed.decisions
        flat = np.isin(shapely.get_type_id(placed.geometries), (0,))
        if not flat.all():
            report.add(AREA_AS_POINT, None, n=int((~flat).sum()))
        spots = np.where(flat, placed.geometries, shapely.point_on_surface(placed.geometries))
        lon[placed.where], lat[placed.where] = shapely.get_x(spots), shapely.get_y(spots)
    return Points(
        columns=raw.columns,
        lon=lon,
        lat=lat,
        decisions=tuple(decisions),
        issues=issues.concat([of_file(raw, opened.name), report.table()]),
        source=source,
        name=opened.name,
    )
