"""What an allocation policy is made of: frozen records, read from a file by :mod:`industrymap.allocation._read`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Measure", "Policy", "Value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a measure is for the firms of one letter.

    Attributes
    ----------
    letter : str
    amount : float or None
        In the measure's unit; ``None`` where the document has the measure and not the number, or where it is words.
    text, text_en : str
        Of a measure in words.
    source : str
        The document that gives it; empty for a proposal.
    official : bool
    """

    letter: str
    amount: float | None
    text: str
    text_en: str
    source: str
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing that is given, asked or refused by letter.

    Attributes
    ----------
    id, zh, en : str
    field : str
        ``land``, ``power``, ``water``, ``gas``, ``credit``, ``subsidy``, ``priority`` or ``other``.
    kind : str
        ``money`` (its effect is in 万元), ``quantity`` (in ``effect_unit``) or ``words``.
    of : str
        Column that the amount is multiplied by; empty for an amount a firm.
    unit, unit_en : str
        Of the amounts.
    scale : float
        From amount × column to 万元, or to the unit of the effect.
    effect_unit, effect_unit_en : str
    flow : str
        Who an amount above 0 goes to: ``pays`` (the firm pays it or gives it up) or ``gets`` (the firm receives it).
    most_each : float or None
        The most that one firm pays or gets.
    by_letter : tuple of Value
        A letter without one is not touched by the measure.
    """

    id: str
    zh: str
    en: str
    field: str
    kind: str
    of: str
    unit: str
    unit_en: str
    scale: float
    effect_unit: str
    effect_unit_en: str
    flow: str
    most_each: float | None
    by_letter: tuple[Value, ...]

    def value(self, letter: str) -> Value | None:
        """Return what the measure is for a letter, or nothing."""
        return next((value for value in self.by_letter if value.letter == letter), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Measures by letter.

    Attributes
    ----------
    id, zh, en, city, source, note, note_en : str
    official : bool
        ``False`` for a proposal.
    effective_from, effective_to : date or None
        ``None`` where no source states one.
    measures : tuple of Measure
    """

    id: str
    zh: str
    en: str
    city: str
    source: str
    note: str
    note_en: str
    official: bool
    effective_from: date | None
    effective_to: date | None
    measures: tuple[Measure, ...]

    def title(self, lang: str = "zh") -> str:
        """Return its title, marked where it is a proposal."""
        if lang == "zh":
            return self.zh if self.official else f"{self.zh}（建议稿，非官方）"
        return self.en if self.official else f"{self.en} (proposal, not official)"

    def letters(self) -> list[str]:
        """Return the letters that it names, sorted."""
        return sorted({value.letter for measure in self.measures for value in measure.by_letter})

    def unknown(self, lang: str = "zh") -> list[str]:
        """Return the measures whose numbers no document gives, in words."""
        return [
            measure.zh if lang == "zh" else measure.en
            for measure in self.measures
            if measure.kind != "words" and any(value.amount is None for value in measure.by_letter)
        ]

    def proposals(self, lang: str = "zh") -> list[str]:
        """Return the numbers that are proposals in a policy that is official otherwise."""
        if not self.official:
            return ["全部内容" if lang == "zh" else "everything"]
        return [
            f"{measure.zh}（{value.letter}）" if lang == "zh" else f"{measure.en} ({value.letter})"
            for measure in self.measures
            for value in measure.by_letter
            if not value.official
        ]
