"""Headings of columns: the field they mean, the year and the unit they carry.

A heading may span rows (``经济指标 / 2023年 / 营业收入（万元）``); its parts are read together. A column of another
year, a growth rate or a rank is never taken for the figure itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.cells._units import Unit, factor, find_unit, parse_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Heading", "Match", "heading", "match_columns", "normal"]

_SQUEEZED = re.compile(r"[\s_\-*＊·:：;；、,，\"'“”‘’※★]+")
_BRACKETS = re.compile(r"[(\[【<〔{]([^()\[\]【】<>〔〕{}]*)[)\]】>〕}]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)(?:年度|年份|年末|年底|年|财年)?")
_NOT_THE_FIGURE = re.compile(
    r"上年|去年|上期|同期|前年|同比|环比|增速|增长|增幅|占比|比重|排名|名次|位次|预计|目标|计划值|人均|growth|rank|lastyear"
)
_PREFIXES = re.compile(
    r"^(?:本年度?|本期|当年|全年|年度|其中|企业所?|单位|现状|\d{1,2}[.、]|[一二三四五六七八九十]、)+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What one column's heading says.

    Attributes
    ----------
    text : str
        As it stands in the file; the parts of several rows joined by `` / ``.
    names : tuple of str
        Normal forms to look for among a schema's names, best first.
    year : int or None
        A year it carries.
    unit : Unit or None
        A unit it carries.
    """

    text: str
    names: tuple[str, ...]
    year: int | None
    unit: Unit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A column that a schema knows.

    Attributes
    ----------
    column : int
        Position of the column, 0-based.
    field : schemas.Field
        What it is.
    heading : Heading
        What its heading says.
    rank : int
        How good the match is; 0 is best.
    """

    column: int
    field: schemas.Field
    heading: Heading
    rank: int

    @property
    def name(self) -> str:
        """The frame's column: the field, with ``@year`` where the heading carries one."""
        dated = self.heading.year is not None and self.field.dtype in {"float", "int"}
        return f"{self.field.name}@{self.heading.year}" if dated else self.field.name


def normal(text: str) -> str:
    """Return a heading half-width, lower case, without spaces, dashes and marks.

    Examples
    --------
    >>> normal(" 企业 名称＊ "), normal("Operating_address")
    ('企业名称', 'operatingaddress')
    """
    return _SQUEEZED.sub("", unicodedata.normalize("NFKC", text)).lower()


def heading(*parts: str, unit: Unit | None = None) -> Heading:
    """Read a heading from its parts, top row first.

    Parameters
    ----------
    *parts : str
        One for each header row; empty ones are skipped.
    unit : Unit, optional
        From a unit row; a unit in the heading itself comes first.

    Examples
    --------
    >>> found = heading("2023年营业收入（亿元）")
    >>> found.names[-1], found.year, found.unit.factor
    ('营业收入', 2023, 10000.0)
    """
    shown = [part.strip() for part in parts if part and part.strip()]
    unique = list(dict.fromkeys(shown))
    cores: list[str] = []
    units: list[Unit] = []
    for part in unique:
        core, found = _core(part)
        cores.append(core)
        if found is not None:
            units.append(found)
    years = {int(y) for part in unique for y in _YEAR.findall(unicodedata.normalize("NFKC", part))}
    return Heading(
        text=" / ".join(re.sub(r"\s+", " ", part) for part in unique),
        names=_names(unique, cores),
        year=years.pop() if len(years) == 1 else None,
        unit=units[-1] if units else unit,
    )


def _core(part: str) -> tuple[str, Unit | None]:
    """Return the part without bracketed units, years and notes, and its unit."""
    text = unicodedata.normalize("NFKC", part)
    unit = None
    for inside in _BRACKETS.findall(text):
        parsed = parse_unit(inside) or parse_unit(re.split(r"[,，;；、]", inside)[-1])
        unit = parsed or unit
    bare = _BRACKETS.sub("", text)
    if unit is None:
        split = find_unit(bare)
        if split is not None:
            return split
    return bare, unit


def _names(parts: list[str], cores: list[str]) -> tuple[str, ...]:
    if any(_NOT_THE_FIGURE.search(normal(part)) for part in parts):
        # The whole text may still be a name of its own.
        return tuple(dict.fromkeys(normal(part) for part in parts[-1:]))
    found: list[str] = []
    for raw, core in [
        *zip(reversed(parts), reversed(cores), strict=True),
        ("".join(parts), "".join(cores)),
    ]:
        whole, inner = normal(raw), normal(core)
        undated = normal(_YEAR.sub("", core))
        found += [whole, inner, undated, _PREFIXES.sub("", undated)]
    return tuple(dict.fromkeys(name for name in found if name))


@cache
def _index(layer: str) -> dict[str, tuple[schemas.Field, int]]:
    """Return normal form → field and how far down its list of names the form stands."""
    found: dict[str, tuple[schemas.Field, int]] = {}
    for known in schemas.fields(layer):
        if known.stage != "read":
            continue
        names = [known.name, known.zh, known.en, known.short, *known.aliases]
        for rank, name in enumerate(names):
            for form in (
                normal(name),
                normal(_BRACKETS.sub("", unicodedata.normalize("NFKC", name))),
            ):
                held = found.get(form)
                if form and (held is None or rank < held[1]):
                    found[form] = (known, rank)
    return found


def match_columns(
    headings: Sequence[Heading], *, layer: str, forced: Mapping[str, str] | None = None
) -> list[Match]:
    """Match headings to a schema's fields; every field (and year) is taken once, by its best heading.

    Parameters
    ----------
    headings : sequence of Heading
        One for each column.
    layer : str
        Whose schema.
    forced : mapping of str to str, optional
        Heading → field, as a person decided.

    Returns
    -------
    matches : list of Match
        In the order of the columns.
    """
    wanted = {normal(text): name for text, name in (forced or {}).items()}
    candidates = [
        match
        for column, head in enumerate(headings)
        if (match := _match(column, head, layer=layer, wanted=wanted)) is not None
    ]
    taken: dict[str, Match] = {}
    for match in sorted(candidates, key=lambda m: (m.rank, m.column)):
        taken.setdefault(match.name, match)
    return sorted(taken.values(), key=lambda m: m.column)


def _match(column: int, head: Heading, *, layer: str, wanted: Mapping[str, str]) -> Match | None:
    decided = wanted.get(normal(head.text))
    if decided is not None:
        return Match(column=column, field=schemas.field(layer, decided), heading=head, rank=-1)
    index = _index(layer)
    for depth, name in enumerate(head.names):
        if name in index:
            known, rank = index[name]
            if head.unit is not None and not _fits(head.unit, known):
                continue
            return Match(column=column, field=known, heading=head, rank=rank + 100 * depth)
    return None


def _fits(unit: Unit, known: schemas.Field) -> bool:
    """Tell whether a heading's unit measures what the field measures; foreign money is told apart later."""
    if known.dtype not in {"float", "int"}:
        return True
    return unit.dimension == "foreign" or factor(unit, known.unit) is not None
