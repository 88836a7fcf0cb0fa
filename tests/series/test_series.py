"""The running database: what was known when, and what figures over time say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap.errors import PeriodError, SeriesError
from industrymap.periods import Period, parse
from industrymap.series import (
    ParquetSeries,
    contributions,
    growth,
    seasonal,
    single,
    sums,
)

if TYPE_CHECKING:
    from pathlib import Path


def figures(
    *rows: tuple[str, str, float | None], kind: str = "firm", status: str = "reported"
) -> pd.DataFrame:
    """Return revenue observations of ``(entity, period, value)``."""
    frame = pd.DataFrame(list(rows), columns=["entity", "period", "value"])
    return frame.assign(kind=kind, measure="revenue_10k_cny", unit="10k_cny", status=status)


def values(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    keys = zip(frame["entity"], frame["period"], strict=True)
    return dict(zip(keys, frame["value"], strict=True))


@pytest.fixture
def series(tmp_path: Path) -> ParquetSeries:
    return ParquetSeries(tmp_path / "series")


def test_a_revision_keeps_what_was_known_before(series: ParquetSeries) -> None:
    series.append(figures(("E1", "2024Q1", 10.0), ("E2", "2024Q1", 5.0)), who="甲")
    found = series.append(figures(("E1", "2024Q1", 12.0), ("E2", "2024Q1", 5.0)), who="乙")
    assert (found.added, found.revised, found.unchanged) == (0, 1, 1)
    assert values(series.known(as_of=1))["E1", "2024Q1"] == 10.0
    assert values(series.known())["E1", "2024Q1"] == 12.0
    assert series.history("firm", "E1", "revenue_10k_cny")["value"].tolist() == [10.0, 12.0]
    changed = series.diff(1)
    assert changed[["entity", "before", "after", "change"]].to_numpy().tolist() == [
        ["E1", 10.0, 12.0, "revised"]
    ]


def test_the_same_file_twice_changes_nothing(series: ParquetSeries) -> None:
    rows = figures(("E1", "2024Q1", 10.0))
    series.append(rows, who="甲")
    assert series.append(rows, who="甲").vintage is None
    assert len(series.vintages()) == 1


def test_one_period_written_in_two_ways_is_one_observation(series: ParquetSeries) -> None:
    series.append(figures(("E1", "2024年1—3月", 10.0)), who="甲")
    assert series.append(figures(("E1", "2024Q1", 10.0)), who="甲").unchanged == 1


def test_a_day_answers_with_what_was_known_at_its_end(series: ParquetSeries) -> None:
    series.append(figures(("E1", "2024Q1", 10.0)), who="甲")
    today = series.vintages()[0].when.date()
    assert len(series.known(as_of=today)) == 1
    assert len(series.known(as_of=today - dt.timedelta(days=1))) == 0


def test_a_withdrawn_figure_is_not_known_any_more(series: ParquetSeries) -> None:
    series.append(figures(("E1", "2024Q1", 10.0)), who="甲")
    series.append(figures(("E1", "2024Q1", None), status="withdrawn"), who="甲")
    assert len(series.known()) == 0
    assert series.diff(1)["change"].tolist() == ["withdrawn"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "planet"}, "is no kind"),
        ({"status": "perhaps"}, "is no status"),
        ({"value": 1e13}, "too large"),
    ],
)
def test_a_wrong_observation_is_refused_in_a_sentence(
    series: ParquetSeries, change: dict[str, object], message: str
) -> None:
    with pytest.raises(SeriesError, match=message):
        series.append(figures(("E1", "2024Q1", 1.0)).assign(**change), who="甲")
    assert series.vintages() == []


def test_a_period_that_is_none_is_refused(series: ParquetSeries) -> None:
    with pytest.raises(PeriodError):
        series.append(figures(("E1", "本月", 1.0)), who="甲")


def test_one_thing_given_twice_is_refused(series: ParquetSeries) -> None:
    with pytest.raises(SeriesError, match="E1 in 2024Q1 is given twice"):
        series.append(figures(("E1", "2024Q1", 1.0), ("E1", "2024年一季度", 2.0)), who="甲")


def test_an_interrupted_import_leaves_the_vintages_before_it(series: ParquetSeries) -> None:
    series.append(figures(("E1", "2024Q1", 10.0)), who="甲")
    (series.folder / ".000002.abc.parquet").write_bytes(b"half a file")
    assert values(series.known()) == {("E1", "2024Q1"): 10.0}
    assert series.append(figures(("E1", "2024Q2", 20.0)), who="甲").vintage.number == 2


def test_a_missing_or_damaged_vintage_is_named(series: ParquetSeries) -> None:
    for quarter in ("2024Q1", "2024Q2"):
        series.append(figures(("E1", quarter, 1.0)), who="甲")
    (series.folder / "000002.parquet").write_bytes(b"PAR1 rubbish")
    with pytest.raises(SeriesError, match=r"000002\.parquet is damaged"):
        series.vintages()
    (series.folder / "000001.parquet").unlink()
    with pytest.raises(SeriesError, match="vintage 1 is missing"):
        series.known()


@settings(deadline=None)
@given(
    st.permutations(
        [("E1", "2024Q1", 0.1), ("E2", "2024Q1", 0.2), ("E3", "2024Q1", 0.3), ("E4", "2024Q1", 1e9)]
    )
)
def test_the_order_of_rows_changes_no_sum(rows: list[tuple[str, str, float]]) -> None:
    frame = figures(*rows).astype({"value": "Float64"})
    found = sums(frame, dict.fromkeys(("E1", "E2", "E3", "E4"), "9901"))
    assert found["value"].tolist() == [1_000_000_000.6]
    assert found["n"].tolist() == [4]


def test_an_entity_without_a_group_is_not_lost() -> None:
    frame = figures(("E1", "2024Q1", 1.0), ("E2", "2024Q1", 2.0)).astype({"value": "Float64"})
    assert sums(frame, {"E1": "9901"})[["group", "value"]].to_numpy().tolist() == [
        ["", 2.0],
        ["9901", 1.0],
    ]


def test_cumulative_figures_become_single_ones_over_a_gap_and_a_new_year() -> None:
    given_ = {"2023-01..12": 90.0, "2024-01..02": 10.0, "2024Q1": 18.0, "2024-01..05": 30.0}
    found = single({parse(k): v for k, v in given_.items()})
    assert {str(k): v for k, v in found.items()} == {
        "2023": 90.0,
        "2024-01..02": 10.0,
        "2024-03": 8.0,
        "2024-04..05": 12.0,
    }


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=12))
def test_single_figures_add_up_to_the_cumulative_ones(months: list[int]) -> None:
    cumulative = {
        Period(2024, 1, n): float(total) for n, total in enumerate(np.cumsum(months), start=1)
    }
    assert list(single(cumulative).values()) == months


def test_growth_of_the_panel_is_not_moved_by_who_came() -> None:
    before = pd.Series({"A": 100.0, "B": 100.0, "gone": 50.0}, dtype="Float64")
    now = pd.Series({"A": 110.0, "B": 90.0, "new": 300.0, "blank": pd.NA}, dtype="Float64")
    found = growth(now, before)
    assert (found.n_panel, found.n_entered, found.n_left) == (2, 1, 1)
    assert found.panel == pytest.approx(0.0)
    assert found.whole == pytest.approx(1.0)


def test_growth_from_nothing_is_unknown() -> None:
    found = growth(pd.Series({"A": 5.0}, dtype="Float64"), pd.Series({"A": 0.0}, dtype="Float64"))
    assert np.isnan(found.panel)


def test_contributions_add_up_to_the_growth_of_the_whole() -> None:
    before = pd.Series({"A": 100.0, "B": 60.0, "C": 40.0}, dtype="Float64")
    now = pd.Series({"A": 130.0, "B": 50.0, "D": 20.0}, dtype="Float64")
    found = contributions(now, before, pd.Series({"A": "电子", "B": "纺织", "C": "纺织"}))
    assert found.points.to_dict() == pytest.approx({"": 0.1, "电子": 0.15, "纺织": -0.25})
    assert found.points.sum() == pytest.approx(growth(now, before).whole, abs=1e-12)
    assert (found.entered, found.left) == (pytest.approx(0.1), pytest.approx(-0.2))


def test_each_group_has_its_panel_its_entries_and_its_exits() -> None:
    before = pd.Series({"A": 100.0, "B": 60.0, "C": 40.0}, dtype="Float64")
    now = pd.Series({"A": 130.0, "B": 50.0, "D": 20.0}, dtype="Float64")
    groups = pd.Series({"A": "电子", "B": "纺织", "C": "纺织", "D": "电子"})
    table = contributions(now, before, groups).table
    # 电子: 100 → 130 of the panel, D of 20 came. 纺织: 60 → 50 of the panel, C of 40 went. Total before 200.
    assert table.loc["电子", ["before", "now"]].tolist() == [100.0, 150.0]
    assert table.loc["电子", ["points", "entered", "left"]].tolist() == pytest.approx(
        [0.25, 0.1, 0]
    )
    assert table.loc["纺织", ["points", "entered", "left"]].tolist() == pytest.approx(
        [-0.25, 0, -0.2]
    )
    assert table["panel"].tolist() == pytest.approx([0.3, -1 / 6])
    assert table[["n_panel", "n_entered", "n_left"]].to_numpy().tolist() == [[1, 1, 0], [1, 0, 1]]


@settings(deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_firms_changes_no_contribution(order: list[int]) -> None:
    names = [f"E{i}" for i in range(6)]
    now = pd.Series([0.1, 0.2, 0.3, 1e9, 5.0, 7.0], index=names, dtype="Float64")
    before = pd.Series([0.3, 0.2, 0.1, 9e8, 5.5, 1.0], index=names, dtype="Float64")
    groups = pd.Series(["a", "a", "a", "b", "b", "b"], index=names)
    mixed = [names[i] for i in order]
    found = contributions(now[mixed], before[mixed], groups[mixed]).table
    pd.testing.assert_frame_equal(found, contributions(now, before, groups).table)


def test_seasons_compare_the_same_months_and_add_up_what_covers_them() -> None:
    values = {
        "2023-01..02": 10.0, "2023-03": 6.0, "2023-04": 5.0, "2023-05": 5.0,
        "2024-01..02": 14.0, "2024-03": 8.0, "2024-05": 9.0,
        "2025-01..02": 15.0, "2025-03": 7.0, "2025-04..05": 11.0,
    }  # fmt: skip
    table = seasonal({parse(k): v for k, v in values.items()}, years=2)
    assert table["period"].tolist() == ["2025-01..02", "2025-03", "2025-04..05"]
    assert table["2023"].tolist() == [10.0, 6.0, 10.0]
    # April 2024 is not known: May alone is not April and May.
    assert table["2024"].tolist()[:2] == [14.0, 8.0]
    assert table["2024"].isna().tolist() == [False, False, True]
    assert table["mean"].tolist() == [12.0, 7.0, 10.0]
    assert table["n"].tolist() == [2, 2, 1]
    assert table["to_mean"].tolist() == pytest.approx([0.25, 0.0, 0.1])
    assert table["growth"].tolist()[1] == pytest.approx(-0.125)
    assert seasonal({}).empty


def test_sums_read_from_the_folder_are_those_of_what_is_known(series: ParquetSeries) -> None:
    series.append(figures(("A", "2024Q1", 1.0), ("B", "2024Q1", 2.0), ("C", "2024", 4.0)), who="甲")
    series.append(figures(("A", "2024Q1", 10.0), ("D", "2024", 0.5)), who="甲")
    series.append(figures(("B", "2024Q1", None), status="withdrawn"), who="甲")
    groups = {"A": "x", "B": "y", "C": "x"}
    for as_of in (1, 2, 3):
        found = series.sums("revenue_10k_cny", groups, as_of=as_of)
        expected = sums(series.known(as_of=as_of), groups)
        assert found.to_numpy().tolist() == expected.to_numpy().tolist()
    # B was taken back: its group is absent, not 0.
    assert set(series.sums("revenue_10k_cny", groups)["group"]) == {"", "x"}
    assert series.sums("tax_10k_cny", groups).empty
    assert series.sums("revenue_10k_cny", groups, as_of=0).empty


def test_sums_in_two_units_are_refused_and_a_unit_put_right_is_not(series: ParquetSeries) -> None:
    series.append(figures(("A", "2024", 1.0)).assign(unit="元"), who="甲")
    series.append(figures(("B", "2024", 1.0)), who="甲")
    with pytest.raises(SeriesError, match="is given in 10k_cny and 元"):
        series.sums("revenue_10k_cny", {})
    series.append(figures(("A", "2024", 0.0001)), who="甲")
    assert series.sums("revenue_10k_cny", {})["value"].tolist() == [1.0001]


def test_a_sum_of_many_entities_and_periods_takes_the_other_way_to_the_same_end(
    series: ParquetSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    series.append(figures(("A", "2024", 1.0), ("B", "2023", 2.0)), who="甲")
    one = series.sums("revenue_10k_cny", {"A": "x"})
    monkeypatch.setattr("industrymap.series._parquet._DENSE", 1)
    pd.testing.assert_frame_equal(
        series.sums("revenue_10k_cny", {"A": "x"}), one, check_dtype=False
    )
