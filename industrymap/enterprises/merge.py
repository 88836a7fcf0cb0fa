"""One row per firm from all its records: the source that owns a field first, then the stated order.

A source's own field is what that office keeps the original of: the registry's name and registered address, the
tax office's tax, a table of coordinates' points. Every other value that contradicts the one used is listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues
from industrymap.enterprises import amounts
from industrymap.enterprises.disagreements import conflicts, contradictions
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
    "registration_status": "registry",
    "tax_10k_cny": "tax",
    "lon": "coordinates",
    "lat": "coordinates",
    "datum": "coordinates",
}
"""Field → the kind of table whose value is used first."""

_NO_YEAR = 9999
_WATCHED = ("name", "registered_address", "operating_address", "industry_text", "district_declared")


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
    # A kind that a workspace does not name is trusted least, not left out.
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
    # A code that two firms carry names neither.
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
    # Numbered by id, so that the order of tables does not show in any output.
    rank = np.asarray(ids.argsort(), dtype=np.int64)
    new = np.empty(size + 1, dtype=np.int64)
    new[rank] = np.arange(size)
    # The last place is for records that belong to no firm.
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
        # The registry knows names best, the tax office taxes: each field has its owner before the common order.
        owned = _owner_first(_of_kind(records, OWNED.get(field)), sequence, sequence)
        used = _first_known(records[field], firm, owned, size)
        # A four-digit code says more than a two-digit one of a more trusted table, where the two agree.
        if field == "industry_code":
            used = finest(records[field], firm, used)
        columns[field] = records[field].array.take(used, allow_fill=True)
        if field in _WATCHED:
            found.append(conflicts(records, firm, used, field))
    head = _first_known(records["source"], firm, sequence, size)
    code_at = _code_at(records, firm, order)
    # A firm without a code keeps the row it was first read from as its origin.
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
    # Firm and year as one number: grouping by it is one sort.
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
        found.append(contradictions(records, rows, group, used, field))
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
    priority: NDArray[np.int16] = place[records["table"].to_numpy()]
    return priority


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
