"""A real HTTP server on the loopback that speaks what the four providers document: answers and errors."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Reply = dict[str, object] | bytes | str | int | Callable[["Handler"], None]
"""JSON, raw bytes, a status code, or a function that misbehaves with the connection."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def answer(self, text: str) -> None:
        query = {k: v[0] for k, v in parse_qs(text).items()}
        self.server.seen.append(query)
        reply = self.server.reply(query, len(self.server.seen))
        if callable(reply):
            reply(self)
        elif isinstance(reply, int):
            self.send(b"", status=reply)
        else:
            body = (
                reply
                if isinstance(reply, bytes)
                else json.dumps(reply, ensure_ascii=False).encode()
            )
            self.send(body)

    def send(self, body: bytes, *, status: int = 200, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, reply: Callable[[dict[str, str], int], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.seen: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on a slow answer is part of the test."""


@contextmanager
def serving(reply: Callable[[dict[str, str], int], Reply]) -> Iterator[Server]:
    server = Server(reply)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def cut(handler: Handler) -> None:
    """Promise much, send little, hang up."""
    handler.send(b'{"status":', length=5000)
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def slow(handler: Handler) -> None:
    time.sleep(1.0)
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """Send one byte at a time, for ever as far as a client can tell."""
    handler.send(b"", length=100_000)
    try:
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.03)
    except OSError:
        pass
    handler.close_connection = True


def flood(handler: Handler) -> None:
    try:
        handler.send(b" " * 3_000_000)
    except OSError:
        handler.close_connection = True


# What the services document, point for point.


def amap(*places: tuple[float, float, str] | None, district: str = "某区") -> dict[str, object]:
    return {
        "status": "1",
        "info": "OK",
        "infocode": "10000",
        "count": str(len(places)),
        "geocodes": [
            {
                "formatted_address": "某省某市某区某路1号" if place else [],
                "district": district if place else [],
                "location": f"{place[0]},{place[1]}" if place else [],
                "level": place[2] if place else [],
            }
            for place in places
        ],
    }


def amap_error(infocode: str, info: str) -> dict[str, object]:
    return {"status": "0", "info": info, "infocode": infocode}


def baidu(
    lon: float, lat: float, *, confidence: int, precise: int = 1, level: str = "门址"
) -> dict[str, object]:
    result = {
        "location": {"lng": lon, "lat": lat},
        "precise": precise,
        "confidence": confidence,
        "comprehension": 100,
        "level": level,
    }
    return {"status": 0, "result": result}


def tencent(
    lon: float, lat: float, *, level: int = 9, reliability: int = 7, district: str = "某区"
) -> dict[str, object]:
    result = {
        "title": "某路1号",
        "location": {"lng": lon, "lat": lat},
        "address_components": {"province": "某省", "city": "某市", "district": district},
        "reliability": reliability,
        "level": level,
    }
    return {"status": 0, "message": "query ok", "result": result}


def tianditu(lon: float, lat: float, *, level: str = "门址", score: int = 100) -> dict[str, object]:
    location = {"score": score, "level": level, "lon": str(lon), "lat": lat, "keyWord": "某路1号"}
    return {"msg": "ok", "location": location, "searchVersion": "6.4.9V", "status": "0"}
