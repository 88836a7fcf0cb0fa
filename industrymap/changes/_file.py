"""Reading a change file: a table or a layer whose rows say what shall become of which feature.

Besides the layer's own fields a change file may have four columns of its own:

==================  ==================================  ================================================================
column              also                                what it says
==================  ==================================  ================================================================
``action``          操作, 变更类型                       add 新增 · change 修改 · remove 删除 · split 拆分 · merge 合并;
                                                        blank: change where the feature exists, else add
``from_ids``        来源编号, 原编号                     split: the feature this part comes from; merge: the features that
                                                        become this one, separated by ; or 、
``change_id``       基准版本, base_version               the version the row was made from (every export carries it)
``effective_from``  生效日期, 变更日期                   the day from which it holds
==================  ==================================  ================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import cells, issues, schemas
from industrymap.store import KEEP

if TYPE_CHECKING:
    import os
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from industrymap.files import Decision, Source

__all__ = ["CLEAR", "CONTROLS", "ChangeFile", "ChangeRow", "read"]

CONTROLS: dict[str, tuple[str, ...]] = {
    "action": ("action", "操作", "变更类型", "变更方式", "动作"),
    "from_ids": ("from_ids", "from", "来源编号", "原编号", "原园区编号", "原区块编号"),
    "base": ("change_id", "base_version", "基准版本", "版本"),
    "day": ("effective_from", "生效日期", "变更日期"),
}
"""What a change file says about its rows, and the headings under which it may say it."""

CLEAR = ("清空", "<null>", "<清空>")
"""A cell that says this empties the field; a blank one leaves it as it is."""

_ACTIONS = {
    "add": ("add", "new", "新增", "新建", "增加"),
    "change": ("change", "update", "edit", "修改", "变更", "更新"),
    "remove": ("remove", "delete", "删除", "注销", "移除"),
    "split": ("split", "拆分", "分割"),
    "merge": ("merge", "合并"),
}
_TABLES = ("csv", "tsv", "xlsx", "xlsm", "xls")
_FATAL_RULES = ("layer.key_duplicate", "layer.key_missing", "value.unknown")
_FATAL_ROOMS = ("cell.",)
_HARMLESS = ("cell.number_repaired",)

NO_ID = issues.rule(
    "change.no_id",
    "error",
    "缺少编号，不知道改的是哪一个。",
    "Without an identifier: which one is meant?",
)
BAD_ACTION = issues.rule(
    "change.bad_action",
    "error",
    "操作无法识别；可填：新增、修改、删除、拆分、合并。",
    "Unknown action; expected add, change, remove, split or merge.",
)
BAD_BASE = issues.rule(
    "change.bad_base",
    "error",
    "基准版本应为变更编号（整数）。",
    "The base version should be the number of a change.",
)
BAD_DAY = issues.rule(
    "change.bad_day",
    "error",
    "生效日期应为日期，如 2025-06-30。",
    "The day should be a date such as 2025-06-30.",
)
UNKNOWN = issues.rule(
    "change.unknown_value",
    "error",
    "不在可选值之内：{choices}。",
    "None of the known values: {choices}.",
)
NO_FIELDS = issues.rule(
    "change.no_fields",
    "error",
    "文件中没有可以变更的列。",
    "The file has no column that could change anything.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One row of a change file.

    Attributes
    ----------
    row : int
        As Excel shows it, or the feature's ordinal.
    id : str
    action : str or None
    sources : tuple of str
        ``from_ids``.
    base : int or None
    day : date or None
    record : dict
        Fields to set; ``None`` clears one.
    geometry : geometry, None or KEEP
    """

    row: int
    id: str
    action: str | None
    sources: tuple[str, ...]
    base: int | None
    day: date | None
    record: dict[str, Any]
    geometry: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFile:
    """A change file as it was understood.

    Attributes
    ----------
    name : str
    rows : list of ChangeRow
    findings : DataFrame
        Issues; those of level ``error`` forbid the whole change.
    decisions : tuple of Decision
        What was understood of the file.
    source : Source
        The file with its SHA-256.
    """

    name: str
    rows: list[ChangeRow]
    findings: pd.DataFrame
    decisions: tuple[Decision, ...]
    source: Source


def read(  # noqa: PLR0913 - each is a decision a person may take out of our hands
    path: str | os.PathLike[str],
    *,
    schema: str,
    datum: str | None = None,
    extent: tuple[float, float, float, float] | None = None,
    sheet: str | None = None,
    clear_blanks: bool = False,
) -> ChangeFile:
    """Read a change file.

    Parameters
    ----------
    path : path
        A table (csv, tsv, xlsx, xls) without or a layer with geometry.
    schema : str
        Of the layer that is changed.
    datum : str, optional
        Of a layer's coordinates, where the file does not say.
    extent : tuple of float, optional
        West, south, east, north of the city.
    sheet : str, optional
        Of a workbook, or the layer inside a GeoPackage.
    clear_blanks : bool
        Blank cells empty their field; by default they leave it as it is.

    Raises
    ------
    FileMissingError, FileRefusedError, TableError, LayerError, DatumError
        The file as a whole cannot be used.
    """
    if str(path).lower().rsplit(".", 1)[-1] in _TABLES:
        return _from_table(path, schema=schema, sheet=sheet, clear_blanks=clear_blanks)
    from industrymap import layers

    found = layers.read(path, layer=schema, datum=datum, extent=extent, table=sheet)
    frame = pd.DataFrame(found.frame.drop(columns="geometry"))
    names = {column: heading for column, heading in found.headings.items() if column in frame}
    rows, problems = _rows(
        frame,
        schema=schema,
        name=found.name,
        numbers=found.rows,
        headings=names,
        shapes=list(found.frame.geometry),
        clear_blanks=clear_blanks,
    )
    return ChangeFile(
        name=found.name,
        rows=rows,
        findings=issues.concat([_raised(found.issues), problems]),
        decisions=found.decisions,
        source=found.source,
    )


def _from_table(
    path: str | os.PathLike[str], *, schema: str, sheet: str | None, clear_blanks: bool
) -> ChangeFile:
    from industrymap import tables

    key = schemas.fields(schema)[0].name
    table = tables.read(path, layer=schema, sheet=sheet, wanted=(key,))
    typed = table.frame.copy()
    problems = []
    for column in table.mapped:
        field = table.schema_field(column)
        if field is None or column == key:
            continue
        cleared = typed[column].str.strip().isin(CLEAR).fillna(value=False)
        text = typed[column].mask(cleared)
        values, more = _typed(text, field, table)
        problems.append(more)
        typed[column] = values.astype(object).where(~cleared, CLEAR[0])
    rows, found = _rows(
        typed.drop(columns=["source", "source_row"]),
        schema=schema,
        name=table.name,
        numbers=table.frame["source_row"],
        headings=table.headings,
        shapes=None,
        clear_blanks=clear_blanks,
    )
    said = table.issues[~_about_clearing(table.issues)]
    return ChangeFile(
        name=table.name,
        rows=rows,
        findings=issues.concat([_raised(said), *problems, found]),
        decisions=table.decisions,
        source=table.source,
    )


def _typed(
    text: pd.Series[Any], field: schemas.Field, table: Any
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Return a text column of a table as its field's type, and the cells that are none of its codes."""
    if schemas.values(field.name):
        coded = cells.coded_cells(text, field.name)
        bad = issues.from_mask(
            table.frame,
            coded.unreadable,
            UNKNOWN,
            column=field.name,
            header=table.headings.get(field.name, field.zh),
            choices=cells.choices(field.name),
        )
        values = coded.result
        return (pd.to_numeric(values).astype("Int64") if field.dtype == "int" else values), bad
    frame = text.to_frame(field.name)
    parsed, _ = cells.parse_column(frame[field.name], field, table.units.get(field.name, 1.0))
    return (text if parsed is None else parsed.result), issues.empty()


def _raised(found: pd.DataFrame) -> pd.DataFrame:
    """Raise to errors what a reader would let pass with the cell or feature left out: a change must say what it means."""
    out = found.copy()
    rules = out["rule"]
    fatal = rules.isin(_FATAL_RULES)
    for room in _FATAL_ROOMS:
        fatal |= rules.str.startswith(room)
    out.loc[fatal & ~rules.isin(_HARMLESS), "level"] = "error"
    return out


def _about_clearing(found: pd.DataFrame) -> pd.Series[bool]:
    return found["value"].str.strip().isin(CLEAR).fillna(value=False).astype(bool)


def _rows(  # noqa: PLR0913 - private, named
    frame: pd.DataFrame,
    *,
    schema: str,
    name: str,
    numbers: pd.Series[Any],
    headings: dict[str, str],
    shapes: list[BaseGeometry | None] | None,
    clear_blanks: bool,
) -> tuple[list[ChangeRow], pd.DataFrame]:
    key = schemas.fields(schema)[0].name
    controls = _controls(frame, headings)
    known = {f.name for f in schemas.fields(schema) if f.stage == "read"} | {"stage"}
    fields = [c for c in frame.columns if c in known and c not in {key, *controls.values()}]
    table = frame.astype(object).where(frame.notna(), None)
    records: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    rows: list[ChangeRow] = []
    bad: list[dict[str, Any]] = []
    for at, (record, number) in enumerate(zip(records, numbers, strict=True)):
        about = {"source": name, "row": int(number)}
        id_ = "" if record.get(key) is None else str(record[key]).strip()
        if not id_:
            bad.append({**about, "rule": NO_ID, "column": headings.get(key, key), "value": None})
            continue
        said, wrong = _said(record, controls, headings, about)
        bad += wrong
        rows.append(
            ChangeRow(
                row=int(number),
                id=id_,
                record=_record(record, fields, clear_blanks=clear_blanks),
                geometry=KEEP if shapes is None else shapes[at],
                **said,
            )
        )
    if not fields and shapes is None and "action" not in controls:
        bad.append({"rule": NO_FIELDS, "source": name, "row": None, "column": "", "value": None})
    return rows, issues.from_records(bad)


def _controls(frame: pd.DataFrame, headings: dict[str, str]) -> dict[str, str]:
    """Return control → column of the frame."""
    found: dict[str, str] = {}
    for column in frame.columns:
        heading = cells.normal(headings.get(str(column), str(column)))
        for control, spellings in CONTROLS.items():
            if heading in {cells.normal(s) for s in spellings}:
                found.setdefault(control, str(column))
    return found


def _said(
    record: dict[str, Any],
    controls: dict[str, str],
    headings: dict[str, str],
    about: dict[str, Any],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the control columns say of one row, and what of it cannot be read."""
    said: dict[str, Any] = {"action": None, "sources": (), "base": None, "day": None}
    bad: list[dict[str, Any]] = []

    def text(control: str) -> str:
        value = record.get(controls.get(control, ""))
        return "" if value is None else cells.shown(value).strip()

    def wrong(rule: issues.Rule, control: str) -> None:
        column = controls[control]
        where = {"column": headings.get(column, column), "value": text(control)}
        bad.append({**about, "rule": rule, **where})

    if action := text("action"):
        said["action"] = next((k for k, v in _ACTIONS.items() if action.lower() in v), None)
        if said["action"] is None:
            wrong(BAD_ACTION, "action")
    said["sources"] = tuple(p for p in re.split(r"[;；、,，|\s]+", text("from_ids")) if p)
    if base := text("base"):
        said["base"] = _whole(base)
        if said["base"] is None:
            wrong(BAD_BASE, "base")
    if day := text("day"):
        parsed = cells.date(pd.Series([day], dtype="string")).iloc[0]
        said["day"] = None if pd.isna(parsed) else parsed.date()
        if said["day"] is None:
            wrong(BAD_DAY, "day")
    return said, bad


def _whole(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number == int(number) and number >= 0 else None


def _record(record: dict[str, Any], fields: list[str], *, clear_blanks: bool) -> dict[str, Any]:
    """Return the fields a row sets: blanks stay as they are unless they are to clear."""
    found: dict[str, Any] = {}
    for name in fields:
        value = record[name]
        if isinstance(value, str) and value.strip() in CLEAR:
            found[name] = None
        elif value is not None or clear_blanks:
            found[name] = value
    return found
