"""Columns of a layer as arrays, unknown where the layer does not bring them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["floats", "strings"]


def floats(frame: pd.DataFrame, name: str) -> Any:
    """Return a column of numbers, ``NaN`` where unknown."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def strings(frame: pd.DataFrame, name: str) -> Any:
    """Return a column of texts, empty where unknown."""
    if name not in frame:
        return np.full(len(frame), "", dtype=object)
    return frame[name].astype("string").fillna("").to_numpy(dtype=object)
