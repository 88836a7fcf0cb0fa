"""Which assessments of districts there are for a city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.assessment._read import load
from industrymap.errors import RuleError, did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.assessment._records import Assessment

__all__ = ["FOLDER", "choose", "known"]

FOLDER = "assessment"
"""Folder of a city pack or a workspace that holds assessments."""
_EVERYWHERE = Path(__file__).parent / "records"
"""Assessments of cities that have no pack."""


def known(folders: Iterable[Path]) -> dict[str, Assessment]:
    """Return the assessments that every city can use, then those of some folders; a later one of the same id goes before.

    Parameters
    ----------
    folders : iterable of Path
        The city pack's, then the workspace's.

    Raises
    ------
    RuleError
        A file is wrong.
    """
    records: dict[str, Assessment] = {}
    for folder in (_EVERYWHERE, *(folder / FOLDER for folder in folders)):
        if folder.is_dir():
            for path in files.folder(folder, pattern="*.toml"):
                record = load(path)
                records[record.id] = record
    return records


def choose(records: dict[str, Assessment], id_: str) -> Assessment:
    """Return the assessment of an id.

    Raises
    ------
    RuleError
        There is none; the nearest is named.
    """
    if id_ not in records:
        en, zh = did_you_mean(nearest(id_, records, n=1))
        raise RuleError(
            f"There is no assessment {id_!r}; there are: {', '.join(records)}.{en}",
            f"没有考核办法“{id_}”；现有：{'、'.join(records)}。{zh}",
        )
    return records[id_]
