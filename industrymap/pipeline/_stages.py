"""The stages: each hands the frames of a run to the room whose work it is, with the workspace's choices.

Every stage has one shape, ``Stage(state, report) -> state``; what each adds is said in :class:`State`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from industrymap import issues
from industrymap.errors import ConfigError
from industrymap.pipeline._database import through_database
from industrymap.pipeline._inputs import read_inputs
from industrymap.schemas import BLOCKS, DISTRICTS, PARKS, TOWNS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from industrymap.geocoding import Gazetteer
    from industrymap.pipeline._state import Report, State
    from industrymap.standards import Standard

__all__ = ["assign", "check", "geocode", "measure", "read", "tag", "triage"]

NO_TOWNS = issues.rule(
    "build.no_towns",
    "info",
    "没有镇街边界：写明镇街的地址按城市包中 {n} 个镇街的点定位，其余只到区。获取边界：industrymap boundaries fetch --city {city}。",
    "No town boundaries: an address that names a town is placed by one of the {n} town points of the city pack, others by their "
    "district. To get boundaries: industrymap boundaries fetch --city {city}.",
)
NO_TOWN_POINTS = issues.rule(
    "build.no_town_points",
    "info",
    "没有镇街边界，城市包中也没有镇街的点：地址只能定位到区。获取边界：industrymap boundaries fetch --city {city}。",
    "No town boundaries, and no town points in the city pack: addresses are placed by their district. To get boundaries: "
    "industrymap boundaries fetch --city {city}.",
)
NO_ROADS = issues.rule(
    "build.no_roads",
    "info",
    "没有道路和门牌：地址最细只能定位到村、镇街或区。获取道路：industrymap gazetteer osm（OpenStreetMap 数据），或用 industrymap gazetteer import 导入标准地址。",
    "No roads or house numbers: addresses are placed by village, town or district at best. To get roads: industrymap gazetteer osm "
    "(OpenStreetMap data), or import standard addresses with industrymap gazetteer import.",
)


def read(state: State, report: Report) -> State:
    """Read every file, and take the polygon layers from the database where they are kept."""
    inputs = read_inputs(state.workspace, pack=state.pack, progress=report)
    layers, changed = through_database(state.workspace, inputs)
    return replace(state, inputs=inputs, layers=layers, issues=(inputs.issues, changed))


def check(state: State, _report: Report) -> State:
    """Check the polygons of every subject, then build the enterprise base from the tables."""
    from industrymap import enterprises

    workspace = state.workspace
    if not state.read().tables:
        raise ConfigError(
            "industrymap.toml names no enterprise table: add one under [enterprises] tables.",
            "industrymap.toml 没有写明企业表：请在 [enterprises] 的 tables 中添加。",
        )
    # Polygons before firms: the gazetteer is built from them.
    checked = _check_polygons(state)
    # official lists say who is on them and nothing else: they wait for the stage `tag`
    taken = [
        enterprises.Intake(table=table, kind=source.kind, year=source.year, datum=source.datum)
        for source, table in state.read().tables
        if source.kind != "list"
    ]
    base = enterprises.build(
        taken,
        pack=state.pack,
        year=workspace.year,
        address=workspace.address,
        threshold_10k_cny=workspace.threshold_10k_cny,
        source_order=workspace.source_order,
        known_codes=enterprises.classification.known(workspace.state),
    )
    complete = replace(checked, firms=base.frame, year=base.year, years=base.years)
    return complete.with_issues(base.issues)


def _check_polygons(state: State) -> State:
    """Check each subject as a whole layer, and say in which district and town each polygon lies."""
    from industrymap import assign as joins
    from industrymap import measure as measures

    districts, towns = state.layers.get(DISTRICTS), state.layers.get(TOWNS)
    for name in _subjects(state):
        source = state.workspace.layer(name)
        kept, bad = measures.check_polygons(
            state.layers[name],
            layer=state.workspace.schema_of(name),
            crs=state.pack.crs,
            districts=districts,
            source=source.file.name if source else name,
        )
        # The district is taken from where a polygon lies; what its file says is compared with it in the check.
        located = joins.locate(kept, districts=districts, towns=towns)
        state = state.with_layers(**{name: located}).with_issues(bad)
    return state if districts is None else _outside(state, districts)


def _outside(state: State, districts: gpd.GeoDataFrame) -> State:
    """Report what lies in no district, in layers of every role: a feature far from the city is a slip of its coordinates."""
    from industrymap import measure as measures

    for name, frame in state.layers.items():
        if name in {DISTRICTS, TOWNS}:
            continue
        source = state.workspace.layer(name)
        state = state.with_issues(
            measures.outside_districts(
                frame, districts=districts, source=source.file.name if source else name
            )
        )
    return state


def _subjects(state: State) -> list[str]:
    """Return the polygon layers the map is about, parks before blocks as the issues table lists them."""
    names = [PARKS, BLOCKS, *state.layers]
    return [
        name
        for name in dict.fromkeys(names)
        if name in state.layers
        and state.workspace.record(name).role == "subject"
        and state.workspace.record(name).area
    ]


def geocode(state: State, report: Report) -> State:
    """Place firms: confirmed places first, then the gazetteer, then providers with a key; and list what needs review."""
    from industrymap import geocoding
    from industrymap.geocoding import review
    from industrymap.geocoding.online import providers
    from industrymap.geocoding.online.cache import Cache

    workspace = state.workspace
    services = providers.load(workspace.providers)
    # What people confirmed in earlier lists goes first, so that reviewing pays off at once.
    confirmed, wrong = review.read(
        workspace.outputs / review.NAME,
        kept=workspace.state / review.KEPT,
        extent=state.pack.extent,
    )
    placed, doubts = geocoding.geocode(
        state.checked(),
        gazetteer=_gazetteer(state),
        strict=workspace.strict,
        providers=services,
        # Without a provider nothing is asked, so no cache is made.
        cache=Cache(workspace.state / "geocodes.sqlite") if services else None,
        review=confirmed,
        progress=report,
    )
    listed = review.make(placed, confirmed=confirmed)
    located = replace(state, firms=placed, review=listed, confirmed=confirmed.written)
    unused = review.not_taken(confirmed, placed)
    return located.with_issues(wrong, unused, doubts, _missing_map_data(state))


def _missing_map_data(state: State) -> pd.DataFrame:
    """Report what would place firms more finely, where the workspace has no town boundaries or no roads."""
    # Any road or house number will do: what is lacking is the fine level as a whole.
    kinds = {kind for table in state.read().places for kind in table["kind"].dropna().unique()}
    towns = NO_TOWNS if len(state.pack.town_points) else NO_TOWN_POINTS
    lacking = [(towns, TOWNS not in state.layers), (NO_ROADS, not kinds & {"road", "address"})]
    place = {"source": "industrymap.toml", "row": None, "column": "", "value": None}
    city = {"city": state.pack.pack_id, "n": len(state.pack.town_points)}
    return issues.from_records({"rule": rule, **place, **city} for rule, is_so in lacking if is_so)


def _gazetteer(state: State) -> Gazetteer:
    from industrymap.geocoding import Gazetteer

    return Gazetteer.build(
        state.pack,
        districts=state.layers.get(DISTRICTS),
        towns=state.layers.get(TOWNS),
        # Parks, blocks and zones are places too: firms name them in their addresses.
        layers={k: v for k, v in state.layers.items() if k not in {DISTRICTS, TOWNS}},
        extra=state.read().places,
    )


def tag(state: State, _report: Report) -> State:
    """Label firms by official lists and rules."""
    import geopandas as gpd

    from industrymap import tagging

    lists = [
        tagging.OfficialList(
            frame=table.frame, taxonomy=source.taxonomy or "", label=source.label or ""
        )
        for source, table in state.read().tables
        if source.kind == "list"
    ]
    placed, year = state.placed(), state.workspace.year
    # "latest" takes each firm's own year: the lists then count by the year of the base
    wanted = state.year if isinstance(year, str) else state.year or year
    tagged, tags, bad = tagging.tag(placed, pack=state.pack, lists=lists, year=wanted)
    firms = gpd.GeoDataFrame(tagged, geometry="geometry", crs=placed.crs)
    return replace(state, firms=firms, tags=tags).with_issues(bad)


def assign(state: State, _report: Report) -> State:
    """Say in which feature of each measured layer each firm is, and add the labels of place."""
    from industrymap import assign as joins
    from industrymap import tagging

    layers = state.layers
    # Assigned by the place that geocoding gave, and compared with the district that the address
    # names.
    firms, conflicts = joins.assign(
        state.placed(),
        parks=layers.get(PARKS),
        blocks=layers.get(BLOCKS),
        districts=layers.get(DISTRICTS),
        towns=layers.get(TOWNS),
    )
    divisions = state.pack.divisions
    firms = joins.name_divisions(
        firms, dict(zip(divisions["code"], divisions["name"], strict=True))
    )
    # Layers that only this workspace has: the same join, under the key that their schema names.
    for name in _subjects(state):
        if name not in {PARKS, BLOCKS}:
            key = state.workspace.record(name).firm_column
            firms[key] = joins.containing(firms, layers[name], key=key)
    placed = tagging.locate(
        firms,
        parks=layers.get(PARKS),
        blocks=layers.get(BLOCKS),
        zones=layers.get("value_innovation_parks"),
    )
    tags = tagging.joined([state.tags, placed]) if len(placed) else state.tags
    return replace(state, firms=firms, tags=tags).with_issues(conflicts)


def measure(state: State, _report: Report) -> State:
    """Add to each layer the figures of the firms and the parks in it."""
    from industrymap import measure as measures

    workspace = state.workspace
    # Areas and routes are dated by the data, not by the day of the build.
    as_of = workspace.data_date or state.year
    blocks = state.layers.get(BLOCKS)
    # parks first: the others add up what was measured of them
    for name in dict.fromkeys([PARKS, *state.layers]):
        record = workspace.record(name)
        if name not in state.layers or not record.area:
            continue
        measured = measures.measure(
            state.layers[name],
            state.placed(),
            layer=record.schema,
            crs=state.pack.crs,
            blocks=blocks,
            parks=state.layers.get(PARKS),
            key=record.firm_column,
            as_of=None if as_of is None else str(as_of),
        )
        state = state.with_layers(**{name: measured})
        source = workspace.layer(name)
        gaps = measures.reported_gaps(
            measured, layer=record.schema, source=source.file.name if source else name
        )
        state = state.with_issues(gaps)
    return state


def triage(state: State, _report: Report) -> State:
    """Classify parks and rank pilots, and check blocks, by the standards in force on the data date."""
    from industrymap import standards

    workspace, pack, on = state.workspace, state.pack, state.workspace.data_date
    # Rules in force on the date of the data: a workspace of 2023 keeps its result when the rules
    # change.
    routes = standards.choose(pack, "routes", id_=workspace.routes, on=on)
    pilots = standards.choose(pack, "pilots", id_=workspace.pilots, on=on)
    weights = standards.choose(pack, "pilot_score", on=on)
    rules = standards.choose(pack, "blocks", id_=workspace.blocks, on=on)
    if PARKS in state.layers:
        state = state.with_layers(**{PARKS: _classified(state, routes, pilots, weights)})
    if BLOCKS not in state.layers or rules is None:
        return state
    from industrymap import blocks

    checked, checks = blocks.check(
        state.layers[BLOCKS],
        crs=pack.crs,
        standard=rules,
        parks=state.layers.get(PARKS),
        districts=state.layers.get(DISTRICTS),
        on=on,
    )
    return replace(state.with_layers(**{BLOCKS: checked}), checks=checks)


def _classified(
    state: State, routes: Standard | None, pilots: Standard | None, weights: Standard | None
) -> gpd.GeoDataFrame:
    import geopandas as gpd

    from industrymap.parks.pilots import choose
    from industrymap.parks.routes import classify

    parks = state.layers[PARKS]
    if routes is not None:
        routed = classify(parks, standard=routes, blocks=state.layers.get(BLOCKS))
        parks = gpd.GeoDataFrame(routed)
    # After the routes, which a pilot rule may ask for.
    if pilots is not None and weights is not None:
        parks = gpd.GeoDataFrame(choose(parks, standard=pilots, weights=weights))
    return parks
