"""Districts and towns: by place where the place is sure, else as the address or the table names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from industrymap import issues
from industrymap.assign._join import smallest, strings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["FINE_LEVELS", "Notes", "division"]

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
DECLARED = issues.rule(
    "assign.declared_conflict",
    "warning",
    "填报的区是{named}，坐标和地址在{found}；归入{found}，请核对填报",
    "the table declares {named}, place and address lie in {found}, where the firm is counted; please check the table",
)
OUTSIDE = issues.rule(
    "assign.outside",
    "warning",
    "坐标不在任何区的范围内；区按地址归属",
    "the place lies in no district; the district is the one the address names",
)


class Notes:
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


def division(  # noqa: PLR0913 - one for the firms, three for the places, two for what is said of them
    frame: pd.DataFrame,
    x: Any,
    y: Any,
    *,
    polygons: gpd.GeoDataFrame | None,
    kind: str,
    notes: Notes,
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
    if kind == "district":
        declared = known.declared(frame, kind)
        other = (declared >= 0) & (chosen >= 0) & (declared != chosen) & ~clash
        said = known.names_at(declared)
        notes.conflict(DECLARED, other, "district_declared", said, known.names_at(chosen))
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
        self.codes = empty if polygons is None else strings(polygons, "code")
        self.names = empty if polygons is None else strings(polygons, "name")

    def codes_at(self, position: Any) -> Any:
        return self._at(self.codes, position, None)

    def names_at(self, position: Any) -> Any:
        return self._at(self.names, position, "")

    def declared(self, frame: pd.DataFrame, kind: str) -> Any:
        """Return the positions of the names the table declares, −1 where it declares none that is known."""
        by_name = _unambiguous(self.names)
        told = _texts(frame, f"{kind}_declared")
        return np.array([by_name.get(_bare(name or ""), -1) for name in told], dtype=np.int64)

    def named(self, frame: pd.DataFrame, kind: str) -> _Named:
        """Read the code the address gave, else the name the table declares."""
        code, declared = _texts(frame, f"{kind}_code"), _texts(frame, f"{kind}_declared")
        by_code = {c: i for i, c in enumerate(self.codes) if c}
        position = np.array(
            [
                by_code.get(c, -1) if c else place
                for c, place in zip(code, self.declared(frame, kind), strict=True)
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


def _texts(frame: pd.DataFrame, column: str) -> Any:
    return strings(frame, column) if column in frame else np.full(len(frame), None, dtype=object)


def _radius(frame: pd.DataFrame) -> Any:
    if "geocode_radius_m" not in frame:
        return np.full(len(frame), np.inf)
    values = frame["geocode_radius_m"].to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(values), np.inf, values)


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
