"""What was understood, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.cells import match_columns
from industrymap.files import Decision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from industrymap.cells import Match
    from industrymap.files import Source
    from industrymap.tables._grid import Grid
    from industrymap.tables._layout import Layout

__all__ = ["decisions", "letter", "name_of"]


def name_of(source: Source, grid: Grid) -> str:
    """Return the table's name: the file, with ``#sheet`` where there are sheets."""
    return f"{source.name}#{grid.sheet}" if grid.sheet else source.name


def letter(column: int) -> str:
    """Return Excel's letters of a 0-based column.

    Examples
    --------
    >>> letter(0), letter(26)
    ('A', 'AA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def decisions(  # noqa: PLR0913 - everything that was decided
    source: Source,
    grid: Grid,
    layout: Layout,
    matches: Sequence[Match],
    factors: Mapping[str, float],
    *,
    layer: str | None,
    others: Sequence[Grid],
    rows: int,
    blank: int,
) -> Iterator[Decision]:
    """Yield one sentence for each thing that was decided, in reading order."""
    yield from grid.decisions
    yield from _sheet(grid, others)
    yield _header(source, layout)
    if layout.year is not None:
        yield Decision(
            f"标题注明 {layout.year} 年。", f"The title names the year {layout.year}.", "year"
        )
    elif layout.figures_year is not None:
        yield Decision(
            f"表内没有注明年份，按文件名读作 {layout.figures_year} 年的数。",
            f"The table names no year: its figures are read as those of {layout.figures_year}, as the file's name says.",
            "year",
        )
    for match in matches:
        yield _column(match, factors)
    yield from _unmatched(grid, layout, matches, layer)
    last = len(grid.rows)
    # Blank rows are counted, so that row numbers of the file can be followed.
    tail_zh = f"，空行 {blank} 行" if blank else ""
    tail_en = f"; {blank:,} blank rows" if blank else ""
    yield Decision(
        f"数据 {rows:,} 行，位于第 {layout.data + 1}–{last} 行{tail_zh}。",
        f"{rows:,} rows of data, in rows {layout.data + 1}–{last}{tail_en}.",
        "rows",
    )


def _sheet(grid: Grid, others: Sequence[Grid]) -> Iterator[Decision]:
    if not grid.sheet:
        return
    rest = [other.sheet for other in others if other.sheet != grid.sheet]
    tail_zh = f"；另有工作表未读：{'、'.join(rest)}（用 sheet 指定）" if rest else ""
    tail_en = f"; not read: {', '.join(rest)} (name one with sheet)" if rest else ""
    yield Decision(f"工作表“{grid.sheet}”{tail_zh}。", f"Sheet {grid.sheet!r}{tail_en}.", "sheet")


def _header(source: Source, layout: Layout) -> Decision:
    if source.extension == "parquet":
        return Decision(
            "列名取自 Parquet 文件。", "Columns are named by the Parquet file.", "header"
        )
    first, last = layout.top + 1, layout.bottom + 1
    where = f"{first}–{last}" if last > first else f"{first}"
    # Eighty characters: some titles are a paragraph of instructions.
    title = "；".join(layout.title)[:80]
    unit_zh = f"，第 {layout.unit_row + 1} 行为单位行" if layout.unit_row is not None else ""
    unit_en = f"; row {layout.unit_row + 1} holds the units" if layout.unit_row is not None else ""
    if layout.number_row is not None:
        unit_zh += f"，第 {layout.number_row + 1} 行为栏号行"
        unit_en += f"; row {layout.number_row + 1} numbers the columns"
    above_zh = f"；其上为标题“{title}”" if title else ""
    above_en = f"; above it the title {title!r}" if title else ""
    return Decision(
        f"表头在第 {where} 行{unit_zh}{above_zh}。",
        f"Header in row{'s' if last > first else ''} {where}{unit_en}{above_en}.",
        "header",
    )


def _column(match: Match, factors: Mapping[str, float]) -> Decision:
    field = match.field
    scale = factors.get(match.name)
    unit_zh = f"（{field.unit}）" if field.unit else ""
    unit_en = f" ({schemas.unit_label(field.unit, 'en')})" if field.unit else ""
    year_zh = f"，{match.heading.year} 年" if "@" in match.name else ""
    year_en = f", {match.heading.year}" if "@" in match.name else ""
    times_zh = times_en = ""
    # A factor of 1 would only make every line longer.
    if scale is not None and not math.isnan(scale) and scale != 1:
        times_zh, times_en = f"，数值 × {scale:,.10g}", f", values × {scale:,.10g}"
    return Decision(
        f"“{match.heading.text}” → {field.zh}{unit_zh}{year_zh}{times_zh}",
        f"{match.heading.text!r} → {field.en}{unit_en}{year_en}{times_en}",
        "column",
    )


def _rivals(grid: Grid, layout: Layout, matches: Sequence[Match], layer: str) -> Iterator[Decision]:
    """Say which columns could have been the same field and were not taken."""
    taken = {match.name: match for match in matches}
    columns = {match.column for match in matches}
    for column, head in enumerate(layout.headings):
        found = match_columns([head], layer=layer) if column not in columns else []
        if found and found[0].name in taken:
            better = taken[found[0].name]
            one, other = head.text, better.heading.text
            # Two columns of one heading are told apart by their letters.
            if one == other:
                one = f"{one} {letter(grid.first_column + column)}"
                other = f"{other} {letter(grid.first_column + better.column)}"
            yield Decision(
                f"“{one}”也像{better.field.zh}，已采用“{other}”，此列原样保留。",
                f"{one!r} could be {better.field.en} too; {other!r} was taken, this one kept as it is.",
                "rival",
            )


def _unmatched(
    grid: Grid, layout: Layout, matches: Sequence[Match], layer: str | None
) -> Iterator[Decision]:
    known = {match.column for match in matches}
    if layer is not None:
        yield from _rivals(grid, layout, matches, layer)
    rest = [h.text for i, h in enumerate(layout.headings) if i not in known and h.text]
    if rest and layer is not None:
        yield Decision(
            f"未对应到字段、原样保留的列：{'、'.join(rest)}。",
            f"Columns kept under their own heading: {', '.join(rest)}.",
            "unmatched",
        )
