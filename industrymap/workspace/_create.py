"""An empty workspace for a city."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from industrymap import citypack, files
from industrymap.errors import ConfigError
from industrymap.workspace._model import CONFIG

__all__ = ["Given", "create"]

_TEMPLATE = """\
# industrymap workspace · 产业地图工作区
# Every key is optional except title and city. 除 title 与 city 外均可省略。

[workspace]
title = "{title}"
city = "{city}"
producer = ""            # 制图单位
source = "{source}"              # 数据来源
# data_date = 2025-12-31 # 数据日期
simulated = false
review_number = ""       # 审图号 (needed by --profile public)

[enterprises]
# year = 2025            # reference year, or "latest" for each firm's own · 基准年；"latest" 为各企业最新一年
threshold_10k_cny = 1000 # 万元
address = "operating"    # or "registered" · 经营地址 / 注册地址
tables = [
  {{ file = "layers/enterprises.xlsx", kind = "statistics" }},
  # {{ file = "layers/tax.csv", kind = "tax" }},
  # {{ file = "layers/registry.csv", kind = "registry" }},
  # {{ file = "layers/list.xlsx", kind = "list", taxonomy = "tiers", label = "专精特新中小企业" }},
]

# [layers.village_parks]
# file = "layers/village_parks.gpkg"

# [layers.industrial_blocks]
# file = "layers/industrial_blocks.shp"
# datum = "EPSG:4547"

{land}[boundaries]
# `industrymap boundaries fetch --city {city} -w .` writes the first; add datum = "gcj02" where a file says none.
districts = {{ file = "boundaries/districts.geojson" }}
{towns}towns = {{ file = "boundaries/towns.geojson" }}
{roads}
[geocoding]
gazetteer = [{gazetteer}]
strict = true
providers = []           # "amap", "tianditu", "baidu", "tencent"

# [limits]                 # how much a file may hold before it is refused: docs/security.md · 读取上限
# max_rows = 5000000
"""

_ROADS = """\
background = [{ file = "boundaries/roads.geojson", kind = "road" }]
"""
_LAND = """\
[layers.industrial_land]
file = "layers/industrial_land.geojson"
schema = "zones"
zh = "工业用地"
en = "Industrial land"

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Which map data a new workspace is given, so that its configuration names it.

    Attributes
    ----------
    districts, towns, roads, industrial_land : bool
        Whether the file is there.
    gazetteer : tuple of str
        Files of places, seen from the workspace.
    """

    districts: bool = True
    towns: bool = False
    roads: bool = False
    industrial_land: bool = False
    gazetteer: tuple[str, ...] = ()


def create(
    folder: str | Path, *, city: str, title: str, source: str = "", given: Given | None = None
) -> list[Path]:
    """Make an empty workspace.

    Parameters
    ----------
    folder : str or Path
        Made when missing; refused when it already holds a workspace.
    city : str
        Name of the city pack, or its folder seen from the current directory.
    title : str
        Title of the map.
    source : str
        Whose data it is made of.
    given : Given, optional
        Map data that will lie in it, as a kit brings it.

    Returns
    -------
    made : list of Path
        The configuration file and the folders.

    Raises
    ------
    ConfigError
        There is a workspace already.
    WriteFailedError
        The folder cannot be written.
    """
    folder = Path(folder)
    if (folder / CONFIG).exists():
        raise ConfigError(
            f"{folder} already holds a workspace: {CONFIG} stays as it is.",
            f"{folder} 已经是工作区：{CONFIG} 保持不变。",
        )
    made = [folder / name for name in ("layers", "boundaries", "outputs")]
    for path in made:
        files.make_folder(path)
    there = given or Given()
    text = _TEMPLATE.format(
        title=_quoted(title),
        city=_quoted(_from(folder, city)),
        source=_quoted(source),
        towns="" if there.towns else "# ",
        roads=_ROADS if there.roads else "",
        land=_LAND if there.industrial_land else "",
        gazetteer=", ".join(f'"{_quoted(name)}"' for name in there.gazetteer),
    )
    files.write_text(folder / CONFIG, text)
    return [folder / CONFIG, *made]


def _from(folder: Path, city: str) -> str:
    """Return a pack of the user's own as the workspace reaches it, so that it is found from any directory."""
    if city in citypack.known():
        return city
    try:
        return Path(os.path.relpath(city, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        return Path(city).resolve().as_posix()


def _quoted(text: str) -> str:
    """Escape ``text`` for a TOML basic string."""
    # Backslash first: the one that escapes a quote must not be escaped again.
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    # Line breaks and control characters end a basic string (TOML 1.0).
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in safe)
