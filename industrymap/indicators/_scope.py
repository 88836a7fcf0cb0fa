"""Where and when a definition holds: for which areas, only of whole years, from when until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap import periods
from industrymap.errors import IndicatorError, PeriodError, did_you_mean, nearest

if TYPE_CHECKING:
    from industrymap.periods import Period
    from industrymap.settings import Keys

__all__ = ["LEVELS", "Scope", "require_level", "scope_of"]

LEVELS = ("city", "district", "town", "park", "block", "cluster", "industry", "firm")
"""What indicators are computed for: areas, clusters, divisions (大类) of industry, and single firms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where and when an indicator is defined; outside it has no value, and that is said.

    Attributes
    ----------
    levels : tuple of str
        Of :data:`LEVELS`; empty: all.
    whole_year : bool
        Whether it is only defined of whole years, as a count of firms over an annual threshold is: in a quarter's figures
        hardly any firm reaches it.
    first, last : Period or None
        The first and last period in which the definition holds.
    """

    levels: tuple[str, ...] = ()
    whole_year: bool = False
    first: Period | None = None
    last: Period | None = None

    def includes(self, period: Period) -> bool:
        """Tell whether the definition holds in a period.

        Examples
        --------
        >>> from industrymap.periods import parse
        >>> scope = Scope(whole_year=True, first=parse("2023"))
        >>> [scope.includes(parse(p)) for p in ("2022", "2023", "2024Q1", "2024")]
        [False, True, False, True]
        """
        if self.whole_year and period.level != "year":
            return False
        # A definition that begins in 2023 holds from the first month of 2023 on.
        begun = self.first is None or (period.year, period.first) >= (self.first.year, self.first.first)  # fmt: skip
        return begun and (self.last is None or (period.year, period.last) <= (self.last.year, self.last.last))  # fmt: skip


def require_level(level: str) -> None:
    """Raise where a level is none of :data:`LEVELS`.

    Raises
    ------
    IndicatorError
        The nearest is named.
    """
    if level not in LEVELS:
        en, zh = did_you_mean(nearest(level, LEVELS, n=1))
        raise IndicatorError(
            f"There is no level {level!r}; there are: {', '.join(LEVELS)}.{en}",
            f"没有层级“{level}”；可用：{'、'.join(LEVELS)}。{zh}",
        )


def scope_of(entry: Keys) -> Scope:
    """Read ``levels``, ``period``, ``valid_from`` and ``valid_to`` of a definition; what is wrong is a fault of the file."""
    return Scope(
        levels=entry.choices("levels", LEVELS),
        whole_year=entry.choice("period", ("any", "year"), default="any") == "year",
        first=_period(entry, "valid_from"),
        last=_period(entry, "valid_to"),
    )


def _period(entry: Keys, key: str) -> Period | None:
    text = entry.text(key)
    if not text:
        return None
    try:
        return periods.parse(text)
    except PeriodError as error:
        entry.fault(f"{key}: {error.en}", f"{key}：{error.zh}")
        return None
