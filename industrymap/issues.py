"""The issues table: everything that could not be used as it was, where it is, and why.

A stage never raises over a bad row. It returns the sound rows and a frame of issues with the columns
of :data:`COLUMNS`; the pipeline writes them all to ``outputs/issues.csv``. A room declares its rules
beside the code that checks them, with :func:`rule`, so that a rule has one place and two sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "COLUMNS",
    "LEVELS",
    "Collector",
    "Rule",
    "concat",
    "empty",
    "from_mask",
    "from_records",
    "once",
    "rule",
    "rules",
]

COLUMNS = ["source", "row", "column", "value", "rule", "level", "zh", "en"]
"""``source`` file name (with ``#sheet`` where one was chosen) · ``row`` 1-based row as Excel shows it, or
the feature's ordinal in a layer · ``column`` header as the file writes it · ``value`` text as found ·
``rule`` dotted id · ``level`` · ``zh`` / ``en`` what was expected and what was done."""

LEVELS = ("error", "warning", "info")
"""``error``: the row (or feature) is left out · ``warning``: it stays, the value became ``<NA>`` or needs a
look · ``info``: it was repaired, and the note says how."""

# A cell may hold 32,767 characters: enough of it to be found again in the file.
_MAX_VALUE_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that can be wrong.

    Attributes
    ----------
    id : str
        Dotted name, room first: ``uscc.check_digit``.
    level : str
        One of :data:`LEVELS`.
    zh, en : str
        What was expected and what was done. ``{name}`` is filled from the record's details.
    """

    id: str
    level: str
    zh: str
    en: str


_RULES: dict[str, Rule] = {}


class Collector:
    """The issues of one file or layer while they are being found.

    Parameters
    ----------
    source : str or sequence of str
        The file's name, or one for each row.
    rows : sequence of int, optional
        Number of each row as a spreadsheet shows it, or of each feature in its layer; 1, 2, 3 … by default.
    ids : sequence of str, optional
        Identifier of each row: fills ``{id}`` in the rules' sentences.
    column : str
        The column an issue is about where :meth:`add` names none.

    Examples
    --------
    >>> left_out = Rule(id="x.left_out", level="error", zh="{id} 未计入", en="{id} is left out")
    >>> found = Collector("parks.geojson", ids=["YP-1", "YP-5"], column="geometry")
    >>> found.add(left_out, 1)
    >>> found.table()[["source", "row", "column", "en"]].values.tolist()
    [['parks.geojson', 2, 'geometry', 'YP-5 is left out']]
    """

    def __init__(
        self,
        source: str | Sequence[str] = "",
        *,
        rows: Sequence[object] | NDArray[np.int64] | None = None,
        ids: Sequence[str] = (),
        column: str = "",
    ) -> None:
        self.ids = ids
        self.source = source
        self._rows = rows
        self._column = column
        self._records: list[dict[str, object]] = []
        self._tables: list[pd.DataFrame] = []

    def __len__(self) -> int:
        return len(self._records) + sum(map(len, self._tables))

    def of(self, positions: Sequence[int] | NDArray[np.int64]) -> Collector:
        """Return a collector for a part of the rows, counted from 0 again; what it is given is found here too."""
        source = self.source
        part = Collector(
            source if isinstance(source, str) else [source[i] for i in positions],
            rows=[int(i) + 1 if self._rows is None else self._rows[i] for i in positions],
            ids=[self.ids[i] for i in positions] if self.ids else (),
            column=self._column,
        )
        # The same lists, not copies: whoever adds to a part adds to the whole.
        part._records, part._tables = self._records, self._tables
        return part

    def add(
        self,
        rule: Rule,
        position: int | None,
        *,
        column: str | None = None,
        value: object = None,
        **details: object,
    ) -> None:
        """Add one issue about the row at ``position`` (from 0), or about the whole file where that is ``None``.

        ``details`` fill the ``{name}`` places of the rule's sentences; ``{id}`` is filled from ``ids``.
        """
        about: dict[str, object] = {"source": self.source, "row": None}
        if position is not None:
            if not isinstance(self.source, str):
                about["source"] = self.source[position]
            about["row"] = position + 1 if self._rows is None else self._rows[position]
            if self.ids:
                about["id"] = self.ids[position]
        about |= {"column": self._column if column is None else column, "value": value}
        self._records.append({"rule": rule, **about, **details})

    def extend(self, table: pd.DataFrame) -> None:
        """Take over an issues table that another step has made."""
        self._tables.append(table)

    def table(self) -> pd.DataFrame:
        """Return everything found, sorted by source, row, column and rule."""
        return concat([*self._tables, from_records(self._records)])


def rule(id_: str, level: str, zh: str, en: str) -> Rule:
    """Declare a rule once, at import time, and return it."""
    if level not in LEVELS:
        msg = f"level {level!r} is none of {LEVELS}"
        raise ValueError(msg)
    # A module may be imported twice under pytest; two different sentences under one id are a
    # mistake.
    if id_ in _RULES and (_RULES[id_].zh, _RULES[id_].en) != (zh, en):
        msg = f"rule {id_!r} is declared twice"
        raise ValueError(msg)
    _RULES[id_] = Rule(id=id_, level=level, zh=zh, en=en)
    return _RULES[id_]


def rules() -> Mapping[str, Rule]:
    """Return every rule declared so far, by id."""
    return dict(sorted(_RULES.items()))


def empty() -> pd.DataFrame:
    """Return an issues table without rows."""
    return _blank().copy()


def from_records(records: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Build an issues table from mappings.

    Parameters
    ----------
    records : iterable of mapping
        Keys ``rule`` (a :class:`Rule`), ``source``, ``row``, ``column``, ``value``; any further key fills a
        ``{name}`` of the rule's sentences.

    Returns
    -------
    issues : DataFrame
        Columns :data:`COLUMNS`.
    """
    rows = [_row(record) for record in records]
    if not rows:
        return empty()
    return _typed(pd.DataFrame(rows, columns=COLUMNS))


def from_mask(  # noqa: PLR0913 - one argument for each column of the table
    frame: pd.DataFrame,
    mask: pd.Series[bool],
    rule: Rule,
    *,
    column: str,
    values: pd.Series[Any] | None = None,
    source: str | pd.Series[Any] | None = None,
    row: pd.Series[Any] | None = None,
    header: str | None = None,
    **details: Hashable,
) -> pd.DataFrame:
    """Build one issue per row of ``frame`` where ``mask`` is true, without a Python loop.

    Parameters
    ----------
    frame : DataFrame
        Has ``source`` and ``source_row`` columns unless both are given.
    mask : Series of bool
        Aligned with ``frame``.
    rule : Rule
        The rule that was broken.
    column : str
        The column of ``frame`` that was checked; ``header`` is shown in its place where given.
    values : Series, optional
        What was found; the column itself by default.
    source, row : str or Series, optional
        Where the row came from.
    header : str, optional
        The header as the file writes it.
    **details
        Fill the ``{name}`` places of the rule's sentences.

    Returns
    -------
    issues : DataFrame
        Columns :data:`COLUMNS`.
    """
    hit = mask.fillna(value=False).astype(bool).to_numpy()
    if not hit.any():
        return empty()
    shown = frame[column] if values is None else values
    # Rows of a frame carry the file they came from; of a single file its name is enough.
    where = frame["source"] if source is None else source
    ordinal = frame["source_row"] if row is None else row
    out = pd.DataFrame(
        {
            "source": where if isinstance(where, str) else where[hit].to_numpy(),
            "row": ordinal[hit].to_numpy(),
            "column": header or column,
            "value": shown[hit].astype("string").str.slice(0, _MAX_VALUE_CHARS).to_numpy(),
            "rule": rule.id,
            "level": rule.level,
            # Once for all rows: what differs from row to row is in the column of values.
            "zh": rule.zh.format(**details),
            "en": rule.en.format(**details),
        }
    )
    return _typed(out)


def concat(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Stack issues tables, sorted by source, row, column and rule."""
    # Empty tables would turn the types of the stacked one into object.
    parts = [table for table in tables if len(table)]
    if not parts:
        return empty()
    stacked = pd.concat(parts, ignore_index=True)
    # By place, so that issues.csv can be worked through file by file, from the top.
    return stacked.sort_values(
        ["source", "row", "column", "rule"], kind="stable", ignore_index=True
    )


def once(table: pd.DataFrame, better: Mapping[str, str]) -> pd.DataFrame:
    """Return an issues table in which no cell is reported twice.

    Parameters
    ----------
    table : DataFrame
    better : mapping of str to str
        Rule → the rule that says more of the same cell: its line stays, the other's goes.

    Examples
    --------
    >>> dull, telling = (Rule(id=f"x.{n}", level="info", zh="注", en="note") for n in ("dull", "telling"))
    >>> cell = {"source": "t.csv", "row": 2, "column": "c"}
    >>> found = from_records([{**cell, "rule": dull}, {**cell, "rule": telling}])
    >>> once(found, {"x.dull": "x.telling"})["rule"].tolist()
    ['x.telling']
    """
    # The place decides: one wrong cell is one thing to do, whichever checks noticed it.
    place = pd.MultiIndex.from_frame(table[["source", "row", "column"]])
    twice = pd.Series(data=False, index=table.index)
    for dull, telling in better.items():
        named = place[(table["rule"] == telling).to_numpy(dtype=bool)]
        twice |= (table["rule"] == dull).to_numpy(dtype=bool) & place.isin(named)
    return table[~twice].reset_index(drop=True)


@cache
def _blank() -> pd.DataFrame:
    # Most checks find nothing: making this table anew each time was a tenth of a build.
    return _typed(pd.DataFrame(columns=COLUMNS))


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    rule: Rule = record["rule"]
    # Whatever else a caller gave fills the sentences.
    details = {
        k: v for k, v in record.items() if k not in {"rule", "source", "row", "column", "value"}
    }
    value = record.get("value")
    return {
        "source": record.get("source", ""),
        "row": record.get("row"),
        "column": record.get("column", ""),
        "value": None if value is None or value is pd.NA else str(value)[:_MAX_VALUE_CHARS],
        "rule": rule.id,
        "level": rule.level,
        "zh": rule.zh.format(**details),
        "en": rule.en.format(**details),
    }


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    kinds: dict[str, Any] = dict.fromkeys(COLUMNS, "string") | {"row": "Int64"}
    return table.astype(kinds)
