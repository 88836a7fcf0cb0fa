"""Figures of one polygon, worked out as their records say: areas, ratios, overlaps, distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap.columns import numbers
from industrymap.measure._overlaps import distance_m, distance_to_larger_m, share_inside
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from industrymap.schemas import Indicator, LayerRecord

__all__ = ["area", "nearness", "ratios"]


def area(
    polygons: pd.DataFrame, shapes: NDArray[np.object_], record: LayerRecord
) -> dict[str, pd.Series]:
    """Return the area of each polygon, and how far the reported one is off where the layer brings it."""
    m2 = shapely.area(shapes)
    # a polygon without an inside has no area, and nothing may be divided by it
    known = pd.Series(np.where(m2 > 0, m2, np.nan), index=polygons.index).astype("Float64")
    figures = {record.area: known}
    if record.area_reported in polygons:
        figures["area_difference"] = numbers(polygons, record.area_reported) / known - 1.0
    return figures


def ratios(
    frame: pd.DataFrame, figures: Iterable[Indicator], record: LayerRecord
) -> dict[str, pd.Series]:
    """Return the figures that are one column of the polygon ÷ another."""
    ratio_by_id: dict[str, pd.Series] = {}
    for figure in figures:
        if figure.kind not in {"ratio", "given_or_ratio"} or figure.over != "self":
            continue
        if figure.of.startswith("base_") and figure.of not in frame:
            continue  # no firms were counted: the figure is left out, not unknown
        per = numbers(frame, record.area if figure.per == "@area" else figure.per)
        if figure.per_unit == "mu":
            per = per / MU_M2
        value = numbers(frame, figure.of) * figure.factor / per.where(per > 0)
        # what a planner has stated goes before what follows from two other columns
        ratio_by_id[figure.id] = (
            numbers(frame, figure.id).fillna(value) if figure.kind == "given_or_ratio" else value
        )
    return ratio_by_id


def nearness(
    frame: pd.DataFrame,
    shapes: NDArray[np.object_],
    blocks: NDArray[np.object_] | None,
    figures: Iterable[Indicator],
) -> dict[str, pd.Series]:
    """Return overlaps with the blocks and distances, in the projected CRS."""
    values_by_id: dict[str, pd.Series] = {}
    for figure in figures:
        values = None
        if figure.kind == "distance" and figure.over == "larger":
            values = distance_to_larger_m(shapes)
        elif figure.kind == "overlap" and blocks is not None:
            values = share_inside(shapes, blocks)
        elif figure.kind == "distance" and blocks is not None:
            values = distance_m(shapes, blocks)
        if values is not None:
            values_by_id[figure.id] = pd.Series(values, index=frame.index).astype("Float64")
    return values_by_id
