"""Several tables, one stack of records: schema columns, figures by year, and codes that can be joined on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from industrymap import issues, schemas, texts
from industrymap.enterprises import amounts, codes
from industrymap.enterprises._row_issues import issues_per_row
from industrymap.enterprises._row_periods import row_periods
from industrymap.enterprises._texts import stripped
from industrymap.errors import ConfigError
from industrymap.terms import TABLE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Intake", "Stack", "TableLike", "stack"]

TEXTS = tuple(
    f.name
    for f in schemas.fields("enterprises")
    if f.stage == "read"
    and f.name not in (*amounts.FIGURES, "enterprise_id", "source", "source_row", "year")
)
"""Columns that belong to the firm, not to a year."""

GLUED = issues.rule(
    "name.with_code",
    "info",
    "名称与代码写在一格，已分开：代码 {code}",
    "name and code stand in one cell and were parted: the code is {code}",
)
# A credit code of 18 characters beside a Chinese one: what is neither letter nor digit of the set
# ends it.
_CODE = r"[0-9]{2}[0-9A-HJ-NP-RTUWXY]{16}"
_CODE_BEFORE = rf"^[（(]?({_CODE})[）)]?[\s:：/-]*(?=[\u3400-\u9fff])"
_CODE_BEHIND = rf"(?<=[\u3400-\u9fff）)])[\s:：/-]*[（(]?({_CODE})[）)]?$"


class TableLike(Protocol):
    """What a table must offer (:class:`industrymap.tables.Table` does)."""

    @property
    def frame(self) -> pd.DataFrame:
        """Strings: schema columns, ``column@year``, ``source``, ``source_row``."""

    @property
    def units(self) -> Mapping[str, float]:
        """Column → factor to the schema's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A table and what it is.

    Attributes
    ----------
    table : TableLike
        As :func:`industrymap.tables.read` returns it.
    kind : str
        One of :data:`industrymap.terms.TABLE_KINDS`.
    year : int, optional
        Year of the figures whose heading and row do not say one.
    datum : str, optional
        Datum of its coordinates where a row does not say one.
    """

    table: TableLike
    kind: str = "statistics"
    year: int | None = None
    datum: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Every record of every table.

    Attributes
    ----------
    records : DataFrame
        One row per table row: ``source, source_row, kind, table`` (ordinal), the schema's text columns as
        ``string``, ``uscc`` cleaned, ``uscc_status``, and further columns under their own heading.
    figures : DataFrame
        One row per record and year that has a figure: ``record, year, revenue_10k_cny, …, staff``.
    issues : DataFrame
    """

    records: pd.DataFrame
    figures: pd.DataFrame
    issues: pd.DataFrame


def stack(tables: Sequence[Intake | TableLike]) -> Stack:
    """Put tables under one another.

    Parameters
    ----------
    tables : sequence
        :class:`Intake`, or tables, which count as ``statistics`` unless they have a ``kind``.

    Returns
    -------
    stack : Stack

    Raises
    ------
    ConfigError
        No table, or a kind that is none of :data:`industrymap.terms.TABLE_KINDS`.
    """
    intakes = [_intake(table) for table in tables]
    if not intakes:
        raise ConfigError("No enterprise table was given.", "没有给出企业数据表。")
    records = [_records(intake, ordinal) for ordinal, intake in enumerate(intakes)]
    # Where each table's records begin in the stack: figures name their record by that number.
    firsts = np.cumsum([0, *(len(part) for part in records)])
    stacked = pd.concat(records, ignore_index=True)
    figures, found = [], []
    for intake, first in zip(intakes, firsts, strict=False):
        rows, wrong = _figures(intake, int(first))
        figures.append(rows)
        found.append(wrong)
    stacked, glued = _codes_in_names(stacked)
    found.append(glued)
    # After codes were parted from names, so that those are checked as well.
    stacked["uscc"], stacked["uscc_status"], bad = codes.check(stacked)
    return Stack(
        records=stacked,
        figures=pd.concat(figures, ignore_index=True),
        issues=issues.concat([*found, bad]),
    )


def _intake(table: Intake | TableLike) -> Intake:
    intake = (
        table
        if isinstance(table, Intake)
        else Intake(table=table, kind=getattr(table, "kind", "statistics"))
    )
    if intake.kind not in TABLE_KINDS:
        raise ConfigError(
            f"{intake.kind!r} is no kind of enterprise table; known: {', '.join(TABLE_KINDS)}.",
            f"{intake.kind!r} 不是企业数据表的类别；可用：{'、'.join(TABLE_KINDS)}。",
        )
    return intake


def _codes_in_names(records: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part a credit code from the name it is written before or behind; a code of the row's own stays."""
    # Hardly a name holds a code; only those that do pay for the slow patterns.
    likely = np.flatnonzero(texts.found(records["name"], _CODE))
    name = records["name"].iloc[likely]
    code = pd.Series(pd.NA, index=name.index, dtype="string")
    for pattern in (_CODE_BEFORE, _CODE_BEHIND):
        code = code.fillna(name.str.extract(pattern, expand=False))
    code = code.dropna()
    if code.empty:
        return records, issues.empty()
    at = likely[np.isin(name.index, code.index)]
    told = issues_per_row(records, at, GLUED, column="name", code=code.tolist())
    bare = name[code.index]
    for pattern in (_CODE_BEFORE, _CODE_BEHIND):
        bare = bare.str.replace(pattern, "", regex=True)
    names = records["name"].copy()
    names[code.index] = bare
    # A code in a column of its own wins over one in the name.
    return records.assign(name=names, uscc=records["uscc"].fillna(code)), told


def _records(intake: Intake, ordinal: int) -> pd.DataFrame:
    frame = intake.table.frame
    columns: dict[str, Any] = {
        "source": frame["source"].astype("string"),
        "source_row": frame["source_row"].astype("Int64"),
        "kind": pd.Series(intake.kind, index=frame.index, dtype="string"),
        "table": ordinal,
    }
    for name in TEXTS:
        columns[name] = (
            stripped(frame[name])
            if name in frame.columns
            else pd.Series(pd.NA, index=frame.index, dtype="string")
        )
    # A row's own datum wins over what is declared for the table.
    if intake.datum:
        columns["datum"] = columns["datum"].fillna(intake.datum)
    known = {*columns, *amounts.FIGURES, "enterprise_id", "year"}
    for name in frame.columns:
        # Columns the schema does not know are kept: lists, rules and filters may use them.
        if name.split("@")[0] not in known:
            columns[name] = frame[name].astype("string")
    return pd.DataFrame(columns).reset_index(drop=True)


def _figures(intake: Intake, first: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the figures of one table, one row per record and year."""
    frame = intake.table.frame.reset_index(drop=True)
    rows = row_periods(frame, headings=getattr(intake.table, "headings", {}))
    # A row without a year of its own takes the one that was declared, or that the title names.
    # Declared first: the title may name the year of the report, not of the figures.
    row_year = rows.year.fillna(intake.year or getattr(intake.table, "year", None) or pd.NA)
    found = [rows.issues]
    by_year: dict[int | None, dict[str, NDArray[np.float64]]] = {}
    for column in frame.columns:
        name, _, suffix = column.partition("@")
        if name not in amounts.FIGURES or (suffix and not suffix.isdigit()):
            continue
        values, wrong = amounts.parse(
            frame, column, factor=_factor(intake.table, column), header=_heading(intake, column)
        )
        found.append(wrong)
        if not suffix and name in amounts.MONEY:
            # People are counted on a day; money of eleven months is no year's.
            values = np.where(rows.unusable, math.nan, values)
        by_year.setdefault(int(suffix) if suffix else None, {})[name] = values
    parts = [
        _part(values, row_year if year is None else pd.Series(year, index=frame.index), first)
        for year, values in sorted(by_year.items(), key=lambda item: item[0] or 0)
    ]
    empty = _part({}, row_year.iloc[:0], first)
    return pd.concat([empty, *parts], ignore_index=True), issues.concat(found)


def _part(
    values: Mapping[str, NDArray[np.float64]], year: pd.Series[Any], first: int
) -> pd.DataFrame:
    part = pd.DataFrame({"record": np.arange(len(year), dtype=np.int64) + first})
    part["year"] = year.astype("Int64").to_numpy()
    part["year"] = part["year"].astype("Int64")
    for name in amounts.FIGURES:
        part[name] = values.get(name, np.full(len(year), math.nan))
    # A record without a single figure of that year needs no row.
    return part[part[list(amounts.FIGURES)].notna().any(axis=1)]


def _factor(table: TableLike, column: str) -> float:
    name, _, _ = column.partition("@")
    # Staff is counted in people whatever is stated; money without a unit is no amount at all.
    fallback = 1.0 if name == "staff" else math.nan
    return float(table.units.get(column, table.units.get(name, fallback)))


def _heading(intake: Intake, column: str) -> str:
    headings: Mapping[str, str] = getattr(intake.table, "headings", {})
    return str(headings.get(column, column))
