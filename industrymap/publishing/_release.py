"""One publication: what is shown, what is withheld and why, and what must be remembered of it for the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.publishing._rules import reasons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

__all__ = ["CELL_COLUMNS", "FIRM_COLUMNS", "Known", "Release"]

FIRM_COLUMNS = ("enterprise_id", "district_code", "town_code", "park_id", "block_id", "above_scale")
"""What is remembered of every firm beside its figures and ``in_base``, which older records lack: those hold the base only."""
CELL_COLUMNS = ("layer", "key", "field")
"""What is remembered of the numbers shown: of which area, and which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What one publication shows and withholds.

    Attributes
    ----------
    layers : dict of str to GeoDataFrame
        What may be published.
    withheld : DataFrame
        ``layer, key, name, field, reason`` of every number that is known and not shown.
    firms : DataFrame
        The firms with their places (``FIRM_COLUMNS``), ``in_base`` and figures: what the next release is compared with.
    cells : DataFrame
        The counts and figures shown (``CELL_COLUMNS``).
    """

    layers: Mapping[str, gpd.GeoDataFrame]
    withheld: pd.DataFrame
    firms: pd.DataFrame
    cells: pd.DataFrame

    def summary(self, lang: str) -> list[tuple[str, int]]:
        """Return reason in words → how many numbers, most first, only those that occur."""
        counts = self.withheld["reason"].value_counts()
        words = reasons(lang)
        return [(words[str(reason)], int(n)) for reason, n in counts.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a reader knows besides the release to be decided.

    Attributes
    ----------
    earlier : sequence of Release
        What was published before; their ``layers`` are not looked at.
    threshold_10k_cny : float
        Revenue from which a firm is in the base: everybody knows it of each of them.
    """

    earlier: Sequence[Release] = ()
    threshold_10k_cny: float = 1000.0
