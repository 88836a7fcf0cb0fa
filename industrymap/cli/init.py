"""``industrymap init DIR --city PACK``, or ``--kit FILE``: a new workspace."""

from __future__ import annotations

from pathlib import Path

import click

from industrymap.cli._options import Command, option, workspace_argument
from industrymap.cli._talk import say
from industrymap.errors import ConfigError


@click.command(cls=Command, zh="建立工作区：空的，或带离线资料包中的边界、道路、地名和工业用地。")
@workspace_argument(
    "-o", "--output", default=None, zh="要建立的工作区。", en="The workspace to create."
)
@option(
    "--city",
    zh="城市包：`guangzhou`、`sample`，或自备的文件夹；有资料包时可省略。",
    en="City pack: `guangzhou`, `sample`, or a folder of your own; a kit names its own.",
)
@option(
    "--kit",
    type=click.Path(path_type=Path),
    zh="离线资料包（由 `kit make` 制作）。",
    en="A kit (`industrymap kit make`) with boundaries, roads, places and industrial land.",
)
@option("--title", zh="地图标题。", en="Title of the map.")
def command(*, folder: Path, city: str | None, kit: Path | None, title: str | None) -> None:
    """Create a workspace in FOLDER: empty, or with the map data of a kit."""
    from industrymap import citypack, workspace

    if kit is not None:
        made = _from_kit(kit, folder, city=city, title=title)
    elif city is None:
        raise ConfigError(
            "Name the city: --city PACK, or --kit FILE.",
            "请指定城市：--city 城市包，或 --kit 资料包。",
        )
    else:
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


def _from_kit(path: Path, folder: Path, *, city: str | None, title: str | None) -> list[Path]:
    """Unpack a kit, and say what it holds, of which day and whose it is."""
    from industrymap import kit
    from industrymap.cli.kit import PARTS

    made, about = kit.unpack(path, folder, city=city, title=title)
    counts = [(PARTS[name], n) for name, n in about["counts"].items() if name in PARTS]
    zh = "、".join(f"{words[0]} {n:,}" for words, n in counts)
    en = ", ".join(f"{words[1]} {n:,}" for words, n in counts)
    say(
        f"资料包 {path.name}（{about['data_date'] or '日期不明'}）：{zh}；来源：{about['source']}",
        f"kit {path.name} ({about['data_date'] or 'no date'}): {en}; source: {about['source']}",
    )
    return made
