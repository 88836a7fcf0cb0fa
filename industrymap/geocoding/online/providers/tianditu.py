"""Tianditu 天地图, the national geocoder: answers in CGCS2000, a free text for the level, a score to 100."""

from __future__ import annotations

import json
from typing import Any

from industrymap.geocoding.online.providers._answer import Answer
from industrymap.geocoding.online.providers._client import Online, refused
from industrymap.geocoding.online.providers._levels import level_of_words
from industrymap.geocoding.online.providers._place import number, said, to_wgs84, with_city
from industrymap.web import RetryLaterError

__all__ = ["Tianditu"]

_OK, _EMPTY, _FAULT = "0", "101", "404"


class Tianditu(Online):
    """Tianditu's geocoder; its key is ``INDUSTRYMAP_TIANDITU_KEY``."""

    name = "tianditu"
    service = "https://api.tianditu.gov.cn/geocoder"
    daily_quota = 10_000

    def _params(self, text: str, city: str) -> dict[str, str]:
        # The service takes its question as a JSON text within one parameter; Chinese goes as it is
        # and is encoded once, with the address.
        asked = json.dumps({"keyWord": with_city(text, city)}, ensure_ascii=False)
        return {"ds": asked, "tk": self._key}

    def _read(self, reply: dict[str, Any]) -> Answer | None:
        # A refused key comes in another form than every other answer: code, and no status.
        if "status" not in reply and "code" in reply:
            raise refused(self.name, reply["code"], reply.get("msg", ""))
        code = str(reply["status"])
        if code == _FAULT:
            # 404 is a fault of the service here, not a missing page: it is tried again.
            raise RetryLaterError(
                f"code {code}: {reply.get('msg', '')}", f"代码 {code}：{reply.get('msg', '')}"
            )
        if code == _EMPTY:
            return None
        if code != _OK:
            raise refused(self.name, code, reply.get("msg", ""))
        place = reply.get("location")
        return self._place(place) if isinstance(place, dict) else None

    def _place(self, place: dict[str, Any]) -> Answer:
        lon, lat = to_wgs84(number(place["lon"]), number(place["lat"]), datum="cgcs2000")
        score = number(place.get("score", 0))
        words = str(place.get("level") or "")
        level = level_of_words(words)
        return Answer(
            lon=lon,
            lat=lat,
            level=level[0] if level else None,
            radius_m=level[1] if level else 50_000.0,
            score=round(min(100.0, max(0.0, score)) / 100.0, 3),
            provider=self.name,
            said=said(words, f"score={score:g}", place.get("keyWord")),
        )
