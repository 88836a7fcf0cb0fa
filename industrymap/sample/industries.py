"""Kinds of firms, and which of them lead where: every estate, village and district has its own mix."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from industrymap.sample._random import Weighted, pick, stream

if TYPE_CHECKING:
    import numpy as np

    from industrymap.sample.places import Map, Spot

__all__ = ["Industry", "Themes", "industries", "themes"]


class Industry(NamedTuple):
    """One line of ``industries.csv``.

    Attributes
    ----------
    labels : tuple of str
        Clusters a firm of this kind belongs to, by id of the 2019 taxonomy; the first is the main one.
    code : str
        GB/T 4754-2017, four digits.
    weight, median_staff : float
        How common it is, and how large.
    needs_product : bool
        Whether the code alone leaves a cluster open and the main product decides.
    words, products : tuple of str
        What such firms have in their names, and what they make.
    """

    labels: tuple[str, ...]
    code: str
    weight: float
    median_staff: float
    needs_product: bool
    words: tuple[str, ...]
    products: tuple[str, ...]


@cache
def industries() -> tuple[Industry, ...]:
    """Return the kinds of firms that the city has."""
    path = resources.files("industrymap.sample").joinpath("industries.csv")
    return tuple(
        Industry(
            tuple(filter(None, row["labels"].split(";"))),
            row["code"],
            float(row["weight"]),
            float(row["median_staff"]),
            row["needs_product"] == "1",
            tuple(row["words"].split("|")),
            tuple(row["products"].split("|")),
        )
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    """What leads where.

    Attributes
    ----------
    village_clusters : tuple of str
        Leading cluster by village.
    estates, villages : tuple of Weighted
        Kinds of firms by estate and by village.
    towns : tuple of Weighted
        Kinds of firms by town: three clusters lead in each district.
    everywhere : Weighted
        All kinds.
    estate_of : tuple of int
        Estate of each block.
    """

    village_clusters: tuple[str, ...]
    estates: dict[int, Weighted[Industry]]
    villages: tuple[Weighted[Industry], ...]
    towns: tuple[Weighted[Industry], ...]
    everywhere: Weighted[Industry]
    estate_of: tuple[int, ...]

    def industry(self, spot: Spot, block: int, rng: np.random.Generator) -> Industry:
        """Choose the kind of a firm by where it is."""
        chance = rng.random()
        if block >= 0 and chance < 0.5:
            return self.estates[self.estate_of[block]].pick(rng)
        if spot.kind == "park" and chance < 0.45:
            return self.villages[spot.village].pick(rng)
        if chance < 0.25:
            return self.towns[spot.town].pick(rng)
        return self.everywhere.pick(rng)


def themes(city: Map, seed: int) -> Themes:
    """Give every estate, village and district its leading clusters."""
    rng = stream(seed, "themes")
    kinds = industries()
    by_cluster: dict[str, dict[Industry, float]] = {}
    for kind in kinds:
        if kind.labels:
            by_cluster.setdefault(kind.labels[0], {})[kind] = kind.weight
    labels = sorted(by_cluster)
    mixes = {label: Weighted(by_cluster[label]) for label in labels}
    estates = {e: mixes[pick(rng, labels)] for e in sorted({b.estate for b in city.estates.blocks})}
    villages = tuple(pick(rng, labels) for _ in city.villages)
    districts = {}
    for district in city.plan.districts:
        chosen = [labels[k] for k in rng.choice(len(labels), 3, replace=False).tolist()]
        districts[district.code] = Weighted(
            {k: w for c in chosen for k, w in by_cluster[c].items()}
        )
    return Themes(
        village_clusters=villages,
        estates=estates,
        villages=tuple(mixes[label] for label in villages),
        towns=tuple(districts[town.district_code] for town in city.plan.towns),
        everywhere=Weighted({kind: kind.weight for kind in kinds}),
        estate_of=tuple(block.estate for block in city.estates.blocks),
    )
