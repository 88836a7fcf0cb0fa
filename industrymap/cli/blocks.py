"""``industrymap blocks``: industrial blocks held to their dated rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap import aligned
from industrymap.cli._options import Group, option, output_option
from industrymap.cli._parks_show import (
    print_simulated_notice,
    save_book,
    standard_of,
    workspace_option,
)
from industrymap.cli._talk import current, localized, say

if TYPE_CHECKING:
    import pandas as pd

_STATUS = {
    "pass": ("通过", "pass"),
    "fail": ("不符", "FAIL"),
    "undetermined": ("待定", "open"),
    "info": ("说明", "info"),
}


@click.group(cls=Group, zh="按现行规则核对工业产业区块。")
def command() -> None:
    """Check industrial blocks against the rules in force."""


@command.command(
    "check",
    zh="显示上次生成时的核对结果：占比、等级、总量、重叠、闲置用地。\n\n有不符规则的，退出码为 1。",
)
@option(
    "--all",
    "everything",
    is_flag=True,
    zh="显示全部，包括通过的。",
    en="Every line, including what passes.",
)
@option(
    "--limit",
    type=int,
    default=30,
    show_default=True,
    zh="逐块部分最多显示的行数。",
    en="Maximum number of lines block by block.",
)
@output_option(type=click.Path(path_type=Path), zh="同时写出 xlsx。", en="Also write an xlsx.")
@workspace_option
def check_command(*, everything: bool, limit: int, out: Path | None, folder: Path) -> None:
    """Show the checks of the last build: shares, levels, totals, overlaps, idle land.

    Exit code 1 if a rule is broken.
    """
    from industrymap import pipeline, workspace

    space = workspace.load(folder)
    checks = pipeline.layer(space, "checks")
    print_simulated_notice(space)
    if checks.empty:
        say(
            "工作区没有产业区块，未作核对。",
            "The workspace has no industrial blocks: nothing was checked.",
        )
        return
    counts = checks["status"].value_counts()
    listed = " · ".join(f"{_word(s)} {int(counts.get(s, 0)):,}" for s in _STATUS)
    say(f"核对 {len(checks):,} 项：{listed}", f"{len(checks):,} checks: {listed}")
    _summary(checks)
    # Two kinds come once per block and run to hundreds; city-wide ones are few and shown in full.
    by_block = checks["check"].isin(_BY_BLOCK)
    _sentences(checks[~by_block & (checks["check"] != "contiguous")])
    # Largest first, as the check sorts them.
    large = checks[checks["check"] == "contiguous"]
    _sentences(large if everything else large.head(_LARGEST), more=len(large))
    # Broken rules first: with a limit on lines they must not fall off the end.
    order = {status: n for n, status in enumerate(("fail", "undetermined", "pass", "info"))}
    shown = checks[by_block]
    shown = shown if everything else shown[shown["status"] != "pass"]
    shown = shown.sort_values("status", key=lambda s: s.map(order), kind="stable")
    say("逐个区块：", "block by block:")
    _sentences(shown if everything else shown.head(limit), more=len(shown))
    if out:
        save_book(out, lambda: pipeline.checks_workbook(space, lang=current()))
    # After the workbook is written: a script that stops at 1 still has it.
    if int(counts.get("fail", 0)):
        sys.exit(1)


_BY_BLOCK = ("industrial_share", "overlap")
_LARGEST = 5
_KINDS = {
    "industrial_share": ("单个区块工业用地占比", "Share of industrial land per block"),
    "overlap": ("区块互相重叠", "Blocks over each other"),
    "district_share": (
        "各区规划工业用地在区块内的比例",
        "Industrial land inside blocks, by district",
    ),
    "total_count": ("区块总数", "Number of blocks"),
    "total_area_km2": ("总面积", "Total area"),
    "total_level_1_km2": ("一级控制线总面积", "Area of level 1"),
    "total_level_2_km2": ("二级控制线总面积", "Area of level 2"),
    "contiguous": ("连片一万亩以上", "Contiguous areas"),
}


def _summary(checks: pd.DataFrame) -> None:
    """Print how many of each kind pass, fail and stay open."""
    rows = []
    for kind, words in _KINDS.items():
        states = checks.loc[checks["check"] == kind, "status"]
        if len(states):
            counted = [int((states == s).sum()) for s in ("pass", "fail", "undetermined")]
            rows.append([localized(*words), *(f"{n:,}" for n in (len(states), *counted))])
    headers = (
        ["核对内容", "项数", "通过", "不符", "待定"]
        if current() == "zh"
        else ["check", "number", "pass", "fail", "open"]
    )
    for line in aligned.table(headers, rows, right=range(1, 5)):
        click.echo("  " + line)


def _sentences(checks: pd.DataFrame, *, more: int = 0) -> None:
    """Print a line for each check; ``more`` is how many there are where not all are shown."""
    if checks.empty:
        return
    texts = checks["zh" if current() == "zh" else "en"]
    rows = [
        [_word(status), aligned.cut(name, 24) if isinstance(name, str) else "", text]
        for status, name, text in zip(checks["status"], checks["name"], texts, strict=True)
    ]
    headers = ["结论", "对象", "说明"] if current() == "zh" else ["result", "subject", "what"]
    for line in aligned.table(headers, rows):
        click.echo("  " + line)
    if more > len(checks):
        rest = more - len(checks)
        say(
            f"  其余 {rest:,} 行未显示（--all 显示全部，-o checks.xlsx 写出）",
            f"  {rest:,} more lines (--all shows them, -o checks.xlsx writes them)",
        )


@command.command("gate", zh="核对大项目用地门槛。\n\n未通过时退出码为 1。")
@option("--investment", type=float, zh="投资总额（万元）。", en="Total investment, in 10,000 yuan.")
@option("--land", type=float, zh="申请用地（亩）。", en="Land requested, in mu.")
@option(
    "--standard", zh="区块规则，默认取工作区所定。", en="Block rules; the workspace's by default."
)
@workspace_option
def gate_command(
    *, investment: float | None, land: float | None, standard: str | None, folder: Path
) -> None:
    """Check whether a big project passes the land gate.

    Exit code 1 if it does not pass.
    """
    from industrymap import blocks, workspace

    space = workspace.load(folder)
    rules = standard_of(space, "blocks", standard or space.blocks)
    _report(blocks.gate(investment_10k_cny=investment, land_area_mu=land, standard=rules))


@command.command("adjust", zh="核对区块调整：与调整前相比，总规模不得减少。\n\n减少时退出码为 1。")
@click.argument("after", type=click.Path(path_type=Path, dir_okay=False))
@option(
    "--before",
    type=click.Path(path_type=Path, dir_okay=False),
    zh="调整前的区块图层，默认取上次生成的。",
    en="The blocks before the adjustment; by default those of the last build.",
)
@option("--datum", zh="文件未注明时的坐标系。", en="Datum of the files, if they do not state it.")
@option(
    "--standard", zh="区块规则，默认取工作区所定。", en="Block rules; the workspace's by default."
)
@workspace_option
def adjust_command(
    *, after: Path, before: Path | None, datum: str | None, standard: str | None, folder: Path
) -> None:
    """Compare an adjustment of the blocks with what they were: the total may not shrink.

    Exit code 1 if it shrinks.
    """
    from industrymap import blocks, citypack, layers, pipeline, workspace

    space = workspace.load(folder)
    pack = citypack.load(space.city)

    # Both sides through the same reading, datum and repair: a difference is then one of the blocks.
    def read(path: Path) -> Any:
        return layers.read(path, layer="industrial_blocks", datum=datum, extent=pack.extent).frame

    old = pipeline.layer(space, "industrial_blocks") if before is None else read(before)
    rules = standard_of(space, "blocks", standard or space.blocks)
    print_simulated_notice(space)
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
