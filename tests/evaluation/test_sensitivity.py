"""Shares of variance against a function whose shares are known."""

from __future__ import annotations

import numpy as np
import pytest

from industrymap.evaluation.sensitivity import sobol


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points.T - 1)
    return np.asarray(np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0]))


def test_the_shares_of_the_ishigami_function_are_reproduced() -> None:
    """Analytic: Ishigami and Homma 1990 with a = 7, b = 0.1."""
    found = sobol(ishigami, 3, samples=4096, seed=7)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.04)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.04)


def test_a_result_that_never_changes_has_no_shares() -> None:
    found = sobol(lambda points: np.ones(len(points)), 2, samples=16, seed=1)
    assert np.isnan([*found.first, *found.total]).all()


def test_the_same_seed_gives_the_same_shares() -> None:
    one, two = (sobol(ishigami, 3, samples=64, seed=3) for _ in range(2))
    assert one.first.tolist() == two.first.tolist()
