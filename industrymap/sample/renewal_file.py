"""A further layer, as dirty as they come: renewal units in a zipped Shapefile, GBK without a word about it.

Its .dbf names no encoding and brings no .cpg; its coordinates carry a zone number (EPSG:4526); it holds an outline
that crosses itself, a feature without geometry, an id that occurs twice, a sliver and a piece outside the city.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap import files
from industrymap.sample._random import pick, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from industrymap.sample.places import Map

__all__ = ["DIRT", "NAME", "write_renewal_units"]

NAME = "renewal_units.zip"
DIRT = ("crosses_itself", "no_geometry", "id_twice", "sliver", "outside_city")
"""What is wrong with its last features, in their order."""

_COUNT = 42
_ZONE_M = 38_000_000.0
_OUTSIDE = (578_000.0, 2_876_000.0)
"""South-west corner of the piece outside the city, metres."""

_LDID = 29
"""Byte of a .dbf that names its encoding."""


def write_renewal_units(path: Path, city: Map, *, seed: int) -> int:
    """Write the layer and return how many features it holds, the bad ones included."""
    rng = stream(seed, "renewal")
    large = sorted(city.parcels, key=lambda p: -p.shape.area)[:_COUNT]
    shapes: list[BaseGeometry | None] = [p.shape.buffer(35).convex_hull for p in large]
    towns = [city.plan.towns[p.town] for p in large]
    names = [f"{t.name.removesuffix('街道').removesuffix('镇')}更新单元" for t in towns]
    codes = [f"GX{n:03d}" for n in range(1, len(shapes) + 1)]
    x, y = large[0].shape.centroid.coords[0]
    shapes += [
        shapely.Polygon([(x, y), (x + 300, y + 300), (x + 300, y), (x, y + 300)]),
        None,
        shapes[1],
        shapely.Polygon([(x, y - 900), (x + 800, y - 900), (x + 800, y - 899.9), (x, y - 899.95)]),
        shapely.box(*_OUTSIDE, _OUTSIDE[0] + 500, _OUTSIDE[1] + 500),
    ]
    codes += ["GX901", "GX902", codes[1], "GX903", "GX904"]
    names += [f"待核单元{n}" for n in range(1, len(DIRT) + 1)]
    districts = [city.district_names[t.district_code] for t in towns] + [""] * len(DIRT)
    notes = [pick(rng, ("", "", "旧厂", "旧村")) for _ in towns] + ["待核实"] * len(DIRT)
    columns = {"编号": codes, "名称": names, "所属区": districts, "备注": notes}
    files.write_bytes(path, _zipped(_shapefile(np.array(shapes, dtype=object), columns)))
    return len(shapes)


def _shapefile(shapes: NDArray[np.object_], columns: dict[str, list[str]]) -> dict[str, bytes]:
    """Return the members of the Shapefile by extension, its encoding kept secret."""
    import pyogrio

    moved = shapely.transform(shapes, lambda points: np.round(points + np.array([_ZONE_M, 0.0]), 3))
    with TemporaryDirectory() as folder:
        target = Path(folder) / "renewal_units.shp"
        pyogrio.raw.write(
            target,
            geometry=shapely.to_wkb(moved),
            field_data=[np.array(values, dtype=object) for values in columns.values()],
            fields=list(columns),
            geometry_type="Polygon",
            crs="EPSG:4526",
            driver="ESRI Shapefile",
            encoding="GBK",
            DBF_DATE_LAST_UPDATE="2025-12-31",
        )
        members = {
            p.suffix: p.read_bytes() for p in sorted(Path(folder).iterdir()) if p.suffix != ".cpg"
        }
    table = bytearray(members[".dbf"])
    table[_LDID] = 0
    return members | {".dbf": bytes(table)}


def _zipped(members: dict[str, bytes]) -> bytes:
    """Pack the members, always with the same date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for suffix in sorted(members):
            about = zipfile.ZipInfo(f"renewal_units{suffix}", date_time=(2025, 12, 31, 0, 0, 0))
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, members[suffix])
    return buffer.getvalue()
