"""Periods: every written form, order, and what one may be taken off another."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from industrymap.errors import PeriodError
from industrymap.periods import Period, parse, span


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(st.integers(1, 12))
    return Period(draw(st.integers(1950, 2099)), first, draw(st.integers(first, 12)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", "2024"),
        ("2024年度", "2024"),
        ("二〇二四年", "2024"),
        ("2024年全年", "2024"),
        ("2024Q3", "2024Q3"),
        ("Q3 2024", "2024Q3"),
        ("2024年第三季度", "2024Q3"),
        ("2024年3季度", "2024Q3"),
        ("2024年前三季度", "2024-01..09"),
        ("2024年一至三季度", "2024-01..09"),
        ("2024年上半年", "2024-01..06"),
        ("2024H2", "2024-07..12"),
        ("2024-03", "2024-03"),
        ("2024.03", "2024-03"),
        ("202403", "2024-03"),
        ("2024/3", "2024-03"),
        ("2024年03月份", "2024-03"),
        ("2024-03-31", "2024-03"),
        ("2024年1—2月", "2024-01..02"),
        ("2024年1月至11月", "2024-01..11"),
        ("2024年1～11月累计", "2024-01..11"),
        ("２０２４年 １－３ 月", "2024Q1"),
    ],
)
def test_every_written_form_is_read(text: str, expected: str) -> None:
    assert str(parse(text)) == expected


def test_a_cumulative_month_counts_from_january() -> None:
    assert parse("2024年3月累计") == parse("2024年3月止累计") == parse("2024-01..03")
    assert parse("2024年三季度累计") == parse("2024年前三季度")


def test_a_date_stands_for_its_month() -> None:
    assert parse(dt.date(2024, 3, 31)) == parse("2024-03")


def test_the_year_may_come_from_elsewhere_and_is_never_guessed() -> None:
    assert parse("1—2月", year=2025) == Period(2025, 1, 2)
    with pytest.raises(PeriodError, match="names no year"):
        parse("1—2月")


@pytest.mark.parametrize(
    "text", ["2024.1", "2024年13月", "2024年5季度", "24年", "本年", "", "2024年3—1月", "营业收入"]
)
def test_what_is_no_period_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(PeriodError) as refused:
        parse(text)
    assert refused.value.zh


@given(periods())
def test_what_is_written_is_read_back(period: Period) -> None:
    assert parse(str(period)) == period
    assert parse(period.text("zh")) == period


@given(periods(), periods())
def test_two_cumulatives_differ_by_the_months_between_them(a: Period, b: Period) -> None:
    longer, shorter = a.cumulative, Period(a.year, 1, min(a.last, b.last))
    if shorter.last < longer.last:
        rest = longer.minus(shorter)
        assert rest.months == longer.months - shorter.months
        assert longer.contains(rest)
    else:
        with pytest.raises(PeriodError, match="begin in the same month"):
            longer.minus(shorter)


@given(st.lists(periods(), min_size=1, max_size=8))
def test_order_is_by_end_then_by_length(some: list[Period]) -> None:
    ends = [(p.year, p.last, p.months) for p in sorted(some)]
    assert ends == sorted(ends)


@given(periods())
def test_last_year_is_the_same_months(period: Period) -> None:
    assert period.last_year.shift(1) == period


def test_a_span_runs_over_the_end_of_a_year() -> None:
    assert [str(p) for p in span(parse("2023-11"), parse("2024-02"))] == [
        "2023-11",
        "2023-12",
        "2024-01",
        "2024-02",
    ]
    with pytest.raises(PeriodError):
        span(parse("2024Q1"), parse("2024-06"))
