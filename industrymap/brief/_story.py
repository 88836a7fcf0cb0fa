"""What a brief consists of, whatever it is written as: sections of points, each a conclusion with what bears it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from industrymap.brief._facts import Ledger

__all__ = ["Chart", "Exhibit", "Point", "Section", "Story", "TableBlock", "plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A table: texts only, every number as the ledger holds it.

    Attributes
    ----------
    title, note : str
    header : sequence of str
    rows : sequence of sequence of str
        The first column is text, the others are numbers.
    two_ends : bool
        The first rows and the last are what matters, not the first alone.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    two_ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart or a map.

    Attributes
    ----------
    title, note : str
    kind : str
        ``columns`` over time, ``bars`` one below the other, or ``map``.
    labels : sequence of str
    values : sequence of float or None
        As shown, in ``unit``; ``None`` where not known.
    shown : sequence of str
        The values as they are written.
    unit, series : str
        Unit, and what the values are of.
    shapes : GeoDataFrame, optional
        For a map: one row a label, WGS 84.
    """

    title: str
    kind: str
    labels: Sequence[str]
    values: Sequence[float | None]
    shown: Sequence[str]
    unit: str
    series: str
    note: str = ""
    shapes: gpd.GeoDataFrame | None = field(default=None, repr=False)


Exhibit = TableBlock | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One conclusion: a slide of its own, a paragraph on paper.

    Attributes
    ----------
    conclusion : str
        A sentence.
    more : sequence of str
        Sentences that go with it.
    exhibits : sequence of TableBlock or Chart
    """

    conclusion: str
    more: Sequence[str] = ()
    exhibits: Sequence[Exhibit] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section under its heading."""

    id: str
    heading: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A whole brief.

    Attributes
    ----------
    title, subtitle : str
    sections : sequence of Section
    notes : sequence of str
        Coverage, vintage, what is not known.
    mark : str
        What is said of simulated data; empty for real data.
    lang : str
    ledger : Ledger
        Every figure in it.
    """

    title: str
    subtitle: str
    sections: Sequence[Section]
    notes: Sequence[str]
    mark: str
    lang: str
    ledger: Ledger = field(repr=False)


_WIDE_BLANK = "\u3000"
"""The blank of Chinese text, between a number and a title."""


def plain(text: object) -> str:
    r"""Return a text of the data as one line that a document can hold and that shows what it is.

    Control characters are not allowed in the XML of a document; marks that turn the reading direction would show another text
    than the one that is there.

    Examples
    --------
    >>> plain("甲\x00厂\u202e gnp.exe")
    '甲 厂 gnp.exe'
    """
    kept = "".join(
        c if c == _WIDE_BLANK or (c.isprintable() and not "\ud800" <= c <= "\udfff") else " "
        for c in str(text)
    )
    return " ".join(word for word in kept.split(" ") if word)
