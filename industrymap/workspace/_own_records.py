"""Coded values and figures of a workspace's own layers: ``schemas/values.csv`` and ``schemas/indicators.csv``."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from industrymap import files, schemas
from industrymap.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from industrymap.settings import Keys

__all__ = ["FIGURES", "VALUES", "own_figures", "own_values"]

VALUES, FIGURES = "values.csv", "indicators.csv"

# What is stored and asked for in a filter: no separator of cells, no quotes, no blanks.
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_FIGURE = re.compile(r"[a-z][a-z0-9_]{0,40}")
_NUMBERS = ("float", "int")
_Fault = tuple[str, str]


def own_values(path: Path, root: Keys) -> None:
    """Read the coded values of fields of the workspace's own schemas; what is wrong is noted in ``root``.

    Columns: ``field``, ``value`` (the code that is stored), ``zh``, and where wanted ``en``, ``color`` (``#rrggbb``), ``aliases``.
    """
    known: dict[str, list[schemas.Value]] = {}
    for row in _rows(path, ("field", "value", "zh"), root, lambda row: _wrong_value(row, known)):
        value = schemas.Value(
            field=row["field"],
            value=row["value"],
            zh=row["zh"],
            en=row.get("en") or row["zh"],
            color=row.get("color", ""),
            aliases=_entries(row, "aliases"),
        )
        known.setdefault(value.field, []).append(value)
    for name, values in known.items():
        schemas.add_values(name, tuple(values))


def own_figures(path: Path, root: Keys) -> None:
    """Read figures of the workspace's own layers: ``of`` × ``factor`` ÷ ``per``; what is wrong is noted in ``root``.

    Columns: ``id``, ``layers`` (schemas, separated by ``|``), ``of``, ``per`` (a field, a figure of any polygon, or ``@area``), ``zh``, and where
    wanted ``factor``, ``per_unit`` (``mu``: the area in mu), ``unit``, ``direction`` (``+`` or ``-``), ``en``, ``formula_zh``,
    ``formula_en``, ``source``. A figure made of what firms add up to is hidden where few firms are behind it, as the shipped ones are.
    """
    for row in _rows(path, ("id", "layers", "of", "per", "zh"), root, _wrong_figure):
        schemas.add_figure(_figure(row))


def _rows(
    path: Path,
    needed: tuple[str, ...],
    root: Keys,
    wrong: Callable[[Mapping[str, str]], _Fault | None],
) -> Iterator[dict[str, str]]:
    """Yield the rows in which nothing is wrong, so that a row may speak of those before it; each fault is noted with its line."""
    name = f"schemas/{path.name}"
    reader = csv.DictReader(files.read_text(files.check(path, allow=("csv",))).splitlines())
    lacking = [c for c in needed if c not in (reader.fieldnames or ())]
    if lacking:
        root.fault(
            f"{name} lacks the columns {', '.join(lacking)}; columns are separated by commas",
            f"{name} 缺少列 {'、'.join(lacking)}；各列须以逗号分隔",
        )
        return
    for raw in reader:
        row = {k: (v or "").strip() for k, v in raw.items() if isinstance(k, str)}
        fault = wrong(row)
        if fault:
            line = reader.line_num
            root.fault(f"{name} line {line}: {fault[0]}", f"{name} 第 {line} 行：{fault[1]}")
        else:
            yield row


def _wrong_value(row: Mapping[str, str], known: dict[str, list[schemas.Value]]) -> _Fault | None:
    field, value = row["field"], row["value"]
    texts = {f.name for f in _own_fields() if f.dtype == "str" and f.stage == "read"}
    if field not in texts:
        near_en, near_zh = _nearest(field, texts)
        return (
            f"{field!r} is no text field of a schema in this folder{near_en}",
            f"“{field}”不是本文件夹中表结构的文本字段{near_zh}",
        )
    if schemas.values(field):
        return (
            f"the values of {field} are built in: name your field otherwise",
            f"{field} 的取值为内置，请给字段另起名称",
        )
    if not _CODE.fullmatch(value):
        return (
            f"{value!r} is no code (letters, digits, - _ . only)",
            f"“{value}”不是代码（只能用英文字母、数字和 - _ .）",
        )
    if any(value == other.value for other in known.get(field, ())):
        return f"{field} has {value} twice", f"{field} 的取值 {value} 重复"
    if row.get("color") and not _COLOR.fullmatch(row["color"]):
        return f"{row['color']!r} is no colour such as #374da5", f"“{row['color']}”不是 #374da5 这样的颜色"  # fmt: skip
    return None


def _wrong_figure(row: Mapping[str, str]) -> _Fault | None:
    named = _entries(row, "layers")
    own = [name for name in schemas.names() if name not in schemas.shipped()]
    if not named or set(named) - set(own):
        known = ", ".join(own)
        return (
            f"layers names {row['layers']!r}; schemas of this workspace: {known or 'none'}",
            f"layers 写为“{row['layers']}”；本工作区的表结构：{known or '无'}",
        )
    if not _FIGURE.fullmatch(row["id"]) or any(
        row["id"] in {f.name for f in schemas.fields(name)} for name in named
    ):
        return (
            f"{row['id']!r} is no name for a figure: lower-case ASCII, and no column of its layers yet",
            f"“{row['id']}”不能作指标名：须为小写英文，且不与图层已有的列同名",
        )
    for key in ("of", "per"):
        fault = _wrong_input(row[key], named, area=key == "per")
        if fault:
            return fault
    return _wrong_detail(row)


def _wrong_input(name: str, layers: tuple[str, ...], *, area: bool) -> _Fault | None:
    """Return what is wrong with a figure's input: each of its layers must have it as a number."""
    if area and name == "@area":
        return None
    for layer in layers:
        numbers = {f.name for f in schemas.fields(layer) if f.dtype in _NUMBERS}
        if name not in numbers:
            near_en, near_zh = _nearest(name, numbers)
            return (
                f"{name!r} is no number of {layer}{near_en}",
                f"“{name}”不是 {layer} 的数值字段{near_zh}",
            )
    return None


def _wrong_detail(row: Mapping[str, str]) -> _Fault | None:
    factor = row.get("factor", "")
    try:
        sound = not factor or float(factor) > 0
    except ValueError:
        sound = False
    if not sound:
        return f"the factor {factor!r} is no number above 0", f"factor “{factor}”不是大于 0 的数"
    if row.get("per_unit", "") not in {"", "mu"} or (row.get("per_unit") and row["per"] != "@area"):
        return "per_unit may be mu, and only where per is @area", "per_unit 只能为 mu，且 per 须为 @area"  # fmt: skip
    if row.get("direction", "") not in {"", "+", "-"}:
        return "direction is + (more is better), - or empty", "direction 须为 +（越大越好）、- 或空"
    return None


def _figure(row: Mapping[str, str]) -> schemas.Indicator:
    counted = [n for n in (_firms_behind(row["of"]), _firms_behind(row["per"])) if n]
    return schemas.Indicator(
        id=row["id"],
        layers=_entries(row, "layers"),
        kind="ratio",
        over="self",
        of=row["of"],
        per=row["per"],
        factor=float(row.get("factor") or 1),
        per_unit=row.get("per_unit", ""),
        # what is made of firms' figures could be turned back into them: the rule of few firms goes with it
        n=counted[0] if counted else "",
        rule="few" if counted else "",
        direction=row.get("direction", ""),
        dtype="float",
        unit=row.get("unit", ""),
        zh=row["zh"] or row["id"],
        en=row.get("en") or row["zh"] or row["id"],
        short=row.get("short") or row["id"][:10].upper(),
        aliases=(),
        formula_zh=row.get("formula_zh") or _in_words(row, "zh"),
        formula_en=row.get("formula_en") or _in_words(row, "en"),
        source=row.get("source", ""),
    )


def _firms_behind(name: str) -> str:
    """Return the column that counts the firms a figure of any polygon rests on; empty where it rests on none."""
    return next((i.n for i in schemas.indicators("*") if i.id == name and i.rule == "few"), "")


def _in_words(row: Mapping[str, str], lang: str) -> str:
    layer = _entries(row, "layers")[0]
    of = schemas.label(layer, row["of"], lang)
    area = "面积（亩）" if row.get("per_unit") else "面积"
    if lang == "en":
        area = "area in mu" if row.get("per_unit") else "area"
    per = area if row["per"] == "@area" else schemas.label(layer, row["per"], lang)
    times = f" × {row['factor']}" if row.get("factor") else ""
    return f"{of}{times} ÷ {per}"


def _nearest(word: str, known: set[str]) -> _Fault:
    near = nearest(word, known, n=1)
    return (f" (nearest: {near[0]})", f"（最接近：{near[0]}）") if near else ("", "")


def _own_fields() -> list[schemas.Field]:
    own = schemas.own().schemas.values()
    return [field for fields in own for field in fields]


def _entries(row: Mapping[str, str], key: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in row.get(key, "").split("|") if entry.strip())
