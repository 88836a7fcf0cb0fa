"""Tables on a terminal: columns aligned by what a character takes, Chinese ones two places."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

__all__ = ["cell", "frame_lines", "lines"]

_WIDEST = 36


def lines(
    headers: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
) -> list[str]:
    """Return a table as lines.

    Parameters
    ----------
    headers : sequence of str
    rows : iterable of sequence of str
    right : sequence of int
        Columns set to the right: numbers.

    Examples
    --------
    >>> for line in lines(["园区", "亩"], [["甲", "12"]], right=[1]):
    ...     print(line)
    园区  亩
    甲    12
    """
    table = [list(headers), *(list(row) for row in rows)]
    widths = [max(_width(row[n]) for row in table) for n in range(len(headers))]
    return [
        "  ".join(
            _padded(text, widths[n], left=n not in right) for n, text in enumerate(row)
        ).rstrip()
        for row in table
    ]


def cell(value: Any, words: dict[str, str] | None = None) -> str:
    """Return a value as a person reads it: unknown as a dash, numbers with few digits, long texts cut."""
    import pandas as pd

    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return "—"
    if words:
        return words.get(str(value), str(value))
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    text = " ".join(str(value).split())
    return _cut(text)


def frame_lines(
    frame: pd.DataFrame, headers: Sequence[str], words: dict[str, dict[str, str]]
) -> list[str]:
    """Return a frame as lines, coded columns in words."""
    columns = [[cell(v, words.get(str(name))) for v in frame[name]] for name in frame]
    right = [
        n
        for n, name in enumerate(frame)
        if str(frame[name].dtype) in {"Float64", "Int64", "float64", "int64"}
    ]
    return lines(headers, zip(*columns, strict=True), right=right)


def _cut(text: str) -> str:
    if _width(text) <= _WIDEST:
        return text
    out = ""
    for character in text:
        if _width(out + character) > _WIDEST - 1:
            break
        out += character
    return out + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, *, left: bool) -> str:
    gap = " " * (width - _width(text))
    return text + gap if left else gap + text
