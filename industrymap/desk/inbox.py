"""Files that were dropped and not taken in yet: each with its parts in a folder of its own, under plain names.

They lie in the workspace, so that nothing is lost when the browser is closed. The folder is numbered by the desk.
"""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from industrymap import files
from industrymap.desk.shelf import plain_name
from industrymap.desk.work import RefusedError
from industrymap.errors import IndustryMapError

__all__ = [
    "CHANGES",
    "REVIEW",
    "arrival",
    "begin",
    "choices",
    "drafts",
    "folder_of",
    "is_change",
    "is_of_other_page",
    "keep_choices",
    "main_file",
]

CHANGES = "changes"
"""What a file is that changes a layer instead of being one."""

REVIEW = "review"
"""What a file is that holds another person's answers on places."""

_PLACE = Path(".industrymap") / "inbox"
_MOST_PARTS = 12
_NUMBER = re.compile(r"[0-9a-f]{16}")
_NAMES = ".names.json"
_CHOICES = ".choices.json"
"""Names with a dot before them: no dropped file keeps such a name."""
_BESIDE = {"dbf", "shx", "prj", "cpg", "sbn", "sbx", "dat", "map", "id", "ind", "mid", "qix"}
"""Extensions of parts that belong to another file of the same name."""


def begin(workspace: Path, names: object) -> dict[str, Any]:
    """Make room for one file with its parts, and return its number.

    Raises
    ------
    RefusedError
        There are no names, too many, or one that is none.
    """
    if not isinstance(names, list) or not 0 < len(names) <= _MOST_PARTS:
        raise RefusedError("没有文件。", "There is no file.")
    # Names from a browser may hold paths; what is kept is a plain file's name.
    plain = [plain_name(name) if isinstance(name, str) else "" for name in names]
    # Windows and macOS hold A.shp and a.shp for one file: the second part would overwrite the
    # first.
    if not all(plain) or len({name.lower() for name in plain}) != len(plain):
        raise RefusedError("文件名无法使用。", "The file has a name that cannot be used.")
    number = secrets.token_hex(8)
    folder = workspace / _PLACE / number
    files.make_folder(folder)
    files.write_text(folder / _NAMES, json.dumps(plain, ensure_ascii=False))
    return {"draft": number}


def folder_of(workspace: Path, number: str) -> Path:
    """Return the folder of a dropped file.

    Raises
    ------
    RefusedError
        The number is none that the desk gave.
    """
    folder = workspace / _PLACE / number
    # The number becomes part of a path, so it is compared with the form that the desk gives out.
    if not _NUMBER.fullmatch(number) or not (folder / _NAMES).is_file():
        raise RefusedError("没有这个文件。", "There is no such file.")
    return folder


def arrival(workspace: Path, number: str, part: int) -> files.Arrival:
    """Return where a part of a dropped file is written to."""
    folder = folder_of(workspace, number)
    names = _read(folder / _NAMES)
    if not 0 <= part < len(names):
        raise RefusedError("没有这个文件。", "There is no such file.")
    return files.Arrival(folder / names[part], most=files.limits_in_force().max_bytes)


def main_file(workspace: Path, number: str) -> Path:
    """Return the file that is opened: the one that the others belong to."""
    folder = folder_of(workspace, number)
    names = _read(folder / _NAMES)
    # A shapefile arrives with its companions, in whatever order the browser lists them.
    first = next((n for n in names if n.rpartition(".")[2].lower() not in _BESIDE), names[0])
    path: Path = folder / first
    return path


def drafts(workspace: Path) -> list[str]:
    """Return the numbers of the files that lie here, those that came first first."""
    place = workspace / _PLACE
    if not place.is_dir():
        return []
    found = [p for p in place.iterdir() if _NUMBER.fullmatch(p.name) and (p / _NAMES).is_file()]
    # A file whose parts have not all arrived, or never will, is not offered.
    whole = [p for p in found if main_file(workspace, p.name).is_file()]
    return [p.name for p in sorted(whole, key=lambda p: (p.stat().st_mtime, p.name))]


def choices(workspace: Path, number: str) -> dict[str, Any]:
    """Return what a person chose for a file."""
    # Nothing chosen yet, or a file of choices that was damaged: the reading's own guesses hold.
    with suppress(OSError, ValueError, IndustryMapError):
        said = _read(folder_of(workspace, number) / _CHOICES)
        return said if isinstance(said, dict) else {}
    return {}


def is_of_other_page(workspace: Path, number: str) -> bool:
    """Return whether a file was dropped on another page than that of the files: to change a layer, or with answers on places."""
    return choices(workspace, number).get("what") in {CHANGES, REVIEW}


def is_change(workspace: Path, number: str) -> bool:
    """Return whether a file was dropped to change a layer."""
    return choices(workspace, number).get("what") == CHANGES


def keep_choices(workspace: Path, number: str, said: dict[str, Any]) -> None:
    """Keep what a person chose for a file until it is taken in."""
    files.write_text(folder_of(workspace, number) / _CHOICES, json.dumps(said, ensure_ascii=False))


def _read(path: Path) -> Any:
    return json.loads(files.read_text(files.check(path, allow=("json",))))
