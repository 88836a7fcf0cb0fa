"""Letters to measures (差别化配置): land, power, water, credit, subsidies and priority of each letter by a policy that is data, and what it costs or frees.

:func:`known` finds the policies: those shipped, a city pack's and a workspace's (``allocation/*.toml``). A policy takes the letters of any grading.
"""

from industrymap.allocation._effects import Effects, effects
from industrymap.allocation._known import FOLDER, choose, known
from industrymap.allocation._read import load, parse
from industrymap.allocation._records import Measure, Policy, Value

__all__ = [
    "FOLDER",
    "Effects",
    "Measure",
    "Policy",
    "Value",
    "choose",
    "effects",
    "known",
    "load",
    "parse",
]
