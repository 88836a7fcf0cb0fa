"""The figures of a benchmark: rows of them, and those that are promised."""

from __future__ import annotations

from dataclasses import dataclass, field

Value = float | int | str | None


@dataclass
class Table:
    """Rows of figures.

    Attributes
    ----------
    columns
        Names, units in them; the first one names the row.
    ratio
        A column that is also given as a multiple of the first row's, and whether ``low`` or ``high`` is better.
    """

    title: str
    columns: list[str]
    rows: list[list[Value]] = field(default_factory=list)
    ratio: tuple[str, str] | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class Claim:
    """One figure that is promised: what it must be, what it was, and the best rival in the same run."""

    key: str
    what: str
    value: float | None
    unit: str
    need: float | None = None
    better: str = "low"
    rival: str = ""
    rival_value: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether it is as promised; None where nothing is promised."""
        if self.need is None:
            return None
        if self.value is None:
            return False
        return self.value <= self.need if self.better == "low" else self.value >= self.need

    @property
    def ratio(self) -> float | None:
        """How many times better than the rival it is."""
        if not self.value or not self.rival_value:
            return None
        whole = self.rival_value / self.value
        return whole if self.better == "low" else 1 / whole
