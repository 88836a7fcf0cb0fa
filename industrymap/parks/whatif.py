"""Capacity and what-if: what a target FAR would add, and what a set of renovated parks would bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.errors import ConfigError
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Plan", "capacity", "capacity_by", "total_capacity", "what_if"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What renovated parks are to become. A value left out stays as it is today, on average over the set.

    Attributes
    ----------
    far : float
        Floor area ratio after works.
    output_per_floor_yuan_m2 : float or None
        Output per m² of floor area after works.
    tax_per_output : float or None
        Tax ÷ output after works.
    floor_per_job_m2 : float or None
        Floor area per job after works, m².
    """

    far: float
    output_per_floor_yuan_m2: float | None = None
    tax_per_output: float | None = None
    floor_per_job_m2: float | None = None

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            # Put this way round, NaN is refused as well.
            if value is not None and not value > 0:
                raise ConfigError(
                    f"{name} = {value!r}; expected a number above 0.",
                    f"{name} = {value!r}，应大于 0。",
                )


def capacity(
    parks: pd.DataFrame, *, far: float, by_use: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Say how much floor area a target FAR would add to every park.

    ``added = max(0, FAR · land − floor now)``; where the floor now is not known but its FAR is, ``floor = FAR now · land``.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks, measured.
    far : float
        Target floor area ratio.
    by_use : mapping, optional
        Another target for parks of a planned use, e.g. ``{"storage": 1.5}``.

    Returns
    -------
    capacity : DataFrame
        ``park_id``, ``land_area_m2``, ``floor_now_m2``, ``far_target``, ``floor_target_m2``, ``floor_added_m2``; ``<NA>`` where
        the floor now is unknown.
    """
    target = pd.Series(float(far), index=parks.index, dtype="Float64")
    if by_use and "planned_use" in parks:
        # A target by use goes before the common one; uses without a target of their own take that.
        own = parks["planned_use"].astype("string").map(dict(by_use)).astype("Float64")
        target = own.fillna(target)
    land = parks["land_area_m2"].astype("Float64")
    floor = _floor(parks)
    possible = target * land
    return pd.DataFrame(
        {
            "park_id": parks["park_id"],
            "land_area_m2": land,
            "floor_now_m2": floor,
            "far_target": target,
            "floor_target_m2": possible,
            # A park above its target loses nothing: buildings stay.
            "floor_added_m2": (possible - floor).clip(lower=0),
        }
    )


def total_capacity(table: pd.DataFrame) -> pd.DataFrame:
    """Add up what :func:`capacity` returned: one row with sums, n and coverage."""
    # Sums are over what is known; n and coverage say of how many parks.
    known = table["floor_added_m2"].notna()
    return pd.DataFrame(
        {
            "land_area_m2": [float(table["land_area_m2"].sum())],
            "floor_now_m2": [float(table["floor_now_m2"].sum())],
            "floor_added_m2": [float(table["floor_added_m2"].sum())],
            "n": [int(known.sum())],
            "coverage": [float(known.mean()) if len(table) else float("nan")],
        }
    )


def capacity_by(table: pd.DataFrame, group: pd.Series[str]) -> pd.DataFrame:
    """Add up what :func:`capacity` returned for each value of ``group``: ``n`` parks, and sums over what is known of them.

    Where nothing is known of a whole group, its sum is unknown.
    """
    areas = ["land_area_m2", "floor_now_m2", "floor_added_m2"]
    rows = table[areas].astype("Float64").groupby(group, observed=True)
    # At least one: pandas would call the sum of nothing 0.
    return rows.sum(min_count=1).assign(n=rows.size()).reset_index()


def what_if(parks: pd.DataFrame, park_ids: Iterable[str], plan: Plan) -> pd.DataFrame:
    """Compare a set of parks before and after works.

    After works: ``floor = FAR · land``, ``output = floor · output per floor``, ``tax = output · tax per output``,
    ``jobs = floor ÷ floor per job``. A rate the plan leaves out is today's, over the parks of the set where both of its parts are known.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks, measured.
    park_ids : iterable of str
        The set.
    plan : Plan

    Returns
    -------
    table : DataFrame
        One row per figure: ``figure``, ``zh``, ``en``, ``unit``, ``unit_en``, ``before`` (sum of what is known), ``after``, ``change`` (``<NA>``
        where a park of the set does not bring the figure: its sum before would be too small), ``n`` (parks that bring the figure
        today), ``coverage``, ``basis_zh``, ``basis_en`` (how the figure after works was made).

    Raises
    ------
    ConfigError
        An id that no park has.
    """
    # A park named twice is built on once.
    wanted = list(dict.fromkeys(park_ids))
    known_ids = set(parks["park_id"].astype("string").dropna())
    unknown = [name for name in wanted if name not in known_ids]
    if unknown:
        raise ConfigError(
            f"No park has the id {', '.join(unknown)}.", f"没有编号为 {'、'.join(unknown)} 的园区。"
        )
    chosen = parks[parks["park_id"].isin(wanted)]
    now = _Now(chosen)
    land = float(chosen["land_area_m2"].sum())
    floor = plan.far * land
    rates = now.rates(plan)
    # The rate is in yuan, the sum in 10,000 yuan.
    output = floor * rates["output"].value / 1e4
    rows = [
        _row("land", now.land, land, ("用地不变", "land stays")),
        _row(
            "floor", now.floor, floor, (f"容积率 {plan.far:g} × 用地", f"FAR {plan.far:g} × land")
        ),
        _row("far", now.far, plan.far, ("给定", "given")),
        _row("output", now.output, output, rates["output"].words),
        _row("tax", now.tax, output * rates["tax"].value, rates["tax"].words),
        _row("jobs", now.jobs, floor / rates["jobs"].value, rates["jobs"].words),
    ]
    return pd.DataFrame(rows).astype(
        {"before": "Float64", "after": "Float64", "change": "Float64", "coverage": "Float64"}
    )


_FIGURES = {
    "land": ("用地面积", "Land", ("亩", "mu"), 1 / MU_M2),
    "floor": ("建筑面积", "Floor area", ("m²", "m²"), 1.0),
    "far": ("容积率", "FAR", ("", ""), 1.0),
    "output": ("产值", "Output", ("万元", "10,000 yuan"), 1.0),
    "tax": ("税收", "Tax", ("万元", "10,000 yuan"), 1.0),
    "jobs": ("就业", "Jobs", ("人", "people"), 1.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rate:
    value: float
    words: tuple[str, str]


class _Now:
    """The figures of the set today, each with the parks that bring it."""

    def __init__(self, parks: pd.DataFrame) -> None:
        self.parks = parks
        self.land = self._figure("land_area_m2")
        self.floor = _Figure(_floor(parks))
        self.output = self._figure("output_10k_cny")
        self.tax = self._figure("tax_10k_cny")
        # Staff of the firms of the base in the park: the only jobs the data know.
        self.jobs = self._figure("base_staff")
        # Today's ratio is over the parks of which both parts are known, and so is its n.
        both = self.floor.known & self.land.known
        far = _ratio(self.floor.values, self.land.values)
        self.far = _Figure(pd.Series(far, index=parks.index).where(both), total=far)

    def rates(self, plan: Plan) -> dict[str, _Rate]:
        today_zh, today_en = "沿用现状均值 {}", "today's average {}"
        given_zh, given_en = "给定 {}", "given {}"
        made = {}
        for name, asked, now, units in (
            (
                "output",
                plan.output_per_floor_yuan_m2,
                1e4 * _ratio(self.output.values, self.floor.values),
                ("元/m²", "yuan/m²"),
            ),
            ("tax", plan.tax_per_output, _ratio(self.tax.values, self.output.values), ("", "")),
            (
                "jobs",
                plan.floor_per_job_m2,
                _ratio(self.floor.values, self.jobs.values),
                ("m²/人", "m²/person"),
            ),
        ):
            value = now if asked is None else asked
            shown = (
                (f"{value:,.0f}" if value >= 1000 else f"{value:.4g}")
                if np.isfinite(value)
                else "?"
            )
            zh, en = (today_zh, today_en) if asked is None else (given_zh, given_en)
            words = (zh.format(f"{shown} {units[0]}"), en.format(f"{shown} {units[1]}"))
            made[name] = _Rate(value=value, words=(words[0].strip(), words[1].strip()))
        return made

    def _figure(self, name: str) -> _Figure:
        if name not in self.parks:
            return _Figure(pd.Series(pd.NA, index=self.parks.index, dtype="Float64"))
        return _Figure(self.parks[name].astype("Float64"))


class _Figure:
    def __init__(self, values: pd.Series[Any], total: float | None = None) -> None:
        self.values = values
        self.known = values.notna()
        some = bool(self.known.any())
        # Nothing known is no zero: the row then shows a dash.
        self.total = total if total is not None else float(values.sum()) if some else float("nan")


def _row(name: str, now: _Figure, after: float, words: tuple[str, str]) -> dict[str, Any]:
    zh, en, units, factor = _FIGURES[name]
    before, after = now.total * factor, after * factor
    return {
        "figure": name,
        "zh": zh,
        "en": en,
        "unit": units[0],
        "unit_en": units[1],
        "before": before,
        "after": after,
        # Where a park brings no figure, the sum before is too small, and the change would be too
        # large.
        "change": after - before if len(now.known) and now.known.all() else float("nan"),
        "n": int(now.known.sum()),
        "coverage": float(now.known.mean()) if len(now.known) else float("nan"),
        "basis_zh": words[0],
        "basis_en": words[1],
    }


def _floor(parks: pd.DataFrame) -> pd.Series[Any]:
    """Return the floor area today: as reported, else FAR times land."""
    unknown = pd.Series(pd.NA, index=parks.index, dtype="Float64")
    floor = parks.get("floor_area_m2", unknown).astype("Float64")
    far = parks.get("far", unknown).astype("Float64")
    return floor.fillna(far * parks["land_area_m2"].astype("Float64"))


def _ratio(above: pd.Series[Any], below: pd.Series[Any]) -> float:
    """Return the ratio of sums over the rows where both are known; ``NaN`` where there are none."""
    both = above.notna() & below.notna()
    bottom = float(below[both].sum())
    return float(above[both].sum()) / bottom if bottom > 0 else float("nan")
