"""What lies around the village parks: measured from the drawn shapes, apart from the rooms that measure layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from industrymap.sample.estates import Estates
    from industrymap.sample.quarters import Parcel

__all__ = ["Place", "Surroundings", "surroundings"]

"""Square metres of one mu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What lies around the parks, measured in the pack's CRS.

    Attributes
    ----------
    area_m2 : ndarray
        Land by geometry.
    in_blocks : ndarray
        Share inside industrial blocks, 0 to 1.
    nearest_m : ndarray
        Distance to the nearest block, or park that is larger and has 10 mu.
    nearest_any_m : ndarray
        Distance to the nearest block, or park that is larger at all.
    """

    area_m2: NDArray[np.float64]
    in_blocks: NDArray[np.float64]
    nearest_m: NDArray[np.float64]
    nearest_any_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the ground decides about a park, before any figure is drawn."""

    area_m2: float
    in_blocks: float
    nearest_m: float
    nearest_any_m: float
    ring: int

    @property
    def mu(self) -> float:
        """Return its land in mu."""
        return self.area_m2 / MU_M2

    @property
    def outside(self) -> bool:
        """Return whether no block touches it."""
        return self.in_blocks == 0.0

    @property
    def well_inside(self) -> bool:
        """Return whether (nearly) all of it lies in blocks."""
        return self.in_blocks >= 0.95

    @property
    def small(self) -> bool | None:
        """Return whether it has less than 10 mu; ``None`` too near to say for a rounded figure."""
        return None if abs(self.mu - 10) < 0.004 else self.mu < 10

    @property
    def merges(self) -> bool | None:
        """Return whether a small park has its block or larger park within 500 m; ``None`` if readings differ."""
        if self.nearest_m <= 490:
            return True
        return False if self.nearest_any_m >= 510 else None


def surroundings(parcels: tuple[Parcel, ...], estates: Estates) -> Surroundings:
    """Measure what lies around every park."""
    land = np.array([p.shape for p in parcels], dtype=object)
    blocks = np.array([b.shape for b in estates.blocks], dtype=object)
    area = shapely.area(land)
    inside = np.zeros(len(land))
    park, block = shapely.STRtree(blocks).query(land, predicate="intersects")
    np.add.at(inside, park, shapely.area(shapely.intersection(land[park], blocks[block])))
    to_block = np.full(len(land), np.inf)
    near, other = shapely.STRtree(blocks).query(land, predicate="dwithin", distance=700)
    np.minimum.at(to_block, near, shapely.distance(land[near], blocks[other]))
    to_park, to_large = np.full(len(land), np.inf), np.full(len(land), np.inf)
    one, two = shapely.STRtree(land).query(land, predicate="dwithin", distance=700)
    distance = shapely.distance(land[one], land[two])
    larger = area[two] > area[one]
    np.minimum.at(to_park, one[larger], distance[larger])
    # Clearly above 10 mu, so that a rounded figure cannot make it small.
    sure = larger & (area[two] > 10.4 * MU_M2)
    np.minimum.at(to_large, one[sure], distance[sure])
    return Surroundings(
        area_m2=area,
        in_blocks=inside / area,
        nearest_m=np.minimum(to_block, to_large),
        nearest_any_m=np.minimum(to_block, to_park),
    )
