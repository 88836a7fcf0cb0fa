"""A desk that runs in this process, and the questions that tests ask it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests

from industrymap.desk.rooms import Desk
from industrymap.desk.server import Options, Server
from industrymap.desk.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Running:
    """A desk that listens, with the cookie of its own page."""

    def __init__(self, server: Server, desk: Desk) -> None:
        self.server, self.desk, self.keys = server, desk, server.keys
        self.base = f"http://127.0.0.1:{server.keys.port}"
        self.cookies = {server.keys.cookie: server.keys.session}

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.base + path, headers=headers, cookies=self.cookies, timeout=60)

    def post(self, path: str, said: Any = None, **headers: str) -> requests.Response:
        sent = {"X-Desk": "1", "Content-Type": "application/json", **headers}
        return requests.post(
            self.base + path, json=said or {}, headers=sent, cookies=self.cookies, timeout=60
        )

    def send(self, path: str, data: bytes) -> requests.Response:
        sent = {"X-Desk": "1", "Content-Type": "application/octet-stream"}
        return requests.post(
            self.base + path, data=data, headers=sent, cookies=self.cookies, timeout=60
        )


@contextmanager
def running(home: Path, workspace: Path | None = None, **options: Any) -> Iterator[Running]:
    """Run a desk until the block ends; ``home`` is where it makes workspaces."""
    desk = Desk(Shelf(home))
    if workspace is not None:
        desk.first = desk.enter(workspace)
    listens = threading.Event()
    server = Server(desk, Options(browser=False, **options), lambda _: listens.set())
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    assert listens.wait(30)
    try:
        yield Running(server, desk)
    finally:
        server.should_exit = True
        thread.join(30)
