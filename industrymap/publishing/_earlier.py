"""What was published before counts as known: figures that beside it would give a firm away are withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from industrymap.publishing._audit import Cells, protect
from industrymap.publishing._numbers import RECORDS, SUMS, Why, figures_of, leave_out, order_of
from industrymap.publishing._release import FIRM_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from industrymap.publishing._release import Known, Release

__all__ = ["compare"]

_AREAS = [c for c in FIRM_COLUMNS if c not in {"enterprise_id", "above_scale"}]


def compare(
    layers: dict[str, gpd.GeoDataFrame],
    keyed: Mapping[str, tuple[pd.Series, str, int]],
    firms: pd.DataFrame,
    known: Known,
    why: Why,
) -> None:
    """Hide in place what the figures of earlier releases, beside those to be published, would give away.

    A firm that keeps its figure is one unknown in all releases, a firm that changes it is one in each: so the same audit holds,
    over all of them at once. Releases in which no firm has the figure it has now, such as those of other years, say nothing about it.
    """
    for field, column in SUMS.items():
        if column not in firms:
            continue
        now = _pairs(firms, column)
        same = [r for r in known.earlier if column in r.firms and not now.isdisjoint(_pairs(r.firms, column))]  # fmt: skip
        if not same:
            continue
        areas, releases, shown_keys = _areas(layers, keyed, same, field)
        held = _unknowns([firms, *(r.firms for r in same)], column)
        cells = Cells.of(areas, held, releases=releases)
        shown = np.concatenate([shown_keys[name] for name in cells.slices])
        counted = np.ones(len(held), dtype=bool)
        figures = figures_of(held, field, counted, cells, known.threshold_10k_cny)
        left_out = protect(cells, cells.weigh(counted), shown, figures=figures)
        leave_out(shown, left_out, field, cells, why)
        for layer, mask in cells.split(shown):
            if layer in layers and field in layers[layer]:
                layers[layer][field] = layers[layer][field].where(mask)


def _pairs(firms: pd.DataFrame, column: str) -> set[tuple[str, float]]:
    known = firms[firms[column].notna()]
    return set(zip(known["enterprise_id"].tolist(), known[column].tolist(), strict=True))


def _areas(
    layers: Mapping[str, gpd.GeoDataFrame],
    keyed: Mapping[str, tuple[pd.Series, str, int]],
    earlier: Sequence[Release],
    field: str,
) -> tuple[dict[str, tuple[pd.Series, str, int]], dict[str, int], dict[str, np.ndarray]]:
    """Return the areas of all releases, which release each layer of them is of, and which of its areas are shown."""
    areas, releases, shown = {}, {}, {}
    for name, (keys, where, order) in keyed.items():
        areas[name], releases[name] = (keys, f"{where}@0", order), 0
        known = field in layers[name]
        shown[name] = layers[name][field].notna().to_numpy() if known else np.zeros(len(keys), dtype=bool)  # fmt: skip
    for number, release in enumerate(earlier, 1):
        for role, cells in release.cells[release.cells["field"] == field].groupby("layer"):
            if str(role) not in RECORDS:
                continue  # of a program that knew another layer: none of today's areas is compared with it
            record, name = RECORDS[str(role)], f"{role}@{number}"
            areas[name] = (cells["key"], f"{record.firm_column}@{number}", order_of(record))
            releases[name], shown[name] = number, np.ones(len(cells), dtype=bool)
    return areas, releases, shown


def _unknowns(every: Sequence[pd.DataFrame], column: str) -> pd.DataFrame:
    """Return one row for each firm and value, with the areas it is in in each release (``district_code@0``, …)."""
    # The value is part of the key: a firm that changed its figure is another unknown.
    keys = ["enterprise_id", column, "above_scale"]
    firms_of_release = []
    for number, firms in enumerate(every):
        own = firms.loc[firms[column].notna(), [*keys, *_AREAS]].drop_duplicates("enterprise_id")
        own = own.rename(columns={c: f"{c}@{number}" for c in _AREAS})
        firms_of_release.append(own.assign(above_scale=own["above_scale"].astype("boolean").fillna(value=False)))  # fmt: skip
    held = firms_of_release[0]
    for own in firms_of_release[1:]:
        # Outer, because a firm may be in one of the releases only.
        held = held.merge(own, on=keys, how="outer")
    return held.reset_index(drop=True)
