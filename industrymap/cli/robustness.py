"""``industrymap robustness RUN``: how firmly an evaluation ranks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._evaluation_lines import say_head
from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import current, localized, say

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.pipeline import Robustness

__all__ = ["command"]

_CHOICES = {
    "normalise": ("标准化方法", "scale"), "mean": ("合成方法", "mean"), "treat": ("极端值处理", "outliers drawn in or not"),
    "weights": ("权重", "weights"),
}  # fmt: skip


@click.command("robustness", cls=Command, zh="评价名次的稳定性：换权重、换方法、逐项去掉指标。")
@click.argument("run_id")
@workspace_folder("工作区。", "The workspace.")
@option(
    "--draws",
    default=1000,
    show_default=True,
    type=click.IntRange(10, 100_000),
    zh="抽取次数。",
    en="How many draws.",
)
@option(
    "--noise",
    default=0.25,
    show_default=True,
    type=click.FloatRange(0, 1, max_open=True),
    zh="权重扰动：每个权重在 1±扰动 内变化。",
    en="Each weight is multiplied by a number within 1 ± this.",
)
@option(
    "--seed",
    default=1,
    show_default=True,
    type=click.IntRange(0),
    zh="随机种子，相同则结果相同。",
    en="The same seed gives the same figures.",
)
@output_option(
    type=click.Path(path_type=Path, dir_okay=False),
    zh="另存为 xlsx 工作簿。",
    en="Also write an xlsx workbook.",
)
def command(
    run_id: str, *, folder: Path, draws: int, noise: float, seed: int, out: Path | None
) -> None:
    """Try an evaluation with other scales, means, treatments of outliers and weights, and without each indicator."""
    from industrymap import pipeline

    options = pipeline.RobustnessOptions(draws=draws, noise=noise, seed=seed)
    done = pipeline.robustness(folder, run_id, options)
    say_head(done.run)
    say(
        f"  {draws:,} 次抽取，权重在 ±{noise:.0%} 内变化；区间为其中 90% 的名次。",
        f"  {draws:,} draws, weights within ±{noise:.0%}; intervals are the middle 90% of the ranks drawn.",
    )
    for table in _tables(done):
        click.echo("")
        for line in frame_lines(table, [str(c) for c in table], {}):
            click.echo(line)
    if out is not None:
        _write(done, folder, out)


def _tables(done: Robustness) -> list[pd.DataFrame]:
    """Return the three tables under their headings in the language of messages."""
    names = done.run.about["names"]
    place = 0 if current() == "zh" else 1
    called = names["indicators"] if isinstance(names, dict) else {}
    ranks = done.ranks.drop(columns="unit").rename(
        columns={
            "name": localized("名称", "name"), "rank": localized("名次", "rank"), "low": localized("最好", "best"),
            "median": localized("中位", "median"), "high": localized("最差", "worst"),
        }
    )  # fmt: skip
    without = done.without.assign(
        indicator=[called[i][place] for i in done.without["indicator"]]
    ).rename(
        columns={
            "indicator": localized("去掉的指标", "without"), "moved": localized("名次变化的对象数", "areas that change rank"),
            "largest": localized("最大变化（位）", "largest change"),
        }
    )  # fmt: skip
    factors = done.factors.assign(
        factor=[localized(*_CHOICES[f]) for f in done.factors["factor"]],
        first=done.factors["first"].round(3),
        total=done.factors["total"].round(3),
    ).rename(
        columns={
            "factor": localized("哪项选择影响名次", "which choice moves ranks"), "first": localized("单独解释的份额", "share alone"),
            "total": localized("连同交互的份额", "share with all it takes part in"),
        }
    )  # fmt: skip
    return [ranks, without, factors]


def _write(done: Robustness, folder: Path, out: Path) -> None:
    from industrymap import export, files, workspace
    from industrymap.cli._evaluation_lines import titled

    title = titled(done.run)
    note = localized(
        f"{done.options.draws:,} 次抽取，权重在 ±{done.options.noise:.0%} 内变化，种子 {done.options.seed}；评价 {done.run.id}",
        f"{done.options.draws:,} draws, weights within ±{done.options.noise:.0%}, seed {done.options.seed}; evaluation {done.run.id}",
    )
    titles = (
        localized("名次区间", "Ranks"),
        localized("去掉一项", "Without one"),
        localized("敏感性", "Sensitivity"),
    )
    sheets = [
        export.Sheet(name=name, frame=table, heading=(title, note))
        for name, table in zip(titles, _tables(done), strict=True)
    ]
    about = workspace.load(folder).about(title=title, note=note)
    path = files.write_bytes(out, export.workbook(sheets, lang=current(), meta=about))
    say(f"已写入 {path}。", f"Written: {path}")
