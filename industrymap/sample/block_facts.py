"""What is known of every industrial block: which checks it shall pass is chosen first, its land follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.sample._random import pick, stream
from industrymap.sample._words import ESTATE_THEMES

if TYPE_CHECKING:
    import numpy as np

    from industrymap.sample.estates import Estates
    from industrymap.sample.plan import Plan

__all__ = ["BlockFacts", "DistrictLand", "choose_blocks", "choose_districts"]

_SHARES = {
    # case → (chance, lowest, highest share of industrial land)
    "passes_65": (0.78, 0.66, 0.97),
    "passes_55_only": (0.12, 0.56, 0.64),
    "fails": (0.05, 0.21, 0.54),
    "just_above_65": (0.01, 0.652, 0.654),
    "just_below_65": (0.01, 0.646, 0.648),
    "just_above_55": (0.005, 0.552, 0.554),
    "just_below_55": (0.005, 0.546, 0.548),
    "unknown": (0.02, 0.0, 0.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFacts:
    """One block's figures.

    Attributes
    ----------
    name, cluster_name : str
        Its name, and the large estate it belongs to, if any.
    case : str
        The check it was drawn for.
    area_reported_ha, industrial_land_ha, idle_land_ha : float or None
        Hectares, as the file states them.
    industrial_share : float or None
        Industrial land ÷ area by geometry.
    updated_on : str
        ISO date.
    """

    name: str
    cluster_name: str
    case: str
    area_reported_ha: float
    industrial_land_ha: float | None
    idle_land_ha: float | None
    industrial_share: float | None
    updated_on: str

    def passes(self, minimum: float) -> bool | None:
        """Return whether the share of industrial land reaches ``minimum``."""
        return None if self.industrial_share is None else self.industrial_share >= minimum


def choose_blocks(estates: Estates, plan: Plan, *, seed: int) -> list[BlockFacts]:
    """Choose the case of every block, then its land."""
    rng = stream(seed, "block facts")
    kinds = list(_SHARES)
    chances = [chance for chance, _, _ in _SHARES.values()]
    count: dict[str, int] = {}
    clusters = _cluster_names(estates, plan, rng)
    facts = []
    for block in estates.blocks:
        case = str(rng.choice(kinds, p=chances))
        _, low, high = _SHARES[case]
        hectares = block.shape.area / 10_000
        share = None if case == "unknown" else float(rng.uniform(low, high))
        land = None if share is None else round(hectares * share, 4)
        word = plan.towns[block.town].name.removesuffix("街道").removesuffix("镇")
        count[word] = count.get(word, 0) + 1
        idle = round(hectares * float(rng.uniform(0.0, 0.12)), 2) if rng.random() < 0.6 else None
        off = float(rng.normal(0, 0.0004))
        if rng.random() < 0.02:
            off = pick(rng, (0.08, -0.07, 0.12))
        facts.append(
            BlockFacts(
                name=f"{word}{count[word]:02d}号产业区块",
                cluster_name=clusters.get(block.estate, ""),
                case=case,
                area_reported_ha=round(hectares * (1 + off), 2),
                industrial_land_ha=land,
                idle_land_ha=idle,
                industrial_share=None if land is None else land / hectares,
                updated_on=f"{int(rng.choice([2020, 2023, 2025]))}-{int(rng.integers(1, 13)):02d}-15",
            )
        )
    return facts


_DISTRICT_SHARES = (0.86, 0.72, 0.803, 0.91, 0.797, 0.84, 0.88, 0.76, 0.95, 0.82, 0.81)
"""Share of a district's planned industrial land that lies inside blocks, as far as known; 80 % is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictLand:
    """How much industrial land a district plans, and how much of it lies inside blocks.

    Attributes
    ----------
    code : str
        The district.
    planned_ha : float or None
        Hectares, as the boundary file states them.
    inside_ha : float
        Hectares of industrial land in its blocks, as far as they state it.
    reaches_80 : bool or None
        Whether 80 % lies inside; ``None`` where a blank leaves it open.
    """

    code: str
    planned_ha: float | None
    inside_ha: float
    reaches_80: bool | None


def choose_districts(
    estates: Estates, facts: list[BlockFacts], plan: Plan, *, seed: int
) -> list[DistrictLand]:
    """Choose which districts hold 80 % of their industrial land inside blocks, then their planned land."""
    rng = stream(seed, "district land")
    shares = rng.permutation(_DISTRICT_SHARES).tolist()
    silent = int(rng.integers(len(plan.districts)))
    lands = []
    for number, (district, share) in enumerate(zip(plan.districts, shares, strict=True)):
        mine = [
            fact
            for block, fact in zip(estates.blocks, facts, strict=True)
            if block.district_code == district.code
        ]
        inside = round(sum(fact.industrial_land_ha or 0.0 for fact in mine), 4)
        complete = all(fact.industrial_land_ha is not None for fact in mine)
        planned = None if number == silent or inside == 0 else round(inside / share, 4)
        # A block that does not state its land can only add to the share.
        reaches = None if planned is None else True if share >= 0.8 else False if complete else None
        lands.append(
            DistrictLand(
                code=district.code, planned_ha=planned, inside_ha=inside, reaches_80=reaches
            )
        )
    return lands


def _cluster_names(estates: Estates, plan: Plan, rng: np.random.Generator) -> dict[int, str]:
    names: dict[int, str] = {}
    for block in estates.blocks:
        if block.large and block.estate not in names:
            word = plan.towns[block.town].name.removesuffix("街道").removesuffix("镇")
            name = f"{word}{pick(rng, ESTATE_THEMES)}集聚区"
            names[block.estate] = (
                name if name not in names.values() else f"{word}第二{name[len(word) :]}"
            )
    return names
