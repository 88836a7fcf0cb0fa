"""Read one table: open, find the header, name the columns, keep the data, check the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import cells as cells_room
from industrymap import files, issues, schemas
from industrymap.errors import TableError, meant, nearest
from industrymap.tables import _checks, _grid, _rows, _tell
from industrymap.tables._layout import Layout, find_layout
from industrymap.tables._table import Table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from industrymap.cells import Match
    from industrymap.tables._grid import Grid

__all__ = ["read"]

_OUR_OWN = ("source", "source_row")
_KEYS = ("name", "uscc", "park_id", "block_id", "code", "zone_id")


def read(  # noqa: PLR0913 - each is a decision a person may take out of our hands
    path: str | os.PathLike[str],
    *,
    sheet: str | int | None = None,
    layer: str | None = "enterprises",
    wanted: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    limits: files.Limits | None = None,
) -> Table:
    r"""Read a table of any kind into a frame of strings and tell what was understood.

    The header is found below title rows and may span rows; totals, notes and blank rows are left out; every
    heading is matched to the schema of ``layer`` or kept as it stands. Values stay text: :meth:`Table.number`
    and its neighbours parse them.

    Parameters
    ----------
    path : path
        xlsx, xlsm, xls, csv, tsv or parquet.
    sheet : str or int, optional
        Name or 1-based position; by default the visible sheet that names most fields, then the longest.
    layer : str or None
        Schema to match headings with; ``None`` keeps all headings as they are, ``"auto"`` takes the schema that
        knows most of them.
    wanted : sequence of str
        Fields that must be there; ``"a|b"`` means either.
    columns : mapping of str to str, optional
        Heading → field, where a person decided.
    units : mapping of str to str, optional
        Field → unit (``{"revenue_10k_cny": "元"}``), where the file does not say or says it wrong.
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
    if layer == "auto":
        layer = _schema(sheets, columns)
    grid, layout = _best(source, sheets, layer=layer, columns=columns)
    table = _table(source, grid, layout, layer=layer, units=units or {}, others=sheets)
    table.require(*wanted)
    if table.frame.empty:
        raise TableError(
            f"{table.name} has a header but no rows of data below it.",
            f"{table.name} 只有表头，没有数据行。",
        )
    return table


def _known_fields(
    layer: str | None, columns: Mapping[str, str] | None, units: Mapping[str, str] | None
) -> None:
    if layer is None:
        return
    layers = schemas.names() if layer == "auto" else (layer,)
    known = [field.name for one in layers for field in schemas.fields(one)]
    for name in [*(columns or {}).values(), *(units or {})]:
        if name.split("@")[0] not in known:
            en, zh = meant(nearest(name, known, n=1))
            raise TableError(
                f"The layer {layer} has no field {name!r}.{en}",
                f"图层 {layer} 没有字段“{name}”。{zh}",
            )


def _schema(sheets: list[Grid], columns: Mapping[str, str] | None) -> str:
    """Return the schema that knows most headings; on a tie, the first of them."""

    def known(layer: str) -> int:
        layouts = (find_layout(grid, layer=layer, forced=columns) for grid in sheets)
        return max((len(layout.matches) for layout in layouts if layout), default=0)

    return max(schemas.names(), key=known)


def _best(
    source: files.Source,
    sheets: list[Grid],
    *,
    layer: str | None,
    columns: Mapping[str, str] | None,
) -> tuple[Grid, Layout]:
    found = [(grid, find_layout(grid, layer=layer, forced=columns)) for grid in sheets]
    usable = [(grid, layout) for grid, layout in found if layout is not None]
    if not usable:
        raise TableError(f"{source.name} holds no cells.", f"{source.name} 中没有任何内容。")
    grid, layout = max(usable, key=lambda pair: (len(pair[1].matches), len(pair[0].rows)))
    if layer is not None and not layout.matches:
        raise _no_field(source, grid, layout, layer)
    return grid, layout


def _no_field(source: files.Source, grid: Grid, layout: Layout, layer: str) -> TableError:
    headings = [head.text for head in layout.headings if head.text][:12]
    expected = [field.zh for field in schemas.fields(layer) if field.stage == "read"][:8]
    return TableError(
        f"{_tell.name_of(source, grid)}: none of the columns is known. Columns found: {', '.join(headings)}. "
        f"Expected some of: {', '.join(expected)} ….",
        f"{_tell.name_of(source, grid)}：没有可识别的列。已有列：{'、'.join(headings)}。应含有其中若干列：{'、'.join(expected)}等。",
    )


def _table(  # noqa: PLR0913 - what was found so far
    source: files.Source,
    grid: Grid,
    layout: Layout,
    *,
    layer: str | None,
    units: Mapping[str, str],
    others: list[Grid],
) -> Table:
    name = _tell.name_of(source, grid)
    matches = [m for m in layout.matches if not (layer == "enterprises" and m.name in _OUR_OWN)]
    _checks.fill_merged_text(grid, layout, matches)
    cells, raw_issues, pure = _cells(grid, layout, matches, name, source.limits)
    keys = [m.column for m in matches if m.field.name in _KEYS]
    headings = [head.text for head in layout.headings]
    data, left_out, blank = _rows.keep_data(
        cells, headings=headings, names=keys, limit=_limit(source, grid, layout), source=name
    )
    frame, names = _named(data, layout, matches)
    factors, unit_issues = cells_room.units(
        frame, matches, source=name, line_units=layout.line_units, decided=units
    )
    frame = _with_origin(frame, name)
    found = issues.concat(
        [
            raw_issues[raw_issues["row"].isin(set(frame["source_row"])) | raw_issues["row"].isna()],
            left_out,
            unit_issues,
            _checks.merged_numbers(grid, layout, matches, source=name),
            _checks.damaged_text(frame, names, grid, source=name),
            cells_room.unreadable(
                frame,
                [m for m in matches if m.column not in pure],
                factors,
                source=name,
                row=frame["source_row"],
            ),
        ]
    )
    return Table(
        frame=frame,
        layer=layer,
        headings=names,
        units=factors,
        year=layout.year,
        decisions=tuple(
            _tell.decisions(
                source,
                grid,
                layout,
                matches,
                factors,
                layer=layer,
                others=others,
                rows=len(frame),
                blank=blank,
            )
        ),
        issues=found,
        source=source,
        name=name,
        mapped=tuple(m.name for m in matches),
    )


def _limit(source: files.Source, grid: Grid, layout: Layout) -> int:
    """Return how many cells a row may have: in separated text, as many as the header."""
    if source.extension not in {"csv", "tsv"}:
        return len(layout.headings)
    return max(len(grid.rows[row]) for row in range(layout.top, layout.bottom + 1))


def _cells(
    grid: Grid, layout: Layout, matches: list[Match], name: str, limits: files.Limits
) -> tuple[pd.DataFrame, pd.DataFrame, set[int]]:
    """Turn rows of data into columns of stripped strings; the index is Excel's row number.

    The third result names columns that hold nothing but numbers, which need no second look.
    """
    rows = grid.rows[layout.data :]
    width = max((len(row) for row in rows), default=0)
    width = max(width, len(layout.headings))
    index = pd.RangeIndex(layout.data + 1, layout.data + 1 + len(rows))
    columns = _columns(rows, width)
    codes = {m.column: m for m in matches if m.field.dtype == "str"}
    found = []
    pure: set[int] = set()
    series = {}
    for number, column in enumerate(columns):
        kinds = set(map(type, column))
        if number in codes and kinds - {str}:
            found.append(_checks.long_numbers(column, index, codes[number], source=name))
        if kinds == {float} and max(map(abs, column)) < _EXACT:
            pure.add(number)
            series[number] = pd.Series(list(map("%.15g".__mod__, column)), index, dtype="string")
        else:
            shown = column if kinds == {str} else [cells_room.shown(v) for v in column]
            series[number] = _stripped(shown, index)
            _checks.cell_lengths(series[number], name, limits)
    return pd.DataFrame(series, index=index), issues.concat(found), pure


_EXACT = 1e15  # beyond it a number has more digits than Excel keeps


def _stripped(shown: Sequence[str], index: pd.RangeIndex) -> pd.Series[Any]:
    text = pd.Series(pd.array(list(shown), dtype="string"), index=index).str.strip(_SPACES)
    return text.mask(text == "")


_SPACES = " \t\r\n\v\f\u3000\u00a0\u200b\ufeff"


def _columns(rows: list[list[Any]], width: int) -> list[tuple[Any, ...]]:
    if not rows:
        return [()] * width
    if all(len(row) == width for row in rows):
        return list(zip(*rows, strict=True))
    return list(zip(*(row + [""] * (width - len(row)) for row in rows), strict=True))


def _named(
    data: pd.DataFrame, layout: Layout, matches: list[Match]
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
        elif data[column].notna().any():
            name = _free(f"column_{_tell.letter(column)}", taken)
        else:
            continue
        taken.add(name)
        order[column] = name
        headings[name] = head.text or _tell.letter(column)
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
    out["source"] = out["source"].fillna(own) if "source" in out else own
    out["source_row"] = pd.Series(frame.index, index=frame.index, dtype="Int64")
    return out.reset_index(drop=True)
