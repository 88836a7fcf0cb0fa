"""Which sets of indicators there are for a city, and what each needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files, schemas
from industrymap.errors import IndicatorError, did_you_mean, nearest
from industrymap.indicators._sets import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.indicators._sets import Indicator, IndicatorSet

__all__ = ["FOLDER", "Need", "choose", "known", "needs"]

FOLDER = "indicators"
"""Folder of a city pack or a workspace that holds sets."""
_EVERYWHERE = Path(__file__).parent / "sets"
"""Sets of no city pack: what any base can answer, and the shape of other cities' sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One figure that a definition is made of.

    Attributes
    ----------
    name : str
        As the formula writes it.
    indicator : bool
        Whether it is another indicator of the set.
    listed : bool
        Whether it is that, or a measure of ``schemas/measures.csv``: then tables that state it are read by name.
    near : tuple of str
        Known names that look like it, where it is not listed.
    """

    name: str
    indicator: bool
    listed: bool
    near: tuple[str, ...] = ()


def known(folders: Iterable[Path]) -> list[IndicatorSet]:
    """Return the sets that every city has, then those in the folder ``indicators`` of each of some folders; a later one of the same id goes before.

    Parameters
    ----------
    folders : iterable of Path
        The city pack's, then the workspace's.

    Raises
    ------
    IndicatorError
        A file that cannot be read.
    """
    sets: dict[str, IndicatorSet] = {}
    for folder in (_EVERYWHERE, *(folder / FOLDER for folder in folders)):
        if folder.is_dir():
            for path in files.folder(folder, pattern="*.toml"):
                one = load(path)
                sets[one.id] = one
    return list(sets.values())


def choose(sets: Iterable[IndicatorSet], id_: str) -> IndicatorSet:
    """Return the set of an id.

    Raises
    ------
    IndicatorError
        There is none; the nearest is named.
    """
    by_id = {one.id: one for one in sets}
    if id_ not in by_id:
        en, zh = did_you_mean(nearest(id_, by_id, n=1))
        names = ", ".join(by_id) or "none"
        raise IndicatorError(
            f"There is no indicator set {id_!r}; there are: {names}.{en}",
            f"没有指标体系“{id_}”；现有：{'、'.join(by_id) or '无'}。{zh}",
        )
    return by_id[id_]


def needs(indicator: Indicator, within: IndicatorSet) -> tuple[Need, ...]:
    """Return what a definition is made of: measures that are added up, other indicators, figures of the area itself."""
    ids = {one.id for one in within.indicators}
    measures = {one.id for one in schemas.measures()}
    names = dict.fromkeys((*indicator.formula.measures, *indicator.formula.names))
    return tuple(
        Need(
            name=name,
            # A name that is added up is a measure, even where an indicator has the same name.
            indicator=name in ids and name not in indicator.formula.measures,
            listed=name in measures or (name in ids and name not in indicator.formula.measures),
            # A misspelt measure would only ever show as missing data: the nearest names say what
            # was meant.
            near=() if name in measures | ids else tuple(nearest(name, measures, n=2)),
        )
        for name in names
    )
