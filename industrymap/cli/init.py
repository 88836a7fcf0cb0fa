"""``industrymap init DIR --city PACK``: an empty workspace."""

from __future__ import annotations

from pathlib import Path

import click

from industrymap.cli._talk import say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--city", required=True, help="City pack: `guangzhou`, `sample`, or a folder of your own."
)
@click.option("--title", help="Title of the map · 地图标题.")
def command(folder: Path, city: str, title: str | None) -> None:
    """Make an empty workspace in FOLDER. 建立空工作区。"""
    from industrymap import citypack, workspace

    pack = citypack.load(city)
    made = workspace.create(folder, city=city, title=title or f"{pack.name}制造业产业地图")
    for path in made:
        click.echo(f"  {path}")
    say(
        f"工作区已建立。请把企业表放入 {folder / 'layers'}，在 {made[0].name} 的 tables 中写明，"
        f"再运行：industrymap build {folder}",
        f"The workspace stands. Put your enterprise table into {folder / 'layers'}, name it under `tables` in "
        f"{made[0].name}, then run: industrymap build {folder}",
    )
