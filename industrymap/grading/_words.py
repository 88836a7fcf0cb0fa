"""A grade in words: why this letter, what weighs against it, and what would lift it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from industrymap import schemas

if TYPE_CHECKING:
    from industrymap.columns import Floats, Texts
    from industrymap.grading._graded import Graded, ScopeGrades
    from industrymap.grading._records import Item

__all__ = ["amount", "lifts", "named", "reasons"]

_OWN = {
    "used_land_mu": ("用地面积", "land used"),
    "rented_land_mu": ("分摊用地", "land shared by rent"),
    "age_years": ("成立年限", "age"),
    "industry_division": ("行业大类", "industry division"),
    "industrial": ("工业企业", "industrial"),
}
"""Columns that no table brings → their names."""


def named(column: str, lang: str) -> str:
    """Return a column in words.

    Examples
    --------
    >>> named("used_land_mu", "zh"), named("energy_tce", "en")
    ('用地面积', 'Energy')
    """
    if column in _OWN:
        return _OWN[column][0 if lang == "zh" else 1]
    inputs = {f.name for f in schemas.fields("firm_inputs")}
    return schemas.label("firm_inputs" if column in inputs else "enterprises", column, lang)


def amount(value: float) -> str:
    """Return a number with four digits that count.

    Examples
    --------
    >>> amount(24.0971), amount(0.03024), amount(12345.6)
    ('24.1', '0.03024', '12,346')
    """
    if math.isnan(value):
        return "—"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def lifts(part: ScopeGrades) -> Floats:
    """Return by how much each item alone would have to change for the next better letter.

    Returns
    -------
    change : ndarray of float64, shape (firms, items)
        In the item's unit, negative where less is better; ``NaN`` where there is no better letter, no score would do, the cap does not let the
        item alone do it, or its value is not known.

    Notes
    -----
    All else equal: benchmarks and other firms stay, and so do the other items, though more tax lifts every item that is made of it.
    """
    measured = part.measured
    change = np.full(measured.amounts.shape, np.nan)
    gap = part.required - part.raw
    for at, item in enumerate(measured.items):
        weight = measured.weights[:, at]
        open_ = measured.known[:, at] & np.isfinite(gap) & (weight > 0)
        wanted = np.full(len(gap), np.nan)
        np.divide(gap, weight, out=wanted, where=open_)
        wanted = measured.ratios[:, at] + wanted
        # A hair over the cap is the cap: it came from rounding.
        reach = open_ & (wanted <= item.cap * (1 + 1e-12))
        benchmark = measured.benchmarks[:, at]
        if item.better == "more":
            value = wanted * benchmark
        else:
            value = np.full(len(gap), np.nan)
            np.divide(benchmark, wanted, out=value, where=reach)
        change[reach, at] = (value - measured.amounts[:, at])[reach]
    return change


def reasons(graded: Graded, lang: str) -> Texts:
    """Return for every firm one sentence or two: the letter, why, and what would lift it."""
    zh = lang == "zh"
    out = np.array(graded.why_not_zh if zh else graded.why_not_en, dtype=object)
    for part in graded.scopes:
        letters = [letter.id for letter in graded.rule.letters]
        weak = _weakest(part)
        change = lifts(part)
        with np.errstate(invalid="ignore", divide="ignore"):
            # The smallest change beside what the firm has now.
            share = np.abs(change / part.measured.amounts)
        share[np.isnan(share)] = np.inf
        best = share.argmin(axis=1)
        places, groups = part.places, part.places.groups
        sizes = places.sizes[groups]
        for n, row in enumerate(part.rows.tolist()):
            text = _standing(part, n, letters, int(sizes[n]), zh=zh)
            text += _against(part, n, int(weak[n]), zh=zh)
            text += _veto(part, n, letters, zh=zh)
            lift = float(change[n, best[n]])
            if not math.isnan(lift):
                item = part.measured.item_used(n, int(best[n]))
                text += _lift(item, lift, letters[part.letters[n] - 1], zh=zh)
            out[row] = text
    return out


def _weakest(part: ScopeGrades) -> Floats:
    """Return the item in which each firm falls furthest short of the points at the benchmark."""
    short: Floats = part.measured.weights - part.measured.points
    return short.argmax(axis=1) if short.size else np.zeros(len(short))


def _standing(part: ScopeGrades, n: int, letters: list[str], size: int, *, zh: bool) -> str:
    best, last = int(part.places.best[n]), int(part.places.last[n])
    place = str(best) if best == last else f"{best}—{last}"
    letter, score = letters[part.letters[n]], f"{part.scores[n]:g}"
    group = "、".join(part.group_names[part.places.groups[n]]) if part.scope.rank_in else ""
    if zh:
        tied = "（同分）" if best != last else ""
        return f"{letter}：得分 {score}，{group}第 {place} 名{tied}，共 {size} 家"
    tied = " (equal scores)" if best != last else ""
    return f"{letter}: score {score}, rank {place} of {size}{' in ' + group if group else ''}{tied}"


def _against(part: ScopeGrades, n: int, at: int, *, zh: bool) -> str:
    measured = part.measured
    item, points, weight = (
        measured.item_used(n, at),
        measured.points[n, at],
        measured.weights[n, at],
    )
    if points >= weight:
        return ""
    got = f"{points:.2f}/{weight:g}"
    if not measured.known[n, at]:
        lacking = np.isnan(measured.amounts[n, at])
        if zh:
            return f"；失分最多：{item.zh}{'无数据' if lacking else '无基准'}（{got} 分）"
        return (
            f"; most lost: {item.en}, {'not known' if lacking else 'no benchmark'} ({got} points)"
        )
    value, benchmark = (
        amount(float(measured.amounts[n, at])),
        amount(float(measured.benchmarks[n, at])),
    )
    if zh:
        return f"；失分最多：{item.zh} {value}{item.unit}，基准 {benchmark}（{got} 分）"
    return f"; most lost: {item.en} {value}{_unit(item)}, benchmark {benchmark} ({got} points)"


def _veto(part: ScopeGrades, n: int, letters: list[str], *, zh: bool) -> str:
    if part.letters[n] == part.by_cuts[n]:
        return ""
    by_cuts, at_best = letters[part.by_cuts[n]], letters[part.at_best[n]]
    if zh:
        return f"；按得分为 {by_cuts}，因否决事项不高于 {at_best}"
    return f"; {by_cuts} by score, at best {at_best} by a veto"


def _lift(item: Item, change: float, letter: str, *, zh: bool) -> str:
    size = f"{'+' if change >= 0 else '−'}{amount(abs(change))}"
    if zh:
        return f"；升 {letter}：{item.zh} {size}{item.unit}（其他不变）"
    return f"; for {letter}: {item.en} {size}{_unit(item)}, all else equal"


def _unit(item: Item) -> str:
    """Return an item's unit behind a number in English: 10k yuan would read as part of it."""
    return f" ({item.unit_en})" if item.unit_en else ""
