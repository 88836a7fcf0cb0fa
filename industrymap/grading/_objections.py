"""Objections during the days of publicity: a table with their outcome; what was accepted goes into the next run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import cells, issues, schemas, tables
from industrymap.columns import floats, is_missing, texts
from industrymap.enterprises import codes
from industrymap.grading._inputs import NUMBERS, PARTS, Firms, Register

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ACCEPTED", "OPEN", "REJECTED", "Objections", "corrected", "read_objections"]

ACCEPTED, REJECTED, OPEN = "accepted", "rejected", "open"
"""What became of an objection."""
_WORDS = {"采纳": ACCEPTED, "予以采纳": ACCEPTED, "accepted": ACCEPTED, "不采纳": REJECTED, "不予采纳": REJECTED, "rejected": REJECTED, "": OPEN, "待核": OPEN, "open": OPEN}  # fmt: skip

NO_ITEM = issues.rule(
    "objection.no_item",
    "error",
    "“{item}”不是要素数据项，该异议未处理",
    "{item!r} is no figure of the table of inputs: the objection stays open",
)
NO_VALUE = issues.rule(
    "objection.no_value",
    "error",
    "“{name}”的异议已采纳，但核定值“{given}”不是数字，未改",
    "the objection of {name} is accepted, but {given!r} is no number: nothing is changed",
)
NO_OUTCOME = issues.rule(
    "objection.no_outcome",
    "error",
    "处理结果“{given}”应为“采纳”或“不采纳”，该异议按未处理",
    "the outcome {given!r} should be 采纳 or 不采纳: the objection stays open",
)
TWICE = issues.rule(
    "objection.twice",
    "error",
    "“{name}”的{item}有两个核定值，均未采用",
    "{name}: two accepted values of {item}, neither is used",
)


_KEYS = ("uscc", "enterprise_id", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objections:
    """Objections as they were read.

    Attributes
    ----------
    frame : DataFrame
        ``uscc, enterprise_id, name, item`` (as written), ``column`` (of the inputs; missing where it is none), ``claimed, value`` (accepted, in the column's
        unit), ``outcome`` (:data:`ACCEPTED`, :data:`REJECTED`, :data:`OPEN`), ``note, source, source_row``.
    issues : DataFrame
    """

    frame: pd.DataFrame
    issues: pd.DataFrame


def read_objections(path: Path) -> Objections:
    """Read a table of objections.

    Raises
    ------
    TableError
        It lacks who objects, to which figure, or the outcome.
    """
    table = tables.read(
        path, layer="objections", wanted=("uscc|enterprise_id|name", "item", "outcome")
    )
    names = ("uscc", "enterprise_id", "name", "item", "claimed", "accepted", "outcome", "note")
    frame = pd.DataFrame({n: pd.array(texts(table.frame, n), dtype="string") for n in names})
    frame = frame.assign(
        uscc=codes.clean(frame["uscc"]),
        source=table.name,
        source_row=table.frame["source_row"].array,
    )
    said: list[dict[str, object]] = []
    columns, values, outcomes = [], [], []
    for row in frame.fillna(dict.fromkeys(names, "")).to_dict("records"):
        about = {
            "source": row["source"],
            "row": row["source_row"],
            "name": row["name"] or row["uscc"] or row["enterprise_id"],
        }
        column = _column(row["item"])
        outcome = _WORDS.get(row["outcome"].strip(), "")
        value = np.nan if column is None else _value(row["accepted"], column)
        if not outcome:
            said.append(
                {**about, "rule": NO_OUTCOME, "value": row["outcome"], "given": row["outcome"]}
            )
        if column is None:
            said.append({**about, "rule": NO_ITEM, "value": row["item"], "item": row["item"]})
        elif outcome == ACCEPTED and np.isnan(value):
            said.append(
                {**about, "rule": NO_VALUE, "value": row["accepted"], "given": row["accepted"]}
            )
        columns.append(column)
        values.append(value)
        # What cannot be carried out is not said to be done.
        outcomes.append(OPEN if not outcome or column is None or (outcome == ACCEPTED and np.isnan(value)) else outcome)  # fmt: skip
    frame = frame.drop(columns="accepted").assign(
        column=pd.array(columns, dtype="string"),
        value=pd.array(values, dtype="Float64"),
        outcome=pd.array(outcomes, dtype="string"),
    )
    return Objections(frame=frame, issues=issues.concat([table.issues, issues.from_records(said)]))


def _column(item: str) -> str | None:
    """Return the column of the inputs that a text names, as the headings of their tables do."""
    found = cells.match_columns([cells.heading(item)], layer="firm_inputs") if item else []
    names = [match.field.name for match in found]
    # Of value added itself, not of one of its parts: which of the two counts would be open.
    return names[0] if names and names[0] in NUMBERS and names[0] not in PARTS else None


def _value(text: str, column: str) -> float:
    unit = schemas.field("firm_inputs", column).unit
    value = cells.number(pd.Series([text or None], dtype="string"), unit=unit, factor=1.0).iloc[0]
    return np.nan if is_missing(value) else float(value)


def corrected(firms: Firms, objections: Objections) -> tuple[Firms, Objections]:
    """Put accepted values in place of what the tables say; what was rejected or is still open changes nothing.

    Returns
    -------
    firms : Firms
    objections : Objections
        The same, with those left open that could not be carried out: of no firm of the base, of a name that several have, or with two values.
    """
    register = Register(firms.frame)
    said: list[dict[str, object]] = []
    new: dict[tuple[str, int], list[tuple[float, int]]] = {}
    told = objections.frame.reset_index(drop=True)
    kept = texts(told, "outcome")
    for n, row in enumerate(told.to_dict("records")):
        if kept[n] != ACCEPTED:
            continue
        about = {"source": row["source"], "row": row["source_row"]}
        given = {key: "" if is_missing(row[key]) else str(row[key]) for key in _KEYS}
        at, why = register.one(**given)
        if why:
            said.append({**about, **why})
            kept[n] = OPEN
        else:
            new.setdefault((str(row["column"]), at), []).append((float(row["value"]), n))
    frame = firms.frame.copy()
    names = texts(frame, "name")
    for column in sorted({c for c, _ in new}):
        values = floats(frame, column).copy()
        for (_, at), found in sorted((key, v) for key, v in new.items() if key[0] == column):
            if len({value for value, _ in found}) == 1:
                values[at] = found[0][0]
                continue
            for _, n in found:
                kept[n] = OPEN
            last = told.iloc[found[-1][1]]
            label = schemas.label("firm_inputs", column, "zh")
            said.append({"rule": TWICE, "source": last["source"], "row": last["source_row"], "name": names[at], "item": label})  # fmt: skip
        frame[column] = pd.array(values, dtype="Float64")
    done = told.assign(outcome=pd.array(kept, dtype="string"))
    more = issues.concat([firms.issues, issues.from_records(said)])
    return Firms(frame=frame, issues=more), Objections(frame=done, issues=objections.issues)
