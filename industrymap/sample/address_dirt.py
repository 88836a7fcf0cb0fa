"""Dirt on addresses: one or two kinds at a time, first on what an address says, then on how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.sample._random import Weighted
from industrymap.sample.address_gaps import GAPS
from industrymap.sample.address_spelling import HOSTILE, SPELLINGS

if TYPE_CHECKING:
    import numpy as np

    from industrymap.sample.addresses import Address, Names

__all__ = ["HOSTILE", "KINDS", "add_dirt", "add_one_kind"]

KINDS = (*GAPS, *SPELLINGS)
"""Every kind of dirt an address can carry."""

_CHANCE = Weighted({kind: weight for kind, (_, weight) in (GAPS | SPELLINGS).items()})
_SPELLING = Weighted({kind: weight for kind, (_, weight) in SPELLINGS.items()})
_TRIES = 24


def add_dirt(address: Address, names: Names, rng: np.random.Generator) -> None:
    """Put one or two kinds of dirt on an address and render it.

    Parameters
    ----------
    address : Address
        Complete; changed in place.
    names : Names
        The city's names.
    rng : Generator
        Chance.
    """
    wanted = 1 if rng.random() < 0.72 else 2
    chosen: list[str] = []
    for _ in range(_TRIES):
        kind = _CHANCE.pick(rng)
        if len(address.dirt) + len(chosen) >= wanted:
            break
        if kind in SPELLINGS and kind not in chosen:
            chosen.append(kind)
        elif kind in GAPS and kind not in address.dirt and GAPS[kind][0](address, names, rng):
            address.dirt.append(kind)
    address.text = address.text or address.render()
    if not address.level:
        return
    for _ in range(_TRIES):
        if len(address.dirt) >= wanted:
            break
        kind = chosen.pop(0) if chosen else _SPELLING.pick(rng)
        if kind not in address.dirt and SPELLINGS[kind][0](address, names, rng):
            address.dirt.append(kind)


def add_one_kind(address: Address, kind: str, names: Names, rng: np.random.Generator) -> bool:
    """Put one kind of dirt on a clean address, and return whether it took it."""
    if kind in GAPS:
        address.text = ""
        done = GAPS[kind][0](address, names, rng)
        address.text = address.text or address.render()
    else:
        done = SPELLINGS[kind][0](address, names, rng)
    if done:
        address.dirt.append(kind)
    return done
