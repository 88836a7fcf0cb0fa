"""Shapefile, plain or zipped, with or without .cpg."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from industrymap import files
from industrymap.errors import LayerError
from industrymap.files import Decision
from industrymap.layers._dbf import read_dbf
from industrymap.layers._layer import Raw
from industrymap.layers._shapes import Budget, from_wkb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.files import Limits, Source

__all__ = ["PARTS", "from_parts", "read_shapefile"]

PARTS = ("shp", "shx", "dbf", "prj", "cpg")


def read_shapefile(source: Source) -> Raw:
    """Read a checked ``.shp`` and the files beside it."""
    parts = files.sidecar_files(source, PARTS[1:], needed=["dbf"])
    parts["shp"] = files.read_bytes(source)
    return from_parts(parts, name=source.name, limits=source.limits)


def from_parts(parts: Mapping[str, bytes], *, name: str, limits: Limits) -> Raw:
    """Put geometry and attributes together by record number."""
    wkb, records = files.shapes(parts["shp"], parts.get("shx"), name=name, limits=limits)
    geometries, notes = from_wkb(wkb, Budget(name, limits))
    said = parts["cpg"].decode("ascii", errors="ignore").strip() if "cpg" in parts else ""
    table = read_dbf(parts["dbf"], name=name, encoding=_codec(said), limits=limits)
    rows = len(table.deleted)
    # The .dbf of another version copied beside the .shp: attributes would go to the wrong shapes.
    if len(records) and int(records.max()) >= rows:
        raise LayerError(
            f"{name}: {len(records):,} shapes but {rows:,} records; the files do not belong together.",
            f"{name}：图形 {len(records):,} 个、属性 {rows:,} 条，两者不匹配。",
        )
    # Records marked as deleted stay in the file until somebody packs it, with their shapes.
    alive = ~table.deleted[records] if rows else np.ones(len(records), dtype=bool)
    kept = [int(i) for i in records[alive]]
    # Notes count shapes in the file; after the deleted ones are gone they must count those that are
    # left.
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


_PAGES = {
    "936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "euccn": "gb18030", "utf8": "utf-8",
    "65001": "utf-8", "950": "big5hkscs", "big5": "big5hkscs", "big5hkscs": "big5hkscs", "932": "cp932", "shiftjis": "cp932",
    "sjis": "cp932", "949": "cp949", "euckr": "cp949", "ksc5601": "cp949",
}  # fmt: skip
"""What a ``.cpg`` says, without blanks, dashes and the words OEM, ANSI, CP, MS and Windows → Python's name."""


def _codec(said: str) -> str | None:
    """Return Python's name for what a ``.cpg`` says (``UTF-8``, ``GBK``, ``936``, ``OEM 936``, ``ANSI 936``, ``BIG5``)."""
    plain = re.sub(r"[^a-z0-9]|oem|ansi|windows|cp|ms|x-", "", said.lower())
    return _PAGES.get(plain)


def _projection(prj: bytes | None) -> str | None:
    if not prj or not prj.strip():
        return None
    return files.decode(prj, name=".prj").text.strip()
