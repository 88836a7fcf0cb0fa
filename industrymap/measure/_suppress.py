"""Figures that rest on so few firms that they would disclose one of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["MIN_FIRMS", "suppress"]

MIN_FIRMS = 3
"""Proposal: cells with fewer firms are not shown (unit-level statistics may not be disclosed, nor inferable)."""


def suppress(measured: pd.DataFrame, *, min_n: int = MIN_FIRMS) -> pd.DataFrame:
    """Turn every figure that rests on fewer than ``min_n`` firms into ``<NA>`` and say so.

    A figure rests on the firms its ``n_…`` column counts; a rate made of it goes with it. A count of 0 stays: nobody stands
    behind it.

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
    for column in [c for c in measured.columns if c.startswith("n_")]:
        figure = column.removeprefix("n_")
        n = measured[column].fillna(0).to_numpy(dtype=float)
        few = (n > 0) & (n < min_n)
        for name in (figure, *_MADE_FROM.get(figure, ())):
            if name in out:
                hit = few & measured[name].notna().to_numpy()
                out[name] = measured[name].mask(hit)
                text[hit] = np.where(text[hit] == "", name, text[hit] + ";" + name)
    out["suppressed"] = pd.Series(text, index=out.index, dtype="string")
    return out


_MADE_FROM = {
    "base_revenue_10k_cny": ("revenue_per_mu_10k_cny",),
    "base_tax_10k_cny": ("base_tax_per_mu_10k_cny",),
    "base_staff": ("jobs_per_mu",),
    "concentration": ("industry_mix",),
}
