"""What a grading rule is made of: frozen records, read from a file by :mod:`industrymap.grading._read`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

__all__ = [
    "Benchmark",
    "Cut",
    "Exclusion",
    "Item",
    "Letter",
    "Points",
    "Quota",
    "Rule",
    "Scope",
    "Ungraded",
    "Veto",
    "crossing",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One class, such as A 优先发展."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What a value is divided by.

    Attributes
    ----------
    kind : str
        ``fixed``, ``group_mean`` (ratio of the group's sums) or ``quantile`` (of the group's values).
    value : float
        Of a fixed one, in the item's unit.
    times : float
        What a group's mean or quantile is multiplied by.
    quantile : float
    previous : bool
        Of the firms of the year before instead of the year graded.
    official : bool
    """

    kind: str
    value: float = 1.0
    times: float = 1.0
    quantile: float = 0.5
    previous: bool = False
    official: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One figure that is graded: a ratio of two columns.

    Attributes
    ----------
    id, zh, en, unit, unit_en : str
    of, per : str
        Columns of ``schemas/firm_inputs.csv``: the value is ``of / per * scale``.
    scale : float
    weight : float
        Points at the benchmark; 0 for one that stands in for another.
    benchmark : Benchmark
    better : str
        ``more`` or ``less``.
    cap, floor : float
        Most and least that a value may be, as a multiple of its benchmark.
    missing : str
        ``zero`` (no points), ``reweigh`` (its weight goes to the others), ``benchmark`` (as good as the benchmark) or ``ungraded``.
    instead_of : str
        Item whose place it takes where that one is not known.
    official : bool
    """

    id: str
    zh: str
    en: str
    unit: str
    unit_en: str
    of: str
    per: str
    scale: float
    weight: float
    benchmark: Benchmark
    better: str
    cap: float
    floor: float
    missing: str
    instead_of: str
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Down to where a letter reaches: a cumulative share of the ranked, a least score, or both."""

    letter: str
    to_share: float | None
    from_score: float | None
    official: bool


def crossing(cuts: Sequence[Cut]) -> tuple[Cut, Cut] | None:
    """Return the first two cuts of which the worse letter asks more than the better one."""
    for better, worse in pairwise(cuts):
        shares, scores = (better.to_share, worse.to_share), (better.from_score, worse.from_score)
        crossed = None not in shares and shares[0] > shares[1]  # type: ignore[operator]
        crossed |= None not in scores and scores[0] < scores[1]  # type: ignore[operator]
        if crossed:
            return better, worse
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The most firms that may have a letter or a better one in each district, industry or other column."""

    letter: str
    per: str
    most_share: float
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points added to or taken from the score of the firms that a filter holds for."""

    where: str
    points: float
    zh: str
    en: str
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """The best letter that the firms of a filter may have."""

    where: str
    at_best: str
    zh: str
    en: str
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Firms that are not graded, and why."""

    where: str
    zh: str
    en: str
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ungraded:
    """The class of firms that get no letter: its own sign, and the letter that they are managed as (empty: none)."""

    letter: str
    managed_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Firms that are graded by the same items and ranked beside each other.

    Attributes
    ----------
    id, zh, en, where : str
    rank_in : tuple of str
        Columns: firms are ranked, and group means taken, within each of their values; empty for the whole city.
    items : tuple of Item
    cuts : tuple of Cut
        One for each letter but the last.
    quotas : tuple of Quota
    ties : str
        What becomes of equal scores across a cut: all ``better`` or all ``worse``.
    tie_break : tuple of str
        Columns that decide between equal scores first, more being better.
    official : bool
        Whether the document says whom it ranks beside whom.
    """

    id: str
    zh: str
    en: str
    where: str
    rank_in: tuple[str, ...]
    items: tuple[Item, ...]
    cuts: tuple[Cut, ...]
    quotas: tuple[Quota, ...]
    ties: str
    tie_break: tuple[str, ...]
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How firms are graded.

    Attributes
    ----------
    id, zh, en, city, source, note, note_en : str
    official : bool
        ``False`` for a proposal.
    effective_from, effective_to : date or None
        ``None`` where no source states one.
    letters : tuple of Letter
        Best first.
    decimals : int
        Scores are rounded to so many places before they are ranked.
    objection_days : int or None
    publishes_letters : bool
        Whether the document has letters made public.
    together : bool
        Whether the firms of one group are graded as one.
    ungraded : Ungraded
    exclusions, bonuses, maluses, vetoes : tuple
        In the order of the file; the first exclusion that holds is the reason.
    most_bonus, most_malus : float
    scopes : tuple of Scope
    uncertainty : mapping of str to float
        Column → relative standard error, for the share of draws in which a letter flips; always a proposal.
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
    letters: tuple[Letter, ...]
    decimals: int
    objection_days: int | None
    publishes_letters: bool
    together: bool
    ungraded: Ungraded
    exclusions: tuple[Exclusion, ...]
    bonuses: tuple[Points, ...]
    maluses: tuple[Points, ...]
    vetoes: tuple[Veto, ...]
    most_bonus: float
    most_malus: float
    scopes: tuple[Scope, ...]
    uncertainty: Mapping[str, float]

    def title(self, lang: str = "zh") -> str:
        """Return its title, marked where it is a proposal."""
        if lang == "zh":
            return self.zh if self.official else f"{self.zh}（建议稿，非官方）"
        return self.en if self.official else f"{self.en} (proposal, not official)"

    def proposals(self, lang: str = "zh") -> list[str]:
        """Return the parts that no document gives, in words; every part where the rule itself is a proposal."""
        zh = lang == "zh"
        if not self.official:
            return ["全部内容" if zh else "everything"]
        found: list[str] = []
        for scope in self.scopes:
            at = f"{scope.zh}：" if zh else f"{scope.en}: "
            if not scope.official:
                found.append(f"{at}排名分组" if zh else f"{at}who is ranked beside whom")
            for item in scope.items:
                name = item.zh if zh else item.en
                if not item.official:
                    found.append(f"{at}{name}的权重" if zh else f"{at}weight of {name}")
                if not item.benchmark.official:
                    found.append(f"{at}{name}的基准" if zh else f"{at}benchmark of {name}")
            found += [
                f"{at}{cut.letter} 类界线" if zh else f"{at}cut of {cut.letter}"
                for cut in scope.cuts
                if not cut.official
            ]
            found += [
                f"{at}{q.letter} 类名额" if zh else f"{at}quota of {q.letter}"
                for q in scope.quotas
                if not q.official
            ]
        parts: tuple[Exclusion | Points | Veto, ...] = (
            *self.exclusions,
            *self.bonuses,
            *self.maluses,
            *self.vetoes,
        )
        found += [part.zh if zh else part.en for part in parts if not part.official]
        return found
