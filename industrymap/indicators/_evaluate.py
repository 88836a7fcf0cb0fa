"""Compute a formula for every unit and period at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from industrymap.errors import IndicatorError
from industrymap.indicators._formula import Binary, Call, Count, Name, Number, Sum
from industrymap.terms import SUM_SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from industrymap.indicators._formula import Formula, Node
    from industrymap.periods import Period

__all__ = ["Entities", "Part", "Values", "evaluate", "parts"]

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What formulas are computed from.

    Attributes
    ----------
    periods : sequence of Period
        In order of time.
    unit : ndarray of int64, shape (entities,)
        Position of the unit that an entity belongs to; -1 where it is not known.
    units : int
        How many units there are.
    measures : mapping of str to ndarray of float64, shape (entities, periods)
        ``NaN`` where a value is not known.
    exists : ndarray of bool, shape (entities, periods)
        Whether the entity should have had a figure in that period; what coverage is measured against.
    kept : mapping of str to ndarray of bool, shape (entities, periods)
        By filter text, which entities the filter keeps.
    decided : mapping of str to ndarray of bool, shape (entities, periods)
        By filter text, of which entities it is known whether the filter keeps them; of all where a filter is not named.
    figures : mapping of str to ndarray of float64, shape (units, periods)
        Figures of the units themselves.
    """

    periods: Sequence[Period]
    unit: NDArray[np.int64]
    units: int
    measures: Mapping[str, NDArray[np.float64]]
    exists: NDArray[np.bool_]
    kept: Mapping[str, NDArray[np.bool_]]
    figures: Mapping[str, NDArray[np.float64]]
    decided: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """A figure of every unit and period.

    Attributes
    ----------
    amounts : ndarray of float64, shape (units, periods)
        ``NaN`` where nothing is known or the divisor is 0.
    n : ndarray of int64, shape (units, periods)
        Entities with everything that the formula asks for.
    coverage : ndarray of float64, shape (units, periods)
        ``n`` over the entities that exist; ``NaN`` where none does.
    """

    amounts: NDArray[np.float64]
    n: NDArray[np.int64]
    coverage: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One sum or count that a formula is made of.

    Attributes
    ----------
    measure : str
        What is added up; empty where entities are counted.
    entities : ndarray of bool, shape (entities, periods)
        Over whom, for the value of each period.
    at : ndarray of int64, shape (periods,)
        Position of the period whose figures are added up: that of the value, or the year before; -1 where there is none.
    """

    measure: str
    entities: NDArray[np.bool_]
    at: NDArray[np.int64]


def parts(formula: Formula, entities: Entities) -> list[Part]:
    """Return every sum and count over entities that the values of a formula are made of."""
    work = _Work(entities, formula.measures, formula.filters)
    return work.parts(formula.node, work.known(work.now), work.now)


def evaluate(formula: Formula, entities: Entities) -> Values:
    """Compute a formula.

    An entity that lacks one of the measures is left out of all of them, of the numerator as of the denominator: else
    the tax of a firm whose land is not known would raise the tax per mu of its district. The same holds where it is not known
    whether a filter keeps it: a firm that says nothing of research does not count as one without. ``n`` and ``coverage`` say
    how many were left; for growth on the constant panel they are those of the panel, of the entities there in both periods.

    Raises
    ------
    IndicatorError
        Where the formula uses a measure, figure or filter that ``entities`` do not have.
    """
    formula.check(measures=tuple(entities.measures), names=tuple(entities.figures))
    missing = [text for text in formula.filters if text not in entities.kept]
    if missing:
        raise IndicatorError(
            f"{formula.text!r}: the filter {missing[0]!r} has not been applied",
            f"公式“{formula.text}”：筛选条件“{missing[0]}”尚未计算",
        )
    work = _Work(entities, formula.measures, formula.filters)
    known = work.known(work.now)
    values = work.of(formula.node, known, work.now)
    behind, there = known, entities.exists
    if _on_panel(formula.node):
        behind = known & work.known(work.before)
        there = there & at(entities.exists, work.before, fill=False)
    n = work.added(behind.astype(np.int64))
    of = work.added(there.astype(np.int64))
    coverage = np.divide(n, of, out=np.full(n.shape, np.nan), where=of > 0)
    # Without an entity there is no sum; only a formula of the unit's own figures works without one.
    if formula.measures:
        values = np.where(n > 0, values, np.nan)
    # A count of firms of none of which the figure it asks for is known is unknown; of no firms it is 0.
    values = np.where((n == 0) & (of > 0), np.nan, values)
    return Values(amounts=values, n=n, coverage=coverage)


def _on_panel(node: Node) -> bool:
    """Return whether a formula asks for growth of the same entities."""
    match node:
        case Call():
            return node.function == "growth_panel" or _on_panel(node.inner)
        case Binary():
            return _on_panel(node.left) or _on_panel(node.right)
        case _:
            return False


class _Work:
    """One evaluation: the entities, and where each period's year before is."""

    def __init__(
        self, entities: Entities, measures: tuple[str, ...], filters: tuple[str, ...]
    ) -> None:
        self.entities = entities
        self.measures = measures
        self.decided = [entities.decided[text] for text in filters if text in entities.decided]
        place = {period: i for i, period in enumerate(entities.periods)}
        self.now = np.arange(len(entities.periods))
        self.before = np.array(
            [place.get(period.last_year, -1) for period in entities.periods], dtype=np.int64
        )

    def known(self, shift: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which entities have every measure and are known to pass or fail every filter, at the periods that ``shift`` leads to."""
        out = at(self.entities.exists, shift, fill=False)
        for measure in self.measures:
            out = out & ~np.isnan(at(self.entities.measures[measure], shift, fill=np.nan))
        for decided in self.decided:
            out = out & at(decided, shift, fill=False)
        return out

    def added(self, amounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add amounts up by unit; whole numbers, so that no order of entities changes a sum."""
        out = np.zeros((self.entities.units, amounts.shape[1]), dtype=np.int64)
        # An entity of no known unit counts nowhere; -1 would be the last unit.
        placed = self.entities.unit >= 0
        # A unit occurs once for each of its entities, of which plain indexing would add one only.
        np.add.at(out, self.entities.unit[placed], amounts[placed])
        return out

    def of(
        self, node: Node, known: NDArray[np.bool_], shift: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return a formula's value, from the entities in ``known``, at the periods that ``shift`` leads to."""
        match node:
            case Number():
                return np.full((self.entities.units, len(shift)), node.value)
            case Name():
                return at(self.entities.figures[node.name], shift, fill=np.nan)
            case Sum():
                amounts = at(self.entities.measures[node.measure], shift, fill=np.nan)
                kept = known & self.kept(node.where, shift)
                # In whole parts of SUM_SCALE, so that the sum is the same in whatever order the
                # entities come.
                units = np.rint(np.where(kept, amounts, 0.0) * SUM_SCALE).astype(np.int64)
                return self.added(units) / SUM_SCALE
            case Count():
                kept = known & self.kept(node.where, shift)
                return self.added(kept.astype(np.int64)).astype(np.float64)
            case Call():
                return self.call(node, known, shift)
            case Binary():
                left, right = self.of(node.left, known, shift), self.of(node.right, known, shift)
                return _calculated(node.sign, left, right)

    def call(
        self, node: Call, known: NDArray[np.bool_], shift: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        earlier = np.where(shift >= 0, self.before[shift], -1)
        before = self.known(earlier)
        if node.function == "growth_panel":
            # The constant panel: the same entities on both sides.
            known = before = known & before
        past = self.of(node.inner, before, earlier)
        # A period that is not there has no entities, whose sum would be a zero that nobody reported.
        past = np.where(earlier >= 0, past, np.nan)
        if self.measures:
            past = np.where(self.added(before.astype(np.int64)) > 0, past, np.nan)
        if node.function == "lag":
            return past
        now = self.of(node.inner, known, shift)
        # Growth on nothing, or on a loss, says nothing.
        return _calculated("/", now, np.where(past > 0, past, np.nan)) - 1.0

    def parts(self, node: Node, known: NDArray[np.bool_], shift: NDArray[np.int64]) -> list[Part]:
        """Return the sums that :meth:`of` adds up."""
        match node:
            case Sum():
                kept = known & self.kept(node.where, shift)
                return [Part(measure=node.measure, entities=kept, at=shift)]
            case Count():
                return [Part(measure="", entities=known & self.kept(node.where, shift), at=shift)]
            case Binary():
                return self.parts(node.left, known, shift) + self.parts(node.right, known, shift)
            case Call():
                earlier = np.where(shift >= 0, self.before[shift], -1)
                before = self.known(earlier)
                if node.function == "growth_panel":
                    known = before = known & before
                past = self.parts(node.inner, before, earlier)
                return (
                    past if node.function == "lag" else past + self.parts(node.inner, known, shift)
                )
            case _:
                return []

    def kept(self, where: str, shift: NDArray[np.int64]) -> NDArray[np.bool_]:
        if not where:
            return np.ones((len(self.entities.unit), len(shift)), dtype=bool)
        return at(self.entities.kept[where], shift, fill=False)


def at(array: NDArray[_T], shift: NDArray[np.int64], *, fill: float) -> NDArray[_T]:
    """Return the columns that ``shift`` leads to; ``fill`` where it leads nowhere (-1)."""
    # Column -1 is the last one; it is read and thrown away.
    out: NDArray[_T] = np.where(shift >= 0, array[:, shift], fill).astype(array.dtype)
    return out


def _calculated(
    sign: str, left: NDArray[np.float64], right: NDArray[np.float64]
) -> NDArray[np.float64]:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    out = np.full(left.shape, np.nan)
    # A ratio over 0 is unknown, not infinite.
    np.divide(left, right, out=out, where=right != 0)
    return out
