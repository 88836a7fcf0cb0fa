"""What coordinates look like: degrees or metres, which zone, swapped. Never the datum.

Magnitudes give away the projection zone, because Chinese eastings carry 500 000 m and often the zone number; they never
give away the datum, because the same place differs by less than 100 m of northing between CGCS2000, Xian 1980 and
Beijing 1954. The datum shows only against something else: the districts that addresses name
(:func:`industrymap.datum.share_in_named_district`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap.datum._convert import convert
from industrymap.datum._systems import GaussKruger, gauss_kruger

if TYPE_CHECKING:
    import numpy.typing as npt

    from industrymap.terms import Extent

    Points = npt.NDArray[np.float64]

__all__ = ["CHINA", "MOST", "Message", "flat", "looks_like"]

CHINA: Extent = (73.0, 3.0, 136.0, 54.0)
MOST = 0.5  # more than half of the points must agree before a pattern is named
_TOLERANCE_M = 50_000.0
_ASK_ZH = "大地基准（CGCS2000、西安80、北京54）无法由数值判断，请声明。"
_ASK_EN = "The datum (CGCS2000, Xian 1980, Beijing 1954) does not show in the numbers: declare it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing that coordinates give away.

    Attributes
    ----------
    code : str
        ``degrees``, ``metres``, ``zone``, ``swapped``, ``zero``, ``missing``, ``outside``, ``mercator`` or ``unknown``;
        from :func:`suspect_datum`, ``datum``.
    zh, en : str
        The sentence.
    count, total : int
        How many points it concerns, of how many.
    crs : tuple of str
        Codes that fit, best first.
    """

    code: str
    zh: str
    en: str
    count: int = 0
    total: int = 0
    crs: tuple[str, ...] = ()


def looks_like(x: npt.ArrayLike, y: npt.ArrayLike, extent: Extent | None = None) -> list[Message]:
    """Say what coordinates without any declaration look like.

    Parameters
    ----------
    x, y : array-like of float
        Numbers as they are in the file.
    extent : tuple of float, optional
        The city's extent in WGS 84 degrees; with it, zones that do not reach the city are left out.

    Returns
    -------
    messages : list of Message
        The unit, and where magnitudes give it away the zones that fit; swapped axes are said. ``crs`` lists CGCS2000
        codes only as the shape of the numbers: the datum remains to be declared.

    Examples
    --------
    >>> looks_like([38_450_000.0], [2_560_000.0])[0].crs
    ('EPSG:4526',)
    """
    all_x, all_y = flat(x), flat(y)
    # 0, 0 is a blank that some program has filled.
    use = np.isfinite(all_x) & np.isfinite(all_y) & ~((all_x == 0) & (all_y == 0))
    if not use.any():
        return []
    x, y = flat(all_x[use]), flat(all_y[use])
    # As they are in the file first; the other way round only where that fits nothing.
    for swapped, (east, north) in ((False, (x, y)), (True, (y, x))):
        patterns = _degrees(east, north) or _metres(east, north, extent)
        if patterns:
            return [_say(one, swapped=swapped, total=x.size) for one in patterns]
    return [
        Message(
            code="unknown",
            zh=f"坐标数值无法识别：x 约 {_typical(x)}，y 约 {_typical(y)}；可能是城市独立坐标系，"
            "请提供 PROJ 参数串或至少 3 个控制点。",
            en=f"The numbers fit no known pattern: x about {_typical(x)}, y about {_typical(y)}; they may be a city's local "
            "grid: give a PROJ string or at least 3 control points.",
            count=x.size,
            total=x.size,
        )
    ]


def flat(values: npt.ArrayLike) -> Points:
    """Return numbers as one row of floats."""
    return np.asarray(values, dtype=float).ravel()


def _typical(values: npt.NDArray[np.float64]) -> str:
    return f"{float(np.median(values)):,.6g}"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What numbers look like, as two half-sentences and what follows from them."""

    code: str
    zh: str
    en: str
    then_zh: str
    then_en: str
    crs: tuple[str, ...] = ()


def _say(pattern: _Pattern, *, swapped: bool, total: int) -> Message:
    turn_zh, turn_en = ("，但 x、y 互换", ", but swapped") if swapped else ("", "")
    return Message(
        code=pattern.code,
        zh=f"坐标像是{pattern.zh}{turn_zh}；{pattern.then_zh}",
        en=f"The numbers look like {pattern.en}{turn_en}; {pattern.then_en}",
        count=total,
        total=total,
        crs=pattern.crs,
    )


def _degrees(east: Points, north: Points) -> list[_Pattern]:
    west, south, limit, top = CHINA
    if ((east >= west) & (east <= limit) & (north >= south) & (north <= top)).mean() <= MOST:
        return []
    return [
        _Pattern(
            "degrees",
            "经纬度",
            "longitude and latitude",
            "数值本身看不出是 WGS 84、GCJ-02 还是 BD-09，请声明。",
            "they do not tell WGS 84 from GCJ-02 or BD-09: declare it.",
        )
    ]


def _metres(east: Points, north: Points, extent: Extent | None) -> list[_Pattern]:
    """Recognise Gauss-Krüger eastings with or without a zone number, and Web Mercator."""
    # The median, so that a few wrong rows decide nothing.
    easting, northing = float(np.median(east)), float(np.median(north))
    zones = [zone for zone in _zones() if _fits(zone, easting, northing, extent)]
    # The nearest central meridian first, and of two the narrower zone.
    zones.sort(key=lambda zone: (_distance(zone, extent), zone.width, zone.code))
    return [*_zone(zones, sure=extent is not None), *_mercator(easting, northing, extent)]


def _zones() -> list[GaussKruger]:
    return [zone for zone in map(gauss_kruger, range(4491, 4555)) if zone is not None]


def _zone(zones: list[GaussKruger], *, sure: bool) -> list[_Pattern]:
    if not zones:
        return []
    codes = tuple(f"EPSG:{zone.code}" for zone in zones)
    first = zones[0]
    if first.zone is not None:
        zh = f"高斯-克吕格 {first.width} 度带第 {first.zone} 带的米制坐标（东坐标带带号）"
        en = f"Gauss-Krüger metres of {first.width}-degree zone {first.zone} (zone number in front)"
    else:
        zh, en = (
            "高斯-克吕格米制坐标（东坐标不带带号）",
            "Gauss-Krüger metres without a zone number",
        )
        if not sure:
            return [
                _Pattern(
                    "zone", zh, en,
                    f"中央经线无法由数值判断，须另行说明。{_ASK_ZH}",
                    f"the central meridian does not show in them. {_ASK_EN}",
                )
            ]  # fmt: skip
        meridians = list(dict.fromkeys(f"{zone.meridian}°E" for zone in zones))
        zh = f"{zh}，中央经线可能为 {'、'.join(meridians)}"
        en = f"{en}, central meridian possibly {', '.join(meridians)}"
    return [
        _Pattern(
            "zone", zh, en,
            f"若为 CGCS2000，对应 {'、'.join(codes)}。{_ASK_ZH}",
            f"on CGCS2000 that would be {', '.join(codes)}. {_ASK_EN}",
            codes,
        )
    ]  # fmt: skip


def _fits(zone: GaussKruger, easting: float, northing: float, extent: Extent | None) -> bool:
    """Return whether a median easting and northing can belong to the zone, and where known to the city."""
    offset = easting - zone.false_easting_m
    # A zone reaches half its width to both sides, 56 km for each degree; China lies between these
    # northings.
    if abs(offset) > 60_000 * zone.width or not 300_000 <= northing <= 6_100_000:
        return False
    if extent is None:
        return True
    west, south, east, north = extent
    (low_x, high_x), (low_y, high_y) = _box(zone, (west, south, east, north))
    return (
        # A file of the city may hold places around it as well.
        low_x - _TOLERANCE_M <= easting <= high_x + _TOLERANCE_M
        and low_y - _TOLERANCE_M <= northing <= high_y + _TOLERANCE_M
        and abs((west + east) / 2 - zone.meridian) <= zone.width
    )


def _box(zone: GaussKruger, extent: Extent) -> tuple[tuple[float, float], tuple[float, float]]:
    west, south, east, north = extent
    x, y = convert([west, east, west, east], [south, south, north, north], source="wgs84", target=f"EPSG:{zone.code}")  # fmt: skip
    return (float(x.min()), float(x.max())), (float(y.min()), float(y.max()))


def _distance(zone: GaussKruger, extent: Extent | None) -> float:
    return abs((extent[0] + extent[2]) / 2 - zone.meridian) if extent else 0.0


def _mercator(easting: float, northing: float, extent: Extent | None) -> list[_Pattern]:
    """Recognise Web Mercator metres over China, or over the city where its extent is known."""
    west, south, east, north = extent or CHINA
    x, y = convert([west, east], [south, north], source="wgs84", target="EPSG:3857")
    room = _TOLERANCE_M if extent else 0.0
    if not (x[0] - room <= easting <= x[1] + room and y[0] - room <= northing <= y[1] + room):
        return []
    return [
        _Pattern(
            "mercator",
            "Web 墨卡托米制坐标（EPSG:3857）",
            "Web Mercator metres (EPSG:3857)",
            "其下的基准可能是 WGS 84 或 GCJ-02，请声明。",
            "the datum below may be WGS 84 or GCJ-02: declare it.",
            ("EPSG:3857",),
        )
    ]
