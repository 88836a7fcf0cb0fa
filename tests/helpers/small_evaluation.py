"""A small evaluation whose scores can be worked out by hand: three districts, three indicators in two groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from industrymap import workspace
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path

OWN = """set_id = "own"
source = "own"
[title]
zh = "自定"
en = "Our own"
[[group]]
id = "size"
zh = "规模"
en = "Size"
[[group]]
id = "green"
zh = "绿色"
en = "Green"
[[indicator]]
id = "output"
group = "size"
zh = "产值"
en = "Output"
unit = "亿元"
formula = "sum(output_10k_cny) / 10000"
[[indicator]]
id = "profit"
group = "size"
zh = "利润率"
en = "Profit rate"
unit = "%"
formula = "sum(profit_10k_cny) / sum(output_10k_cny) * 100"
[[indicator]]
id = "energy"
group = "green"
zh = "单位产值能耗"
en = "Energy over output"
unit = "吨标准煤/亿元"
direction = "less"
formula = "sum(energy_tce) / sum(output_10k_cny) * 10000"
"""
METHOD = """method_id = "m"
source = "own"
least_known = 0.2
[title]
zh = "自定"
en = "Our own"
"""
A, B, C = "440103", "440104", "440105"
FIGURES = {
    "output_10k_cny": {A: 100_000, B: 200_000, C: 400_000},
    "profit_10k_cny": {A: 10_000, B: 10_000, C: 60_000},
    "energy_tce": {A: 100, B: 400, C: 1_200},
}


def figures(**changes: dict[str, float]) -> pd.DataFrame:
    rows = [
        ("district", unit, measure, "2025", float(value), "1", "reported")
        for measure, by_unit in (FIGURES | changes).items()
        for unit, value in by_unit.items()
    ]
    names = ["kind", "entity", "measure", "period", "value", "unit", "status"]
    return pd.DataFrame(rows, columns=names)


def evaluated(folder: Path) -> Path:
    """Make the workspace: set, method, and the figures in its running database."""
    workspace.create(folder, city="guangzhou", title="甲")
    for name, text in (("indicators/own.toml", OWN), ("methods/m.toml", METHOD)):
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    ParquetSeries(folder / "series").append(figures(), who="统计科")
    return folder
