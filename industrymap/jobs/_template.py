"""Empty workbooks to fill in: headings that the program reads back, drop-down lists, units, an example and notes."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.errors import ConfigError, pick
from industrymap.geocoding import review

if TYPE_CHECKING:
    from xlsxwriter import Workbook

__all__ = ["TEMPLATES", "template", "write_template"]

TEMPLATES = (
    schemas.ENTERPRISES,
    schemas.PARKS,
    schemas.BLOCKS,
    "changes",
    "review",
    "series",
    "firm_inputs",
    "parcels",
    "objections",
)
"""What there is a workbook for."""

_ROWS = 5_000
"""Rows that have drop-down lists and number formats; more may be filled in."""
_LONGEST_LIST = 255
"""Characters of a list that Excel takes inside a rule."""

_COMPUTED = {"enterprise_id", "source", "source_row"}
"""Columns a reader fills itself."""
_NEEDED = {
    schemas.ENTERPRISES: {"name", "revenue_10k_cny", "operating_address"},
    schemas.PARKS: {"park_id", "name"},
    schemas.BLOCKS: {"block_id", "name", "level"},
    "changes": {"park_id"},
    "review": {"address", "confirmed_datum"},
    "series": {"kind", "entity", "measure", "period", "value"},
    "firm_inputs": {"uscc", "year", "land_mu"},
    "parcels": {"parcel_id", "uscc", "area_mu"},
    "objections": {"name", "item", "accepted", "outcome"},
}
_EXAMPLES = {
    "uscc": "91440101231245152Z",
    "item": "税收",
    "accepted": "90",
    "outcome": "采纳",
    "share": "0.6",
    "name": "示例制造有限公司",
    "registered_address": "广州市番禺区石碁镇示例路1号",
    "operating_address": "广州市番禺区石碁镇示例路1号",
    "industry_text": "3974",
    "main_product": "显示模组",
    "revenue_10k_cny": "12500",
    "datum": "CGCS2000",
    "confirmed_datum": "CGCS2000",
    "lon": "113.4",
    "lat": "22.96",
    "confirmed_lon": "113.4",
    "confirmed_lat": "22.96",
    "far": "0.85",
    "year": "2025",
    "park_id": "CY0001",
    "block_id": "QK001",
    "legal_paper_share": "0.8",
    "period": "2025Q1",
    "kind": "firm",
    "entity": "91440101231245152Z",
    "measure": "revenue_10k_cny",
    "value": "3200",
}
_BY_TYPE = {"float": "100", "int": "10", "date": "2025-12-31", "bool": "", "str": ""}
_CHANGES = {
    "action": (
        ("操作", "action"),
        (
            "新增、修改、删除、拆分或合并；留空为修改",
            "add, change, remove, split or merge; blank means change",
        ),
    ),
    "from_ids": (
        ("来源编号", "from_ids"),
        (
            "拆分、合并时写原编号，用分号隔开",
            "for a split or merge: the former numbers, separated by semicolons",
        ),
    ),
    "effective_from": (
        ("生效日期", "effective_from"),
        ("留空为今天", "blank means today"),
    ),
}
_ACTIONS = (
    ("新增", "add"),
    ("修改", "change"),
    ("删除", "remove"),
    ("拆分", "split"),
    ("合并", "merge"),
)
_TITLES = {
    schemas.ENTERPRISES: ("企业表", "Enterprises"),
    schemas.PARKS: ("村级工业园", "Village industrial parks"),
    schemas.BLOCKS: ("产业区块", "Industrial blocks"),
    "changes": ("变更", "Changes"),
    "review": ("地址复核", "Address review"),
    "series": ("时间序列", "Series"),
    "firm_inputs": ("企业要素数据", "Inputs for grading"),
    "parcels": ("宗地", "Parcels"),
    "objections": ("异议", "Objections"),
}
_ANY_LAYER = ""
_NOTES = {
    schemas.ENTERPRISES: (
        "营业收入有多个年份时，每年一列，列名写作“2024年营业收入（万元）”。",
        "For revenue of several years use one column a year, headed such as “2024 Revenue (10k yuan)”.",
    ),
    schemas.PARKS: (
        "本表只有属性。图形由图层文件提供；已入库的园区可用 industrymap changes apply 更新属性。",
        (
            "This table holds attributes only. Polygons come with a layer file; attributes of parks in the database are updated "
            "with `industrymap changes apply`."
        ),
    ),
    schemas.BLOCKS: (
        "本表只有属性。图形由图层文件提供；已入库的区块可用 industrymap changes apply 更新属性。",
        (
            "This table holds attributes only. Polygons come with a layer file; attributes of blocks in the database are updated "
            "with `industrymap changes apply`."
        ),
    ),
    _ANY_LAYER: (
        "本表只有属性。图形由图层文件提供；已入库的要素可用 industrymap changes apply 更新属性。",
        (
            "This table holds attributes only. Outlines come with a layer file; attributes of features in the database are updated "
            "with `industrymap changes apply`."
        ),
    ),
    "changes": (
        "一行一个园区；空白单元格保留原值，写“清空”则清除。应用：industrymap changes apply 文件。",
        "One park a row; a blank cell keeps the value, <null> clears it. Apply with `industrymap changes apply FILE`.",
    ),
    "review": (
        "填写确认的经纬度及坐标系，或确认的镇街/区；填好后另存为 CSV（geocode_review.csv）。",
        (
            "Fill in the confirmed coordinates with their datum, or the confirmed town or district; then save the sheet as CSV "
            "(geocode_review.csv)."
        ),
    ),
    "series": (
        "一行一个数：什么对象、什么指标、什么时期；时期写作 2025、2025Q1、2025-03。",
        "One figure a row: of what, which measure, which period; periods are written 2025, 2025Q1, 2025-03.",
    ),
    "firm_inputs": (
        "每家企业每年一行，不知道的留空（空白不等于 0）。评价：industrymap grade 规则 --year 年份 --inputs 本文件。",
        "One row a firm and year; leave blank what is not known (a blank is not 0). Grade with `industrymap grade RULE --year Y --inputs FILE`.",
    ),
    "parcels": (
        "一宗地几个权利人就写几行，份额合计不超过 1。使用：industrymap grade 规则 --year 年份 --parcels 本文件。",
        "One row a holder; the shares of a parcel add up to 1 at most. Use with `industrymap grade RULE --year Y --parcels FILE`.",
    ),
    "objections": (
        "数据项按要素数据表的列名填写；处理结果填“采纳”或“不采纳”，未处理的留空。使用：industrymap grade 规则 --year 年份 --objections 本文件。",
        (
            "Name the figure as the table of inputs does; the outcome is 采纳 or 不采纳, blank while it is open. Use with "
            "`industrymap grade RULE --year Y --objections FILE`."
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column of a template: its heading, what may be in it, and what is said of it."""

    name: str
    heading: str
    dtype: str = "str"
    choices: tuple[str, ...] = ()
    note: str = ""


def template(kind: str, *, lang: str = "zh") -> bytes:
    """Return an empty workbook for one kind of table.

    Parameters
    ----------
    kind : str
        One of :data:`TEMPLATES`, or a layer of the workspace loaded last that has a schema of its own.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    workbook : bytes
        xlsx: a sheet to fill in, and a sheet of notes.

    Raises
    ------
    ConfigError
        There is no such template or language.

    Examples
    --------
    >>> template("enterprises")[:2]
    b'PK'
    """
    import xlsxwriter

    pick(kind, (*TEMPLATES, *_own()), en="template", zh="模板")
    pick(lang, ("zh", "en"), en="language", zh="语言")
    columns = _columns(kind, lang)
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        _fill_in_sheet(book, kind, columns, lang)
        _notes_sheet(book, kind, columns, lang)
    return data.getvalue()


def write_template(kind: str, path: str | Path, *, lang: str = "zh") -> Path:
    """Write the empty workbook of :func:`template` to a file.

    Parameters
    ----------
    kind, lang : str
        As in :func:`template`.
    path : path
        It ends in ``.xlsx``.

    Returns
    -------
    path : Path

    Raises
    ------
    ConfigError
        There is no such template or language, or the file is to be something else than xlsx.
    WriteFailedError
        The file could not be put in place.

    Examples
    --------
    >>> import industrymap as im
    >>> im.write_template("review", "review.xlsx")  # doctest: +SKIP
    """
    from industrymap import files

    name = Path(path).name
    # Another ending would promise a format that is not in the file.
    if not name.lower().endswith(".xlsx"):
        raise ConfigError(f"{name}: a template is written as xlsx.", f"{name}：模板只写为 xlsx。")
    return files.write_bytes(path, template(kind, lang=lang))


def _own() -> dict[str, schemas.LayerRecord]:
    """Return the layers of a workspace that have a schema of their own, by name."""
    shipped = schemas.shipped()
    return {n: r for n, r in schemas.own().layers.items() if r.schema not in shipped}


def _title(kind: str) -> tuple[str, str]:
    record = _own().get(kind)
    # Excel takes no longer names of sheets, and refuses some marks in them.
    own = (_sheet_name(record.zh), _sheet_name(record.en)) if record else (kind, kind)
    return _TITLES.get(kind, own)


def _sheet_name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", text).strip()[:31] or "1"


def _needed(kind: str) -> set[str]:
    record = _own().get(kind)
    return _NEEDED[kind] if record is None else {schemas.key(record.schema)}


def _columns(kind: str, lang: str) -> list[_Column]:
    number = 0 if lang == "zh" else 1
    if kind == "review":
        return [_Column(name=n, heading=words[number]) for n, words in review.HEADERS.items()]
    if kind == "series":
        # The running database names its columns itself; they are the same in both languages.
        names = ("kind", "entity", "measure", "period", "value", "unit", "status")
        return [_Column(name=n, heading=n) for n in names]
    if kind == "changes":
        actions = tuple(words[number] for words in _ACTIONS)
        own = [
            _Column(
                name=name,
                heading=heading[number],
                choices=actions if name == "action" else (),
                note=note[number],
            )
            for name, (heading, note) in _CHANGES.items()
        ]
        parks = _columns(schemas.PARKS, lang)
        return [parks[0], *own, *parks[1:]]
    # Only what a reader takes from a file: computed columns would be typed in vain.
    record = _own().get(kind)
    fields = [
        f
        for f in schemas.fields(record.schema if record else kind)
        if f.stage == "read" and f.name not in _COMPUTED
    ]
    return [
        _Column(
            name=field.name,
            heading=_heading(field, lang),
            dtype=field.dtype,
            choices=_choices(field, lang),
        )
        for field in fields
    ]


def _heading(field: schemas.Field, lang: str) -> str:
    """Return a heading that says its unit: a column without one would be read in a unit somebody guesses."""
    if not field.unit:
        return field.label(lang)
    unit = schemas.unit_label(field.unit, lang)
    return f"{field.zh}（{unit}）" if lang == "zh" else f"{field.en} ({unit})"


def _choices(field: schemas.Field, lang: str) -> tuple[str, ...]:
    coded = "bool" if field.dtype == "bool" else field.name
    words = tuple(schemas.labels(coded, lang).values())
    # A longer list is refused by Excel and makes the whole workbook "damaged".
    return words if sum(map(len, words)) + len(words) <= _LONGEST_LIST else ()


def _fill_in_sheet(book: Workbook, kind: str, columns: list[_Column], lang: str) -> None:
    sheet = book.add_worksheet(_title(kind)[0 if lang == "zh" else 1])
    plain = book.add_format({"bold": True, "bg_color": "#e8eef3", "border": 1, "text_wrap": True})
    needed = book.add_format({"bold": True, "bg_color": "#fde9c9", "border": 1, "text_wrap": True})
    # Codes keep their zeros only where Excel takes a cell for text.
    formats = {
        "str": book.add_format({"num_format": "@"}),
        "float": book.add_format({"num_format": "General"}),
        "int": book.add_format({"num_format": "0"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "bool": book.add_format({"num_format": "@"}),
    }
    for at, column in enumerate(columns):
        is_needed = column.name in _needed(kind)
        sheet.write_string(0, at, column.heading, needed if is_needed else plain)
        sheet.write_comment(0, at, _said_of(column, kind, lang))
        # Chinese characters take two places; wider than 24 would push the columns off the screen.
        sheet.set_column(at, at, max(10, min(2 * len(column.heading), 24)), formats[column.dtype])
        if column.choices:
            rule = {"validate": "list", "source": list(column.choices)}
            sheet.data_validation(1, at, _ROWS, at, rule)
    sheet.freeze_panes(1, 0)


def _notes_sheet(book: Workbook, kind: str, columns: list[_Column], lang: str) -> None:
    """Write the notes as sentences in one column: a table of examples would itself be read as data."""
    zh = lang == "zh"
    sheet = book.add_worksheet("填写说明" if zh else "Notes")
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
    lines = [
        "在第一张工作表中填写，每行一条；橙色表头为必填，其余可空。列可删、可换序。"
        if zh
        else "Fill in the first sheet, one record a row; orange headings are required. Columns may be deleted or moved.",
        _NOTES.get(kind, _NOTES[_ANY_LAYER])[0 if zh else 1],
        "各列及示例：" if zh else "Columns, with an example:",
    ]
    lines += [f"{column.heading} — {_said_of(column, kind, lang)}" for column in columns]
    for at, line in enumerate(lines):
        sheet.write_string(at, 0, line)


def _said_of(column: _Column, kind: str, lang: str) -> str:
    """Say of a column whether it is needed, what may be in it, and how it looks filled in."""
    zh = lang == "zh"
    parts = []
    if column.name in _needed(kind):
        parts.append("必填" if zh else "required")
    if column.note:
        parts.append(column.note)
    if column.choices:
        listed = "、".join(column.choices) if zh else ", ".join(column.choices)
        parts.append(f"可选：{listed}" if zh else f"one of: {listed}")
    example = _example(column)
    if example:
        parts.append(f"示例：{example}" if zh else f"example: {example}")
    return ("；" if zh else "; ").join(parts) or ("可空" if zh else "optional")


def _example(column: _Column) -> str:
    if column.choices:
        return column.choices[0]
    return _EXAMPLES.get(column.name, _BY_TYPE[column.dtype])
