"""Parks and blocks as they were on every past day of change, from the workspace's database, for the page's time slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap import schemas
from industrymap.schemas import BLOCKS, PARKS
from industrymap.webmap import Snapshot

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from industrymap.pipeline._run import Built
    from industrymap.store import Base

__all__ = ["MOST_VERSIONS", "versions"]

MOST_VERSIONS = 12
"""At most so many earlier versions of a layer are in a page: the latest ones."""

_SHOWN = {
    PARKS: (
        *("park_id", "name", "district", "town", "land_area_m2", "land_area_reported_m2", "floor_area_m2", "far", "output_10k_cny"),
        *("block_overlap", "ownership", "planned_use", "project_status", "updated_on", "route", "route_reasons", "route_reasons_en"),
    ),
    BLOCKS: (
        *("block_id", "name", "district", "town", "level", "area_m2", "area_reported_m2", "industrial_share"),
        "updated_on",
    ),
}  # fmt: skip


def versions(built: Built) -> tuple[tuple[Snapshot, ...], dict[str, str]]:
    """Return earlier versions of parks and blocks, oldest first, and from which day today's hold.

    A version is what held on a day on which something about the layer changed, as far as is known today; a day whose
    features are those of the next one is left out. Areas, overlaps and routes are worked out anew under the rule in use, so
    that two dates differ by their data alone; figures of firms are those of the years, because the database holds no firms.

    Returns
    -------
    snapshots : tuple of Snapshot
        At most :data:`MOST_VERSIONS` of each layer.
    since : dict of str to str
        Layer id of the page → the day from which what the build shows of it holds.
    """
    from industrymap import store

    base = store.open(built.workspace)
    layers_of_day: dict[str, dict[str, gpd.GeoDataFrame]] = {}
    since: dict[str, str] = {}
    for schema in (PARKS, BLOCKS) if base.exists() else ():
        if schema not in base.layers() or schema not in built.layers:
            continue
        name = schemas.measured()[schema].id
        since[name], frames = _of_layer(base, schema, built)
        for day, frame in frames.items():
            layers_of_day.setdefault(day, {})[name] = frame
    return tuple(Snapshot(date=day, **layers_of_day[day]) for day in sorted(layers_of_day)), since


def _of_layer(base: Base, schema: str, built: Built) -> tuple[str, dict[str, gpd.GeoDataFrame]]:
    """Return from which day today's features hold, and the versions before by their day."""
    later = _numbers(base.current(schema), schema)
    since = ""
    frames: dict[str, gpd.GeoDataFrame] = {}
    # Backwards from today: each version is only kept if it differs from the one after it.
    for day in reversed(_days(base)):
        then = base.as_of(day, schema)
        now = _numbers(then, schema)
        if now == later:
            # the same as on the day after: it held from this day on already
            if frames:
                last = next(reversed(frames))
                frames[day.isoformat()] = frames.pop(last)
            else:
                since = day.isoformat()
            continue
        # An empty layer was not yet there: older days have nothing to show.
        if len(frames) == MOST_VERSIONS or not len(then):
            break
        later = now
        frames[day.isoformat()] = _measured(then, schema, built)
    return since, frames


def _days(base: Base) -> list[date]:
    """Return the days from which a change of any layer holds, sorted."""
    days: Any = base.changes()["valid_from"].dropna()
    return sorted({day.date() for day in days})


def _numbers(features: gpd.GeoDataFrame, schema: str) -> dict[str, int]:
    """Return which version of each feature this is."""
    ids = features[schemas.key(schema)].astype(str)
    return dict(zip(ids, features["change_id"].astype(int), strict=True))


def _measured(features: gpd.GeoDataFrame, schema: str, built: Built) -> gpd.GeoDataFrame:
    from industrymap import standards
    from industrymap.measure import measure
    from industrymap.parks.routes import classify

    space, pack = built.workspace, built.pack
    blocks = built.layers.get(BLOCKS)
    # Overlaps with today's blocks: earlier ones are a version of their own, not looked up here.
    inside = blocks if schema == PARKS else None
    polygons: Any = measure(features, layer=schema, crs=pack.crs, blocks=inside)
    rule = standards.choose(pack, "routes", id_=space.routes, on=space.data_date)
    if schema == PARKS and rule is not None:
        polygons = classify(polygons, standard=rule, blocks=blocks)
    if schema == BLOCKS and "level" in polygons:
        polygons = polygons.assign(level=polygons["level"].astype("string"))
    # Only what the slider shows: twelve versions of every column would weigh the page down.
    columns = (*_SHOWN[schema], polygons.geometry.name)
    return polygons[[c for c in columns if c in polygons.columns]]  # type: ignore[no-any-return]
