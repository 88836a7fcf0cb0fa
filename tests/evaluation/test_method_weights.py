"""Weights that a method file states as judgements in pairs, weights with equal influence, and how indicators go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from industrymap.errors import EvaluationError
from industrymap.evaluation import Inputs, load_method, score, stated_weights, weights
from industrymap.evaluation.coherence import coherence, correlation

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.evaluation import Method

HEAD = 'method_id = "m"\nsource = "own"\nweights = "ahp"\n[title]\nzh = "甲"\nen = "a"\n'


def method(folder: Path, text: str) -> Method:
    path = folder / "m.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return load_method(path)


def test_judgements_on_groups_and_indicators_weigh_by_the_principal_eigenvector(
    tmp_path: Path,
) -> None:
    # Perfectly consistent: 4 : 2 : 1 and 3 : 1, so the weights are those shares.
    found = method(
        tmp_path,
        '[ahp_group]\n"a : b" = 2\n"b : c" = 2\n"c : a" = 0.25\n[ahp]\n"x : y" = 3\n"u : v" = 1\n',
    )
    assert found.group_weights == pytest.approx({"a": 4 / 7, "b": 2 / 7, "c": 1 / 7})
    assert found.weights == pytest.approx({"x": 0.75, "y": 0.25, "u": 0.5, "v": 0.5})
    assert all(ratio == pytest.approx(0, abs=1e-9) for ratio in found.consistency.values())
    two = method(tmp_path, '[ahp_group]\n"a : b" = 3\n[ahp]\n"x : y" = 3\n"u : v" = 1\n')
    assert stated_weights(
        ["x", "y", "u", "v"], ["a", "a", "b", "b"], two
    ).tolist() == pytest.approx([0.5625, 0.1875, 0.125, 0.125])


def test_judgements_on_groups_alone_leave_their_indicators_alike(tmp_path: Path) -> None:
    found = method(tmp_path, '[ahp_group]\n"a : b" = 3\n')
    values = np.array([[0.0, 1.0, 5.0], [1.0, 0.0, 9.0], [2.0, 2.0, 1.0]])
    scored = score(
        Inputs(amounts=values, ids=["x", "y", "z"], groups=["a", "a", "b"], direction=np.ones(3)),
        found,
    )
    assert scored.weights.tolist() == pytest.approx([0.375, 0.375, 0.25])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[ahp_group]\n"a : b" = 9\n"b : c" = 9\n"c : a" = 9\n',
            "contradict each other: consistency ratio",
        ),
        ('[ahp_group]\n"a : b" = 2\n"b : c" = 2\n', "'a' and 'c' are not compared"),
        ('[ahp_group]\n"a" = 2\n', "is no judgement"),
        ('[ahp_group]\n"a : b" = 0\n', "is no judgement"),
        ('[ahp_group]\n"a : b" = nan\n', "not a finite number"),
    ],
)
def test_judgements_that_cannot_be_used_are_one_sentence(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(EvaluationError, match=said):
        method(tmp_path, text)


def test_an_indicator_without_a_judgement_is_named(tmp_path: Path) -> None:
    found = method(tmp_path, '[ahp_group]\n"a : b" = 3\n[ahp]\n"x : y" = 3\n')
    with pytest.raises(EvaluationError, match="no judgement on the indicator 'z'"):
        stated_weights(["x", "y", "z"], ["a", "a", "b"], found)


def test_optimised_weights_give_every_indicator_the_same_influence() -> None:
    rng = np.random.default_rng(3)
    shared = rng.normal(size=200)
    # Two that say nearly the same, and one of its own, which equal weights would drown.
    values = np.column_stack([shared, shared + rng.normal(size=200) / 5, rng.normal(size=200)])

    def influence(w: np.ndarray) -> np.ndarray:
        standard = (values - values.mean(axis=0)) / values.std(axis=0)
        return np.array([correlation(column, standard @ w) for column in standard.T])

    found = weights.optimised(values)
    assert found.sum() == pytest.approx(1)
    assert found[2] > 1 / 3
    assert influence(found).std() < 0.01 < influence(weights.equal(3)).std()


def test_an_indicator_that_never_changes_cannot_be_weighed_by_its_influence() -> None:
    with pytest.raises(EvaluationError, match="the same for every unit"):
        weights.optimised(np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 5.0]]))


def test_alpha_by_hand_and_flags_within_groups_only() -> None:
    values = np.array([[1.0, 2.0, 4.0], [2.0, 1.0, 3.0], [3.0, 4.0, 2.0], [4.0, 3.0, 1.0]])
    found = coherence(values, ["a", "b", "c"], ["g", "g", "h"])
    # r = 0.6, equal variances: 2 × 0.6 / 1.6
    assert found.alpha == pytest.approx({"g": 0.75})
    assert found.flags == ()
    opposed = coherence(values, ["a", "b", "c"], ["g", "g", "g"])
    assert ("opposed", "a", "c") in {(f.kind, f.indicator, f.other) for f in opposed.flags}
    assert ("weak", "c", "") in {(f.kind, f.indicator, f.other) for f in opposed.flags}


def test_a_correlation_of_three_points_is_none() -> None:
    assert np.isnan(correlation(np.array([1.0, 2.0, 3.0, np.nan]), np.array([1.0, 2.0, 4.0, 5.0])))
