"""Formulas: what is read, what is refused, and what the figures are."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from industrymap.errors import IndicatorError
from industrymap.indicators import Entities, evaluate, parse
from industrymap.periods import parse as period

NAN = float("nan")


def city(**changes: object) -> Entities:
    """Return four firms in two districts over two years; the last firm's district is not known."""
    parts = {
        "periods": [period("2023"), period("2024")],
        "unit": np.array([0, 0, 1, -1]),
        "units": 2,
        "measures": {
            "tax": np.array([[10.0, 12.0], [20.0, 28.0], [5.0, NAN], [99.0, 99.0]]),
            "land": np.array([[2.0, 2.0], [NAN, 4.0], [5.0, 5.0], [1.0, 1.0]]),
        },
        "exists": np.ones((4, 2), dtype=bool),
        "kept": {
            "cluster = 汽车": np.array([[True, True], [False, False], [True, True], [True, True]])
        },
        "figures": {"population": np.array([[100.0, 110.0], [50.0, 0.0]])},
    }
    return Entities(**{**parts, **changes})


def values(text: str, **changes: object) -> list[list[float]]:
    return evaluate(parse(text), city(**changes)).amounts.tolist()


def test_a_ratio_leaves_out_of_both_who_lacks_one() -> None:
    found = evaluate(parse("sum(tax) / sum(land)"), city())
    # 2023: only the first firm of the first district has both; 2024: both have.
    assert found.amounts[0].tolist() == pytest.approx([10 / 2, 40 / 6])
    assert found.n.tolist() == [[1, 2], [1, 0]]
    assert found.coverage.tolist() == [[0.5, 1.0], [1.0, 0.0]]
    assert np.isnan(found.amounts[1, 1])


def test_growth_is_on_the_whole_and_panel_growth_on_who_is_known_twice() -> None:
    measures = {"tax": np.array([[10.0, 12.0], [NAN, 28.0], [5.0, 6.0], [9.0, 9.0]])}
    assert values("growth(sum(tax))", measures=measures)[0][1] == pytest.approx(40 / 10 - 1)
    assert values("growth_panel(sum(tax))", measures=measures)[0][1] == pytest.approx(0.2)


def test_growth_without_a_year_before_is_unknown() -> None:
    found = values("growth(sum(tax))")
    assert np.isnan(found[0][0])
    assert found[0][1] == pytest.approx(40 / 30 - 1)


def test_a_share_is_the_sum_of_a_part_over_the_sum_of_all() -> None:
    found = values("sum(tax where cluster = 汽车) / sum(tax)")
    assert found[0] == pytest.approx([10 / 30, 12 / 40])


def test_a_figure_of_the_unit_divides_and_nothing_divides_by_zero() -> None:
    found = values("sum(tax) / population")
    assert found[0] == pytest.approx([0.3, 40 / 110])
    assert np.isnan(found[1][1])


def test_the_lag_is_the_same_period_of_the_year_before() -> None:
    quarters = [period(t) for t in ("2023Q4", "2024Q3", "2024Q4")]
    measures = {"tax": np.array([[1.0, 2.0, 3.0], [1, 1, 1], [1, 1, 1], [1, 1, 1]])}
    found = evaluate(
        parse("lag(sum(tax))"),
        city(
            periods=quarters,
            measures=measures,
            exists=np.ones((4, 3), dtype=bool),
            kept={},
            figures={},
        ),
    )
    assert found.amounts[0].tolist() == pytest.approx([NAN, NAN, 2.0], nan_ok=True)


def test_counts_and_arithmetic_keep_their_order() -> None:
    assert values("2 + count() * 3 - (1 + 1) / 2")[0] == [7.0, 7.0]
    assert values("count(where cluster = 汽车)")[0] == [1.0, 1.0]
    assert values("-count()")[0] == [-2.0, -2.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(taxx)", "there is no measure 'taxx'; nearest: tax"),
        (
            "sum(tax) / popullation",
            "there is no figure of the unit 'popullation'; nearest: population",
        ),
        ("mean(tax)", "there is no function 'mean'"),
        ("sum(tax", "expected '\\)'"),
        ("sum(tax) sum(tax)", "character 10: expected an operator or the end"),
        ("sum()", "expected the name of a measure"),
        ("sum(tax where )", "expected a filter"),
        ("1 / ", "expected more"),
        ("__import__('os')", "there is no function '__import__'"),
        ("sum(tax) / 营收", "expected a number, a name or a sign|expected more"),
        ("(" * 40 + "1" + ")" * 40, "brackets inside each other"),
        ("1+" * 600 + "1", "at most 1000 characters"),
    ],
)
def test_a_wrong_formula_is_refused_in_a_sentence(text: str, message: str) -> None:
    with pytest.raises(IndicatorError, match=message) as refused:
        evaluate(parse(text), city())
    assert refused.value.zh


def test_a_filter_may_hold_brackets_and_quotes() -> None:
    assert parse("sum(tax where (a = ')' or b in (1, 2)))").filters == ("(a = ')' or b in (1, 2))",)


@given(st.permutations(range(4)))
def test_the_order_of_firms_changes_no_figure(order: list[int]) -> None:
    base = city()
    turned = city(
        unit=base.unit[order],
        measures={k: v[order] for k, v in base.measures.items()},
        kept={k: v[order] for k, v in base.kept.items()},
    )
    formula = parse("growth_panel(sum(tax where cluster = 汽车) / sum(land))")
    one, two = evaluate(formula, base), evaluate(formula, turned)
    assert np.array_equal(one.amounts, two.amounts, equal_nan=True)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_by_an_error_of_ours(text: str) -> None:
    with contextlib.suppress(IndicatorError):
        parse(text)
