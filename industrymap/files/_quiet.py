"""Silence for a library that writes to the process's error stream behind Python's back."""

from __future__ import annotations

import contextlib
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["quiet"]

_STDERR = 2


@contextmanager
def quiet() -> Iterator[None]:
    """Send what compiled code writes to stderr nowhere, for the length of the block.

    A reader in Rust prints a page of stack before Python learns that a file is damaged; the person at the keyboard
    shall read one sentence.
    """
    try:
        kept = os.dup(_STDERR)
    except OSError:  # there is no error stream (a service, a windowed program)
        yield
        return
    with contextlib.suppress(AttributeError, ValueError, OSError):
        sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(nowhere)
        os.close(kept)
