"""What a page that leaves the office may hold: aggregates, an approval number, nothing about one firm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from industrymap.errors import ConfigError

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.webmap.model import MapModel

__all__ = ["FEWEST_FIRMS", "publishable"]

FEWEST_FIRMS = 3
"""A figure over fewer firms than this could be traced to one of them and is left out (a proposal)."""

_FIRM_FIGURES = ("base_revenue_10k_cny", "base_tax_10k_cny", "base_staff")
_PARK_FIGURES = (
    "output_10k_cny",
    "tax_10k_cny",
    "output_per_floor_yuan_m2",
    "tax_per_mu_10k_cny",
    "output_per_mu_10k_cny",
)
_GRID_DEGREES = 1e-4


def publishable(model: MapModel) -> MapModel:
    """Return the model as its profile allows it to be shown.

    ``internal`` changes nothing. ``public`` needs an approval number; enterprises and their years are left out,
    figures of areas with fewer than :data:`FEWEST_FIRMS` firms are unknown, and coordinates are rounded to
    four decimals (about 10 m).

    Raises
    ------
    ConfigError
        An unknown profile, or a public map without an approval number.
    """
    if model.meta.profile == "internal":
        return model
    if model.meta.profile != "public":
        raise ConfigError(
            f"The profile is 'internal' or 'public', not {model.meta.profile!r}.",
            f"发布口径只有 internal 和 public，没有 {model.meta.profile!r}。",
        )
    if not model.meta.review_number.strip():
        raise ConfigError(
            "A public map needs its approval number (审图号): set review_number.",
            "公开地图必须有审图号：请填写 review_number。",
        )
    areas = ("parks", "blocks", "districts", "towns")
    changed: dict[str, Any] = {n: _aggregated(getattr(model, n)) for n in areas}
    snapshots = tuple(replace(s, parks=_coarsened(s.parks)) for s in model.snapshots)
    return replace(model, enterprises=None, years=None, snapshots=snapshots, **changed)


def _aggregated(frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    return None if frame is None else _coarsened(frame)


def _coarsened(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    import numpy as np
    import shapely

    out = frame.copy()
    few = _few(frame)
    for column in (*_FIRM_FIGURES, *_PARK_FIGURES):
        if column in out.columns:
            out[column] = out[column].mask(few)
    exact = np.asarray(out.geometry.array, dtype=object)
    return out.set_geometry(shapely.set_precision(exact, _GRID_DEGREES), crs=out.crs)


def _few(frame: gpd.GeoDataFrame) -> Any:
    """Return the rows whose figures rest on fewer firms than allowed, or on an unknown number."""
    for column in ("base_firms", "firms", "firms_reported"):
        if column in frame.columns:
            return frame[column].fillna(0) < FEWEST_FIRMS
    import pandas as pd

    return pd.Series(True, index=frame.index)
