"""``industrymap gazetteer import FILE`` and ``gazetteer osm FILE.osm.pbf``: places that addresses are matched with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Group, option, workspace_folder
from industrymap.cli._talk import current, say
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.citypack import CityPack

__all__ = ["command"]

_KIND_NAMES = {
    "village": ("村社", "village"),
    "road": ("道路", "road"),
    "park": ("园区", "park"),
    "building": ("楼宇", "building"),
    "address": ("门牌", "house number"),
}
_SHOWN = 5


@click.group("gazetteer", cls=Group, zh="为工作区导入离线地名库：地名、道路、门牌。")
def command() -> None:
    """Add places, roads and house numbers to the offline gazetteer of a workspace."""


@command.command("import", zh="导入地名表、图层或标准地址表；同名的旧导入会被替换。")
@click.argument("file", type=click.Path(path_type=Path))
@workspace_folder("保存地名的工作区。", "Workspace that keeps the places.")
@option("--city", zh="城市包，默认取工作区的。", en="City pack, if it is not the workspace's.")
@option(
    "--datum",
    zh="坐标系：wgs84、gcj02、bd09 等。",
    en="Datum of the coordinates: wgs84, gcj02, bd09 …",
)
@option(
    "--kind",
    type=click.Choice([*_KIND_NAMES]),
    zh="文件没有类别列时，各地名的类别。",
    en="Kind of the places, if the file has no kind column.",
)
@option("--sheet", zh="工作簿的工作表。", en="Sheet of a workbook.")
@option(
    "--as",
    "name",
    zh="保存时的名称（默认取文件名）。",
    en="Name to keep the places under (default: the file's).",
)
def import_(
    file: Path,
    *,
    folder: Path,
    city: str | None,
    datum: str | None,
    kind: str | None,
    sheet: str | None,
    name: str | None,
) -> None:
    """Import a table, a layer or a standard-address table; an earlier import of the same name is replaced."""
    from industrymap.geocoding.gazetteer import imports

    places, issues = imports.read(
        file, pack=_pack(folder, city), datum=datum, kind=kind, sheet=sheet
    )
    columns = ("source", "row", "value", current())
    for cells in zip(*(issues[c].head(_SHOWN) for c in columns), strict=True):
        click.echo("  " + " · ".join(str(cell) for cell in cells))
    if len(issues) > _SHOWN:
        say(f"  ……共 {len(issues)} 条。", f"  … {len(issues)} in all.")
    _keep(places, folder, name or file.stem)


@command.command(
    "osm",
    zh="从 OpenStreetMap 提取村社、道路、门牌、工业用地和楼宇（© OpenStreetMap contributors，ODbL）。",
)
@click.argument("file", type=click.Path(path_type=Path))
@workspace_folder("保存地名的工作区。", "Workspace that keeps the places.")
@option("--city", zh="城市包，默认取工作区的。", en="City pack, if it is not the workspace's.")
def osm(file: Path, *, folder: Path, city: str | None) -> None:
    """Import places, roads, house numbers, industrial land and named buildings from an OpenStreetMap extract."""
    from industrymap.geocoding.gazetteer import osm as reader

    places = reader.read(file, pack=_pack(folder, city))
    _keep(places, folder, file.name.split(".")[0])
    say(f"来源须注明：{reader.ATTRIBUTION}。", f"State the source: {reader.ATTRIBUTION}.")


def _pack(folder: Path, city: str | None) -> CityPack:
    from industrymap import citypack, workspace

    return citypack.load(city or workspace.load(folder).city)


def _keep(places: pd.DataFrame, folder: Path, name: str) -> None:
    from industrymap.geocoding.gazetteer import imports

    # The name becomes part of a file's name, and may come from a file called anything.
    safe = re.sub(r"[^\w.-]+", "_", name)
    path = imports.write(places, folder / ".industrymap" / "gazetteer", safe)
    counts = places["kind"].value_counts()
    zh = "、".join(f"{_KIND_NAMES[k][0]} {counts[k]:,}" for k in _KIND_NAMES if k in counts)
    en = ", ".join(counted(counts[k], _KIND_NAMES[k][1]) for k in _KIND_NAMES if k in counts)
    say(
        f"已导入 {len(places):,} 个地名（{zh}），保存在 {path}。",
        f"{counted(len(places), 'place')} ({en}) kept in {path}.",
    )
