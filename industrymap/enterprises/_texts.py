"""Cells of a text column as they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["stripped"]


def stripped(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column without spaces around its texts, and without what people write for nothing."""
    text = texts.astype("string").str.strip()
    return text.mask(text.isin(["", "-", "--", "—", "——", "/", "无", "暂无", "NULL", "null"]))
