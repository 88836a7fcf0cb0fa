"""``industrymap doctor [WORKSPACE]``: what is wrong with a workspace, and what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Command, workspace_argument
from industrymap.cli._talk import say

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = {"fine": "✓", "info": "·", "do": "!", "unusable": "✗"}
_ENDS = (
    ("一切正常", "everything is in order"),
    ("有 {n} 件事要处理", "{n} to deal with"),
    (
        "无法生成：先处理标 ✗ 的 {n} 项",
        "a build would be refused: deal with the {n} marked ✗ first",
    ),
)


@click.command(
    cls=Command,
    zh="检查工作区并说明如何处理；不作任何改动。\n\n退出码：0 无需处理，1 有待处理，2 无法生成。",
)
@workspace_argument()
def command(*, folder: Path) -> None:
    """Check a workspace and suggest fixes; nothing is changed.

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
