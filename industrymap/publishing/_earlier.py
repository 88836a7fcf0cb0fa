"""What was published before counts as known: numbers that beside it would give a firm away are withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap.publishing._audit import Cells, protect
from industrymap.publishing._numbers import (
    COUNTS,
    RECORDS,
    SUMS,
    Why,
    counted_in,
    figures_of,
    leave_out,
    order_of,
)
from industrymap.publishing._release import FIRM_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from industrymap.publishing._release import Known, Release

__all__ = ["compare"]

_AREAS = [c for c in FIRM_COLUMNS if c not in {"enterprise_id", "above_scale"}]


@dataclass(frozen=True, slots=True)
class _Audit:
    """One release about to be made; numbers are hidden in its layers in place."""

    layers: dict[str, gpd.GeoDataFrame]
    keyed: Mapping[str, tuple[pd.Series, str, int]]
    threshold_10k_cny: float
    why: Why

    def beside(
        self, earlier: Sequence[Release], every: Sequence[pd.DataFrame], *, field: str
    ) -> None:
        """Hide what one number would give away beside earlier releases; ``every``: the firms behind it, this release's first."""
        if not earlier:
            return
        areas, releases, shown_keys = _areas(self.layers, self.keyed, earlier, field)
        held = _unknowns(every, SUMS.get(field, ""))
        cells = Cells.of(areas, held, releases=releases)
        shown = np.concatenate([shown_keys[name] for name in cells.slices])
        counted = np.ones(len(held), dtype=bool)
        figures = None
        if field in SUMS:
            figures = figures_of(held, field, counted, cells, self.threshold_10k_cny)
        left_out = protect(cells, cells.weigh(counted), shown, figures=figures)
        leave_out(shown, left_out, field, cells, self.why)
        for layer, mask in cells.split(shown):
            if layer in self.layers and field in self.layers[layer]:
                self.layers[layer][field] = self.layers[layer][field].where(mask)


def compare(
    layers: dict[str, gpd.GeoDataFrame],
    keyed: Mapping[str, tuple[pd.Series, str, int]],
    firms: pd.DataFrame,
    known: Known,
    why: Why,
) -> None:
    """Hide in place what the numbers of earlier releases, beside those to be published, would give away.

    A firm that keeps its figure is one unknown in all releases, a firm that changes it is one in each: so the same audit holds,
    over all of them at once. Releases in which no firm has the figure it has now, such as those of other years, say nothing about it.
    Of a count, every firm is one unknown: it is counted in a release or it is not, here or there.
    """
    audit = _Audit(layers, keyed, known.threshold_10k_cny, why)
    for field in COUNTS:
        # A record of the base only says nothing of the number of all firms.
        comparable = [r for r in known.earlier if COUNTS[field] or "in_base" in r.firms]
        every = [_counting(f, field) for f in (firms, *(r.firms for r in comparable))]
        audit.beside(comparable, every, field=field)
    for layer in layers.values():
        # A figure is shown only beside the number of firms it rests on.
        for field in (name for name in SUMS if name in layer and "base_firms" in layer):
            layer[field] = layer[field].where(layer["base_firms"].notna())
    base = _counting(firms, "base_firms")
    for field, column in SUMS.items():
        if column not in firms:
            continue
        now = _pairs(base, column)
        bases = [(r, _counting(r.firms, "base_firms")) for r in known.earlier if column in r.firms]
        same = [(r, b) for r, b in bases if not now.isdisjoint(_pairs(b, column))]
        audit.beside([r for r, _ in same], [base, *(b for _, b in same)], field=field)


def _counting(firms: pd.DataFrame, field: str) -> pd.DataFrame:
    """Return the firms that a count of areas counts; a record without ``in_base`` holds the base and nobody else."""
    if field == "base_firms" and "in_base" not in firms:
        return firms
    return pd.DataFrame(firms[counted_in(firms, field)])


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
    # The value is part of the key: a firm that changed its figure is another unknown. A count has no value.
    keys = ["enterprise_id", column, "above_scale"] if column else ["enterprise_id"]
    firms_of_release = []
    for number, firms in enumerate(every):
        known = firms[firms[column].notna()] if column else firms
        own = known[[*keys, *_AREAS]].drop_duplicates("enterprise_id")
        own = own.rename(columns={c: f"{c}@{number}" for c in _AREAS})
        if column:
            own = own.assign(above_scale=own["above_scale"].astype("boolean").fillna(value=False))
        firms_of_release.append(own)
    held = firms_of_release[0]
    for own in firms_of_release[1:]:
        # Outer, because a firm may be in one of the releases only.
        held = held.merge(own, on=keys, how="outer")
    return held.reset_index(drop=True)
