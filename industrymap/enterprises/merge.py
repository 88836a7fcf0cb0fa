"""One row per firm from all its records: the source that owns a field first, then the stated order.

A source's own field is what that office keeps the original of: the registry's name and registered address, the
tax office's tax, a table of coordinates' points. Every other value that contradicts the one used is listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues, texts
from industrymap.enterprises import amounts
from industrymap.enterprises._notes import listed
from industrymap.enterprises.industry import finest
from industrymap.enterprises.intake import TEXTS
from industrymap.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["OWNED", "SOURCE_ORDER", "attributes", "check_order", "years"]

SOURCE_ORDER = ("statistics", "tax", "registry", "list", "coordinates")
"""Table kinds, most trusted first."""

OWNED = {
    "name": "registry",
    "registered_address": "registry",
    "business_scope": "registry",
    "established_on": "registry",
    "tax_10k_cny": "tax",
    "lon": "coordinates",
    "lat": "coordinates",
    "datum": "coordinates",
}
"""Field → the kind of table whose value is used first."""

_NO_YEAR = 9999
_WATCHED = ("name", "registered_address", "operating_address", "industry_text", "district_declared")

CONFLICT = issues.rule(
    "source.conflict",
    "info",
    "来源不一致：采用 {used}（{where}）",
    "sources disagree: {used} is used ({where})",
)
TWO_FIGURES = issues.rule(
    "figure.two_for_year",
    "warning",
    "{year} 年有两个不同数值：采用 {used}（{where}）",
    "two different figures for {year}: {used} is used ({where})",
)
UNIT_SUSPECT = issues.rule(
    "figure.unit_suspect",
    "warning",
    "{year} 年的两个数值相差约 {ratio} 倍，疑为单位错误：采用 {used}（{where}）",
    "two figures for {year} differ by a factor of about {ratio}, most likely a unit error: {used} is used ({where})",
)


def check_order(order: Sequence[str]) -> tuple[str, ...]:
    """Return a full order of table kinds; kinds that are not named come last in the usual order.

    Raises
    ------
    ConfigError
        An unknown kind.
    """
    wrong = [kind for kind in order if kind not in SOURCE_ORDER]
    if wrong:
        near = nearest(wrong[0], SOURCE_ORDER) or list(SOURCE_ORDER)
        raise ConfigError(
            f"Source order names {', '.join(wrong)}; known kinds: {', '.join(near)}.",
            f"来源顺序中的 {'、'.join(wrong)} 不是已知类别；可用：{'、'.join(near)}。",
        )
    return (*order, *(kind for kind in SOURCE_ORDER if kind not in order))


def by_id(
    records: pd.DataFrame, firm: NDArray[np.int64], *, order: Sequence[str]
) -> tuple[NDArray[np.int64], pd.Series[Any]]:
    """Name every firm and number the firms in the order of their names.

    Parameters
    ----------
    records : DataFrame
    firm : ndarray of int
        Firm number of each record, −1 for none.
    order : sequence of str
        Table kinds, most trusted first.

    Returns
    -------
    firm : ndarray of int
        The new numbers.
    ids : Series of string
        ``enterprise_id`` of each: the valid credit code where it is the firm's alone, else the source and row the
        firm is first read from.
    """
    size = int(firm.max(initial=-1)) + 1
    sequence = _sequence(records, firm, order)
    head, code_at = (
        _first_known(records["source"], firm, sequence, size),
        _code_at(records, firm, order),
    )
    code = pd.Series(records["uscc"].array.take(code_at, allow_fill=True))
    valid = (
        pd.Series(records["uscc_status"].array.take(code_at, allow_fill=True)) == "valid"
    ) & ~code.duplicated()
    valid = valid.fillna(value=False).astype(bool)
    ids = code.copy()
    loose = np.flatnonzero(~valid)
    place = head[loose]
    rows = records["source_row"].take(place).astype("string").to_numpy()
    ids.iloc[loose] = pd.array(
        records["source"].take(place).to_numpy() + "#" + rows, dtype="string"
    )
    rank = np.asarray(ids.argsort(), dtype=np.int64)
    new = np.empty(size + 1, dtype=np.int64)
    new[rank] = np.arange(size)
    new[size] = -1
    return new[firm], ids.iloc[rank].reset_index(drop=True).rename("enterprise_id")


def attributes(
    records: pd.DataFrame, firm: NDArray[np.int64], *, order: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose one value per firm and field.

    Parameters
    ----------
    records : DataFrame
        See :class:`industrymap.enterprises.intake.Stack`.
    firm : ndarray of int
        Firm number of each record, −1 for none.
    order : sequence of str
        Table kinds, most trusted first.

    Returns
    -------
    chosen : DataFrame
        One row per firm number; the text columns, further columns, and ``uscc``, ``uscc_status``,
        ``source``, ``source_row`` of the record the firm's figures come first from.
    issues : DataFrame
        Values that were not used.
    """
    sequence = _sequence(records, firm, order)
    found: list[pd.DataFrame] = []
    size = int(firm.max(initial=-1)) + 1
    columns: dict[str, Any] = {}
    fields = [
        c
        for c in records.columns
        if c not in ("kind", "table", "uscc_status", "source", "source_row")
    ]
    for field in fields:
        owned = _owner_first(_of_kind(records, OWNED.get(field)), sequence, sequence)
        used = _first_known(records[field], firm, owned, size)
        if field == "industry_code":
            used = finest(records[field], firm, used)
        columns[field] = records[field].array.take(used, allow_fill=True)
        if field in _WATCHED:
            found.append(_conflicts(records, firm, used, field))
    head = _first_known(records["source"], firm, sequence, size)
    code_at = _code_at(records, firm, order)
    place = np.where(code_at >= 0, code_at, head)
    for name, at in (
        ("uscc", place),
        ("uscc_status", place),
        ("source", head),
        ("source_row", head),
    ):
        columns[name] = records[name].array.take(at)
    chosen = pd.DataFrame(columns)
    kinds: Any = dict.fromkeys((*TEXTS, "uscc_status", "source"), "string") | {
        "source_row": "Int64"
    }
    return chosen.astype(kinds), issues.concat(found)


def years(
    records: pd.DataFrame,
    figures: pd.DataFrame,
    firm: NDArray[np.int64],
    *,
    order: Sequence[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose one figure per firm, year and field; what contradicts it is listed.

    Returns
    -------
    years : DataFrame
        ``firm, year`` and the figures, one row each; ``source`` is where the first of them comes from.
    issues : DataFrame
        ``two for one year`` and unit suspects.
    """
    rows = figures.assign(firm=firm[figures["record"].to_numpy()])
    rows = rows[rows["firm"] >= 0].reset_index(drop=True)
    year = rows["year"].to_numpy(dtype=np.int64, na_value=_NO_YEAR)
    _, group = np.unique(rows["firm"].to_numpy() * (_NO_YEAR + 1) + year, return_inverse=True)
    group = group.astype(np.int64)
    size = int(group.max(initial=-1)) + 1
    record = rows["record"].to_numpy()
    sequence = np.argsort(_priority(records, order)[record], kind="stable")
    first = _first_known(rows["firm"], group, sequence, size)
    out = pd.DataFrame(
        {"firm": rows["firm"].to_numpy()[first], "year": rows["year"].take(first).to_numpy()}
    )
    found: list[pd.DataFrame] = []
    lead = records["source"].array.take(record[first])
    for field in amounts.FIGURES:
        owned = _owner_first(_of_kind(records, OWNED.get(field)), record[sequence], sequence)
        used = _first_known(rows[field], group, owned, size)
        values = rows[field].to_numpy()
        out[field] = np.where(used >= 0, values[np.where(used >= 0, used, 0)], np.nan)
        found.append(_contradictions(records, rows, group, used, field))
    out["source"] = lead
    out["year"] = out["year"].astype("Int64")
    return out, issues.concat(found)


def _sequence(
    records: pd.DataFrame, firm: NDArray[np.int64], order: Sequence[str]
) -> NDArray[np.int64]:
    """Return the records that belong to a firm, most trusted table first."""
    sequence = np.argsort(_priority(records, order), kind="stable")
    return sequence[firm[sequence] >= 0]


def _priority(records: pd.DataFrame, order: Sequence[str]) -> NDArray[np.int16]:
    """Return a small number per record: its table's kind in the order, then the table itself."""
    kinds = _kinds(records)
    ranked = sorted(range(len(kinds)), key=lambda table: (order.index(kinds[table]), table))
    place = np.empty(len(kinds), dtype=np.int16)
    place[ranked] = np.arange(len(kinds), dtype=np.int16)
    found: NDArray[np.int16] = place[records["table"].to_numpy()]
    return found


def _kinds(records: pd.DataFrame) -> list[str]:
    """Return the kind of each table; one without rows counts as a list."""
    table = records["table"].to_numpy()
    present, first = np.unique(table, return_index=True)
    kinds = dict(zip(present.tolist(), records["kind"].take(first).tolist(), strict=True))
    return [kinds.get(number, "list") for number in range(int(table.max(initial=-1)) + 1)]


def _of_kind(records: pd.DataFrame, kind: str | None) -> NDArray[np.bool_] | None:
    """Say which records come from tables of a kind; ``None`` for no kind."""
    if kind is None:
        return None
    mine = np.array([name == kind for name in _kinds(records)], dtype=bool)
    found: NDArray[np.bool_] = mine[records["table"].to_numpy()]
    return found


def _code_at(
    records: pd.DataFrame, firm: NDArray[np.int64], order: Sequence[str]
) -> NDArray[np.int64]:
    """Return for each firm the record whose code is taken: a valid one first; −1 where none has a code."""
    sequence = _sequence(records, firm, order)
    valid = (records["uscc_status"] == "valid").to_numpy(dtype=bool)[sequence]
    best = np.concatenate([sequence[valid], sequence[~valid]])
    return _first_known(records["uscc"], firm, best, int(firm.max(initial=-1)) + 1)


def _owner_first(
    mine: NDArray[np.bool_] | None, record: NDArray[np.int64], sequence: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Put first what comes from the tables that own a field; ``record`` is each entry's record."""
    if mine is None or not mine.any():
        return sequence
    first = mine[record]
    return np.concatenate([sequence[first], sequence[~first]])


def _first_known(
    values: pd.Series[Any], group: NDArray[np.int64], sequence: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """Return for each group the first position in ``sequence`` whose value is known; −1 where none is."""
    known = values.notna().to_numpy(dtype=bool)
    ordered = sequence[known[sequence]]
    out = np.full(size, -1, dtype=np.int64)
    # Written back to front, the first one stays.
    out[group[ordered[::-1]]] = ordered[::-1]
    return out


def _conflicts(
    records: pd.DataFrame, firm: NDArray[np.int64], used: NDArray[np.int64], field: str
) -> pd.DataFrame:
    """List values of other tables that differ from the one used by more than punctuation."""
    place = np.where(firm >= 0, used[firm], -1)
    mine = np.arange(len(firm))
    other = np.flatnonzero((place >= 0) & (place != mine))
    table = records["table"].to_numpy()
    other = other[table[other] != table[place[other]]]
    other = other[records[field].notna().to_numpy(dtype=bool)[other]]
    if not len(other):
        return issues.empty()
    raw = records[field]
    differs = raw.take(other).to_numpy() != raw.take(place[other]).to_numpy()
    other = other[np.asarray(differs, dtype=bool)]
    here, there = texts.key(raw.take(other)), texts.key(raw.take(place[other]))
    unlike = [
        a is not pd.NA and b is not pd.NA and a not in b and b not in a
        for a, b in zip(here, there, strict=True)
    ]
    other = other[np.array(unlike, dtype=bool)]
    where = records["source"].take(place[other]).tolist()
    return listed(
        records, other, CONFLICT, column=field, used=raw.take(place[other]).tolist(), where=where
    )


def _contradictions(
    records: pd.DataFrame,
    rows: pd.DataFrame,
    group: NDArray[np.int64],
    used: NDArray[np.int64],
    field: str,
) -> pd.DataFrame:
    """List figures that differ from the one used by more than rounding (one unit of 万元 and 0.1 %)."""
    values = rows[field].to_numpy()
    several = np.flatnonzero((np.bincount(group) > 1)[group] & (used[group] >= 0))
    taken = values[used[group[several]]]
    other = np.abs(values[several] - taken) > np.maximum(1.0, 1e-3 * np.abs(taken))
    at = several[other]
    if not len(at):
        return issues.empty()
    place = used[group[at]]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(np.log10(np.abs(values[at] / values[place])))
    power = np.round(ratio)
    suspect = (power >= 3) & (np.abs(ratio - power) < 0.02) & np.isfinite(ratio)
    record = rows["record"].to_numpy()
    found = []
    for mask, rule in ((suspect, UNIT_SUSPECT), (~suspect, TWO_FIGURES)):
        part, origin = at[mask], place[mask]
        theirs = records[["source", "source_row"]].iloc[record[origin]]
        details = {
            "year": rows["year"].take(part).astype("string").fillna("?").tolist(),
            "used": _plain(values[origin]),
            "where": (theirs["source"] + ":" + theirs["source_row"].astype("string")).tolist(),
        }
        if rule is UNIT_SUSPECT:
            details["ratio"] = [f"10^{int(p)}" for p in power[mask]]
        mine = records[["source", "source_row"]].iloc[record[part]].reset_index(drop=True)
        shown = pd.Series(_plain(values[part]), dtype="string")
        everyone = np.arange(len(part), dtype=np.int64)
        found.append(listed(mine, everyone, rule, column=field, values=shown, **details))
    return issues.concat(found)


def _plain(values: NDArray[np.float64]) -> list[str]:
    return [f"{value:.15g}" for value in values]
