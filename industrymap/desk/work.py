"""The process that does the work: asked for one thing after another, ended at any moment without leaving half a file.

What travels: one line of JSON for each request; one line for each answer, followed by as many bytes as it says. The bytes go
to the browser as they are, so that a list of 30,000 issues is packed once.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[dict[str, Any]], None]

__all__ = ["RefusedError", "Worker"]

_LONGEST_LINE = 1 << 20


@dataclass(eq=False)
class RefusedError(Exception):
    """Why a task was not done.

    Attributes
    ----------
    zh, en : str
        The sentence in Chinese and in English.
    fault : bool
        The program itself is wrong.
    held_by : str
        Of a workspace that is open in another desk: its process.
    """

    zh: str
    en: str
    fault: bool = False
    held_by: str = ""

    def __str__(self) -> str:
        return self.en


class Worker:
    """One child process. It is started when it is first needed, and again after it was ended."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None and self._process.returncode is None

    @property
    def at_work(self) -> bool:
        """Whether it is doing what somebody asked for."""
        return self._turn.locked()

    async def ask(self, task: str, args: dict[str, Any], *, progress: Progress | None = None) -> bytes:  # fmt: skip
        """Have something done, and return the answer, packed as JSON.

        Raises
        ------
        RefusedError
            It cannot be done, or the process was ended meanwhile.
        """
        async with self._turn:
            process = await self._started()
            if process.stdin is None or process.stdout is None:
                msg = "the process has no pipes"
                raise RuntimeError(msg)
            request = json.dumps({"task": task, "args": args}, ensure_ascii=True)
            try:
                process.stdin.write(request.encode("ascii") + b"\n")
                await process.stdin.drain()
                return await _answer(process.stdout, progress)
            except (asyncio.IncompleteReadError, OSError) as error:
                # Whoever ended it on purpose does not show this.
                raise RefusedError(
                    "处理进程意外结束，原有成果未改动；可能是内存不足，请关闭其他程序后重试。",
                    "The process that does the work ended unexpectedly; earlier outputs are unchanged. Memory may have run out: "
                    "close other programs and try again.",
                    fault=True,
                ) from error

    async def rest(self) -> None:
        """End the process where it has nothing to do: it is started again when it is needed."""
        if self.running and not self._turn.locked():
            # Whoever asks meanwhile waits, and gets a new process.
            async with self._turn:
                await self.end()

    async def warm(self) -> None:
        """Let the process load what reading needs, before it is asked for."""
        with suppress(RefusedError):
            await self.ask("warm", {})

    async def end(self) -> None:
        """End the process, whatever it is doing."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "industrymap.desk.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LONGEST_LINE,
                # messages of libraries are for a log, not for a pipe that is taken apart line by line
                env={**os.environ, "PYTHONUTF8": "1"},
            )
        return self._process


async def _answer(stream: asyncio.StreamReader, progress: Progress | None) -> bytes:
    """Return the bytes of the answer, handing on what is said of its progress before."""
    while True:
        head = json.loads(await stream.readuntil(b"\n"))
        body = await stream.readexactly(int(head["size"]))
        if head["kind"] == "done":
            return body
        said = json.loads(body)
        if head["kind"] == "refused":
            raise RefusedError(said["zh"], said["en"], said["fault"])
        if progress is not None:
            progress(said)
