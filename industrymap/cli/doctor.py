"""``industrymap doctor [WORKSPACE]``: what is wrong with a workspace, and what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from industrymap.cli._talk import say

_MARKS = {"fine": "✓", "info": "·", "do": "!", "unusable": "✗"}
_ENDS = (
    ("一切正常", "everything is in order"),
    ("有 {n} 件事要处理", "{n} to deal with"),
    (
        "无法生成：先处理标 ✗ 的 {n} 项",
        "a build would be refused: deal with the {n} marked ✗ first",
    ),
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
def command(folder: Path) -> None:
    """Check a workspace and say what to do; nothing is changed. 检查工作区，说明如何处理。

    Exit code: 0 nothing to do, 1 something to do, 2 a build would be refused.
    """
    from industrymap import doctor

    findings = doctor.examine(folder)
    for found in findings:
        say(f"{_MARKS[found.level]} {found.zh}", f"{_MARKS[found.level]} {found.en}")
    code = doctor.verdict(findings)
    wanted = ("", "do", "unusable")[code]
    zh, en = _ENDS[code]
    n = sum(found.level == wanted for found in findings)
    say(zh.format(n=n), en.format(n=n))
    sys.exit(code)
