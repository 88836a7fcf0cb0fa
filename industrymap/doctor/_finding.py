"""One thing that was looked at, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.errors import IndustryMapError
    from industrymap.workspace import Workspace


__all__ = ["LEVELS", "Finding", "fine", "refused", "short", "to_do", "verdict"]

LEVELS = ("fine", "info", "do", "unusable")
"""From nothing to do, to nothing can be built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    about : str
        ``config``, ``city``, ``inputs``, ``database``, ``clock``, ``cache``, ``outputs``, ``releases``, ``leftovers``, ``disk`` or ``machine``.
    level : str
        One of :data:`LEVELS`.
    zh, en : str
        What was found, and what to do.
    """

    about: str
    level: str
    zh: str
    en: str


def verdict(findings: list[Finding]) -> int:
    """Return 0 where nothing is to be done, 1 where something is, 2 where a build would be refused.

    Examples
    --------
    >>> verdict([Finding(about="disk", level="info", zh="", en="")])
    0
    """
    worst = max((LEVELS.index(finding.level) for finding in findings), default=0)
    # fine and info both need nothing.
    return max(0, worst - 1)


def short(space: Workspace, path: Path) -> str:
    """Return a path as seen from the workspace."""
    return (
        path.relative_to(space.folder).as_posix()
        if path.is_relative_to(space.folder)
        else path.name
    )


def fine(about: str, zh: str, en: str) -> Finding:
    """Say what needs nothing."""
    return Finding(about=about, level="fine", zh=zh, en=en)


def refused(about: str, error: IndustryMapError) -> Finding:
    """Say what a build would be refused for."""
    return Finding(about=about, level="unusable", zh=error.zh, en=error.en)


def to_do(about: str, zh: str, en: str) -> Finding:
    """Say what a person should do something about."""
    return Finding(about=about, level="do", zh=zh, en=en)
