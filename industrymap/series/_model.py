"""What an observation and a vintage are, and what any running database must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from industrymap.errors import SeriesError
from industrymap.terms import SUM_SCALE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "COLUMNS",
    "KEY",
    "KINDS",
    "STATUSES",
    "Appended",
    "Series",
    "Vintage",
    "check_sum",
    "from_units",
    "to_units",
]

KINDS = (
    "firm",
    "park",
    "block",
    "town",
    "district",
    "cluster",
    "industry",
    "city",
    "peer_city",
)
"""What a figure can be of."""

STATUSES = ("reported", "preliminary", "revised", "estimated", "withdrawn")
"""What is known of a figure. A *withdrawn* one is not known any more: its value is ``<NA>``."""

KEY = ["kind", "entity", "measure", "period"]
COLUMNS = [*KEY, "value", "unit", "status"]
"""``kind`` one of :data:`KINDS` · ``entity`` its code · ``measure`` id · ``period`` as ``str(Period)`` writes it ·
``value`` Float64 in ``unit`` · ``status`` one of :data:`STATUSES`."""

SCALE = SUM_SCALE
"""Values are kept as whole millionths of their unit: 10,000 yuan to a hundredth of a yuan. Whole numbers add up to
the same sum in every order, on every engine and however the figures are divided; floating ones do not."""
MOST = (2**63 - 1) // SCALE // 20
"""Largest size of a value, about 461 billion units: the kilowatt-hours of a whole province still fit, and twenty of them add up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vintage:
    """One addition to the database.

    Attributes
    ----------
    number : int
        From 1, without a gap.
    when : datetime
        UTC, never before the vintage before it.
    who, source, sha256 : str
        Who added it, from which file, and that file's hash (empty where there was none).
    added, revised : int
        Observations of something not known before, and of something known with another value.
    """

    number: int
    when: dt.datetime
    who: str
    source: str
    sha256: str
    added: int
    revised: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What an addition did.

    Attributes
    ----------
    vintage : Vintage or None
        ``None`` where everything was known already: the same file twice changes nothing.
    added, revised, unchanged : int
        Observations by what was known of them before.
    """

    vintage: Vintage | None
    added: int
    revised: int
    unchanged: int


class Series(Protocol):
    """A running database; Parquet files in a folder, or a database server behind the same three verbs."""

    def vintages(self) -> list[Vintage]:
        """Return every addition, oldest first."""

    def append(
        self, observations: pd.DataFrame, *, who: str, source: str = "", sha256: str = ""
    ) -> Appended:
        """Add what is new or different."""

    def known(
        self,
        *,
        as_of: dt.date | int | None = None,
        kind: str | None = None,
        measures: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return one row per thing observed, as it was known."""


def to_units(values: pd.Series) -> NDArray[np.int64]:
    """Return values as whole millionths, rounded half to even; raise where one is too large or not finite."""
    # Withdrawn figures have no value; 0 is stored and never read, because their status goes before
    # it.
    numbers = values.to_numpy(dtype=np.float64, na_value=0.0)
    # Written so that NaN, which compares as false with everything, is wrong too.
    wrong = ~(np.abs(numbers) <= MOST)
    if wrong.any():
        raise SeriesError(
            f"{numbers[wrong][0]:g} is too large for a figure: at most {MOST:,}, so its unit is likely wrong",
            f"{numbers[wrong][0]:g} 超出数值范围（至多 {MOST:,}），单位可能有误",
        )
    return np.asarray(np.rint(numbers * SCALE).astype(np.int64))


def check_sum(units: NDArray[np.int64]) -> None:
    """Raise where whole numbers may not add up within 64 bits, which would wrap around without a word."""
    # The largest times their number bounds the sum, and is enough for nearly every table.
    if units.size == 0 or float(np.abs(units).max()) * units.size < 2.0**63:
        return
    if float(np.abs(units).astype(np.float64).sum()) >= 2.0**63:
        raise SeriesError(
            "the figures are too large to be added up: their unit is likely wrong",
            "数值过大，无法相加，单位可能有误",
        )


def from_units(units: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return whole millionths as numbers."""
    return units / SCALE
