"""Dated standards: a rule file says what it is, where it comes from, when it is in force and whether it is official.

Every file under a city pack's ``standards/`` starts with the same head; the rest belongs to its kind
(``routes``, ``pilots``, ``pilot_score``, ``blocks``, ``park_targets``) and is read by the room that applies it.
A threshold that no source states is written ``"unknown"``: every test against it stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from industrymap import files, filters, settings
from industrymap.errors import FilterError, RuleError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from industrymap.citypack import CityPack

__all__ = ["KINDS", "Standard", "choose", "from_mapping", "load", "of_kind"]

KINDS = ("routes", "pilots", "pilot_score", "blocks", "park_targets")
"""The kinds of standards that some room applies."""

_UNITS = ("mu", "ha", "km2", "m2", "cny", "10k_cny", "100m_cny", "m", "km", "%")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One dated rule file.

    Attributes
    ----------
    id, kind, city : str
        Its name, what it decides, whose it is.
    zh, en : str
        Its title.
    effective_from, effective_to : date or None
        First and last day in force; ``None`` where no source states one.
    source, source_zh : str
        The document; in Chinese, where its line in English would not do.
    official : bool
        ``False`` for a proposal of ours.
    thresholds : mapping
        Name → value for ``$name`` in its conditions; ``None`` where nobody has stated it.
    body : mapping
        Everything that belongs to its kind.
    """

    id: str
    kind: str
    city: str
    zh: str
    en: str
    effective_from: date | None
    effective_to: date | None
    source: str
    source_zh: str
    official: bool
    thresholds: Mapping[str, filters.ParamValue] = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)

    def title(self, lang: str = "zh") -> str:
        """Return its title in ``lang``, marked where it is a proposal."""
        if self.official:
            return self.zh if lang == "zh" else self.en
        return (
            f"{self.zh}（建议稿，非官方）"
            if lang == "zh"
            else f"{self.en} (proposal, not official)"
        )

    def in_force(self, on: date) -> bool:
        """Tell whether it is in force on a day; a side that no source states is open."""
        # Documents often state no end: such a rule holds until somebody writes one into the file.
        begun = self.effective_from is None or self.effective_from <= on
        return begun and (self.effective_to is None or on <= self.effective_to)

    def condition(self, text: str, *, layer: str, where: str) -> filters.Filter:
        """Read one of its conditions and put its thresholds in.

        Raises
        ------
        RuleError
            Where the condition is no filter over ``layer``, naming the place in the file.
        """
        try:
            # Thresholds that nobody knows are bound as unknown, so that the condition stays open
            # instead of failing.
            return filters.parse(text).bind(layer, params=self.thresholds)
        except FilterError as error:
            raise RuleError(
                f"Standard {self.id}, {where}: {error.en}", f"标准 {self.id} 的 {where}：{error.zh}"
            ) from error


def load(path: Path) -> Standard:
    """Read a standard from its TOML file.

    Raises
    ------
    RuleError
        Not TOML, or a head with missing, unknown or wrong keys: all of them at once.
    """
    text = files.read_text(files.check(path, allow=("toml",)))
    return _standard(settings.parse(text, name=path.name, error=RuleError))


def from_mapping(data: Mapping[str, object], *, name: str = "standard") -> Standard:
    """Check the head of a standard and return it.

    Raises
    ------
    RuleError
        Every missing key and wrong value at once.
    """
    return _standard(settings.Keys(data, name=name, error=RuleError))


def _standard(head: settings.Keys) -> Standard:
    title = head.section("title", required=True)
    limits = head.section("thresholds")
    head.text("note")
    standard = Standard(
        id=head.text("standard_id", required=True),
        kind=head.choice("kind", KINDS, required=True),
        city=head.text("city", required=True),
        zh=title.text("zh", required=True),
        en=title.text("en", required=True),
        effective_from=head.day("effective_from", unknown=UNKNOWN, required=True),
        effective_to=head.day("effective_to", unknown=UNKNOWN),
        source=head.text("source", required=True),
        source_zh=head.text("source_zh"),
        official=head.flag("official", default=False, required=True),
        thresholds={name: _threshold(limits, name) for name in limits.names()},
        body=head.rest(),  # what belongs to its kind is checked by the room that applies it
    )
    head.check()
    return standard


def of_kind(pack: CityPack, kind: str) -> list[Standard]:
    """Return the standards of one kind that hold in a city, the latest first.

    They are the pack's own, and of those it inherits the proposals; what is official elsewhere holds here only where the
    pack adopts it.
    """
    return [standard for standard, holds in _read_all(pack, kind) if holds]


def _read_all(pack: CityPack, kind: str) -> list[tuple[Standard, bool]]:
    """Return every standard of one kind that a pack can reach, the latest first, and whether it holds here."""
    read = [(load(path), pack.owns(path)) for path in pack.standards.values()]
    of_it = [
        (s, own or pack.adopts_official or not s.official) for s, own in read if s.kind == kind
    ]
    # an own standard goes before an inherited one, whatever their dates
    own = {s.id for s, mine in read if mine}
    return sorted(
        of_it,
        key=lambda pair: (pair[0].id in own, pair[0].effective_from or date.min, pair[0].id),
        reverse=True,
    )


def choose(
    pack: CityPack, kind: str, *, id_: str | None = None, on: date | None = None
) -> Standard | None:
    """Return the standard named, or the latest of its kind in force on a day.

    Parameters
    ----------
    pack : CityPack
    kind : str
        One of :data:`KINDS`.
    id_ : str, optional
        Its ``standard_id``; an empty text means the one that ``[defaults]`` of the pack names.
    on : date, optional
        The day. Where none of the kind is in force on it, the latest one is returned: its dates say so.

    Returns
    -------
    standard : Standard or None
        ``None`` where the pack has none of this kind.

    Raises
    ------
    RuleError
        No standard of this kind has that id.
    """
    known = of_kind(pack, kind)
    if id_ == "":
        named = _default(pack, kind)
        # The default may name a standard that does not hold in this city; then the rule by
        # date decides.
        return next((s for s in known if s.id == named), None) or choose(pack, kind, on=on)
    if id_ is not None:
        # who names a standard may name one that does not hold here by itself
        reachable = [standard for standard, _ in _read_all(pack, kind)]
        for standard in reachable:
            if standard.id == id_:
                return standard
        ids = [standard.id for standard in reachable]
        near = nearest(id_, ids) or ids
        raise RuleError(
            f"There is no standard {id_!r} of kind {kind}; known: {', '.join(near)}.",
            f"没有名为 {id_!r} 的 {kind} 标准；可用：{'、'.join(near)}。",
        )
    if on is not None:
        # Latest first: of two in force on the day the newer one holds.
        for standard in known:
            if standard.in_force(on):
                return standard
    # None in force: the last one is still better known than nothing. (穗工信规字〔2020〕8号 expired on
    # 2025-11-18, and what replaced it is not known.)
    return known[0] if known else None


def _default(pack: CityPack, kind: str) -> str:
    """Return the standard that a pack, or the one it inherits from, names for a kind; an own one is not passed over."""
    if kind in pack.defaults:
        return str(pack.defaults[kind])
    # An own standard without a default of its own would otherwise lose to the parent's default.
    own = any(
        standard.kind == kind for standard in map(load, filter(pack.owns, pack.standards.values()))
    )
    return "" if own or pack.parent is None else _default(pack.parent, kind)


def _threshold(limits: settings.Keys, name: str) -> filters.ParamValue:
    """Read one threshold: a plain value, or a table with value, unit and source."""
    value, unit = limits.raw[name], ""
    if isinstance(value, dict):
        keys = limits.section(name)
        unit = keys.choice("unit", _UNITS, default="m2") if "unit" in value else ""
        keys.text("source")
        value = keys.ask("value")
        keys.finish()
    if value == UNKNOWN:
        # Unknown, not 0: every test against it stays open.
        return None
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return filters.Number(float(value), unit, f"{value:g}")
    limits.fault(
        f"thresholds.{name} = {limits.raw[name]!r}, expected a value or {{value, unit, source}}",
        f"thresholds.{name} = {limits.raw[name]!r}，应为一个值或 {{value, unit, source}}",
    )
    return None
