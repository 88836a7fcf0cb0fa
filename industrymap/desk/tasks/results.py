"""Outputs with what they are, and what the doctor says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap.desk import outputs

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["doctor", "every"]


def every(_progress: Callable[..., None], *, folder: str) -> list[dict[str, Any]]:
    """Return the files that builds and lists wrote."""
    found, place = [], outputs.place(Path(folder))
    for path in outputs.listed(Path(folder)):
        stat = path.stat()
        found.append(
            {
                "id": outputs.number_of(path),
                "file": path.name,
                "folder": path.parent.name if path.parent != place else "",
                "bytes": stat.st_size,
                "when": stat.st_mtime,
            }
        )
    return found


def doctor(_progress: Callable[..., None], *, folder: str) -> list[dict[str, str]]:
    """Say what is wrong with the workspace, and what to do."""
    from industrymap import doctor as doctor_room

    found = doctor_room.examine(Path(folder))
    return [{"level": f.level, "zh": f.zh, "en": f.en} for f in found]
