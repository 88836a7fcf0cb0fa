"""An attacker's arithmetic over public figures, on cities made from a seed: what can he learn of one firm?

He has every figure of one or two releases and the city's total of one, knows which firm is where, in the base and above scale, and is
himself one of the firms. Nothing here uses what ``publishing`` uses: every firm is an unknown of its own, and one linear program
over all figures at once says between which values it can be. ``python tests/helpers/attackers.py COUNT [SEED]`` is the long form.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import highspy
import numpy as np
import pandas as pd
import shapely

from industrymap import publishing

NUMBER = "粤审S（2026）018号"
CLOSE = 0.10
"""A firm is learned when its figure is bounded more closely than this from above, or from both sides."""
THRESHOLD, ABOVE = 1000.0, 2000.0
LAYERS = (
    ("districts", "code", "district_code", "divisions"),
    ("towns", "code", "town_code", "divisions"),
    ("village_parks", "park_id", "park_id", "village_parks"),
    ("industrial_blocks", "block_id", "block_id", "industrial_blocks"),
)


def firms_of(seed: int) -> pd.DataFrame:
    """Make the firms of a small city: few giants, many small ones; parks and blocks that cross."""
    dice = np.random.default_rng(seed)
    n = int(dice.integers(20, 90))
    district = dice.integers(1, 4, n)
    town = district * 10 + dice.integers(1, 4, n)
    park = np.where(dice.random(n) < 0.5, town * 10 + dice.integers(1, 4, n), 0)
    block = np.where(dice.random(n) < 0.4, dice.integers(1, 6, n), 0)
    spread = dice.choice([0.05, 0.8, 2.0])
    revenue = np.round(dice.choice([900.0, 1500.0, 4000.0]) * np.exp(dice.normal(0, spread, n)), 2)
    codes = {
        "district_code": [str(d) for d in district],
        "town_code": [str(t) if dice.random() < 0.95 else None for t in town],
        "park_id": [f"P{p}" if p else None for p in park],
        "block_id": [f"B{b}" if b else None for b in block],
    }
    table = pd.DataFrame(codes).astype("string")
    table["enterprise_id"] = pd.array([f"E{i}" for i in range(n)], dtype="string")
    table["revenue_10k_cny"] = pd.array(np.where(dice.random(n) < 0.97, revenue, np.nan), dtype="Float64")  # fmt: skip
    return classed(table)


def classed(table: pd.DataFrame) -> pd.DataFrame:
    """Say of each firm whether it is in the base and above scale."""
    revenue = table["revenue_10k_cny"]
    return table.assign(
        in_base=(revenue >= THRESHOLD).astype("boolean").fillna(value=False),
        above_scale=(revenue >= ABOVE).astype("boolean"),
    )


def changed(firms: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the firms a while later: some corrected, some moved, one come, one gone."""
    dice = np.random.default_rng(seed + 1_000_000)
    later = firms.copy()
    for row in dice.choice(len(later), int(dice.integers(1, 5)), replace=False).tolist():
        later.loc[row, "revenue_10k_cny"] = float(np.round(dice.lognormal(8, 1), 2))
    if dice.random() < 0.5:
        later = later.drop(index=int(dice.integers(len(later))))
    if dice.random() < 0.5:
        new = later.sample(1, random_state=seed).assign(
            enterprise_id="NEW", revenue_10k_cny=3210.12
        )
        later = pd.concat([later, new])
    if dice.random() < 0.3:
        later.iloc[0, later.columns.get_loc("park_id")] = "P111"
    return classed(later.reset_index(drop=True))


def city(firms: pd.DataFrame) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, str]]:
    """Return the layers measured from firms."""
    base = firms[firms["in_base"]]
    layers = {}
    for name, key, column, _ in LAYERS:
        ids = sorted(firms[column].dropna().unique())
        inside = [base[base[column] == i] for i in ids]
        square = shapely.box(113, 23, 113.01, 23.01)
        layers[name] = gpd.GeoDataFrame(
            {
                key: pd.array(ids, dtype="string"),
                "name": pd.array(ids, dtype="string"),
                "firms": pd.array([(firms[column] == i).sum() for i in ids], dtype="Int64"),
                "base_firms": pd.array([len(f) for f in inside], dtype="Int64"),
                "above_scale": pd.array([f["above_scale"].sum() for f in inside], dtype="Int64"),
                "base_revenue_10k_cny": pd.array([f["revenue_10k_cny"].sum() for f in inside], dtype="Float64"),
            },
            geometry=[square] * len(ids),
            crs=4326,
        )  # fmt: skip
    layers["towns"]["parent_code"] = layers["towns"]["code"].str[:1]
    return layers, {name: schema for name, _, _, schema in LAYERS}


def published(firms: pd.DataFrame, *earlier: publishing.Release) -> publishing.Release:
    """Publish a city beside what was published before."""
    layers, schemas = city(firms)
    known = publishing.Known(earlier=earlier, threshold_10k_cny=THRESHOLD)
    return publishing.release(
        layers, schemas=schemas, firms=firms, review_number=NUMBER, known=known
    )


@dataclass
class Sums:
    """Everything an attacker can add up: unknowns, and which of them each public figure is the sum of."""

    value: list[float]
    lowest: list[float]
    highest: list[float]
    area: list[tuple[str, ...]]
    rows: list[list[int]]

    @classmethod
    def of(cls, releases: list[tuple[pd.DataFrame, dict[str, gpd.GeoDataFrame]]]) -> Sums:
        """Gather the unknowns of all releases: a firm that kept its figure is one, a corrected firm is two."""
        known = cls([], [], [], [], [])
        at: dict[tuple[str, float], int] = {}
        for firms, layers in releases:
            base = firms[firms["in_base"]]
            for row in base.itertuples():
                x = float(row.revenue_10k_cny)
                if (row.enterprise_id, x) not in at:
                    at[row.enterprise_id, x] = len(known.value)
                    known.value.append(x)
                    known.lowest.append(ABOVE if row.above_scale else THRESHOLD)
                    known.highest.append(np.inf if row.above_scale else ABOVE)
                    known.area.append(tuple(str(getattr(row, c)) for _, _, c, _ in LAYERS))
            for name, key, column, _ in LAYERS:
                frame = layers[name]
                for code in frame.loc[frame["base_revenue_10k_cny"].notna(), key]:
                    inside = base[(base[column] == code).fillna(value=False)]
                    known.rows.append([at[e, float(x)] for e, x in zip(inside["enterprise_id"], inside["revenue_10k_cny"], strict=True)])  # fmt: skip
            # where nothing is published nothing is learned from it: the total alone is not ours
            if len(releases) == 1 and known.rows:
                known.rows.append([at[e, float(x)] for e, x in zip(base["enterprise_id"], base["revenue_10k_cny"], strict=True)])  # fmt: skip
        return known

    def learned(self, attacker: int | None) -> list[tuple[int, float, float]]:
        """Return the unknowns that one firm, who knows his own figure, can bound closely: unknown, from, to."""
        solver: Any = highspy.Highs()
        solver.silent()
        for i, (low, high) in enumerate(zip(self.lowest, self.highest, strict=True)):
            own = self.value[i]
            solver.addVar(own if i == attacker else low, own if i == attacker else high)
        for row in self.rows:
            total = sum(self.value[i] for i in row)
            solver.addRow(total, total, len(row), np.array(row, dtype=np.int32), np.ones(len(row)))
        found = []
        for i, value in enumerate(self.value):
            if i == attacker:
                continue
            solver.changeColCost(i, 1.0)
            low, high = (self._bound(solver, sense) for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize))  # fmt: skip
            solver.changeColCost(i, 0.0)
            # what the class alone says (1,000 to 2,000) is no matter of the figures
            from_above = high < (1 + CLOSE) * value - 1e-3 and high < self.highest[i] - 1e-3
            from_both = high - value < CLOSE * value - 1e-3 and value - low < CLOSE * value - 1e-3
            if from_above or from_both:
                found.append((i, low, high))
        return found

    @staticmethod
    def _bound(solver: Any, sense: Any) -> float:
        solver.changeObjectiveSense(sense)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return float(solver.getInfo().objective_function_value)
        assert status != highspy.HighsModelStatus.kInfeasible
        return np.inf

    def attackers(self) -> list[int | None]:
        """Return the firms worth being: in each part of the city that no layer divides the one that is known least, or nobody."""
        best: dict[tuple[str, ...], int] = {}
        for i, area in enumerate(self.area):
            spare = self.value[i] - self.lowest[i]
            if area not in best or spare > self.value[best[area]] - self.lowest[best[area]]:
                best[area] = i
        return [None, *best.values()]


def attack(releases: list[tuple[pd.DataFrame, dict[str, gpd.GeoDataFrame]]], *, most: int = 1_000) -> list[str]:  # fmt: skip
    """Return what any attacker learns, in words; empty if nothing."""
    sums = Sums.of(releases)
    return [
        f"{sums.value[i]:,.2f} is between {low:,.2f} and {high:,.2f} for attacker {who}"
        for who in sums.attackers()[:most]
        for i, low, high in sums.learned(who)
    ]


def trial(seed: int, *, most: int = 1_000) -> tuple[list[str], int]:
    """Publish a city, correct it, publish it again; return what is learned and how many figures were shown."""
    firms = firms_of(seed)
    first = published(firms)
    later = changed(firms, seed)
    second = published(later, first)
    learned = attack([(firms, dict(first.layers))], most=most)
    learned += attack([(firms, dict(first.layers)), (later, dict(second.layers))], most=most)
    figures = sum(int((r.cells["field"] == "base_revenue_10k_cny").sum()) for r in (first, second))
    return learned, figures


def soak(count: int, seed: int) -> int:
    """Run trials and print what was learned; return how many firms."""
    bad = shown = 0
    for number in range(seed, seed + count):
        learned, figures = trial(number)
        bad += len({line.split(" is ")[0] for line in learned})
        shown += figures
        sys.stdout.writelines(f"seed {number}: {line}\n" for line in learned)
        sys.stdout.flush()
    sys.stdout.write(f"{count} cities, {2 * count} releases, {shown:,} figures shown, {bad} firms learned\n")  # fmt: skip
    return bad


if __name__ == "__main__":
    sys.exit(1 if soak(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1) else 0)
