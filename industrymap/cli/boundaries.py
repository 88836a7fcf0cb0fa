"""``industrymap boundaries fetch --city PACK``: district and town boundaries from OpenStreetMap or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Group, option, workspace_folder
from industrymap.cli._talk import current, progress, say

if TYPE_CHECKING:
    from industrymap.boundaries import Boundaries


@click.group(cls=Group, zh="行政区划边界。")
def command() -> None:
    """District and town boundaries."""


@command.command(
    zh="获取区、镇街边界。\n\n取自 OpenStreetMap（© OpenStreetMap contributors，ODbL 1.0，展示时须注明），或用 --from 取自已有的文件；以 WGS 84 的 GeoJSON 写入工作区的 boundaries 文件夹。"
)
@option(
    "--city",
    required=True,
    zh="城市包：`guangzhou`，或自备的文件夹。",
    en="City pack: `guangzhou`, or a folder of your own.",
)
@workspace_folder(
    "工作区，文件写入其 boundaries 文件夹。", "Workspace; the files go to its `boundaries/`."
)
@option(
    "--from", "file", type=click.Path(path_type=Path), zh="转换已有的文件，不从 OpenStreetMap 获取。", en="Convert your own file instead of asking OpenStreetMap."
)  # fmt: skip
@option(
    "--level", type=click.Choice(["districts", "towns"]), default="districts", show_default=True,
    zh="配合 --from：文件中是区还是镇街。", en="With --from: what the file contains.",
)  # fmt: skip
@option(
    "--datum",
    zh="配合 --from：文件的坐标系，如 gcj02、EPSG:4547。",
    en="With --from: its datum or CRS, such as gcj02 or EPSG:4547.",
)
@option(
    "--url",
    zh="Overpass API 服务地址（默认取 INDUSTRYMAP_OVERPASS_URL，否则用公共服务）。",
    en="Overpass API server (default: INDUSTRYMAP_OVERPASS_URL, else the public one).",
)
def fetch(
    *, city: str, folder: Path, file: Path | None, level: str, datum: str | None, url: str | None
) -> None:
    """Get a city's district and, where available, town boundaries.

    From OpenStreetMap, © OpenStreetMap contributors (ODbL 1.0), which must be credited wherever they are shown; or, with --from,
    from your own file. Written to WORKSPACE/boundaries as GeoJSON in WGS 84.
    """
    from industrymap import boundaries, citypack

    pack = citypack.load(city)
    if file is None:
        bar = progress("下载边界（字节）", "Boundaries, bytes")
        fetched = boundaries.fetch(pack, url=url, progress=bar)
    else:
        fetched = boundaries.convert(file, pack=pack, level=level, declared=datum)
    written = boundaries.write(fetched, folder / "boundaries", city=pack.name)
    _report(fetched)
    for path in written:
        click.echo(f"  {path}")
    say(f"数据来源：{fetched.source}", f"Source: {fetched.source}")


def _report(fetched: Boundaries) -> None:
    """Say how a file was read, how many areas there are, and every problem once with what it concerns."""
    for decision in fetched.decisions:
        say(f"  {decision.zh}", f"  {decision.en}")
    counted = ", ".join(f"{len(frame)} {level}" for level, frame in fetched.levels.items())
    words = {"districts": "个区", "towns": "个镇街"}
    named = "、".join(f"{len(frame)} {words[level]}" for level, frame in fetched.levels.items())
    # OpenStreetMap dates its data; a file of one's own says nothing, and no date is invented.
    day = fetched.as_of.isoformat() if fetched.as_of else ""
    say(f"取得 {named}{f'（数据截至 {day}）' if day else ''}", f"{counted}{f' (data of {day})' if day else ''}")  # fmt: skip
    # Repairs that changed nothing a person must decide stay in the file's own list.
    worth = fetched.issues[fetched.issues["level"] != "info"]
    for sentence, rows in worth.groupby("zh" if current() == "zh" else "en", sort=True):
        values = [value for value in rows["value"].dropna().tolist() if value]
        few = "、".join(values[:8]) + ("…" if len(values) > 8 else "")
        click.echo(f"  {len(rows)} × {sentence}{f': {few}' if few else ''}")
