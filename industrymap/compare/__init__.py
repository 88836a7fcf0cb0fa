"""A city beside its peers: what others publish, read with its source, and compared without mixing years or definitions.

:func:`read` takes a table of published figures (city, indicator, period, value, unit, source); :func:`compare` puts one indicator
of one period beside the others, with rank and gaps; :func:`trends` gives every city's course, also as an index.
"""

from industrymap.compare._compare import (
    COMPUTED,
    OTHER_DEFINITION,
    OTHER_PERIOD,
    OTHER_UNIT,
    Comparison,
    Question,
    compare,
    trends,
)
from industrymap.compare._peers import PEER_COLUMNS, Peers, city_name, known, read

__all__ = [
    "COMPUTED",
    "OTHER_DEFINITION",
    "OTHER_PERIOD",
    "OTHER_UNIT",
    "PEER_COLUMNS",
    "Comparison",
    "Peers",
    "Question",
    "city_name",
    "compare",
    "known",
    "read",
    "trends",
]
