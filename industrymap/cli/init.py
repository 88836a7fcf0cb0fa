"""``industrymap init DIR --city PACK``: an empty workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Command, option, workspace_argument
from industrymap.cli._talk import say

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command, zh="建立空工作区。")
@workspace_argument(
    "-o", "--output", default=None, zh="要建立的工作区。", en="The workspace to create."
)
@option(
    "--city",
    required=True,
    zh="城市包：`guangzhou`、`sample`，或自备的文件夹。",
    en="City pack: `guangzhou`, `sample`, or a folder of your own.",
)
@option("--title", zh="地图标题。", en="Title of the map.")
def command(*, folder: Path, city: str, title: str | None) -> None:
    """Create an empty workspace in FOLDER."""
    from industrymap import citypack, workspace

    pack = citypack.load(city)
    made = workspace.create(folder, city=city, title=title or f"{pack.name}制造业产业地图")
    for path in made:
        click.echo(f"  {path}")
    say(
        f"工作区已建立。请把企业表放入 {folder / 'layers'}，在 {made[0].name} 的 tables 中写明，"
        f"再运行：industrymap build {folder}",
        f"Workspace created. Put your enterprise table into {folder / 'layers'}, list it under `tables` in "
        f"{made[0].name}, then run: industrymap build {folder}",
    )
