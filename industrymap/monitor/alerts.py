"""Alerts: rules that are data, and what they find in the figures, each with its reason, owner and state."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from industrymap import files
from industrymap.errors import ConfigError, did_you_mean, nearest
from industrymap.monitor.model import Alert, AlertRule
from industrymap.periods import parse as parse_period
from industrymap.settings import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from industrymap.monitor.model import MonitorModel
    from industrymap.periods import Period
    from industrymap.settings import Keys

__all__ = ["FOLDER", "KINDS", "STATES", "find", "known", "load", "states"]

FOLDER = "alerts"
"""Folder of a city pack or a workspace that holds rules, and ``states.csv``."""
KINDS = ("falls", "below_target", "jump", "coverage", "gap", "late")
"""Worse than a year before ``run`` periods running; under ``share`` of the path to a target; a change over ``limit`` per cent or
points; a coverage under ``share``; a period that was skipped; a series that ends before others of its level do."""
STATES = ("new", "seen", "closed")
_SHIPPED = Path(__file__).parent / "rules"


def load(path: str | Path) -> list[AlertRule]:
    """Read the rules of one file.

    Raises
    ------
    ConfigError
        With everything that is wrong with it.
    """
    source = files.check(path, allow=files.TEXTS)
    keys = parse(files.read_text(source), name=source.name, error=ConfigError)
    origin = keys.text("source", required=True)
    official = keys.flag("official", default=False)
    rules = [_rule(one, origin, official=official) for one in keys.entries("alert")]
    keys.finish()
    keys.check()
    return rules


def known(folders: Iterable[Path]) -> list[AlertRule]:
    """Return the shipped rules and those in the folder ``alerts`` of each of some folders; a later one of the same id takes the place of the earlier."""
    rules: dict[str, AlertRule] = {}
    for folder in (_SHIPPED, *(folder / FOLDER for folder in folders)):
        if folder.is_dir():
            for path in files.folder(folder, pattern="*.toml"):
                rules |= {one.id: one for one in load(path)}
    return list(rules.values())


def _rule(keys: Keys, origin: str, *, official: bool) -> AlertRule:
    id_ = keys.text("id", required=True)
    kind = keys.text("kind", required=True)
    if kind and kind not in KINDS:
        en, zh = did_you_mean(nearest(kind, KINDS, n=1))
        keys.fault(f"kind {kind!r} is none of {', '.join(KINDS)}{en}", f"类型“{kind}”无效，可用：{'、'.join(KINDS)}{zh}")  # fmt: skip
    zh_, en_ = keys.text("zh", required=True), keys.text("en", required=True)
    run, weight = keys.whole("run"), keys.whole("weight")
    return AlertRule(
        id=id_, kind=kind, zh=zh_, en=en_,
        levels=tuple(keys.texts("levels")), groups=tuple(keys.texts("groups")), indicators=tuple(keys.texts("indicators")),
        run=run if run is not None else 3, limit=keys.amount("limit", default=30.0), share=keys.amount("share", default=0.95),
        owner=keys.text("owner"), owner_en=keys.text("owner_en"), weight=weight if weight is not None else 1,
        official=official, source=origin,
    )  # fmt: skip


def states(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Return key → state, owner, note from ``alerts/states.csv`` of a workspace (``key,state,owner,note``); empty where there is none.

    Raises
    ------
    ConfigError
        A column is missing, or a state is none of :data:`STATES`.
    """
    path = folder / FOLDER / "states.csv"
    if not path.is_file():
        return {}
    text = files.read_text(files.check(path, allow=("csv",)))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    out = {}
    for number, row in enumerate(rows, start=2):
        key, state = row.get("key"), row.get("state")
        if not key or state not in STATES:
            raise ConfigError(
                f"states.csv row {number}: expected key,state,owner,note with a state of {', '.join(STATES)}.",
                f"states.csv 第 {number} 行：应为 key,state,owner,note，state 取 {'、'.join(STATES)} 之一。",
            )
        out[key] = (state, row.get("owner") or "", row.get("note") or "")
    return out


def find(
    model: MonitorModel, rules: Sequence[AlertRule], kept: Mapping[str, tuple[str, str, str]]
) -> list[Alert]:
    """Return what the rules find in a model's figures: weightiest rule first, then level, indicator and area.

    Parameters
    ----------
    model : MonitorModel
        Its figures, targets and intake; its own ``alerts`` are not read.
    rules : sequence of AlertRule
    kept : mapping
        States: :func:`states`.
    """
    order = sorted(rules, key=lambda rule: (-rule.weight, rule.id))
    out = [_with_state(one, kept, rule) for rule in order for one in _of_rule(model, rule)]
    # A closed matter stays in the list, behind what is open.
    return sorted(out, key=lambda one: one.state == "closed")


def _with_state(alert: Alert, kept: Mapping[str, tuple[str, str, str]], rule: AlertRule) -> Alert:
    state, owner, note = kept.get(alert.key, ("new", "", ""))
    return replace(alert, state=state, owner=owner or rule.owner, note=note)


def _of_rule(model: MonitorModel, rule: AlertRule) -> Iterator[Alert]:
    if rule.kind in {"gap", "late"}:
        yield from (_gaps if rule.kind == "gap" else _late)(model, rule)
        return
    judge = {"falls": _falls, "jump": _jump, "coverage": _coverage, "below_target": _below}[
        rule.kind
    ]
    for level in model.levels:
        if rule.levels and level.id not in rule.levels:
            continue
        for at, indicator in enumerate(model.of.indicators):
            groups = not rule.groups or indicator.group in rule.groups
            if groups and (not rule.indicators or indicator.id in rule.indicators):
                yield from judge(_Look(model, rule, level.id, at))


def _quarters(model: MonitorModel) -> list[int]:
    """Return the positions of single quarters: alerts look at one axis, so that a period is never held against one of another length."""
    return [at for at, period in enumerate(model.periods) if period.level == "quarter"]


@dataclass(frozen=True, slots=True)
class _Look:
    """One rule looking at one indicator of one level."""

    model: MonitorModel
    rule: AlertRule
    level: str
    at: int

    def alert(self, unit: int, place: int, figure: float, limit: float) -> Alert:
        """Return a finding of an area in the period at ``place``."""
        held, period = self.model.level(self.level), self.model.periods[place]
        code = held.codes[unit] if held is not None else ""
        indicator = self.model.of.indicators[self.at].id
        return Alert(
            key=f"{self.rule.id}:{self.level}:{code}:{indicator}:{period}", rule=self.rule.id, level=self.level,
            unit=code, indicator=indicator, period=str(period), figure=float(figure), limit=float(limit),
        )  # fmt: skip


def _last_known(values: NDArray[np.float64], axis: Sequence[int]) -> int:
    """Return the last place on an axis at which any area has a value; -1 where none has."""
    held = [n for n, at in enumerate(axis) if not np.isnan(values[:, at]).all()]
    return held[-1] if held else -1


def _falls(look: _Look) -> Iterator[Alert]:
    model, run = look.model, look.rule.run
    axis, change = _quarters(model), model.cubes[look.level].change[look.at]
    last = _last_known(change, axis)
    if last + 1 < run:
        return
    where = axis[last + 1 - run : last + 1]
    # Only quarters that follow each other: an unknown one in between ends a run.
    worse = change[:, where] * model.of.indicators[look.at].direction < -look.rule.limit
    for unit in np.flatnonzero(worse.all(axis=1)):
        yield look.alert(int(unit), where[-1], change[unit, where[-1]], -look.rule.limit)


def _jump(look: _Look) -> Iterator[Alert]:
    axis, change = _quarters(look.model), look.model.cubes[look.level].change[look.at]
    last = _last_known(change, axis)
    if last < 0:
        return
    now = change[:, axis[last]]
    for unit in np.flatnonzero(np.abs(now) > look.rule.limit):
        yield look.alert(int(unit), axis[last], now[unit], look.rule.limit)


def _coverage(look: _Look) -> Iterator[Alert]:
    model = look.model
    axis = [n for n, period in enumerate(model.periods) if period.level == "year"]
    cube = model.cubes[look.level]
    last = _last_known(cube.amounts[look.at], axis)
    if last < 0:
        return
    now = cube.coverage[look.at][:, axis[last]]
    for unit in np.flatnonzero(now < look.rule.share):
        yield look.alert(int(unit), axis[last], now[unit], look.rule.share)


def _below(look: _Look) -> Iterator[Alert]:
    model, rule = look.model, look.rule
    indicator, cube = model.of.indicators[look.at], model.cubes[look.level]
    held = model.level(look.level)
    places = {str(period): n for n, period in enumerate(model.periods)}
    for goal in model.targets:
        place = places.get(str(goal.year))
        if (
            (goal.level, goal.indicator) != (look.level, indicator.id)
            or place is None
            or held is None
        ):
            continue
        unit = held.codes.index(goal.unit) if goal.unit in held.codes else -1
        now = cube.amounts[look.at, unit, place] if unit >= 0 else np.nan
        least = goal.value * rule.share if indicator.direction > 0 else goal.value / rule.share
        # What is not known is neither reached nor missed.
        if (now - least) * indicator.direction < 0:
            yield look.alert(unit, place, now, goal.value)


def _gaps(model: MonitorModel, rule: AlertRule) -> Iterator[Alert]:
    if model.intake is None:
        return
    rows = model.intake.gaps.itertuples(index=False)
    yield from _tables(rule, [(str(r.level), str(r.measure), str(r.period)) for r in rows])


def _late(model: MonitorModel, rule: AlertRule) -> Iterator[Alert]:
    """Find the series whose next period is due by what others of their level have and has not come."""
    if model.intake is None:
        return
    ends: dict[str, dict[str, set[Period]]] = {}
    for row in model.intake.covered.itertuples(index=False):
        ends.setdefault(str(row.level), {}).setdefault(str(row.measure), set()).add(parse_period(str(row.period)))  # fmt: skip
    found = []
    for level, measures in sorted(ends.items()):
        reached = max(_month(p) for held in measures.values() for p in held)
        for measure, held in sorted(measures.items()):
            # How often it comes: a quarterly table is not late in November, one of whole years not before December.
            every = math.gcd(*(p.last for p in held))
            last = max(held, key=lambda p: (_month(p), p.last - p.first))
            # What came once is no series that could end.
            if len({_month(p) for p in held}) > 1 and _month(last) + every <= reached:
                found.append((level, measure, str(last)))
    yield from _tables(rule, found)


def _month(period: Period) -> int:
    """Return the month in which a period ends, counted through the years."""
    return period.year * 12 + period.last


def _tables(rule: AlertRule, rows: Iterable[tuple[str, str, str]]) -> Iterator[Alert]:
    """Raise what is missing of one level and period once, however many figures the missing table held."""
    missing: dict[tuple[str, str], list[str]] = {}
    for level, measure, period in rows:
        missing.setdefault((level, period), []).append(measure)
    for (level, period), measures in missing.items():
        # A state is kept for just these measures: one that goes missing later is a matter of its own.
        what = "+".join(measures)
        yield Alert(
            key=f"{rule.id}:{level}::{what}:{period}", rule=rule.id, level=level, unit="",
            indicator=what, period=period, figure=float("nan"), limit=float("nan"),
        )  # fmt: skip
