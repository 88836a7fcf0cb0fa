"""Online basemaps a reader may switch on: their address, their datum, whom to name."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from industrymap.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BASEMAPS", "Basemap", "chosen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """One basemap.

    Attributes
    ----------
    id, zh, en : str
    urls : tuple of str
        Tile addresses drawn one over the other: ``{x} {y} {z}``, ``{s}`` a server, ``{key}`` the user's key.
    servers : str
        What ``{s}`` may be, one character each.
    hosts : tuple of str
        Hosts the page may then load images from.
    datum : str
        ``wgs84`` or ``gcj02``: overlays are moved to it while the basemap is on.
    flip_y : bool
        True where rows count from the south (TMS).
    attribution, terms : str
        Whom to name, and where the terms of use are.
    max_zoom : int
    needs_key : bool
    """

    id: str
    zh: str
    en: str
    urls: tuple[str, ...]
    hosts: tuple[str, ...]
    datum: str
    attribution: str
    terms: str
    servers: str = ""
    flip_y: bool = False
    max_zoom: int = 18
    needs_key: bool = False

    def described(self) -> dict[str, Any]:
        """Return what the page needs to know."""
        return asdict(self)


# Each needs its datum: overlays are moved to it when the basemap is switched, or they lie some 600
# m off.
BASEMAPS = (
    Basemap(
        id="osm",
        zh="OpenStreetMap",
        en="OpenStreetMap",
        urls=("https://tile.openstreetmap.org/{z}/{x}/{y}.png",),
        hosts=("https://tile.openstreetmap.org",),
        datum="wgs84",
        attribution="© OpenStreetMap contributors",
        terms="https://operations.osmfoundation.org/policies/tiles/",
        max_zoom=19,
    ),
    Basemap(
        id="tianditu",
        zh="天地图",
        en="Tianditu",
        # Streets and their labels are two tile sets at 天地图.
        urls=(
            "https://t{s}.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}",
            "https://t{s}.tianditu.gov.cn/cva_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=cva&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}",
        ),
        hosts=("https://*.tianditu.gov.cn",),
        # CGCS2000, which is treated as equal to WGS 84.
        datum="wgs84",
        attribution="天地图 国家地理信息公共服务平台",
        terms="https://www.tianditu.gov.cn/",
        servers="01234567",
        needs_key=True,
    ),
    Basemap(
        id="amap",
        zh="高德",
        en="Amap",
        urls=(
            "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",
        ),
        hosts=("https://*.is.autonavi.com",),
        datum="gcj02",
        attribution="© 高德地图",
        terms="https://lbs.amap.com/",
        servers="1234",
    ),
    Basemap(
        id="tencent",
        zh="腾讯",
        en="Tencent",
        urls=("https://rt{s}.map.gtimg.com/realtimerender?z={z}&x={x}&y={y}&type=vector&style=0",),
        hosts=("https://*.map.gtimg.com",),
        datum="gcj02",
        attribution="© 腾讯地图",
        terms="https://lbs.qq.com/",
        servers="0123",
        # Tencent counts rows of tiles from the south (as TMS does).
        flip_y=True,
    ),
)
"""Every basemap the page knows."""


def chosen(names: Sequence[str | Basemap]) -> tuple[Basemap, ...]:
    """Return the named basemaps; a key follows its name after a colon. A record of one's own is taken as it is.

    Raises
    ------
    ConfigError
        An unknown name, or a missing key.

    Examples
    --------
    >>> [b.datum for b in chosen(["amap", "tianditu:0123abc"])]
    ['gcj02', 'wgs84']
    """
    return tuple(name if isinstance(name, Basemap) else _one(name) for name in names)


def _one(text: str) -> Basemap:
    name, _, key = text.partition(":")
    known = {b.id: b for b in BASEMAPS}
    if name not in known:
        near = ", ".join(nearest(name, known) or sorted(known))
        raise ConfigError(
            f"There is no basemap {name!r}; known: {near}.", f"没有底图 {name!r}，可选：{near}。"
        )
    basemap = known[name]
    if not basemap.needs_key:
        return basemap
    # Only letters and digits: the key goes into an address in the page.
    if not (key.isalnum() and key.isascii()):
        raise ConfigError(
            f"The basemap {name!r} needs a key: write {name}:KEY.",
            f"底图 {name!r} 需要密钥：请写成 {name}:密钥。",
        )
    return replace(basemap, urls=tuple(u.replace("{key}", key) for u in basemap.urls))
