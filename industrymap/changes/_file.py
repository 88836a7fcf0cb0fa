"""Reading a change file: a table or a layer whose rows say how which feature is to change.

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

from industrymap import cells, files, issues, schemas
from industrymap.store import KEEP

if TYPE_CHECKING:
    import os
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from industrymap.files import Decision, Source

__all__ = ["CLEAR", "CONTROLS", "ChangeFile", "ChangeRow", "ReadOptions", "read"]

CONTROLS: dict[str, tuple[str, ...]] = {
    "action": ("action", "操作", "变更类型", "变更方式", "动作"),
    "from_ids": ("from_ids", "from", "来源编号", "原编号", "原园区编号", "原区块编号"),
    "base": ("change_id", "base_version", "base version", "基准版本", "版本"),
    "day": ("effective_from", "生效日期", "变更日期"),
}
"""What a change file says about its rows, and the headings under which it may say it."""

CLEAR = ("清空", "<null>", "<清空>")
"""A cell that says this empties the field; a blank one leaves it as it is."""

_OF_EXPORTS = ("定位经度", "定位纬度", "东坐标", "北坐标", "Longitude", "Latitude", "Easting", "Northing", "lon_", "lat_",
    "x_", "y_", "valid_from", "本版生效自", "Version valid from", "数据性质", "kind_of_data")  # fmt: skip
"""How columns begin that exports add for the reader: a table that was exported, edited and brought back has them."""

_ACTIONS = {
    "add": ("add", "new", "新增", "新建", "增加"),
    "change": ("change", "update", "edit", "修改", "变更", "更新"),
    "remove": ("remove", "delete", "删除", "注销", "移除"),
    "split": ("split", "拆分", "分割"),
    "merge": ("merge", "合并"),
}
_TABLES = tuple(extension for extension in files.TABLES if extension not in files.LAYERS)
"""Without shapes, whatever they hold; Parquet may hold either and is read as a layer."""
_FATAL_RULES = ("layer.key_duplicate", "layer.key_missing", "value.unknown")
# Repairs that a build may make on its own would, in a change, write what nobody asked for.
_FATAL_ROOMS = ("cell.",)
_HARMLESS = ("cell.number_repaired",)

NO_ID = issues.rule(
    "change.no_id",
    "error",
    "该行缺少编号，不知道改的是哪一个。",
    "This row has no identifier: it is not clear which feature it changes.",
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
    "Not one of the allowed values: {choices}.",
)
NO_FIELDS = issues.rule(
    "change.no_fields",
    "error",
    "文件中没有可以变更的列。",
    "The file has no column that could change anything.",
)
UNKNOWN_COLUMNS = issues.rule(
    "change.unknown_columns",
    "warning",
    "这些列没有对应的字段，未采用：{columns}。",
    "These columns match no field and were left out: {columns}.",
)
COMPUTED = issues.rule(
    "change.computed_columns",
    "info",
    "这些列由生成时计算，不能用变更文件修改，未采用：{columns}。",
    "These columns are computed by a build and cannot be changed by a file; they were left out: {columns}.",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a person says of a change file.

    Attributes
    ----------
    datum : str, optional
        Of a layer's coordinates, where the file does not say.
    extent : tuple of float, optional
        West, south, east, north of the city, in degrees.
    sheet : str, optional
        Of a workbook, or the layer inside a GeoPackage.
    clear_blanks : bool
        Blank cells empty their field; by default they leave it as it is.
    """

    datum: str | None = None
    extent: tuple[float, float, float, float] | None = None
    sheet: str | None = None
    clear_blanks: bool = False


def read(
    path: str | os.PathLike[str], *, schema: str, options: ReadOptions | None = None
) -> ChangeFile:
    """Read a change file.

    Parameters
    ----------
    path : path
        A table of any kind without or a layer with geometry.
    schema : str
        Of the layer that is changed.
    options : ReadOptions, optional

    Returns
    -------
    file : ChangeFile

    Raises
    ------
    FileMissingError, FileRefusedError, TableError, LayerError, DatumError
        The file as a whole cannot be used.
    """
    taken = options or ReadOptions()
    # By extension: a csv with coordinates is a table here, because its rows name features by
    # number.
    if str(path).lower().rsplit(".", 1)[-1] in _TABLES:
        return _from_table(path, schema, taken)
    return _from_layer(path, schema, taken)


def _from_layer(path: str | os.PathLike[str], schema: str, options: ReadOptions) -> ChangeFile:
    from industrymap import layers

    layer = layers.read(
        path, layer=schema, datum=options.datum, extent=options.extent, table=options.sheet
    )
    frame = pd.DataFrame(layer.frame.drop(columns="geometry"))
    content = _Content(
        frame=frame,
        schema=schema,
        name=layer.name,
        numbers=layer.rows,
        headings={column: heading for column, heading in layer.headings.items() if column in frame},
        shapes=list(layer.frame.geometry),
    )
    rows, problems = _rows(content, clear_blanks=options.clear_blanks)
    return ChangeFile(
        name=layer.name,
        rows=rows,
        findings=issues.concat([_raised(layer.issues), problems]),
        decisions=layer.decisions,
        source=layer.source,
    )


def _from_table(path: str | os.PathLike[str], schema: str, options: ReadOptions) -> ChangeFile:
    from industrymap import tables

    key = schemas.fields(schema)[0].name
    table = tables.read(path, layer=schema, sheet=options.sheet, wanted=(key,))
    typed = table.frame.copy()
    problems = []
    for column in table.mapped:
        field = table.schema_field(column)
        if field is None or column == key:
            continue
        # the word that empties a field is set aside while the column is read as numbers, days or codes
        cleared = typed[column].str.strip().isin(CLEAR).fillna(value=False)
        text = typed[column].mask(cleared)
        values, unreadable = _typed(text, field, table)
        problems.append(unreadable)
        # Put back after reading, as a word that `_record` understands.
        typed[column] = values.astype(object).where(~cleared, CLEAR[0])
    content = _Content(
        frame=typed.drop(columns=["source", "source_row"]),
        schema=schema,
        name=table.name,
        numbers=table.frame["source_row"],
        headings=table.headings,
        shapes=None,
    )
    rows, bad_rows = _rows(content, clear_blanks=options.clear_blanks)
    # the reader found the emptying word where it expected a number: that is no finding here
    of_reader = table.issues[~_about_clearing(table.issues)]
    return ChangeFile(
        name=table.name,
        rows=rows,
        findings=issues.concat([_raised(of_reader), *problems, bad_rows]),
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


def _raised(findings: pd.DataFrame) -> pd.DataFrame:
    """Raise to errors what a reader would let pass with the cell or feature left out: a change must say what it means."""
    out = findings.copy()
    rules = out["rule"]
    fatal = rules.isin(_FATAL_RULES)
    for room in _FATAL_ROOMS:
        fatal |= rules.str.startswith(room)
    out.loc[fatal & ~rules.isin(_HARMLESS), "level"] = "error"
    return out


def _about_clearing(findings: pd.DataFrame) -> pd.Series[bool]:
    return findings["value"].str.strip().isin(CLEAR).fillna(value=False).astype(bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """The cells of a change file, whether table or layer.

    Attributes
    ----------
    frame : DataFrame
        Typed columns under their schema names, others under their headings.
    schema, name : str
        Of the layer; of the file, for the issues.
    numbers : Series
        Row of each record as Excel shows it, or the feature's ordinal.
    headings : dict of str to str
        Column → heading in the file.
    shapes : list of geometry or None
        ``None`` for a table, whose rows leave every geometry as it is.
    """

    frame: pd.DataFrame
    schema: str
    name: str
    numbers: pd.Series[Any]
    headings: dict[str, str]
    shapes: list[BaseGeometry | None] | None


def _rows(content: _Content, *, clear_blanks: bool) -> tuple[list[ChangeRow], pd.DataFrame]:
    """Return what each row asks for, and the rows of which that cannot be said."""
    frame, headings, shapes = content.frame, content.headings, content.shapes
    key = schemas.fields(content.schema)[0].name
    controls = _controls(frame, headings)
    # Only what a file can state; figures that a build computes would be overwritten by the next
    # one.
    known = {f.name for f in schemas.fields(content.schema) if f.stage == "read"} | {"stage"}
    fields = [c for c in frame.columns if c in known and c not in {key, *controls.values()}]
    plain = frame.astype(object).where(frame.notna(), None)
    records: list[dict[str, Any]] = plain.to_dict("records")  # type: ignore[assignment]
    rows: list[ChangeRow] = []
    bad: list[dict[str, Any]] = []
    for at, (record, number) in enumerate(zip(records, content.numbers, strict=True)):
        about = {"source": content.name, "row": int(number)}
        id_ = "" if record.get(key) is None else str(record[key]).strip()
        if not id_:
            bad.append({**about, "rule": NO_ID, "column": headings.get(key, key), "value": None})
            continue
        instructions, wrong = _instructions(record, controls, headings, about)
        bad += wrong
        rows.append(
            ChangeRow(
                row=int(number),
                id=id_,
                record=_record(record, fields, clear_blanks=clear_blanks),
                geometry=KEEP if shapes is None else shapes[at],
                **instructions,
            )
        )
    if not fields and shapes is None and "action" not in controls:
        bad.append(
            {"rule": NO_FIELDS, "source": content.name, "row": None, "column": "", "value": None}
        )
    return rows, issues.from_records(
        [*bad, *_left_out(content, {key, *fields, *controls.values()})]
    )


def _left_out(content: _Content, taken: set[str]) -> list[dict[str, Any]]:
    """Return a line about the filled columns that no field takes, and one about those that builds compute."""
    schema = {f.name for f in schemas.fields(content.schema)}
    left: dict[str, list[str]] = {"unknown": [], "computed": []}
    headings = {c: content.headings.get(str(c), str(c)) for c in content.frame.columns}
    known = set(headings.values())
    for column, heading in headings.items():
        # What the page's own change files add for the reader: beside 容积率 the value of today, 原容积率.
        former = heading.removeprefix("原").removesuffix(", before")
        if (
            column in taken
            or heading.startswith(_OF_EXPORTS)
            or (former != heading and former in known)
        ):
            continue
        if content.frame[column].notna().any():
            left["computed" if column in schema else "unknown"].append(heading)
    rules = {"unknown": UNKNOWN_COLUMNS, "computed": COMPUTED}
    return [
        {
            "rule": rules[kind],
            "source": content.name,
            "row": None,
            "column": "",
            "value": None,
            "columns": "、".join(names),
        }
        for kind, names in left.items()
        if names
    ]


def _controls(frame: pd.DataFrame, headings: dict[str, str]) -> dict[str, str]:
    """Return control → column of the frame."""
    controls: dict[str, str] = {}
    for column in frame.columns:
        heading = cells.normal(headings.get(str(column), str(column)))
        for control, spellings in CONTROLS.items():
            if heading in {cells.normal(s) for s in spellings}:
                controls.setdefault(control, str(column))
    return controls


def _instructions(
    record: dict[str, Any],
    controls: dict[str, str],
    headings: dict[str, str],
    about: dict[str, Any],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the control columns say of one row, and what of it cannot be read."""
    asked: dict[str, Any] = {"action": None, "sources": (), "base": None, "day": None}
    bad: list[dict[str, Any]] = []

    def text(control: str) -> str:
        value = record.get(controls.get(control, ""))
        return "" if value is None else cells.shown(value).strip()

    def wrong(rule: issues.Rule, control: str) -> None:
        column = controls[control]
        where = {"column": headings.get(column, column), "value": text(control)}
        bad.append({**about, "rule": rule, **where})

    if action := text("action"):
        asked["action"] = next((k for k, v in _ACTIONS.items() if action.lower() in v), None)
        if asked["action"] is None:
            wrong(BAD_ACTION, "action")
    # Every separator that people use; numbers of parks hold none of them.
    asked["sources"] = tuple(p for p in re.split(r"[;；、,，|\s]+", text("from_ids")) if p)
    if base := text("base"):
        asked["base"] = _whole(base)
        if asked["base"] is None:
            wrong(BAD_BASE, "base")
    if day := text("day"):
        # The reader of dates in tables, so that 2025.6.30 and Excel's own dates work here too.
        parsed = cells.date(pd.Series([day], dtype="string")).iloc[0]
        asked["day"] = None if pd.isna(parsed) else parsed.date()
        if asked["day"] is None:
            wrong(BAD_DAY, "day")
    return asked, bad


def _whole(text: str) -> int | None:
    try:
        number = float(text)
        # "nan" and "inf" are floats to Python, and no whole numbers.
        whole = int(number)
    except (ValueError, OverflowError):
        return None
    return whole if number == whole and whole >= 0 else None


def _record(record: dict[str, Any], fields: list[str], *, clear_blanks: bool) -> dict[str, Any]:
    """Return the fields a row sets: blanks stay as they are unless they are to clear."""
    asked: dict[str, Any] = {}
    for name in fields:
        value = record[name]
        if isinstance(value, str) and value.strip() in CLEAR:
            asked[name] = None
        elif value is not None or clear_blanks:
            asked[name] = value
    return asked
