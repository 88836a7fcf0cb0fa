"""The village parks as they stood on every past day of change, from the workspace's database, for the page's time slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.schemas import BLOCKS, PARKS
from industrymap.webmap import Snapshot

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from industrymap.pipeline._run import Built
    from industrymap.store import Base

__all__ = ["MOST_VERSIONS", "snapshots"]

MOST_VERSIONS = 12
"""At most so many earlier versions stand in a page: the latest ones."""

_SHOWN = (
    *("park_id", "name", "district", "town", "land_area_m2", "floor_area_m2", "far", "output_10k_cny"),
    *("block_overlap", "ownership", "planned_use", "project_status", "updated_on", "route"),
)  # fmt: skip


def snapshots(built: Built) -> tuple[Snapshot, ...]:
    """Return earlier versions of the parks, oldest first.

    A version is what held on a day on which something about the parks changed, as far as is known today; a day whose
    parks are those of the next one is left out, and so is the last, which is today's. Areas, overlaps and routes are
    worked out anew under the rule in use, so that two dates differ by their data alone; figures of firms are left
    unknown, because the database holds no firms of that day.
    """
    from industrymap import store

    base = store.open(built.workspace)
    if not base.exists() or PARKS not in base.layers():
        return ()
    today = _numbers(base.current(PARKS))
    found: list[Snapshot] = []
    for day in reversed(_days(base)):
        parks = base.as_of(day, PARKS)
        now = _numbers(parks)
        if now == today:
            continue
        today = now
        found.append(Snapshot(date=day.isoformat(), parks=_measured(parks, built)))
        if len(found) == MOST_VERSIONS:
            break
    return tuple(reversed(found))


def _days(base: Base) -> list[date]:
    """Return the days from which a change of any layer holds, sorted."""
    days: Any = base.changes()["valid_from"].dropna()
    return sorted({day.date() for day in days})


def _numbers(parks: gpd.GeoDataFrame) -> dict[str, int]:
    """Return which version of each park this is."""
    return dict(zip(parks["park_id"].astype(str), parks["change_id"].astype(int), strict=True))


def _measured(parks: gpd.GeoDataFrame, built: Built) -> gpd.GeoDataFrame:
    from industrymap import standards
    from industrymap.measure import measure
    from industrymap.parks.routes import classify

    space, pack = built.workspace, built.pack
    blocks = built.layers.get(BLOCKS)
    found: Any = measure(parks, layer=PARKS, crs=pack.crs, blocks=blocks)
    rule = standards.choose(pack, "routes", id_=space.routes, on=space.data_date)
    if rule is not None:
        found = classify(found, standard=rule, blocks=blocks)
    return found[[c for c in (*_SHOWN, found.geometry.name) if c in found.columns]]  # type: ignore[no-any-return]
