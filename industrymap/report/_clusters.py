"""Chapters on clusters: scale and targets, concentration, location quotients."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.report._quality import groups_by
from industrymap.report._sums import SUMS, firms, in_100m_yuan, in_language, percent, sums
from industrymap.report.measures import few, largest_share, location_quotient, revenue_hhi
from industrymap.report.model import Bar, Chart, Column, Grid, Section
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from industrymap.tagging import Taxonomy

__all__ = ["clusters", "concentrations", "quotients"]

_CONCENTRATION: dict[str, Callable[[pd.Series], float | None]] = {
    "cr4": partial(largest_share, n=4),
    "cr8": partial(largest_share, n=8),
    "revenue_hhi": revenue_hhi,
}
"""Record of a figure → how it is worked out of the firms' revenue."""

_NO_CLUSTER = ("未归入集群", "no cluster")


def clusters(
    base: pd.DataFrame,
    tags: pd.DataFrame,
    taxonomy: Taxonomy,
    targets: pd.DataFrame,
    dated: tuple[str, str],
) -> Section:
    """Report each cluster's scale against its target, by primary label so that nothing counts twice."""
    ids = base["enterprise_id"]
    # Labels of firms outside the base do not count: the chapter is of the base.
    mine = tags[(tags["taxonomy"] == taxonomy.taxonomy_id) & tags["enterprise_id"].isin(ids)]
    primary = mine[mine["primary"]].set_index("enterprise_id")["label_id"].astype("string")
    # without a single label pandas makes a column of numbers, which no text is looked up in
    of_firm = ids.map(primary).astype("string")
    # Every firm that bears the label, whether or not it is its primary one.
    bearing = mine["label_id"].astype("string").value_counts()
    goal = targets[targets["taxonomy"] == taxonomy.taxonomy_id].set_index("label_id")
    rows, bars = _against_targets(base, of_firm, bearing, taxonomy, goal)
    with_label = int(of_firm.notna().sum())
    sources = mine[mine["primary"]]["source"].astype("string").value_counts()
    by_source = {
        name: int(sources.get(name, 0))
        for name in ("official_list", "rule", "inferred", "self_declared")
    }
    return Section(
        id="clusters",
        zh=taxonomy.zh,
        en=taxonomy.en,
        lead_zh=f"入库企业中 {with_label:,} 家（{percent(with_label, len(base))}）归入某个集群：官方名单 {by_source['official_list']:,} 家、"
        f"规则 {by_source['rule']:,} 家、按经营范围推断 {by_source['inferred']:,} 家、企业自报 {by_source['self_declared']:,} 家。目标为规划年份的产业规模，"
        "此处为入库企业营业收入，口径不同，仅供参照。",
        lead_en=f"{with_label:,} firms of the base ({percent(with_label, len(base))}) belong to a cluster: {by_source['official_list']:,} by "
        f"official list, {by_source['rule']:,} by rule, {by_source['inferred']:,} inferred from the business scope, {by_source['self_declared']:,} self-declared. Targets are the planned scale of an "
        "industry; shown is the revenue of the base: not the same measure, for orientation only.",
        charts=(Chart(zh="集群规模与目标（亿元，竖线为目标）", en="Scale and target (100 M yuan; the line is the target)", bars=bars, decimals=1),),
        grids=(
            Grid(
                zh="集群与分支", en="Clusters and branches",
                columns=(
                    Column(zh="集群", en="Cluster"), *SUMS[:4], Column(zh="含非主标签", en="With the label at all", kind="int"),
                    Column(zh="目标（亿元）", en="Target (100 M)", kind="int"), Column(zh="目标年份", en="Target year"),
                    Column(zh="收入÷目标", en="Revenue ÷ target", kind="percent"),
                ),
                rows=rows, note_zh=f"n={len(base):,}；按主标签统计，一家企业只计一次；{dated[0]}；{taxonomy.source}",
                note_en=f"n={len(base):,}; by primary label, each firm once; {dated[1]}; {taxonomy.source}",
            ),
        ),
    )  # fmt: skip


def _against_targets(
    base: pd.DataFrame,
    of_firm: pd.Series[str],
    bearing: pd.Series[int],
    taxonomy: Taxonomy,
    goal: pd.DataFrame,
) -> tuple[list[tuple[Any, ...]], list[Bar]]:
    """Return a row for each label and a bar for each cluster: its scale beside its target, where there is one."""
    rows: list[tuple[Any, ...]] = []
    bars = []
    for label in taxonomy.labels:
        # A cluster holds the firms of its branches too.
        below = [k.label_id for k in taxonomy.labels if label.label_id in {k.label_id, k.parent_id}]
        part = base[of_firm.isin(below).fillna(value=False).to_numpy(dtype=bool)]
        target = float(goal["value"].get(label.label_id, np.nan))
        year = str(goal["year"].get(label.label_id, "")) or None
        scale = in_100m_yuan(part)
        known = not np.isnan(target)
        indent = "　" if label.parent_id else ""
        # Clusters that the official documents do not name are marked as ours.
        ours = ("", "") if label.official else ("（本项目增补）", " (our addition)")
        name = (indent + label.zh + ours[0], indent + label.en + ours[1])
        rows.append(
            # A firm that bears two branches of a cluster counts in both here; the columns before
            # count it once.
            (name, *sums(part)[:4], int(sum(bearing.get(i, 0) for i in below)), target if known else None, year,
             scale / target if known else None)
        )  # fmt: skip
        # The table has the branches; the chart shows whole clusters.
        if label.parent_id:
            continue
        share = (
            (
                f"{scale / target:.1%}（目标 {target:,.0f}）",
                f"{scale / target:.1%} of {target:,.0f}",
            )
            if known
            else firms(part)
        )
        bars.append(Bar((label.zh, label.en), scale, share, label.color, target if known else None))
    return rows, bars


def concentrations(
    base: pd.DataFrame, order: list[tuple[str, str]], dated: tuple[str, str]
) -> Section:
    """Report CR4, CR8 and HHI of every cluster by revenue."""
    words = {pair[0]: pair for pair in order}
    groups = [
        (("全部入库企业", "The whole base"), base),
        *groups_by(base, "cluster", none=_NO_CLUSTER),
    ]
    rows = [(words.get(name, name), *_concentration(part)) for name, part in groups]
    # Neither the base as a whole nor the firms without a cluster.
    named = [r for r in rows[1:] if r[5] is not None and r[0] != _NO_CLUSTER]
    most = max(named, key=lambda r: r[5], default=None)
    return Section(
        id="concentration",
        zh="集中度",
        en="Concentration",
        lead_zh=f"集中度最高的集群是{in_language(most[0], 0)}（CR4 {most[3]:.1%}，HHI {most[5]:.3f}）。" if most else "集群企业数不足，未计算。",
        lead_en=f"The most concentrated cluster is {in_language(most[0], 1)} (CR4 {most[3]:.1%}, HHI {most[5]:.3f})."
        if most
        else "Too few firms with a cluster.",
        charts=(
            Chart(
                zh="各集群最大4家企业收入占比（CR4）", en="Share of the four largest firms (CR4)", percent=True,
                bars=[Bar(r[0], r[3], (f"HHI {r[5]:.3f}，n={r[2]:,}", f"HHI {r[5]:.3f}, n={r[2]:,}")) for r in named],
            ),
        ),
        grids=(
            Grid(
                zh="按营业收入计算的集中度", en="Concentration by revenue",
                columns=(
                    Column(zh="集群", en="Cluster"), Column(zh="企业数", en="Firms", kind="int"), Column(zh="n", en="n", kind="int"),
                    Column(zh="CR4", en="CR4", kind="percent"), Column(zh="CR8", en="CR8", kind="percent"),
                    Column(zh="HHI（0–1）", en="HHI (0 to 1)", kind="index"), Column(zh="最大企业", en="Largest firm"),
                ),
                rows=rows,
                note_zh=f"{_formulas('zh')}；少于{FEWEST_FIRMS}家不计算；{dated[0]}",
                note_en=f"{_formulas('en')}; none under {FEWEST_FIRMS} firms; {dated[1]}",
            ),
        ),
    )  # fmt: skip


def _concentration(part: pd.DataFrame) -> tuple[Any, ...]:
    """Return firms, firms with a revenue, CR4, CR8 and HHI, and the largest firm of a group."""
    revenue = part["revenue_10k_cny"]
    # A share of few firms would give one of them away.
    values = [
        None if few(len(part), figure) else work_out(revenue)
        for figure, work_out in _CONCENTRATION.items()
    ]
    # -1, so that a firm without a revenue is never the largest.
    largest = part["name"].iloc[int(revenue.fillna(-1).argmax())] if revenue.notna().any() else None
    return len(part), int(revenue.notna().sum()), *values, largest


def _formulas(lang: str) -> str:
    """Return how each figure of concentration is worked out, from its record."""
    known = [schemas.indicator(figure) for figure in _CONCENTRATION]
    between = "；" if lang == "zh" else "; "
    return between.join(f"{i.short.removeprefix('REV_')} = {i.formula(lang)}" for i in known)


def quotients(
    base: pd.DataFrame, order: list[tuple[str, str]], dated: tuple[str, str]
) -> Section | None:
    """Report the location quotient of every cluster in every district."""
    if "district" not in base.columns or base["district"].isna().all():
        return None
    quotient = schemas.indicator("location_quotient")
    # firms without a cluster are part of the district's and the city's revenue all the same
    kind = base["cluster"].astype("string").fillna("（其他）")
    table = location_quotient(base["revenue_10k_cny"], place=base["district"], kind=kind)
    count = pd.crosstab(base["district"].astype(object).to_numpy(), kind.to_numpy(dtype=object))
    words = {zh: (zh, en) for zh, en in order}
    # In the order of the taxonomy, as in every other chapter.
    kinds = [zh for zh, _ in order if zh in table.columns]
    rows: list[tuple[Any, ...]] = []
    best: tuple[float, str, str] | None = None
    for district in table.index:
        cells: list[float | None] = []
        for name in kinds:
            n = (
                int(count.loc[district, name])
                if name in count.columns and district in count.index
                else 0
            )
            value = float(table.loc[district, name])
            shown = None if few(n, "location_quotient") or np.isnan(value) else value
            cells.append(shown)
            if shown is not None and (best is None or shown > best[0]):
                best = (shown, str(district), name)
        part = base[base["district"] == district]
        rows.append((str(district), len(part), int(part["revenue_10k_cny"].notna().sum()), *cells))
    return Section(
        id="quotients",
        zh="区位商",
        en="Location quotients",
        lead_zh=f"专业化程度最高的是{best[1]}的{best[2]}（区位商 {best[0]:.2f}）。" if best else "企业数不足，未显示。",
        lead_en=f"Most specialised: {words[best[2]][1]} in {best[1]} (quotient {best[0]:.2f})." if best else "Too few firms.",
        grids=(
            Grid(
                zh="各区各集群区位商（按营业收入）", en="Location quotient by district and cluster (revenue)",
                columns=(
                    Column(zh="区", en="District"), Column(zh="企业数", en="Firms", kind="int"), Column(zh="n", en="n", kind="int"),
                    *(Column(zh=words[k][0], en=words[k][1], kind="ratio") for k in kinds),
                ),
                rows=rows, heat=tuple(range(3, 3 + len(kinds))),
                note_zh=f"{quotient.zh}＝{quotient.formula_zh}；少于{FEWEST_FIRMS}家不显示；{dated[0]}",
                note_en=f"{quotient.en} = {quotient.formula_en}; none under {FEWEST_FIRMS} firms; {dated[1]}",
            ),
        ),
    )  # fmt: skip
