"""Asking an Overpass API server for boundaries and other things of a city, politely, and understanding what comes back.

The answer's format is documented at https://wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL and
https://wiki.openstreetmap.org/wiki/OSM_JSON: ``elements`` with ``members`` that carry their ``geometry``; a ``remark`` says that the
server gave up half-way.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from industrymap import web
from industrymap.errors import ProviderError, QuotaError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from industrymap.citypack import CityPack

    Progress = Callable[[int, int], None]

__all__ = ["ATTRIBUTION", "ENDPOINT", "ENDPOINT_VARIABLE", "ask", "city_query", "endpoint", "query"]

ATTRIBUTION = "© OpenStreetMap contributors (ODbL 1.0)"
"""Must appear wherever the boundaries are shown: https://www.openstreetmap.org/copyright."""

ENDPOINT = "https://overpass-api.de/api/interpreter"
"""The server asked by default."""

ENDPOINT_VARIABLE = "INDUSTRYMAP_OVERPASS_URL"
"""Environment variable that names another server."""

_SERVER_TIMEOUT_S = 180
_TOTAL_S = 900.0
"""The server may think for three minutes; a whole city then takes its time on a slow line."""
_MAX_BYTES = 256 * 1024 * 1024
# A few tries within two minutes: public servers limit how often one address may ask.
_RETRY = web.Retry(times=3, backoff_s=10.0, backoff_cap_s=60.0)
_TOO_MANY = 429


def endpoint(url: str | None = None) -> str:
    """Return the server to ask: ``url``, else the environment's, else the default.

    Raises
    ------
    ProviderError
        It is no http or https address.
    """
    server = url or os.environ.get(ENDPOINT_VARIABLE) or ENDPOINT
    if not server.startswith(("http://", "https://")):
        raise ProviderError(
            f"{server!r} is no http or https address of an Overpass API server.",
            f"{server!r} 不是 Overpass API 服务器的 http 或 https 地址。",
        )
    return server


def query(pack: CityPack, admin_levels: Sequence[int]) -> str:
    """Return the Overpass QL that asks for administrative boundaries inside a city.

    Parameters
    ----------
    pack : CityPack
        Its name finds the city (``admin_level`` 5 in mainland China, 4 for a municipality); its extent limits the search.
    admin_levels : sequence of int
        6 for districts, 8 for towns and subdistricts.
    """
    levels = "|".join(str(level) for level in admin_levels)
    return city_query(
        pack, (f'relation["boundary"="administrative"]["admin_level"~"^({levels})$"]',)
    )


def city_query(pack: CityPack, wanted: Sequence[str]) -> str:
    """Return the Overpass QL that asks for things inside a city, with their shapes.

    Parameters
    ----------
    pack : CityPack
        As in :func:`query`.
    wanted : sequence of str
        Kinds and tags, such as ``way["landuse"="industrial"]``.
    """
    west, south, east, north = pack.extent
    # Overpass writes a box as south, west, north, east.
    box = f"({south},{west},{north},{east})"
    names = "|".join(_literal(name) for name in (pack.name, *pack.city_aliases))
    statements = "\n".join(f"{one}(area.city){box};" for one in wanted)
    return (
        f"[out:json][timeout:{_SERVER_TIMEOUT_S}];\n"
        f'relation["boundary"="administrative"]["admin_level"~"^(4|5)$"]["name"~"^({names})$"]{box};\n'
        "map_to_area->.city;\n"
        f"{statements if len(wanted) == 1 else f'({statements});'}\n"
        "out geom;\n"
    )


def _literal(name: str) -> str:
    # What would end the text or mean something in a regular expression is dropped; names of cities
    # have none of it.
    return "".join(c for c in name if c not in '"\\()[]{}|.^$*+?\n')


def ask(
    text: str,
    *,
    url: str,
    progress: Progress | None = None,
    retry: web.Retry | None = None,
) -> dict[str, Any]:
    """Send a query and return the parsed answer.

    Raises
    ------
    QuotaError
        Still "too many requests" after the last try.
    ProviderError
        No connection, another status, an answer that is cut, is no JSON, or says that the server gave up.
    """
    client = web.Client(
        url,
        timeout=web.Timeout(total_s=_TOTAL_S),
        retry=retry or _RETRY,
        max_bytes=_MAX_BYTES,
    )
    try:
        return client.post({"data": text}, read=_understood, progress=progress)
    except web.NoAnswerError as failure:
        raise _failure(url, failure) from None


def _failure(url: str, failure: web.NoAnswerError) -> ProviderError:
    if failure.status == _TOO_MANY:
        return QuotaError(
            f"The Overpass server {url} has had too many requests from this address (429); try again later or set "
            f"{ENDPOINT_VARIABLE}.",
            f"Overpass 服务器 {url} 提示请求过多（429），请稍后再试，或设置 {ENDPOINT_VARIABLE} 换用其他服务器。",
        )
    if failure.status is not None:
        return ProviderError(
            f"The Overpass server {url} answered with status {failure.status}; try again later or set {ENDPOINT_VARIABLE}.",
            f"Overpass 服务器 {url} 返回状态 {failure.status}，请稍后再试，或设置 {ENDPOINT_VARIABLE} 换用其他服务器。",
        )
    return ProviderError(
        f"The Overpass server {url} brought no answer: {failure.en}.",
        f"Overpass 服务器 {url} 没有返回结果：{failure.zh}。",
    )


def _understood(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    # Nesting without end, from a server, exhausts the stack and is no JSON worth reading.
    except (ValueError, RecursionError) as error:
        raise ProviderError(
            f"The Overpass server's answer is no JSON or is cut: it begins {_beginning(body)!r}.",
            f"Overpass 服务器的返回不是 JSON 或不完整，开头为 {_beginning(body)!r}。",
        ) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise ProviderError(
            f"The Overpass server's answer holds no elements: it begins {_beginning(body)!r}.",
            f"Overpass 服务器的返回中没有 elements，开头为 {_beginning(body)!r}。",
        )
    remark = str(answer.get("remark") or "")[:200]
    if remark:
        # the server ran out of time or memory; the elements so far are only a part
        raise web.RetryLaterError(f"it gave up half-way: {remark}", f"服务器中途放弃：{remark}")
    return answer


def _beginning(body: bytes) -> str:
    return " ".join(body[:80].decode("utf-8", "replace").split())
