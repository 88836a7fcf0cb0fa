"""Places within groups: ranks with ties, how many a share allows, and the score that the last place needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.columns import Floats, Positions

__all__ = ["Places", "allowed", "numbered", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Who stands where within each group.

    Attributes
    ----------
    groups : ndarray of int, shape (n,)
        From 0.
    sizes : ndarray of int, shape (groups,)
    best, last : ndarray of int, shape (n,)
        First and last place that a firm shares with those of equal score; the same without ties.
    order : ndarray of int, shape (n,)
        Positions by group, the highest score first.
    starts : ndarray of int, shape (groups,)
        Where each group begins in ``order``.
    """

    groups: Positions
    sizes: Positions
    best: Positions
    last: Positions
    order: Positions
    starts: Positions

    def score_at(self, scores: Floats, places: Positions) -> Floats:
        """Return the score at a place of each group; infinite where the place is 0, none where it is the last or beyond."""
        out = np.full(len(places), math.inf)
        inside = (places > 0) & (self.sizes > 0)
        at = self.starts[inside] + np.minimum(places[inside], self.sizes[inside]) - 1
        out[inside] = scores[self.order[at]]
        # A share of everybody asks for no score at all.
        out[places >= self.sizes] = -math.inf
        return out


def numbered(
    columns: Sequence[Sequence[object]], n: int
) -> tuple[Positions, list[tuple[str, ...]]]:
    """Return a number for each row, the same for rows that are alike in some columns, and what each number means.

    Examples
    --------
    >>> groups, names = numbered([["b", "a", "b"]], 3)
    >>> groups.tolist(), names
    ([1, 0, 1], [('a',), ('b',)])
    """
    rows = [tuple(str(column[at]) for column in columns) for at in range(n)]
    # Sorted: the number of a group does not depend on which firm comes first.
    names = sorted(set(rows))
    at = {name: number for number, name in enumerate(names)}
    return np.array([at[row] for row in rows], dtype=np.int64), names


def place(scores: Floats, groups: Positions, ties: Sequence[Floats] = ()) -> Places:
    """Place firms within their groups by score, equal scores by further columns; what is still equal shares its places.

    Examples
    --------
    >>> placed = place(np.array([5.0, 7.0, 5.0]), np.zeros(3, dtype=np.int64))
    >>> placed.best.tolist(), placed.last.tolist()
    ([2, 1, 2], [3, 1, 3])
    """
    n = len(scores)
    count = int(groups.max()) + 1 if n else 0
    # What is not known comes last among equals.
    keys = [np.where(np.isnan(t), -math.inf, t) for t in ties]
    order = np.lexsort((*(-key for key in reversed(keys)), -scores, groups))
    sizes = np.bincount(groups, minlength=count).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64) if n else sizes
    sorted_groups = groups[order]
    new = np.ones(n, dtype=bool)
    if n:
        new[1:] = sorted_groups[1:] != sorted_groups[:-1]
        for key in (scores, *keys):
            new[1:] |= key[order][1:] != key[order][:-1]
    first = np.flatnonzero(new)
    tier = np.cumsum(new) - 1
    after = np.append(first[1:], n)
    best, last = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    best[order] = first[tier] - starts[sorted_groups] + 1 if n else 0
    last[order] = after[tier] - starts[sorted_groups] if n else 0
    return Places(groups=groups, sizes=sizes, best=best, last=last, order=order, starts=starts)


def allowed(share: float, sizes: Positions) -> Positions:
    """Return how many of each group a share is: the whole number below, so that a limit is never passed.

    Examples
    --------
    >>> allowed(0.29, np.array([100])).tolist()  # 0.29 * 100 is 28.999… in binary
    [29]
    """
    # As the document writes it: the decimal, not the binary fraction nearest to it.
    exact = Fraction(str(share))
    return np.array([math.floor(exact * int(n)) for n in sizes], dtype=np.int64)
