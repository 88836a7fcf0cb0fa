"""Levels of a place from fine to coarse, as the schema lists them."""

from __future__ import annotations

from functools import lru_cache

from industrymap import schemas

__all__ = ["fineness"]


def fineness(level: str | None) -> int:
    """Return the rank of a level, 0 the finest; anything unknown is coarser than all.

    Examples
    --------
    >>> fineness("address") < fineness("road") < fineness("district") < fineness(None)
    True
    """
    order = _order()
    return order.get(level or "", len(order))


@lru_cache(maxsize=1)
def _order() -> dict[str, int]:
    return {value.value: rank for rank, value in enumerate(schemas.values("geocode_level"))}
