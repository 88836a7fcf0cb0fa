"""Cells as they are, before anything is understood: one grid for every kind of file."""

from __future__ import annotations

import csv
import io
import math
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from industrymap.cells import parse_unit, shown, shown_as
from industrymap.columns import is_missing
from industrymap.errors import IndustryMapError, TableError, did_you_mean, nearest
from industrymap.files import (
    Decision,
    binary_cell_notes,
    cell_notes,
    more_en,
    more_zh,
    read_bytes,
    read_decoded,
    read_old_workbook,
    read_parquet,
    read_web_tables,
    written_cells,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from industrymap.files import Limits, SheetNotes, Source, Written

__all__ = ["Grid", "grids", "is_code_like"]

Merge = tuple[int, int, int, int]


@dataclass(slots=True, kw_only=True)
class Grid:
    """One sheet.

    Attributes
    ----------
    sheet : str
        Its name; empty where the file has none.
    stem : str
        The file's name without its extension.
    rows : list of list
        Cells by row; row ``i`` is Excel's row ``i + 1``. Rows may be shorter than the widest.
    merges : list of (first_row, first_column, last_row, last_column)
        0-based, inclusive.
    decisions : list of Decision
        What was needed to come this far.
    damaged : bool
        Text holds bytes that could not be read.
    loose_quotes : bool
        Quotation marks that do not close were taken as they are.
    first_column : int
        0-based column of the sheet that the first cell of a row is in.
    hidden : bool
        The sheet is hidden: read only where it is asked for by name.
    rescaled : dict of (row, column) to str
        Cells whose number format shows another number than the one that is stored → the stored one.
    unsaved : set of (row, column)
        Formulas whose result was never saved.
    struck : set of (row, column)
        Cells that are struck through.
    from_1904 : bool
        A bare number in a column of dates counts from 1904.
    hidden_rows, hidden_columns : list of (first, last)
        What the program that shows the sheet does not show; columns are those of the sheet.
    """

    sheet: str
    rows: list[list[Any]]
    merges: list[Merge] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    damaged: bool = False
    loose_quotes: bool = False
    first_column: int = 0
    hidden: bool = False
    rescaled: dict[tuple[int, int], str] = field(default_factory=dict)
    unsaved: frozenset[tuple[int, int]] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()
    from_1904: bool = False
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    stem: str = ""


def grids(source: Source, *, sheet: str | int | Sequence[str] | None) -> list[Grid]:
    """Return the sheets of a checked file that may hold the table.

    Parameters
    ----------
    source : Source
        xlsx, xls, csv, tsv or parquet.
    sheet : str, int or sequence of str, optional
        Name, names, or 1-based position; all sheets where not given, hidden ones marked.
    """
    found = _grids(source, sheet)
    for grid in found:
        grid.stem = source.path.stem
    return found


def _grids(source: Source, sheet: str | int | Sequence[str] | None) -> list[Grid]:
    if source.extension in {"csv", "tsv", "txt"}:
        return [_separated(source)]
    if source.extension == "parquet":
        return [_parquet(source)]
    if source.extension == "html":
        return _web_page(source, sheet)
    if source.extension in {"xls", "et"}:
        return _old_workbook(source, sheet)
    return list(_workbook(source, sheet))


def is_code_like(value: Any) -> bool:
    """Tell whether a number is so long that Excel has dropped its last digits."""
    # Excel keeps fifteen digits; a number that needs more has been a code.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 1e15


def _separated(source: Source) -> Grid:
    text = read_decoded(source)
    grid = Grid(sheet="", rows=[], decisions=[text.decision], damaged=bool(text.broken_lines))
    delimiter = _delimiter(text.text, source.extension)
    if delimiter != ("\t" if source.extension == "tsv" else ","):
        name = {"\t": ("制表符", "tab"), ";": ("分号", "semicolon"), "|": ("竖线", "vertical bar")}
        zh, en = name.get(delimiter, ("逗号", "comma"))
        grid.decisions.append(
            Decision(f"列以{zh}分隔。", f"Columns are separated by {en}.", "encoding")
        )
    try:
        grid.rows = list(_csv(text.text, delimiter, strict=True, limits=source.limits))
    except csv.Error:
        # Said later, because a quote that does not close may have swallowed rows under the strict
        # reading.
        grid.loose_quotes = True
        grid.rows = list(_csv(text.text, delimiter, strict=False, limits=source.limits))
    return grid


def _csv(text: str, delimiter: str, *, strict: bool, limits: Limits) -> Iterator[list[str]]:
    # Without strict quotes, a stray mark is text: it must not swallow the rest of the file.
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if strict else csv.QUOTE_NONE
    lines = io.StringIO(text, newline="")
    reader = csv.reader(
        _narrow(lines, delimiter, limits), delimiter=delimiter, strict=strict, quoting=quoting
    )
    cells = 0
    for number, row in enumerate(reader, start=1):
        cells += len(row)
        if len(row) > limits.max_columns:
            raise too_large(f"{len(row):,} columns", f"{len(row):,} 列", limits, "max_columns")
        if number > limits.max_rows or cells > limits.max_cells:
            raise too_large(
                f"{number:,} rows / {cells:,} cells",
                f"{number:,} 行、{cells:,} 个单元格",
                limits,
                "max_rows" if number > limits.max_rows else "max_cells",
            )
        yield row


def _narrow(lines: io.StringIO, delimiter: str, limits: Limits) -> Iterator[str]:
    """Refuse a line of far too many columns before it is taken apart."""
    # A line of a million separators would be taken apart into a million cells first.
    for line in lines:
        if len(line) > _LONG_LINE and line.count(delimiter) > limits.max_columns:
            columns = line.count(delimiter) + 1
            raise too_large(f"{columns:,} columns", f"{columns:,} 列", limits, "max_columns")
        yield line


_LONG_LINE = 10_000

# the module's own limit of 131,072 characters ends in an error without a row; the limits of `files` name the cell
csv.field_size_limit(2**31 - 1)


def _delimiter(text: str, extension: str) -> str:
    # The beginning decides; a delimiter that only occurs further down is part of a text.
    lines = [line for line in text[:65536].splitlines()[:50] if line.strip()]
    best = "\t" if extension == "tsv" else ","
    score = _columns(lines, best)
    for other in ("\t", ";", "|", ","):
        # Another one must give more columns than the usual one, and more than one.
        if _columns(lines, other) > max(score, 1):
            best, score = other, _columns(lines, other)
    return best


def _columns(lines: list[str], delimiter: str) -> int:
    """Return the number of columns most lines have with ``delimiter``."""
    counts = [line.count(delimiter) + 1 for line in lines]
    # What most lines have: a title line and a remark have none or too many.
    return max(set(counts), key=counts.count, default=1)


def _parquet(source: Source) -> Grid:
    table, nested = read_parquet(source)
    told = []
    if nested:
        names = ", ".join(nested)
        told.append(
            Decision(f"嵌套列未读取：{names}。", f"Nested columns are not read: {names}.", "format")
        )
    # A geometry column is no attribute; where it matters the file is read as a layer.
    names_read = [name for name in table.column_names if name != "geometry"]
    values = [[_plain(v) for v in table.column(name).to_pylist()] for name in names_read]
    return Grid(sheet="", rows=[names_read, *map(list, zip(*values, strict=True))], decisions=told)


def _plain(value: Any) -> Any:
    return "" if is_missing(value) else value


def _web_page(source: Source, sheet: str | int | Sequence[str] | None) -> list[Grid]:
    sheets, text = read_web_tables(source)
    told = Decision(
        "内容是网页或 XML 表格，并非 Excel 工作簿，已按表格读取。",
        "The content is a web page's or XML table, no Excel workbook; it was read as a table.",
        "format",
    )
    named = {about[0]: about for about in sheets}
    found = []
    for name in _wanted(source, [*named], sheet):
        _, rows, merges, unseen = named[name]
        grid = Grid(sheet=name, rows=rows, merges=merges, hidden_rows=unseen)
        grid.decisions += [told, text.decision]
        found.append(grid)
    return found


def _old_workbook(source: Source, sheet: str | int | Sequence[str] | None) -> list[Grid]:
    sheets = {about.name: about for about in read_old_workbook(source)}
    found = []
    for name in _wanted(source, [*sheets], sheet):
        about = sheets[name]
        guard_size(len(about.rows), max(map(len, about.rows), default=0), source.limits)
        if about.rows:
            hidden = sheet is None and not about.visible
            grid = Grid(
                sheet=name,
                rows=about.rows,
                merges=about.merges,
                hidden=hidden,
                from_1904=about.from_1904,
                hidden_rows=about.hidden_rows,
                hidden_columns=about.hidden_columns,
                struck=frozenset(about.struck),
            )
            _as_shown(grid, about.formats)
            found.append(grid)
    return found


def _workbook(source: Source, sheet: str | int | Sequence[str] | None) -> Iterator[Grid]:
    import python_calamine as calamine

    content = read_bytes(source)
    with _damage(source):
        # From memory: what is parsed is what was checked and hashed.
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    kinds = {one.name: one for one in book.sheets_metadata}
    # The fast reader gives values as they are stored: what Excel makes of them is read beside it.
    beside = {"xlsx": cell_notes, "xlsm": cell_notes, "xlsb": binary_cell_notes}.get(
        source.extension
    )
    notes = beside(source) if beside is not None else {}
    written = written_cells(source) if source.extension == "ods" else {}
    sheets = [
        # Sheets of charts and macros have no cells.
        name
        for name in book.sheet_names
        if kinds[name].typ == calamine.SheetTypeEnum.WorkSheet
    ]
    for name in _wanted(source, sheets, sheet):
        with _damage(source, name):
            cells = book.get_sheet_by_name(name)
            end = cells.end
        if end is None:
            continue
        # Before the cells are unfolded into Python objects.
        guard_size(end[0] + 1, end[1] + 1, source.limits)
        with _damage(source, name):
            merges = [(a, b, c, d) for (a, b), (c, d) in cells.merged_cell_ranges or []]
            # With the empty area at the top left: row and column numbers must be those that Excel
            # shows.
            rows = cells.to_python(skip_empty_area=False)
        shown = kinds[name].visible == calamine.SheetVisibleEnum.Visible
        grid = Grid(sheet=name, rows=rows, merges=merges, hidden=sheet is None and not shown)
        about = notes.get(name)
        if about is not None:
            _as_shown(grid, about.formats)
            grid.unsaved = frozenset(about.unsaved)
            grid.struck = frozenset(about.struck)
            for (row, column), text in about.errors.items():
                # The fast reader leaves what went wrong empty, as if nobody had reported anything.
                if row < len(rows) and column < len(rows[row]):
                    rows[row][column] = text
            grid.from_1904 = about.from_1904
        texts = written.get(name)
        if texts is not None:
            _as_written(grid, texts.texts)
            grid.struck = frozenset(texts.struck)
        _hide(grid, about or texts)
        yield grid


def _hide(grid: Grid, about: SheetNotes | Written | None) -> None:
    if about is not None:
        grid.hidden_rows, grid.hidden_columns = about.hidden_rows, about.hidden_columns


_WRITTEN = re.compile(r"^([+-]?[\d,]+(?:\.\d+)?)\s*(.*)$")


def _as_written(grid: Grid, texts: Mapping[tuple[int, int], str]) -> None:
    """Write numbers as the program that saved them showed them, where that is a share, another scale or tells a unit."""
    for (row, column), text in texts.items():
        cell = grid.rows[row][column] if row < len(grid.rows) and column < len(grid.rows[row]) else ""  # fmt: skip
        if not text and type(cell) in {int, float}:
            grid.rows[row][column] = ""
            grid.rescaled[row, column] = shown(float(cell))
            continue
        parts = _WRITTEN.match(text)
        # A truth or a date is no figure whose scale could be meant otherwise.
        if type(cell) not in {int, float} or parts is None:
            continue
        value, figure = float(cell), float(parts[1].replace(",", ""))
        # Text behind a number is only taken where it is a unit; a remark changes nothing.
        suffix = parts[2] if parse_unit(parts[2]) else ""
        scale = 1.0
        if figure * value > 0:
            power = round(math.log10(value / figure))
            # 3,200 shown for 32,000,000; rounding for the eye changes far less
            near = abs(math.log10(value / figure) - power) < _ROUNDING
            scale = 10.0**power if near else 1.0
        # As a text with its sign: a bare 0.85 in a column of per cent would be read as 0.85 %.
        if suffix == "%":
            grid.rows[row][column] = f"{value * 100:.12g}%"
            continue
        if suffix or scale != 1.0:
            grid.rows[row][column] = f"{value / scale:.12g}{suffix}"
        if scale != 1.0:
            grid.rescaled[row, column] = shown(value)


_ROUNDING = 0.02


def _as_shown(grid: Grid, formats: Mapping[tuple[int, int], str]) -> None:
    """Write numbers as their formats show them where that is another figure or tells a unit."""
    for (row, column), code in formats.items():
        value = grid.rows[row][column] if row < len(grid.rows) and column < len(grid.rows[row]) else ""  # fmt: skip
        if type(value) not in {int, float}:
            continue
        text = shown_as(float(value), code)
        if text is not None:
            grid.rows[row][column] = text
            # Only another figure is reported; digits left off for the eye are not.
            if not text.endswith("%") and not text.startswith(shown(float(value))):
                grid.rescaled[row, column] = shown(float(value))


def _wanted(source: Source, names: list[str], sheet: str | int | Sequence[str] | None) -> list[str]:
    if sheet is None or sheet == "*":
        return names
    if isinstance(sheet, (str, int)):
        return [_named(source, names, sheet)]
    return [_named(source, names, one) for one in sheet]


@contextmanager
def _damage(source: Source, sheet: str = "") -> Iterator[None]:
    """Turn whatever the workbook's reader says of a damaged file into one sentence.

    It is written in Rust: what it did not expect is a panic, which is no ``Exception``.
    """
    import python_calamine as calamine

    where = f"{source.name}#{sheet}" if sheet else source.name
    try:
        yield
    except calamine.PasswordError as error:
        raise TableError(
            f"{where} is protected by a password; save it without one.",
            f"{where} 设有密码，请取消密码后另存。",
        ) from error
    except IndustryMapError:
        raise
    except BaseException as error:
        # Ctrl-C and the like are not the file's fault.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise TableError(
            f"{where} is damaged: {_first_line(error)}.", f"{where} 已损坏：{_first_line(error)}。"
        ) from error


def _named(source: Source, names: list[str], sheet: str | int) -> str:
    """Return the name of the sheet that is meant by a name or a 1-based position."""
    # A number is a position, unless a sheet is called so: 2024 may be either.
    if isinstance(sheet, int) or (str(sheet).isdigit() and sheet not in names):
        position = int(sheet)
        if 1 <= position <= len(names):
            return names[position - 1]
    elif sheet in names:
        return str(sheet)
    en, zh = did_you_mean(nearest(str(sheet), names, n=1))
    raise TableError(
        f"{source.name} has no sheet {sheet!r}; it has {', '.join(names)}.{en}",
        f"{source.name} 中没有工作表“{sheet}”，现有：{'、'.join(names)}。{zh}",
    )


def guard_size(rows: int, columns: int, limits: Limits) -> None:
    """Raise ``TableError`` where a table is larger than the limits allow."""
    if rows > limits.max_rows:
        raise too_large(f"{rows:,} rows", f"{rows:,} 行", limits, "max_rows")
    if columns > limits.max_columns:
        raise too_large(f"{columns:,} columns", f"{columns:,} 列", limits, "max_columns")
    if rows * columns > limits.max_cells:
        raise too_large(
            f"{rows * columns:,} cells", f"{rows * columns:,} 个单元格", limits, "max_cells"
        )


def too_large(en: str, zh: str, limits: Limits, name: str) -> TableError:
    """Build the error for a table that passes a limit."""
    return TableError(
        f"The table has {en}; at most {limits.max_rows:,} rows, {limits.max_columns:,} columns and "
        f"{limits.max_cells:,} cells are read {more_en(name)}.",
        f"表格有 {zh}；最多读取 {limits.max_rows:,} 行、{limits.max_columns:,} 列、{limits.max_cells:,} 个单元格"
        f"{more_zh(name)}。",
    )


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")[:200]
