"""The running database: every figure of every period, as it was known on every day.

An observation says that a measure of an entity had a value in a period. Observations are only ever added, in vintages
(who, when, from which file); a revision is a new observation of the same thing, and what was known before stays
readable: :meth:`ParquetSeries.known` takes a day or the number of a vintage.
"""

from industrymap.series._flows import Growth, Shares, contributions, growth, seasonal, single, sums
from industrymap.series._model import (
    COLUMNS,
    KINDS,
    STATUSES,
    Appended,
    Series,
    Vintage,
    from_units,
    to_units,
)
from industrymap.series._parquet import ParquetSeries

__all__ = [
    "COLUMNS",
    "KINDS",
    "STATUSES",
    "Appended",
    "Growth",
    "ParquetSeries",
    "Series",
    "Shares",
    "Vintage",
    "contributions",
    "from_units",
    "growth",
    "seasonal",
    "single",
    "sums",
    "to_units",
]
