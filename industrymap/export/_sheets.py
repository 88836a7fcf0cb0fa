"""Tables for people: formatted xlsx and CSV that Excel opens as it is, with nothing in them that runs."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from industrymap.errors import ConfigError
from industrymap.export._columns import Column, columns, header, plain, scaled, worded
from industrymap.export._look import LINE_PT, WARNING, Formats, lines, number_format, width
from industrymap.export._meta import Meta
from industrymap.export._sheet_charts import SheetChart, draw
from industrymap.files import is_formula

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from xlsxwriter.worksheet import Worksheet

__all__ = ["Look", "Sheet", "csv_bytes", "workbook"]

# Limits of a worksheet in Excel.
_MAX_ROWS = 1_048_576
_MAX_COLUMNS = 16_384
_MAX_CHARS = 32_767
_EXACT = 1e15  # Excel keeps 15 digits
# In place of the time of writing, so that the same input gives the same bytes.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What Excel refuses in the name of a sheet.
_BAD_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a workbook.

    Attributes
    ----------
    name : str
        Its name; characters that Excel refuses are taken out.
    frame : DataFrame
        Rows; a geometry column is left out.
    layer : str
        The schema that names its columns; any other word for columns of your own.
    fields : sequence of str, optional
        Columns to write, in this order; all by default.
    everyday : bool
        Values in the units that ``shown.csv`` states (亩, 万元), rounded.
    heading : sequence of str
        Lines above the table: its title, then what it is of. Simulated data adds a line that says so.
    notes : sequence of str
        Lines below the table.
    codes : mapping of str to str or sequence of str
        Column → Excel's number code, for all its cells or one for each.
    wrapped : mapping of str to int
        Column → width in characters beyond which its text goes on in the next line.
    charts : sequence of SheetChart
        Bars to the right of the table.
    """

    name: str
    frame: pd.DataFrame
    layer: str = ""
    fields: Sequence[str] | None = None
    everyday: bool = False
    heading: Sequence[str] = ()
    notes: Sequence[str] = ()
    codes: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    wrapped: Mapping[str, int] = field(default_factory=dict)
    charts: Sequence[SheetChart] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How tables are written: language, labels or field names, and what the file says about itself."""

    lang: str
    labels: bool
    meta: Meta

    @property
    def simulated(self) -> str:
        """What is said of simulated data; nothing of real data."""
        return self.meta.simulated_text(self.lang)

    def heading(self, column: Column) -> str:
        """Return the heading of a column: its label with its unit, or its field name."""
        return header(column, self.lang) if self.labels else column.name

    def words(self, column: Column, values: list[Any]) -> list[Any]:
        """Return its values, coded ones in words where labels are wanted."""
        return worded(column, values, self.lang) if self.labels else values


def workbook(
    sheets: Sequence[Sheet], *, lang: str = "zh", labels: bool = True, meta: Meta | None = None
) -> bytes:
    """Return an xlsx workbook: frozen header, filter, widths, number formats, and a sheet about the data.

    Text that Excel might run as a formula is led by an apostrophe; numbers stay numbers and dates dates.

    Parameters
    ----------
    sheets : sequence of Sheet
    lang : str
        Language of headers and coded values.
    labels : bool
        Labels with units and coded values in words; otherwise field names and codes.
    meta : Meta, optional
        With ``simulated`` every sheet says 模拟数据 in its name, its print header and the sheet about the data.

    Returns
    -------
    data : bytes
        The same for the same input.

    Raises
    ------
    ConfigError
        More rows or columns than a sheet can hold.
    """
    import xlsxwriter

    about = meta or Meta()
    look = Look(lang=lang, labels=labels, meta=about)
    out = io.BytesIO()
    # A text stays a text: nothing becomes a formula, a link or a number by its looks.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {
            "title": about.title,
            "author": about.producer,
            "comments": about.simulated_text(lang),
            "created": _CREATED,
        }
    )
    formats = Formats(book)
    names = _sheet_names(sheets, about, lang)
    pages = [book.add_worksheet(name) for name in names]
    for sheet, page in zip(sheets, pages, strict=True):
        _fill(page, sheet, formats, look)
    # Charts draw from cells: their numbers get a sheet of their own, behind those that people read.
    if any(sheet.charts for sheet in sheets):
        data = book.add_worksheet(_free("图表数据" if lang == "zh" else "Chart data", names))
        names.append(data.name)
        places = [(_top(sheet, look), len(sheet.frame.columns)) for sheet in sheets]
        charts = [sheet.charts for sheet in sheets]
        draw(book, data, zip(pages, places, charts, strict=True))
    if about.lines(lang):
        _about(
            book.add_worksheet(_free("说明" if lang == "zh" else "About", names)),
            formats,
            about,
            lang,
        )
    book.close()
    return out.getvalue()


def csv_bytes(sheet: Sheet, look: Look) -> bytes:
    """Return CSV in UTF-8 with BOM; text that a spreadsheet might run is led by an apostrophe.

    CSV has no place for metadata: simulated data says so in a last column.
    """
    chosen = columns(sheet.frame, layer=sheet.layer, fields=sheet.fields, everyday=sheet.everyday)
    heads = [safe(look.heading(c)) for c in chosen]
    cells = [_csv_cells(sheet.frame, c, look) for c in chosen]
    if look.meta.simulated:
        heads.append("数据性质" if look.lang == "zh" else "kind_of_data")
        cells.append([look.simulated] * len(sheet.frame))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(zip(*cells, strict=True))
    return text.getvalue().encode("utf-8-sig", "replace")


def safe(text: str) -> str:
    """Return text led by an apostrophe where a spreadsheet might run it."""
    return f"'{text}" if is_formula(text) else text


def _csv_cells(frame: pd.DataFrame, column: Column, look: Look) -> list[Any]:
    values = look.words(column, scaled(column, plain(frame[column.name], column.kind)))
    if column.kind == "float":
        # Six decimals for people; under field names the file is for programs, which get all of
        # them.
        return ["" if v is None else _number(round(v, 6) if look.labels else v) for v in values]
    if column.kind == "bool" and not look.labels:
        return ["" if v is None else str(v).lower() for v in values]
    return ["" if v is None else (safe(v) if isinstance(v, str) else v) for v in values]


def _number(value: float) -> str:
    """Return the shortest text that reads as this number, without a trailing ``.0``."""
    whole = value == int(value) and abs(value) < _EXACT
    return str(int(value)) if whole else repr(value)


def _fill(page: Worksheet, sheet: Sheet, formats: Formats, look: Look) -> None:
    chosen = columns(sheet.frame, layer=sheet.layer, fields=sheet.fields, everyday=sheet.everyday)
    rows = len(sheet.frame)
    # One of the rows is the heading.
    if rows >= _MAX_ROWS or len(chosen) > _MAX_COLUMNS:
        raise ConfigError(
            f"{rows:,} rows and {len(chosen)} columns do not fit an Excel sheet; export csv instead.",
            f"{rows:,} 行、{len(chosen)} 列超出 Excel 工作表上限，请改导出 csv。",
        )
    top = _heading(page, sheet, formats, look)
    tall = [1] * rows
    for place, column in enumerate(chosen):
        head = _cell(look.heading(column))
        page.write_string(top, place, head, formats.header)
        values = scaled(column, plain(sheet.frame[column.name], column.kind))
        words = look.words(column, values)
        given = sheet.codes.get(column.name, number_format(column))
        codes = [given] * rows if isinstance(given, str) else list(given)
        code, most = codes[0] if codes else number_format(column), sheet.wrapped.get(column.name)
        styles = [formats.number(c, wrapped=most is not None) for c in codes]
        wide = width(head, words, code) if most is None else width(head, words, code, most=most)
        page.set_column(place, place, wide, formats.number(code))
        if most is not None:
            # A row is as high as its highest cell.
            tall = [max(n, lines(v, most)) for n, v in zip(tall, words, strict=True)]
        _write_column(page, (top + 1, place), column.kind, words, styles)
    for row, many in enumerate(tall, start=top + 1):
        if many > 1:
            page.set_row(row, LINE_PT * many)
    for row, note in enumerate(sheet.notes, start=top + rows + 2):
        page.write_string(row, 0, _cell(note), formats.line)
    page.freeze_panes(top + 1, 1 if chosen else 0)
    if chosen:
        page.autofilter(top, 0, top + rows, len(chosen) - 1)
    page.set_row(top, 30)
    page.set_landscape()
    # 9 is A4.
    page.set_paper(9)
    # One page wide, and as many long as it takes.
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    note = look.simulated
    page.set_header(f"&L{_escaped(look.meta.title)}{_line(look.meta.note)}&R{_escaped(note)}")
    page.set_footer(f"&L{_escaped(_origin(look.meta, look.lang))}&R&P / &N")
    if note:
        page.set_tab_color(WARNING)


def _line(text: str) -> str:
    """Return a further line of a print header; Excel takes 255 characters of all of it."""
    return f"\n{_escaped(text)}" if text else ""


def _origin(meta: Meta, lang: str) -> str:
    """Return of which date the figures are and who made the table, for the foot of every printed page."""
    known = [(a, b) for a, b in meta.lines(lang) if b in {str(meta.data_date), meta.source}]
    return "  ".join(f"{label} {value}" for label, value in known)


def _top(sheet: Sheet, look: Look) -> int:
    """Return the row of the column headings, counted from 0."""
    lines = len(sheet.heading)
    return lines + (1 if lines and look.simulated else 0)


def _heading(page: Worksheet, sheet: Sheet, formats: Formats, look: Look) -> int:
    """Write the lines above a table and return the row of its column headings."""
    for row, line in enumerate(sheet.heading):
        page.write_string(row, 0, _cell(line), formats.line if row else formats.title)
    top = _top(sheet, look)
    if top > len(sheet.heading):
        page.write_string(top - 1, 0, look.simulated, formats.alert)
    if top:
        page.set_row(0, 24)
    return top


def _write_column(
    page: Worksheet, at: tuple[int, int], kind: str, values: list[Any], styles: list[Any]
) -> None:
    """Write a column downwards from ``at``, its first row and its place."""
    first, place = at
    for row, (value, style) in enumerate(zip(values, styles, strict=True), start=first):
        if value is None:
            continue
        if isinstance(value, str):
            moment = _moment(value) if kind in {"date", "datetime"} else None
            if moment is not None:
                page.write_datetime(row, place, moment, style)
            else:
                page.write_string(row, place, _cell(value), style)
        # Before numbers: to Python, True is 1.
        elif isinstance(value, bool):
            page.write_boolean(row, place, value, style)
        elif abs(value) < _EXACT:
            page.write_number(row, place, value, style)
        else:
            # Beyond 15 digits Excel would round the number: as a text it stays whole.
            page.write_string(row, place, str(value), style)


def _moment(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    # Excel has no days before 1900: they stay texts.
    return moment if moment.year >= 1900 else None


def _cell(text: str) -> str:
    return safe(_ILLEGAL.sub("\ufffd", text))[:_MAX_CHARS]


def _escaped(text: str) -> str:
    # & begins a code in Excel's headers.
    return _ILLEGAL.sub("", text).replace("&", "&&")[:100]


def _sheet_names(sheets: Sequence[Sheet], meta: Meta, lang: str) -> list[str]:
    """Return names that Excel takes: at most 31 characters, unique, with the note for simulated data."""
    note = ("（模拟数据）" if lang == "zh" else " (simulated)") if meta.simulated else ""
    taken: list[str] = []
    for number, sheet in enumerate(sheets, start=1):
        clean = (
            _BAD_IN_SHEET_NAME.sub(" ", _ILLEGAL.sub("", sheet.name)).strip(" '")
            or f"Sheet{number}"
        )
        taken.append(_free(clean, taken, note))
    return taken


def _free(name: str, taken: Sequence[str], note: str = "") -> str:
    lower, number, tail = {other.lower() for other in taken}, 1, note
    while (candidate := name[: 31 - len(tail)] + tail).lower() in lower:
        number += 1
        tail = f"{number}{note}"
    return candidate


def _about(page: Worksheet, formats: Formats, meta: Meta, lang: str) -> None:
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 80)
    for row, (label, value) in enumerate(meta.lines(lang)):
        page.write_string(row, 0, label, formats.label)
        warn = bool(meta.simulated) and value == meta.simulated_text(lang)
        page.write_string(row, 1, _cell(value), formats.warning if warn else formats.text)
