"""A moment as commands take it: a day, or the number under which the database keeps a change or an addition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.periods import as_day

if TYPE_CHECKING:
    from datetime import date

__all__ = ["as_day", "moment", "moment_or_now"]

_DAY_DIGITS = 8
"""20250630 is a day written without dashes, which ``date.fromisoformat`` reads: fewer digits are a number."""


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
