"""Industrial blocks: estates cut into blocks by streets, about their published number and area.

690 blocks with 626.7 km² at scale 1, of which 471.1 km² level 1 and 155.6 km² level 2. 36 large estates
(工业集聚区) hold over 70 % of the area; the rest is in small groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString

from industrymap.sample import _land
from industrymap.sample._random import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from industrymap.sample.plan import Plan

__all__ = ["BLOCKS", "LEVEL_KM2", "Block", "Estates", "lay_out"]

BLOCKS = 690
LEVEL_KM2 = {1: 471.1, 2: 155.6}
"""Published area by control-line level, km²: 626.7 in all."""

_LARGE = 36
_LANE_M = 14.0
_SPARE = 1.0
_DISTRICT_WEIGHT = {
    "990103": 0.05,
    "990104": 0.15,
    "990105": 0.5,
    "990106": 0.4,
    "990111": 5.0,
    "990112": 6.5,
    "990113": 5.5,
    "990114": 6.0,
    "990115": 5.0,
    "990117": 1.6,
    "990118": 3.2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One industrial block.

    Attributes
    ----------
    shape : Polygon
        Metres, in the pack's CRS.
    level : int
        1 or 2.
    district_code : str
        The one district it lies in.
    town : int
        Number of the town that holds most of it.
    estate : int
        Number of its estate.
    large : bool
        Whether the estate is one of the named cluster areas.
    """

    shape: Polygon
    level: int
    district_code: str
    town: int
    estate: int
    large: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Estates:
    """All blocks, and the streets between them as (line, estate number, depth of the cut)."""

    blocks: tuple[Block, ...]
    streets: tuple[tuple[LineString, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    centre: tuple[float, float]
    town: int
    count: int
    large: bool
    radius: float


def lay_out(plan: Plan, *, seed: int, scale: float) -> Estates:
    """Lay out the estates of the city.

    Parameters
    ----------
    plan : Plan
        The city.
    seed : int
        Chance.
    scale : float
        1 for the published number of blocks; more than 1 adds none.

    Returns
    -------
    estates : Estates
    """
    count = max(12, round(BLOCKS * min(scale, 1.0)))
    spare = 1.08
    for attempt in range(6):
        # A stream for each try, so that what one try draws does not move the next.
        rng = stream(seed, f"estates {attempt}")
        drawn = _draw(plan, count, spare, rng)
        levels, factors = _levels(shapely.area(drawn.shapes), count, rng)
        # Blocks may only shrink to their published area: growing could make them touch.
        if len(drawn.shapes) == count and max(factors) <= 1.0:
            break
        # More land at the next try: as much as was missing, and a little.
        spare *= max(1.03, 1.01 * max(factors) ** 2)
    shapes = drawn.shapes
    for level, km2 in LEVEL_KM2.items():
        mine = levels == level
        shapes[mine] = _land.shrink_to(shapes[mine], km2 * 1e6 * count / BLOCKS)
    owner = _towns_of(shapes, plan)
    blocks = tuple(
        Block(
            shape=shape,
            level=int(level),
            district_code=plan.towns[drawn.sites[estate].town].district_code,
            town=town,
            estate=estate,
            large=drawn.sites[estate].large,
        )
        for shape, level, town, estate in zip(shapes, levels, owner, drawn.estates, strict=True)
    )
    return Estates(blocks=blocks, streets=drawn.streets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    sites: list[_Site]
    shapes: NDArray[np.object_]
    estates: list[int]
    streets: tuple[tuple[LineString, int, int], ...]


def _draw(plan: Plan, count: int, spare: float, rng: np.random.Generator) -> _Drawn:
    """Cut every estate, clip it to dry land of its district, and keep the ``count`` largest blocks."""
    mean_m2 = sum(LEVEL_KM2.values()) * 1e6 / BLOCKS
    sites = _sites(plan, count, mean_m2 * spare, rng)
    wet = shapely.simplify(plan.wet.buffer(45), 10)
    dry = {d.code: shapely.difference(d.shape, wet) for d in plan.districts}
    shapes: list[Polygon] = []
    estates: list[int] = []
    streets: list[tuple[LineString, int, int]] = []
    for number, site in enumerate(sites):
        usable = dry[plan.towns[site.town].district_code]
        drawn, lines = _estate(site, mean_m2 * spare, rng)
        clipped = _clip(drawn, usable)
        room = shapely.intersection(
            shapely.union_all(shapely.convex_hull(clipped)).buffer(30), usable
        )
        usable_lines = [
            (_longest(LineString(line).intersection(room)), depth) for line, depth in lines
        ]
        streets += [
            (line, number, depth) for line, depth in usable_lines if line and line.length > 300
        ]
        shapes += clipped
        estates += [number] * len(clipped)
    # The smallest pieces are what clipping left over: the number asked for stays.
    keep = np.sort(np.argsort(-shapely.area(shapes), kind="stable")[:count])
    return _Drawn(
        sites=sites,
        shapes=np.array(shapes, dtype=object)[keep],
        estates=[estates[k] for k in keep.tolist()],
        streets=tuple(streets),
    )


def _sites(plan: Plan, count: int, mean_m2: float, rng: np.random.Generator) -> list[_Site]:
    """Choose where estates stand: large ones first, none touching another, all outside the old centre."""
    weight = np.array(
        [
            _DISTRICT_WEIGHT[t.district_code]
            * np.sqrt(t.shape.area)
            * (0.25 + 2 * np.exp(-t.remoteness / 18e3))
            for t in plan.towns
        ]
    )
    weight /= weight.sum()
    # More than asked for, because water and borders will cut some of them away.
    wanted = round(count * 1.07) + 1
    large = max(1, round(_LARGE * count / BLOCKS))
    sizes = [(max(2, round(s)), True) for s in rng.normal(0.80 * count / large, 2.5, large)]
    while sum(size for size, _ in sizes) < wanted:
        sizes.append((int(rng.choice([1, 2, 3, 4, 5], p=[0.2, 0.3, 0.25, 0.15, 0.1])), False))
    sites: list[_Site] = []
    taken = np.empty((0, 3))
    seats = np.array([t.seat for t in plan.towns])
    for size, is_large in sizes:
        radius = float(np.sqrt(size * mean_m2 * 1.32)) * 0.76
        for attempt in range(400):
            town = int(rng.choice(len(weight), p=weight))
            reach = float(np.sqrt(plan.towns[town].shape.area)) * 0.55
            centre = seats[town] + rng.normal(0, reach, 2)
            # After many tries the estates may come nearer to each other.
            squeeze = 1.0 if attempt < 250 else 0.9
            clear = (
                np.hypot(taken[:, 0] - centre[0], taken[:, 1] - centre[1])
                > (taken[:, 2] + radius) * squeeze
            )
            middle = np.hypot(*(centre - np.array(plan.centre)))
            # The usable land decides the town; estates keep to towns they mostly cover.
            if (
                clear.all()
                and middle > 5500 + radius
                and plan.towns[town].shape.contains(shapely.Point(centre))
            ):
                sites.append(
                    _Site(
                        centre=(float(centre[0]), float(centre[1])),
                        town=town,
                        count=size,
                        large=is_large,
                        radius=radius,
                    )
                )
                taken = np.vstack([taken, [centre[0], centre[1], radius]])
                break
    return sites


def _estate(
    site: _Site, mean_m2: float, rng: np.random.Generator
) -> tuple[list[Polygon], list[tuple[NDArray[np.float64], int]]]:
    """Cut one estate into blocks; some parcels stay fields or housing."""
    extra = max(0, round(site.count * 0.13))
    weights = np.exp(rng.normal(0, 0.6, site.count + extra))
    total = float(site.count + extra) * mean_m2 * _SPARE * 1.09
    ratio = float(rng.uniform(0.62, 1.0)) if site.count > 1 else float(rng.uniform(0.5, 1.0))
    width = float(np.sqrt(total / ratio))
    land = _land.quad(site.centre, width, width * ratio, float(rng.uniform(0, np.pi)), rng)
    parcels, lines = _land.cut(land, weights.tolist(), rng)
    middle = np.array(site.centre)
    # Fields are left at the rim, where they would be.
    far = [float(np.hypot(*(parcel.mean(axis=0) - middle))) for parcel in parcels]
    keep = sorted(np.argsort(far, kind="stable")[: site.count].tolist())
    shapes = [_land.outline(parcels[k], _LANE_M, rng, wild=1.2) for k in keep]
    return shapes, lines


def _clip(shapes: list[Polygon], usable: BaseGeometry) -> list[Polygon]:
    shapely.prepare(usable)
    pieces = []
    for shape in shapes:
        piece = shape if usable.contains(shape) else _land.biggest(shape.intersection(usable))
        # Four hectares: smaller pieces are what water or a border has cut off.
        if piece.area > 40_000:
            pieces.append(_land.biggest(piece.simplify(2.0)))
    return pieces


def _longest(shape: BaseGeometry) -> LineString | None:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "LineString"]
    return max(parts, key=lambda part: part.length) if parts else None


def _levels(
    area: NDArray[np.float64], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], list[float]]:
    """Give level 2 to a share of the area; return the levels and each level's shrinking factor."""
    share = LEVEL_KM2[2] / sum(LEVEL_KM2.values())
    best, error = np.ones(len(area), dtype=np.int64), np.inf
    # The best of forty random orders: close to the published share without a pattern.
    for _ in range(40):
        order = rng.permutation(len(area))
        held = np.cumsum(area[order]) / area.sum()
        many = max(1, int(np.argmin(np.abs(held - share))) + 1)
        if abs(held[many - 1] - share) < error:
            error = abs(held[many - 1] - share)
            best = np.ones(len(area), dtype=np.int64)
            best[order[:many]] = 2
    factors = [
        float(np.sqrt(km2 * 1e6 * count / BLOCKS / area[best == level].sum()))
        for level, km2 in LEVEL_KM2.items()
    ]
    return best, factors


def _towns_of(shapes: NDArray[np.object_], plan: Plan) -> list[int]:
    """Return the town that holds most of each shape."""
    towns = np.array([t.shape for t in plan.towns], dtype=object)
    tree = shapely.STRtree(towns)
    shape, town = tree.query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[shape], towns[town]))
    best = np.zeros(len(shapes))
    owner = [0] * len(shapes)
    for s, t, area in zip(shape.tolist(), town.tolist(), shared.tolist(), strict=True):
        if area > best[s]:
            best[s], owner[s] = area, t
    return owner
