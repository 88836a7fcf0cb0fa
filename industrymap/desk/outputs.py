"""The files that a build wrote, each under a number: the browser asks for one by it."""

from __future__ import annotations

import hashlib
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.desk.shelf import CONFIG
from industrymap.desk.work import RefusedError
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["by_number", "listed", "number_of", "of_map", "place"]

_FOLDERS = ("", "lists", "sheets", "exports", "public")
"""Subfolders of the outputs whose files are shown."""


def place(folder: Path) -> Path:
    """Return where a workspace's builds write: ``outputs``, unless its configuration names another folder."""
    # The configuration is read here without the rooms that check it: they would load what this process does without.
    with suppress(OSError, ValueError, AttributeError, IndustryMapError):
        said = tomllib.loads(files.read_text(files.check(folder / CONFIG, allow=("toml",))))
        named = said.get("outputs", {}).get("folder", "outputs")
        return folder / str(named)
    return folder / "outputs"


def listed(folder: Path) -> list[Path]:
    """Return the outputs of a workspace that may be handed over."""
    outputs = place(folder)
    found = []
    for name in _FOLDERS:
        here = outputs / name
        if here.is_dir():
            # A link could lead to a file outside the workspace, and hidden files are no outputs.
            found += sorted(p for p in here.iterdir() if p.is_file() and not p.is_symlink() and not p.name.startswith("."))  # fmt: skip
    return found


def number_of(path: Path) -> str:
    """Return what the browser calls an output."""
    # With its folder: a list may be called like another output, and the wrong one of the two would be handed over.
    place = f"{path.parent.name}/{path.name}"
    return hashlib.blake2b(place.encode("utf-8", "replace"), digest_size=8).hexdigest()


def by_number(folder: Path, number: str) -> Path:
    """Return the output behind a number."""
    found = next((path for path in listed(folder) if number_of(path) == number), None)
    if found is None:
        raise RefusedError("没有这个成果文件。", "There is no such output.")
    return found


def of_map(folder: Path) -> Path:
    """Return the map of a workspace."""
    path = place(folder) / "map.html"
    if not path.is_file():
        raise RefusedError("还没有地图，请先生成。", "There is no map yet: build first.")
    return path
