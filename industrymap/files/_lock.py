"""One writer at a time: a lock that the system itself lets go of when its holder ends, however it ends."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import os

__all__ = ["Lock", "lock"]

_FAR = 1 << 20
"""Windows lets nobody read a locked byte: the one that is locked lies far behind the text."""


class Lock:
    """A lock that is held until :meth:`release`, or until the process ends.

    Parameters
    ----------
    stream : file
        The open lock file; it keeps the lock.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def release(self) -> None:
        """Let the next one in."""
        with suppress(OSError):
            self._stream.close()


def lock(path: str | os.PathLike[str], text: str) -> Lock | str:
    """Take the lock that a file stands for, and write into it who holds it.

    Parameters
    ----------
    path : path
        The lock file; its folder has to be there. It stays when the lock is let go of, as an empty shell.
    text : str
        What others read: the process that holds it.

    Returns
    -------
    lock : Lock or str
        What the present holder wrote, where somebody holds it. A dead holder's lock is free.
    """
    where = Path(path)
    stream = where.open("a+", encoding="utf-8")
    try:
        _take(stream)
    except OSError:
        stream.seek(0)
        held_by = stream.read()
        stream.close()
        return held_by
    stream.seek(0)
    stream.truncate()
    stream.write(text)
    stream.flush()
    return Lock(stream)


if sys.platform == "win32":

    def _take(stream: IO[str]) -> None:
        import msvcrt

        stream.seek(_FAR)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _take(stream: IO[str]) -> None:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
