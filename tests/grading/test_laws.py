"""Laws of every grading: better never lowers, order and units never matter, missing never beats known."""

from __future__ import annotations

import numpy as np
from grading_rules import CUTS, firms, item, letters, rule, scope
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import grading

MEAN = '{ kind = "group_mean" }'
QUANTILE = '{ kind = "quantile", quantile = 0.8 }'
RULES = [
    rule(scope(item("a", weight=60, benchmark=b, extra=cap) + item("b", of="rd_10k_cny", per="staff", weight=40, benchmark=c), extra=extra))
    for b, c, cap, extra in (
        ('{ kind = "fixed", value = 5 }', MEAN, "cap = 1.5", ""),
        (MEAN, QUANTILE, "", 'ties = "better"'),
        (MEAN, MEAN, "cap = 2.0", 'rank_in = ["district"]\ntie_break = ["revenue_10k_cny"]'),
    )
]  # fmt: skip
RULES.append(
    rule(
        scope(
            item("a", weight=60, benchmark=MEAN)
            + item("b", of="rd_10k_cny", per="staff", weight=40, benchmark=MEAN)
            + '[[scope.quota]]\nletter = "A"\nper = "district"\nmost_share = 0.3\n',
            cuts=CUTS.replace("to_share = 0.6", "to_share = 0.6\nfrom_score = 20"),
        )
    )
)
VALUES = st.integers(0, 40).map(float)
ROWS = st.lists(st.tuples(VALUES, VALUES, st.sampled_from("甲乙"), VALUES), min_size=2, max_size=14)
Row = tuple[float | None, float | None, str, float]


def made(rows: list[Row]) -> object:
    a, b, district, revenue = (list(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return firms(
        tax_10k_cny=a, rd_10k_cny=b, district=district, revenue_10k_cny=revenue, staff=[1.0] * n
    )  # type: ignore[arg-type]


def graded(which: int, rows: list[Row]) -> str:
    return letters(grading.grade(RULES[which], made(rows)))  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(ROWS, st.data())
def test_a_better_value_never_lowers_a_letter(rows: list[Row], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(RULES) - 1))
    at = data.draw(st.integers(0, len(rows) - 1))
    more = data.draw(st.integers(1, 30))
    a, b, district, revenue = rows[at]
    column = data.draw(st.sampled_from((0, 1)))
    better: Row = (
        ((a or 0) + more, b, district, revenue)
        if column == 0
        else (a, (b or 0) + more, district, revenue)
    )
    before, after = graded(which, rows), graded(which, [*rows[:at], better, *rows[at + 1 :]])
    assert after[at] <= before[at]


@settings(max_examples=15, deadline=None)
@given(ROWS, st.randoms(use_true_random=False), st.integers(0, len(RULES) - 1))
def test_the_order_of_rows_never_matters(rows: list[Row], random: object, which: int) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    frame = made(rows)
    one = grading.grade(RULES[which], frame).table().set_index("enterprise_id")  # type: ignore[arg-type]
    other = grading.grade(RULES[which], frame.iloc[order]).table().set_index("enterprise_id")  # type: ignore[attr-defined]
    assert one.equals(other.loc[one.index])


@settings(max_examples=15, deadline=None)
@given(ROWS, st.sampled_from((0.25, 10.0, 10000.0)))
def test_scaling_a_unit_never_matters(rows: list[Row], factor: float) -> None:
    frame = made(rows)
    scaled = frame.assign(tax_10k_cny=frame["tax_10k_cny"] * factor)  # type: ignore[attr-defined,index]
    for which in (1, 3):  # benchmarks taken from the figures themselves
        one, other = (grading.grade(RULES[which], f).table() for f in (frame, scaled))  # type: ignore[arg-type]
        assert one["letter"].equals(other["letter"])
        assert np.allclose(one["score"].astype(float), other["score"].astype(float), equal_nan=True)


@settings(max_examples=25, deadline=None)
@given(ROWS, st.data())
def test_a_missing_value_never_beats_a_known_one(rows: list[Row], data: st.DataObject) -> None:
    # with a benchmark that stays: whoever is left out of a group's mean moves it for all
    at = data.draw(st.integers(0, len(rows) - 1))
    known = graded(0, rows)
    gone = graded(0, [*rows[:at], (None, *rows[at][1:]), *rows[at + 1 :]])
    assert gone[at] == "-" or gone[at] >= known[at]
