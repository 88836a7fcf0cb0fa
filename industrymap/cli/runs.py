"""``industrymap runs list | show | diff | explain``: the evaluations of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from industrymap import aligned
from industrymap.cli._evaluation_lines import (
    say_changed_parts,
    say_coherence,
    say_head,
    say_parts,
    say_scores,
    titled,
)
from industrymap.cli._options import Group, option, workspace_folder
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import localized, say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]

_WORKSPACE = workspace_folder("工作区。", "The workspace.")


@click.group("runs", cls=Group, zh="评价：列出、查看、比较、说明某个得分。")
def command() -> None:
    """List the evaluations of a workspace, show and compare them, break a score down."""


@command.command("list", zh="列出做过的评价。")
@_WORKSPACE
def list_command(folder: Path) -> None:
    """List the evaluations."""
    from industrymap import pipeline

    rows = [(run.id, titled(run), str(run.about["vintage"])) for run in pipeline.runs(folder)]
    if not rows:
        say(
            "还没有评价：industrymap evaluate 指标体系 方法。",
            "There is no evaluation yet: industrymap evaluate SET METHOD.",
        )
        return
    headers = (
        localized("编号", "id"),
        localized("评价", "evaluation"),
        localized("入库", "addition"),
    )
    for line in aligned.table(headers, rows, right=[2]):
        click.echo(line)


@command.command("show", zh="显示一次评价的得分。")
@click.argument("run_id")
@_WORKSPACE
@option(
    "--coherence",
    is_flag=True,
    zh="另列组内指标的相关与一致性（α）。",
    en="Also show how the indicators of each group go together (correlations, alpha).",
)
def show_command(run_id: str, *, folder: Path, coherence: bool) -> None:
    """Show the scores of an evaluation."""
    from industrymap import pipeline

    run = pipeline.open_run(folder, run_id)
    say_head(run)
    say_scores(run)
    if coherence:
        say_coherence(run)


@command.command("explain", zh="说明一个对象的得分由哪些指标构成。")
@click.argument("run_id")
@option("--entity", required=True, zh="对象的代码或名称。", en="Code or name of the area.")
@_WORKSPACE
def explain_command(run_id: str, *, entity: str, folder: Path) -> None:
    """Take the score of one area apart: what each indicator brought to it."""
    from industrymap import pipeline

    run = pipeline.open_run(folder, run_id)
    row, parts = run.explain(entity)
    say_head(run)
    for line in frame_lines(
        row[["name", "score", "rank", "coverage"]],
        [
            localized(*w)
            for w in (("名称", "name"), ("得分", "score"), ("名次", "rank"), ("覆盖", "coverage"))
        ],
        {},
        percents=("coverage",),
    ):
        click.echo(line)
    click.echo("")
    say_parts(run, parts)


@command.command("diff", zh="比较两次评价：得分为何变化（数值、标杆、方法、修订）。")
@click.argument("before")
@click.argument("after")
@option("--entity", default="", zh="只看一个对象，逐项指标拆分：代码或名称。", en="Only one area, taken apart by indicator: its code or name.")  # fmt: skip
@_WORKSPACE
def diff_command(before: str, after: str, *, entity: str, folder: Path) -> None:
    """Say why scores changed between two evaluations of the same level: figures, benchmark, method, revision."""
    from industrymap import pipeline

    one, other = pipeline.open_run(folder, before), pipeline.open_run(folder, after)
    table = pipeline.changed(one, other)
    parts = None
    if entity:
        # Before anything is printed: a name that nobody bears is refused.
        parts = pipeline.changed_parts(one, other, entity)
        table = table[(table["unit"] == entity) | (table["name"] == entity)]
    headers = {
        "name": ("名称", "name"), "score_before": ("原得分", "score before"), "score_after": ("现得分", "score after"),
        "by_value": ("自身数值", "by own figures"), "by_benchmark": ("标杆与其他对象", "by benchmark and others"),
        "by_method": ("方法", "by method"), "by_revision": ("数据修订", "by revision"),
        "rank_before": ("原名次", "rank before"), "rank_after": ("现名次", "rank after"),
    }  # fmt: skip
    for line in frame_lines(table[list(headers)], [localized(*w) for w in headers.values()], {}):
        click.echo(line)
    if parts is not None:
        click.echo("")
        say_changed_parts(other, parts)
