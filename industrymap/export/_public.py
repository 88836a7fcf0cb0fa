"""What may leave the office: listed columns, no firm by itself, no figure that leads back to one.

The list of columns is ``public.csv`` beside this module: ``plain`` ones are shown, ``count`` ones are numbers of firms,
``figure`` ones are sums over the base. A layer that is not listed is not published.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap.errors import ConfigError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["FEWEST_FIRMS", "public", "public_fields"]

FEWEST_FIRMS = 3
"""A figure over fewer firms leads back to one of them and is left out."""

_GRID_DEGREES = 1e-4  # about 10 m
_INSIDE = (("firms", "base_firms"), ("base_firms", "above_scale"))
_GROUPS = ("parent_code", "district")


@cache
def public_fields(layer: str) -> dict[str, str]:
    """Return field → ``plain``, ``count`` or ``figure`` for a layer; empty where it is not published.

    Examples
    --------
    >>> public_fields("enterprises")
    {}
    >>> public_fields("village_parks")["base_revenue_10k_cny"]
    'figure'
    """
    text = resources.files(__package__).joinpath("public.csv").read_text(encoding="utf-8")
    return {r["field"]: r["kind"] for r in csv.DictReader(text.splitlines()) if r["layer"] == layer}


def public(frame: gpd.GeoDataFrame, *, layer: str, review_number: str) -> gpd.GeoDataFrame:
    """Return what of a layer may be published.

    Counts of one or two firms, and figures over so few, are unknown; so is a count that differs from the one it is part
    of by one or two. Where exactly one cell of a column is unknown within a district (or among districts), the smallest
    other one is left out too, because a published total would give it away. Coordinates are rounded to 0.0001°, about
    10 m.

    Parameters
    ----------
    frame : GeoDataFrame
        The whole layer, before any filter: a filtered one would hide which cells protect each other.
    layer : str
        Its schema.
    review_number : str
        审图号, without which no map is published.

    Returns
    -------
    frame : GeoDataFrame
        Listed columns only.

    Raises
    ------
    ConfigError
        No approval number, or a layer that is not published.
    """
    if not review_number.strip():
        raise ConfigError(
            "A public file needs its approval number (审图号): set review_number in industrymap.toml.",
            "公开发布必须有审图号：请在 industrymap.toml 中填写 review_number。",
        )
    kinds = public_fields(layer)
    if not kinds:
        raise ConfigError(
            f"The layer {layer!r} is not published: it holds single firms or is not listed. Publish parks, blocks or districts.",
            f"图层 {layer!r} 不得公开：含单个企业信息或未列入清单。可公开园区、区块和行政区的汇总。",
        )
    out = frame[[name for name in kinds if name in frame.columns] + [frame.geometry.name]].copy()
    hidden = _few(out, kinds)
    group = next((out[name] for name in _GROUPS if name in out.columns), None)
    for name, mask in hidden.items():
        out[name] = out[name].mask(mask | _second(out[name], mask, group))
    out[out.geometry.name] = shapely.set_precision(np.asarray(out.geometry.array), _GRID_DEGREES)
    return out


def _few(frame: pd.DataFrame, kinds: dict[str, str]) -> dict[str, Any]:
    """Return for each count and figure the cells that lead back to one or two firms."""
    hidden: dict[str, Any] = {}
    for name, kind in kinds.items():
        if kind == "count" and name in frame:
            hidden[name] = _small(frame[name])
    for whole, part in _INSIDE:
        if whole in hidden and part in hidden:
            hidden[part] |= _small(frame[whole] - frame[part])
    few = np.ones(len(frame), dtype=bool)
    if "base_firms" in hidden:
        few = hidden["base_firms"] | frame["base_firms"].isna().to_numpy()
    return hidden | {n: few for n, kind in kinds.items() if kind == "figure" and n in frame}


def _small(counts: pd.Series[Any]) -> Any:
    return ((counts > 0) & (counts < FEWEST_FIRMS)).fillna(value=False).to_numpy(dtype=bool)


def _second(values: pd.Series[Any], hidden: Any, group: pd.Series[Any] | None) -> Any:
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
        if int((mine & hidden).sum()) != 1:
            continue
        others = np.flatnonzero(mine & ~hidden & (numbers > 0))
        if others.size:
            more[others[np.argmin(numbers[others])]] = True
    return more
