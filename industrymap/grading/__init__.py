"""Firms graded A, B, C, D by a rule that is data (亩均论英雄): whom it grades, by which items, benchmarks, cuts and quotas.

:func:`known` finds the rules: those shipped, a city pack's and a workspace's (``grading/*.toml``); :func:`load` reads one, every mistake at once.
"""

from industrymap.grading._areas import areas
from industrymap.grading._grade import grade
from industrymap.grading._graded import Condition, Graded, ScopeGrades
from industrymap.grading._inputs import Firms, Inputs, Register, of_year, read
from industrymap.grading._items import Measured, value_of
from industrymap.grading._known import FOLDER, choose, known
from industrymap.grading._land import read_parcels, used_land, with_parcels
from industrymap.grading._moves import moves
from industrymap.grading._objections import (
    ACCEPTED,
    OPEN,
    REJECTED,
    Objections,
    corrected,
    read_objections,
)
from industrymap.grading._read import EXTRA, load, parse
from industrymap.grading._records import (
    Benchmark,
    Cut,
    Exclusion,
    Item,
    Letter,
    Points,
    Quota,
    Rule,
    Scope,
    Ungraded,
    Veto,
)
from industrymap.grading._together import together
from industrymap.grading._varied import Change, changeable, varied
from industrymap.grading._words import amount, lifts, named, reasons

__all__ = [
    "ACCEPTED",
    "EXTRA",
    "FOLDER",
    "OPEN",
    "REJECTED",
    "Benchmark",
    "Change",
    "Condition",
    "Cut",
    "Exclusion",
    "Firms",
    "Graded",
    "Inputs",
    "Item",
    "Letter",
    "Measured",
    "Objections",
    "Points",
    "Quota",
    "Register",
    "Rule",
    "Scope",
    "ScopeGrades",
    "Ungraded",
    "Veto",
    "amount",
    "areas",
    "changeable",
    "choose",
    "corrected",
    "grade",
    "known",
    "lifts",
    "load",
    "moves",
    "named",
    "of_year",
    "parse",
    "read",
    "read_objections",
    "read_parcels",
    "reasons",
    "together",
    "used_land",
    "value_of",
    "varied",
    "with_parcels",
]
