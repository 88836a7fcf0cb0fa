"""``industrymap boundaries fetch --city PACK``: district and town boundaries from OpenStreetMap or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import workspace_folder
from industrymap.cli._talk import current, progress, say

if TYPE_CHECKING:
    from industrymap.boundaries import Boundaries


@click.group()
def command() -> None:
    """District and town boundaries. 行政区划边界。"""


@command.command()
@click.option("--city", required=True, help="City pack: `guangzhou`, or a folder of your own.")
@workspace_folder("Workspace; the files go to its `boundaries/` · 工作区.")
@click.option(
    "--from", "file", type=click.Path(path_type=Path), help="Convert a file of yours instead of asking OpenStreetMap."
)  # fmt: skip
@click.option(
    "--level", type=click.Choice(["districts", "towns"]), default="districts", show_default=True,
    help="With --from: what the file holds.",
)  # fmt: skip
@click.option("--datum", help="With --from: its datum or CRS, such as gcj02 or EPSG:4547.")
@click.option(
    "--url", help="Overpass API server (default: INDUSTRYMAP_OVERPASS_URL, else the public one)."
)
def fetch(
    *, city: str, folder: Path, file: Path | None, level: str, datum: str | None, url: str | None
) -> None:
    """Take a city's district and, where present, town boundaries. 获取区、镇街边界。

    From OpenStreetMap, © OpenStreetMap contributors (ODbL 1.0), which must be named wherever they are shown; or, with --from,
    from a file you have. Written to WORKSPACE/boundaries as GeoJSON in WGS 84.
    """
    from industrymap import boundaries, citypack

    pack = citypack.load(city)
    if file is None:
        bar = progress("下载边界（字节）", "Boundaries, bytes")
        found = boundaries.fetch(pack, url=url, progress=bar)
    else:
        found = boundaries.convert(file, pack=pack, level=level, declared=datum)
    written = boundaries.write(found, folder / "boundaries", city=pack.name)
    _report(found)
    for path in written:
        click.echo(f"  {path}")
    say(f"数据来源：{found.source}", f"Source: {found.source}")


def _report(found: Boundaries) -> None:
    """Say how a file was read, how many areas there are, and every problem once with what it concerns."""
    for decision in found.decisions:
        say(f"  {decision.zh}", f"  {decision.en}")
    counted = ", ".join(f"{len(frame)} {level}" for level, frame in found.levels.items())
    words = {"districts": "个区", "towns": "个镇街"}
    named = "、".join(f"{len(frame)} {words[level]}" for level, frame in found.levels.items())
    day = found.as_of.isoformat() if found.as_of else ""
    say(f"取得 {named}{f'（数据截至 {day}）' if day else ''}", f"{counted}{f' (data of {day})' if day else ''}")  # fmt: skip
    worth = found.issues[found.issues["level"] != "info"]
    for sentence, rows in worth.groupby("zh" if current() == "zh" else "en", sort=True):
        values = [value for value in rows["value"].dropna().tolist() if value]
        few = "、".join(values[:8]) + ("…" if len(values) > 8 else "")
        click.echo(f"  {len(rows)} × {sentence}{f': {few}' if few else ''}")
