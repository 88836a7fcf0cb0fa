"""Reading and planning a change file in one step, its options by name."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from industrymap import changes

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.citypack import CityPack
    from industrymap.store import Base


def planned(
    path: Path, *, store: Base, pack: CityPack, layer: str = "village_parks", **options: Any
) -> changes.ChangePlan:
    """Return what a change file would do; options are those of reading and of planning together."""
    of_reading = {f.name for f in fields(changes.ReadOptions)} & set(options)
    reading = {name: options.pop(name) for name in of_reading}
    file = changes.read(
        path,
        schema=changes.schema_of(store, layer),
        options=changes.ReadOptions(extent=pack.extent, **reading),
    )
    return changes.plan(
        file, store=store, pack=pack, layer=layer, options=changes.PlanOptions(**options)
    )
