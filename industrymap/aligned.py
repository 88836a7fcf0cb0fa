"""Tables in plain text, aligned by the places a character takes: a Chinese one takes two."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["cut", "pad", "table", "width"]


def width(text: str) -> int:
    """Return how many places a text takes where every letter is equally wide.

    Examples
    --------
    >>> width("GDP增速")
    7
    """
    # W and F are wide and full-width (Unicode Annex 11); ambiguous ones (α, …) count one place, as
    # most terminals draw them.
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, places: int, *, left: bool = True) -> str:
    """Return a text filled with spaces to ``places``: set to the left, or to the right as numbers are.

    Examples
    --------
    >>> pad("园区", 6), pad("12", 6, left=False)
    ('园区  ', '    12')
    """
    gap = " " * (places - width(text))
    return text + gap if left else gap + text


def cut(text: str, places: int) -> str:
    """Return a text of at most ``places``, with an ellipsis where something was left out.

    Examples
    --------
    >>> cut("村级工业园区", 7)
    '村级工…'
    """
    if width(text) <= places:
        return text
    out = ""
    for character in text:
        # One place is kept for the ellipsis.
        if width(out + character) > places - 1:
            break
        out += character
    return out + "…"


def table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()
) -> list[str]:
    """Return a table as lines.

    Parameters
    ----------
    headers : sequence of str
    rows : iterable of sequence of str
    right : iterable of int
        Columns set to the right: numbers.

    Examples
    --------
    >>> for line in table(["园区", "亩"], [["甲", "12"]], right=[1]):
    ...     print(line)
    园区  亩
    甲    12
    """
    whole = [list(headers), *(list(row) for row in rows)]
    widths = [max(width(row[n]) for row in whole) for n in range(len(headers))]
    numbers = set(right)
    # Blanks at the end of a line would show in a copied table and in the documents' examples.
    return [
        "  ".join(
            pad(text, widths[n], left=n not in numbers) for n, text in enumerate(row)
        ).rstrip()
        for row in whole
    ]
