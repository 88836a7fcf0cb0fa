"""Runs a stage of the benchmark in a process of its own and ends it, with all that it started, when its time is over."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def watched(
    words: list[str], left: Callable[[dict[str, Any]], float]
) -> tuple[list[dict[str, Any]], int | None, list[str]]:
    """Run this script inside a process of its own and collect its JSON lines.

    ``left`` says how many seconds may pass until the next line. When they are over, the process and all that it
    started are ended, and the exit code is None. What a browser that was ended leaves on the disk goes with it.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        return _watched(words, left, place)


def _watched(
    words: list[str], left: Callable[[dict[str, Any]], float], place: str
) -> tuple[list[dict[str, Any]], int | None, list[str]]:
    here = Path(__file__).parent
    child = subprocess.Popen(
        [sys.executable, str(here), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(here.parents[1]), "TMPDIR": place},
    )  # fmt: skip
    said: queue.Queue[str | None] = queue.Queue()
    errors: list[str] = []

    def listen() -> None:
        for line in child.stdout or ():
            said.put(line)
        said.put(None)

    def complain() -> None:
        errors.extend(line.strip() for line in child.stderr or () if line.strip())

    for work in (listen, complain):
        threading.Thread(target=work, daemon=True).start()
    lines: list[dict[str, Any]] = []
    told: dict[str, Any] = {}
    while True:
        try:
            line = said.get(timeout=left(told))
        except queue.Empty:
            end(child)
            return lines, None, errors
        if line is None:
            break
        if line.startswith("{"):
            lines.append(json.loads(line))
            told |= lines[-1]
    return lines, child.wait(), errors


def end(child: subprocess.Popen[str]) -> None:
    """End a process and all that it started, whatever group those are in."""
    for pid in [*descendants(child.pid), child.pid]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    child.wait()


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, and those they started."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after[1]), []).append(int(stat.parent.name))
    found, open_ = [], [pid]
    while open_:
        below = parents.get(open_.pop(), [])
        found += below
        open_ += below
    return found
