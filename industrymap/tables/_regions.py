"""Several tables in one sheet: side by side, or a second one below the first."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.cells import heading, match_columns, normal, qualifiers, withheld
from industrymap.tables._layout import UNIT_LINE, Layout, find_layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from industrymap.tables._grid import Grid

__all__ = ["KEYS", "RUNNING", "Piece", "pieces"]

KEYS = ("name", "uscc", "park_id", "block_id", "code", "zone_id")
"""Fields that tell one record from another."""

RUNNING = frozenset({"序号", "编号", "no", "no."})
"""What the running number of the rows is called."""

_LOOKED_AT = 12  # columns in which a second header is looked for
_FEW = 2  # a title or a line of units holds as few cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One table of a sheet.

    Attributes
    ----------
    grid : Grid
        The sheet cut down to it; rows keep their numbers, columns begin at ``first_column``.
    layout : Layout
    number : int
        1-based, in reading order.
    """

    grid: Grid
    layout: Layout
    number: int

    @property
    def fields(self) -> tuple[str, ...]:
        """What its columns are, sorted."""
        return tuple(sorted(match.name for match in self.layout.matches))

    @property
    def meaning(self) -> tuple[object, ...]:
        """What its figures are: columns, their units, the year and period of the title; tables of one meaning are one table."""
        layout = self.layout
        units = sorted((m.name, m.heading.unit.factor) for m in layout.matches if m.heading.unit)
        lines = tuple((unit.dimension, unit.factor) for unit in layout.line_units)
        return (self.fields, tuple(units), lines, layout.year, layout.period)

    @property
    def latest(self) -> int:
        """The latest year of its figures; 0 where it names none."""
        years = {m.heading.year for m in self.layout.matches} | {self.layout.year}
        return max((year for year in years if year is not None), default=0)

    @property
    def filled(self) -> int:
        """How many rows hold something."""
        return sum(any(cell not in ("", None) for cell in row) for row in self.grid.rows)

    @property
    def is_table(self) -> bool:
        """Whether it names at least a key and something of it, or two fields of any kind."""
        return len(self.layout.matches) > 1


def pieces(grid: Grid, *, layer: str | None, forced: Mapping[str, str] | None) -> list[Piece]:
    """Cut a sheet into its tables, in reading order; a sheet without a header gives none."""
    if layer is None:
        layout = find_layout(grid, layer=layer, forced=forced)
        return [] if layout is None else [Piece(grid=grid, layout=layout, number=1)]
    found: list[tuple[Grid, Layout]] = []
    for part in _below(grid, layer):
        # A table below the first is under its title too, as far as its own says nothing else.
        first = found[0][1] if found else None
        whole = find_layout(part, layer=layer, forced=forced, around=first)
        if whole is None:
            continue
        sides = _side_by_side(part, whole)
        if len(sides) == 1:
            found.append((part, whole))
            continue
        for side in sides:
            layout = find_layout(side, layer=layer, forced=forced, around=whole)
            if layout is not None:
                found.append((side, layout))
    return [Piece(grid=g, layout=t, number=n) for n, (g, t) in enumerate(found, start=1)]


def _below(grid: Grid, layer: str) -> list[Grid]:
    """Cut where there is a header other than the first, or the same under a title of its own."""
    names = _key_names(layer)
    first: dict[str, int] | None = None
    last = -1
    cuts = []
    for number, row in _without_figures(grid.rows):
        # Few cells of data are called like a column: only such rows are looked at again.
        if names.isdisjoint([cell.strip() for cell in row[:_LOOKED_AT] if type(cell) is str]):
            continue
        # 企业名称 heads a column and is nobody's name, however little else of a second header is known.
        again = first is not None and _names_a_key(row, names & first.keys())
        if not again and _known(row, layer) < 2:
            continue
        here = {
            normal(cell): column
            for column, cell in enumerate(row)
            if isinstance(cell, str) and cell.strip()
        }
        # Where cells were merged once, each row of one header bears the name.
        block, last = number == last + 1, number
        if first is None or (block and not _moved(first, here)):
            first = here
            continue
        begin = _with_title(grid, number, width=len(first))
        if not _same(first, here) or _says_of_what(grid.rows[begin:number]):
            cuts.append(begin)
            first = here
    edges = [0, *cuts, len(grid.rows)]
    return (
        [
            replace(
                grid,
                rows=[[] for _ in range(begin)] + grid.rows[begin:end],
                merges=[m for m in grid.merges if begin <= m[0] < end],
            )
            for begin, end in itertools.pairwise(edges)
        ]
        if cuts
        else [grid]
    )


def _names_a_key(row: list[object], keys: frozenset[str]) -> bool:
    texts = [cell.strip() for cell in row if isinstance(cell, str) and cell.strip()]
    alone = len(texts) < 2 or any(isinstance(cell, float) for cell in row)
    return not alone and any(text in keys for text in texts[:_LOOKED_AT])


def _same(one: dict[str, int], other: dict[str, int]) -> bool:
    """Tell whether two header rows are the same one; the second may lack a column or two, and none may be elsewhere."""
    common = one.keys() & other.keys()
    return not _moved(one, other) and len(common) >= 0.7 * max(len(one), len(other))


def _moved(one: dict[str, int], other: dict[str, int]) -> bool:
    return any(one[name] != other[name] for name in one.keys() & other.keys())


def _says_of_what(rows: list[list[object]]) -> bool:
    """Tell whether lines above a header name a year, a part of one, or units: its figures may be others."""
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    words = [qualifiers(text) for text in texts]
    return any(w.years or w.period for w in words) or any(UNIT_LINE.search(t) for t in texts)


def _with_title(grid: Grid, number: int, *, width: int) -> int:
    """Return where a second table begins: at its title and its line of units, if it has any."""
    begin = number
    # In a table of two columns a row of two cells is a record.
    few = min(_FEW, width - 1)
    while begin > 0 and 0 < sum(cell not in ("", None) for cell in grid.rows[begin - 1]) <= few:
        begin -= 1
    return begin


def _without_figures(rows: list[list[object]]) -> Iterator[tuple[int, list[object]]]:
    """Yield the rows that may be headers, with their places: those without a number, years aside."""
    at = 0
    for number, row in enumerate(rows):
        # Figures stand below one another: the cell that proved the row above a record is looked at first.
        if 0 <= at < len(row) and _is_figure(row[at]):
            continue
        at = next((column for column, cell in enumerate(row) if _is_figure(cell)), -1)
        if at < 0:
            yield number, row


def _is_figure(cell: object) -> bool:
    return isinstance(cell, float) and not _YEARS[0] <= cell <= _YEARS[1]


def _known(row: list[object], layer: str) -> int:
    """Return how many cells name a column: a field, a part of one, or the running number."""
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in row]
    headings = [heading(text) for text in texts]
    named = len(match_columns(headings, layer=layer)) + len(withheld(headings, layer=layer))
    return named + sum(normal(text) in RUNNING for text in texts)


_YEARS = (1990, 2100)


def _key_names(layer: str) -> frozenset[str]:
    found: set[str] = set()
    for known in schemas.fields(layer):
        if known.name in KEYS:
            found |= {known.zh, known.en, *known.aliases}
    return frozenset(found)


def _side_by_side(grid: Grid, layout: Layout) -> list[Grid]:
    """Cut where the key is in the header a second time."""
    # 2023年 over one table and 2024年 over the next do not make their names two things.
    heads = [normal(head.text.rsplit(" / ", 1)[-1]) for head in layout.headings]
    keys = {m.field.name: m.column for m in layout.matches if m.field.name in KEYS}
    column = keys.get("name", min(keys.values(), default=None))
    if column is None:
        return [grid]
    again = [c for c in range(column + 1, len(heads)) if heads[c] == heads[column]]
    if not again:
        return [grid]
    # What is left of the key (序号) belongs to its table; columns without a heading part the tables.
    lead = _lead(heads, column, again[0])
    edges = [column - lead, *(c - lead for c in again), len(heads)]
    if any(len([h for h in heads[a:b] if h]) < 2 for a, b in itertools.pairwise(edges)):
        return [grid]
    return [_columns(grid, a, b) for a, b in itertools.pairwise(edges)]


def _lead(heads: list[str], one: int, other: int) -> int:
    lead = 0
    while (
        lead < one
        and other - lead - 1 > one
        and heads[one - lead - 1]
        and heads[one - lead - 1] == heads[other - lead - 1]
    ):
        lead += 1
    return lead


def _columns(grid: Grid, begin: int, end: int) -> Grid:
    return replace(
        grid,
        rows=[row[begin:end] for row in grid.rows],
        merges=[
            (r0, max(c0, begin) - begin, r1, min(c1, end - 1) - begin)
            for r0, c0, r1, c1 in grid.merges
            if c0 < end and c1 >= begin
        ],
        rescaled={(r, c - begin): v for (r, c), v in grid.rescaled.items() if begin <= c < end},
        unsaved=frozenset((r, c - begin) for r, c in grid.unsaved if begin <= c < end),
        struck=frozenset((r, c - begin) for r, c in grid.struck if begin <= c < end),
        first_column=grid.first_column + begin,
    )
