"""A long piece of work: it goes on when the browser is closed, and is there when the browser comes back."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from industrymap.desk.work import RefusedError, Worker
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Job"]

_LEAST_PAUSE = 0.1
"""Seconds between two words about progress: more often nobody can read."""


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """One piece of work in a process of its own.

    Attributes
    ----------
    kind : str
        ``sample`` or ``build``.
    changed : callable
        Called whenever there is something new to show.
    state : str
        ``running``, ``done``, ``failed`` or ``cancelled``.
    said : dict
        What was last said of its progress.
    result : object
        What came of it, where it is done.
    error : dict
        Why it is not, in both languages.
    """

    kind: str
    changed: Callable[[], None]
    state: str = "running"
    said: dict[str, Any] = field(default_factory=dict)
    result: Any = None
    error: dict[str, Any] | None = None
    seconds: float = 0.0
    _began: float = field(default_factory=time.monotonic)
    _shown: float = 0.0
    _worker: Worker = field(default_factory=Worker)
    _task: asyncio.Task[None] | None = None

    def start(self, task: str, args: dict[str, Any], *, after: Callable[[], object] | None = None) -> None:  # fmt: skip
        """Begin; ``after`` is called once it is done, and its answer is the result."""
        self._task = asyncio.create_task(self._run(task, args, after))

    async def cancel(self) -> None:
        """End it: its process is ended, and nothing half-written stays, since every file is put in place whole."""
        if self.state == "running":
            self.state = "cancelled"
            await self._worker.end()
            if self._task is not None:
                await self._task

    def shown(self) -> dict[str, Any]:
        """Return what the page shows of it."""
        clock = time.monotonic() - self._began if self.state == "running" else self.seconds
        return {
            "kind": self.kind,
            "state": self.state,
            "seconds": round(clock, 1),
            "said": self.said,
            "result": self.result,
            "error": self.error,
        }

    async def _run(self, task: str, args: dict[str, Any], after: Callable[[], object] | None) -> None:  # fmt: skip
        try:
            answer = json.loads(await self._worker.ask(task, args, progress=self._progress))
            result = after() if after is not None else answer
        except IndustryMapError as error:
            self.state, self.error = "failed", {"zh": error.zh, "en": error.en, "fault": False}
        except RefusedError as refused:
            # A process that was ended on purpose has no reason to give.
            if self.state == "running":
                self.state = "failed"
                self.error = {"zh": refused.zh, "en": refused.en, "fault": refused.fault}
        else:
            self.state, self.result = "done", result
        self.seconds = time.monotonic() - self._began
        await self._worker.end()
        self.changed()

    def _progress(self, said: dict[str, Any]) -> None:
        new_stage = said.get("stage") != self.said.get("stage")
        self.said = said
        now = time.monotonic()
        if new_stage or now - self._shown >= _LEAST_PAUSE:
            self._shown = now
            self.changed()
