"""Drive Debian's Firefox: Playwright speaks only to a Firefox of its own, Marionette (a few lines of JSON over a socket) to every one."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT_S = 60.0


class Firefox:
    """A session with a running Firefox."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_WAIT_S)
        self._number = 0
        self._read()  # it introduces itself
        self.ask(
            "WebDriver:NewSession", capabilities={"alwaysMatch": {"acceptInsecureCerts": False}}
        )

    def close(self) -> None:
        """End the session; Firefox ends with its process."""
        self._socket.close()

    def ask(self, command: str, **parameters: Any) -> Any:
        """Send a command and return its answer."""
        self._number += 1
        text = json.dumps([0, self._number, command, parameters])
        self._socket.sendall(f"{len(text.encode())}:{text}".encode())
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def run(self, body: str, *arguments: Any) -> Any:
        """Run the body of an async function in the page and return what it returns."""
        script = f"const done = arguments[arguments.length - 1]; (async (...given) => {{ {body} }})(...arguments).then((v) => done([v]), (e) => done([null, String(e)]));"
        value, *error = self.ask(
            "WebDriver:ExecuteAsyncScript",
            script=script,
            args=list(arguments),
            scriptTimeout=40_000,
            sandbox=None,
        )["value"]
        assert not error, error
        return value

    def _read(self) -> Any:
        digits = b""
        while not digits.endswith(b":"):
            digits += self._socket.recv(1)
        left = int(digits[:-1])
        parts: list[bytes] = []
        while left:
            parts.append(self._socket.recv(min(left, 1 << 16)))
            left -= len(parts[-1])
        return json.loads(b"".join(parts))


@contextmanager
def firefox(binary: str) -> Iterator[Firefox]:
    """Start a headless Firefox with a profile of its own, without a network, and end it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        preferences = {
            "marionette.port": 0,
            "network.proxy.type": 1,
            "network.proxy.http": "127.0.0.1",
            "network.proxy.http_port": 9,
            "network.proxy.ssl": "127.0.0.1",
            "network.proxy.ssl_port": 9,
            "app.update.enabled": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
        Path(profile, "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [binary, "--headless", "--marionette", "--no-remote", "--profile", profile]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with closing(Firefox(_port(Path(profile, "MarionetteActivePort")))) as session:
                yield session
        finally:
            process.terminate()
            process.wait(timeout=20)


def _port(path: Path) -> int:
    end = time.monotonic() + _WAIT_S
    while time.monotonic() < end:
        if path.is_file() and path.read_text(encoding="ascii").strip():
            return int(path.read_text(encoding="ascii"))
        time.sleep(0.1)
    raise TimeoutError("Firefox did not open its port")
