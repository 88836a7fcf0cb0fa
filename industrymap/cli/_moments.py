"""A moment as commands take it: a day, or the number under which the database keeps a change or an addition."""

from __future__ import annotations

from datetime import date

from industrymap.errors import ConfigError

__all__ = ["as_day", "moment", "moment_or_now"]

_DAY_DIGITS = 8
"""20250630 is a day written without dashes, which ``date.fromisoformat`` reads: fewer digits are a number."""


def as_day(text: str) -> date:
    """Return a day.

    Raises
    ------
    ConfigError
        The text is none.

    Examples
    --------
    >>> as_day("2025-06-30")
    datetime.date(2025, 6, 30)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text!r} is no day; expected one such as 2025-06-30.",
            f"“{text}”不是日期，应如 2025-06-30。",
        ) from None


def moment(text: str) -> date | int:
    """Return a number, or a day.

    Examples
    --------
    >>> moment("12"), moment("20250630")
    (12, datetime.date(2025, 6, 30))
    """
    # Written without dashes a day has eight digits, and no database has ten million changes.
    return int(text) if text.isdecimal() and len(text) < _DAY_DIGITS else as_day(text)


def moment_or_now(text: str | None) -> date | int | None:
    """Return the same; ``None``, which means now, where nothing is said."""
    return None if text is None else moment(text)
