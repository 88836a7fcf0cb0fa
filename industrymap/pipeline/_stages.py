"""The run: every stage in its order, frames in, frames out, nothing written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from industrymap import issues
from industrymap.errors import ConfigError
from industrymap.pipeline._database import through_database
from industrymap.pipeline._inputs import Inputs, read_inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.standards import Standard
    from industrymap.workspace import Workspace

    Progress = Callable[[str, int, int], None]

__all__ = ["STAGES", "Built", "run"]

STAGES = ("read", "check", "geocode", "tag", "assign", "measure", "triage", "write")
"""The stages in their order, as a progress callback names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Everything a run computed.

    Attributes
    ----------
    workspace : Workspace
    pack : CityPack
    inputs : Inputs
        What was read, with SHA-256 of every file.
    enterprises : GeoDataFrame
        One row per firm with every stage's columns, in WGS 84; the base is where ``in_base`` is true.
    years, tags : DataFrame
        Figures per firm and year; labels per firm and taxonomy.
    layers : dict of str to GeoDataFrame
        ``village_parks``, ``industrial_blocks``, further layers, ``districts``, ``towns``: measured.
    checks : DataFrame
        Block rules and totals, one row per check.
    review : DataFrame
        Addresses for a person to look at.
    issues : DataFrame
        Everything that could not be used as it stood.
    """

    workspace: Workspace
    pack: CityPack
    inputs: Inputs
    enterprises: gpd.GeoDataFrame
    years: pd.DataFrame
    tags: pd.DataFrame
    layers: dict[str, gpd.GeoDataFrame]
    checks: pd.DataFrame
    review: pd.DataFrame
    issues: pd.DataFrame


def run(workspace: Workspace, *, progress: Progress | None = None) -> Built:
    """Run every stage over a workspace; nothing is written but the first import of layers into its database.

    Parameters
    ----------
    workspace : Workspace
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Raises
    ------
    IndustryMapError
        An input cannot be used at all. Bad rows never raise: they are in ``issues``.
    """
    from industrymap import citypack

    tell = progress or (lambda _stage, _done, _total: None)
    pack = citypack.load(workspace.city)
    tell("read", 0, 1)
    inputs = through_database(workspace, read_inputs(workspace, pack=pack))
    tell("check", 0, 1)
    inputs = _intake(workspace, pack, inputs)
    base = _check(workspace, pack, inputs)
    placed, review, place_issues = _geocode(workspace, pack, inputs, base.frame, tell)
    tell("tag", 0, 1)
    tagged, tags, tag_issues = _tag(workspace, pack, inputs, placed, base.year)
    tell("assign", 0, 1)
    assigned, assign_issues = _assign(inputs, tagged)
    tags = _with_places(tags, assigned, inputs)
    tell("measure", 0, 1)
    measured = _measure(workspace, pack, inputs, assigned, base.year)
    tell("triage", 0, 1)
    layers, checks, triage_issues = _triage(workspace, pack, measured)
    return Built(
        workspace=workspace,
        pack=pack,
        inputs=inputs,
        enterprises=assigned,
        years=base.years,
        tags=tags,
        layers=layers,
        checks=checks,
        review=review,
        issues=issues.concat(
            [inputs.issues, base.issues, place_issues, tag_issues, assign_issues, triage_issues]
        ),
    )


def _intake(workspace: Workspace, pack: CityPack, inputs: Inputs) -> Inputs:
    """Look at parks and blocks as whole layers, and say in which district and town each polygon lies."""
    from industrymap.assign import locate
    from industrymap.measure import intake

    layers, found = dict(inputs.layers), [inputs.issues]
    districts, towns = layers.get("districts"), layers.get("towns")
    for name in ("village_parks", "industrial_blocks"):
        if name in layers:
            source = workspace.layer(name)
            kept, bad = intake(
                layers[name],
                layer=name,
                crs=pack.crs,
                districts=districts,
                source=source.file.name if source else name,
            )
            layers[name] = locate(kept, districts=districts, towns=towns)
            found.append(bad)
    return replace(inputs, layers=layers, issues=issues.concat(found))


def _check(workspace: Workspace, pack: CityPack, inputs: Inputs) -> Any:
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
    )


def _geocode(
    workspace: Workspace, pack: CityPack, inputs: Inputs, firms: pd.DataFrame, tell: Progress
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    from industrymap import geocoding
    from industrymap.geocoding import providers, review
    from industrymap.geocoding.cache import Cache

    services = providers.load(workspace.providers)
    confirmed, wrong = review.read(workspace.outputs / review.NAME, extent=pack.extent)
    placed, doubts = geocoding.geocode(
        firms,
        gazetteer=_gazetteer(pack, inputs),
        strict=workspace.strict,
        providers=services,
        cache=Cache(workspace.state / "geocodes.sqlite") if services else None,
        review=confirmed,
        progress=lambda done, total: tell("geocode", done, total),
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


def _tag(
    workspace: Workspace, pack: CityPack, inputs: Inputs, placed: gpd.GeoDataFrame, year: int | None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
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


def _assign(inputs: Inputs, tagged: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    from industrymap.assign import assign

    return assign(
        tagged,
        parks=inputs.layers.get("village_parks"),
        blocks=inputs.layers.get("industrial_blocks"),
        districts=inputs.layers.get("districts"),
        towns=inputs.layers.get("towns"),
    )


def _with_places(tags: pd.DataFrame, firms: gpd.GeoDataFrame, inputs: Inputs) -> pd.DataFrame:
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


def _measure(
    workspace: Workspace,
    pack: CityPack,
    inputs: Inputs,
    firms: gpd.GeoDataFrame,
    year: int | None,
) -> dict[str, gpd.GeoDataFrame]:
    from industrymap.measure import measure

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
            measured[name] = measure(
                measured[name],
                firms,
                layer=layer,
                crs=pack.crs,
                blocks=blocks,
                key=key,
                as_of=None if as_of is None else str(as_of),
            )
    return measured


def _triage(
    workspace: Workspace, pack: CityPack, measured: dict[str, gpd.GeoDataFrame]
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame, pd.DataFrame]:
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

        return out, pd.DataFrame(), issues.empty()
    from industrymap import blocks

    out["industrial_blocks"], checks = blocks.check(
        out["industrial_blocks"],
        crs=pack.crs,
        standard=rules,
        parks=out.get("village_parks"),
        districts=out.get("districts"),
        on=on,
    )
    return out, checks, issues.empty()


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
