"""Do the places make sense? The city's extent, the district the address names, the datum, and piles of firms.

Nothing is moved here: every finding is an issue for a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    import geopandas as gpd
    import numpy.typing as npt

    from industrymap.citypack import CityPack
    from industrymap.terms import Extent

__all__ = ["PILE", "Limits", "check", "coincident_firms", "lonlat"]

PILE = 20
"""Firms on one point from which on the point is flagged as a pile."""

_TOLERANCE_DEG = 0.003
"""How far outside its district a place may lie, about 300 m: boundaries and providers are no better."""

_PILE_LEVELS = ("given", "confirmed", "address", "interpolated", "building")
"""Only at these levels is a shared point a finding; a town's centre is shared by design."""


OUTSIDE = issues.rule(
    "sanity.outside_city",
    "warning",
    "位置（{lon:.5f}, {lat:.5f}）在城市范围之外，请核对坐标与坐标系。",
    "The place {lon:.5f}, {lat:.5f} lies outside the city: check the coordinates and their datum.",
)
OTHER_DISTRICT = issues.rule(
    "sanity.other_district",
    "warning",
    "地址写的是{district}，位置却落在{found}。",
    "The address names {district}, the place lies in {found}.",
)
WRONG_DATUM = issues.rule("sanity.wrong_datum", "warning", "{zh}", "{en}")
PILED = issues.rule(
    "sanity.pile",
    "info",
    "{n} 家企业位于同一点（{lon:.6f}, {lat:.6f}），疑为集群注册地址。",
    "{n} firms share one point ({lon:.6f}, {lat:.6f}): probably a registration cluster.",
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where a place of the city can be.

    Attributes
    ----------
    extent : tuple of float
        West, south, east, north in degrees of WGS 84 (the city pack's).
    names : mapping of str to str
        District code → name.
    polygons : mapping of str to geometry
        District code → polygon in WGS 84; empty where there are no boundaries, then only names can be compared.
    """

    extent: Extent
    names: Mapping[str, str] = field(default_factory=dict)
    polygons: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, pack: CityPack, districts: gpd.GeoDataFrame | None = None) -> Self:
        """Take the limits from a city pack and, where there are any, its district boundaries (``code``, ``geometry``)."""
        import shapely

        units = pack.divisions[pack.divisions["level"] == "district"]
        polygons = {}
        if districts is not None:
            polygons = {
                str(code): polygon
                for code, polygon in zip(districts["code"], districts.geometry, strict=True)
            }
        # Each outline is asked about thousands of points.
        for polygon in polygons.values():
            shapely.prepare(polygon)
        names = {str(c): str(n) for c, n in zip(units["code"], units["name"], strict=True)}
        return cls(extent=pack.extent, names=names, polygons=polygons)

    def name(self, code: str) -> str:
        """Return a district's name, or its code where it is unknown."""
        return self.names.get(code, code)

    def in_city(self, lon: float, lat: float) -> bool:
        """Return whether a point lies within the extent."""
        west, south, east, north = self.extent
        return west <= lon <= east and south <= lat <= north

    def agrees(self, district: str, lon: float, lat: float, *, said: str = "") -> bool:
        """Return whether a point can lie in the district of that code.

        Its polygon decides, with about 300 m to spare; without one, the name ``said`` for the point does.
        """
        import shapely

        # Boundaries of providers and ours differ by a street; 300 m forgive that and no more.
        polygon = self.polygons.get(district)
        if polygon is not None:
            return bool(shapely.dwithin(polygon, shapely.Point(lon, lat), _TOLERANCE_DEG))
        return not said or core(said) == core(self.name(district))

    def inside(
        self, named: pd.Series[str], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> pd.Series[bool]:
        """Return for every point whether it lies in the district named beside it; ``<NA>`` where unknown.

        Parameters
        ----------
        named : Series of str
            District codes.
        lon, lat : ndarray of float, shape (n,)
            Degrees, WGS 84; NaN where there is no place.
        """
        import shapely

        codes = named.astype("string").fillna("").to_numpy(dtype=object)
        # Unknown where no district is named or its outline is not at hand: that is no contradiction.
        lies_inside = np.full(len(codes), None, dtype=object)
        for code, polygon in self.polygons.items():
            rows = np.flatnonzero((codes == code) & np.isfinite(lon))
            points = shapely.points(np.column_stack([lon[rows], lat[rows]]))
            lies_inside[rows] = shapely.dwithin(polygon, points, _TOLERANCE_DEG)
        return pd.Series(lies_inside, index=named.index).astype("boolean")

    def codes_at(
        self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.object_]:
        """Return the code of the district at each point, ``None`` where there is none."""
        import shapely

        codes = np.full(len(lon), None, dtype=object)
        for code, polygon in self.polygons.items():
            codes[shapely.contains_xy(polygon, lon, lat)] = code
        return codes


def core(name: str) -> str:
    """Return a district's name without its kind.

    Examples
    --------
    >>> core("白云区"), core("增城市")
    ('白云', '增城')
    """
    text = name.strip()
    return text[:-1] if len(text) > 2 and text[-1] in "区市县" else text


def check(
    frame: pd.DataFrame,
    *,
    limits: Limits,
    named: pd.Series[str] | None = None,
    pile: int = PILE,
) -> pd.DataFrame:
    """Look at all places of a frame at once.

    Parameters
    ----------
    frame : DataFrame
        ``lon, lat`` or point ``geometry`` (WGS 84), ``geocode_level``, ``source``, ``source_row``.
    limits : Limits
        The city.
    named : Series, optional
        Code of the district each address names, aligned with ``frame``; ``<NA>`` where none.
    pile : int
        Firms on one point from which on it is flagged.

    Returns
    -------
    issues : DataFrame
        Places outside the city or in another district than named, a datum that is probably wrong, and piles.
    """
    lon, lat = lonlat(frame)
    parts = [_outside(frame, lon, lat, limits), _piles(frame, lon, lat, pile)]
    # Without outlines nobody can say in which district a point lies.
    if named is not None and limits.polygons:
        parts += [
            _other_district(frame, lon, lat, named, limits),
            _wrong_datum(frame, lon, lat, named, limits),
        ]
    return issues.concat(parts)


def lonlat(frame: pd.DataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitudes and latitudes of a frame's places, NaN where there is none."""
    import shapely

    if "geometry" in frame.columns:
        shapes = np.array(frame["geometry"], dtype=object)
        # A column of shapes may hold NaN for rows without one.
        shapes[~shapely.is_geometry(shapes)] = None
        x, y = shapely.get_x(shapes), shapely.get_y(shapes)
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return floats(frame["lon"]), floats(frame["lat"])


def floats(column: pd.Series[float]) -> npt.NDArray[np.float64]:
    """Return a column of numbers as an array, NaN where unknown."""
    values = column.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(values, dtype=np.float64)


def coincident_firms(frame: pd.DataFrame) -> pd.Series[int]:
    """Return for each row how many firms share its very point (to 0.1 m), ``<NA>`` at coarse levels."""
    lon, lat = lonlat(frame)
    fine = frame["geocode_level"].isin(_PILE_LEVELS).to_numpy(dtype=bool) & np.isfinite(lon)
    keys = pd.DataFrame({"x": np.round(lon, 6), "y": np.round(lat, 6)}, index=frame.index)[fine]
    sizes = keys.groupby(["x", "y"])["x"].transform("size")
    return sizes.astype("Int64").reindex(frame.index)


def _outside(
    frame: pd.DataFrame,
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    limits: Limits,
) -> pd.DataFrame:
    west, south, east, north = limits.extent
    out = np.isfinite(lon) & ~((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    at = np.flatnonzero(out)
    return issues.from_records(
        {"rule": OUTSIDE, **where, "lon": x, "lat": y}
        for where, x, y in zip(_where(frame, at), lon[at], lat[at], strict=True)
    )


def _other_district(
    frame: pd.DataFrame,
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    named: pd.Series[str],
    limits: Limits,
) -> pd.DataFrame:
    inside = limits.inside(named, lon, lat)
    at = np.flatnonzero((~inside).fillna(value=False).to_numpy(dtype=bool))
    actual = limits.codes_at(lon[at], lat[at])
    return issues.from_records(
        {
            "rule": OTHER_DISTRICT,
            **where,
            "district": limits.name(str(district)),
            "found": limits.name(code) if code else "—",
        }
        for where, district, code in zip(_where(frame, at), named.iloc[at], actual, strict=True)
    )


def _wrong_datum(
    frame: pd.DataFrame,
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    named: pd.Series[str],
    limits: Limits,
) -> pd.DataFrame:
    """Compare every source's own coordinates, in the datum it states, with the districts that its addresses name."""
    from industrymap.datum import convert, suspect_datum

    given = frame["geocode_level"].isin(["given", "confirmed"]).to_numpy(dtype=bool)
    # Coordinates without a stated datum were read as WGS 84.
    datums = _column(frame, "datum").fillna("wgs84")
    groups = frame[given].groupby([_column(frame, "source")[given], datums[given]], sort=True)
    records = []
    places = pd.Series(np.arange(len(frame)), index=frame.index)
    for group, rows in groups:
        source, datum = (str(part) for part in group)
        at = places[rows.index].to_numpy()
        # Back to the numbers as the source wrote them: only they show which datum they were in.
        x, y = convert(lon[at], lat[at], source="wgs84", target=datum)
        _, suspicion = suspect_datum(
            x, y, declared=datum, named=named.iloc[at], districts=limits.polygons
        )
        if suspicion:
            record = {"rule": WRONG_DATUM, "source": source, "row": None, "column": "datum"}
            records.append(record | {"value": datum, "zh": suspicion.zh, "en": suspicion.en})
    return issues.from_records(records)


def _piles(
    frame: pd.DataFrame,
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    least: int,
) -> pd.DataFrame:
    sizes = coincident_firms(frame)
    piled = np.flatnonzero((sizes >= least).fillna(value=False).to_numpy(dtype=bool))
    points = pd.DataFrame({"x": np.round(lon[piled], 6), "y": np.round(lat[piled], 6)})
    # One report for each pile, at its first firm.
    at = piled[~points.duplicated().to_numpy()]
    return issues.from_records(
        {"rule": PILED, **where, "n": int(n), "lon": x, "lat": y}
        for where, n, x, y in zip(_where(frame, at), sizes.iloc[at], lon[at], lat[at], strict=True)
    )


def _where(frame: pd.DataFrame, at: npt.NDArray[np.intp]) -> list[dict[str, Any]]:
    """Return where rows came from, as an issue says it."""
    rows = frame["source_row"].astype("Int64").iloc[at]
    columns = _column(frame, "source").iloc[at], rows, _column(frame, "address").iloc[at]
    return [
        {"source": source, "row": row, "column": "address", "value": value}
        for source, row, value in zip(*columns, strict=True)
    ]


def _column(frame: pd.DataFrame, name: str) -> pd.Series[str]:
    if name in frame.columns:
        return frame[name].astype("string")
    return pd.Series(pd.NA, index=frame.index, dtype="string")
