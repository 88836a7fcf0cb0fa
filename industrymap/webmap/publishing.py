"""What a page that leaves the office may hold: what :mod:`industrymap.publishing` lets through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from industrymap import publishing
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.webmap.model import MapModel, Snapshot

__all__ = ["publishable"]

_SCHEMAS = {
    "parks": "village_parks",
    "blocks": "industrial_blocks",
    "districts": "divisions",
    "towns": "divisions",
    "zones": "zones",
}


def publishable(model: MapModel) -> MapModel:
    """Return the model as its profile allows it to be shown.

    ``internal`` changes nothing. ``public`` needs an approval number; layers are what :func:`industrymap.publishing.publish`
    leaves of them, judged with the model's enterprises, who are left out themselves, as are their years. Earlier versions of
    the parks keep no numbers of firms: two dates side by side would give a newcomer away. Further layers are left out: no list
    says which of their columns may be public.

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
    layers = {name: frame for name in _SCHEMAS if (frame := getattr(model, name)) is not None}
    shown: dict[str, Any] = dict(
        publishing.publish(
            layers,
            schemas=_SCHEMAS,
            firms=model.enterprises,
            review_number=model.meta.review_number,
        )
    )
    for name in ("water", "roads"):
        frame = getattr(model, name)
        shown[name] = None if frame is None else publishing.background(frame)
    return replace(
        model,
        enterprises=None,
        layers=(),
        years=None,
        taxonomies=(),
        scoring=None,
        snapshots=tuple(_earlier(snapshot) for snapshot in model.snapshots),
        **shown,
    )


def _earlier(snapshot: Snapshot) -> Snapshot:
    parks: gpd.GeoDataFrame = publishing.one_layer(snapshot.parks, layer="village_parks")
    kinds = publishing.fields("village_parks")
    numbers = [name for name in parks.columns if kinds.get(name, "plain") != "plain"]
    return replace(snapshot, parks=parks.drop(columns=numbers))
