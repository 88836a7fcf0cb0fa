"""The workspace's city beside its peers: published figures with their source, its own from the running database where none is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import citypack, indicators, workspace
from industrymap import compare as cities
from industrymap.columns import floats
from industrymap.errors import CompareError
from industrymap.periods import parse
from industrymap.pipeline._indicators import IndicatorOptions, indicator_values

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from industrymap.compare import Comparison
    from industrymap.indicators import Indicator, IndicatorSet

__all__ = ["CityComparison", "CityOptions", "compare_cities"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CityOptions:
    """How the city is compared.

    Attributes
    ----------
    indicator : str
        Name, or identifier in the set; empty: every indicator that peers have.
    set_id : str
        Set whose formulas give the city's own value where none is published; empty: published figures only.
    period : str
        In any written form; empty: for each indicator the latest that two cities have.
    chosen : str
        City to measure against.
    base : str
        Period that is 100 in the courses; empty: no index.
    less : bool
        Whether less is better, for an indicator of no set.
    as_of : date or int, optional
        The running database as known on a day or after an addition.

    Examples
    --------
    >>> CityOptions(indicator="工业总产值", chosen="深圳").less
    False
    """

    indicator: str = ""
    set_id: str = ""
    period: str = ""
    chosen: str = ""
    base: str = ""
    less: bool = False
    as_of: dt.date | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CityComparison:
    """The city beside its peers.

    Attributes
    ----------
    own, base : str
        The city that looks, and the period that is 100 in the courses (empty: no index).
    compared : tuple of Comparison
        One for each indicator.
    courses : dict of str to DataFrame
        Indicator → every city's course (:func:`industrymap.compare.trends`).
    issues : DataFrame
        Published figures that were left out, and why.
    """

    own: str
    base: str
    compared: tuple[Comparison, ...]
    courses: dict[str, pd.DataFrame]
    issues: pd.DataFrame


def compare_cities(folder: str | Path, options: CityOptions | None = None) -> CityComparison:
    """Put the workspace's city beside the cities of ``peers.csv`` (or ``peers.xlsx``) in its city pack and in the workspace.

    Parameters
    ----------
    folder : path
        The workspace.
    options : CityOptions, optional

    Raises
    ------
    CompareError
        There are no peers, or the indicator, the period or the chosen city is not among their figures.
    IndicatorError
        There is no such set, or the running database holds nothing of it.

    Examples
    --------
    >>> import industrymap as im
    >>> im.compare_cities(".", im.CityOptions(indicator="工业总产值")).compared[0].best  # doctest: +SKIP
    '江陵'
    """
    options = options or CityOptions()
    space = workspace.load(folder)
    pack = citypack.load(space.city)
    # Not those of the pack it inherits from: real cities would stand beside an invented one.
    peers = cities.known([pack.folder, space.folder])
    if peers.frame.empty:
        raise CompareError(
            "There are no figures of other cities: put them into peers.csv in the workspace (city, indicator, period, value, unit, source).",
            "没有其他城市的数：请在工作区放一份 peers.csv（城市、指标、时期、数值、单位、来源）。",
        )
    of = indicators.choose(indicators.known([*pack.folders, space.folder]), options.set_id) if options.set_id else None  # fmt: skip
    own = cities.city_name(pack.name)
    # The empty mark says that a figure is published.
    frame = peers.frame.assign(mark="")
    if of is not None:
        frame = pd.concat([frame, _computed(folder, of, frame, own, options)], ignore_index=True)
    names = [_asked(options.indicator, of)] if options.indicator else list(dict.fromkeys(frame["indicator"]))  # fmt: skip
    records = {i.zh: i for i in of.indicators} if of is not None else {}
    compared = tuple(
        cities.compare(frame, _question(n, records.get(n), own, options)) for n in names
    )
    # One indicator in which the chosen city can be compared is enough.
    if options.chosen and all(one.table["to_chosen"].isna().all() for one in compared):
        raise CompareError(
            f"{options.chosen} has no figure that can be compared: of another period, definition or unit, or none.",
            f"“{options.chosen}”没有可比的数：没有数，或时期、口径、单位不同。",
        )
    return CityComparison(
        own=own,
        base=str(parse(options.base)) if options.base else "",
        compared=compared,
        courses={n: cities.trends(frame, n, base=options.base) for n in names},
        issues=peers.issues,
    )


def _asked(indicator: str, of: IndicatorSet | None) -> str:
    """Return the name under which peers have an indicator: a set also knows it by its identifier or English name."""
    for one in of.indicators if of is not None else ():
        if indicator in {one.id, one.en}:
            return one.zh
    return indicator


def _question(
    name: str, record: Indicator | None, own: str, options: CityOptions
) -> cities.Question:
    direction = record.direction if record is not None else -1 if options.less else 1
    return cities.Question(
        indicator=name,
        period=options.period,
        direction=direction,
        own=own,
        chosen=cities.city_name(options.chosen),
    )


def _computed(
    folder: str | Path, of: IndicatorSet, frame: pd.DataFrame, own: str, options: CityOptions
) -> pd.DataFrame:
    """Return the city's own values of the periods that peers have, where it has none published."""
    shared = {i.zh: i for i in of.indicators if i.zh in set(frame["indicator"])}
    theirs = frame[frame["indicator"].isin(shared)]
    if theirs.empty:
        return frame.iloc[:0]
    wanted = sorted(set(theirs["period"]))
    done = indicator_values(folder, of.id, IndicatorOptions(level="city", periods=wanted, as_of=options.as_of))  # fmt: skip
    published = set(theirs.loc[theirs["city"] == own, ["indicator", "period"]].itertuples(index=False, name=None))  # fmt: skip
    by_id = {i.id: i for i in shared.values()}
    rows = []
    known = done.figures.table.dropna(subset=["value"])
    for one, value in zip(known.itertuples(index=False), floats(known, "value"), strict=True):
        record = by_id.get(str(one.indicator))
        if record is None or (record.zh, str(one.period)) in published:
            continue
        here = theirs[(theirs["indicator"] == record.zh) & (theirs["period"] == str(one.period))]
        rows.append(
            {
                "city": own, "indicator": record.zh, "period": str(one.period), "value": value, "unit": record.unit,
                # It goes into the ranks as if it were of the peers' definition, and its mark says that nobody has checked that.
                "definition": str(here["definition"].mode().iloc[0]) if len(here) else "",
                "source": record.formula.text, "note": "", "mark": cities.COMPUTED,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=frame.columns)
