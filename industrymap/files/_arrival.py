"""A file that comes in pieces: written beside its place, never larger than allowed, and put there when it is whole."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files._write import failed_to_write

if TYPE_CHECKING:
    import os

__all__ = ["Arrival"]


class Arrival:
    """A file on its way.

    Parameters
    ----------
    path : path
        Where it shall be; its folder has to be there.
    most : int
        Bytes it may have.

    Raises
    ------
    WriteFailedError
        No permission, or no room; what arrived is removed.
    """

    def __init__(self, path: str | os.PathLike[str], *, most: int) -> None:
        self.path = Path(path)
        self.most = most
        self.size = 0
        self._temporary = self.path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            self._stream = self._temporary.open("xb")
        except OSError as error:
            raise failed_to_write(self.path, error) from error

    def add(self, piece: bytes) -> None:
        """Write the next piece.

        Raises
        ------
        FileRefusedError
            It is larger than allowed.
        """
        self.size += len(piece)
        if self.size > self.most:
            self.discard()
            raise FileRefusedError(
                f"{self.path.name} has more than {self.most:,} bytes and was not taken.",
                f"{self.path.name} 超过 {self.most:,} 字节，未接收。",
            )
        try:
            self._stream.write(piece)
        except OSError as error:
            self.discard()
            raise failed_to_write(self.path, error) from error

    def finish(self) -> Path:
        """Put the whole file in its place."""
        try:
            self._stream.close()
            self._temporary.replace(self.path)
        except OSError as error:
            self.discard()
            raise failed_to_write(self.path, error) from error
        return self.path

    def discard(self) -> None:
        """Remove what arrived."""
        with suppress(OSError):
            self._stream.close()
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)
