"""What the firms inside a polygon add up to; every sum with how many firms it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.columns import flags, floats, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from pandas.api.extensions import ExtensionArray

    from industrymap.columns import Flags, Floats

__all__ = ["by_cluster", "firm_figures", "firm_sums"]

_FIGURES = schemas.indicators("*")
_COUNTS = {f.id: f.of for f in _FIGURES if f.kind == "count" and f.over == "firms"}
_SUMS = {f.id: f.of for f in _FIGURES if f.kind == "sum" and f.over == "base"}
"""Measured sum → the firm's figure; each over the firms of the base."""
_IN_WORDS = 3
"""Divisions of industry that the mix of a polygon names."""


def firm_figures(enterprises: pd.DataFrame, key: str, ids: pd.Series[str]) -> pd.DataFrame:
    """Aggregate firms by the column ``key`` and bring the result to ``ids``.

    Parameters
    ----------
    enterprises : DataFrame
        One row per firm, with ``in_base``, ``above_scale`` and figures.
    key : str
        The column that says where each firm belongs.
    ids : Series
        The polygons' ids.

    Returns
    -------
    figures : DataFrame
        Aligned with ``ids``: counts (0 where there is no firm), sums (``<NA>`` where no firm brings the figure), and ``n_…``,
        ``coverage_…`` beside each sum: how many firms of the base bring it, and their share.
    """
    table = _sums(enterprises, key)
    shares, lead = _industry_mix(enterprises, key)
    figures = _at(table.join(shares, how="left"), ids)
    figures["industry_hhi"] = figures["industry_hhi"].astype("Float64")
    figures["industry_mix"] = ids.astype("string").map(lead).astype("string")
    return figures


def firm_sums(enterprises: pd.DataFrame, key: str, ids: pd.Series[str]) -> pd.DataFrame:
    """Return :func:`firm_figures` without concentration and mix of industries: for years of which no codes are known."""
    return _at(_sums(enterprises, key), ids)


def _sums(enterprises: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return counts and sums by the value of ``key``; a firm without one is in no row."""
    # each firm's place as a number once: every count and sum groups by it, far faster than by text
    codes, names = pd.factorize(enterprises[key].astype("string"))
    placed = codes >= 0
    base = flags(enterprises, "in_base")

    def count(rows: Flags) -> npt.NDArray[np.int64]:
        return np.bincount(codes[rows & placed], minlength=len(names))

    table: dict[str, npt.NDArray[np.int64] | npt.NDArray[np.float64]] = {
        name: count(flags(enterprises, flag) if flag else placed) for name, flag in _COUNTS.items()
    }
    for name, figure in _SUMS.items():
        values = floats(enterprises, figure)
        # Figures are those of the base; a firm that brings none is in the count and not in the sum.
        rows = base & ~np.isnan(values) & placed
        table[f"n_{name}"] = count(rows)
        # pandas adds with the rounding error carried along, so that the order of firms changes no digit that is shown
        totals = pd.Series(values[rows]).groupby(codes[rows]).sum()
        table[name] = np.asarray(totals.reindex(range(len(names))), dtype=np.float64)
    table["_quality"] = count(base & _has_tier(enterprises))
    return pd.DataFrame(table, index=pd.Index(names))


def _at(table: pd.DataFrame, ids: pd.Series[str]) -> pd.DataFrame:
    """Bring rows by name to the polygons: 0 where there is no firm, ``<NA>`` where no firm brings a figure."""
    # In the order of the polygons; one without firms gets a row all the same.
    rows = table.reindex(ids.astype("string"))
    rows.index = ids.index
    return _finish(rows)


def by_cluster(
    enterprises: pd.DataFrame, *, by: str = "cluster", min_n: int | None = None
) -> pd.DataFrame:
    """Measure firms by a label in place of a polygon, for instance the primary cluster.

    Returns
    -------
    measured : DataFrame
        ``by`` and the figures of :func:`firm_figures`, the largest revenue first.
    """
    from industrymap.measure._suppress import suppress

    # A label takes the polygon's place, so the same formulas serve clusters and districts.
    labels = enterprises[by].astype("string")
    ids = pd.Series(sorted(labels.dropna().unique()), name=by, dtype="string")
    table = pd.concat([ids, firm_figures(enterprises.assign(**{by: labels}), by, ids)], axis=1)
    table = table if min_n is None else suppress(table, min_n=min_n)
    return table.sort_values(
        ["base_revenue_10k_cny", by], ascending=[False, True], ignore_index=True
    )


def _finish(table: pd.DataFrame) -> pd.DataFrame:
    # Arrays, not columns: this runs for every layer and year, and most layers are short.
    names = (*_COUNTS, "_quality", *(f"n_{name}" for name in _SUMS))
    # A polygon without a firm has none; only its sums are unknown.
    counts = {name: np.nan_to_num(floats(table, name)).astype(np.int64) for name in names}
    firms = counts["base_firms"]
    columns = {}
    for name in _SUMS:
        n = counts[f"n_{name}"]
        # The sum of nothing is unknown, not 0: no firm has said what it earns.
        values = np.where(n > 0, floats(table, name), np.nan)
        # Files may hold fractions of people; people are counted whole.
        columns[name] = (
            pd.array(values.round(), dtype="Int64") if name == "base_staff" else _nullable(values)
        )
        columns[f"coverage_{name}"] = _share(n, firms)
    columns["quality_share"] = _share(counts.pop("_quality"), firms)
    whole = {name: pd.array(n, dtype="Int64") for name, n in counts.items()}
    return table.drop(columns="_quality").assign(
        **whole, **columns, n_quality_share=whole["base_firms"].copy()
    )


def _industry_mix(enterprises: pd.DataFrame, key: str) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Return the concentration over industry divisions, and the three largest divisions in words.

    Concentration is the Herfindahl-Hirschman index Σ sᵢ², sᵢ the share of a two-digit division of GB/T 4754 in the number of
    firms of the base whose industry is known: 1 where all are of one division.
    """
    empty = pd.DataFrame(
        {"industry_hhi": pd.Series(dtype="Float64"), "n_industry_hhi": pd.Series(dtype="Int64")}
    )
    if "industry_code" not in enterprises:
        return empty, {}
    where = enterprises[key]
    # Divisions of GB/T 4754-2017 are its two-digit codes.
    division = enterprises["industry_code"].astype("string").str.slice(0, 2)
    rows = flags(enterprises, "in_base") & division.notna().to_numpy() & where.notna().to_numpy()
    if not rows.any():
        return empty, {}
    counts = pd.DataFrame({"at": where[rows].astype("string"), "division": division[rows]})
    counts = counts.value_counts().rename("n").reset_index()
    total = counts.groupby("at")["n"].sum()
    counts["share"] = counts["n"] / counts["at"].map(total)
    squares = (counts["share"] ** 2).groupby(counts["at"]).sum()
    shares = pd.DataFrame({"industry_hhi": squares, "n_industry_hhi": total.astype("Int64")})
    # By code where two divisions are equal, so that the order of firms changes nothing.
    top = counts.sort_values(["at", "n", "division"], ascending=[True, False, True])
    top = top.groupby("at").head(_IN_WORDS)
    percent = (top["share"] * 100).round().astype(int)
    mix: dict[str, list[str]] = {}
    for at, code, share in zip(
        *(x.tolist() for x in (top["at"], top["division"], percent)), strict=True
    ):
        mix.setdefault(at, []).append(f"{code} {share}%")
    return shares, {at: "、".join(words) for at, words in mix.items()}


def _has_tier(enterprises: pd.DataFrame) -> Flags:
    return np.asarray(texts(enterprises, "tiers") != "", dtype=bool)


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> ExtensionArray:
    """Return part ÷ whole, ``<NA>`` where there is no whole."""
    return _nullable(part / np.where(whole > 0, whole, np.nan))


def _nullable(values: Floats) -> ExtensionArray:
    """Return numbers as ``Float64``, ``NaN`` as ``<NA>``."""
    return pd.array(values, dtype="Float64")
