"""Frames on a terminal: coded columns in words, numbers with few digits, unknown as a dash."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from industrymap import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["cell", "frame_lines", "percent"]

# In columns of a terminal, where a Chinese character takes two: 18 characters.
_WIDEST = 36


def cell(value: Any, words: dict[str, str] | None = None) -> str:
    """Return a value as a person reads it: unknown as a dash, numbers with few digits, long texts cut."""
    from industrymap.columns import is_missing

    if is_missing(value):
        return "—"
    if words:
        return words.get(str(value), str(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    # Four significant digits: shares and ratios keep theirs, yuan need no decimals.
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    # A line break inside a cell of a workbook would break the table.
    text = " ".join(str(value).split())
    return aligned.cut(text, _WIDEST)


def percent(value: Any) -> str:
    """Return a share as a person reads it.

    Examples
    --------
    >>> percent(0.0487), percent(1.0), percent(float("nan"))
    ('4.9%', '100%', '—')
    """
    from industrymap.columns import is_missing

    return "—" if is_missing(value) else f"{100 * value:.1f}".removesuffix(".0") + "%"


def frame_lines(
    frame: pd.DataFrame,
    headers: Sequence[str],
    words: dict[str, dict[str, str]],
    *,
    percents: Sequence[str] = (),
) -> list[str]:
    """Return a frame as lines, coded columns in words, shares as percent."""
    columns = [
        [percent(v) if name in percents else cell(v, words.get(str(name))) for v in frame[name]]
        for name in frame
    ]
    # By type, not by look: codes are text of digits and stay left.
    right = [
        n
        for n, name in enumerate(frame)
        if str(frame[name].dtype) in {"Float64", "Int64", "float64", "int64"}
    ]
    return aligned.table(headers, zip(*columns, strict=True), right=right)
