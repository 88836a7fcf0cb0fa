"""``industrymap blocks``: industrial blocks held to their dated rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap import aligned
from industrymap.cli._parks_show import mark, standard_of, workspace_option
from industrymap.cli._talk import current, say

if TYPE_CHECKING:
    import pandas as pd

_STATUS = {
    "pass": ("通过", "pass"),
    "fail": ("不符", "FAIL"),
    "undetermined": ("待定", "open"),
    "info": ("说明", "info"),
}


@click.group()
def command() -> None:
    """Industrial blocks: hold them to the rules. 工业产业区块。"""


@command.command("check")
@click.option("--all", "everything", is_flag=True, help="Every line, also what passes · 显示全部.")
@workspace_option
def check_command(*, everything: bool, folder: Path) -> None:
    """Show the checks of the last build: shares, levels, totals, overlaps, idle land. 区块规则核对。

    Exit code 1 where a rule is broken.
    """
    from industrymap import pipeline, workspace

    space = workspace.load(folder)
    checks = pipeline.layer(space, "checks")
    if space.simulated:
        say("※ 模拟数据", "※ simulated data")
    counts = checks["status"].value_counts()
    listed = " · ".join(f"{_word(s)} {int(counts.get(s, 0)):,}" for s in _STATUS)
    say(f"核对 {len(checks):,} 项：{listed}", f"{len(checks):,} checks: {listed}")
    shown = checks if everything else checks[checks["status"] != "pass"]
    texts = shown["zh" if current() == "zh" else "en"]
    rows = [
        [_word(status), name if isinstance(name, str) else "", text]
        for status, name, text in zip(shown["status"], shown["name"], texts, strict=True)
    ]
    headers = ["结论", "对象", "说明"] if current() == "zh" else ["result", "subject", "what"]
    for line in aligned.table(headers, rows[:60]):
        click.echo("  " + line)
    if len(rows) > len(rows[:60]):
        say(f"其余 {len(rows) - 60:,} 行未显示", f"{len(rows) - 60:,} more lines")
    if int(counts.get("fail", 0)):
        sys.exit(1)


@command.command("gate")
@click.option("--investment", type=float, help="Total investment, 万元 · 投资额（万元）.")
@click.option("--land", type=float, help="Land asked for, mu · 用地（亩）.")
@click.option("--standard", help="Block rules; the workspace's by default · 区块规则.")
@workspace_option
def gate_command(
    *, investment: float | None, land: float | None, standard: str | None, folder: Path
) -> None:
    """Check whether a big project passes the land gate. 大项目用地门槛。

    Exit code 1 where it does not pass.
    """
    from industrymap import blocks, workspace

    space = workspace.load(folder)
    rules = standard_of(space, "blocks", standard or space.blocks)
    _report(blocks.gate(investment_10k_cny=investment, land_area_mu=land, standard=rules))


@command.command("adjust")
@click.argument("after", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--before",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The blocks before; those of the last build by default · 调整前图层.",
)
@click.option("--datum", help="Datum of the files, where they do not say · 坐标系.")
@click.option("--standard", help="Block rules; the workspace's by default · 区块规则.")
@workspace_option
def adjust_command(
    *, after: Path, before: Path | None, datum: str | None, standard: str | None, folder: Path
) -> None:
    """Hold an adjustment of the blocks against what they were: the total may not shrink. 区块调整核对。

    Exit code 1 where it shrinks.
    """
    from industrymap import blocks, citypack, layers, pipeline, workspace

    space = workspace.load(folder)
    pack = citypack.load(space.city)

    def read(path: Path) -> Any:
        return layers.read(path, layer="industrial_blocks", datum=datum, extent=pack.extent).frame

    old = pipeline.layer(space, "industrial_blocks") if before is None else read(before)
    rules = standard_of(space, "blocks", standard or space.blocks)
    mark(space)
    _report(blocks.adjust(old, read(after), crs=pack.crs, standard=rules))


def _report(checks: pd.DataFrame) -> None:
    """Print every line of a table of checks; exit code 1 where one fails."""
    texts = checks["zh" if current() == "zh" else "en"]
    rows = [[_word(s), text] for s, text in zip(checks["status"], texts, strict=True)]
    for line in aligned.table(["结论", "说明"] if current() == "zh" else ["result", "what"], rows):
        click.echo("  " + line)
    if (checks["status"] == "fail").any():
        sys.exit(1)


def _word(status: str) -> str:
    return _STATUS[status][0 if current() == "zh" else 1]
