"""An allocation policy from its TOML file: every wrong key at once, and no number without its document or the word that it is a proposal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from industrymap import files, schemas, settings
from industrymap.allocation._records import Measure, Policy, Value
from industrymap.errors import RuleError, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.settings import Keys

__all__ = ["load", "parse"]

_FIELDS = ("land", "power", "water", "gas", "credit", "subsidy", "priority", "other")
_KINDS = ("money", "quantity", "words")
_COLUMNS = {
    "used_land_mu",
    *(f.name for f in schemas.fields("firm_inputs") if f.dtype == "float"),
    "staff",
}
"""Columns that an amount may be multiplied by."""


def load(path: Path) -> Policy:
    """Read an allocation policy.

    Raises
    ------
    RuleError
        No TOML, wrong keys, a number without a document …: all of them at once.
    """
    return parse(files.read_text(files.check(path, allow=("toml",))), name=path.name)


def parse(text: str, *, name: str = "allocation.toml") -> Policy:
    """Parse the text of an allocation policy.

    Raises
    ------
    RuleError
        As :func:`load`.
    """
    keys = settings.parse(text, name=name, error=RuleError)
    official = keys.flag("official", default=False, required=True)
    title = keys.section("title", required=True)
    policy = Policy(
        id=keys.text("policy_id", required=True),
        city=keys.text("city"),
        zh=title.text("zh", required=True),
        en=title.text("en", required=True),
        source=keys.text("source", required=True),
        note=keys.text("note"),
        note_en=keys.text("note_en", default=keys.text("note")),
        official=official,
        effective_from=keys.day("effective_from", unknown="unknown", required=True),
        effective_to=keys.day("effective_to", unknown="unknown"),
        measures=tuple(_measure(part, official=official) for part in keys.entries("measure")),
    )
    if not policy.measures:
        keys.fault("a policy needs a measure", "政策至少要有一项 [[measure]]")
    ids = [measure.id for measure in policy.measures]
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        keys.fault(f"measure {id_!r} is there twice", f"措施“{id_}”重复")
    title.finish()
    keys.finish()
    keys.check()
    return policy


def _measure(keys: Keys, *, official: bool) -> Measure:
    zh, unit = keys.text("zh", required=True), keys.text("unit")
    kind = keys.choice("kind", _KINDS, default="money", required=True)
    of = keys.text("of")
    if of and of not in _COLUMNS:
        near = nearest(of, _COLUMNS, n=1)
        hint, hint_zh = (f" (nearest: {near[0]})", f"（最接近：{near[0]}）") if near else ("", "")
        keys.fault(
            f"{keys.name}.of = {of!r} is no figure of a firm{hint}",
            f"{keys.name}.of = {of!r} 不是企业的数据项{hint_zh}",
        )
    most = keys.amount("most_each", default=0.0) if "most_each" in keys.raw else None
    effect = keys.text("effect_unit", default="万元" if kind == "money" else "")
    measure = Measure(
        id=keys.text("id", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        field=keys.choice("field", _FIELDS, default="other", required=True),
        kind=kind,
        of=of,
        unit=unit,
        unit_en=keys.text("unit_en", default=unit),
        scale=keys.amount("scale", default=1.0),
        effect_unit=effect,
        effect_unit_en=keys.text("effect_unit_en", default="10k yuan" if kind == "money" else effect),
        flow=keys.choice("flow", ("pays", "gets"), default="pays"),
        most_each=most,
        by_letter=tuple(_value(part, kind, official=official) for part in keys.entries("value")),
    )  # fmt: skip
    keys.finish()
    _check(keys, measure)
    return measure


def _check(keys: Keys, measure: Measure) -> None:
    if not measure.by_letter:
        keys.fault(f"{keys.name} has no value", f"{keys.name} 没有 [[measure.value]]")
    # Amounts of different units would be added up: the file says which unit, and money is in 万元.
    if measure.kind == "quantity" and not measure.effect_unit:
        keys.fault(f"{keys.name}.effect_unit is missing", f"缺少 {keys.name}.effect_unit")
    if measure.kind == "money" and measure.effect_unit != "万元":
        keys.fault(
            f"{keys.name}: money is summed in 万元, not {measure.effect_unit}: use scale",
            f"{keys.name}：金额以万元合计，不用“{measure.effect_unit}”，请用 scale 换算",
        )
    letters = [value.letter for value in measure.by_letter]
    for letter in sorted({x for x in letters if letters.count(x) > 1}):
        keys.fault(
            f"{keys.name} has two values for {letter}", f"{keys.name} 对 {letter} 有两个取值"
        )


def _value(keys: Keys, kind: str, *, official: bool) -> Value:
    text = keys.text("text", required=kind == "words")
    value = Value(
        letter=keys.text("letter", required=True),
        amount=_amount(keys, kind),
        text=text,
        text_en=keys.text("text_en", default=text),
        source=keys.text("source"),
        official=keys.flag("official", default=official),
    )
    keys.finish()
    # Either a document or an open proposal: a number of neither could not be defended.
    if value.official and not value.source:
        keys.fault(
            f"{keys.name} names no source: give the document, or official = false",
            f"{keys.name} 没有出处：请写 source，或写 official = false",
        )
    return value


def _amount(keys: Keys, kind: str) -> float | None:
    """Return a number, which may be below 0 (a rebate); ``None`` for *unknown* and for words."""
    given = keys.ask("amount")
    if kind == "words" or given == "unknown":
        if kind == "words" and given is not None:
            keys.fault(
                f"{keys.name}: a measure in words has no amount",
                f"{keys.name}：文字类措施不写 amount",
            )
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        keys.fault(
            f'{keys.name}.amount = {given!r} should be a number or "unknown"',
            f'{keys.name}.amount = {given!r} 应为数字或 "unknown"',
        )
        return None
    return float(given)
