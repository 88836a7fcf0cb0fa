"""Roads cut at the boundaries of towns, joined where they touch, with their house numbers.

A road that runs through three towns is three places, because an address names one town; where it names only the
district, the pieces that touch are one place again. Two roads of one name that do not touch stay two places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from industrymap import datum
from industrymap.geocoding._elements import house_number
from industrymap.geocoding._houses import Houses, Spot
from industrymap.geocoding._normalise import normalise
from industrymap.geocoding._places import point_and_radius

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from industrymap.citypack import CityPack

__all__ = ["SETBACK_M", "Network", "network"]

SETBACK_M = 50.0
"""How far from a road's line its buildings stand; added to a road's radius."""

_TOUCH_M = 300.0
"""Pieces of one name nearer than this are one road: a junction or a river lies between them, not a town."""

_KEYS = ["name", "district_code", "town_code"]


class Network(NamedTuple):
    """Road pieces and the houses on them.

    Attributes
    ----------
    pieces : DataFrame
        Places of kind ``road``: one per name, town and connected part, with ``whole``: the row of the connected road within its
        district.
    houses : dict of int to Houses
        Row of a piece → its house numbers.
    """

    pieces: pd.DataFrame
    houses: dict[int, Houses]


def network(
    roads: pd.DataFrame,
    addresses: pd.DataFrame,
    pack: CityPack,
    *,
    districts: gpd.GeoDataFrame | None,
    towns: gpd.GeoDataFrame | None,
) -> Network:
    """Cut, join and number the roads.

    Parameters
    ----------
    roads : DataFrame
        Places of kind ``road``, completed; geometry where known.
    addresses : DataFrame
        Places of kind ``address`` with ``road`` and ``number``, completed.
    pack : CityPack
        For its projected CRS.
    districts, towns : GeoDataFrame, optional
        Where roads are cut.

    Returns
    -------
    network : Network
        Rows numbered from 0: town pieces first, then the joined roads.
    """
    roads = roads.assign(name=[normalise(n) for n in roads["name"]], part="")
    cut = _cut(roads, towns if towns is not None and len(towns) else districts)
    numbered = _numbered(addresses)
    lone = _roads_of_addresses(numbered, cut)
    pieces = pd.concat([p for p in (cut, lone) if len(p)] or [cut], ignore_index=True)
    if not len(pieces):
        return Network(pieces.assign(whole=pd.Series(dtype="int64")), {})
    flat = datum.convert_geometry(_shapes(pieces), source="wgs84", target=pack.crs)
    pieces = _merge(pieces, flat)
    flat = datum.convert_geometry(_shapes(pieces), source="wgs84", target=pack.crs)
    pieces["component"] = _components(pieces, flat, ["name", "district_code"])
    pieces = _measured(pieces, pack)
    wholes = _wholes(pieces)
    pieces["whole"] = pieces["component"].map(wholes["ordinal"]).fillna(-1).astype("int64")
    alone = pieces["whole"] < 0
    pieces.loc[alone, "whole"] = np.flatnonzero(alone)
    joined = _measured(wholes.drop(columns="ordinal"), pack)
    joined["whole"] = np.arange(len(pieces), len(pieces) + len(joined))
    joined["part"] = "whole"
    table = pd.concat([p for p in (pieces, joined) if len(p)], ignore_index=True)
    return Network(table, _houses(pieces, numbered))


def _cut(roads: pd.DataFrame, areas: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Cut every road line where it leaves a town (or district)."""
    import shapely

    shapes = _shapes(roads)
    lines = np.flatnonzero(shapely.get_dimensions(shapes) == 1)
    if areas is None or not len(lines):
        return roads
    polygons = areas.geometry.to_numpy()
    road, polygon = shapely.STRtree(polygons).query(shapes[lines], predicate="intersects")
    inside = shapely.contains_properly(polygons[polygon], shapes[lines][road])
    parts = shapes[lines][road].copy()
    parts[~inside] = shapely.intersection(parts[~inside], polygons[polygon][~inside])
    keep = shapely.length(parts) > 0
    codes = areas["code"].astype("string").to_numpy(dtype=object)[polygon[keep]]
    pieces: pd.DataFrame = roads.iloc[lines[road[keep]]].assign(geometry=parts[keep])
    own = pieces["town_code"].to_numpy(dtype=object)
    fits = [not t or c == t or not c.startswith(t[:6]) for t, c in zip(own, codes, strict=True)]
    pieces = pieces.assign(
        district_code=[c[:6] for c in codes],
        town_code=[c if len(c) > 6 else "" for c in codes],
        lon=np.nan,
        lat=np.nan,
    ).loc[np.array(fits, dtype=bool)]
    # A road outside every polygon keeps what it states.
    untouched = np.setdiff1d(np.arange(len(roads)), lines[np.unique(road[keep])])
    joined: pd.DataFrame = pd.concat([pieces, roads.iloc[untouched]], ignore_index=True)
    return joined


def _numbered(addresses: pd.DataFrame) -> pd.DataFrame:
    """Return the addresses with a whole number on a named road."""
    table = addresses.assign(
        name=[normalise(r) for r in addresses["road"]],
        house=[house_number(normalise(n), 0) for n in addresses["number"]],
    )
    keep = (table["name"] != "") & (table["house"] > 0) & table["lon"].notna()
    return table[keep].sort_values([*_KEYS, "house"], kind="stable", ignore_index=True)


def _roads_of_addresses(numbered: pd.DataFrame, cut: pd.DataFrame) -> pd.DataFrame:
    """Make a road of the houses that stand on none."""
    import shapely

    known = pd.MultiIndex.from_frame(cut[_KEYS])
    alone = numbered[~pd.MultiIndex.from_frame(numbered[_KEYS]).isin(known)]
    if not len(alone):
        return cut.iloc[:0]
    at = alone[["lon", "lat"]].to_numpy(dtype=float)
    points = np.asarray(shapely.points(at), dtype=object)
    group = alone.groupby(_KEYS, sort=True).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    shapes: Any = shapely.multipoints(points[order], indices=group[order])
    heads = alone.iloc[order].drop_duplicates(_KEYS)
    blank: dict[str, Any] = {
        "kind": "road",
        "aliases": "",
        "road": "",
        "number": "",
        "lon": np.nan,
        "lat": np.nan,
    }
    return heads[[c for c in cut.columns if c in heads]].assign(
        **blank, radius_m=np.nan, geometry=shapes, part=""
    )


def _merge(pieces: pd.DataFrame, flat: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Join the segments of one road within one town; parts that do not touch stay apart."""
    import shapely

    pieces = pieces.assign(part=_components(pieces, flat, _KEYS))
    pieces = pieces.sort_values([*_KEYS, "part", "place_id"], kind="stable")
    group = pieces.groupby([*_KEYS, "part"], sort=False).ngroup().to_numpy()
    heads = pieces[np.r_[True, group[1:] != group[:-1]]].copy()
    several = np.bincount(group) > 1
    shapes = _shapes(heads)
    if several.any():
        by_group = pd.Series(_shapes(pieces)).groupby(group)
        for at in np.flatnonzero(several):
            shapes[at] = shapely.unary_union(by_group.get_group(at).to_numpy())
    heads["geometry"] = shapes
    heads.loc[several, ["lon", "lat", "radius_m"]] = np.nan
    return heads.reset_index(drop=True)


def _components(
    pieces: pd.DataFrame, flat: npt.NDArray[np.object_], keys: list[str]
) -> npt.NDArray[np.int64]:
    """Return the number of each piece's connected part: equal keys, within 300 m of each other."""
    import shapely

    group = pieces.groupby(keys, sort=False).ngroup().to_numpy()
    several = np.flatnonzero((np.bincount(group) > 1)[group])
    parent = np.arange(len(pieces))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    if len(several):
        shapes = flat[several]
        one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH_M)
        same = (group[several[one]] == group[several[other]]) & (one < other)
        for a, b in zip(several[one[same]], several[other[same]], strict=True):
            parent[max(root(a), root(b))] = min(root(a), root(b))
    return np.array([root(at) for at in range(len(pieces))])


def _measured(pieces: pd.DataFrame, pack: CityPack) -> pd.DataFrame:
    """Give pieces a point on the road and a radius that reaches its houses."""
    if not len(pieces):
        return pieces
    found = point_and_radius(_shapes(pieces), pack.crs)
    pieces = pieces.copy()
    blank = pieces["lon"].isna().to_numpy() & found["lon"].notna().to_numpy()
    for column in ("lon", "lat"):
        pieces.loc[blank, column] = found.loc[blank, column].to_numpy()
    pieces.loc[blank, "radius_m"] = found.loc[blank, "radius_m"].to_numpy() + SETBACK_M
    return pieces


def _wholes(pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the roads that run through several towns of a district, one row each, by component."""
    import shapely

    sizes = pieces.groupby("component")["component"].transform("size")
    parts = pieces[sizes > 1]
    rows = []
    for number, (component, group) in enumerate(parts.groupby("component", sort=True)):
        head = group.iloc[0].to_dict()
        head |= {
            "town_code": "",
            "lon": np.nan,
            "lat": np.nan,
            "radius_m": np.nan,
            "geometry": shapely.unary_union(_shapes(group)),
            "ordinal": len(pieces) + number,
            "component": component,
        }
        rows.append(head)
    table = pd.DataFrame(rows, columns=[*pieces.columns, "ordinal"])
    indexed: pd.DataFrame = table.set_index("component", drop=False)
    return indexed


def _houses(pieces: pd.DataFrame, numbered: pd.DataFrame) -> dict[int, Houses]:
    """Hang the numbered houses on the piece of their road that is nearest."""
    by_key: dict[tuple[str, ...], list[int]] = {}
    for ordinal, key in enumerate(pieces[_KEYS].itertuples(index=False, name=None)):
        by_key.setdefault(key, []).append(ordinal)
    numbers: dict[int, list[int]] = {}
    spots: dict[int, list[Spot]] = {}
    columns: Any = [numbered[c].tolist() for c in (*_KEYS, "house", "lon", "lat", "radius_m")]
    shapes = _shapes(pieces)
    for name, district, town, house, lon, lat, radius in zip(*columns, strict=True):
        found = by_key.get((name, district, town))
        if not found:
            continue
        piece = found[0] if len(found) == 1 else _nearest(found, shapes, lon, lat)
        numbers.setdefault(piece, []).append(house)
        spots.setdefault(piece, []).append(Spot(lon, lat, radius))
    return {piece: Houses(numbers[piece], spots[piece]) for piece in sorted(numbers)}


def _nearest(found: list[int], shapes: npt.NDArray[np.object_], lon: float, lat: float) -> int:
    import shapely

    distance = shapely.distance(shapes[found], shapely.Point(lon, lat))
    return found[int(np.nanargmin(distance))]


def _shapes(frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    return np.array(frame["geometry"], dtype=object)
