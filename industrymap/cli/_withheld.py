"""What a public release does not show, in a few lines; the list is in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.cli._talk import say

if TYPE_CHECKING:
    from industrymap.publishing import Release
    from industrymap.workspace import Workspace

__all__ = ["say_withheld"]


def say_withheld(release: Release, space: Workspace) -> None:
    """Say how many numbers are withheld for which reason, and where each is listed."""
    from industrymap.pipeline import WITHHELD

    if not len(release.withheld):
        return
    zh = "；".join(f"{words} {n:,} 个" for words, n in release.summary("zh"))
    en = "; ".join(f"{words}: {n:,}" for words, n in release.summary("en"))
    path = space.outputs / WITHHELD
    say(
        f"公开版隐去 {len(release.withheld):,} 个数（{zh}），逐项见 {path}（仅供内部）",
        f"{len(release.withheld):,} numbers withheld ({en}); each is in {path}, which is internal",
    )
