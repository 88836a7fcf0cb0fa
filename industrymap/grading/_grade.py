"""A rule over the firms of a year: letter, score and rank of each, and what the next letter would take."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import filters
from industrymap.columns import Flags, Floats, Positions, Texts, floats, texts, true_where
from industrymap.errors import RuleError
from industrymap.grading._flips import flips
from industrymap.grading._graded import Condition, Graded, ScopeGrades
from industrymap.grading._items import Measured, Side, measure
from industrymap.grading._ranks import allowed, numbered, place
from industrymap.grading._read import EXTRA
from industrymap.grading._words import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.grading._records import Points, Rule, Scope

__all__ = ["grade"]

_UNKNOWN_GROUP = "—"


def grade(
    rule: Rule, firms: pd.DataFrame, *, previous: pd.DataFrame | None = None, draws: int = 0
) -> Graded:
    """Grade firms.

    Parameters
    ----------
    rule : Rule
    firms : DataFrame
        One row a firm: ``enterprise_id``, the columns of firms, and those of ``schemas/firm_inputs.csv`` for the year graded.
    previous : DataFrame, optional
        The same of the year before, for benchmarks that are taken from it.
    draws : int
        How often figures are varied within the rule's ``[uncertainty]`` to see whose letter would flip; 0 for never.

    Raises
    ------
    RuleError
        A firm is there twice, or in two scopes.
    """
    now = _complete(rule, firms)
    ids = texts(now, "enterprise_id")
    if len(set(ids)) < len(ids):
        twice = next(i for i in ids if (ids == i).sum() > 1)
        raise RuleError(
            f"The firm {twice} is there twice: a grading takes one row a firm.",
            f"企业 {twice} 出现两次：分类评价每家企业只能有一行。",
        )
    # Figures of a year before that is not there are not known: such a benchmark stays open and its items count as missing.
    before = None if previous is None else _complete(rule, previous)
    why = (np.full(len(now), "", dtype=object), np.full(len(now), "", dtype=object))
    inside = _members(rule, now, why)
    old = None if before is None else _members(rule, before, None)
    parts = []
    for scope in rule.scopes:
        rows = np.flatnonzero(inside[scope.id])
        past = None
        if before is not None and old is not None:
            past = before.iloc[np.flatnonzero(old[scope.id])]
        parts.append(
            _scope(
                _Task(rule=rule, scope=scope, firms=now, rows=rows, past=past, why=why, draws=draws)
            )
        )
    return Graded(rule=rule, firms=now, scopes=tuple(parts), why_not_zh=why[0], why_not_en=why[1])


def _complete(rule: Rule, firms: pd.DataFrame) -> pd.DataFrame:
    """Return firms with every column that the filters of a rule ask for; what a table does not bring is not known."""
    kinds = {"float": "Float64", "int": "Int64", "str": "string", "bool": "boolean"}
    filters_of_rule = (
        *(part.where for part in rule.exclusions),
        *(part.where for part in (*rule.bonuses, *rule.maluses)),
        *(part.where for part in rule.vetoes),
        *(scope.where for scope in rule.scopes),
    )
    asked = " ".join(filters_of_rule)
    # A filter names a column beyond the schema of firms by its own name only.
    gone = {name: kind for name, kind in EXTRA.items() if name not in firms and name in asked}
    plain = pd.DataFrame(firms.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    return plain.assign(
        **{n: pd.Series(pd.NA, index=plain.index, dtype=kinds[k]) for n, k in gone.items()}
    )


def _holds(where: str, frame: pd.DataFrame) -> pd.Series[bool]:
    if not where:
        return pd.Series([True] * len(frame), index=frame.index, dtype="boolean")
    return filters.parse(where).mask(frame, layer="enterprises")


def _members(rule: Rule, frame: pd.DataFrame, why: tuple[Texts, Texts] | None) -> dict[str, Flags]:
    """Return scope → which firms are graded in it; with ``why`` the others get their reason, and overlaps are refused."""
    free = np.ones(len(frame), dtype=bool)
    for part in rule.exclusions:
        out = true_where(_holds(part.where, frame)) & free
        free &= ~out
        if why is not None:
            why[0][out], why[1][out] = part.zh, part.en
    masks = {scope.id: _holds(scope.where, frame) for scope in rule.scopes}
    inside = {id_: true_where(mask) & free for id_, mask in masks.items()}
    if why is not None:
        _refuse_overlaps(rule, inside, frame)
        left = free & ~np.logical_or.reduce(list(inside.values()))
        open_ = np.logical_or.reduce([mask.isna().to_numpy() for mask in masks.values()])
        # Two reasons kept apart: outside every scope, and not known whether inside one.
        why[0][left & ~open_], why[1][left & ~open_] = "不在评价范围", "in no scope of the rule"
        _say_open(rule, frame, left & open_, why)
    return inside


def _say_open(rule: Rule, frame: pd.DataFrame, rows: Flags, why: tuple[Texts, Texts]) -> None:
    lacking: dict[str, Flags] = {}
    for scope in rule.scopes:
        if scope.where:
            kinds = {name: kind for name, kind in EXTRA.items() if name in frame}
            bound = filters.parse(scope.where).bind("enterprises", columns=kinds)
            for name, hit in bound.missing(frame).items():
                lacking[name] = lacking.get(name, np.zeros(len(frame), dtype=bool)) | hit
    for at in np.flatnonzero(rows):
        names = [name for name, hit in lacking.items() if hit[at]]
        why[0][at] = f"缺{'、'.join(named(n, 'zh') for n in names)}，不能判断是否在评价范围"
        why[1][at] = f"whether in scope is not known without {', '.join(named(n, 'en') for n in names)}"  # fmt: skip


def _refuse_overlaps(rule: Rule, inside: dict[str, Flags], frame: pd.DataFrame) -> None:
    for n, one in enumerate(rule.scopes):
        for other in rule.scopes[n + 1 :]:
            both = inside[one.id] & inside[other.id]
            if both.any():
                name = texts(frame, "name")[both][0] or texts(frame, "enterprise_id")[both][0]
                raise RuleError(
                    f"The scopes {one.id} and {other.id} of {rule.id} overlap: both hold for {int(both.sum()):,} firms, such as {name}.",
                    f"规则 {rule.id} 的评价范围 {one.id} 与 {other.id} 重叠：{int(both.sum()):,} 家企业同时符合，如 {name}。",
                )


def _sides(
    scope: Scope, now: pd.DataFrame, past: pd.DataFrame | None
) -> tuple[Side, Side | None, list[tuple[str, ...]]]:
    """Return the firms of both years under the same numbers of groups."""
    both = [now] if past is None else [now, past]
    columns = [
        # A firm of no known district is ranked beside others of none, not beside everybody.
        [t or _UNKNOWN_GROUP for frame in both for t in texts(frame, name)] for name in scope.rank_in
    ]  # fmt: skip
    groups, names = numbered(columns, sum(map(len, both)))
    sides = Side(frame=now, groups=groups[: len(now)])
    before = None if past is None else Side(frame=past, groups=groups[len(now) :])
    return sides, before, names


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One scope of a rule, and whom it grades: positions in ``firms``, the firms of the year before, where reasons go, how many draws."""

    rule: Rule
    scope: Scope
    firms: pd.DataFrame
    rows: Positions
    past: pd.DataFrame | None
    why: tuple[Texts, Texts]
    draws: int


def _scope(task: _Task) -> ScopeGrades:
    rule, scope, firms, rows, past = task.rule, task.scope, task.firms, task.rows, task.past
    side, before, names = _sides(scope, firms.iloc[rows], past)
    measured = measure(scope, side, before)
    kept = _can_be_graded(measured, rows, task.why)
    if not kept.all():
        # Measured anew: a firm that is not graded may not weigh in the benchmark of those that are.
        rows = rows[kept]
        side, before, names = _sides(scope, firms.iloc[rows], past)
        measured = measure(scope, side, before)
    frame = side.frame
    bonus = np.minimum(_points(rule.bonuses, frame), rule.most_bonus)
    malus = np.minimum(_points(rule.maluses, frame), rule.most_malus)
    raw = np.array([math.fsum(line) for line in measured.points.tolist()]) + bonus - malus
    raw = raw if len(rows) else np.zeros(0)
    scores = np.round(raw, rule.decimals)
    ties = [floats(frame, name) for name in scope.tie_break]
    conditions = _conditions(rule, scope, side, scores, ties)
    least = np.array([-math.inf if c.from_score is None else c.from_score for c in scope.cuts])
    by_cuts = _letters(scope, scores, conditions, least)
    at_best = _at_best(rule, frame)
    letters = np.maximum(by_cuts, at_best)
    done = ScopeGrades(
        scope=scope,
        rows=rows,
        group_names=names,
        measured=measured,
        bonus=bonus,
        malus=malus,
        raw=raw,
        scores=scores,
        letters=letters,
        by_cuts=by_cuts,
        at_best=at_best,
        required=np.full(len(rows), np.nan),
        conditions=conditions,
        least_scores=least,
        flips=np.full(len(rows), np.nan),
    )
    done = replace(done, required=_required(rule, done))
    if not task.draws:
        return done
    return replace(done, flips=flips(rule, done, texts(frame, "enterprise_id"), draws=task.draws))


def _can_be_graded(measured: Measured, rows: Positions, why: tuple[Texts, Texts]) -> Flags:
    """Return which firms can be graded; the others get their reason."""
    none = ~measured.known.any(axis=1)
    why[0][rows[none]] = "各项指标均无数据"
    why[1][rows[none]] = "no figure of any item is known"
    kept = ~none
    for at, item in enumerate(measured.items):
        gone = kept & ~measured.known[:, at] & (item.missing == "ungraded")
        why[0][rows[gone]], why[1][rows[gone]] = f"缺{item.zh}", f"no {item.en}"
        kept &= ~gone
    return np.asarray(kept, dtype=bool)


def _points(parts: Sequence[Points], frame: pd.DataFrame) -> Floats:
    total = np.zeros(len(frame))
    for part in parts:
        total += part.points * true_where(_holds(part.where, frame))
    return total


def _at_best(rule: Rule, frame: pd.DataFrame) -> Positions:
    names = [letter.id for letter in rule.letters]
    best = np.zeros(len(frame), dtype=np.int64)
    for veto in rule.vetoes:
        held = true_where(_holds(veto.where, frame))
        best[held] = np.maximum(best[held], names.index(veto.at_best))
    return best


def _conditions(
    rule: Rule, scope: Scope, side: Side, scores: Floats, ties: list[Floats]
) -> tuple[Condition, ...]:
    """Return what letters ask of a firm's place: the cuts first, then the quotas."""
    ranked = place(scores, side.groups, ties)
    found = [
        # A cut by score alone takes any place.
        Condition(letter=n, share=1.0 if cut.to_share is None else cut.to_share, places=ranked)
        for n, cut in enumerate(scope.cuts)
    ]
    names = [letter.id for letter in rule.letters]
    for quota in scope.quotas:
        column = [t or _UNKNOWN_GROUP for t in texts(side.frame, quota.per)]
        groups, _ = numbered([column], len(scores))
        within = place(scores, groups, ties)
        found += [
            Condition(letter=n, share=quota.most_share, places=within)
            for n in range(min(names.index(quota.letter) + 1, len(scope.cuts)))
        ]
    return tuple(found)


def _letters(
    scope: Scope, scores: Floats, conditions: Sequence[Condition], least: Floats
) -> Positions:
    passed = scores[:, None] >= least[None, :]
    for one in conditions:
        most = allowed(one.share, one.places.sizes)[one.places.groups]
        # Equal scores share a letter: all of them up where the first still has a place, or all down where the last has none.
        stands = one.places.best if scope.ties == "better" else one.places.last
        passed[:, one.letter] &= stands <= most
    letters = np.full(len(scores), len(scope.cuts), dtype=np.int64)
    for n in reversed(range(len(scope.cuts))):
        letters[passed[:, n]] = n
    return letters


def _required(rule: Rule, done: ScopeGrades) -> Floats:
    """Return the least score that gives each firm the next better letter while all others stay where they are."""
    scope, scores, least = done.scope, done.scores, done.least_scores
    # Whoever only draws level with the last place shares its fate; one step more passes it.
    step = 0.0 if scope.ties == "better" and not scope.tie_break else 10.0**-rule.decimals
    needed = np.broadcast_to(least, (len(scores), len(least))).copy()
    for one in done.conditions:
        last = one.places.score_at(scores, allowed(one.share, one.places.sizes))
        asked = np.round(last + step, rule.decimals)[one.places.groups]
        needed[:, one.letter] = np.maximum(needed[:, one.letter], asked)
    target = done.letters - 1
    out = needed[np.arange(len(scores)), np.maximum(target, 0)] if len(scores) else scores.copy()
    out[done.at_best > target] = math.inf  # a veto is no matter of points
    out[target < 0] = np.nan
    return out
