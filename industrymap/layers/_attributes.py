"""Attributes typed by the schema: numbers in its units, yes and no, dates, codes for labels."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import cells, files, issues, schemas
from industrymap.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandas.api.extensions import ExtensionArray

    from industrymap.cells import Match
    from industrymap.files import Limits
    from industrymap.layers._layer import Raw

__all__ = ["Typed", "guard_lengths", "match", "type_columns", "unique_keys"]

_NAMED_LATER = {"", "enterprises", "places"}
"""Layers that may come without identifiers: their own rooms give them."""

_SHARES = "_share"

NUL_TEXT = issues.rule(
    "layers.nul_text",
    "warning",
    "文本中有空字符（NUL），多数格式无法保存，以 ␀ 显示",
    "the text holds a NUL, which most formats cannot carry; it is shown as ␀",
)
HALF_CHARACTER = issues.rule(
    "layers.half_character",
    "warning",
    "文本中有不完整的字符（孤立代理项），以 � 显示",
    "the text holds half a character (a lone surrogate), shown as �",
)
BROKEN_TEXT = issues.rule(
    "layers.broken_text",
    "warning",
    "含无法识别的字节，原样以 \\xNN 显示，未作猜测",
    "holds bytes that could not be read, shown as \\xNN, nothing was guessed",
)
UNKNOWN_CODE = issues.rule(
    "value.unknown",
    "warning",
    "不在可选值之内（{choices}），按缺失处理",
    "none of the known values ({choices}): taken as missing",
)
NOT_WHOLE = issues.rule(
    "cell.not_whole", "warning", "应为整数，已四舍五入", "expected a whole number: rounded"
)
KEY_MADE = issues.rule(
    "layer.key_missing",
    "info",
    "没有编号，已按序号编为 {key}",
    "no identifier: numbered {key} by its position",
)
KEY_TWICE = issues.rule(
    "layer.key_duplicate",
    "warning",
    "编号重复，已改为 {key}，请核对",
    "the same identifier twice: renamed {key}, please check",
)


def match(raw: Raw, *, layer: str, columns: Mapping[str, str] | None) -> list[Match]:
    """Match a layer's columns to the schema's fields; none where there is no schema."""
    if not layer:
        return []
    # Names are completed before matching: half a heading matches nothing, or the wrong field.
    whole = _uncut(raw, layer)
    headings = [cells.heading(whole.get(name, name)) for name in raw.columns]
    matches = cells.match_columns(headings, layer=layer, forced=columns)
    return [_better(one, headings, matches, layer) for one in matches]


def _better(
    taken: Match, headings: Sequence[cells.Heading], matches: Sequence[Match], layer: str
) -> Match:
    """Return the column that means the same field more surely: its exact Chinese name, or the one that states its unit.

    GIS layers often carry a field twice: 园区名称 beside NAME, 用地面积 beside 用地面积（亩）.
    """
    if taken.rank < 0:  # a person decided
        return taken
    used = {match.column for match in matches}
    best = taken
    for column, head in enumerate(headings):
        # Each other column is matched alone: together, the first to claim a field keeps it.
        alone = [] if column in used else cells.match_columns([head], layer=layer)
        if alone and alone[0].name == taken.name and _surer(alone[0]) > _surer(best):
            best = replace(alone[0], column=column)
    return best


def _surer(match: Match) -> tuple[bool, bool]:
    exact = cells.normal(match.field.zh) in {cells.normal(match.heading.text), *match.heading.names}
    # A stated unit counts for more than an exact name: a right name in an unknown unit is a wrong
    # figure.
    return bool(match.field.unit) and match.heading.unit is not None, exact


def _uncut(raw: Raw, layer: str) -> dict[str, str]:
    """Complete names that Shapefile cut after ten bytes, where exactly one field begins so."""
    whole_of: dict[str, str] = {}
    for name in raw.cut:
        # The cut may fall behind an opening bracket: 建筑面积（平方米） is left as 建筑面积（.
        stem, bracket, inside = re.sub(r"_\d+$", "", name).replace("(", "（").partition("（")
        tail = f"（{inside}）" if bracket and inside and "）" not in inside else ""
        fields = {
            field.name: spelling
            for field in schemas.fields(layer)
            if field.stage == "read"
            for spelling in (field.zh, field.name, *field.aliases)
            # Two characters may still be a whole word before a bracket; without one, three must fit
            # a single field.
            if len(stem) >= (2 if bracket else 3)
            and (spelling == stem if bracket else spelling.startswith(stem))
        }
        if len(fields) == 1:
            whole_of[name] = next(iter(fields.values())) + tail
        elif bracket:
            whole_of[name] = stem + tail
    return whole_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Attributes with their types.

    Attributes
    ----------
    frame : DataFrame
        Indexed by the position of the feature in the file; fields of the schema first.
    headings : dict of str to str
        Column → name as the file has it.
    factors : dict of str to float
        Column → what its numbers were multiplied by.
    issues : DataFrame
    """

    frame: pd.DataFrame
    headings: dict[str, str]
    factors: dict[str, float]
    issues: pd.DataFrame


def type_columns(
    raw: Raw,
    matches: Sequence[Match],
    *,
    layer: str,
    source: str,
    units: Mapping[str, str] | None,
) -> Typed:
    """Give every column its type: the schema's where it knows the column, else the narrowest that holds it."""
    rows = pd.Series(range(1, len(raw.geometries) + 1), dtype="Int64")
    columns, nul = _writable(raw.columns, source, rows)
    names = list(columns)
    # As text first, whatever types the format gave: issues quote cells as the file has them.
    text = pd.DataFrame(
        {m.name: _text(columns[names[m.column]]) for m in matches}, index=rows.index
    )
    factors, of_units = cells.units(text, matches, source=source, decided=units)
    problems = [of_units, nul]
    # Coded fields report their unknown values themselves.
    plain = [m for m in matches if not schemas.values(m.field.name)]
    problems.append(cells.unreadable(text, plain, factors, source=source, row=rows))
    typed: dict[str, pd.Series[Any]] = {}
    headings: dict[str, str] = {}
    for one in matches:
        typed[one.name], more = _typed(text[one.name], one, factors, source, rows)
        headings[one.name] = names[one.column]
        problems.append(more)
    known = {m.column for m in matches}
    # A column that nobody mapped must not take the name of a schema field, and so be read as one.
    taken = {*typed, "geometry", *(f.name for f in (schemas.fields(layer) if layer else ()))}
    for column, name in enumerate(names):
        if column not in known:
            free = _free(name, taken)
            taken.add(free)
            typed[free] = _natural(columns[name], rows.index)
            headings[free] = name
    return Typed(
        frame=pd.DataFrame(typed, index=rows.index),
        headings=headings,
        factors=factors,
        issues=issues.concat(problems),
    )


def _writable(
    columns: Mapping[str, list[Any]], source: str, rows: pd.Series[Any]
) -> tuple[dict[str, list[Any]], pd.DataFrame]:
    """Return the columns with every NUL and half character shown, and one issue for each value that held one or a broken byte."""
    out: dict[str, list[Any]] = {}
    problems = issues.Collector(source, rows=rows.tolist())
    for name, column in columns.items():
        values = list(column)
        for at, value in enumerate(values):
            # a list or a mapping is kept as text; numbers and dates cannot hold what no file can
            text = cells.shown(value) if isinstance(value, (str, list, dict)) else ""
            # One search over all rules: nearly every value is clean.
            if not _ODD.search(text):
                continue
            for rule, mark, pattern in _UNWRITABLE:
                if pattern.search(text):
                    text = values[at] = pattern.sub(mark, text)
                    problems.add(rule, at, column=_shown_name(name), value=text)
        # Two names may become one when their broken bytes are shown.
        out[_free(_shown_name(name), set(out))] = values
    return out, problems.table()


_UNWRITABLE = (
    (NUL_TEXT, "␀", re.compile("\x00")),
    (HALF_CHARACTER, "\ufffd", re.compile("[\ud800-\udfff]")),
    (BROKEN_TEXT, r"\g<0>", re.compile(r"\\x[0-9a-f]{2}")),  # as `files` shows a broken byte
)


_ODD = re.compile("[\x00\ud800-\udfff]|\\\\x[0-9a-f]{2}")


def _shown_name(name: str) -> str:
    for _, mark, pattern in _UNWRITABLE:
        name = pattern.sub(mark, name)
    return name


def guard_lengths(raw: Raw, source: str, limits: Limits) -> None:
    """Raise ``LayerError`` where a text is longer than a spreadsheet cell can be."""
    for name, column in raw.columns.items():
        longest = max((len(v) for v in column if isinstance(v, str)), default=0)
        if longest > limits.max_cell_chars:
            raise LayerError(
                f"{source}: a value of {name!r} has {longest:,} characters; at most {limits.max_cell_chars:,} are read {files.more_en('max_cell_chars')}.",
                f"{source}：“{name}”中有长达 {longest:,} 个字符的值，最多读取 {limits.max_cell_chars:,} 个{files.more_zh('max_cell_chars')}。",
            )


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _text(values: Sequence[object]) -> ExtensionArray:
    shown = [None if _missing(v) else cells.shown(v).strip() for v in values]
    return pd.array([value or None for value in shown], dtype="string")


def _typed(
    text: pd.Series[Any],
    one: Match,
    factors: Mapping[str, float],
    source: str,
    rows: pd.Series[Any],
) -> tuple[pd.Series[Any], pd.DataFrame]:
    field = one.field
    where: dict[str, Any] = {
        "header": one.heading.text,
        "source": source,
        "row": rows,
        "values": text,
    }
    if schemas.values(field.name):
        coded = cells.coded_cells(text, field.name)
        # Some codes are numbers (level 1, level 2) and are compared as such by rules.
        result = (
            pd.to_numeric(coded.result).astype("Int64") if field.dtype == "int" else coded.result
        )
        frame = text.to_frame(field.name)
        return result, issues.from_mask(
            frame,
            coded.unreadable,
            UNKNOWN_CODE,
            column=field.name,
            choices=cells.choices(field.name),
            **where,
        )
    parsed, _ = cells.parse_column(text, field, factors.get(one.name, 1.0))
    if parsed is None:
        # A column of a type that nothing could be read from stays a column of that type, without
        # values.
        numeric = field.dtype in cells.NUMERIC
        return (text.where(text.isna()).astype("Float64") if numeric else text), issues.empty()
    if field.dtype != "int":
        return parsed.result, issues.empty()
    whole = parsed.result.round()
    # Computed columns of a GIS hold 2.9999999999: that is a whole number, 2.5 staff are not.
    broken = ((parsed.result - whole).abs() > 1e-6).fillna(value=False)
    frame = text.to_frame(one.name)
    return whole.astype("Int64"), issues.from_mask(
        frame, broken, NOT_WHOLE, column=one.name, **where
    )


def _natural(values: Sequence[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    """Give a column the schema does not know the narrowest type that holds it."""
    clean = [None if _missing(v) else v for v in values]
    kinds = {type(v) for v in clean if v is not None}
    dtype = "string"
    if kinds == {bool}:
        dtype = "boolean"
    # Wider integers overflow; credit codes and long numbers are kept as text.
    elif kinds == {int} and all(v is None or abs(v) < 2**63 for v in clean):
        dtype = "Int64"
    elif kinds and kinds <= {int, float}:
        dtype = "Float64"
    else:
        # Mixed kinds are text: guessing a number would drop what is none.
        clean = [None if v is None else cells.shown(v) for v in clean]
    return pd.Series(clean, index=index, dtype=dtype)


def _free(name: str, taken: set[str]) -> str:
    base = name or "column"
    if base not in taken:
        return base
    given, number = f"{base}_given", 2
    while given in taken:
        given, number = f"{base}_given{number}", number + 1
    return given


def unique_keys(  # noqa: PLR0913 - what is told about a key names all of it
    frame: pd.DataFrame,
    *,
    layer: str,
    stem: str,
    sources: Sequence[str],
    rows: pd.Series[Any],
    headings: Mapping[str, str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every feature an identifier of its own, and report the made and the doubled ones."""
    if layer in _NAMED_LATER:
        return frame, issues.empty()
    key = schemas.key(layer)
    out = frame.copy()
    if key not in out:
        out.insert(0, key, pd.Series(pd.NA, index=out.index, dtype="string"))
    # All identifiers of the file first, so that a made one never takes a later feature's own.
    taken: set[str] = set(out[key].dropna())
    seen: set[str] = set()
    values: list[str] = []
    records: list[dict[str, Any]] = []
    for value, row, source in zip(out[key], rows, sources, strict=True):
        missing = value is pd.NA
        new = f"{stem}-{int(row)}" if missing else str(value)
        number = 2
        # The first of two keeps the name; changes and history go by it.
        while new in seen or (missing and new in taken):
            new = f"{stem}-{int(row)}-{number}" if missing else f"{value}-{number}"
            number += 1
        if missing or new != value:
            rule = KEY_MADE if missing else KEY_TWICE
            about = {"column": headings.get(key, ""), "value": "" if missing else value, "key": new}
            records.append({"rule": rule, "source": source, "row": int(row), **about})
        seen.add(new)
        values.append(new)
    out[key] = pd.array(values, dtype="string")
    return out, issues.from_records(records)
