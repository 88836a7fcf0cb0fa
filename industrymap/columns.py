"""Columns of a frame as typed arrays; a column that a frame does not have reads as unknown everywhere.

The nullable columns that travel between the stages are right for keeping (unknown is ``<NA>``, never 0) and slow or awkward for
counting: ``<NA>`` in a condition raises. Here each becomes a plain array with one stated meaning of *unknown*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Flags",
    "Floats",
    "Geometries",
    "Positions",
    "Texts",
    "append_text",
    "connected",
    "flags",
    "floats",
    "is_missing",
    "numbers",
    "optional_texts",
    "texts",
    "true_where",
]

Floats: TypeAlias = NDArray[np.float64]
"""One number a row; ``NaN`` where unknown."""
Flags: TypeAlias = NDArray[np.bool_]
"""True or false for each row."""
Texts: TypeAlias = NDArray[np.object_]
"""One text a row."""
Positions: TypeAlias = NDArray[np.int64]
"""Positions (0, 1, …) of rows in another frame; ``-1`` where there is none."""
Geometries: TypeAlias = NDArray[np.object_]
"""One shapely geometry a row."""


def is_missing(value: object) -> bool:
    """Return whether one cell is unknown: ``None``, ``<NA>``, ``NaT`` or ``NaN``.

    Examples
    --------
    >>> [is_missing(value) for value in (None, pd.NA, float("nan"), 0.0, "")]
    [True, True, True, False, False]
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def floats(frame: pd.DataFrame, name: str) -> Floats:
    """Return a column of numbers, ``NaN`` where unknown.

    Examples
    --------
    >>> frame = pd.DataFrame({"far": pd.array([1.5, None], dtype="Float64")})
    >>> floats(frame, "far"), floats(frame, "floor_area_m2")
    (array([1.5, nan]), array([nan, nan]))
    """
    if name not in frame:
        return np.full(len(frame), np.nan)
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def numbers(frame: pd.DataFrame, name: str) -> pd.Series[float]:
    """Return a column of numbers as ``Float64`` with the frame's index, ``<NA>`` where unknown."""
    if name not in frame:
        return pd.Series(pd.NA, index=frame.index, dtype="Float64")
    return frame[name].astype("Float64")


def flags(frame: pd.DataFrame, name: str) -> Flags:
    """Return a column of true and false; unknown counts as false.

    Examples
    --------
    >>> frame = pd.DataFrame({"in_base": pd.array([True, None], dtype="boolean")})
    >>> flags(frame, "in_base"), flags(frame, "above_scale")
    (array([ True, False]), array([False, False]))
    """
    if name not in frame:
        return np.zeros(len(frame), dtype=bool)
    return true_where(frame[name])


def true_where(mask: pd.Series[Any]) -> Flags:
    """Return where a column is known to be true."""
    # Through the nullable boolean: a plain object column with <NA> in it would count <NA> as true.
    return mask.astype("boolean").fillna(value=False).to_numpy(dtype=bool)


def texts(frame: pd.DataFrame, name: str) -> Texts:
    """Return a column of texts, empty where unknown.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": pd.array(["甲", None], dtype="string")})
    >>> texts(frame, "name"), texts(frame, "town")
    (array(['甲', ''], dtype=object), array(['', ''], dtype=object))
    """
    if name not in frame:
        return np.full(len(frame), "", dtype=object)
    return frame[name].astype("string").fillna("").to_numpy(dtype=object)


def optional_texts(frame: pd.DataFrame, name: str) -> Texts:
    """Return a column of texts, ``None`` where unknown: for what becomes a column again."""
    if name not in frame:
        return np.full(len(frame), None, dtype=object)
    # object first: `where` on a string column would put <NA> back.
    values = frame[name].astype("string").astype(object)
    return np.asarray(values.where(values.notna(), None), dtype=object)


def append_text(
    notes: Texts, rows: Flags, added: str | Iterable[str], *, separator: str = ";"
) -> None:
    """Append a text to the notes of the chosen rows, in place.

    Parameters
    ----------
    notes : ndarray of str, shape (n,)
        Empty where nothing has been noted yet.
    rows : ndarray of bool, shape (n,)
    added : str or sequence of str
        One text for all, or one for each row of the frame.
    separator : str
        Put between two notes of one row.

    Examples
    --------
    >>> notes = np.array(["", "far"], dtype=object)
    >>> append_text(notes, np.array([True, True]), "coarse")
    >>> notes
    array(['coarse', 'far;coarse'], dtype=object)
    """
    if isinstance(added, str):
        new = np.full(int(rows.sum()), added, dtype=object)
    else:
        # One text for each row of the frame, of which the chosen ones are taken.
        new = np.asarray(list(added), dtype=object)[rows]
    notes[rows] = np.where(notes[rows] == "", new, notes[rows] + separator + new)


def connected(count: int, pairs: Iterable[tuple[int, int]]) -> Positions:
    """Group what is linked, directly or through others (union-find).

    Parameters
    ----------
    count : int
        How many things there are.
    pairs : iterable of (int, int)
        Positions of two that belong together.

    Returns
    -------
    group : ndarray of int, shape (count,)
        For each the smallest position in its group.

    Examples
    --------
    >>> connected(5, [(0, 2), (4, 2)])
    array([0, 1, 0, 3, 0])
    """
    parent = list(range(count))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]  # halves the way for the next who asks
            at = parent[at]
        return at

    for one, other in pairs:
        a, b = root(one), root(other)
        # The smaller number is the root, so that a group is named after its first member in any
        # order of pairs.
        parent[max(a, b)] = min(a, b)
    return np.array([root(at) for at in range(count)], dtype=np.int64)
