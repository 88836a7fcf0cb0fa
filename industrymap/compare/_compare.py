"""One indicator of many cities: who is where, how far from the best, and what must not be ranked together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import periods
from industrymap.cells import factor, parse_unit
from industrymap.errors import CompareError, did_you_mean, nearest

if TYPE_CHECKING:
    from industrymap.periods import Period

__all__ = ["Comparison", "Question", "compare", "trends"]

OTHER_PERIOD = "other_period"
OTHER_DEFINITION = "other_definition"
OTHER_UNIT = "other_unit"
COMPUTED = "computed"
"""Marks of a row that is shown with a reserve; the first three keep it out of ranks and medians."""

_UNRANKED = {OTHER_PERIOD, OTHER_DEFINITION, OTHER_UNIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is compared.

    Attributes
    ----------
    indicator : str
        As the table of peers has it.
    period : str
        In any written form; empty: the latest for which at least two cities have a figure, else the latest.
    unit : str
        Unit of the answer; empty: that of the most rows.
    direction : int
        1 where more is better, -1 where less is.
    own, chosen : str
        The city that looks, and one it wants to be measured against (``to_chosen`` is ``<NA>`` where that city has no figure that
        can be compared); either may be empty.

    Examples
    --------
    >>> Question(indicator="工业总产值", chosen="深圳").direction
    1
    """

    indicator: str
    period: str = ""
    unit: str = ""
    direction: int = 1
    own: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One indicator of one period, city by city.

    Attributes
    ----------
    indicator, unit, definition : str
        What was compared, in which unit, by which definition (that of most cities; may be empty: not stated).
    period : Period
    direction : int
    table : DataFrame
        ``city``, ``value`` (in ``unit``), ``period``, ``definition``, ``source``, ``mark``, ``rank`` (Int64, among the cities that
        may be ranked), ``to_best``, ``to_median``, ``to_chosen`` (value less that of the best, the median, the chosen city);
        best first, unranked last.
    best : str
        The first city; empty where none may be ranked.
    median : float or None
    """

    indicator: str
    period: Period
    unit: str
    definition: str
    direction: int
    table: pd.DataFrame
    best: str
    median: float | None

    @property
    def ranked(self) -> int:
        """How many cities the ranks are among."""
        return int(self.table["rank"].notna().sum())


def compare(peers: pd.DataFrame, question: Question) -> Comparison:
    """Put the cities' figures of one indicator and period beside each other.

    A city is ranked where its figure is of the period asked for, of the definition that most cities share, and in a unit that
    can be converted. Of a city without a figure of the period the latest of the same months of an earlier year is shown,
    marked, and not ranked. Equal values share a rank.

    Parameters
    ----------
    peers : DataFrame
        :data:`~industrymap.compare.PEER_COLUMNS`; a column ``mark`` may already say ``computed``.
    question : Question

    Raises
    ------
    CompareError
        There is no such indicator, period or city.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("深圳", "3.68"), ("上海", "3.44"), ("苏州", "3.36")]
    >>> peers = pd.DataFrame(
    ...     {"city": [c for c, _ in rows], "indicator": "工业总产值", "period": "2019", "value": [float(v) for _, v in rows],
    ...      "unit": "万亿元", "definition": "", "source": "公报", "note": ""}
    ... )
    >>> done = compare(peers, Question(indicator="工业总产值", chosen="苏州"))
    >>> done.best, done.median, done.table["rank"].tolist(), done.table["to_chosen"].round(2).tolist()
    ('深圳', 3.44, [1, 2, 3], [0.32, 0.08, 0.0])
    """
    rows = _of_indicator(peers, question.indicator)
    # The period is settled first: the definition and the unit are those of the cities that have it,
    # so that an old figure of another definition does not decide.
    period = periods.parse(question.period) if question.period else _latest(rows)
    here = _rows_of(rows, period)
    if here.empty:
        known = "、".join(sorted(set(rows["period"])))
        raise CompareError(
            f"No city has a figure of {question.indicator} for {period} or the same months before; there are: {known}.",
            f"没有城市有“{question.indicator}”{period.text('zh')}或更早同期的数；已有：{known}。",
        )
    definition = _shared_definition(here[here["period"] == str(period)], question.own)
    # The unit that most of the tables are in: the fewest figures are then shown otherwise than
    # their source has them.
    unit = question.unit or str(here["unit"].mode().iloc[0])
    table = _marked(_one_a_city(here, definition), period, definition, unit)
    table = _ranked(table, question)
    first = table[table["rank"] == 1]
    return Comparison(
        indicator=question.indicator,
        period=period,
        unit=unit,
        definition=definition,
        direction=question.direction,
        table=table,
        best=str(first["city"].iloc[0]) if len(first) else "",
        median=_median(table),
    )


def trends(peers: pd.DataFrame, indicator: str, *, unit: str = "", base: str = "") -> pd.DataFrame:
    """Return every city's course in one indicator, and where ``base`` is given its index with that period as 100.

    Figures of different periods of one city are only joined where they have one definition: that of most of its periods; the
    others are left out and counted. Published and computed figures are never joined, and the index is of the base's months only.

    Returns
    -------
    courses : DataFrame
        ``city``, ``period``, ``value``, ``index`` (NA without a figure of the base period), ``left_out`` (figures of this city
        of another definition or unit).

    Raises
    ------
    CompareError
        There is no such indicator, or no city has the base period.

    Examples
    --------
    >>> import pandas as pd
    >>> peers = pd.DataFrame(
    ...     {"city": "甲", "indicator": "产值", "period": ["2023", "2024"], "value": [200.0, 210.0], "unit": "亿元", "definition": "",
    ...      "source": "公报", "note": ""}
    ... )
    >>> trends(peers, "产值", base="2023")["index"].tolist()
    [100.0, 105.0]
    """
    rows = _of_indicator(peers, indicator)
    wanted = unit or str(rows["unit"].mode().iloc[0])
    factors = rows["unit"].map(lambda u: _factor(u, wanted)).astype("Float64")
    # What was computed here bears its peers' definition without anyone having checked it: joined to published figures it
    # would show a change of source as growth. Of as many of both the published ones sort first.
    made = rows["definition"] + (
        rows["mark"].map({COMPUTED: "\n*"}).fillna("") if "mark" in rows else ""
    )
    shared = made.groupby(rows["city"]).agg(lambda d: d.mode().iloc[0])
    fits = factors.notna() & (made == rows["city"].map(shared))
    out = rows[fits].assign(value=(rows["value"] * factors)[fits].astype("Float64"))
    out = out.sort_values(["city", "period"])[["city", "period", "value"]].reset_index(drop=True)
    out["index"] = _index(out, indicator, base)
    left = rows.loc[~fits, "city"].value_counts()
    return out.assign(left_out=out["city"].map(left).fillna(0).astype(int))


def _of_indicator(peers: pd.DataFrame, indicator: str) -> pd.DataFrame:
    rows = peers[peers["indicator"] == indicator]
    if rows.empty:
        known = sorted(set(peers["indicator"]))
        en, zh = did_you_mean(nearest(indicator, known, n=1))
        raise CompareError(
            f"No city has a figure of {indicator!r}.{en}", f"没有城市有“{indicator}”的数。{zh}"
        )
    return rows


def _latest(rows: pd.DataFrame) -> Period:
    """Return the latest period that two cities have; where none is, the latest."""
    # The newest figure is often that of one city, which publishes first: it would be compared with
    # nobody.
    cities = rows.groupby("period")["city"].nunique()
    shared = [p for p, n in cities.items() if n > 1] or list(cities.index)
    return max(periods.parse(p) for p in shared)


def _rows_of(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return the rows of the period, and for a city without one those of the latest earlier year's same months."""
    # Texts repeat for every city, so each is read once.
    read = {text: periods.parse(text) for text in set(rows["period"])}
    fits = {t for t, p in read.items() if _same_months(p, period) and p <= period}
    here = rows[rows["period"].isin(fits)]
    # ISO-like texts of the same months sort as their years do.
    return here[here["period"] == here.groupby("city")["period"].transform("max")]


def _same_months(one: Period, other: Period) -> bool:
    return one.shift(other.year - one.year) == other


def _shared_definition(rows: pd.DataFrame, own: str) -> str:
    """Return the definition of most cities; of equally common ones that of the own city, then the first in order."""
    counts = rows.groupby("definition")["city"].nunique()
    if counts.empty:
        return ""
    common = sorted(counts[counts == counts.max()].index)
    of_own = set(rows.loc[rows["city"] == own, "definition"]) & set(common)
    return min(of_own) if of_own else str(common[0])


def _one_a_city(rows: pd.DataFrame, definition: str) -> pd.DataFrame:
    """Return one row a city: of several definitions the shared one."""
    # A city may publish one year by an old and by a new definition: the one that can be ranked is
    # kept.
    order = (rows["definition"] != definition).astype(int)
    return rows.assign(order=order).sort_values(["order"], kind="stable").drop_duplicates("city")


def _marked(rows: pd.DataFrame, period: Period, definition: str, unit: str) -> pd.DataFrame:
    """Convert the values into one unit and mark what cannot be ranked, the weightiest reason of each row."""
    factors = rows["unit"].map(lambda u: _factor(u, unit)).astype("Float64")
    # The last mark set is the one shown: what cannot be converted is not comparable whatever its
    # year or definition, and another year weighs more than another definition.
    mark = rows["mark"] if "mark" in rows else pd.Series("", index=rows.index)
    mark = mark.mask(rows["definition"] != definition, OTHER_DEFINITION)
    mark = mark.mask(rows["period"] != str(period), OTHER_PERIOD).mask(factors.isna(), OTHER_UNIT)
    # 0.07 万亿元 times 10000 is a hair above 700: without this two equal outputs would not share a rank.
    value = (rows["value"] * factors).map(lambda v: float(f"{v:.12g}"), na_action="ignore")
    return rows.assign(value=value.astype("Float64"), mark=mark)


def _ranked(table: pd.DataFrame, question: Question) -> pd.DataFrame:
    # A computed figure is ranked, with its mark: a city that publishes nothing could never be
    # compared otherwise.
    may = ~table["mark"].isin(_UNRANKED)
    values = table["value"].where(may)
    out = table.assign(
        rank=values.rank(method="min", ascending=question.direction < 0).astype("Int64")
    )
    chosen = values[out["city"] == question.chosen]
    best = values.max() if question.direction > 0 else values.min()
    # Best and median are of the ranked cities alone; what has no rank has no gap.
    gaps = {"to_best": best, "to_median": values.median()}
    gaps["to_chosen"] = chosen.iloc[0] if len(chosen) else pd.NA
    out = out.assign(**{name: (values - to).astype("Float64") for name, to in gaps.items()})
    columns = ["city", "value", "period", "definition", "source", "mark", "rank", *gaps]
    return out.sort_values(["rank", "city"], na_position="last")[columns].reset_index(drop=True)


def _median(table: pd.DataFrame) -> float | None:
    values = table.loc[table["rank"].notna(), "value"]
    return float(values.median()) if len(values) else None


def _index(courses: pd.DataFrame, indicator: str, base: str) -> pd.Series[float]:
    if not base:
        return pd.Series(pd.NA, index=courses.index, dtype="Float64")
    first = periods.parse(base)
    text = str(first)
    at_base = courses[courses["period"] == text].set_index("city")["value"]
    if at_base.empty:
        raise CompareError(
            f"No city has a figure of {indicator} for the base period {text}.",
            f"没有城市有“{indicator}”基期 {text} 的数。",
        )
    # A base of nothing has no index: growth from zero is no number.
    of = courses["city"].map(at_base.where(at_base != 0)).astype("Float64")
    # A quarter over a year would read as a fall by three quarters.
    same = {t for t in set(courses["period"]) if _same_months(periods.parse(t), first)}
    return (courses["value"] / of * 100).where(courses["period"].isin(same))


def _factor(unit: str, wanted: str) -> float | None:
    if unit == wanted:
        return 1.0
    read = parse_unit(unit)
    # Kinds of foreign money are read as one dimension and have no rate here.
    return None if read is None or read.dimension == "foreign" else factor(read, wanted)
