"""The least share of industrial land in a block: 55 %, later 65 %, by the days a standard gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.blocks._table import line
from industrymap.columns import floats, texts
from industrymap.filters import shown_number
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import pandas as pd

    from industrymap.blocks._findings import Findings
    from industrymap.blocks._rules import Rules

__all__ = ["share_lines"]

_NOISE = 1e-6
"""A share this near to its limit reaches it: areas measured from coordinates are not exact."""

_MISREPORTED = 1.05
"""From what share on industrial land and area contradict each other."""

_UNKNOWN = (
    "规划工业用地面积未填报，工业用地占比不能计算",
    "the planned industrial land is not reported: its share cannot be computed",
)


def share_lines(
    blocks: pd.DataFrame, rules: Rules, day: date, findings: Findings
) -> Iterator[dict[str, Any]]:
    """Check the least share of industrial land in every block.

    Where the day on which a limit changed is not known, a block that reaches the lower limit and misses the higher one is
    undetermined, and every such line says why.
    """
    share = floats(blocks, "industrial_share")
    unknown = np.isnan(share)
    findings.add(
        "industrial_land_unknown",
        unknown,
        zh=_UNKNOWN[0],
        en=_UNKNOWN[1],
    )
    findings.add(
        "industrial_land_exceeds_area",
        # A share above 1 is a wrong entry, most often hectares for square metres.
        np.nan_to_num(share) > _MISREPORTED,
        zh="填报的工业用地大于区块面积",
        en="more industrial land is reported than the block has land",
    )
    limits = rules.share_limits(day)
    if limits is None:
        return
    low, high = limits
    # A share that equals the limit must pass: it was computed from rounded areas.
    below = share < low - _NOISE
    # Which limit held on the day is not known, so between the two nothing is decided.
    between = ~below & (share < high - _NOISE)
    sentences = [
        _sentences(value, low, high, below=b, between=m)
        for value, b, m in zip(share, below, between, strict=True)
    ]
    zh, en = [pair[0] for pair in sentences], [pair[1] for pair in sentences]
    findings.add("share_below_minimum", below, zh=zh, en=en)
    findings.add("share_undetermined", between, zh=zh, en=en)
    yield _limits_line(rules, low, high, int(between.sum()))
    ids, names = texts(blocks, "block_id"), texts(blocks, "name")
    for i, (sentence_zh, sentence_en) in enumerate(sentences):
        yield line(
            "industrial_share",
            ids[i],
            name=names[i],
            value=None if unknown[i] else share[i],
            limit=low if low == high or below[i] else high,
            status="fail" if below[i] else "undetermined" if between[i] or unknown[i] else "pass",
            n=1,
            coverage=float(not unknown[i]),
            zh=sentence_zh,
            en=sentence_en,
        )


def _sentences(
    share: float, low: float, high: float, *, below: bool, between: bool
) -> tuple[str, str]:
    """Return what is said of one block, in Chinese and English."""
    if np.isnan(share):
        return _UNKNOWN
    # The limit that decides, so that both are shown with digits enough to tell them apart.
    near = low if below or low == high else high
    shown = f"{shown_number(100 * share, 100 * near)}%"
    if below:
        return (
            f"工业用地占比 {shown}，低于下限 {low:.0%}",
            f"industrial land {shown}, below the minimum of {low:.0%}",
        )
    if between:
        return (
            f"工业用地占比 {shown}，达到 {low:.0%} 而不到 {high:.0%}：下限提高到 {high:.0%} 的日期没有来源，不能判定",
            f"industrial land {shown}, at least {low:.0%} but below {high:.0%}: not judged, as no source dates the rise to {high:.0%}",
        )
    if low == high:
        return (
            f"工业用地占比 {shown}，达到下限 {low:.0%}",
            f"industrial land {shown}, at least {low:.0%}",
        )
    return (
        f"工业用地占比 {shown}，先后两个下限（{low:.0%}、{high:.0%}）都达到",
        f"industrial land {shown} reaches the earlier and the later minimum ({low:.0%}, {high:.0%})",
    )


def _limits_line(rules: Rules, low: float, high: float, between: int) -> dict[str, Any]:
    """Say which minimum holds since when, and what is not known about it."""
    dated = sorted((since, value) for value, since in rules.minimum_share if since)
    undated = [value for value, since in rules.minimum_share if since is None]
    zh = "单个区块工业用地占比下限：" + "，".join(f"{day} 起 {value:.0%}" for day, value in dated)
    en = "minimum share of industrial land in a block: " + ", ".join(
        f"{value:.0%} since {day}" for day, value in dated
    )
    if undated:
        later = "、".join(f"{value:.0%}" for value in undated)
        zh += (
            f"，后为 {later}，起始日期没有来源；因此占比在 {low:.0%} 与 {high:.0%} 之间的 {between:,} 个区块不能判定"
            f"（查到日期后写入标准 {rules.standard.id} 的 minimum_share.from）"
        )
        en += (
            f", later {later} from a day that no source gives; so {counted(between, 'block')} between {low:.0%} and {high:.0%} cannot be"
            f" judged (once the day is known, write it into minimum_share.from of the standard {rules.standard.id})"
        )
    return line(
        "industrial_share_limit",
        rules.standard.id,
        status="undetermined" if undated else "info",
        limit=high if undated else low,
        n=between,
        zh=zh,
        en=en,
    )
