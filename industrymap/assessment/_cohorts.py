"""Firms behind an assessment: on which stage of the ladder, near the next, doubling or not, and quality firms by tag and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import filters
from industrymap.columns import Floats, floats, optional_texts, texts, true_where

if TYPE_CHECKING:
    from industrymap.assessment._records import Doubling, Ladder, Quality

__all__ = ["doubling", "ladder", "quality"]


def ladder(of: Ladder, firms: pd.DataFrame, years: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Put firms on the stages of the ladder.

    Parameters
    ----------
    of : Ladder
    firms : DataFrame
        ``enterprise_id, name, district``.
    years : DataFrame
        ``enterprise_id, year, revenue_10k_cny``.
    year : int

    Returns
    -------
    table : DataFrame
        Firms whose revenue of the year is known: ``enterprise_id, name, district, revenue_10k_cny``, ``stage`` (0 below the first), ``stage_before``
        (missing where the revenue of the year before is not known), ``next_10k_cny`` (missing on the last stage), ``to_next_10k_cny``, ``watched``.
    """
    steps = np.array([stage.from_10k_cny for stage in of.stages])
    now, before = _revenue(firms, years, year), _revenue(firms, years, year - 1)
    stage = np.searchsorted(steps, now, side="right")
    old = np.where(np.isnan(before), np.nan, np.searchsorted(steps, before, side="right"))
    following = np.append(steps, np.nan)[np.minimum(stage, len(steps))]
    table = pd.DataFrame(
        {
            **_about(firms),
            "revenue_10k_cny": now,
            "stage": stage.astype(np.int64),
            "stage_before": pd.array(old, dtype="Float64").astype("Int64"),
            "next_10k_cny": pd.array(following, dtype="Float64"),
            "to_next_10k_cny": pd.array(following - now, dtype="Float64"),
            "watched": now >= following * (1 - of.near),
        }
    )
    known = table[~np.isnan(now)]
    order = ["stage", "revenue_10k_cny", "enterprise_id"]
    return known.sort_values(order, ascending=[False, False, True], ignore_index=True)


def doubling(of: Doubling, firms: pd.DataFrame, years: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Compare the firms of a cohort with what doubling asks.

    Returns
    -------
    table : DataFrame
        ``enterprise_id, name, district, revenue_from, revenue_now, times``, ``asked`` (what steady growth asks by this year) and ``state``: ``done``
        (has what is asked for in the end), ``on_track``, ``behind``, ``unknown`` (a revenue is not known or not above 0).
    """
    chosen = firms
    if of.where:
        mask = filters.parse(of.where).mask(firms, layer="enterprises")
        chosen = firms[true_where(mask)]
    start, now = _revenue(chosen, years, of.from_year), _revenue(chosen, years, year)
    times = np.full(len(chosen), np.nan)
    np.divide(now, start, out=times, where=(start > 0) & ~np.isnan(now))
    passed = min(max(year - of.from_year, 0), of.to_year - of.from_year)
    asked = of.times ** (passed / (of.to_year - of.from_year))
    # A hair below from binary fractions is what was asked.
    state = np.where(times >= of.times * (1 - 1e-12), "done", np.where(times >= asked * (1 - 1e-12), "on_track", "behind"))  # fmt: skip
    state = np.where(np.isnan(times), "unknown", state)
    table = pd.DataFrame(
        {
            **_about(chosen),
            "revenue_from": pd.array(start, dtype="Float64"),
            "revenue_now": pd.array(now, dtype="Float64"),
            "times": pd.array(times, dtype="Float64"),
            "asked": asked,
            "state": state,
        }
    )
    return table.sort_values(
        ["times", "enterprise_id"], ascending=[False, True], na_position="last", ignore_index=True
    )


def quality(of: Quality, firms: pd.DataFrame, tags: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Count quality firms by tag and year.

    Returns
    -------
    table : DataFrame
        ``year, label, firms, undated, target``: a firm counts in a year where a label holds at its end; one whose label has no date is counted in
        ``year`` only, and ``undated`` says how many those are. ``label`` is missing for all labels together, each firm once.
    """
    mine = tags[(tags["taxonomy"].astype("string") == of.taxonomy).to_numpy()]
    label = texts(mine, "label")
    listed = np.isin(label, of.labels) & np.isin(texts(mine, "enterprise_id"), texts(firms, "enterprise_id"))  # fmt: skip
    mine, label = mine[listed], label[listed]
    begins = pd.to_datetime(mine["valid_from"]).dt.year.to_numpy(dtype=float, na_value=np.nan)
    ends = pd.to_datetime(mine["valid_to"])
    ids = texts(mine, "enterprise_id")
    first = int(np.nanmin(begins)) if (~np.isnan(begins)).any() else year
    rows: list[dict[str, object]] = []
    for at in range(min(first, year), year + 1):
        end = pd.Timestamp(at, 12, 31)
        holds = (begins <= at) & (ends.isna() | (ends >= end)).to_numpy()
        undated = np.isnan(begins) & (ends.isna() | (ends >= end)).to_numpy() & (at == year)
        for name in (*of.labels, None):
            chosen = np.ones(len(label), dtype=bool) if name is None else label == name
            counted = set(ids[chosen & (holds | undated)])
            dated = set(ids[chosen & holds])
            rows.append({"year": at, "label": name, "firms": len(counted), "undated": len(counted - dated), "target": of.target if name is None else None})  # fmt: skip
    table = pd.DataFrame(rows)
    return table.astype({"label": "string", "target": "Int64"})


def _about(firms: pd.DataFrame) -> dict[str, object]:
    return {
        "enterprise_id": texts(firms, "enterprise_id"),
        "name": texts(firms, "name"),
        "district": optional_texts(firms, "district"),
    }


def _revenue(firms: pd.DataFrame, years: pd.DataFrame, year: int) -> Floats:
    """Return the revenue of a year of each firm; not known where the base has two figures of it."""
    mine = years[(years["year"] == year).fillna(value=False)]
    values = mine.groupby("enterprise_id")["revenue_10k_cny"].agg(["min", "max"])
    once = values["min"].where(values["min"] == values["max"])
    mapped = pd.DataFrame({"x": firms["enterprise_id"].map(once)})
    return floats(mapped, "x")
