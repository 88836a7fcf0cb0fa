"""The only room that asks the network: one client with a deadline, repeated tries, a rate and a size limit.

What is asked, and with which key, never appears in what the client raises: reasons are made of states and kinds of faults, not of
addresses. Who asks turns a :class:`NoAnswerError` into a sentence of its own.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from industrymap import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests import Response

__all__ = ["Client", "NoAnswerError", "Rate", "Retry", "RetryLaterError", "Timeout"]

_T = TypeVar("_T")

_OK, _TOO_MANY = 200, 429
# Answers after which a later try may succeed; any other refusal is final.
_BUSY = {_TOO_MANY, 500, 502, 503, 504}
_CHUNK = 64 * 1024
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading an answer of an unexpected form raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """How long one request may take.

    Attributes
    ----------
    connect_s : float
        Until the connection is made, in seconds.
    total_s : float
        From asking to the last byte: a server that sends a byte now and then cannot hold the program for ever.
    """

    connect_s: float = 15.0
    total_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How a request is repeated after a cut connection, a timeout, garbage or "too many requests".

    Attributes
    ----------
    times : int
        Repetitions; 0 for one try.
    backoff_s, backoff_cap_s : float
        The n-th pause is a random time of between half of ``min(backoff_cap_s, backoff_s * 2**n)`` seconds and all of it.
    after_cap_s : float
        A server that names a pause in ``Retry-After`` is obeyed up to here.
    sleep : callable
        Waits so many seconds.
    """

    times: int = 4
    backoff_s: float = 0.5
    backoff_cap_s: float = 20.0
    after_cap_s: float = 120.0
    sleep: Callable[[float], None] = time.sleep

    def pause_s(self, attempt: int, after_s: float | None, chance: random.Random) -> float:
        """Return the pause before a repetition, the first of which is ``attempt`` 1."""
        if after_s is not None:
            return min(after_s, self.after_cap_s)
        longest = min(self.backoff_cap_s, self.backoff_s * 2.0 ** (attempt - 1))
        # many who were refused at once must not come back at once
        return longest * chance.uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often a server may be asked.

    Attributes
    ----------
    per_second : float
    """

    per_second: float = 3.0


class RetryLaterError(Exception):
    """The server asks us to come back a little later; raised by the client and by who reads its answers.

    Parameters
    ----------
    en, zh : str
        Why, without anything of the request in it.
    status : int, optional
        Of HTTP, where that was the answer.
    after_s : float, optional
        The pause the server names.
    """

    def __init__(
        self, en: str, zh: str, *, status: int | None = None, after_s: float | None = None
    ) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh
        self.status = status
        self.after_s = after_s


class NoAnswerError(Exception):
    """No try brought an answer that could be read.

    Attributes
    ----------
    en, zh : str
        What was wrong with the last try, without anything of the request in it.
    status : int or None
        Of HTTP, where that was the answer.
    tries : int
        How often the server was asked.
    """

    def __init__(self, en: str, zh: str, *, status: int | None, tries: int) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh
        self.status = status
        self.tries = tries


class Client:
    """Ask one server.

    Parameters
    ----------
    url : str
        The whole address of the service, without parameters.
    timeout, retry, rate
        How long, how often, how fast.
    max_bytes : int
        A longer answer is not read to its end.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: Timeout | None = None,
        retry: Retry | None = None,
        rate: Rate | None = None,
        max_bytes: int = 2_000_000,
    ) -> None:
        import requests

        self.url = url
        self.timeout = timeout or Timeout()
        self.retry = retry or Retry()
        self.rate = rate or Rate()
        self.max_bytes = max_bytes
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"industrymap/{__version__}"
        self._next_at = 0.0
        self._chance = random.Random()  # noqa: S311 - jitter is no secret

    def get(self, params: Mapping[str, str], *, read: Callable[[bytes], _T]) -> _T:
        """Return ``read(answer)`` for a query, asking again while the server is busy or unreachable.

        Parameters
        ----------
        params : mapping
            The query; its values never appear in a message, since one of them is the key.
        read : callable
            Turns the answer into a result; raises :class:`RetryLaterError` for "too many requests", and whatever reading a
            malformed answer raises.

        Raises
        ------
        NoAnswerError
            Every try failed, or the server refused.
        """
        return self._ask("GET", {"params": dict(params)}, read, None)

    def post(
        self,
        data: Mapping[str, str],
        *,
        read: Callable[[bytes], _T],
        progress: Callable[[int, int], None] | None = None,
    ) -> _T:
        """Return ``read(answer)`` for a form; as :meth:`get`. ``progress`` is called with bytes received and expected."""
        return self._ask("POST", {"data": dict(data)}, read, progress)

    def _ask(
        self,
        method: str,
        what: dict[str, Any],
        read: Callable[[bytes], _T],
        progress: Callable[[int, int], None] | None,
    ) -> _T:
        last: RetryLaterError | None = None
        for attempt in range(self.retry.times + 1):
            if last is not None:
                self.retry.sleep(self.retry.pause_s(attempt, last.after_s, self._chance))
            self._keep_rate()
            # Reading happens inside the try: an answer cut in the middle, or garbage, is asked for
            # again.
            try:
                return read(self._body(method, what, progress))
            except RetryLaterError as later:
                last = later
            except _UNREADABLE as unreadable:
                kind = type(unreadable).__name__
                last = RetryLaterError(
                    f"an answer that cannot be read ({kind})", f"返回无法解析（{kind}）"
                )
        assert last is not None  # noqa: S101 - each try that ends without an answer leaves its reason
        raise NoAnswerError(
            last.en, last.zh, status=last.status, tries=self.retry.times + 1
        ) from None

    def _body(
        self,
        method: str,
        what: dict[str, Any],
        progress: Callable[[int, int], None] | None,
    ) -> bytes:
        import requests
        import urllib3

        # The deadline counts from here, for the whole answer; the library's own timeout starts anew
        # with each byte.
        ends_at = time.monotonic() + self.timeout.total_s
        try:
            with self._session.request(
                method,
                self.url,
                **what,
                timeout=(self.timeout.connect_s, self.timeout.total_s),
                stream=True,
                # a redirect would carry the key to a server nobody has named
                allow_redirects=False,
            ) as response:
                _check_status(response)
                return self._read_body(response, ends_at, progress)
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise RetryLaterError(
                f"no answer within {self.timeout.total_s:g} s",
                f"{self.timeout.total_s:g} 秒内没有返回",
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as fault:
            # requests puts the whole URL, and with it the key, into its messages: the cause is left out
            kind = type(fault).__name__
            raise RetryLaterError(
                f"it could not be reached or cut the connection ({kind})",
                f"无法连接或连接中断（{kind}）",
            ) from None

    def _read_body(
        self,
        response: Response,
        ends_at: float,
        progress: Callable[[int, int], None] | None,
    ) -> bytes:
        """Read the answer, never longer than the deadline nor larger than the limit."""
        stated = response.headers.get("Content-Length", "")
        # Some servers state no length: the bar then moves towards a total that grows with it.
        total = int(stated) if stated.isdecimal() else 0
        parts: list[bytes] = []
        size = 0
        while True:
            # read1 returns after one receive, so that a server dripping bytes cannot hold us past the deadline
            part = response.raw.read1(_CHUNK, decode_content=True)
            if not part:
                break
            size += len(part)
            if size > self.max_bytes:
                raise RetryLaterError("an answer far too large", "返回过大")
            if time.monotonic() > ends_at:
                raise RetryLaterError("an answer that never ends", "返回始终不结束")
            parts.append(part)
            if progress:
                progress(size, max(total, size + 1))
        if progress:
            progress(size, size)
        return b"".join(parts)

    def _keep_rate(self) -> None:
        now = time.monotonic()
        if now < self._next_at:
            # the rate is kept by the real clock, whatever waits between tries
            time.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + 1.0 / self.rate.per_second


def _check_status(response: Response) -> None:
    """Raise for an answer that is none: a busy server may be asked again, a refusal is final."""
    status = response.status_code
    if status == _OK:
        return
    # Above 504 are the states of proxies and content networks, which pass as well.
    if status in _BUSY or status > max(_BUSY):
        after = response.headers.get("Retry-After", "")
        # The header may also be a date; then our own pause is used.
        after_s = float(after) if after.isdecimal() else None
        raise RetryLaterError(f"HTTP {status}", f"HTTP {status}", status=status, after_s=after_s)
    words = f"HTTP {status} {response.reason or ''}".strip()
    raise NoAnswerError(words, words, status=status, tries=1)
