"""``industrymap runs list | show | diff | explain``: the evaluations of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from industrymap import aligned
from industrymap.cli._evaluation_lines import say_coherence, say_head, say_parts, say_scores, titled
from industrymap.cli._options import Group, option, workspace_folder
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import localized, say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]

_WORKSPACE = workspace_folder("工作区。", "The workspace.")


@click.group("runs", cls=Group, zh="评价：列出、查看、比较、说明某个得分。")
def command() -> None:
    """List the evaluations of a workspace, show and compare them, take a score apart."""


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


@command.command("diff", zh="比较两次评价的得分和名次。")
@click.argument("before")
@click.argument("after")
@_WORKSPACE
def diff_command(before: str, after: str, *, folder: Path) -> None:
    """Compare the scores and ranks of two evaluations of the same level."""
    from industrymap import pipeline

    table = pipeline.changed(pipeline.open_run(folder, before), pipeline.open_run(folder, after))
    headers = {
        "name": localized("名称", "name"), "score_before": localized("原得分", "score before"), "score_after": localized("现得分", "score after"),
        "by_values": localized("数值变化", "by figures"), "by_method": localized("方法变化", "by method"),
        "rank_before": localized("原名次", "rank before"), "rank_after": localized("现名次", "rank after"),
    }  # fmt: skip
    for line in frame_lines(table[list(headers)], list(headers.values()), {}):
        click.echo(line)
