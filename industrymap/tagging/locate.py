"""Labels of place: district, town, block, its level, village park, value-innovation park."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.tagging.tag import TAG_COLUMNS
from industrymap.terms import FINE_LEVELS

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["PLACE_TAXONOMIES", "joined", "locate"]

PLACE_TAXONOMIES = (
    "district",
    "town",
    "block",
    "block_level",
    "village_park",
    "value_innovation_park",
)
"""Taxonomies of place; their labels are the ids of the polygons."""

VALUE_INNOVATION_PARK = "value_innovation_park"


def locate(
    frame: pd.DataFrame,
    *,
    parks: pd.DataFrame | None = None,
    blocks: pd.DataFrame | None = None,
    zones: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Label firms by where they are.

    Parameters
    ----------
    frame : DataFrame
        After assignment: ``enterprise_id, district_code, district, town_code, town, park_id, block_id``; for zones
        also ``geometry`` and ``geocode_level``.
    parks, blocks : DataFrame, optional
        ``park_id, name`` and ``block_id, name, level``: for the labels' words.
    zones : GeoDataFrame, optional
        Polygons in WGS 84 with ``zone_id, name, kind``; those of kind ``value_innovation_park``, or of none, count. Only firms
        whose place is as fine as an address are asked.

    Returns
    -------
    tags : DataFrame
        :data:`industrymap.tagging.TAG_COLUMNS`, ``source`` ``rule``, ``rule_id`` ``assign`` or ``zone``.
    """
    names = {"village_park": _names(parks, "park_id"), "block": _names(blocks, "block_id")}
    parts = [
        _part(frame, "district", "district_code", words="district"),
        _part(frame, "town", "town_code", words="town"),
        _part(frame, "block", "block_id", labels=names["block"]),
        _block_levels(frame, blocks),
        _part(frame, "village_park", "park_id", labels=names["village_park"]),
        _zones(frame, zones),
    ]
    # An empty part has no types and would loosen those of the others.
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame({name: [] for name in TAG_COLUMNS})
    return joined(filled)


def joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put tags tables under one another, sorted by firm and taxonomy; repeated words stay categorical."""
    # Categoricals of different words cannot be stacked: they are made anew from all words.
    rows = pd.concat(
        [part.astype(dict.fromkeys(_WORDS, "object")) for part in parts], ignore_index=True
    )
    rows = rows.sort_values(["enterprise_id", "taxonomy"], kind="stable", ignore_index=True)
    return rows.astype(dict.fromkeys(_WORDS, "category"))


_WORDS = ("taxonomy", "label_id", "label", "rule_id", "matched", "source")


def _part(
    frame: pd.DataFrame,
    taxonomy: str,
    column: str,
    *,
    words: str = "",
    labels: dict[str, str] | None = None,
) -> pd.DataFrame:
    if column not in frame.columns:
        return pd.DataFrame()
    ids = frame[column].astype("string").reset_index(drop=True)
    at = np.flatnonzero(ids.notna().to_numpy())
    ids = ids.iloc[at]
    if words and words in frame.columns:
        shown = frame[words].astype("string").reset_index(drop=True).iloc[at].fillna(ids)
    else:
        shown = ids.map(labels or {}).astype("string").fillna(ids)
    placed = _Placed(at=at, ids=ids, shown=shown, matched=column + "=" + ids)
    return _table(frame, placed, taxonomy=taxonomy, rule="assign")


def _block_levels(frame: pd.DataFrame, blocks: pd.DataFrame | None) -> pd.DataFrame:
    if blocks is None or "level" not in blocks.columns or "block_id" not in frame.columns:
        return pd.DataFrame()
    level = dict(
        zip(blocks["block_id"].astype("string"), blocks["level"].astype("string"), strict=True)
    )
    block = frame["block_id"].astype("string").reset_index(drop=True)
    ids = block.map(level).astype("string")
    at = np.flatnonzero(ids.notna().to_numpy())
    ids = ids.iloc[at]
    shown = ids.map({"1": "一级控制线", "2": "二级控制线"}).astype("string").fillna(ids)
    placed = _Placed(at=at, ids=ids, shown=shown, matched="block_id=" + block.iloc[at])
    return _table(frame, placed, taxonomy="block_level", rule="assign")


def _zones(frame: pd.DataFrame, zones: gpd.GeoDataFrame | None) -> pd.DataFrame:
    import shapely

    if zones is None or "geometry" not in frame.columns or "geocode_level" not in frame.columns:
        return pd.DataFrame()
    # A file of such parks alone need not say so of each.
    stated = zones["kind"] if "kind" in zones else pd.Series(pd.NA, index=zones.index)
    kind = stated.astype("string").fillna(VALUE_INNOVATION_PARK)
    kept = zones[(kind == VALUE_INNOVATION_PARK).to_numpy(dtype=bool)].reset_index(drop=True)
    points = np.asarray(frame["geometry"].array)
    # A place that is only known by its road or town may lie outside the polygon its point is in.
    fine = frame["geocode_level"].isin(FINE_LEVELS).fillna(value=False).to_numpy(dtype=bool)
    at = np.flatnonzero(fine & ~shapely.is_missing(points) & ~shapely.is_empty(points))
    if kept.empty or not len(at):
        return pd.DataFrame()
    tree = shapely.STRtree(np.asarray(kept.geometry.array))
    point, zone = tree.query(points[at], predicate="intersects")
    # By firm and then by zone: the tree answers in an order of its own.
    order = np.lexsort((zone, point))
    point, zone = point[order], zone[order]
    ids = kept["zone_id"].astype("string").take(zone)
    # A zone without an id goes by its name.
    ids = ids.fillna(kept["name"].astype("string").take(zone))
    shown = kept["name"].astype("string").take(zone).fillna(ids)
    placed = _Placed(at=at[point], ids=ids, shown=shown, matched="zone_id=" + ids)
    return _table(frame, placed, taxonomy=VALUE_INNOVATION_PARK, rule="zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """Labels of one taxonomy: position of the firm in the frame, and aligned with it id, words and evidence."""

    at: NDArray[np.int64]
    ids: pd.Series[Any]
    shown: pd.Series[Any]
    matched: pd.Series[Any]


def _table(frame: pd.DataFrame, placed: _Placed, *, taxonomy: str, rule: str) -> pd.DataFrame:
    firms = frame["enterprise_id"].astype("string").array.take(placed.at)
    table = pd.DataFrame(
        {
            "enterprise_id": firms,
            "taxonomy": taxonomy,
            "label_id": placed.ids.to_numpy(dtype=object),
            "label": placed.shown.to_numpy(dtype=object),
            "primary": ~pd.Series(placed.at).duplicated().to_numpy(),
            "rule_id": rule,
            "matched": placed.matched.to_numpy(dtype=object),
            "confidence": 1.0,
            "source": "rule",
        }
    )
    for name in ("valid_from", "valid_to"):
        table[name] = np.full(len(table), np.datetime64("NaT", "s"))
    return table[TAG_COLUMNS]


def _names(layer: pd.DataFrame | None, key: str) -> dict[str, str]:
    if layer is None or "name" not in layer.columns or key not in layer.columns:
        return {}
    known = layer[[key, "name"]].dropna().astype("string")
    return dict(zip(known[key], known["name"], strict=True))
