"""Seeded chance: one independent stream per subject, so that a change in one leaves the others alone."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Weighted", "happens", "pick", "stream"]

T = TypeVar("T")


def stream(seed: int, subject: str) -> np.random.Generator:
    """Return the generator of ``subject``: the same for the same seed and name."""
    # The subject is part of the seed: one more draw for parks moves no firm.
    return np.random.default_rng([seed, crc32(subject.encode())])


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Return one of ``options``."""
    return options[int(rng.random() * len(options))]


def happens(rng: np.random.Generator, chance: float) -> bool:
    """Return whether something of this chance happens."""
    return bool(rng.random() < chance)


class Weighted(Generic[T]):
    """Options with weights, to pick from many times.

    Parameters
    ----------
    weights : mapping
        Option → weight; they need not add up to 1.
    """

    __slots__ = ("_options", "_running", "_total")

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._options = list(weights)
        self._running = list(accumulate(weights.values()))
        self._total = self._running[-1]

    def pick(self, rng: np.random.Generator) -> T:
        """Return one option."""
        place = bisect_right(self._running, rng.random() * self._total)
        # Rounding of the sum could lead one place too far.
        return self._options[min(place, len(self._options) - 1)]
