"""What is open: each workspace with its lock, its process for quick questions, and the long work it has going."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.desk.jobs import Job
from industrymap.desk.shelf import CONFIG, Shelf, number_of
from industrymap.desk.work import RefusedError, Worker

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Desk", "Opened"]

_STATE = ".industrymap"
_LOCK = "desk.lock"


@dataclass(slots=True, kw_only=True, eq=False)
class Opened:
    """A workspace that is open here and nowhere else.

    Attributes
    ----------
    folder : Path
    lock : Lock
        Held as long as it is open.
    quick : Worker
        Answers what takes a moment.
    job : Job, optional
        The build that runs, or ran last.
    """

    folder: Path
    lock: files.Lock
    quick: Worker = field(default_factory=Worker)
    job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether a build is running."""
        return self.job is not None and self.job.state == "running"


class Desk:
    """Everything that one start of the desk holds.

    Attributes
    ----------
    shelf : Shelf
        The workspaces it knows.
    opened : dict of str to Opened
        Number → workspace that is open.
    making : Job, optional
        The sample city that is being made, or was last.
    kitchen : Worker
        Makes what is no workspace yet.
    first : str
        The workspace that the desk was started with.
    used : float
        When somebody last asked for something.
    """

    def __init__(self, shelf: Shelf | None = None) -> None:
        self.shelf = shelf or Shelf()
        self.opened: dict[str, Opened] = {}
        self.making: Job | None = None
        self.kitchen = Worker()
        self.warming: set[asyncio.Task[None]] = set()
        self.first = ""
        self.used = time.monotonic()
        self._listeners: set[asyncio.Queue[None]] = set()

    def enter(self, folder: Path) -> str:
        """Open a workspace, and return its number.

        Raises
        ------
        RefusedError
            The folder is no workspace, or another desk has it open.
        """
        number = number_of(folder)
        if number not in self.opened:
            if not (folder / CONFIG).is_file():
                raise RefusedError(
                    f"{folder} 不是工作区：其中没有 {CONFIG}。",
                    f"{folder} is no workspace: there is no {CONFIG} in it.",
                )
            files.make_folder(folder / _STATE)
            # Two desks that save answers into one review would overwrite each other's.
            held = files.lock(folder / _STATE / _LOCK, str(os.getpid()))
            if isinstance(held, str):
                raise RefusedError(
                    f"该工作区已在另一个工作台中打开（进程 {held or '不明'}），请在那里继续或先关闭它。",
                    f"This workspace is open in another desk (process {held or 'unknown'}): go on there, or close it first.",
                    held_by=held,
                )
            self.opened[number] = Opened(folder=folder.resolve(), lock=held)
        self.shelf.remember(folder)
        return number

    def begin(self, number: str, kind: str, task: str, args: dict[str, Any]) -> Job:
        """Begin a long piece of work on an open workspace.

        Raises
        ------
        RefusedError
            One is going already.
        """
        room = self.opened[number]
        if room.busy:
            raise RefusedError("已有任务正在进行。", "Something is being done already.")
        room.job = Job(kind=kind, changed=self.changed)
        room.job.start(task, args)
        self.changed()
        return room.job

    @property
    def busy(self) -> bool:
        """Whether anything is being done that must not be broken off."""
        making = self.making is not None and self.making.state == "running"
        # A question that takes a minute is work, too: whoever asked may have closed the page.
        asked = any(room.quick.at_work for room in self.opened.values())
        return making or asked or any(room.busy for room in self.opened.values())

    @property
    def watched(self) -> bool:
        """Whether a page is open."""
        return bool(self._listeners)

    async def rest(self) -> None:
        """Give back the memory of processes that wait for questions."""
        for worker in (self.kitchen, *(room.quick for room in self.opened.values())):
            await worker.rest()

    def listen(self) -> asyncio.Queue[None]:
        """Return a queue that gets an item whenever something is new."""
        # One item is enough: what is new is read when it is shown.
        queue: asyncio.Queue[None] = asyncio.Queue(maxsize=1)
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[None]) -> None:
        """Listen no longer."""
        self._listeners.discard(queue)
        self.used = time.monotonic()

    def changed(self) -> None:
        """Let every page know."""
        for queue in self._listeners:
            if queue.empty():
                queue.put_nowait(None)

    def news(self) -> str:
        """Return what is going on, as pages are told of it."""
        jobs = {number: room.job.shown() for number, room in self.opened.items() if room.job}
        making = self.making.shown() if self.making else None
        return json.dumps({"jobs": jobs, "making": making}, ensure_ascii=False)

    async def close(self) -> None:
        """End every process, and let go of every workspace."""
        if self.making is not None:
            await self.making.cancel()
        await self.kitchen.end()
        for room in self.opened.values():
            if room.job is not None:
                await room.job.cancel()
            await room.quick.end()
            room.lock.release()
        self.opened.clear()
