"""Read one table: open, find the header, name the columns, keep the data, check the cells."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from industrymap import cells as cells_room
from industrymap import files, issues, schemas
from industrymap.errors import TableError, did_you_mean, nearest
from industrymap.tables import _checks, _grid, _rows, _tell
from industrymap.tables._coordinates import tidy_coordinates
from industrymap.tables._layout import UNIT_WORD, Layout, find_layout, units_of_sections
from industrymap.tables._regions import KEYS, RUNNING, Piece, pieces
from industrymap.tables._row_units import by_row_units, by_section_units
from industrymap.tables._table import Table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from industrymap.cells import Match
    from industrymap.tables._grid import Grid

__all__ = ["HIDDEN_SHEETS", "read", "read_all", "unguarded"]

# Names that reading adds itself: a column of the file called so is kept under another.
_OUR_OWN = ("source", "source_row")

SHEET_LEFT_OUT = issues.rule(
    "table.sheet_left_out",
    "warning",
    '工作表{sheets}也有可识别的列，未读入；请用 sheet 指定，全部读入用 "*"',
    'the sheets {sheets} have columns that are known too and were not read: name them with sheet, or "*" for all',
)
TABLE_LEFT_OUT = issues.rule(
    "table.second_left_out",
    "warning",
    "同一工作表中另有表格（{headings}），未读入；请用 table = {number} 指定",
    "the sheet holds another table ({headings}), which was not read: name it with table = {number}",
)
HIDDEN_SHEETS = issues.rule(
    "table.hidden_sheets",
    "info",
    "隐藏的工作表未读入：{sheets}；需要时用 sheet 指定",
    "hidden sheets were not read: {sheets}; name them with sheet where they are wanted",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What a person decided about a file."""

    layer: str | None
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    table: int | None = None


def read(  # noqa: PLR0913 - each is a decision a person may take out of our hands
    path: str | os.PathLike[str],
    *,
    sheet: str | int | None = None,
    table: int | None = None,
    layer: str | None = "enterprises",
    wanted: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    limits: files.Limits | None = None,
) -> Table:
    r"""Read a table of any kind into a frame of strings and tell what was understood.

    The header is found below title rows and may span rows; totals, notes and blank rows are left out; every
    heading is matched to the schema of ``layer`` or kept as it is. Values stay text: :meth:`Table.number`
    and its neighbours parse them. What is left out of a workbook with several tables is an issue.

    Parameters
    ----------
    path : path
        xlsx, xlsm, xlsb, xls, et, ods, csv, tsv, parquet, or a web page's table saved as xls.
    sheet : str or int, optional
        Name or 1-based position; by default the visible sheet that names most fields, then the one of the latest year, then the longest.
    table : int, optional
        Which table of a sheet that holds several, 1-based in reading order; by default the one that names most
        fields, together with those of the same columns.
    layer : str or None
        Schema to match headings with; ``None`` keeps all headings as they are, ``"auto"`` takes the schema that
        knows most of them.
    wanted : sequence of str
        Fields that must be there; ``"a|b"`` means either.
    columns : mapping of str to str, optional
        Heading → field, where a person decided.
    units : mapping of str to str, optional
        Field, or heading named in ``columns``, → unit (``{"revenue_10k_cny": "元"}``), where the file does not say or says it wrong.
    limits : Limits, optional
        Sizes allowed.

    Returns
    -------
    table : Table
        Frame, units, decisions, issues.

    Raises
    ------
    FileMissingError, FileRefusedError
        See :func:`industrymap.files.check`.
    TableError
        No such sheet, no rows, no header, or a wanted column is missing.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import industrymap as im
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "firms.csv"
    ...     _ = path.write_text("企业名称,2024年营业收入（亿元）\n甲厂,0.12\n", encoding="gb18030")
    ...     table = im.read_enterprises(path)
    >>> table.years("revenue_10k_cny")
    {2024: 'revenue_10k_cny@2024'}
    >>> table.number("revenue_10k_cny@2024").tolist()
    [1200.0]
    """
    source = files.check(path, allow=files.TABLES, limits=limits)
    _known_fields(layer, columns, units)
    sheets = _grid.grids(source, sheet=sheet)
    # Over all sheets: the first may be a cover or a note.
    if layer == "auto":
        layer = _schema(sheets, columns)
    request = _Request(layer=layer, columns=columns or {}, units=units or {}, table=table)
    found = _cut(source, sheets, request)
    chosen = _best(source, found, request)
    return _finished(source, chosen, found, request, wanted=wanted)


def read_all(  # noqa: PLR0913 - each is a decision a person may take out of our hands
    path: str | os.PathLike[str],
    *,
    sheet: str | int | Sequence[str] | None = None,
    table: int | None = None,
    layer: str | None = "enterprises",
    wanted: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    limits: files.Limits | None = None,
) -> list[Table]:
    """Read several sheets of a workbook, one table each.

    Parameters
    ----------
    path : path
    sheet : str, int or sequence of str, optional
        Several names, or ``"*"`` for every visible sheet that holds a table of the layer; otherwise as in :func:`read`.
    table, layer, wanted, columns, units, limits
        As in :func:`read`.

    Returns
    -------
    tables : list of Table
        In the order of the sheets; one for a file without sheets.

    Raises
    ------
    FileMissingError, FileRefusedError, TableError
        As in :func:`read`.
    """
    if sheet is None or isinstance(sheet, int) or (isinstance(sheet, str) and sheet != "*"):
        one = read(path, sheet=sheet, table=table, layer=layer, wanted=wanted, columns=columns, units=units, limits=limits)  # fmt: skip
        return [one]
    source = files.check(path, allow=files.TABLES, limits=limits)
    _known_fields(layer, columns, units)
    names = None if sheet == "*" else [str(name) for name in sheet]
    sheets = _grid.grids(source, sheet=names)
    if layer == "auto":
        layer = _schema(sheets, columns)
    request = _Request(layer=layer, columns=columns or {}, units=units or {}, table=table)
    tables = []
    for grid in sheets:
        found = _cut(source, [grid], request)
        # A sheet of notes among those that "*" means holds no table; a sheet asked for by name must.
        if names is not None or any(piece.is_table for piece in found):
            chosen = _best(source, found, request)
            tables.append(_finished(source, chosen, found, request, wanted=wanted))
    if not tables:
        # None of the sheets holds a table: the best of them is read to say what is wrong with it.
        chosen = _best(source, _cut(source, sheets, request), request)
        tables.append(_finished(source, chosen, chosen, request, wanted=wanted))
    return tables


def _cut(source: files.Source, sheets: list[Grid], request: _Request) -> list[Piece]:
    """Return every table of the sheets, in reading order."""
    found = [
        piece
        for grid in sheets
        for piece in pieces(grid, layer=request.layer, forced=request.columns)
    ]
    if not found:
        raise TableError(f"{source.name} holds no cells.", f"{source.name} 中没有任何内容。")
    return found


def _finished(
    source: files.Source,
    chosen: list[Piece],
    found: list[Piece],
    request: _Request,
    *,
    wanted: Sequence[str],
) -> Table:
    """Read the chosen tables into one, and say what was left out."""
    table = _joined([_table(source, piece, request, found) for piece in chosen])
    table.require(*wanted)
    if table.frame.empty:
        raise TableError(
            f"{table.name} has a header but no rows of data below it{_why(table, 'en')}.",
            f"{table.name} 只有表头，没有数据行{_why(table, 'zh')}。",
        )
    if request.layer == "enterprises":
        _refuse_no_firm(table)
        # After the rows are known, because the words of a column decide it.
        _refuse_long_form(table)
    left_out = _left_out(chosen, found, source=table.name)
    return replace(table, issues=issues.concat([left_out, table.issues]))


# Ten headings and ten times as many as firms: a table of firms by district has far fewer.
_MANY_LINES = 10
_PER_FIRM = 10


def _refuse_no_firm(table: Table) -> None:
    """Raise where a table lists something else than firms: districts, towns, or names that no firm bears.

    Raises
    ------
    TableError
        Ten lines and more are called like districts or headings for each that is left, or there are names and
        nothing that a firm has, and none of the names is a firm's.
    """
    lines = table.issues["value"][table.issues["rule"] == _rows.SECTION.id]
    mostly_lines = len(lines) >= _MANY_LINES and len(lines) >= _PER_FIRM * len(table.frame)
    # A name and nothing else that only firms have: districts, parks and towns have names, too.
    only_names = {"name"} >= {name.split("@")[0] for name in table.mapped} - _SAY_NOTHING
    names = (
        table.frame["name"].dropna() if "name" in table.frame else table.frame["source"].iloc[:0]
    )
    no_firm = only_names and len(names) > 1 and not _rows.like_firms(names).any()
    if mostly_lines or no_firm:
        few = "、".join((lines if mostly_lines else names).astype(str).head(3))
        raise TableError(
            f"{table.name}: no firm could be identified in this table, its rows are called {few} …; if it lists districts, towns or "
            "parks, name it as a layer.",
            f"{table.name}：看不出哪一行是企业，各行名称如{few}；如为区划或园区名单，请作为图层填写。",
        )


def _refuse_long_form(table: Table) -> None:
    """Raise where each row holds one figure and a column says which: 企业名称, 指标, 2024年, 2025年.

    Raises
    ------
    TableError
        No column is a figure, and the words of a column are what columns of figures are called.
    """
    numeric = [
        c for c in table.mapped if (f := table.schema_field(c)) and f.dtype in cells_room.NUMERIC
    ]
    # Any figure in a column of its own, and the table is in the usual form.
    if set(numeric) - {"year", "lon", "lat"}:
        return
    for column, heading in table.headings.items():
        if cells_room.normal(heading) not in _WHICH_FIGURE or column not in table.frame:
            continue
        words = table.frame[column].dropna().unique().tolist()[:_LOOKED_AT]
        heads = [cells_room.heading(str(word)) for word in words]
        known = cells_room.match_columns(heads, layer="enterprises")
        if any(match.field.dtype in cells_room.NUMERIC for match in known):
            names = "、".join(match.heading.text for match in known[:3])
            raise TableError(
                f"{table.name}: each row holds one figure, and {heading!r} says which ({names}); make it one row a firm and one column "
                "a figure (a pivot table does), or read figures over time with industrymap series import.",
                f"{table.name}：每行只有一个指标（“{heading}”列为{names}等），请用数据透视表改为一家一行、每个指标一列；"
                "历年、各月数据可用 industrymap series import 读入。",
            )


_WHICH_FIGURE = frozenset(
    ["指标", "指标名称", "统计指标", "经济指标", "指标名", "项目", "科目", "报表项目", "indicator", "item", "variable"]
)  # fmt: skip
_SAY_NOTHING = frozenset(
    {"lon", "lat", "datum", "note", "district_declared", "town_declared", "year"}
)
"""Fields that parks, places and districts have as well as firms."""


def _why(table: Table, lang: str) -> str:
    """Say what the rows below the header were taken for, where there are any."""
    if table.issues["row"].isna().all():
        return ""
    first = table.issues[table.issues["row"].notna()].iloc[0]
    if lang == "zh":
        return f"（第 {first['row']} 行：{first['zh']}）"
    return f" (row {first['row']}: {first['en']})"


def _joined(tables: list[Table]) -> Table:
    """Put tables of the same columns under one another: printed in two columns, or broken by a new header."""
    if len(tables) == 1:
        return tables[0]
    # Decisions of the first table serve for all: the others have its columns.
    first = tables[0]
    told = [d for later in tables[1:] for d in later.decisions if d.kind in {"header", "rows"}]
    return replace(
        first,
        frame=pd.concat([table.frame for table in tables], ignore_index=True),
        headings={
            name: head for table in reversed(tables) for name, head in table.headings.items()
        },
        decisions=(*first.decisions, *told),
        issues=issues.concat([table.issues for table in tables]),
    )


def _left_out(chosen: list[Piece], found: list[Piece], *, source: str) -> pd.DataFrame:
    """Name the sheets and tables that hold known columns and were not read."""
    sheet = chosen[0].grid.sheet
    # On the same sheet a header of its own was found, however little of it is known.
    others = [
        piece
        for piece in found
        if piece not in chosen
        and (piece.is_table or (piece.grid.sheet == sheet and piece.layout.matches))
    ]
    shown = list(
        dict.fromkeys(p.grid.sheet for p in others if p.grid.sheet != sheet and not p.grid.hidden)
    )
    # Hidden sheets hold lists for drop-downs, and sometimes last year's figures: they are named and not read.
    hidden = list(dict.fromkeys(p.grid.sheet for p in others if p.grid.hidden))
    records: list[dict[str, Any]] = [
        {"rule": rule, "source": source, "sheets": "、".join(f"“{name}”" for name in names)}
        for rule, names in ((SHEET_LEFT_OUT, shown), (HIDDEN_SHEETS, hidden))
        if names
    ]
    records += [
        {
            "rule": TABLE_LEFT_OUT,
            "source": source,
            "row": piece.layout.top + 1,
            "headings": "、".join([h.text for h in piece.layout.headings if h.text][:4]),
            "number": piece.number,
        }
        for piece in others
        if piece.grid.sheet == sheet
    ]
    return issues.from_records(records)


def _known_fields(
    layer: str | None, columns: Mapping[str, str] | None, units: Mapping[str, str] | None
) -> None:
    if layer is None:
        return
    layers = schemas.names() if layer == "auto" else (layer,)
    names = [known.name for one in layers for known in schemas.fields(one)]
    of_fields = [name for name in units or {} if name not in (columns or {})]
    for name in [*(columns or {}).values(), *of_fields]:
        if name.split("@")[0] not in names:
            en, zh = did_you_mean(nearest(name, names, n=1))
            raise TableError(
                f"The layer {layer} has no field {name!r}.{en}",
                f"图层 {layer} 没有字段“{name}”。{zh}",
            )


def _schema(sheets: list[Grid], columns: Mapping[str, str] | None) -> str:
    """Return the schema that knows most headings; on a tie, the first of them."""

    def known(layer: str) -> int:
        layouts = (find_layout(grid, layer=layer, forced=columns) for grid in sheets)
        return max((len(layout.matches) for layout in layouts if layout), default=0)

    return max(schemas.of_files(), key=known)


def _best(source: files.Source, found: list[Piece], request: _Request) -> list[Piece]:
    """Return the table that names most fields, and those beside and below it with the same columns."""
    # What the person sees is what is meant, unless nothing else is there.
    visible = [piece for piece in found if not piece.grid.hidden] or found
    # Most fields; then the latest year; then the fullest: a workbook keeps old sheets beside the
    # new. Rows are counted only where there is a choice: it takes a walk through every cell.
    best = visible[0] if len(visible) == 1 else max(visible, key=lambda p: (len(p.layout.matches), p.latest, p.filled))  # fmt: skip
    here = [piece for piece in found if piece.grid.sheet == best.grid.sheet]
    if request.table is not None:
        best = next((p for p in here if p.number == request.table), best)
        if best.number != request.table:
            raise TableError(
                f"{_tell.name_of(source, best.grid)} holds {len(here)} tables, none with the number {request.table}.",
                f"{_tell.name_of(source, best.grid)} 中有 {len(here)} 张表，没有第 {request.table} 张。",
            )
        here = [best]
    if request.layer is not None and not best.layout.matches:
        raise _no_field(source, best.grid, best.layout, request.layer)
    if request.layer is not None:
        _refuse_transposed(source, best, request.layer)
        _refuse_two_lines(source, best, request.layer)
    # The same columns again: a table printed in two halves, or broken by a repeated header.
    return [piece for piece in here if piece is best or piece.meaning == best.meaning]


def _refuse_transposed(source: files.Source, piece: Piece, layer: str) -> None:
    """Raise where the fields are below one another in the first columns, a firm in each column."""
    rows = piece.grid.rows[:_LOOKED_AT]
    for column in range(2):
        texts = [str(row[column]) if len(row) > column else "" for row in rows]
        down = cells_room.match_columns([cells_room.heading(text) for text in texts], layer=layer)
        # Three known names below one another, and clearly more than side by side, are no coincidence.
        if len(down) >= 3 and len(down) > 1.5 * len(piece.layout.matches):
            names = ", ".join(m.heading.text for m in down[:4])
            raise TableError(
                f"{_tell.name_of(source, piece.grid)}: the fields stand below one another ({names}); copy the table and paste it "
                "transposed, so that each row is one record.",
                f"{_tell.name_of(source, piece.grid)}：各项指标纵向排列（{'、'.join(m.heading.text for m in down[:4])}），"
                "请复制后用“选择性粘贴—转置”改为一行一条记录。",
            )


def _refuse_two_lines(source: files.Source, piece: Piece, layer: str) -> None:
    """Raise where the row below the header names further fields: each record then fills two rows."""
    rows = piece.grid.rows[piece.layout.data : piece.layout.data + 1]
    texts = [cell if isinstance(cell, str) else "" for row in rows for cell in row]
    # A figure in that row makes it a record.
    if any(isinstance(cell, int | float) for row in rows for cell in row):
        return
    second = cells_room.match_columns([cells_room.heading(t) for t in texts], layer=layer)
    known = {match.field.name for match in piece.layout.matches}
    # x and y may be cells as well as names.
    new = [m for m in second if m.field.name not in known and len(m.heading.text) > 1]
    if len(new) > 1:
        names = "、".join(match.heading.text for match in new)
        raise TableError(
            f"{_tell.name_of(source, piece.grid)}: the row below the header names further columns ({names}), so each record fills two "
            "rows; put each into one.",
            f"{_tell.name_of(source, piece.grid)}：表头下一行又列出指标（{names}），每条记录占两行，请改为一行一条记录。",
        )


_LOOKED_AT = 40


_LOST = re.compile(r"[?？\ufffd\W\d_]*[?？\ufffd]{2,}[?？\ufffd\W\d_]*")


def _no_field(source: files.Source, grid: Grid, layout: Layout, layer: str) -> TableError:
    headings = [head.text for head in layout.headings if head.text][:12]
    if headings and all(_LOST.fullmatch(text) for text in headings):
        return TableError(
            f"{_tell.name_of(source, grid)}: its Chinese characters were lost when it was saved (nothing but question marks): save it again "
            'from the original as "CSV UTF-8" or as .xlsx.',
            f"{_tell.name_of(source, grid)}：中文在另存时已丢失（只剩问号），请从原表重新另存为“CSV UTF-8”或 .xlsx。",
        )
    expected = [known.zh for known in schemas.fields(layer) if known.stage == "read"][:8]
    return TableError(
        f"{_tell.name_of(source, grid)}: none of the columns is known. Columns found: {', '.join(headings)}. "
        f"Expected some of: {', '.join(expected)} ….",
        f"{_tell.name_of(source, grid)}：没有可识别的列。已有列：{'、'.join(headings)}。应含有其中若干列：{'、'.join(expected)}等。",
    )


def _table(source: files.Source, piece: Piece, request: _Request, found: list[Piece]) -> Table:
    grid, layout, layer = piece.grid, piece.layout, request.layer
    name = _tell.name_of(source, grid)
    matches, one_year = _of_one_year(layout.matches, layer, source=name)
    open_cells = _tidied(grid, layout, matches, source=name)
    # Text as it is shown, before anything is understood: what is reported must be what the person sees.
    cells, raw_issues, kinds = _cells(grid, layout, matches, name, source.limits)
    columns = _row_columns(layout, matches, layer, limit=_limit(source, grid, layout))
    data, left_out, blank = _rows.keep_data(cells, columns=columns, source=name)
    frame, names = _named(data, grid, layout, matches)
    factors, unit_issues = cells_room.units(
        frame, matches, source=name, line_units=layout.line_units, decided=request.units
    )
    sections = units_of_sections(grid, layout.data, kinds.units)
    if sections:
        frame, governed, by_rows = by_section_units(frame, matches, factors, sections)
    else:
        frame, governed, by_rows = by_row_units(frame, matches, factors, names)
    # After the rows are known: notes and totals would look like wrong coordinates.
    frame, added, placed, odd_places = tidy_coordinates(
        _with_origin(frame, name), names, layer=layer, source=name
    )
    names |= added
    mixed = _not_pure(matches, kinds.pure, governed, layer=layer)
    found_issues = issues.concat(
        [
            issues.concat([one_year, open_cells, odd_places]),
            _of_kept_rows(raw_issues, frame),
            left_out,
            _still_assumed(unit_issues, governed.values()),
            *_of_the_sheet(piece, matches, layer, frame["source_row"].tolist(), source=name),
            _checks.damaged_text(frame, names, grid, source=name),
            cells_room.unreadable(frame, mixed, factors, source=name, row=frame["source_row"]),
        ]
    )
    told = _tell.decisions(
        source, grid, layout, matches, factors, layer=layer, rows=len(frame), blank=blank,
        others=[other.grid for other in found if other.grid.sheet != grid.sheet],
    )  # fmt: skip
    return Table(
        frame=frame,
        layer=layer,
        headings=names,
        units=factors,
        year=layout.figures_year,
        decisions=(*told, *by_rows, *placed),
        issues=found_issues,
        source=source,
        name=name,
        mapped=tuple(dict.fromkeys([*(m.name for m in matches), *added])),
    )


def _of_one_year(
    found: Sequence[Match], layer: str | None, *, source: str
) -> tuple[list[Match], pd.DataFrame]:
    """Take the latest year of each figure of a layer of areas: 2023年税收 and 2024年税收 are one field of it."""
    matches = [m for m in found if not (layer == "enterprises" and m.name in _OUR_OWN)]
    record = schemas.layer(layer) if layer else None
    if record is None or record.geometry != "area":
        return matches, issues.empty()
    kept, earlier = cells_room.of_latest_year(matches)
    if {match.name for match in matches} == {match.field.name for match in kept}:
        return matches, issues.empty()
    of = {match.field.name for match in matches if match.heading.year is not None}
    taken = "、".join(match.heading.text for match in kept if match.field.name in of)
    left = "、".join(match.heading.text for match in earlier)
    about = cells_room.one_year(taken, left)
    record_of = {"rule": cells_room.ONE_YEAR, "source": source, **about}
    return kept, issues.from_records([record_of])


def _of_kept_rows(faults: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the faults of rows that were left out anyway: they are not reported once more."""
    return faults[faults["row"].isin(set(frame["source_row"])) | faults["row"].isna()]


def _tidied(grid: Grid, layout: Layout, matches: Sequence[Match], *, source: str) -> pd.DataFrame:
    """Put cells that speak for other cells where they belong, and return what that leaves open."""
    several = _checks.several_rows_of_one(grid, layout, matches, source=source)
    two_units = _checks.in_two_units(grid, layout, matches, source=source)
    # A merged cell of the district counts for all its rows.
    _checks.fill_merged_text(grid, layout, matches)
    return issues.concat([several, two_units])


def _still_assumed(unit_issues: pd.DataFrame, governed: Iterable[Match]) -> pd.DataFrame:
    """Leave out that a unit was assumed where a column of units says it row by row."""
    by_row = unit_issues["column"].isin([match.heading.text for match in governed])
    return unit_issues[~(by_row & (unit_issues["rule"] == "unit.assumed"))]


def _not_pure(
    matches: Sequence[Match], pure: set[int], governed: Mapping[str, Match], *, layer: str | None
) -> list[Match]:
    """Return the columns in which a cell may be unreadable."""
    # 2025年上半年 is no number and says something all the same: rows are dated where firms are put together.
    own = {"year"} if layer == "enterprises" else set()
    return [
        match
        for match in matches
        if (match.column not in pure or match.name in governed) and match.field.name not in own
    ]


def _of_the_sheet(
    piece: Piece, matches: list[Match], layer: str | None, rows: list[int], *, source: str
) -> list[pd.DataFrame]:
    """Return what a sheet shows beside its cells: values next to a table, parts of years, merged numbers."""
    grid, layout = piece.grid, piece.layout
    return [
        *_checks.of_known(grid, layout, matches, rows, source=source),
        _checks.not_annual(layout, source=source, layer=layer),
        _checks.parts_alone(layout, matches, source=source, layer=layer),
        *([_checks.like_revenue(layout, matches, source=source)] if layer == "enterprises" else []),
        _checks.same_headings(grid, layout, matches, source=source),
        _checks.units_beside(layout, matches, source=source),
        _checks.year_of_name(layout, matches, source=source),
        _checks.merged_numbers(grid, layout, matches, source=source),
    ]


def _row_columns(
    layout: Layout, matches: list[Match], layer: str | None, *, limit: int
) -> _rows.Columns:
    """Say which columns tell a record from a total or a heading."""
    at = {m.field.name: m.column for m in matches}
    firms = layer == "enterprises"
    known = [m.column for m in matches if m.field.dtype == "str" and m.field.name != "name"]
    return _rows.Columns(
        headings=[head.text for head in layout.headings],
        header_rows=layout.header_rows,
        # The key of a layer of a workspace's own identifies its rows as park_id does those of parks.
        keys=[
            m.column
            for m in matches
            if m.field.name in {*KEYS, schemas.key(layer or "enterprises")}
        ],
        name=at.get("name") if firms else None,
        code=at.get("uscc") if firms else None,
        running=_running_number(layout) if firms else None,
        addresses=[at[a] for a in ("registered_address", "operating_address") if a in at],
        texts=known,
        firms=firms,
        limit=limit,
    )


def _running_number(layout: Layout) -> int | None:
    known = {m.column for m in layout.matches}
    heads = enumerate(layout.headings)
    return next((c for c, h in heads if c not in known and cells_room.normal(h.text) in RUNNING), None)  # fmt: skip


def _limit(source: files.Source, grid: Grid, layout: Layout) -> int:
    """Return how many cells a row may have: in separated text, as many as the header."""
    if source.extension not in {"csv", "tsv"}:
        return len(layout.headings)
    # Commas inside values make a row longer than its header: those rows are reported, not shifted.
    return max(len(grid.rows[row]) for row in range(layout.top, layout.bottom + 1))


class _Kinds(NamedTuple):
    """Columns by what they hold: nothing but numbers, which need no second look; the word 单位 somewhere."""

    pure: set[int]
    units: set[int]


def _cells(
    grid: Grid, layout: Layout, matches: list[Match], name: str, limits: files.Limits
) -> tuple[pd.DataFrame, pd.DataFrame, _Kinds]:
    """Turn rows of data into columns of stripped strings; the index is Excel's row number."""
    rows = grid.rows[layout.data :]
    width = max((len(row) for row in rows), default=0)
    width = max(width, len(layout.headings))
    index = pd.RangeIndex(layout.data + 1, layout.data + 1 + len(rows))
    # By column: a column of one type is read in one go, which is most of them.
    columns = _columns(rows, width)
    codes = {m.column: m for m in matches if m.field.dtype == "str"}
    found = []
    found_kinds = _Kinds(pure=set(), units=set())
    texts: list[Sequence[str]] = []
    long: list[int] = []
    dates = {m.column for m in matches if m.field.dtype == "date"} if grid.from_1904 else set()
    for number, values in enumerate(columns):
        column = values if number not in dates else [_since_1900(value) for value in values]
        kinds = set(map(type, column))
        if number in codes and kinds - {str}:
            found.append(_checks.long_numbers(column, index, codes[number], source=name))
        # Nothing but exact numbers: no cell of it can be unreadable.
        if kinds == {float} and max(map(abs, column)) < _EXACT:
            found_kinds.pure.add(number)
            # Fifteen digits, as Excel shows them: 0.1 + 0.2 must not come out as
            # 0.30000000000000004.
            texts.append(list(map("%.15g".__mod__, column)))
            continue
        shown = column if kinds == {str} else [cells_room.shown(v) for v in column]
        whole = "\n".join(shown)
        if UNIT_WORD in whole:
            found_kinds.units.add(number)
        # ="3200" is how a program keeps Excel from taking a text for a number.
        texts.append([unguarded(text) for text in shown] if '="' in whole else shown)
        if max(map(len, shown), default=0) > limits.max_cell_chars:
            long.append(number)
    cells = _stripped(texts, index)
    for number in long:
        _checks.cell_lengths(cells[number], name, limits)
    return cells, issues.concat(found), found_kinds


def _since_1900(value: Any) -> Any:
    """Count a bare day of a calendar that begins in 1904 from 1900, as all others do; 2015 and 20150304 are no days."""
    bare = type(value) in {int, float}
    return value + _FROM_1900_TO_1904 if bare and _DAYS[0] <= value < _DAYS[1] else value


_FROM_1900_TO_1904 = 1462
_DAYS = (20_000 - _FROM_1900_TO_1904, 80_000 - _FROM_1900_TO_1904)  # what dates are read from
_EXACT = 1e15  # beyond it a number has more digits than Excel keeps


def _stripped(texts: Sequence[Sequence[str]], index: pd.RangeIndex) -> pd.DataFrame:
    """Return columns of text without the spaces around it; empty texts are missing."""
    whole = pa.large_string()
    # All columns in one array, of which each column is a slice: a table may have thousands of them.
    flat = pa.array(itertools.chain.from_iterable(texts), type=whole)
    trimmed = pc.utf8_trim(flat, characters=_SPACES)
    filled = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, whole), trimmed)
    cells = pd.array(filled, dtype="string")
    rows = len(index)
    columns = {
        number: pd.Series(cells[number * rows : (number + 1) * rows], index=index, copy=False)
        for number in range(len(texts))
    }
    return pd.DataFrame(columns, index=index, copy=False)


def unguarded(text: str) -> str:
    """Return a cell without the formula that only keeps a spreadsheet from changing it: ="3200"."""
    bare = text.strip(_SPACES)
    inner = bare.startswith('="') and bare.endswith('"') and len(bare) > 2
    return bare[2:-1].replace('""', '"') if inner else bare


_SPACES = " \t\r\n\v\f\u3000\u00a0\u200b\ufeff"


def _columns(rows: list[list[Any]], width: int) -> list[tuple[Any, ...]]:
    if not rows:
        return [()] * width
    if all(len(row) == width for row in rows):
        return list(zip(*rows, strict=True))
    return list(zip(*(row + [""] * (width - len(row)) for row in rows), strict=True))


def _named(
    data: pd.DataFrame, grid: Grid, layout: Layout, matches: list[Match]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Name columns by field, others by their own heading; empty columns without a heading go."""
    fields = {m.column: m.name for m in matches}
    taken = {*fields.values(), *_OUR_OWN}
    order: dict[int, str] = {}
    headings: dict[str, str] = {}
    for column, head in enumerate(layout.headings):
        if column in fields:
            name = fields[column]
        elif head.text:
            name = _free(head.text, taken)
        # A column without a heading but with content is kept under its letter.
        elif data[column].notna().any():
            name = _free(f"column_{_tell.letter(grid.first_column + column)}", taken)
        else:
            continue
        taken.add(name)
        order[column] = name
        headings[name] = head.text or _tell.letter(grid.first_column + column)
    # Known columns first, as every table of the program is arranged.
    ordered = sorted(order, key=lambda c: (c not in fields, c))
    return data[ordered].rename(columns=order), headings


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _with_origin(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    out = frame.copy()
    own = pd.Series(name, index=frame.index, dtype="string")
    # A table exported by this program keeps where its rows came from first.
    out["source"] = out["source"].fillna(own) if "source" in out else own
    out["source_row"] = pd.Series(frame.index, index=frame.index, dtype="Int64")
    return out.reset_index(drop=True)
