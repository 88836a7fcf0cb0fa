"""``industrymap blocks``: industrial blocks held to their dated rules."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from industrymap.cli._tables import lines
from industrymap.cli._talk import current, say

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
@click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    show_default=True,
    help="A workspace that has been built · 已生成的工作区.",
)
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
    for line in lines(headers, rows[:60]):
        click.echo("  " + line)
    if len(rows) > len(rows[:60]):
        say(f"其余 {len(rows) - 60:,} 行未显示", f"{len(rows) - 60:,} more lines")
    if int(counts.get("fail", 0)):
        sys.exit(1)


def _word(status: str) -> str:
    return _STATUS[status][0 if current() == "zh" else 1]
