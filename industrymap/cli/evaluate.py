"""``industrymap evaluate SET METHOD``: score areas by a set of indicators and keep the evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._areas import as_of_option, level_option
from industrymap.cli._evaluation_lines import say_head, say_scores
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._talk import say

if TYPE_CHECKING:
    from industrymap.pipeline import Run

__all__ = ["command"]


@click.command("evaluate", cls=Command, zh="按指标体系和方法评分，并存为一次评价。")
@click.argument("set_id")
@click.argument("method_id")
@workspace_folder("工作区。", "The workspace.")
@level_option("district")
@option(
    "--period",
    "when",
    zh="时期，默认最近一期。",
    en="Period (default: the latest).",
)
@as_of_option
@output_option(
    type=click.Path(path_type=Path, dir_okay=False),
    zh="另存为 xlsx 工作簿：得分、构成、指标值。",
    en="Also write an xlsx workbook: scores, what they are made of, figures.",
)
def command(
    set_id: str,
    method_id: str,
    *,
    folder: Path,
    level: str,
    when: str | None,
    as_of: str | None,
    out: Path | None,
) -> None:
    """Score areas by a set of indicators and a method; the evaluation is kept in runs/ and never changes."""
    from industrymap import pipeline

    options = pipeline.IndicatorOptions(
        level=level, periods=() if when is None else (when,), as_of=moment_or_now(as_of)
    )
    run = pipeline.evaluate(folder, set_id, method_id, options)
    say_head(run)
    say_scores(run)
    if run.is_new:
        say(f"已存为评价 {run.id}。", f"Kept as evaluation {run.id}.")
    else:
        say(f"与已有的评价 {run.id} 相同。", f"The same as evaluation {run.id}, kept before.")
    if out is not None:
        _write(run, folder, out)


def _write(run: Run, folder: Path, out: Path) -> None:
    from industrymap import export, files, workspace
    from industrymap.cli._evaluation_lines import sheets, titled
    from industrymap.cli._talk import current

    about = workspace.load(folder).about(title=titled(run), note=run.id)
    path = files.write_bytes(out, export.workbook(sheets(run), lang=current(), meta=about))
    say(f"已写入 {path}。", f"Written: {path}")
