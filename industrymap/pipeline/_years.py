"""The base of every past year: who was in it, and what it adds up to in each park, block, district and town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.enterprises import bands
from industrymap.schemas import BLOCKS, PARKS
from industrymap.webmap import PastYear

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.pipeline._run import Built
    from industrymap.webmap import Snapshot

__all__ = ["ever_in_base", "past_years"]

_AMOUNTS = ("revenue_10k_cny", "output_10k_cny", "tax_10k_cny", "rd_10k_cny", "staff")
_DERIVED = ("in_base", "above_scale", "revenue_band", "size_class", "year")
_OF_AREAS = tuple(
    i.id
    for i in schemas.indicators("*")
    if i.over in {"firms", "base"} or i.n.startswith(("n_base_", "n_quality", "n_industry"))
)
"""Figures of an area that belong to a year, because firms do."""


def ever_in_base(built: Built) -> pd.Series[bool]:
    """Say which firms are in the base today or were in that of any earlier year."""
    firms, years = built.enterprises, built.years
    reached = years["revenue_10k_cny"] >= built.workspace.threshold_10k_cny
    ids = set(years.loc[reached.fillna(value=False), "enterprise_id"].astype("string"))
    today = firms["in_base"].fillna(value=False).astype(bool)
    return today | firms["enterprise_id"].astype("string").isin(ids)


def past_years(
    built: Built, firms: gpd.GeoDataFrame, earlier: tuple[Snapshot, ...] = ()
) -> tuple[PastYear, ...]:
    """Return every year before the reference year, oldest first.

    Parameters
    ----------
    built : Built
    firms : GeoDataFrame
        The firms of the page.
    earlier : tuple of Snapshot
        Earlier versions of parks and blocks: a year is added up over the areas as they were at its end.

    Returns
    -------
    years : tuple of PastYear
        Each with what the firms brought in that year, whether they were in its base, and the sums of that base; a figure
        that nobody reported for the year is left out, and the page shows it as unknown.
    """
    known = built.years[built.years["year"].notna()]
    # The year most firms state; with two as frequent, the later one.
    reference = firms["year"].dropna().mode() if "year" in firms else pd.Series(dtype="Int64")
    last = int(reference.max()) if len(reference) else None
    numbers = sorted({int(y) for y in known["year"] if last is None or int(y) < last})
    areas = [
        (snapshot.date, f"{name}@{number}", frame)
        for number, snapshot in enumerate(earlier)
        for name, frame in snapshot.layers().items()
    ]
    return tuple(_year(built, firms, known[known["year"] == n], n, areas) for n in numbers)


def _year(
    built: Built,
    firms: gpd.GeoDataFrame,
    known: pd.DataFrame,
    year: int,
    earlier: list[tuple[str, str, gpd.GeoDataFrame]],
) -> PastYear:
    rows = known.drop_duplicates("enterprise_id", keep="last").set_index("enterprise_id")
    ids = firms["enterprise_id"].astype("string")
    own = pd.DataFrame(
        {
            name: rows[name].reindex(ids).to_numpy(dtype="float64", na_value=np.nan)
            for name in _AMOUNTS
            if name in rows
        },
        index=firms.index,
        dtype="Float64",
    )
    # Tests of a past year use the thresholds of today, so that years differ by their firms alone.
    revenue = own["revenue_10k_cny"]
    own = own.assign(
        # without a revenue nobody knows whether a firm was in the base: it is not counted in
        in_base=(revenue >= built.workspace.threshold_10k_cny).fillna(value=False),
        above_scale=(revenue >= bands.ABOVE_SCALE_10K_CNY).fillna(value=False),
        revenue_band=bands.revenue_band(revenue),
        year=pd.Series(year, index=firms.index, dtype="Int64").where(revenue.notna()),
    )
    # Codes, places and names are today's: a firm that moved is counted where it is now.
    of_year = firms.assign(**{str(name): own[name] for name in own})
    frames = {schemas.ENTERPRISES: own}
    for name, layer in built.layers.items():
        record = built.workspace.record(name)
        if record.area and record.firm_column in of_year:
            frames[record.id] = _sums(layer, of_year, record)
    for schema in (PARKS, BLOCKS):
        frames |= _sums_then(of_year, schema, year, earlier)
    dated = dict.fromkeys(frames, _OF_AREAS) | {schemas.ENTERPRISES: (*_AMOUNTS, *_DERIVED)}
    return PastYear(year=year, frames=frames, dated=dated)


def _sums(
    layer: gpd.GeoDataFrame, firms: pd.DataFrame, record: schemas.LayerRecord
) -> pd.DataFrame:
    from industrymap import measure

    sums = measure.recount(layer, firms, layer=record.schema, key=record.firm_column)
    # all firms that are there are counted today only: of a past year nobody knows who had no revenue yet
    return sums[[c for c in sums if c in _OF_AREAS and c.startswith(_SUMMED)]]


def _sums_then(
    firms: gpd.GeoDataFrame,
    schema: str,
    year: int,
    earlier: list[tuple[str, str, gpd.GeoDataFrame]],
) -> dict[str, pd.DataFrame]:
    """Add a year up over the version of a layer that held at its end; empty where that is today's or none."""
    from industrymap import assign

    record = schemas.measured()[schema]
    held = [
        (name, frame)
        for day, name, frame in earlier
        if name.startswith(f"{record.id}@") and day <= f"{year}-12-31"
    ]
    if not held:
        return {}
    # The latest version that began in the year or before it.
    name, frame = held[-1]
    inside = assign.containing(firms, frame, key=schemas.key(schema))
    return {name: _sums(frame, firms.assign(**{record.firm_column: inside}), record)}


_SUMMED = ("base_", "above_scale", "n_base_", "coverage_base_", "revenue_per", "jobs_per")
