"""Columns of what the last build kept, read without loading more than is asked for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from industrymap.workspace import Workspace

__all__ = ["columns"]


def columns(space: Workspace, layer: str, names: list[str]) -> dict[str, list[Any]]:
    """Return some columns of a built layer; none where nothing was built, empty ones where the layer has no such column."""
    import pyarrow.parquet as pq

    from industrymap import files

    path = space.state / "built" / f"{layer}.parquet"
    if not path.is_file():
        return {name: [] for name in names}
    kept = pq.ParquetFile(io.BytesIO(files.read_bytes(files.check(path, allow=("parquet",)))))
    there = set(kept.schema_arrow.names)
    table = kept.read(columns=[name for name in names if name in there])
    return {
        name: table[name].to_pylist() if name in there else [None] * len(table) for name in names
    }
