"""Baidu 百度, geocoding v3: answers in BD-09, with a confidence that states its own error."""

from __future__ import annotations

from typing import Any

from industrymap.geocoding.online.providers._answer import Answer
from industrymap.geocoding.online.providers._client import Online, quota_used, refused
from industrymap.geocoding.online.providers._levels import level_of_radius, level_of_words
from industrymap.geocoding.online.providers._place import cut_to_bytes, number, said, to_wgs84
from industrymap.web import RetryLaterError

__all__ = ["Baidu"]

_OK, _BAD_ADDRESS = 0, 2
_SERVER_FAULT, _TOO_FAST = {1}, {401, 402}
_DAY_QUOTA = {4, 302}
# Baidu's limit, about 42 Chinese characters; a longer address is cut at its end, where the room and
# the floor are.
_MAX_BYTES = 128
_UNKNOWN_RADIUS_M = 50_000.0

_RADIUS_M = ((100, 20.0), (90, 50.0), (80, 100.0), (75, 200.0), (70, 300.0), (60, 500.0), (50, 1_000.0), (40, 2_000.0), (30, 5_000.0))  # fmt: skip
"""Confidence, and the error in metres that Baidu documents for it."""

_FINENESS = ("address", "building", "park", "road", "village", "town", "district")


class Baidu(Online):
    """Baidu's geocoder; its key is ``INDUSTRYMAP_BAIDU_KEY``."""

    name = "baidu"
    service = "https://api.map.baidu.com/geocoding/v3/"
    daily_quota = 5_000

    def _params(self, text: str, city: str) -> dict[str, str]:
        return {
            "ak": self._key,
            "address": cut_to_bytes(text, _MAX_BYTES),
            "city": city,
            "output": "json",
            "ret_coordtype": "bd09ll",  # also what Baidu answers when the parameter is lost on the way
        }

    def _read(self, reply: dict[str, Any]) -> Answer | None:
        code = int(reply["status"])
        words = reply.get("message", reply.get("msg", ""))
        if code in _DAY_QUOTA:
            raise quota_used(self.name, code, words)
        # Status 1 is a fault of the server or, with these words, an address without a result.
        if code in _TOO_FAST or (code in _SERVER_FAULT and not _says_no_result(words)):
            raise RetryLaterError(f"code {code}: {words}", f"代码 {code}：{words}")
        if code == _BAD_ADDRESS or code in _SERVER_FAULT:
            return None
        if code != _OK:
            raise refused(self.name, code, words)
        result = reply.get("result")
        return self._place(result) if isinstance(result, dict) and "location" in result else None

    def _place(self, result: dict[str, Any]) -> Answer:
        at = result["location"]
        lon, lat = to_wgs84(number(at["lng"]), number(at["lat"]), datum="bd09")
        confidence = number(result.get("confidence", 0))
        radius_m = next((m for least, m in _RADIUS_M if confidence >= least), _UNKNOWN_RADIUS_M)
        precise = int(number(result.get("precise", 0))) == 1
        words = str(result.get("level") or "")
        return Answer(
            lon=lon,
            lat=lat,
            level=_level(words, radius_m, precise=precise),
            radius_m=radius_m,
            # Scores are compared across providers, so each provider's scale becomes 0 to 1.
            score=round(min(100.0, max(0.0, confidence)) / 100.0, 3),
            provider=self.name,
            said=said(words, f"confidence={confidence:g} precise={int(precise)}"),
        )


def _level(words: str, radius_m: float, *, precise: bool) -> str | None:
    """Return the coarser of what the word and what the confidence say; a vague pin is at best a road."""
    if radius_m >= _UNKNOWN_RADIUS_M or words in {"国家", "省", "城市"}:
        return None
    by_word = level_of_words(words)
    # The coarser of the claims: an address with a confidence of 2 km places a firm no better than
    # its village.
    levels = (
        [level_of_radius(radius_m)]
        + ([by_word[0]] if by_word else [])
        + ([] if precise else ["road"])
    )
    return max(levels, key=_FINENESS.index)


def _says_no_result(words: object) -> bool:
    return "无相关结果" in str(words)
