"""What was published from a workspace: the next release is compared with it (:func:`industrymap.publishing.release`).

``.industrymap/published/`` keeps, for each release, the firms of its base and the figures it showed. It stays in the office: it is as
private as the tables.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import files
from industrymap.errors import IndustryMapError, StoreError
from industrymap.publishing import CELL_COLUMNS, FIRM_COLUMNS, Release

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.workspace import Workspace

__all__ = ["add", "earlier"]


def earlier(space: Workspace) -> list[Release]:
    """Return what was published before, oldest first.

    Raises
    ------
    StoreError
        A record cannot be read: without it nothing can be compared.
    """
    folder = _folder(space)
    if not folder.is_dir():
        return []
    remembered = []
    # Names begin with a four-digit number: sorted by name they are sorted by time.
    for path in files.folder(folder, pattern="*-cells.parquet"):
        cells, firms = _read(path), _read(_firms_of(path))
        # Without its columns it cannot be compared, and comparing with less would let a difference
        # through.
        if not set(CELL_COLUMNS) <= set(cells) or not set(FIRM_COLUMNS) <= set(firms):
            raise _unreadable(path)
        remembered.append(Release(layers={}, withheld=pd.DataFrame(), firms=firms, cells=cells))
    return remembered


def add(space: Workspace, release: Release) -> None:
    """Remember a release; one that shows what an earlier one showed of the same firms is not kept twice."""
    known = earlier(space)
    # Building the same release again and again is normal while a map is being reviewed.
    if any(_same(release.cells, r.cells) and _same(release.firms, r.firms) for r in known):
        return
    folder = files.make_folder(_folder(space))
    # After the last one there, not after their number: a record that was moved away leaves a gap, and counting would write over the last.
    taken = [int(path.name[:4]) for path in files.folder(folder, pattern="[0-9]*-*.parquet")]
    path = folder / f"{max(taken, default=0) + 1:04d}-cells.parquet"
    # the firms first: a list of cells without them would be read as a record
    for frame, target in ((release.firms, _firms_of(path)), (release.cells, path)):
        with files.atomic(target) as temporary:
            frame.to_parquet(temporary, index=False)


def _folder(space: Workspace) -> Path:
    return space.state / "published"


def _firms_of(cells: Path) -> Path:
    return cells.with_name(cells.name.replace("-cells", "-firms"))


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(io.BytesIO(files.read_bytes(files.check(path, allow=("parquet",)))))
    except (IndustryMapError, OSError, ValueError) as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> StoreError:
    return StoreError(
        f"{path} cannot be read: it says what was published before, and nothing new is published without it. Put back a copy of its folder; "
        "if nothing was published, or what was no longer matters, move the folder away.",
        f"无法读取 {path}：其中记录以往公开的内容，无法比对就不能公开发布。请恢复该文件夹的副本；如从未公开，或以往公开的内容已无关紧要，请移走该文件夹。",
    )


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Compare values row by row, whatever types a file gave them back in."""
    if one.shape != other.shape or list(one) != list(other):
        return False
    return bool(pd.util.hash_pandas_object(_plain(one), index=False).equals(
        pd.util.hash_pandas_object(_plain(other), index=False)
    ))  # fmt: skip


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype("string").fillna("")
