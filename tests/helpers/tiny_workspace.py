"""A workspace of a few parks and firms in the sample city, small enough to be built within a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from industrymap import workspace

if TYPE_CHECKING:
    from pathlib import Path

WEST, SOUTH = 114.0, 26.0

_TOML = """
[enterprises]
tables = [{ file = "firms.csv", kind = "statistics", year = 2024 }]

[layers.village_parks]
file = "parks.geojson"
"""


def park(n: int, *, width: float = 0.004) -> shapely.Polygon:
    west = WEST + n / 100
    return shapely.box(west, SOUTH, west + width, SOUTH + 0.004)


def write_parks(folder: Path, parks: dict[str, shapely.Polygon], **columns: list[object]) -> None:
    """Write the layer file."""
    frame = gpd.GeoDataFrame(
        {"park_id": list(parks), "name": [f"{p}园" for p in parks], **columns},
        geometry=list(parks.values()),
        crs="EPSG:4326",
    )
    frame.to_file(folder / "parks.geojson")


def tiny_workspace(folder: Path, firms: str) -> Path:
    """Make a workspace with three parks and the firms of a CSV text."""
    workspace.create(folder, city="sample", title="试验")
    config = folder / "industrymap.toml"
    head = config.read_text(encoding="utf-8").split("[enterprises]")[0]
    config.write_text(head + _TOML, encoding="utf-8")
    write_parks(folder, {f"P{n}": park(n) for n in (1, 2, 3)})
    (folder / "firms.csv").write_text(firms, encoding="utf-8")
    return folder
