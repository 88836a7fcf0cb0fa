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

__all__ = ["Growth", "Shares", "contributions", "growth", "seasonal", "single", "sums"]


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
    table : DataFrame
        By group: totals ``before`` and ``now``; ``points``; of them ``entered`` and ``left``, which entities brought that are
        known in one period only; ``panel``, growth of those known in both (Float64, ``<NA>`` where their total before is not
        positive); ``n_panel``, ``n_entered``, ``n_left``.
    """

    points: pd.Series
    entered: float
    left: float
    table: pd.DataFrame


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
    every = now.index.union(before.index)
    came, went = every.difference(before.index), every.difference(now.index)
    names = groups.reindex(every).fillna("").astype(str)
    # Whole numbers by entity, so that the sums of the groups are the same in every order.
    units = {
        name: pd.Series(to_units(side.reindex(every)), index=every)
        for name, side in (("now", now), ("before", before))
    }
    # A firm known in one of the periods only changes the total by all it has.
    amounts = {
        **units,
        "change": units["now"] - units["before"],
        "entered": units["now"].where(every.isin(came), 0),
        "left": -units["before"].where(every.isin(went), 0),
    }
    table = pd.DataFrame(
        {name: side.groupby(names).sum() for name, side in amounts.items()}
    ).sort_index()
    # Of a total of 0, or of a loss, nothing is a share.
    share = {c: from_units(table[c].to_numpy()) / (total if total > 0 else np.nan) for c in ("change", "entered", "left")}  # fmt: skip
    counts = pd.DataFrame(
        {"n_panel": ~every.isin(came.union(went)), "n_entered": every.isin(came), "n_left": every.isin(went)},
        index=every,
    ).groupby(names).sum()  # fmt: skip
    panel_now, panel_before = table["now"] - table["entered"], table["before"] + table["left"]
    out = pd.DataFrame(
        {
            "before": from_units(table["before"].to_numpy()),
            "now": from_units(table["now"].to_numpy()),
            "points": share["change"],
            "entered": share["entered"],
            "left": share["left"],
            "panel": _rates(panel_now, panel_before),
        },
        index=table.index,
    ).join(counts.astype("int64"))
    return Shares(
        points=out["points"],
        entered=float(out["entered"].sum()) if total > 0 else float("nan"),
        left=float(out["left"].sum()) if total > 0 else float("nan"),
        table=out,
    )


def seasonal(values: Mapping[Period, float], *, years: int = 3) -> pd.DataFrame:
    """Put every period of the latest year beside the same months of past years: the simple seasonal view.

    Parameters
    ----------
    values : mapping of Period to float
        Of one entity and measure, each of a period of its own: single months and quarters (:func:`single`) of a flow, or states.
    years : int, default 3
        Most past years to look at.

    Returns
    -------
    DataFrame
        One row a period of the latest year, in order of time: ``period``, ``value``, one column a past year (its number, Float64,
        ``<NA>`` where those months are not known), ``mean`` of the past years, ``n`` of them, ``to_mean`` (value over mean, less
        1) and ``growth`` on the year before.

    Notes
    -----
    The mean is of the same months only, so that neither 春节 nor the end of a year looks like a turn. It is a mean of figures as
    they were stated: prices and the set of firms changed between the years, and no trend is taken out.

    Examples
    --------
    >>> from industrymap.periods import parse
    >>> known = {parse(k): v for k, v in {"2023-03": 8.0, "2024-03": 12.0, "2025-03": 11.0, "2025-04": 9.0}.items()}
    >>> table = seasonal(known)
    >>> table[["period", "value", "mean", "n"]].to_numpy().tolist()
    [['2025-03', 11.0, 10.0, 2], ['2025-04', 9.0, <NA>, 0]]
    """
    latest = max((p.year for p in values), default=0)
    past = [latest - n for n in range(years, 0, -1)]
    rows = [
        (period, values[period], [_covered(values, period.shift(year - latest)) for year in past])
        for period in sorted(p for p in values if p.year == latest)
    ]
    sides = np.array([side for _, _, side in rows], dtype=np.float64).reshape(len(rows), len(past))
    table = pd.DataFrame(
        {"period": [str(p) for p, _, _ in rows], "value": pd.array([v for _, v, _ in rows], dtype="Float64")}
    )  # fmt: skip
    for place, year in enumerate(past):
        table[str(year)] = _unknown(sides[:, place])
    known = ~np.isnan(sides)
    count = known.sum(axis=1)
    mean = np.where(known, sides, 0.0).sum(axis=1) / np.where(count, count, 1)
    table["mean"] = _unknown(np.where(count > 0, mean, np.nan))
    table["n"] = count
    table["to_mean"] = _rates(table["value"], table["mean"])
    table["growth"] = _rates(table["value"], table[str(past[-1])]) if past else pd.NA
    return table


def _covered(values: Mapping[Period, float], period: Period) -> float:
    """Return the figure of a period, or the sum of those of its parts where they cover it without a gap; else NaN."""
    if period in values:
        return values[period]
    parts = sorted(p for p in values if period.contains(p))
    # Each part begins where the one before it ended, from the first month to the last.
    ends = [period.first - 1, *(p.last for p in parts)]
    whole = [p.first - 1 for p in parts] == ends[:-1] and ends[-1] == period.last
    return sum(values[p] for p in parts) if parts and whole else float("nan")


def _unknown(numbers: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> pd.Series:
    return pd.Series(pd.array([None if np.isnan(v) else v for v in numbers], dtype="Float64"))


def _rates(now: pd.Series, before: pd.Series) -> pd.Series:
    # A growth rate on nothing, or on a loss, says nothing.
    divisor = before.astype("Float64").where(before > 0)
    return pd.Series(now.astype("Float64") / divisor - 1, dtype="Float64")


def _total(values: pd.Series) -> float:
    return float(from_units(to_units(values).sum()))


def _rate(now: float, before: float) -> float:
    # A growth rate on nothing, or on a loss, says nothing.
    return now / before - 1.0 if before > 0 else float("nan")
