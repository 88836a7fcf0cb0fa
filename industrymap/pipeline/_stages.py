"""The stages: each hands the frames of a run to the room whose work it is, with the workspace's choices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from industrymap import issues
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.enterprises import Base
    from industrymap.pipeline._inputs import Inputs
    from industrymap.standards import Standard
    from industrymap.workspace import Workspace

__all__ = ["assign", "check", "geocode", "intake", "measure", "tag", "triage", "with_places"]


def intake(workspace: Workspace, pack: CityPack, inputs: Inputs) -> Inputs:
    """Look at parks and blocks as whole layers, and say in which district and town each polygon lies."""
    from industrymap import assign as joins
    from industrymap import measure as measures

    layers, found = dict(inputs.layers), [inputs.issues]
    districts, towns = layers.get("districts"), layers.get("towns")
    for name in ("village_parks", "industrial_blocks"):
        if name in layers:
            source = workspace.layer(name)
            kept, bad = measures.intake(
                layers[name],
                layer=name,
                crs=pack.crs,
                districts=districts,
                source=source.file.name if source else name,
            )
            layers[name] = joins.locate(kept, districts=districts, towns=towns)
            found.append(bad)
    return replace(inputs, layers=layers, issues=issues.concat(found))


def check(workspace: Workspace, pack: CityPack, inputs: Inputs) -> Base:
    """Build the enterprise base from the tables; official lists wait for :func:`tag`."""
    from industrymap import enterprises

    if not inputs.tables:
        raise ConfigError(
            "industrymap.toml names no enterprise table: add one under [enterprises] tables.",
            "industrymap.toml 没有写明企业表：请在 [enterprises] 的 tables 中添加。",
        )
    taken = [
        enterprises.Intake(table=table, kind=source.kind, year=source.year, datum=source.datum)
        for source, table in inputs.tables
        if source.kind != "list"
    ]
    return enterprises.build(
        taken,
        pack=pack,
        year=workspace.year,
        address=workspace.address,
        threshold_10k_cny=workspace.threshold_10k_cny,
        source_order=workspace.source_order,
        known_codes=enterprises.classification.known(workspace.state),
    )


def geocode(
    workspace: Workspace,
    pack: CityPack,
    inputs: Inputs,
    firms: pd.DataFrame,
    *,
    progress: Callable[[int, int], None],
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """Place firms: confirmed places first, then the gazetteer, then providers with a key; and what a person must look at."""
    from industrymap import geocoding
    from industrymap.geocoding import review
    from industrymap.geocoding.online import providers
    from industrymap.geocoding.online.cache import Cache

    services = providers.load(workspace.providers)
    confirmed, wrong = review.read(workspace.outputs / review.NAME, extent=pack.extent)
    placed, doubts = geocoding.geocode(
        firms,
        gazetteer=_gazetteer(pack, inputs),
        strict=workspace.strict,
        providers=services,
        cache=Cache(workspace.state / "geocodes.sqlite") if services else None,
        review=confirmed,
        progress=progress,
    )
    return placed, review.make(placed, confirmed=confirmed), issues.concat([wrong, doubts])


def _gazetteer(pack: CityPack, inputs: Inputs) -> Any:
    from industrymap.geocoding import Gazetteer

    return Gazetteer.build(
        pack,
        districts=inputs.layers.get("districts"),
        towns=inputs.layers.get("towns"),
        layers={k: v for k, v in inputs.layers.items() if k not in {"districts", "towns"}},
        extra=inputs.places,
    )


def tag(
    workspace: Workspace, pack: CityPack, inputs: Inputs, placed: gpd.GeoDataFrame, year: int | None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """Label firms by official lists and rules."""
    import geopandas as gpd

    from industrymap import tagging

    lists = [
        tagging.OfficialList(
            frame=table.frame, taxonomy=source.taxonomy or "", label=source.label or ""
        )
        for source, table in inputs.tables
        if source.kind == "list"
    ]
    wanted = year if isinstance(workspace.year, str) else year or workspace.year
    tagged, tags, found = tagging.tag(placed, pack=pack, lists=lists, year=wanted)
    return gpd.GeoDataFrame(tagged, geometry="geometry", crs=placed.crs), tags, found


def assign(inputs: Inputs, tagged: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Say in which park, block, district and town each firm stands."""
    from industrymap import assign as joins

    return joins.assign(
        tagged,
        parks=inputs.layers.get("village_parks"),
        blocks=inputs.layers.get("industrial_blocks"),
        districts=inputs.layers.get("districts"),
        towns=inputs.layers.get("towns"),
    )


def with_places(tags: pd.DataFrame, firms: gpd.GeoDataFrame, inputs: Inputs) -> pd.DataFrame:
    """Add the labels of place: district, town, block and its level, village park, value-innovation park."""
    from industrymap import tagging

    layers = inputs.layers
    placed = tagging.locate(
        firms,
        parks=layers.get("village_parks"),
        blocks=layers.get("industrial_blocks"),
        zones=layers.get("value_innovation_parks"),
    )
    return tagging.joined([tags, placed]) if len(placed) else tags


def measure(
    workspace: Workspace,
    pack: CityPack,
    inputs: Inputs,
    firms: gpd.GeoDataFrame,
    year: int | None,
) -> dict[str, gpd.GeoDataFrame]:
    """Add to each layer the figures of the firms and the parks in it."""
    from industrymap import measure as measures

    blocks = inputs.layers.get("industrial_blocks")
    as_of = workspace.data_date or year
    measured = dict(inputs.layers)
    for name, layer, key in (
        ("village_parks", "village_parks", None),
        ("industrial_blocks", "industrial_blocks", None),
        ("districts", "divisions", "district_code"),
        ("towns", "divisions", "town_code"),
    ):
        if name in measured:
            measured[name] = measures.measure(
                measured[name],
                firms,
                layer=layer,
                crs=pack.crs,
                blocks=blocks,
                parks=measured.get("village_parks"),
                key=key,
                as_of=None if as_of is None else str(as_of),
            )
    return measured


def triage(
    workspace: Workspace, pack: CityPack, measured: dict[str, gpd.GeoDataFrame]
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame]:
    """Give parks their route and pilot standing, and hold blocks to their rules, by the standards of the data date."""
    from industrymap import standards

    out = dict(measured)
    on = workspace.data_date
    routes = standards.choose(pack, "routes", id_=workspace.routes, on=on)
    pilots = standards.choose(pack, "pilots", id_=workspace.pilots, on=on)
    weights = standards.choose(pack, "pilot_score", on=on)
    rules = standards.choose(pack, "blocks", id_=workspace.blocks, on=on)
    if "village_parks" in out:
        out["village_parks"] = _route(out, routes, pilots, weights)
    if "industrial_blocks" not in out or rules is None:
        import pandas as pd

        return out, pd.DataFrame()
    from industrymap import blocks

    out["industrial_blocks"], checks = blocks.check(
        out["industrial_blocks"],
        crs=pack.crs,
        standard=rules,
        parks=out.get("village_parks"),
        districts=out.get("districts"),
        on=on,
    )
    return out, checks


def _route(
    layers: dict[str, gpd.GeoDataFrame],
    routes: Standard | None,
    pilots: Standard | None,
    weights: Standard | None,
) -> gpd.GeoDataFrame:
    from industrymap.parks.pilots import choose
    from industrymap.parks.routes import classify

    parks: Any = layers["village_parks"]
    if routes is not None:
        parks = classify(parks, standard=routes, blocks=layers.get("industrial_blocks"))
    if pilots is not None and weights is not None:
        parks = choose(parks, standard=pilots, weights=weights)
    return parks  # type: ignore[no-any-return]
