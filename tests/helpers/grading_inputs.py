"""Inputs for the firms of a built sample: land, energy, value added, R&D of two years, drawn once and kept as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import pipeline

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = {
    "uscc": "统一社会信用代码", "year": "年份", "land_mu": "用地面积（亩）", "energy_tce": "综合能耗（吨标准煤）",
    "electricity_kwh": "用电量（万千瓦时）", "value_added_10k_cny": "工业增加值（万元）", "rd_10k_cny": "研发费用（元）",
    "emissions_t": "污染物排放量（吨）",
}  # fmt: skip
WRITTEN_IN = {"electricity_kwh": 1e-4, "rd_10k_cny": 1e4}
"""The table's own units: 万千瓦时 and yuan."""


def truth(folder: Path, *, seed: int = 5, years: tuple[int, ...] = (2024, 2025)) -> pd.DataFrame:
    """Return true inputs of the firms with a credit code, in the units of the schema."""
    firms = pd.DataFrame(pipeline.layer(folder, "enterprises").drop(columns="geometry"))
    firms = firms[firms["uscc_status"] == "valid"]
    random = np.random.default_rng(seed)
    n = len(firms)
    revenue = firms["revenue_10k_cny"].to_numpy(dtype=float, na_value=500.0)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "uscc": firms["uscc"].to_numpy(dtype=object),
                    "year": year,
                    "land_mu": np.round(revenue**0.6 / random.lognormal(2.2, 0.6, n) + 0.5, 2),
                    "energy_tce": np.round(revenue * random.lognormal(-2.5, 0.8, n) + 1, 1),
                    "electricity_kwh": np.round(revenue * random.lognormal(5, 0.8, n), 0),
                    "value_added_10k_cny": np.round(revenue * random.uniform(0.12, 0.32, n), 1),
                    "rd_10k_cny": np.round(revenue * random.uniform(0, 0.06, n), 2),
                    "emissions_t": np.round(revenue * random.lognormal(-8, 1, n) + 0.001, 3),
                }
            )
            for year in years
        ],
        ignore_index=True,
    )


def write(known: pd.DataFrame, path: Path) -> Path:
    """Write true inputs as an office would: its own units, a title, thousands marked, a total at the end."""
    table = known.assign(**{name: known[name] * factor for name, factor in WRITTEN_IN.items()})
    lines = ["企业要素数据表（模拟数据）", ",".join(HEADINGS[c] for c in table)]
    lines += [",".join(map(_cell, row)) for row in table.itertuples(index=False)]
    lines.append("合计" + "," * (table.shape[1] - 1))
    path.write_text("\n".join(lines) + "\n", encoding="gb18030")
    return path


def _cell(value: object) -> str:
    return f'"{value:,}"' if isinstance(value, float) and value >= 1000 else str(value)
