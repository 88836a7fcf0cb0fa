"""The enterprise base: intake of several tables, identity, threshold and years, industry codes.

>>> from industrymap import enterprises
>>> base = enterprises.build([table], pack=pack, year=2023)          # doctest: +SKIP
>>> base.frame[base.frame["in_base"]]                                # doctest: +SKIP
"""

from __future__ import annotations

from industrymap.enterprises import classification, point_layer
from industrymap.enterprises._files import findings, joined, of_the_whole, read_firms
from industrymap.enterprises.bands import movement
from industrymap.enterprises.base import Base, build
from industrymap.enterprises.intake import Intake
from industrymap.enterprises.merge import SOURCE_ORDER

__all__ = [
    "SOURCE_ORDER",
    "Base",
    "Intake",
    "build",
    "classification",
    "findings",
    "joined",
    "movement",
    "of_the_whole",
    "point_layer",
    "read_firms",
]
