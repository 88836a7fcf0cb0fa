"""``industrymap sample``: the invented city as a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Command, option, workspace_argument
from industrymap.cli._talk import progress, say
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]


@click.command("sample", cls=Command, zh="生成示例城市（模拟数据），并附真值。")
@workspace_argument(
    "-o", "--output", default=None, zh="示例城市的文件夹。", en="Folder of the sample city."
)
@option(
    "--seed",
    type=int,
    default=2019,
    show_default=True,
    zh="随机种子：数字相同则文件相同。",
    en="Random seed: the same number gives the same files.",
)
@option(
    "--scale",
    type=float,
    default=1.0,
    show_default=True,
    zh="1 为 690 个区块、2,705 个园区、约 24,000 行；小于 1 则规模更小。",
    en="1 gives 690 blocks, 2,705 parks and about 24,000 rows; less gives a smaller city.",
)
@option(
    "--grading",
    is_flag=True,
    zh="另写分类评价所用的要素数据（宗地、租赁、用能、排污、财务）及其真值。",
    en="Also write what offices send for a grading (parcels, floor let, energy, emissions, accounts), with its truth.",
)
def command(*, folder: Path, seed: int, scale: float, grading: bool) -> None:
    """Write the invented sample city (simulated data), with the truth beside it."""
    from industrymap import sample

    bar = progress("生成示例城市", "Sample city")
    counts = sample.generate(folder, seed=seed, scale=scale, grading=grading, progress=bar)
    say(
        f"已生成示例城市：{folder}（企业原始记录 {counts['raw_rows']:,} 行，村级工业园 {counts[PARKS]:,} 个，"
        f"产业区块 {counts['blocks']:,} 个，月报、季报、年报 {counts['bulletins']:,} 个文件；均为模拟数据）。",
        f"Sample city written to {folder}: {counts['raw_rows']:,} raw enterprise rows, {counts[PARKS]:,} "
        f"village parks, {counts['blocks']:,} industrial blocks, {counts['bulletins']:,} files of monthly, quarterly and yearly figures; all simulated.",
    )
