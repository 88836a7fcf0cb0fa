"""A data set that is a folder: a File Geodatabase, measured and hashed as one file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files._limits import more_en, more_zh
from industrymap.files._source import digest

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.files._limits import Limits

__all__ = ["measure"]


def measure(folder: Path, *, limits: Limits) -> tuple[int, str]:
    """Return the bytes of a folder's files and one digest of their names and contents.

    Raises
    ------
    FileRefusedError
        No File Geodatabase, a link, a folder in the folder, or more than the limits allow.
    """
    members = sorted(folder.iterdir())
    if not any(p.suffix.lower() == ".gdbtable" for p in members):
        raise FileRefusedError(
            f"{folder.name} is not a File Geodatabase: it holds no .gdbtable.",
            f"{folder.name} 不是文件地理数据库（FileGDB）：其中没有 .gdbtable 文件。",
        )
    for member in members:
        # A link could lead to any file of this machine, and GDAL would follow it.
        if member.is_symlink() or not member.is_file():
            raise FileRefusedError(
                f"{folder.name} holds a link or a folder, {member.name!r}, which no File Geodatabase has.",
                f"{folder.name} 中含链接或子文件夹“{member.name}”，不是正常的文件地理数据库。",
            )
    size = sum(member.stat().st_size for member in members)
    for value, limit, name in (
        (len(members), limits.max_members, "max_members"),
        (size, limits.max_bytes, "max_bytes"),
    ):
        if value > limit:
            raise FileRefusedError(
                f"{folder.name}: {value:,} exceeds the limit of {limit:,} {more_en(name)}.",
                f"{folder.name}：{value:,} 超过上限 {limit:,}{more_zh(name)}。",
            )
    running = hashlib.sha256()
    for member in members:
        if member.suffix.lower() != ".lock":  # an open ArcGIS adds and removes these
            # Names too: exchanging the contents of two files changes the data set.
            running.update(f"{member.name}\0{digest(member)}\n".encode())
    return size, running.hexdigest()
