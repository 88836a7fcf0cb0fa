"""Which workspaces there are: those made here, those opened before; each under a number that the browser knows it by.

The browser never names a path. Workspaces that the desk makes lie in one folder of the user's own, ``industrymap`` at
home (or where ``INDUSTRYMAP_HOME`` says); its subfolder ``.desk`` keeps the list, and how to reach a desk that is running.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

from industrymap import files
from industrymap.errors import IndustryMapError

__all__ = ["CONFIG", "Shelf", "home", "number_of", "plain_name"]

CONFIG = "industrymap.toml"
_MOST = 30
"""Workspaces that are remembered."""
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}  # fmt: skip
"""Names that Windows keeps for itself, with any extension."""
_LONGEST_NAME = 120


def home() -> Path:
    """Return the folder that the desk makes workspaces in."""
    named = os.environ.get("INDUSTRYMAP_HOME")
    return Path(named) if named else Path.home() / "industrymap"


def number_of(folder: Path) -> str:
    """Return what the browser calls a workspace: the same at every start, and no way back to the path."""
    return hashlib.blake2b(os.fsencode(folder.resolve()), digest_size=8).hexdigest()


def plain_name(text: str) -> str:
    r"""Return a name for one file or folder out of a text: no path, nothing hidden, nothing a system keeps for itself.

    Examples
    --------
    >>> plain_name("../../etc/passwd"), plain_name("C:\\企业 表.xlsx"), plain_name("..")
    ('passwd', '企业 表.xlsx', '')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    name = _NOT_IN_NAMES.sub("_", last).strip(" .")
    visible = "".join(c for c in name if c.isprintable())
    stem, dot, ending = visible.rpartition(".")
    # Windows opens the device whatever the extension: con.xlsx is the console.
    if (stem or visible).partition(".")[0].lower() in _DEVICES:
        visible = f"_{visible}"
    # what is cut is the name, not the ending that says how to read the file
    return visible if len(visible) <= _LONGEST_NAME else f"{stem[:_LONGEST_NAME - 12]}{dot}{ending[:8]}"  # fmt: skip


class Shelf:
    """The workspaces that the desk knows, the one opened last first."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home()
        self._list = self.folder / ".desk" / "recent.json"
        self._known = self._read()

    def workspaces(self) -> list[dict[str, Any]]:
        """Return what the home page shows of each workspace that is still there."""
        return [_about(folder) for folder in self._known if (folder / CONFIG).is_file()]

    def folder_of(self, number: str) -> Path | None:
        """Return the folder behind a number."""
        return next((folder for folder in self._known if number_of(folder) == number), None)

    def remember(self, folder: Path) -> str:
        """Put a workspace first, and return its number."""
        place = folder.resolve()
        self._known = [place, *(other for other in self._known if other != place)][:_MOST]
        self._write()
        return number_of(place)

    def forget(self, number: str) -> None:
        """Take a workspace off the list; its folder stays as it is."""
        self._known = [folder for folder in self._known if number_of(folder) != number]
        self._write()

    def place_for(self, title: str) -> Path:
        """Return a folder that is not there yet, named after a title."""
        name = plain_name(title) or "workspace"
        for n in range(1, 1000):
            place = self.folder / (name if n == 1 else f"{name} {n}")
            if not place.exists():
                return place
        raise IndustryMapError(
            f"There are too many workspaces called {name}.", f"名为“{name}”的工作区过多。"
        )

    def _read(self) -> list[Path]:
        # A list that was damaged is a list to begin anew; the workspaces themselves are untouched.
        with suppress(OSError, ValueError, AttributeError, IndustryMapError):
            source = files.check(self._list, allow=("json",))
            return [Path(str(text)) for text in json.loads(files.read_text(source))]
        return []

    def _write(self) -> None:
        files.write_text(self._list, json.dumps([str(folder) for folder in self._known], ensure_ascii=False))  # fmt: skip


def _about(folder: Path) -> dict[str, Any]:
    about: dict[str, Any] = {
        "id": number_of(folder),
        "folder": folder.name,
        "title": folder.name,
        "simulated": False,
        "built": (folder / "outputs" / "map.html").is_file(),
    }
    # A configuration that cannot be read is said when the workspace is opened, with every wrong key.
    with suppress(OSError, ValueError, AttributeError, IndustryMapError):
        said = tomllib.loads(files.read_text(files.check(folder / CONFIG, allow=("toml",))))
        space = said.get("workspace", {})
        about["title"] = str(space.get("title", "")) or folder.name
        about["simulated"] = space.get("simulated") is True
    return about
