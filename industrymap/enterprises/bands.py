"""The threshold, revenue bands, size classes, and how the base moves from year to year.

Bands: under 10 million yuan; 10–20 (the 小升规 pool: firms to be raised above scale); from 20 million 规模以上
(above scale, main-business revenue, since 2011); from 500 million 制造业骨干 (2018 rule).

Size classes: 统计上大中小微型企业划分办法（2017）, industry:

=======  =================  ====================
class    staff at least     revenue at least
=======  =================  ====================
large    1000               400 million yuan
medium   300                20 million yuan
small    20                 3 million yuan
micro    fewer than 20, or less than 3 million yuan
=======  =========================================

Both must hold, else the firm goes one class down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.enterprises.industry import section_of
from industrymap.terms import ABOVE_SCALE_10K_CNY

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ABOVE_SCALE_10K_CNY",
    "BANDS",
    "NEAR_LINE_SHARE",
    "above_scale",
    "in_base",
    "movement",
    "other_industry",
    "revenue_band",
    "size_class",
]

BANDS = (
    ("lt_10m", 0.0), ("10m_20m", 1000.0), ("20m_100m", 2000.0), ("100m_500m", 10000.0), ("ge_500m", 50000.0),
)  # fmt: skip
"""Band → its lower bound in 万元."""

NEAR_LINE_SHARE = 0.8
"""A firm is near the line from this share of the threshold: 8 million yuan of 10."""

_SIZES = (("small", 20, 300.0), ("medium", 300, 2000.0), ("large", 1000, 40000.0))
_INDUSTRY_SECTIONS = ("B", "C", "D")


def in_base(revenue_10k_cny: pd.Series[Any], *, threshold_10k_cny: float) -> pd.Series[Any]:
    """Say whether a revenue is known and reaches the threshold."""
    reached = revenue_10k_cny >= threshold_10k_cny
    # An unknown revenue does not reach the threshold: the base is of firms that are known to.
    return reached.astype("boolean").fillna(value=False)


def above_scale(revenue_10k_cny: pd.Series[Any]) -> pd.Series[Any]:
    """Say whether a revenue reaches 20 million yuan; unknown where it is."""
    return (revenue_10k_cny >= ABOVE_SCALE_10K_CNY).astype("boolean").mask(revenue_10k_cny.isna())


def revenue_band(revenue_10k_cny: pd.Series[Any]) -> pd.Series[Any]:
    """Return the band of each revenue; unknown where it is.

    Examples
    --------
    >>> import pandas as pd
    >>> revenue_band(pd.Series([999.999999, 1000, 2000, None], dtype="Float64")).tolist()
    ['lt_10m', '10m_20m', '20m_100m', <NA>]
    """
    values = revenue_10k_cny.to_numpy(dtype=np.float64, na_value=np.nan)
    names = np.array([name for name, _ in BANDS], dtype=object)
    # The lower bound belongs to the band, as the rules say 及以上.
    place = np.searchsorted([low for _, low in BANDS], values, side="right") - 1
    out = pd.Series(
        pd.array(names[np.clip(place, 0, None)], dtype="string"), index=revenue_10k_cny.index
    )
    return out.mask(np.isnan(values))


def size_class(
    staff: pd.Series[Any], revenue_10k_cny: pd.Series[Any], industry_code: pd.Series[Any]
) -> pd.Series[Any]:
    """Return the size class of the 2017 rule for industry.

    Unknown where the industry is known to be another one, and where staff or revenue is missing — unless the
    other alone makes the firm micro. A firm of unknown industry is classed as industry: that is what the base
    is of.

    Examples
    --------
    >>> import pandas as pd
    >>> staff = pd.Series([1500, 1500, 10, None], dtype="Int64")
    >>> revenue = pd.Series([50000, 10000, 90000, 200], dtype="Float64")
    >>> size_class(staff, revenue, pd.Series(["36"] * 4, dtype="string")).tolist()
    ['large', 'medium', 'micro', 'micro']
    """
    people = staff.to_numpy(dtype=np.float64, na_value=np.nan)
    money = revenue_10k_cny.to_numpy(dtype=np.float64, na_value=np.nan)
    out = np.full(len(people), "micro", dtype=object)
    # Both limits must be reached (2017 rule of the statistics bureau): the smaller of the two classes counts.
    for name, heads, amount in _SIZES:
        out[(people >= heads) & (money >= amount)] = name
    known = ~np.isnan(people) & ~np.isnan(money)
    # One of the two below its limit makes the firm micro, whatever the other is.
    known |= (people < _SIZES[0][1]) | (money < _SIZES[0][2])
    found = pd.Series(pd.array(out, dtype="string"), index=staff.index)
    return found.mask(~known | other_industry(industry_code).to_numpy(dtype=bool))


def other_industry(industry_code: pd.Series[Any]) -> pd.Series[Any]:
    """Say whether a firm's industry is known and none of mining, manufacturing and utilities.

    The 2017 rule has other limits for these; no source of them is encoded, so they get no size class.

    Examples
    --------
    >>> import pandas as pd
    >>> other_industry(pd.Series(["3612", "5261", None], dtype="string")).tolist()
    [False, True, False]
    """
    section = section_of(industry_code)
    return section.notna() & ~section.isin(_INDUSTRY_SECTIONS)


def movement(
    years: pd.DataFrame,
    *,
    year: int,
    previous: int | None = None,
    threshold_10k_cny: float = 1000.0,
) -> pd.DataFrame:
    """Compare two years of the base.

    Parameters
    ----------
    years : DataFrame
        ``enterprise_id, year, revenue_10k_cny``.
    year : int
        The year looked at.
    previous : int, optional
        The year compared with; the one before by default.
    threshold_10k_cny : float
        Revenue from which a firm is in the base.

    Returns
    -------
    movement : DataFrame
        One row per firm with a revenue in either year: ``enterprise_id, revenue_before_10k_cny,
        revenue_10k_cny, growth`` (share; missing where either is, or where it was 0), ``movement``, ``near_line``
        (from 80 % of the threshold up to it) and ``upgrade_pool`` (from the threshold up to 20 million yuan).
        ``movement`` is ``stayed``, ``entered``, ``left``, ``outside``, or where one year is missing
        ``in_before_unknown``, ``in_now_unknown``, ``outside_before_unknown``, ``outside_now_unknown``: a
        missing year is never taken for 0.
    """
    before_year = year - 1 if previous is None else previous
    value = years.set_index("enterprise_id")["revenue_10k_cny"]
    which = years["year"].to_numpy(dtype="float64", na_value=np.nan)
    # A missing year is not 0: a firm without a figure has neither entered nor left.
    now = value[which == year].dropna()
    before = value[which == before_year].dropna()
    ids = now.index.union(before.index)
    table = pd.DataFrame({"enterprise_id": pd.array(ids, dtype="string")})
    table["revenue_before_10k_cny"] = before.reindex(ids).to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    table["revenue_10k_cny"] = now.reindex(ids).to_numpy(dtype=np.float64, na_value=np.nan)
    old, new = table["revenue_before_10k_cny"].to_numpy(), table["revenue_10k_cny"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(old > 0, new / old - 1, np.nan)
    table["growth"] = pd.array(growth, dtype="Float64")
    table["movement"] = pd.array(_movement(old, new, threshold_10k_cny), dtype="string")
    table["near_line"] = (new >= NEAR_LINE_SHARE * threshold_10k_cny) & (new < threshold_10k_cny)
    table["upgrade_pool"] = (new >= threshold_10k_cny) & (new < ABOVE_SCALE_10K_CNY)
    for name in ("revenue_before_10k_cny", "revenue_10k_cny"):
        table[name] = table[name].astype("Float64")
    return table


def _movement(
    old: NDArray[np.float64], new: NDArray[np.float64], threshold: float
) -> NDArray[np.str_]:
    was, is_ = old >= threshold, new >= threshold
    lost, fresh = np.isnan(new), np.isnan(old)
    return np.select(
        [
            lost & was, lost, fresh & is_, fresh, was & is_, is_, was,
        ],
        [
            "in_now_unknown", "outside_now_unknown", "in_before_unknown", "outside_before_unknown",
            "stayed", "entered", "left",
        ],
        "outside",
    )  # fmt: skip
