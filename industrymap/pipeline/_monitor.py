"""What the monitoring pages show, gathered from a workspace: every figure computed once, here, and only shown there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import citypack, figures, indicators, monitor, schemas, tagging, workspace
from industrymap import series as running
from industrymap.errors import EvaluationError, IndustryMapError, SeriesError
from industrymap.periods import Period, parse
from industrymap.pipeline._evaluations import chosen_method, evaluate, methods
from industrymap.pipeline._index import index_of
from industrymap.pipeline._indicators import (
    IndicatorOptions,
    IndicatorValues,
    firms_of_build,
    units_of_level,
)
from industrymap.pipeline._monitor_more import (
    firms_of,
    intake_of,
    outlines_of,
    parks_of,
    peers_of,
    structure_of,
    targets_of,
)
from industrymap.pipeline._robustness import RobustnessOptions, robustness

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from industrymap.evaluation import Method
    from industrymap.figures import Firms, Units
    from industrymap.indicators import IndicatorSet
    from industrymap.monitor import Cube, Level, MonitorModel
    from industrymap.workspace import Workspace

__all__ = ["MonitorOptions", "monitor_model"]

_SHOWN = ("city", "district", "cluster", "town")
_NAMES = {"city": ("全市", "City"), "district": ("区", "Districts"), "cluster": ("集群", "Clusters"), "town": ("镇街", "Towns")}  # fmt: skip
_REASONS = {
    "firms": ("企业逐家数据", "figures of firms"),
    "@level": ("定义不适用于该层级", "not defined for this level"),
    "@year": ("只按全年数计算", "defined of whole years only"),
    "@time": ("定义不适用于这些时期", "not defined for these periods"),
}
_COLUMNS = {
    "advanced": ("先进制造业", "Advanced manufacturing"),
    "green_factory": ("绿色工厂", "Green factory"),
    "foreign_invested": ("外商投资", "Foreign-invested"),
    "key_enterprise": ("重点企业", "Key enterprise"),
    "zone_id": ("所在园区", "Zone"),
    "parks_target_km2": ("村级工业园整治目标面积", "Target area of village park renewal"),
}
"""Columns that only sets of indicators name and no schema has."""
_MOST_MORE = 1.1
"""By how much the number of firms behind an indicator may differ between periods that an index compares."""
_WAYS = ("reported", "parts", "firms")
"""Of two bases that give as many values the one named first: what an area reported is its whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorOptions:
    """What the monitoring pages are made of.

    Attributes
    ----------
    set_id, method_id : str
        Indicators and method; the workspace's own, or else the city's last one.
    as_of : date or int, optional
        As known at the end of a day, or after an addition of that number.
    rule : str
        Grading rule; empty: letters are left out.
    draws : int
        For the intervals of ranks.

    Examples
    --------
    >>> MonitorOptions(rule="anhui").draws
    300
    """

    set_id: str = ""
    method_id: str = ""
    as_of: dt.date | int | None = None
    rule: str = ""
    draws: int = 300


def monitor_model(folder: str | Path, options: MonitorOptions | None = None) -> MonitorModel:
    """Gather everything the monitoring pages show.

    Parameters
    ----------
    folder : path
        The workspace; its running database must hold figures, a build adds firms, clusters and outlines.
    options : MonitorOptions, optional

    Raises
    ------
    SeriesError
        The running database is empty.
    IndustryMapError
        No such set, method or rule, or a file that cannot be read.

    Examples
    --------
    >>> import industrymap as im
    >>> len(im.monitor_model(".").of.indicators)  # doctest: +SKIP
    45
    """
    space = workspace.load(folder)
    with schemas.in_force(space.own):
        return _Gathering(space, options or MonitorOptions()).model()


class _Gathering:
    """One model being gathered; each step uses the figures of those before it."""

    def __init__(self, space: Workspace, options: MonitorOptions) -> None:
        self.space, self.options = space, options
        self.pack = citypack.load(space.city)
        sets = indicators.known([*self.pack.folders, space.folder])
        self.of = indicators.choose(sets, options.set_id) if options.set_id else sets[-1]
        self.series = running.ParquetSeries(space.series)
        self.known = self.series.known(as_of=options.as_of)
        if self.known.empty:
            raise SeriesError(
                "The running database holds no figure: read tables with `industrymap series import` first.",
                "运行数据库中没有数：请先用 industrymap series import 读入数据表。",
            )
        self.firms = firms_of_build(space)
        self.notes: list[tuple[str, str]] = []
        self.clusters = _clusters(self.pack)

    def model(self) -> MonitorModel:
        """Return the model."""
        periods = _periods(self.known)
        levels, cubes = {}, {}
        for level in _SHOWN:
            units = self._units(level)
            if units is not None:
                levels[level], cubes[level] = self._level(units), self._cube(units, periods)
        periods, cubes = _trimmed(periods, cubes)
        rules = monitor.known_rules([*self.pack.folders, self.space.folder])
        method = self._method()
        firms = firms_of(self.space, self.known, self.firms, levels, rule=self.options.rule)
        first = monitor.MonitorModel(
            meta=self.space.about(), of=self.of, periods=periods, levels=tuple(levels.values()), cubes=cubes,
            measures=_measures(self.of, self.known), vintage=int(self.known["vintage"].max()), own=self.pack.name, rules=rules,
            targets=targets_of(self.space, self.pack, self.of, levels, {n: c for c, (n, _) in self.clusters.items()}),
            intake=intake_of(self.series, self.known, levels, int(self.known["vintage"].max())),
            outlines=outlines_of(self.space, levels), peers=peers_of(self.space, self.pack, self.of, cubes["city"], periods),
            pushes=_pushes(self.of, levels, cubes, periods), parks=parks_of(self.space, self._year(periods)), ranking=self._ranking(method),
            firms=firms, structure=structure_of(firms),
        )  # fmt: skip
        index_periods, parts, official = self._index(method, first)
        found = monitor.find_alerts(first, rules, monitor.alert_states(self.space.folder))
        return replace(
            first, alerts=found, index_periods=index_periods, index=parts, index_official=official, notes=tuple(self.notes),
        )  # fmt: skip

    def _year(self, periods: tuple[Period, ...]) -> int:
        """Return the year in which the data stand."""
        date = self.space.about().data_date
        return date.year if date is not None else max(p.year for p in periods)

    def _units(self, level: str) -> Units | None:
        try:
            found = units_of_level(self.space, self.pack, level, self.firms, self.known)
        except IndustryMapError as error:
            # Clusters are known from a build; a database alone has none.
            self.notes.append((f"没有{_NAMES[level][0]}：{error.zh}", f"no {_NAMES[level][1].lower()}: {error.en}"))  # fmt: skip
            return None
        return found if found.names else None

    def _level(self, units: Units) -> Level:
        parents: Mapping[str, str] = {}
        if units.level == "town":
            table = self.pack.current("town")
            parents = dict(zip(table["code"].astype(str), table["parent_code"].astype(str), strict=True))  # fmt: skip
        zh, en = _NAMES[units.level]
        return monitor.Level(
            id=units.level, zh=zh, en=en, codes=units.codes, names=tuple(units.names.values()),
            parents=tuple(parents.get(code, "") for code in units.codes),
        )  # fmt: skip

    def _cube(self, units: Units, periods: tuple[Period, ...]) -> Cube:
        """Compute each basis by itself, then take for each indicator the one that gives it the most values."""
        ways = {
            "reported": self._computed(units, periods, self._own(units)),
            "parts": self._computed(
                units, periods, self._parts(units) if units.level == "city" else self.known.iloc[:0]
            ),
            "firms": self._of_firms(units, periods),
        }
        shape = (len(self.of.indicators), len(units.codes), len(periods))
        values, n, coverage = (np.full(shape, np.nan) for _ in range(3))
        basis = []
        for at in range(len(self.of.indicators)):
            sizes = {way: int((~np.isnan(ways[way][0][at])).sum()) for way in _WAYS}
            best = max(_WAYS, key=sizes.__getitem__)
            basis.append(best if sizes[best] else "")
            values[at], n[at], coverage[at] = (part[at] for part in ways[best][:3])
        points = np.array([i.unit == "%" for i in self.of.indicators])
        change = monitor.against_last_year(values, periods, points=points)
        summed = np.array([way == "firms" for way in basis])
        change[~monitor.same_firms(n, coverage, periods, summed=summed)] = np.nan
        lacking = {i.id: ways["firms"][3].get(i.id) or ways["reported"][3].get(i.id, ()) for at, i in enumerate(self.of.indicators) if not basis[at]}  # fmt: skip
        return monitor.Cube(
            amounts=values, n=n, coverage=coverage, basis=tuple(basis),
            change=change,
            lacks={id_: tuple(_words(name) for name in names) for id_, names in lacking.items()},
        )  # fmt: skip

    def _own(self, units: Units) -> pd.DataFrame:
        rows = self.known[self.known["kind"].astype(str) == units.level]
        if units.level != "cluster":
            return rows
        # A cluster whose branches alone reported is their sum; one that reported itself is what it said.
        own, parts = self._named(rows), self._parts(units)
        silent = ~parts["entity"].astype(str).isin(set(own["entity"].astype(str)))
        return pd.concat([own, parts[silent]], ignore_index=True)

    def _named(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return figures of clusters under the names by which the base knows them; tables may give either."""
        names = {code: name for code, (name, _) in self.clusters.items()}
        entity = rows["entity"].astype(str)
        return rows.assign(entity=entity.map(names).fillna(entity).astype("category"))

    def _parts(self, units: Units) -> pd.DataFrame:
        if units.level == "city":
            into = dict.fromkeys(self._codes("district"), units.codes[0])
            return figures.from_parts(self.known, kind="district", into=into, whole="city")
        if units.level == "cluster":
            # A branch that the plan does not name (official = false) is part of its cluster all the same.
            into = {code: parent for code, (_, parent) in self.clusters.items() if parent}
            return self._named(figures.from_parts(self.known, kind="cluster", into=into, whole="cluster"))  # fmt: skip
        return self.known.iloc[:0]

    def _codes(self, level: str) -> tuple[str, ...]:
        return units_of_level(self.space, self.pack, level, self.firms, self.known).codes

    def _computed(
        self,
        units: Units,
        periods: tuple[Period, ...],
        known: pd.DataFrame,
        firms: Firms | None = None,
    ) -> _Way:
        if known.empty:
            return _nothing(len(self.of.indicators), len(units.codes), len(periods))
        asked = figures.Asked(units=units, periods=periods, basis="reported" if firms is None else "firms")  # fmt: skip
        done = figures.compute(self.of, known, asked=asked, firms=firms)
        return (*_arrays(done.table, self.of, units, periods), done.missing)

    def _of_firms(self, units: Units, periods: tuple[Period, ...]) -> _Way:
        rows = self.known[self.known["kind"].astype(str) == "firm"]
        if self.firms is None or rows.empty:
            return _nothing(len(self.of.indicators), len(units.codes), len(periods))
        # Only periods in which firms stated anything: of others nothing is known of them.
        said = {parse(text) for text in rows["period"].astype(str).unique()}
        own = tuple(p for p in periods if p in said)
        values, n, coverage, missing = self._computed(units, own, self.known, self.firms)
        place = [periods.index(p) for p in own]
        whole = _nothing(len(self.of.indicators), len(units.codes), len(periods))
        for into, part in zip(whole[:3], (values, n, coverage), strict=True):
            into[:, :, place] = part
        return (*whole[:3], missing)

    def _method(self) -> Method | None:
        known = methods(self.space.folder)
        id_ = self.options.method_id or next(reversed(known), "")
        if not id_:
            self.notes.append(
                ("没有评价方法，未含指数与排名", "no method: without index and ranking")
            )
            return None
        return chosen_method(self.space.folder, id_)

    def _index(
        self, method: Method | None, model: MonitorModel
    ) -> tuple[tuple[Period, ...], list[monitor.Part], bool]:
        """Return the city's index over the same months of its years, whole and by group."""
        city = model.cubes["city"]
        # Of figures from January on, as they are published: yearly ones of single firms then take part as well.
        ends = [n for n, p in enumerate(model.periods) if p.is_cumulative and p.last % 3 == 0]
        held = [n for n in ends if np.isfinite(city.amounts[0, 0, n])]
        if method is None or not held:
            return (), [], False
        last = model.periods[held[-1]]
        same = tuple(model.periods[n] for n in held if model.periods[n].shift(last.year - model.periods[n].year) == last)  # fmt: skip
        units = figures.Units(
            level="city", names={model.levels[0].codes[0]: model.levels[0].names[0]}
        )
        places = [model.periods.index(p) for p in same]
        steady = {i.id for at, i in enumerate(self.of.indicators) if _steady(city.n[at, 0, places])}
        table = _table(city.amounts, self.of, units, model.periods)
        # Left in as unknown: its weight counts as not covered.
        table.loc[~table["indicator"].isin(steady), "value"] = pd.NA
        parts = []
        for group in ("", *self.of.groups):
            own = tuple(i for i in self.of.indicators if not group or i.group == group)
            of = replace(self.of, indicators=own)
            rows = table[table["indicator"].isin({i.id for i in own})]
            done = IndicatorValues(
                of=of, units=units, periods=same, vintage=model.vintage,
                figures=figures.Figures(table=rows, missing={}, carried=(), unknown_firms=()),
            )  # fmt: skip
            part = _part(done, method, group, self.of.groups.get(group, ("总指数", "Whole")))
            if part is not None:
                parts.append(part)
        return same, parts, self.of.official and method.official

    def _ranking(self, method: Method | None) -> monitor.Ranking | None:
        if method is None:
            return None
        quarters = sorted({p for p in map(parse, self.known.loc[self.known["kind"].astype(str) == "district", "period"].astype(str).unique()) if p.level in {"quarter", "year"}})  # fmt: skip
        if not quarters:
            return None
        last = quarters[-1]
        try:
            now = self._scored(method, last, draws=self.options.draws)
        except EvaluationError as error:
            self.notes.append((f"未含排名：{error.zh}", f"no ranking: {error.en}"))
            return None
        try:
            before = self._scored(method, last.last_year, draws=0)[1]
        except IndustryMapError:
            before = None
        return monitor.Ranking(
            run=now[0], period=str(last), official=self.of.official and method.official, zh=method.zh, en=method.en,
            table=now[1], before=before,
        )  # fmt: skip

    def _scored(self, method: Method, period: Period, *, draws: int) -> tuple[str, pd.DataFrame]:
        asked = IndicatorOptions(level="district", periods=[str(period)], as_of=self.options.as_of)
        run = evaluate(self.space.folder, self.of.id, method.id, asked)
        table = run.scores.rename(columns={"name": "name_"}).drop(columns="name_")
        if draws:
            try:
                found = robustness(self.space.folder, run.id, RobustnessOptions(draws=draws)).ranks
                # Ranks are whole: the interval is widened to whole ones.
                ends = found.assign(low=np.floor(found["low"]), high=np.ceil(found["high"]))
                table = table.merge(ends[["unit", "low", "high"]], on="unit", how="left")
            except EvaluationError as error:
                self.notes.append(
                    (f"未含名次区间：{error.zh}", f"no intervals of ranks: {error.en}")
                )
        return run.id, table


_Way = tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]", "Mapping[str, tuple[str, ...]]"]  # fmt: skip
"""Values, firms, coverage, and what is missing."""


def _nothing(*shape: int) -> _Way:
    return (np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan), {})


def _clusters(pack: citypack.CityPack) -> dict[str, tuple[str, str]]:
    """Return the labels of the city's main taxonomy: code → name and parent."""
    held = [t for t in tagging.load_all(pack) if t.column == "cluster"]
    main = next((t for t in held if t.main), held[0] if held else None)
    return {} if main is None else {x.label_id: (x.zh, x.parent_id or "") for x in main.labels}


def _periods(known: pd.DataFrame) -> tuple[Period, ...]:
    """Return every period of the years in which areas or firms have figures: months, months from January, quarters, years."""
    held = [parse(text) for text in known["period"].astype(str).unique()]
    finer = {p.year for p in held if p.level != "year"}
    out = {Period(p.year) for p in held}
    for year in finer:
        # January is never published alone: January and February come as one.
        out |= {Period(year, 1, m) for m in range(2, 13)} | {
            Period(year, m, m) for m in range(3, 13)
        }
        out |= {Period(year, q, q + 2) for q in (1, 4, 7, 10)}
    return tuple(sorted(out))


def _arrays(
    table: pd.DataFrame, of: IndicatorSet, units: Units, periods: Sequence[Period]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return a table of figures as arrays of indicator, area, period."""
    shape = (len(of.indicators), len(units.codes), len(periods))
    places = (
        {i.id: at for at, i in enumerate(of.indicators)},
        {code: at for at, code in enumerate(units.codes)},
        {str(p): at for at, p in enumerate(periods)},
    )
    keys = (table["indicator"], table["unit"], table["period"])
    at = tuple(key.map(place).to_numpy(dtype=np.int64) for key, place in zip(keys, places, strict=True))  # fmt: skip
    out = []
    for name in ("value", "n", "coverage"):
        one = np.full(shape, np.nan)
        one[at] = table[name].to_numpy(dtype=float, na_value=np.nan)
        out.append(one)
    return out[0], out[1], out[2]


def _table(
    values: NDArray[np.float64], of: IndicatorSet, units: Units, periods: Sequence[Period]
) -> pd.DataFrame:
    """Return values as the table that indices are made from."""
    ids, codes = [i.id for i in of.indicators], units.codes
    frame = pd.DataFrame(
        [(i, c, str(p)) for i in ids for c in codes for p in periods],
        columns=["indicator", "unit", "period"],
    )
    flat = values.ravel()
    frame["value"] = pd.array([None if np.isnan(v) else v for v in flat], dtype="Float64")
    return frame.assign(basis="reported", n=pd.array([pd.NA] * len(flat), dtype="Int64"), coverage=pd.array([pd.NA] * len(flat), dtype="Float64"))  # fmt: skip


def _part(
    done: IndicatorValues, method: Method, group: str, names: tuple[str, str]
) -> monitor.Part | None:
    try:
        made = index_of(done, method, base=done.periods[0], formula="fixed")
    except EvaluationError:
        return None
    values = made.table["index"].to_numpy(dtype=float, na_value=np.nan)
    return monitor.Part(id=group, zh=names[0], en=names[1], amounts=values.tolist(), coverage=float(made.table["coverage"].iloc[0]))  # fmt: skip


def _steady(n: NDArray[np.float64]) -> bool:
    """Return whether a figure is of about as many firms in every period: a count of twice as many firms known is no growth."""
    known = n[np.isfinite(n)]
    return len(known) == 0 or float(known.max()) <= _MOST_MORE * float(known.min())


def _trimmed(
    periods: tuple[Period, ...], cubes: Mapping[str, Cube]
) -> tuple[tuple[Period, ...], dict[str, Cube]]:
    """Leave out periods of which nothing is known at any level."""
    held = np.zeros(len(periods), dtype=bool)
    for cube in cubes.values():
        held |= np.isfinite(cube.amounts).any(axis=(0, 1))
    cut = {
        level: replace(cube, amounts=cube.amounts[:, :, held], change=cube.change[:, :, held], n=cube.n[:, :, held], coverage=cube.coverage[:, :, held])
        for level, cube in cubes.items()
    }  # fmt: skip
    return tuple(p for p, keep in zip(periods, held, strict=True) if keep), cut


def _pushes(
    of: IndicatorSet,
    levels: Mapping[str, Level],
    cubes: Mapping[str, Cube],
    periods: Sequence[Period],
) -> list[monitor.Push]:
    """Return what each district and cluster added to the growth of every total, in each quarter and year."""
    out = []
    place = {p: n for n, p in enumerate(periods)}
    for at, indicator in enumerate(of.indicators):
        formula = indicator.formula
        # Only sums add up: of a ratio no part is a share of the change.
        if (
            not formula.text.startswith("sum(")
            or len(formula.measures) != 1
            or formula.text.count("sum(") != 1
        ):
            continue
        for period in periods:
            before = place.get(period.last_year)
            if before is None or period.level not in {"quarter", "year"}:
                continue
            table = cubes["district"].amounts[at]
            out += _shares(
                levels["district"], indicator.id, period, table[:, place[period]], table[:, before]
            )
    return out


def _shares(
    level: Level,
    indicator: str,
    period: Period,
    now: NDArray[np.float64],
    before: NDArray[np.float64],
) -> list[monitor.Push]:
    # One district that is not known would be counted as having lost or won everything.
    if not (np.isfinite(now).all() and np.isfinite(before).all()):
        return []
    sides = [
        pd.Series(pd.array(v, dtype="Float64"), index=list(level.codes)) for v in (now, before)
    ]
    shares = running.contributions(
        sides[0], sides[1], pd.Series(list(level.codes), index=list(level.codes))
    )
    return [
        monitor.Push(indicator=indicator, period=str(period), level=level.id, unit=code, points=float(shares.points[code]) * 100.0, now=float(now[n]), before=float(before[n]))
        for n, code in enumerate(level.codes)
    ]  # fmt: skip


def _measures(of: IndicatorSet, known: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    used = {n for i in of.indicators for n in (*i.formula.measures, *i.formula.names)}
    used |= set(known.loc[known["kind"].astype(str) != "firm", "measure"].astype(str))
    out = {}
    for id_ in sorted(used):
        plain, _, kind = id_.partition(":")
        one = schemas.measure(plain)
        rate = kind == "growth"
        out[id_] = (one.zh + ("增速" if rate else ""), one.en + (" growth" if rate else ""), "%" if rate else one.unit)  # fmt: skip
    return out


def _words(name: str) -> tuple[str, str]:
    """Say what an indicator lacks."""
    if name in _REASONS:
        return _REASONS[name]
    column, _, test = name.partition(" ")
    if test:
        return _condition(column, test)
    one = schemas.measure(name.partition(":")[0])
    return _COLUMNS.get(name, (one.zh, one.en))


def _condition(column: str, test: str) -> tuple[str, str]:
    """Say a condition on a column of the firms in the words of the schema."""
    zh, en = _COLUMNS.get(column) or (schemas.label("enterprises", column), schemas.label("enterprises", column, "en"))  # fmt: skip
    if test == "is not null":
        return f"企业的“{zh}”", f"“{en}” of the firms"
    sign, _, value = test.partition(" ")
    said = tuple({"yes": ("是", "yes"), "no": ("否", "no")}.get(value) or (schemas.labels(column, lang).get(value, value) for lang in ("zh", "en")))  # fmt: skip
    return f"企业的“{zh}”（{sign} {said[0]}）" if sign != "=" else f"企业的“{zh}”（{said[0]}）", f"“{en}” of the firms ({said[1] if sign == '=' else f'{sign} {said[1]}'})"  # fmt: skip
