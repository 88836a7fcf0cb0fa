"""What may leave the office: the one place that decides it, for maps, files and commands alike.

``public.csv`` lists the columns of each layer that may be shown: ``plain`` ones as they are, ``count`` ones are numbers of
firms, ``figure`` ones are sums over the base, ``decided`` ones say on which side of a threshold such a sum lies. A layer that is not listed, such as enterprises, is not published. Of the listed
numbers, :func:`release` withholds those that lead back to one or two firms, or to one firm almost, by themselves, by subtraction or
beside what was published before. The rules and their sources are in ``rules.csv``.
"""

from industrymap.publishing._columns import fields, note
from industrymap.publishing._frames import background, one_layer
from industrymap.publishing._layers import approve, publish, release
from industrymap.publishing._letters import letters
from industrymap.publishing._release import CELL_COLUMNS, FIRM_COLUMNS, Known, Release
from industrymap.publishing._rules import FEW, REPORTED, RULES, Rules, reasons
from industrymap.publishing._search import bare_forms, search
from industrymap.publishing._sums import Counted, withheld_sums

__all__ = [
    "CELL_COLUMNS",
    "FEW",
    "FIRM_COLUMNS",
    "REPORTED",
    "RULES",
    "Counted",
    "Known",
    "Release",
    "Rules",
    "approve",
    "background",
    "bare_forms",
    "fields",
    "letters",
    "note",
    "one_layer",
    "publish",
    "reasons",
    "release",
    "search",
    "withheld_sums",
]
