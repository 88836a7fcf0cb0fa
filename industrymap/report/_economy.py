"""Chapters on what the base holds: districts and industries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.enterprises import industry
from industrymap.report._quality import groups_by
from industrymap.report._sums import (
    SUMS,
    cluster_share,
    firms,
    in_100m_yuan,
    in_language,
    percent,
    sums,
)
from industrymap.report.model import Bar, Chart, Column, Grid, Section

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["districts", "industries"]


def districts(base: pd.DataFrame, dated: tuple[str, str]) -> Section | None:
    """Report firms, revenue, tax and staff by district."""
    groups = groups_by(base, "district")
    if not groups:
        return None
    rows = [(name, *sums(part), cluster_share(part)) for name, part in groups]
    # The table goes by the number of firms, the chart by revenue.
    bars = [
        Bar(name, in_100m_yuan(part), firms(part))
        for name, part in sorted(groups, key=lambda g: -in_100m_yuan(g[1]))
    ]
    top = bars[0]
    return Section(
        id="districts",
        zh="分区家底",
        en="Districts",
        lead_zh=f"{len([g for g in groups if isinstance(g[0], str)])} 个区有入库企业；营业收入最多的是{in_language(top[0], 0)}（{top[1]:,.1f} 亿元）。",
        lead_en=f"{len([g for g in groups if isinstance(g[0], str)])} districts hold firms of the base; "
        f"{in_language(top[0], 1)} has the largest revenue ({top[1]:,.1f} × 100 M yuan).",
        charts=(Chart(zh="各区入库企业营业收入（亿元）", en="Revenue of the base by district (100 M yuan)", bars=bars, decimals=1),),
        grids=(
            Grid(
                zh="各区入库企业", en="The base by district",
                columns=(Column(zh="区", en="District"), *SUMS, Column(zh="有集群标签", en="With a cluster", kind="percent")),
                rows=rows, note_zh=f"n={len(base):,}；{dated[0]}", note_en=f"n={len(base):,}; {dated[1]}",
            ),
        ),
    )  # fmt: skip


def industries(base: pd.DataFrame, dated: tuple[str, str]) -> Section:
    """Report the base by division of GB/T 4754-2017."""
    names = industry.divisions()
    # Two digits of GB/T 4754 are the division.
    code = base["industry_code"].str.slice(0, 2)
    groups = groups_by(base.assign(division=code.astype("string")), "division")
    total = in_100m_yuan(base)
    rows = [
        (_division(name), *sums(part), in_100m_yuan(part) / total if total else None)
        for name, part in groups
    ]
    # The group of unknown codes is no industry and would otherwise lead the chart.
    largest = sorted(
        (g for g in groups if isinstance(g[0], str)), key=lambda g: -in_100m_yuan(g[1])
    )
    # The table has the rest.
    bars = [Bar(_division(name), in_100m_yuan(part), firms(part)) for name, part in largest[:15]]
    known = int(code.notna().sum())
    # Divisions with a name are those of manufacturing.
    inside = int(code.isin(list(names)).sum())
    return Section(
        id="industries",
        zh="行业结构",
        en="Industries",
        lead_zh=f"入库企业中 {known:,} 家（{percent(known, len(base))}）有可用的行业代码，其中制造业 {inside:,} 家，"
        f"涉及 {sum(1 for name, _ in groups if name in names)} 个制造业大类（共 31 个）。",
        lead_en=f"{known:,} firms of the base ({percent(known, len(base))}) have a usable industry code, {inside:,} of them in "
        f"manufacturing, in {sum(1 for name, _ in groups if name in names)} of its 31 divisions.",
        charts=(
            Chart(zh="营业收入前15个行业大类（亿元）", en="Fifteen largest divisions by revenue (100 M yuan)", bars=bars, decimals=1),
        ),
        grids=(
            Grid(
                zh="按行业大类", en="By division",
                columns=(Column(zh="行业大类（GB/T 4754-2017）", en="Division (GB/T 4754-2017)"), *SUMS,
                         Column(zh="收入占比", en="Share of revenue", kind="percent")),
                rows=rows, note_zh=f"n={len(base):,}；{dated[0]}", note_en=f"n={len(base):,}; {dated[1]}",
            ),
        ),
    )  # fmt: skip


def _division(code: object) -> object:
    """Return a division's code with its name, Chinese and English; what is no code as it is."""
    if not isinstance(code, str):
        return code
    if code not in industry.divisions():
        return f"{code}（制造业以外）", f"{code} (outside manufacturing)"
    return f"{code} {industry.name_of(code)}", f"{code} {industry.name_of(code, 'en')}"
