"""How firmly a letter stands: figures are varied within their uncertainty, everybody's at once, and whoever changes letter is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from industrymap.grading._ranks import allowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from industrymap.columns import Flags, Floats, Positions, Texts
    from industrymap.grading._graded import Condition, ScopeGrades
    from industrymap.grading._records import Item, Rule

__all__ = ["flips"]

_Draws = NDArray[np.float32]

_SEED = 20191203
_STRIDE = 211
"""Where the noise of the next draw begins in a column's pool: a firm never meets the same number twice, nor do two firms in one draw."""
_AT_ONCE = 16
"""Draws worked on together: so many of 20,000 firms stay in a processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """Points of one item that vary: at the figures as they are, with the column above and below, the most and the least they can be."""

    points: _Draws
    up: str
    down: str
    most: _Draws | None
    least: _Draws | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Letters that ask for a place within the same groups: group of each firm, who is in each, and how many each letter allows."""

    groups: Positions
    members: Sequence[Positions | slice]
    sizes: Positions
    asked: Sequence[tuple[int, Positions]]


def flips(rule: Rule, done: ScopeGrades, ids: Texts, *, draws: int) -> Floats:
    """Return the share of draws in which each firm would get another letter.

    Parameters
    ----------
    rule : Rule
        Its ``uncertainty`` gives the relative standard error of each column; what it does not name is taken as exact.
    done : ScopeGrades
    ids : ndarray of str
        Of the firms: noise goes by their order, not by that of rows.
    draws : int

    Notes
    -----
    Each column of each firm is multiplied by exp(σz), z standard normal: the same for all items that use the column. Benchmarks stay;
    ranks, cuts and quotas are worked out anew in every draw.
    """
    n = len(ids)
    if n == 0 or not any(rule.uncertainty.get(c, 0.0) for c in _columns(done)):
        return np.zeros(n)
    # By group and id: no order of rows changes a share, and the firms of a group lie side by side.
    order = np.lexsort((ids.astype(str), done.places.groups))
    pools = _pools(rule, done, n, draws)
    terms, constant = _terms(done, order)
    lines = _lines(done.conditions, order)
    letters, at_best = done.letters[order].astype(np.int8), done.at_best[order].astype(np.int8)
    changed = np.zeros(n, dtype=np.int64)
    for begin in range(0, draws, _AT_ONCE):
        many = min(_AT_ONCE, draws - begin)
        noise = {name: _window(pool, begin, many, n) for name, pool in pools.items()}
        scores = _scores(terms, constant, noise, many)
        drawn = np.maximum(_drawn_letters(done, scores, lines), at_best)
        changed += (drawn != letters).sum(axis=0)
    out = np.empty(n)
    out[order] = changed / draws
    return out


def _columns(done: ScopeGrades) -> list[str]:
    """Return the columns that the items of a scope are made of, sorted."""
    return sorted({c for item in done.scope.items for c in (item.of, item.per)})


def _pools(rule: Rule, done: ScopeGrades, n: int, draws: int) -> dict[str, _Draws]:
    made: dict[str, _Draws] = {}
    for name in _columns(done):
        deviation = rule.uncertainty.get(name, 0.0)
        if deviation:
            # Seeded by the column's name: a further item changes nobody else's noise.
            random = np.random.default_rng([_SEED, *name.encode()])
            normal = random.standard_normal(n + _STRIDE * draws, dtype=np.float32)
            made[name] = np.exp(np.float32(deviation) * normal)
    return made


def _window(pool: _Draws, begin: int, many: int, n: int) -> _Draws:
    """Return the noise of some draws, one row each, without copying it."""
    size = pool.itemsize
    return np.lib.stride_tricks.as_strided(
        pool[begin * _STRIDE :], (many, n), (_STRIDE * size, size), writeable=False
    )


def _terms(done: ScopeGrades, order: Positions) -> tuple[list[_Term], _Draws]:
    """Return the points that vary, and those that do not: bonus, malus, and what missing values count as."""
    measured = done.measured
    constant = (done.bonus - done.malus)[order]
    terms = []
    for at, item in enumerate(measured.items):
        known, which = measured.known[order, at], measured.standing_in[order, at]
        constant = constant + np.where(known, 0.0, measured.points[order, at])
        for number, one in enumerate((item, *measured.stand_ins[at])):
            theirs = known & (which == number)
            if theirs.any():
                terms.append(_term(done, one, order, at, theirs))
    return terms, constant.astype(np.float32)


def _term(done: ScopeGrades, item: Item, order: Positions, at: int, theirs: Flags) -> _Term:
    value, benchmark = done.measured.amounts[order, at], done.measured.benchmarks[order, at]
    weight = done.measured.weights[order, at]
    over, under = (value, benchmark) if item.better == "more" else (benchmark, value)
    # Before cap and floor: what is cut off is cut off anew in every draw.
    ratio = np.zeros(len(order))
    np.divide(over, under, out=ratio, where=theirs & (under > 0))
    if item.better == "less":
        ratio[theirs & (value <= 0)] = item.cap
    up, down = (item.of, item.per) if item.better == "more" else (item.per, item.of)
    # Noise never turns a sign: only a ratio below 0, or a floor above it, can meet the floor.
    floored = item.floor > 0 or bool((ratio < 0).any())
    capped = bool(np.isfinite(item.cap))
    return _Term(
        points=(ratio * weight).astype(np.float32),
        up=up,
        down=down,
        most=(item.cap * weight).astype(np.float32) if capped else None,
        least=np.where(theirs, item.floor * weight, -np.inf).astype(np.float32)
        if floored
        else None,
    )


def _scores(
    terms: Sequence[_Term], constant: _Draws, noise: Mapping[str, _Draws], many: int
) -> _Draws:
    total = np.empty((many, len(constant)), dtype=np.float32)
    total[:] = constant
    part = np.empty_like(total)
    for term in terms:
        part[:] = term.points
        if term.up in noise:
            part *= noise[term.up]
        if term.down in noise:
            part /= noise[term.down]
        if term.most is not None:
            np.minimum(part, term.most, out=part)
        if term.least is not None:
            np.maximum(part, term.least, out=part)
        total += part
    return total


def _lines(conditions: Sequence[Condition], order: Positions) -> list[_Line]:
    """Return the conditions by the groups they ask about: the firms of a group are sorted once for all letters."""
    by_places: dict[int, list[Condition]] = {}
    for one in conditions:
        by_places.setdefault(id(one.places), []).append(one)
    return [_line(same, order) for same in by_places.values()]


def _line(same: Sequence[Condition], order: Positions) -> _Line:
    places = same[0].places
    groups = places.groups[order]
    members: list[Positions | slice] = []
    for g in range(len(places.sizes)):
        who = np.flatnonzero(groups == g)
        # Side by side, a group is a view and no copy.
        together = len(who) > 0 and int(who[-1] - who[0]) == len(who) - 1
        members.append(slice(int(who[0]), int(who[-1]) + 1) if together else who)
    return _Line(
        groups=groups,
        members=members,
        sizes=places.sizes,
        asked=[(one.letter, allowed(one.share, places.sizes)) for one in same],
    )


def _drawn_letters(done: ScopeGrades, scores: _Draws, lines: Sequence[_Line]) -> NDArray[np.int8]:
    cuts = len(done.scope.cuts)
    passed = [np.ones(scores.shape, dtype=bool) for _ in range(cuts)]
    for n, least in enumerate(done.least_scores):
        if np.isfinite(least):
            passed[n] &= scores >= np.float32(least)
    for line in lines:
        for g, who in enumerate(line.members):
            _pass(line, g, scores[:, who], who, passed)
    letters = np.full(scores.shape, cuts, dtype=np.int8)
    for n in reversed(range(cuts)):
        letters[passed[n]] = n
    return letters


def _pass(line: _Line, g: int, scores: _Draws, who: Positions | slice, passed: list[Flags]) -> None:
    """Take a letter from the firms of one group that have no place for it, in every draw."""
    size = int(line.sizes[g])
    inside = sorted({size - int(most[g]) for _, most in line.asked if 0 < int(most[g]) < size})
    lowest_first = np.partition(scores, inside, axis=1) if inside else scores
    for letter, most in line.asked:
        n = int(most[g])
        if n == 0:
            passed[letter][:, who] = False
        elif n < size:
            passed[letter][:, who] &= scores >= lowest_first[:, size - n, None]
