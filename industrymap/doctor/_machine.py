"""The computer: room on the disk, fonts, a browser."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from industrymap.doctor._finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.workspace import Workspace


__all__ = ["disk", "machine"]

_LITTLE_ROOM = 500_000_000


def disk(space: Workspace) -> Iterator[Finding]:
    """Report how much room is left."""
    free = shutil.disk_usage(space.folder).free
    level = "fine" if free >= _LITTLE_ROOM else "do"
    advice = ("", "") if level == "fine" else ("：请腾出空间再生成", ": make room before you build")
    yield Finding(
        about="disk",
        level=level,
        zh=f"磁盘剩余 {free / 1e9:,.1f} GB{advice[0]}",
        en=f"{free / 1e9:,.1f} GB free on the disk{advice[1]}",
    )


def machine(_space: Workspace) -> Iterator[Finding]:
    """Report what helps without being needed: a Chinese font for sheets, a browser."""
    from industrymap.fonts import font_files

    # No build needs either, so their absence is nothing to do.
    font, _ = font_files()
    names = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    browser = next(filter(None, (shutil.which(name) for name in names)), None)
    yield Finding(
        about="machine",
        level="info",
        zh=f"中文字体：{font or '无，园区专页将使用阅读器自带字体'}",
        en=f"Chinese font: {font or 'none; park sheets use the one of the reader'}",
    )
    yield Finding(
        about="machine",
        level="info",
        zh=f"浏览器：{browser or '未找到 Chromium（仅测试需要）'}",
        en=f"browser: {browser or 'no Chromium found (only the tests need it)'}",
    )
