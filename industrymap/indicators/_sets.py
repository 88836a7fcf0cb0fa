"""Sets of indicators: definitions in a TOML file, checked whole and computed in the order in which they build on each other."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import IndicatorError
from industrymap.indicators._evaluate import evaluate
from industrymap.indicators._formula import parse
from industrymap.indicators._scope import scope_of
from industrymap.settings import parse as parse_settings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from industrymap.indicators._evaluate import Entities, Values
    from industrymap.indicators._formula import Formula
    from industrymap.indicators._scope import Scope
    from industrymap.settings import Keys

__all__ = ["Indicator", "IndicatorSet", "compute", "load"]

_DIRECTIONS = {"more": 1, "less": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator as its file defines it.

    Attributes
    ----------
    id, zh, en : str
        Identifier and names.
    group, part : str
        Group of its set (``core``, ``green`` …) and part of that group, empty where it has none.
    unit : str
        Unit of its values, as shown.
    direction : int
        1 where more is better, -1 where less is.
    formula : Formula
        What it is made of.
    source : str
        Document that gives it; the set's where it has none of its own.
    official : bool
        Whether a document gives name and formula; else it is a proposal and says so wherever it is shown.
    scope : Scope
        For which areas and periods it is defined.
    """

    id: str
    zh: str
    en: str
    group: str
    part: str
    unit: str
    direction: int
    formula: Formula
    source: str
    official: bool
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorSet:
    """A set of indicators, "1+5+N" for instance.

    Attributes
    ----------
    id, zh, en, source : str
        Identifier, names and document.
    official : bool
        Whether a document gives the set as it is here.
    groups : dict of str to tuple of two str
        Group to its Chinese and English name, in order.
    indicators : tuple of Indicator
        In the order of the file.
    text : str
        The file as it was read; an evaluation keeps it.
    """

    id: str
    zh: str
    en: str
    source: str
    official: bool
    groups: Mapping[str, tuple[str, str]]
    indicators: tuple[Indicator, ...]
    text: str = field(repr=False)

    def order(self) -> list[Indicator]:
        """Return the indicators so that each comes after those whose values its formula uses.

        Raises
        ------
        IndicatorError
            Where two build on each other.
        """
        known = {i.id: i for i in self.indicators}
        needs = {i.id: [n for n in i.formula.names if n in known] for i in self.indicators}
        try:
            return [known[name] for name in TopologicalSorter(needs).static_order()]
        except CycleError as error:
            circle = " → ".join(error.args[1])
            raise IndicatorError(
                f"the set {self.id!r} has definitions that go in a circle: {circle}",
                f"指标体系“{self.id}”的定义互相引用：{circle}",
            ) from error


def load(path: str | os.PathLike[str]) -> IndicatorSet:
    """Read a set from its TOML file.

    Raises
    ------
    IndicatorError
        With everything that is wrong with the file, all at once.
    """
    source = files.check(path, allow=files.TEXTS)
    text = files.read_text(source)
    keys = parse_settings(text, name=source.name, error=IndicatorError, folder=Path(path).parent)
    loaded = _set(keys, text)
    # Every fault of the file is collected first; check raises them together.
    keys.finish()
    keys.check()
    loaded.order()
    return loaded


def compute(chosen: IndicatorSet, entities: Entities) -> dict[str, Values]:
    """Compute every indicator of a set, those first that others build on.

    Raises
    ------
    IndicatorError
        Where a formula uses a measure or figure that ``entities`` do not have, with the nearest that they do.
    """
    out: dict[str, Values] = {}
    for indicator in chosen.order():
        # What was computed so far serves as figures of the units: the order has made sure that it
        # is there.
        figures = {**entities.figures, **{name: one.amounts for name, one in out.items()}}
        out[indicator.id] = evaluate(
            indicator.formula, dataclasses.replace(entities, figures=figures)
        )
    return {indicator.id: out[indicator.id] for indicator in chosen.indicators}


def _set(keys: Keys, text: str) -> IndicatorSet:
    title = keys.section("title")
    official, source = keys.flag("official", default=False), keys.text("source", required=True)
    # Allowed in the file, and not used here.
    keys.text("city")
    groups = {}
    for group in keys.entries("group"):
        groups[group.text("id", required=True)] = (
            group.text("zh", required=True),
            group.text("en", required=True),
        )
        group.finish()
    indicators = []
    for entry in keys.entries("indicator"):
        indicators.append(_indicator(entry, tuple(groups), official=official, source=source))
        entry.finish()
    made = IndicatorSet(
        id=keys.text("set_id", required=True),
        zh=title.text("zh", required=True),
        en=title.text("en", required=True),
        source=source,
        official=official,
        groups=groups,
        indicators=tuple(i for i in indicators if i is not None),
        text=text,
    )
    title.finish()
    # Of two with one id the later would silently replace the earlier.
    ids = [i.id for i in made.indicators]
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        keys.fault(f"indicator {id_!r} is defined twice", f"指标“{id_}”重复定义")
    return made


def _indicator(
    entry: Keys, groups: tuple[str, ...], *, official: bool, source: str
) -> Indicator | None:
    """Read one definition; ``None`` where its formula cannot be read, which is kept as a fault."""
    text = entry.text("formula", required=True)
    details = {
        "id": entry.text("id", required=True),
        "zh": entry.text("zh", required=True),
        "en": entry.text("en", required=True),
        "group": entry.choice("group", groups, default=groups[0] if groups else ""),
        "part": entry.text("part"),
        "unit": entry.text("unit", required=True),
        "source": entry.text("source", default=source),
    }
    direction = _DIRECTIONS[entry.choice("direction", _DIRECTIONS, default="more")]
    is_official = entry.flag("official", default=official)
    scope = scope_of(entry)
    # A missing formula is a fault that was kept as it was read.
    if not text:
        return None
    try:
        formula = parse(text)
    except IndicatorError as error:
        entry.fault(error.en, error.zh)
        return None
    return Indicator(
        **details, direction=direction, formula=formula, official=is_official, scope=scope
    )
