"""Districts and towns: by place where the place is sure, else as the address or the table names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap import issues
from industrymap.assign._join import smallest
from industrymap.citypack import bare_name
from industrymap.columns import append_text, floats, optional_texts, texts
from industrymap.terms import FINE_LEVELS, SHORTEST_DEGREE_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from industrymap.columns import Flags, Floats, Positions, Texts

__all__ = ["Notes", "division", "name_divisions"]


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
    """Codes per firm for ``assign_issues``, and the issues table, while conflicts are being found."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.index = frame.index
        self.text: Texts = np.full(len(frame), "", dtype=object)
        rows = frame["source_row"].tolist() if "source_row" in frame else [pd.NA] * len(frame)
        self.collector = issues.Collector(texts(frame, "source").tolist(), rows=rows)

    def conflict(
        self, rule: issues.Rule, rows: Flags, column: str, *, named: Texts, place: Texts
    ) -> None:
        """Note for the chosen firms what the address or the table names, and where the place lies."""
        append_text(self.text, rows, rule.id.removeprefix("assign."))
        for i in np.flatnonzero(rows).tolist():
            self.collector.add(
                rule, i, column=column, value=named[i], named=named[i], found=place[i]
            )

    def codes(self) -> pd.Series[str]:
        return pd.Series(self.text, index=self.index, dtype="string")


def division(
    frame: pd.DataFrame,
    points: tuple[Floats, Floats],
    *,
    polygons: gpd.GeoDataFrame | None,
    kind: str,
    notes: Notes,
) -> dict[str, pd.Series[str]]:
    """Return the code and name columns of districts or towns."""
    known = _Divisions(polygons)
    named = known.named(frame, kind)
    inside = smallest(*points, polygons)
    place = np.where(_certain(frame, points, inside, polygons=polygons, kind=kind), inside, -1)
    rule = DISTRICT_CONFLICT if kind == "district" else TOWN_CONFLICT
    clash = (place >= 0) & (named.position >= 0) & (place != named.position)
    there = known.names_at(place)
    notes.conflict(rule, clash, named.column, named=named.text, place=there)
    if kind == "district":
        # Without districts every place would be outside.
        away = ~np.isnan(points[0]) & (inside < 0) & bool(len(known.codes))
        notes.conflict(OUTSIDE, away, named.column, named=named.text, place=there)
    chosen = np.where(place >= 0, place, named.position)
    if kind == "district":
        declared = known.declared(frame, kind)
        # One report for a firm: not where place and address are in conflict already.
        other = (declared >= 0) & (chosen >= 0) & (declared != chosen) & ~clash
        notes.conflict(
            DECLARED,
            other,
            "district_declared",
            named=known.names_at(declared),
            place=known.names_at(chosen),
        )
    codes = known.codes_at(chosen)
    # what the address named stays where neither the place nor the layer can say more
    codes[chosen < 0] = named.code[chosen < 0]
    names = pd.Series(known.names_at(chosen), index=frame.index, dtype="string")
    return {
        f"{kind}_code": pd.Series(codes, index=frame.index, dtype="string"),
        kind: names.mask(names == ""),
    }


def name_divisions(frame: gpd.GeoDataFrame, names: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Name the districts and towns of which only the code is known: no boundary layer was given, or it lacks them.

    Parameters
    ----------
    frame : GeoDataFrame
        With ``district_code, district, town_code, town``.
    names : mapping of str to str
        Code → name of today's divisions (the city pack's).
    """
    known = dict(names)
    return frame.assign(
        **{
            kind: frame[kind].fillna(frame[f"{kind}_code"].map(known).astype("string"))
            for kind in ("district", "town")
        }
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """What the address or the table names: the column it is in, its text, its code and its position in the layer."""

    column: str
    text: Texts
    code: Texts
    position: Positions


class _Divisions:
    """The districts or towns of a layer, by code and by name."""

    def __init__(self, polygons: gpd.GeoDataFrame | None) -> None:
        layer = pd.DataFrame() if polygons is None else polygons
        self.codes = optional_texts(layer, "code")
        self.names = optional_texts(layer, "name")

    def codes_at(self, position: Positions) -> Texts:
        return self._at(self.codes, position, None)

    def names_at(self, position: Positions) -> Texts:
        return self._at(self.names, position, "")

    def declared(self, frame: pd.DataFrame, kind: str) -> Positions:
        """Return the positions of the names the table declares, −1 where it declares none that is known."""
        by_name = _unambiguous(self.names)
        declared = texts(frame, f"{kind}_declared")
        return np.array([by_name.get(bare_name(name), -1) for name in declared], dtype=np.int64)

    def named(self, frame: pd.DataFrame, kind: str) -> _Named:
        """Read the code the address gave, else the name the table declares."""
        code, declared = optional_texts(frame, f"{kind}_code"), texts(frame, f"{kind}_declared")
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
        return _Named(column, text, code, position)

    @staticmethod
    def _at(values: Texts, position: Positions, otherwise: str | None) -> Texts:
        out = np.full(len(position), otherwise, dtype=object)
        hit = position >= 0
        out[hit] = values[position[hit]]
        return out


def _certain(
    frame: pd.DataFrame,
    points: tuple[Floats, Floats],
    inside: Positions,
    *,
    polygons: gpd.GeoDataFrame | None,
    kind: str,
) -> Flags:
    """Return where a place says which district or town: fine ones always, coarse ones if their circle lies in it."""
    x, y = points
    level = texts(frame, "geocode_level")
    # A place of this level or a finer one lies in one unit; a road may run through several.
    sure = np.isin(level, (*FINE_LEVELS, "park", "village", kind))
    if kind == "district":
        sure |= level == "town"
    # The centre of a district says nothing about its towns.
    rough = np.flatnonzero(~sure & (inside >= 0) & (level != "") & (level != "district"))
    if polygons is None or len(rough) == 0:
        return sure & (inside >= 0)
    radius = floats(frame, "geocode_radius_m")[rough]
    outline = shapely.boundary(np.asarray(polygons.geometry.array))
    shapely.prepare(outline)
    gap = shapely.distance(shapely.points(x[rough], y[rough]), outline[inside[rough]])
    # a degree of longitude is shorter than one of latitude: take the shorter
    metres = gap * SHORTEST_DEGREE_M * np.cos(np.radians(y[rough]))
    # a place without a radius is as coarse as can be: NaN compares as false
    sure[rough] = metres >= radius
    return sure & (inside >= 0)


def _unambiguous(names: Texts) -> Mapping[str, int]:
    # Two units of one name, towns of two districts for instance: the name alone chooses neither.
    first_of: dict[str, int] = {}
    twice: set[str] = set()
    for i, name in enumerate(names):
        bare = bare_name(name or "")
        twice |= {bare} & set(first_of)
        first_of.setdefault(bare, i)
    return {name: i for name, i in first_of.items() if name and name not in twice}
