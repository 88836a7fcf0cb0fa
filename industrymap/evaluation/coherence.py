"""Whether indicators belong together: their correlations within a group, and what of them a reader should look at.

The bounds are those of COINr (Becker et al. 2022; OECD/JRC 2008, step 4): two indicators that correlate by more than 0.92 say one thing
twice; one that correlates by less than -0.4 with another of its group is cancelled out by the mean; one that correlates by less than 0.3
with its group hardly takes part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Coherence", "Flag", "Principal", "coherence", "principal"]

SAME, OPPOSED, WEAK = 0.92, -0.4, 0.3
_FEWEST = 4
"""Units that a correlation needs: of three points nearly every one is large."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to look at.

    Attributes
    ----------
    kind : str
        ``same``, ``opposed`` (two indicators of a group) or ``weak`` (one and the mean of the others).
    group, indicator, other : str
        ``other`` is empty for ``weak``.
    correlation : float
    """

    kind: str
    group: str
    indicator: str
    other: str
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coherence:
    """How indicators go together.

    Attributes
    ----------
    alpha : dict of str to float
        Cronbach's α of each group with two indicators or more, over the units that have all of them; ``NaN`` where too few do.
    flags : tuple of Flag
    components : dict of str to Principal
        As :func:`principal` returns them.
    """

    alpha: dict[str, float]
    flags: tuple[Flag, ...]
    components: dict[str, Principal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Principal components of the indicators of a group.

    Attributes
    ----------
    ids : tuple of str
        The indicators, in order.
    shares : ndarray of float64, shape (components,)
        Share of the variance that each component explains; the largest first, adding up to 1.
    loadings : ndarray of float64, shape (indicators, components)
        Weight of each indicator in each component; a component as a whole has the length 1 and the sign in which most of it is positive.
    units : int
        Units that have every indicator of the group, over which it was computed.
    """

    ids: tuple[str, ...]
    shares: NDArray[np.float64]
    loadings: NDArray[np.float64]
    units: int


def principal(
    values: NDArray[np.float64], ids: Sequence[str], groups: Sequence[str]
) -> dict[str, Principal]:
    """Return the principal components of each group with two indicators or more, by their correlations (OECD/JRC 2008, step 4).

    Parameters
    ----------
    values : ndarray of float64, shape (units, indicators)
    ids, groups : sequence of str
        Of each indicator.

    Returns
    -------
    dict of str to Principal
        Without groups of which fewer than four units are complete, and without indicators that are alike everywhere.

    Notes
    -----
    One component that explains most of a group says that the group measures one thing; of several, that its mean hides them.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 3.0, 4.0])
    >>> found = principal(np.column_stack([x, 3 * x]), ["a", "b"], ["g", "g"])["g"]
    >>> found.shares.round(6).tolist(), found.loadings[:, 0].round(4).tolist()
    ([1.0, 0.0], [0.7071, 0.7071])
    """
    out = {}
    for group in dict.fromkeys(groups):
        at = [i for i, g in enumerate(groups) if g == group]
        part = values[:, at]
        complete = part[~np.isnan(part).any(axis=1)]
        varied = [n for n in range(len(at)) if len(complete) and np.ptp(complete[:, n]) > 0]
        if len(complete) < _FEWEST or len(varied) < 2:
            continue
        sizes, vectors = np.linalg.eigh(np.corrcoef(complete[:, varied], rowvar=False))
        # eigh sorts from the smallest; rounding may leave a hair below 0.
        sizes, vectors = np.maximum(sizes[::-1], 0.0), vectors[:, ::-1]
        signs = np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
        out[group] = Principal(
            ids=tuple(ids[at[n]] for n in varied),
            shares=sizes / sizes.sum(),
            loadings=vectors * signs,
            units=len(complete),
        )
    return out


def coherence(values: NDArray[np.float64], ids: Sequence[str], groups: Sequence[str]) -> Coherence:
    """Look at the correlations of normalised indicators within each group.

    Parameters
    ----------
    values : ndarray of float64, shape (units, indicators)
        Higher is better; ``NaN`` where unknown.
    ids, groups : sequence of str
        Of each indicator.

    Examples
    --------
    >>> x = np.arange(6.0)
    >>> found = coherence(np.column_stack([x, x * 2, -x]), ["a", "b", "c"], ["g"] * 3)
    >>> [(f.kind, f.indicator, f.other) for f in found.flags][:3]
    [('same', 'a', 'b'), ('opposed', 'a', 'c'), ('opposed', 'b', 'c')]
    """
    alpha, flags = {}, []
    for group in dict.fromkeys(groups):
        at = [i for i, g in enumerate(groups) if g == group]
        if len(at) < 2:
            continue
        part = values[:, at]
        alpha[group] = _alpha(part)
        for n, i in enumerate(at):
            for j in at[n + 1 :]:
                r = correlation(values[:, i], values[:, j])
                if r > SAME or r < OPPOSED:
                    flags.append(Flag("same" if r > 0 else "opposed", group, ids[i], ids[j], r))
        for n, i in enumerate(at):
            rest = np.delete(part, n, axis=1)
            known = ~np.isnan(rest).all(axis=1)
            mean = np.full(len(rest), np.nan)
            mean[known] = np.nanmean(rest[known], axis=1)
            r = correlation(values[:, i], mean)
            if r < WEAK:
                flags.append(Flag("weak", group, ids[i], "", r))
    return Coherence(alpha=alpha, flags=tuple(flags), components=principal(values, ids, groups))


def correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return Pearson's correlation over the units that have both; ``NaN`` where fewer than four do or one is the same everywhere."""
    both = ~np.isnan(one) & ~np.isnan(other)
    a, b = one[both], other[both]
    if len(a) < _FEWEST or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _alpha(values: NDArray[np.float64]) -> float:
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < _FEWEST:
        return float("nan")
    count = complete.shape[1]
    total = float(complete.sum(axis=1).var(ddof=1))
    # Of a sum that never changes no part is common.
    if total == 0:
        return float("nan")
    return float(count / (count - 1) * (1.0 - complete.var(axis=0, ddof=1).sum() / total))
