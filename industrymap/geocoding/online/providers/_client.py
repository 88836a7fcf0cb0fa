"""One polite HTTP client: deadlines, retries with backoff and jitter, a rate limit, and no key in any message."""

from __future__ import annotations

import json
import os
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from industrymap.errors import ConfigError, MissingKeyError, ProviderError, QuotaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from requests import Response

    from industrymap.geocoding.online.providers._answer import Answer

__all__ = ["Busy", "Client", "Manners", "Online", "quota_used", "refused"]

_MAX_ANSWER_BYTES = 2_000_000
_OK, _TOO_MANY, _SERVER_FAULT = 200, 429, 500
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
_KEY_REFUSED = (401, 403, 418)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a provider is asked.

    Attributes
    ----------
    deadline_s : float
        Longest time for one request, from connecting to the last byte, in seconds.
    retries : int
        How often a request is repeated after a cut connection, a timeout, garbage or "too many requests".
    backoff_s, backoff_cap_s : float
        The n-th pause is a random time of up to ``min(backoff_cap_s, backoff_s * 2**n)`` seconds.
    per_second : float
        Most requests a second.
    """

    deadline_s: float = 15.0
    retries: int = 4
    backoff_s: float = 0.5
    backoff_cap_s: float = 20.0
    per_second: float = 3.0


class Busy(Exception):  # noqa: N818 - a signal between an adapter and its client, never seen outside
    """The provider asks us to come back a little later."""


class Client:
    """Ask one provider, politely.

    Parameters
    ----------
    provider : str
        Its name, for messages.
    url : str
        The whole address of the service, without parameters.
    manners : Manners
        Deadlines, retries and rate.
    """

    def __init__(self, provider: str, url: str, *, manners: Manners) -> None:
        import requests

        self.provider = provider
        self.url = url
        self.manners = manners
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "industrymap"
        self._next_at = 0.0
        self._random = random.Random()  # noqa: S311 - jitter is no secret

    def ask(self, params: Mapping[str, str], read: Callable[[Any], Any]) -> Any:
        """Return ``read(answer)``, asking again while the provider is busy or unreachable.

        Parameters
        ----------
        params : mapping
            The query; its values never appear in a message, since one of them is the key.
        read : callable
            Turns the decoded JSON into a result; raises :class:`Busy` for "too many requests", and whatever
            reading a malformed answer raises.

        Raises
        ------
        ProviderError
            Every try failed.
        """
        reason = ""
        for attempt in range(self.manners.retries + 1):
            if attempt:
                self._pause(attempt)
            self._keep_rate()
            try:
                return read(self._get(params))
            except Busy as busy:
                reason = str(busy)
            except _UNREADABLE as unreadable:
                reason = f"an answer that cannot be read ({type(unreadable).__name__})"
        raise _gave_up(self.provider, reason, self.manners.retries + 1) from None

    def _get(self, params: Mapping[str, str]) -> Any:
        import requests
        import urllib3

        ends_at = time.monotonic() + self.manners.deadline_s
        try:
            with self._session.get(
                self.url,
                params=dict(params),
                timeout=self.manners.deadline_s,
                stream=True,
                allow_redirects=False,
            ) as response:
                _raise_for_status(self.provider, response)
                body = _body(response, ends_at)
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise Busy(f"no answer within {self.manners.deadline_s:g} s") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as fault:
            # requests puts the whole URL, and with it the key, into its messages
            raise Busy(f"a broken connection ({type(fault).__name__})") from None
        return json.loads(body)

    def _keep_rate(self) -> None:
        now = time.monotonic()
        if now < self._next_at:
            time.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + 1.0 / self.manners.per_second

    def _pause(self, attempt: int) -> None:
        longest = min(self.manners.backoff_cap_s, self.manners.backoff_s * 2 ** (attempt - 1))
        time.sleep(self._random.uniform(0.0, longest))


class Online:
    """What the adapters share: the key, the address of the service and the quota, from the environment or given.

    Parameters
    ----------
    key : str, optional
        By default ``INDUSTRYMAP_<NAME>_KEY``.
    url : str, optional
        By default ``INDUSTRYMAP_<NAME>_URL``, else the public service.
    manners : Manners, optional
        Deadlines, retries and rate.
    """

    name: str
    service: str
    batch_size = 1
    daily_quota: int

    def __init__(
        self, key: str | None = None, *, url: str | None = None, manners: Manners | None = None
    ) -> None:
        self._key = key or _key(self.name)
        self._client = Client(
            self.name, url or _url(self.name, self.service), manners=manners or Manners()
        )
        self.daily_quota = _quota(self.name, self.daily_quota)

    def locate(self, addresses: Sequence[str], *, city: str) -> list[Answer | None]:
        """Place addresses one after another; see :class:`~industrymap.geocoding.online.providers.Provider`."""
        return [self._client.ask(self._params(text, city), self._read) for text in addresses]

    def _params(self, text: str, city: str) -> dict[str, str]:
        raise NotImplementedError

    def _read(self, found: dict[str, Any]) -> Answer | None:
        raise NotImplementedError


def _key(provider: str) -> str:
    variable = f"INDUSTRYMAP_{provider.upper()}_KEY"
    key = os.environ.get(variable, "").strip()
    if not key:
        raise MissingKeyError(
            f"The provider {provider!r} needs a key: set the environment variable {variable}.",
            f"地理编码服务“{provider}”需要密钥：请设置环境变量 {variable}。",
        )
    return key


def _url(provider: str, default: str) -> str:
    variable = f"INDUSTRYMAP_{provider.upper()}_URL"
    url = os.environ.get(variable, "").strip() or default
    if not url.startswith(("https://", "http://")):
        raise ConfigError(
            f"{variable} is {url!r}; expected an address that starts with https:// or http://.",
            f"{variable} 的值为“{url}”，应为以 https:// 或 http:// 开头的地址。",
        )
    return url


def _quota(provider: str, default: int) -> int:
    variable = f"INDUSTRYMAP_{provider.upper()}_QUOTA"
    text = os.environ.get(variable, "").strip()
    if text and not text.isdecimal():
        raise ConfigError(
            f"{variable} is {text!r}; expected a whole number of addresses a day.",
            f"{variable} 的值为“{text}”，应为每日可查询的地址数（整数）。",
        )
    return int(text) if text else default


def refused(provider: str, code: object, words: object) -> ProviderError:
    """Return the error for a key or a right that the provider refuses."""
    return ProviderError(
        f"{provider} refused the key (code {code}: {_short(words)}); check INDUSTRYMAP_{provider.upper()}_KEY "
        "and the rights of the key.",
        f"{provider} 拒绝了密钥（代码 {code}：{_short(words)}）；请检查 INDUSTRYMAP_{provider.upper()}_KEY 及其权限。",
    )


def quota_used(provider: str, code: object, words: object) -> QuotaError:
    """Return the error for a daily allowance that is used up."""
    return QuotaError(
        f"{provider} says the day's allowance is used up (code {code}: {_short(words)}); what was found is kept, "
        "run the same command again tomorrow.",
        f"{provider} 当日配额已用完（代码 {code}：{_short(words)}）；已得结果均已保存，明日重新运行同一命令即可继续。",
    )


def _short(words: object) -> str:
    return " ".join(str(words).split())[:80]


def _gave_up(provider: str, reason: str, tries: int) -> ProviderError:
    return ProviderError(
        f"{provider} did not serve the request in {tries} tries: {reason}.",
        f"{provider} 连续 {tries} 次未能应答：{reason}。",
    )


def _raise_for_status(provider: str, response: Response) -> None:
    status = response.status_code
    if status in _KEY_REFUSED:
        raise refused(provider, f"HTTP {status}", response.reason)
    if status == _TOO_MANY or status >= _SERVER_FAULT:
        raise Busy(f"HTTP {status}")
    if status != _OK:
        raise ProviderError(
            f"{provider} answered HTTP {status}, expected 200.",
            f"{provider} 返回 HTTP {status}，应为 200。",
        )


def _body(response: Response, ends_at: float) -> bytes:
    """Read the answer, never longer than the deadline nor larger than the limit."""
    parts: list[bytes] = []
    size = 0
    while True:
        # read1 returns after one receive, so that a server dripping bytes cannot hold us past the deadline
        part = response.raw.read1(65536, decode_content=True)
        if not part:
            return b"".join(parts)
        size += len(part)
        if size > _MAX_ANSWER_BYTES:
            raise Busy("an answer far too large")
        if time.monotonic() > ends_at:
            raise Busy("an answer that never ends")
        parts.append(part)
