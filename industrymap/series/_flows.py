"""From figures to what they say: single periods, sums, growth, and who contributed to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap.series._model import check_sum, from_units, to_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.periods import Period

__all__ = ["Growth", "Shares", "contributions", "growth", "single", "sums"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Growth of a total from one period to another, on the whole and on the constant panel.

    Attributes
    ----------
    whole : float
        Change of the published totals, ``now / before - 1``: also moved by who came and went. NaN where
        the total before is not positive.
    panel : float
        The same over the entities known in both periods (可比口径).
    n_panel, n_entered, n_left : int
        Entities known in both, only now, only before.
    now, before : float
        The totals.
    """

    whole: float
    panel: float
    n_panel: int
    n_entered: int
    n_left: int
    now: float
    before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Contribution of each group to the change of a total, in points of the total before.

    Attributes
    ----------
    points : Series of float
        By group, ``(now - before) / total before``; they add up to the growth of the whole.
    entered, left : float
        Part of that which entities brought that are known in one period only.
    """

    points: pd.Series
    entered: float
    left: float


def single(values: Mapping[Period, float]) -> dict[Period, float]:
    """Turn cumulative figures into single ones: 1—3月 minus 1—2月 is March, 1—2月 stays as it is.

    Parameters
    ----------
    values : mapping of Period to float
        Cumulative from January; one entity and measure, one vintage. A difference across a revision is not a month,
        so all figures must be known as of the same day.

    Returns
    -------
    dict of Period to float
        Where a month in between is missing, the difference covers the months that it does cover.

    Examples
    --------
    >>> from industrymap.periods import parse
    >>> single({parse("2024-01..02"): 10.0, parse("2024Q1"): 18.0, parse("2024-01..05"): 30.0})
    {Period('2024-01..02'): 10.0, Period('2024-03'): 8.0, Period('2024-04..05'): 12.0}
    """
    out: dict[Period, float] = {}
    before: Period | None = None
    for period in sorted(p for p in values if p.is_cumulative):
        # Cumulative figures begin anew every January; the first of a year is its own difference.
        if before is None or before.year != period.year:
            out[period] = values[period]
        else:
            out[period.minus(before)] = values[period] - values[before]
        before = period
    return out


def sums(known: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """Add up figures of entities by group and period.

    Parameters
    ----------
    known : DataFrame
        As :meth:`ParquetSeries.known` returns it; one measure in one unit.
    groups : mapping of str to str
        Entity to group (a firm's district). Entities that are in none are added up under ``""``.

    Returns
    -------
    DataFrame
        ``group``, ``period``, ``value`` and ``n``, the figures it is made of. Whole numbers are added, so
        the result is the same in every order.
    """
    # What belongs to no group is shown under none, so that groups add up to the whole.
    group = known["entity"].astype(str).map(groups).fillna("")
    units = to_units(known["value"])
    check_sum(units)
    table = pd.DataFrame({"group": group, "period": known["period"].astype(str), "units": units})
    out = table.groupby(["group", "period"], sort=True)["units"].agg(["sum", "size"]).reset_index()
    out["value"] = from_units(out["sum"].to_numpy())
    return out.rename(columns={"size": "n"})[["group", "period", "value", "n"]]


def growth(now: pd.Series, before: pd.Series) -> Growth:
    """Return growth between two periods.

    Parameters
    ----------
    now, before : Series of Float64
        Values by entity; ``<NA>`` is not known, which is not zero.
    """
    # A firm that did not report is not a firm that fell to zero.
    now, before = now.dropna(), before.dropna()
    # 可比口径: firms known in both periods, so that a firm that enters or leaves does not look like growth.
    both = now.index.intersection(before.index)
    return Growth(
        whole=_rate(_total(now), _total(before)),
        panel=_rate(_total(now[both]), _total(before[both])),
        n_panel=len(both),
        n_entered=len(now) - len(both),
        n_left=len(before) - len(both),
        now=_total(now),
        before=_total(before),
    )


def contributions(now: pd.Series, before: pd.Series, groups: pd.Series) -> Shares:
    """Return what each group contributed to the change of the whole, in points of the total before.

    Parameters
    ----------
    now, before : Series of Float64
        Values by entity.
    groups : Series of str
        Group by entity; entities in none are under ``""``.
    """
    now, before = now.dropna(), before.dropna()
    total = _total(before)
    # A firm known in one of the periods only changes the total by all it has.
    changes = now.sub(before, fill_value=0)
    names = groups.reindex(changes.index).fillna("")
    units = pd.Series(to_units(changes), index=changes.index).groupby(names.to_numpy()).sum()
    # Of a total of 0 nothing is a share.
    points = pd.Series(from_units(units.to_numpy()), index=units.index) / (total or np.nan)
    return Shares(
        points=points.sort_index(),
        entered=_total(now[now.index.difference(before.index)]) / (total or np.nan),
        left=-_total(before[before.index.difference(now.index)]) / (total or np.nan),
    )


def _total(values: pd.Series) -> float:
    return float(from_units(to_units(values).sum()))


def _rate(now: float, before: float) -> float:
    # A growth rate on nothing, or on a loss, says nothing.
    return now / before - 1.0 if before > 0 else float("nan")
