"""Which choice moves the ranks: variance shares after Sobol, of any model with independent factors.

SALib does the same and was not taken: it brings plotting and multiprocessing packages for these two sums (docs/dependencies.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Sensitivity", "sobol"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """Shares of the variance of a model's result.

    Attributes
    ----------
    first, total : ndarray of float64, shape (factors,)
        What a factor explains by itself, and with everything that it takes part in; ``NaN`` where the result never changes.
        Estimates from a sample: a share may come out slightly below 0.
    results : ndarray of float64, shape (2 * samples,)
        The results of the two independent samples, for quantiles.
    """

    first: NDArray[np.float64]
    total: NDArray[np.float64]
    results: NDArray[np.float64]


def sobol(
    model: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    factors: int,
    *,
    samples: int,
    seed: int,
) -> Sensitivity:
    """Return the first-order and total shares of each factor.

    Parameters
    ----------
    model : callable
        From points, shape ``(samples, factors)`` within 0 … 1, to a number each.
    factors, samples, seed : int
        ``samples * (factors + 2)`` runs; the same for the same seed on every machine.

    Notes
    -----
    Two independent samples A and B, and for each factor A with that factor's column of B. First order: 1 less half the mean
    square of f(B) - f(AB) over the variance; total: half the mean square of f(A) - f(AB) over the variance (Jansen 1999;
    Saltelli and others 2010, table 2).

    Examples
    --------
    >>> shares = sobol(lambda x: 3 * x[:, 0] + x[:, 1], 2, samples=4096, seed=1)
    >>> shares.total.round(1).tolist()
    [0.9, 0.1]
    """
    # PCG64 by name: numpy may change its default generator, and the same seed must give the same shares.
    random = np.random.Generator(np.random.PCG64(seed))
    a, b = random.uniform(size=(2, samples, factors))
    of_a, of_b = model(a), model(b)
    both = np.concatenate([of_a, of_b])
    variance = both.var()
    first, total = np.full((2, factors), np.nan)
    if variance > 0:
        for i in range(factors):
            mixed = a.copy()
            mixed[:, i] = b[:, i]
            of_mixed = model(mixed)
            first[i] = 1 - ((of_b - of_mixed) ** 2).mean() / (2 * variance)
            total[i] = ((of_a - of_mixed) ** 2).mean() / (2 * variance)
    return Sensitivity(first=first, total=total, results=both)
