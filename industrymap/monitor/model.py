"""What the monitoring pages are made of: records that :mod:`industrymap.pipeline` gathers and the page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from industrymap.export import Meta
    from industrymap.indicators import IndicatorSet
    from industrymap.periods import Period

__all__ = [
    "Alert",
    "AlertRule",
    "Cube",
    "Firms",
    "Intake",
    "Level",
    "MonitorModel",
    "Part",
    "Peer",
    "Push",
    "Ranking",
    "Structure",
    "Target",
    "against_last_year",
    "same_firms",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Areas of one level.

    Attributes
    ----------
    id, zh, en : str
    codes, names : tuple of str
        In the order in which they are shown.
    parents : tuple of str
        Code of the district each lies in; empty where that says nothing.
    """

    id: str
    zh: str
    en: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """Every indicator of one level's areas in every period.

    Attributes
    ----------
    amounts : ndarray
        ``(indicators, areas, periods)``, float64, in the indicator's unit; NaN is not known.
    change : ndarray
        Against the same period of last year: per cent, or percentage points of an indicator that is a per cent; NaN where
        either is not known, or where last year's is not above zero.
    n : ndarray
        Firms each value is made of; NaN where the area reported it.
    coverage : ndarray
        Their share of the period's firms, 0 to 1.
    basis : tuple of str
        By indicator: ``firms``, ``reported``, ``parts`` (added up from areas that all reported), or empty.
    lacks : mapping of str to tuple of (str, str)
        Indicator without a value → what it lacks, in Chinese and English.
    """

    amounts: NDArray[np.float64]
    change: NDArray[np.float64]
    n: NDArray[np.float64]
    coverage: NDArray[np.float64]
    basis: tuple[str, ...]
    lacks: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an area or cluster is to reach.

    Attributes
    ----------
    level, unit, indicator : str
        Level and code of the area; the indicator's id.
    year : int
    value : float
        In the indicator's unit.
    official : bool
        Whether a document sets it.
    source : str
    """

    level: str
    unit: str
    indicator: str
    year: int
    value: float
    official: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One course of the index: the whole, or that of a group alone.

    Attributes
    ----------
    id, zh, en : str
        Group, empty for the whole.
    amounts : sequence of float
        One a period of :attr:`MonitorModel.index_periods`; NaN is not known.
    coverage : float
        Share of the weight that rests on indicators known in every period.
    """

    id: str
    zh: str
    en: str
    amounts: Sequence[float]
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What one part added to the growth of a total.

    Attributes
    ----------
    indicator, period : str
    level, unit : str
        Whose part.
    points : float
        Percentage points of the city's growth on last year: (now − before) / total before × 100.
    now, before : float
    """

    indicator: str
    period: str
    level: str
    unit: str
    points: float
    now: float
    before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The districts scored.

    Attributes
    ----------
    run, period : str
        The evaluation, and its period.
    official : bool
    zh, en : str
        Its method.
    table : DataFrame
        ``unit, score, rank, low, high, coverage`` and ``group.<id>``: the middle nine in ten of the ranks drawn.
    before : DataFrame or None
        The same of a year before.
    """

    run: str
    period: str
    official: bool
    zh: str
    en: str
    table: pd.DataFrame
    before: pd.DataFrame | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firms:
    """Firms and their yearly course.

    Attributes
    ----------
    names, codes : sequence of str
    district, town, cluster : sequence of str
        Code of the area, empty where not known.
    years : tuple of int
    revenue : ndarray
        ``(firms, years)``, 10,000 yuan; NaN is not known.
    output, tax : ndarray
        The same, of the firms that report them.
    line : float
        Revenue from which a firm belongs to the base, 10,000 yuan.
    letters, letters_before : sequence of str
        Grade now and the year before, empty where there is none; both empty where nobody was graded.
    rule : str
        Name of the grading rule.
    reasons : sequence of (str, str)
    """

    names: Sequence[str]
    codes: Sequence[str]
    district: Sequence[str]
    town: Sequence[str]
    cluster: Sequence[str]
    years: tuple[int, ...]
    revenue: NDArray[np.float64]
    output: NDArray[np.float64]
    tax: NDArray[np.float64]
    line: float
    letters: Sequence[str] = ()
    letters_before: Sequence[str] = ()
    rule: tuple[str, str] = ("", "")
    rule_official: bool = False
    reasons: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What came in.

    Attributes
    ----------
    additions : sequence of tuple
        ``number, day, who, source, added, revised``.
    covered : DataFrame
        ``level, measure, period, units, of``: how many areas have the figure.
    gaps : DataFrame
        ``level, measure, period``: periods that were skipped though a later one is there.
    revisions : DataFrame
        ``level, unit, measure, period, before, after, first, last, source``: what was known otherwise before.
    """

    additions: Sequence[tuple[int, str, str, str, int, int]]
    covered: pd.DataFrame
    gaps: pd.DataFrame
    revisions: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """How the revenue of firms is spread.

    Attributes
    ----------
    year : int
    line : float
        Revenue from which a firm counts as in, 10,000 yuan.
    concentration : DataFrame
        ``cluster, n, cr4, hhi`` (shares of 1): firms whose revenue is known.
    lq : DataFrame
        ``unit, cluster, lq``: the cluster's share of the district's revenue over its share of the city's.
    entries : DataFrame
        ``unit, year, entered, left, unknown``: firms that rose to the line or fell below it since the year before, of those known in both,
        and those above it the year before whose revenue is not known now.
    """

    year: int
    line: float
    concentration: pd.DataFrame
    lq: pd.DataFrame
    entries: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One indicator of several cities.

    Attributes
    ----------
    zh, unit, period, definition : str
    direction : int
    rows : sequence of tuple
        ``city, value, rank, to_best, to_median, period, definition, source, mark``.
    courses : sequence of tuple
        ``city, period, value``.
    """

    zh: str
    en: str
    unit: str
    period: str
    definition: str
    direction: int
    rows: Sequence[tuple[str, float, int, float, float, str, str, str, str]]
    courses: Sequence[tuple[str, str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """One rule.

    Attributes
    ----------
    id, kind, zh, en : str
        Kind is one of :data:`industrymap.monitor.alerts.KINDS`.
    levels, groups, indicators : tuple of str
        Of which areas and indicators; no groups and no indicators: all.
    run : int
        Periods in a row, of ``falls``.
    limit : float
        Per cent or percentage points: the change that is a ``jump``, the smallest worsening that counts among ``falls``.
    share : float
        0 to 1, of ``below_target`` and ``coverage``.
    owner, owner_en : str
        Whose matter it is.
    weight : int
        3 weighs most; the order in which alerts are shown.
    official : bool
    source : str
    """

    id: str
    kind: str
    zh: str
    en: str
    levels: tuple[str, ...]
    groups: tuple[str, ...]
    indicators: tuple[str, ...]
    run: int
    limit: float
    share: float
    owner: str
    owner_en: str
    weight: int
    official: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One finding of a rule.

    Attributes
    ----------
    key : str
        ``rule:level:unit:indicator:period``, by which its state is kept.
    rule, level, unit, indicator, period : str
        ``unit`` is a code; ``indicator`` that or, of a gap or a late series, the measures with ``+`` between them.
    figure, limit : float
        What was found and what it was held against; NaN where there is no number.
    state : str
        One of :data:`industrymap.monitor.alerts.STATES`.
    owner, note : str
        As the table of states has them, else the rule's owner.
    """

    key: str
    rule: str
    level: str
    unit: str
    indicator: str
    period: str
    figure: float
    limit: float
    state: str = "new"
    owner: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorModel:
    """Everything the pages show.

    Attributes
    ----------
    meta : Meta
        Title, date, source, whether simulated.
    of : IndicatorSet
    periods : tuple of Period
        Ascending.
    levels, cubes
        Areas and figures by level; ``cubes[level]`` has the order of ``levels``.
    measures : mapping
        Measure → Chinese and English name and unit.
    vintage : int
        Number of the last addition that was known.
    own : str
        The city.
    outlines : mapping of str to sequence
        Level → for each area rings of whole numbers on a grid 1,000 wide, north up.
    structure : Structure or None
        How firms are spread over clusters and districts.
    parks : DataFrame or None
        Renovated area by district and year, with the target.
    notes : sequence of (str, str)
        What is not there and why.
    """

    meta: Meta
    of: IndicatorSet
    periods: tuple[Period, ...]
    levels: tuple[Level, ...]
    cubes: Mapping[str, Cube]
    measures: Mapping[str, tuple[str, str, str]]
    vintage: int
    own: str
    rules: Sequence[AlertRule] = ()
    alerts: Sequence[Alert] = ()
    targets: Sequence[Target] = ()
    index_periods: tuple[Period, ...] = ()
    index: Sequence[Part] = ()
    index_official: bool = False
    pushes: Sequence[Push] = ()
    ranking: Ranking | None = None
    firms: Firms | None = None
    intake: Intake | None = None
    peers: Sequence[Peer] = ()
    outlines: Mapping[str, Sequence[Sequence[Sequence[tuple[int, int]]]]] = field(
        default_factory=dict
    )
    structure: Structure | None = None
    parks: pd.DataFrame | None = None
    notes: Sequence[tuple[str, str]] = ()

    def level(self, id_: str) -> Level | None:
        """Return the level of an id."""
        return next((one for one in self.levels if one.id == id_), None)


def against_last_year(
    values: NDArray[np.float64], periods: Sequence[Period], *, points: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the change of every value on the same period of last year.

    Parameters
    ----------
    values : ndarray
        ``(indicators, areas, periods)``.
    periods : sequence of Period
    points : ndarray of bool
        By indicator: whether it is a per cent, whose change is the difference in percentage points (百分点).

    Returns
    -------
    ndarray
        Of the same shape: per cent or points; NaN where either figure is not known, or growth from a base not above zero is asked for.

    Examples
    --------
    >>> from industrymap.periods import parse
    >>> table = np.array([[[80.0, 100.0]], [[4.0, 5.5]]])
    >>> against_last_year(table, [parse("2024"), parse("2025")], points=np.array([False, True]))[:, 0, 1].tolist()
    [25.0, 1.5]
    """
    place = {period: at for at, period in enumerate(periods)}
    out = np.full(values.shape, np.nan)
    for at, period in enumerate(periods):
        before_at = place.get(period.last_year)
        if before_at is None:
            continue
        now, before = values[:, :, at], values[:, :, before_at]
        # Growth on nothing, or on a loss, says nothing.
        rate = np.divide(now, before, out=np.full(now.shape, np.nan), where=before > 0)
        out[:, :, at] = np.where(points[:, None], now - before, (rate - 1.0) * 100.0)
    return out


LEAST_COVERAGE, MOST_APART = 0.8, 1.25
"""Share of an area's firms that must bring a figure, and how many times as many firms one year may have as the other, for a change to be shown."""


def same_firms(
    n: NDArray[np.float64],
    coverage: NDArray[np.float64],
    periods: Sequence[Period],
    *,
    summed: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return whether a figure and that of the same period of last year rest on about the same firms.

    What firms add up to grows when more of them report: a change between two years of which one knows half as many firms says who reported,
    not what became of them. What an area reports itself always passes.

    Parameters
    ----------
    n, coverage : ndarray
        ``(indicators, areas, periods)``: firms behind each figure, and their share of those that reported anything.
    periods : sequence of Period
    summed : ndarray of bool
        By indicator: whether it is made of single firms' figures.

    Examples
    --------
    >>> from industrymap.periods import parse
    >>> n = np.array([[[900.0, 1000.0]], [[12.0, 930.0]]])
    >>> whole = np.ones(n.shape)
    >>> years = [parse("2024"), parse("2025")]
    >>> same_firms(n, whole, years, summed=np.array([True, True]))[:, 0, 1].tolist()
    [True, False]
    """
    place = {period: at for at, period in enumerate(periods)}
    out = np.ones(n.shape, dtype=bool)
    for at, period in enumerate(periods):
        before_at = place.get(period.last_year)
        if before_at is None:
            continue
        least = np.fmin(coverage[:, :, at], coverage[:, :, before_at])
        now, before = n[:, :, at], n[:, :, before_at]
        apart = np.fmax(now, before) > MOST_APART * np.fmin(now, before)
        # Not known compares as false: a figure without firms behind it is the area's own.
        out[:, :, at] = ~(summed[:, None] & ((least < LEAST_COVERAGE) | apart))
    return out
