"""Scores, indices and ranks from indicators: treat outliers, normalise, weigh, aggregate, chain, test.

Every function is pure: arrays in, arrays out, no unit or city known. A table of indicators is an array of shape
``(units, indicators)``, ``float64``, with ``NaN`` where a value is not known. An unknown value stays unknown: nothing
here puts a mean or a zero in its place unless a method asks for it (:mod:`industrymap.evaluation.impute`), and what was left out is
returned as coverage.
"""

from industrymap.evaluation import (
    aggregate,
    coherence,
    impute,
    index,
    normalise,
    robustness,
    sensitivity,
    treat,
    weights,
)
from industrymap.evaluation.aggregate import Aggregate
from industrymap.evaluation.method import (
    MEANS,
    Inputs,
    Method,
    Scored,
    load_method,
    score,
    stated_weights,
)
from industrymap.evaluation.weights import AhpWeights

__all__ = [
    "MEANS",
    "Aggregate",
    "AhpWeights",
    "Inputs",
    "Method",
    "Scored",
    "aggregate",
    "coherence",
    "impute",
    "index",
    "load_method",
    "normalise",
    "robustness",
    "score",
    "sensitivity",
    "stated_weights",
    "treat",
    "weights",
]
