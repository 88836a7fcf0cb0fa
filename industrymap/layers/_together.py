"""A folder of files that are one layer: the files of eleven districts, say."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import files, issues
from industrymap.errors import LayerError
from industrymap.files import Decision
from industrymap.layers import _attributes
from industrymap.layers._parcels import is_parcel_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from industrymap.layers._layer import Layer

__all__ = ["SOURCE_FILE", "is_folder", "joined", "members"]

SOURCE_FILE = "来源文件"
"""Column that says which file a feature comes from."""

_PARTS = frozenset(
    {"shx", "dbf", "prj", "cpg", "sbn", "sbx", "qix", "qpj", "qmd", "xml", "dat", "map", "id", "ind", "mid", "lock"}
)  # fmt: skip
"""What belongs to a file of another extension, or only describes one."""

FILES_LEFT = issues.rule(
    "layer.files_left_out",
    "warning",
    "文件夹中另有 {n} 个文件不是图层，未读入：{names}",
    "{n} further files of the folder are no layers and were not read: {names}",
)


def is_folder(path: Path) -> bool:
    """Say whether a path is a folder of files; a File Geodatabase is a folder and still one file."""
    return path.is_dir() and path.suffix.lower() != ".gdb"


def members(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the layer files of a folder, sorted by name, and the names of what else lies there.

    Raises
    ------
    LayerError
        None of them is a layer.
    """
    taken: list[Path] = []
    left: list[str] = []
    for path in sorted(folder.iterdir()):
        extension = path.suffix.lower().lstrip(".")
        # `~$` is the lock file of an open workbook; hidden files are the system's.
        if path.name.startswith((".", "~$")) or (path.is_file() and extension in _PARTS):
            continue
        # Folders within are named as left out: walking down would mix in old versions kept there.
        if path.is_dir() and extension != "gdb":
            left.append(f"{path.name}/")
        # A .txt is a layer only if it is the national parcel format; notes to the reader are not.
        elif extension in files.LAYERS and (extension != "txt" or _is_parcel_file(path)):
            taken.append(path)
        else:
            left.append(path.name)
    if not taken:
        raise LayerError(
            f"{folder} holds no layer; name a file or a folder of layer files.",
            f"{folder} 中没有图层文件，请给出图层文件或存放图层文件的文件夹。",
        )
    return taken, left


def _is_parcel_file(path: Path) -> bool:
    return is_parcel_text(files.read_text(files.check(path, allow=("txt",))))


def joined(folder: Path, read: Callable[[Path], Layer]) -> Layer:
    """Read every layer file of a folder and put the features under one another.

    A file that cannot be read refuses the whole: a district that is missing without a word is worse than none.

    Parameters
    ----------
    folder : Path
    read : callable
        Reads one file.

    Raises
    ------
    LayerError
        No layer in the folder, or more features than the limits allow.
    """
    import geopandas as gpd

    paths, left = members(folder)
    parts = [read(path) for path in paths]
    frames = [part.frame.assign(**{SOURCE_FILE: part.source.name}) for part in parts]
    frame = gpd.GeoDataFrame(
        pd.concat(_of_one_type(frames), ignore_index=True), geometry="geometry", crs="EPSG:4326"
    )
    limits = parts[0].source.limits
    if len(frame) > limits.max_features:
        raise LayerError(
            f"{folder.name} holds {len(frame):,} features {files.more_en('max_features')}.",
            f"{folder.name} 中有 {len(frame):,} 个要素{files.more_zh('max_features')}。",
        )
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    names = [part.name for part in parts for _ in range(len(part.frame))]
    # Reversed, so that the first file's headings win where two differ.
    headings = {k: v for part in reversed(parts) for k, v in part.headings.items()}
    kept, doubles = _attributes.unique_keys(
        pd.DataFrame(frame),
        layer=parts[0].layer,
        stem=folder.name,
        sources=names,
        rows=rows,
        headings=headings,
    )
    for column in kept.columns.difference(["geometry"]):
        frame[column] = kept[column]
    return replace(
        parts[0],
        frame=frame,
        headings=headings,
        rows=rows,
        decisions=tuple(_decisions(folder, parts)),
        issues=issues.concat([*(part.issues for part in parts), doubles, _left(folder, left)]),
        source=_source(folder, parts),
        name=folder.name,
    )


def _of_one_type(frames: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Make a column text everywhere where two files read it as different types."""
    kinds: dict[str, set[str]] = {}
    for frame in frames:
        for name, dtype in frame.dtypes.items():
            kinds.setdefault(str(name), set()).add(str(dtype))
    mixed = [name for name, some in kinds.items() if len(some) > 1 and name != "geometry"]
    return [frame.astype({n: "string" for n in mixed if n in frame.columns}) for frame in frames]


def _decisions(folder: Path, parts: Sequence[Layer]) -> list[Decision]:
    counts = [(part.source.name, len(part.frame)) for part in parts]
    zh, en = (
        "、".join(f"{n}（{m:,}）" for n, m in counts),
        ", ".join(f"{n} ({m:,})" for n, m in counts),
    )
    total = sum(len(part.frame) for part in parts)
    said: dict[str, Decision] = {}
    for part in parts:
        for decision in part.decisions:
            # Counts of single files are in the first line; what was understood is said once.
            if decision.kind not in {"format", "rows", "sheet"}:
                said.setdefault(decision.zh, decision)
    return [
        Decision(
            f"文件夹 {folder.name}：{len(parts)} 个文件合为一个图层，共 {total:,} 个要素：{zh}。",
            f"Folder {folder.name}: {len(parts)} files make one layer of {total:,} features: {en}.",
            "format",
        ),
        *said.values(),
    ]


def _left(folder: Path, left: Sequence[str]) -> pd.DataFrame:
    if not left:
        return issues.empty()
    record = {"source": folder.name, "row": None, "column": "", "value": ""}
    return issues.from_records(
        [{**record, "rule": FILES_LEFT, "n": len(left), "names": "、".join(left)}]
    )


def _source(folder: Path, parts: Sequence[Layer]) -> files.Source:
    """Describe the folder as one source: its digest is that of its files' names and contents."""
    running = hashlib.sha256()
    # Sorted by name, as the parts are: the same folder has the same digest anywhere.
    for part in parts:
        running.update(f"{part.source.name}\0{part.source.sha256}\n".encode())
    return replace(
        parts[0].source,
        path=folder.resolve(),
        extension="",
        size=sum(part.source.size for part in parts),
        sha256=running.hexdigest(),
    )
