"""What the adapters of the online geocoders share: the key, the address of the service, the quota, and their refusals."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, TypeVar

from industrymap import web
from industrymap.errors import ConfigError, MissingKeyError, ProviderError, QuotaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from industrymap.geocoding.online.providers._answer import Answer

__all__ = ["Online", "quota_used", "refused"]

# Statuses of a refused key: asking again would only repeat the refusal for every address.
_KEY_REFUSED = (401, 403, 418)
_T = TypeVar("_T")


class Online:
    """What the adapters share: the key, the address of the service and the quota, from the environment or given.

    Parameters
    ----------
    key : str, optional
        By default ``INDUSTRYMAP_<NAME>_KEY``.
    url : str, optional
        By default ``INDUSTRYMAP_<NAME>_URL``, else the public service.
    timeout, retry, rate : optional
        How long the service may take, how often a request is repeated, how many a second: see :mod:`industrymap.web`.
    """

    name: str
    service: str
    batch_size = 1
    daily_quota: int

    def __init__(
        self,
        key: str | None = None,
        *,
        url: str | None = None,
        timeout: web.Timeout | None = None,
        retry: web.Retry | None = None,
        rate: web.Rate | None = None,
    ) -> None:
        # Given by the caller or from the environment; no file of a workspace holds a key.
        self._key = key or _key(self.name)
        self._client = web.Client(
            url or _url(self.name, self.service), timeout=timeout, retry=retry, rate=rate
        )
        self.daily_quota = _quota(self.name, self.daily_quota)

    def locate(self, addresses: Sequence[str], *, city: str) -> list[Answer | None]:
        """Place addresses one after another; see :class:`~industrymap.geocoding.online.providers.Provider`."""
        return [self._ask(self._params(text, city), self._read) for text in addresses]

    def _ask(self, params: Mapping[str, str], read: Callable[[Any], _T]) -> _T:
        """Return what ``read`` makes of the answer.

        Raises
        ------
        ProviderError
            The service did not answer, or refused the key.
        """
        try:
            return self._client.get(params, read=lambda body: read(json.loads(body)))
        except web.NoAnswerError as failure:
            if failure.status in _KEY_REFUSED:
                raise refused(self.name, f"HTTP {failure.status}", failure.en) from None
            raise _gave_up(self.name, failure) from None

    def _params(self, text: str, city: str) -> dict[str, str]:
        raise NotImplementedError

    def _read(self, reply: dict[str, Any]) -> Answer | None:
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
    # An office behind a gateway reaches the services through a proxy's address.
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
    # A service's own words may be of any length: a line of them is enough for a message.
    return " ".join(str(words).split())[:80]


def _gave_up(provider: str, failure: web.NoAnswerError) -> ProviderError:
    tries = "1 try" if failure.tries == 1 else f"{failure.tries} tries"
    return ProviderError(
        f"{provider} did not serve the request in {tries}: {failure.en}.",
        f"{provider} 连续 {failure.tries} 次未能应答：{failure.zh}。",
    )
