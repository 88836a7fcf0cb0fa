"""Normalisers, weights and aggregators against figures worked by hand or published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from industrymap.errors import EvaluationError
from industrymap.evaluation import aggregate, index, normalise, robustness, treat, weights

if TYPE_CHECKING:
    from collections.abc import Callable

    Method = Callable[[np.ndarray, np.ndarray], np.ndarray]

UP, DOWN = np.array([1.0]), np.array([-1.0])

# 创新环境 index of the national bureau, 2005 to 2012, and its five sub-indices (release of 2014-02-18).
PUBLISHED = np.array([100, 106.4, 112.1, 114.4, 121.7, 131.0, 138.1, 144.0])
PARTS = np.array(
    [
        [100, 111.9, 121.2, 123.7, 134.3, 161.7, 184.7, 194.7],
        [100, 112.1, 127.3, 138.9, 150.9, 165.9, 180.4, 193.8],
        [100, 103.7, 107.4, 111.1, 115.7, 120.0, 124.3, 128.4],
        [100, 106.2, 107.9, 104.8, 107.4, 116.4, 114.1, 113.0],
        [100, 98.7, 99.0, 98.2, 106.0, 103.0, 106.3, 113.5],
    ]
).T
FIFTHS = weights.equal(5)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def scores(shape: tuple[int, int] = (6, 4)) -> st.SearchStrategy[np.ndarray]:
    numbers = st.one_of(st.floats(-1e6, 1e6, width=32), st.just(float("nan")))
    return arrays(np.float64, shape, elements=numbers)


# The published index


@pytest.mark.parametrize(
    "made",
    [index.symmetric(PARTS, FIFTHS), index.fixed_base(PARTS, FIFTHS, geometric=True)],
    ids=["symmetric growth", "geometric mean"],
)
def test_two_formulas_reproduce_the_published_index(made: np.ndarray) -> None:
    # Published to one decimal, and so compared.
    assert np.abs(np.round(made, 1) - PUBLISHED).max() <= 0.1 + 1e-9


def test_plain_chained_growth_misses_the_published_index() -> None:
    assert index.chained(PARTS, FIFTHS)[-1] == pytest.approx(145.2, abs=0.05)


def test_the_mean_of_indices_misses_the_published_index() -> None:
    assert index.fixed_base(PARTS, FIFTHS)[-1] == pytest.approx(148.7, abs=0.05)


def test_another_base_period_rescales_a_chained_index() -> None:
    first, third = index.symmetric(PARTS, FIFTHS), index.symmetric(PARTS, FIFTHS, base=2)
    assert third[2] == pytest.approx(100)
    assert third / third[0] == pytest.approx(first / first[0])


def test_an_index_without_a_value_says_which() -> None:
    values = np.array([[1.0, 2.0], [1.0, np.nan]])
    with pytest.raises(EvaluationError, match="indicator 2 has none in period 2"):
        index.fixed_base(values, weights.equal(2))


# Normalising


def test_the_score_of_huangyan_is_a_sum_of_ratios_to_benchmarks() -> None:
    # 黄岩 2022: tax/mu ÷ 24.097 × 30, value added/mu ÷ 136.16 × 20, value added/energy ÷ 2.694 × 20,
    # value added/emission ÷ 4929.81 × 10, labour productivity ÷ 18.14 × 10, R&D share ÷ 0.0302 × 10.
    benchmark = np.array([24.097, 136.16, 2.694, 4929.81, 18.14, 0.0302])
    points = np.array([30.0, 20.0, 20.0, 10.0, 10.0, 10.0])
    firm = benchmark * np.array([[1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0.5, 2.0, 1.0, 0.0, 1.0, 1.0]])
    ratios = normalise.benchmark_ratio(firm, np.ones(6), benchmark=benchmark)
    assert ratios @ points == pytest.approx([100.0, 15 + 40 + 20 + 0 + 10 + 10])


def test_where_less_is_better_the_ratio_turns_round() -> None:
    ratios = normalise.benchmark_ratio(column(5.0, 20.0), DOWN, benchmark=np.array([10.0]))
    assert ratios.ravel() == pytest.approx([2.0, 0.5])


def test_efficacy_gives_60_and_100_at_its_ends_and_stops_outside() -> None:
    values = column(5.0, 10.0, 7.5, 0.0, 99.0)
    found = normalise.efficacy(values, UP, ends=(np.array([5.0]), np.array([10.0])))
    assert found.ravel() == pytest.approx([60, 100, 80, 20, 100])


def test_efficacy_of_energy_use_falls_with_use() -> None:
    found = normalise.efficacy(column(2.0, 4.0), DOWN, ends=(np.array([4.0]), np.array([2.0])))
    assert found.ravel() == pytest.approx([100, 60])


def test_goalposts_hold_what_lies_outside() -> None:
    found = normalise.goalposts(
        column(-5.0, 15.0, 40.0), UP, lower=np.array([0.0]), upper=np.array([30.0])
    )
    assert found.ravel() == pytest.approx([0, 50, 100])


def test_a_distance_to_target_counts_from_the_worst_and_stops_at_the_target() -> None:
    found = normalise.distance_to_target(column(2.0, 6.0, 20.0), UP, target=np.array([10.0]))
    assert found.ravel() == pytest.approx([0, 0.5, 1])


def test_a_distance_to_a_reference_city_is_one_for_that_city() -> None:
    found = normalise.distance_to_reference(column(2.0, 4.0), UP, unit=1)
    assert found.ravel() == pytest.approx([0.5, 1])


@pytest.mark.parametrize(
    "method", [normalise.min_max, normalise.z_score, normalise.percentile_rank]
)
def test_an_indicator_that_is_alike_everywhere_puts_every_unit_in_the_middle(
    method: Method,
) -> None:
    found = method(column(0.1, 0.1, 0.1, np.nan), UP).ravel()
    assert len(set(found[:3])) == 1
    assert found[0] == (0 if method is normalise.z_score else 50)
    assert np.isnan(found[3])


@pytest.mark.parametrize("method", [normalise.min_max, normalise.z_score, normalise.borda])
@given(values=scores())
def test_the_unknown_stays_unknown_and_nothing_else_becomes_it(
    method: Method, values: np.ndarray
) -> None:
    found = method(values, np.ones(4))
    assert (np.isnan(found) == np.isnan(values)).all()


@given(values=scores())
def test_the_order_of_units_never_matters(values: np.ndarray) -> None:
    turned = normalise.percentile_rank(values[::-1], np.ones(4))[::-1]
    assert np.array_equal(turned, normalise.percentile_rank(values, np.ones(4)), equal_nan=True)


@given(values=arrays(np.float64, (6, 1), elements=st.integers(-1000, 1000)))
def test_a_better_value_never_scores_less(values: np.ndarray) -> None:
    order = np.argsort(values.ravel())
    for method in (
        normalise.min_max,
        normalise.z_score,
        normalise.borda,
        normalise.percentile_rank,
    ):
        assert (np.diff(method(values, UP).ravel()[order]) >= -1e-9).all()


@given(
    values=arrays(np.float64, (5, 1), elements=st.integers(1, 1000)), factor=st.integers(2, 10000)
)
def test_another_unit_of_measure_changes_nothing(values: np.ndarray, factor: int) -> None:
    for method in (normalise.min_max, normalise.z_score, normalise.share_of_best, normalise.rank):
        assert method(values * factor, UP) == pytest.approx(method(values, UP))


# Weighing


def test_entropy_weights_by_hand() -> None:
    # p = (1/4, 3/4) and (1/2, 1/2): e = 0.8113 and 1, so that all weight falls on the first.
    assert weights.entropy(np.array([[1.0, 2.0], [3.0, 2.0]])) == pytest.approx([1, 0])
    found = weights.entropy(np.array([[1.0, 1.0], [3.0, 2.0]]))
    gains = np.array([1 - 0.8112781, 1 - 0.9182958])
    assert found == pytest.approx(gains / gains.sum(), abs=1e-6)


def test_weights_by_variation_by_hand() -> None:
    # Deviations 1 and 2 on means 2 and 8: 0.5 and 0.25.
    values = np.array([[1.0, 6.0], [2.0, 8.0], [3.0, 10.0]])
    assert weights.variation(values) == pytest.approx([2 / 3, 1 / 3])


def test_critic_gives_twins_half_the_conflict_of_a_loner() -> None:
    # Columns 1 and 2 are the same (r = 1), column 3 is uncorrelated with them: conflicts 1, 1, 2.
    values = np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    assert weights.critic(values) == pytest.approx([0.25, 0.25, 0.5])


def test_principal_weights_of_twins_are_equal() -> None:
    values = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    assert weights.principal(values) == pytest.approx([0.5, 0.5])


def test_ahp_reports_the_consistency_of_saaty() -> None:
    # Worked by hand: rows' geometric means 2.4662, 0.7368, 0.5503 -> 0.6570, 0.1963, 0.1466 to first order.
    found = weights.ahp(np.array([[1, 3, 5], [1 / 3, 1, 6 / 5], [1 / 5, 5 / 6, 1]]))
    means = np.prod([[1, 3, 5], [1 / 3, 1, 6 / 5], [1 / 5, 5 / 6, 1]], axis=1) ** (1 / 3)
    assert found.weights == pytest.approx(means / means.sum(), abs=1e-6)
    assert 0 < found.consistency_ratio < 0.1


def test_judgements_that_contradict_each_other_are_refused() -> None:
    circle = np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])
    with pytest.raises(EvaluationError, match="consistency ratio"):
        weights.ahp(circle)


def test_weights_that_do_not_add_up_are_refused() -> None:
    assert weights.given(np.array([40.0, 60.0])) == pytest.approx([0.4, 0.6])
    with pytest.raises(EvaluationError, match="add up to 95"):
        weights.given(np.array([40.0, 55.0]))


# Aggregating


def test_means_of_three_powers_by_hand() -> None:
    row, halves = np.array([[25.0, 100.0]]), weights.equal(2)
    found = [aggregate.power_mean(row, halves, power=p).scores[0] for p in (1, 0, -1)]
    assert found == pytest.approx([62.5, 50, 40])


def test_what_is_unknown_takes_no_part_and_too_little_gives_no_score() -> None:
    rows = np.array([[80.0, np.nan], [np.nan, 50.0]])
    found = aggregate.power_mean(rows, np.array([0.7, 0.3]))
    assert found.scores == pytest.approx([80.0, np.nan], nan_ok=True)
    assert found.coverage == pytest.approx([0.7, 0.3])


def test_contributions_add_up_to_the_score() -> None:
    rows = np.array([[80.0, np.nan, 20.0], [10.0, 50.0, 90.0]])
    shares = np.array([0.5, 0.3, 0.2])
    found = aggregate.power_mean(rows, shares, min_coverage=0.5)
    assert aggregate.contributions(rows, shares).sum(axis=1) == pytest.approx(found.scores)


def test_a_zero_does_not_decide_a_geometric_mean_in_silence() -> None:
    with pytest.raises(EvaluationError, match="positive values"):
        aggregate.power_mean(np.array([[0.0, 50.0]]), weights.equal(2), power=0)


# Outliers and robustness


def test_one_extreme_unit_is_drawn_in_and_named() -> None:
    values = column(1, 2, 3, 2, 1, 2, 3, 900)
    found = treat.winsorise(values)
    assert found.values.max() == 3
    assert np.flatnonzero(found.changed).tolist() == [7]
    assert treat.winsorise(column(1, 2, 3, 4, 5)).changed.sum() == 0


def test_skewness_and_kurtosis_by_hand() -> None:
    # 0, 0, 0, 0, 5: second moment 4, third 12, fourth 52.
    values = column(0, 0, 0, 0, 5)
    assert treat.skewness(values)[0] == pytest.approx(12 / 8 * np.sqrt(20) / 3)
    assert treat.kurtosis(values)[0] == pytest.approx(4 / 6 * (6 * (52 / 16 - 3) + 6))


def test_units_with_one_score_share_the_better_rank() -> None:
    assert robustness.ranks(np.array([1.0, 3.0, 3.0, 2.0])).tolist() == [4, 1, 1, 3]


def test_a_unit_that_leads_everywhere_is_first_in_every_draw() -> None:
    values = np.array([[90.0, 90.0], [60.0, 40.0], [40.0, 60.0], [np.nan, np.nan]])
    drawn = robustness.noisy_weights(weights.equal(2), noise=0.5, draws=200, seed=7)
    found = robustness.rank_intervals(values, drawn)
    assert (found.low[0], found.high[0]) == (1, 1)
    assert (found.low[1], found.high[1]) == (2, 3)
    assert np.isnan(found.median[3])


def test_draws_are_the_same_for_the_same_seed() -> None:
    one, two = (robustness.noisy_weights(FIFTHS, noise=0.2, draws=50, seed=1) for _ in range(2))
    assert np.array_equal(one, two)
    assert one.sum(axis=1) == pytest.approx(1)


def test_leaving_out_an_indicator_is_scoring_without_it() -> None:
    values = np.array([[90.0, 10.0], [50.0, 60.0]])
    assert robustness.without_each(values, weights.equal(2)).tolist() == [[2, 1], [1, 2]]
