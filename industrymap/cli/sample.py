"""``industrymap sample``: the invented city as a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from industrymap.cli._talk import progress, say

__all__ = ["command"]


@click.command("sample")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--seed",
    type=int,
    default=2019,
    show_default=True,
    help="Chance: the same number, the same bytes. 随机种子",
)
@click.option(
    "--scale",
    type=float,
    default=1.0,
    show_default=True,
    help="1: 690 blocks, 2,705 parks, about 24,000 rows; less for a smaller city. 规模",
)
def command(folder: Path, seed: int, scale: float) -> None:
    """Write the invented sample city, with the truth beside it. 生成示例城市（模拟数据）。"""
    from industrymap import sample

    bar = progress("生成示例城市", "Sample city")
    counts = sample.generate(folder, seed=seed, scale=scale, progress=bar)
    say(
        f"已生成示例城市：{folder}（企业原始记录 {counts['raw_rows']:,} 行，村级工业园 {counts['village_parks']:,} 个，"
        f"产业区块 {counts['blocks']:,} 个；均为模拟数据）。",
        f"Sample city written to {folder}: {counts['raw_rows']:,} raw enterprise rows, {counts['village_parks']:,} "
        f"village parks, {counts['blocks']:,} industrial blocks; all simulated.",
    )
