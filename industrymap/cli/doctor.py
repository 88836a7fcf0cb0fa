"""``industrymap doctor [WORKSPACE]``: what is wrong with a workspace, and what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Command, option, workspace_argument
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
    zh="检查工作区并说明如何处理；除 --backup、--restore 外不作任何改动。\n\n退出码：0 无需处理，1 有待处理，2 无法生成。",
)
@workspace_argument()
@option(
    "--backup", is_flag=True, zh="为数据库另存一份副本。", en="Make a copy of the database now."
)
@option(
    "--restore",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[CHANGE]",
    zh="用副本恢复数据库：最近一份完好的，或所写变更编号之后的那份；现有文件改名保留。",
    en="Put a copy of the database in place: the latest sound one, or the one made after a change; "
    "the file that is there is kept under another name.",
)
def command(*, folder: Path, backup: bool, restore: str | None) -> None:
    """Check a workspace and suggest fixes; without --backup or --restore nothing is changed.

    Exit code: 0 nothing to do, 1 something to do, 2 a build would be refused.
    """
    from industrymap import doctor

    if restore is not None:
        _restore(folder, restore)
    if backup:
        _back_up(folder)
    findings = doctor.examine(folder)
    for finding in findings:
        say(f"{_MARKS[finding.level]} {finding.zh}", f"{_MARKS[finding.level]} {finding.en}")
    code = doctor.verdict(findings)
    wanted = ("", "do", "unusable")[code]
    zh, en = _ENDS[code]
    n = sum(finding.level == wanted for finding in findings)
    say(zh.format(n=n), en.format(n=n))
    sys.exit(code)


def _back_up(folder: Path) -> None:
    from industrymap import store, workspace

    space = workspace.load(folder)
    base = store.open(space)
    if not base.exists():
        say("尚无数据库，无可备份。", "There is no database yet: nothing to copy.", err=True)
        return
    base.require_sound()
    copy = store.copy_before_change(space.database)
    say(
        f"已存副本（变更 {copy.change} 之后）：{copy.path}",
        f"Copied the database as of change {copy.change}: {copy.path}",
    )


def _restore(folder: Path, change: str) -> None:
    from industrymap import store, workspace
    from industrymap.errors import ConfigError

    if change and not change.isdecimal():
        raise ConfigError(f"{change!r} is not the number of a change.", f"“{change}”不是变更编号。")
    space = workspace.load(folder)
    done = store.restore(space.database, int(change) if change else None)
    say(
        f"已恢复为变更 {done.copy.change} 之后的数据库；此后的变更需重新登记。",
        f"Restored the database as of change {done.copy.change}; later changes have to be recorded again.",
    )
    if done.aside is not None:
        say(f"原文件保留为 {done.aside}", f"The file that was there is kept as {done.aside}")
