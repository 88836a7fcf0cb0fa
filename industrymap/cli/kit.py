"""``industrymap kit make --city PACK -o kit.zip``: map data of a city in one file, for machines without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Group, option, output_option, workspace_folder
from industrymap.cli._talk import progress, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["command"]

PARTS = {
    "boundaries": ("边界", "boundaries"),
    "districts": ("区", "districts"),
    "towns": ("镇街", "towns"),
    "villages": ("村社", "villages"),
    "roads": ("主要道路", "main roads"),
    "industrial_land": ("工业用地", "industrial land"),
    "estates": ("园区", "named estates"),
}
"""Part of a kit → its name in Chinese and English."""


@click.group("kit", cls=Group, zh="离线资料包：在联网的机器上收集，带到不联网的机器使用。")
def command() -> None:
    """Map data of a city in one file: gathered on a connected machine, used on one without a network."""


@command.command(
    zh="从 OpenStreetMap 收集区、镇街、村社、主要道路、工业用地和园区（© OpenStreetMap contributors，ODbL 1.0，展示时须注明）。"
)
@option(
    "--city",
    zh="城市包：`guangzhou`，或自备的文件夹；默认取工作区的。",
    en="City pack: `guangzhou`, or a folder of your own; by default that of the workspace.",
)
@workspace_folder("取其城市包的工作区。", "Workspace whose city pack is taken.")
@output_option("要写的资料包（.zip）。", "The kit to write (.zip).", required=True)
@option(
    "--url",
    zh="Overpass API 服务地址（默认取 INDUSTRYMAP_OVERPASS_URL，否则用公共服务）。",
    en="Overpass API server (default: INDUSTRYMAP_OVERPASS_URL, else the public one).",
)
def make(*, city: str | None, folder: Path, out: Path, url: str | None) -> None:
    """Gather districts, towns, villages, main roads, industrial land and named estates from OpenStreetMap.

    © OpenStreetMap contributors (ODbL 1.0), which must be credited wherever they are shown. Use the file with `industrymap init DIR --kit FILE`.
    """
    from industrymap import citypack, kit, workspace

    pack = citypack.load(city or workspace.load(folder).city)
    made = kit.make(pack, out, url=url, progress=_bars())
    zh = "、".join(f"{PARTS[part][0]} {n:,}" for part, n in made.counts.items())
    en = ", ".join(f"{PARTS[part][1]} {n:,}" for part, n in made.counts.items())
    day = f" ({made.as_of})" if made.as_of else ""
    say(f"资料包 {made.path}{day}：{zh}", f"kit {made.path}{day}: {en}")
    for note in made.notes:
        say(f"  ! {note[0]}", f"  ! {note[1]}")
    say(f"来源须注明：{made.source}", f"State the source: {made.source}")
    say(
        f"在不联网的机器上运行：industrymap init 工作区 --kit {made.path.name}",
        f"On the machine without a network run: industrymap init DIR --kit {made.path.name}",
    )


def _bars() -> Callable[[str, int, int], None]:
    """Return a progress callback that draws one bar for each part; silent in a pipe."""
    bars: dict[str, Callable[[int, int], None] | None] = {}

    def draw(part: str, done: int, total: int) -> None:
        if part not in bars:
            zh, en = PARTS[part]
            bars[part] = progress(f"{zh}（字节）", f"{en}, bytes")
        bar = bars[part]
        if bar is not None:
            bar(done, total)

    return draw
