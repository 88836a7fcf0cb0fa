"""A wrong datum shows against the districts that addresses name, and nowhere else in the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap.datum._convert import convert
from industrymap.datum._numbers import Message
from industrymap.datum._systems import Datum, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

__all__ = ["share_in_named_district", "suspect_datum"]


def share_in_named_district(
    lon: npt.ArrayLike, lat: npt.ArrayLike, *, named: Iterable[Any], districts: Mapping[str, Any]
) -> tuple[float, int]:
    """Return which share of points lies in the district that their address names.

    Parameters
    ----------
    lon, lat : array-like of float
        WGS 84 degrees.
    named : iterable of str or NA
        The district each address names; points without one, or with an unknown one, do not count.
    districts : mapping of str to geometry
        WGS 84 polygons by the same names.

    Returns
    -------
    share : float
        0 to 1; ``NaN`` where nothing counts.
    n : int
        Points that count.

    Examples
    --------
    >>> import shapely
    >>> districts = {"东区": shapely.box(113.3, 23.1, 113.4, 23.2), "西区": shapely.box(113.2, 23.1, 113.3, 23.2)}
    >>> share_in_named_district([113.35, 113.25], [23.15, 23.15], named=["东区", "东区"], districts=districts)
    (0.5, 2)
    """
    lon, lat = np.asarray(lon, dtype=float).ravel(), np.asarray(lat, dtype=float).ravel()
    names = np.array([name if isinstance(name, str) else "" for name in named], dtype=object)
    usable = np.isfinite(lon) & np.isfinite(lat)
    hits = total = 0
    for name in sorted(set(names) & set(districts)):
        rows = usable & (names == name)
        polygon = districts[name]
        # Thousands of points are tested against one outline.
        shapely.prepare(polygon)
        hits += int(shapely.contains_xy(polygon, lon[rows], lat[rows]).sum())
        total += int(rows.sum())
    return (hits / total if total else float("nan")), total


def suspect_datum(  # noqa: PLR0913 - the points, their names, the districts and three choices
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    declared: str | Datum,
    named: Iterable[Any],
    districts: Mapping[str, Any],
    among: Iterable[str] = ("wgs84", "gcj02", "bd09"),
    margin: float = 0.01,
    least: int = 200,
) -> tuple[dict[str, float], Message | None]:
    """Compare the declared datum with others by the share of points in the district their address names.

    A wrong offset pushes points across district borders. On a real file the right datum had 97.1 % in the named
    district and a wrong one 91.9 %.

    Parameters
    ----------
    x, y : array-like of float
        Degrees in the declared datum.
    declared : str or Datum
        What the file says.
    named, districts
        As in :func:`share_in_named_district`.
    among : iterable of str
        Datums to compare with.
    margin : float
        How much better another must be before it is named; never less than two standard errors of the share.
    least : int
        Fewer points than this prove nothing.

    Returns
    -------
    shares : dict of str to float
        Share by datum id.
    message : Message or None
        A suspicion, for a person to decide; nothing is changed by it.

    Examples
    --------
    >>> import numpy as np
    >>> import shapely
    >>> districts = {"东区": shapely.box(113.3, 23.1, 113.4, 23.2), "西区": shapely.box(113.2, 23.1, 113.3, 23.2)}
    >>> x = np.full(400, 113.303)  # GCJ-02 numbers of places just west of the border
    >>> shares, message = suspect_datum(
    ...     x, np.full(400, 23.15), declared="wgs84", named=["西区"] * 400, districts=districts
    ... )
    >>> shares["wgs84"], shares["gcj02"], message is not None
    (0.0, 1.0, True)
    """
    names = list(named)
    start = resolve(declared)
    candidates = {start.id: start} | {resolve(text).id: resolve(text) for text in among}
    counted = {
        key: share_in_named_district(*convert(x, y, source=datum), named=names, districts=districts)
        for key, datum in candidates.items()
    }
    shares = {key: share for key, (share, _) in counted.items()}
    own, n = counted[start.id]
    # Of equal shares the declared datum: it must be beaten, not met.
    best = max(shares, key=lambda key: (shares[key], key == start.id))
    if n < least or best == start.id:
        return shares, None
    # Two standard errors; 1/n keeps them above 0 where every point fits.
    noise = 2 * float(np.sqrt(max(own * (1 - own), 1 / n) / n))
    if shares[best] - own < max(margin, noise):
        return shares, None
    return shares, Message(
        code="datum",
        zh=f"按声明的坐标系 {start.zh}，{own:.1%} 的点落在地址所写的区内；若为 {candidates[best].zh} 则为 "
        f"{shares[best]:.1%}（n={n:,}）。坐标系可能声明有误。",
        en=f"Read as {start.en}, {own:.1%} of the points lie in the district their address names; read as "
        f"{candidates[best].en}, {shares[best]:.1%} (n={n:,}). The declared datum may be wrong.",
        count=n,
        total=n,
        crs=(best,),
    )
