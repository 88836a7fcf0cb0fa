"""A workspace whose monitoring pages can be worked out by hand: three districts, five quarters, one town, no build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from small_evaluation import METHOD, OWN

from industrymap import workspace
from industrymap.series import COLUMNS, ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path

PERIODS = (
    "2024Q1",
    "2024-01..06",
    "2024-01..09",
    "2024",
    "2025Q1",
    "2025-01..06",
    "2025-01..09",
    "2025",
)
"""Cumulative, as bureaus publish."""


def city(folder: Path, *, title: str = "甲市") -> Path:
    """Make the workspace: every district of the city reports output and profit, the first ever less of it."""
    workspace.create(folder, city="guangzhou", title=title)
    for name, text in (("indicators/own.toml", OWN), ("methods/m.toml", METHOD)):
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    ParquetSeries(folder / "series").append(figures(folder), who="统计科", source="季报.xlsx")
    return folder


def districts(folder: Path) -> list[str]:
    from industrymap import citypack

    table = citypack.load(workspace.load(folder).city).current("district")
    return table["code"].astype(str).tolist()


def figures(folder: Path) -> pd.DataFrame:
    rows = []
    for n, code in enumerate(districts(folder)):
        for at, period in enumerate(PERIODS):
            quarter = at % 4 + 1
            # The first district loses a tenth a year, the others win one.
            growth = (0.9 if n == 0 else 1.1) if at >= 4 else 1.0
            output = (n + 1) * 10_000.0 * quarter * growth
            rows += [("district", code, "output_10k_cny", period, output, "万元", "reported"), ("district", code, "profit_10k_cny", period, output * 0.1, "万元", "reported")]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
