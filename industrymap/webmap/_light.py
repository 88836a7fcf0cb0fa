"""A light page for phones: districts, parks, blocks and totals, without firms."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap import schemas
from industrymap.schemas import ENTERPRISES
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from industrymap.webmap.model import MapLayer, MapModel

__all__ = ["light", "totals"]

_STEP = 100
"""A metre: no phone shows more."""

_SIMPLER_DEGREES = 0.0005
"""Fifty metres off the borders of districts and towns, which nobody measures on a phone."""

_PARTS = ("name_en", "district", "town", "route", "level")
_SUMS = ("revenue_10k_cny", "tax_10k_cny", "staff")


def light(model: MapModel) -> MapModel:
    """Return what a phone needs of a model: no firms, no years, no rules; columns of tables for people, shapes to a metre.

    Sums over firms are left out where an area has fewer than three of them: a page that travels by chat gives nobody away by
    one park. The totals of the firms come along as figures (:func:`totals`).

    Examples
    --------
    >>> from industrymap.webmap import MapModel
    >>> light(MapModel()).layers
    ()
    """
    layers = tuple(_thinned(m) for m in model.layers if m.record.name != ENTERPRISES)
    firms = model.frame(ENTERPRISES)
    meta = replace(model.meta, totals={} if firms is None else totals(firms))
    return replace(
        model,
        layers=layers,
        meta=meta,
        taxonomies=(),
        scoring=None,
        years=(),
        snapshots=(),
        standards=(),
    )


def totals(firms: pd.DataFrame) -> dict[str, float]:
    """Return the number of firms in the base, and each sum over them with the number of firms it rests on (``n_…``)."""
    # A frame that says nothing of a base is one.
    base = firms[firms["in_base"].fillna(value=False).astype(bool)] if "in_base" in firms else firms
    total: dict[str, float] = {"firms": len(base)}
    for name in _SUMS:
        if name in base and base[name].notna().any():
            total |= {name: float(base[name].sum()), f"n_{name}": int(base[name].notna().sum())}
    return total


def _thinned(shown: MapLayer) -> MapLayer:
    record, frame = shown.record, shown.frame
    usual = [one.field for one in schemas.shown(record.schema) if one.listed]
    kept = dict.fromkeys((schemas.key(record.schema), "name", *_PARTS, *usual))
    columns = [name for name in kept if name in frame.columns]
    thin: gpd.GeoDataFrame = frame[[*columns, frame.geometry.name]].copy()
    if "base_firms" in frame:
        # A cell of 0 firms gives nobody away and stays.
        few = (frame["base_firms"] > 0) & (frame["base_firms"] < FEWEST_FIRMS)
        sums = [i.id for i in schemas.indicators(record.schema) if i.rule == "few"]
        for name in {
            *sums,
            *(c for c in columns if c.startswith("base_") and c != "base_firms"),
        } & set(columns):
            thin[name] = thin[name].mask(few.fillna(value=False).astype(bool))
    for one in schemas.shown(record.schema):
        if one.field in columns and one.decimals is not None:
            # two digits more than a table shows
            # Digits of the stored unit, not the shown one: mu with one decimal are whole square
            # metres.
            digits = one.decimals + 2 + math.floor(math.log10(one.factor))
            thin[one.field] = thin[one.field].astype("Float64").round(digits)
    if record.role == "container":
        # one simplification for all, so that neighbours keep their common border
        shapes = np.asarray(thin.geometry.array, dtype=object)
        thin = thin.set_geometry(shapely.coverage_simplify(shapes, _SIMPLER_DEGREES), crs=thin.crs)
    # Never finer than the layer already is.
    return replace(shown, frame=thin, record=replace(record, step=max(record.step, _STEP)))
