"""``industrymap workpack PERIOD -o FOLDER``: what the service group of each district takes along."""

from __future__ import annotations

from pathlib import Path

import click

from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._talk import current, say
from industrymap.errors import ConfigError
from industrymap.wording import counted

__all__ = ["command"]


@click.command(
    "workpack", cls=Command, zh="各区服务专班工作包：走访企业、变动、类别、待核实事项和区简报。"
)
@click.argument("period")
@workspace_folder()
@output_option(
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    zh="写入的文件夹，每个区一个 zip。",
    en="Folder to write into, one zip for each district.",
)
@option("--rule", default="", zh="企业分类评价规则：写入类别和理由。", en="Grading rule whose letters and reasons are added.")  # fmt: skip
@option("--year", type=int, default=0, zh="评价年份。", en="Year of the grading.")
def command(period: str, *, folder: Path, out: Path, rule: str, year: int) -> None:
    """Write a zip for each district: firms to visit with figures, changes and letters, open matters, the district's brief."""
    from industrymap import pipeline

    if bool(rule) != bool(year):
        raise ConfigError("--rule and --year go together.", "--rule 与 --year 须同时给出。")
    options = pipeline.WorkPackOptions(rule=rule, year=year, lang=current())
    done = pipeline.work_packs(folder, period, out, options)
    for pack in done:
        say(
            f"{pack.path}：走访企业 {pack.firms} 家，待核实 {pack.matters} 条",
            f"{pack.path}: {counted(pack.firms, 'firm')} to visit, {counted(pack.matters, 'open matter')}",
        )
    say(f"共 {len(done)} 个工作包。", f"{counted(len(done), 'pack')} in all.")
