"""What a decision says of a figure: a route that asked for a park's tax says on which side of a threshold the tax lies.

Where one firm makes up most of that tax, or fewer than three pay it, the threshold bounds that firm's own figure. So such a route is
withheld, whichever way it was decided: to withhold it only where the bound is close would say that it is close.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.columns import floats, texts
from industrymap.publishing._columns import fields
from industrymap.publishing._rules import DOMINANCE, FEW, RULES

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.columns import Flags

__all__ = ["withhold_decided"]

_FIRMS_COLUMN = {
    "tax_10k_cny": "tax_10k_cny",
    "output_10k_cny": "revenue_10k_cny",
    "base_tax_10k_cny": "tax_10k_cny",
    "base_revenue_10k_cny": "revenue_10k_cny",
    "base_staff": "staff",
}
"""Figure of a park → what each firm brings to it; of the output reported by a park, a firm's revenue is the nearest known."""


def withhold_decided(
    shown: gpd.GeoDataFrame, whole: gpd.GeoDataFrame, *, layer: str, firms: pd.DataFrame | None
) -> dict[str, dict[int, str]]:
    """Withhold in place the decisions that rest on few firms or on one; return why, by field and row.

    Parameters
    ----------
    shown : GeoDataFrame
        Listed columns, row by row those of ``whole``.
    whole : GeoDataFrame
        With ``<field>_inputs`` (names that the rule asked for), the figures, ``firms`` and, where the park states it, ``firms_reported``.
    layer : str
        Its schema.
    firms : DataFrame, optional
        Every firm with the column of ``layer`` that says where it is.
    """
    why: dict[str, dict[int, str]] = {}
    for name in (n for n, kind in fields(layer).items() if kind == "decided" and n in shown):
        known = whole[name].notna().to_numpy()
        asked = [set(text.split(";")) for text in texts(whole, f"{name}_inputs")]
        reasons: dict[int, str] = {}
        for figure, brought in _FIRMS_COLUMN.items():
            used = known & _uses(asked, figure, layer)
            few, one = used & _few(whole), used & _one_firm(whole, figure, brought, layer, firms)
            reasons |= dict.fromkeys(np.flatnonzero(one).tolist(), DOMINANCE)
            reasons |= dict.fromkeys(np.flatnonzero(few).tolist(), FEW)
        shown[name] = shown[name].mask(np.isin(np.arange(len(whole)), list(reasons)))
        why[name] = reasons
    return why


def _uses(asked: list[set[str]], figure: str, layer: str) -> Flags:
    """Return the rows whose rule asked for a figure, or for something that is worked out from it."""
    names = {figure} | {i.id for i in schemas.indicators(layer) if figure in {i.of, i.per}}
    return np.array([not names.isdisjoint(row) for row in asked], dtype=bool)


def _few(whole: pd.DataFrame) -> Flags:
    """Return the rows whose figure fewer than three firms bring; where nobody says how many, it may be one."""
    # The park reports its tax over the firms it reports, which are more than those of a table.
    stated = floats(whole, "firms_reported")
    count = np.where(np.isnan(stated), floats(whole, "firms"), stated)
    # Written so that an unknown count is few.
    return ~(count >= RULES.fewest_firms)


def _one_firm(
    whole: pd.DataFrame, figure: str, brought: str, layer: str, firms: pd.DataFrame | None
) -> Flags:
    """Return the rows of which one firm at hand makes up more than the dominance rule allows."""
    record = schemas.layer_of_schema(layer)
    if firms is None or record is None or record.firm_column not in firms:
        return np.zeros(len(whole), dtype=bool)
    size = pd.Series(np.abs(floats(firms, brought)), index=firms.index)
    of_park = size.groupby(firms[record.firm_column].astype("string"))
    keys = whole[schemas.key(layer)].astype("string")
    largest, total = (keys.map(s).to_numpy(dtype=float, na_value=0.0) for s in (of_park.max(), of_park.sum()))  # fmt: skip
    # What the park reports counts firms that the table lacks; it may also be less than theirs.
    reported = np.nan_to_num(floats(whole, figure))
    return np.nan_to_num(largest) > RULES.dominance_share * np.maximum(total, reported)
