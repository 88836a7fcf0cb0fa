"""Asking an Overpass API server for boundary relations, politely, and understanding what comes back.

The answer's format is documented at https://wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL and
https://wiki.openstreetmap.org/wiki/OSM_JSON: ``elements`` with ``members`` that carry their ``geometry``; a ``remark`` says that the
server gave up half-way.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from industrymap import __version__
from industrymap.errors import ProviderError, QuotaError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import requests

    from industrymap.citypack import CityPack

    Progress = Callable[[int, int], None]

__all__ = ["ATTRIBUTION", "ENDPOINT", "ENDPOINT_VARIABLE", "ask", "endpoint", "query"]

ATTRIBUTION = "© OpenStreetMap contributors (ODbL 1.0)"
"""Must stand wherever the boundaries are shown: https://www.openstreetmap.org/copyright."""

ENDPOINT = "https://overpass-api.de/api/interpreter"
"""The server asked by default."""

ENDPOINT_VARIABLE = "INDUSTRYMAP_OVERPASS_URL"
"""Environment variable that names another server."""

_AGENT = f"industrymap/{__version__} (boundaries fetch; requests)"
_SERVER_TIMEOUT_S = 180
_CONNECT_TIMEOUT_S = 15
_MAX_BYTES = 256 * 1024 * 1024
_CHUNK = 64 * 1024
_WAITS_S = (5.0, 20.0, 60.0)
_MAX_WAIT_S = 120.0
_BUSY = {429, 502, 503, 504}


def endpoint(url: str | None = None) -> str:
    """Return the server to ask: ``url``, else the environment's, else the default.

    Raises
    ------
    ProviderError
        It is no http or https address.
    """
    found = url or os.environ.get(ENDPOINT_VARIABLE) or ENDPOINT
    if not found.startswith(("http://", "https://")):
        raise ProviderError(
            f"{found!r} is no http or https address of an Overpass API server.",
            f"{found!r} 不是 Overpass API 服务器的 http 或 https 地址。",
        )
    return found


def query(pack: CityPack, admin_levels: Sequence[int]) -> str:
    """Return the Overpass QL that asks for administrative boundaries inside a city.

    Parameters
    ----------
    pack : CityPack
        Its name finds the city (``admin_level`` 5 in mainland China, 4 for a municipality); its extent limits the search.
    admin_levels : sequence of int
        6 for districts, 8 for towns and subdistricts.
    """
    west, south, east, north = pack.extent
    box = f"{south},{west},{north},{east}"
    levels = "|".join(str(level) for level in admin_levels)
    names = "|".join(_literal(name) for name in (pack.name, *pack.city_aliases))
    return (
        f"[out:json][timeout:{_SERVER_TIMEOUT_S}];\n"
        f'relation["boundary"="administrative"]["admin_level"~"^(4|5)$"]["name"~"^({names})$"]({box});\n'
        "map_to_area->.city;\n"
        f'relation["boundary"="administrative"]["admin_level"~"^({levels})$"](area.city)({box});\n'
        "out geom;\n"
    )


def _literal(name: str) -> str:
    return "".join(c for c in name if c not in '"\\()[]{}|.^$*+?\n')


def ask(
    text: str,
    *,
    url: str,
    progress: Progress | None = None,
    waits_s: Sequence[float] = _WAITS_S,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Send a query and return the parsed answer.

    A server that is busy (429, 502, 503, 504) or cuts the connection is asked again after a while, or after the time it names in
    ``Retry-After``; then the command gives up.

    Raises
    ------
    QuotaError
        Still 429 after the last try.
    ProviderError
        No connection, another status, an answer that is cut, is no JSON, or says that the server gave up.
    """
    failure: ProviderError | None = None
    for wait_s in (*waits_s, None):
        try:
            return _understood(_post(text, url, progress))
        except _TryAgainError as error:
            failure = error.failure
            if wait_s is not None:
                sleep(min(error.after_s or wait_s, _MAX_WAIT_S))
    assert failure is not None  # noqa: S101 - the loop ran at least once
    raise failure


class _TryAgainError(Exception):
    """The server may answer later."""

    def __init__(self, failure: ProviderError, after_s: float | None = None) -> None:
        super().__init__(failure.en)
        self.failure = failure
        self.after_s = after_s


def _post(text: str, url: str, progress: Progress | None) -> bytes:
    import requests

    try:
        with requests.post(
            url,
            data={"data": text},
            headers={"User-Agent": _AGENT, "Accept": "application/json"},
            timeout=(_CONNECT_TIMEOUT_S, _SERVER_TIMEOUT_S + 30),
            stream=True,
        ) as answer:
            _refuse_status(answer, url)
            return _body(answer, url, progress)
    except requests.RequestException as error:
        kind = type(error).__name__
        raise _TryAgainError(
            ProviderError(
                f"The Overpass server {url} could not be reached or cut the connection ({kind}).",
                f"无法连接 Overpass 服务器 {url}，或连接中断（{kind}）。",
            )
        ) from error


def _refuse_status(answer: requests.Response, url: str) -> None:
    status = answer.status_code
    if status == 200:
        return
    if status == 429:
        raise _TryAgainError(
            QuotaError(
                f"The Overpass server {url} has had too many requests from this address (429); try again later or set "
                f"{ENDPOINT_VARIABLE}.",
                f"Overpass 服务器 {url} 提示请求过多（429），请稍后再试，或设置 {ENDPOINT_VARIABLE} 换用其他服务器。",
            ),
            _retry_after_s(answer),
        )
    failure = ProviderError(
        f"The Overpass server {url} answered with status {status}; try again later or set {ENDPOINT_VARIABLE}.",
        f"Overpass 服务器 {url} 返回状态 {status}，请稍后再试，或设置 {ENDPOINT_VARIABLE} 换用其他服务器。",
    )
    if status in _BUSY:
        raise _TryAgainError(failure, _retry_after_s(answer))
    raise failure


def _retry_after_s(answer: requests.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None


def _body(answer: requests.Response, url: str, progress: Progress | None) -> bytes:
    total = int(answer.headers.get("Content-Length") or 0)
    parts, size = [], 0
    for part in answer.iter_content(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > _MAX_BYTES:
            raise ProviderError(
                f"The answer of {url} is larger than {_MAX_BYTES // 1024**2} MB.",
                f"{url} 的返回超过 {_MAX_BYTES // 1024**2} MB。",
            )
        if progress:
            progress(size, max(total, size + 1))
    if progress:
        progress(size, size)
    return b"".join(parts)


def _understood(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
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
    remark = answer.get("remark")
    if remark:
        raise _TryAgainError(
            ProviderError(
                f"The Overpass server gave up half-way: {str(remark)[:200]}.",
                f"Overpass 服务器中途放弃：{str(remark)[:200]}。",
            )
        )
    return answer


def _beginning(body: bytes) -> str:
    return " ".join(body[:80].decode("utf-8", "replace").split())
