"""An assessment of districts from its TOML file: every wrong key and contradiction at once, one sentence each."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from industrymap import files, filters, settings
from industrymap.assessment._records import (
    Assessment,
    Award,
    Doubling,
    Item,
    Ladder,
    Part,
    Quality,
    Stage,
)
from industrymap.errors import FilterError, RuleError

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.settings import Keys

__all__ = ["load", "parse"]

_ALL = 100.0


def load(path: Path) -> Assessment:
    """Read an assessment.

    Raises
    ------
    RuleError
        No TOML, wrong keys, weights that do not add up, an industrial part below its share …: all of them at once.
    """
    return parse(files.read_text(files.check(path, allow=("toml",))), name=path.name)


def parse(text: str, *, name: str = "assessment.toml") -> Assessment:
    """Parse the text of an assessment.

    Raises
    ------
    RuleError
        As :func:`load`.
    """
    keys = settings.parse(text, name=name, error=RuleError)
    official = keys.flag("official", default=False, required=True)
    title = keys.section("title", required=True)
    parts = tuple(_part(part, official=official) for part in keys.entries("part"))
    made = Assessment(
        id=keys.text("assessment_id", required=True),
        city=keys.text("city"),
        zh=title.text("zh", required=True),
        en=title.text("en", required=True),
        source=keys.text("source", required=True),
        note=keys.text("note"),
        note_en=keys.text("note_en", default=keys.text("note")),
        official=official,
        effective_from=keys.day("effective_from", unknown="unknown", required=True),
        effective_to=keys.day("effective_to", unknown="unknown"),
        least_industrial_share=keys.amount("least_industrial_share", default=0.0),
        parts=parts,
        awards=tuple(_award(part, parts, official=official) for part in keys.entries("award")),
        ladder=_ladder(keys.section("ladder"), official=official),
        doubling=_doubling(keys.section("doubling"), official=official),
        quality=_quality(keys.section("quality"), official=official),
    )
    _check(keys, made)
    title.finish()
    keys.finish()
    keys.check()
    return made


def _check(keys: Keys, made: Assessment) -> None:
    items = [item for part in made.parts for item in part.items]
    ids = [*(item.id for item in items), *(part.id for part in made.parts)]
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        keys.fault(f"{id_!r} is there twice", f"“{id_}”重复")
    total = sum(item.weight for item in items)
    if not math.isclose(total, _ALL, abs_tol=1e-9):
        keys.fault(
            f"the weights add up to {total:g}, not {_ALL:g}",
            f"权重合计为 {total:g}，应为 {_ALL:g}",
        )
    # A hair below by binary fractions is the share itself.
    if made.industrial_share < made.least_industrial_share - 1e-12:
        keys.fault(
            f"the industrial part has {made.industrial_share:.0%} of the score, at least {made.least_industrial_share:.0%} is asked",
            f"工业部分占 {made.industrial_share:.0%}，要求不低于 {made.least_industrial_share:.0%}",
        )


def _part(keys: Keys, *, official: bool) -> Part:
    zh = keys.text("zh", required=True)
    part = Part(
        id=keys.text("id", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        industrial=keys.flag("industrial", default=False),
        items=tuple(_item(one, official=official) for one in keys.entries("item")),
    )
    keys.finish()
    return part


def _item(keys: Keys, *, official: bool) -> Item:
    zh = keys.text("zh", required=True)
    method = keys.choice("method", ("target", "best", "efficacy"), default="best")
    item = Item(
        id=keys.text("id", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        unit=keys.text("unit"),
        heading=keys.text("heading", default=zh),
        weight=keys.amount("weight", default=0.0),
        method=method,
        target=keys.amount("target", default=0.0),
        better=keys.choice("better", ("more", "less"), default="more"),
        cap=keys.amount("cap", default=1.0),
        official=keys.flag("official", default=official),
    )
    keys.finish()
    if method == "target" and item.target <= 0:
        keys.fault(
            f"{keys.name}.target is missing or not above 0",
            f"{keys.name}.target 缺少或不大于 0",
        )
    return item


def _award(keys: Keys, parts: tuple[Part, ...], *, official: bool) -> Award:
    zh = keys.text("zh", required=True)
    known = ["score", *(p.id for p in parts), *(i.id for p in parts for i in p.items)]
    award = Award(
        id=keys.text("id", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        by=keys.choice("by", known, required=True),
        places=keys.whole("places") or 1,
        official=keys.flag("official", default=official),
    )
    keys.finish()
    return award


def _ladder(keys: Keys, *, official: bool) -> Ladder | None:
    if not keys.raw:
        return None
    stages = tuple(_stage(part) for part in keys.entries("stage"))
    near = keys.amount("near", default=0.1)
    ladder = Ladder(stages=stages, near=near, official=keys.flag("official", default=official))
    keys.finish()
    if any(a.from_10k_cny >= b.from_10k_cny for a, b in pairwise(stages)) or not stages:
        keys.fault(
            f"{keys.name}: the stages must rise, at least one",
            f"{keys.name}：台阶应逐级升高，且至少一级",
        )
    if near >= 1:
        keys.fault(f"{keys.name}.near = {near:g}: write 0.1 for 10 %", f"{keys.name}.near = {near:g}：10% 写作 0.1")  # fmt: skip
    return ladder


def _stage(keys: Keys) -> Stage:
    zh = keys.text("zh", required=True)
    stage = Stage(
        id=keys.text("id", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        from_10k_cny=keys.amount("from_10k_cny", default=0.0),
    )
    keys.finish()
    return stage


def _doubling(keys: Keys, *, official: bool) -> Doubling | None:
    if not keys.raw:
        return None
    where = keys.text("where")
    if where:
        try:
            filters.parse(where).bind("enterprises")
        except FilterError as error:
            keys.fault(
                f"{keys.name}: {error.en.rstrip('.')}", f"{keys.name}：{error.zh.rstrip('。')}"
            )
    made = Doubling(
        where=where,
        from_year=keys.whole("from_year", required=True) or 0,
        to_year=keys.whole("to_year", required=True) or 0,
        times=keys.amount("times", default=2.0),
        official=keys.flag("official", default=official),
    )
    keys.finish()
    if made.to_year <= made.from_year or made.times <= 1:
        keys.fault(
            f"{keys.name}: to_year must come after from_year, and times be above 1",
            f"{keys.name}：to_year 应晚于 from_year，times 应大于 1",
        )
    return made


def _quality(keys: Keys, *, official: bool) -> Quality | None:
    if not keys.raw:
        return None
    made = Quality(
        taxonomy=keys.text("taxonomy", required=True),
        labels=tuple(keys.texts("labels")),
        target=keys.whole("target", required=True) or 0,
        by_year=keys.whole("by_year"),
        official=keys.flag("official", default=official),
    )
    keys.finish()
    if not made.labels or made.target <= 0:
        keys.fault(
            f"{keys.name} needs labels and a target above 0",
            f"{keys.name} 需要 labels，target 应大于 0",
        )
    return made
