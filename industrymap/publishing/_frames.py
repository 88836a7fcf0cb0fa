"""One layer by itself: listed columns, few firms hidden, one more beside a lonely hidden cell, coordinates rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap.errors import ConfigError
from industrymap.publishing._columns import fields
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["INSIDE", "background", "one_layer"]

INSIDE = (("firms", "base_firms"), ("base_firms", "above_scale"))
"""Counts of which the second is part of the first: their difference is a count too."""

_GRID_DEGREES = 1e-4  # about 10 m
_GROUPS = ("parent_code", "district")


def one_layer(frame: gpd.GeoDataFrame, *, layer: str) -> gpd.GeoDataFrame:
    """Return what of a layer may be published, judged by its own columns alone.

    Counts of one or two firms, and figures over so few, are unknown; so is a count that differs from the one it is part
    of by one or two. Where exactly one cell of a column is unknown within a district (or among districts), the smallest
    other one is left out too, because a total would give it away. Coordinates are rounded to 0.0001°, about 10 m.

    Parameters
    ----------
    frame : GeoDataFrame
        The whole layer, before any filter: a filtered one would hide which cells protect each other.
    layer : str
        Its schema.

    Returns
    -------
    frame : GeoDataFrame
        Listed columns only.

    Raises
    ------
    ConfigError
        A layer that is not published.
    """
    kinds = fields(layer)
    if not kinds:
        raise ConfigError(
            f"The layer {layer!r} is not published: it holds single firms or is not listed. Publish parks, blocks or districts.",
            f"图层 {layer!r} 不得公开：含单个企业信息或未列入清单。可公开园区、区块和行政区的汇总。",
        )
    out = frame[[name for name in kinds if name in frame.columns] + [frame.geometry.name]].copy()
    # On the whole frame: the counts that decide need not be listed themselves.
    hidden = _small_cells(frame, kinds)
    group = next((out[name] for name in _GROUPS if name in out.columns), None)
    for name, mask in hidden.items():
        more = _complementary_cells(out[name], mask, group)
        nobody = _no_base_firms(frame) if kinds[name] == "figure" else False
        out[name] = out[name].mask(mask | more | nobody)
    return _rounded(out)


def background(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the name and the rounded shape of what is drawn underneath."""
    names = [name for name in ("name",) if name in frame.columns]
    return _rounded(frame[[*names, frame.geometry.name]].copy())


def _rounded(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    exact = np.asarray(frame.geometry.array, dtype=object)
    # By shapely, which keeps the polygons valid; rounding each corner by itself would not.
    frame[frame.geometry.name] = shapely.set_precision(exact, _GRID_DEGREES)
    return frame


def _small_cells(frame: pd.DataFrame, kinds: dict[str, str]) -> dict[str, Any]:
    """Return for each count and figure the cells that lead back to one or two firms."""
    hidden: dict[str, Any] = {}
    for name, kind in kinds.items():
        if kind == "count" and name in frame:
            hidden[name] = _small(frame[name])
    for whole, part in INSIDE:
        if whole in hidden and part in hidden:
            # The part and not the whole: the number of all firms is worth more to a reader.
            hidden[part] |= _small(frame[whole] - frame[part])
    few = np.ones(len(frame), dtype=bool)
    if "base_firms" in hidden:
        # Where the number of firms is unknown it may be one.
        few = hidden["base_firms"] | frame["base_firms"].isna().to_numpy()
    for name, kind in kinds.items():
        if kind == "figure" and name in frame:
            # a sum over many firms of which one brought its figure is that firm's figure
            known = f"n_{name}"
            hidden[name] = few | _small(frame[known]) if known in frame else few
    return hidden


def _no_base_firms(frame: pd.DataFrame) -> Any:
    """Return where there is no firm of the base: a figure given there is somebody's all the same."""
    if "base_firms" not in frame:
        return True
    return (frame["base_firms"] == 0).fillna(value=False).to_numpy(dtype=bool)


def _small(counts: pd.Series[Any]) -> Any:
    return ((counts > 0) & (counts < FEWEST_FIRMS)).fillna(value=False).to_numpy(dtype=bool)


def _complementary_cells(values: pd.Series[Any], hidden: Any, group: pd.Series[Any] | None) -> Any:
    """Return one more cell to hide in each group where a total would give the only hidden one away."""
    more = np.zeros(len(values), dtype=bool)
    numbers = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    keys = (
        np.zeros(len(values), dtype=int)
        if group is None
        else group.astype("string").fillna("").to_numpy()
    )
    for key in np.unique(keys[hidden]):
        mine = keys == key
        # Two hidden cells protect each other.
        if int((mine & hidden).sum()) != 1:
            continue
        # A cell of 0 protects nothing, because 0 is easily guessed.
        others = np.flatnonzero(mine & ~hidden & (numbers > 0))
        if others.size:
            more[others[np.argmin(numbers[others])]] = True
    return more
