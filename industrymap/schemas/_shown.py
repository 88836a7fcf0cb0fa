"""What a table for people shows: which columns of a layer, in which order, in which unit and how finely.

The records are in ``shown.csv``, one a line in reading order; page, ``industrymap export`` and printed lists all read them
there. Files for programs (GeoJSON, GeoPackage …) carry every column as it is stored instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from industrymap.schemas._tables import read_table

__all__ = ["Shown", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How one column looks in a table for people.

    Attributes
    ----------
    field : str
        The column.
    unit : str
        The unit it is shown in (亩, 万m²); empty where it keeps its own.
    factor : float
        What a stored value is multiplied by to be in that unit.
    decimals : int or None
        Digits kept after the point; ``None`` where nothing is rounded.
    listed : bool
        Whether printed lists, which have room for ten columns, carry it too.
    zh, en : str
        Labels in place of the schema's, which speak of how the figure is stored.
    """

    field: str
    unit: str = ""
    factor: float = 1.0
    decimals: int | None = None
    listed: bool = False
    zh: str = ""
    en: str = ""

    def label(self, lang: str = "zh") -> str:
        """Return the label in ``lang``, empty where the schema's is used."""
        return self.zh if lang == "zh" else self.en


@cache
def shown(schema: str) -> tuple[Shown, ...]:
    """Return the columns that a table of a layer shows, in reading order; empty for a layer of which nothing is said.

    Examples
    --------
    >>> from industrymap.schemas import PARKS
    >>> [(s.field, s.unit) for s in shown(PARKS)][4:6]
    [('route', ''), ('land_area_m2', '亩')]
    >>> shown("warehouses")
    ()
    """
    return tuple(
        Shown(
            field=row["field"],
            unit=row["unit"],
            factor=float(row["factor"] or 1),
            # Nothing stated is not 0 decimals: the figure is then shown as it is.
            decimals=int(row["decimals"]) if row["decimals"] else None,
            listed=row["list"] == "x",
            zh=row["zh"],
            en=row["en"],
        )
        for row in read_table("shown.csv")
        if row["schema"] == schema
    )
