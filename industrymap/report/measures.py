"""How concentrated an industry is, and where a city's districts specialise: figures of a selection of firms.

Each is worked out as its record in ``schemas/indicators.csv`` says; the page works out the same (``panels/concentration.js``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    from industrymap.columns import Floats

__all__ = ["few", "largest_share", "location_quotient", "revenue_hhi"]


def largest_share(values: pd.Series[Any], *, n: int) -> float | None:
    """Return the concentration ratio CRn: the share of the ``n`` largest in the sum.

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
    >>> largest_share(pd.Series([50.0, 30.0, 10.0, 10.0]), n=2)
    0.8
    """
    known = _known(values)
    total = known.sum()
    # Without revenue there is no share; 0 would read as no concentration at all.
    if not len(known) or total <= 0:
        return None
    return float(np.sort(known)[::-1][:n].sum() / total)


def revenue_hhi(values: pd.Series[Any]) -> float | None:
    """Return the Herfindahl–Hirschman index, 0 to 1.

    HHI = Σ (valueᵢ ÷ Σ values)²: 1 for one firm, 1 ÷ n for n equal ones. The scale of 0 to 10,000 that antitrust guidelines use
    is this times 10,000.

    Examples
    --------
    >>> import pandas as pd
    >>> revenue_hhi(pd.Series([1.0, 1.0, 1.0, 1.0]))
    0.25
    """
    known = _known(values)
    total = known.sum()
    if not len(known) or total <= 0:
        return None
    return float(((known / total) ** 2).sum())


def few(firms: int, figure: str) -> bool:
    """Return whether so few firms are behind a figure that its record hides it.

    Examples
    --------
    >>> few(2, "location_quotient"), few(3, "location_quotient")
    (True, False)
    """
    return schemas.indicator(figure).rule == "few" and firms < FEWEST_FIRMS


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
    # A kind that a place does not have is 0 there, which is known: its firms are all in the frame.
    table = rows.pivot_table(
        index="place", columns="kind", values="value", aggfunc="sum", fill_value=0.0, observed=True
    )
    total = table.to_numpy().sum()
    # Without any revenue there are no shares.
    if total <= 0:
        return table * np.nan
    of_place = table.sum(axis=1).to_numpy()[:, None]
    of_kind = table.sum(axis=0).to_numpy()[None, :]
    # A place without revenue has no mix: 0 ÷ 0 stays unknown.
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients = (table.to_numpy() / of_place) / (of_kind / total)
    return pd.DataFrame(quotients, index=table.index, columns=table.columns)


def _known(values: pd.Series[float]) -> Floats:
    known = np.asarray(values.dropna(), dtype=np.float64)
    # A loss has no share in a sum.
    return known[known > 0]
