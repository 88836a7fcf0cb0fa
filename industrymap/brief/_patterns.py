"""Patterns of sentences, as data: under which conditions which sentence says a figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files, settings
from industrymap.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from industrymap.settings import Keys

__all__ = ["CONDITIONS", "FILE", "USES", "Outline", "Pattern", "Target", "known", "say"]

FILE = "brief.toml"
"""Name of the file in a city pack or a workspace that goes before the shipped one."""

USES: dict[str, frozenset[str]] = {
    "amount": frozenset({"period", "area", "name", "value", "unit", "rate", "before"}),
    "quarter": frozenset({"period", "area", "name", "value", "unit", "rate", "before", "periods"}),
    "listed": frozenset({"name", "value", "unit", "rate", "before"}),
    "missing": frozenset({"period", "area", "name"}),
    "totals": frozenset({"count", "up", "down", "flat", "unknown"}),
    "spread": frozenset({"count", "kind", "name", "up", "down", "flat", "unknown", "basis"}),
    "drivers": frozenset({"kind", "name", "first", "first_points", "last", "last_points"}),
    "rank": frozenset({"area", "name", "rank", "count"}),
    "cluster": frozenset({"period", "count", "name", "first", "first_value", "first_share", "unit"}),
    "target": frozenset({"period", "area", "name", "value", "unit", "target", "share", "gap", "year", "source"}),
    "ratios": frozenset({"count", "better", "worse", "same"}),
    "ratio": frozenset({"name", "value", "unit", "change", "before"}),
    "firms": frozenset({"year", "count", "name", "value", "unit", "rate", "panel"}),
    "movers": frozenset({"year", "name", "first", "first_change", "last", "last_change", "unit"}),
    "rule": frozenset({"name", "limit", "count", "shown"}),
    "falls": frozenset({"area", "name", "periods", "rate"}),
    "coverage": frozenset({"name", "coverage", "limit"}),
}  # fmt: skip
"""Use of a sentence → the fields that it may name."""

CONDITIONS = frozenset(
    {"rose", "fell", "flat", "published", "whole", "no_base", "record_high", "record_low", "reached", "short", "one_way", "two_ways", "all", "none"}
)  # fmt: skip
"""What a sentence may ask for: the way a figure went, what its growth is of, whether it is a record, reached its target."""

_FIELD = re.compile(r"\{([^{}]*)\}")
# A clause ends where a reader takes breath; an adjective must have its figure before that.
_CLAUSE = re.compile(r"[，。；：、,;:.]")
_PRAISE = re.compile(
    "大幅|明显|显著|快速|迅猛|强劲|稳步|良好|较好|较快|较大|平稳|喜人|骤|猛|"
    r"\b(?:strong|sharp|significant|robust|steady|good|rapid|marked|considerabl|healthy|solid)\w*",
    re.IGNORECASE,
)
_FIGURES = {"value", "rate", "before", "count", "up", "down", "first_points", "last_points", "share", "gap", "change",
            "first_value", "first_share", "first_change", "last_change", "periods", "rank", "coverage", "better", "worse"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a total should be.

    Attributes
    ----------
    level, entity, measure : str
        Whose total of what.
    year : int
        For the end of which year.
    value : float
        In the unit of the measure.
    source : str
        Who set it.
    """

    level: str
    entity: str
    measure: str
    year: int
    value: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One sentence.

    Attributes
    ----------
    use : str
        One of :data:`USES`.
    when : frozenset of str
        Conditions that must all hold, of :data:`CONDITIONS`.
    zh, en : str
        The sentence; ``{field}`` stands for what :data:`USES` names.
    """

    use: str
    when: frozenset[str]
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a brief says, and how.

    Attributes
    ----------
    title, subtitle : tuple of str
        Chinese and English; ``{area}``, ``{period}``, ``{producer}`` and ``{date}`` stand for what they name.
    headings : mapping of str to tuple of str
        Section → its heading.
    amounts : tuple of str
        Measures of the overall section, the leading one first.
    least_coverage : float
        Share below which a figure is not concluded from.
    flat : float
        Change, in points, below which a figure is called unchanged.
    quarters : int
        How many quarters the chart shows and a record is of.
    falls : int
        Falls in a row that are pointed out.
    firms : int
        How many firms a table lists at most, each way.
    targets : tuple of Target
    patterns : tuple of Pattern
        The first that fits is used.
    """

    title: tuple[str, str]
    subtitle: tuple[str, str]
    headings: Mapping[str, tuple[str, str]]
    amounts: tuple[str, ...]
    least_coverage: float
    flat: float
    quarters: int
    falls: int
    firms: int
    targets: tuple[Target, ...]
    patterns: tuple[Pattern, ...]


def known(folders: Sequence[Path] = ()) -> Outline:
    """Read the shipped outline and what the folders of a city pack and a workspace say otherwise.

    Parameters
    ----------
    folders : sequence of path
        Each may hold a ``brief.toml``; a later one goes before an earlier one, key by key. Its patterns come before the others.

    Raises
    ------
    ConfigError
        A file with an unknown key, use, condition or field, or a sentence with an adjective that no figure bears out; all at once.
    """
    own = Path(__file__).parent / FILE
    outline = _read(files.read_text(files.check(own, allow=("toml",))), own.name, None)
    for folder in folders:
        path = folder / FILE
        if path.is_file():
            text = files.read_text(files.check(path, allow=("toml",)))
            outline = _read(text, path.name, outline)
    return outline


def say(
    outline: Outline, use: str, holds: Collection[str], fields: Mapping[str, str], *, lang: str
) -> str:
    """Return the first sentence of a use whose conditions hold, its fields filled in.

    A field's text is put in as it is and never looked at again: a firm called ``{value}`` stays that.
    """
    for pattern in outline.patterns:
        if pattern.use == use and pattern.when <= set(holds):
            text = pattern.zh if lang == "zh" else pattern.en
            return _FIELD.sub(lambda m: fields.get(m[1], ""), text)
    return ""


def _read(text: str, name: str, before: Outline | None) -> Outline:
    keys = settings.parse(text, name=name, error=ConfigError)
    patterns = tuple(_pattern(entry) for entry in keys.entries("pattern"))
    title, subtitle = (_pair(keys, k, getattr(before, k, ("", ""))) for k in ("title", "subtitle"))
    headings = dict(before.headings) if before else {}
    parts = keys.section("headings")
    for key in parts.names():
        if before and key not in headings:
            _refuse(parts, key, headings)
        headings[key] = _pair(parts, key, headings.get(key, ("", "")))
    parts.finish()
    amounts = tuple(keys.texts("amounts")) or (before.amounts if before else ())
    quarters, falls, firms = (
        _count(keys, k, getattr(before, k, 1)) for k in ("quarters", "falls", "firms")
    )
    outline = Outline(
        title=title,
        subtitle=subtitle,
        headings=headings,
        amounts=amounts,
        least_coverage=keys.amount("least_coverage", default=getattr(before, "least_coverage", 0.8)),
        flat=keys.amount("flat", default=getattr(before, "flat", 0.05)),
        quarters=quarters,
        falls=falls,
        firms=firms,
        targets=tuple(_target(e) for e in keys.entries("target")) + (before.targets if before else ()),
        patterns=patterns + (before.patterns if before else ()),
    )  # fmt: skip
    keys.finish()
    keys.check()
    return outline


def _count(keys: Keys, key: str, before: int) -> int:
    value = keys.whole(key)
    if value is not None and value < 1:
        keys.fault(f"{key} = {value} should be 1 or more", f"{key} = {value} 应不小于 1")
    return before if value is None else value


def _pair(keys: Keys, key: str, before: tuple[str, str]) -> tuple[str, str]:
    part = keys.section(key)
    out = part.text("zh", default=before[0]), part.text("en", default=before[1])
    part.finish()
    return out


def _target(keys: Keys) -> Target:
    texts = {k: keys.text(k, required=True) for k in ("level", "entity", "measure", "source")}
    year, value = keys.whole("year", required=True), keys.amount("value", default=0.0)
    keys.finish()
    if texts["level"] not in {"city", "district", "cluster"}:
        _refuse(keys, texts["level"], ("city", "district", "cluster"))
    if value <= 0:
        keys.fault(f"{keys.name}.value is missing or 0", f"缺少 {keys.name}.value，或其值为 0")
    return Target(**texts, year=year or 0, value=value)


def _pattern(keys: Keys) -> Pattern:
    use = keys.text("use", required=True)
    when = keys.texts("when")
    texts = {lang: keys.text(lang, required=True) for lang in ("zh", "en")}
    keys.finish()
    if use not in USES:
        _refuse(keys, use, USES)
    for word in when:
        if word not in CONDITIONS:
            _refuse(keys, word, CONDITIONS)
    for text in texts.values():
        for word in _FIELD.findall(text) if use in USES else ():
            if word not in USES[use]:
                _refuse(keys, word, USES[use])
        for clause in _CLAUSE.split(text):
            praise = _PRAISE.search(clause)
            # A leader reads 大幅增长 as a finding: without its figure in the same clause it is an opinion.
            if praise and not _FIGURES & set(_FIELD.findall(clause)):
                keys.fault(
                    f"{keys.name}: {praise[0]!r} has no figure beside it",
                    f"{keys.name}：“{praise[0]}”旁边没有数字",
                )
    return Pattern(use=use, when=frozenset(when), zh=texts["zh"], en=texts["en"])


def _refuse(keys: Keys, word: str, of: Collection[str]) -> None:
    near = nearest(word, sorted(of), n=1)
    en = f" (did you mean {near[0]!r})" if near else f"; there are: {', '.join(sorted(of))}"
    zh = f"（是否指“{near[0]}”）" if near else f"；可用：{'、'.join(sorted(of))}"
    keys.fault(f"{keys.name}: unknown word {word!r}{en}", f"{keys.name}：未知的词“{word}”{zh}")
