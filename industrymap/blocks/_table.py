"""The table of checks: one row per thing checked, with its value, its limit and a sentence in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap.columns import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["CHECK_COLUMNS", "STATUSES", "as_table", "line", "verdict"]

CHECK_COLUMNS = (
    "check",
    "subject",
    "name",
    "value",
    "limit",
    "unit",
    "status",
    "n",
    "coverage",
    "as_of",
    "zh",
    "en",
)
"""``check`` which rule · ``subject`` id of the block, district or city · ``value``, ``limit``, ``unit`` ·
``status`` one of :data:`STATUSES` · ``n`` how many features the value rests on, ``coverage`` the share of them that bring it."""

STATUSES = ("pass", "fail", "undetermined", "info")

_TYPES: dict[str, Any] = dict.fromkeys(CHECK_COLUMNS, "string") | {
    "value": "Float64",
    "limit": "Float64",
    "n": "Int64",
    "coverage": "Float64",
}


def line(check: str, subject: str, *, zh: str, en: str, **cells: Any) -> dict[str, Any]:
    """Return one row of the table."""
    return {"check": check, "subject": subject, "zh": zh, "en": en, "status": "info", **cells}


def as_table(lines: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the rows as a typed frame, in their order."""
    return pd.DataFrame(list(lines), columns=list(CHECK_COLUMNS)).astype(_TYPES)


def verdict(value: float | None, limit: float | None) -> str:
    """Return ``pass`` where ``value`` reaches ``limit``, ``undetermined`` where one of them is unknown."""
    # A limit that no source states cannot be failed.
    if limit is None or value is None or is_missing(value):
        return "undetermined"
    return "pass" if value >= limit else "fail"
