"""Weights: how much each indicator counts, from judgement or from the data.

Weights are ``float64`` of shape ``(indicators,)``, positive and adding up to 1. Those taken from data look at
normalised values (``(units, indicators)``, higher better); a unit with an unknown value takes no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap.errors import EvaluationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "AhpWeights",
    "ahp",
    "critic",
    "entropy",
    "equal",
    "given",
    "optimised",
    "principal",
    "variation",
]

RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
"""Mean consistency index of random matrices by size (Saaty 1980), for 0 to 10 indicators."""
MOST_INCONSISTENT = 0.1
"""Consistency ratio above which judgements contradict each other too much to be used (Saaty 1980)."""
_SUM_TOLERANCE = 1e-6
_ROUNDS = 200
"""Steps of the search for optimised weights: far more than it takes to settle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AhpWeights:
    """Weights from pairwise judgements.

    Attributes
    ----------
    weights : ndarray of float64, shape (indicators,)
        Principal eigenvector, adding up to 1.
    consistency_ratio : float
        (λ_max - n) / (n - 1) ÷ the random index; 0 is free of contradiction.
    """

    weights: NDArray[np.float64]
    consistency_ratio: float


def equal(n: int) -> NDArray[np.float64]:
    """Return ``1 / n`` for each of ``n`` indicators."""
    return np.full(n, 1.0 / n)


def given(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Check weights that somebody stated and return them with sum 1.

    Raises
    ------
    EvaluationError
        Where one is negative or unknown, or where they add up to neither 1 nor 100.

    Examples
    --------
    >>> given(np.array([45.0, 35.0, 20.0]))
    array([0.45, 0.35, 0.2 ])
    """
    total = float(np.sum(weights))
    # Stated as shares, or per cent.
    for whole in (1.0, 100.0):
        if abs(total - whole) <= whole * _SUM_TOLERANCE and np.all(weights >= 0):
            return np.asarray(weights, dtype=np.float64) / total
    raise EvaluationError(
        f"the weights add up to {total:g}: expected numbers of at least 0 that add up to 1 or 100",
        f"权重之和为 {total:g}，应为不小于 0 且合计 1 或 100 的数",
    )


def ahp(judgements: NDArray[np.float64]) -> AhpWeights:
    """Weigh by the analytic hierarchy process (层次分析法; Saaty 1980).

    Parameters
    ----------
    judgements : ndarray of float64, shape (n, n)
        How much more important the row is than the column, 1/9 to 9; ``a[j, i] = 1 / a[i, j]``.

    Raises
    ------
    EvaluationError
        Where the matrix is not reciprocal, holds more than ten indicators, or has a consistency ratio over 0.1.

    Examples
    --------
    >>> judged = ahp(np.array([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]]))
    >>> judged.weights.round(4), round(judged.consistency_ratio, 6)
    (array([0.5714, 0.2857, 0.1429]), 0.0)
    """
    n = judgements.shape[0]
    if judgements.shape != (n, n) or n >= len(RANDOM_INDEX):
        raise EvaluationError(
            f"an AHP matrix is square with at most 10 rows, not {judgements.shape}",
            f"判断矩阵须为方阵且不超过 10 阶，现为 {judgements.shape}",
        )
    if np.any(judgements <= 0) or not np.allclose(judgements * judgements.T, 1.0, rtol=1e-6):
        raise EvaluationError(
            "an AHP matrix must be reciprocal: a[j, i] = 1 / a[i, j], all positive",
            "判断矩阵须为正互反矩阵：a[j, i] = 1 / a[i, j]",
        )
    roots, vectors = np.linalg.eig(judgements)
    # A positive matrix has one real greatest root, and its vector has one sign (Perron).
    top = int(np.argmax(roots.real))
    vector = np.abs(vectors[:, top].real)
    random = RANDOM_INDEX[n]
    # Rounding may leave the greatest root a hair below n.
    ratio = max(float(roots[top].real) - n, 0.0) / (n - 1) / random if random else 0.0
    if ratio > MOST_INCONSISTENT:
        raise EvaluationError(
            f"the judgements contradict each other: consistency ratio {ratio:.3f}, at most {MOST_INCONSISTENT}",
            f"判断矩阵不一致：一致性比率 {ratio:.3f}，不得超过 {MOST_INCONSISTENT}",
        )
    return AhpWeights(weights=vector / vector.sum(), consistency_ratio=ratio)


def entropy(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh by entropy (熵权法): what tells units apart counts, what is alike everywhere does not.

    ``p = x / Σx``, ``e = -Σ p ln p / ln n`` with ``0 ln 0 = 0``, weight ∝ ``1 - e`` (Shannon 1948; Zeleny 1982).

    Raises
    ------
    EvaluationError
        Where a score is negative, fewer than two units are complete, or no indicator tells them apart.
    """
    complete = _complete(scores)
    if np.any(complete < 0):
        raise EvaluationError("entropy weights need scores of at least 0", "熵权法的得分不得为负")
    totals = complete.sum(axis=0)
    shares = complete / np.where(totals == 0, 1.0, totals)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    # ln n is the largest entropy n areas can have, so that the measure lies between 0 and 1.
    spread = 1.0 + (shares * logs).sum(axis=0) / np.log(len(complete))
    # An indicator without any amount has no shares: it tells nobody apart.
    return _as_weights(np.where(totals == 0, 0.0, spread))


def variation(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh by the coefficient of variation (变异系数法): sample deviation ÷ mean.

    Raises
    ------
    EvaluationError
        Where a mean is not positive, or fewer than two units are complete.
    """
    complete = _complete(scores)
    means = complete.mean(axis=0)
    if np.any(means <= 0):
        raise EvaluationError(
            "weights by variation need indicators with a positive mean",
            "变异系数法要求指标均值为正",
        )
    return _as_weights(complete.std(axis=0, ddof=1) / means)


def critic(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh by CRITIC (Diakoulaki, Mavrotas and Papayannakis 1995): contrast × conflict.

    ``σ_j × Σ_k (1 - r_jk)`` over min-max scores: an indicator counts where it varies and says something that the
    others do not.
    """
    complete = _complete(scores)
    deviations = complete.std(axis=0, ddof=1)
    # What is the same for every unit has no deviation and so no weight; 1 keeps it from being
    # divided by 0.
    flat = deviations == 0
    centred = (complete - complete.mean(axis=0)) / np.where(flat, 1.0, deviations)
    correlation = centred.T @ centred / (len(complete) - 1)
    return _as_weights(deviations * (1.0 - correlation).sum(axis=0))


def principal(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh by the squared loadings of the first principal component of the correlations (OECD/JRC 2008, 6.1).

    Raises
    ------
    EvaluationError
        Where an indicator is the same for every unit, so that it correlates with nothing.
    """
    complete = _complete(scores)
    if np.any(complete.std(axis=0) == 0):
        raise EvaluationError(
            "an indicator is the same for every unit: it has no correlation",
            "有指标在各单位间完全相同，无法计算相关系数",
        )
    _, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(complete, rowvar=False)))
    # eigh sorts from the smallest: the last vector is the first component.
    return _as_weights(vectors[:, -1] ** 2)


def optimised(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh so that every indicator correlates alike with the score (Paruolo, Saisana and Saltelli 2013).

    Equal weights do not give equal influence where indicators correlate: here a weight grows while its indicator correlates less with
    the weighted mean than the others do, and shrinks while it does more.

    Raises
    ------
    EvaluationError
        Fewer than two units are complete, or an indicator is the same for every unit.
    """
    complete = _complete(scores)
    if np.any(complete.std(axis=0) == 0):
        raise EvaluationError(
            "an indicator is the same for every unit: it has no correlation",
            "有指标在各单位间完全相同，无法计算相关系数",
        )
    standard = (complete - complete.mean(axis=0)) / complete.std(axis=0)
    weights = equal(standard.shape[1])
    best, least = weights, np.inf
    for _ in range(_ROUNDS):
        mean = standard @ weights
        # Opposed indicators can leave a mean that never changes: then what was found so far holds.
        if mean.std() < 1e-12:
            break
        influence = standard.T @ mean / len(mean) / mean.std()
        unevenness = float(influence.std())
        if unevenness < least:
            best, least = weights, unevenness
        # What pulls the other way cannot be made to agree; its weight grows within bounds.
        weights = weights * (influence.mean() / np.maximum(influence, 0.05)).clip(0.5, 2.0) ** 0.5
        weights = weights / weights.sum()
    return best


def _complete(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the units that have every value; a weight from different sets of units would compare nothing."""
    complete = scores[~np.isnan(scores).any(axis=1)]
    if len(complete) < 2:
        raise EvaluationError(
            f"weights from data need at least 2 units with every indicator, not {len(complete)}",
            f"由数据确定权重至少需要 2 个指标齐全的单位，现有 {len(complete)} 个",
        )
    return complete


def _as_weights(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    # Rounding can leave a spread of -1e-17 where there is none.
    positive = np.where(amounts > 1e-12, amounts, 0.0)
    total = positive.sum()
    if total == 0:
        raise EvaluationError(
            "no indicator tells the units apart, so none can be weighed by the data",
            "各单位的指标完全相同，无法由数据确定权重",
        )
    return np.asarray(positive / total)
