"""Amap 高德, geocoding v3: ten addresses a call, answers in GCJ-02."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.geocoding.online.providers._answer import Answer
from industrymap.geocoding.online.providers._client import Online, quota_used, refused
from industrymap.geocoding.online.providers._levels import level_of_words
from industrymap.geocoding.online.providers._place import number, said, to_wgs84
from industrymap.web import RetryLaterError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Amap"]

_OK = "10000"
_DAY_QUOTA = {"10003", "10044"}
_TOO_FAST = {"10004", "10014", "10015", "10016", "10019", "10020", "10021"}
_BAD_ADDRESS = {"20000", "20001", "20003", "30001"}


class Amap(Online):
    """Amap's geocoder; its key is ``INDUSTRYMAP_AMAP_KEY``."""

    name = "amap"
    service = "https://restapi.amap.com/v3/geocode/geo"
    daily_quota = 5_000
    batch_size = 10

    def locate(self, addresses: Sequence[str], *, city: str) -> list[Answer | None]:
        """Place up to ten addresses; see :class:`~industrymap.geocoding.online.providers.Provider`."""
        # Amap parts the addresses of a batch by this character.
        texts = [text.replace("|", " ") for text in addresses]
        answers = self._ask_all(texts, city)
        if len(answers) == len(texts):
            return answers
        # a batch that came back short cannot be told apart: ask one by one
        return [(self._ask_all([text], city) or [None])[0] for text in texts]

    def _ask_all(self, texts: Sequence[str], city: str) -> list[Answer | None]:
        params = {"key": self._key, "address": "|".join(texts), "city": city, "output": "JSON"}
        if len(texts) > 1:
            params["batch"] = "true"
        return self._ask(params, lambda reply: self._read_all(reply, len(texts)))

    def _read_all(self, reply: dict[str, Any], asked: int) -> list[Answer | None]:
        code = str(reply["infocode"])
        if code in _DAY_QUOTA:
            raise quota_used(self.name, code, reply.get("info", ""))
        if code in _TOO_FAST:
            raise RetryLaterError(
                f"code {code}: {reply.get('info', '')}", f"代码 {code}：{reply.get('info', '')}"
            )
        if code in _BAD_ADDRESS:
            # In a batch nobody says which address was bad: an empty list makes locate ask them one
            # by one.
            return [None] * asked if asked == 1 else []
        if code != _OK:
            raise refused(self.name, code, reply.get("info", ""))
        places = reply.get("geocodes") or []
        if asked == 1:
            return [self._place(places[0]) if places else None]
        return [self._place(place) for place in places]

    def _place(self, place: dict[str, Any]) -> Answer | None:
        location = place.get("location")
        if not isinstance(location, str) or "," not in location:
            return None  # an empty member of Amap's answers is [] where a text should be
        lon, lat = to_wgs84(*(number(part) for part in location.split(",", 1)), datum="gcj02")
        words = _text(place.get("level"))
        level = level_of_words(words)
        return Answer(
            lon=lon,
            lat=lat,
            level=level[0] if level else None,
            # Without a level the answer is shown in the review and never placed; the truth may lie
            # anywhere in the city.
            radius_m=level[1] if level else 50_000.0,
            score=0.8 if level else 0.0,
            provider=self.name,
            said=said(words, place.get("formatted_address")),
            district=said(place.get("district")),
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
