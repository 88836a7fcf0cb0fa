"""Tencent 腾讯, geocoder v1: the address must name its city; answers in GCJ-02."""

from __future__ import annotations

from typing import Any

from industrymap.geocoding.online.providers._answer import Answer
from industrymap.geocoding.online.providers._client import Online, quota_used, refused
from industrymap.geocoding.online.providers._place import number, said, to_wgs84, with_city
from industrymap.web import RetryLaterError

__all__ = ["Tencent"]

_OK = 0
_DAY_QUOTA, _TOO_FAST = {121}, {120}
_NO_RESULT = {306, 310, 347, 348}
_GOOD_RELIABILITY = 7

_LEVELS: dict[int, tuple[str, float]] = {
    2: ("district", 20_000.0),
    3: ("town", 5_000.0),
    4: ("village", 1_500.0),
    5: ("town", 6_000.0),
    6: ("village", 1_500.0),
    7: ("road", 1_500.0),
    8: ("road", 200.0),
    9: ("address", 60.0),
    10: ("building", 200.0),
    11: ("building", 150.0),
}
"""Tencent's ``level`` 2 district … 5 development zone, 6 hot spot, 7 road, 8 crossing, 9 门址, 10 building, 11 POI."""


class Tencent(Online):
    """Tencent's geocoder; its key is ``INDUSTRYMAP_TENCENT_KEY``."""

    name = "tencent"
    service = "https://apis.map.qq.com/ws/geocoder/v1/"
    daily_quota = 6_000

    def _params(self, text: str, city: str) -> dict[str, str]:
        return {"key": self._key, "address": with_city(text, city), "output": "json"}

    def _read(self, reply: dict[str, Any]) -> Answer | None:
        code = int(reply["status"])
        words = reply.get("message", "")
        if code in _DAY_QUOTA:
            raise quota_used(self.name, code, words)
        if code in _TOO_FAST:
            raise RetryLaterError(f"code {code}: {words}", f"代码 {code}：{words}")
        if code in _NO_RESULT:
            return None
        if code != _OK:
            raise refused(self.name, code, words)
        return self._place(reply["result"])

    def _place(self, result: dict[str, Any]) -> Answer:
        at = result["location"]
        lon, lat = to_wgs84(number(at["lng"]), number(at["lat"]), datum="gcj02")
        reliability = number(result.get("reliability", 0))
        theirs = int(number(result.get("level", 0)))
        # From a reliability of 7 on Tencent itself calls a result accurate.
        level = _LEVELS.get(theirs) if reliability >= _GOOD_RELIABILITY else None
        return Answer(
            lon=lon,
            lat=lat,
            # Without a level the answer is for the review only, as for the other providers.
            level=level[0] if level else None,
            radius_m=level[1] if level else 50_000.0,
            score=round(min(10.0, max(0.0, reliability)) / 10.0, 3),
            provider=self.name,
            said=said(f"level={theirs} reliability={reliability:g}", result.get("title")),
            district=said((result.get("address_components") or {}).get("district")),
        )
