"""The server: on this machine only, on a free port, gone when nobody looks at it any more."""

from __future__ import annotations

import asyncio
import json
import os
import time
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from industrymap import files
from industrymap.desk.app import make_app
from industrymap.desk.guard import Keys
from industrymap.desk.rooms import Desk
from industrymap.desk.shelf import Shelf
from industrymap.desk.work import RefusedError
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Options", "Server", "serve"]

_LOOPBACK = "127.0.0.1"
_REST_S = 180.0
"""Seconds without a question after which the processes that answer them are ended: they hold some 200 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the desk is started.

    Attributes
    ----------
    workspace : Path, optional
        Opened at once.
    port : int
        0 for any free one.
    browser : bool
        Whether the default browser is opened.
    closed_s : float
        Seconds after the last page was closed until the desk ends; reloading a page takes less.
    idle_s : float
        Seconds without any question until the desk ends, also where a page is left open.
    """

    workspace: Path | None = None
    port: int = 0
    browser: bool = True
    closed_s: float = 30.0
    idle_s: float = 4 * 3600.0


class Server(uvicorn.Server):
    """uvicorn, which knows its port only when it listens, and ends when nobody looks."""

    def __init__(self, desk: Desk, options: Options, ready: Callable[[str], None]) -> None:
        self.desk = desk
        self.options = options
        self.keys = Keys()
        self._ready = ready
        super().__init__(
            uvicorn.Config(
                make_app(desk, self.keys),
                host=_LOOPBACK,
                port=options.port,
                # The token stands in an address: no line of a log may hold one.
                access_log=False,
                log_level="critical",
                lifespan="off",
                ws="none",
                server_header=False,
                # Pages listen for as long as they are open: they are not waited for.
                timeout_graceful_shutdown=1,
            )
        )

    async def startup(self, *args: object, **kwargs: object) -> None:
        """Listen, then say where."""
        await super().startup(*args, **kwargs)  # type: ignore[arg-type]
        if self.started:
            self.keys.port = self.servers[0].sockets[0].getsockname()[1]
            self._ready(self.keys.address)

    async def on_tick(self, counter: int) -> bool:
        """End when the last page is closed, or nobody asked anything for hours, and nothing is being done."""
        ended = await super().on_tick(counter)
        since = time.monotonic() - self.desk.used
        if since > _REST_S:
            await self.desk.rest()
        limit = self.options.idle_s if self.desk.watched else self.options.closed_s
        return ended or (since > limit and not self.desk.busy)

    async def shutdown(self, *args: object, **kwargs: object) -> None:
        """End the processes of the work, too."""
        await self.desk.close()
        await super().shutdown(*args, **kwargs)  # type: ignore[arg-type]


def serve(options: Options, *, said: Callable[[str], None]) -> None:
    """Run the desk until it is closed.

    Parameters
    ----------
    options : Options
    said : callable
        Given the address once it can be opened.

    Raises
    ------
    IndustryMapError
        The workspace is none, or open in another desk; the port is taken.
    """
    desk = Desk(Shelf())
    if options.workspace is not None:
        try:
            desk.first = desk.enter(options.workspace)
        except RefusedError as refused:
            if options.browser:
                _show_running(desk.shelf, refused.held_by)
            raise IndustryMapError(refused.en, refused.zh) from refused
    record = desk.shelf.folder / ".desk" / f"running-{os.getpid()}.json"

    def ready(address: str) -> None:
        files.make_folder(record.parent)
        # Only this user may read it: it holds the token.
        files.write_private(record, json.dumps({"address": address}))
        said(address)
        if options.browser:
            webbrowser.open_new_tab(address)

    server = Server(desk, options, ready)
    try:
        # uvicorn ends the process where it cannot listen.
        with suppress(KeyboardInterrupt):
            asyncio.run(server.serve())
    except SystemExit as ended:
        raise IndustryMapError(
            f"Port {options.port} is taken by another program: name another one with --port, or none.",
            f"端口 {options.port} 已被其他程序占用：请用 --port 换一个，或不指定。",
        ) from ended
    finally:
        files.remove(record)


def _show_running(shelf: Shelf, process: str) -> None:
    """Bring the desk that has the workspace open into the browser, where it is this user's."""
    with suppress(OSError, ValueError, KeyError, IndustryMapError):
        running = shelf.folder / ".desk" / f"running-{int(process)}.json"
        address = json.loads(files.read_text(files.check(running, allow=("json",))))["address"]
        if str(address).startswith(f"http://{_LOOPBACK}:"):
            webbrowser.open_new_tab(str(address))
