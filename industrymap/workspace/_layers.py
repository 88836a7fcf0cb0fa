"""Layers that only this workspace has: their schema is a CSV in its folder, their record is in ``industrymap.toml``."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from industrymap import files, schemas
from industrymap.workspace._own_records import FIGURES, VALUES, own_figures, own_values

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.settings import Keys

__all__ = ["FOLDER", "layer_record", "own_schemas"]

FOLDER = "schemas"
"""Where in a workspace the schemas of its own layers are, one CSV each."""

# Names become columns of the database and keys in the page: ASCII keeps both simple.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_NEEDED = ("name", "dtype", "zh")
_OF_DATABASE = {"fid", "geom", "geometry", "valid_from", "valid_to", "removed", "change_id", "ended_by", "related"}  # fmt: skip


def own_schemas(folder: Path, root: Keys) -> None:
    """Read every schema of a workspace and make it known; what is wrong with one is noted in ``root``.

    The CSV has the columns of the shipped ones. ``name``, ``dtype`` and ``zh`` are needed; the first row is the key. ``values.csv`` and
    ``indicators.csv`` beside them hold coded values and figures of these schemas.
    """
    place = folder / FOLDER
    if not place.is_dir():
        return
    tables = {path.name: path for path in files.folder(place, pattern="*.csv")}
    values, figures = tables.pop(VALUES, None), tables.pop(FIGURES, None)
    for path in tables.values():
        # Replacing a shipped schema would change what every other workspace means by it.
        if path.stem in schemas.shipped():
            root.fault(
                f"schemas/{path.name} has the name of a shipped schema",
                f"schemas/{path.name} 与内置表结构同名",
            )
            continue
        rows = _rows(path, root)
        if rows:
            schemas.add_schema(path.stem, rows)
    # After all schemas: what they add speaks of their fields.
    if values:
        own_values(values, root)
    if figures:
        own_figures(figures, root)


def _rows(path: Path, root: Keys) -> list[schemas.Field]:
    text = files.read_text(files.check(path, allow=("csv",)))
    reader = csv.DictReader(text.splitlines())
    name = f"schemas/{path.name}"
    lacking = [c for c in _NEEDED if c not in (reader.fieldnames or ())]
    if not _NAME.fullmatch(path.stem):
        better = re.sub(r"[^a-z0-9_]+", "_", path.stem.lower()).strip("_0123456789")
        root.fault(
            f"{name}: the file's name may hold lower-case letters, digits and _ only, a letter first"
            + (f", such as {better}.csv" if better else ""),
            f"{name}：文件名只能用小写英文字母、数字和下划线，以字母开头"
            + (f"，如 {better}.csv" if better else ""),
        )
        return []
    if lacking:
        root.fault(
            f"{name} lacks the columns {', '.join(lacking)}; columns are separated by commas",
            f"{name} 缺少列 {'、'.join(lacking)}；各列须以逗号分隔",
        )
        return []
    rows: list[schemas.Field] = []
    refused = False
    # What a build or the database writes under a name would replace what the file says.
    taken = (
        {i.id for i in schemas.indicators("*")}
        | {i.n for i in schemas.indicators("*")}
        | _OF_DATABASE
    )
    for number, row in enumerate(reader, start=2):
        wrong = _wrong(row, {f.name for f in rows}, taken)
        if wrong:
            refused = True
            root.fault(f"{name} line {number}: {wrong[0]}", f"{name} 第 {number} 行：{wrong[1]}")
        else:
            rows.append(_field(row))
    if not rows and not refused:
        root.fault(
            f"{name} has no field; the first row is the key", f"{name} 没有字段；第一行是编号"
        )
    if rows and rows[0].dtype != "str":
        root.fault(
            f"{name}: the first field is the key and must be str",
            f"{name}：第一个字段是编号，类型须为 str",
        )
    return rows


def _wrong(row: dict[str, str], before: set[str], taken: set[str]) -> tuple[str, str] | None:
    field, dtype = (row["name"] or "").strip(), (row["dtype"] or "").strip()
    if not _NAME.fullmatch(field):
        return f"{field!r} is no field name (lower-case ASCII)", f"“{field}”不是字段名（小写英文）"
    if field in before:
        return f"{field} occurs twice", f"{field} 重复"
    if field in taken:
        return (
            f"{field} is computed by builds or kept by the database: name yours otherwise",
            f"{field} 由生成计算或由数据库维护，请换一个字段名",
        )
    if dtype not in schemas.DTYPES:
        known = ", ".join(schemas.DTYPES)
        return f"{dtype!r} is none of {known}", f"“{dtype}”不在 {known} 之内"
    return None


def _field(row: dict[str, str]) -> schemas.Field:
    stated = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}
    # A short name of ten bytes is what a Shapefile can hold.
    zh = stated["zh"] or stated["name"]
    return schemas.Field(
        name=stated["name"],
        dtype=stated["dtype"],
        unit=stated.get("unit", ""),
        zh=zh,
        en=stated.get("en") or zh,
        short=stated.get("short") or stated["name"][:10].upper(),
        aliases=tuple(a for a in stated.get("aliases", "").split("|") if a),
        stage="read",
        description=stated.get("description", ""),
    )


_NOT_LAYERS = {
    "enterprises": "enterprises, named in [enterprises] tables,",
    "divisions": "divisions, named in [boundaries],",
    "districts": "districts, named in [boundaries],",
    "towns": "towns, named in [boundaries],",
}
"""Names under which a build holds something else."""


def layer_record(name: str, schema: str, keys: Keys) -> schemas.LayerRecord:
    """Return what a layer of the workspace is: as shipped, or as its table and its schema say.

    A layer with a schema of its own is a subject of the map unless its table says otherwise: firms are counted in it, and
    it is measured against the industrial blocks. A further layer with a shipped schema is context.
    """
    _refuse_name(name, keys)
    shipped = schemas.layer(name)
    own = schema not in schemas.shipped()
    # Every second one: assignment knows no containers but districts and towns.
    role = keys.choice("role", schemas.ROLES[::2], default="subject" if own else "context")
    zh, en = keys.text("zh"), keys.text("en")
    color, charts = tuple(keys.texts("color")), tuple(keys.texts("charts"))
    # After the keys are read: a shipped layer keeps its record, but wrong words are still noted.
    if shipped is not None and not own:
        return shipped
    if role == "subject" and not own:
        keys.fault(
            f"{keys.name} is a subject and needs a schema of its own: {FOLDER}/{name}.csv",
            f"{keys.name} 作为主题图层，需要自己的表结构：{FOLDER}/{name}.csv",
        )
    if not own:
        return schemas.LayerRecord(
            name=name, id=name, schema=schema, zh=zh or name, en=en or zh or name
        )
    fields = schemas.fields(schema)
    texts = [
        f.name for f in fields[1:] if f.dtype == "str" and f.stage == "read" and f.name != "name"
    ]
    _refuse_unknown((*color, *charts), schema, keys)
    subject = role == "subject"
    if subject:
        _refuse_taken_key(fields[0].name, name, keys)
    record = schemas.LayerRecord(
        name=name,
        id=name,
        schema=schema,
        role=role,
        style="fill" if subject else "dotted",
        firm_column=fields[0].name if subject else "",
        area="area_m2" if subject else "",
        area_reported="area_reported_m2" if subject else "",
        against="industrial_blocks" if subject else "",
        # Texts colour a map without classes: the first two serve where nothing is said.
        color=color or tuple(texts[:2]),
        charts=charts or tuple(texts[:4]),
        amount="area_m2" if subject else "",
        words=(name,),
        zh=zh or name,
        en=en or zh or name,
    )
    schemas.add_layer(record)
    return record


def _refuse_name(name: str, keys: Keys) -> None:
    """Note a name under which a build holds something else."""
    if name in _NOT_LAYERS:
        keys.fault(
            f"{keys.name}: {_NOT_LAYERS[name]} are no layer of this kind; give the layer another name",
            f"{keys.name}：该名称另有所指（{_NOT_LAYERS[name]}），请换一个图层名",
        )


def _refuse_unknown(named: tuple[str, ...], schema: str, keys: Keys) -> None:
    """Note fields that the schema does not have: charts of them would be empty on the page, with nothing to say why."""
    known = {field.name for field in schemas.fields(schema)}
    for field in named:
        if field not in known:
            keys.fault(
                f"{keys.name} names the field {field!r}, which {FOLDER}/{schema}.csv does not have",
                f"{keys.name} 写有字段“{field}”，{FOLDER}/{schema}.csv 中没有",
            )


def _refuse_taken_key(key: str, layer: str, keys: Keys) -> None:
    """Note a key that firms hold already: the number of one layer would be written over that of another."""
    others = {r.firm_column: r.name for r in schemas.own().layers.values() if r.name != layer}
    known = {field.name for field in schemas.fields(schemas.ENTERPRISES)}
    if key in others or key in known:
        whose = others.get(key, "enterprises")
        keys.fault(
            f"{keys.name}: its key {key} is a column of {whose} already; give it a name of its own",
            f"{keys.name}：编号字段 {key} 已用于 {whose}，请换一个字段名",
        )
