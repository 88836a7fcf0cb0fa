"""How much of a district's planned industrial land lies inside blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.blocks._table import line, verdict
from industrymap.columns import floats, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from industrymap.blocks._rules import Rules

__all__ = ["district_lines"]


def district_lines(
    blocks: pd.DataFrame, districts: pd.DataFrame | None, rules: Rules
) -> Iterator[dict[str, Any]]:
    """Check the share of every district; blocks whose land is unknown can only add to it."""
    if districts is None or rules.district_share is None:
        return
    planned = floats(districts, "planned_industrial_land_m2")
    codes, names = texts(districts, "code"), texts(districts, "name")
    own_code, own_name = texts(blocks, "district_code"), texts(blocks, "district")
    land = floats(blocks, "industrial_land_m2")
    for whole, code, name in zip(planned, codes, names, strict=True):
        # By code; a block without one goes by the district's name.
        mine = (own_code == code) | ((own_code == "") & (own_name == name))
        known = np.isfinite(land[mine])
        stated = bool(np.isfinite(whole) and whole > 0)
        share = float(np.nansum(land[mine])) / whole if stated else float("nan")
        silent = int((~known).sum())
        state = verdict(share, rules.district_share)
        # what passes without the unknown blocks passes; what fails without them may not
        if state == "fail" and silent:
            state = "undetermined"
        zh, en = _sentences(name, share, rules.district_share, silent, state)
        yield line(
            "district_share",
            code,
            name=name,
            value=share if stated else None,
            limit=rules.district_share,
            status=state,
            n=int(mine.sum()),
            coverage=float(known.mean()) if len(known) else None,
            zh=zh,
            en=en,
        )


def _sentences(name: str, share: float, limit: float, silent: int, state: str) -> tuple[str, str]:
    if np.isnan(share):
        return (
            f"{name}规划工业用地总量未填报，不能计算在区块内的比例（下限 {limit:.0%}）",
            f"the planned industrial land of {name} is not reported: its share inside blocks cannot be computed (at least {limit:.0%})",
        )
    zh = f"{name}规划工业用地 {share:.1%} 在区块内，下限 {limit:.0%}"
    en = f"{share:.1%} of the planned industrial land of {name} inside blocks, at least {limit:.0%}"
    if state == "undetermined":
        zh += f"；另有 {silent} 个区块未填报工业用地，补齐后可能达到，不能判定"
        en += f"; {silent} blocks do not report theirs, with which it may be reached: not judged"
    return zh, en
