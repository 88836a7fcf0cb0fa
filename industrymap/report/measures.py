"""How concentrated an industry is, and where a city's districts specialise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from industrymap.columns import Floats

__all__ = ["concentration", "herfindahl", "location_quotient"]


def concentration(values: pd.Series[Any], *, n: int) -> float | None:
    """Return CRn: the share of the ``n`` largest in the sum.

    CRn = Σ of the n largest ÷ Σ of all. Firms without a value are left out; with fewer than ``n`` firms it is 1.

    Parameters
    ----------
    values : Series
        One value per firm, such as revenue.
    n : int
        How many firms count as the largest.

    Returns
    -------
    share : float or None
        0 to 1; ``None`` where nothing is known or the sum is 0.

    Examples
    --------
    >>> import pandas as pd
    >>> concentration(pd.Series([50.0, 30.0, 10.0, 10.0]), n=2)
    0.8
    """
    known = _known(values)
    total = known.sum()
    if not len(known) or total <= 0:
        return None
    return float(np.sort(known)[::-1][:n].sum() / total)


def herfindahl(values: pd.Series[Any]) -> float | None:
    """Return the Herfindahl–Hirschman index, 0 to 10,000.

    HHI = Σ (100 · valueᵢ ÷ Σ values)²: 10,000 for one firm, 10,000 ÷ n for n equal ones.

    Examples
    --------
    >>> import pandas as pd
    >>> herfindahl(pd.Series([1.0, 1.0, 1.0, 1.0]))
    2500.0
    """
    known = _known(values)
    total = known.sum()
    if not len(known) or total <= 0:
        return None
    return float(((100 * known / total) ** 2).sum())


def location_quotient(
    values: pd.Series[Any], *, place: pd.Series[Any], kind: pd.Series[Any]
) -> pd.DataFrame:
    """Return the location quotient of every kind in every place.

    LQ = (value of the kind in the place ÷ value of the place) ÷ (value of the kind ÷ value of all): above 1 the place
    has more than its share. Only rows with a value, a place and a kind count.

    Parameters
    ----------
    values : Series
        One value per firm, such as revenue; never negative.
    place, kind : Series
        Aligned with ``values``: district, cluster.

    Returns
    -------
    quotients : DataFrame
        Places by kinds, sorted; 0 where a place has nothing of a kind, missing where the place has nothing at all.

    Examples
    --------
    >>> import pandas as pd
    >>> place, kind = pd.Series(["A", "A", "B", "B"]), pd.Series(["x", "y", "x", "y"])
    >>> location_quotient(pd.Series([3.0, 1.0, 1.0, 3.0]), place=place, kind=kind).loc["A", "x"]
    np.float64(1.5)
    """
    keep = (values.notna() & place.notna() & kind.notna()).to_numpy(dtype=bool)
    rows = pd.DataFrame(
        {
            "value": values[keep].to_numpy(dtype=np.float64),
            "place": place[keep].to_numpy(dtype=object),
            "kind": kind[keep].to_numpy(dtype=object),
        }
    )
    table = rows.pivot_table(
        index="place", columns="kind", values="value", aggfunc="sum", fill_value=0.0, observed=True
    )
    total = table.to_numpy().sum()
    if total <= 0:
        return table * np.nan
    of_place = table.sum(axis=1).to_numpy()[:, None]
    of_kind = table.sum(axis=0).to_numpy()[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients = (table.to_numpy() / of_place) / (of_kind / total)
    return pd.DataFrame(quotients, index=table.index, columns=table.columns)


def _known(values: pd.Series[float]) -> Floats:
    known = np.asarray(values.dropna(), dtype=np.float64)
    return known[known > 0]
