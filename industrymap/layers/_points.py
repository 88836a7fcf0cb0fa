"""A layer read for its attributes, each feature with one point: what an enterprise table in a GIS is."""

from __future__ import annotations

import math
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

SEVERAL_POINTS = issues.rule(
    "layer.several_points",
    "warning",
    "该要素有 {n} 个点，相距最远 {metres:,.0f} 米，企业位置取其中第一点；请只留一个点，或分为几个要素",
    "the feature has {n} points up to {metres:,.0f} m apart: the first was taken for the firm's place; keep one, or make several features",
)
_ONE_PLACE_M = 50.0
"""Points of one firm as near as this are one place."""


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
    # One common heading, such as a name, is in any layer: two make it likely that these are firms.
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
    # Reported into nowhere: for a firm without a usable shape the address serves, and WITHOUT_POINT
    # says so.
    usable = ~missing & _repair.drop_unbuilt(raw.geometries, wrong, issues.Collector(opened.name))
    lon, lat = np.full(size, np.nan), np.full(size, np.nan)
    decisions = list(raw.decisions)
    if usable.any():
        placed = to_wgs84(raw, usable, datum=datum, extent=extent, report=report)
        decisions += placed.decisions
        kinds = shapely.get_type_id(placed.geometries)
        flat, several = kinds == _POINT, kinds == _MULTIPOINT
        if not (flat | several).all():
            report.add(AREA_AS_POINT, None, n=int((~flat & ~several).sum()))
        for at in np.flatnonzero(several):
            count, metres = _spread(placed.geometries[at])
            if metres > _ONE_PLACE_M:
                report.add(SEVERAL_POINTS, int(placed.where[at]), n=count, metres=metres)
        spots = np.where(several, shapely.get_geometry(placed.geometries, 0), placed.geometries)
        # Within the shape: the centroid of a bent plot may lie on the neighbour's land.
        spots = np.where(flat | several, spots, shapely.point_on_surface(spots))
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


_POINT, _MULTIPOINT = 0, 4
_METRES_A_DEGREE = 111_320.0


def _spread(points: shapely.MultiPoint) -> tuple[int, float]:
    """Return how many points there are, and the diagonal of what they span in metres."""
    west, south, east, north = points.bounds
    across = (east - west) * math.cos(math.radians((south + north) / 2))
    return len(points.geoms), math.hypot(across, north - south) * _METRES_A_DEGREE
