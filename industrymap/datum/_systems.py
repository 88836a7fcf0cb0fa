"""Which coordinate systems there are, under which names, and which are refused and why.

The policies, all stated in the messages a user sees:

- CGCS2000 counts as equal to WGS 84: PROJ has no operation between them, and they agree to a few centimetres.
- Xian 1980 and Beijing 1954 are refused unless the definition carries its own shift (``+towgs84=``): without one PROJ
  moves the first by nothing at all, and the second by 52.8 m south of 22.89°N and nothing north of it.
- The same holds for any system whose datum is unknown and whose ellipsoid is neither GRS 80, CGCS2000 nor WGS 84.
- x is always longitude or easting and y latitude or northing, whatever axis order the registry gives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import pyproj
from pyproj.exceptions import CRSError, ProjError

from industrymap.errors import DatumError, did_you_mean, nearest

__all__ = ["BD09", "CGCS2000", "GCJ02", "WGS84", "Datum", "GaussKruger", "gauss_kruger", "resolve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """One coordinate system that numbers can be in.

    Attributes
    ----------
    id : str
        Short text that :func:`resolve` accepts again: ``wgs84``, ``gcj02``, ``bd09``, ``cgcs2000``, ``EPSG:4547``, or
        the definition as it was given.
    kind : str
        ``geographic`` (degrees), ``gcj02``, ``bd09`` (both degrees), ``projected`` (metres) or ``pipeline`` (a PROJ
        pipeline from local metres to degrees, as :func:`industrymap.datum.fit` writes).
    zh, en : str
        What a person calls it.
    definition : str
        What PROJ understands; empty where the offset formulas are used.
    """

    id: str
    kind: str
    zh: str
    en: str
    definition: str = ""

    @property
    def in_degrees(self) -> bool:
        """Return whether its numbers are longitude and latitude."""
        return self.kind in {"geographic", "gcj02", "bd09"}

    @property
    def as_wgs84(self) -> bool:
        """Return whether its numbers are taken for WGS 84 longitude and latitude as they are."""
        return self.id in {"wgs84", "cgcs2000"}

    def name(self, lang: str = "zh") -> str:
        """Return its name in ``lang``."""
        return self.zh if lang == "zh" else self.en


WGS84 = Datum(
    id="wgs84", kind="geographic", zh="WGS 84 经纬度", en="WGS 84", definition="EPSG:4326"
)
CGCS2000 = Datum(
    id="cgcs2000",
    kind="geographic",
    zh="CGCS2000 经纬度（视同 WGS 84）",
    en="CGCS2000 (taken as equal to WGS 84)",
    definition="EPSG:4490",
)
GCJ02 = Datum(id="gcj02", kind="gcj02", zh="GCJ-02（国测局坐标）", en="GCJ-02")
BD09 = Datum(id="bd09", kind="bd09", zh="BD-09（百度坐标）", en="BD-09")

_NAMES = {
    "wgs84": WGS84, "wgs1984": WGS84, "gps": WGS84, "crs84": WGS84, "ogc:crs84": WGS84, "osm": WGS84,
    "openstreetmap": WGS84, "世界大地坐标系": WGS84,
    "urn:ogc:def:crs:ogc:1.3:crs84": WGS84, "urn:ogc:def:crs:ogc::crs84": WGS84,
    "cgcs2000": CGCS2000, "国家2000": CGCS2000, "2000国家大地坐标系": CGCS2000, "国家大地2000": CGCS2000,
    # The bare year is what a column of datums says; EPSG:2000 is a grid of Anguilla.
    "2000": CGCS2000, "2000坐标系": CGCS2000, "2000坐标": CGCS2000, "2000大地坐标系": CGCS2000, "国家2000坐标系": CGCS2000,
    "cgcs2000坐标系": CGCS2000, "cgcs2000大地坐标系": CGCS2000, "国家2000坐标": CGCS2000,
    "国家2000大地坐标系": CGCS2000, "大地2000": CGCS2000, "天地图": CGCS2000, "tianditu": CGCS2000,
    "gcj02": GCJ02, "国测局": GCJ02, "国测局坐标": GCJ02, "火星坐标": GCJ02, "火星坐标系": GCJ02, "高德": GCJ02,
    "高德坐标": GCJ02, "高德地图": GCJ02, "amap": GCJ02, "gaode": GCJ02, "autonavi": GCJ02, "腾讯": GCJ02,
    "腾讯地图": GCJ02, "tencent": GCJ02, "qq": GCJ02,
    "bd09": BD09, "bd09ll": BD09, "百度": BD09, "百度坐标": BD09, "百度坐标系": BD09, "百度地图": BD09, "baidu": BD09,
}  # fmt: skip

_KNOWN = "wgs84, gcj02, bd09, cgcs2000, EPSG:4547, +proj=…"
_MAX_CHARS = 20_000
# What a definition could open or run: from outside, none of it is allowed.
_FILES = re.compile(r"grids\s*=|\+init\b|^init=|parameterfile|\+file\s*=|://|/vsi|xyzgridshift|vgridshift|hgridshift|deformation|defmodel|tinshift", re.IGNORECASE)  # fmt: skip
_DEFINITION = re.compile(
    r"^\s*(\+proj=|(PROJ|GEOG|GEOD|GEOC|BOUND|COMPD?|COMPOUND|VERT|DERIVED)\w*\s*\[)", re.IGNORECASE
)
_CODE = re.compile(r"^(?:urn:ogc:def:crs:)?(EPSG|ESRI)?:{0,2}(?:[\d.]*:)?(\d{4,6})$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?://(?:www\.)?opengis\.net/(?:def/crs/|gml/srs/)|urn:(?:x-)?ogc:def:crs[:,])?"
    r"(?P<authority>EPSG|OGC|ESRI)(?:\.xml\#|[/:][\d.]*[/:]|[/:])(?P<code>CRS84h?|\d{4,6})/?",
    re.IGNORECASE,
)
"""``http://www.opengis.net/def/crs/EPSG/0/4490``, ``http://www.opengis.net/gml/srs/epsg.xml#4490``, ``urn:ogc:def:crs:EPSG::4490``."""
_SOFT_ELLIPSOIDS = {6378137.0}  # GRS 80, CGCS2000 and WGS 84 differ by 0.1 mm at the pole
_KRASSOWSKY, _IAG_1975 = 6378245.0, 6378140.0


def resolve(text: str | Datum) -> Datum:
    """Find the coordinate system that ``text`` names.

    Parameters
    ----------
    text : str or Datum
        A name (``wgs84``, ``GCJ-02``, ``百度``, ``国家2000`` …), a code (``EPSG:4547``, ``4547``), a PROJ string, a PROJ
        pipeline to degrees, or WKT as a ``.prj`` file holds it. A :class:`Datum` comes back as it is.

    Returns
    -------
    datum : Datum

    Raises
    ------
    DatumError
        The name is unknown or missing; the system is Xian 1980, Beijing 1954 or of unknown datum and brings no shift;
        the definition opens files; the system is a local grid without public parameters.

    Examples
    --------
    >>> resolve("GCJ-02").id, resolve("4547").id
    ('gcj02', 'EPSG:4547')
    >>> resolve("EPSG:2383")
    Traceback (most recent call last):
    industrymap.errors.DatumError: 'EPSG:2383' is Xian 1980, ...
    """
    return text if isinstance(text, Datum) else _resolve(_code_of(text.strip()))


def _code_of(text: str) -> str:
    """Return the code that an OGC address, an older GML address or a URN means; nothing is fetched."""
    match = _ADDRESS.fullmatch(text.strip("[]<> "))
    if match is None:
        return text
    authority, code = match["authority"].upper(), match["code"]
    return f"{authority}:{code}" if authority in {"EPSG", "ESRI"} else f"OGC:{code.upper()}"


@lru_cache(maxsize=256)
def _resolve(text: str) -> Datum:
    if not text:
        raise DatumError(
            f"No datum is given; say which one the coordinates are in: {_KNOWN}.",
            f"没有说明坐标系，请指明坐标所用的坐标系：{_KNOWN}。",
        )
    # Before PROJ sees it: a definition from outside may open files.
    _refuse_unsafe(text)
    known = _NAMES.get(_plain(text))
    if known is not None:
        return known
    strip = _strip_named(_plain(text))
    if strip is not None:
        return _resolve(f"EPSG:{strip}")
    # Before PROJ, which would take Xian 1980 and move it by nothing.
    _refuse_by_name(text)
    if "+proj=pipeline" in text.replace(" ", ""):
        return _pipeline(text)
    return _from_crs(text, _parse(text))


def _strip_named(plain: str) -> int | None:
    """Return the code of a strip of 3 degrees of CGCS2000 named in words: CGCS2000 114度带, 2000坐标系3度带38带."""
    if plain.isdigit() or not _OF_2000.match(plain) or re.search(r"[6六]度", plain):
        return None
    rest = _OF_2000.sub("", plain, count=1)
    number = {
        int(found) for found in re.findall(r"\d+", re.sub(r"[3三]度(?=分?带|投影|高斯)", "", rest))
    }
    at = number.pop() if len(number) == 1 else 0
    # Longitudes of central meridians are multiples of three; zones are numbered 25 to 45.
    if 75 <= at <= 135 and at % 3 == 0:
        return 4534 + (at - 75) // 3
    return 4513 + at - 25 if 25 <= at <= 45 else None


_OF_2000 = re.compile(r"(?:cgcs|国家|中国)?2000(?:国家)?(?:大地)?(?:坐标系?)?")


def _plain(text: str) -> str:
    return re.sub(r"[\s\-_]", "", text).lower()


def _refuse_unsafe(text: str) -> None:
    if len(text) > _MAX_CHARS or _FILES.search(text):
        raise DatumError(
            f"The definition {text[:60]!r} is too long or opens files (grids, +init); give the system's own parameters.",
            f"坐标系定义 {text[:60]!r} 过长或引用外部文件（格网、+init），请直接给出参数。",
        )


def _refuse_by_name(text: str) -> None:
    plain = _plain(text)
    if re.fullmatch(r"(国家)?(西安|xian|xi'an)(19)?80(坐标系)?", plain):
        raise _refused(text, "Xian 1980", "西安80坐标系")
    if re.fullmatch(r"(新)?(北京|beijing)(19)?54(坐标系)?", plain):
        raise _refused(text, "Beijing 1954", "北京54坐标系")
    if plain in {"bd09mc", "百度墨卡托"}:
        raise DatumError(
            f"{text!r} is Baidu's Mercator in metres, which is not supported; export longitude and latitude (bd09).",
            f"{text!r} 是百度墨卡托米制坐标，暂不支持；请导出经纬度（bd09）。",
        )
    if re.fullmatch(r"\D{2,12}2000(坐标系)?|.*(独立|城建|地方)坐标系?", plain):
        raise DatumError(
            f"{text!r} looks like a city's local grid, which has no public parameters; give a PROJ string or at "
            "least 3 control points.",
            f"{text!r} 像是城市独立坐标系，没有公开参数；请提供 PROJ 参数串或至少 3 个控制点。",
        )


def _parse(text: str) -> pyproj.CRS:
    code = _CODE.match(text)
    if code:
        text = f"{(code[1] or 'EPSG').upper()}:{code[2]}"
    elif not _DEFINITION.match(text) and not re.fullmatch(r"[A-Za-z0-9 /()._\-]{4,80}", text):
        raise _unknown(text)
    try:
        crs = pyproj.CRS.from_user_input(text)
    except CRSError as error:
        raise _unknown(text) from error
    # Heights alone, or distances from the centre of the Earth, are no longitude and latitude.
    if not (_horizontal(crs).is_geographic or _horizontal(crs).is_projected):
        raise DatumError(
            f"{text[:60]!r} is neither a geographic nor a projected system; expected {_KNOWN}.",
            f"{text[:60]!r} 既不是地理坐标系也不是投影坐标系，应为 {_KNOWN}。",
        )
    return crs


def _unknown(text: str) -> DatumError:
    hint_en, hint_zh = did_you_mean(nearest(_plain(text), [*_NAMES, "epsg:4547"], n=1))
    return DatumError(
        f"Unknown datum {text[:60]!r}; expected {_KNOWN}.{hint_en}",
        f"无法识别的坐标系 {text[:60]!r}，应为 {_KNOWN}。{hint_zh}",
    )


def _named(text: str) -> str:
    """Return what a definition calls itself: the name within WKT, else the definition, shortened."""
    name = re.search(r'\[\s*"([^"]+)"', text)
    return (name[1] if name else text)[:60]


def _refused(text: str, en: str, zh: str) -> DatumError:
    called = _named(text)
    return DatumError(
        f"{called!r} is {en}, which has no public transformation and can be off by tens of metres. Ask for the file in CGCS2000; or declare "
        'datum = "+proj=… +towgs84=…" with your parameters, or fit them to at least 3 control points.',
        f"“{called}”属于{zh}，没有公开的转换参数，直接使用会有数十米误差。请向提供方索取 CGCS2000 成果；"
        '或以 datum = "+proj=… +towgs84=…" 写明本单位的参数，或用至少 3 个控制点求取。',
    )


def _horizontal(crs: pyproj.CRS) -> pyproj.CRS:
    """Return the horizontal part of a compound or bound system."""
    if crs.is_bound and crs.source_crs is not None:
        return _horizontal(crs.source_crs)
    if crs.is_compound:
        return _horizontal(crs.sub_crs_list[0])
    return crs


def _from_crs(text: str, crs: pyproj.CRS) -> Datum:
    shifted = crs.is_bound or any(part.is_bound for part in crs.sub_crs_list)
    flat = _horizontal(crs)
    if not shifted:
        _refuse_datum(text, flat)
    # A system with a shift of its own is not the one that the code means.
    code = None if shifted else _code(flat)
    # 4979 and, below, 4480 are the same systems with heights.
    if code in {4326, 4979} or (
        code is None and not shifted and flat.name.upper() == "WGS 84 (CRS84)"
    ):
        return WGS84
    if code in {4490, 4480}:
        return CGCS2000
    given = f"EPSG:{code}" if code else text
    zh, en = _name(code, flat, text)
    return Datum(
        id=given,
        kind="geographic" if flat.is_geographic else "projected",
        zh=zh,
        en=en,
        definition=given if code else crs.to_wkt(),
    )


def _code(crs: pyproj.CRS) -> int | None:
    """Return the EPSG code of the same system, also where the definition leaves its axis order unsaid."""
    code = crs.to_epsg()
    if code is None:
        # A definition without its axis order matches a code with little confidence: accepted where
        # every number agrees.
        code = crs.to_epsg(min_confidence=20)
        if code is not None and _numbers(pyproj.CRS.from_epsg(code)) != _numbers(crs):
            return None
    return code


def _numbers(crs: pyproj.CRS) -> tuple[object, ...]:
    """Return what decides a projection: method, parameters, ellipsoid."""
    ellipsoid, operation = crs.ellipsoid, crs.coordinate_operation
    return (
        ellipsoid and (ellipsoid.semi_major_metre, round(ellipsoid.inverse_flattening, 9)),
        operation and operation.method_name,
        operation and sorted((param.name, param.value) for param in operation.params),
    )


def _refuse_datum(text: str, crs: pyproj.CRS) -> None:
    geodetic = crs.geodetic_crs
    if geodetic is None or geodetic.datum is None or geodetic.ellipsoid is None:
        raise _unknown(text)
    name = geodetic.datum.name.lower().replace("_", " ")
    # ESRI writes D_Unknown.
    unknown = "unknown" in name or "not specified" in name or name.startswith("d unknown")
    axis = round(geodetic.ellipsoid.semi_major_metre, 3)
    if "xian" in name or (unknown and axis == _IAG_1975):
        raise _refused(text, "Xian 1980", "西安80坐标系")
    if "beijing" in name or (unknown and axis == _KRASSOWSKY):
        raise _refused(text, "Beijing 1954", "北京54坐标系")
    if unknown and axis not in _SOFT_ELLIPSOIDS:
        raise DatumError(
            f"{text[:60]!r} says nothing about its datum and uses the ellipsoid {geodetic.ellipsoid.name!r}; "
            "give +towgs84= parameters or at least 3 control points.",
            f"{text[:60]!r} 未说明大地基准，椭球为 {geodetic.ellipsoid.name!r}；请提供 +towgs84= 参数或至少 3 个控制点。",
        )


def _pipeline(text: str) -> Datum:
    try:
        # PROJ finds some faults only when a pipeline runs.
        pyproj.Transformer.from_pipeline(text).transform(0.0, 0.0)
    except ProjError as error:
        raise _unknown(text) from error
    return Datum(
        id=text,
        kind="pipeline",
        zh="自定义平面坐标（PROJ 流程）",
        en="user pipeline",
        definition=text,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussKruger:
    """A zone of the CGCS2000 Gauss-Krüger families, EPSG:4491 to EPSG:4554.

    Attributes
    ----------
    code : int
        EPSG code.
    width : int
        Width of the zone in degrees, 3 or 6.
    meridian : int
        Central meridian in degrees east.
    zone : int or None
        Zone number where eastings carry it in front (38 391 994 m), else ``None`` (391 994 m).
    """

    code: int
    width: int
    meridian: int
    zone: int | None

    @property
    def false_easting_m(self) -> float:
        """Easting of the central meridian in metres."""
        return 500_000.0 + 1_000_000.0 * (self.zone or 0)


def gauss_kruger(code: int) -> GaussKruger | None:
    """Return the CGCS2000 Gauss-Krüger zone with this EPSG code, or ``None``.

    Examples
    --------
    >>> gauss_kruger(4526)
    GaussKruger(code=4526, width=3, meridian=114, zone=38)
    """
    # First and last code, width, number of the first zone; None where eastings carry no number
    # (EPSG).
    for first, last, width, zone in ((4491, 4501, 6, 13), (4502, 4512, 6, None), (4513, 4533, 3, 25), (4534, 4554, 3, None)):  # fmt: skip
        if first <= code <= last:
            step = code - first
            return GaussKruger(
                code=code,
                width=width,
                meridian=75 + width * step,
                zone=None if zone is None else zone + step,
            )
    return None


def _name(code: int | None, crs: pyproj.CRS, text: str) -> tuple[str, str]:
    zone = gauss_kruger(code) if code else None
    if zone is not None:
        front = f"第{zone.zone}带，东坐标带带号" if zone.zone else "东坐标不带带号"
        zh = f"CGCS2000 高斯-克吕格 {zone.width} 度带（中央经线 {zone.meridian}°E，{front}）"
        return zh, crs.name
    name = crs.name if crs.name not in {"unknown", "undefined"} else text[:60]
    return name, name
