"""What a standard of kind ``blocks`` states, typed and dated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from industrymap import filters
from industrymap.errors import RuleError
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.standards import Standard

__all__ = ["Rules", "Total"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """An official figure of a day: count of blocks, area in km², area of both control lines in km²."""

    date: date | None
    count: int | None
    area_km2: float | None
    level_1_km2: float | None
    level_2_km2: float | None
    tolerance: float
    source: str
    source_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The block rules of one standard.

    Attributes
    ----------
    standard : Standard
    minimum_share : tuple of (float, date or None)
        Least share of industrial land in one block, and since when; ``None`` where the day is not known.
    district_share : float or None
        Least share of a district's planned industrial land inside blocks.
    contiguous_m2, low_output_yuan_m2 : float or None
        From what area on blocks count as one large area; below what output per floor area land counts as low-output.
    totals : tuple of Total
        Official figures, by day.
    gate_investment_10k_cny, gate_intensity_10k_cny_per_mu : float or None
        What a big project must exceed.
    """

    standard: Standard
    minimum_share: tuple[tuple[float, date | None], ...]
    district_share: float | None
    contiguous_m2: float | None
    low_output_yuan_m2: float | None
    totals: tuple[Total, ...]
    gate_investment_10k_cny: float | None
    gate_intensity_10k_cny_per_mu: float | None

    @classmethod
    def of(cls, standard: Standard) -> Rules:
        """Read a standard of kind ``blocks``.

        Raises
        ------
        RuleError
            Another kind of standard.
        """
        if standard.kind != "blocks":
            raise RuleError(
                f"Standard {standard.id} is of kind {standard.kind}, expected blocks.",
                f"标准 {standard.id} 的类型是 {standard.kind}，应为 blocks。",
            )
        body = standard.body
        gate = body.get("gate", {})
        return cls(
            standard=standard,
            minimum_share=tuple(
                (float(row["value"]), _day(row.get("from")))
                for row in body.get("minimum_share", [])
            ),
            district_share=_number(standard, "district_share"),
            contiguous_m2=_number(standard, "contiguous"),
            low_output_yuan_m2=_number(standard, "low_output"),
            totals=tuple(_total(row) for row in body.get("total", [])),
            gate_investment_10k_cny=gate.get("investment_10k_cny"),
            gate_intensity_10k_cny_per_mu=gate.get("intensity_10k_cny_per_mu"),
        )

    def share_limits(self, on: date) -> tuple[float, float] | None:
        """Return the lowest and highest minimum share that may be in force on a day; ``None`` before the first.

        Both are the same where every day of change is known. A block between the two cannot be judged.
        """
        # Limits of later days are not in force yet.
        dated = sorted((day, value) for value, day in self.minimum_share if day and day <= on)
        undated = [value for value, day in self.minimum_share if day is None]
        # Of the dated limits the latest holds; one without a day may hold already or not.
        possible = [*([dated[-1][1]] if dated else []), *undated]
        # Without any dated limit nobody knows whether one held at all.
        return (min(possible), max(possible)) if possible and dated else None

    def total_on(self, on: date) -> Total | None:
        """Return the latest official figures published by a day."""
        known = [t for t in self.totals if t.date is not None and t.date <= on]
        return max(known, key=lambda t: t.date or date.min) if known else None


def _number(standard: Standard, name: str) -> float | None:
    threshold = standard.thresholds.get(name)
    if isinstance(threshold, filters.Number):
        # A number without a unit is in m² or yuan already.
        return threshold.value * {"mu": MU_M2, "ha": 1e4, "km2": 1e6}.get(threshold.unit, 1.0)
    return None


def _total(row: Mapping[str, Any]) -> Total:
    return Total(
        date=_day(row.get("date")),
        count=row.get("count"),
        area_km2=row.get("area_km2"),
        level_1_km2=row.get("level_1_km2"),
        level_2_km2=row.get("level_2_km2"),
        tolerance=float(row.get("tolerance", 0.001)),
        source=row.get("source", ""),
        source_zh=row.get("source_zh", row.get("source", "")),
    )


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else None
