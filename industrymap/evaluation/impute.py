"""Impute: put an estimate in the place of an unknown value, on request only, and say where.

Nothing is imputed unless a method asks for it. An imputed value takes part in a score and never in its coverage: a unit of which little
is known gets no score by being filled up. The ways are those of COINr (Becker et al. 2022; OECD/JRC 2008, step 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["WAYS", "Imputed", "impute"]

WAYS = ("none", "mean", "median", "group_mean", "group_median")
"""By the mean or median of the units that are known, all of them or those of the same group (the towns of a district)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imputed:
    """Values with some filled in.

    Attributes
    ----------
    values : ndarray of float64, shape (units, indicators)
        ``NaN`` where nobody is known whose values could serve.
    filled : ndarray of bool, shape (units, indicators)
        Which are estimates.
    """

    values: NDArray[np.float64]
    filled: NDArray[np.bool_]


def impute(values: NDArray[np.float64], way: str, *, groups: Sequence[str] = ()) -> Imputed:
    """Fill unknown values.

    Parameters
    ----------
    values : ndarray of float64, shape (units, indicators)
    way : str
        One of :data:`WAYS`.
    groups : sequence of str
        Group of each unit, for the ways that ask for it.

    Raises
    ------
    EvaluationError
        A way by groups where the units have none.

    Examples
    --------
    >>> done = impute(np.array([[1.0], [np.nan], [9.0], [2.0]]), "median")
    >>> done.values.ravel(), done.filled.ravel()
    (array([1., 2., 9., 2.]), array([False,  True, False, False]))
    """
    out = values.copy()
    if way == "none":
        return Imputed(values=out, filled=np.zeros(values.shape, dtype=bool))
    if way.startswith("group_") and not any(groups):
        raise EvaluationError(
            f"impute = {way!r} needs units that belong to wider ones, such as towns to districts",
            f"impute = “{way}”要求对象有上级分组，如镇街属于区",
        )
    keys = np.array(groups if way.startswith("group_") else [""] * len(values), dtype=object)
    middle = np.nanmean if way.endswith("mean") else np.nanmedian
    for key in dict.fromkeys(keys.tolist()):
        here = np.flatnonzero(keys == key)
        part = out[here]
        # An indicator that is known of nobody in the group stays unknown: there is nothing to estimate it by.
        some = ~np.isnan(part).all(axis=0)
        estimate = np.full(part.shape[1], np.nan)
        estimate[some] = middle(part[:, some], axis=0)
        out[here] = np.where(np.isnan(part), estimate, part)
    return Imputed(values=out, filled=np.isnan(values) & ~np.isnan(out))
