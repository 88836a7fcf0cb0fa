"""An icon to double-click: a small file that starts the desk with this very Python."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from industrymap import files

__all__ = ["text_of", "write_shortcut"]

_NAMES = {"win32": "industrymap.bat", "darwin": "industrymap.command"}


def write_shortcut(workspace: Path | None, *, platform: str = sys.platform) -> Path:
    """Write the icon onto the desktop, or into the current folder where there is none, and return its path."""
    desktop = next(
        (p for p in (Path.home() / "Desktop", Path.home() / "桌面") if p.is_dir()), Path()
    )
    path = desktop.resolve() / _NAMES.get(platform, "industrymap.desktop")
    place = workspace.resolve() if workspace is not None else None
    text = text_of(platform, sys.executable, str(place) if place else "")
    # cmd.exe reads a file in the system's own encoding and wants its own line ends
    ends = "\r\n" if platform == "win32" else "\n"
    files.write_bytes(path, text.replace("\n", ends).encode("utf-8"))
    files.make_runnable(path)
    return path


def text_of(platform: str, python: str, workspace: str) -> str:
    """Return what the icon says.

    Examples
    --------
    >>> print(text_of("darwin", "/opt/python", "/home/li/my city"))
    #!/bin/sh
    exec /opt/python -m industrymap desk '/home/li/my city'
    <BLANKLINE>
    """
    words = [python, "-m", "industrymap", "desk", *([workspace] if workspace else [])]
    if platform == "win32":
        # a percent sign would be taken for a variable
        line = " ".join(f'"{word.replace("%", "%%")}"' for word in words)
        return f"@echo off\nchcp 65001 >nul\n{line}\nif errorlevel 1 pause\n"
    if platform == "darwin":
        return f"#!/bin/sh\nexec {shlex.join(words)}\n"
    line = " ".join(_for_desktop(word) for word in words)
    return f"[Desktop Entry]\nType=Application\nName=industrymap\nName[zh_CN]=产业地图\nExec={line}\nTerminal=true\n"  # fmt: skip


def _for_desktop(word: str) -> str:
    """Quote a word as the Desktop Entry Specification asks for: once as a quoted argument, once as the value of a key."""
    argument = "".join(f"\\{c}" if c in '"`$\\' else c for c in word)
    inner = argument.replace("\\", "\\\\")
    return f'"{inner.replace("%", "%%")}"'
