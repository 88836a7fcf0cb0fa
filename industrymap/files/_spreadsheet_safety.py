"""Text that a spreadsheet would run as a formula, made plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORMULA_STARTS", "is_formula", "neutralise"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that Excel, WPS or LibreOffice may take for a formula, half and full width."""


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet might run ``text``.

    Examples
    --------
    >>> is_formula("=1+1"), is_formula("广州某某公司")
    (True, False)
    """
    return text.startswith(FORMULA_STARTS)


def neutralise(column: pd.Series[str]) -> pd.Series[str]:
    """Return a text column whose would-be formulas are led by an apostrophe; numbers are not text columns.

    Examples
    --------
    >>> import pandas as pd
    >>> neutralise(pd.Series(["=cmd|' /C calc'!A0", "甲公司", None], dtype="string")).tolist()
    ["'=cmd|' /C calc'!A0", '甲公司', <NA>]
    """
    # A missing value is no formula: filled before it meets a plain boolean.
    risky = column.str.startswith(FORMULA_STARTS).fillna(value=False).astype(bool)
    return column.mask(risky, "'" + column)
