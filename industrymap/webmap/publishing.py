"""What a page that leaves the office may hold: what :mod:`industrymap.publishing` lets through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from industrymap import publishing
from industrymap.errors import ConfigError
from industrymap.schemas import BLOCKS, ENTERPRISES, PARKS, key
from industrymap.webmap.model import Snapshot, Standard

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.webmap.model import MapModel

__all__ = ["publishable"]


def publishable(model: MapModel) -> MapModel:
    """Return the model as its profile allows it to be shown.

    ``internal`` changes nothing. ``public`` needs an approval number; layers are what :func:`industrymap.publishing.publish`
    leaves of them, judged with the model's enterprises, who are left out themselves, as are their years. Earlier versions of
    the parks keep no numbers of firms: two dates side by side would give a newcomer away. Of the standards only the one in use is
    shown, because two thresholds bound a figure from both sides; where a route is withheld, so is what it was before.

    Raises
    ------
    ConfigError
        An unknown profile, or a public map without an approval number.
    """
    if model.meta.profile == "internal":
        return model
    if model.meta.profile != "public":
        raise ConfigError(
            f"The profile is 'internal' or 'public', not {model.meta.profile!r}.",
            f"发布口径只有 internal 和 public，没有 {model.meta.profile!r}。",
        )
    held = {m.record.id: m for m in model.layers if m.record.name != ENTERPRISES}
    # Water and roads carry nothing about anybody; only their names and shapes stay.
    ground = {i: m for i, m in held.items() if i in {"water", "roads"}}
    shown: dict[str, gpd.GeoDataFrame] = publishing.publish(
        {i: m.frame for i, m in held.items() if i not in ground},
        schemas={i: m.record.schema for i, m in held.items()},
        firms=model.frame(ENTERPRISES),
        review_number=model.meta.review_number,
    )
    shown |= {i: publishing.background(m.frame) for i, m in ground.items()}
    layers = tuple(replace(m, frame=shown[i]) for i, m in held.items() if i in shown)
    open_ = _with_open_route(shown.get("parks"))
    return replace(
        model,
        layers=layers,
        # The first is the one in use.
        standards=tuple(_masked(s, open_) for s in model.standards[:1]),
        years=(),
        taxonomies=(),
        scoring=None,
        snapshots=tuple(_earlier(snapshot, open_) for snapshot in model.snapshots),
    )


def _with_open_route(parks: gpd.GeoDataFrame | None) -> set[str]:
    """Return the parks whose route is shown."""
    if parks is None or "route" not in parks:
        return set()
    return set(parks.loc[parks["route"].notna(), key(PARKS)].astype(str))


def _masked(standard: Standard, open_: set[str]) -> Standard:
    routes = standard.routes
    # A route withheld today must not be read off an earlier standard.
    return replace(standard, routes=None if routes is None else routes[routes.index.isin(open_)])


def _earlier(snapshot: Snapshot, open_: set[str]) -> Snapshot:
    shown: dict[str, gpd.GeoDataFrame] = {}
    for name, frame in snapshot.layers().items():
        schema = {"parks": PARKS, "blocks": BLOCKS}[name]
        listed: gpd.GeoDataFrame = publishing.one_layer(frame, layer=schema)
        kinds = publishing.fields(schema)
        numbers = [c for c in listed.columns if kinds.get(c) in {"count", "figure"}]
        listed = listed.drop(columns=numbers)
        for decided in (c for c in listed.columns if kinds.get(c) == "decided"):
            listed[decided] = listed[decided].where(listed[key(schema)].isin(open_))
        shown[name] = listed
    return Snapshot(date=snapshot.date, parks=shown.get("parks"), blocks=shown.get("blocks"))
