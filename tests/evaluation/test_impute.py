"""Estimates in the place of unknown values, only on request, and principal components of a group; by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap.errors import EvaluationError
from industrymap.evaluation import Inputs, load_method, score
from industrymap.evaluation.coherence import principal
from industrymap.evaluation.impute import impute

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.evaluation import Method

NAN = np.nan
VALUES = np.array([[1.0, 4.0], [NAN, 6.0], [9.0, NAN], [2.0, NAN]])


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("none", [[1, 4], [NAN, 6], [9, NAN], [2, NAN]]),
        ("mean", [[1, 4], [4, 6], [9, 5], [2, 5]]),
        ("median", [[1, 4], [2, 6], [9, 5], [2, 5]]),
        # In the first group 1 is known of the first indicator; in the second nobody of the other.
        ("group_mean", [[1, 4], [1, 6], [9, NAN], [2, NAN]]),
        ("group_median", [[1, 4], [1, 6], [9, NAN], [2, NAN]]),
    ],
)
def test_unknown_values_are_filled_as_by_hand(way: str, expected: list[list[float]]) -> None:
    done = impute(VALUES, way, groups=["a", "a", "b", "b"])
    np.testing.assert_array_equal(done.values, np.array(expected, dtype=float))
    assert (done.filled == (np.isnan(VALUES) & ~np.isnan(done.values))).all()


def test_a_way_by_groups_needs_groups() -> None:
    with pytest.raises(EvaluationError, match="needs units that belong to wider ones"):
        impute(VALUES, "group_mean", groups=["", "", "", ""])


def method(folder: Path, text: str) -> Method:
    path = folder / "m.toml"
    head = 'method_id = "m"\nsource = "own"\nleast_known = 0.1\nleast_coverage = 0.5\n'
    path.write_text(head + text + '[title]\nzh = "甲"\nen = "a"\n', encoding="utf-8")
    return load_method(path)


def test_an_estimate_takes_part_in_a_score_and_never_in_its_coverage(tmp_path: Path) -> None:
    amounts = np.array([[0.0, 0.0], [10.0, 10.0], [10.0, NAN], [NAN, NAN]])
    inputs = Inputs(amounts=amounts, ids=["x", "y"], groups=["g", "g"], direction=np.ones(2))
    plain = score(inputs, method(tmp_path, ""))
    filled = score(inputs, method(tmp_path, 'impute = "mean"\n'))
    # The mean of y is 5, which is 50 on its scale: 100 and 50 make 75; without it x alone made 100.
    assert plain.scores.tolist()[:3] == [0, 100, 100]
    assert filled.scores.tolist()[:3] == [0, 100, 75]
    assert filled.coverage.tolist() == plain.coverage.tolist() == [1, 1, 0.5, 0]
    # Of the last nothing is known: estimates alone are no score.
    assert np.isnan(filled.scores[3])
    assert filled.imputed.tolist() == [[False, False], [False, False], [False, True], [True, True]]
    assert not plain.imputed.any()


def test_towns_are_estimated_by_the_towns_of_their_district(tmp_path: Path) -> None:
    amounts = np.array([[0.0], [10.0], [NAN], [4.0]])
    inputs = Inputs(amounts=amounts, ids=["x"], groups=["g"], direction=np.ones(1), unit_groups=["a", "a", "b", "b"])  # fmt: skip
    by_group = method(tmp_path, 'impute = "group_mean"\n')
    assert score(inputs, by_group).normalised.ravel().tolist() == [0, 100, 40, 40]
    with pytest.raises(EvaluationError, match="wider ones"):
        score(replace(inputs, unit_groups=[]), by_group)


def test_a_way_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="impute"):
        method(tmp_path, 'impute = "knn"\n')


@settings(deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_units_changes_no_estimate(order: list[int]) -> None:
    expected = impute(VALUES, "median").values[order]
    np.testing.assert_array_equal(impute(VALUES[order], "median").values, expected)


def test_principal_components_of_two_indicators_by_hand() -> None:
    # Two indicators that correlate by r have the components (1 + r) / 2 and (1 - r) / 2.
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    y = np.array([2.0, 1.0, 4.0, 3.0, 5.0])
    r = np.corrcoef(x, y)[0, 1]
    values = np.column_stack([x, y, np.full(5, 7.0), [1.0, NAN, NAN, NAN, NAN]])
    found = principal(values, ["x", "y", "flat", "alone"], ["g", "g", "g", "h"])
    assert set(found) == {"g"}
    assert found["g"].ids == ("x", "y")
    assert found["g"].shares.tolist() == pytest.approx([(1 + r) / 2, (1 - r) / 2])
    assert found["g"].loadings[:, 0].tolist() == pytest.approx([0.5**0.5] * 2)
    assert found["g"].units == 5
