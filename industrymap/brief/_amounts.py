"""Totals of areas by period, each with where in the release it is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import figures, periods, schemas, series

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from industrymap.periods import Period

__all__ = ["Amount", "Amounts", "Rate", "everyday", "summed"]

SUM = "sum of districts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A total of an area in the unit in which it is shown.

    Attributes
    ----------
    value : float
    unit : str
    decimals : int
    key : str
        Its own name among the figures of the brief.
    formula : str
        ``reported``, ``difference`` of two cumulative figures, ``carried`` over from an earlier day, or the sum of districts.
    inputs : tuple of str
        The rows of the release's series it was made from.
    """

    value: float
    unit: str
    decimals: int
    key: str
    formula: str
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Growth on the same months of the year before, in per cent.

    Attributes
    ----------
    value : float
    published : bool
        As published, on the same firms (可比口径); else of the two totals.
    key, formula : str
    inputs : tuple of str
    """

    value: float
    published: bool
    key: str
    formula: str
    inputs: tuple[str, ...]


def everyday(unit: str) -> tuple[str, float, int]:
    """Return the unit in which a leader reads a total, what to divide by, and the decimals.

    Examples
    --------
    >>> everyday("万元"), everyday("人")
    (('亿元', 10000.0, 2), ('人', 1.0, 0))
    """
    known = {"万元": ("亿元", 1e4, 2), "千瓦时": ("亿千瓦时", 1e8, 2), "平方公里": ("平方公里", 1.0, 2)}  # fmt: skip
    return known.get(unit, (unit, 1.0, 0))


def summed(known: pd.DataFrame, city: str, districts: Sequence[str], *, whole: bool) -> pd.DataFrame:  # fmt: skip
    """Return the observations with totals of the city that are sums of its districts.

    Parameters
    ----------
    known : DataFrame
        Observations of all kinds.
    city : str
        Code of the city.
    districts : sequence of str
        Codes of all its districts: a period in which one of them has no figure has no sum.
    whole : bool
        Replace all the city's own totals, so that a ratio divides one kind of total by the same kind; else only add measures that the city
        never reports, because a sum in one year and a reported total in the other would make a growth that is none.
    """
    kind = known["kind"].astype(str)
    measure = known["measure"].astype(str)
    of = known[(kind == "district") & known["entity"].astype(str).isin(list(districts))]
    of = of[~of["measure"].astype(str).str.contains(":") & of["value"].notna()]
    own = set(measure[kind == "city"])
    kept = known[kind != "city"] if whole else known
    parts = [kept.astype({"kind": "str", "entity": "str", "measure": "str", "period": "str"})]
    for name, rows in of.groupby(of["measure"].astype(str)):
        if not whole and name in own:
            continue
        total = series.sums(rows, dict.fromkeys(districts, city))
        total = total[total["n"] == len(districts)]
        parts.append(
            pd.DataFrame(
                {
                    "kind": "city", "entity": city, "measure": name, "period": total["period"], "value": total["value"].astype("Float64"),
                    "unit": str(rows["unit"].iloc[0]), "status": "reported", "vintage": int(rows["vintage"].max()),
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


class Amounts:
    """Totals of the areas of one kind.

    Parameters
    ----------
    known : DataFrame
        Observations; of other kinds too.
    kind : str
    codes : sequence of str
    when : sequence of Period
        Periods that will be asked for; the same months of the year before are known as well.
    sums : mapping of str to sequence of str, optional
        Measures of the city that are sums → the districts they are sums of.
    """

    def __init__(
        self,
        known: pd.DataFrame,
        kind: str,
        codes: Sequence[str],
        when: Sequence[Period],
        *,
        sums: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.kind, self.codes = kind, tuple(codes)
        rows = known[known["kind"].astype(str) == kind]
        every = tuple(sorted({*when, *(p.last_year for p in when)}))
        self._grid = figures.grid(rows, self.codes, every)
        self._column = {p: i for i, p in enumerate(every)}
        self._row = {c: i for i, c in enumerate(self.codes)}
        self._stated = set(zip(rows["entity"].astype(str), rows["measure"].astype(str), rows["period"].astype(str), strict=True))  # fmt: skip
        self._sums = sums or {}

    def get(self, code: str, measure: str, period: Period) -> Amount | None:
        """Return a total; ``None`` where it is not known."""
        value = self._value(code, measure, period)
        if value is None:
            return None
        unit, divisor, decimals = everyday(schemas.measure(measure).unit)
        formula, inputs = self._origin(code, measure, period)
        return Amount(
            value=value / divisor,
            unit=unit,
            decimals=decimals,
            key=self._key(code, measure, str(period)),
            formula=formula,
            inputs=inputs,
        )

    def rate(
        self, code: str, measure: str, period: Period, *, published: bool = True
    ) -> Rate | None:
        """Return growth on the year before: the published rate where there is one (or only that of the totals)."""
        name = f"{measure}:growth"
        rate = self._value(code, name, period) if published else None
        if rate is not None:
            key = self._key(code, name, str(period))
            return Rate(value=rate, published=True, key=key, formula="reported", inputs=(key,))
        now, before = self.get(code, measure, period), self.get(code, measure, period.last_year)
        # Growth on nothing, or on a loss, says nothing.
        if now is None or before is None or before.value <= 0:
            return None
        return Rate(
            value=(now.value / before.value - 1) * 100,
            published=False,
            key=f"rate/{now.key}",
            formula="now / before - 1",
            inputs=(*now.inputs, *before.inputs),
        )

    def _value(self, code: str, measure: str, period: Period) -> float | None:
        column, array = self._column.get(period), self._grid.measures.get(measure)
        if array is None or column is None or code not in self._row:
            return None
        value = float(array[self._row[code], column])
        return None if np.isnan(value) else value

    def _key(self, code: str, measure: str, period: str) -> str:
        return f"series/{self.kind}/{code}/{measure}/{period}"

    def _origin(self, code: str, measure: str, period: Period) -> tuple[str, tuple[str, ...]]:
        """Return how the grid came by a figure, and from which rows."""
        stated = (code, measure, str(period)) in self._stated
        parts: tuple[str, ...]
        if stated:
            parts, formula = (str(period),), "reported"
        elif schemas.measure(measure).counts == "flow":
            before = periods.Period(period.year, 1, period.first - 1)
            parts, formula = (str(period.cumulative), str(before)), "difference"
        else:
            earlier = [p for e, m, p in self._stated if e == code and m == measure]
            last = max(p for p in map(periods.parse, earlier) if (p.year, p.last) <= (period.year, period.last))  # fmt: skip
            parts, formula = (str(last),), "carried"
        if measure not in self._sums:
            return formula, tuple(self._key(code, measure, p) for p in parts)
        keys = tuple(
            f"series/district/{d}/{measure}/{p}" for p in parts for d in self._sums[measure]
        )
        return SUM if formula == "reported" else f"{formula} of {SUM}", keys
