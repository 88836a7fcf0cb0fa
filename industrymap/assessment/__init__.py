"""Districts assessed (区县考核): weighted scores of which the industrial part is a fixed share, awards, and the firms that carry them.

:func:`known` finds the assessments: those shipped, a city pack's and a workspace's (``assessment/*.toml``). Figures come from a table a district; cohorts of
firms (攀登, 倍增) and quality firms by tag are counted from the base.
"""

from industrymap.assessment._cohorts import doubling, ladder, quality
from industrymap.assessment._known import FOLDER, choose, known
from industrymap.assessment._read import load, parse
from industrymap.assessment._records import (
    Assessment,
    Award,
    Doubling,
    Item,
    Ladder,
    Part,
    Quality,
    Stage,
)
from industrymap.assessment._score import Scores, read_figures, score

__all__ = [
    "FOLDER",
    "Assessment",
    "Award",
    "Doubling",
    "Item",
    "Ladder",
    "Part",
    "Quality",
    "Scores",
    "Stage",
    "choose",
    "doubling",
    "known",
    "ladder",
    "load",
    "parse",
    "quality",
    "read_figures",
    "score",
]
