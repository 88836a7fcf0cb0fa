"""What is odd about coordinates that are declared to be in a datum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from industrymap.datum._convert import convert
from industrymap.datum._numbers import CHINA, MOST, Message, flat, looks_like
from industrymap.datum._systems import Datum, gauss_kruger, resolve

if TYPE_CHECKING:
    import numpy.typing as npt

    from industrymap.terms import Extent

__all__ = ["plausible"]

_A_ZONE_M, _FIRST_ZONE = 1e6, 13
"""Eastings of zone 38 begin with 38 million; China's zones begin with 13."""


def plausible(
    x: npt.ArrayLike, y: npt.ArrayLike, datum: str | Datum, extent: Extent | None = None
) -> list[Message]:
    """Say what is odd about coordinates that are declared to be in ``datum``.

    Parameters
    ----------
    x, y : array-like of float
        Numbers as they are in the file.
    datum : str or Datum
        What they are declared to be.
    extent : tuple of float, optional
        ``west, south, east, north`` of the city in WGS 84 degrees; China's bounding box without one.

    Returns
    -------
    messages : list of Message
        Empty where nothing is odd. A message never claims a datum.

    Examples
    --------
    >>> [m.code for m in plausible([23.1, 23.2], [113.2, 113.3], "wgs84")]
    ['swapped']
    """
    declared = resolve(datum)
    all_x, all_y = flat(x), flat(y)
    known = np.isfinite(all_x) & np.isfinite(all_y)
    zero = known & (all_x == 0) & (all_y == 0)
    use = known & ~zero
    messages = [*_missing(~known), *_zero(zero)]
    if not use.any():
        return messages
    x, y = flat(all_x[use]), flat(all_y[use])
    inside = _inside(x, y, declared, extent or CHINA)
    outside = int((~inside).sum())
    # The zone's number is in the eastings themselves: that another one is meant shows without a city.
    if _of_another_zone(x, declared):
        other = [m for m in looks_like(x, y, extent) if not _agrees(declared, m)]
        if other:
            return [*messages, *other]
    if not outside:
        return messages
    # A few points outside are wrong rows; most of them are a wrong declaration.
    if outside > MOST * x.size:
        # Tried first: swapped axes explain it without another datum.
        if _inside(y, x, declared, extent or CHINA).mean() > MOST:
            return [*messages, _swapped(outside, x.size)]
        other = [m for m in looks_like(x, y, extent) if not _agrees(declared, m)]
        if other:
            return [*messages, *other]
    return [*messages, _outside(outside, x.size, declared)]


def _inside(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], datum: Datum, extent: Extent
) -> npt.NDArray[np.bool_]:
    west, south, east, north = extent
    lon, lat = convert(x, y, source=datum)
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _of_another_zone(x: npt.NDArray[np.float64], datum: Datum) -> bool:
    """Tell whether most eastings begin with the number of another zone than the declared one."""
    code = datum.id.removeprefix("EPSG:")
    zone = gauss_kruger(int(code)) if code.isdigit() else None
    if zone is None or zone.zone is None:
        return False
    prefix = np.floor(x / _A_ZONE_M)
    return bool(((prefix >= _FIRST_ZONE) & (prefix != zone.zone)).mean() > MOST)


def _missing(missing: npt.NDArray[np.bool_]) -> list[Message]:
    count = int(missing.sum())
    if not count:
        return []
    return [
        Message(
            code="missing",
            zh=f"{count:,} 个点没有坐标或坐标不是数。",
            en=f"{count:,} points have no coordinates, or ones that are not numbers.",
            count=count,
            total=missing.size,
        )
    ]


def _zero(zero: npt.NDArray[np.bool_]) -> list[Message]:
    count = int(zero.sum())
    if not count:
        return []
    return [
        Message(
            code="zero",
            zh=f"{count:,} 个点的坐标为 0, 0，视为缺失。",
            en=f"{count:,} points lie at 0, 0, which counts as missing.",
            count=count,
            total=zero.size,
        )
    ]


def _swapped(count: int, total: int) -> Message:
    return Message(
        code="swapped",
        zh=f"{count:,}/{total:,} 个点的 x、y 像是互换了（测量坐标 X 为北、Y 为东；应先经度/东坐标，后纬度/北坐标）。",
        en=f"x and y look swapped in {count:,} of {total:,} points (survey tables give X = north, Y = east; longitude or "
        "easting is expected first).",
        count=count,
        total=total,
    )


def _outside(count: int, total: int, datum: Datum) -> Message:
    return Message(
        code="outside",
        zh=f"按 {datum.zh}，{count:,}/{total:,} 个点在城市范围之外。",
        en=f"Read as {datum.en}, {count:,} of {total:,} points lie outside the city's extent.",
        count=count,
        total=total,
    )


def _agrees(declared: Datum, message: Message) -> bool:
    """Return whether the numbers look like what is declared, or like nothing known."""
    if message.code == "degrees":
        return declared.in_degrees
    return message.code == "unknown" or declared.id in message.crs
