"""One record per measure of the running database: its unit, and whether it counts a flow or a state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from industrymap.schemas._tables import read_table, split

__all__ = ["Measure", "measure", "measures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a figure of a period measures.

    Attributes
    ----------
    id : str
        Its name in the database and in formulas.
    zh, en : str
        As tables call it.
    unit : str
        The unit it is kept in.
    counts : str
        ``flow`` (revenue: cumulative from January, so periods can be taken off each other) or ``state`` (staff: as it is at
        the end of the period).
    aliases : tuple of str
        Other names in tables.
    """

    id: str
    zh: str
    en: str
    unit: str
    counts: str
    aliases: tuple[str, ...]


@cache
def _all() -> dict[str, Measure]:
    return {
        row["id"]: Measure(**{**row, "aliases": split(row["aliases"])})  # type: ignore[arg-type]
        for row in read_table("measures.csv")
    }


def measures() -> tuple[Measure, ...]:
    """Return every measure that is known by name."""
    return tuple(_all().values())


def measure(id_: str) -> Measure:
    """Return one measure's record; one of the workspace's own, which no table states, has its id for a name and no unit.

    Examples
    --------
    >>> measure("staff").unit, measure("staff").counts, measure("our_own").zh
    ('人', 'state', 'our_own')
    """
    # A workspace may keep figures of its own; without a record they can be shown and not converted.
    own = Measure(id=id_, zh=id_, en=id_, unit="", counts="", aliases=())
    return _all().get(id_, own)
