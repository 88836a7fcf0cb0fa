"""What a grading gives: letters, scores and ranks, and everything that they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap.columns import Floats, Positions, Texts, texts

if TYPE_CHECKING:
    from industrymap.grading._items import Measured
    from industrymap.grading._ranks import Places
    from industrymap.grading._records import Rule, Scope

__all__ = ["Condition", "Graded", "ScopeGrades"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that a letter asks of a firm beside others: a place within a group.

    Attributes
    ----------
    letter : int
        The letter, or any better one, that asks it; counted from 0, the best.
    share : float
        Of the group, at most.
    places : Places
    """

    letter: int
    share: float
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeGrades:
    """The firms of one scope; every array has one entry a firm.

    Attributes
    ----------
    scope : Scope
    rows : ndarray of int
        Positions in the frame that was graded.
    group_names : list of tuple of str
        What each group's number means, by the columns of ``scope.rank_in``.
    measured : Measured
    bonus, malus : ndarray of float64
    raw, scores : ndarray of float64
        Before and after rounding.
    letters, by_cuts, at_best : ndarray of int
        The letter given, that by cuts and quotas alone, and the best that vetoes leave; counted from 0, the best.
    required : ndarray of float64
        The score that the next better letter takes, all else equal; infinite where no score would do, ``NaN`` where there is none better.
    conditions : tuple of Condition
    least_scores : ndarray of float64, shape (letters - 1,)
        The least score that each letter asks for; ``-inf`` where none.
    flips : ndarray of float64
        Share of draws in which the letter would be another; ``NaN`` where none were made.
    """

    scope: Scope
    rows: Positions
    group_names: list[tuple[str, ...]]
    measured: Measured
    bonus: Floats
    malus: Floats
    raw: Floats
    scores: Floats
    letters: Positions
    by_cuts: Positions
    at_best: Positions
    required: Floats
    conditions: tuple[Condition, ...]
    least_scores: Floats
    flips: Floats

    @property
    def places(self) -> Places:
        """Return who stands where in the ranking of the scope."""
        return self.conditions[0].places


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A rule over the firms of a year.

    Attributes
    ----------
    rule : Rule
    firms : DataFrame
        As given, with every column that a rule may ask for.
    scopes : tuple of ScopeGrades
    why_not_zh, why_not_en : ndarray of str
        For each firm without a letter the reason; empty for the others.
    """

    rule: Rule
    firms: pd.DataFrame
    scopes: tuple[ScopeGrades, ...]
    why_not_zh: Texts
    why_not_en: Texts

    def table(self) -> pd.DataFrame:
        """Return one row a firm, in the order given.

        Returns
        -------
        table : DataFrame
            ``enterprise_id, name, scope, group, letter`` (the rule's own sign for those without one), ``managed_as``, ``score``, ``bonus``,
            ``malus``, ``rank``, ``last_rank`` (further than ``rank`` where scores are equal), ``ranked`` (firms in the group), ``by_cuts`` (the
            letter without vetoes), ``to_next`` (points up to the next letter; missing where there is none, or no score would do), ``flips``.
        """
        n, rule = len(self.firms), self.rule
        names = np.array([letter.id for letter in rule.letters], dtype=object)
        words = {key: np.full(n, None, dtype=object) for key in ("scope", "group", "by_cuts")}
        words["letter"] = np.full(n, rule.ungraded.letter or None, dtype=object)
        words["managed_as"] = np.full(n, rule.ungraded.managed_as or None, dtype=object)
        keys = ("score", "bonus", "malus", "rank", "last_rank", "ranked", "to_next", "flips")
        numbers = {key: np.full(n, np.nan) for key in keys}
        for part in self.scopes:
            at, places = part.rows, part.places
            group = np.array(
                ["、".join(name) or None for name in part.group_names] or [None], dtype=object
            )
            words["scope"][at], words["group"][at] = part.scope.id, group[places.groups]
            words["letter"][at] = words["managed_as"][at] = names[part.letters]
            words["by_cuts"][at] = names[part.by_cuts]
            gap = part.required - part.scores
            found = (
                part.scores, part.bonus, part.malus, places.best, places.last, places.sizes[places.groups],
                np.where(np.isinf(gap), np.nan, gap).round(rule.decimals), part.flips,
            )  # fmt: skip
            for key, values in zip(keys, found, strict=True):
                numbers[key][at] = values
        whole = {"rank", "last_rank", "ranked"}
        return pd.DataFrame(
            {
                "enterprise_id": texts(self.firms, "enterprise_id"),
                "name": texts(self.firms, "name"),
                **{key: pd.array(words[key], dtype="string") for key in words},
                **{
                    key: pd.array(values, dtype="Float64").astype("Int64" if key in whole else "Float64")
                    for key, values in numbers.items()
                },
                "why_not": pd.array([text or None for text in self.why_not_zh], dtype="string"),
            }
        )  # fmt: skip
