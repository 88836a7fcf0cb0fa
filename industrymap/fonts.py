"""Which Chinese fonts this machine has, and which face of a collection writes simplified characters."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["face_of", "font_files"]

_REGULAR = (
    "msyh.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "Deng.ttf",
    "Hiragino Sans GB.ttc",
    "STHeiti Light.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "simhei.ttf",
    "simsun.ttc",
    "Songti.ttc",
    "DroidSansFallbackFull.ttf",
    "Arial Unicode.ttf",
)
_BOLD = (
    "msyhbd.ttc",
    "NotoSansCJK-Bold.ttc",
    "NotoSansSC-Bold.otf",
    "NotoSansSC-Bold.ttf",
    "NotoSansCJKsc-Bold.otf",
    "SourceHanSansSC-Bold.otf",
    "SourceHanSansCN-Bold.otf",
    "Dengb.ttf",
    "STHeiti Medium.ttc",
)
# Words by which a collection names its face for simplified Chinese; the Japanese face draws some
# characters otherwise.
_SIMPLIFIED = ("SC", "CN", "GB", "YAHEI")


def font_files() -> tuple[Path | None, Path | None]:
    """Return the regular and the bold Chinese font of this machine, the best known first; ``None`` where there is none."""
    # Reversed, so that of two files of one name the first folder's is kept.
    known = {path.name.lower(): path for path in reversed(list(_installed()))}
    regular = next((known[n.lower()] for n in _REGULAR if n.lower() in known), None)
    bold = next((known[n.lower()] for n in _BOLD if n.lower() in known), None)
    return regular, bold


def face_of(data: bytes) -> int:
    """Return the face for simplified Chinese of a collection; -1 for a single font."""
    from fontTools.ttLib import TTCollection

    if data[:4] != b"ttcf":
        return -1
    faces = TTCollection(io.BytesIO(data), lazy=True).fonts
    names = [str(face["name"].getDebugName(4) or "").upper() for face in faces]
    # A face of even width is for code, not for pages.
    plain = [i for i, name in enumerate(names) if "MONO" not in name]
    return next((i for i in plain if any(mark in names[i].split() for mark in _SIMPLIFIED)), 0)


def _installed() -> Iterator[Path]:
    for folder in _folders():
        if folder.is_dir():
            yield from sorted(
                p for p in folder.rglob("*") if p.suffix.lower() in (".ttc", ".ttf", ".otf")
            )


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", r"C:\Windows"))
        local = os.environ.get("LOCALAPPDATA")
        own = [Path(local) / "Microsoft/Windows/Fonts"] if local else []
        return [windows / "Fonts", *own]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
    ]
