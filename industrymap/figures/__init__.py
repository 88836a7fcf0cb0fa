"""Indicators of a city's areas, computed from its running database.

:func:`compute` takes what was known on a day and gives every indicator of a set for every area and period: from the
figures of single firms, or from the totals that the area itself reported, never from a mixture of both.
"""

from industrymap.figures._compute import (
    BASES,
    OUTSIDE_LEVEL,
    OUTSIDE_TIME,
    OUTSIDE_YEAR,
    Asked,
    Figures,
    asked_for,
    compute,
)
from industrymap.figures._grid import Carried, Grid, grid
from industrymap.figures._parts import from_parts
from industrymap.figures._units import DIVISION, Firms, Units, firms_of

__all__ = [
    "BASES",
    "DIVISION",
    "OUTSIDE_LEVEL",
    "OUTSIDE_TIME",
    "OUTSIDE_YEAR",
    "Asked",
    "Carried",
    "Figures",
    "Firms",
    "Grid",
    "Units",
    "asked_for",
    "compute",
    "firms_of",
    "from_parts",
    "grid",
]
