"""What reaches the terminal: text of files without anything that could command it, in whatever encoding it has.

A name in a table may hold an escape sequence that clears the screen, hides a line or retitles the window, or a mark that turns the
reading direction. Everything written passes through :class:`Terminal`, which shows such characters instead of sending them. What
the program itself needs (colours, a line drawn anew) is written with a stand-in that nobody outside this process can know.
"""

from __future__ import annotations

import codecs
import errno
import re
import secrets
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

__all__ = ["START_OF_LINE", "ClosedError", "FullError", "Terminal", "plain", "styled"]

# Private-use characters and a random token: text of a file cannot contain it but by knowing this
# process.
_OWN = f"\ue000{secrets.token_hex(8)}\ue001"
START_OF_LINE = f"{_OWN}r{_OWN}[K"
"""Goes back to the start of the line and clears it; for terminals only."""

_OWN_CODE = re.compile(rf"{_OWN}(r|\[[0-9;]*[mK])")
_COMMANDS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters but tab and line feed, marks of direction, line separators, half characters."""
_ERRORS = "industrymap.shown"
_CHINESE = "产业地图"


class ClosedError(Exception):
    """Whoever read the output has closed it."""


class FullError(Exception):
    """The output cannot be written any more: the disk it is sent to is full."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror)
        self.errno = error.errno or 0


def plain(text: str) -> str:
    r"""Return a text with everything that could command a terminal shown as an escape.

    Examples
    --------
    >>> print(plain("甲厂\x1b[2J"))
    甲厂\x1b[2J
    """
    return _COMMANDS.sub(_shown, text)


def styled(text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
    """Return a text in a colour or bold where the output is a terminal, as it is elsewhere."""
    if not sys.stdout.isatty():
        return text
    # Styled around a placeholder: the text itself must not pass as a command of our own.
    codes = click.style("\0", fg=fg, bold=bold).replace("\x1b", _OWN)
    return codes.replace("\0", plain(text))


class Terminal:
    """Standard output or error, with commands shown and an encoding that holds what is written.

    Parameters
    ----------
    stream : text stream
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        _fit(stream)

    def write(self, text: str) -> int:
        """Write a text; every command in it that is not the program's own is shown."""
        shown = _OWN_CODE.sub(self._own, plain(text))
        try:
            return self._stream.write(shown)
        except OSError as error:
            raise _ended(error) from error

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what has been written."""
        try:
            self._stream.flush()
        except OSError as error:
            raise _ended(error) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _own(self, match: re.Match[str]) -> str:
        # In a file there is no line to return to and no colour to set.
        if not self._stream.isatty():
            return ""
        return "\r" if match[1] == "r" else f"\x1b{match[1]}"


def _shown(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")


def _ended(error: OSError) -> Exception:
    # Windows reports a closed pipe as an invalid argument
    if error.errno in {errno.EPIPE, errno.ESHUTDOWN, errno.EINVAL}:
        return ClosedError()
    return FullError(error)


def _fit(stream: TextIO) -> None:
    """Give a stream an encoding that can hold Chinese, or show what its encoding lacks."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    codecs.register_error(_ERRORS, _replace)
    encoding = stream.encoding or "utf-8"
    try:
        _CHINESE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        # redirected on a Western Windows: its code page would lose every name
        if not stream.isatty():
            encoding = "utf-8"
    reconfigure(encoding=encoding, errors=_ERRORS)


def _replace(error: UnicodeError) -> tuple[str, int]:
    """Stand in for what an encoding lacks: a plainer form of the same character (² → 2), else its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    parts = []
    for char in lacking:
        # m² as m2 is still read correctly; an escape is the last resort, but never a lost
        # character.
        simpler = unicodedata.normalize("NFKC", char)
        try:
            simpler.encode(error.encoding)
        except UnicodeEncodeError:
            simpler = char.encode("ascii", "backslashreplace").decode("ascii")
        parts.append(simpler)
    return "".join(parts), error.end
