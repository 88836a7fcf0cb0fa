"""Every indicator of a set, for every area and period, from what the running database knew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.arrays import FloatingArray

from industrymap import filters, schemas
from industrymap.errors import FilterError, IndicatorError
from industrymap.figures._grid import grid
from industrymap.figures._public import (
    reasons_of_firms,
    reasons_reported,
    require_public,
    wider_units,
)
from industrymap.indicators import Entities, Values, evaluate, published_growth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from industrymap.figures._grid import Carried, Grid
    from industrymap.figures._units import Firms, Units
    from industrymap.indicators import Formula, Indicator, IndicatorSet
    from industrymap.periods import Period

__all__ = [
    "BASES",
    "OUTSIDE_LEVEL",
    "OUTSIDE_TIME",
    "OUTSIDE_YEAR",
    "Asked",
    "Figures",
    "asked_for",
    "compute",
]

BASES = ("firms", "reported")
"""What an indicator is made of: figures of single firms, or the totals that the area itself reported."""

_WITHHELD = ["indicator", "unit", "period", "reason"]

OUTSIDE_LEVEL, OUTSIDE_YEAR, OUTSIDE_TIME = "@level", "@year", "@time"
"""Among what an indicator lacks: its definition is not for areas of this level, only for whole years, not for these periods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What indicators are computed for.

    Attributes
    ----------
    units : Units
        The areas.
    periods : sequence of Period
        The same periods of the year before are read as well, for growth.
    basis : str
        One of :data:`BASES` for every indicator; empty: each takes the basis that gives more areas a value in the last
        period, the area's own totals where both give as many.
    public : bool
        Whether values that lead back to single firms are withheld (:mod:`industrymap.publishing`).
    """

    units: Units
    periods: Sequence[Period]
    basis: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Indicators of areas.

    Attributes
    ----------
    table : DataFrame
        ``indicator, unit, period, value`` (Float64, in the indicator's unit; ``<NA>`` where not known), ``basis`` (one of
        :data:`BASES`), ``n`` (Int64: firms it is made of; ``<NA>`` where the area reported it), ``coverage`` (Float64: their
        share of the firms that reported anything for the period).
    missing : dict of str to tuple of str
        Indicator without a single value → what it lacks: ids of measures, texts of filters that ask for what is not known
        of firms, or :data:`OUTSIDE_LEVEL` and its like where its definition does not hold.
    carried : tuple of Carried
        What is not the reported figure of its own period: differences of cumulative figures, states of an earlier day.
    unknown_firms : tuple of str
        Firms of the database that the last build does not know: they belong to no area and count nowhere.
    withheld : DataFrame
        ``indicator, unit, period, reason``: values that are known and not shown, where public ones were asked for.
    """

    table: pd.DataFrame
    missing: Mapping[str, tuple[str, ...]]
    carried: tuple[Carried, ...]
    unknown_firms: tuple[str, ...]
    withheld: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_WITHHELD))


def compute(
    of: IndicatorSet,
    known: pd.DataFrame,
    *,
    asked: Asked,
    firms: Firms | None = None,
) -> Figures:
    """Compute a set.

    Parameters
    ----------
    of : IndicatorSet
        The definitions.
    known : DataFrame
        What was known: :meth:`industrymap.series.ParquetSeries.known`.
    asked : Asked
        For which areas and periods.
    firms : Firms, optional
        Firms of the last build; without them nothing that counts or chooses firms is computed.

    Raises
    ------
    IndicatorError
        Where no period is asked for.
    ConfigError
        Where figures of single firms are asked for to be published.

    Notes
    -----
    A whole indicator has one basis, so that areas are compared like with like. Growth on the constant panel (可比口径) of an
    area's totals is the rate it published: two totals of different firms do not give it.
    """
    if not asked.periods:
        raise IndicatorError("no period was asked for", "没有指定时期")
    if asked.public:
        require_public(asked.units.level)
    work = _Work(of, known, asked, firms)
    for indicator in of.order():
        work.add(indicator)
    return work.figures()


def asked_for(of: IndicatorSet) -> frozenset[str]:
    """Return every measure that a set may use: what it adds up, names and filters by, and published rates of growth."""
    # An indicator named by another one is computed, not read: it is no measure of the database.
    own = {i.id for i in of.indicators}
    sums = {m for i in of.indicators for m in i.formula.measures}
    names = {n for i in of.indicators for n in i.formula.names} - own
    texts = " ".join(t for i in of.indicators for t in i.formula.filters)
    # By its text: a filter may name a measure anywhere, and one read in vain costs little.
    in_filters = {m.id for m in schemas.measures() if m.id in texts}
    return frozenset({*sums, *names, *(f"{m}:growth" for m in sums), *in_filters})


class _Work:
    """One computation: the two grids, and what was computed so far for indicators that build on others."""

    def __init__(
        self,
        of: IndicatorSet,
        known: pd.DataFrame,
        asked: Asked,
        firms: Firms | None,
    ) -> None:
        self.of, self.units, self.firms, self.public = of, asked.units, firms, asked.public
        # Reported first: of two bases that serve as many areas the first is taken.
        self.wanted = (asked.basis,) if asked.basis else ("reported", "firms")
        self.periods = periods = tuple(sorted(set(asked.periods)))
        # Growth and lags look a year back, so that period is read too, and not shown.
        self.all = tuple(sorted({*periods, *(p.last_year for p in periods)}))
        self.shown = np.array([self.all.index(p) for p in periods])
        # By category: a text for each of a million rows would be made to be compared once.
        kind = known["kind"].astype("category")
        self.used = asked_for(of)
        self.firm, self.unknown = self._firm_grid(known[kind == "firm"])
        # The one unit of the city level is whatever code the pack gives the city.
        own = known[kind == asked.units.level]
        if asked.units.level == "firm" and firms is not None:
            # What a firm states of itself is its own total: found under its code, whatever its tables call it.
            own, _ = firms.joined(own)
        self.own = grid(own, asked.units.codes, self.all, only=self.used)
        # Which area a firm is in is the same for every indicator.
        self.unit = None if firms is None else firms.unit_of(asked.units)
        self.done: dict[str, Values] = {}
        self.basis: dict[str, str] = {}
        self.lacks: dict[str, tuple[str, ...]] = {}
        self._kept: dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}
        self.made_of: dict[str, Entities] = {}

    def _firm_grid(self, known: pd.DataFrame) -> tuple[Grid | None, tuple[str, ...]]:
        if self.firms is None or known.empty:
            # Nothing was built, or no firm has figures: then every firm of the database is unknown.
            return None, tuple(sorted(known["entity"].astype(str).unique()))
        table, unknown = self.firms.joined(known)
        ids = self.firms.frame["enterprise_id"].astype(str).tolist()
        return grid(table, ids, self.all, only=self.used), unknown

    def add(self, indicator: Indicator) -> None:
        """Compute one indicator on the basis that serves it, or keep what it lacks."""
        held = np.array([indicator.scope.includes(p) for p in self.all])
        if outside := self._outside(indicator, held):
            self.lacks[indicator.id] = (outside,)
            return
        ways: dict[str, Values] = {}
        lacking: list[tuple[str, ...]] = []
        for name in self.wanted:
            way = self._firms if name == "firms" else self._reported
            values = way(indicator.formula)
            if isinstance(values, Values):
                ways[name] = values
            else:
                lacking.append(tuple(dict.fromkeys(values)))
        if not ways:
            # What the basis lacks that is nearest to being served; one that can never serve it lacks nothing that could be had.
            self.lacks[indicator.id] = min(filter(None, lacking), key=len, default=("firms",))
            return
        # Of two that serve as many areas, the one named first: what the area reported is its whole.
        best = max(ways, key=lambda name: self._served(ways[name]))
        # Before it is used by others: what is not defined of a period is nothing to build on either. A copy, as a formula that is
        # a bare name shares the array of what it names.
        amounts = np.where(held, ways[best].amounts, np.nan)
        self.done[indicator.id] = replace(ways[best], amounts=amounts)
        self.basis[indicator.id] = best

    def _outside(self, indicator: Indicator, held: NDArray[np.bool_]) -> str:
        """Return why the definition holds in none of the areas or periods asked for; empty where it does."""
        scope = indicator.scope
        if scope.levels and self.units.level not in scope.levels:
            return OUTSIDE_LEVEL
        if held[self.shown].any():
            return ""
        years = any(p.level == "year" for p in self.periods)
        return OUTSIDE_TIME if years or not scope.whole_year else OUTSIDE_YEAR

    def _served(self, values: Values) -> int:
        # Areas with a value in the last period asked for: that is the one a reader looks at first.
        return int((~np.isnan(values.amounts[:, self.shown[-1]])).sum())

    def _reported(self, formula: Formula) -> Values | tuple[str, ...]:
        """Return a formula of the areas' own totals, or what it lacks: each area is the one entity that it consists of."""
        # A formula that counts or chooses firms needs the firms; an area's total says nothing of
        # them.
        changed = None if formula.counts_firms else published_growth(formula)
        if changed is None:
            return ()
        formula, rates = changed
        names, lacking = self._figures(formula, rates)
        lacking += [m for m in formula.measures if m not in self.own.measures]
        if lacking:
            return tuple(lacking)
        count = len(self.units.codes)
        return evaluate(
            formula,
            Entities(
                periods=self.all,
                unit=np.arange(count),
                units=count,
                measures={m: self.own.measures[m] for m in formula.measures},
                # Each area is one entity and always there: coverage by firms has no meaning for
                # totals.
                exists=np.ones((count, len(self.all)), dtype=bool),
                kept={},
                figures=names,
            ),
        )

    def _firms(self, formula: Formula) -> Values | tuple[str, ...]:
        """Return a formula of single firms' figures, or what it lacks."""
        names, lacking = self._figures(formula, ())
        if self.firms is None or self.firm is None or self.unit is None:
            return (*lacking, *(formula.measures or ("firms",)))
        lacking += [m for m in formula.measures if m not in self.firm.measures]
        kept, decided = {}, {}
        for text in formula.filters:
            held = self._kept.get(text)
            if held is None:
                held = _keeps(text, self.firms.frame, self.firm)
            if held is None:
                lacking.append(text)
            else:
                self._kept[text] = held
                kept[text], decided[text] = held
        if lacking:
            return tuple(lacking)
        entities = Entities(
            periods=self.all,
            unit=self.unit,
            units=len(self.units.codes),
            measures={m: self.firm.measures[m] for m in formula.measures},
            # A firm that stated anything in a period is one of its firms; what it did not state
            # lowers the coverage.
            exists=self.firm.said,
            kept=kept,
            decided=decided,
            figures=names,
        )
        self.made_of[formula.text] = entities
        done = evaluate(formula, entities)
        # A count of firms in a period in which none stated anything is not 0: nobody asked.
        silent = ~self.firm.said.any(axis=0)
        return replace(done, amounts=np.where(silent, np.nan, done.amounts))

    def _figures(
        self, formula: Formula, rates: Sequence[str]
    ) -> tuple[dict[str, NDArray[np.float64]], list[str]]:
        """Return the areas' own figures and other indicators that a formula names, and those that are not known."""
        out = {}
        lacking: list[str] = []
        for name in formula.names:
            if name in self.done:
                out[name] = self.done[name].amounts
            elif name in self.own.measures:
                # Published rates are per cent, formulas count in shares of 1.
                out[name] = self.own.measures[name] / (100 if name in rates else 1)
            else:
                lacking += self.lacks.get(name) or (name,)
        return out, lacking

    def figures(self) -> Figures:
        """Return everything as one table, and why some of it is not there."""
        # Before anything is hidden: an indicator that is withheld everywhere lacks nothing.
        valued = {i for i, v in self.done.items() if not np.isnan(v.amounts[:, self.shown]).all()}
        withheld = self._withhold() if self.public else pd.DataFrame(columns=_WITHHELD)
        parts = [self._rows(i) for i in self.of.indicators if i.id in self.done]
        table = pd.concat(parts, ignore_index=True) if parts else _empty()
        # Computed but unknown everywhere counts as missing too: a column of dashes explains
        # nothing.
        missing = {
            i.id: self.lacks[i.id] if i.id in self.lacks else self._unstated(i)
            for i in self.of.indicators
            if i.id not in valued
        }
        used = {m for i in self.of.indicators for m in i.formula.measures}
        # Of firms both are the same figures.
        grids = [self.own] if self.units.level == "firm" or self.firm is None else [self.own, self.firm]  # fmt: skip
        carried = tuple(c for one in grids for c in one.carried if c.measure in used)
        return Figures(
            table=table,
            missing=missing,
            carried=carried,
            unknown_firms=self.unknown,
            withheld=withheld,
        )

    def _withhold(self) -> pd.DataFrame:
        """Hide what leads back to a firm, and return what was hidden, and why."""
        made = [i for i in self.of.indicators if i.id in self.done]
        firms = [i for i in made if self.basis[i.id] == "firms" and i.formula.text in self.made_of]
        wider = wider_units(self.firms, self.units.level) if self.firms is not None else []
        reasons = reasons_of_firms(
            firms, {i.id: self.made_of[i.formula.text] for i in firms}, self.done, wider
        )
        for indicator in made:
            if self.basis[indicator.id] == "reported":
                reasons[indicator.id] = reasons_reported(self.units, self.done[indicator.id])
        before = _Work.last_year(self.all)
        for indicator in self.of.order():
            # What builds on a value that is withheld would give it back: a multiple of it, or its growth.
            for name in indicator.formula.names:
                if indicator.id in reasons and name in reasons:
                    here, used = reasons[indicator.id], reasons[name]
                    earlier = np.where(before >= 0, used[:, before], "")
                    reasons[indicator.id] = np.where(here != "", here, np.where(used != "", used, earlier))  # fmt: skip
        rows = []
        for id_, why in reasons.items():
            done, hidden = self.done[id_], why != ""
            rows += [
                (id_, self.units.codes[unit], str(self.all[column]), str(why[unit, column]))
                for unit, column in np.argwhere(hidden & ~np.isnan(done.amounts)).tolist()
                if column in self.shown
            ]
            self.done[id_] = replace(
                done,
                amounts=np.where(hidden, np.nan, done.amounts),
                # How many firms are behind it would be half of the secret.
                n=np.where(hidden, -1, done.n),
                coverage=np.where(hidden, np.nan, done.coverage),
            )
        return pd.DataFrame(rows, columns=_WITHHELD, dtype="string")

    @staticmethod
    def last_year(periods: Sequence[Period]) -> NDArray[np.int64]:
        """Return where the year before each period is; -1 where it is not among them."""
        place = {period: i for i, period in enumerate(periods)}
        return np.array([place.get(p.last_year, -1) for p in periods], dtype=np.int64)

    def _unstated(self, indicator: Indicator) -> tuple[str, ...]:
        """Return what is known in some period, but in none of those wanted."""
        formula, source = indicator.formula, self.own
        if self.basis[indicator.id] == "firms" and self.firm is not None:
            source = self.firm
        elif changed := published_growth(formula):
            formula = changed[0]
        parts = (*formula.measures, *(n for n in formula.names if n not in self.done))
        nowhere = tuple(
            p
            for p in parts
            if p not in source.measures or np.isnan(source.measures[p][:, self.shown]).all()
        )
        return nowhere or parts

    def _rows(self, indicator: Indicator) -> pd.DataFrame:
        done, basis = self.done[indicator.id], self.basis[indicator.id]
        values = done.amounts[:, self.shown]
        count, width = values.shape
        n = pd.array(done.n[:, self.shown].ravel(), dtype="Int64")
        n[done.n[:, self.shown].ravel() < 0] = pd.NA
        coverage = _values(done.coverage[:, self.shown].ravel())
        if basis != "firms" or not (indicator.formula.measures or indicator.formula.counts_firms):
            # An area's own total does not say of how many firms it is.
            n[:], coverage[:] = pd.NA, pd.NA
        return pd.DataFrame(
            {
                "indicator": indicator.id,
                "unit": np.repeat(np.array(self.units.codes, dtype=object), width),
                "period": [str(p) for p in self.periods] * count,
                "value": _values(values.ravel()),
                "basis": basis,
                "n": n,
                "coverage": coverage,
            }
        )


def _keeps(
    text: str, frame: pd.DataFrame, figures: Grid
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Return which firms a filter keeps in each period, and of which that is known; ``None`` where it asks for what no firm brings.

    Figures are those of the period, all else is as of the last build. A firm without a figure that is asked for is undecided; one without a
    label or class is not: lists and rules name those that have one.
    """
    condition = filters.parse(text)
    try:
        # Bound once, for all periods: looking up every name and label takes longer than applying the filter.
        bound = condition.bind("enterprises", columns=_kinds(frame, figures))
    except FilterError:
        return None
    asked = set(bound.fields())
    # Revenue in a filter means that of the period, not of the last build.
    moving = sorted(m for m in asked if m in figures.measures)
    if not all(f in frame or f in moving for f in asked):
        return None
    columns = []
    known = np.ones(figures.said.shape, dtype=bool)
    for measure in moving:
        known &= ~np.isnan(figures.measures[measure])
    for i in range(len(figures.periods) if moving else 1):
        now = frame.assign(**{m: _values(figures.measures[m][:, i]) for m in moving})
        held = bound.mask(now, layer="enterprises")
        columns.append(held.fillna(value=False).to_numpy(dtype=bool))
    # Without a figure of the period in it, a filter keeps the same firms in each.
    kept = np.column_stack(columns if moving else columns * len(figures.periods))
    # Kept by something else than the figure it lacks: that is known too.
    return kept, kept | known


def _values(numbers: NDArray[np.float64]) -> FloatingArray:
    # NaN inside a nullable column would be a number of its own, neither known nor missing.
    return FloatingArray(np.ascontiguousarray(numbers), np.isnan(numbers))


def _kinds(frame: pd.DataFrame, figures: Grid) -> dict[str, str]:
    """Return the columns that a filter may name beside those of the schema: of the build, and measures of the database."""
    known = {f.name for f in schemas.fields("enterprises")}
    moving = {m: "float" for m in figures.measures if ":" not in m and m not in known}
    return moving | {
        str(c): "bool" if pd.api.types.is_bool_dtype(frame[c].dtype) else "str"
        for c in frame.columns
        if str(c) not in known
    }


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=["indicator", "unit", "period", "value", "basis", "n", "coverage"])
