"""What a stock-take holds, before it is a page or a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Bar", "Chart", "Column", "Figure", "Grid", "Section", "StockTake"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One headline figure.

    Attributes
    ----------
    zh, en : str
    value : float or None
        ``None`` where it is not known.
    unit_zh, unit_en : str
    n : int
        How many firms it rests on.
    of : int
        Out of how many; ``n ÷ of`` is its coverage.
    decimals : int
    """

    zh: str
    en: str
    value: float | None
    unit_zh: str
    unit_en: str
    n: int
    of: int
    decimals: int = 0

    @property
    def coverage(self) -> float | None:
        """Share of the firms asked that the figure rests on."""
        return self.n / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a grid.

    Attributes
    ----------
    zh, en : str
    kind : str
        ``text``, ``int``, ``number`` (one decimal), ``ratio`` (two decimals), ``index`` (three) or ``percent`` (a share).
    """

    zh: str
    en: str
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of the report.

    Attributes
    ----------
    zh, en : str
        Its caption.
    columns : tuple of Column
    rows : list of tuple
        One value per column; ``None`` is unknown. A text may be a pair (Chinese, English).
    note_zh, note_en : str
        What its figures rest on.
    heat : tuple of int
        Columns whose cells are shaded by value (location quotients).
    """

    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    note_zh: str = ""
    note_en: str = ""
    heat: tuple[int, ...] = ()


class Bar(NamedTuple):
    """One bar of a chart.

    Attributes
    ----------
    label : str or tuple of str
        A text, or a pair (Chinese, English).
    value : float
    remark : tuple of str
        Chinese, English; shown beside the value.
    color : str
        ``#rrggbb``, or empty for the accent.
    target : float or None
        Drawn as a line.
    """

    label: Any
    value: float
    remark: tuple[str, str]
    color: str = ""
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars, with a mark for a target where there is one.

    Attributes
    ----------
    zh, en : str
        What it shows, with its unit.
    bars : list of Bar
    percent : bool
        Values are shares, drawn on a scale from 0 to 1.
    decimals : int
    """

    zh: str
    en: str
    bars: list[Bar]
    percent: bool = False
    decimals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter of the report.

    Attributes
    ----------
    id : str
    zh, en : str
    lead_zh, lead_en : str
        One or two sentences that say what stands out.
    charts : tuple of Chart
    grids : tuple of Grid
    """

    id: str
    zh: str
    en: str
    lead_zh: str
    lead_en: str
    charts: tuple[Chart, ...] = ()
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTake:
    """The whole report.

    Attributes
    ----------
    title_zh, title_en : str
    city_zh, city_en : str
    producer, source : str
    data_date : date, optional
        The date the figures belong to.
    year : int, optional
        Reference year of revenue.
    simulated : bool
        Whether it says 模拟数据.
    figures : tuple of Figure
    sections : tuple of Section
    """

    title_zh: str
    title_en: str
    city_zh: str
    city_en: str
    producer: str = ""
    source: str = ""
    data_date: date | None = None
    year: int | None = None
    simulated: bool = False
    figures: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = field(default_factory=tuple)
