"""Who made a measure grow: contributions of firms, industries and areas; and the same months of past years side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import citypack, figures, indicators, periods, schemas, series, workspace
from industrymap.errors import SeriesError, did_you_mean, nearest
from industrymap.observations import Words
from industrymap.pipeline._indicators import code_of, firms_of_build, units_of_level

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from industrymap.figures import Firms
    from industrymap.periods import Period
    from industrymap.series import Growth
    from industrymap.workspace import Workspace

__all__ = [
    "GrowthOptions",
    "GrowthParts",
    "SeasonOptions",
    "Seasons",
    "growth_parts",
    "seasons",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthOptions:
    """How growth is taken apart.

    Attributes
    ----------
    by : str
        Of :data:`industrymap.indicators.LEVELS`: ``firm``, ``industry``, ``district`` and so on.
    period : str
        In any written form; empty: the latest that has a figure in it and in the same months of the year before.
    basis : str
        ``firms`` or ``reported``; empty: what the units reported themselves where that is known of two periods, else firms.
    as_of : date or int, optional
        As known at the end of a day, or after an addition of that number.

    Examples
    --------
    >>> GrowthOptions(by="industry", period="2025年1—6月").by
    'industry'
    """

    by: str = "district"
    period: str = ""
    basis: str = ""
    as_of: dt.date | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthParts:
    """Growth of a total on the same months of the year before, taken apart.

    Attributes
    ----------
    measure, unit, by, basis : str
    period : Period
    whole : Growth
        Of the total: as it is, and on the constant panel, with how many came and went. Where the units reported totals, of
        those known in both periods.
    published : float or None
        The rate that was published for the city, as a share of 1: on comparable firms and, of value added, at constant prices, so
        that it need not equal either of the two.
    table : DataFrame
        ``code, name, before, now, points, entered, left, panel, n_panel, n_entered, n_left``; what contributed most first. Points
        are shares of the total before and add up to ``whole.whole``; firms of no known unit are under the code ``""``. Where the
        units reported totals, entries, exits and panel are not known.
    lacking : tuple of str
        Names of units that reported one of the two periods only: they take no part, because a total that was not sent is no exit.
    """

    measure: str
    unit: str
    by: str
    basis: str
    period: Period
    whole: Growth
    published: float | None
    table: pd.DataFrame
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonOptions:
    """What is put beside the same months of past years.

    Attributes
    ----------
    entity : str
        Code or name; empty: the city.
    kind : str
        Of :data:`industrymap.series.KINDS`; empty: what the name means, or a firm.
    years : int
        Most past years.
    as_of : date or int, optional

    Examples
    --------
    >>> SeasonOptions(entity="番禺区").years
    3
    """

    entity: str = ""
    kind: str = ""
    years: int = 3
    as_of: dt.date | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seasons:
    """The seasonal view of one measure of one entity.

    Attributes
    ----------
    measure, unit, kind, entity : str
    single : bool
        Whether cumulative figures were turned into those of single months or quarters.
    table : DataFrame
        As :func:`industrymap.series.seasonal` returns it.
    """

    measure: str
    unit: str
    kind: str
    entity: str
    single: bool
    table: pd.DataFrame


def growth_parts(
    folder: str | Path, measure: str, options: GrowthOptions | None = None
) -> GrowthParts:
    """Take the growth of a measure apart: what each firm, industry or area contributed, who came and who went.

    Parameters
    ----------
    folder : path
        The workspace.
    measure : str
        Id of a measure that the running database holds.
    options : GrowthOptions, optional

    Raises
    ------
    SeriesError
        The database has no such figures, or none of two years.
    IndicatorError
        There is no such level, or it is known from a build only and nothing was built.

    Notes
    -----
    Who is known in one of the two periods only is an entry or an exit *of the database*: a firm that did not report looks like one
    that closed, which the number of firms lets a reader judge.

    Examples
    --------
    >>> import industrymap as im
    >>> im.growth_parts(".", "revenue_10k_cny", im.GrowthOptions(by="industry")).table  # doctest: +SKIP
    """
    options = options or GrowthOptions()
    indicators.require_level(options.by)
    space = workspace.load(folder)
    known = _known(space, measure, options.as_of)
    firms = firms_of_build(space)
    pack = citypack.load(space.city)
    units = units_of_level(space, pack, options.by, firms, known)
    asked = periods.parse(options.period) if options.period else None
    ways = [options.basis] if options.basis else ["reported", "firms"]
    # A firm's own figures are both; one way of reading them is enough.
    ways = ["firms"] if options.by == "firm" else ways
    # Which firm is where is known from a build only.
    ways = [w for w in ways if w == "reported" or firms is not None or options.by == "city"]
    for basis in ways:
        kind = "firm" if basis == "firms" else options.by
        part = known[known["kind"] == kind]
        part = firms.joined(part)[0] if kind == "firm" and firms is not None else part
        period = asked or _latest(part)
        if period is None:
            continue
        now, before = _sides(part, measure, period)
        if len(now.dropna().index.intersection(before.dropna().index)):
            groups = _groups(firms, units, now.index.union(before.index)) if basis == "firms" else None  # fmt: skip
            whole, table, lacking = (
                _reported_apart(now, before, units.names)
                if groups is None
                else _firms_apart(now, before, groups, units.names)
            )
            return GrowthParts(
                measure=measure, unit=_unit(part), by=options.by, basis=basis, period=period, whole=whole,
                published=_published(known, measure, period), table=table, lacking=lacking,
            )  # fmt: skip
    raise _no_two_years(measure, asked, built=firms is not None)


def seasons(folder: str | Path, measure: str, options: SeasonOptions | None = None) -> Seasons:
    """Put each period of the latest year beside the same months of past years.

    Parameters
    ----------
    folder : path
        The workspace.
    measure : str
        Id of a measure that the running database holds.
    options : SeasonOptions, optional

    Raises
    ------
    SeriesError
        The database has no such figures of that entity.

    Examples
    --------
    >>> import industrymap as im
    >>> im.seasons(".", "output_10k_cny", im.SeasonOptions(entity="番禺区")).table  # doctest: +SKIP
    """
    options = options or SeasonOptions()
    space = workspace.load(folder)
    known = _known(space, measure, options.as_of)
    pack = citypack.load(space.city)
    named = Words(pack).entity(options.entity) if options.entity else ("city", pack.division_code)
    kind, entity = named or (options.kind or "firm", options.entity)
    if kind == "firm" and (firms := firms_of_build(space)) is not None:
        entity = code_of(_called(firms), entity) or entity
        known = firms.joined(known[known["kind"] == "firm"])[0]
    kind = options.kind or kind
    rows = known[(known["kind"] == kind) & (known["entity"].astype(str) == entity) & (known["measure"] == measure)]  # fmt: skip
    if rows.empty:
        raise SeriesError(
            f"The database holds no {measure!r} of {options.entity or pack.name!r}.",
            f"数据库中没有“{options.entity or pack.name}”的“{measure}”。",
        )
    flow = schemas.measure(measure.partition(":")[0]).counts == "flow" and ":" not in measure
    values = {
        periods.parse(str(p)): float(v) for p, v in zip(rows["period"], rows["value"], strict=True)
    }
    shown = _singles(values) if flow else values
    table = series.seasonal(shown, years=options.years)
    return Seasons(measure=measure, unit=_unit(rows), kind=kind, entity=entity, single=flow, table=table)  # fmt: skip


def _called(firms: Firms) -> dict[str, str]:
    ids = firms.frame["enterprise_id"].astype(str)
    names = firms.frame["name"].astype("string").fillna(ids) if "name" in firms.frame else ids
    return dict(zip(ids, names.astype(str), strict=True))


def _singles(values: dict[Period, float]) -> dict[Period, float]:
    """Return single months or quarters, each month of a year at most once: what is stated goes before a difference."""
    apart = series.single(values)
    # A month that a table states holds against the difference of two cumulative figures, which a revision may have parted.
    stated = {p: v for p, v in values.items() if p in apart}
    years = {p.year for p in apart}
    # Of years without cumulative figures what is stated is all there is: the finest that does not overlap.
    rest: dict[Period, float] = {}
    for period in sorted(values, key=lambda p: (p.months, p)):
        free = not any(p.year == period.year and p.first <= period.last and period.first <= p.last for p in rest)  # fmt: skip
        if period.year not in years and free:
            rest[period] = values[period]
    return apart | stated | rest


def _known(space: Workspace, measure: str, as_of: dt.date | int | None) -> pd.DataFrame:
    """Return everything known of a measure and its published growth, or say which measure is nearest."""
    store = series.ParquetSeries(space.series)
    known = store.known(as_of=as_of, measures=[measure, f"{measure}:growth"])
    if not (known["measure"] == measure).any():
        have = sorted(set(store.known()["measure"].astype(str)))
        en, zh = did_you_mean(nearest(measure, have, n=1))
        raise SeriesError(
            f"The database holds no figures of {measure!r}.{en}",
            f"数据库中没有“{measure}”的数据。{zh}",
        )
    return known.astype({"kind": str, "measure": str, "period": str})


def _latest(part: pd.DataFrame) -> Period | None:
    """Return the latest period that is known in its year and in the year before."""
    there = {periods.parse(p) for p in part["period"].unique()}
    return max((p for p in there if p.last_year in there), default=None)


def _sides(part: pd.DataFrame, measure: str, period: Period) -> tuple[pd.Series, pd.Series]:
    """Return the figures of both periods by entity; a quarter that is not stated is a difference of cumulative figures."""
    part = part[part["measure"] == measure]
    if schemas.measure(measure).counts == "state":
        # As stated and no other: a state carried over from the year before would be compared with itself.
        now, before = (
            part[part["period"] == str(p)].assign(entity=part["entity"].astype(str)).set_index("entity")["value"]
            for p in (period, period.last_year)
        )  # fmt: skip
        return now, before
    entities = sorted(set(part["entity"].astype(str)))
    both = (period.last_year, period)
    arranged = figures.grid(part, entities, both, only={measure})
    values = arranged.measures.get(measure, np.full((len(entities), 2), np.nan))
    before, now = (
        pd.Series(
            pd.array([None if np.isnan(v) else v for v in values[:, side]], dtype="Float64"),
            index=entities,
        )
        for side in (0, 1)
    )
    return now, before


def _groups(firms: Firms | None, units: figures.Units, entities: pd.Index) -> pd.Series:
    """Return the unit of each firm that has a figure; who the build does not know is in none."""
    if units.level == "firm":
        return pd.Series(entities.astype(str), index=entities)
    if firms is None:
        # Only the city has firms without a build: all of them.
        return pd.Series(units.codes[0], index=entities)
    codes = np.array(["", *units.codes], dtype=object)
    ids = firms.frame["enterprise_id"].astype(str)
    return pd.Series(codes[firms.unit_of(units) + 1], index=ids)


def _firms_apart(
    now: pd.Series, before: pd.Series, groups: pd.Series, names: Mapping[str, str]
) -> tuple[Growth, pd.DataFrame, tuple[str, ...]]:
    # Firms that the build does not know are one group, never left out: the groups must add up to the whole.
    parts = series.contributions(now, before, groups)
    return series.growth(now, before), _ordered(parts.table, names), ()


def _reported_apart(
    now: pd.Series, before: pd.Series, names: Mapping[str, str]
) -> tuple[Growth, pd.DataFrame, tuple[str, ...]]:
    both = now.dropna().index.intersection(before.dropna().index)
    either = now.dropna().index.union(before.dropna().index)
    lacking = tuple(names.get(code, code) for code in either.difference(both))
    parts = series.contributions(now[both], before[both], pd.Series(both, index=both))
    # A total says nothing of the firms behind it: neither who came nor how those of both years grew.
    unknown = ["entered", "left", "panel", "n_panel", "n_entered", "n_left"]
    table = parts.table.astype(dict.fromkeys(unknown, "Float64"))
    table[unknown] = pd.NA
    return series.growth(now[both], before[both]), _ordered(table, names), lacking


def _ordered(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the parts by the size of their contribution, the code breaking ties."""
    out = table.rename_axis("code").reset_index()
    out.insert(1, "name", [names.get(code, code) for code in out["code"]])
    order = out["points"].abs().sort_values(ascending=False, kind="stable").index
    return out.loc[order].reset_index(drop=True)


def _published(known: pd.DataFrame, measure: str, period: Period) -> float | None:
    rate = known[
        (known["kind"] == "city")
        & (known["measure"] == f"{measure}:growth")
        & (known["period"] == str(period))
    ]["value"]
    # Published in per cent.
    return float(rate.iloc[0]) / 100 if len(rate) == 1 else None


def _unit(rows: pd.DataFrame) -> str:
    units = sorted({str(u) for u in rows.loc[~rows["measure"].str.contains(":"), "unit"].unique()})
    if len(units) > 1:
        raise SeriesError(
            f"The figures are in {' and '.join(units)}: convert before adding up.",
            f"数据的单位不一（{'、'.join(units)}），请先换算。",
        )
    return units[0] if units else ("%" if len(rows) else "")


def _no_two_years(measure: str, asked: Period | None, *, built: bool) -> SeriesError:
    if not built:
        return SeriesError(
            f"The units reported no {measure!r} of two years, and which firm is in which of them is known from a build: run `industrymap build`.",
            f"各对象没有上报两年的“{measure}”，而企业归属来自生成结果：请先运行 industrymap build。",
        )
    if asked is not None:
        return SeriesError(
            f"{measure!r} is not known of anybody in both {asked} and {asked.last_year}.",
            f"没有哪个对象同时有 {asked} 和 {asked.last_year} 的“{measure}”。",
        )
    return SeriesError(
        f"The database holds no {measure!r} of a period and of the same months of the year before.",
        f"数据库中没有“{measure}”在同一时期两年的数据。",
    )
