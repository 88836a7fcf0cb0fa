"""What an assessment of districts is made of: frozen records, read from a file by :mod:`industrymap.assessment._read`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Assessment", "Award", "Doubling", "Item", "Ladder", "Part", "Quality", "Stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One figure of a district.

    Attributes
    ----------
    id, zh, en, unit : str
    heading : str
        Of its column in the table of figures, without the unit.
    weight : float
        Points of the whole score.
    method : str
        ``target`` (value ÷ target), ``best`` (value ÷ the best district's) or ``efficacy`` (功效系数法: 60 % of the weight for the
        worst district, all of it for the best, in between in proportion).
    target : float
    better : str
        ``more`` or ``less``.
    cap : float
        Most that a value counts, as a multiple of its weight.
    official : bool
    """

    id: str
    zh: str
    en: str
    unit: str
    heading: str
    weight: float
    method: str
    target: float
    better: str
    cap: float
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the score; ``industrial`` parts together have at least the share that the document asks for."""

    id: str
    zh: str
    en: str
    industrial: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """An award of its own for the first districts by one item, one part, or the whole ``score``."""

    id: str
    zh: str
    en: str
    by: str
    places: int
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of the ladder: firms from so much revenue (万元)."""

    id: str
    zh: str
    en: str
    from_10k_cny: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """攀登: stages of revenue, and how near below the next one a firm is watched.

    Attributes
    ----------
    stages : tuple of Stage
        Rising.
    near : float
        A firm is on the watch list from ``(1 − near)`` of the next stage on.
    official : bool
    """

    stages: tuple[Stage, ...]
    near: float
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubling:
    """倍增: firms of a cohort are to have ``times`` the revenue of ``from_year`` in ``to_year``.

    Attributes
    ----------
    where : str
        Filter over firms: the cohort.
    from_year, to_year : int
    times : float
    official : bool
    """

    where: str
    from_year: int
    to_year: int
    times: float
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Quality firms counted by tag: labels of a taxonomy, and how many the city wants."""

    taxonomy: str
    labels: tuple[str, ...]
    target: int
    by_year: int | None
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """How districts are assessed.

    Attributes
    ----------
    id, zh, en, city, source, note, note_en : str
    official : bool
    effective_from, effective_to : date or None
    least_industrial_share : float
        Of all weights.
    parts : tuple of Part
    awards : tuple of Award
    ladder, doubling, quality
        ``None`` where the assessment has none.
    """

    id: str
    zh: str
    en: str
    city: str
    source: str
    note: str
    note_en: str
    official: bool
    effective_from: date | None
    effective_to: date | None
    least_industrial_share: float
    parts: tuple[Part, ...]
    awards: tuple[Award, ...]
    ladder: Ladder | None
    doubling: Doubling | None
    quality: Quality | None

    def title(self, lang: str = "zh") -> str:
        """Return its title, marked where it is a proposal."""
        if lang == "zh":
            return self.zh if self.official else f"{self.zh}（建议稿，非官方）"
        return self.en if self.official else f"{self.en} (proposal, not official)"

    @property
    def industrial_share(self) -> float:
        """Share of all weights that industrial parts have."""
        whole = sum(item.weight for part in self.parts for item in part.items)
        mine = sum(i.weight for part in self.parts if part.industrial for i in part.items)
        return mine / whole if whole else 0.0
