"""The bureaus' tables of the repository's own sample: read into the running database, they give their truth."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import citypack, figures, indicators, jobs, observations
from industrymap.figures import Asked, Units
from industrymap.periods import parse
from industrymap.series import COLUMNS, ParquetSeries, growth, single, sums

ROOT = Path(__file__).parents[2]
SENT = sorted((ROOT / "statistics").iterdir())
TRUTH = pd.read_parquet(ROOT / "truth/figures.parquet")
KEY = ["kind", "entity", "measure", "period"]
PACK = citypack.load("sample")
# The quarterly workbooks are alike and large, and so are the months of 2024 whose figures a later workbook states anew.
_LEFT_OUT = ("季报", "重点", "产业集群", *(f"2024年1—{month}月" for month in range(4, 12)))
MONTHLY = [p for p in SENT if not any(word in p.name for word in _LEFT_OUT)]


def same(found: pd.DataFrame, truth: pd.DataFrame) -> bool:
    """Compare values by what they are of."""
    left, right = (
        t.astype(dict.fromkeys(KEY, "str")).set_index(KEY)["value"].astype(float).sort_index()
        for t in (found, truth)
    )
    return left.index.equals(right.index) and np.allclose(left, right, rtol=0, atol=1e-6)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> ParquetSeries:
    """Return a database of the monthly tables, one addition a file, in the order of their arrival."""
    series = ParquetSeries(tmp_path_factory.mktemp("figures") / "series")
    for path in MONTHLY:
        series.append(observations.read(path, pack=PACK).observations, who="统计", source=path.name)
    return series


@pytest.mark.parametrize(
    "path", [p for p in SENT if "2022年工业季报" in p.name or "2025年重点" in p.name]
)
def test_a_quarterly_workbook_and_a_text_of_firms_say_what_the_truth_says(path: Path) -> None:
    reading = observations.read(path, pack=PACK)
    assert same(reading.observations, TRUTH[TRUTH["file"] == path.name])
    assert reading.issues.empty


def test_what_was_known_after_every_addition_is_what_had_been_sent(database: ParquetSeries) -> None:
    assert [v.source for v in database.vintages()] == [p.name for p in MONTHLY]
    revised = next(n for n, p in enumerate(MONTHLY, start=1) if "核定" in p.name)
    for number in (1, 2, revised - 1, revised, revised + 3, len(MONTHLY)):
        sent = TRUTH[TRUTH["file"].isin([p.name for p in MONTHLY[:number]])]
        assert same(database.known(as_of=number), sent.drop_duplicates(KEY, keep="last"))


def test_a_slip_of_the_decimal_point_is_doubted_and_its_correction_holds(
    database: ParquetSeries,
) -> None:
    slip = next(p for p in MONTHLY if "1—5月工业月报" in p.name and "2025" in p.name)
    at = MONTHLY.index(slip)
    reading = observations.read(slip, pack=PACK)
    doubts = observations.doubts(reading.observations, database.known(as_of=at))
    assert doubts["rule"].tolist() == ["observation.slip"]
    revised = database.diff(at + 1, at + 2)
    assert revised["change"].tolist() == ["revised"]
    assert float(revised["before"].iloc[0]) == 10 * float(revised["after"].iloc[0])


def test_cumulative_figures_become_the_true_single_ones(database: ParquetSeries) -> None:
    truth = pd.read_parquet(ROOT / "truth/singles.parquet")
    known = database.known()
    # What the city's own sheet states as 本月 is a figure of its own, no difference.
    cumulative = known[[parse(p).first == 1 for p in known["period"].astype(str)]]
    rows = []
    for (kind, entity, measure), part in cumulative.astype(dict.fromkeys(KEY, "str")).groupby(
        KEY[:3]
    ):
        if ":" in measure:
            continue
        of = {parse(p): float(v) for p, v in zip(part["period"], part["value"], strict=True)}
        rows += [(kind, entity, measure, str(p), v) for p, v in single(of).items()]
    found = pd.DataFrame(rows, columns=[*KEY, "value"])
    found, truth = (t[~t["period"].str.startswith("2024")] for t in (found, truth))
    assert same(found, truth)
    assert "2025-08..09" in set(found["period"])


def test_published_growth_and_growth_of_totals_are_the_true_ones_and_differ(
    database: ParquetSeries,
) -> None:
    truth = pd.read_csv(ROOT / "truth/growth.csv", dtype={"entity": str, "period": str})
    months = ~truth["period"].str.startswith("2024") | truth["period"].isin(["2024Q1", "2024"])
    truth = truth[(truth["measure"] == "output_10k_cny") & months].set_index(["entity", "period"])
    known = database.known(measures=["output_10k_cny", "output_10k_cny:growth"]).astype(
        dict.fromkeys(KEY, "str")
    )
    value = known.set_index(["measure", "entity", "period"])["value"].astype(float)
    for (entity, period), row in truth.iterrows():
        now, before = (
            value["output_10k_cny", entity, str(p)]
            for p in (parse(period), parse(period).last_year)
        )
        assert now / before - 1 == pytest.approx(row["whole"], abs=1e-12)
        if not np.isnan(row["published"]):
            assert value["output_10k_cny:growth", entity, period] == row["published"]
    stated = truth.dropna(subset=["published"])
    assert (abs(stated["whole"] * 100 - stated["published"]) > 0.5).mean() > 0.5


def test_growth_on_the_constant_panel_of_firms_is_the_true_one() -> None:
    truth = pd.read_csv(ROOT / "truth/growth.csv", dtype={"entity": str, "period": str})
    row = truth[(truth["kind"] == "city") & (truth["measure"] == "revenue_10k_cny")].iloc[-1]
    sold = []
    for year in ("2025", "2024"):
        path = next(p for p in SENT if f"{year}年重点" in p.name)
        table = TRUTH[(TRUTH["file"] == path.name) & (TRUTH["measure"] == "revenue_10k_cny")]
        sold.append(table.set_index("entity")["value"].astype("Float64"))
    found = growth(*sold)
    assert (found.n_panel, found.n_entered, found.n_left) == (row["n"], row["entered"], row["left"])
    assert found.n_entered > 0 < found.n_left
    assert (found.panel, found.whole) == pytest.approx((row["panel"], row["whole"]), abs=1e-12)


def test_importing_a_table_twice_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "industrymap.toml").write_text(
        '[workspace]\ntitle = "试"\ncity = "sample"\n', encoding="utf-8"
    )
    path = next(p for p in SENT if p.suffix == ".csv" and "月报" in p.name)
    first = jobs.import_series(path, tmp_path, who="甲").appended
    again = jobs.import_series(path, tmp_path, who="甲").appended
    assert first is not None
    assert again is not None
    assert (first.added, again.vintage, again.unchanged) == (84, None, 84)


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(3)), st.permutations(range(48)), st.integers(1, 3))
def test_neither_the_order_of_imports_nor_of_rows_nor_of_parts_changes_a_result(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], rows: list[int], parts: int
) -> None:
    table = TRUTH[TRUTH["file"] == SENT[0].name].head(48).assign(unit="万元", status="reported")
    mixed = table.iloc[rows]
    series = ParquetSeries(tmp_path_factory.mktemp("order") / "series")
    for number in order:
        part = mixed[np.arange(len(mixed)) % parts == number % parts]
        series.append(part[COLUMNS], who="甲")
    known = series.known()
    assert same(known, table)
    groups = dict.fromkeys(map(str, table["entity"]), "市")
    output = known[known["measure"] == "output_10k_cny"]
    expected = sums(
        table[table["measure"] == "output_10k_cny"].astype({"value": "Float64"}), groups
    )
    assert sums(output, groups)["value"].tolist() == expected["value"].tolist()


_WRITER = """
import sys, pandas as pd
from industrymap.series import ParquetSeries
series = ParquetSeries(sys.argv[1])
for number in range(10_000):
    table = pd.DataFrame({"kind": "firm", "entity": [f"{number}-{i}" for i in range(50)], "measure": "revenue_10k_cny",
                          "period": "2024", "value": 1.0, "unit": "万元", "status": "reported"})
    series.append(table, who="甲")
"""


def test_a_kill_during_an_import_loses_nothing_that_was_added(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path / "series")])
    try:
        # Killed in the middle of whatever it does once a few additions are there.
        until = time.monotonic() + 60
        while len(list((tmp_path / "series").glob("0*.parquet"))) < 3 and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    series = ParquetSeries(tmp_path / "series")
    vintages = series.vintages()
    assert len(vintages) >= 3
    assert all(v.added == 50 for v in vintages)
    assert len(series.known()) == 50 * len(vintages)
    # And the next import goes on where it stopped.
    row = {
        "kind": "firm",
        "entity": "x",
        "measure": "m",
        "period": "2024",
        "value": 1.0,
        "unit": "家",
        "status": "reported",
    }
    added = series.append(pd.DataFrame([row]), who="乙").vintage
    assert added is not None
    assert added.number == len(vintages) + 1


def test_the_45_indicators_have_a_value_where_the_city_has_data_and_name_what_they_lack() -> None:
    truth = TRUTH.drop_duplicates(KEY, keep="last")
    known = truth.assign(value=truth["value"].astype("Float64"), vintage=1)
    base = pd.read_parquet(ROOT / "truth/enterprises.parquet").rename(
        columns={"firm_id": "enterprise_id"}
    )
    listed = (
        base[["enterprise_id", "tiers"]]
        .assign(label_id=base["tiers"].str.split(";"))
        .explode("label_id")
    )
    firms = figures.firms_of(base, listed[listed["label_id"] != ""])
    districts = PACK.current("district")
    units = Units(
        level="district", names=dict(zip(districts["code"], districts["name"], strict=True))
    )
    of = indicators.choose(indicators.known(PACK.folders), "gz-1-5-n")
    found = figures.compute(
        of, known, asked=Asked(units=units, periods=[parse("2025")]), firms=firms
    )
    valued = set(found.table.loc[found.table["value"].notna(), "indicator"])
    assert len(of.indicators) == 45
    assert valued | set(found.missing) == {i.id for i in of.indicators}
    assert set(found.missing) == {
        "advanced_share", "green_factory_count", "foreign_share", "value_park_revenue", "parks_progress", "key_list_growth",
    }  # fmt: skip
    assert all(found.missing.values())
