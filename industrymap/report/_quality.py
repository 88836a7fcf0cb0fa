"""Chapters on how well the base is known: completeness, codes and duplicates, places, problems."""

from __future__ import annotations

from typing import Any

import pandas as pd

from industrymap import schemas
from industrymap.report.model import Bar, Chart, Column, Grid, Section
from industrymap.terms import FINE_LEVELS

__all__ = ["completeness", "coverage", "groups_by", "identity", "places", "problems"]

COLUMNS = (
    "uscc", "name", "registered_address", "operating_address", "industry_text", "industry_code", "main_product",
    "business_scope", "revenue_10k_cny", "output_10k_cny", "tax_10k_cny", "rd_10k_cny", "staff", "established_on",
    "district", "town", "cluster", "tiers",
)  # fmt: skip
"""Columns whose completeness is reported."""

_STATUS_COLOURS = {
    "valid": "#1f77a4", "legacy15": "#7fbfd9", "org9": "#a6d3e4", "invalid": "#b3261e", "missing": "#9aa0a6",
}  # fmt: skip
_MERGES = (
    (
        "identity.repeated_row",
        "同一张表中的重复行（已合并）",
        "repeated rows of one table (merged)",
    ),
    (
        "identity.joined",
        "没有有效代码、凭其他证据并入",
        "joined without a valid code, on other evidence",
    ),
    (
        "identity.name_differs",
        "代码相同而名称不同（按代码合并）",
        "the same code under another name (joined by code)",
    ),
    (
        "identity.possible_duplicate",
        "同名但证据不足（未合并，待核实）",
        "the same name without proof (kept apart, to verify)",
    ),
    (
        "identity.shared_code",
        "不同名称共用一个代码（未合并，待核实）",
        "unlike names sharing one code (kept apart, to verify)",
    ),
    (
        "identity.nameless",
        "既无名称又无有效代码（未入库）",
        "neither name nor valid code (left out)",
    ),
)
_LEVELS = {
    "error": ("未使用", "left out"),
    "warning": ("需核实", "to verify"),
    "info": ("已修复或说明", "repaired or noted"),
}


def completeness(frame: pd.DataFrame, base: pd.DataFrame) -> Section:
    """Report how much of each column is filled, in all firms and in the base."""
    rows: list[tuple[Any, ...]] = []
    bars = []
    for name in COLUMNS:
        if name not in frame.columns:
            continue
        field = schemas.field("enterprises", name)
        filled, inside = int(frame[name].notna().sum()), int(base[name].notna().sum())
        share, share_in = _share(filled, len(frame)), _share(inside, len(base))
        rows.append(((field.zh, field.en), filled, share, inside, share_in))
        if share_in is not None:
            remark = f"{inside:,}/{len(base):,}"
            bars.append(Bar((field.zh, field.en), share_in, (remark, remark)))
    poorest = sorted((b for b in bars), key=lambda b: b[1])[:3]
    zh = "、".join(f"{b[0][0]} {b[1]:.0%}" for b in poorest)
    en = ", ".join(f"{b[0][1]} {b[1]:.0%}" for b in poorest)
    return Section(
        id="completeness",
        zh="数据完整性",
        en="Completeness",
        lead_zh=f"共 {len(frame):,} 家企业，其中入库 {len(base):,} 家。入库企业中最不完整的是：{zh}。" if bars else "没有数据。",
        lead_en=f"{len(frame):,} firms, of which {len(base):,} in the base. Least complete in the base: {en}."
        if bars
        else "No data.",
        charts=(Chart(zh="入库企业各字段完整率", en="Share of the base with a value, by column", bars=bars, percent=True),),
        grids=(
            Grid(
                zh="各字段完整性", en="Completeness by column",
                columns=(
                    Column(zh="字段", en="Column"), Column(zh="有值（全部）", en="Filled (all)", kind="int"),
                    Column(zh="完整率（全部）", en="Share (all)", kind="percent"),
                    Column(zh="有值（入库）", en="Filled (base)", kind="int"),
                    Column(zh="完整率（入库）", en="Share (base)", kind="percent"),
                ),
                rows=rows,
                note_zh=f"全部 n={len(frame):,}；入库 n={len(base):,}", note_en=f"all n={len(frame):,}; base n={len(base):,}",
            ),
        ),
    )  # fmt: skip


def _known(frame: pd.DataFrame) -> dict[tuple[str, str], pd.Series[bool]]:
    """Return, for each datum that figures rest on, which firms bring it."""
    known = {
        ("有效代码", "Valid code"): frame["uscc_status"] == "valid",
        ("行业代码", "Industry"): frame["industry_code"].notna(),
        ("营业收入", "Revenue"): frame["revenue_10k_cny"].notna(),
        ("税收", "Tax"): frame["tax_10k_cny"].notna(),
        ("从业人员", "Staff"): frame["staff"].notna(),
        ("研发费用", "R&D"): frame["rd_10k_cny"].notna(),
    }
    if "geocode_level" in frame.columns:
        known[("已定位", "Placed")] = frame["geocode_level"].notna()
        known[("定位到门牌", "At an address")] = frame["geocode_level"].isin(FINE_LEVELS)
    return known


def coverage(
    frame: pd.DataFrame, clusters: list[tuple[str, str]], dated: tuple[str, str]
) -> Section:
    """Report, by district and by cluster, for what share of all firms the data that figures rest on is known."""
    size = len(frame)
    known = _known(frame)
    table = pd.DataFrame({zh: v.fillna(value=False).astype(bool) for (zh, _), v in known.items()})
    words = {pair[0]: pair for pair in clusters}
    grids = []
    poorest: list[tuple[float, Any, tuple[str, str]]] = []
    for column, zh, en, none in (
        ("district", "区", "District", ("未知", "unknown")),
        ("cluster", "集群", "Cluster", ("未归入集群", "no cluster")),
    ):
        rows: list[tuple[Any, ...]] = []
        # All firms, in the base or not: what keeps one out of the base may be the very figure that
        # is missing.
        for name, part in groups_by(frame, column, none=none):
            shares = table.loc[part.index].mean()
            rows.append((words.get(name, name), len(part), *shares.tolist()))
            # Firms without a district or cluster are no place that could be the poorest.
            if isinstance(name, str):
                poorest.append((float(shares.min()), name, list(known)[int(shares.argmin())]))
        if rows:
            grids.append(
                Grid(
                    zh=f"各{zh}数据覆盖率", en=f"Coverage by {en.lower()}",
                    columns=(
                        Column(zh=zh, en=en), Column(zh="企业数 n", en="Firms n", kind="int"),
                        *(Column(zh=z, en=e, kind="percent") for z, e in known),
                    ),
                    rows=rows, note_zh=f"全部企业 n={size:,}，含未入库；{dated[0]}",
                    note_en=f"all firms, n={size:,}, in the base or not; {dated[1]}",
                )
            )  # fmt: skip
    worst = min(poorest, key=lambda p: p[0], default=None)
    return Section(
        id="coverage",
        zh="分区、分集群覆盖率",
        en="Coverage by district and cluster",
        lead_zh="覆盖率＝有该项数据的企业数÷企业数，合计数字只代表有数据的企业。"
        + (f"最低的是{worst[1]}的{worst[2][0]}（{worst[0]:.0%}）。" if worst else ""),
        lead_en="Coverage is the share of firms for which a figure is known; totals cover these firms only."
        + (
            f" Lowest: {worst[2][1].lower()} in {words.get(worst[1], ('', worst[1]))[1]} ({worst[0]:.0%})."
            if worst
            else ""
        ),
        grids=tuple(grids),
    )


def _failing(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return name, code, source and row of the first 200 firms whose code fails its check digit."""
    # The first two hundred are an example; all of them are in issues.csv.
    bad = frame[frame["uscc_status"].isin(["invalid"])].head(200)
    return [
        (
            _text(r["name"]),
            _text(r["uscc"]),
            _text(r["source"]),
            None if pd.isna(r["source_row"]) else int(r["source_row"]),
        )
        for r in bad.to_dict("records")
    ]


def identity(frame: pd.DataFrame, issues: pd.DataFrame) -> Section:
    """Report what the credit codes are worth and what was merged."""
    words = {v.value: (v.zh, v.en) for v in schemas.values("uscc_status")}
    counts = frame["uscc_status"].value_counts()
    order = [name for name in _STATUS_COLOURS if counts.get(name, 0)]
    size = len(frame)
    bars = [
        Bar(words[k], float(counts[k]), _twice(_per(int(counts[k]), size)), _STATUS_COLOURS[k])
        for k in order
    ]
    valid = int(counts.get("valid", 0))
    merges = [((zh, en), int((issues["rule"] == rule).sum())) for rule, zh, en in _MERGES]
    listed = _failing(frame)
    return Section(
        id="identity",
        zh="企业身份：代码与重复",
        en="Identity: codes and duplicates",
        lead_zh=f"{size:,} 家企业中 {valid:,} 家（{_per(valid, size)}）有校验通过的统一社会信用代码；"
        f"代码无效 {int(counts.get('invalid', 0)):,} 家，缺失 {int(counts.get('missing', 0)):,} 家。"
        f"已合并重复行 {merges[0][1]:,} 行，疑似重复待核实 {merges[3][1]:,} 条。",
        lead_en=f"{valid:,} of {size:,} firms ({_per(valid, size)}) have a credit code that passes its check digit; "
        f"{int(counts.get('invalid', 0)):,} fail, {int(counts.get('missing', 0)):,} have none. "
        f"{merges[0][1]:,} repeated rows were merged; {merges[3][1]:,} possible duplicates are to be verified.",
        charts=(Chart(zh="信用代码状态（家）", en="Status of credit codes (firms)", bars=bars),),
        grids=(
            Grid(
                zh="合并与疑似重复", en="Merged and possibly duplicate",
                columns=(Column(zh="情形", en="Case"), Column(zh="记录数", en="Records", kind="int")),
                rows=list(merges), note_zh=f"n={size:,} 家企业", note_en=f"n={size:,} firms",
            ),
            Grid(
                zh="代码校验不通过的企业（最多列200家）", en="Firms whose code fails (at most 200)",
                columns=(
                    Column(zh="企业名称", en="Name"), Column(zh="所填代码", en="Code as written"),
                    Column(zh="来源表", en="Source"), Column(zh="行号", en="Row", kind="int"),
                ),
                rows=listed, note_zh=f"共 {int(counts.get('invalid', 0)):,} 家",
                note_en=f"{int(counts.get('invalid', 0)):,} firms in all",
            ),
        ),
    )  # fmt: skip


def places(frame: pd.DataFrame, base: pd.DataFrame) -> Section | None:
    """Report how finely firms are placed; ``None`` where nothing was placed."""
    if "geocode_level" not in frame.columns:
        return None
    values = schemas.values("geocode_level")
    size = len(base)
    counts = base["geocode_level"].value_counts()
    bars = [
        Bar(
            (v.zh, v.en),
            float(counts.get(v.value, 0)),
            _twice(_per(int(counts.get(v.value, 0)), size)),
            v.color,
        )
        for v in values
        if counts.get(v.value, 0)
    ]
    unplaced = int(base["geocode_level"].isna().sum())
    # A bar of their own, or the bars would not add up to n.
    if unplaced:
        share = _per(unplaced, size)
        bars.append(Bar(("未定位", "Not placed"), float(unplaced), (share, share), "#9aa0a6"))
    fine = int(base["geocode_level"].isin(FINE_LEVELS).sum())
    rows = [_place_row(name, part) for name, part in groups_by(base, "district")]
    return Section(
        id="places",
        zh="空间定位",
        en="Places",
        lead_zh=f"入库企业 {size:,} 家中，{fine:,} 家（{_per(fine, size)}）定位到门牌或楼宇，{unplaced:,} 家（{_per(unplaced, size)}）未能定位。",
        lead_en=f"Of {size:,} firms in the base {fine:,} ({_per(fine, size)}) are placed at an address or building, "
        f"{unplaced:,} ({_per(unplaced, size)}) could not be placed.",
        charts=(Chart(zh="入库企业定位级别（家）", en="Firms of the base by geocode level", bars=bars),),
        grids=(
            Grid(
                zh="各区定位情况", en="Places by district",
                columns=(
                    Column(zh="区", en="District"), Column(zh="入库企业", en="Firms", kind="int"),
                    Column(zh="门牌或楼宇", en="Address or building", kind="int"), Column(zh="占比", en="Share", kind="percent"),
                    Column(zh="已归入村级工业园", en="In a village park", kind="int"),
                    Column(zh="已归入产业区块", en="In a block", kind="int"),
                ),
                rows=rows, note_zh=f"入库 n={size:,}；区按坐标归属，无坐标的按地址",
                note_en=f"base n={size:,}; district by place, else by address",
            ),
        ),
    )  # fmt: skip


def problems(issues: pd.DataFrame) -> Section:
    """Report every kind of problem, how often it occurs, and what was done."""
    # dropna=False: an issue without a rule would disappear from the count.
    grouped = issues.groupby(["level", "rule"], sort=True, dropna=False)
    rows: list[tuple[Any, ...]] = []
    for level, handling in _LEVELS.items():
        kinds = [(len(part), rule, part) for (lev, rule), part in grouped if lev == level]
        # The most frequent first; equal ones by their rule, so that every run has one order.
        for count, rule, part in sorted(kinds, key=lambda k: (-k[0], str(k[1]))):
            first = part.iloc[0]
            rows.append((handling, (str(first["zh"]), str(first["en"])), int(count), str(rule)))
    counts = issues["level"].value_counts()
    handled = {name: int(counts.get(name, 0)) for name in _LEVELS}
    return Section(
        id="problems",
        zh="问题清单",
        en="Problems",
        lead_zh=f"共记录 {len(issues):,} 条：未使用 {handled['error']:,} 条，需核实 {handled['warning']:,} 条，已修复或说明 {handled['info']:,} 条。"
        "逐条明细见 issues.csv。",
        lead_en=f"{len(issues):,} in all: {handled['error']:,} left out, {handled['warning']:,} to verify, {handled['info']:,} repaired or noted. "
        "All are listed in issues.csv.",
        grids=(
            Grid(
                zh="按问题种类", en="By kind",
                columns=(
                    Column(zh="处理", en="Handling"), Column(zh="问题（首例说明）", en="Problem (of the first as an example)"),
                    Column(zh="条数", en="Count", kind="int"), Column(zh="规则", en="Rule"),
                ),
                rows=rows, note_zh=f"n={len(issues):,} 条", note_en=f"n={len(issues):,}",
            ),
        ),
    )  # fmt: skip


def _place_row(name: object, part: pd.DataFrame) -> tuple[Any, ...]:
    fine = int(part["geocode_level"].isin(FINE_LEVELS).sum())
    inside = [
        int(part[column].notna().sum()) if column in part.columns else None
        for column in ("park_id", "block_id")
    ]
    return (name, len(part), fine, _share(fine, len(part)), *inside)


def groups_by(
    frame: pd.DataFrame, column: str, *, none: tuple[str, str] = ("未知", "unknown")
) -> list[tuple[Any, pd.DataFrame]]:
    """Return groups by a column, largest first, those without a value last under the words ``none``."""
    if column not in frame.columns:
        return []
    key = frame[column].astype("string")
    # Equal ones by name, so that every run has one order.
    groups = sorted(frame.groupby(key, sort=True), key=lambda pair: (-len(pair[1]), str(pair[0])))
    unknown = frame[key.isna()]
    named: list[tuple[Any, pd.DataFrame]] = [(str(name), part) for name, part in groups]
    return [*named, *([(none, unknown)] if len(unknown) else [])]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _per(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _twice(text: str) -> tuple[str, str]:
    return text, text


def _text(value: str | float | None) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
