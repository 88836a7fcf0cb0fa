"""Progress: how much has been renovated, by route, district and year, against the plan's targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.standards import Standard

__all__ = ["Progress", "progress"]

STATES = ("done", "under_way", "approved", "planned", "none")
"""Project states, the furthest first; a park without one counts as ``unknown``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Progress from several sides. Areas are land by geometry, km².

    Attributes
    ----------
    by_year : DataFrame
        ``year``, ``done_n``, ``done_km2``, ``planned_n``, ``planned_km2`` (planned for the year, done or not).
    by_route, by_district : DataFrame
        The group, ``n``, ``km2``, and for each project state ``…_n``, ``…_km2``, with the share of the area that is done.
    targets : DataFrame
        One row per target: ``from_year``, ``to_year``, ``target_km2``, ``done_km2``, ``share``, ``reported_km2``, ``source``.
    undated_n, undated_km2 : int, float
        Parks said to be done without a year: in no year, in every other total.
    """

    by_year: pd.DataFrame
    by_route: pd.DataFrame
    by_district: pd.DataFrame
    targets: pd.DataFrame
    undated_n: int
    undated_km2: float


def progress(parks: pd.DataFrame, *, targets: Standard | None = None) -> Progress:
    """Add up what has been done and planned.

    A park is done where its project status says so or a year of completion is given.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks with ``land_area_m2``; ``route`` where it has been classified.
    targets : Standard, optional
        Of kind ``park_targets``.

    Returns
    -------
    progress : Progress
    """
    table = _prepared(parks)
    done = table[table["state"] == "done"]
    undated = done["year_done"].isna()
    return Progress(
        by_year=_by_year(table),
        by_route=_by_group(table, "route"),
        by_district=_by_group(table, "district"),
        targets=_targets(done, targets),
        undated_n=int(undated.sum()),
        undated_km2=float(done.loc[undated, "km2"].sum()),
    )


def _prepared(parks: pd.DataFrame) -> pd.DataFrame:
    unknown = pd.Series(pd.NA, index=parks.index)
    year_done = parks.get("year_done", unknown).astype("Int64")
    # A park without a status is counted as such, or the states would not add up to all parks.
    state = parks.get("project_status", unknown).astype("string").fillna("unknown")
    return pd.DataFrame(
        {
            # Land measured from the drawing: the reported area is missing or rounded in many
            # tables.
            "km2": parks["land_area_m2"].astype("Float64") / 1e6,
            "route": parks.get("route", unknown).astype("string").fillna("unknown"),
            "district": parks.get("district", unknown).astype("string").fillna("?"),
            # A year of completion says that it is done, even where the status was not updated.
            "state": state.mask(year_done.notna(), "done"),
            "year_done": year_done,
            "year_planned": parks.get("year_planned", unknown).astype("Int64"),
        }
    )


def _by_year(table: pd.DataFrame) -> pd.DataFrame:
    done = _sums(table[table["state"] == "done"], "year_done", "done_")
    planned = _sums(table, "year_planned", "planned_")
    # Years in which only one of the two happened are lines as well.
    return _filled(pd.concat([done, planned], axis=1).sort_index(), "year")


def _by_group(table: pd.DataFrame, name: str) -> pd.DataFrame:
    whole = _sums(table, name, "")
    states = [
        _sums(table[table["state"] == state], name, f"{state}_") for state in (*STATES, "unknown")
    ]
    groups = pd.concat([whole, *states], axis=1).sort_index()
    if name == "route":
        # In the order of the schema, as people know the routes.
        order = [*(v.value for v in schemas.values("route")), "unknown"]
        groups = groups.reindex([route for route in order if route in groups.index])
    filled = _filled(groups, name)
    return filled.assign(done_share=filled["done_km2"] / filled["km2"].where(filled["km2"] > 0))


def _sums(table: pd.DataFrame, by: str, prefix: str) -> pd.DataFrame:
    """Count parks and add up their area per group; a park whose area is unknown counts and adds nothing."""
    rows = table[table[by].notna()]
    areas = rows["km2"].astype(float).groupby(rows[by].astype(object))
    return pd.DataFrame({f"{prefix}n": areas.size(), f"{prefix}km2": areas.sum()})


def _filled(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Put 0 where a group has no such park, and the group into a column."""
    columns: dict[str, Any] = {
        # Here 0 is known: no park of the group is in that state.
        str(c): table[c].fillna(0).astype("Int64" if str(c).endswith("n") else "Float64")
        for c in table
    }
    groups: Any = table.index.to_numpy()
    return pd.DataFrame({name: groups, **{c: v.to_numpy() for c, v in columns.items()}})


def _targets(done: pd.DataFrame, standard: Standard | None) -> pd.DataFrame:
    if standard is None:
        return pd.DataFrame(columns=list(_TARGET_COLUMNS)).astype(_TARGET_COLUMNS)
    if standard.kind != "park_targets":
        raise RuleError(
            f"Standard {standard.id} is of kind {standard.kind}, expected park_targets.",
            f"标准 {standard.id} 的类型是 {standard.kind}，应为 park_targets。",
        )
    stated = [_line(done, row, "target_km2") for row in standard.body.get("target", [])]
    reported = [_line(done, row, "reported_km2") for row in standard.body.get("reported", [])]
    table = pd.DataFrame([*stated, *reported], columns=list(_TARGET_COLUMNS)).astype(
        _TARGET_COLUMNS
    )
    return table.sort_values(["from_year", "to_year"], kind="stable", ignore_index=True)


_TARGET_COLUMNS: dict[str, Any] = {
    "from_year": "Int64",
    "to_year": "Int64",
    "target_km2": "Float64",
    "reported_km2": "Float64",
    "done_n": "Int64",
    "done_km2": "Float64",
    "share": "Float64",
    "source": "string",
    "source_zh": "string",
}


def _line(done: pd.DataFrame, row: Mapping[str, Any], column: str) -> dict[str, Any]:
    first, last = int(row["from_year"]), int(row["to_year"])
    # A park without a year of completion counts for no target: it may have been done before.
    inside = done["year_done"].between(first, last).fillna(value=False).to_numpy(dtype=bool)
    km2 = float(done.loc[inside, "km2"].sum())
    limit = float(row["area_km2"])
    return {
        "from_year": first,
        "to_year": last,
        column: limit,
        "done_n": int(np.count_nonzero(inside)),
        "done_km2": km2,
        "share": km2 / limit if limit > 0 else pd.NA,
        "source": row.get("source", ""),
        "source_zh": row.get("source_zh", row.get("source", "")),
    }
