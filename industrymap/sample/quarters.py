"""Village industrial parks as land: quarters beside villages, cut into parcels.

2,705 parks with 131.62 km² at scale 1. Quarters of different villages keep apart, so parks never overlap; blocks
were laid out without asking the villages, so that some parks lie inside a block, some partly, most outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap.sample import _land, _words
from industrymap.sample._random import pick, stream
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry import Polygon

    from industrymap.sample.estates import Estates
    from industrymap.sample.plan import Plan
    from industrymap.sample.streets import Village

__all__ = ["PARKS", "PARK_KM2", "Parcel", "lay_out"]

PARKS = 2705
PARK_KM2 = 131.62
_DISTRICT_WEIGHT = {
    "990103": 0.35,
    "990104": 0.5,
    "990105": 1.0,
    "990106": 1.2,
    "990111": 4.2,
    "990112": 1.8,
    "990113": 1.6,
    "990114": 2.6,
    "990115": 1.2,
    "990117": 0.5,
    "990118": 1.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """The land of one village park.

    Attributes
    ----------
    name : str
        Of the park; unique within its town.
    shape : Polygon
        Metres, in the pack's CRS.
    village : int
        Number of its village.
    town : int
        Number of its town.
    """

    name: str
    shape: Polygon
    village: int
    town: int


def lay_out(
    plan: Plan, villages: tuple[Village, ...], estates: Estates, *, seed: int, scale: float
) -> tuple[Parcel, ...]:
    """Lay out the land of every village park.

    Parameters
    ----------
    plan : Plan
        The city.
    villages : tuple of Village
        Where quarters may stand.
    estates : Estates
        Where blocks lie: villages among them built more parks.
    seed : int
        Chance.
    scale : float
        1 for the published number of parks; more than 1 adds none.

    Returns
    -------
    parcels : tuple of Parcel
        Sorted by town and village.
    """
    count = max(66, round(PARKS * min(scale, 1.0)))
    mean_m2 = PARK_KM2 * 1e6 / PARKS
    weights = _weights(plan, villages, estates)
    asked_m2 = mean_m2 * 1.03
    for attempt in range(8):
        rng = stream(seed, f"quarters {attempt}")
        shapes, owner = _draw(plan, villages, weights, count, asked_m2, rng)
        total = float(shapely.area(shapes).sum())
        # Parks may only shrink to their published area: growing could make them touch.
        if len(shapes) == count and total >= mean_m2 * count:
            break
        asked_m2 *= max(1.02, 1.01 * mean_m2 * count / total)
    return _finish(shapes, owner, villages, mean_m2, rng)


def _draw(  # noqa: PLR0913, PLR0917 - private, called once
    plan: Plan,
    villages: tuple[Village, ...],
    weights: NDArray[np.float64],
    count: int,
    mean_m2: float,
    rng: np.random.Generator,
) -> tuple[list[Polygon], list[int]]:
    """Draw ``count`` parks of about ``mean_m2`` each, with the village of each."""
    shapes: list[Polygon] = []
    owner: list[int] = []
    taken = np.empty((0, 3))
    wet = shapely.simplify(plan.wet.buffer(25), 8)
    shapely.prepare(wet)
    for village in rng.choice(len(villages), 6 * len(villages), p=weights).tolist():
        if len(shapes) >= count:
            break
        size = int(rng.choice([1, 2, 3, 4, 5, 6], p=[0.34, 0.28, 0.18, 0.1, 0.06, 0.04]))
        areas = _sizes(size, mean_m2, rng)
        side = float(np.sqrt(areas.sum() / 0.70))
        centre = _free_place(villages[village], side * 0.80, taken, rng)
        if centre is None:
            continue
        town = plan.towns[villages[village].town].shape
        kept = [_on_land(shape, town, wet) for shape in _quarter(centre, side, areas, rng)]
        kept = [shape for shape in kept if shape.area > 1500]
        if kept:
            taken = np.vstack([taken, [centre[0], centre[1], side * 0.80]])
            shapes += kept
            owner += [village] * len(kept)
    return shapes[:count], owner[:count]


def _free_place(
    home: Village, radius: float, taken: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64] | None:
    """Return a place in the village where a quarter touches no other, or ``None``."""
    reach = max(120.0, float(np.sqrt(home.shape.area)) * 0.32)
    for _ in range(12):
        centre: NDArray[np.float64] = np.array(home.seat) + rng.normal(0, reach, 2)
        far = np.hypot(taken[:, 0] - centre[0], taken[:, 1] - centre[1])
        if (far > taken[:, 2] + radius).all() and home.shape.contains(shapely.Point(centre)):
            return centre
    return None


def _weights(plan: Plan, villages: tuple[Village, ...], estates: Estates) -> NDArray[np.float64]:
    blocks = shapely.STRtree([block.shape for block in estates.blocks])
    seats = shapely.points([village.seat for village in villages])
    near = np.zeros(len(villages), dtype=bool)
    near[blocks.query(seats, predicate="dwithin", distance=400)[0]] = True
    weight = np.array(
        [
            _DISTRICT_WEIGHT[plan.towns[v.town].district_code]
            * (0.15 + np.exp(-plan.towns[v.town].remoteness / 17e3))
            for v in villages
        ]
    )
    weight = weight * np.where(near, 2.6, 1.0)
    normal: NDArray[np.float64] = weight / weight.sum()
    return normal


def _sizes(size: int, mean_m2: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw park areas: log-normal, with a tenth of very small ones below 10 mu."""
    area = np.exp(rng.normal(np.log(mean_m2 * 0.60), 1.0, size))
    small = rng.random(size) < 0.08
    area = np.where(small, rng.uniform(3.5, 12, size) * MU_M2, area)
    clipped: NDArray[np.float64] = np.clip(area, 2_300, 620_000)
    return clipped


def _quarter(
    centre: NDArray[np.float64], side: float, areas: NDArray[np.float64], rng: np.random.Generator
) -> list[Polygon]:
    """Cut a quarter into parks, with one or two parcels left for houses and fields."""
    spare = areas.mean() * rng.uniform(0.15, 0.5, int(rng.integers(0, 3)))
    weights = np.concatenate([areas, spare])
    order = rng.permutation(len(weights))
    ratio = float(rng.uniform(0.6, 1.0))
    scale = float(np.sqrt(weights.sum() / areas.sum()))
    width = min(side * scale, side * 1.12) / np.sqrt(ratio)
    land = _land.quad(
        (float(centre[0]), float(centre[1])),
        float(width) * 0.98,
        float(width) * ratio * 0.98,
        float(rng.uniform(0, np.pi)),
        rng,
    )
    parcels, _ = _land.cut(land, weights[order].tolist(), rng)
    chosen = [
        parcel for parcel, where in zip(parcels, order.tolist(), strict=True) if where < len(areas)
    ]
    lane = float(np.clip(side / 60, 2.0, 7.0))
    return [_land.outline(parcel, lane, rng, wild=1.5) for parcel in chosen]


def _on_land(shape: Polygon, town: Polygon, wet: Polygon) -> Polygon:
    """Cut a park back from the water; one that would cross its town's border is given up."""
    if shape.is_empty or not town.contains(shape):
        return shapely.Polygon()
    return _land.biggest(shape.difference(wet)) if wet.intersects(shape) else shape


def _finish(
    shapes: list[Polygon],
    owner: list[int],
    villages: tuple[Village, ...],
    mean_m2: float,
    rng: np.random.Generator,
) -> tuple[Parcel, ...]:
    """Bring the total to the published area, name the parks, and sort them."""
    land = _land.shrink_to(np.array(shapes, dtype=object), mean_m2 * len(shapes))
    taken: dict[int, set[str]] = {}
    parcels = []
    for shape, village in zip(land.tolist(), owner, strict=True):
        home = villages[village]
        names = taken.setdefault(home.town, set())
        name = _words.unique(partial(_park_name, home.word, rng), names)
        parcels.append(Parcel(name=name, shape=shape, village=village, town=home.town))
    parcels.sort(key=lambda p: (p.town, p.village, p.name))
    return tuple(parcels)


def _park_name(word: str, rng: np.random.Generator) -> str:
    return word + pick(rng, _words.PARK_ENDINGS)
