"""A grading rule from its TOML file: every wrong key and every contradiction at once, one sentence each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from industrymap import files, filters, schemas, settings
from industrymap.errors import FilterError, RuleError, nearest
from industrymap.grading._records import (
    Benchmark,
    Cut,
    Exclusion,
    Item,
    Letter,
    Points,
    Quota,
    Rule,
    Scope,
    Ungraded,
    Veto,
    crossing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from industrymap.settings import Keys

__all__ = ["EXTRA", "load", "parse"]

_ALL = 100.0
"""What the weights of a scope add up to: documents state points out of a hundred."""


EXTRA = {
    "used_land_mu": "float",
    "rented_land_mu": "float",
    "age_years": "float",
    "industry_division": "str",
    "industrial": "bool",
    **{
        f.name: f.dtype
        for f in schemas.fields("firm_inputs")
        if f.name not in {known.name for known in schemas.fields("enterprises")}
    },
}
"""Columns that the filters of a rule may use beyond those of firms: what the table of inputs brings, land actually used (own land less
what is let, and the share of the landlord's), years since the firm was established at the end of the year graded, the two digits of its industry, and whether that is an industrial one (06 to 46)."""

_NUMBERS = {
    "used_land_mu",
    *(f.name for f in schemas.fields("firm_inputs") if f.dtype == "float"),
    "staff",
}
"""Columns that an item may be made of."""


def load(path: Path) -> Rule:
    """Read a grading rule.

    Raises
    ------
    RuleError
        No TOML, or wrong keys, weights that do not add up, cuts that cross …: all of them at once.
    """
    return parse(files.read_text(files.check(path, allow=("toml",))), name=path.name)


def parse(text: str, *, name: str = "grading.toml") -> Rule:
    """Parse the text of a grading rule.

    Raises
    ------
    RuleError
        As :func:`load`.
    """
    keys = settings.parse(text, name=name, error=RuleError)
    official = keys.flag("official", default=False, required=True)
    letters = tuple(_letter(part) for part in keys.entries("letter"))
    _check_letters(keys, letters)
    names = [letter.id for letter in letters] or ["A"]
    title, rest = keys.section("title", required=True), keys.section("ungraded")
    rule = Rule(
        id=keys.text("rule_id", required=True),
        city=keys.text("city"),
        zh=title.text("zh", required=True),
        en=title.text("en", required=True),
        source=keys.text("source", required=True),
        note=keys.text("note"),
        note_en=keys.text("note_en", default=keys.text("note")),
        official=official,
        effective_from=keys.day("effective_from", unknown="unknown", required=True),
        effective_to=keys.day("effective_to", unknown="unknown"),
        letters=letters,
        decimals=_whole(keys, "decimals", 4),
        objection_days=_days(keys),
        publishes_letters=keys.flag("publishes_letters", default=False),
        together=keys.flag("group_firms_together", default=False),
        ungraded=Ungraded(
            letter=rest.text("letter"), managed_as=rest.choice("managed_as", ("", *names))
        ),
        exclusions=tuple(_exclusion(part, official=official) for part in keys.entries("exclude")),
        bonuses=tuple(_points(part, official=official) for part in keys.entries("bonus")),
        maluses=tuple(_points(part, official=official) for part in keys.entries("malus")),
        vetoes=tuple(_veto(part, names, official=official) for part in keys.entries("veto")),
        most_bonus=_limit(keys, "most_bonus", math.inf),
        most_malus=_limit(keys, "most_malus", math.inf),
        scopes=tuple(_scope(part, names, official=official) for part in keys.entries("scope")),
        uncertainty=_uncertainty(keys.section("uncertainty")),
    )
    _check_scopes(keys, rule.scopes)
    for part in (title, rest, keys):
        part.finish()
    keys.check()
    return rule


def _limit(keys: Keys, key: str, none: float) -> float:
    """Return a limit, and what stands for none where the file gives none: the file itself may not write inf or nan."""
    return keys.amount(key, default=0.0) if key in keys.raw else none


def _whole(keys: Keys, key: str, default: int) -> int:
    value = keys.whole(key)
    return default if value is None else value


def _days(keys: Keys) -> int | None:
    if keys.raw.get("objection_days") == "unknown":
        keys.ask("objection_days")
        return None
    return keys.whole("objection_days")


def _letter(keys: Keys) -> Letter:
    id_ = keys.text("id", required=True)
    zh = keys.text("zh", default=id_)
    letter = Letter(id=id_, zh=zh, en=keys.text("en", default=zh))
    keys.finish()
    return letter


def _check_letters(keys: Keys, letters: tuple[Letter, ...]) -> None:
    if len(letters) < 2:
        keys.fault("a rule needs two letters or more", "规则至少要有两个类别 [[letter]]")
    _once(keys, [letter.id for letter in letters], ("letter", "类别"))


def _once(keys: Keys, ids: Iterable[str], what: tuple[str, str]) -> None:
    ids = list(ids)
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        keys.fault(f"{what[0]} {id_!r} is there twice", f"{what[1]}“{id_}”重复")


def _filter(keys: Keys, *, required: bool = True) -> str:
    """Read ``where`` and try it, so that a wrong filter is named with the other mistakes of the file."""
    text = keys.text("where", required=required)
    if text:
        try:
            filters.parse(text).bind("enterprises", columns=EXTRA)
        except FilterError as error:
            keys.fault(
                f"{keys.name}: {error.en.rstrip('.')}", f"{keys.name}：{error.zh.rstrip('。')}"
            )
    return text


def _exclusion(keys: Keys, *, official: bool) -> Exclusion:
    zh = keys.text("zh", required=True)
    part = Exclusion(
        where=_filter(keys),
        zh=zh,
        en=keys.text("en", default=zh),
        official=_official(keys, official=official),
    )
    keys.finish()
    return part


def _points(keys: Keys, *, official: bool) -> Points:
    zh = keys.text("zh", required=True)
    part = Points(
        where=_filter(keys),
        points=keys.amount("points", default=0.0),
        zh=zh,
        en=keys.text("en", default=zh),
        official=_official(keys, official=official),
    )
    keys.finish()
    return part


def _veto(keys: Keys, names: list[str], *, official: bool) -> Veto:
    zh = keys.text("zh", required=True)
    part = Veto(
        where=_filter(keys),
        at_best=keys.choice("at_best", names, required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        official=_official(keys, official=official),
    )
    keys.finish()
    return part


def _official(keys: Keys, *, official: bool) -> bool:
    # A part says so only where it differs from its rule: a proposed cut in a city's own document.
    return keys.flag("official", default=official)


def _scope(keys: Keys, names: list[str], *, official: bool) -> Scope:
    zh = keys.text("zh", required=True)
    scope = Scope(
        id=keys.text("id", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        where=_filter(keys, required=False),
        rank_in=_columns(keys, "rank_in"),
        items=tuple(_item(part, official=official) for part in keys.entries("item")),
        cuts=tuple(_cut(part, names, official=official) for part in keys.entries("cut")),
        quotas=tuple(_quota(part, names, official=official) for part in keys.entries("quota")),
        ties=keys.choice("ties", ("better", "worse"), default="worse"),
        tie_break=_columns(keys, "tie_break"),
        official=_official(keys, official=official),
    )
    keys.finish()
    _check_items(keys, scope)
    _check_cuts(keys, scope, names)
    return scope


def _columns(keys: Keys, key: str) -> tuple[str, ...]:
    known = [f.name for f in schemas.fields("enterprises")] + list(EXTRA)
    return keys.choices(key, known)


def _number_column(keys: Keys, key: str) -> str:
    value = keys.text(key, required=True)
    if key in keys.raw and value not in _NUMBERS:
        near = nearest(value, _NUMBERS, n=1)
        hint, zh = (f" (nearest: {near[0]})", f"（最接近：{near[0]}）") if near else ("", "")
        keys.fault(
            f"{keys.name}.{key} = {value!r} is no figure of a firm{hint}",
            f"{keys.name}.{key} = {value!r} 不是企业的数据项{zh}",
        )
    return value


def _item(keys: Keys, *, official: bool) -> Item:
    zh, unit = keys.text("zh", required=True), keys.text("unit")
    item = Item(
        id=keys.text("id", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        unit=unit,
        unit_en=keys.text("unit_en", default=unit),
        of=_number_column(keys, "of"),
        per=_number_column(keys, "per"),
        scale=keys.amount("scale", default=1.0),
        weight=keys.amount("weight", default=0.0),
        benchmark=_benchmark(keys.section("benchmark", required=True), official=official),
        better=keys.choice("better", ("more", "less"), default="more"),
        cap=_limit(keys, "cap", math.inf),
        floor=_number(keys, "floor", 0.0),
        missing=keys.choice(
            "missing", ("zero", "reweigh", "benchmark", "ungraded"), default="zero"
        ),
        instead_of=keys.text("instead_of"),
        official=_official(keys, official=official),
    )
    keys.finish()
    _check_item(keys, item)
    return item


def _number(keys: Keys, key: str, default: float) -> float:
    """Return a number that may be negative: points below zero are a rule's own business."""
    value = keys.ask(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        keys.fault(
            f"{keys.name}.{key} = {value!r} should be a number",
            f"{keys.name}.{key} = {value!r} 应为数字",
        )
        return default
    if not math.isfinite(value):
        keys.fault(
            f"{keys.name}.{key} = {value} is not a finite number",
            f"{keys.name}.{key} = {value} 不是有限的数",
        )
    return float(value)


def _check_item(keys: Keys, item: Item) -> None:
    if item.cap < item.floor:
        keys.fault(
            f"{keys.name}: the cap {item.cap:g} is below the floor {item.floor:g}",
            f"{keys.name}：上限 {item.cap:g} 低于下限 {item.floor:g}",
        )
    # Where less is better the ratio is turned round: a firm that uses nothing would score without end.
    if item.better == "less" and math.isinf(item.cap):
        keys.fault(
            f"{keys.name}: where less is better a cap is needed",
            f"{keys.name}：数值越小越好的指标需要填写上限 cap",
        )


_BENCHMARKS = ("fixed", "group_mean", "quantile")


def _benchmark(keys: Keys, *, official: bool) -> Benchmark:
    kind = keys.choice("kind", _BENCHMARKS, default="fixed", required=True)
    value = Benchmark(
        kind=kind,
        value=keys.amount("value", default=1.0),
        times=keys.amount("times", default=1.0),
        quantile=keys.amount("quantile", default=0.5),
        previous=keys.choice("of_year", ("same", "previous"), default="same") == "previous",
        official=_official(keys, official=official),
    )
    keys.text("source")
    keys.finish()
    if kind == "fixed" and "value" not in keys.raw:
        keys.fault(f"{keys.name}.value is missing", f"缺少 {keys.name}.value")
    if value.value <= 0 or value.times <= 0:
        keys.fault(
            f"{keys.name} is divided by and must be above 0", f"{keys.name} 是除数，必须大于 0"
        )
    if not 0 <= value.quantile <= 1:
        keys.fault(
            f"{keys.name}.quantile = {value.quantile:g} is not between 0 and 1",
            f"{keys.name}.quantile = {value.quantile:g} 不在 0 和 1 之间",
        )
    return value


def _cut(keys: Keys, names: list[str], *, official: bool) -> Cut:
    share = _limit(keys, "to_share", math.nan)
    least = _number(keys, "from_score", math.nan)
    cut = Cut(
        letter=keys.choice("letter", names, required=True),
        to_share=None if math.isnan(share) else share,
        from_score=None if math.isnan(least) else least,
        official=_official(keys, official=official),
    )
    keys.text("source")
    keys.finish()
    if cut.to_share is None and cut.from_score is None:
        keys.fault(
            f"{keys.name} needs to_share or from_score", f"{keys.name} 需要 to_share 或 from_score"
        )
    _share(keys, "to_share", cut.to_share or 0.0)
    return cut


def _share(keys: Keys, key: str, value: float) -> None:
    if value > 1:
        keys.fault(
            f"{keys.name}.{key} = {value:g} is above 1: write 0.2 for 20 %",
            f"{keys.name}.{key} = {value:g} 大于 1：20% 写作 0.2",
        )


def _quota(keys: Keys, names: list[str], *, official: bool) -> Quota:
    known = [f.name for f in schemas.fields("enterprises")] + list(EXTRA)
    quota = Quota(
        letter=keys.choice("letter", names, required=True),
        per=keys.choice("per", known, required=True),
        most_share=keys.amount("most_share", default=1.0),
        official=_official(keys, official=official),
    )
    keys.finish()
    _share(keys, "most_share", quota.most_share)
    return quota


def _uncertainty(keys: Keys) -> dict[str, float]:
    for name in keys.names():
        if name not in _NUMBERS:
            keys.fault(
                f"uncertainty.{name} is no figure of a firm", f"uncertainty.{name} 不是企业的数据项"
            )
    out = {name: keys.amount(name, default=0.0) for name in keys.names()}
    keys.finish()
    return out


def _check_items(keys: Keys, scope: Scope) -> None:
    ids = [item.id for item in scope.items]
    _once(keys, ids, (f"{keys.name}: item", f"{keys.name}：指标"))
    total = sum(item.weight for item in scope.items if not item.instead_of)
    if not math.isclose(total, _ALL, abs_tol=1e-9):
        keys.fault(
            f"the weights of {keys.name} ({scope.id}) add up to {total:g}, not {_ALL:g}",
            f"{keys.name}（{scope.id}）的权重合计为 {total:g}，应为 {_ALL:g}",
        )
    weights = {item.id: item.weight for item in scope.items if not item.instead_of}
    for item in scope.items:
        if item.instead_of and item.instead_of not in weights:
            keys.fault(
                f"{keys.name}: {item.id} stands in for {item.instead_of!r}, which is no item of its own",
                f"{keys.name}：{item.id} 替代的“{item.instead_of}”不是本组指标",
            )
        if item.instead_of and item.weight:
            keys.fault(
                f"{keys.name}: {item.id} stands in for {item.instead_of} and takes its weight",
                f"{keys.name}：{item.id} 替代 {item.instead_of}，权重随被替代的指标，不另写",
            )


def _check_cuts(keys: Keys, scope: Scope, names: list[str]) -> None:
    given, wanted = [cut.letter for cut in scope.cuts], names[:-1]
    if given != wanted:
        keys.fault(
            f"{keys.name} ({scope.id}) cuts {', '.join(given) or 'nothing'}; needed, best first: {', '.join(wanted)}",
            f"{keys.name}（{scope.id}）的界线为 {'、'.join(given) or '空'}；应由优到劣依次为 {'、'.join(wanted)}",
        )
    both = crossing(scope.cuts)
    if both is not None:
        keys.fault(
            f"{keys.name} ({scope.id}): the cuts of {both[0].letter} and {both[1].letter} cross",
            f"{keys.name}（{scope.id}）：{both[0].letter} 与 {both[1].letter} 的界线交叉",
        )


def _check_scopes(keys: Keys, scopes: tuple[Scope, ...]) -> None:
    if not scopes:
        keys.fault("a rule needs a scope", "规则至少要有一个 [[scope]]")
    _once(keys, [scope.id for scope in scopes], ("scope", "评价范围"))
    by_filter: dict[str, str] = {}
    for scope in scopes:
        text = " ".join(scope.where.split())
        # What overlaps by its numbers is only seen with firms at hand, and refused there.
        if text in by_filter:
            keys.fault(
                f"the scopes {by_filter[text]} and {scope.id} overlap: both hold for {text or 'every firm'}",
                f"评价范围 {by_filter[text]} 与 {scope.id} 重叠：条件均为 {text or '全部企业'}",
            )
        by_filter[text] = scope.id
