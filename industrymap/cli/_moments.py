"""A day, or the number of a change or an addition: what every command means by "as of"."""

from __future__ import annotations

from datetime import date

from industrymap.errors import ConfigError

__all__ = ["day_of", "moment", "moment_or_now"]

_LONGEST_NUMBER = 7
"""Digits of a number; eight are a day without its dashes, which is not taken for a number."""


def day_of(text: str) -> date:
    """Return a day as it is written, ``2025-06-30``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text!r} is no day; expected one such as 2025-06-30.",
            f"“{text}”不是日期，应如 2025-06-30。",
        ) from None


def moment(text: str) -> date | int:
    """Return the number that a text is, or its day.

    Examples
    --------
    >>> moment("12"), moment("2025-06-30")
    (12, datetime.date(2025, 6, 30))
    """
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else day_of(text)


def moment_or_now(text: str | None) -> date | int | None:
    """Return the same; ``None``, now, where nothing is said."""
    return None if text is None else moment(text)
