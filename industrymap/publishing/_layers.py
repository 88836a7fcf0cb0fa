"""Every layer together: what one hides, another must not give away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.columns import flags, texts
from industrymap.errors import ConfigError
from industrymap.publishing._audit import Cells, protect
from industrymap.publishing._columns import fields
from industrymap.publishing._decided import withhold_decided
from industrymap.publishing._earlier import compare
from industrymap.publishing._frames import INSIDE, one_layer
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
from industrymap.publishing._release import CELL_COLUMNS, FIRM_COLUMNS, Known, Release
from industrymap.publishing._rules import FEW, SUBTRACTION
from industrymap.schemas import LayerRecord, key
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["approve", "publish", "release"]


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
    """Return what may be published of all layers, where nothing was published before: the layers of :func:`release`."""
    decided = release(layers, schemas=schemas, firms=firms, review_number=review_number)
    return dict(decided.layers)


def release(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    schemas: Mapping[str, str],
    firms: pd.DataFrame | None,
    review_number: str,
    known: Known | None = None,
) -> Release:
    """Decide what may be published of all layers that are published together.

    Each layer is first judged by itself (:func:`one_layer`). Then, with the firms at hand, every sum and difference that can
    be formed from the shown cells of all layers, and from the city's total, is looked at: where one of them is a number over one
    or two firms, the smallest cell it needs is left out too, a park or block before a town, a town before a district. This
    covers districts within the city, towns within districts, parks and blocks within each other and within towns, and
    counts within counts (base within all firms, above-scale within base). Of a figure, no sum that can be worked out may be one
    firm's for the most part, or let a rival bound a firm's figure closely (``rules.csv``), and beside the counts and figures of
    earlier releases it must give away nothing either. A decision that asked for such a figure is withheld where few firms or one
    are behind it.

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
    known : Known, optional
        What was published before, and which revenue makes a firm one of the base.

    Returns
    -------
    decided : Release

    Raises
    ------
    ConfigError
        No approval number.
    """
    approve(review_number)
    known = known or Known()
    out = {
        name: one_layer(frame, layer=schemas[name])
        for name, frame in layers.items()
        if fields(schemas[name])
    }
    roles = _roles(out, schemas)
    why: Why = {
        (name, field): rows
        for name, shown in out.items()
        for field, rows in withhold_decided(shown, layers[name], layer=schemas[name], firms=firms).items()
    }  # fmt: skip
    # Without firms there is nothing to compare the next release with: it must find the columns all
    # the same.
    remembered = pd.DataFrame(columns=list(FIRM_COLUMNS))
    if firms is not None and roles:
        keyed = {name: _cell_keys(out[name], RECORDS[role]) for name, role in roles.items()}
        cells = Cells.of(keyed, firms)
        why |= _withhold(out, cells, firms, known.threshold_10k_cny)
        remembered = _remembered(firms)
        # Last: beside earlier releases counts what this one still shows.
        compare(out, keyed, remembered, known, why)
    return Release(
        layers=out,
        withheld=_withheld(layers, out, schemas, why),
        firms=remembered,
        cells=_shown_cells(out, roles),
    )


def _cell_keys(frame: gpd.GeoDataFrame, record: LayerRecord) -> tuple[pd.Series, str, int]:
    """Return the keys of a layer, the firms' column that holds them, and when its cells are given up."""
    return frame[key(record.schema)].astype("string"), record.firm_column, order_of(record)


def _roles(layers: Mapping[str, gpd.GeoDataFrame], schemas: Mapping[str, str]) -> dict[str, str]:
    """Return layer → what it is, for those that carry numbers of firms."""
    role_of = {name: name if schemas[name] == "divisions" else schemas[name] for name in layers}
    return {name: role for name, role in sorted(role_of.items()) if role in RECORDS}


def _withhold(
    layers: dict[str, gpd.GeoDataFrame], cells: Cells, firms: pd.DataFrame, threshold: float
) -> Why:
    """Hide in every layer what the cells of all of them would give away; return why, by layer and field."""
    counted = _counted(firms)
    why: Why = {}
    shown: dict[str, Any] = {}
    for name, mask in counted.items():
        figures = figures_of(firms, name, mask, cells, threshold) if name in SUMS else None
        shown[name] = cells.known(layers, name)
        left_out = protect(cells, cells.weigh(mask), shown[name], figures=figures)
        leave_out(shown[name], left_out, name, cells, why)
    for whole, part in INSIDE:
        # Only where both are shown can a reader subtract one from the other.
        both = shown[whole] & shown[part]
        left_out = protect(cells, cells.weigh(counted[whole] & ~counted[part]), both)
        leave_out(shown[part], left_out, part, cells, why)
    # a figure is shown only beside the number of firms it rests on
    for name in SUMS:
        if name in shown:
            shown[name] = shown[name] & shown["base_firms"]
    for name, kept in shown.items():
        for layer, mask in cells.split(kept):
            if name in layers[layer]:
                layers[layer][name] = layers[layer][name].where(mask)
    return why


def _remembered(firms: pd.DataFrame) -> pd.DataFrame:
    """Return what the next release must know of the firms: where each is, whether in the base, and its figures."""
    columns = [*FIRM_COLUMNS, "in_base", *(c for c in SUMS.values() if c in firms)]
    # reindex, because a table may lack some of the areas.
    return pd.DataFrame(firms.reindex(columns=columns)).reset_index(drop=True)


def _shown_cells(layers: Mapping[str, gpd.GeoDataFrame], roles: Mapping[str, str]) -> pd.DataFrame:
    parts = []
    for name, role in roles.items():
        frame = layers[name]
        for field in (*COUNTS, *SUMS):
            if field in frame:
                keys = frame.loc[frame[field].notna(), key(RECORDS[role].schema)]
                parts.append(pd.DataFrame({"layer": role, "key": keys, "field": field}))
    if not parts:
        return pd.DataFrame(columns=list(CELL_COLUMNS), dtype="string")
    return pd.concat(parts, ignore_index=True).astype("string")


def _reasons(frame: gpd.GeoDataFrame, layer: str, field: str, why: Why) -> dict[int, str]:
    """Return row → why its number is withheld, as far as the audit did it or the number itself is over few firms."""
    counts = "base_firms" if field in SUMS else field
    few: dict[int, str] = {}
    if counts in COUNTS and counts in frame:
        n = frame[counts].astype("Float64").to_numpy(dtype=float, na_value=0.0)
        few = dict.fromkeys(np.flatnonzero(n < FEWEST_FIRMS).tolist(), FEW)
    # The later wins: what was decided of the number itself explains most.
    return {**why.get((layer, counts), {}), **few, **why.get((layer, field), {})}


def _withheld(
    layers: Mapping[str, gpd.GeoDataFrame],
    shown: Mapping[str, gpd.GeoDataFrame],
    schemas: Mapping[str, str],
    why: Why,
) -> pd.DataFrame:
    """List every number that is known and withheld."""
    columns = ["layer", "key", "name", "field", "reason"]
    withheld = []
    for layer, frame in shown.items():
        own = key(schemas[layer])
        labels = {c: texts(frame, c) for c in (own, "name")}
        for field, kind in fields(schemas[layer]).items():
            if kind == "plain" or field not in frame:
                continue
            # An unknown number is not withheld.
            gone = layers[layer][field].notna().to_numpy() & frame[field].isna().to_numpy()
            reason = _reasons(layers[layer], layer, field, why)
            withheld += [
                (
                    layer,
                    labels[own][row],
                    labels["name"][row],
                    field,
                    # Without a reason of its own a cell is hidden to protect another one.
                    reason.get(row) or SUBTRACTION,
                )
                for row in np.flatnonzero(gone).tolist()
            ]
    return pd.DataFrame(withheld, columns=columns, dtype="string")


def _counted(firms: pd.DataFrame) -> dict[str, Any]:
    """Return for each number which firms it counts."""
    base = flags(firms, "in_base")
    masks = {name: counted_in(firms, name) for name in COUNTS}
    sums = {
        name: base & firms[column].notna().to_numpy()
        for name, column in SUMS.items()
        if column in firms
    }
    return masks | sums
