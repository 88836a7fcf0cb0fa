"""Which allocation policies there are for a city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.allocation._read import load
from industrymap.errors import RuleError, did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.allocation._records import Policy

__all__ = ["FOLDER", "choose", "known"]

FOLDER = "allocation"
"""Folder of a city pack or a workspace that holds policies."""
_EVERYWHERE = Path(__file__).parent / "policies"
"""Policies of cities that have no pack."""


def known(folders: Iterable[Path]) -> dict[str, Policy]:
    """Return the policies that every city can use, then those of some folders; a later one of the same id goes before.

    Parameters
    ----------
    folders : iterable of Path
        The city pack's, then the workspace's.

    Raises
    ------
    RuleError
        A file is wrong.
    """
    policies: dict[str, Policy] = {}
    for folder in (_EVERYWHERE, *(folder / FOLDER for folder in folders)):
        if folder.is_dir():
            for path in files.folder(folder, pattern="*.toml"):
                policy = load(path)
                policies[policy.id] = policy
    return policies


def choose(policies: dict[str, Policy], id_: str) -> Policy:
    """Return the policy of an id.

    Raises
    ------
    RuleError
        There is none; the nearest is named.
    """
    if id_ not in policies:
        en, zh = did_you_mean(nearest(id_, policies, n=1))
        raise RuleError(
            f"There is no allocation policy {id_!r}; there are: {', '.join(policies)}.{en}",
            f"没有配置政策“{id_}”；现有：{'、'.join(policies)}。{zh}",
        )
    return policies[id_]
