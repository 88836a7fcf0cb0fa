"""Every layer together: what one hides, another must not give away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.errors import ConfigError
from industrymap.publishing._audit import Cells, protect
from industrymap.publishing._columns import fields
from industrymap.publishing._frames import INSIDE, one_layer
from industrymap.schemas import DISTRICTS, LayerRecord, key
from industrymap.schemas import layers as layer_records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

__all__ = ["approve", "publish"]

_RECORDS = {record.name: record for record in layer_records() if record.area}
"""What may be published of a layer is decided for the shipped ones only: each with its key and the firms' column for it."""

_ORDER = {"subject": 0, "container": 1}
"""Which cell is given up first, where one must be: the smaller area; of districts and towns, the town."""


_SUMS = {
    "base_revenue_10k_cny": "revenue_10k_cny",
    "base_tax_10k_cny": "tax_10k_cny",
    "base_staff": "staff",
}


def approve(review_number: str) -> None:
    """Refuse to publish without an approval number.

    Raises
    ------
    ConfigError
        The number is empty.
    """
    if not review_number.strip():
        raise ConfigError(
            "What is published needs its approval number (审图号): set review_number under [workspace] in industrymap.toml.",
            "公开发布必须有审图号：请在 industrymap.toml 的 [workspace] 中填写 review_number。",
        )


def publish(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    schemas: Mapping[str, str],
    firms: pd.DataFrame | None,
    review_number: str,
) -> dict[str, gpd.GeoDataFrame]:
    """Return what may be published of all layers that are published together.

    Each layer is first judged by itself (:func:`one_layer`). Then, with the firms at hand, every sum and difference that can
    be formed from the shown cells of all layers, and from the city's total, is looked at: where one of them is a number over one
    or two firms, the smallest cell it needs is left out too, a park or block before a town, a town before a district. This
    covers districts within the city, towns within districts, parks and blocks within each other and within towns, and
    counts within counts (base within all firms, above-scale within base).

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        Every measured layer, whole. Those whose schema is not listed are left out.
    schemas : mapping of str to str
        Layer → schema; ``districts`` and ``towns`` are known by their own names.
    firms : DataFrame, optional
        Every firm with ``district_code``, ``town_code``, ``park_id``, ``block_id``, ``in_base``, ``above_scale`` and its figures.
        Without it layers are judged one by one.
    review_number : str
        审图号.

    Returns
    -------
    published : dict of str to GeoDataFrame

    Raises
    ------
    ConfigError
        No approval number.
    """
    approve(review_number)
    out = {
        name: one_layer(frame, layer=schemas[name])
        for name, frame in layers.items()
        if fields(schemas[name])
    }
    if firms is None:
        return out
    roles = _roles(out, schemas)
    if not roles:
        return out
    cells = Cells.of(
        {name: _cell_keys(out[name], _RECORDS[role]) for name, role in roles.items()},
        firms,
    )
    _withhold(out, cells, firms)
    return out


def _cell_keys(frame: gpd.GeoDataFrame, record: LayerRecord) -> tuple[pd.Series, str, int]:
    """Return the keys of a layer, the firms' column that holds them, and when its cells are given up."""
    order = _ORDER[record.role] + (record.name == DISTRICTS)
    return frame[key(record.schema)].astype("string"), record.firm_column, order


def _roles(layers: Mapping[str, gpd.GeoDataFrame], schemas: Mapping[str, str]) -> dict[str, str]:
    """Return layer → what it is, for those that carry numbers of firms."""
    found = {name: name if schemas[name] == "divisions" else schemas[name] for name in layers}
    return {name: role for name, role in sorted(found.items()) if role in _RECORDS}


def _withhold(layers: dict[str, gpd.GeoDataFrame], cells: Cells, firms: pd.DataFrame) -> None:
    """Hide in every layer what the cells of all of them would give away."""
    counted = _counted(firms)
    shown: dict[str, Any] = {}
    for name, mask in counted.items():
        shown[name] = protect(cells, cells.weigh(mask), cells.known(layers, name))
    for whole, part in INSIDE:
        both = shown[whole] & shown[part]
        kept = protect(cells, cells.weigh(counted[whole] & ~counted[part]), both)
        shown[part] = shown[part] & ~(both & ~kept)
    # a figure is shown only beside the number of firms it rests on
    for name in _SUMS:
        if name in shown:
            shown[name] = shown[name] & shown["base_firms"]
    for name, kept in shown.items():
        for layer, mask in cells.split(kept):
            if name in layers[layer]:
                layers[layer][name] = layers[layer][name].where(mask)


def _counted(firms: pd.DataFrame) -> dict[str, Any]:
    """Return for each number which firms it counts."""
    base = _flag(firms, "in_base")
    found = {
        "firms": np.ones(len(firms), dtype=bool),
        "base_firms": base,
        "above_scale": _flag(firms, "above_scale"),
    }
    sums = {
        name: base & firms[column].notna().to_numpy()
        for name, column in _SUMS.items()
        if column in firms
    }
    return found | sums


def _flag(firms: pd.DataFrame, name: str) -> Any:
    if name not in firms:
        return np.zeros(len(firms), dtype=bool)
    return firms[name].astype("boolean").fillna(value=False).to_numpy(dtype=bool)
