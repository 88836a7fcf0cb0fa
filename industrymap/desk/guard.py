"""Before every request: is it this machine's own browser, sent by the desk's own page, for the person who started it?

A web page elsewhere in the same browser can send requests to 127.0.0.1, too. What keeps it out, in this order:

``Host``     names this address: a foreign name that was made to point here (DNS rebinding) does not
``Origin``   where there is one, is the desk's own; no answer ever allows another one (no CORS)
cookie       got in exchange for the token of this start; ``HttpOnly``, ``SameSite=Strict``
``X-Desk``   on everything that changes something: a foreign page cannot send it without asking first, and is refused
type         JSON or plain bytes: what a form of a foreign page can send is neither
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "Keys"]

_TYPES = ("application/json", "application/octet-stream")
_CHANGES = "POST"
_READS = "GET"
_SITES = {"", "none", "same-origin"}
"""What a browser says of who asks: nobody (typed, or opened by a program), or the desk's own page."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""What every answer carries, unless it says something of its own."""

_NO_KEY = (
    "请从 industrymap 的图标或命令 industrymap desk 打开工作台。\n"
    "Open the desk by its icon, or with the command industrymap desk.\n"
)


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(slots=True, kw_only=True)
class Keys:
    """What this start of the desk knows itself by.

    Attributes
    ----------
    token : str
        In the address that the browser is opened with.
    session : str
        What the browser keeps in exchange.
    port : int
        Where the desk listens; nothing is answered before it is known.
    """

    token: str = field(default_factory=_secret)
    session: str = field(default_factory=_secret)
    port: int = 0

    @property
    def cookie(self) -> str:
        """Name of the cookie: cookies are shared by all ports of a machine, and two desks may be open."""
        return f"desk-{self.port}"

    @property
    def hosts(self) -> set[str]:
        """How this address may be called."""
        return {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}

    @property
    def address(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self.port}/start?token={self.token}"


class Guard:
    """Lets through what the desk's own page asks, and nothing else."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self.app = app
        self.keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or hand on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            # The server's own start and end are no requests.
            return
        if scope["type"] != "http":
            return  # no web sockets here
        from starlette.requests import Request

        request = Request(scope)
        sealed = _sealed(send)
        refused = self._refusal(request)
        if refused:
            await PlainTextResponse(refused, status_code=403)(scope, receive, sealed)
        elif request.url.path == "/start":
            await self._start(request)(scope, receive, sealed)
        # After the question where it comes from: a foreign page learns nothing of the cookie.
        elif not _equal(request.cookies.get(self.keys.cookie, ""), self.keys.session):
            await PlainTextResponse(_NO_KEY, status_code=403)(scope, receive, sealed)
        else:
            await self.app(scope, receive, sealed)

    def _refusal(self, request: HTTPConnection) -> str:
        """Return why a request is refused, whoever sends it; empty where it is not."""
        headers, method = request.headers, request.scope["method"]
        # Only http: the desk has no certificate, and nothing leaves this machine.
        own = {f"http://{host}" for host in self.keys.hosts}
        # All headers of the name are compared, so that a second Host or Origin cannot hide behind
        # the first.
        if not self.keys.port or headers.getlist("host") not in [[h] for h in self.keys.hosts]:
            return "host"
        if any(origin not in own for origin in headers.getlist("origin")):
            return "origin"
        # Older browsers do not send it; they are held by the cookie and the header below.
        if headers.get("sec-fetch-site", "") not in _SITES:
            return "site"
        if method not in {_READS, _CHANGES}:
            return "method"
        if method == _CHANGES and (
            headers.get("x-desk") != "1" or headers.get("content-type", "") not in _TYPES
        ):
            return "header"  # fmt: skip
        return ""

    def _start(self, request: HTTPConnection) -> PlainTextResponse | RedirectResponse:
        """Exchange the token for the cookie, and take it out of the address."""
        if not _equal(request.query_params.get("token", ""), self.keys.token):
            return PlainTextResponse(_NO_KEY, status_code=403)
        # 303: the address with the token does not stay in the history as the page's own
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.keys.cookie, self.keys.session, httponly=True, samesite="strict", path="/")  # fmt: skip
        return answer


def _equal(one: str, other: str) -> bool:
    """Compare in a time that does not tell how much was right."""
    return hmac.compare_digest(one.encode("utf-8"), other.encode("utf-8"))


def _sealed(send: Send) -> Send:
    """Give every answer the headers of :data:`_HEADERS`."""

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            have = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(
                    (name.lower().encode("ascii"), value.encode("ascii"))
                    for name, value in _HEADERS.items()
                    if name.lower().encode("ascii") not in have
                ),
            ]
        await send(message)

    return sealed
