"""Places gathered from layers and imported files into one table with codes, points and radii."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import datum
from industrymap.geocoding.gazetteer.houses import Spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Self

    import geopandas as gpd
    import numpy.typing as npt

    from industrymap.citypack import CityPack

__all__ = [
    "DEFAULT_RADIUS_M",
    "KINDS",
    "PLACE_COLUMNS",
    "PlaceTable",
    "areas",
    "complete",
    "empty",
    "flagged",
    "gather",
    "locate",
    "point_and_radius",
    "spots",
]

KINDS = ("village", "road", "park", "building", "address")
"""Kinds of places finer than a town."""

PLACE_COLUMNS = (
    "place_id",
    "kind",
    "name",
    "aliases",
    "district_code",
    "town_code",
    "road",
    "number",
    "lon",
    "lat",
    "radius_m",
    "source",
)
"""A place finer than a town: ``kind`` is one of :data:`KINDS`; ``road`` and ``number`` belong to an address; ``lon, lat`` in
WGS 84 degrees, ``radius_m`` in metres. A ``geometry`` column (WGS 84) may come with them."""

TEXTS = (
    "place_id",
    "kind",
    "name",
    "aliases",
    "district_code",
    "town_code",
    "road",
    "number",
    "source",
)
NUMBERS = ("lon", "lat", "radius_m")

DEFAULT_RADIUS_M = {
    "address": 300.0,
    "building": 300.0,
    "park": 600.0,
    "road": 1000.0,
    "village": 1000.0,
}
"""Radius of a place that is known as a point only and states none. One number often stands for a whole site: of 403 addresses of real
buildings, schools and industrial parks at a number known by one point 79 % lay within 120 m of it and 94 % within 300 m; of 41 at a named
building 44 % within 60 m and 93 % within 300 m; of 82 at a named estate 85 % within 400 m and 95 % within 600 m
(docs/en/geocoding.md, "Do the radii hold?")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTable:
    """Every place finer than a town, by its row; plain lists, because a match reads them one by one.

    Attributes
    ----------
    kind, name, district, town : sequence of str
        One of :data:`KINDS`, the name, and the codes of the divisions it lies in (empty where unknown).
    spot : sequence of Spot or None
        Point and radius, ``None`` where no file gave one.
    bare : frozenset of int
        Rows of places of which no file says how large they are.
    """

    kind: Sequence[str] = field(repr=False)
    name: Sequence[str] = field(repr=False)
    district: Sequence[str] = field(repr=False)
    town: Sequence[str] = field(repr=False)
    spot: Sequence[Spot | None] = field(repr=False)
    bare: frozenset[int] = field(repr=False)

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        """Take the columns of a table of places."""
        return cls(
            kind=table["kind"].tolist(),
            name=table["name"].tolist(),
            district=table["district_code"].tolist(),
            town=table["town_code"].tolist(),
            spot=spots(table),
            bare=frozenset(np.flatnonzero(flagged(table, "bare")).tolist()),
        )


def spots(table: pd.DataFrame) -> list[Spot | None]:
    """Return point and radius of every row, ``None`` where it has no coordinates."""
    known = table["lon"].notna().to_numpy(dtype=bool)
    columns = (table[c].tolist() for c in ("lon", "lat", "radius_m"))
    return [
        Spot(lon, lat, radius) if there else None
        for there, lon, lat, radius in zip(known, *columns, strict=True)
    ]


def flagged(table: pd.DataFrame, column: str) -> npt.NDArray[np.bool_]:
    """Return a yes-or-no column, no where the table does not say."""
    if column not in table:
        return np.zeros(len(table), dtype=bool)
    return table[column].eq(other=True).fillna(value=False).to_numpy(dtype=bool)


def empty() -> pd.DataFrame:
    """Return a table of places without rows."""
    return pd.DataFrame(
        {name: pd.Series(dtype="string") for name in TEXTS}
        | {name: pd.Series(dtype="float64") for name in NUMBERS}
        | {"geometry": pd.Series(dtype=object)}
    )


def point_and_radius(geometries: npt.NDArray[np.object_], crs: str) -> pd.DataFrame:
    """Return a point on each geometry and the distance to its farthest vertex.

    Parameters
    ----------
    geometries : array of geometries
        WGS 84 degrees.
    crs : str
        Projected CRS in which the distance is measured.

    Returns
    -------
    measured : DataFrame
        ``lon, lat`` (WGS 84 degrees) and ``radius_m``; NaN for an empty or missing geometry. The point is the spot of the
        geometry nearest to its centroid, so that a road is found on the road and a bent area inside itself.
    """
    import shapely

    shapes = np.asarray(geometries, dtype=object)
    flat = datum.convert_geometry(shapes, source="wgs84", target=crs)
    centres = _anchor(flat)
    coordinates, owner = shapely.get_coordinates(flat, return_index=True)
    at = np.column_stack([shapely.get_x(centres), shapely.get_y(centres)])
    # Minus infinity marks shapes without a vertex; they become NaN below.
    radius = np.full(len(shapes), -np.inf)
    # The farthest vertex in one pass over all coordinates.
    np.maximum.at(radius, owner, np.hypot(*(coordinates - at[owner]).T))
    lon, lat = datum.convert(at[:, 0], at[:, 1], source=crs, target="wgs84")
    return pd.DataFrame(
        {"lon": lon, "lat": lat, "radius_m": np.where(np.isfinite(radius), radius, np.nan)}
    )


def areas(
    districts: gpd.GeoDataFrame | None, towns: gpd.GeoDataFrame | None, pack: CityPack
) -> pd.DataFrame:
    """Return point and radius of every division that has a polygon, or else a point in the pack, by code."""
    parts = []
    for frame in (districts, towns):
        if frame is None or not len(frame):
            continue
        measured = point_and_radius(frame.geometry.to_numpy(), pack.crs)
        measured.index = pd.Index(frame["code"].astype("string").to_numpy())
        parts.append(measured)
    # A polygon comes first: it says more than a point and a proposed radius.
    points = pack.town_points.set_index("code")[list(NUMBERS)].astype("float64")
    if not parts and not len(points):
        return empty()[list(NUMBERS)]
    # Order decides below: of equal codes the first stays.
    joined = pd.concat([*parts, points])
    return joined[~joined.index.duplicated()]


def gather(
    layers: Mapping[str, gpd.GeoDataFrame], extra: Iterable[pd.DataFrame], pack: CityPack
) -> pd.DataFrame:
    """Stack the named features of layers and the imported tables; nothing is worked out yet."""
    parts = [_of_layer(name, layers[name], pack) for name in sorted(layers)]
    parts += [_typed(part) for part in extra]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else empty()


def complete(
    places: pd.DataFrame,
    pack: CityPack,
    districts: gpd.GeoDataFrame | None,
    towns: gpd.GeoDataFrame | None,
) -> pd.DataFrame:
    """Give every place a point, a radius and, from the boundaries, the district and town it lies in."""
    places = places.copy()
    places["geometry"] = _geometries(places)
    shaped = places["geometry"].notna().to_numpy()
    # A point that a file gives beside a shape was measured by somebody; it stays.
    unplaced = shaped & places["lon"].isna().to_numpy()
    if unplaced.any():
        measured = point_and_radius(places.loc[unplaced, "geometry"].to_numpy(), pack.crs)
        for column in NUMBERS:
            # Only blanks are filled: a radius that a file states beside a shape stays.
            missing = places.loc[unplaced, column].isna().to_numpy()
            values = places.loc[unplaced, column].to_numpy().copy()
            values[missing] = measured[column].to_numpy()[missing]
            places.loc[unplaced, column] = values
    # A radius of 0 is a blank cell read as a number: no place is known exactly.
    bare = places["radius_m"].isna() | (places["radius_m"] <= 0)
    places["bare"] = bare
    if bare.any():
        places.loc[bare, "radius_m"] = places.loc[bare, "kind"].map(DEFAULT_RADIUS_M).to_numpy()
    # A road runs through several towns: it is cut later, not put where its middle lies.
    pointed = places["lon"].notna().to_numpy() & ~((places["kind"] == "road").to_numpy() & shaped)
    for column, frame in (("town_code", towns), ("district_code", districts)):
        # What a file says of district and town goes before where the point lies.
        blank = (places[column] == "").to_numpy() & pointed
        if frame is not None and blank.any():
            rows = places.loc[blank]
            places.loc[blank, column] = locate(rows["lon"], rows["lat"], frame)
    # The first six digits of a town's code are its district's (GB/T 2260, GB/T 10114).
    implied = (places["district_code"] == "") & (places["town_code"] != "")
    places.loc[implied, "district_code"] = places.loc[implied, "town_code"].str.slice(0, 6)
    return places


def locate(
    lon: pd.Series[float], lat: pd.Series[float], frame: gpd.GeoDataFrame
) -> npt.NDArray[np.object_]:
    """Return the ``code`` of the polygon each point lies in, empty where it lies in none."""
    import shapely

    points = np.asarray(
        shapely.points(np.asarray(lon, float), np.asarray(lat, float)), dtype=object
    )
    tree = shapely.STRtree(frame.geometry.to_numpy())
    point, polygon = tree.query(points, predicate="intersects")
    codes = frame["code"].astype("string").to_numpy(dtype=object)
    located: npt.NDArray[np.object_] = np.array([""] * len(points), dtype=object)
    # Backwards, so that of several polygons the first is written last and stays.
    located[point[::-1]] = codes[polygon[::-1]]
    return located


def _anchor(flat: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return the spot of each geometry nearest to its centroid; of an area that bends round it, a point well inside."""
    import shapely

    centres = shapely.centroid(flat)
    anchors = np.array(shapely.get_point(shapely.shortest_line(flat, centres), 0), dtype=object)
    # The centroid of a crescent lies outside it.
    bent = (shapely.get_dimensions(flat) == 2) & ~shapely.intersects(flat, centres)
    anchors[bent] = shapely.point_on_surface(flat[bent])
    return anchors


def _of_layer(name: str, layer: gpd.GeoDataFrame, pack: CityPack) -> pd.DataFrame:
    """Return the named features of a workspace layer: they are parks."""
    if "name" not in layer:
        return empty()
    # A feature without a name cannot be named in an address.
    named = layer[layer["name"].notna().to_numpy()]
    key = next((c for c in ("park_id", "block_id", "zone_id") if c in named), None)
    features = pd.DataFrame(
        {
            "place_id": named[key] if key else named.index.astype("string"),
            "name": named["name"],
            "geometry": named.geometry,
        }
    ).assign(kind="park", source=name)
    codes = {row.name: row.code for row in pack.current("district").itertuples()}
    for column, names in (("district_code", "district"), ("town_code", "town")):
        if column in named:
            features[column] = named[column]
        # The name of a district can be looked up; that of a town may occur in two districts.
        elif names in named and column == "district_code":
            features[column] = named[names].map(codes)
    return _typed(features)


def _typed(part: pd.DataFrame) -> pd.DataFrame:
    typed: dict[str, Any] = {
        name: part[name].astype("string").fillna("")
        if name in part
        else pd.Series("", index=part.index, dtype="string")
        for name in TEXTS
    }
    for name in NUMBERS:
        values = part[name] if name in part else pd.Series(np.nan, index=part.index)
        typed[name] = values.astype("float64")
    shapes = part["geometry"] if "geometry" in part else pd.Series(None, index=part.index)
    typed["geometry"] = pd.Series(np.array(shapes, dtype=object), index=part.index, dtype=object)
    return pd.DataFrame(typed).reset_index(drop=True)


def _geometries(places: pd.DataFrame) -> npt.NDArray[np.object_]:
    import shapely

    shapes = np.array(places["geometry"], dtype=object)
    # Layers and tables mark a missing shape in their own ways: None, NaN, an empty geometry.
    shapes[~shapely.is_geometry(shapes)] = None
    shapes[shapely.is_empty(shapes)] = None
    return shapes
