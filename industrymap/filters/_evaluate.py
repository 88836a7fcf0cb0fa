"""A bound tree over a frame: true, false or unknown for each row (Kleene's three-valued logic)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.columns import flags
from industrymap.errors import FilterError
from industrymap.filters._nodes import (
    Aggregate,
    And,
    Between,
    Boolean,
    Compare,
    Distance,
    FieldRef,
    In,
    IsNull,
    Like,
    Literal,
    Node,
    Not,
    Number,
    Operand,
    Or,
    Overlap,
    Text,
    Truth,
    Unknown,
)
from industrymap.filters._relations import FALLBACK, key_column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pandas.arrays import BooleanArray

    from industrymap.columns import Flags

__all__ = ["Evaluator", "column", "evaluate", "like", "operand_text"]

_ORDER = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def evaluate(
    node: Node, frame: pd.DataFrame, *, layer: str, relations: Mapping[str, Any]
) -> pd.Series[bool]:
    """Return a nullable boolean Series: ``<NA>`` where the answer hangs on a value nobody knows."""
    return pd.Series(
        Evaluator(frame, layer, relations).value(node), index=frame.index, dtype="boolean"
    )


def column(
    left: Operand, frame: pd.DataFrame, *, layer: str, relations: Mapping[str, Any]
) -> pd.Series[Any]:
    """Return the values of one side of a test, aligned with ``frame``."""
    return Evaluator(frame, layer, relations).series(left)


def like(pattern: str, text: str) -> bool:
    r"""Return whether ``text`` fits ``pattern``: ``%`` any text, ``_`` one character; case does not matter.

    Runs in time proportional to the product of both lengths, whatever the pattern.

    Examples
    --------
    >>> like("白云%园", "白云电器工业园"), like(r"5\%", "5%"), like("a_c", "ABBC")
    (True, True, False)
    """
    # Greedy with one step back to the last %: linear in practice, where a regular expression built from user text could run for minutes.
    parts = _pattern(pattern.lower())
    word = text.lower()
    i = j = 0
    star, mark = -1, 0
    while i < len(word):
        if j < len(parts) and parts[j] == "%":
            # Remember where the last % is, to let it take one character more when what follows does not fit.
            star, mark = j, i
            j += 1
        elif j < len(parts) and (parts[j] == "_" or parts[j] == "=" + word[i]):
            i += 1
            j += 1
        elif star >= 0:
            mark += 1
            i, j = mark, star + 1
        else:
            return False
    # What is left of the pattern may only match nothing.
    return all(part == "%" for part in parts[j:])


def operand_text(left: Operand) -> str:
    """Return the canonical name of one side of a test, as relations and fallbacks are keyed."""
    match left:
        case FieldRef(name):
            return name
        case Overlap(layer):
            return f"overlap({layer})"
        case Distance(layer):
            return f"distance({layer})"
        case Aggregate(relation, name, _):
            return f"{relation}.{name or 'count'}"


class Evaluator:
    """One frame, its layer and its related rows; each part of a tree is worked out once."""

    def __init__(self, frame: pd.DataFrame, layer: str, relations: Mapping[str, Any]) -> None:
        self.frame = frame
        self.layer = layer
        self.relations = relations
        self._known: dict[int, tuple[Node, BooleanArray]] = {}

    def value(self, node: Node) -> BooleanArray:
        """Return the nullable truth of ``node`` for each row, as an array."""
        if id(node) not in self._known:
            # the node is kept beside its value, so that its id stays its own
            self._known[id(node)] = (node, self._work_out(node))
        return self._known[id(node)][1]

    def _work_out(self, node: Node) -> BooleanArray:  # noqa: C901, PLR0911 - one return for each kind of node
        match node:
            case And(items):
                result = self.value(items[0])
                for item in items[1:]:
                    result = result & self.value(item)
                return result
            case Or(items):
                result = self.value(items[0])
                for item in items[1:]:
                    result = _either(result, self.value(item))
                return result
            case Not(item):
                return ~self.value(item)
            case IsNull(left):
                return _array(
                    # Whether a value is known is never itself unknown.
                    self.series(left).isna().to_numpy(),
                    np.zeros(len(self.frame), dtype=bool),
                )
            case Truth(left):
                return _truths(self.series(left))
            case Compare(left, op, right):
                return self._compare(left, op, right)
            case Between(left, low, high):
                return self._compare(left, ">=", low) & self._compare(left, "<=", high)
            case In(left, values):
                return self._member(left, values)
            case Like(left, pattern):
                return self._fits(left, pattern)

    def _compare(self, left: Operand, op: str, right: Literal | Operand) -> BooleanArray:
        # A threshold that nobody has stated leaves the test open, it does not make it false.
        if isinstance(right, Unknown):
            return _unknown(len(self.frame))
        mine = self.series(left)
        if isinstance(right, FieldRef | Overlap | Distance | Aggregate):
            return _ordered(op, *_both(mine, self.series(right)))
        match right:
            case Number(value):
                values, missing = _floats(mine)
                return _ordered(op, values, missing, value)
            case Boolean(truth):
                # Kleene logic: unknown stays unknown through = and !=.
                known = mine.astype("boolean")
                return _truths(known if truth == (op == "=") else ~known)
            # Days are compared as days: as text, 2024-9-1 would come after 2024-10-1.
            case Text(text) if pd.api.types.is_datetime64_any_dtype(mine.dtype):
                return _ordered(op, mine.to_numpy(), mine.isna().to_numpy(), np.datetime64(text))
            case Text(text):
                equal = (mine.astype("string") == text).astype("boolean")
                return _truths(equal if op == "=" else ~equal)
            case _:
                msg = f"an unbound value reached evaluation: {right!r}"
                raise TypeError(msg)

    def _member(self, left: Operand, values: tuple[Literal, ...]) -> BooleanArray:
        if any(isinstance(v, Unknown) for v in values):
            known = tuple(v for v in values if not isinstance(v, Unknown))
            # In one of the known values is true whatever the unknown one is; otherwise it is open.
            return _either(self._member(left, known), _unknown(len(self.frame)))
        mine = self.series(left)
        missing = mine.isna().to_numpy()
        wanted = [v.value for v in values if isinstance(v, Number | Text | Boolean)]
        if pd.api.types.is_datetime64_any_dtype(mine.dtype):
            wanted = [np.datetime64(str(v)) for v in wanted]  # type: ignore[misc]
        return _array(mine.isin(wanted).to_numpy(dtype=bool, na_value=False), missing)

    def _fits(self, left: Operand, pattern: str) -> BooleanArray:
        mine = self.series(left).astype("string")
        # Each distinct text is matched once.
        codes, distinct = pd.factorize(mine)
        # The False behind them is for texts that are missing: their code is -1, the last place.
        hits = np.array([like(pattern, str(text)) for text in distinct] + [False])
        return _array(hits[codes], codes < 0)

    def series(self, left: Operand) -> pd.Series[Any]:
        """Return the values of one side of a test, aligned with the frame."""
        if isinstance(left, FieldRef):
            if left.name in self.frame.columns:
                return self.frame[left.name]
            # a column of the schema that this file does not bring is unknown everywhere
            return pd.Series(pd.NA, index=self.frame.index, dtype="Float64")
        name = operand_text(left)
        if isinstance(left, Aggregate):
            if left.relation in self.relations:
                return self._aggregate(left)
        elif name in self.relations:
            # A relation may be given by position or by index.
            given: pd.Series[Any] = self.relations[name]
            return given if len(given) == len(self.frame) else given.reindex(self.frame.index)
        fallback = FALLBACK.get(name)
        # The measured column counts all firms, so it cannot serve for some of them.
        whole = not (isinstance(left, Aggregate) and left.where is not None)
        if fallback in self.frame.columns and whole:
            return self.frame[fallback]
        raise FilterError(
            f"{name} is not at hand here; what is known of related layers: {', '.join(self._related())}.",
            f"{name} 此处没有；可用的关联指标：{'、'.join(self._related())}。",
        )

    def _related(self) -> list[str]:
        """Return what can be asked of related layers here."""
        known = [name for name, column in FALLBACK.items() if column in self.frame.columns]
        return sorted({*known, *map(str, self.relations)}) or ["—"]

    def _aggregate(self, left: Aggregate) -> pd.Series[Any]:
        related: pd.DataFrame = self.relations[left.relation]
        own, foreign = schemas.key(self.layer), key_column(self.layer, self.frame, related)
        if "in_base" in related.columns and (left.field is not None or left.where is not None):
            # Figures are those of the base, here as in the measured columns and on the page, which holds no other firm.
            related = related[flags(related, "in_base")]
        if left.where is not None:
            inner = evaluate(left.where, related, layer=left.relation, relations={})
            # Firms of which the inner test is unknown are not counted: a count says how many surely are.
            related = related[inner.fillna(value=False).to_numpy(dtype=bool)]
        if left.field is None:
            values = pd.Series(1.0, index=related.index)
        elif left.field in related.columns:
            # A firm that does not report adds nothing: the sum is of what is known.
            values = related[left.field].astype("Float64").fillna(0.0)
        else:
            return pd.Series(pd.NA, index=self.frame.index, dtype="Float64")
        # Without a column that names them, no related row is known to lie in a feature of this frame.
        sums = values.iloc[:0] if foreign is None else values.groupby(related[foreign]).sum()
        # A polygon without related rows has none of them: 0, unlike a column that nobody brought.
        counts = self.frame[own].map(sums).astype("Float64").fillna(0.0)
        counts.index = self.frame.index
        return counts


def _pattern(pattern: str) -> list[str]:
    """Return the pattern's parts: ``%``, ``_`` or ``=`` and one character."""
    parts: list[str] = []
    i = 0
    while i < len(pattern):
        char = pattern[i]
        # What follows a backslash is meant as it is; a backslash at the very end is one itself.
        if char == "\\" and i + 1 < len(pattern):
            i += 1
            parts.append("=" + pattern[i])
        elif char == "%":
            # Several % in a row say no more than one.
            if parts[-1:] != ["%"]:
                parts.append("%")
        else:
            parts.append("_" if char == "_" else "=" + char)
        i += 1
    return parts


def _both(mine: pd.Series[Any], other: pd.Series[Any]) -> tuple[Any, Any, Any]:
    missing = (mine.isna() | other.isna()).to_numpy()
    if pd.api.types.is_numeric_dtype(mine.dtype) and pd.api.types.is_numeric_dtype(other.dtype):
        return _floats(mine)[0], missing, _floats(other)[0]
    if pd.api.types.is_datetime64_any_dtype(mine.dtype):
        return mine.to_numpy(), missing, other.to_numpy()
    # Python refuses to order a text and nothing; rows with a blank in place of nothing are marked
    # as missing.
    blank = mine.astype("string").fillna("").to_numpy(dtype=object)
    return blank, missing, other.astype("string").fillna("").to_numpy(dtype=object)


def _floats(series: pd.Series[Any]) -> tuple[Any, Any]:
    values = series.to_numpy(dtype=float, na_value=np.nan)
    return values, np.isnan(values)


def _ordered(op: str, values: NDArray[Any], missing: Flags, other: Any) -> BooleanArray:
    # Comparing with NaN is false, which is put right below: those rows are missing.
    with np.errstate(invalid="ignore"):
        hits = _ORDER[op](values, other)
    return _array(np.asarray(hits, dtype=bool), missing)


def _array(hits: Flags, missing: Flags) -> BooleanArray:
    return pd.arrays.BooleanArray(np.array(hits & ~missing), np.array(missing))


def _truths(column: pd.Series[Any]) -> BooleanArray:
    """Return a column of truths as an array; what is unknown stays so."""
    return cast("BooleanArray", column.astype("boolean").array)


def _either(one: BooleanArray, other: BooleanArray) -> BooleanArray:
    # pandas' types do not know that arrays of truths have an "or"
    return cast("BooleanArray", one | other)  # type: ignore[operator]


def _unknown(n: int) -> BooleanArray:
    return pd.arrays.BooleanArray(np.zeros(n, dtype=bool), np.ones(n, dtype=bool))
