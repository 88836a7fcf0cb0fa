"""Which parks a ranking is about: not those to be closed or finished already, and not those of which too little is known.

A park whose low figures are unknown would otherwise rise in a ranking that looks for low figures; one that is to be closed or is
done has no use for a place in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from industrymap.standards import Standard

__all__ = ["APART", "CLOSING", "DONE", "min_coverage", "standing"]

CLOSING = "close"
"""Route of the parks that are to be closed."""

DONE = "done"
"""Project status of the parks that are finished."""

APART = (("closing", "route", CLOSING), ("finished", "project_status", DONE))
"""Why a park is no candidate, the column that says so and the code found there; the page reads the same list."""


def min_coverage(weights: Standard) -> float:
    """Return the share of the weight whose inputs must be known for a park to be ranked, as the weights file states it."""
    return float(weights.body.get("selection", {}).get("min_coverage", 0.0))


def standing(
    parks: pd.DataFrame, coverage: pd.Series[float], *, weights: Standard, everyone: bool = False
) -> pd.Series[str]:
    """Say of each park whether it takes part in the ranking, and if not, why.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks; ``route`` and ``project_status`` where they are known.
    coverage : Series of float
        Share of the weight whose inputs are known, from :func:`industrymap.parks.score.score`.
    weights : Standard
        Of kind ``pilot_score``; ``[selection] min_coverage``.
    everyone : bool
        Parks to be closed and finished ones take part too.

    Returns
    -------
    standing : Series of str
        ``candidate``, ``finished``, ``closing`` or ``low_coverage``.
    """
    standings = np.full(len(parks), "candidate", dtype=object)
    # 1e-9: a share of weights added up in floating point may fall a hair short of the limit it meets
    # Unknown coverage is none: a park without a score has no place in a ranking.
    standings[(coverage.fillna(0.0) < min_coverage(weights) - 1e-9).to_numpy(dtype=bool)] = (
        "low_coverage"
    )
    if not everyone:
        # Last, because they say more of a park than that little is known of it.
        for name, column, code in APART:
            if column in parks:
                hit = (parks[column].astype("string") == code).fillna(value=False)
                standings[hit.to_numpy(dtype=bool)] = name
    return pd.Series(standings, index=parks.index, dtype="string")
