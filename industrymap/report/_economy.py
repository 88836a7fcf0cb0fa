"""Chapters on what the base holds: districts, industries, clusters and targets, concentration, structure, movement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.report._quality import by
from industrymap.report.measures import concentration, herfindahl, location_quotient
from industrymap.report.model import Bar, Chart, Column, Grid, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "clusters",
    "concentrations",
    "districts",
    "industries",
    "movement",
    "quotients",
    "structure",
]

YI = 10_000.0
"""万元 in one 亿元 (100 million yuan)."""

FEWEST = 3
"""A quotient over fewer firms says more about one firm than about a place, and is not shown."""

_SUMS = (
    Column(zh="入库企业", en="Firms", kind="int"),
    Column(zh="规上企业", en="Above scale", kind="int"),
    Column(zh="营业收入（亿元）", en="Revenue (100 M)", kind="number"),
    Column(zh="有收入 n", en="n with revenue", kind="int"),
    Column(zh="税收（亿元）", en="Tax (100 M)", kind="ratio"),
    Column(zh="税收覆盖率", en="Tax coverage", kind="percent"),
    Column(zh="从业人员", en="Staff", kind="int"),
    Column(zh="人员覆盖率", en="Staff coverage", kind="percent"),
)


def districts(base: pd.DataFrame, dated: tuple[str, str]) -> Section | None:
    """Tell firms, revenue, tax and staff by district."""
    groups = by(base, "district")
    if not groups:
        return None
    rows = [(name, *_sums(part), _cluster_share(part)) for name, part in groups]
    bars = [
        Bar(name, _yi(part), _firms(part))
        for name, part in sorted(groups, key=lambda g: -_yi(g[1]))
    ]
    top = bars[0]
    return Section(
        id="districts",
        zh="分区家底",
        en="Districts",
        lead_zh=f"{len([g for g in groups if isinstance(g[0], str)])} 个区有入库企业；营业收入最多的是{_word(top[0], 0)}（{top[1]:,.1f} 亿元）。",
        lead_en=f"{len([g for g in groups if isinstance(g[0], str)])} districts hold firms of the base; "
        f"{_word(top[0], 1)} has the largest revenue ({top[1]:,.1f} × 100 M yuan).",
        charts=(Chart(zh="各区入库企业营业收入（亿元）", en="Revenue of the base by district (100 M yuan)", bars=bars, decimals=1),),
        grids=(
            Grid(
                zh="各区入库企业", en="The base by district",
                columns=(Column(zh="区", en="District"), *_SUMS, Column(zh="有集群标签", en="With a cluster", kind="percent")),
                rows=rows, note_zh=f"n={len(base):,}；{dated[0]}", note_en=f"n={len(base):,}; {dated[1]}",
            ),
        ),
    )  # fmt: skip


def industries(base: pd.DataFrame, names: Mapping[str, str], dated: tuple[str, str]) -> Section:
    """Tell the base by division of GB/T 4754-2017."""
    code = base["industry_code"].str.slice(0, 2)
    label = code.map(lambda c: f"{c} {names[c]}" if c in names else c, na_action="ignore")
    groups = by(base.assign(division=label.astype("string")), "division")
    total = _yi(base)
    rows = [(name, *_sums(part), _yi(part) / total if total else None) for name, part in groups]
    largest = sorted((g for g in groups if isinstance(g[0], str)), key=lambda g: -_yi(g[1]))
    bars = [Bar(name, _yi(part), _firms(part)) for name, part in largest[:15]]
    known = int(code.notna().sum())
    inside = int(code.isin(list(names)).sum())
    return Section(
        id="industries",
        zh="行业结构",
        en="Industries",
        lead_zh=f"入库企业中 {known:,} 家（{_per(known, len(base))}）有可用的行业代码，其中制造业 {inside:,} 家，"
        f"涉及 {sum(1 for g in groups if str(g[0])[:2] in names)} 个制造业大类（共 31 个）。",
        lead_en=f"{known:,} firms of the base ({_per(known, len(base))}) have a usable industry code, {inside:,} of them in "
        f"manufacturing, in {sum(1 for g in groups if str(g[0])[:2] in names)} of its 31 divisions.",
        charts=(
            Chart(zh="营业收入前15个行业大类（亿元）", en="Fifteen largest divisions by revenue (100 M yuan)", bars=bars, decimals=1),
        ),
        grids=(
            Grid(
                zh="按行业大类", en="By division",
                columns=(Column(zh="行业大类（GB/T 4754-2017）", en="Division (GB/T 4754-2017)"), *_SUMS,
                         Column(zh="收入占比", en="Share of revenue", kind="percent")),
                rows=rows, note_zh=f"n={len(base):,}；{dated[0]}", note_en=f"n={len(base):,}; {dated[1]}",
            ),
        ),
    )  # fmt: skip


def clusters(
    base: pd.DataFrame,
    tags: pd.DataFrame,
    taxonomy: Any,
    targets: pd.DataFrame,
    dated: tuple[str, str],
) -> Section:
    """Tell each cluster's scale against its target, by primary label so that nothing counts twice."""
    ids = base["enterprise_id"]
    mine = tags[(tags["taxonomy"] == taxonomy.taxonomy_id) & tags["enterprise_id"].isin(ids)]
    primary = mine[mine["primary"]].set_index("enterprise_id")["label_id"].astype("string")
    of_firm = ids.map(primary)
    bearing = mine["label_id"].astype("string").value_counts()
    goal = targets[targets["taxonomy"] == taxonomy.taxonomy_id].set_index("label_id")
    rows: list[tuple[Any, ...]] = []
    bars = []
    for label in taxonomy.labels:
        below = [k.label_id for k in taxonomy.labels if label.label_id in {k.label_id, k.parent_id}]
        part = base[of_firm.isin(below).fillna(value=False).to_numpy(dtype=bool)]
        target = float(goal["value"].get(label.label_id, np.nan))
        year = str(goal["year"].get(label.label_id, "")) or None
        scale = _yi(part)
        known = not np.isnan(target)
        indent = "　" if label.parent_id else ""
        ours = ("", "") if label.official else ("（本项目增补）", " (our addition)")
        name = (indent + label.zh + ours[0], indent + label.en + ours[1])
        rows.append(
            (name, *_sums(part)[:4], int(sum(bearing.get(i, 0) for i in below)), target if known else None, year,
             scale / target if known else None)
        )  # fmt: skip
        if not label.parent_id:
            remark = (
                (
                    f"{scale / target:.1%}（目标 {target:,.0f}）",
                    f"{scale / target:.1%} of {target:,.0f}",
                )
                if known
                else _firms(part)
            )
            bars.append(
                Bar((label.zh, label.en), scale, remark, label.color, target if known else None)
            )
    with_label = int(of_firm.notna().sum())
    sources = mine[mine["primary"]]["source"].astype("string").value_counts()
    by_source = {
        name: int(sources.get(name, 0)) for name in ("official_list", "rule", "self_declared")
    }
    return Section(
        id="clusters",
        zh=taxonomy.zh,
        en=taxonomy.en,
        lead_zh=f"入库企业中 {with_label:,} 家（{_per(with_label, len(base))}）归入某个集群：官方名单 {by_source['official_list']:,} 家、"
        f"规则 {by_source['rule']:,} 家、企业自报 {by_source['self_declared']:,} 家。目标为规划年份的产业规模，"
        "此处为入库企业营业收入，口径不同，仅供参照。",
        lead_en=f"{with_label:,} firms of the base ({_per(with_label, len(base))}) belong to a cluster: {by_source['official_list']:,} by "
        f"official list, {by_source['rule']:,} by rule, {by_source['self_declared']:,} by their own word. Targets are the planned scale of an "
        "industry; shown is the revenue of the base: not the same measure, for orientation only.",
        charts=(Chart(zh="集群规模与目标（亿元，竖线为目标）", en="Scale and target (100 M yuan; the line is the target)", bars=bars, decimals=1),),
        grids=(
            Grid(
                zh="集群与分支", en="Clusters and branches",
                columns=(
                    Column(zh="集群", en="Cluster"), *_SUMS[:4], Column(zh="含非主标签", en="Bearing the label", kind="int"),
                    Column(zh="目标（亿元）", en="Target (100 M)", kind="int"), Column(zh="目标年份", en="Target year"),
                    Column(zh="收入÷目标", en="Revenue ÷ target", kind="percent"),
                ),
                rows=rows, note_zh=f"n={len(base):,}；按主标签统计，一家企业只计一次；{dated[0]}；{taxonomy.source}",
                note_en=f"n={len(base):,}; by primary label, each firm once; {dated[1]}; {taxonomy.source}",
            ),
        ),
    )  # fmt: skip


def concentrations(base: pd.DataFrame, dated: tuple[str, str]) -> Section:
    """Tell CR4, CR8 and HHI of every cluster by revenue."""
    groups = [(("全部入库企业", "The whole base"), base), *by(base, "cluster")]
    rows: list[tuple[Any, ...]] = []
    for name, part in groups:
        revenue = part["revenue_10k_cny"]
        few = len(part) < FEWEST
        values = (
            (None,) * 3
            if few
            else (concentration(revenue, n=4), concentration(revenue, n=8), herfindahl(revenue))
        )
        largest = (
            part["name"].iloc[int(revenue.fillna(-1).argmax())] if revenue.notna().any() else None
        )
        rows.append((name, len(part), int(revenue.notna().sum()), *values, largest))
    named = [r for r in rows[1:] if r[5] is not None and isinstance(r[0], str)]
    most = max(named, key=lambda r: r[5], default=None)
    return Section(
        id="concentration",
        zh="集中度",
        en="Concentration",
        lead_zh=f"集中度最高的集群是{most[0]}（CR4 {most[3]:.1%}，HHI {most[5]:,.0f}）。" if most else "集群企业数不足，未计算。",
        lead_en=f"The most concentrated cluster is {most[0]} (CR4 {most[3]:.1%}, HHI {most[5]:,.0f})."
        if most
        else "Too few firms with a cluster.",
        grids=(
            Grid(
                zh="按营业收入计算的集中度", en="Concentration by revenue",
                columns=(
                    Column(zh="集群", en="Cluster"), Column(zh="企业数", en="Firms", kind="int"), Column(zh="n", en="n", kind="int"),
                    Column(zh="CR4", en="CR4", kind="percent"), Column(zh="CR8", en="CR8", kind="percent"),
                    Column(zh="HHI", en="HHI", kind="int"), Column(zh="最大企业", en="Largest firm"),
                ),
                rows=rows,
                note_zh=f"CRn=前n家收入之和÷全部收入；HHI=Σ(100×份额)²，满值10000；少于{FEWEST}家不计算；{dated[0]}",
                note_en=f"CRn = revenue of the n largest ÷ all; HHI = Σ(100 × share)², at most 10,000; none under {FEWEST} firms; {dated[1]}",
            ),
        ),
    )  # fmt: skip


def quotients(
    base: pd.DataFrame, order: list[tuple[str, str]], dated: tuple[str, str]
) -> Section | None:
    """Tell the location quotient of every cluster in every district."""
    if "district" not in base.columns or base["district"].isna().all():
        return None
    kind = base["cluster"].astype("string").fillna("（其他）")
    table = location_quotient(base["revenue_10k_cny"], place=base["district"], kind=kind)
    count = pd.crosstab(base["district"].astype(object).to_numpy(), kind.to_numpy(dtype=object))
    words = {zh: (zh, en) for zh, en in order}
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
            shown = None if n < FEWEST or np.isnan(value) else value
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
                note_zh=f"区位商=（该区该集群收入÷该区收入）÷（全市该集群收入÷全市收入），大于1为相对集聚；少于{FEWEST}家不显示；{dated[0]}",
                note_en="(cluster's revenue in the district ÷ district's revenue) ÷ (cluster's revenue ÷ the city's); above 1 is "
                f"specialised; none under {FEWEST} firms; {dated[1]}",
            ),
        ),
    )  # fmt: skip


def structure(frame: pd.DataFrame, dated: tuple[str, str]) -> Section:
    """Tell revenue bands and size classes of all firms."""
    grids, charts = [], []
    for name, zh, en in (
        ("revenue_band", "收入档", "Revenue band"),
        ("size_class", "企业规模", "Size class"),
    ):
        known = frame[frame[name].notna()]
        rows: list[tuple[Any, ...]] = []
        bars = []
        for value in schemas.values(name):
            part = known[known[name] == value.value]
            rows.append(
                (
                    (value.zh, value.en),
                    len(part),
                    len(part) / len(known) if len(known) else None,
                    _yi(part),
                )
            )
            share = _per(len(part), len(known))
            bars.append(Bar((value.zh, value.en), float(len(part)), (share, share), value.color))
        note = (
            f"n={len(known):,}，覆盖率 {_per(len(known), len(frame))}；{dated[0]}",
            f"n={len(known):,}, coverage {_per(len(known), len(frame))}; {dated[1]}",
        )
        grids.append(
            Grid(
                zh=zh, en=en,
                columns=(Column(zh=zh, en=en), Column(zh="企业数", en="Firms", kind="int"), Column(zh="占比", en="Share", kind="percent"),
                         Column(zh="营业收入（亿元）", en="Revenue (100 M)", kind="number")),
                rows=rows, note_zh=note[0], note_en=note[1],
            )
        )  # fmt: skip
        charts.append(Chart(zh=f"{zh}（家）", en=f"{en} (firms)", bars=bars))
    pool = int((frame["revenue_band"] == "10m_20m").sum())
    return Section(
        id="structure",
        zh="规模结构",
        en="Size structure",
        lead_zh=f"收入1000万至2000万元的“小升规”培育池有 {pool:,} 家。",
        lead_en=f"{pool:,} firms have a revenue between 10 and 20 million yuan: the pool to be raised above scale.",
        charts=tuple(charts),
        grids=tuple(grids),
    )


def movement(years: pd.DataFrame, table: pd.DataFrame, year: int) -> Section:
    """Tell who entered and left the base, and how it grew."""
    words = {
        "stayed": ("两年均在库", "in the base in both years"), "entered": ("新进", "entered"), "left": ("退出（收入降至线下）", "left (fell below the line)"),
        "outside": ("两年均在线下", "below the line in both"), "in_before_unknown": ("在库，上年不详", "in the base, year before unknown"),
        "in_now_unknown": ("上年在库，本年不详", "was in the base, this year unknown"),
        "outside_before_unknown": ("在线下，上年不详", "below the line, year before unknown"),
        "outside_now_unknown": ("上年在线下，本年不详", "was below the line, this year unknown"),
    }  # fmt: skip
    counts = table["movement"].value_counts()
    rows: list[tuple[Any, ...]] = [(words[k], int(counts.get(k, 0))) for k in words]
    rows += [
        (
            ("临近入库线（800万至1000万元）", "near the line (8 to 10 M)"),
            int(table["near_line"].sum()),
        ),
        (
            ("小升规培育池（1000万至2000万元）", "pool (10 to 20 M)"),
            int(table["upgrade_pool"].sum()),
        ),
    ]
    growth = table["growth"].dropna()
    middle = None if growth.empty else float(growth.median())
    by_year = years[years["year"].notna() & years["revenue_10k_cny"].notna()].groupby("year")[
        "revenue_10k_cny"
    ]
    history = [
        (
            f"{y:.0f}",
            int((v >= 1000).sum()),
            int((v >= 2000).sum()),
            float(v[v >= 1000].sum()) / YI,
            len(v),
        )
        for y, v in by_year
    ]
    bars = [Bar(row[0], float(row[1]), (f"n={row[4]:,}", f"n={row[4]:,}")) for row in history]
    return Section(
        id="movement",
        zh="年度变化",
        en="From year to year",
        lead_zh=f"与上年相比新进 {int(counts.get('entered', 0)):,} 家、退出 {int(counts.get('left', 0)):,} 家；"
        + ("" if middle is None else f"两年均有收入的 {len(growth):,} 家企业收入增长中位数 {middle:.1%}。")
        + "缺失年份按缺失处理，不当作零。",
        lead_en=f"{int(counts.get('entered', 0)):,} entered and {int(counts.get('left', 0)):,} left since the year before"
        + (". " if middle is None else f"; the median growth of {len(growth):,} firms known in both years is {middle:.1%}. ")
        + "A missing year stays missing and is never taken for zero.",
        charts=(Chart(zh="各年入库企业数（家）", en="Firms in the base by year", bars=bars),),
        grids=(
            Grid(
                zh=f"{year}年与{year - 1}年比较", en=f"{year} compared with {year - 1}",
                columns=(Column(zh="情形", en="Case"), Column(zh="企业数", en="Firms", kind="int")), rows=rows,
                note_zh=f"n={len(table):,} 家（至少一年有收入）", note_en=f"n={len(table):,} firms with a revenue in either year",
            ),
            Grid(
                zh="各年入库情况", en="The base by year",
                columns=(
                    Column(zh="年份", en="Year"), Column(zh="入库企业", en="Firms", kind="int"), Column(zh="规上企业", en="Above scale", kind="int"),
                    Column(zh="入库企业收入（亿元）", en="Revenue (100 M)", kind="number"), Column(zh="有收入 n", en="n with revenue", kind="int"),
                ),
                rows=list(history), note_zh="n 为该年有收入数据的企业数", note_en="n: firms with a revenue of that year",
            ),
        ),
    )  # fmt: skip


def _sums(part: pd.DataFrame) -> tuple[Any, ...]:
    size = len(part)
    tax, staff = part["tax_10k_cny"], part["staff"]
    return (
        size,
        int(part["above_scale"].fillna(value=False).sum()),
        _yi(part),
        int(part["revenue_10k_cny"].notna().sum()),
        float(tax.sum()) / YI if tax.notna().any() else None,
        float(tax.notna().mean()) if size else None,
        int(staff.sum()) if staff.notna().any() else None,
        float(staff.notna().mean()) if size else None,
    )


def _firms(part: pd.DataFrame) -> tuple[str, str]:
    return f"{len(part):,} 家", f"{len(part):,} firms"


def _cluster_share(part: pd.DataFrame) -> float | None:
    return float(part["cluster"].notna().mean()) if len(part) else None


def _yi(part: pd.DataFrame) -> float:
    return float(part["revenue_10k_cny"].sum()) / YI


def _per(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _word(label: Any, place: int) -> str:
    return str(label[place]) if isinstance(label, tuple) else str(label)
