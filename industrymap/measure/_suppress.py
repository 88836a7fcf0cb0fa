"""Figures that rest on so few firms that they would disclose one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.columns import append_text, floats
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["suppress"]


def suppress(measured: pd.DataFrame, *, min_n: int = FEWEST_FIRMS) -> pd.DataFrame:
    """Turn every figure that rests on fewer than ``min_n`` firms into ``<NA>`` and say so.

    A figure rests on the firms its ``n_…`` column counts; the rates made of it, its n and its coverage go with it. A count of firms rests on
    itself. 0 stays: nobody is behind it.

    Parameters
    ----------
    measured : DataFrame
        As :func:`industrymap.measure.measure` returns it.
    min_n : int
        Fewest firms behind a figure.

    Returns
    -------
    measured : DataFrame
        With ``suppressed``: the fields taken out, separated by ``;``.
    """
    out = measured.copy()
    text = np.full(len(out), "", dtype=object)
    # By the records, so that a new figure is hidden by the same rule without a line here.
    for counted, names in _figures(measured):
        n = floats(measured, counted)
        few = (n > 0) & (n < min_n)  # unknown compares as false
        for name in (name for name in names if name in out):
            # Only what was there is reported as hidden.
            hit = few & measured[name].notna().to_numpy()
            out[name] = measured[name].mask(hit)
            if not name.startswith(("n_", "coverage_")):
                append_text(text, hit, name)
    out["suppressed"] = pd.Series(text, index=out.index, dtype="string")
    return out


def _figures(measured: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each count and the columns that rest on it: as the records of the figures say."""
    resting: dict[str, list[str]] = {}
    for figure in schemas.indicators():
        if figure.rule == "few" and "selection" not in figure.layers:
            resting.setdefault(figure.n, []).append(figure.id)
    for counted, figures in resting.items():
        if counted not in measured:
            continue
        # the count of firms rests on itself; a figure takes its n and its coverage with it
        beside = [] if counted in figures else [f"coverage_{counted.removeprefix('n_')}", counted]
        yield counted, (*figures, *beside)
