"""Indicators: what a figure of a district, a town or a cluster is made of, and what it is.

A definition is data (:class:`Indicator`); its formula is written in a language of its own (:func:`parse`), which is
never handed to Python. :func:`evaluate` computes it for every unit and period at once, with how many entities it is
made of and how many it should have been made of.
"""

from industrymap.indicators._evaluate import Entities, Part, Values, evaluate, parts
from industrymap.indicators._formula import Formula, parse, published_growth
from industrymap.indicators._known import FOLDER, Need, choose, known, needs
from industrymap.indicators._scope import LEVELS, Scope, require_level
from industrymap.indicators._sets import Indicator, IndicatorSet, compute, load

__all__ = [
    "FOLDER",
    "LEVELS",
    "Entities",
    "Formula",
    "Indicator",
    "IndicatorSet",
    "Need",
    "Part",
    "Scope",
    "Values",
    "choose",
    "compute",
    "evaluate",
    "known",
    "load",
    "needs",
    "parse",
    "parts",
    "published_growth",
    "require_level",
]
