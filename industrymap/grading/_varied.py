"""The same rule with other cuts or other weights: what would become of the letters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from industrymap.errors import RuleError, did_you_mean, nearest
from industrymap.grading._records import crossing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.grading._records import Cut, Item, Rule, Scope

__all__ = ["Change", "changeable", "varied"]

_ALL = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing changed in a rule.

    Attributes
    ----------
    scope : str
        Empty: every scope that has it.
    name : str
        A letter, whose cut is changed, or an item, whose weight is.
    value : float
        A cumulative share of the ranked, a least score, or a weight.
    by_score : bool
        Whether a cut asks for a score.
    """

    scope: str
    name: str
    value: float
    by_score: bool = False


def changeable(rule: Rule) -> list[str]:
    """Return what of a rule can be changed: letters with a cut, and items with a weight."""
    letters = [letter.id for letter in rule.letters[:-1]]
    items = {i.id: None for s in rule.scopes for i in s.items if not i.instead_of}
    return [*letters, *items]


def varied(rule: Rule, changes: Sequence[Change]) -> Rule:
    """Return a rule with other cuts and weights; what of it was official is not any more.

    Weights that are not named share what is left in their old proportions.

    Raises
    ------
    RuleError
        A change names nothing of the rule, cuts cross, or weights come to more than 100.
    """
    for change in changes:
        _check(rule, change)
    scopes = tuple(_scope(scope, changes) for scope in rule.scopes)
    return replace(rule, scopes=scopes)


def _check(rule: Rule, change: Change) -> None:
    scopes = [scope.id for scope in rule.scopes]
    known = changeable(rule)
    if change.scope and change.scope not in scopes:
        raise RuleError(
            f"The rule {rule.id} has no scope {change.scope!r}; there are: {', '.join(scopes)}.",
            f"规则 {rule.id} 没有评价范围“{change.scope}”；现有：{'、'.join(scopes)}。",
        )
    if change.name not in known:
        en, zh = did_you_mean(nearest(change.name, known, n=1))
        raise RuleError(
            f"{change.name!r} is neither a cut nor an item of {rule.id}; there are: {', '.join(known)}.{en}",
            f"“{change.name}”既不是 {rule.id} 的界线，也不是其指标；现有：{'、'.join(known)}。{zh}",
        )


def _scope(scope: Scope, changes: Sequence[Change]) -> Scope:
    mine = {c.name: c for c in changes if c.scope in {"", scope.id}}
    cuts = tuple(_cut(cut, mine.get(cut.letter)) for cut in scope.cuts)
    both = crossing(cuts)
    if both is not None:
        raise RuleError(
            f"{scope.id}: the cuts of {both[0].letter} and {both[1].letter} cross.",
            f"{scope.zh}：{both[0].letter} 与 {both[1].letter} 的界线交叉。",
        )
    return replace(scope, cuts=cuts, items=_items(scope, mine))


def _cut(cut: Cut, change: Change | None) -> Cut:
    if change is None:
        return cut
    if not change.by_score and change.value > 1:
        raise RuleError(
            f"The cut of {cut.letter} is a share: {change.value:g} is above 1; write 0.2 or 20%, or {cut.letter}>={change.value:g} for a score.",
            f"{cut.letter} 类界线为占比：{change.value:g} 大于 1；请写 0.2 或 20%，按得分则写 {cut.letter}>={change.value:g}。",
        )
    if change.by_score:
        return replace(cut, official=False, from_score=change.value)
    return replace(cut, official=False, to_share=change.value)


def _items(scope: Scope, mine: dict[str, Change]) -> tuple[Item, ...]:
    weighed = [item for item in scope.items if not item.instead_of]
    named = {item.id: mine[item.id].value for item in weighed if item.id in mine}
    if not named:
        return scope.items
    rest = _ALL - sum(named.values())
    others = sum(item.weight for item in weighed if item.id not in named)
    if rest < -1e-9 or (others == 0 and abs(rest) > 1e-9):
        raise RuleError(
            f"The weights of {scope.id} would add up to {sum(named.values()):g}, not {_ALL:g}; name one scope as in SCOPE.{next(iter(named))}=….",
            f"{scope.zh}的权重合计将为 {sum(named.values()):g}，应为 {_ALL:g}；可写 范围.{next(iter(named))}=… 只改一个评价范围。",
        )
    weights = {
        item.id: named.get(item.id, item.weight * rest / others if others else 0.0)
        for item in weighed
    }
    return tuple(
        replace(item, weight=weights[item.id], official=False) if item.id in weights else item
        for item in scope.items
    )
