"""Which park, block, district and town a firm stands in: by geometry, the smallest polygon wins.

What the address named is compared with what the geometry says. Where they differ, both stay readable: the columns hold the
geometry's answer, ``assign_issues`` says so, and the issues table quotes the address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from industrymap import issues

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["FINE_LEVELS", "assign", "smallest"]

FINE_LEVELS = ("given", "confirmed", "address", "interpolated", "building")
"""Geocode levels fine enough to say in which park or block a firm stands."""

_METRES_PER_DEGREE = 110_500.0

DISTRICT_CONFLICT = issues.rule(
    "assign.district_conflict",
    "warning",
    "坐标落在{found}，与地址或填报的{named}不一致；按坐标归属，请核对",
    "the place lies in {found}, the address or the table names {named}; assigned by place, please check",
)
TOWN_CONFLICT = issues.rule(
    "assign.town_conflict",
    "warning",
    "坐标落在{found}，与地址或填报的{named}不一致；按坐标归属，请核对",
    "the place lies in {found}, the address or the table names {named}; assigned by place, please check",
)
OUTSIDE = issues.rule(
    "assign.outside",
    "warning",
    "坐标不在任何区的范围内；区按地址归属",
    "the place lies in no district; the district is the one the address names",
)


def assign(
    enterprises: gpd.GeoDataFrame,
    *,
    parks: gpd.GeoDataFrame | None = None,
    blocks: gpd.GeoDataFrame | None = None,
    districts: gpd.GeoDataFrame | None = None,
    towns: gpd.GeoDataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Assign every placed firm to its park, block, district and town.

    Parameters
    ----------
    enterprises : GeoDataFrame
        Points in WGS 84 with ``geocode_level``; ``district_code`` and ``town_code`` where the address named them, and
        ``district_declared``, ``town_declared`` where the table did.
    parks, blocks : GeoDataFrame, optional
        Polygons with ``park_id`` and ``block_id``. Only firms whose place is fine enough (:data:`FINE_LEVELS`) are assigned,
        and those placed at the park whose name their address holds.
    districts, towns : GeoDataFrame, optional
        Polygons with ``code`` and ``name``. A coarse place counts for a town only where its whole circle lies in it.

    Returns
    -------
    enterprises : GeoDataFrame
        With ``park_id``, ``block_id``, ``district_code``, ``district``, ``town_code``, ``town`` and ``assign_issues``.
    issues : DataFrame
        Conflicts between the place and what the address or the table names.
    """
    x, y = _coordinates(enterprises)
    level = enterprises["geocode_level"].astype("string").fillna("").to_numpy(dtype=object)
    fine = np.isin(level, FINE_LEVELS)
    notes = _Notes(enterprises)
    in_park, in_block = smallest(x, y, parks), smallest(x, y, blocks)
    named_park = _at_named_park(enterprises, level, in_park, parks)
    in_park = np.where(fine | named_park, in_park, -1)
    in_block = np.where(
        fine | (named_park & _park_in_block(in_park, in_block, parks, blocks)), in_block, -1
    )
    district = _division(enterprises, x, y, polygons=districts, kind="district", notes=notes)
    town = _division(enterprises, x, y, polygons=towns, kind="town", notes=notes)
    out = enterprises.assign(
        park_id=_take(parks, "park_id", in_park, enterprises),
        block_id=_take(blocks, "block_id", in_block, enterprises),
        **district,
        **town,
    )
    out["assign_issues"] = notes.codes()
    return out, issues.concat(notes.tables)


def smallest(x: Any, y: Any, polygons: gpd.GeoDataFrame | None) -> Any:
    """Return for each point the position of the smallest polygon that holds it, ``-1`` where none does.

    Points on an outline count as inside. Equal areas go to the polygon that comes first. Points are sorted once into strips; each
    polygon then looks only at the points of its bounding box, so the time grows with what is inside and not with the product.

    Parameters
    ----------
    x, y : ndarray of float, shape (n,)
        In the polygons' coordinates; ``NaN`` where a point has no place.
    polygons : GeoDataFrame or None
        Polygons; ``None`` or empty means none holds anything.

    Returns
    -------
    position : ndarray of int, shape (n,)

    Examples
    --------
    >>> import geopandas as gpd
    >>> both = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9), shapely.box(1, 1, 2, 2)])
    >>> smallest(np.array([1.5, 5.0, 20.0]), np.array([1.5, 5.0, 20.0]), both)
    array([ 1,  0, -1])
    """
    found = np.full(len(x), -1, dtype=np.int64)
    if polygons is None or len(polygons) == 0 or len(x) == 0:
        return found
    shapes = np.asarray(polygons.geometry.array)
    placed = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if len(placed) == 0:
        return found
    strips = _Strips(x[placed])
    order = placed[strips.order]
    xs, ys = x[order], y[order]
    bounds = shapely.bounds(shapes)
    first, last = strips.between(bounds[:, 0], bounds[:, 2])
    hit = np.full(len(order), -1, dtype=np.int64)
    shapely.prepare(shapes)
    # from the largest to the smallest: a smaller polygon writes over a larger one
    for i in _largest_first(shapes):
        strip = ys[first[i] : last[i]]
        near = first[i] + np.flatnonzero((strip >= bounds[i, 1]) & (strip <= bounds[i, 3]))
        if len(near):
            hit[near[shapely.intersects_xy(shapes[i], xs[near], ys[near])]] = i
    found[order] = hit
    return found


class _Strips:
    """Points in narrow strips of equal width from west to east.

    Sorting the strips' 16-bit numbers is ten times as fast as sorting the coordinates, and as good: what a strip holds too
    much is dropped by the exact test that follows.
    """

    _STRIPS = 65_536

    def __init__(self, x: Any) -> None:
        self.west = x.min()
        width = x.max() - self.west
        self.scale = (self._STRIPS - 1) / width if width > 0 else 0.0
        strip = self._strip(x)
        self.order = np.argsort(strip, kind="stable")
        self.starts = np.zeros(self._STRIPS + 1, dtype=np.int64)
        np.cumsum(np.bincount(strip, minlength=self._STRIPS), out=self.starts[1:])

    def between(self, west: Any, east: Any) -> tuple[Any, Any]:
        """Return the first and one past the last sorted point of every stretch; an empty one for a missing bound."""
        some = ~(np.isnan(west) | np.isnan(east))
        west, east = np.where(some, west, self.west), np.where(some, east, self.west)
        beyond = (east < self.west) | ~some
        first = self.starts[self._strip(west)]
        return first, np.where(beyond, first, self.starts[self._strip(east).astype(np.int64) + 1])

    def _strip(self, x: Any) -> Any:
        return np.clip((x - self.west) * self.scale, 0, self._STRIPS - 1).astype(np.uint16)


class _Notes:
    """Issue codes per firm, and the issues table, while they are being found."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.text = np.full(len(frame), "", dtype=object)
        self.tables: list[pd.DataFrame] = []

    def add(self, code: str, rows: Any) -> None:
        self.text[rows] = np.where(self.text[rows] == "", code, self.text[rows] + ";" + code)

    def conflict(self, rule: issues.Rule, rows: Any, column: str, named: Any, found: Any) -> None:
        self.add(rule.id.removeprefix("assign."), rows)
        where = np.flatnonzero(rows)
        source = self.frame.get("source", pd.Series("", index=self.frame.index))
        ordinal = self.frame.get("source_row", pd.Series(pd.NA, index=self.frame.index))
        self.tables.append(
            issues.from_records(
                {
                    "rule": rule,
                    "source": source.iloc[i],
                    "row": ordinal.iloc[i],
                    "column": column,
                    "value": named[i],
                    "named": named[i],
                    "found": found[i],
                }
                for i in where
            )
        )

    def codes(self) -> pd.Series[Any]:
        return pd.Series(self.text, index=self.frame.index, dtype="string")


def _coordinates(frame: gpd.GeoDataFrame) -> tuple[Any, Any]:
    shapes = np.asarray(frame.geometry.array)
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _largest_first(shapes: Any) -> Any:
    """Order by area, largest first; of equal ones the first in the frame comes last and so wins."""
    area = shapely.area(shapes)
    return np.lexsort((-np.arange(len(shapes)), -area))


def _take(
    polygons: gpd.GeoDataFrame | None, column: str, position: Any, frame: pd.DataFrame
) -> Any:
    values = np.full(len(position), None, dtype=object)
    if polygons is not None and column in polygons:
        ids = _strings(polygons, column)
        hit = position >= 0
        values[hit] = ids[position[hit]]
    return pd.Series(values, index=frame.index, dtype="string")


def _at_named_park(
    frame: pd.DataFrame, level: Any, in_park: Any, parks: gpd.GeoDataFrame | None
) -> Any:
    """Tell which firms were placed at a park, stand in it, and name it."""
    named = np.zeros(len(frame), dtype=bool)
    if parks is None or "name" not in parks:
        return named
    names = parks["name"].astype("string").fillna("").to_numpy(dtype=object)
    said = _said(frame)
    for i in np.flatnonzero((level == "park") & (in_park >= 0)):
        name = names[in_park[i]]
        named[i] = bool(name) and name in said[i]
    return named


def _said(frame: pd.DataFrame) -> Any:
    columns = [c for c in ("geocode_evidence", "address", "park_declared") if c in frame]
    text = np.full(len(frame), "", dtype=object)
    for column in columns:
        text = text + "\n" + frame[column].astype("string").fillna("").to_numpy(dtype=object)
    return text


def _park_in_block(
    in_park: Any,
    in_block: Any,
    parks: gpd.GeoDataFrame | None,
    blocks: gpd.GeoDataFrame | None,
) -> Any:
    """Tell where the whole park lies in the block, so that standing in the park is standing in the block."""
    inside = np.zeros(len(in_park), dtype=bool)
    if parks is None or blocks is None:
        return inside
    both = np.flatnonzero((in_park >= 0) & (in_block >= 0))
    if len(both):
        park = np.asarray(parks.geometry.array)[in_park[both]]
        block = np.asarray(blocks.geometry.array)[in_block[both]]
        inside[both] = shapely.covers(block, park)
    return inside


def _division(  # noqa: PLR0913 - one for the firms, three for the places, two for what is said of them
    frame: pd.DataFrame,
    x: Any,
    y: Any,
    *,
    polygons: gpd.GeoDataFrame | None,
    kind: str,
    notes: _Notes,
) -> dict[str, Any]:
    """Return the code and name columns of districts or towns."""
    known = _Divisions(polygons)
    named = known.named(frame, kind)
    inside = smallest(x, y, polygons)
    place = np.where(_certain(frame, x, y, inside, polygons=polygons, kind=kind), inside, -1)
    rule = DISTRICT_CONFLICT if kind == "district" else TOWN_CONFLICT
    clash = (place >= 0) & (named.position >= 0) & (place != named.position)
    notes.conflict(rule, clash, named.column, named.text, known.names_at(place))
    if kind == "district":
        away = ~np.isnan(x) & (inside < 0) & bool(len(known.codes))
        notes.conflict(OUTSIDE, away, named.column, named.text, known.names_at(place))
    chosen = np.where(place >= 0, place, named.position)
    codes, names = known.codes_at(chosen), known.names_at(chosen)
    # what the address named stays where neither the place nor the layer can say more
    codes = np.where(chosen < 0, named.code, codes)
    return {
        f"{kind}_code": pd.Series(codes, index=frame.index, dtype="string"),
        kind: pd.Series(np.where(names == "", None, names), index=frame.index, dtype="string"),
    }


class _Named:
    """What the address or the table names: text, code and position in the layer."""

    def __init__(self, column: str, text: Any, code: Any, position: Any) -> None:
        self.column, self.text, self.code, self.position = column, text, code, position


class _Divisions:
    """The districts or towns of a layer, by code and by name."""

    def __init__(self, polygons: gpd.GeoDataFrame | None) -> None:
        empty: Any = np.array([], dtype=object)
        self.codes = empty if polygons is None else _strings(polygons, "code")
        self.names = empty if polygons is None else _strings(polygons, "name")

    def codes_at(self, position: Any) -> Any:
        return self._at(self.codes, position, None)

    def names_at(self, position: Any) -> Any:
        return self._at(self.names, position, "")

    def named(self, frame: pd.DataFrame, kind: str) -> _Named:
        """Read the code the address gave, else the name the table declares."""
        nothing = np.full(len(frame), None, dtype=object)
        code = _strings(frame, f"{kind}_code") if f"{kind}_code" in frame else nothing
        declared = _strings(frame, f"{kind}_declared") if f"{kind}_declared" in frame else nothing
        by_code = {c: i for i, c in enumerate(self.codes) if c}
        by_name = _unambiguous(self.names)
        position = np.array(
            [
                by_code.get(c, -1) if c else by_name.get(_bare(d or ""), -1)
                for c, d in zip(code, declared, strict=True)
            ],
            dtype=np.int64,
        )
        column = f"{kind}_declared" if f"{kind}_declared" in frame else f"{kind}_code"
        text = np.where(position >= 0, self.names_at(position), declared)
        return _Named(column, np.where(text == None, "", text), code, position)  # noqa: E711 - elementwise

    @staticmethod
    def _at(values: Any, position: Any, otherwise: str | None) -> Any:
        found = np.full(len(position), otherwise, dtype=object)
        hit = position >= 0
        found[hit] = values[position[hit]]
        return found


def _certain(  # noqa: PLR0913 - as above
    frame: pd.DataFrame,
    x: Any,
    y: Any,
    inside: Any,
    *,
    polygons: gpd.GeoDataFrame | None,
    kind: str,
) -> Any:
    """Tell where a place says which district or town: fine ones always, coarse ones if their circle lies in it."""
    level = frame["geocode_level"].astype("string").fillna("").to_numpy(dtype=object)
    sure = np.isin(level, (*FINE_LEVELS, "park", "village", kind))
    if kind == "district":
        sure |= level == "town"
    rough = np.flatnonzero(~sure & (inside >= 0) & (level != "") & (level != "district"))
    if polygons is None or len(rough) == 0:
        return sure & (inside >= 0)
    radius = _radius(frame)[rough]
    outline = shapely.boundary(np.asarray(polygons.geometry.array))
    shapely.prepare(outline)
    gap = shapely.distance(shapely.points(x[rough], y[rough]), outline[inside[rough]])
    # a degree of longitude is shorter than one of latitude: take the shorter
    metres = gap * _METRES_PER_DEGREE * np.cos(np.radians(y[rough]))
    sure[rough] = metres >= radius
    return sure & (inside >= 0)


def _radius(frame: pd.DataFrame) -> Any:
    if "geocode_radius_m" not in frame:
        return np.full(len(frame), np.inf)
    values = frame["geocode_radius_m"].to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(values), np.inf, values)


def _strings(frame: pd.DataFrame, column: str) -> Any:
    if column not in frame:
        return np.full(len(frame), None, dtype=object)
    values: Any = frame[column].astype("string").astype(object)
    return values.where(values.notna(), None).to_numpy()


_SUFFIXES = ("街道办事处", "街道", "街", "镇", "乡", "区", "县", "市")


def _bare(name: str) -> str:
    """Return a division's name without its suffix, which tables leave out as they like."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _unambiguous(names: Any) -> Mapping[str, int]:
    found: dict[str, int] = {}
    twice: set[str] = set()
    for i, name in enumerate(names):
        bare = _bare(name or "")
        twice |= {bare} & set(found)
        found.setdefault(bare, i)
    return {name: i for name, i in found.items() if name and name not in twice}
