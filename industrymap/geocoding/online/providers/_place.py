"""What the adapters share: reading numbers, stamping the datum, cutting and completing addresses."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["cut_to_bytes", "number", "said", "to_wgs84", "with_city"]

_MOST_CHARS = 120


def number(value: object) -> float:
    """Return a finite number, or raise ``ValueError``; providers write numbers as texts, too."""
    parsed = float(value) if isinstance(value, (int, float, str)) else math.nan
    if not math.isfinite(parsed):
        msg = "not a number"
        raise ValueError(msg)
    return parsed


def to_wgs84(x: float, y: float, *, datum: str) -> tuple[float, float]:
    """Return longitude and latitude in WGS 84 of a point a provider gave in ``datum``.

    Raises
    ------
    ValueError
        The numbers are no longitude and latitude.
    """
    from industrymap.datum import convert

    # A swapped pair with a longitude above 90 in the latitude's place fails here and does not end
    # up in the sea.
    if not (-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0):
        msg = "not a longitude and a latitude"
        raise ValueError(msg)
    lon, lat = convert(np.array([x]), np.array([y]), source=datum, target="wgs84")
    # Eight decimals are a millimetre; what lies beyond is noise of the conversion.
    return round(float(lon[0]), 8), round(float(lat[0]), 8)


def said(*parts: object) -> str:
    r"""Return a provider's own words on one line, of a length a table can hold.

    Examples
    --------
    >>> said("门牌号", "某市\n某路1号", None)
    '门牌号 某市 某路1号'
    """
    words = " ".join(str(part) for part in parts if isinstance(part, (str, int, float)))
    plain = "".join(c if c.isprintable() else " " for c in words)
    return " ".join(plain.split())[:_MOST_CHARS]


def with_city(address: str, city: str) -> str:
    """Return the address, led by the city where it does not name it.

    Examples
    --------
    >>> with_city("瑞科二路18号", "广州市"), with_city("广州市瑞科二路18号", "广州市")
    ('广州市瑞科二路18号', '广州市瑞科二路18号')
    """
    # Tencent asks for the city within the address, and Tianditu has no parameter for it.
    return address if city in address else city + address


def cut_to_bytes(text: str, most: int) -> str:
    """Return the longest start of ``text`` of at most ``most`` bytes in UTF-8, never half a character.

    Examples
    --------
    >>> cut_to_bytes("广州市", 7)
    '广州'
    """
    # Bytes that are half a character at the cut are dropped by the decoder.
    return text.encode()[:most].decode(errors="ignore")
