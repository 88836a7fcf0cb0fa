"""Figures over time, indicators and scores beside their rivals, in one run.

Run ``python benchmarks/series.py [--quick] [--json FILE]``: observations imported per second; the sum of one measure by district as of a
vintage (beside pandas on CSV, and DuckDB on the same Parquet files where it is installed); 20,000 units by 45 indicators scored and
ranked; 1,000 sets of weights on 51 units by 49 indicators; all 45 indicators of districts, towns and clusters over 16 quarters.
Medians of wall-clock seconds.
"""

from __future__ import annotations

import importlib
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.figures import Claim, Table
from benchmarks.results import Part, arguments
from industrymap import citypack, evaluation, figures, indicators
from industrymap.evaluation import robustness, weights
from industrymap.figures import Asked, Units
from industrymap.periods import parse
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    from collections.abc import Callable

ABOUT = """Invented figures. The sums are of one measure of every firm, by district and period, as known after the second of two vintages. pandas
reads the same observations from one CSV file; DuckDB reads the Parquet files. COINr's figures for scores and uncertainty were measured on
the same machine before and stand in the facts of the project: 100 runs on 51 by 49 in 8.95 s, 20,000 by 45 in 2.1 s."""
MEASURES = ("revenue_10k_cny", "tax_10k_cny", "output_10k_cny", "energy_tce")
PERIODS = [f"{year}-{month:02}" for year in range(2021, 2025) for month in range(1, 13)] + [
    f"{year}Q{quarter}" for year in range(2021, 2025) for quarter in range(1, 5)
]


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median of some runs."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def observations(firms: int, seed: int = 1) -> pd.DataFrame:
    """Return four measures of so many firms over 64 periods."""
    rng = np.random.default_rng(seed)
    names = [f"E{i:06}" for i in range(firms)]
    n = firms * len(PERIODS)
    constant = np.zeros(n, dtype=int)
    parts = [
        pd.DataFrame(
            {
                "kind": pd.Categorical.from_codes(constant, ["firm"]),
                "entity": pd.Categorical.from_codes(
                    np.repeat(np.arange(firms), len(PERIODS)), names
                ),
                "measure": pd.Categorical.from_codes(constant, [measure]),
                "period": pd.Categorical.from_codes(
                    np.tile(np.arange(len(PERIODS)), firms), PERIODS
                ),
                "value": np.round(rng.random(n) * 1e5, 2),
                "unit": pd.Categorical.from_codes(constant, ["万元"]),
                "status": pd.Categorical.from_codes(constant, ["reported"]),
            }
        )
        for measure in MEASURES
    ]
    return pd.concat(parts, ignore_index=True)


def stored(part: Part, firms: int, runs: int) -> None:
    """Measure import and sums."""
    table = observations(firms)
    revised = table.iloc[:: max(1, len(table) // 1000)].assign(value=1.0, status="revised")
    districts = {f"E{i:06}": f"99{i % 11:02}" for i in range(firms)}
    with tempfile.TemporaryDirectory() as folder:
        taken = [
            seconds(lambda n=n: ParquetSeries(Path(folder) / f"s{n}").append(table, who="bench"), 1)
            for n in range(runs)
        ]
        speed = len(table) / statistics.median(taken)
        series = ParquetSeries(Path(folder) / "s0")
        series.append(revised, who="bench")
        ours = seconds(lambda: series.sums("revenue_10k_cny", districts, as_of=2), max(3, runs))
        rivals = others(series, table, revised, districts, Path(folder), runs)
    rows = [
        ["industrymap", len(table), ours],
        *([name, len(table), s] for name, s in rivals.items()),
    ]
    part.tables.append(
        Table(
            "Sum by district as of a vintage", ["", "observations", "s"], rows, ratio=("s", "low")
        )
    )
    best = min(((s, n) for n, s in rivals.items() if isinstance(s, float)), default=(None, ""))
    part.claims += [
        Claim("series.import", "observations imported", speed, "observations/s", 0.8e6, "high"),
        Claim(
            "series.sum",
            "sum by district as of a vintage",
            ours,
            "s",
            0.15,
            "low",
            best[1],
            best[0],
        ),
    ]


def others(
    series: ParquetSeries,
    table: pd.DataFrame,
    revised: pd.DataFrame,
    districts: dict[str, str],
    folder: Path,
    runs: int,
) -> dict[str, float | str]:
    """Measure the same sum with pandas on CSV and with DuckDB on the Parquet files; all must give the same totals."""
    csv = folder / "all.csv"
    pd.concat([table.assign(vintage=1), revised.assign(vintage=2)]).to_csv(csv, index=False)
    key = ["entity", "measure", "period"]

    def with_pandas() -> pd.Series:
        read = pd.read_csv(csv, usecols=[*key, "value", "vintage"])
        read = read[(read["measure"] == "revenue_10k_cny") & (read["vintage"] <= 2)]
        last = read.drop_duplicates(key, keep="last")
        return last.groupby([last["entity"].map(districts), "period"])["value"].sum()

    expected = series.sums("revenue_10k_cny", districts, as_of=2)
    assert np.isclose(with_pandas().sum(), expected["value"].sum())
    found: dict[str, float | str] = {"pandas on CSV": seconds(with_pandas, min(3, runs))}
    try:
        duckdb = importlib.import_module("duckdb")
    except ImportError:
        return found | {"DuckDB on the same Parquet files": "not installed"}
    pairs = pd.DataFrame({"entity": list(districts), "district": list(districts.values())})
    query = f"""
        with every as (select *, filename as vintage from read_parquet('{series.folder}/*.parquet', filename=true) where measure = 'revenue_10k_cny'),
        last as (select entity, period, arg_max(value, vintage) as value from every group by entity, period)
        select district, period, sum(value) / 1e6 as value from last join pairs using (entity) group by district, period
    """

    def with_duckdb() -> pd.DataFrame:
        connection = duckdb.connect()
        connection.register("pairs", pairs)
        done: pd.DataFrame = connection.execute(query).df()
        connection.close()
        return done

    assert np.isclose(with_duckdb()["value"].sum(), expected["value"].sum())
    return found | {"DuckDB on the same Parquet files": seconds(with_duckdb, max(3, runs))}


def scored(part: Part, units: int, draws: int, runs: int) -> None:
    """Measure scoring and uncertainty."""
    rng = np.random.default_rng(2)
    values, direction = rng.random((units, 45)), np.ones(45)

    def score() -> None:
        scaled = evaluation.normalise.min_max(values, direction)
        done = evaluation.aggregate.power_mean(scaled, weights.equal(45))
        robustness.ranks(done.scores)

    small = rng.random((51, 49)) * 100

    def uncertain() -> None:
        drawn = robustness.noisy_weights(weights.equal(49), noise=0.25, draws=draws, seed=1)
        robustness.rank_intervals(small, drawn)

    one, many = seconds(score, max(3, runs)), seconds(uncertain, max(3, runs))
    part.tables.append(
        Table(
            "Scores",
            ["", "size", "s"],
            [
                ["normalised, aggregated and ranked", f"{units:,} × 45", one],
                ["sets of weights, 51 × 49", f"{draws:,}", many],
            ],
        )
    )
    part.claims += [
        Claim(
            "series.score",
            f"{units:,} units × 45 indicators scored and ranked",
            one,
            "s",
            0.1,
            "low",
            "COINr, earlier on this machine",
            2.1,
        ),
        Claim(
            "series.uncertainty",
            f"{draws:,} uncertainty runs of 51 × 49",
            many,
            "s",
            1.0,
            "low",
            "COINr, 100 runs, earlier on this machine",
            8.95,
        ),
    ]


def computed(part: Part, firms: int, runs: int) -> None:
    """Measure the 45 indicators of three levels over 16 quarters, from reported totals and single firms."""
    pack = citypack.load("sample")
    of = indicators.choose(indicators.known(pack.folders), "gz-1-5-n")
    quarters = [f"{year}Q{q}" for year in range(2021, 2026) for q in range(1, 5)]
    used = sorted(m for m in figures.asked_for(of) if ":" not in m and not m.startswith("parks_"))
    rng = np.random.default_rng(3)
    levels = {level: pack.current(level) for level in ("district", "town")}
    names = {k: dict(zip(t["code"], t["name"], strict=True)) for k, t in levels.items()}
    names["cluster"] = {f"c{n}": f"c{n}" for n in range(6)}
    towns = list(names["town"])
    base = pd.DataFrame({"enterprise_id": [f"E{i:05}" for i in range(firms)]})
    base["town_code"] = [towns[i % len(towns)] for i in range(firms)]
    base["district_code"] = base["town_code"].str[:6]
    base["cluster"] = [f"c{i % 6}" for i in range(firms)]
    parts = []
    for kind, codes in (
        *((k, list(v)) for k, v in names.items()),
        ("firm", list(base["enterprise_id"])),
    ):
        n = len(codes) * len(quarters) * len(used)
        index = pd.MultiIndex.from_product(
            [codes, used, quarters], names=["entity", "measure", "period"]
        )
        parts.append(
            index.to_frame(index=False).assign(kind=kind, value=rng.random(n) * 1000, vintage=1)
        )
    known = pd.concat(parts, ignore_index=True).astype(
        {
            "value": "Float64",
            "kind": "category",
            "entity": "category",
            "measure": "category",
            "period": "category",
        }
    )
    known_firms = figures.firms_of(base)
    periods = [parse(q) for q in quarters[4:]]

    def compute() -> None:
        for level, of_level in names.items():
            asked = Asked(units=Units(level=level, names=of_level), periods=periods)
            figures.compute(of, known, asked=asked, firms=known_firms)

    taken = seconds(compute, runs)
    part.tables.append(
        Table(
            "All 45 indicators",
            ["", "observations", "s"],
            [
                [
                    f"11 districts, 176 towns, 6 clusters, 16 quarters, {firms:,} firms",
                    len(known),
                    taken,
                ]
            ],
        )
    )
    part.claims.append(
        Claim("series.indicators", "all 45 indicators, three levels, 16 quarters", taken, "s", 2.0)
    )


def main() -> int:
    asked = arguments(__doc__).parse_args()
    part = Part("series", "Figures over time, indicators and scores", ABOUT, ["numpy", "pandas", "pyarrow", "duckdb"], quick=asked.quick)  # fmt: skip
    runs = 1 if asked.quick else 5
    stored(part, 150 if asked.quick else 15_000, runs)
    scored(part, 500 if asked.quick else 20_000, 50 if asked.quick else 1000, runs)
    computed(part, 50 if asked.quick else 2_000, runs)
    part.finish(asked.json)
    return 0 if all(claim.met for claim in part.claims) else 1


if __name__ == "__main__":
    raise SystemExit(main())
