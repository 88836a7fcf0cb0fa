"""Why a filter holds, fails or stays open: the tests that decided, as sentences with the numbers used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import schemas
from industrymap.filters._evaluate import Evaluator, operand_text
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
    Not,
    Number,
    Or,
    Overlap,
    Text,
    Truth,
    Unknown,
)
from industrymap.filters._relations import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.filters._nodes import Literal, Node, Operand

    Mask = np.ndarray[Any, np.dtype[np.bool_]]

__all__ = ["missing", "sentences", "shown_number"]

_SEPARATOR = {"zh": "；", "en": "; "}
_SIGNS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_RELATION_LABELS = {
    "overlap(blocks)": ("与产业区块重叠比例", "share inside industrial blocks"),
    "overlap(parks)": ("与村级工业园重叠比例", "share inside village parks"),
    "distance(blocks)": ("距最近产业区块", "distance to the nearest industrial block"),
    "distance(larger_parks)": ("距最近的更大园区", "distance to the nearest larger park"),
    "enterprises.count": ("企业数", "firms"),
}


def sentences(node: Node, over: Evaluator, *, lang: str, holds: bool) -> pd.Series[str]:
    """Say for each row which tests made the filter hold (or fail), with the values; empty elsewhere."""
    text = np.full(len(over.frame), "", dtype=object)
    separator = _SEPARATOR[lang]
    for leaf, want, active in _deciding(node, over, want=holds):
        # Only tests that decided are said: of an OR the one that held, of an AND the one that failed.
        if active.any():
            phrases = _phrases(leaf, over, active, want=want, lang=lang)
            before = text[active]
            text[active] = np.where(before == "", phrases, before + separator + phrases)
    return pd.Series(text, index=over.frame.index, dtype="string")


def missing(node: Node, over: Evaluator) -> dict[str, Mask]:
    """Return, for each input, the rows where its absence keeps the filter open.

    A threshold that nobody has stated is listed as ``$name``.
    """
    rows_of_input: dict[str, Mask] = {}
    for leaf, active in _open(node, over):
        for name, absent in _absent(leaf, over):
            hit = active & absent
            if hit.any():
                rows_of_input[name] = (
                    # The same input may keep several tests open.
                    rows_of_input.get(name, np.zeros(len(over.frame), dtype=bool)) | hit
                )
    return rows_of_input


def shown_number(value: float, other: float | None = None) -> str:
    """Write a number as people read it, with enough digits to tell it from ``other``.

    Examples
    --------
    >>> shown_number(12345.6), shown_number(0.5), shown_number(0.8499, 0.85)
    ('12,346', '0.5', '0.8499')
    """
    # As few digits as tell the value from its limit: 0.85 against 0.85 would look like a contradiction.
    for digits in range(0 if abs(value) >= 1000 else 2, 12):
        text = f"{value:,.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        back = float(text.replace(",", ""))
        if other is None or back != other or value == other:
            return text
    return repr(value)


def _deciding(node: Node, over: Evaluator, *, want: bool) -> Iterator[tuple[Node, bool, Mask]]:
    """Yield every test, whether it should hold, and the rows where it decided."""
    yield from _descend(node, over, want=want, active=_is(over, node, want=want))


def _descend(
    node: Node, over: Evaluator, *, want: bool, active: Mask
) -> Iterator[tuple[Node, bool, Mask]]:
    match node:
        case And(items) | Or(items):
            for item in items:
                # Below an AND that failed, only the items that failed; below an OR that held, only those that held.
                inner = active & _is(over, item, want=want)
                yield from _descend(item, over, want=want, active=inner)
        case Not(item):
            # Behind NOT the roles change.
            yield from _descend(item, over, want=not want, active=active)
        case _:
            yield node, want, active


def _open(node: Node, over: Evaluator) -> Iterator[tuple[Node, Mask]]:
    yield from _descend_open(node, over, np.asarray(over.value(node).isna()))


def _descend_open(node: Node, over: Evaluator, active: Mask) -> Iterator[tuple[Node, Mask]]:
    match node:
        case And(items) | Or(items):
            for item in items:
                yield from _descend_open(item, over, active & np.asarray(over.value(item).isna()))
        case Not(item):
            yield from _descend_open(item, over, active)
        case _:
            yield node, active


def _is(over: Evaluator, node: Node, *, want: bool) -> Mask:
    value = over.value(node)
    # A test that is open decided nothing.
    known = ~np.asarray(value.isna())
    hit: Mask = known & (value.to_numpy(dtype=bool, na_value=False) == want)
    return hit


def _absent(leaf: Node, over: Evaluator) -> Iterator[tuple[str, Mask]]:
    everywhere = np.ones(len(over.frame), dtype=bool)
    match leaf:
        case Compare(left, _, right):
            yield operand_text(left), over.series(left).isna().to_numpy()
            if isinstance(right, FieldRef | Overlap | Distance | Aggregate):
                yield operand_text(right), over.series(right).isna().to_numpy()
            elif isinstance(right, Unknown):
                yield f"${right.name}", everywhere
        # A range lacks what a list of its two bounds would lack.
        case Between(left, low, high):
            yield from _absent(In(left, (low, high)), over)
        case In(left, members):
            yield operand_text(left), over.series(left).isna().to_numpy()
            for value in members:
                if isinstance(value, Unknown):
                    yield f"${value.name}", everywhere
        case Like(left) | Truth(left):
            yield operand_text(left), over.series(left).isna().to_numpy()


def _phrases(leaf: Node, over: Evaluator, active: Mask, *, want: bool, lang: str) -> Any:
    left: Operand = leaf.left  # type: ignore[union-attr]
    name = _label(left, over.layer, lang)
    unit = _unit(left, over.layer, lang)
    values = over.series(left)[active]
    match leaf:
        case Compare(_, "=" | "!=" as op, Number(number)):
            same = (op == "=") == want
            # The bare value says it where the test is met; otherwise the reader needs the value it
            # is not.
            limit = (
                ""
                if same
                else {
                    "zh": f"（非 {shown_number(number)}）",
                    "en": f" (not {shown_number(number)})",
                }[lang]
            )
            made = [
                f"{_name_and_value(name, shown_number(v), lang)}{unit}{limit}"
                for v in _floats(values)
            ]
        case Compare(_, op, right) if not isinstance(right, Text | Boolean):
            # What failed is said as what is true: 0.7 < 0.85, not 0.7 ≥ 0.85.
            sign = _SIGNS[op if want else _OPPOSITE[op]]
            others = _other_side(right, over, active)
            made = [
                f"{name} {shown_number(v, o)} {sign} {shown_number(o)}{unit}"
                for v, o in zip(_floats(values), others, strict=True)
            ]
        case Between(_, low, high):
            side = {"zh": ("在", "不在"), "en": ("within", "outside")}[lang][0 if want else 1]
            bounds = f"{_shown(low, left, lang)}–{_shown(high, left, lang)}"
            made = [f"{name} {shown_number(v)} {side} {bounds}{unit}" for v in _floats(values)]
        case IsNull():
            state = {"zh": ("为空", "有值"), "en": ("is unknown", "is known")}[lang][
                0 if want else 1
            ]
            made = [f"{name}{' ' if lang == 'en' else ''}{state}"] * len(values)
        case In(_, members) if not want:
            listed = "、".join(_shown(v, left, lang) for v in members)
            remark = {"zh": f"（不属于 {listed}）", "en": f" (none of {listed})"}[lang]
            made = [f"{_name_and_value(name, _value(v, left, lang), lang)}{remark}" for v in values]
        case _:
            made = [_name_and_value(name, _value(v, left, lang), lang) for v in values]
    return np.array(made, dtype=object)


def _name_and_value(name: str, value: str, lang: str) -> str:
    return f"{name}：{value}" if lang == "zh" else f"{name}: {value}"


def _other_side(right: Literal | Operand, over: Evaluator, active: Mask) -> list[float]:
    if isinstance(right, Number):
        return [right.value] * int(active.sum())
    if isinstance(right, FieldRef | Overlap | Distance | Aggregate):
        return _floats(over.series(right)[active])
    return [float("nan")] * int(active.sum())


def _floats(values: pd.Series[Any]) -> list[float]:
    # Days and texts have no number to show; the phrase is made all the same.
    if pd.api.types.is_numeric_dtype(values.dtype):
        return [float(v) for v in values.to_numpy(dtype=float, na_value=np.nan)]
    return [float("nan")] * len(values)


def _label(left: Operand, layer: str, lang: str) -> str:
    text = operand_text(left)
    if isinstance(left, FieldRef):
        return schemas.label(layer, left.name, lang) if layer in schemas.names() else left.name
    if text in _RELATION_LABELS:
        return _RELATION_LABELS[text][0 if lang == "zh" else 1]
    if isinstance(left, Aggregate) and left.field is not None:
        return schemas.label(schema_of(left.relation), left.field, lang)
    return text


def _unit(left: Operand, layer: str, lang: str) -> str:
    if isinstance(left, FieldRef) and layer in schemas.names():
        units = {f.name: f.unit for f in schemas.fields(layer)}
        unit = schemas.unit_label(units.get(left.name, ""), lang)
        return f" {unit}" if unit else ""
    return " m" if isinstance(left, Distance) else ""


def _shown(value: Literal, left: Operand, lang: str) -> str:
    match value:
        case Number(number):
            return shown_number(number)
        case Boolean(truth):
            return _value(truth, left, lang)
        case Text(text):
            return _value(text, left, lang)
        case _:
            return "?"


def _value(value: object, left: Operand, lang: str) -> str:
    if isinstance(value, bool | np.bool_):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][int(value)]
    if isinstance(left, FieldRef):
        return schemas.labels(left.name, lang).get(str(value), str(value))
    return str(value)
