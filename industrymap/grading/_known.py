"""Which grading rules there are for a city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import RuleError, did_you_mean, nearest
from industrymap.grading._read import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.grading._records import Rule

__all__ = ["FOLDER", "choose", "known"]

FOLDER = "grading"
"""Folder of a city pack or a workspace that holds rules."""
_EVERYWHERE = Path(__file__).parent / "rules"
"""Rules of cities that have no pack: to be applied anywhere, named after where they come from."""


def known(folders: Iterable[Path]) -> dict[str, Rule]:
    """Return the rules that every city can use, then those in the folder ``grading`` of each of some folders; a later one of the same id goes before.

    Parameters
    ----------
    folders : iterable of Path
        The city pack's, then the workspace's.

    Raises
    ------
    RuleError
        A file is wrong.
    """
    rules: dict[str, Rule] = {}
    for folder in (_EVERYWHERE, *(folder / FOLDER for folder in folders)):
        if folder.is_dir():
            for path in files.folder(folder, pattern="*.toml"):
                rule = load(path)
                rules[rule.id] = rule
    return rules


def choose(rules: dict[str, Rule], id_: str) -> Rule:
    """Return the rule of an id.

    Raises
    ------
    RuleError
        There is none; the nearest is named.
    """
    if id_ not in rules:
        en, zh = did_you_mean(nearest(id_, rules, n=1))
        raise RuleError(
            f"There is no grading rule {id_!r}; there are: {', '.join(rules)}.{en}",
            f"没有评价规则“{id_}”；现有：{'、'.join(rules)}。{zh}",
        )
    return rules[id_]
