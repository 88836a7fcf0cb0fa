"""Roads cut at the boundaries of towns, joined where they touch, with their house numbers.

A road that runs through three towns is three places, because an address names one town; where it names only the
district, the pieces that touch are one place again. Two roads of one name that do not touch stay two places.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from industrymap import datum
from industrymap.columns import connected
from industrymap.geocoding.address import house_number, normalise
from industrymap.geocoding.gazetteer._places import flagged, point_and_radius
from industrymap.geocoding.gazetteer._split import split_at_towns
from industrymap.geocoding.gazetteer.houses import Houses, Spot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    import geopandas as gpd
    import numpy.typing as npt

    from industrymap.citypack import CityPack

__all__ = ["SETBACK_M", "Network", "RoadNetwork", "network"]

SETBACK_M = 50.0
"""How far from a road's line its buildings stand; added to a road's radius."""

UNPROVEN_M = 3000.0
"""Added to the radius of a road that only house numbers prove: how far it may run on beyond them (a proposal, checked by
``benchmarks/geocoding_calibration.py``)."""

_ENOUGH_HOUSES = 10
"""So many known houses in one district and none elsewhere show that a road lies in it; a few do not."""

_TOUCH_M = 300.0
"""Pieces of one name nearer than this are one road: a junction or a river lies between them, not a town."""

_KEYS = ["name", "district_code", "town_code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadNetwork:
    """Which places are pieces of one road, and the house numbers on them.

    Attributes
    ----------
    houses : mapping of int to Houses
        Row of a road → its house numbers.
    street : sequence of int
        Of every road: equal for the pieces of one road, in whatever town or district.
    joined : sequence of int
        Of every road: the row of the whole road within its district, which may be itself.
    near : frozenset of int
        Rows of roads that only come near their town: they count where no road of the name lies in it.
    unproven : frozenset of int
        Rows of roads that are known by house numbers alone: nobody says where they begin and end, so a number outside the
        known ones leads nowhere.
    few : frozenset of int
        Those of them with so few houses that a district cannot be inferred from them.
    """

    houses: Mapping[int, Houses] = field(repr=False)
    street: Sequence[int] = field(repr=False)
    joined: Sequence[int] = field(repr=False)
    near: frozenset[int] = field(repr=False)
    unproven: frozenset[int] = field(repr=False)
    few: frozenset[int] = field(repr=False)

    @classmethod
    def of(cls, network: Network, table: pd.DataFrame) -> Self:
        """Take what a match asks of a network; ``table`` holds its pieces first."""
        pieces, houses = network.pieces, network.houses
        # Rows of pieces are rows of the table: the pieces come first in it.
        unproven = frozenset(pieces.index[flagged(pieces, "unproven")].tolist())
        return cls(
            houses=houses,
            unproven=unproven,
            few=frozenset(row for row in unproven if len(houses[row]) < _ENOUGH_HOUSES),
            street=pieces["street"].tolist() if "street" in pieces else [],
            joined=pieces["whole"].tolist(),
            near=frozenset(table.index[flagged(table, "near")].tolist()),
        )

    def joined_roads(self, pieces: list[int]) -> list[int]:
        """Return the roads that pieces of one name belong to, joined across the towns of their district."""
        # By far the commonest case, asked once for each address: it needs no dictionary.
        if len(pieces) == 1:
            return [self.joined[pieces[0]]]
        return list(dict.fromkeys(self.joined[piece] for piece in pieces))

    def with_joined(self, pieces: list[int]) -> list[int]:
        """Return pieces and then the roads they belong to."""
        if len(pieces) == 1:
            piece, whole = pieces[0], self.joined[pieces[0]]
            return pieces if piece == whole else [piece, whole]
        return list(dict.fromkeys((*pieces, *self.joined_roads(pieces))))


class Network(NamedTuple):
    """Road pieces and the houses on them.

    Attributes
    ----------
    pieces : DataFrame
        Places of kind ``road``: one per name, town and connected part, then the connected roads that run through several towns
        (``joined``); ``whole``: the row of the connected road; ``street``: equal for all that touch, in whatever district; ``near``:
        the road only comes near the town; ``unproven``: only house numbers say that there is such a road.
    houses : dict of int to Houses
        Row → house numbers.
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
    # Names are compared in the one spelling in which addresses are read.
    roads = roads.assign(name=[normalise(name) for name in roads["name"].tolist()], unproven=False)
    split = split_at_towns(
        # Towns decide between roads of one name, so that is where roads are cut; without towns, districts must do.
        roads,
        towns if towns is not None and len(towns) else districts,
        pack.crs,
    )
    numbered = _numbered(addresses)
    # A list of house numbers shows that there is a road even where no map has it.
    lone = _roads_of_addresses(numbered, split)
    pieces = pd.concat([p for p in (split, lone) if len(p)] or [split], ignore_index=True)
    pieces["geometry"] = _with_points(pieces)
    if not len(pieces):
        return Network(pieces.assign(whole=pd.Series(dtype="int64")), {})
    # The order matters: pieces are joined and measured within a town before streets are followed across towns.
    pieces = _measured(_merge(pieces, _flat(pieces, pack)), pack)
    flat = _flat(pieces, pack)
    # The same street in whatever district, for numbers; below, the same road within a district, for its extent.
    pieces["street"] = _components(pieces, flat, ["name"])
    pieces = _unproven(pieces)
    pieces["component"] = _components(pieces, flat, [*_KEYS[:2], "near"])
    wholes = _wholes(pieces)
    row = pieces["component"].map(wholes["row"])
    pieces["whole"] = row.fillna(pd.Series(pieces.index, index=pieces.index)).astype("int64")
    wholes = _measured(wholes, pack).assign(whole=wholes["row"])
    # A union has its own extent, measured from its shape alone.
    wholes["radius_m"] += np.where(flagged(wholes, "unproven"), UNPROVEN_M, 0.0)
    table = pd.concat([p for p in (pieces, wholes) if len(p)], ignore_index=True)
    return Network(table, _houses(pieces, numbered, _shapes(table)))


def _numbered(addresses: pd.DataFrame) -> pd.DataFrame:
    """Return the addresses with a whole number on a named road."""
    # A road has many houses and every road a number 1: each text is read once.
    roads, numbers = addresses["road"].tolist(), addresses["number"].tolist()
    name_of = {road: normalise(road) for road in set(roads)}
    house_of = {number: house_number(normalise(number), 0) for number in set(numbers)}
    table = addresses.assign(name=[name_of[r] for r in roads], house=[house_of[n] for n in numbers])
    # What is no number has no place in the order of the houses.
    keep = (table["name"] != "") & (table["house"] > 0) & table["lon"].notna()
    return table[keep].sort_values([*_KEYS, "house"], kind="stable", ignore_index=True)


def _roads_of_addresses(numbered: pd.DataFrame, cut: pd.DataFrame) -> pd.DataFrame:
    """Make a road of the houses that belong to none."""
    import shapely

    # By name, district and town: 建设路 of the next town does not prove this one.
    known = pd.MultiIndex.from_frame(cut[_KEYS])
    alone = numbered[~pd.MultiIndex.from_frame(numbered[_KEYS]).isin(known)]
    if not len(alone):
        return cut.iloc[:0]
    at = alone[["lon", "lat"]].to_numpy(dtype=float)
    points = np.asarray(shapely.points(at), dtype=object)
    group = alone.groupby(_KEYS, sort=True).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    # The houses themselves are the shape: where the road runs between them nobody has said.
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
        **blank, radius_m=np.nan, geometry=shapes, near=False, unproven=True
    )


def _unproven(pieces: pd.DataFrame) -> pd.DataFrame:
    """Note which roads only house numbers prove, and let their radius hold what the numbers do not show."""
    # Houses just across a town's boundary belong to the road whose line touches them there.
    known = ~flagged(pieces, "unproven")
    # One drawn piece proves the whole street it belongs to.
    proven = pd.Series(known).groupby(pieces["street"].to_numpy()).transform("any").to_numpy()
    radius = pieces["radius_m"] + np.where(proven, 0.0, UNPROVEN_M)
    return pieces.assign(unproven=~proven, radius_m=radius)


def _merge(pieces: pd.DataFrame, flat: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Join the segments of one road within one town; parts that do not touch stay apart."""
    import shapely

    keys = [*_KEYS, "near", "part"]
    pieces = pieces.assign(part=_components(pieces, flat, keys[:-1]))
    # Sorted by key and id, so that the order of the input does not show in the output.
    pieces = pieces.sort_values([*keys, "place_id"], kind="stable", ignore_index=True)
    group = pieces.groupby(keys, sort=False).ngroup().to_numpy()
    heads = pieces[np.r_[True, group[1:] != group[:-1]]].reset_index(drop=True)
    several = np.flatnonzero(np.bincount(group) > 1)
    by_group = pd.Series(_shapes(pieces)).groupby(group)
    shapes = _shapes(heads)
    for at in several:
        shapes[at] = shapely.unary_union(by_group.get_group(at).to_numpy())
    heads["geometry"] = pd.Series(shapes, index=heads.index, dtype=object)
    # The point of one segment is not that of the joined road: measured anew.
    heads.loc[several, ["lon", "lat", "radius_m"]] = np.nan
    return heads


def _components(
    pieces: pd.DataFrame, flat: npt.NDArray[np.object_], keys: list[str]
) -> npt.NDArray[np.int64]:
    """Return the number of each piece's connected part: equal keys, within 300 m of each other."""
    import shapely

    group = pieces.groupby(keys, sort=False).ngroup().to_numpy()
    # Most names occur once and need no search for neighbours.
    several = np.flatnonzero((np.bincount(group) > 1)[group])
    shapes = flat[several]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH_M)
    # The tree finds every neighbour, the keys tell which of them are the same road; each pair once.
    same = (group[several[one]] == group[several[other]]) & (one < other)
    touching = zip(several[one[same]].tolist(), several[other[same]].tolist(), strict=True)
    return connected(len(pieces), touching)


def _measured(pieces: pd.DataFrame, pack: CityPack) -> pd.DataFrame:
    """Give pieces a point on the road and a radius that reaches its houses."""
    if not len(pieces):
        return pieces
    measured = point_and_radius(_shapes(pieces), pack.crs)
    pieces = pieces.copy()
    # A point that the source gives is kept.
    blank = pieces["lon"].isna().to_numpy() & measured["lon"].notna().to_numpy()
    for column in ("lon", "lat"):
        pieces.loc[blank, column] = measured.loc[blank, column].to_numpy()
    pieces.loc[blank, "radius_m"] = measured.loc[blank, "radius_m"].to_numpy() + SETBACK_M
    return pieces


def _wholes(pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the roads that run through several towns of a district, by component, with the row they will have."""
    import shapely

    sizes = pieces.groupby("component")["component"].transform("size")
    # A piece that only comes near its town would stretch the road beyond its district.
    parts = pieces[(sizes > 1) & ~pieces["near"].fillna(value=False).astype(bool)]
    heads = parts.drop_duplicates("component").sort_values("component").copy()
    by_component = parts.groupby("component")["geometry"]
    unions = [shapely.unary_union(by_component.get_group(c).to_numpy()) for c in heads["component"]]
    heads["geometry"] = pd.Series(unions, index=heads.index, dtype=object)
    heads[["lon", "lat", "radius_m"]] = np.nan
    # The union is measured anew, so what its numbers do not prove is added anew.
    heads = heads.assign(town_code="", joined=True, row=np.arange(len(heads)) + len(pieces))
    indexed: pd.DataFrame = heads.set_index("component", drop=False)
    return indexed


def _houses(
    pieces: pd.DataFrame, numbered: pd.DataFrame, lines: npt.NDArray[np.object_]
) -> dict[int, Houses]:
    """Hang the numbered houses on the nearest piece of their road, and on the road that it is part of."""
    import shapely

    by_key: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(pieces[_KEYS].itertuples(index=False, name=None)):
        by_key.setdefault(key, []).append(row)
    houses_by_row: dict[int, list[tuple[int, Spot]]] = {}
    columns: Any = [numbered[c].tolist() for c in (*_KEYS, "house", "lon", "lat", "radius_m")]
    shapes, wholes = _shapes(pieces), pieces["whole"].tolist()
    for name, district, town, house, lon, lat, radius in zip(*columns, strict=True):
        rows = by_key.get((name, district, town))
        if not rows:
            continue
        piece = rows[0] if len(rows) == 1 else _nearest(rows, shapes, lon, lat)
        # An address that names no town asks the joined road for the number.
        for row in {piece, wholes[piece]}:
            houses_by_row.setdefault(row, []).append((house, Spot(lon, lat, radius)))
    # Between two houses one can interpolate along a line only.
    is_line = shapely.get_dimensions(lines) == 1
    return {
        row: Houses(sorted(houses_by_row[row]), lines[row] if is_line[row] else None)
        for row in sorted(houses_by_row)
    }


def _nearest(rows: list[int], shapes: npt.NDArray[np.object_], lon: float, lat: float) -> int:
    import shapely

    distance = shapely.distance(shapes[rows], shapely.Point(lon, lat))
    # A piece without a shape is the nearest to nothing.
    return rows[int(np.argmin(np.nan_to_num(distance, nan=np.inf)))]


def _with_points(pieces: pd.DataFrame) -> pd.Series[Any]:
    """Return the shapes, a point where a road is known by nothing else."""
    import shapely

    shapes = _shapes(pieces)
    bare = np.flatnonzero(shapely.is_missing(shapes) & pieces["lon"].notna().to_numpy())
    shapes[bare] = shapely.points(pieces[["lon", "lat"]].to_numpy(dtype=float)[bare])
    return pd.Series(shapes, index=pieces.index, dtype=object)


def _flat(pieces: pd.DataFrame, pack: CityPack) -> npt.NDArray[np.object_]:
    return datum.convert_geometry(_shapes(pieces), source="wgs84", target=pack.crs)


def _shapes(frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    return np.array(frame["geometry"], dtype=object)
