"""Shapefile, plain or zipped, with or without .cpg."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from industrymap import files
from industrymap.errors import LayerError, meant, nearest
from industrymap.files import Decision
from industrymap.layers._dbf import read_dbf
from industrymap.layers._layer import Raw
from industrymap.layers._shapes import Budget, from_wkb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.files import Limits, Source

__all__ = ["PARTS", "read_shapefile", "shapefiles_in"]

PARTS = ("shp", "shx", "dbf", "prj", "cpg")


def read_shapefile(source: Source) -> Raw:
    """Read a checked ``.shp`` and the files beside it."""
    parts = files.beside(source, PARTS[1:], needed=["dbf"])
    parts["shp"] = files.read_bytes(source)
    return from_parts(parts, name=source.name, limits=source.limits)


def shapefiles_in(
    members: Mapping[str, bytes], *, name: str, limits: Limits, table: str | None
) -> list[Raw]:
    """Read the Shapefiles among the members of an archive: the named one, or all."""
    groups: dict[str, dict[str, bytes]] = {}
    for member, data in members.items():
        path = PurePosixPath(member)
        groups.setdefault(str(path.with_suffix("")), {})[path.suffix.lower().lstrip(".")] = data
    found = {PurePosixPath(stem).name: parts for stem, parts in groups.items() if "shp" in parts}
    if table is not None and table not in found:
        en, zh = meant(nearest(table, found, n=1))
        raise LayerError(
            f"{name} has no layer {table!r}; it has {', '.join(found)}.{en}",
            f"{name} 中没有图层“{table}”，现有：{'、'.join(found)}。{zh}",
        )
    chosen = [table] if table is not None else sorted(found)
    raws = []
    for stem in chosen:
        if "dbf" not in found[stem]:
            raise LayerError(
                f"{name} holds {stem}.shp without {stem}.dbf.",
                f"{name} 中 {stem}.shp 缺少 {stem}.dbf。",
            )
        raw = from_parts(found[stem], name=f"{name}/{stem}.shp", limits=limits)
        raw.name = stem if len(found) > 1 else ""
        raws.append(raw)
    return raws


def from_parts(parts: Mapping[str, bytes], *, name: str, limits: Limits) -> Raw:
    """Put geometry and attributes together by record number."""
    wkb, records = files.shapes(parts["shp"], parts.get("shx"), name=name, limits=limits)
    geometries, notes = from_wkb(wkb, Budget(name, limits))
    said = parts["cpg"].decode("ascii", errors="ignore").strip() if "cpg" in parts else ""
    table = read_dbf(parts["dbf"], name=name, encoding=_codec(said), limits=limits)
    rows = len(table.deleted)
    if len(records) and int(records.max()) >= rows:
        raise LayerError(
            f"{name}: {len(records):,} shapes but {rows:,} records; the files do not belong together.",
            f"{name}：图形 {len(records):,} 个、属性 {rows:,} 条，两者不匹配。",
        )
    alive = ~table.deleted[records] if rows else np.ones(len(records), dtype=bool)
    kept = [int(i) for i in records[alive]]
    position = {int(i): n for n, i in enumerate(np.flatnonzero(alive))}
    decisions = [
        Decision(
            f"格式：Shapefile，{len(kept):,} 个要素。",
            f"Format: Shapefile, {len(kept):,} features.",
            "format",
        ),
        table.decision,
    ]
    return Raw(
        columns={key: [column[i] for i in kept] for key, column in table.columns.items()},
        geometries=geometries[alive],
        notes={position[i]: note for i, note in notes.items() if i in position},
        crs=_projection(parts.get("prj")),
        decisions=decisions,
        cut=table.cut,
    )


def _codec(said: str) -> str | None:
    """Return Python's name for what a ``.cpg`` says (``UTF-8``, ``GBK``, ``936``, ``OEM 936``, ``ANSI 936``)."""
    plain = said.lower().replace("oem", "").replace("ansi", "").replace("cp", "").strip()
    if plain in {"936", "gbk", "gb2312", "gb18030", "euc-cn"}:
        return "gb18030"
    if plain in {"utf-8", "utf8", "65001"}:
        return "utf-8"
    return None


def _projection(prj: bytes | None) -> str | None:
    if not prj or not prj.strip():
        return None
    return files.decode(prj, name=".prj").text.strip()
